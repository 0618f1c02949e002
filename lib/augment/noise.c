/*
 * Noise: each sample is changed by a number of its own, which depends on the seed and on its place
 * alone. Normal deviates come from a table of 4096 quantiles, two of each 32 random bits, so that
 * sums over many pixels keep mean and deviation to about 1e-3.
 */
#include "augment/pixel.h"
#include "augment/tone.h"
#include "augment/work.h"
#include "core/math.h"
#include "kernels/augment.h"

#include <math.h>

#define CHUNK 512 /* samples whose random words are drawn at a time: 8 of each position */

typedef struct noise_options {
    size_t size;
    double p, low, high, share, photons;
} noise_options;

#define AT(name) offsetof(noise_options, name)

/* ---- normal deviates of a row ---- */

/* The quantiles, which the working memory keeps. */
static seg_status find_quantiles(const seg_augment_step *step, const float **found) {
    seg_augment_work *work = step->work;
    if (!work->quantiles) {
        float *table = seg_allocate(&work->env, SEG_QUANTILES, sizeof *table, "quantiles");
        if (!table) return SEG_ERROR_MEMORY;
        double square = 0;
        for (int i = 0; i < SEG_QUANTILES; i++) {
            const double value = seg_normal_quantile((i + 0.5) / SEG_QUANTILES);
            table[i] = (float)value;
            square += value * value;
        }
        /* the tails are cut: deviation 1 */
        const float fix = (float)(1 / sqrt(square / SEG_QUANTILES));
        for (int i = 0; i < SEG_QUANTILES; i++)
            table[i] *= fix;
        work->quantiles = table;
    }
    *found = work->quantiles;
    return SEG_OK;
}

/* The words of samples first .. first + CHUNK - 1 of row y. */
static void draw_words(uint32_t words[CHUNK / 2], uint64_t seed, int32_t y, size_t first) {
    const seg_random stream = seg_random_stream(seed, (uint64_t)y, 1);
    seg_augment_kernels_get()->words(words, &stream, (uint32_t)(first / 8), CHUNK / 8);
}

static void draw_row(float *deviates, const float *quantiles, uint64_t seed, int32_t y,
                     size_t count) {
    uint32_t words[CHUNK / 2];
    for (size_t i = 0; i < count; i++) {
        if (i % CHUNK == 0) draw_words(words, seed, y, i);
        deviates[i] = quantiles[SEG_QUANTILE_OF(words[i % CHUNK / 2], i % 2)];
    }
}

/* Noise that is added to 8 bits without alpha: whole numbers, each quantile's. */
static seg_status add_whole(seg_augment_step *step, const seg_image *target,
                            const seg_image *source, const float *quantiles, uint64_t seed,
                            float sigma) {
    const seg_augment_kernels *kernels = seg_augment_kernels_get();
    const size_t count = (size_t)source->width * source->channels;
    uint32_t words[CHUNK / 2];
    int16_t *steps = seg_scratch_take(step->scratch, SEG_QUANTILES, sizeof *steps, "steps");
    if (!steps) return SEG_ERROR_MEMORY;
    for (int i = 0; i < SEG_QUANTILES; i++) /* of at most 4 * 255; cut to nearest */
        steps[i] = (int16_t)((int32_t)(quantiles[i] * sigma + 1024.5f) - 1024);
    for (int32_t y = 0; y < source->height; y++) {
        const uint8_t *from = seg_image_row(source, y);
        uint8_t *to = seg_image_row(target, y);
        for (size_t first = 0; first < count; first += CHUNK) {
            draw_words(words, seed, y, first);
            kernels->noise_u8(to + first, from + first, words, steps,
                              count - first < CHUNK ? count - first : CHUNK);
        }
    }
    return SEG_OK;
}

/* What a level becomes with a deviate. */
typedef float (*disturb)(float level, float deviate, float strength);

static float plus(float level, float deviate, float strength) {
    return level + deviate * strength;
}

static seg_status disturb_all(seg_augment_step *step, const seg_image *target,
                              const seg_image *source, disturb change, double strength) {
    const size_t count = (size_t)source->width * source->channels;
    const int32_t channels = source->channels, colours = seg_colour_channels(source);
    const uint64_t seed = seg_draw_seed(step);
    const float *quantiles;
    SEG_TRY(find_quantiles(step, &quantiles));
    if (change == plus && source->format == SEG_U8 && channels == colours &&
        seg_image_full_scale(source) == 255)
        return add_whole(step, target, source, quantiles, seed, (float)(strength * 255));
    float *levels = seg_scratch_take(step->scratch, count, sizeof *levels, "levels");
    float *deviates = seg_scratch_take(step->scratch, count, sizeof *deviates, "deviates");
    if (!levels || !deviates) return SEG_ERROR_MEMORY;
    for (int32_t y = 0; y < source->height; y++) {
        seg_row_levels(levels, source, y);
        draw_row(deviates, quantiles, seed, y, count);
        for (int32_t x = 0; x < source->width; x++)
            for (int32_t c = 0; c < colours; c++) {
                const size_t i = (size_t)x * (size_t)channels + (size_t)c;
                levels[i] = change(levels[i], deviates[i], (float)strength);
            }
        seg_row_store(target, y, levels);
    }
    return SEG_OK;
}

/* ---- additive, multiplicative, shot ---- */

static const seg_param gaussian_rows[] = {
    {"low", SEG_PARAM_FLOAT, AT(low), "2", 0, 255, NULL, "8-bit level",
     "the deviation is uniform in low .. high", ""},
    {"high", SEG_PARAM_FLOAT, AT(high), "12", 0, 255, NULL, "8-bit level", "largest deviation",
     "sigma"},
    SEG_AUGMENT_P(noise_options, "1"),
};
SEG_AUGMENT_TABLE(gaussian_table, gaussian_rows, noise_options);

static seg_status check_range(const void *options) {
    const noise_options *o = options;
    if (o->low <= o->high) return SEG_OK;
    return seg_fail(SEG_ERROR_OPTION, "low is %g, high %g (low must not be above high)", o->low,
                    o->high);
}

static seg_status gaussian_noise(seg_augment_step *step, const seg_image *target,
                                 const seg_image *source) {
    const noise_options *o = step->options;
    const double sigma = seg_draw_between(step, o->low, o->high);
    SEG_TRY(seg_augment_decide(step, "sigma", sigma));
    return disturb_all(step, target, source, plus, sigma / 255);
}

static const seg_param multiplicative_rows[] = {
    {"low", SEG_PARAM_FLOAT, AT(low), "0.02", 0, 1, NULL, "",
     "the factors' deviation from 1 is uniform in low .. high", ""},
    {"high", SEG_PARAM_FLOAT, AT(high), "0.1", 0, 1, NULL, "", "largest deviation", ""},
    SEG_AUGMENT_P(noise_options, "1"),
};
SEG_AUGMENT_TABLE(multiplicative_table, multiplicative_rows, noise_options);

static float times(float level, float deviate, float strength) {
    return level * (1 + deviate * strength);
}

static seg_status multiplicative_noise(seg_augment_step *step, const seg_image *target,
                                       const seg_image *source) {
    const noise_options *o = step->options;
    const double sigma = seg_draw_between(step, o->low, o->high);
    SEG_TRY(seg_augment_decide(step, "sigma", sigma));
    return disturb_all(step, target, source, times, sigma);
}

static const seg_param shot_rows[] = {
    {"photons", SEG_PARAM_FLOAT, AT(photons), "200", 10, 1e6, NULL, "",
     "counted where a sample has full scale; fewer are noisier", ""},
    SEG_AUGMENT_P(noise_options, "1"),
};
SEG_AUGMENT_TABLE(shot_table, shot_rows, noise_options);

/* F. Anscombe 1948: the square root of a Poisson number, 2 sqrt(n + 3/8), has deviation 1 and mean
 * 2 sqrt(m + 3/8) - 1 / (4 sqrt(m)): mean and variance are right to 1 % from a few photons on. */
static float shot(float level, float deviate, float photons) {
    const float mean = (level > 0 ? level : 0) * photons;
    const float root = 2 * sqrtf(mean + 0.375f) - 0.25f / sqrtf(mean + 0.375f) + deviate;
    const float count = root > 0 ? root * root * 0.25f - 0.375f : 0;
    return mean > 0 ? (count > 0 ? count : 0) / photons : 0;
}

static seg_status poisson_noise(seg_augment_step *step, const seg_image *target,
                                const seg_image *source) {
    const noise_options *o = step->options;
    return disturb_all(step, target, source, shot, o->photons);
}

static const seg_param iso_rows[] = {
    {"photons", SEG_PARAM_FLOAT, AT(photons), "400", 10, 1e6, NULL, "",
     "counted where a sample has full scale", ""},
    {"high", SEG_PARAM_FLOAT, AT(high), "4", 0, 255, NULL, "8-bit level",
     "deviation of the sensor's own noise, which is added", ""},
    SEG_AUGMENT_P(noise_options, "1"),
};
SEG_AUGMENT_TABLE(iso_table, iso_rows, noise_options);

static seg_status iso_noise(seg_augment_step *step, const seg_image *target,
                            const seg_image *source) {
    const noise_options *o = step->options;
    SEG_TRY(disturb_all(step, target, source, shot, o->photons));
    return disturb_all(step, target, target, plus, o->high / 255);
}

/* ---- salt and pepper ---- */

static const seg_param salt_rows[] = {
    {"share", SEG_PARAM_FLOAT, AT(share), "0.02", 0, 1, NULL, "",
     "of the pixels that become black or white, equally often", ""},
    SEG_AUGMENT_P(noise_options, "1"),
};
SEG_AUGMENT_TABLE(salt_table, salt_rows, noise_options);

static seg_status salt_and_pepper(seg_augment_step *step, const seg_image *target,
                                  const seg_image *source) {
    const noise_options *o = step->options;
    const uint64_t seed = seg_draw_seed(step);
    const int32_t channels = source->channels, colours = seg_colour_channels(source);
    float *levels = seg_scratch_take(step->scratch, (size_t)source->width * source->channels,
                                     sizeof *levels, "levels");
    if (!levels) return SEG_ERROR_MEMORY;
    /* of 2^31: the lowest bit says which of the two */
    const uint32_t below = (uint32_t)(o->share * 2147483648.0);
    for (int32_t y = 0; y < source->height; y++) {
        const seg_random stream = seg_random_stream(seed, (uint64_t)y, 1);
        seg_row_levels(levels, source, y);
        for (int32_t x = 0; x < source->width; x += 4) {
            uint32_t words[4];
            seg_random_words(words, &stream, (uint32_t)x / 4);
            for (int32_t k = 0; k < 4 && x + k < source->width; k++) {
                if (words[k] >> 1 >= below) continue;
                for (int32_t c = 0; c < colours; c++)
                    levels[(x + k) * channels + c] = words[k] & 1 ? 1 : 0;
            }
        }
        seg_row_store(target, y, levels);
    }
    return SEG_OK;
}

SEG_AUGMENT_PIXEL(gaussian_noise, "gaussian-noise", "normal noise, added", gaussian_noise,
                  gaussian_table, check_range);
SEG_AUGMENT_PIXEL(multiplicative_noise, "multiplicative-noise", "normal noise, multiplied",
                  multiplicative_noise, multiplicative_table, check_range);
SEG_AUGMENT_PIXEL(poisson_noise, "poisson-noise", "shot noise of few photons", poisson_noise,
                  shot_table, NULL);
SEG_AUGMENT_PIXEL(iso_noise, "iso-noise", "shot noise and the sensor's own", iso_noise, iso_table,
                  NULL);
SEG_AUGMENT_PIXEL(salt_and_pepper, "salt-and-pepper", "single black and white pixels",
                  salt_and_pepper, salt_table, NULL);
