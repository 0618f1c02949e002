/* Statistical region merging against edges sorted by comparison and sums taken anew each time. */
#include "core/math.h"
#include "core_main.h"
#include "partition_driver.h"

typedef struct plain_edge {
    int32_t weight, from, to, order;
} plain_edge;

static int by_weight(const void *a_, const void *b_) {
    const plain_edge *a = a_, *b = b_;
    if (a->weight != b->weight) return a->weight < b->weight ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

static int32_t sample(const seg_planes *samples, int32_t c, int32_t i) {
    return seg_plane_row(samples, samples->planes == 1 ? 0 : c,
                         i / samples->width)[i % samples->width];
}

static int32_t list_edges(plain_edge *edges, const seg_planes *samples, const seg_image *blocked) {
    int32_t count = 0;
    const int32_t width = samples->width;
    for (int32_t i = 0; i < width * samples->height; i++)
        for (int down = 0; down < 2; down++) {
            const int32_t x = i % width + !down, y = i / width + down;
            if (x >= width || y >= samples->height || plain_blocked(blocked, x, y) ||
                plain_blocked(blocked, i % width, i / width))
                continue;
            int32_t most = 0;
            for (int32_t c = 0; c < 3; c++) {
                const int32_t d = abs(sample(samples, c, i) - sample(samples, c, y * width + x));
                most = d > most ? d : most;
            }
            edges[count] = (plain_edge){most / 8, i, y * width + x, count};
            count++;
        }
    qsort(edges, (size_t)count, sizeof *edges, by_weight);
    return count;
}

static double bound(double size, double pixels, double q) {
    const double unit = 256 * 256 / (2 * q) * (32767.0 / 255) * (32767.0 / 255);
    const double choices = (size < 256 ? size : 256) * seg_log_e(1.0 + size);
    return (float)(unit / size * (choices + (seg_log_e(6) + 2 * seg_log_e(pixels))));
}

static int32_t plain(plain_labels *labels, const seg_image *picture, const seg_image *blocked,
                     const void *options_, seg_scratch *scratch) {
    static plain_edge edges[2 * PARTITION_AREA];
    const seg_srm_options *options = options_;
    const int32_t pixels = labels->width * labels->height;
    seg_planes samples;
    ck_assert_int_eq(seg_planes_samples(&samples, picture, scratch), SEG_OK);
    for (int32_t i = 0; i < pixels; i++)
        labels->at[i] = plain_blocked(blocked, i % labels->width, i / labels->width) ? 0 : i + 1;
    const int32_t count = list_edges(edges, &samples, blocked);
    for (int32_t e = 0; e < count; e++) {
        const int32_t a = labels->at[edges[e].from], b = labels->at[edges[e].to];
        if (a == b) continue;
        int64_t sum[2][3] = {{0}}, size[2] = {0};
        for (int32_t i = 0; i < pixels; i++) {
            if (labels->at[i] != a && labels->at[i] != b) continue;
            const int which = labels->at[i] == b;
            size[which]++;
            for (int32_t c = 0; c < 3; c++)
                sum[which][c] += sample(&samples, c, i);
        }
        const float most = (float)bound((double)size[0], pixels, options->q) +
                           (float)bound((double)size[1], pixels, options->q);
        bool alike = true;
        for (int c = 0; c < 3; c++) {
            const float d = (float)sum[0][c] / (float)size[0] - (float)sum[1][c] / (float)size[1];
            alike = alike && d * d <= most;
        }
        for (int32_t i = 0; i < pixels && alike; i++)
            if (labels->at[i] == b) labels->at[i] = a;
    }
    return plain_pieces(labels);
}

static void choose(void *options_, pixels_random *random) {
    seg_srm_options *options = options_;
    seg_srm_options_init(options);
    options->q = (double[]){0.01, 1, 32, 256, 4000}[pixels_below(random, 5)];
}

static seg_status call(seg_image *labels, int32_t *regions, const seg_image *picture,
                       const seg_image *ignore, const void *options, const seg_env *env) {
    return seg_srm(labels, regions, picture, ignore, options, env);
}

START_TEST(as_plain_code) {
    seg_srm_options options;
    const partition_case one = {"srm", &options, choose, plain, call, 150, 36};
    partition_as_plain_code(&one, 63);
}
END_TEST

/* Two pixels, |I| = 2: b^2 = 256^2 / (2 Q) (log 2 + log 24). With Q = 1000 that is 126.9 each, so
 * that they join up to a difference of sqrt(253.8) = 15.9 levels. */
START_TEST(by_hand) {
    uint8_t samples[] = {100, 115, 100, 116};
    seg_image picture = {0}, labels = {0};
    seg_srm_options options;
    seg_srm_options_init(&options);
    options.q = 1000;
    for (int i = 0; i < 2; i++) {
        int32_t regions;
        ck_assert_int_eq(seg_image_wrap(&picture, samples + 2 * i, 2, 2, 1, SEG_U8, 1), SEG_OK);
        ck_assert_int_eq(seg_srm(&labels, &regions, &picture, NULL, &options, NULL), SEG_OK);
        ck_assert_int_eq(regions, 1 + i);
    }
    seg_image_unref(&labels);
}
END_TEST

CORE_MAIN("srm", as_plain_code, by_hand)
