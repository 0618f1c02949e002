/* The loop of segment-flow: frames in, fields, pictures and numbers out. */
#include "flow/run.h"
#include "common/messages.h"
#include "common/names.h"
#include "common/outfile.h"
#include "common/parameters.h"
#include "common/pictures.h"
#include "common/progress.h"
#include "common/record.h"
#include "common/signals.h"
#include "common/text.h"
#include "flow/describe.h"
#include "flow/field.h"
#include "flow/points.h"
#include <jansson.h>
#include <segment/imgproc.h>
#include <segment/motion.h>
#include <segment/render.h>
#include <segment/version.h>
#include <stdlib.h>
#include <string.h>

/* What OUTPUT shows: the kinds of --render, in the order of its choices. */
typedef enum shown_kind {
    SHOW_FLOW,
    SHOW_KITTI,
    SHOW_COLOR,
    SHOW_HSV,
    SHOW_ARROWS,
    SHOW_MAGNITUDE,
    SHOW_WARPED,
    SHOW_RESIDUAL,
    SHOW_OCCLUSION,
    SHOW_CONFIDENCE
} shown_kind;

typedef struct flow_job {
    settings settings;
    const seg_method *method;
    void *options;
    const char *first, *second; /* second NULL: one input of frames */
    const char *output;
    shown_kind shown;
    bool per_second, check, legend;
    double largest; /* of --max-flow; else found in the first field, 0 until then */
    seg_pool *pool;
    seg_env env;
    seg_context *context;
    seg_result result;
    seg_reader *reader;
    seg_writer *writer; /* opened with the first field; NULL for null: */
    bool to_nothing;
    outfile statistics;
    bool has_statistics;
    bool follows;                      /* --points: */
    point_tracks *points;              /* in place of fields */
    seg_frame before;                  /* the frame before the one at hand */
    seg_image picture, warped, inside; /* drawn, brought back, where */
    int64_t frames, fields;
    decision_notes decisions;
    text_buffer warnings;  /* a line each */
    double begin, seconds; /* when it started, spent on fields or points */
} flow_job;

static bool fail(const char *subject, seg_status status) {
    message_error(subject, "%s", message_reason(status));
    return false;
}

/* ---- what is asked for ---- */

static shown_kind shown_by_name(const char *output, const char *format) {
    if (name_holds_floats(output, format)) return SHOW_FLOW;
    return text_ends_any_case(output, ".kitti.png") ? SHOW_KITTI : SHOW_COLOR;
}

static bool read_names(flow_job *job, const arguments *given) {
    if (given->name_count < 2 || given->name_count > 3) {
        message_error(NULL,
                      "FRAME1 FRAME2 OUTPUT or VIDEO OUTPUT is wanted (got %d names); see "
                      "segment-flow --help",
                      (int)given->name_count);
        return false;
    }
    job->first = given->names[0];
    job->second = given->name_count == 3 ? given->names[1] : NULL;
    job->output = given->names[given->name_count - 1];
    job->to_nothing = text_equal(job->output, "null:");
    const char *const in[] = {job->first, job->second};
    for (int i = 0; i < 2; i++) {
        file_identity a, b;
        if (in[i] && file_identify(&a, in[i]) && file_identify(&b, job->output) &&
            file_same(&a, &b)) {
            message_error(job->output, "is an input, too; it would be overwritten");
            return false;
        }
    }
    file_identity there;
    if (!job->settings.overwrite && !job->to_nothing && !text_equal(job->output, "-") &&
        !name_is_directory(job->output) && file_identify(&there, job->output) &&
        !text_starts(job->output, "/dev/")) {
        message_error(job->output, "exists already; -y replaces it");
        return false;
    }
    return true;
}

static bool read_options(flow_job *job, const arguments *given) {
    const char *const *values = given->values;
    const char *render = values[OPTION_FLOW_RENDER], *most = values[OPTION_MAX_FLOW];
    job->shown = render ? (shown_kind)text_choice(option_get(OPTION_FLOW_RENDER)->choices, render)
                        : shown_by_name(job->output, job->settings.format);
    job->per_second = values[OPTION_UNIT] && text_equal(values[OPTION_UNIT], "px/s");
    job->check = values[OPTION_CHECK] != NULL;
    job->legend = values[OPTION_LEGEND] != NULL;
    if (most) {
        char *end;
        job->largest = strtod(most, &end);
        if (*end || !(job->largest > 0 && job->largest <= 1e9)) {
            message_error(NULL,
                          "--max-flow has no valid value (got \"%s\", allowed: a speed "
                          "above 0, to 1e9)",
                          most);
            return false;
        }
    }
    const char *const written[] = {job->output, values[OPTION_STATISTICS], values[OPTION_REPORT]};
    int to_standard_output = 0;
    for (int i = 0; i < 3; i++)
        to_standard_output += written[i] && text_equal(written[i], "-");
    if (to_standard_output > 1) {
        message_error(NULL,
                      "standard output (-) is named too often (got it for %d of OUTPUT, "
                      "--stats and --report, allowed once)",
                      to_standard_output);
        return false;
    }
    job->method = given->method;
    job->options = memory_get(1, job->method->params->options_size);
    seg_params_init(job->options, job->method->params);
    for (int32_t i = 0; i < given->parameter_count; i++) {
        const seg_status status =
            seg_params_parse(job->options, job->method->params, given->parameters[i].name,
                             given->parameters[i].value, NULL);
        if (status >= 0) continue;
        message_parameter("segment-flow", job->method->id, status);
        return false;
    }
    if (job->shown >= SHOW_OCCLUSION &&
        seg_params_parse(job->options, job->method->params, "consistency", "true", NULL) < 0)
        return fail(NULL, SEG_ERROR_OPTION);
    return true;
}

static bool check_output(const flow_job *job) {
    if (job->to_nothing) return true;
    seg_writer_options options;
    seg_writer_options_init(&options);
    options.format = job->settings.format;
    options.codec = job->settings.codec;
    const seg_status status = seg_writer_check(job->output, &options);
    return status >= 0 || fail(job->output, status);
}

/* ---- output ---- */

static bool open_writer(flow_job *job) {
    seg_writer_options options;
    const settings *s = &job->settings;
    seg_writer_options_init(&options);
    const bool data = job->shown == SHOW_FLOW || job->shown == SHOW_KITTI ||
                      job->shown == SHOW_MAGNITUDE || job->shown == SHOW_CONFIDENCE;
    options.content = job->shown == SHOW_OCCLUSION ? SEG_CONTENT_MASK
                      : data                       ? SEG_CONTENT_DATA
                                                   : SEG_CONTENT_PICTURE;
    options.format = s->format;
    options.codec = s->codec;
    options.bitrate = s->bitrate;
    options.overwrite = s->overwrite;
    options.threads = s->threads;
    if (s->compression >= 0) options.compression = s->compression;
    options.frame_rate = s->reader.fps;
    options.time_base = (seg_rational){s->reader.fps.den, s->reader.fps.num};
    if (job->reader) {
        const seg_stream_info *info = seg_reader_info(job->reader);
        options.time_base = info->time_base;
        options.frame_rate = info->frame_rate;
        options.sample_aspect = info->sample_aspect;
    }
    seg_env env = job->env;
    env.runner = NULL;
    const seg_status status = seg_writer_open(&job->writer, job->output, &options, &env);
    return status >= 0 || fail(job->output, status);
}

/* Speeds that the colours reach to, where --max-flow does not say it: those of the first field that
 * moves, and a quarter more. `unit` is a pixel per frame in the unit of the numbers. */
static double find_largest(flow_job *job, const seg_flow_numbers *numbers, double unit) {
    if (job->largest > 0) return job->largest;
    const double found = 1.25 * numbers->p95;
    if (found > 0.1 * unit) job->largest = found;
    return found > 0.1 * unit ? found : unit;
}

static const seg_image *picture_of(const seg_frame *frame) {
    return seg_image_empty(&frame->image) ? &frame->luma : &frame->image;
}

static seg_status draw(flow_job *job, const seg_image *first, double largest) {
    static const seg_flow_render_kind kinds[] = {
        [SHOW_KITTI] = SEG_FLOW_RENDER_KITTI,
        [SHOW_COLOR] = SEG_FLOW_RENDER_COLOR,
        [SHOW_HSV] = SEG_FLOW_RENDER_HSV,
        [SHOW_ARROWS] = SEG_FLOW_RENDER_ARROWS,
        [SHOW_MAGNITUDE] = SEG_FLOW_RENDER_MAGNITUDE,
    };
    if (job->shown == SHOW_RESIDUAL)
        return field_residual(&job->picture, first, &job->warped, &job->inside, &job->env);
    if (job->shown == SHOW_CONFIDENCE) {
        const bool floats = name_holds_floats(job->output, job->settings.format);
        seg_image_unref(&job->picture);
        return seg_convert(&job->picture, &job->result.score, floats ? SEG_F32 : SEG_U16,
                           &job->env);
    }
    return seg_render_flow(&job->picture, kinds[job->shown], &job->result.flow, first, largest,
                           job->legend, &job->env);
}

static bool write_field(flow_job *job, const seg_image *first, const seg_frame *about,
                        double largest) {
    if (job->to_nothing) return true;
    const seg_image *picture = job->shown == SHOW_FLOW        ? &job->result.flow
                               : job->shown == SHOW_WARPED    ? &job->warped
                               : job->shown == SHOW_OCCLUSION ? &job->result.mask
                                                              : &job->picture;
    if (picture == &job->picture) {
        const seg_status status = draw(job, first, largest);
        if (status < 0) return fail(job->first, status);
    }
    if (!job->writer && !open_writer(job)) return false;
    const seg_status status =
        seg_writer_write(job->writer, picture, job->fields, about->pts, about->duration);
    return status >= 0 || fail(job->output, status);
}

/* ---- numbers ---- */

static bool write_statistics(flow_job *job, const seg_frame *about, const seg_flow_numbers *n,
                             const seg_image *first, const seg_image *second) {
    if (!job->has_statistics) return true;
    json_t *row = json_object();
    const double seconds = seg_frame_seconds(about);
    json_object_set_new(row, "field", json_integer((json_int_t)job->fields));
    json_object_set_new(row, "time", seconds < 0 ? json_null() : json_real(seconds));
    json_object_set_new(row, "unit", json_string(job->per_second ? "px/s" : "px/frame"));
    json_object_set_new(row, "mean_u", json_real(n->mean_u));
    json_object_set_new(row, "mean_v", json_real(n->mean_v));
    json_object_set_new(row, "mean_speed", json_real(n->mean));
    json_object_set_new(row, "median_speed", json_real(n->median));
    json_object_set_new(row, "p95_speed", json_real(n->p95));
    json_object_set_new(row, "max_speed", json_real(n->most));
    json_object_set_new(row, "moving", json_real(n->moving));
    const seg_decision *levels = seg_result_decision(&job->result, "levels");
    if (levels) json_object_set_new(row, "levels", json_integer((json_int_t)levels->value));
    if (job->result.outputs & SEG_OUTPUT_MASK)
        json_object_set_new(row, "occluded", json_real(field_share(&job->result.mask)));
    if (job->check) {
        json_object_set_new(row, "difference",
                            json_real(field_difference(first, second, &job->inside)));
        json_object_set_new(row, "residual",
                            json_real(field_difference(first, &job->warped, &job->inside)));
        json_object_set_new(row, "inside", json_real(field_share(&job->inside)));
    }
    char *line = json_dumps(row, JSON_COMPACT | JSON_REAL_PRECISION(7));
    json_decref(row);
    text_buffer text = {0};
    text_add(&text, "%s\n", line ? line : "{}");
    const bool good = outfile_write(&job->statistics, text.data, text.length);
    text_free(&text);
    free(line);
    return good;
}

/* ---- frames ---- */

static double seconds_between(const flow_job *job, const seg_frame *frame) {
    const double a = seg_frame_seconds(&job->before), b = seg_frame_seconds(frame);
    if (a >= 0 && b > a) return b - a;
    return (double)job->settings.reader.fps.den / job->settings.reader.fps.num;
}

static bool is_backward(const flow_job *job) {
    const seg_param *row = seg_params_find(job->method->params, "direction");
    int32_t value = SEG_FLOW_FORWARD;
    if (row) memcpy(&value, (const char *)job->options + row->offset, sizeof value);
    return value == SEG_FLOW_BACKWARD;
}

/* The field that has just been found, between the frame before and `frame`. */
static bool handle_field(flow_job *job, const seg_frame *frame) {
    const bool back = is_backward(job);
    const seg_frame *start = back ? frame : &job->before, *end = back ? &job->before : frame;
    const seg_image *first = picture_of(start), *second = picture_of(end);
    if (job->result.outputs & SEG_OUTPUT_MASK) field_hide(&job->result.flow, &job->result.mask);
    if (job->check || job->shown == SHOW_WARPED || job->shown == SHOW_RESIDUAL) {
        seg_image_unref(&job->warped);
        const seg_status status =
            seg_flow_warp(&job->warped, &job->inside, second, &job->result.flow, &job->env);
        if (status < 0) return fail(job->first, status);
    }
    seg_flow_numbers numbers;
    const seg_status status = seg_flow_measure(&numbers, &job->result.flow);
    if (status < 0) return fail(job->first, status);
    const double unit = job->per_second ? 1 / seconds_between(job, frame) : 1;
    if (job->per_second) field_scale(&job->result.flow, &numbers, unit);
    if (!write_statistics(job, start, &numbers, first, second)) return false;
    const double largest = find_largest(job, &numbers, unit);
    if (job->result.outputs & SEG_OUTPUT_MASK)
        seg_result_decide(&job->result, "occluded", field_share(&job->result.mask), "");
    if (!job->to_nothing && job->shown >= SHOW_COLOR && job->shown <= SHOW_MAGNITUDE)
        seg_result_decide(&job->result, "max-flow", largest, job->per_second ? "px/s" : "px/frame");
    decisions_note(&job->decisions, &job->result);
    if (!write_field(job, first, start, largest)) return false;
    job->fields++;
    return true;
}

static bool find_field(flow_job *job, const seg_frame *frame) {
    const double begin = clock_seconds();
    const seg_status status = seg_context_apply(job->context, frame, 0, &job->result);
    job->seconds += clock_seconds() - begin;
    if (status < 0) return fail(job->first, status);
    const bool field = job->frames > 0 && !(job->result.flags & SEG_RESULT_PROVISIONAL);
    return !field || handle_field(job, frame);
}

static bool follow_points(flow_job *job, const seg_frame *frame) {
    const bool first = job->frames == 0;
    job->fields += !first;
    const double begin = clock_seconds();
    const bool good = points_follow(job->points, first ? NULL : &job->before, frame, &job->env);
    job->seconds += clock_seconds() - begin;
    return good;
}

static bool handle_frame(flow_job *job, const seg_frame *frame) {
    if (!(job->points ? follow_points : find_field)(job, frame)) return false;
    seg_frame_unref(&job->before);
    job->before = seg_frame_ref(frame);
    job->frames++;
    return true;
}

static int bits_of(const seg_image *picture) {
    return 8 * (int)seg_format_size((seg_format)picture->format);
}

/* True if the second picture of a pair has the shape of the first. */
static bool is_like_first(const flow_job *job, const seg_image *second) {
    const seg_image *first = picture_of(&job->before);
    if (second->format != first->format || second->channels != first->channels) {
        message_error(
            job->second, "has %d channels of %d bits, but %s has %d of %d (must be alike)",
            second->channels, bits_of(second), job->first, first->channels, bits_of(first));
        return false;
    }
    if (second->width == first->width && second->height == first->height) return true;
    message_error(job->second,
                  "is %ld x %ld, but %s is %ld x %ld; --resize brings both to one size",
                  (long)second->width, (long)second->height, job->first, (long)first->width,
                  (long)first->height);
    return false;
}

static bool run_pair(flow_job *job) {
    const char *const names[] = {job->first, job->second};
    bool good = true;
    for (int i = 0; i < 2 && good; i++) {
        seg_frame frame = {.index = i, .pts = i, .duration = 1};
        frame.time_base =
            (seg_rational){job->settings.reader.fps.den, job->settings.reader.fps.num};
        good = picture_load_noting(&frame.image, names[i], &job->settings, &job->warnings) &&
               (i == 0 || is_like_first(job, &frame.image)) && handle_frame(job, &frame);
        seg_frame_unref(&frame);
    }
    return good;
}

static int run_frames(flow_job *job) {
    seg_reader_options options = job->settings.reader;
    options.sequence = true;
    options.threads = job->settings.threads;
    const bool shows_frame =
        job->shown == SHOW_ARROWS || job->shown == SHOW_WARPED || job->shown == SHOW_RESIDUAL;
    options.luma_only = !(job->method->needs & SEG_NEED_COLOUR) && !shows_frame;
    seg_status status = seg_reader_open(&job->reader, job->first, &options, &job->env);
    if (status < 0) {
        fail(job->first, status);
        return EXIT_FAILED;
    }
    progress *shown = progress_start(&job->settings, 1);
    seg_frame frame = {0};
    bool good = true;
    while (good && !signals_received() && (status = seg_reader_read(job->reader, &frame)) >= 0 &&
           status != SEG_END) {
        good = handle_frame(job, &frame);
        progress_frame(shown, job->first, job->frames, seg_reader_info(job->reader)->frames);
    }
    seg_frame_unref(&frame);
    progress_end(shown);
    const char *of_reader = seg_reader_warnings(job->reader);
    text_add(&job->warnings, "%s", of_reader);
    warnings_say(job->first, of_reader);
    if (!good) return EXIT_FAILED;
    if (status < 0) fail(job->first, status);
    return status == SEG_ERROR_TRUNCATED ? EXIT_TRUNCATED : status < 0 ? EXIT_FAILED : EXIT_DONE;
}

/* ---- the report ---- */

/* Like that of segment; what may differ from run to run is in "time" alone. */
static bool write_report(const flow_job *job, const char *path, int code) {
    json_t *record = json_object();
    json_object_set_new(record, "input", json_string(job->first));
    if (job->second) json_object_set_new(record, "second", json_string(job->second));
    json_object_set_new(record, "output", json_string(job->output));
    json_object_set_new(record, "status",
                        json_string(code == EXIT_DONE        ? "done"
                                    : code == EXIT_TRUNCATED ? "ended early"
                                                             : "failed"));
    json_object_set_new(record, "version", json_string(seg_version()));
    if (!job->follows) {
        json_object_set_new(record, "method", json_string(job->method->id));
        json_object_set_new(record, "parameters",
                            parameters_describe(job->options, job->method->params, NULL));
    }
    decisions_describe(record, &job->decisions);
    json_object_set_new(record, "warnings", warnings_describe(job->warnings.data));
    json_object_set_new(record, "frames",
                        json_pack("{s:I, s:I}", "read", (json_int_t)job->frames, "compared",
                                  (json_int_t)job->fields));
    json_object_set_new(
        record, "time",
        json_pack("{s:f, s:f}", "total", clock_seconds() - job->begin, "process", job->seconds));
    char *line = json_dumps(record, JSON_COMPACT | JSON_REAL_PRECISION(7));
    json_decref(record);
    text_buffer text = {0};
    text_add(&text, "%s\n", line ? line : "{}");
    outfile out;
    bool good = outfile_open(&out, path);
    if (good && outfile_write(&out, text.data, text.length))
        good = outfile_finish(&out);
    else if (good) {
        outfile_abandon(&out);
        good = false;
    }
    text_free(&text);
    free(line);
    return good;
}

/* ---- the whole ---- */

static int finish(flow_job *job, int code) {
    if (code == EXIT_DONE && job->fields == 0) {
        message_error(job->first, "has no two frames to compare (got %lld)",
                      (long long)job->frames);
        code = EXIT_FAILED;
    }
    const bool whole = (code == EXIT_DONE || code == EXIT_TRUNCATED) && !signals_received();
    if (whole && job->writer) {
        const seg_status status = seg_writer_finish(job->writer, NULL);
        job->writer = NULL;
        if (status < 0) {
            fail(job->output, status);
            code = EXIT_FAILED;
        }
    }
    seg_writer_abandon(job->writer);
    if (job->has_statistics) {
        if (!whole)
            outfile_abandon(&job->statistics);
        else if (!outfile_finish(&job->statistics))
            code = EXIT_FAILED;
    }
    if (!points_close(job->points, whole)) code = EXIT_FAILED;
    if (signals_received()) code = 128 + signals_received();
    return code;
}

/* What follows single points takes none of what is about fields. */
static bool check_points(const flow_job *job, const arguments *given) {
    static const option_id about_fields[] = {OPTION_METHOD,    OPTION_FLOW_RENDER, OPTION_MAX_FLOW,
                                             OPTION_LEGEND,    OPTION_UNIT,        OPTION_CHECK,
                                             OPTION_STATISTICS};
    for (size_t i = 0; i < sizeof about_fields / sizeof *about_fields; i++)
        if (given->values[about_fields[i]]) {
            message_error(NULL, "--%s is about fields; --points finds none",
                          option_get(about_fields[i])->name);
            return false;
        }
    if (given->parameter_count) {
        message_error(NULL, "--%s is a parameter of fields; --points finds none",
                      given->parameters[0].name);
        return false;
    }
    return points_check_output(job->output);
}

/* What the library has to say is of the output: readers keep their warnings. */
static void pass_log(void *user, seg_log_level level, const char *line) {
    flow_job *job = user;
    if (level == SEG_LOG_WARNING) text_add(&job->warnings, "%s\n", line);
    message_log(job->output, level, line);
}

static int start(flow_job *job, const arguments *given) {
    const char *statistics = given->values[OPTION_STATISTICS];
    seg_status status = seg_pool_create(&job->pool, job->settings.threads);
    if (status >= 0) {
        job->env = (seg_env){.limits = &job->settings.limits,
                             .runner = seg_pool_runner(job->pool),
                             .user = job,
                             .log = pass_log};
        status = seg_context_create(&job->context, job->method, job->options, &job->env);
    }
    if (status < 0) {
        fail(NULL, status);
        return status == SEG_ERROR_OPTION ? EXIT_USAGE : EXIT_FAILED;
    }
    seg_result_init(&job->result, &job->env);
    signals_catch();
    if (given->values[OPTION_POINTS]) {
        job->follows = true;
        job->points = points_open(given->values[OPTION_POINTS], job->output);
        if (!job->points) return EXIT_FAILED;
    }
    if (statistics) {
        if (!outfile_open(&job->statistics, statistics)) return EXIT_FAILED;
        job->has_statistics = true;
    }
    if (!job->second) return run_frames(job);
    return run_pair(job) ? EXIT_DONE : EXIT_FAILED;
}

int flow_run(const arguments *given) {
    flow_job job = {0};
    if (!settings_read_options(&job.settings, given) || !read_names(&job, given) ||
        !read_options(&job, given) ||
        !(given->values[OPTION_POINTS] ? check_points(&job, given) : check_output(&job))) {
        free(job.options);
        return EXIT_USAGE;
    }
    job.begin = clock_seconds();
    int code = finish(&job, start(&job, given));
    const char *report = given->values[OPTION_REPORT];
    if (report && !write_report(&job, report, code) && code == EXIT_DONE) code = EXIT_FAILED;
    seg_context_free(job.context);
    seg_result_free(&job.result);
    seg_reader_close(job.reader);
    seg_frame_unref(&job.before);
    seg_image_unref(&job.picture);
    seg_image_unref(&job.warped);
    seg_image_unref(&job.inside);
    seg_pool_free(job.pool);
    seg_params_clear(job.options, job.method->params, NULL);
    text_free(&job.warnings);
    free(job.options);
    return code;
}
