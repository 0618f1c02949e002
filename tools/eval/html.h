/* The results as one page that holds everything. */
#ifndef TOOLS_EVAL_HTML_H
#define TOOLS_EVAL_HTML_H

#include "eval/report.h"

/** Tables, plots and the worst pictures; nothing is loaded from elsewhere. False: a message was
 *  given. */
bool report_html(text_buffer *target, const results *from);

#endif
