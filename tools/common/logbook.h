/* What --resume goes by: JSON lines in a file beside OUTPUT, each about one output. A line says
 * that work on it was started, a later one that it ended well. */
#ifndef TOOLS_LOGBOOK_H
#define TOOLS_LOGBOOK_H

#include "common/settings.h"
#include <jansson.h>

typedef struct logbook logbook;

/** The file's name for an OUTPUT file or directory; shards that run side by side have one each. A
 *  new text. */
char *logbook_path(const char *output, bool directory, const settings *from);

/** Reads the file, if there is one and `keep` (--resume) asks for it; nothing is written yet. */
logbook *logbook_open(const char *path, bool keep);

/** True if work on the output was started by an earlier run. */
bool logbook_knows(const logbook *from, const char *output);

/** The last line about the output if it says that it is done (borrowed), else NULL. */
const json_t *logbook_done(const logbook *from, const char *output);

/** A file as it is now, as JSON: size and time; null if there is none. */
json_t *logbook_describe_file(const char *path);

/** Writes a line and takes it over: its members `output` and `state` ("started", "done") are what
 *  the functions above go by. Callable from several threads. A file that cannot be written is
 *  warned of once. */
void logbook_write(logbook *target, json_t *line);

/** Ends it. `complete`: all is done, and a file that this run began for its own safety is removed
 *  again. NULL is allowed. */
void logbook_close(logbook *target, bool complete);

#endif
