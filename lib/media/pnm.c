/*
 * PBM, PGM, PPM (plain and raw), PAM and PFM, read and written.
 *
 * A largest value of 255 or 2^n - 1 above it is kept as it is (u8, or u16 with n bits); any other
 * is scaled to 255 or 65535. Bits become 0 and 255. Only the first picture of a file is read.
 */
#include "media/codec.h"

#include "core/check.h"
#include "core/memory.h"
#include "media/limits.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct pnm_reader {
    const uint8_t *bytes;
    size_t size, position;
} pnm_reader;

typedef struct pnm_header {
    int kind; /* '1'..'7', 'F' or 'f' */
    int64_t width, height, channels, largest;
    bool inverted;   /* bits: 1 is black */
    bool big_endian; /* PFM */
} pnm_header;

static seg_status damaged(const char *what) {
    return seg_fail(SEG_ERROR_DATA, "damaged PNM (%s)", what);
}

static bool is_space(int c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

/* The next byte without taking it, -1 at the end. */
static int peek(const pnm_reader *r) {
    return r->position < r->size ? r->bytes[r->position] : -1;
}

static void skip_space(pnm_reader *r) {
    for (;;) {
        int c = peek(r);
        if (c == '#') {
            while (c != '\n' && c != '\r' && c >= 0) {
                r->position++;
                c = peek(r);
            }
        } else if (is_space(c)) {
            r->position++;
        } else {
            return;
        }
    }
}

/* A decimal number; false if there is none or it is beyond any meaning. */
static bool read_number(int64_t *number, pnm_reader *r) {
    skip_space(r);
    int c = peek(r);
    if (c < '0' || c > '9') return false;
    int64_t value = 0;
    while (c >= '0' && c <= '9') {
        if (value > INT32_MAX) return false;
        value = value * 10 + (c - '0');
        r->position++;
        c = peek(r);
    }
    *number = value;
    return true;
}

/* A word up to the next space, cut to fit. */
static void read_word(char *word, size_t size, pnm_reader *r) {
    size_t length = 0;
    for (int c = peek(r); c >= 0 && !is_space(c); c = peek(r)) {
        if (length + 1 < size) word[length++] = (char)c;
        r->position++;
    }
    word[length] = 0;
}

static seg_status read_pam_header(pnm_header *h, pnm_reader *r) {
    for (;;) {
        char word[16];
        skip_space(r);
        read_word(word, sizeof word, r);
        if (!word[0]) return damaged("the header has no end");
        if (!strcmp(word, "ENDHDR")) break;
        int64_t *number = !strcmp(word, "WIDTH")    ? &h->width
                          : !strcmp(word, "HEIGHT") ? &h->height
                          : !strcmp(word, "DEPTH")  ? &h->channels
                          : !strcmp(word, "MAXVAL") ? &h->largest
                                                    : NULL;
        if (number) {
            if (!read_number(number, r)) return damaged("a number is missing in the header");
        } else {
            while (peek(r) >= 0 && peek(r) != '\n') /* TUPLTYPE: the depth says enough */
                r->position++;
        }
    }
    if (h->channels < 1 || h->channels > 4)
        return seg_fail(SEG_ERROR_UNSUPPORTED, "PAM with %lld channels (allowed 1 to 4)",
                        (long long)h->channels);
    return SEG_OK;
}

static seg_status read_pfm_scale(pnm_header *h, pnm_reader *r) {
    char word[32];
    skip_space(r);
    read_word(word, sizeof word, r);
    /* Its sign is the byte order; its size has no agreed meaning. */
    if (!word[0] || !strpbrk(word, "0123456789")) return damaged("the scale is missing");
    h->big_endian = word[0] != '-';
    h->channels = h->kind == 'F' ? 3 : 1;
    h->largest = 1;
    return SEG_OK;
}

static seg_status read_header(pnm_header *h, pnm_reader *r) {
    memset(h, 0, sizeof *h);
    if (r->size < 3) return damaged("the header is incomplete");
    h->kind = r->bytes[1];
    r->position = 2;
    if (h->kind == '7') {
        SEG_TRY(read_pam_header(h, r));
    } else {
        h->channels = h->kind == '3' || h->kind == '6' ? 3 : 1;
        h->largest = 1;
        h->inverted = h->kind == '1' || h->kind == '4';
        bool is_pfm = h->kind == 'F' || h->kind == 'f';
        bool complete = read_number(&h->width, r) && read_number(&h->height, r) &&
                        (is_pfm || h->inverted || read_number(&h->largest, r));
        if (!complete) return damaged("a number is missing in the header");
        if (is_pfm) SEG_TRY(read_pfm_scale(h, r));
    }
    if (h->largest < 1 || h->largest > 65535)
        return seg_fail(SEG_ERROR_DATA,
                        "damaged PNM (the largest value is %lld, allowed 1 to 65535)",
                        (long long)h->largest);
    /* One space ends the header of raw pictures. */
    if (r->position < r->size && is_space(r->bytes[r->position])) r->position++;
    return SEG_OK;
}

static bool is_plain(const pnm_header *h) {
    return h->kind >= '1' && h->kind <= '3';
}

static bool is_float(const pnm_header *h) {
    return h->kind == 'F' || h->kind == 'f';
}

static int count_bits(int64_t largest) {
    int bits = 0;
    while (largest >> bits)
        bits++;
    return bits;
}

/* Bytes of the rows of a raw picture. */
static uint64_t count_raw_bytes(const pnm_header *h) {
    if (h->width > INT32_MAX || h->height > INT32_MAX || h->width * h->height >= INT64_MAX / 64)
        return UINT64_MAX; /* more than any file has */
    uint64_t row = (uint64_t)h->width * (uint64_t)h->channels;
    if (h->kind == '4')
        row = ((uint64_t)h->width + 7) / 8;
    else if (is_float(h))
        row *= 4;
    else if (h->largest > 255)
        row *= 2;
    return row * (uint64_t)h->height;
}

bool seg_pnm_has_more(const uint8_t *bytes, size_t size, int64_t file_size) {
    pnm_reader reader = {bytes, size, 0};
    pnm_header header;
    if (read_header(&header, &reader) < 0 || is_plain(&header)) return false;
    /* Three bytes of a header are the least; one line end more at the end of a file is none. */
    uint64_t rows = count_raw_bytes(&header);
    return file_size > 0 && rows < (uint64_t)file_size &&
           rows + reader.position + 3 <= (uint64_t)file_size;
}

/* True if the rows can be there at all: what is not there need not be allocated. */
static bool has_all_rows(const pnm_header *h, const pnm_reader *r) {
    uint64_t samples = (uint64_t)h->width * (uint64_t)h->height * (uint64_t)h->channels;
    uint64_t left = r->size - r->position;
    if (h->kind == '1') return samples <= left;
    if (is_plain(h)) return samples <= left / 2 + 1; /* a digit and a space, but for the last */
    return count_raw_bytes(h) <= left;
}

/* Brings samples of 0..largest to the full scale; larger ones are clamped. */
static uint32_t rescale(uint32_t value, uint32_t largest, uint32_t full) {
    if (value >= largest) return full;
    return (value * full + largest / 2) / largest;
}

static bool read_plain_rows(const seg_image *image, const pnm_header *h, pnm_reader *r,
                            uint32_t full) {
    size_t count = (size_t)image->width * image->channels;
    for (int32_t y = 0; y < image->height; y++) {
        uint8_t *row = seg_image_row(image, y);
        for (size_t i = 0; i < count; i++) {
            int64_t value;
            if (h->inverted) { /* bits may stand without spaces between them */
                skip_space(r);
                int c = peek(r);
                if (c != '0' && c != '1') return false;
                r->position++;
                row[i] = c == '0' ? 255 : 0;
                continue;
            }
            if (!read_number(&value, r)) return false;
            uint32_t sample = rescale((uint32_t)value, (uint32_t)h->largest, full);
            if (image->format == SEG_U8)
                row[i] = (uint8_t)sample;
            else
                ((uint16_t *)(void *)row)[i] = (uint16_t)sample;
        }
    }
    return true;
}

static void unpack_bits(uint8_t *row, const uint8_t *bits, int32_t width) {
    for (int32_t x = 0; x < width; x++)
        row[x] = bits[x >> 3] >> (7 - (x & 7)) & 1 ? 0 : 255;
}

static void read_raw_rows(const seg_image *image, const pnm_header *h, const pnm_reader *r,
                          uint32_t full) {
    size_t sample = seg_format_size((seg_format)image->format);
    size_t count = (size_t)image->width * image->channels;
    size_t step = h->kind == '4' ? ((size_t)image->width + 7) / 8 : count * sample;
    bool big_endian = is_float(h) ? h->big_endian : true;
    const uint8_t *source = r->bytes + r->position;
    for (int32_t y = 0; y < image->height; y++, source += step) {
        /* PFM begins at the bottom. */
        uint8_t *row = seg_image_row(image, is_float(h) ? image->height - 1 - y : y);
        if (h->kind == '4') {
            unpack_bits(row, source, image->width);
            continue;
        }
        memcpy(row, source, step);
        if (sample > 1 && big_endian != seg_host_is_big_endian())
            seg_samples_swap(row, count, sample);
        if (is_float(h)) continue;
        if (sample == 1 && h->largest != 255) {
            for (size_t i = 0; i < count; i++)
                row[i] = (uint8_t)rescale(row[i], (uint32_t)h->largest, full);
        } else if (sample == 2 && h->largest != 65535) {
            uint16_t *samples = (uint16_t *)(void *)row;
            for (size_t i = 0; i < count; i++)
                samples[i] = (uint16_t)rescale(samples[i], (uint32_t)h->largest, full);
        }
    }
}

seg_status seg_pnm_decode(seg_image *image, seg_picture_info *info, const uint8_t *bytes,
                          size_t size, const seg_env *env) {
    pnm_reader reader = {bytes, size, 0};
    pnm_header header;
    snprintf(info->codec, sizeof info->codec, "%s",
             size > 1 && bytes[1] == '7'                        ? "pam"
             : size > 1 && (bytes[1] == 'F' || bytes[1] == 'f') ? "pfm"
                                                                : "pnm");
    SEG_TRY(read_header(&header, &reader));
    SEG_TRY(seg_media_check_size(header.width, header.height, env));
    if (!has_all_rows(&header, &reader)) return damaged("the file ends early");
    int bits = count_bits(header.largest);
    info->source_bits = is_float(&header) ? 32 : bits;
    seg_format format = is_float(&header) ? SEG_F32 : header.largest > 255 ? SEG_U16 : SEG_U8;
    SEG_TRY(seg_image_alloc(image, (int32_t)header.width, (int32_t)header.height, format,
                            (int)header.channels, env));
    bool is_whole_range = ((header.largest + 1) & header.largest) == 0;
    if (format == SEG_U16 && is_whole_range) image->bits = (uint8_t)bits;
    uint32_t full = format == SEG_U16 ? (1u << image->bits) - 1 : 255;
    if (!is_plain(&header)) {
        read_raw_rows(image, &header, &reader, full);
    } else if (!read_plain_rows(image, &header, &reader, full)) {
        seg_image_unref(image);
        return damaged("a sample is missing or no number");
    }
    image->colour = image->channels <= 2 ? SEG_COLOUR_GREY : SEG_COLOUR_RGB;
    return SEG_OK;
}

/* ---- writing ---- */

static seg_status write_bits(seg_sink *sink, const seg_image *image, const seg_env *env) {
    size_t length = ((size_t)image->width + 7) / 8;
    uint8_t *bits = seg_allocate(env, length, 1, "a row of bits");
    if (!bits) return SEG_ERROR_MEMORY;
    seg_status status = SEG_OK;
    for (int32_t y = 0; y < image->height && status == SEG_OK; y++) {
        const uint8_t *row = seg_image_row(image, y);
        if (!seg_row_is_binary(row, image->width)) {
            status =
                seg_fail(SEG_ERROR_UNSUPPORTED,
                         "PBM holds only 0 and 255 (row %d has other values); use .pgm", (int)y);
            break;
        }
        seg_row_pack(bits, row, image->width);
        for (size_t i = 0; i < length; i++)
            bits[i] = (uint8_t)~bits[i]; /* 1 is black */
        if (image->width % 8) bits[length - 1] &= (uint8_t)(0xff00 >> (image->width % 8));
        status = seg_sink_write(sink, bits, length);
    }
    seg_release(env, bits);
    return status;
}

static seg_status write_header(seg_sink *sink, const seg_image *image, const char *format) {
    static const char *const types[] = {"", "GRAYSCALE", "GRAYSCALE_ALPHA", "RGB", "RGB_ALPHA"};
    char text[160];
    int width = (int)image->width;
    int height = (int)image->height;
    unsigned largest = image->format == SEG_U16 ? (1u << image->bits) - 1 : 255;
    int length;
    if (!strcmp(format, "pfm"))
        length = snprintf(text, sizeof text, "P%c\n%d %d\n-1.0\n", image->channels == 3 ? 'F' : 'f',
                          width, height);
    else if (!strcmp(format, "pbm"))
        length = snprintf(text, sizeof text, "P4\n%d %d\n", width, height);
    else if (!strcmp(format, "pam"))
        length = snprintf(text, sizeof text,
                          "P7\nWIDTH %d\nHEIGHT %d\nDEPTH %d\nMAXVAL %u\nTUPLTYPE %s\nENDHDR\n",
                          width, height, image->channels, largest, types[image->channels]);
    else
        length = snprintf(text, sizeof text, "P%c\n%d %d\n%u\n", image->channels == 3 ? '6' : '5',
                          width, height, largest);
    return seg_sink_write(sink, text, (size_t)length);
}

/* Labels that fit go out as 16-bit samples. */
static seg_status write_labels(seg_sink *sink, const seg_image *image, const char *format,
                               const seg_env *env) {
    seg_image samples = {0};
    SEG_TRY(seg_labels_to_u16(&samples, image, format, env));
    seg_status status = write_header(sink, &samples, format);
    if (status == SEG_OK) status = seg_sink_write_rows(sink, &samples, true, false);
    seg_image_unref(&samples);
    return status;
}

static seg_status check_kind(const seg_image *image, const char *format) {
    bool floats = image->format == SEG_F32;
    int channels = image->channels;
    if (!strcmp(format, "pfm")) {
        if (!floats)
            return seg_fail(SEG_ERROR_UNSUPPORTED,
                            "PFM holds float samples only; use .pam, .png or .npy");
        if (channels != 1 && channels != 3)
            return seg_fail(SEG_ERROR_UNSUPPORTED,
                            "PFM holds 1 or 3 channels (the picture has %d); use %s", channels,
                            seg_float_files(image));
        return SEG_OK;
    }
    if (floats)
        return seg_fail(SEG_ERROR_UNSUPPORTED, "%s holds no float samples; use %s", format,
                        seg_float_files(image));
    bool fits =
        !strcmp(format, "pam") || (!strcmp(format, "pnm") && (channels == 1 || channels == 3)) ||
        (!strcmp(format, "ppm") && channels == 3) || (!strcmp(format, "pgm") && channels == 1) ||
        (!strcmp(format, "pbm") && channels == 1 && image->format == SEG_U8);
    if (!fits)
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "%s cannot hold %d channel%s of %d bits; use .pam or .png", format,
                        channels, channels == 1 ? "" : "s", image->bits);
    return SEG_OK;
}

seg_status seg_pnm_encode(seg_sink *sink, const seg_image *image,
                          const seg_picture_write_options *options, const seg_env *env) {
    const char *format = options->format;
    SEG_TRY(check_kind(image, format));
    if (image->format == SEG_LABEL32) return write_labels(sink, image, format, env);
    SEG_TRY(write_header(sink, image, format));
    if (!strcmp(format, "pbm")) return write_bits(sink, image, env);
    if (!strcmp(format, "pfm")) return seg_sink_write_rows(sink, image, false, true);
    return seg_sink_write_rows(sink, image, true, false);
}
