/* What the program says about itself: --help, --list, --version, the manual page, completion. All
 * of it comes from the option table and the registry. */
#ifndef TOOLS_HELP_H
#define TOOLS_HELP_H

#include "common/arguments.h"
#include "common/text.h"

/** True if the command line asks for information instead of work. */
bool help_wanted(const arguments *given);

/** Prints it to standard output. Returns what to exit with. */
int help_give(const arguments *given);

/* ---- parts, shared by the forms ---- */

typedef struct help_pair {
    const char *head, *body;
} help_pair;

/** NULL-ended lists. */
extern const help_pair help_inputs[], help_outputs[], help_exits[], help_variables[];
extern const help_pair help_examples[]; /* command, what it does */
extern const char help_summary[];

/** "--fps RATE" */
void help_option_name(char *name, size_t size, const option_row *row);
/** "8-bit level, default auto, 0 to 255": what a parameter takes. */
void help_parameter_values(char *values, size_t size, const seg_param *param);
/** True if the method is used with --method, else with --post. */
bool help_is_method(const seg_method *method);
/** "mask, score" */
void help_outputs_of(char *list, size_t size, const seg_method *method);

void help_add_list(text_buffer *target);
void help_add_list_json(text_buffer *target);
void help_add_manual(text_buffer *target);
void help_add_completion(text_buffer *target);

#endif
