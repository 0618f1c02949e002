/*
 * Flow by least squares in windows.
 *
 * A band goes down its rows; those of the equations that the window holds lie in a ring, so that
 * each is made once a band. The window's sum is that of its rows, then of its columns; every window
 * is summed afresh, because what is added and taken away again leaves errors where little is left.
 */
#include "motion/windows.h"

#include "core/bands.h"
#include "core/check.h"

#include <string.h>

#define BAND_HEIGHT 96

typedef struct windows {
    const seg_flow_windows *how;
    const seg_windows_kernels *kernels;
    const seg_field *new_u, *new_v, *u, *v;
    float *memory;     /* for each worker: the ring, and the sums of a row */
    size_t plane;      /* floats of one part of the equations in a row, with its room */
    size_t row, share; /* of all five parts; of a worker */
} windows;

/* The room beside a row, where there are no equations. */
static size_t edge_of(const seg_flow_windows *how) {
    return ((size_t)how->side / 2 + 15) / 16 * 16;
}

static float *ring_row(const windows *w, int32_t y, int32_t worker) {
    const size_t slot = (size_t)(y % w->how->side);
    return w->memory + (size_t)worker * w->share + slot * w->row;
}

static void make_equations(const windows *w, int32_t y, int32_t worker) {
    float *out[SEG_NORMAL], *row = ring_row(w, y, worker) + edge_of(w->how);
    for (int k = 0; k < SEG_NORMAL; k++)
        out[k] = row + (size_t)k * w->plane;
    w->how->equations(out, y, worker, w->how->method);
}

static void solve_row(const windows *w, int32_t y, int32_t worker) {
    const float *taps[SEG_FLOW_WINDOW_MOST], *sums[SEG_NORMAL];
    const int32_t side = w->how->side, height = w->u->height, width = w->u->width;
    const int32_t top = y - side / 2 > 0 ? y - side / 2 : 0;
    const int32_t bottom = y + side / 2 < height - 1 ? y + side / 2 : height - 1;
    float *down = w->memory + (size_t)worker * w->share + (size_t)side * w->row;
    float *across = down + w->row;
    for (int32_t k = top; k <= bottom; k++)
        taps[k - top] = ring_row(w, k, worker);
    w->kernels->sum_rows(down, taps, bottom - top + 1, (int32_t)w->row);
    for (int part = 0; part < SEG_NORMAL; part++) {
        const float *middle = down + (size_t)part * w->plane + edge_of(w->how);
        for (int32_t k = 0; k < side; k++)
            taps[k] = middle + k - side / 2;
        float *sum = across + (size_t)part * w->plane;
        w->kernels->sum_rows(sum, taps, side, width);
        sums[part] = sum;
    }
    w->kernels->solve(seg_field_row(w->new_u, y), seg_field_row(w->new_v, y), sums,
                      seg_field_row(w->u, y), seg_field_row(w->v, y), w->how->damping, width);
}

static seg_status solve_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band;
    const windows *w = argument;
    const int32_t reach = w->how->side / 2, height = w->u->height;
    int32_t next = first - reach > 0 ? first - reach : 0;
    memset(w->memory + (size_t)worker * w->share, 0, w->share * sizeof(float));
    for (int32_t y = first; y < end; y++) {
        for (; next <= y + reach && next < height; next++)
            make_equations(w, next, worker);
        solve_row(w, y, worker);
    }
    return SEG_OK;
}

seg_status seg_flow_windows_solve(const seg_field *new_u, const seg_field *new_v,
                                  const seg_field *u, const seg_field *v,
                                  const seg_flow_windows *how, seg_scratch *scratch,
                                  const seg_env *env) {
    const int32_t mark = seg_scratch_mark(scratch);
    windows w = {how, seg_windows_kernels_get(), new_u, new_v, u, v, NULL, 0, 0, 0};
    w.plane = ((size_t)u->width + 15) / 16 * 16 + 2 * edge_of(how);
    w.row = SEG_NORMAL * w.plane + 16; /* not a multiple of 4 KiB */
    w.share = ((size_t)how->side + 2) * w.row;
    w.memory = seg_scratch_take(scratch, (size_t)seg_workers(env) * w.share, sizeof(float),
                                "equations of windows");
    if (!w.memory) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_run_bands(env, u->height, BAND_HEIGHT, solve_band, &w));
    seg_scratch_return(scratch, mark);
    return SEG_OK;
}
