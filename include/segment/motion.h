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
 * right, v down), pixels per frame, |u| at most the width of the picture and |v| its height. The
 * first frame of a stream, or after a jump in time, has nothing to be compared with: its flow is 0
 * and the result is marked provisional.
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

typedef enum seg_flow_penalty {
    SEG_FLOW_PENALTY_AUTO = 0,    /**< by the quality */
    SEG_FLOW_PENALTY_QUADRATIC,   /**< s^2 */
    SEG_FLOW_PENALTY_CHARBONNIER, /**< sqrt(s^2 + e^2): edges of the motion stay sharp */
    SEG_FLOW_PENALTY_LORENTZIAN   /**< log(1 + s^2 / (2 e^2)) */
} seg_flow_penalty;

typedef enum seg_flow_median {
    SEG_FLOW_MEDIAN_AUTO = 0, /**< by the quality */
    SEG_FLOW_MEDIAN_NONE,
    SEG_FLOW_MEDIAN_PLAIN,   /**< 5 x 5, after each warp */
    SEG_FLOW_MEDIAN_WEIGHTED /**< that, and one of 15 x 15 guided by colour near edges of the flow
                              */
} seg_flow_median;

typedef struct seg_horn_schunck_options {
    size_t size;
    seg_flow_options flow;
    int32_t penalty;   /**< seg_flow_penalty, of brightness and of smoothness */
    int32_t median;    /**< seg_flow_median, of the flow */
    double smoothness; /**< weight of smoothness; 0 = by penalty and median */
    double gradient; /**< weight of the constancy of the gradient; negative = by penalty, median */
    int32_t warps;   /**< linearisations on each level; 0 = by the quality */
    int32_t stages;  /**< graduated non-convexity: the first stage is quadratic, the last one has
                          the penalty, those between them mixtures; 1 = the penalty at once */
    int32_t scheme;  /**< seg_horn_schunck_scheme */
    double alpha;    /**< 1981: weight of smoothness, 8-bit levels per pixel */
    int32_t iterations; /**< 1981: number of iterations */
} seg_horn_schunck_options;

SEG_API void seg_horn_schunck_options_init(seg_horn_schunck_options *options);

typedef struct seg_dis_options {
    size_t size;
    seg_flow_options flow;
    int32_t stride;     /**< distance of neighbouring patches, pixels */
    int32_t iterations; /**< steps of the search, at most */
    bool refine;        /**< variational refinement on each level */
} seg_dis_options;

SEG_API void seg_dis_options_init(seg_dis_options *options);

typedef struct seg_tv_l1_options {
    size_t size;
    seg_flow_options flow;
    double attachment; /**< weight of constant brightness, per 8-bit level */
    double tightness;  /**< how far the two halves of the energy may disagree, pixels^2 per level */
    int32_t warps;     /**< linearisations on each level; 0 = by the quality */
    int32_t iterations; /**< for each warp; 0 = by the quality */
    bool median;        /**< 5 x 5 median of the flow after each warp */
} seg_tv_l1_options;

SEG_API void seg_tv_l1_options_init(seg_tv_l1_options *options);

typedef struct seg_farneback_options {
    size_t size;
    seg_flow_options flow;
    int32_t window;     /**< side of the window that moves as one, pixels; made odd */
    int32_t iterations; /**< on each level; 0 = by the quality */
    double sigma;       /**< of the Gaussian that weighs a polynomial's surroundings, pixels */
} seg_farneback_options;

SEG_API void seg_farneback_options_init(seg_farneback_options *options);

typedef struct seg_lucas_kanade_options {
    size_t size;
    seg_flow_options flow;
    int32_t window;     /**< side of the window that moves as one, pixels; made odd */
    int32_t iterations; /**< on each level; 0 = by the quality */
    double damping;     /**< squared gradient for each pixel of the window below which the flow
                             before stays, (8-bit levels per pixel)^2 */
    bool median;        /**< 5 x 5 median of the flow after each iteration */
} seg_lucas_kanade_options;

SEG_API void seg_lucas_kanade_options_init(seg_lucas_kanade_options *options);

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

/** A point and where it has gone. Pixels; the middle of the top left one is (0, 0). */
typedef struct seg_tracked_point {
    double x, y;       /**< in the first picture */
    double to_x, to_y; /**< in the second; where it was last seen if it is not found */
    double difference; /**< mean absolute difference of the windows, 8-bit levels */
    double back;       /**< how far from (x, y) it ends when it is tracked back; 0 = not done */
    bool found;
} seg_tracked_point;

typedef struct seg_points_options {
    size_t size;
    int32_t window;     /**< side of the window around a point, 3 .. 51 pixels; made odd */
    int32_t levels;     /**< of the pyramid, 1 .. 8: each halves what moves */
    int32_t iterations; /**< steps on each level, at most */
    double exact;       /**< a step below that is the last one, pixels */
    double texture;     /**< mean squared gradient that a window must have in every direction,
                             (8-bit levels per pixel)^2 */
    double check;       /**< tracked back, a point must come as near to where it was, pixels; 0 = it
                             is not tracked back */
} seg_points_options;

SEG_API void seg_points_options_init(seg_points_options *options);

/**
 * Tracks single points from `first` to `second` (1-4 channels, u8, u16 or f32, of one size) by the
 * pyramidal method of Lucas and Kanade (J.-Y. Bouguet, Intel 2000): reads x and y of `count` points
 * and sets the rest. Lost are points outside, without texture around them, that leave the picture,
 * and that tracked back end elsewhere. `options` NULL means the defaults. Errors:
 * SEG_ERROR_ARGUMENT, _OPTION, _SHAPE, _LIMIT, _MEMORY, _CANCELLED.
 */
SEG_API SEG_NODISCARD seg_status seg_points_track(seg_tracked_point *points, int32_t count,
                                                  const seg_image *first, const seg_image *second,
                                                  const seg_points_options *options,
                                                  const seg_env *env);

/**
 * Corners that are worth tracking, strongest first (J. Shi, C. Tomasi, CVPR 1994): x and y of at
 * most `most` points into `points`, `count` how many. Each is at least `distance` pixels from the
 * others and `quality` (0 .. 1) times as strong as the strongest. Errors: SEG_ERROR_ARGUMENT,
 * _LIMIT, _MEMORY, _CANCELLED.
 */
SEG_API SEG_NODISCARD seg_status seg_points_find(seg_tracked_point *points, int32_t *count,
                                                 int32_t most, const seg_image *picture,
                                                 double quality, double distance,
                                                 const seg_env *env);

/** `source` brought back along the flow: `target` (ensured, of the flow's size, format and channels
 *  of `source`) at (x, y) is `source` at (x + u, y + v), between pixels by straight lines, rounded
 *  to nearest; 0 where that is outside or the flow is unknown. With the flow from the first frame
 *  to the second and the second as source it looks like the first. `source` is u8, u16 or f32 with
 *  1-4 channels, of the flow's size, and apart from `target`. `inside` (ensured U8, or NULL) is 255
 *  where there is a sample. Errors: SEG_ERROR_ARGUMENT, _SHAPE, _MEMORY, _LIMIT. */
SEG_API SEG_NODISCARD seg_status seg_flow_warp(seg_image *target, seg_image *inside,
                                               const seg_image *source, const seg_image *flow,
                                               const seg_env *env);

/** Numbers of a flow field over its known pixels; speeds in the flow's unit. All 0 where nothing is
 *  known. */
typedef struct seg_flow_numbers {
    int64_t known;            /**< pixels with a flow */
    double mean_u, mean_v;    /**< of the components */
    double mean, median, p95; /**< of the speed; quantiles within 1 % */
    double most;              /**< the largest speed */
    double moving;            /**< share of the known pixels with a speed of 0.5 or more */
} seg_flow_numbers;

/** Measures a flow (F32, two channels). Errors: SEG_ERROR_ARGUMENT. */
SEG_API SEG_NODISCARD seg_status seg_flow_measure(seg_flow_numbers *numbers, const seg_image *flow);

/**
 * Method "motion": what moves against the dominant motion, which is the camera's in most videos. A
 * frame gives SEG_OUTPUT_LABELS, the objects, each of which follows one motion and keeps its number
 * while it is seen (0 = the dominant motion); SEG_OUTPUT_MASK, where there is one;
 * SEG_OUTPUT_SCORE, F32, the belief 0 .. 1 that a pixel moves; SEG_OUTPUT_FLOW, F32, two channels,
 * pixels per frame: where a pixel goes until the next frame, or, without look-ahead or a next frame,
 * how it came to its place since the one before. Decisions: the dominant motion, numbers as in seg_motion with
 * the names u (p0), u-x, u-y, ..., v (p6), ..., the numbers of its model, how far the flow deviates
 * from it, and the number of objects. seg_result.orders: which layer is in front of which, where
 * what they hide of each other tells it. The first frame of a stream, or after a cut or jump, has
 * no flow; without look-ahead nothing moves in it then, and it is marked provisional.
 */
typedef struct seg_moving_options {
    size_t size;
    int32_t quality;    /**< seg_flow_quality of the flow */
    int32_t model;      /**< of the dominant motion: 0 = choose, else seg_motion_model + 1 */
    double threshold;   /**< robust deviations from the dominant motion that make a pixel move */
    double smoothness;  /**< of the bonds between neighbours; 0 = each pixel for itself */
    int32_t look_ahead; /**< frames that results come later by: 1 (default) = evidence is the flow to
                             the next frame and to the one before, 0 = to the one before only */
    double min_area;    /**< of an object, percent of the picture */
} seg_moving_options;

SEG_API void seg_moving_options_init(seg_moving_options *options);

SEG_END_DECLS

#endif
