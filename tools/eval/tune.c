#include "eval/tune.h"
#include "common/messages.h"
#include "common/outfile.h"
#include "common/signals.h"
#include "common/text.h"
#include "common/values.h"
#include "eval/output.h"
#include "eval/plot.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TRIALS = 100000, STANDARD_FOLDS = 5 };

/* ---- what is asked ---- */

static int fail_usage(const char *what) {
    message_error(NULL, "%s", what);
    return EXIT_USAGE;
}

static int read_names(tuning *target, const arguments *given) {
    choices *asked = &target->choices;
    const char *const *values = given->values;
    if (given->name_count != 1)
        return fail_usage("tune takes PICTURES, a directory, pattern or video; see segment-eval "
                          "--help tune");
    if (!values[OPTION_TRUTH]) return fail_usage("--truth is missing: the truth of the pictures");
    if (!given->method) return fail_usage("--method is missing: what is to be tuned");
    if (!values[OPTION_VARY])
        return fail_usage(
            "--vary is missing: the parameters to vary, e.g. --vary sigma,low=10:60:6");
    asked->predictions[0] = given->names[0];
    asked->sides = 1;
    asked->truth = values[OPTION_TRUTH];
    asked->ignore = values[OPTION_NOT_SCORED];
    asked->json = values[OPTION_SCORES_JSON] != NULL;
    asked->csv = values[OPTION_CSV];
    asked->plot = values[OPTION_PLOT];
    asked->sequence = recipe_is_temporal(given->method);
    if (text_equal(asked->predictions[0], "-") || text_equal(asked->truth, "-"))
        return fail_usage("tune reads its pictures again and again: standard input (-) cannot be");
    return EXIT_DONE;
}

static bool takes(const seg_metric *metric, seg_format format) {
    return metric->prediction_formats & SEG_FORMAT_BIT(format);
}

/* What of the method's results the metric is about. */
static scored_kind default_kind(const seg_metric *metric, const seg_method *method) {
    if (metric->prediction_channels == 1u << 2) return SCORED_FLOW;
    if (takes(metric, SEG_LABEL32) && !takes(metric, SEG_F32)) return SCORED_LABELS;
    const bool soft = takes(metric, SEG_F32) && !takes(metric, SEG_LABEL32);
    return soft && method->outputs & SEG_OUTPUT_SCORE ? SCORED_SCORE : SCORED_MASK;
}

static int choose_kind(tuning *target, const arguments *given) {
    static const uint32_t outputs[] = {SEG_OUTPUT_MASK | SEG_OUTPUT_LABELS,
                                       SEG_OUTPUT_MASK | SEG_OUTPUT_LABELS, SEG_OUTPUT_SCORE,
                                       SEG_OUTPUT_FLOW};
    static const char *const names[] = {"mask", "labels", "score", "flow"};
    static const seg_render_kind renders[] = {SEG_RENDER_MASK, SEG_RENDER_LABELS, SEG_RENDER_SCORE,
                                              SEG_RENDER_MASK};
    const char *asked = given->values[OPTION_RENDER];
    const seg_metric *metric = target->choices.metric;
    target->kind = default_kind(metric, given->method);
    for (int k = 0; k < 3 && asked; k++)
        if (text_equal(asked, names[k])) {
            target->kind = (scored_kind)k;
            asked = NULL;
        }
    if (asked)
        return fail_usage("--render says what of the results is scored: mask, labels or score");
    if (!(given->method->outputs & outputs[target->kind])) {
        message_error(NULL, "metric %s takes a %s, but method %s gives none", metric->id,
                      names[target->kind], given->method->id);
        return EXIT_USAGE;
    }
    target->choices.common.render_given = true;
    target->choices.common.render = renders[target->kind];
    return EXIT_DONE;
}

static int read_choices(tuning *target, const arguments *given) {
    if (!choices_check_options(given, true) ||
        !settings_read_options(&target->choices.common, given))
        return EXIT_USAGE;
    int code = read_names(target, given);
    if (code == EXIT_DONE) code = choices_read_metric(&target->choices, given);
    if (code == EXIT_DONE && !target->choices.metric->measures[target->choices.measure].better)
        code = fail_usage("of this measure neither much nor little is good; choose another "
                          "--measure");
    if (code == EXIT_DONE) code = choose_kind(target, given);
    if (code != EXIT_DONE) return code;
    if (!axes_read(&target->axes, given->values[OPTION_VARY], given->method->params,
                   given->method->id))
        return EXIT_USAGE;
    if (target->choices.plot && !plot_check_name(target->choices.plot)) return EXIT_USAGE;
    code = recipe_make(&target->recipe, given->method, &target->choices.common, NULL, 0);
    if (code == EXIT_DONE && target->recipe.templated)
        return fail_usage("tuning reads the pictures of parameters once; {stem} in their names is "
                          "for segment alone");
    return code;
}

static int check_outputs(const char *const outputs[], const choices *asked) {
    const char *const inputs[] = {asked->predictions[0], asked->truth, asked->ignore, OUTPUT_END};
    return outputs_check(outputs, inputs, asked->common.overwrite) ? EXIT_DONE : EXIT_USAGE;
}

/* ---- pictures ---- */

/* What pairing takes for predictions are the pictures to segment. */
static void take_pictures(unit_list *list) {
    for (int32_t i = 0; i < list->count; i++)
        for (int32_t k = 0; k < list->items[i].file_count; k++) {
            file_set *files = &list->items[i].files[k];
            free(files->picture);
            files->picture = files->predictions[0];
            files->predictions[0] = NULL;
        }
}

static bool find_pictures(tuning *target) {
    if (!units_find(&target->units, &target->choices)) return false;
    if (target->units.problem_count && !target->choices.common.keep_going) {
        message_error(NULL, "%d problem%s; --keep-going tunes with the other pictures",
                      (int)target->units.problem_count,
                      target->units.problem_count == 1 ? "" : "s");
        return false;
    }
    if (!target->units.count) {
        message_error(NULL, "there is nothing to tune with");
        return false;
    }
    for (int32_t i = 0; i < target->units.count; i++) {
        if (!target->units.items[i].data) continue;
        message_error(target->choices.truth, "holds annotations; tune takes the truth as pictures");
        return false;
    }
    take_pictures(&target->units);
    return true;
}

/* ---- grid ---- */

static bool make_grid(tuning *target) {
    const int32_t axes = target->axes.count;
    double *places = memory_get((size_t)axes, sizeof *places);
    int64_t count = 1;
    for (int32_t a = 0; a < axes && count <= MOST_TRIALS; a++)
        count *= target->axes.items[a].count;
    if (count > MOST_TRIALS) {
        message_error(NULL, "--vary: the grid has more than %d settings; give fewer values",
                      MOST_TRIALS);
        free(places);
        return false;
    }
    tuning_find(target, places); /* 0: the defaults, whose places do not count */
    for (int64_t i = 0; i < count; i++) {
        int64_t rest = i;
        for (int32_t a = axes - 1; a >= 0; a--) {
            places[a] =
                axis_place(&target->axes.items[a], (int32_t)(rest % target->axes.items[a].count));
            rest /= target->axes.items[a].count;
        }
        tuning_find(target, places);
    }
    target->grid_count = target->trial_count - 1;
    free(places);
    return true;
}

static const char *first_refusal(const tuning *from) {
    for (int32_t i = 1; i <= from->grid_count; i++)
        if (from->trials[i].refusal) return from->trials[i].refusal;
    return "";
}

static bool run_grid(tuning *target) {
    int32_t *all = memory_get((size_t)target->grid_count + 1, sizeof *all), refused = 0;
    for (int32_t i = 0; i <= target->grid_count; i++)
        all[i] = i;
    bool good = tuning_run(target, all, target->grid_count + 1);
    free(all);
    for (int32_t i = 1; i <= target->grid_count && good; i++)
        refused += target->trials[i].refusal != NULL;
    if (good && refused == target->grid_count) {
        message_error(NULL, "method %s takes none of the settings: %s", target->recipe.method->id,
                      first_refusal(target));
        return false;
    }
    if (good && refused)
        message_note(NULL, "%d of %d settings are left out: %s%s", (int)refused,
                     (int)target->grid_count, first_refusal(target), refused > 1 ? ", ..." : "");
    return good;
}

/* ---- cross-validation ---- */

/* SplitMix64 (G. L. Steele et al., 2014) of a counter: which part a picture belongs to. */
static uint64_t mix(uint64_t value) {
    value += 0x9e3779b97f4a7c15u;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9u;
    value = (value ^ value >> 27) * 0x94d049bb133111ebu;
    return value ^ value >> 31;
}

typedef struct ticket {
    uint64_t key;
    int32_t unit;
} ticket;

static int compare(const void *a, const void *b) {
    const ticket *p = a, *q = b;
    if (p->key != q->key) return p->key < q->key ? -1 : 1;
    return (p->unit > q->unit) - (p->unit < q->unit);
}

/* The part of each unit: a permutation by the seed, dealt out in turn. */
static void deal(int32_t *parts, int32_t count, int32_t folds, uint64_t seed) {
    ticket *tickets = memory_get((size_t)count, sizeof *tickets);
    for (int32_t i = 0; i < count; i++)
        tickets[i] = (ticket){mix(mix(seed) ^ (uint64_t)i), i};
    qsort(tickets, (size_t)count, sizeof *tickets, compare);
    for (int32_t i = 0; i < count; i++)
        parts[tickets[i].unit] = i % folds;
    free(tickets);
}

static double turned_back(const tuning *from, double objective) {
    return objective * from->choices.metric->measures[from->choices.measure].better;
}

/* False: stopped or failed. */
static bool run_fold(tuned *target, int32_t index, const int32_t *parts) {
    tuning *all = target->tuning;
    const int32_t units = all->units.count;
    fold *one = &target->folds[index];
    bool *in = memory_get((size_t)units, sizeof *in), *out = memory_get((size_t)units, sizeof *out);
    for (int32_t u = 0; u < units; u++) {
        out[u] = parts[u] == index;
        in[u] = !out[u];
        one->units += out[u];
    }
    one->best = tuning_search(all, in);
    const bool good = one->best >= 0;
    if (good) {
        one->training = turned_back(all, tuning_objective(all, one->best, in));
        one->held_out = turned_back(all, tuning_objective(all, one->best, out));
        target->training += one->training / target->fold_count;
    }
    free(in);
    free(out);
    return good;
}

/* All measures where every unit has the setting that was found without it. */
static void find_held_out(tuned *target, const int32_t *parts) {
    const tuning *all = target->tuning;
    const int32_t units = all->units.count;
    trial mixed = {.done = true};
    mixed.tallies = memory_get((size_t)units, sizeof *mixed.tallies);
    for (int32_t u = 0; u < units; u++) {
        const trial *best = &all->trials[target->folds[parts[u]].best];
        mixed.tallies[u] = best->tallies[u];
        if (best->refusal) mixed.refusal = best->refusal;
    }
    target->held_out =
        memory_get((size_t)all->choices.metric->measure_count, sizeof *target->held_out);
    tuning_values(target->held_out, all, &mixed, NULL);
    free(mixed.tallies);
}

static bool cross_validate(tuned *target, int32_t folds) {
    const tuning *from = target->tuning;
    int32_t *parts = memory_get((size_t)from->units.count, sizeof *parts);
    bool good = true;
    target->folds = memory_get((size_t)folds, sizeof *target->folds);
    target->fold_count = folds;
    deal(parts, from->units.count, folds, (uint64_t)from->choices.common.rng_seed);
    for (int32_t i = 0; i < folds && good; i++)
        good = run_fold(target, i, parts);
    if (good) find_held_out(target, parts);
    free(parts);
    return good;
}

/* -1: a message was given. */
static int32_t read_folds(const arguments *given, int32_t units) {
    const char *text = given->values[OPTION_FOLDS];
    int64_t folds = units < STANDARD_FOLDS ? units : STANDARD_FOLDS;
    if (text && (!value_integer(&folds, text) || folds < 0 || folds == 1 || folds > units)) {
        message_error(NULL, "--folds is \"%s\" (allowed: 0, or 2 to the number of pictures, %d)",
                      text, (int)units);
        return -1;
    }
    if (!text && units < 2) {
        message_warning(NULL, "one picture only: without cross-validation nobody knows how the "
                              "parameters do on others");
        return 0;
    }
    return (int32_t)folds;
}

/* ---- the run ---- */

static bool write_all(const tuned *from, const char *settings_file) {
    const choices *asked = &from->tuning->choices;
    const bool taken = (asked->csv && text_equal(asked->csv, "-")) ||
                       (settings_file && text_equal(settings_file, "-"));
    text_buffer body = {0};
    bool good = true;
    if (settings_file) good = output_json(tuned_settings(from), settings_file);
    if (asked->csv) {
        tuned_csv(&body, from);
        good = output_text(&body, asked->csv) && good;
    }
    if (asked->plot) good = tuned_plot(from, asked->plot) && good;
    if (asked->json) return output_json(tuned_json(from), "-") && good;
    if (taken) return good;
    tuned_table(&body, from);
    return output_text(&body, "-") && good;
}

static int search(tuned *target, const arguments *given) {
    tuning *all = target->tuning;
    const size_t measures = (size_t)all->choices.metric->measure_count;
    const int32_t folds = read_folds(given, all->units.count);
    if (folds < 0) return EXIT_USAGE;
    if (!make_grid(all)) return EXIT_USAGE;
    bool good = run_grid(all);
    if (good) good = (target->best = tuning_search(all, NULL)) >= 0;
    if (good && folds) good = cross_validate(target, folds);
    if (!good) return EXIT_FAILED;
    target->standard = memory_get(measures, sizeof *target->standard);
    target->values = memory_get(measures, sizeof *target->values);
    tuning_values(target->standard, all, &all->trials[0], NULL);
    tuning_values(target->values, all, &all->trials[target->best], NULL);
    if (!write_all(target, given->values[OPTION_SETTINGS])) return EXIT_FAILED;
    return all->units.problem_count ? EXIT_SOME_FAILED : EXIT_DONE;
}

static void free_tuning(tuning *target) {
    for (int32_t i = 0; i < target->trial_count; i++) {
        for (int32_t u = 0; u < target->units.count; u++)
            seg_tally_free(target->trials[i].tallies[u]);
        free(target->trials[i].tallies);
        free(target->trials[i].places);
        free(target->trials[i].refusal);
    }
    free(target->trials);
    for (int32_t u = 0; target->pictures && u < target->units.count; u++)
        pair_free(&target->pictures[u]);
    free(target->pictures);
    units_free(&target->units);
    axes_free(&target->axes);
    recipe_free(&target->recipe);
    seg_pool_free(target->pool);
    choices_free(&target->choices);
}

int tune(const arguments *given) {
    tuning all = {0};
    tuned result = {.tuning = &all};
    int code = read_choices(&all, given);
    const char *const outputs[] = {given->values[OPTION_SETTINGS], all.choices.csv,
                                   all.choices.plot, OUTPUT_END};
    if (code == EXIT_DONE) code = check_outputs(outputs, &all.choices);
    signals_catch();
    if (code == EXIT_DONE && all.choices.common.threads > 1 &&
        seg_pool_create(&all.pool, all.choices.common.threads) < 0) {
        message_error(NULL, "%s", message_reason(SEG_ERROR_MEMORY));
        code = EXIT_FAILED;
    }
    if (code == EXIT_DONE && !find_pictures(&all)) code = EXIT_FAILED;
    if (code == EXIT_DONE && !outputs_check_units(outputs, &all.units)) code = EXIT_USAGE;
    if (code == EXIT_DONE && !tuning_load(&all)) code = EXIT_FAILED;
    if (code == EXIT_DONE) code = search(&result, given);
    if (signals_received()) {
        message_error(NULL, "stopped");
        code = 128 + signals_received();
    }
    free(result.standard);
    free(result.values);
    free(result.held_out);
    free(result.folds);
    free_tuning(&all);
    return code;
}
