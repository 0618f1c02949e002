/* Kernels of grey morphology: every level gives what the readable twin gives. */
#include "kernels/morphology.h"
#include "pixels.h"

#define LONGEST 140
#define GUARD 0x5b

static const seg_morphology_kernels *levels[2];
static int level_count;

static void find_levels(void) {
    levels[level_count++] = &seg_morphology_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (seg_cpu_level_set(SEG_CPU_AVX2) == SEG_CPU_AVX2)
        levels[level_count++] = &seg_morphology_kernels_avx2;
#endif
}

typedef struct rows {
    float in[3][LONGEST]; /* of any format */
    float out[2][LONGEST + 1];
} rows;

static void run_fold(const seg_fold_kernels *fold, rows *r, size_t count, size_t sample) {
    memset(r->out, GUARD, sizeof r->out);
    memcpy(r->out[1], r->in[2], count * sample);
    fold->fold(r->out[0], r->in[0], r->in[1], count);
    fold->gather(r->out[1], r->in[0], count);
    memcpy(r->in[2], r->out[1], count * sample); /* both count */
    fold->advance(r->out[0], r->out[1], r->in[1], r->in[0], count);
}

START_TEST(folds) {
    pixels_random random = pixels_random_start(61);
    for (size_t count = 1; count < LONGEST; count++) {
        for (int format = SEG_U8; format <= SEG_F32; format++) {
            for (int most = 0; most < 2; most++) {
                const size_t sample = seg_format_size((seg_format)format);
                rows want, got;
                for (int i = 0; i < 3; i++)
                    pixels_fill(want.in[i], format, count, pixels_below(&random, 5),
                                format == SEG_U8 ? 255 : 65535, &random);
                if (format == SEG_F32) want.in[0][0] = most ? -INFINITY : INFINITY;
                for (int l = 0; l < level_count; l++) {
                    const seg_morphology_kernels *k[2] = {&seg_morphology_kernels_ref, levels[l]};
                    rows input = want;
                    got = want;
                    run_fold(most ? &k[0]->most[format - 1] : &k[0]->least[format - 1], &input,
                             count, sample);
                    run_fold(most ? &k[1]->most[format - 1] : &k[1]->least[format - 1], &got, count,
                             sample);
                    ck_assert_mem_eq(input.out, got.out, sizeof got.out);
                    ck_assert_mem_eq(input.in[2], got.in[2], count * sample);
                }
            }
        }
    }
}
END_TEST

START_TEST(differences) {
    pixels_random random = pixels_random_start(62);
    for (size_t count = 1; count < LONGEST; count++) {
        uint8_t a8[LONGEST], b8[LONGEST], want8[LONGEST], got8[LONGEST];
        uint16_t a16[LONGEST], b16[LONGEST], want16[LONGEST], got16[LONGEST];
        float a[LONGEST], b[LONGEST], want[LONGEST], got[LONGEST];
        pixels_fill(a, SEG_F32, count, 7, 255, &random);
        pixels_fill(b, SEG_F32, count, 7, 255, &random);
        for (size_t i = 0; i < count; i++) {
            a8[i] = (uint8_t)pixels_below(&random, 256);
            b8[i] = (uint8_t)pixels_below(&random, a8[i] + 1u);
            a16[i] = (uint16_t)pixels_below(&random, 65536);
            b16[i] = (uint16_t)pixels_below(&random, a16[i] + 1u);
        }
        for (int l = 0; l < level_count; l++) {
            seg_morphology_kernels_ref.subtract_u8(want8, a8, b8, count);
            levels[l]->subtract_u8(got8, a8, b8, count);
            ck_assert_mem_eq(want8, got8, count);
            seg_morphology_kernels_ref.subtract_u16(want16, a16, b16, count);
            levels[l]->subtract_u16(got16, a16, b16, count);
            ck_assert_mem_eq(want16, got16, 2 * count);
            seg_morphology_kernels_ref.subtract_f32(want, a, b, count);
            memcpy(got, a, sizeof got); /* in place */
            levels[l]->subtract_f32(got, got, b, count);
            for (size_t i = 0; i < count; i++)
                ck_assert(want[i] == got[i] && isfinite(got[i]));
            seg_morphology_kernels_ref.replace_f32(want, a, count, INFINITY);
            levels[l]->replace_f32(got, a, count, INFINITY);
            ck_assert_mem_eq(want, got, sizeof *want * count);
        }
    }
}
END_TEST

START_TEST(by_hand) {
    uint8_t out[3], prefix[3] = {5, 5, 5};
    const uint8_t row[3] = {4, 5, 9}, suffix[3] = {7, 1, 5}, want[3] = {4, 1, 5};
    const uint8_t running[3] = {4, 5, 5};
    seg_morphology_kernels_ref.least[0].advance(out, prefix, row, suffix, 3);
    ck_assert_mem_eq(out, want, 3);
    ck_assert_mem_eq(prefix, running, 3);
}
END_TEST

int main(void) {
    find_levels();
    TCase *tcase = tcase_create("morphology");
    tcase_add_test(tcase, folds);
    tcase_add_test(tcase, differences);
    tcase_add_test(tcase, by_hand);
    Suite *suite = suite_create("kernels_morphology");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
