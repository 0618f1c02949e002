/* Canny with the gradient of colours: hand cases, then against a brute-force form in doubles. */
#include "core_main.h"
#include "pixels.h"

#define LEVELS 3

static seg_canny_options options_of(int colour, double sigma, double low, double high) {
    seg_canny_options options;
    seg_canny_options_init(&options);
    options.colour = colour;
    options.sigma = sigma;
    options.low = (seg_level){SEG_LEVEL_8BIT, 0, low};
    options.high = (seg_level){SEG_LEVEL_8BIT, 0, high};
    return options;
}

/* Red beside green of the same grey has no edge in grey, and one pixel of edge a row in colours. */
START_TEST(colours_of_equal_grey) {
    seg_image picture = {0}, edges = {0};
    ck_assert_ok(seg_image_alloc(&picture, 40, 9, SEG_U8, 3, NULL));
    for (int32_t y = 0; y < 9; y++)
        for (int32_t x = 0; x < 40; x++) {
            uint8_t *pixel = (uint8_t *)seg_image_row(&picture, y) + 3 * x;
            pixel[0] = x < 20 ? 200 : 0, pixel[1] = x < 20 ? 0 : 102, pixel[2] = 0;
        }
    for (int colour = 0; colour < 3; colour++) {
        const seg_canny_options options = options_of(colour, 1.4, 50, 150);
        ck_assert_ok(seg_canny(&edges, NULL, &picture, NULL, &options, NULL));
        for (int32_t y = 0; y < 9; y++) {
            int32_t found = 0;
            for (int32_t x = 0; x < 40; x++)
                found += pixels_at(&edges, x, y, 0) != 0;
            ck_assert_int_eq(found, colour == SEG_EDGE_GREY ? 0 : 1);
        }
    }
    seg_image_unref(&picture), seg_image_unref(&edges);
}
END_TEST

/* ---- the brute-force form of the strongest channel ---- */

typedef struct oracle {
    int32_t width, height;
    double *dx, *dy, *magnitude;
    uint8_t *edge; /* 0 none, 1 weak, 2 strong */
} oracle;

static double sample(const seg_image *picture, int32_t x, int32_t y, int32_t channel) {
    x = x < 0 ? 0 : x >= picture->width ? picture->width - 1 : x;
    y = y < 0 ? 0 : y >= picture->height ? picture->height - 1 : y;
    return floor(pixels_at(picture, x, y, channel) * 257 / 2); /* of 15 bits */
}

static void find_gradient(oracle *o, const seg_image *picture) {
    for (int32_t y = 0; y < o->height; y++)
        for (int32_t x = 0; x < o->width; x++)
            for (int32_t c = 0; c < (picture->channels < 3 ? 1 : 3); c++) {
                double dx = 0, dy = 0;
                for (int k = -1; k <= 1; k++) {
                    dx += (2 - abs(k)) *
                          (sample(picture, x + 1, y + k, c) - sample(picture, x - 1, y + k, c));
                    dy += (2 - abs(k)) *
                          (sample(picture, x + k, y + 1, c) - sample(picture, x + k, y - 1, c));
                }
                const double m = hypot(dx, dy) / 32767 * 255;
                const int32_t i = y * o->width + x;
                if (c && m <= o->magnitude[i]) continue;
                o->dx[i] = dx, o->dy[i] = dy, o->magnitude[i] = m;
            }
}

static double magnitude_at(const oracle *o, int32_t x, int32_t y) {
    return x < 0 || y < 0 || x >= o->width || y >= o->height ? 0 : o->magnitude[y * o->width + x];
}

static bool is_maximum(const oracle *o, int32_t x, int32_t y) {
    const double dx = o->dx[y * o->width + x], dy = o->dy[y * o->width + x];
    const double m = magnitude_at(o, x, y), angle = atan2(fabs(dy), fabs(dx)) * 180 / acos(-1);
    const int32_t side = (dx < 0) != (dy < 0) ? -1 : 1;
    if (angle < 22.5) return m > magnitude_at(o, x - 1, y) && m >= magnitude_at(o, x + 1, y);
    if (angle > 67.5) return m > magnitude_at(o, x, y - 1) && m >= magnitude_at(o, x, y + 1);
    return m > magnitude_at(o, x - side, y - 1) && m > magnitude_at(o, x + side, y + 1);
}

static void find_edges(oracle *o, double low, double high) {
    for (int32_t y = 0; y < o->height; y++)
        for (int32_t x = 0; x < o->width; x++) {
            const double m = magnitude_at(o, x, y);
            if (m > low && is_maximum(o, x, y)) o->edge[y * o->width + x] = m > high ? 2 : 1;
        }
    for (bool grown = true; grown;) {
        grown = false;
        for (int32_t i = 0; i < o->width * o->height; i++) {
            if (o->edge[i] != 1) continue;
            for (int32_t y = i / o->width - 1; y <= i / o->width + 1; y++)
                for (int32_t x = i % o->width - 1; x <= i % o->width + 1; x++)
                    if (x >= 0 && y >= 0 && x < o->width && y < o->height &&
                        o->edge[y * o->width + x] == 2)
                        grown = true, o->edge[i] = 2;
        }
    }
}

/* Ties between magnitudes are the same in floats and doubles where pictures have few values that
 * are far apart; noise has none. */
START_TEST(against_brute_force) {
    pixels_random random = pixels_random_start(75);
    pixels_envs envs = pixels_envs_start();
    for (uint32_t repeat = 0; repeat < 120; repeat++) {
        if (!pixels_level((int)repeat % LEVELS)) continue;
        const int32_t width = 1 + (int32_t)pixels_below(&random, 140);
        const int32_t height = 1 + (int32_t)pixels_below(&random, 140);
        const int channels = 1 + (int)pixels_below(&random, 4);
        pixels_picture source =
            pixels_make(width, height, SEG_U8, channels, repeat % 2 ? 0 : 4, &random);
        const double low = pixels_below(&random, 500) + 0.25, high = low * 1.7;
        const seg_canny_options options = options_of(SEG_EDGE_MAX, 0, low, high);
        const size_t size = (size_t)width * (size_t)height;
        oracle o = {width,           height,          calloc(size, 8),
                    calloc(size, 8), calloc(size, 8), calloc(size, 1)};
        seg_image edges = {0};
        ck_assert(o.dx && o.dy && o.magnitude && o.edge);
        ck_assert_ok(seg_canny(&edges, NULL, &source.image, NULL, &options,
                               &envs.env[repeat % PIXELS_ENVS]));
        find_gradient(&o, &source.image);
        find_edges(&o, low, high);
        int32_t wrong = 0;
        for (int32_t i = 0; i < width * height; i++)
            wrong += (o.edge[i] == 2) != (pixels_at(&edges, i % width, i / width, 0) != 0);
        ck_assert_msg(wrong == 0, "%d pixels of %dx%d, repeat %u", wrong, width, height, repeat);
        free(o.dx), free(o.dy), free(o.magnitude), free(o.edge);
        seg_image_unref(&edges);
        pixels_free(&source);
    }
    pixels_envs_stop(&envs);
}
END_TEST

/* With equal thresholds the edges are where the score is above. */
START_TEST(score_is_the_mask_at_every_threshold) {
    pixels_random random = pixels_random_start(76);
    const seg_method *method = seg_method_find("canny");
    for (int colour = SEG_EDGE_MAX; colour <= SEG_EDGE_TENSOR; colour++)
        for (int t = 1; t < 900; t += 97) {
            pixels_picture source = pixels_make(90, 70, SEG_U8, 3, 4, &random);
            const seg_canny_options options = options_of(colour, 1, t, t);
            const seg_frame frame = {.image = source.image};
            seg_context *context;
            seg_result result;
            seg_result_init(&result, NULL);
            ck_assert_ok(seg_context_create(&context, method, &options, NULL));
            ck_assert_int_eq(seg_context_needs(context), SEG_NEED_COLOUR);
            ck_assert_ok(seg_context_apply(context, &frame, 0, &result));
            for (int32_t y = 0; y < 70; y++)
                for (int32_t x = 0; x < 90; x++)
                    ck_assert_int_eq(pixels_at(&result.mask, x, y, 0) != 0,
                                     pixels_at(&result.score, x, y, 0) > t);
            seg_context_free(context);
            seg_result_free(&result);
            pixels_free(&source);
        }
}
END_TEST

/* Luma alone is worked on where there is no colour; where there are both, colours count. */
START_TEST(luma_and_colours) {
    pixels_random random = pixels_random_start(77);
    pixels_picture rgb = pixels_make(50, 40, SEG_U8, 3, 4, &random);
    pixels_picture luma = pixels_make(50, 40, SEG_U8, 1, 4, &random);
    const seg_canny_options options = options_of(SEG_EDGE_TENSOR, 0, 100, 200);
    const seg_frame frames[] = {{.image = rgb.image, .luma = luma.image}, {.luma = luma.image}};
    const seg_image *const wanted[] = {&rgb.image, &luma.image};
    for (int i = 0; i < 2; i++) {
        seg_context *context;
        seg_result result;
        seg_image edges = {0};
        seg_result_init(&result, NULL);
        ck_assert_ok(seg_context_create(&context, seg_method_find("canny"), &options, NULL));
        ck_assert_ok(seg_context_apply(context, &frames[i], SEG_OUTPUT_MASK, &result));
        ck_assert_ok(seg_canny(&edges, NULL, wanted[i], NULL, &options, NULL));
        ck_assert(pixels_same(&edges, &result.mask));
        seg_context_free(context);
        seg_result_free(&result);
        seg_image_unref(&edges);
    }
    pixels_free(&rgb), pixels_free(&luma);
}
END_TEST

START_TEST(errors) {
    seg_image picture = {0}, edges = {0};
    ck_assert_ok(seg_image_alloc(&picture, 4, 4, SEG_U8, 3, NULL));
    seg_canny_options options = options_of(SEG_EDGE_TENSOR, 0, 1, 2);
    options.aperture = 5;
    ck_assert_fails(seg_canny(&edges, NULL, &picture, NULL, &options, NULL), SEG_ERROR_OPTION,
                    "aperture is 5");
    seg_image_unref(&picture), seg_image_unref(&edges);
}
END_TEST

CORE_MAIN("edge_canny_colour", colours_of_equal_grey, against_brute_force,
          score_is_the_mask_at_every_threshold, luma_and_colours, errors)
