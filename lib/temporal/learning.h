/* How much of a frame a background model learns, in the units that people mean. */
#ifndef SEG_TEMPORAL_LEARNING_H
#define SEG_TEMPORAL_LEARNING_H

#include "core/clock.h"

/** The options of a method that say it; another unit is another member. */
typedef struct seg_learning {
    double rate;            /* weight of a new frame, 0 .. 1; 0 = frozen exactly */
    seg_duration half_life; /* if its value > 0: replaces rate, by the frames' times */
    seg_duration warmup;    /* while it lasts the model is the plain mean of the frames */
} seg_learning;

/** Weight of the frame at hand. While the warm-up lasts it is at least 1 / (frames so far + 1), and
 *  *warm is set. SEG_ERROR_ARGUMENT where seconds are given and frames have no time. */
SEG_NODISCARD seg_status seg_learning_weigh(double *weight, bool *warm,
                                            const seg_learning *learning, const seg_clock *clock);

#endif
