#include "augment/pipeline_file.h"
#include "common/messages.h"
#include "common/outfile.h"
#include "common/text.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

typedef struct writer {
    const char *path;
    text_buffer text;
} writer;

static bool fail(const writer *w, const char *what, const char *subject) {
    message_error(w->path, "is no pipeline: %s%s", what, subject);
    return false;
}

/* A word of the grammar; anything else would change what the text means. */
static bool is_word(const char *text) {
    return *text && !text[strcspn(text, "(),= \t\r\n")];
}

static bool add_value(writer *w, const char *name, const json_t *value) {
    if (!is_word(name)) return fail(w, "there is no parameter called ", name);
    text_add(&w->text, "%s=", name);
    if (json_is_string(value)) {
        if (!is_word(json_string_value(value))) return fail(w, "no value of ", name);
        text_add(&w->text, "%s", json_string_value(value));
    } else if (json_is_boolean(value)) {
        text_add(&w->text, "%s", json_is_true(value) ? "true" : "false");
    } else if (json_is_number(value)) {
        char *number = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
        text_add(&w->text, "%s", number ? number : "0");
        free(number);
    } else {
        return fail(w, "a number, a text or true or false is wanted for ", name);
    }
    return true;
}

static bool add_steps(writer *w, const json_t *steps);

static bool add_step(writer *w, json_t *step) {
    const json_t *held = json_object_get(step, "steps");
    const char *name =
        json_string_value(json_is_object(step) ? json_object_get(step, "name") : step);
    const char *separator = "", *key;
    json_t *value;
    if (!name || !is_word(name)) return fail(w, "a step is a name, or an object with \"name\"", "");
    text_add(&w->text, "%s", name);
    if (!json_is_object(step) || json_object_size(step) == 1) return true;
    text_add(&w->text, "(");
    json_object_foreach(step, key, value) {
        if (text_equal(key, "name") || text_equal(key, "steps")) continue;
        text_add(&w->text, "%s", separator);
        separator = ", ";
        if (!add_value(w, key, value)) return false;
    }
    if (held) {
        text_add(&w->text, "%s", separator);
        if (!add_steps(w, held)) return false;
    }
    text_add(&w->text, ")");
    return true;
}

static bool add_steps(writer *w, const json_t *steps) {
    size_t index;
    json_t *step;
    if (!json_is_array(steps)) return fail(w, "a list of steps is wanted", "");
    json_array_foreach(steps, index, step) {
        if (index) text_add(&w->text, ", ");
        if (!add_step(w, step)) return false;
    }
    return true;
}

static char *read_json(const char *path, const char *text, size_t size) {
    json_error_t error;
    writer w = {.path = path};
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        message_error(path, "cannot be read as JSON (line %d: %s)", error.line, error.text);
        return NULL;
    }
    const json_t *steps = json_is_object(root) ? json_object_get(root, "pipeline") : root;
    text_add(&w.text, "%s", "");
    const bool good = json_is_string(steps)
                          ? (text_add(&w.text, "%s", json_string_value(steps)), true)
                          : add_steps(&w, steps);
    json_decref(root);
    if (good) return w.text.data;
    text_free(&w.text);
    return NULL;
}

static char *read_file(const char *path) {
    void *bytes;
    size_t size;
    if (!file_read(&bytes, &size, path)) return NULL;
    char *text = read_json(path, bytes, size);
    free(bytes);
    return text;
}

char *pipeline_read(const char *value) {
    const char first = value[strspn(value, " \t\r\n")];
    if (first == '[' || first == '{') return read_json("--pipeline", value, strlen(value));
    return text_ends_any_case(value, ".json") ? read_file(value) : text_copy(value);
}
