/* Kernels of the feedback of SuBSENSE: from what a row's samples say to what is asked of it next.
 */
#ifndef SEG_KERNELS_FEEDBACK_H
#define SEG_KERNELS_FEEDBACK_H

#include "kernels/consensus.h"

/**
 * One row (P.-L. St-Charles, G.-A. Bilodeau, R. Bergevin, IEEE Trans. Image Processing 24(1),
 * 2015): how far a pixel's distances, segmentation and blinking change its threshold R, its
 * learning time T and the speed v of both. Masks are 0 or 255; shares of time and distances are 0
 * .. 1. `slow` and `quick` are the weights of a frame in the two moving means.
 *   unstable = R > 3, or more than 0.1 of the raw foreground did not last, in either mean
 */
typedef struct seg_feedback_row {
    /* the samples' answer (seg_consensus_row), planes of this frame and of the last one */
    const uint8_t *agreeing, *nearest, *nearest_texture;
    const uint8_t *value[SEG_CONSENSUS_PLANES], *last_value[SEG_CONSENSUS_PLANES];
    const uint8_t *raw, *last_mask,
        *blinks;              /* raw is of this frame, the others of the one before */
    float *distance, *motion; /* of this frame: to the model, to the last frame */
    float *distance_slow, *distance_quick, *motion_quick;
    float *raw_slow, *raw_quick;
    const float *final_slow, *final_quick; /* means of the mask */
    float *r, *t, *v;
    uint8_t *limit, *texture_limit;                    /* as in seg_consensus_row */
    uint8_t *chance_own, *chance_other, *chance_ghost; /* of an exchange, in 256ths */
    float slow, quick, t_least, t_most;
    float threshold;         /* 8-bit levels */
    float share;             /* of the limits that R gives, 0 .. 1 */
    int32_t texture;         /* bits of a colour */
    uint8_t quickest;        /* chance of what is a ghost */
    int32_t colours, needed; /* needed: of the samples */
    int32_t width;           /* whole blocks */
} seg_feedback_row;

typedef struct seg_feedback_kernels {
    /** `limit` = share f (R threshold - 6), without the 6 where it is unstable, f = 1.5 in colour,
     * else 0.5. `texture_limit` = colours (2^R' + texture), and a bit more where it is unstable; R'
     * = R to nearest, 1 to 4. Both at most 254. */
    void (*limits)(const seg_feedback_row *row);
    /** `distance` = mean of nearest 2 / (256 colours) and nearest_texture / (16 colours), 1 where
     *  none agrees, plus the share of `needed` that is missing, at most 1. `motion` = the same mean
     *  of the sum of |value - last_value| and of the bits that differ. */
    void (*distances)(const seg_feedback_row *row);
    /**
     * N = distance, D = min and max of its slow and quick mean
     * T: up by 0.5 / (D_max v) where the last mask was set, or D_min < 0.1 and raw is set; else
     *    down by 0.25 v / D_max; within t_least and t_most
     * v: up by 1 where D_max > 0.1 and the pixel blinks; else down by 0.1, by half of that where it
     *    is unstable, a quarter where the last mask was set; at least 0.1
     * R: up by 0.01 (v - 0.1) where R < (1 + 2 D_min)^2, else down by 0.01 / v; at least 1
     */
    void (*update)(const seg_feedback_row *row);
    /** 1 / T for the pixel itself, 2 / (T + 2) for those around it, within 1 and 255 256ths;
     *  `quickest` for a ghost, which is foreground (raw_quick > 0.995) without moving
     *  (motion_quick < 0.01), else 0. */
    void (*chances)(const seg_feedback_row *row);
} seg_feedback_kernels;

SEG_KERNELS_DECLARE(feedback);

#endif
