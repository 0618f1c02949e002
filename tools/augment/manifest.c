#include "augment/manifest.h"
#include "common/messages.h"
#include "common/text.h"
#include <math.h>
#include <segment/version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORM = 1 }; /* of the file: what another one means is not known */

/* ---- writing ---- */

/* Numbers come back as they were: 17 digits, whole ones without a point. */
static json_t *number(double value) {
    if (value == floor(value) && fabs(value) < 9e15) return json_integer((json_int_t)value);
    return json_real(value);
}

static json_t *describe_rules(const seg_augment_options *rules) {
    json_t *all = json_object();
    for (int32_t i = 0; i < seg_augment_params.count; i++) {
        const seg_param *row = &seg_augment_params.items[i];
        char value[64];
        if (text_equal(row->name, "rng-seed")) continue; /* it has 64 bits */
        seg_params_format(value, sizeof value, rules, row);
        json_object_set_new(all, row->name, json_string(value));
    }
    return all;
}

json_t *manifest_header(const augment_job *job) {
    const settings *s = &job->settings;
    char hash[20];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)job->set.hash);
    json_t *all = json_pack("{s:i, s:s, s:s, s:I, s:o, s:[i,i], s:i}", "manifest", FORM, "version",
                            seg_version(), "pipeline", job->text, "rng-seed",
                            (json_int_t)job->rules.seed, "rules", describe_rules(&job->rules),
                            "resize", job->width, job->height, "channels", job->channels);
    json_object_set_new(all, "autorotate", json_boolean(s->reader.autorotate));
    json_object_set_new(all, "clips", json_boolean(job->clips));
    json_object_set_new(all, "saliency", json_boolean(job->given->values[OPTION_SALIENCY]));
    json_object_set_new(all, "format", s->format ? json_string(s->format) : json_null());
    json_object_set_new(all, "quality", json_integer(s->quality));
    json_object_set_new(all, "compression", json_integer(s->compression));
    json_object_set_new(all, "set",
                        json_pack("{s:i, s:s}", "count", (int)job->set.count, "hash", hash));
    return all;
}

/* A draw, among others of its name as a list. */
static void add_draw(json_t *step, const char *name, json_t *value) {
    json_t *before = json_object_get(step, name);
    if (json_is_array(before))
        json_array_append_new(before, value);
    else if (before)
        json_object_set_new(step, name, json_pack("[O, o]", before, value));
    else
        json_object_set_new(step, name, value);
}

json_t *manifest_record(const augment_job *job, const set_item *item, int32_t copy,
                        const char *output, const seg_augment_work *work) {
    int32_t count;
    const seg_augment_decision *draws = seg_augment_decisions(work, &count);
    json_t *steps = json_array(), *step = NULL;
    for (int32_t i = 0; i < count; i++) {
        const seg_augment_decision *draw = &draws[i];
        if (!i || draw->path != draws[i - 1].path) {
            step = json_pack("{s:s, s:I}", "step", draw->step, "path", (json_int_t)draw->path);
            json_array_append_new(steps, step);
        }
        if (text_equal(draw->name, "applied")) continue; /* else it would not be here */
        const bool partner = text_equal(draw->name, "partner");
        add_draw(step, draw->name,
                 partner ? json_string(job->set.items[(int32_t)draw->value].name)
                         : number(draw->value));
    }
    return json_pack("{s:s, s:i, s:s, s:o}", "sample", item->name, "copy", (int)copy, "output",
                     output, "draws", steps);
}

void manifest_add_line(text_buffer *target, const json_t *record) {
    char *body = json_dumps(record, JSON_COMPACT | JSON_REAL_PRECISION(17));
    text_add(target, "%s\n", body ? body : "{}");
    free(body);
}

/* ---- reading ---- */

static bool fail(const char *path, long line, const char *what) {
    message_error(path, "line %ld: %s", line, what);
    return false;
}

static bool take_header(json_t **header, json_t *line, const char *path, long number_of_line) {
    if (json_integer_value(json_object_get(line, "manifest")) != FORM)
        return fail(path, number_of_line, "is a manifest of another form (allowed 1)");
    if (*header && !json_equal(*header, line))
        return fail(path, number_of_line, "is the header of another run than the one above");
    if (!*header) *header = json_incref(line);
    return true;
}

/* Two copies that go to one file would be written at once. `outputs`: name -> line. */
static bool take_output(json_t *outputs, const char *output, const char *path,
                        long number_of_line) {
    const json_t *before = json_object_get(outputs, output);
    if (!before) return json_object_set_new(outputs, output, json_integer(number_of_line)) == 0;
    message_error(path, "line %ld: has the output \"%s\" of line %ld again", number_of_line, output,
                  (long)json_integer_value(before));
    return false;
}

static bool take_record(json_t *records, json_t *outputs, const json_t *header, json_t *line,
                        const char *path, long number_of_line) {
    const char *sample = json_string_value(json_object_get(line, "sample"));
    const json_int_t copy = json_integer_value(json_object_get(line, "copy"));
    const char *output = json_string_value(json_object_get(line, "output"));
    if (!header) return fail(path, number_of_line, "comes before the header (\"manifest\": 1)");
    if (!sample || !output || copy < 0 || copy > INT32_MAX ||
        !json_is_array(json_object_get(line, "draws")))
        return fail(path, number_of_line, "is no record (sample, copy, output and draws)");
    if (output[0] == '/' || text_starts(output, "../") || strstr(output, "/../"))
        return fail(path, number_of_line, "has an output that is not below OUTPUT");
    if (!take_output(outputs, output, path, number_of_line)) return false;
    json_t *list = json_object_get(records, sample);
    if (!list) {
        list = json_array();
        json_object_set_new(records, sample, list);
    }
    json_array_append(list, line);
    return true;
}

bool manifest_read(json_t **header, json_t **records, const char *path) {
    FILE *stream = fopen(path, "rb");
    char *text = NULL;
    size_t room = 0;
    long number_of_line = 0;
    bool good = true;
    *header = NULL;
    *records = json_object();
    if (!stream) {
        message_error(path, "cannot open");
        return false;
    }
    json_t *outputs = json_object();
    while (good && getline(&text, &room, stream) > 0) {
        json_t *line = json_loads(text, 0, NULL);
        number_of_line++;
        if (!json_is_object(line))
            good = fail(path, number_of_line, "is no JSON object");
        else if (json_object_get(line, "manifest"))
            good = take_header(header, line, path, number_of_line);
        else
            good = take_record(*records, outputs, *header, line, path, number_of_line);
        json_decref(line);
    }
    json_decref(outputs);
    free(text);
    fclose(stream);
    if (good && !*header) good = fail(path, number_of_line, "there is no header before the end");
    return good;
}

static bool bad_member(const char *path, const char *name) {
    message_error(path, "the header has no valid \"%s\"", name);
    return false;
}

static bool apply_rules(augment_job *target, json_t *rules, const char *path) {
    const char *name;
    json_t *value;
    json_object_foreach(rules, name, value) {
        if (!json_is_string(value) || seg_params_parse(&target->rules, &seg_augment_params, name,
                                                       json_string_value(value), NULL) < 0)
            return bad_member(path, name);
    }
    return true;
}

/* A whole number of the header. */
static bool take_number(int32_t *value, const json_t *from, int32_t low, int32_t high) {
    const json_int_t got = json_integer_value(from);
    if (!json_is_integer(from) || got < low || got > high) return false;
    *value = (int32_t)got;
    return true;
}

/* Manifests of before have none: the option says it. */
static bool apply_autorotate(augment_job *target, const json_t *value, const char *path) {
    if (!value) return true;
    if (!json_is_boolean(value)) return bad_member(path, "autorotate");
    if (target->given->values[OPTION_AUTOROTATE] &&
        target->settings.reader.autorotate != json_is_true(value)) {
        message_error(NULL, "--autorotate cannot be changed with --replay: the manifest says it");
        return false;
    }
    target->settings.reader.autorotate = json_is_true(value);
    return true;
}

bool manifest_apply(augment_job *target, const json_t *header, const char *path) {
    const char *text = json_string_value(json_object_get(header, "pipeline"));
    const json_t *seed = json_object_get(header, "rng-seed"),
                 *resize = json_object_get(header, "resize");
    settings *s = &target->settings;
    if (!text) return bad_member(path, "pipeline");
    if (!json_is_integer(seed)) return bad_member(path, "rng-seed");
    if (!take_number(&target->width, json_array_get(resize, 0), 0, 1000000) ||
        !take_number(&target->height, json_array_get(resize, 1), 0, 1000000))
        return bad_member(path, "resize");
    if (!take_number(&target->channels, json_object_get(header, "channels"), 0, 4))
        return bad_member(path, "channels");
    if (!take_number(&s->quality, json_object_get(header, "quality"), 0, 100))
        return bad_member(path, "quality");
    if (!take_number(&s->compression, json_object_get(header, "compression"), -1, 9))
        return bad_member(path, "compression");
    if (!apply_autorotate(target, json_object_get(header, "autorotate"), path)) return false;
    s->format = json_string_value(json_object_get(header, "format"));
    target->clips = json_is_true(json_object_get(header, "clips"));
    if (json_is_true(json_object_get(header, "saliency")) &&
        !target->given->values[OPTION_SALIENCY]) {
        message_error(path, "was written with --saliency, which must be given again");
        return false;
    }
    target->text = text_copy(text);
    target->rules.seed = json_integer_value(seed);
    return apply_rules(target, json_object_get(header, "rules"), path);
}
