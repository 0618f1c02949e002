/*
 * Superpixels by k-means in colour and place, each centre looking only around itself. For parting a
 * picture into a given number of even, compact pieces, fast.
 *
 * R. Achanta, A. Shaji, K. Smith, A. Lucchi, P. Fua, S. Suesstrunk, "SLIC superpixels compared to
 * state-of-the-art superpixel methods", IEEE Trans. PAMI 34(11), 2012.
 *
 * Symbols: K `regions`, m `compactness`, S = sqrt(pixels / K) the side of a cell; for a pixel and a
 * centre, d_c the distance of their colours in CIELAB and d_s that of their places in pixels:
 *   D^2 = d_c^2 + (m / S)^2 d_s^2
 *
 * Steps: 1. CIELAB, blurred by `sigma`; 2. a grid of cells, whose means are the first centres;
 * 3. `iterations` times: each pixel goes to the nearest of the nine centres that belong to its cell
 * and the cells around it (C. Ren, V. Prisacariu, I. Reid, "gSLICr", 2015; the paper searches 2S x
 * 2S around a centre), then centres become the means of their pixels; it ends early once no centre
 * changes; 4. 4-connected pieces become regions, and those below a quarter of a cell join the
 * neighbour with the nearest mean colour (pieces.h).
 *
 * All is in whole numbers: colours in 1/32, places to match. A row of cells is a band; sums of
 * neighbouring bands are added up in order.
 * Cost: about 2 ns a pixel and iteration in colour with AVX2, and 10 ns for the rest.
 * Memory: 7 bytes a pixel. Known failures: the number of regions is only near K; thin things are
 * cut.
 */
#include "kernels/slic.h"
#include "core/bands.h"
#include "imgproc/pieces.h"
#include "imgproc/rows.h"
#include "region/grid.h"
#include "region/partition.h"

#include <math.h>
#include <string.h>

static const seg_param rows[] = {
    {"regions", SEG_PARAM_INT, offsetof(seg_slic_options, regions), "400", 1, 10000000, NULL, "",
     "About so many superpixels.", "K"},
    {"compactness", SEG_PARAM_FLOAT, offsetof(seg_slic_options, compactness), "10", 0, 200, NULL,
     "CIELAB", "How much place counts: the colour difference that weighs as a cell's side.", "m"},
    {"iterations", SEG_PARAM_INT, offsetof(seg_slic_options, iterations), "10", 1, 1000, NULL, "",
     "Rounds of assignment; fewer if nothing changes any more.", ""},
    {"sigma", SEG_PARAM_FLOAT, offsetof(seg_slic_options, sigma), "0", 0, 42, NULL, "px",
     "Gaussian blur before it; 0 = none.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(seg_slic_options)};

void seg_slic_options_init(seg_slic_options *options) {
    seg_params_init(options, &params);
}

/* Up to this compactness places are in units of 1/128 as the shifted colours are, beyond it in
 * units of 1/32: differences over three cells fit 16 bits, sums of squares 32. */
#define FINE_COMPACTNESS 50
/* The most that three cells may measure in such units; it bounds the scale of very flat ones. */
#define MOST_REACH 27000

typedef struct centre {
    int32_t colour[3]; /* in 1/32 */
    int64_t x, y;      /* scaled places, multiples of 4 */
} centre;

typedef struct slic {
    seg_planes lab;
    seg_grid grid;
    const seg_image *labels, *blocked;
    const seg_slic_kernels *kernels;
    int32_t shift;       /* of colours */
    double scale;        /* of places */
    int16_t *along;      /* scaled x of each column, from the left side of its cell */
    uint8_t *choices;    /* of each worker: a row */
    centre *centres;     /* of each cell */
    seg_slic_sums *sums; /* of each row of cells: those of the cells above, in and below it */
    int64_t *sums_y;
    bool last; /* labels are written in place of sums */
} slic;

/* Scaled place, to the nearest multiple of 4. */
static int64_t place(const slic *s, double pixels) {
    return 4 * (int64_t)floor(pixels * s->scale / 4 + 0.5);
}

/* --- assignment -------------------------------------------------------------------------- */

/* Centre number `index` (0..8) around a cell, seen from the left side of the cell and row y; one
 * outside the grid is left out by giving false. */
static bool see_centre(seg_slic_centre *seen, const slic *s, int32_t column, int32_t row,
                       int32_t index, int32_t y) {
    const int32_t i = column + index % 3 - 1, j = row + index / 3 - 1;
    if (i < 0 || j < 0 || i >= s->grid.columns || j >= s->grid.rows) return false;
    const centre *c = &s->centres[(size_t)j * (size_t)s->grid.columns + (size_t)i];
    const int32_t left = seg_grid_left(&s->grid, column);
    for (int k = 0; k < 3; k++)
        seen->colour[k] = (int16_t)((c->colour[k] * (1 << s->shift)) & ~3);
    seen->x = (int16_t)(c->x - place(s, left));
    const int64_t down = place(s, y) - c->y;
    seen->more = (uint32_t)(down * down + index);
    return true;
}

/* Chooses for the pixels of one cell in one row. */
static void choose_cell_row(const slic *s, uint8_t *choice, int32_t column, int32_t row,
                            int32_t y) {
    seg_slic_centre seen[9];
    int32_t count = 0;
    for (int32_t index = 0; index < 9; index++)
        count += see_centre(&seen[count], s, column, row, index, y);
    const int32_t left = seg_grid_left(&s->grid, column);
    seg_slic_row stretch = {.x = s->along + left,
                            .count = seg_grid_left(&s->grid, column + 1) - left};
    for (int32_t c = 0; c < s->lab.planes; c++)
        stretch.plane[c] = seg_plane_row(&s->lab, c, y) + left;
    s->kernels->nearest(choice + left, &stretch, s->shift, seen, count);
}

static void mark_blocked(const slic *s, uint8_t *choice, int32_t y) {
    if (seg_image_empty(s->blocked)) return;
    const uint8_t *blocked = seg_image_row(s->blocked, y);
    for (int32_t x = 0; x < s->lab.width; x++)
        choice[x] = blocked[x] ? SEG_SLIC_NONE : choice[x];
}

/* Adds the pixels of one cell in one row to the sums of this row of cells. */
static void add_cell_row(const slic *s, const uint8_t *choice, int32_t column, int32_t row,
                         int32_t y) {
    seg_slic_sums local[SEG_SLIC_CENTRES] = {0};
    const int32_t left = seg_grid_left(&s->grid, column);
    seg_slic_row stretch = {.count = seg_grid_left(&s->grid, column + 1) - left};
    for (int32_t c = 0; c < s->lab.planes; c++)
        stretch.plane[c] = seg_plane_row(&s->lab, c, y) + left;
    s->kernels->add(local, choice + left, &stretch, left);
    for (int32_t index = 0; index < 9; index++) {
        if (!local[index].count) continue;
        const size_t at = ((size_t)row * 3 + (size_t)(index / 3)) * (size_t)s->grid.columns +
                          (size_t)(column + index % 3 - 1);
        s->sums[at].count += local[index].count;
        s->sums[at].x += local[index].x;
        for (int c = 0; c < 3; c++)
            s->sums[at].colour[c] += local[index].colour[c];
        s->sums_y[at] += local[index].count * y;
    }
}

static void write_cell_row(const slic *s, const uint8_t *choice, int32_t column, int32_t row,
                           int32_t y) {
    int32_t *labels = seg_image_row(s->labels, y);
    int32_t label[SEG_SLIC_CENTRES] = {0};
    for (int32_t index = 0; index < 9; index++)
        label[index] = (row + index / 3 - 1) * s->grid.columns + column + index % 3;
    for (int32_t x = seg_grid_left(&s->grid, column); x < seg_grid_left(&s->grid, column + 1); x++)
        labels[x] = label[choice[x]];
}

static seg_status assign_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    const slic *s = argument;
    (void)band;
    uint8_t *choice = s->choices + (size_t)worker * ((size_t)s->lab.width + SEG_SLIC_SLACK);
    for (int32_t row = first; row < end; row++) {
        for (int32_t y = seg_grid_top(&s->grid, row); y < seg_grid_top(&s->grid, row + 1); y++) {
            for (int32_t column = 0; column < s->grid.columns; column++)
                choose_cell_row(s, choice, column, row, y);
            mark_blocked(s, choice, y);
            for (int32_t column = 0; column < s->grid.columns; column++)
                (s->last ? write_cell_row : add_cell_row)(s, choice, column, row, y);
        }
    }
    return SEG_OK;
}

/* --- centres ----------------------------------------------------------------------------- */

/* The first sums: each pixel belongs to its own cell. */
static seg_status own_cells(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    const slic *s = argument;
    (void)band;
    uint8_t *choice = s->choices + (size_t)worker * ((size_t)s->lab.width + SEG_SLIC_SLACK);
    for (int32_t row = first; row < end; row++) {
        for (int32_t y = seg_grid_top(&s->grid, row); y < seg_grid_top(&s->grid, row + 1); y++) {
            memset(choice, 4, (size_t)s->lab.width);
            mark_blocked(s, choice, y);
            for (int32_t column = 0; column < s->grid.columns; column++)
                add_cell_row(s, choice, column, row, y);
        }
    }
    return SEG_OK;
}

static int32_t mean(int64_t sum, int64_t count) {
    return (int32_t)floor((double)sum / (double)count + 0.5);
}

/* Makes the sums of a cell a centre, clears nothing; true if it changed. */
static bool move_centre(slic *s, int32_t column, int32_t row) {
    seg_slic_sums all = {0};
    int64_t y = 0;
    for (int32_t from = row - 1; from <= row + 1; from++) {
        if (from < 0 || from >= s->grid.rows) continue;
        const size_t at = ((size_t)from * 3 + (size_t)(row - from + 1)) * (size_t)s->grid.columns +
                          (size_t)column;
        all.count += s->sums[at].count;
        all.x += s->sums[at].x;
        y += s->sums_y[at];
        for (int c = 0; c < 3; c++)
            all.colour[c] += s->sums[at].colour[c];
    }
    if (!all.count) return false; /* it stays where it was */
    centre now;
    for (int c = 0; c < 3; c++)
        now.colour[c] = mean(all.colour[c], all.count);
    now.x = place(s, (double)all.x / (double)all.count);
    now.y = place(s, (double)y / (double)all.count);
    centre *was = &s->centres[(size_t)row * (size_t)s->grid.columns + (size_t)column];
    const bool moved = now.x != was->x || now.y != was->y ||
                       memcmp(was->colour, now.colour, sizeof now.colour) != 0;
    *was = now;
    return moved;
}

static bool move_centres(slic *s) {
    bool moved = false;
    for (int32_t row = 0; row < s->grid.rows; row++)
        for (int32_t column = 0; column < s->grid.columns; column++)
            moved |= move_centre(s, column, row);
    return moved;
}

/* Centres of cells without a pixel that takes part stand in the middle. */
static void place_centres(slic *s) {
    for (int32_t row = 0; row < s->grid.rows; row++) {
        for (int32_t column = 0; column < s->grid.columns; column++) {
            centre *c = &s->centres[(size_t)row * (size_t)s->grid.columns + (size_t)column];
            const double x = seg_grid_left(&s->grid, column) + seg_grid_left(&s->grid, column + 1);
            const double y = seg_grid_top(&s->grid, row) + seg_grid_top(&s->grid, row + 1);
            *c = (centre){{0}, place(s, (x - 1) / 2), place(s, (y - 1) / 2)};
        }
    }
}

static void clear_sums(slic *s) {
    const size_t count = 3 * (size_t)s->grid.rows * (size_t)s->grid.columns;
    memset(s->sums, 0, count * sizeof *s->sums);
    memset(s->sums_y, 0, count * sizeof *s->sums_y);
}

/* --- all of it --------------------------------------------------------------------------- */

static seg_status prepare(slic *s, const seg_slic_options *options, seg_scratch *scratch) {
    const size_t width = (size_t)s->lab.width;
    seg_grid_make(&s->grid, s->lab.width, s->lab.height, options->regions);
    const size_t cells = (size_t)s->grid.columns * (size_t)s->grid.rows;
    s->shift = options->compactness <= FINE_COMPACTNESS ? 2 : 0;
    s->scale = options->compactness / seg_grid_side(&s->grid) * (SEG_LAB_UNIT << s->shift);
    const double most = MOST_REACH / 3.0 / seg_grid_longest(&s->grid);
    if (s->scale > most) s->scale = most;
    s->kernels = seg_slic_kernels_get();
    s->along = seg_scratch_take(scratch, width + SEG_SLIC_SLACK, sizeof *s->along, "places");
    s->choices = seg_scratch_take(scratch, (size_t)seg_workers(&scratch->env),
                                  width + SEG_SLIC_SLACK, "choices");
    s->centres = seg_scratch_take(scratch, cells, sizeof *s->centres, "centres");
    s->sums = seg_scratch_take(scratch, 3 * cells, sizeof *s->sums, "sums");
    s->sums_y = seg_scratch_take(scratch, 3 * cells, sizeof *s->sums_y, "sums");
    if (!s->along || !s->choices || !s->centres || !s->sums || !s->sums_y) return SEG_ERROR_MEMORY;
    memset(s->along, 0, (width + SEG_SLIC_SLACK) * sizeof *s->along);
    for (int32_t column = 0; column < s->grid.columns; column++) {
        const int32_t left = seg_grid_left(&s->grid, column);
        for (int32_t x = left; x < seg_grid_left(&s->grid, column + 1); x++)
            s->along[x] = (int16_t)(place(s, x) - place(s, left));
    }
    return SEG_OK;
}

static seg_status run(const seg_image *labels, int32_t *regions, const seg_image *picture,
                      const seg_image *blocked, const void *options_, seg_scratch *scratch) {
    const seg_slic_options *options = options_;
    const seg_env *env = &scratch->env;
    slic s = {.labels = labels, .blocked = blocked};
    SEG_TRY(seg_planes_lab(&s.lab, picture, scratch));
    SEG_TRY(seg_planes_blur(&s.lab, options->sigma, scratch));
    SEG_TRY(prepare(&s, options, scratch));
    place_centres(&s);
    clear_sums(&s);
    SEG_TRY(seg_run_bands(env, s.grid.rows, 1, own_cells, &s));
    move_centres(&s);
    for (int32_t i = 1; i < options->iterations; i++) {
        SEG_TRY(seg_progress(env, (double)i / options->iterations));
        clear_sums(&s);
        SEG_TRY(seg_run_bands(env, s.grid.rows, 1, assign_band, &s));
        if (!move_centres(&s)) break;
    }
    s.last = true;
    SEG_TRY(seg_run_bands(env, s.grid.rows, 1, assign_band, &s));
    const int64_t cell = (int64_t)labels->width * labels->height / (s.grid.columns * s.grid.rows);
    return seg_pieces_clean(labels, regions, &s.lab, cell / 4, scratch);
}

seg_status seg_slic(seg_image *labels, int32_t *regions, const seg_image *picture,
                    const seg_image *ignore, const seg_slic_options *options, const seg_env *env) {
    return seg_partition_picture(labels, regions, picture, ignore, options, &params, run, env);
}

SEG_PARTITION_METHOD(slic, "slic", run, "SLIC superpixels",
                     "R. Achanta et al., SLIC superpixels compared to state-of-the-art superpixel "
                     "methods, IEEE Trans. PAMI 34(11)",
                     2012)
