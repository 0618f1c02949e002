/* Frame differences: cases by hand, a brute-force oracle, masks, jumps, the automatic level. */
#include "core_main.h"
#include "scenes.h"

#include <math.h>
#include <stdio.h>

#define FRAMES 24
#define WIDTH 45
#define HEIGHT 19

/* ---- running a context ---- */

typedef struct stream {
    const seg_method *method;
    seg_context *context;
    seg_result result;
    _Alignas(16) unsigned char options[256];
} stream;

/* Options as "name", "value" pairs, NULL at the end. */
static void start(stream *s, const char *const *pairs) {
    s->method = seg_method_find("frame-diff");
    ck_assert_ptr_nonnull(s->method);
    seg_params_init(s->options, s->method->params);
    for (; pairs && *pairs; pairs += 2)
        ck_assert_ok(seg_params_parse(s->options, s->method->params, pairs[0], pairs[1], NULL));
    ck_assert_ok(seg_context_create(&s->context, s->method, s->options, NULL));
    seg_result_init(&s->result, NULL);
}

static void stop(stream *s) {
    seg_context_free(s->context);
    seg_result_free(&s->result);
}

static seg_frame frame_of(seg_image *image, int32_t index) {
    seg_frame frame = {.index = index, .pts = 1000 + 10 * index, .time_base = {1, 250}};
    frame.image = *image;
    return frame;
}

static int64_t count_set(const seg_image *mask) {
    int64_t count = 0;
    for (int32_t y = 0; y < mask->height; y++) {
        const uint8_t *row = seg_image_row(mask, y);
        for (int32_t x = 0; x < mask->width; x++)
            count += row[x] != 0;
    }
    return count;
}

/* ---- by hand ---- */

START_TEST(two_frames_by_hand) {
    uint8_t first[6] = {10, 10, 10, 200, 0, 255}, second[6] = {10, 20, 21, 189, 255, 0};
    stream s;
    start(&s, (const char *const[]){"threshold", "10", NULL});
    seg_image image = {0};
    ck_assert_ok(seg_image_wrap(&image, first, 6, 6, 1, SEG_U8, 1));
    seg_frame frame = frame_of(&image, 0);
    ck_assert_ok(seg_context_apply(s.context, &frame, 0, &s.result));
    ck_assert_int_eq(count_set(&s.result.mask), 0);
    ck_assert(s.result.flags & SEG_RESULT_PROVISIONAL);
    ck_assert_ok(seg_image_wrap(&image, second, 6, 6, 1, SEG_U8, 1));
    frame = frame_of(&image, 1);
    ck_assert_ok(seg_context_apply(s.context, &frame, 0, &s.result));
    const uint8_t mask[6] = {0, 0, 255, 255, 255, 255}, score[6] = {0, 10, 11, 11, 255, 255};
    ck_assert_mem_eq(s.result.mask.data, mask, 6);
    ck_assert_mem_eq(s.result.score.data, score, 6);
    ck_assert_int_eq(s.result.index, 1);
    ck_assert(!(s.result.flags & SEG_RESULT_PROVISIONAL));
    ck_assert_double_eq(s.result.score_full_scale, 255);
    ck_assert_double_eq(seg_result_decision(&s.result, "threshold")->value, 10);
    stop(&s);
}
END_TEST

/* Three frames: what was uncovered behind a moving box is not marked. */
START_TEST(three_frames_by_hand) {
    uint8_t frames[3][5] = {{0, 90, 0, 0, 0}, {0, 0, 90, 0, 0}, {0, 0, 0, 90, 0}};
    stream s;
    start(&s, (const char *const[]){"span", "3", "threshold", "40", NULL});
    ck_assert_int_eq(seg_context_delay(s.context), 1);
    for (int t = 0; t < 3; t++) {
        seg_image image = {0};
        ck_assert_ok(seg_image_wrap(&image, frames[t], 5, 5, 1, SEG_U8, 1));
        const seg_frame frame = frame_of(&image, t);
        const seg_status status = seg_context_apply(s.context, &frame, 0, &s.result);
        ck_assert_int_eq(status, t == 0 ? SEG_NO_RESULT_YET : SEG_OK);
        if (t > 0) ck_assert_int_eq(s.result.index, t - 1);
    }
    const uint8_t middle[5] = {0, 0, 255, 0, 0}, last[5] = {0, 0, 255, 255, 0};
    ck_assert_mem_eq(s.result.mask.data, middle, 5);
    ck_assert_ok(seg_context_flush(s.context, 0, &s.result));
    ck_assert_int_eq(s.result.index, 2);
    ck_assert_int_eq(s.result.pts, 1020);
    ck_assert_mem_eq(s.result.mask.data, last, 5);
    ck_assert_int_eq(seg_context_flush(s.context, 0, &s.result), SEG_END);
    stop(&s);
}
END_TEST

/* ---- the oracle ---- */

static int32_t grey(const seg_image *image, int32_t x, int32_t y) {
    if (image->format == SEG_U16) return ((uint16_t *)seg_image_row(image, y))[x];
    return ((uint8_t *)seg_image_row(image, y))[x];
}

/* The definition, written down; -1 where nothing can be compared. */
static int32_t wanted_score(const seg_image *frames, int span, int lag, int t, int32_t x,
                            int32_t y) {
    const int32_t now = grey(&frames[t], x, y);
    if (t < lag) return -1;
    if (span <= 3) {
        int32_t score = abs(now - grey(&frames[t - lag], x, y));
        if (span == 3 && t + lag < FRAMES) {
            const int32_t after = abs(now - grey(&frames[t + lag], x, y));
            if (after < score) score = after;
        }
        return score;
    }
    int32_t low = now, high = now;
    for (int i = 1; i < span && t - i * lag >= 0; i++) {
        const int32_t value = grey(&frames[t - i * lag], x, y);
        if (value < low) low = value;
        if (value > high) high = value;
    }
    return high - low;
}

static void check_result(const seg_result *result, const seg_image *frames, int span, int lag,
                         int t) {
    const int32_t level = frames[0].format == SEG_U16 ? 9 * 257 : 9;
    ck_assert_int_eq(result->index, t);
    const int compared = t / lag < span - 1 ? t / lag : span - 1;
    const bool provisional = span <= 3 ? compared == 0 : compared < span - 1;
    ck_assert_int_eq((result->flags & SEG_RESULT_PROVISIONAL) != 0, provisional);
    for (int32_t y = 0; y < HEIGHT; y++) {
        const uint8_t *mask = seg_image_row(&result->mask, y);
        for (int32_t x = 0; x < WIDTH; x++) {
            const int32_t score = wanted_score(frames, span, lag, t, x, y);
            ck_assert_int_eq(mask[x], score > level ? 255 : 0);
            ck_assert_int_eq(grey(&result->score, x, y), score < 0 ? 0 : score);
        }
    }
}

static void check_span(const seg_image *frames, int span, int lag) {
    char span_text[8], lag_text[8];
    snprintf(span_text, sizeof span_text, "%d", span);
    snprintf(lag_text, sizeof lag_text, "%d", lag);
    stream s;
    start(&s, (const char *const[]){"span", span_text, "lag", lag_text, "threshold", "9", NULL});
    int described = 0;
    for (int t = 0; t < FRAMES; t++) {
        seg_image image = frames[t];
        const seg_frame frame = frame_of(&image, t);
        const seg_status status = seg_context_apply(s.context, &frame, 0, &s.result);
        ck_assert_int_eq(status, span == 3 && t < lag ? SEG_NO_RESULT_YET : SEG_OK);
        if (status == SEG_OK) check_result(&s.result, frames, span, lag, described++);
    }
    while (seg_context_flush(s.context, 0, &s.result) == SEG_OK)
        check_result(&s.result, frames, span, lag, described++);
    ck_assert_int_eq(described, FRAMES);
    stop(&s);
}

START_TEST(definition) {
    seg_image frames[FRAMES] = {0};
    const seg_format format = _i ? SEG_U16 : SEG_U8;
    for (int t = 0; t < FRAMES; t++) {
        ck_assert_ok(seg_image_alloc(&frames[t], WIDTH, HEIGHT, format, 1, NULL));
        scene_paint(&frames[t], t);
    }
    for (int span = 2; span <= 7; span++)
        for (int lag = 1; lag <= 5; lag += 2)
            check_span(frames, span, lag);
    for (int t = 0; t < FRAMES; t++)
        seg_image_unref(&frames[t]);
}
END_TEST

/* ---- depths ---- */

START_TEST(depths_give_the_same_masks) {
    static const char *const options[][7] = {{"threshold", "12", NULL},
                                             {"threshold", "auto", NULL},
                                             {"span", "3", "lag", "2", NULL},
                                             {"span", "5", "threshold", "p80", NULL}};
    stream s[3];
    const seg_format formats[3] = {SEG_U8, SEG_U16, SEG_F32};
    for (int i = 0; i < 3; i++)
        start(&s[i], options[_i]);
    for (int t = 0; t < 9; t++) {
        seg_image images[3] = {0};
        seg_status status = SEG_OK;
        for (int i = 0; i < 3; i++) {
            ck_assert_ok(seg_image_alloc(&images[i], WIDTH, HEIGHT, formats[i], 1, NULL));
            scene_paint(&images[i], t);
            const seg_frame frame = frame_of(&images[i], t);
            status = seg_context_apply(s[i].context, &frame, 0, &s[i].result);
            ck_assert_int_ge(status, 0);
        }
        for (int i = 1; i < 3 && status == SEG_OK; i++)
            ck_assert_uint_eq(scene_fnv_image(0, &s[i].result.mask),
                              scene_fnv_image(0, &s[0].result.mask));
        for (int i = 0; i < 3; i++)
            seg_image_unref(&images[i]);
    }
    for (int i = 0; i < 3; i++)
        stop(&s[i]);
}
END_TEST

/* ---- what is left out ---- */

/* A pixel left out of either frame gives 0, in mask and score; it comes back afterwards. */
START_TEST(left_out_pixels) {
    const bool three = _i;
    stream s;
    start(&s, three ? (const char *const[]){"threshold", "5", "span", "3", NULL}
                    : (const char *const[]){"threshold", "5", NULL});
    for (int t = 0; t < 7; t++) {
        uint8_t values[4] = {0, 0, 0, 0}, ignore[4] = {0};
        memset(values, t % 2 ? 100 : 0, sizeof values);
        if (t == 3) ignore[1] = 1;
        if (t == 4) ignore[2] = 255;
        seg_image image = {0}, mask = {0};
        ck_assert_ok(seg_image_wrap(&image, values, 4, 4, 1, SEG_U8, 1));
        ck_assert_ok(seg_image_wrap(&mask, ignore, 4, 4, 1, SEG_U8, 1));
        seg_frame frame = frame_of(&image, t);
        if (t == 3 || t == 4) frame.ignore = mask;
        const seg_status status = seg_context_apply(s.context, &frame, 0, &s.result);
        if (status != SEG_OK) continue;
        const uint8_t *got = s.result.mask.data;
        const int described = (int)s.result.index;
        if (described == 0) continue;
        bool out[4] = {false};
        for (int n = described - 1; n <= described + (three ? 1 : 0); n++) {
            if (n == 3) out[1] = true;
            if (n == 4) out[2] = true;
        }
        for (int x = 0; x < 4; x++) {
            ck_assert_int_eq(got[x], out[x] ? 0 : 255);
            ck_assert_int_eq(((uint8_t *)s.result.score.data)[x], out[x] ? 0 : 100);
        }
    }
    stop(&s);
}
END_TEST

START_TEST(what_is_no_number_gives_0) {
    stream s;
    start(&s, (const char *const[]){"threshold", "5", NULL});
    for (int t = 0; t < 4; t++) {
        float values[4] = {0, 0, 0, 0};
        if (t % 2)
            for (int x = 0; x < 4; x++)
                values[x] = 0.5f;
        if (t == 1) values[1] = NAN;
        if (t == 1) values[2] = -INFINITY;
        seg_image image = {0};
        ck_assert_ok(seg_image_wrap(&image, values, sizeof values, 4, 1, SEG_F32, 1));
        const seg_frame frame = frame_of(&image, t);
        ck_assert_ok(seg_context_apply(s.context, &frame, 0, &s.result));
        const uint8_t *mask = s.result.mask.data;
        ck_assert_int_eq(mask[0], t ? 255 : 0);
        ck_assert_int_eq(mask[1], t == 3 ? 255 : 0);
        ck_assert_int_eq(mask[2], t == 3 ? 255 : 0);
    }
    stop(&s);
}
END_TEST

/* Frames on both sides of a jump are not compared. */
START_TEST(jumps_in_time) {
    stream s;
    start(&s, _i ? (const char *const[]){"threshold", "5", "span", "3", NULL}
                 : (const char *const[]){"threshold", "5", NULL});
    int described = 0;
    for (int t = 0; t < 9; t++) {
        uint8_t value = t < 4 ? 0 : (uint8_t)(200 + 20 * (t == 6));
        seg_image image = {0};
        ck_assert_ok(seg_image_wrap(&image, &value, 1, 1, 1, SEG_U8, 1));
        seg_frame frame = frame_of(&image, t);
        if (t == 4) frame.flags = SEG_FRAME_DISCONTINUITY;
        seg_status status = seg_context_apply(s.context, &frame, 0, &s.result);
        if (status == SEG_NO_RESULT_YET) continue;
        ck_assert_int_eq(s.result.index, described);
        const bool alone = described == 0 || described == 4;
        ck_assert_int_eq((s.result.flags & SEG_RESULT_PROVISIONAL) != 0, alone);
        const bool changed = _i ? described == 6 : described == 6 || described == 7;
        ck_assert_int_eq(((uint8_t *)s.result.mask.data)[0], changed ? 255 : 0);
        described++;
    }
    stop(&s);
}
END_TEST

/* ---- the automatic level ---- */

/* Nearly normal noise of a deviation given in sixteenths. */
static int32_t noise(scene_random *random, int32_t sixteenths) {
    int32_t sum = 0;
    for (int i = 0; i < 12; i++)
        sum += (int32_t)scene_below(random, 4096);
    return ((sum - 12 * 2048) * sixteenths + (1 << 15)) >> 16;
}

static void paint_noise(seg_image *image, int32_t sixteenths, scene_random *random, int box) {
    for (int32_t y = 0; y < image->height; y++) {
        uint8_t *row = seg_image_row(image, y);
        for (int32_t x = 0; x < image->width; x++) {
            const bool inside = x >= box && x < box + 40 && y >= 30 && y < 70;
            row[x] = (uint8_t)((inside ? 220 : 110) + noise(random, sixteenths));
        }
    }
}

START_TEST(noise_alone_is_no_change) {
    static const int32_t deviations[] = {0, 8, 16, 48, 96, 128};
    scene_random random = {(uint32_t)_i};
    seg_image image = {0};
    ck_assert_ok(seg_image_alloc(&image, 400, 300, SEG_U8, 1, NULL));
    stream s;
    start(&s, _i % 2 ? (const char *const[]){"span", "3", NULL} : NULL);
    int64_t set = 0;
    for (int t = 0; t < 6; t++) {
        paint_noise(&image, deviations[_i], &random, 1000);
        const seg_frame frame = frame_of(&image, t);
        if (seg_context_apply(s.context, &frame, 0, &s.result) != SEG_OK) continue;
        set += count_set(&s.result.mask);
        const seg_decision *found = seg_result_decision(&s.result, "noise");
        if (_i % 2 == 0 && t > 0) {
            ck_assert_ptr_nonnull(found);
            /* two frames, each with that noise */
            const double wanted = deviations[_i] / 16.0 * 1.4142;
            ck_assert_double_le(fabs(found->value - wanted), 0.08 * wanted + 0.75);
        }
    }
    ck_assert_int_le(set, 5 * 12); /* of 120000 pixels in each of 5 frames */
    stop(&s);
    seg_image_unref(&image);
}
END_TEST

START_TEST(motion_in_noise_is_found) {
    scene_random random = {7};
    seg_image image = {0};
    ck_assert_ok(seg_image_alloc(&image, 400, 300, SEG_U8, 1, NULL));
    stream s;
    start(&s, NULL);
    for (int t = 0; t < 6; t++) {
        paint_noise(&image, 64, &random, 20 + 10 * t);
        const seg_frame frame = frame_of(&image, t);
        ck_assert_ok(seg_context_apply(s.context, &frame, SEG_OUTPUT_MASK, &s.result));
        if (t == 0) continue;
        /* 10 columns are covered and 10 uncovered, 40 rows each */
        ck_assert_int_ge(count_set(&s.result.mask), 780);
        ck_assert_int_le(count_set(&s.result.mask), 830);
        ck_assert(!(s.result.outputs & SEG_OUTPUT_SCORE));
    }
    stop(&s);
    seg_image_unref(&image);
}
END_TEST

/* ---- light ---- */

/* A wall of all levels, a box, everything at `percent` of the light. */
static void paint_lit(seg_image *image, int t, int percent) {
    const int full = image->format == SEG_U16 ? 65535 : 255;
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++) {
            const bool box = x >= 5 + 4 * t && x < 9 + 4 * t && y >= 6 && y < 14;
            const int wall = 40 + (x * 31 + y * 17) % 60;
            int64_t value = (int64_t)(box ? 130 : wall) * percent * full / 25500;
            if (value > full) value = full;
            if (image->format == SEG_U16)
                ((uint16_t *)seg_image_row(image, y))[x] = (uint16_t)value;
            else
                ((uint8_t *)seg_image_row(image, y))[x] = (uint8_t)value;
        }
}

/* Frames in light that changes from one to the next give what frames in one light give, but for
 * rounding at the threshold; without compensation the wall counts as changed. */
START_TEST(light_that_changes) {
    static const char *const spans[] = {"2", "3", "5"};
    static const int lights[] = {100, 100, 150, 150, 60, 61, 190};
    const seg_format format = _i / 3 ? SEG_U16 : SEG_U8;
    int64_t plain = 0, steady = 0;
    for (int mode = 0; mode < 3; mode++) { /* steady light; changes with and without gain */
        stream s;
        start(&s, (const char *const[]){"span", spans[_i % 3], "threshold", "15", "gain",
                                        mode == 2 ? "no" : "yes", NULL});
        static uint8_t before[7][HEIGHT][WIDTH];
        int64_t changed = 0;
        for (int t = 0; t < 7; t++) {
            seg_image image = {0};
            ck_assert_ok(seg_image_alloc(&image, WIDTH, HEIGHT, format, 1, NULL));
            paint_lit(&image, t, mode == 0 ? 100 : lights[t]);
            const seg_frame frame = frame_of(&image, t);
            const seg_status status = seg_context_apply(s.context, &frame, 0, &s.result);
            for (int32_t y = 0; status == SEG_OK && y < HEIGHT; y++)
                for (int32_t x = 0; x < WIDTH; x++) {
                    const uint8_t now = ((uint8_t *)seg_image_row(&s.result.mask, y))[x];
                    if (mode == 0) before[t][y][x] = now;
                    changed += mode && now != before[t][y][x];
                    steady += mode == 0 && now;
                }
            if (mode == 1 && status == SEG_OK && t >= 2 && _i % 3 == 0)
                ck_assert_double_eq_tol(seg_result_decision(&s.result, "gain")->value,
                                        (double)lights[t] / lights[t - 1],
                                        format == SEG_U16 ? 0.011 : 0.03);
            seg_image_unref(&image);
        }
        stop(&s);
        if (mode == 1) ck_assert_int_le(changed, steady / 20);
        if (mode == 2) plain = changed;
    }
    ck_assert_int_gt(steady, 100);
    ck_assert_int_gt(plain, 150);
}
END_TEST

/* ---- motion history ---- */

/* Changes fade by a quarter of the full scale a frame, in frames as by their times, in every mode;
 * nothing is left of them after a jump in time. */
START_TEST(changes_fade) {
    static const char *const fades[] = {"4f", "0.16s"};
    stream s;
    start(&s, (const char *const[]){"threshold", "20", "fade", fades[_i], "span", "2", NULL});
    static const uint8_t values[] = {0, 50, 50, 50, 50, 50, 90, 90, 90, 10};
    static const int wanted[] = {0, 4, 3, 2, 1, 0, 4, 3, 0, 4};
    for (int t = 0; t < 10; t++) {
        uint8_t value = values[t];
        seg_image image = {0};
        ck_assert_ok(seg_image_wrap(&image, &value, 1, 1, 1, SEG_U8, 1));
        seg_frame frame = frame_of(&image, t); /* 10 / 250 s each */
        if (t == 8) frame.flags = SEG_FRAME_DISCONTINUITY;
        ck_assert_ok(seg_context_apply(s.context, &frame, SEG_OUTPUT_SCORE, &s.result));
        ck_assert_int_eq(s.result.score.format, SEG_U16);
        const double given = *(uint16_t *)s.result.score.data;
        ck_assert_double_eq_tol(given, wanted[t] * 65535 / 4.0, 1);
    }
    stop(&s);
}
END_TEST

/* With a delay the history is that of the frame described. */
START_TEST(history_of_the_middle) {
    stream s;
    start(&s, (const char *const[]){"threshold", "20", "fade", "2f", "span", "3", NULL});
    static const uint8_t values[] = {0, 0, 90, 0, 0, 0};
    static const double wanted[] = {0, 0, 1, 0.5, 0, 0};
    int described = 0;
    for (int t = 0; t < 7; t++) {
        uint8_t value = values[t < 6 ? t : 0];
        seg_image image = {0};
        ck_assert_ok(seg_image_wrap(&image, &value, 1, 1, 1, SEG_U8, 1));
        const seg_frame frame = frame_of(&image, t);
        const seg_status status = t < 6 ? seg_context_apply(s.context, &frame, 0, &s.result)
                                        : seg_context_flush(s.context, 0, &s.result);
        if (t == 0) continue;
        ck_assert_ok(status);
        ck_assert_int_eq(s.result.index, described);
        ck_assert_double_eq_tol(*(uint16_t *)s.result.score.data, wanted[described] * 65535, 1);
        described++;
    }
    ck_assert_int_eq(described, 6);
    stop(&s);
}
END_TEST

/* ---- mistakes ---- */

START_TEST(options_out_of_range) {
    seg_frame_diff_options options;
    seg_frame_diff_options_init(&options);
    const seg_method *method = seg_method_find("frame-diff");
    seg_context *context;
    options.span = 1;
    ck_assert_fails(seg_context_create(&context, method, &options, NULL), SEG_ERROR_OPTION, "span");
    options.span = 2;
    options.lag = 0;
    ck_assert_fails(seg_context_create(&context, method, &options, NULL), SEG_ERROR_OPTION, "lag");
    options.lag = 1;
    options.threshold = (seg_level){SEG_LEVEL_8BIT, 0, 256};
    ck_assert_fails(seg_context_create(&context, method, &options, NULL), SEG_ERROR_OPTION,
                    "threshold");
    options.size = 0;
    ck_assert_fails(seg_context_create(&context, method, &options, NULL), SEG_ERROR_OPTION, "size");
}
END_TEST

START_TEST(reset_starts_anew) {
    stream s;
    start(&s, (const char *const[]){"span", "3", "threshold", "5", NULL});
    for (int round = 0; round < 2; round++) {
        seg_image image = {0};
        ck_assert_ok(seg_image_alloc(&image, 30 + round, 20, SEG_U8, 3, NULL));
        for (int t = 0; t < 4; t++) {
            scene_paint(&image, t);
            const seg_frame frame = frame_of(&image, t);
            const seg_status status = seg_context_apply(s.context, &frame, 0, &s.result);
            ck_assert_int_eq(status, t ? SEG_OK : SEG_NO_RESULT_YET);
            if (t == 1) ck_assert_int_eq(count_set(&s.result.mask), 0);
        }
        seg_image_unref(&image);
        seg_context_reset(s.context);
    }
    stop(&s);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("frame-diff");
    TCase *cases = tcase_create("frame-diff");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, two_frames_by_hand);
    tcase_add_test(cases, three_frames_by_hand);
    tcase_add_loop_test(cases, definition, 0, 2);
    tcase_add_loop_test(cases, depths_give_the_same_masks, 0, 4);
    tcase_add_loop_test(cases, left_out_pixels, 0, 2);
    tcase_add_test(cases, what_is_no_number_gives_0);
    tcase_add_loop_test(cases, jumps_in_time, 0, 2);
    tcase_add_loop_test(cases, noise_alone_is_no_change, 0, 6);
    tcase_add_test(cases, motion_in_noise_is_found);
    tcase_add_loop_test(cases, light_that_changes, 0, 6);
    tcase_add_loop_test(cases, changes_fade, 0, 2);
    tcase_add_test(cases, history_of_the_middle);
    tcase_add_test(cases, options_out_of_range);
    tcase_add_test(cases, reset_starts_anew);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
