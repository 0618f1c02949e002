/* Parts that the records of --report have in common. */
#ifndef TOOLS_RECORD_H
#define TOOLS_RECORD_H

#include <jansson.h>
#include <segment/result.h>

/** Numbers of a decision over the frames. */
typedef struct decision_range {
    const char *name;
    double low, high, sum;
    int64_t count;
} decision_range;

/** Decisions of the last result, and how they ranged over all. Zero-initialise. */
typedef struct decision_notes {
    seg_decision last[SEG_MAX_DECISIONS];
    int32_t count;
    decision_range ranges[SEG_MAX_DECISIONS];
    int32_t range_count;
    int64_t results;
} decision_notes;

void decisions_note(decision_notes *notes, const seg_result *result);

/** Adds "decisions" and "units", and over more than one result "decisions_over_frames". */
void decisions_describe(json_t *record, const decision_notes *notes);

/** A list of warnings, one a line; NULL is none. */
json_t *warnings_describe(const char *lines);

/** Says each of them. */
void warnings_say(const char *subject, const char *lines);

#endif
