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
 * the truth never has does not count, as in the kit; the kit knows the objects of the first frame
 * only, here those that come later are scored, too. Pixels that are not scored are in no mask.
 * Temporal stability (T) is not here: the kit has dropped it too.
 *
 * Cost: two reads of each picture to find the objects, and for each object one of the box around
 * it, as bits (near.h); of a frame 24 bytes an object are kept.
 */
#include "core/check.h"
#include "core/memory.h"
#include "evaluate/exact_sum.h"
#include "evaluate/label_row.h"
#include "evaluate/near.h"
#include "imgproc/label_table.h"
#include "metrics.h"

#include <math.h>
#include <string.h>

#define QUARTERS 4
#define MOST_OBJECTS 2000 /* in both pictures of a frame */

typedef struct video_options {
    size_t size;
    bool labels, ends;
    double tolerance;
    int32_t ignore_value;
} video_options;

static const seg_param rows[] = {
    {"labels", SEG_PARAM_BOOL, offsetof(video_options, labels), "false", 0, 1, NULL, "",
     "Each value is an object of its own; else all that is not 0 is one object.", ""},
    {"ends", SEG_PARAM_BOOL, offsetof(video_options, ends), "false", 0, 1, NULL, "",
     "Score the first and the last frame, too.", ""},
    {"tolerance", SEG_PARAM_FLOAT, offsetof(video_options, tolerance), "0.008", 0, 0.5, NULL,
     "of the diagonal", "How far a boundary may lie from the true one.", "r"},
    {"ignore-value", SEG_PARAM_INT, offsetof(video_options, ignore_value), "-1", -1, INT32_MAX,
     NULL, "raw value",
     "Pixels of this value in the truth are not scored (255 in DAVIS 2017); -1 = all are.", ""},
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
    [OBJECTS] = {"objects", "true objects of all sequences", "objects", 0, NAN},
    [FRAMES] = {"frames", "frames that were scored", "frames", 0, NAN},
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
    bool running;              /* the next frame belongs to the last sequence */
    seg_scratch frame, object; /* memory of a frame, and of one of its objects */
} video_tally;

static seg_status create(void **state, const void *options, const seg_env *env) {
    video_tally *tally = seg_allocate_zeroed(env, 1, sizeof *tally, "a tally of video objects");
    if (!tally) return SEG_ERROR_MEMORY;
    tally->env = *env;
    tally->options = *(const video_options *)options;
    seg_scratch_init(&tally->frame, env);
    seg_scratch_init(&tally->object, env);
    *state = tally;
    return SEG_OK;
}

static void release(void *state) {
    video_tally *tally = state;
    const seg_env env = tally->env;
    seg_release_with(env.allocator, tally->list.items);
    seg_release_with(env.allocator, tally->frames);
    seg_scratch_free(&tally->frame);
    seg_scratch_free(&tally->object);
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

/* Pixels first .. end - 1; empty if end is not above first. */
typedef struct box {
    int32_t left, top, right, bottom;
} box;

/* The labels of a part of a row that are scored, else 0; every object is 1 unless they are told
 * apart by their labels. `labels` has room for twice as many. */
static void read_scored(int32_t *labels, const video_tally *tally, const seg_pair *pair,
                        const seg_image *picture, int32_t x, int32_t y, int32_t count) {
    seg_label_row_copy(labels, picture, x, y, count);
    if (tally->options.ignore_value >= 0) {
        int32_t *truth = labels + count;
        seg_label_row_copy(truth, &pair->truths[0], x, y, count);
        for (int32_t i = 0; i < count; i++)
            labels[i] = truth[i] == tally->options.ignore_value ? 0 : labels[i];
    }
    if (!tally->options.labels)
        for (int32_t i = 0; i < count; i++)
            labels[i] = labels[i] != 0;
    if (seg_image_empty(pair->ignore)) return;
    const uint8_t *ignored = (const uint8_t *)seg_image_row(pair->ignore, y) + x;
    for (int32_t i = 0; i < count; i++)
        labels[i] = ignored[i] ? 0 : labels[i];
}

/* The mask of an object within a box. */
static seg_status cut_out(seg_bitmap *mask, video_tally *tally, const seg_pair *pair,
                          const seg_image *picture, int32_t object, const box *around) {
    const int32_t width = around->right - around->left, height = around->bottom - around->top;
    seg_scratch *scratch = &tally->object;
    SEG_TRY(seg_bitmap_take(mask, width, height, scratch));
    int32_t *labels =
        seg_scratch_take(scratch, (size_t)width, 2 * sizeof *labels, "a row of labels");
    if (!labels) return SEG_ERROR_MEMORY;
    const seg_bits_kernels *kernels = seg_bits_kernels_get();
    for (int32_t y = 0; y < height; y++) {
        read_scored(labels, tally, pair, picture, around->left, around->top + y, width);
        kernels->pack_equal(seg_bitmap_row(mask, y), labels, width, object);
    }
    return SEG_OK;
}

/* Word i of a row moved by a pixel to the left; the last pixel stays where it is, too. */
static uint64_t right_of(const uint64_t *row, int32_t i, int32_t width) {
    const int32_t last = width - 1;
    uint64_t word = row[i] >> 1;
    if (i < last / 64)
        word |= row[i + 1] << 63;
    else
        word |= row[i] & (uint64_t)1 << last % 64;
    return word;
}

static seg_status trace_boundary(seg_bitmap *boundary, const seg_bitmap *mask,
                                 seg_scratch *scratch) {
    SEG_TRY(seg_bitmap_take(boundary, mask->width, mask->height, scratch));
    for (int32_t y = 0; y < mask->height; y++) {
        const uint64_t *row = seg_bitmap_row(mask, y);
        const uint64_t *below = seg_bitmap_row(mask, y + 1 < mask->height ? y + 1 : y);
        uint64_t *out = seg_bitmap_row(boundary, y);
        for (int32_t i = 0; i < mask->pitch; i++)
            out[i] = (row[i] ^ right_of(row, i, mask->width)) | (row[i] ^ below[i]) |
                     (row[i] ^ right_of(below, i, mask->width));
    }
    return SEG_OK;
}

static double region_similarity(const seg_bitmap *found, const seg_bitmap *expected) {
    const size_t words = (size_t)found->pitch * (size_t)found->height;
    int64_t both = 0, either = 0;
    for (size_t i = 0; i < words; i++) {
        both += seg_bits_count(found->words[i] & expected->words[i]);
        either += seg_bits_count(found->words[i] | expected->words[i]);
    }
    return either ? (double)both / (double)either : 1;
}

static seg_status contour_accuracy(double *f, const seg_bitmap *found, const seg_bitmap *expected,
                                   const seg_near *near, seg_scratch *scratch) {
    seg_bitmap found_boundary, true_boundary;
    int64_t found_near, true_near;
    SEG_TRY(trace_boundary(&found_boundary, found, scratch));
    SEG_TRY(trace_boundary(&true_boundary, expected, scratch));
    SEG_TRY(seg_bitmap_count_near(&found_near, &found_boundary, &true_boundary, near, scratch));
    SEG_TRY(seg_bitmap_count_near(&true_near, &true_boundary, &found_boundary, near, scratch));
    const int64_t found_all = seg_bitmap_ones(&found_boundary);
    const int64_t true_all = seg_bitmap_ones(&true_boundary);
    /* the kit's rule for boundaries that are not there: the ratio over nothing is 1 */
    const double precision = found_all ? (double)found_near / (double)found_all : 1;
    const double recall = true_all ? (double)true_near / (double)true_all : 1;
    *f = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
    return SEG_OK;
}

/* `extent` holds the object in both pictures. */
static seg_status compare_object(sighting *seen, video_tally *tally, const seg_pair *pair,
                                 const box *extent) {
    const seg_image *truth = &pair->truths[0];
    const double width = truth->width, height = truth->height;
    const double radius = ceil(tally->options.tolerance * sqrt(width * width + height * height));
    const seg_near near = {SEG_ELEMENT_DISK, radius < INT32_MAX ? (int32_t)radius : INT32_MAX};
    seg_bitmap found, expected;
    seen->j = seen->f = 1;
    if (extent->right <= extent->left) return SEG_OK; /* there is none */
    /* boundary pixels lie in it or to its left or above; to the right it must end, too */
    const box around = {.left = extent->left > 0 ? extent->left - 1 : 0,
                        .top = extent->top > 0 ? extent->top - 1 : 0,
                        .right = extent->right < truth->width ? extent->right + 1 : truth->width,
                        .bottom =
                            extent->bottom < truth->height ? extent->bottom + 1 : truth->height};
    seg_scratch_rewind(&tally->object);
    SEG_TRY(cut_out(&found, tally, pair, pair->prediction, seen->object, &around));
    SEG_TRY(cut_out(&expected, tally, pair, truth, seen->object, &around));
    seen->j = region_similarity(&found, &expected);
    return contour_accuracy(&seen->f, &found, &expected, &near, &tally->object);
}

/* ---- frames ---- */

/* The objects of a frame, found or true, and where they are in both pictures. */
typedef struct objects {
    seg_label_table table;
    sighting *seen;
    box *extent;
} objects;

static seg_status add_object_run(objects *all, int32_t label, bool expected, const box *run) {
    int32_t index;
    if (label == 0) return SEG_OK;
    SEG_TRY(seg_label_table_index(&all->table, label, &index));
    if (index >= MOST_OBJECTS)
        return seg_fail(SEG_ERROR_LIMIT,
                        "a frame has more than %d objects (allowed: %d in both "
                        "pictures)",
                        MOST_OBJECTS, MOST_OBJECTS);
    box *extent = &all->extent[index];
    if (all->seen[index].object == 0) {
        all->seen[index].object = label;
        *extent = *run;
    }
    all->seen[index].expected |= expected;
    if (run->left < extent->left) extent->left = run->left;
    if (run->top < extent->top) extent->top = run->top;
    if (run->right > extent->right) extent->right = run->right;
    if (run->bottom > extent->bottom) extent->bottom = run->bottom;
    return SEG_OK;
}

static seg_status find_objects(objects *all, video_tally *tally, const seg_pair *pair,
                               bool expected) {
    const seg_image *picture = expected ? &pair->truths[0] : pair->prediction;
    SEG_TRY(seg_label_picture_check(picture));
    seg_label_rows runs;
    int32_t *labels = seg_scratch_take(&tally->frame, (size_t)picture->width, 2 * sizeof *labels,
                                       "a row of labels");
    SEG_TRY(seg_label_rows_init(&runs, picture->width, &tally->frame));
    if (!labels) return SEG_ERROR_MEMORY;
    for (int32_t y = 0; y < picture->height; y++) {
        read_scored(labels, tally, pair, picture, 0, y, picture->width);
        const int32_t count = seg_label_rows_split(&runs, labels);
        for (int32_t i = 0; i < count; i++) {
            const box run = {runs.starts[i], y, runs.starts[i + 1], y + 1};
            SEG_TRY(add_object_run(all, labels[run.left], expected, &run));
        }
    }
    return SEG_OK;
}

static seg_status compare_frame(objects *all, video_tally *tally, const seg_pair *pair) {
    seg_scratch *scratch = &tally->frame;
    seg_scratch_rewind(scratch);
    SEG_TRY(seg_label_table_init(&all->table, scratch));
    all->seen = seg_scratch_take(scratch, MOST_OBJECTS, sizeof *all->seen, "objects of a frame");
    all->extent = seg_scratch_take(scratch, MOST_OBJECTS, sizeof *all->extent, "boxes of objects");
    if (!all->seen || !all->extent) return SEG_ERROR_MEMORY;
    memset(all->seen, 0, MOST_OBJECTS * sizeof *all->seen);
    memset(all->extent, 0, MOST_OBJECTS * sizeof *all->extent);
    SEG_TRY(find_objects(all, tally, pair, true));
    SEG_TRY(find_objects(all, tally, pair, false));
    if (!tally->options.labels) { /* there is always the one object */
        all->table.count = 1;
        all->seen[0].object = 1;
        all->seen[0].expected = true;
    }
    for (int32_t i = 0; i < all->table.count; i++)
        SEG_TRY(compare_object(&all->seen[i], tally, pair, &all->extent[i]));
    return SEG_OK;
}

static seg_status add(void *state, const seg_pair *pair) {
    video_tally *tally = state;
    objects all;
    SEG_TRY(compare_frame(&all, tally, pair));
    const int32_t count = all.table.count;
    SEG_TRY(reserve(tally, count, 1));
    if (!tally->running) tally->frames[tally->sequences++] = 0;
    tally->running = true;
    const int32_t sequence = tally->sequences - 1;
    for (int32_t i = 0; i < count; i++) {
        sighting seen = all.seen[i];
        seen.sequence = sequence;
        seen.frame = tally->frames[sequence];
        tally->list.items[tally->list.count++] = seen;
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

/* The next larger object of the sequence that the truth has in a frame; false after the last. */
static bool next_object(walk *w) {
    int32_t next = 0;
    for (int32_t i = w->first; i < w->end; i++) {
        const sighting *seen = &w->tally->list.items[i];
        if (seen->expected && seen->object > w->object && (!next || seen->object < next))
            next = seen->object;
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
