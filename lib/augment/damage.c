/* Damage of transmission: JPEG's quantisation, and lost resolution. */
#include "augment/pixel.h"
#include "augment/tone.h"
#include "core/math.h"

#include <math.h>
#include <string.h>

typedef struct damage_options {
    size_t size;
    double p, low, high;
    int32_t worst, best;
} damage_options;

#define AT(name) offsetof(damage_options, name)

/* ---- JPEG ---- */

static const seg_param jpeg_rows[] = {
    {"worst", SEG_PARAM_INT, AT(worst), "30", 1, 100, NULL, "",
     "the quality is uniform in worst .. best", ""},
    {"best", SEG_PARAM_INT, AT(best), "90", 1, 100, NULL, "", "best quality", ""},
    SEG_AUGMENT_P(damage_options, "1"),
};
SEG_AUGMENT_TABLE(jpeg_table, jpeg_rows, damage_options);

static seg_status check_jpeg(const void *options) {
    const damage_options *o = options;
    if (o->worst <= o->best) return SEG_OK;
    return seg_fail(SEG_ERROR_OPTION, "worst is %ld, best %ld (worst must not be above best)",
                    (long)o->worst, (long)o->best);
}

/* ITU-T T.81, annex K. */
static const uint8_t steps_luma[64] = {
    16, 11, 10, 16, 24,  40,  51,  61,  12, 12, 14, 19, 26,  58,  60,  55,
    14, 13, 16, 24, 40,  57,  69,  56,  14, 17, 22, 29, 51,  87,  80,  62,
    18, 22, 37, 56, 68,  109, 103, 77,  24, 35, 55, 64, 81,  104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99};
static const uint8_t steps_colour[64] = {
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99,
    99, 99, 47, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99};

typedef struct codec {
    float cosines[8][8]; /* [frequency][place], orthonormal */
    float steps[2][64];  /* luma, colour; of 8-bit levels */
} codec;

/* The steps of libjpeg at a quality. */
static void codec_init(codec *k, int32_t quality) {
    const int32_t scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    for (int u = 0; u < 8; u++)
        for (int x = 0; x < 8; x++)
            k->cosines[u][x] =
                (float)((u ? 0.5 : 0.35355339059327376) * seg_cos((2 * x + 1) * u * SEG_PI / 16));
    for (int i = 0; i < 64; i++)
        for (int c = 0; c < 2; c++) {
            const int32_t step = ((c ? steps_colour : steps_luma)[i] * scale + 50) / 100;
            k->steps[c][i] = (float)(step < 1 ? 1 : step > 255 ? 255 : step);
        }
}

/* to = A from (rows), or to = from A^T: one of the two passes of a cosine transform. */
static void transform(float to[64], const float from[64], float m[8][8], bool back) {
    float half[64];
    for (int i = 0; i < 8; i++)
        for (int j = 0; j < 8; j++) {
            float sum = 0;
            for (int k = 0; k < 8; k++)
                sum += (back ? m[k][i] : m[i][k]) * from[8 * k + j];
            half[8 * i + j] = sum;
        }
    for (int i = 0; i < 8; i++)
        for (int j = 0; j < 8; j++) {
            float sum = 0;
            for (int k = 0; k < 8; k++)
                sum += half[8 * i + k] * (back ? m[k][j] : m[j][k]);
            to[8 * i + j] = sum;
        }
}

/* What a decoder makes of a block of levels around 0 (of 255). */
static void damage_block(codec *k, float block[64], bool colour) {
    float frequencies[64];
    transform(frequencies, block, k->cosines, false);
    for (int i = 0; i < 64; i++) {
        const float step = k->steps[colour][i];
        frequencies[i] = rintf(frequencies[i] / step) * step;
    }
    transform(block, frequencies, k->cosines, true);
}

/* Blocks of a plane; those at the border repeat its last pixels. */
static void damage_plane(codec *k, float *plane, int32_t width, int32_t height, int32_t stride,
                         bool colour) {
    for (int32_t top = 0; top < height; top += 8)
        for (int32_t left = 0; left < width; left += 8) {
            float block[64];
            for (int i = 0; i < 64; i++) {
                const int32_t x = left + i % 8 < width ? left + i % 8 : width - 1;
                const int32_t y = top + i / 8 < height ? top + i / 8 : height - 1;
                block[i] = plane[(size_t)y * (size_t)stride + (size_t)x];
            }
            damage_block(k, block, colour);
            for (int i = 0; i < 64; i++)
                if (left + i % 8 < width && top + i / 8 < height)
                    plane[(size_t)(top + i / 8) * (size_t)stride + (size_t)(left + i % 8)] =
                        block[i];
        }
}

/* Means of 2 x 2 pixels, at most, and back. */
static void halve(float *half, const float *plane, int32_t width, int32_t height) {
    const int32_t columns = (width + 1) / 2;
    for (int32_t y = 0; y < (height + 1) / 2; y++)
        for (int32_t x = 0; x < columns; x++) {
            const int32_t right = 2 * x + 1 < width ? 2 * x + 1 : 2 * x;
            const int32_t below = 2 * y + 1 < height ? 2 * y + 1 : 2 * y;
            const float *a = plane + (size_t)(2 * y) * (size_t)width;
            const float *b = plane + (size_t)below * (size_t)width;
            half[(size_t)y * (size_t)columns + (size_t)x] =
                (a[2 * x] + a[right] + b[2 * x] + b[right]) * 0.25f;
        }
}

static void double_up(float *plane, const float *half, int32_t width, int32_t height) {
    const int32_t columns = (width + 1) / 2;
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++)
            plane[(size_t)y * (size_t)width + (size_t)x] =
                half[(size_t)(y / 2) * (size_t)columns + (size_t)(x / 2)];
}

static seg_status jpeg(seg_augment_step *step, const seg_image *target, const seg_image *source) {
    const damage_options *o = step->options;
    const int32_t quality = o->worst + seg_draw_below(step, o->best - o->worst + 1);
    const int32_t width = source->width, height = source->height, channels = source->channels;
    const int32_t planes = channels < 3 ? 1 : 3;
    const size_t pixels = (size_t)width * (size_t)height;
    float *plane[3] = {NULL}, *half = NULL;
    codec *k = seg_scratch_take(step->scratch, 1, sizeof *k, "a codec");
    float *row =
        seg_scratch_take(step->scratch, (size_t)width * source->channels, sizeof *row, "levels");
    if (!k || !row) return SEG_ERROR_MEMORY;
    for (int32_t c = 0; c < planes; c++)
        if (!(plane[c] = seg_scratch_take(step->scratch, pixels, sizeof *plane[c], "a plane")))
            return SEG_ERROR_MEMORY;
    if (planes == 3 && !(half = seg_scratch_take(step->scratch, pixels, sizeof *half, "a plane")))
        return SEG_ERROR_MEMORY;
    SEG_TRY(seg_augment_decide(step, "quality", quality));
    codec_init(k, quality);
    for (int32_t y = 0; y < height; y++) {
        seg_row_levels(row, source, y);
        for (int32_t x = 0; x < width; x++) {
            const size_t at = (size_t)y * (size_t)width + (size_t)x;
            const float *p = row + (size_t)x * (size_t)channels;
            if (planes == 1) {
                plane[0][at] = p[0] * 255 - 128;
                continue;
            }
            const float r = p[0] * 255, g = p[1] * 255, b = p[2] * 255;
            const float luma = 0.299f * r + 0.587f * g + 0.114f * b;
            plane[0][at] = luma - 128;
            plane[1][at] = (b - luma) * (0.5f / 0.886f);
            plane[2][at] = (r - luma) * (0.5f / 0.701f);
        }
    }
    damage_plane(k, plane[0], width, height, width, false);
    for (int32_t c = 1; c < planes; c++) {
        halve(half, plane[c], width, height);
        damage_plane(k, half, (width + 1) / 2, (height + 1) / 2, (width + 1) / 2, true);
        double_up(plane[c], half, width, height);
    }
    for (int32_t y = 0; y < height; y++) {
        seg_row_levels(row, source, y); /* alpha stays */
        for (int32_t x = 0; x < width; x++) {
            const size_t at = (size_t)y * (size_t)width + (size_t)x;
            float *p = row + (size_t)x * (size_t)channels;
            const float luma = plane[0][at] + 128, unit = 1.0f / 255;
            if (planes == 1) {
                p[0] = luma * unit;
                continue;
            }
            const float b = plane[1][at] * (0.886f / 0.5f), r = plane[2][at] * (0.701f / 0.5f);
            p[0] = (luma + r) * unit;
            p[1] = (luma - (0.299f * r + 0.114f * b) * (1 / 0.587f)) * unit;
            p[2] = (luma + b) * unit;
        }
        seg_row_store(target, y, row);
    }
    return SEG_OK;
}

/* ---- resolution ---- */

static const seg_param down_rows[] = {
    {"low", SEG_PARAM_FLOAT, AT(low), "0.25", 0.01, 1, NULL, "",
     "the picture is brought to a share of its size, uniform in low .. high, and back", ""},
    {"high", SEG_PARAM_FLOAT, AT(high), "0.75", 0.01, 1, NULL, "", "largest share", ""},
    SEG_AUGMENT_P(damage_options, "1"),
};
SEG_AUGMENT_TABLE(down_table, down_rows, damage_options);

static seg_status check_down(const void *options) {
    const damage_options *o = options;
    if (o->low <= o->high) return SEG_OK;
    return seg_fail(SEG_ERROR_OPTION, "low is %g, high %g (low must not be above high)", o->low,
                    o->high);
}

static seg_status downscale(seg_augment_step *step, const seg_image *target,
                            const seg_image *source) {
    const damage_options *o = step->options;
    const double share = seg_draw_between(step, o->low, o->high);
    const int32_t width = (int32_t)ceil(share * source->width);
    const int32_t height = (int32_t)ceil(share * source->height);
    seg_image small;
    seg_warp warp = seg_warp_identity();
    SEG_TRY(seg_augment_decide(step, "share", share));
    SEG_TRY(seg_step_picture(&small, step, width, height, (seg_format)source->format,
                             source->channels));
    small.bits = source->bits;
    warp.border = SEG_BORDER_REPLICATE;
    warp.filter = SEG_WARP_AREA;
    warp.matrix[0] = (double)source->width / width;
    warp.matrix[4] = (double)source->height / height;
    SEG_TRY(seg_warp_apply(&small, source, &warp, step->env));
    warp.filter = SEG_WARP_BILINEAR;
    warp.matrix[0] = (double)width / source->width;
    warp.matrix[4] = (double)height / source->height;
    return seg_warp_apply(target, &small, &warp, step->env);
}

SEG_AUGMENT_PIXEL(jpeg, "jpeg", "blocks and ringing of JPEG", jpeg, jpeg_table, check_jpeg);
SEG_AUGMENT_PIXEL(downscale, "downscale", "lost resolution", downscale, down_table, check_down);
