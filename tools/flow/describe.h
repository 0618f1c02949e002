/* What segment-flow says about itself. */
#ifndef TOOLS_FLOW_DESCRIBE_H
#define TOOLS_FLOW_DESCRIBE_H

#include "common/program.h"
#include <segment/method.h>

extern const program flow_program;

/** The method where none is named. */
const seg_method *flow_default_method(void);

#endif
