#include "evaluate/pairing.h"

#include "core/check.h"
#include "imgproc/sort.h"

#include <string.h>

/* Of a prediction: the IoU of its pair, and its highest with a truth that does not count. */
typedef struct best_ious {
    double paired, ignored;
} best_ious;

static bool counts_as_truth(const seg_instance *truth) {
    return !truth->crowd && !truth->ignore;
}

/* Overlaps that count, by falling IoU; `ious` gets those that do not. */
static size_t sort_overlaps(seg_keyed *sorted, best_ious *ious, const seg_overlaps *overlaps) {
    size_t count = 0;
    for (int32_t i = 0; i < overlaps->count; i++) {
        const seg_overlap *overlap = &overlaps->items[i];
        if (counts_as_truth(&overlaps->expected.items[overlap->expected])) {
            uint64_t bits; /* of a positive number: they rise with it */
            memcpy(&bits, &overlap->iou, sizeof bits);
            sorted[count++] = (seg_keyed){~bits, (uint64_t)i};
        } else if (overlap->iou > ious[overlap->predicted].ignored) {
            ious[overlap->predicted].ignored = overlap->iou;
        }
    }
    seg_sort(sorted, sorted + overlaps->count, count);
    return count;
}

seg_status seg_pairing_count(seg_agreement counts[SEG_PAIRING_THRESHOLDS],
                             const seg_overlaps *overlaps, seg_scratch *scratch) {
    const size_t predicted = (size_t)overlaps->predicted.count;
    const size_t expected = (size_t)overlaps->expected.count;
    seg_keyed *sorted =
        seg_scratch_take(scratch, 2 * (size_t)overlaps->count, sizeof *sorted, "overlaps");
    best_ious *ious = seg_scratch_take(scratch, predicted, sizeof *ious, "pairs");
    bool *taken = seg_scratch_take(scratch, expected, sizeof *taken, "pairs");
    if (!sorted || !ious || !taken) return SEG_ERROR_MEMORY;
    memset(ious, 0, predicted * sizeof *ious);
    memset(taken, 0, expected * sizeof *taken);
    const size_t count = sort_overlaps(sorted, ious, overlaps);
    for (size_t i = 0; i < count; i++) {
        const seg_overlap *overlap = &overlaps->items[sorted[i].value];
        if (taken[overlap->expected] || ious[overlap->predicted].paired > 0) continue;
        taken[overlap->expected] = true;
        ious[overlap->predicted].paired = overlap->iou;
    }
    int64_t truths = 0;
    for (size_t e = 0; e < expected; e++)
        truths += counts_as_truth(&overlaps->expected.items[e]);
    for (int32_t t = 0; t < SEG_PAIRING_THRESHOLDS; t++) {
        const double threshold = seg_pairing_threshold(t);
        counts[t] = (seg_agreement){0};
        for (size_t p = 0; p < predicted; p++) {
            counts[t].tp += ious[p].paired > threshold;
            counts[t].fp += !(ious[p].paired > threshold) && !(ious[p].ignored > threshold);
        }
        counts[t].fn = truths - counts[t].tp;
    }
    return SEG_OK;
}
