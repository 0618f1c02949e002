/*
 * Distance kernels on vectors.
 *
 * Of all columns c the one that is nearest to pixel x, the leftmost if several are, never moves to
 * the left as x grows, since gaps[c]^2 + (x - c)^2 is a Monge matrix (A. Aggarwal et al., Geometric
 * applications of a matrix-searching algorithm, Algorithmica 2, 1987). So the nearest columns of
 * every 32nd pixel are searched for by halving the distance between known ones, each only between
 * those of its neighbours; then the 32 pixels of a block try the columns between those of its two
 * ends. In the last step a row tries about one column a pixel all told, in the halvings before at
 * most that many each. A gap bounds how far away a nearer column may be.
 */
#include "kernels/bits.h"
#include "kernels/distance.h"
#include "kernels/distance_lanes.h"
#include "kernels/distance_room.h"

#include <math.h>

#define BLOCK 32

static void count(uint8_t *restrict gaps, const uint8_t *mask, int32_t width, bool objects) {
    const uint8_t flip = objects ? 0 : 255;
    for (int32_t x = 0; x < width; x++) {
        const uint8_t other = (uint8_t)((mask[x] ? 0 : 255) ^ flip); /* 255 where no feature is */
        const uint8_t more = (uint8_t)(gaps[x] + (gaps[x] < 255));
        gaps[x] = more & other;
    }
}

static void step(int32_t *restrict gaps, const int32_t *before, const uint8_t *mask, int32_t width,
                 bool objects, int32_t none) {
    const int32_t flip = objects ? 0 : -1;
    for (int32_t x = 0; x < width; x++) {
        const int32_t more = before[x] + 1 < none ? before[x] + 1 : none;
        gaps[x] = more & ((mask[x] ? 0 : -1) ^ flip);
    }
}

static void join(int32_t *restrict gaps, const int32_t *other, int32_t width, int32_t more) {
    for (int32_t x = 0; x < width; x++)
        gaps[x] = other[x] + more < gaps[x] ? other[x] + more : gaps[x];
}

/* A row that is worked on. */
typedef struct row_state {
    seg_distance_tables tables;
    const int32_t *gaps;
    int32_t width, ends; /* how many pixels are searched for */
} row_state;

/* The first pixels of the blocks, and the last one of the row. */
static inline int32_t end_of(const row_state *row, int32_t i) {
    return i + 1 < row->ends ? i * BLOCK : row->width - 1;
}

/* Finds the nearest column of pixel end_of(i), which is one of low .. high. Columns behind are
 * tried as well to fill vectors, which does no harm. */
static inline void search(const row_state *row, int32_t i, int32_t low, int32_t high) {
    const int32_t *heights = row->tables.heights;
    const int32_t *squares = row->tables.squares - end_of(row, i);
    const lanes first = l_add(l_load(heights + low), l_load(squares + low));
    const lanes second = l_add(l_load(heights + low + LANES), l_load(squares + low + LANES));
    lanes least = l_min(first, second);
    for (int32_t c = low + 2 * LANES; c <= high; c += LANES)
        least = l_min(least, l_add(l_load(heights + c), l_load(squares + c)));
    row->tables.least[i] = l_least(least);
    const lanes wanted = l_set(row->tables.least[i]);
    uint32_t found = l_equal(first, wanted) | l_equal(second, wanted) << LANES;
    int32_t at = low;
    while (!found) {
        at += at == low ? 2 * LANES : LANES;
        found = l_equal(l_add(l_load(heights + at), l_load(squares + at)), wanted);
    }
    row->tables.nearest[i] = at + seg_bits_lowest(found);
}

/* Between the nearest columns of two pixels to either side, and no farther than the gap. */
static inline void search_between(const row_state *row, int32_t i, int32_t low, int32_t high) {
    const int32_t x = end_of(row, i), gap = row->gaps[x];
    if (x - gap > low) low = x - gap;
    if (x + gap < high) high = x + gap;
    search(row, i, low, high);
}

static void search_ends(const row_state *row) {
    const int32_t last = row->ends - 1, *nearest = row->tables.nearest;
    search_between(row, 0, 0, row->width - 1);
    search_between(row, last, nearest[0], row->width - 1);
    int32_t stride = 1;
    while (stride * 2 < last)
        stride *= 2;
    for (; stride > 0; stride /= 2)
        for (int32_t i = stride; i < last; i += 2 * stride)
            search_between(row, i, nearest[i - stride],
                           nearest[i + stride < last ? i + stride : last]);
}

/* Pixels x .. x + BLOCK - 1 try the columns low .. high; `columns` may be NULL. */
static inline void far_block(int32_t *squared, int32_t *columns, const row_state *row, int32_t x,
                             int32_t low, int32_t high) {
    enum { COUNT = BLOCK / LANES };
    lanes least[COUNT], column[COUNT];
    const int32_t *squares = row->tables.squares + x, *heights = row->tables.heights;
    for (int32_t k = 0; k < COUNT; k++) {
        least[k] = l_add(l_set(heights[low]), l_load(squares - low + k * LANES));
        column[k] = l_set(low);
    }
    for (int32_t c = low + 1; c <= high; c++) {
        const lanes height = l_set(heights[c]);
        for (int32_t k = 0; k < COUNT; k++) {
            const lanes there = l_add(height, l_load(squares - c + k * LANES));
            if (columns) column[k] = l_select(column[k], l_set(c), l_below(there, least[k]));
            least[k] = l_min(least[k], there);
        }
    }
    for (int32_t k = 0; k < COUNT; k++) {
        l_store(squared + x + k * LANES, least[k]);
        if (columns) l_store(columns + x + k * LANES, column[k]);
    }
}

/* The same where all squared distances are below 65535. */
static inline void near_block(int32_t *squared, int32_t *columns, const row_state *row, int32_t x,
                              int32_t low, int32_t high) {
    enum { EACH = 2 * LANES, COUNT = BLOCK / EACH };
    halves least[COUNT], column[COUNT];
    const uint16_t *squares = row->tables.small_squares + x, *heights = row->tables.small_heights;
    for (int32_t k = 0; k < COUNT; k++) {
        least[k] = h_add(h_set(heights[low]), h_load(squares - low + k * EACH));
        column[k] = h_set(low);
    }
    for (int32_t c = low + 1; c <= high; c++) {
        const halves height = h_set(heights[c]);
        for (int32_t k = 0; k < COUNT; k++) {
            const halves there = h_add(height, h_load(squares - c + k * EACH));
            const halves nearer = h_min(least[k], there);
            if (columns) column[k] = h_select(h_set(c), column[k], h_equal(nearer, least[k]));
            least[k] = nearer;
        }
    }
    for (int32_t k = 0; k < COUNT; k++) {
        h_store(squared + x + k * EACH, least[k]);
        if (columns) h_store(columns + x + k * EACH, column[k]);
    }
}

static inline void all_blocks(int32_t *squared, int32_t *columns, const row_state *row) {
    /* no pixel of a block is more than BLOCK farther away than its end */
    const int32_t near = (255 - BLOCK) * (255 - BLOCK);
    const int32_t *nearest = row->tables.nearest, *least = row->tables.least;
    for (int32_t i = 0; i + 1 < row->ends; i++) {
        if (least[i] < near)
            near_block(squared, columns, row, i * BLOCK, nearest[i], nearest[i + 1]);
        else
            far_block(squared, columns, row, i * BLOCK, nearest[i], nearest[i + 1]);
    }
}

/* Writes up to SEG_DISTANCE_SLACK heights behind the row. */
static void square(const seg_distance_tables *tables, const int32_t *gaps, int32_t width) {
    int32_t x = 0;
    for (; x + 2 * LANES <= width; x += 2 * LANES) {
        const lanes a = l_square(l_load(gaps + x)), b = l_square(l_load(gaps + x + LANES));
        l_store(tables->heights + x, a);
        l_store(tables->heights + x + LANES, b);
        h_narrow(tables->small_heights + x, a, b);
    }
    for (; x < width + SEG_DISTANCE_SLACK; x++) {
        const int32_t gap = x < width ? gaps[x] : SEG_DISTANCE_NONE;
        tables->heights[x] = gap * gap;
        tables->small_heights[x] = (uint16_t)(gap < 256 ? gap * gap : 65535);
    }
}

static void transform_row(int32_t *squared, int32_t *columns, const int32_t *gaps, int32_t width,
                          void *room) {
    const row_state row = {.tables = seg_distance_room_layout(room, width),
                           .gaps = gaps,
                           .width = width,
                           .ends = (width + BLOCK - 1) / BLOCK + 1};
    square(&row.tables, gaps, width);
    search_ends(&row);
    if (columns)
        all_blocks(squared, columns, &row);
    else
        all_blocks(squared, NULL, &row);
}

static void root(float *distance, const int32_t *squared, int32_t width) {
    const lanes zero = l_set(0), exact = l_set((1 << 24) + 1); /* so far floats hold all integers */
    const uint32_t all = (1u << LANES) - 1;
    int32_t x = 0;
    for (; x + LANES <= width; x += LANES) {
        const lanes a = l_load(squared + x);
        if (l_equal(a, zero) == all) /* roots take long */
            memset(distance + x, 0, LANES * sizeof *distance);
        else if (l_equal(l_min(a, exact), exact))
            for (int32_t k = 0; k < LANES; k++)
                distance[x + k] = (float)sqrt((double)squared[x + k]);
        else
            l_root(distance + x, a);
    }
    for (; x < width; x++)
        distance[x] = (float)sqrt((double)squared[x]);
}

const seg_distance_kernels SEG_LEVEL_NAME(seg_distance_kernels) = {
    .count = count,
    .step = step,
    .join = join,
    .row = transform_row,
    .root = root,
};
