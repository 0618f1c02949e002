#include "media/source.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_NOTES = sizeof(((seg_notes *)0)->items) / sizeof(((seg_notes *)0)->items[0]) };

static void join(seg_notes *notes) {
    size_t used = 0;
    notes->joined[0] = '\0';
    for (int32_t i = 0; i < notes->count; i++) {
        char *end = notes->joined + used;
        size_t room = sizeof notes->joined - used;
        const char *separator = i ? "\n" : "";
        int length = notes->items[i].count > 1
                         ? snprintf(end, room, "%s%s (%" PRId64 " times)", separator,
                                    notes->items[i].text, notes->items[i].count)
                         : snprintf(end, room, "%s%s", separator, notes->items[i].text);
        if (length > 0) used += (size_t)length;
    }
}

void seg_note(seg_notes *notes, const char *key, const char *format, ...) {
    int32_t found = 0;
    while (found < notes->count && strcmp(notes->items[found].key, key) != 0)
        found++;
    if (found == MAX_NOTES) return;
    if (found == notes->count) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(notes->items[found].text, sizeof notes->items[found].text, format, arguments);
        va_end(arguments);
        notes->items[found].key = key;
        notes->count++;
    }
    notes->items[found].count++;
    join(notes);
}
