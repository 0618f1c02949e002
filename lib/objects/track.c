/*
 * Objects through time: each frame's objects are matched to tracks (track_match.c), labels get the
 * tracks' ids (track_regions.c), and the tracks are moved on (track_filter.c).
 *
 * A track is born when its object was seen in `birth` frames in a row, and counts from then on; it
 * ends when it is not seen for longer than `death`, has shared its object with others for longer
 * than `merged`, or should have left the picture. What is not born ends when it is not seen once.
 *
 * Time is counted in frames: the velocity is in pixels per frame, a frame lasting as long as the
 * first frame says, so that dropped frames and variable frame rates move objects as far as they
 * should. Everything that can fail is done before anything is changed.
 *
 * Cost: a few hundred operations per object and those near it, a pass over the labels.
 */
#include "objects/track.h"

#include "core/check.h"
#include "objects/measure.h"

#include <math.h>
#include <string.h>

#define START_SPEED 0.5 /* deviation of the first velocity, of the size per frame */
#define SMOOTHING 0.2   /* weight of a new size */
#define SHARED_NOISE 4  /* variance of places in shared objects, of the usual one */
#define MOST_STEPS 1000 /* frames that a pause may count as */
#define MOST_HITS 1000000

static const seg_param rows[] = {
    {"track-gate", SEG_PARAM_FLOAT, offsetof(seg_track_options, gate), "3", 0.1, 100, NULL,
     "deviations",
     "An object belongs to a track if it is at most so far from where the track "
     "should be.",
     ""},
    {"track-birth", SEG_PARAM_INT, offsetof(seg_track_options, birth), "3", 1, 1000, NULL, "frames",
     "An object that is seen in so many frames in a row is a track.", ""},
    {"track-death", SEG_PARAM_DURATION, offsetof(seg_track_options, death), "15f", 0, 1e9, NULL,
     "duration", "A track that is not seen for longer ends (15f, 1s).", ""},
    {"track-merged", SEG_PARAM_DURATION, offsetof(seg_track_options, merged), "75f", 0, 1e9, NULL,
     "duration", "Of tracks that share one object for longer, the first one stays.", ""},
    {"track-noise", SEG_PARAM_FLOAT, offsetof(seg_track_options, noise), "0.1", 0, 10, NULL,
     "of the size", "Deviation of the places at which an object is seen.", "r"},
    {"track-agility", SEG_PARAM_FLOAT, offsetof(seg_track_options, agility), "0.02", 0, 10, NULL,
     "of the size per frame^2", "Deviation of the accelerations of objects.", "q"},
    {"track-join", SEG_PARAM_SIZE, offsetof(seg_track_options, join), "1%", 0, 1e6, NULL, "px",
     "Pieces in the place of a track that are at most so far apart belong together.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(seg_track_options)};

const seg_param_table *seg_track_params(void) {
    return &params;
}

void seg_track_options_init(seg_track_options *options) {
    seg_params_init(options, &params);
}

/* ---- life ---- */

seg_status seg_tracker_create(seg_tracker **tracker_out, const seg_track_options *options,
                              const seg_env *env) {
    if (!tracker_out) return seg_fail(SEG_ERROR_ARGUMENT, "tracker is missing (NULL)");
    *tracker_out = NULL;
    if (options) SEG_TRY(seg_params_check(options, &params));
    seg_tracker *tracker = seg_allocate_zeroed(env, 1, sizeof *tracker, "a tracker");
    if (!tracker) return SEG_ERROR_MEMORY;
    if (env) tracker->env = *env;
    tracker->env.progress = NULL; /* frames are not left half done */
    seg_track_options_init(&tracker->options);
    if (options) tracker->options = *options;
    seg_scratch_init(&tracker->scratch, &tracker->env);
    seg_tracker_reset(tracker);
    *tracker_out = tracker;
    return SEG_OK;
}

void seg_tracker_reset(seg_tracker *tracker) {
    if (!tracker) return;
    seg_clock_reset(&tracker->clock);
    tracker->clock.seconds = 0;
    tracker->bound = false;
    tracker->interval = 0;
    tracker->next_id = 1;
    tracker->count = tracker->born = 0;
}

void seg_tracker_free(seg_tracker *tracker) {
    if (!tracker) return;
    const seg_env env = tracker->env;
    seg_release(&env, tracker->tracks);
    seg_release(&env, tracker->states);
    seg_release(&env, tracker->trails);
    seg_scratch_free(&tracker->scratch);
    seg_release(&env, tracker);
}

const seg_track *seg_tracker_tracks(const seg_tracker *tracker, int32_t *count) {
    if (count) *count = tracker ? tracker->born : 0;
    return tracker ? tracker->tracks : NULL;
}

const seg_point *seg_tracker_trail(const seg_tracker *tracker, int32_t place, int32_t *count) {
    const bool there = tracker && place >= 0 && place < tracker->born;
    if (count) *count = there ? tracker->trails[place].count : 0;
    return there ? tracker->trails[place].points : NULL;
}

/* ---- a frame ---- */

static seg_status bind(seg_tracker *tracker, const seg_result *result) {
    const seg_image *labels = &result->labels;
    SEG_TRY(seg_check_image(labels, "labels", SEG_FORMAT_BIT(SEG_LABEL32), SEG_CHANNELS_1));
    if (tracker->bound && (labels->width != tracker->width || labels->height != tracker->height))
        return seg_fail(SEG_ERROR_SHAPE,
                        "the labels are %ld x %ld, those before were %ld x %ld; reset the tracker "
                        "to start anew",
                        (long)labels->width, (long)labels->height, (long)tracker->width,
                        (long)tracker->height);
    for (int32_t i = 1; i < result->object_count; i++)
        if (result->objects[i].id <= result->objects[i - 1].id)
            return seg_fail(SEG_ERROR_ARGUMENT, "objects do not ascend by id (object %ld)",
                            (long)i);
    return SEG_OK;
}

/* The tracks that ended with the frame before. */
static void drop_ended(seg_tracker *tracker) {
    int32_t kept = 0, born = 0;
    for (int32_t t = 0; t < tracker->count; t++) {
        if (tracker->tracks[t].ended) continue;
        tracker->tracks[kept] = tracker->tracks[t];
        tracker->states[kept] = tracker->states[t];
        if (t < tracker->born) tracker->trails[born++] = tracker->trails[t];
        kept++;
    }
    tracker->count = kept;
    tracker->born = born;
}

static double frame_seconds(const seg_result *result) {
    if (result->duration <= 0 || result->time_base.num <= 0 || result->time_base.den <= 0) return 0;
    return (double)result->duration * result->time_base.num / result->time_base.den;
}

/* Frames from the last one to this one; finds out how long one lasts. */
static double find_steps(double *interval, const seg_tracker *tracker, const seg_result *result) {
    const double elapsed = tracker->clock.elapsed;
    *interval = tracker->interval;
    if (*interval <= 0) *interval = frame_seconds(result);
    if (elapsed < 0) return 1;
    if (*interval <= 0) *interval = elapsed;
    const double steps = *interval > 0 ? elapsed / *interval : 1;
    return steps < MOST_STEPS ? steps : MOST_STEPS;
}

static seg_status grow(seg_tracker *tracker, int32_t more) {
    const seg_allocator *allocator = tracker->env.allocator;
    if (more > INT32_MAX - tracker->count) return seg_fail(SEG_ERROR_MEMORY, "too many tracks");
    const int32_t needed = tracker->count + more;
    SEG_TRY(seg_grow((void **)&tracker->tracks, &tracker->capacity, tracker->count, needed,
                     sizeof *tracker->tracks, allocator));
    SEG_TRY(seg_grow((void **)&tracker->states, &tracker->state_capacity, tracker->count, needed,
                     sizeof *tracker->states, allocator));
    return SEG_OK;
}

/* Lists of the frame, and where the tracks should be. */
static seg_status begin(seg_tracking *frame, seg_tracker *tracker, seg_result *result,
                        double steps) {
    seg_scratch *scratch = &tracker->scratch;
    const size_t objects = (size_t)result->object_count, tracks = (size_t)tracker->count + objects;
    *frame = (seg_tracking){.tracker = tracker, .result = result, .scratch = scratch};
    seg_object *own = seg_scratch_take(scratch, objects + 1, sizeof *own, "objects");
    frame->predicted =
        seg_scratch_take(scratch, tracks + 1, sizeof *frame->predicted, "predicted tracks");
    frame->owner = seg_scratch_take(scratch, objects + 1, sizeof(int32_t), "owners of objects");
    frame->object_of = seg_scratch_take(scratch, 3 * tracks + 1, sizeof(int32_t), "tracks");
    if (!own || !frame->predicted || !frame->owner || !frame->object_of) return SEG_ERROR_MEMORY;
    frame->next = frame->object_of + tracks;
    frame->id_of = frame->next + tracks;
    frame->objects = own;
    frame->object_count = result->object_count;
    frame->track_count = tracker->count;
    if (objects) memcpy(own, result->objects, objects * sizeof *own);
    for (size_t i = 0; i < objects; i++)
        frame->owner[i] = -1;
    for (size_t t = 0; t < tracks; t++)
        frame->object_of[t] = frame->next[t] = -1;
    for (int32_t t = 0; t < tracker->count; t++) {
        seg_track_state *state = &frame->predicted[t];
        *state = tracker->states[t];
        const double q = tracker->options.agility * tracker->options.agility;
        seg_track_axis_predict(&state->x, steps, q * state->width * state->height);
        seg_track_axis_predict(&state->y, steps, q * state->width * state->height);
    }
    return SEG_OK;
}

/* Objects that nobody owns begin tracks; who is seen often enough gets an id. */
static seg_status find_births(seg_tracking *frame, int32_t *next_id) {
    const seg_tracker *tracker = frame->tracker;
    for (int32_t o = 0; o < frame->object_count; o++) {
        if (frame->owner[o] >= 0) continue;
        frame->owner[o] = frame->track_count;
        frame->object_of[frame->track_count++] = o;
    }
    *next_id = tracker->next_id;
    for (int32_t t = 0; t < frame->track_count; t++) {
        const bool old = t < tracker->count;
        frame->id_of[t] = t < tracker->born ? tracker->tracks[t].id : 0;
        if (frame->id_of[t] || frame->object_of[t] < 0) continue;
        if ((old ? tracker->states[t].hits : 0) + 1 < tracker->options.birth) continue;
        if (*next_id == INT32_MAX)
            return seg_fail(SEG_ERROR_LIMIT, "there are no more ids for tracks; reset the tracker");
        frame->id_of[t] = (*next_id)++;
    }
    return SEG_OK;
}

/* ---- moving tracks on: nothing fails from here on ---- */

static void smooth_size(seg_track_state *state, const seg_object *object) {
    const double mean = 1.0 / state->hits, weight = mean > SMOOTHING ? mean : SMOOTHING;
    state->width += weight * (object->box.width - state->width);
    state->height += weight * (object->box.height - state->height);
    state->area += weight * ((double)object->area - state->area);
}

/* The frame at hand in seconds, or a negative number. */
static double seconds_of(const seg_result *result) {
    const seg_frame frame = {.pts = result->pts, .time_base = result->time_base};
    return seg_frame_seconds(&frame);
}

static void note_peak(seg_track *track, const seg_object *object, const seg_result *result) {
    if (object->area <= track->peak_area) return;
    track->peak_area = object->area;
    track->peak_frame = result->index;
    track->peak_time = seconds_of(result);
    track->peak_box = object->box;
}

static void start_track(seg_tracker *tracker, int32_t place, const seg_object *object,
                        const seg_result *result) {
    seg_track_state *state = &tracker->states[place];
    const double width = object->box.width, height = object->box.height;
    *state = (seg_track_state){.width = width, .height = height, .hits = 1};
    state->area = (double)object->area;
    const double noise = seg_track_noise(tracker, state);
    const double speed = START_SPEED * START_SPEED * width * height;
    state->x = seg_track_axis_start(object->box.x + width / 2, noise, speed);
    state->y = seg_track_axis_start(object->box.y + height / 2, noise, speed);
    tracker->tracks[place] =
        (seg_track){.age = 1, .first = result->index, .last = result->index, .seen = true};
    tracker->tracks[place].first_time = tracker->tracks[place].last_time = seconds_of(result);
    note_peak(&tracker->tracks[place], object, result);
}

static void see(seg_track_state *state, const seg_tracker *tracker, const seg_object *object,
                bool shared) {
    const double noise = seg_track_noise(tracker, state) * (shared ? SHARED_NOISE : 1);
    seg_track_axis_update(&state->x, object->box.x + object->box.width * 0.5, noise);
    seg_track_axis_update(&state->y, object->box.y + object->box.height * 0.5, noise);
    if (state->hits < MOST_HITS) state->hits++;
    if (!shared) smooth_size(state, object);
    state->unseen = 0;
}

static bool has_left(const seg_tracker *tracker, const seg_track_state *state) {
    const double x = state->x.position, y = state->y.position;
    return !(x >= 0 && y >= 0 && x <= tracker->width && y <= tracker->height);
}

/* Of the tracks that share its object. */
static bool is_oldest(const seg_tracking *frame, int32_t track) {
    for (int32_t t = frame->owner[frame->object_of[track]]; t >= 0; t = frame->next[t])
        if (t < track) return false;
    return true;
}

/* The old track `t` comes to `place`; `object` is its own or its part of one, NULL = not seen. */
static void move(const seg_tracking *frame, seg_tracker *tracker, int32_t t, int32_t place,
                 const seg_object *object) {
    seg_track *track = &tracker->tracks[place];
    seg_track_state *state = &tracker->states[place];
    const seg_track_options *o = &tracker->options;
    *track = tracker->tracks[t];
    *state = frame->predicted[t];
    const bool shared = seg_track_shares(frame, t);
    const bool first = !shared || is_oldest(frame, t);
    track->seen = object != NULL;
    if (track->age < INT32_MAX) track->age++;
    if (object) {
        see(state, tracker, object, shared);
        track->last = frame->result->index;
        track->last_time = seconds_of(frame->result);
        if (!shared) note_peak(track, object, frame->result);
    } else {
        state->unseen += seg_clock_step(&tracker->clock, &o->death);
    }
    state->merged = first ? 0 : state->merged + seg_clock_step(&tracker->clock, &o->merged);
    track->ended = state->unseen > o->death.value || state->merged > o->merged.value ||
                   (!object && has_left(tracker, state));
}

static int32_t nearest_pixel(double centre) {
    return (int32_t)floor(centre);
}

static void lengthen(seg_track_trail *trail, const seg_track_state *state) {
    if (trail->count == SEG_TRACK_TRAIL)
        memmove(trail->points, trail->points + 1, --trail->count * sizeof *trail->points);
    trail->points[trail->count++] =
        (seg_point){nearest_pixel(state->x.position), nearest_pixel(state->y.position)};
}

/* What callers see of a track. */
static void publish(seg_tracker *tracker, int32_t t) {
    seg_track *track = &tracker->tracks[t];
    const seg_track_state *s = &tracker->states[t];
    const double rate = tracker->interval > 0 ? 1 / tracker->interval : 1;
    track->box =
        (seg_box){s->x.position - s->width / 2, s->y.position - s->height / 2, s->width, s->height};
    track->velocity_x = s->x.velocity * rate;
    track->velocity_y = s->y.velocity * rate;
}

static void note_object(seg_object *object, const seg_track *track) {
    object->age = track->age;
    object->velocity_x = track->velocity_x;
    object->velocity_y = track->velocity_y;
}

/* What the track `t` is in this frame: an object of the result if it has an id, else one of the
 * frame's own; NULL if it is not seen. `next` walks through the result's objects. */
static const seg_object *sighting(const seg_tracking *frame, int32_t t, int32_t *next) {
    const seg_result *result = frame->result;
    const int32_t id = frame->id_of[t], own = frame->object_of[t];
    if (!id) return own >= 0 ? &frame->objects[own] : NULL;
    while (*next < result->object_count && result->objects[*next].id < id)
        ++*next;
    const bool there = *next < result->object_count && result->objects[*next].id == id;
    return there ? &result->objects[*next] : NULL;
}

/* Tracks that were not born and are not seen are gone at once. */
static void commit(seg_tracking *frame, seg_tracker *tracker) {
    int32_t next = 0, place = 0;
    for (int32_t t = 0; t < frame->track_count; t++) {
        const int32_t id = frame->id_of[t];
        const seg_object *object = sighting(frame, t, &next);
        if (!object && !id) continue;
        if (t >= tracker->count)
            start_track(tracker, place, object, frame->result);
        else
            move(frame, tracker, t, place, object);
        if (id && !tracker->tracks[place].id) {
            tracker->tracks[place].id = id;
            tracker->trails[tracker->born++].count = 0;
            tracker->tracks[place].peak_area = 0; /* callers see it from here on */
            note_peak(&tracker->tracks[place], object, frame->result);
        }
        if (id) lengthen(&tracker->trails[place], &tracker->states[place]);
        publish(tracker, place);
        if (id && object) note_object(&frame->result->objects[next], &tracker->tracks[place]);
        place++;
    }
    tracker->count = place;
}

static seg_status apply(seg_tracker *tracker, seg_result *result, const seg_image *mask) {
    const seg_frame about = {.index = result->index,
                             .pts = result->pts,
                             .duration = result->duration,
                             .time_base = result->time_base};
    seg_tracking frame;
    double interval;
    int32_t next_id;
    if (tracker->bound) {
        SEG_TRY(seg_clock_need(&tracker->clock, &tracker->options.death, "track-death"));
        SEG_TRY(seg_clock_need(&tracker->clock, &tracker->options.merged, "track-merged"));
    }
    const double steps = find_steps(&interval, tracker, result);
    SEG_TRY(grow(tracker, result->object_count));
    SEG_TRY(begin(&frame, tracker, result, steps));
    frame.mask = mask;
    SEG_TRY(seg_track_match(&frame));
    SEG_TRY(find_births(&frame, &next_id));
    SEG_TRY(seg_grow((void **)&tracker->trails, &tracker->trail_capacity, tracker->born,
                     tracker->born + (next_id - tracker->next_id), sizeof *tracker->trails,
                     tracker->env.allocator));
    SEG_TRY(seg_track_relabel(&frame));
    tracker->next_id = next_id;
    tracker->interval = interval;
    tracker->width = result->labels.width;
    tracker->height = result->labels.height;
    tracker->bound = true;
    commit(&frame, tracker);
    seg_clock_tick(&tracker->clock, &about);
    return SEG_OK;
}

seg_status seg_tracker_apply_masked(seg_tracker *tracker, seg_result *result,
                                    const seg_image *mask) {
    if (!tracker || !result)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)", tracker ? "result" : "tracker");
    SEG_TRY(bind(tracker, result));
    seg_scratch_rewind(&tracker->scratch);
    drop_ended(tracker);
    const seg_frame about = {.pts = result->pts, .time_base = result->time_base};
    seg_clock_look(&tracker->clock, &about);
    return apply(tracker, result, mask);
}

seg_status seg_tracker_apply(seg_tracker *tracker, seg_result *result) {
    return seg_tracker_apply_masked(tracker, result, NULL);
}
