/*
 * Middlebury's .flo, read and written: optical flow as floats.
 *
 * S. Baker, D. Scharstein, J. P. Lewis, S. Roth, M. J. Black, R. Szeliski, "A database and
 * evaluation methodology for optical flow", IJCV 92(1), 2011: the float 202021.25 (the letters
 * PIEH), width and height as int32, then u and v of each pixel in raster order, all little endian.
 * Flow beyond 1e9 is unknown; it stays as it is.
 */
#include "media/codec.h"

#include "core/check.h"
#include "core/memory.h"
#include "media/limits.h"
#include <stdio.h>
#include <string.h>

enum { HEADER = 12 };

static int32_t read_int(const uint8_t *bytes) {
    return (int32_t)(bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
                     (uint32_t)bytes[3] << 24);
}

static void write_int(uint8_t *bytes, int32_t value) {
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)((uint32_t)value >> 8 * i);
}

seg_status seg_flo_decode(seg_image *image, seg_picture_info *info, const uint8_t *bytes,
                          size_t size, const seg_env *env) {
    snprintf(info->codec, sizeof info->codec, "flo");
    info->source_bits = 32;
    if (size < HEADER) return seg_fail(SEG_ERROR_DATA, "damaged .flo (the header is incomplete)");
    const int32_t width = read_int(bytes + 4), height = read_int(bytes + 8);
    if (width < 1 || height < 1)
        return seg_fail(SEG_ERROR_DATA, "damaged .flo (its size is %ld x %ld)", (long)width,
                        (long)height);
    SEG_TRY(seg_media_check_size(width, height, env));
    size_t row, needed;
    if (!seg_size_multiply(&row, (size_t)width, 8) ||
        !seg_size_multiply(&needed, row, (size_t)height) || needed > size - HEADER)
        return seg_fail(SEG_ERROR_DATA, "damaged .flo (the file ends early)");
    SEG_TRY(seg_image_alloc(image, width, height, SEG_F32, 2, env));
    image->colour = SEG_COLOUR_DATA;
    for (int32_t y = 0; y < height; y++) {
        void *target = seg_image_row(image, y);
        memcpy(target, bytes + HEADER + (size_t)y * row, row);
        if (seg_host_is_big_endian()) seg_samples_swap(target, 2 * (size_t)width, 4);
    }
    return SEG_OK;
}

seg_status seg_flo_encode(seg_sink *sink, const seg_image *image,
                          const seg_picture_write_options *options, const seg_env *env) {
    (void)options, (void)env;
    if (image->format != SEG_F32 || image->channels != 2)
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        ".flo holds optical flow: floats of two channels (the picture has %d)",
                        image->channels);
    uint8_t header[HEADER] = {'P', 'I', 'E', 'H'};
    write_int(header + 4, image->width);
    write_int(header + 8, image->height);
    SEG_TRY(seg_sink_write(sink, header, HEADER));
    return seg_sink_write_rows(sink, image, false, false);
}
