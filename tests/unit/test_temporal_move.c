/* Models that are moved: a camera that pans over a long scene sees what one at rest does, and goes
 * on finding what moves when nothing is left of what it saw first; what stands grows old in its
 * place. */
#include "core/memory.h"
#include "core_main.h"
#include "scenes.h"

#define WIDTH 96
#define HEIGHT 48
#define STEP 3 /* pixels of the pan for each frame, and one upwards in three frames */

static const struct {
    const char *id;
    int least; /* percent of the object that are found: of differences of frames, what is new */
    int most;  /* percent of its area that are wrong: textures and what is made of them reach far */
    bool alike; /* each pixel is judged by what was seen there alone */
} cases[] = {{"background", 90, 2, true}, {"mog2", 90, 2, true},  {"sigma-delta", 90, 2, true},
             {"frame-diff", 15, 2, true}, {"vibe", 90, 2, false}, {"temporal-median", 90, 2, true},
             {"knn", 90, 2, false},       {"pbas", 90, 2, false}, {"subsense", 90, 20, false},
             {"consensus", 90, 20, false}};
#define CASES ((int)(sizeof cases / sizeof *cases))

typedef struct camera {
    seg_context *context;
    seg_result result;
    seg_frame frame;
    int32_t x, y; /* where it looks */
    bool parked;  /* something comes to stand where it looks */
} camera;

static const seg_rect object = {0, 0, 14, 14};
static const seg_rect parked = {90, 84, 14, 10};

/* Where the object is in frame t: faster than the camera. */
static seg_rect object_at(int t) {
    return (seg_rect){72 + (STEP + 1) * (t - 20), 70 - t / 3 + t % 5, object.width, object.height};
}

static bool near_object(int t, int32_t x, int32_t y, int32_t by) {
    const seg_rect o = object_at(t);
    return t >= 20 && x >= o.x - by && x < o.x + o.width + by && y >= o.y - by &&
           y < o.y + o.height + by;
}

static bool in_object(int t, int32_t x, int32_t y) {
    return near_object(t, x, y, 0);
}

/* A world of soft spots with noise over time. */
static int world(int t, int32_t x, int32_t y) {
    const uint32_t cell = scene_hash((uint32_t)(x / 5) * 7919u + (uint32_t)(y / 5) * 104729u);
    const uint32_t noise = scene_hash((uint32_t)(x * 31 + y * 1009 + t * 65537));
    if (in_object(t, x, y)) return 250;
    return 50 + (int)(cell % 90) + (int)(noise % 3);
}

/* `option` NULL: the defaults. */
static void open_with(camera *c, const char *id, const char *option, const char *text,
                      const seg_env *env) {
    char options[1024];
    memset(c, 0, sizeof *c);
    const seg_method *method = seg_method_find(id);
    ck_assert_ptr_nonnull(method);
    seg_params_init(options, method->params);
    const bool levels = !strcmp(id, "background") || !strcmp(id, "frame-diff");
    const char *name = levels ? "threshold" : "smooth", *value = levels ? "20" : "1";
    ck_assert_ok(seg_params_parse(options, method->params, name, value, NULL));
    if (option) ck_assert_ok(seg_params_parse(options, method->params, option, text, NULL));
    ck_assert_ok(seg_context_create(&c->context, method, options, env));
    seg_result_init(&c->result, NULL);
    c->y = 60;
}

static void open_camera(camera *c, const char *id, const seg_env *env) {
    open_with(c, id, NULL, NULL, env);
}

static void close_camera(camera *c) {
    seg_context_free(c->context);
    seg_result_free(&c->result);
    seg_frame_unref(&c->frame);
}

static int seen_by(const camera *c, int t, int32_t x, int32_t y) {
    const bool stands = c->parked && t >= 20 && x >= parked.x && x < parked.x + parked.width &&
                        y >= parked.y && y < parked.y + parked.height;
    return stands ? 200 : world(t, x, y);
}

static void look(camera *c, int t, int32_t width, int32_t height) {
    if (seg_image_empty(&c->frame.image))
        ck_assert_ok(seg_image_alloc(&c->frame.image, width, height, SEG_U8, 1, NULL));
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++)
            ((uint8_t *)seg_image_row(&c->frame.image, y))[x] =
                (uint8_t)seen_by(c, t, c->x + x, c->y + y);
    c->frame.index = t;
    ck_assert_ok(seg_context_apply(c->context, &c->frame, 0, &c->result));
}

/* The model comes along. */
static seg_status turn(camera *c, int32_t dx, int32_t dy) {
    const double from[9] = {1, 0, dx, 0, 1, dy, 0, 0, 1};
    const seg_status status = seg_context_move(c->context, from);
    if (status < 0) return status;
    c->x += dx;
    c->y += dy;
    return status;
}

static void pan(camera *c, int t) {
    if (t > 0) ck_assert_ok(turn(c, STEP, t % 3 == 0 ? -1 : 0));
    look(c, t, WIDTH, HEIGHT);
}

static uint8_t mask_at(const camera *c, int32_t x, int32_t y) {
    return ((uint8_t *)seg_image_row(&c->result.mask, y - c->y))[x - c->x];
}

static uint16_t score_at(const camera *c, int32_t x, int32_t y) {
    return ((uint16_t *)seg_image_row(&c->result.score, y - c->y))[x - c->x];
}

START_TEST(as_a_camera_at_rest) {
    enum { FRAMES = 26 };
    if (!cases[_i].alike) return;
    camera moving, rest;
    int found = 0;
    open_camera(&moving, cases[_i].id, NULL);
    open_camera(&rest, cases[_i].id, NULL);
    rest.y -= FRAMES / 3 + 1;
    for (int t = 0; t < FRAMES; t++) {
        pan(&moving, t);
        look(&rest, t, WIDTH, HEIGHT + FRAMES / 3 + 1);
        /* what both have seen from the first frame on */
        for (int32_t y = 60; y < moving.y + HEIGHT; y++)
            for (int32_t x = moving.x; x < WIDTH; x++) {
                ck_assert_msg(mask_at(&moving, x, y) == mask_at(&rest, x, y),
                              "%s, frame %d: %d,%d differs", cases[_i].id, t, (int)x, (int)y);
                found += mask_at(&moving, x, y) > 0;
            }
    }
    ck_assert_int_gt(found, 50);
    close_camera(&moving);
    close_camera(&rest);
}
END_TEST

/* How long it stands is counted where it stands, not where it was in the view. */
START_TEST(what_stands_is_absorbed_on_the_way) {
    const int32_t area = parked.width * parked.height;
    camera c;
    if (!seg_params_find(seg_method_find(cases[_i].id)->params, "absorb")) return;
    open_with(&c, cases[_i].id, "absorb", "30f", NULL);
    c.parked = true;
    for (int t = 0; t < 85; t++) {
        if (t > 0) ck_assert_ok(turn(&c, 1, 0));
        look(&c, t, WIDTH, HEIGHT);
        int set = 0;
        for (int32_t y = parked.y; y < parked.y + parked.height; y++)
            for (int32_t x = parked.x; t > 20 && x < parked.x + parked.width; x++)
                set += mask_at(&c, x, y) != 0;
        if (t > 20 && t < 45)
            ck_assert_msg(10 * set >= 9 * area, "%s, frame %d: %d", cases[_i].id, t, set);
        if (t == 84)
            ck_assert_msg(4 * set <= area, "%s: %d of %d left", cases[_i].id, set, (int)area);
    }
    close_camera(&c);
}
END_TEST

/* What fades does so in its place. */
START_TEST(history_comes_along) {
    enum { FRAMES = 26 };
    camera moving, rest;
    int fading = 0;
    open_with(&moving, "frame-diff", "fade", "10f", NULL);
    open_with(&rest, "frame-diff", "fade", "10f", NULL);
    rest.y -= FRAMES / 3 + 1;
    for (int t = 0; t < FRAMES; t++) {
        pan(&moving, t);
        look(&rest, t, WIDTH, HEIGHT + FRAMES / 3 + 1);
        for (int32_t y = 60; y < moving.y + HEIGHT; y++)
            for (int32_t x = moving.x; x < WIDTH; x++) {
                const uint16_t score = score_at(&moving, x, y);
                ck_assert_msg(score == score_at(&rest, x, y), "frame %d: %d,%d differs", t, (int)x,
                              (int)y);
                fading += score > 0 && score < 65535;
            }
    }
    ck_assert_int_gt(fading, 50);
    close_camera(&moving);
    close_camera(&rest);
}
END_TEST

START_TEST(found_through_a_pan) {
    enum { FRAMES = 80 }; /* 240 pixels, the picture has 96 */
    camera c;
    int64_t whole = 0, found = 0, wrong = 0;
    open_camera(&c, cases[_i].id, NULL);
    for (int t = 0; t < FRAMES; t++) {
        pan(&c, t);
        for (int32_t y = c.y; y < c.y + HEIGHT && t > 35; y++)
            for (int32_t x = c.x; x < c.x + WIDTH; x++) {
                const bool inside = in_object(t, x, y);
                whole += inside;
                found += inside && mask_at(&c, x, y);
                /* textures tell of what is around */
                const bool border =
                    x < c.x + 3 || x >= c.x + WIDTH - 3 || y < c.y + 3 || y >= c.y + HEIGHT - 3;
                wrong += !border && !near_object(t, x, y, 3) && !near_object(t - 1, x, y, 3) &&
                         mask_at(&c, x, y);
            }
    }
    ck_assert_int_gt(whole, 5000);
    ck_assert_msg(100 * found >= cases[_i].least * whole, "%s finds %ld of %ld", cases[_i].id,
                  (long)found, (long)whole);
    ck_assert_msg(100 * wrong <= cases[_i].most * whole, "%s: %ld wrong of %ld", cases[_i].id,
                  (long)wrong, (long)whole);
    close_camera(&c);
}
END_TEST

/* Of another scene altogether nothing is known, as on a first frame. */
START_TEST(nothing_in_common) {
    camera c;
    open_camera(&c, cases[_i].id, NULL);
    for (int t = 0; t < 10; t++)
        pan(&c, t);
    ck_assert_ok(turn(&c, 5000, 0));
    look(&c, 10, WIDTH, HEIGHT);
    for (int32_t y = c.y; y < c.y + HEIGHT; y++)
        for (int32_t x = c.x; x < c.x + WIDTH; x++)
            ck_assert_int_eq(mask_at(&c, x, y), 0);
    close_camera(&c);
}
END_TEST

/* After a reset nothing is left of what was not in view before. */
START_TEST(moved_and_reset) {
    camera used, fresh;
    open_camera(&used, cases[_i].id, NULL);
    open_camera(&fresh, cases[_i].id, NULL);
    for (int t = 0; t < 3; t++)
        pan(&used, t);
    ck_assert_ok(turn(&used, 40, 20));
    seg_context_reset(used.context);
    used.x = fresh.x;
    used.y = fresh.y;
    for (int t = 20; t < 30; t++) {
        if (t > 20) ck_assert_ok(turn(&used, STEP, 0));
        if (t > 20) ck_assert_ok(turn(&fresh, STEP, 0));
        look(&used, t, WIDTH, HEIGHT);
        look(&fresh, t, WIDTH, HEIGHT);
        ck_assert_uint_eq(scene_fnv_image(0, &used.result.mask),
                          scene_fnv_image(0, &fresh.result.mask));
        ck_assert_uint_eq(scene_fnv_image(0, &used.result.score),
                          scene_fnv_image(0, &fresh.result.score));
    }
    close_camera(&used);
    close_camera(&fresh);
}
END_TEST

static uint8_t *save(const camera *c, size_t *size) {
    ck_assert_ok(seg_context_save(c->context, NULL, size));
    uint8_t *blob = malloc(*size);
    ck_assert_ok(seg_context_save(c->context, blob, size));
    return blob;
}

START_TEST(goes_on_after_loading) {
    const seg_method *method = seg_method_find(cases[_i].id);
    if (!method->save) return;
    camera whole, second;
    seg_pool *pool;
    size_t size;
    ck_assert_ok(seg_pool_create(&pool, 3));
    const seg_env env = {.runner = seg_pool_runner(pool)};
    open_camera(&whole, cases[_i].id, NULL);
    open_camera(&second, cases[_i].id, &env);
    for (int t = 0; t < 12; t++)
        pan(&whole, t);
    ck_assert_ok(turn(&whole, 40, -20)); /* what comes into view is in the blob as well */
    uint8_t *blob = save(&whole, &size);
    ck_assert_ok(seg_context_load(second.context, blob, size));
    second.x = whole.x;
    second.y = whole.y;
    for (int t = 13; t < 30; t++) {
        pan(&whole, t);
        pan(&second, t);
        ck_assert_uint_eq(scene_fnv_image(0, &whole.result.mask),
                          scene_fnv_image(0, &second.result.mask));
        ck_assert_uint_eq(scene_fnv_image(0, &whole.result.score),
                          scene_fnv_image(0, &second.result.score));
    }
    free(blob);
    close_camera(&whole);
    close_camera(&second);
    seg_pool_free(pool);
}
END_TEST

/* A move that finds no memory has moved nothing, and can be made again. */
START_TEST(no_memory) {
    camera c, other;
    open_camera(&c, cases[_i].id, NULL);
    open_camera(&other, cases[_i].id, NULL);
    pan(&c, 0);
    pan(&other, 0);
    for (int n = 1;; n++) {
        seg_memory_fail_at(n);
        const seg_status status = turn(&c, STEP, 0);
        const bool failed = seg_memory_fail_at(0) == 0;
        if (status >= 0 && !failed) break;
        ck_assert_int_eq(status, SEG_ERROR_MEMORY);
        ck_assert_int_lt(n, 50);
    }
    ck_assert_ok(turn(&other, STEP, 0));
    for (int t = 1; t < 5; t++) {
        look(&c, t, WIDTH, HEIGHT);
        look(&other, t, WIDTH, HEIGHT);
        ck_assert_uint_eq(scene_fnv_image(0, &c.result.score),
                          scene_fnv_image(0, &other.result.score));
    }
    /* and none is taken once it has been moved */
    seg_memory_fail_at(1);
    ck_assert_ok(turn(&c, STEP, 1));
    seg_memory_fail_at(0);
    close_camera(&c);
    close_camera(&other);
}
END_TEST

/* Gaussians, medians by counting, absorption, windows of frames: what is kept beside the defaults.
 */
START_TEST(other_options) {
    static const char *const sets[][3] = {{"background", "model", "gaussian"},
                                          {"background", "absorb", "20f"},
                                          {"temporal-median", "kind", "approximate"},
                                          {"mog2", "absorb", "20f"},
                                          {"frame-diff", "span", "5"},
                                          {"frame-diff", "span", "3"},
                                          {"frame-diff", "fade", "10f"}};
    for (int i = 0; i < 7; i++) {
        char options[1024];
        camera c;
        const seg_method *method = seg_method_find(sets[i][0]);
        memset(&c, 0, sizeof c);
        c.y = 60;
        seg_params_init(options, method->params);
        ck_assert_ok(seg_params_parse(options, method->params, sets[i][1], sets[i][2], NULL));
        ck_assert_ok(seg_context_create(&c.context, method, options, NULL));
        seg_result_init(&c.result, NULL);
        const int delay = seg_context_delay(c.context);
        int64_t found = 0, wrong = 0;
        for (int t = 0; t < 70; t++) {
            if (t > 0) ck_assert_ok(turn(&c, STEP, 0));
            if (seg_image_empty(&c.frame.image))
                ck_assert_ok(seg_image_alloc(&c.frame.image, WIDTH, HEIGHT, SEG_U8, 1, NULL));
            for (int32_t y = 0; y < HEIGHT; y++)
                for (int32_t x = 0; x < WIDTH; x++)
                    ((uint8_t *)seg_image_row(&c.frame.image, y))[x] =
                        (uint8_t)world(t, c.x + x, c.y + y);
            c.frame.index = t;
            ck_assert_int_ge(seg_context_apply(c.context, &c.frame, 0, &c.result), 0);
            if (t < 30) continue;
            ck_assert_int_eq(c.result.index, t - delay);
            /* frames compared that show the object elsewhere say so there, too */
            for (int32_t y = c.y; y < c.y + HEIGHT; y++)
                for (int32_t x = c.x; x < c.x + WIDTH; x++) {
                    bool near = false;
                    for (int k = 0; k < 6; k++)
                        near |= in_object(t - k, x, y);
                    found += mask_at(&c, x, y) && near;
                    wrong += mask_at(&c, x, y) && !near;
                }
        }
        ck_assert_msg(found > 200 && 20 * wrong < found, "%s %s: %ld found, %ld wrong", sets[i][0],
                      sets[i][2], (long)found, (long)wrong);
        close_camera(&c);
    }
}
END_TEST

START_TEST(what_cannot_be_moved) {
    camera c;
    const double still[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    double from[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    ck_assert_fails(seg_context_move(NULL, still), SEG_ERROR_ARGUMENT, "context");
    open_camera(&c, "mog2", NULL);
    ck_assert_fails(seg_context_move(c.context, NULL), SEG_ERROR_ARGUMENT, "from");
    ck_assert_fails(seg_context_move(c.context, still), SEG_ERROR_STATE, "no frame");
    pan(&c, 0);
    from[5] = strtod("nan", NULL);
    ck_assert_fails(seg_context_move(c.context, from), SEG_ERROR_ARGUMENT, "from[5]");
    ck_assert_ok(seg_context_move(c.context, still));
    ck_assert_int_eq(seg_context_flush(c.context, 0, &c.result), SEG_END);
    ck_assert_fails(seg_context_move(c.context, still), SEG_ERROR_STATE, "flushed");
    close_camera(&c);
    seg_context *context;
    ck_assert_ok(seg_context_create(&context, seg_method_find("motion"), NULL, NULL));
    ck_assert_fails(seg_context_move(context, still), SEG_ERROR_UNSUPPORTED, "motion");
    seg_context_free(context);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("moved models");
    TCase *cases_of_each = tcase_create("each method");
    const TTest *const each[] = {as_a_camera_at_rest,
                                 what_stands_is_absorbed_on_the_way,
                                 found_through_a_pan,
                                 nothing_in_common,
                                 moved_and_reset,
                                 goes_on_after_loading,
                                 no_memory};
    for (int i = 0; i < 7; i++)
        tcase_add_loop_test(cases_of_each, each[i], 0, CASES);
    tcase_add_test(cases_of_each, history_comes_along);
    tcase_add_test(cases_of_each, other_options);
    tcase_add_test(cases_of_each, what_cannot_be_moved);
    suite_add_tcase(suite, cases_of_each);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
