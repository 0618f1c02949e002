/* A queue ordered by level: its chunks. */
#include "imgproc/level_queue.h"

#include "core/check.h"

#include <string.h>

/* Where levels are many, so are chunks that are filled in part. */
#define BITS 6
#define BITS_OF_MANY 4

seg_status seg_level_queue_init(seg_level_queue *queue, uint32_t levels, size_t most,
                                seg_scratch *scratch) {
    queue->bits = levels > 256 ? BITS_OF_MANY : BITS;
    queue->mask = (uint16_t)((1 << queue->bits) - 1);
    /* The chunks at the front and at the end of a level may be filled in part, an empty level keeps
     * one, and 0 is none. */
    const size_t chunks = most / queue->mask + 2 * (size_t)levels + 2;
    const size_t places = (chunks << queue->bits) + SEG_QUEUE_AHEAD + 1;
    if (places > UINT32_MAX)
        return seg_fail(SEG_ERROR_LIMIT, "a queue of %.0f pixels (allowed below 2^32)",
                        (double)places);
    queue->items = seg_scratch_take(scratch, places, sizeof *queue->items, "a queue of pixels");
    queue->next = seg_scratch_take(scratch, chunks, sizeof *queue->next, "a queue of pixels");
    queue->levels = seg_scratch_take(scratch, levels, sizeof *queue->levels, "a queue of pixels");
    if (!queue->items || !queue->next || !queue->levels) return SEG_ERROR_MEMORY;
    memset(queue->levels, 0, levels * sizeof *queue->levels);
    memset(queue->words, 0, sizeof queue->words);
    memset(queue->groups, 0, sizeof queue->groups);
    queue->all = 0;
    queue->emptied = 0;
    queue->unused = 1;
    return SEG_OK;
}

/* A new one is filled with the item, as is what may be looked at behind it. */
static uint32_t take_chunk(seg_level_queue *queue, uint32_t item) {
    uint32_t chunk = queue->emptied;
    if (chunk) {
        queue->emptied = queue->next[chunk];
        return chunk;
    }
    chunk = queue->unused++;
    uint32_t *places = queue->items + ((size_t)chunk << queue->bits);
    for (uint32_t i = 0; i <= queue->mask + 1u + SEG_QUEUE_AHEAD; i++)
        places[i] = item;
    return chunk;
}

uint32_t seg_level_queue_extend(seg_level_queue *queue, uint32_t level, uint32_t item) {
    seg_level_ends *ends = &queue->levels[level];
    const uint32_t last = (ends->end >> queue->bits) - 1;
    const bool empty = ends->first == ends->end;
    const uint32_t chunk = empty && ends->end ? last : take_chunk(queue, item);
    const uint32_t place = (chunk << queue->bits) + 1;
    if (empty)
        ends->first = place;
    else
        queue->next[last] = chunk;
    return place;
}
