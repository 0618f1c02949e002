/*
 * Masks in place of label pictures. Kits for single things number the components of a mask (the
 * 2018 Data Science Bowl's and cell segmentation's, by scikit-image's label, 8 neighbours), while
 * to COCO and DAVIS a value is an instance, also if it is the only one. A lone 255 is a mask's.
 */
#include "evaluate/mask_instances.h"

#include "core/bands.h"
#include "evaluate/object.h"

#include <segment/imgproc.h>

const char *const seg_mask_rule_names[] = {"auto", "no", "yes", NULL};

/* The picture, or what it becomes. */
static seg_status take_one(const seg_image **picture, seg_image *labels, seg_mask_rule rule,
                           const seg_env *env) {
    uint8_t value;
    if (seg_image_empty(*picture) || (*picture)->format != SEG_U8 || rule == SEG_MASK_ONE)
        return SEG_OK;
    if (!seg_has_one_value(&value, *picture) || !value) return SEG_OK;
    if (rule == SEG_MASK_AUTO && value != 255) return SEG_OK;
    if (rule == SEG_MASK_AUTO)
        seg_log(env, SEG_LOG_WARNING,
                "pictures of 0 and 255 only are masks: their connected components are the "
                "instances (--components no: each is one)");
    SEG_TRY(seg_components(labels, NULL, NULL, *picture, 8, env));
    *picture = labels;
    return SEG_OK;
}

seg_status seg_mask_instances_take(seg_mask_instances *taken, const seg_pair *pair,
                                   seg_mask_rule rule, const seg_env *env) {
    *taken = (seg_mask_instances){.pair = *pair};
    if (!pair->predicted) SEG_TRY(take_one(&taken->pair.prediction, &taken->labels[0], rule, env));
    if (pair->expected || !pair->truth_count) return SEG_OK;
    return take_one(&taken->pair.truths, &taken->labels[1], rule, env);
}

void seg_mask_instances_free(seg_mask_instances *taken) {
    for (int i = 0; i < 2; i++)
        seg_image_unref(&taken->labels[i]);
}
