/* One region at a time on rows of bits: growth_flood.c. */
#ifndef SEG_REGION_GROWTH_FLOOD_H
#define SEG_REGION_GROWTH_FLOOD_H

#include "imgproc/bitmap.h"
#include "kernels/grow.h"
#include "region/growth.h"

/* What is known of a row. */
typedef struct seg_flooding_row {
    uint64_t ready, ready_below; /* a bit for each block */
    int32_t first, last;         /* words with pixels that wait */
    bool touched;                /* filled and waiting are in use */
} seg_flooding_row;

typedef struct seg_flooding {
    const seg_growth *growth;
    const seg_bits_kernels *bits;
    const seg_grow_kernels *kernels;
    const seg_grow_range *range; /* criterion seed: of the region that grows */
    /* of each row, known where they are ready: by seed the pixels in range, by neighbour those that
     * are joined with the left one */
    seg_bitmap row_joins;
    seg_bitmap below, below_left, below_right; /* by neighbour: joined with the lower ones */
    seg_bitmap filled, waiting;
    seg_bitmap seeds; /* of the region that grows: they belong whatever their value */
    bool planted;     /* regions have several seeds: `seeds` is in use */
    int32_t block_words;
    seg_flooding_row *rows;
    uint8_t *flags;        /* a block */
    uint64_t *line;        /* a row of bits */
    int32_t *stack, depth; /* rows that wait */
    int32_t top, bottom;   /* rows that the region reaches; between seeds some may be untouched */
} seg_flooding;

/** Memory for the regions of a growth, by criterion seed or neighbour; of growth->labels only the
 *  size is needed. */
SEG_NODISCARD seg_status seg_flooding_take(seg_flooding *flood, const seg_growth *growth);

/** Grows a region from growth->seeds[first .. end - 1], within `range` by the criterion seed (else
 *  NULL). Its pixels are the bits of flood->filled in rows top .. bottom that are touched. */
void seg_flooding_region(seg_flooding *flood, const seg_grow_range *range, size_t first,
                         size_t end);

/** Counts the region's pixels and makes its rows empty for the next one. */
int64_t seg_flooding_sweep(seg_flooding *flood);

/** The seeds of a region begin at seeds[first]; where they end. */
static inline size_t seg_growth_seeds_end(const seg_growth *growth, size_t first) {
    size_t end = first;
    while (end < growth->seed_count && growth->seeds[end].index == growth->seeds[first].index)
        end++;
    return end;
}

#endif
