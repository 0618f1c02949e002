/* Objects of a video: how each one is segmented in a frame, and over its sequence. */
#ifndef SEG_EVALUATE_VIDEO_H
#define SEG_EVALUATE_VIDEO_H

#include "core/memory.h"
#include <segment/evaluate.h>

typedef struct seg_video_rules {
    bool labels, ends, stability;
    double tolerance;
    int32_t ignore_value;
    int32_t proposals; /* 0: an object has the same label in both pictures */
} seg_video_rules;

/**
 * What is in a frame: a true object alone (proposal = 0), a label of the prediction alone (object
 * = 0), and the two held against each other. Those alone come before the pairs.
 */
typedef struct seg_sighting {
    int32_t sequence, frame;
    int32_t object, proposal; /* labels, 0 = none */
    double j, f;              /* of one alone, as against nothing */
    double t;                 /* of a prediction alone: stability since the frame before, or NaN */
} seg_sighting;

typedef struct seg_sightings {
    seg_sighting *items; /* ascending by sequence and frame */
    int32_t count, capacity;
} seg_sightings;

/* ---- frames (video_frames.c) ---- */

/** What an outline of the frame before was. */
typedef struct seg_video_outline {
    int32_t label, count;
    double *xy; /* NULL where there is none */
} seg_video_outline;

typedef struct seg_video_outlines {
    seg_video_outline *items;
    int32_t count, capacity;
} seg_video_outlines;

void seg_video_outlines_free(seg_video_outlines *outlines, const seg_env *env);

/** Memory of a frame, and of one of its objects. */
typedef struct seg_video_scratch {
    seg_scratch frame, object;
} seg_video_scratch;

/**
 * Compares the objects of a pair. `seen` gets items without sequence and frame; its memory is
 * kept. `before` holds the outlines of the frame before (stability), `now` (empty) gets those of
 * this one. Errors: SEG_ERROR_OPTION (a label beyond `proposals`), SEG_ERROR_LIMIT,
 * SEG_ERROR_UNSUPPORTED, SEG_ERROR_MEMORY.
 */
SEG_NODISCARD seg_status seg_video_compare(seg_sightings *seen, seg_video_outlines *now,
                                           const seg_video_outlines *before, const seg_pair *pair,
                                           const seg_video_rules *rules, seg_video_scratch *scratch,
                                           const seg_env *env);

/* ---- objects over their sequence (video_objects.c) ---- */

enum { SEG_VIDEO_J, SEG_VIDEO_F = 3, SEG_VIDEO_T = 6, SEG_VIDEO_NUMBERS = 7 };

typedef struct seg_video_object {
    int32_t sequence, object, proposal; /* proposal: the label that it is held against */
    int32_t frames;
    double numbers[SEG_VIDEO_NUMBERS]; /* mean, recall, decay of j, then of f; t */
} seg_video_object;

/** Frames first .. end - 1 are scored. */
typedef struct seg_video_span {
    int32_t first, end;
} seg_video_span;

seg_video_span seg_video_scored(int32_t frames, const seg_video_rules *rules);

/** Visits all true objects of sequences that have frames to score. `frames` are those of each
 *  sequence. Errors: SEG_ERROR_MEMORY. */
SEG_NODISCARD seg_status seg_video_visit(const seg_sightings *list, const int32_t *frames,
                                         int32_t sequences, const seg_video_rules *rules,
                                         void (*visit)(void *user, const seg_video_object *object),
                                         void *user, const seg_env *env);

#endif
