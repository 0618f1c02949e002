/* Hysteresis on words of bits: reachability, which does not depend on the order of the steps.
 * Only for canny_simd.c. */
#ifndef SEG_KERNELS_CANNY_GROW_H
#define SEG_KERNELS_CANNY_GROW_H

#include "kernels/bits.h"
#include "kernels/canny.h"
#include "kernels/canny_vector.h"

/* All weak pixels of the word that are reached from `seeds` (some of them) within it, by runs:
 * upwards the carry of an addition runs through a run of ones, downwards the seeds double. */
static inline uint64_t fill(uint64_t seeds, uint64_t weak) {
    uint64_t filled = seeds | (weak & ~(weak + seeds));
    uint64_t more = filled >> 1 & weak & ~filled;
    while (more) {
        filled |= more;
        more = more >> 1 & weak;
    }
    return filled;
}

static inline uint64_t spread(uint64_t word) {
    return word | word << 1 | word >> 1;
}

/* Pixels next to those of a row, in the row or the next one, at word i; its neighbours exist. */
static inline uint64_t touched(const uint64_t *row, ptrdiff_t i) {
    return spread(row[i]) | row[i - 1] >> 63 | row[i + 1] << 63;
}

typedef struct grower {
    const seg_canny_planes *planes;
    int32_t first, end; /* rows */
    uint32_t *queue;
    size_t depth;
} grower;

static inline size_t row_at(const seg_canny_planes *planes, int32_t y) {
    return (size_t)y * (size_t)planes->words;
}

static void enqueue(grower *g, size_t word) {
    uint64_t *queued = &g->planes->queued[word / 64];
    const uint64_t bit = (uint64_t)1 << word % 64;
    if (*queued & bit) return;
    *queued |= bit;
    g->queue[g->depth++] = (uint32_t)word;
}

/* Queues a word if some of these pixels are weak and not strong yet. */
static inline void enqueue_open(grower *g, ptrdiff_t word, uint64_t pixels) {
    if (g->planes->weak[word] & ~g->planes->strong[word] & pixels) enqueue(g, (size_t)word);
}

/* Words of a row and the words on either side of them. */
typedef struct trio {
    vec here, left, right;
} trio;

static inline trio load_trio(const uint64_t *p) {
    return (trio){v_load(p), v_load(p - 1), v_load(p + 1)};
}

static inline trio unite(trio a, trio b) {
    return (trio){v_or(a.here, b.here), v_or(a.left, b.left), v_or(a.right, b.right)};
}

/* Pixels next to these, in the same row or the rows above and below. */
static inline vec touched_words(trio a) {
    const vec sides = v_or(v_up64(a.here, 1), v_down64(a.here, 1));
    const vec across = v_or(v_down64(a.left, 63), v_up64(a.right, 63));
    return v_or(v_or(a.here, sides), across);
}

/* As fill, but runs are followed downwards for seven pixels only; settle does the rest. */
static inline vec fill_words(vec seeds, vec weak) {
    vec filled = v_or(seeds, v_without(weak, v_add64(weak, seeds)));
    vec run = weak;
    filled = v_or(filled, v_and(run, v_down64(filled, 1)));
    run = v_and(run, v_down64(run, 1));
    filled = v_or(filled, v_and(run, v_down64(filled, 2)));
    run = v_and(run, v_down64(run, 2));
    return v_or(filled, v_and(run, v_down64(filled, 4)));
}

/* Takes over into row y what touches it in row `from` and, as far as it is known, in the row
 * itself. It never looks at what has just been written, and never asks whether there is something
 * to do: to wait for the one and to guess the other wrong costs more than the work. */
static void take_over(const seg_canny_planes *planes, int32_t y, const uint64_t *from) {
    const uint64_t *weak = planes->weak + row_at(planes, y);
    uint64_t *strong = planes->strong + row_at(planes, y);
    vec before = v_zero();
    for (ptrdiff_t i = 0; i < planes->words - 1; i += V_BYTES / 8) {
        const vec w = v_load(weak + i), s = v_load(strong + i);
        const trio row = {s, v_before64(s, before), v_load(strong + i + 1)};
        const vec touching = touched_words(unite(load_trio(from + i), row));
        v_store(strong + i, fill_words(v_or(s, v_and(touching, w)), w));
        before = s;
    }
}

/* Queues the words of row y that could still grow from the row itself and from rows `a` and `b`. */
static inline void enqueue_unsettled(grower *g, int32_t y, const uint64_t *a, const uint64_t *b) {
    const seg_canny_planes *planes = g->planes;
    const uint64_t *weak = planes->weak + row_at(planes, y);
    const uint64_t *strong = planes->strong + row_at(planes, y);
    for (ptrdiff_t i = 0; i < planes->words - 1; i += V_BYTES / 8) {
        const vec open = v_without(v_load(weak + i), v_load(strong + i));
        if (!v_any(open)) continue;
        trio around = unite(load_trio(strong + i), load_trio(a + i));
        if (b != a) around = unite(around, load_trio(b + i));
        const vec more = v_and(open, touched_words(around));
        if (!v_any(more)) continue;
        uint64_t words[V_BYTES / 8];
        v_store(words, more);
        for (size_t k = 0; k < V_BYTES / 8; k++)
            if (words[k]) enqueue(g, row_at(planes, y) + (size_t)i + k);
    }
}

/* Queues what new pixels of word `at` in row y reach in its neighbours: nearly always above and
 * below. */
static inline void pass_on(grower *g, ptrdiff_t at, int32_t y, uint64_t news) {
    const ptrdiff_t words = g->planes->words;
    const bool has_above = y > g->first, has_below = y < g->end - 1;
    if (has_above) enqueue_open(g, at - words, spread(news));
    if (has_below) enqueue_open(g, at + words, spread(news));
    if (!(news & 0x8000000000000001u)) return;
    /* There is a word on either side, at the ends of rows an empty one. */
    for (int side = 0; side < 2; side++) {
        if (!(side ? news >> 63 : news & 1)) continue;
        const ptrdiff_t beside = side ? at + 1 : at - 1;
        const uint64_t pixel = side ? 1 : (uint64_t)1 << 63;
        if (has_above) enqueue_open(g, beside - words, pixel);
        enqueue_open(g, beside, pixel);
        if (has_below) enqueue_open(g, beside + words, pixel);
    }
}

/* Works on queued words until none is left. */
static void settle(grower *g) {
    const seg_canny_planes *planes = g->planes;
    const ptrdiff_t words = planes->words;
    while (g->depth > 0) {
        const uint32_t at = g->queue[--g->depth];
        planes->queued[at / 64] &= ~((uint64_t)1 << at % 64);
        const int32_t y = (int32_t)(at / (uint32_t)words);
        uint64_t *strong = planes->strong + at;
        const uint64_t weak = planes->weak[at], old = *strong;
        uint64_t near = touched(strong, 0);
        if (y > g->first) near |= touched(strong - words, 0);
        if (y < g->end - 1) near |= touched(strong + words, 0);
        *strong = fill(old | (near & weak), weak);
        pass_on(g, at, y, *strong & ~old);
    }
}

/* One sweep down, one up, and what they leave by the queue. After the second one no row can take
 * over more from the row below: that one has not changed since. */
static void grow(const seg_canny_planes *planes, int32_t first, int32_t end) {
    grower g = {planes, first, end, planes->queue + row_at(planes, first), 0};
    const uint64_t *strong = planes->strong;
    for (int32_t y = first; y < end; y++)
        take_over(planes, y, y > first ? strong + row_at(planes, y - 1) : planes->blank);
    for (int32_t y = end - 1; y >= first; y--)
        take_over(planes, y, y < end - 1 ? strong + row_at(planes, y + 1) : planes->blank);
    for (int32_t y = first; y < end; y++) {
        const uint64_t *above = y > first ? strong + row_at(planes, y - 1) : planes->blank;
        enqueue_unsettled(&g, y, above, above);
    }
    settle(&g);
}

static void join(const seg_canny_planes *planes, int32_t y) {
    grower g = {planes, 0, planes->rows, planes->queue, 0};
    const uint64_t *above = planes->strong + row_at(planes, y - 1);
    const uint64_t *here = above + planes->words;
    enqueue_unsettled(&g, y - 1, here, here);
    enqueue_unsettled(&g, y, above, above);
    settle(&g);
}

#endif
