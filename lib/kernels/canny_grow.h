/* Hysteresis on words of bits: reachability, which does not depend on the order of the steps.
 * Only for canny_simd.c. */
#ifndef SEG_KERNELS_CANNY_GROW_H
#define SEG_KERNELS_CANNY_GROW_H

#include "kernels/bits.h"
#include "kernels/canny.h"

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

/* Queues a word if it has weak pixels among these that are not strong yet. */
static inline void enqueue_open(grower *g, size_t word, uint64_t pixels) {
    if (g->planes->weak[word] & ~g->planes->strong[word] & pixels) enqueue(g, word);
}

/* Queues what a word can pass on to the row that starts at word `row`. */
static inline void pass_on(grower *g, size_t row, size_t i, uint64_t strong) {
    enqueue_open(g, row + i, spread(strong));
    if (i > 0 && strong & 1) enqueue_open(g, row + i - 1, (uint64_t)1 << 63);
    if (strong >> 63) enqueue_open(g, row + i + 1, 1);
}

/* Down: each word takes what the row above and its own row have. */
static void sweep_down(const seg_canny_planes *planes, int32_t first, int32_t end) {
    const ptrdiff_t words = planes->words;
    for (int32_t y = first; y < end; y++) {
        const uint64_t *weak = planes->weak + row_at(planes, y);
        uint64_t *strong = planes->strong + row_at(planes, y);
        const uint64_t *above = y > first ? strong - words : planes->blank;
        for (ptrdiff_t i = 0; i < words - 1; i++) {
            const uint64_t open = weak[i] & ~strong[i];
            if (!open) continue;
            const uint64_t reached = (touched(above, i) | touched(strong, i)) & open;
            if (reached) strong[i] = fill(strong[i] | reached, weak[i]);
        }
    }
}

/* Up: the same from below; what a change could pass on to words already seen is queued. */
static void sweep_up(grower *g) {
    const seg_canny_planes *planes = g->planes;
    const ptrdiff_t words = planes->words;
    for (int32_t y = g->end - 1; y >= g->first; y--) {
        const uint64_t *weak = planes->weak + row_at(planes, y);
        uint64_t *strong = planes->strong + row_at(planes, y);
        const uint64_t *below = y < g->end - 1 ? strong + words : planes->blank;
        for (ptrdiff_t i = words - 2; i >= 0; i--) {
            const uint64_t open = weak[i] & ~strong[i];
            if (!open) continue;
            const uint64_t reached = (touched(below, i) | touched(strong, i)) & open;
            if (!reached) continue;
            strong[i] = fill(strong[i] | reached, weak[i]);
            if (y < g->end - 1) pass_on(g, row_at(planes, y + 1), (size_t)i, strong[i]);
            if (strong[i] >> 63) enqueue_open(g, row_at(planes, y) + (size_t)i + 1, 1);
        }
    }
}

/* Works on queued words until none is left. */
static void settle(grower *g) {
    const seg_canny_planes *planes = g->planes;
    const size_t words = (size_t)planes->words;
    while (g->depth > 0) {
        const size_t at = g->queue[--g->depth];
        planes->queued[at / 64] &= ~((uint64_t)1 << at % 64);
        const int32_t y = (int32_t)(at / words);
        const size_t i = at % words, row = at - i;
        uint64_t *strong = planes->strong + row;
        const uint64_t weak = planes->weak[at];
        const uint64_t *above = y > g->first ? strong - words : planes->blank;
        const uint64_t *below = y < g->end - 1 ? strong + words : planes->blank;
        const uint64_t near = touched(above, (ptrdiff_t)i) | touched(strong, (ptrdiff_t)i) |
                              touched(below, (ptrdiff_t)i);
        const uint64_t reached = near & weak & ~strong[i];
        if (!reached) continue;
        strong[i] = fill(strong[i] | reached, weak);
        if (y > g->first) pass_on(g, row - words, i, strong[i]);
        pass_on(g, row, i, strong[i]);
        if (y < g->end - 1) pass_on(g, row + words, i, strong[i]);
    }
}

static void grow(const seg_canny_planes *planes, int32_t first, int32_t end) {
    grower g = {planes, first, end, planes->queue + row_at(planes, first), 0};
    sweep_down(planes, first, end);
    sweep_up(&g);
    settle(&g);
}

static void join(const seg_canny_planes *planes, int32_t y) {
    grower g = {planes, 0, planes->rows, planes->queue, 0};
    const uint64_t *above = planes->strong + row_at(planes, y - 1);
    const uint64_t *below = planes->strong + row_at(planes, y);
    for (ptrdiff_t i = 0; i < planes->words - 1; i++) {
        enqueue_open(&g, row_at(planes, y) + (size_t)i, touched(above, i));
        enqueue_open(&g, row_at(planes, y - 1) + (size_t)i, touched(below, i));
    }
    settle(&g);
}

#endif
