/* Pictures made smaller, against the definition: the mean over the area of each target pixel. */
#include "core_main.h"
#include "imgproc/area.h"
#include "pixels.h"

static double sample_at(const seg_image *picture, int32_t x, int32_t y, int c) {
    const void *row = seg_image_row(picture, y);
    const size_t i = (size_t)x * picture->channels + (size_t)c;
    return picture->format == SEG_U8    ? ((const uint8_t *)row)[i]
           : picture->format == SEG_U16 ? ((const uint16_t *)row)[i]
                                        : (double)((const float *)row)[i];
}

static double overlap(double from, double to, double place) {
    const double low = from > place ? from : place, high = to < place + 1 ? to : place + 1;
    return high > low ? high - low : 0;
}

static double mean_of(const seg_image *source, int32_t width, int32_t height, int32_t x, int32_t y,
                      int c) {
    const double across = (double)source->width / width, down = (double)source->height / height;
    double sum = 0;
    for (int32_t v = 0; v < source->height; v++)
        for (int32_t u = 0; u < source->width; u++) {
            const double value = sample_at(source, u, v, c);
            const double area =
                overlap(x * across, (x + 1) * across, u) * overlap(y * down, (y + 1) * down, v);
            if (area > 0 && isfinite(value)) sum += value * area;
        }
    return sum / (across * down);
}

static void shrink(seg_image *target, const seg_image *source) {
    seg_scratch scratch;
    seg_scratch_init(&scratch, NULL);
    ck_assert_ok(seg_area_shrink(target, source, &scratch));
    seg_scratch_free(&scratch);
}

START_TEST(means_are_those_of_the_definition) {
    static const int formats[] = {SEG_U8, SEG_U16, SEG_F32};
    static const int32_t sizes[][4] = {{17, 11, 5, 3}, {16, 12, 8, 4}, {9, 9, 9, 2},
                                       {7, 20, 1, 20}, {1, 1, 1, 1},   {31, 2, 30, 1},
                                       {5, 5, 4, 4},   {22, 14, 11, 7}};
    pixels_random random = pixels_random_start(1);
    for (int f = 0; f < 3; f++)
        for (int channels = 1; channels <= 4; channels++)
            for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
                seg_image source = {0}, target = {0};
                ck_assert_ok(seg_image_alloc(&source, sizes[s][0], sizes[s][1],
                                             (seg_format)formats[f], channels, NULL));
                ck_assert_ok(seg_image_alloc(&target, sizes[s][2], sizes[s][3],
                                             (seg_format)formats[f], channels, NULL));
                for (int32_t y = 0; y < source.height; y++)
                    pixels_fill(seg_image_row(&source, y), formats[f],
                                (size_t)source.width * (size_t)channels, (uint32_t)s,
                                f ? 65535 : 255, &random);
                if (f == 2) ((float *)seg_image_row(&source, 0))[0] = NAN;
                shrink(&target, &source);
                for (int32_t y = 0; y < target.height; y++)
                    for (int32_t x = 0; x < target.width; x++)
                        for (int c = 0; c < channels; c++) {
                            const double wanted =
                                mean_of(&source, target.width, target.height, x, y, c);
                            const double got = sample_at(&target, x, y, c);
                            const double slack = f == 2 ? 1e-5 * (1 + fabs(wanted)) : 0.5;
                            ck_assert_double_le(fabs(got - wanted), slack + (f == 1 ? 0.02 : 1e-4));
                        }
                seg_image_unref(&source);
                seg_image_unref(&target);
            }
}
END_TEST

/* Whole factors: plain means, rounded half up; one colour stays that colour at any size. */
START_TEST(known_means) {
    static const uint8_t rows[2][8] = {{0, 1, 255, 255, 7, 7, 1, 2}, {0, 1, 255, 254, 7, 7, 1, 2}};
    static const uint8_t expected[4] = {1, 255, 7, 2};
    seg_image source = {0}, target = {0};
    ck_assert_ok(seg_image_alloc(&source, 8, 2, SEG_U8, 1, NULL));
    ck_assert_ok(seg_image_alloc(&target, 4, 1, SEG_U8, 1, NULL));
    for (int y = 0; y < 2; y++)
        memcpy(seg_image_row(&source, y), rows[y], 8);
    shrink(&target, &source);
    ck_assert_mem_eq(seg_image_row(&target, 0), expected, 4);
    seg_image_unref(&source);
    seg_image_unref(&target);
    for (int32_t small = 1; small <= 100; small += 9)
        for (int value = 0; value <= 255; value += 51) {
            seg_image whole = {0}, part = {0};
            ck_assert_ok(seg_image_alloc(&whole, 100, 100, SEG_U8, 3, NULL));
            ck_assert_ok(seg_image_alloc(&part, small, 101 - small, SEG_U8, 3, NULL));
            for (int32_t y = 0; y < 100; y++)
                memset(seg_image_row(&whole, y), value, 300);
            shrink(&part, &whole);
            for (int32_t y = 0; y < part.height; y++)
                for (int32_t i = 0; i < 3 * small; i++)
                    ck_assert_int_eq(((const uint8_t *)seg_image_row(&part, y))[i], value);
            seg_image_unref(&whole);
            seg_image_unref(&part);
        }
}
END_TEST

CORE_MAIN("imgproc_area", means_are_those_of_the_definition, known_means)
