/* Documents: counts and distortion by hand, weights of strokes by hand and against a plain twin. */
#include "evaluate.h"
#include "evaluate/stroke_skeleton.h"
#include "evaluate/stroke_weights.h"

#define ID "documents"

/* A page of ground, 255, with rectangles of ink, 0. */
static seg_image page(int32_t width, int32_t height) {
    seg_image image = {0};
    ck_assert_ok(seg_image_alloc(&image, width, height, SEG_U8, 1, NULL));
    for (int32_t y = 0; y < height; y++)
        memset(seg_image_row(&image, y), 255, (size_t)width);
    return image;
}

static void put(const seg_image *image, seg_rect box, uint8_t value) {
    for (int32_t y = box.y; y < box.y + box.height; y++)
        memset((uint8_t *)seg_image_row(image, y) + box.x, value, (size_t)box.width);
}

/* ---- counts ---- */

START_TEST(measures_by_hand) {
    /* ink 4 of 10: 3 found, 1 missed, 2 false, 4 left out */
    const double given_10[10] = {0, 0, 0, 255, 0, 0, 255, 255, 255, 255};
    const double ink_10[10] = {0, 0, 0, 0, 255, 255, 255, 255, 255, 255};
    seg_image given = evaluate_picture(5, 2, SEG_U8, given_10);
    seg_image ink = evaluate_picture(5, 2, SEG_U8, ink_10);
    seg_tally *tally = evaluate_tally(ID, "pseudo=false");
    evaluate_add(tally, &given, &ink, NULL);
    evaluate_check(tally, ID, "recall", 75);
    evaluate_check(tally, ID, "precision", 60);
    evaluate_check(tally, ID, "fm", 600 / 9.);
    evaluate_check(tally, ID, "psnr", 10 * log10(10 / 3.));
    evaluate_check(tally, ID, "nrm", (1 / 4. + 2 / 6.) / 2);
    evaluate_check(tally, ID, "mcc", (3 * 4 - 2 * 1) / sqrt(5 * 4 * 6 * 5));
    evaluate_check(tally, ID, "drd", NAN); /* no block of 8 x 8 */
    evaluate_check(tally, ID, "p-fm", NAN);
    /* found is given black on white here, white on black there */
    seg_tally *light = evaluate_tally(ID, "pseudo=false object=255 truth-object=255");
    evaluate_add(light, &given, &ink, NULL);
    evaluate_check(light, ID, "recall", 400 / 6.);
    seg_tally_free(tally);
    seg_tally_free(light);
    seg_image_unref(&given);
    seg_image_unref(&ink);
}
END_TEST

START_TEST(distortion_by_hand) {
    const double all = 4 + 4 / sqrt(2) + 2 + 8 / sqrt(5) + 4 / sqrt(8);
    seg_image ink = page(15, 8), given = page(15, 8);
    put(&ink, (seg_rect){0, 0, 4, 8}, 0);
    put(&given, (seg_rect){0, 0, 4, 8}, 0);
    put(&given, (seg_rect){5, 4, 1, 1}, 0); /* ink among ground, two columns from the ink */
    seg_tally *tally = evaluate_tally(ID, NULL);
    evaluate_add(tally, &given, &ink, NULL);
    const double side = 1 + 2 / sqrt(2) + 2 / sqrt(5), middle = 2 + 2 / 2.,
                 far = 1 / 2. + 2 / sqrt(5) + 2 / sqrt(8);
    evaluate_check(tally, ID, "drd", (2 * side + middle + far) / all);
    seg_tally_free(tally);
    /* in the corner of the page, what is outside does not count */
    put(&given, (seg_rect){5, 4, 1, 1}, 255);
    put(&given, (seg_rect){0, 0, 1, 1}, 255);
    tally = evaluate_tally(ID, NULL);
    evaluate_add(tally, &given, &ink, NULL);
    evaluate_check(tally, ID, "drd",
                   (2 * (1 + 1 / 2.) + 1 / sqrt(2) + 2 / sqrt(5) + 1 / sqrt(8)) / all);
    seg_tally_free(tally);
    seg_image_unref(&ink);
    seg_image_unref(&given);
}
END_TEST

START_TEST(blocks_that_count) {
    seg_image ink = page(31, 17), given = page(31, 17), ignore = {0};
    put(&ink, (seg_rect){4, 4, 8, 2}, 0);  /* in two blocks */
    put(&ink, (seg_rect){25, 9, 2, 2}, 0); /* in one that is cut off on the right */
    put(&ink, (seg_rect){16, 8, 8, 8}, 0); /* a full one */
    put(&ink, (seg_rect){2, 16, 1, 1}, 0); /* in one that is cut off below */
    put(&given, (seg_rect){0, 0, 31, 17}, 255);
    seg_tally *tally = evaluate_tally(ID, "pseudo=false"),
              *part = evaluate_tally(ID, "pseudo=false");
    evaluate_add(tally, &given, &ink, NULL);
    ck_assert_ok(seg_image_alloc(&ignore, 31, 17, SEG_U8, 1, NULL));
    put(&ignore, (seg_rect){0, 0, 8, 8}, 1); /* one of the two */
    evaluate_add(part, &given, &ink, &ignore);
    /* all ink is missed; its neighbours of ink differ from the ground that was given */
    double sums[2] = {0};
    for (int32_t y = 0; y < 17; y++)
        for (int32_t x = 0; x < 31; x++)
            for (int32_t dy = -2; dy <= 2; dy++)
                for (int32_t dx = -2; dx <= 2; dx++) {
                    const int32_t nx = x + dx, ny = y + dy;
                    if ((!dx && !dy) || nx < 0 || ny < 0 || nx >= 31 || ny >= 17 ||
                        evaluate_at(&ink, x, y) != 0 || evaluate_at(&ink, nx, ny) != 0)
                        continue;
                    sums[0] += 1 / sqrt(dx * dx + dy * dy);
                    if (x >= 8 || y >= 8) sums[1] += 1 / sqrt(dx * dx + dy * dy);
                }
    const double all = 4 + 4 / sqrt(2) + 2 + 8 / sqrt(5) + 4 / sqrt(8);
    evaluate_check(tally, ID, "drd", sums[0] / all / 2);
    evaluate_check(part, ID, "drd", sums[1] / all / 1);
    evaluate_check(tally, ID, "fm", 0);
    seg_tally_free(tally);
    seg_tally_free(part);
    seg_image_unref(&ink);
    seg_image_unref(&given);
    seg_image_unref(&ignore);
}
END_TEST

START_TEST(empty_pages) {
    seg_image blank = page(20, 20), blot = page(20, 20);
    put(&blot, (seg_rect){3, 3, 4, 4}, 0);
    seg_tally *tally = evaluate_tally(ID, NULL);
    evaluate_add(tally, &blank, &blank, NULL);
    evaluate_check(tally, ID, "fm", 100);
    evaluate_check(tally, ID, "p-fm", 100);
    evaluate_check(tally, ID, "psnr", INFINITY);
    evaluate_check(tally, ID, "drd", 0);
    seg_tally_free(tally);
    tally = evaluate_tally(ID, NULL);
    evaluate_add(tally, &blot, &blank, NULL);
    evaluate_check(tally, ID, "recall", NAN);
    evaluate_check(tally, ID, "p-recall", NAN);
    evaluate_check(tally, ID, "p-precision", 0);
    evaluate_check(tally, ID, "drd", NAN);
    seg_tally_free(tally);
    tally = evaluate_tally(ID, NULL);
    evaluate_add(tally, &blank, &blot, NULL);
    evaluate_check(tally, ID, "p-recall", 0);
    evaluate_check(tally, ID, "p-precision", NAN);
    evaluate_check(tally, ID, "fm", 0);
    seg_tally_free(tally);
    seg_image_unref(&blank);
    seg_image_unref(&blot);
}
END_TEST

/* ---- weights by hand ---- */

static void weights_of(seg_stroke_weights *weights, const seg_image *ink, seg_scratch *scratch) {
    seg_scratch_init(scratch, NULL);
    ck_assert_ok(seg_stroke_weights_make(weights, ink, scratch, NULL));
}

/* A page where ink is not 0, as the weights take it. */
static seg_image sheet(int32_t width, int32_t height, seg_rect bar) {
    seg_image image = {0};
    ck_assert_ok(seg_image_alloc(&image, width, height, SEG_U8, 1, NULL));
    put(&image, bar, 255);
    return image;
}

START_TEST(strokes_by_hand) {
    /* depths across a stroke of 7: 0 1 2 3 2 1 0, sum 9; of 8: 0 1 2 3 3 2 1 0, sum 12 */
    static const double across[2][8] = {
        {0, 1 / 9., 2 / 9., 3 / 9., 2 / 9., 1 / 9., 0, 0},
        {0, 1 / 12., 2 / 12., 3 / 12., 3 / 12., 2 / 12., 1 / 12., 0}};
    for (int width = 7; width <= 8; width++) {
        seg_image upright = sheet(60, 80, (seg_rect){25, 10, width, 60});
        seg_image level = sheet(80, 60, (seg_rect){10, 25, 60, width});
        seg_stroke_weights weights;
        seg_scratch scratch;
        weights_of(&weights, &upright, &scratch);
        for (int i = 0; i < 8; i++)
            ck_assert_double_eq(seg_stroke_recall(&weights, 40 * 60 + 25 + (size_t)i),
                                across[width - 7][i]);
        seg_scratch_free(&scratch);
        weights_of(&weights, &level, &scratch);
        for (int i = 0; i < 8; i++)
            ck_assert_double_eq(seg_stroke_recall(&weights, (25 + (size_t)i) * 80 + 40),
                                across[width - 7][i]);
        seg_scratch_free(&scratch);
        seg_image_unref(&upright);
        seg_image_unref(&level);
    }
}
END_TEST

START_TEST(ground_by_hand) {
    /* a stroke of 7 is taken to be 6 wide: sixths of a pixel up to 6 pixels off, then 0 */
    seg_image ink = sheet(80, 80, (seg_rect){30, 10, 7, 60});
    seg_stroke_weights weights;
    seg_scratch scratch;
    weights_of(&weights, &ink, &scratch);
    for (int far = 1; far <= 9; far++) {
        const double wanted = far <= 6 ? 1 + far / 6. : 1;
        ck_assert_double_eq(seg_stroke_precision(&weights, 40 * 80 + 36 + (size_t)far), wanted);
        ck_assert_double_eq(seg_stroke_precision(&weights, 40 * 80 + 30 - (size_t)far), wanted);
    }
    seg_scratch_free(&scratch);
    /* with another stroke 8 pixels to the right, the gap has its middle 4 pixels off */
    put(&ink, (seg_rect){44, 10, 7, 60}, 255);
    weights_of(&weights, &ink, &scratch);
    double largest = 0;
    for (int far = 1; far <= 7; far++) {
        const double weight = seg_stroke_precision(&weights, 40 * 80 + 36 + (size_t)far);
        ck_assert(weight > 1);
        largest = fmax(largest, weight);
    }
    ck_assert_double_ge(largest, 1 + 4 / 6.);
    ck_assert_double_eq(seg_stroke_precision(&weights, 40 * 80 + 37), 1.25);
    seg_scratch_free(&scratch);
    seg_image_unref(&ink);
}
END_TEST

START_TEST(pseudo_values_by_hand) {
    seg_image ink = page(60, 80), given = page(60, 80);
    put(&ink, (seg_rect){25, 10, 7, 60}, 0);
    put(&given, (seg_rect){25, 10, 7, 60}, 0);
    /* the middle row loses all of its ink but the contour, of which nothing counts */
    put(&given, (seg_rect){26, 40, 5, 1}, 255);
    /* and three pixels are too many */
    put(&given, (seg_rect){32, 40, 3, 1}, 0);
    seg_tally *tally = evaluate_tally(ID, NULL);
    evaluate_add(tally, &given, &ink, NULL);
    seg_image mask = sheet(60, 80, (seg_rect){25, 10, 7, 60});
    seg_stroke_weights weights;
    seg_scratch scratch;
    weights_of(&weights, &mask, &scratch);
    double sum = 0;
    for (size_t i = 0; i < 60 * 80; i++)
        sum += evaluate_at(&mask, (int32_t)(i % 60), (int32_t)(i / 60)) != 0
                   ? seg_stroke_recall(&weights, i)
                   : 0;
    const double recall = (sum - 1) / sum, tp = 7 * 60 - 5;
    const double precision = tp / (tp + 3 + (1 + 2 + 3) / 6.);
    evaluate_check(tally, ID, "p-recall", 100 * recall);
    evaluate_check(tally, ID, "p-precision", 100 * precision);
    evaluate_check(tally, ID, "p-fm", 200 * recall * precision / (recall + precision));
    seg_scratch_free(&scratch);
    seg_tally_free(tally);
    seg_image_unref(&ink);
    seg_image_unref(&given);
    seg_image_unref(&mask);
}
END_TEST

/* ---- skeletons ---- */

START_TEST(skeleton_of_a_corner_and_a_junction) {
    /* a corner and the foot of a T are cut, a branch to the side stays */
    static const char *const drawn[3][7] = {
        {".......", "..#....", "..#....", "..#....", "..####.", ".......", "......."},
        {".......", ".#####.", "...#...", "...#...", "...#...", ".......", "......."},
        {"..#....", "..#....", "..#....", "..####.", "..#....", "..#....", "..#...."}};
    static const char *const wanted[3][7] = {
        {".......", "..#....", "..#....", "..#....", "...###.", ".......", "......."},
        {".......", ".##.##.", "...#...", "...#...", "...#...", ".......", "......."},
        {"..#....", "..#....", "..#....", "..####.", "..#....", "..#....", "..#...."}};
    for (int i = 0; i < 3; i++) {
        seg_image mask = sheet(7, 7, (seg_rect){0, 0, 0, 0}), labels = {0}, skeleton = {0};
        for (int32_t k = 0; k < 49; k++)
            if (drawn[i][k / 7][k % 7] == '#') put(&mask, (seg_rect){k % 7, k / 7, 1, 1}, 255);
        seg_component *components = NULL;
        int32_t count;
        ck_assert_ok(seg_components(&labels, &components, &count, &mask, 8, NULL));
        ck_assert_ok(
            seg_stroke_skeleton(&skeleton, &mask, &labels, components, count, false, NULL));
        for (int32_t k = 0; k < 49; k++)
            ck_assert_msg((evaluate_at(&skeleton, k % 7, k / 7) != 0) ==
                              (wanted[i][k / 7][k % 7] == '#'),
                          "case %d, pixel %d,%d", i, (int)k % 7, (int)k / 7);
        seg_components_free(components, NULL);
        seg_image_unref(&mask);
        seg_image_unref(&labels);
        seg_image_unref(&skeleton);
    }
}
END_TEST

START_TEST(every_component_has_a_line) {
    /* squares of 2 x 2, which thinning erases, and a hook whose centre is no part of it */
    seg_image mask = sheet(40, 30, (seg_rect){3, 3, 2, 2}), labels = {0}, skeleton = {0};
    put(&mask, (seg_rect){20, 20, 1, 1}, 255);
    put(&mask, (seg_rect){38, 28, 2, 2}, 255);
    put(&mask, (seg_rect){10, 10, 9, 2}, 255);
    put(&mask, (seg_rect){0, 25, 1, 5}, 255);
    seg_component *components = NULL;
    int32_t count;
    ck_assert_ok(seg_components(&labels, &components, &count, &mask, 8, NULL));
    for (int framed = 0; framed < 2; framed++) {
        ck_assert_ok(
            seg_stroke_skeleton(&skeleton, &mask, &labels, components, count, framed, NULL));
        int lines[6] = {0};
        for (int32_t k = 0; k < 1200; k++)
            if (evaluate_at(&skeleton, k % 40, k / 40) != 0)
                lines[(int)evaluate_at(&labels, k % 40, k / 40)]++;
        ck_assert_int_eq(count, 5);
        ck_assert_int_eq(lines[0], 0);
        for (int i = 1; i <= 5; i++)
            ck_assert_int_gt(lines[i], 0);
    }
    seg_components_free(components, NULL);
    seg_image_unref(&mask);
    seg_image_unref(&labels);
    seg_image_unref(&skeleton);
}
END_TEST

/* ---- a plain twin ---- */

#define MOST (40 * 30)
#define OUTSIDE 250

/* One side of a page, pixel by pixel and component by component. */
typedef struct twin {
    int32_t width, height, count;
    seg_image mask, labels, skeleton;
    seg_component *components;
    int depth[MOST], half[MOST], across[MOST];
} twin;

static int at(const twin *t, const seg_image *image, int i) {
    return (int)evaluate_at(image, i % t->width, i / t->width);
}

static int chessboard(const twin *t, int a, int b) {
    const int dx = abs(a % t->width - b % t->width), dy = abs(a / t->width - b / t->width);
    return dx > dy ? dx : dy;
}

/* Distance to the nearest pixel of `image` within `box` (NULL = anywhere), or a large number. */
static int distance_to(const twin *t, const seg_image *image, int i, const seg_rect *box) {
    int nearest = 100000;
    for (int k = 0; k < t->width * t->height; k++) {
        const int x = k % t->width, y = k / t->width;
        if (!at(t, image, k)) continue;
        if (box &&
            (x < box->x || y < box->y || x >= box->x + box->width || y >= box->y + box->height))
            continue;
        if (chessboard(t, i, k) < nearest) nearest = chessboard(t, i, k);
    }
    return nearest;
}

static bool is_nearest(const twin *t, const seg_image *image, int i, int k, const seg_rect *box,
                       int nearest) {
    const int x = k % t->width, y = k / t->width;
    return at(t, image, k) && x >= box->x && y >= box->y && x < box->x + box->width &&
           y < box->y + box->height && chessboard(t, i, k) == nearest;
}

static int beside(const twin *t, int i, int dx, int dy) {
    const int x = i % t->width + dx, y = i / t->width + dy;
    return x < 0 || y < 0 || x >= t->width || y >= t->height ? i : y * t->width + x;
}

static bool counts(int depth) {
    return depth > 0 && depth < OUTSIDE;
}

static void twin_trace(twin *t, const seg_image *ink, bool ground) {
    t->width = ink->width, t->height = ink->height;
    ck_assert_ok(seg_image_alloc(&t->mask, t->width, t->height, SEG_U8, 1, NULL));
    for (int i = 0; i < t->width * t->height; i++)
        if ((at(t, ink, i) != 0) != ground)
            put(&t->mask, (seg_rect){i % t->width, i / t->width, 1, 1}, 255);
    ck_assert_ok(seg_components(&t->labels, &t->components, &t->count, &t->mask, 8, NULL));
    ck_assert_ok(seg_stroke_skeleton(&t->skeleton, &t->mask, &t->labels, t->components, t->count,
                                     ground, NULL));
}

static void twin_measure(twin *t, const seg_image *contour) {
    static const int cross[4][2] = {{0, -1}, {0, 1}, {-1, 0}, {1, 0}};
    const int pixels = t->width * t->height;
    for (int i = 0; i < pixels; i++) {
        bool flat = at(t, &t->skeleton, i) && counts(t->depth[i]);
        for (int k = 0; k < 4; k++)
            flat = flat && t->depth[beside(t, i, cross[k][0], cross[k][1])] == t->depth[i];
        t->depth[i] += flat;
        t->half[i] = at(t, &t->skeleton, i) != 0;
    }
    for (int label = 1; label <= t->count; label++)
        for (int i = 0; i < pixels; i++) {
            if (at(t, &t->labels, i) != label || !counts(t->depth[i])) continue;
            const seg_rect *box = &t->components[label - 1].box;
            const bool middle = at(t, &t->skeleton, i) && !at(t, contour, i);
            const int far = middle ? 1 : distance_to(t, &t->skeleton, i, NULL);
            const int nearest = distance_to(t, &t->skeleton, i, box);
            for (int k = 0; k < pixels; k++)
                if (is_nearest(t, &t->skeleton, i, k, box, nearest))
                    t->half[k] = t->depth[k] + (far >= t->depth[k]);
        }
    for (int i = 0; i < pixels; i++) {
        if (!at(t, &t->skeleton, i)) continue;
        int found = 0, half = 0;
        for (int k = 0; k < 9; k++) {
            if (k == 4) continue;
            const int x = i % t->width + k % 3 - 1, y = i / t->width + k / 3 - 1;
            const int cx = x < 0 ? 0 : x >= t->width ? t->width - 1 : x;
            const int cy = y < 0 ? 0 : y >= t->height ? t->height - 1 : y;
            if (!at(t, &t->skeleton, cy * t->width + cx)) continue;
            found++;
            half = k == 8 ? 0 : t->half[cy * t->width + cx];
        }
        if (found == 1 && half > 0) t->half[i] = half + 1;
    }
    for (int i = 0; i < pixels; i++) {
        t->across[i] = 0;
        if (!counts(t->depth[i])) continue;
        const seg_rect *box = &t->components[at(t, &t->labels, i) - 1].box;
        const int nearest = distance_to(t, &t->skeleton, i, box);
        for (int k = 0; k < pixels; k++)
            if (is_nearest(t, &t->skeleton, i, k, box, nearest) &&
                t->depth[k] * t->half[k] > t->across[i])
                t->across[i] = t->depth[k] * t->half[k];
    }
    for (int i = 0; i < pixels; i++) {
        bool alone = counts(t->depth[i]);
        for (int k = 0; k < 4; k++) {
            const int other = t->across[beside(t, i, cross[k][0], cross[k][1])];
            alone = alone && other != 0 && other != t->across[i];
        }
        if (alone) t->across[i] = t->across[i - 1];
    }
}

static void twin_free(twin *t) {
    seg_components_free(t->components, NULL);
    seg_image_unref(&t->mask);
    seg_image_unref(&t->labels);
    seg_image_unref(&t->skeleton);
    free(t);
}

static seg_image twin_contour(const twin *ink) {
    seg_image contour = sheet(ink->width, ink->height, (seg_rect){0, 0, 0, 0});
    for (int i = 0; i < ink->width * ink->height; i++) {
        const int x = i % ink->width, y = i / ink->width;
        const bool edge = x == 0 || y == 0 || x == ink->width - 1 || y == ink->height - 1;
        const bool open = !at(ink, &ink->mask, beside(ink, i, 1, 0)) ||
                          !at(ink, &ink->mask, beside(ink, i, -1, 0)) ||
                          !at(ink, &ink->mask, beside(ink, i, 0, 1)) ||
                          !at(ink, &ink->mask, beside(ink, i, 0, -1));
        if (at(ink, &ink->mask, i) && (edge || open)) put(&contour, (seg_rect){x, y, 1, 1}, 255);
    }
    return contour;
}

/* Widths of strokes, and the depths of the ground that they reach. */
static void twin_reach(const twin *ink, twin *ground, const seg_image *contour, int strokes[]) {
    for (int c = 0; c < ink->count; c++) {
        int sum = 0, lines = 0;
        for (int i = 0; i < ink->width * ink->height; i++)
            if (at(ink, &ink->labels, i) == c + 1 && at(ink, &ink->skeleton, i))
                sum += ink->half[i], lines++;
        strokes[c] = sum / lines * 2;
    }
    for (int i = 0; i < ink->width * ink->height; i++) {
        ground->depth[i] = 0;
        if (!at(ink, &ground->mask, i)) continue;
        ground->depth[i] = OUTSIDE;
        for (int c = 0; c < ink->count; c++) {
            const seg_rect *box = &ink->components[c].box;
            const int x = i % ink->width, y = i / ink->width, far = 2 * strokes[c];
            if (x >= box->x - far && y >= box->y - far && x < box->x + box->width + far &&
                y < box->y + box->height + far)
                ground->depth[i] = distance_to(ink, contour, i, NULL);
        }
    }
}

/* What the weights of the ground are divided by. */
static void twin_divide(const twin *ink, const twin *ground, const seg_image *contour,
                        const int strokes[], int reach[]) {
    const int pixels = ink->width * ink->height;
    seg_image meets = sheet(ink->width, ink->height, (seg_rect){0, 0, 0, 0});
    for (int i = 0; i < pixels; i++) {
        reach[i] = 0;
        if (!counts(ground->depth[i])) continue;
        const seg_rect *box = &ground->components[at(ground, &ground->labels, i) - 1].box;
        const int nearest = distance_to(ink, contour, i, box);
        int widest = -1, least = 100000, most = 0;
        for (int k = 0; k < pixels; k++) {
            if (!is_nearest(ink, contour, i, k, box, nearest)) continue;
            const int label = at(ink, &ink->labels, k);
            widest = strokes[label - 1] > widest ? strokes[label - 1] : widest;
            least = label < least ? label : least;
            most = label > most ? label : most;
        }
        if (ground->depth[i] > widest) continue;
        reach[i] = widest;
        if (least != most && ground->across[i])
            put(&meets, (seg_rect){i % ink->width, i / ink->width, 1, 1}, 255);
    }
    for (int i = 0; i < pixels; i++) {
        const int left = reach[i] - ground->depth[i];
        const int root = (int)floor(sqrt(ground->across[i]) + 0.5);
        if (reach[i] && left > 0 && distance_to(ink, &meets, i, NULL) <= left && root < reach[i])
            reach[i] = root;
    }
    seg_image_unref(&meets);
}

static void check_twin(const seg_image *mask, int turn) {
    twin *ink = calloc(1, sizeof *ink), *ground = calloc(1, sizeof *ground);
    twin_trace(ink, mask, false);
    twin_trace(ground, mask, true);
    seg_image contour = twin_contour(ink);
    int strokes[MOST], reach[MOST];
    for (int i = 0; i < ink->width * ink->height; i++) {
        ink->depth[i] = at(ink, &ink->mask, i) ? distance_to(ink, &contour, i, NULL) : 0;
        if (at(ink, &contour, i) && at(ink, &ink->skeleton, i)) ink->depth[i] = 1;
    }
    twin_measure(ink, &contour);
    twin_reach(ink, ground, &contour, strokes);
    twin_measure(ground, &contour);
    twin_divide(ink, ground, &contour, strokes, reach);
    seg_stroke_weights weights;
    seg_scratch scratch;
    weights_of(&weights, mask, &scratch);
    for (int i = 0; i < ink->width * ink->height; i++) {
        const double recall =
            ink->depth[i] && ink->across[i] ? (double)ink->depth[i] / ink->across[i] : 0;
        const double far = reach[i] ? (double)ground->depth[i] / reach[i] : 0;
        const double precision = 1 + (far > 2 ? 2 : far);
        const size_t k = (size_t)i;
        ck_assert_msg(seg_stroke_recall(&weights, k) == recall, "turn %d, %d,%d: recall %g, not %g",
                      turn, i % ink->width, i / ink->width, seg_stroke_recall(&weights, k), recall);
        ck_assert_msg(seg_stroke_precision(&weights, k) == precision,
                      "turn %d, %d,%d: precision %g, not %g", turn, i % ink->width, i / ink->width,
                      seg_stroke_precision(&weights, k), precision);
    }
    seg_scratch_free(&scratch);
    seg_image_unref(&contour);
    twin_free(ink);
    twin_free(ground);
}

START_TEST(weights_as_the_twin) {
    scene_random random = {21};
    for (int turn = 0; turn < 60; turn++) {
        const int32_t width = 1 + (int32_t)scene_below(&random, 40);
        const int32_t height = 1 + (int32_t)scene_below(&random, 30);
        seg_image mask = sheet(width, height, (seg_rect){0, 0, 0, 0});
        const int boxes = (int)scene_below(&random, 9);
        for (int i = 0; i < boxes; i++) {
            const int32_t w = 1 + (int32_t)scene_below(&random, 14);
            const int32_t h = 1 + (int32_t)scene_below(&random, 14);
            if (w > width || h > height) continue;
            const int32_t x = (int32_t)scene_below(&random, (uint32_t)(width - w + 1));
            const int32_t y = (int32_t)scene_below(&random, (uint32_t)(height - h + 1));
            put(&mask, (seg_rect){x, y, w, h}, 255);
            /* a hole now and then */
            if (w > 4 && h > 4 && i % 2) put(&mask, (seg_rect){x + 2, y + 2, w - 4, h - 4}, 0);
        }
        for (int i = 0; i < width * height / 50; i++)
            put(&mask,
                (seg_rect){(int32_t)scene_below(&random, (uint32_t)width),
                           (int32_t)scene_below(&random, (uint32_t)height), 1, 1},
                i % 3 ? 255 : 0);
        check_twin(&mask, turn);
        seg_image_unref(&mask);
    }
}
END_TEST

CORE_MAIN("documents", measures_by_hand, distortion_by_hand, blocks_that_count, empty_pages,
          strokes_by_hand, ground_by_hand, pseudo_values_by_hand,
          skeleton_of_a_corner_and_a_junction, every_component_has_a_line, weights_as_the_twin)
