#include "data/json_list.h"

#include <string.h>

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t skip_spaces(const seg_json_text *t, size_t at) {
    while (at < t->size && is_space(t->text[at]))
        at++;
    return at;
}

/* `line` and `column` count from 1, from the place `at`. */
static seg_status bad_json(const seg_json_text *t, size_t at, int line, int column,
                           const char *words) {
    int lines_before = 0;
    size_t start = 0; /* of at's line */
    for (size_t i = 0; i < at; i++)
        if (t->text[i] == '\n') {
            lines_before++;
            start = i + 1;
        }
    return seg_fail(SEG_ERROR_DATA, "%s: line %d, column %d: %s", t->name, lines_before + line,
                    line == 1 ? (int)(at - start) + column : column, words);
}

/* The value at `at`, and where it ends. */
static json_t *parse_at(size_t *end, const seg_json_text *t, size_t at, seg_status *status) {
    json_error_t error;
    json_t *value =
        json_loadb(t->text + at, t->size - at,
                   JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK | JSON_DECODE_ANY, &error);
    *status = SEG_OK;
    if (value)
        *end = at + (size_t)error.position;
    else if (json_error_code(&error) == json_error_out_of_memory)
        *status = seg_fail(SEG_ERROR_MEMORY, "%s: no memory for its JSON", t->name);
    else
        *status = bad_json(t, at, error.line, error.column, error.text);
    return value;
}

/* ---- without reading ---- */

static size_t skip_string(const seg_json_text *t, size_t at) {
    for (at++; at < t->size && t->text[at] != '"'; at++)
        if (t->text[at] == '\\') at++;
    return at < t->size ? at + 1 : t->size;
}

/* The end of the list at `at`, by brackets alone; 0 if it has none. */
static size_t skip_list(const seg_json_text *t, size_t at) {
    size_t depth = 0;
    while (at < t->size) {
        const char c = t->text[at];
        if (c == '"') {
            at = skip_string(t, at);
        } else {
            if (c == '[' || c == '{') depth++;
            if ((c == ']' || c == '}') && depth-- <= 1) return at + 1;
            at++;
        }
    }
    return 0;
}

seg_json_span seg_json_root(const seg_json_text *text) {
    seg_json_span root = {skip_spaces(text, 0), text->size};
    while (root.end > root.start && is_space(text->text[root.end - 1]))
        root.end--;
    return root;
}

/* ---- members ---- */

/* Reads "key": and moves *at to the value; the key is NULL after an error. */
static json_t *read_key(size_t *at, const seg_json_text *t, seg_status *status) {
    if (*at >= t->size || t->text[*at] != '"') {
        *status = bad_json(t, *at, 1, 1, "a text in quotes expected");
        return NULL;
    }
    json_t *key = parse_at(at, t, *at, status);
    if (!key) return NULL;
    *at = skip_spaces(t, *at);
    if (*at < t->size && t->text[*at] == ':') {
        *at = skip_spaces(t, *at + 1);
        return key;
    }
    *status = bad_json(t, *at, 1, 1, "':' expected");
    json_decref(key);
    return NULL;
}

/* The value at `at`: its place if it is a list that is wanted, else it is read and dropped. */
static seg_status take_value(seg_json_span *wanted, size_t *at, const seg_json_text *t) {
    seg_status status = SEG_OK;
    const size_t start = *at;
    if (wanted && start < t->size && t->text[start] == '[') {
        *at = skip_list(t, start);
        *wanted = (seg_json_span){start, *at};
        return *at ? SEG_OK : bad_json(t, start, 1, 1, "this list has no end");
    }
    json_t *value = parse_at(at, t, start, &status);
    if (value && wanted && !json_is_null(value)) *wanted = (seg_json_span){start, *at};
    json_decref(value);
    return status;
}

static seg_status take_member(seg_json_span *spans, const char *const *keys, int count,
                              json_t *seen, size_t *at, const seg_json_text *t) {
    seg_status status = SEG_OK;
    const size_t start = *at;
    seg_json_span *wanted = NULL;
    json_t *key = read_key(at, t, &status);
    if (!key) return status;
    const char *name = json_string_value(key);
    for (int i = 0; i < count; i++)
        if (strcmp(name, keys[i]) == 0) wanted = &spans[i];
    if (json_object_get(seen, name))
        status = bad_json(t, start, 1, 1, "duplicate object key");
    else if (json_object_set_new(seen, name, json_null()) != 0)
        status = seg_fail(SEG_ERROR_MEMORY, "%s: no memory for its JSON", t->name);
    json_decref(key);
    return status < 0 ? status : take_value(wanted, at, t);
}

/* After an element: true behind a comma, false behind the closing bracket, with *at behind it. */
static bool goes_on(size_t *at, const seg_json_text *t, char bracket, seg_status *status) {
    char words[] = "',' or '?' expected";
    *at = skip_spaces(t, *at);
    const char c = *at < t->size ? t->text[*at] : '\0';
    words[8] = bracket;
    if (c != ',' && c != bracket) *status = bad_json(t, *at, 1, 1, words);
    if (c == ',')
        *at = skip_spaces(t, *at + 1);
    else
        ++*at;
    return c == ',';
}

static seg_status check_end(const seg_json_text *t, size_t at, seg_json_span span) {
    return at == span.end ? SEG_OK : bad_json(t, at, 1, 1, "end of the text expected");
}

seg_status seg_json_find_members(seg_json_span *spans, const char *const *keys, int count,
                                 const seg_json_text *text, seg_json_span object) {
    for (int i = 0; i < count; i++)
        spans[i] = (seg_json_span){0};
    if (object.start >= text->size || text->text[object.start] != '{')
        return bad_json(text, object.start, 1, 1, "'[' or '{' expected");
    size_t at = skip_spaces(text, object.start + 1);
    if (at < text->size && text->text[at] == '}') return check_end(text, at + 1, object);
    json_t *seen = json_object();
    seg_status status =
        seen ? SEG_OK : seg_fail(SEG_ERROR_MEMORY, "%s: no memory for its JSON", text->name);
    bool more = true;
    while (status >= 0 && more) {
        status = take_member(spans, keys, count, seen, &at, text);
        if (status >= 0) more = goes_on(&at, text, '}', &status);
    }
    json_decref(seen);
    return status < 0 ? status : check_end(text, at, object);
}

/* ---- elements ---- */

static seg_status no_list(const seg_json_text *t, seg_json_span list, const seg_json_place *at) {
    seg_status status;
    size_t end;
    json_t *value = parse_at(&end, t, list.start, &status);
    if (value) status = seg_json_bad(at, value, "a list");
    json_decref(value);
    return status;
}

seg_status seg_json_each(const seg_json_text *text, seg_json_span list, const seg_json_place *at,
                         seg_status (*read)(void *user, const json_t *element,
                                            const seg_json_place *at),
                         void *user) {
    if (!list.end) return seg_json_bad(at, NULL, "a list");
    if (text->text[list.start] != '[') return no_list(text, list, at);
    size_t position = skip_spaces(text, list.start + 1);
    if (position < text->size && text->text[position] == ']')
        return check_end(text, position + 1, list);
    bool more = true;
    for (size_t i = 0; more; i++) {
        seg_status status;
        const seg_json_place place = seg_json_element(at, i);
        json_t *element = parse_at(&position, text, position, &status);
        if (element) status = read(user, element, &place);
        json_decref(element);
        if (status >= 0) more = goes_on(&position, text, ']', &status);
        SEG_TRY(status);
    }
    return check_end(text, position, list);
}
