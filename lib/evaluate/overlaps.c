/*
 * Instances and their overlaps, from lists of boxes, lists of run lengths, or label pictures.
 * Cost: lists compare every pair of one class by their boxes, masks only where boxes meet; label
 * pictures are read once.
 */
#include "evaluate/overlaps.h"

#include "core/check.h"
#include "evaluate/contingency.h"
#include "imgproc/sort.h"

#include <string.h>

const char *const seg_overlap_shape_names[] = {"auto", "masks", "boxes", NULL};

static seg_status take_side(seg_side *side, int32_t count, seg_scratch *scratch) {
    side->count = count;
    side->items = seg_scratch_take(scratch, (size_t)count, sizeof *side->items, "instances");
    side->sizes = seg_scratch_take(scratch, (size_t)count, sizeof *side->sizes, "instances");
    return side->items && side->sizes ? SEG_OK : SEG_ERROR_MEMORY;
}

static seg_overlap overlap_of(const seg_overlaps *o, int32_t p, int32_t e, double common) {
    const double own = o->predicted.sizes[p], other = o->expected.sizes[e];
    const double whole = o->expected.items[e].crowd ? own : own + other - common;
    return (seg_overlap){p, e, common, common > 0 && whole > 0 ? common / whole : 0};
}

/* ---- lists ---- */

typedef struct lister {
    seg_overlaps *overlaps;
    bool masks, across;
    seg_rect *predicted_boxes, *expected_boxes; /* of masks */
    int32_t capacity;
    seg_scratch *scratch;
} lister;

static seg_status copy_list(seg_side *side, const seg_instance *items, int32_t count, bool masks,
                            bool categories, seg_scratch *scratch) {
    SEG_TRY(take_side(side, count, scratch));
    for (int32_t i = 0; i < count; i++) {
        seg_instance *item = &side->items[i];
        *item = items[i];
        if (!categories) item->category = 0;
        if (item->mask && item->box.width * item->box.height == 0) {
            const seg_rect box = seg_rle_box(item->mask);
            item->box = (seg_box){box.x, box.y, box.width, box.height};
        }
        side->sizes[i] =
            masks ? (double)seg_rle_area(item->mask) : item->box.width * item->box.height;
        if (item->area == 0)
            item->area = item->mask ? (double)seg_rle_area(item->mask) : side->sizes[i];
    }
    return SEG_OK;
}

static seg_rect *boxes_of(const seg_side *side, seg_scratch *scratch) {
    seg_rect *boxes = seg_scratch_take(scratch, (size_t)side->count, sizeof *boxes, "boxes");
    for (int32_t i = 0; boxes && i < side->count; i++)
        boxes[i] = seg_rle_box(side->items[i].mask);
    return boxes;
}

static bool apart(const seg_rect *a, const seg_rect *b) {
    return a->x >= b->x + b->width || b->x >= a->x + a->width || a->y >= b->y + b->height ||
           b->y >= a->y + a->height;
}

static double common_of(const lister *l, int32_t p, int32_t e) {
    const seg_instance *a = &l->overlaps->predicted.items[p], *b = &l->overlaps->expected.items[e];
    if (!l->masks) return seg_box_intersection(&a->box, &b->box);
    if (apart(&l->predicted_boxes[p], &l->expected_boxes[e])) return 0;
    return (double)seg_rle_intersection(a->mask, b->mask);
}

/* A longer list in scratch; the old block stays until the next frame, which is half as much. */
static seg_status append(lister *l, seg_overlap overlap) {
    seg_overlaps *o = l->overlaps;
    if (o->count == l->capacity) {
        if (l->capacity > INT32_MAX / 2) return seg_fail(SEG_ERROR_LIMIT, "too many overlaps");
        const int32_t capacity = l->capacity ? 2 * l->capacity : 256;
        seg_overlap *items =
            seg_scratch_take(l->scratch, (size_t)capacity, sizeof *items, "overlaps");
        if (!items) return SEG_ERROR_MEMORY;
        if (o->count) memcpy(items, o->items, (size_t)o->count * sizeof *items);
        o->items = items;
        l->capacity = capacity;
    }
    o->items[o->count++] = overlap;
    return SEG_OK;
}

static seg_status compare_lists(lister *l) {
    const seg_side *predicted = &l->overlaps->predicted, *expected = &l->overlaps->expected;
    if (l->masks) {
        l->predicted_boxes = boxes_of(predicted, l->scratch);
        l->expected_boxes = boxes_of(expected, l->scratch);
        if (!l->predicted_boxes || !l->expected_boxes) return SEG_ERROR_MEMORY;
    }
    for (int32_t p = 0; p < predicted->count; p++)
        for (int32_t e = 0; e < expected->count; e++) {
            if (!l->across && predicted->items[p].category != expected->items[e].category) continue;
            const double common = common_of(l, p, e);
            if (common > 0) SEG_TRY(append(l, overlap_of(l->overlaps, p, e, common)));
        }
    return SEG_OK;
}

/* Whether masks are compared; all masks of a pair are of one size. */
static seg_status choose_shape(bool *masks, const seg_pair *pair, int32_t shape) {
    const seg_rle *first = NULL;
    *masks = shape != SEG_OVERLAP_BOXES;
    const int64_t predicted_count = pair->predicted_count;
    for (int64_t i = 0; *masks && i < predicted_count + pair->expected_count; i++) {
        const bool is_predicted = i < predicted_count;
        const int64_t k = is_predicted ? i : i - predicted_count;
        const seg_rle *mask = (is_predicted ? pair->predicted : pair->expected)[k].mask;
        if (!mask && shape == SEG_OVERLAP_MASKS)
            return seg_fail(SEG_ERROR_UNSUPPORTED,
                            "%s, item %ld has no mask (overlap = boxes compares boxes)",
                            is_predicted ? "predicted" : "expected", (long)k);
        *masks = mask != NULL;
        if (!first) first = mask;
        if (mask && (mask->width != first->width || mask->height != first->height))
            return seg_fail(SEG_ERROR_SHAPE, "masks of %ld x %ld and of %ld x %ld in one picture",
                            (long)first->width, (long)first->height, (long)mask->width,
                            (long)mask->height);
    }
    return SEG_OK;
}

static seg_status find_in_lists(seg_overlaps *overlaps, const seg_pair *pair,
                                const seg_overlap_options *options, bool across,
                                seg_scratch *scratch) {
    if (!seg_image_empty(pair->ignore))
        return seg_fail(SEG_ERROR_UNSUPPORTED, "an ignore picture needs label pictures (mark "
                                               "expected instances as crowd or ignore instead)");
    lister l = {.overlaps = overlaps, .across = across, .scratch = scratch};
    SEG_TRY(choose_shape(&l.masks, pair, options->shape));
    SEG_TRY(copy_list(&overlaps->predicted, pair->predicted, pair->predicted_count, l.masks,
                      options->categories, scratch));
    SEG_TRY(copy_list(&overlaps->expected, pair->expected, pair->expected_count, l.masks,
                      options->categories, scratch));
    return compare_lists(&l);
}

/* ---- label pictures ---- */

/* The listed instances by ascending id. */
static seg_status sort_list(seg_keyed **sorted, const seg_instance *list, int32_t count,
                            const char *name, seg_scratch *scratch) {
    const size_t items = (size_t)count;
    *sorted = seg_scratch_take(scratch, 2 * items, sizeof **sorted, "instances");
    if (!*sorted) return SEG_ERROR_MEMORY;
    for (size_t i = 0; i < items; i++)
        (*sorted)[i] = (seg_keyed){(uint64_t)((int64_t)list[i].id - INT32_MIN), i};
    seg_sort(*sorted, *sorted + items, items);
    for (size_t i = 0; i < items; i++) {
        const int32_t id = list[(*sorted)[i].value].id;
        if (id > 0 && (i == 0 || (*sorted)[i].key != (*sorted)[i - 1].key)) continue;
        return seg_fail(SEG_ERROR_ARGUMENT, "%s: id %ld %s", name, (long)id,
                        id > 0 ? "is listed twice" : "is no label (allowed: above 0)");
    }
    return SEG_OK;
}

static seg_status not_both(const char *name, int32_t label, bool listed) {
    return seg_fail(SEG_ERROR_ARGUMENT,
                    listed ? "%s: instance %ld is listed, but not in the label picture"
                           : "%s: label %ld of the picture is not among the listed instances",
                    name, (long)label);
}

/* Gives the labels, which ascend as the list does, what the list says. */
static seg_status describe_labels(seg_side *side, const seg_instance *list, int32_t count, bool cut,
                                  const char *name, seg_scratch *scratch) {
    seg_keyed *sorted;
    SEG_TRY(sort_list(&sorted, list, count, name, scratch));
    int32_t at = 0;
    for (int32_t i = 0; i < side->count; i++) {
        const int32_t label = side->items[i].id;
        /* with pixels that are not scored, some labels may have none left */
        while (cut && at < count && list[sorted[at].value].id < label)
            at++;
        if (at == count) return not_both(name, label, false);
        const seg_instance *listed = &list[sorted[at].value];
        if (listed->id != label)
            return not_both(name, listed->id < label ? listed->id : label, listed->id < label);
        side->items[i] = *listed;
        side->items[i].mask = NULL;
        at++;
    }
    return at < count && !cut ? not_both(name, list[sorted[at].value].id, true) : SEG_OK;
}

static seg_status side_of_labels(seg_side *side, const seg_label_areas *labels,
                                 const seg_instance *list, int32_t count, bool cut, bool categories,
                                 const char *name, seg_scratch *scratch) {
    SEG_TRY(take_side(side, labels->count - 1, scratch));
    for (int32_t i = 0; i < side->count; i++)
        side->items[i] = (seg_instance){.id = labels->labels[i + 1], .score = 1};
    if (list) SEG_TRY(describe_labels(side, list, count, cut, name, scratch));
    for (int32_t i = 0; i < side->count; i++) {
        side->sizes[i] = (double)labels->areas[i + 1];
        if (side->items[i].area == 0) side->items[i].area = side->sizes[i];
        if (!categories) side->items[i].category = 0;
    }
    return SEG_OK;
}

static seg_status find_in_labels(seg_overlaps *o, const seg_pair *pair,
                                 const seg_overlap_options *options, bool across,
                                 seg_scratch *scratch) {
    if (options->shape == SEG_OVERLAP_BOXES)
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "overlap = boxes with label pictures (they are compared by their masks)");
    const bool cut = !seg_image_empty(pair->ignore), classes = options->categories;
    seg_contingency table;
    SEG_TRY(
        seg_contingency_count(&table, pair->prediction, &pair->truths[0], pair->ignore, scratch));
    SEG_TRY(side_of_labels(&o->predicted, &table.a, pair->predicted, pair->predicted_count, cut,
                           classes, "predicted", scratch));
    SEG_TRY(side_of_labels(&o->expected, &table.b, pair->expected, pair->expected_count, cut,
                           classes, "expected", scratch));
    const size_t predicted_count = (size_t)o->predicted.count;
    o->items = seg_scratch_take(scratch, (size_t)table.count, sizeof *o->items, "overlaps");
    o->unassigned = seg_scratch_take(scratch, predicted_count, sizeof *o->unassigned, "overlaps");
    if (!o->items || !o->unassigned) return SEG_ERROR_MEMORY;
    memset(o->unassigned, 0, predicted_count * sizeof *o->unassigned);
    for (int32_t i = 0; i < table.count; i++) {
        const int32_t p = table.cells[i].a - 1, e = table.cells[i].b - 1;
        const double common = (double)table.cells[i].pixels;
        if (p < 0) continue;
        if (e < 0)
            o->unassigned[p] = common;
        else if (across || o->predicted.items[p].category == o->expected.items[e].category)
            o->items[o->count++] = overlap_of(o, p, e, common);
    }
    return SEG_OK;
}

seg_status seg_overlaps_find(seg_overlaps *overlaps, const seg_pair *pair,
                             const seg_overlap_options *options, bool across,
                             seg_scratch *scratch) {
    *overlaps = (seg_overlaps){0};
    return seg_image_empty(pair->prediction)
               ? find_in_lists(overlaps, pair, options, across, scratch)
               : find_in_labels(overlaps, pair, options, across, scratch);
}

int32_t *seg_overlaps_rows(const seg_overlaps *overlaps, seg_scratch *scratch) {
    const int32_t count = overlaps->predicted.count;
    int32_t *rows = seg_scratch_take(scratch, (size_t)count + 1, sizeof *rows, "overlaps");
    if (!rows) return NULL;
    int32_t at = 0;
    for (int32_t p = 0; p <= count; p++) {
        while (at < overlaps->count && overlaps->items[at].predicted < p)
            at++;
        rows[p] = at;
    }
    return rows;
}
