/* Motion: dense optical flow between frames. Run the methods through seg_context, which takes a
 * stream of frames, or on two pictures with seg_flow_between. */
#ifndef SEGMENT_MOTION_H
#define SEGMENT_MOTION_H

#include <segment/method.h>

SEG_BEGIN_DECLS

/** How much time a method takes for how much accuracy. */
typedef enum seg_flow_quality {
    SEG_FLOW_FASTEST = 0,
    SEG_FLOW_FAST,
    SEG_FLOW_DEFAULT,
    SEG_FLOW_ACCURATE
} seg_flow_quality;

typedef enum seg_flow_direction {
    SEG_FLOW_FORWARD = 0, /**< from the frame before to the frame at hand, on the former's grid */
    SEG_FLOW_BACKWARD     /**< from the frame at hand to the one before, on the former's grid */
} seg_flow_direction;

/**
 * What all flow methods have in common. A frame gives SEG_OUTPUT_FLOW: F32, two channels (u to the
 * right, v down), pixels per frame. The first frame of a stream, or after a jump in time, has
 * nothing to be compared with: its flow is 0 and the result is marked provisional.
 */
typedef struct seg_flow_options {
    int32_t quality;   /**< seg_flow_quality */
    int32_t direction; /**< seg_flow_direction */
    bool consistency;  /**< the flow is found both ways: gives SEG_OUTPUT_MASK, 255 where the ways
                            disagree or lead out of the picture (occlusions), and SEG_OUTPUT_SCORE,
                            F32, the confidence 0 .. 1 */
    bool warm_start;   /**< start from the flow of the frame before */
} seg_flow_options;

typedef enum seg_horn_schunck_scheme {
    SEG_HORN_SCHUNCK_PYRAMID = 0, /**< the energy as it is minimised today */
    SEG_HORN_SCHUNCK_1981         /**< the paper's stencils and iteration, on one scale */
} seg_horn_schunck_scheme;

typedef struct seg_horn_schunck_options {
    size_t size;
    seg_flow_options flow;
    int32_t scheme;     /**< seg_horn_schunck_scheme */
    double alpha;       /**< 1981: weight of smoothness, 8-bit levels per pixel */
    int32_t iterations; /**< 1981: number of iterations */
} seg_horn_schunck_options;

SEG_API void seg_horn_schunck_options_init(seg_horn_schunck_options *options);

/**
 * Flow from `first` to `second` (1-4 channels, u8, u16 or f32, of the same shape) by a flow method
 * of the registry: result->flow, on the grid of `first`, and mask and score with
 * `consistency`. `options` are the method's, NULL means the defaults; their `direction` is left to
 * seg_context. Errors: SEG_ERROR_ARGUMENT (NULL, or no flow method), _OPTION, _SHAPE, _UNSUPPORTED,
 * _LIMIT, _MEMORY, _CANCELLED.
 */
SEG_API SEG_NODISCARD seg_status seg_flow_between(seg_result *result, const seg_method *method,
                                                  const seg_image *first, const seg_image *second,
                                                  const void *options, const seg_env *env);

SEG_END_DECLS

#endif
