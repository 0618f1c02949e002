/* Canny edges: hand cases, and against a brute-force form that shares nothing with the library. */
#include "adverse.h"
#include "core/memory.h"
#include "core_main.h"
#include "methods.h"
#include "pixels.h"

#define LEVELS 3

/* ---- the brute-force form ---- */

typedef struct oracle {
    int32_t width, height, aperture;
    int64_t full; /* of the samples */
    bool squared;
    int64_t *sample, *dx, *dy, *magnitude;
    uint8_t *edge; /* 0 none, 1 weak, 2 strong */
} oracle;

static int64_t *numbers(size_t count) {
    int64_t *memory = calloc(count, sizeof *memory);
    ck_assert_ptr_nonnull(memory);
    return memory;
}

static oracle oracle_of(const seg_image *grey, int32_t aperture, int32_t norm) {
    const size_t size = (size_t)grey->width * (size_t)grey->height;
    oracle o = {.width = grey->width, .height = grey->height, .aperture = aperture};
    o.full = grey->format == SEG_U8 ? 255 : 65535;
    o.squared = norm == SEG_NORM_L2;
    o.sample = numbers(size);
    o.dx = numbers(size);
    o.dy = numbers(size);
    o.magnitude = numbers(size);
    o.edge = calloc(size, 1);
    ck_assert_ptr_nonnull(o.edge);
    for (int32_t y = 0; y < o.height; y++)
        for (int32_t x = 0; x < o.width; x++)
            o.sample[y * o.width + x] = (int64_t)pixels_at(grey, x, y, 0);
    return o;
}

static void oracle_free(oracle *o) {
    free(o->sample);
    free(o->dx);
    free(o->dy);
    free(o->magnitude);
    free(o->edge);
}

static int32_t inside(int32_t i, int32_t n) {
    return i < 0 ? 0 : i >= n ? n - 1 : i;
}

static int32_t reflected(int32_t i, int32_t n) {
    while (n > 1 && (i < 0 || i >= n))
        i = i < 0 ? -i : 2 * (n - 1) - i;
    return n == 1 ? 0 : i;
}

/* 5x5 at sigma 1.4: both passes at once, rounded once. */
static void oracle_blur(oracle *o) {
    static const int64_t taps[5] = {28, 61, 78, 61, 28};
    int64_t *blurred = numbers((size_t)o->width * (size_t)o->height);
    for (int32_t y = 0; y < o->height; y++)
        for (int32_t x = 0; x < o->width; x++) {
            int64_t sum = 32768;
            for (int32_t j = 0; j < 5; j++)
                for (int32_t i = 0; i < 5; i++)
                    sum += taps[i] * taps[j] *
                           o->sample[reflected(y + j - 2, o->height) * o->width +
                                     reflected(x + i - 2, o->width)];
            blurred[y * o->width + x] = sum >> 16;
        }
    free(o->sample);
    o->sample = blurred;
}

/* Coefficients of (1 + t)^(n - 1), and of (1 + t)^(n - 3) (t^2 - 1). */
static void sobel_factors(int64_t *smooth, int64_t *slope, int32_t n) {
    int64_t row[9] = {1};
    for (int32_t power = 0; power < n - 1; power++) {
        if (power == n - 3)
            for (int32_t i = 0; i < n; i++)
                slope[i] = (i >= 2 ? row[i - 2] : 0) - (i < n - 2 ? row[i] : 0);
        for (int32_t i = power + 1; i > 0; i--)
            row[i] += row[i - 1];
    }
    memcpy(smooth, row, (size_t)n * sizeof *row);
}

static void oracle_gradient(oracle *o) {
    int64_t smooth[7] = {0}, slope[7] = {0};
    const int32_t radius = o->aperture / 2;
    sobel_factors(smooth, slope, o->aperture);
    for (int32_t y = 0; y < o->height; y++)
        for (int32_t x = 0; x < o->width; x++) {
            int64_t dx = 0, dy = 0;
            for (int32_t j = -radius; j <= radius; j++)
                for (int32_t i = -radius; i <= radius; i++) {
                    const int64_t value =
                        o->sample[inside(y + j, o->height) * o->width + inside(x + i, o->width)];
                    dx += slope[i + radius] * smooth[j + radius] * value;
                    dy += smooth[i + radius] * slope[j + radius] * value;
                }
            const int32_t at = y * o->width + x;
            o->dx[at] = dx;
            o->dy[at] = dy;
            o->magnitude[at] = o->squared ? dx * dx + dy * dy : llabs(dx) + llabs(dy);
        }
}

static int64_t magnitude_at(const oracle *o, int32_t x, int32_t y) {
    if (x < 0 || y < 0 || x >= o->width || y >= o->height) return 0;
    return o->magnitude[y * o->width + x];
}

static bool is_maximum(const oracle *o, int32_t x, int32_t y) {
    const int64_t dx = o->dx[y * o->width + x], dy = o->dy[y * o->width + x];
    const int64_t m = magnitude_at(o, x, y), tangent = 13573, one = 32768;
    if (llabs(dy) * one < llabs(dx) * tangent)
        return m > magnitude_at(o, x - 1, y) && m >= magnitude_at(o, x + 1, y);
    if (llabs(dy) * one > llabs(dx) * (tangent + 2 * one))
        return m > magnitude_at(o, x, y - 1) && m >= magnitude_at(o, x, y + 1);
    const int32_t s = (dx < 0) == (dy < 0) ? 1 : -1;
    return m > magnitude_at(o, x - s, y - 1) && m > magnitude_at(o, x + s, y + 1);
}

/* The integer limit of a threshold in 8-bit units. */
static int64_t limit_of(const oracle *o, double threshold) {
    const bool narrow = o->full == 255 && o->aperture == 3;
    double limit = threshold * (double)o->full / 255;
    const double most = narrow ? 32767 : 1e9;
    if (limit > most) limit = most;
    return (int64_t)floor(o->squared ? limit * limit : limit);
}

static void oracle_edges(oracle *o, double low, double high, const seg_image *ignore) {
    const int64_t weak = limit_of(o, low < high ? low : high);
    const int64_t strong = limit_of(o, low < high ? high : low);
    oracle_gradient(o);
    for (int32_t y = 0; y < o->height; y++)
        for (int32_t x = 0; x < o->width; x++) {
            const int64_t m = magnitude_at(o, x, y);
            if (ignore && pixels_at(ignore, x, y, 0) != 0) continue;
            if (m > weak && is_maximum(o, x, y)) o->edge[y * o->width + x] = m > strong ? 2 : 1;
        }
    for (bool changed = true; changed;) {
        changed = false;
        for (int32_t at = 0; at < o->width * o->height; at++) {
            if (o->edge[at] != 1) continue;
            for (int32_t n = 0; n < 9; n++) {
                const int32_t x = at % o->width + n % 3 - 1, y = at / o->width + n / 3 - 1;
                if (x < 0 || y < 0 || x >= o->width || y >= o->height) continue;
                if (o->edge[y * o->width + x] == 2) o->edge[at] = 2, changed = true;
            }
        }
    }
}

static int64_t count_wrong(const oracle *o, const seg_image *edges) {
    int64_t wrong = 0;
    for (int32_t y = 0; y < o->height; y++)
        for (int32_t x = 0; x < o->width; x++)
            wrong += pixels_at(edges, x, y, 0) != (o->edge[y * o->width + x] == 2 ? 255 : 0);
    return wrong;
}

static seg_canny_options options_of(double sigma, double low, double high, int32_t norm,
                                    int32_t aperture) {
    seg_canny_options options;
    seg_canny_options_init(&options);
    options.sigma = sigma;
    options.low = (seg_level){SEG_LEVEL_8BIT, 0, low};
    options.high = (seg_level){SEG_LEVEL_8BIT, 0, high};
    options.norm = norm;
    options.aperture = aperture;
    return options;
}

/* ---- by hand ---- */

static void paint(seg_image *image, const char *const *lines, int32_t width, int32_t height) {
    ck_assert_ok(seg_image_alloc(image, width, height, SEG_U8, 1, NULL));
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++)
            ((uint8_t *)seg_image_row(image, y))[x] =
                (uint8_t)(lines[y][x] == '.' ? 0 : 10 * (lines[y][x] - '0'));
}

static void check_lines(const seg_image *edges, const char *const *lines) {
    for (int32_t y = 0; y < edges->height; y++)
        for (int32_t x = 0; x < edges->width; x++)
            ck_assert_msg(pixels_at(edges, x, y, 0) == (lines[y][x] == '#' ? 255 : 0), "x %d, y %d",
                          x, y);
}

static void check_by_hand(const char *const *picture, const char *const *wanted, int32_t width,
                          int32_t height, double low, double high) {
    seg_image image = {0}, edges = {0};
    paint(&image, picture, width, height);
    for (int level = 0; level < LEVELS; level++) {
        if (!pixels_level(level)) continue;
        const seg_canny_options options = options_of(0, low, high, SEG_NORM_L1, 3);
        ck_assert_ok(seg_canny(&edges, NULL, &image, NULL, &options, NULL));
        check_lines(&edges, wanted);
    }
    seg_image_unref(&image);
    seg_image_unref(&edges);
}

/* Both sides of a step have the same magnitude: the left and the upper one win. Thresholds are
 * strict: 4 * 50 = 200 is not above 200. */
START_TEST(steps_by_hand) {
    static const char *const upright[] = {"...555", "...555", "...555", "...555"};
    static const char *const upright_edges[] = {"..#...", "..#...", "..#...", "..#..."};
    static const char *const level[] = {"......", "......", "555555", "555555"};
    static const char *const level_edges[] = {"......", "######", "......", "......"};
    static const char *const nothing[] = {"......", "......", "......", "......"};
    check_by_hand(upright, upright_edges, 6, 4, 199, 199);
    check_by_hand(upright, nothing, 6, 4, 200, 200);
    check_by_hand(level, level_edges, 6, 4, 100, 199);
    check_by_hand(level, nothing, 6, 4, 100, 200);
}
END_TEST

/* The step fades from 90 to 20, its light side has 4 v + 60: its weak end stays, as far as it is
 * above the low threshold, by hanging on to the strong one; a step of that weakness alone goes. */
START_TEST(hysteresis_by_hand) {
    static const char *const picture[] = {".....999999", ".....888888", ".....777777",
                                          ".....666666", ".....555555", ".....444444",
                                          ".....333333", ".....222222"};
    static const char *const alone[] = {".....555555", ".....444444", ".....333333", ".....222222"};
    static const char *const edges[] = {".....#.....", ".....#.....", ".....#.....", ".....#.....",
                                        ".....#.....", ".....#.....", "...........", "..........."};
    static const char *const nothing[] = {"...........", "...........", "...........",
                                          "..........."};
    check_by_hand(picture, edges, 11, 8, 190, 300);
    check_by_hand(alone, nothing, 11, 4, 190, 300);
}
END_TEST

START_TEST(flat_and_tiny_pictures) {
    pixels_random random = pixels_random_start(60);
    for (int32_t size = 1; size <= 70; size++) {
        for (int level = 0; level < LEVELS; level++) {
            if (!pixels_level(level)) continue;
            seg_image image = {0}, edges = {0};
            ck_assert_ok(seg_image_alloc(&image, size, 71 - size, SEG_U8, 1, NULL));
            const int value = (int)pixels_below(&random, 256);
            for (int32_t y = 0; y < image.height; y++)
                memset(seg_image_row(&image, y), value, (size_t)size);
            seg_canny_report report;
            ck_assert_ok(seg_canny(&edges, &report, &image, NULL, NULL, NULL));
            ck_assert_double_eq(report.edge_share, 0);
            for (int32_t y = 0; y < image.height; y++)
                for (int32_t x = 0; x < size; x++)
                    ck_assert(pixels_at(&edges, x, y, 0) == 0);
            seg_image_unref(&image);
            seg_image_unref(&edges);
        }
    }
}
END_TEST

/* ---- against brute force ---- */

static const double thresholds[][2] = {{50, 150}, {0, 0},     {150, 50}, {400, 401},
                                       {10, 900}, {1e6, 1e6}, {0, 1e6},  {33.4, 70.7}};

/* Kinds 5 and 6 are smooth: thresholds cut them in many places. */
static void smoothen(const seg_image *image, uint32_t kind, pixels_random *random) {
    const uint32_t a = 1 + pixels_below(random, 12), b = pixels_below(random, 12);
    const uint32_t full = image->format == SEG_U8 ? 255 : 65535;
    for (int32_t y = 0; y < image->height; y++)
        for (int32_t x = 0; x < image->width; x++) {
            const uint32_t i = (uint32_t)x, j = (uint32_t)y;
            const uint32_t value =
                kind == 5 ? (i * i + a * j * j) / (4 + b) : 20 * ((i / a + j / (b + 1)) % 9);
            const uint32_t sample = (value + pixels_below(random, 4)) * (full / 255) % (full + 1);
            if (image->format == SEG_U8)
                ((uint8_t *)seg_image_row(image, y))[x] = (uint8_t)sample;
            else
                ((uint16_t *)seg_image_row(image, y))[x] = (uint16_t)(sample ^ (i & 1));
        }
}

static void check_one(int32_t width, int32_t height, int format, uint32_t variant, bool with_ignore,
                      pixels_random *random, const seg_env *env) {
    static const int32_t apertures[] = {3, 3, 5, 7};
    const uint32_t kind = pixels_below(random, 7);
    const int32_t aperture = apertures[variant % 4], norm = (int32_t)(variant / 4 % 2);
    const double *t = thresholds[variant / 8 % 8];
    const double gain = aperture == 3 ? 1 : aperture == 5 ? 12 : 160;
    const double low = fmin(t[0] * gain, 1e6), high = fmin(t[1] * gain, 1e6);
    const bool blur = format == SEG_U8 && pixels_below(random, 2);
    pixels_picture source = pixels_make(width, height, format, 1, kind % 5, random);
    pixels_picture ignore = pixels_make(width, height, SEG_U8, 1, 1, random);
    pixels_picture edges = pixels_make(width, height, SEG_U8, 1, 0, random);
    if (kind >= 5) smoothen(&source.image, kind, random);
    const seg_canny_options options = options_of(blur ? 1.4 : 0, low, high, norm, aperture);
    const seg_image *ignored = with_ignore ? &ignore.image : NULL;
    seg_canny_report report;
    ck_assert_ok(seg_canny(&edges.image, &report, &source.image, ignored, &options, env));
    oracle o = oracle_of(&source.image, aperture, norm);
    if (blur) oracle_blur(&o);
    oracle_edges(&o, low, high, ignored);
    const int64_t wrong = count_wrong(&o, &edges.image);
    ck_assert_msg(wrong == 0, "%ld pixels of %dx%d, format %d, variant %u, kind %u, blur %d",
                  (long)wrong, width, height, format, variant, kind, blur);
    ck_assert(report.low <= report.high);
    oracle_free(&o);
    pixels_free(&source), pixels_free(&ignore), pixels_free(&edges);
}

START_TEST(all_sizes) {
    pixels_random random = pixels_random_start(61);
    pixels_envs envs = pixels_envs_start();
    for (int level = 0; level < LEVELS; level++) {
        if (!pixels_level(level)) continue;
        for (int32_t size = 1; size <= 130; size++) {
            const int32_t other = 1 + (int32_t)pixels_below(&random, 20);
            const seg_env *env = &envs.env[size % PIXELS_ENVS];
            for (uint32_t variant = 0; variant < 3; variant++)
                check_one(size, other, SEG_U8, pixels_below(&random, 64), variant == 2, &random,
                          env);
            check_one(other, size, SEG_U8, 4 * pixels_below(&random, 16), false, &random, env);
            check_one(size, other, SEG_U16, pixels_below(&random, 64), size % 3 == 0, &random, env);
        }
    }
    pixels_envs_stop(&envs);
}
END_TEST

/* Several tiles of columns and bands of rows, every number of threads. */
START_TEST(large_sizes) {
    static const int32_t sizes[][2] = {{1023, 65}, {1030, 64}, {70, 300}, {2060, 130}};
    pixels_random random = pixels_random_start(62);
    pixels_envs envs = pixels_envs_start();
    for (uint32_t repeat = 0; repeat < 36; repeat++) {
        if (!pixels_level((int)repeat % LEVELS)) continue;
        check_one(sizes[repeat % 4][0], sizes[repeat % 4][1], repeat % 9 ? SEG_U8 : SEG_U16,
                  repeat % 9 ? 4 * pixels_below(&random, 16) : pixels_below(&random, 64),
                  repeat % 5 == 0, &random, &envs.env[repeat % PIXELS_ENVS]);
    }
    pixels_envs_stop(&envs);
}
END_TEST

/* Bands touch at words: the last one of a row, which has no pixels unless the width is a multiple
 * of 256, is what the row below finds to its left. It must not matter what was in memory, which
 * band comes first, or which thread takes it. Edges at both ends of the rows make it count. */
START_TEST(many_bands_in_any_memory_and_order) {
    static const int32_t widths[] = {1, 5, 63, 64, 65, 127, 129, 191, 193, 250, 255, 256, 257, 319};
    static const unsigned char rubbish[] = {0xff, 0xa5};
    pixels_random random = pixels_random_start(63);
    pixels_envs envs = pixels_envs_start();
    const int32_t count = (int32_t)(sizeof widths / sizeof *widths);
    for (int32_t i = 0; i < count; i++) {
        for (int32_t way = 0; way < 6; way++) {
            if (!pixels_level((i + way) % LEVELS)) continue;
            const int32_t height = 64 * (3 + way) + 1 + (int32_t)pixels_below(&random, 64);
            const int format = way == 5 ? SEG_U16 : SEG_U8;
            adverse world;
            adverse_start(&world, way % ADVERSE_ORDERS, rubbish[way / 2 % 2]);
            if (way % 3 == 2) world.env.runner = envs.env[PIXELS_ENVS - 1].runner;
            check_one(widths[i], height, format, pixels_below(&random, 64), way == 4, &random,
                      &world.env);
        }
    }
    pixels_envs_stop(&envs);
}
END_TEST

/* ---- depth, colour, order ---- */

static void run(seg_image *edges, seg_canny_report *report, const seg_image *picture, double sigma,
                int32_t norm) {
    seg_canny_options options;
    seg_canny_options_init(&options);
    options.sigma = sigma;
    options.norm = norm;
    ck_assert_ok(seg_canny(edges, report, picture, NULL, &options, NULL));
}

/* A picture in 8 bits, 16 bits and floating point has the same edges and thresholds. */
START_TEST(depth_does_not_matter) {
    pixels_random random = pixels_random_start(63);
    for (uint32_t repeat = 0; repeat < 40; repeat++) {
        const int channels = 1 + (int)pixels_below(&random, 4);
        const double sigma = repeat % 3 == 0 ? 0 : repeat % 3 == 1 ? 1.4 : 2.5;
        pixels_picture source =
            pixels_make(20 + (int32_t)pixels_below(&random, 60), 33, SEG_U8, channels, 4, &random);
        seg_image edges = {0};
        seg_canny_report report, other;
        run(&edges, &report, &source.image, sigma, (int32_t)repeat & 1);
        for (int format = SEG_U16; format <= SEG_F32; format++) {
            seg_image deep = {0}, deep_edges = {0};
            ck_assert_ok(seg_convert(&deep, &source.image, (seg_format)format, NULL));
            run(&deep_edges, &other, &deep, sigma, (int32_t)repeat & 1);
            ck_assert(pixels_same(&deep_edges, &edges));
            ck_assert_double_eq(other.low, report.low);
            ck_assert_double_eq(other.high, report.high);
            seg_image_unref(&deep);
            seg_image_unref(&deep_edges);
        }
        seg_image_unref(&edges);
        pixels_free(&source);
    }
}
END_TEST

/* What is ignored is never an edge, and does not vote: other values there change nothing beyond
 * the reach of the kernel. */
START_TEST(ignored_pixels_do_not_vote) {
    pixels_random random = pixels_random_start(64);
    pixels_picture a = pixels_make(96, 40, SEG_U8, 1, 4, &random);
    pixels_picture ignore = pixels_make(96, 40, SEG_U8, 1, 4, &random);
    seg_image edges[2] = {{0}};
    seg_canny_report report[2];
    seg_canny_options options;
    seg_canny_options_init(&options);
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t y = 0; y < 40; y++) {
            for (int32_t x = 0; x < 96; x++)
                ((uint8_t *)seg_image_row(&ignore.image, y))[x] = x >= 50;
            for (int32_t x = 60; x < 96 && pass; x++)
                ((uint8_t *)seg_image_row(&a.image, y))[x] = (uint8_t)pixels_below(&random, 256);
        }
        ck_assert_ok(
            seg_canny(&edges[pass], &report[pass], &a.image, &ignore.image, &options, NULL));
        for (int32_t y = 0; y < 40; y++)
            for (int32_t x = 50; x < 96; x++)
                ck_assert(pixels_at(&edges[pass], x, y, 0) == 0);
    }
    ck_assert(pixels_same(&edges[0], &edges[1]));
    ck_assert_double_gt(report[0].edge_share, 0);
    ck_assert_double_eq(report[0].low, report[1].low);
    ck_assert_double_eq(report[0].high, report[1].high);
    for (int pass = 0; pass < 2; pass++)
        seg_image_unref(&edges[pass]);
    pixels_free(&a), pixels_free(&ignore);
}
END_TEST

/* The low threshold follows the high one; a number wins over what is automatic. */
START_TEST(automatic_thresholds) {
    pixels_random random = pixels_random_start(65);
    pixels_picture source = pixels_make(200, 100, SEG_U8, 1, 4, &random);
    seg_image edges = {0};
    seg_canny_report report;
    seg_canny_options options;
    seg_canny_options_init(&options);
    ck_assert_ok(seg_canny(&edges, &report, &source.image, NULL, &options, NULL));
    ck_assert_double_gt(report.high, 0);
    ck_assert_double_eq(report.low, report.high / 2);
    int64_t ones = 0;
    for (int32_t y = 0; y < 100; y++)
        for (int32_t x = 0; x < 200; x++)
            ones += pixels_at(&edges, x, y, 0) == 255;
    ck_assert_double_eq(report.edge_share, (double)ones / 20000);
    options.low = (seg_level){SEG_LEVEL_8BIT, 0, 3000};
    ck_assert_ok(seg_canny(&edges, &report, &source.image, NULL, &options, NULL));
    ck_assert_double_eq(report.low, 3000);
    ck_assert_double_eq(report.high, 3000);
    options.low = (seg_level){SEG_LEVEL_PERCENT, 0, 20};
    options.high = (seg_level){SEG_LEVEL_RAW, 0, 10};
    ck_assert_ok(seg_canny(&edges, &report, &source.image, NULL, &options, NULL));
    ck_assert_double_eq(report.low, 10);
    ck_assert_double_eq(report.high, 51);
    seg_image_unref(&edges);
    pixels_free(&source);
}
END_TEST

/* ---- bad arguments, memory ---- */

START_TEST(bad_arguments) {
    pixels_random random = pixels_random_start(66);
    pixels_picture source = pixels_make(20, 10, SEG_U8, 1, 0, &random);
    pixels_picture small = pixels_make(19, 10, SEG_U8, 1, 0, &random);
    seg_image edges = {0}, none = {0};
    seg_canny_options options = options_of(-1, 50, 150, 0, 3);
    const seg_image *picture = &source.image;
    ck_assert_fails(seg_canny(&edges, NULL, picture, NULL, &options, NULL), SEG_ERROR_OPTION,
                    "sigma");
    options = options_of(0, 50, 150, 2, 3);
    ck_assert_fails(seg_canny(&edges, NULL, picture, NULL, &options, NULL), SEG_ERROR_OPTION,
                    "norm");
    options = options_of(0, 50, 150, 0, 4);
    ck_assert_fails(seg_canny(&edges, NULL, picture, NULL, &options, NULL), SEG_ERROR_OPTION,
                    "aperture has no valid value (got 4");
    options = options_of(0, NAN, 150, 0, 3);
    ck_assert_fails(seg_canny(&edges, NULL, picture, NULL, &options, NULL), SEG_ERROR_OPTION,
                    "low");
    options = options_of(0, 50, 150, 0, 3);
    ck_assert(seg_canny(&edges, NULL, &none, NULL, &options, NULL) < 0);
    ck_assert(seg_canny(&edges, NULL, picture, &small.image, &options, NULL) < 0);
    ck_assert_ptr_null(edges.data);
    pixels_free(&source), pixels_free(&small);
}
END_TEST

START_TEST(memory_failures) {
    pixels_random random = pixels_random_start(67);
    static const int formats[] = {SEG_U8, SEG_U8, SEG_U16, SEG_F32};
    for (int which = 0; which < 4; which++) {
        pixels_picture source = pixels_make(90, 70, formats[which], 1 + which % 3, 0, &random);
        seg_canny_options options;
        seg_canny_options_init(&options);
        options.sigma = which ? 3 : 1.4;
        seg_status status = SEG_ERROR_MEMORY;
        for (int64_t n = 1; status < 0; n++) {
            seg_image edges = {0};
            seg_memory_fail_at(n);
            status = seg_canny(&edges, NULL, &source.image, NULL, &options, NULL);
            seg_memory_fail_at(0);
            ck_assert(status == SEG_OK || status == SEG_ERROR_MEMORY);
            seg_image_unref(&edges);
            ck_assert_int_eq(seg_memory_live(), 0);
            ck_assert_int_lt(n, 40);
        }
        pixels_free(&source);
    }
}
END_TEST

START_TEST(as_a_method) {
    pixels_random random = pixels_random_start(68);
    pixels_picture source = pixels_make(61, 47, SEG_U8, 3, 4, &random);
    seg_context *context = NULL;
    seg_result result;
    seg_image want = {0};
    seg_canny_report report;
    seg_result_init(&result, NULL);
    ck_assert_ok(seg_canny(&want, &report, &source.image, NULL, NULL, NULL));
    ck_assert_ok(seg_context_create(&context, &seg_method_canny, NULL, NULL));
    const seg_frame frame = {.image = source.image};
    ck_assert_ok(seg_context_apply(context, &frame, 0, &result));
    ck_assert(pixels_same(&result.mask, &want));
    ck_assert_int_eq(result.decision_count, 3);
    ck_assert_str_eq(result.decisions[1].name, "high");
    ck_assert_double_eq(result.decisions[1].value, report.high);
    /* nothing is allocated for the second frame */
    seg_memory_fail_at(1);
    ck_assert_ok(seg_context_apply(context, &frame, 0, &result));
    seg_memory_fail_at(0);
    seg_image_unref(&want);
    seg_result_free(&result);
    seg_context_free(context);
    ck_assert_int_eq(seg_memory_live(), 0);
    pixels_free(&source);
}
END_TEST

/* ---- the score ---- */

/* Edges with low = high = t are what the score exceeds t in: for every t that some pixel has, one
 * less, one more, and thresholds between. */
static double check_score(const seg_image *picture, const seg_image *ignore,
                          const seg_canny_options *options) {
    seg_canny_options o = *options;
    seg_context *context = NULL;
    seg_result result;
    seg_image edges = {0};
    seg_result_init(&result, NULL);
    ck_assert_ok(seg_context_create(&context, &seg_method_canny, options, NULL));
    seg_frame frame = {.image = *picture};
    if (ignore) frame.ignore = *ignore;
    ck_assert_ok(seg_context_apply(context, &frame, 0, &result));
    ck_assert_int_eq(result.score.format, SEG_F32);
    double largest = 0;
    for (int32_t i = 0; i < 40; i++) {
        const int32_t x = 7 * i % picture->width, y = 5 * i % picture->height;
        const float at = ((const float *)seg_image_row(&result.score, y))[x];
        const double t = i % 4 == 0 ? at : i % 4 == 1 ? at + 1 : i % 4 == 2 ? at / 2 : 31.0 * i;
        o.low = o.high = (seg_level){SEG_LEVEL_8BIT, 0, i % 4 == 3 ? t : (double)(int64_t)t};
        ck_assert_ok(seg_canny(&edges, NULL, picture, ignore, &o, NULL));
        for (int32_t v = 0; v < picture->height; v++)
            for (int32_t u = 0; u < picture->width; u++) {
                const float score = ((const float *)seg_image_row(&result.score, v))[u];
                const uint8_t edge = ((const uint8_t *)seg_image_row(&edges, v))[u];
                if (score > largest) largest = score;
                if ((score > o.low.value) == (edge != 0)) continue;
                ck_abort_msg("norm %d, aperture %d, sigma %g, format %d, t %.17g at %d,%d: "
                             "score %.17g, edge %d",
                             (int)o.norm, (int)o.aperture, o.sigma, picture->format, o.low.value, u,
                             v, (double)score, edge);
            }
    }
    seg_image_unref(&edges);
    seg_result_free(&result);
    seg_context_free(context);
    return largest;
}

START_TEST(edges_are_what_the_score_exceeds) {
    static const double sigmas[] = {0, 1, 1.4, 3};
    pixels_random random = pixels_random_start(91);
    int scored = 0;
    pixels_picture ignore = pixels_make(83, 70, SEG_U8, 1, 0, &random);
    for (int32_t y = 0; y < 70; y++)
        for (int32_t x = 0; x < 83; x++)
            ((uint8_t *)seg_image_row(&ignore.image, y))[x] = (x + 3 * y) % 17 == 4 ? 255 : 0;
    for (int variant = 0; variant < 3 * 2 * 4 * 3; variant++) {
        static const seg_format formats[] = {SEG_U8, SEG_U16, SEG_F32};
        seg_canny_options options;
        seg_canny_options_init(&options);
        options.aperture = 3 + 2 * (variant % 3);
        options.norm = variant / 3 % 2;
        options.sigma = sigmas[variant / 6 % 4];
        pixels_picture a =
            pixels_make(83, 70, formats[variant / 24], 1 + variant % 2 * 2, variant % 5, &random);
        scored += check_score(&a.image, variant % 3 == 1 ? &ignore.image : NULL, &options) > 0;
        pixels_free(&a);
    }
    ck_assert_int_gt(scored, 40); /* some pictures are flat */
    pixels_free(&ignore);
}
END_TEST

/* A step from 0 to 255: the straight edge that is the full scale, one pixel wide. */
START_TEST(score_by_hand) {
    for (int32_t aperture = 3; aperture <= 7; aperture += 2) {
        seg_frame frame = {0};
        seg_canny_options options;
        seg_context *context = NULL;
        seg_result result;
        seg_result_init(&result, NULL);
        seg_canny_options_init(&options);
        options.sigma = 0;
        options.aperture = aperture;
        ck_assert_ok(seg_image_alloc(&frame.image, 20, 12, SEG_U8, 1, NULL));
        for (int32_t y = 0; y < 12; y++)
            memset((uint8_t *)seg_image_row(&frame.image, y) + 10, 255, 10);
        ck_assert_ok(seg_context_create(&context, &seg_method_canny, &options, NULL));
        ck_assert_ok(seg_context_apply(context, &frame, SEG_OUTPUT_SCORE, &result));
        ck_assert_double_eq(result.score_full_scale, aperture == 3   ? 1020
                                                     : aperture == 5 ? 12240
                                                                     : 163200);
        for (int32_t y = 0; y < 12; y++)
            for (int32_t x = 0; x < 20; x++)
                ck_assert_double_eq(((float *)seg_image_row(&result.score, y))[x],
                                    x == 9 ? result.score_full_scale : 0);
        seg_image_unref(&frame.image);
        seg_result_free(&result);
        seg_context_free(context);
    }
}
END_TEST

CORE_MAIN("edge_canny", edges_are_what_the_score_exceeds, score_by_hand, steps_by_hand,
          hysteresis_by_hand, flat_and_tiny_pictures, all_sizes, large_sizes,
          many_bands_in_any_memory_and_order, depth_does_not_matter, ignored_pixels_do_not_vote,
          automatic_thresholds, bad_arguments, memory_failures, as_a_method)
