/* Lists of a JSON text, element by element: memory is needed for one of them at a time, where the
 * tree of a whole file takes ten times its size. */
#ifndef SEG_DATA_JSON_LIST_H
#define SEG_DATA_JSON_LIST_H

#include "data/json.h"

typedef struct seg_json_text {
    const char *text;
    size_t size;
    const char *name; /* of the file, for messages */
} seg_json_text;

/** Where a value stands in its text; end = 0: it is not there. */
typedef struct seg_json_span {
    size_t start, end;
} seg_json_span;

/** The value that the whole text is: all but the blanks around it. */
seg_json_span seg_json_root(const seg_json_text *text);

/**
 * Looks for members of the object at `object`: spans[i] is the value of keys[i], not there also
 * where it is null. The others are read and dropped; what is between the ends of those that were
 * found is left to whoever reads them. Errors: SEG_ERROR_DATA with line and column,
 * SEG_ERROR_MEMORY.
 */
SEG_NODISCARD seg_status seg_json_find_members(seg_json_span *spans, const char *const *keys,
                                               int count, const seg_json_text *text,
                                               seg_json_span object);

/** Calls `read` with each element of the list at `list`, which is at the place `at`. Errors: those
 * of `read`, SEG_ERROR_DATA if it is no list or no good JSON, SEG_ERROR_MEMORY. */
SEG_NODISCARD seg_status seg_json_each(
    const seg_json_text *text, seg_json_span list, const seg_json_place *at,
    seg_status (*read)(void *user, const json_t *element, const seg_json_place *at), void *user);

#endif
