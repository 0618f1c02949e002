/* The results as tables for people: the whole, the groups, and with --per-file the files. */
#include "common/messages.h"
#include "eval/grid.h"
#include "eval/report.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void add_number(grid *target, double value, const seg_measure *measure) {
    char shown[NUMBER_ROOM];
    measure_number(shown, value, measure);
    grid_add(target, shown);
}

/* "[0.81, 0.87]" */
static void add_interval(grid *target, const seg_interval *interval, const seg_measure *measure) {
    char low[NUMBER_ROOM], high[NUMBER_ROOM], both[2 * NUMBER_ROOM + 4];
    measure_number(low, interval->low, measure);
    measure_number(high, interval->high, measure);
    snprintf(both, sizeof both, "[%s, %s]", low, high);
    grid_add(target, isnan(interval->low) ? "-" : both);
}

static void add_heading(text_buffer *target, const results *from) {
    const choices *asked = from->choices;
    const scores *all = &from->scores;
    text_add(target, "%s: %s\n", asked->metric->id, asked->metric->title);
    if (asked->sides == 1)
        text_add(target, "%s against %s: ", asked->predictions[0], asked->truth);
    else
        text_add(target, "A = %s, B = %s, against %s: ", asked->predictions[0],
                 asked->predictions[1], asked->truth);
    text_add(target, "%d %s", (int)all->row_count, report_rows_name(all));
    if (all->all.pairs != all->row_count)
        text_add(target, ", %lld pairs", (long long)all->all.pairs);
    if (all->group_count) text_add(target, ", %d groups", (int)all->group_count);
    if (all->units->problem_count)
        text_add(target, "; %d problem%s", (int)all->units->problem_count,
                 all->units->problem_count == 1 ? "" : "s");
    text_add(target, "\n\n");
}

/* ---- the whole, one prediction ---- */

/* An average over the files: its column, and that of its intervals. */
typedef struct average {
    const char *title;
    const double *values;
    const seg_interval *intervals; /* or NULL */
} average;

enum { MOST_AVERAGES = 3 };

static int32_t averages_of(average *list, const results *from, int32_t side, char mean[64]) {
    const scores *all = &from->scores;
    int32_t count = 0;
    snprintf(mean, 64, "macro (mean of %s)", report_rows_name(all));
    list[count++] = (average){"micro (all pairs as one)", all->all.sides[side].values,
                              from->certainty.sums[side]};
    if (all->row_count > 1)
        list[count++] = (average){mean, all->all.means[side], from->certainty.means[side]};
    if (all->group_means[side])
        list[count++] = (average){"macro (mean of groups)", all->group_means[side], NULL};
    return count;
}

static void add_whole(text_buffer *target, const results *from) {
    average list[MOST_AVERAGES];
    char mean[64], title[80];
    const choices *asked = from->choices;
    const int32_t count = averages_of(list, from, 0, mean);
    int32_t columns = 1 + count;
    for (int32_t i = 0; i < count; i++)
        columns += list[i].intervals != NULL;
    grid all = grid_make(columns);
    grid_set_words(&all, 0);
    grid_add(&all, "measure");
    for (int32_t i = 0; i < count; i++) {
        const bool quoted = count > 1 && list[i].values == scores_quoted(&from->scores, 0);
        snprintf(title, sizeof title, "%s%s", list[i].title, quoted ? " *" : "");
        grid_add(&all, count > 1 ? title : "value");
        snprintf(title, sizeof title, "%g %% interval", 100 * asked->confidence);
        if (list[i].intervals) grid_add(&all, title);
    }
    for (int32_t m = 0; m < asked->metric->measure_count; m++) {
        const seg_measure *measure = &asked->metric->measures[m];
        grid_add(&all, measure->name);
        for (int32_t i = 0; i < count; i++) {
            add_number(&all, list[i].values[m], measure);
            if (list[i].intervals) add_interval(&all, &list[i].intervals[m], measure);
        }
    }
    grid_print(target, &all);
    if (count > 1) text_add(target, "* what the protocol of the metric quotes\n");
}

/* ---- the whole, two predictions ---- */

static void add_signs(grid *target, const seg_paired_test *test) {
    char shown[48];
    snprintf(shown, sizeof shown, "%d : %d", (int)test->positive, (int)test->negative);
    grid_add(target, shown);
}

static void add_probability(grid *target, const seg_paired_test *test) {
    char shown[NUMBER_ROOM];
    report_probability(shown, test->p);
    grid_add(target, shown);
}

static void add_comparison(text_buffer *target, const results *from) {
    const choices *asked = from->choices;
    const scores *all = &from->scores;
    const certainty *sure = &from->certainty;
    const bool intervals = sure->means[DIFFERENCE] != NULL, several = all->row_count > 1;
    char title[48];
    snprintf(title, sizeof title, "%g %% interval", 100 * asked->confidence);
    const char *const titles[] = {"measure", "micro A", "micro B", "macro A",      "macro B",
                                  "B - A",   "+ : -",   "sign p",  "signed rank p"};
    const int32_t columns = several ? 9 : 3;
    grid table = grid_make(columns + intervals);
    grid_set_words(&table, 0);
    for (int32_t c = 0; c < columns; c++) {
        grid_add(&table, titles[c]);
        if (c == 5 && intervals) grid_add(&table, title);
    }
    for (int32_t m = 0; m < asked->metric->measure_count; m++) {
        const seg_measure *measure = &asked->metric->measures[m];
        grid_add(&table, measure->name);
        for (int32_t side = 0; side < 2; side++)
            add_number(&table, all->all.sides[side].values[m], measure);
        if (!several) continue;
        for (int32_t side = 0; side < 2; side++)
            add_number(&table, all->all.means[side][m], measure);
        add_number(&table, sure->differences[m], measure);
        if (intervals) add_interval(&table, &sure->means[DIFFERENCE][m], measure);
        add_signs(&table, &sure->signs[m]);
        add_probability(&table, &sure->signs[m]);
        add_probability(&table, &sure->ranks[m]);
    }
    grid_print(target, &table);
    if (several)
        text_add(target,
                 "B - A: mean difference of the %s; + : -: in how many of them B is "
                 "larger and smaller\n",
                 report_rows_name(all));
}

/* ---- groups and files ---- */

/* As many measures as there is room for, the one that counts first. Returns how many. */
static int32_t choose_measures(int32_t *chosen, const choices *asked, int32_t room) {
    const int32_t all = asked->metric->measure_count;
    int32_t most = room / 10, count = 0; /* ten columns a number */
    if (most < 1) most = 1;
    if (most > all) most = all;
    if (most < all) chosen[count++] = asked->measure;
    for (int32_t m = 0; m < all && count < most; m++)
        if (most == all || m != asked->measure) chosen[count++] = m;
    return count;
}

typedef struct line {
    const char *name;
    const double *values[MAX_SIDES];
    int32_t rows; /* of a group, else 0 */
} line;

static void add_lines(text_buffer *target, const results *from, const char *title,
                      const line *lines, int32_t count, int32_t width) {
    const choices *asked = from->choices;
    const int32_t sides = asked->sides, all_measures = asked->metric->measure_count;
    int32_t longest = text_columns(title), *chosen;
    for (int32_t i = 0; i < count; i++)
        if (text_columns(lines[i].name) > longest) longest = text_columns(lines[i].name);
    chosen = memory_get((size_t)all_measures, sizeof *chosen);
    const int32_t room = width ? (width - longest - 10) / sides : 10 * all_measures;
    const int32_t measures = choose_measures(chosen, asked, room);
    const bool counted = lines[0].rows > 0;
    grid table = grid_make(1 + counted + measures * sides);
    grid_set_words(&table, 0);
    grid_add(&table, title);
    if (counted) grid_add(&table, report_rows_name(&from->scores));
    for (int32_t k = 0; k < measures; k++)
        for (int32_t side = 0; side < sides; side++) {
            char name[KEY_ROOM + 4];
            snprintf(name, sizeof name, "%s%s",
                     sides == 1 ? ""
                     : side     ? "B "
                                : "A ",
                     asked->metric->measures[chosen[k]].name);
            grid_add(&table, name);
        }
    for (int32_t i = 0; i < count; i++) {
        char number[16];
        snprintf(number, sizeof number, "%d", (int)lines[i].rows);
        grid_add(&table, lines[i].name);
        if (counted) grid_add(&table, number);
        for (int32_t k = 0; k < measures; k++)
            for (int32_t side = 0; side < sides; side++)
                add_number(&table, lines[i].values[side][chosen[k]],
                           &asked->metric->measures[chosen[k]]);
    }
    text_add(target, "\n");
    grid_print(target, &table);
    if (measures < all_measures)
        text_add(target, "%d of %d measures; --csv and --json give all\n", (int)measures,
                 (int)all_measures);
    free(chosen);
}

static void add_groups(text_buffer *target, const results *from, int32_t width) {
    const scores *all = &from->scores;
    const bool means = (from->choices->metric->needs & SEG_METRIC_MEANS) != 0;
    if (!all->group_count) return;
    line *lines = memory_get((size_t)all->group_count, sizeof *lines);
    for (int32_t i = 0; i < all->group_count; i++) {
        const score_group *group = &all->groups[i];
        lines[i] = (line){.name = group->name[0] ? group->name : ".", .rows = group->rows};
        for (int32_t side = 0; side < from->choices->sides; side++)
            lines[i].values[side] = means ? group->means[side] : group->sides[side].values;
    }
    add_lines(target, from, means ? "group (macro)" : "group (micro)", lines, all->group_count,
              width);
    free(lines);
}

static void add_files(text_buffer *target, const results *from, int32_t width) {
    const scores *all = &from->scores;
    line *lines = memory_get((size_t)all->row_count, sizeof *lines);
    for (int32_t i = 0; i < all->row_count; i++)
        lines[i] = (line){.name = all->rows[i].id,
                          .values = {all->rows[i].sides[0].values, all->rows[i].sides[1].values}};
    add_lines(target, from, from->choices->per_frame ? "frame" : "file", lines, all->row_count,
              width);
    free(lines);
}

static void add_worst(text_buffer *target, const results *from, int32_t width) {
    const worst_list *worst = &from->worst;
    const choices *asked = from->choices;
    char title[KEY_ROOM + 40];
    if (!worst->count) return;
    line *lines = memory_get((size_t)worst->count, sizeof *lines);
    for (int32_t i = 0; i < worst->count; i++)
        lines[i] =
            (line){.name = worst->rows[i]->id,
                   .values = {worst->rows[i]->sides[0].values, worst->rows[i]->sides[1].values}};
    snprintf(title, sizeof title, "worst by %s", asked->metric->measures[asked->measure].name);
    add_lines(target, from, title, lines, worst->count, width);
    free(lines);
}

/* ---- the metric's own tables ---- */

/* True if a column holds nothing but whole numbers. */
static bool is_whole(const seg_table *table, int32_t column) {
    for (int32_t i = column; i < table->rows * table->columns; i += table->columns)
        if (!isnan(table->cells[i]) && table->cells[i] != floor(table->cells[i])) return false;
    return true;
}

static void add_cells(grid *target, const seg_table *table, int32_t row) {
    char shown[NUMBER_ROOM];
    for (int32_t c = 0; c < table->columns; c++) {
        const double cell = table->cells[row * table->columns + c];
        if (isnan(cell))
            snprintf(shown, sizeof shown, "-");
        else
            snprintf(shown, sizeof shown, is_whole(table, c) ? "%.0f" : "%.4f", cell);
        grid_add(target, shown);
    }
}

/* A matrix has its classes in front and above. */
static void add_matrix(text_buffer *target, const seg_table *table) {
    char shown[NUMBER_ROOM];
    grid cells = grid_make(table->columns + 1);
    grid_add(&cells, "truth");
    for (int32_t c = 0; c < table->columns; c++) {
        snprintf(shown, sizeof shown, "%d", (int)c);
        grid_add(&cells, shown);
    }
    for (int32_t r = 0; r < table->rows; r++) {
        snprintf(shown, sizeof shown, "%d", (int)r);
        grid_add(&cells, shown);
        add_cells(&cells, table, r);
    }
    grid_print(target, &cells);
}

static void add_table(text_buffer *target, const results *from, int32_t side) {
    const int32_t index = from->choices->table;
    const seg_table_kind *kind = &from->choices->metric->tables[index];
    seg_table table = {0};
    seg_status status = seg_tally_table(from->scores.all.sides[side].tally, index, &table);
    if (status < 0) {
        message_error(NULL, "table %s: %s", kind->name, message_reason(status));
        return;
    }
    text_add(target, "\n%s%s: %s\n", kind->name,
             from->choices->sides == 1 ? ""
             : side                    ? " of B"
                                       : " of A",
             kind->title);
    if (kind->columns) {
        grid cells = grid_make(table.columns);
        for (int32_t c = 0; c < table.columns; c++)
            grid_add(&cells, kind->columns[c]);
        for (int32_t r = 0; r < table.rows; r++)
            add_cells(&cells, &table, r);
        grid_print(target, &cells);
    } else {
        add_matrix(target, &table);
    }
    seg_table_free(&table, NULL);
}

void report_table(text_buffer *target, const results *from, int32_t width) {
    add_heading(target, from);
    if (from->choices->sides == 1)
        add_whole(target, from);
    else
        add_comparison(target, from);
    for (int32_t side = 0; side < from->choices->sides && from->choices->table >= 0; side++)
        add_table(target, from, side);
    add_groups(target, from, width);
    if (from->choices->per_file && from->scores.row_count) add_files(target, from, width);
    add_worst(target, from, width);
}
