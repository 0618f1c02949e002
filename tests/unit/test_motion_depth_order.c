/* Which layer is in front, on borders counted by hand and on scenes whose order is known. */
#include "core_main.h"
#include "motion_scene.h"

#include "motion/depth_order.h"
#include "motion/moving_regions.h"
#include <segment/objects.h>

/* ---- by hand ---- */

#define SIDE 64
#define STRIDE (SIDE + 8)
#define BORDER 32
#define STEP 2 /* pixels that the object comes to the left by */

typedef struct stage {
    float u[2][SIDE][STRIDE], zero[SIDE][STRIDE], grey[3][SIDE][STRIDE]; /* before, now, next */
    int32_t labels[SIDE * SIDE], items[1];
    uint8_t left_out[SIDE * SIDE];
    seg_moving_objects objects;
    seg_moving_flow ways[2];
} stage;

/* Neighbours and those a few pixels away are unlike in both layers. */
static float texture(int layer, int x, int y) {
    return (float)((x * 37 + y * 11 + layer * 50) % 101 * 2);
}

/* Still to the left of BORDER in the frame at hand, an object of id 7 to the right, which comes to
 * the left; `front` is the layer in front. The layer behind goes on under the one in front. */
static void set_stage(stage *s, int front) {
    memset(s, 0, sizeof *s);
    for (int t = 0; t < 3; t++)
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++) {
                const int shift = (t - 1) * STEP;
                const bool object = front ? x >= BORDER - shift : x >= BORDER;
                s->grey[t][y][x] = texture(object, object ? x + shift + SIDE : x, y);
            }
    for (int y = 0; y < SIDE; y++)
        for (int x = BORDER; x < SIDE; x++) {
            s->labels[y * SIDE + x] = 1;
            s->u[0][y][x] = STEP;
            s->u[1][y][x] = -STEP;
        }
    s->items[0] = 7;
    s->objects = (seg_moving_objects){
        .width = SIDE, .height = SIDE, .labels = s->labels, .items = s->items, .count = 1};
    ck_assert_ok(seg_fit_rooms_make(&s->objects.rooms, 2 * SEG_REGION_SAMPLES, NULL));
    for (int k = 0; k < 2; k++)
        s->ways[k] = (seg_moving_flow){.to = {.u = s->u[k][0], .v = s->zero[0]},
                                       .first = s->grey[1][0],
                                       .second = s->grey[2 * k][0],
                                       .stride = STRIDE};
}

/* A new order after one frame. */
static void watch(seg_depth_order *order, stage *s) {
    const seg_moving_frame frame = {.left_out = s->left_out};
    ck_assert_ok(seg_depth_order_bind(order, NULL));
    ck_assert_ok(seg_depth_order_watch(order, &s->objects, &frame, s->ways, NULL));
}

static void clear(seg_depth_order *order, const stage *s) {
    seg_depth_order_free(order, NULL);
    seg_release(NULL, s->objects.rooms.memory);
}

/* In each row, STEP pixels of the layer behind are hidden by the next frame. */
START_TEST(votes_by_hand) {
    static stage s;
    for (int front = 0; front < 2; front++) {
        seg_depth_order order = {0};
        set_stage(&s, front);
        watch(&order, &s);
        ck_assert_int_eq(order.count, 1);
        ck_assert_int_eq(order.pairs[0].a, 0);
        ck_assert_int_eq(order.pairs[0].b, 7);
        ck_assert_float_eq(order.pairs[0].votes, STEP * SIDE);
        ck_assert_float_eq(order.pairs[0].lead, front ? -STEP * SIDE : STEP * SIDE);
        ck_assert_int_eq(seg_depth_pair_front(&order.pairs[0]), front ? -1 : 1);
        clear(&order, &s);
    }
}
END_TEST

/* What takes no part has no vote. */
START_TEST(left_out) {
    static stage s;
    seg_depth_order order = {0};
    set_stage(&s, 1);
    for (int y = 0; y < SIDE / 2; y++)
        memset(s.left_out + (ptrdiff_t)y * SIDE, 1, SIDE);
    watch(&order, &s);
    ck_assert_float_eq(order.pairs[0].votes, STEP * SIDE / 2);
    clear(&order, &s);
}
END_TEST

/* Layers that do not move against each other hide nothing. */
START_TEST(no_motion_no_order) {
    static stage s;
    seg_depth_order order = {0};
    set_stage(&s, 1);
    memset(s.u, 0, sizeof s.u);
    memcpy(s.grey[0], s.grey[1], sizeof s.grey[0]);
    memcpy(s.grey[2], s.grey[1], sizeof s.grey[0]);
    watch(&order, &s);
    ck_assert_int_eq(order.count, 0);
    clear(&order, &s);
}
END_TEST

START_TEST(gone_objects_are_forgotten) {
    const struct { int32_t a, b; } met[] = {{0, 3}, {0, 9}, {3, 5}, {3, 9}, {5, 9}};
    int32_t items[] = {9, 3};
    const seg_moving_objects objects = {.items = items, .count = 2};
    seg_depth_order order = {0};
    seg_scratch scratch;
    seg_scratch_init(&scratch, NULL);
    ck_assert_ok(seg_depth_order_bind(&order, NULL));
    for (int i = 0; i < 5; i++)
        order.pairs[order.count++] = (seg_depth_pair){.a = met[i].a, .b = met[i].b, .lead = 1};
    ck_assert_ok(seg_depth_order_keep(&order, &objects, &scratch));
    ck_assert_int_eq(order.count, 3);
    ck_assert(order.pairs[0].b == 3 && order.pairs[1].b == 9 && order.pairs[2].a == 3);
    ck_assert_int_eq(order.pairs[2].b, 9);
    seg_depth_order_free(&order, NULL);
    seg_scratch_free(&scratch);
}
END_TEST

/* Five deviations of thrown votes, not fewer. */
START_TEST(what_is_certain) {
    const struct {
        float lead, votes;
        int front;
    } cases[] = {{0, 0, 0},    {25, 25, 1},  {-25, 25, -1}, {24, 24, 0},
                 {50, 100, 1}, {49, 100, 0}, {-49, 100, 0}, {-500, 10000, -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const seg_depth_pair pair = {.a = 1, .b = 2, cases[i].lead, cases[i].votes};
        ck_assert_int_eq(seg_depth_pair_front(&pair), cases[i].front);
    }
}
END_TEST

/* ---- scenes ---- */

#define WIDTH 128
#define HEIGHT 80
#define SQUARE 30
#define FRAMES 14

/* A square whose content moves, with its outline or through a hole in the rest. */
typedef struct square {
    double left, top;   /* of the outline in frame 0 */
    double speed, down; /* of the content, pixels per frame */
    bool hole;          /* the outline stays */
} square;

static void paint_square(float *pixels, const square *s, int number, int t) {
    const double left = s->left + (s->hole ? 0 : s->speed * t);
    const double top = s->top + (s->hole ? 0 : s->down * t);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            if (x >= left && x < left + SQUARE && y >= top && y < top + SQUARE)
                pixels[y * WIDTH + x] = (float)motion_texture(x - s->speed * t + 300 * number,
                                                              y - s->down * t + 70 * number, 4);
}

/* What the last result says of two layers: 1 = the first is in front, -1 = the second, 0 = not
 * known. */
static int told(const seg_result *result, int32_t a, int32_t b) {
    int front = 0;
    for (int32_t i = 0; i < result->order_count; i++) {
        const seg_layer_order *o = &result->orders[i];
        if (o->front == a && o->behind == b) front++;
        if (o->front == b && o->behind == a) front--;
    }
    return front;
}

typedef struct scene {
    double camera;
    square squares[2];
    int count;
} scene;

static int32_t id_in(const seg_result *result, const square *s, int64_t t) {
    const double shift = s->hole ? 0 : (double)t;
    const double x = s->left + s->speed * shift + SQUARE / 2,
                 y = s->top + s->down * shift + SQUARE / 2;
    return ((const int32_t *)seg_image_row(&result->labels, (int)y))[(int)x];
}

static void give(flow_run *run, const scene *s, int t) {
    static float pixels[WIDTH * HEIGHT];
    motion_scene_fill(pixels, WIDTH, HEIGHT, s->camera * t, 0, 5);
    for (int i = 0; i < s->count; i++)
        paint_square(pixels, &s->squares[i], i + 1, t);
    seg_image image = {0};
    ck_assert_ok(seg_image_wrap(&image, pixels, (ptrdiff_t)sizeof(float) * WIDTH, WIDTH, HEIGHT,
                                SEG_F32, 1));
    const seg_frame frame = {.index = t, .pts = SEG_NO_PTS, .image = image};
    ck_assert_int_ge(seg_context_apply(run->context, &frame, 0, &run->result), 0);
}

/* The square against what is around it: what is said, and in how many frames, at least. */
static void check_square(const scene *s, int front, int least) {
    for (int ahead = 0; ahead < 2; ahead++) {
        int known = 0;
        flow_run run =
            flow_start("motion", (const char *const[]){"look-ahead", ahead ? "1" : "0", NULL});
        for (int t = 0; t < FRAMES; t++) {
            give(&run, s, t);
            if (t < ahead) continue;
            const int32_t id = id_in(&run.result, &s->squares[0], run.result.index);
            const int said = id > 0 ? told(&run.result, id, 0) : 0;
            ck_assert_msg(said == 0 || said == front, "frame %d", t);
            known += said != 0;
        }
        ck_assert_int_ge(known, least);
        flow_stop(&run);
    }
}

START_TEST(a_square_in_front) {
    for (int camera = -1; camera <= 1; camera++)
        check_square(&(scene){camera, {{20, 30, 3, 1, false}}, 1}, 1, FRAMES - 4);
}
END_TEST

START_TEST(what_moves_behind_a_hole) {
    for (int way = -1; way <= 1; way += 2)
        check_square(&(scene){0, {{48, 26, 2.5 * way, 0, true}}, 1}, -1, 5);
}
END_TEST

START_TEST(what_stands_still_has_no_order) {
    check_square(&(scene){0, {{20, 30, 0, 0, false}}, 1}, 0, 0);
    check_square(&(scene){2, {{20, 30, 2, 0, false}}, 1}, 0, 0);
}
END_TEST

/* The second square is painted over the first one and meets it. */
START_TEST(squares_that_cross) {
    for (int turned = 0; turned < 2; turned++) {
        scene s = {0, {{16, 26, 2.5, 0, false}, {84, 32, -2.5, 0, false}}, 2};
        if (turned) {
            const square first = s.squares[0];
            s.squares[0] = s.squares[1];
            s.squares[1] = first;
        }
        flow_run run = flow_start("motion", (const char *const[]){"look-ahead", "0", NULL});
        int right = 0, wrong = 0;
        int32_t ids[2] = {0, 0};
        for (int t = 0; t < 24; t++) {
            give(&run, &s, t);
            for (int i = 0; i < 2 && t < 8; i++)
                ids[i] = id_in(&run.result, &s.squares[i], t);
            right += told(&run.result, ids[1], ids[0]) > 0;
            wrong += told(&run.result, ids[1], ids[0]) < 0;
        }
        ck_assert(ids[0] > 0 && ids[1] > 0 && ids[0] != ids[1]);
        ck_assert_int_eq(wrong, 0);
        ck_assert_msg(right >= 5, "%d frames", right);
        flow_stop(&run);
    }
}
END_TEST

/* The fields of objects, as expressions ask for them. */
START_TEST(fields) {
    const scene s = {0, {{20, 30, 3, 1, false}}, 1};
    flow_run run = flow_start("motion", (const char *const[]){"look-ahead", "0", NULL});
    seg_result *result = &run.result;
    for (int t = 0; t < FRAMES; t++)
        give(&run, &s, t);
    ck_assert_ok(seg_objects_measure(result, &result->labels, NULL, NULL));
    ck_assert_ok(seg_objects_measure_motion(result, NULL));
    ck_assert_int_eq(result->object_count, 1);
    ck_assert_int_eq(result->objects[0].in_front_of, 1);
    ck_assert_int_eq(result->objects[0].behind, 0);
    seg_keep *keep;
    ck_assert_ok(seg_keep_create(&keep, "in_front_of > 0 && behind == 0", NULL));
    ck_assert(seg_keep_test(keep, &result->objects[0], WIDTH, HEIGHT));
    seg_keep_free(keep);
    flow_stop(&run);
}
END_TEST

CORE_MAIN("motion_depth_order", votes_by_hand, left_out, no_motion_no_order,
          gone_objects_are_forgotten, what_is_certain, a_square_in_front, what_moves_behind_a_hole,
          what_stands_still_has_no_order, squares_that_cross, fields)
