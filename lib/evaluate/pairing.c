#include "evaluate/pairing.h"

#include "core/check.h"
#include "imgproc/sort.h"

#include <string.h>

/* Overlaps with truths that count, by falling IoU. */
static size_t sort_overlaps(seg_keyed *sorted, const seg_overlaps *overlaps) {
    size_t count = 0;
    for (int32_t i = 0; i < overlaps->count; i++) {
        const seg_overlap *overlap = &overlaps->items[i];
        if (!seg_counts_as_truth(&overlaps->expected.items[overlap->expected])) continue;
        uint64_t bits; /* of a positive number: they rise with it */
        memcpy(&bits, &overlap->iou, sizeof bits);
        sorted[count++] = (seg_keyed){~bits, (uint64_t)i};
    }
    seg_sort(sorted, sorted + overlaps->count, count);
    return count;
}

seg_partner *seg_pairing_find(const seg_overlaps *overlaps, seg_scratch *scratch) {
    const size_t predicted = (size_t)overlaps->predicted.count;
    const size_t expected = (size_t)overlaps->expected.count;
    seg_keyed *sorted =
        seg_scratch_take(scratch, 2 * (size_t)overlaps->count, sizeof *sorted, "overlaps");
    seg_partner *partners = seg_scratch_take(scratch, predicted, sizeof *partners, "pairs");
    bool *taken = seg_scratch_take(scratch, expected, sizeof *taken, "pairs");
    if (!sorted || !partners || !taken) return NULL;
    for (size_t p = 0; p < predicted; p++)
        partners[p] = (seg_partner){-1, 0};
    memset(taken, 0, expected * sizeof *taken);
    const size_t count = sort_overlaps(sorted, overlaps);
    for (size_t i = 0; i < count; i++) {
        const seg_overlap *overlap = &overlaps->items[sorted[i].value];
        seg_partner *partner = &partners[overlap->predicted];
        if (taken[overlap->expected] || partner->expected >= 0) continue;
        taken[overlap->expected] = true;
        *partner = (seg_partner){overlap->expected, overlap->iou};
    }
    return partners;
}

/* The highest IoU of each prediction with a truth that does not count. */
static double *find_ignored(const seg_overlaps *overlaps, seg_scratch *scratch) {
    const size_t count = (size_t)overlaps->predicted.count;
    double *highest = seg_scratch_take(scratch, count, sizeof *highest, "pairs");
    for (size_t p = 0; highest && p < count; p++)
        highest[p] = 0;
    for (int32_t i = 0; highest && i < overlaps->count; i++) {
        const seg_overlap *overlap = &overlaps->items[i];
        if (seg_counts_as_truth(&overlaps->expected.items[overlap->expected])) continue;
        if (overlap->iou > highest[overlap->predicted]) highest[overlap->predicted] = overlap->iou;
    }
    return highest;
}

seg_status seg_pairing_count(seg_agreement counts[SEG_PAIRING_THRESHOLDS],
                             const seg_overlaps *overlaps, seg_scratch *scratch) {
    const seg_partner *partners = seg_pairing_find(overlaps, scratch);
    const double *ignored = find_ignored(overlaps, scratch);
    if (!partners || !ignored) return SEG_ERROR_MEMORY;
    int64_t truths = 0;
    for (int32_t e = 0; e < overlaps->expected.count; e++)
        truths += seg_counts_as_truth(&overlaps->expected.items[e]);
    for (int32_t t = 0; t < SEG_PAIRING_THRESHOLDS; t++) {
        const double threshold = seg_pairing_threshold(t);
        counts[t] = (seg_agreement){0};
        for (int32_t p = 0; p < overlaps->predicted.count; p++) {
            const bool paired = partners[p].iou > threshold;
            counts[t].tp += paired;
            counts[t].fp += !paired && !(ignored[p] > threshold);
        }
        counts[t].fn = truths - counts[t].tp;
    }
    return SEG_OK;
}
