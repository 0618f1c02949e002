/*
 * The objects of a frame of a video: region similarity, contour accuracy, and how much the outline
 * of each has changed since the frame before. evaluate/video.c tells the definitions.
 */
#include "evaluate/video.h"

#include "core/check.h"
#include "evaluate/label_row.h"
#include "evaluate/near.h"
#include "evaluate/video_outline.h"
#include "imgproc/label_table.h"

#include <math.h>
#include <string.h>

#define MOST_OBJECTS 2000 /* in both pictures of a frame */

enum { FOUND, TRUE, PICTURES };

/* Pixels first .. end - 1; empty if end is not above first. */
typedef struct box {
    int32_t left, top, right, bottom;
} box;

typedef struct frame {
    const seg_video_rules *rules;
    const seg_pair *pair;
    seg_video_scratch *scratch;
    seg_label_table table; /* labels of both pictures */
    box *extent[PICTURES]; /* of each label; empty where the picture does not have it */
} frame;

static const seg_image *picture_of(const frame *f, int which) {
    return which == TRUE ? &f->pair->truths[0] : f->pair->prediction;
}

/* ---- masks ---- */

/* The labels of a part of a row that are scored, else 0; every object is 1 unless they are told
 * apart by their labels. `labels` has room for twice as many. */
static void read_scored(int32_t *labels, const frame *f, const seg_image *picture, int32_t x,
                        int32_t y, int32_t count) {
    const seg_video_rules *rules = f->rules;
    const seg_pair *pair = f->pair;
    seg_label_row_copy(labels, picture, x, y, count);
    if (rules->ignore_value >= 0) {
        int32_t *truth = labels + count;
        seg_label_row_copy(truth, &pair->truths[0], x, y, count);
        for (int32_t i = 0; i < count; i++)
            labels[i] = truth[i] == rules->ignore_value ? 0 : labels[i];
    }
    if (!rules->labels)
        for (int32_t i = 0; i < count; i++)
            labels[i] = labels[i] != 0;
    if (seg_image_empty(pair->ignore)) return;
    const uint8_t *ignored = (const uint8_t *)seg_image_row(pair->ignore, y) + x;
    for (int32_t i = 0; i < count; i++)
        labels[i] = ignored[i] ? 0 : labels[i];
}

/* The mask of a label within a box. */
static seg_status cut_out(seg_bitmap *mask, const frame *f, int which, int32_t label,
                          const box *around) {
    const int32_t width = around->right - around->left, height = around->bottom - around->top;
    seg_scratch *scratch = &f->scratch->object;
    SEG_TRY(seg_bitmap_take(mask, width, height, scratch));
    int32_t *labels =
        seg_scratch_take(scratch, (size_t)width, 2 * sizeof *labels, "a row of labels");
    if (!labels) return SEG_ERROR_MEMORY;
    const seg_bits_kernels *kernels = seg_bits_kernels_get();
    for (int32_t y = 0; y < height; y++) {
        read_scored(labels, f, picture_of(f, which), around->left, around->top + y, width);
        kernels->pack_equal(seg_bitmap_row(mask, y), labels, width, label);
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

/* ---- labels of a frame ---- */

static bool is_there(const box *extent) {
    return extent->right > extent->left;
}

static void widen(box *extent, const box *more) {
    if (!is_there(extent)) *extent = *more;
    if (more->left < extent->left) extent->left = more->left;
    if (more->top < extent->top) extent->top = more->top;
    if (more->right > extent->right) extent->right = more->right;
    if (more->bottom > extent->bottom) extent->bottom = more->bottom;
}

static seg_status add_run(frame *f, int which, int32_t label, const box *run) {
    int32_t index;
    if (label == 0) return SEG_OK;
    if (which == FOUND && f->rules->proposals && label > f->rules->proposals)
        return seg_fail(SEG_ERROR_OPTION,
                        "the prediction has the label %ld (allowed: 1 to %ld, proposals)",
                        (long)label, (long)f->rules->proposals);
    SEG_TRY(seg_label_table_index(&f->table, label, &index));
    if (index >= MOST_OBJECTS)
        return seg_fail(SEG_ERROR_LIMIT,
                        "a frame has more than %d objects (allowed: %d in both pictures)",
                        MOST_OBJECTS, MOST_OBJECTS);
    widen(&f->extent[which][index], run);
    return SEG_OK;
}

static seg_status find_labels(frame *f, int which) {
    const seg_image *picture = picture_of(f, which);
    seg_scratch *scratch = &f->scratch->frame;
    SEG_TRY(seg_label_picture_check(picture));
    seg_label_rows runs;
    int32_t *labels =
        seg_scratch_take(scratch, (size_t)picture->width, 2 * sizeof *labels, "a row of labels");
    SEG_TRY(seg_label_rows_init(&runs, picture->width, scratch));
    if (!labels) return SEG_ERROR_MEMORY;
    for (int32_t y = 0; y < picture->height; y++) {
        read_scored(labels, f, picture, 0, y, picture->width);
        const int32_t count = seg_label_rows_split(&runs, labels);
        for (int32_t i = 0; i < count; i++) {
            const box run = {runs.starts[i], y, runs.starts[i + 1], y + 1};
            SEG_TRY(add_run(f, which, labels[run.left], &run));
        }
    }
    return SEG_OK;
}

static seg_status find_all(frame *f) {
    seg_scratch *scratch = &f->scratch->frame;
    seg_scratch_rewind(scratch);
    SEG_TRY(seg_label_table_init(&f->table, scratch));
    for (int which = 0; which < PICTURES; which++) {
        f->extent[which] =
            seg_scratch_take(scratch, MOST_OBJECTS, sizeof *f->extent[which], "boxes of objects");
        if (!f->extent[which]) return SEG_ERROR_MEMORY;
        memset(f->extent[which], 0, MOST_OBJECTS * sizeof *f->extent[which]);
    }
    SEG_TRY(find_labels(f, TRUE));
    return find_labels(f, FOUND);
}

/* ---- what is seen ---- */

/* An extent with room around it: boundary pixels lie in it or to its left or above; to the right
 * it must end, too. */
static box with_room(const box *extent, const seg_image *picture) {
    return (box){.left = extent->left > 0 ? extent->left - 1 : 0,
                 .top = extent->top > 0 ? extent->top - 1 : 0,
                 .right = extent->right < picture->width ? extent->right + 1 : picture->width,
                 .bottom = extent->bottom < picture->height ? extent->bottom + 1 : picture->height};
}

static seg_near near_of(const frame *f) {
    const double width = f->pair->truths[0].width, height = f->pair->truths[0].height;
    const double radius = ceil(f->rules->tolerance * sqrt(width * width + height * height));
    return (seg_near){SEG_ELEMENT_DISK, radius < INT32_MAX ? (int32_t)radius : INT32_MAX};
}

/* J and F of two labels, one in each picture. */
static seg_status compare_pair(seg_sighting *seen, frame *f, int32_t found, int32_t expected) {
    box extent = f->extent[FOUND][found];
    widen(&extent, &f->extent[TRUE][expected]);
    const box around = with_room(&extent, &f->pair->truths[0]);
    const seg_near near = near_of(f);
    seg_bitmap masks[PICTURES];
    *seen =
        (seg_sighting){.object = f->table.ids[expected], .proposal = f->table.ids[found], .t = NAN};
    seg_scratch_rewind(&f->scratch->object);
    SEG_TRY(cut_out(&masks[FOUND], f, FOUND, seen->proposal, &around));
    SEG_TRY(cut_out(&masks[TRUE], f, TRUE, seen->object, &around));
    seen->j = region_similarity(&masks[FOUND], &masks[TRUE]);
    return contour_accuracy(&seen->f, &masks[FOUND], &masks[TRUE], &near, &f->scratch->object);
}

/* A label against nothing. Only what fills the picture has no boundary that could be wrong. */
static seg_status compare_alone(seg_sighting *seen, frame *f, int which, int32_t index) {
    const seg_image *picture = &f->pair->truths[0];
    const box whole = {0, 0, picture->width, picture->height};
    const int32_t label = f->table.ids[index];
    seg_bitmap mask, boundary;
    *seen = (seg_sighting){.t = NAN};
    *(which == TRUE ? &seen->object : &seen->proposal) = label;
    if (memcmp(&f->extent[which][index], &whole, sizeof whole) != 0) return SEG_OK;
    seg_scratch_rewind(&f->scratch->object);
    SEG_TRY(cut_out(&mask, f, which, label, &whole));
    SEG_TRY(trace_boundary(&boundary, &mask, &f->scratch->object));
    seen->f = seg_bitmap_ones(&boundary) == 0;
    return SEG_OK;
}

static seg_status add_sighting(seg_sightings *list, const seg_sighting *seen, const seg_env *env) {
    if (list->count == INT32_MAX)
        return seg_fail(SEG_ERROR_LIMIT, "too many objects in a frame to score together");
    SEG_TRY(seg_grow((void **)&list->items, &list->capacity, list->count, list->count + 1,
                     sizeof *list->items, env->allocator));
    list->items[list->count++] = *seen;
    return SEG_OK;
}

/* ---- outlines from frame to frame ---- */

void seg_video_outlines_free(seg_video_outlines *outlines, const seg_env *env) {
    for (int32_t i = 0; i < outlines->count; i++)
        seg_release(env, outlines->items[i].xy);
    seg_release_with(env->allocator, outlines->items);
    *outlines = (seg_video_outlines){0};
}

static seg_status keep_outline(seg_video_outlines *now, const seg_outline *outline, int32_t label,
                               const seg_env *env) {
    seg_video_outline item = {.label = label, .count = outline->count};
    SEG_TRY(seg_grow((void **)&now->items, &now->capacity, now->count, now->count + 1,
                     sizeof *now->items, env->allocator));
    if (outline->count) {
        const size_t size = (size_t)outline->count * 2 * sizeof *item.xy;
        item.xy = seg_allocate(env, size, 1, "an outline");
        if (!item.xy) return SEG_ERROR_MEMORY;
        memcpy(item.xy, outline->xy, size);
    }
    now->items[now->count++] = item;
    return SEG_OK;
}

/* Stability of a label since the frame before, where it has an outline in both. */
static seg_status compare_outlines(seg_sighting *seen, frame *f, const box *extent,
                                   seg_video_outlines *now, const seg_video_outlines *before,
                                   const seg_env *env) {
    seg_scratch *scratch = &f->scratch->object;
    seg_bitmap mask;
    seg_outline outline;
    seg_scratch_rewind(scratch);
    SEG_TRY(cut_out(&mask, f, FOUND, seen->proposal, extent));
    SEG_TRY(seg_outline_make(&outline, &mask, scratch));
    for (int32_t i = 0; i < before->count && outline.count; i++) {
        const seg_outline earlier = {before->items[i].xy, before->items[i].count};
        if (before->items[i].label != seen->proposal || !earlier.count) continue;
        SEG_TRY(seg_outline_compare(&seen->t, &earlier, &outline, scratch));
    }
    return keep_outline(now, &outline, seen->proposal, env);
}

/* ---- the whole frame ---- */

seg_status seg_video_compare(seg_sightings *seen, seg_video_outlines *now,
                             const seg_video_outlines *before, const seg_pair *pair,
                             const seg_video_rules *rules, seg_video_scratch *scratch,
                             const seg_env *env) {
    frame f = {.rules = rules, .pair = pair, .scratch = scratch};
    seg_sighting item;
    seen->count = 0;
    SEG_TRY(find_all(&f));
    for (int which = 0; which < PICTURES; which++)
        for (int32_t i = 0; i < f.table.count; i++) {
            const box *extent = &f.extent[which][i];
            if (!is_there(extent)) continue;
            SEG_TRY(compare_alone(&item, &f, which, i));
            if (which == FOUND && rules->stability)
                SEG_TRY(compare_outlines(&item, &f, extent, now, before, env));
            SEG_TRY(add_sighting(seen, &item, env));
        }
    for (int32_t expected = 0; expected < f.table.count; expected++) {
        const int32_t first = rules->proposals ? 0 : expected;
        const int32_t end = rules->proposals ? f.table.count : expected + 1;
        for (int32_t found = first; found < end; found++) {
            if (!is_there(&f.extent[FOUND][found]) || !is_there(&f.extent[TRUE][expected]))
                continue;
            SEG_TRY(compare_pair(&item, &f, found, expected));
            SEG_TRY(add_sighting(seen, &item, env));
        }
    }
    return SEG_OK;
}
