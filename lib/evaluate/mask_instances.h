/* Masks in place of label pictures of instances. */
#ifndef SEG_EVALUATE_MASK_INSTANCES_H
#define SEG_EVALUATE_MASK_INSTANCES_H

#include "core/check.h"
#include <segment/evaluate.h>

/** What a picture with a single value beside 0 is. */
typedef enum seg_mask_rule {
    SEG_MASK_AUTO, /* taken apart if that value is 255, as masks have it; else one instance */
    SEG_MASK_ONE,  /* one instance */
    SEG_MASK_APART /* every connected component (8 neighbours) is an instance */
} seg_mask_rule;

extern const char *const seg_mask_rule_names[];

/** Pictures of a pair as label pictures. */
typedef struct seg_mask_instances {
    seg_pair pair; /* to be used instead */
    seg_image labels[2];
} seg_mask_instances;

/**
 * Takes masks of 8 bits among the prediction and the truth apart as the rule says; pictures that
 * come with a list of their instances stay as they are. What the automatic rule does is logged.
 * To be released even on errors. Errors: SEG_ERROR_MEMORY.
 */
SEG_NODISCARD seg_status seg_mask_instances_take(seg_mask_instances *taken, const seg_pair *pair,
                                                 seg_mask_rule rule, const seg_env *env);

void seg_mask_instances_free(seg_mask_instances *taken);

#endif
