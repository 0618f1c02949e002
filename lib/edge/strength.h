/*
 * What methods that give every pixel a strength and cut it at a level have in common: the typed
 * call, the registry's apply, which pixels take part, the mask.
 */
#ifndef SEG_EDGE_STRENGTH_H
#define SEG_EDGE_STRENGTH_H

#include "core/check.h"
#include "imgproc/still_method.h"
#include "methods.h"
#include <segment/edge.h>

/** Fills `strength` (F32, 0 .. 1) of the size of `picture`. `working` is a picture that is reused.
 */
typedef seg_status (*seg_strength_measure)(const seg_image *strength, const seg_image *picture,
                                           const void *options, seg_image *working,
                                           seg_scratch *scratch, const seg_env *env);

typedef struct seg_strength {
    const seg_param_table *params;
    seg_strength_measure measure;
    size_t level;    /**< offset of the seg_level in the options */
    bool zeros_vote; /**< when a level is found by a rule */
} seg_strength;

/** A typed call: checks, ensures, runs. `options` NULL means the defaults; `mask`, `strength` and
 *  `level` may be NULL. */
SEG_NODISCARD seg_status seg_strength_picture(seg_image *mask, seg_image *strength, double *level,
                                              const seg_image *picture, const seg_image *ignore,
                                              const void *options, const seg_strength *method,
                                              const seg_env *env);

/** A method's apply, for a state whose create was seg_still_create; in colour, or of luma where
 *  there is luma. */
SEG_NODISCARD seg_status seg_strength_frame(void *state, const seg_frame *frame, uint32_t wanted,
                                            seg_result *result, const seg_strength *method,
                                            bool in_colour);

/** The option `level` of such methods. */
#define SEG_STRENGTH_LEVEL(options, initial, help)                                                 \
    {                                                                                              \
        "level", SEG_PARAM_LEVEL, offsetof(options, level), initial, 0, 255, NULL, "8-bit level",  \
            help, "T"                                                                              \
    }

#endif
