/*
 * NICK: Niblack's level with the energy of the window in place of its deviation, which pulls the
 * level well below plain ground, so that it stays free of specks.
 *
 * K. Khurshid, I. Siddiqi, C. Faure, N. Vincent, "Comparison of Niblack inspired binarization
 * methods for ancient documents", Document Recognition and Retrieval XVI, 2009.
 *
 * Symbols: m mean of the n = w w samples p of the window; k `k`
 *     T = m + k sqrt((sum p^2 - m^2) / n),  foreground = g > T, the opposite with `invert`
 * The paper has k from -0.2 (no noise) to -0.1 (whole strokes). Cost: running sums, independent of
 * w. Known failures: light ink on white paper, as the level drops with the brightness.
 */
#include "threshold/local.h"

static const seg_param rows[] = {
    SEG_LOCAL_WINDOW("25"),
    {"k", SEG_PARAM_FLOAT, offsetof(seg_local_options, k), "-0.1", -5, 5, NULL, "",
     "Share of the root mean square by which the level is off the mean.", "k"},
    SEG_LOCAL_INVERT,
};

SEG_LOCAL_TABLE;

static void set_formula(seg_local_formula *formula, const seg_local_options *options,
                        const seg_local_scene *scene) {
    (void)scene;
    formula->linear = 1;
    formula->slope = options->k;
    formula->energy = 1 - 1.0 / formula->n;
}

const seg_local_row seg_local_row_nick = {SEG_LOCAL_BY_SPREAD, false, &table, set_formula};

SEG_LOCAL_METHOD(nick, "nick", "NICK",
                 "K. Khurshid, I. Siddiqi, C. Faure, N. Vincent, Comparison of Niblack inspired "
                 "binarization methods for ancient documents, DRR XVI",
                 2009);
