/* Objects of a belief and a flow that are made by hand. */
#include "core_main.h"

#include "motion/moving_objects.h"

#define WIDTH 72
#define HEIGHT 24
#define LEAST 110 /* pixels of an object */

typedef struct stage {
    float u[HEIGHT][WIDTH], v[HEIGHT][WIDTH], belief[HEIGHT][WIDTH];
    seg_moving moving;
    seg_moving_flow flow;
    seg_moving_objects objects;
    seg_scratch scratch;
} stage;

static void set_stage(stage *s) {
    memset(s, 0, sizeof *s);
    s->moving = (seg_moving){.width = WIDTH, .height = HEIGHT, .mean = s->belief[0]};
    s->flow = (seg_moving_flow){.to = {.u = s->u[0], .v = s->v[0]}, .stride = WIDTH};
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            s->belief[y][x] = -1;
    ck_assert_ok(seg_moving_objects_bind(&s->objects, WIDTH, HEIGHT, NULL));
}

/* What moves by (u, v) from column `left` to before column `right`, in rows 2 .. HEIGHT - 3. */
static void add(stage *s, int left, int right, float u, float v) {
    for (int y = 2; y < HEIGHT - 2; y++)
        for (int x = left; x < right; x++) {
            s->belief[y][x] = 1;
            s->u[y][x] = u;
            s->v[y][x] = v;
        }
}

static int find(stage *s) {
    const seg_motion still = {{0}};
    ck_assert_ok(seg_moving_objects_find(&s->objects, &s->moving, &s->flow, &still, LEAST,
                                         &s->scratch, NULL));
    return s->objects.count;
}

static int label_at(const stage *s, int x) {
    return s->objects.labels[HEIGHT / 2 * WIDTH + x];
}

static void clear_stage(stage *s) {
    seg_moving_objects_free(&s->objects, NULL);
    seg_scratch_free(&s->scratch);
}

START_TEST(what_moves_alike_is_one) {
    static stage s;
    set_stage(&s);
    add(&s, 4, 28, 5, 0);
    add(&s, 28, 40, 5.5f, 0);
    ck_assert_int_eq(find(&s), 1);
    clear_stage(&s);
}
END_TEST

START_TEST(what_moves_otherwise_is_another) {
    static stage s;
    set_stage(&s);
    add(&s, 4, 28, 5, 0);
    add(&s, 28, 40, -5, 0);
    ck_assert_int_eq(find(&s), 2);
    clear_stage(&s);
}
END_TEST

/* A strip that is too small for an object lies between two of them and moves as a third one: it
 * becomes part of a neighbour, and does not make one of both. */
START_TEST(a_sliver_joins_no_two_objects) {
    static stage s;
    for (int width = 3; width * (HEIGHT - 4) < LEAST; width++) {
        set_stage(&s);
        add(&s, 2, 30, 5, 0);
        add(&s, 30, 30 + width, 0, 12);
        add(&s, 30 + width, 50, -5, 0);
        add(&s, 50, 70, 0, 12);
        ck_assert_int_eq(find(&s), 3);
        ck_assert_int_ne(label_at(&s, 10), label_at(&s, 45));
        const int between = label_at(&s, 31);
        ck_assert(between == label_at(&s, 10) || between == label_at(&s, 45));
        clear_stage(&s);
    }
}
END_TEST

CORE_MAIN("motion_moving_objects", what_moves_alike_is_one, what_moves_otherwise_is_another,
          a_sliver_joins_no_two_objects)
