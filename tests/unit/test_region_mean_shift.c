/* Mean shift against windows searched pixel by pixel and regions as labels painted over. */
#include "core_main.h"
#include "partition_driver.h"

typedef struct modes {
    const seg_planes *lab;
    const seg_image *blocked;
    int32_t scaled[3][PARTITION_AREA], mode[3][PARTITION_AREA];
} modes;

static int32_t nearest(double value) {
    return (int32_t)floor(value + 0.5);
}

/* One move of (x, y, colour); false if it rests. */
static bool move(const modes *m, int32_t radius, int32_t *x, int32_t *y, int32_t colour[3]) {
    const int32_t width = m->lab->width, height = m->lab->height;
    double sum[5] = {0}, count = 0;
    for (int32_t j = *y - radius; j <= *y + radius; j++)
        for (int32_t i = *x - radius; i <= *x + radius; i++) {
            if (i < 0 || j < 0 || i >= width || j >= height) continue;
            if ((i - *x) * (i - *x) + (j - *y) * (j - *y) > radius * radius) continue;
            if (plain_blocked(m->blocked, i, j)) continue;
            int64_t distance = 0;
            for (int32_t c = 0; c < m->lab->planes; c++) {
                const int64_t d = m->scaled[c][j * width + i] - colour[c];
                distance += d * d;
            }
            if (distance > 10000) continue;
            count++;
            for (int32_t c = 0; c < m->lab->planes; c++)
                sum[c] += m->scaled[c][j * width + i] - colour[c];
            sum[3] += i - *x;
            sum[4] += j - *y;
        }
    if (count == 0) return false;
    for (int32_t c = 0; c < m->lab->planes; c++)
        colour[c] += nearest(sum[c] / count);
    *x += nearest(sum[3] / count);
    *y += nearest(sum[4] / count);
    return abs(nearest(sum[3] / count)) + abs(nearest(sum[4] / count)) > radius / 5;
}

static void find_modes(modes *m, const seg_mean_shift_options *options) {
    const int32_t width = m->lab->width, area = width * m->lab->height;
    const double unit = 100 / (options->range * 32);
    for (int32_t i = 0; i < area; i++)
        for (int32_t c = 0; c < m->lab->planes; c++)
            m->scaled[c][i] = nearest(seg_plane_row(m->lab, c, i / width)[i % width] * unit);
    for (int32_t i = 0; i < area; i++) {
        int32_t x = i % width, y = i / width, colour[3] = {0};
        for (int32_t c = 0; c < m->lab->planes; c++)
            colour[c] = m->scaled[c][i];
        for (int32_t k = 0; k < options->iterations; k++)
            if (!move(m, options->spatial, &x, &y, colour)) break;
        for (int32_t c = 0; c < m->lab->planes; c++)
            m->mode[c][i] = colour[c];
    }
}

static bool like(const modes *m, int32_t a, int32_t b) {
    int64_t distance = 0;
    for (int32_t c = 0; c < m->lab->planes; c++) {
        const int64_t d = m->mode[c][a] - m->mode[c][b];
        distance += d * d;
    }
    return distance <= 25 * 25;
}

/* Spreads the smallest label over like neighbours until nothing changes. */
static void join_modes(const modes *m, plain_labels *labels) {
    const int32_t width = labels->width, area = width * labels->height;
    for (bool changed = true; changed;) {
        changed = false;
        for (int32_t i = 0; i < area; i++)
            for (int k = 0; k < 2; k++) {
                const int32_t other = k ? i + width : i + 1;
                if (k ? other >= area : other % width == 0) continue;
                if (!labels->at[i] || !labels->at[other] || !like(m, i, other)) continue;
                if (labels->at[i] == labels->at[other]) continue;
                const bool lower = labels->at[i] < labels->at[other];
                labels->at[lower ? other : i] = labels->at[lower ? i : other];
                changed = true;
            }
    }
}

/* Pairs of touching labels whose mean modes are near, in rounds. */
static void join_regions(plain_labels *labels, const seg_planes *modes_planes) {
    static seg_region_stats stats[PARTITION_AREA + 1];
    static bool chosen[PARTITION_AREA][2];
    const int32_t width = labels->width, area = width * labels->height;
    for (bool any = true; any;) {
        const int32_t count = plain_pieces(labels);
        any = false;
        for (int32_t a = 1; a <= count; a++)
            stats[a] = plain_measure(labels, a, modes_planes);
        for (int32_t i = 0; i < area; i++)
            for (int k = 0; k < 2; k++) {
                const int32_t other = k ? i + width : i + 1;
                chosen[i][k] = false;
                if (k ? other >= area : other % width == 0) continue;
                const int32_t a = labels->at[i], b = labels->at[other];
                if (!a || !b || a == b) continue;
                chosen[i][k] = seg_region_distance(&stats[a], &stats[b]) <= 256 * 50 * 50;
                any |= chosen[i][k];
            }
        for (int32_t i = 0; i < area; i++)
            for (int k = 0; k < 2; k++) {
                if (!chosen[i][k]) continue;
                const int32_t from = labels->at[k ? i + width : i + 1], to = labels->at[i];
                for (int32_t j = 0; j < area; j++)
                    if (labels->at[j] == from) labels->at[j] = to;
            }
    }
}

static int32_t plain(plain_labels *labels, const seg_image *picture, const seg_image *blocked,
                     const void *options_, seg_scratch *scratch) {
    static modes m;
    const seg_mean_shift_options *options = options_;
    seg_planes lab;
    ck_assert_int_eq(seg_planes_lab(&lab, picture, scratch), SEG_OK);
    m.lab = &lab;
    m.blocked = blocked;
    find_modes(&m, options);
    for (int32_t i = 0; i < labels->width * labels->height; i++)
        labels->at[i] = plain_blocked(blocked, i % labels->width, i / labels->width) ? 0 : i + 1;
    join_modes(&m, labels);
    for (int32_t i = 0; i < labels->width * labels->height; i++)
        for (int32_t c = 0; c < lab.planes; c++)
            seg_plane_row(&lab, c, i / labels->width)[i % labels->width] = (int16_t)m.mode[c][i];
    join_regions(labels, &lab);
    return plain_join_small(labels, &lab, options->min_size);
}

static void choose(void *options_, pixels_random *random) {
    seg_mean_shift_options *options = options_;
    seg_mean_shift_options_init(options);
    options->spatial = 1 + (int32_t)pixels_below(random, 14);
    options->range = (double[]){1, 3, 6.5, 20, 100}[pixels_below(random, 5)];
    options->min_size = 1 + (int32_t)pixels_below(random, 25);
    options->iterations = 1 + (int32_t)pixels_below(random, 10);
}

static seg_status call(seg_image *labels, int32_t *regions, const seg_image *picture,
                       const seg_image *ignore, const void *options, const seg_env *env) {
    return seg_mean_shift(labels, regions, picture, ignore, options, env);
}

START_TEST(as_plain_code) {
    seg_mean_shift_options options;
    const partition_case one = {"mean-shift", &options, choose, plain, call, 90, 26};
    partition_as_plain_code(&one, 69);
}
END_TEST

/* Two noisy halves, their means far apart: noise within the range goes, the edge stays. */
START_TEST(by_hand) {
    uint8_t samples[20 * 10];
    for (int i = 0; i < 200; i++)
        samples[i] = (uint8_t)((i % 20 < 12 ? 60 : 160) + i * 7 % 5);
    seg_image picture = {0}, labels = {0};
    ck_assert_int_eq(seg_image_wrap(&picture, samples, 20, 20, 10, SEG_U8, 1), SEG_OK);
    int32_t regions;
    ck_assert_int_eq(seg_mean_shift(&labels, &regions, &picture, NULL, NULL, NULL), SEG_OK);
    ck_assert_int_eq(regions, 2);
    for (int i = 0; i < 200; i++)
        ck_assert_int_eq(((int32_t *)seg_image_row(&labels, i / 20))[i % 20], i % 20 < 12 ? 1 : 2);
    seg_image_unref(&labels);
}
END_TEST

CORE_MAIN("mean_shift", as_plain_code, by_hand)
