/*
 * Niblack's local level: k deviations from the mean of the window. Keeps every stroke, and every
 * speck of plain ground, which other methods clean up.
 *
 * W. Niblack, An Introduction to Digital Image Processing, Prentice Hall, 1986.
 *
 * Symbols: m, s mean and standard deviation of the w x w window; k `k`
 *     T = m + k s,  foreground = g > T, the opposite with `invert`
 * Cost: running sums, independent of w. Known failures: half of the noise of any flat ground is
 * below its mean; windows without an object are split all the same.
 */
#include "threshold/local.h"

static const seg_param rows[] = {
    SEG_LOCAL_WINDOW("25"),
    {"k", SEG_PARAM_FLOAT, offsetof(seg_local_options, k), "-0.2", -5, 5, NULL, "",
     "Deviations from the mean to the level; negative for dark objects.", "k"},
    SEG_LOCAL_INVERT,
};

SEG_LOCAL_TABLE;

static void set_formula(seg_local_formula *formula, const seg_local_options *options,
                        const seg_local_scene *scene) {
    (void)scene;
    formula->linear = 1;
    formula->slope = options->k;
}

const seg_local_row seg_local_row_niblack = {SEG_LOCAL_BY_SPREAD, false, &table, set_formula};

SEG_LOCAL_METHOD(niblack, "niblack", "Niblack's local level",
                 "W. Niblack, An Introduction to Digital Image Processing, Prentice Hall", 1986);
