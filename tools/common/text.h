/* Memory and strings of the programs. Running out of memory ends the program with a message, so
 * nothing here returns NULL. */
#ifndef TOOLS_TEXT_H
#define TOOLS_TEXT_H

#include <segment/attributes.h>
#include <stdbool.h>
#include <stddef.h>

/** Once, before threads are started: memory that was released stays with the process instead of
 *  going back to the system and coming again, page by page, with the next picture. */
void memory_keep(void);

/** Zeroed memory for `count` items; release with free(). */
void *memory_get(size_t count, size_t item_size);

/** Makes room for one more item: `*items` holds `count` of them and grows by doubling. */
void memory_grow(void **items, size_t count, size_t item_size);

char *text_copy(const char *text);
char *text_copy_part(const char *text, size_t length);
char *text_format(const char *format, ...) SEG_PRINTF(1, 2);

bool text_equal(const char *a, const char *b);
/** As text_equal, but `-` and `_` are the same: names of options and parameters. */
bool text_name_equal(const char *a, const char *b);
bool text_starts(const char *text, const char *start);
bool text_ends(const char *text, const char *end);
/** Letters are compared without case. */
bool text_ends_any_case(const char *text, const char *end);

/** What a misspelt name may have meant; begins as {.name = NAME}. */
typedef struct text_guess {
    const char *name, *nearest; /* NULL = none is near enough to be meant */
    int distance;               /* between them: insert, delete, replace, swap of neighbours */
} text_guess;

/** Takes the candidate if it is nearer than those before. */
void text_guess_offer(text_guess *target, const char *candidate);

/** Index of `value` in a list "one|two|three", or -1. */
int text_choice(const char *choices, const char *value);

/** A text that grows. Zero-initialise; `data` may be NULL while it is empty. */
typedef struct text_buffer {
    char *data;
    size_t length, capacity;
} text_buffer;

void text_add(text_buffer *target, const char *format, ...) SEG_PRINTF(2, 3);
void text_add_bytes(text_buffer *target, const void *bytes, size_t size);
void text_free(text_buffer *target);

#endif
