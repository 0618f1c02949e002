/* Fields of rows of a text, with the row in every message. */
#ifndef SEG_DATA_ROWS_H
#define SEG_DATA_ROWS_H

#include "data/builder.h"
#include "data/lines.h"

#define SEG_FIELD_SIZE 64

/** "FILE:LINE: NAME is "TEXT" (allowed: ...)". */
seg_status seg_field_bad(const seg_builder *b, const seg_line_reader *line, const char *name,
                         const char *text, const char *allowed);

static inline bool seg_is_whole(double value, double min, double max) {
    return value >= min && value <= max && value == (double)(int64_t)value;
}

/** The number of a field of `length` characters, blanks around it or not. */
SEG_NODISCARD seg_status seg_field_number(double *value, const seg_builder *b,
                                          const seg_line_reader *line, const char *name,
                                          const char *text, size_t length);

/** The next word from *at on, and its length; 0 at the end of the row. */
size_t seg_next_word(const char **word, const char **at, const seg_line_reader *line);

#endif
