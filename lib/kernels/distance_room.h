/* The working memory of the kernel seg_distance_kernels.row. */
#ifndef SEG_KERNELS_DISTANCE_ROOM_H
#define SEG_KERNELS_DISTANCE_ROOM_H

#include "kernels/distance.h"

/** What a row is worked on with. `small_` ones are as the others, at most 65535. */
typedef struct seg_distance_tables {
    int32_t *squares; /* squares[i] = i^2, i = -(width + SLACK) .. width + SLACK */
    uint16_t *small_squares;
    int32_t *heights; /* squared gaps; SLACK more behind the row */
    uint16_t *small_heights;
    int32_t *nearest, *least; /* of the pixels that were searched for: column, squared distance */
    size_t size;              /* bytes of all */
} seg_distance_tables;

static inline seg_distance_tables seg_distance_room_layout(void *room, int32_t width) {
    const size_t most = (size_t)width + SEG_DISTANCE_SLACK, ends = (size_t)width / 16 + 3;
    seg_distance_tables tables = {.size = (2 * most + 1 + most + 2 * ends) * sizeof(int32_t) +
                                          (2 * most + 1 + most) * sizeof(uint16_t)};
    if (!room) return tables;
    int32_t *next = room;
    tables.squares = next + most;
    tables.heights = next + 2 * most + 1;
    tables.nearest = tables.heights + most;
    tables.least = tables.nearest + ends;
    uint16_t *small = (uint16_t *)(tables.least + ends);
    tables.small_squares = small + most;
    tables.small_heights = small + 2 * most + 1;
    return tables;
}

#endif
