/*
 * Wolf's local level: Sauvola's rule with the contrast and the ink of the picture itself in place
 * of a fixed range, for text in pictures and video of low contrast.
 *
 * C. Wolf, J.-M. Jolion, F. Chassaing, "Text localization, enhancement and binarization in
 * multimedia documents", ICPR, 2002.
 *
 * Symbols: m, s mean and standard deviation of the w x w window; M the darkest sample of the
 * picture, R the largest s of all its windows; k `k`
 *     T = m - k (1 - s / R) (m - M),  foreground = g > T, the opposite with `invert`
 * Cost: two passes of running sums, independent of w. Known failures: one black speck or one strong
 * edge sets M or R for the whole picture.
 */
#include "threshold/local.h"

static const seg_param rows[] = {
    SEG_LOCAL_WINDOW("41"),
    {"k", SEG_PARAM_FLOAT, offsetof(seg_local_options, k), "0.5", -1, 1, NULL, "",
     "How far the level drops towards the darkest sample where there is no contrast.", "k"},
    SEG_LOCAL_INVERT,
};

SEG_LOCAL_TABLE;

/* T - M = (m - M) (1 - k + k s / R): nothing that is black everywhere is above or below by rounding
 */
static void set_formula(seg_local_formula *formula, const seg_local_options *options,
                        const seg_local_scene *scene) {
    formula->floor = (int32_t)scene->lowest;
    formula->linear = 1 - options->k;
    if (scene->deviation > 0) formula->product = options->k / (scene->deviation * formula->n);
}

const seg_local_row seg_local_row_wolf = {SEG_LOCAL_BY_SPREAD, true, &table, set_formula};

SEG_LOCAL_METHOD(wolf, "wolf", "Wolf's local level",
                 "C. Wolf, J.-M. Jolion, F. Chassaing, Text localization, enhancement and "
                 "binarization in multimedia documents, ICPR",
                 2002);
