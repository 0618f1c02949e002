/* Which instruction-set level runs: found once, can be lowered by SEG_CPU or by the host. */
#include <segment/env.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#if defined(SEG_HAVE_AVX2)
#include <cpuid.h>

/* Bits of what is enabled by the operating system: 1 and 2 together mean SSE and AVX state. */
static uint32_t extended_control(void) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    (void)high;
    return low;
}

/* AVX2 with the bit instructions that its kernels are compiled for. */
static bool has_avx2(void) {
    const uint32_t popcnt = 1u << 23, osxsave = 1u << 27, avx = 1u << 28;
    const uint32_t bmi = 1u << 3, avx2 = 1u << 5, bmi2 = 1u << 8, lzcnt = 1u << 5;
    uint32_t a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return false;
    if ((c & (popcnt | osxsave | avx)) != (popcnt | osxsave | avx)) return false;
    if ((extended_control() & 6) != 6) return false;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
    if ((b & (bmi | avx2 | bmi2)) != (bmi | avx2 | bmi2)) return false;
    if (!__get_cpuid(0x80000001u, &a, &b, &c, &d)) return false;
    return (c & lzcnt) != 0;
}
#else
static bool has_avx2(void) {
    return false;
}
#endif

static atomic_int level_in_use = -1; /* -1: not asked yet */

static seg_cpu_level best_level(void) {
    return has_avx2() ? SEG_CPU_AVX2 : SEG_CPU_BASE;
}

const char *seg_cpu_level_name(seg_cpu_level level) {
    switch (level) {
    case SEG_CPU_REF:
        return "ref";
    case SEG_CPU_BASE:
        return "base";
    case SEG_CPU_AVX2:
        return "avx2";
    }
    return "unknown";
}

seg_cpu_level seg_cpu_level_set(seg_cpu_level level) {
    seg_cpu_level best = best_level();
    if ((int)level < SEG_CPU_REF) level = SEG_CPU_REF;
    if (level > best) level = best;
    atomic_store_explicit(&level_in_use, level, memory_order_relaxed);
    return level;
}

seg_cpu_level seg_cpu_level_get(void) {
    int level = atomic_load_explicit(&level_in_use, memory_order_relaxed);
    if (level >= 0) return (seg_cpu_level)level;
    seg_cpu_level wanted = SEG_CPU_AVX2;
    const char *text = getenv("SEG_CPU");
    for (int i = SEG_CPU_REF; text && i <= SEG_CPU_AVX2; i++)
        if (strcmp(text, seg_cpu_level_name((seg_cpu_level)i)) == 0) wanted = (seg_cpu_level)i;
    return seg_cpu_level_set(wanted); /* threads that race here store the same */
}
