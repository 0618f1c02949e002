/* What is scored: predictions paired with their truths. */
#ifndef TOOLS_EVAL_UNITS_H
#define TOOLS_EVAL_UNITS_H

#include "eval/choices.h"

/** Names of files. */
typedef struct path_list {
    char **items;
    int32_t count;
} path_list;

/** What is read for one pair of pictures. */
typedef struct file_set {
    char *predictions[MAX_SIDES];
    path_list levels[MAX_SIDES]; /* further ones of each */
    path_list truths;            /* several where there are annotators */
    char *ignore, *picture;      /* NULL = none */
} file_set;

/** What gets a row of its own: a picture, a sequence of pictures, a video. */
typedef struct unit {
    char *id;
    char *group;         /* the directory that it is in; "" = none */
    bool data;           /* the names of its only file set are files of annotations */
    bool frames;         /* the names of its only file set are videos, streams or sequences */
    bool score_roi;      /* `ignore` says what is scored, not what is left out */
    int64_t first, last; /* frames that are scored, counted from 0; last 0 = all */
    file_set *files;     /* in order */
    int32_t file_count;
} unit;

/** Kinds of problems: a great many of one kind are not told one by one. */
typedef enum problem_kind {
    PROBLEM_NO_TRUTH,      /* a prediction that has none */
    PROBLEM_NO_PREDICTION, /* a truth, or the other prediction, that has none */
    PROBLEM_NO_COMPANION,  /* no picture of --ignore or --pictures */
    PROBLEM_NAME,          /* a name that says too little */
    PROBLEM_SCORING,       /* cannot be read, or not be compared */
    PROBLEM_KINDS
} problem_kind;

/** Something that was asked for and cannot be scored. */
typedef struct problem {
    char *subject, *reason;
} problem;

typedef struct unit_list {
    unit *items;
    int32_t count;
    problem *problems;
    int32_t problem_count;
    int32_t unsaid[PROBLEM_KINDS], said[PROBLEM_KINDS];
} unit_list;

/** Pairs predictions with truths by their names. What finds no partner is a problem, which is said
 *  as well. False: a name stands for nothing, which was said. */
bool units_find(unit_list *target, const choices *from);

/** Notes a problem and says it; of each kind the first 20 only, unless messages are verbose. */
void units_add_problem(unit_list *target, problem_kind kind, const char *subject,
                       const char *reason);

/** Says how many problems were not said. */
void units_count_problems(unit_list *target);

unit *units_add(unit_list *target, const char *id, const char *group);
file_set *unit_add_files(unit *target);
void paths_add(path_list *target, const char *path);
/** Frees what a set holds. */
void files_free(file_set *target);

void units_free(unit_list *target);

#endif
