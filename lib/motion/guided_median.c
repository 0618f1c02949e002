/*
 * The non-local median of a flow field near its edges: neighbours of like colour belong to the same
 * surface, those of other colour do not count.
 *
 * D. Sun, S. Roth, M. J. Black, "A quantitative analysis of current practices in optical flow
 * estimation and the principles behind them", IJCV 106, 2014, section 6 (Classic+NL-Fast).
 *
 * Steps: 1. mark pixels at which the flow changes by more than `edge`; 2. widen these marks by
 * `margin` pixels; 3. the weighted median of each marked pixel.
 */
#include "motion/guided_median.h"

#include "core/bands.h"
#include "core/math.h"
#include "kernels/flow.h"

#include <math.h>
#include <string.h>

#define BAND_HEIGHT 8

typedef struct guided {
    const seg_guided_median *filter;
    const seg_flow_kernels *kernels;
    uint8_t *edges, *marks; /* rows of `width` bytes */
    float nearness[SEG_GUIDED_SIDE * SEG_GUIDED_ROW];
    int32_t width, height;
} guided;

static int32_t clamp(int32_t y, int32_t height) {
    return y < 0 ? 0 : y < height ? y : height - 1;
}

/* Step 1, and the marks widened along the row. */
static seg_status edges_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band, (void)worker;
    const guided *g = argument;
    const seg_field *u = g->filter->u, *v = g->filter->v;
    const float edge = (float)g->filter->edge;
    const int32_t margin = g->filter->margin;
    for (int32_t y = first; y < end; y++) {
        const float *here_u = seg_field_row(u, y), *here_v = seg_field_row(v, y);
        const float *below_u = seg_field_row(u, clamp(y + 1, g->height));
        const float *below_v = seg_field_row(v, clamp(y + 1, g->height));
        uint8_t *row = g->edges + (size_t)y * (size_t)g->width;
        int32_t since = margin + 1; /* pixels since the last edge */
        for (int32_t x = 0; x < g->width; x++) {
            const float across =
                fabsf(here_u[x + 1] - here_u[x]) + fabsf(here_v[x + 1] - here_v[x]);
            const float down = fabsf(below_u[x] - here_u[x]) + fabsf(below_v[x] - here_v[x]);
            const bool is_edge = across > edge || down > edge;
            if (is_edge) /* also to the left */
                memset(row + (x > margin ? x - margin : 0), 1,
                       (size_t)(x > margin ? margin : x) + 1);
            since = is_edge ? 0 : since + 1;
            row[x] = since <= margin;
        }
    }
    return SEG_OK;
}

static void find_window(seg_guided_window *window, const guided *g, int32_t x, int32_t y) {
    const seg_guided_median *f = g->filter;
    for (int32_t k = 0; k < SEG_GUIDED_SIDE; k++) {
        const int32_t row = clamp(y + k - SEG_GUIDED_RADIUS, g->height);
        window->u[k] = seg_field_row(f->u, row) + x;
        window->v[k] = seg_field_row(f->v, row) + x;
        window->trust[k] = seg_field_row(f->trust, row) + x;
        for (int c = 0; c < 3; c++)
            window->colour[c][k] = seg_field_row(&f->lab[c], row) + x;
    }
}

static void shift_window(seg_guided_window *window, int32_t by) {
    for (int32_t k = 0; k < SEG_GUIDED_SIDE; k++) {
        window->u[k] += by;
        window->v[k] += by;
        window->trust[k] += by;
        for (int c = 0; c < 3; c++)
            window->colour[c][k] += by;
    }
}

static seg_status filter_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    (void)band, (void)worker;
    const guided *g = argument;
    const seg_guided_median *f = g->filter;
    const double sigma = f->sigma_colour;
    for (int32_t y = first; y < end; y++) {
        uint8_t *marks = g->marks + (size_t)y * (size_t)g->width;
        memset(marks, 0, (size_t)g->width);
        for (int32_t k = -f->margin; k <= f->margin; k++) {
            const uint8_t *edges = g->edges + (size_t)clamp(y + k, g->height) * (size_t)g->width;
            for (int32_t x = 0; x < g->width; x++)
                marks[x] |= edges[x];
        }
        float *u = seg_field_row(f->out_u, y), *v = seg_field_row(f->out_v, y);
        memcpy(u, seg_field_row(f->u, y), (size_t)g->width * sizeof *u);
        memcpy(v, seg_field_row(f->v, y), (size_t)g->width * sizeof *v);
        seg_guided_window window = {.nearness = g->nearness,
                                    .sharpness = (float)(1 / (2 * sigma * sigma))};
        find_window(&window, g, 0, y);
        for (int32_t x = 0, at = 0; x < g->width; x++) {
            if (!marks[x]) continue;
            shift_window(&window, x - at);
            at = x;
            g->kernels->guided_median(&u[x], &v[x], &window);
        }
    }
    return SEG_OK;
}

static void fill_nearness(guided *g) {
    const double sigma = g->filter->sigma_place;
    for (int32_t i = 0; i < SEG_GUIDED_SIDE * SEG_GUIDED_ROW; i++) {
        const int32_t x = i % SEG_GUIDED_ROW - SEG_GUIDED_RADIUS;
        const int32_t y = i / SEG_GUIDED_ROW - SEG_GUIDED_RADIUS;
        const bool inside = i % SEG_GUIDED_ROW < SEG_GUIDED_SIDE;
        g->nearness[i] = inside ? (float)seg_exp(-(x * x + y * y) / (2 * sigma * sigma)) : 0;
    }
}

seg_status seg_guided_median_run(const seg_guided_median *filter, seg_scratch *scratch,
                                 const seg_env *env) {
    const int32_t mark = seg_scratch_mark(scratch);
    guided g = {.filter = filter, .kernels = seg_flow_kernels_get()};
    g.width = filter->u->width;
    g.height = filter->u->height;
    g.edges = seg_scratch_take(scratch, (size_t)g.width * (size_t)g.height, 2, "edges of a flow");
    if (!g.edges) return SEG_ERROR_MEMORY;
    g.marks = g.edges + (size_t)g.width * (size_t)g.height;
    fill_nearness(&g);
    SEG_TRY(seg_run_bands(env, g.height, BAND_HEIGHT, edges_band, &g));
    SEG_TRY(seg_run_bands(env, g.height, BAND_HEIGHT, filter_band, &g));
    seg_scratch_return(scratch, mark);
    return SEG_OK;
}
