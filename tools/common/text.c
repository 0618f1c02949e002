#include "common/text.h"
#include "common/messages.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

static void *memory_check(void *memory) {
    if (memory) return memory;
    message_error(NULL, "out of memory");
    exit(1);
}

void memory_keep(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 64 << 20);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
}

void *memory_get(size_t count, size_t item_size) {
    return memory_check(calloc(count ? count : 1, item_size));
}

void memory_grow(void **items, size_t count, size_t item_size) {
    /* Room is doubled whenever the count is a power of two. */
    if (count & (count - 1)) return;
    size_t room = count ? 2 * count : 1;
    if (room > SIZE_MAX / item_size) memory_check(NULL);
    *items = memory_check(realloc(*items, room * item_size));
}

char *text_copy(const char *source) {
    return text_copy_part(source, strlen(source));
}

char *text_copy_part(const char *source, size_t length) {
    char *copy = memory_get(length + 1, 1);
    memcpy(copy, source, length);
    return copy;
}

static char *format_arguments(const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    char *result = memory_get(length < 0 ? 1 : (size_t)length + 1, 1);
    if (length >= 0) vsnprintf(result, (size_t)length + 1, format, again);
    va_end(again);
    return result;
}

char *text_format(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *result = format_arguments(format, arguments);
    va_end(arguments);
    return result;
}

bool text_equal(const char *a, const char *b) {
    return strcmp(a, b) == 0;
}

bool text_name_equal(const char *a, const char *b) {
    for (; *a && *b; a++, b++)
        if ((*a == '_' ? '-' : *a) != (*b == '_' ? '-' : *b)) return false;
    return *a == *b;
}

bool text_starts(const char *whole, const char *start) {
    return strncmp(whole, start, strlen(start)) == 0;
}

bool text_ends(const char *whole, const char *end) {
    size_t length = strlen(whole), tail = strlen(end);
    return length >= tail && strcmp(whole + length - tail, end) == 0;
}

bool text_ends_any_case(const char *whole, const char *end) {
    size_t length = strlen(whole), tail = strlen(end);
    if (length < tail) return false;
    for (size_t i = 0; i < tail; i++)
        if (tolower((unsigned char)whole[length - tail + i]) != tolower((unsigned char)end[i]))
            return false;
    return true;
}

enum { DISTANCE_LENGTH = 40 };

static int distance_between(const char *a, const char *b) {
    int rows[3][DISTANCE_LENGTH + 1];
    int na = (int)strlen(a), nb = (int)strlen(b);
    if (na > DISTANCE_LENGTH || nb > DISTANCE_LENGTH) return DISTANCE_LENGTH;
    for (int j = 0; j <= nb; j++)
        rows[0][j] = j;
    for (int i = 1; i <= na; i++) {
        int *now = rows[i % 3];
        const int *above = rows[(i - 1) % 3];
        now[0] = i;
        for (int j = 1; j <= nb; j++) {
            int best = above[j - 1] + (a[i - 1] != b[j - 1]);
            if (above[j] + 1 < best) best = above[j] + 1;
            if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                int swapped = rows[(i - 2) % 3][j - 2] + 1;
                if (swapped < best) best = swapped;
            }
            now[j] = best;
        }
    }
    return rows[na % 3][nb];
}

void text_guess_offer(text_guess *target, const char *candidate) {
    /* A third of the letters may be wrong, and something must be left of a short name. */
    const int limit = target->nearest ? target->distance - 1 : 1 + (int)strlen(target->name) / 3;
    const int distance = distance_between(target->name, candidate);
    if (distance > limit || distance >= (int)strlen(candidate)) return;
    target->nearest = candidate;
    target->distance = distance;
}

int text_choice(const char *choices, const char *value) {
    size_t length = strlen(value);
    for (int index = 0; choices; index++) {
        const char *end = strchr(choices, '|');
        size_t part = end ? (size_t)(end - choices) : strlen(choices);
        if (part == length && strncmp(choices, value, length) == 0) return index;
        choices = end ? end + 1 : NULL;
    }
    return -1;
}

void text_add_bytes(text_buffer *target, const void *bytes, size_t size) {
    if (size > SIZE_MAX / 4 - target->length) memory_check(NULL);
    if (target->length + size + 1 > target->capacity) {
        target->capacity = 2 * (target->length + size) + 64;
        target->data = memory_check(realloc(target->data, target->capacity));
    }
    if (size) memcpy(target->data + target->length, bytes, size);
    target->length += size;
    target->data[target->length] = 0;
}

void text_add(text_buffer *target, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *addition = format_arguments(format, arguments);
    va_end(arguments);
    text_add_bytes(target, addition, strlen(addition));
    free(addition);
}

void text_free(text_buffer *target) {
    free(target->data);
    *target = (text_buffer){0};
}
