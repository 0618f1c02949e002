/*
 * CLEAR MOT: K. Bernardin, R. Stiefelhagen, "Evaluating multiple object tracking performance: the
 * CLEAR MOT metrics", EURASIP JIVP 2008, with mostly tracked and lost tracks (B. Wu, R. Nevatia,
 * CVPR 2006); identity: E. Ristani et al., "Performance measures and a data set for multi-target,
 * multi-camera tracking", ECCV workshops 2016; both as the reference code of HOTA computes them.
 *
 * CLEAR: in each frame, truths and predictions whose IoU reaches the threshold are matched; first
 * as many truths as possible keep the prediction that they had in the frame before, then the sum of
 * IoU is greatest. A truth that gets another prediction than the last one it ever had is a switch;
 * one that is matched after a frame in which it was not starts a fragment, the first one aside. A
 * frame without truths or without predictions leaves the memory of the frame before untouched.
 *
 * Identity: over the whole sequence, each true track is given at most one predicted track, so that
 * the frames in which they overlap by the threshold (idtp) are as many as possible.
 */
#include "evaluate/tracks.h"

#include "core/check.h"

/* ---- CLEAR MOT ---- */

#define NONE (-1)
#define KEEPING                                                                                    \
    1000 /* more than any sum of IoU of a frame could outweigh, in the reference too               \
          */

typedef struct clear {
    const seg_track_view *view;
    double threshold;
    int32_t *last;    /* of each true track: the prediction it had last, NONE */
    int32_t *before;  /* the one it had in the frame before */
    int32_t *matched; /* frames in which it was matched */
    int32_t *fragments;
    int32_t *now;       /* of each truth of a frame: its prediction */
    const int32_t *set; /* the tracks of which `before` may be set */
    int32_t set_count;
    seg_edge *edges;
    int32_t *edge_overlaps, *chosen;
} clear;

static seg_status take(clear *c, seg_scratch *scratch) {
    const seg_track_stream *stream = c->view->stream;
    int32_t most = 0, overlaps = 0;
    for (int32_t i = 0; i < stream->frame_count; i++) {
        if (stream->frames[i].expected_count > most) most = stream->frames[i].expected_count;
        if (stream->frames[i].overlap_count > overlaps) overlaps = stream->frames[i].overlap_count;
    }
    const size_t tracks = (size_t)c->view->expected_tracks;
    int32_t **const of_tracks[4] = {&c->last, &c->before, &c->matched, &c->fragments};
    for (int i = 0; i < 4; i++) {
        *of_tracks[i] = seg_scratch_take(scratch, tracks, sizeof(int32_t), "tracks");
        if (!*of_tracks[i]) return SEG_ERROR_MEMORY;
        for (size_t t = 0; t < tracks; t++)
            (*of_tracks[i])[t] = i < 2 ? NONE : 0;
    }
    c->now = seg_scratch_take(scratch, (size_t)most, sizeof *c->now, "a frame");
    c->chosen = seg_scratch_take(scratch, (size_t)most, sizeof *c->chosen, "a frame");
    c->edges = seg_scratch_take(scratch, (size_t)overlaps, sizeof *c->edges, "a frame");
    c->edge_overlaps =
        seg_scratch_take(scratch, (size_t)overlaps, sizeof *c->edge_overlaps, "a frame");
    return c->now && c->chosen && c->edges && c->edge_overlaps ? SEG_OK : SEG_ERROR_MEMORY;
}

/* A frame: its truths, predictions and overlaps. */
typedef struct slice {
    const int32_t *expected, *predicted; /* numbers of tracks */
    const seg_track_overlap *overlaps;
    seg_track_frame counts;
} slice;

static int32_t collect_edges(clear *c, const slice *s) {
    int32_t count = 0;
    for (int32_t i = 0; i < s->counts.overlap_count; i++) {
        const seg_track_overlap *overlap = &s->overlaps[i];
        if (overlap->iou < c->threshold - SEG_TRACKS_EPSILON) continue;
        const bool keeps =
            c->before[s->expected[overlap->expected]] == s->predicted[overlap->predicted];
        c->edges[count] =
            (seg_edge){overlap->expected, overlap->predicted, overlap->iou + (keeps ? KEEPING : 0)};
        c->edge_overlaps[count++] = i;
    }
    return count;
}

static seg_status match_frame(seg_track_counts *counts, clear *c, const slice *s,
                              seg_scratch *matching) {
    const int32_t edge_count = collect_edges(c, s);
    SEG_TRY(seg_matching_heaviest(c->chosen, c->edges, edge_count, s->counts.expected_count,
                                  s->counts.predicted_count, matching));
    for (int32_t e = 0; e < s->counts.expected_count; e++) {
        const int32_t track = s->expected[e];
        c->now[e] = NONE;
        if (c->chosen[e] < 0) continue;
        const seg_track_overlap *overlap = &s->overlaps[c->edge_overlaps[c->chosen[e]]];
        c->now[e] = s->predicted[overlap->predicted];
        counts->tp++;
        seg_exact_sum_add(&counts->iou, overlap->iou);
        counts->switches += c->last[track] != NONE && c->last[track] != c->now[e];
        c->fragments[track] += c->before[track] == NONE;
        c->last[track] = c->now[e];
        c->matched[track]++;
    }
    for (int32_t i = 0; i < c->set_count; i++)
        c->before[c->set[i]] = NONE;
    c->set = s->expected;
    c->set_count = s->counts.expected_count;
    for (int32_t e = 0; e < s->counts.expected_count; e++)
        c->before[s->expected[e]] = c->now[e];
    return SEG_OK;
}

static void judge_tracks(seg_track_counts *counts, const clear *c) {
    for (int32_t t = 0; t < c->view->expected_tracks; t++) {
        const double share = (double)c->matched[t] / c->view->expected_lengths[t];
        counts->mostly_tracked += share > .8;
        counts->partly_tracked += share >= .2 && !(share > .8);
        counts->mostly_lost += share < .2;
        if (c->fragments[t]) counts->fragments += c->fragments[t] - 1;
    }
}

seg_status seg_tracks_clear(seg_track_counts *counts, const seg_track_view *view, double threshold,
                            seg_scratch *scratch, seg_scratch *matching) {
    clear c = {.view = view, .threshold = threshold};
    SEG_TRY(take(&c, scratch));
    slice s = {view->expected, view->predicted, view->stream->overlaps, {0, 0, 0}};
    for (int32_t i = 0; i < view->stream->frame_count; i++) {
        s.counts = view->stream->frames[i];
        if (s.counts.expected_count && s.counts.predicted_count)
            SEG_TRY(match_frame(counts, &c, &s, matching));
        s.expected += s.counts.expected_count;
        s.predicted += s.counts.predicted_count;
        if (s.overlaps) s.overlaps += s.counts.overlap_count;
    }
    judge_tracks(counts, &c);
    return SEG_OK;
}

/* ---- identity ---- */

seg_status seg_tracks_identity(seg_track_counts *counts, const seg_track_view *view,
                               double threshold, seg_scratch *scratch, seg_scratch *matching) {
    const size_t pairs = (size_t)view->pair_count, tracks = (size_t)view->expected_tracks;
    int32_t *meetings = seg_scratch_take(scratch, pairs, sizeof *meetings, "pairs of tracks");
    seg_edge *edges = seg_scratch_take(scratch, pairs, sizeof *edges, "pairs of tracks");
    int32_t *chosen = seg_scratch_take(scratch, tracks, sizeof *chosen, "pairs of tracks");
    if (!meetings || !edges || !chosen) return SEG_ERROR_MEMORY;
    for (size_t i = 0; i < pairs; i++)
        meetings[i] = 0;
    for (int32_t i = 0; i < view->stream->overlap_count; i++)
        meetings[view->pair_of[i]] += view->stream->overlaps[i].iou >= threshold;
    int32_t edge_count = 0;
    for (size_t i = 0; i < pairs; i++)
        if (meetings[i])
            edges[edge_count++] =
                (seg_edge){view->pairs[i].expected, view->pairs[i].predicted, meetings[i]};
    SEG_TRY(seg_matching_heaviest(chosen, edges, edge_count, view->expected_tracks,
                                  view->predicted_tracks, matching));
    for (size_t t = 0; t < tracks; t++)
        if (chosen[t] >= 0) counts->idtp += (int64_t)edges[chosen[t]].weight;
    return SEG_OK;
}
