/* What tuning found, as a table, as data, as settings for segment, and as plots. */
#include "common/messages.h"
#include "common/parameters.h"
#include "eval/grid.h"
#include "eval/plot.h"
#include "eval/report.h"
#include "eval/tune.h"
#include <math.h>
#include <segment/version.h>
#include <stdio.h>
#include <stdlib.h>

static const seg_measure *measure_of(const tuned *from) {
    return &from->tuning->choices.metric->measures[from->tuning->choices.measure];
}

static void place_text(char *shown, size_t size, const tuning *from, int32_t a, double place) {
    axis_text(shown, size, &from->axes.items[a], place);
}

/* ---- table ---- */

static void add_value(grid *target, const char *name, double value, const seg_measure *measure) {
    char shown[NUMBER_ROOM];
    measure_number(shown, value, measure);
    grid_add(target, name);
    grid_add(target, shown);
}

static void add_parameters(text_buffer *target, const tuned *from) {
    const tuning *all = from->tuning;
    char shown[64];
    grid table = grid_make(3);
    grid_set_words(&table, 0);
    grid_add(&table, "parameter");
    grid_add(&table, "before");
    grid_add(&table, "best");
    for (int32_t a = 0; a < all->axes.count; a++) {
        grid_add(&table, all->axes.items[a].param->name);
        seg_params_format(shown, sizeof shown, all->recipe.options, all->axes.items[a].param);
        grid_add(&table, shown);
        place_text(shown, sizeof shown, all, a, all->trials[from->best].places[a]);
        grid_add(&table, shown);
    }
    grid_print(target, &table);
}

static void add_scores(text_buffer *target, const tuned *from) {
    const int32_t m = from->tuning->choices.measure;
    const seg_measure *measure = measure_of(from);
    grid table = grid_make(2);
    grid_set_words(&table, 0);
    grid_add(&table, "all pictures");
    grid_add(&table, measure->name);
    add_value(&table, "before", from->standard[m], measure);
    add_value(&table, "best, on the pictures it was chosen on", from->values[m], measure);
    text_add(target, "\n");
    grid_print(target, &table);
}

static void add_folds(text_buffer *target, const tuned *from) {
    const tuning *all = from->tuning;
    const seg_measure *measure = measure_of(from);
    char shown[64];
    if (!from->fold_count) return;
    grid table = grid_make(4 + all->axes.count);
    const char *const titles[] = {"part", "held out", "training", "test"};
    for (int c = 0; c < 4; c++)
        grid_add(&table, titles[c]);
    for (int32_t a = 0; a < all->axes.count; a++)
        grid_add(&table, all->axes.items[a].param->name);
    for (int32_t i = 0; i < from->fold_count; i++) {
        const fold *one = &from->folds[i];
        snprintf(shown, sizeof shown, "%d", (int)i + 1);
        grid_add(&table, shown);
        snprintf(shown, sizeof shown, "%d", (int)one->units);
        grid_add(&table, shown);
        measure_number(shown, one->training, measure);
        grid_add(&table, shown);
        measure_number(shown, one->held_out, measure);
        grid_add(&table, shown);
        for (int32_t a = 0; a < all->axes.count; a++) {
            place_text(shown, sizeof shown, all, a, all->trials[one->best].places[a]);
            grid_add(&table, shown);
        }
    }
    text_add(target, "\nCross-validation by %s\n", measure->name);
    grid_print(target, &table);
    char training[NUMBER_ROOM], test[NUMBER_ROOM];
    measure_number(training, from->training, measure);
    measure_number(test, from->held_out[all->choices.measure], measure);
    text_add(target, "training %s, held out %s: expect the latter on other pictures\n", training,
             test);
}

void tuned_table(text_buffer *target, const tuned *from) {
    const tuning *all = from->tuning;
    int32_t refused = 0;
    for (int32_t i = 1; i < all->trial_count; i++)
        refused += all->trials[i].refusal != NULL;
    text_add(target, "%s by %s of %s: %d %s%s, %d settings tried", all->recipe.method->id,
             measure_of(from)->name, all->choices.metric->id, (int)all->units.count,
             all->choices.sequence ? "sequence" : "picture", all->units.count == 1 ? "" : "s",
             (int)all->trial_count - 1);
    if (refused)
        text_add(target, " (%d of them are no good to the method and are left out)", (int)refused);
    text_add(target, "\n\n");
    add_parameters(target, from);
    add_scores(target, from);
    add_folds(target, from);
}

/* ---- settings ---- */

/* The best parameters, all of them. NULL: a message was given. */
static json_t *best_parameters(const tuned *from) {
    const tuning *all = from->tuning;
    const seg_param_table *table = all->recipe.method->params;
    void *options = memory_get(1, table->options_size);
    char shown[64];
    seg_params_init(options, table);
    seg_status status = seg_params_copy(options, all->recipe.options, table, NULL);
    for (int32_t a = 0; a < all->axes.count && status >= 0; a++) {
        place_text(shown, sizeof shown, all, a, all->trials[from->best].places[a]);
        status = seg_params_parse(options, table, all->axes.items[a].param->name, shown, NULL);
    }
    if (status < 0) message_error(NULL, "%s", message_reason(status));
    /* names of pictures are known to the recipe only */
    json_t *named = json_object(), *value;
    const char *name;
    json_object_foreach(all->recipe.parameters, name, value) {
        const seg_param *param = seg_params_find(table, name);
        if (param && (param->type == SEG_PARAM_PICTURE || param->type == SEG_PARAM_SEEDS))
            json_object_set(named, name, value);
    }
    json_t *described = status < 0 ? NULL : parameters_describe(options, table, named);
    json_decref(named);
    seg_params_clear(options, table, NULL);
    free(options);
    return described;
}

static void set_text(json_t *target, const char *name, const char *value) {
    if (value) json_object_set_new(target, name, report_text(value));
}

json_t *tuned_settings(const tuned *from) {
    const tuning *all = from->tuning;
    const settings *chosen = &all->choices.common;
    const int32_t m = all->choices.measure;
    json_t *parameters = best_parameters(from);
    if (!parameters) return NULL;
    json_t *made = json_object(), *story = json_object();
    set_text(made, "method", all->recipe.method->id);
    json_object_set_new(made, "parameters", parameters);
    set_text(made, "pre", chosen->pre);
    set_text(made, "post", chosen->post);
    set_text(made, "keep", chosen->keep);
    set_text(made, "roi", chosen->arguments->values[OPTION_ROI]);
    set_text(story, "metric", all->choices.metric->id);
    set_text(story, "measure", measure_of(from)->name);
    json_object_set_new(story, "before", report_real(from->standard[m]));
    json_object_set_new(story, "best", report_real(from->values[m]));
    json_object_set_new(story, "held_out", report_real(from->held_out ? from->held_out[m] : NAN));
    json_object_set_new(story, "pictures", json_integer(all->units.count));
    json_object_set_new(made, "tuning", story);
    return made;
}

/* ---- data ---- */

static json_t *describe_places(const tuning *from, int32_t index) {
    json_t *made = json_object();
    char shown[64];
    for (int32_t a = 0; a < from->axes.count; a++) {
        place_text(shown, sizeof shown, from, a, from->trials[index].places[a]);
        json_object_set_new(made, from->axes.items[a].param->name, report_text(shown));
    }
    return made;
}

static json_t *describe_values(const tuning *from, const double *values) {
    const seg_metric *metric = from->choices.metric;
    json_t *made = json_object();
    char key[KEY_ROOM];
    for (int32_t m = 0; m < metric->measure_count; m++) {
        measure_key(key, metric->measures[m].name);
        json_object_set_new(made, key, report_value(values[m], &metric->measures[m]));
    }
    return made;
}

static json_t *describe_folds(const tuned *from) {
    json_t *list = json_array();
    for (int32_t i = 0; i < from->fold_count; i++) {
        const fold *one = &from->folds[i];
        json_t *made = json_object();
        json_object_set_new(made, "pictures", json_integer(one->units));
        json_object_set_new(made, "training", report_real(one->training));
        json_object_set_new(made, "held_out", report_real(one->held_out));
        json_object_set_new(made, "parameters", describe_places(from->tuning, one->best));
        json_array_append_new(list, made);
    }
    return list;
}

static json_t *describe_trials(const tuning *from) {
    json_t *list = json_array();
    double *values = memory_get((size_t)from->choices.metric->measure_count, sizeof *values);
    for (int32_t i = 1; i < from->trial_count; i++) {
        const trial *one = &from->trials[i];
        json_t *made = json_object();
        json_object_set_new(made, "parameters", describe_places(from, i));
        tuning_values(values, from, one, NULL);
        if (one->refusal)
            set_text(made, "refused", one->refusal);
        else
            json_object_set_new(made, "values", describe_values(from, values));
        json_array_append_new(list, made);
    }
    free(values);
    return list;
}

json_t *tuned_json(const tuned *from) {
    const tuning *all = from->tuning;
    json_t *made = json_object();
    set_text(made, "method", all->recipe.method->id);
    set_text(made, "metric", all->choices.metric->id);
    set_text(made, "measure", measure_of(from)->name);
    set_text(made, "version", seg_version());
    json_object_set_new(made, "pictures", json_integer(all->units.count));
    json_object_set_new(made, "parameters", describe_places(all, from->best));
    json_object_set_new(made, "before", describe_values(all, from->standard));
    json_object_set_new(made, "best", describe_values(all, from->values));
    if (from->fold_count) {
        json_object_set_new(made, "training", report_real(from->training));
        json_object_set_new(made, "held_out", describe_values(all, from->held_out));
        json_object_set_new(made, "folds", describe_folds(from));
    }
    json_object_set_new(made, "trials", describe_trials(all));
    return made;
}

void tuned_csv(text_buffer *target, const tuned *from) {
    const tuning *all = from->tuning;
    const seg_metric *metric = all->choices.metric;
    double *values = memory_get((size_t)metric->measure_count, sizeof *values);
    char shown[64];
    for (int32_t a = 0; a < all->axes.count; a++)
        text_add(target, "%s%s", a ? "," : "", all->axes.items[a].param->name);
    for (int32_t m = 0; m < metric->measure_count; m++) {
        measure_key(shown, metric->measures[m].name);
        text_add(target, ",%s", shown);
    }
    text_add(target, "\r\n");
    for (int32_t i = 1; i < all->trial_count; i++) {
        tuning_values(values, all, &all->trials[i], NULL);
        for (int32_t a = 0; a < all->axes.count; a++) {
            place_text(shown, sizeof shown, all, a, all->trials[i].places[a]);
            text_add(target, "%s%s", a ? "," : "", shown);
        }
        for (int32_t m = 0; m < metric->measure_count; m++) {
            text_add(target, ",");
            if (!isnan(values[m])) text_add(target, "%.15g", values[m]);
        }
        text_add(target, "\r\n");
    }
    free(values);
}

/* ---- plots ---- */

static double turned_back(const tuning *from, double objective) {
    return objective * from->choices.metric->measures[from->choices.measure].better;
}

/* The best of the grid at a place of one axis, or of two; what the others are does not matter. */
static double best_at(const tuning *from, int32_t a, double place_a, int32_t b, double place_b) {
    double best = NAN;
    for (int32_t i = 1; i <= from->grid_count; i++) {
        const double *places = from->trials[i].places;
        if (places[a] != place_a || (b >= 0 && places[b] != place_b)) continue;
        const double value = tuning_objective(from, i, NULL);
        if (!isnan(value) && !(value <= best)) best = value;
    }
    return turned_back(from, best);
}

static void widen(figure *target, int index, double value) {
    if (isnan(value)) return;
    if (value < target->low[index]) target->low[index] = value;
    if (value > target->high[index]) target->high[index] = value;
}

static void name_places(char ***names, int32_t *count, const axis *of) {
    char shown[64];
    *count = of->count;
    *names = memory_get((size_t)of->count, sizeof **names);
    for (int32_t n = 0; n < of->count; n++) {
        axis_text(shown, sizeof shown, of, axis_place(of, n));
        (*names)[n] = text_copy(shown);
    }
}

static figure curve_of(const tuned *from, int32_t a) {
    const axis *along = &from->tuning->axes.items[a];
    const seg_measure *measure = measure_of(from);
    figure made = {.kind = FIGURE_CURVES, .points = true, .series_count = 1};
    made.name = text_copy(along->param->name);
    made.title = text_format("best %s at each %s", measure->name, along->param->name);
    made.x_name = along->param->unit[0]
                      ? text_format("%s [%s]", along->param->name, along->param->unit)
                      : text_copy(along->param->name);
    made.y_name = text_copy(measure->name);
    if (along->words) name_places(&made.column_names, &made.columns, along);
    figure_series *series = &made.series[0];
    series->x = memory_get((size_t)along->count, sizeof *series->x);
    series->y = memory_get((size_t)along->count, sizeof *series->y);
    made.low[0] = made.low[1] = INFINITY;
    made.high[0] = made.high[1] = -INFINITY;
    for (int32_t n = 0; n < along->count; n++) {
        const double place = axis_place(along, n), value = best_at(from->tuning, a, place, -1, 0);
        widen(&made, 0, place);
        if (isnan(value)) continue;
        widen(&made, 1, value);
        series->x[series->count] = place;
        series->y[series->count++] = value;
    }
    for (int i = 0; i < 2; i++)
        if (!(made.low[i] < made.high[i])) made.high[i] = made.low[i] + 1;
    for (int i = 0; i < 2; i++) {
        const double margin =
            !i && along->words ? 0.5 : (made.high[i] - made.low[i]) / (i ? 20 : 40);
        made.low[i] -= margin;
        made.high[i] += margin;
    }
    return made;
}

static figure surface_of(const tuned *from, int32_t a, int32_t b) {
    const axis *rows = &from->tuning->axes.items[a], *columns = &from->tuning->axes.items[b];
    figure made = {.kind = FIGURE_MATRIX, .series_count = 1};
    made.name = text_copy("surface");
    made.title = text_format("best %s at each %s and %s", measure_of(from)->name, rows->param->name,
                             columns->param->name);
    made.x_name = text_copy(columns->param->name);
    made.y_name = text_copy(rows->param->name);
    name_places(&made.row_names, &made.rows, rows);
    name_places(&made.column_names, &made.columns, columns);
    made.series[0].y = memory_get((size_t)rows->count * (size_t)columns->count, sizeof(double));
    for (int32_t r = 0; r < rows->count; r++)
        for (int32_t c = 0; c < columns->count; c++)
            made.series[0].y[r * columns->count + c] =
                best_at(from->tuning, a, axis_place(rows, r), b, axis_place(columns, c));
    return made;
}

bool tuned_plot(const tuned *from, const char *path) {
    const int32_t axes = from->tuning->axes.count;
    figure *list = memory_get((size_t)(axes * (axes + 1) / 2), sizeof *list);
    int32_t count = 0;
    for (int32_t a = 0; a < axes; a++)
        list[count++] = curve_of(from, a);
    for (int32_t a = 0; a < axes; a++)
        for (int32_t b = a + 1; b < axes; b++)
            list[count++] = surface_of(from, a, b);
    const bool good = plot_write_figures(list, count, path);
    figures_free(list, count);
    return good;
}
