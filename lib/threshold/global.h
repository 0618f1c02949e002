/*
 * Global levels: one level for the whole picture, chosen by a rule from its histogram. A method's
 * file holds its rule and the line
 *
 *     SEG_GLOBAL_METHOD(li, choose, SEG_BINS_FULL, "title", "paper", year)
 *
 * All else (options, histogram, cut, decisions) is the same for all of them and stands in global.c.
 */
#ifndef SEG_THRESHOLD_GLOBAL_H
#define SEG_THRESHOLD_GLOBAL_H

#include "core/check.h"
#include "methods.h"
#include "threshold/cut.h"
#include <segment/threshold.h>

#define SEG_BINS_FULL false
#define SEG_BINS_COARSE true

extern const seg_param_table seg_global_params;

/** The method's apply function, for a state whose create was seg_still_create. */
SEG_NODISCARD seg_status seg_global_apply(void *state, const seg_frame *frame, uint32_t wanted,
                                          seg_result *result, const seg_level_rule *rule);

#define SEG_GLOBAL_METHOD(name, choose_, coarse_, title_, reference_, year_)                       \
    const seg_level_rule seg_rule_##name = {choose_, coarse_};                                     \
    static seg_status create(void **state, const void *options, const seg_env *env) {              \
        return seg_still_create(state, &seg_global_params, options, env);                          \
    }                                                                                              \
    static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted,                  \
                            seg_result *result) {                                                  \
        return seg_global_apply(state, frame, wanted, result, &seg_rule_##name);                   \
    }                                                                                              \
    const seg_method seg_method_##name = {                                                         \
        .id = #name,                                                                               \
        .title = title_,                                                                           \
        .family = "threshold",                                                                     \
        .reference = reference_,                                                                   \
        .year = year_,                                                                             \
        .formats = SEG_ANY_PICTURE,                                                                \
        .channels = SEG_CHANNELS_ANY,                                                              \
        .input = SEG_INPUT_PICTURE,                                                                \
        .outputs = SEG_OUTPUT_MASK | SEG_OUTPUT_SCORE,                                             \
        .params = &seg_global_params,                                                              \
        .create = create,                                                                          \
        .apply = apply,                                                                            \
        .free = seg_still_free,                                                                    \
    };

extern const seg_level_rule seg_rule_huang, seg_rule_isodata, seg_rule_kapur, seg_rule_kittler,
    seg_rule_li, seg_rule_mean, seg_rule_minimum, seg_rule_moments, seg_rule_triangle, seg_rule_yen;

#endif
