/* Dither patterns. */
#include "temporal/dither.h"

#include "core/random.h"

void seg_dither_pattern(uint16_t *pattern, int32_t width) {
    const seg_random random = seg_random_stream(0, 0, 0);
    uint32_t words[4] = {0};
    for (int32_t x = 0; x < width; x++) {
        if (x % 4 == 0) seg_random_words(words, &random, (uint32_t)x / 4);
        pattern[x] = (uint16_t)(words[x % 4] >> 16);
    }
}
