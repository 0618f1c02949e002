/* Checks of picture headers, shared by everything that takes pictures. */
#include "core/check.h"

#include <stdio.h>
#include <string.h>

static const char *format_name(int format) {
    switch (format) {
    case SEG_U8:
        return "u8";
    case SEG_U16:
        return "u16";
    case SEG_F32:
        return "f32";
    case SEG_LABEL32:
        return "label32";
    default:
        return "unknown";
    }
}

/* "u8, u16 or f32" */
static void list_formats(char *text, size_t size, uint32_t formats) {
    uint32_t left = formats & 0x1eu;
    text[0] = '\0';
    for (int format = SEG_U8; format <= SEG_LABEL32; format++) {
        if (!(left & SEG_FORMAT_BIT(format))) continue;
        size_t used = strlen(text);
        left &= ~SEG_FORMAT_BIT(format);
        snprintf(text + used, size - used, "%s%s",
                 used == 0 ? ""
                 : left    ? ", "
                           : " or ",
                 format_name(format));
    }
}

static void list_channels(char *text, size_t size, uint32_t channels) {
    uint32_t left = channels & 0x1eu;
    text[0] = '\0';
    for (int n = 1; n <= 4; n++) {
        if (!(left & (1u << n))) continue;
        size_t used = strlen(text);
        left &= ~(1u << n);
        snprintf(text + used, size - used, "%s%d", used == 0 ? "" : left ? ", " : " or ", n);
    }
}

seg_status seg_check_limits(int64_t width, int64_t height, const seg_env *env) {
    int64_t max_side = SEG_DEFAULT_MAX_SIDE, max_pixels = SEG_DEFAULT_MAX_PIXELS;
    if (env && env->limits) {
        if (env->limits->max_side > 0) max_side = env->limits->max_side;
        if (env->limits->max_pixels > 0) max_pixels = env->limits->max_pixels;
    }
    if (width < 1 || height < 1)
        return seg_fail(SEG_ERROR_ARGUMENT, "the size is %lld x %lld (both must be at least 1)",
                        (long long)width, (long long)height);
    if (width > max_side || height > max_side)
        return seg_fail(SEG_ERROR_LIMIT,
                        "the size is %lld x %lld (a side may have at most %lld pixels)",
                        (long long)width, (long long)height, (long long)max_side);
    if (width > max_pixels / height)
        return seg_fail(SEG_ERROR_LIMIT,
                        "the size is %lld x %lld (at most %lld pixels are allowed); raise the "
                        "limit max-pixels if that is meant",
                        (long long)width, (long long)height, (long long)max_pixels);
    return SEG_OK;
}

seg_status seg_check_geometry(const char *name, const void *data, ptrdiff_t stride, int32_t width,
                              int32_t height, int format, int channels) {
    size_t sample = seg_format_size((seg_format)format);
    if (!data) return seg_fail(SEG_ERROR_ARGUMENT, "%s has no pixels (data is NULL)", name);
    if (width < 1 || height < 1)
        return seg_fail(SEG_ERROR_ARGUMENT, "the size of %s is %ld x %ld (both must be at least 1)",
                        name, (long)width, (long)height);
    if (!sample)
        return seg_fail(SEG_ERROR_ARGUMENT,
                        "the format of %s is %d (allowed: u8, u16, f32 or label32)", name, format);
    if (channels < 1 || channels > 4)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s has %d channels (allowed 1 to 4)", name, channels);

    /* 2^31 pixels of 16 bytes fit easily into 64 bits. */
    uint64_t row = (uint64_t)width * (uint64_t)channels * sample;
    uint64_t step = stride < 0 ? 0 - (uint64_t)stride : (uint64_t)stride;
    if (step < row)
        return seg_fail(SEG_ERROR_ARGUMENT,
                        "the stride of %s is %lld bytes (a row has %llu; strides may be negative, "
                        "not shorter)",
                        name, (long long)stride, (unsigned long long)row);
    if (step % sample || (uintptr_t)data % sample)
        return seg_fail(SEG_ERROR_ARGUMENT,
                        "the samples of %s are not aligned (data and stride must be multiples of "
                        "%zu bytes)",
                        name, sample);
    uint64_t largest = (uint64_t)PTRDIFF_MAX;
    uint64_t gaps = (uint64_t)height - 1;
    uint64_t address = (uint64_t)(uintptr_t)data;
    bool fits = row <= largest && (!gaps || step <= (largest - row) / gaps);
    if (fits && stride < 0) fits = address >= gaps * step && row <= UINTPTR_MAX - address;
    if (fits && stride >= 0) fits = gaps * step + row <= UINTPTR_MAX - address;
    if (!fits)
        return seg_fail(SEG_ERROR_ARGUMENT,
                        "%s does not fit into memory (%ld rows, stride %lld bytes)", name,
                        (long)height, (long long)stride);
    return SEG_OK;
}

seg_status seg_check_image(const seg_image *image, const char *name, uint32_t formats,
                           uint32_t channels) {
    char allowed[64];
    if (!image) return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)", name);
    if (!image->data) return seg_fail(SEG_ERROR_ARGUMENT, "%s is empty", name);
    SEG_TRY(seg_check_geometry(name, image->data, image->stride, image->width, image->height,
                               image->format, image->channels));
    int bits = image->bits, full = (int)(8 * seg_format_size((seg_format)image->format));
    if (image->format == SEG_U16 ? bits < 1 || bits > 16 : bits != full)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s says that %d bits of a sample count (%s has %s)",
                        name, bits, format_name(image->format),
                        image->format == SEG_U16  ? "1 to 16"
                        : image->format == SEG_U8 ? "8"
                                                  : "32");
    if (!(formats & SEG_FORMAT_BIT(image->format))) {
        list_formats(allowed, sizeof allowed, formats);
        return seg_fail(SEG_ERROR_UNSUPPORTED, "%s has %s samples (allowed: %s)", name,
                        format_name(image->format), allowed);
    }
    if (!(channels & (1u << image->channels))) {
        list_channels(allowed, sizeof allowed, channels);
        return seg_fail(SEG_ERROR_UNSUPPORTED, "%s has %d channel%s (allowed: %s)", name,
                        image->channels, image->channels == 1 ? "" : "s", allowed);
    }
    return SEG_OK;
}

seg_status seg_check_mask(const seg_image *mask, const char *name, int32_t width, int32_t height) {
    if (seg_image_empty(mask)) return SEG_OK;
    SEG_TRY(seg_check_image(mask, name, SEG_FORMAT_BIT(SEG_U8), SEG_CHANNELS_1));
    if (mask->width != width || mask->height != height)
        return seg_fail(SEG_ERROR_SHAPE, "%s is %ld x %ld, the picture %ld x %ld (must be equal)",
                        name, (long)mask->width, (long)mask->height, (long)width, (long)height);
    return SEG_OK;
}
