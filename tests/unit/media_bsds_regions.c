/*
 * The Berkeley benchmark's own sample (five pictures, five segmentations each, four to eight
 * annotators) against the numbers that its evaluator printed: `eval_cover*.txt`, `eval_RI_VOI*.txt`
 * of its tests 4 and 5. Found through SEGMENT_DATA (default ../shared/data beside the source);
 * skipped without it.
 */
#include "media_pictures.h"

#include <math.h>
#include <segment/evaluate.h>
#include <unistd.h>

static const char *const pictures[] = {"2018", "3063", "5096", "6046", "8068"};

#define PICTURES 5
#define LEVELS 5
#define MOST_ANNOTATORS 10

static char folder[2000];

static bool find_sample(void) {
    const char *data = getenv("SEGMENT_DATA"), *source = getenv("SEGMENT_SOURCE");
    snprintf(folder, sizeof folder, "%s%s/images/bsds500/bench_sample",
             data     ? data
             : source ? source
                      : ".",
             data ? "" : "/../shared/data");
    if (access(folder, R_OK) == 0) return true;
    printf("skipped: no %s\n", folder);
    return false;
}

static bool read_labels(seg_image *image, const char *kind, const char *picture, int number) {
    char path[2200];
    snprintf(path, sizeof path, "%s/%s/%s_%d.png", folder, kind, picture, number);
    return access(path, R_OK) == 0 && seg_picture_read(image, NULL, path, NULL, NULL) == SEG_OK;
}

static void add_picture(seg_tally *tally, const char *name) {
    seg_image levels[LEVELS] = {{0}}, truths[MOST_ANNOTATORS] = {{0}};
    int32_t annotators = 0;
    for (int l = 0; l < LEVELS; l++)
        ck_assert(read_labels(&levels[l], "segs_png", name, l + 1));
    while (annotators < MOST_ANNOTATORS &&
           read_labels(&truths[annotators], "gt_seg", name, annotators + 1))
        annotators++;
    const seg_pair pair = {.prediction = levels,
                           .levels = levels + 1,
                           .level_count = LEVELS - 1,
                           .truths = truths,
                           .truth_count = annotators};
    const seg_status status = seg_tally_add(tally, &pair);
    ck_assert_msg(status == SEG_OK, "%s: %s", name, seg_error_detail());
    for (int l = 0; l < LEVELS; l++)
        seg_image_unref(&levels[l]);
    for (int32_t k = 0; k < annotators; k++)
        seg_image_unref(&truths[k]);
}

/* The numbers of a result file in printing order. */
static int read_expected(double *numbers, int most, const char *test, const char *name) {
    char path[2200];
    snprintf(path, sizeof path, "%s/expected/%s/%s", folder, test, name);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s", path);
    int count = 0;
    while (count < most && fscanf(file, "%lf", &numbers[count]) == 1)
        count++;
    fclose(file);
    return count;
}

/* Equal but for the kit's rounding: it writes its sums with six digits and reads them again, so
 * that a ratio of two is off by 1e-5 of itself at most, and prints six digits of that. */
static void check(const char *file, int at, double got, double expected) {
    ck_assert_msg(fabs(got - expected) <= 1.1e-5 * fabs(expected),
                  "%s, number %d: %.7g, the kit printed %.6g", file, at, got, expected);
}

static void check_file(const char *file, const double *got, int count) {
    static const char *const tests[] = {"test_4", "test_5"};
    double expected[64];
    for (int t = 0; t < 2; t++) {
        ck_assert_int_eq(read_expected(expected, 64, tests[t], file), count);
        for (int i = 0; i < count; i++)
            check(file, i, got[i], expected[i]);
    }
}

static double value_of(const double *values, const char *name) {
    return values[seg_measure_find(seg_metric_find("regions"), name)];
}

START_TEST(as_the_kit_printed) {
    if (!find_sample()) return;
    seg_tally *all, *one;
    const seg_metric *metric = seg_metric_find("regions");
    double values[32], images[PICTURES * 4], cover_levels[LEVELS * 2], rand_levels[LEVELS * 3];
    ck_assert_int_eq(seg_tally_create(&all, metric, NULL, NULL), SEG_OK);
    for (int i = 0; i < PICTURES; i++) {
        ck_assert_int_eq(seg_tally_create(&one, metric, NULL, NULL), SEG_OK);
        add_picture(one, pictures[i]);
        ck_assert_int_eq(seg_tally_values(one, values), SEG_OK);
        const double level = value_of(values, "covering-level");
        seg_table table = {0};
        ck_assert_int_eq(seg_tally_table(one, 0, &table), SEG_OK);
        const double precision = table.cells[((int)level - 1) * table.columns + 2];
        memcpy(images + 4 * i, (double[]){i + 1, level, value_of(values, "covering"), precision},
               4 * sizeof *images);
        seg_table_free(&table, NULL);
        ck_assert_int_eq(seg_tally_merge(all, one), SEG_OK);
        seg_tally_free(one);
    }
    check_file("eval_cover_img.txt", images, PICTURES * 4);
    ck_assert_int_eq(seg_tally_values(all, values), SEG_OK);
    check_file("eval_cover.txt",
               (double[]){value_of(values, "covering-level"), value_of(values, "covering"),
                          value_of(values, "covering-ois"), value_of(values, "covering-best")},
               4);
    check_file("eval_RI_VOI.txt",
               (double[]){value_of(values, "pri-level"), value_of(values, "pri"),
                          value_of(values, "pri-ois"), value_of(values, "vi-level"),
                          value_of(values, "vi"), value_of(values, "vi-ois")},
               6);
    seg_table table = {0};
    ck_assert_int_eq(seg_tally_table(all, 0, &table), SEG_OK);
    for (int l = 0; l < LEVELS; l++) {
        const double *row = table.cells + l * table.columns;
        cover_levels[2 * l] = rand_levels[3 * l] = row[0];
        cover_levels[2 * l + 1] = row[1];
        rand_levels[3 * l + 1] = row[3];
        rand_levels[3 * l + 2] = row[4];
    }
    check_file("eval_cover_th.txt", cover_levels, LEVELS * 2);
    check_file("eval_RI_VOI_thr.txt", rand_levels, LEVELS * 3);
    seg_table_free(&table, NULL);
    seg_tally_free(all);
}
END_TEST

CORE_MAIN("Berkeley's regions", as_the_kit_printed)
