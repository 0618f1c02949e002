/* What `segment` is, for the parts that all programs share. */
#ifndef TOOLS_SEGMENT_DESCRIBE_H
#define TOOLS_SEGMENT_DESCRIBE_H

#include "common/program.h"
#include <segment/method.h>

extern const program segment_program;

/** True if the method is used with --method, else with --post. */
bool segment_is_method(const seg_method *method);

/* A method of segment-flow. */
bool segment_is_flow(const seg_method *method);

void segment_add_list(text_buffer *target);
void segment_add_list_json(text_buffer *target);

#endif
