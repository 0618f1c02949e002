/* segment --list: the methods, for people and as data. */
#include "common/help.h"
#include "segment/describe.h"
#include <jansson.h>
#include <segment/frame.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_rows(text_buffer *target, const char *title, bool methods_wanted) {
    int32_t count;
    const seg_method *const *methods = seg_methods(&count);
    const char *family = "";
    text_add(target, "%s\n", title);
    for (int32_t i = 0; i < count; i++) {
        const seg_method *method = methods[i];
        if (segment_is_flow(method) || segment_is_method(method) != methods_wanted) continue;
        text_add(target, "  %-12s %-14s %s\n", strcmp(family, method->family) ? method->family : "",
                 method->id, method->title);
        family = method->family;
    }
}

void segment_add_list(text_buffer *target) {
    add_rows(target, "Methods (--method; those of family filter in --pre, too)", true);
    add_rows(target, "Operations (--post)", false);
}

static json_t *names_of_bits(uint32_t bits, const char *const *names, int count) {
    json_t *list = json_array();
    for (int i = 0; i < count; i++)
        if (bits & 1u << i) json_array_append_new(list, json_string(names[i]));
    return list;
}

static json_t *describe_channels(uint32_t bits) {
    json_t *list = json_array();
    for (int n = 1; n <= 4; n++)
        if (bits & 1u << n) json_array_append_new(list, json_integer(n));
    return list;
}

static int32_t default_delay(const seg_method *method) {
    if (!method->delay) return 0;
    void *options = memory_get(1, method->params->options_size);
    seg_params_init(options, method->params);
    int32_t delay = method->delay(options);
    seg_params_clear(options, method->params, NULL);
    free(options);
    return delay;
}

static json_t *describe_method(const seg_method *method) {
    static const char *const formats[] = {"", "u8", "u16", "f32", "label32"};
    static const char *const inputs[] = {"picture", "mask", "labels", "pair", "stream"};
    static const char *const outputs[] = {"mask",       "labels",  "score",
                                          "background", "picture", "flow"};
    static const char *const needs[] = {"colour", "seeds", "reference"};
    json_t *all = json_object(), *parameters = json_array();
    json_object_set_new(all, "id", json_string(method->id));
    json_object_set_new(all, "title", json_string(method->title));
    json_object_set_new(all, "family", json_string(method->family));
    json_object_set_new(all, "use", json_string(segment_is_method(method) ? "method" : "post"));
    json_object_set_new(all, "reference", json_string(method->reference));
    json_object_set_new(all, "year", method->year ? json_integer(method->year) : json_null());
    for (int32_t i = 0; i < method->params->count; i++)
        json_array_append_new(parameters, help_describe_parameter(&method->params->items[i]));
    json_object_set_new(all, "parameters", parameters);
    json_object_set_new(all, "formats", names_of_bits(method->formats, formats, 5));
    json_object_set_new(all, "channels", describe_channels(method->channels));
    json_object_set_new(all, "input", names_of_bits(method->input, inputs, 5));
    json_object_set_new(all, "outputs", names_of_bits(method->outputs, outputs, 6));
    json_object_set_new(all, "uses", names_of_bits(method->needs, needs, 3));
    json_object_set_new(all, "delay", json_integer(default_delay(method)));
    json_object_set_new(all, "model", json_boolean(method->save != NULL));
    return all;
}

void segment_add_list_json(text_buffer *target) {
    int32_t count;
    const seg_method *const *methods = seg_methods(&count);
    json_t *all = json_array();
    for (int32_t i = 0; i < count; i++)
        if (!segment_is_flow(methods[i])) json_array_append_new(all, describe_method(methods[i]));
    char *body = json_dumps(all, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    text_add(target, "%s\n", body ? body : "[]");
    free(body);
    json_decref(all);
}
