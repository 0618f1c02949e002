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

CORE_MAIN("flow kernels", kernels_1981)
