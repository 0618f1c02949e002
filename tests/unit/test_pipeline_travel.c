/* A camera that travels: what moves is found when nothing is left of the first view; looking ahead,
 * behind flashes, after saving and loading. */
#include "core/blob.h"
#include "core/memory.h"
#include "core_main.h"
#include "pipeline/stabilize.h"
#include "scenes.h"

#include <math.h>

#define WIDTH 90
#define HEIGHT 60
#define PAN 2 /* pixels for each frame, and one downwards for four */

typedef struct run {
    seg_pipeline_config config;
    seg_pipeline *pipeline;
    seg_result result;
    seg_frame frame;
    int64_t whole, found, wrong; /* pixels of the object; of the masks */
} run;

static void prepare(run *r, const char *method, int32_t stabilize) {
    memset(r, 0, sizeof *r);
    seg_pipeline_config_init(&r->config);
    r->config.method = seg_method_find(method);
    r->config.stabilize = stabilize;
    ck_assert_ptr_nonnull(r->config.method);
    r->config.follow = stabilize && r->config.method->move;
    seg_result_init(&r->result, NULL);
    ck_assert_ok(seg_image_alloc(&r->frame.image, WIDTH, HEIGHT, SEG_U8, 3, NULL));
}

static void start(run *r, const char *method, int32_t stabilize, const seg_env *env) {
    prepare(r, method, stabilize);
    ck_assert_ok(seg_pipeline_create(&r->pipeline, &r->config, env));
}

static void finish(run *r) {
    seg_pipeline_free(r->pipeline);
    seg_result_free(&r->result);
    seg_frame_unref(&r->frame);
}

static bool in_object(int32_t t, int32_t x, int32_t y) {
    const int32_t place = x - 20 - (t - 15) / 3; /* it overtakes the camera */
    return t >= 15 && place >= 0 && place < 14 && y >= 24 && y < 38;
}

/* Soft spots of three sizes in a long scene; other worlds look other. */
static void paint(run *r, int32_t t, uint32_t which) {
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++) {
            const uint32_t at = (uint32_t)(x + PAN * t), down = (uint32_t)(y + t / 4);
            uint32_t value = 40;
            for (uint32_t size = 4; size <= 16; size *= 2)
                value += scene_hash(at / size * 7919u + down / size * 104729u + which) % 60;
            for (int c = 0; c < 3; c++)
                ((uint8_t *)seg_image_row(&r->frame.image, y))[3 * x + c] =
                    (uint8_t)(in_object(t, x, y) ? 250 : value);
        }
    r->frame.index = t;
}

/* Adds the mask of frame t up. */
static void count(run *r, int32_t t) {
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++) {
            const bool set = ((uint8_t *)seg_image_row(&r->result.mask, y))[x];
            r->whole += in_object(t, x, y);
            r->found += set && in_object(t, x, y);
            r->wrong += set && !in_object(t, x, y);
        }
}

/* Frames first .. end-1, counted. */
static void go(run *r, int32_t first, int32_t end, uint32_t which) {
    r->whole = r->found = r->wrong = 0;
    for (int32_t t = first; t < end; t++) {
        paint(r, t, which);
        ck_assert_ok(seg_pipeline_apply(r->pipeline, &r->frame, &r->result));
        count(r, t);
    }
}

/* Most of the object, and wrongly at most so many percent of its area. */
static void check(const run *r, const char *what, int64_t most) {
    ck_assert_msg(100 * r->found > 85 * r->whole && 100 * r->wrong < most * r->whole,
                  "%s, %s, model %d: of %ld found %ld, and %ld wrong", what, r->config.method->id,
                  (int)r->config.stabilize, (long)r->whole, (long)r->found, (long)r->wrong);
}

static const struct {
    const char *method;
    int32_t stabilize;
} pans[] = {{"background", SEG_STABILIZE_TRANSLATION}, {"background", SEG_STABILIZE_SIMILARITY},
            {"background", SEG_STABILIZE_AFFINE},      {"background", SEG_STABILIZE_PROJECTIVE},
            {"mog2", SEG_STABILIZE_TRANSLATION},       {"vibe", SEG_STABILIZE_TRANSLATION},
            {"sigma-delta", SEG_STABILIZE_AFFINE},     {"knn", SEG_STABILIZE_TRANSLATION}};

START_TEST(more_than_two_pictures_wide) {
    run r;
    start(&r, pans[_i].method, pans[_i].stabilize, NULL);
    go(&r, 0, 20, 0);
    go(&r, 20, 110, 0);
    check(&r, "a pan", 30);
    /* told from the first frame on */
    ck_assert(fabs(seg_result_decision(&r.result, "shift-x")->value + PAN * 109) < 4);
    ck_assert(fabs(seg_result_decision(&r.result, "shift-y")->value + 27) < 4);
    finish(&r);
}
END_TEST

/* Results of frames that were seen before the view moved come behind that. */
START_TEST(look_ahead) {
    enum { LAG = 6 };
    run r;
    uint8_t options[256];
    prepare(&r, "frame-diff", SEG_STABILIZE_TRANSLATION);
    seg_params_init(options, r.config.method->params);
    ck_assert_ok(seg_params_parse(options, r.config.method->params, "span", "3", NULL));
    ck_assert_ok(seg_params_parse(options, r.config.method->params, "lag", "6", NULL));
    r.config.options = options;
    ck_assert_ok(seg_pipeline_create(&r.pipeline, &r.config, NULL));
    for (int32_t t = 0; t < 90; t++) {
        paint(&r, t, 0);
        const seg_status status = seg_pipeline_apply(r.pipeline, &r.frame, &r.result);
        ck_assert_int_eq(status, t < LAG ? SEG_NO_RESULT_YET : SEG_OK);
        if (t < 30) continue;
        ck_assert_int_eq(r.result.index, t - LAG);
        count(&r, t - LAG);
    }
    ck_assert_msg(4 * r.found > r.whole && 5 * r.wrong < r.found, "of %ld found %ld, %ld wrong",
                  (long)r.whole, (long)r.found, (long)r.wrong);
    finish(&r);
}
END_TEST

START_TEST(flashes) {
    run r;
    start(&r, "background", SEG_STABILIZE_TRANSLATION, NULL);
    go(&r, 0, 40, 0);
    for (int32_t t = 40; t < 40 + _i; t++) /* damaged frames, no two alike */
        go(&r, t, t + 1, (uint32_t)(77 + t));
    go(&r, 40 + _i, 70 + _i, 0);
    check(&r, "after flashes", 30);
    ck_assert(fabs(seg_result_decision(&r.result, "shift-x")->value + PAN * (69 + _i)) < 4);
    finish(&r);
}
END_TEST

static void ck_assert_alike(run *a, run *b, int32_t t) {
    paint(a, t, 0);
    paint(b, t, 0);
    ck_assert_ok(seg_pipeline_apply(a->pipeline, &a->frame, &a->result));
    ck_assert_ok(seg_pipeline_apply(b->pipeline, &b->frame, &b->result));
    ck_assert_uint_eq(scene_fnv_image(0, &a->result.mask), scene_fnv_image(0, &b->result.mask));
    ck_assert(seg_result_decision(&a->result, "shift-x")->value ==
              seg_result_decision(&b->result, "shift-x")->value);
}

/* The caller frees it. */
static uint8_t *saved(const run *r, size_t *size) {
    ck_assert_ok(seg_pipeline_save(r->pipeline, NULL, size));
    uint8_t *blob = malloc(*size);
    ck_assert_ptr_nonnull(blob);
    ck_assert_ok(seg_pipeline_save(r->pipeline, blob, size));
    return blob;
}

START_TEST(saved_and_loaded_in_any_threads) {
    const int32_t model = SEG_STABILIZE_TRANSLATION + _i;
    seg_pool *pool;
    ck_assert_ok(seg_pool_create(&pool, 3));
    const seg_env env = {.runner = seg_pool_runner(pool)};
    run whole, second;
    size_t size;
    start(&whole, "mog2", model, NULL);
    start(&second, "mog2", model, &env);
    go(&whole, 0, 30, 0);
    uint8_t *blob = saved(&whole, &size);
    ck_assert_ok(seg_pipeline_load(second.pipeline, blob, size));
    for (int32_t t = 30; t < 50; t++)
        ck_assert_alike(&whole, &second, t);
    for (size_t i = 0; i < size; i += 1 + size / 97) {
        blob[i] ^= 0x10;
        ck_assert_fails(seg_pipeline_load(second.pipeline, blob, size), SEG_ERROR_DATA, "");
        blob[i] ^= 0x10;
    }
    free(blob);
    finish(&whole);
    finish(&second);
    seg_pool_free(pool);
}
END_TEST

/* Blobs from before views could move; and content that cannot be. */
START_TEST(stabilizers_in_blobs) {
    seg_stabilizer *s = seg_stabilizer_create(SEG_TRANSFORM_TRANSLATION, NULL);
    seg_image picture = {0};
    ck_assert_ok(seg_image_alloc(&picture, 9, 7, SEG_U16, 1, NULL));
    const seg_blob_geometry geometry = seg_blob_geometry_of(&picture);
    const seg_transform last = seg_transform_translation(3, 4);
    uint8_t blob[1024];
    for (int kind = 0; kind < 6; kind++) {
        const int32_t flags[] = {kind == 4 ? 9 : 8, kind == 5};
        seg_blob_writer writer;
        seg_transform view = seg_transform_identity();
        size_t size;
        seg_blob_write_begin(&writer, blob, sizeof blob, "stabilizer", kind ? 2 : 1, &geometry);
        seg_blob_write_f64(&writer, last.m, 9);
        if (kind == 2) view.m[2] = 1e300;
        if (kind) seg_blob_write_f64(&writer, view.m, kind == 3 ? 8 : 9);
        if (kind) seg_blob_write_i32(&writer, flags, 2);
        seg_blob_write_image(&writer, &picture);
        ck_assert_ok(seg_blob_write_end(&writer, &size));
        const seg_status status = seg_stabilizer_load(s, blob, size);
        ck_assert_msg(status == (kind < 2 ? SEG_OK : SEG_ERROR_DATA), "kind %d: %s", kind,
                      seg_status_name(status));
        ck_assert(s->last.m[2] == 3 && s->reference.width == 9);
    }
    seg_image_unref(&picture);
    seg_stabilizer_free(s);
}
END_TEST

/* frame-diff keeps no model: a loaded reference moves alone, before the method's first frame. */
START_TEST(reference_without_a_model) {
    run whole, second;
    size_t size;
    start(&whole, "frame-diff", SEG_STABILIZE_TRANSLATION, NULL);
    start(&second, "frame-diff", SEG_STABILIZE_TRANSLATION, NULL);
    go(&whole, 0, 10, 0);
    uint8_t *blob = saved(&whole, &size);
    ck_assert_ok(seg_pipeline_load(second.pipeline, blob, size));
    go(&second, 15, 60, 0);
    ck_assert(fabs(seg_result_decision(&second.result, "shift-x")->value + PAN * 59) < 4);
    free(blob);
    finish(&whole);
    finish(&second);
}
END_TEST

START_TEST(options_that_do_not_fit) {
    run r;
    prepare(&r, "background", SEG_STABILIZE_NONE);
    r.config.follow = true;
    ck_assert_fails(seg_pipeline_create(&r.pipeline, &r.config, NULL), SEG_ERROR_OPTION, "view");
    r.config.method = seg_method_find("motion");
    r.config.stabilize = SEG_STABILIZE_TRANSLATION;
    ck_assert_fails(seg_pipeline_create(&r.pipeline, &r.config, NULL), SEG_ERROR_OPTION, "view");
    finish(&r);
}
END_TEST

/* ---- the stabilizer by itself ---- */

static bool strays(seg_stabilizer *s, run *r, int32_t t, seg_transform *motion,
                   seg_transform *from) {
    paint(r, t, 0);
    ck_assert_ok(seg_stabilizer_find(s, &r->frame, motion));
    return seg_stabilizer_strays(s, motion, from);
}

/* The frame as it was found, or where `motion` says. */
static void take(seg_stabilizer *s, const run *r, const seg_transform *motion) {
    seg_frame frame = r->frame;
    ck_assert_ok(seg_stabilizer_place(s, &frame, motion));
    seg_stabilizer_learn(s, motion);
}

/* Frames that are all far from each other are followed after eight of them. */
START_TEST(a_camera_thrown_about) {
    run r;
    seg_transform motion, from;
    prepare(&r, "background", SEG_STABILIZE_TRANSLATION);
    seg_stabilizer *s = seg_stabilizer_create(SEG_TRANSFORM_TRANSLATION, NULL);
    for (int32_t k = 0; k < 9; k++) { /* eight pixels to the right and back again */
        ck_assert(!strays(s, &r, k % 2 ? 4 : 0, &motion, &from));
        take(s, &r, &motion);
    }
    ck_assert(strays(s, &r, 4, &motion, &from));
    ck_assert(from.m[2] == 4 * PAN && from.m[5] == 1);
    seg_stabilizer_free(s);
    finish(&r);
}
END_TEST

/* Whole pixels where that is enough: not for what is turned or enlarged. */
START_TEST(views_that_turn) {
    static const struct {
        double m[6];
        bool whole;
    } cases[] = {{{1, 0, 10, 0, 1, 2}, true},
                 {{1.01, 0, 10, 0.01, 1, 2}, true},
                 {{1.2, 0, 0, 0, 1.2, 0}, false},
                 {{0.96, -0.28, 12, 0.28, 0.96, -10}, false}};
    run r;
    seg_transform motion, from;
    prepare(&r, "background", SEG_STABILIZE_AFFINE);
    seg_stabilizer *s = seg_stabilizer_create(SEG_TRANSFORM_AFFINE, NULL);
    ck_assert(!strays(s, &r, 0, &motion, &from));
    take(s, &r, &motion);
    ck_assert(!strays(s, &r, 0, &motion, &from));
    for (int i = 0; i < 4; i++) {
        seg_transform expected;
        motion = seg_transform_identity();
        memcpy(motion.m, cases[i].m, sizeof cases[i].m);
        ck_assert(seg_stabilizer_strays(s, &motion, &from));
        ck_assert_ok(seg_transform_invert(&expected, &motion));
        if (cases[i].whole)
            ck_assert(from.m[0] == 1 && from.m[1] == 0 && from.m[2] == rint(from.m[2]));
        else
            ck_assert_mem_eq(from.m, expected.m, sizeof from.m);
    }
    seg_stabilizer_free(s);
    finish(&r);
}
END_TEST

/* What a frame does not show of the new view stays unseen. */
START_TEST(seen_bit_by_bit) {
    enum { NEW = 20, SHOWN = 12 };
    run r;
    seg_transform motion, from, shown = seg_transform_translation(NEW - SHOWN, 0);
    seg_context *context;
    prepare(&r, "background", SEG_STABILIZE_TRANSLATION);
    ck_assert_ok(seg_context_create(&context, r.config.method, NULL, NULL));
    seg_stabilizer *s = seg_stabilizer_create(SEG_TRANSFORM_TRANSLATION, NULL);
    strays(s, &r, 0, &motion, &from);
    take(s, &r, &motion);
    strays(s, &r, 0, &motion, &from);
    from = seg_transform_translation(NEW, 0);
    ck_assert_ok(seg_stabilizer_move(s, context, &from, &motion));
    for (int k = 0; k < 2; k++) {
        for (int32_t y = 0; y < HEIGHT; y++)
            for (int32_t x = 0; x < WIDTH; x++)
                ck_assert_int_eq(((uint8_t *)seg_image_row(&s->unseen, y))[x],
                                 x >= WIDTH - (k ? NEW - SHOWN : NEW) ? 255 : 0);
        take(s, &r, &shown);
    }
    seg_stabilizer_free(s);
    seg_context_free(context);
    finish(&r);
}
END_TEST

/* A frame that fails may come again; nothing leaks. */
START_TEST(no_memory) {
    const int64_t live = seg_memory_live();
    run r;
    start(&r, "mog2", SEG_STABILIZE_AFFINE, NULL);
    int failures = 0;
    for (int32_t t = 0; t < 40; t++) {
        seg_status status = SEG_ERROR_MEMORY;
        for (int n = 1; status < 0; n++) {
            paint(&r, t, 0);
            seg_memory_fail_at(n);
            status = seg_pipeline_apply(r.pipeline, &r.frame, &r.result);
            seg_memory_fail_at(0);
            ck_assert(status == SEG_OK || status == SEG_ERROR_MEMORY);
            failures += status < 0;
        }
    }
    ck_assert_int_gt(failures, 10);
    go(&r, 40, 80, 0);
    check(&r, "without memory", 30);
    finish(&r);
    ck_assert_int_eq(seg_memory_live(), live);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("a camera that travels");
    TCase *cases = tcase_create("a camera that travels");
    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, more_than_two_pictures_wide, 0, (int)(sizeof pans / sizeof *pans));
    tcase_add_test(cases, look_ahead);
    tcase_add_loop_test(cases, flashes, 1, 6);
    tcase_add_loop_test(cases, saved_and_loaded_in_any_threads, 0, 4);
    tcase_add_test(cases, stabilizers_in_blobs);
    tcase_add_test(cases, reference_without_a_model);
    tcase_add_test(cases, options_that_do_not_fit);
    tcase_add_test(cases, a_camera_thrown_about);
    tcase_add_test(cases, views_that_turn);
    tcase_add_test(cases, seen_bit_by_bit);
    tcase_add_test(cases, no_memory);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
