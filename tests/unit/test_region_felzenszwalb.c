/* Felzenszwalb's graph against a list of edges sorted by comparison and sets as lists of labels. */
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

static int32_t weigh(const seg_planes *samples, int32_t from, int32_t to) {
    float sum = 0;
    for (int32_t c = 0; c < 3; c++) {
        const int32_t plane = samples->planes == 1 ? 0 : c, width = samples->width;
        const float d = (float)(seg_plane_row(samples, plane, from / width)[from % width] -
                                seg_plane_row(samples, plane, to / width)[to % width]);
        sum = sum + d * d;
    }
    return (int32_t)(sqrtf(sum) * (128.0f * 255 / 32767) + 0.5f);
}

static int32_t list_edges(plain_edge *edges, const seg_planes *samples, const seg_image *blocked,
                          int32_t connectivity) {
    static const int32_t dx[4] = {1, 0, 1, -1}, dy[4] = {0, 1, 1, 1};
    int32_t count = 0;
    const int32_t width = samples->width, height = samples->height;
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++)
            for (int32_t i = 0; i < connectivity / 2; i++) {
                const int32_t to_x = x + dx[i], to_y = y + dy[i];
                if (to_x < 0 || to_x >= width || to_y >= height || plain_blocked(blocked, x, y) ||
                    plain_blocked(blocked, to_x, to_y))
                    continue;
                plain_edge *edge = &edges[count];
                *edge = (plain_edge){0, y * width + x, to_y * width + to_x, count};
                edge->weight = weigh(samples, edge->from, edge->to);
                count++;
            }
    qsort(edges, (size_t)count, sizeof *edges, by_weight);
    return count;
}

static int32_t size_of(const plain_labels *labels, int32_t label) {
    int32_t size = 0;
    for (int32_t i = 0; i < labels->width * labels->height; i++)
        size += labels->at[i] == label;
    return size;
}

static void relabel(plain_labels *labels, int32_t from, int32_t to) {
    for (int32_t i = 0; i < labels->width * labels->height; i++)
        if (labels->at[i] == from) labels->at[i] = to;
}

static int32_t plain(plain_labels *labels, const seg_image *picture, const seg_image *blocked,
                     const void *options_, seg_scratch *scratch) {
    static plain_edge edges[4 * PARTITION_AREA];
    static float most[PARTITION_AREA + 1];
    const seg_felzenszwalb_options *options = options_;
    seg_planes samples;
    ck_assert_int_eq(seg_planes_samples(&samples, picture, scratch), SEG_OK);
    ck_assert_int_eq(seg_planes_blur(&samples, options->sigma, scratch), SEG_OK);
    const int32_t count = list_edges(edges, &samples, blocked, options->connectivity);
    const float scale = (float)(128 * options->scale);
    for (int32_t i = 0; i < labels->width * labels->height; i++) {
        labels->at[i] = plain_blocked(blocked, i % labels->width, i / labels->width) ? 0 : i + 1;
        most[i + 1] = scale;
    }
    for (int32_t i = 0; i < count; i++) {
        const int32_t a = labels->at[edges[i].from], b = labels->at[edges[i].to];
        const float weight = (float)edges[i].weight;
        if (a == b || weight > most[a] || weight > most[b]) continue;
        relabel(labels, b, a);
        most[a] = weight + scale / (float)size_of(labels, a);
    }
    return plain_join_small(labels, &samples, options->min_size);
}

static void choose(void *options_, pixels_random *random) {
    seg_felzenszwalb_options *options = options_;
    seg_felzenszwalb_options_init(options);
    options->scale = (double[]){0, 1, 30, 300, 5000}[pixels_below(random, 5)];
    options->sigma = (double[]){0, 0.8, 2}[pixels_below(random, 3)];
    options->min_size = 1 + (int32_t)pixels_below(random, 30);
    options->connectivity = pixels_below(random, 2) ? 4 : 8;
}

static seg_status call(seg_image *labels, int32_t *regions, const seg_image *picture,
                       const seg_image *ignore, const void *options, const seg_env *env) {
    return seg_felzenszwalb(labels, regions, picture, ignore, options, env);
}

START_TEST(as_plain_code) {
    seg_felzenszwalb_options options;
    const partition_case one = {"felzenszwalb", &options, choose, plain, call, 150, 40};
    partition_as_plain_code(&one, 61);
}
END_TEST

/* Grey counts as three equal colours: a step of 10 levels weighs 17.3, which two
 * single pixels allow from k = 18 on; below that only the least size joins them. */
START_TEST(by_hand) {
    uint8_t samples[] = {100, 110};
    seg_image picture = {0}, labels = {0};
    ck_assert_int_eq(seg_image_wrap(&picture, samples, 2, 2, 1, SEG_U8, 1), SEG_OK);
    seg_felzenszwalb_options options;
    seg_felzenszwalb_options_init(&options);
    options.sigma = 0;
    options.min_size = 1;
    int32_t regions;
    options.scale = 17;
    ck_assert_int_eq(seg_felzenszwalb(&labels, &regions, &picture, NULL, &options, NULL), SEG_OK);
    ck_assert_int_eq(regions, 2);
    options.scale = 18;
    ck_assert_int_eq(seg_felzenszwalb(&labels, &regions, &picture, NULL, &options, NULL), SEG_OK);
    ck_assert_int_eq(regions, 1);
    options.scale = 0;
    options.min_size = 2;
    ck_assert_int_eq(seg_felzenszwalb(&labels, &regions, &picture, NULL, &options, NULL), SEG_OK);
    ck_assert_int_eq(regions, 1);
    seg_image_unref(&labels);
}
END_TEST

/* The share of scales, each parted on its own, at which a right or lower neighbour is elsewhere. */
START_TEST(score_of_scales) {
    pixels_random random = pixels_random_start(62);
    for (int round = 0; round < 10; round++) {
        pixels_picture made = partition_scene(50, 37, SEG_U8 + round % 3, 3, 5, &random);
        seg_image ignore = partition_ignore(50, 37, 5, &random);
        const seg_frame frame = {.image = made.image, .ignore = ignore};
        static float counts[50 * 37];
        seg_felzenszwalb_options options;
        seg_felzenszwalb_options_init(&options);
        options.scale = 20;
        options.min_size = 4;
        options.scales = 1 + round;
        seg_context *context;
        seg_result result;
        seg_image labels = {0};
        seg_result_init(&result, NULL);
        ck_assert_ok(seg_context_create(&context, seg_method_find("felzenszwalb"), &options, NULL));
        ck_assert_ok(seg_context_apply(context, &frame, 0, &result));
        memset(counts, 0, sizeof counts);
        for (int32_t i = options.scales - 1; i >= 0; i--) {
            seg_felzenszwalb_options one = options;
            one.scale = 20 * sqrt((double)(1 << i));
            ck_assert_ok(seg_felzenszwalb(&labels, NULL, &made.image, &ignore, &one, NULL));
            for (int32_t y = 0; y < 37; y++)
                for (int32_t x = 0; x < 50; x++) {
                    const double here = pixels_at(&labels, x, y, 0);
                    const double right = x < 49 ? pixels_at(&labels, x + 1, y, 0) : 0;
                    const double below = y < 36 ? pixels_at(&labels, x, y + 1, 0) : 0;
                    counts[y * 50 + x] += here != 0 && ((right != 0 && right != here) ||
                                                        (below != 0 && below != here));
                }
        }
        ck_assert(pixels_same(&labels, &result.labels)); /* those of k, the last */
        for (int32_t y = 0; y < 37; y++)
            for (int32_t x = 0; x < 50; x++)
                ck_assert(((float *)seg_image_row(&result.score, y))[x] ==
                          counts[y * 50 + x] / (float)options.scales);
        ck_assert_double_eq(result.score_full_scale, 1);
        seg_context_free(context);
        seg_result_free(&result);
        seg_image_unref(&labels);
        seg_image_unref(&ignore);
        pixels_free(&made);
    }
}
END_TEST

CORE_MAIN("felzenszwalb", as_plain_code, by_hand, score_of_scales)
