/* Objects of masks and label pictures, filters over them, and following them through time. */
#ifndef SEGMENT_OBJECTS_H
#define SEGMENT_OBJECTS_H

#include <segment/geometry.h>
#include <segment/params.h>
#include <segment/result.h>

SEG_BEGIN_DECLS

/**
 * Measures every label > 0 of `labels` into result->objects, ascending by id. Intensities are those
 * of `picture` (NULL or empty: not measured), of the same size, 1-4 channels, u8, u16 or f32: of
 * its grey (BT.601), and of red, green and blue if it has them. Errors: SEG_ERROR_ARGUMENT,
 * _UNSUPPORTED, _SHAPE, _MEMORY, _LIMIT (2^29 objects).
 */
SEG_API SEG_NODISCARD seg_status seg_objects_measure(seg_result *result, const seg_image *labels,
                                                     const seg_image *picture, const seg_env *env);

/**
 * Fits a motion to result->flow under each of result->objects, whose ids are in result->labels,
 * that has none yet: by the model of result->flow_about, or the one that seg_motion_choose finds;
 * robustly, from 512 to 1024 of its pixels where it has more; and counts its layers by
 * result->orders. Objects without known flow stay without motion. Errors: SEG_ERROR_ARGUMENT
 * (NULL), _UNSUPPORTED (the result has no labels or no flow), _SHAPE, _MEMORY.
 */
SEG_API SEG_NODISCARD seg_status seg_objects_measure_motion(seg_result *result, const seg_env *env);

/** Speed of a motion (pixels per frame) and its direction: degrees from the x axis,
 *  counter-clockwise as seen, -180 < .. <= 180; 0 where nothing moves. */
SEG_API double seg_motion_speed(double u, double v, double *direction);

/** The fields of objects, by which expressions and tables know them: name of field 0, 1, ..., NULL
 *  behind the last. */
SEG_API const char *seg_object_field_name(int32_t field);

/** What the field means, with its unit; NULL behind the last. */
SEG_API const char *seg_object_field_help(int32_t field);

/** Value of a field; NaN where it was not measured. `width`, `height` of the picture. */
SEG_API double seg_object_field_value(const seg_object *object, int32_t field, int32_t width,
                                      int32_t height);

/** A compiled filter, e.g. `area > 50 && circularity > 0.6`. */
typedef struct seg_keep seg_keep;

/**
 * Compiles an expression over the fields of an object (seg_object_field_name); operators || && !
 * == != < <= > >= + - * / and parentheses; numbers. Comparisons with what was not measured are
 * false.
 * Errors: SEG_ERROR_OPTION with the place of the mistake; SEG_ERROR_MEMORY.
 */
SEG_API SEG_NODISCARD seg_status seg_keep_create(seg_keep **keep, const char *expression,
                                                 const seg_env *env);

/** True if the object passes. `width`, `height` of the picture. */
SEG_API bool seg_keep_test(const seg_keep *keep, const seg_object *object, int32_t width,
                           int32_t height);

/** True if the expression asks for intensities: of colours (`in_colour`), or of any. */
SEG_API bool seg_keep_needs_picture(const seg_keep *keep, bool in_colour);

SEG_API void seg_keep_free(seg_keep *keep);

/* ---- tracks ---- */

typedef struct seg_track_options {
    size_t size;
    double gate;         /**< an object belongs to a track within so many deviations */
    int32_t birth;       /**< frames in a row that make an object a track */
    seg_duration death;  /**< a track that is not seen for longer ends */
    seg_duration merged; /**< a track that has no object for itself for longer ends */
    double noise;        /**< deviation of measured places, of the object's size */
    double agility;      /**< deviation of accelerations, of the object's size per frame^2 */
    seg_size join;       /**< pieces of a track's object that are nearer belong together */
} seg_track_options;

SEG_API void seg_track_options_init(seg_track_options *options);

/** The parameter table of seg_track_options: "track-gate", ... */
SEG_API const seg_param_table *seg_track_params(void);

/** An object through time. */
typedef struct seg_track {
    int32_t id;    /**< from 1, in the order in which they were born; never used again */
    int32_t age;   /**< frames since it was first seen, from 1 */
    int64_t first; /**< frame in which it was first seen */
    int64_t last;  /**< frame in which it was last seen */
    double first_time, last_time;  /**< the same in seconds; negative without time */
    seg_box box;                   /**< where it is by the filter, pixel (0,0) being 0..1, 0..1 */
    double velocity_x, velocity_y; /**< pixels per second, or per frame without time */
    int64_t peak_area;  /**< largest that it was since birth, alone in an object; pixels */
    int64_t peak_frame; /**< when that was */
    double peak_time;   /**< seconds; negative without time */
    seg_rect peak_box;  /**< the object's box then */
    bool seen;          /**< in the last frame; else the box is a prediction */
    bool ended;         /**< with the last frame; the next one drops it */
} seg_track;

/** Follows objects from frame to frame. */
typedef struct seg_tracker seg_tracker;

/**
 * Starts a tracker; free it with seg_tracker_free. `options` NULL means the defaults. `env` is
 * copied, what it points to must outlive the tracker.
 * Errors: SEG_ERROR_ARGUMENT (NULL), SEG_ERROR_OPTION, SEG_ERROR_MEMORY.
 */
SEG_API SEG_NODISCARD seg_status seg_tracker_create(seg_tracker **tracker,
                                                    const seg_track_options *options,
                                                    const seg_env *env);

/**
 * The objects of the next frame, as seg_objects_measure leaves them: result->labels and, ascending
 * by id, result->objects. Both get the tracks' ids: an object that several tracks share is divided
 * among them, pieces of one are put together, and what is no track yet (options.birth) becomes 0
 * and is not in the list. The mask is left as it is. Durations go by the result's time stamps.
 * Constant-velocity Kalman filters, one per axis, and optimal assignment within gates: S. Blackman,
 * R. Popoli, "Design and Analysis of Modern Tracking Systems", 1999, chapters 4 and 6.
 * Errors: SEG_ERROR_ARGUMENT (NULL; seconds without time stamps; labels that are none),
 * SEG_ERROR_SHAPE (another size than before), SEG_ERROR_MEMORY. The tracks are then as they were,
 * and the result is of no use.
 */
SEG_API SEG_NODISCARD seg_status seg_tracker_apply(seg_tracker *tracker, seg_result *result);

/** The tracks that were born, ascending by id, and their number; valid until the next call. */
SEG_API const seg_track *seg_tracker_tracks(const seg_tracker *tracker, int32_t *count);

/** Where the track at that place in the list was of late, oldest first: centres of its boxes in
 *  pixels, and their number (at most 32). */
SEG_API const seg_point *seg_tracker_trail(const seg_tracker *tracker, int32_t place,
                                           int32_t *count);

/** Forgets all; ids begin with 1 again. NULL is allowed. */
SEG_API void seg_tracker_reset(seg_tracker *tracker);

/** Writes the tracks as a blob, as seg_context_save. Errors: SEG_ERROR_ARGUMENT, SEG_ERROR_STATE
 *  (no frame yet), SEG_ERROR_LIMIT (too little room). */
SEG_API SEG_NODISCARD seg_status seg_tracker_save(const seg_tracker *tracker, void *buffer,
                                                  size_t *size);

/** Restores them; any bytes may be given. Errors: SEG_ERROR_ARGUMENT, SEG_ERROR_DATA, SEG_ERROR_
 *  MEMORY. The tracks are then as they were. */
SEG_API SEG_NODISCARD seg_status seg_tracker_load(seg_tracker *tracker, const void *buffer,
                                                  size_t size);

/** NULL is allowed. */
SEG_API void seg_tracker_free(seg_tracker *tracker);

SEG_END_DECLS

#endif
