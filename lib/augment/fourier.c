/*
 * Fourier domain adaptation: a picture with the low frequencies' amplitudes of a partner; phases,
 * which tell where things are, stay.
 *
 * Y. Yang, S. Soatto, "FDA: Fourier domain adaptation for semantic segmentation", CVPR 2020; `beta`
 * there is `band` here: frequencies up to band * the smaller side along each axis.
 *
 * Only those frequencies are needed, of which there are few: they are summed up directly, row by
 * row and then column by column, which needs no transform of the whole picture and no size of it
 * that suits one. With the changes d of the coefficients, new = picture + inverse transform of d.
 * Cost: band * side multiplications a pixel, twice. Amplitudes of the partner are those of its own
 * size, shares of its pixels, which are those of the partner stretched to the sample.
 */
#include "augment/style.h"
#include "core/math.h"

#include <math.h>
#include <string.h>

#define MOST 64 /* frequencies along an axis */

typedef struct fourier_options {
    seg_style_head head;
    double band;
} fourier_options;

static const seg_param fourier_rows[] = {
    SEG_STYLE_ROWS,
    {"band", SEG_PARAM_FLOAT, offsetof(fourier_options, band), "0.02", 0, 0.25, NULL, "",
     "frequencies up to this share of the smaller side are exchanged; at most 64", "beta"},
    SEG_AUGMENT_P(seg_style_head, "1"),
};
SEG_AUGMENT_TABLE(fourier_table, fourier_rows, fourier_options);

typedef struct complex_number {
    double re, im;
} complex_number;

/** Frequencies (u, v), u = -reach .. reach downwards, v = 0 .. reach across: the others are their
 *  conjugates. */
typedef struct spectrum {
    complex_number *values; /* channel by channel, u by u */
    int32_t reach, channels;
} spectrum;

/* e^(2 pi i k / count), k = 0 .. count - 1. */
static complex_number *make_turns(seg_augment_step *step, int32_t count) {
    complex_number *turns =
        seg_scratch_take(step->scratch, (size_t)count, sizeof *turns, "turns of a circle");
    for (int32_t k = 0; turns && k < count; k++) {
        const double angle = 2 * SEG_PI * k / count;
        turns[k] = (complex_number){seg_cos(angle), seg_sin(angle)};
    }
    return turns;
}

static complex_number *value_at(const spectrum *s, int32_t channel, int32_t u, int32_t v) {
    const int32_t across = s->reach + 1, down = 2 * s->reach + 1;
    return &s->values[((size_t)channel * (size_t)down + (size_t)(u + s->reach)) * (size_t)across +
                      (size_t)v];
}

static int32_t turn_index(int64_t k, int32_t count) {
    const int64_t left = k % count;
    return (int32_t)(left < 0 ? left + count : left);
}

/* Sums along a row: sums[channel * (reach + 1) + v]. */
static void transform_row(complex_number *sums, const spectrum *s, const float *row, int32_t width,
                          int32_t step, const complex_number *turns) {
    memset(sums, 0, (size_t)s->channels * ((size_t)s->reach + 1) * sizeof *sums);
    for (int32_t v = 0; v <= s->reach; v++) {
        int32_t k = 0;
        for (int32_t x = 0; x < width; x++) {
            for (int32_t c = 0; c < s->channels; c++) {
                complex_number *sum = &sums[c * (s->reach + 1) + v];
                const double level = (double)row[x * step + c];
                sum->re += level * turns[k].re;
                sum->im -= level * turns[k].im;
            }
            k += v;
            if (k >= width) k -= width;
        }
    }
}

static seg_status transform(spectrum *s, seg_augment_step *step, const seg_image *picture,
                            int32_t reach) {
    const int32_t width = picture->width, height = picture->height;
    s->reach = reach;
    s->channels = seg_colour_channels(picture);
    const size_t across = (size_t)reach + 1, down = 2 * (size_t)reach + 1;
    const size_t all = (size_t)s->channels * across * down;
    s->values = seg_scratch_take(step->scratch, all, sizeof *s->values, "a spectrum");
    complex_number *sums =
        seg_scratch_take(step->scratch, (size_t)s->channels * across, sizeof *sums, "a spectrum");
    float *row =
        seg_scratch_take(step->scratch, (size_t)width * picture->channels, sizeof *row, "levels");
    const complex_number *columns = make_turns(step, width), *rows = make_turns(step, height);
    if (!s->values || !sums || !row || !columns || !rows) return SEG_ERROR_MEMORY;
    memset(s->values, 0, all * sizeof *s->values);
    for (int32_t y = 0; y < height; y++) {
        seg_row_levels(row, picture, y);
        transform_row(sums, s, row, width, picture->channels, columns);
        for (int32_t c = 0; c < s->channels; c++)
            for (int32_t u = -reach; u <= reach; u++) {
                const complex_number turn = rows[turn_index((int64_t)u * y, height)];
                for (int32_t v = 0; v <= reach; v++) {
                    const complex_number a = sums[c * (reach + 1) + v];
                    complex_number *b = value_at(s, c, u, v);
                    b->re += a.re * turn.re + a.im * turn.im;
                    b->im += a.im * turn.re - a.re * turn.im;
                }
            }
    }
    const double share = 1 / ((double)width * height);
    for (size_t i = 0; i < all; i++)
        s->values[i].re *= share, s->values[i].im *= share;
    return SEG_OK;
}

/* The amplitude of `style` at the phase of `own`, less `own`, times the strength. */
static void make_changes(const spectrum *own, const spectrum *style, double strength) {
    const size_t all =
        (size_t)own->channels * ((size_t)own->reach + 1) * (2 * (size_t)own->reach + 1);
    for (size_t i = 0; i < all; i++) {
        complex_number *a = &own->values[i];
        const complex_number *b = &style->values[i];
        const double old = sqrt(a->re * a->re + a->im * a->im);
        const double amplitude = sqrt(b->re * b->re + b->im * b->im);
        if (old < 1e-12) { /* it has no phase */
            *a = (complex_number){0, 0};
            continue;
        }
        const double factor = strength * (amplitude / old - 1);
        a->re *= factor, a->im *= factor;
    }
}

/* Adds to a row of levels what the changes make of it; sums[v] are those of row y. */
static void add_row(float *row, double *added, int32_t reach, int32_t width, int32_t channels,
                    const complex_number *sums, const complex_number *turns) {
    for (int32_t x = 0; x < width; x++)
        added[x] = sums[0].re;
    for (int32_t v = 1; v <= reach; v++)
        for (int32_t x = 0, k = 0; x < width; x++) {
            added[x] += 2 * (sums[v].re * turns[k].re - sums[v].im * turns[k].im);
            k += v;
            if (k >= width) k -= width;
        }
    for (int32_t x = 0; x < width; x++)
        row[x * channels] += (float)added[x];
}

static seg_status apply_changes(seg_augment_step *step, const spectrum *changes,
                                const seg_image *source, const seg_image *target) {
    const int32_t width = source->width, height = source->height, reach = changes->reach;
    complex_number sums[MOST + 1];
    float *row =
        seg_scratch_take(step->scratch, (size_t)width * source->channels, sizeof *row, "levels");
    double *added = seg_scratch_take(step->scratch, (size_t)width, sizeof *added, "levels");
    const complex_number *columns = make_turns(step, width), *rows = make_turns(step, height);
    if (!row || !added || !columns || !rows) return SEG_ERROR_MEMORY;
    for (int32_t y = 0; y < height; y++) {
        seg_row_levels(row, source, y);
        for (int32_t c = 0; c < changes->channels; c++) {
            memset(sums, 0, sizeof sums);
            for (int32_t u = -reach; u <= reach; u++) {
                const complex_number turn = rows[turn_index((int64_t)u * y, height)];
                for (int32_t v = 0; v <= reach; v++) {
                    const complex_number *a = value_at(changes, c, u, v);
                    sums[v].re += a->re * turn.re - a->im * turn.im;
                    sums[v].im += a->re * turn.im + a->im * turn.re;
                }
            }
            add_row(row + c, added, reach, width, source->channels, sums, columns);
        }
        seg_row_store(target, y, row);
    }
    return SEG_OK;
}

static int32_t least_side(const seg_image *picture) {
    return picture->width < picture->height ? picture->width : picture->height;
}

static seg_status fda(seg_augment_step *step) {
    const fourier_options *o = step->options;
    const seg_image source = step->sample->picture;
    seg_sample *partner;
    seg_image target;
    double strength;
    spectrum own, style;
    SEG_TRY(seg_style_draw(step, &partner, &strength));
    const int32_t sides[2] = {least_side(&source), least_side(&partner->picture)};
    int32_t reach = (int32_t)(o->band * sides[0]);
    for (int i = 0; i < 2; i++) /* each frequency but once */
        if (reach > (sides[i] - 1) / 2) reach = (sides[i] - 1) / 2;
    if (reach > MOST) reach = MOST;
    SEG_TRY(transform(&own, step, &source, reach));
    SEG_TRY(transform(&style, step, &partner->picture, reach));
    make_changes(&own, &style, strength);
    SEG_TRY(seg_style_picture(step, &target));
    SEG_TRY(apply_changes(step, &own, &source, &target));
    step->sample->picture = target;
    return SEG_OK;
}

SEG_AUGMENT_STYLE(fda, "fda", "amplitudes of another picture's low frequencies",
                  "Y. Yang, S. Soatto, \"FDA: Fourier domain adaptation for semantic "
                  "segmentation\", CVPR",
                  2020, fourier_table);
