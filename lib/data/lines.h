/* Texts of lines. */
#ifndef SEG_DATA_LINES_H
#define SEG_DATA_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct seg_line_reader {
    const char *next, *end;
    const char *line; /* without its end, not 0-ended */
    size_t length;
    int32_t number; /* from 1; stays at the largest number */
} seg_line_reader;

static inline seg_line_reader seg_lines_of(const char *text, size_t size) {
    return (seg_line_reader){text, text + size, text, 0, 0};
}

/** Goes to the next line that is not blank; line ends may be "\n" or "\r\n". */
bool seg_next_line(seg_line_reader *reader);

/** Spaces and tabs. */
static inline bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

#endif
