#include "eval/grid.h"
#include <stdlib.h>

grid grid_make(int32_t columns) {
    return (grid){.columns = columns, .words = memory_get((size_t)columns, sizeof(bool))};
}

void grid_set_words(grid *target, int32_t column) {
    target->words[column] = true;
}

void grid_add(grid *target, const char *shown) {
    memory_grow((void **)&target->cells, (size_t)target->count, sizeof *target->cells);
    target->cells[target->count++] = text_copy(shown);
}

int32_t text_columns(const char *shown) {
    int32_t columns = 0;
    for (; *shown; shown++)
        columns += ((unsigned char)*shown & 0xc0) != 0x80;
    return columns;
}

static void add_spaces(text_buffer *target, int32_t count) {
    text_add(target, "%*s", (int)count, "");
}

static void add_row(text_buffer *target, const grid *from, int32_t first, const int32_t *widths) {
    for (int32_t c = 0; c < from->columns; c++) {
        const char *shown = from->cells[first + c];
        const int32_t room = widths[c] - text_columns(shown);
        const bool last = c + 1 == from->columns;
        if (c) text_add(target, "  ");
        if (!from->words[c]) add_spaces(target, room);
        text_add(target, "%s", shown);
        if (from->words[c] && !last) add_spaces(target, room);
    }
    text_add(target, "\n");
}

void grid_print(text_buffer *target, grid *from) {
    int32_t *widths = memory_get((size_t)from->columns, sizeof *widths), total = 0;
    for (int32_t i = 0; i < from->count; i++) {
        const int32_t needed = text_columns(from->cells[i]);
        if (needed > widths[i % from->columns]) widths[i % from->columns] = needed;
    }
    for (int32_t c = 0; c < from->columns; c++)
        total += widths[c] + (c ? 2 : 0);
    for (int32_t i = 0; i + from->columns <= from->count; i += from->columns) {
        add_row(target, from, i, widths);
        for (int32_t c = 0; c < total && i == 0; c++)
            text_add(target, "-");
        if (i == 0) text_add(target, "\n");
    }
    for (int32_t i = 0; i < from->count; i++)
        free(from->cells[i]);
    free(from->cells);
    free(from->words);
    free(widths);
    *from = (grid){0};
}
