/* Grids against a copy of the old view, place by place: any map, any layout of pixels. */
#include "core_main.h"
#include "imgproc/grid.h"
#include "scenes.h"

typedef struct shape {
    int32_t width, height, run, planes;
    size_t size;
} shape;

static seg_grid_layout layout_of(const shape *s) {
    const size_t runs = (size_t)((s->width + s->run - 1) / s->run);
    const size_t pixels = s->size ? (size_t)s->run * s->size : (size_t)(s->run + 7) / 8;
    const size_t block = pixels * (size_t)s->planes;
    return (seg_grid_layout){runs * block + 3, s->run, block, pixels, s->planes, s->size};
}

/* A pixel of a plane, 0 filled behind its size; bits as 0 and 1. */
static uint64_t read(const uint8_t *data, const seg_grid_layout *l, int32_t x, int32_t y,
                     int32_t plane) {
    const uint8_t *at =
        data + (size_t)y * l->row + (size_t)(x / l->run) * l->block + (size_t)plane * l->plane;
    const size_t k = (size_t)(x % l->run);
    uint64_t value = 0;
    if (l->size == 0) return at[k / 8] >> k % 8 & 1;
    memcpy(&value, at + k * l->size, l->size);
    return value;
}

static void check_margin(const shape *s, const double from[9], uint64_t fill, int32_t margin) {
    const seg_grid_layout l = layout_of(s);
    const size_t bytes = l.row * (size_t)s->height;
    uint8_t *data = malloc(bytes), *old = malloc(bytes);
    seg_scratch scratch;
    seg_grid grid;
    int64_t differ = 0;
    for (size_t i = 0; i < bytes; i++)
        old[i] = data[i] = (uint8_t)scene_hash((uint32_t)i);
    seg_scratch_init(&scratch, NULL);
    ck_assert_ok(seg_grid_make(&grid, from, s->width, s->height, margin, l.row, &scratch));
    seg_grid_move(&grid, data, &l, fill ? &fill : NULL);
    for (int32_t y = 0; y < s->height; y++)
        for (int32_t x = 0; x < s->width; x++) {
            const double w = from[6] * (x + 0.5) + from[7] * (y + 0.5) + from[8];
            const double sx = (from[0] * (x + 0.5) + from[1] * (y + 0.5) + from[2]) / w;
            const double sy = (from[3] * (x + 0.5) + from[4] * (y + 0.5) + from[5]) / w;
            const bool seen = w > 0 && sx >= margin && sx < s->width - margin && sy >= margin &&
                              sy < s->height - margin;
            for (int32_t p = 0; p < s->planes; p++) {
                const uint64_t wanted = seen      ? read(old, &l, (int32_t)sx, (int32_t)sy, p)
                                        : s->size ? fill
                                                  : 0;
                differ += read(data, &l, x, y, p) != wanted;
            }
        }
    ck_assert_msg(differ == 0, "%ld of %dx%d, runs of %d", (long)differ, (int)s->width,
                  (int)s->height, (int)s->run);
    seg_scratch_free(&scratch);
    free(data);
    free(old);
}

static void check(const shape *s, const double from[9], uint64_t fill) {
    for (int32_t margin = 0; margin < 3; margin += 2)
        check_margin(s, from, fill, margin);
}

static const shape shapes[] = {{1, 1, 1, 1, 1},    {37, 19, 37, 1, 2}, {37, 19, 16, 4, 2},
                               {70, 23, 32, 6, 1}, {41, 33, 41, 3, 7}, {45, 12, 45, 2, 0},
                               {3, 90, 3, 1, 4}};

START_TEST(whole_pixels) {
    static const int shifts[][2] = {{0, 0},  {1, 0},  {-1, 0},  {0, 1},  {0, -1},  {3, 2},
                                    {5, -4}, {-7, 9}, {-2, -3}, {30, 0}, {0, -11}, {500, 500}};
    for (int i = 0; i < 7; i++)
        for (int k = 0; k < 12; k++) {
            const double from[9] = {1, 0, shifts[k][0], 0, 1, shifts[k][1], 0, 0, 1};
            check(&shapes[i], from, 0);
            check(&shapes[i], from, shapes[i].size ? 0x5a : 0);
        }
}
END_TEST

START_TEST(any_map) {
    scene_random random = {5};
    for (int i = 0; i < 7; i++)
        for (int k = 0; k < 60; k++) {
            double from[9];
            for (int j = 0; j < 9; j++) {
                const double noise = (scene_below(&random, 2001) - 1000.0) / 1000;
                const double size = k < 30 ? 0.1 : 1.5; /* near the identity, and anything */
                from[j] = (j % 4 == 0) + noise * (j % 3 == 2 ? 9 : j > 5 ? 0.01 : size);
            }
            if (k % 3) from[6] = from[7] = 0;
            from[8] = 1;
            check(&shapes[i], from, 0);
        }
}
END_TEST

CORE_MAIN("grid", whole_pixels, any_map)
