/*
 * COCO's averages: over the detections of a class by falling score, recall rises with each hit and
 * precision is what the hits are of all so far; the precision read at a recall is the highest at
 * that recall or above, 0 beyond the recall that is reached.
 *
 * The reference adds 2^-52 to the detections in the precision of one of them, so that a perfect
 * list falls short of 1 by 2^-52; here it does not.
 */
#include "evaluate/coco.h"

/* The k-th recall, as numpy's linspace(0, 1, 101). */
static double recall_at(int32_t k) {
    return k == SEG_COCO_RECALLS - 1 ? 1 : k * (1.0 / (SEG_COCO_RECALLS - 1));
}

/* Precision and recall after each detection that counts, at threshold t; returns their number. */
static int32_t walk(double *precision, double *recall, const seg_coco_detection *const *detections,
                    int32_t count, int64_t truths, seg_coco_area area, int32_t most, int32_t t) {
    int64_t hits = 0, misses = 0;
    int32_t walked = 0;
    for (int32_t i = 0; i < count; i++) {
        const seg_coco_detection *detection = detections[i];
        if (detection->rank >= most) continue;
        const bool ignored = detection->ignored[area] >> t & 1;
        const bool matched = detection->matched[area] >> t & 1;
        hits += matched && !ignored;
        misses += !matched && !ignored;
        recall[walked] = (double)hits / (double)truths;
        precision[walked++] = hits ? (double)hits / (double)(hits + misses) : 0;
    }
    return walked;
}

void seg_coco_curves_of(seg_coco_curves *curves, const seg_coco_detection *const *detections,
                        int32_t count, const seg_coco_class *class_totals, seg_coco_area area,
                        int32_t most, double *spare) {
    const int64_t truths = class_totals->truths[area];
    double *precision = spare, *recall = spare + count;
    *curves = (seg_coco_curves){.defined = truths > 0};
    for (int32_t t = 0; curves->defined && t < SEG_COCO_THRESHOLDS; t++) {
        const int32_t walked = walk(precision, recall, detections, count, truths, area, most, t);
        for (int32_t i = walked - 1; i > 0; i--)
            if (precision[i - 1] < precision[i]) precision[i - 1] = precision[i];
        curves->recall[t] = walked ? recall[walked - 1] : 0;
        int32_t at = 0;
        for (int32_t k = 0; k < SEG_COCO_RECALLS; k++) {
            while (at < walked && recall[at] < recall_at(k))
                at++;
            curves->precision[t][k] = at < walked ? precision[at] : 0;
        }
    }
}
