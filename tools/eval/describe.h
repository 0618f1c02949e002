/* What `segment-eval` is, for the parts that all programs share. */
#ifndef TOOLS_EVAL_DESCRIBE_H
#define TOOLS_EVAL_DESCRIBE_H

#include "common/program.h"

extern const program eval_program;

void eval_add_list(text_buffer *target);
void eval_add_list_json(text_buffer *target);

#endif
