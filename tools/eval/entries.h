/* The files that a name on the command line stands for, each with the id by which it is paired. */
#ifndef TOOLS_EVAL_ENTRIES_H
#define TOOLS_EVAL_ENTRIES_H

#include <stdbool.h>
#include <stdint.h>

typedef struct entry {
    char *id;   /* name below the directory without extension; the number in a printf pattern */
    char *path; /* as it is opened */
    bool video, data; /* a file of annotations */
    bool used;        /* paired */
    char **levels;    /* further files of the same id */
    int32_t level_count;
} entry;

typedef enum entries_kind {
    ENTRIES_NONE,   /* there is nothing of that name: a message was given */
    ENTRIES_ONE,    /* one picture */
    ENTRIES_MANY,   /* a directory with all below it, a pattern, a glob */
    ENTRIES_FRAMES, /* a video, or a stream that is known only once read */
    ENTRIES_DATA    /* a file of annotations */
} entries_kind;

/** Sorted by id, natural order. */
typedef struct entries {
    entries_kind kind;
    const char *name; /* that was listed */
    entry *items;
    int32_t count;
    bool numbered; /* ids are the numbers of a printf pattern */
    bool data;     /* files of annotations are listed, too */
} entries;

/** Lists. `numbers`: ids of a printf pattern are its numbers, else the names of the files. `data`:
 *  files of annotations count. */
void entries_list(entries *target, const char *name, bool numbers, bool data);

/** The id without the number of an annotator or level: "a" of "a_3"; else its directory: "a" of
 *  "a/coarse"; NULL if it has neither. A new text. */
char *entries_base(const char *id);

/** Makes one entry of those with the same base, in their order. */
void entries_fold(entries *target);

/** The entry of that id, or NULL. */
entry *entries_find(const entries *from, const char *id);

/** True if the name is a printf pattern that stands for numbered files. */
bool entries_is_numbered(const char *name);

void entries_free(entries *target);

#endif
