/* What several inputs write together: the lines of --objects, --events and --report, in the order
 * of the inputs, whatever the order in which they are done. */
#ifndef TOOLS_LEDGER_H
#define TOOLS_LEDGER_H

#include "common/plan.h"

typedef struct ledger ledger;

/** Opens the shared files. `parallel`: several inputs are worked on at once. NULL: a message was
 *  given. */
ledger *ledger_open(const plan *from, bool parallel);

/** Adds lines to --objects or --events, handed on at once where the order allows. False: it failed
 *  and a message was given. */
bool ledger_lines(ledger *target, const job *item, line_file file, const char *lines, size_t size);

/** The job is done with. `report` (may be NULL) is its record; `keep_lines` is false where its
 *  own files of lines are not whole. False: a file failed and a message was given. */
bool ledger_job(ledger *target, const job *item, json_t *report, bool keep_lines);

/** Ends the files; `whole` false leaves them as NAME.partial. NULL is allowed. False: a message
 *  was given. */
bool ledger_close(ledger *target, bool whole);

#endif
