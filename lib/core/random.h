/* Counter-based random numbers: a pure function of (seed, item, step, counter). */
#ifndef SEG_CORE_RANDOM_H
#define SEG_CORE_RANDOM_H

#include <stdint.h>

/** Philox-4x32-10: J. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011. */
typedef struct seg_random {
    uint32_t key[2];
    uint32_t counter[4];
} seg_random;

/** The stream of (seed, item or frame, row or step). */
seg_random seg_random_stream(uint64_t seed, uint64_t item, uint32_t step);
/** Four 32-bit words at position `index` of the stream. */
void seg_random_words(uint32_t words[4], const seg_random *stream, uint32_t index);
/** Uniform in 0 .. 1 (1 excluded), 53 bits. */
double seg_random_unit(const seg_random *stream, uint32_t index);
/** Uniform in 0 .. bound-1, without bias; bound > 0. */
uint32_t seg_random_below(const seg_random *stream, uint32_t index, uint32_t bound);
/** Normal, mean 0, deviation 1 (inverse error function, no rejection). */
double seg_random_normal(const seg_random *stream, uint32_t index);

#endif
