/* What segment-flow says about itself. */
#ifndef TOOLS_FLOW_DESCRIBE_H
#define TOOLS_FLOW_DESCRIBE_H

#include "common/program.h"

extern const program flow_program;

#endif
