/*
 * Borders of a mask with their hierarchy: the chains of pixels around objects and around holes, and
 * which of them lies in which.
 *
 * S. Suzuki, K. Abe, "Topological structural analysis of digitized binary images by border
 * following", Computer Vision, Graphics, and Image Processing 30(1), 1985: the same borders in the
 * same order, each from the same pixel in the same sense (objects at the left hand).
 *
 * Here they are not followed pixel by pixel. Walking along a border one passes ends of runs, down
 * at left ends and up at right ones; which end comes next depends on two rows alone:
 *   left end of run r: s is the first run of the row below that ends no further left than beside r.
 *     If it does not touch r (over corners), the right end of r; else the right end of the run
 *     before r if that touches s, else the left end of s;
 *   right end of r: the same, turned by 180 degrees.
 * Steps: 1. runs of each row, from bits; 2. of each end the next one, by merging rows; 3. in raster
 * order ends that belong to no border yet begin one: it is walked, and the pixels between ends are
 * written down. A left end begins the border of an object, a right end that of a hole; the border
 * that the end before it in its row belongs to tells the parent (the table of the paper).
 *
 * Cost: a few ns for each run and pixel of a border. Memory: an eighth of a byte a pixel, 24 bytes
 * a run.
 */
#include <segment/geometry.h>

#include "core/check.h"
#include "core/memory.h"
#include "imgproc/bitmap.h"

#include <string.h>

#define MOST_RUNS (UINT32_C(1) << 30)

typedef enum side { LEFT, RIGHT } side;

/* End `side` of run r is number 2 r + side. */
typedef struct tracer {
    seg_bitmap bitmap;
    const seg_bits_kernels *kernels;
    uint32_t *first; /* run of each row, and one more */
    seg_bits_run *runs;
    uint32_t *next;     /* end behind each end */
    int32_t *border_of; /* of each end, from 1; 0 = none yet */
    seg_border_tree *tree;
    int32_t item_capacity, point_capacity;
    const seg_env *env;
} tracer;

/* ---- runs ---- */

static seg_status find_runs(tracer *t, seg_scratch *scratch) {
    const int32_t height = t->bitmap.height, pitch = t->bitmap.pitch;
    t->first = seg_scratch_take(scratch, (size_t)height + 1, sizeof *t->first, "rows of runs");
    if (!t->first) return SEG_ERROR_MEMORY;
    t->first[0] = 0;
    for (int32_t y = 0; y < height; y++) {
        const uint64_t *row = seg_bitmap_row(&t->bitmap, y);
        const uint32_t count = (uint32_t)t->kernels->count_runs(row, row, pitch);
        if (count > MOST_RUNS - t->first[y])
            return seg_fail(SEG_ERROR_LIMIT, "the mask has more than 2^30 runs");
        t->first[y + 1] = t->first[y] + count;
    }
    const size_t count = t->first[height];
    t->runs = seg_scratch_take(scratch, count + SEG_BITS_SLACK, sizeof *t->runs, "runs");
    t->next = seg_scratch_take(scratch, 2 * count + 1, sizeof *t->next, "ends of runs");
    t->border_of = seg_scratch_take(scratch, 2 * count + 1, sizeof *t->border_of, "ends of runs");
    if (!t->runs || !t->next || !t->border_of) return SEG_ERROR_MEMORY;
    for (int32_t y = 0; y < height; y++) {
        const uint64_t *row = seg_bitmap_row(&t->bitmap, y);
        t->kernels->runs(t->runs + t->first[y], row, row, pitch);
    }
    memset(t->border_of, 0, 2 * count * sizeof *t->border_of);
    return SEG_OK;
}

static uint32_t end_of(uint32_t run, side which) {
    return 2 * run + (uint32_t)which;
}

/* What follows the left ends of row y, and the right ends of the row below. `r` are runs of row y,
 * `s` those below; a row beyond the picture has none. */
static void link_rows(tracer *t, int32_t y) {
    const seg_bits_run *runs = t->runs;
    const int32_t height = t->bitmap.height;
    const uint32_t first = y < 0 ? 0 : t->first[y], end = t->first[y + 1];
    const uint32_t below_end = y + 1 < height ? t->first[y + 2] : end;
    uint32_t s = end;
    for (uint32_t r = first; r < end; r++) {
        while (s < below_end && runs[s].end < runs[r].start)
            s++;
        if (s == below_end || runs[s].start > runs[r].end)
            t->next[end_of(r, LEFT)] = end_of(r, RIGHT);
        else if (r > first && runs[r - 1].end >= runs[s].start)
            t->next[end_of(r, LEFT)] = end_of(r - 1, RIGHT);
        else
            t->next[end_of(r, LEFT)] = end_of(s, LEFT);
    }
    uint32_t r = first; /* behind the last run that begins no further right than beside s */
    for (s = end; s < below_end; s++) {
        while (r < end && runs[r].start <= runs[s].end)
            r++;
        if (r == first || runs[r - 1].end < runs[s].start)
            t->next[end_of(s, RIGHT)] = end_of(s, LEFT);
        else if (s + 1 < below_end && runs[s + 1].start <= runs[r - 1].end)
            t->next[end_of(s, RIGHT)] = end_of(s + 1, LEFT);
        else
            t->next[end_of(s, RIGHT)] = end_of(r - 1, RIGHT);
    }
}

/* ---- walks ---- */

/* Adds the pixels first, first + step, ... last of row y; none if `first` lies behind `last`. */
static seg_status add_line(tracer *t, int32_t y, int32_t first, int32_t last, int32_t step) {
    seg_border_tree *b = t->tree;
    const int32_t count = (last - first) * step + 1;
    if (count <= 0) return SEG_OK;
    if (count > t->point_capacity - b->point_count) {
        if (count > INT32_MAX - b->point_count)
            return seg_fail(SEG_ERROR_LIMIT, "more than 2^31 pixels of borders");
        SEG_TRY(seg_grow((void **)&b->points, &t->point_capacity, b->point_count,
                         b->point_count + count, sizeof *b->points,
                         t->env ? t->env->allocator : NULL));
    }
    seg_point *to = b->points + b->point_count;
    for (int32_t i = 0, x = first; i < count; i++, x += step)
        to[i] = (seg_point){x, y};
    b->point_count += count;
    return SEG_OK;
}

/* The pixels from a left end in row *y to the end that follows, which is at *y then. */
static seg_status go_down(tracer *t, int32_t *y, uint32_t from, uint32_t to) {
    const seg_bits_run *r = &t->runs[from / 2], *other = &t->runs[to / 2];
    const int32_t x = r->start;
    if (r == other) return add_line(t, *y, x + 1, r->end - 1, 1);
    if (to % 2 == RIGHT) { /* along the top of a run below to the run before */
        SEG_TRY(add_line(t, *y + 1, x - 1, other->end, -1));
        return add_line(t, *y, other->end - 1, other->end - 1, 1);
    }
    ++*y;
    if (other->start < x) return add_line(t, *y, x - 1, other->start, -1);
    SEG_TRY(add_line(t, *y - 1, x + 1, other->start - 1, 1));
    return add_line(t, *y, other->start, other->start, 1);
}

/* The same from a right end. */
static seg_status go_up(tracer *t, int32_t *y, uint32_t from, uint32_t to) {
    const seg_bits_run *r = &t->runs[from / 2], *other = &t->runs[to / 2];
    const int32_t x = r->end - 1;
    if (r == other) return add_line(t, *y, x - 1, r->start, -1);
    if (to % 2 == LEFT) {
        SEG_TRY(add_line(t, *y - 1, x + 1, other->start - 1, 1));
        return add_line(t, *y, other->start, other->start, 1);
    }
    --*y;
    if (other->end - 1 > x) return add_line(t, *y, x + 1, other->end - 1, 1);
    SEG_TRY(add_line(t, *y + 1, x - 1, other->end, -1));
    return add_line(t, *y, other->end - 1, other->end - 1, 1);
}

/* The border that begins at an end in row y. `before` is the border of the end before it in its
 * row, 0 for the frame of the picture. */
static seg_status walk(tracer *t, uint32_t begin, int32_t y, int32_t before) {
    seg_border_tree *b = t->tree;
    const seg_bits_run *run = &t->runs[begin / 2];
    const bool hole = begin % 2 == RIGHT;
    if (b->count == INT32_MAX) return seg_fail(SEG_ERROR_LIMIT, "more than 2^31 borders");
    SEG_TRY(seg_grow((void **)&b->items, &t->item_capacity, b->count, b->count + 1,
                     sizeof *b->items, t->env ? t->env->allocator : NULL));
    seg_border_node *made = &b->items[b->count];
    *made = (seg_border_node){hole, before - 1, b->point_count, 0};
    if (before && b->items[before - 1].hole == hole) made->parent = b->items[before - 1].parent;
    b->count++;
    const int32_t x = hole ? run->end - 1 : run->start;
    SEG_TRY(add_line(t, y, x, x, 1));
    uint32_t at = begin;
    do {
        const uint32_t next = t->next[at];
        t->border_of[at] = b->count;
        SEG_TRY(at % 2 == LEFT ? go_down(t, &y, at, next) : go_up(t, &y, at, next));
        at = next;
    } while (at != begin);
    if (b->point_count > made->first + 1) b->point_count--; /* the first pixel once more */
    made->count = b->point_count - made->first;
    return SEG_OK;
}

static seg_status walk_all(tracer *t) {
    for (int32_t y = 0; y < t->bitmap.height; y++) {
        int32_t before = 0;
        for (uint32_t at = 2 * t->first[y]; at < 2 * t->first[y + 1]; at++) {
            if (!t->border_of[at]) SEG_TRY(walk(t, at, y, before));
            before = t->border_of[at];
        }
    }
    return SEG_OK;
}

static seg_status trace(tracer *t, const seg_image *mask, seg_scratch *scratch) {
    t->kernels = seg_bits_kernels_get();
    SEG_TRY(seg_bitmap_pack(&t->bitmap, mask, false, scratch));
    SEG_TRY(find_runs(t, scratch));
    for (int32_t y = -1; y < t->bitmap.height; y++)
        link_rows(t, y);
    return walk_all(t);
}

seg_status seg_border_tree_trace(seg_border_tree *tree, const seg_image *mask, const seg_env *env) {
    if (!tree) return seg_fail(SEG_ERROR_ARGUMENT, "tree is missing (NULL)");
    *tree = (seg_border_tree){0};
    SEG_TRY(seg_check_image(mask, "mask", SEG_FORMAT_BIT(SEG_U8), SEG_CHANNELS_1));
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    tracer t = {.tree = tree, .env = env};
    const seg_status status = trace(&t, mask, &scratch);
    seg_scratch_free(&scratch);
    if (status < 0) seg_border_tree_free(tree, env);
    return status;
}

void seg_border_tree_free(seg_border_tree *tree, const seg_env *env) {
    if (!tree) return;
    seg_release(env, tree->items);
    seg_release(env, tree->points);
    *tree = (seg_border_tree){0};
}
