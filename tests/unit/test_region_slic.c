/* SLIC against the plainest code for the same rule, in double and pixel by pixel. */
#include "core_main.h"
#include "methods.h"
#include "partition.h"
#include "region/grid.h"

typedef struct plain_centre {
    int64_t count, sum[3], sum_x, sum_y;
    double colour[3], x, y; /* x, y scaled */
} plain_centre;

typedef struct plain_slic {
    const seg_planes *lab;
    const seg_image *ignore;
    seg_grid grid;
    double scale;
    int32_t factor; /* of colours */
    plain_centre centres[PARTITION_AREA];
} plain_slic;

static double place4(const plain_slic *s, double pixels) {
    return 4 * floor(pixels * s->scale / 4 + 0.5);
}

static int32_t cell_of(const plain_slic *s, int32_t x, int32_t y) {
    int32_t column = 0, row = 0;
    while (seg_grid_left(&s->grid, column + 1) <= x)
        column++;
    while (seg_grid_top(&s->grid, row + 1) <= y)
        row++;
    return row * s->grid.columns + column;
}

static double colour4(const plain_slic *s, double value) {
    return 4 * floor(value * s->factor / 4);
}

static int32_t nearest_centre(const plain_slic *s, int32_t x, int32_t y) {
    const int32_t own = cell_of(s, x, y);
    double least = INFINITY;
    int32_t nearest = -1;
    for (int32_t i = 0; i < s->grid.columns * s->grid.rows; i++) {
        if (abs(i % s->grid.columns - own % s->grid.columns) > 1) continue;
        if (abs(i / s->grid.columns - own / s->grid.columns) > 1) continue;
        const plain_centre *c = &s->centres[i];
        const double dx = place4(s, x) - c->x, dy = place4(s, y) - c->y;
        double distance = dx * dx + dy * dy;
        for (int32_t k = 0; k < s->lab->planes; k++) {
            const double d = colour4(s, seg_plane_row(s->lab, k, y)[x]) - colour4(s, c->colour[k]);
            distance += d * d;
        }
        if (distance >= least) continue;
        least = distance;
        nearest = i;
    }
    return nearest;
}

static void update(plain_slic *s, const plain_labels *labels) {
    for (int32_t i = 0; i < s->grid.columns * s->grid.rows; i++) {
        plain_centre *c = &s->centres[i];
        c->count = c->sum_x = c->sum_y = 0;
        memset(c->sum, 0, sizeof c->sum);
        for (int32_t p = 0; p < labels->width * labels->height; p++) {
            if (labels->at[p] != i + 1) continue;
            const int32_t x = p % labels->width, y = p / labels->width;
            c->count++;
            c->sum_x += x;
            c->sum_y += y;
            for (int32_t k = 0; k < s->lab->planes; k++)
                c->sum[k] += seg_plane_row(s->lab, k, y)[x];
        }
        if (!c->count) continue;
        c->x = place4(s, (double)c->sum_x / (double)c->count);
        c->y = place4(s, (double)c->sum_y / (double)c->count);
        for (int k = 0; k < 3; k++)
            c->colour[k] = floor((double)c->sum[k] / (double)c->count + 0.5);
    }
}

static int32_t plain_run(plain_labels *labels, const seg_image *picture, const seg_image *ignore,
                         const seg_slic_options *options, seg_scratch *scratch) {
    static plain_slic s;
    seg_planes lab;
    seg_image blocked;
    memset(&s, 0, sizeof s);
    ck_assert_int_eq(seg_planes_lab(&lab, picture, scratch), SEG_OK);
    ck_assert_int_eq(seg_planes_blur(&lab, options->sigma, scratch), SEG_OK);
    ck_assert_int_eq(seg_picture_blocked(&blocked, picture, ignore, scratch), SEG_OK);
    s.lab = &lab;
    seg_grid_make(&s.grid, lab.width, lab.height, options->regions);
    s.factor = options->compactness <= 50 ? 4 : 1;
    s.scale = options->compactness / seg_grid_side(&s.grid) * 32 * s.factor;
    s.scale = fmin(s.scale, 9000.0 / seg_grid_longest(&s.grid));
    labels->width = lab.width;
    labels->height = lab.height;
    const int32_t area = lab.width * lab.height, cells = s.grid.columns * s.grid.rows;
    for (int32_t i = 0; i < cells; i++) {
        const int32_t column = i % s.grid.columns, row = i / s.grid.columns;
        const int32_t right = seg_grid_left(&s.grid, column + 1) - 1;
        const int32_t bottom = seg_grid_top(&s.grid, row + 1) - 1;
        s.centres[i].x = place4(&s, (seg_grid_left(&s.grid, column) + right) / 2.0);
        s.centres[i].y = place4(&s, (seg_grid_top(&s.grid, row) + bottom) / 2.0);
    }
    for (int32_t round = 0; round <= options->iterations; round++) {
        for (int32_t p = 0; p < area; p++) {
            const int32_t x = p % lab.width, y = p / lab.width;
            const bool out =
                !seg_image_empty(&blocked) && ((uint8_t *)seg_image_row(&blocked, y))[x];
            labels->at[p] = out          ? 0
                            : round == 0 ? cell_of(&s, x, y) + 1
                                         : nearest_centre(&s, x, y) + 1;
        }
        if (round < options->iterations) update(&s, labels);
    }
    return plain_join_small(labels, &lab, area / cells / 4);
}

START_TEST(as_plain_code) {
    static plain_labels expected;
    pixels_random random = pixels_random_start(31);
    pixels_envs envs = pixels_envs_start();
    for (int round = 0; round < 160; round++) {
        const int format = SEG_U8 + round % 3, channels = 1 + (int)pixels_below(&random, 4);
        const int32_t width = 1 + (int32_t)pixels_below(&random, 60);
        const int32_t height = 1 + (int32_t)pixels_below(&random, 50);
        pixels_picture made =
            partition_scene(width, height, format, channels, (uint32_t)round % 10, &random);
        seg_image ignore = partition_ignore(width, height, round % 4 ? 5 : 60, &random);
        seg_slic_options options;
        seg_slic_options_init(&options);
        options.regions = 1 + (int32_t)pixels_below(&random, 40);
        options.compactness = (double[]){0, 1, 10, 40, 51, 200}[pixels_below(&random, 6)];
        options.iterations = 1 + (int32_t)pixels_below(&random, 5);
        options.sigma = round % 5 == 0 ? 1.2 : 0;
        const seg_image *out = round % 2 ? &ignore : NULL;
        seg_scratch scratch;
        seg_scratch_init(&scratch, NULL);
        const int32_t count = plain_run(&expected, &made.image, out, &options, &scratch);
        for (int level = SEG_CPU_REF; level <= SEG_CPU_AVX2; level++) {
            if (!pixels_level(level)) continue;
            seg_image labels = {0};
            int32_t regions;
            ck_assert_int_eq(seg_slic(&labels, &regions, &made.image, out, &options,
                                      &envs.env[round % PIXELS_ENVS]),
                             SEG_OK);
            ck_assert_int_eq(regions, count);
            check_labels(&labels, &expected, "slic");
            seg_image_unref(&labels);
        }
        seg_scratch_free(&scratch);
        seg_image_unref(&ignore);
        pixels_free(&made);
    }
    pixels_envs_stop(&envs);
}
END_TEST

/* Two halves of different grey: two superpixels. */
START_TEST(by_hand) {
    uint8_t samples[8 * 4];
    for (int i = 0; i < 32; i++)
        samples[i] = i % 8 < 5 ? 20 : 200;
    seg_image picture = {0}, labels = {0};
    ck_assert_int_eq(seg_image_wrap(&picture, samples, 8, 8, 4, SEG_U8, 1), SEG_OK);
    seg_slic_options options;
    seg_slic_options_init(&options);
    options.regions = 2;
    int32_t regions;
    ck_assert_int_eq(seg_slic(&labels, &regions, &picture, NULL, &options, NULL), SEG_OK);
    ck_assert_int_eq(regions, 2);
    for (int i = 0; i < 32; i++)
        ck_assert_int_eq(((int32_t *)seg_image_row(&labels, i / 8))[i % 8], i % 8 < 5 ? 1 : 2);
    seg_image_unref(&labels);
}
END_TEST

START_TEST(grids) {
    seg_grid grid;
    seg_grid_make(&grid, 480, 320, 6);
    ck_assert_int_eq(grid.columns, 3);
    ck_assert_int_eq(grid.rows, 2);
    seg_grid_make(&grid, 10000, 1, 1);
    ck_assert_int_eq(grid.columns * grid.rows, 1);
    seg_grid_make(&grid, 1, 7, 1000);
    ck_assert_int_eq(grid.columns, 1);
    ck_assert_int_eq(grid.rows, 7);
    ck_assert_int_eq(seg_grid_longest(&grid), 1);
}
END_TEST

CORE_MAIN("slic", as_plain_code, by_hand, grids)
