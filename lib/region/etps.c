/*
 * Superpixels by moving their boundaries, from coarse blocks down to pixels, whenever that lowers
 * an energy. For superpixels that follow edges best; each stays connected throughout.
 *
 * J. Yao, M. Boben, S. Fidler, R. Urtasun, "Real-time coarse-to-fine topologically preserving
 * segmentation", CVPR 2015.
 *
 * Symbols: K `regions`, S the side of a cell; for a pixel p of superpixel s, whose mean colour is
 * c_s and mean place mu_s (CIELAB, pixels), E_b the pairs of 8-neighbours in different superpixels:
 *   E = sum |I_p - c_s|^2 + (compactness / S)^2 sum |p - mu_s|^2 + smoothness E_b
 * where superpixels stay 4-connected and above a sixteenth of a cell (the paper: a quarter).
 *
 * Steps: 1. CIELAB, and cells of blocks of half a cell's side at most (a power of two); 2. a queue
 * of the blocks at boundaries: each goes to that neighbouring superpixel which lowers E most, if it
 * may leave its own; then the blocks around it enter the queue; 3. when nothing is left to do, or
 * blocks were looked at `iterations` times on average, blocks are halved, down to pixels; 4. pieces
 * that ignored pixels cut off become regions, small ones join their neighbours (pieces.h).
 *
 * The change of E includes that of the means (J. Hartigan, M. Wong, "A k-means clustering
 * algorithm", Applied Statistics 28(1), 1979; the paper holds them for the decision), so E falls
 * with every move. Cost: about 150 ns a pixel in one thread. Memory: 7 bytes a pixel and 4 for each
 * at a boundary. Known failures: things thinner than a few pixels that coarse blocks passed over.
 */
#include "core/bands.h"
#include "imgproc/pieces.h"
#include "region/grid.h"
#include "region/partition.h"

#include <string.h>

static const seg_param rows[] = {
    {"regions", SEG_PARAM_INT, offsetof(seg_etps_options, regions), "400", 1, 10000000, NULL, "",
     "About so many superpixels.", "K"},
    {"compactness", SEG_PARAM_FLOAT, offsetof(seg_etps_options, compactness), "5", 0, 200, NULL,
     "CIELAB", "How much place counts: the colour difference that weighs as a cell's side.", ""},
    {"smoothness", SEG_PARAM_FLOAT, offsetof(seg_etps_options, smoothness), "20", 0, 1e6, NULL,
     "CIELAB^2", "What each pair of neighbours costs that a boundary parts.", ""},
    {"iterations", SEG_PARAM_INT, offsetof(seg_etps_options, iterations), "10", 1, 1000, NULL, "",
     "How often a block is looked at, on average, at the most.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(seg_etps_options)};

void seg_etps_options_init(seg_etps_options *options) {
    seg_params_init(options, &params);
}

/* L*, a*, b* in 1/32, x, y; and how many pixels. */
typedef struct gathered {
    int64_t count, sum[5];
} gathered;

typedef struct superpixel {
    gathered all;
    float mean[5];
} superpixel;

/* Blocks that wait, first in, first out. */
typedef struct queue {
    int32_t *items;
    uint8_t *waits;            /* of each block */
    size_t first, count, room; /* a power of two */
    seg_scratch *scratch;
} queue;

typedef struct etps {
    seg_planes lab;
    const seg_image *labels, *blocked;
    /* blocks of side x side pixels, cut at the right and at the bottom */
    int32_t side, columns, rows;
    int32_t *at; /* superpixel of each block */
    ptrdiff_t pitch;
    superpixel *superpixels;
    queue queue;
    int64_t least_size;
    float place, smoothness; /* weights, in squared units of 1/32 */
} etps;

/* --- the queue --------------------------------------------------------------------------- */

static seg_status push(queue *q, int32_t block) {
    if (q->waits[block]) return SEG_OK;
    if (q->count == q->room) {
        const size_t room = q->room ? 2 * q->room : 4096;
        int32_t *larger = seg_scratch_take(q->scratch, room, sizeof *larger, "a queue");
        if (!larger) return SEG_ERROR_MEMORY;
        for (size_t i = 0; i < q->count; i++)
            larger[i] = q->items[(q->first + i) & (q->room - 1)];
        q->items = larger;
        q->room = room;
        q->first = 0;
    }
    q->items[(q->first + q->count++) & (q->room - 1)] = block;
    q->waits[block] = 1;
    return SEG_OK;
}

static int32_t pop(queue *q) {
    const int32_t block = q->items[q->first];
    q->first = (q->first + 1) & (q->room - 1);
    q->count--;
    q->waits[block] = 0;
    return block;
}

/* --- what a move costs ------------------------------------------------------------------- */

static void gather(const etps *s, gathered *block, int32_t column, int32_t row) {
    const int32_t left = column * s->side, top = row * s->side;
    const int32_t right = left + s->side < s->lab.width ? left + s->side : s->lab.width;
    const int32_t bottom = top + s->side < s->lab.height ? top + s->side : s->lab.height;
    const bool whole = seg_image_empty(s->blocked);
    *block = (gathered){0};
    for (int32_t y = top; y < bottom; y++) {
        const uint8_t *out = whole ? NULL : seg_image_row(s->blocked, y);
        const int16_t *planes[3] = {0};
        for (int32_t c = 0; c < s->lab.planes; c++)
            planes[c] = seg_plane_row(&s->lab, c, y);
        for (int32_t x = left; x < right; x++) {
            if (out && out[x]) continue;
            block->count++;
            for (int32_t c = 0; c < s->lab.planes; c++)
                block->sum[c] += planes[c][x];
            block->sum[3] += x;
            block->sum[4] += y;
        }
    }
}

static void set_mean(superpixel *s) {
    const float part = s->all.count ? 1.0f / (float)s->all.count : 0;
    for (int i = 0; i < 5; i++)
        s->mean[i] = (float)s->all.sum[i] * part;
}

static void change(superpixel *s, const gathered *block, int32_t sign) {
    s->all.count += sign * block->count;
    for (int i = 0; i < 5; i++)
        s->all.sum[i] += sign * block->sum[i];
    set_mean(s);
}

/* Weighted squared distance of a block's mean and a superpixel's. */
static float distance(const etps *s, const float mean[5], const superpixel *to) {
    float d[5];
    for (int i = 0; i < 5; i++)
        d[i] = mean[i] - to->mean[i];
    return d[0] * d[0] + d[1] * d[1] + d[2] * d[2] + s->place * (d[3] * d[3] + d[4] * d[4]);
}

/* The eight around a block, clockwise from the one above; -1 outside. */
static const int8_t around[8][2] = {{0, -1}, {1, -1}, {1, 0},  {1, 1},
                                    {0, 1},  {-1, 1}, {-1, 0}, {-1, -1}};

static void look_around(const etps *s, int32_t labels[8], int32_t column, int32_t row) {
    for (int k = 0; k < 8; k++) {
        const int32_t i = column + around[k][0], j = row + around[k][1];
        const bool inside = i >= 0 && j >= 0 && i < s->columns && j < s->rows;
        labels[k] = inside ? s->at[j * s->pitch + i] : -1;
    }
}

/* True if what is left of `own` around the block hangs together without it: its 4-neighbours are
 * joined by the corners between them. */
static bool may_leave(const int32_t labels[8], int32_t own) {
    int sides = 0, links = 0;
    for (int k = 0; k < 8; k += 2) {
        const bool here = labels[k] == own;
        sides += here;
        links += here && labels[k + 1] == own && labels[(k + 2) & 7] == own;
    }
    return sides > 0 && sides - links <= 1;
}

static int32_t count_of(const int32_t labels[8], int32_t label) {
    int32_t count = 0;
    for (int k = 0; k < 8; k++)
        count += labels[k] == label;
    return count;
}

/* The superpixel to which the block goes, or its own. */
static int32_t best_of(const etps *s, const gathered *block, const int32_t labels[8], int32_t own) {
    const float size = (float)block->count, part = block->count ? 1.0f / size : 0;
    float mean[5];
    for (int i = 0; i < 5; i++)
        mean[i] = (float)block->sum[i] * part;
    const superpixel *from = &s->superpixels[own];
    const float left = (float)(from->all.count - block->count);
    const float gain =
        block->count ? (float)from->all.count * size / left * distance(s, mean, from) : 0;
    const float border = s->smoothness * (float)s->side;
    float least = -1; /* what is lowered by less is not worth a move */
    int32_t best = own;
    for (int k = 0; k < 8; k += 2) {
        if (labels[k] < 0 || labels[k] == own || labels[k] == best) continue;
        const superpixel *to = &s->superpixels[labels[k]];
        const float there = (float)to->all.count;
        float change_of_energy = there * size / (there + size) * distance(s, mean, to) - gain;
        if (!(there + size > 0)) change_of_energy = -gain;
        change_of_energy += border * (float)(count_of(labels, own) - count_of(labels, labels[k]));
        if (change_of_energy >= least) continue;
        least = change_of_energy;
        best = labels[k];
    }
    return best;
}

/* --- a level ----------------------------------------------------------------------------- */

static seg_status look_at(etps *s, int32_t block) {
    const int32_t column = block % s->columns, row = block / s->columns;
    int32_t *label = &s->at[row * s->pitch + column], labels[8];
    look_around(s, labels, column, row);
    if (!may_leave(labels, *label)) return SEG_OK;
    if (count_of(labels, *label) == 8) return SEG_OK;
    gathered sums;
    gather(s, &sums, column, row);
    superpixel *from = &s->superpixels[*label];
    if (sums.count && from->all.count - sums.count < s->least_size) return SEG_OK;
    const int32_t best = best_of(s, &sums, labels, *label);
    if (best == *label) return SEG_OK;
    change(from, &sums, -1);
    change(&s->superpixels[best], &sums, 1);
    *label = best;
    for (int k = 0; k < 8; k++)
        if (labels[k] >= 0)
            SEG_TRY(push(&s->queue, block + around[k][1] * s->columns + around[k][0]));
    return SEG_OK;
}

static seg_status push_boundaries(etps *s) {
    for (int32_t row = 0; row < s->rows; row++)
        for (int32_t column = 0; column < s->columns; column++) {
            int32_t labels[8];
            const int32_t own = s->at[row * s->pitch + column];
            look_around(s, labels, column, row);
            bool differs = false;
            for (int k = 0; k < 8; k += 2)
                differs |= labels[k] >= 0 && labels[k] != own;
            if (differs) SEG_TRY(push(&s->queue, row * s->columns + column));
        }
    return SEG_OK;
}

static seg_status refine(etps *s, int32_t iterations) {
    const int64_t blocks = (int64_t)s->columns * s->rows;
    memset(s->queue.waits, 0, (size_t)blocks);
    s->queue.count = 0;
    SEG_TRY(push_boundaries(s));
    for (int64_t left = blocks * iterations; left > 0 && s->queue.count; left--)
        SEG_TRY(look_at(s, pop(&s->queue)));
    return SEG_OK;
}

/* Room for the blocks of a side: pixels are in the labels themselves. */
static seg_status set_side(etps *s, int32_t side, seg_scratch *scratch) {
    s->side = side;
    s->columns = (s->lab.width - 1) / side + 1;
    s->rows = (s->lab.height - 1) / side + 1;
    if (side == 1) {
        s->at = s->labels->data;
        s->pitch = s->labels->stride / (ptrdiff_t)sizeof *s->at;
        return SEG_OK;
    }
    s->pitch = s->columns;
    s->at =
        seg_scratch_take(scratch, (size_t)s->columns * (size_t)s->rows, sizeof *s->at, "blocks");
    return s->at ? SEG_OK : SEG_ERROR_MEMORY;
}

static seg_status halve(etps *s, seg_scratch *scratch) {
    const etps whole = *s;
    SEG_TRY(set_side(s, s->side / 2, scratch));
    for (int32_t row = 0; row < s->rows; row++)
        for (int32_t column = 0; column < s->columns; column++)
            s->at[row * s->pitch + column] = whole.at[(row / 2) * whole.pitch + column / 2];
    return SEG_OK;
}

/* --- all of it --------------------------------------------------------------------------- */

static int32_t first_side(double cell) {
    int32_t side = 1;
    while (2 * side <= cell / 2)
        side *= 2;
    return side;
}

/* Cells of whole blocks, and what is in them. */
static void start(etps *s, const seg_grid *cells) {
    for (int32_t j = 0; j < cells->rows; j++)
        for (int32_t i = 0; i < cells->columns; i++) {
            superpixel *made = &s->superpixels[j * cells->columns + i];
            *made = (superpixel){0};
            for (int32_t row = seg_grid_top(cells, j); row < seg_grid_top(cells, j + 1); row++)
                for (int32_t column = seg_grid_left(cells, i); column < seg_grid_left(cells, i + 1);
                     column++) {
                    gathered sums;
                    gather(s, &sums, column, row);
                    change(made, &sums, 1);
                    s->at[row * s->pitch + column] = j * cells->columns + i;
                }
        }
}

/* Superpixels to labels from 1 on. */
static void number(const etps *s) {
    for (int32_t row = 0; row < s->rows; row++)
        for (int32_t column = 0; column < s->columns; column++)
            s->at[row * s->pitch + column]++;
    seg_partition_unlabel(s->labels, s->blocked);
}

static seg_status run(const seg_image *labels, int32_t *regions, const seg_image *picture,
                      const seg_image *blocked, const void *options_, seg_scratch *scratch) {
    const seg_etps_options *options = options_;
    const int32_t pixels = labels->width * labels->height;
    etps s = {.labels = labels, .blocked = blocked, .queue.scratch = scratch};
    seg_grid cells;
    SEG_TRY(seg_planes_lab(&s.lab, picture, scratch));
    const double cell = sqrt((double)pixels / options->regions);
    SEG_TRY(set_side(&s, first_side(cell), scratch));
    seg_grid_make(&cells, s.columns, s.rows, options->regions);
    const int32_t count = cells.columns * cells.rows;
    const double area = (double)pixels / count, unit = SEG_LAB_UNIT * SEG_LAB_UNIT;
    s.least_size = (int64_t)(area / 16);
    s.place = (float)(options->compactness * options->compactness * unit / area);
    s.smoothness = (float)(options->smoothness * unit);
    s.superpixels = seg_scratch_take(scratch, (size_t)count, sizeof *s.superpixels, "superpixels");
    s.queue.waits = seg_scratch_take(scratch, (size_t)pixels, 1, "a queue");
    if (!s.superpixels || !s.queue.waits) return SEG_ERROR_MEMORY;
    start(&s, &cells);
    for (const int32_t first = s.side;;) {
        SEG_TRY(seg_progress(&scratch->env, 1 - (double)s.side / first));
        SEG_TRY(refine(&s, options->iterations));
        if (s.side == 1) break;
        SEG_TRY(halve(&s, scratch));
    }
    number(&s);
    if (seg_image_empty(blocked)) return seg_pieces(labels, regions, scratch);
    return seg_pieces_clean(labels, regions, &s.lab, s.least_size, scratch);
}

seg_status seg_etps(seg_image *labels, int32_t *regions, const seg_image *picture,
                    const seg_image *ignore, const seg_etps_options *options, const seg_env *env) {
    return seg_partition_picture(labels, regions, picture, ignore, options, &params, run, env);
}

SEG_PARTITION_METHOD(etps, "etps", run, "coarse-to-fine superpixels (ETPS)",
                     "J. Yao et al., Real-time coarse-to-fine topologically preserving "
                     "segmentation, CVPR",
                     2015)
