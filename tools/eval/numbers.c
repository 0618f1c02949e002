/* Numbers and names as the reports write them. */
#include "eval/report.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

json_t *report_real(double value) {
    if (isnan(value)) return json_null();
    return json_real(isfinite(value) ? value : value > 0 ? REPORT_INFINITY : -REPORT_INFINITY);
}

json_t *report_value(double value, const seg_measure *measure) {
    return measure_is_count(value, measure) ? json_integer((json_int_t)value) : report_real(value);
}

json_t *report_text(const char *shown) {
    json_t *made = json_string(shown);
    if (made) return made;
    char *plain = text_copy(shown);
    for (char *at = plain; *at; at++)
        if ((unsigned char)*at >= 0x80) *at = '?';
    made = json_string(plain);
    free(plain);
    return made;
}

void report_probability(char shown[NUMBER_ROOM], double p) {
    if (isnan(p))
        snprintf(shown, NUMBER_ROOM, "-");
    else if (p < 0.0001)
        snprintf(shown, NUMBER_ROOM, "< 0.0001");
    else
        snprintf(shown, NUMBER_ROOM, "%.4f", p);
}

const char *report_rows_name(const scores *from) {
    const bool one = from->row_count == 1;
    if (from->choices->per_frame) return one ? "frame" : "frames";
    if (from->choices->metric->needs & SEG_METRIC_SEQUENCE) return one ? "sequence" : "sequences";
    return one ? "file" : "files";
}
