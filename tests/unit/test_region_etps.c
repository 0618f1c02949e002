/* ETPS against the same moves found the plain way: sums taken anew for every look, what may leave
 * by flooding the eight pixels around. */
#include "core_main.h"
#include "partition_driver.h"
#include "region/grid.h"

typedef struct sums {
    int64_t count, sum[5];
} sums;

/* Blocks of side x side pixels of the picture. */
typedef struct plain_etps {
    const seg_planes *lab;
    const seg_image *blocked;
    int32_t side, columns, rows;
    int32_t at[PARTITION_AREA];
    int64_t least_size;
    float place, smoothness;
} plain_etps;

static void add_pixel(const plain_etps *s, sums *to, int32_t x, int32_t y) {
    if (plain_blocked(s->blocked, x, y)) return;
    to->count++;
    for (int32_t c = 0; c < s->lab->planes; c++)
        to->sum[c] += seg_plane_row(s->lab, c, y)[x];
    to->sum[3] += x;
    to->sum[4] += y;
}

/* Sums of one block, or of all blocks of a superpixel. */
static sums sums_of(const plain_etps *s, int32_t block, int32_t superpixel) {
    sums all = {0};
    for (int32_t y = 0; y < s->lab->height; y++)
        for (int32_t x = 0; x < s->lab->width; x++) {
            const int32_t i = y / s->side * s->columns + x / s->side;
            if (block >= 0 ? i == block : s->at[i] == superpixel) add_pixel(s, &all, x, y);
        }
    return all;
}

static float distance(const plain_etps *s, const sums *a, const sums *b) {
    float d[5];
    for (int i = 0; i < 5; i++) {
        const float first = (float)a->sum[i] * (a->count ? 1.0f / (float)a->count : 0);
        d[i] = first - (float)b->sum[i] * (b->count ? 1.0f / (float)b->count : 0);
    }
    return d[0] * d[0] + d[1] * d[1] + d[2] * d[2] + s->place * (d[3] * d[3] + d[4] * d[4]);
}

static int32_t label_at(const plain_etps *s, int32_t i, int32_t j) {
    const bool inside = i >= 0 && j >= 0 && i < s->columns && j < s->rows;
    return inside ? s->at[j * s->columns + i] : -1;
}

static int32_t around(const plain_etps *s, int32_t i, int32_t j, int32_t label) {
    int32_t count = 0;
    for (int32_t dy = -1; dy <= 1; dy++)
        for (int32_t dx = -1; dx <= 1; dx++)
            count += (dx || dy) && label_at(s, i + dx, j + dy) == label;
    return count;
}

/* Own blocks beside it, once flooded from one of them within the eight, are all reached. */
static bool may_leave(const plain_etps *s, int32_t i, int32_t j) {
    static plain_labels window;
    const int32_t own = label_at(s, i, j);
    int32_t first = -1;
    window.width = window.height = 3;
    for (int32_t k = 0; k < 9; k++)
        window.at[k] = k != 4 && label_at(s, i + k % 3 - 1, j + k / 3 - 1) == own;
    for (int32_t k = 1; k < 9; k += 2)
        if (window.at[k]) first = k;
    if (first < 0) return false;
    plain_flood(&window, first, 2);
    for (int32_t k = 1; k < 9; k += 2)
        if (window.at[k] == 1) return false;
    return true;
}

static int32_t best_of(const plain_etps *s, int32_t i, int32_t j) {
    static const int steps[4][2] = {{0, -1}, {1, 0}, {0, 1}, {-1, 0}};
    const int32_t own = label_at(s, i, j);
    const sums block = sums_of(s, j * s->columns + i, 0), from = sums_of(s, -1, own);
    if (block.count && from.count - block.count < s->least_size) return own;
    const float size = (float)block.count, left = (float)(from.count - block.count);
    const float gain =
        block.count ? (float)from.count * size / left * distance(s, &block, &from) : 0;
    float least = -1;
    int32_t best = own;
    for (int k = 0; k < 4; k++) {
        const int32_t label = label_at(s, i + steps[k][0], j + steps[k][1]);
        if (label < 0 || label == own || label == best) continue;
        const sums to = sums_of(s, -1, label);
        const float there = (float)to.count;
        float change = there + size > 0
                           ? there * size / (there + size) * distance(s, &block, &to) - gain
                           : -gain;
        change +=
            s->smoothness * (float)s->side * (float)(around(s, i, j, own) - around(s, i, j, label));
        if (change >= least) continue;
        least = change;
        best = label;
    }
    return best;
}

static void refine(plain_etps *s, int32_t iterations) {
    static int32_t list[200 * PARTITION_AREA];
    static bool waits[PARTITION_AREA];
    int64_t first = 0, end = 0;
    memset(waits, 0, sizeof waits);
    for (int32_t b = 0; b < s->columns * s->rows; b++) {
        const int32_t i = b % s->columns, j = b / s->columns;
        static const int steps[4][2] = {{0, -1}, {1, 0}, {0, 1}, {-1, 0}};
        for (int k = 0; k < 4 && !waits[b]; k++) {
            const int32_t label = label_at(s, i + steps[k][0], j + steps[k][1]);
            if (label >= 0 && label != s->at[b]) waits[list[end++] = b] = true;
        }
    }
    const int64_t most = (int64_t)iterations * s->columns * s->rows;
    static const int ring[8][2] = {{0, -1}, {1, -1}, {1, 0},  {1, 1},
                                   {0, 1},  {-1, 1}, {-1, 0}, {-1, -1}};
    for (; first < end && first < most; first++) {
        const int32_t b = list[first], i = b % s->columns, j = b / s->columns;
        waits[b] = false;
        if (!may_leave(s, i, j)) continue;
        const int32_t best = best_of(s, i, j);
        if (best == s->at[b]) continue;
        s->at[b] = best;
        for (int k = 0; k < 8; k++) {
            if (label_at(s, i + ring[k][0], j + ring[k][1]) < 0) continue;
            const int32_t other = b + ring[k][1] * s->columns + ring[k][0];
            if (waits[other]) continue;
            ck_assert_int_lt(end, 200 * PARTITION_AREA);
            waits[list[end++] = other] = true;
        }
    }
}

static void set_side(plain_etps *s, int32_t side) {
    s->side = side;
    s->columns = (s->lab->width - 1) / side + 1;
    s->rows = (s->lab->height - 1) / side + 1;
}

static int32_t plain(plain_labels *labels, const seg_image *picture, const seg_image *blocked,
                     const void *options_, seg_scratch *scratch) {
    static plain_etps s, whole;
    const seg_etps_options *options = options_;
    const int32_t pixels = labels->width * labels->height;
    seg_planes lab;
    seg_grid cells;
    ck_assert_int_eq(seg_planes_lab(&lab, picture, scratch), SEG_OK);
    s.lab = &lab;
    s.blocked = blocked;
    int32_t side = 1;
    while (4 * side <= sqrt((double)pixels / options->regions))
        side *= 2;
    set_side(&s, side);
    seg_grid_make(&cells, s.columns, s.rows, options->regions);
    const double area = (double)pixels / (cells.columns * cells.rows);
    s.least_size = (int64_t)(area / 16);
    s.place = (float)(options->compactness * options->compactness * 1024 / area);
    s.smoothness = (float)(options->smoothness * 1024);
    for (int32_t b = 0; b < s.columns * s.rows; b++) {
        int32_t i = 0, j = 0;
        while (seg_grid_left(&cells, i + 1) <= b % s.columns)
            i++;
        while (seg_grid_top(&cells, j + 1) <= b / s.columns)
            j++;
        s.at[b] = j * cells.columns + i;
    }
    for (;;) {
        refine(&s, options->iterations);
        if (s.side == 1) break;
        whole = s;
        set_side(&s, s.side / 2);
        for (int32_t b = 0; b < s.columns * s.rows; b++)
            s.at[b] = whole.at[b / s.columns / 2 * whole.columns + b % s.columns / 2];
    }
    for (int32_t i = 0; i < pixels; i++)
        labels->at[i] =
            plain_blocked(blocked, i % labels->width, i / labels->width) ? 0 : s.at[i] + 1;
    if (seg_image_empty(blocked)) return plain_pieces(labels);
    return plain_join_small(labels, &lab, s.least_size);
}

static void choose(void *options_, pixels_random *random) {
    seg_etps_options *options = options_;
    seg_etps_options_init(options);
    options->regions = 1 + (int32_t)pixels_below(random, 12);
    options->compactness = (double[]){0, 5, 40}[pixels_below(random, 3)];
    options->smoothness = (double[]){0, 20, 1000}[pixels_below(random, 3)];
    options->iterations = 1 + (int32_t)pixels_below(random, 5);
}

static seg_status call(seg_image *labels, int32_t *regions, const seg_image *picture,
                       const seg_image *ignore, const void *options, const seg_env *env) {
    return seg_etps(labels, regions, picture, ignore, options, env);
}

START_TEST(as_plain_code) {
    seg_etps_options options;
    const partition_case one = {"etps", &options, choose, plain, call, 80, 26};
    partition_as_plain_code(&one, 67);
}
END_TEST

/* Two flat parts whose border is off the middle, and straight: both superpixels come to it. */
START_TEST(by_hand) {
    uint8_t samples[16 * 8];
    for (int i = 0; i < 128; i++)
        samples[i] = i % 16 < 11 ? 40 : 210;
    seg_image picture = {0}, labels = {0};
    ck_assert_int_eq(seg_image_wrap(&picture, samples, 16, 16, 8, SEG_U8, 1), SEG_OK);
    seg_etps_options options;
    seg_etps_options_init(&options);
    options.regions = 2;
    int32_t regions;
    ck_assert_int_eq(seg_etps(&labels, &regions, &picture, NULL, &options, NULL), SEG_OK);
    ck_assert_int_eq(regions, 2);
    for (int i = 0; i < 128; i++)
        ck_assert_int_eq(((int32_t *)seg_image_row(&labels, i / 16))[i % 16], i % 16 < 11 ? 1 : 2);
    seg_image_unref(&labels);
}
END_TEST

CORE_MAIN("etps", as_plain_code, by_hand)
