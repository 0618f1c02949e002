/*
 * Mixing: the sample takes in others. Where pictures lie side by side (cutmix, mosaic) or on top of
 * each other (copy-paste), each pixel has one owner and all labels follow; where they are blended
 * (mixup), pixels have two, so that label pictures are refused. Soft classes follow the area.
 */
#include "augment/regions.h"
#include "augmentations.h"
#include "core/math.h"

#include <math.h>
#include <string.h>

/* ---- what mixing shares ---- */

/* The geometry that brings a sample to width x height. */
static seg_augment_geometry stretched(const seg_sample *sample, int32_t width, int32_t height) {
    seg_augment_geometry g = {.width = width,
                              .height = height,
                              .forward = seg_transform_identity(),
                              .filter = SEG_WARP_AREA,
                              .border = SEG_BORDER_REPLICATE};
    g.forward.m[0] = (double)width / sample->picture.width;
    g.forward.m[4] = (double)height / sample->picture.height;
    g.whole = width == sample->picture.width && height == sample->picture.height;
    return g;
}

static seg_augment_geometry unmoved(const seg_sample *sample) {
    return stretched(sample, sample->picture.width, sample->picture.height);
}

static seg_rect whole_of(const seg_image *picture) {
    return (seg_rect){0, 0, picture->width, picture->height};
}

/* An id above all of the sample's. */
static int32_t next_id(const seg_sample *sample) {
    int32_t most = 0;
    for (int32_t i = 0; i < sample->object_count; i++)
        if (sample->objects[i].id > most) most = sample->objects[i].id;
    return most < INT32_MAX - 1000000 ? most + 1 : 1;
}

/* What the sample and its partner must have in common. */
static seg_status check_kinds(const seg_augment_step *step, const seg_sample *partner) {
    const uint32_t left = seg_sample_kinds(partner) & ~step->augmentation->labels;
    if (left)
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "%s cannot carry %s labels, which its partner \"%.80s\" has",
                        step->augmentation->id, seg_label_kind_name(left & (0 - left)),
                        partner->name ? partner->name : "");
    if (partner->class_count != step->sample->class_count)
        return seg_fail(SEG_ERROR_SHAPE, "%s: partner \"%.80s\" has %ld classes, the sample %ld",
                        step->augmentation->id, partner->name ? partner->name : "",
                        (long)partner->class_count, (long)step->sample->class_count);
    if (seg_image_empty(&partner->semantic) != seg_image_empty(&step->sample->semantic) ||
        seg_image_empty(&partner->instances) != seg_image_empty(&step->sample->instances) ||
        seg_image_empty(&partner->saliency) != seg_image_empty(&step->sample->saliency) ||
        (!seg_image_empty(&partner->semantic) &&
         partner->semantic.format != step->sample->semantic.format))
        return seg_fail(SEG_ERROR_SHAPE,
                        "%s: the sample and its partner \"%.80s\" do not have the same pictures "
                        "of labels and saliency",
                        step->augmentation->id, partner->name ? partner->name : "");
    return SEG_OK;
}

seg_status seg_mix_partner(seg_augment_step *step, int32_t which, seg_sample **partner) {
    SEG_TRY(seg_augment_partner(step, which, partner));
    return check_kinds(step, *partner);
}

/* classes = (1 - share) of them + share of the partner's. */
static void blend_classes(seg_sample *sample, const seg_sample *partner, double share) {
    for (int32_t i = 0; i < sample->class_count; i++)
        sample->classes[i] =
            (float)((1 - share) * (double)sample->classes[i] + share * (double)partner->classes[i]);
}

/* picture = (1 - share) of it + share of `other`. */
static void blend_row(void *row, const void *other, int32_t format, size_t count, double share) {
    const int32_t part = (int32_t)(share * 32768 + 0.5), rest = 32768 - part;
    for (size_t i = 0; i < count; i++)
        if (format == SEG_U8) {
            uint8_t *p = row;
            p[i] = (uint8_t)((p[i] * rest + ((const uint8_t *)other)[i] * part + 16384) >> 15);
        } else if (format == SEG_U16) {
            uint16_t *p = row;
            p[i] = (uint16_t)(((uint32_t)p[i] * (uint32_t)rest +
                               (uint32_t)((const uint16_t *)other)[i] * (uint32_t)part + 16384u) >>
                              15);
        } else {
            float *p = row;
            const float a = p[i], b = ((const float *)other)[i];
            const float first = a - a == 0 ? a : 0, second = b - b == 0 ? b : 0;
            p[i] = first + (second - first) * (float)share;
        }
}

static void blend_pictures(const seg_image *picture, const seg_image *other, double share) {
    const size_t count = (size_t)picture->width * picture->channels;
    for (int32_t y = 0; y < picture->height; y++)
        blend_row(seg_image_row(picture, y), seg_image_row(other, y), picture->format, count,
                  share);
}

/* A number of Beta(alpha, alpha) by M. Johnk's rejection for alpha <= 1, else from two sums of
 * Gamma by G. Marsaglia and W. Tsang, "A simple method for generating gamma variables", 2000. */
static double draw_gamma(seg_augment_step *step, double alpha) {
    const double a = alpha < 1 ? alpha + 1 : alpha, d = a - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        const double x = seg_draw_normal(step), v = (1 + c * x) * (1 + c * x) * (1 + c * x);
        const double u = 1 - seg_draw_unit(step);
        if (!(v > 0) || !(seg_log_e(u) < 0.5 * x * x + d - d * v + d * seg_log_e(v))) continue;
        if (alpha >= 1) return d * v;
        return d * v * seg_pow(1 - seg_draw_unit(step), 1 / alpha);
    }
}

static double draw_beta(seg_augment_step *step, double alpha) {
    const double a = draw_gamma(step, alpha), b = draw_gamma(step, alpha);
    return a + b > 0 ? a / (a + b) : 0.5;
}

typedef struct mix_options {
    size_t size;
    double p, alpha, share, centre, part;
    int32_t width, height;
    bool flip;
} mix_options;

#define AT(name) offsetof(mix_options, name)
#define ALPHA_ROW                                                                                  \
    {                                                                                              \
        "alpha", SEG_PARAM_FLOAT, AT(alpha), "1", 0.01, 100, NULL, "",                             \
            "the sample's share is drawn from Beta(alpha, alpha)", "alpha"                         \
    }

/* ---- mixup ---- */

static const seg_param mixup_rows[] = {ALPHA_ROW, SEG_AUGMENT_P(mix_options, "1")};
SEG_AUGMENT_TABLE(mixup_table, mixup_rows, mix_options);

/* The sample's labels, and those of the partner as a whole, in a new sample; its picture is that of
 * the partner, brought to the same size. */
static seg_status mixup(seg_augment_step *step) {
    const mix_options *o = step->options;
    const seg_sample *sample = step->sample;
    seg_sample *partner, *to;
    SEG_TRY(seg_mix_partner(step, 0, &partner));
    const double share = draw_beta(step, o->alpha); /* of the partner */
    SEG_TRY(seg_augment_decide(step, "share", share));
    to = seg_augment_other(step);
    SEG_TRY(seg_augment_pictures(step, to, sample->picture.width, sample->picture.height));
    SEG_TRY(seg_augment_copy_classes(to, sample));
    for (int32_t i = 0; i < sample->object_count; i++)
        SEG_TRY(seg_sample_append_object(to, sample, i));
    const seg_augment_geometry g =
        stretched(partner, sample->picture.width, sample->picture.height);
    SEG_TRY(
        seg_augment_add(step, to, partner, &g, whole_of(&sample->picture), NULL, next_id(sample)));
    blend_pictures(&to->picture, &sample->picture, 1 - share);
    if (!seg_image_empty(&to->saliency))
        blend_pictures(&to->saliency, &sample->saliency, 1 - share);
    blend_classes(to, partner, share);
    seg_augment_swap(step);
    return SEG_OK;
}

/* ---- sample pairing ---- */

/* The mean with a partner that was cut and mirrored at random; the sample's labels stay, as in the
 * paper: the partner only disturbs. */
static seg_status sample_pairing(seg_augment_step *step) {
    const seg_image sample = step->sample->picture;
    seg_sample *partner;
    seg_image target;
    SEG_TRY(seg_augment_partner(step, 0, &partner));
    const double part = seg_draw_between(step, 0.5, 1);
    const double width = part * partner->picture.width, height = part * partner->picture.height;
    const double x = seg_draw_between(step, 0, partner->picture.width - width);
    const double y = seg_draw_between(step, 0, partner->picture.height - height);
    const bool flip = seg_draw_chance(step, 0.5);
    SEG_TRY(seg_augment_decide(step, "part", part));
    SEG_TRY(seg_augment_decide(step, "flip", flip));
    seg_warp warp = seg_warp_identity();
    warp.border = SEG_BORDER_REPLICATE;
    warp.matrix[0] = (flip ? -width : width) / sample.width;
    warp.matrix[2] = flip ? x + width : x;
    warp.matrix[4] = height / sample.height;
    warp.matrix[5] = y;
    SEG_TRY(
        seg_augment_picture(&target, step, SEG_ROOM_PICTURE, sample.width, sample.height, &sample));
    SEG_TRY(seg_warp_apply(&target, &partner->picture, &warp, step->env));
    blend_pictures(&target, &sample, 0.5);
    step->sample->picture = target;
    return SEG_OK;
}

/* ---- one on top of the other ---- */

/* What `hidden` covers is taken from the sample, and its labels with it; `to` becomes a copy of
 * what is left, with pictures that may be written. */
static seg_status make_room(seg_augment_step *step, const seg_image *hidden, seg_sample **to) {
    SEG_TRY(seg_augment_hide(step, hidden, true));
    const seg_sample *sample = step->sample;
    const seg_augment_geometry g = unmoved(sample);
    *to = seg_augment_other(step);
    SEG_TRY(seg_augment_pictures(step, *to, sample->picture.width, sample->picture.height));
    SEG_TRY(seg_augment_copy_classes(*to, sample));
    for (int32_t i = 0; i < sample->object_count; i++)
        SEG_TRY(seg_sample_append_object(*to, sample, i));
    /* pixels alone: the objects are there */
    seg_sample pixels = *sample;
    pixels.object_count = 0;
    pixels.class_count = 0;
    return seg_augment_add(step, *to, &pixels, &g, whole_of(&sample->picture), NULL, 0);
}

static seg_status hide_rect(seg_image *hidden, seg_augment_step *step, seg_rect rect) {
    const seg_image *picture = &step->sample->picture;
    SEG_TRY(seg_step_picture(hidden, step, picture->width, picture->height, SEG_U8, 1));
    for (int32_t y = 0; y < hidden->height; y++) {
        uint8_t *row = seg_image_row(hidden, y);
        memset(row, 0, (size_t)hidden->width);
        if (y >= rect.y && y < rect.y + rect.height) memset(row + rect.x, 255, (size_t)rect.width);
    }
    return SEG_OK;
}

seg_status seg_mix_rect(seg_augment_step *step, const seg_sample *partner, seg_rect rect) {
    seg_image hidden;
    seg_sample *to;
    const int32_t width = step->sample->picture.width, height = step->sample->picture.height;
    const double share = (double)rect.width * rect.height / ((double)width * height);
    if (rect.width < 1 || rect.height < 1) return SEG_OK;
    const int32_t id = next_id(step->sample);
    SEG_TRY(hide_rect(&hidden, step, rect));
    SEG_TRY(make_room(step, &hidden, &to));
    const seg_augment_geometry g = stretched(partner, width, height);
    SEG_TRY(seg_augment_add(step, to, partner, &g, rect, NULL, id));
    blend_classes(to, partner, share);
    seg_augment_swap(step);
    return SEG_OK;
}

static const seg_param cutmix_rows[] = {ALPHA_ROW, SEG_AUGMENT_P(mix_options, "1")};
SEG_AUGMENT_TABLE(cutmix_table, cutmix_rows, mix_options);

static seg_status cutmix(seg_augment_step *step) {
    const mix_options *o = step->options;
    const int32_t width = step->sample->picture.width, height = step->sample->picture.height;
    seg_sample *partner;
    SEG_TRY(seg_mix_partner(step, 0, &partner));
    const double side = sqrt(1 - draw_beta(step, o->alpha));
    const int32_t x = seg_draw_below(step, width), y = seg_draw_below(step, height);
    const int32_t w = (int32_t)rint(side * width), h = (int32_t)rint(side * height);
    const int32_t left = x - w / 2 > 0 ? x - w / 2 : 0, top = y - h / 2 > 0 ? y - h / 2 : 0;
    const int32_t right = x - w / 2 + w < width ? x - w / 2 + w : width;
    const int32_t bottom = y - h / 2 + h < height ? y - h / 2 + h : height;
    SEG_TRY(seg_augment_decide(step, "x", left));
    SEG_TRY(seg_augment_decide(step, "y", top));
    SEG_TRY(seg_augment_decide(step, "width", right - left));
    SEG_TRY(seg_augment_decide(step, "height", bottom - top));
    return seg_mix_rect(step, partner, (seg_rect){left, top, right - left, bottom - top});
}

/* ---- mosaic ---- */

static const seg_param mosaic_rows[] = {
    {"width", SEG_PARAM_INT, AT(width), "0", 0, 1000000, NULL, "px",
     "of the new picture; 0 = the sample's", ""},
    {"height", SEG_PARAM_INT, AT(height), "0", 0, 1000000, NULL, "px",
     "of the new picture; 0 = the sample's", ""},
    {"centre", SEG_PARAM_FLOAT, AT(centre), "0.3", 0, 0.5, NULL, "",
     "where the four meet is uniform in centre .. 1 - centre of both sides", ""},
    SEG_AUGMENT_P(mix_options, "1"),
};
SEG_AUGMENT_TABLE(mosaic_table, mosaic_rows, mix_options);

/* Each tile is filled by its picture, as large as must be or up to half larger, cut anywhere. */
static seg_augment_geometry draw_tile(seg_augment_step *step, const seg_sample *from,
                                      seg_rect tile) {
    const double a = (double)tile.width / from->picture.width;
    const double b = (double)tile.height / from->picture.height;
    const double factor = (a > b ? a : b) * seg_draw_between(step, 1, 1.5);
    const double x = tile.x - seg_draw_unit(step) * (factor * from->picture.width - tile.width);
    const double y = tile.y - seg_draw_unit(step) * (factor * from->picture.height - tile.height);
    seg_augment_geometry g = {.width = tile.width,
                              .height = tile.height,
                              .filter = SEG_WARP_AREA,
                              .border = SEG_BORDER_REPLICATE};
    g.forward = (seg_transform){{factor, 0, x, 0, factor, y, 0, 0, 1}};
    return g;
}

static seg_status mosaic(seg_augment_step *step) {
    const mix_options *o = step->options;
    const seg_sample *from[4] = {step->sample};
    const int32_t width = o->width ? o->width : step->sample->picture.width;
    const int32_t height = o->height ? o->height : step->sample->picture.height;
    for (int32_t i = 1; i < 4; i++) {
        seg_sample *partner;
        SEG_TRY(seg_mix_partner(step, i - 1, &partner));
        from[i] = partner;
    }
    int32_t x = (int32_t)rint(seg_draw_between(step, o->centre, 1 - o->centre) * width);
    int32_t y = (int32_t)rint(seg_draw_between(step, o->centre, 1 - o->centre) * height);
    SEG_TRY(seg_augment_decide(step, "x", x));
    SEG_TRY(seg_augment_decide(step, "y", y));
    seg_sample *to = seg_augment_other(step);
    SEG_TRY(seg_augment_pictures(step, to, width, height));
    SEG_TRY(seg_sample_set_class(to, -1, step->sample->class_count));
    int32_t id = 1;
    for (int32_t i = 0; i < 4; i++) {
        const seg_rect tile = {i % 2 ? x : 0, i / 2 ? y : 0, i % 2 ? width - x : x,
                               i / 2 ? height - y : y};
        const double share = (double)tile.width * tile.height / ((double)width * height);
        if (tile.width < 1 || tile.height < 1) continue;
        const seg_augment_geometry g = draw_tile(step, from[i], tile);
        SEG_TRY(seg_augment_add(step, to, from[i], &g, tile, NULL, id));
        id += from[i]->object_count;
        for (int32_t c = 0; c < to->class_count; c++)
            to->classes[c] += (float)(share * (double)from[i]->classes[c]);
    }
    seg_augment_swap(step);
    return SEG_OK;
}

/* ---- copy-paste ---- */

static const seg_param paste_rows[] = {
    {"share", SEG_PARAM_FLOAT, AT(share), "0.5", 0, 1, NULL, "",
     "probability that an object of the partner is pasted", ""},
    SEG_AUGMENT_P(mix_options, "1"),
};
SEG_AUGMENT_TABLE(paste_table, paste_rows, mix_options);

/* Where the pixels of the chosen objects go: their masks where they have them, else their polygons'
 * or boxes' boxes. */
static seg_status chosen_region(seg_augment_step *step, seg_image *region,
                                const seg_sample *partner, const bool *taken,
                                const seg_augment_geometry *g) {
    seg_image mask, one;
    const int32_t width = partner->picture.width, height = partner->picture.height;
    SEG_TRY(seg_step_picture(&mask, step, width, height, SEG_U8, 1));
    SEG_TRY(seg_step_picture(&one, step, width, height, SEG_U8, 1));
    SEG_TRY(seg_step_picture(region, step, g->width, g->height, SEG_U8, 1));
    for (int32_t y = 0; y < height; y++)
        memset(seg_image_row(&mask, y), 0, (size_t)width);
    for (int32_t i = 0; i < partner->object_count; i++) {
        const seg_object_label *object = &partner->objects[i];
        if (!taken[i]) continue;
        if (object->kinds & SEG_LABEL_RLE)
            seg_runs_draw(&one, partner->runs + object->first_run, object->run_count);
        for (int32_t y = 0; y < height; y++) {
            uint8_t *row = seg_image_row(&mask, y);
            const bool in_box = !(object->kinds & (SEG_LABEL_RLE | SEG_LABEL_INSTANCES)) &&
                                y + 0.5 >= object->box.y &&
                                y + 0.5 < object->box.y + object->box.height;
            for (int32_t x = 0; x < width; x++) {
                if (object->kinds & SEG_LABEL_RLE)
                    row[x] |= ((const uint8_t *)seg_image_row(&one, y))[x];
                else if (object->kinds & SEG_LABEL_INSTANCES)
                    row[x] |=
                        ((const int32_t *)seg_image_row(&partner->instances, y))[x] == object->id
                            ? 255
                            : 0;
                else if (in_box && x + 0.5 >= object->box.x &&
                         x + 0.5 < object->box.x + object->box.width)
                    row[x] = 255;
            }
        }
    }
    seg_transform inverse;
    seg_warp warp = seg_warp_identity();
    SEG_TRY(seg_transform_invert(&inverse, &g->forward));
    memcpy(warp.matrix, inverse.m, sizeof warp.matrix);
    warp.filter = SEG_WARP_NEAREST;
    return seg_warp_apply(region, &mask, &warp, step->env);
}

/* Where the region is not, the old pixels come back. */
static void keep_outside(const seg_image *now, const seg_image *before, const seg_image *region) {
    const size_t pixel = seg_format_size((seg_format)now->format) * now->channels;
    for (int32_t y = 0; y < now->height; y++) {
        const uint8_t *in = seg_image_row(region, y);
        uint8_t *to = seg_image_row(now, y);
        const uint8_t *from = seg_image_row(before, y);
        for (int32_t x = 0, end; x < now->width; x = end) {
            for (end = x + 1; end < now->width && !in[end] == !in[x]; end++) {
            }
            if (!in[x])
                memcpy(to + (size_t)x * pixel, from + (size_t)x * pixel, (size_t)(end - x) * pixel);
        }
    }
}

static seg_status copy_paste(seg_augment_step *step) {
    const mix_options *o = step->options;
    seg_sample *partner;
    SEG_TRY(seg_mix_partner(step, 0, &partner));
    bool *taken = seg_scratch_take(step->scratch, (size_t)partner->object_count + 1, sizeof *taken,
                                   "objects");
    if (!taken) return SEG_ERROR_MEMORY;
    for (int32_t i = 0; i < partner->object_count; i++)
        taken[i] = seg_draw_chance(step, o->share);
    const int32_t width = step->sample->picture.width, height = step->sample->picture.height;
    seg_augment_geometry g = stretched(partner, width, height);
    if (seg_draw_chance(step, 0.5)) { /* mirrored */
        g.forward.m[2] = width;
        g.forward.m[0] = -g.forward.m[0];
    }
    seg_image region;
    seg_sample *to;
    const int32_t id = next_id(step->sample);
    SEG_TRY(chosen_region(step, &region, partner, taken, &g));
    SEG_TRY(seg_augment_hide(step, &region, true));
    const seg_sample *sample = step->sample;
    to = seg_augment_other(step);
    SEG_TRY(seg_augment_pictures(step, to, width, height));
    SEG_TRY(seg_augment_copy_classes(to, sample));
    for (int32_t i = 0; i < sample->object_count; i++)
        SEG_TRY(seg_sample_append_object(to, sample, i));
    SEG_TRY(seg_augment_add(step, to, partner, &g, whole_of(&to->picture), taken, id));
    keep_outside(&to->picture, &sample->picture, &region);
    if (!seg_image_empty(&to->semantic)) keep_outside(&to->semantic, &sample->semantic, &region);
    if (!seg_image_empty(&to->instances)) keep_outside(&to->instances, &sample->instances, &region);
    if (!seg_image_empty(&to->saliency)) keep_outside(&to->saliency, &sample->saliency, &region);
    seg_augment_swap(step);
    return SEG_OK;
}

#define MIXING(name, text, words, paper, when, table_name, kinds, others)                          \
    const seg_augmentation seg_augmentation_##name = {.id = text,                                  \
                                                      .title = words,                              \
                                                      .family = "mix",                             \
                                                      .reference = paper,                          \
                                                      .year = when,                                \
                                                      .formats = SEG_ANY_PICTURE,                  \
                                                      .channels = SEG_CHANNELS_ANY,                \
                                                      .labels = kinds,                             \
                                                      .partners = others,                          \
                                                      .params = &table_name,                       \
                                                      .mix = name}

MIXING(mixup, "mixup", "a blend of two pictures and their labels",
       "H. Zhang et al., \"mixup: beyond empirical risk minimization\", ICLR", 2018, mixup_table,
       SEG_LABEL_ALL & ~(uint32_t)(SEG_LABEL_SEMANTIC | SEG_LABEL_INSTANCES), 1);
MIXING(sample_pairing, "sample-pairing", "the mean with another picture, cut and mirrored",
       "H. Inoue, \"Data augmentation by pairing samples for images classification\", "
       "arXiv:1801.02929",
       2018, seg_augment_plain, SEG_LABEL_ALL, 1);
MIXING(cutmix, "cutmix", "a rectangle of another picture",
       "S. Yun et al., \"CutMix: regularization strategy to train strong classifiers with "
       "localizable features\", ICCV",
       2019, cutmix_table, SEG_LABEL_ALL, 1);
MIXING(mosaic, "mosaic", "four pictures that meet at a point",
       "A. Bochkovskiy et al., \"YOLOv4\", arXiv:2004.10934", 2020, mosaic_table, SEG_LABEL_ALL, 3);
MIXING(copy_paste, "copy-paste", "objects of another picture",
       "G. Ghiasi et al., \"Simple copy-paste is a strong data augmentation method for instance "
       "segmentation\", CVPR",
       2021, paste_table, SEG_LABEL_ALL, 1);
