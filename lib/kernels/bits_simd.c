/* Bit kernels for the vector units and, where bits are irregular, by word tricks. */
#include "kernels/bits.h"

#include <string.h>

#if defined(SEG_LEVEL_AVX2) || defined(__SSE2__)
#include <immintrin.h>
#endif

#define WORD 64

/* --- packing ----------------------------------------------------------------------------- */

#if defined(SEG_LEVEL_AVX2)

/* 64 bytes at a time. */
static inline uint64_t pack_word(const uint8_t *row) {
    const __m256i zero = _mm256_setzero_si256();
    const __m256i low = _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)row), zero);
    const __m256i high = _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)(row + 32)), zero);
    return ~((uint64_t)(uint32_t)_mm256_movemask_epi8(low) |
             (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32);
}

static inline __m256i spread_bits(uint32_t bits) {
    const __m256i bytes =
        _mm256_shuffle_epi8(_mm256_set1_epi32((int)bits),
                            _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2,
                                             2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3));
    const __m256i bit = _mm256_set1_epi64x((long long)0x8040201008040201u);
    return _mm256_cmpeq_epi8(_mm256_and_si256(bytes, bit), bit);
}

static inline void unpack_word(uint8_t *row, uint64_t word) {
    _mm256_storeu_si256((__m256i *)row, spread_bits((uint32_t)word));
    _mm256_storeu_si256((__m256i *)(row + 32), spread_bits((uint32_t)(word >> 32)));
}

static inline uint32_t equal_eight(__m256i a, __m256i b) {
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(a, b)));
}

static inline uint64_t equal_word(const int32_t *row, int32_t value) {
    const __m256i wanted = _mm256_set1_epi32(value);
    uint64_t word = 0;
    for (int32_t i = 0; i < WORD; i += 8)
        word |= (uint64_t)equal_eight(_mm256_loadu_si256((const __m256i *)(row + i)), wanted) << i;
    return word;
}

/* Compares with the pixels one to the left, which exist. */
static inline uint64_t changes_word(const int32_t *row) {
    uint64_t word = 0;
    for (int32_t i = 0; i < WORD; i += 8)
        word |= (uint64_t)equal_eight(_mm256_loadu_si256((const __m256i *)(row + i)),
                                      _mm256_loadu_si256((const __m256i *)(row + i - 1)))
                << i;
    return ~word;
}

#elif defined(__SSE2__)

static inline uint64_t pack_word(const uint8_t *row) {
    const __m128i zero = _mm_setzero_si128();
    uint64_t word = 0;
    for (int32_t i = 0; i < WORD; i += 16) {
        const __m128i equal = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(row + i)), zero);
        word |= (uint64_t)(uint32_t)_mm_movemask_epi8(equal) << i;
    }
    return ~word;
}

static inline void unpack_word(uint8_t *row, uint64_t word) {
    const __m128i bit = _mm_set1_epi64x((long long)0x8040201008040201u);
    for (int32_t i = 0; i < WORD; i += 16) {
        __m128i bytes = _mm_cvtsi32_si128((int)(word >> i & 0xffff));
        bytes = _mm_unpacklo_epi8(bytes, bytes);  /* 0 0 1 1 */
        bytes = _mm_shufflelo_epi16(bytes, 0x50); /* 0 0 0 0 1 1 1 1 */
        bytes = _mm_shuffle_epi32(bytes, 0x50);   /* eight of each */
        bytes = _mm_cmpeq_epi8(_mm_and_si128(bytes, bit), bit);
        _mm_storeu_si128((__m128i *)(row + i), bytes);
    }
}

static inline uint64_t equal_word(const int32_t *row, int32_t value) {
    const __m128i wanted = _mm_set1_epi32(value);
    uint64_t word = 0;
    for (int32_t i = 0; i < WORD; i += 4) {
        const __m128i equal = _mm_cmpeq_epi32(_mm_loadu_si128((const __m128i *)(row + i)), wanted);
        word |= (uint64_t)(uint32_t)_mm_movemask_ps(_mm_castsi128_ps(equal)) << i;
    }
    return word;
}

static inline uint64_t changes_word(const int32_t *row) {
    uint64_t word = 0;
    for (int32_t i = 0; i < WORD; i += 4) {
        const __m128i equal = _mm_cmpeq_epi32(_mm_loadu_si128((const __m128i *)(row + i)),
                                              _mm_loadu_si128((const __m128i *)(row + i - 1)));
        word |= (uint64_t)(uint32_t)_mm_movemask_ps(_mm_castsi128_ps(equal)) << i;
    }
    return ~word;
}

#else

static inline uint64_t pack_word(const uint8_t *row) {
    uint64_t word = 0;
    for (int32_t i = 0; i < WORD; i++)
        word |= (uint64_t)(row[i] != 0) << i;
    return word;
}

static inline void unpack_word(uint8_t *row, uint64_t word) {
    for (int32_t i = 0; i < WORD; i++)
        row[i] = (uint8_t)(0 - (word >> i & 1));
}

static inline uint64_t equal_word(const int32_t *row, int32_t value) {
    uint64_t word = 0;
    for (int32_t i = 0; i < WORD; i++)
        word |= (uint64_t)(row[i] == value) << i;
    return word;
}

static inline uint64_t changes_word(const int32_t *row) {
    uint64_t word = 0;
    for (int32_t i = 0; i < WORD; i++)
        word |= (uint64_t)(row[i] != row[i - 1]) << i;
    return word;
}

#endif

static void pack(uint64_t *words, const uint8_t *row, int32_t width) {
    int32_t x = 0;
    for (; x + WORD <= width; x += WORD)
        words[x / WORD] = pack_word(row + x);
    if (x == width) return;
    uint8_t rest[WORD] = {0};
    memcpy(rest, row + x, (size_t)(width - x));
    words[x / WORD] = pack_word(rest);
}

static void unpack(uint8_t *row, const uint64_t *words, int32_t width) {
    int32_t x = 0;
    for (; x + WORD <= width; x += WORD)
        unpack_word(row + x, words[x / WORD]);
    if (x == width) return;
    uint8_t rest[WORD];
    unpack_word(rest, words[x / WORD]);
    memcpy(row + x, rest, (size_t)(width - x));
}

static void pack_equal(uint64_t *words, const int32_t *row, int32_t width, int32_t value) {
    int32_t x = 0;
    for (; x + WORD <= width; x += WORD)
        words[x / WORD] = equal_word(row + x, value);
    if (x == width) return;
    uint64_t word = 0;
    for (int32_t i = 0; x + i < width; i++)
        word |= (uint64_t)(row[x + i] == value) << i;
    words[x / WORD] = word;
}

static void pack_changes(uint64_t *words, const int32_t *row, int32_t width) {
    for (int32_t x = 0; x < width; x += WORD) {
        if (x > 0 && x + WORD <= width) {
            words[x / WORD] = changes_word(row + x);
            continue;
        }
        uint64_t word = x == 0;
        for (int32_t i = x == 0; i < WORD && x + i < width; i++)
            word |= (uint64_t)(row[x + i] != row[x + i - 1]) << i;
        words[x / WORD] = word;
    }
}

/* --- positions and runs ------------------------------------------------------------------ */

/* Four at a time, even where there are none: a branch for each would be guessed wrong too often.
 * What is written too much is overwritten or slack. */
static inline int32_t put_positions(int32_t *list, uint64_t bits, int32_t base) {
    const uint64_t end = (uint64_t)1 << 63;
    const int32_t found = seg_bits_count(bits);
    int32_t i = 0;
    do {
        for (int32_t j = 0; j < 4; j++) {
            list[i + j] = base + seg_bits_lowest(bits | end);
            bits &= bits - 1;
        }
        i += 4;
    } while (i < found);
    return found;
}

static int32_t positions(int32_t *list, const uint64_t *words, int32_t count) {
    int32_t found = 0;
    for (int32_t i = 0; i < count; i++)
        found += put_positions(list + found, words[i], i * WORD);
    return found;
}

static int32_t count_runs(const uint64_t *top, const uint64_t *bottom, int32_t count) {
    int32_t found = 0;
    uint64_t before = 0;
    for (int32_t i = 0; i < count; i++) {
        const uint64_t word = top[i] | bottom[i];
        found += seg_bits_count(word & ~(word << 1 | before));
        before = word >> 63;
    }
    return found;
}

/* Of the pixels of a word, those that differ from the one to the left. */
static inline uint64_t edges_of(uint64_t word, uint64_t *before) {
    const uint64_t edges = word ^ (word << 1 | *before);
    *before = word >> 63;
    return edges;
}

/* Starts and ends take turns. Most words of a picture have none. */
static int32_t runs(seg_bits_run *list, const uint64_t *top, const uint64_t *bottom,
                    int32_t count) {
    int32_t *edges = &list->start;
    int32_t found = 0;
    uint64_t before = 0;
    for (int32_t i = 0; i < count; i++) {
        const uint64_t here = edges_of(top[i] | bottom[i], &before);
        if (here) found += put_positions(edges + found, here, i * WORD);
    }
    if (before) edges[found++] = count * WORD;
    return found / 2;
}

/*
 * A row's run and a run above it, seen as half-open spans that are one longer on the right if
 * eight, touch exactly if the spans overlap; and each overlap begins where one of the two spans
 * begins. Of the strips' runs, the one that covers a place is the last that began at or before it.
 */
static int32_t contacts(seg_bits_contact *list, const uint64_t *above_top,
                        const uint64_t *above_bottom, const uint64_t *top, const uint64_t *bottom,
                        int32_t count, bool eight) {
    seg_bits_contact *next = list;
    const uint64_t longer = eight ? ~(uint64_t)0 : 0;
    uint64_t before_here = 0, before_above = 0, before_top = 0, before_bottom = 0;
    uint32_t begun_here = 0, begun_above = 0;
    for (int32_t i = 0; i < count; i++) {
        const uint64_t low = top[i], high = above_bottom[i];
        const uint64_t here = low | bottom[i], above = high | above_top[i];
        const uint64_t low_moved = low << 1 | before_top, high_moved = high << 1 | before_bottom;
        const uint64_t starts_here = here & ~(here << 1 | before_here);
        const uint64_t starts_above = above & ~(above << 1 | before_above);
        uint64_t touch = (low & ~low_moved & (high | (high_moved & longer))) |
                         (high & ~high_moved & (low | (low_moved & longer)));
        /* the first one without a branch: it is written anyway, and kept if it is one */
        do {
            const uint64_t up_to = touch ^ (touch - 1); /* its lowest one and all below */
            next->here = begun_here + (uint32_t)seg_bits_count(starts_here & up_to) - 1;
            next->above = begun_above + (uint32_t)seg_bits_count(starts_above & up_to) - 1;
            next += touch != 0;
            touch &= touch - 1;
        } while (touch);
        begun_here += (uint32_t)seg_bits_count(starts_here);
        begun_above += (uint32_t)seg_bits_count(starts_above);
        before_here = here >> 63;
        before_above = above >> 63;
        before_top = low >> 63;
        before_bottom = high >> 63;
    }
    return (int32_t)(next - list);
}

/* --- sums over runs ---------------------------------------------------------------------- */

/* Ones of the upper and the lower word, and the sum of the positions of both. */
typedef struct word_sums {
    int32_t up, down, positions;
} word_sums;

#if defined(SEG_LEVEL_AVX2)

/* Both words side by side: sums of nibbles by table, of bytes by multiply-add. */
static inline word_sums sum_words(uint64_t top, uint64_t bottom) {
    const __m128i nibble = _mm_set1_epi8(15);
    const __m128i counts = _mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m128i low_sums = _mm_setr_epi8(0, 0, 1, 1, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6);
    const __m128i high_sums =
        _mm_setr_epi8(0, 4, 5, 9, 6, 10, 11, 15, 7, 11, 12, 16, 13, 17, 18, 22);
    const __m128i weights = _mm_set1_epi64x(0x3830282018100800);
    const __m128i both = _mm_set_epi64x((int64_t)bottom, (int64_t)top);
    const __m128i low = _mm_and_si128(both, nibble);
    const __m128i high = _mm_and_si128(_mm_srli_epi16(both, 4), nibble);
    const __m128i count =
        _mm_add_epi8(_mm_shuffle_epi8(counts, low), _mm_shuffle_epi8(counts, high));
    const __m128i within =
        _mm_add_epi8(_mm_shuffle_epi8(low_sums, low), _mm_shuffle_epi8(high_sums, high));
    __m128i sum = _mm_add_epi16(_mm_maddubs_epi16(count, weights),
                                _mm_maddubs_epi16(within, _mm_set1_epi8(1)));
    sum = _mm_madd_epi16(sum, _mm_set1_epi16(1));
    sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4e));
    sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xb1));
    return (word_sums){seg_bits_count(top), seg_bits_count(bottom), _mm_cvtsi128_si32(sum)};
}

#else

/* By pairs, nibbles, bytes and halves of 32 bits. */
static inline word_sums sum_words(uint64_t top, uint64_t bottom) {
    const uint64_t pairs = 0x5555555555555555u, nibbles = 0x3333333333333333u;
    const uint64_t bytes = 0x0f0f0f0f0f0f0f0fu, halves = 0x00ff00ff00ff00ffu;
    const uint64_t total = 0x0001000100010001u, weighted = 0x0000000100020003u;
    const uint64_t odd_top = top >> 1 & pairs, odd_bottom = bottom >> 1 & pairs;
    const uint64_t twos_top = (top & pairs) + odd_top, twos_bottom = (bottom & pairs) + odd_bottom;
    uint64_t sum = odd_top + odd_bottom;
    uint64_t upper = (twos_top >> 2 & nibbles) + (twos_bottom >> 2 & nibbles);
    uint64_t count = (twos_top & nibbles) + (twos_bottom & nibbles) + upper;
    sum = (sum & nibbles) + (sum >> 2 & nibbles) + 2 * upper;
    upper = count >> 4 & bytes;
    count = (count & bytes) + upper;
    sum = (sum & bytes) + (sum >> 4 & bytes) + 4 * upper;
    upper = count >> 8 & halves;
    count = (count & halves) + upper;
    sum = (sum & halves) + (sum >> 8 & halves) + 8 * upper;
    const int32_t ones = (int32_t)(count * total >> 48), up = seg_bits_count(top);
    return (word_sums){up, ones - up,
                       (int32_t)((sum * total >> 48) + 16 * (count * weighted >> 48))};
}

#endif

static inline void lower_box(seg_bits_measure *measure, int32_t left, int32_t top, int32_t right,
                             int32_t bottom) {
#if defined(SEG_LEVEL_AVX2)
    __m128i *box = (__m128i *)&measure->left;
    _mm_storeu_si128(box,
                     _mm_min_epi32(_mm_loadu_si128(box), _mm_setr_epi32(left, top, right, bottom)));
#else
    measure->left = left < measure->left ? left : measure->left;
    measure->top = top < measure->top ? top : measure->top;
    measure->right = right < measure->right ? right : measure->right;
    measure->bottom = bottom < measure->bottom ? bottom : measure->bottom;
#endif
}

static void measure(seg_bits_measure *measures, const seg_bits_run *list, const uint32_t *labels,
                    int32_t run_count, const uint64_t *top, const uint64_t *bottom, int32_t y) {
    for (int32_t i = 0; i < run_count; i++) {
        const int32_t start = list[i].start, last = list[i].end - 1;
        int32_t at = start / WORD;
        int64_t up = 0, down = 0, sum = 0;
        uint64_t mask = ~(uint64_t)0 << (start & 63);
        for (; at < last / WORD; at++) {
            const word_sums word = sum_words(top[at] & mask, bottom[at] & mask);
            up += word.up;
            down += word.down;
            sum += word.positions + (int64_t)at * WORD * (word.up + word.down);
            mask = ~(uint64_t)0;
        }
        mask &= ~(uint64_t)0 >> (63 - (last & 63));
        const word_sums word = sum_words(top[at] & mask, bottom[at] & mask);
        up += word.up;
        down += word.down;
        sum += word.positions + (int64_t)at * WORD * (word.up + word.down);
        seg_bits_measure *into = &measures[(labels[i] & INT32_MAX) - 1];
        into->area += up + down;
        into->sum_x += sum;
        into->sum_y += y * (up + down) + down;
        lower_box(into, start, y + (up == 0), -(last + 1), -(y + 1 + (down != 0)));
    }
}

/* --- painting ---------------------------------------------------------------------------- */

#if defined(SEG_LEVEL_AVX2)

static inline void fill_eight(int32_t *line, int32_t label) {
    _mm256_storeu_si256((__m256i *)line, _mm256_set1_epi32(label));
}

/* 8 pixels under the lowest 8 bits. */
static inline __m256i masked_eight(const int32_t *line, uint64_t bits) {
    const __m256i bit = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    const __m256i all = _mm256_set1_epi32((int)(bits & 255));
    const __m256i mask = _mm256_cmpeq_epi32(_mm256_and_si256(all, bit), bit);
    return _mm256_and_si256(_mm256_loadu_si256((const __m256i *)line), mask);
}

static inline void paint_word(int32_t *row, const int32_t *line, uint64_t word) {
    for (int32_t i = 0; i < WORD; i += 8)
        _mm256_storeu_si256((__m256i *)(row + i), masked_eight(line + i, word >> i));
}

static inline void stream_word(int32_t *row, const int32_t *line, uint64_t word) {
    for (int32_t i = 0; i < WORD; i += 8)
        _mm256_stream_si256((__m256i *)(row + i), masked_eight(line + i, word >> i));
}

static inline bool can_stream(const int32_t *row) {
    return ((uintptr_t)row & 31) == 0;
}

static inline void end_of_stream(void) {
    _mm_sfence();
}

#elif defined(__SSE2__)

static inline void fill_eight(int32_t *line, int32_t label) {
    _mm_storeu_si128((__m128i *)line, _mm_set1_epi32(label));
    _mm_storeu_si128((__m128i *)(line + 4), _mm_set1_epi32(label));
}

static inline __m128i masked_four(const int32_t *line, uint64_t bits) {
    const __m128i bit = _mm_setr_epi32(1, 2, 4, 8);
    const __m128i all = _mm_set1_epi32((int)(bits & 15));
    const __m128i mask = _mm_cmpeq_epi32(_mm_and_si128(all, bit), bit);
    return _mm_and_si128(_mm_loadu_si128((const __m128i *)line), mask);
}

static inline void paint_word(int32_t *row, const int32_t *line, uint64_t word) {
    for (int32_t i = 0; i < WORD; i += 4)
        _mm_storeu_si128((__m128i *)(row + i), masked_four(line + i, word >> i));
}

static inline void stream_word(int32_t *row, const int32_t *line, uint64_t word) {
    for (int32_t i = 0; i < WORD; i += 4)
        _mm_stream_si128((__m128i *)(row + i), masked_four(line + i, word >> i));
}

static inline bool can_stream(const int32_t *row) {
    return ((uintptr_t)row & 15) == 0;
}

static inline void end_of_stream(void) {
    _mm_sfence();
}

#else

static inline void fill_eight(int32_t *line, int32_t label) {
    for (int32_t i = 0; i < 8; i++)
        line[i] = label;
}

static inline void paint_word(int32_t *row, const int32_t *line, uint64_t word) {
    for (int32_t i = 0; i < WORD; i++)
        row[i] = word >> i & 1 ? line[i] : 0;
}

static inline void stream_word(int32_t *row, const int32_t *line, uint64_t word) {
    paint_word(row, line, word);
}

static inline bool can_stream(const int32_t *row) {
    (void)row;
    return false;
}

static inline void end_of_stream(void) {}

#endif

/* 16 pixels at once: longer runs are the exception where there are many. */
static void spread(int32_t *line, const seg_bits_run *list, const uint32_t *labels,
                   int32_t run_count) {
    for (int32_t i = 0; i < run_count; i++) {
        const int32_t label = (int32_t)(labels[i] & INT32_MAX), end = list[i].end;
        int32_t x = list[i].start;
        do {
            fill_eight(line + x, label);
            fill_eight(line + x + 8, label);
            x += 16;
        } while (x < end);
    }
}

static void paint(int32_t *row, const int32_t *line, const uint64_t *words, int32_t width,
                  bool past_cache) {
    int32_t x = 0;
    if (past_cache && can_stream(row)) {
        for (; x + WORD <= width; x += WORD)
            stream_word(row + x, line + x, words[x / WORD]);
        end_of_stream();
    } else {
        for (; x + WORD <= width; x += WORD)
            paint_word(row + x, line + x, words[x / WORD]);
    }
    for (; x < width; x++)
        row[x] = seg_bits_test(words, x) ? line[x] : 0;
}

/* --- morphology -------------------------------------------------------------------------- */

static void merge(uint64_t *restrict out, const uint64_t *restrict in, int32_t count) {
    for (int32_t i = 0; i < count; i++)
        out[i] |= in[i];
}

/* row |= row moved `by` > 0 pixels to the left; reads only what is not written yet. */
static inline void merge_moved(uint64_t *row, size_t count, int32_t by) {
    const size_t step = (size_t)by / WORD;
    const int32_t rest = by % WORD;
    if (rest == 0) {
        for (size_t i = 0; i + step < count; i++)
            row[i] |= row[i + step];
        return;
    }
    size_t i = 0;
    for (; i + step + 1 < count; i++)
        row[i] |= row[i + step] >> rest | row[i + step + 1] << (WORD - rest);
    if (i + step < count) row[i] |= row[i + step] >> rest;
}

/* Windows of doubling length: after a step a place holds the or of the `length` pixels from it on;
 * the last step completes 2 radius + 1. */
static void widen(uint64_t *out, const uint64_t *in, int32_t width, int32_t radius,
                  uint64_t *spare) {
    const size_t count = (size_t)seg_bits_words(width), margin = (size_t)radius / WORD + 1;
    const size_t room = seg_bits_widen_room(width, radius);
    const int32_t window = 2 * radius + 1;
    memset(spare, 0, margin * sizeof *spare);
    memcpy(spare + margin, in, count * sizeof *spare);
    memset(spare + margin + count, 0, (room - margin - count) * sizeof *spare);
    int32_t length = 1;
    for (; 2 * length <= window; length *= 2)
        merge_moved(spare, room, length);
    if (length < window) merge_moved(spare, room, window - length);
    /* the window of pixel x begins at x - radius */
    const size_t skip = margin - ((size_t)radius + WORD - 1) / WORD;
    const int32_t rest = (WORD - radius % WORD) % WORD;
    const uint64_t *from = spare + skip;
    for (size_t i = 0; i < count; i++)
        out[i] = rest ? from[i] >> rest | from[i + 1] << (WORD - rest) : from[i];
    if (width % WORD) out[count - 1] &= ~(uint64_t)0 >> (WORD - width % WORD);
}

const seg_bits_kernels SEG_LEVEL_NAME(seg_bits_kernels) = {
    .pack = pack,
    .unpack = unpack,
    .pack_equal = pack_equal,
    .pack_changes = pack_changes,
    .positions = positions,
    .count_runs = count_runs,
    .runs = runs,
    .contacts = contacts,
    .measure = measure,
    .spread = spread,
    .paint = paint,
    .merge = merge,
    .widen = widen,
};
