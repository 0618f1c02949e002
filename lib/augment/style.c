/*
 * Style without a network: the colours of a partner. Statistics (Reinhard), histograms of each
 * colour, or the whole cloud of colours by sliced optimal transport. Places stay, so do labels.
 */
#include "augment/style.h"
#include "core/math.h"

#include <math.h>
#include <string.h>

typedef struct style_options {
    size_t size;
    double p, low, high;
    int32_t rounds;
} style_options;

seg_status seg_style_check(const void *options) {
    const seg_style_head *o = options;
    if (o->low <= o->high) return SEG_OK;
    return seg_fail(SEG_ERROR_OPTION, "low is %g, high %g (low must not be above high)", o->low,
                    o->high);
}

seg_status seg_style_draw(seg_augment_step *step, seg_sample **partner, double *strength) {
    const seg_style_head *o = step->options;
    SEG_TRY(seg_augment_partner(step, 0, partner));
    *strength = seg_draw_between(step, o->low, o->high);
    return seg_augment_decide(step, "strength", *strength);
}

seg_status seg_style_picture(seg_augment_step *step, seg_image *target) {
    const seg_image *picture = &step->sample->picture;
    return seg_augment_picture(target, step, SEG_ROOM_PICTURE, picture->width, picture->height,
                               picture);
}

/* ---- Reinhard: mean and deviation of l, alpha, beta ---- */

static const seg_param reinhard_rows[] = {SEG_STYLE_ROWS, SEG_AUGMENT_P(style_options, "1")};
SEG_AUGMENT_TABLE(reinhard_table, reinhard_rows, style_options);

/* The paper's: RGB to LMS to its logarithm (to base 2: factors cancel) to the decorrelated axes. */
static void to_axes(double axes[3], const float *pixel) {
    static const double lms[3][3] = {
        {0.3811, 0.5783, 0.0402}, {0.1967, 0.7244, 0.0782}, {0.0241, 0.1288, 0.8444}};
    double log_lms[3];
    for (int i = 0; i < 3; i++) {
        const double sum = lms[i][0] * (double)pixel[0] + lms[i][1] * (double)pixel[1] +
                           lms[i][2] * (double)pixel[2];
        log_lms[i] = seg_log2(sum > 1.0 / 512 ? sum : 1.0 / 512);
    }
    axes[0] = (log_lms[0] + log_lms[1] + log_lms[2]) * 0.57735026918962576;
    axes[1] = (log_lms[0] + log_lms[1] - 2 * log_lms[2]) * 0.40824829046386302;
    axes[2] = (log_lms[0] - log_lms[1]) * 0.70710678118654752;
}

static void from_axes(float *pixel, const double axes[3]) {
    static const double rgb[3][3] = {
        {4.4679, -3.5873, 0.1193}, {-1.2186, 2.3809, -0.1624}, {0.0497, -0.2439, 1.2045}};
    const double l = axes[0] * 0.57735026918962576, a = axes[1] * 0.40824829046386302;
    const double b = axes[2] * 0.70710678118654752, two = 0.69314718055994531;
    const double lms[3] = {seg_exp((l + a + b) * two), seg_exp((l + a - b) * two),
                           seg_exp((l - 2 * a) * two)};
    for (int i = 0; i < 3; i++)
        pixel[i] = (float)(rgb[i][0] * lms[0] + rgb[i][1] * lms[1] + rgb[i][2] * lms[2]);
}

typedef struct moments {
    double mean[3], deviation[3];
} moments;

/* Of the axes, or of the grey alone. */
static void axes_of(double axes[3], const float *pixel, int32_t channels) {
    axes[0] = (double)pixel[0];
    axes[1] = axes[2] = 0;
    if (channels >= 3) to_axes(axes, pixel);
}

static void measure(moments *m, float *row, const seg_image *picture) {
    double sum[3] = {0}, square[3] = {0}, axes[3];
    const double count = (double)picture->width * picture->height;
    for (int32_t y = 0; y < picture->height; y++) {
        seg_row_levels(row, picture, y);
        for (int32_t x = 0; x < picture->width; x++) {
            axes_of(axes, row + (size_t)x * picture->channels, picture->channels);
            for (int c = 0; c < 3; c++)
                sum[c] += axes[c], square[c] += axes[c] * axes[c];
        }
    }
    for (int c = 0; c < 3; c++) {
        m->mean[c] = sum[c] / count;
        const double variance = square[c] / count - m->mean[c] * m->mean[c];
        m->deviation[c] = variance > 0 ? sqrt(variance) : 0;
    }
}

static seg_status reinhard(seg_augment_step *step) {
    const seg_image source = step->sample->picture;
    seg_sample *partner;
    seg_image target;
    double strength;
    moments own, other;
    SEG_TRY(seg_style_draw(step, &partner, &strength));
    const int32_t wide =
        source.width > partner->picture.width ? source.width : partner->picture.width;
    float *row =
        seg_scratch_take(step->scratch, (size_t)wide * source.channels, sizeof *row, "levels");
    if (!row) return SEG_ERROR_MEMORY;
    measure(&own, row, &source);
    measure(&other, row, &partner->picture);
    SEG_TRY(seg_style_picture(step, &target));
    for (int32_t y = 0; y < source.height; y++) {
        seg_row_levels(row, &source, y);
        for (int32_t x = 0; x < source.width; x++) {
            float *pixel = row + (size_t)x * source.channels, styled[3];
            double axes[3];
            axes_of(axes, pixel, source.channels);
            for (int c = 0; c < 3; c++) {
                const double factor =
                    own.deviation[c] > 0 ? other.deviation[c] / own.deviation[c] : 1;
                axes[c] = (axes[c] - own.mean[c]) * factor + other.mean[c];
            }
            styled[0] = (float)axes[0];
            if (source.channels >= 3) from_axes(styled, axes);
            for (int32_t c = 0; c < seg_colour_channels(&source); c++)
                pixel[c] += (float)strength * (styled[c] - pixel[c]);
        }
        seg_row_store(&target, y, row);
    }
    step->sample->picture = target;
    return SEG_OK;
}

/* ---- histograms ---- */

#define BINS 1024

/* The level below which a share of the values lies, and the other way round. */
typedef struct distribution {
    float below[BINS + 1]; /* share of values in bins before i */
    float low, range;      /* of the values */
} distribution;

static void make_distribution(distribution *d, const float *values, size_t count, size_t step) {
    float low = values[0], high = values[0];
    uint32_t bins[BINS] = {0};
    for (size_t i = 0; i < count; i++) {
        const float value = values[i * step];
        if (value < low) low = value;
        if (value > high) high = value;
    }
    d->low = low;
    d->range = high - low;
    const float scale = d->range > 0 ? BINS / d->range : 0;
    for (size_t i = 0; i < count; i++) {
        const int32_t bin = (int32_t)((values[i * step] - low) * scale);
        bins[bin < BINS ? bin : BINS - 1]++;
    }
    double sum = 0;
    for (int i = 0; i < BINS; i++) {
        d->below[i] = (float)(sum / (double)count);
        sum += bins[i];
    }
    d->below[BINS] = 1;
}

static float share_of(const distribution *d, float value) {
    if (!(d->range > 0)) return 0.5f;
    const float at = (value - d->low) / d->range * BINS;
    const int32_t bin = at > 0 ? at < BINS - 1 ? (int32_t)at : BINS - 1 : 0;
    const float part = at - (float)bin,
                share = d->below[bin] + (d->below[bin + 1] - d->below[bin]) * part;
    return share > 0 ? share < 1 ? share : 1 : 0;
}

static float value_at(const distribution *d, float share) {
    int32_t low = 0, high = BINS;
    while (high - low > 1) {
        const int32_t middle = (low + high) / 2;
        if (d->below[middle] <= share)
            low = middle;
        else
            high = middle;
    }
    const float width = d->below[high] - d->below[low];
    const float part = width > 0 ? (share - d->below[low]) / width : 0;
    return d->low + d->range * ((float)low + part) / BINS;
}

/* All levels of a picture's colours, `channels` a pixel. */
static float *all_levels(seg_augment_step *step, const seg_image *picture) {
    const size_t row = (size_t)picture->width * picture->channels;
    float *levels =
        seg_scratch_take(step->scratch, row * (size_t)picture->height, sizeof *levels, "levels");
    for (int32_t y = 0; levels && y < picture->height; y++)
        seg_row_levels(levels + row * (size_t)y, picture, y);
    return levels;
}

typedef struct clouds {
    seg_sample *partner;
    float *own, *style;
    size_t own_count, style_count, channels;
    double strength;
    distribution *from, *to;
} clouds;

static seg_status take_clouds(clouds *k, seg_augment_step *step) {
    const seg_image *picture = &step->sample->picture;
    SEG_TRY(seg_style_draw(step, &k->partner, &k->strength));
    k->channels = picture->channels;
    k->own_count = (size_t)picture->width * (size_t)picture->height;
    k->style_count = (size_t)k->partner->picture.width * (size_t)k->partner->picture.height;
    k->own = all_levels(step, picture);
    k->style = all_levels(step, &k->partner->picture);
    k->from = seg_scratch_take(step->scratch, 1, sizeof *k->from, "a distribution");
    k->to = seg_scratch_take(step->scratch, 1, sizeof *k->to, "a distribution");
    return k->own && k->style && k->from && k->to ? SEG_OK : SEG_ERROR_MEMORY;
}

static seg_status store_cloud(const clouds *k, seg_augment_step *step) {
    const seg_image source = step->sample->picture;
    const size_t row = (size_t)source.width * k->channels;
    float *before = seg_scratch_take(step->scratch, row, sizeof *before, "levels");
    seg_image target;
    if (!before) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_style_picture(step, &target));
    for (int32_t y = 0; y < source.height; y++) {
        const float *now = k->own + row * (size_t)y;
        seg_row_levels(before, &source, y);
        for (size_t i = 0; i < row; i++)
            before[i] += (float)k->strength * (now[i] - before[i]);
        seg_row_store(&target, y, before);
    }
    step->sample->picture = target;
    return SEG_OK;
}

static seg_status histogram_match(seg_augment_step *step) {
    clouds k;
    SEG_TRY(take_clouds(&k, step));
    for (int32_t c = 0; c < seg_colour_channels(&step->sample->picture); c++) {
        make_distribution(k.from, k.own + c, k.own_count, k.channels);
        make_distribution(k.to, k.style + c, k.style_count, k.channels);
        for (size_t i = 0; i < k.own_count; i++) {
            float *value = k.own + i * k.channels + (size_t)c;
            *value = value_at(k.to, share_of(k.from, *value));
        }
    }
    return store_cloud(&k, step);
}

/* ---- sliced optimal transport ---- */

static const seg_param transport_rows[] = {
    SEG_STYLE_ROWS,
    {"rounds", SEG_PARAM_INT, offsetof(style_options, rounds), "8", 1, 100, NULL, "",
     "random bases along whose three axes histograms are matched", ""},
    SEG_AUGMENT_P(style_options, "1"),
};
SEG_AUGMENT_TABLE(transport_table, transport_rows, style_options);

/* Three orthogonal axes from two random vectors. */
static void draw_basis(seg_augment_step *step, float basis[3][3]) {
    double a[3], b[3], length = 0, common = 0;
    for (int i = 0; i < 3; i++)
        a[i] = seg_draw_normal(step), b[i] = seg_draw_normal(step);
    for (int i = 0; i < 3; i++)
        length += a[i] * a[i];
    for (int i = 0; i < 3; i++)
        a[i] /= sqrt(length), common += a[i] * b[i];
    length = 0;
    for (int i = 0; i < 3; i++)
        b[i] -= common * a[i], length += b[i] * b[i];
    for (int i = 0; i < 3; i++) {
        const int j = (i + 1) % 3, l = (i + 2) % 3;
        basis[0][i] = (float)a[i];
        basis[1][i] = (float)(b[i] / sqrt(length));
        basis[2][i] = (float)((a[j] * b[l] - a[l] * b[j]) / sqrt(length));
    }
}

static void project(float *along, const float *cloud, size_t count, size_t channels,
                    const float axis[3]) {
    for (size_t i = 0; i < count; i++) {
        const float *p = cloud + i * channels;
        along[i] = p[0] * axis[0] + p[1] * axis[1] + p[2] * axis[2];
    }
}

static seg_status colour_transport(seg_augment_step *step) {
    const style_options *o = step->options;
    clouds k;
    if (step->sample->picture.channels < 3) return histogram_match(step);
    SEG_TRY(take_clouds(&k, step));
    float *along = seg_scratch_take(step->scratch, k.own_count, sizeof *along, "a projection");
    float *style = seg_scratch_take(step->scratch, k.style_count, sizeof *style, "a projection");
    float *moves = seg_scratch_take(step->scratch, 3 * k.own_count, sizeof *moves, "moves");
    if (!along || !style || !moves) return SEG_ERROR_MEMORY;
    for (int32_t round = 0; round < o->rounds; round++) {
        float basis[3][3];
        draw_basis(step, basis);
        for (int axis = 0; axis < 3; axis++) {
            project(along, k.own, k.own_count, k.channels, basis[axis]);
            project(style, k.style, k.style_count, k.channels, basis[axis]);
            make_distribution(k.from, along, k.own_count, 1);
            make_distribution(k.to, style, k.style_count, 1);
            for (size_t i = 0; i < k.own_count; i++)
                moves[3 * i + (size_t)axis] = value_at(k.to, share_of(k.from, along[i])) - along[i];
        }
        for (size_t i = 0; i < k.own_count; i++)
            for (int c = 0; c < 3; c++)
                k.own[i * k.channels + (size_t)c] += moves[3 * i] * basis[0][c] +
                                                     moves[3 * i + 1] * basis[1][c] +
                                                     moves[3 * i + 2] * basis[2][c];
    }
    return store_cloud(&k, step);
}

SEG_AUGMENT_STYLE(reinhard, "reinhard", "mean and deviation of another picture's colours",
                  "E. Reinhard et al., \"Color transfer between images\", IEEE CG&A", 2001,
                  reinhard_table);
SEG_AUGMENT_STYLE(histogram_match, "histogram-match", "another picture's histograms of each colour",
                  "", 0, reinhard_table);
SEG_AUGMENT_STYLE(colour_transport, "colour-transport",
                  "another picture's colours, by sliced transport",
                  "F. Pitie et al., \"N-dimensional probability density function transfer\", ICCV",
                  2005, transport_table);
