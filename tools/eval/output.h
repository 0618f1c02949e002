/* Writing what segment-eval reports. */
#ifndef TOOLS_EVAL_OUTPUT_H
#define TOOLS_EVAL_OUTPUT_H

#include "common/text.h"
#include "eval/units.h"
#include <jansson.h>

/** False if one of the outputs cannot be written, must not be replaced, is one of the inputs or is
 *  named twice: a message was given. NULL and "-" are fine, and lists end with OUTPUT_END. */
bool outputs_check(const char *const outputs[], const char *const inputs[], bool overwrite);

#define OUTPUT_END "" /* no file has that name */

/** False if one of the outputs is a file that is read for a pair: a message was given. */
bool outputs_check_units(const char *const outputs[], const unit_list *units);

/** False if no picture can be written under that name: a message was given. */
bool output_check_picture(const char *option, const char *path);

/** Writes a text, and empties it. False: a message was given. */
bool output_text(text_buffer *body, const char *path);

/** Writes a document, and frees it. NULL: false. */
bool output_json(json_t *document, const char *path);

#endif
