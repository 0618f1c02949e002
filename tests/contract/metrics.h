/*
 * What the contract tests of metrics share: pairs of every kind that a metric takes, in any kind
 * of memory, tallies of them, and all that they give in one number.
 */
#ifndef SEG_TESTS_CONTRACT_METRICS_H
#define SEG_TESTS_CONTRACT_METRICS_H

#include "contract/harness.h"

#include <math.h>

#define METRIC_TRUTHS 3
#define METRIC_LEVELS 2
#define METRIC_INSTANCES 4

/* Of the pictures, where a test does not try all sizes. */
#define METRIC_WIDTH 47
#define METRIC_HEIGHT 29

static inline int metric_count(void) {
    int32_t count;
    seg_metrics(&count);
    return count;
}

static inline const seg_metric *metric_number(int index) {
    return seg_metrics(NULL)[index];
}

/* ---- kinds of pairs ---- */

/* What a pair is made of; a prediction format of 0 = instances. */
typedef struct metric_kind {
    seg_format prediction, truth;
    int prediction_channels, truth_channels;
    int levels; /* further ones of the prediction */
} metric_kind;

/* Several channels make sense for bytes (colours, labels in three bytes) and for flow. */
static inline bool metric_sensible(seg_format format, int channels) {
    return channels == 1 || format == SEG_U8 || format == SEG_F32;
}

/* Kind number `n` that the metric takes; false after the last. Pictures come with further levels in
 * turn where a metric takes them. */
static inline bool metric_kind_of(metric_kind *kind, const seg_metric *metric, int n) {
    if (metric->needs & SEG_METRIC_INSTANCES && n-- == 0) {
        memset(kind, 0, sizeof *kind);
        return true;
    }
    const bool layered = metric->needs & SEG_METRIC_LEVELS;
    const int levels = layered && n % 2 ? METRIC_LEVELS : 0;
    if (layered) n /= 2;
    for (int p = 0; p < 4; p++)
        for (int pc = 1; pc <= 4; pc++)
            for (int t = 0; t < 4; t++)
                for (int tc = 1; tc <= 4; tc++) {
                    const metric_kind k = {contract_formats[p], contract_formats[t], pc, tc,
                                           levels};
                    if (!(metric->prediction_formats & SEG_FORMAT_BIT(k.prediction)) ||
                        !(metric->prediction_channels & 1u << pc) ||
                        !(metric->truth_formats & SEG_FORMAT_BIT(k.truth)) ||
                        !(metric->truth_channels & 1u << tc) ||
                        !metric_sensible(k.prediction, pc) || !metric_sensible(k.truth, tc) ||
                        n-- > 0)
                        continue;
                    *kind = k;
                    return true;
                }
    return false;
}

/* ---- pixels ---- */

/* Flow in steps of 1/8 pixel, a few of them unknown. */
static inline void metric_paint_flow(const seg_image *image, int t, bool truth) {
    for (int32_t y = 0; y < image->height; y++) {
        float *row = seg_image_row(image, y);
        for (int32_t x = 0; x < image->width; x++) {
            for (int c = 0; c < image->channels; c++)
                row[image->channels * x + c] =
                    (float)(scene_value(x, y, c, t, image->width, image->height) - 100) / 8.0f;
            if (truth && (3 * x + y + t) % 17 == 0) row[image->channels * x] = 1e10f;
        }
    }
}

/* Masks of 0 and full scale in any format, in all channels. */
static inline void metric_paint_mask(const seg_image *image, int t) {
    seg_image mask = {0};
    ck_assert_int_eq(seg_image_alloc(&mask, image->width, image->height, SEG_U8, 1, NULL), SEG_OK);
    scene_paint_mask(&mask, t);
    for (int32_t y = 0; y < image->height; y++)
        for (int32_t i = 0; i < image->width * image->channels; i++)
            scene_put(seg_image_row(image, y), image->format, (size_t)i,
                      ((uint8_t *)seg_image_row(&mask, y))[i / image->channels]);
    seg_image_unref(&mask);
}

/* Labels 0 .. 12 in an integer format, in the first channel. */
static inline void metric_paint_labels(const seg_image *image, int t) {
    seg_image labels = {0};
    ck_assert_int_eq(seg_image_alloc(&labels, image->width, image->height, SEG_LABEL32, 1, NULL),
                     SEG_OK);
    scene_paint_labels(&labels, t);
    for (int32_t y = 0; y < image->height; y++) {
        void *row = seg_image_row(image, y);
        memset(row, 0,
               contract_row_bytes(image->width, (seg_format)image->format, image->channels));
        for (int32_t x = 0; x < image->width; x++) {
            const int32_t label = ((int32_t *)seg_image_row(&labels, y))[x];
            if (image->format == SEG_U16)
                ((uint16_t *)row)[x * image->channels] = (uint16_t)label;
            else
                scene_put(row, image->format, (size_t)x * image->channels, label);
        }
    }
    seg_image_unref(&labels);
}

/* What suits the format: flow, labels where the metric takes labels, masks of 8 bits, else soft. */
static inline void metric_paint(const seg_image *image, uint32_t formats, int t, bool truth) {
    const bool labels = formats & SEG_FORMAT_BIT(SEG_LABEL32);
    if (image->format == SEG_F32 && image->channels > 1)
        metric_paint_flow(image, t, truth);
    else if (image->format == SEG_LABEL32 ||
             (labels && (image->format == SEG_U16 || image->channels == 3)))
        metric_paint_labels(image, t);
    else if (truth || formats == SEG_FORMAT_BIT(SEG_U8))
        metric_paint_mask(image, t);
    else if (labels && image->format == SEG_U8)
        metric_paint_labels(image, t);
    else
        scene_paint(image, t);
}

/* ---- pairs ---- */

typedef struct metric_pair {
    seg_pair pair;
    contract_image prediction, truths[METRIC_TRUTHS], levels[METRIC_LEVELS], ignore, picture;
    seg_image truth_headers[METRIC_TRUTHS], level_headers[METRIC_LEVELS];
    seg_instance predicted[METRIC_INSTANCES], expected[METRIC_INSTANCES];
    seg_rle masks[2 * METRIC_INSTANCES];
} metric_pair;

/* Boxes that do not touch each other, as far as the picture has room. */
static inline int32_t metric_boxes(seg_instance *items, seg_rle *masks, int32_t width,
                                   int32_t height, int t, bool truth) {
    int32_t count = 0;
    for (int i = 0; i < METRIC_INSTANCES; i++) {
        const int32_t step = width / METRIC_INSTANCES, left = i * step;
        const int32_t shift = truth ? 0 : (i + t) % 2, side = step - 2 < height ? step - 2 : height;
        if (side < 1 || shift + side > height) continue;
        seg_instance *item = &items[count];
        *item =
            (seg_instance){.id = i + 1, .category = 1 + i % 2, .score = truth ? 1 : 0.9 - 0.2 * i};
        item->box = (seg_box){left + shift, shift, side, side};
        ck_assert_int_eq(seg_rle_from_box(&masks[count], &item->box, width, height, NULL), SEG_OK);
        item->mask = &masks[count++];
    }
    return count;
}

static inline void metric_pair_make(metric_pair *p, const seg_metric *metric,
                                    const metric_kind *kind, contract_memory memory, int32_t width,
                                    int32_t height, int t, bool ignoring) {
    memset(p, 0, sizeof *p);
    seg_pair *pair = &p->pair;
    pair->width = width;
    pair->height = height;
    if (kind->prediction == 0) {
        pair->predicted = p->predicted;
        pair->expected = p->expected;
        pair->predicted_count = metric_boxes(p->predicted, p->masks, width, height, t, false);
        pair->expected_count =
            metric_boxes(p->expected, p->masks + METRIC_INSTANCES, width, height, t, true);
        return;
    }
    contract_image_make(&p->prediction, memory, width, height, kind->prediction,
                        kind->prediction_channels);
    metric_paint(&p->prediction.image, metric->prediction_formats, t, false);
    pair->prediction = &p->prediction.image;
    pair->truth_count = metric->needs & SEG_METRIC_ANNOTATORS ? 1 + t % METRIC_TRUTHS : 1;
    for (int i = 0; i < pair->truth_count; i++) {
        contract_image_make(&p->truths[i], memory, width, height, kind->truth,
                            kind->truth_channels);
        metric_paint(&p->truths[i].image, metric->truth_formats, t + 1 + i, true);
        p->truth_headers[i] = p->truths[i].image;
    }
    pair->truths = p->truth_headers;
    for (int i = 0; i < kind->levels; i++) {
        contract_image_make(&p->levels[i], memory, width, height, kind->prediction,
                            kind->prediction_channels);
        metric_paint(&p->levels[i].image, metric->prediction_formats, t + 4 * i + 4, false);
        p->level_headers[i] = p->levels[i].image;
    }
    pair->levels = kind->levels ? p->level_headers : NULL;
    pair->level_count = kind->levels;
    contract_image_make(&p->ignore, memory, width, height, SEG_U8, 1);
    contract_image_make(&p->picture, memory, width, height, SEG_U8, 3);
    contract_paint_masks(&p->ignore.image, &p->ignore.image, t);
    scene_paint(&p->picture.image, t);
    if (ignoring) pair->ignore = &p->ignore.image;
    if (metric->needs & SEG_METRIC_PICTURE) pair->picture = &p->picture.image;
}

static inline void metric_pair_free(metric_pair *p) {
    contract_image *const images[] = {&p->prediction, &p->truths[0], &p->truths[1], &p->truths[2],
                                      &p->levels[0],  &p->levels[1], &p->ignore,    &p->picture};
    for (int i = 0; i < 8; i++) {
        ck_assert(contract_image_intact(images[i]));
        contract_image_free(images[i]);
    }
    for (int i = 0; i < 2 * METRIC_INSTANCES; i++)
        seg_rle_free(&p->masks[i], NULL);
}

/* ---- tallies ---- */

static inline seg_tally *metric_tally(const seg_metric *metric, const void *options,
                                      const seg_env *env) {
    seg_tally *tally = NULL;
    const seg_status status = seg_tally_create(&tally, metric, options, env);
    ck_assert_msg(status == SEG_OK, "%s: %s", metric->id, seg_error_detail());
    return tally;
}

/* A number with one pattern for all NaN. */
static inline uint64_t metric_digest_number(uint64_t hash, double value) {
    const double number = isnan(value) ? 0.125e-300 : value;
    return scene_fnv(hash, &number, sizeof number);
}

/* All values and tables; `env` as the tally's. */
static inline uint64_t metric_digest(const seg_metric *metric, const seg_tally *tally,
                                     const seg_env *env) {
    uint64_t hash = SCENE_HASH_START;
    double values[256];
    ck_assert_int_le(metric->measure_count, 256);
    ck_assert_int_eq(seg_tally_values(tally, values), SEG_OK);
    for (int32_t i = 0; i < metric->measure_count; i++)
        hash = metric_digest_number(hash, values[i]);
    for (int32_t i = 0; i < metric->table_count; i++) {
        seg_table table = {0};
        ck_assert_msg(seg_tally_table(tally, i, &table) == SEG_OK, "%s: %s", metric->id,
                      seg_error_detail());
        hash = scene_fnv(hash, &table.rows, sizeof table.rows);
        for (int64_t k = 0; k < (int64_t)table.rows * table.columns; k++)
            hash = metric_digest_number(hash, table.cells[k]);
        seg_table_free(&table, env);
    }
    return hash;
}

/* Tallies of pairs first .. end-1 of a stream. Pairs that the metric refuses under these options
 * are left out, and counted in *refused. */
typedef struct metric_run {
    const seg_metric *metric;
    metric_kind kind;
    const void *options;
    const seg_env *env;
    contract_memory memory;
    int32_t width, height;
    bool ignoring;
} metric_run;

static inline metric_run metric_run_of(const seg_metric *metric, const metric_kind *kind) {
    return (metric_run){
        .metric = metric, .kind = *kind, .width = METRIC_WIDTH, .height = METRIC_HEIGHT};
}

static inline void metric_add_range(seg_tally *tally, const metric_run *run, int first, int end,
                                    int *refused) {
    for (int t = first; t < end; t++) {
        metric_pair p;
        metric_pair_make(&p, run->metric, &run->kind, run->memory, run->width, run->height, t,
                         run->ignoring);
        const int64_t pairs = seg_tally_pairs(tally);
        const seg_status status = seg_tally_add(tally, &p.pair);
        if (status < 0) {
            ck_assert_int_eq(seg_tally_pairs(tally), pairs);
            ck_assert_str_ne(seg_error_detail(), "");
            ++*refused;
        } else {
            ck_assert_int_eq(seg_tally_pairs(tally), pairs + 1);
        }
        metric_pair_free(&p);
    }
}

static inline seg_tally *metric_range(const metric_run *run, int first, int end, int *refused) {
    seg_tally *tally = metric_tally(run->metric, run->options, run->env);
    metric_add_range(tally, run, first, end, refused);
    return tally;
}

/* The digest of a stream of `frames` pairs, with how many were refused. */
static inline uint64_t metric_stream(const metric_run *run, int frames) {
    int refused = 0;
    seg_tally *tally = metric_range(run, 0, frames, &refused);
    const uint64_t hash = metric_digest(run->metric, tally, run->env);
    seg_tally_free(tally);
    return scene_fnv(hash, &refused, sizeof refused);
}

/* Options number `variant`, as contract_variant_of; a metric without parameters has one. */
static inline bool metric_variant(contract_options *o, const void **options,
                                  const seg_metric *metric, int variant) {
    snprintf(o->what, sizeof o->what, "defaults");
    *options = NULL;
    if (!metric->params) return variant == 0;
    *options = o->bytes;
    return contract_variant_of(o, metric->params, metric->id, variant);
}

#endif
