/* YUV 4:2:0 to RGB: colours by hand, and swscale's bytes at every size, range and matrix. */
#include "core/memory.h"
#include "media/ffmpeg/yuv420.h"
#include "scenes.h"

#include <check.h>
#include <libavutil/pixfmt.h>
#include <libswscale/swscale.h>
#include <stdlib.h>
#include <string.h>

/* What other versions round otherwise is at most this. */
#define ALLOWED (LIBSWSCALE_VERSION_MAJOR == 6 ? 0 : 1)

typedef struct planes {
    uint8_t *data[3];
    int strides[3];
} planes;

static planes make_planes(int32_t width, int32_t height) {
    planes p;
    for (int i = 0; i < 3; i++) {
        p.strides[i] = (i ? (width + 1) / 2 : width) + 3 * i;
        p.data[i] = malloc((size_t)p.strides[i] * (size_t)(i ? (height + 1) / 2 : height));
        ck_assert_ptr_nonnull(p.data[i]);
    }
    return p;
}

static void free_planes(planes *p) {
    for (int i = 0; i < 3; i++)
        free(p->data[i]);
}

static seg_status convert(const seg_image *image, seg_yuv420 *converter, const planes *p,
                          int matrix, bool full) {
    return seg_yuv420_to_rgb(image, converter, (const uint8_t *const *)p->data, p->strides,
                             sws_getCoefficients(matrix), full, NULL);
}

static void check_colour(const uint8_t yuv[3], bool full, const uint8_t rgb[3]) {
    seg_yuv420 converter = {0};
    seg_image image = {0};
    planes p = make_planes(18, 17);
    for (int i = 0; i < 3; i++)
        memset(p.data[i], yuv[i], (size_t)p.strides[i] * (i ? 9 : 17));
    ck_assert_int_eq(seg_image_alloc(&image, 18, 17, SEG_U8, 3, NULL), SEG_OK);
    ck_assert_int_eq(convert(&image, &converter, &p, SWS_CS_ITU601, full), SEG_OK);
    for (int32_t y = 0; y < 17; y++)
        for (size_t i = 0; i < 54; i++)
            ck_assert_int_le(abs(((uint8_t *)seg_image_row(&image, y))[i] - rgb[i % 3]), 1);
    seg_yuv420_free(&converter);
    seg_image_unref(&image);
    free_planes(&p);
}

/* BT.601: R = 1.164 (Y - 16) + 1.596 (V - 128), B = 1.164 (Y - 16) + 2.017 (U - 128). */
START_TEST(colours) {
    check_colour((const uint8_t[]){16, 128, 128}, false, (const uint8_t[]){0, 0, 0});
    check_colour((const uint8_t[]){235, 128, 128}, false, (const uint8_t[]){255, 255, 255});
    check_colour((const uint8_t[]){81, 90, 240}, false, (const uint8_t[]){255, 0, 0});
    check_colour((const uint8_t[]){145, 54, 34}, false, (const uint8_t[]){0, 255, 0});
    check_colour((const uint8_t[]){41, 240, 110}, false, (const uint8_t[]){0, 0, 255});
    check_colour((const uint8_t[]){200, 128, 128}, true, (const uint8_t[]){200, 200, 200});
    check_colour((const uint8_t[]){0, 128, 255}, true, (const uint8_t[]){178, 0, 0});
}
END_TEST

static void expect_swscale(const seg_image *image, const planes *p, int matrix, bool full) {
    const int32_t width = image->width, height = image->height;
    struct SwsContext *scaler = sws_getContext(
        width, height, AV_PIX_FMT_YUV420P, width, height, AV_PIX_FMT_RGB24,
        SWS_BICUBIC | SWS_ACCURATE_RND | SWS_BITEXACT | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP,
        NULL, NULL, NULL);
    ck_assert_ptr_nonnull(scaler);
    sws_setColorspaceDetails(scaler, sws_getCoefficients(matrix), full,
                             sws_getCoefficients(SWS_CS_ITU601), 1, 0, 1 << 16, 1 << 16);
    seg_image wanted = {0};
    ck_assert_int_eq(seg_image_alloc(&wanted, width, height, SEG_U8, 3, NULL), SEG_OK);
    uint8_t *data[1] = {wanted.data};
    const int strides[1] = {(int)wanted.stride};
    ck_assert_int_eq(
        sws_scale(scaler, (const uint8_t *const *)p->data, p->strides, 0, height, data, strides),
        height);
    for (int32_t y = 0; y < height; y++) {
        const uint8_t *a = seg_image_row(image, y), *b = seg_image_row(&wanted, y);
        for (int32_t i = 0; i < 3 * width; i++)
            ck_assert_msg(abs(a[i] - b[i]) <= ALLOWED,
                          "%dx%d, matrix %d, full %d: %d at %d,%d, not %d", (int)width, (int)height,
                          matrix, full, a[i], (int)(i / 3), (int)y, b[i]);
    }
    seg_image_unref(&wanted);
    sws_freeContext(scaler);
}

/* One converter for all sizes; every value occurs, far out of gamut as well. The same bytes at
 * every level. */
START_TEST(as_swscale) {
    static const int matrices[] = {SWS_CS_ITU601, SWS_CS_ITU709, SWS_CS_BT2020, SWS_CS_SMPTE240M,
                                   SWS_CS_FCC};
    scene_random random = {420};
    seg_yuv420 converter = {0};
    const int64_t live = seg_memory_live();
    for (int32_t side = SEG_YUV420_LEAST_SIDE; side < 80; side++) {
        const int32_t width = side, height = 16 + (int32_t)scene_below(&random, 40);
        planes p = make_planes(width, height);
        for (int i = 0; i < 3; i++)
            for (int32_t j = 0; j < p.strides[i] * (i ? (height + 1) / 2 : height); j++) {
                const uint32_t value = scene_below(&random, 256);
                p.data[i][j] = (uint8_t)(side % 3 ? value : value < 128 ? 0 : 255);
            }
        seg_image image = {0};
        ck_assert_int_eq(seg_image_alloc(&image, width, height, SEG_U8, 3, NULL), SEG_OK);
        for (int full = 0; full < 2; full++) {
            const int matrix = matrices[scene_below(&random, 5)];
            uint64_t hashes[2];
            for (int fast = 0; fast < 2; fast++) {
                seg_cpu_level_set(fast ? SEG_CPU_AVX2 : SEG_CPU_BASE);
                ck_assert_int_eq(convert(&image, &converter, &p, matrix, full), SEG_OK);
                hashes[fast] = scene_fnv_image(0, &image);
            }
            ck_assert_uint_eq(hashes[0], hashes[1]);
            expect_swscale(&image, &p, matrix, full);
        }
        seg_image_unref(&image);
        free_planes(&p);
    }
    seg_yuv420_free(&converter);
    ck_assert_int_eq(seg_memory_live(), live);
}
END_TEST

START_TEST(without_memory) {
    planes p = make_planes(32, 32);
    for (int i = 0; i < 3; i++)
        memset(p.data[i], 100, (size_t)p.strides[i] * (i ? 16 : 32));
    seg_image image = {0};
    ck_assert_int_eq(seg_image_alloc(&image, 32, 32, SEG_U8, 3, NULL), SEG_OK);
    const int64_t live = seg_memory_live();
    for (int64_t n = 1; n <= 3; n++) {
        seg_yuv420 converter = {0};
        seg_memory_fail_at(n);
        ck_assert_int_eq(convert(&image, &converter, &p, SWS_CS_ITU601, false), SEG_ERROR_MEMORY);
        seg_memory_fail_at(0);
        ck_assert_int_eq(seg_memory_live(), live);
        ck_assert_int_eq(convert(&image, &converter, &p, SWS_CS_ITU601, false), SEG_OK);
        seg_yuv420_free(&converter);
    }
    seg_image_unref(&image);
    free_planes(&p);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("YUV 4:2:0");
    TCase *cases = tcase_create("yuv420");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, colours);
    tcase_add_test(cases, as_swscale);
    tcase_add_test(cases, without_memory);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
