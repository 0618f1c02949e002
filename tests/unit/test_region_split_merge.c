/* Split and merge against splitting from the top, every square scanned anew. */
#include "core_main.h"
#include "partition_driver.h"

typedef struct plain_split {
    const seg_planes *samples;
    const seg_image *blocked;
    plain_labels *labels;
    int32_t tolerance, squares;
} plain_split;

static int32_t sample(const plain_split *s, int32_t c, int32_t x, int32_t y) {
    return seg_plane_row(s->samples, s->samples->planes == 1 ? 0 : c, y)[x];
}

/* Splits top down; squares that lie outside have nothing to paint. */
static void split(plain_split *s, int32_t left, int32_t top, int32_t side) {
    int32_t low[3] = {99999, 99999, 99999}, high[3] = {-1, -1, -1}, blocked = 0, inside = 0;
    for (int32_t y = top; y < top + side && y < s->labels->height; y++)
        for (int32_t x = left; x < left + side && x < s->labels->width; x++, inside++) {
            blocked += plain_blocked(s->blocked, x, y);
            for (int c = 0; c < 3; c++) {
                low[c] = sample(s, c, x, y) < low[c] ? sample(s, c, x, y) : low[c];
                high[c] = sample(s, c, x, y) > high[c] ? sample(s, c, x, y) : high[c];
            }
        }
    if (!inside || blocked == inside) return;
    bool even = !blocked;
    for (int c = 0; c < 3; c++)
        even = even && high[c] - low[c] <= s->tolerance;
    if (!even) {
        for (int i = 0; i < 4; i++)
            split(s, left + i % 2 * side / 2, top + i / 2 * side / 2, side / 2);
        return;
    }
    s->squares++;
    for (int32_t y = top; y < top + side && y < s->labels->height; y++)
        for (int32_t x = left; x < left + side && x < s->labels->width; x++)
            s->labels->at[y * s->labels->width + x] = s->squares;
}

static bool even_together(const plain_split *s, int32_t a, int32_t b) {
    const plain_labels *labels = s->labels;
    for (int c = 0; c < 3; c++) {
        int32_t low = 99999, high = -1;
        for (int32_t i = 0; i < labels->width * labels->height; i++) {
            if (labels->at[i] != a && labels->at[i] != b) continue;
            const int32_t value = sample(s, c, i % labels->width, i / labels->width);
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
        if (high - low > s->tolerance) return false;
    }
    return true;
}

typedef struct plain_pair {
    int64_t distance;
    int32_t a, b; /* as they were first: order of equal ones */
    int32_t now_a, now_b;
} plain_pair;

static int by_distance(const void *x_, const void *y_) {
    const plain_pair *x = x_, *y = y_;
    if (x->distance != y->distance) return x->distance < y->distance ? -1 : 1;
    if (x->a != y->a) return x->a < y->a ? -1 : 1;
    return x->b < y->b ? -1 : x->b > y->b;
}

/* Rounds over the pairs of squares that touched at first. */
static void merge(plain_split *s) {
    static plain_pair pairs[4 * PARTITION_AREA], open[4 * PARTITION_AREA];
    static int32_t now[PARTITION_AREA + 1];
    const int32_t squares = plain_pieces(s->labels);
    int32_t count = 0;
    for (int32_t a = 1; a <= squares; a++)
        for (int32_t b = a + 1; b <= squares; b++)
            if (plain_touch(s->labels, a, b)) pairs[count++] = (plain_pair){0, a, b, a, b};
    for (int32_t i = 1; i <= squares; i++)
        now[i] = i;
    for (bool joined = true; joined;) {
        int32_t candidates = 0;
        joined = false;
        for (int32_t i = 0; i < count; i++) {
            const int32_t a = now[pairs[i].a], b = now[pairs[i].b];
            if (a == b) continue;
            const seg_region_stats first = plain_measure(s->labels, a, s->samples);
            const seg_region_stats second = plain_measure(s->labels, b, s->samples);
            open[candidates] = pairs[i];
            open[candidates++].distance = seg_region_distance(&first, &second);
        }
        qsort(open, (size_t)candidates, sizeof *open, by_distance);
        for (int32_t i = 0; i < candidates; i++) {
            const int32_t a = now[open[i].a], b = now[open[i].b];
            if (a == b || !even_together(s, a, b)) continue;
            const int32_t low = a < b ? a : b, high = a < b ? b : a;
            for (int32_t k = 1; k <= squares; k++)
                now[k] = now[k] == high ? low : now[k];
            for (int32_t p = 0; p < s->labels->width * s->labels->height; p++)
                if (s->labels->at[p] == high) s->labels->at[p] = low;
            joined = true;
        }
    }
}

static int32_t plain(plain_labels *labels, const seg_image *picture, const seg_image *blocked,
                     const void *options_, seg_scratch *scratch) {
    const seg_split_merge_options *options = options_;
    seg_planes samples;
    plain_split s = {&samples, blocked, labels, 0, 0};
    ck_assert_int_eq(seg_planes_samples(&samples, picture, scratch), SEG_OK);
    s.tolerance = (int32_t)floor(options->tolerance * 32767 / 255 + 1);
    memset(labels->at, 0, sizeof labels->at);
    split(&s, 0, 0, 64);
    merge(&s);
    return plain_join_small(labels, &samples, options->min_size);
}

static void choose(void *options_, pixels_random *random) {
    seg_split_merge_options *options = options_;
    seg_split_merge_options_init(options);
    options->tolerance = (double[]){0, 12, 40, 128, 255}[pixels_below(random, 5)];
    options->min_size = 1 + (int32_t)pixels_below(random, 25);
}

static seg_status call(seg_image *labels, int32_t *regions, const seg_image *picture,
                       const seg_image *ignore, const void *options, const seg_env *env) {
    return seg_split_merge(labels, regions, picture, ignore, options, env);
}

START_TEST(as_plain_code) {
    seg_split_merge_options options;
    const partition_case one = {"split-merge", &options, choose, plain, call, 60, 15};
    partition_as_plain_code(&one, 73);
}
END_TEST

/* A step of 41 levels is within a tolerance of 41, not of 40, at every depth. */
START_TEST(by_hand) {
    uint8_t samples[] = {1, 42, 1, 42};
    seg_image picture = {0}, labels = {0};
    ck_assert_int_eq(seg_image_wrap(&picture, samples, 2, 2, 2, SEG_U8, 1), SEG_OK);
    seg_split_merge_options options;
    seg_split_merge_options_init(&options);
    options.min_size = 1;
    for (int tolerance = 40; tolerance <= 41; tolerance++) {
        int32_t regions;
        options.tolerance = tolerance;
        ck_assert_int_eq(seg_split_merge(&labels, &regions, &picture, NULL, &options, NULL),
                         SEG_OK);
        ck_assert_int_eq(regions, tolerance == 40 ? 2 : 1);
    }
    seg_image_unref(&labels);
}
END_TEST

CORE_MAIN("split_merge", as_plain_code, by_hand)
