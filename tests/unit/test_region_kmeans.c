/* k-means against the same rule with cells kept as a plain list. */
#include "core_main.h"
#include "partition_driver.h"

typedef struct plain_cell {
    int32_t key[3];
    int64_t count, sum[3], colour[3];
    int32_t cluster;
} plain_cell;

typedef struct plain_kmeans {
    plain_cell cells[PARTITION_AREA];
    int32_t count, k;
    int64_t means[64][3];
} plain_kmeans;

static int64_t nearest_whole(int64_t sum, int64_t count) {
    return (int64_t)floor((double)sum / (double)count + 0.5);
}

static int64_t distance(const int64_t a[3], const int64_t b[3]) {
    int64_t sum = 0;
    for (int c = 0; c < 3; c++)
        sum += (a[c] - b[c]) * (a[c] - b[c]);
    return sum;
}

/* Index of the cell of a colour, new cells last. */
static int32_t find_cell(plain_kmeans *s, const int32_t colour[3]) {
    const int32_t key[3] = {colour[0] >> 4, colour[1] >> 6, colour[2] >> 6};
    int32_t i = 0;
    while (i < s->count && memcmp(s->cells[i].key, key, sizeof key))
        i++;
    if (i == s->count) {
        s->cells[i] = (plain_cell){{key[0], key[1], key[2]}, 0, {0}, {0}, 0};
        s->count++;
    }
    return i;
}

static void choose_means(plain_kmeans *s, int32_t k) {
    for (s->k = 0; s->k < k; s->k++) {
        double most = 0;
        int32_t chosen = -1;
        for (int32_t i = 0; i < s->count; i++) {
            int64_t least = s->k ? INT64_MAX : 1;
            for (int32_t m = 0; m < s->k; m++) {
                const int64_t d = distance(s->cells[i].colour, s->means[m]);
                least = d < least ? d : least;
            }
            if ((double)s->cells[i].count * (double)least <= most) continue;
            most = (double)s->cells[i].count * (double)least;
            chosen = i;
        }
        if (chosen < 0) return;
        memcpy(s->means[s->k], s->cells[chosen].colour, sizeof s->means[0]);
    }
}

static void assign(plain_kmeans *s) {
    for (int32_t i = 0; i < s->count; i++) {
        s->cells[i].cluster = 0;
        for (int32_t m = 1; m < s->k; m++)
            if (distance(s->cells[i].colour, s->means[m]) <
                distance(s->cells[i].colour, s->means[s->cells[i].cluster]))
                s->cells[i].cluster = m;
    }
}

static void update(plain_kmeans *s) {
    for (int32_t m = 0; m < s->k; m++) {
        int64_t count = 0, sum[3] = {0};
        for (int32_t i = 0; i < s->count; i++) {
            if (s->cells[i].cluster != m) continue;
            count += s->cells[i].count;
            for (int c = 0; c < 3; c++)
                sum[c] += s->cells[i].sum[c];
        }
        for (int c = 0; c < 3 && count; c++)
            s->means[m][c] = nearest_whole(sum[c], count);
    }
}

static int32_t plain(plain_labels *labels, const seg_image *picture, const seg_image *blocked,
                     const void *options_, seg_scratch *scratch) {
    static plain_kmeans s;
    static int32_t cell[PARTITION_AREA];
    const seg_kmeans_options *options = options_;
    const int32_t width = labels->width, area = width * labels->height;
    seg_planes lab;
    ck_assert_int_eq(seg_planes_lab(&lab, picture, scratch), SEG_OK);
    memset(&s, 0, sizeof s);
    for (int32_t i = 0; i < area; i++) {
        int32_t colour[3] = {0};
        cell[i] = -1;
        if (plain_blocked(blocked, i % width, i / width)) continue;
        for (int32_t c = 0; c < lab.planes; c++)
            colour[c] = seg_plane_row(&lab, c, i / width)[i % width];
        cell[i] = find_cell(&s, colour);
        s.cells[cell[i]].count++;
        for (int c = 0; c < 3; c++)
            s.cells[cell[i]].sum[c] += colour[c];
    }
    for (int32_t i = 0; i < s.count; i++)
        for (int c = 0; c < 3; c++)
            s.cells[i].colour[c] = nearest_whole(s.cells[i].sum[c], s.cells[i].count);
    choose_means(&s, options->k);
    for (int32_t i = 0; i < options->iterations; i++) {
        assign(&s);
        update(&s);
    }
    assign(&s);
    int32_t numbers[64] = {0}, count = 0;
    for (int32_t i = 0; i < area; i++) {
        labels->at[i] = 0;
        if (cell[i] < 0) continue;
        int32_t *number = &numbers[s.cells[cell[i]].cluster];
        if (!*number) *number = ++count;
        labels->at[i] = *number;
    }
    return options->connected ? plain_join_small(labels, &lab, options->min_size) : count;
}

static void choose(void *options_, pixels_random *random) {
    seg_kmeans_options *options = options_;
    seg_kmeans_options_init(options);
    options->k = 1 + (int32_t)pixels_below(random, 12);
    options->iterations = 1 + (int32_t)pixels_below(random, 30);
    options->connected = pixels_below(random, 2);
    options->min_size = 1 + (int32_t)pixels_below(random, 25);
}

static seg_status call(seg_image *labels, int32_t *regions, const seg_image *picture,
                       const seg_image *ignore, const void *options, const seg_env *env) {
    return seg_kmeans(labels, regions, picture, ignore, options, env);
}

START_TEST(as_plain_code) {
    seg_kmeans_options options;
    const partition_case one = {"kmeans", &options, choose, plain, call, 120, 26};
    partition_as_plain_code(&one, 71);
}
END_TEST

/* Three greys and k = 2: the two that are near are one cluster, in two pieces. */
START_TEST(by_hand) {
    uint8_t samples[] = {30, 30, 200, 200, 200, 36, 36};
    static const int32_t clusters[] = {1, 1, 2, 2, 2, 1, 1}, pieces[] = {1, 1, 2, 2, 2, 3, 3};
    seg_image picture = {0}, labels = {0};
    ck_assert_int_eq(seg_image_wrap(&picture, samples, 7, 7, 1, SEG_U8, 1), SEG_OK);
    seg_kmeans_options options;
    seg_kmeans_options_init(&options);
    options.k = 2;
    options.min_size = 1;
    int32_t regions;
    ck_assert_int_eq(seg_kmeans(&labels, &regions, &picture, NULL, &options, NULL), SEG_OK);
    ck_assert_int_eq(regions, 2);
    ck_assert_mem_eq(labels.data, clusters, sizeof clusters);
    options.connected = true;
    ck_assert_int_eq(seg_kmeans(&labels, &regions, &picture, NULL, &options, NULL), SEG_OK);
    ck_assert_int_eq(regions, 3);
    ck_assert_mem_eq(labels.data, pieces, sizeof pieces);
    seg_image_unref(&labels);
}
END_TEST

CORE_MAIN("kmeans", as_plain_code, by_hand)
