/* Threads that share a queue of work. */
#ifndef TOOLS_COMMON_WORKERS_H
#define TOOLS_COMMON_WORKERS_H

#include <stdint.h>

/** Runs `work(argument)` in this thread and in count - 1 others, as many as can be had, and waits
 *  for all. */
void workers_run(int32_t count, void *(*work)(void *argument), void *argument);

#endif
