/* Weights of frames. */
#include "temporal/learning.h"

#include "core/check.h"
#include "core/math.h"

#define LN_2 0.69314718055994530942

seg_status seg_learning_weigh(double *weight, bool *warm, const seg_learning *learning,
                              const seg_clock *clock) {
    const seg_duration *half_life = &learning->half_life;
    const bool timed = half_life->value > 0;
    *warm = false;
    *weight = learning->rate;
    if (timed) {
        SEG_TRY(seg_clock_need(clock, half_life, "half-life"));
        *weight = 1 - seg_exp(-LN_2 * seg_clock_step(clock, half_life) / half_life->value);
    }
    if (!timed && learning->rate <= 0) return SEG_OK; /* frozen */
    SEG_TRY(seg_clock_need(clock, &learning->warmup, "warmup"));
    *warm = seg_clock_within(clock, &learning->warmup);
    const double mean = 1.0 / (double)(clock->frames + 1);
    if (*warm && mean > *weight) *weight = mean;
    return SEG_OK;
}
