/*
 * Flow by least squares in windows.
 *
 * A band goes down its rows. The window's sum is that of its rows, then of its columns; sums of
 * four serve all windows that hold them, but no window's sum is made of another's, because what is
 * added and taken away again leaves errors where little is left. The sums of four rows that the
 * window holds lie in a ring, and the last rows of the equations in another, so that each is made
 * once a band.
 */
#include "motion/windows.h"

#include "core/bands.h"
#include "core/check.h"

#include <string.h>

#define BAND_HEIGHT 96
#define RING 4 /* rows that are not only in sums of four */

typedef struct windows {
    const seg_flow_windows *how;
    const seg_windows_kernels *kernels;
    const seg_field *new_u, *new_v, *u, *v;
    float *memory;     /* for each worker: both rings, and the sums of a row */
    size_t plane;      /* floats of one part of the equations in a row, with its room */
    size_t row, share; /* of all five parts; of a worker */
} windows;

/* The room beside a row, where there are no equations. */
static size_t edge_of(const seg_flow_windows *how) {
    return ((size_t)how->side / 2 + 15) / 16 * 16;
}

static float *ring_row(const windows *w, int32_t y, int32_t worker) {
    return w->memory + (size_t)worker * w->share + (size_t)(y % RING) * w->row;
}

/* Beside the rows of the ring there are no equations, and none are ever put there. */
static void clear_edges(const windows *w, int32_t worker) {
    const size_t edge = edge_of(w->how), end = edge + (size_t)w->u->width;
    for (int32_t y = 0; y < RING; y++)
        for (int part = 0; part < SEG_NORMAL; part++) {
            float *plane = ring_row(w, y, worker) + (size_t)part * w->plane;
            memset(plane, 0, edge * sizeof *plane);
            memset(plane + end, 0, (w->plane - end) * sizeof *plane);
        }
}

/* The sum of the rows y .. y + 3. */
static float *four_rows(const windows *w, int32_t y, int32_t worker) {
    const size_t slot = RING + (size_t)(y % w->how->side);
    return w->memory + (size_t)worker * w->share + slot * w->row;
}

/* Of row y, and the sum of four that it completes, if there are as many since `first`. */
static void make_equations(const windows *w, int32_t y, int32_t first, int32_t worker) {
    float *out[SEG_NORMAL], *row = ring_row(w, y, worker) + edge_of(w->how);
    for (int k = 0; k < SEG_NORMAL; k++)
        out[k] = row + (size_t)k * w->plane;
    w->how->equations(out, y, worker, w->how->method);
    if (w->how->side < 4 || y - 3 < first) return;
    const float *const rows[4] = {ring_row(w, y - 3, worker), ring_row(w, y - 2, worker),
                                  ring_row(w, y - 1, worker), ring_row(w, y, worker)};
    w->kernels->sum_four(four_rows(w, y - 3, worker), rows, (int32_t)(SEG_NORMAL * w->plane));
}

static void sum_down(const windows *w, float *down, int32_t y, int32_t worker) {
    const float *taps[SEG_FLOW_WINDOW_MOST];
    const int32_t reach = w->how->side / 2, height = w->u->height;
    const int32_t bottom = y + reach < height - 1 ? y + reach : height - 1;
    int32_t k = y - reach > 0 ? y - reach : 0, count = 0;
    for (; k + 3 <= bottom; k += 4)
        taps[count++] = four_rows(w, k, worker);
    for (; k <= bottom; k++)
        taps[count++] = ring_row(w, k, worker);
    w->kernels->sum_rows(down, taps, count, (int32_t)(SEG_NORMAL * w->plane));
}

/* `in` is the first pixel of the first window; `fours` is room for a row. */
static void sum_across(const windows *w, float *out, float *fours, const float *in) {
    const float *taps[SEG_FLOW_WINDOW_MOST], *const four[4] = {in, in + 1, in + 2, in + 3};
    const int32_t side = w->how->side, width = w->u->width;
    int32_t k = 0, count = 0;
    if (side >= 4) w->kernels->sum_four(fours, four, width + side / 4 * 4 - 4);
    for (; k + 4 <= side; k += 4)
        taps[count++] = fours + k;
    for (; k < side; k++)
        taps[count++] = in + k;
    w->kernels->sum_rows(out, taps, count, width);
}

static void solve_row(const windows *w, int32_t y, int32_t worker) {
    const float *sums[SEG_NORMAL];
    const int32_t side = w->how->side;
    float *down = w->memory + (size_t)worker * w->share + (RING + (size_t)side) * w->row;
    float *across = down + w->row, *fours = across + w->row;
    sum_down(w, down, y, worker);
    for (int part = 0; part < SEG_NORMAL; part++) {
        const float *middle = down + (size_t)part * w->plane + edge_of(w->how);
        float *sum = across + (size_t)part * w->plane;
        sum_across(w, sum, fours, middle - side / 2);
        sums[part] = sum;
    }
    w->kernels->solve(seg_field_row(w->new_u, y), seg_field_row(w->new_v, y), sums,
                      seg_field_row(w->u, y), seg_field_row(w->v, y), w->how->damping, w->u->width);
}

static seg_status solve_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band;
    const windows *w = argument;
    const int32_t reach = w->how->side / 2, height = w->u->height;
    const int32_t top = first - reach > 0 ? first - reach : 0;
    int32_t next = top;
    for (int32_t y = first; y < end; y++) {
        for (; next <= y + reach && next < height; next++)
            make_equations(w, next, top, worker);
        solve_row(w, y, worker);
    }
    return SEG_OK;
}

/* Bands of one height and an even number of them, so that none is small or left alone; higher where
 * windows are, whose equations are made twice at both ends. */
static int32_t band_height_of(const seg_flow_windows *how, int32_t height) {
    const int32_t usual = how->side < BAND_HEIGHT / 4 ? BAND_HEIGHT : 4 * how->side;
    const int32_t pairs = (height + usual) / (2 * usual);
    return pairs > 0 ? (height + 2 * pairs - 1) / (2 * pairs) : height;
}

seg_status seg_flow_windows_solve(const seg_field *new_u, const seg_field *new_v,
                                  const seg_field *u, const seg_field *v,
                                  const seg_flow_windows *how, seg_scratch *scratch,
                                  const seg_env *env) {
    const int32_t mark = seg_scratch_mark(scratch);
    windows w = {how, seg_windows_kernels_get(), new_u, new_v, u, v, NULL, 0, 0, 0};
    w.plane = ((size_t)u->width + 31) / 32 * 32 + 2 * edge_of(how);
    w.row = SEG_NORMAL * w.plane + 16; /* not a multiple of 4 KiB */
    w.share = (RING + (size_t)how->side + 2) * w.row + w.plane;
    w.memory = seg_scratch_take(scratch, (size_t)seg_workers(env) * w.share, sizeof(float),
                                "equations of windows");
    if (!w.memory) return SEG_ERROR_MEMORY;
    for (int32_t worker = 0; worker < seg_workers(env); worker++)
        clear_edges(&w, worker);
    SEG_TRY(seg_run_bands(env, u->height, band_height_of(how, u->height), solve_band, &w));
    seg_scratch_return(scratch, mark);
    return SEG_OK;
}
