#include "motion/agreement.h"

#include "core/bands.h"
#include "core/check.h"

#include <math.h>

#define BAND_HEIGHT 16

typedef struct sums {
    double a, b, aa, bb, ab;
} sums;

typedef struct agreeing {
    const seg_field *a, *b, *u, *v;
    sums *bands;
} agreeing;

static float sample_along(const seg_field *field, float x, float y) {
    const int32_t ix = (int32_t)floorf(x + 0.5f), iy = (int32_t)floorf(y + 0.5f);
    const int32_t cx = ix < 0 ? 0 : ix >= field->width ? field->width - 1 : ix;
    const int32_t cy = iy < 0 ? 0 : iy >= field->height ? field->height - 1 : iy;
    return seg_field_row(field, cy)[cx];
}

static seg_status sums_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)worker;
    const agreeing *job = argument;
    sums s = {0};
    for (int32_t y = first; y < end; y++) {
        const float *row = seg_field_row(job->a, y);
        for (int32_t x = 0; x < job->a->width; x++) {
            const float u = job->u ? seg_field_row(job->u, y)[x] : 0;
            const float v = job->v ? seg_field_row(job->v, y)[x] : 0;
            const double p = (double)row[x];
            const double q = (double)sample_along(job->b, (float)x + u, (float)y + v);
            s.a += p, s.b += q, s.aa += p * p, s.bb += q * q, s.ab += p * q;
        }
    }
    job->bands[band] = s;
    return SEG_OK;
}

seg_status seg_agreement_find(seg_agreement *found, const seg_field *a, const seg_field *b,
                              const seg_field *u, const seg_field *v, seg_scratch *scratch,
                              const seg_env *env) {
    const int32_t bands = seg_band_count(a->height, BAND_HEIGHT);
    agreeing job = {a, b, u, v, seg_scratch_take(scratch, (size_t)bands, sizeof(sums), "sums")};
    if (!job.bands) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_run_bands(env, a->height, BAND_HEIGHT, sums_band, &job));
    sums s = {0};
    for (int32_t i = 0; i < bands; i++) {
        const sums *band = &job.bands[i];
        s.a += band->a, s.b += band->b, s.aa += band->aa, s.bb += band->bb, s.ab += band->ab;
    }
    const double n = (double)a->width * a->height;
    const double va = s.aa / n - s.a / n * (s.a / n), vb = s.bb / n - s.b / n * (s.b / n);
    const double covariance = s.ab / n - s.a / n * (s.b / n);
    *found = (seg_agreement){.correlation = 1, .step = fabs(s.a - s.b) / n};
    if (va > 1 && vb > 1) found->correlation = covariance / sqrt(va * vb);
    return SEG_OK;
}
