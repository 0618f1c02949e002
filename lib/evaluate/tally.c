/*
 * Tallies: what is the same for all metrics, so that a metric's own functions only see pairs that
 * they can compare: pictures that are whole, of formats it takes and of one size.
 */
#include <segment/evaluate.h>

#include "core/check.h"
#include "core/memory.h"
#include "evaluate/contour_cuts.h"
#include "metrics.h"

#include <math.h>
#include <string.h>

struct seg_tally {
    const seg_metric *metric;
    seg_env env;   /* a copy; metrics may keep its address until free */
    void *options; /* a copy, or NULL where the metric has none */
    void *state;
    int64_t pairs;
};

static seg_status copy_options(seg_tally *tally, const void *options) {
    const seg_param_table *table = tally->metric->params;
    if (!table) return SEG_OK;
    /* zeroed: equal options are then equal byte by byte, padding too */
    tally->options =
        seg_allocate_zeroed(&tally->env, 1, table->options_size, "the options of a metric");
    if (!tally->options) return SEG_ERROR_MEMORY;
    seg_params_init(tally->options, table);
    if (!options) return SEG_OK;
    SEG_TRY(seg_params_check(options, table));
    return seg_params_copy(tally->options, options, table, &tally->env);
}

seg_status seg_tally_create(seg_tally **tally_out, const seg_metric *metric, const void *options,
                            const seg_env *env) {
    if (!tally_out) return seg_fail(SEG_ERROR_ARGUMENT, "tally is missing (NULL)");
    *tally_out = NULL;
    if (!metric) return seg_fail(SEG_ERROR_ARGUMENT, "metric is missing (NULL)");
    seg_tally *tally = seg_allocate_zeroed(env, 1, sizeof *tally, "a tally");
    if (!tally) return SEG_ERROR_MEMORY;
    tally->metric = metric;
    if (env) tally->env = *env;
    seg_status status = copy_options(tally, options);
    if (status >= 0) status = metric->create(&tally->state, tally->options, &tally->env);
    if (status < 0) {
        tally->state = NULL; /* a failed create leaves nothing */
        seg_tally_free(tally);
        return status;
    }
    *tally_out = tally;
    return SEG_OK;
}

seg_status seg_tally_create_like(seg_tally **tally, const seg_tally *like, const seg_env *env) {
    if (!like) return seg_fail(SEG_ERROR_ARGUMENT, "like is missing (NULL)");
    return seg_tally_create(tally, like->metric, like->options, env);
}

const seg_metric *seg_tally_metric(const seg_tally *tally) {
    return tally ? tally->metric : NULL;
}

void seg_tally_free(seg_tally *tally) {
    if (!tally) return;
    if (tally->state) tally->metric->free(tally->state);
    if (tally->options) seg_params_clear(tally->options, tally->metric->params, &tally->env);
    const seg_env env = tally->env;
    seg_release(&env, tally->options);
    seg_release(&env, tally);
}

/* ---- pairs ---- */

static seg_status check_size(const seg_image *picture, const char *name, int32_t width,
                             int32_t height) {
    if (picture->width == width && picture->height == height) return SEG_OK;
    return seg_fail(SEG_ERROR_SHAPE, "%s is %ld x %ld (it must be %ld x %ld, as the first truth)",
                    name, (long)picture->width, (long)picture->height, (long)width, (long)height);
}

static seg_status check_pictures(const seg_metric *metric, const seg_pair *pair) {
    if (pair->truth_count < 1 || !pair->truths)
        return seg_fail(SEG_ERROR_ARGUMENT, "the pair has no truth");
    if (pair->truth_count > 1 && !(metric->needs & SEG_METRIC_ANNOTATORS))
        return seg_fail(SEG_ERROR_ARGUMENT, "the pair has %ld truths (%s takes one)",
                        (long)pair->truth_count, metric->id);
    const int32_t width = pair->truths[0].width, height = pair->truths[0].height;
    for (int32_t i = 0; i < pair->truth_count; i++) {
        SEG_TRY(seg_check_image(&pair->truths[i], "the truth", metric->truth_formats,
                                metric->truth_channels));
        SEG_TRY(check_size(&pair->truths[i], "a further truth", width, height));
    }
    SEG_TRY(seg_check_image(pair->prediction, "the prediction", metric->prediction_formats,
                            metric->prediction_channels));
    if (!(metric->needs & SEG_METRIC_DOUBLE) ||
        !seg_contour_is_double(pair->prediction, width, height))
        SEG_TRY(check_size(pair->prediction, "the prediction", width, height));
    if (pair->level_count && !(metric->needs & SEG_METRIC_LEVELS))
        return seg_fail(SEG_ERROR_ARGUMENT, "the prediction has %ld further levels (%s takes none)",
                        (long)pair->level_count, metric->id);
    for (int32_t i = 0; i < pair->level_count; i++) {
        SEG_TRY(seg_check_image(&pair->levels[i], "a level", metric->prediction_formats,
                                metric->prediction_channels));
        SEG_TRY(check_size(&pair->levels[i], "a level", width, height));
    }
    SEG_TRY(seg_check_mask(pair->ignore, "the ignore mask", width, height));
    if (seg_image_empty(pair->picture)) return SEG_OK;
    SEG_TRY(seg_check_image(pair->picture, "the picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    return check_size(pair->picture, "the picture", width, height);
}

static bool whole_instance(const seg_instance *item) {
    return isfinite(item->box.x) && isfinite(item->box.y) && isfinite(item->box.width) &&
           isfinite(item->box.height) && isfinite(item->score) && isfinite(item->area) &&
           item->box.width >= 0 && item->box.height >= 0 && item->area >= 0;
}

static seg_status check_instance_mask(const seg_rle *mask, const seg_pair *pair) {
    SEG_TRY(seg_rle_check(mask, "the mask of an instance"));
    if ((!pair->width || mask->width == pair->width) &&
        (!pair->height || mask->height == pair->height))
        return SEG_OK;
    return seg_fail(SEG_ERROR_SHAPE,
                    "the mask of an instance is of %ld x %ld (the pair: %ld x %ld)",
                    (long)mask->width, (long)mask->height, (long)pair->width, (long)pair->height);
}

static seg_status check_instances(const seg_instance *items, int32_t count, const char *name,
                                  const seg_pair *pair) {
    if (count < 0 || (count > 0 && !items))
        return seg_fail(SEG_ERROR_ARGUMENT, "%s: %ld instances at %s", name, (long)count,
                        items ? "an address" : "NULL");
    for (int32_t i = 0; i < count; i++) {
        const seg_instance *item = &items[i];
        if (!whole_instance(item))
            return seg_fail(SEG_ERROR_ARGUMENT,
                            "%s, item %ld: box %g,%g,%g,%g, area %g, score %g (allowed: finite "
                            "numbers, sides and area of at least 0)",
                            name, (long)i, item->box.x, item->box.y, item->box.width,
                            item->box.height, item->area, item->score);
        if (item->mask) SEG_TRY(check_instance_mask(item->mask, pair));
    }
    return SEG_OK;
}

static seg_status check_pair(const seg_metric *metric, const seg_pair *pair) {
    const bool takes_instances = metric->needs & SEG_METRIC_INSTANCES;
    if (takes_instances) {
        SEG_TRY(check_instances(pair->predicted, pair->predicted_count, "predicted", pair));
        SEG_TRY(check_instances(pair->expected, pair->expected_count, "expected", pair));
    }
    if (takes_instances && seg_image_empty(pair->prediction)) return SEG_OK;
    return check_pictures(metric, pair);
}

seg_status seg_tally_add(seg_tally *tally, const seg_pair *pair) {
    if (!tally || !pair) return seg_fail(SEG_ERROR_ARGUMENT, "tally or pair is missing (NULL)");
    SEG_TRY(check_pair(tally->metric, pair));
    SEG_TRY(tally->metric->add(tally->state, pair));
    tally->pairs++;
    return SEG_OK;
}

seg_status seg_tally_masks(const seg_tally *tally, const seg_pair *pair, seg_image *prediction,
                           seg_image *truth, seg_image *ignored) {
    if (!tally || !pair || !prediction || !truth || !ignored)
        return seg_fail(SEG_ERROR_ARGUMENT, "tally, pair or a mask is missing (NULL)");
    if (!tally->metric->masks)
        return seg_fail(SEG_ERROR_UNSUPPORTED, "%s does not compare masks", tally->metric->id);
    SEG_TRY(check_pair(tally->metric, pair));
    return tally->metric->masks(tally->state, pair, prediction, truth, ignored);
}

/* ---- sums and results ---- */

static bool same_options(const seg_tally *a, const seg_tally *b) {
    const seg_param_table *table = a->metric->params;
    if (!table || memcmp(a->options, b->options, table->options_size) == 0) return true;
    char text_a[256], text_b[256];
    for (int32_t i = 0; table && i < table->count; i++) {
        seg_params_format(text_a, sizeof text_a, a->options, &table->items[i]);
        seg_params_format(text_b, sizeof text_b, b->options, &table->items[i]);
        if (strcmp(text_a, text_b) != 0) return false;
    }
    return true;
}

seg_status seg_tally_finish(seg_tally *tally) {
    if (!tally) return seg_fail(SEG_ERROR_ARGUMENT, "tally is missing (NULL)");
    return tally->metric->finish ? tally->metric->finish(tally->state) : SEG_OK;
}

seg_status seg_tally_merge(seg_tally *tally, const seg_tally *from) {
    if (!tally || !from) return seg_fail(SEG_ERROR_ARGUMENT, "a tally is missing (NULL)");
    if (tally == from) return seg_fail(SEG_ERROR_ARGUMENT, "a tally cannot be added to itself");
    if (tally->metric != from->metric || !same_options(tally, from))
        return seg_fail(SEG_ERROR_ARGUMENT,
                        "tallies of %s and %s with their options do not add up (both must be of "
                        "one metric with the same options)",
                        tally->metric->id, from->metric->id);
    SEG_TRY(tally->metric->merge(tally->state, from->state));
    tally->pairs += from->pairs;
    return SEG_OK;
}

int64_t seg_tally_pairs(const seg_tally *tally) {
    return tally ? tally->pairs : 0;
}

seg_status seg_tally_values(const seg_tally *tally, double *values) {
    if (!tally || !values) return seg_fail(SEG_ERROR_ARGUMENT, "tally or values is missing (NULL)");
    return tally->metric->values(tally->state, values);
}

seg_status seg_tally_table(const seg_tally *tally, int32_t index, seg_table *table) {
    if (!tally || !table) return seg_fail(SEG_ERROR_ARGUMENT, "tally or table is missing (NULL)");
    if (index < 0 || index >= tally->metric->table_count)
        return seg_fail(SEG_ERROR_ARGUMENT, "table is %ld (%s has %ld, counted from 0)",
                        (long)index, tally->metric->id, (long)tally->metric->table_count);
    seg_table_free(table, &tally->env);
    return tally->metric->table(tally->state, index, table);
}

void seg_table_free(seg_table *table, const seg_env *env) {
    if (!table) return;
    seg_release(env, table->cells);
    *table = (seg_table){0};
}

int32_t seg_measure_find(const seg_metric *metric, const char *name) {
    for (int32_t i = 0; metric && name && i < metric->measure_count; i++)
        if (strcmp(metric->measures[i].name, name) == 0) return i;
    return -1;
}
