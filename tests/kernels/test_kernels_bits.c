/* Bit kernels: every level gives what the readable twin gives, and stays within its rows. */
#include "kernels/bits.h"
#include "shapes.h"

#include <check.h>

#define LONGEST 200
#define WORDS 8
#define GUARD 0xa5

static const seg_bits_kernels *levels[2];
static int level_count;

static void find_levels(void) {
    level_count = 0;
    levels[level_count++] = &seg_bits_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (seg_cpu_level_set(SEG_CPU_AVX2) == SEG_CPU_AVX2)
        levels[level_count++] = &seg_bits_kernels_avx2;
#endif
}

/* Rows of words, extremes weighted: empty, full, sparse, dense and even noise. */
static void random_words(uint64_t *words, int32_t width, shapes_random *random) {
    static const uint32_t percents[] = {0, 100, 3, 97, 50, 50, 25, 75};
    uint8_t row[LONGEST];
    shapes_noise(row, width, 1, width, percents[shapes_below(random, 8)], random);
    seg_bits_kernels_ref.pack(words, row, width);
}

START_TEST(packing_by_hand) {
    const uint8_t row[70] = {1, 0, 255, [63] = 7, [64] = 9, [69] = 1};
    uint64_t words[2];
    for (int i = 0; i < level_count; i++) {
        levels[i]->pack(words, row, 70);
        ck_assert_uint_eq(words[0], 0x8000000000000005u);
        ck_assert_uint_eq(words[1], 0x21u);
    }
    seg_bits_kernels_ref.pack(words, row, 70);
    ck_assert_uint_eq(words[0], 0x8000000000000005u);
    ck_assert_uint_eq(words[1], 0x21u);
}
END_TEST

START_TEST(packing) {
    shapes_random random = shapes_random_start(1);
    for (int32_t width = 1; width <= LONGEST; width++) {
        uint8_t row[LONGEST], out[2][LONGEST + 64];
        int32_t labels[LONGEST + 1];
        shapes_noise(row, width, 1, width, shapes_below(&random, 101), &random);
        for (int32_t x = 0; x < width; x++)
            labels[x] = (int32_t)shapes_below(&random, 3) - 1;
        uint64_t wanted[WORDS], got[WORDS];
        for (int i = 0; i < level_count; i++) {
            const size_t size = (size_t)seg_bits_words(width) * 8;
            memset(got, GUARD, sizeof got);
            seg_bits_kernels_ref.pack(wanted, row, width);
            levels[i]->pack(got, row, width);
            ck_assert_mem_eq(got, wanted, size);
            ck_assert_uint_eq(got[seg_bits_words(width)], 0xa5a5a5a5a5a5a5a5u);
            memset(out, GUARD, sizeof out);
            seg_bits_kernels_ref.unpack(out[0], wanted, width);
            levels[i]->unpack(out[1], wanted, width);
            ck_assert_mem_eq(out[0], out[1], sizeof out[0]);
            ck_assert_uint_eq(out[1][width], GUARD);
            seg_bits_kernels_ref.pack_equal(wanted, labels, width, 1);
            levels[i]->pack_equal(got, labels, width, 1);
            ck_assert_mem_eq(got, wanted, size);
            seg_bits_kernels_ref.pack_changes(wanted, labels, width);
            levels[i]->pack_changes(got, labels, width);
            ck_assert_mem_eq(got, wanted, size);
        }
    }
}
END_TEST

static int32_t unrepeated(seg_bits_contact *list, int32_t count) {
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++)
        if (kept == 0 || memcmp(&list[i], &list[kept - 1], sizeof *list) != 0)
            list[kept++] = list[i];
    return kept;
}

START_TEST(runs_and_contacts) {
    shapes_random random = shapes_random_start(2);
    for (int32_t width = 1; width <= LONGEST; width++) {
        for (int repeat = 0; repeat < 40; repeat++) {
            uint64_t rows[4][WORDS];
            for (int i = 0; i < 4; i++)
                random_words(rows[i], width, &random);
            const int32_t count = seg_bits_words(width);
            const bool two = shapes_below(&random, 2), eight = two || shapes_below(&random, 2);
            const uint64_t *top = rows[0], *bottom = two ? rows[1] : rows[0];
            const uint64_t *above_bottom = rows[2], *above_top = two ? rows[3] : rows[2];
            seg_bits_run a[LONGEST + SEG_BITS_SLACK], b[LONGEST + SEG_BITS_SLACK];
            int32_t listed[2][LONGEST + SEG_BITS_SLACK];
            const int32_t runs = seg_bits_kernels_ref.runs(a, top, bottom, count);
            const int32_t places = seg_bits_kernels_ref.positions(listed[0], top, count);
            ck_assert_int_eq(seg_bits_kernels_ref.count_runs(top, bottom, count), runs);
            seg_bits_contact want[2 * LONGEST + SEG_BITS_SLACK], got[2 * LONGEST + SEG_BITS_SLACK];
            const int32_t contacts =
                unrepeated(want, seg_bits_kernels_ref.contacts(want, above_top, above_bottom, top,
                                                               bottom, count, eight));
            /* two runs share a component, to see them added */
            uint32_t labels[LONGEST];
            seg_bits_measure measures[2][LONGEST];
            for (int32_t j = 0; j < LONGEST; j++) {
                labels[j] = 1u << 31 | (uint32_t)(j / 2 + 1);
                measures[0][j] = (seg_bits_measure){1, 2, 3, 1000, 1000, 0, 0};
            }
            const int32_t y = (int32_t)shapes_below(&random, 1000);
            memcpy(measures[1], measures[0], sizeof measures[0]);
            seg_bits_kernels_ref.measure(measures[0], a, labels, runs, top, bottom, y);
            for (int i = 0; i < level_count; i++) {
                ck_assert_int_eq(levels[i]->count_runs(top, bottom, count), runs);
                ck_assert_int_eq(levels[i]->runs(b, top, bottom, count), runs);
                ck_assert_mem_eq(a, b, (size_t)runs * sizeof *a);
                ck_assert_int_eq(levels[i]->positions(listed[1], top, count), places);
                ck_assert_mem_eq(listed[0], listed[1], (size_t)places * 4);
                const int32_t found =
                    levels[i]->contacts(got, above_top, above_bottom, top, bottom, count, eight);
                ck_assert_int_le(found, width + 1);
                ck_assert_int_eq(unrepeated(got, found), contacts);
                ck_assert_mem_eq(got, want, (size_t)contacts * sizeof *got);
                seg_bits_measure got_measures[LONGEST];
                memcpy(got_measures, measures[1], sizeof got_measures);
                levels[i]->measure(got_measures, b, labels, runs, top, bottom, y);
                ck_assert_mem_eq(got_measures, measures[0], sizeof got_measures);
            }
        }
    }
}
END_TEST

START_TEST(contacts_by_hand) {
    /* above: ##..#   here: ..#.#: by 8 the first touches the first across the corner */
    const uint64_t above = 0x13, here = 0x14;
    seg_bits_contact list[8 + SEG_BITS_SLACK];
    const seg_bits_kernels *all[] = {&seg_bits_kernels_ref, &seg_bits_kernels_base};
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(
            unrepeated(list, all[i]->contacts(list, &above, &above, &here, &here, 1, true)), 2);
        ck_assert_uint_eq(list[0].above, 0);
        ck_assert_uint_eq(list[0].here, 0);
        ck_assert_uint_eq(list[1].above, 1);
        ck_assert_uint_eq(list[1].here, 1);
        ck_assert_int_eq(all[i]->contacts(list, &above, &above, &here, &here, 1, false), 1);
        ck_assert_uint_eq(list[0].above, 1);
        ck_assert_uint_eq(list[0].here, 1);
    }
}
END_TEST

START_TEST(painting) {
    shapes_random random = shapes_random_start(3);
    for (int32_t width = 1; width <= LONGEST; width++) {
        for (int repeat = 0; repeat < 10; repeat++) {
            uint64_t words[WORDS];
            random_words(words, width, &random);
            seg_bits_run list[LONGEST + SEG_BITS_SLACK];
            uint32_t labels[LONGEST];
            const int32_t count = seg_bits_words(width);
            const int32_t runs = seg_bits_kernels_ref.runs(list, words, words, count);
            for (int32_t i = 0; i < runs; i++)
                labels[i] = shapes_below(&random, UINT32_MAX);
            _Alignas(64) int32_t line[2][LONGEST + 64], row[2][LONGEST + 64];
            memset(line, GUARD, sizeof line);
            memset(row, GUARD, sizeof row);
            const int32_t shift = (int32_t)shapes_below(&random, 2);
            const bool past_cache = shapes_below(&random, 2);
            seg_bits_kernels_ref.spread(line[0], list, labels, runs);
            seg_bits_kernels_ref.paint(row[0] + shift, line[0], words, width, past_cache);
            for (int i = 0; i < level_count; i++) {
                levels[i]->spread(line[1], list, labels, runs);
                levels[i]->paint(row[1] + shift, line[1], words, width, past_cache);
                ck_assert_mem_eq(row[0], row[1], sizeof row[0]);
            }
            for (int32_t i = 0; i < runs; i++)
                ck_assert_uint_eq((uint32_t)row[0][shift + list[i].end - 1], labels[i] & INT32_MAX);
        }
    }
}
END_TEST

START_TEST(morphology) {
    shapes_random random = shapes_random_start(4);
    for (int32_t width = 1; width <= LONGEST; width++) {
        for (int32_t radius = 0; radius <= 150; radius += 1 + radius / 8) {
            uint64_t in[WORDS], want[WORDS], got[WORDS], spare[WORDS + 16];
            random_words(in, width, &random);
            const size_t size = (size_t)seg_bits_words(width) * 8;
            ck_assert_uint_le(seg_bits_widen_room(width, radius), WORDS + 16);
            seg_bits_kernels_ref.widen(want, in, width, radius, spare);
            for (int i = 0; i < level_count; i++) {
                memset(got, GUARD, sizeof got);
                levels[i]->widen(got, in, width, radius, spare);
                ck_assert_mem_eq(got, want, size);
                ck_assert_uint_eq(got[seg_bits_words(width)], 0xa5a5a5a5a5a5a5a5u);
                memcpy(got, in, size);
                levels[i]->widen(got, got, width, radius, spare);
                ck_assert_mem_eq(got, want, size);
                memcpy(got, in, size);
                levels[i]->merge(got, want, seg_bits_words(width));
                for (int32_t word = 0; word < seg_bits_words(width); word++)
                    ck_assert_uint_eq(got[word], in[word] | want[word]);
            }
        }
    }
}
END_TEST

int main(void) {
    find_levels();
    TCase *tcase = tcase_create("bits");
    tcase_add_test(tcase, packing_by_hand);
    tcase_add_test(tcase, packing);
    tcase_add_test(tcase, runs_and_contacts);
    tcase_add_test(tcase, contacts_by_hand);
    tcase_add_test(tcase, painting);
    tcase_add_test(tcase, morphology);
    Suite *suite = suite_create("kernels_bits");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
