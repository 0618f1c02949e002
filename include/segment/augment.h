/* Augmentation: samples (a picture with its labels), and pipelines that change both together. */
#ifndef SEGMENT_AUGMENT_H
#define SEGMENT_AUGMENT_H

#include <segment/geometry.h>
#include <segment/image.h>
#include <segment/params.h>

SEG_BEGIN_DECLS

/* ---- samples ---- */

/** Kinds of labels, as bits. */
typedef enum seg_label_kind {
    SEG_LABEL_CLASS = 1, /**< of the whole picture: one-hot or soft */
    SEG_LABEL_BOXES = 2, /**< of objects, as all but classes and semantic masks */
    SEG_LABEL_ROTATED_BOXES = 4,
    SEG_LABEL_POLYGONS = 8,
    SEG_LABEL_POINTS = 16,    /**< key points */
    SEG_LABEL_SEMANTIC = 32,  /**< a picture of classes */
    SEG_LABEL_INSTANCES = 64, /**< a picture of the objects' ids */
    SEG_LABEL_RLE = 128       /**< run lengths, an object each, which may overlap */
} seg_label_kind;

#define SEG_LABEL_KINDS 8
#define SEG_LABEL_ALL 255u

/** "class", "boxes", ...: the name of a single bit; NULL of anything else. */
SEG_API const char *seg_label_kind_name(uint32_t kind);

/** A box turned about its centre. */
typedef struct seg_rotated_box {
    double x, y;          /**< centre, pixels; pixel (0,0) is 0..1, 0..1 */
    double width, height; /**< pixels */
    double angle;         /**< degrees, of the width from the x axis towards the y axis */
} seg_rotated_box;

/** A key point, as COCO has them. */
typedef struct seg_keypoint {
    double x, y;        /**< pixels; pixel (0,0) is 0..1, 0..1. 0, 0 where it is not labelled */
    int32_t visibility; /**< 0 not labelled or outside, 1 hidden, 2 visible */
} seg_keypoint;

/** One object of a sample: it lives or dies whole. */
typedef struct seg_object_label {
    int32_t id;       /**< its value in `instances`, above 0; no two of a sample are equal */
    int32_t category; /**< class */
    int64_t tag;      /**< the caller's, carried along */
    bool crowd;
    uint32_t kinds; /**< seg_label_kind bits: which of the following it has */
    seg_box box;
    seg_rotated_box rotated;
    int32_t first_polygon, polygon_count; /**< into seg_sample.polygons */
    int32_t first_point, point_count;     /**< into seg_sample.points */
    int32_t first_run, run_count;         /**< into seg_sample.runs: as seg_rle.counts */
    double area;                          /**< pixels that are seen; 0 = not known yet */
    double visible;                       /**< share of what it was when it came in, 0 .. 1 */
} seg_object_label;

typedef struct seg_polygon_span {
    int32_t first, count; /**< corners in seg_sample.corners */
} seg_polygon_span;

/** A picture with its labels. Zero or seg_sample_init makes one that is empty. Lists belong to the
 *  sample and keep their memory from use to use. */
typedef struct seg_sample {
    const char *name;    /**< relative name in the set, borrowed; what draws are keyed by */
    seg_image picture;   /**< u8, u16 or f32 of 1-4 channels; own or borrowed */
    seg_image semantic;  /**< U8, U16 or LABEL32 of the same size, or empty */
    seg_image instances; /**< LABEL32 of the same size, or empty */
    seg_image saliency;  /**< U8 of one channel and the same size, or empty: what matters, for
                              keep-cutout and keep-cutmix. It moves and mixes as the picture does */
    float *classes;      /**< share of each class, summing to 1 */
    int32_t class_count, class_capacity; /**< class_count 0 = none */
    seg_object_label *objects;
    int32_t object_count, object_capacity;
    seg_polygon_span *polygons;
    int32_t polygon_count, polygon_capacity;
    double *corners; /**< x, y, x, y ... in pixels; counted in pairs */
    int32_t corner_count, corner_capacity;
    seg_keypoint *points;
    int32_t point_count, point_capacity;
    uint32_t *runs;
    int32_t run_count, run_capacity;
    int32_t dropped;                /**< objects that did not live through the pipeline */
    int32_t lost_points;            /**< key points that left the picture */
    const seg_allocator *allocator; /**< of the lists; set by seg_sample_init */
    const char *clip; /**< what it is a frame of, borrowed: draws are keyed by it in place of the
                           name, so that all frames are drawn alike. NULL = of nothing */
} seg_sample;

SEG_API void seg_sample_init(seg_sample *sample, const seg_env *env);

/** Empties it: pictures are let go, lists keep their memory. */
SEG_API void seg_sample_clear(seg_sample *sample);

/** Releases everything. NULL is allowed. */
SEG_API void seg_sample_free(seg_sample *sample);

/** Makes `target` (initialised) a deep copy; its pictures are reused where they fit. Errors:
 *  SEG_ERROR_ARGUMENT, _LIMIT, _MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_sample_copy(seg_sample *target, const seg_sample *source,
                                                 const seg_env *env);

/** The kinds of labels it has. */
SEG_API uint32_t seg_sample_kinds(const seg_sample *sample);

/** Checks all that a caller may have got wrong: pictures, sizes, lists, runs, ids, soft classes.
 *  Errors: SEG_ERROR_ARGUMENT, _SHAPE, _UNSUPPORTED, _DATA (run lengths). */
SEG_API SEG_NODISCARD seg_status seg_sample_check(const seg_sample *sample);

/** Appends an object without polygons, points and runs, which the following add to it. `visible`
 *  is set to 1. Errors: SEG_ERROR_MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_sample_add_object(seg_sample *sample,
                                                       const seg_object_label *object);
/** These add to the object last appended. Errors: SEG_ERROR_STATE (there is none),
 *  SEG_ERROR_MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_sample_add_polygon(seg_sample *sample, const double *xy,
                                                        int32_t corners);
SEG_API SEG_NODISCARD seg_status seg_sample_add_points(seg_sample *sample,
                                                       const seg_keypoint *points, int32_t count);
SEG_API SEG_NODISCARD seg_status seg_sample_add_runs(seg_sample *sample, const uint32_t *runs,
                                                     int32_t count);

/** Sets `count` classes, all 0 but `category`, which is 1; -1 = all 0 yet. Errors:
 *  SEG_ERROR_ARGUMENT (no such category), _MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_sample_set_class(seg_sample *sample, int32_t category,
                                                      int32_t count);

/* ---- augmentations ---- */

typedef struct seg_augmentation seg_augmentation;
struct seg_augment_step;
struct seg_augment_geometry;

/** One augmentation. Its options begin with `size_t size; double p;`. One function member is set.
 */
struct seg_augmentation {
    const char *id;        /**< "hflip" */
    const char *title;     /**< a few words */
    const char *family;    /**< "geometric", "pixel", "erase", "mix", "style", "policy" */
    const char *reference; /**< paper; "" if folklore */
    int32_t year;
    uint32_t formats;  /**< SEG_FORMAT_BITs taken */
    uint32_t channels; /**< bit n set = n channels taken */
    uint32_t labels;   /**< seg_label_kind bits that it carries; others are refused by name */
    int32_t partners;  /**< other samples that it takes, at most */
    bool holds;        /**< a policy: its arguments are augmentations */
    const seg_param_table *params;
    /** What options contradict each other; NULL = none do. */
    seg_status (*check)(const void *options);
    /** Geometric: where the pixels of the new picture come from, for all targets alike. */
    seg_status (*plan)(struct seg_augment_step *step, struct seg_augment_geometry *geometry);
    /** Pixel: `target` is of the shape of `source`; labels stay. */
    seg_status (*filter)(struct seg_augment_step *step, const seg_image *target,
                         const seg_image *source);
    /** Anything: makes the new sample. */
    seg_status (*mix)(struct seg_augment_step *step);
    /** Policy: says by seg_augment_step_select which of its `count` steps run. */
    seg_status (*choose)(struct seg_augment_step *step, int32_t count);
    /** Policy with steps of its own: the chain of them, made by the options; NULL = its arguments.
     *  Writes 0-ended text, returns the length it needs, as snprintf. */
    int (*chain)(char *text, size_t size, const void *options);
};

/** All augmentations in a fixed order; `count` gets their number. */
SEG_API const seg_augmentation *const *seg_augmentations(int32_t *count);

/** The augmentation of that id, or NULL. */
SEG_API const seg_augmentation *seg_augmentation_find(const char *id);

/** The id nearest to a misspelt one, or NULL if none is near. */
SEG_API const char *seg_augmentation_nearest(const char *id);

/* ---- pipelines ---- */

/** Where the box of an object comes from. */
typedef enum seg_boxes_from {
    SEG_BOXES_AUTO = 0, /**< its mask, else its polygons, else the ellipse in its box */
    SEG_BOXES_MASK,     /**< as auto, but an object with a box and no mask is an error */
    SEG_BOXES_POLYGON,  /**< its polygons, else its mask, else the ellipse */
    SEG_BOXES_ELLIPSE,  /**< the box of the moved ellipse in it: tight for round things */
    SEG_BOXES_CORNERS   /**< the box of its moved corners: never too small, loose when turned */
} seg_boxes_from;

typedef struct seg_augment_options {
    size_t size;
    int64_t seed;          /**< of all draws; default 0 */
    int32_t boxes_from;    /**< seg_boxes_from; default auto */
    double min_visibility; /**< objects of which a smaller share is left are dropped; default 0 */
    double min_area;       /**< objects with fewer pixels are dropped; default 1 */
    int32_t ignore;        /**< class of semantic pixels that come from outside; default 255 */
} seg_augment_options;

/** Rows of these options, for programs: names as on the command line ("min-visibility"). */
SEG_API extern const seg_param_table seg_augment_params;

SEG_API void seg_augment_options_init(seg_augment_options *options);

/** A compiled chain of augmentations: never changes, may be used by any number of threads at once
 *  and by forked processes. */
typedef struct seg_augment_pipeline seg_augment_pipeline;

/**
 * Compiles `text`, "hflip(p=0.5), rotate(limit=15), one-of(gaussian-blur, median-blur)": the
 * grammar of --pre and --post, with augmentations as arguments of policies, 1000 at most. `options`
 * NULL means the defaults. `env` is copied, what it points to must outlive the pipeline. Errors:
 * SEG_ERROR_OPTION with the column of the mistake, SEG_ERROR_MEMORY.
 */
SEG_API SEG_NODISCARD seg_status seg_augment_pipeline_create(seg_augment_pipeline **pipeline,
                                                             const char *text,
                                                             const seg_augment_options *options,
                                                             const seg_env *env);
SEG_API void seg_augment_pipeline_free(seg_augment_pipeline *pipeline);

/** What seg_augment_apply refuses of a sample's labels, whatever is drawn: kinds that a step does
 * not carry, and boxes without a mask where they are to come of one. The sample may be without
 * picture yet. Errors: SEG_ERROR_UNSUPPORTED, which names step, kind and sample. */
SEG_API SEG_NODISCARD seg_status seg_augment_pipeline_check(const seg_augment_pipeline *pipeline,
                                                            const seg_sample *sample);

/** Label kinds that every step of it carries. */
SEG_API uint32_t seg_augment_pipeline_labels(const seg_augment_pipeline *pipeline);

/** True if a step needs partners. */
SEG_API bool seg_augment_pipeline_mixes(const seg_augment_pipeline *pipeline);

/** Where partners for mixing come from: the samples of the whole set in a fixed order. */
typedef struct seg_augment_partners {
    void *user;
    int64_t count; /**< samples of the set */
    /** Makes `sample` (initialised, with memory of earlier uses) sample `index` of the set. Called
     *  in the thread of seg_augment_apply. */
    seg_status (*load)(void *user, int64_t index, seg_sample *sample);
} seg_augment_partners;

/** A draw that was made, for manifests. */
typedef struct seg_augment_decision {
    uint32_t path;    /**< of the step */
    const char *step; /**< its augmentation's id */
    const char *name; /**< "angle", "partner", "applied" */
    double value;
} seg_augment_decision;

/** Working memory of one thread; with it, samples of sizes seen before allocate nothing. */
typedef struct seg_augment_work seg_augment_work;

/** `env` is copied, what it points to must outlive the memory; free it with seg_augment_work_free.
 *  Errors: SEG_ERROR_ARGUMENT (NULL), _MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_augment_work_create(seg_augment_work **work,
                                                         const seg_env *env);
SEG_API void seg_augment_work_free(seg_augment_work *work);

/** The draws of the last seg_augment_apply, in order; valid until the next. */
SEG_API const seg_augment_decision *seg_augment_decisions(const seg_augment_work *work,
                                                          int32_t *count);

/**
 * Augments `source` into `target` (initialised; its pictures are reused where they fit, and may not
 * be those of the source). Draws depend on (seed, source->name, copy, place of the step in the
 * pipeline) alone. `copy` is the number of the copy or epoch. `partners` may be NULL if the
 * pipeline does not mix. Errors: SEG_ERROR_ARGUMENT, _SHAPE, _DATA (the sample), _UNSUPPORTED (a
 * step cannot carry a kind of label that the sample has, or its samples: both are named), _STATE
 * (partners are needed), _LIMIT, _MEMORY, _CANCELLED, and those of partners->load. `target` is then
 * cleared.
 */
SEG_API SEG_NODISCARD seg_status seg_augment_apply(const seg_augment_pipeline *pipeline,
                                                   seg_augment_work *work, seg_sample *target,
                                                   const seg_sample *source, int64_t copy,
                                                   const seg_augment_partners *partners);

SEG_END_DECLS

#endif
