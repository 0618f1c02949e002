/* Borders and their hierarchy, against the algorithm as the paper has it. */
#include "core_main.h"
#include "shapes.h"

#include <segment/geometry.h>
#include <stdbool.h>

enum { SIDE = 40, ROOM = 20000 };

/* The paper's, step by step, over a picture of whole numbers with a frame of zeros. */
typedef struct plain {
    int32_t f[SIDE + 2][SIDE + 2]; /* row, column */
    int32_t width, height, count, point_count;
    seg_border_node items[ROOM];
    seg_point points[ROOM];
} plain;

/* Clockwise from the east as seen on a screen; (row, column). */
static const int turns[8][2] = {{0, 1},  {1, 1},   {1, 0},  {1, -1},
                                {0, -1}, {-1, -1}, {-1, 0}, {-1, 1}};

static int direction(int i, int j, int to_i, int to_j) {
    for (int d = 0; d < 8; d++)
        if (i + turns[d][0] == to_i && j + turns[d][1] == to_j) return d;
    return -1;
}

/* Steps (3.1) to (3.5); numbers of borders are two higher, 1 is the frame. */
static void follow(plain *p, int i, int j, int i2, int j2, int32_t number) {
    int d = direction(i, j, i2, j2), k = 0, i1 = 0, j1 = 0;
    for (k = 0; k < 8; k++) { /* (3.1) clockwise */
        i1 = i + turns[(d + k) & 7][0];
        j1 = j + turns[(d + k) & 7][1];
        if (p->f[i1][j1]) break;
    }
    if (k == 8) {
        p->f[i][j] = -number;
        p->points[p->point_count++] = (seg_point){j - 1, i - 1};
        return;
    }
    i2 = i1, j2 = j1; /* (3.2) */
    int i3 = i, j3 = j;
    while (true) {
        bool east_seen = false;
        int i4 = 0, j4 = 0;
        d = direction(i3, j3, i2, j2);
        for (k = 1; k <= 8; k++) { /* (3.3) counterclockwise, from the next one on */
            const int turn = (d - k) & 7;
            i4 = i3 + turns[turn][0];
            j4 = j3 + turns[turn][1];
            if (p->f[i4][j4]) break;
            east_seen = east_seen || turn == 0;
        }
        p->points[p->point_count++] = (seg_point){j3 - 1, i3 - 1};
        if (east_seen)
            p->f[i3][j3] = -number; /* (3.4) */
        else if (p->f[i3][j3] == 1)
            p->f[i3][j3] = number;
        if (i4 == i && j4 == j && i3 == i1 && j3 == j1) return; /* (3.5) */
        i2 = i3, j2 = j3, i3 = i4, j3 = j4;
    }
}

static void find_plain(plain *p, const seg_image *mask) {
    memset(p->f, 0, sizeof p->f);
    p->count = p->point_count = 0;
    for (int32_t y = 0; y < mask->height; y++)
        for (int32_t x = 0; x < mask->width; x++)
            p->f[y + 1][x + 1] = ((const uint8_t *)seg_image_row(mask, y))[x] != 0;
    for (int i = 1; i <= mask->height; i++) {
        int32_t last = 1; /* LNBD */
        for (int j = 1; j <= mask->width; j++) {
            if (!p->f[i][j]) continue;
            const bool outer = p->f[i][j] == 1 && !p->f[i][j - 1];
            const bool hole = !outer && p->f[i][j] >= 1 && !p->f[i][j + 1];
            if (outer || hole) {
                if (hole && p->f[i][j] > 1) last = p->f[i][j];
                seg_border_node *made = &p->items[p->count++];
                *made = (seg_border_node){hole, last - 2, p->point_count, 0};
                if (last > 1 && p->items[last - 2].hole == hole)
                    made->parent = p->items[last - 2].parent;
                follow(p, i, j, i, outer ? j - 1 : j + 1, p->count + 1);
                made->count = p->point_count - made->first;
            }
            if (p->f[i][j] != 1) last = abs(p->f[i][j]);
        }
    }
}

static void compare(const seg_image *mask) {
    static plain want;
    seg_border_tree got;
    find_plain(&want, mask);
    ck_assert_ok(seg_border_tree_trace(&got, mask, NULL));
    ck_assert_int_eq(got.count, want.count);
    ck_assert_int_eq(got.point_count, want.point_count);
    for (int32_t i = 0; i < got.count; i++) {
        ck_assert_int_eq(got.items[i].hole, want.items[i].hole);
        ck_assert_int_eq(got.items[i].parent, want.items[i].parent);
        ck_assert_int_eq(got.items[i].first, want.items[i].first);
        ck_assert_int_eq(got.items[i].count, want.items[i].count);
    }
    if (got.point_count)
        ck_assert_mem_eq(got.points, want.points, (size_t)got.point_count * sizeof *got.points);
    seg_border_tree_free(&got, NULL);
}

static seg_image mask_from(const char *const *rows, int32_t height) {
    seg_image mask = {0};
    ck_assert_ok(seg_image_alloc(&mask, (int32_t)strlen(rows[0]), height, SEG_U8, 1, NULL));
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < mask.width; x++)
            ((uint8_t *)seg_image_row(&mask, y))[x] = rows[y][x] == '#' ? 255 : 0;
    return mask;
}

/* A ring with a dot in its hole, and a line of two pixels at its corner. */
START_TEST(by_hand) {
    static const char *const rows[] = {"#####..", "#...#..", "#.#.#..",
                                       "#...#..", "#####..", ".....##"};
    seg_image mask = mask_from(rows, 6);
    seg_border_tree b;
    ck_assert_ok(seg_border_tree_trace(&b, &mask, NULL));
    ck_assert_int_eq(b.count, 3);
    ck_assert(!b.items[0].hole && b.items[0].parent == -1);
    ck_assert(b.items[1].hole && b.items[1].parent == 0);
    ck_assert(!b.items[2].hole && b.items[2].parent == 1);
    static const seg_point outer[] = {{0, 0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}, {1, 4}, {2, 4},
                                      {3, 4}, {4, 4}, {5, 5}, {6, 5}, {5, 5}, {4, 4}, {4, 3},
                                      {4, 2}, {4, 1}, {4, 0}, {3, 0}, {2, 0}, {1, 0}};
    ck_assert_int_eq(b.items[0].count, sizeof outer / sizeof *outer);
    ck_assert_mem_eq(b.points, outer, sizeof outer);
    /* the ring's corners are no neighbours of the hole over edges */
    static const seg_point hole[] = {{0, 1}, {1, 0}, {2, 0}, {3, 0}, {4, 1}, {4, 2},
                                     {4, 3}, {3, 4}, {2, 4}, {1, 4}, {0, 3}, {0, 2}};
    ck_assert_int_eq(b.items[1].count, sizeof hole / sizeof *hole);
    ck_assert_mem_eq(b.points + b.items[1].first, hole, sizeof hole);
    ck_assert(b.items[2].count == 1 && b.points[b.items[2].first].x == 2);
    seg_border_tree_free(&b, NULL);
    compare(&mask);
    seg_image_unref(&mask);
}
END_TEST

START_TEST(against_the_paper) {
    shapes_random random = shapes_random_start(71);
    for (int repeat = 0; repeat < 1500; repeat++) {
        seg_image mask = {0};
        const int32_t width = 1 + (int32_t)shapes_below(&random, SIDE);
        const int32_t height = 1 + (int32_t)shapes_below(&random, SIDE);
        ck_assert_ok(seg_image_alloc(&mask, width, height, SEG_U8, 1, NULL));
        shapes_noise(mask.data, width, height, mask.stride, shapes_below(&random, 101), &random);
        compare(&mask);
        seg_image_unref(&mask);
    }
}
END_TEST

START_TEST(shapes) {
    for (int kind = 0; kind < SHAPES_COUNT; kind++)
        for (int32_t side = 1; side <= SIDE; side += 3) {
            seg_image mask = {0};
            ck_assert_ok(seg_image_alloc(&mask, side, SIDE, SEG_U8, 1, NULL));
            shapes_draw(mask.data, side, SIDE, mask.stride, kind);
            compare(&mask);
            seg_image_unref(&mask);
        }
}
END_TEST

START_TEST(errors) {
    seg_border_tree b;
    seg_image labels = {0};
    ck_assert_fails(seg_border_tree_trace(NULL, &labels, NULL), SEG_ERROR_ARGUMENT, "tree");
    ck_assert_fails(seg_border_tree_trace(&b, &labels, NULL), SEG_ERROR_ARGUMENT, "mask");
    ck_assert_ok(seg_image_alloc(&labels, 3, 3, SEG_LABEL32, 1, NULL));
    ck_assert_fails(seg_border_tree_trace(&b, &labels, NULL), SEG_ERROR_UNSUPPORTED, "mask");
    ck_assert(b.count == 0 && !b.items && !b.points);
    seg_image_unref(&labels);
}
END_TEST

CORE_MAIN("border tree", by_hand, against_the_paper, shapes, errors)
