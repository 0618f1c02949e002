/* Curves of edges as text: CSV and SVG. */
#ifndef TOOLS_CURVES_H
#define TOOLS_CURVES_H

#include "common/text.h"
#include <segment/result.h>

/** The line that names the columns. */
void curves_head(text_buffer *target);
/** A line for each point: frame, number of the curve from 1, whether it is closed, place, direction
 *  across the edge towards the brighter side, strength. */
void curves_lines(text_buffer *target, const seg_result *result);
/** A drawing of width x height pixels with a path for each curve. */
void curves_drawing(text_buffer *target, const seg_edge_curves *curves, int width, int height);

#endif
