#include "common/messages.h"
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *program_name = "segment";
static verbosity verbosity_level = VERBOSITY_NORMAL;
static bool line_is_shown;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void message_setup(const char *program, verbosity level) {
    program_name = program;
    verbosity_level = level;
}

verbosity message_verbosity(void) {
    return verbosity_level;
}

const char *message_reason(seg_status status) {
    const char *detail = seg_error_detail();
    return detail[0] ? detail : seg_status_text(status);
}

/* File names may hold anything; a terminal should see no control characters. */
static void make_printable(char *line) {
    for (; *line; line++)
        if ((unsigned char)*line < 0x20 || *line == 0x7f) *line = '?';
}

static void say(const char *kind, const char *subject, const char *format, va_list arguments) {
    char body[2048], line[4096];
    vsnprintf(body, sizeof body, format, arguments);
    size_t length = subject ? strlen(subject) : 0;
    bool named = subject && strncmp(body, subject, length) == 0 && body[length] == ':';
    if (subject)
        snprintf(line, sizeof line - 1, "%s: %s: %s%s", program_name, subject, kind,
                 body + (named ? length + 1 + (body[length + 1] == ' ') : 0));
    else
        snprintf(line, sizeof line - 1, "%s: %s%s", program_name, kind, body);
    make_printable(line);
    strcat(line, "\n");
    pthread_mutex_lock(&lock);
    if (line_is_shown) fputs("\r\033[K", stderr);
    line_is_shown = false;
    fputs(line, stderr);
    pthread_mutex_unlock(&lock);
}

void message_error(const char *subject, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say("", subject, format, arguments);
    va_end(arguments);
}

void message_parameter(const char *program, const char *method, seg_status status) {
    const char *reason = message_reason(status);
    if (strchr(reason, ';'))
        message_error(NULL, "method %s: %s", method, reason);
    else
        message_error(NULL, "method %s: %s; see %s --help %s", method, reason, program, method);
}

void message_warning(const char *subject, const char *format, ...) {
    if (verbosity_level < VERBOSITY_NORMAL) return;
    va_list arguments;
    va_start(arguments, format);
    say("warning: ", subject, format, arguments);
    va_end(arguments);
}

void message_note(const char *subject, const char *format, ...) {
    if (verbosity_level < VERBOSITY_VERBOSE) return;
    va_list arguments;
    va_start(arguments, format);
    say("", subject, format, arguments);
    va_end(arguments);
}

void message_log(const char *subject, seg_log_level level, const char *line) {
    if (level == SEG_LOG_WARNING)
        message_warning(subject, "%s", line);
    else
        message_note(subject, "%s", line);
}

void message_status_line(const char *line) {
    pthread_mutex_lock(&lock);
    if (line) {
        fprintf(stderr, "\r%s\033[K", line);
        fflush(stderr);
    } else if (line_is_shown) {
        fputc('\n', stderr);
    }
    line_is_shown = line != NULL;
    pthread_mutex_unlock(&lock);
}
