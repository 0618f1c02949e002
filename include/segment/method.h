/* The registry: every method as data, and contexts that run any of them. */
#ifndef SEGMENT_METHOD_H
#define SEGMENT_METHOD_H

#include <segment/frame.h>
#include <segment/params.h>
#include <segment/result.h>

SEG_BEGIN_DECLS

/** What a method works on. */
typedef enum seg_input {
    SEG_INPUT_PICTURE = 1, /**< each frame for itself */
    SEG_INPUT_MASK = 2,    /**< a mask: post operations */
    SEG_INPUT_LABELS = 4,  /**< a label picture: post operations */
    SEG_INPUT_PAIR = 8,    /**< two frames */
    SEG_INPUT_STREAM = 16  /**< frames in order, with memory */
} seg_input;

/** What a method cannot work without, or can use, as bits. */
typedef enum seg_need {
    SEG_NEED_COLOUR = 1,   /**< uses frame.image in colour; without it luma is enough */
    SEG_NEED_SEEDS = 2,    /**< takes seeds or frame.markers */
    SEG_NEED_REFERENCE = 4 /**< can take a reference picture */
} seg_need;

typedef struct seg_method seg_method;

/** One method. Function members get the method's own options and state only. */
struct seg_method {
    const char *id;    /**< on the command line: "region-grow" */
    const char *title; /**< a few words */
    const char
        *family; /**< "threshold", "region", "edge", "temporal", "motion", "filter", "morphology" */
    const char *reference; /**< paper: authors, title, place; "" if folklore */
    int32_t year;
    uint32_t formats;  /**< SEG_FORMAT_BITs taken as input */
    uint32_t channels; /**< bit n set = n channels taken */
    uint32_t input;    /**< seg_input bits */
    uint32_t outputs;  /**< seg_output bits it can fill, with whatever options */
    uint32_t needs;    /**< seg_need bits */
    const seg_param_table *params;
    /** Two parameters of one type that mean a lower and an upper bound, or NULL. The method takes
     *  them in either order, so that a search need not try both. */
    const char *lower, *upper;
    /** Which of `outputs` it fills with these options; NULL = all of them. */
    uint32_t (*outputs_of)(const void *options);
    /** Which of `needs` it has with these options; NULL = all of them. */
    uint32_t (*needs_of)(const void *options);
    /** Frames of look-ahead; NULL = none. */
    int32_t (*delay)(const void *options);
    seg_status (*create)(void **state, const void *options, const seg_env *env);
    /** `wanted`: seg_output bits asked for, all of which these options give. */
    seg_status (*apply)(void *state, const seg_frame *frame, uint32_t wanted, seg_result *result);
    /** Next result that look-ahead holds back, then SEG_END; NULL = nothing is ever held back. */
    seg_status (*flush)(void *state, uint32_t wanted, seg_result *result);
    /** Forgets all frames, keeps options and memory; NULL = nothing to forget. */
    void (*reset)(void *state);
    /** Model as a blob: with buffer NULL gives the size. NULL = no model. */
    seg_status (*save)(void *state, void *buffer, size_t *size);
    seg_status (*load)(void *state, const void *buffer, size_t size);
    /** As seg_context_move, after the first frame; NULL = the model stays where it is. */
    seg_status (*move)(void *state, const double from[9]);
    void (*free)(void *state);
};

/** All methods in a fixed order; `count` gets their number. */
SEG_API const seg_method *const *seg_methods(int32_t *count);

/** The method of that id, or NULL. */
SEG_API const seg_method *seg_method_find(const char *id);

/** The id nearest to a misspelt one, or NULL if none is near. */
SEG_API const char *seg_method_nearest(const char *id);

/** A method at work on a stream of frames (or on one picture after the other). */
typedef struct seg_context seg_context;

/**
 * Starts a method. `options` NULL means the defaults; they are copied, pictures in them stay
 * borrowed. `env` is copied, what it points to must outlive the context.
 * Errors: SEG_ERROR_ARGUMENT (context or method NULL, a picture in the options that is none),
 * _OPTION, _UNSUPPORTED (samples or channels of such a picture), _MEMORY. *context is then NULL.
 */
SEG_API SEG_NODISCARD seg_status seg_context_create(seg_context **context, const seg_method *method,
                                                    const void *options, const seg_env *env);

/** The seg_output bits that the context gives with its options: some or all of method->outputs. */
SEG_API uint32_t seg_context_outputs(const seg_context *context);

/** The seg_need bits that the context has with its options: some or all of method->needs. */
SEG_API uint32_t seg_context_needs(const seg_context *context);

/**
 * Processes a frame. The first frame binds the geometry; a frame of another size is
 * SEG_ERROR_SHAPE until seg_context_reset. A frame that fails binds nothing. `wanted` 0 means all
 * of seg_context_outputs. Returns SEG_NO_RESULT_YET while look-ahead fills. The result says which
 * frame it describes. Errors: SEG_ERROR_ARGUMENT, _UNSUPPORTED (format, or an output that the
 * context does not give), _SHAPE, _STATE (after a flush, until seg_context_reset), _OPTION (an
 * option that this frame contradicts, such as a seed outside it), _LIMIT, _MEMORY, _CANCELLED.
 */
SEG_API SEG_NODISCARD seg_status seg_context_apply(seg_context *context, const seg_frame *frame,
                                                   uint32_t wanted, seg_result *result);

/** After the last frame: the results that are still held back, one a call, then SEG_END.
 *  Errors: SEG_ERROR_ARGUMENT, _UNSUPPORTED (an output that the method does not declare), _SHAPE (a
 *  borrowed picture of the result), _LIMIT, _MEMORY, _CANCELLED. */
SEG_API SEG_NODISCARD seg_status seg_context_flush(seg_context *context, uint32_t wanted,
                                                   seg_result *result);

/** Forgets the frames and the geometry; the next frame starts anew. Never fails. */
SEG_API void seg_context_reset(seg_context *context);

/** Look-ahead in frames. */
SEG_API int32_t seg_context_delay(const seg_context *context);

/** Writes the model: with buffer NULL only sets *size; else *size is the room there is, and gets
 *  what was used. Errors: SEG_ERROR_ARGUMENT, _UNSUPPORTED (the method has no model), _STATE (no
 *  frame yet), _LIMIT (too little room). The blob is versioned, little-endian and carries a
 * checksum. */
SEG_API SEG_NODISCARD seg_status seg_context_save(seg_context *context, void *buffer, size_t *size);

/** Restores a model; any bytes may be given. Errors: SEG_ERROR_ARGUMENT, _UNSUPPORTED (the method
 * has no model), _DATA (none of this method, damaged), _LIMIT (larger than env allows), _MEMORY.
 * The model is then as it was. */
SEG_API SEG_NODISCARD seg_status seg_context_load(seg_context *context, const void *buffer,
                                                  size_t size);

/**
 * Moves what a method knows of each pixel to another view of the scene: the frames that follow show
 * that view. `from` is a projective map row by row, from the new view to the one before, pixel
 * (0,0) being 0..1, 0..1: ((m0 x + m1 y + m2) / w, (m3 x + m4 y + m5) / w) with w = m6 x + m7 y +
 * m8. Each place takes what is known of the nearest one; of what was not in view nothing is known,
 * as on a first frame; a model that takes its age from the frames it has seen keeps it. Results
 * that look-ahead still holds back are of the new view. Errors: SEG_ERROR_ARGUMENT (NULL, numbers
 * that are not finite), _LIMIT (2^31 pixels or more), _UNSUPPORTED (method->move is NULL), _STATE
 * (no frame yet, or flushed), _MEMORY. The model is then as it was.
 */
SEG_API SEG_NODISCARD seg_status seg_context_move(seg_context *context, const double from[9]);

/** NULL is allowed. */
SEG_API void seg_context_free(seg_context *context);

SEG_END_DECLS

#endif
