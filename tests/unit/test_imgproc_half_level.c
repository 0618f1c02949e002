/* Levels of single objects: cases by hand, and zones searched pixel by pixel. */
#include "imgproc/half_level.h"

#include "core/check.h"
#include "core_main.h"
#include "pixels.h"

#define SIDE 23

static void refine(seg_image *mask, const seg_image *grey, const seg_image *blocked) {
    static const seg_image none;
    seg_scratch scratch;
    seg_scratch_init(&scratch, NULL);
    ck_assert_int_eq(seg_half_level(mask, grey, blocked ? blocked : &none, 8, &scratch), SEG_OK);
    seg_scratch_free(&scratch);
}

/* The edges of the faint object are darker than the level of the mask, those of the bright one are
 * lighter than it: 190 and 20 above a background of 10 and 10. */
START_TEST(by_hand) {
    uint8_t grey[16] = {10, 10, 80, 200, 200, 80, 10, 10, 10, 10, 25, 30, 30, 25, 10, 10};
    uint8_t mask[16] = {0, 0, 255, 255, 255, 255, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0};
    const uint8_t want[16] = {0, 0, 255, 255, 255, 255, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0};
    seg_image picture = {0}, objects = {0};
    ck_assert_int_eq(seg_image_wrap(&picture, grey, 16, 16, 1, SEG_U8, 1), SEG_OK);
    ck_assert_int_eq(seg_image_wrap(&objects, mask, 16, 16, 1, SEG_U8, 1), SEG_OK);
    refine(&objects, &picture, NULL); /* levels (140 + 10) / 2 and (30 + 14.3) / 2 */
    ck_assert_mem_eq(mask, want, sizeof mask);
    grey[2] = 74;
    refine(&objects, &picture, NULL);
    ck_assert_int_eq(mask[2], 0);
    memset(mask, 255, sizeof mask); /* no background: it stays */
    refine(&objects, &picture, NULL);
    ck_assert_int_eq(mask[0] & mask[15], 255);
    memset(mask, 0, sizeof mask);
    refine(&objects, &picture, NULL);
    ck_assert_int_eq(mask[0] | mask[4], 0);
}
END_TEST

/* Spreads labels over an object of the mask. */
static void paint(int32_t *labels, const seg_image *mask, int32_t x, int32_t y, int32_t label) {
    if (x < 0 || y < 0 || x >= mask->width || y >= mask->height) return;
    if (labels[y * SIDE + x] || !((uint8_t *)seg_image_row(mask, y))[x]) return;
    labels[y * SIDE + x] = label;
    for (int32_t i = 0; i < 9; i++)
        paint(labels, mask, x + i % 3 - 1, y + i / 3 - 1, label);
}

/* The nearest pixel of an object, of several the leftmost, then the upper one. */
static int32_t nearest(const int32_t *labels, int32_t width, int32_t height, int32_t x, int32_t y) {
    int32_t best = INT32_MAX, label = 0;
    for (int32_t i = 0; i < width; i++)
        for (int32_t j = 0; j < height; j++) {
            const int32_t distance = (i - x) * (i - x) + (j - y) * (j - y);
            if (!labels[j * SIDE + i] || distance >= best) continue;
            best = distance;
            label = labels[j * SIDE + i];
        }
    return label;
}

static void check(const seg_image *mask, const seg_image *grey, const seg_image *blocked) {
    static int32_t labels[SIDE * SIDE], zone[SIDE * SIDE];
    uint8_t before[SIDE * SIDE];
    int32_t count = 0;
    memset(labels, 0, sizeof labels);
    for (int32_t y = 0; y < mask->height; y++)
        for (int32_t x = 0; x < mask->width; x++) {
            before[y * SIDE + x] = ((uint8_t *)seg_image_row(mask, y))[x];
            if (before[y * SIDE + x] && !labels[y * SIDE + x]) paint(labels, mask, x, y, ++count);
        }
    for (int32_t i = 0; i < mask->width * mask->height; i++) {
        const int32_t x = i % mask->width, y = i / mask->width;
        const bool out = ((uint8_t *)seg_image_row(blocked, y))[x];
        zone[y * SIDE + x] = out ? 0 : nearest(labels, mask->width, mask->height, x, y);
    }
    seg_image refined = *mask;
    refine(&refined, grey, blocked);
    for (int32_t i = 0; i < mask->width * mask->height; i++) {
        const int32_t x = i % mask->width, y = i / mask->width;
        double sum[2] = {0}, number[2] = {0};
        for (int32_t j = 0; j < SIDE * SIDE && zone[y * SIDE + x]; j++) {
            if (j % SIDE >= mask->width || j / SIDE >= mask->height) continue;
            if (zone[j] != zone[y * SIDE + x]) continue;
            sum[before[j] != 0] += pixels_at(grey, j % SIDE, j / SIDE, 0);
            number[before[j] != 0]++;
        }
        uint8_t want = before[y * SIDE + x];
        if (number[0] > 0 && number[1] > 0)
            want = 2 * pixels_at(grey, x, y, 0) > sum[0] / number[0] + sum[1] / number[1] ? 255 : 0;
        ck_assert_int_eq(((uint8_t *)seg_image_row(mask, y))[x], want);
    }
}

START_TEST(as_plain_code) {
    pixels_random random = pixels_random_start(53);
    for (int round = 0; round < 150; round++) {
        const int32_t width = 1 + (int32_t)pixels_below(&random, SIDE);
        const int32_t height = 1 + (int32_t)pixels_below(&random, SIDE);
        seg_image mask = {0}, grey = {0}, blocked = {0};
        ck_assert_int_eq(seg_image_alloc(&mask, width, height, SEG_U8, 1, NULL), SEG_OK);
        ck_assert_int_eq(seg_image_alloc(&blocked, width, height, SEG_U8, 1, NULL), SEG_OK);
        ck_assert_int_eq(
            seg_image_alloc(&grey, width, height, round % 2 ? SEG_U16 : SEG_U8, 1, NULL), SEG_OK);
        for (int32_t i = 0; i < width * height; i++) {
            const int32_t x = i % width, y = i / width, value = (int32_t)pixels_below(&random, 256);
            const bool out = round % 3 == 0 && pixels_below(&random, 9) == 0;
            ((uint8_t *)seg_image_row(&blocked, y))[x] = out ? 255 : 0;
            ((uint8_t *)seg_image_row(&mask, y))[x] =
                !out && pixels_below(&random, 2 + (uint32_t)round % 30) == 0 ? 255 : 0;
            if (round % 2)
                ((uint16_t *)seg_image_row(&grey, y))[x] = (uint16_t)(value * 250);
            else
                ((uint8_t *)seg_image_row(&grey, y))[x] = (uint8_t)value;
        }
        check(&mask, &grey, &blocked);
        seg_image_unref(&mask);
        seg_image_unref(&grey);
        seg_image_unref(&blocked);
    }
}
END_TEST

CORE_MAIN("half_level", by_hand, as_plain_code)
