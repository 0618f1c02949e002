#include "data/lines.h"

#include <string.h>

bool seg_next_line(seg_line_reader *reader) {
    while (reader->next < reader->end) {
        const char *stop = memchr(reader->next, '\n', (size_t)(reader->end - reader->next));
        const char *end = stop ? stop : reader->end;
        reader->line = reader->next;
        reader->next = stop ? stop + 1 : reader->end;
        if (reader->number < INT32_MAX) reader->number++;
        while (reader->line < end && is_blank(*reader->line))
            reader->line++;
        while (end > reader->line && is_blank(end[-1]))
            end--;
        reader->length = (size_t)(end - reader->line);
        if (reader->length) return true;
    }
    return false;
}
