#include "temporal/displaced.h"

#include <string.h>

#define BLOCK SEG_CONSENSUS_BLOCK
#define REACH 1

static size_t pitch_of(const seg_consensus *c) {
    return (size_t)c->blocks * BLOCK;
}

/* Wanted pixels with BLOCK zeros on both sides, then what the kernel says. */
size_t seg_displaced_room(const seg_consensus *consensus) {
    return 2 * BLOCK + 4 * pitch_of(consensus);
}

/* The row as pixels dx to the right of its own see it, against the samples of row `there`. */
static seg_consensus_row displace(const seg_consensus *c, const seg_consensus_row *limits,
                                  int32_t needed, int32_t there, int32_t dx) {
    seg_consensus_row row = *limits;
    row.samples = seg_consensus_point(c, there, needed).samples;
    row.needed = needed;
    row.limit -= dx;
    row.texture_limit -= dx;
    for (int32_t p = 0; p < c->planes; p++)
        row.value[p] -= dx;
    for (int32_t p = 0; p < row.colours; p++)
        for (int32_t i = 0; i < 5; i++)
            row.around[p][i] -= dx;
    return row;
}

/* Pixels that agree with their neighbour dx to the right are wanted no more. */
static void settle(uint8_t *wanted, const uint8_t *agreeing, const uint8_t *unseen, int32_t needed,
                   int32_t dx, int32_t width) {
    const int32_t first = dx < 0 ? -dx : 0, end = dx > 0 ? width - dx : width;
    for (int32_t x = first; x < end; x++)
        if (agreeing[x + dx] >= needed && !unseen[x + dx]) wanted[x] = 0;
}

void seg_displaced_excuse(const seg_consensus *consensus, const seg_consensus_row *limits,
                          int32_t needed, int32_t y, uint8_t *room) {
    const seg_subtractor_layout *layout = &consensus->model->layout;
    const size_t width = (size_t)layout->width, pitch = pitch_of(consensus);
    uint8_t *raw = seg_consensus_row_of(consensus, consensus->raw, y);
    uint8_t *wanted = room + BLOCK, *outputs = wanted + pitch + BLOCK;
    memset(room, 0, pitch + 2 * BLOCK);
    memcpy(wanted, raw, width);
    for (int32_t dy = -REACH; dy <= REACH; dy++)
        for (int32_t dx = -REACH; dx <= REACH; dx++) {
            const int32_t there = y + dy;
            if ((!dx && !dy) || there < 0 || there >= layout->height) continue;
            if (!memchr(wanted, 255, width)) break;
            seg_consensus_row row = displace(consensus, limits, needed, there, dx);
            row.wanted = wanted - dx;
            row.agreeing = outputs;
            row.nearest = outputs + pitch;
            row.nearest_texture = outputs + 2 * pitch;
            consensus->kernels->agree_textured(&row);
            settle(wanted, outputs, seg_consensus_unseen_row(consensus, there), needed, dx,
                   layout->width);
        }
    memcpy(raw, wanted, width);
}
