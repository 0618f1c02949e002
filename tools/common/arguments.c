#include "common/arguments.h"
#include "common/messages.h"
#include "common/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct parser {
    arguments *target;
    int count, next; /* words, and the one to look at */
    char **words;
} parser;

/* ---- messages that help ---- */

/* The nearest of the program's options and the method's parameters, or NULL. */
static const char *nearest_name(const char *name, const seg_method *method) {
    const char *best = NULL;
    int best_distance = 1 + (int)strlen(name) / 3;
    for (int id = 0; id < OPTION_COUNT; id++) {
        const option_row *row = option_get((option_id)id);
        int distance = text_distance(name, row->name);
        if (row->group == GROUP_HIDDEN || distance > best_distance) continue;
        if (distance < best_distance || !best) best = row->name;
        best_distance = distance;
    }
    for (int32_t i = 0; method && i < method->params->count; i++) {
        int distance = text_distance(name, method->params->items[i].name);
        if (distance > best_distance) continue;
        if (distance < best_distance || !best) best = method->params->items[i].name;
        best_distance = distance;
    }
    return best;
}

/* "canny, otsu": methods that have a parameter of that name; "" if none has. */
static void methods_with(char *list, size_t size, const char *name) {
    int32_t count;
    size_t length = 0;
    const seg_method *const *methods = seg_methods(&count);
    list[0] = 0;
    for (int32_t i = 0; i < count; i++)
        if (seg_params_find(methods[i]->params, name) && length + 40 < size &&
            methods[i]->input & (SEG_INPUT_PICTURE | SEG_INPUT_PAIR | SEG_INPUT_STREAM))
            length += (size_t)snprintf(list + length, size - length, "%s%s", length ? ", " : "",
                                       methods[i]->id);
}

static bool fail_unknown(const parser *p, const char *name) {
    char list[400];
    const seg_method *method = p->target->method;
    methods_with(list, sizeof list, name);
    if (!list[0] && text_starts(name, "no-")) methods_with(list, sizeof list, name + 3);
    const char *near = nearest_name(name, method);
    if (list[0] && !method)
        message_error(NULL, "--%s is a parameter of a method (%s); name the method with --method",
                      name, list);
    else if (list[0])
        message_error(NULL, "method %s has no parameter --%s (%s has); see segment --help %s",
                      method->id, name, list, method->id);
    else if (near)
        message_error(NULL, "unknown option --%s; did you mean --%s?", name, near);
    else
        message_error(NULL, "unknown option --%s; see segment --help", name);
    return false;
}

/* ---- the method comes first ---- */

/* The value of an option by a plain look over the words; the last one counts. */
static const char *look_for(const parser *p, const char *option) {
    const char *found = NULL;
    size_t length = strlen(option);
    for (int i = 1; i < p->count && !text_equal(p->words[i], "--"); i++) {
        if (strncmp(p->words[i], option, length)) continue;
        if (p->words[i][length] == '=') found = p->words[i] + length + 1;
        if (!p->words[i][length] && i + 1 < p->count && !text_starts(p->words[i + 1], "--"))
            found = p->words[++i];
    }
    return found;
}

static bool choose_method(arguments *target, const char *id) {
    target->method = seg_method_find(id);
    if (!target->method) {
        const char *near = seg_method_nearest(id);
        if (near)
            message_error(NULL, "unknown method \"%s\"; did you mean %s?", id, near);
        else
            message_error(NULL, "unknown method \"%s\"; segment --list names the methods", id);
        return false;
    }
    if (!(target->method->input & (SEG_INPUT_PICTURE | SEG_INPUT_PAIR | SEG_INPUT_STREAM))) {
        message_error(NULL, "%s works on masks or labels, not on pictures; use it as --post %s", id,
                      id);
        return false;
    }
    return true;
}

/* ---- words ---- */

static void set_parameter(arguments *target, const char *name, const char *value) {
    memory_grow((void **)&target->parameters, (size_t)target->parameter_count,
                sizeof *target->parameters);
    target->parameters[target->parameter_count++] = (parameter_text){name, value};
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

static bool take_option(parser *p, option_id id, const char *attached) {
    const option_row *row = option_get(id);
    const char *value = "";
    if (row->kind == OPTION_VALUE && !take_value(p, &value, row->name, attached, row->argument))
        return false;
    if (row->kind == OPTION_OPTIONAL && attached) value = attached;
    if ((row->kind == OPTION_FLAG || row->kind == OPTION_SWITCH) && attached) {
        message_error(NULL, "--%s takes no value (got \"%s\")", row->name, attached);
        return false;
    }
    if (row->choices && text_choice(row->choices, value) < 0) {
        message_error(NULL, "--%s is \"%s\" (allowed %s)", row->name, value, row->choices);
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
    const seg_method *method = p->target->method;
    snprintf(name, sizeof name, "%.*s", equals ? (int)(equals - word) : (int)strlen(word), word);

    option_id id = option_find(name);
    if (id != OPTION_COUNT) return take_option(p, id, attached);
    const seg_param *param = method ? seg_params_find(method->params, name) : NULL;
    if (param) return take_parameter(p, param, attached);

    if (text_starts(name, "no-") && !attached) {
        id = option_find(name + 3);
        if (id != OPTION_COUNT && option_get(id)->kind == OPTION_SWITCH) {
            p->target->values[id] = "no";
            return true;
        }
        param = method ? seg_params_find(method->params, name + 3) : NULL;
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
        option_id id = option_find_letter(*letter);
        if (id == OPTION_COUNT) {
            message_error(NULL,
                          "unknown option -%c; see segment --help (a file of that name is "
                          "written ./-%s)",
                          *letter, letters);
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
        set_parameter(target, source->parameters[i].name, source->parameters[i].value);
    }
    for (int id = 0; id < OPTION_COUNT; id++) {
        const char *value = source->values[id];
        const char *choices = option_get((option_id)id)->choices;
        if (value && choices && text_choice(choices, value) < 0) {
            message_error(path, "\"%s\" is \"%s\" (allowed %s)", option_get((option_id)id)->name,
                          value, choices);
            return false;
        }
        target->values[id] = value;
    }
    return true;
}

bool arguments_parse(arguments *target, int count, char **words) {
    parser p = {target, count, 1, words};
    config source = {0};
    *target = (arguments){0};
    target->names = memory_get((size_t)count, sizeof *target->names);
    const char *path = look_for(&p, "--config"), *id = look_for(&p, "--method");
    if (path && !config_load(&source, path)) return false;
    if (id && source.method && !text_equal(id, source.method)) {
        message_error(path, "is for method %s, but --method is %s", source.method, id);
        return false;
    }
    if (!id) id = source.method;
    if (id && !choose_method(target, id)) return false;
    if (path && !merge_config(target, &source, path)) return false;
    free(source.parameters);
    return take_words(&p);
}

void arguments_free(arguments *target) {
    free(target->parameters);
    free(target->names);
    *target = (arguments){0};
}
