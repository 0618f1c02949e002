/* Otsu's levels for more classes than two: by hand, against every set of levels, at three depths.
 */
#include "core_main.h"
#include "pixels.h"

#include "threshold/otsu_classes.h"

static seg_otsu_options options_of(int32_t classes, bool invert) {
    seg_otsu_options options;
    seg_otsu_options_init(&options);
    options.classes = classes;
    options.invert = invert;
    return options;
}

START_TEST(by_hand) {
    /* three tight groups */
    const uint8_t values[] = {10, 11, 12, 100, 101, 250, 251, 100};
    const int32_t want[] = {0, 0, 0, 1, 1, 2, 2, 1}, turned[] = {2, 2, 2, 1, 1, 0, 0, 1};
    seg_image picture = {0}, labels = {0};
    double levels[2] = {-1, -1};
    ck_assert_ok(seg_image_wrap(&picture, (void *)(uintptr_t)values, 8, 8, 1, SEG_U8, 1));
    seg_otsu_options options = options_of(3, false);
    ck_assert_ok(seg_otsu_classes(&labels, levels, &picture, NULL, &options, NULL));
    ck_assert_mem_eq(labels.data, want, sizeof want);
    ck_assert_double_eq(levels[0], 12);
    ck_assert_double_eq(levels[1], 101);
    options.invert = true;
    ck_assert_ok(seg_otsu_classes(&labels, levels, &picture, NULL, &options, NULL));
    ck_assert_mem_eq(labels.data, turned, sizeof turned);
    ck_assert_double_eq(levels[0], 12);
    /* who is ignored does not vote and has no class */
    const uint8_t ignored[] = {0, 0, 0, 0, 0, 1, 1, 0};
    seg_image ignore = {0};
    ck_assert_ok(seg_image_wrap(&ignore, (void *)(uintptr_t)ignored, 8, 8, 1, SEG_U8, 1));
    options = options_of(2, true);
    ck_assert_ok(seg_otsu_classes(&labels, levels, &picture, &ignore, &options, NULL));
    ck_assert_mem_eq(labels.data, ((int32_t[]){1, 1, 1, 0, 0, 0, 0, 0}), 32);
    ck_assert_double_eq(levels[0], 12);
    seg_image_unref(&labels);
}
END_TEST

START_TEST(fewer_values_than_classes) {
    const uint8_t values[] = {7, 7, 90, 7};
    seg_image picture = {0}, labels = {0};
    double levels[4];
    ck_assert_ok(seg_image_wrap(&picture, (void *)(uintptr_t)values, 4, 4, 1, SEG_U8, 1));
    seg_otsu_options options = options_of(5, false);
    ck_assert_ok(seg_otsu_classes(&labels, levels, &picture, NULL, &options, NULL));
    ck_assert_mem_eq(labels.data, ((int32_t[]){0, 0, 1, 0}), 16);
    ck_assert_double_eq(levels[0], 7);
    for (int k = 1; k < 4; k++)
        ck_assert_double_eq(levels[k], 90);
    seg_image one = {0};
    picture.width = 1;
    ck_assert_ok(seg_otsu_classes(&one, levels, &picture, NULL, &options, NULL));
    ck_assert_int_eq(*(int32_t *)one.data, 0);
    seg_image_unref(&one);
    seg_image_unref(&labels);
}
END_TEST

/* ---- every set of levels ---- */

/* Between-class variance (times the votes squared, less constants) of classes ending at levels. */
static double criterion(const uint64_t *bins, int32_t size, const int32_t *levels,
                        int32_t classes) {
    double mean = 0, total = 0, sum = 0;
    for (int32_t i = 0; i < size; i++)
        mean += i * (double)bins[i], total += (double)bins[i];
    mean /= total;
    for (int32_t k = 0; k < classes; k++) {
        double votes = 0, values = 0;
        const int32_t first = k ? levels[k - 1] + 1 : 0;
        const int32_t last = k < classes - 1 ? levels[k] : size - 1;
        for (int32_t i = first; i <= last; i++)
            votes += (double)bins[i], values += i * (double)bins[i];
        if (votes > 0) sum += votes * (values / votes - mean) * (values / votes - mean);
    }
    return sum;
}

typedef struct best_set {
    double value;
    int32_t levels[4];
} best_set;

static void search(best_set *best, int32_t *levels, int32_t depth, int32_t classes,
                   const uint64_t *bins, int32_t size) {
    if (depth == classes - 1) {
        const double value = criterion(bins, size, levels, classes);
        if (!(value > best->value * (1 + 1e-12))) return;
        best->value = value;
        memcpy(best->levels, levels, sizeof best->levels);
        return;
    }
    for (int32_t i = depth ? levels[depth - 1] + 1 : 0; i < size - 1; i++) {
        levels[depth] = i;
        search(best, levels, depth + 1, classes, bins, size);
    }
}

START_TEST(against_every_set_of_levels) {
    pixels_random random = pixels_random_start(311);
    seg_scratch scratch;
    seg_scratch_init(&scratch, NULL);
    for (int repeat = 0; repeat < 200; repeat++) {
        uint64_t bins[24] = {0};
        const int32_t size = 6 + (int32_t)pixels_below(&random, 19), classes = 2 + repeat % 4;
        const uint32_t most = repeat % 3 ? 50 : 2; /* few votes: many ties and gaps */
        for (int32_t i = 0; i < size; i++)
            if (pixels_below(&random, 4)) bins[i] = pixels_below(&random, most);
        int32_t occur = 0, got[4] = {0};
        for (int32_t i = 0; i < size; i++)
            occur += bins[i] > 0;
        if (occur < classes) continue;
        seg_scratch_rewind(&scratch);
        ck_assert_ok(seg_otsu_class_bins(got, classes, bins, size, &scratch));
        int32_t levels[4] = {0};
        best_set best = {.value = -1};
        search(&best, levels, 0, classes, bins, size);
        const double value = criterion(bins, size, got, classes);
        ck_assert_msg(value >= best.value * (1 - 1e-9), "repeat %d: %.12g, but %.12g is possible",
                      repeat, value, best.value);
        for (int32_t k = 0; k < classes - 1; k++)
            ck_assert_uint_gt(bins[got[k]], 0);
    }
    seg_scratch_free(&scratch);
}
END_TEST

/* Halving finds what the plain quadratic search finds on histograms of 16 bits. */
START_TEST(halving_is_exact) {
    enum { SIZE = 700 };
    static double table[6][SIZE + 1];
    pixels_random random = pixels_random_start(312);
    seg_scratch scratch;
    seg_scratch_init(&scratch, NULL);
    for (int repeat = 0; repeat < 10; repeat++) {
        uint64_t bins[SIZE];
        double votes[SIZE + 1] = {0}, sums[SIZE + 1] = {0};
        for (int i = 0; i < SIZE; i++) {
            bins[i] = 1 + pixels_below(&random, repeat % 2 ? 3 : 2000);
            votes[i + 1] = votes[i] + (double)bins[i];
            sums[i + 1] = sums[i] + (i - SIZE / 2) * (double)bins[i];
        }
        for (int m = 1; m <= 5; m++)
            for (int j = m; j <= SIZE; j++) {
                table[m][j] = -1;
                for (int i = m - 1; i < (m == 1 ? 1 : j); i++) {
                    const double s = sums[j] - sums[i];
                    const double value =
                        (m == 1 ? 0 : table[m - 1][i]) + s * s / (votes[j] - votes[i]);
                    if (value > table[m][j]) table[m][j] = value;
                }
            }
        for (int32_t classes = 2; classes <= 5; classes++) {
            int32_t got[4];
            double value = 0;
            seg_scratch_rewind(&scratch);
            ck_assert_ok(seg_otsu_class_bins(got, classes, bins, SIZE, &scratch));
            for (int32_t k = 0; k < classes; k++) {
                const int32_t first = k ? got[k - 1] + 1 : 0;
                const int32_t end = k < classes - 1 ? got[k] + 1 : SIZE;
                const double s = sums[end] - sums[first];
                value += s * s / (votes[end] - votes[first]);
            }
            ck_assert_double_eq_tol(value, table[classes][SIZE], 1e-12 * value);
        }
    }
    seg_scratch_free(&scratch);
}
END_TEST

START_TEST(depths_agree) {
    pixels_random random = pixels_random_start(313);
    for (int repeat = 0; repeat < 20; repeat++) {
        pixels_picture source = pixels_make(61, 31, SEG_U8, 1, (uint32_t)repeat % 5, &random);
        seg_otsu_options options = options_of(2 + repeat % 4, repeat % 2);
        seg_image want = {0};
        ck_assert_ok(seg_otsu_classes(&want, NULL, &source.image, NULL, &options, NULL));
        for (int format = SEG_U16; format <= SEG_F32; format++) {
            seg_image other = {0}, labels = {0};
            ck_assert_ok(seg_convert(&other, &source.image, (seg_format)format, NULL));
            ck_assert_ok(seg_otsu_classes(&labels, NULL, &other, NULL, &options, NULL));
            for (int32_t y = 0; y < want.height; y++)
                ck_assert_mem_eq(seg_image_row(&labels, y), seg_image_row(&want, y),
                                 (size_t)want.width * 4);
            seg_image_unref(&other);
            seg_image_unref(&labels);
        }
        seg_image_unref(&want);
        pixels_free(&source);
    }
}
END_TEST

START_TEST(masks_have_two_classes) {
    const uint8_t values[] = {10, 10, 200, 200};
    seg_image picture = {0}, mask = {0};
    ck_assert_ok(seg_image_wrap(&picture, (void *)(uintptr_t)values, 4, 4, 1, SEG_U8, 1));
    seg_otsu_options options = options_of(3, false);
    ck_assert_fails(seg_otsu(&mask, NULL, &picture, NULL, &options, NULL), SEG_ERROR_OPTION,
                    "use seg_otsu_classes");
    options.classes = 6;
    ck_assert_fails(seg_otsu_classes(&mask, NULL, &picture, NULL, &options, NULL), SEG_ERROR_OPTION,
                    "classes is out of range (got 6, allowed 2 to 5");
}
END_TEST

CORE_MAIN("otsu classes", by_hand, fewer_values_than_classes, against_every_set_of_levels,
          halving_is_exact, depths_agree, masks_have_two_classes)
