/* Background model: the average against doubles, freezing, time, masks, reference, saving. */
#include "core_main.h"
#include "scenes.h"

#include <math.h>

#define WIDTH 41
#define HEIGHT 23

/* ---- running a context ---- */

typedef struct stream {
    const seg_method *method;
    seg_context *context;
    seg_result result;
    seg_background_options options;
} stream;

static const seg_image *reference;

/* Options as "name", "value" pairs, NULL at the end. */
static void start(stream *s, const char *const *pairs) {
    s->method = seg_method_find("background");
    ck_assert_ptr_nonnull(s->method);
    seg_background_options_init(&s->options);
    s->options.reference = reference;
    for (; pairs && *pairs; pairs += 2)
        ck_assert_ok(seg_params_parse(&s->options, s->method->params, pairs[0], pairs[1], NULL));
    ck_assert_ok(seg_context_create(&s->context, s->method, &s->options, NULL));
    seg_result_init(&s->result, NULL);
}

static void stop(stream *s) {
    seg_context_free(s->context);
    seg_result_free(&s->result);
}

#define START(s, ...) start(s, (const char *const[]){__VA_ARGS__, NULL})

/* Gives one row of u16 samples at a time in milliseconds; negative = no time. */
static seg_status give(stream *s, uint16_t *values, int32_t width, int64_t milliseconds) {
    seg_frame frame = {.pts = milliseconds < 0 ? SEG_NO_PTS : milliseconds};
    frame.time_base = (seg_rational){1, 1000};
    const seg_status status =
        seg_image_wrap(&frame.image, values, 2 * (ptrdiff_t)width, width, 1, SEG_U16, 1);
    return status < 0 ? status : seg_context_apply(s->context, &frame, 0, &s->result);
}

static seg_status give_one(stream *s, uint16_t value, int64_t milliseconds) {
    return give(s, &value, 1, milliseconds);
}

static int32_t model_at(const stream *s, int32_t x) {
    return ((const uint16_t *)s->result.background.data)[x];
}

static int32_t mask_at(const stream *s, int32_t x) {
    return ((const uint8_t *)s->result.mask.data)[x];
}

/* ---- the average ---- */

START_TEST(first_frame_is_the_model) {
    stream s;
    start(&s, NULL);
    uint16_t values[3] = {0, 1000, 65535};
    ck_assert_ok(give(&s, values, 3, 0));
    for (int32_t x = 0; x < 3; x++) {
        ck_assert_int_eq(mask_at(&s, x), 0);
        ck_assert_int_eq(model_at(&s, x), values[x]);
        ck_assert_uint_eq(((uint16_t *)s.result.score.data)[x], 0);
    }
    ck_assert(s.result.flags & SEG_RESULT_PROVISIONAL);
    ck_assert_double_eq(s.result.score_full_scale, 65535);
    stop(&s);
}
END_TEST

/* A step of the scene, learnt at several rates, stays within some units of the recursion in
 * doubles; every pixel has its own dither. */
START_TEST(average_follows_the_recursion) {
    static const char *const rates[] = {"0.5", "0.1", "0.02", "0.003", "0.0004", "0.00003"};
    enum { PIXELS = 64 };
    const double rate = atof(rates[_i]);
    const int frames = rate < 1e-3 ? 20000 : 2000;
    stream s;
    START(&s, "rate", rates[_i], "selective", "no", "warmup", "0");
    uint16_t values[PIXELS];
    double wanted = 20000, largest = 0, mean = 0;
    for (int t = 0; t < frames; t++) {
        const uint16_t value = t == 0 ? 20000 : (uint16_t)(20300 + scene_hash((uint32_t)t) % 81);
        for (int x = 0; x < PIXELS; x++)
            values[x] = value;
        ck_assert_ok(give(&s, values, PIXELS, t));
        if (t > 0) wanted += rate * (value - wanted);
        if (t % 97 != 96 && t + 1 != frames) continue;
        mean = 0;
        for (int x = 0; x < PIXELS; x++) {
            const double error = fabs(model_at(&s, x) - wanted);
            if (error > largest) largest = error;
            mean += (model_at(&s, x) - wanted) / PIXELS;
        }
        /* units of 1/257 of an 8-bit level; rates that are saved up come in steps */
        ck_assert_double_le(fabs(mean), 6);
    }
    ck_assert_double_le(largest, 26);
    stop(&s);
}
END_TEST

/* ---- the Gaussian ---- */

/* A quiet pixel and one that goes up and down by 20 levels (deviation 20, so that 4 of them are
 * 80): 60 levels are foreground in the one, not in the other, and 100 are in both. */
START_TEST(noisy_pixels_are_allowed_more) {
    stream s;
    START(&s, "model", "gaussian", "threshold", "10", "warmup", "1000f");
    uint16_t values[2] = {100 * 257, 100 * 257};
    for (int t = 0; t < 400; t++) {
        values[1] = (uint16_t)((t % 2 ? 120 : 80) * 257);
        ck_assert_ok(give(&s, values, 2, t));
        if (t > 30) ck_assert(!mask_at(&s, 0) && !mask_at(&s, 1));
    }
    values[0] = values[1] = 160 * 257;
    ck_assert_ok(give(&s, values, 2, 400));
    ck_assert(mask_at(&s, 0) && !mask_at(&s, 1));
    values[0] = values[1] = 200 * 257;
    ck_assert_ok(give(&s, values, 2, 401));
    ck_assert(mask_at(&s, 0) && mask_at(&s, 1));
    stop(&s);
}
END_TEST

/* Masks against variances in doubles, of pixels that are as noisy as their number and sometimes
 * jump; with and without selection, young and old. Values at the very border are left out. */
START_TEST(variances_follow_the_recursion) {
    enum { PIXELS = 61, FRAMES = 400, WARMUP = 25 };
    const bool selective = _i & 1;
    scene_random random = {21};
    uint16_t values[PIXELS], mean[PIXELS] = {0};
    double variance[PIXELS] = {0};
    int set = 0;
    stream s;
    START(&s, "model", "gaussian", "threshold", "3", "deviations", "2.5", "rate", "0.03", "warmup",
          "25f", "selective", selective ? "yes" : "no");
    for (int t = 0; t < FRAMES; t++) {
        for (int x = 0; x < PIXELS; x++) {
            const int32_t noise = (int32_t)scene_below(&random, (uint32_t)(1 + 400 * x)) - 200 * x;
            const bool jump = scene_below(&random, 9) == 0;
            values[x] = (uint16_t)(30000 + noise + (jump ? 12000 : 0));
        }
        ck_assert_ok(give(&s, values, PIXELS, t));
        const bool young = t < WARMUP;
        const double usual = 0.03 > 1.0 / (t + 1) || !young ? 0.03 : 1.0 / (t + 1);
        const double rate = floor(usual * 65536 + 0.5) / 65536;
        for (int x = 0; x < PIXELS && t > 0; x++) {
            const double away = abs(values[x] - mean[x]), reach = 2.5 * sqrt(variance[x]);
            const bool wanted = away > 3 * 257 && away > reach;
            if (fabs(away - reach) > 2 + reach / 500)
                ck_assert_msg((mask_at(&s, x) != 0) == wanted, "frame %d, pixel %d: %g, %g", t, x,
                              away, reach);
            if (!mask_at(&s, x) || young || !selective)
                variance[x] = (1 - rate) * (variance[x] + rate * away * away);
            set += mask_at(&s, x) != 0;
        }
        for (int x = 0; x < PIXELS; x++)
            mean[x] = (uint16_t)model_at(&s, x);
    }
    ck_assert_int_gt(set, PIXELS * FRAMES / 50);
    ck_assert_int_lt(set, PIXELS * FRAMES / 5);
    stop(&s);
}
END_TEST

START_TEST(still_scene_is_met_exactly) {
    stream s;
    START(&s, "selective", "no", "warmup", "0");
    ck_assert_ok(give_one(&s, 5000, 0));
    for (int t = 1; t < 1500; t++)
        ck_assert_ok(give_one(&s, 6000, t));
    ck_assert_int_eq(model_at(&s, 0), 6000);
    stop(&s);
}
END_TEST

START_TEST(rate_1_keeps_the_last_frame) {
    scene_random random = {3};
    stream s;
    START(&s, "rate", "1", "selective", "no");
    for (int t = 0; t < 200; t++) {
        uint16_t values[33];
        for (int x = 0; x < 33; x++)
            values[x] = (uint16_t)scene_next(&random);
        ck_assert_ok(give(&s, values, 33, t));
        if (t < 25) continue; /* the plain mean of the warm-up is less than all */
        for (int x = 0; x < 33; x++)
            ck_assert_int_eq(model_at(&s, x), values[x]);
    }
    stop(&s);
}
END_TEST

START_TEST(rate_0_changes_nothing) {
    scene_random random = {4};
    uint16_t first[33], values[33];
    stream s;
    START(&s, "rate", "0");
    for (int t = 0; t < 100; t++) {
        for (int x = 0; x < 33; x++)
            values[x] = (uint16_t)scene_next(&random);
        if (t == 0) memcpy(first, values, sizeof first);
        ck_assert_ok(give(&s, values, 33, t));
        ck_assert_mem_eq(s.result.background.data, first, sizeof first);
        ck_assert_int_eq((s.result.flags & SEG_RESULT_PROVISIONAL) != 0, t == 0);
    }
    stop(&s);
}
END_TEST

START_TEST(warmup_is_the_plain_mean) {
    stream s;
    START(&s, "warmup", "10f", "threshold", "1");
    const uint16_t values[5] = {10000, 20000, 12000, 50000, 8000};
    double sum = 0;
    for (int t = 0; t < 20; t++) {
        ck_assert_ok(give_one(&s, values[t % 5], t));
        sum += values[t % 5];
        ck_assert_int_eq((s.result.flags & SEG_RESULT_PROVISIONAL) != 0, t < 10);
        /* foreground or not */
        if (t < 10) ck_assert_double_le(fabs(model_at(&s, 0) - sum / (t + 1)), 3);
    }
    stop(&s);
}
END_TEST

/* ---- time ---- */

START_TEST(half_life_in_seconds) {
    /* irregular times: 2 s in all, whatever the number of frames */
    static const int64_t times[2][6] = {{0, 1, 300, 700, 1999, 2000}, {0, 2000, 2000, 2000, 2000}};
    stream s;
    START(&s, "half-life", "2s", "selective", "no", "warmup", "0");
    ck_assert_ok(give_one(&s, 10000, 5000));
    for (int i = 1; i < 6 - _i; i++)
        ck_assert_ok(give_one(&s, 50000, 5000 + times[_i][i]));
    ck_assert_int_le(abs(model_at(&s, 0) - 30000), 60); /* 65536 steps of rate, some roundings */
    ck_assert_ok(give_one(&s, 0, 2000));                /* time runs back: nothing is learnt */
    ck_assert_int_le(abs(model_at(&s, 0) - 30000), 60);
    stop(&s);
}
END_TEST

START_TEST(half_life_in_frames) {
    stream s;
    START(&s, "half-life", "40f", "selective", "no", "warmup", "0");
    ck_assert_ok(give_one(&s, 10000, -1));
    for (int i = 0; i < 40; i++)
        ck_assert_ok(give_one(&s, 50000, -1));
    ck_assert_int_le(abs(model_at(&s, 0) - 30000), 60);
    stop(&s);
}
END_TEST

START_TEST(seconds_need_time_stamps) {
    stream s;
    START(&s, "half-life", "2s");
    ck_assert_ok(give_one(&s, 1, -1));
    ck_assert_fails(give_one(&s, 1, -1), SEG_ERROR_ARGUMENT, "half-life");
    stop(&s);
    START(&s, "warmup", "2s");
    ck_assert_ok(give_one(&s, 1, -1));
    ck_assert_fails(give_one(&s, 1, -1), SEG_ERROR_ARGUMENT, "warmup");
    stop(&s);
}
END_TEST

START_TEST(warmup_in_seconds) {
    stream s;
    START(&s, "warmup", "1s");
    for (int t = 0; t < 30; t++) {
        ck_assert_ok(give_one(&s, 100, 100 * t));
        ck_assert_int_eq((s.result.flags & SEG_RESULT_PROVISIONAL) != 0, t <= 10);
    }
    stop(&s);
}
END_TEST

START_TEST(history_in_frames) {
    stream s;
    START(&s, "history", "10f", "rate", "0", "selective", "no", "warmup", "0");
    ck_assert_ok(give_one(&s, 10000, -1));
    for (int i = 0; i < 10; i++)
        ck_assert_ok(give_one(&s, 50000, -1));
    ck_assert_int_le(abs(model_at(&s, 0) - 36053), 60); /* 50000 - 40000 0.9^10 */
    stop(&s);
}
END_TEST

/* Not a bit changes after the first frame, or after the warm-up. */
START_TEST(learning_stops_exactly) {
    const int last = _i & 1 ? 8 : 0;
    scene_random random = {14};
    uint16_t values[33], kept[33];
    stream s;
    START(&s, "learn", _i & 1 ? "warmup" : "off", "warmup", "9f", "absorb", _i & 2 ? "5f" : "0",
          "model", _i & 4 ? "gaussian" : "average");
    for (int t = 0; t < 60; t++) {
        for (int x = 0; x < 33; x++)
            values[x] = (uint16_t)scene_next(&random);
        if (t > 20) memset(values, 0x40, sizeof values); /* stands long enough to be absorbed */
        ck_assert_ok(give(&s, values, 33, t));
        if (t <= last)
            memcpy(kept, s.result.background.data, sizeof kept);
        else
            ck_assert_mem_eq(kept, s.result.background.data, sizeof kept);
        ck_assert_int_eq((s.result.flags & SEG_RESULT_PROVISIONAL) != 0, t <= last);
    }
    stop(&s);
}
END_TEST

/* ---- what is learnt ---- */

START_TEST(foreground_is_learnt_slowly) {
    int32_t moved[2];
    for (int selective = 0; selective < 2; selective++) {
        stream s;
        START(&s, "warmup", "0", "threshold", "20", "selective", selective ? "yes" : "no", "rate",
              "0.01");
        ck_assert_ok(give_one(&s, 10000, 0));
        for (int t = 1; t <= 20; t++)
            ck_assert_ok(give_one(&s, 40000, t));
        ck_assert_int_eq(mask_at(&s, 0), 255);
        moved[selective] = model_at(&s, 0) - 10000;
        stop(&s);
    }
    ck_assert_int_le(abs(moved[0] - 5463), 30); /* 30000 (1 - 0.99^20) */
    ck_assert_int_le(abs(moved[1] - 594), 20);  /* 30000 (1 - 0.999^20) */
}
END_TEST

/* A car that parks becomes background in the end. */
START_TEST(ghosts_fade) {
    stream s;
    START(&s, "rate", "0.05", "warmup", "0", "threshold", "20");
    ck_assert_ok(give_one(&s, 10000, 0));
    int frames = 0;
    do
        ck_assert_ok(give_one(&s, 40000, ++frames));
    while (mask_at(&s, 0) && frames < 10000);
    ck_assert_int_gt(frames, 100);
    ck_assert_int_lt(frames, 1000);
    stop(&s);
}
END_TEST

/* Counted by hand: a pixel that is foreground from frame 3 on is that for 10 frames; what it had
 * waited is forgotten in gaps of five frames, not in shorter ones. */
START_TEST(foreground_waits_for_its_time) {
    static const struct {
        const char *frames; /* 'o' object, '.' background */
        int absorbed;       /* the first frame that begins without the pixel's old background */
    } cases[] = {{"...ooooooooooooooo", 14},          /* frames 3 to 12 are 10 */
                 {"...oooooo....ooooooooo", 18},      /* a gap of 4: 6 and 4 frames */
                 {"...oooooo.....ooooooooooooo", 25}, /* one of 5: 10 frames from frame 14 on */
                 {"...oooooooooooooooo.....oooooo", 14} /* absorbed, and what is new then waits */};
    stream s;
    START(&s, "absorb", "10f", "warmup", "0", "threshold", "20", "model",
          _i & 1 ? "gaussian" : "average");
    const char *frames = cases[_i / 2].frames;
    for (int t = 0; frames[t]; t++) {
        ck_assert_ok(give_one(&s, frames[t] == 'o' ? 40000 : 10000, 40 * t));
        const bool old = t + 1 < cases[_i / 2].absorbed;
        ck_assert_msg((model_at(&s, 0) == 10000) == old, "%s: frame %d: %d", frames, t,
                      (int)model_at(&s, 0));
    }
    stop(&s);
}
END_TEST

/* Pixel 0 is always seen; 1 ignored, 2 known foreground, in frames 2 to 9. */
START_TEST(masked_pixels_are_not_learnt) {
    stream s;
    START(&s, "rate", "0.2", "selective", "no", "warmup", "0", "threshold", "20");
    for (int t = 0; t < 12; t++) {
        uint16_t values[3] = {10000, 10000, 10000};
        uint8_t ignore[3] = {0, 1, 0}, known[3] = {0, 0, 255};
        const bool masked = t >= 2 && t < 10;
        if (masked) values[0] = values[1] = values[2] = 50000;
        seg_frame frame = {0};
        ck_assert_ok(seg_image_wrap(&frame.image, values, 6, 3, 1, SEG_U16, 1));
        if (masked) {
            ck_assert_ok(seg_image_wrap(&frame.ignore, ignore, 3, 3, 1, SEG_U8, 1));
            ck_assert_ok(seg_image_wrap(&frame.known_foreground, known, 3, 3, 1, SEG_U8, 1));
        }
        ck_assert_ok(seg_context_apply(s.context, &frame, 0, &s.result));
        ck_assert_int_eq(mask_at(&s, 1), 0);
        ck_assert_int_eq(mask_at(&s, 2), masked ? 255 : 0);
        ck_assert_int_eq(model_at(&s, 1), 10000);
        ck_assert_int_eq(model_at(&s, 2), 10000);
        if (masked) ck_assert_uint_eq(((uint16_t *)s.result.score.data)[1], 0);
    }
    ck_assert_int_gt(model_at(&s, 0), 20000);
    stop(&s);
}
END_TEST

/* Pixels masked in the first frames take the first value that is seen. */
START_TEST(unseen_pixels_start_when_seen) {
    stream s;
    START(&s, "threshold", _i ? "auto" : "20");
    for (int t = 0; t < 8; t++) {
        uint16_t values[3] = {10000, (uint16_t)(30000 + 5 * t), (uint16_t)(40000 + 5 * t)};
        uint8_t ignore[3] = {0, 1, 0}, known[3] = {0, 0, 1};
        seg_frame frame = {0};
        ck_assert_ok(seg_image_wrap(&frame.image, values, 6, 3, 1, SEG_U16, 1));
        if (t < 3) ck_assert_ok(seg_image_wrap(&frame.ignore, ignore, 3, 3, 1, SEG_U8, 1));
        if (t < 5) ck_assert_ok(seg_image_wrap(&frame.known_foreground, known, 3, 3, 1, SEG_U8, 1));
        ck_assert_ok(seg_context_apply(s.context, &frame, 0, &s.result));
        for (int x = 0; x < 3; x++)
            ck_assert_int_eq(mask_at(&s, x), x == 2 && t < 5 ? 255 : 0);
        ck_assert_int_eq(model_at(&s, 1) == 0, t < 3);
        ck_assert_int_eq(model_at(&s, 2) == 0, t < 5);
        if (t == 3) ck_assert_int_eq(model_at(&s, 1), 30015);
        if (t == 5) ck_assert_int_eq(model_at(&s, 2), 40025);
    }
    stop(&s);
}
END_TEST

START_TEST(what_is_no_number_gives_0) {
    stream s;
    START(&s, "rate", "0.5", "selective", "no", "threshold", "5");
    for (int t = 0; t < 4; t++) {
        float values[3] = {0.25f, 0.25f, 0.25f};
        if (t == 2) values[1] = NAN;
        if (t == 2) values[2] = INFINITY;
        seg_frame frame = {0};
        ck_assert_ok(seg_image_wrap(&frame.image, values, sizeof values, 3, 1, SEG_F32, 1));
        ck_assert_ok(seg_context_apply(s.context, &frame, 0, &s.result));
        for (int x = 0; x < 3; x++) {
            ck_assert_int_eq(mask_at(&s, x), 0);
            ck_assert_int_eq(model_at(&s, x), 16384);
        }
    }
    stop(&s);
}
END_TEST

/* ---- reference ---- */

START_TEST(reference_is_kept) {
    uint8_t empty[4 * 3] = {0}; /* a black RGB picture */
    seg_image picture = {0};
    ck_assert_ok(seg_image_wrap(&picture, empty, 12, 4, 1, SEG_U8, 3));
    reference = &picture;
    stream s;
    START(&s, "threshold", "20");
    reference = NULL;
    for (int t = 0; t < 5; t++) {
        uint16_t values[4] = {0, 20 * 257, 20 * 257 + 1, 65535};
        ck_assert_ok(give(&s, values, 4, t));
        const uint8_t wanted[4] = {0, 0, 255, 255};
        ck_assert_mem_eq(s.result.mask.data, wanted, 4);
        for (int x = 0; x < 4; x++)
            ck_assert_int_eq(model_at(&s, x), 0);
        ck_assert(!(s.result.flags & SEG_RESULT_PROVISIONAL));
        if (t == 2) seg_context_reset(s.context);
    }
    seg_context_reset(s.context);
    uint16_t more[5] = {0};
    ck_assert_fails(give(&s, more, 5, 9), SEG_ERROR_SHAPE, "reference is 4x1");
    stop(&s);
}
END_TEST

/* ---- depths ---- */

START_TEST(depths_give_the_same_masks) {
    stream s[3];
    const seg_format formats[3] = {SEG_U8, SEG_U16, SEG_F32};
    for (int i = 0; i < 3; i++)
        START(&s[i], "warmup", "3", "threshold", _i ? "auto" : "14");
    for (int t = 0; t < 30; t++) {
        for (int i = 0; i < 3; i++) {
            seg_frame frame = {.index = t};
            ck_assert_ok(seg_image_alloc(&frame.image, WIDTH, HEIGHT, formats[i], 1, NULL));
            scene_paint(&frame.image, t);
            ck_assert_ok(seg_context_apply(s[i].context, &frame, 0, &s[i].result));
            seg_frame_unref(&frame);
            ck_assert_uint_eq(scene_fnv_image(0, &s[i].result.mask),
                              scene_fnv_image(0, &s[0].result.mask));
            ck_assert_uint_eq(scene_fnv_image(0, &s[i].result.score),
                              scene_fnv_image(0, &s[0].result.score));
        }
        ck_assert_int_eq(s[0].result.background.format, SEG_U8);
        ck_assert_int_eq(s[1].result.background.format, SEG_U16);
    }
    for (int i = 0; i < 3; i++)
        stop(&s[i]);
}
END_TEST

/* 10-bit samples: the model is full scale, the picture of it in 10 bits again. */
START_TEST(ten_bits) {
    stream s;
    START(&s, "threshold", "100raw");
    for (int t = 0; t < 3; t++) {
        uint16_t values[4] = {0, 512, (uint16_t)(t ? 700 : 599), 1023};
        seg_frame frame = {0};
        ck_assert_ok(seg_image_wrap(&frame.image, values, 8, 4, 1, SEG_U16, 1));
        frame.image.bits = 10;
        ck_assert_ok(seg_context_apply(s.context, &frame, 0, &s.result));
        if (t == 1) {
            ck_assert_int_eq(mask_at(&s, 2), 255);
            ck_assert_int_eq(mask_at(&s, 1), 0);
        }
        ck_assert_int_eq(s.result.background.bits, 10);
        ck_assert_int_eq(model_at(&s, 1), 512);
        ck_assert_int_eq(model_at(&s, 3), 1023);
    }
    stop(&s);
}
END_TEST

/* ---- saving ---- */

static void give_scene(stream *s, int t, bool masked) {
    seg_frame frame = {.index = t, .pts = 40 * t, .time_base = {1, 1000}};
    ck_assert_ok(seg_image_alloc(&frame.image, WIDTH, HEIGHT, SEG_U8, 3, NULL));
    scene_paint(&frame.image, t);
    if (masked) {
        ck_assert_ok(seg_image_alloc(&frame.ignore, WIDTH, HEIGHT, SEG_U8, 1, NULL));
        memset(frame.ignore.data, 1, WIDTH / 2);
    }
    ck_assert_ok(seg_context_apply(s->context, &frame, 0, &s->result));
    seg_frame_unref(&frame);
}

START_TEST(saved_model_goes_on) {
    stream whole, second;
    static const char *const options[][3] = {{"half-life", "1s", NULL},
                                             {"rate", "0.0003", NULL},
                                             {"warmup", "9f", NULL},
                                             {"model", "gaussian", NULL},
                                             {"absorb", "0.3s", NULL}};
    start(&whole, options[_i]);
    start(&second, options[_i]);
    size_t size = 0;
    ck_assert_fails(seg_context_save(whole.context, NULL, &size), SEG_ERROR_STATE, "model");
    const bool masked = _i == 2; /* some pixels unseen when it is saved */
    for (int t = 0; t < 7; t++)
        give_scene(&whole, t, masked);
    ck_assert_ok(seg_context_save(whole.context, NULL, &size));
    unsigned char *blob = malloc(size);
    size_t small = size - 1;
    ck_assert_fails(seg_context_save(whole.context, blob, &small), SEG_ERROR_LIMIT, "needs");
    ck_assert_ok(seg_context_save(whole.context, blob, &size));
    ck_assert_ok(seg_context_load(second.context, blob, size));
    for (int t = 7; t < 20; t++) {
        give_scene(&whole, t, false);
        give_scene(&second, t, false);
        ck_assert_uint_eq(scene_fnv_result(0, &whole.result), scene_fnv_result(0, &second.result));
    }
    free(blob);
    stop(&whole);
    stop(&second);
}
END_TEST

START_TEST(damaged_models_are_refused) {
    stream s, other;
    start(&s, NULL);
    start(&other, NULL);
    give_scene(&s, 0, true);
    give_scene(&other, 3, false);
    size_t size = 0;
    ck_assert_ok(seg_context_save(s.context, NULL, &size));
    unsigned char *blob = malloc(size);
    ck_assert_ok(seg_context_save(s.context, blob, &size));
    for (size_t cut = 0; cut < size; cut += cut < 200 ? 1 : 97)
        ck_assert_int_eq(seg_context_load(other.context, blob, cut), SEG_ERROR_DATA);
    for (size_t at = 0; at < size; at += at < 200 ? 1 : 31) {
        blob[at] ^= 1 << (at % 8);
        ck_assert_int_eq(seg_context_load(other.context, blob, size), SEG_ERROR_DATA);
        blob[at] ^= 1 << (at % 8);
    }
    give_scene(&other, 4, false); /* its own model is still there */
    ck_assert_ok(seg_context_load(other.context, blob, size));
    free(blob);
    stop(&s);
    stop(&other);
}
END_TEST

START_TEST(options_out_of_range) {
    stream s;
    start(&s, NULL);
    seg_context *context;
    seg_background_options options = s.options;
    options.rate = 1.5;
    ck_assert_fails(seg_context_create(&context, s.method, &options, NULL), SEG_ERROR_OPTION,
                    "rate is out of range (got 1.5");
    options = s.options;
    options.half_life.value = -1;
    ck_assert_fails(seg_context_create(&context, s.method, &options, NULL), SEG_ERROR_OPTION,
                    "half-life");
    options = s.options;
    const seg_image labels = {.data = &options,
                              .stride = 4,
                              .width = 1,
                              .height = 1,
                              .format = SEG_LABEL32,
                              .channels = 1,
                              .bits = 32};
    options.reference = &labels;
    ck_assert_int_lt(seg_context_create(&context, s.method, &options, NULL), 0);
    stop(&s);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("background");
    TCase *cases = tcase_create("background");
    tcase_add_test(cases, first_frame_is_the_model);
    tcase_add_loop_test(cases, average_follows_the_recursion, 0, 6);
    tcase_add_test(cases, noisy_pixels_are_allowed_more);
    tcase_add_loop_test(cases, variances_follow_the_recursion, 0, 2);
    tcase_add_test(cases, still_scene_is_met_exactly);
    tcase_add_test(cases, rate_1_keeps_the_last_frame);
    tcase_add_test(cases, rate_0_changes_nothing);
    tcase_add_test(cases, warmup_is_the_plain_mean);
    tcase_add_loop_test(cases, half_life_in_seconds, 0, 2);
    tcase_add_test(cases, half_life_in_frames);
    tcase_add_test(cases, history_in_frames);
    tcase_add_loop_test(cases, learning_stops_exactly, 0, 8);
    tcase_add_test(cases, seconds_need_time_stamps);
    tcase_add_test(cases, warmup_in_seconds);
    tcase_add_test(cases, foreground_is_learnt_slowly);
    tcase_add_test(cases, ghosts_fade);
    tcase_add_loop_test(cases, foreground_waits_for_its_time, 0, 8);
    tcase_add_test(cases, masked_pixels_are_not_learnt);
    tcase_add_loop_test(cases, unseen_pixels_start_when_seen, 0, 2);
    tcase_add_test(cases, what_is_no_number_gives_0);
    tcase_add_test(cases, reference_is_kept);
    tcase_add_loop_test(cases, depths_give_the_same_masks, 0, 2);
    tcase_add_test(cases, ten_bits);
    tcase_add_loop_test(cases, saved_model_goes_on, 0, 5);
    tcase_add_test(cases, damaged_models_are_refused);
    tcase_add_test(cases, options_out_of_range);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
