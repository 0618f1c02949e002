/* Grey reconstruction, extrema and holes: by hand, and against definitions repeated until nothing
 * changes. */
#include "core_main.h"
#include "pixels.h"

#define MOST 24

typedef struct grid {
    int32_t width, height;
    double at[MOST * MOST];
} grid;

static grid grid_of(const seg_image *image) {
    grid g = {image->width, image->height, {0}};
    for (int32_t y = 0; y < g.height; y++)
        for (int32_t x = 0; x < g.width; x++) {
            const double value = pixels_at(image, x, y, 0);
            g.at[y * g.width + x] = isfinite(value) ? value : 0;
        }
    return g;
}

static void check_grid(const seg_image *image, const grid *want, const char *what) {
    for (int32_t y = 0; y < want->height; y++)
        for (int32_t x = 0; x < want->width; x++)
            ck_assert_msg(pixels_at(image, x, y, 0) == want->at[y * want->width + x],
                          "%s: %d,%d of %d x %d, format %d: %g, wanted %g", what, (int)x, (int)y,
                          (int)want->width, (int)want->height, image->format,
                          pixels_at(image, x, y, 0), want->at[y * want->width + x]);
}

/* Calls `visit` with each neighbour's index. */
static int neighbours(int32_t list[8], const grid *g, int32_t at, int32_t connectivity) {
    int count = 0;
    for (int32_t dy = -1; dy <= 1; dy++)
        for (int32_t dx = -1; dx <= 1; dx++) {
            const int32_t x = at % g->width + dx, y = at / g->width + dy;
            if ((!dx && !dy) || (connectivity == 4 && dx && dy)) continue;
            if (x < 0 || y < 0 || x >= g->width || y >= g->height) continue;
            list[count++] = y * g->width + x;
        }
    return count;
}

static void brute_reconstruct(grid *marker, const grid *mask, bool erosion, int32_t connectivity) {
    const double sign = erosion ? -1 : 1;
    const int32_t count = mask->width * mask->height;
    for (int32_t i = 0; i < count; i++)
        if (sign * marker->at[i] > sign * mask->at[i]) marker->at[i] = mask->at[i];
    for (bool changed = true; changed;) {
        changed = false;
        for (int32_t i = 0; i < count; i++) {
            int32_t list[8];
            const int n = neighbours(list, mask, i, connectivity);
            double best = sign * marker->at[i];
            for (int k = 0; k < n; k++)
                best = fmax(best, sign * marker->at[list[k]]);
            best = fmin(best, sign * mask->at[i]);
            if (best == sign * marker->at[i]) continue;
            marker->at[i] = sign * best;
            changed = true;
        }
    }
}

static const int formats[] = {SEG_U8, SEG_U16, SEG_F32};

START_TEST(reconstruction_against_definition) {
    pixels_random random = pixels_random_start(71);
    for (int repeat = 0; repeat < 200; repeat++) {
        const int32_t width = 1 + (int32_t)pixels_below(&random, MOST);
        const int32_t height = 1 + (int32_t)pixels_below(&random, MOST);
        const int format = formats[repeat % 3];
        const uint32_t kind = pixels_below(&random, 5);
        pixels_picture marker = pixels_make(width, height, format, 1, kind, &random);
        pixels_picture mask = pixels_make(width, height, format, 1, kind, &random);
        for (int32_t connectivity = 4; connectivity <= 8; connectivity += 4)
            for (int erosion = 0; erosion < 2; erosion++) {
                seg_image got = {0};
                grid want = grid_of(&marker.image), limit = grid_of(&mask.image);
                brute_reconstruct(&want, &limit, erosion, connectivity);
                ck_assert_ok(
                    seg_reconstruct(&got, &marker.image, &mask.image, erosion, connectivity, NULL));
                check_grid(&got, &want, erosion ? "by erosion" : "by dilation");
                seg_image_unref(&got);
            }
        pixels_free(&marker);
        pixels_free(&mask);
    }
}
END_TEST

static void brute_extrema(grid *out, const grid *in, bool minima, int32_t connectivity) {
    const double sign = minima ? -1 : 1;
    const int32_t count = in->width * in->height;
    *out = *in;
    for (int32_t i = 0; i < count; i++)
        out->at[i] = 255;
    for (bool changed = true; changed;) {
        changed = false;
        for (int32_t i = 0; i < count; i++) {
            int32_t list[8];
            const int n = neighbours(list, in, i, connectivity);
            for (int k = 0; k < n && out->at[i] != 0; k++) {
                const double here = sign * in->at[i], there = sign * in->at[list[k]];
                if (there > here || (there == here && out->at[list[k]] == 0)) {
                    out->at[i] = 0;
                    changed = true;
                }
            }
        }
    }
}

START_TEST(extrema_against_definition) {
    pixels_random random = pixels_random_start(72);
    for (int repeat = 0; repeat < 200; repeat++) {
        const int32_t width = 1 + (int32_t)pixels_below(&random, MOST);
        const int32_t height = 1 + (int32_t)pixels_below(&random, MOST);
        const int format = formats[repeat % 3], minima = (int)pixels_below(&random, 2);
        pixels_picture in =
            pixels_make(width, height, format, 1, pixels_below(&random, 10), &random);
        const int32_t connectivity = pixels_below(&random, 2) ? 4 : 8;
        const double full = seg_image_full_scale(&in.image);
        const double h = format == SEG_F32 ? 0.25 : floor(full / (1 + pixels_below(&random, 9)));
        seg_image got = {0};
        grid want, source = grid_of(&in.image), lowered = source;
        brute_extrema(&want, &source, minima, connectivity);
        ck_assert_ok(seg_regional_extrema(&got, &in.image, minima, connectivity, NULL));
        check_grid(&got, &want, "extrema");
        seg_image_unref(&got);
        /* h-extrema by their definition; floats are lowered in their own precision */
        for (int32_t i = 0; i < width * height; i++) {
            const double moved = source.at[i] + (minima ? h : -h);
            lowered.at[i] = format == SEG_F32 ? (double)(float)moved
                            : moved < 0       ? 0
                            : moved > full    ? full
                                              : moved;
        }
        brute_reconstruct(&lowered, &source, minima, connectivity);
        ck_assert_ok(seg_flatten_extrema(&got, &in.image, minima, h, connectivity, NULL));
        check_grid(&got, &lowered, "h-extrema");
        seg_image_unref(&got);
        pixels_free(&in);
    }
}
END_TEST

START_TEST(holes_against_definition) {
    pixels_random random = pixels_random_start(73);
    for (int repeat = 0; repeat < 100; repeat++) {
        const int32_t width = 1 + (int32_t)pixels_below(&random, MOST);
        const int32_t height = 1 + (int32_t)pixels_below(&random, MOST);
        const int32_t connectivity = pixels_below(&random, 2) ? 4 : 8;
        pixels_picture in =
            pixels_make(width, height, formats[repeat % 3], 1, pixels_below(&random, 5), &random);
        seg_image got = {0};
        grid limit = grid_of(&in.image), want = limit;
        for (int32_t y = 1; y < height - 1; y++)
            for (int32_t x = 1; x < width - 1; x++)
                want.at[y * width + x] = 1e9;
        brute_reconstruct(&want, &limit, true, connectivity);
        ck_assert_ok(seg_fill_grey_holes(&got, &in.image, connectivity, NULL));
        check_grid(&got, &want, "holes");
        seg_image_unref(&got);
        pixels_free(&in);
    }
}
END_TEST

START_TEST(by_hand) {
    uint8_t in[9] = {1, 5, 3, 4, 4, 2, 7, 7, 0};
    const uint8_t maxima[9] = {0, 255, 0, 255, 255, 0, 255, 255, 0};
    const uint8_t minima[9] = {255, 0, 255, 0, 0, 255, 0, 0, 255};
    const uint8_t lowered[9] = {1, 3, 3, 3, 3, 2, 5, 5, 0}; /* by 2: the middle one is gone */
    seg_image picture = {0}, out = {0};
    ck_assert_ok(seg_image_wrap(&picture, in, 9, 9, 1, SEG_U8, 1));
    ck_assert_ok(seg_regional_extrema(&out, &picture, false, 4, NULL));
    ck_assert_mem_eq(out.data, maxima, 9);
    ck_assert_ok(seg_regional_extrema(&out, &picture, true, 4, NULL));
    ck_assert_mem_eq(out.data, minima, 9);
    ck_assert_ok(seg_flatten_extrema(&out, &picture, false, 2, 4, NULL));
    ck_assert_mem_eq(out.data, lowered, 9);
    seg_image_unref(&out);
    /* a basin of 5 x 5 with a rim of 6 that is 4 at one place, and a gap over a corner only */
    uint8_t basin[25] = {9, 9, 9, 9, 9, 9, 6, 6, 6, 9, 9, 4, 1, 6, 9, 9, 6, 6, 6, 9, 2, 9, 9, 9, 9};
    ck_assert_ok(seg_image_wrap(&picture, basin, 5, 5, 5, SEG_U8, 1));
    ck_assert_ok(seg_fill_grey_holes(&out, &picture, 4, NULL));
    ck_assert_uint_eq(((uint8_t *)seg_image_row(&out, 2))[2], 9);
    ck_assert_uint_eq(((uint8_t *)seg_image_row(&out, 2))[1], 9);
    ck_assert_ok(seg_fill_grey_holes(&out, &picture, 8, NULL));
    ck_assert_uint_eq(((uint8_t *)seg_image_row(&out, 2))[2], 6); /* out over 6 and the corner */
    ck_assert_uint_eq(((uint8_t *)seg_image_row(&out, 3))[1], 6);
    seg_image_unref(&out);
}
END_TEST

START_TEST(in_place_and_errors) {
    pixels_random random = pixels_random_start(74);
    pixels_picture in = pixels_make(20, 10, SEG_U16, 1, 0, &random);
    pixels_picture other = pixels_make(20, 11, SEG_U16, 1, 0, &random);
    seg_image got = {0}, same = {0};
    ck_assert_ok(seg_flatten_extrema(&got, &in.image, true, 5000, 8, NULL));
    ck_assert_ok(seg_image_copy(&same, &in.image, NULL));
    ck_assert_ok(seg_flatten_extrema(&same, &same, true, 5000, 8, NULL));
    ck_assert(pixels_same(&got, &same));
    ck_assert_fails(seg_reconstruct(&got, &in.image, &other.image, false, 4, NULL), SEG_ERROR_SHAPE,
                    "20 x 11");
    ck_assert_fails(seg_reconstruct(&got, &in.image, &in.image, false, 6, NULL), SEG_ERROR_ARGUMENT,
                    "connectivity is 6");
    ck_assert_fails(seg_flatten_extrema(&got, &in.image, false, -1, 4, NULL), SEG_ERROR_ARGUMENT,
                    "h is -1");
    seg_image_unref(&got);
    seg_image_unref(&same);
    pixels_free(&in);
    pixels_free(&other);
}
END_TEST

CORE_MAIN("imgproc reconstruct", by_hand, reconstruction_against_definition,
          extrema_against_definition, holes_against_definition, in_place_and_errors)
