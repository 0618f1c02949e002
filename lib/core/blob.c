/*
 * Layout of a blob, all numbers little-endian:
 *    0  8  "SEGMODEL"             44  4  width           56  8  bytes in all
 *    8  4  version of the layout  48  4  height          64  8  checksum of all other bytes
 *   12  4  version of the method  52  4  format, channels, bits, colour
 *   16 28  method's id, 0-filled                         72     what the method wrote
 */
#include "core/blob.h"

#include "core/check.h"

#include <string.h>

#define MAGIC "SEGMODEL"
#define LAYOUT 1
#define ID_AT 16
#define ID_SIZE 28
#define SIZE_AT 56
#define CHECKSUM_AT 64
#define HEADER_SIZE 72

static void put_32(uint8_t *p, uint32_t value) {
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

static void put_64(uint8_t *p, uint64_t value) {
    for (int i = 0; i < 8; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

static uint32_t get_32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t get_64(const uint8_t *p) {
    return get_32(p) | (uint64_t)get_32(p + 4) << 32;
}

/* A multiply-and-rotate hash over words of 8 bytes: every bit of the input reaches every bit of
 * the result. It finds damage; it is no protection from forgers. */
static uint64_t hash(uint64_t state, const uint8_t *bytes, size_t size) {
    const uint64_t p1 = 0x9E3779B185EBCA87u, p2 = 0xC2B2AE3D27D4EB4Fu;
    size_t i = 0;
    for (; i + 8 <= size; i += 8) {
        state ^= get_64(bytes + i) * p1;
        state = (state << 31 | state >> 33) * p2;
    }
    for (; i < size; i++) {
        state ^= bytes[i] * p1;
        state = (state << 11 | state >> 53) * p2;
    }
    return state;
}

static uint64_t checksum(const uint8_t *blob, size_t size) {
    uint64_t h = hash(size, blob, CHECKSUM_AT);
    h = hash(h, blob + HEADER_SIZE, size - HEADER_SIZE);
    h = (h ^ h >> 33) * 0xC2B2AE3D27D4EB4Fu;
    h = (h ^ h >> 29) * 0x165667B19E3779F9u;
    return h ^ h >> 32;
}

seg_blob_geometry seg_blob_geometry_of(const seg_image *image) {
    return (seg_blob_geometry){image->width,    image->height, image->format,
                               image->channels, image->bits,   image->colour};
}

/* Room for `size` more bytes, or NULL where only counting happens or they do not fit. */
static uint8_t *claim(seg_blob_writer *writer, size_t size) {
    size_t at = writer->used;
    if (size > SIZE_MAX - at) {
        writer->used = SIZE_MAX; /* fits nowhere */
        return NULL;
    }
    writer->used = at + size;
    return writer->buffer && writer->used <= writer->room ? writer->buffer + at : NULL;
}

static size_t bytes_of(size_t count, size_t item_size) {
    return count > SIZE_MAX / item_size ? SIZE_MAX : count * item_size;
}

void seg_blob_write_begin(seg_blob_writer *writer, void *buffer, size_t room, const char *id,
                          uint32_t version, const seg_blob_geometry *geometry) {
    *writer = (seg_blob_writer){buffer, room, 0};
    uint8_t *p = claim(writer, HEADER_SIZE);
    if (!p) return;
    memset(p, 0, HEADER_SIZE);
    memcpy(p, MAGIC, 8);
    put_32(p + 8, LAYOUT);
    put_32(p + 12, version);
    size_t length = strlen(id);
    memcpy(p + ID_AT, id, length < ID_SIZE ? length : ID_SIZE - 1);
    put_32(p + 44, (uint32_t)geometry->width);
    put_32(p + 48, (uint32_t)geometry->height);
    p[52] = geometry->format;
    p[53] = geometry->channels;
    p[54] = geometry->bits;
    p[55] = geometry->colour;
}

void seg_blob_write_u8(seg_blob_writer *writer, const uint8_t *values, size_t count) {
    uint8_t *p = claim(writer, count);
    if (p && count) memcpy(p, values, count);
}

void seg_blob_write_u16(seg_blob_writer *writer, const uint16_t *values, size_t count) {
    uint8_t *p = claim(writer, bytes_of(count, 2));
    for (size_t i = 0; p && i < count; i++) {
        p[2 * i] = (uint8_t)values[i];
        p[2 * i + 1] = (uint8_t)(values[i] >> 8);
    }
}

void seg_blob_write_u32(seg_blob_writer *writer, const uint32_t *values, size_t count) {
    uint8_t *p = claim(writer, bytes_of(count, 4));
    for (size_t i = 0; p && i < count; i++)
        put_32(p + 4 * i, values[i]);
}

void seg_blob_write_i32(seg_blob_writer *writer, const int32_t *values, size_t count) {
    uint8_t *p = claim(writer, bytes_of(count, 4));
    for (size_t i = 0; p && i < count; i++)
        put_32(p + 4 * i, (uint32_t)values[i]);
}

void seg_blob_write_i64(seg_blob_writer *writer, const int64_t *values, size_t count) {
    uint8_t *p = claim(writer, bytes_of(count, 8));
    for (size_t i = 0; p && i < count; i++)
        put_64(p + 8 * i, (uint64_t)values[i]);
}

void seg_blob_write_f32(seg_blob_writer *writer, const float *values, size_t count) {
    uint8_t *p = claim(writer, bytes_of(count, 4));
    for (size_t i = 0; p && i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        put_32(p + 4 * i, bits);
    }
}

void seg_blob_write_f64(seg_blob_writer *writer, const double *values, size_t count) {
    uint8_t *p = claim(writer, bytes_of(count, 8));
    for (size_t i = 0; p && i < count; i++) {
        uint64_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        put_64(p + 8 * i, bits);
    }
}

void seg_blob_write_image(seg_blob_writer *writer, const seg_image *image) {
    size_t samples = (size_t)image->width * image->channels;
    for (int32_t y = 0; y < image->height; y++) {
        const void *row = seg_image_row(image, y);
        switch (image->format) {
        case SEG_U8:
            seg_blob_write_u8(writer, row, samples);
            break;
        case SEG_U16:
            seg_blob_write_u16(writer, row, samples);
            break;
        case SEG_F32:
            seg_blob_write_f32(writer, row, samples);
            break;
        default:
            seg_blob_write_i32(writer, row, samples);
        }
    }
}

seg_status seg_blob_write_end(seg_blob_writer *writer, size_t *size) {
    if (writer->used == SIZE_MAX)
        return seg_fail(SEG_ERROR_LIMIT, "the model does not fit into memory");
    if (!writer->buffer) {
        *size = writer->used;
        return SEG_OK;
    }
    if (writer->used > writer->room)
        return seg_fail(SEG_ERROR_LIMIT, "the model needs %zu bytes (the buffer has %zu)",
                        writer->used, writer->room);
    put_64(writer->buffer + SIZE_AT, writer->used);
    put_64(writer->buffer + CHECKSUM_AT, checksum(writer->buffer, writer->used));
    *size = writer->used;
    return SEG_OK;
}

static bool possible(const seg_blob_geometry *geometry) {
    size_t sample = seg_format_size((seg_format)geometry->format);
    if (geometry->width < 1 || geometry->height < 1 || !sample) return false;
    if (geometry->channels < 1 || geometry->channels > 4) return false;
    if (geometry->colour > SEG_COLOUR_RGB) return false;
    return geometry->format == SEG_U16 ? geometry->bits >= 1 && geometry->bits <= 16
                                       : geometry->bits == 8 * sample;
}

seg_status seg_blob_read_begin(seg_blob_reader *reader, const void *buffer, size_t size,
                               const char *id, uint32_t newest) {
    *reader = (seg_blob_reader){.failed = true};
    const uint8_t *p = buffer;
    if (!p || size < HEADER_SIZE || memcmp(p, MAGIC, 8) != 0)
        return seg_fail(SEG_ERROR_DATA, "this is no saved model");
    if (get_32(p + 8) != LAYOUT)
        return seg_fail(SEG_ERROR_DATA, "the model has layout %lu (this version reads %d)",
                        (unsigned long)get_32(p + 8), LAYOUT);
    if (get_64(p + SIZE_AT) != size)
        return seg_fail(SEG_ERROR_DATA, "the model has %zu bytes (its header says %llu)", size,
                        (unsigned long long)get_64(p + SIZE_AT));
    if (get_64(p + CHECKSUM_AT) != checksum(p, size))
        return seg_fail(SEG_ERROR_DATA, "the model is damaged (its checksum is wrong)");
    char name[ID_SIZE];
    memcpy(name, p + ID_AT, ID_SIZE);
    name[ID_SIZE - 1] = '\0';
    if (id && strcmp(name, id) != 0)
        return seg_fail(SEG_ERROR_DATA, "the model belongs to the method \"%s\" (not \"%s\")", name,
                        id);
    reader->version = get_32(p + 12);
    if (reader->version < 1 || reader->version > newest)
        return seg_fail(SEG_ERROR_DATA, "the model has version %lu (allowed 1 to %lu)",
                        (unsigned long)reader->version, (unsigned long)newest);
    reader->geometry = (seg_blob_geometry){
        (int32_t)get_32(p + 44), (int32_t)get_32(p + 48), p[52], p[53], p[54], p[55]};
    if (!possible(&reader->geometry))
        return seg_fail(SEG_ERROR_DATA, "the model's picture size or format is impossible");
    reader->next = p + HEADER_SIZE;
    reader->end = p + size;
    reader->failed = false;
    return SEG_OK;
}

size_t seg_blob_left(const seg_blob_reader *reader) {
    return reader->failed ? 0 : (size_t)(reader->end - reader->next);
}

/* The next `count` items, or NULL (and the values zeroed) if they are not there. */
static const uint8_t *take(seg_blob_reader *reader, void *values, size_t count, size_t item_size) {
    if (reader->failed || count > seg_blob_left(reader) / item_size) {
        reader->failed = true;
        if (count) memset(values, 0, count * item_size);
        return NULL;
    }
    const uint8_t *p = reader->next;
    reader->next += count * item_size;
    return p;
}

void seg_blob_read_u8(seg_blob_reader *reader, uint8_t *values, size_t count) {
    const uint8_t *p = take(reader, values, count, 1);
    if (p && count) memcpy(values, p, count);
}

void seg_blob_read_u16(seg_blob_reader *reader, uint16_t *values, size_t count) {
    const uint8_t *p = take(reader, values, count, 2);
    for (size_t i = 0; p && i < count; i++)
        values[i] = (uint16_t)(p[2 * i] | p[2 * i + 1] << 8);
}

void seg_blob_read_u32(seg_blob_reader *reader, uint32_t *values, size_t count) {
    const uint8_t *p = take(reader, values, count, 4);
    for (size_t i = 0; p && i < count; i++)
        values[i] = get_32(p + 4 * i);
}

void seg_blob_read_i32(seg_blob_reader *reader, int32_t *values, size_t count) {
    const uint8_t *p = take(reader, values, count, 4);
    for (size_t i = 0; p && i < count; i++)
        values[i] = (int32_t)get_32(p + 4 * i);
}

void seg_blob_read_i64(seg_blob_reader *reader, int64_t *values, size_t count) {
    const uint8_t *p = take(reader, values, count, 8);
    for (size_t i = 0; p && i < count; i++)
        values[i] = (int64_t)get_64(p + 8 * i);
}

void seg_blob_read_f32(seg_blob_reader *reader, float *values, size_t count) {
    const uint8_t *p = take(reader, values, count, 4);
    for (size_t i = 0; p && i < count; i++) {
        uint32_t bits = get_32(p + 4 * i);
        if ((bits & 0x7f800000u) == 0x7f800000u) {
            reader->failed = true;
            bits = 0;
        }
        memcpy(&values[i], &bits, sizeof bits);
    }
}

void seg_blob_read_f64(seg_blob_reader *reader, double *values, size_t count) {
    const uint8_t *p = take(reader, values, count, 8);
    for (size_t i = 0; p && i < count; i++) {
        uint64_t bits = get_64(p + 8 * i);
        if ((bits & 0x7ff0000000000000u) == 0x7ff0000000000000u) {
            reader->failed = true;
            bits = 0;
        }
        memcpy(&values[i], &bits, sizeof bits);
    }
}

void seg_blob_read_image(seg_blob_reader *reader, const seg_image *image) {
    size_t samples = (size_t)image->width * image->channels;
    for (int32_t y = 0; y < image->height; y++) {
        void *row = seg_image_row(image, y);
        switch (image->format) {
        case SEG_U8:
            seg_blob_read_u8(reader, row, samples);
            break;
        case SEG_U16:
            seg_blob_read_u16(reader, row, samples);
            break;
        case SEG_F32:
            seg_blob_read_f32(reader, row, samples);
            break;
        default:
            seg_blob_read_i32(reader, row, samples);
        }
    }
}

int32_t seg_blob_read_bounded(seg_blob_reader *reader, int32_t min, int32_t max) {
    int32_t value = min;
    seg_blob_read_i32(reader, &value, 1);
    if (!reader->failed && value >= min && value <= max) return value;
    reader->failed = true;
    return min;
}

seg_status seg_blob_finish(const seg_blob_reader *reader) {
    if (reader->failed)
        return seg_fail(SEG_ERROR_DATA, "the model's content is impossible or ends early");
    if (reader->next != reader->end)
        return seg_fail(SEG_ERROR_DATA, "the model has %zu bytes too many", seg_blob_left(reader));
    return SEG_OK;
}
