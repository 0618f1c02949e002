#include "data/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACE_SIZE 300
#define VALUE_SIZE 60

json_t *seg_json_parse(const char *text, size_t size, const char *name, seg_status *status) {
    json_error_t error;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    *status = SEG_OK;
    if (root) return root;
    if (json_error_code(&error) == json_error_out_of_memory)
        *status = seg_fail(SEG_ERROR_MEMORY, "%s: no memory for its JSON", name);
    else
        *status = seg_fail(SEG_ERROR_DATA, "%s: line %d, column %d: %s", name, error.line,
                           error.column, error.text);
    return NULL;
}

/* ---- places and values in words ---- */

static void append(char *text, size_t size, const char *more) {
    const size_t used = strlen(text);
    snprintf(text + used, size - used, "%s", more);
}

static void describe_place(char *text, size_t size, const seg_json_place *at) {
    char number[32];
    if (!at->above) {
        snprintf(text, size, "%s:", at->key);
        return;
    }
    describe_place(text, size, at->above);
    if (at->key) {
        append(text, size, at->above->above ? "." : " ");
        append(text, size, at->key);
    } else {
        snprintf(number, sizeof number, "%s[%zu]", at->above->above ? "" : " ", at->index);
        append(text, size, number);
    }
}

static void describe_value(char text[VALUE_SIZE], const json_t *value) {
    const size_t items = json_is_array(value) ? json_array_size(value) : json_object_size(value);
    if (json_is_object(value) || items > 8) {
        snprintf(text, VALUE_SIZE, "%s of %zu", json_is_array(value) ? "a list" : "an object",
                 items);
        return;
    }
    char *written = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(12));
    snprintf(text, VALUE_SIZE, "%.*s", VALUE_SIZE - 4, written ? written : "unknown");
    if (written && strlen(written) > VALUE_SIZE - 4) append(text, VALUE_SIZE, "...");
    free(written);
}

seg_status seg_json_bad(const seg_json_place *at, const json_t *value, const char *allowed) {
    char place[PLACE_SIZE], words[VALUE_SIZE];
    if (!value && at->key && at->above) {
        describe_place(place, sizeof place, at->above);
        return seg_fail(SEG_ERROR_DATA, "%s has no %s (allowed: %s)", place, at->key, allowed);
    }
    describe_place(place, sizeof place, at);
    if (!value) return seg_fail(SEG_ERROR_DATA, "%s is missing (allowed: %s)", place, allowed);
    describe_value(words, value);
    return seg_fail(SEG_ERROR_DATA, "%s is %s (allowed: %s)", place, words, allowed);
}

seg_status seg_json_failed(const seg_json_place *at, seg_status status) {
    char place[PLACE_SIZE], detail[SEG_DETAIL_SIZE];
    snprintf(detail, sizeof detail, "%s", seg_error_detail());
    describe_place(place, sizeof place, at);
    return seg_fail(status, "%s: %s", place, detail);
}

/* ---- values ---- */

seg_status seg_json_whole(int64_t *value, const json_t *from, const seg_json_place *at, int64_t min,
                          int64_t max) {
    char allowed[80];
    if (json_is_integer(from)) {
        *value = json_integer_value(from);
        if (*value >= min && *value <= max) return SEG_OK;
    } else if (json_is_real(from)) {
        const double number = json_real_value(from);
        const double most = (double)SEG_JSON_WHOLE;
        if (number == floor(number) && number >= -most && number <= most) {
            *value = (int64_t)number;
            if (*value >= min && *value <= max) return SEG_OK;
        }
    }
    snprintf(allowed, sizeof allowed, "whole numbers from %lld to %lld", (long long)min,
             (long long)max);
    return seg_json_bad(at, from, allowed);
}

seg_status seg_json_number(double *value, const json_t *from, const seg_json_place *at, double min,
                           double max) {
    char allowed[80];
    if (json_is_number(from)) {
        *value = json_number_value(from);
        if (*value >= min && *value <= max) return SEG_OK;
    }
    snprintf(allowed, sizeof allowed, "numbers from %g to %g", min, max);
    return seg_json_bad(at, from, allowed);
}

seg_status seg_json_flag(bool *value, const json_t *from, const seg_json_place *at) {
    if (json_is_boolean(from)) {
        *value = json_is_true(from);
        return SEG_OK;
    }
    const double number = json_is_number(from) ? json_number_value(from) : -1;
    *value = number == 1;
    return number == 0 || number == 1 ? SEG_OK : seg_json_bad(at, from, "0, 1, false or true");
}

seg_status seg_json_string(const char **value, const json_t *from, const seg_json_place *at) {
    *value = json_string_value(from);
    return *value ? SEG_OK : seg_json_bad(at, from, "a text");
}

/* ---- members ---- */

const json_t *seg_json_member(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    return json_is_null(value) ? NULL : value;
}

seg_status seg_json_member_whole(int64_t *value, const json_t *object, const seg_json_place *at,
                                 const char *key, int64_t min, int64_t max, bool optional) {
    const json_t *member = seg_json_member(object, key);
    const seg_json_place place = seg_json_key(at, key);
    return !member && optional ? SEG_OK : seg_json_whole(value, member, &place, min, max);
}

seg_status seg_json_member_number(double *value, const json_t *object, const seg_json_place *at,
                                  const char *key, double min, double max, bool optional) {
    const json_t *member = seg_json_member(object, key);
    const seg_json_place place = seg_json_key(at, key);
    return !member && optional ? SEG_OK : seg_json_number(value, member, &place, min, max);
}

seg_status seg_json_member_flag(bool *value, const json_t *object, const seg_json_place *at,
                                const char *key) {
    const json_t *member = seg_json_member(object, key);
    const seg_json_place place = seg_json_key(at, key);
    return member ? seg_json_flag(value, member, &place) : SEG_OK;
}

seg_status seg_json_member_string(const char **value, const json_t *object,
                                  const seg_json_place *at, const char *key, bool optional) {
    const json_t *member = seg_json_member(object, key);
    const seg_json_place place = seg_json_key(at, key);
    return !member && optional ? SEG_OK : seg_json_string(value, member, &place);
}
