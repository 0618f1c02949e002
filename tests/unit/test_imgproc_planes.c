/* CIELAB against the formulas in double. */
#include "core_main.h"
#include "imgproc/planes.h"
#include "pixels.h"

static double light(double v) {
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double root(double t) {
    return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

/* sRGB (0..1) to L*, a*, b*; the matrix of IEC 61966-2-1, white D65. */
static void lab_of(double lab[3], const double rgb[3]) {
    const double r = light(rgb[0]), g = light(rgb[1]), b = light(rgb[2]);
    const double x = root((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
    const double y = root(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
    const double z = root((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
    lab[0] = 116 * y - 16;
    lab[1] = 500 * (x - y);
    lab[2] = 200 * (y - z);
}

static seg_planes convert(const seg_image *picture, seg_scratch *scratch) {
    seg_planes lab;
    seg_scratch_init(scratch, NULL);
    ck_assert_int_eq(seg_planes_lab(&lab, picture, scratch), SEG_OK);
    return lab;
}

START_TEST(known_colours) {
    /* white, black, red, green, blue: L*, a*, b* as CIE tables have them */
    uint8_t rgb[] = {255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255};
    static const double expected[5][3] = {{100, 0, 0},
                                          {0, 0, 0},
                                          {53.2408, 80.0925, 67.2032},
                                          {87.7347, -86.1827, 83.1793},
                                          {32.2970, 79.1875, -107.8602}};
    seg_image picture = {0};
    seg_scratch scratch;
    ck_assert_int_eq(seg_image_wrap(&picture, rgb, 15, 5, 1, SEG_U8, 3), SEG_OK);
    const seg_planes lab = convert(&picture, &scratch);
    ck_assert_int_eq(lab.planes, 3);
    for (int32_t x = 0; x < 5; x++)
        for (int32_t c = 0; c < 3; c++)
            ck_assert_double_eq_tol(seg_plane_row(&lab, c, 0)[x] / 32.0, expected[x][c], 0.0625);
    seg_scratch_free(&scratch);
}
END_TEST

START_TEST(all_colours_in_steps) {
    double worst = 0;
    for (int format = SEG_U8; format <= SEG_F32; format++) {
        pixels_random random = pixels_random_start(7);
        for (int round = 0; round < 20; round++) {
            pixels_picture made =
                pixels_make(61, 23, format, 3 + round % 2, (uint32_t)round % 5, &random);
            const double full = seg_image_full_scale(&made.image);
            seg_scratch scratch;
            const seg_planes lab = convert(&made.image, &scratch);
            for (int32_t y = 0; y < 23; y++) {
                for (int32_t x = 0; x < 61; x++) {
                    double rgb[3], expected[3];
                    for (int32_t c = 0; c < 3; c++)
                        rgb[c] = pixels_at(&made.image, x, y, c) / full;
                    lab_of(expected, rgb);
                    for (int32_t c = 0; c < 3; c++) {
                        const double error =
                            fabs(seg_plane_row(&lab, c, y)[x] / 32.0 - expected[c]);
                        worst = error > worst ? error : worst;
                    }
                }
            }
            seg_scratch_free(&scratch);
            pixels_free(&made);
        }
    }
    ck_assert_double_le(worst, 0.125);
}
END_TEST

/* Greys have no colour, at any depth, in one channel or in three. */
START_TEST(greys_are_grey) {
    static uint16_t one[65536], three[3 * 65536];
    for (int32_t i = 0; i < 65536; i++)
        one[i] = three[3 * i] = three[3 * i + 1] = three[3 * i + 2] = (uint16_t)i;
    seg_image grey = {0}, colour = {0};
    seg_scratch scratch[2];
    ck_assert_int_eq(seg_image_wrap(&grey, one, 512, 256, 256, SEG_U16, 1), SEG_OK);
    ck_assert_int_eq(seg_image_wrap(&colour, three, 1536, 256, 256, SEG_U16, 3), SEG_OK);
    const seg_planes a = convert(&grey, &scratch[0]), b = convert(&colour, &scratch[1]);
    ck_assert_int_eq(a.planes, 1);
    int16_t before = 0;
    for (int32_t y = 0; y < 256; y++) {
        for (int32_t x = 0; x < 256; x++) {
            const int16_t l = seg_plane_row(&a, 0, y)[x];
            ck_assert_int_eq(l, seg_plane_row(&b, 0, y)[x]);
            ck_assert_int_eq(seg_plane_row(&b, 1, y)[x], 0);
            ck_assert_int_eq(seg_plane_row(&b, 2, y)[x], 0);
            ck_assert_int_ge(l, before);
            before = l;
        }
    }
    ck_assert_int_eq(before, 3200);
    for (int i = 0; i < 2; i++)
        seg_scratch_free(&scratch[i]);
}
END_TEST

/* 8 bits, the same in 16, in 10 of 16 where that is exact, and in floats; any number of threads. */
START_TEST(any_depth_and_threads) {
    pixels_random random = pixels_random_start(9);
    pixels_picture made = pixels_make(203, 1400, SEG_U8, 4, 0, &random);
    pixels_envs envs = pixels_envs_start();
    seg_image wide = {0}, real = {0};
    ck_assert_int_eq(seg_convert(&wide, &made.image, SEG_U16, NULL), SEG_OK);
    ck_assert_int_eq(seg_convert(&real, &made.image, SEG_F32, NULL), SEG_OK);
    const seg_image *forms[] = {&made.image, &wide, &real};
    seg_scratch first_scratch;
    const seg_planes first = convert(&made.image, &first_scratch);
    for (int f = 0; f < 3; f++) {
        for (int e = 0; e < PIXELS_ENVS; e++) {
            seg_scratch scratch;
            seg_planes lab;
            seg_scratch_init(&scratch, &envs.env[e]);
            ck_assert_int_eq(seg_planes_lab(&lab, forms[f], &scratch), SEG_OK);
            ck_assert_int_eq(seg_planes_blur(&lab, 0, &scratch), SEG_OK);
            for (int32_t c = 0; c < 3; c++)
                for (int32_t y = 0; y < 1400; y++)
                    ck_assert_mem_eq(seg_plane_row(&lab, c, y), seg_plane_row(&first, c, y),
                                     203 * 2);
            seg_scratch_free(&scratch);
        }
    }
    seg_scratch_free(&first_scratch);
    seg_image_unref(&wide);
    seg_image_unref(&real);
    pixels_envs_stop(&envs);
    pixels_free(&made);
}
END_TEST

/* The blur of a plane is that of the picture that holds it. */
START_TEST(blur) {
    pixels_random random = pixels_random_start(11);
    pixels_picture made = pixels_make(40, 31, SEG_U8, 3, 0, &random);
    seg_scratch scratch[2];
    const seg_planes sharp = convert(&made.image, &scratch[0]);
    seg_planes soft = convert(&made.image, &scratch[1]);
    ck_assert_int_eq(seg_planes_blur(&soft, 1.5, &scratch[1]), SEG_OK);
    for (int32_t c = 0; c < 3; c++) {
        seg_image plane = {0}, blurred = {0};
        ck_assert_int_eq(seg_image_alloc(&plane, 40, 31, SEG_U16, 1, NULL), SEG_OK);
        for (int32_t y = 0; y < 31; y++)
            for (int32_t x = 0; x < 40; x++)
                ((uint16_t *)seg_image_row(&plane, y))[x] =
                    (uint16_t)(seg_plane_row(&sharp, c, y)[x] + 32768);
        ck_assert_int_eq(seg_gaussian(&blurred, &plane, 1.5, 0, NULL), SEG_OK);
        for (int32_t y = 0; y < 31; y++)
            for (int32_t x = 0; x < 40; x++)
                ck_assert_int_eq(seg_plane_row(&soft, c, y)[x],
                                 ((uint16_t *)seg_image_row(&blurred, y))[x] - 32768);
        seg_image_unref(&plane);
        seg_image_unref(&blurred);
    }
    for (int i = 0; i < 2; i++)
        seg_scratch_free(&scratch[i]);
    pixels_free(&made);
}
END_TEST

CORE_MAIN("planes", known_colours, all_colours_in_steps, greys_are_grey, any_depth_and_threads,
          blur)
