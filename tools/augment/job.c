#include "augment/job.h"
#include "augment/labels.h"
#include "augment/manifest.h"
#include "augment/pipeline_file.h"
#include "common/messages.h"
#include "common/text.h"
#include "common/values.h"
#include <segment/media.h>
#include <stdlib.h>
#include <string.h>

static bool usage(const char *subject, const char *what) {
    message_error(subject, "%s", what);
    return false;
}

static bool read_names(augment_job *target, const arguments *given) {
    const bool output = !given->values[OPTION_PREVIEW] && !given->values[OPTION_ONLINE];
    const int32_t count = given->name_count;
    if (count < 1 + output) {
        message_error(NULL, "%s (got %d name%s); see segment-augment --help",
                      output ? "INPUT and OUTPUT are wanted" : "INPUT is wanted", (int)count,
                      count == 1 ? "" : "s");
        return false;
    }
    target->settings.inputs = given->names;
    target->settings.input_count = count - output;
    if (!output) return true;
    target->output = given->names[count - 1];
    if (text_equal(target->output, "-"))
        return usage(NULL, "OUTPUT is a directory; --online writes batches to standard output");
    for (int32_t i = 0; i < count - 1; i++) {
        file_identity a, b;
        if (file_identify(&a, given->names[i]) && file_identify(&b, target->output) &&
            file_same(&a, &b))
            return usage(target->output, "is an input, too; copies would be copied again");
    }
    return true;
}

/* What a manifest says already. */
static bool check_replay(const arguments *given) {
    static const option_id others[] = {OPTION_PIPELINE, OPTION_COPIES,         OPTION_ORIGINALS,
                                       OPTION_BALANCE,  OPTION_RNG_SEED,       OPTION_BOXES_FROM,
                                       OPTION_MIN_AREA, OPTION_MIN_VISIBILITY, OPTION_IGNORED_CLASS,
                                       OPTION_RESIZE,   OPTION_CHANNELS,       OPTION_FORMAT,
                                       OPTION_QUALITY,  OPTION_COMPRESSION,    OPTION_PREVIEW,
                                       OPTION_ONLINE,   OPTION_CLIPS};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (given->values[others[i]]) {
            message_error(NULL, "--%s cannot be changed with --replay: the manifest says it",
                          option_get(others[i])->name);
            return false;
        }
    return true;
}

/* Options that would do nothing. */
static bool check_use(const arguments *given) {
    static const option_id files[] = {OPTION_MANIFEST,  OPTION_REPORT, OPTION_OUTPUT_LABELS,
                                      OPTION_ORIGINALS, OPTION_RESUME, OPTION_DRY_RUN},
                           stream[] = {OPTION_EPOCHS, OPTION_BATCH, OPTION_SHUFFLE};
    const bool online = given->values[OPTION_ONLINE], preview = given->values[OPTION_PREVIEW];
    const char *saliency = given->values[OPTION_SALIENCY];
    if (saliency && !*saliency) return usage(NULL, "--saliency is empty (a directory is wanted)");
    if (online && preview)
        return usage(NULL, "--online and --preview both say what is written; give one of them");
    for (size_t i = 0; (online || preview) && i < sizeof files / sizeof *files; i++)
        if (given->values[files[i]]) {
            message_error(NULL, "--%s goes with copies in files, not with --%s",
                          option_get(files[i])->name, online ? "online" : "preview");
            return false;
        }
    for (size_t i = 0; !online && i < sizeof stream / sizeof *stream; i++)
        if (given->values[stream[i]]) {
            message_error(NULL, "--%s goes with --online", option_get(stream[i])->name);
            return false;
        }
    return true;
}

static bool parse_rule(augment_job *target, option_id id) {
    const char *value = target->given->values[id];
    if (!value || seg_params_parse(&target->rules, &seg_augment_params, option_get(id)->name, value,
                                   NULL) >= 0)
        return true;
    message_error(NULL, "--%s", message_reason(SEG_ERROR_OPTION));
    return false;
}

static bool read_size(augment_job *target) {
    const seg_reader_options *reader = &target->settings.reader;
    if (reader->scale > 0)
        return usage(NULL, "--resize has no valid value (a share of the size is none here; "
                           "allowed WIDTHxHEIGHT in pixels, e.g. 224x224)");
    target->width = reader->width;
    target->height = reader->height;
    target->settings.reader.width = target->settings.reader.height = 0; /* labels move, too */
    return true;
}

bool job_read_count(int32_t *value, const arguments *given, option_id id, int32_t most) {
    const char *text = given->values[id];
    int64_t got;
    if (!text) return true;
    if (value_integer(&got, text) && got >= 1 && got <= most) {
        *value = (int32_t)got;
        return true;
    }
    message_error(NULL, "--%s has no valid value (got \"%s\", allowed 1 to %ld)",
                  option_get(id)->name, text, (long)most);
    return false;
}

static bool read_recipe(augment_job *target) {
    static const option_id rules[] = {OPTION_BOXES_FROM, OPTION_MIN_AREA, OPTION_MIN_VISIBILITY,
                                      OPTION_IGNORED_CLASS};
    const char *const *values = target->given->values;
    target->rules.seed = target->settings.rng_seed;
    target->first = values[OPTION_ORIGINALS] ? 0 : 1;
    target->last = 1;
    target->clips = values[OPTION_CLIPS];
    if (values[OPTION_CHANNELS]) target->channels = values[OPTION_CHANNELS][0] - '0';
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (!parse_rule(target, rules[i])) return false;
    if (!values[OPTION_PIPELINE] && !values[OPTION_ORIGINALS] && !values[OPTION_RESIZE])
        return usage(NULL, "--pipeline is missing; e.g. --pipeline 'hflip(p=0.5), "
                           "rotate(limit=15)', or --list for what there is");
    target->text = values[OPTION_PIPELINE] ? pipeline_read(values[OPTION_PIPELINE]) : text_copy("");
    return target->text && read_size(target) &&
           job_read_count(&target->last, target->given, OPTION_COPIES, 1000000);
}

static bool read_cache(augment_job *target) {
    const char *text = target->given->values[OPTION_CACHE];
    target->cache = (int64_t)512 << 20;
    if (!text || (value_count(&target->cache, text, 1024) && target->cache >= 0)) return true;
    message_error(NULL, "--cache has no valid value (got \"%s\", allowed bytes, e.g. 512M or 0)",
                  text);
    return false;
}

static bool compile(augment_job *target) {
    char *resize = target->width ? text_format("resize(width=%d, height=%d)", (int)target->width,
                                               (int)target->height)
                                 : text_copy("");
    char *whole = text_format("%s%s%s", target->text, *target->text && *resize ? ", " : "", resize);
    const seg_env env = {.limits = &target->settings.limits};
    seg_status status = seg_augment_pipeline_create(&target->pipeline, whole, &target->rules, &env);
    if (status >= 0)
        status = seg_augment_pipeline_create(&target->plain, resize, &target->rules, &env);
    free(resize);
    free(whole);
    if (status < 0) message_error(NULL, "--%s", message_reason(status));
    return status >= 0;
}

static bool check_clips(const augment_job *job) {
    const set_item *clip = NULL;
    if (job->clips && job->given->values[OPTION_BALANCE])
        return usage(NULL, "--balance copies pictures one by one, which would tear the clips of "
                           "--clips apart; give one of them");
    for (int32_t i = 0; i < job->set.count && !clip; i++)
        if (job->set.items[i].clip) clip = &job->set.items[i];
    if (!clip) return true;
    if (seg_augment_pipeline_mixes(job->pipeline))
        return usage(clip->path, "is a video; steps that mix several samples take pictures only");
    if (job->given->values[OPTION_LABELS])
        return usage(clip->path, "is a video; --labels are of pictures: give its frames "
                                 "as pictures of a directory, and --clips");
    if (job->given->values[OPTION_SALIENCY])
        return usage(clip->path, "is a video; --saliency is of pictures");
    if (!job->output) return usage(clip->path, "is a video; --preview and --online take pictures");
    return true;
}

static bool check_set(const augment_job *job, const char *manifest) {
    const json_t *recorded = json_object_get(job->recorded, "set"),
                 *now = json_object_get(job->header, "set");
    const char *name;
    json_t *records;
    if (seg_augment_pipeline_mixes(job->pipeline) && !json_equal(recorded, now)) {
        message_error(manifest,
                      "was written of another set (%ld names, hash %s; got %ld, hash %s), and "
                      "partners are drawn from all of it",
                      (long)json_integer_value(json_object_get(recorded, "count")),
                      json_string_value(json_object_get(recorded, "hash")), (long)job->set.count,
                      json_string_value(json_object_get(now, "hash")));
        return false;
    }
    json_object_foreach(job->replayed, name, records) {
        if (set_find(&job->set, name) >= 0) continue;
        message_error(manifest, "has the sample \"%s\", which is not in the inputs", name);
        return false;
    }
    return true;
}

static bool is_single_file(const augment_job *job) {
    const char *output = job->output;
    file_identity there;
    if (!output || job->settings.input_count != 1 || job->set.count != 1 || job->first != 1 ||
        job->last != 1 || job->replayed || job->given->values[OPTION_BALANCE])
        return false;
    return file_identify(&there, job->settings.inputs[0]) &&
           !name_is_directory(job->settings.inputs[0]) && !name_is_directory(output) &&
           !text_ends(output, "/") && name_is_media(output);
}

/* ---- outputs ---- */

/* What a still format becomes where --channels is more than it holds. */
static const char *holding(const char *extension, int32_t channels) {
    const bool portable = text_choice("pbm|pgm|ppm|pnm", extension) >= 0;
    if (channels == 2 || channels == 4)
        return portable ? "pam" : text_choice("jpg|jpeg", extension) >= 0 ? "png" : extension;
    return !portable || !channels ? extension : channels == 1 ? "pgm" : "ppm";
}

const char *job_extension(const augment_job *job, const set_item *item) {
    const char *format = job->settings.format, *own = name_extension(item->name);
    if (format && text_equal(format, "jpeg")) format = "jpg";
    if (format && text_equal(format, "matroska")) format = "mkv";
    if (format && job->output && name_is_still(format) != item->clip) return format;
    if (item->clip)
        return name_has_extension(item->name, "mp4|mkv|avi|mov|m4v|webm|nut|y4m") ? own : "mkv";
    if (!name_is_still(own) || text_equal(own, "flo")) return "png";
    return holding(own, job->channels);
}

char *job_output_name(const augment_job *from, const set_item *item, int32_t copy) {
    if (from->to_file) return name_base(from->output);
    return text_format("%s_%ld.%s", item->stem, (long)copy, job_extension(from, item));
}

char *job_output_path(const augment_job *from, const char *name) {
    return from->to_file ? text_copy(from->output) : name_join(from->output, name);
}

seg_picture_write_options job_encoding(const augment_job *from) {
    const settings *s = &from->settings;
    seg_picture_write_options options;
    seg_picture_write_options_init(&options);
    if (s->quality) options.quality = s->quality;
    if (s->compression >= 0) options.compression = s->compression;
    if (from->to_file && s->format && name_is_still(s->format)) options.format = s->format;
    return options;
}

int32_t job_shard(const augment_job *from, int32_t *end) {
    const settings *s = &from->settings;
    *end = (int32_t)((int64_t)from->set.count * s->shard / s->shards);
    return (int32_t)((int64_t)from->set.count * (s->shard - 1) / s->shards);
}

/* What a copy writes, and the sample it is of. */
typedef struct named_output {
    char *name;
    const char *sample;
} named_output;

static int compare_outputs(const void *a, const void *b) {
    return strcmp(((const named_output *)a)->name, ((const named_output *)b)->name);
}

/* The names of first copies, of which others follow, or all that a manifest has. */
static named_output *list_outputs(const augment_job *job, size_t *count) {
    const char *sample;
    json_t *records, *record;
    size_t k;
    named_output *list = NULL;
    *count = 0;
    if (!job->replayed) {
        list = memory_get((size_t)job->set.count, sizeof *list);
        for (; *count < (size_t)job->set.count; ++*count)
            list[*count] = (named_output){job_output_name(job, &job->set.items[*count], 1),
                                          job->set.items[*count].name};
        return list;
    }
    json_object_foreach(job->replayed, sample, records) {
        json_array_foreach(records, k, record) {
            const char *output = json_string_value(json_object_get(record, "output"));
            memory_grow((void **)&list, *count, sizeof *list);
            list[(*count)++] = (named_output){text_copy(output), sample};
        }
    }
    return list;
}

static void cut_extension(char *name) {
    const char *extension = name_extension(name);
    if (*extension) name[extension - name - 1] = 0;
}

/* Of folders that need not be there yet. */
static bool is_same_folder(const char *a, const char *b) {
    file_identity first, second;
    const bool there = file_identify(&first, a), other = file_identify(&second, b);
    if (there || other) return there && other && file_same(&first, &second);
    while (text_starts(a, "./"))
        a += 2;
    while (text_starts(b, "./"))
        b += 2;
    size_t length = strlen(a), length_b = strlen(b);
    while (length > 1 && a[length - 1] == '/')
        length--;
    while (length_b > 1 && b[length_b - 1] == '/')
        length_b--;
    return length == length_b && memcmp(a, b, length) == 0;
}

/* Label pictures are PNG of the same names. */
static bool check_label_pictures(const augment_job *job, const named_output *list, size_t count) {
    size_t i = 0;
    if (!labels_are_pictures(job)) return true;
    while (i < count && !name_has_extension(list[i].name, "png"))
        i++;
    if (i == count) return true;
    char *folder = job->to_file ? name_parent(job->output) : text_copy(job->output);
    const bool same = is_same_folder(folder, job->given->values[OPTION_OUTPUT_LABELS]);
    free(folder);
    if (same)
        message_error(list[i].name, "would be the name of a copy and of its labels; give "
                                    "--output-labels a folder of its own");
    return !same;
}

/* a.jpg and a.png have copies of one name where both become PNG, and labels of one name where each
 * picture has a file of them. */
static bool check_outputs(const augment_job *job) {
    const bool labels = labels_are_files(job);
    size_t count;
    if (!job->output) return true;
    named_output *list = list_outputs(job, &count);
    bool good = check_label_pictures(job, list, count);
    for (size_t i = 0; labels && i < count; i++)
        cut_extension(list[i].name);
    if (count) qsort(list, count, sizeof *list, compare_outputs);
    for (size_t i = 1; good && i < count; i++) {
        good = !text_equal(list[i - 1].name, list[i].name);
        if (good) continue;
        const bool ordered = strcmp(list[i - 1].sample, list[i].sample) < 0;
        message_error(list[i].name, "would be the name of %s of two inputs, %s and %s",
                      labels ? "labels" : "copies", list[ordered ? i - 1 : i].sample,
                      list[ordered ? i : i - 1].sample);
    }
    for (size_t i = 0; i < count; i++)
        free(list[i].name);
    free(list);
    return good;
}

int job_make(augment_job *target, const arguments *given) {
    const char *manifest = given->values[OPTION_REPLAY];
    *target = (augment_job){.given = given};
    seg_augment_options_init(&target->rules);
    if (!settings_read_options(&target->settings, given) || !check_use(given) ||
        !read_names(target, given))
        return EXIT_USAGE;
    if (manifest &&
        (!check_replay(given) || !manifest_read(&target->recorded, &target->replayed, manifest)))
        return EXIT_USAGE;
    if (!(manifest ? manifest_apply(target, target->recorded, manifest) : read_recipe(target)) ||
        !read_cache(target) || !compile(target))
        return EXIT_USAGE;
    int code = set_list(&target->set, &target->settings, target->output);
    if (code != EXIT_DONE) return code;
    target->header = manifest_header(target);
    target->to_file = is_single_file(target);
    if (!check_clips(target) || (manifest && !check_set(target, manifest))) return EXIT_USAGE;
    code = labels_open(target);
    return code == EXIT_DONE && !(check_outputs(target) && labels_check(target)) ? EXIT_USAGE
                                                                                 : code;
}

void job_free(augment_job *target) {
    seg_labels_close(target->labels);
    seg_augment_pipeline_free(target->pipeline);
    seg_augment_pipeline_free(target->plain);
    set_free(&target->set);
    free(target->text);
    free(target->copies);
    json_decref(target->header);
    json_decref(target->recorded);
    json_decref(target->replayed);
    *target = (augment_job){0};
}
