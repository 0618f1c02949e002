/* One run of segment-flow. */
#ifndef TOOLS_FLOW_RUN_H
#define TOOLS_FLOW_RUN_H

#include "common/arguments.h"

/** Does what the command line asks for. Returns what to exit with. */
int flow_run(const arguments *given);

#endif
