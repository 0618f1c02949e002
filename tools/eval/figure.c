#include "eval/figure.h"
#include "common/messages.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BARS = 20 };

/* ---- axes ---- */

static void widen(figure *target, int axis, double value) {
    if (!isfinite(value)) return;
    if (value < target->low[axis]) target->low[axis] = value;
    if (value > target->high[axis]) target->high[axis] = value;
}

/* Shares are shown from 0 to 1; anything else from its least to its largest value. */
static void find_axes(figure *target) {
    for (int axis = 0; axis < 2; axis++) {
        target->low[axis] = INFINITY;
        target->high[axis] = -INFINITY;
        for (int32_t s = 0; s < target->series_count; s++)
            for (int32_t i = 0; i < target->series[s].count; i++)
                widen(target, axis, axis ? target->series[s].y[i] : target->series[s].x[i]);
        if (!(target->low[axis] <= target->high[axis])) target->low[axis] = target->high[axis] = 0;
        if (target->low[axis] >= 0 && target->high[axis] <= 1) {
            target->low[axis] = 0;
            target->high[axis] = 1;
        } else if (target->low[axis] > 0 && target->low[axis] < target->high[axis] / 2) {
            target->low[axis] = 0;
        }
        if (target->low[axis] == target->high[axis]) target->high[axis] += 1;
    }
}

/* ---- tables ---- */

/* The measure that a curve is summed up by. */
static const char *headline_of(const char *table) {
    static const char *const pairs[][2] = {
        {"roc", "auc"}, {"pr", "ap"}, {"calibration", "ece"}, {"boundary", "ods"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (text_equal(table, pairs[i][0])) return pairs[i][1];
    return NULL;
}

/* "A: auc 0.9731" */
static char *legend_of(const results *from, int32_t side, const char *table) {
    const seg_metric *metric = from->choices->metric;
    const char *headline = headline_of(table);
    const int32_t m = headline ? seg_measure_find(metric, headline) : -1;
    const bool two = from->choices->sides == 2;
    char number[NUMBER_ROOM];
    if (m < 0) return two ? text_copy(side ? "B" : "A") : NULL;
    measure_number(number, scores_quoted(&from->scores, side)[m], &metric->measures[m]);
    return text_format("%s%s %s", two ? side ? "B: " : "A: " : "", headline, number);
}

static seg_status take_curve(figure *target, const results *from, int32_t side,
                             const seg_table_kind *kind, const seg_table *table) {
    figure_series *series = &target->series[target->series_count++];
    series->name = legend_of(from, side, kind->name);
    series->x = memory_get((size_t)table->rows, sizeof *series->x);
    series->y = memory_get((size_t)table->rows, sizeof *series->y);
    for (int32_t r = 0; r < table->rows; r++) {
        const double *row = table->cells + (size_t)r * (size_t)table->columns;
        if (isnan(row[kind->x]) || isnan(row[kind->y])) continue;
        series->x[series->count] = row[kind->x];
        series->y[series->count++] = row[kind->y];
    }
    return SEG_OK;
}

/* True if a class is in a truth or in a prediction. */
static bool occurs(const seg_table *table, int32_t label) {
    for (int32_t i = 0; i < table->columns; i++)
        if (table->cells[(size_t)label * (size_t)table->columns + (size_t)i] != 0 ||
            table->cells[(size_t)i * (size_t)table->columns + (size_t)label] != 0)
            return true;
    return false;
}

/* The classes that occur, of a square of all. */
static void take_matrix(figure *target, const seg_table *table) {
    figure_series *series = &target->series[target->series_count++];
    int32_t *labels = memory_get((size_t)table->rows, sizeof *labels), count = 0;
    for (int32_t i = 0; i < table->rows; i++)
        if (occurs(table, i)) labels[count++] = i;
    target->rows = target->columns = count;
    target->shares = true;
    target->row_names = memory_get((size_t)count, sizeof *target->row_names);
    target->column_names = memory_get((size_t)count, sizeof *target->column_names);
    series->y = memory_get((size_t)count * (size_t)count, sizeof *series->y);
    for (int32_t i = 0; i < count; i++) {
        const double *row = table->cells + (size_t)labels[i] * (size_t)table->columns;
        target->row_names[i] = text_format("%d", (int)labels[i]);
        target->column_names[i] = text_format("%d", (int)labels[i]);
        for (int32_t k = 0; k < count; k++)
            series->y[series->count++] = row[labels[k]];
    }
    free(labels);
}

static bool take_table(figure *target, const results *from, int32_t index) {
    const seg_table_kind *kind = &from->choices->metric->tables[index];
    *target = (figure){.kind = kind->columns ? FIGURE_CURVES : FIGURE_MATRIX,
                       .name = text_copy(kind->name),
                       .title = text_copy(kind->title)};
    target->x_name = text_copy(kind->columns ? kind->columns[kind->x] : "prediction");
    target->y_name = text_copy(kind->columns ? kind->columns[kind->y] : "truth");
    target->diagonal = text_equal(kind->name, "roc") || text_equal(kind->name, "calibration");
    target->points = text_equal(kind->name, "calibration");
    target->iso_f = text_equal(target->x_name, "recall") && text_equal(target->y_name, "precision");
    /* a matrix has no room for a second one */
    const int32_t sides = kind->columns ? from->choices->sides : 1;
    for (int32_t side = 0; side < sides; side++) {
        seg_table table = {0};
        const seg_status status =
            seg_tally_table(from->scores.all.sides[side].tally, index, &table);
        if (status < 0) {
            message_error(NULL, "table %s: %s", kind->name, message_reason(status));
            return false;
        }
        if (kind->columns)
            take_curve(target, from, side, kind, &table);
        else
            take_matrix(target, &table);
        seg_table_free(&table, NULL);
    }
    if (kind->columns) find_axes(target);
    return true;
}

/* ---- histogram ---- */

static void find_range(double *low, double *high, const results *from) {
    const int32_t m = from->choices->measure;
    *low = INFINITY;
    *high = -INFINITY;
    for (int32_t side = 0; side < from->choices->sides; side++)
        for (int32_t i = 0; i < from->scores.row_count; i++) {
            const double value = from->scores.rows[i].sides[side].values[m];
            if (!isfinite(value)) continue;
            if (value < *low) *low = value;
            if (value > *high) *high = value;
        }
    if (!(*low <= *high)) *low = *high = 0;
    if (*low >= 0 && *high <= 1) {
        *low = 0;
        *high = 1;
    }
    if (*low == *high) *high += 1;
}

static void take_histogram(figure *target, const results *from) {
    const seg_measure *measure = &from->choices->metric->measures[from->choices->measure];
    double low, high;
    find_range(&low, &high, from);
    *target =
        (figure){.kind = FIGURE_HISTOGRAM,
                 .name = text_copy(FIGURE_OF_FILES),
                 .title = text_format("%s of the %d %s", measure->name, (int)from->scores.row_count,
                                      report_rows_name(&from->scores)),
                 .x_name = text_copy(measure->name),
                 .y_name = text_copy(report_rows_name(&from->scores)),
                 .bar = (high - low) / BARS};
    double most = 0;
    for (int32_t side = 0; side < from->choices->sides; side++) {
        figure_series *series = &target->series[target->series_count++];
        if (from->choices->sides == 2) series->name = text_copy(side ? "B" : "A");
        series->x = memory_get(BARS, sizeof *series->x);
        series->y = memory_get(BARS, sizeof *series->y);
        series->count = BARS;
        for (int32_t b = 0; b < BARS; b++)
            series->x[b] = low + b * target->bar;
        for (int32_t i = 0; i < from->scores.row_count; i++) {
            const double value = from->scores.rows[i].sides[side].values[from->choices->measure];
            if (!isfinite(value)) continue;
            int32_t b = (int32_t)((value - low) / target->bar);
            b = b < BARS ? b : BARS - 1;
            if (++series->y[b] > most) most = series->y[b];
        }
    }
    target->low[0] = low;
    target->high[0] = high;
    target->high[1] = most > 0 ? most * 1.05 : 1;
}

/* ---- the whole ---- */

bool figure_can_draw(const seg_table_kind *kind) {
    return !kind->columns || (kind->x >= 0 && kind->y >= 0);
}

figure *figures_make(int32_t *count, const results *from) {
    const seg_metric *metric = from->choices->metric;
    figure *list = memory_get((size_t)metric->table_count + 1, sizeof *list);
    *count = 0;
    for (int32_t i = 0; i < metric->table_count; i++) {
        if (!figure_can_draw(&metric->tables[i])) continue;
        if (take_table(&list[(*count)++], from, i)) continue;
        figures_free(list, *count);
        *count = -1;
        return NULL;
    }
    if (from->scores.row_count > 1) take_histogram(&list[(*count)++], from);
    if (*count) return list;
    free(list);
    return NULL;
}

void figures_free(figure *list, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        free(list[i].name);
        free(list[i].title);
        free(list[i].x_name);
        free(list[i].y_name);
        for (int32_t k = 0; list[i].row_names && k < list[i].rows; k++)
            free(list[i].row_names[k]);
        for (int32_t k = 0; list[i].column_names && k < list[i].columns; k++)
            free(list[i].column_names[k]);
        free(list[i].row_names);
        free(list[i].column_names);
        for (int32_t s = 0; s < list[i].series_count; s++) {
            free(list[i].series[s].name);
            free(list[i].series[s].x);
            free(list[i].series[s].y);
        }
    }
    free(list);
}
