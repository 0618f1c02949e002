/*
 * What methods that part a whole picture into regions have in common: the typed call, the
 * registry's apply, checks, and which pixels take part. A method's file holds its parameters, its
 * run function and the line
 *
 *     SEG_PARTITION_METHOD(slic, "slic", run, "title", "paper", year)
 *
 * behind a typed call that is seg_partition_picture with its table and function.
 */
#ifndef SEG_REGION_PARTITION_H
#define SEG_REGION_PARTITION_H

#include "core/check.h"
#include "imgproc/samples.h"
#include "imgproc/still_method.h"
#include "methods.h"
#include <segment/region.h>

/** Parts `picture` into *regions regions: writes all labels, numbered from 1 in raster order of
 *  first pixels, 0 where `blocked` (may be empty) is not 0. */
typedef seg_status (*seg_partition_run)(const seg_image *labels, int32_t *regions,
                                        const seg_image *picture, const seg_image *blocked,
                                        const void *options, seg_scratch *scratch);

/** A typed call: checks, ensures `labels`, runs. `options` NULL means the defaults; `regions` may
 *  be NULL. */
SEG_NODISCARD seg_status seg_partition_picture(seg_image *labels, int32_t *regions,
                                               const seg_image *picture, const seg_image *ignore,
                                               const void *options, const seg_param_table *params,
                                               seg_partition_run run, const seg_env *env);

/** A method's apply, for a state whose create was seg_still_create. */
SEG_NODISCARD seg_status seg_partition_frame(void *state, const seg_frame *frame,
                                             seg_result *result, seg_partition_run run);

/** Labels of blocked pixels to 0. */
void seg_partition_unlabel(const seg_image *labels, const seg_image *blocked);

#define SEG_PARTITION_METHOD(name, id_, run_, title_, reference_, year_)                           \
    static seg_status create(void **state, const void *options, const seg_env *env) {              \
        return seg_still_create(state, &params, options, env);                                     \
    }                                                                                              \
    static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted,                  \
                            seg_result *result) {                                                  \
        (void)wanted;                                                                              \
        return seg_partition_frame(state, frame, result, run_);                                    \
    }                                                                                              \
    const seg_method seg_method_##name = {                                                         \
        .id = id_,                                                                                 \
        .title = title_,                                                                           \
        .family = "region",                                                                        \
        .reference = reference_,                                                                   \
        .year = year_,                                                                             \
        .formats = SEG_ANY_PICTURE,                                                                \
        .channels = SEG_CHANNELS_ANY,                                                              \
        .input = SEG_INPUT_PICTURE,                                                                \
        .outputs = SEG_OUTPUT_LABELS,                                                              \
        .needs = SEG_NEED_COLOUR,                                                                  \
        .params = &params,                                                                         \
        .create = create,                                                                          \
        .apply = apply,                                                                            \
        .free = seg_still_free,                                                                    \
    };

#endif
