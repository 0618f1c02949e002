/* One-to-one pairs of instances by their IoU, whatever their scores. */
#ifndef SEG_EVALUATE_PAIRING_H
#define SEG_EVALUATE_PAIRING_H

#include "evaluate/agreement.h"
#include "evaluate/overlaps.h"

#define SEG_PAIRING_THRESHOLDS 10 /* IoU above .5, .55, ..., .95 */

static inline double seg_pairing_threshold(int32_t i) {
    return (10 + i) / 20.0;
}

/** Of a prediction: the truth that it is paired with. */
typedef struct seg_partner {
    int32_t expected; /* -1 = none */
    double iou;       /* 0 = none */
} seg_partner;

/** True for truths that are to be found: no crowds, none to be ignored. */
static inline bool seg_counts_as_truth(const seg_instance *truth) {
    return !truth->crowd && !truth->ignore;
}

/** The partner of each prediction: pairs are taken by falling IoU as long as both are free. Above
 *  0.5 no other choice is possible where instances do not cover each other. Scratch; NULL without
 *  memory. */
seg_partner *seg_pairing_find(const seg_overlaps *overlaps, seg_scratch *scratch);

/**
 * counts[t] gets the pairs of IoU above threshold t, what is left over of either side, and tn = 0.
 * Predictions that find only crowds or ignored truths above the threshold are not counted.
 * Errors: SEG_ERROR_MEMORY.
 */
SEG_NODISCARD seg_status seg_pairing_count(seg_agreement counts[SEG_PAIRING_THRESHOLDS],
                                           const seg_overlaps *overlaps, seg_scratch *scratch);

#endif
