/* Grey morphology: by hand, against brute force, and its algebra. */
#include "core_main.h"
#include "pixels.h"

/* The offsets of an element as a mask of their own, by definition. */
typedef struct offsets {
    seg_point items[64 * 64];
    int32_t count;
} offsets;

static bool belongs(const seg_structure *s, int32_t width, int32_t height, int32_t i, int32_t j) {
    const int32_t x = i - width / 2, y = j - height / 2;
    switch (s->element) {
    case SEG_ELEMENT_SQUARE:
        return true;
    case SEG_ELEMENT_CROSS:
        return x == 0 || y == 0;
    case SEG_ELEMENT_DISK:
        return x * x + y * y <= (width / 2) * (width / 2);
    case SEG_ELEMENT_ELLIPSE: {
        const int32_t r = height / 2, c = width / 2;
        const double half = r ? c * sqrt((double)(r * r - y * y) * (1.0 / ((double)r * r))) : 0;
        return y * y <= r * r && abs(x) <= (int32_t)rint(half);
    }
    default:
        return ((const uint8_t *)seg_image_row(s->mask, j))[i] != 0;
    }
}

static void list_offsets(offsets *list, const seg_structure *s, bool mirrored) {
    const bool mask = s->element == SEG_ELEMENT_MASK;
    const int32_t width = mask ? s->mask->width : s->width;
    const int32_t height = mask ? s->mask->height : s->height ? s->height : s->width;
    list->count = 0;
    for (int32_t j = 0; j < height; j++)
        for (int32_t i = 0; i < width; i++) {
            if (!belongs(s, width, height, i, j)) continue;
            const int32_t x = i - width / 2, y = j - height / 2;
            list->items[list->count++] = mirrored ? (seg_point){-x, -y} : (seg_point){x, y};
        }
}

static void put(const seg_image *image, int32_t x, int32_t y, int32_t channel, double value) {
    void *row = seg_image_row(image, y);
    const size_t at = (size_t)x * image->channels + (size_t)channel;
    if (image->format == SEG_U8)
        ((uint8_t *)row)[at] = (uint8_t)value;
    else if (image->format == SEG_U16)
        ((uint16_t *)row)[at] = (uint16_t)value;
    else
        ((float *)row)[at] = (float)value;
}

static void brute_fold(const seg_image *out, const seg_image *in, bool least, const offsets *b) {
    const double full = in->format == SEG_F32 ? 0 : seg_image_full_scale(in);
    for (int32_t y = 0; y < in->height; y++)
        for (int32_t x = 0; x < in->width; x++)
            for (int32_t c = 0; c < in->channels; c++) {
                double best = least ? INFINITY : -INFINITY;
                for (int32_t i = 0; i < b->count; i++) {
                    const int32_t px = x + b->items[i].x, py = y + b->items[i].y;
                    if (px < 0 || py < 0 || px >= in->width || py >= in->height) continue;
                    const double value = pixels_at(in, px, py, c);
                    if (!isfinite(value)) continue;
                    if (least ? value < best : value > best) best = value;
                }
                if (!isfinite(best)) best = least ? full : 0;
                put(out, x, y, c, best == 0 ? 0 : best);
            }
}

static void brute_difference(const seg_image *out, const seg_image *a, const seg_image *b) {
    for (int32_t y = 0; y < a->height; y++)
        for (int32_t x = 0; x < a->width; x++)
            for (int32_t c = 0; c < a->channels; c++) {
                const double p = pixels_at(a, x, y, c), q = pixels_at(b, x, y, c);
                const double difference = a->format == SEG_F32 ? (double)((float)p - (float)q)
                                          : p > q              ? p - q
                                                               : 0;
                put(out, x, y, c, isfinite(difference) ? difference : 0);
            }
}

static void brute(seg_image *out, const seg_image *in, seg_morphology operation,
                  const seg_structure *structure) {
    static offsets straight, mirrored;
    seg_image a = {0}, b = {0};
    list_offsets(&straight, structure, false);
    list_offsets(&mirrored, structure, true);
    ck_assert_ok(
        seg_image_ensure(&a, in->width, in->height, (seg_format)in->format, in->channels, NULL));
    ck_assert_ok(
        seg_image_ensure(&b, in->width, in->height, (seg_format)in->format, in->channels, NULL));
    ck_assert_ok(
        seg_image_ensure(out, in->width, in->height, (seg_format)in->format, in->channels, NULL));
    const bool first = operation == SEG_MORPH_ERODE || operation == SEG_MORPH_OPEN ||
                       operation == SEG_MORPH_TOP_HAT || operation == SEG_MORPH_GRADIENT;
    brute_fold(&a, in, first, &straight);
    if (operation == SEG_MORPH_ERODE || operation == SEG_MORPH_DILATE) {
        ck_assert_ok(seg_image_copy(out, &a, NULL));
    } else if (operation == SEG_MORPH_GRADIENT) {
        brute_fold(&b, in, false, &straight);
        brute_difference(out, &b, &a);
    } else {
        brute_fold(&b, &a, !first, &mirrored);
        if (operation == SEG_MORPH_TOP_HAT)
            brute_difference(out, in, &b);
        else if (operation == SEG_MORPH_BLACK_HAT)
            brute_difference(out, &b, in);
        else
            ck_assert_ok(seg_image_copy(out, &b, NULL));
    }
    seg_image_unref(&a);
    seg_image_unref(&b);
}

/* ---- by hand ---- */

START_TEST(by_hand) {
    uint8_t in[15] = {9, 1, 5, 7, 3, /**/ 2, 8, 6, 4, 0, /**/ 5, 5, 5, 5, 5};
    const uint8_t eroded[15] = {1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 2, 2, 4, 0, 0};
    const uint8_t row[15] = {9, 9, 7, 7, 7, 8, 8, 8, 6, 4, 5, 5, 5, 5, 5};
    seg_image picture = {0}, out = {0};
    ck_assert_ok(seg_image_wrap(&picture, in, 5, 5, 3, SEG_U8, 1));
    const seg_structure square = {.width = 3}, line = {.width = 3, .height = 1};
    ck_assert_ok(seg_morphology_picture(&out, &picture, SEG_MORPH_ERODE, &square, NULL));
    for (int y = 0; y < 3; y++)
        ck_assert_mem_eq(seg_image_row(&out, y), eroded + 5 * y, 5);
    ck_assert_ok(seg_morphology_picture(&out, &picture, SEG_MORPH_DILATE, &line, NULL));
    for (int y = 0; y < 3; y++)
        ck_assert_mem_eq(seg_image_row(&out, y), row + 5 * y, 5);
    seg_image_unref(&out);
}
END_TEST

static void draw_line(uint8_t *drawn, int32_t length, double angle) {
    static uint8_t dot[11 * 11];
    seg_image picture = {0}, out = {0};
    dot[5 * 11 + 5] = 1;
    ck_assert_ok(seg_image_wrap(&picture, dot, 11, 11, 11, SEG_U8, 1));
    ck_assert_ok(seg_image_wrap(&out, drawn, 11, 11, 11, SEG_U8, 1));
    const seg_structure line = {.element = SEG_ELEMENT_LINE, .width = length, .angle = angle};
    ck_assert_ok(seg_morphology_picture(&out, &picture, SEG_MORPH_DILATE, &line, NULL));
}

START_TEST(lines_by_hand) {
    uint8_t drawn[121];
    for (int turn = 0; turn < 4; turn++) {
        static const int32_t dx[4] = {1, 1, 0, -1}, dy[4] = {0, -1, -1, -1};
        draw_line(drawn, 7, 45.0 * turn);
        const int32_t reach = turn % 2 ? 2 : 3; /* 3 cos 45 = 2.1 */
        int32_t count = 0;
        for (int i = 0; i < 121; i++)
            count += drawn[i];
        ck_assert_int_eq(count, 2 * reach + 1);
        for (int32_t i = -reach; i <= reach; i++)
            ck_assert_uint_eq(drawn[(5 + i * dy[turn]) * 11 + 5 + i * dx[turn]], 1);
    }
    draw_line(drawn, 9, 20); /* from (-4, 1) to (4, -1) */
    static const int32_t rows[9] = {1, 1, 1, 0, 0, 0, -1, -1, -1};
    for (int32_t i = 0; i < 9; i++)
        ck_assert_uint_eq(drawn[(5 + rows[i]) * 11 + 1 + i], 1);
    draw_line(drawn, 1, 33);
    ck_assert_uint_eq(drawn[60], 1);
    ck_assert_uint_eq(drawn[59] + drawn[49], 0);
}
END_TEST

START_TEST(infinite_samples_do_not_count) {
    float in[5] = {NAN, 0.25f, INFINITY, -0.0f, -INFINITY};
    const float eroded[5] = {0.25f, 0.25f, 0, 0, 0}, dilated[5] = {0.25f, 0.25f, 0.25f, 0, 0};
    seg_image picture = {0}, out = {0};
    ck_assert_ok(seg_image_wrap(&picture, in, sizeof in, 5, 1, SEG_F32, 1));
    const seg_structure square = {.width = 3}, dot = {.width = 1};
    ck_assert_ok(seg_morphology_picture(&out, &picture, SEG_MORPH_ERODE, &square, NULL));
    ck_assert_mem_eq(out.data, eroded, sizeof eroded);
    ck_assert_ok(seg_morphology_picture(&out, &picture, SEG_MORPH_DILATE, &square, NULL));
    ck_assert_mem_eq(out.data, dilated, sizeof dilated);
    ck_assert_ok(seg_morphology_picture(&out, &picture, SEG_MORPH_BLACK_HAT, &dot, NULL));
    for (int x = 0; x < 5; x++)
        ck_assert(((float *)out.data)[x] == 0);
    seg_image_unref(&out);
}
END_TEST

/* ---- against brute force ---- */

static seg_structure any_structure(uint8_t *cells, seg_image *mask, pixels_random *random) {
    seg_structure s = {.element = (int32_t)pixels_below(random, 4)};
    s.width = 1 + (int32_t)pixels_below(random, 12);
    s.height = 1 + (int32_t)pixels_below(random, 12);
    if (s.element == SEG_ELEMENT_DISK || s.element == SEG_ELEMENT_CROSS) {
        s.width |= 1;
        s.height = 0;
    }
    if (pixels_below(random, 3)) return s;
    s.element = SEG_ELEMENT_MASK;
    for (int32_t i = 0; i < s.width * s.height; i++)
        cells[i] = pixels_below(random, 3) == 0;
    cells[pixels_below(random, (uint32_t)(s.width * (s.height ? s.height : 1)))] = 1;
    if (!s.height) s.height = 1;
    ck_assert_ok(seg_image_wrap(mask, cells, s.width, s.width, s.height, SEG_U8, 1));
    s.mask = mask;
    return s;
}

static void check_one(const seg_image *in, const seg_structure *s, const seg_env *env) {
    for (int operation = SEG_MORPH_ERODE; operation <= SEG_MORPH_BLACK_HAT; operation++) {
        seg_image want = {0}, got = {0};
        brute(&want, in, (seg_morphology)operation, s);
        ck_assert_ok(seg_morphology_picture(&got, in, (seg_morphology)operation, s, env));
        ck_assert_msg(pixels_same(&want, &got),
                      "%d x %d x %d, format %d, operation %d, element %d of %d x %d", in->width,
                      in->height, in->channels, in->format, operation, s->element, s->width,
                      s->height);
        /* in place */
        ck_assert_ok(seg_image_copy(&got, in, NULL));
        ck_assert_ok(seg_morphology_picture(&got, &got, (seg_morphology)operation, s, env));
        ck_assert_msg(pixels_same(&want, &got), "in place, operation %d, element %d", operation,
                      s->element);
        seg_image_unref(&want);
        seg_image_unref(&got);
    }
}

START_TEST(against_brute_force) {
    pixels_random random = pixels_random_start(51);
    pixels_envs envs = pixels_envs_start();
    for (int repeat = 0; repeat < 300; repeat++) {
        uint8_t cells[12 * 13];
        seg_image mask = {0};
        const seg_structure s = any_structure(cells, &mask, &random);
        const int32_t width = 1 + (int32_t)pixels_below(&random, 50);
        const int32_t height = 1 + (int32_t)pixels_below(&random, 30);
        static const int formats[] = {SEG_U8, SEG_U16, SEG_F32};
        pixels_picture in =
            pixels_make(width, height, formats[repeat % 3], 1 + (int)pixels_below(&random, 4),
                        pixels_below(&random, 10), &random);
        if (!pixels_level(repeat % 3)) seg_cpu_level_set(SEG_CPU_BASE);
        check_one(&in.image, &s, &envs.env[pixels_below(&random, PIXELS_ENVS)]);
        pixels_free(&in);
    }
    pixels_envs_stop(&envs);
}
END_TEST

/* Strips and bands that do not come out even. */
START_TEST(large_pictures) {
    pixels_random random = pixels_random_start(52);
    pixels_envs envs = pixels_envs_start();
    static const seg_structure elements[] = {{.width = 13},
                                             {.width = 2, .height = 2},
                                             {.width = 1, .height = 40},
                                             {.width = 40, .height = 1},
                                             {.element = SEG_ELEMENT_ELLIPSE, .width = 15},
                                             {.element = SEG_ELEMENT_ELLIPSE, .width = 8}};
    for (int i = 0; i < 6; i++) {
        pixels_picture in = pixels_make(700, 70, i % 2 ? SEG_U16 : SEG_U8, 1, 0, &random);
        check_one(&in.image, &elements[i], &envs.env[i % PIXELS_ENVS]);
        pixels_free(&in);
    }
    pixels_envs_stop(&envs);
}
END_TEST

START_TEST(large_elements) {
    pixels_random random = pixels_random_start(53);
    pixels_picture in = pixels_make(20, 13, SEG_U16, 1, 0, &random);
    seg_image got = {0};
    double most = 0;
    for (int32_t y = 0; y < 13; y++)
        for (int32_t x = 0; x < 20; x++)
            most = fmax(most, pixels_at(&in.image, x, y, 0));
    static const seg_structure elements[] = {
        {.width = 1023}, {.element = SEG_ELEMENT_ELLIPSE, .width = 1023, .height = 1000}};
    for (int i = 0; i < 2; i++) {
        ck_assert_ok(seg_morphology_picture(&got, &in.image, SEG_MORPH_DILATE, &elements[i], NULL));
        for (int32_t y = 0; y < 13; y++)
            for (int32_t x = 0; x < 20; x++)
                ck_assert(pixels_at(&got, x, y, 0) == most);
    }
    seg_image_unref(&got);
    pixels_free(&in);
}
END_TEST

/* ---- algebra ---- */

static void negate(seg_image *image) {
    for (int32_t y = 0; y < image->height; y++) {
        uint8_t *row = seg_image_row(image, y);
        for (int32_t x = 0; x < image->width; x++)
            row[x] = (uint8_t)(255 - row[x]);
    }
}

static bool nowhere_above(const seg_image *a, const seg_image *b) {
    for (int32_t y = 0; y < a->height; y++)
        for (int32_t x = 0; x < a->width; x++)
            if (pixels_at(a, x, y, 0) > pixels_at(b, x, y, 0)) return false;
    return true;
}

START_TEST(duality_order_idempotence) {
    pixels_random random = pixels_random_start(54);
    for (int repeat = 0; repeat < 60; repeat++) {
        uint8_t cells[12 * 13];
        seg_image mask = {0}, out[4] = {{0}}, again = {0}, negative = {0};
        seg_structure s = any_structure(cells, &mask, &random);
        pixels_picture in = pixels_make(40, 25, SEG_U8, 1, 0, &random);
        for (int i = 0; i < 4; i++)
            ck_assert_ok(seg_morphology_picture(&out[i], &in.image, (seg_morphology)i, &s, NULL));
        /* erosion of the negative is the negative of the dilation */
        ck_assert_ok(seg_image_copy(&negative, &in.image, NULL));
        negate(&negative);
        ck_assert_ok(seg_morphology_picture(&again, &negative, SEG_MORPH_ERODE, &s, NULL));
        negate(&again);
        ck_assert(pixels_same(&again, &out[SEG_MORPH_DILATE]));
        ck_assert_ok(seg_morphology_picture(&again, &negative, SEG_MORPH_OPEN, &s, NULL));
        negate(&again);
        ck_assert(pixels_same(&again, &out[SEG_MORPH_CLOSE]));
        /* opening <= picture <= closing, whatever the element */
        ck_assert(nowhere_above(&out[SEG_MORPH_OPEN], &in.image));
        ck_assert(nowhere_above(&in.image, &out[SEG_MORPH_CLOSE]));
        for (int i = SEG_MORPH_OPEN; i <= SEG_MORPH_CLOSE; i++) {
            ck_assert_ok(seg_morphology_picture(&again, &out[i], (seg_morphology)i, &s, NULL));
            ck_assert(pixels_same(&again, &out[i]));
            seg_image_unref(&again);
        }
        for (int i = 0; i < 4; i++)
            seg_image_unref(&out[i]);
        seg_image_unref(&again);
        seg_image_unref(&negative);
        pixels_free(&in);
    }
}
END_TEST

START_TEST(bad_elements) {
    seg_image picture = {0}, out = {0}, mask = {0};
    uint8_t nothing[4] = {0};
    ck_assert_ok(seg_image_alloc(&picture, 4, 4, SEG_U8, 1, NULL));
    ck_assert_ok(seg_image_wrap(&mask, nothing, 2, 2, 2, SEG_U8, 1));
    const struct {
        seg_structure structure;
        const char *words;
    } bad[] = {
        {{.width = 0}, "0 x 0"},
        {{.width = 3, .height = 2000}, "3 x 2000"},
        {{.width = 4, .element = SEG_ELEMENT_DISK}, "square and odd"},
        {{.width = 3, .height = 5, .element = SEG_ELEMENT_CROSS}, "square and odd"},
        {{.width = 4, .element = SEG_ELEMENT_LINE}, "odd number"},
        {{.width = 5, .element = SEG_ELEMENT_LINE, .angle = NAN}, "angle"},
        {{.width = 3, .element = 9}, "element has no valid value"},
        {{.element = SEG_ELEMENT_MASK}, "missing"},
        {{.element = SEG_ELEMENT_MASK, .mask = &mask}, "empty"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_fails(
            seg_morphology_picture(&out, &picture, SEG_MORPH_OPEN, &bad[i].structure, NULL),
            SEG_ERROR_ARGUMENT, bad[i].words);
    const seg_structure good = {.width = 3};
    ck_assert_fails(seg_morphology_picture(&out, &picture, SEG_MORPH_OPEN, NULL, NULL),
                    SEG_ERROR_ARGUMENT, "structure");
    ck_assert_fails(seg_morphology_picture(&out, &picture, (seg_morphology)7, &good, NULL),
                    SEG_ERROR_ARGUMENT, "operation is 7");
    seg_image_unref(&picture);
    seg_image_unref(&out);
}
END_TEST

CORE_MAIN("imgproc grey morphology", by_hand, lines_by_hand, infinite_samples_do_not_count,
          against_brute_force, large_pictures, large_elements, duality_order_idempotence,
          bad_elements)
