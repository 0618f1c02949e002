/* Parameters that tuning varies: which values they have, and what lies next to a value. */
#ifndef TOOLS_EVAL_AXIS_H
#define TOOLS_EVAL_AXIS_H

#include <segment/params.h>

/** One parameter. Its values are numbers between two ends, or words of a list; a place on the axis
 *  is the number, or the index of the word. */
typedef struct axis {
    const seg_param *param;
    char **words; /* NULL = numbers */
    int32_t count;
    double low, high;
    bool whole;                /* only whole numbers */
    bool odd;                  /* only odd ones */
    bool geometric;            /* steps are ratios */
    char prefix[4], suffix[8]; /* of numbers: "p90", "20%" */
} axis;

typedef struct axis_list {
    axis *items;
    int32_t count;
} axis_list;

/** Reads --vary. False: a message was given. */
bool axes_read(axis_list *target, const char *text, const seg_param_table *table,
               const char *method);

/** The place of the n-th value of the grid, n < count. */
double axis_place(const axis *of, int32_t n);

/** A place that is `steps` (may be a fraction, may be negative) away, kept within the axis. */
double axis_move(const axis *of, double place, double steps);

/** The place with four significant digits, or whole, so that equal settings are found again. */
double axis_round(const axis *of, double place);

/** The value as it is typed. */
void axis_text(char *shown, size_t size, const axis *of, double place);

void axes_free(axis_list *list);

#endif
