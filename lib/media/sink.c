#include "media/codec.h"

#include "core/check.h"
#include "core/memory.h"
#include <string.h>

/* Encoders write in small pieces: the file sees them joined. */
#define FILE_BUFFER ((size_t)256 * 1024)

static seg_status reserve(seg_sink *sink, size_t more) {
    if (more <= sink->capacity - sink->size) return SEG_OK;
    if (more > SIZE_MAX / 4 - sink->size)
        return seg_fail(SEG_ERROR_MEMORY, "the encoded picture does not fit into memory");
    size_t capacity = sink->capacity ? sink->capacity * 2 : FILE_BUFFER;
    if (capacity < sink->size + more) capacity = sink->size + more;
    uint8_t *data = seg_allocate(sink->env, capacity, 1, "an encoded picture");
    if (!data) return SEG_ERROR_MEMORY;
    if (sink->size) memcpy(data, sink->data, sink->size);
    seg_release(sink->env, sink->data);
    sink->data = data;
    sink->capacity = capacity;
    return SEG_OK;
}

seg_status seg_sink_flush(seg_sink *sink) {
    if (!sink->file || !sink->size) return SEG_OK;
    size_t size = sink->size;
    sink->size = 0;
    return seg_atomic_file_write(sink->file, sink->data, size);
}

seg_status seg_sink_write(seg_sink *sink, const void *bytes, size_t size) {
    if (sink->file && sink->size + size > FILE_BUFFER) SEG_TRY(seg_sink_flush(sink));
    if (sink->file && size >= FILE_BUFFER) return seg_atomic_file_write(sink->file, bytes, size);
    if (!size) return SEG_OK;
    SEG_TRY(reserve(sink, size));
    memcpy(sink->data + sink->size, bytes, size);
    sink->size += size;
    return SEG_OK;
}

void seg_sink_free(seg_sink *sink) {
    seg_release(sink->env, sink->data);
    sink->data = NULL;
    sink->size = sink->capacity = 0;
}

const char *seg_float_files(const seg_image *image) {
    return image->channels == 2                           ? ".flo or .npy"
           : image->channels == 1 || image->channels == 3 ? ".npy or .pfm"
                                                          : ".npy";
}

void seg_samples_swap(void *samples, size_t count, size_t size) {
    uint8_t *p = samples;
    if (size == 2) {
        for (size_t i = 0; i < count; i++) {
            uint8_t first = p[2 * i];
            p[2 * i] = p[2 * i + 1];
            p[2 * i + 1] = first;
        }
        return;
    }
    for (size_t i = 0; i < count; i++, p += size)
        for (size_t a = 0, b = size - 1; a < b; a++, b--) {
            uint8_t byte = p[a];
            p[a] = p[b];
            p[b] = byte;
        }
}

seg_status seg_sink_write_rows(seg_sink *sink, const seg_image *image, bool big_endian,
                               bool bottom_up) {
    size_t sample = seg_format_size((seg_format)image->format);
    size_t count = (size_t)image->width * image->channels;
    bool swap = sample > 1 && big_endian != seg_host_is_big_endian();
    uint8_t *swapped = NULL;
    if (swap) {
        swapped = seg_allocate(sink->env, count, sample, "a row to write");
        if (!swapped) return SEG_ERROR_MEMORY;
    }
    seg_status status = SEG_OK;
    for (int32_t y = 0; y < image->height && status == SEG_OK; y++) {
        const void *row = seg_image_row(image, bottom_up ? image->height - 1 - y : y);
        if (swap) {
            memcpy(swapped, row, count * sample);
            seg_samples_swap(swapped, count, sample);
            row = swapped;
        }
        status = seg_sink_write(sink, row, count * sample);
    }
    seg_release(sink->env, swapped);
    return status;
}

seg_status seg_labels_to_u16(seg_image *samples, const seg_image *labels, const char *format,
                             const seg_env *env) {
    SEG_TRY(
        seg_image_alloc(samples, labels->width, labels->height, SEG_U16, labels->channels, env));
    samples->colour = labels->colour;
    size_t count = (size_t)labels->width * labels->channels;
    for (int32_t y = 0; y < labels->height; y++) {
        const int32_t *source = seg_image_row(labels, y);
        uint16_t *target = seg_image_row(samples, y);
        uint32_t beyond = 0;
        for (size_t i = 0; i < count; i++) {
            beyond |= (uint32_t)source[i] & 0xffff0000u;
            target[i] = (uint16_t)source[i];
        }
        if (!beyond) continue;
        seg_image_unref(samples);
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "labels below 0 or above 65535 do not fit into %s; use .npy or .png files",
                        format);
    }
    return SEG_OK;
}

seg_status seg_widen(seg_image *wide, const seg_image *image, const seg_env *env) {
    SEG_TRY(seg_image_ensure(wide, image->width, image->height, SEG_U16, image->channels, env));
    wide->bits = 16;
    wide->colour = image->colour;
    uint32_t full = (1u << image->bits) - 1;
    size_t samples = (size_t)image->width * image->channels;
    for (int32_t y = 0; y < image->height; y++) {
        const uint16_t *source = seg_image_row(image, y);
        uint16_t *target = seg_image_row(wide, y);
        for (size_t i = 0; i < samples; i++) {
            uint32_t v = source[i] < full ? source[i] : full;
            target[i] = (uint16_t)((v * 65535u + full / 2) / full);
        }
    }
    return SEG_OK;
}

bool seg_row_is_binary(const uint8_t *row, int32_t width) {
    uint8_t other = 0;
    for (int32_t x = 0; x < width; x++)
        other |= (uint8_t)((uint8_t)(row[x] + 1) > 1);
    return !other;
}

void seg_row_pack(uint8_t *bits, const uint8_t *row, int32_t width) {
    int32_t x = 0;
    for (; x + 8 <= width; x += 8) {
        uint64_t pixels = 0;
        /* Byte i to bits 8i..8i+7 whatever the byte order; compilers make one load of it. */
        for (int i = 0; i < 8; i++)
            pixels |= (uint64_t)row[x + i] << (8 * i);
        /* The multiplication moves the lowest bit of byte i to bit 63 - i; no two collide. */
        *bits++ =
            (uint8_t)((pixels & UINT64_C(0x0101010101010101)) * UINT64_C(0x8040201008040201) >> 56);
    }
    if (x == width) return;
    unsigned last = 0;
    for (int i = 0; x + i < width; i++)
        last |= (unsigned)(row[x + i] & 1) << (7 - i);
    *bits = (uint8_t)last;
}
