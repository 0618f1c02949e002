/*
 * COCO's matching (T.-Y. Lin et al., "Microsoft COCO: common objects in context", ECCV 2014, and
 * the rules of its evaluation code): in one picture and class, by falling score, each detection
 * takes the free truth of highest IoU, if that reaches the threshold; of equal ones the last.
 * Crowds, ignored truths and truths outside the range of areas are looked at only if nothing else
 * fits; what takes one of them is ignored. Crowds are never taken away; IoU with a crowd is the
 * share of the detection that lies in it. Detections outside the range that match nothing are
 * ignored as well.
 *
 * Cost: overlaps times thresholds times ranges; truths without overlap are never visited.
 */
#include "evaluate/coco.h"

#include "core/check.h"
#include "imgproc/sort.h"

#include <string.h>

double seg_coco_threshold(int32_t i) {
    /* as numpy's linspace(.5, .95, 10): these bits decide on IoUs such as 3/5 */
    const double step = (.95 - .5) / (SEG_COCO_THRESHOLDS - 1);
    return i == SEG_COCO_THRESHOLDS - 1 ? .95 : i * step + .5;
}

static bool in_range(double area, seg_coco_area range) {
    static const double ends[SEG_COCO_AREAS][2] = {
        {0, 1e10}, {0, 32 * 32}, {32 * 32, 96 * 96}, {96 * 96, 1e10}};
    return area >= ends[range][0] && area <= ends[range][1];
}

/* ---- order ---- */

/* Ascending keys for falling scores. -0 is 0. */
static uint64_t falling(double score) {
    const double positive_zero = score + 0.0;
    uint64_t bits;
    memcpy(&bits, &positive_zero, sizeof bits);
    const uint64_t rising = bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
    return ~rising;
}

static uint64_t rising_category(int32_t category) {
    return (uint64_t)((int64_t)category - INT32_MIN);
}

/* Places of the items by category, then falling score, then as they came. */
static seg_keyed *order(size_t count, int32_t category_of(const void *, size_t),
                        double score_of(const void *, size_t), const void *items,
                        seg_scratch *scratch) {
    seg_keyed *sorted = seg_scratch_take(scratch, 2 * count, sizeof *sorted, "sorted detections");
    if (!sorted) return NULL;
    for (size_t i = 0; i < count; i++)
        sorted[i] = (seg_keyed){falling(score_of(items, i)), i};
    seg_sort(sorted, sorted + count, count);
    for (size_t i = 0; i < count; i++)
        sorted[i].key = rising_category(category_of(items, sorted[i].value));
    seg_sort(sorted, sorted + count, count);
    return sorted;
}

static int32_t category_of_instance(const void *items, size_t i) {
    return ((const seg_instance *)items)[i].category;
}

static double score_of_instance(const void *items, size_t i) {
    return ((const seg_instance *)items)[i].score;
}

static int32_t category_of_detection(const void *items, size_t i) {
    return ((const seg_coco_detection *)items)[i].category;
}

static double score_of_detection(const void *items, size_t i) {
    return ((const seg_coco_detection *)items)[i].score;
}

const seg_coco_detection **seg_coco_order(const seg_coco_matches *matches, seg_scratch *scratch) {
    const size_t count = (size_t)matches->count;
    const seg_keyed *sorted =
        order(count, category_of_detection, score_of_detection, matches->detections, scratch);
    const seg_coco_detection **ordered =
        seg_scratch_take(scratch, count, sizeof *ordered, "sorted detections");
    if (!sorted || !ordered) return NULL;
    for (size_t i = 0; i < count; i++)
        ordered[i] = &matches->detections[sorted[i].value];
    return ordered;
}

/* ---- one picture ---- */

typedef struct matcher {
    const seg_overlaps *overlaps;
    const int32_t *rows; /* of the overlaps of each prediction */
    bool *left_out;      /* truths: not to be found in this range */
    uint16_t *taken;     /* truths: bit t, at threshold t */
} matcher;

/* The truth that prediction p takes at threshold t, or -1. */
static int32_t best_truth(const matcher *m, int32_t p, int32_t t) {
    const seg_instance *truths = m->overlaps->expected.items;
    const double threshold = seg_coco_threshold(t);
    double best_iou = threshold < 1 - 1e-10 ? threshold : 1 - 1e-10;
    int32_t best = -1;
    for (int pass = 0; pass < 2 && best < 0; pass++) /* those to be found, then the others */
        for (int32_t i = m->rows[p]; i < m->rows[p + 1]; i++) {
            const seg_overlap *overlap = &m->overlaps->items[i];
            const int32_t e = overlap->expected;
            if (m->left_out[e] != (pass == 1) || overlap->iou < best_iou) continue;
            if (m->taken[e] >> t & 1 && !truths[e].crowd) continue;
            best_iou = overlap->iou;
            best = e;
        }
    return best;
}

static void match_in_range(const matcher *m, const seg_keyed *sorted,
                           seg_coco_detection *detections, seg_coco_area range) {
    const seg_side *predicted = &m->overlaps->predicted, *expected = &m->overlaps->expected;
    for (int32_t e = 0; e < expected->count; e++) {
        const seg_instance *truth = &expected->items[e];
        m->left_out[e] = truth->crowd || truth->ignore || !in_range(truth->area, range);
        m->taken[e] = 0;
    }
    for (int32_t i = 0; i < predicted->count; i++) {
        const int32_t p = (int32_t)sorted[i].value;
        const bool outside = !in_range(predicted->items[p].area, range);
        seg_coco_detection *detection = &detections[i];
        detection->matched[range] = detection->ignored[range] = 0;
        for (int32_t t = 0; t < SEG_COCO_THRESHOLDS; t++) {
            const int32_t e = best_truth(m, p, t);
            const uint16_t bit = (uint16_t)(1u << t);
            if (e >= 0) {
                m->taken[e] |= bit;
                detection->matched[range] |= bit;
            }
            if (e >= 0 ? m->left_out[e] : outside) detection->ignored[range] |= bit;
        }
    }
}

/* ---- all pictures ---- */

void seg_coco_matches_init(seg_coco_matches *matches) {
    *matches = (seg_coco_matches){.classes.size = sizeof(seg_coco_class)};
}

void seg_coco_matches_free(seg_coco_matches *matches, const seg_env *env) {
    seg_release(env, matches->detections);
    seg_class_list_free(&matches->classes, env);
    seg_coco_matches_init(matches);
}

static seg_status make_room(seg_coco_matches *matches, int64_t detections, int64_t classes,
                            const seg_env *env) {
    if (detections > INT32_MAX - matches->count)
        return seg_fail(SEG_ERROR_LIMIT, "more than 2^31 detections");
    SEG_TRY(seg_class_list_reserve(&matches->classes, classes, env));
    return seg_grow((void **)&matches->detections, &matches->capacity, matches->count,
                    matches->count + (int32_t)detections, sizeof *matches->detections,
                    env ? env->allocator : NULL);
}

static void count_truths(seg_coco_matches *matches, const seg_side *expected) {
    for (int32_t e = 0; e < expected->count; e++) {
        const seg_instance *truth = &expected->items[e];
        seg_coco_class *totals = seg_class_list_get(&matches->classes, truth->category);
        for (int range = 0; range < SEG_COCO_AREAS; range++)
            totals->truths[range] +=
                !truth->crowd && !truth->ignore && in_range(truth->area, (seg_coco_area)range);
    }
}

seg_status seg_coco_match(seg_coco_matches *matches, const seg_overlaps *overlaps,
                          seg_scratch *scratch) {
    const seg_side *predicted = &overlaps->predicted, *expected = &overlaps->expected;
    const size_t count = (size_t)predicted->count, truths = (size_t)expected->count;
    matcher m = {.overlaps = overlaps, .rows = seg_overlaps_rows(overlaps, scratch)};
    m.left_out = seg_scratch_take(scratch, truths, sizeof *m.left_out, "truths");
    m.taken = seg_scratch_take(scratch, truths, sizeof *m.taken, "truths");
    const seg_keyed *sorted =
        order(count, category_of_instance, score_of_instance, predicted->items, scratch);
    if (!m.rows || !m.left_out || !m.taken || !sorted) return SEG_ERROR_MEMORY;
    SEG_TRY(make_room(matches, (int64_t)count, (int64_t)(count + truths), &scratch->env));
    seg_coco_detection *detections = count ? matches->detections + matches->count : NULL;
    for (size_t i = 0; i < count; i++) {
        const seg_instance *item = &predicted->items[sorted[i].value];
        const bool first = i == 0 || sorted[i].key != sorted[i - 1].key;
        seg_class_list_get(&matches->classes, item->category);
        detections[i] = (seg_coco_detection){.score = item->score,
                                             .category = item->category,
                                             .rank = first ? 0 : detections[i - 1].rank + 1};
    }
    for (int range = 0; range < SEG_COCO_AREAS; range++)
        match_in_range(&m, sorted, detections, (seg_coco_area)range);
    matches->count += (int32_t)count;
    count_truths(matches, expected);
    return SEG_OK;
}

seg_status seg_coco_append(seg_coco_matches *matches, const seg_coco_matches *more,
                           const seg_env *env) {
    SEG_TRY(make_room(matches, more->count, more->classes.count, env));
    if (more->count)
        memcpy(matches->detections + matches->count, more->detections,
               (size_t)more->count * sizeof *more->detections);
    matches->count += more->count;
    for (int32_t i = 0; i < more->classes.count; i++) {
        const seg_coco_class *from = seg_class_list_at(&more->classes, i);
        seg_coco_class *totals = seg_class_list_get(&matches->classes, from->category);
        for (int range = 0; range < SEG_COCO_AREAS; range++)
            totals->truths[range] += from->truths[range];
    }
    return SEG_OK;
}
