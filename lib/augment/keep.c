/*
 * KeepAugment: what is erased or replaced spares what matters.
 *
 * C. Gong et al., "KeepAugment: a simple information-preserving data augmentation approach", CVPR
 * 2021. The paper asks the network that is trained for the importance of each pixel: a sample may
 * bring such a picture. Without one it is taken from the pixels: gradients of grey, or the distance
 * from the mean colour (R. Achanta et al., "Frequency-tuned salient region detection", CVPR 2009,
 * whose blur is the sum over a window).
 *
 * Windows are drawn, and the sum of importance over each is read from an integral table: of those,
 * keep-cutout hides the least important one, keep-cutmix puts the most important one of a partner
 * into the sample, at its place there.
 */
#include "augment/regions.h"
#include "augment/tone.h"
#include "augmentations.h"

#include <math.h>
#include <string.h>

typedef struct keep_options {
    size_t size;
    double p, part, value;
    int32_t tries, importance, fill;
} keep_options;

#define AT(name) offsetof(keep_options, name)

enum { GRADIENT, SALIENCY };
static const char *const importance_names[] = {"gradient", "saliency", NULL};

#define IMPORTANCE_ROWS                                                                            \
    {"tries", SEG_PARAM_INT, AT(tries), "16", 1, 1000, NULL, "", "windows that are compared", ""}, \
    {                                                                                              \
        "importance", SEG_PARAM_ENUM, AT(importance), "gradient", 0, 1, importance_names, "",      \
            "of a pixel, without a saliency picture: its gradient, or its distance from the mean " \
            "colour",                                                                              \
            ""                                                                                     \
    }

static const seg_param cutout_rows[] = {
    {"size", SEG_PARAM_FLOAT, AT(part), "0.25", 0, 1, NULL, "",
     "sides of the window, as a share of the picture's", ""},
    IMPORTANCE_ROWS,
    {"value", SEG_PARAM_FLOAT, AT(value), "0", 0, 255, NULL, "8-bit level", "fills what is hidden",
     ""},
    {"fill", SEG_PARAM_ENUM, AT(fill), "value", 0, 1, seg_fill_names, "", "a level, or noise", ""},
    SEG_AUGMENT_P(keep_options, "0.5"),
};
SEG_AUGMENT_TABLE(cutout_table, cutout_rows, keep_options);

static const seg_param cutmix_rows[] = {
    {"size", SEG_PARAM_FLOAT, AT(part), "0.5", 0, 1, NULL, "",
     "sides of the window, as a share of the picture's", ""},
    IMPORTANCE_ROWS,
    SEG_AUGMENT_P(keep_options, "1"),
};
SEG_AUGMENT_TABLE(cutmix_table, cutmix_rows, keep_options);

/* ---- importance ---- */

/** Sums over all pixels above and to the left, a row and a column of 0 before them. */
typedef struct importance {
    uint64_t *sums;
    int32_t width, height;
} importance;

#define UNIT 65535 /* of full scale, in sums, which are then exact in any order */

/* Grey, as the mean of the colours. */
static void take_grey(int32_t *grey, const float *row, int32_t width, int32_t channels,
                      int32_t colours) {
    for (int32_t x = 0; x < width; x++) {
        float sum = 0;
        for (int32_t c = 0; c < colours; c++)
            sum += row[(size_t)x * (size_t)channels + (size_t)c];
        const float level = sum / (float)colours;
        grey[x] = (int32_t)((level > 0 ? level < 1 ? level : 1 : 0) * UNIT + 0.5f);
    }
}

static void mean_colour(double mean[4], float *row, const seg_image *picture) {
    memset(mean, 0, 4 * sizeof *mean);
    for (int32_t y = 0; y < picture->height; y++) {
        seg_row_levels(row, picture, y);
        for (int32_t i = 0; i < picture->width * picture->channels; i++)
            mean[i % picture->channels] += (double)row[i];
    }
    for (int c = 0; c < 4; c++)
        mean[c] /= (double)picture->width * picture->height;
}

/* Importance of a row, from its levels and its grey and that of the row before. */
static void weigh_row(uint32_t *weights, const seg_image *picture, const float *row,
                      const int32_t *grey, const int32_t *above, const double *mean) {
    const int32_t channels = picture->channels, colours = seg_colour_channels(picture);
    for (int32_t x = 0; x < picture->width; x++) {
        if (!mean) {
            const int32_t dx = x ? grey[x] - grey[x - 1] : 0, dy = grey[x] - above[x];
            weights[x] = (uint32_t)((dx < 0 ? -dx : dx) + (dy < 0 ? -dy : dy));
            continue;
        }
        double far = 0;
        for (int32_t c = 0; c < colours; c++)
            far += fabs((double)row[x * channels + c] - mean[c]);
        weights[x] = far < 4 ? (uint32_t)(far * UNIT) : 4 * UNIT;
    }
}

static seg_status begin_sums(importance *made, seg_augment_step *step, const seg_image *picture) {
    const size_t columns = (size_t)picture->width + 1;
    made->width = picture->width;
    made->height = picture->height;
    made->sums = seg_scratch_take(step->scratch, columns * ((size_t)picture->height + 1),
                                  sizeof *made->sums, "importance");
    if (!made->sums) return SEG_ERROR_MEMORY;
    memset(made->sums, 0, columns * sizeof *made->sums);
    return SEG_OK;
}

/* Row y after those above it. */
static void add_row(const importance *made, int32_t y, const uint32_t *weights) {
    const size_t width = (size_t)made->width;
    uint64_t *sums = made->sums + ((size_t)y + 1) * (width + 1), along = 0;
    const uint64_t *above = sums - (width + 1);
    sums[0] = 0;
    for (size_t x = 0; x < width; x++) {
        along += weights[x];
        sums[x + 1] = above[x + 1] + along;
    }
}

/* By the pixels of the picture. */
static seg_status weigh_picture(const importance *made, seg_augment_step *step,
                                const seg_image *picture, int32_t kind, uint32_t *weights) {
    const size_t width = (size_t)picture->width;
    double mean[4];
    float *row = seg_scratch_take(step->scratch, width * picture->channels, sizeof *row, "levels");
    int32_t *grey = seg_scratch_take(step->scratch, 2 * width, sizeof *grey, "grey");
    if (!row || !grey) return SEG_ERROR_MEMORY;
    if (kind == SALIENCY) mean_colour(mean, row, picture);
    for (int32_t y = 0; y < picture->height; y++) {
        int32_t *now = grey + (size_t)(y % 2) * width, *above = grey + (size_t)(1 - y % 2) * width;
        seg_row_levels(row, picture, y);
        take_grey(now, row, picture->width, picture->channels, seg_colour_channels(picture));
        weigh_row(weights, picture, row, now, y ? above : now, kind == SALIENCY ? mean : NULL);
        add_row(made, y, weights);
    }
    return SEG_OK;
}

static seg_status measure(importance *made, seg_augment_step *step, const seg_sample *sample,
                          int32_t kind) {
    const seg_image *given = &sample->saliency;
    uint32_t *weights = seg_scratch_take(step->scratch, (size_t)sample->picture.width,
                                         sizeof *weights, "importance");
    if (!weights) return SEG_ERROR_MEMORY;
    SEG_TRY(begin_sums(made, step, &sample->picture));
    if (seg_image_empty(given)) return weigh_picture(made, step, &sample->picture, kind, weights);
    for (int32_t y = 0; y < given->height; y++) {
        const uint8_t *row = seg_image_row(given, y);
        for (int32_t x = 0; x < given->width; x++)
            weights[x] = row[x];
        add_row(made, y, weights);
    }
    return SEG_OK;
}

static uint64_t sum_of(const importance *of, int32_t x, int32_t y, int32_t end, int32_t bottom) {
    const size_t row = (size_t)of->width + 1;
    const uint64_t *top = of->sums + (size_t)y * row, *low = of->sums + (size_t)bottom * row;
    return low[end] - low[x] - top[end] + top[x];
}

/* ---- windows ---- */

/* A window of the sample whose part of the measured picture is of least or of most importance. */
static seg_status choose_window(seg_rect *best, seg_augment_step *step, const importance *of,
                                bool most) {
    const keep_options *o = step->options;
    const int32_t width = step->sample->picture.width, height = step->sample->picture.height;
    const int32_t w = (int32_t)rint(o->part * width), h = (int32_t)rint(o->part * height);
    const double across = (double)of->width / width, down = (double)of->height / height;
    double found = 0;
    for (int32_t i = 0; i < o->tries; i++) {
        const int32_t x = seg_draw_below(step, width - w + 1);
        const int32_t y = seg_draw_below(step, height - h + 1);
        const uint64_t sum = sum_of(of, (int32_t)(x * across), (int32_t)(y * down),
                                    (int32_t)((x + w) * across), (int32_t)((y + h) * down));
        if (i && !(most ? (double)sum > found : (double)sum < found)) continue;
        found = (double)sum;
        *best = (seg_rect){x, y, w, h};
    }
    SEG_TRY(seg_augment_decide(step, "x", best->x));
    return seg_augment_decide(step, "y", best->y);
}

static seg_status keep_cutout(seg_augment_step *step) {
    const keep_options *o = step->options;
    importance own;
    seg_rect window;
    seg_image hidden;
    SEG_TRY(measure(&own, step, step->sample, o->importance));
    SEG_TRY(choose_window(&window, step, &own, false));
    SEG_TRY(seg_hide_nothing(&hidden, step));
    seg_hide_rect(&hidden, window.x, window.y, (int64_t)window.x + window.width,
                  (int64_t)window.y + window.height);
    return seg_hide_fill(step, &hidden, o->value, o->fill == 1);
}

static seg_status keep_cutmix(seg_augment_step *step) {
    const keep_options *o = step->options;
    seg_sample *partner;
    importance other;
    seg_rect window;
    SEG_TRY(seg_mix_partner(step, 0, &partner));
    SEG_TRY(measure(&other, step, partner, o->importance));
    SEG_TRY(choose_window(&window, step, &other, true));
    return seg_mix_rect(step, partner, window);
}

#define KEEPING(name, text, words, kind, others, table_name)                                       \
    const seg_augmentation seg_augmentation_##name = {                                             \
        .id = text,                                                                                \
        .title = words,                                                                            \
        .family = kind,                                                                            \
        .reference = "C. Gong et al., \"KeepAugment: a simple information-preserving data "        \
                     "augmentation approach\", CVPR",                                              \
        .year = 2021,                                                                              \
        SEG_AUGMENT_ANY,                                                                           \
        .partners = others,                                                                        \
        .params = &table_name,                                                                     \
        .mix = name}

KEEPING(keep_cutout, "keep-cutout", "a rectangle without what matters", "erase", 0, cutout_table);
KEEPING(keep_cutmix, "keep-cutmix", "the rectangle of another picture that matters most", "mix", 1,
        cutmix_table);
