/* What all background models promise, on scenes of a few pixels: objects, freezing, absorption,
 * history, masks, depths, colours; then what single ones do. */
#include "core/blob.h"
#include "core_main.h"
#include "scenes.h"
#include "temporal/subsense.h"

#define WIDTH 48
#define HEIGHT 24

static const char *const ids[] = {"sigma-delta", "temporal-median", "mog2",     "knn", "vibe",
                                  "pbas",        "subsense",        "consensus"};
#define IDS ((int)(sizeof ids / sizeof *ids))

typedef struct stream {
    const seg_method *method;
    seg_context *context;
    seg_result result;
    int t;
} stream;

/* Options as "name", "value" pairs, NULL at the end. */
static void start(stream *s, const char *id, const char *const *pairs) {
    char options[1024];
    memset(s, 0, sizeof *s);
    s->method = seg_method_find(id);
    ck_assert_ptr_nonnull(s->method);
    seg_params_init(options, s->method->params);
    for (; pairs && *pairs; pairs += 2)
        ck_assert_ok(seg_params_parse(options, s->method->params, pairs[0], pairs[1], NULL));
    ck_assert_ok(seg_context_create(&s->context, s->method, options, NULL));
    seg_result_init(&s->result, NULL);
}

static void stop(stream *s) {
    seg_context_free(s->context);
    seg_result_free(&s->result);
}

#define START(s, id, ...) start(s, id, (const char *const[]){__VA_ARGS__, NULL})

static const seg_rect box = {16, 6, 18, 12};

static bool inside(int32_t x, int32_t y, int32_t margin) {
    return x >= box.x + margin && x < box.x + box.width - margin && y >= box.y + margin &&
           y < box.y + box.height - margin;
}

/* A noisy wall, before it a box of `light` if there is one (light >= 0). */
static void paint(const seg_image *image, int t, int light) {
    scene_random random = {(uint32_t)t * 7919 + 1};
    for (int32_t y = 0; y < image->height; y++)
        for (int32_t x = 0; x < image->width; x++)
            for (int c = 0; c < image->channels; c++) {
                const int wall = 100 + (x * 3 + y * 5) % 40 + 12 * c;
                const int value = (light >= 0 && inside(x, y, 0) ? light + 20 * (c == 1) : wall) +
                                  (int)scene_below(&random, 5) - 2;
                const size_t at = (size_t)x * image->channels + (size_t)c;
                if (image->format == SEG_U8)
                    ((uint8_t *)seg_image_row(image, y))[at] = (uint8_t)value;
                else
                    ((uint16_t *)seg_image_row(image, y))[at] = (uint16_t)(value * 257);
            }
}

typedef struct kind_of_frame {
    seg_format format;
    int channels;
    int light;
    int64_t milliseconds; /* of a frame */
    const seg_image *known;
} kind_of_frame;

static const kind_of_frame colour_wall = {SEG_U8, 3, -1, 40, NULL};

static void give(stream *s, kind_of_frame kind) {
    seg_frame frame = {.index = s->t, .pts = kind.milliseconds * s->t, .time_base = {1, 1000}};
    ck_assert_ok(seg_image_alloc(&frame.image, WIDTH, HEIGHT, kind.format, kind.channels, NULL));
    paint(&frame.image, s->t, kind.light);
    if (kind.known) frame.known_foreground = seg_image_ref(kind.known);
    ck_assert_ok(seg_context_apply(s->context, &frame, 0, &s->result));
    seg_frame_unref(&frame);
    s->t++;
}

static void give_many(stream *s, kind_of_frame kind, int frames) {
    for (int i = 0; i < frames; i++)
        give(s, kind);
}

/* Foreground within `margin` of the box's inside, or outside of the box by as much. */
static int count(const stream *s, bool within, int margin) {
    int set = 0;
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++) {
            const bool counts = within ? inside(x, y, margin) : !inside(x, y, -margin);
            set += counts && ((uint8_t *)seg_image_row(&s->result.mask, y))[x];
        }
    return set;
}

static int box_area(int margin) {
    return (box.width - 2 * margin) * (box.height - 2 * margin);
}

static kind_of_frame with(kind_of_frame kind, int light) {
    kind.light = light;
    return kind;
}

/* ---- all of them ---- */

START_TEST(objects_are_found) {
    static const kind_of_frame kinds[] = {{SEG_U8, 3, -1, 40, NULL},
                                          {SEG_U8, 1, -1, 40, NULL},
                                          {SEG_U16, 3, -1, 40, NULL},
                                          {SEG_U8, 4, -1, 40, NULL}};
    for (int k = 0; k < 4; k++) {
        stream s;
        start(&s, ids[_i], NULL);
        give_many(&s, kinds[k], 60);
        ck_assert_int_le(count(&s, true, 0) + count(&s, false, 0), 6);
        for (int i = 0; i < 5; i++) {
            give(&s, with(kinds[k], 220));
            ck_assert_int_ge(count(&s, true, 3), box_area(3) * 95 / 100);
            ck_assert_int_le(count(&s, false, 3), 6);
        }
        stop(&s);
    }
}
END_TEST

/* learn=off: the first frame stays, so that an object is found however long it stands. */
START_TEST(frozen_models_never_absorb) {
    stream s;
    START(&s, ids[_i], "learn", "warmup", "warmup", "30f");
    give_many(&s, colour_wall, 40);
    seg_image before = {0};
    ck_assert_ok(seg_image_copy(&before, &s.result.background, NULL));
    give_many(&s, with(colour_wall, 220), 300);
    ck_assert_int_ge(count(&s, true, 3), box_area(3) * 95 / 100);
    ck_assert_uint_eq(scene_fnv_image(0, &before), scene_fnv_image(0, &s.result.background));
    ck_assert(!(s.result.flags & SEG_RESULT_PROVISIONAL));
    seg_image_unref(&before);
    stop(&s);
}
END_TEST

/* absorb: what stands for so long becomes background within as long again, in frames as in seconds;
 * else it does not. With the defaults, for all methods that have it. */
START_TEST(what_stands_is_absorbed) {
    static const char *const spans[] = {"60f", "2.4s", "never"};
    const seg_method *method = seg_methods(&(int32_t){0})[_i];
    if (!seg_params_find(method->params, "absorb")) return;
    for (int i = 0; i < 3; i++) {
        stream s;
        START(&s, method->id, "absorb", spans[i]);
        give_many(&s, colour_wall, 60);
        give_many(&s, with(colour_wall, 180), 55);
        ck_assert_int_ge(count(&s, true, 3), box_area(3) * 95 / 100);
        give_many(&s, with(colour_wall, 180), i < 2 ? 75 : 245);
        if (i < 2)
            ck_assert_msg(count(&s, true, 0) <= box_area(0) / 20, "%s, %s: %d left", method->id,
                          spans[i], count(&s, true, 0));
        else
            ck_assert_msg(count(&s, true, 3) >= box_area(3) * 95 / 100, "%s, never: %d left",
                          method->id, count(&s, true, 3));
        stop(&s);
    }
}
END_TEST

/* What comes soon after something else was there, or was absorbed and left, waits its own full
 * time. */
START_TEST(objects_wait_their_own_time) {
    const seg_method *method = seg_methods(&(int32_t){0})[_i];
    if (!seg_params_find(method->params, "absorb")) return;
    for (int first = 50; first <= 130; first += 80) {
        stream s;
        START(&s, method->id, "absorb", "60f");
        give_many(&s, colour_wall, 60);
        give_many(&s, with(colour_wall, 180), first);
        give_many(&s, colour_wall, first > 60 ? 80 : 10); /* the wall may be absorbed, too */
        give_many(&s, with(colour_wall, 230), 55);
        ck_assert_msg(count(&s, true, 3) >= box_area(3) * 95 / 100, "%s, %d frames: %d left",
                      method->id, first, count(&s, true, 3));
        stop(&s);
    }
}
END_TEST

/* What is known as foreground is foreground in every frame, seen before or not, and the model keeps
 * the wall that was there. For all methods with a model. */
START_TEST(known_foreground_is_foreground) {
    const seg_method *method = seg_methods(&(int32_t){0})[_i];
    if (!method->save) return;
    seg_image known = {0};
    ck_assert_ok(seg_image_alloc(&known, WIDTH, HEIGHT, SEG_U8, 1, NULL));
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++)
            ((uint8_t *)seg_image_row(&known, y))[x] = inside(x, y, 0);
    kind_of_frame marked = colour_wall;
    marked.known = &known;
    for (int seen = 0; seen < 2; seen++) {
        stream s;
        start(&s, method->id, NULL);
        if (seen) give_many(&s, colour_wall, 30);
        for (int t = 0; t < 40; t++) {
            give(&s, with(marked, t < 20 ? -1 : 220));
            ck_assert_int_eq(count(&s, true, 0), box_area(0));
            ck_assert_int_le(count(&s, false, 3), 6);
        }
        give_many(&s, with(colour_wall, seen ? 220 : -1), 1);
        if (seen)
            ck_assert_int_ge(count(&s, true, 3), box_area(3) * 95 / 100);
        else
            ck_assert_int_le(count(&s, true, 0), 6);
        stop(&s);
    }
    seg_image_unref(&known);
}
END_TEST

/* An object known as such is never learnt, and known foreground in the first frame is no
 * background: the wall behind it is learnt when it is first seen. */
START_TEST(known_foreground_is_not_learnt) {
    seg_image known = {0};
    ck_assert_ok(seg_image_alloc(&known, WIDTH, HEIGHT, SEG_U8, 1, NULL));
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++)
            ((uint8_t *)seg_image_row(&known, y))[x] = inside(x, y, 0);
    kind_of_frame marked = with(colour_wall, 220);
    marked.known = &known;
    stream s;
    START(&s, ids[_i], "smooth", "1", "rate", "0.1");
    give_many(&s, marked, 200);
    give_many(&s, colour_wall, 30);
    ck_assert_int_le(count(&s, true, 0), 6);
    give_many(&s, marked, 300);
    ck_assert_int_ge(count(&s, true, 3), box_area(3) * 95 / 100);
    seg_image_unref(&known);
    stop(&s);
}
END_TEST

/* Grey is what colour=no looks at. */
START_TEST(grey_alone) {
    stream s;
    START(&s, ids[_i], "colour", "no");
    give_many(&s, colour_wall, 60);
    ck_assert_int_eq(s.result.background.channels, 1);
    give(&s, with(colour_wall, 220));
    ck_assert_int_ge(count(&s, true, 3), box_area(3) * 95 / 100);
    stop(&s);
}
END_TEST

START_TEST(seconds_need_times) {
    static const char *const names[] = {"history", "absorb", "warmup"};
    for (int i = 0; i < 3; i++) {
        stream s;
        START(&s, ids[_i], names[i], "2s");
        seg_frame frame = {.pts = SEG_NO_PTS};
        ck_assert_ok(seg_image_alloc(&frame.image, WIDTH, HEIGHT, SEG_U8, 1, NULL));
        ck_assert_ok(seg_context_apply(s.context, &frame, 0, &s.result));
        ck_assert_fails(seg_context_apply(s.context, &frame, 0, &s.result), SEG_ERROR_ARGUMENT,
                        names[i]);
        seg_frame_unref(&frame);
        stop(&s);
    }
}
END_TEST

/* The model binds what it has seen: grey is refused where there was colour. */
START_TEST(other_frames_are_refused) {
    stream s;
    start(&s, ids[_i], NULL);
    give(&s, colour_wall);
    seg_frame frame = {0};
    ck_assert_ok(seg_image_alloc(&frame.image, WIDTH, HEIGHT, SEG_U8, 1, NULL));
    ck_assert_int_lt(seg_context_apply(s.context, &frame, 0, &s.result), 0);
    seg_frame_unref(&frame);
    give(&s, colour_wall);
    seg_context_reset(s.context);
    give(&s, (kind_of_frame){SEG_U8, 1, -1, 40, NULL});
    stop(&s);
}
END_TEST

/* ---- single ones ---- */

/* The exact median of a window against sorting, a pixel at a time; every frame is taken. */
START_TEST(median_of_a_window) {
    enum { SIDE = 16, SAMPLES = 9, FRAMES = 60 };
    static uint8_t past[FRAMES][SIDE * SIDE];
    stream s;
    START(&s, "temporal-median", "samples", "9", "rate", "1");
    scene_random random = {11};
    for (int t = 0; t < FRAMES; t++) {
        seg_frame frame = {.index = t};
        for (int i = 0; i < SIDE * SIDE; i++)
            past[t][i] = (uint8_t)scene_below(&random, i % 2 ? 256 : 4);
        ck_assert_ok(seg_image_wrap(&frame.image, past[t], SIDE, SIDE, SIDE, SEG_U8, 1));
        ck_assert_ok(seg_context_apply(s.context, &frame, 0, &s.result));
        for (int i = 0; i < SIDE * SIDE && t >= SAMPLES; i++) {
            int counts[256] = {0}, median = 0, below = 0;
            for (int k = 0; k < SAMPLES; k++)
                counts[past[t - k][i]]++;
            while ((below += counts[median]) <= SAMPLES / 2)
                median++;
            ck_assert_int_eq(((uint8_t *)seg_image_row(&s.result.background, i / SIDE))[i % SIDE],
                             median);
        }
    }
    stop(&s);
}
END_TEST

/* Counted by hand: the background goes up a level a frame, the spread towards twice the difference,
 * at least 20. */
START_TEST(counting_up_and_down) {
    stream s;
    START(&s, "sigma-delta", "rate", "1", "smooth", "1");
    const int values[] = {100, 130, 130, 130, 130, 130, 130, 130, 130, 130, 130, 130};
    for (int t = 0; t < 12; t++) {
        uint8_t value = (uint8_t)values[t];
        seg_frame frame = {.index = t};
        ck_assert_ok(seg_image_wrap(&frame.image, &value, 1, 1, 1, SEG_U8, 1));
        ck_assert_ok(seg_context_apply(s.context, &frame, 0, &s.result));
        ck_assert_int_eq(*(uint8_t *)s.result.background.data, 100 + t);
        /* before frame t the difference is 31 - t, the spread 19 + t */
        ck_assert_int_eq(*(uint8_t *)s.result.mask.data, t > 0 && 31 - t > 19 + t ? 255 : 0);
    }
    stop(&s);
}
END_TEST

/* Bytes of a pixel in colour and grey, as the methods' help and heads say; the rest of a saved
 * model is a few hundred bytes. */
START_TEST(memory_is_as_stated) {
    static const struct {
        const char *id;
        double colour, grey;
    } stated[] = {{"sigma-delta", 7, 3},
                  {"temporal-median", 3 * 283 + 1, 284},
                  {"mog2", 50, 30},
                  {"knn", 63 + 22 / 8.0, 21 + 22 / 8.0},
                  {"vibe", 61, 21},
                  {"pbas", 118, 48},
                  {"subsense", 450 + 54, 150 + 48},
                  {"consensus", 450 + 54, 150 + 48}};
    enum { SIDE = 256 };
    for (int colour = 0; colour < 2; colour++) {
        stream s;
        seg_frame frame = {0};
        size_t size = 0;
        start(&s, stated[_i].id, NULL);
        ck_assert_ok(seg_image_alloc(&frame.image, SIDE, SIDE, SEG_U8, colour ? 3 : 1, NULL));
        for (int32_t y = 0; y < SIDE; y++)
            memset(seg_image_row(&frame.image, y), 99, (size_t)SIDE * (colour ? 3 : 1));
        ck_assert_ok(seg_context_apply(s.context, &frame, 0, &s.result));
        ck_assert_ok(seg_context_save(s.context, NULL, &size));
        ck_assert_double_eq_tol((double)size / (SIDE * SIDE),
                                colour ? stated[_i].colour : stated[_i].grey, 0.1);
        seg_frame_unref(&frame);
        stop(&s);
    }
}
END_TEST

/* Foreground of a frame of water: each pixel has one of four levels, drawn anew. */
static int water(stream *s, int width, int height) {
    seg_frame frame = {.index = s->t};
    scene_random random = {(uint32_t)s->t * 104729 + 5};
    ck_assert_ok(seg_image_alloc(&frame.image, width, height, SEG_U8, 1, NULL));
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++)
            ((uint8_t *)seg_image_row(&frame.image, y))[x] =
                (uint8_t)(60 + 45 * scene_below(&random, 4));
    ck_assert_ok(seg_context_apply(s->context, &frame, 0, &s->result));
    seg_frame_unref(&frame);
    s->t++;
    int set = 0;
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++)
            set += ((uint8_t *)seg_image_row(&s->result.mask, y))[x] != 0;
    return set;
}

/* Water that is there from the first frame on is known soon where first frames are learnt whatever
 * they show; what comes later is not learnt because of that. */
START_TEST(young_models_learn_foreground) {
    int set[2] = {0};
    for (int i = 0; i < 2; i++) {
        stream s;
        START(&s, "consensus", "young", i ? "8" : "0", "weak", "1", "smooth", "1");
        for (int t = 0; t < 40; t++)
            set[i] = water(&s, WIDTH, HEIGHT);
        stop(&s);
    }
    ck_assert_int_gt(set[0], WIDTH * HEIGHT / 2);
    ck_assert_int_lt(4 * set[1], 3 * set[0]);
    stream s;
    START(&s, "consensus", "young", "8");
    give_many(&s, colour_wall, 200);
    give_many(&s, with(colour_wall, 220), 100);
    ck_assert_int_ge(count(&s, true, 3), box_area(3) * 95 / 100);
    stop(&s);
}
END_TEST

/* A still scene of which no two pixels look alike, shifted; the foreground away from its border. */
static int shifted(stream *s, int dx, int dy) {
    enum { MARGIN = 6 };
    seg_frame frame = {.index = s->t++};
    int set = 0;
    ck_assert_ok(seg_image_alloc(&frame.image, WIDTH, HEIGHT, SEG_U8, 3, NULL));
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++)
            for (int c = 0; c < 3; c++) {
                scene_random random = {(uint32_t)((y + dy + 8) * 977 + (x + dx + 8) * 3 + c) *
                                       2654435761u};
                ((uint8_t *)seg_image_row(&frame.image, y))[x * 3 + c] =
                    (uint8_t)scene_below(&random, 256);
            }
    ck_assert_ok(seg_context_apply(s->context, &frame, 0, &s->result));
    seg_frame_unref(&frame);
    for (int32_t y = MARGIN; y < HEIGHT - MARGIN; y++)
        for (int32_t x = MARGIN; x < WIDTH - MARGIN; x++)
            set += ((uint8_t *)seg_image_row(&s->result.mask, y))[x] != 0;
    return set;
}

/* What has moved by one pixel is background of a neighbour's while the model is young. */
START_TEST(young_models_excuse_what_moved) {
    const int area = (WIDTH - 12) * (HEIGHT - 12);
    for (int dy = -3; dy <= 3; dy++)
        for (int dx = -3; dx <= 3; dx++) {
            stream s;
            START(&s, "consensus", "young", "16", "weak", "1", "smooth", "1");
            for (int t = 0; t < 40; t++)
                shifted(&s, 0, 0);
            const int set = shifted(&s, dx, dy);
            if (abs(dx) <= 1 && abs(dy) <= 1)
                ck_assert_int_le(set, area / 50);
            else if (abs(dx) == 3 || abs(dy) == 3)
                ck_assert_int_ge(set, area * 9 / 10);
            stop(&s);
        }
    stream s;
    START(&s, "consensus", "young", "1", "weak", "1", "smooth", "1");
    for (int t = 0; t < 40; t++)
        shifted(&s, 0, 0);
    ck_assert_int_ge(shifted(&s, 1, 0), area / 2);
    stop(&s);
}
END_TEST

/* What was left out so far is nobody's background: a dark bar beside it is found. */
START_TEST(unseen_neighbours_are_not_asked) {
    enum { SEEN = 24, BAR = 8 };
    stream s;
    START(&s, "consensus", "young", "16", "weak", "1", "smooth", "1");
    for (int t = 0; t < 21; t++) {
        seg_frame frame = {.index = s.t++};
        ck_assert_ok(seg_image_alloc(&frame.image, WIDTH, HEIGHT, SEG_U8, 1, NULL));
        ck_assert_ok(seg_image_alloc(&frame.ignore, WIDTH, HEIGHT, SEG_U8, 1, NULL));
        for (int32_t y = 0; y < HEIGHT; y++)
            for (int32_t x = 0; x < WIDTH; x++) {
                const bool bar = t == 20 && x < SEEN && x >= SEEN - BAR;
                ((uint8_t *)seg_image_row(&frame.image, y))[x] = bar ? 0 : 120;
                ((uint8_t *)seg_image_row(&frame.ignore, y))[x] = x < SEEN ? 0 : 255;
            }
        ck_assert_ok(seg_context_apply(s.context, &frame, 0, &s.result));
        seg_frame_unref(&frame);
    }
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = SEEN - BAR; x < WIDTH; x++)
            ck_assert_int_eq(((uint8_t *)seg_image_row(&s.result.mask, y))[x], x < SEEN ? 255 : 0);
    stop(&s);
}
END_TEST

/* A frozen model has no age: what it says of a frame does not depend on when that comes. */
START_TEST(frozen_models_do_not_age) {
    stream s;
    uint64_t early = 0, late = 0;
    START(&s, "consensus", "learn", "off", "smooth", "1");
    shifted(&s, 0, 0);
    for (int t = 1; t < 260; t++) {
        ck_assert_int_gt(shifted(&s, 1, 0), 0);
        if (t == 2) early = scene_fnv_image(0, &s.result.mask);
    }
    late = scene_fnv_image(0, &s.result.mask);
    ck_assert_uint_eq(early, late);
    stop(&s);
}
END_TEST

/* Half of the wall darkened to 0.8: shadow by default, 127 or foreground if wanted. */
/* A model after a while, as it is saved; the caller frees it. */
static void *learn(size_t *size, const char *id, uint64_t seed) {
    const seg_env env = {.seed = seed};
    stream s = {.method = seg_method_find(id)};
    ck_assert_ok(seg_context_create(&s.context, s.method, NULL, &env));
    seg_result_init(&s.result, NULL);
    give_many(&s, colour_wall, 40);
    ck_assert_ok(seg_context_save(s.context, NULL, size));
    void *model = malloc(*size);
    ck_assert_ptr_nonnull(model);
    ck_assert_ok(seg_context_save(s.context, model, size));
    stop(&s);
    return model;
}

/* Frames of which all is learnt, behind others: the model stays one that can be. */
START_TEST(mixtures_at_the_largest_rate) {
    static const int lights[] = {10, 220, -1, 200};
    stream s;
    size_t size;
    START(&s, "mog2", "history", "1s", "prior", "0", "smooth", "1");
    for (int t = 0; t < 60; t++) {
        const bool fresh = t % 6 == 0; /* longer after the one before than the history */
        kind_of_frame kind = with(colour_wall, fresh ? 30 + 7 * (t / 6) : lights[t % 4]);
        kind.milliseconds = 200;
        give(&s, kind);
        if (t % 6 == 5) s.t += 8;
    }
    ck_assert_ok(seg_context_save(s.context, NULL, &size));
    void *model = malloc(size);
    ck_assert_ptr_nonnull(model);
    ck_assert_ok(seg_context_save(s.context, model, &size));
    ck_assert_ok(seg_context_load(s.context, model, size));
    free(model);
    stop(&s);
}
END_TEST

/* A model with one float changed, as a blob whose checksum is right. */
static seg_status load_with(const char *id, int part, float value) {
    enum { HEAD = 72, PITCH = 64 };
    const seg_blob_geometry geometry = {
        .width = WIDTH, .height = HEIGHT, .format = SEG_U8, .channels = 3, .bits = 8};
    size_t size, again;
    uint8_t *blob = learn(&size, id, 1);
    uint8_t *content = malloc(size);
    ck_assert_ptr_nonnull(content);
    memcpy(content, blob + HEAD, size - HEAD);
    const size_t pixels = (size_t)PITCH * HEIGHT;
    const size_t floats = (size_t)(FLOATS_END - part) * 4, bytes = LAST_PLANES - LAST_RAW + 9;
    if (part) memcpy(content + size - HEAD - pixels * (floats + bytes) + 40, &value, 4);
    seg_blob_writer writer;
    seg_blob_write_begin(&writer, blob, size, id, 1, &geometry);
    seg_blob_write_u8(&writer, content, size - HEAD);
    ck_assert_ok(seg_blob_write_end(&writer, &again));
    ck_assert_uint_eq(again, size);
    stream s;
    START(&s, id, NULL);
    const seg_status status = seg_context_load(s.context, blob, size);
    stop(&s);
    free(blob);
    free(content);
    return status;
}

START_TEST(impossible_feedback_is_refused) {
    static const struct {
        int part;
        float least, most; /* 0 = any */
    } parts[] = {{R, 1, 0}, {T, 1, 0}, {V, 0.1f, 0}, {DISTANCE_SLOW, 0, 1}, {FINAL_QUICK, 0, 1}};
    for (int i = 0; i < 2; i++) {
        const char *id = i ? "consensus" : "subsense";
        ck_assert_ok(load_with(id, 0, 0));
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
            ck_assert_ok(load_with(id, parts[k].part, parts[k].least));
            ck_assert_fails(load_with(id, parts[k].part, parts[k].least - 0.05f), SEG_ERROR_DATA,
                            "impossible");
            if (parts[k].most <= 0) continue;
            ck_assert_ok(load_with(id, parts[k].part, parts[k].most));
            ck_assert_fails(load_with(id, parts[k].part, 1.1f), SEG_ERROR_DATA, "impossible");
        }
    }
}
END_TEST

/* The seed decides what is drawn, and nothing where nothing is. */
START_TEST(seeds) {
    const char *id = ids[_i];
    const bool draws =
        strcmp(id, "sigma-delta") && strcmp(id, "temporal-median") && strcmp(id, "mog2");
    size_t size, other;
    void *first = learn(&size, id, 7), *again = learn(&other, id, 7);
    ck_assert_uint_eq(size, other);
    ck_assert_mem_eq(first, again, size);
    void *unlike = learn(&other, id, UINT64_C(1) << 40);
    ck_assert_uint_eq(size, other);
    ck_assert_msg(!memcmp(first, unlike, size) == !draws, "%s", id);
    free(first);
    free(again);
    free(unlike);
}
END_TEST

START_TEST(shadows) {
    static const char *const methods[] = {"mog2", "knn"};
    static const char *const what[] = {"drop", "mark", "keep"};
    static const int wanted[] = {0, 127, 255};
    for (int i = 0; i < 3; i++) {
        stream s;
        START(&s, methods[_i], "shadows", what[i], "smooth", "1");
        give_many(&s, colour_wall, 60);
        seg_frame frame = {.index = 60};
        ck_assert_ok(seg_image_alloc(&frame.image, WIDTH, HEIGHT, SEG_U8, 3, NULL));
        paint(&frame.image, 60, -1);
        for (int32_t y = 0; y < HEIGHT / 2; y++)
            for (int32_t x = 0; x < WIDTH * 3; x++) {
                uint8_t *row = seg_image_row(&frame.image, y);
                row[x] = (uint8_t)(row[x] * 0.8);
            }
        ck_assert_ok(seg_context_apply(s.context, &frame, 0, &s.result));
        int met = 0;
        for (int32_t y = 0; y < HEIGHT; y++)
            for (int32_t x = 0; x < WIDTH; x++)
                met += ((uint8_t *)seg_image_row(&s.result.mask, y))[x] ==
                       (y < HEIGHT / 2 ? wanted[i] : 0);
        ck_assert_int_ge(met, WIDTH * HEIGHT * 97 / 100);
        seg_frame_unref(&frame);
        stop(&s);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("background models");
    TCase *cases = tcase_create("models");
    int32_t method_count;
    seg_methods(&method_count);
    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, objects_are_found, 0, IDS);
    tcase_add_loop_test(cases, frozen_models_never_absorb, 0, IDS);
    tcase_add_loop_test(cases, what_stands_is_absorbed, 0, method_count);
    tcase_add_loop_test(cases, objects_wait_their_own_time, 0, method_count);
    tcase_add_loop_test(cases, known_foreground_is_foreground, 0, method_count);
    tcase_add_loop_test(cases, known_foreground_is_not_learnt, 0, IDS);
    tcase_add_loop_test(cases, grey_alone, 0, IDS);
    tcase_add_loop_test(cases, seconds_need_times, 0, IDS);
    tcase_add_loop_test(cases, other_frames_are_refused, 0, IDS);
    tcase_add_test(cases, median_of_a_window);
    tcase_add_test(cases, counting_up_and_down);
    tcase_add_loop_test(cases, memory_is_as_stated, 0, IDS);
    tcase_add_test(cases, young_models_learn_foreground);
    tcase_add_test(cases, young_models_excuse_what_moved);
    tcase_add_test(cases, unseen_neighbours_are_not_asked);
    tcase_add_test(cases, mixtures_at_the_largest_rate);
    tcase_add_test(cases, frozen_models_do_not_age);
    tcase_add_loop_test(cases, shadows, 0, 2);
    tcase_add_loop_test(cases, seeds, 0, IDS);
    tcase_add_test(cases, impossible_feedback_is_refused);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
