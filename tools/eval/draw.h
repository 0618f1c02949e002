/* Drawing figures on a Cairo surface. Included where Cairo is. */
#ifndef TOOLS_EVAL_DRAW_H
#define TOOLS_EVAL_DRAW_H

#include "eval/figure.h"
#include <cairo.h>

/** Size of one figure, in units of the surface. */
enum { FIGURE_WIDTH = 480, FIGURE_HEIGHT = 420 };

/** Draws a figure with its upper left corner at the origin. */
void figure_draw(cairo_t *canvas, const figure *from);

#endif
