/* Philox-4x32-10: ten rounds of multiply and exchange over a counter. */
#include "core/random.h"

#include "core/math.h"

static void philox(uint32_t x[4], uint32_t key0, uint32_t key1) {
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * x[0];
        uint64_t p1 = (uint64_t)0xCD9E8D57u * x[2];
        uint32_t y0 = (uint32_t)(p1 >> 32) ^ x[1] ^ key0;
        uint32_t y2 = (uint32_t)(p0 >> 32) ^ x[3] ^ key1;
        x[0] = y0;
        x[1] = (uint32_t)p1;
        x[2] = y2;
        x[3] = (uint32_t)p0;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
}

seg_random seg_random_stream(uint64_t seed, uint64_t item, uint32_t step) {
    return (seg_random){{(uint32_t)seed, (uint32_t)(seed >> 32)},
                        {0, step, (uint32_t)item, (uint32_t)(item >> 32)}};
}

void seg_random_words(uint32_t words[4], const seg_random *stream, uint32_t index) {
    words[0] = stream->counter[0] + index;
    words[1] = stream->counter[1];
    words[2] = stream->counter[2];
    words[3] = stream->counter[3];
    philox(words, stream->key[0], stream->key[1]);
}

static uint64_t random_64(const seg_random *stream, uint32_t index) {
    uint32_t words[4];
    seg_random_words(words, stream, index);
    return (uint64_t)words[1] << 32 | words[0];
}

double seg_random_unit(const seg_random *stream, uint32_t index) {
    return (double)(random_64(stream, index) >> 11) * 0x1p-53;
}

uint32_t seg_random_below(const seg_random *stream, uint32_t index, uint32_t bound) {
    /* D. Lemire, "Fast random integer generation in an interval", 2019: the high half of the
     * product, drawn again where the low half says that a value has one preimage too many. */
    uint32_t surplus = (0u - bound) % bound;
    seg_random stage = *stream;
    for (;;) {
        uint32_t words[4];
        seg_random_words(words, &stage, index);
        for (int i = 0; i < 4; i++) {
            uint64_t product = (uint64_t)words[i] * bound;
            if ((uint32_t)product >= surplus) return (uint32_t)(product >> 32);
        }
        stage.key[1] += 0x85EBCA6Bu; /* another stream: the next index belongs to others */
    }
}

double seg_random_normal(const seg_random *stream, uint32_t index) {
    /* The middle of one of 2^52 equal parts, so that neither 0 nor 1 comes out. */
    double unit = ((double)(random_64(stream, index) >> 12) + 0.5) * 0x1p-52;
    return seg_normal_quantile(unit);
}
