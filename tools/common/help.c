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

static void add_list(text_buffer *target, const help_list *list, int indent) {
    text_add(target, "\n%s\n", list->title);
    for (const help_pair *pair = list->pairs; pair->head; pair++)
        add_pair(target, pair->head, pair->body, indent);
    if (list->note) add_wrapped(target, 0, 2, list->note);
}

static void add_option(text_buffer *target, const program *of, const option_row *row) {
    char name[80];
    help_option_name(name, sizeof name, row);
    add_pair(target, name, help_option_text(of, row), 27);
}

static void add_options(text_buffer *target, const program *of, int group) {
    bool first = true;
    for (int id = 0; id < OPTION_COUNT; id++) {
        const option_row *row = option_get((option_id)id);
        if (row->group != (option_group)group || !(row->programs & of->bit)) continue;
        if (first) text_add(target, "\n%s\n", of->groups[group]);
        add_option(target, of, row);
        first = false;
    }
}

static void add_usage(text_buffer *target, const program *of) {
    for (int i = 0; of->usage[i]; i++)
        text_add(target, "%s %s\n", of->name, of->usage[i]);
}

static void add_general(text_buffer *target, const program *of) {
    add_usage(target, of);
    text_add(target, "\n");
    add_wrapped(target, 0, 0, of->summary);
    for (int32_t s = 0; s < of->section_count; s++) {
        text_add(target, "\n%s\n", of->sections[s].title);
        for (int32_t i = 0; i < of->sections[s].count(); i++) {
            help_topic topic = of->sections[s].topic(i);
            add_pair(target, topic.id, topic.title, 27);
            help_topic_free(&topic);
        }
    }
    for (int group = 0; group < GROUP_HIDDEN; group++)
        add_options(target, of, group);
    for (const help_list *list = of->lists; list->title; list++)
        add_list(target, list, 27);
    text_add(target, "\nExamples\n");
    for (const help_pair *example = of->examples; example->head; example++)
        text_add(target, "  %s\n", example->head);
}

void help_topic_free(help_topic *topic) {
    text_free(&topic->facts);
    for (int i = 0; i < 2; i++) {
        help_pair *pairs = (help_pair *)topic->more[i].pairs;
        for (help_pair *pair = pairs; pair && pair->head; pair++) {
            free((char *)pair->head);
            free((char *)pair->body);
        }
        free(pairs);
    }
    *topic = (help_topic){0};
}

static void add_page(text_buffer *target, const help_topic *topic) {
    const seg_param_table *params = topic->params;
    text_add(target, "%s: %s\n", topic->id, topic->title);
    char *reference = help_reference_text(topic);
    if (reference[0]) add_wrapped(target, 0, 0, reference);
    free(reference);
    text_add(target, "\n");
    add_wrapped(target, 0, 0, topic->facts.data ? topic->facts.data : "");
    if (params && params->count) text_add(target, "\nParameters\n");
    for (int32_t i = 0; params && i < params->count; i++) {
        char *head = text_format("%s%s", topic->dashes ? "--" : "", params->items[i].name);
        char *body = help_parameter_text(&params->items[i]);
        add_pair(target, head, body, 20);
        free(head);
        free(body);
    }
    for (int i = 0; i < 2; i++)
        if (topic->more[i].title) add_list(target, &topic->more[i], 20);
}

/* The topics of that name, and those that have a parameter of that name. False: none. */
static bool add_topics(text_buffer *target, const program *of, const char *name, bool parameters) {
    bool found = false;
    for (int32_t s = 0; s < of->section_count; s++)
        for (int32_t i = 0; i < of->sections[s].count(); i++) {
            help_topic topic = of->sections[s].topic(i);
            const seg_param *param =
                parameters && topic.params ? seg_params_find(topic.params, name) : NULL;
            if (!parameters && text_name_equal(topic.id, name)) {
                add_page(target, &topic);
                found = true;
            }
            if (param) {
                char *body = help_parameter_text(param);
                if (!found) text_add(target, "--%s is a parameter of\n", param->name);
                add_pair(target, topic.id, body, 20);
                free(body);
                found = true;
            }
            help_topic_free(&topic);
        }
    return found;
}

/* The nearest of all that there is help on, or NULL. */
static const char *nearest_subject(const program *of, const char *name) {
    text_guess guess = {.name = name};
    for (int32_t s = 0; s < of->section_count; s++)
        for (int32_t i = 0; i < of->sections[s].count(); i++) {
            help_topic topic = of->sections[s].topic(i);
            text_guess_offer(&guess, topic.id);
            for (int32_t k = 0; topic.params && k < topic.params->count; k++)
                text_guess_offer(&guess, topic.params->items[k].name);
            help_topic_free(&topic);
        }
    for (int id = 0; id < OPTION_COUNT; id++) {
        const option_row *row = option_get((option_id)id);
        if (row->group != GROUP_HIDDEN && row->programs & of->bit)
            text_guess_offer(&guess, row->name);
    }
    return guess.nearest;
}

static bool add_help_on(text_buffer *target, const program *of, const char *name) {
    while (*name == '-')
        name++;
    bool topic = add_topics(target, of, name, false);
    option_id id = option_find(name, of->bit);
    if (id != OPTION_COUNT) add_option(target, of, option_get(id));
    if (topic || add_topics(target, of, name, true) || id != OPTION_COUNT) return true;
    const char *near = nearest_subject(of, name);
    if (near)
        message_error(NULL, "no help on \"%s\"; did you mean %s?", name, near);
    else if (of->section_count > 1)
        message_error(NULL, "no help on \"%s\": it is no %s, %s, parameter or option", name,
                      of->sections[0].kind, of->sections[1].kind);
    else
        message_error(NULL, "no help on \"%s\": it is no %s, parameter or option", name,
                      of->sections[0].kind);
    return false;
}

static void add_versions(text_buffer *target, const program *of) {
    text_add(target, "%s %s\n", of->name, seg_version());
    text_add(target, "libsegment %s (%s)\n", seg_version(),
             seg_cpu_level_name(seg_cpu_level_get()));
    text_add(target, "%s", seg_media_versions());
    text_add(target, "jansson %s\n", JANSSON_VERSION);
    if (of->libraries) text_add(target, "%s", of->libraries());
}

/* Writes it to standard output. */
static bool say(const text_buffer *body) {
    outfile out;
    if (!outfile_open(&out, "-")) return false;
    if (outfile_write(&out, body->data, body->length)) return outfile_finish(&out);
    outfile_abandon(&out);
    return false;
}

int help_give(const arguments *given) {
    const char *const *values = given->values;
    const program *of = given->program;
    text_buffer body = {0};
    bool good = true;
    if (values[OPTION_HELP]) {
        const char *topic = values[OPTION_HELP];
        if (!*topic && given->command) topic = given->command;
        if (!*topic && given->name_count) topic = given->names[0];
        if (!*topic && given->method && given->values[OPTION_METHOD]) topic = given->method->id;
        if (*topic)
            good = add_help_on(&body, of, topic);
        else
            add_general(&body, of);
    } else if (values[OPTION_LIST]) {
        bool json = values[OPTION_JSON] || values[OPTION_SCORES_JSON];
        (json ? of->list_json : of->list)(&body);
    } else if (values[OPTION_VERSION]) {
        add_versions(&body, of);
    } else if (values[OPTION_MAN]) {
        help_add_manual(&body, of);
    } else {
        help_add_completion(&body, of);
    }
    int code = good ? EXIT_DONE : EXIT_USAGE;
    if (good && !say(&body)) code = EXIT_FAILED;
    text_free(&body);
    return code;
}
