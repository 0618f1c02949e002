/* Statuses in words and the thread's detail line. */
#include "core/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char detail_line[SEG_DETAIL_SIZE];

const char *seg_status_text(seg_status status) {
    switch (status) {
#define SEG_STATUS_CASE(name, number, text)                                                        \
    case name:                                                                                     \
        return text;
        SEG_STATUS_LIST(SEG_STATUS_CASE)
#undef SEG_STATUS_CASE
    }
    return "unknown status";
}

const char *seg_status_name(seg_status status) {
    switch (status) {
#define SEG_STATUS_CASE(name, number, text)                                                        \
    case name:                                                                                     \
        return #name;
        SEG_STATUS_LIST(SEG_STATUS_CASE)
#undef SEG_STATUS_CASE
    }
    return "SEG_UNKNOWN";
}

const char *seg_error_detail(void) {
    return detail_line;
}

seg_status seg_fail(seg_status status, const char *format, ...) {
    /* The arguments may point into the old line: print beside it. */
    char line[SEG_DETAIL_SIZE];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (length < 0) line[0] = '\0';
    seg_error_detail_set(line);
    return status;
}

void seg_error_detail_set(const char *detail) {
    size_t length = strlen(detail);
    if (length >= sizeof detail_line) length = sizeof detail_line - 1;
    memmove(detail_line, detail, length);
    detail_line[length] = '\0';
}
