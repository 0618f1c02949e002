/* What a program says about itself: --help, --list, --version, the manual page, completion. All of
 * it comes from its description (program.h), the option table and the registry. */
#ifndef TOOLS_HELP_H
#define TOOLS_HELP_H

#include "common/arguments.h"
#include <jansson.h>

/** True if the command line asks for information instead of work. */
bool help_wanted(const arguments *given);

/** Prints it to standard output. Returns what to exit with. */
int help_give(const arguments *given);

/* ---- phrases, shared by the forms ---- */

/** "--fps RATE" */
void help_option_name(char *name, size_t size, const option_row *row);
/** What is said about it in this program. */
const char *help_option_text(const program *of, const option_row *row);
/** "8-bit level, default auto, 0 to 255": what a parameter takes. */
void help_parameter_values(char *values, size_t size, const seg_param *param);
/** True if a whole number may be any odd one of a range. */
bool help_takes_odd(const seg_param *param);
/** The paper with its year, or "". A new text. */
char *help_reference_text(const help_topic *topic);
/** Its sentence with what it takes in brackets. A new text. */
char *help_parameter_text(const seg_param *param);
/** A parameter as data, for --list --json. The caller owns it. */
json_t *help_describe_parameter(const seg_param *param);

/** Exit codes and environment of all programs. */
extern const help_pair help_exits[], help_variables[];

void help_add_manual(text_buffer *target, const program *of);
void help_add_completion(text_buffer *target, const program *of);

#endif
