/* The files with the worst scores, and pictures of their errors. */
#ifndef TOOLS_EVAL_WORST_H
#define TOOLS_EVAL_WORST_H

#include "eval/scores.h"
#include <segment/render.h>

/** Rows, the worst by the measure that counts first. */
typedef struct worst_list {
    const score_row **rows;
    int32_t count;
    int32_t pictured;    /* of those at the front: there is a picture of each */
    seg_image *pictures; /* RGB; may be empty where an error could not be drawn */
} worst_list;

/** Finds the `choices->worst` worst rows; those that are undefined are not among them. */
void worst_find(worst_list *target, const scores *from);

/** Draws the errors of the first rows, `most` at most: masks in the colours of agreement, flow in
 *  those of its errors, anything else as prediction beside truth. What cannot be drawn (frames of
 *  standard input) stays empty after a warning. */
void worst_draw(worst_list *target, const scores *from, int32_t most);

/** "f1 0.8123", or of two predictions "f1 0.81 -> 0.76". */
void worst_caption(char *shown, size_t size, const scores *from, const score_row *row);

/** What the colours of the pictures mean; *count entries, 0 if they have no meaning of their own.
 */
const seg_sheet_key *worst_keys(int32_t *count, const scores *from);

/** A contact sheet of the pictures. False: a message was given. */
bool worst_write_sheet(const worst_list *from, const scores *all, const char *path);

void worst_free(worst_list *target);

#endif
