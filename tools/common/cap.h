/* How much a run may write (--max-output): one count for all files of the process, which several
 * threads write. Once it is reached no further frame is read; what there is ends well. */
#ifndef TOOLS_CAP_H
#define TOOLS_CAP_H

#include <stdbool.h>
#include <stdint.h>

/** What may be written; 0 = as much as there is. */
void cap_set(int64_t bytes);

/** So much was written. */
void cap_count(int64_t bytes);

/** A whole file was. */
void cap_count_file(const char *path);

bool cap_reached(void);

#endif
