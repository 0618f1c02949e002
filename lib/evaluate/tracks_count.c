/* Numbers the tracks of a sequence and lets each family of measures count in it. */
#include "evaluate/tracks.h"

#include "core/check.h"
#include "imgproc/sort.h"

#include <string.h>

/* ---- tracks ---- */

/* Replaces ids by numbers from 0 in ascending order of ids; returns how many there are, -1 without
 * memory. lengths[n] = items of track n. */
static int32_t number_tracks(int32_t **numbers, int32_t **lengths, const int32_t *ids,
                             int32_t id_count, seg_scratch *scratch) {
    const size_t count = (size_t)id_count;
    seg_keyed *items = seg_scratch_take(scratch, 2 * count, sizeof *items, "ids of tracks");
    *numbers = seg_scratch_take(scratch, count, sizeof **numbers, "ids of tracks");
    *lengths = seg_scratch_take(scratch, count, sizeof **lengths, "lengths of tracks");
    if (!items || !*numbers || !*lengths) return -1;
    for (size_t i = 0; i < count; i++)
        items[i] = (seg_keyed){(uint64_t)((int64_t)ids[i] - INT32_MIN), i};
    seg_sort(items, items + count, count);
    int32_t tracks = 0;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || items[i].key != items[i - 1].key) (*lengths)[tracks++] = 0;
        (*numbers)[items[i].value] = tracks - 1;
        (*lengths)[tracks - 1]++;
    }
    return tracks;
}

/* ---- pairs of tracks ---- */

/* A key for each overlap: its tracks. */
static void key_overlaps(seg_keyed *items, const seg_track_view *view) {
    const seg_track_stream *stream = view->stream;
    const int32_t *expected = view->expected, *predicted = view->predicted;
    int32_t at = 0;
    for (int32_t f = 0; f < stream->frame_count; f++) {
        const seg_track_frame *frame = &stream->frames[f];
        for (int32_t i = 0; i < frame->overlap_count; i++, at++) {
            const seg_track_overlap *overlap = &stream->overlaps[at];
            items[at] = (seg_keyed){(uint64_t)expected[overlap->expected] << 32 |
                                        (uint32_t)predicted[overlap->predicted],
                                    (uint64_t)at};
        }
        expected += frame->expected_count;
        predicted += frame->predicted_count;
    }
}

static seg_status find_pairs(seg_track_view *view, seg_scratch *scratch) {
    const size_t count = (size_t)view->stream->overlap_count;
    seg_keyed *items = seg_scratch_take(scratch, 2 * count, sizeof *items, "pairs of tracks");
    view->pairs = seg_scratch_take(scratch, count, sizeof *view->pairs, "pairs of tracks");
    view->pair_of = seg_scratch_take(scratch, count, sizeof *view->pair_of, "pairs of tracks");
    if (!items || !view->pairs || !view->pair_of) return SEG_ERROR_MEMORY;
    key_overlaps(items, view);
    seg_sort(items, items + count, count);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || items[i].key != items[i - 1].key)
            view->pairs[view->pair_count++] =
                (seg_track_pair){(int32_t)(items[i].key >> 32), (int32_t)items[i].key};
        view->pair_of[items[i].value] = view->pair_count - 1;
    }
    return SEG_OK;
}

seg_status seg_tracks_count(seg_track_counts *counts, const seg_track_stream *stream,
                            double threshold, seg_scratch *scratch, seg_scratch *matching) {
    seg_track_view view = {.stream = stream};
    view.expected_tracks = number_tracks(&view.expected, &view.expected_lengths, stream->expected,
                                         stream->expected_count, scratch);
    view.predicted_tracks = number_tracks(&view.predicted, &view.predicted_lengths,
                                          stream->predicted, stream->predicted_count, scratch);
    if (view.expected_tracks < 0 || view.predicted_tracks < 0) return SEG_ERROR_MEMORY;
    SEG_TRY(find_pairs(&view, scratch));
    memset(counts, 0, sizeof *counts);
    counts->expected = stream->expected_count;
    counts->predicted = stream->predicted_count;
    counts->expected_tracks = view.expected_tracks;
    counts->predicted_tracks = view.predicted_tracks;
    SEG_TRY(seg_tracks_hota(counts, &view, scratch, matching));
    SEG_TRY(seg_tracks_clear(counts, &view, threshold, scratch, matching));
    return seg_tracks_identity(counts, &view, threshold, scratch, matching);
}

void seg_track_counts_add(seg_track_counts *sum, const seg_track_counts *more) {
    sum->expected += more->expected;
    sum->predicted += more->predicted;
    sum->expected_tracks += more->expected_tracks;
    sum->predicted_tracks += more->predicted_tracks;
    for (int32_t a = 0; a < SEG_HOTA_ALPHAS; a++) {
        sum->hits[a] += more->hits[a];
        seg_exact_sum_merge(&sum->ass_a[a], &more->ass_a[a]);
        seg_exact_sum_merge(&sum->ass_re[a], &more->ass_re[a]);
        seg_exact_sum_merge(&sum->ass_pr[a], &more->ass_pr[a]);
        seg_exact_sum_merge(&sum->loc[a], &more->loc[a]);
    }
    sum->tp += more->tp;
    sum->switches += more->switches;
    sum->fragments += more->fragments;
    sum->mostly_tracked += more->mostly_tracked;
    sum->partly_tracked += more->partly_tracked;
    sum->mostly_lost += more->mostly_lost;
    seg_exact_sum_merge(&sum->iou, &more->iou);
    sum->idtp += more->idtp;
}
