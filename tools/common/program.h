/* What a program is: the facts from which the shared parser, --help, --list, the manual page and
 * the completion are made. */
#ifndef TOOLS_PROGRAM_H
#define TOOLS_PROGRAM_H

#include "common/text.h"
#include <segment/params.h>
#include <stdint.h>

/** Programs as bits: which of them have an option. */
typedef enum program_bit {
    PROGRAM_SEGMENT = 1,
    PROGRAM_EVAL = 2,
    PROGRAM_FLOW = 4,
    PROGRAM_AUGMENT = 8
} program_bit;

/** A line of help: what it is about, and what is said about it. */
typedef struct help_pair {
    const char *head, *body;
} help_pair;

/** A list of pairs, ended by a NULL head, with its heading and a sentence after it (or NULL). */
typedef struct help_list {
    const char *title;
    const help_pair *pairs;
    const char *note;
} help_list;

/** Something that has a page of help: a method, an operation, a metric. */
typedef struct help_topic {
    const char *id, *title, *reference;
    int32_t year;      /* of the reference; 0 = none */
    text_buffer facts; /* sentences */
    const seg_param_table *params;
    bool dashes;       /* parameters are typed as --NAME */
    help_list more[2]; /* measures, tables; the pairs and their texts belong to the topic */
} help_topic;

void help_topic_free(help_topic *topic);

/** Topics of one kind. */
typedef struct help_section {
    const char *title;        /* in --help */
    const char *manual_title; /* in the manual page */
    const char *kind;         /* "method": for messages */
    int32_t (*count)(void);
    help_topic (*topic)(int32_t index);
} help_section;

typedef struct program {
    const char *name; /* "segment-eval" */
    uint32_t bit;     /* program_bit */
    bool commands;    /* the first name on the command line is a topic of the first section;
                         else --method names it */
    const char *default_method; /* where none is named; NULL = it depends on the input */
    const char *title;
    const char *summary;
    const char *const *usage;  /* what follows the name, one form each; NULL-ended */
    const char *const *groups; /* headings of option groups, by option_group */
    const help_section *sections;
    int32_t section_count;
    const help_list *lists; /* after the options; ended by a NULL title */
    const help_pair *examples;
    const help_pair *phrases; /* name of an option, what is said about it in place of its row's
                                 help; NULL = nothing differs */
    void (*list)(text_buffer *target);      /* --list */
    void (*list_json)(text_buffer *target); /* --list --json */
    const char *(*libraries)(void);         /* for --version: more lines, or NULL */
} program;

#endif
