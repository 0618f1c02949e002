/* Weights of frames. */
#include "temporal/learning.h"

#include "core/check.h"
#include "core/math.h"

#define LN_2 0.69314718055994530942

const char *const seg_learn_names[] = {"on", "off", "warmup", NULL};

/* Weight by the frame's time or the rate. */
static seg_status usual_weight(double *weight, const seg_learning *learning,
                               const seg_clock *clock) {
    const seg_duration *half_life = &learning->half_life, *history = &learning->history;
    *weight = learning->rate;
    if (half_life->value > 0) {
        SEG_TRY(seg_clock_need(clock, half_life, "half-life"));
        *weight = 1 - seg_exp(-LN_2 * seg_clock_step(clock, half_life) / half_life->value);
    } else if (history->value > 0) {
        SEG_TRY(seg_clock_need(clock, history, "history"));
        *weight = seg_smaller(1, seg_clock_step(clock, history) / history->value);
    }
    return SEG_OK;
}

seg_status seg_learning_weigh(double *weight, bool *warm, const seg_learning *learning,
                              const seg_clock *clock) {
    const bool timed = learning->half_life.value > 0 || learning->history.value > 0;
    const bool frozen = learning->learn == SEG_LEARN_OFF || (!timed && learning->rate <= 0);
    SEG_TRY(usual_weight(weight, learning, clock));
    SEG_TRY(seg_clock_need(clock, &learning->warmup, "warmup"));
    *warm = !frozen && seg_clock_within(clock, &learning->warmup);
    const double mean = 1.0 / (double)(clock->frames + 1);
    if (frozen || (learning->learn == SEG_LEARN_WARMUP && !*warm))
        *weight = 0;
    else if (learning->mean && *warm)
        *weight = seg_larger(mean, *weight);
    return SEG_OK;
}
