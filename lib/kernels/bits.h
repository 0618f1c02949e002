/* Rows of bits: what masks are packed into for morphology, components and outlines.
 * 64 pixels a word, pixel x in bit x % 64 of word x / 64; bits beyond the width are 0. */
#ifndef SEG_KERNELS_BITS_H
#define SEG_KERNELS_BITS_H

#include "kernels/level.h"

#include <stdbool.h>

/** Words that hold a row of `width` pixels. */
static inline int32_t seg_bits_words(int32_t width) {
    return (int32_t)(((int64_t)width + 63) / 64);
}

static inline bool seg_bits_test(const uint64_t *words, int32_t x) {
    return words[x >> 6] >> (x & 63) & 1;
}

/** Ones in a word. */
static inline int32_t seg_bits_count(uint64_t word) {
#if defined(__GNUC__) && (defined(__POPCNT__) || defined(__aarch64__))
    return __builtin_popcountll(word);
#else
    word -= word >> 1 & 0x5555555555555555u;
    word = (word & 0x3333333333333333u) + (word >> 2 & 0x3333333333333333u);
    word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (int32_t)(word * 0x0101010101010101u >> 56);
#endif
}

/** Position of the lowest one; the word is not 0. */
static inline int32_t seg_bits_lowest(uint64_t word) {
#if defined(__GNUC__)
    return __builtin_ctzll(word);
#else
    return seg_bits_count((word & (0 - word)) - 1);
#endif
}

/** Ones to zeros and back in a row of `width` pixels. */
static inline void seg_bits_invert(uint64_t *words, int32_t width) {
    const int32_t count = seg_bits_words(width);
    for (int32_t i = 0; i < count; i++)
        words[i] = ~words[i];
    if (width % 64) words[count - 1] &= ~(uint64_t)0 >> (64 - width % 64);
}

/** Two touching runs of neighbouring strips, by their numbers. */
typedef struct seg_bits_contact {
    uint32_t above, here;
} seg_bits_contact;

/** What is gathered about a component. */
typedef struct seg_bits_measure {
    int64_t area, sum_x, sum_y; /* pixels, sums of their coordinates */
    int32_t left, top;          /* smallest coordinates */
    int32_t right, bottom;      /* one past the largest ones, negated: all four are minima */
} seg_bits_measure;

/** A span of ones: pixels start .. end-1. */
typedef struct seg_bits_run {
    int32_t start, end;
} seg_bits_run;

/** Lists of positions, runs and contacts are written with up to this many items too many. */
#define SEG_BITS_SLACK 16

/**
 * A strip is one row, or two rows of which the union is looked at; for one row give it as `top`
 * and as `bottom`. A run of a strip is a maximal span of ones in top | bottom. In a two-row strip
 * all pixels of a run are 8-connected, which halves the work of a labelling.
 */
typedef struct seg_bits_kernels {
    /** Ones where row[x] is not 0. */
    void (*pack)(uint64_t *words, const uint8_t *row, int32_t width);
    /** 255 for ones, 0 for zeros. */
    void (*unpack)(uint8_t *row, const uint64_t *words, int32_t width);
    /** Ones where row[x] == value. */
    void (*pack_equal)(uint64_t *words, const int32_t *row, int32_t width, int32_t value);
    /** Ones where row[x] differs from row[x - 1], and at x = 0. */
    void (*pack_changes)(uint64_t *words, const int32_t *row, int32_t width);
    /** Positions of the ones, ascending; returns their number. */
    int32_t (*positions)(int32_t *list, const uint64_t *words, int32_t count);
    /** Number of runs of a strip. */
    int32_t (*count_runs)(const uint64_t *top, const uint64_t *bottom, int32_t count);
    /** The runs of a strip, ascending; returns their number. */
    int32_t (*runs)(seg_bits_run *runs, const uint64_t *top, const uint64_t *bottom, int32_t count);
    /** Pairs of runs of two strips that touch, by 8-connectivity if `eight`, at least once each;
     *  numbers count from 0 in each strip. At most one per pixel of the two rows in between. */
    int32_t (*contacts)(seg_bits_contact *list, const uint64_t *above_top,
                        const uint64_t *above_bottom, const uint64_t *top, const uint64_t *bottom,
                        int32_t count, bool eight);
    /** Adds the pixels of the runs of a two-row strip, whose upper row is y, to measures[label -
     * 1]; labels[i] is that of run i in its lower 31 bits. */
    void (*measure)(seg_bits_measure *measures, const seg_bits_run *runs, const uint32_t *labels,
                    int32_t run_count, const uint64_t *top, const uint64_t *bottom, int32_t y);
    /** Writes the lower 31 bits of labels[i] into run i of `line`; up to SEG_BITS_SLACK pixels
     *  behind a run may be overwritten. Runs ascend. */
    void (*spread)(int32_t *line, const seg_bits_run *runs, const uint32_t *labels,
                   int32_t run_count);
    /** row[x] = line[x] where there is a one, else 0; `past_cache`: the row will not be read soon.
     */
    void (*paint)(int32_t *row, const int32_t *line, const uint64_t *words, int32_t width,
                  bool past_cache);
    /** out |= in. */
    void (*merge)(uint64_t *out, const uint64_t *in, int32_t count);
    /** out[x] = or of in[x - radius] .. in[x + radius], zeros outside; `spare` has room for
     *  count + 2 * (radius / 64 + 1) + 1 words. out may be in. */
    void (*widen)(uint64_t *out, const uint64_t *in, int32_t width, int32_t radius,
                  uint64_t *spare);
} seg_bits_kernels;

SEG_KERNELS_DECLARE(bits);

/** Room in words that seg_bits_kernels.widen needs. */
static inline size_t seg_bits_widen_room(int32_t width, int32_t radius) {
    return (size_t)seg_bits_words(width) + 2 * ((size_t)radius / 64 + 1) + 1;
}

#endif
