/* What the program says to people: one line a message, on stderr. */
#ifndef TOOLS_MESSAGES_H
#define TOOLS_MESSAGES_H

#include <segment/env.h>
#include <segment/status.h>
#include <stdbool.h>

/* What the programs exit with. */
enum {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_SOME_FAILED = 3, /* --keep-going */
    EXIT_TRUNCATED = 4    /* input ended early, or --max-output is reached */
};

typedef enum verbosity {
    VERBOSITY_QUIET = -1,
    VERBOSITY_NORMAL = 0,
    VERBOSITY_VERBOSE = 1
} verbosity;

/** Name of the program in front of every line, and how much is said. */
void message_setup(const char *program, verbosity level);
verbosity message_verbosity(void);

/** "segment: SUBJECT: TEXT". `subject` is a file or option, NULL if there is none. A text that
 *  already begins with the subject is not given it twice. Errors are said even with -q, warnings
 *  are not, notes need -v. Callable from any thread. */
void message_error(const char *subject, const char *format, ...) SEG_PRINTF(2, 3);
void message_warning(const char *subject, const char *format, ...) SEG_PRINTF(2, 3);
void message_note(const char *subject, const char *format, ...) SEG_PRINTF(2, 3);

/** A line of the library's log: a warning or a note. */
void message_log(const char *subject, seg_log_level level, const char *line);

/** The thread's last error in words: its detail line, or what the status means. */
const char *message_reason(seg_status status);

/** An error: the thread's last one is about a parameter of a method, of which `program --help
 *  METHOD` tells more, unless the detail line ends with a hint of its own. */
void message_parameter(const char *program, const char *method, seg_status status);

/** A line without a program name that is replaced by the next one (a progress bar); NULL ends it.
 *  Messages in between do not mix with it. */
void message_status_line(const char *line);

#endif
