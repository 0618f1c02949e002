/* How much of a frame a background model learns, in the units that people mean. */
#ifndef SEG_TEMPORAL_LEARNING_H
#define SEG_TEMPORAL_LEARNING_H

#include "core/clock.h"
#include <segment/temporal.h>

/** The options of a method that say it; 0 is another unit's. */
typedef struct seg_learning {
    double rate;            /* weight of a new frame, 0 .. 1; 0 = frozen exactly */
    seg_duration history;   /* if its value > 0: replaces rate by one frame in so many */
    seg_duration half_life; /* if its value > 0: replaces rate, by the frames' times */
    seg_duration warmup;    /* the model is young */
    bool mean;              /* while it is, it is the plain mean of the frames */
    int32_t learn;          /* seg_learn */
} seg_learning;

/* Rows of a parameter table. */
/* clang-format off */
#define SEG_HISTORY_PARAM(type, member, text)                                                      \
    {"history", SEG_PARAM_DURATION, offsetof(type, member), text, 0, 1e9, NULL, "duration",        \
     "Time that the background remembers (200f, 8s): replaces the rate by one in so many frames "  \
     "if above 0.", ""}
#define SEG_LEARN_PARAM(type, member)                                                              \
    {"learn", SEG_PARAM_ENUM, offsetof(type, member), "on", 0, 0, seg_learn_names, "",             \
     "Whether the background is learnt: always, from the first frame only, or while the warm-up "  \
     "lasts.", ""}
/* clang-format on */

extern const char *const seg_learn_names[];

/** Weight of the frame at hand; 0 = not a bit of the model changes. *warm is set while the warm-up
 *  of a model that learns lasts; with `mean` the weight is then at least 1 / (frames so far + 1).
 *  SEG_ERROR_ARGUMENT where seconds are given and frames have no time. */
SEG_NODISCARD seg_status seg_learning_weigh(double *weight, bool *warm,
                                            const seg_learning *learning, const seg_clock *clock);

#endif
