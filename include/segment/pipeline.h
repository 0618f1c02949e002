/* The whole way from a frame to its result: pre -> method -> roi/ignore -> post -> objects ->
 * keep -> track -> render. What vision apps link and the program drives. */
#ifndef SEGMENT_PIPELINE_H
#define SEGMENT_PIPELINE_H

#include <segment/method.h>
#include <segment/objects.h>
#include <segment/render.h>

SEG_BEGIN_DECLS

/** How the shaking of a camera is taken out of what a method with memory sees. */
typedef enum seg_stabilize {
    SEG_STABILIZE_NONE = 0,
    SEG_STABILIZE_TRANSLATION,
    SEG_STABILIZE_SIMILARITY,
    SEG_STABILIZE_AFFINE,
    SEG_STABILIZE_PROJECTIVE
} seg_stabilize;

/** All members optional but `method`. Texts and options are copied, pictures borrowed. */
typedef struct seg_pipeline_config {
    size_t size; /**< set by seg_pipeline_config_init */
    const seg_method *method;
    const void *options;            /**< of the method, NULL = defaults */
    const char *pre;                /**< chain "gaussian(1.4),median(3)" of picture operations */
    const char *post;               /**< chain "open(3),fill-holes,min-area(50)" */
    seg_rect roi;                   /**< width 0 = whole picture */
    const seg_image *ignore;        /**< U8, non-zero = left out */
    const char *keep;               /**< expression of seg_keep_create */
    bool objects;                   /**< measure objects (implied by keep and track) */
    int32_t connectivity;           /**< of the objects of a mask: 4 or 8 (default) */
    seg_render_kind render;         /**< what seg_pipeline_render will draw */
    const seg_track_options *track; /**< objects are followed through time; NULL = they are not */
    /** seg_stabilize: frames are registered to the first one (seg_transform_register) and brought
     *  onto it for the method; results are brought back. Methods of streams only. */
    int32_t stabilize;
    /** With stabilize, and a method with `move`: the model comes along with a camera that travels
     *  (seg_context_move) once a corner of the frame has gone a sixteenth of the picture. What
     *  leaves the view is forgotten, so that this is not for cameras that sway or shake. */
    bool follow;
    bool intensities; /**< measure the samples of objects, too (implied by keep) */
    bool curves;      /**< give the method's SEG_OUTPUT_CURVES */
} seg_pipeline_config;

SEG_API void seg_pipeline_config_init(seg_pipeline_config *config);

typedef struct seg_pipeline seg_pipeline;

/**
 * Starts a pipeline; free it with seg_pipeline_free. `env` is copied, what it points to must
 * outlive the pipeline, as must the pictures in `config`. Errors: SEG_ERROR_ARGUMENT (pipeline or
 * config NULL; config.ignore, or a picture in the options, is no sane picture), _OPTION (size, roi,
 * connectivity, render, chains, keep, method's options, or what the method gives nothing for),
 * _UNSUPPORTED (samples or channels of config.ignore, or of a picture in the options), _MEMORY.
 * *pipeline is then NULL.
 */
SEG_API SEG_NODISCARD seg_status seg_pipeline_create(seg_pipeline **pipeline,
                                                     const seg_pipeline_config *config,
                                                     const seg_env *env);

/**
 * As seg_context_apply: the first frame that the method takes binds the size. With look-ahead, the
 * pipeline keeps the frames that are still awaited, and SEG_NO_RESULT_YET comes first.
 * Errors: those of seg_context_apply; _OPTION also for a region that is not inside the frame,
 * _SHAPE for ignore masks of another size. After an error there is no result for the frame. If the
 * method had taken it already (an error or a cancellation in what follows the method), it is
 * learnt.
 */
SEG_API SEG_NODISCARD seg_status seg_pipeline_apply(seg_pipeline *pipeline, const seg_frame *frame,
                                                    seg_result *result);

/** As seg_context_flush: after the last frame, the results still held back, then SEG_END. Errors:
 *  those of seg_context_flush and of what follows the method. */
SEG_API SEG_NODISCARD seg_status seg_pipeline_flush(seg_pipeline *pipeline, seg_result *result);

/** The frame that the last result describes, or NULL if there is none; valid until the next call.
 */
SEG_API const seg_frame *seg_pipeline_described(const seg_pipeline *pipeline);

/** Draws the last result, as config.render says, into `picture` (ensured). Errors: as seg_render,
 *  and SEG_ERROR_ARGUMENT (pipeline NULL). */
SEG_API SEG_NODISCARD seg_status seg_pipeline_render(seg_pipeline *pipeline,
                                                     const seg_result *result, seg_image *picture);

/** Lets go of the frame that the last result describes before the next call does: with large
 *  frames that is memory worth having. Nothing can be drawn over it afterwards. */
SEG_API void seg_pipeline_release_described(seg_pipeline *pipeline);

/** What it needs of a frame: true if `frame.luma` alone is enough. */
SEG_API bool seg_pipeline_luma_suffices(const seg_pipeline *pipeline);

/** Forgets the frames and their size; the next frame starts anew. NULL is allowed. */
SEG_API void seg_pipeline_reset(seg_pipeline *pipeline);

/** The method's context; it stays the pipeline's. */
SEG_API seg_context *seg_pipeline_context(seg_pipeline *pipeline);

/** The tracks, as they are after the last result; NULL without config.track. */
SEG_API const seg_tracker *seg_pipeline_tracker(const seg_pipeline *pipeline);

/** Writes all that the pipeline knows of the frames so far, the method's model and the tracks, as
 *  seg_context_save. Without tracks it is the model alone. Errors: those of seg_context_save;
 *  _UNSUPPORTED if neither the method has a model nor there are tracks. */
SEG_API SEG_NODISCARD seg_status seg_pipeline_save(seg_pipeline *pipeline, void *buffer,
                                                   size_t *size);

/** Restores it, or a model alone; any bytes may be given. Tracks are left out if the pipeline has
 *  none, and begin anew if none were saved. Errors: as seg_context_load. The pipeline is then as it
 *  was. */
SEG_API SEG_NODISCARD seg_status seg_pipeline_load(seg_pipeline *pipeline, const void *buffer,
                                                   size_t size);

/** NULL is allowed. */
SEG_API void seg_pipeline_free(seg_pipeline *pipeline);

SEG_END_DECLS

#endif
