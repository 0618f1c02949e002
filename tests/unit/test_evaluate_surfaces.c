/* Surfaces: by hand, against distances between all pixels, properties, empty masks. */
#include "evaluate.h"
#include "shapes.h"

enum { LONGEST = 40, MOST = 2 * LONGEST * LONGEST };

static double value_of(const seg_tally *tally, const char *name) {
    const seg_metric *metric = seg_tally_metric(tally);
    double values[32];
    ck_assert_ok(seg_tally_values(tally, values));
    const int32_t at = seg_measure_find(metric, name);
    ck_assert_int_ge(at, 0);
    return values[at];
}

static seg_tally *compared(const seg_image *prediction, const seg_image *truth,
                           const seg_image *ignore, const char *options) {
    seg_tally *tally = evaluate_tally("surfaces", options);
    evaluate_add(tally, prediction, truth, ignore);
    return tally;
}

#define CLOSE(tally, name, wanted)                                                                 \
    ck_assert_msg(fabs(value_of(tally, name) - (wanted)) <= 1e-12, "%s is %.17g, not %.17g", name, \
                  value_of(tally, name), (double)(wanted))

static void fill(const seg_image *mask, int32_t left, int32_t top, int32_t right, int32_t bottom) {
    for (int32_t y = top; y < bottom; y++)
        memset((uint8_t *)seg_image_row(mask, y) + left, 255, (size_t)(right - left));
}

START_TEST(by_hand) {
    seg_image a = evaluate_picture(20, 20, SEG_U8, NULL),
              b = evaluate_picture(20, 20, SEG_U8, NULL);
    fill(&a, 5, 5, 6, 6);
    fill(&b, 8, 9, 9, 10); /* 3 to the right, 4 down */
    seg_tally *tally = compared(&a, &b, NULL, NULL);
    static const char *const names[] = {"hausdorff", "hd95", "hd95-pooled", "assd", "masd"};
    for (int i = 0; i < 5; i++)
        CLOSE(tally, names[i], 5);
    CLOSE(tally, "boundary-f", 0);
    CLOSE(tally, "nsd", 0);
    seg_tally_free(tally);
    static const char *const options[] = {"tolerance=4.999", "tolerance=5", "tolerance=24.9%",
                                          "tolerance=25%"};
    for (int i = 0; i < 4; i++) {
        tally = compared(&a, &b, NULL, options[i]);
        CLOSE(tally, "boundary-f", i % 2);
        CLOSE(tally, "nsd", i % 2);
        seg_tally_free(tally);
    }
    /* Against a block of 3 x 3 the one in its middle is 1 from 4 and sqrt 2 from 4 of the 8 pixels
     * of its surface; the middle itself is none of them. */
    fill(&b, 4, 4, 7, 7);
    memset(seg_image_row(&b, 9), 0, 20);
    tally = compared(&a, &b, NULL, "tolerance=1");
    const double root = sqrt(2);
    CLOSE(tally, "hausdorff", root);
    CLOSE(tally, "hd95", root);        /* of 1 1 1 1 r r r r: rank 6.65 */
    CLOSE(tally, "hd95-pooled", root); /* of one 1 more: rank 7.6 */
    CLOSE(tally, "assd", (1 + 4 + 4 * root) / 9);
    CLOSE(tally, "masd", (1 + (4 + 4 * root) / 8) / 2);
    CLOSE(tally, "boundary-precision", 1);
    CLOSE(tally, "boundary-recall", 0.5);
    CLOSE(tally, "boundary-f", 2.0 / 3);
    CLOSE(tally, "nsd", 5.0 / 9);
    seg_tally_free(tally);
    seg_image_unref(&a);
    seg_image_unref(&b);
}
END_TEST

/* ---- against all distances ---- */

static bool on_surface(const seg_image *mask, int32_t x, int32_t y) {
    if (evaluate_at(mask, x, y) == 0) return false;
    if (x == 0 || y == 0 || x + 1 == mask->width || y + 1 == mask->height) return true;
    return evaluate_at(mask, x - 1, y) == 0 || evaluate_at(mask, x + 1, y) == 0 ||
           evaluate_at(mask, x, y - 1) == 0 || evaluate_at(mask, x, y + 1) == 0;
}

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Ascending distances of the scored surface pixels of one mask to the other's. */
static int32_t all_distances(double *list, const seg_image *from, const seg_image *to,
                             const seg_image *ignore) {
    int32_t count = 0;
    for (int32_t i = 0; i < from->width * from->height; i++) {
        const int32_t x = i % from->width, y = i / from->width;
        if (!on_surface(from, x, y) || (ignore && evaluate_at(ignore, x, y) != 0)) continue;
        list[count] = INFINITY;
        for (int32_t k = 0; k < to->width * to->height; k++)
            if (on_surface(to, k % to->width, k / to->width))
                list[count] = fmin(list[count], hypot(x - k % to->width, y - k / to->width));
        count++;
    }
    qsort(list, (size_t)count, sizeof *list, ascending);
    return count;
}

static double percentile(const double *list, int32_t count) {
    const double rank = 0.95 * (count - 1);
    const int32_t low = (int32_t)floor(rank), high = low + 1 < count ? low + 1 : low;
    return count ? list[low] * (1 - (rank - low)) + list[high] * (rank - low) : 0;
}

static double near(const double *list, int32_t count, double tolerance) {
    int32_t found = 0;
    for (int32_t i = 0; i < count; i++)
        found += list[i] <= tolerance;
    return found;
}

static void check_pair(const seg_image *a, const seg_image *b, const seg_image *ignore) {
    static double s[MOST], t[MOST], all[2 * MOST];
    const int32_t ns = all_distances(s, a, b, ignore), nt = all_distances(t, b, a, ignore);
    seg_tally *tally = compared(a, b, ignore, "tolerance=1.5");
    const bool empty = (ns && isinf(s[0])) || (nt && isinf(t[0]));
    ck_assert(value_of(tally, "one-empty") == (empty ? 1 : 0));
    if (ns && nt && !empty) {
        double sum_s = 0, sum_t = 0;
        memcpy(all, s, (size_t)ns * sizeof *s);
        memcpy(all + ns, t, (size_t)nt * sizeof *t);
        qsort(all, (size_t)(ns + nt), sizeof *all, ascending);
        for (int32_t i = 0; i < ns; i++)
            sum_s += s[i];
        for (int32_t i = 0; i < nt; i++)
            sum_t += t[i];
        CLOSE(tally, "hausdorff", fmax(s[ns - 1], t[nt - 1]));
        CLOSE(tally, "hd95", fmax(percentile(s, ns), percentile(t, nt)));
        CLOSE(tally, "hd95-pooled", percentile(all, ns + nt));
        CLOSE(tally, "assd", (sum_s + sum_t) / (ns + nt));
        CLOSE(tally, "masd", (sum_s / ns + sum_t / nt) / 2);
        const double p = near(s, ns, 1.5) / ns, r = near(t, nt, 1.5) / nt;
        CLOSE(tally, "boundary-precision", p);
        CLOSE(tally, "boundary-recall", r);
        CLOSE(tally, "boundary-f", p + r > 0 ? 2 * p * r / (p + r) : 0);
        CLOSE(tally, "nsd", (near(s, ns, 1.5) + near(t, nt, 1.5)) / (ns + nt));
    }
    seg_tally_free(tally);
}

START_TEST(against_all_distances) {
    shapes_random random = shapes_random_start(97);
    for (int repeat = 0; repeat < 150; repeat++) {
        const int32_t width = 1 + (int32_t)shapes_below(&random, LONGEST);
        const int32_t height = 1 + (int32_t)shapes_below(&random, LONGEST);
        seg_image pictures[3];
        for (int k = 0; k < 3; k++) {
            pictures[k] = evaluate_picture(width, height, SEG_U8, NULL);
            const uint32_t blobs = shapes_below(&random, 4);
            for (uint32_t i = 0; i < blobs; i++) {
                const int32_t x = (int32_t)shapes_below(&random, (uint32_t)width);
                const int32_t y = (int32_t)shapes_below(&random, (uint32_t)height);
                fill(&pictures[k], x, y,
                     x + 1 + (int32_t)shapes_below(&random, (uint32_t)(width - x)),
                     y + 1 + (int32_t)shapes_below(&random, (uint32_t)(height - y)));
            }
        }
        check_pair(&pictures[0], &pictures[1], NULL);
        check_pair(&pictures[0], &pictures[1], &pictures[2]);
        for (int k = 0; k < 3; k++)
            seg_image_unref(&pictures[k]);
    }
}
END_TEST

/* ---- properties ---- */

START_TEST(properties) {
    seg_image a = evaluate_picture(61, 47, SEG_U8, NULL),
              b = evaluate_picture(61, 47, SEG_U8, NULL);
    seg_image c = evaluate_picture(47, 61, SEG_U8, NULL),
              d = evaluate_picture(47, 61, SEG_U8, NULL);
    scene_paint_mask(&a, 0);
    scene_paint_mask(&b, 3);
    for (int32_t y = 0; y < 47; y++)
        for (int32_t x = 0; x < 61; x++) {
            ((uint8_t *)seg_image_row(&c, x))[y] = ((uint8_t *)seg_image_row(&a, y))[x];
            ((uint8_t *)seg_image_row(&d, x))[y] = ((uint8_t *)seg_image_row(&b, y))[x];
        }
    seg_tally *plain = compared(&a, &b, NULL, NULL), *swapped = compared(&b, &a, NULL, NULL);
    seg_tally *turned = compared(&c, &d, NULL, NULL), *same = compared(&a, &a, NULL, NULL);
    const seg_metric *metric = seg_tally_metric(plain);
    ck_assert_double_gt(value_of(plain, "hausdorff"), 0);
    for (int32_t i = 0; i < metric->measure_count; i++) {
        const char *name = metric->measures[i].name;
        ck_assert(value_of(plain, name) == value_of(turned, name));
        if (!isnan(metric->measures[i].perfect))
            ck_assert(value_of(same, name) == metric->measures[i].perfect);
        if (strcmp(name, "boundary-precision") == 0)
            ck_assert(value_of(plain, name) == value_of(swapped, "boundary-recall"));
        else if (strcmp(name, "boundary-recall") == 0)
            ck_assert(value_of(plain, name) == value_of(swapped, "boundary-precision"));
        else
            ck_assert_double_eq_tol(value_of(plain, name), value_of(swapped, name), 1e-12);
    }
    /* ranks and means do not exceed the largest */
    ck_assert(value_of(plain, "hd95") <= value_of(plain, "hausdorff"));
    ck_assert(value_of(plain, "hd95-pooled") <= value_of(plain, "hd95"));
    ck_assert(value_of(plain, "assd") <= value_of(plain, "hausdorff"));
    seg_tally_free(plain);
    seg_tally_free(swapped);
    seg_tally_free(turned);
    seg_tally_free(same);
    seg_image_unref(&a);
    seg_image_unref(&b);
    seg_image_unref(&c);
    seg_image_unref(&d);
}
END_TEST

START_TEST(empty_masks) {
    seg_image none = evaluate_picture(30, 40, SEG_U8, NULL),
              one = evaluate_picture(30, 40, SEG_U8, NULL);
    fill(&one, 3, 3, 9, 9);
    seg_tally *tally = evaluate_tally("surfaces", NULL);
    CLOSE(tally, "hausdorff", 0); /* of no pictures */
    CLOSE(tally, "nsd", 1);
    evaluate_add(tally, &none, &none, NULL);
    CLOSE(tally, "hausdorff", 0);
    CLOSE(tally, "boundary-f", 1);
    CLOSE(tally, "one-empty", 0);
    seg_tally_free(tally);

    tally = compared(&none, &one, NULL, NULL); /* nothing found */
    ck_assert(isnan(value_of(tally, "hausdorff")) && isnan(value_of(tally, "masd")));
    ck_assert(isnan(value_of(tally, "boundary-precision")));
    CLOSE(tally, "boundary-recall", 0);
    CLOSE(tally, "boundary-f", 0);
    CLOSE(tally, "nsd", 0);
    CLOSE(tally, "one-empty", 1);
    /* the other pictures' means go on without it */
    evaluate_add(tally, &one, &one, NULL);
    CLOSE(tally, "hausdorff", 0);
    CLOSE(tally, "boundary-f", 0.5);
    CLOSE(tally, "boundary-precision", 1);
    seg_tally_free(tally);

    tally = compared(&one, &none, NULL, "empty=diagonal"); /* nothing to find */
    CLOSE(tally, "hausdorff", 50);
    CLOSE(tally, "hd95", 50);
    CLOSE(tally, "assd", 50);
    CLOSE(tally, "boundary-precision", 0);
    ck_assert(isnan(value_of(tally, "boundary-recall")));
    seg_tally_free(tally);

    tally = compared(&one, &none, &one, NULL); /* none of it is scored */
    CLOSE(tally, "hausdorff", 0);
    CLOSE(tally, "one-empty", 0);
    seg_tally_free(tally);
    seg_image_unref(&none);
    seg_image_unref(&one);
}
END_TEST

CORE_MAIN("surfaces", by_hand, against_all_distances, properties, empty_masks)
