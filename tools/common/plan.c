#include "common/plan.h"
#include "common/messages.h"
#include "common/text.h"
#include <stdlib.h>
#include <string.h>

const recipe *plan_recipe(plan *from, bool still, int *code) {
    const seg_method *method = from->settings->arguments->method;
    int slot = method || still ? 0 : 1;
    *code = EXIT_DONE;
    if (from->recipes[slot]) return from->recipes[slot];
    if (!method) method = seg_method_find(still ? "otsu" : "consensus");
    recipe *made = memory_get(1, sizeof *made);
    *code = recipe_make(made, method, from->settings, NULL, 0);
    if (*code == EXIT_DONE) return from->recipes[slot] = made;
    recipe_free(made);
    free(made);
    return NULL;
}

/* ---- inputs ---- */

static job *add_job(plan *target, const char *input, seg_source_kind kind) {
    memory_grow((void **)&target->jobs, (size_t)target->job_count, sizeof *target->jobs);
    job *added = &target->jobs[target->job_count];
    *added = (job){.index = target->job_count++, .input = text_copy(input), .kind = kind};
    added->sequence = kind == SEG_SOURCE_SEQUENCE;
    return added;
}

/* Finds out, before the work starts, that an input cannot be used. */
static int refuse(plan *target, const char *input, const char *why) {
    if (!target->settings->keep_going) {
        message_error(input, "%s", why);
        return EXIT_FAILED;
    }
    add_job(target, input, SEG_SOURCE_NONE)->problem = text_copy(why);
    return EXIT_DONE;
}

static bool wants_sequence(plan *target, int32_t pictures, int32_t videos) {
    const seg_method *method = target->settings->arguments->method;
    if (target->settings->reader.sequence) return true;
    return method && recipe_is_temporal(method) && pictures && !videos;
}

static int add_directory(plan *target, const char *input) {
    seg_names names = {0};
    int32_t pictures = 0, videos = 0;
    seg_status status = seg_names_list(&names, input, NULL);
    if (status < 0) {
        int code = refuse(target, input, message_reason(status));
        seg_names_free(&names, NULL);
        return code;
    }
    seg_source_kind *kinds = memory_get((size_t)names.count, sizeof *kinds);
    for (int32_t i = 0; i < names.count; i++) {
        kinds[i] = seg_source_probe(names.items[i]);
        pictures += kinds[i] == SEG_SOURCE_PICTURE;
        videos += kinds[i] == SEG_SOURCE_VIDEO;
    }
    int code = EXIT_DONE;
    if (!pictures && !videos) {
        code = refuse(target, input, "no pictures and no videos are in this directory");
    } else if (wants_sequence(target, pictures, videos)) {
        add_job(target, input, SEG_SOURCE_DIRECTORY)->sequence = true;
    } else {
        for (int32_t i = 0; i < names.count; i++) {
            if (kinds[i] == SEG_SOURCE_PICTURE || kinds[i] == SEG_SOURCE_VIDEO)
                add_job(target, names.items[i], kinds[i]);
            else if (name_is_media(names.items[i])) /* damaged: the reader says how */
                add_job(target, names.items[i], SEG_SOURCE_VIDEO);
            else
                message_warning(names.items[i], "left out: neither a picture nor a video");
        }
    }
    free(kinds);
    seg_names_free(&names, NULL);
    return code;
}

static int add_input(plan *target, const char *input) {
    const seg_reader_options *reader = &target->settings->reader;
    seg_source_kind kind = seg_source_probe(input);
    file_identity exists;
    if (kind == SEG_SOURCE_DIRECTORY) return add_directory(target, input);
    if (kind == SEG_SOURCE_NONE && !file_identify(&exists, input)) {
        bool many = name_is_pattern(input) || strpbrk(input, "*?[");
        return refuse(target, input,
                      many ? "no file fits this pattern" : "no such file or directory");
    }
    /* What is forced by an option, and what nobody recognised, is for the reader to judge. */
    if (kind == SEG_SOURCE_NONE || (reader->format && kind == SEG_SOURCE_PICTURE))
        kind = SEG_SOURCE_VIDEO;
    add_job(target, input, kind);
    return EXIT_DONE;
}

static int choose_recipes(plan *target) {
    const settings *from = target->settings;
    for (int32_t i = 0; i < target->job_count; i++) {
        job *item = &target->jobs[i];
        int code;
        bool unknown = item->kind == SEG_SOURCE_STREAM && !from->arguments->method;
        if (item->problem) continue;
        if (unknown && !plan_recipe(target, true, &code)) return code;
        item->recipe = plan_recipe(target, item->kind == SEG_SOURCE_PICTURE, &code);
        if (!item->recipe) return code;
        if (unknown) item->recipe = NULL;
    }
    return EXIT_DONE;
}

/* ---- outputs ---- */

/* Extension of a file that the program names itself. */
static const char *own_extension(const settings *from, const job *item, bool still) {
    static const char *const containers[][2] = {{"matroska", "mkv"}, {"jpeg", "jpg"}};
    if (item->recipe && item->recipe->svg) return "svg";
    if (item->recipe && item->recipe->curves) return "csv";
    if (!from->format) return still ? "png" : "mkv";
    for (size_t i = 0; i < sizeof containers / sizeof *containers; i++)
        if (text_equal(from->format, containers[i][0])) return containers[i][1];
    return from->format;
}

static bool is_still_name(const settings *from, const char *output) {
    return name_is_still(from->format ? from->format : name_extension(output));
}

static void choose_kind(const settings *from, job *item) {
    bool svg =
        from->format ? text_equal(from->format, "svg") : text_ends_any_case(item->output, ".svg");
    bool single = item->kind == SEG_SOURCE_PICTURE && !from->reader_needed;
    bool still = is_still_name(from, item->output) && !name_is_pattern(item->output);
    bool model = item->recipe && item->recipe->render == SEG_RENDER_BACKGROUND;
    item->output_kind = OUTPUT_WRITER;
    if (text_equal(item->output, "null:"))
        item->output_kind = OUTPUT_NULL;
    else if (item->recipe && item->recipe->curves)
        item->output_kind = OUTPUT_CURVES;
    else if (svg)
        item->output_kind = OUTPUT_SVG;
    else if (single && still)
        item->output_kind = OUTPUT_PICTURE;
    else if (model && still && !text_equal(item->output, "-"))
        item->output_kind = OUTPUT_LAST;
}

static int into_directory(plan *target, job *item) {
    const settings *from = target->settings;
    char *stem = name_stem(item->input);
    if (item->sequence && (!from->format || name_is_still(from->format))) {
        seg_status status = seg_names_list(&item->names, item->input, NULL);
        item->output_kind = OUTPUT_FRAMES;
        item->output =
            target->job_count > 1 ? name_join(from->output, stem) : text_copy(from->output);
        if (status < 0) item->problem = text_copy(message_reason(status));
    } else {
        bool still = item->kind == SEG_SOURCE_PICTURE && !from->codec;
        char *name = text_format("%s.%s", stem, own_extension(from, item, still));
        item->output = name_join(from->output, name);
        free(name);
        choose_kind(from, item);
    }
    free(stem);
    return EXIT_DONE;
}

/* OUTPUT is a directory if it is one, is written like one, or must be one. */
static bool output_is_directory(const plan *target) {
    const char *output = target->settings->output;
    if (text_equal(output, "-") || text_equal(output, "null:") || name_is_template(output) ||
        name_is_pattern(output))
        return false;
    if (name_is_directory(output) || text_ends(output, "/")) return true;
    file_identity exists;
    if (file_identify(&exists, output) || *name_extension(output)) return false;
    return target->job_count > 1 || target->jobs[0].kind == SEG_SOURCE_DIRECTORY ||
           name_is_directory(target->settings->inputs[0]);
}

static int fail_usage(const char *subject, const char *why) {
    message_error(subject, "%s", why);
    return EXIT_USAGE;
}

/* How several inputs become one video, if that may be meant. */
static const char *one_video_hint(const plan *target) {
    const settings *from = target->settings;
    const char *format = from->format ? from->format : name_extension(from->output);
    if (!*format || name_is_still(format)) return "";
    for (int32_t i = 0; i < target->job_count; i++)
        if (target->jobs[i].kind != SEG_SOURCE_PICTURE) return "";
    if (from->input_count == 1) return "; --sequence makes them one video";
    return "; one video is made of a quoted pattern, such as 'frames/*.png'";
}

static int assign_outputs(plan *target) {
    const settings *from = target->settings;
    const char *output = from->output;
    if (!output) return EXIT_DONE;
    bool directory = output_is_directory(target), spread = name_is_template(output);
    target->to_directory = directory;
    if (target->job_count > 1 && !directory && !spread && !text_equal(output, "null:")) {
        message_error(output,
                      "%d inputs need as many outputs (got one name); give a directory, or "
                      "a name with {stem} or {index}%s",
                      (int)target->job_count, one_video_hint(target));
        return EXIT_USAGE;
    }
    if (text_equal(output, "-") && !from->format)
        return fail_usage(NULL, "OUTPUT is standard output and needs --format (y4m, nut, "
                                "rawvideo, pam or png)");
    for (int32_t i = 0; i < target->job_count; i++) {
        job *item = &target->jobs[i];
        if (item->problem) continue;
        if (directory) {
            into_directory(target, item);
        } else {
            item->output = spread ? name_expand(output, item->input, i) : text_copy(output);
            if (!item->output) return EXIT_USAGE;
            choose_kind(from, item);
        }
        if (item->output_kind == OUTPUT_CURVES && item->recipe->svg &&
            item->kind != SEG_SOURCE_PICTURE)
            return fail_usage(item->input, "SVG takes the curves of one picture, not of video; "
                                           "CSV takes those of all frames");
        if (item->output_kind == OUTPUT_SVG && item->kind != SEG_SOURCE_PICTURE)
            return fail_usage(item->input, "SVG takes the outlines of one picture, not of video; "
                                           "--objects with --objects-shape polygon gives them");
    }
    return EXIT_DONE;
}

static int assign_lines(plan *target) {
    for (int file = 0; file < LINES_COUNT; file++) {
        const char *name = target->settings->lines[file];
        if (!name || !name_is_template(name)) continue;
        for (int32_t i = 0; i < target->job_count; i++) {
            job *item = &target->jobs[i];
            if (!(item->lines[file] = name_expand(name, item->input, i))) return EXIT_USAGE;
        }
    }
    return EXIT_DONE;
}

/* The option whose file several inputs would share, or NULL. */
static const char *shared_lines(const settings *from) {
    static const option_id options[LINES_COUNT] = {OPTION_OBJECTS, OPTION_EVENTS};
    for (int file = 0; file < LINES_COUNT; file++)
        if (from->lines[file] && !name_is_template(from->lines[file]))
            return option_get(options[file])->name;
    return NULL;
}

/* ---- the whole ---- */

static int check_combinations(const plan *target) {
    const settings *from = target->settings;
    const seg_method *method = from->arguments->method;
    const char *shared = shared_lines(from);
    if ((from->save_model || from->load_model) && target->job_count > 1)
        return fail_usage(NULL, "--save-model and --load-model take one input; a model belongs to "
                                "one view");
    if (from->train && from->load_model)
        return fail_usage(NULL, "--train and --load-model both say what the model begins with; "
                                "give one of them");
    if (from->resume &&
        (!from->output || text_equal(from->output, "-") || text_equal(from->output, "null:")))
        return fail_usage(NULL, "--resume needs an OUTPUT that is a file or directory");
    if (from->resume && shared && target->job_count > 1) {
        message_error(NULL,
                      "--resume with several inputs needs an --%s file for each; put {stem} into "
                      "its name",
                      shared);
        return EXIT_USAGE;
    }
    if (from->markers && method && !(method->needs & SEG_NEED_SEEDS)) {
        message_error(NULL, "--markers: method %s takes no seeds", method->id);
        return EXIT_USAGE;
    }
    if (from->known_foreground && method && !method->save) {
        message_error(NULL, "--known-foreground: method %s learns no background", method->id);
        return EXIT_USAGE;
    }
    return EXIT_DONE;
}

static void free_job(job *item) {
    free(item->input);
    free(item->output);
    for (int file = 0; file < LINES_COUNT; file++)
        free(item->lines[file]);
    free(item->problem);
    seg_names_free(&item->names, NULL);
}

/* --shard: a run of the jobs stays. Names were given before, as if all were done. */
static void keep_shard(plan *target) {
    const settings *from = target->settings;
    const int64_t count = target->job_count;
    const int32_t first = (int32_t)(count * (from->shard - 1) / from->shards);
    const int32_t end = (int32_t)(count * from->shard / from->shards);
    target->several = count > 1;
    target->job_count = 0;
    for (int32_t i = 0; i < count; i++) {
        if (i < first || i >= end) {
            free_job(&target->jobs[i]);
            continue;
        }
        target->jobs[target->job_count] = target->jobs[i];
        target->jobs[target->job_count].index = target->job_count;
        target->job_count++;
    }
}

int plan_make(plan *target, const settings *from) {
    *target = (plan){.settings = from};
    int code = EXIT_DONE;
    /* A wrong parameter is found even where the input is missing, too. */
    const bool wanted = from->arguments->method || !from->input_count;
    if (wanted && !plan_recipe(target, false, &code)) return code;
    for (int32_t i = 0; i < from->input_count && code == EXIT_DONE; i++)
        code = add_input(target, from->inputs[i]);
    if (code == EXIT_DONE) code = check_combinations(target);
    if (code == EXIT_DONE) code = choose_recipes(target);
    if (code == EXIT_DONE) code = assign_outputs(target);
    if (code == EXIT_DONE) code = assign_lines(target);
    if (code == EXIT_DONE) keep_shard(target);
    return code;
}

bool plan_makes_parent(const plan *from, const job *item) {
    if (!item->output || item->output_kind == OUTPUT_FRAMES) return false;
    return from->to_directory || name_is_template(from->settings->output) ||
           name_is_pattern(item->output);
}

void plan_free(plan *target) {
    for (int32_t i = 0; i < target->job_count; i++)
        free_job(&target->jobs[i]);
    free(target->jobs);
    for (int i = 0; i < 2; i++)
        if (target->recipes[i]) {
            recipe_free(target->recipes[i]);
            free(target->recipes[i]);
        }
    *target = (plan){0};
}
