/*
 * NumPy's .npy, read and written: what a picture is in Python. Shapes (height, width) and
 * (height, width, channels), C order. u1, u2 and f4 are kept, b1 becomes 0/255, f8 becomes f32,
 * i4 and i8 are labels. Written little endian, version 1.0.
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
#include "media/codec.h"

#include "core/check.h"
#include "core/memory.h"
#include "media/limits.h"
#include <stdio.h>
#include <string.h>

typedef struct npy_header {
    char type;  /* 'u', 'i', 'f' or 'b' */
    int sample; /* bytes */
    bool big_endian, fortran;
    int64_t shape[3];
    int dimensions;
    size_t start; /* of the samples */
} npy_header;

static seg_status damaged(const char *what) {
    return seg_fail(SEG_ERROR_DATA, "damaged NPY (%s)", what);
}

/* Where the value of a key of the header's dictionary begins, or NULL. `text` ends with 0. */
static const char *find_value(const char *text, const char *key) {
    const char *found = strstr(text, key);
    if (!found) return NULL;
    found += strlen(key);
    while (*found == ' ' || *found == ':')
        found++;
    return found;
}

static bool read_type(npy_header *h, const char *text) {
    const char *value = find_value(text, "'descr'");
    if (!value || value[0] != '\'' || !strchr("<>|=", value[1])) return false;
    h->big_endian = value[1] == '>';
    h->type = value[2];
    if (!strchr("uifb", h->type) || value[3] < '1' || value[3] > '8' || value[4] != '\'')
        return false;
    h->sample = value[3] - '0';
    return true;
}

static bool read_shape(npy_header *h, const char *text) {
    const char *value = find_value(text, "'shape'");
    if (!value || *value++ != '(') return false;
    while (*value && *value != ')') {
        if (*value == ' ' || *value == ',') {
            value++;
            continue;
        }
        int64_t number = 0;
        if (*value < '0' || *value > '9' || h->dimensions == 3) return false;
        for (; *value >= '0' && *value <= '9'; value++) {
            if (number > INT32_MAX) return false;
            number = number * 10 + (*value - '0');
        }
        h->shape[h->dimensions++] = number;
    }
    return *value == ')' && h->dimensions >= 2;
}

static seg_status read_header(npy_header *h, const uint8_t *bytes, size_t size) {
    memset(h, 0, sizeof *h);
    if (size < 12) return damaged("the header is incomplete");
    size_t fixed = bytes[6] == 1 ? 10 : 12;
    size_t length = bytes[8] | (size_t)bytes[9] << 8;
    if (fixed == 12) length |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
    char text[512];
    if (length >= sizeof text || length > size - fixed)
        return damaged("the header is incomplete or too long for a picture's");
    memcpy(text, bytes + fixed, length);
    text[length] = 0;
    h->start = fixed + length;
    if (!read_type(h, text))
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "NPY with samples of this type (allowed u1, u2, f4, f8, i4, i8, b1)");
    if (!read_shape(h, text))
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "NPY of this shape (allowed height x width or height x width x channels)");
    const char *order = find_value(text, "'fortran_order'");
    if (!order) return damaged("the header is incomplete");
    if (!strncmp(order, "True", 4))
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "NPY in Fortran order; save numpy.ascontiguousarray(...)");
    return SEG_OK;
}

/* The format that holds the samples; 0 if none does. */
static int find_format(const npy_header *h) {
    if (h->sample == 1 && (h->type == 'u' || h->type == 'b')) return SEG_U8;
    if (h->sample == 2 && h->type == 'u') return SEG_U16;
    if ((h->sample == 4 || h->sample == 8) && h->type == 'f') return SEG_F32;
    if ((h->sample == 4 || h->sample == 8) && h->type == 'i') return SEG_LABEL32;
    return 0;
}

/* Samples of 8 bytes to 4; false if an integer does not fit. */
static bool narrow(void *row, const uint8_t *source, size_t count, const npy_header *h) {
    bool swap = h->big_endian != seg_host_is_big_endian();
    for (size_t i = 0; i < count; i++) {
        uint8_t bytes[8];
        memcpy(bytes, source + 8 * i, 8);
        if (swap) seg_samples_swap(bytes, 1, 8);
        if (h->type == 'f') {
            double value;
            memcpy(&value, bytes, 8);
            ((float *)row)[i] = (float)value;
        } else {
            int64_t value;
            memcpy(&value, bytes, 8);
            if (value < INT32_MIN || value > INT32_MAX) return false;
            ((int32_t *)row)[i] = (int32_t)value;
        }
    }
    return true;
}

static seg_status read_rows(const seg_image *image, const npy_header *h, const uint8_t *source) {
    size_t count = (size_t)image->width * image->channels;
    size_t step = count * (size_t)h->sample;
    for (int32_t y = 0; y < image->height; y++, source += step) {
        uint8_t *row = seg_image_row(image, y);
        if (h->sample == 8) {
            if (!narrow(row, source, count, h))
                return seg_fail(SEG_ERROR_UNSUPPORTED, "NPY with labels beyond 32 bits");
            continue;
        }
        memcpy(row, source, step);
        if (h->sample > 1 && h->big_endian != seg_host_is_big_endian())
            seg_samples_swap(row, count, (size_t)h->sample);
        if (h->type == 'b')
            for (size_t i = 0; i < count; i++)
                row[i] = row[i] ? 255 : 0;
    }
    return SEG_OK;
}

seg_status seg_npy_decode(seg_image *image, seg_picture_info *info, const uint8_t *bytes,
                          size_t size, const seg_env *env) {
    npy_header header;
    snprintf(info->codec, sizeof info->codec, "npy");
    SEG_TRY(read_header(&header, bytes, size));
    int format = find_format(&header);
    if (!format)
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "NPY with samples of type %c%d (allowed u1, u2, f4, f8, i4, i8, b1)",
                        header.type, header.sample);
    int64_t channels = header.dimensions == 3 ? header.shape[2] : 1;
    if (channels < 1 || channels > 4)
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "NPY with %lld channels (allowed 1 to 4, as the last dimension)",
                        (long long)channels);
    SEG_TRY(seg_media_check_size(header.shape[1], header.shape[0], env));
    size_t needed;
    if (!seg_size_multiply(&needed, (size_t)header.shape[0], (size_t)header.shape[1]) ||
        !seg_size_multiply(&needed, needed, (size_t)(channels * header.sample)) ||
        needed > size - header.start)
        return damaged("the file ends early");
    info->source_bits = header.type == 'b' ? 1 : 8 * header.sample;
    SEG_TRY(seg_image_alloc(image, (int32_t)header.shape[1], (int32_t)header.shape[0],
                            (seg_format)format, (int)channels, env));
    seg_status status = read_rows(image, &header, bytes + header.start);
    if (status < 0) seg_image_unref(image);
    return status;
}

/* ---- writing ---- */

seg_status seg_npy_encode(seg_sink *sink, const seg_image *image,
                          const seg_picture_write_options *options, const seg_env *env) {
    (void)options;
    (void)env;
    static const char *const types[] = {"", "|u1", "<u2", "<f4", "<i4"};
    char shape[64];
    int length = snprintf(shape, sizeof shape, "%d, %d", (int)image->height, (int)image->width);
    if (image->channels > 1)
        snprintf(shape + length, sizeof shape - (size_t)length, ", %d", image->channels);
    /* Magic, version, length, text; padded with spaces to 128 bytes, a multiple of 64. */
    enum { HEADER = 128, TEXT = HEADER - 10 };
    char header[HEADER + 1];
    memcpy(header, "\x93NUMPY\x01\x00", 8);
    header[8] = TEXT;
    header[9] = 0;
    int used =
        snprintf(header + 10, TEXT, "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }",
                 types[image->format], shape);
    memset(header + 10 + used, ' ', (size_t)(TEXT - 1 - used));
    header[HEADER - 1] = '\n';
    SEG_TRY(seg_sink_write(sink, header, HEADER));
    return seg_sink_write_rows(sink, image, false, false);
}
