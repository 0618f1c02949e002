/* Frames of tracks, and what HOTA, CLEAR MOT and the identity measures count in them. */
#ifndef SEG_EVALUATE_TRACKS_H
#define SEG_EVALUATE_TRACKS_H

#include "evaluate/class_list.h"
#include "evaluate/exact_sum.h"
#include "evaluate/matching.h"
#include "evaluate/overlaps.h"

#define SEG_HOTA_ALPHAS 19 /* .05, .1, ..., .95 */

static inline double seg_hota_alpha(int32_t i) {
    return .05 + i * .05;
}

/** What the reference subtracts from thresholds before it compares. */
#define SEG_TRACKS_EPSILON 0x1p-52

/* ---- frames ---- */

typedef struct seg_track_frame {
    int32_t expected_count, predicted_count, overlap_count;
} seg_track_frame;

typedef struct seg_track_overlap {
    int32_t expected, predicted; /* places in the frame */
    double iou;
} seg_track_overlap;

/** The frames of one class in which it occurs, one after the other; grows amortised. */
typedef struct seg_track_stream {
    int32_t category; /* first: an item of a seg_class_list */
    seg_track_frame *frames;
    int32_t frame_count, frame_capacity;
    int32_t *expected; /* ids of all frames */
    int32_t expected_count, expected_capacity;
    int32_t *predicted;
    int32_t predicted_count, predicted_capacity;
    seg_track_overlap *overlaps;
    int32_t overlap_count, overlap_capacity;
} seg_track_stream;

/** The rules for what is left out before anything is counted. */
typedef struct seg_track_rules {
    double threshold; /* IoU of a match */
    int32_t category; /* the only one that counts, -1 = all */
} seg_track_rules;

/**
 * Adds a frame to the streams of its classes, without what is left out: predictions that are
 * matched to ignored truths, or lie in crowds and match nothing; ignored truths and crowds. On
 * error the streams count nothing more. Errors: SEG_ERROR_ARGUMENT (an id twice in a class),
 * SEG_ERROR_LIMIT, SEG_ERROR_MEMORY.
 */
SEG_NODISCARD seg_status seg_tracks_add(seg_class_list *streams, const seg_overlaps *overlaps,
                                        const seg_track_rules *rules, seg_scratch *scratch,
                                        seg_scratch *matching);

void seg_track_stream_free(seg_track_stream *stream, const seg_env *env);

/* ---- counts ---- */

/** What a sequence gives for one class. */
typedef struct seg_track_counts {
    int64_t expected, predicted;               /* boxes or masks */
    int64_t expected_tracks, predicted_tracks; /* tracks */
    /* HOTA, at each alpha; misses and false ones follow from the sums above */
    int64_t hits[SEG_HOTA_ALPHAS];
    seg_exact_sum ass_a[SEG_HOTA_ALPHAS], ass_re[SEG_HOTA_ALPHAS], ass_pr[SEG_HOTA_ALPHAS];
    seg_exact_sum loc[SEG_HOTA_ALPHAS]; /* IoU of the hits */
    /* CLEAR MOT */
    int64_t tp, switches, fragments, mostly_tracked, partly_tracked, mostly_lost;
    seg_exact_sum iou; /* of tp */
    /* identity */
    int64_t idtp;
} seg_track_counts;

void seg_track_counts_add(seg_track_counts *sum, const seg_track_counts *more);

/** Two tracks that meet. */
typedef struct seg_track_pair {
    int32_t expected, predicted; /* numbers of tracks */
} seg_track_pair;

/** A stream with its tracks numbered from 0; all memory is scratch. */
typedef struct seg_track_view {
    const seg_track_stream *stream;
    int32_t *expected, *predicted; /* number of the track of each item */
    int32_t expected_tracks, predicted_tracks;
    int32_t *expected_lengths, *predicted_lengths; /* items of each track */
    seg_track_pair *pairs;                         /* ascending */
    int32_t pair_count;
    int32_t *pair_of; /* of each overlap */
} seg_track_view;

/** Counts everything. `scratch` is rewound between streams by the caller. */
SEG_NODISCARD seg_status seg_tracks_count(seg_track_counts *counts, const seg_track_stream *stream,
                                          double threshold, seg_scratch *scratch,
                                          seg_scratch *matching);

SEG_NODISCARD seg_status seg_tracks_hota(seg_track_counts *counts, const seg_track_view *view,
                                         seg_scratch *scratch, seg_scratch *matching);
SEG_NODISCARD seg_status seg_tracks_clear(seg_track_counts *counts, const seg_track_view *view,
                                          double threshold, seg_scratch *scratch,
                                          seg_scratch *matching);
SEG_NODISCARD seg_status seg_tracks_identity(seg_track_counts *counts, const seg_track_view *view,
                                             double threshold, seg_scratch *scratch,
                                             seg_scratch *matching);

#endif
