/*
 * Sauvola's local level: below the mean by a share that shrinks where the window has contrast, so
 * that plain paper stays free of specks. For documents under uneven light.
 *
 * J. Sauvola, M. Pietikainen, "Adaptive document image binarization", Pattern Recognition 33(2),
 * 2000.
 *
 * Symbols: m, s mean and standard deviation of the w x w window; R `r`, its dynamic range; k `k`
 *     T = m (1 + k (s / R - 1)),  foreground = g > T, the opposite with `invert`
 * The paper has k = 0.5 and R = 128; k = 0.2, which later comparisons and toolkits use, keeps
 * faint strokes. Cost: running sums, independent of w; about 30 bytes a column and worker. Known
 * failures: strokes wider than the window become hollow; faint ink where s is far below R.
 */
#include "threshold/local.h"

static const seg_param rows[] = {
    SEG_LOCAL_WINDOW("25"),
    {"k", SEG_PARAM_FLOAT, offsetof(seg_local_options, k), "0.2", -1, 1, NULL, "",
     "How far the level drops below the mean where there is no contrast.", "k"},
    {"r", SEG_PARAM_FLOAT, offsetof(seg_local_options, r), "128", 1, 255, NULL, "8-bit level",
     "Standard deviation from which the level does not drop.", "R"},
    SEG_LOCAL_INVERT,
};

SEG_LOCAL_TABLE;

static void set_formula(seg_local_formula *formula, const seg_local_options *options,
                        const seg_local_scene *scene) {
    formula->linear = 1 - options->k;
    formula->product = options->k / (options->r * scene->full / 255 * formula->n);
}

const seg_local_row seg_local_row_sauvola = {SEG_LOCAL_BY_SPREAD, false, &table, set_formula};

SEG_LOCAL_METHOD(sauvola, "sauvola", "Sauvola's local level",
                 "J. Sauvola, M. Pietikainen, Adaptive document image binarization, Pattern "
                 "Recognition 33(2)",
                 2000);
