/* Points that are found and tracked: known motions, an exhaustive search, what is lost. */
#include "core_main.h"
#include "motion_scene.h"

#define W 160
#define H 120

static seg_image wrap(float *pixels) {
    seg_image image = {0};
    ck_assert_int_eq(seg_image_wrap(&image, pixels, (ptrdiff_t)sizeof(float) * W, W, H, SEG_F32, 1),
                     SEG_OK);
    return image;
}

static int32_t lay_grid(seg_tracked_point *points, int from, int step) {
    int32_t count = 0;
    for (int y = from; y < H - from; y += step)
        for (int x = from; x < W - from; x += step)
            points[count++] = (seg_tracked_point){.x = x + 0.25, .y = y + 0.6};
    return count;
}

static float first[W * H], second[W * H];
static seg_tracked_point points[4000], others[4000];

/* Small and large shifts, to a fiftieth of a pixel. */
START_TEST(shifts) {
    static const double moves[][2] = {{0, 0}, {0.37, -0.61}, {2.5, 1.2}, {-12.3, 7.8}};
    motion_scene_fill(first, W, H, 0, 0, 4);
    motion_scene_fill(second, W, H, moves[_i][0], moves[_i][1], 4);
    const seg_image a = wrap(first), b = wrap(second);
    const int32_t count = lay_grid(points, 30, 11);
    ck_assert_int_eq(seg_points_track(points, count, &a, &b, NULL, NULL), SEG_OK);
    for (int32_t i = 0; i < count; i++) {
        ck_assert(points[i].found);
        ck_assert_double_eq_tol(points[i].to_x, points[i].x + moves[_i][0], 0.02);
        ck_assert_double_eq_tol(points[i].to_y, points[i].y + moves[_i][1], 0.02);
        ck_assert_double_lt(points[i].difference, 1);
        ck_assert_double_lt(points[i].back, 0.05);
    }
}
END_TEST

/* ---- an exhaustive search ---- */

static double sample(const float *picture, double x, double y) {
    const int left = (int)floor(x), top = (int)floor(y);
    double sum = 0;
    for (int dy = 0; dy < 2; dy++)
        for (int dx = 0; dx < 2; dx++)
            sum += (dx ? x - left : 1 - x + left) * (dy ? y - top : 1 - y + top) * 255 *
                   (double)picture[motion_clamp(top + dy, H) * W + motion_clamp(left + dx, W)];
    return sum;
}

static double cost_at(double x, double y, double to_x, double to_y, int radius) {
    double cost = 0;
    for (int dy = -radius; dy <= radius; dy++)
        for (int dx = -radius; dx <= radius; dx++) {
            const double d = sample(first, x + dx, y + dy) - sample(second, to_x + dx, to_y + dy);
            cost += d * d;
        }
    return cost;
}

/* No place nearby, on a grid of a twentieth of a pixel, is better by more than rounding. */
START_TEST(least_squares) {
    motion_scene_fill(first, W, H, 0, 0, 3);
    motion_scene_fill(second, W, H, 0.8, 0.45, 3);
    for (int i = 0; i < W * H; i++) /* a little noise */
        second[i] += 0.005f * (float)((i * 7919 + i / W * 104729) % 1000 - 500) / 500;
    const seg_image a = wrap(first), b = wrap(second);
    seg_points_options options;
    seg_points_options_init(&options);
    options.window = 9;
    options.exact = 0.0005;
    options.iterations = 100;
    const int32_t count = lay_grid(points, 40, 23);
    ck_assert_int_eq(seg_points_track(points, count, &a, &b, &options, NULL), SEG_OK);
    int compared = 0;
    for (int32_t i = 0; i < count; i++) {
        if (!points[i].found) continue;
        const seg_tracked_point *p = &points[i];
        double best = 1e300, best_x = 0, best_y = 0;
        for (int v = -20; v <= 20; v++)
            for (int u = -20; u <= 20; u++) {
                const double x = p->to_x + 0.05 * u, y = p->to_y + 0.05 * v;
                const double cost = cost_at(p->x, p->y, x, y, 4);
                if (cost >= best) continue;
                best = cost;
                best_x = x;
                best_y = y;
            }
        ck_assert_double_le(fabs(best_x - p->to_x), 0.11);
        ck_assert_double_le(fabs(best_y - p->to_y), 0.11);
        compared++;
    }
    ck_assert_int_gt(compared, 4);
}
END_TEST

/* ---- what is lost ---- */

START_TEST(lost) {
    motion_scene_fill(first, W, H, 0, 0, 4);
    motion_scene_fill(second, W, H, -9, 0, 4);
    for (int y = 70; y < H; y++) /* no texture there */
        for (int x = 0; x < W; x++)
            first[y * W + x] = second[y * W + x] = 0.5f;
    const seg_image a = wrap(first), b = wrap(second);
    seg_tracked_point p[] = {{.x = 80, .y = 40},   {.x = 80, .y = 100}, {.x = 4, .y = 40},
                             {.x = -1, .y = 40},   {.x = NAN, .y = 40}, {.x = 1e30, .y = -1e30},
                             {.x = 80, .y = 119.5}};
    ck_assert_int_eq(seg_points_track(p, 7, &a, &b, NULL, NULL), SEG_OK);
    ck_assert(p[0].found);
    for (int i = 1; i < 7; i++) /* flat, leaves the picture, outside from the start */
        ck_assert_msg(!p[i].found, "point %d", i);
}
END_TEST

/* Two pictures that have nothing to do with each other: tracked back, points end elsewhere. */
START_TEST(check_finds_nonsense) {
    motion_scene_fill(first, W, H, 0, 0, 4);
    motion_scene_fill(second, W, H, 500, 300, 4);
    const seg_image a = wrap(first), b = wrap(second);
    const int32_t count = lay_grid(points, 20, 9);
    int kept[2] = {0, 0};
    for (int checked = 0; checked < 2; checked++) {
        seg_points_options options;
        seg_points_options_init(&options);
        options.check = checked ? 1 : 0;
        ck_assert_int_eq(seg_points_track(points, count, &a, &b, &options, NULL), SEG_OK);
        for (int32_t i = 0; i < count; i++)
            kept[checked] += points[i].found;
    }
    ck_assert_int_lt(2 * kept[1], kept[0]);
}
END_TEST

/* ---- the same everywhere ---- */

START_TEST(same_for_threads_and_depths) {
    static uint8_t bytes[2][W * H];
    static uint16_t words[2][W * H];
    motion_scene_fill(first, W, H, 0, 0, 4);
    motion_scene_fill(second, W, H, 1.3, -0.8, 4);
    for (int i = 0; i < W * H; i++) {
        bytes[0][i] = (uint8_t)(first[i] * 255 + 0.5f);
        bytes[1][i] = (uint8_t)(second[i] * 255 + 0.5f);
        words[0][i] = (uint16_t)(bytes[0][i] * 257);
        words[1][i] = (uint16_t)(bytes[1][i] * 257);
    }
    seg_image u8[2] = {{0}, {0}}, u16[2] = {{0}, {0}};
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(seg_image_wrap(&u8[i], bytes[i], W, W, H, SEG_U8, 1), SEG_OK);
        ck_assert_int_eq(seg_image_wrap(&u16[i], words[i], 2 * W, W, H, SEG_U16, 1), SEG_OK);
    }
    const int32_t count = lay_grid(points, 2, 7);
    memcpy(others, points, sizeof points);
    ck_assert_int_eq(seg_points_track(points, count, &u8[0], &u8[1], NULL, NULL), SEG_OK);
    seg_pool *pool;
    ck_assert_int_eq(seg_pool_create(&pool, 3), SEG_OK);
    const seg_env env = {.runner = seg_pool_runner(pool)};
    ck_assert_int_eq(seg_points_track(others, count, &u16[0], &u16[1], NULL, &env), SEG_OK);
    seg_pool_free(pool);
    for (int32_t i = 0; i < count; i++)
        ck_assert(points[i].to_x == others[i].to_x && points[i].to_y == others[i].to_y &&
                  points[i].found == others[i].found);
}
END_TEST

/* ---- corners ---- */

/* A bright square has four. */
START_TEST(corners) {
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            first[y * W + x] = x >= 40 && x < 90 && y >= 30 && y < 80 ? 1 : 0;
    const seg_image a = wrap(first);
    int32_t count;
    ck_assert_int_eq(seg_points_find(points, &count, 400, &a, 0.1, 5, NULL), SEG_OK);
    ck_assert_int_eq(count, 4);
    for (int i = 0; i < 4; i++) {
        const double dx = fmin(fabs(points[i].x - 39.5), fabs(points[i].x - 89.5));
        const double dy = fmin(fabs(points[i].y - 29.5), fabs(points[i].y - 79.5));
        ck_assert(dx <= 1.5 && dy <= 1.5);
    }
    ck_assert_int_eq(seg_points_find(points, &count, 3, &a, 0.1, 5, NULL), SEG_OK);
    ck_assert_int_eq(count, 3);
    ck_assert_int_eq(seg_points_find(points, &count, 400, &a, 0.1, 60, NULL), SEG_OK);
    ck_assert_int_eq(count, 2); /* across the diagonal */
    memset(first, 0, sizeof first);
    ck_assert_int_eq(seg_points_find(points, &count, 400, &a, 0.1, 5, NULL), SEG_OK);
    ck_assert_int_eq(count, 0);
}
END_TEST

/* Strongest first, none nearer than asked, none left out that would have had room. */
START_TEST(corners_keep_apart) {
    motion_scene_fill(first, W, H, 0, 0, 3);
    const seg_image a = wrap(first);
    int32_t all, count;
    ck_assert_int_eq(seg_points_find(others, &all, 4000, &a, 0, 0, NULL), SEG_OK);
    ck_assert_int_eq(seg_points_find(points, &count, 4000, &a, 0, 12, NULL), SEG_OK);
    ck_assert(all < 4000 && count > 5 && count < all);
    int32_t next = 0; /* greedy, by hand */
    for (int32_t i = 0; i < all; i++) {
        bool room = true;
        for (int32_t k = 0; k < next; k++)
            room = room && hypot(others[i].x - points[k].x, others[i].y - points[k].y) >= 12;
        if (!room) continue;
        ck_assert_int_lt(next, count);
        ck_assert(points[next].x == others[i].x && points[next].y == others[i].y);
        next++;
    }
    ck_assert_int_eq(next, count);
}
END_TEST

START_TEST(refused) {
    const seg_image a = wrap(first), none = {0};
    seg_image small = a;
    small.width = 30;
    int32_t count;
    seg_points_options options = {0};
    ck_assert_int_eq(seg_points_track(NULL, 1, &a, &a, NULL, NULL), SEG_ERROR_ARGUMENT);
    ck_assert_int_eq(seg_points_track(points, -1, &a, &a, NULL, NULL), SEG_ERROR_ARGUMENT);
    ck_assert_int_eq(seg_points_track(points, 1, &a, &none, NULL, NULL), SEG_ERROR_ARGUMENT);
    ck_assert_int_eq(seg_points_track(points, 1, &a, &small, NULL, NULL), SEG_ERROR_SHAPE);
    ck_assert_int_eq(seg_points_track(points, 1, &a, &a, &options, NULL), SEG_ERROR_OPTION);
    ck_assert_int_eq(seg_points_find(points, &count, 0, &a, 0.1, 5, NULL), SEG_ERROR_ARGUMENT);
    ck_assert_int_eq(seg_points_find(points, &count, 9, &a, 2, 5, NULL), SEG_ERROR_ARGUMENT);
    ck_assert_int_eq(seg_points_find(points, &count, 9, &a, 0, NAN, NULL), SEG_ERROR_ARGUMENT);
    ck_assert_int_eq(seg_points_track(NULL, 0, &a, &a, NULL, NULL), SEG_OK);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("points");
    TCase *cases = tcase_create("points");
    tcase_add_loop_test(cases, shifts, 0, 4);
    tcase_add_test(cases, least_squares);
    tcase_add_test(cases, lost);
    tcase_add_test(cases, check_finds_nonsense);
    tcase_add_test(cases, same_for_threads_and_depths);
    tcase_add_test(cases, corners);
    tcase_add_test(cases, corners_keep_apart);
    tcase_add_test(cases, refused);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
