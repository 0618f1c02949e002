/* The lines of --objects: a JSON record, or a line of a CSV table, for each object of a frame. */
#ifndef TOOLS_OBJECTS_H
#define TOOLS_OBJECTS_H

#include "common/settings.h"
#include "common/text.h"
#include <segment/geometry.h>
#include <segment/segment.h>

/** The line that names the columns of a CSV table; `with_input` if there are several inputs. */
void objects_head(text_buffer *target, bool with_input);

/** Adds the objects of a result to `lines`. `input` (may be NULL) is named in every record.
 *  Errors: SEG_ERROR_MEMORY. */
SEG_NODISCARD seg_status objects_describe(text_buffer *lines, const seg_result *result,
                                          objects_shape shape, const char *input);

#endif
