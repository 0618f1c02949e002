/* What follows from counts of pixels found rightly and wrongly, missed, and left out rightly. */
#ifndef SEG_EVALUATE_AGREEMENT_H
#define SEG_EVALUATE_AGREEMENT_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct seg_agreement {
    int64_t tp, fp, fn, tn;
} seg_agreement;

/** part / whole; where that is 0/0, `perfect` if there is no error at all, else NaN (undefined). */
static inline double seg_ratio(double part, double whole, bool flawless, double perfect) {
    return whole != 0 ? part / whole : flawless ? perfect : NAN;
}

/** sum += more */
void seg_agreement_add(seg_agreement *sum, const seg_agreement *more);

/** Counts of kernels/agree.h as an agreement. */
seg_agreement seg_agreement_of_counts(const int64_t *counts);

/** tp / (tp + fn): recall, sensitivity, true positive rate. */
double seg_agreement_recall(const seg_agreement *a);
/** tp / (tp + fp) */
double seg_agreement_precision(const seg_agreement *a);
/** tn / (tn + fp): true negative rate. */
double seg_agreement_specificity(const seg_agreement *a);
/** fp / (fp + tn): false positive rate. */
double seg_agreement_fpr(const seg_agreement *a);
/** fn / (fn + tp): false negative rate, miss rate. */
double seg_agreement_fnr(const seg_agreement *a);
/** (1 + beta^2) tp / ((1 + beta^2) tp + beta^2 fn + fp); C. van Rijsbergen, "Information
 *  Retrieval", 1979. */
double seg_agreement_f(const seg_agreement *a, double beta);
/** tp / (tp + fp + fn): P. Jaccard, 1912. */
double seg_agreement_iou(const seg_agreement *a);
/** (tp + tn) / all */
double seg_agreement_accuracy(const seg_agreement *a);
/** 100 (fp + fn) / all: percentage of wrong classifications. */
double seg_agreement_pwc(const seg_agreement *a);
/** Matthews correlation coefficient, -1..1: B. Matthews, 1975. */
double seg_agreement_mcc(const seg_agreement *a);
/** Agreement beyond chance: J. Cohen, 1960. */
double seg_agreement_kappa(const seg_agreement *a);

#endif
