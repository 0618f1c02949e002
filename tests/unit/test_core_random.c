/* Counter-based random numbers and CPU levels. */
#include "core_main.h"

#include "core/random.h"
#include <segment/env.h>

#include <math.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(published_answers) {
    /* kat_vectors of Random123, philox4x32 with 10 rounds */
    const struct {
        uint32_t counter[4], key[2], words[4];
    } answers[] = {{{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
                   {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
                    {0xffffffff, 0xffffffff},
                    {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
                   {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                    {0xa4093822, 0x299f31d0},
                    {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}};
    for (int i = 0; i < 3; i++) {
        seg_random stream;
        uint32_t words[4];
        memcpy(stream.counter, answers[i].counter, sizeof stream.counter);
        memcpy(stream.key, answers[i].key, sizeof stream.key);
        seg_random_words(words, &stream, 0);
        for (int k = 0; k < 4; k++)
            ck_assert_uint_eq(words[k], answers[i].words[k]);
        /* the index is part of the counter */
        stream.counter[0] -= 1000;
        seg_random_words(words, &stream, 1000);
        ck_assert_uint_eq(words[0], answers[i].words[0]);
    }
}
END_TEST

START_TEST(streams_differ) {
    const seg_random streams[] = {
        seg_random_stream(1, 1, 1),          seg_random_stream(2, 1, 1),
        seg_random_stream(1, 2, 1),          seg_random_stream(1, 1, 2),
        seg_random_stream(1ull << 40, 1, 1), seg_random_stream(1, 1ull << 40, 1)};
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 6; j++) {
            uint32_t a[4], b[4];
            seg_random_words(a, &streams[i], 5);
            seg_random_words(b, &streams[j], 5);
            ck_assert_int_eq(memcmp(a, b, sizeof a) == 0, i == j);
        }
}
END_TEST

START_TEST(units_are_uniform) {
    seg_random stream = seg_random_stream(11, 0, 0);
    double sum = 0, squares = 0, least = 1, most = 0;
    const int n = 100000;
    for (int i = 0; i < n; i++) {
        double u = seg_random_unit(&stream, (uint32_t)i);
        sum += u;
        squares += u * u;
        least = u < least ? u : least;
        most = u > most ? u : most;
    }
    ck_assert_double_ge(least, 0);
    ck_assert_double_lt(most, 1);
    ck_assert_double_lt(least, 1e-4);
    ck_assert_double_gt(most, 1 - 1e-4);
    /* five standard deviations of the mean and of the mean square */
    ck_assert_double_eq_tol(sum / n, 0.5, 5 * sqrt(1.0 / 12 / n));
    ck_assert_double_eq_tol(squares / n, 1.0 / 3, 5 * sqrt(4.0 / 45 / n));
}
END_TEST

START_TEST(bounded_numbers_are_uniform) {
    seg_random stream = seg_random_stream(12, 0, 0);
    for (uint32_t bound = 1; bound <= 13; bound++) {
        int counts[13] = {0};
        const int n = 13000;
        for (int i = 0; i < n; i++) {
            uint32_t value = seg_random_below(&stream, (uint32_t)i, bound);
            ck_assert_uint_lt(value, bound);
            counts[value]++;
        }
        double expected = (double)n / bound, chi = 0;
        for (uint32_t v = 0; v < bound; v++)
            chi += (counts[v] - expected) * (counts[v] - expected) / expected;
        ck_assert_double_lt(chi, 40); /* 12 degrees of freedom: less than 1 in 10000 */
    }
    /* The bound where most first draws are refused: halves stay halves. */
    const uint32_t large = (1u << 31) + 1;
    int low = 0;
    const int n = 20000;
    for (int i = 0; i < n; i++) {
        uint32_t value = seg_random_below(&stream, (uint32_t)i, large);
        ck_assert_uint_lt(value, large);
        low += value < large / 2;
    }
    ck_assert_double_eq_tol((double)low / n, 0.5, 5 * 0.5 / sqrt(n));
    ck_assert_uint_lt(seg_random_below(&stream, 7, UINT32_MAX), UINT32_MAX);
}
END_TEST

START_TEST(normals_have_their_moments) {
    seg_random stream = seg_random_stream(13, 0, 0);
    double sum = 0, squares = 0, fourth = 0;
    const int n = 100000;
    for (int i = 0; i < n; i++) {
        double z = seg_random_normal(&stream, (uint32_t)i);
        ck_assert(isfinite(z));
        sum += z;
        squares += z * z;
        fourth += z * z * z * z;
    }
    ck_assert_double_eq_tol(sum / n, 0, 5 / sqrt(n));
    ck_assert_double_eq_tol(squares / n, 1, 5 * sqrt(2.0 / n));
    ck_assert_double_eq_tol(fourth / n, 3, 5 * sqrt(96.0 / n));
}
END_TEST

/* The level that a fresh process takes with SEG_CPU = text (NULL = unset). */
static int level_in_child(const char *text) {
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        if (text)
            setenv("SEG_CPU", text, 1);
        else
            unsetenv("SEG_CPU");
        _exit((int)seg_cpu_level_get());
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

START_TEST(cpu_levels) {
    int best = level_in_child(NULL);
    ck_assert_int_ge(best, SEG_CPU_BASE);
    ck_assert_int_le(best, SEG_CPU_AVX2);
    ck_assert_int_eq(level_in_child("ref"), SEG_CPU_REF);
    ck_assert_int_eq(level_in_child("base"), SEG_CPU_BASE);
    ck_assert_int_eq(level_in_child("avx2"), best);
    ck_assert_int_eq(level_in_child("sse9"), best);
    ck_assert_int_eq(level_in_child(""), best);

    ck_assert_int_eq(seg_cpu_level_set(SEG_CPU_REF), SEG_CPU_REF);
    ck_assert_int_eq(seg_cpu_level_get(), SEG_CPU_REF);
    ck_assert_int_eq(seg_cpu_level_set(SEG_CPU_AVX2), best);
    ck_assert_int_eq(seg_cpu_level_set((seg_cpu_level)99), best);
    ck_assert_int_eq(seg_cpu_level_get(), best);
    ck_assert_int_eq(seg_cpu_level_set((seg_cpu_level)-5), SEG_CPU_REF);
    ck_assert_str_eq(seg_cpu_level_name(SEG_CPU_REF), "ref");
    ck_assert_str_eq(seg_cpu_level_name(SEG_CPU_BASE), "base");
    ck_assert_str_eq(seg_cpu_level_name(SEG_CPU_AVX2), "avx2");
    ck_assert_str_eq(seg_cpu_level_name((seg_cpu_level)9), "unknown");
}
END_TEST

CORE_MAIN("core_random", published_answers, streams_differ, units_are_uniform,
          bounded_numbers_are_uniform, normals_have_their_moments, cpu_levels)
