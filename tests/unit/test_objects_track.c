/* Tracks: the filter by hand, rectangles that move, hide, meet, break; blobs; hostile input. */
#include "core/memory.h"
#include "core_main.h"
#include "objects/track_filter.h"
#include "scenes.h"

#include <math.h>
#include <segment/segment.h>

enum { WIDTH = 160, HEIGHT = 100, MOST_IDS = 64 };

/* ---- a stage: rectangles to results ---- */

typedef struct stage {
    seg_tracker *tracker;
    seg_image mask;
    seg_result result;
    int64_t index;
    bool timed; /* 25 frames a second */
} stage;

static stage open_stage(const seg_track_options *options) {
    stage s = {0};
    ck_assert_ok(seg_tracker_create(&s.tracker, options, NULL));
    ck_assert_ok(seg_image_alloc(&s.mask, WIDTH, HEIGHT, SEG_U8, 1, NULL));
    seg_result_init(&s.result, NULL);
    return s;
}

static void close_stage(stage *s) {
    seg_tracker_free(s->tracker);
    seg_image_unref(&s->mask);
    seg_result_free(&s->result);
}

static void clear(stage *s) {
    for (int32_t y = 0; y < HEIGHT; y++)
        memset(seg_image_row(&s->mask, y), 0, WIDTH);
}

static void paint(stage *s, int32_t x, int32_t y, int32_t width, int32_t height) {
    for (int32_t row = y < 0 ? 0 : y; row < y + height && row < HEIGHT; row++)
        for (int32_t column = x < 0 ? 0 : x; column < x + width && column < WIDTH; column++)
            ((uint8_t *)seg_image_row(&s->mask, row))[column] = 255;
}

/* Components and their measures, before the tracker. */
static void find_objects(stage *s) {
    int32_t count;
    ck_assert_ok(seg_components(&s->result.labels, NULL, &count, &s->mask, 8, NULL));
    ck_assert_ok(seg_objects_measure(&s->result, &s->result.labels, NULL, NULL));
    s->result.index = s->index;
    s->result.pts = s->timed ? s->index : SEG_NO_PTS;
    s->result.time_base = s->timed ? (seg_rational){1, 25} : (seg_rational){0, 0};
    s->result.duration = s->timed ? 1 : 0;
}

static void track(stage *s) {
    find_objects(s);
    ck_assert_ok(seg_tracker_apply(s->tracker, &s->result));
    s->index++;
}

static int32_t id_at(const stage *s, int32_t x, int32_t y) {
    return ((const int32_t *)seg_image_row(&s->result.labels, y))[x];
}

/* ---- tests ---- */

START_TEST(filter_by_hand) {
    seg_track_axis a = seg_track_axis_start(0, 1, 1);
    seg_track_axis_predict(&a, 1, 0);
    ck_assert_double_eq(a.position, 0);
    ck_assert_double_eq(a.pp, 2);
    ck_assert_double_eq(a.pv, 1);
    ck_assert_double_eq(a.vv, 1);
    seg_track_axis_update(&a, 3, 1);
    ck_assert_double_eq_tol(a.position, 2, 1e-15);
    ck_assert_double_eq_tol(a.velocity, 1, 1e-15);
    ck_assert_double_eq_tol(a.pp, 2. / 3, 1e-15);
    ck_assert_double_eq_tol(a.pv, 1. / 3, 1e-15);
    ck_assert_double_eq_tol(a.vv, 2. / 3, 1e-15);
    seg_track_axis_predict(&a, 2, .5);
    ck_assert_double_eq_tol(a.position, 4, 1e-15);
    ck_assert_double_eq_tol(a.pp, 2. / 3 + 4. / 3 + 8. / 3 + 2, 1e-14);
    ck_assert_double_eq_tol(a.pv, 1. / 3 + 4. / 3 + 2, 1e-14);
    ck_assert_double_eq_tol(a.vv, 2. / 3 + 2, 1e-14);
}
END_TEST

START_TEST(one_object_goes_its_way) {
    stage s = open_stage(NULL);
    s.timed = true;
    for (int t = 0; t < 40; t++) {
        clear(&s);
        paint(&s, 5 + 3 * t, 50 - t, 12, 20);
        track(&s);
        ck_assert_int_eq(s.result.object_count, t >= 2);
        ck_assert_int_eq(id_at(&s, 10 + 3 * t, 60 - t), t >= 2);
        if (t < 2) continue;
        const seg_object *o = s.result.objects;
        ck_assert_int_eq(o->id, 1);
        ck_assert_int_eq(o->age, t + 1);
        ck_assert_int_eq(o->area, 240);
        if (t < 15) continue;
        ck_assert_double_eq_tol(o->velocity_x, 75, 2);
        ck_assert_double_eq_tol(o->velocity_y, -25, 2);
    }
    int32_t count, points;
    const seg_track *tracks = seg_tracker_tracks(s.tracker, &count);
    ck_assert_int_eq(count, 1);
    ck_assert_int_eq(tracks->first, 0);
    ck_assert_int_eq(tracks->last, 39);
    ck_assert_double_eq_tol(tracks->box.x, 5 + 3 * 39, 1);
    ck_assert_double_eq_tol(tracks->box.height, 20, 1e-9);
    const seg_point *trail = seg_tracker_trail(s.tracker, 0, &points);
    ck_assert_int_eq(points, 32);
    ck_assert_int_le(abs(trail[31].x - (11 + 3 * 39)), 1);
    ck_assert_int_le(abs(trail[0].x - (11 + 3 * 8)), 1);
    ck_assert_ptr_null(seg_tracker_trail(s.tracker, 1, &points));
    close_stage(&s);
}
END_TEST

START_TEST(what_flickers_is_not_born) {
    stage s = open_stage(NULL);
    for (int t = 0; t < 30; t++) {
        clear(&s);
        paint(&s, 20, 20, 10, 10);
        if (t % 3 != 2) paint(&s, 100, 60, 10, 10); /* two frames of three */
        track(&s);
        ck_assert_int_eq(s.result.object_count, t >= 2);
        ck_assert_int_eq(id_at(&s, 105, 65), 0);
    }
    close_stage(&s);
}
END_TEST

/* An object that is not seen for `hidden` frames; the id that it has then. */
static int32_t id_after_hiding(int hidden, const seg_track_options *options, bool timed) {
    stage s = open_stage(options);
    s.timed = timed;
    for (int t = 0; t < 30 + hidden; t++) {
        clear(&s);
        if (t < 10 || t >= 10 + hidden) paint(&s, 10 + 2 * t, 40, 14, 14);
        track(&s);
    }
    ck_assert_int_eq(s.result.object_count, 1);
    const int32_t id = s.result.objects->id;
    close_stage(&s);
    return id;
}

START_TEST(what_hides_comes_back) {
    seg_track_options o;
    seg_track_options_init(&o);
    ck_assert_int_eq(id_after_hiding(1, &o, false), 1);
    ck_assert_int_eq(id_after_hiding(15, &o, false), 1);
    ck_assert_int_eq(id_after_hiding(16, &o, false), 2);
    o.death = (seg_duration){.21, 1}; /* 5 frames */
    ck_assert_int_eq(id_after_hiding(5, &o, true), 1);
    ck_assert_int_eq(id_after_hiding(6, &o, true), 2);
}
END_TEST

START_TEST(who_meets_goes_on) {
    stage s = open_stage(NULL);
    bool met = false;
    for (int t = 0; t < 60; t++) {
        const int32_t a = 10 + 2 * t, b = 130 - 2 * t;
        clear(&s);
        paint(&s, a, 30, 16, 24);
        paint(&s, b, 40, 16, 24);
        track(&s);
        if (t < 2) continue;
        ck_assert_int_eq(s.result.object_count, 2);
        if (abs(a - b) < 16) met = true;
        if (abs(a - b) < 22) continue; /* who is who is told before and after */
        ck_assert_int_eq(id_at(&s, a + 8, 42), 1);
        ck_assert_int_eq(id_at(&s, b + 8, 52), 2);
    }
    ck_assert(met);
    int32_t count;
    seg_tracker_tracks(s.tracker, &count);
    ck_assert_int_eq(count, 2);
    close_stage(&s);
}
END_TEST

START_TEST(who_stays_together_becomes_one) {
    seg_track_options o;
    seg_track_options_init(&o);
    o.merged.value = 20;
    stage s = open_stage(&o);
    for (int t = 0; t < 60; t++) {
        const int32_t apart = t < 20 ? 30 - t : 10;
        clear(&s);
        paint(&s, 40, 30, 12, 20);
        paint(&s, 40 + apart, 30, 12, 20);
        track(&s);
        /* they touch from frame 18 on: frame 38 is the 21st */
        if (t >= 2) ck_assert_int_eq(s.result.object_count, t < 39 ? 2 : 1);
    }
    ck_assert_int_eq(s.result.object_count, 1);
    ck_assert_int_eq(s.result.objects->id, 1);
    ck_assert_int_eq(s.result.objects->area, 22 * 20);
    close_stage(&s);
}
END_TEST

START_TEST(pieces_are_one_object) {
    seg_track_options o;
    seg_track_options_init(&o);
    o.join = (seg_size){3, 0};
    for (int apart = 3; apart <= 4; apart++) {
        stage s = open_stage(&o);
        for (int t = 0; t < 30; t++) {
            clear(&s);
            paint(&s, 40 + t, 20, 15, 40);
            if (t >= 10) /* a gap across */
                for (int32_t y = 35; y < 35 + apart; y++)
                    memset(seg_image_row(&s.mask, y), 0, WIDTH);
            track(&s);
        }
        const bool one = apart == 3;
        ck_assert_int_eq(s.result.object_count, one ? 1 : 2);
        ck_assert_int_eq(s.result.objects[0].id, 1);
        if (one) ck_assert_int_eq(s.result.objects[0].area, 15 * 37);
        if (one) ck_assert_int_eq(s.result.objects[0].box.height, 40);
        close_stage(&s);
    }
}
END_TEST

START_TEST(who_leaves_is_gone) {
    stage s = open_stage(NULL);
    int32_t count;
    for (int t = 0; t < 12; t++) {
        clear(&s);
        if (t < 10) paint(&s, 110 + 5 * t, 40, 20, 20);
        track(&s);
    }
    const seg_track *tracks = seg_tracker_tracks(s.tracker, &count);
    ck_assert(count == 0 || tracks->ended);
    close_stage(&s);
}
END_TEST

/* Rectangles that wander, and some noise. */
static void paint_crowd(stage *s, int t, uint32_t seed) {
    clear(s);
    for (uint32_t i = 0; i < 12; i++) {
        const uint32_t r = scene_hash(seed * 100 + i);
        const int32_t vx = (int32_t)(r % 7) - 3, vy = (int32_t)(r / 7 % 5) - 2;
        const int32_t x = (int32_t)(r / 35 % WIDTH) + vx * t,
                      y = (int32_t)(r / 9999 % HEIGHT) + vy * t;
        if (scene_hash(r + (uint32_t)t) % 8)
            paint(s, (x % WIDTH + WIDTH) % WIDTH, (y % HEIGHT + HEIGHT) % HEIGHT,
                  (int32_t)(6 + r % 11), (int32_t)(6 + r % 13));
    }
    for (uint32_t i = 0; i < 10; i++) {
        const uint32_t r = scene_hash(seed + 77 * (uint32_t)t + 1000 * i);
        paint(s, (int32_t)(r % WIDTH), (int32_t)(r / WIDTH % HEIGHT), 1, 1);
    }
}

START_TEST(labels_and_objects_agree) {
    for (uint32_t seed = 0; seed < 20; seed++) {
        stage s = open_stage(NULL);
        int32_t highest = 0;
        for (int t = 0; t < 60; t++) {
            paint_crowd(&s, t, seed);
            track(&s);
            seg_result own;
            seg_result_init(&own, NULL);
            ck_assert_ok(seg_objects_measure(&own, &s.result.labels, NULL, NULL));
            ck_assert_int_eq(own.object_count, s.result.object_count);
            for (int32_t i = 0; i < own.object_count; i++) {
                const seg_object *a = &own.objects[i], *b = &s.result.objects[i];
                ck_assert_int_eq(a->id, b->id);
                ck_assert_int_eq(a->area, b->area);
                ck_assert_mem_eq(&a->box, &b->box, sizeof a->box);
                ck_assert_double_eq(a->perimeter, b->perimeter);
                ck_assert_int_ge(b->age, 3);
            }
            seg_result_free(&own);
            int32_t count;
            const seg_track *tracks = seg_tracker_tracks(s.tracker, &count);
            for (int32_t i = 0; i < count; i++) {
                ck_assert(i == 0 || tracks[i].id > tracks[i - 1].id);
                ck_assert(isfinite(tracks[i].box.x) && tracks[i].box.width > 0);
                if (tracks[i].id > highest) highest = tracks[i].id;
                ck_assert_int_eq(tracks[i].last == t, tracks[i].seen);
            }
            int32_t outside = 0; /* of the mask, but with an id */
            for (int32_t y = 0; y < HEIGHT; y++)
                for (int32_t x = 0; x < WIDTH; x++)
                    outside += id_at(&s, x, y) && !((uint8_t *)seg_image_row(&s.mask, y))[x];
            ck_assert_int_eq(outside, 0);
        }
        ck_assert_int_gt(highest, 3);
        close_stage(&s);
    }
}
END_TEST

static void assert_same_results(const stage *a, const stage *b) {
    ck_assert_int_eq(a->result.object_count, b->result.object_count);
    for (int32_t i = 0; i < a->result.object_count; i++) {
        const seg_object *p = &a->result.objects[i], *q = &b->result.objects[i];
        ck_assert_int_eq(p->id, q->id);
        ck_assert_int_eq(p->age, q->age);
        ck_assert_mem_eq(&p->velocity_x, &q->velocity_x, sizeof p->velocity_x);
    }
    for (int32_t y = 0; y < HEIGHT; y++)
        ck_assert_mem_eq(seg_image_row(&a->result.labels, y), seg_image_row(&b->result.labels, y),
                         WIDTH * sizeof(int32_t));
}

static void *save(const seg_tracker *tracker, size_t *size) {
    ck_assert_ok(seg_tracker_save(tracker, NULL, size));
    void *blob = malloc(*size);
    ck_assert_ok(seg_tracker_save(tracker, blob, size));
    return blob;
}

START_TEST(a_saved_run_goes_on_with_the_same_bytes) {
    for (int cut = 1; cut < 40; cut += 6) {
        stage whole = open_stage(NULL), second = open_stage(NULL);
        whole.timed = second.timed = true;
        size_t size = 0, again = 0;
        for (int t = 0; t < 50; t++) {
            paint_crowd(&whole, t, 3);
            track(&whole);
            if (t < cut) continue;
            if (t > cut) {
                paint_crowd(&second, t, 3);
                second.index = t;
                track(&second);
                assert_same_results(&whole, &second);
                continue;
            }
            void *blob = save(whole.tracker, &size);
            ck_assert_ok(seg_tracker_load(second.tracker, blob, size));
            void *copy = save(second.tracker, &again);
            ck_assert_uint_eq(size, again);
            ck_assert_mem_eq(blob, copy, size);
            free(blob);
            free(copy);
        }
        void *a = save(whole.tracker, &size), *b = save(second.tracker, &again);
        ck_assert_uint_eq(size, again);
        ck_assert_mem_eq(a, b, size);
        free(a);
        free(b);
        close_stage(&whole);
        close_stage(&second);
    }
}
END_TEST

START_TEST(damaged_tracks_are_refused) {
    stage s = open_stage(NULL);
    size_t size = 1;
    ck_assert_fails(seg_tracker_save(s.tracker, NULL, &size), SEG_ERROR_STATE, "no tracks");
    for (int t = 0; t < 9; t++) {
        paint_crowd(&s, t, 1);
        track(&s);
    }
    uint8_t *blob = save(s.tracker, &size);
    for (size_t i = 0; i < size; i += 3) {
        blob[i] ^= 0x41;
        ck_assert_fails(seg_tracker_load(s.tracker, blob, size), SEG_ERROR_DATA, "");
        blob[i] ^= 0x41;
    }
    for (size_t cut = 0; cut < size; cut += 7)
        ck_assert_fails(seg_tracker_load(s.tracker, blob, cut), SEG_ERROR_DATA, "");
    size_t again;
    void *copy = save(s.tracker, &again);
    ck_assert_mem_eq(blob, copy, size);
    again--;
    ck_assert_fails(seg_tracker_save(s.tracker, copy, &again), SEG_ERROR_LIMIT, "");
    free(copy);
    free(blob);
    close_stage(&s);
}
END_TEST

START_TEST(failures_change_nothing) {
    stage s = open_stage(NULL), other = open_stage(NULL);
    const int64_t live = seg_memory_live();
    for (int t = 0; t < 12; t++) {
        for (int64_t n = 1; n < 400; n++) {
            paint_crowd(&s, t, 5);
            find_objects(&s);
            seg_memory_fail_at(n);
            const seg_status status = seg_tracker_apply(s.tracker, &s.result);
            seg_memory_fail_at(0);
            if (status == SEG_OK) break;
            ck_assert_int_eq(status, SEG_ERROR_MEMORY);
        }
        s.index++;
        paint_crowd(&other, t, 5);
        track(&other);
        assert_same_results(&s, &other);
    }
    ck_assert_int_ge(seg_memory_live(), live);
    close_stage(&s);
    close_stage(&other);
}
END_TEST

START_TEST(wrong_calls_are_named) {
    seg_track_options o;
    seg_tracker *tracker;
    seg_track_options_init(&o);
    ck_assert_double_eq(o.gate, 3);
    o.gate = -1;
    ck_assert_fails(seg_tracker_create(&tracker, &o, NULL), SEG_ERROR_OPTION, "track-gate");
    ck_assert_fails(seg_tracker_create(NULL, NULL, NULL), SEG_ERROR_ARGUMENT, "tracker is missing");
    seg_track_options_init(&o);
    o.death = (seg_duration){1, 1};
    stage s = open_stage(&o);
    paint_crowd(&s, 0, 1);
    track(&s);
    find_objects(&s);
    ck_assert_fails(seg_tracker_apply(s.tracker, &s.result), SEG_ERROR_ARGUMENT,
                    "track-death is given in seconds");
    ck_assert_fails(seg_tracker_apply(s.tracker, NULL), SEG_ERROR_ARGUMENT, "result is missing");
    seg_image_unref(&s.result.labels);
    ck_assert_ok(seg_image_alloc(&s.result.labels, 9, 9, SEG_LABEL32, 1, NULL));
    ck_assert_fails(seg_tracker_apply(s.tracker, &s.result), SEG_ERROR_SHAPE, "9 x 9");
    seg_tracker_reset(s.tracker);
    s.result.object_count = 0;
    ck_assert_ok(seg_tracker_apply(s.tracker, &s.result));
    close_stage(&s);
    seg_tracker_free(NULL);
    seg_tracker_reset(NULL);
}
END_TEST

CORE_MAIN("track", filter_by_hand, one_object_goes_its_way, what_flickers_is_not_born,
          what_hides_comes_back, who_meets_goes_on, who_stays_together_becomes_one,
          pieces_are_one_object, who_leaves_is_gone, labels_and_objects_agree,
          a_saved_run_goes_on_with_the_same_bytes, damaged_tracks_are_refused,
          failures_change_nothing, wrong_calls_are_named)
