/*
 * Counts are below 2^53, so that they are exact as doubles. In mcc and kappa the difference of two
 * products is divided by something at least as large as either product: the rounding of the
 * products stays below 2^-51 of the result's range.
 */
#include "evaluate/agreement.h"

#include "kernels/agree.h"

void seg_agreement_add(seg_agreement *sum, const seg_agreement *more) {
    sum->tp += more->tp;
    sum->fp += more->fp;
    sum->fn += more->fn;
    sum->tn += more->tn;
}

seg_agreement seg_agreement_of_counts(const int64_t *counts) {
    const int64_t both = counts[SEG_AGREE_BOTH];
    seg_agreement a = {.tp = both};
    a.fp = counts[SEG_AGREE_FOUND] - both;
    a.fn = counts[SEG_AGREE_OBJECT] - both;
    a.tn = counts[SEG_AGREE_SCORED] - both - a.fp - a.fn;
    return a;
}

static bool flawless(const seg_agreement *a) {
    return a->fp == 0 && a->fn == 0;
}

static double share(int64_t part, int64_t other, const seg_agreement *a, double perfect) {
    return seg_ratio((double)part, (double)(part + other), flawless(a), perfect);
}

double seg_agreement_recall(const seg_agreement *a) {
    return share(a->tp, a->fn, a, 1);
}

double seg_agreement_precision(const seg_agreement *a) {
    return share(a->tp, a->fp, a, 1);
}

double seg_agreement_specificity(const seg_agreement *a) {
    return share(a->tn, a->fp, a, 1);
}

double seg_agreement_fpr(const seg_agreement *a) {
    return share(a->fp, a->tn, a, 0);
}

double seg_agreement_fnr(const seg_agreement *a) {
    return share(a->fn, a->tp, a, 0);
}

double seg_agreement_f(const seg_agreement *a, double beta) {
    const double weight = beta * beta, found = (1 + weight) * (double)a->tp;
    return seg_ratio(found, found + weight * (double)a->fn + (double)a->fp, flawless(a), 1);
}

double seg_agreement_iou(const seg_agreement *a) {
    return share(a->tp, a->fp + a->fn, a, 1);
}

double seg_agreement_accuracy(const seg_agreement *a) {
    return share(a->tp + a->tn, a->fp + a->fn, a, 1);
}

double seg_agreement_pwc(const seg_agreement *a) {
    return 100 * share(a->fp + a->fn, a->tp + a->tn, a, 0);
}

double seg_agreement_mcc(const seg_agreement *a) {
    const double tp = (double)a->tp, fp = (double)a->fp, fn = (double)a->fn, tn = (double)a->tn;
    const double whole = sqrt((tp + fp) * (tp + fn)) * sqrt((tn + fp) * (tn + fn));
    return seg_ratio(tp * tn - fp * fn, whole, flawless(a), 1);
}

double seg_agreement_kappa(const seg_agreement *a) {
    const double tp = (double)a->tp, fp = (double)a->fp, fn = (double)a->fn, tn = (double)a->tn;
    const double whole = (tp + fp) * (fp + tn) + (tp + fn) * (fn + tn);
    return seg_ratio(2 * (tp * tn - fp * fn), whole, flawless(a), 1);
}
