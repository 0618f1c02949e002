/* The manual page, in man(7) macros. */
#include "common/help.h"
#include <ctype.h>
#include <segment/version.h>
#include <stdlib.h>

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

static void add_capitals(text_buffer *target, const char *words) {
    for (; *words; words++)
        text_add(target, "%c", toupper((unsigned char)*words));
}

static void add_entry(text_buffer *target, const char *head, const char *body) {
    text_add(target, ".TP\n\\fB");
    add_plain(target, head);
    text_add(target, "\\fR\n");
    add_plain(target, body);
    text_add(target, "\n");
}

static void add_list(text_buffer *target, const help_list *list) {
    text_add(target, ".SH ");
    add_capitals(target, list->title);
    text_add(target, "\n");
    for (const help_pair *pair = list->pairs; pair->head; pair++)
        add_entry(target, pair->head, pair->body);
    if (!list->note) return;
    text_add(target, ".PP\n");
    add_plain(target, list->note);
    text_add(target, "\n");
}

static void add_options(text_buffer *target, const program *of) {
    char name[80];
    text_add(target, ".SH OPTIONS\n");
    for (int group = 0; group < GROUP_HIDDEN; group++) {
        bool first = true;
        for (int id = 0; id < OPTION_COUNT; id++) {
            const option_row *row = option_get((option_id)id);
            if (row->group != (option_group)group || !(row->programs & of->bit)) continue;
            if (first) text_add(target, ".SS %s\n", of->groups[group]);
            help_option_name(name, sizeof name, row);
            add_entry(target, name, help_option_text(of, row));
            first = false;
        }
    }
}

static void add_topic(text_buffer *target, const help_topic *topic) {
    text_add(target, ".SS %s\n", topic->id);
    add_plain(target, topic->title);
    text_add(target, ". ");
    char *reference = help_reference_text(topic);
    add_plain(target, reference);
    free(reference);
    text_add(target, "\n");
    add_plain(target, topic->facts.data ? topic->facts.data : "");
    text_add(target, "\n");
    for (int32_t i = 0; topic->params && i < topic->params->count; i++) {
        const seg_param *param = &topic->params->items[i];
        char *head = text_format("%s%s", topic->dashes ? "--" : "", param->name);
        char *body = help_parameter_text(param);
        add_entry(target, head, body);
        free(head);
        free(body);
    }
    for (int i = 0; i < 2; i++) {
        if (!topic->more[i].title) continue;
        text_add(target, ".PP\n%s:\n", topic->more[i].title);
        for (const help_pair *pair = topic->more[i].pairs; pair->head; pair++)
            add_entry(target, pair->head, pair->body);
    }
}

static void add_usage(text_buffer *target, const program *of) {
    text_add(target, ".SH SYNOPSIS\n.nf\n");
    for (int i = 0; of->usage[i]; i++) {
        text_add(target, "\\fB%s\\fR ", of->name);
        add_plain(target, of->usage[i]);
        text_add(target, "\n");
    }
    text_add(target, ".fi\n");
}

void help_add_manual(text_buffer *target, const program *of) {
    text_add(target, ".TH ");
    add_capitals(target, of->name);
    text_add(target, " 1 \"\" \"segment %s\" \"User Commands\"\n.SH NAME\n", seg_version());
    add_plain(target, of->name);
    text_add(target, " \\- ");
    add_plain(target, of->title);
    text_add(target, "\n");
    add_usage(target, of);
    text_add(target, ".SH DESCRIPTION\n");
    add_plain(target, of->summary);
    text_add(target, "\n");
    add_options(target, of);
    for (int32_t s = 0; s < of->section_count; s++) {
        text_add(target, ".SH ");
        add_plain(target, of->sections[s].manual_title);
        text_add(target, "\n");
        for (int32_t i = 0; i < of->sections[s].count(); i++) {
            help_topic topic = of->sections[s].topic(i);
            add_topic(target, &topic);
            help_topic_free(&topic);
        }
    }
    for (const help_list *list = of->lists; list->title; list++)
        add_list(target, list);
    add_list(target, &(help_list){"Examples", of->examples, NULL});
}
