/*
 * The Berkeley benchmark's own sample (five pictures, five segmentations each, four to eight
 * annotators) against the files that its evaluator wrote, digit by digit: `eval_cover*.txt` and
 * `eval_RI_VOI*.txt` of its tests 1 (levels of an ultrametric contour map: named 1/6 .. 5/6), 4 and
 * 5 (the same as segmentations: named 1 .. 5). The kit writes the sums of each picture with six
 * digits and adds up what it reads there, so the test rounds as it does. Found through SEGMENT_DATA
 * (default ../shared/data beside the source); skipped without it.
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

static double value_of(const seg_tally *tally, const char *name) {
    double values[32];
    ck_assert_int_eq(seg_tally_values(tally, values), SEG_OK);
    return values[seg_measure_find(seg_tally_metric(tally), name)];
}

/* Adds a picture; every pixel of it is in a region, of each level and annotator. */
static void add_picture(seg_tally *tally, const char *name, double *true_pixels, double *pixels) {
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
    *pixels = (double)levels[0].width * levels[0].height;
    *true_pixels = annotators * *pixels;
    for (int l = 0; l < LEVELS; l++)
        seg_image_unref(&levels[l]);
    for (int32_t k = 0; k < annotators; k++)
        seg_image_unref(&truths[k]);
}

/* ---- as the kit writes ---- */

/* A number after it was written with six digits and read again. */
static double written(double number) {
    char text[40];
    snprintf(text, sizeof text, "%10g", number);
    return strtod(text, NULL);
}

/* What the kit keeps of a picture. */
typedef struct kit_picture {
    double covered[LEVELS], covering[LEVELS]; /* pixels of true regions, and of the level's own */
    double true_pixels, pixels, covered_best;
    double rand[LEVELS], vi[LEVELS];
} kit_picture;

static kit_picture kit_picture_of(const seg_tally *one, double true_pixels, double pixels) {
    kit_picture kept = {.true_pixels = written(true_pixels), .pixels = written(pixels)};
    seg_table table = {0};
    ck_assert_int_eq(seg_tally_table(one, 0, &table), SEG_OK);
    ck_assert_int_eq(table.rows, LEVELS);
    for (int l = 0; l < LEVELS; l++) {
        const double *row = table.cells + l * table.columns;
        kept.covered[l] = written(row[1] * true_pixels);
        kept.covering[l] = written(row[2] * pixels);
        kept.rand[l] = written(row[3]);
        kept.vi[l] = written(row[4]);
    }
    seg_table_free(&table, NULL);
    kept.covered_best = written(value_of(one, "covering-best") * true_pixels);
    return kept;
}

/* The first best of LEVELS numbers: the largest, or the smallest if sign is -1. */
static int best_of(const double *numbers, double sign) {
    int best = 0;
    for (int l = 1; l < LEVELS; l++)
        if (sign * numbers[l] > sign * numbers[best]) best = l;
    return best;
}

typedef struct kit_files {
    double cover_img[PICTURES][3]; /* level counted from 0, recall, precision */
    double cover_th[LEVELS], rand_th[LEVELS], vi_th[LEVELS];
    double cover_ois, cover_best, rand_ois, vi_ois;
} kit_files;

static kit_files kit_collect(const kit_picture *pictures_kept) {
    kit_files files = {0};
    double covered[LEVELS] = {0}, all = 0, ois = 0, best = 0;
    for (int i = 0; i < PICTURES; i++) {
        const kit_picture *kept = &pictures_kept[i];
        const int level = best_of(kept->covered, 1);
        files.cover_img[i][0] = level;
        files.cover_img[i][1] = kept->covered[level] / kept->true_pixels;
        files.cover_img[i][2] = kept->covering[level] / kept->pixels;
        for (int l = 0; l < LEVELS; l++) {
            covered[l] += kept->covered[l];
            files.rand_th[l] += kept->rand[l] / PICTURES;
            files.vi_th[l] += kept->vi[l] / PICTURES;
        }
        all += kept->true_pixels;
        ois += kept->covered[level];
        best += kept->covered_best;
        files.rand_ois += kept->rand[best_of(kept->rand, 1)] / PICTURES;
        files.vi_ois += kept->vi[best_of(kept->vi, -1)] / PICTURES;
    }
    for (int l = 0; l < LEVELS; l++)
        files.cover_th[l] = covered[l] / all;
    files.cover_ois = ois / all;
    files.cover_best = best / all;
    return files;
}

/* ---- against its files ---- */

static int differing;

/* The next word of the file is `number` as the kit prints it. */
static void next_is(FILE *file, const char *name, double number) {
    char expected[60] = "", got[60];
    ck_assert_msg(fscanf(file, "%59s", expected) == 1, "%s ends early", name);
    snprintf(got, sizeof got, "%g", number);
    if (strcmp(got, expected) == 0) return;
    printf("%s: %s, the kit wrote %s\n", name, got, expected);
    differing++;
}

static FILE *open_expected(const char *test, const char *name) {
    char path[2200];
    snprintf(path, sizeof path, "%s/expected/%s/%s", folder, test, name);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s", path);
    return file;
}

/* `step`: level l is called (l + 1) * step in the file. */
static void check_test(const kit_files *files, const char *test, double step) {
    FILE *file = open_expected(test, "eval_cover_img.txt");
    for (int i = 0; i < PICTURES; i++) {
        next_is(file, "eval_cover_img.txt", i + 1);
        next_is(file, "eval_cover_img.txt", (files->cover_img[i][0] + 1) * step);
        next_is(file, "eval_cover_img.txt", files->cover_img[i][1]);
        next_is(file, "eval_cover_img.txt", files->cover_img[i][2]);
    }
    fclose(file);
    file = open_expected(test, "eval_cover_th.txt");
    for (int l = 0; l < LEVELS; l++) {
        next_is(file, "eval_cover_th.txt", (l + 1) * step);
        next_is(file, "eval_cover_th.txt", files->cover_th[l]);
    }
    fclose(file);
    file = open_expected(test, "eval_RI_VOI_thr.txt");
    for (int l = 0; l < LEVELS; l++) {
        next_is(file, "eval_RI_VOI_thr.txt", (l + 1) * step);
        next_is(file, "eval_RI_VOI_thr.txt", files->rand_th[l]);
        next_is(file, "eval_RI_VOI_thr.txt", files->vi_th[l]);
    }
    fclose(file);
    const int cover = best_of(files->cover_th, 1), pri = best_of(files->rand_th, 1),
              vi = best_of(files->vi_th, -1);
    const double covers[] = {(cover + 1) * step, files->cover_th[cover], files->cover_ois,
                             files->cover_best};
    const double indices[] = {(pri + 1) * step, files->rand_th[pri], files->rand_ois,
                              (vi + 1) * step,  files->vi_th[vi],    files->vi_ois};
    file = open_expected(test, "eval_cover.txt");
    for (int i = 0; i < 4; i++)
        next_is(file, "eval_cover.txt", covers[i]);
    fclose(file);
    file = open_expected(test, "eval_RI_VOI.txt");
    for (int i = 0; i < 6; i++)
        next_is(file, "eval_RI_VOI.txt", indices[i]);
    fclose(file);
}

/* The tally's own sums are those numbers without the rounding of what was written. */
static void check_tally(const seg_tally *all, const kit_files *files) {
    const struct {
        const char *name;
        double number;
    } pairs[] = {
        {"covering-level", best_of(files->cover_th, 1) + 1},
        {"covering", files->cover_th[best_of(files->cover_th, 1)]},
        {"covering-ois", files->cover_ois},
        {"covering-best", files->cover_best},
        {"pri-level", best_of(files->rand_th, 1) + 1},
        {"pri", files->rand_th[best_of(files->rand_th, 1)]},
        {"pri-ois", files->rand_ois},
        {"vi-level", best_of(files->vi_th, -1) + 1},
        {"vi", files->vi_th[best_of(files->vi_th, -1)]},
        {"vi-ois", files->vi_ois},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const double got = value_of(all, pairs[i].name);
        ck_assert_msg(fabs(got - pairs[i].number) <= 5e-6 * pairs[i].number, "%s: %.9g, not %.9g",
                      pairs[i].name, got, pairs[i].number);
    }
}

START_TEST(as_the_kit_wrote) {
    if (!find_sample()) return;
    seg_tally *all;
    const seg_metric *metric = seg_metric_find("regions");
    kit_picture kept[PICTURES];
    ck_assert_int_eq(seg_tally_create(&all, metric, NULL, NULL), SEG_OK);
    for (int i = 0; i < PICTURES; i++) {
        seg_tally *one;
        double true_pixels, pixels;
        ck_assert_int_eq(seg_tally_create(&one, metric, NULL, NULL), SEG_OK);
        add_picture(one, pictures[i], &true_pixels, &pixels);
        kept[i] = kit_picture_of(one, true_pixels, pixels);
        ck_assert_int_eq(seg_tally_merge(all, one), SEG_OK);
        seg_tally_free(one);
    }
    const kit_files files = kit_collect(kept);
    check_test(&files, "test_1", 1.0 / (LEVELS + 1));
    check_test(&files, "test_4", 1);
    check_test(&files, "test_5", 1);
    ck_assert_msg(differing == 0, "%d numbers differ from the kit's", differing);
    check_tally(all, &files);
    seg_tally_free(all);
}
END_TEST

CORE_MAIN("Berkeley's regions", as_the_kit_wrote)
