/* Phrases that --help, the manual page and --list have in common. */
#include "common/help.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const help_pair help_exits[] = {
    {"0", "Done."},
    {"1", "Failed."},
    {"2", "Wrong usage; nothing was done."},
    {"3", "Some inputs failed (--keep-going)."},
    {"4", "An input ended early; all that it held was processed."},
    {"130, 143", "Stopped by Ctrl-C or SIGTERM; what was written is in "
                 "OUTPUT.partial."},
    {NULL, NULL}};

const help_pair help_variables[] = {
    {"SEG_CPU", "ref, base or avx2: use this instruction set at most. Results never depend on it."},
    {NULL, NULL}};

void help_option_name(char *name, size_t size, const option_row *row) {
    char letter[8] = "";
    if (row->letter) snprintf(letter, sizeof letter, "-%c, ", row->letter);
    if (row->kind == OPTION_SWITCH)
        snprintf(name, size, "%s--%s, --no-%s", letter, row->name, row->name);
    else if (row->kind == OPTION_VALUE)
        snprintf(name, size, "%s--%s %s", letter, row->name, row->argument);
    else if (row->kind == OPTION_NUMBER)
        snprintf(name, size, "%s--%s[ %s]", letter, row->name, row->argument);
    else if (row->kind == OPTION_OPTIONAL)
        snprintf(name, size, "%s--%s[%s%s]", letter, row->name,
                 row->group == GROUP_INFORMATION ? " " : "=", row->argument);
    else
        snprintf(name, size, "%s--%s", letter, row->name);
}

const char *help_option_text(const program *of, const option_row *row) {
    for (const help_pair *phrase = of->phrases; phrase && phrase->head; phrase++)
        if (text_equal(phrase->head, row->name)) return phrase->body;
    return row->help;
}

bool help_takes_odd(const seg_param *param) {
    for (int i = 0; param->type == SEG_PARAM_INT && param->names && param->names[i]; i++)
        if (text_equal(param->names[i], SEG_PARAM_ODD)) return true;
    return false;
}

static const char *type_phrase(const seg_param *param) {
    switch (param->type) {
    case SEG_PARAM_BOOL:
        return "switch";
    case SEG_PARAM_INT:
        return "whole number";
    case SEG_PARAM_FLOAT:
        return "number";
    case SEG_PARAM_ENUM:
        return "choice";
    case SEG_PARAM_LEVEL:
        return "level (50, 20%, p90, 12000raw, auto, auto:otsu, auto:median, "
               "auto:noise)";
    case SEG_PARAM_DURATION:
        return "time (200f, 8s, 500ms)";
    case SEG_PARAM_SIZE:
        return "size (15, 0.5%)";
    case SEG_PARAM_RECT:
        return "rectangle (x,y,w,h)";
    case SEG_PARAM_SEEDS:
        return "seeds (x,y;x,y..., a label picture, or auto)";
    default:
        return "picture";
    }
}

/* Not where the values are listed one by one. */
static bool has_range(const seg_param *param) {
    if (param->type == SEG_PARAM_INT && param->names) return help_takes_odd(param);
    return param->type == SEG_PARAM_INT || param->type == SEG_PARAM_FLOAT ||
           param->type == SEG_PARAM_LEVEL || param->type == SEG_PARAM_DURATION ||
           param->type == SEG_PARAM_SIZE;
}

void help_parameter_values(char *values, size_t size, const seg_param *param) {
    size_t used = 0;
    const char *space = param->unit[0] ? " " : "";
    for (int i = 0; param->names && param->names[i] && used < size; i++)
        used += (size_t)snprintf(values + used, size - used, "%s%s", i ? "|" : "", param->names[i]);
    if (!param->names) used += (size_t)snprintf(values, size, "%s", type_phrase(param));
    if (has_range(param) && used < size)
        used += (size_t)snprintf(values + used, size - used, ", %g to %g%s%s", param->min,
                                 param->max, space, param->unit);
    else if (param->names && used < size)
        used += (size_t)snprintf(values + used, size - used, "%s%s", space, param->unit);
    if (used < size)
        snprintf(values + used, size - used, "; default %s",
                 param->default_text ? param->default_text : "none");
}

char *help_reference_text(const help_topic *topic) {
    if (!topic->reference[0]) return text_copy("");
    return topic->year ? text_format("%s, %d.", topic->reference, (int)topic->year)
                       : text_copy(topic->reference);
}

char *help_parameter_text(const seg_param *param) {
    char values[300];
    help_parameter_values(values, sizeof values, param);
    return text_format("%s%s (%s)", param->help, text_ends(param->help, ".") ? "" : ".", values);
}

/* ---- as data ---- */

static const char *type_name(int32_t type) {
    static const char *const names[] = {"bool",     "int",  "float", "enum",  "level",
                                        "duration", "size", "rect",  "seeds", "picture"};
    return names[type];
}

/* A default as JSON: numbers and booleans as such, everything else as the text that is typed. */
static json_t *default_value(const seg_param *param) {
    const char *shown = param->default_text;
    if (!shown) return json_null();
    if (param->type == SEG_PARAM_BOOL) return json_boolean(text_equal(shown, "true"));
    if (param->type == SEG_PARAM_INT) return json_integer(strtoll(shown, NULL, 10));
    if (param->type == SEG_PARAM_FLOAT) return json_real(strtod(shown, NULL));
    return json_string(shown);
}

/* [least, greatest] of numbers. */
static json_t *range_value(const seg_param *param) {
    if (param->type == SEG_PARAM_INT)
        return json_pack("[I,I]", (json_int_t)param->min, (json_int_t)param->max);
    return has_range(param) ? json_pack("[f,f]", param->min, param->max) : json_null();
}

/* Words; of whole numbers the numbers, and "odd" for all odd ones in the range. */
static json_t *choices_value(const seg_param *param) {
    json_t *choices = json_array();
    for (int i = 0; param->names[i]; i++) {
        const char *name = param->names[i];
        const bool number = param->type == SEG_PARAM_INT && !text_equal(name, SEG_PARAM_ODD);
        json_array_append_new(choices,
                              number ? json_integer(strtoll(name, NULL, 10)) : json_string(name));
    }
    return choices;
}

json_t *help_describe_parameter(const seg_param *param) {
    json_t *all = json_object();
    json_object_set_new(all, "name", json_string(param->name));
    json_object_set_new(all, "type", json_string(type_name(param->type)));
    json_object_set_new(all, "unit", json_string(param->unit));
    json_object_set_new(all, "default", default_value(param));
    json_object_set_new(all, "range", range_value(param));
    if (param->names) json_object_set_new(all, "choices", choices_value(param));
    json_object_set_new(all, "help", json_string(param->help));
    json_object_set_new(all, "symbol", json_string(param->symbol));
    return all;
}
