/* Chan-Vese against all masks of tiny pictures, and what must hold of its energy. */
#include "core_main.h"
#include "pixels.h"

#include <math.h>
#include <segment/region.h>

enum { MOST = 16 };

static double square_from(const seg_image *picture, int32_t i, const double *mean) {
    const double unit = 255 / seg_image_full_scale(picture);
    double sum = 0;
    for (int32_t c = 0; c < (picture->channels < 3 ? 1 : 3); c++) {
        const double d =
            pixels_at(picture, i % picture->width, i / picture->width, c) * unit - mean[c];
        sum += d * d;
    }
    return sum;
}

/* Mean colour of the pixels of a side; false if it has none. */
static bool mean_of(double *mean, const seg_image *picture, const bool *inside, int side) {
    const double unit = 255 / seg_image_full_scale(picture);
    double count = 0;
    mean[0] = mean[1] = mean[2] = 0;
    for (int32_t i = 0; i < picture->width * picture->height; i++) {
        if (side < 2 && inside[i] != side) continue;
        count++;
        for (int32_t c = 0; c < (picture->channels < 3 ? 1 : 3); c++)
            mean[c] += pixels_at(picture, i % picture->width, i / picture->width, c) * unit;
    }
    for (int32_t c = 0; c < 3 && count > 0; c++)
        mean[c] /= count;
    return count > 0;
}

typedef struct terms {
    double cost[2][MOST]; /* of a pixel outside and inside, for fixed means */
    double length[MOST][MOST];
    int32_t pixels;
} terms;

static terms terms_of(const seg_image *picture, double means[2][3], double variance,
                      const seg_chan_vese_options *o) {
    terms of = {.pixels = picture->width * picture->height};
    for (int32_t i = 0; i < of.pixels; i++) {
        of.cost[0][i] = o->lambda2 * square_from(picture, i, means[0]) / variance;
        of.cost[1][i] = o->lambda1 * square_from(picture, i, means[1]) / variance + o->nu;
        for (int32_t j = 0; j < i; j++) {
            const int32_t dx = abs(i % picture->width - j % picture->width);
            const int32_t dy = abs(i / picture->width - j / picture->width);
            if (dx < 2 && dy < 2) of.length[i][j] = o->mu * acos(-1) / 8 / sqrt(dx * dx + dy * dy);
        }
    }
    return of;
}

static double energy_of(const terms *of, const bool *inside) {
    double energy = 0;
    for (int32_t i = 0; i < of->pixels; i++) {
        energy += of->cost[inside[i]][i];
        for (int32_t j = 0; j < i; j++)
            if (inside[i] != inside[j]) energy += of->length[i][j];
    }
    return energy;
}

static double variance_of(const seg_image *picture) {
    double mean[3], sum = 0;
    mean_of(mean, picture, NULL, 2);
    for (int32_t i = 0; i < picture->width * picture->height; i++)
        sum += square_from(picture, i, mean);
    return sum / (picture->width * picture->height);
}

static void read_mask(bool *inside, const seg_image *mask) {
    for (int32_t i = 0; i < mask->width * mask->height; i++)
        inside[i] = pixels_at(mask, i % mask->width, i / mask->width, 0) != 0;
}

/* For the means of its mask no other mask has less energy, and the energy is what it says. */
START_TEST(against_all_masks) {
    static const int32_t sizes[][2] = {{1, 5}, {4, 3}, {3, 4}, {7, 2}, {2, 6}};
    pixels_random random = pixels_random_start(101);
    int compared = 0;
    for (uint32_t repeat = 0; repeat < 60; repeat++) {
        const int32_t width = sizes[repeat % 5][0], height = sizes[repeat % 5][1];
        pixels_picture picture = pixels_make(width, height, repeat % 2 ? SEG_U8 : SEG_U16,
                                             1 + (int)(repeat % 4), repeat % 6, &random);
        seg_chan_vese_options options;
        seg_chan_vese_options_init(&options);
        options.mu = 0.3 * (repeat % 4);
        options.nu = repeat % 3 ? 0 : 0.2;
        options.lambda1 = repeat % 4 ? 1 : 1.5;
        options.initial = (int32_t)(repeat % 4);
        options.invert = repeat % 5 == 0;
        seg_image mask = {0};
        double energy;
        ck_assert_ok(seg_chan_vese(&mask, &energy, &picture.image, NULL, &options, NULL));
        const double variance = variance_of(&picture.image);
        bool inside[MOST], other[MOST];
        double means[2][3];
        read_mask(inside, &mask);
        const bool outer = mean_of(means[0], &picture.image, inside, 0);
        const bool inner = mean_of(means[1], &picture.image, inside, 1);
        if (outer && inner && variance > 0) {
            const terms of = terms_of(&picture.image, means, variance, &options);
            const double found = energy_of(&of, inside);
            ck_assert_double_eq_tol(energy, found, 0.01);
            int better = 0;
            for (uint32_t bits = 0; bits < 1u << (width * height); bits++) {
                for (int32_t i = 0; i < width * height; i++)
                    other[i] = bits >> i & 1;
                if (energy_of(&of, other) < found - 0.01) better++;
            }
            ck_assert_int_eq(better, 0);
            compared++;
        }
        seg_image_unref(&mask);
        pixels_free(&picture);
    }
    ck_assert_int_ge(compared, 30);
}
END_TEST

/* A disk in strong noise, where no level parts it from its ground. */
static seg_image draw(double noise, pixels_random *random) {
    seg_image picture = {0};
    ck_assert_ok(seg_image_alloc(&picture, 70, 60, SEG_U8, 1, NULL));
    for (int32_t y = 0; y < 60; y++)
        for (int32_t x = 0; x < 70; x++) {
            const bool in = (x - 30) * (x - 30) + (y - 28) * (y - 28) < 15 * 15;
            double value = (in ? 150 : 90) - noise;
            for (int i = 0; i < 4; i++)
                value += noise / 2 * pixels_below(random, 1001) / 1000;
            ((uint8_t *)seg_image_row(&picture, y))[x] = (uint8_t)(value < 0 ? 0 : value);
        }
    return picture;
}

START_TEST(disk_in_noise) {
    pixels_random random = pixels_random_start(102);
    for (int start = 0; start < 4; start++) {
        seg_image picture = draw(75, &random), mask = {0};
        seg_chan_vese_options options;
        seg_chan_vese_options_init(&options);
        options.initial = start;
        options.mu = 2;
        ck_assert_ok(seg_chan_vese(&mask, NULL, &picture, NULL, &options, NULL));
        int wrong = 0;
        for (int32_t y = 0; y < 60; y++)
            for (int32_t x = 0; x < 70; x++)
                wrong += (pixels_at(&mask, x, y, 0) != 0) !=
                         ((x - 30) * (x - 30) + (y - 28) * (y - 28) < 15 * 15);
        ck_assert_msg(wrong < 60, "start %d: %d wrong", start, wrong);
        seg_image_unref(&picture);
        seg_image_unref(&mask);
    }
}
END_TEST

/* More rounds never end with more energy; the best start is the best of all. */
START_TEST(energy_does_not_grow) {
    pixels_random random = pixels_random_start(103);
    for (int repeat = 0; repeat < 8; repeat++) {
        seg_image picture = draw(60 + 10 * repeat, &random), mask = {0};
        double before[3], energy, best = INFINITY;
        seg_chan_vese_options options;
        seg_chan_vese_options_init(&options);
        for (int32_t rounds = 1; rounds <= 32; rounds *= 2)
            for (int32_t start = SEG_CHAN_VESE_OTSU; start <= SEG_CHAN_VESE_MIDDLE; start++) {
                options.initial = start;
                options.iterations = rounds;
                ck_assert_ok(seg_chan_vese(&mask, &energy, &picture, NULL, &options, NULL));
                if (rounds > 1) ck_assert_double_le(energy, before[start - 1] + 0.5);
                before[start - 1] = energy;
            }
        for (int i = 0; i < 3; i++)
            best = fmin(best, before[i]);
        options.initial = SEG_CHAN_VESE_BEST;
        ck_assert_ok(seg_chan_vese(&mask, &energy, &picture, NULL, &options, NULL));
        ck_assert_double_eq(energy, best);
        seg_image_unref(&picture);
        seg_image_unref(&mask);
    }
}
END_TEST

START_TEST(depths_ignored_and_flat) {
    pixels_random random = pixels_random_start(104);
    seg_image picture = draw(70, &random), want = {0}, ignore = {0}, mask = {0};
    ck_assert_ok(seg_chan_vese(&want, NULL, &picture, NULL, NULL, NULL));
    for (int format = SEG_U16; format <= SEG_F32; format++) {
        seg_image other = {0}, found = {0};
        ck_assert_ok(seg_convert(&other, &picture, (seg_format)format, NULL));
        ck_assert_ok(seg_chan_vese(&found, NULL, &other, NULL, NULL, NULL));
        ck_assert(pixels_same(&found, &want));
        seg_image_unref(&other);
        seg_image_unref(&found);
    }
    /* what is ignored has no say, whatever it holds */
    ck_assert_ok(seg_image_alloc(&ignore, 70, 60, SEG_U8, 1, NULL));
    for (int32_t y = 0; y < 60; y++)
        memset((uint8_t *)seg_image_row(&ignore, y) + 60, 1, 10);
    ck_assert_ok(seg_chan_vese(&want, NULL, &picture, &ignore, NULL, NULL));
    for (int32_t y = 0; y < 60; y++)
        memset((uint8_t *)seg_image_row(&picture, y) + 60, 255 * (y % 2), 10);
    ck_assert_ok(seg_chan_vese(&mask, NULL, &picture, &ignore, NULL, NULL));
    ck_assert(pixels_same(&mask, &want));
    for (int32_t y = 0; y < 60; y++)
        memset(seg_image_row(&picture, y), 77, 70);
    ck_assert_ok(seg_chan_vese(&mask, NULL, &picture, NULL, NULL, NULL));
    for (int32_t y = 0; y < 60; y++)
        for (int32_t x = 0; x < 70; x++)
            ck_assert_double_eq(pixels_at(&mask, x, y, 0), 0);
    seg_chan_vese_options options;
    seg_chan_vese_options_init(&options);
    options.mu = -1;
    ck_assert_fails(seg_chan_vese(&mask, NULL, &picture, NULL, &options, NULL), SEG_ERROR_OPTION,
                    "mu");
    seg_image_unref(&picture);
    seg_image_unref(&want);
    seg_image_unref(&ignore);
    seg_image_unref(&mask);
}
END_TEST

CORE_MAIN("chan-vese", against_all_masks, disk_in_noise, energy_does_not_grow,
          depths_ignored_and_flat)
