/* EXIF orientation: finding it, and turning pictures by it. */
#include "media/codec.h"

#include "core/check.h"
#include <string.h>

#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT 3

static uint32_t read_number(const uint8_t *p, int bytes, bool big_endian) {
    uint32_t value = 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | p[big_endian ? i : bytes - 1 - i];
    return value;
}

int32_t seg_exif_orientation(const uint8_t *bytes, size_t size) {
    if (!bytes || size < 8) return 1;
    bool big_endian = bytes[0] == 'M' && bytes[1] == 'M';
    if (!big_endian && !(bytes[0] == 'I' && bytes[1] == 'I')) return 1;
    if (read_number(bytes + 2, 2, big_endian) != 42) return 1;
    size_t directory = read_number(bytes + 4, 4, big_endian);
    if (directory > size - 2) return 1;
    size_t entries = read_number(bytes + directory, 2, big_endian);
    size_t fitting = (size - directory - 2) / 12;
    if (entries > fitting) entries = fitting;
    for (size_t i = 0; i < entries; i++) {
        const uint8_t *entry = bytes + directory + 2 + 12 * i;
        if (read_number(entry, 2, big_endian) != TAG_ORIENTATION) continue;
        if (read_number(entry + 2, 2, big_endian) != TYPE_SHORT) return 1;
        uint32_t value = read_number(entry + 8, 2, big_endian);
        return value >= 1 && value <= 8 ? (int32_t)value : 1;
    }
    return 1;
}

/*
 * A turned picture is the old one read along other axes: pixel (x, y) of the result lies at
 * first + x * along + y * down bytes of the source. 1 as it is, 2 mirrored, 3 turned by half,
 * 4 upside down, 5 transposed, 6 turned right, 7 transposed across, 8 turned left.
 */
typedef struct axes {
    const char *first;
    ptrdiff_t along, down;
} axes;

static axes find_axes(const seg_image *image, int32_t orientation, size_t pixel) {
    ptrdiff_t along = (ptrdiff_t)pixel;
    ptrdiff_t down = image->stride;
    bool mirrored = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    bool flipped = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    const char *first = image->data;
    if (mirrored) {
        first += along * (image->width - 1);
        along = -along;
    }
    if (flipped) {
        first += down * (image->height - 1);
        down = -down;
    }
    if (orientation >= 5) return (axes){first, down, along};
    return (axes){first, along, down};
}

/* Blocks keep both the rows written and the columns read in the cache. */
#define BLOCK 32

#define SEG_TURN(name, type)                                                                       \
    static void name(const seg_image *target, const axes *source, int32_t x0, int32_t y0,          \
                     int32_t x1, int32_t y1) {                                                     \
        for (int32_t y = y0; y < y1; y++) {                                                        \
            type *row = seg_image_row(target, y);                                                  \
            const char *from = source->first + y * source->down;                                   \
            for (int32_t x = x0; x < x1; x++)                                                      \
                memcpy(row + x, from + x * source->along, sizeof(type));                           \
        }                                                                                          \
    }

typedef struct pixel3 {
    uint8_t bytes[3];
} pixel3;
typedef struct pixel6 {
    uint8_t bytes[6];
} pixel6;
typedef struct pixel8 {
    uint8_t bytes[8];
} pixel8;
typedef struct pixel12 {
    uint8_t bytes[12];
} pixel12;
typedef struct pixel16 {
    uint8_t bytes[16];
} pixel16;

SEG_TURN(turn_1, uint8_t)
SEG_TURN(turn_2, uint16_t)
SEG_TURN(turn_3, pixel3)
SEG_TURN(turn_4, uint32_t)
SEG_TURN(turn_6, pixel6)
SEG_TURN(turn_8, pixel8)
SEG_TURN(turn_12, pixel12)
SEG_TURN(turn_16, pixel16)

typedef void (*turn_function)(const seg_image *, const axes *, int32_t, int32_t, int32_t, int32_t);

/* Samples of 1, 2 or 4 bytes times 1 to 4 channels. */
static turn_function find_turn(size_t pixel) {
    switch (pixel) {
    case 1:
        return turn_1;
    case 2:
        return turn_2;
    case 3:
        return turn_3;
    case 4:
        return turn_4;
    case 6:
        return turn_6;
    case 8:
        return turn_8;
    case 12:
        return turn_12;
    default:
        return turn_16;
    }
}

seg_status seg_orientation_apply(seg_image *image, int32_t orientation, const seg_env *env) {
    if (orientation <= 1 || orientation > 8) return SEG_OK;
    bool swapped = orientation >= 5;
    seg_image turned = {0};
    SEG_TRY(seg_image_alloc(&turned, swapped ? image->height : image->width,
                            swapped ? image->width : image->height, (seg_format)image->format,
                            image->channels, env));
    turned.bits = image->bits;
    turned.colour = image->colour;
    size_t pixel = seg_format_size((seg_format)image->format) * image->channels;
    axes source = find_axes(image, orientation, pixel);
    turn_function turn = find_turn(pixel);
    for (int32_t y = 0; y < turned.height; y += BLOCK) {
        int32_t end = turned.height - y < BLOCK ? turned.height : y + BLOCK;
        for (int32_t x = 0; x < turned.width; x += BLOCK)
            turn(&turned, &source, x, y, turned.width - x < BLOCK ? turned.width : x + BLOCK, end);
    }
    seg_image_unref(image);
    *image = turned;
    return SEG_OK;
}
