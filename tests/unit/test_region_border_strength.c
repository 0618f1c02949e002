/* The strength of borders against labels painted over. */
#include "core_main.h"
#include "region/border_strength.h"

#include "partition.h"

#include <math.h>

#define MOST_REGIONS 200

typedef struct pair {
    float cost;
    int32_t a, b, length;
} pair;

static float cost_of(const plain_labels *labels, const seg_planes *lab, const pair *p) {
    const seg_region_stats a = plain_measure(labels, p->a, lab),
                           b = plain_measure(labels, p->b, lab);
    double distance = 0;
    for (int c = 0; c < 3; c++) {
        const double d = (double)(16 * a.sum[c] / a.area - 16 * b.sum[c] / b.area) / (16 * 32);
        distance += d * d;
    }
    const double size_a = (double)a.area, size_b = (double)b.area;
    return (float)(size_a * size_b / (size_a + size_b) * distance / p->length);
}

static int cheaper(const void *one_, const void *other_) {
    const pair *one = one_, *other = other_;
    if (one->cost != other->cost) return one->cost < other->cost ? -1 : 1;
    return one->a != other->a ? (one->a < other->a ? -1 : 1) : one->b - other->b;
}

/* Touching labels, with their costs, the cheapest first. */
static int32_t list_pairs(pair *pairs, const plain_labels *labels, const seg_planes *lab) {
    static int32_t lengths[MOST_REGIONS + 1][MOST_REGIONS + 1];
    const int32_t width = labels->width, area = width * labels->height;
    int32_t count = 0;
    memset(lengths, 0, sizeof lengths);
    for (int32_t i = 0; i < area; i++)
        for (int k = 0; k < 2; k++) {
            const int32_t other = k ? i + width : i + 1;
            if (k ? other >= area : other % width == 0) continue;
            const int32_t a = labels->at[i], b = labels->at[other];
            if (a > 0 && b > 0 && a != b) lengths[a < b ? a : b][a < b ? b : a]++;
        }
    for (int32_t a = 1; a <= MOST_REGIONS; a++)
        for (int32_t b = a + 1; b <= MOST_REGIONS; b++) {
            if (!lengths[a][b]) continue;
            pairs[count] = (pair){0, a, b, lengths[a][b]};
            pairs[count].cost = cost_of(labels, lab, &pairs[count]);
            count++;
        }
    qsort(pairs, (size_t)count, sizeof *pairs, cheaper);
    return count;
}

/* The label that stays is that of the larger region, the lower one of two. */
static void paint(plain_labels *labels, int32_t *now, int32_t regions, int32_t a, int32_t b) {
    int64_t area[2] = {0};
    for (int32_t i = 0; i < labels->width * labels->height; i++) {
        area[0] += labels->at[i] == a;
        area[1] += labels->at[i] == b;
    }
    const bool stays = area[0] > area[1] || (area[0] == area[1] && a < b);
    const int32_t from = stays ? b : a, to = stays ? a : b;
    for (int32_t i = 0; i < labels->width * labels->height; i++)
        labels->at[i] = labels->at[i] == from ? to : labels->at[i];
    for (int32_t i = 1; i <= regions; i++)
        now[i] = now[i] == from ? to : now[i];
}

static int32_t levels[MOST_REGIONS + 1][MOST_REGIONS + 1];

/* One pass over the pairs; regions that have become one get the level. */
static void join_round(plain_labels *labels, const seg_planes *lab, pair *pairs, int32_t count,
                       int32_t *now, int32_t regions, float most, int32_t level) {
    static int32_t before[MOST_REGIONS + 1];
    memcpy(before, now, sizeof before);
    for (int32_t i = 0; i < count && pairs[i].cost <= most; i++) {
        pair p = pairs[i];
        int32_t first[2] = {0};
        for (int32_t r = 1; r <= regions; r++) { /* where the two are now */
            if (before[r] == p.a) first[0] = now[r];
            if (before[r] == p.b) first[1] = now[r];
        }
        p.a = first[0];
        p.b = first[1];
        if (p.a != p.b && cost_of(labels, lab, &p) <= most) paint(labels, now, regions, p.a, p.b);
    }
    for (int32_t a = 1; a <= regions; a++)
        for (int32_t b = 1; b <= regions; b++)
            if (now[a] == now[b] && levels[a][b] == 96) levels[a][b] = level;
}

static void plain_levels(plain_labels labels, const seg_planes *lab, int32_t regions) {
    static pair pairs[MOST_REGIONS * MOST_REGIONS / 2];
    int32_t now[MOST_REGIONS + 1];
    for (int32_t a = 0; a <= MOST_REGIONS; a++) {
        now[a] = a;
        for (int32_t b = 0; b <= MOST_REGIONS; b++)
            levels[a][b] = 96;
    }
    for (int32_t level = 0; level < 96; level++) {
        const float most = (float)pow(2, level / 4.0);
        for (int round = 0; round < 8; round++) {
            const int32_t count = list_pairs(pairs, &labels, lab);
            if (!count || pairs[0].cost > most) break;
            join_round(&labels, lab, pairs, count, now, regions, most, level);
        }
    }
}

static void compare(const seg_image *picture, const seg_image *labels) {
    static plain_labels plain;
    seg_scratch scratch;
    seg_planes lab;
    seg_image strength = {0};
    int32_t regions = 0;
    seg_scratch_init(&scratch, NULL);
    ck_assert_ok(seg_planes_lab(&lab, picture, &scratch));
    plain_take(&plain, labels);
    const int32_t width = plain.width, height = plain.height;
    for (int32_t i = 0; i < width * height; i++)
        regions = plain.at[i] > regions ? plain.at[i] : regions;
    ck_assert_int_le(regions, MOST_REGIONS);
    plain_levels(plain, &lab, regions);
    ck_assert_ok(seg_border_strength(&strength, labels, picture, &scratch));
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++) {
            const int32_t here = plain.at[y * width + x];
            int32_t most = 0;
            for (int k = 0; k < 2; k++) {
                if (k ? y + 1 == height : x + 1 == width) continue;
                const int32_t other = plain.at[y * width + x + (k ? width : 1)];
                if (here > 0 && other > 0 && other != here && levels[here][other] > most)
                    most = levels[here][other];
            }
            ck_assert_float_eq((float)pixels_at(&strength, x, y, 0), (float)most / 96);
        }
    seg_image_unref(&strength);
    seg_scratch_free(&scratch);
}

/* Patches and specks, with and without pixels that belong to none. */
START_TEST(as_plain_code) {
    pixels_random random = pixels_random_start(63);
    for (int round = 0; round < 40; round++) {
        const int32_t width = 1 + (int32_t)pixels_below(&random, 30);
        const int32_t height = 1 + (int32_t)pixels_below(&random, 26);
        pixels_picture made = partition_scene(width, height, SEG_U8 + round % 3, round % 2 ? 3 : 1,
                                              pixels_below(&random, 7), &random);
        seg_image labels = {0};
        ck_assert_ok(seg_image_alloc(&labels, width, height, SEG_LABEL32, 1, NULL));
        const int32_t across = 1 + (int32_t)pixels_below(&random, 6);
        const uint32_t mixed = pixels_below(&random, 8);
        for (int32_t y = 0; y < height; y++)
            for (int32_t x = 0; x < width; x++) {
                const int32_t patch = 1 + x / across + 13 * (y / 5);
                ((int32_t *)seg_image_row(&labels, y))[x] = pixels_below(&random, 100) < mixed
                                                                ? (int32_t)pixels_below(&random, 40)
                                                                : patch % MOST_REGIONS;
            }
        compare(&made.image, &labels);
        seg_image_unref(&labels);
        pixels_free(&made);
    }
}
END_TEST

/* Black beside white, 12 x 10 and 8 x 10 pixels: 48 * 100^2 / 10 = 48000 is in the octave from
 * 2^15.5 on, level 63. A white pixel in the black: 119 / 120 * 100^2 / 4 = 2479, level 46. It goes
 * first, what black is then is lighter by less than a level. */
START_TEST(by_hand) {
    uint8_t samples[20 * 10];
    seg_image picture = {0}, labels = {0}, strength = {0};
    seg_scratch scratch;
    for (int i = 0; i < 200; i++)
        samples[i] = i % 20 < 12 && i != 5 * 20 + 5 ? 0 : 255;
    ck_assert_ok(seg_image_wrap(&picture, samples, 20, 20, 10, SEG_U8, 1));
    ck_assert_ok(seg_image_alloc(&labels, 20, 10, SEG_LABEL32, 1, NULL));
    for (int i = 0; i < 200; i++)
        ((int32_t *)seg_image_row(&labels, i / 20))[i % 20] = i == 5 * 20 + 5 ? 3
                                                              : i % 20 < 12   ? 1
                                                                              : 2;
    seg_scratch_init(&scratch, NULL);
    ck_assert_ok(seg_border_strength(&strength, &labels, &picture, &scratch));
    for (int i = 0; i < 200; i++) {
        const bool speck = i == 105 || i == 104 || i == 85;
        const float expected = i % 20 == 11 ? 63.0F / 96 : speck ? 46.0F / 96 : 0;
        ck_assert_float_eq((float)pixels_at(&strength, i % 20, i / 20, 0), expected);
    }
    seg_scratch_free(&scratch);
    seg_image_unref(&labels);
    seg_image_unref(&strength);
}
END_TEST

/* What mean shift gives as its score, if it is asked for. */
START_TEST(of_mean_shift) {
    pixels_random random = pixels_random_start(64);
    pixels_picture made = partition_scene(50, 37, SEG_U8, 3, 5, &random);
    const seg_frame frame = {.image = made.image};
    seg_context *context;
    seg_result result;
    seg_scratch scratch;
    seg_image strength = {0};
    seg_result_init(&result, NULL);
    seg_scratch_init(&scratch, NULL);
    ck_assert_ok(seg_context_create(&context, seg_method_find("mean-shift"), NULL, NULL));
    ck_assert_ok(seg_context_apply(context, &frame, SEG_OUTPUT_LABELS, &result));
    ck_assert(!(result.outputs & SEG_OUTPUT_SCORE));
    ck_assert_ok(seg_context_apply(context, &frame, SEG_OUTPUT_SCORE, &result));
    ck_assert(result.outputs & SEG_OUTPUT_SCORE);
    ck_assert_double_eq(result.score_full_scale, 1);
    ck_assert_ok(seg_border_strength(&strength, &result.labels, &made.image, &scratch));
    ck_assert(pixels_same(&strength, &result.score));
    seg_context_free(context);
    seg_result_free(&result);
    seg_scratch_free(&scratch);
    seg_image_unref(&strength);
    pixels_free(&made);
}
END_TEST

CORE_MAIN("border_strength", as_plain_code, by_hand, of_mean_shift)
