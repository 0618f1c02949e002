/*
 * Horn and Schunck as published, for teaching and comparison.
 *
 * B. K. P. Horn, B. G. Schunck, "Determining optical flow", Artificial Intelligence 17, 1981.
 *
 * Symbols: E the brightness, Ex Ey Et the means of its differences along the edges of the cube of
 *          2 x 2 pixels in 2 frames (section 7), alpha `alpha`, u v the flow, mean(u) the weighted
 *          mean of the eight neighbours, 1/6 and 1/12 (section 8)
 *   u <- mean(u) - Ex (Ex mean(u) + Ey mean(v) + Et) / (alpha^2 + Ex^2 + Ey^2), v likewise,
 * for all pixels at once (equation 12), `iterations` times from 0. Beyond the border lies a copy of
 * the border. The estimates of the derivatives lie half a pixel to the right, below and later.
 *
 * Cost: 17 multiplications and additions a pixel and iteration. Known failures: motion of more than
 * a pixel, which one linearisation does not see; information crosses a pixel an iteration.
 */
#include "motion/horn_schunck.h"

#include "core/bands.h"
#include "kernels/flow.h"

#define BAND_HEIGHT 64

typedef struct classic {
    const seg_flow_kernels *kernels;
    const seg_flow_job *job;
    seg_field derivative[3];
    seg_field u[2], v[2]; /* the iteration reads one and writes the other */
    int32_t from;
    float alpha2;
} classic;

static seg_status derive_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    (void)band, (void)worker;
    const classic *c = argument;
    const seg_field *a = &c->job->first->grey, *b = &c->job->second->grey;
    for (int32_t y = first; y < end; y++) {
        const float *const rows_a[2] = {seg_field_row(a, y), seg_field_row(a, y + 1)};
        const float *const rows_b[2] = {seg_field_row(b, y), seg_field_row(b, y + 1)};
        c->kernels->cube(seg_field_row(&c->derivative[0], y), seg_field_row(&c->derivative[1], y),
                         seg_field_row(&c->derivative[2], y), rows_a, rows_b, a->width);
    }
    return SEG_OK;
}

static int32_t clamp(int32_t y, int32_t height) {
    return y < 0 ? 0 : y < height ? y : height - 1;
}

static seg_status iterate_band(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    (void)band, (void)worker;
    const classic *c = argument;
    const seg_field *u = &c->u[c->from], *v = &c->v[c->from];
    const seg_field *new_u = &c->u[1 - c->from], *new_v = &c->v[1 - c->from];
    for (int32_t y = first; y < end; y++) {
        const float *rows_u[3], *rows_v[3];
        for (int32_t k = 0; k < 3; k++) {
            rows_u[k] = seg_field_row(u, clamp(y + k - 1, u->height));
            rows_v[k] = seg_field_row(v, clamp(y + k - 1, v->height));
        }
        c->kernels->iterate_1981(seg_field_row(new_u, y), seg_field_row(new_v, y), rows_u, rows_v,
                                 seg_field_row(&c->derivative[0], y),
                                 seg_field_row(&c->derivative[1], y),
                                 seg_field_row(&c->derivative[2], y), c->alpha2, u->width);
        seg_field_extend_row(new_u, y);
        seg_field_extend_row(new_v, y);
    }
    return SEG_OK;
}

seg_status seg_horn_schunck_1981(const seg_flow_job *job) {
    const seg_horn_schunck_options *options = job->options;
    const int32_t width = job->u->width, height = job->u->height;
    classic c = {.kernels = seg_flow_kernels_get(), .job = job};
    c.alpha2 = (float)(options->alpha * options->alpha);
    SEG_TRY(seg_fields_take(c.derivative, 3, width, height, job->scratch));
    SEG_TRY(seg_fields_take(c.u, 2, width, height, job->scratch));
    SEG_TRY(seg_fields_take(c.v, 2, width, height, job->scratch));
    seg_field_clear(&c.u[0]);
    seg_field_clear(&c.v[0]);
    if (job->started) {
        seg_field_copy(&c.u[0], job->u);
        seg_field_copy(&c.v[0], job->v);
        seg_field_extend(&c.u[0]);
        seg_field_extend(&c.v[0]);
    }
    SEG_TRY(seg_run_bands(job->env, height, BAND_HEIGHT, derive_band, &c));
    for (int32_t i = 0; i < options->iterations; i++) {
        SEG_TRY(seg_run_bands(job->env, height, BAND_HEIGHT, iterate_band, &c));
        c.from = 1 - c.from;
    }
    seg_field_copy(job->u, &c.u[c.from]);
    seg_field_copy(job->v, &c.v[c.from]);
    return SEG_OK;
}
