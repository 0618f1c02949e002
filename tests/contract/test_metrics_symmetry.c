/*
 * Every metric: what must not matter does not. Pictures that are transposed score the same, and so
 * do labels under other names. What a definition itself makes depend on them stands in the tables
 * below, with the reason.
 */
#include "contract/metrics.h"

#define FRAMES 3

/* ---- exceptions ---- */

/* Options under which rows and columns are alike. */
typedef struct symmetric_option {
    const char *metric, *option, *value, *why;
} symmetric_option;

static const symmetric_option symmetric_options[] = {
    {"boundaries", "thin", "none", "thinning takes corners from one side first (Guo, Hall 1989)"},
    {"documents", "pseudo", "no", "the strokes' skeletons are thinned in the same way"},
};

/* Metrics whose ties go to one side. */
static const char *const one_sided[] = {
    "ucm"}; /* contours go to the nearest region: the leftmost */

static bool is_one_sided(const seg_metric *metric) {
    for (size_t i = 0; i < sizeof one_sided / sizeof *one_sided; i++)
        if (strcmp(metric->id, one_sided[i]) == 0) return true;
    return false;
}

/* Metrics in which the same value means the same thing in prediction and truth. */
static const char *const shared_values[] = {"classes", "video", "change"};

/* Measures of ranked detections: those without scores are ranked by the values of their labels. */
static bool ranked(const seg_metric *metric, const char *measure) {
    return strcmp(metric->id, "instances") == 0 &&
           (strncmp(measure, "ap", 2) == 0 || strncmp(measure, "ar", 2) == 0);
}

static bool values_are_shared(const seg_metric *metric) {
    for (size_t i = 0; i < sizeof shared_values / sizeof *shared_values; i++)
        if (strcmp(metric->id, shared_values[i]) == 0) return true;
    return false;
}

static const void *options_of(contract_options *o, const seg_metric *metric) {
    const void *options;
    ck_assert(metric_variant(o, &options, metric, 0));
    for (size_t i = 0; i < sizeof symmetric_options / sizeof *symmetric_options; i++) {
        const symmetric_option *s = &symmetric_options[i];
        if (strcmp(s->metric, metric->id)) continue;
        ck_assert_int_eq(seg_params_parse(o->bytes, metric->params, s->option, s->value, NULL),
                         SEG_OK);
    }
    return options;
}

/* ---- comparing ---- */

static void compare(const seg_metric *metric, const metric_kind *kind, seg_tally *const tallies[2],
                    const char *what, bool names_changed) {
    double values[2][256];
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(seg_tally_values(tallies[i], values[i]), SEG_OK);
    for (int32_t m = 0; m < metric->measure_count; m++) {
        const double a = values[0][m], b = values[1][m];
        if (names_changed && ranked(metric, metric->measures[m].name)) continue;
        ck_assert_msg(a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-12 * fmax(1, fabs(a)),
                      "%s, formats %d and %d: %s is %.17g, and %.17g when %s", metric->id,
                      kind->prediction, kind->truth, metric->measures[m].name, a, b, what);
    }
}

/* ---- transposing ---- */

static seg_image transposed(const seg_image *image) {
    seg_image other = {0};
    const size_t pixel = image->channels * seg_format_size((seg_format)image->format);
    ck_assert_int_eq(seg_image_alloc(&other, image->height, image->width, (seg_format)image->format,
                                     image->channels, NULL),
                     SEG_OK);
    other.bits = image->bits;
    for (int32_t y = 0; y < image->height; y++)
        for (int32_t x = 0; x < image->width; x++)
            memcpy((uint8_t *)seg_image_row(&other, x) + pixel * (size_t)y,
                   (uint8_t *)seg_image_row(image, y) + pixel * (size_t)x, pixel);
    if (image->format == SEG_F32 && image->channels == 2) /* flow: u and v change places */
        for (int32_t y = 0; y < other.height; y++) {
            float *row = seg_image_row(&other, y);
            for (int32_t x = 0; x < other.width; x++) {
                const float u = row[2 * x];
                row[2 * x] = row[2 * x + 1];
                row[2 * x + 1] = u;
            }
        }
    return other;
}

static void transpose_items(seg_instance *items, int32_t count, seg_rle *masks, int32_t width,
                            int32_t height) {
    for (int32_t i = 0; i < count; i++) {
        const seg_box box = items[i].box;
        items[i].box = (seg_box){box.y, box.x, box.height, box.width};
        seg_rle_free(&masks[i], NULL);
        ck_assert_int_eq(seg_rle_from_box(&masks[i], &items[i].box, height, width, NULL), SEG_OK);
    }
}

/* The pair with rows and columns exchanged; pictures are new, instances are changed in place. */
typedef struct transposed_pair {
    seg_pair pair;
    seg_image prediction, truths[METRIC_TRUTHS], levels[METRIC_LEVELS], ignore, picture;
} transposed_pair;

static void transpose_pair(transposed_pair *to, metric_pair *from) {
    memset(to, 0, sizeof *to);
    to->pair = from->pair;
    to->pair.width = from->pair.height;
    to->pair.height = from->pair.width;
    if (!from->pair.prediction) {
        transpose_items(from->predicted, from->pair.predicted_count, from->masks, from->pair.width,
                        from->pair.height);
        transpose_items(from->expected, from->pair.expected_count, from->masks + METRIC_INSTANCES,
                        from->pair.width, from->pair.height);
        return;
    }
    to->prediction = transposed(from->pair.prediction);
    to->pair.prediction = &to->prediction;
    for (int32_t i = 0; i < to->pair.truth_count; i++)
        to->truths[i] = transposed(&from->pair.truths[i]);
    to->pair.truths = to->truths;
    for (int32_t i = 0; i < to->pair.level_count; i++)
        to->levels[i] = transposed(&from->pair.levels[i]);
    if (to->pair.levels) to->pair.levels = to->levels;
    if (to->pair.ignore) {
        to->ignore = transposed(from->pair.ignore);
        to->pair.ignore = &to->ignore;
    }
    if (to->pair.picture) {
        to->picture = transposed(from->pair.picture);
        to->pair.picture = &to->picture;
    }
}

static void transposed_free(transposed_pair *p) {
    seg_image_unref(&p->prediction);
    for (int i = 0; i < METRIC_TRUTHS; i++)
        seg_image_unref(&p->truths[i]);
    for (int i = 0; i < METRIC_LEVELS; i++)
        seg_image_unref(&p->levels[i]);
    seg_image_unref(&p->ignore);
    seg_image_unref(&p->picture);
}

static void check_transposing(const seg_metric *metric, const metric_kind *kind, bool ignoring) {
    contract_options o;
    const void *options = options_of(&o, metric);
    seg_tally *tallies[2] = {metric_tally(metric, options, NULL),
                             metric_tally(metric, options, NULL)};
    for (int t = 0; t < FRAMES; t++) {
        metric_pair p;
        transposed_pair q;
        metric_pair_make(&p, metric, kind, MEMORY_OWN, METRIC_WIDTH, METRIC_HEIGHT, t, ignoring);
        const seg_status status = seg_tally_add(tallies[0], &p.pair);
        transpose_pair(&q, &p);
        ck_assert_int_eq(seg_tally_add(tallies[1], &q.pair), status);
        transposed_free(&q);
        metric_pair_free(&p);
    }
    compare(metric, kind, tallies, "rows and columns change places", false);
    for (int i = 0; i < 2; i++)
        seg_tally_free(tallies[i]);
}

START_TEST(rows_and_columns_change_places) {
    const seg_metric *metric = metric_number(_i);
    metric_kind kind;
    for (int n = 0; !is_one_sided(metric) && metric_kind_of(&kind, metric, n); n++) {
        check_transposing(metric, &kind, false);
        check_transposing(metric, &kind, true);
    }
}
END_TEST

/* ---- other names ---- */

/* 1 .. 12 in another order: what is multiplied modulo a prime stays different; 0 stays 0. */
static int32_t renamed(int32_t label, int32_t factor) {
    return label >= 1 && label <= 12 ? label * factor % 13 : label;
}

static void rename_labels(const seg_image *image, int32_t factor) {
    for (int32_t y = 0; y < image->height; y++) {
        void *row = seg_image_row(image, y);
        for (int32_t x = 0; x < image->width; x++)
            if (image->format == SEG_U16)
                ((uint16_t *)row)[x] = (uint16_t)renamed(((uint16_t *)row)[x], factor);
            else
                ((int32_t *)row)[x] = renamed(((int32_t *)row)[x], factor);
    }
}

static bool is_label_picture(const seg_metric *metric, const metric_kind *kind) {
    return metric->prediction_formats & metric->truth_formats & SEG_FORMAT_BIT(SEG_LABEL32) &&
           (kind->prediction == SEG_LABEL32 || kind->prediction == SEG_U16) &&
           (kind->truth == SEG_LABEL32 || kind->truth == SEG_U16) &&
           kind->prediction_channels == 1 && kind->truth_channels == 1;
}

static void check_names(const seg_metric *metric, const metric_kind *kind) {
    contract_options o;
    const void *options = options_of(&o, metric);
    seg_tally *tallies[2] = {metric_tally(metric, options, NULL),
                             metric_tally(metric, options, NULL)};
    for (int t = 0; t < FRAMES; t++) {
        metric_pair p;
        metric_pair_make(&p, metric, kind, MEMORY_OWN, METRIC_WIDTH, METRIC_HEIGHT, t, false);
        const seg_status status = seg_tally_add(tallies[0], &p.pair);
        rename_labels(&p.prediction.image, 5);
        for (int32_t i = 0; i < p.pair.level_count; i++)
            rename_labels(&p.levels[i].image, 5);
        for (int32_t i = 0; i < p.pair.truth_count; i++)
            rename_labels(&p.truths[i].image, values_are_shared(metric) ? 5 : 7);
        ck_assert_int_eq(seg_tally_add(tallies[1], &p.pair), status);
        metric_pair_free(&p);
    }
    compare(metric, kind, tallies, "labels have other names", true);
    for (int i = 0; i < 2; i++)
        seg_tally_free(tallies[i]);
}

START_TEST(labels_have_other_names) {
    const seg_metric *metric = metric_number(_i);
    metric_kind kind;
    for (int n = 0; metric_kind_of(&kind, metric, n); n++)
        if (is_label_picture(metric, &kind)) check_names(metric, &kind);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {rows_and_columns_change_places, labels_have_other_names};
    return contract_main_of("symmetry of metrics", tests, sizeof tests / sizeof *tests,
                            metric_count(), NULL);
}
