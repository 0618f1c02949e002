/*
 * Local levels: a threshold T for every pixel from the square window around it. A method's file
 * holds its parameter table, how its options become numbers, and the line
 *
 *     SEG_LOCAL_METHOD(sauvola, "sauvola", "title", "paper", year);
 *
 * All else (windows, mask, score, decisions, the typed call) is the same for all of them and stands
 * in local.c.
 */
#ifndef SEG_THRESHOLD_LOCAL_H
#define SEG_THRESHOLD_LOCAL_H

#include "core/check.h"
#include "imgproc/still_method.h"
#include "kernels/local.h"
#include "methods.h"
#include <segment/threshold.h>

/** What a threshold is made of. */
typedef enum seg_local_kind {
    SEG_LOCAL_BY_MEAN,     /* the mean of a window */
    SEG_LOCAL_BY_SPREAD,   /* its mean and deviation: seg_local_formula */
    SEG_LOCAL_BY_GAUSSIAN, /* a weighted mean */
    SEG_LOCAL_BY_RANGE     /* its least and most */
} seg_local_kind;

/** Of the whole picture, in the samples of windows (seg_window_full_scale). */
typedef struct seg_local_scene {
    double full;
    double lowest, deviation; /* smallest sample, largest deviation of a window; if scanned */
} seg_local_scene;

typedef struct seg_local_row {
    seg_local_kind kind;
    bool scanned; /* the formula needs lowest and deviation */
    const seg_param_table *params;
    /** Sets all of a formula but n; only of SEG_LOCAL_BY_SPREAD. */
    void (*formula)(seg_local_formula *formula, const seg_local_options *options,
                    const seg_local_scene *scene);
} seg_local_row;

/** Where masks and scores go, row by row, and what is counted. */
typedef struct seg_local_output {
    seg_image *mask, *score;          /* score may be NULL */
    const seg_image *source, *ignore; /* ignore may be empty */
    bool invert, counted;
    float scale;       /* of an excess: 0.5 + scale * excess is the score */
    seg_image blocked; /* what seg_local_block makes of `ignore` */
} seg_local_output;

/** Leaves out what is no number, too: `ignore` then points into the output itself. */
SEG_NODISCARD seg_status seg_local_block(seg_local_output *output, seg_scratch *scratch);

/** Finishes row y, whose mask is written: clears what is left out, and writes the score, if there
 * is one, from how far the pixels are above their thresholds. Returns how many are foreground if
 * that is counted, else 0. */
size_t seg_local_finish(const seg_local_output *output, int32_t y, const float *excess);

/** output->mask, and output->score if it is wanted, from a result whose pictures are reused, for
 *  seg_local_decide to follow. The source is set. */
SEG_NODISCARD seg_status seg_local_output_take(seg_local_output *output, seg_result *result,
                                               uint32_t wanted, const seg_env *env);

/** Says what was filled, and the decisions `window` and `foreground`. */
void seg_local_decide(seg_result *result, const seg_local_output *output, int32_t window,
                      int64_t foreground);

/** The mask (U8, there already) of a grey picture without ignored pixels. */
SEG_NODISCARD seg_status seg_local_mask(seg_image *mask, const seg_image *grey, seg_local_rule rule,
                                        const seg_local_options *options, seg_scratch *scratch,
                                        const seg_env *env);

/** The masks of bernsen; bernsen.c. */
SEG_NODISCARD seg_status seg_local_range(seg_local_output *output, int64_t *foreground,
                                         const seg_local_options *options, seg_scratch *scratch,
                                         const seg_env *env);

/** Bands of adaptive-gaussian; adaptive_gaussian.c. */
SEG_NODISCARD seg_status seg_local_gaussian(seg_local_output *output, int64_t *foreground,
                                            const seg_local_options *options, seg_scratch *scratch,
                                            const seg_env *env);

SEG_NODISCARD seg_status seg_local_create(void **state, const seg_local_row *rule,
                                          const void *options, const seg_env *env);
SEG_NODISCARD seg_status seg_local_apply(void *state, const seg_frame *frame, uint32_t wanted,
                                         seg_result *result, const seg_local_row *rule);

#define SEG_LOCAL_METHOD(name, id_, title_, reference_, year_)                                     \
    static seg_status create(void **state, const void *options, const seg_env *env) {              \
        return seg_local_create(state, &seg_local_row_##name, options, env);                       \
    }                                                                                              \
    static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted,                  \
                            seg_result *result) {                                                  \
        return seg_local_apply(state, frame, wanted, result, &seg_local_row_##name);               \
    }                                                                                              \
    const seg_method seg_method_##name = {                                                         \
        .id = id_,                                                                                 \
        .title = title_,                                                                           \
        .family = "threshold",                                                                     \
        .reference = reference_,                                                                   \
        .year = year_,                                                                             \
        .formats = SEG_ANY_PICTURE,                                                                \
        .channels = SEG_CHANNELS_ANY,                                                              \
        .input = SEG_INPUT_PICTURE,                                                                \
        .outputs = SEG_OUTPUT_MASK | SEG_OUTPUT_SCORE,                                             \
        .params = &table,                                                                          \
        .create = create,                                                                          \
        .apply = apply,                                                                            \
        .free = seg_still_free,                                                                    \
    }

/* Rows of parameter tables that several methods have. */
#define SEG_LOCAL_WINDOW(text)                                                                     \
    {                                                                                              \
        "window", SEG_PARAM_INT, offsetof(seg_local_options, window), text, 1,                     \
            SEG_LOCAL_WIDE_SIDE, seg_odd_names, "px", "Side of the square window, odd.", "w"       \
    }
#define SEG_LOCAL_INVERT                                                                           \
    {                                                                                              \
        "invert", SEG_PARAM_BOOL, offsetof(seg_local_options, invert), "false", 0, 1, NULL, "",    \
            "Dark objects on a light ground.", ""                                                  \
    }
#define SEG_LOCAL_TABLE                                                                            \
    static const seg_param_table table = {rows, sizeof rows / sizeof *rows,                        \
                                          sizeof(seg_local_options)}

extern const seg_local_row seg_local_row_adaptive_mean, seg_local_row_adaptive_gaussian,
    seg_local_row_niblack, seg_local_row_sauvola, seg_local_row_wolf, seg_local_row_nick,
    seg_local_row_bernsen;

#endif
