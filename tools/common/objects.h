/* The lines of --objects: one JSON record for each object of a frame. */
#ifndef TOOLS_OBJECTS_H
#define TOOLS_OBJECTS_H

#include "common/settings.h"
#include "common/text.h"
#include <segment/geometry.h>
#include <segment/segment.h>

/** Adds the objects of a result to `lines`. `input` (may be NULL) is named in every record.
 *  Errors: SEG_ERROR_MEMORY. */
SEG_NODISCARD seg_status objects_describe(text_buffer *lines, const seg_result *result,
                                          objects_shape shape, const char *input);

#endif
