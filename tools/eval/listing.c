/* segment-eval --list: the metrics, for people and as data. */
#include "common/help.h"
#include "eval/describe.h"
#include "eval/report.h"
#include <math.h>
#include <stdlib.h>

void eval_add_list(text_buffer *target) {
    int32_t count;
    const seg_metric *const *metrics = seg_metrics(&count);
    text_add(target, "Metrics\n");
    for (int32_t i = 0; i < count; i++) {
        text_add(target, "  %-12s %s\n               ", metrics[i]->id, metrics[i]->title);
        for (int32_t m = 0; m < metrics[i]->measure_count; m++)
            text_add(target, " %s", metrics[i]->measures[m].name);
        text_add(target, "\n");
    }
}

static json_t *describe_measure(const seg_measure *measure) {
    static const char *const better[] = {"smaller", "neither", "larger"};
    json_t *all = json_object();
    json_object_set_new(all, "name", json_string(measure->name));
    json_object_set_new(all, "title", json_string(measure->title));
    json_object_set_new(all, "unit", json_string(measure->unit));
    json_object_set_new(all, "better", json_string(better[measure->better + 1]));
    json_object_set_new(all, "perfect", report_real(measure->perfect));
    return all;
}

static json_t *describe_table(const seg_table_kind *kind) {
    json_t *all = json_object(), *columns = json_array();
    for (int32_t c = 0; kind->columns && kind->columns[c]; c++)
        json_array_append_new(columns, json_string(kind->columns[c]));
    json_object_set_new(all, "name", json_string(kind->name));
    json_object_set_new(all, "title", json_string(kind->title));
    json_object_set_new(all, "columns", kind->columns ? columns : json_null());
    if (!kind->columns) json_decref(columns);
    return all;
}

static json_t *describe_needs(uint32_t needs) {
    static const char *const names[] = {"instances", "picture", "annotators", "sequence",
                                        "means",     "levels",  "double"};
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (needs & 1u << i) json_array_append_new(list, json_string(names[i]));
    return list;
}

static json_t *describe_metric(const seg_metric *metric) {
    json_t *all = json_object(), *parameters = json_array(), *measures = json_array(),
           *tables = json_array();
    for (int32_t i = 0; metric->params && i < metric->params->count; i++)
        json_array_append_new(parameters, help_describe_parameter(&metric->params->items[i]));
    for (int32_t i = 0; i < metric->measure_count; i++)
        json_array_append_new(measures, describe_measure(&metric->measures[i]));
    for (int32_t i = 0; i < metric->table_count; i++)
        json_array_append_new(tables, describe_table(&metric->tables[i]));
    json_object_set_new(all, "id", json_string(metric->id));
    json_object_set_new(all, "title", json_string(metric->title));
    json_object_set_new(all, "reference", json_string(metric->reference));
    json_object_set_new(all, "year", metric->year ? json_integer(metric->year) : json_null());
    json_object_set_new(all, "uses", describe_needs(metric->needs));
    json_object_set_new(all, "parameters", parameters);
    json_object_set_new(all, "measures", measures);
    json_object_set_new(all, "tables", tables);
    json_object_set_new(all, "summary",
                        metric->summary ? json_string(metric->summary) : json_null());
    return all;
}

void eval_add_list_json(text_buffer *target) {
    int32_t count;
    const seg_metric *const *metrics = seg_metrics(&count);
    json_t *all = json_array();
    for (int32_t i = 0; i < count; i++)
        json_array_append_new(all, describe_metric(metrics[i]));
    char *body = json_dumps(all, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    text_add(target, "%s\n", body ? body : "[]");
    free(body);
    json_decref(all);
}
