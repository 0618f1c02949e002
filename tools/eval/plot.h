/* Curves, matrices and histograms, drawn with Cairo. */
#ifndef TOOLS_EVAL_PLOT_H
#define TOOLS_EVAL_PLOT_H

#include "eval/figure.h"

/** True if the program was built with Cairo. */
bool plot_is_there(void);
/** Version of Cairo, a line, or "". */
const char *plot_version(void);

/** Writes the plots as .svg or .png: the one that the file is named after, or all of them on one
 *  page. False: a message was given. */
bool plot_write(const results *from, const char *path);

/** Writes figures as .svg or .png on one page. False: a message was given. */
bool plot_write_figures(const figure *list, int32_t count, const char *path);

/** Every plot as an SVG element of its own, for a page. False: a message was given. */
bool plot_add_svg(text_buffer *target, const results *from);

/** True if `path` ends like a format that plots can have; else a message was given. */
bool plot_check_name(const char *path);

/** False if the file is named after a plot that the metric does not have: a message was given. */
bool plot_check_choice(const char *path, const seg_metric *metric);

#endif
