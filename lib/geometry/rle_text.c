/*
 * Run lengths as COCO's text: numbers of 5 bits a character, from the lowest up, '0' + bits, 32
 * more where the number goes on; the last character's highest bit is the sign (like LEB128). From
 * the fourth on, a number is the difference to the length two places before: neighbouring columns
 * of a shape have runs of similar lengths.
 */
#include "geometry/rle.h"

#include "core/check.h"
#include "core/memory.h"

/* Characters of a difference of two 32-bit numbers: 33 bits and the sign. */
#define MOST_CHARACTERS 7

static int64_t number_of(const seg_rle *rle, int32_t i) {
    return (int64_t)rle->counts[i] - (i > 2 ? (int64_t)rle->counts[i - 2] : 0);
}

size_t seg_rle_to_string(char *text, size_t size, const seg_rle *rle) {
    size_t length = 0;
    for (int32_t i = 0; i < rle->count; i++) {
        int64_t left = number_of(rle, i);
        bool more = true;
        while (more) {
            const int32_t low = (int32_t)((uint64_t)left & 31);
            left = (left - low) / 32; /* rounds down */
            more = low & 16 ? left != -1 : left != 0;
            if (length + 1 < size) text[length] = (char)('0' + low + (more ? 32 : 0));
            length++;
        }
    }
    if (size) text[length < size ? length : size - 1] = '\0';
    return length;
}

/* One number at text[*at]. */
static seg_status read_number(int64_t *number, const char *text, size_t length, size_t *at) {
    uint64_t bits = 0;
    const size_t first = *at;
    for (int32_t shift = 0;; shift += 5) {
        if (*at == length)
            return seg_fail(SEG_ERROR_DATA,
                            "run lengths: the text ends within a number (at "
                            "character %zu)",
                            first);
        const int32_t c = (unsigned char)text[*at] - '0';
        if (c < 0 || c > 63)
            return seg_fail(SEG_ERROR_DATA,
                            "run lengths: character %zu has code %d (allowed: '0' to 'o')", *at,
                            (unsigned char)text[*at]);
        if (*at - first == MOST_CHARACTERS)
            return seg_fail(SEG_ERROR_DATA,
                            "run lengths: the number at character %zu is too long (at most %d "
                            "characters)",
                            first, MOST_CHARACTERS);
        ++*at;
        bits |= (uint64_t)(c & 31) << shift;
        if (c & 32) continue;
        const int64_t sign = c & 16 ? INT64_C(1) << (shift + 5) : 0;
        *number = (int64_t)bits - sign;
        return SEG_OK;
    }
}

static seg_status read_counts(uint32_t *counts, int32_t *count, const char *text, size_t length) {
    int32_t i = 0;
    for (size_t at = 0; at < length; i++) {
        const size_t first = at;
        int64_t number = 0;
        SEG_TRY(read_number(&number, text, length, &at));
        if (i > 2) number += counts[i - 2];
        if (number < 0 || number > UINT32_MAX)
            return seg_fail(SEG_ERROR_DATA,
                            "run lengths: run %ld (character %zu) is %lld long (allowed: 0 to "
                            "2^32 - 1)",
                            (long)i, first, (long long)number);
        counts[i] = (uint32_t)number;
    }
    *count = i;
    return SEG_OK;
}

seg_status seg_rle_from_string(seg_rle *rle, const char *text, size_t length, int32_t width,
                               int32_t height, const seg_env *env) {
    if (!rle || !text)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)", rle ? "text" : "rle");
    *rle = (seg_rle){0};
    if (length > INT32_MAX)
        return seg_fail(SEG_ERROR_LIMIT, "run lengths of %zu characters (at most 2^31 - 1)",
                        length);
    uint32_t *counts = seg_allocate(env, length, sizeof *counts, "run lengths");
    if (!counts) return SEG_ERROR_MEMORY;
    int32_t count = 0;
    seg_status status = read_counts(counts, &count, text, length);
    if (status >= 0) status = seg_rle_from_counts(rle, counts, count, width, height, env);
    seg_release(env, counts);
    return status;
}
