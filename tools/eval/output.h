/* Writing what segment-eval reports. */
#ifndef TOOLS_EVAL_OUTPUT_H
#define TOOLS_EVAL_OUTPUT_H

#include "common/text.h"
#include <jansson.h>

/** False if there is a file of that name that must not be replaced: a message was given. NULL and
 *  "-" are fine. */
bool output_check(const char *path, bool overwrite);

/** Writes a text, and empties it. False: a message was given. */
bool output_text(text_buffer *body, const char *path);

/** Writes a document, and frees it. NULL: false. */
bool output_json(json_t *document, const char *path);

#endif
