/* Flow kernels: every level gives what the readable twin gives, and writes nothing else. */
#include "kernels/flow.h"
#include "pixels.h"
#include "unit/core_main.h"

#define LONGEST 133
#define EDGE 16
#define ROOM (LONGEST + 2 * EDGE)

static const seg_flow_kernels *const ref = &seg_flow_kernels_ref;
static const seg_flow_kernels *levels[2];
static int level_count;

static void find_levels(void) {
    level_count = 0;
    levels[level_count++] = &seg_flow_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (pixels_level(SEG_CPU_AVX2)) levels[level_count++] = &seg_flow_kernels_avx2;
#endif
}

/* -range .. range, sometimes 0, with room on both sides. */
static float *random_row(float *row, float range, pixels_random *random) {
    for (int i = 0; i < ROOM; i++) {
        const float unit = (float)pixels_below(random, 1u << 20) / (float)(1 << 19) - 1;
        row[i] = pixels_below(random, 9) ? unit * range : 0;
    }
    return row + EDGE;
}

/* Outputs of both sides, filled with the same garbage, compared with their room. */
typedef struct outputs {
    float wanted[8][ROOM], got[8][ROOM];
} outputs;

static void outputs_start(outputs *o) {
    memset(o, PIXELS_GUARD, sizeof *o);
}

static void outputs_compare(const outputs *o, const char *what, int count) {
    ck_assert_msg(memcmp(o->wanted, o->got, sizeof o->wanted) == 0, "%s, %d pixels", what, count);
}

START_TEST(kernels_1981) {
    pixels_random random = pixels_random_start(4);
    static outputs o;
    find_levels();
    for (int count = 1; count <= LONGEST - 1; count++) {
        static float memory[10][ROOM];
        const float *rows[10];
        for (int i = 0; i < 10; i++)
            rows[i] = random_row(memory[i], i < 4 ? 255 : 30, &random);
        const float *const a[2] = {rows[0], rows[1]}, *const b[2] = {rows[2], rows[3]};
        const float *const u[3] = {rows[4], rows[5], rows[6]};
        const float *const v[3] = {rows[7], rows[8], rows[9]};
        for (int level = 0; level < level_count; level++) {
            outputs_start(&o);
            ref->cube(o.wanted[0] + EDGE, o.wanted[1] + EDGE, o.wanted[2] + EDGE, a, b, count);
            levels[level]->cube(o.got[0] + EDGE, o.got[1] + EDGE, o.got[2] + EDGE, a, b, count);
            outputs_compare(&o, "cube", count);
            ref->iterate_1981(o.wanted[3] + EDGE, o.wanted[4] + EDGE, u, v, o.wanted[0] + EDGE,
                              o.wanted[1] + EDGE, o.wanted[2] + EDGE, 9, count);
            levels[level]->iterate_1981(o.got[3] + EDGE, o.got[4] + EDGE, u, v, o.got[0] + EDGE,
                                        o.got[1] + EDGE, o.got[2] + EDGE, 9, count);
            outputs_compare(&o, "iterate_1981", count);
        }
    }
}
END_TEST

/* Random rows for one call. */
typedef struct inputs {
    float memory[64][ROOM];
    float *row[64];
    pixels_random random;
} inputs;

static void inputs_fill(inputs *in, int from, int count, float range) {
    for (int i = from; i < from + count; i++)
        in->row[i] = random_row(in->memory[i], range, &in->random);
}

#define EACH_COUNT(number)                                                                         \
    static inputs in;                                                                              \
    static outputs o;                                                                              \
    in.random = pixels_random_start(number);                                                       \
    find_levels();                                                                                 \
    for (int count = 1; count <= LONGEST - 1; count++)                                             \
        for (int level = 0; level < level_count; level++)

START_TEST(kernels_of_fields) {
    EACH_COUNT(5) {
        const seg_flow_kernels *got = levels[level];
        inputs_fill(&in, 0, 30, 255);
        outputs_start(&o);
        float weights[28];
        for (int k = 0; k < 28; k++)
            weights[k] = in.row[29][k] / 255;
        const int taps = 1 + (int)pixels_below(&in.random, 28);
        ref->blend_rows(o.wanted[0] + EDGE, (const float *const *)in.row, weights, taps, count);
        got->blend_rows(o.got[0] + EDGE, (const float *const *)in.row, weights, taps, count);
        ref->derive(o.wanted[1] + EDGE, in.row[0], in.row[1], in.row[2], in.row[3], count);
        got->derive(o.got[1] + EDGE, in.row[0], in.row[1], in.row[2], in.row[3], count);
        ref->split(o.wanted[2] + EDGE, o.wanted[3] + EDGE, in.row[0], count);
        got->split(o.got[2] + EDGE, o.got[3] + EDGE, in.row[0], count);
        ref->join(o.wanted[4] + EDGE, in.row[0], in.row[1], count);
        got->join(o.got[4] + EDGE, in.row[0], in.row[1], count);
        memcpy(o.wanted[5], in.memory[2], sizeof o.wanted[5]);
        memcpy(o.got[5], in.memory[2], sizeof o.got[5]);
        ref->limit(o.wanted[5] + EDGE, in.row[3], 90, count);
        got->limit(o.got[5] + EDGE, in.row[3], 90, count);
        outputs_compare(&o, "rows", count);
    }
}
END_TEST

/* Side by side as in a blur, farther apart as where a field shrinks, closer where it grows. */
START_TEST(blend_across) {
    EACH_COUNT(6) {
        const int taps = 1 + (int)pixels_below(&in.random, 9), kind = count % 3;
        int32_t starts[LONGEST];
        static float weights[9 * LONGEST], wide[3 * ROOM];
        for (int i = 0; i < 3 * ROOM; i++)
            wide[i] = (float)pixels_below(&in.random, 1000) / 7;
        for (int i = 0; i < 9 * LONGEST; i++)
            weights[i] = (float)pixels_below(&in.random, 1000) / 999 - 0.3f;
        for (int x = 0; x < count; x++)
            starts[x] = kind == 0 ? x - 2 : kind == 1 ? 2 * x - 1 : x / 2;
        outputs_start(&o);
        ref->blend_across(o.wanted[0] + EDGE, wide + EDGE, starts, weights, taps, count);
        levels[level]->blend_across(o.got[0] + EDGE, wide + EDGE, starts, weights, taps, count);
        outputs_compare(&o, "blend_across", count);
    }
}
END_TEST

/* Flows that stay inside, lead out, and end on the border; whole numbers as well. */
START_TEST(warps) {
    enum { ROWS = 11, ABOVE = 3 };
    static float picture[ROWS + 2 * ABOVE][ROOM];
    EACH_COUNT(7) {
        for (int y = 0; y < ROWS + 2 * ABOVE; y++)
            random_row(picture[y], 255, &in.random);
        inputs_fill(&in, 0, 1, 255);
        inputs_fill(&in, 1, 2, count % 3 ? 6 : 300);
        for (int x = 0; x < count && count % 2; x++)
            in.row[1][x] = (float)(int)in.row[1][x];
        const int32_t y = (int32_t)pixels_below(&in.random, ROWS);
        const float *second = &picture[ABOVE][EDGE];
        outputs_start(&o);
        ref->warp(o.wanted[0] + EDGE, o.wanted[1] + EDGE, o.wanted[2] + EDGE, in.row[0], second,
                  ROOM, in.row[1], in.row[2], y, count, ROWS);
        levels[level]->warp(o.got[0] + EDGE, o.got[1] + EDGE, o.got[2] + EDGE, in.row[0], second,
                            ROOM, in.row[1], in.row[2], y, count, ROWS);
        outputs_compare(&o, "warp", count);
    }
}
END_TEST

static seg_flow_robust robust_of(int count, pixels_random *random) {
    return (seg_flow_robust){count % 2, 0.01f + (float)pixels_below(random, 100),
                             (float)pixels_below(random, 5) / 4, (float)pixels_below(random, 3)};
}

START_TEST(kernels_of_the_energy) {
    EACH_COUNT(8) {
        const seg_flow_kernels *got = levels[level];
        inputs_fill(&in, 0, 15, 255);
        inputs_fill(&in, 15, 1, 1);
        for (int i = -2; i < count; i++)
            in.row[15][i] = in.row[15][i] > 0 ? 1 : 0;
        float *wanted[SEG_TENSOR], *given[SEG_TENSOR];
        for (int k = 0; k < SEG_TENSOR; k++) {
            wanted[k] = o.wanted[k] + EDGE;
            given[k] = o.got[k] + EDGE;
        }
        const float *const *mean = (const float *const *)in.row;
        outputs_start(&o);
        ref->tensor(wanted, mean, mean + 5, mean + 10, in.row[15], 5, count);
        got->tensor(given, mean, mean + 5, mean + 10, in.row[15], 5, count);
        outputs_compare(&o, "tensor", count);

        static float tensor[SEG_TENSOR][ROOM];
        const float *const j[SEG_TENSOR] = {tensor[0] + EDGE, tensor[1] + EDGE, tensor[2] + EDGE,
                                            tensor[3] + EDGE, tensor[4] + EDGE, tensor[5] + EDGE};
        memcpy(tensor, o.wanted, sizeof tensor);
        const seg_flow_robust robust = robust_of(count, &in.random);
        inputs_fill(&in, 16, 4, 8);
        inputs_fill(&in, 20, 5, 3);
        for (int k = 20; k < 25; k++)
            for (int i = 0; i < count; i++)
                in.row[k][i] = 0.1f + in.row[k][i] * in.row[k][i];
        outputs_start(&o);
        ref->blocks(wanted, j, in.row[16], in.row[17], in.row[18], in.row[19], mean + 20, &robust,
                    count);
        got->blocks(given, j, in.row[16], in.row[17], in.row[18], in.row[19], mean + 20, &robust,
                    count);
        ref->edge_weights(wanted[5], in.row[16], in.row[17], in.row[18], in.row[19], 3, &robust,
                          count);
        got->edge_weights(given[5], in.row[16], in.row[17], in.row[18], in.row[19], 3, &robust,
                          count);
        outputs_compare(&o, "blocks", count);
        outputs_start(&o);
        ref->blocks_even(wanted, j, in.row[18], in.row[19], in.row[24], 40, count);
        got->blocks_even(given, j, in.row[18], in.row[19], in.row[24], 40, count);
        outputs_compare(&o, "blocks_even", count);
    }
}
END_TEST

START_TEST(relaxation) {
    EACH_COUNT(9) {
        const seg_flow_kernels *got = levels[level];
        inputs_fill(&in, 0, 20, 9);
        seg_flow_near near;
        for (int k = 0; k < 4; k++) {
            near.u[k] = in.row[k];
            near.v[k] = in.row[4 + k];
            near.weight[k] = in.row[8 + k];
        }
        const seg_flow_block block = {in.row[12], in.row[13], in.row[14], in.row[15], in.row[16]};
        for (int k = 0; k < 4; k++) {
            memcpy(o.wanted[k], in.memory[17 + k % 2], sizeof o.wanted[k]);
            memcpy(o.got[k], in.memory[17 + k % 2], sizeof o.got[k]);
        }
        ref->relax(o.wanted[0] + EDGE, o.wanted[1] + EDGE, &near, &block, 1.7f, count);
        got->relax(o.got[0] + EDGE, o.got[1] + EDGE, &near, &block, 1.7f, count);
        ref->relax_even(o.wanted[2] + EDGE, o.wanted[3] + EDGE, &near, &block, 1.8f, count);
        got->relax_even(o.got[2] + EDGE, o.got[3] + EDGE, &near, &block, 1.8f, count);
        ck_assert_msg(memcmp(o.wanted, o.got, 4 * sizeof o.wanted[0]) == 0, "%d pixels", count);
    }
}
END_TEST

START_TEST(guided_median) {
    static float nearness[SEG_GUIDED_SIDE * SEG_GUIDED_ROW];
    EACH_COUNT(10) {
        inputs_fill(&in, 0, 30, count % 5 ? 4 : 0.0001f);
        inputs_fill(&in, 30, 15, 40);
        seg_guided_window window = {.nearness = nearness, .sharpness = 0.002f * (float)count};
        for (int k = 0; k < SEG_GUIDED_SIDE; k++) {
            window.u[k] = in.row[k] + 20;
            window.v[k] = in.row[15 + k] + 20;
            window.trust[k] = in.row[30 + k] + 20;
            for (int i = 0; i < 40; i++)
                in.row[30 + k][i] = 0.1f + in.row[30 + k][i] * in.row[30 + k][i];
            for (int c = 0; c < 3; c++)
                window.colour[c][k] = in.row[30 + (k + c) % 15] + 20;
            for (int i = 0; i < SEG_GUIDED_ROW; i++)
                nearness[k * SEG_GUIDED_ROW + i] =
                    i < SEG_GUIDED_SIDE ? (float)pixels_below(&in.random, 100) : 0;
        }
        nearness[3] = 1;
        float *wanted = o.wanted[0], *given = o.got[0];
        ref->guided_median(&wanted[0], &wanted[1], &window);
        levels[level]->guided_median(&given[0], &given[1], &window);
        ck_assert_mem_eq(wanted, given, 2 * sizeof *wanted);
    }
}
END_TEST

CORE_MAIN("flow kernels", kernels_1981, kernels_of_fields, blend_across, warps,
          kernels_of_the_energy, relaxation, guided_median)
