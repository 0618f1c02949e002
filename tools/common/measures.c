#include "common/measures.h"
#include "common/messages.h"
#include "common/parameters.h"
#include "common/text.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>

bool metric_read_options(void **options, json_t **parameters, const seg_metric *metric,
                         const arguments *from) {
    const seg_param_table *table = metric->params;
    if (!table) {
        *parameters = json_object();
        return true;
    }
    *options = memory_get(1, table->options_size);
    seg_params_init(*options, table);
    seg_status status = SEG_OK;
    for (int32_t i = 0; i < from->metric_parameter_count && status >= 0; i++)
        status = seg_params_parse(*options, table, from->metric_parameters[i].name,
                                  from->metric_parameters[i].value, NULL);
    if (status >= 0) status = seg_params_check(*options, table);
    if (status < 0) {
        message_error(NULL, "metric %s: %s", metric->id, message_reason(status));
        return false;
    }
    *parameters = parameters_describe(*options, table, NULL);
    return true;
}

/* ---- the measure ---- */

void measure_key(char key[KEY_ROOM], const char *name) {
    int length = 0;
    for (; name[length] && length < KEY_ROOM - 1; length++)
        key[length] = isalnum((unsigned char)name[length]) ? name[length] : '_';
    key[length] = 0;
}

static bool fail_measure(const seg_metric *metric, const char *name) {
    text_buffer list = {0};
    for (int32_t i = 0; i < metric->measure_count; i++)
        text_add(&list, "%s%s", i ? ", " : "", metric->measures[i].name);
    message_error(NULL, "--measure is \"%s\" (%s has %s)", name, metric->id, list.data);
    text_free(&list);
    return false;
}

/* By its name, or as data has it. */
static int32_t find_measure(const seg_metric *metric, const char *name) {
    char key[KEY_ROOM];
    for (int32_t i = 0; name && i < metric->measure_count; i++) {
        measure_key(key, metric->measures[i].name);
        if (text_equal(key, name)) return i;
    }
    return seg_measure_find(metric, name);
}

bool measure_choose(int32_t *measure, const seg_metric *metric, const arguments *from) {
    const char *name = from->values[OPTION_MEASURE];
    *measure = find_measure(metric, name ? name : metric->summary);
    if (*measure < 0 && name) return fail_measure(metric, name);
    for (int32_t i = 0; *measure < 0 && i < metric->measure_count; i++)
        if (metric->measures[i].better > 0) *measure = i;
    if (*measure < 0) *measure = 0;
    return true;
}

/* ---- numbers ---- */

bool measure_is_count(double value, const seg_measure *measure) {
    return measure->unit[0] && value == floor(value) && fabs(value) < 9e15;
}

/* Five digits or so. */
static int decimals_of(double size) {
    return size < 10 ? 4 : size < 100 ? 2 : size < 1000 ? 1 : 0;
}

void measure_number(char shown[NUMBER_ROOM], double value, const seg_measure *measure) {
    if (isnan(value))
        snprintf(shown, NUMBER_ROOM, "-");
    else if (isinf(value))
        snprintf(shown, NUMBER_ROOM, "%sinf", value < 0 ? "-" : "");
    else if (measure_is_count(value, measure))
        snprintf(shown, NUMBER_ROOM, "%.0f", value);
    else
        snprintf(shown, NUMBER_ROOM, "%.*f", decimals_of(fabs(value)), value);
}
