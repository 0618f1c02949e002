/* Change over time: frame differences and background models. Run them through seg_context
 * (method ids "frame-diff" and "background"). */
#ifndef SEGMENT_TEMPORAL_H
#define SEGMENT_TEMPORAL_H

#include <segment/method.h>

SEG_BEGIN_DECLS

typedef struct seg_frame_diff_options {
    size_t size;
    int32_t span; /**< frames compared: 2 = |I(t) - I(t-lag)|; 3 = changed against both neighbours
                       (delay = lag); N = largest minus smallest over N frames */
    int32_t lag;  /**< distance of the frames, frames */
    seg_level threshold; /**< changed pixels differ by more */
} seg_frame_diff_options;

SEG_API void seg_frame_diff_options_init(seg_frame_diff_options *options);

typedef struct seg_background_options {
    size_t size;
    const seg_image *reference; /**< fixed background picture, or NULL: a running average */
    double rate;                /**< weight of a new frame, 0 .. 1; 0 = frozen exactly */
    seg_duration half_life;     /**< if its value > 0: replaces rate, by the frames' times */
    bool selective;             /**< pixels found foreground are not learnt */
    seg_level threshold;        /**< foreground differs from the background by more */
    seg_duration warmup;        /**< results before it are marked provisional */
} seg_background_options;

SEG_API void seg_background_options_init(seg_background_options *options);

SEG_END_DECLS

#endif
