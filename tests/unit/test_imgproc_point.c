/* Grey, sample formats, differences, the input of methods: against the formulas, sample by sample.
 */
#include "core/memory.h"
#include "core_main.h"
#include "imgproc/input.h"
#include "pixels.h"

#include <float.h>

#define LEVELS 3

static int grey_of(int r, int g, int b) {
    return (9798 * r + 19235 * g + 3735 * b + 16384) / 32768;
}

/* Grey of red, green, blue, white as OpenCV 4.6 has them. */
START_TEST(grey_by_hand) {
    uint8_t rgb[] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 1, 2, 3};
    uint8_t greya[] = {7, 1, 9, 2};
    seg_image picture = {0}, grey = {0};
    ck_assert_ok(seg_image_wrap(&picture, rgb, 15, 5, 1, SEG_U8, 3));
    ck_assert_ok(seg_to_grey(&grey, &picture, NULL));
    const uint8_t want[] = {76, 150, 29, 255, 2};
    ck_assert_mem_eq(grey.data, want, 5);
    ck_assert_int_eq(grey.colour, SEG_COLOUR_GREY);
    seg_image_unref(&grey);
    ck_assert_ok(seg_image_wrap(&picture, greya, 4, 2, 1, SEG_U8, 2));
    ck_assert_ok(seg_to_grey(&grey, &picture, NULL));
    ck_assert_int_eq(((uint8_t *)grey.data)[0], 7);
    ck_assert_int_eq(((uint8_t *)grey.data)[1], 9);
    seg_image_unref(&grey);
}
END_TEST

START_TEST(grey_of_all_colours) {
    seg_image picture = {0}, grey = {0};
    ck_assert_ok(seg_image_alloc(&picture, 65536, 1, SEG_U8, 3, NULL));
    for (int level = 0; level < LEVELS; level++) {
        if (!pixels_level(level)) continue;
        for (int r = 0; r < 256; r++) {
            uint8_t *p = picture.data;
            for (int i = 0; i < 65536; i++) {
                *p++ = (uint8_t)r;
                *p++ = (uint8_t)(i >> 8);
                *p++ = (uint8_t)i;
            }
            ck_assert_ok(seg_to_grey(&grey, &picture, NULL));
            const uint8_t *got = grey.data;
            int wrong = 0;
            for (int i = 0; i < 65536; i++)
                wrong += got[i] != grey_of(r, i >> 8, i & 255);
            ck_assert_int_eq(wrong, 0);
        }
    }
    seg_image_unref(&picture);
    seg_image_unref(&grey);
}
END_TEST

START_TEST(grey_of_any_picture) {
    pixels_random random = pixels_random_start(31);
    pixels_envs envs = pixels_envs_start();
    for (uint32_t repeat = 0; repeat < 150; repeat++) {
        const int format = SEG_U8 + (int)pixels_below(&random, 3);
        const int channels = 1 + (int)pixels_below(&random, 4);
        const int32_t width = 1 + (int32_t)pixels_below(&random, 129);
        const int32_t height = 1 + (int32_t)pixels_below(&random, 40);
        pixels_picture picture = pixels_make(width, height, format, channels, repeat % 5, &random);
        pixels_picture grey = pixels_make(width, height, format, 1, 0, &random);
        pixels_level((int)repeat % LEVELS);
        ck_assert_ok(seg_to_grey(&grey.image, &picture.image, &envs.env[repeat % PIXELS_ENVS]));
        int wrong = 0;
        for (int32_t y = 0; y < height; y++) {
            for (int32_t x = 0; x < width; x++) {
                double want = pixels_at(&picture.image, x, y, 0);
                if (channels >= 3) {
                    const double g = pixels_at(&picture.image, x, y, 1);
                    const double b = pixels_at(&picture.image, x, y, 2);
                    want = format == SEG_F32
                               ? (float)want * 0.299f + (float)g * 0.587f + (float)b * 0.114f
                               : floor((9798 * want + 19235 * g + 3735 * b + 16384) / 32768);
                }
                wrong += pixels_at(&grey.image, x, y, 0) != want;
            }
        }
        ck_assert_int_eq(wrong, 0);
        pixels_free(&grey);
        pixels_free(&picture);
    }
    pixels_envs_stop(&envs);
}
END_TEST

/* What conversion means, in double precision. */
static double converted(double value, double from, double to, bool from_float, bool to_float) {
    if (from_float && !(value > 0)) value = 0;
    if (value > from) value = from;
    if (to_float) return (double)(float)((float)value / (float)from);
    /* f32 is scaled in float and rounded to even, integers exactly, ties up */
    if (from_float) return rintf((float)value * (float)to);
    return floor(value * to / from + 0.5);
}

START_TEST(conversions) {
    pixels_random random = pixels_random_start(32);
    pixels_envs envs = pixels_envs_start();
    for (uint32_t repeat = 0; repeat < 300; repeat++) {
        const int from = SEG_U8 + (int)pixels_below(&random, 3);
        const int to = SEG_U8 + (int)pixels_below(&random, 3);
        const int channels = 1 + (int)pixels_below(&random, 4);
        const int32_t width = 1 + (int32_t)pixels_below(&random, 129);
        pixels_picture source = pixels_make(width, 9, from, channels, repeat % 10, &random);
        pixels_picture target = pixels_make(width, 9, to, channels, 0, &random);
        if (from == SEG_U16) source.image.bits = (uint8_t)(1 + pixels_below(&random, 16));
        pixels_level((int)repeat % LEVELS);
        ck_assert_ok(seg_convert(&target.image, &source.image, (seg_format)to,
                                 &envs.env[repeat % PIXELS_ENVS]));
        if (from == to) {
            ck_assert(pixels_same(&target.image, &source.image));
            ck_assert_int_eq(target.image.bits, source.image.bits);
        }
        const double full = seg_image_full_scale(&source.image);
        const double scale = seg_image_full_scale(&target.image);
        int wrong = 0;
        for (int32_t y = 0; from != to && y < 9; y++)
            for (int32_t x = 0; x < width; x++)
                for (int32_t c = 0; c < channels; c++)
                    wrong += pixels_at(&target.image, x, y, c) !=
                             converted(pixels_at(&source.image, x, y, c), full, scale,
                                       from == SEG_F32, to == SEG_F32);
        ck_assert_int_eq(wrong, 0);
        pixels_free(&target);
        pixels_free(&source);
    }
    pixels_envs_stop(&envs);
}
END_TEST

/* Up and down again gives the same picture. */
START_TEST(conversions_there_and_back) {
    seg_image source = {0}, wide = {0}, floats = {0}, back = {0};
    ck_assert_ok(seg_image_alloc(&source, 256, 1, SEG_U8, 1, NULL));
    for (int i = 0; i < 256; i++)
        ((uint8_t *)source.data)[i] = (uint8_t)i;
    ck_assert_ok(seg_convert(&wide, &source, SEG_U16, NULL));
    ck_assert_ok(seg_convert(&floats, &source, SEG_F32, NULL));
    ck_assert_ok(seg_convert(&back, &wide, SEG_U8, NULL));
    ck_assert(pixels_same(&back, &source));
    ck_assert_ok(seg_convert(&back, &floats, SEG_U8, NULL));
    ck_assert(pixels_same(&back, &source));
    seg_image_unref(&back);
    ck_assert_ok(seg_convert(&back, &floats, SEG_U16, NULL));
    ck_assert(pixels_same(&back, &wide));
    seg_image_unref(&source);
    seg_image_unref(&wide);
    seg_image_unref(&floats);
    seg_image_unref(&back);
}
END_TEST

static double in_16_bits(double value) {
    return value > 0 ? rintf((value < 1 ? (float)value : 1) * 65535) : 0;
}

START_TEST(differences) {
    pixels_random random = pixels_random_start(33);
    pixels_envs envs = pixels_envs_start();
    for (uint32_t repeat = 0; repeat < 300; repeat++) {
        const int format = SEG_U8 + (int)pixels_below(&random, 3);
        const int channels = 1 + (int)pixels_below(&random, 4);
        const int32_t width = 1 + (int32_t)pixels_below(&random, repeat % 9 ? 129 : 1200);
        const int32_t height = 1 + (int32_t)pixels_below(&random, 20);
        pixels_picture a = pixels_make(width, height, format, channels, repeat % 10, &random);
        pixels_picture b = pixels_make(width, height, format, channels, repeat / 3 % 10, &random);
        pixels_picture mask = pixels_make(width, height, SEG_U8, 1, 0, &random);
        const double steps = pixels_below(&random, 256) + (repeat % 2 ? 0.75 : 0);
        const double full = seg_image_full_scale(&a.image), level = steps / 255 * full;
        pixels_level((int)repeat % LEVELS);
        ck_assert_ok(seg_difference_mask(&mask.image, &a.image, &b.image, level,
                                         &envs.env[repeat % PIXELS_ENVS]));
        int wrong = 0;
        for (int32_t y = 0; y < height; y++) {
            for (int32_t x = 0; x < width; x++) {
                bool differs = false;
                for (int32_t c = 0; c < channels; c++) {
                    const double p = pixels_at(&a.image, x, y, c);
                    const double q = pixels_at(&b.image, x, y, c);
                    if (format == SEG_F32)
                        differs |= fabs(p) <= FLT_MAX && fabs(q) <= FLT_MAX &&
                                   fabs(in_16_bits(p) - in_16_bits(q)) > (float)(level * 65535);
                    else
                        differs |= fabs(p - q) > level;
                }
                wrong += pixels_at(&mask.image, x, y, 0) != (differs ? 255 : 0);
            }
        }
        ck_assert_int_eq(wrong, 0);
        pixels_free(&a), pixels_free(&b), pixels_free(&mask);
    }
    pixels_envs_stop(&envs);
}
END_TEST

/* The same pictures at three depths differ at the same pixels. */
START_TEST(differences_at_any_depth) {
    pixels_random random = pixels_random_start(34);
    pixels_picture a = pixels_make(129, 40, SEG_U8, 3, 0, &random);
    pixels_picture b = pixels_make(129, 40, SEG_U8, 3, 4, &random);
    for (int level = 0; level < 256; level += 5) {
        seg_image wanted = {0};
        ck_assert_ok(seg_difference_mask(&wanted, &a.image, &b.image, level, NULL));
        for (int format = SEG_U16; format <= SEG_F32; format++) {
            seg_image p = {0}, q = {0}, mask = {0};
            ck_assert_ok(seg_convert(&p, &a.image, (seg_format)format, NULL));
            ck_assert_ok(seg_convert(&q, &b.image, (seg_format)format, NULL));
            const seg_level meant = {SEG_LEVEL_8BIT, 0, level};
            ck_assert_ok(seg_difference_mask(&mask, &p, &q, seg_level_native(&meant, &p), NULL));
            ck_assert(pixels_same(&mask, &wanted));
            seg_image_unref(&p);
            seg_image_unref(&q);
            seg_image_unref(&mask);
        }
        seg_image_unref(&wanted);
    }
    pixels_free(&a), pixels_free(&b);
}
END_TEST

START_TEST(inputs) {
    pixels_random random = pixels_random_start(35);
    pixels_picture rgb = pixels_make(20, 10, SEG_U16, 3, 0, &random);
    pixels_picture luma = pixels_make(20, 10, SEG_U8, 1, 0, &random);
    seg_image grey = {0}, scratch = {0}, wanted = {0};
    seg_frame frame = {.image = rgb.image};
    ck_assert_ok(seg_to_grey(&wanted, &rgb.image, NULL));
    ck_assert_ok(seg_input_grey(&grey, &scratch, &frame, NULL));
    ck_assert(pixels_same(&grey, &wanted));
    ck_assert_ptr_eq(grey.data, scratch.data);
    ck_assert_ptr_null(grey.owner);
    frame.luma = luma.image; /* taken as it is */
    ck_assert_ok(seg_input_grey(&grey, &scratch, &frame, NULL));
    ck_assert_ptr_eq(grey.data, luma.image.data);
    ck_assert_ok(seg_picture_grey(&grey, &scratch, &luma.image, NULL));
    ck_assert_ptr_eq(grey.data, luma.image.data);
    /* a picture of another size replaces the working picture */
    pixels_picture small = pixels_make(5, 4, SEG_U8, 4, 0, &random);
    ck_assert_ok(seg_picture_grey(&grey, &scratch, &small.image, NULL));
    ck_assert_int_eq(grey.width, 5);
    seg_image labels = {0};
    ck_assert_ok(seg_image_alloc(&labels, 4, 4, SEG_LABEL32, 1, NULL));
    ck_assert_fails(seg_picture_grey(&grey, &scratch, &labels, NULL), SEG_ERROR_UNSUPPORTED,
                    "label32");
    frame = (seg_frame){0};
    ck_assert_fails(seg_input_grey(&grey, &scratch, &frame, NULL), SEG_ERROR_ARGUMENT, "empty");
    seg_image_unref(&labels);
    seg_image_unref(&scratch);
    seg_image_unref(&wanted);
    pixels_free(&rgb), pixels_free(&luma), pixels_free(&small);
}
END_TEST

START_TEST(bad_arguments) {
    pixels_random random = pixels_random_start(36);
    pixels_picture a = pixels_make(20, 10, SEG_U8, 1, 0, &random);
    pixels_picture b = pixels_make(20, 11, SEG_U8, 1, 0, &random);
    seg_image out = {0};
    ck_assert_fails(seg_to_grey(&out, NULL, NULL), SEG_ERROR_ARGUMENT, "picture is missing");
    ck_assert_fails(seg_convert(&out, &a.image, SEG_LABEL32, NULL), SEG_ERROR_ARGUMENT, "format");
    ck_assert_fails(seg_difference_mask(&out, &a.image, &b.image, 3, NULL), SEG_ERROR_SHAPE,
                    "20 x 11");
    ck_assert_fails(seg_difference_mask(&out, &a.image, &a.image, -1, NULL), SEG_ERROR_ARGUMENT,
                    "level is -1");
    ck_assert_fails(seg_difference_mask(&a.image, &a.image, &a.image, 1, NULL), SEG_ERROR_ARGUMENT,
                    "same pixels");
    pixels_picture rgb = pixels_make(20, 10, SEG_U8, 3, 0, &random);
    ck_assert_fails(seg_to_grey(&b.image, &rgb.image, NULL), SEG_ERROR_SHAPE, "20 x 11");
    seg_memory_fail_at(1);
    ck_assert_fails(seg_to_grey(&out, &rgb.image, NULL), SEG_ERROR_MEMORY, "memory");
    ck_assert_ptr_null(out.data);
    ck_assert_int_eq(seg_memory_live(), 0);
    pixels_free(&a), pixels_free(&b), pixels_free(&rgb);
}
END_TEST

CORE_MAIN("imgproc_point", grey_by_hand, grey_of_all_colours, grey_of_any_picture, conversions,
          conversions_there_and_back, differences, differences_at_any_depth, inputs, bad_arguments)
