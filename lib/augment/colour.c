/* Colours: hue, saturation, white balance, channels. Grey pictures have none and stay. */
#include "augment/pixel.h"
#include "augment/tone.h"
#include "core/math.h"
#include "kernels/augment_formula.h"

#include <math.h>
#include <string.h>

typedef struct colour_options {
    size_t size;
    double p, h, s, v, brightness, contrast, saturation, hue, limit;
} colour_options;

#define AT(name) offsetof(colour_options, name)

/* What becomes of the red, green and blue of a pixel, levels of 0 .. 1. */
typedef void (*recolour)(const void *user, float rgb[3]);

static seg_status apply_colours(seg_augment_step *step, const seg_image *target,
                                const seg_image *source, recolour change, const void *user) {
    const size_t channels = source->channels;
    if (channels < 3) {
        seg_image copy = *target;
        return seg_image_copy(&copy, source, step->env);
    }
    float *row =
        seg_scratch_take(step->scratch, (size_t)source->width * channels, sizeof *row, "levels");
    if (!row) return SEG_ERROR_MEMORY;
    for (int32_t y = 0; y < source->height; y++) {
        seg_row_levels(row, source, y);
        for (size_t x = 0; x < (size_t)source->width; x++)
            change(user, row + x * channels);
        seg_row_store(target, y, row);
    }
    return SEG_OK;
}

/* ---- HSV ---- */

static void change_hsv(const void *user, float rgb[3]) {
    augment_hsv(rgb, user);
}

static seg_status apply_hsv(seg_augment_step *step, const seg_image *target,
                            const seg_image *source, const seg_hsv_change *change) {
    if (source->format != SEG_U8 || source->channels < 3 || seg_image_full_scale(source) != 255)
        return apply_colours(step, target, source, change_hsv, change);
    for (int32_t y = 0; y < source->height; y++)
        seg_augment_kernels_get()->hsv_u8(seg_image_row(target, y), seg_image_row(source, y),
                                          change, (size_t)source->width, source->channels);
    return SEG_OK;
}

static const seg_param hsv_rows[] = {
    {"h", SEG_PARAM_FLOAT, AT(h), "10", 0, 180, NULL, "degrees",
     "the hue turns by an angle uniform in -h .. h", ""},
    {"s", SEG_PARAM_FLOAT, AT(s), "0.2", 0, 1, NULL, "",
     "the saturation is multiplied by 1 + a number uniform in -s .. s", ""},
    {"v", SEG_PARAM_FLOAT, AT(v), "0.2", 0, 1, NULL, "",
     "the value is multiplied by 1 + a number uniform in -v .. v", ""},
    SEG_AUGMENT_P(colour_options, "1"),
};
SEG_AUGMENT_TABLE(hsv_table, hsv_rows, colour_options);

static seg_status hsv(seg_augment_step *step, const seg_image *target, const seg_image *source) {
    const colour_options *o = step->options;
    const double turn = seg_draw_between(step, -o->h, o->h);
    const double saturation = 1 + seg_draw_between(step, -o->s, o->s);
    const double value = 1 + seg_draw_between(step, -o->v, o->v);
    const seg_hsv_change change = {(float)(turn / 360), (float)saturation, (float)value};
    SEG_TRY(seg_augment_decide(step, "hue", turn));
    SEG_TRY(seg_augment_decide(step, "saturation", saturation));
    SEG_TRY(seg_augment_decide(step, "value", value));
    return apply_hsv(step, target, source, &change);
}

/* ---- matrices ---- */

typedef struct colour_matrix {
    float m[3][3], add[3];
} colour_matrix;

static void by_matrix(const void *user, float rgb[3]) {
    const colour_matrix *k = user;
    const float r = rgb[0], g = rgb[1], b = rgb[2];
    for (int c = 0; c < 3; c++)
        rgb[c] = k->m[c][0] * r + k->m[c][1] * g + k->m[c][2] * b + k->add[c];
}

/* BT.601, as grey is everywhere here. */
static const double luma[3] = {0.299, 0.587, 0.114};

/* Between the grey (0) and the colour (1), and beyond. */
static colour_matrix saturate(double factor) {
    colour_matrix k = {0};
    for (int row = 0; row < 3; row++)
        for (int column = 0; column < 3; column++)
            k.m[row][column] = (float)((1 - factor) * luma[column] + (row == column ? factor : 0));
    return k;
}

static const seg_param saturation_rows[] = {
    {"limit", SEG_PARAM_FLOAT, AT(limit), "0.3", 0, 1, NULL, "",
     "distances from grey are multiplied by 1 + a number uniform in -limit .. limit", ""},
    SEG_AUGMENT_P(colour_options, "1"),
};
SEG_AUGMENT_TABLE(saturation_table, saturation_rows, colour_options);

static seg_status saturation(seg_augment_step *step, const seg_image *target,
                             const seg_image *source) {
    const colour_options *o = step->options;
    const double factor = 1 + seg_draw_between(step, -o->limit, o->limit);
    const colour_matrix k = saturate(factor);
    SEG_TRY(seg_augment_decide(step, "factor", factor));
    return apply_colours(step, target, source, by_matrix, &k);
}

static const seg_param hue_rows[] = {
    {"limit", SEG_PARAM_FLOAT, AT(limit), "18", 0, 180, NULL, "degrees",
     "the hue turns by an angle uniform in -limit .. limit", ""},
    SEG_AUGMENT_P(colour_options, "1"),
};
SEG_AUGMENT_TABLE(hue_table, hue_rows, colour_options);

static seg_status hue(seg_augment_step *step, const seg_image *target, const seg_image *source) {
    const colour_options *o = step->options;
    const double turn = seg_draw_between(step, -o->limit, o->limit);
    const seg_hsv_change change = {(float)(turn / 360), 1, 1};
    SEG_TRY(seg_augment_decide(step, "hue", turn));
    return apply_hsv(step, target, source, &change);
}

static seg_status grey(seg_augment_step *step, const seg_image *target, const seg_image *source) {
    const colour_matrix k = saturate(0);
    return apply_colours(step, target, source, by_matrix, &k);
}

static const seg_param jitter_rows[] = {
    {"brightness", SEG_PARAM_FLOAT, AT(brightness), "0.2", 0, 1, NULL, "",
     "levels are multiplied by 1 + a number uniform in -brightness .. brightness", ""},
    {"contrast", SEG_PARAM_FLOAT, AT(contrast), "0.2", 0, 1, NULL, "",
     "distances from the middle grey likewise", ""},
    {"saturation", SEG_PARAM_FLOAT, AT(saturation), "0.2", 0, 1, NULL, "",
     "distances from a pixel's grey likewise", ""},
    {"hue", SEG_PARAM_FLOAT, AT(hue), "18", 0, 180, NULL, "degrees",
     "the hue turns by an angle uniform in -hue .. hue", ""},
    SEG_AUGMENT_P(colour_options, "1"),
};
SEG_AUGMENT_TABLE(jitter_table, jitter_rows, colour_options);

typedef struct jitter_change {
    colour_matrix matrix;
    seg_hsv_change hue;
    float factor, add;
} jitter_change;

static void change_jitter(const void *user, float rgb[3]) {
    const jitter_change *j = user;
    by_matrix(&j->matrix, rgb);
    for (int c = 0; c < 3; c++)
        rgb[c] = augment_unit(rgb[c] * j->factor + j->add);
    if (j->hue.turn != 0) augment_hsv(rgb, &j->hue);
}

static double scaled(const void *user, double level, int32_t channel) {
    const jitter_change *j = user;
    (void)channel;
    return level * (double)j->factor + (double)j->add;
}

static seg_status colour_jitter(seg_augment_step *step, const seg_image *target,
                                const seg_image *source) {
    const colour_options *o = step->options;
    const double brightness = 1 + seg_draw_between(step, -o->brightness, o->brightness);
    const double contrast = 1 + seg_draw_between(step, -o->contrast, o->contrast);
    const double colour = 1 + seg_draw_between(step, -o->saturation, o->saturation);
    const double turn = seg_draw_between(step, -o->hue, o->hue);
    const jitter_change change = {saturate(colour),
                                  {(float)(turn / 360), 1, 1},
                                  (float)(brightness * contrast),
                                  (float)(0.5 - 0.5 * contrast)};
    SEG_TRY(seg_augment_decide(step, "brightness", brightness));
    SEG_TRY(seg_augment_decide(step, "contrast", contrast));
    SEG_TRY(seg_augment_decide(step, "saturation", colour));
    SEG_TRY(seg_augment_decide(step, "hue", turn));
    if (source->channels < 3) return seg_tone_apply(step, target, source, scaled, &change);
    return apply_colours(step, target, source, change_jitter, &change);
}

/* ---- white balance ---- */

static double gained(const void *user, double level, int32_t channel) {
    return level * ((const double *)user)[channel];
}

/* The mean of each colour, or its largest level. */
static seg_status measure(seg_augment_step *step, const seg_image *source, double mean[3],
                          double most[3]) {
    const size_t channels = source->channels;
    float *row =
        seg_scratch_take(step->scratch, (size_t)source->width * channels, sizeof *row, "levels");
    if (!row) return SEG_ERROR_MEMORY;
    for (int c = 0; c < 3; c++)
        mean[c] = most[c] = 0;
    for (int32_t y = 0; y < source->height; y++) {
        seg_row_levels(row, source, y);
        for (size_t i = 0; i < (size_t)source->width * channels; i++) {
            const size_t c = i % channels;
            if (c > 2) continue;
            mean[c] += (double)row[i];
            if ((double)row[i] > most[c]) most[c] = (double)row[i];
        }
    }
    for (int c = 0; c < 3; c++)
        mean[c] /= (double)source->width * source->height;
    return SEG_OK;
}

/* G. Buchsbaum 1980: the mean of all colours is grey. */
static seg_status grey_world(seg_augment_step *step, const seg_image *target,
                             const seg_image *source) {
    double mean[3], most[3], gain[3] = {1, 1, 1};
    SEG_TRY(measure(step, source, mean, most));
    const double whole = (mean[0] + mean[1] + mean[2]) / 3;
    for (int c = 0; c < 3 && source->channels >= 3; c++)
        if (mean[c] > 0) gain[c] = whole / mean[c];
    return seg_tone_apply(step, target, source, gained, gain);
}

/* E. Land and J. McCann 1971: the lightest of each colour is white. */
static seg_status white_patch(seg_augment_step *step, const seg_image *target,
                              const seg_image *source) {
    double mean[3], most[3], gain[3] = {1, 1, 1};
    SEG_TRY(measure(step, source, mean, most));
    for (int c = 0; c < 3 && source->channels >= 3; c++)
        if (most[c] > 0) gain[c] = 1 / most[c];
    return seg_tone_apply(step, target, source, gained, gain);
}

static const seg_param temperature_rows[] = {
    {"limit", SEG_PARAM_FLOAT, AT(limit), "0.15", 0, 0.9, NULL, "",
     "red is multiplied by 1 + a number uniform in -limit .. limit, blue by 1 - it", ""},
    SEG_AUGMENT_P(colour_options, "1"),
};
SEG_AUGMENT_TABLE(temperature_table, temperature_rows, colour_options);

static seg_status temperature(seg_augment_step *step, const seg_image *target,
                              const seg_image *source) {
    const colour_options *o = step->options;
    const double warm = seg_draw_between(step, -o->limit, o->limit);
    const bool colours = source->channels >= 3;
    const double gain[3] = {colours ? 1 + warm : 1, 1, 1 - warm};
    SEG_TRY(seg_augment_decide(step, "warm", warm));
    return seg_tone_apply(step, target, source, gained, gain);
}

/* ---- channels ---- */

static seg_status channel_shuffle(seg_augment_step *step, const seg_image *target,
                                  const seg_image *source) {
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                     {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    const int32_t order = seg_draw_below(step, 6);
    colour_matrix k = {0};
    for (int c = 0; c < 3; c++)
        k.m[c][orders[order][c]] = 1;
    SEG_TRY(seg_augment_decide(step, "order", order));
    return apply_colours(step, target, source, by_matrix, &k);
}

static seg_status channel_drop(seg_augment_step *step, const seg_image *target,
                               const seg_image *source) {
    const int32_t gone = seg_draw_below(step, 3);
    colour_matrix k = {0};
    for (int c = 0; c < 3; c++)
        k.m[c][c] = c != gone;
    SEG_TRY(seg_augment_decide(step, "channel", gone));
    return apply_colours(step, target, source, by_matrix, &k);
}

SEG_AUGMENT_PIXEL(hsv, "hsv", "hue, saturation and value", hsv, hsv_table, NULL);
SEG_AUGMENT_PIXEL(saturation, "saturation", "more or less colour", saturation, saturation_table,
                  NULL);
SEG_AUGMENT_PIXEL(hue, "hue", "other hues", hue, hue_table, NULL);
SEG_AUGMENT_PIXEL(grey, "grey", "no colour", grey, seg_augment_plain, NULL);
SEG_AUGMENT_PIXEL(colour_jitter, "colour-jitter", "brightness, contrast, saturation and hue",
                  colour_jitter, jitter_table, NULL);
SEG_AUGMENT_PIXEL(grey_world, "grey-world", "white balance: the mean is grey", grey_world,
                  seg_augment_plain, NULL);
SEG_AUGMENT_PIXEL(white_patch, "white-patch", "white balance: the lightest is white", white_patch,
                  seg_augment_plain, NULL);
SEG_AUGMENT_PIXEL(temperature, "temperature", "warmer or colder light", temperature,
                  temperature_table, NULL);
SEG_AUGMENT_PIXEL(channel_shuffle, "channel-shuffle", "colours change places", channel_shuffle,
                  seg_augment_plain, NULL);
SEG_AUGMENT_PIXEL(channel_drop, "channel-drop", "a colour goes", channel_drop, seg_augment_plain,
                  NULL);
