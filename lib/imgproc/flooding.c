/*
 * Flooding by an ordered queue.
 *
 * F. Meyer, "Un algorithme optimal pour la ligne de partage des eaux", 8th congress AFCET, 1991;
 * S. Beucher, F. Meyer in "Mathematical Morphology in Image Processing", 1993; compactness after
 * P. Neubert, P. Protzel, "Compact watershed and preemptive SLIC", ICPR 2014.
 *
 * A pixel enters the queue once, at its own value, and of what waits at the lowest value the oldest
 * leaves it first. A cell holds the label of a pixel, or its value while it has none: a neighbour
 * takes one look.
 *
 * With compactness values are not known before and a pixel may be reached again at a better one:
 * that is done with a heap, by (value, age).
 *
 * Cost: about 15 ns a pixel, half of it for branches that nothing foretells: which of a pixel's
 * neighbours are free, and whether one of them is lower. 4 bytes a pixel and as many for each that
 * waits at one time, on photographs a tenth to a fifth of them. With compactness some 100 ns and up
 * to 24 bytes for each neighbour of a pixel.
 */
#include "imgproc/flooding.h"

#include "core/check.h"
#include "imgproc/level_queue.h"
#include "kernels/prefetch.h"

#include <math.h>
#include <string.h>

#define WAITING INT32_MIN

/* Cells with a border around them: > 0 a label, 0 nothing to be had, < 0 free with the value ~cell,
 * or, where lines are drawn, waiting. */
typedef struct pool {
    int32_t *cells;
    int32_t width, height, pitch;
    size_t count;
    int32_t steps[8];
    int neighbours;
} pool;

/* ---- cells ---- */

static inline bool cell_free(int32_t cell) {
    return cell < 0 && cell != WAITING;
}

static int32_t *pool_row(const pool *p, int32_t y) {
    return p->cells + ((size_t)y + 1) * (size_t)p->pitch + 1;
}

static int32_t value_at(const seg_image *surface, int32_t x, int32_t y) {
    const void *row = seg_image_row(surface, y);
    return surface->format == SEG_U8 ? ((const uint8_t *)row)[x] : ((const uint16_t *)row)[x];
}

static void fill_row(int32_t *restrict cells, const seg_image *surface,
                     const int32_t *restrict markers, int32_t y) {
    if (surface->format == SEG_U8) {
        const uint8_t *row = seg_image_row(surface, y);
        for (int32_t x = 0; x < surface->width; x++)
            cells[x] = markers[x] > 0 ? markers[x] : ~(int32_t)row[x];
    } else {
        const uint16_t *row = seg_image_row(surface, y);
        for (int32_t x = 0; x < surface->width; x++)
            cells[x] = markers[x] > 0 ? markers[x] : ~(int32_t)row[x];
    }
}

static seg_status fill_pool(pool *p, const seg_flooding *flooding, seg_scratch *scratch) {
    const int32_t width = flooding->surface->width, height = flooding->surface->height;
    if (((int64_t)width + 2) * ((int64_t)height + 2) > INT32_MAX)
        return seg_fail(SEG_ERROR_LIMIT, "the picture is %ld x %ld (allowed below 2^31 pixels)",
                        (long)width, (long)height);
    *p = (pool){.width = width, .height = height, .pitch = width + 2};
    p->count = (size_t)p->pitch * ((size_t)height + 2);
    const int32_t steps[8] = {
        1, -1, p->pitch, -p->pitch, p->pitch + 1, p->pitch - 1, 1 - p->pitch, -1 - p->pitch};
    memcpy(p->steps, steps, sizeof steps);
    p->neighbours = flooding->connectivity;
    p->cells = seg_scratch_take(scratch, p->count, sizeof *p->cells, "cells of a flooding");
    if (!p->cells) return SEG_ERROR_MEMORY;
    memset(p->cells, 0, (size_t)p->pitch * sizeof *p->cells);
    for (int32_t y = 0; y <= height; y++) /* the borders between rows, and all of the last one */
        memset(pool_row(p, y) - 1, 0, (y < height ? 1 : (size_t)p->pitch) * sizeof *p->cells);
    for (int32_t y = 0; y < height; y++)
        pool_row(p, y)[width] = 0;
    for (int32_t y = 0; y < height; y++) {
        const uint8_t *blocked =
            seg_image_empty(flooding->blocked) ? NULL : seg_image_row(flooding->blocked, y);
        int32_t *cells = pool_row(p, y);
        fill_row(cells, flooding->surface, seg_image_row(flooding->markers, y), y);
        for (int32_t x = 0; blocked && x < width; x++)
            cells[x] = blocked[x] ? 0 : cells[x];
    }
    return SEG_OK;
}

static void read_pool(const seg_image *labels, const pool *p) {
    for (int32_t y = 0; y < p->height; y++) {
        const int32_t *cells = pool_row(p, y);
        int32_t *out = seg_image_row(labels, y);
        for (int32_t x = 0; x < p->width; x++)
            out[x] = cells[x] > 0 ? cells[x] : 0;
    }
}

/* ---- by values ---- */

static inline bool has_free_neighbour(const pool *p, const int32_t *cell) {
    bool any = false;
    for (int k = 0; k < p->neighbours; k++)
        any |= cell[p->steps[k]] < 0;
    return any;
}

/* Empty but for the rims of markers, which enter from left to right and down. */
static seg_status fill_queue(seg_level_queue *q, const pool *p, const seg_image *surface,
                             seg_scratch *scratch) {
    SEG_TRY(seg_level_queue_init(q, surface->format == SEG_U8 ? 256 : SEG_QUEUE_LEVELS,
                                 (size_t)p->width * (size_t)p->height, scratch));
    for (int32_t y = 0; y < p->height; y++) {
        const int32_t *cells = pool_row(p, y);
        for (int32_t x = 0; x < p->width; x++)
            if (cells[x] > 0 && has_free_neighbour(p, cells + x))
                seg_level_queue_add(q, (uint32_t)value_at(surface, x, y),
                                    (uint32_t)(cells + x - p->cells));
    }
    return SEG_OK;
}

/* What is looked at from a cell lies in three rows: they are waited for more than anything else. */
static inline void prefetch_rows(const pool *p, uint32_t cell) {
    SEG_PREFETCH(p->cells + cell - p->pitch);
    SEG_PREFETCH(p->cells + cell);
    SEG_PREFETCH(p->cells + cell + p->pitch);
}

static inline void flood(pool *p, seg_level_queue *q, int neighbours) {
    int32_t steps[8], *cells = p->cells;
    uint32_t level = seg_level_queue_lowest(q);
    memcpy(steps, p->steps, sizeof steps);
    while (level < SEG_QUEUE_LEVELS) {
        if (!seg_level_queue_waits(q, level)) {
            level = seg_level_queue_lowest(q);
            continue;
        }
        prefetch_rows(p, seg_level_queue_soon(q, level));
        const uint32_t at = seg_level_queue_take(q, level);
        const int32_t label = cells[at];
        for (int k = 0; k < neighbours; k++) {
            const uint32_t to = at + (uint32_t)steps[k];
            const int32_t free = cells[to];
            if (free >= 0) continue;
            const uint32_t value = (uint32_t)~free;
            prefetch_rows(p, to); /* it may be the next one */
            cells[to] = label;
            seg_level_queue_add(q, value, to);
            level = value < level ? value : level;
        }
    }
}

/* The label that all labelled neighbours have, 0 if there are two. */
static int32_t common_label(const pool *p, const int32_t *cell) {
    int32_t label = 0;
    for (int k = 0; k < p->neighbours; k++) {
        const int32_t other = cell[p->steps[k]];
        if (other <= 0) continue;
        if (label && other != label) return 0;
        label = other;
    }
    return label;
}

static void flood_to_lines(pool *p, seg_level_queue *q) {
    for (uint32_t level; (level = seg_level_queue_lowest(q)) < SEG_QUEUE_LEVELS;) {
        int32_t *cell = p->cells + seg_level_queue_take(q, level);
        if (*cell == WAITING) *cell = common_label(p, cell);
        if (*cell == 0) continue;
        for (int k = 0; k < p->neighbours; k++) {
            int32_t *other = cell + p->steps[k];
            const int32_t free = *other;
            if (!cell_free(free)) continue;
            *other = WAITING;
            seg_level_queue_add(q, (uint32_t)~free, (uint32_t)(other - p->cells));
        }
    }
}

/* ---- by values and distances ---- */

typedef struct visit {
    double value;
    uint32_t age, cell, source;
} visit;

typedef struct heap {
    visit *items;
    size_t count, room;
    uint32_t age;
    seg_scratch *scratch;
} heap;

static bool earlier(const visit *a, const visit *b) {
    return a->value < b->value || (a->value == b->value && a->age < b->age);
}

static seg_status heap_need_one(heap *h) {
    const size_t room = h->room ? 2 * h->room : 4096;
    if (h->age == UINT32_MAX) return seg_fail(SEG_ERROR_LIMIT, "more than 2^32 visits of pixels");
    if (h->count < h->room) return SEG_OK;
    visit *items = seg_scratch_take(h->scratch, room, sizeof *items, "waiting pixels");
    if (!items) return SEG_ERROR_MEMORY;
    if (h->count) memcpy(items, h->items, h->count * sizeof *items);
    h->items = items;
    h->room = room;
    return SEG_OK;
}

static seg_status heap_add(heap *h, visit v) {
    SEG_TRY(heap_need_one(h));
    v.age = h->age++;
    size_t at = h->count++;
    for (; at > 0 && earlier(&v, &h->items[(at - 1) / 2]); at = (at - 1) / 2)
        h->items[at] = h->items[(at - 1) / 2];
    h->items[at] = v;
    return SEG_OK;
}

static visit heap_take(heap *h) {
    const visit top = h->items[0], last = h->items[--h->count];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < h->count; at = child) {
        if (child + 1 < h->count && earlier(&h->items[child + 1], &h->items[child])) child++;
        if (!earlier(&h->items[child], &last)) break;
        h->items[at] = h->items[child];
    }
    if (h->count) h->items[at] = last;
    return top;
}

static double distance(const pool *p, uint32_t a, uint32_t b) {
    const uint32_t pitch = (uint32_t)p->pitch;
    const double dx = (double)(a % pitch) - (double)(b % pitch);
    const double dy = (double)(a / pitch) - (double)(b / pitch);
    return sqrt(dx * dx + dy * dy);
}

static seg_status add_neighbours(pool *p, heap *h, const visit *from, double weight) {
    for (int k = 0; k < p->neighbours; k++) {
        const uint32_t to = from->cell + (uint32_t)p->steps[k];
        if (p->cells[to] >= 0) continue;
        const visit next = {.value = ~p->cells[to] + weight * distance(p, to, from->source),
                            .cell = to,
                            .source = from->source};
        SEG_TRY(heap_add(h, next));
    }
    return SEG_OK;
}

static seg_status flood_compactly(pool *p, heap *h, const seg_flooding *flooding) {
    const double weight = flooding->compactness * seg_image_full_scale(flooding->surface) / 255;
    for (int32_t y = 0; y < p->height; y++) {
        const uint32_t row = ((uint32_t)y + 1) * (uint32_t)p->pitch + 1;
        for (uint32_t x = 0; x < (uint32_t)p->width; x++) {
            if (p->cells[row + x] <= 0) continue;
            const double value = value_at(flooding->surface, (int32_t)x, y);
            const visit marker = {.value = value, .cell = row + x, .source = row + x};
            SEG_TRY(heap_add(h, marker));
        }
    }
    while (h->count) {
        const visit v = heap_take(h);
        int32_t *cell = &p->cells[v.cell];
        if (*cell >= 0 && v.cell != v.source) continue;
        if (v.cell != v.source) *cell = flooding->line ? common_label(p, cell) : p->cells[v.source];
        if (*cell) SEG_TRY(add_neighbours(p, h, &v, weight));
    }
    return SEG_OK;
}

/* ---- the choice ---- */

seg_status seg_flood_labels(const seg_image *labels, const seg_flooding *flooding,
                            seg_scratch *scratch) {
    pool p = {0};
    SEG_TRY(fill_pool(&p, flooding, scratch));
    if (flooding->compactness > 0) {
        heap h = {.scratch = scratch};
        SEG_TRY(flood_compactly(&p, &h, flooding));
    } else {
        seg_level_queue *q = seg_scratch_take(scratch, 1, sizeof *q, "a queue of pixels");
        if (!q) return SEG_ERROR_MEMORY;
        SEG_TRY(fill_queue(q, &p, flooding->surface, scratch));
        if (flooding->line)
            flood_to_lines(&p, q);
        else if (p.neighbours == 4)
            flood(&p, q, 4);
        else
            flood(&p, q, 8);
    }
    read_pool(labels, &p);
    return SEG_OK;
}
