#include "media/ffmpeg/av_pixels.h"

#include "core/check.h"
#include "core/memory.h"
#include "media/ffmpeg/yuv420_rows.h"
#include "media/limits.h"
#include <libavutil/intreadwrite.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
#include <string.h>

typedef AVPixFmtDescriptor descriptor;

/* ---- what a frame is ---- */

static bool is_xyz(int format) {
    return format == AV_PIX_FMT_XYZ12LE || format == AV_PIX_FMT_XYZ12BE;
}

static bool has_flag(const descriptor *d, uint64_t flag) {
    return (d->flags & flag) != 0;
}

/* Grey with or without alpha, a plane or packed. */
static bool is_grey(const descriptor *d) {
    return d->nb_components <= 2 && !has_flag(d, AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL);
}

/* Samples that are unpacked here; the rest goes through swscale. */
static bool is_unpacked(const descriptor *d) {
    return is_grey(d) || (has_flag(d, AV_PIX_FMT_FLAG_RGB) && !has_flag(d, AV_PIX_FMT_FLAG_BAYER));
}

static bool is_yuvj(int format) {
    return format == AV_PIX_FMT_YUVJ420P || format == AV_PIX_FMT_YUVJ422P ||
           format == AV_PIX_FMT_YUVJ444P || format == AV_PIX_FMT_YUVJ440P ||
           format == AV_PIX_FMT_YUVJ411P;
}

/* The format without its hint about the range, which is handed over apart. */
static int without_range(int format) {
    switch (format) {
    case AV_PIX_FMT_YUVJ420P:
        return AV_PIX_FMT_YUV420P;
    case AV_PIX_FMT_YUVJ422P:
        return AV_PIX_FMT_YUV422P;
    case AV_PIX_FMT_YUVJ444P:
        return AV_PIX_FMT_YUV444P;
    case AV_PIX_FMT_YUVJ440P:
        return AV_PIX_FMT_YUV440P;
    case AV_PIX_FMT_YUVJ411P:
        return AV_PIX_FMT_YUV411P;
    default:
        return format;
    }
}

static seg_status find_descriptor(const descriptor **d, const AVFrame *frame) {
    *d = av_pix_fmt_desc_get((enum AVPixelFormat)frame->format);
    if (!*d) return seg_fail(SEG_ERROR_UNSUPPORTED, "unknown pixel format %d", frame->format);
    if (has_flag(*d, AV_PIX_FMT_FLAG_HWACCEL))
        return seg_fail(SEG_ERROR_UNSUPPORTED, "pixel format %s lives in a device's memory",
                        (*d)->name);
    return SEG_OK;
}

enum AVColorSpace seg_av_matrix(const AVFrame *frame, bool *guessed) {
    if (guessed) *guessed = false;
    const descriptor *d = av_pix_fmt_desc_get((enum AVPixelFormat)frame->format);
    if (!d || is_unpacked(d) || d->flags & (AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BAYER) ||
        is_xyz(frame->format))
        return AVCOL_SPC_RGB;
    switch (frame->colorspace) {
    case AVCOL_SPC_BT709:
    case AVCOL_SPC_FCC:
    case AVCOL_SPC_BT470BG:
    case AVCOL_SPC_SMPTE170M:
    case AVCOL_SPC_SMPTE240M:
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL:
        return frame->colorspace;
    default:
        if (guessed) *guessed = true;
        return frame->height > 576 ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
    }
}

const char *seg_av_matrix_name(enum AVColorSpace matrix) {
    switch (matrix) {
    case AVCOL_SPC_RGB:
        return "rgb";
    case AVCOL_SPC_BT709:
        return "bt709";
    case AVCOL_SPC_FCC:
        return "fcc";
    case AVCOL_SPC_SMPTE240M:
        return "smpte240m";
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL:
        return "bt2020";
    default:
        return "bt601";
    }
}

bool seg_av_full_range(const AVFrame *frame) {
    const descriptor *d = av_pix_fmt_desc_get((enum AVPixelFormat)frame->format);
    if (!d || is_yuvj(frame->format) || frame->color_range == AVCOL_RANGE_JPEG) return true;
    if (d->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BAYER |
                    AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BITSTREAM) ||
        is_xyz(frame->format))
        return true;
    return is_grey(d) && frame->color_range != AVCOL_RANGE_MPEG;
}

bool seg_av_has_luma(enum AVPixelFormat format) {
    const descriptor *d = av_pix_fmt_desc_get(format);
    return d && !is_xyz(format) &&
           !has_flag(d, AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BAYER |
                            AV_PIX_FMT_FLAG_HWACCEL);
}

/* The 256 entries of a palette frame as RGBA, and how many channels they need. */
static int read_palette(uint8_t entries[256][4], const AVFrame *frame, bool grey_allowed) {
    bool grey = grey_allowed;
    bool opaque = true;
    for (int i = 0; i < 256; i++) {
        uint32_t argb;
        memcpy(&argb, frame->data[1] + 4 * i, 4);
        uint8_t *e = entries[i];
        e[0] = (uint8_t)(argb >> 16);
        e[1] = (uint8_t)(argb >> 8);
        e[2] = (uint8_t)argb;
        e[3] = (uint8_t)(argb >> 24);
        /* Entries that a file does not define are transparent black: they say nothing. */
        if (argb == 0) continue;
        grey = grey && e[0] == e[1] && e[1] == e[2];
        opaque = opaque && e[3] == 255;
    }
    return opaque ? (grey ? 1 : 3) : 4;
}

seg_status seg_av_shape(const AVFrame *frame, seg_format *format, int *channels, int *bits) {
    const descriptor *d;
    SEG_TRY(find_descriptor(&d, frame));
    if (has_flag(d, AV_PIX_FMT_FLAG_PAL)) {
        uint8_t entries[256][4];
        *format = SEG_U8;
        *channels = read_palette(entries, frame, false);
        *bits = 8;
        return SEG_OK;
    }
    int depth = 0;
    for (int i = 0; i < d->nb_components; i++)
        if (d->comp[i].depth > depth) depth = d->comp[i].depth;
    bool alpha = has_flag(d, AV_PIX_FMT_FLAG_ALPHA);
    *channels = (is_grey(d) ? 1 : 3) + alpha;
    if (has_flag(d, AV_PIX_FMT_FLAG_FLOAT)) {
        if (depth != 32 || !is_unpacked(d))
            return seg_fail(SEG_ERROR_UNSUPPORTED, "pixel format %s is not supported", d->name);
        *format = SEG_F32;
        *bits = 32;
        return SEG_OK;
    }
    if (depth < 1 || depth > 16)
        return seg_fail(SEG_ERROR_UNSUPPORTED, "pixel format %s is not supported", d->name);
    *format = depth > 8 ? SEG_U16 : SEG_U8;
    *bits = depth <= 8 ? 8 : is_unpacked(d) ? depth : 16;
    return SEG_OK;
}

/* Makes `image` a picture of this shape, keeping its memory where it fits. */
static seg_status prepare(seg_image *image, int width, int height, seg_format format, int channels,
                          int bits, const seg_env *env) {
    SEG_TRY(seg_media_check_size(width, height, env));
    if (!seg_image_empty(image) && (image->width != width || image->height != height ||
                                    image->format != format || image->channels != channels))
        seg_image_unref(image);
    SEG_TRY(seg_image_ensure(image, width, height, format, channels, env));
    image->bits = (uint8_t)bits;
    image->colour = channels <= 2 ? SEG_COLOUR_GREY : SEG_COLOUR_RGB;
    return SEG_OK;
}

/* ---- unpacking samples ---- */

/* One component of one row: where its samples lie, and what they become. */
typedef struct component_row {
    const uint8_t *source;
    ptrdiff_t step; /* bytes */
    int shift, depth;
    bool big_endian;
    int channels; /* of the target: distance of its samples */
    int width;
} component_row;

static uint32_t read_sample(const component_row *c, const uint8_t *p) {
    uint32_t v;
    if (c->shift + c->depth <= 8)
        v = *p;
    else if (c->shift + c->depth <= 16)
        v = c->big_endian ? AV_RB16(p) : AV_RL16(p);
    else
        v = c->big_endian ? AV_RB32(p) : AV_RL32(p);
    return v >> c->shift & ((1u << c->depth) - 1);
}

static void unpack_u8(uint8_t *target, const component_row *c) {
    const uint8_t *source = c->source;
    if (c->depth == 8 && c->shift == 0) {
        for (int x = 0; x < c->width; x++)
            target[(ptrdiff_t)x * c->channels] = source[x * c->step];
        return;
    }
    uint32_t max = (1u << c->depth) - 1;
    for (int x = 0; x < c->width; x++) {
        uint32_t v = read_sample(c, source + x * c->step);
        target[(ptrdiff_t)x * c->channels] = (uint8_t)((v * 255 + max / 2) / max);
    }
}

static void unpack_u16(uint16_t *target, const component_row *c) {
    for (int x = 0; x < c->width; x++)
        target[(ptrdiff_t)x * c->channels] = (uint16_t)read_sample(c, c->source + x * c->step);
}

static void unpack_f32(float *target, const component_row *c) {
    for (int x = 0; x < c->width; x++) {
        const uint8_t *p = c->source + x * c->step;
        uint32_t v = c->big_endian ? AV_RB32(p) : AV_RL32(p);
        memcpy(target + (ptrdiff_t)x * c->channels, &v, sizeof v);
    }
}

/* Formats whose samples are packed bit by bit: mono, rgb4. */
static void unpack_bits(uint8_t *target, const AVFrame *frame, const descriptor *d, int component,
                        int channels, int y) {
    const AVComponentDescriptor *comp = &d->comp[component];
    const uint8_t *row = frame->data[comp->plane] + (ptrdiff_t)y * frame->linesize[comp->plane];
    uint32_t max = (1u << comp->depth) - 1;
    /* Mono "white" has its ink at 1. */
    uint32_t flip = frame->format == AV_PIX_FMT_MONOWHITE ? max : 0;
    for (int x = 0; x < frame->width; x++) {
        int64_t bit = (int64_t)x * comp->step + comp->offset;
        uint32_t v = row[bit >> 3] >> (8 - comp->depth - (bit & 7)) & max;
        target[(ptrdiff_t)x * channels] = (uint8_t)(((v ^ flip) * 255 + max / 2) / max);
    }
}

static void unpack_component(const seg_image *image, const AVFrame *frame, const descriptor *d,
                             int component, int y) {
    const AVComponentDescriptor *comp = &d->comp[component];
    char *target =
        (char *)seg_image_row(image, y) + (size_t)component * seg_format_size(image->format);
    if (has_flag(d, AV_PIX_FMT_FLAG_BITSTREAM)) {
        unpack_bits((uint8_t *)target, frame, d, component, image->channels, y);
        return;
    }
    component_row row = {
        .source =
            frame->data[comp->plane] + (ptrdiff_t)y * frame->linesize[comp->plane] + comp->offset,
        .step = comp->step,
        .shift = comp->shift,
        .depth = comp->depth,
        .big_endian = has_flag(d, AV_PIX_FMT_FLAG_BE),
        .channels = image->channels,
        .width = image->width,
    };
    /* FFmpeg's rule for a byte-sized field of a big-endian word. */
    if (row.big_endian && row.shift + row.depth <= 8) row.source++;
    if (image->format == SEG_U8)
        unpack_u8((uint8_t *)target, &row);
    else if (image->format == SEG_U16)
        unpack_u16((uint16_t *)(void *)target, &row);
    else
        unpack_f32((float *)(void *)target, &row);
}

/* Formats whose rows are ours already. */
static bool is_same_layout(int format) {
    return format == AV_PIX_FMT_GRAY8 || format == AV_PIX_FMT_YA8 || format == AV_PIX_FMT_RGB24 ||
           format == AV_PIX_FMT_RGBA || format == AV_PIX_FMT_GRAY16 || format == AV_PIX_FMT_YA16 ||
           format == AV_PIX_FMT_RGB48 || format == AV_PIX_FMT_RGBA64;
}

static void unpack(const seg_image *image, const AVFrame *frame, const descriptor *d) {
    size_t bytes =
        (size_t)image->width * image->channels * seg_format_size((seg_format)image->format);
    for (int y = 0; y < image->height; y++) {
        if (is_same_layout(frame->format)) {
            memcpy(seg_image_row(image, y), frame->data[0] + (ptrdiff_t)y * frame->linesize[0],
                   bytes);
            continue;
        }
        for (int c = 0; c < image->channels; c++)
            unpack_component(image, frame, d, c, y);
    }
}

static void unpack_palette(const seg_image *image, const AVFrame *frame) {
    uint8_t entries[256][4];
    int channels = image->channels;
    read_palette(entries, frame, true);
    for (int y = 0; y < image->height; y++) {
        const uint8_t *source = frame->data[0] + (ptrdiff_t)y * frame->linesize[0];
        uint8_t *target = seg_image_row(image, y);
        for (int x = 0; x < image->width; x++)
            for (int c = 0; c < channels; c++)
                *target++ = entries[source[x]][c];
    }
}

/* ---- limited range to full range ---- */

/* round((v - 16) * 255 / 219), clamped. The division by 219 as a multiplication is exact for all
 * 220 numerators (tested), and stays in 16-bit lanes. */
static void expand_u8(uint8_t *row, const uint8_t *source, int width) {
    int x = 0;
#if defined(SEG_HAVE_AVX2)
    if (seg_cpu_level_get() >= SEG_CPU_AVX2) x = seg_luma_expand_avx2(row, source, width);
#endif
    for (; x < width; x++) {
        uint8_t v = source[x] < 16 ? 16 : source[x];
        v = v > 235 ? 235 : v;
        uint16_t scaled = (uint16_t)((v - 16) * 255 + 109);
        row[x] = (uint8_t)((uint32_t)scaled * 38305u >> 23);
    }
}

/* The same for 9 to 16 bits: round((v - 16 s) * max / (219 s)) with s = 2^(bits - 8); a reciprocal
 * of 40 fractional bits, rounded up, is exact for numerators below 2^16 (ties go up). */
static void expand_u16(uint16_t *row, const uint16_t *source, ptrdiff_t step, int width, int bits) {
    uint32_t scale = 1u << (bits - 8);
    uint64_t max = (1u << bits) - 1;
    uint64_t divisor = 219u * scale;
    uint64_t factor = ((max << 40) + divisor - 1) / divisor;
    uint32_t low = 16u * scale;
    uint32_t high = 235u * scale;
    for (int x = 0; x < width; x++) {
        uint32_t v = source[x * step];
        v = v < low ? low : v > high ? high : v;
        row[x * step] = (uint16_t)(((v - low) * factor + (UINT64_C(1) << 39)) >> 40);
    }
}

/* Expands channel 0 of a 1- or 2-channel picture in place. */
static void expand_grey(const seg_image *image) {
    for (int y = 0; y < image->height; y++) {
        if (image->format == SEG_U16) {
            uint16_t *row = seg_image_row(image, y);
            expand_u16(row, row, image->channels, image->width, image->bits);
        } else if (image->channels == 1) {
            uint8_t *row = seg_image_row(image, y);
            expand_u8(row, row, image->width);
        } else {
            uint8_t *row = seg_image_row(image, y);
            for (int x = 0; x < image->width; x++)
                expand_u8(row + 2 * (ptrdiff_t)x, row + 2 * (ptrdiff_t)x, 1);
        }
    }
}

/* ---- other colours to RGB ---- */

void seg_av_pixels_free(seg_av_pixels *pixels) {
    if (!pixels) return;
    sws_freeContext(pixels->scaler);
    pixels->scaler = NULL;
    seg_yuv420_free(&pixels->yuv420);
}

static const int *coefficients_of(int matrix) {
    return sws_getCoefficients(matrix == AVCOL_SPC_RGB ? SWS_CS_ITU601 : matrix);
}

/* Its answer must not depend on the processor: bit exact, accurately rounded, chroma at full
 * resolution; matrix and range are told, never guessed by it. */
static seg_status prepare_scaler(seg_av_pixels *pixels, const AVFrame *frame, int target) {
    int source = without_range(frame->format);
    int matrix = (int)seg_av_matrix(frame, NULL);
    int full_range = seg_av_full_range(frame);
    if (pixels->scaler && pixels->width == frame->width && pixels->height == frame->height &&
        pixels->source == source && pixels->target == target && pixels->matrix == matrix &&
        pixels->full_range == full_range)
        return SEG_OK;
    seg_av_pixels_free(pixels);
    if (!sws_isSupportedInput((enum AVPixelFormat)source))
        return seg_fail(SEG_ERROR_UNSUPPORTED, "pixel format %s is not supported",
                        av_get_pix_fmt_name((enum AVPixelFormat)source));
    int flags =
        SWS_BICUBIC | SWS_ACCURATE_RND | SWS_BITEXACT | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP;
    pixels->scaler =
        sws_getContext(frame->width, frame->height, (enum AVPixelFormat)source, frame->width,
                       frame->height, (enum AVPixelFormat)target, flags, NULL, NULL, NULL);
    if (!pixels->scaler)
        return seg_fail(SEG_ERROR_MEMORY, "out of memory for a pixel converter of %dx%d",
                        frame->width, frame->height);
    sws_setColorspaceDetails(pixels->scaler, coefficients_of(matrix), full_range,
                             coefficients_of(AVCOL_SPC_RGB), 1, 0, 1 << 16, 1 << 16);
    pixels->width = frame->width;
    pixels->height = frame->height;
    pixels->source = source;
    pixels->target = target;
    pixels->matrix = matrix;
    pixels->full_range = full_range;
    return SEG_OK;
}

static bool is_common(const seg_image *image, const AVFrame *frame) {
    return without_range(frame->format) == AV_PIX_FMT_YUV420P && image->channels == 3 &&
           image->width >= SEG_YUV420_LEAST_SIDE && image->height >= SEG_YUV420_LEAST_SIDE;
}

static seg_status convert(const seg_image *image, seg_av_pixels *pixels, const AVFrame *frame,
                          const seg_env *env) {
    static const int targets[2][2] = {{AV_PIX_FMT_RGB24, AV_PIX_FMT_RGBA},
                                      {AV_PIX_FMT_RGB48, AV_PIX_FMT_RGBA64}};
    if (is_common(image, frame))
        return seg_yuv420_to_rgb(image, &pixels->yuv420, (const uint8_t *const *)frame->data,
                                 frame->linesize, coefficients_of((int)seg_av_matrix(frame, NULL)),
                                 seg_av_full_range(frame), env);
    SEG_TRY(prepare_scaler(pixels, frame, targets[image->format == SEG_U16][image->channels == 4]));
    uint8_t *data[4] = {image->data, NULL, NULL, NULL};
    int strides[4] = {(int)image->stride, 0, 0, 0};
    int rows = sws_scale(pixels->scaler, (const uint8_t *const *)frame->data, frame->linesize, 0,
                         frame->height, data, strides);
    if (rows != frame->height)
        return seg_fail(SEG_ERROR_MEMORY, "the pixel converter gave %d of %d rows", rows,
                        frame->height);
    return SEG_OK;
}

/* ---- pictures and luma ---- */

seg_status seg_av_picture(seg_image *image, seg_av_pixels *pixels, const AVFrame *frame,
                          const seg_env *env) {
    const descriptor *d;
    SEG_TRY(find_descriptor(&d, frame));
    seg_format format;
    int channels;
    int bits;
    SEG_TRY(seg_av_shape(frame, &format, &channels, &bits));
    bool palette = has_flag(d, AV_PIX_FMT_FLAG_PAL);
    if (palette && pixels->grey_palettes) {
        uint8_t entries[256][4];
        channels = read_palette(entries, frame, true);
    }
    SEG_TRY(prepare(image, frame->width, frame->height, format, channels, bits, env));
    if (palette) {
        unpack_palette(image, frame);
        return SEG_OK;
    }
    if (!is_unpacked(d)) return convert(image, pixels, frame, env);
    unpack(image, frame, d);
    if (is_grey(d) && !seg_av_full_range(frame)) expand_grey(image);
    return SEG_OK;
}

static void release_buffer(void *user) {
    AVBufferRef *buffer = user;
    av_buffer_unref(&buffer);
}

/* Shares the plane if it is as we want it; *shared says whether. */
static seg_status share_plane(seg_image *image, bool *shared, const AVFrame *frame, int plane,
                              seg_format format, const seg_env *env) {
    *shared = false;
    /* av_frame_get_plane_buffer takes a non-const frame but only reads it. */
    AVBufferRef *buffer = av_frame_get_plane_buffer((AVFrame *)(uintptr_t)frame, plane);
    size_t size = seg_format_size(format);
    if (!buffer || (uintptr_t)frame->data[plane] % size || frame->linesize[plane] % (int)size)
        return SEG_OK;
    AVBufferRef *reference = av_buffer_ref(buffer);
    if (!reference) return seg_fail(SEG_ERROR_MEMORY, "out of memory for a reference to a frame");
    seg_image_unref(image);
    seg_status status =
        seg_image_adopt(image, frame->data[plane], frame->linesize[plane], frame->width,
                        frame->height, format, 1, release_buffer, reference, env);
    if (status < 0)
        av_buffer_unref(&reference);
    else
        *shared = true;
    return status;
}

seg_status seg_av_luma(seg_image *image, const AVFrame *frame, const seg_env *env) {
    const descriptor *d;
    SEG_TRY(find_descriptor(&d, frame));
    if (!seg_av_has_luma((enum AVPixelFormat)frame->format))
        return seg_fail(SEG_ERROR_UNSUPPORTED, "pixel format %s has no luma plane", d->name);
    const AVComponentDescriptor *comp = &d->comp[0];
    bool is_float = has_flag(d, AV_PIX_FMT_FLAG_FLOAT);
    if (comp->depth > 16 && !(is_float && comp->depth == 32))
        return seg_fail(SEG_ERROR_UNSUPPORTED, "pixel format %s is not supported", d->name);
    seg_format format = is_float ? SEG_F32 : comp->depth > 8 ? SEG_U16 : SEG_U8;
    int bits = format == SEG_U8 ? 8 : comp->depth;
    bool full = seg_av_full_range(frame);
    bool plain = comp->shift == 0 && comp->offset == 0 && !has_flag(d, AV_PIX_FMT_FLAG_BITSTREAM) &&
                 comp->step == (int)seg_format_size(format) &&
                 (format == SEG_U8 ? comp->depth == 8
                                   : has_flag(d, AV_PIX_FMT_FLAG_BE) == AV_HAVE_BIGENDIAN);
    SEG_TRY(seg_media_check_size(frame->width, frame->height, env));
    bool shared = false;
    if (full && plain) SEG_TRY(share_plane(image, &shared, frame, comp->plane, format, env));
    if (!shared) {
        SEG_TRY(prepare(image, frame->width, frame->height, format, 1, bits, env));
        for (int y = 0; y < frame->height; y++) {
            if (plain && !full && format == SEG_U8) {
                expand_u8(seg_image_row(image, y),
                          frame->data[comp->plane] + (ptrdiff_t)y * frame->linesize[comp->plane],
                          frame->width);
                continue;
            }
            unpack_component(image, frame, d, 0, y);
        }
        if (!full && !(plain && format == SEG_U8)) expand_grey(image);
    }
    image->bits = (uint8_t)bits;
    image->colour = SEG_COLOUR_LUMA;
    return SEG_OK;
}
