#include "data/rows.h"

#include "core/check.h"
#include "core/text.h"

#include <string.h>

seg_status seg_field_bad(const seg_builder *b, const seg_line_reader *line, const char *name,
                         const char *text, const char *allowed) {
    return seg_fail(SEG_ERROR_DATA, "%s:%ld: %s is \"%.40s\" (allowed: %s)", b->name,
                    (long)line->number, name, text, allowed);
}

seg_status seg_field_number(double *value, const seg_builder *b, const seg_line_reader *line,
                            const char *name, const char *text, size_t length) {
    char copy[SEG_FIELD_SIZE];
    const char *end;
    while (length && is_blank(*text))
        text++, length--;
    while (length && is_blank(text[length - 1]))
        length--;
    const size_t kept = length < sizeof copy ? length : sizeof copy - 1;
    memcpy(copy, text, kept);
    copy[kept] = '\0';
    if (kept == length && seg_text_to_number(value, &end, copy) && end == copy + length)
        return SEG_OK;
    return seg_field_bad(b, line, name, copy, "a number");
}

size_t seg_next_word(const char **word, const char **at, const seg_line_reader *line) {
    const char *next = *at, *end = line->line + line->length;
    while (next < end && is_blank(*next))
        next++;
    *word = next;
    while (next < end && !is_blank(*next))
        next++;
    *at = next;
    return (size_t)(next - *word);
}
