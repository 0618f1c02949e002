/* The lines of --objects: a JSON record, or a line of a CSV table, for each object of a frame. */
#ifndef TOOLS_OBJECTS_H
#define TOOLS_OBJECTS_H

#include "common/settings.h"
#include "common/text.h"
#include <segment/geometry.h>
#include <segment/segment.h>

static inline bool objects_are_table(objects_shape shape) {
    return shape == SHAPE_TABLE || shape == SHAPE_TABLE_RLE;
}

/** The line that names the columns of a CSV table; `with_input` if there are several inputs. */
void objects_head(text_buffer *target, objects_shape shape, bool with_input);

/** Adds the objects of a result to `lines`. Polygons lose corners that move them by no more than
 *  `simplify` pixels. `input` (may be NULL) is named in every record.
 *  Errors: SEG_ERROR_MEMORY. */
SEG_NODISCARD seg_status objects_describe(text_buffer *lines, const seg_result *result,
                                          objects_shape shape, double simplify, const char *input);

#endif
