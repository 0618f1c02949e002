/* Every metric: failing allocations, which leak nothing and leave the tally as it was, and what is
 * refused. */
#include "contract/metrics.h"
#include "core/memory.h"

/* ---- failing allocations ---- */

/* All that a metric does; the first error, or SEG_OK. */
static seg_status use(const metric_run *run, const metric_pair pairs[2]) {
    seg_tally *tallies[2] = {NULL};
    seg_status status = SEG_OK;
    for (int i = 0; i < 2 && status >= 0; i++)
        status = seg_tally_create(&tallies[i], run->metric, run->options, run->env);
    for (int i = 0; i < 2 && status >= 0; i++)
        status = seg_tally_add(tallies[i], &pairs[i].pair);
    if (status >= 0) status = seg_tally_add(tallies[0], &pairs[1].pair);
    if (status >= 0) status = seg_tally_finish(tallies[0]);
    if (status >= 0) status = seg_tally_merge(tallies[0], tallies[1]);
    double values[256];
    if (status >= 0) status = seg_tally_values(tallies[0], values);
    for (int32_t i = 0; i < run->metric->table_count && status >= 0; i++) {
        seg_table table = {0};
        status = seg_tally_table(tallies[0], i, &table);
        if (status < 0) ck_assert_ptr_null(table.cells);
        seg_table_free(&table, run->env);
    }
    seg_image masks[3] = {{0}};
    if (status >= 0 && run->metric->masks)
        status = seg_tally_masks(tallies[0], &pairs[0].pair, &masks[0], &masks[1], &masks[2]);
    for (int i = 0; i < 3; i++)
        seg_image_unref(&masks[i]);
    seg_tally_free(tallies[0]);
    seg_tally_free(tallies[1]);
    return status;
}

#define EVERY_ALLOCATION 500

/* Every one of the first ones, then a sample: maps cut at many levels allocate thousands. */
static int next_allocation(int n) {
    return n + (n < EVERY_ALLOCATION ? 1 : n / 16);
}

static void check_failures(const metric_run *run, const char *what) {
    metric_pair pairs[2];
    for (int t = 0; t < 2; t++)
        metric_pair_make(&pairs[t], run->metric, &run->kind, MEMORY_PADDED, run->width, run->height,
                         t, run->ignoring);
    const int64_t live = seg_memory_live();
    const seg_status normal = use(run, pairs);
    for (int n = 1;; n = next_allocation(n)) {
        seg_memory_fail_at(n);
        const seg_status status = use(run, pairs);
        const bool failed = seg_memory_fail_at(0) == 0;
        ck_assert_msg(seg_memory_live() == live, "%s, %s, allocation %d: %d blocks leak",
                      run->metric->id, what, n, (int)(seg_memory_live() - live));
        if (status == normal) {
            ck_assert_msg(!failed, "%s, %s: allocation %d fails and nobody minds", run->metric->id,
                          what, n);
            break;
        }
        ck_assert_msg(status == SEG_ERROR_MEMORY && strstr(seg_error_detail(), "memory"),
                      "%s, %s, allocation %d: %s: %s", run->metric->id, what, n,
                      seg_status_name(status), seg_error_detail());
        ck_assert_int_lt(n, 1000000);
    }
    for (int t = 0; t < 2; t++)
        metric_pair_free(&pairs[t]);
}

START_TEST(failing_allocations) {
    const seg_metric *metric = metric_number(_i);
    metric_kind kind;
    for (int n = 0; metric_kind_of(&kind, metric, n); n++) {
        metric_run run = metric_run_of(metric, &kind);
        run.ignoring = n % 2;
        check_failures(&run, "defaults");
    }
    ck_assert(metric_kind_of(&kind, metric, 0));
    metric_run run = metric_run_of(metric, &kind);
    contract_options o;
    for (int variant = 1; metric_variant(&o, &run.options, metric, variant); variant++)
        check_failures(&run, o.what);
}
END_TEST

/* An add or a merge that fails leaves the tally as it was, and may be tried again. */
static void check_errors(const metric_run *run) {
    const seg_metric *metric = run->metric;
    int refused = 0;
    seg_tally *tally = metric_range(run, 0, 2, &refused);
    seg_tally *more = metric_range(run, 3, 4, &refused);
    seg_tally *whole = metric_range(run, 0, 4, &refused);
    metric_pair p;
    metric_pair_make(&p, metric, &run->kind, MEMORY_OWN, METRIC_WIDTH, METRIC_HEIGHT, 2, false);
    const uint64_t before = metric_digest(metric, tally, NULL);
    for (int step = 0; step < 2 && refused == 0; step++) {
        seg_status status = SEG_ERROR_MEMORY;
        const uint64_t as_it_was = metric_digest(metric, tally, NULL);
        for (int k = 1; status < 0; k = next_allocation(k)) {
            seg_memory_fail_at(k);
            status = step ? seg_tally_merge(tally, more) : seg_tally_add(tally, &p.pair);
            const bool failed = seg_memory_fail_at(0) == 0;
            if (status >= 0) {
                ck_assert_msg(!failed, "%s: allocation %d fails and nobody minds", metric->id, k);
                break;
            }
            ck_assert_msg(metric_digest(metric, tally, NULL) == as_it_was,
                          "%s: a failed %s changes the values", metric->id, step ? "merge" : "add");
            ck_assert_int_lt(k, 1000000);
        }
    }
    if (refused == 0) {
        ck_assert_int_eq(seg_tally_pairs(tally), 4);
        const uint64_t after = metric_digest(metric, tally, NULL);
        if (!(metric->needs & SEG_METRIC_SEQUENCE))
            ck_assert_msg(after == metric_digest(metric, whole, NULL),
                          "%s: after failures the sum differs", metric->id);
        ck_assert_msg(after != before, "%s: nothing was added", metric->id);
    }
    metric_pair_free(&p);
    seg_tally_free(tally);
    seg_tally_free(more);
    seg_tally_free(whole);
}

START_TEST(errors_leave_the_tally) {
    const seg_metric *metric = metric_number(_i);
    metric_kind kind;
    for (int n = 0; metric_kind_of(&kind, metric, n); n++) {
        const metric_run run = metric_run_of(metric, &kind);
        check_errors(&run);
    }
}
END_TEST

/* ---- what is refused ---- */

static void check_refused(seg_tally *tally, const seg_pair *pair, seg_status one, seg_status other,
                          const char *what) {
    const seg_status status = seg_tally_add(tally, pair);
    ck_assert_msg(status == one || status == other, "%s: %s", what, seg_status_name(status));
    ck_assert_str_ne(seg_error_detail(), "");
    ck_assert_int_eq(seg_tally_pairs(tally), 0);
}

static void check_formats(const seg_metric *metric, seg_tally *tally, const metric_kind *kind) {
    for (int f = 0; f < 4; f++)
        for (int channels = 1; channels <= 4; channels++) {
            const uint32_t bit = SEG_FORMAT_BIT(contract_formats[f]);
            if (contract_formats[f] == SEG_LABEL32 && channels > 1) continue;
            metric_pair p;
            metric_pair_make(&p, metric, kind, MEMORY_OWN, 9, 8, 0, false);
            contract_image strange;
            contract_image_make(&strange, MEMORY_OWN, 9, 8, contract_formats[f], channels);
            seg_pair pair = p.pair;
            pair.prediction = &strange.image;
            if (!(metric->prediction_formats & bit) ||
                !(metric->prediction_channels & 1u << channels))
                check_refused(tally, &pair, SEG_ERROR_UNSUPPORTED, SEG_ERROR_ARGUMENT, metric->id);
            pair = p.pair;
            pair.truths = &strange.image;
            pair.truth_count = 1;
            if (!(metric->truth_formats & bit) || !(metric->truth_channels & 1u << channels))
                check_refused(tally, &pair, SEG_ERROR_UNSUPPORTED, SEG_ERROR_ARGUMENT, metric->id);
            contract_image_free(&strange);
            metric_pair_free(&p);
        }
}

static void check_shapes(const seg_metric *metric, seg_tally *tally, const metric_kind *kind) {
    metric_pair p, turned;
    metric_pair_make(&p, metric, kind, MEMORY_OWN, 9, 8, 2, true);
    metric_pair_make(&turned, metric, kind, MEMORY_OWN, 8, 9, 2, true);
    seg_pair pair = p.pair;
    pair.prediction = turned.pair.prediction;
    check_refused(tally, &pair, SEG_ERROR_SHAPE, SEG_ERROR_SHAPE, "prediction of another size");
    pair = p.pair;
    pair.ignore = turned.pair.ignore;
    check_refused(tally, &pair, SEG_ERROR_SHAPE, SEG_ERROR_SHAPE, "ignore of another size");
    pair = p.pair;
    pair.picture = &turned.picture.image;
    check_refused(tally, &pair, SEG_ERROR_SHAPE, SEG_ERROR_SHAPE, "picture of another size");
    pair = p.pair;
    pair.truth_count = 0;
    check_refused(tally, &pair, SEG_ERROR_ARGUMENT, SEG_ERROR_ARGUMENT, "no truth");
    const seg_image two[2] = {p.pair.truths[0], turned.pair.truths[0]};
    pair.truths = two;
    pair.truth_count = 2;
    const bool several = metric->needs & SEG_METRIC_ANNOTATORS;
    check_refused(tally, &pair, several ? SEG_ERROR_SHAPE : SEG_ERROR_ARGUMENT,
                  several ? SEG_ERROR_SHAPE : SEG_ERROR_ARGUMENT, "a truth of another size");
    seg_image bad = *p.pair.prediction;
    bad.stride = 1;
    pair = p.pair;
    pair.prediction = &bad;
    check_refused(tally, &pair, SEG_ERROR_ARGUMENT, SEG_ERROR_ARGUMENT, "stride below a row");
    if (!(metric->needs & SEG_METRIC_INSTANCES)) {
        pair.prediction = NULL;
        check_refused(tally, &pair, SEG_ERROR_ARGUMENT, SEG_ERROR_ARGUMENT, "no prediction");
    }
    metric_pair_free(&p);
    metric_pair_free(&turned);
}

START_TEST(what_is_refused) {
    const seg_metric *metric = metric_number(_i);
    seg_tally *tally = metric_tally(metric, NULL, NULL);
    ck_assert_int_eq(seg_tally_add(tally, NULL), SEG_ERROR_ARGUMENT);
    ck_assert_int_eq(seg_tally_values(tally, NULL), SEG_ERROR_ARGUMENT);
    seg_table table = {0};
    ck_assert_int_eq(seg_tally_table(tally, metric->table_count, &table), SEG_ERROR_ARGUMENT);
    ck_assert_int_eq(seg_tally_table(tally, -1, &table), SEG_ERROR_ARGUMENT);
    metric_kind kind;
    for (int n = 0; metric_kind_of(&kind, metric, n); n++) {
        if (kind.prediction == 0) continue;
        check_shapes(metric, tally, &kind);
        check_formats(metric, tally, &kind);
    }
    seg_tally_free(tally);
    if (!metric->params) return;
    contract_options o;
    seg_params_init(o.bytes, metric->params);
    memset(o.bytes, 0, sizeof(size_t));
    tally = NULL;
    ck_assert_int_eq(seg_tally_create(&tally, metric, o.bytes, NULL), SEG_ERROR_OPTION);
    ck_assert_ptr_null(tally);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {failing_allocations, errors_leave_the_tally, what_is_refused};
    return contract_main_of("errors of metrics", tests, sizeof tests / sizeof *tests,
                            metric_count(), NULL);
}
