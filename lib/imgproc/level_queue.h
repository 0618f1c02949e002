/*
 * A queue ordered by level, first in first out within one.
 *
 * What waits at a level lies in linked chunks. Emptied ones are used again, so that of the room for
 * all only what waits at one time is ever touched. Bits tell at which levels something may wait:
 * the lowest is found in three steps among 65536.
 */
#ifndef SEG_IMGPROC_LEVEL_QUEUE_H
#define SEG_IMGPROC_LEVEL_QUEUE_H

#include "core/memory.h"
#include "kernels/bits.h"

#define SEG_QUEUE_LEVELS 65536
#define SEG_QUEUE_AHEAD 4 /* places in the queue */

/* Places of a level: equal = empty. The first of a chunk is left out, so that a multiple of its
 * size is always the end of the chunk before it; 0 = the level has none. */
typedef struct seg_level_ends {
    uint32_t first, end;
} seg_level_ends;

typedef struct seg_level_queue {
    uint32_t *items;
    uint32_t *next; /* of each chunk */
    seg_level_ends *levels;
    uint16_t bits, mask;                   /* a chunk has 1 << bits places; 16 bits alias no item */
    uint32_t emptied, unused;              /* chunks */
    uint64_t words[SEG_QUEUE_LEVELS / 64]; /* levels at which something may wait */
    uint64_t groups[SEG_QUEUE_LEVELS / 4096];
    uint64_t all; /* groups that have something */
} seg_level_queue;

/** An empty queue of at most `most` items at levels below `levels`. */
SEG_NODISCARD seg_status seg_level_queue_init(seg_level_queue *queue, uint32_t levels, size_t most,
                                              seg_scratch *scratch);

/** A chunk behind what waits at the level, for the item: its first place. */
uint32_t seg_level_queue_extend(seg_level_queue *queue, uint32_t level, uint32_t item);

static inline bool seg_level_queue_at_end(const seg_level_queue *queue, uint32_t place) {
    return !(place & queue->mask);
}

/* Sets bits that are set most of the time: to ask first costs more. */
static inline void seg_level_queue_add(seg_level_queue *queue, uint32_t level, uint32_t item) {
    uint32_t place = queue->levels[level].end;
    if (seg_level_queue_at_end(queue, place)) place = seg_level_queue_extend(queue, level, item);
    queue->items[place] = item;
    queue->levels[level].end = place + 1;
    queue->words[level >> 6] |= UINT64_C(1) << (level & 63);
    queue->groups[level >> 12] |= UINT64_C(1) << (level >> 6 & 63);
    queue->all |= UINT64_C(1) << (level >> 12);
}

static inline bool seg_level_queue_waits(const seg_level_queue *queue, uint32_t level) {
    return queue->levels[level].first != queue->levels[level].end;
}

/* The oldest item of a level at which something waits. */
static inline uint32_t seg_level_queue_take(seg_level_queue *queue, uint32_t level) {
    uint32_t place = queue->levels[level].first;
    if (seg_level_queue_at_end(queue, place)) {
        const uint32_t done = (place >> queue->bits) - 1;
        place = (queue->next[done] << queue->bits) + 1;
        queue->next[done] = queue->emptied;
        queue->emptied = done;
    }
    queue->levels[level].first = place + 1;
    return queue->items[place];
}

/* What comes soon after the item that is taken next, or anything that waited once. */
static inline uint32_t seg_level_queue_soon(const seg_level_queue *queue, uint32_t level) {
    return queue->items[queue->levels[level].first + SEG_QUEUE_AHEAD];
}

/* The lowest level at which something waits, SEG_QUEUE_LEVELS if there is none; forgets empty ones.
 */
static inline uint32_t seg_level_queue_lowest(seg_level_queue *queue) {
    while (queue->all) {
        const uint32_t group = (uint32_t)seg_bits_lowest(queue->all);
        const uint32_t word = group << 6 | (uint32_t)seg_bits_lowest(queue->groups[group]);
        const uint32_t level = word << 6 | (uint32_t)seg_bits_lowest(queue->words[word]);
        if (seg_level_queue_waits(queue, level)) return level;
        queue->words[word] &= queue->words[word] - 1;
        if (!queue->words[word]) queue->groups[group] &= queue->groups[group] - 1;
        if (!queue->groups[group]) queue->all &= queue->all - 1;
    }
    return SEG_QUEUE_LEVELS;
}

#endif
