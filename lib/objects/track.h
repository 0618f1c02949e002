/* What the parts of a tracker share: its state, and a frame's objects on their way to tracks. */
#ifndef SEG_OBJECTS_TRACK_H
#define SEG_OBJECTS_TRACK_H

#include "core/clock.h"
#include "core/memory.h"
#include "objects/track_filter.h"
#include <segment/objects.h>

#define SEG_TRACK_TRAIL 32

/** What is known of a track besides what callers see. */
typedef struct seg_track_state {
    seg_track_axis x, y;        /* centre of its box */
    double width, height, area; /* smoothed */
    int32_t hits;               /* frames in which it was seen, up to a bound */
    double unseen, merged;      /* for how long, in the units of the options */
} seg_track_state;

typedef struct seg_track_trail {
    seg_point points[SEG_TRACK_TRAIL]; /* oldest first */
    int32_t count;
} seg_track_trail;

struct seg_tracker {
    seg_env env;
    seg_track_options options;
    seg_scratch scratch;
    int32_t width, height; /* of the frames, once bound */
    bool bound;
    seg_clock clock;
    double interval; /* seconds of a frame, 0 = not known */
    int32_t next_id;
    /* Tracks in the order in which they were first seen. Those that are born stand before those
     * that are not: all that are born need the same number of frames in a row. */
    seg_track *tracks;
    seg_track_state *states;
    int32_t count, capacity, state_capacity;
    seg_track_trail *trails; /* of those that are born */
    int32_t born, trail_capacity;
};

/** A frame on its way. Lists have places for all tracks, old ones and those that may begin. */
typedef struct seg_tracking {
    const seg_tracker *tracker;
    seg_result *result;
    const seg_image *mask; /* 0 where the result has no label; NULL = none */
    seg_scratch *scratch;
    const seg_object *objects; /* the frame's own, ascending by id */
    int32_t object_count;
    int32_t track_count;        /* old and new */
    seg_track_state *predicted; /* of the old ones */
    int32_t *owner;             /* of each object: a track, -1 = none */
    int32_t *object_of;         /* of each track: its object, -1 = none */
    int32_t *next;              /* of each track: the next one with the same object, -1 = last */
    int32_t *id_of;             /* of each track: id, 0 = not born */
    bool joined;                /* some track has several objects */
} seg_tracking;

/** Variance of a measured place of an object of that size. */
double seg_track_noise(const seg_tracker *tracker, const seg_track_state *state);

/** Finds owners: by distance, by common pixels, as pieces. New tracks are not made. */
SEG_NODISCARD seg_status seg_track_match(seg_tracking *frame);

/** result->labels and result->objects get the ids of the tracks. */
SEG_NODISCARD seg_status seg_track_relabel(seg_tracking *frame);

/** True if other tracks have the same object. */
static inline bool seg_track_shares(const seg_tracking *frame, int32_t track) {
    const int32_t object = frame->object_of[track];
    return object >= 0 && frame->next[frame->owner[object]] >= 0;
}

#endif
