#include "common/record.h"
#include "common/messages.h"
#include "common/text.h"
#include <string.h>

/* ---- decisions ---- */

void decisions_note(decision_notes *notes, const seg_result *result) {
    notes->results++;
    notes->count = result->decision_count;
    for (int32_t i = 0; i < result->decision_count; i++) {
        const seg_decision *decision = &result->decisions[i];
        notes->last[i] = *decision;
        decision_range *range = NULL;
        for (int32_t k = 0; k < notes->range_count && !range; k++)
            if (text_equal(notes->ranges[k].name, decision->name)) range = &notes->ranges[k];
        if (!range && notes->range_count < SEG_MAX_DECISIONS) {
            range = &notes->ranges[notes->range_count++];
            *range = (decision_range){decision->name, decision->value, decision->value, 0, 0};
        }
        if (!range) continue;
        if (decision->value < range->low) range->low = decision->value;
        if (decision->value > range->high) range->high = decision->value;
        range->sum += decision->value;
        range->count++;
    }
}

void decisions_describe(json_t *record, const decision_notes *notes) {
    json_t *values = json_object(), *units = json_object(), *ranges = json_object();
    for (int32_t i = 0; i < notes->count; i++) {
        const seg_decision *decision = &notes->last[i];
        json_object_set_new(values, decision->name, json_real(decision->value));
        if (decision->unit[0])
            json_object_set_new(units, decision->name, json_string(decision->unit));
    }
    for (int32_t i = 0; i < notes->range_count; i++) {
        const decision_range *range = &notes->ranges[i];
        json_object_set_new(ranges, range->name,
                            json_pack("{s:f, s:f, s:f}", "min", range->low, "mean",
                                      range->sum / (double)range->count, "max", range->high));
    }
    json_object_set_new(record, "decisions", values);
    json_object_set_new(record, "units", units);
    if (notes->results > 1) json_object_set(record, "decisions_over_frames", ranges);
    json_decref(ranges);
}

/* ---- warnings ---- */

/* The length of the line at *lines, which moves to the next one; 0 at the end. */
static int next_line(const char **line, const char **lines) {
    *line = *lines;
    if (!*line || !**line) return 0;
    const int length = (int)strcspn(*line, "\n");
    *lines = (*line)[length] ? *line + length + 1 : NULL;
    return length;
}

json_t *warnings_describe(const char *lines) {
    json_t *all = json_array();
    const char *line;
    for (int length; (length = next_line(&line, &lines)) > 0;)
        json_array_append_new(all, json_stringn(line, (size_t)length));
    return all;
}

void warnings_say(const char *subject, const char *lines) {
    const char *line;
    for (int length; (length = next_line(&line, &lines)) > 0;)
        message_warning(subject, "%.*s", length, line);
}
