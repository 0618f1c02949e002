#include "common/recipe.h"
#include "common/messages.h"
#include "common/names.h"
#include "common/outfile.h"
#include "common/parameters.h"
#include "common/pictures.h"
#include "common/text.h"
#include <stdlib.h>
#include <string.h>

bool recipe_is_temporal(const seg_method *method) {
    return (method->input & (SEG_INPUT_STREAM | SEG_INPUT_PAIR)) != 0;
}

/* ---- parameters ---- */

/* Points and `auto` are seeds as they stand; anything else names a picture. */
static bool names_picture(const seg_param *param, const char *value) {
    if (param->type == SEG_PARAM_PICTURE) return true;
    if (param->type != SEG_PARAM_SEEDS || text_equal(value, "auto")) return false;
    return value[strspn(value, "0123456789,;- ")] != 0;
}

/* True if a picture's name is that of each input's own, before there is an input. */
static bool put_off(recipe *target, const char *name) {
    const bool templated = name_is_template(name);
    target->templated = target->templated || templated;
    return templated && !target->input;
}

typedef bool picture_loader(seg_image *target, const char *path, const settings *from);

static bool load(seg_image *picture, const recipe *target, picture_loader *loader,
                 const char *name) {
    if (!name_is_template(name)) return loader(picture, name, target->settings);
    char *path = name_expand(name, target->input, target->index);
    const bool good = path && loader(picture, path, target->settings);
    free(path);
    return good;
}

/* False: a message was given. Better said before the work starts. */
static bool check_template(const char *name) {
    char *path = name_expand(name, "", 0);
    free(path);
    return path != NULL;
}

/* A picture that is put off is one pixel until then. */
static int set_picture(recipe *target, const seg_param *param, const char *path) {
    seg_image *picture = memory_get(1, sizeof *picture);
    memory_grow((void **)&target->pictures, (size_t)target->picture_count,
                sizeof *target->pictures);
    target->pictures[target->picture_count++] = picture;
    const bool labels = param->type == SEG_PARAM_SEEDS;
    file_identity there;
    if (!check_template(path)) return EXIT_USAGE;
    if (labels && !name_is_template(path) && !file_identify(&there, path)) {
        message_error(NULL,
                      "--%s has no valid value (got \"%s\", allowed auto, points x,y;x,y;... or "
                      "the name of a picture)",
                      param->name, path);
        return EXIT_USAGE;
    }
    seg_status status = SEG_OK;
    if (put_off(target, path))
        status = seg_image_alloc(picture, 1, 1, labels ? SEG_LABEL32 : SEG_U8, 1, NULL);
    else if (!load(picture, target, labels ? picture_load_labels : picture_load, path))
        return EXIT_FAILED;
    if (status >= 0)
        status =
            seg_params_set_picture(target->options, target->method->params, param->name, picture);
    if (status >= 0) return EXIT_DONE;
    message_error(NULL, "--%s: %s", param->name, message_reason(status));
    return EXIT_USAGE;
}

static int fail_parameter(const recipe *from, seg_status status) {
    message_parameter("segment", from->method->id, status);
    return EXIT_USAGE;
}

static int set_parameter(recipe *target, const char *name, const char *value) {
    const seg_param_table *table = target->method->params;
    const seg_param *param = seg_params_find(table, name);
    if (param && names_picture(param, value)) {
        int code = set_picture(target, param, value);
        json_object_set_new(target->parameters, param->name, json_string(value));
        return code;
    }
    seg_status status = seg_params_parse(target->options, table, name, value, NULL);
    if (status >= 0) return EXIT_DONE;
    return fail_parameter(target, status);
}

static int set_parameters(recipe *target) {
    const arguments *from = target->settings->arguments;
    const seg_param_table *table = target->method->params;
    target->options = memory_get(1, table->options_size);
    target->parameters = json_object();
    seg_params_init(target->options, table);
    for (int32_t i = 0; from->method && i < from->parameter_count; i++) {
        int code = set_parameter(target, from->parameters[i].name, from->parameters[i].value);
        if (code != EXIT_DONE) return code;
    }
    seg_context *trial = NULL; /* some rules are the method's own */
    seg_status status = seg_params_check(target->options, table);
    if (status >= 0) status = seg_context_create(&trial, target->method, target->options, NULL);
    target->outputs = seg_context_outputs(trial);
    seg_context_free(trial);
    if (status < 0) return fail_parameter(target, status);
    json_t *names = target->parameters; /* of pictures */
    target->parameters = parameters_describe(target->options, table, names);
    json_decref(names);
    return EXIT_DONE;
}

/* Parameters of --track and --events imply it, unless --no-track was said. */
static int set_tracks(recipe *target) {
    const arguments *from = target->settings->arguments;
    const char *said = from->values[OPTION_TRACK];
    seg_track_options_init(&target->track);
    for (int32_t i = 0; i < from->track_parameter_count; i++) {
        const parameter_text *given = &from->track_parameters[i];
        const seg_status status =
            seg_params_parse(&target->track, seg_track_params(), given->name, given->value, NULL);
        if (status >= 0) continue;
        message_error(NULL, "--%s", message_reason(status));
        return EXIT_USAGE;
    }
    const bool implied = from->track_parameter_count > 0 || target->settings->lines[LINES_EVENTS];
    target->tracks = said ? !*said : implied;
    return EXIT_DONE;
}

/* ---- what is drawn ---- */

static seg_render_kind default_render(uint32_t outputs) {
    if (outputs & SEG_OUTPUT_MASK) return SEG_RENDER_MASK;
    if (outputs & SEG_OUTPUT_LABELS) return SEG_RENDER_LABELS;
    if (outputs & SEG_OUTPUT_PICTURE) return SEG_RENDER_PICTURE;
    if (outputs & SEG_OUTPUT_SCORE) return SEG_RENDER_SCORE;
    return SEG_RENDER_BACKGROUND;
}

/* Labels can always be made of a mask. */
static bool can_render(uint32_t outputs, seg_render_kind kind) {
    bool frame;
    const uint32_t needs = seg_render_needs(kind, &frame);
    if (outputs & SEG_OUTPUT_MASK) outputs |= SEG_OUTPUT_LABELS;
    return !needs || (needs & outputs);
}

/* Only outlines have corners to leave out. */
static int check_simplify(recipe *target) {
    const settings *from = target->settings;
    const bool polygons = from->lines[LINES_OBJECTS] && from->shape == SHAPE_POLYGON;
    if (from->simplify <= 0 || target->svg || polygons) return EXIT_DONE;
    message_error(NULL, "--simplify: there are no outlines to simplify; name an .svg as OUTPUT, or "
                        "use --objects FILE --objects-shape polygon");
    return EXIT_USAGE;
}

/* The format that OUTPUT has by its name or by --format. */
static bool output_is(const settings *from, const char *format) {
    if (from->format) return text_equal(from->format, format);
    return from->output && text_ends_any_case(name_extension(from->output), format);
}

/* SVG holds the curves of methods that have them, unless contours are asked for; CSV holds nothing
 * else. */
static int choose_curves(recipe *target) {
    const settings *from = target->settings;
    const bool csv = output_is(from, "csv"), some = target->outputs & SEG_OUTPUT_CURVES;
    if (csv && !some) {
        message_error(from->output,
                      "CSV holds the curves of edges, and method %s gives none; "
                      "--objects FILE writes objects",
                      target->method->id);
        return EXIT_USAGE;
    }
    if (csv && from->render_given) {
        message_error(from->output, "CSV holds curves, which no --render shows; leave it out");
        return EXIT_USAGE;
    }
    target->curves = csv || (target->svg && some && !from->render_given);
    return EXIT_DONE;
}

/* "gaussian, median, ...": methods whose outputs can be shown so. */
static void add_givers(text_buffer *list, seg_render_kind kind) {
    enum { NAMED = 6 };
    int32_t count, found = 0;
    const seg_method *const *methods = seg_methods(&count);
    for (int32_t i = 0; i < count && found <= NAMED; i++) {
        const bool works = methods[i]->input & (SEG_INPUT_PICTURE | SEG_INPUT_STREAM);
        if (!works || !can_render(methods[i]->outputs, kind)) continue;
        text_add(list, "%s%s", found ? ", " : "", found < NAMED ? methods[i]->id : "...");
        found++;
    }
}

static int choose_render(recipe *target) {
    const settings *from = target->settings;
    const char *shown = from->arguments->values[OPTION_RENDER];
    target->svg = output_is(from, "svg");
    const int code = choose_curves(target);
    if (code != EXIT_DONE) return code;
    target->render = from->render_given ? from->render : default_render(target->outputs);
    if (target->svg && from->render_given && from->render != SEG_RENDER_CONTOURS) {
        message_error(from->output, "SVG holds outlines only (got --render %s, allowed contours)",
                      shown);
        return EXIT_USAGE;
    }
    if (target->svg && !target->curves) target->render = SEG_RENDER_LABELS;
    if (!can_render(target->outputs, target->render)) {
        text_buffer list = {0}, givers = {0};
        add_givers(&givers, target->render);
        for (int kind = 0; seg_render_name((seg_render_kind)kind); kind++)
            if (can_render(target->outputs, (seg_render_kind)kind))
                text_add(&list, "%s%s", list.length ? ", " : "",
                         seg_render_name((seg_render_kind)kind));
        message_error(NULL,
                      "--render: method %s gives no such output (got %s, allowed %s); methods that "
                      "do: %s",
                      target->method->id, target->svg ? "contours" : shown, list.data, givers.data);
        text_free(&list);
        text_free(&givers);
        return EXIT_USAGE;
    }
    target->content = SEG_CONTENT_PICTURE;
    if (target->render == SEG_RENDER_MASK) target->content = SEG_CONTENT_MASK;
    if (target->render == SEG_RENDER_LABELS || target->render == SEG_RENDER_SCORE)
        target->content = SEG_CONTENT_DATA;
    return EXIT_DONE;
}

/* ---- the whole ---- */

static int load_pictures(recipe *target) {
    const settings *from = target->settings;
    const char *const names[] = {from->ignore, from->known_foreground, from->markers};
    seg_image *const pictures[] = {&target->ignore, &target->known_foreground, &target->markers};
    picture_loader *const loaders[] = {picture_load_mask, picture_load_mask, picture_load_labels};
    for (int i = 0; i < 3; i++)
        if (names[i] && !check_template(names[i])) return EXIT_USAGE;
    for (int i = 0; i < 3; i++)
        if (names[i] && !put_off(target, names[i]) &&
            !load(pictures[i], target, loaders[i], names[i]))
            return EXIT_FAILED;
    if (!target->templated || !from->train) return EXIT_DONE;
    message_error(NULL, "--train: learns for all inputs; a picture for each of them ({stem} in its "
                        "name) does not go with it");
    return EXIT_USAGE;
}

static int load_model(recipe *target) {
    const settings *from = target->settings;
    const char *option = from->save_model   ? "save-model"
                         : from->load_model ? "load-model"
                                            : "train";
    if (!from->load_model && !from->save_model && !from->train) return EXIT_DONE;
    const bool keeps = target->method->save && target->method->load;
    if (!keeps && ((!target->tracks && !from->stabilize) || from->train)) {
        message_error(NULL, "--%s: method %s keeps no model", option, target->method->id);
        return EXIT_USAGE;
    }
    if (!from->load_model) return EXIT_DONE;
    return file_read(&target->model, &target->model_size, from->load_model) ? EXIT_DONE
                                                                            : EXIT_FAILED;
}

static int check_pipeline(recipe *target) {
    const settings *from = target->settings;
    seg_pipeline_config *made = &target->config;
    seg_pipeline *trial = NULL;
    seg_pipeline_config_init(made);
    made->method = target->method;
    made->options = target->options;
    made->pre = from->pre;
    made->post = from->post;
    made->keep = from->keep;
    made->roi = from->roi;
    made->ignore = target->ignore.data ? &target->ignore : NULL;
    made->objects = from->lines[LINES_OBJECTS] || target->render == SEG_RENDER_LABELS ||
                    target->render == SEG_RENDER_COLORS;
    made->stabilize = from->stabilize;
    made->follow = from->follow;
    made->track = target->tracks ? &target->track : NULL;
    made->intensities = from->lines[LINES_OBJECTS] != NULL;
    made->connectivity = from->objects_connectivity;
    made->render = target->render;
    made->curves = target->curves;
    seg_status status = seg_pipeline_create(&trial, made, NULL);
    seg_pipeline_free(trial);
    if (status >= 0) return EXIT_DONE;
    /* Details about a chain begin with its name. */
    const char *reason = message_reason(status);
    bool of_option = text_starts(reason, "pre,") || text_starts(reason, "post,") ||
                     text_starts(reason, "post:") || text_starts(reason, "keep:") ||
                     text_starts(reason, "roi ") || text_starts(reason, "stabilize:") ||
                     text_starts(reason, "view:");
    message_error(NULL, "%s%s", of_option ? "--" : "", reason);
    return status == SEG_ERROR_OPTION || status == SEG_ERROR_ARGUMENT ? EXIT_USAGE : EXIT_FAILED;
}

int recipe_make(recipe *target, const seg_method *method, const settings *from, const char *input,
                int32_t index) {
    *target = (recipe){.settings = from, .method = method, .input = input, .index = index};
    int (*const steps[])(recipe *) = {set_parameters, set_tracks, choose_render, check_simplify,
                                      load_pictures,  load_model, check_pipeline};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        int code = steps[i](target);
        if (code != EXIT_DONE) return code;
    }
    return EXIT_DONE;
}

void recipe_free(recipe *target) {
    if (target->options) seg_params_clear(target->options, target->method->params, NULL);
    free(target->options);
    for (int32_t i = 0; i < target->picture_count; i++) {
        seg_image_unref(target->pictures[i]);
        free(target->pictures[i]);
    }
    free(target->pictures);
    seg_image_unref(&target->ignore);
    seg_image_unref(&target->known_foreground);
    seg_image_unref(&target->markers);
    free(target->model);
    json_decref(target->parameters);
    *target = (recipe){0};
}

static void describe_text(json_t *target, const char *name, const char *value) {
    if (value) json_object_set_new(target, name, json_string(value));
}

json_t *recipe_describe(const recipe *from) {
    const settings *chosen = from->settings;
    const char *const *values = chosen->arguments->values;
    json_t *all = json_object();
    describe_text(all, "method", from->method->id);
    /* A copy: recipes are shared between threads, and counts of references are no matter of locks.
     */
    json_object_set_new(all, "parameters", json_deep_copy(from->parameters));
    describe_text(all, "pre", chosen->pre);
    describe_text(all, "post", chosen->post);
    describe_text(all, "keep", chosen->keep);
    if (from->tracks)
        json_object_set_new(all, "track",
                            parameters_describe(&from->track, seg_track_params(), NULL));
    describe_text(all, "train", chosen->train);
    describe_text(all, "stabilize", values[OPTION_STABILIZE]);
    describe_text(all, "view", values[OPTION_VIEW]);
    describe_text(all, "roi", values[OPTION_ROI]);
    json_object_set_new(all, "render",
                        json_string(from->svg ? "contours" : seg_render_name(from->render)));
    if (chosen->objects_connectivity != 8)
        json_object_set_new(all, "objects_connectivity",
                            json_integer(chosen->objects_connectivity));
    if (values[OPTION_RNG_SEED])
        json_object_set_new(all, "rng_seed", json_integer(chosen->rng_seed));
    return all;
}
