/* Global levels: by hand, against criteria written out pixel by pixel, at three depths. */
#include "core_main.h"
#include "pixels.h"

#include <math.h>

#define RULES (SEG_GLOBAL_YEN + 1)

static double level_of(const uint8_t *values, int32_t count, seg_global_rule rule) {
    seg_image picture = {0}, mask = {0};
    double level = -1;
    ck_assert_ok(seg_image_wrap(&picture, (void *)(uintptr_t)values, count, count, 1, SEG_U8, 1));
    ck_assert_ok(seg_threshold_global(&mask, &level, &picture, NULL, rule, NULL, NULL));
    for (int32_t x = 0; x < count; x++)
        ck_assert_uint_eq(((uint8_t *)mask.data)[x], values[x] > level ? 255 : 0);
    seg_image_unref(&mask);
    return level;
}

START_TEST(by_hand) {
    /* mean 40 / 4; isodata: up to t = 0 .. 9 the means are 0 and 40/3, half-way 6.67 */
    const uint8_t four[] = {0, 10, 10, 20};
    ck_assert_double_eq(level_of(four, 4, SEG_GLOBAL_MEAN), 10);
    ck_assert_double_eq(level_of(four, 4, SEG_GLOBAL_ISODATA), 6);
    /* two values: moments has them as its roots, and half of the votes lie at the lower */
    const uint8_t two[] = {10, 10, 200, 200};
    ck_assert_double_eq(level_of(two, 4, SEG_GLOBAL_LI), 10);
    ck_assert_double_eq(level_of(two, 4, SEG_GLOBAL_YEN), 10);
    ck_assert_double_eq(level_of(two, 4, SEG_GLOBAL_KAPUR), 10);
    ck_assert_double_eq(level_of(two, 4, SEG_GLOBAL_HUANG), 10);
    ck_assert_double_eq(level_of(two, 4, SEG_GLOBAL_ISODATA), 105);
    /* no class has a spread: half-way */
    ck_assert_double_eq(level_of(two, 4, SEG_GLOBAL_KITTLER), 105);
    /* a triangle with its peak at 4 (6 votes) and a tail to 8: (4, 6) to (8, 0); distances grow
     * with 6 x - 4 h counted from the tail: x = 0 -> -4, 1 -> 2, 2 -> 8, 3 -> 10 */
    const uint8_t tail[] = {3, 4, 4, 4, 4, 4, 4, 5, 5, 6, 7, 8};
    ck_assert_double_eq(level_of(tail, 12, SEG_GLOBAL_TRIANGLE), 5);
    /* peaks at 2 and 8 with a valley */
    const uint8_t valley[] = {1, 2, 2, 2, 2, 3, 3, 4, 6, 7, 7, 8, 8, 8, 8, 9};
    const double between = level_of(valley, 16, SEG_GLOBAL_MINIMUM);
    ck_assert(between == 4 || between == 5);
}
END_TEST

START_TEST(one_value_has_no_foreground) {
    const uint8_t same[] = {7, 7, 7}, black[] = {0, 0}, white[] = {255, 255};
    for (int rule = 0; rule < RULES; rule++) {
        ck_assert_double_eq(level_of(same, 3, (seg_global_rule)rule), 7);
        ck_assert_double_eq(level_of(black, 2, (seg_global_rule)rule), 0);
        ck_assert_double_eq(level_of(white, 2, (seg_global_rule)rule), 255);
    }
}
END_TEST

/* ---- criteria, larger is better, from the values themselves ---- */

typedef struct split {
    const uint8_t *values;
    int32_t count, first, last; /* of the values that occur */
    double votes[256];
} split;

static void sums(const split *s, int32_t from, int32_t to, double *votes, double *mean,
                 double *variance) {
    double sum = 0, squares = 0;
    *votes = 0;
    for (int32_t i = 0; i < s->count; i++)
        if (s->values[i] >= from && s->values[i] <= to) *votes += 1, sum += s->values[i];
    *mean = sum / *votes;
    for (int32_t i = 0; i < s->count; i++)
        if (s->values[i] >= from && s->values[i] <= to)
            squares += (s->values[i] - *mean) * (s->values[i] - *mean);
    *variance = squares / *votes;
}

static double class_criterion(const split *s, int32_t from, int32_t to, seg_global_rule rule) {
    double votes, mean, variance, sum = 0, share;
    sums(s, from, to, &votes, &mean, &variance);
    share = votes / s->count;
    for (int32_t v = from; v <= to; v++) {
        const double p = s->votes[v] / votes;
        if (p == 0) continue;
        if (rule == SEG_GLOBAL_KAPUR) sum -= p * log(p);
        if (rule == SEG_GLOBAL_YEN) sum += p * p;
        if (rule == SEG_GLOBAL_LI && v > s->first)
            sum += s->votes[v] * (v - s->first) * log((mean - s->first) / (v - s->first));
        if (rule == SEG_GLOBAL_HUANG) {
            const double u = 1 / (1 + fabs(v - mean) / (s->last - s->first));
            if (u < 1) sum += s->votes[v] * (u * log(u) + (1 - u) * log(1 - u));
        }
    }
    if (rule == SEG_GLOBAL_YEN) return -log(sum);
    if (rule == SEG_GLOBAL_KITTLER)
        return variance > 0.1 ? 2 * share * log(share) - 2 * share * log(sqrt(variance)) : -1e300;
    return sum;
}

static double criterion(const split *s, int32_t t, seg_global_rule rule) {
    return class_criterion(s, s->first, t, rule) + class_criterion(s, t + 1, s->last, rule);
}

/* No level is better than the one chosen, and it is a value that occurs. */
START_TEST(against_exhaustive_search) {
    static const seg_global_rule searched[] = {SEG_GLOBAL_HUANG, SEG_GLOBAL_KAPUR,
                                               SEG_GLOBAL_KITTLER, SEG_GLOBAL_LI, SEG_GLOBAL_YEN};
    pixels_random random = pixels_random_start(71);
    for (int repeat = 0; repeat < 60; repeat++) {
        uint8_t values[300];
        split s = {.values = values, .count = 300, .first = 255};
        const uint32_t centre = 40 + pixels_below(&random, 60), width = 4 + 9 * (repeat % 5);
        for (int32_t i = 0; i < s.count; i++) {
            const uint32_t bright = pixels_below(&random, 3) == 0;
            values[i] = (uint8_t)(centre + bright * 70 + pixels_below(&random, width) +
                                  pixels_below(&random, width));
            s.votes[values[i]]++;
            if (values[i] < s.first) s.first = values[i];
            if (values[i] > s.last) s.last = values[i];
        }
        for (size_t k = 0; k < sizeof searched / sizeof *searched; k++) {
            const double level = level_of(values, s.count, searched[k]);
            ck_assert(s.votes[(int)level] > 0);
            const double got = criterion(&s, (int32_t)level, searched[k]);
            for (int32_t t = s.first; t < s.last; t++)
                if (s.votes[t] > 0)
                    ck_assert_msg(criterion(&s, t, searched[k]) <= got + 1e-9 * fabs(got),
                                  "rule %d: level %g, but %d is better", (int)searched[k], level,
                                  (int)t);
        }
    }
}
END_TEST

/* A blurred picture of two values keeps its first three moments when it is made two-valued. */
START_TEST(moments_are_kept) {
    pixels_random random = pixels_random_start(72);
    for (int repeat = 0; repeat < 30; repeat++) {
        uint8_t values[400];
        double m[4] = {0};
        for (int32_t i = 0; i < 400; i++) {
            values[i] =
                (uint8_t)((pixels_below(&random, 5) < 2 ? 60 : 180) + pixels_below(&random, 30));
            for (int k = 1; k < 4; k++)
                m[k] += pow(values[i], k) / 400;
        }
        const double level = level_of(values, 400, SEG_GLOBAL_MOMENTS);
        /* z0, z1 and p0 solve p0 z0^k + (1 - p0) z1^k = m_k; p0 is the share up to the level */
        const double spread = m[2] - m[1] * m[1];
        const double c0 = (m[1] * m[3] - m[2] * m[2]) / spread;
        const double c1 = (m[1] * m[2] - m[3]) / spread;
        const double z0 = (-c1 - sqrt(c1 * c1 - 4 * c0)) / 2;
        const double z1 = (-c1 + sqrt(c1 * c1 - 4 * c0)) / 2;
        const double p0 = (z1 - m[1]) / (z1 - z0);
        for (int k = 1; k < 4; k++)
            ck_assert_double_eq_tol(p0 * pow(z0, k) + (1 - p0) * pow(z1, k), m[k], 1e-6 * m[k]);
        int32_t upto = 0, below = 0;
        for (int32_t i = 0; i < 400; i++)
            upto += values[i] <= level, below += values[i] < level;
        ck_assert_double_gt(upto, p0 * 400 - 1e-6);
        ck_assert_double_le(below, p0 * 400 + 1e-6);
    }
}
END_TEST

START_TEST(depths_agree) {
    pixels_random random = pixels_random_start(73);
    for (int repeat = 0; repeat < 40; repeat++) {
        pixels_picture source = pixels_make(61, 31, SEG_U8, 1, (uint32_t)repeat % 5, &random);
        for (int rule = 0; rule < RULES; rule++) {
            seg_image want = {0};
            ck_assert_ok(seg_threshold_global(&want, NULL, &source.image, NULL,
                                              (seg_global_rule)rule, NULL, NULL));
            for (int format = SEG_U16; format <= SEG_F32; format++) {
                seg_image other = {0}, mask = {0};
                ck_assert_ok(seg_convert(&other, &source.image, (seg_format)format, NULL));
                ck_assert_ok(seg_threshold_global(&mask, NULL, &other, NULL, (seg_global_rule)rule,
                                                  NULL, NULL));
                ck_assert_msg(pixels_same(&mask, &want), "rule %d, format %d, kind %d", rule,
                              format, repeat % 5);
                seg_image_unref(&other);
                seg_image_unref(&mask);
            }
            seg_image_unref(&want);
        }
        pixels_free(&source);
    }
}
END_TEST

START_TEST(options_and_errors) {
    const uint8_t values[] = {10, 10, 200, 200};
    seg_image picture = {0}, mask = {0};
    ck_assert_ok(seg_image_wrap(&picture, (void *)(uintptr_t)values, 4, 4, 1, SEG_U8, 1));
    seg_global_options options;
    seg_global_options_init(&options);
    options.invert = true;
    ck_assert_ok(seg_threshold_global(&mask, NULL, &picture, NULL, SEG_GLOBAL_LI, &options, NULL));
    ck_assert_mem_eq(mask.data, ((uint8_t[]){255, 255, 0, 0}), 4);
    ck_assert_fails(
        seg_threshold_global(&mask, NULL, &picture, NULL, (seg_global_rule)RULES, NULL, NULL),
        SEG_ERROR_OPTION, "rule is 10");
    options.size = 0;
    ck_assert_fails(
        seg_threshold_global(&mask, NULL, &picture, NULL, SEG_GLOBAL_LI, &options, NULL),
        SEG_ERROR_OPTION, "size");
    seg_image_unref(&mask);
}
END_TEST

CORE_MAIN("global levels", by_hand, one_value_has_no_foreground, against_exhaustive_search,
          moments_are_kept, depths_agree, options_and_errors)
