/*
 * What background models share: options, binding to the first frame, how much is learnt of a frame,
 * masks, smoothing, absorption, saving and loading. A model is a file with
 *
 *     static const seg_subtractor_kind kind = {"my-id", 1, sizeof(my_state), &params,
 *         offsetof(seg_my_options, model), lay_out, step, background_row};
 *     create  = seg_subtractor_create(state, &kind, options, env)
 *     .apply = seg_subtractor_apply, .reset = seg_subtractor_reset, .save = seg_subtractor_save,
 *     .load = seg_subtractor_load, .move = seg_subtractor_move, .free = seg_subtractor_free
 *
 * `lay_out` says which arrays the model consists of, how the pixels lie in them and what they start
 * with; they are allocated when the first frame comes or a model is loaded. `step` fills the mask
 * (and the score where result->score is wanted) and learns, in bands of SEG_SUBTRACTOR_BAND rows;
 * what it is given and may do stands at seg_subtractor.
 */
#ifndef SEG_TEMPORAL_SUBTRACTOR_H
#define SEG_TEMPORAL_SUBTRACTOR_H

#include "imgproc/grid.h"
#include "imgproc/rows.h"
#include "temporal/learning.h"
#include "temporal/patience.h"
#include "temporal/temporal_method.h"
#include <segment/temporal.h>

#define SEG_SUBTRACTOR_BAND 32
#define SEG_SUBTRACTOR_PARTS 32

/** Rows of the shared options for a method's table; defaults as text. */
/* clang-format off */
#define SEG_SUBTRACTOR_PARAMS(type, rate_text, history_text, rate_help, side_text)                      \
    {"rate", SEG_PARAM_FLOAT, offsetof(type, model.rate), rate_text, 0, 1, NULL, "per frame",      \
     rate_help " 0 = frozen.", "alpha"},                                                           \
    SEG_HISTORY_PARAM(type, model.history, history_text),                                          \
    SEG_LEARN_PARAM(type, model.learn),                                                            \
    {"warmup", SEG_PARAM_DURATION, offsetof(type, model.warmup), "25f", 0, 1e9, NULL, "duration",  \
     "Time for which results are marked provisional.", ""},                                        \
    SEG_ABSORB_PARAM(type, model.absorb),                                                          \
    {"colour", SEG_PARAM_BOOL, offsetof(type, model.colour), "true", 0, 1, NULL, "",               \
     "Look at colours; without, at their grey: less memory and time.", ""},                        \
    {"smooth", SEG_PARAM_INT, offsetof(type, model.smooth), side_text, 1, 15, seg_odd_names, "px", \
     "Side of the median over the mask; 1 = none.", ""}
/* clang-format on */

extern const char *const seg_shadows_names[];

/** An array of the model. */
typedef struct seg_subtractor_part {
    void *data;
    size_t count;
    size_t size;            /* of an item: 1, 2 or 4 (float) bytes */
    float start;            /* what items are before the first frame, and of places not seen yet */
    seg_grid_layout pixels; /* no planes = it has no pixels */
} seg_subtractor_part;

/** The arrays of a model for frames of a size. */
typedef struct seg_subtractor_layout {
    int32_t width, height;
    int32_t colours; /* 1 or 3 */
    int32_t count;
    void *memory; /* that all parts lie in */
    seg_subtractor_part parts[SEG_SUBTRACTOR_PARTS];
} seg_subtractor_layout;

/** Adds an array with rows of so many items for each row of the picture. Its pixels lie side by
 * side, an item each, and start as 0, unless what is returned is changed: in `pixels`, only what
 * lies within a row. */
seg_subtractor_part *seg_subtractor_add_part(seg_subtractor_layout *layout, size_t row,
                                             size_t size);

typedef struct seg_subtractor seg_subtractor;

typedef struct seg_subtractor_kind {
    const char *id;   /* in blobs */
    uint32_t version; /* of blobs */
    size_t state_size;
    const seg_param_table *params;
    size_t shared; /* where the seg_subtractor_options are in the options */
    void (*lay_out)(seg_subtractor_layout *layout, const void *options);
    seg_status (*step)(seg_subtractor *model, seg_result *result);
    /* After the mask was smoothed; NULL = nothing to do. Not called for the first frame. */
    seg_status (*finish)(seg_subtractor *model, seg_result *result);
    /* A row of the background into 8-bit (`wide`: 16-bit full scale) samples, interleaved. */
    void (*background_row)(const seg_subtractor *model, void *row, bool wide, int32_t y);
    bool textured;                                     /* samples have textures: consensus.h */
    bool (*sane)(const seg_subtractor_layout *layout); /* of what was loaded; NULL = anything is */
    /* Of models of samples: how many times `samples` there are of each pixel (0 = no such model),
     * and where that and how many are needed are in the options. */
    int32_t spans;
    size_t samples, needed;
} seg_subtractor_kind;

/** The state of a background model; a method may add members behind it. */
struct seg_subtractor {
    seg_temporal base; /* base.clock.frames: how many frames came before this one */
    const seg_subtractor_kind *kind;
    seg_subtractor_layout layout; /* its data belong to the model */
    bool bound;                   /* there is a model */
    seg_patience patience;        /* of absorption */

    /* The frame at hand, for `step`. */
    seg_image picture;  /* u8 or u16, layout.colours decides how many of its channels count */
    seg_image left_out; /* U8 or empty: gives 0, is not learnt */
    seg_image held;     /* U8 or empty: is not learnt; becomes foreground after the step */
    seg_image patient;  /* U8 or empty: is not learnt where it is foreground */
    seg_image absorbed; /* U8 or empty: is learnt even where it is foreground */
    double weight;      /* to be learnt of the frame; 0 = not a bit changes */
    bool first;         /* nothing was learnt yet */
};

/** Options shared by all models, of this one. */
const seg_subtractor_options *seg_subtractor_shared(const seg_subtractor *model);

SEG_NODISCARD seg_status seg_subtractor_create(void **state, const seg_subtractor_kind *kind,
                                               const void *options, const seg_env *env);
SEG_NODISCARD seg_status seg_subtractor_apply(void *state, const seg_frame *frame, uint32_t wanted,
                                              seg_result *result);
void seg_subtractor_reset(void *state);
SEG_NODISCARD seg_status seg_subtractor_save(void *state, void *buffer, size_t *size);
SEG_NODISCARD seg_status seg_subtractor_load(void *state, const void *buffer, size_t size);
SEG_NODISCARD seg_status seg_subtractor_move(void *state, const double from[9]);
void seg_subtractor_free(void *state);

/** The members of a seg_method that all models have alike. */
#define SEG_SUBTRACTOR_METHOD                                                                      \
    .family = "temporal", .formats = SEG_ANY_PICTURE, .channels = SEG_CHANNELS_ANY,                \
    .input = SEG_INPUT_STREAM,                                                                     \
    .outputs = SEG_OUTPUT_MASK | SEG_OUTPUT_SCORE | SEG_OUTPUT_BACKGROUND,                         \
    .needs = SEG_NEED_COLOUR, .apply = seg_subtractor_apply, .reset = seg_subtractor_reset,        \
    .save = seg_subtractor_save, .load = seg_subtractor_load, .move = seg_subtractor_move,         \
    .free = seg_subtractor_free

/** True in as many frames as `times` the weight says, evenly spread, by the frames' times where the
 *  history is in seconds; *count (may be NULL) gets how many there were before. */
bool seg_subtractor_due(const seg_subtractor *model, double times, int64_t *count);

/** Rows of 8 bits of each colour as a row of the background. */
void seg_subtractor_interleave(const seg_subtractor *model, void *row, bool wide,
                               const uint8_t *const value[3]);

/** Colours of a row apart, in 8 bits: row->value8[c] of row y of the picture; more than 8 bits are
 *  rounded. `room` holds 3 * width bytes, and for u16 4 * 2 * width bytes more. */
void seg_subtractor_row8(const uint8_t *value[3], const seg_subtractor *model, int32_t y,
                         uint8_t *room);

/** The same in 1/128 of an 8-bit level. `room` holds 4 + 3 values a pixel. */
void seg_subtractor_row16(const uint16_t *value[3], const seg_subtractor *model, int32_t y,
                          uint16_t *room);

#endif
