#include "common/help.h"
#include "common/messages.h"
#include "common/outfile.h"
#include <jansson.h>
#include <segment/media.h>
#include <segment/version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 80 };

bool help_wanted(const arguments *given) {
    static const option_id wanted[] = {OPTION_HELP, OPTION_LIST, OPTION_VERSION, OPTION_MAN,
                                       OPTION_COMPLETION};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (given->values[wanted[i]]) return true;
    return false;
}

/* Adds words from column `column` on, broken at WIDTH and indented by `indent`. */
static void add_wrapped(text_buffer *target, int column, int indent, const char *words) {
    while (*words) {
        int length = (int)strcspn(words, " ");
        if (column > indent && column + 1 + length > WIDTH) {
            text_add(target, "\n");
            column = 0;
        }
        if (column < indent) {
            text_add(target, "%*s", indent - column, "");
            column = indent;
        } else if (column > indent) {
            text_add(target, " ");
            column++;
        }
        text_add(target, "%.*s", length, words);
        column += length;
        words += length;
        words += strspn(words, " ");
    }
    text_add(target, "\n");
}

/* "  head   body", the body in its own column. */
static void add_pair(text_buffer *target, const char *head, const char *body, int indent) {
    int used = 2 + (int)strlen(head);
    text_add(target, "  %s", head);
    if (used + 2 > indent) {
        text_add(target, "\n");
        used = 0;
    }
    add_wrapped(target, used, indent, body);
}

static void add_pairs(text_buffer *target, const char *title, const help_pair *pairs) {
    text_add(target, "\n%s\n", title);
    for (; pairs->head; pairs++)
        add_pair(target, pairs->head, pairs->body, 27);
}

static void add_option(text_buffer *target, const option_row *row) {
    char name[80];
    help_option_name(name, sizeof name, row);
    add_pair(target, name, row->help, 27);
}

static void add_general(text_buffer *target) {
    int32_t count;
    const seg_method *const *methods = seg_methods(&count);
    text_add(target,
             "segment [--method NAME] [--PARAM VALUE]... [options] INPUT... OUTPUT\n"
             "segment --list [--json]      segment --help [NAME]      segment --version\n\n");
    add_wrapped(target, 0, 0, help_summary);
    text_add(target, "\nMethods (segment --help NAME shows the parameters)\n");
    for (int32_t i = 0; i < count; i++)
        if (help_is_method(methods[i])) add_pair(target, methods[i]->id, methods[i]->title, 27);
    text_add(target, "\nOperations of --post, on masks and labels\n");
    for (int32_t i = 0; i < count; i++)
        if (!help_is_method(methods[i])) add_pair(target, methods[i]->id, methods[i]->title, 27);
    for (int group = 0; group < GROUP_HIDDEN; group++) {
        text_add(target, "\n%s\n", option_group_title((option_group)group));
        for (int id = 0; id < OPTION_COUNT; id++)
            if (option_get((option_id)id)->group == (option_group)group)
                add_option(target, option_get((option_id)id));
    }
    add_pairs(target, "INPUT is", help_inputs);
    add_pairs(target, "OUTPUT is", help_outputs);
    add_wrapped(target, 0, 2, "OUTPUT may be left out with --report, --objects or --save-model.");
    add_pairs(target, "Exit status", help_exits);
    add_pairs(target, "Environment", help_variables);
    text_add(target, "\nExamples\n");
    for (const help_pair *example = help_examples; example->head; example++)
        text_add(target, "  %s\n", example->head);
}

static void add_method(text_buffer *target, const seg_method *method) {
    char outputs[120], values[300];
    help_outputs_of(outputs, sizeof outputs, method);
    text_add(target, "%s: %s\n", method->id, method->title);
    if (method->reference[0]) add_wrapped(target, 0, 0, method->reference);
    text_add(target, "\nFamily %s; gives %s", method->family, outputs);
    if (method->input & SEG_INPUT_STREAM) text_add(target, "; works on frames in order");
    if (!help_is_method(method)) text_add(target, "; used in --post");
    text_add(target, ".\n");
    if (method->params->count) text_add(target, "\nParameters\n");
    for (int32_t i = 0; i < method->params->count; i++) {
        const seg_param *param = &method->params->items[i];
        char *head = text_format("--%s", param->name);
        help_parameter_values(values, sizeof values, param);
        char *body = text_format(
            "%s%s (%s)", param->help,
            param->help[0] && param->help[strlen(param->help) - 1] == '.' ? "" : ".", values);
        add_pair(target, help_is_method(method) ? head : head + 2, body, 20);
        free(head);
        free(body);
    }
}

/* Methods that have the parameter; false if none has. */
static bool add_parameter(text_buffer *target, const char *name) {
    int32_t count;
    char values[300];
    bool found = false;
    const seg_method *const *methods = seg_methods(&count);
    for (int32_t i = 0; i < count; i++) {
        const seg_param *param = seg_params_find(methods[i]->params, name);
        if (!param) continue;
        help_parameter_values(values, sizeof values, param);
        char *body = text_format("%s (%s)", param->help, values);
        if (!found) text_add(target, "--%s is a parameter of\n", param->name);
        add_pair(target, methods[i]->id, body, 20);
        free(body);
        found = true;
    }
    return found;
}

static bool add_topic(text_buffer *target, const char *topic) {
    while (*topic == '-')
        topic++;
    const seg_method *method = seg_method_find(topic);
    option_id id = option_find(topic);
    if (method) add_method(target, method);
    if (id != OPTION_COUNT) add_option(target, option_get(id));
    bool found = method || id != OPTION_COUNT;
    if (!method && add_parameter(target, topic)) found = true;
    if (found) return true;
    const char *near = seg_method_nearest(topic);
    if (near)
        message_error(NULL, "no help on \"%s\"; did you mean %s?", topic, near);
    else
        message_error(NULL, "no help on \"%s\": it is no method, operation, parameter or option",
                      topic);
    return false;
}

static void add_versions(text_buffer *target) {
    text_add(target, "segment %s\n", seg_version());
    text_add(target, "libsegment %s (%s)\n", seg_version(),
             seg_cpu_level_name(seg_cpu_level_get()));
    text_add(target, "%s", seg_media_versions());
    text_add(target, "jansson %s\n", JANSSON_VERSION);
}

int help_give(const arguments *given) {
    const char *const *values = given->values;
    text_buffer body = {0};
    bool good = true;
    if (values[OPTION_HELP]) {
        const char *topic = values[OPTION_HELP];
        if (!*topic && given->name_count) topic = given->names[0];
        if (!*topic && given->method) topic = given->method->id;
        if (*topic)
            good = add_topic(&body, topic);
        else
            add_general(&body);
    } else if (values[OPTION_LIST]) {
        (values[OPTION_JSON] ? help_add_list_json : help_add_list)(&body);
    } else if (values[OPTION_VERSION]) {
        add_versions(&body);
    } else if (values[OPTION_MAN]) {
        help_add_manual(&body);
    } else {
        help_add_completion(&body);
    }
    int code = good ? EXIT_DONE : EXIT_USAGE;
    outfile out;
    if (good && (!outfile_open(&out, "-") || !outfile_write(&out, body.data, body.length) ||
                 !outfile_finish(&out)))
        code = EXIT_FAILED;
    text_free(&body);
    return code;
}
