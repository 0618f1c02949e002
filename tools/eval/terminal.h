/* The terminal, if there is one. */
#ifndef TOOLS_EVAL_TERMINAL_H
#define TOOLS_EVAL_TERMINAL_H

#include <stdint.h>

/** Columns of the terminal that standard output is; 0 if it is none. */
int32_t terminal_width(void);

#endif
