#include "eval/errors.h"
#include "common/text.h"
#include <math.h>
#include <string.h>

error_kind errors_kind(const seg_metric *metric) {
    if (metric->masks) return ERRORS_AGREEMENT;
    const bool flow = metric->prediction_formats == SEG_FORMAT_BIT(SEG_F32) &&
                      metric->prediction_channels == 1u << 2;
    return flow ? ERRORS_FLOW : ERRORS_BESIDE;
}

const seg_sheet_key *errors_keys(int32_t *count, const seg_metric *metric, bool over_picture) {
    static const seg_sheet_key agreement[] = {{SEG_AGREEMENT_TP, "found (tp)"},
                                              {SEG_AGREEMENT_FP, "false alarm (fp)"},
                                              {SEG_AGREEMENT_FN, "missed (fn)"},
                                              {SEG_AGREEMENT_IGNORED, "not scored"},
                                              {SEG_AGREEMENT_TN, "rightly left out (tn)"}};
    /* in units of what makes an outlier: 3 px and 5 % of the true flow */
    static const seg_sheet_key flow[] = {{0x313695, "error below 1/16 of an outlier's"},
                                         {0xe0f3f8, "1/2 to 1"},
                                         {0xfee090, "1 to 2"},
                                         {0xa50026, "above 16"},
                                         {0x000000, "truth unknown"},
                                         {SEG_AGREEMENT_IGNORED, "not scored"}};
    switch (errors_kind(metric)) {
    case ERRORS_AGREEMENT: /* where nothing is wrong the picture is seen */
        *count = over_picture ? 4 : 5;
        return agreement;
    case ERRORS_FLOW:
        *count = 6;
        return flow;
    default:
        *count = 0;
        return NULL;
    }
}

/* ---- over the picture ---- */

static uint8_t grey_of(const seg_image *picture, int32_t x, int32_t y) {
    const int32_t channels = picture->channels, colours = channels < 3 ? 1 : 3;
    const double full = seg_image_full_scale(picture);
    double sum = 0;
    for (int32_t c = 0; c < colours; c++) {
        const int32_t i = x * channels + c;
        const void *row = seg_image_row(picture, y);
        sum += picture->format == SEG_U8    ? ((const uint8_t *)row)[i]
               : picture->format == SEG_U16 ? ((const uint16_t *)row)[i]
                                            : (double)((const float *)row)[i];
    }
    sum = 255 * sum / (colours * full);
    return sum >= 255 ? 255 : sum > 0 ? (uint8_t)sum : 0;
}

/* What is black shows the picture, dimmed; colours are mixed with its grey. */
static void lay_over(seg_image *drawn, const seg_image *picture) {
    for (int32_t y = 0; y < drawn->height; y++) {
        uint8_t *pixel = seg_image_row(drawn, y);
        for (int32_t x = 0; x < drawn->width; x++, pixel += 3) {
            const uint8_t grey = grey_of(picture, x, y);
            const bool black = !pixel[0] && !pixel[1] && !pixel[2];
            for (int c = 0; c < 3; c++)
                pixel[c] = black ? (uint8_t)(grey * 5 / 8) : (uint8_t)((pixel[c] * 2 + grey) / 3);
        }
    }
}

/* ---- masks ---- */

static seg_status draw_agreement(seg_image *drawn, const loaded_pair *pair, int32_t side,
                                 const seg_tally *like, const seg_env *env) {
    seg_image masks[3] = {{0}, {0}, {0}};
    const seg_pair view = pair_view(pair, side);
    seg_status status = seg_tally_masks(like, &view, &masks[0], &masks[1], &masks[2]);
    if (status >= 0)
        status = seg_render_agreement(drawn, &masks[0], &masks[1], masks[2].data ? &masks[2] : NULL,
                                      env);
    if (status >= 0 && pair->picture.data) lay_over(drawn, &pair->picture);
    for (int i = 0; i < 3; i++)
        seg_image_unref(&masks[i]);
    return status;
}

/* ---- side by side ---- */

typedef struct range {
    double low, high;
} range;

static double sample(const seg_image *picture, int32_t x, int32_t y) {
    const void *row = seg_image_row(picture, y);
    const int32_t i = x * picture->channels;
    return picture->format == SEG_U8    ? ((const uint8_t *)row)[i]
           : picture->format == SEG_U16 ? ((const uint16_t *)row)[i]
           : picture->format == SEG_F32 ? (double)((const float *)row)[i]
                                        : ((const int32_t *)row)[i];
}

static range range_of(const seg_image *picture) {
    range all = {INFINITY, -INFINITY};
    for (int32_t y = 0; y < picture->height; y++)
        for (int32_t x = 0; x < picture->width; x++) {
            const double value = sample(picture, x, y);
            if (!isfinite(value)) continue;
            if (value < all.low) all.low = value;
            if (value > all.high) all.high = value;
        }
    return all;
}

/* Labels in their colours; anything else from its least to its largest value. */
static void draw_half(seg_image *drawn, int32_t left, int32_t top, const seg_image *picture,
                      bool labels) {
    const range all = labels ? (range){0, 1} : range_of(picture);
    const double span = all.high > all.low ? all.high - all.low : 1;
    for (int32_t y = 0; y < picture->height; y++) {
        uint8_t *pixel = (uint8_t *)seg_image_row(drawn, top + y) + 3 * (ptrdiff_t)left;
        for (int32_t x = 0; x < picture->width; x++, pixel += 3) {
            const double value = sample(picture, x, y);
            const double level = isfinite(value) ? 255 * (value - all.low) / span : 0;
            const uint32_t colour =
                labels ? seg_label_colour((int32_t)value) : 0x10101u * (uint32_t)(level + 0.5);
            pixel[0] = (uint8_t)(colour >> 16);
            pixel[1] = (uint8_t)(colour >> 8);
            pixel[2] = (uint8_t)colour;
        }
    }
}

/* Wide pictures one above the other. */
static seg_status draw_beside(seg_image *drawn, const loaded_pair *pair, int32_t side,
                              const seg_metric *metric, const seg_env *env) {
    const seg_image *prediction = &pair->predictions[side], *truth = &pair->truths[0];
    /* what takes scores, too, shows everything else as levels: labels would hide how strong they
     * are */
    const bool only_labels = (metric->prediction_formats & SEG_FORMAT_BIT(SEG_LABEL32)) &&
                             !(metric->prediction_formats & SEG_FORMAT_BIT(SEG_F32));
    const int32_t width = truth->width, height = truth->height, gap = 1 + width / 64;
    const bool wide = width > height;
    seg_image_unref(drawn);
    seg_status status = seg_image_alloc(drawn, wide ? width : 2 * width + gap,
                                        wide ? 2 * height + gap : height, SEG_U8, 3, env);
    if (status < 0) return status;
    for (int32_t y = 0; y < drawn->height; y++)
        memset(seg_image_row(drawn, y), 255, 3 * (size_t)drawn->width);
    draw_half(drawn, 0, 0, prediction, only_labels || prediction->format == SEG_LABEL32);
    draw_half(drawn, wide ? 0 : width + gap, wide ? height + gap : 0, truth,
              only_labels || truth->format == SEG_LABEL32);
    return SEG_OK;
}

seg_status errors_draw(seg_image *drawn, const loaded_pair *pair, int32_t side,
                       const seg_tally *like, const seg_env *env) {
    const seg_metric *metric = seg_tally_metric(like);
    switch (errors_kind(metric)) {
    case ERRORS_AGREEMENT:
        return draw_agreement(drawn, pair, side, like, env);
    case ERRORS_FLOW:
        return seg_render_flow_error(drawn, &pair->predictions[side], &pair->truths[0],
                                     pair->ignore.data ? &pair->ignore : NULL, env);
    default:
        return draw_beside(drawn, pair, side, metric, env);
    }
}
