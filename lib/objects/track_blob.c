/* Tracks as a blob: the clock, then each track with its filter and its trail. */
#include "core/blob.h"
#include "core/check.h"
#include "objects/track.h"

#define ID "tracks"
#define VERSION 1
#define MOST_COORDINATE 1e15 /* of what a filter can come to */

static void write_track(seg_blob_writer *writer, const seg_track *track, const seg_track_state *s) {
    const seg_rect *peak = &track->peak_box;
    const int32_t whole[9] = {track->id, track->age, s->hits,     track->seen, track->ended,
                              peak->x,   peak->y,    peak->width, peak->height};
    const int64_t frames[4] = {track->first, track->last, track->peak_frame, track->peak_area};
    const double numbers[18] = {s->x.position,    s->x.velocity,   s->x.pp,       s->x.pv,
                                s->x.vv,          s->y.position,   s->y.velocity, s->y.pp,
                                s->y.pv,          s->y.vv,         s->width,      s->height,
                                s->area,          s->unseen,       s->merged,     track->first_time,
                                track->last_time, track->peak_time};
    seg_blob_write_i32(writer, whole, 9);
    seg_blob_write_i64(writer, frames, 4);
    seg_blob_write_f64(writer, numbers, 18);
}

seg_status seg_tracker_save(const seg_tracker *tracker, void *buffer, size_t *size) {
    if (!tracker || !size)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)", tracker ? "size" : "tracker");
    if (!tracker->bound) return seg_fail(SEG_ERROR_STATE, "there are no tracks before a frame");
    const seg_blob_geometry geometry = {tracker->width, tracker->height, SEG_LABEL32, 1, 32,
                                        SEG_COLOUR_DATA};
    seg_blob_writer writer;
    seg_blob_write_begin(&writer, buffer, buffer ? *size : 0, ID, VERSION, &geometry);
    seg_clock_write(&writer, &tracker->clock);
    seg_blob_write_f64(&writer, &tracker->interval, 1);
    const int32_t counts[3] = {tracker->next_id, tracker->count, tracker->born};
    seg_blob_write_i32(&writer, counts, 3);
    for (int32_t t = 0; t < tracker->count; t++)
        write_track(&writer, &tracker->tracks[t], &tracker->states[t]);
    for (int32_t t = 0; t < tracker->born; t++) {
        const seg_track_trail *trail = &tracker->trails[t];
        seg_blob_write_i32(&writer, &trail->count, 1);
        for (int32_t i = 0; i < trail->count; i++) {
            const int32_t point[2] = {trail->points[i].x, trail->points[i].y};
            seg_blob_write_i32(&writer, point, 2);
        }
    }
    return seg_blob_write_end(&writer, size);
}

static bool read_axis(seg_track_axis *axis, const double *numbers) {
    *axis = (seg_track_axis){numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]};
    for (int i = 0; i < 5; i++)
        if (!(numbers[i] >= -MOST_COORDINATE && numbers[i] <= MOST_COORDINATE)) return false;
    return axis->pp >= 0 && axis->vv >= 0;
}

static bool is_inside(const seg_rect *box, const seg_blob_geometry *picture) {
    return box->x >= 0 && box->y >= 0 && box->width >= 1 && box->height >= 1 &&
           box->width <= picture->width && box->height <= picture->height &&
           box->x <= picture->width - box->width && box->y <= picture->height - box->height;
}

static bool read_track(seg_blob_reader *reader, seg_track *track, seg_track_state *s) {
    int32_t peak[4];
    int64_t frames[4];
    double numbers[18];
    *track = (seg_track){0};
    track->id = seg_blob_read_bounded(reader, 0, INT32_MAX);
    track->age = seg_blob_read_bounded(reader, 1, INT32_MAX);
    s->hits = seg_blob_read_bounded(reader, 1, INT32_MAX);
    track->seen = seg_blob_read_bounded(reader, 0, 1);
    track->ended = seg_blob_read_bounded(reader, 0, 1);
    seg_blob_read_i32(reader, peak, 4);
    seg_blob_read_i64(reader, frames, 4);
    seg_blob_read_f64(reader, numbers, 18);
    track->peak_box = (seg_rect){peak[0], peak[1], peak[2], peak[3]};
    track->first = frames[0];
    track->last = frames[1];
    track->peak_frame = frames[2];
    track->peak_area = frames[3];
    track->first_time = numbers[15];
    track->last_time = numbers[16];
    track->peak_time = numbers[17];
    if (!is_inside(&track->peak_box, &reader->geometry)) return false;
    if (!read_axis(&s->x, numbers) || !read_axis(&s->y, numbers + 5)) return false;
    s->width = numbers[10];
    s->height = numbers[11];
    s->area = numbers[12];
    s->unseen = numbers[13];
    s->merged = numbers[14];
    const double *sizes = numbers + 10;
    for (int i = 0; i < 3; i++)
        if (!(sizes[i] >= 0.5 && sizes[i] <= MOST_COORDINATE)) return false;
    return s->unseen >= 0 && s->merged >= 0;
}

static void read_trail(seg_blob_reader *reader, seg_track_trail *trail) {
    trail->count = seg_blob_read_bounded(reader, 0, SEG_TRACK_TRAIL);
    for (int32_t i = 0; i < trail->count; i++) {
        int32_t point[2];
        seg_blob_read_i32(reader, point, 2);
        trail->points[i] = (seg_point){point[0], point[1]};
    }
}

/* Into a tracker without tracks. */
static seg_status read_tracks(seg_tracker *t, seg_blob_reader *reader) {
    enum { TRACK_BYTES = 9 * 4 + 4 * 8 + 18 * 8 };
    const seg_allocator *allocator = t->env.allocator;
    bool good = seg_clock_read(reader, &t->clock);
    seg_blob_read_f64(reader, &t->interval, 1);
    t->next_id = seg_blob_read_bounded(reader, 1, INT32_MAX);
    const int32_t count = seg_blob_read_bounded(reader, 0, INT32_MAX);
    const int32_t born = seg_blob_read_bounded(reader, 0, count);
    if (!good || !(t->interval >= 0 && t->interval <= 1e9) || reader->failed ||
        (size_t)count > seg_blob_left(reader) / TRACK_BYTES)
        return seg_fail(SEG_ERROR_DATA, "the tracks' content is impossible or ends early");
    SEG_TRY(seg_grow((void **)&t->tracks, &t->capacity, 0, count, sizeof *t->tracks, allocator));
    SEG_TRY(
        seg_grow((void **)&t->states, &t->state_capacity, 0, count, sizeof *t->states, allocator));
    SEG_TRY(
        seg_grow((void **)&t->trails, &t->trail_capacity, 0, born, sizeof *t->trails, allocator));
    int32_t last = 0;
    for (int32_t i = 0; i < count && good; i++) {
        good = read_track(reader, &t->tracks[i], &t->states[i]);
        const int32_t id = t->tracks[i].id;
        good = good && (i < born ? id > last && id < t->next_id : id == 0);
        last = id;
    }
    for (int32_t i = 0; i < born; i++)
        read_trail(reader, &t->trails[i]);
    if (!good) return seg_fail(SEG_ERROR_DATA, "the tracks' content is impossible or ends early");
    t->count = count;
    t->born = born;
    return seg_blob_finish(reader);
}

seg_status seg_tracker_load(seg_tracker *tracker, const void *buffer, size_t size) {
    if (!tracker) return seg_fail(SEG_ERROR_ARGUMENT, "tracker is missing (NULL)");
    seg_blob_reader reader;
    seg_tracker *fresh;
    SEG_TRY(seg_blob_read_begin(&reader, buffer, size, ID, VERSION));
    SEG_TRY(seg_tracker_create(&fresh, &tracker->options, &tracker->env));
    const seg_status status = read_tracks(fresh, &reader);
    if (status < 0) {
        seg_tracker_free(fresh);
        return status;
    }
    fresh->width = reader.geometry.width;
    fresh->height = reader.geometry.height;
    fresh->bound = true;
    /* the new content in the old place; what was there goes with the other */
    const seg_tracker old = *tracker;
    *tracker = *fresh;
    *fresh = old;
    tracker->scratch = old.scratch;
    fresh->scratch = (seg_scratch){0};
    seg_scratch_init(&fresh->scratch, &fresh->env);
    seg_tracker_free(fresh);
    return SEG_OK;
}
