/* Every metric: any memory, any size, any split of the pairs, any threads and instruction set; the
 * truth against itself. */
#include "contract/metrics.h"

static const int32_t sizes[][2] = {{1, 1}, {1, 17}, {23, 1}, {2, 2}, {33, 32}, {129, 33}};

#define SIZES ((int)(sizeof sizes / sizeof *sizes))
#define FRAMES 5

/* ---- descriptions ---- */

static void check_measure(const seg_metric *metric, int32_t i) {
    const seg_measure *measure = &metric->measures[i];
    ck_assert_msg(measure->name && *measure->name && measure->title && *measure->title &&
                      measure->unit,
                  "%s: measure %d is not described", metric->id, (int)i);
    for (const char *c = measure->name; *c; c++)
        ck_assert_msg((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || strchr("-.", *c),
                      "%s: the measure %s is not in lower case", metric->id, measure->name);
    ck_assert_int_ge(measure->better, -1);
    ck_assert_int_le(measure->better, 1);
    ck_assert_msg(seg_measure_find(metric, measure->name) == i, "%s: %s comes twice", metric->id,
                  measure->name);
}

static void check_table(const seg_metric *metric, int32_t i) {
    const seg_table_kind *table = &metric->tables[i];
    ck_assert(table->name && *table->name && table->title && *table->title);
    int32_t columns = 0;
    while (table->columns && table->columns[columns])
        columns++;
    ck_assert_int_ge(table->x, -1);
    ck_assert_int_ge(table->y, -1);
    ck_assert_msg((table->x < 0) == (table->y < 0), "%s: table %s", metric->id, table->name);
    if (table->x >= 0) ck_assert_msg(table->x < columns && table->y < columns, "%s", table->name);
    for (int32_t k = 0; k < i; k++)
        ck_assert_str_ne(metric->tables[k].name, table->name);
}

START_TEST(descriptions) {
    const seg_metric *metric = metric_number(_i);
    ck_assert_ptr_eq(seg_metric_find(metric->id), metric);
    for (int i = 0; i < _i; i++)
        ck_assert_str_ne(metric_number(i)->id, metric->id);
    ck_assert_str_eq(seg_metric_nearest(metric->id), metric->id);
    ck_assert(metric->title && *metric->title);
    ck_assert_ptr_nonnull(metric->reference);
    ck_assert(metric->measure_count > 0 && metric->create && metric->add && metric->merge &&
              metric->values && metric->free);
    ck_assert(metric->table_count == 0 || metric->table);
    ck_assert(metric->prediction_formats || metric->needs & SEG_METRIC_INSTANCES);
    for (int32_t i = 0; i < metric->measure_count; i++)
        check_measure(metric, i);
    for (int32_t i = 0; i < metric->table_count; i++)
        check_table(metric, i);
    if (metric->summary) ck_assert_int_ge(seg_measure_find(metric, metric->summary), 0);
}
END_TEST

/* ---- memory, sizes, runs ---- */

static void check_memory(const metric_run *run, const char *what) {
    metric_run other = *run;
    const uint64_t wanted = metric_stream(run, 2);
    for (int memory = MEMORY_OWN; memory < MEMORY_KINDS; memory++) {
        other.memory = (contract_memory)memory;
        ck_assert_msg(metric_stream(&other, 2) == wanted,
                      "%s, %s, %dx%d, formats %d and %d: memory %d changes the values",
                      run->metric->id, what, (int)run->width, (int)run->height,
                      run->kind.prediction, run->kind.truth, memory);
    }
}

START_TEST(memory_of_any_kind) {
    const seg_metric *metric = metric_number(_i);
    metric_kind kind;
    for (int n = 0; metric_kind_of(&kind, metric, n); n++)
        for (int s = 0; s < SIZES; s++) {
            metric_run run = metric_run_of(metric, &kind);
            run.width = sizes[s][0];
            run.height = sizes[s][1];
            run.ignoring = (n + s) % 2;
            check_memory(&run, "defaults");
        }
}
END_TEST

START_TEST(memory_with_any_options) {
    const seg_metric *metric = metric_number(_i);
    metric_kind kind;
    ck_assert(metric_kind_of(&kind, metric, 0));
    metric_run run = metric_run_of(metric, &kind);
    contract_options o;
    for (int variant = 0; metric_variant(&o, &run.options, metric, variant); variant++) {
        run.ignoring = variant % 2;
        check_memory(&run, o.what);
    }
}
END_TEST

/* With the defaults, the pairs that the tests make are taken. */
START_TEST(pairs_are_taken) {
    const seg_metric *metric = metric_number(_i);
    metric_kind kind;
    for (int n = 0; metric_kind_of(&kind, metric, n); n++) {
        metric_run run = metric_run_of(metric, &kind);
        int refused = 0;
        seg_tally *tally = metric_range(&run, 0, FRAMES, &refused);
        /* some scores have no levels */
        ck_assert_msg(refused == 0 || kind.levels, "%s, formats %d and %d: %s", metric->id,
                      kind.prediction, kind.truth, seg_error_detail());
        seg_tally_free(tally);
    }
}
END_TEST

/* ---- splits ---- */

/* A tally of pairs first .. end-1, put together from those of single pairs. */
static seg_tally *gather(const metric_run *run, seg_tally *const singles[FRAMES], int first,
                         int end) {
    seg_tally *sum = metric_tally(run->metric, run->options, run->env);
    for (int t = first; t < end; t++)
        ck_assert_int_eq(seg_tally_merge(sum, singles[t]), SEG_OK);
    return sum;
}

/* Merges three parts from the left or from the right; frees all but the sum. */
static seg_tally *merged(seg_tally *parts[3], bool right_first) {
    if (right_first) ck_assert_int_eq(seg_tally_merge(parts[1], parts[2]), SEG_OK);
    ck_assert_int_eq(seg_tally_merge(parts[0], parts[1]), SEG_OK);
    if (!right_first) ck_assert_int_eq(seg_tally_merge(parts[0], parts[2]), SEG_OK);
    seg_tally_free(parts[1]);
    seg_tally_free(parts[2]);
    return parts[0];
}

/* A sequence that is cut is two sequences: of those only the order of merging is free. */
static void check_splits(const metric_run *run, const char *what) {
    const bool sequence = run->metric->needs & SEG_METRIC_SEQUENCE;
    int refused = 0, refused_again = 0;
    seg_tally *singles[FRAMES], *whole = metric_range(run, 0, FRAMES, &refused);
    for (int t = 0; t < FRAMES; t++)
        singles[t] = metric_range(run, t, t + 1, &refused_again);
    ck_assert_int_eq(refused, refused_again);
    uint64_t wanted = metric_digest(run->metric, whole, run->env);
    for (int cut_1 = 0; cut_1 <= FRAMES; cut_1++)
        for (int cut_2 = cut_1; cut_2 <= FRAMES; cut_2++)
            for (int order = 0; order < 2; order++) {
                seg_tally *parts[3] = {gather(run, singles, 0, cut_1),
                                       gather(run, singles, cut_1, cut_2),
                                       gather(run, singles, cut_2, FRAMES)};
                seg_tally *sum = merged(parts, order);
                const uint64_t digest = metric_digest(run->metric, sum, run->env);
                if (sequence && cut_1 + cut_2 + order == 0) wanted = digest;
                ck_assert_msg(
                    digest == wanted,
                    "%s, %s: parts cut at %d and %d, merged from the %s, are not the whole",
                    run->metric->id, what, cut_1, cut_2, order ? "right" : "left");
                ck_assert_int_eq(seg_tally_pairs(sum), FRAMES - refused);
                seg_tally_free(sum);
            }
    for (int t = 0; t < FRAMES; t++)
        seg_tally_free(singles[t]);
    seg_tally_free(whole);
}

/* Parts of several pairs that were added, not merged. */
static void check_halves(const metric_run *run) {
    int refused = 0;
    seg_tally *halves[2] = {metric_range(run, 0, 2, &refused),
                            metric_range(run, 2, FRAMES, &refused)};
    seg_tally *whole = metric_range(run, 0, FRAMES, &refused);
    ck_assert_int_eq(seg_tally_merge(halves[0], halves[1]), SEG_OK);
    if (!(run->metric->needs & SEG_METRIC_SEQUENCE))
        ck_assert_msg(metric_digest(run->metric, halves[0], run->env) ==
                          metric_digest(run->metric, whole, run->env),
                      "%s: halves do not add up to the whole", run->metric->id);
    seg_tally_free(halves[0]);
    seg_tally_free(halves[1]);
    seg_tally_free(whole);
}

START_TEST(any_split_of_the_pairs) {
    const seg_metric *metric = metric_number(_i);
    metric_kind kind;
    for (int n = 0; metric_kind_of(&kind, metric, n); n++) {
        metric_run run = metric_run_of(metric, &kind);
        run.ignoring = n % 2;
        check_splits(&run, "defaults");
        check_halves(&run);
    }
    ck_assert(metric_kind_of(&kind, metric, 0));
    metric_run run = metric_run_of(metric, &kind);
    contract_options o;
    for (int variant = 1; metric_variant(&o, &run.options, metric, variant); variant++)
        check_splits(&run, o.what);
}
END_TEST

/* The end of a sequence changes nothing but that the next one begins. */
START_TEST(sequences_end) {
    const seg_metric *metric = metric_number(_i);
    metric_kind kind;
    for (int n = 0; metric_kind_of(&kind, metric, n); n++) {
        metric_run run = metric_run_of(metric, &kind);
        int refused = 0;
        seg_tally *open = metric_range(&run, 0, 3, &refused), *merged_like = NULL;
        seg_tally *closed = metric_range(&run, 0, 3, &refused);
        ck_assert_int_eq(seg_tally_finish(closed), SEG_OK);
        ck_assert_int_eq(seg_tally_finish(closed), SEG_OK);
        ck_assert_msg(metric_digest(metric, open, NULL) == metric_digest(metric, closed, NULL),
                      "%s: the end of a sequence changes the values", metric->id);
        metric_add_range(closed, &run, 3, FRAMES, &refused);
        ck_assert_int_eq(seg_tally_finish(open), SEG_OK);
        seg_tally *rest = metric_range(&run, 3, FRAMES, &refused);
        ck_assert_int_eq(seg_tally_merge(open, rest), SEG_OK);
        ck_assert_msg(metric_digest(metric, open, NULL) == metric_digest(metric, closed, NULL),
                      "%s: two sequences in one tally are not the sum of both", metric->id);
        ck_assert_int_eq(seg_tally_create_like(&merged_like, open, NULL), SEG_OK);
        ck_assert_ptr_eq(seg_tally_metric(merged_like), metric);
        ck_assert_int_eq(seg_tally_merge(merged_like, open), SEG_OK);
        ck_assert_msg(metric_digest(metric, merged_like, NULL) == metric_digest(metric, open, NULL),
                      "%s: added to an empty tally the values change", metric->id);
        seg_tally_free(open);
        seg_tally_free(closed);
        seg_tally_free(rest);
        seg_tally_free(merged_like);
    }
}
END_TEST

START_TEST(only_like_merges_with_like) {
    const seg_metric *metric = metric_number(_i);
    contract_options o;
    const void *options;
    seg_tally *plain = metric_tally(metric, NULL, NULL);
    ck_assert_int_eq(seg_tally_merge(plain, plain), SEG_ERROR_ARGUMENT);
    ck_assert_int_eq(seg_tally_merge(plain, NULL), SEG_ERROR_ARGUMENT);
    const seg_metric *next = metric_number((_i + 1) % metric_count());
    seg_tally *other = metric_tally(next, NULL, NULL);
    if (next != metric) ck_assert_int_eq(seg_tally_merge(plain, other), SEG_ERROR_ARGUMENT);
    seg_tally_free(other);
    for (int variant = 1; metric_variant(&o, &options, metric, variant); variant++) {
        other = metric_tally(metric, options, NULL);
        char text[2][64];
        bool same = true;
        for (int32_t i = 0; i < metric->params->count; i++) {
            contract_options defaults;
            seg_params_init(defaults.bytes, metric->params);
            seg_params_format(text[0], 64, options, &metric->params->items[i]);
            seg_params_format(text[1], 64, defaults.bytes, &metric->params->items[i]);
            same = same && strcmp(text[0], text[1]) == 0;
        }
        ck_assert_msg(seg_tally_merge(plain, other) == (same ? SEG_OK : SEG_ERROR_ARGUMENT),
                      "%s merges with %s", metric->id, o.what);
        seg_tally_free(other);
    }
    seg_tally_free(plain);
}
END_TEST

/* ---- threads, instruction sets, second runs ---- */

START_TEST(same_values_every_time) {
    const seg_metric *metric = metric_number(_i);
    static const int32_t threads[] = {1, 2, 7};
    metric_kind kind;
    for (int n = 0; metric_kind_of(&kind, metric, n); n++) {
        metric_run run = metric_run_of(metric, &kind);
        run.height = 150;
        run.ignoring = n % 2;
        const uint64_t wanted = metric_stream(&run, 2);
        ck_assert_msg(metric_stream(&run, 2) == wanted, "%s: the second run differs", metric->id);
        for (int i = 0; i < 3; i++) {
            seg_pool *pool;
            ck_assert_int_eq(seg_pool_create(&pool, threads[i]), SEG_OK);
            const seg_env env = {.runner = seg_pool_runner(pool)};
            run.env = &env;
            ck_assert_msg(metric_stream(&run, 2) == wanted, "%s: %d threads change the values",
                          metric->id, (int)threads[i]);
            run.env = NULL;
            seg_pool_free(pool);
        }
        const seg_cpu_level best = seg_cpu_level_get();
        for (int level = SEG_CPU_REF; level <= SEG_CPU_AVX2; level++) {
            if (seg_cpu_level_set((seg_cpu_level)level) != (seg_cpu_level)level) continue;
            ck_assert_msg(metric_stream(&run, 2) == wanted,
                          "%s: instruction-set level %d changes the values", metric->id, level);
        }
        seg_cpu_level_set(best);
    }
}
END_TEST

/* ---- the truth against itself ---- */

/* Makes the prediction the first truth: flow and labels as they are, else masks. */
static void make_perfect(metric_pair *p, const metric_kind *kind) {
    seg_pair *pair = &p->pair;
    if (kind->prediction == 0) {
        pair->predicted = pair->expected;
        pair->predicted_count = pair->expected_count;
        return;
    }
    const seg_image *truth = &pair->truths[0];
    if (truth->format == SEG_F32 && truth->channels == 1) metric_paint_mask(truth, 3);
    pair->prediction = truth;
    pair->truth_count = 1;
    pair->level_count = 0;
}

static void check_perfect(const seg_metric *metric, const metric_kind *kind, bool ignoring) {
    seg_tally *tally = metric_tally(metric, NULL, NULL);
    for (int t = 0; t < 3; t++) {
        metric_pair p;
        metric_pair_make(&p, metric, kind, MEMORY_OWN, METRIC_WIDTH, METRIC_HEIGHT, t, ignoring);
        make_perfect(&p, kind);
        ck_assert_msg(seg_tally_add(tally, &p.pair) == SEG_OK, "%s: %s", metric->id,
                      seg_error_detail());
        metric_pair_free(&p);
    }
    double values[256];
    ck_assert_int_eq(seg_tally_values(tally, values), SEG_OK);
    for (int32_t i = 0; i < metric->measure_count; i++) {
        const seg_measure *measure = &metric->measures[i];
        if (isnan(measure->perfect)) continue;
        const double off = values[i] == measure->perfect ? 0 : fabs(values[i] - measure->perfect);
        ck_assert_msg(off <= 1e-12,
                      "%s, formats %d and %d: %s of the truth itself is %.17g, not %g", metric->id,
                      kind->prediction, kind->truth, measure->name, values[i], measure->perfect);
    }
    seg_tally_free(tally);
}

START_TEST(truth_against_itself) {
    const seg_metric *metric = metric_number(_i);
    metric_kind kind;
    int checked = 0;
    for (int n = 0; metric_kind_of(&kind, metric, n); n++) {
        if (kind.prediction != kind.truth || kind.prediction_channels != kind.truth_channels)
            continue;
        /* labels that are read as soft scores are none of 0 and 1 */
        const bool labels_as_scores = kind.prediction == SEG_U16 &&
                                      !(metric->prediction_formats & SEG_FORMAT_BIT(SEG_LABEL32));
        if (labels_as_scores) continue;
        check_perfect(metric, &kind, false);
        check_perfect(metric, &kind, true);
        checked++;
    }
    ck_assert_int_gt(checked, 0);
}
END_TEST

/* ---- drawings ---- */

/* The masks of a pair are drawn as 0 and 255 and leave the tally alone. */
START_TEST(masks_are_drawn) {
    const seg_metric *metric = metric_number(_i);
    metric_kind kind;
    for (int n = 0; metric_kind_of(&kind, metric, n); n++) {
        seg_tally *tally = metric_tally(metric, NULL, NULL);
        metric_pair p;
        metric_pair_make(&p, metric, &kind, MEMORY_NEGATIVE, METRIC_WIDTH, METRIC_HEIGHT, 1, true);
        seg_image masks[3] = {{0}};
        const seg_status status = seg_tally_masks(tally, &p.pair, &masks[0], &masks[1], &masks[2]);
        if (metric->masks) ck_assert_msg(status == SEG_OK, "%s", seg_error_detail());
        if (!metric->masks) ck_assert_int_eq(status, SEG_ERROR_UNSUPPORTED);
        for (int i = 0; i < 3 && status == SEG_OK; i++) {
            ck_assert_int_eq(masks[i].format, SEG_U8);
            ck_assert_int_eq(masks[i].width, METRIC_WIDTH);
            for (int32_t y = 0; y < METRIC_HEIGHT; y++)
                for (int32_t x = 0; x < METRIC_WIDTH; x++) {
                    const uint8_t value = ((uint8_t *)seg_image_row(&masks[i], y))[x];
                    ck_assert(value == 0 || value == 255);
                }
        }
        ck_assert_int_eq(seg_tally_pairs(tally), 0);
        for (int i = 0; i < 3; i++)
            seg_image_unref(&masks[i]);
        metric_pair_free(&p);
        seg_tally_free(tally);
    }
}
END_TEST

int main(void) {
    const TTest *const tests[] = {descriptions,
                                  memory_of_any_kind,
                                  memory_with_any_options,
                                  pairs_are_taken,
                                  any_split_of_the_pairs,
                                  sequences_end,
                                  only_like_merges_with_like,
                                  same_values_every_time,
                                  truth_against_itself,
                                  masks_are_drawn};
    return contract_main_of("metrics", tests, sizeof tests / sizeof *tests, metric_count(), NULL);
}
