/* Nearest neighbours among samples: against a model of each pixel for itself, the spans of time,
 * and shadows. */
#include "core_main.h"
#include "scenes.h"

#include <math.h>

#define WIDTH 71 /* two blocks and a part of one */
#define HEIGHT 5
#define MOST 32

static seg_context *start(seg_knn_options *options) {
    seg_context *context = NULL;
    ck_assert_ok(seg_context_create(&context, seg_method_find("knn"), options, NULL));
    return context;
}

static seg_knn_options plain_options(void) {
    seg_knn_options o;
    seg_knn_options_init(&o);
    o.model.smooth = 1;
    o.shadows = SEG_SHADOWS_KEEP;
    return o;
}

/* ---- the method as it is described, a pixel at a time, with a sample in every frame ---- */

typedef struct pixel {
    uint8_t value[MOST][3];
    bool known[MOST], seen;
    int oldest; /* of each span alike */
} pixel;

typedef struct judgement {
    bool foreground, usual;
    double score;
} judgement;

static judgement judge(const pixel *p, const uint8_t *value, int colours,
                       const seg_knn_options *o) {
    int any = 0, known = 0;
    double distances[MOST];
    int count = 0;
    for (int i = 0; i < 3 * o->samples; i++) {
        double sum = 0;
        for (int c = 0; c < colours; c++)
            sum += pow(value[c] - p->value[i][c], 2);
        any += sum <= o->threshold * o->threshold;
        known += p->known[i] && sum <= o->threshold * o->threshold;
        if (!p->known[i]) continue;
        int at = count++;
        for (; at > 0 && distances[at - 1] > sum; at--)
            distances[at] = distances[at - 1];
        distances[at] = sum;
    }
    const double nearest = count >= o->needed ? distances[o->needed - 1] / colours : 255.0 * 255.0;
    return (judgement){known < o->needed, any >= o->needed, sqrt(nearest)};
}

static void learn(pixel *p, const uint8_t *value, bool usual, const seg_knn_options *o) {
    const int n = o->samples, i = p->oldest;
    for (int span = 2; span > 0; span--) {
        memcpy(p->value[span * n + i], p->value[(span - 1) * n + i], 3);
        p->known[span * n + i] = p->known[(span - 1) * n + i];
    }
    memcpy(p->value[i], value, 3);
    p->known[i] = usual;
}

static void admit(pixel *p, const uint8_t *value, const seg_knn_options *o) {
    for (int i = 0; i < 3 * o->samples; i++) {
        memcpy(p->value[i], value, 3);
        p->known[i] = true;
    }
    p->seen = true;
}

/* A few levels, met again, and stray ones. */
static uint8_t draw(scene_random *random) {
    if (scene_below(random, 9) == 0) return (uint8_t)scene_below(random, 256);
    return (uint8_t)(80 + 35 * scene_below(random, 3) + scene_below(random, 6));
}

/* Counts background and foreground. */
static void compare_with_oracle(int colours, uint32_t seed, int counts[2]) {
    static pixel model[HEIGHT][WIDTH];
    memset(model, 0, sizeof model);
    scene_random random = {seed};
    seg_knn_options o = plain_options();
    o.model.rate = 1;
    o.samples = 1 + (int32_t)scene_below(&random, 6);
    o.needed = 1 + (int32_t)scene_below(&random, 3);
    o.threshold = 5 + scene_below(&random, 40);
    seg_context *context = start(&o);
    seg_result result;
    seg_result_init(&result, NULL);
    seg_image ignore = {0}, known = {0};
    ck_assert_ok(seg_image_alloc(&ignore, WIDTH, HEIGHT, SEG_U8, 1, NULL));
    ck_assert_ok(seg_image_alloc(&known, WIDTH, HEIGHT, SEG_U8, 1, NULL));
    for (int t = 0; t < 60; t++) {
        seg_frame frame = {.index = t};
        ck_assert_ok(seg_image_alloc(&frame.image, WIDTH, HEIGHT, SEG_U8, colours, NULL));
        for (int32_t y = 0; y < HEIGHT; y++) {
            uint8_t *row = seg_image_row(&frame.image, y);
            for (int32_t x = 0; x < WIDTH; x++) {
                for (int c = 0; c < colours; c++)
                    row[x * colours + c] = draw(&random);
                ((uint8_t *)seg_image_row(&ignore, y))[x] = scene_below(&random, 8) == 0;
                ((uint8_t *)seg_image_row(&known, y))[x] = scene_below(&random, 8) == 0;
            }
        }
        if (seed % 2) frame.ignore = seg_image_ref(&ignore);
        if (seed % 2) frame.known_foreground = seg_image_ref(&known);
        ck_assert_ok(seg_context_apply(context, &frame, SEG_OUTPUT_SCORE, &result));
        for (int32_t y = 0; y < HEIGHT; y++)
            for (int32_t x = 0; x < WIDTH; x++) {
                pixel *p = &model[y][x];
                const uint8_t *value = (uint8_t *)seg_image_row(&frame.image, y) + x * colours;
                const bool out = seed % 2 && ((uint8_t *)seg_image_row(&ignore, y))[x];
                const bool held = out || (seed % 2 && ((uint8_t *)seg_image_row(&known, y))[x]);
                const judgement is = judge(p, value, colours, &o);
                const bool found = p->seen && t > 0 && is.foreground;
                const int wanted = !out && (held || found) ? 255 : 0;
                const double score = p->seen && !out && t > 0 ? is.score : 0;
                ck_assert_int_eq(((uint8_t *)seg_image_row(&result.mask, y))[x], wanted);
                const double given = ((uint16_t *)seg_image_row(&result.score, y))[x] / 257.0;
                ck_assert_double_eq_tol(given, score, 0.01);
                counts[wanted > 0]++;
                /* a block passes its places on whatever becomes of a pixel */
                if (t > 0 && p->seen && !held) learn(p, value, is.usual, &o);
                if (!p->seen && !held) admit(p, value, &o);
                if (t > 0) p->oldest = (p->oldest + 1) % o.samples;
            }
        seg_frame_unref(&frame);
    }
    seg_image_unref(&ignore);
    seg_image_unref(&known);
    seg_result_free(&result);
    seg_context_free(context);
}

START_TEST(every_pixel_for_itself) {
    int counts[2] = {0};
    for (uint32_t seed = 0; seed < 12; seed++)
        compare_with_oracle(_i ? 3 : 1, seed, counts);
    ck_assert_int_gt(counts[0], 5000);
    ck_assert_int_gt(counts[1], 5000);
}
END_TEST

/* ---- time ---- */

/* How many frames it takes until a wall that becomes lighter is background everywhere, and until
 * the first pixel is. */
static void learn_step(const seg_knn_options *options, int *first, int *last) {
    seg_knn_options o = *options;
    seg_context *context = start(&o);
    seg_result result;
    seg_result_init(&result, NULL);
    *first = *last = -1;
    for (int t = 0; t < 1400 && *last < 0; t++) {
        uint8_t row[WIDTH];
        memset(row, t < 1000 ? 100 : 140, sizeof row);
        seg_frame frame = {.index = t};
        ck_assert_ok(seg_image_wrap(&frame.image, row, WIDTH, WIDTH, 1, SEG_U8, 1));
        ck_assert_ok(seg_context_apply(context, &frame, 0, &result));
        int set = 0;
        for (int x = 0; x < WIDTH; x++)
            set += ((uint8_t *)result.mask.data)[x] != 0;
        if (t < 1000) ck_assert_int_eq(set, 0);
        if (t == 1000) ck_assert_int_eq(set, WIDTH);
        if (t >= 1000 && set < WIDTH && *first < 0) *first = t - 1000;
        if (t >= 1000 && set == 0) *last = t - 1000;
    }
    seg_result_free(&result);
    seg_context_free(context);
}

/* With a rate of 1/500 a short sample is taken once in ln .7 / ln (1 - 1/500) / 7 + 1 = 26 frames.
 * The first two of the new light are not known to be background, the third and fourth are: from the
 * fourth on, which comes in 3 to 4 times 26 frames and one, it is background. */
START_TEST(a_step_is_learnt_in_time) {
    seg_knn_options o = plain_options();
    int first, last;
    learn_step(&o, &first, &last);
    ck_assert_int_ge(first, 2 * 26);
    ck_assert_int_le(last, 5 * 26);
    ck_assert_int_gt(last, first); /* each block has its own moments */
    o.model.rate = 0.01;           /* 35.5 / 7 + 1 = 6 frames */
    learn_step(&o, &first, &last);
    ck_assert_int_ge(first, 2 * 6);
    ck_assert_int_le(last, 5 * 6);
}
END_TEST

/* Nothing would ever be background. */
START_TEST(more_needed_than_there_are) {
    static const char *const ids[] = {"knn", "vibe", "pbas", "subsense", "consensus"};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        const seg_method *method = seg_method_find(ids[i]);
        const bool knn = i == 0; /* has three times as many */
        _Alignas(16) unsigned char options[512];
        seg_context *context;
        ck_assert_uint_le(method->params->options_size, sizeof options);
        seg_params_init(options, method->params);
        ck_assert_ok(seg_params_parse(options, method->params, "samples", "2", NULL));
        ck_assert_ok(seg_params_parse(options, method->params, "needed", knn ? "6" : "2", NULL));
        ck_assert_ok(seg_context_create(&context, method, options, NULL));
        seg_context_free(context);
        ck_assert_ok(seg_params_parse(options, method->params, "needed", knn ? "7" : "3", NULL));
        ck_assert_fails(seg_context_create(&context, method, options, NULL), SEG_ERROR_OPTION,
                        knn ? "needed is 7 (allowed: 1 to 6" : "needed is 3 (allowed: 1 to 2");
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("nearest neighbours");
    TCase *cases = tcase_create("knn");
    tcase_set_timeout(cases, 300);
    tcase_add_loop_test(cases, every_pixel_for_itself, 0, 2);
    tcase_add_test(cases, a_step_is_learnt_in_time);
    tcase_add_test(cases, more_needed_than_there_are);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
