/*
 * --try-all FAMILY: a contact sheet of every method of a family, each with its defaults, the
 * decisions that it took, and its score where there is a truth.
 *
 * Methods differ in what they need: one that cannot work on the picture as it is (it wants seeds or
 * a rectangle) has a cell that says so, and the others are shown.
 */
#include "segment/try_all.h"
#include "common/load.h"
#include "common/measures.h"
#include "common/messages.h"
#include "common/outfile.h"
#include "common/pictures.h"
#include "common/signals.h"
#include "common/sink.h"
#include "common/text.h"
#include "segment/describe.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELL_WIDTH = 320, CELL_HEIGHT = 240, CAPTION_WIDTH = CELL_WIDTH / SEG_FONT_WIDTH };

/* ---- what goes together ---- */

/* Families are those of methods that work on a picture by itself. */
static bool is_tried(const seg_method *method) {
    return segment_is_method(method) && method->input & SEG_INPUT_PICTURE;
}

static bool check_family(const char *family) {
    text_buffer list = {0};
    const char *last = "";
    int32_t count;
    bool known = false;
    const seg_method *const *methods = seg_methods(&count);
    for (int32_t i = 0; i < count; i++) {
        if (!is_tried(methods[i]) || text_equal(methods[i]->family, last)) continue;
        last = methods[i]->family;
        known = known || text_equal(last, family);
        text_add(&list, "%s%s", list.length ? ", " : "", last);
    }
    if (!known)
        message_error(NULL, "--try-all has no such family (got \"%s\", allowed %s)", family,
                      list.data);
    text_free(&list);
    return known;
}

static bool refuse(option_id id, const char *why) {
    message_error(NULL, "--%s %s", option_get(id)->name, why);
    return false;
}

bool try_all_check(const settings *chosen) {
    static const option_id needing[] = {OPTION_TRUTH, OPTION_METRIC, OPTION_MEASURE};
    static const option_id others[] = {
        OPTION_METHOD, OPTION_LOAD_MODEL, OPTION_SAVE_MODEL, OPTION_OBJECTS,
        OPTION_REPORT, OPTION_RESUME,     OPTION_DRY_RUN,    OPTION_SEQUENCE,
        OPTION_START,  OPTION_DURATION,   OPTION_LIMIT,      OPTION_STEP,
        OPTION_RESIZE, OPTION_RAW_SIZE,   OPTION_RAW_FORMAT, OPTION_INPUT_FORMAT};
    const arguments *given = chosen->arguments;
    const bool wanted = given->values[OPTION_TRY_ALL] != NULL;
    for (size_t i = 0; i < sizeof needing / sizeof *needing; i++) {
        if (given->values[needing[i]] && !wanted)
            return refuse(needing[i], "goes with --try-all only; segment-eval scores results");
        if (i && given->values[needing[i]] && !given->values[OPTION_TRUTH])
            return refuse(needing[i], "needs --truth");
    }
    if (!wanted) return true;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (given->values[others[i]]) return refuse(others[i], "does not go with --try-all");
    if (given->method)
        return refuse(OPTION_CONFIG, "names a method, which --try-all does not take");
    return check_family(given->values[OPTION_TRY_ALL]);
}

/* ---- the state ---- */

typedef struct trial {
    const seg_method *method;
    seg_image shown; /* a thumbnail; empty: it did not work */
    text_buffer facts;
    double score; /* NaN: none */
} trial;

typedef struct trials {
    const settings *settings;
    const job *item;
    seg_env env;
    seg_frame frame;
    const char *family;
    trial *items;
    int32_t count, worked;
    /* scores; metric NULL without --truth */
    const seg_metric *metric;
    void *metric_options;
    int32_t measure;
    seg_image truth;
} trials;

static int wants_to_stop(void *user, double fraction) {
    (void)user, (void)fraction;
    return signals_received() != 0;
}

static void collect_methods(trials *target) {
    int32_t count;
    const seg_method *const *methods = seg_methods(&count);
    for (int32_t i = 0; i < count; i++) {
        if (!is_tried(methods[i]) || !text_equal(methods[i]->family, target->family)) continue;
        memory_grow((void **)&target->items, (size_t)target->count, sizeof *target->items);
        target->items[target->count++] = (trial){.method = methods[i], .score = NAN};
    }
}

/* ---- scores ---- */

/* Regions are compared as regions, and the rest as masks. */
static const seg_metric *default_metric(const trials *from) {
    const bool masks = from->items[0].method->outputs & SEG_OUTPUT_MASK;
    return seg_metric_find(masks ? "masks" : "regions");
}

static int read_truth(trials *target) {
    const arguments *given = target->settings->arguments;
    const char *path = given->values[OPTION_TRUTH];
    json_t *parameters = NULL;
    failure why;
    if (!path) return EXIT_DONE;
    target->metric = given->metric ? given->metric : default_metric(target);
    if (!target->metric->prediction_formats || target->metric->needs & SEG_METRIC_INSTANCES) {
        message_error(NULL, "--metric %s compares no pictures of masks or labels; see segment-eval",
                      target->metric->id);
        return EXIT_USAGE;
    }
    const bool good =
        metric_read_options(&target->metric_options, &parameters, target->metric, given) &&
        measure_choose(&target->measure, target->metric, given);
    json_decref(parameters);
    if (!good) return EXIT_USAGE;
    if (picture_read_fitted(&target->truth, path, target->metric, ROLE_TRUTH, false, &target->env,
                            &why))
        return EXIT_DONE;
    message_error(path, "%s", why.reason);
    return EXIT_FAILED;
}

/* The method's mask or labels, whichever the metric takes. */
static const seg_image *scored_picture(const trials *from, const seg_result *result) {
    const bool labels = result->outputs & SEG_OUTPUT_LABELS;
    const uint32_t taken = from->metric->prediction_formats;
    if (labels && taken & SEG_FORMAT_BIT(SEG_LABEL32)) return &result->labels;
    if (result->outputs & SEG_OUTPUT_MASK) return &result->mask;
    return NULL;
}

static seg_status score(trial *target, const trials *from, const seg_result *result) {
    seg_tally *tally = NULL;
    const seg_image *scored = scored_picture(from, result);
    if (!scored) return SEG_OK;
    seg_image prediction = seg_image_ref(scored);
    seg_pair pair = {.truths = &from->truth, .truth_count = 1, .picture = &from->frame.image};
    double *values = memory_get((size_t)from->metric->measure_count, sizeof *values);
    failure why = {""};
    seg_status status = seg_tally_create(&tally, from->metric, from->metric_options, &from->env);
    if (status >= 0 && !picture_fit(&prediction, from->metric, ROLE_PREDICTION, &from->env, &why))
        status = SEG_ERROR_MEMORY;
    pair.prediction = &prediction;
    if (from->frame.ignore.data) pair.ignore = &from->frame.ignore;
    if (status >= 0) status = seg_tally_add(tally, &pair);
    if (status >= 0) status = seg_tally_finish(tally);
    if (status >= 0) status = seg_tally_values(tally, values);
    if (status >= 0) target->score = values[from->measure];
    free(values);
    seg_tally_free(tally);
    seg_image_unref(&prediction);
    return status;
}

/* ---- one method ---- */

static void add_decisions(trial *target, const seg_result *result) {
    size_t line = 0;
    for (int32_t i = 0; i < result->decision_count; i++) {
        const seg_decision *decision = &result->decisions[i];
        char shown[96];
        /* What is said in 8-bit levels is not said again in the samples' own. */
        if (text_ends(decision->name, "_raw")) continue;
        int length = snprintf(shown, sizeof shown, "%s %.4g%s%s", decision->name, decision->value,
                              decision->unit[0] ? " " : "", decision->unit);
        const bool fits = line && line + 3 + (size_t)length <= CAPTION_WIDTH;
        text_add(&target->facts, "%s%s", fits ? ",  " : "\n", shown);
        line = (fits ? line + 3 : 0) + (size_t)length;
    }
}

/* Words in lines as wide as the picture. */
static void add_wrapped(text_buffer *target, const char *words) {
    size_t line = CAPTION_WIDTH;
    while (*words) {
        const size_t length = strcspn(words, " ");
        const bool fits = line + 1 + length <= CAPTION_WIDTH;
        text_add(target, "%s%.*s", fits ? " " : "\n", (int)length, words);
        line = fits ? line + 1 + length : length;
        words += length + (words[length] == ' ');
    }
}

/* Labels are shown as outlines over the picture unless --render says otherwise. */
static seg_render_kind render_of(const trials *from, const recipe *how) {
    if (from->settings->render_given || how->render != SEG_RENDER_LABELS) return how->render;
    return SEG_RENDER_CONTOURS;
}

static seg_status run_pipeline(trial *target, const trials *from, seg_pipeline *pipeline,
                               seg_result *result) {
    seg_image drawn = {0};
    seg_status status = seg_pipeline_apply(pipeline, &from->frame, result);
    if (status == SEG_OK) status = seg_pipeline_render(pipeline, result, &drawn);
    if (status == SEG_OK)
        status = seg_render_thumbnail(&target->shown, &drawn, CELL_WIDTH, CELL_HEIGHT, &from->env);
    if (status == SEG_OK && from->metric) status = score(target, from, result);
    if (status == SEG_OK) add_decisions(target, result);
    seg_image_unref(&drawn);
    return status;
}

/* False: the program is to end with *code. */
static bool run_method(trial *target, trials *from, int *code) {
    recipe how;
    seg_pipeline *pipeline = NULL;
    seg_result result;
    *code = recipe_make(&how, target->method, from->settings, from->item->input, 0);
    if (*code != EXIT_DONE) {
        recipe_free(&how);
        return false;
    }
    how.config.render = render_of(from, &how);
    from->frame.markers = how.markers;
    from->frame.ignore = how.ignore;
    message_note(from->item->input, "%s", target->method->id);
    seg_result_init(&result, &from->env);
    seg_status status = seg_pipeline_create(&pipeline, &how.config, &from->env);
    if (status >= 0) status = run_pipeline(target, from, pipeline, &result);
    from->worked += status == SEG_OK;
    if (status < 0 && !signals_received()) {
        message_warning(from->item->input, "%s: %s", target->method->id, message_reason(status));
        seg_image_unref(&target->shown);
        add_wrapped(&target->facts, message_reason(status));
    }
    seg_pipeline_free(pipeline);
    seg_result_free(&result);
    from->frame.markers = from->frame.ignore = (seg_image){0};
    recipe_free(&how);
    return true;
}

/* ---- the sheet ---- */

/* The place of the best score, or -1. */
static int32_t find_best(const trials *from) {
    int32_t best = -1;
    for (int32_t i = 0; i < from->count && from->metric; i++) {
        const int32_t better = from->metric->measures[from->measure].better;
        const double value = better * from->items[i].score;
        if (isnan(value) || !better) continue;
        if (best < 0 || value > better * from->items[best].score) best = i;
    }
    return best;
}

static char *caption_of(const trials *from, const trial *of, bool best) {
    char value[NUMBER_ROOM];
    const char *facts = of->facts.data ? of->facts.data : "";
    if (!from->metric || isnan(of->score)) return text_format("%s%s", of->method->id, facts);
    const seg_measure *measure = &from->metric->measures[from->measure];
    measure_number(value, of->score, measure);
    return text_format("%s   %s %s%s%s", of->method->id, measure->name, value,
                       best ? "   (best)" : "", facts);
}

static bool write_sheet(const trials *from, const recipe *how) {
    const int32_t best = find_best(from);
    const seg_stream_info info = {0};
    seg_sheet_cell *cells = memory_get((size_t)from->count, sizeof *cells);
    seg_sheet_options options;
    seg_image sheet = {0};
    sink *output = NULL;
    int64_t written;
    char *name = name_stem(from->item->input);
    char *title =
        text_format("%d %s methods with their defaults%s%s: %s", (int)from->count, from->family,
                    from->metric ? ", metric " : "", from->metric ? from->metric->id : "", name);
    for (int32_t i = 0; i < from->count; i++) {
        cells[i].picture = &from->items[i].shown;
        cells[i].caption = caption_of(from, &from->items[i], i == best);
    }
    seg_sheet_options_init(&options);
    options.cell_width = CELL_WIDTH;
    options.cell_height = CELL_HEIGHT;
    options.title = title;
    seg_status status = seg_render_sheet(&sheet, cells, from->count, &options, &from->env);
    bool good = status >= 0;
    if (!good) message_error(from->item->output, "%s", message_reason(status));
    good = good && sink_open(&output, from->item, how, &info, 1, &from->env);
    if (good && !sink_write(output, &sheet, 0, 0, 0)) {
        sink_abandon(output);
        good = false;
    } else if (good) {
        good = sink_finish(output, &written);
    }
    for (int32_t i = 0; i < from->count; i++)
        free((char *)cells[i].caption);
    free(cells);
    free(title);
    free(name);
    seg_image_unref(&sheet);
    return good;
}

/* ---- the whole ---- */

static int run_methods(trials *target) {
    int code = EXIT_DONE;
    for (int32_t i = 0; i < target->count; i++) {
        if (!run_method(&target->items[i], target, &code)) return code;
        if (signals_received()) {
            message_error(target->item->input, "stopped after %d of %d methods", (int)i,
                          (int)target->count);
            return 128 + signals_received();
        }
    }
    if (target->worked) return EXIT_DONE;
    message_error(target->item->input, "no method of family %s works on it", target->family);
    return EXIT_FAILED;
}

static void trials_free(trials *target) {
    for (int32_t i = 0; i < target->count; i++) {
        seg_image_unref(&target->items[i].shown);
        text_free(&target->items[i].facts);
    }
    free(target->items);
    if (target->metric_options)
        seg_params_clear(target->metric_options, target->metric->params, NULL);
    free(target->metric_options);
    seg_image_unref(&target->truth);
    seg_frame_unref(&target->frame);
}

static int run_on(trials *target, const plan *from) {
    seg_pool *pool = NULL;
    collect_methods(target);
    int code = read_truth(target);
    if (code == EXIT_DONE &&
        !picture_load(&target->frame.image, target->item->input, target->settings))
        code = EXIT_FAILED;
    if (code == EXIT_DONE && target->settings->threads > 1 &&
        seg_pool_create(&pool, target->settings->threads) >= 0)
        target->env.runner = seg_pool_runner(pool);
    if (code == EXIT_DONE) code = run_methods(target);
    target->env.runner = NULL;
    if (code == EXIT_DONE && !write_sheet(target, from->recipes[0])) code = EXIT_FAILED;
    seg_pool_free(pool);
    return code;
}

int try_all_run(const plan *from) {
    const settings *chosen = from->settings;
    const job *item = &from->jobs[0];
    if (from->job_count != 1 || item->kind != SEG_SOURCE_PICTURE) {
        message_error(chosen->inputs[0], "--try-all takes one picture as INPUT");
        return EXIT_USAGE;
    }
    if (item->output_kind != OUTPUT_PICTURE) {
        message_error(chosen->output,
                      "--try-all writes one picture; give a name such as sheet.png");
        return EXIT_USAGE;
    }
    trials all = {.settings = chosen, .item = item};
    all.family = chosen->arguments->values[OPTION_TRY_ALL];
    all.env.limits = &chosen->limits;
    all.env.progress = wants_to_stop;
    all.frame.pts = SEG_NO_PTS;
    signals_catch();
    const int code = run_on(&all, from);
    trials_free(&all);
    return code;
}
