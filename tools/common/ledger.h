/* What several inputs write together: the lines of --objects and --report, in the order of the
 * inputs, whatever the order in which they are done. */
#ifndef TOOLS_LEDGER_H
#define TOOLS_LEDGER_H

#include "common/plan.h"

typedef struct ledger ledger;

/** Opens the shared files. `parallel`: several inputs are worked on at once. NULL: a message was
 *  given. */
ledger *ledger_open(const plan *from, bool parallel);

/** Adds lines to --objects, handed on at once where the order allows. False: it failed and a
 *  message was given. */
bool ledger_objects(ledger *target, const job *item, const char *lines, size_t size);

/** The job is done with. `report` (may be NULL) is its record; `keep_objects` is false where its
 *  own --objects file is not whole. False: a file failed and a message was given. */
bool ledger_job(ledger *target, const job *item, json_t *report, bool keep_objects);

/** Ends the files; `whole` false leaves them as NAME.partial. NULL is allowed. False: a message
 *  was given. */
bool ledger_close(ledger *target, bool whole);

#endif
