/* What `segment-augment` says about itself. */
#ifndef TOOLS_AUGMENT_DESCRIBE_H
#define TOOLS_AUGMENT_DESCRIBE_H

#include "common/program.h"

extern const program augment_program;

#endif
