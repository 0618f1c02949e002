#include "common/arguments.h"
#include "common/messages.h"
#include "common/text.h"
#include <segment/objects.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct parser {
    arguments *target;
    int count, next; /* words, and the one to look at */
    char **words;
} parser;

/* ---- messages that help ---- */

static const seg_param_table *method_table(const arguments *from) {
    return from->method ? from->method->params : NULL;
}

static const seg_param_table *metric_table(const arguments *from) {
    return from->metric ? from->metric->params : NULL;
}

/* Objects are followed behind any method. */
static const seg_param_table *track_table(const arguments *from) {
    return option_get(OPTION_TRACK)->programs & from->program->bit ? seg_track_params() : NULL;
}

static const seg_param *find_parameter(const seg_param_table *table, const char *name) {
    return table ? seg_params_find(table, name) : NULL;
}

static const seg_param *known_parameter(const arguments *from, const char *name) {
    const seg_param *param = find_parameter(method_table(from), name);
    if (!param) param = find_parameter(metric_table(from), name);
    return param ? param : find_parameter(track_table(from), name);
}

/* The nearest of the program's options and the parameters that count, or NULL. */
static const char *nearest_name(const char *name, const arguments *from) {
    text_guess guess = {.name = name};
    for (int id = 0; id < OPTION_COUNT; id++) {
        const option_row *row = option_get((option_id)id);
        if (row->group != GROUP_HIDDEN && row->programs & from->program->bit)
            text_guess_offer(&guess, row->name);
    }
    const seg_param_table *tables[] = {method_table(from), metric_table(from), track_table(from)};
    for (int t = 0; t < 3; t++)
        for (int32_t i = 0; tables[t] && i < tables[t]->count; i++)
            text_guess_offer(&guess, tables[t]->items[i].name);
    return guess.nearest;
}

/* "canny, otsu": topics of the program's first section that have a parameter of that name; "" if
 * none has. */
static void topics_with(char *list, size_t size, const program *of, const char *name) {
    size_t length = 0;
    list[0] = 0;
    for (int32_t i = 0; i < of->sections[0].count(); i++) {
        help_topic topic = of->sections[0].topic(i);
        if (find_parameter(topic.params, name) && length + 40 < size)
            length += (size_t)snprintf(list + length, size - length, "%s%s", length ? ", " : "",
                                       topic.id);
        help_topic_free(&topic);
    }
}

static bool fail_unknown(const parser *p, const char *name) {
    char list[400];
    const arguments *from = p->target;
    const program *of = from->program;
    const char *kind = of->sections[0].kind, *chosen = NULL;
    if (of->commands && from->command) chosen = from->metric ? from->metric->id : from->command;
    if (!of->commands && from->method) chosen = from->method->id;
    if (text_starts(name, "no-") && known_parameter(from, name + 3)) {
        message_error(NULL, "--%s: %s is no switch; it takes a value, --%s VALUE", name, name + 3,
                      name + 3);
        return false;
    }
    topics_with(list, sizeof list, of, name);
    if (!list[0] && text_starts(name, "no-")) topics_with(list, sizeof list, of, name + 3);
    if (list[0] && of->bit == PROGRAM_AUGMENT) {
        message_error(NULL, "%s is a parameter of %s; write it there: --pipeline 'NAME(%s=...)'",
                      name, list, name);
        return false;
    }
    const char *near = nearest_name(name, from);
    if (list[0] && !chosen)
        message_error(NULL, "--%s is a parameter of a %s (%s); name the %s %s", name, kind, list,
                      kind, of->commands ? "first" : "with --method");
    else if (list[0])
        message_error(NULL, "%s %s has no parameter --%s, it is one of %s; see %s --help %s", kind,
                      chosen, name, list, of->name, chosen);
    else if (near)
        message_error(NULL, "unknown option --%s; did you mean --%s?", name, near);
    else
        message_error(NULL, "unknown option --%s; see %s --help", name, of->name);
    return false;
}

/* ---- what the command line is about comes first ---- */

/* The value of an option by a plain look over the words; the last one counts. NULL if the program
 * has no such option. */
static const char *look_for(const parser *p, option_id id) {
    const char *found = NULL, *name = option_get(id)->name;
    size_t length = strlen(name);
    if (!(option_get(id)->programs & p->target->program->bit)) return NULL;
    for (int i = 1; i < p->count && !text_equal(p->words[i], "--"); i++) {
        if (!text_starts(p->words[i], "--") || !text_starts(p->words[i] + 2, name)) continue;
        const char *rest = p->words[i] + 2 + length;
        if (*rest == '=') found = rest + 1;
        if (!*rest && i + 1 < p->count && !text_starts(p->words[i + 1], "--"))
            found = p->words[++i];
    }
    return found;
}

static bool choose_method(arguments *target, const char *id) {
    target->method = seg_method_find(id);
    if (!target->method) {
        const char *near = seg_method_nearest(id);
        const bool pair = near && seg_method_find(near)->input & SEG_INPUT_PAIR;
        if (near && pair == (target->program->bit == PROGRAM_FLOW))
            message_error(NULL, "unknown method \"%s\"; did you mean %s?", id, near);
        else
            message_error(NULL, "unknown method \"%s\"; %s --list names the methods", id,
                          target->program->name);
        return false;
    }
    const bool flow = target->program->bit == PROGRAM_FLOW;
    if (flow && !(target->method->input & SEG_INPUT_PAIR)) {
        message_error(NULL, "%s gives no flow; segment-flow --list names the methods", id);
        return false;
    }
    if (!flow && target->method->input & SEG_INPUT_PAIR) {
        message_error(NULL, "%s gives optical flow, not regions; use segment-flow --method %s", id,
                      id);
        return false;
    }
    if (!flow && !(target->method->input & (SEG_INPUT_PICTURE | SEG_INPUT_STREAM))) {
        message_error(NULL, "%s works on masks or labels, not on pictures; use it as --post %s", id,
                      id);
        return false;
    }
    return true;
}

static bool choose_metric(arguments *target, const char *id) {
    target->metric = seg_metric_find(id);
    if (target->metric) return true;
    const char *near = seg_metric_nearest(id);
    if (near)
        message_error(NULL, "unknown metric \"%s\"; did you mean %s?", id, near);
    else
        message_error(NULL, "unknown metric \"%s\"; segment-eval --list names the metrics", id);
    return false;
}

/* The first name of a program that has commands: a metric, or something else that has a page. */
static bool choose_command(arguments *target, const char *word) {
    const program *of = target->program;
    target->command = word;
    if (seg_metric_find(word)) {
        if (!target->metric) return choose_metric(target, word);
        message_error(NULL, "--metric goes with tune (got the metric %s, too)", word);
        return false;
    }
    bool known = false;
    for (int32_t i = 0; i < of->sections[1].count(); i++) {
        help_topic topic = of->sections[1].topic(i);
        known = known || text_equal(topic.id, word);
        help_topic_free(&topic);
    }
    if (!known) return choose_metric(target, word);
    return target->metric || choose_metric(target, "masks");
}

/* ---- words ---- */

static void add_parameter(parameter_text **list, int32_t *count, const char *name,
                          const char *value) {
    memory_grow((void **)list, (size_t)*count, sizeof **list);
    (*list)[(*count)++] = (parameter_text){name, value};
}

/* A name that several have is the method's. */
static void set_parameter(arguments *target, const char *name, const char *value) {
    if (find_parameter(method_table(target), name))
        add_parameter(&target->parameters, &target->parameter_count, name, value);
    else if (!find_parameter(metric_table(target), name))
        add_parameter(&target->track_parameters, &target->track_parameter_count, name, value);
    else
        add_parameter(&target->metric_parameters, &target->metric_parameter_count, name, value);
}

/* The value behind an option: what follows `=`, else the next word. */
static bool take_value(parser *p, const char **value, const char *name, const char *attached,
                       const char *what) {
    if (attached) {
        *value = attached;
        return true;
    }
    if (p->next >= p->count || text_starts(p->words[p->next], "--")) {
        message_error(NULL, "--%s needs a value (%s)", name, what);
        return false;
    }
    *value = p->words[p->next++];
    return true;
}

/* A number below zero is one, too: the option that it is for says that it is too small. */
static bool is_number(const char *word) {
    word += *word == '-';
    return *word && !word[strspn(word, "0123456789")];
}

static bool take_option(parser *p, option_id id, const char *attached) {
    const option_row *row = option_get(id);
    const char *value = "";
    if (row->kind == OPTION_VALUE && !take_value(p, &value, row->name, attached, row->argument))
        return false;
    if ((row->kind == OPTION_OPTIONAL || row->kind == OPTION_NUMBER) && attached) value = attached;
    /* The last word is what help is wanted on, also if it looks like an option. */
    if (id == OPTION_HELP && !attached && p->next == p->count - 1) value = p->words[p->next++];
    if (row->kind == OPTION_NUMBER && !attached && p->next < p->count &&
        is_number(p->words[p->next]))
        value = p->words[p->next++];
    if ((row->kind == OPTION_FLAG || row->kind == OPTION_SWITCH) && attached) {
        message_error(NULL, "--%s takes no value (got \"%s\")", row->name, attached);
        return false;
    }
    if (row->choices && text_choice(row->choices, value) < 0) {
        message_error(NULL, "--%s has no valid value (got \"%s\", allowed %s)", row->name, value,
                      row->choices);
        return false;
    }
    /* Of other options the last one counts; here a file that is wanted would not be written. */
    const bool file =
        row->group == GROUP_OUTPUT && row->completes && text_equal(row->completes, "file");
    if (file && p->target->values[id]) {
        message_error(NULL, "--%s is given twice (got %s and %s, allowed once)", row->name,
                      p->target->values[id], value);
        return false;
    }
    p->target->values[id] = value;
    return true;
}

static bool take_parameter(parser *p, const seg_param *param, const char *attached) {
    const char *value = attached ? attached : "true";
    if (param->type != SEG_PARAM_BOOL &&
        !take_value(p, &value, param->name, attached, param->unit[0] ? param->unit : "VALUE"))
        return false;
    set_parameter(p->target, param->name, value);
    return true;
}

/* --name, --name=value, --no-name */
static bool take_long(parser *p, const char *word) {
    const char *equals = strchr(word, '=');
    char name[64];
    const char *attached = equals ? equals + 1 : NULL;
    const uint32_t bit = p->target->program->bit;
    snprintf(name, sizeof name, "%.*s", equals ? (int)(equals - word) : (int)strlen(word), word);

    option_id id = option_find(name, bit);
    if (id != OPTION_COUNT) return take_option(p, id, attached);
    const seg_param *param = known_parameter(p->target, name);
    if (param) return take_parameter(p, param, attached);

    if (text_starts(name, "no-") && !attached) {
        id = option_find(name + 3, bit);
        if (id != OPTION_COUNT && option_get(id)->kind == OPTION_SWITCH) {
            p->target->values[id] = "no";
            return true;
        }
        param = known_parameter(p->target, name + 3);
        if (param && param->type == SEG_PARAM_BOOL) {
            set_parameter(p->target, param->name, "false");
            return true;
        }
    }
    return fail_unknown(p, name);
}

/* -y, -qy */
static bool take_letters(parser *p, const char *letters) {
    for (const char *letter = letters; *letter; letter++) {
        option_id id = option_find_letter(*letter, p->target->program->bit);
        if (id == OPTION_COUNT) {
            message_error(NULL,
                          "unknown option -%c; see %s --help (a file of that name is written "
                          "./-%s)",
                          *letter, p->target->program->name, letters);
            return false;
        }
        p->target->values[id] = "";
    }
    return true;
}

static bool take_words(parser *p) {
    bool options = true;
    while (p->next < p->count) {
        const char *word = p->words[p->next++];
        bool good = true;
        if (options && text_equal(word, "--"))
            options = false;
        else if (options && text_starts(word, "--"))
            good = take_long(p, word + 2);
        else if (options && word[0] == '-' && word[1])
            good = take_letters(p, word + 1);
        else if (p->target->program->commands && !p->target->command)
            good = choose_command(p->target, word);
        else
            p->target->names[p->target->name_count++] = word;
        if (!good) return false;
    }
    return true;
}

/* What the configuration holds counts where the command line says nothing. */
static bool merge_config(arguments *target, const config *source, const char *path) {
    for (int32_t i = 0; i < source->parameter_count; i++) {
        if (!target->method) {
            message_error(path, "has parameters but no method; add \"method\" or give --method");
            return false;
        }
        add_parameter(&target->parameters, &target->parameter_count, source->parameters[i].name,
                      source->parameters[i].value);
    }
    for (int32_t i = 0; i < source->track_count; i++)
        add_parameter(&target->track_parameters, &target->track_parameter_count,
                      source->tracks[i].name, source->tracks[i].value);
    for (int id = 0; id < OPTION_COUNT; id++) {
        const char *value = source->values[id];
        const char *choices = option_get((option_id)id)->choices;
        if (value && choices && text_choice(choices, value) < 0) {
            message_error(path, "\"%s\" has no valid value (got \"%s\", allowed %s)",
                          option_get((option_id)id)->name, value, choices);
            return false;
        }
        target->values[id] = value;
    }
    return true;
}

/* The library takes what it does not know for nothing. */
static bool check_environment(void) {
    const char *level = getenv("SEG_CPU");
    if (!level || !*level || text_choice("ref|base|avx2", level) >= 0) return true;
    message_error(NULL, "SEG_CPU has no valid value (got \"%s\", allowed ref, base or avx2)",
                  level);
    return false;
}

bool arguments_parse(arguments *target, const program *of, int count, char **words) {
    parser p = {target, count, 1, words};
    config source = {0};
    *target = (arguments){.program = of};
    target->names = memory_get((size_t)count, sizeof *target->names);
    const char *path = look_for(&p, OPTION_CONFIG), *id = look_for(&p, OPTION_METHOD),
               *metric = look_for(&p, OPTION_METRIC);
    if (!check_environment()) return false;
    if (path && !config_load(&source, path)) return false;
    if (id && source.method && !text_equal(id, source.method)) {
        message_error(path, "is for method %s, but --method is %s", source.method, id);
        return false;
    }
    if (!id) id = source.method ? source.method : of->default_method;
    if (id && !choose_method(target, id)) return false;
    if (metric && !choose_metric(target, metric)) return false;
    if (path && !merge_config(target, &source, path)) return false;
    return take_words(&p);
}

void arguments_free(arguments *target) {
    free(target->parameters);
    free(target->metric_parameters);
    free(target->track_parameters);
    free(target->names);
    config_release();
    *target = (arguments){0};
}
