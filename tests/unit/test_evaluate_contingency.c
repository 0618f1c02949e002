/* Joint counts of labels against a count pixel by pixel. */
#include "evaluate.h"
#include "evaluate/contingency.h"

enum { KINDS = 40 };

/* Which of the possible labels a sample is; 0 for all that are not above 0. */
static int32_t kind_of(const int32_t *kinds, const seg_image *image, int32_t x, int32_t y) {
    double value;
    if (image->channels == 3) {
        const uint8_t *rgb = (const uint8_t *)seg_image_row(image, y) + 3 * x;
        value = rgb[0] + 256.0 * rgb[1] + 65536.0 * rgb[2];
    } else {
        value = evaluate_at(image, x, y);
    }
    for (int32_t k = 1; k < KINDS; k++)
        if (kinds[k] == value) return k;
    ck_assert(value <= 0);
    return 0;
}

static seg_image random_labels(int32_t width, int32_t height, int kind, const int32_t *kinds,
                               uint32_t seed) {
    seg_image image = {0};
    const seg_format formats[] = {SEG_U8, SEG_U16, SEG_LABEL32, SEG_U8};
    ck_assert_ok(seg_image_alloc(&image, width, height, formats[kind], kind == 3 ? 3 : 1, NULL));
    scene_random random = {seed};
    int32_t last = 0;
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++) {
            if (scene_below(&random, 4) == 0) last = kinds[scene_below(&random, KINDS)];
            uint8_t *row = seg_image_row(&image, y);
            if (kind == 0) row[x] = (uint8_t)last;
            if (kind == 1) ((uint16_t *)(void *)row)[x] = (uint16_t)last;
            if (kind == 2) ((int32_t *)(void *)row)[x] = last ? last : -(int32_t)(x % 3);
            for (int c = 0; kind == 3 && c < 3; c++)
                row[3 * x + c] = (uint8_t)(last >> 8 * c);
        }
    return image;
}

START_TEST(counts_are_those_of_pixels) {
    static const int32_t largest[] = {255, 65535, INT32_MAX, 0xffffff};
    for (uint32_t seed = 1; seed <= 64; seed++) {
        const int32_t width = 1 + (int32_t)(scene_hash(seed) % 150), height = 1 + (int32_t)seed % 9;
        int32_t kinds[2][KINDS] = {{0}};
        seg_image pictures[2], ignore = evaluate_picture(width, height, SEG_U8, NULL);
        for (int side = 0; side < 2; side++) {
            const int kind = (int)(seed >> 2 * side) % 4;
            for (int32_t k = 1; k < KINDS; k++) /* ascending, the last one the largest */
                kinds[side][k] = largest[kind] - (KINDS - 1 - k) * (largest[kind] / KINDS);
            pictures[side] = random_labels(width, height, kind, kinds[side], seed * 77000 + side);
        }
        scene_random random = {seed};
        const bool ignoring = seed % 3 == 0;
        int64_t joint[KINDS][KINDS] = {{0}}, areas[2][KINDS] = {{0}};
        for (int32_t y = 0; y < height; y++)
            for (int32_t x = 0; x < width; x++) {
                const int32_t a = kind_of(kinds[0], &pictures[0], x, y);
                const int32_t b = kind_of(kinds[1], &pictures[1], x, y);
                const bool left_out = ignoring && scene_below(&random, 5) == 0;
                ((uint8_t *)seg_image_row(&ignore, y))[x] = left_out;
                if (left_out) continue;
                joint[a][b]++;
                areas[0][a]++;
                areas[1][b]++;
            }
        seg_scratch scratch;
        seg_scratch_init(&scratch, NULL);
        seg_contingency table;
        ck_assert_ok(seg_contingency_count(&table, &pictures[0], &pictures[1],
                                           ignoring ? &ignore : NULL, &scratch));
        const seg_label_areas *sides[2] = {&table.a, &table.b};
        for (int side = 0; side < 2; side++) {
            int32_t i = 1;
            ck_assert_int_eq(sides[side]->labels[0], 0);
            ck_assert_int_eq(sides[side]->areas[0], areas[side][0]);
            for (int32_t k = 1; k < KINDS; k++) {
                if (!areas[side][k]) continue;
                ck_assert_int_eq(sides[side]->labels[i], kinds[side][k]);
                ck_assert_int_eq(sides[side]->areas[i++], areas[side][k]);
            }
            ck_assert_int_eq(sides[side]->count, i);
        }
        int32_t cell = 0;
        for (int32_t a = 0; a < KINDS; a++)
            for (int32_t b = 0; b < KINDS; b++) {
                if (!joint[a][b]) continue;
                const seg_contingency_cell *got = &table.cells[cell++];
                ck_assert_int_eq(table.a.labels[got->a], kinds[0][a]);
                ck_assert_int_eq(table.b.labels[got->b], kinds[1][b]);
                ck_assert_int_eq(got->pixels, joint[a][b]);
            }
        ck_assert_int_eq(cell, table.count);
        seg_scratch_free(&scratch);
        seg_image_unref(&pictures[0]);
        seg_image_unref(&pictures[1]);
        seg_image_unref(&ignore);
    }
}
END_TEST

/* More pairs than the table starts with. */
START_TEST(many_labels) {
    enum { SIDE = 300 };
    seg_image a = evaluate_picture(SIDE, SIDE, SEG_LABEL32, NULL);
    seg_image b = evaluate_picture(SIDE, SIDE, SEG_LABEL32, NULL);
    for (int32_t i = 0; i < SIDE * SIDE; i++) {
        ((int32_t *)seg_image_row(&a, i / SIDE))[i % SIDE] = i;
        ((int32_t *)seg_image_row(&b, i / SIDE))[i % SIDE] = 20000 * (i % 70000 + 1);
    }
    seg_scratch scratch;
    seg_scratch_init(&scratch, NULL);
    seg_contingency table;
    ck_assert_ok(seg_contingency_count(&table, &a, &b, NULL, &scratch));
    ck_assert_int_eq(table.count, SIDE * SIDE);
    ck_assert_int_eq(table.a.count, SIDE * SIDE);
    ck_assert_int_eq(table.b.count, 70001);
    for (int32_t i = 0; i < table.count; i++) {
        ck_assert(table.cells[i].a == i && table.cells[i].pixels == 1);
        ck_assert(table.cells[i].b == i % 70000 + 1);
    }
    seg_scratch_free(&scratch);
    seg_image_unref(&a);
    seg_image_unref(&b);
}
END_TEST

CORE_MAIN("contingency", counts_are_those_of_pixels, many_labels)
