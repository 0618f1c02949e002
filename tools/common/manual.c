/* The manual page, in man(7) macros. */
#include "common/help.h"
#include <segment/version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Text as roff shows it: no line begins with a control character, dashes and quotes stay. */
static void add_plain(text_buffer *target, const char *words) {
    if (*words == '.' || *words == '\'') text_add(target, "\\&");
    for (; *words; words++) {
        if (*words == '\\')
            text_add(target, "\\e");
        else if (*words == '-')
            text_add(target, "\\-");
        else if (*words == '\'')
            text_add(target, "\\(aq");
        else
            text_add(target, "%c", *words);
    }
}

static void add_entry(text_buffer *target, const char *head, const char *body) {
    text_add(target, ".TP\n\\fB");
    add_plain(target, head);
    text_add(target, "\\fR\n");
    add_plain(target, body);
    text_add(target, "\n");
}

static void add_entries(text_buffer *target, const char *title, const help_pair *pairs) {
    text_add(target, ".SH %s\n", title);
    for (; pairs->head; pairs++)
        add_entry(target, pairs->head, pairs->body);
}

static void add_options(text_buffer *target) {
    char name[80];
    text_add(target, ".SH OPTIONS\n");
    for (int group = 0; group < GROUP_HIDDEN; group++) {
        text_add(target, ".SS %s\n", option_group_title((option_group)group));
        for (int id = 0; id < OPTION_COUNT; id++) {
            const option_row *row = option_get((option_id)id);
            if (row->group != (option_group)group) continue;
            help_option_name(name, sizeof name, row);
            add_entry(target, name, row->help);
        }
    }
}

static void add_method(text_buffer *target, const seg_method *method) {
    char outputs[120], values[300];
    help_outputs_of(outputs, sizeof outputs, method);
    text_add(target, ".SS %s\n", method->id);
    add_plain(target, method->title);
    text_add(target, ". ");
    add_plain(target, method->reference);
    text_add(target, "\nGives %s.\n", outputs);
    for (int32_t i = 0; i < method->params->count; i++) {
        const seg_param *param = &method->params->items[i];
        char *head = text_format("%s%s", help_is_method(method) ? "--" : "", param->name);
        help_parameter_values(values, sizeof values, param);
        char *body = text_format("%s (%s)", param->help, values);
        add_entry(target, head, body);
        free(head);
        free(body);
    }
}

static void add_methods(text_buffer *target, const char *title, bool wanted) {
    int32_t count;
    const seg_method *const *methods = seg_methods(&count);
    text_add(target, ".SH %s\n", title);
    for (int32_t i = 0; i < count; i++)
        if (help_is_method(methods[i]) == wanted) add_method(target, methods[i]);
}

void help_add_manual(text_buffer *target) {
    text_add(
        target,
        ".TH SEGMENT 1 \"\" \"segment %s\" \"User Commands\"\n.SH NAME\n"
        "segment \\- classical image and video segmentation\n.SH SYNOPSIS\n"
        ".B segment\n[\\fB\\-\\-method\\fR \\fINAME\\fR] [\\fB\\-\\-\\fR\\fIPARAM VALUE\\fR]... "
        "[\\fIoptions\\fR] \\fIINPUT\\fR... \\fIOUTPUT\\fR\n.br\n"
        ".B segment \\-\\-list\n[\\fB\\-\\-json\\fR]\n.br\n"
        ".B segment \\-\\-help\n[\\fINAME\\fR]\n.SH DESCRIPTION\n",
        seg_version());
    add_plain(target, help_summary);
    text_add(target, "\n");
    add_options(target);
    add_entries(target, "INPUT", help_inputs);
    add_entries(target, "OUTPUT", help_outputs);
    add_methods(target, "METHODS", true);
    add_methods(target, "OPERATIONS OF \\-\\-post", false);
    add_entries(target, "EXIT STATUS", help_exits);
    add_entries(target, "ENVIRONMENT", help_variables);
    text_add(target, ".SH EXAMPLES\n");
    for (const help_pair *example = help_examples; example->head; example++) {
        text_add(target, ".TP\n\\fB");
        add_plain(target, example->head);
        text_add(target, "\\fR\n");
        add_plain(target, example->body);
        text_add(target, "\n");
    }
}
