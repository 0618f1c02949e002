/* What is the same for all global levels: options, the typed call, the registry's functions. */
#include "threshold/global.h"

static const seg_param rows[] = {
    {"invert", SEG_PARAM_BOOL, offsetof(seg_global_options, invert), "false", 0, 1, NULL, "",
     "Dark objects on a light ground.", ""},
};

const seg_param_table seg_global_params = {rows, sizeof rows / sizeof *rows,
                                           sizeof(seg_global_options)};

static const seg_level_rule *const rules[] = {
    [SEG_GLOBAL_HUANG] = &seg_rule_huang,
    [SEG_GLOBAL_ISODATA] = &seg_rule_isodata,
    [SEG_GLOBAL_KAPUR] = &seg_rule_kapur,
    [SEG_GLOBAL_KITTLER] = &seg_rule_kittler,
    [SEG_GLOBAL_LI] = &seg_rule_li,
    [SEG_GLOBAL_MEAN] = &seg_rule_mean,
    [SEG_GLOBAL_MINIMUM] = &seg_rule_minimum,
    [SEG_GLOBAL_MOMENTS] = &seg_rule_moments,
    [SEG_GLOBAL_TRIANGLE] = &seg_rule_triangle,
    [SEG_GLOBAL_YEN] = &seg_rule_yen,
};

#define RULE_COUNT ((int)(sizeof rules / sizeof *rules))

void seg_global_options_init(seg_global_options *options) {
    seg_params_init(options, &seg_global_params);
}

static seg_cut cut_of(const seg_global_options *options, const seg_level_rule *rule) {
    const seg_level zero = {0}, full = {SEG_LEVEL_PERCENT, 0, 100};
    return (seg_cut){zero, full, options->invert, rule};
}

seg_status seg_threshold_global(seg_image *mask, double *native_level, const seg_image *picture,
                                const seg_image *ignore, seg_global_rule rule,
                                const seg_global_options *options, const seg_env *env) {
    if ((int)rule < 0 || (int)rule >= RULE_COUNT)
        return seg_fail(SEG_ERROR_OPTION, "rule is %d (allowed 0 to %d, see seg_global_rule)",
                        (int)rule, RULE_COUNT - 1);
    seg_global_options defaults;
    seg_global_options_init(&defaults);
    if (!options) options = &defaults;
    SEG_TRY(seg_params_check(options, &seg_global_params));
    const seg_cut cut = cut_of(options, rules[rule]);
    return seg_cut_picture(mask, native_level, picture, ignore, &cut, env);
}

seg_status seg_global_apply(void *state, const seg_frame *frame, uint32_t wanted,
                            seg_result *result, const seg_level_rule *rule) {
    seg_still *still = seg_still_begin(state);
    const seg_cut cut = cut_of(still->options, rule);
    return seg_cut_frame(still, frame, wanted, result, &cut);
}
