/* Warps: by hand, against the definition pixel by pixel, and the same bytes at every level. */
#include "core/random.h"
#include "core_main.h"
#include "imgproc/warp.h"
#include "kernels/warp.h"
#include "pixels.h"

static void turn(double m[9], double angle, double scale, double x, double y, double to_x,
                 double to_y) {
    const double c = scale * cos(angle), s = scale * sin(angle);
    const double turned[9] = {c, -s, x - c * to_x + s * to_y, s, c, y - s * to_x - c * to_y, 0,
                              0, 1};
    memcpy(m, turned, sizeof turned);
}

START_TEST(by_hand) {
    const uint8_t source_pixels[6] = {10, 20, 30, 40, 50, 60};
    uint8_t got[6];
    seg_image source = {0}, target = {0};
    ck_assert_ok(seg_image_wrap(&source, (void *)source_pixels, 3, 3, 2, SEG_U8, 1));
    ck_assert_ok(seg_image_wrap(&target, got, 3, 3, 2, SEG_U8, 1));
    seg_warp warp = seg_warp_identity();
    ck_assert_ok(seg_warp_apply(&target, &source, &warp, NULL));
    ck_assert_mem_eq(got, source_pixels, 6);
    /* mirrored: x -> 3 - x, in any filter */
    warp.matrix[0] = -1, warp.matrix[2] = 3;
    for (int filter = SEG_WARP_NEAREST; filter <= SEG_WARP_AREA; filter++) {
        const uint8_t want[6] = {30, 20, 10, 60, 50, 40};
        warp.filter = (seg_warp_filter)filter;
        ck_assert_ok(seg_warp_apply(&target, &source, &warp, NULL));
        ck_assert_mem_eq(got, want, 6);
    }
    /* half a pixel to the left, outside counts as 100 */
    warp = seg_warp_identity();
    warp.matrix[2] = 0.5;
    warp.fill[0] = 100;
    ck_assert_ok(seg_warp_apply(&target, &source, &warp, NULL));
    const uint8_t half[6] = {15, 25, 65, 45, 55, 80};
    ck_assert_mem_eq(got, half, 6);
    /* two rows into one, three columns into one: the mean of all */
    target.width = target.height = 1;
    warp.filter = SEG_WARP_AREA;
    warp.matrix[0] = 3, warp.matrix[2] = 0, warp.matrix[4] = 2;
    ck_assert_ok(seg_warp_apply(&target, &source, &warp, NULL));
    ck_assert_int_eq(got[0], 35);
    /* places under the four rules */
    const int64_t want[4][5] = {
        {-1, -1, 1, -1, -1}, {0, 0, 1, 2, 2}, {2, 1, 1, 1, 0}, {1, 2, 1, 0, 1}};
    for (int border = 0; border < 4; border++)
        for (int i = 0; i < 5; i++) {
            const int64_t places[5] = {-2, -1, 1, 3, 4};
            ck_assert_int_eq(seg_border_place(places[i], 3, (seg_border)border), want[border][i]);
        }
    /* coordinates that start at the centre of a pixel */
    const double centres[9] = {2, 0, 0, 0, 2, 0, 0, 0, 1};
    double matrix[9];
    seg_warp_matrix_from_centres(matrix, centres);
    ck_assert_double_eq(matrix[2], -0.5); /* centre 1/2 comes from 1/2 */
}
END_TEST

/* ---- the definition ---- */

static double tap(const seg_image *source, int64_t x, int64_t y, int c, const seg_warp *warp) {
    x = seg_border_place(x, source->width, warp->border);
    y = seg_border_place(y, source->height, warp->border);
    if (x < 0 || y < 0) return warp->fill[c];
    if (source->format == SEG_LABEL32)
        return ((const int32_t *)seg_image_row(source, (int32_t)y))[x];
    return pixels_at(source, x, y, c);
}

static void cubic(double w[4], double t) {
    w[0] = ((-.5 * t + 1) * t - .5) * t, w[1] = (1.5 * t - 2.5) * t * t + 1;
    w[2] = ((-1.5 * t + 2) * t + .5) * t, w[3] = (.5 * t - .5) * t * t;
}

/* The value in real numbers, and how far a rounded place may lead from it. */
static double expected(const seg_image *source, double u, double v, int c, const seg_warp *warp,
                       double unit) {
    u -= 0.5, v -= 0.5;
    if (warp->filter == SEG_WARP_NEAREST)
        return tap(source, (int64_t)floor(u + .5), (int64_t)floor(v + .5), c, warp);
    u = floor(u * unit + 0.5) / unit, v = floor(v * unit + 0.5) / unit;
    const int64_t x = (int64_t)floor(u), y = (int64_t)floor(v);
    const double fx = u - (double)x, fy = v - (double)y;
    if (warp->filter == SEG_WARP_BILINEAR) {
        const double top =
            tap(source, x, y, c, warp) * (1 - fx) + tap(source, x + 1, y, c, warp) * fx;
        const double bottom =
            tap(source, x, y + 1, c, warp) * (1 - fx) + tap(source, x + 1, y + 1, c, warp) * fx;
        return top * (1 - fy) + bottom * fy;
    }
    double wx[4], wy[4], sum = 0;
    cubic(wx, fx), cubic(wy, fy);
    for (int k = 0; k < 4; k++)
        for (int l = 0; l < 4; l++)
            sum += tap(source, x + l - 1, y + k - 1, c, warp) * wx[l] * wy[k];
    return sum;
}

static void compare(uint32_t seed, const seg_env *env) {
    pixels_random random = pixels_random_start(seed);
    static const int formats[] = {SEG_U8, SEG_U16, SEG_F32};
    const int format = formats[seed % 3], channels = 1 + (int)pixels_below(&random, 4);
    pixels_picture source =
        pixels_make(1 + (int32_t)pixels_below(&random, 40), 1 + (int32_t)pixels_below(&random, 40),
                    format, channels, seed % 5, &random);
    pixels_picture target =
        pixels_make(1 + (int32_t)pixels_below(&random, 300), 1 + (int32_t)pixels_below(&random, 30),
                    format, channels, 0, &random);
    seg_warp warp = seg_warp_identity();
    const double full = format == SEG_U8 ? 255 : format == SEG_U16 ? 65535 : 1;
    const double unit = seed % 2 == 0       ? SEG_WARP_ONE
                        : format == SEG_U8  ? 32
                        : format == SEG_U16 ? 128
                                            : SEG_WARP_ONE;
    warp.filter = seed % 2 ? SEG_WARP_BILINEAR : SEG_WARP_BICUBIC;
    if (seed % 7 == 0) warp.filter = SEG_WARP_NEAREST;
    warp.border = (seg_border)pixels_below(&random, 4);
    for (int c = 0; c < 4; c++)
        warp.fill[c] = format == SEG_F32 ? 0.25 : (double)pixels_below(&random, 256);
    turn(warp.matrix, pixels_below(&random, 628) / 100.0, (20 + pixels_below(&random, 200)) / 100.0,
         source.image.width / 2.0, source.image.height / 2.0, target.image.width / 2.0,
         target.image.height / 2.0);
    if (seed % 4 == 0) warp.matrix[6] = 1e-3, warp.matrix[7] = -2e-3;
    ck_assert_ok(seg_warp_apply(&target.image, &source.image, &warp, env));
    int64_t apart = 0, all = 0;
    double worst = 0;
    for (int32_t y = 0; y < target.image.height; y++)
        for (int32_t x = 0; x < target.image.width; x++) {
            const double *m = warp.matrix, w = m[6] * (x + .5) + m[7] * (y + .5) + m[8];
            const double u = (m[0] * (x + .5) + m[1] * (y + .5) + m[2]) / w;
            const double v = (m[3] * (x + .5) + m[4] * (y + .5) + m[5]) / w;
            for (int c = 0; c < channels; c++, all++) {
                double want = expected(&source.image, u, v, c, &warp, unit);
                if (want < 0 && format != SEG_F32) want = 0;
                if (want > full && format != SEG_F32) want = full;
                /* places are added up in 1/1024 pixel: now and then the next one is taken */
                const double off = fabs(pixels_at(&target.image, x, y, c) - want);
                if (off > (format == SEG_F32 ? 1e-5 : 0.5 + full * 2e-7)) apart++;
                if (off > worst) worst = off;
            }
        }
    if (warp.filter != SEG_WARP_NEAREST)
        ck_assert_msg(worst <= full * 7.0 / unit + 1, "seed %u: off by %g", seed, worst);
    /* of those places, a share of 2 * unit / 1024 lies within the rounding of a border */
    const double share =
        unit == SEG_WARP_ONE && warp.filter != SEG_WARP_NEAREST ? 1 : 0.02 + 3 * unit / 1024;
    if (share < 1)
        ck_assert_msg((double)apart <= share * (double)all + 3, "seed %u: %lld of %lld", seed,
                      (long long)apart, (long long)all);
    pixels_free(&source);
    pixels_free(&target);
}

START_TEST(any_warp_is_what_it_is_defined_to_be) {
    pixels_envs envs = pixels_envs_start();
    for (int level = SEG_CPU_REF; level <= SEG_CPU_AVX2; level++)
        if (pixels_level(level))
            for (uint32_t seed = 1; seed <= 150; seed++)
                compare(seed, &envs.env[seed % PIXELS_ENVS]);
    pixels_envs_stop(&envs);
}
END_TEST

/* ---- levels ---- */

START_TEST(levels_and_threads_give_the_same_bytes) {
    pixels_envs envs = pixels_envs_start();
    for (uint32_t seed = 1; seed <= 160; seed++) {
        pixels_random random = pixels_random_start(seed * 77);
        static const int formats[] = {SEG_U8, SEG_U8, SEG_U16, SEG_F32};
        const int format = formats[seed % 4], channels = 1 + (int)pixels_below(&random, 4);
        pixels_picture source = pixels_make(1 + (int32_t)pixels_below(&random, 129),
                                            1 + (int32_t)pixels_below(&random, 40), format,
                                            channels, seed % 10, &random);
        seg_image want = {0}, got = {0}, field = {0};
        const int32_t width = 1 + (int32_t)pixels_below(&random, 600),
                      height = 1 + (int32_t)pixels_below(&random, 400);
        ck_assert_ok(seg_image_alloc(&want, width, height, (seg_format)format, channels, NULL));
        ck_assert_ok(seg_image_alloc(&got, width, height, (seg_format)format, channels, NULL));
        ck_assert_ok(seg_image_alloc(&field, width, height, SEG_F32, 2, NULL));
        for (int32_t y = 0; y < height; y++)
            for (int32_t x = 0; x < 2 * width; x++)
                ((float *)seg_image_row(&field, y))[x] =
                    pixels_below(&random, 50)  ? (float)pixels_below(&random, 2000) / 100 - 10
                    : pixels_below(&random, 2) ? NAN
                                               : 1e30f;
        seg_warp warp = seg_warp_identity();
        warp.filter = (seg_warp_filter)(seed / 4 % 4);
        warp.border = (seg_border)pixels_below(&random, 4);
        turn(warp.matrix, seed, (20 + pixels_below(&random, 400)) / 100.0, source.image.width / 2.0,
             source.image.height / 2.0, width / 2.0, height / 2.0);
        if (seed % 3 == 0) warp.matrix[6] = 1e-3;
        if (seed % 5 == 0) warp.field = &field;
        seg_cpu_level_set(SEG_CPU_REF);
        ck_assert_ok(seg_warp_apply(&want, &source.image, &warp, NULL));
        for (int level = SEG_CPU_BASE; level <= SEG_CPU_AVX2; level++)
            for (int t = 0; t < PIXELS_ENVS && pixels_level(level); t++) {
                ck_assert_ok(seg_warp_apply(&got, &source.image, &warp, &envs.env[t]));
                ck_assert_msg(pixels_same(&got, &want), "seed %u level %d", seed, level);
            }
        seg_image_unref(&want), seg_image_unref(&got), seg_image_unref(&field);
        pixels_free(&source);
    }
    pixels_envs_stop(&envs);
}
END_TEST

/* ---- scaled, mirrored and moved: short ways ---- */

/* A field without displacements keeps to the long way. */
START_TEST(upright_warps_are_what_the_long_way_gives) {
    pixels_envs envs = pixels_envs_start();
    for (uint32_t seed = 1; seed <= 500; seed++) {
        pixels_random random = pixels_random_start(seed * 131);
        const int format = seed % 5 ? SEG_U8 : SEG_U16, channels = 1 + (int)seed / 3 % 4;
        pixels_picture source = pixels_make(1 + (int32_t)pixels_below(&random, 300),
                                            1 + (int32_t)pixels_below(&random, 90), format,
                                            channels, seed % 10, &random);
        seg_image want = {0}, got = {0}, field = {0};
        const int32_t width = 1 + (int32_t)pixels_below(&random, 200),
                      height = 1 + (int32_t)pixels_below(&random, 60);
        ck_assert_ok(seg_image_alloc(&want, width, height, (seg_format)format, channels, NULL));
        ck_assert_ok(seg_image_alloc(&got, width, height, (seg_format)format, channels, NULL));
        ck_assert_ok(seg_image_alloc(&field, width, height, SEG_F32, 2, NULL));
        seg_warp warp = seg_warp_identity();
        static const seg_warp_filter filters[] = {SEG_WARP_NEAREST, SEG_WARP_BILINEAR,
                                                  SEG_WARP_AREA};
        warp.filter = filters[seed % 3];
        warp.border = (seg_border)pixels_below(&random, 4);
        for (int k = 0; k < 5; k += 4) { /* mirrored, too, and some by 1 */
            const double whole = k ? source.image.height : source.image.width;
            const double room = k ? height : width;
            const double scale = seed % 7 == 0 ? 1
                                 : seed % 7 == 1
                                     ? (10 + pixels_below(&random, 120)) / 100.0
                                     : whole / room * (0.3 + pixels_below(&random, 90) / 100.0);
            const bool mirrored = pixels_below(&random, 3) == 0;
            warp.matrix[k] = mirrored ? -scale : scale;
            warp.matrix[k ? 5 : 2] =
                (mirrored ? whole : 0) + (seed % 7 == 0 ? (double)pixels_below(&random, 20) - 5
                                                        : pixels_below(&random, 400) / 100.0 - 2);
        }
        if (seed % 7 == 0 && seed % 2) { /* rows become columns */
            warp.matrix[1] = warp.matrix[0], warp.matrix[3] = warp.matrix[4];
            warp.matrix[0] = warp.matrix[4] = 0;
        }
        for (int level = SEG_CPU_REF; level <= SEG_CPU_AVX2; level++) {
            if (!pixels_level(level)) continue;
            warp.field = NULL;
            ck_assert_ok(seg_warp_apply(&got, &source.image, &warp, &envs.env[seed % PIXELS_ENVS]));
            warp.field = &field;
            ck_assert_ok(seg_warp_apply(&want, &source.image, &warp, NULL));
            ck_assert_msg(pixels_same(&got, &want), "seed %u level %d", seed, level);
        }
        seg_image_unref(&want), seg_image_unref(&got), seg_image_unref(&field);
        pixels_free(&source);
    }
    pixels_envs_stop(&envs);
}
END_TEST

START_TEST(refusals) {
    seg_image source = {0}, target = {0}, labels = {0}, field = {0};
    ck_assert_ok(seg_image_alloc(&source, 4, 4, SEG_U8, 1, NULL));
    ck_assert_ok(seg_image_alloc(&target, 4, 4, SEG_U8, 1, NULL));
    ck_assert_ok(seg_image_alloc(&labels, 4, 4, SEG_LABEL32, 1, NULL));
    ck_assert_ok(seg_image_alloc(&field, 3, 4, SEG_F32, 2, NULL));
    seg_warp warp = seg_warp_identity();
    ck_assert_int_eq(seg_warp_apply(&source, &source, &warp, NULL), SEG_ERROR_ARGUMENT);
    ck_assert_int_eq(seg_warp_apply(&labels, &source, &warp, NULL), SEG_ERROR_SHAPE);
    ck_assert_int_eq(seg_warp_apply(&target, &source, NULL, NULL), SEG_ERROR_ARGUMENT);
    warp.field = &field;
    ck_assert_int_eq(seg_warp_apply(&target, &source, &warp, NULL), SEG_ERROR_SHAPE);
    warp.field = NULL;
    warp.matrix[3] = NAN;
    ck_assert_int_eq(seg_warp_apply(&target, &source, &warp, NULL), SEG_ERROR_ARGUMENT);
    seg_image other = {0};
    ck_assert_ok(seg_image_alloc(&other, 4, 4, SEG_LABEL32, 1, NULL));
    warp = seg_warp_identity();
    ck_assert_int_eq(seg_warp_apply(&other, &labels, &warp, NULL), SEG_ERROR_UNSUPPORTED);
    seg_image_unref(&source), seg_image_unref(&target), seg_image_unref(&labels);
    seg_image_unref(&field), seg_image_unref(&other);
}
END_TEST

CORE_MAIN("imgproc_warp", by_hand, any_warp_is_what_it_is_defined_to_be,
          levels_and_threads_give_the_same_bytes, upright_warps_are_what_the_long_way_gives,
          refusals)
