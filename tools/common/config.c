#include "common/config.h"
#include "common/messages.h"
#include "common/outfile.h"
#include "common/text.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Members that set an option, and members of reports that say nothing about a new run. */
static const struct {
    const char *name;
    option_id option;
} settable[] = {{"pre", OPTION_PRE},
                {"post", OPTION_POST},
                {"keep", OPTION_KEEP},
                {"train", OPTION_TRAIN},
                {"stabilize", OPTION_STABILIZE},
                {"view", OPTION_VIEW},
                {"roi", OPTION_ROI},
                {"render", OPTION_RENDER},
                {"rng_seed", OPTION_RNG_SEED},
                {"objects_connectivity", OPTION_OBJECTS_CONNECTIVITY}};
static const char reported[] = "input|output|version|size|decisions|units|decisions_over_frames|"
                               "frames|objects|outputs|time|warnings|status|error|source|tuning";

/* Texts and lists that arguments point at, until config_release. */
static void **kept;
static size_t kept_count;

static void *keep(void *made) {
    memory_grow((void **)&kept, kept_count, sizeof *kept);
    return kept[kept_count++] = made;
}

void config_release(void) {
    for (size_t i = 0; i < kept_count; i++)
        free(kept[i]);
    free(kept);
    kept = NULL;
    kept_count = 0;
}

static const char *scalar_text(const json_t *value) {
    switch (json_typeof(value)) {
    case JSON_STRING:
        return keep(text_copy(json_string_value(value)));
    case JSON_INTEGER:
        return keep(text_format("%" JSON_INTEGER_FORMAT, json_integer_value(value)));
    case JSON_REAL:
        return keep(text_format("%.17g", json_real_value(value)));
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    default:
        return NULL;
    }
}

static bool take_parameters(parameter_text **list, int32_t *count, const char *path,
                            const char *member, json_t *parameters) {
    const char *name;
    json_t *value;
    if (!json_is_object(parameters)) {
        message_error(path, "\"%s\" is not an object; it holds \"name\": value pairs", member);
        return false;
    }
    *list = keep(memory_get(json_object_size(parameters), sizeof **list));
    json_object_foreach(parameters, name, value) {
        if (json_is_null(value)) continue;
        const char *shown = scalar_text(value);
        if (!shown) {
            message_error(
                path,
                "parameter \"%s\" has no value (got a list or object, allowed text, number, "
                "true, false, null)",
                name);
            return false;
        }
        (*list)[(*count)++] = (parameter_text){keep(text_copy(name)), shown};
    }
    return true;
}

static bool take_member(config *target, const char *path, const char *name, json_t *value) {
    if (text_equal(name, "parameters"))
        return take_parameters(&target->parameters, &target->parameter_count, path, name, value);
    if (text_equal(name, "track") && json_is_object(value)) {
        target->values[OPTION_TRACK] = "";
        return take_parameters(&target->tracks, &target->track_count, path, name, value);
    }
    if (text_choice(reported, name) >= 0 || json_is_null(value)) return true;
    const char *shown = scalar_text(value);
    if (!shown) {
        message_error(path, "\"%s\" has no value (got a list or object, allowed text or a number)",
                      name);
        return false;
    }
    if (text_equal(name, "method")) {
        target->method = shown;
        return true;
    }
    for (size_t i = 0; i < sizeof settable / sizeof *settable; i++)
        if (text_name_equal(name, settable[i].name)) {
            target->values[settable[i].option] = shown;
            return true;
        }
    message_error(path,
                  "unknown member (got \"%s\", allowed method, parameters, pre, post, keep, track, "
                  "train, stabilize, view, roi, render, rng_seed, objects_connectivity)",
                  name);
    return false;
}

bool config_load(config *target, const char *path) {
    /* Of a report of several inputs the first line counts. */
    const size_t flags = JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK;
    json_error_t error;
    json_t *value;
    const char *name;
    void *bytes;
    size_t size;
    *target = (config){0};
    if (!file_read(&bytes, &size, path)) return false;
    json_t *root = json_loadb(bytes, size, flags, &error);
    free(bytes);
    if (!root) {
        message_error(path, "is no JSON: line %d: %s", error.line, error.text);
        return false;
    }
    bool good = json_is_object(root);
    if (!good) message_error(path, "is no configuration: it should be one JSON object");
    if (good) json_object_foreach(root, name, value) {
            good = good && take_member(target, path, name, value);
        }
    json_decref(root);
    return good;
}
