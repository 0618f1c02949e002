/* Brightness, contrast, gamma and the like: curves through tables. */
#include "augment/tone.h"
#include "augment/pixel.h"
#include "core/math.h"
#include "imgproc/equalise.h"

#include <float.h>
#include <math.h>

static double cut(double level) {
    return level > 0 ? level < 1 ? level : 1 : 0;
}

/* `line` is the curve for 8 bits if that is one, else NULL. */
static seg_status apply_curve(seg_augment_step *step, const seg_image *target,
                              const seg_image *source, seg_curve curve, const void *user,
                              const seg_line *line) {
    const int32_t colours = seg_colour_channels(source);
    if (source->format == SEG_F32) {
        const size_t count = (size_t)source->width * source->channels;
        for (int32_t y = 0; y < source->height; y++) {
            const float *from = seg_image_row(source, y);
            float *to = seg_image_row(target, y);
            for (size_t i = 0; i < count; i++) {
                const int32_t c = (int32_t)(i % source->channels);
                const float value = from[i] >= -FLT_MAX && from[i] <= FLT_MAX ? from[i] : 0;
                to[i] = c < colours ? (float)cut(curve(user, (double)value, c)) : value;
            }
        }
        return SEG_OK;
    }
    const double full = seg_image_full_scale(source);
    const size_t entries = (size_t)full + 1;
    uint16_t *table =
        seg_scratch_take(step->scratch, entries * (size_t)colours, sizeof *table, "curves");
    if (!table) return SEG_ERROR_MEMORY;
    for (int32_t c = 0; c < colours; c++)
        for (size_t i = 0; i < entries; i++)
            table[(size_t)c * entries + i] =
                (uint16_t)(cut(curve(user, (double)i / full, c)) * full + 0.5);
    return seg_table_apply(target, source, table, entries, line, NULL);
}

seg_status seg_tone_apply(seg_augment_step *step, const seg_image *target, const seg_image *source,
                          seg_curve curve, const void *user) {
    return apply_curve(step, target, source, curve, user, NULL);
}

/* ---- options ---- */

typedef struct tone_options {
    size_t size;
    double p, limit, brightness, contrast, low, high, cut;
    int32_t bits;
} tone_options;

#define AT(name) offsetof(tone_options, name)

static const seg_param brightness_rows[] = {
    {"limit", SEG_PARAM_FLOAT, AT(limit), "0.2", 0, 1, NULL, "",
     "a share of full scale, uniform in -limit .. limit, is added", ""},
    SEG_AUGMENT_P(tone_options, "1"),
};
SEG_AUGMENT_TABLE(brightness_table, brightness_rows, tone_options);

static const seg_param contrast_rows[] = {
    {"limit", SEG_PARAM_FLOAT, AT(limit), "0.2", 0, 1, NULL, "",
     "distances from the middle grey are multiplied by 1 + a number uniform in -limit .. limit",
     ""},
    SEG_AUGMENT_P(tone_options, "1"),
};
SEG_AUGMENT_TABLE(contrast_table, contrast_rows, tone_options);

typedef struct straight_curve {
    double factor, add;
} straight_curve;

static double straight(const void *user, double level, int32_t channel) {
    const straight_curve *curve = user;
    (void)channel;
    return level * curve->factor + curve->add;
}

static seg_status apply_straight(seg_augment_step *step, const seg_image *target,
                                 const seg_image *source, straight_curve curve) {
    const seg_line line = {(float)curve.factor, (float)(curve.add * UINT8_MAX + 0.5)};
    return apply_curve(step, target, source, straight, &curve, &line);
}

static seg_status brightness(seg_augment_step *step, const seg_image *target,
                             const seg_image *source) {
    const tone_options *o = step->options;
    const double add = seg_draw_between(step, -o->limit, o->limit);
    SEG_TRY(seg_augment_decide(step, "add", add));
    return apply_straight(step, target, source, (straight_curve){1, add});
}

static seg_status contrast(seg_augment_step *step, const seg_image *target,
                           const seg_image *source) {
    const tone_options *o = step->options;
    const double factor = 1 + seg_draw_between(step, -o->limit, o->limit);
    SEG_TRY(seg_augment_decide(step, "factor", factor));
    return apply_straight(step, target, source, (straight_curve){factor, 0.5 - 0.5 * factor});
}

/* ---- gamma ---- */

static const seg_param gamma_rows[] = {
    {"low", SEG_PARAM_FLOAT, AT(low), "0.7", 0.01, 100, NULL, "",
     "the exponent's logarithm is uniform between those of low and high", ""},
    {"high", SEG_PARAM_FLOAT, AT(high), "1.4", 0.01, 100, NULL, "", "largest exponent", ""},
    SEG_AUGMENT_P(tone_options, "1"),
};
SEG_AUGMENT_TABLE(gamma_table, gamma_rows, tone_options);

static seg_status check_range(const void *options) {
    const tone_options *o = options;
    if (o->low <= o->high) return SEG_OK;
    return seg_fail(SEG_ERROR_OPTION, "low is %g, high %g (low must not be above high)", o->low,
                    o->high);
}

static double power(const void *user, double level, int32_t channel) {
    (void)channel;
    return level > 0 ? seg_pow(level, *(const double *)user) : 0;
}

static seg_status gamma_curve(seg_augment_step *step, const seg_image *target,
                              const seg_image *source) {
    const tone_options *o = step->options;
    const double exponent = seg_exp(seg_draw_between(step, seg_log_e(o->low), seg_log_e(o->high)));
    SEG_TRY(seg_augment_decide(step, "exponent", exponent));
    return seg_tone_apply(step, target, source, power, &exponent);
}

/* ---- invert, solarise, posterise ---- */

static double inverse(const void *user, double level, int32_t channel) {
    (void)user, (void)channel;
    return 1 - level;
}

static seg_status invert(seg_augment_step *step, const seg_image *target, const seg_image *source) {
    return seg_tone_apply(step, target, source, inverse, NULL);
}

static const seg_param solarise_rows[] = {
    {"low", SEG_PARAM_FLOAT, AT(low), "0.3", 0, 1, NULL, "",
     "levels from a share of full scale on, uniform in low .. high, are inverted", ""},
    {"high", SEG_PARAM_FLOAT, AT(high), "0.8", 0, 1, NULL, "", "largest share", ""},
    SEG_AUGMENT_P(tone_options, "1"),
};
SEG_AUGMENT_TABLE(solarise_table, solarise_rows, tone_options);

static double upper_inverse(const void *user, double level, int32_t channel) {
    (void)channel;
    return level >= *(const double *)user ? 1 - level : level;
}

static seg_status solarise(seg_augment_step *step, const seg_image *target,
                           const seg_image *source) {
    const tone_options *o = step->options;
    const double from = seg_draw_between(step, o->low, o->high);
    SEG_TRY(seg_augment_decide(step, "from", from));
    return seg_tone_apply(step, target, source, upper_inverse, &from);
}

static const seg_param posterise_rows[] = {
    {"bits", SEG_PARAM_INT, AT(bits), "4", 1, 8, NULL, "",
     "levels of bits .. 8 bits are left, equally often", ""},
    SEG_AUGMENT_P(tone_options, "1"),
};
SEG_AUGMENT_TABLE(posterise_table, posterise_rows, tone_options);

static double steps(const void *user, double level, int32_t channel) {
    const double count = *(const double *)user, index = floor(level * count);
    (void)channel;
    return (index < count ? index : count - 1) / (count - 1);
}

static seg_status posterise(seg_augment_step *step, const seg_image *target,
                            const seg_image *source) {
    const tone_options *o = step->options;
    const int32_t bits = o->bits + seg_draw_below(step, 9 - o->bits);
    const double count = 1 << bits;
    SEG_TRY(seg_augment_decide(step, "bits", bits));
    return seg_tone_apply(step, target, source, steps, &count);
}

/* ---- curves made of the picture's own histogram ---- */

/* Of each colour: where its levels begin and end. */
typedef struct levels {
    double low[3], high[3];
} levels;

#define BINS 4096

static size_t bin_of(double level) {
    const double at = level * (BINS - 1) + 0.5;
    return at > 0 ? at < BINS - 1 ? (size_t)at : BINS - 1 : 0;
}

static seg_status count_levels(seg_augment_step *step, uint32_t *bins, const seg_image *source) {
    const int32_t channels = source->channels, colours = seg_colour_channels(source);
    float *row = seg_scratch_take(step->scratch, (size_t)source->width * source->channels,
                                  sizeof *row, "levels");
    if (!row) return SEG_ERROR_MEMORY;
    for (int32_t y = 0; y < source->height; y++) {
        seg_row_levels(row, source, y);
        for (int32_t x = 0; x < source->width; x++)
            for (int32_t c = 0; c < colours; c++)
                bins[(size_t)c * BINS + bin_of((double)row[x * channels + c])]++;
    }
    return SEG_OK;
}

static seg_status measure_levels(seg_augment_step *step, levels **made, uint32_t **bins,
                                 const seg_image *source) {
    *made = seg_scratch_take(step->scratch, 1, sizeof **made, "levels");
    *bins = seg_scratch_take(step->scratch, 3 * BINS, sizeof **bins, "a histogram");
    if (!*made || !*bins) return SEG_ERROR_MEMORY;
    for (size_t i = 0; i < 3 * BINS; i++)
        (*bins)[i] = 0;
    return count_levels(step, *bins, source);
}

static const seg_param auto_rows[] = {
    {"cut", SEG_PARAM_FLOAT, AT(cut), "0", 0, 0.49, NULL, "",
     "share of the pixels that may be cut at either end", ""},
    SEG_AUGMENT_P(tone_options, "1"),
};
SEG_AUGMENT_TABLE(auto_table, auto_rows, tone_options);

static double stretch(const void *user, double level, int32_t channel) {
    const levels *l = user;
    const double low = l->low[channel], range = l->high[channel] - low;
    return range > 0 ? (level - low) / range : level;
}

static seg_status auto_contrast(seg_augment_step *step, const seg_image *target,
                                const seg_image *source) {
    const tone_options *o = step->options;
    levels *l;
    uint32_t *bins;
    SEG_TRY(measure_levels(step, &l, &bins, source));
    const double away = o->cut * source->width * source->height;
    for (int32_t c = 0; c < 3; c++) {
        const uint32_t *b = bins + c * BINS;
        int32_t low = 0, high = BINS - 1;
        double sum = b[0];
        while (low < BINS - 1 && sum <= away)
            sum += b[++low];
        sum = b[high];
        while (high > low && sum <= away)
            sum += b[--high];
        l->low[c] = (double)low / (BINS - 1);
        l->high[c] = (double)high / (BINS - 1);
    }
    return seg_tone_apply(step, target, source, stretch, l);
}

static seg_status equalise(seg_augment_step *step, const seg_image *target,
                           const seg_image *source) {
    return seg_equalise_with(target, source, step->scratch, NULL);
}

/* ---- registry ---- */

SEG_AUGMENT_PIXEL(brightness, "brightness", "lighter or darker", brightness, brightness_table,
                  NULL);
SEG_AUGMENT_PIXEL(contrast, "contrast", "more or less contrast", contrast, contrast_table, NULL);
SEG_AUGMENT_PIXEL(gamma, "gamma", "a power of the levels", gamma_curve, gamma_table, check_range);
SEG_AUGMENT_PIXEL(invert, "invert", "the negative", invert, seg_augment_plain, NULL);
SEG_AUGMENT_PIXEL(solarise, "solarise", "the negative of light parts", solarise, solarise_table,
                  check_range);
SEG_AUGMENT_PIXEL(posterise, "posterise", "fewer levels", posterise, posterise_table, NULL);
SEG_AUGMENT_PIXEL(auto_contrast, "auto-contrast", "levels stretched to full scale", auto_contrast,
                  auto_table, NULL);
SEG_AUGMENT_PIXEL(equalise, "equalise", "levels equally often", equalise, seg_augment_plain, NULL);
