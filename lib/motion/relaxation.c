/*
 * Successive over-relaxation of red and black pixels, D. M. Young 1954.
 *
 * A sweep is two half sweeps, one for each colour. A row of a half sweep needs the rows above and
 * below of the half sweep before, no more: so that a band of rows can go through all half sweeps
 * while it is in the cache, each a row shorter at the inner ends of the band; then what is left
 * between two bands, each half sweep a row longer. Bands are independent of each other, and so are
 * the gaps: the result is that of whole half sweeps one after the other, whatever the bands.
 */
#include "motion/relaxation.h"

#include "core/bands.h"
#include "core/check.h"

#include <string.h>

seg_status seg_halves_take(seg_halves *halves, int32_t count, int32_t width, int32_t height,
                           seg_scratch *scratch) {
    seg_field *fields = halves[0].half; /* an array of pairs is one of fields */
    return seg_fields_take(fields, 2 * count, seg_half_width(width, 0), height, scratch);
}

/* The room, and the last row and column, which the odd half and the weights may not fill. */
static void clear_border(const seg_field *field) {
    const size_t edge = SEG_FIELD_EDGE * sizeof(float);
    const size_t whole = (size_t)field->width * sizeof(float) + 2 * edge;
    for (int32_t y = -SEG_FIELD_ROWS; y < field->height + SEG_FIELD_ROWS; y++) {
        float *row = seg_field_row(field, y);
        if (y < 0 || y >= field->height - 1) {
            memset(row - SEG_FIELD_EDGE, 0, whole);
            continue;
        }
        memset(row - SEG_FIELD_EDGE, 0, edge);
        memset(row + field->width - 1, 0, edge + sizeof(float));
    }
}

seg_halves seg_halves_reshape(const seg_halves *halves, int32_t width, int32_t height) {
    seg_halves smaller;
    for (int odd = 0; odd < 2; odd++) {
        smaller.half[odd] = seg_field_reshape(&halves->half[odd], seg_half_width(width, 0), height);
        clear_border(&smaller.half[odd]);
    }
    return smaller;
}

/* A row of one half moved to the neighbours in the other: pixel i of the even half lies between
 * i - 1 and i of the odd one, pixel i of the odd half between i and i + 1 of the even one. */
static const float *left_of(const seg_halves *halves, int32_t y, int odd) {
    return seg_field_row(&halves->half[1 - odd], y) - (odd ? 0 : 1);
}

static const float *right_of(const seg_halves *halves, int32_t y, int odd) {
    return seg_field_row(&halves->half[1 - odd], y) + (odd ? 1 : 0);
}

void seg_flow_system_weights(const float *weights[4], const seg_flow_system *system, int32_t y,
                             int odd) {
    weights[0] = left_of(&system->right, y, odd);
    weights[1] = seg_field_row(&system->right.half[odd], y);
    weights[2] = seg_field_row(&system->below.half[odd], y - 1);
    weights[3] = seg_field_row(&system->below.half[odd], y);
}

static void find_near(const float *values[4], const seg_halves *halves, int32_t y, int odd) {
    values[0] = left_of(halves, y, odd);
    values[1] = right_of(halves, y, odd);
    values[2] = seg_field_row(&halves->half[odd], y - 1);
    values[3] = seg_field_row(&halves->half[odd], y + 1);
}

/* Row y of half sweep `half_sweep`. */
static void relax_row(const seg_flow_system *system, const seg_flow_kernels *kernels, float omega,
                      int32_t half_sweep, int32_t y) {
    const int odd = (half_sweep + y) & 1;
    seg_flow_near near;
    find_near(near.u, &system->u, y, odd);
    find_near(near.v, &system->v, y, odd);
    const seg_flow_block block = {seg_field_row(&system->block[0].half[odd], y),
                                  seg_field_row(&system->block[1].half[odd], y),
                                  seg_field_row(&system->block[2].half[odd], y),
                                  seg_field_row(&system->block[3].half[odd], y),
                                  seg_field_row(&system->block[4].half[odd], y)};
    float *u = seg_field_row(&system->u.half[odd], y), *v = seg_field_row(&system->v.half[odd], y);
    const int32_t count = seg_half_width(system->width, odd);
    if (system->even) {
        for (int k = 0; k < 4; k++)
            near.weight[k] = NULL;
        kernels->relax_even(u, v, &near, &block, omega, count);
    } else {
        seg_flow_system_weights(near.weight, system, y, odd);
        kernels->relax(u, v, &near, &block, omega, count);
    }
}

/* ---- bands ---- */

#define MOST_AT_ONCE 20     /* half sweeps that go through a band at once */
#define CACHED_PIXELS 12800 /* whose rows of the system stay in the second-level cache */

typedef struct relaxation {
    const seg_flow_system *system;
    const seg_flow_kernels *kernels;
    int32_t half_sweeps, bands;
    float omega;
} relaxation;

/* Of band `band`. Bands are as high as two gaps or more, so that gaps stay apart. */
static int32_t end_of(const relaxation *r, int32_t band) {
    return (int32_t)((int64_t)r->system->height * (band + 1) / r->bands);
}

static seg_status relax_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)first, (void)end, (void)worker;
    const relaxation *r = argument;
    const int32_t top = band == 0 ? 0 : end_of(r, band - 1), bottom = end_of(r, band);
    /* inner ends recede by a row each half sweep; row after row, half sweep s is s rows behind */
    const int32_t top_step = band == 0 ? 0 : 1, bottom_step = band == r->bands - 1 ? 0 : 1;
    for (int32_t front = top; front < bottom + r->half_sweeps; front++)
        for (int32_t s = 0; s < r->half_sweeps; s++) {
            const int32_t y = front - s;
            if (y >= top + top_step * s && y < bottom - bottom_step * s)
                relax_row(r->system, r->kernels, r->omega, s, y);
        }
    return SEG_OK;
}

static seg_status relax_gap(void *argument, int32_t gap, int32_t first, int32_t end,
                            int32_t worker) {
    (void)first, (void)end, (void)worker;
    const relaxation *r = argument;
    const int32_t middle = end_of(r, gap);
    for (int32_t s = 1; s < r->half_sweeps; s++)
        for (int32_t y = middle - s; y < middle + s; y++)
            relax_row(r->system, r->kernels, r->omega, s, y);
    return SEG_OK;
}

seg_status seg_flow_relax(const seg_flow_system *system, int32_t sweeps, double omega,
                          const seg_env *env) {
    relaxation r = {.system = system, .kernels = seg_flow_kernels_get(), .omega = (float)omega};
    int32_t at_once = CACHED_PIXELS / system->width / 2 * 2;
    at_once = at_once < 4 ? 4 : at_once > MOST_AT_ONCE ? MOST_AT_ONCE : at_once;
    r.bands = system->height / (2 * MOST_AT_ONCE);
    if (r.bands < 1) r.bands = 1;
    for (int32_t left = 2 * sweeps; left > 0; left -= r.half_sweeps) {
        r.half_sweeps = left < at_once ? left : at_once;
        SEG_TRY(seg_run_bands(env, r.bands, 1, relax_band, &r));
        SEG_TRY(seg_run_bands(env, r.bands - 1, 1, relax_gap, &r));
    }
    return SEG_OK;
}
