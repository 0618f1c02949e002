#include "data/growing_text.h"

#include "core/check.h"
#include "core/memory.h"

#include <stdio.h>
#include <string.h>

static bool make_room(seg_growing_text *text, size_t more) {
    if (more <= text->room - text->size) return true;
    if (more > SIZE_MAX / 4 - text->room) return false;
    const size_t larger = text->room + text->room / 2 + more + 256;
    char *bytes = seg_allocate(text->env, larger, 1, "a text");
    if (!bytes) return false;
    if (text->size) memcpy(bytes, text->bytes, text->size);
    seg_release(text->env, text->bytes);
    text->bytes = bytes;
    text->room = larger;
    return true;
}

void seg_growing_text_add(seg_growing_text *text, const char *more, size_t size) {
    text->failed = text->failed || !make_room(text, size);
    if (text->failed || !size) return;
    memcpy(text->bytes + text->size, more, size);
    text->size += size;
}

void seg_growing_text_put(seg_growing_text *text, const char *more) {
    seg_growing_text_add(text, more, strlen(more));
}

void seg_growing_text_number(seg_growing_text *text, double value) {
    char number[SEG_NUMBER_SIZE];
    seg_growing_text_add(text, number, (size_t)seg_text_from_number(number, value));
}

void seg_growing_text_whole(seg_growing_text *text, int64_t value) {
    char number[24];
    seg_growing_text_add(text, number,
                         (size_t)snprintf(number, sizeof number, "%lld", (long long)value));
}

void seg_growing_text_clear(seg_growing_text *text) {
    text->size = 0;
    text->failed = false;
}

void seg_growing_text_free(seg_growing_text *text) {
    seg_release(text->env, text->bytes);
    *text = (seg_growing_text){.env = text->env};
}

seg_status seg_growing_text_status(const seg_growing_text *text) {
    return text->failed
               ? seg_fail(SEG_ERROR_MEMORY, "no memory for a text of %zu bytes", text->size)
               : SEG_OK;
}
