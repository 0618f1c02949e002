/* Motions of objects by the flow under them. */
#include "core_main.h"

#include <math.h>
#include <segment/objects.h>

#define WIDTH 80
#define HEIGHT 60

static int32_t labels[HEIGHT][WIDTH];
static float flow[HEIGHT][WIDTH][2];

/* Object 3 turns, object 7 goes to the right; the rest stands. */
static const seg_motion turn = {{2, 0.01, -0.05, 0, 0, 0, -1, 0.05, 0.01}};

static void make(seg_result *result) {
    seg_result_init(result, NULL);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            double of[2] = {0, 0};
            labels[y][x] = y >= 10 && y < 50 && x >= 5 && x < 35 ? 3 : 0;
            if (y >= 20 && y < 24 && x >= 60 && x < 64) labels[y][x] = 7;
            if (labels[y][x] == 3) seg_motion_at(of, &turn, x, y);
            if (labels[y][x] == 7) of[0] = 4;
            flow[y][x][0] = (float)of[0];
            flow[y][x][1] = (float)of[1];
        }
    ck_assert_ok(
        seg_image_wrap(&result->labels, labels, sizeof labels[0], WIDTH, HEIGHT, SEG_LABEL32, 1));
    ck_assert_ok(seg_image_wrap(&result->flow, flow, sizeof flow[0], WIDTH, HEIGHT, SEG_F32, 2));
    ck_assert_ok(seg_objects_measure(result, &result->labels, NULL, NULL));
    ck_assert_int_eq(result->object_count, 2);
}

START_TEST(motions_by_the_named_model) {
    seg_result result;
    make(&result);
    result.flow_about.model = SEG_MOTION_AFFINE + 1;
    result.flow_about.dominant.p[0] = 1;
    ck_assert_ok(seg_objects_measure_motion(&result, NULL));
    const seg_object *o = result.objects;
    ck_assert_int_eq(o[0].motion_numbers, 6);
    for (int i = 0; i < SEG_MOTION_NUMBERS; i++)
        ck_assert_double_eq_tol(o[0].motion.p[i], turn.p[i], 1e-4);
    double of[2];
    seg_motion_at(of, &turn, o[0].centroid_x, o[0].centroid_y);
    ck_assert_double_eq_tol(o[0].motion_x, of[0], 1e-4);
    ck_assert_double_eq_tol(o[0].relative_x, of[0] - 1, 1e-4);
    ck_assert_double_eq_tol(o[0].relative_y, of[1], 1e-4);
    ck_assert_double_eq_tol(o[1].motion_x, 4, 1e-6);
    ck_assert_double_eq_tol(o[1].relative_x, 3, 1e-6);
    seg_result_free(&result);
}
END_TEST

START_TEST(motions_by_the_model_that_suffices) {
    seg_result result;
    make(&result);
    ck_assert_ok(seg_objects_measure_motion(&result, NULL));
    ck_assert_int_eq(result.objects[0].motion_numbers, 4); /* turn and zoom alone */
    ck_assert_int_eq(result.objects[1].motion_numbers, 2);
    seg_result_free(&result);
}
END_TEST

START_TEST(unknown_flow_says_nothing) {
    seg_result result;
    make(&result);
    for (int y = 20; y < 24; y++)
        for (int x = 60; x < 64; x++)
            flow[y][x][0] = x & 1 ? 1e10f : NAN;
    ck_assert_ok(seg_objects_measure_motion(&result, NULL));
    ck_assert_int_gt(result.objects[0].motion_numbers, 0);
    ck_assert_int_eq(result.objects[1].motion_numbers, 0);
    int32_t speed = 0;
    while (strcmp(seg_object_field_name(speed), "speed") != 0)
        speed++;
    ck_assert(isnan(seg_object_field_value(&result.objects[1], speed, WIDTH, HEIGHT)));
    ck_assert_double_gt(seg_object_field_value(&result.objects[0], speed, WIDTH, HEIGHT), 0);
    seg_result_free(&result);
}
END_TEST

START_TEST(speeds_and_directions) {
    double direction;
    ck_assert_double_eq_tol(seg_motion_speed(3, -4, &direction), 5, 1e-12);
    ck_assert_double_eq_tol(direction, 53.130102, 1e-5);
    seg_motion_speed(-1, 0, &direction);
    ck_assert_double_eq_tol(direction, 180, 1e-12);
    ck_assert_double_eq(seg_motion_speed(0, 0, &direction), 0);
    ck_assert_double_eq(direction, 0);
    ck_assert_double_eq(seg_motion_speed(0, 2, NULL), 2);
}
END_TEST

START_TEST(errors) {
    seg_result result;
    make(&result);
    ck_assert_fails(seg_objects_measure_motion(NULL, NULL), SEG_ERROR_ARGUMENT, "result");
    result.flow.height--;
    ck_assert_fails(seg_objects_measure_motion(&result, NULL), SEG_ERROR_SHAPE, "80 x 59");
    result.flow = (seg_image){0};
    ck_assert_fails(seg_objects_measure_motion(&result, NULL), SEG_ERROR_ARGUMENT, "flow");
    seg_result_free(&result);
}
END_TEST

CORE_MAIN("objects_motion", motions_by_the_named_model, motions_by_the_model_that_suffices,
          unknown_flow_says_nothing, speeds_and_directions, errors)
