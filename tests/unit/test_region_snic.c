/* SNIC against a plain list of what waits, searched from end to end for the nearest. */
#include "core_main.h"
#include "partition_driver.h"
#include "region/grid.h"

typedef struct waiting {
    int32_t class, x, y, cluster;
} waiting;

typedef struct plain_cluster {
    int64_t count, sum[5];
} plain_cluster;

static int32_t class_of(float distance) {
    int exponent;
    /* mantissa in 0.5 .. 1: 256 classes to each power of two */
    const double mantissa = frexp((double)(distance + 1), &exponent);
    const int32_t class = (exponent - 1) * 256 + (int32_t)floor((2 * mantissa - 1) * 256);
    return class < 64 * 256 ? class : 64 * 256 - 1;
}

static void values_at(const seg_planes *lab, int32_t x, int32_t y, int64_t values[5]) {
    for (int32_t c = 0; c < 3; c++)
        values[c] = c < lab->planes ? seg_plane_row(lab, c, y)[x] : 0;
    values[3] = x;
    values[4] = y;
}

static float distance(const seg_planes *lab, const plain_cluster *to, int32_t x, int32_t y,
                      float weight) {
    int64_t values[5];
    float d[5];
    const float part = 1.0f / (float)to->count;
    values_at(lab, x, y, values);
    for (int i = 0; i < 5; i++)
        d[i] = (float)values[i] - (float)to->sum[i] * part;
    return d[0] * d[0] + d[1] * d[1] + d[2] * d[2] + weight * (d[3] * d[3] + d[4] * d[4]);
}

static int32_t seeds(waiting *list, const seg_grid *grid, const seg_image *blocked) {
    int32_t count = 0;
    for (int32_t i = 0; i < grid->columns * grid->rows; i++) {
        const int32_t column = i % grid->columns, row = i / grid->columns;
        const int32_t left = seg_grid_left(grid, column), right = seg_grid_left(grid, column + 1);
        const int32_t top = seg_grid_top(grid, row), bottom = seg_grid_top(grid, row + 1);
        const int32_t middle_x = (left + right - 1) / 2, middle_y = (top + bottom - 1) / 2;
        int32_t least = INT32_MAX;
        for (int32_t y = top; y < bottom; y++)
            for (int32_t x = left; x < right; x++) {
                const int32_t d = (x - middle_x) * (x - middle_x) + (y - middle_y) * (y - middle_y);
                if (d >= least || plain_blocked(blocked, x, y)) continue;
                least = d;
                list[count] = (waiting){0, x, y, i};
            }
        count += least < INT32_MAX;
    }
    return count;
}

static int32_t plain(plain_labels *labels, const seg_image *picture, const seg_image *blocked,
                     const void *options_, seg_scratch *scratch) {
    static waiting list[5 * PARTITION_AREA];
    static plain_cluster clusters[PARTITION_AREA];
    const seg_snic_options *options = options_;
    const int32_t width = labels->width, area = width * labels->height;
    seg_planes lab;
    seg_grid grid;
    ck_assert_int_eq(seg_planes_lab(&lab, picture, scratch), SEG_OK);
    seg_grid_make(&grid, width, labels->height, options->regions);
    const double unit = options->compactness * 32 / seg_grid_side(&grid);
    const float weight = (float)(unit * unit);
    memset(clusters, 0, sizeof clusters);
    memset(labels->at, 0, sizeof labels->at);
    int32_t count = seeds(list, &grid, blocked);
    while (count) {
        int32_t next = 0;
        for (int32_t i = 1; i < count; i++)
            if (list[i].class < list[next].class) next = i;
        const waiting taken = list[next];
        memmove(list + next, list + next + 1, (size_t)(--count - next) * sizeof *list);
        if (labels->at[taken.y * width + taken.x]) continue;
        labels->at[taken.y * width + taken.x] = taken.cluster + 1;
        plain_cluster *to = &clusters[taken.cluster];
        int64_t values[5];
        values_at(&lab, taken.x, taken.y, values);
        to->count++;
        for (int i = 0; i < 5; i++)
            to->sum[i] += values[i];
        static const int steps[4][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
        for (int k = 0; k < 4; k++) {
            const int32_t x = taken.x + steps[k][0], y = taken.y + steps[k][1];
            if (x < 0 || y < 0 || x >= width || y >= labels->height) continue;
            if (labels->at[y * width + x] || plain_blocked(blocked, x, y)) continue;
            list[count++] =
                (waiting){class_of(distance(&lab, to, x, y, weight)), x, y, taken.cluster};
        }
    }
    for (int32_t i = 0; i < area; i++)
        if (!labels->at[i] && !plain_blocked(blocked, i % width, i / width))
            labels->at[i] = PARTITION_AREA + 1;
    return plain_pieces(labels);
}

static void choose(void *options_, pixels_random *random) {
    seg_snic_options *options = options_;
    seg_snic_options_init(options);
    options->regions = 1 + (int32_t)pixels_below(random, 40);
    options->compactness = (double[]){0, 1, 10, 40, 200}[pixels_below(random, 5)];
}

static seg_status call(seg_image *labels, int32_t *regions, const seg_image *picture,
                       const seg_image *ignore, const void *options, const seg_env *env) {
    return seg_snic(labels, regions, picture, ignore, options, env);
}

START_TEST(as_plain_code) {
    seg_snic_options options;
    const partition_case one = {"snic", &options, choose, plain, call, 150, 40};
    partition_as_plain_code(&one, 65);
}
END_TEST

/* Two flat halves and two seeds: each takes its own, though the border is off the middle. */
START_TEST(by_hand) {
    uint8_t samples[9 * 3];
    for (int i = 0; i < 27; i++)
        samples[i] = i % 9 < 6 ? 30 : 220;
    seg_image picture = {0}, labels = {0};
    ck_assert_int_eq(seg_image_wrap(&picture, samples, 9, 9, 3, SEG_U8, 1), SEG_OK);
    seg_snic_options options;
    seg_snic_options_init(&options);
    options.regions = 2;
    int32_t regions;
    ck_assert_int_eq(seg_snic(&labels, &regions, &picture, NULL, &options, NULL), SEG_OK);
    ck_assert_int_eq(regions, 2);
    for (int i = 0; i < 27; i++)
        ck_assert_int_eq(((int32_t *)seg_image_row(&labels, i / 9))[i % 9], i % 9 < 6 ? 1 : 2);
    seg_image_unref(&labels);
}
END_TEST

CORE_MAIN("snic", as_plain_code, by_hand)
