/* The results as one document. */
#include "common/messages.h"
#include "eval/report.h"
#include <math.h>
#include <segment/version.h>
#include <stdlib.h>

static void set_values(json_t *target, const results *from, const double *values) {
    const seg_metric *metric = from->choices->metric;
    char key[KEY_ROOM];
    for (int32_t m = 0; m < metric->measure_count; m++) {
        measure_key(key, metric->measures[m].name);
        json_object_set_new(target, key, report_value(values[m], &metric->measures[m]));
    }
}

static json_t *describe_values(const results *from, const double *values) {
    json_t *all = json_object();
    set_values(all, from, values);
    return all;
}

/* "f1": [low, high] */
static json_t *describe_intervals(const results *from, const seg_interval *intervals) {
    const seg_metric *metric = from->choices->metric;
    char key[KEY_ROOM];
    json_t *all = json_object();
    for (int32_t m = 0; m < metric->measure_count; m++) {
        json_t *ends = json_array();
        json_array_append_new(ends, report_real(intervals[m].low));
        json_array_append_new(ends, report_real(intervals[m].high));
        measure_key(key, metric->measures[m].name);
        json_object_set_new(all, key, ends);
    }
    return all;
}

/* ---- tables ---- */

static json_t *name_of(const char *name) {
    char key[KEY_ROOM];
    measure_key(key, name);
    return json_string(key);
}

static json_t *describe_table(const seg_table_kind *kind, const seg_table *table) {
    json_t *all = json_object(), *columns = json_array(), *rows = json_array();
    for (int32_t c = 0; kind->columns && c < table->columns && kind->columns[c]; c++)
        json_array_append_new(columns, name_of(kind->columns[c]));
    for (int32_t r = 0; r < table->rows; r++) {
        json_t *row = json_array();
        for (int32_t c = 0; c < table->columns; c++) {
            const double cell = table->cells[(size_t)r * (size_t)table->columns + (size_t)c];
            const bool whole = cell == floor(cell) && fabs(cell) < 9e15;
            json_array_append_new(row, whole ? json_integer((json_int_t)cell) : report_real(cell));
        }
        json_array_append_new(rows, row);
    }
    json_object_set_new(all, "title", json_string(kind->title));
    if (kind->columns)
        json_object_set_new(all, "columns", columns);
    else
        json_decref(columns);
    json_object_set_new(all, "rows", rows);
    return all;
}

/* NULL: a message was given. */
static json_t *describe_tables(const results *from, int32_t side) {
    const seg_metric *metric = from->choices->metric;
    const seg_tally *tally = from->scores.all.sides[side].tally;
    json_t *all = json_object();
    char key[KEY_ROOM];
    for (int32_t i = 0; tally && i < metric->table_count; i++) {
        seg_table table = {0};
        seg_status status = seg_tally_table(tally, i, &table);
        if (status < 0) {
            message_error(NULL, "table %s: %s", metric->tables[i].name, message_reason(status));
            json_decref(all);
            return NULL;
        }
        measure_key(key, metric->tables[i].name);
        json_object_set_new(all, key, describe_table(&metric->tables[i], &table));
        seg_table_free(&table, NULL);
    }
    return all;
}

/* ---- one prediction ---- */

static json_t *describe_files(const results *from, int32_t side) {
    json_t *list = json_array();
    for (int32_t i = 0; i < from->scores.row_count; i++) {
        const score_row *row = &from->scores.rows[i];
        json_t *file = json_object();
        json_object_set_new(file, "name", report_text(row->id));
        json_object_set_new(file, "pairs", json_integer(row->pairs));
        set_values(file, from, row->sides[side].values);
        json_array_append_new(list, file);
    }
    return list;
}

static json_t *describe_groups(const results *from, int32_t side) {
    json_t *list = json_array();
    for (int32_t i = 0; i < from->scores.group_count; i++) {
        const score_group *group = &from->scores.groups[i];
        json_t *one = json_object();
        json_object_set_new(one, "name", report_text(group->name));
        json_object_set_new(one, "files", json_integer(group->rows));
        json_object_set_new(one, "pairs", json_integer(group->pairs));
        json_object_set_new(one, "micro", describe_values(from, group->sides[side].values));
        json_object_set_new(one, "macro", describe_values(from, group->means[side]));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *describe_certainty(const results *from, int32_t place) {
    json_t *all = json_object();
    json_object_set_new(all, "confidence", json_real(from->choices->confidence));
    json_object_set_new(all, "samples", json_integer(from->choices->bootstrap));
    json_object_set_new(all, "micro", describe_intervals(from, from->certainty.sums[place]));
    json_object_set_new(all, "macro", describe_intervals(from, from->certainty.means[place]));
    return all;
}

static const char *quoted_name(const scores *from) {
    const double *quoted = scores_quoted(from, 0);
    if (quoted == from->all.sides[0].values) return "micro";
    return quoted == from->all.means[0] ? "macro" : "macro_of_groups";
}

/* False: a message was given. */
static bool describe_side(json_t *target, const results *from, int32_t side) {
    const scores *all = &from->scores;
    set_values(target, from, scores_quoted(all, side));
    json_object_set_new(target, "quoted", json_string(quoted_name(all)));
    json_object_set_new(target, "micro", describe_values(from, all->all.sides[side].values));
    json_object_set_new(target, "macro", describe_values(from, all->all.means[side]));
    if (all->group_means[side])
        json_object_set_new(target, "macro_of_groups",
                            describe_values(from, all->group_means[side]));
    if (from->certainty.sums[side])
        json_object_set_new(target, "intervals", describe_certainty(from, side));
    if (all->group_count) json_object_set_new(target, "groups", describe_groups(from, side));
    json_object_set_new(target, "per_file", describe_files(from, side));
    json_t *tables = describe_tables(from, side);
    json_object_set_new(target, "tables", tables);
    return tables != NULL;
}

/* ---- two predictions ---- */

static json_t *describe_test(const seg_paired_test *test) {
    json_t *all = json_object();
    json_object_set_new(all, "statistic", json_real(test->statistic));
    json_object_set_new(all, "p", json_real(test->p));
    json_object_set_new(all, "exact", json_boolean(test->exact));
    return all;
}

static json_t *describe_comparison(const results *from) {
    const seg_metric *metric = from->choices->metric;
    const certainty *sure = &from->certainty;
    json_t *all = json_object();
    char key[KEY_ROOM];
    for (int32_t m = 0; m < metric->measure_count; m++) {
        json_t *one = json_object();
        json_object_set_new(one, "difference", report_real(sure->differences[m]));
        json_object_set_new(one, "larger", json_integer(sure->signs[m].positive));
        json_object_set_new(one, "smaller", json_integer(sure->signs[m].negative));
        json_object_set_new(one, "sign_test", describe_test(&sure->signs[m]));
        json_object_set_new(one, "signed_rank_test", describe_test(&sure->ranks[m]));
        measure_key(key, metric->measures[m].name);
        json_object_set_new(all, key, one);
    }
    return all;
}

/* ---- the whole ---- */

static json_t *describe_problems(const unit_list *from) {
    json_t *list = json_array();
    for (int32_t i = 0; i < from->problem_count; i++) {
        json_t *one = json_object();
        json_object_set_new(one, "file", report_text(from->problems[i].subject));
        json_object_set_new(one, "problem", report_text(from->problems[i].reason));
        json_array_append_new(list, one);
    }
    return list;
}

json_t *report_json(const results *from) {
    const choices *asked = from->choices;
    static const char *const names[MAX_SIDES] = {"a", "b"};
    json_t *all = json_object();
    bool good = true;
    json_object_set_new(all, "metric", json_string(asked->metric->id));
    json_object_set(all, "options", asked->parameters);
    json_object_set_new(all, "version", json_string(seg_version()));
    json_object_set_new(all, "truth", report_text(asked->truth));
    json_object_set_new(all, "files", json_integer(from->scores.row_count));
    json_object_set_new(all, "pairs", json_integer(from->scores.all.pairs));
    json_object_set_new(all, "problems", describe_problems(from->scores.units));
    for (int32_t side = 0; side < asked->sides && good; side++) {
        json_t *target = asked->sides == 1 ? json_incref(all) : json_object();
        json_object_set_new(target, "prediction", report_text(asked->predictions[side]));
        good = describe_side(target, from, side);
        if (asked->sides == 1)
            json_decref(target);
        else
            json_object_set_new(all, names[side], target);
    }
    if (good && asked->sides == 2) {
        json_object_set_new(all, "differences", describe_comparison(from));
        if (from->certainty.sums[DIFFERENCE])
            json_object_set_new(all, "intervals", describe_certainty(from, DIFFERENCE));
    }
    if (good) return all;
    json_decref(all);
    return NULL;
}
