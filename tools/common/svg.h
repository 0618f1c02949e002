/* Outlines of labels as SVG. */
#ifndef TOOLS_SVG_H
#define TOOLS_SVG_H

#include "common/text.h"
#include <segment/geometry.h>
#include <segment/image.h>

/** A path for each label; its id is `label-N`. Outlines lose corners that move them by no more than
 *  `simplify` pixels. Errors: SEG_ERROR_MEMORY. */
SEG_NODISCARD seg_status svg_describe(text_buffer *target, const seg_image *labels,
                                      double simplify);

#endif
