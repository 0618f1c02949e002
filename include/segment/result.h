/* What methods give back: pictures, decisions, objects. */
#ifndef SEGMENT_RESULT_H
#define SEGMENT_RESULT_H

#include <segment/frame.h>
#include <segment/motion_model.h>

SEG_BEGIN_DECLS

/** Kinds of output that a method can declare and fill, as bits. */
typedef enum seg_output {
    SEG_OUTPUT_MASK = 1,       /**< result.mask: U8 0/255 */
    SEG_OUTPUT_LABELS = 2,     /**< result.labels: LABEL32 */
    SEG_OUTPUT_SCORE = 4,      /**< result.score: U8, U16 or F32, one channel */
    SEG_OUTPUT_BACKGROUND = 8, /**< result.background: model picture */
    SEG_OUTPUT_PICTURE = 16,   /**< result.picture: a filtered picture */
    SEG_OUTPUT_FLOW = 32,      /**< result.flow: F32, two channels, pixels per frame */
    SEG_OUTPUT_CURVES = 64     /**< result.curves: edges between the pixels */
} seg_output;

/** A number that a method chose or found, e.g. {"level", 117, "8-bit"}. */
typedef struct seg_decision {
    const char *name; /**< static storage */
    double value;
    const char *unit; /**< static storage, "" if none */
} seg_decision;

/** Samples of the pixels of an object, in 8-bit units (255 = full scale) at every depth. f32 is
 *  rounded to 16 bits; what is no finite number does not count. */
typedef struct seg_intensity {
    double min, mean, max;
    double deviation; /**< of the population: the root of the mean squared distance to the mean */
} seg_intensity;

/** One object of a mask or label picture. Coordinates in pixels of the picture. */
typedef struct seg_object {
    int32_t id;                    /**< value in the label picture */
    seg_rect box;                  /**< tight bounding box */
    int64_t area;                  /**< pixels */
    double centroid_x, centroid_y; /**< mean of the pixel centres, pixel (0,0) at (0,0) */
    double perimeter;              /**< Crofton estimate over 4 directions, pixels */
    double circularity;            /**< 4 pi area / perimeter^2, at most 1 */
    int32_t age;                   /**< tracked: frames since it was first seen, from 1; else 0 */
    double velocity_x, velocity_y; /**< tracked: pixels per second, or per frame without time */
    /** Second central moments of the pixel centres / area, pixels^2. */
    double variance_x, covariance, variance_y;
    /** Axes of the ellipse that has these moments: 4 times the roots of their eigenvalues, pixels.
     */
    double major, minor;
    double orientation;  /**< of the major axis, degrees from the x axis, counter-clockwise as
                              seen, -90 < .. <= 90; 0 if there is none */
    double eccentricity; /**< of that ellipse: 0 a circle .. 1 a line */
    int64_t convex_area; /**< pixels whose centre is in the convex hull (objects/convex.h) */
    double solidity;     /**< area / convex_area */
    int32_t euler;       /**< 8-connected parts - holes */
    int32_t intensities; /**< 0 = not measured, 1 = grey, 4 = grey, red, green and blue */
    seg_intensity grey, red, green, blue;
    /** Motion (seg_objects_measure_motion), pixels per frame; nothing is known of the rest if
     *  motion_numbers is 0. */
    int32_t motion_numbers; /**< of its model: 2, 4, 6, 8 or 12 */
    seg_motion motion;
    double motion_x, motion_y;     /**< of the centroid in the picture */
    double relative_x, relative_y; /**< of the centroid against the dominant motion */
    int32_t in_front_of, behind;   /**< layers, by seg_result.orders */
} seg_object;

/** Two layers that meet, by the ids of objects; 0 = what follows the dominant motion. */
typedef struct seg_layer_order {
    int32_t front, behind;
} seg_layer_order;

/** A point of an edge, where the gradient is steepest, not bound to a pixel. */
typedef struct seg_edge_point {
    double x, y;    /**< pixel (0,0) has its centre at (0,0) */
    float nx, ny;   /**< across the edge, towards the brighter side, of length 1 */
    float strength; /**< the method's unit: that of its score */
} seg_edge_point;

/** Points one after the other, the brighter side to the right as seen on a screen. */
typedef struct seg_edge_curve {
    int32_t first, count; /**< into seg_edge_curves.points; at least 2 */
    bool closed;          /**< the last point is joined to the first */
} seg_edge_curve;

/** Curves in raster order of their first pixel; no point is in two of them. */
typedef struct seg_edge_curves {
    seg_edge_curve *items;
    int32_t count, capacity;
    seg_edge_point *points;
    int32_t point_count, point_capacity;
} seg_edge_curves;

/** What result.flow is, beside its vectors. */
typedef struct seg_flow_about {
    double seconds;      /**< between the frames that it leads from and to; 0 = unknown */
    seg_motion dominant; /**< pixels per frame; 0 where none was looked for */
    int32_t model;       /**< for motions of objects: seg_motion_model + 1, 0 = choose one */
} seg_flow_about;

typedef enum seg_result_flag {
    SEG_RESULT_PROVISIONAL = 1, /**< warm-up: the model has seen too little */
    SEG_RESULT_DECISIONS_LOST = 2
} seg_result_flag;

#define SEG_MAX_DECISIONS 32

/** The caller's: init, use for any number of calls, free. Pictures are reused while they fit. */
typedef struct seg_result {
    seg_image mask, labels, score, background, picture, flow;
    seg_flow_about flow_about;
    uint32_t outputs;        /**< seg_output bits that the last call filled */
    double score_full_scale; /**< value of result.score that means certainty; fixed per method */
    seg_decision decisions[SEG_MAX_DECISIONS];
    int32_t decision_count;
    seg_object *objects; /**< object_count items, owned by the result */
    int32_t object_count, object_capacity;
    seg_layer_order *orders; /**< motion: who is in front of whom, where that can be told; owned by
                                  the result. A pipeline that numbers objects anew (tracks, split)
                                  has none */
    int32_t order_count, order_capacity;
    seg_edge_curves curves; /**< owned by the result */
    /* the frame that is described */
    int64_t index, pts, duration;
    seg_rational time_base;
    uint32_t flags;                 /**< seg_result_flag */
    const seg_allocator *allocator; /**< of `objects`, `orders` and `curves` */
} seg_result;

/** Makes it empty. `env` gives the allocator, may be NULL. */
SEG_API void seg_result_init(seg_result *result, const seg_env *env);

/** Releases all; the result may be used again as after init. NULL is allowed. */
SEG_API void seg_result_free(seg_result *result);

/** Adds or replaces a decision; name and unit are static strings. */
SEG_API void seg_result_decide(seg_result *result, const char *name, double value,
                               const char *unit);

/** The decision of that name, or NULL. */
SEG_API const seg_decision *seg_result_decision(const seg_result *result, const char *name);

SEG_END_DECLS

#endif
