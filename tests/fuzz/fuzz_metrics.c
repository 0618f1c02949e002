/* Any metric of the registry with any options on any pairs: no crash, and the same values from the
 * readable kernels, from the fast ones, with threads, and from parts that are merged. */
#include "fuzz_data.h"
#include "scenes.h"

#include <math.h>

enum { MAX_SIDE = 40, PAIRS = 3, TRUTHS = 2, OPTIONS_SIZE = 1024, MEASURES = 256 };

typedef struct plan {
    const seg_metric *metric;
    _Alignas(16) unsigned char options[OPTIONS_SIZE];
    seg_image predictions[PAIRS], truths[PAIRS][TRUTHS], ignore, picture;
    int32_t truth_count;
} plan;

static void choose_options(plan *p, fuzz_data *data) {
    const seg_param_table *table = p->metric->params;
    const uint32_t changes = fuzz_byte(data) % 4;
    if (!table) return;
    FUZZ_CHECK(table->options_size <= OPTIONS_SIZE);
    seg_params_init(p->options, table);
    for (uint32_t left = changes; left && table->count; left--) {
        const seg_param *param = &table->items[fuzz_below(data, (uint32_t)table->count)];
        char text[24];
        if (fuzz_byte(data) & 1)
            fuzz_text(data, text, sizeof text);
        else
            snprintf(text, sizeof text, "%d", (int)fuzz_below(data, 300) - 2);
        const seg_status status = seg_params_parse(p->options, table, param->name, text, NULL);
        FUZZ_CHECK(status == SEG_OK || status == SEG_ERROR_OPTION);
    }
}

/* A picture of one of the formats and channels, by the number `first`. */
static void choose_picture(seg_image *image, fuzz_data *data, uint32_t first, uint32_t formats,
                           uint32_t channels, int32_t width, int32_t height) {
    seg_format format = SEG_U8;
    int count = 1;
    for (uint32_t i = 0; i < 4; i++) {
        const seg_format candidate = (seg_format)(SEG_U8 + (first + i) % 4);
        if (formats & SEG_FORMAT_BIT(candidate)) format = candidate;
    }
    for (uint32_t i = 0; i < 4; i++) {
        const int candidate = 1 + (int)((first / 4 + i) % 4);
        if (channels & 1u << candidate) count = candidate;
    }
    FUZZ_CHECK(seg_image_alloc(image, width, height, format, count, NULL) == SEG_OK);
    fuzz_pixels(data, image);
}

static void choose_pairs(plan *p, fuzz_data *data) {
    const seg_metric *metric = p->metric;
    const int32_t width = 1 + (int32_t)(fuzz_byte(data) % MAX_SIDE);
    const int32_t height = 1 + (int32_t)(fuzz_byte(data) % MAX_SIDE);
    const uint32_t flags = fuzz_byte(data), first = fuzz_byte(data), second = fuzz_byte(data);
    p->truth_count = metric->needs & SEG_METRIC_ANNOTATORS && flags & 1 ? TRUTHS : 1;
    for (int i = 0; i < PAIRS; i++) {
        choose_picture(&p->predictions[i], data, first, metric->prediction_formats,
                       metric->prediction_channels, width, height);
        for (int k = 0; k < p->truth_count; k++)
            choose_picture(&p->truths[i][k], data, second, metric->truth_formats,
                           metric->truth_channels, width, height);
    }
    if (flags & 2)
        choose_picture(&p->ignore, data, 0, SEG_FORMAT_BIT(SEG_U8), 1u << 1, width, height);
    if (flags & 4)
        choose_picture(&p->picture, data, 0, SEG_FORMAT_BIT(SEG_U8), 1u << 3, width, height);
}

static seg_status add(const plan *p, seg_tally *tally, int i) {
    const seg_pair pair = {
        .prediction = &p->predictions[i],
        .truths = p->truths[i],
        .truth_count = p->truth_count,
        .ignore = &p->ignore,
        .picture = p->picture.data ? &p->picture : NULL,
    };
    const seg_status status = seg_tally_add(tally, &pair);
    if (status < 0) FUZZ_CHECK(*seg_error_detail());
    return status;
}

static uint64_t hash_numbers(uint64_t hash, const double *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const double value = isnan(values[i]) ? 0.125e-300 : values[i];
        hash = scene_fnv(hash, &value, sizeof value);
    }
    return hash;
}

static uint64_t digest(const plan *p, const seg_tally *tally, const seg_env *env) {
    double values[MEASURES];
    FUZZ_CHECK(p->metric->measure_count <= MEASURES);
    FUZZ_CHECK(seg_tally_values(tally, values) == SEG_OK);
    uint64_t hash = hash_numbers(SCENE_HASH_START, values, (size_t)p->metric->measure_count);
    for (int32_t i = 0; i < p->metric->table_count; i++) {
        seg_table table = {0};
        FUZZ_CHECK(seg_tally_table(tally, i, &table) == SEG_OK);
        hash = hash_numbers(hash, table.cells, (size_t)table.rows * (size_t)table.columns);
        seg_table_free(&table, env);
    }
    return hash;
}

/* The pairs in one tally, or (`parts`) in one for each, merged. 0 if the options are refused. */
static uint64_t run(const plan *p, const seg_env *env, bool parts) {
    const void *options = p->metric->params ? p->options : NULL;
    seg_tally *sum = NULL;
    seg_status status = seg_tally_create(&sum, p->metric, options, env);
    FUZZ_CHECK(status == SEG_OK || status == SEG_ERROR_OPTION);
    if (status < 0) return 0;
    uint64_t hash = SCENE_HASH_START;
    for (int i = 0; i < PAIRS; i++) {
        seg_tally *part = sum;
        if (parts) FUZZ_CHECK(seg_tally_create_like(&part, sum, env) == SEG_OK);
        status = add(p, part, i);
        hash = scene_fnv(hash, &status, sizeof status);
        if (!parts) continue;
        FUZZ_CHECK(seg_tally_merge(sum, part) == SEG_OK);
        seg_tally_free(part);
    }
    const uint64_t values = digest(p, sum, env);
    seg_tally_free(sum);
    return scene_fnv(hash, &values, sizeof values);
}

static void run_backwards(void *user, int32_t tasks, seg_task task, void *argument) {
    (void)user;
    for (int32_t i = tasks - 1; i >= 0; i--)
        task(argument, i, i % 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    fuzz_data data = {bytes, size};
    int32_t metrics;
    const seg_metric *const *all = seg_metrics(&metrics);
    plan p = {.metric = all[fuzz_byte(&data) % (uint32_t)metrics]};
    choose_options(&p, &data);
    choose_pairs(&p, &data);

    const seg_cpu_level best = seg_cpu_level_set(SEG_CPU_AVX2);
    const uint64_t fast = run(&p, NULL, false);
    seg_cpu_level_set(SEG_CPU_REF);
    FUZZ_CHECK(run(&p, NULL, false) == fast);
    seg_cpu_level_set(best);
    const seg_runner runner = {NULL, 3, run_backwards};
    const seg_env env = {.runner = &runner};
    FUZZ_CHECK(run(&p, &env, false) == fast);
    const bool sequence = p.metric->needs & SEG_METRIC_SEQUENCE;
    if (!sequence) FUZZ_CHECK(run(&p, NULL, true) == fast);

    for (int i = 0; i < PAIRS; i++) {
        seg_image_unref(&p.predictions[i]);
        for (int k = 0; k < TRUTHS; k++)
            seg_image_unref(&p.truths[i][k]);
    }
    seg_image_unref(&p.ignore);
    seg_image_unref(&p.picture);
    if (p.metric->params) seg_params_clear(p.options, p.metric->params, NULL);
    return 0;
}
