/* What is plotted, before it is drawn. */
#ifndef TOOLS_EVAL_FIGURE_H
#define TOOLS_EVAL_FIGURE_H

#include "eval/report.h"

typedef enum figure_kind { FIGURE_CURVES, FIGURE_MATRIX, FIGURE_HISTOGRAM } figure_kind;

/** Points of a line, bars of a histogram (x is the left edge), or cells of a matrix. */
typedef struct figure_series {
    char *name; /* for the legend; NULL = none */
    double *x, *y;
    int32_t count;
} figure_series;

typedef struct figure {
    figure_kind kind;
    char *name; /* of the table: "roc" */
    char *title;
    char *x_name, *y_name;
    figure_series series[MAX_SIDES];
    int32_t series_count;
    double low[2], high[2];           /* what the axes show: x, y */
    bool diagonal;                    /* a thin line from corner to corner */
    bool iso_f;                       /* lines of equal f1 over recall and precision */
    bool points;                      /* marks at the points */
    int32_t rows, columns;            /* of a matrix; x unused, y = cells, row by row */
    char **row_names, **column_names; /* of curves: what is at x = 0, 1, ..., or NULL = numbers */
    bool shares; /* cells are shown as shares of their row; else from least to most */
    double bar;  /* width of a bar */
} figure;

/** The figure that every metric has of several files: how often which value is. */
#define FIGURE_OF_FILES "histogram"

/** True if a table is a curve or a matrix. */
bool figure_can_draw(const seg_table_kind *kind);

/** All figures of the results: the metric's tables that can be drawn, and a histogram of the
 *  measure that counts over the files. *count of them; release with figures_free. NULL: there are
 *  none, or a message was given (*count is then -1). */
figure *figures_make(int32_t *count, const results *from);

void figures_free(figure *list, int32_t count);

#endif
