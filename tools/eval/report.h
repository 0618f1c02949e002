/* The results, for people and for programs. */
#ifndef TOOLS_EVAL_REPORT_H
#define TOOLS_EVAL_REPORT_H

#include "common/measures.h"
#include "common/text.h"
#include "eval/certainty.h"
#include "eval/worst.h"

typedef struct results {
    const choices *choices;
    scores scores;
    certainty certainty;
    worst_list worst;
} results;

/** A table for the terminal. `width`: columns of the terminal, 0 = as wide as it gets. */
void report_table(text_buffer *target, const results *from, int32_t width);

/** All results as one document. The caller owns it; NULL: a message was given. */
json_t *report_json(const results *from);

/** A line for each file, for each group, and for the whole (RFC 4180). */
void report_csv(text_buffer *target, const results *from);

/* ---- numbers and names, shared by the forms ---- */

/** "0.031", "< 0.0001": a probability. */
void report_probability(char shown[NUMBER_ROOM], double p);
/** A real number as data: null where it is undefined, REPORT_INFINITY where it is infinite, for
 *  which JSON has no word. */
json_t *report_real(double value);
#define REPORT_INFINITY 1e308
/** The same of a measure; counts are whole. */
json_t *report_value(double value, const seg_measure *measure);
/** A text as data; bytes that are no UTF-8 become '?'. */
json_t *report_text(const char *shown);
/** "files", "frames", "sequences": what rows are. */
const char *report_rows_name(const scores *from);

#endif
