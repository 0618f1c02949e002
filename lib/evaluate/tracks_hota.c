/*
 * HOTA: J. Luiten et al., "HOTA: a higher order metric for evaluating multi-object tracking", IJCV
 * 129, 2021, as its reference code computes it.
 *
 * 1. How well two tracks agree over the whole sequence: in each frame an overlap s of truth i and
 *    prediction j counts s / (sum of row i + sum of column j - s); the sum over the frames where
 *    both meet, over the items of both tracks less that sum, is their alignment.
 * 2. In each frame, truths and predictions are matched for the greatest sum of alignment times s.
 *    At threshold alpha those pairs are hits (TPA candidates) whose s reaches it.
 * 3. With c hits of a pair of tracks of lengths g and p, each of them adds c / (g + p - c) to AssA,
 *    c / g to AssRe and c / p to AssPr, which are means over the hits.
 */
#include "evaluate/tracks.h"

#include "core/check.h"

#include <string.h>

typedef struct hota {
    const seg_track_view *view;
    double *alignment;      /* of each pair of tracks */
    double *rows, *columns; /* sums of IoU in a frame */
    seg_edge *edges;        /* of a frame */
    int32_t *chosen;
    int32_t (*hits)[SEG_HOTA_ALPHAS]; /* of each pair of tracks */
} hota;

static seg_status take(hota *h, seg_scratch *scratch) {
    const seg_track_stream *stream = h->view->stream;
    int32_t rows = 0, columns = 0, overlaps = 0;
    for (int32_t i = 0; i < stream->frame_count; i++) {
        const seg_track_frame *frame = &stream->frames[i];
        if (frame->expected_count > rows) rows = frame->expected_count;
        if (frame->predicted_count > columns) columns = frame->predicted_count;
        if (frame->overlap_count > overlaps) overlaps = frame->overlap_count;
    }
    const size_t pairs = (size_t)h->view->pair_count;
    h->alignment = seg_scratch_take(scratch, pairs, sizeof *h->alignment, "pairs of tracks");
    h->hits = seg_scratch_take(scratch, pairs, sizeof *h->hits, "pairs of tracks");
    h->rows = seg_scratch_take(scratch, (size_t)rows, sizeof *h->rows, "a frame");
    h->columns = seg_scratch_take(scratch, (size_t)columns, sizeof *h->columns, "a frame");
    h->edges = seg_scratch_take(scratch, (size_t)overlaps, sizeof *h->edges, "a frame");
    h->chosen = seg_scratch_take(scratch, (size_t)rows, sizeof *h->chosen, "a frame");
    if (!h->alignment || !h->hits || !h->rows || !h->columns || !h->edges || !h->chosen)
        return SEG_ERROR_MEMORY;
    memset(h->hits, 0, pairs * sizeof *h->hits);
    for (size_t i = 0; i < pairs; i++)
        h->alignment[i] = 0;
    return SEG_OK;
}

static void align_frame(hota *h, const seg_track_frame *frame, int32_t first) {
    if (!frame->overlap_count) return;
    const seg_track_overlap *overlaps = h->view->stream->overlaps + first;
    for (int32_t i = 0; i < frame->expected_count; i++)
        h->rows[i] = 0;
    for (int32_t i = 0; i < frame->predicted_count; i++)
        h->columns[i] = 0;
    for (int32_t i = 0; i < frame->overlap_count; i++) {
        h->rows[overlaps[i].expected] += overlaps[i].iou;
        h->columns[overlaps[i].predicted] += overlaps[i].iou;
    }
    for (int32_t i = 0; i < frame->overlap_count; i++) {
        const seg_track_overlap *overlap = &overlaps[i];
        const double whole =
            h->columns[overlap->predicted] + h->rows[overlap->expected] - overlap->iou;
        if (whole > SEG_TRACKS_EPSILON)
            h->alignment[h->view->pair_of[first + i]] += overlap->iou / whole;
    }
}

static void align(hota *h) {
    const seg_track_view *view = h->view;
    int32_t first = 0;
    for (int32_t i = 0; i < view->stream->frame_count; i++) {
        align_frame(h, &view->stream->frames[i], first);
        first += view->stream->frames[i].overlap_count;
    }
    for (int32_t i = 0; i < view->pair_count; i++) {
        const double meetings = h->alignment[i];
        h->alignment[i] = meetings / (view->expected_lengths[view->pairs[i].expected] +
                                      view->predicted_lengths[view->pairs[i].predicted] - meetings);
    }
}

static seg_status match_frame(seg_track_counts *counts, hota *h, const seg_track_frame *frame,
                              int32_t first, seg_scratch *matching) {
    const seg_track_overlap *overlaps =
        frame->overlap_count ? h->view->stream->overlaps + first : NULL;
    int32_t edge_count = 0;
    for (int32_t i = 0; i < frame->overlap_count; i++)
        h->edges[edge_count++] =
            (seg_edge){overlaps[i].expected, overlaps[i].predicted,
                       h->alignment[h->view->pair_of[first + i]] * overlaps[i].iou};
    SEG_TRY(seg_matching_heaviest(h->chosen, h->edges, edge_count, frame->expected_count,
                                  frame->predicted_count, matching));
    for (int32_t e = 0; e < frame->expected_count; e++) {
        const int32_t i = h->chosen[e];
        for (int32_t a = 0; i >= 0 && a < SEG_HOTA_ALPHAS; a++) {
            if (overlaps[i].iou < seg_hota_alpha(a) - SEG_TRACKS_EPSILON) break;
            h->hits[h->view->pair_of[first + i]][a]++;
            counts->hits[a]++;
            seg_exact_sum_add(&counts->loc[a], overlaps[i].iou);
        }
    }
    return SEG_OK;
}

static void associate(seg_track_counts *counts, const hota *h) {
    for (int32_t i = 0; i < h->view->pair_count; i++) {
        const double g = h->view->expected_lengths[h->view->pairs[i].expected];
        const double p = h->view->predicted_lengths[h->view->pairs[i].predicted];
        for (int32_t a = 0; a < SEG_HOTA_ALPHAS && h->hits[i][a]; a++) {
            const double c = h->hits[i][a];
            seg_exact_sum_add(&counts->ass_a[a], c * (c / (g + p - c)));
            seg_exact_sum_add(&counts->ass_re[a], c * (c / g));
            seg_exact_sum_add(&counts->ass_pr[a], c * (c / p));
        }
    }
}

seg_status seg_tracks_hota(seg_track_counts *counts, const seg_track_view *view,
                           seg_scratch *scratch, seg_scratch *matching) {
    hota h = {.view = view};
    SEG_TRY(take(&h, scratch));
    align(&h);
    int32_t first = 0;
    for (int32_t i = 0; i < view->stream->frame_count; i++) {
        SEG_TRY(match_frame(counts, &h, &view->stream->frames[i], first, matching));
        first += view->stream->frames[i].overlap_count;
    }
    associate(counts, &h);
    return SEG_OK;
}
