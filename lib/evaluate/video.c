/*
 * Video objects: how well objects are segmented over a sequence, by the rules of DAVIS.
 *
 * F. Perazzi et al., "A benchmark dataset and evaluation methodology for video object
 * segmentation", CVPR 2016; J. Pont-Tuset et al., "The 2017 DAVIS challenge on video object
 * segmentation", arXiv 1704.00675.
 *
 * Of each object and frame: J = intersection / union of the masks; F = 2 P R / (P + R) with P the
 * share of found boundary pixels that have a true one at most r away, R that of true ones, r =
 * ceil(tolerance x diagonal). A boundary pixel differs from its right, lower or lower right
 * neighbour, which puts boundaries half a pixel towards the origin, as the kit does. Where both
 * masks are empty J = F = 1. Of an object: mean over frames, recall = share of frames above 0.5,
 * decay = mean of the first quarter of frames less that of the last. Then means over all objects of
 * all sequences. The first and the last frame are left out (`ends` scores them).
 *
 * With `labels`, each value of the truth is an object and must have the same value in the
 * prediction (2017); else all that is not 0 is one object (2016). What is found under a value that
 * the truth never has does not count, as in the kit. Temporal stability (T) is not here: the kit
 * has dropped it too.
 *
 * Cost: two distance transforms for each object and frame; 24 bytes are kept for them.
 */
#include "core/check.h"
#include "core/memory.h"
#include "evaluate/contingency.h"
#include "evaluate/exact_sum.h"
#include "metrics.h"
#include <segment/imgproc.h>

#include <math.h>
#include <string.h>

#define QUARTERS 4
#define MOST_OBJECTS 1000

typedef struct video_options {
    size_t size;
    bool labels, ends;
    double tolerance;
} video_options;

static const seg_param rows[] = {
    {"labels", SEG_PARAM_BOOL, offsetof(video_options, labels), "false", 0, 1, NULL, "",
     "Each value is an object of its own; else all that is not 0 is one object.", ""},
    {"ends", SEG_PARAM_BOOL, offsetof(video_options, ends), "false", 0, 1, NULL, "",
     "Score the first and the last frame, too.", ""},
    {"tolerance", SEG_PARAM_FLOAT, offsetof(video_options, tolerance), "0.008", 0, 0.5, NULL,
     "of the diagonal", "How far a boundary may lie from the true one.", "r"},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(video_options)};

typedef enum {
    JF_MEAN,
    J_MEAN,
    J_RECALL,
    J_DECAY,
    F_MEAN,
    F_RECALL,
    F_DECAY,
    OBJECTS,
    FRAMES,
    MEASURES
} place;

static const seg_measure measures[MEASURES] = {
    [JF_MEAN] = {"jf-mean", "mean of j-mean and f-mean", "", 1, 1},
    [J_MEAN] = {"j-mean", "region similarity J: intersection over union", "", 1, 1},
    [J_RECALL] = {"j-recall", "share of frames with J above 0.5", "", 1, 1},
    [J_DECAY] = {"j-decay", "J of the first quarter of frames less that of the last", "", -1, 0},
    [F_MEAN] = {"f-mean", "contour accuracy F", "", 1, 1},
    [F_RECALL] = {"f-recall", "share of frames with F above 0.5", "", 1, 1},
    [F_DECAY] = {"f-decay", "F of the first quarter of frames less that of the last", "", -1, 0},
    [OBJECTS] = {"objects", "true objects of all sequences", "", 0, NAN},
    [FRAMES] = {"frames", "frames that were scored", "", 0, NAN},
};

/** An object in a frame. */
typedef struct sighting {
    int32_t sequence, frame, object;
    bool expected; /* the truth has it in this frame */
    double j, f;
} sighting;

typedef struct sightings {
    sighting *items;
    int32_t count, capacity;
} sightings;

typedef struct video_tally {
    seg_env env;
    video_options options;
    sightings list;  /* ascending by sequence and frame */
    int32_t *frames; /* of each sequence, in the order in which they were added */
    int32_t sequences, sequence_capacity;
    bool running; /* the next frame belongs to the last sequence */
    seg_image mask, boundary_found, boundary_true, squared; /* of an object */
    seg_scratch scratch;
} video_tally;

static seg_status create(void **state, const void *options, const seg_env *env) {
    video_tally *tally = seg_allocate_zeroed(env, 1, sizeof *tally, "a tally of video objects");
    if (!tally) return SEG_ERROR_MEMORY;
    tally->env = *env;
    tally->options = *(const video_options *)options;
    seg_scratch_init(&tally->scratch, env);
    *state = tally;
    return SEG_OK;
}

static void release_pictures(video_tally *tally) {
    seg_image_unref(&tally->mask);
    seg_image_unref(&tally->boundary_found);
    seg_image_unref(&tally->boundary_true);
    seg_image_unref(&tally->squared);
}

static void release(void *state) {
    video_tally *tally = state;
    const seg_env env = tally->env;
    release_pictures(tally);
    seg_release_with(env.allocator, tally->list.items);
    seg_release_with(env.allocator, tally->frames);
    seg_scratch_free(&tally->scratch);
    seg_release(&env, tally);
}

static seg_status reserve(video_tally *tally, int32_t sightings_more, int32_t sequences_more) {
    if (sightings_more > INT32_MAX - tally->list.count ||
        sequences_more > INT32_MAX - tally->sequences)
        return seg_fail(SEG_ERROR_LIMIT, "too many objects and frames to score together");
    SEG_TRY(seg_grow((void **)&tally->list.items, &tally->list.capacity, tally->list.count,
                     tally->list.count + sightings_more, sizeof *tally->list.items,
                     tally->env.allocator));
    return seg_grow((void **)&tally->frames, &tally->sequence_capacity, tally->sequences,
                    tally->sequences + sequences_more, sizeof *tally->frames, tally->env.allocator);
}

/* ---- one object in one frame ---- */

static int32_t value_at(const seg_image *picture, const void *row, int32_t x) {
    if (picture->format == SEG_LABEL32) return ((const int32_t *)row)[x];
    if (picture->format == SEG_U16) return ((const uint16_t *)row)[x];
    const uint8_t *bytes = row;
    if (picture->channels == 1) return bytes[x];
    return bytes[3 * x] | bytes[3 * x + 1] << 8 | bytes[3 * x + 2] << 16;
}

/* The mask of object `label` (0 = all that is not 0), without ignored pixels. */
static void cut_out(const seg_image *mask, const seg_image *picture, const seg_image *ignore,
                    int32_t label) {
    for (int32_t y = 0; y < picture->height; y++) {
        const void *row = seg_image_row(picture, y);
        const uint8_t *ignored = seg_image_empty(ignore) ? NULL : seg_image_row(ignore, y);
        uint8_t *out = seg_image_row(mask, y);
        for (int32_t x = 0; x < picture->width; x++) {
            const int32_t value = value_at(picture, row, x);
            const bool inside = label ? value == label : value != 0;
            out[x] = inside && !(ignored && ignored[x]) ? 255 : 0;
        }
    }
}

static void trace_boundary(const seg_image *boundary, const seg_image *mask) {
    const int32_t width = mask->width, height = mask->height;
    for (int32_t y = 0; y < height; y++) {
        const uint8_t *row = seg_image_row(mask, y);
        const uint8_t *below = seg_image_row(mask, y + 1 < height ? y + 1 : y);
        uint8_t *out = seg_image_row(boundary, y);
        for (int32_t x = 0; x < width; x++) {
            const int32_t right = x + 1 < width ? x + 1 : x;
            out[x] = row[x] != row[right] || row[x] != below[x] || row[x] != below[right] ? 255 : 0;
        }
    }
}

/* Pixels of `boundary`, and those with one of the other boundary within a distance. */
static void count_near(int64_t *all, int64_t *near, const seg_image *boundary,
                       const seg_image *squared, int32_t most) {
    *all = *near = 0;
    for (int32_t y = 0; y < boundary->height; y++) {
        const uint8_t *row = seg_image_row(boundary, y);
        const int32_t *distance = seg_image_row(squared, y);
        for (int32_t x = 0; x < boundary->width; x++) {
            *all += row[x] != 0;
            *near += row[x] && distance[x] <= most;
        }
    }
}

static seg_status contour_accuracy(double *f, video_tally *tally) {
    const double width = tally->mask.width, height = tally->mask.height;
    const double radius = ceil(tally->options.tolerance * sqrt(width * width + height * height));
    const int32_t most = radius < 40000 ? (int32_t)(radius * radius) : INT32_MAX - 1;
    int64_t found, found_near, expected, expected_near;
    SEG_TRY(seg_distance(NULL, &tally->squared, NULL, &tally->boundary_true, SEG_DISTANCE_TO_OBJECT,
                         &tally->env));
    count_near(&found, &found_near, &tally->boundary_found, &tally->squared, most);
    SEG_TRY(seg_distance(NULL, &tally->squared, NULL, &tally->boundary_found,
                         SEG_DISTANCE_TO_OBJECT, &tally->env));
    count_near(&expected, &expected_near, &tally->boundary_true, &tally->squared, most);
    /* the kit's rule for boundaries that are not there: the ratio over nothing is 1 */
    const double precision = found ? (double)found_near / (double)found : 1;
    const double recall = expected ? (double)expected_near / (double)expected : 1;
    *f = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
    return SEG_OK;
}

static double region_similarity(const seg_image *found, const seg_image *expected,
                                const seg_pair *pair, int32_t label) {
    int64_t both = 0, either = 0;
    for (int32_t y = 0; y < found->height; y++) {
        const void *row = seg_image_row(found, y), *true_row = seg_image_row(expected, y);
        const uint8_t *ignored =
            seg_image_empty(pair->ignore) ? NULL : seg_image_row(pair->ignore, y);
        for (int32_t x = 0; x < found->width; x++) {
            const int32_t a = value_at(found, row, x), b = value_at(expected, true_row, x);
            const bool in_a = label ? a == label : a != 0, in_b = label ? b == label : b != 0;
            if (ignored && ignored[x]) continue;
            both += in_a && in_b;
            either += in_a || in_b;
        }
    }
    return either ? (double)both / (double)either : 1;
}

static seg_status compare_object(sighting *seen, video_tally *tally, const seg_pair *pair) {
    const seg_image *found = pair->prediction, *truth = &pair->truths[0];
    const int32_t label = tally->options.labels ? seen->object : 0;
    const seg_env *env = &tally->env;
    SEG_TRY(seg_image_ensure(&tally->mask, found->width, found->height, SEG_U8, 1, env));
    SEG_TRY(seg_image_ensure(&tally->boundary_found, found->width, found->height, SEG_U8, 1, env));
    SEG_TRY(seg_image_ensure(&tally->boundary_true, found->width, found->height, SEG_U8, 1, env));
    cut_out(&tally->mask, found, pair->ignore, label);
    trace_boundary(&tally->boundary_found, &tally->mask);
    cut_out(&tally->mask, truth, pair->ignore, label);
    trace_boundary(&tally->boundary_true, &tally->mask);
    seen->j = region_similarity(found, truth, pair, label);
    return contour_accuracy(&seen->f, tally);
}

/* ---- frames ---- */

/* Objects of a frame, found or true, into `seen` (room for all of them); returns how many. */
static int32_t list_objects(sighting *seen, const seg_contingency *table) {
    int32_t count = 0;
    for (int32_t b = 1; b < table->b.count; b++)
        seen[count++] = (sighting){.object = table->b.labels[b], .expected = true};
    for (int32_t a = 1, b = 1; a < table->a.count; a++) {
        while (b < table->b.count && table->b.labels[b] < table->a.labels[a])
            b++;
        if (b < table->b.count && table->b.labels[b] == table->a.labels[a]) continue;
        seen[count++] = (sighting){.object = table->a.labels[a]};
    }
    return count;
}

static seg_status compare_frame(sighting **seen, int32_t *count, video_tally *tally,
                                const seg_pair *pair) {
    seg_scratch *scratch = &tally->scratch;
    seg_contingency table = {0};
    seg_scratch_rewind(scratch);
    if (tally->options.labels)
        SEG_TRY(seg_contingency_count(&table, pair->prediction, &pair->truths[0], pair->ignore,
                                      scratch));
    const int64_t room = tally->options.labels ? (int64_t)table.a.count + table.b.count : 1;
    if (room > 2 * MOST_OBJECTS)
        return seg_fail(SEG_ERROR_LIMIT, "a frame has %ld objects (allowed: %d in both pictures)",
                        (long)room - 2, 2 * MOST_OBJECTS);
    *seen = seg_scratch_take(scratch, (size_t)room, sizeof **seen, "objects of a frame");
    if (!*seen) return SEG_ERROR_MEMORY;
    **seen = (sighting){.object = 1, .expected = true};
    *count = tally->options.labels ? list_objects(*seen, &table) : 1;
    for (int32_t i = 0; i < *count; i++)
        SEG_TRY(compare_object(&(*seen)[i], tally, pair));
    return SEG_OK;
}

static seg_status add(void *state, const seg_pair *pair) {
    video_tally *tally = state;
    sighting *seen = NULL;
    int32_t count = 0;
    const seg_status status = compare_frame(&seen, &count, tally, pair);
    release_pictures(tally); /* the next frame may have another size */
    SEG_TRY(status);
    SEG_TRY(reserve(tally, count, 1));
    if (!tally->running) tally->frames[tally->sequences++] = 0;
    tally->running = true;
    const int32_t sequence = tally->sequences - 1;
    for (int32_t i = 0; i < count; i++) {
        seen[i].sequence = sequence;
        seen[i].frame = tally->frames[sequence];
        tally->list.items[tally->list.count++] = seen[i];
    }
    tally->frames[sequence]++;
    return SEG_OK;
}

static seg_status finish(void *state) {
    video_tally *tally = state;
    tally->running = false;
    return SEG_OK;
}

static seg_status merge(void *state, const void *from) {
    video_tally *tally = state;
    const video_tally *other = from;
    SEG_TRY(reserve(tally, other->list.count, other->sequences));
    SEG_TRY(finish(tally));
    for (int32_t i = 0; i < other->list.count; i++) {
        sighting seen = other->list.items[i];
        seen.sequence += tally->sequences;
        tally->list.items[tally->list.count++] = seen;
    }
    for (int32_t i = 0; i < other->sequences; i++)
        tally->frames[tally->sequences++] = other->frames[i];
    return SEG_OK;
}

/* ---- objects over their sequence ---- */

/* Frames `first` .. end - 1 are scored. */
typedef struct span {
    int32_t first, end;
} span;

static span scored_frames(const video_tally *tally, int32_t sequence) {
    const int32_t frames = tally->frames[sequence];
    if (tally->options.ends) return (span){0, frames};
    return frames > 2 ? (span){1, frames - 1} : (span){0, 0};
}

/* Mean, recall and decay of `count` values. */
static void summarise(double out[3], const double *value, int32_t count) {
    double sum = 0, above = 0, quarter[2] = {0};
    int32_t edge[QUARTERS + 1];
    for (int32_t i = 0; i < count; i++) {
        sum += value[i];
        above += value[i] > 0.5;
    }
    for (int32_t i = 0; i <= QUARTERS; i++)
        edge[i] = (int32_t)floor((count - 1) * (double)i / QUARTERS + 0.5);
    for (int32_t i = edge[0]; i <= edge[1]; i++)
        quarter[0] += value[i] / (edge[1] - edge[0] + 1);
    for (int32_t i = edge[3]; i <= edge[4]; i++)
        quarter[1] += value[i] / (edge[4] - edge[3] + 1);
    out[0] = sum / count;
    out[1] = above / count;
    out[2] = quarter[0] - quarter[1];
}

/* What the objects of the tally give, one after the other. */
typedef struct walk {
    const video_tally *tally;
    double *j, *f;      /* of an object's frames */
    int32_t first, end; /* sightings of the sequence */
    int32_t object;
    double numbers[6]; /* mean, recall, decay of j, then of f */
} walk;

static bool in_truth(const walk *w, int32_t object) {
    for (int32_t i = w->first; i < w->end; i++)
        if (w->tally->list.items[i].object == object && w->tally->list.items[i].expected)
            return true;
    return false;
}

/* The next larger true object of the sequence; false after the last. */
static bool next_object(walk *w) {
    int32_t next = 0;
    for (int32_t i = w->first; i < w->end; i++) {
        const int32_t object = w->tally->list.items[i].object;
        if (object > w->object && (!next || object < next) && in_truth(w, object)) next = object;
    }
    w->object = next;
    return next > 0;
}

static void measure_object(walk *w, span scored) {
    const int32_t count = scored.end - scored.first;
    for (int32_t i = 0; i < count; i++)
        w->j[i] = w->f[i] = 1; /* empty in both, unless it was seen */
    for (int32_t i = w->first; i < w->end; i++) {
        const sighting *seen = &w->tally->list.items[i];
        if (seen->object != w->object || seen->frame < scored.first || seen->frame >= scored.end)
            continue;
        w->j[seen->frame - scored.first] = seen->j;
        w->f[seen->frame - scored.first] = seen->f;
    }
    summarise(w->numbers, w->j, count);
    summarise(w->numbers + 3, w->f, count);
}

typedef void (*object_visitor)(void *user, int32_t sequence, int32_t object, int32_t frames,
                               const double numbers[6]);

/* Visits all true objects of sequences that have frames to score. */
static seg_status visit_objects(const video_tally *tally, object_visitor visit, void *user) {
    int32_t longest = 1;
    for (int32_t s = 0; s < tally->sequences; s++)
        if (tally->frames[s] > longest) longest = tally->frames[s];
    walk w = {.tally = tally};
    w.j = seg_allocate(&tally->env, (size_t)longest, 2 * sizeof *w.j, "values of an object");
    if (!w.j) return SEG_ERROR_MEMORY;
    w.f = w.j + longest;
    for (int32_t s = 0; s < tally->sequences; s++) {
        const span scored = scored_frames(tally, s);
        w.first = w.end;
        while (w.end < tally->list.count && tally->list.items[w.end].sequence == s)
            w.end++;
        w.object = 0;
        while (scored.end > scored.first && next_object(&w)) {
            measure_object(&w, scored);
            visit(user, s, w.object, scored.end - scored.first, w.numbers);
        }
    }
    seg_release(&tally->env, w.j);
    return SEG_OK;
}

/* ---- results ---- */

typedef struct means {
    seg_exact_sum sums[6];
    int32_t objects;
} means;

static void add_object(void *user, int32_t sequence, int32_t object, int32_t frames,
                       const double numbers[6]) {
    (void)sequence, (void)object, (void)frames;
    means *all = user;
    for (int32_t i = 0; i < 6; i++)
        seg_exact_sum_add(&all->sums[i], numbers[i]);
    all->objects++;
}

static seg_status values(const void *state, double *value) {
    const video_tally *tally = state;
    means all = {0};
    SEG_TRY(visit_objects(tally, add_object, &all));
    for (int32_t i = 0; i < 6; i++)
        value[J_MEAN + i] = all.objects ? seg_exact_sum_value(&all.sums[i]) / all.objects : NAN;
    value[JF_MEAN] = (value[J_MEAN] + value[F_MEAN]) / 2;
    value[OBJECTS] = all.objects;
    value[FRAMES] = 0;
    for (int32_t s = 0; s < tally->sequences; s++)
        value[FRAMES] += scored_frames(tally, s).end - scored_frames(tally, s).first;
    return SEG_OK;
}

static const char *const object_columns[] = {"sequence", "object",  "frames", "j-mean",
                                             "j-recall", "j-decay", "f-mean", "f-recall",
                                             "f-decay",  NULL};
static const seg_table_kind tables[] = {
    {"objects", "every true object; sequences counted from 1", object_columns, -1, -1},
};

#define COLUMNS ((int32_t)(sizeof object_columns / sizeof *object_columns) - 1)

static void fill_row(void *user, int32_t sequence, int32_t object, int32_t frames,
                     const double numbers[6]) {
    seg_table *table = user;
    double *row = table->cells + (size_t)table->rows++ * (size_t)table->columns;
    row[0] = sequence + 1;
    row[1] = object;
    row[2] = frames;
    memcpy(row + 3, numbers, 6 * sizeof *numbers);
}

static seg_status table_of(const void *state, int32_t index, seg_table *table) {
    (void)index;
    const video_tally *tally = state;
    means all = {0};
    SEG_TRY(visit_objects(tally, add_object, &all));
    table->cells = seg_allocate(&tally->env, (size_t)all.objects * COLUMNS, sizeof *table->cells,
                                "a table of objects");
    if (!table->cells) return SEG_ERROR_MEMORY;
    table->columns = COLUMNS;
    table->rows = 0;
    const seg_status status = visit_objects(tally, fill_row, table);
    if (status < 0) seg_table_free(table, &tally->env);
    return status;
}

const seg_metric seg_metric_video = {
    .id = "video",
    .title = "objects of a video (DAVIS J & F)",
    .reference = "Perazzi et al., A benchmark dataset and evaluation methodology for video object "
                 "segmentation, CVPR",
    .year = 2016,
    .prediction_formats = SEG_LABEL_FORMATS,
    .truth_formats = SEG_LABEL_FORMATS,
    .prediction_channels = SEG_LABEL_CHANNELS,
    .truth_channels = SEG_LABEL_CHANNELS,
    .needs = SEG_METRIC_SEQUENCE,
    .params = &params,
    .measures = measures,
    .measure_count = MEASURES,
    .summary = "jf-mean",
    .tables = tables,
    .table_count = (int32_t)(sizeof tables / sizeof *tables),
    .create = create,
    .add = add,
    .finish = finish,
    .merge = merge,
    .values = values,
    .table = table_of,
    .free = release,
};
