#include "eval/choices.h"
#include "common/measures.h"
#include "common/messages.h"
#include "common/text.h"
#include "common/values.h"
#include <segment/data.h>
#include <stdlib.h>

bool choices_check_options(const arguments *from, bool tuning) {
    static const option_id of_tuning[] = {OPTION_METHOD, OPTION_CONFIG,
                                          OPTION_ROI,    OPTION_PRE,
                                          OPTION_POST,   OPTION_KEEP,
                                          OPTION_VARY,   OPTION_TRUTH,
                                          OPTION_METRIC, OPTION_SEARCH,
                                          OPTION_FOLDS,  OPTION_SETTINGS,
                                          OPTION_RENDER, OPTION_OBJECTS_CONNECTIVITY};
    static const option_id of_scoring[] = {
        OPTION_PICTURES,  OPTION_COMPARE,    OPTION_LEVELS,   OPTION_MOT,       OPTION_SIZE,
        OPTION_BOOTSTRAP, OPTION_CONFIDENCE, OPTION_PER_FILE, OPTION_PER_FRAME, OPTION_WORST,
        OPTION_SHEET,     OPTION_TABLE,      OPTION_HTML};
    const option_id *wrong = tuning ? of_scoring : of_tuning;
    const size_t count =
        tuning ? sizeof of_scoring / sizeof *of_scoring : sizeof of_tuning / sizeof *of_tuning;
    for (size_t i = 0; i < count; i++) {
        if (!from->values[wrong[i]]) continue;
        message_error(NULL, tuning ? "--%s is of no use to tune" : "--%s goes with tune only",
                      option_get(wrong[i])->name);
        return false;
    }
    return true;
}

static bool read_count(int32_t *value, const arguments *from, option_id id, int32_t standard,
                       int32_t low, int32_t high) {
    const char *text = from->values[id];
    int64_t wide = standard;
    if (!text) return true;
    bool good = (!*text || value_integer(&wide, text)) && wide >= low && wide <= high;
    if (good)
        *value = (int32_t)wide;
    else
        message_error(NULL, "--%s is \"%s\" (allowed: a whole number from %d to %d)",
                      option_get(id)->name, text, (int)low, (int)high);
    return good;
}

static bool read_confidence(choices *target, const arguments *from) {
    const char *text = from->values[OPTION_CONFIDENCE];
    double percent = 95;
    if (text && !(value_number(&percent, text) && percent >= 50 && percent <= 99.9)) {
        message_error(NULL, "--confidence is \"%s\" (allowed: percent, 50 to 99.9)", text);
        return false;
    }
    target->confidence = percent / 100;
    return true;
}

/* ---- the metric ---- */

int choices_read_metric(choices *target, const arguments *from) {
    target->metric = from->metric ? from->metric : seg_metric_find("masks");
    return metric_read_options(&target->options, &target->parameters, target->metric, from) &&
                   measure_choose(&target->measure, target->metric, from)
               ? EXIT_DONE
               : EXIT_USAGE;
}

/* ---- names ---- */

static bool read_names(choices *target, const arguments *from) {
    target->sides = from->values[OPTION_COMPARE] ? 2 : 1;
    const int wanted = target->sides + 1;
    const char *const forms[] = {"PRED TRUTH", "--compare A B TRUTH"};
    if (from->name_count != wanted) {
        message_error(NULL, "%s takes %s (got %d name%s); see segment-eval --help",
                      target->metric->id, forms[target->sides - 1], (int)from->name_count,
                      from->name_count == 1 ? "" : "s");
        return false;
    }
    for (int32_t i = 0; i < target->sides; i++)
        target->predictions[i] = from->names[i];
    target->truth = from->names[target->sides];
    int32_t streams = text_equal(target->truth, "-");
    for (int32_t i = 0; i < target->sides; i++)
        streams += text_equal(target->predictions[i], "-");
    if (streams > 1)
        message_error(NULL, "standard input (-) is named %d times (allowed once)", (int)streams);
    return streams <= 1;
}

/* What files of annotations leave open. */
static bool read_data(choices *target, const arguments *from) {
    const char *rules = from->values[OPTION_MOT], *size = from->values[OPTION_SIZE];
    target->mot = SEG_MOT_TRUTH;
    if (rules) target->mot += text_choice(option_get(OPTION_MOT)->choices, rules);
    if (!size || value_size(&target->width, &target->height, size)) return true;
    message_error(NULL, "--size is \"%s\" (allowed: WIDTHxHEIGHT in pixels, e.g. 1920x1080)", size);
    return false;
}

static bool read_table(choices *target, const char *name) {
    const seg_metric *metric = target->metric;
    text_buffer list = {0};
    target->table = -1;
    for (int32_t i = 0; i < metric->table_count; i++) {
        if (name && text_name_equal(metric->tables[i].name, name)) target->table = i;
        text_add(&list, "%s%s", i ? ", " : "", metric->tables[i].name);
    }
    const bool good = !name || target->table >= 0;
    if (!good)
        message_error(NULL, "--table has no valid value (got \"%s\", %s has %s)", name, metric->id,
                      list.data ? list.data : "none");
    text_free(&list);
    return good;
}

static bool read_outputs(choices *target, const arguments *from) {
    const char *const *values = from->values;
    if (!read_table(target, values[OPTION_TABLE])) return false;
    target->per_file = values[OPTION_PER_FILE] != NULL;
    target->per_frame = values[OPTION_PER_FRAME] != NULL;
    target->json = values[OPTION_SCORES_JSON] != NULL;
    target->csv = values[OPTION_CSV];
    target->sheet = values[OPTION_SHEET];
    target->plot = values[OPTION_PLOT];
    target->html = values[OPTION_HTML];
    if (target->sheet || target->html) target->worst = 20;
    if (!read_count(&target->worst, from, OPTION_WORST, 20, 1, 1000000)) return false;
    if (target->worst && !target->metric->measures[target->measure].better) {
        message_error(NULL,
                      "of %s neither much nor little is bad; choose another --measure for the "
                      "worst files",
                      target->metric->measures[target->measure].name);
        return false;
    }
    if (target->json && target->csv && text_equal(target->csv, "-")) {
        message_error(NULL, "--json and --csv - both print to standard output (allowed: one)");
        return false;
    }
    return true;
}

int choices_read(choices *target, const arguments *from) {
    *target = (choices){0};
    if (!choices_check_options(from, false) || !settings_read_options(&target->common, from))
        return EXIT_USAGE;
    int code = choices_read_metric(target, from);
    if (code != EXIT_DONE) return code;
    target->levels = from->values[OPTION_LEVELS] != NULL;
    if (target->levels && !(target->metric->needs & SEG_METRIC_LEVELS)) {
        message_error(NULL, "--levels: %s takes one prediction of a picture", target->metric->id);
        return EXIT_USAGE;
    }
    if (!read_data(target, from)) return EXIT_USAGE;
    target->ignore = from->values[OPTION_NOT_SCORED];
    target->pictures = from->values[OPTION_PICTURES];
    bool good = read_count(&target->bootstrap, from, OPTION_BOOTSTRAP, 1000, 10, 1000000) &&
                read_confidence(target, from) && read_names(target, from) &&
                read_outputs(target, from);
    return good ? EXIT_DONE : EXIT_USAGE;
}

void choices_free(choices *target) {
    if (target->options) seg_params_clear(target->options, target->metric->params, NULL);
    free(target->options);
    json_decref(target->parameters);
    *target = (choices){0};
}
