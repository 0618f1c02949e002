/* Text on pictures. */
#include "core/check.h"
#include "render/font.h"

int32_t seg_text_width(const char *text, int32_t scale) {
    int64_t letters = 0;
    if (!text || scale < 1) return 0;
    for (; *text; letters++)
        seg_font_next(&text);
    const int64_t width = letters * SEG_FONT_WIDTH * scale;
    return width > INT32_MAX ? INT32_MAX : (int32_t)width;
}

/* A block of scale x scale pixels, cut at the picture's edges. */
static void fill_block(seg_image *picture, int64_t x, int64_t y, int32_t scale,
                       const uint8_t *sample) {
    const int64_t right = x + scale < picture->width ? x + scale : picture->width;
    const int64_t bottom = y + scale < picture->height ? y + scale : picture->height;
    for (int64_t row = y > 0 ? y : 0; row < bottom; row++) {
        uint8_t *pixels = seg_image_row(picture, (int32_t)row);
        for (int64_t column = x > 0 ? x : 0; column < right; column++)
            for (int c = 0; c < picture->channels; c++)
                pixels[column * picture->channels + c] = sample[c];
    }
}

static void draw_glyph(seg_image *picture, int64_t x, int64_t y, const uint8_t *glyph,
                       int32_t scale, const uint8_t *sample) {
    for (int64_t row = 0; row < SEG_FONT_HEIGHT; row++)
        for (int64_t column = 0; column < SEG_FONT_WIDTH; column++)
            if (glyph[row] & 0x80 >> column)
                fill_block(picture, x + column * scale, y + row * scale, scale, sample);
}

seg_status seg_render_text(seg_image *picture, int32_t x, int32_t y, const char *text,
                           uint32_t colour, int32_t scale) {
    SEG_TRY(seg_check_image(picture, "picture", SEG_FORMAT_BIT(SEG_U8),
                            SEG_CHANNELS_1 | 1u << 3 | 1u << 4));
    if (!text) return seg_fail(SEG_ERROR_ARGUMENT, "text is missing (NULL)");
    if (scale < 1 || scale > 1000)
        return seg_fail(SEG_ERROR_ARGUMENT, "scale is %ld (allowed 1 to 1000)", (long)scale);
    uint8_t sample[4] = {(uint8_t)(colour >> 16), (uint8_t)(colour >> 8), (uint8_t)colour, 255};
    if (picture->channels == 1)
        sample[0] =
            (uint8_t)((299u * sample[0] + 587u * sample[1] + 114u * sample[2] + 500) / 1000);
    const int64_t step = (int64_t)SEG_FONT_WIDTH * scale;
    for (int64_t left = x; *text && left < picture->width; left += step) {
        const uint8_t *glyph = seg_font_glyph(seg_font_next(&text));
        if (left + step > 0) draw_glyph(picture, left, y, glyph, scale, sample);
    }
    return SEG_OK;
}
