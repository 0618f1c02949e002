/* The set: all pictures and clips that the inputs hold, in the order of their names. Everything
 * drawn at random depends on names and places in this list, never on the order of the work. */
#ifndef TOOLS_AUGMENT_SET_H
#define TOOLS_AUGMENT_SET_H

#include "common/names.h"
#include "common/settings.h"

typedef struct set_item {
    char *path;
    char *name;   /* below the input directory, else the file's own: "cats/1.jpg" */
    char *stem;   /* the name without its extension */
    char *folder; /* the name without its last component; "." where there is but one; of
                      several inputs behind the input's */
    bool clip;
} set_item;

typedef struct set {
    set_item *items; /* ascending by name, no two alike */
    int32_t count;
    int32_t clips;
    uint64_t hash; /* of the names: FNV-1a of each with its final 0 */
} set;

/** Lists the inputs: files, patterns, globs, and directories with all below them. What lies in
 *  `output` is left out, other files that are no pictures are noted. Returns EXIT_DONE, or what to
 *  exit with after the message that was given. */
int set_list(set *target, const settings *from, const char *output);

/** The item of that name, or -1. */
int32_t set_find(const set *from, const char *name);

void set_free(set *target);

#endif
