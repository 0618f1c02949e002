/* Histograms, levels and the rules that find them. */
#include "core/memory.h"
#include "core_main.h"
#include "imgproc/input.h"
#include "pixels.h"

#include <float.h>

#define LEVELS 3

static const seg_image grey8 = {.format = SEG_U8, .bits = 8, .channels = 1};
static const seg_image grey12 = {.format = SEG_U16, .bits = 12, .channels = 1};
static const seg_image grey16 = {.format = SEG_U16, .bits = 16, .channels = 1};
static const seg_image grey_float = {.format = SEG_F32, .bits = 32, .channels = 1};

/* ---- histograms ---- */

static void brute_histogram(uint64_t *bins, int32_t size, const seg_image *source,
                            const seg_image *ignore) {
    memset(bins, 0, (size_t)size * sizeof *bins);
    for (int32_t y = 0; y < source->height; y++)
        for (int32_t x = 0; x < source->width; x++) {
            double value = pixels_at(source, x, y, 0);
            if (ignore && pixels_at(ignore, x, y, 0) != 0) continue;
            if (!(fabs(value) <= FLT_MAX)) continue;
            if (source->format == SEG_F32)
                value = value > 0 ? rintf((value < 1 ? (float)value : 1) * 65535) : 0;
            bins[value < size ? (int32_t)value : size - 1]++;
        }
}

START_TEST(histograms) {
    pixels_random random = pixels_random_start(41);
    pixels_envs envs = pixels_envs_start();
    uint64_t *want = malloc(65536 * sizeof *want), *got = malloc(65536 * sizeof *got);
    for (uint32_t repeat = 0; repeat < 120; repeat++) {
        const int format = SEG_U8 + (int)pixels_below(&random, 3);
        const bool large = repeat % 20 == 0; /* counted by pairs, in several bands */
        const int32_t width = large         ? 1031
                              : repeat < 10 ? 1 + (int32_t)repeat / 5
                                            : 1 + (int32_t)pixels_below(&random, 129);
        const int32_t height = large ? 523 : 1 + (int32_t)pixels_below(&random, 40);
        pixels_picture source = pixels_make(width, height, format, 1, repeat % 10, &random);
        pixels_picture ignore = pixels_make(width, height, SEG_U8, 1, 3, &random);
        if (format == SEG_U16 && repeat % 2) source.image.bits = 10;
        const int32_t size = format == SEG_U8 ? 256 : source.image.bits == 10 ? 1024 : 65536;
        const seg_image *mask = repeat % 3 ? NULL : &ignore.image;
        pixels_level((int)repeat % LEVELS);
        brute_histogram(want, size, &source.image, mask);
        ck_assert_ok(
            seg_histogram(got, size, &source.image, mask, &envs.env[repeat % PIXELS_ENVS]));
        ck_assert_mem_eq(got, want, (size_t)size * sizeof *got);
        pixels_free(&source), pixels_free(&ignore);
    }
    free(want), free(got);
    pixels_envs_stop(&envs);
}
END_TEST

START_TEST(bad_histograms) {
    pixels_random random = pixels_random_start(42);
    pixels_picture source = pixels_make(30, 20, SEG_U16, 1, 0, &random);
    pixels_picture rgb = pixels_make(30, 20, SEG_U8, 3, 0, &random);
    pixels_picture small = pixels_make(30, 19, SEG_U8, 1, 0, &random);
    static uint64_t bins[65536];
    ck_assert_fails(seg_histogram(bins, 65535, &source.image, NULL, NULL), SEG_ERROR_ARGUMENT,
                    "65536");
    ck_assert_fails(seg_histogram(NULL, 65536, &source.image, NULL, NULL), SEG_ERROR_ARGUMENT,
                    "bins");
    ck_assert_fails(seg_histogram(bins, 65536, &rgb.image, NULL, NULL), SEG_ERROR_UNSUPPORTED,
                    "channels");
    ck_assert_fails(seg_histogram(bins, 65536, &source.image, &small.image, NULL), SEG_ERROR_SHAPE,
                    "ignore");
    for (int64_t n = 1; n <= 3; n++) {
        seg_memory_fail_at(n);
        ck_assert_fails(seg_histogram(bins, 65536, &source.image, NULL, NULL), SEG_ERROR_MEMORY,
                        "memory");
        seg_memory_fail_at(0);
        ck_assert_int_eq(seg_memory_live(), 0);
    }
    ck_assert_ok(seg_histogram(bins, 65536, &source.image, NULL, NULL));
    pixels_free(&source), pixels_free(&rgb), pixels_free(&small);
}
END_TEST

/* ---- Otsu ---- */

START_TEST(otsu_by_hand) {
    uint64_t bins[256] = {0};
    ck_assert_int_eq(seg_otsu_bin(bins, 256), 0); /* nothing to separate */
    bins[100] = 50;
    ck_assert_int_eq(seg_otsu_bin(bins, 256), 0); /* one value: no two classes */
    bins[200] = 50; /* two values: any level from 100 to 199 separates, the first is taken */
    ck_assert_int_eq(seg_otsu_bin(bins, 256), 100);
    /* 10, 12 | 50: between-class variance 4/9 at 10 against 2/9 * 39^2 at 12 */
    memset(bins, 0, sizeof bins);
    bins[10] = bins[12] = bins[50] = 7;
    ck_assert_int_eq(seg_otsu_bin(bins, 256), 12);
}
END_TEST

/* The variance that Otsu's level makes largest, in integers: N^2 times (n1 S2 - n2 S1)^2 / n1 n2.
 */
static double between(const uint64_t *bins, int32_t size, int32_t level) {
    double n1 = 0, n2 = 0, s1 = 0, s2 = 0;
    for (int32_t i = 0; i < size; i++) {
        (*(i <= level ? &n1 : &n2)) += (double)bins[i];
        (*(i <= level ? &s1 : &s2)) += (double)bins[i] * i;
    }
    const double d = n1 * s2 - n2 * s1;
    return n1 > 0 && n2 > 0 ? d * d / (n1 * n2) : 0;
}

START_TEST(otsu_is_best) {
    pixels_random random = pixels_random_start(43);
    static uint64_t bins[1024];
    for (int repeat = 0; repeat < 200; repeat++) {
        const int32_t size = repeat % 2 ? 256 : 1024;
        memset(bins, 0, sizeof bins);
        const uint32_t filled = 1 + pixels_below(&random, repeat % 5 ? 300 : 4);
        for (uint32_t i = 0; i < filled; i++)
            bins[pixels_below(&random, (uint32_t)size)] += pixels_below(&random, 1000);
        const double got = between(bins, size, seg_otsu_bin(bins, size));
        double best = 0;
        for (int32_t level = 0; level < size; level++)
            best = fmax(best, between(bins, size, level));
        ck_assert(got >= best * (1 - 1e-10));
    }
}
END_TEST

/* ---- levels ---- */

static double native(int kind, double value, const seg_image *image) {
    const seg_level level = {kind, 0, value};
    return seg_level_native(&level, image);
}

START_TEST(levels_without_statistics) {
    ck_assert_double_eq(native(SEG_LEVEL_8BIT, 50, &grey8), 50);
    ck_assert_double_eq(native(SEG_LEVEL_8BIT, 50.5, &grey8), 50.5);
    ck_assert_double_eq(native(SEG_LEVEL_8BIT, 50, &grey16), 12850);
    ck_assert_double_eq(native(SEG_LEVEL_8BIT, 255, &grey16), 65535);
    /* as the sample 50 brought to 12 bits: 50 * 4095 / 255 = 802.9 */
    ck_assert_double_eq(native(SEG_LEVEL_8BIT, 50, &grey12), 803);
    ck_assert_double_eq(native(SEG_LEVEL_8BIT, 51, &grey_float), 0.2);
    ck_assert_double_eq(native(SEG_LEVEL_PERCENT, 20, &grey8), 51);
    ck_assert_double_eq(native(SEG_LEVEL_PERCENT, 20, &grey16), 13107);
    ck_assert_double_eq(native(SEG_LEVEL_PERCENT, 100, &grey12), 4095);
    ck_assert_double_eq(native(SEG_LEVEL_RAW, 12000, &grey16), 12000);
    ck_assert_double_eq(native(SEG_LEVEL_RAW, 0.25, &grey_float), 0.25);
    for (int value = 0; value < 256; value++) {
        ck_assert_double_eq(native(SEG_LEVEL_8BIT, value, &grey16), value * 257);
        ck_assert_double_eq(seg_level_8bit(value * 257, &grey16), value);
        ck_assert_double_eq(seg_level_8bit(value, &grey8), value);
    }
    ck_assert_double_eq(seg_level_8bit(0.2, &grey_float), 51);
}
END_TEST

static double resolved(int kind, int rule, double value, const uint64_t *bins, int32_t size,
                       const seg_image *image) {
    const seg_level level = {kind, rule, value};
    double result = -1;
    ck_assert_ok(seg_level_resolve(&result, &level, SEG_AUTO_MEDIAN, bins, size, image));
    return result;
}

#define PERCENTILE(p) resolved(SEG_LEVEL_PERCENTILE, 0, p, bins, 256, &grey8)
#define AUTOMATIC(rule) resolved(SEG_LEVEL_AUTO, rule, 0, bins, 256, &grey8)

START_TEST(levels_from_statistics) {
    uint64_t bins[256] = {0};
    ck_assert_double_eq(PERCENTILE(90), 0); /* nobody votes */
    ck_assert_double_eq(AUTOMATIC(SEG_AUTO_OTSU), 0);
    bins[10] = 10, bins[20] = 80, bins[200] = 10;
    ck_assert_double_eq(PERCENTILE(0), 10); /* the smallest value there is */
    ck_assert_double_eq(PERCENTILE(10), 10);
    ck_assert_double_eq(PERCENTILE(10.5), 20);
    ck_assert_double_eq(PERCENTILE(90), 20);
    ck_assert_double_eq(PERCENTILE(90.1), 200);
    ck_assert_double_eq(PERCENTILE(100), 200);
    ck_assert_double_eq(AUTOMATIC(SEG_AUTO_MEDIAN), 20);
    ck_assert_double_eq(AUTOMATIC(SEG_AUTO_DEFAULT), 20); /* the default rule given above */
    ck_assert_double_eq(AUTOMATIC(SEG_AUTO_OTSU), 20);
    /* most values are equal: the deviation counts as one step */
    ck_assert_double_eq(AUTOMATIC(SEG_AUTO_NOISE), 20 + 5 * 1.4826);
    /* distances to the median 50: 0 (2 times), 4 (3 times), 30 (2 times): their median is 4 */
    memset(bins, 0, sizeof bins);
    bins[20] = 1, bins[46] = 2, bins[50] = 2, bins[54] = 1, bins[80] = 1;
    ck_assert_double_eq(AUTOMATIC(SEG_AUTO_NOISE), 50 + 5 * 1.4826 * 4);
    /* bins of another number than the samples' values: full scale is the last bin */
    ck_assert_double_eq(resolved(SEG_LEVEL_PERCENTILE, 0, 50, bins, 256, &grey16), 50 * 257);
    ck_assert_double_eq(resolved(SEG_LEVEL_PERCENTILE, 0, 50, bins, 256, &grey_float), 50 / 255.0);
    /* levels that need no histogram do not look at it */
    ck_assert_double_eq(resolved(SEG_LEVEL_PERCENT, 0, 20, NULL, 0, &grey8), 51);
}
END_TEST

START_TEST(bad_levels) {
    uint64_t bins[256] = {1};
    double result;
    seg_level level = {SEG_LEVEL_AUTO, 17, 0};
    ck_assert_fails(seg_level_resolve(&result, &level, SEG_AUTO_OTSU, bins, 256, &grey8),
                    SEG_ERROR_OPTION, "rule");
    level.kind = 9;
    ck_assert_fails(seg_level_resolve(&result, &level, SEG_AUTO_OTSU, bins, 256, &grey8),
                    SEG_ERROR_OPTION, "kind");
    level = (seg_level){SEG_LEVEL_PERCENTILE, 0, 50};
    ck_assert_fails(seg_level_resolve(&result, &level, SEG_AUTO_OTSU, NULL, 0, &grey8),
                    SEG_ERROR_ARGUMENT, "histogram");
}
END_TEST

CORE_MAIN("imgproc_level", histograms, bad_histograms, otsu_by_hand, otsu_is_best,
          levels_without_statistics, levels_from_statistics, bad_levels)
