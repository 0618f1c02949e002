/* Columns of text for the terminal: as wide as what is in them, words to the left, numbers to the
 * right. */
#ifndef TOOLS_EVAL_GRID_H
#define TOOLS_EVAL_GRID_H

#include "common/text.h"
#include <stdint.h>

typedef struct grid {
    int32_t columns;
    char **cells; /* row by row; the first row is the heading */
    int32_t count;
    bool *words; /* per column */
} grid;

grid grid_make(int32_t columns);
/** The column holds words. */
void grid_set_words(grid *target, int32_t column);
/** The next cell; the text is copied. */
void grid_add(grid *target, const char *shown);
/** Prints with a line under the heading, and frees. */
void grid_print(text_buffer *target, grid *from);

/** Columns that a text takes on a terminal: UTF-8 counts by letters. */
int32_t text_columns(const char *shown);

#endif
