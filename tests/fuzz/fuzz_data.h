/* What fuzz targets share: numbers out of the input's bytes, and stopping where a promise breaks.
 */
#ifndef SEG_TESTS_FUZZ_DATA_H
#define SEG_TESTS_FUZZ_DATA_H

#include <segment/segment.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/** A broken promise ends the process, so that the fuzzer keeps the input. */
#define FUZZ_CHECK(condition)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s does not hold; last error: %s\n", __FILE__, __LINE__,       \
                    #condition, seg_error_detail());                                               \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

typedef struct fuzz_data {
    const uint8_t *next;
    size_t left;
} fuzz_data;

/** The next byte, 0 when there is none left. */
static inline uint32_t fuzz_byte(fuzz_data *data) {
    if (data->left == 0) return 0;
    data->left--;
    return *data->next++;
}

/** 0 .. bound-1. */
static inline uint32_t fuzz_below(fuzz_data *data, uint32_t bound) {
    const uint32_t high = fuzz_byte(data);
    return (high << 8 | fuzz_byte(data)) % bound;
}

/** A text of up to size-1 characters: a length byte, then the characters. */
static inline void fuzz_text(fuzz_data *data, char *text, size_t size) {
    const size_t length = fuzz_byte(data) % size;
    for (size_t i = 0; i < length; i++)
        text[i] = (char)fuzz_byte(data);
    text[length] = '\0';
}

/** All that is left as a 0-ended text; free it. */
static inline char *fuzz_rest(fuzz_data *data) {
    char *text = malloc(data->left + 1);
    if (!text) abort();
    memcpy(text, data->next, data->left);
    text[data->left] = '\0';
    data->left = 0;
    return text;
}

/** Fills rows with bytes of the input, over and over; floats come from bytes or raw bits. */
static inline void fuzz_pixels(fuzz_data *data, const seg_image *image) {
    const fuzz_data start = *data;
    const bool raw = fuzz_byte(data) & 1;
    const size_t samples = (size_t)image->width * image->channels;
    for (int32_t y = 0; y < image->height; y++) {
        void *row = seg_image_row(image, y);
        for (size_t i = 0; i < samples; i++) {
            if (data->left < 4 && start.left >= 8) *data = start;
            const uint32_t a = fuzz_byte(data);
            if (image->format == SEG_U8) {
                ((uint8_t *)row)[i] = (uint8_t)a;
            } else if (image->format == SEG_U16) {
                ((uint16_t *)row)[i] = (uint16_t)(a << 8 | (raw ? fuzz_byte(data) : a));
            } else if (image->format == SEG_LABEL32 && !raw) {
                ((int32_t *)row)[i] = (int32_t)(a % 7) - 1;
            } else if (image->format == SEG_F32 && !raw) {
                ((float *)row)[i] = (float)a / 255.0f;
            } else {
                uint32_t bits = a;
                for (int k = 0; k < 3; k++)
                    bits = bits << 8 | fuzz_byte(data);
                memcpy((uint32_t *)row + i, &bits, sizeof bits);
            }
        }
    }
}

#endif
