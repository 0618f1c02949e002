/*
 * The mean of the window, less a constant: the plainest local level, for light that changes slowly.
 *
 * Folklore; OpenCV's adaptiveThreshold with ADAPTIVE_THRESH_MEAN_C and THRESH_BINARY, whose 8-bit
 * result it equals: the mean is rounded to a level first.
 *
 * Symbols: m mean of the w x w window in 8-bit levels, rounded; c `c`
 *     T = m - c,  foreground = g > T, the opposite with `invert`
 * Other depths compare with the same levels: g > T exactly if m < g + c - 1/2 before rounding.
 * Cost: running sums, independent of w. Known failures: flat ground is all foreground or none, by
 * the sign of c; a border of an object casts a rim of width w / 2.
 */
#include "threshold/local.h"

static const seg_param rows[] = {
    SEG_LOCAL_WINDOW("35"),
    {"c", SEG_PARAM_INT, offsetof(seg_local_options, c), "10", -255, 255, NULL, "8-bit levels",
     "Taken from the mean.", "C"},
    SEG_LOCAL_INVERT,
};

SEG_LOCAL_TABLE;

const seg_local_row seg_local_row_adaptive_mean = {SEG_LOCAL_BY_MEAN, false, &table, NULL};

SEG_LOCAL_METHOD(adaptive_mean, "adaptive-mean", "mean of the window less a constant", "", 0);
