#include "common/work.h"
#include "common/curves.h"
#include "common/messages.h"
#include "common/objects.h"
#include "common/outfile.h"
#include "common/score.h"
#include "common/signals.h"
#include "common/stages.h"
#include "common/text.h"
#include <segment/imgproc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Below this many pixels starting threads costs more than they save. */
enum { PIXELS_WORTH_THREADS = 1 << 20 };

/* ---- worker ---- */

static int wants_to_stop(void *user, double fraction) {
    (void)user, (void)fraction;
    return signals_received() != 0;
}

static void pass_log(void *user, seg_log_level level, const char *line) {
    const worker *by = user;
    message_log(by->item ? by->item->input : NULL, level, line);
}

void worker_init(worker *target, plan *from, ledger *lines, progress *shown, int32_t threads) {
    *target = (worker){.plan = from, .ledger = lines, .progress = shown, .threads = threads};
    target->env.limits = &from->settings->limits;
    target->env.progress = wants_to_stop;
    target->env.user = target;
    target->env.log = pass_log;
    target->env.seed = (uint64_t)from->settings->rng_seed;
    seg_result_init(&target->result, NULL);
}

void worker_free(worker *target) {
    seg_result_free(&target->result);
    seg_pipeline_free(target->pipeline);
    seg_pool_free(target->pool);
    *target = (worker){0};
}

static seg_status worker_pool(worker *target) {
    if (target->threads < 2 || target->pool) return SEG_OK;
    seg_status status = seg_pool_create(&target->pool, target->threads);
    if (status >= 0) target->env.runner = seg_pool_runner(target->pool);
    return status;
}

/* A pipeline for the recipe, the last one if it fits. */
static seg_status worker_pipeline(worker *target, const recipe *how) {
    bool pooled = target->pool != NULL;
    if (target->pipeline && target->recipe == how && target->pipeline_pooled == pooled) {
        seg_pipeline_reset(target->pipeline);
    } else {
        seg_pipeline_free(target->pipeline);
        target->pipeline = NULL;
        seg_status status = seg_pipeline_create(&target->pipeline, &how->config, &target->env);
        if (status < 0) return status;
        target->recipe = how;
        target->pipeline_pooled = pooled;
    }
    return SEG_OK;
}

/* ---- what goes wrong ---- */

const char *work_name(const work *from) {
    return text_equal(from->item->input, "-") ? "standard input" : from->item->input;
}

/* The library tells programs to reset; here the frames before are those of a model. */
static void name_model(work *target) {
    const settings *from = target->settings;
    char *hint = strstr(target->error, "; reset the");
    if (!hint || !target->how || !target->how->model) return;
    snprintf(hint, sizeof target->error - (size_t)(hint - target->error),
             "; those are of the model (--%s %s), which takes no others: --resize brings frames to "
             "its size",
             from->train ? "train" : "load-model", from->train ? from->train : from->load_model);
}

void work_fail(work *target, const char *subject, seg_status status) {
    if (target->failed) return;
    if (status == SEG_ERROR_CANCELLED && signals_received()) {
        target->stopped = true;
        return;
    }
    target->failed = true;
    snprintf(target->error, sizeof target->error, "%s", message_reason(status));
    name_model(target);
    message_error(subject ? subject : work_name(target), "%s", target->error);
}

void work_fail_silently(work *target, const char *what) {
    if (target->failed) return;
    if (signals_received()) {
        target->stopped = true;
        return;
    }
    target->failed = true;
    snprintf(target->error, sizeof target->error, "%s", what);
}

/* ---- results ---- */

static bool write_objects(work *target) {
    const seg_result *result = &target->worker->result;
    const char *name = target->worker->plan->several ? target->item->input : NULL;
    text_buffer lines = {0};
    target->objects += result->object_count;
    if (!target->settings->lines[LINES_OBJECTS]) return true;
    seg_status status =
        objects_describe(&lines, result, target->settings->shape, target->settings->simplify, name);
    bool good = status >= 0;
    if (!good) work_fail(target, NULL, status);
    if (good && lines.length &&
        !ledger_lines(target->worker->ledger, target->item, LINES_OBJECTS, lines.data,
                      lines.length)) {
        work_fail_silently(target, "the lines of --objects could not be written");
        good = false;
    }
    text_free(&lines);
    return good;
}

/* What went with this result; `end`: and what is still there after the last one. */
static bool write_events(work *target, bool end) {
    const worker *by = target->worker;
    const char *name = by->plan->several ? target->item->input : NULL;
    const seg_tracker *tracker = seg_pipeline_tracker(by->pipeline);
    text_buffer lines = {0};
    if (!target->settings->lines[LINES_EVENTS] || !tracker) return true;
    const seg_frame *frame = end ? NULL : seg_pipeline_described(by->pipeline);
    bool good = events_take(&target->events, &lines, tracker, frame, name, end);
    if (!good) work_fail_silently(target, "a picture of --events could not be written");
    if (good && lines.length &&
        !ledger_lines(by->ledger, target->item, LINES_EVENTS, lines.data, lines.length)) {
        work_fail_silently(target, "the lines of --events could not be written");
        good = false;
    }
    text_free(&lines);
    return good;
}

/* CSV is written frame by frame, its head before the first; SVG is of one picture. */
static bool write_curves(work *target) {
    const seg_result *result = &target->worker->result;
    const seg_image *mask = &result->mask;
    text_buffer lines = {0};
    if (target->item->output_kind != OUTPUT_CURVES) return true;
    bool good = target->curves.path || outfile_open(&target->curves, target->item->output);
    if (target->how->svg) {
        curves_drawing(&lines, &result->curves, mask->width, mask->height);
    } else {
        if (target->results == 1) curves_head(&lines);
        curves_lines(&lines, result);
    }
    good = good && outfile_write(&target->curves, lines.data, lines.length);
    text_free(&lines);
    if (!good) work_fail_silently(target, "the curves could not be written");
    return good;
}

/* Scores are 0 to 1 where the file holds floats, else 16 bits: full scale is the method's, the same
 * for every frame. */
static seg_status draw_score(const work *target, seg_image *picture) {
    bool floats = name_holds_floats(target->item->output, target->settings->format);
    score_to_one(&target->worker->result);
    const seg_image *score = &target->worker->result.score;
    bool fits = picture->width == score->width && picture->height == score->height;
    if (!fits) seg_image_unref(picture);
    return seg_convert(picture, score, floats ? SEG_F32 : SEG_U16, &target->worker->env);
}

/* A mask or label picture is taken out of the result instead of copied. */
static seg_status draw(work *target, seg_image *picture) {
    seg_result *result = &target->worker->result;
    seg_image *made = NULL;
    if (target->how->render == SEG_RENDER_SCORE) return draw_score(target, picture);
    if (target->how->render == SEG_RENDER_MASK && result->outputs & SEG_OUTPUT_MASK)
        made = &result->mask;
    if (target->how->render == SEG_RENDER_LABELS && result->outputs & SEG_OUTPUT_LABELS)
        made = &result->labels;
    if (!made || !made->owner)
        return seg_pipeline_render(target->worker->pipeline, result, picture);
    bool fits = picture->width == made->width && picture->height == made->height &&
                picture->format == made->format && picture->channels == made->channels;
    if (picture->data && !fits) seg_image_unref(picture);
    seg_image other = *picture;
    *picture = *made;
    *made = other;
    return SEG_OK;
}

static bool take_result(work *target, work_deliver deliver, void *user) {
    const seg_result *result = &target->worker->result;
    target->results++;
    target->provisional = result->flags & SEG_RESULT_PROVISIONAL;
    decisions_note(&target->decisions, result);
    if (!write_objects(target) || !write_curves(target) || !write_events(target, false))
        return false;
    if (!target->sink) return true;
    drawing drawn = {target->spare, result->index, result->pts, result->duration};
    target->spare = (seg_image){0};
    double start = clock_seconds();
    seg_status status = draw(target, &drawn.picture);
    target->process_seconds += clock_seconds() - start;
    seg_pipeline_release_described(target->worker->pipeline);
    if (status >= 0) return deliver(user, &drawn);
    work_fail(target, NULL, status);
    seg_image_unref(&drawn.picture);
    return false;
}

/* ---- frames ---- */

static const seg_image *frame_picture(const seg_frame *frame) {
    return frame->image.data ? &frame->image : &frame->luma;
}

/* --on-resize restart: results so far are drained, then the method begins anew. */
static bool restart_if_resized(work *target, const seg_frame *frame, work_deliver deliver,
                               void *user) {
    const seg_image *picture = frame_picture(frame);
    bool changed =
        target->width && (picture->width != target->width || picture->height != target->height);
    target->width = picture->width;
    target->height = picture->height;
    if (!changed) return true;
    if (!work_flush(target, deliver, user)) return false;
    seg_pipeline_reset(target->worker->pipeline);
    seg_image_unref(&target->spare);
    return true;
}

/* The result describes the frame by number and time; its own are taken where it has none. */
bool work_frame(work *target, seg_frame *frame, work_deliver deliver, void *user) {
    const recipe *how = target->how;
    if (!restart_if_resized(target, frame, deliver, user)) return false;
    frame->known_foreground = how->known_foreground;
    frame->known_foreground.owner = NULL;
    frame->markers = how->markers;
    frame->markers.owner = NULL;
    target->frames_in++;
    target->damaged += (frame->flags & SEG_FRAME_DAMAGED) != 0;
    target->resized += (frame->flags & SEG_FRAME_RESIZED) != 0;
    double start = clock_seconds();
    seg_status status =
        seg_pipeline_apply(target->worker->pipeline, frame, &target->worker->result);
    target->process_seconds += clock_seconds() - start;
    seg_frame_unref(frame); /* the pipeline has what it needs */
    progress_frame(target->worker->progress, target->item->input, target->frames_in,
                   feed_expected(&target->feed, target->settings));
    if (status == SEG_OK) return take_result(target, deliver, user);
    if (status < 0) work_fail(target, NULL, status);
    return status >= 0;
}

bool work_flush(work *target, work_deliver deliver, void *user) {
    for (;;) {
        double start = clock_seconds();
        seg_status status = seg_pipeline_flush(target->worker->pipeline, &target->worker->result);
        target->process_seconds += clock_seconds() - start;
        if (status == SEG_END) return true;
        if (status == SEG_OK && take_result(target, deliver, user)) continue;
        if (status < 0) work_fail(target, NULL, status);
        return false;
    }
}

/* ---- begin and end ---- */

/* A pipe without --method: pictures get the default for pictures. */
static const recipe *choose_recipe(work *target) {
    const seg_stream_info *info = &target->feed.info;
    bool still = info->kind == SEG_SOURCE_PICTURE || text_equal(info->container, "pictures");
    int code;
    return plan_recipe(target->worker->plan, still, &code);
}

/* Makes it that of the input's own pictures where it has some. False: a message was given. */
static bool use_recipe(work *target, const recipe *from) {
    target->how = from;
    if (!from || !from->templated) return true;
    recipe *own = memory_get(1, sizeof *own);
    target->own = own;
    if (recipe_make(own, from->method, from->settings, target->item->input, target->item->index) ==
        EXIT_DONE) {
        target->how = own;
        return true;
    }
    work_fail_silently(target, "a picture that goes with it could not be read");
    return false;
}

/* The worker's pipeline borrows its pictures. */
static void drop_recipe(work *target) {
    if (!target->own) return;
    seg_pipeline_free(target->worker->pipeline);
    target->worker->pipeline = NULL;
    recipe_free(target->own);
    free(target->own);
}

static seg_status open_picture(work *target) {
    seg_status status =
        feed_open_picture(&target->feed, target->item, target->settings, &target->worker->env);
    if (status < 0) return status;
    int64_t pixels = (int64_t)target->feed.info.width * target->feed.info.height;
    if (!use_recipe(target, target->item->recipe)) return SEG_OK;
    if (pixels >= PIXELS_WORTH_THREADS) status = worker_pool(target->worker);
    return status < 0 ? status : worker_pipeline(target->worker, target->how);
}

static seg_status open_reader(work *target) {
    worker *by = target->worker;
    const job *item = target->item;
    seg_status status = worker_pool(by);
    if (status < 0 || !use_recipe(target, item->recipe)) return status;
    if (target->how) status = worker_pipeline(by, target->how);
    if (status < 0) return status;
    /* Decoders hold several frames for each thread: half of the threads do, and one where the time
     * goes into colour pictures. */
    const bool shown = target->settings->lines[LINES_EVENTS] != NULL; /* in colour */
    bool luma = target->how && !shown && seg_pipeline_luma_suffices(by->pipeline);
    int32_t decoders = luma && by->threads > 2 ? by->threads / 2 : 1;
    status = feed_open_reader(&target->feed, item, target->settings, luma, decoders, &by->env);
    if (status < 0 || target->how) return status;
    if (!use_recipe(target, choose_recipe(target))) return SEG_OK;
    return worker_pipeline(by, target->how);
}

/* A video has no place in one picture; better said before the first frame is written. */
static bool check_single(work *target) {
    const char *output = target->item->output, *format = target->settings->format;
    int64_t limit = target->settings->reader.limit, frames = target->feed.info.frames;
    if (target->item->output_kind != OUTPUT_WRITER || text_equal(output, "-") ||
        name_is_pattern(output) || !name_is_still(format ? format : name_extension(output)))
        return true;
    if (frames <= 1 || limit == 1) return true;
    message_error(output,
                  "is one picture, but %s has %lld frames; give a pattern such as "
                  "out/%%05d.png, a video, or --limit 1",
                  work_name(target), (long long)frames);
    work_fail_silently(target, "OUTPUT is one picture");
    return false;
}

static bool load_model(work *target) {
    const recipe *how = target->how;
    if (!how->model) return true;
    seg_status status = seg_pipeline_load(target->worker->pipeline, how->model, how->model_size);
    if (status < 0) work_fail(target, target->settings->load_model, status);
    return status >= 0;
}

static bool begin(work *target) {
    bool picture = feed_is_picture(target->item, target->settings);
    double start = clock_seconds();
    seg_status status = picture ? open_picture(target) : open_reader(target);
    target->decode_seconds = clock_seconds() - start;
    if (status == SEG_ERROR_TRUNCATED) {
        target->truncated = true;
        snprintf(target->error, sizeof target->error, "%s", message_reason(status));
    } else if (status < 0) {
        work_fail(target, NULL, status);
    }
    if (status < 0 || target->failed) return false;
    if (!load_model(target) || !check_single(target)) return false;
    int32_t encoders = target->worker->threads > 2 ? target->worker->threads / 2 : 1;
    if (sink_open(&target->sink, target->item, target->how, &target->feed.info, encoders,
                  &target->worker->env))
        return true;
    work_fail_silently(target, "OUTPUT could not be opened");
    return false;
}

static bool save_model(work *target) {
    const char *path = target->settings->save_model;
    seg_pipeline *pipeline = target->worker->pipeline;
    size_t size = 0;
    if (!path) return true;
    seg_status status = seg_pipeline_save(pipeline, NULL, &size);
    void *bytes = status >= 0 ? memory_get(size, 1) : NULL;
    if (status >= 0) status = seg_pipeline_save(pipeline, bytes, &size);
    if (status < 0) work_fail(target, "--save-model", status);
    const bool good = status >= 0 && file_write(path, bytes, size);
    free(bytes);
    if (!good) work_fail_silently(target, "the model could not be written");
    return good;
}

static void check_counts(work *target) {
    if (target->results == target->frames_in && target->frames_out == target->results) return;
    work_fail_silently(target, "the number of frames changed on the way");
    message_error(work_name(target),
                  "%lld frames were read, but %lld results came and %lld "
                  "frames were written",
                  (long long)target->frames_in, (long long)target->results,
                  (long long)target->frames_out);
}

/* What a method that compares frames makes of a picture alone is easily taken for its result. */
static void note_lone_picture(work *target) {
    if (target->item->kind != SEG_SOURCE_PICTURE || target->failed || target->results != 1) return;
    if (target->settings->save_model || target->how->model || !target->provisional ||
        !recipe_is_temporal(target->how->method))
        return;
    char *before = target->feed.warnings;
    target->feed.warnings = text_format(
        "%s%smethod %s compares frames and had one only; pictures are one sequence as a "
        "directory or a quoted pattern, such as 'frames/*.png'",
        before ? before : "", before && *before ? "\n" : "", target->how->method->id);
    free(before);
}

static void end(work *target) {
    feed_close(&target->feed);
    note_lone_picture(target);
    if (target->feed.truncated) {
        target->truncated = true;
        snprintf(target->error, sizeof target->error, "ended early (%s)", target->feed.warnings);
        target->feed.warnings[0] = 0;
    }
    if (!target->failed && !target->stopped && !target->truncated && !target->frames_in) {
        work_fail_silently(target, "no frames");
        message_error(work_name(target), "no frames came out of it%s",
                      target->settings->reader_needed ? "; --start may lie behind its end" : "");
    }
    if (!target->failed && target->results) write_events(target, true);
    if (!target->failed) save_model(target);
    if (!target->failed && !target->stopped) {
        target->frames_out = target->results;
        if (target->sink && !sink_finish(target->sink, &target->frames_out))
            work_fail_silently(target, "OUTPUT could not be finished");
        target->sink = NULL;
        if (target->curves.path && !outfile_finish(&target->curves))
            work_fail_silently(target, "the curves could not be finished");
        if (!target->failed) check_counts(target);
    }
    target->kept = sink_abandon(target->sink) || target->curves.path;
    outfile_abandon(&target->curves);
    target->sink = NULL;
    seg_image_unref(&target->spare);
}

static outcome settle(const work *target) {
    const char *input = work_name(target);
    if (target->failed) return OUTCOME_FAILED;
    if (target->stopped) {
        message_error(input, "stopped after %lld frame%s%s%s%s", (long long)target->results,
                      target->results == 1 ? "" : "s",
                      target->kept ? "; what was written is in " : "",
                      target->kept ? target->item->output : "", target->kept ? ".partial" : "");
        return OUTCOME_STOPPED;
    }
    if (!target->truncated) return OUTCOME_DONE;
    if (target->feed.truncated)
        message_error(input, "%s; what it has of the picture was processed", target->error);
    else
        message_error(input, "%s; %lld frame%s processed", target->error,
                      (long long)target->results, target->results == 1 ? " was" : "s were");
    return OUTCOME_TRUNCATED;
}

outcome work_run(worker *target, const job *item, json_t **report) {
    work *current = memory_get(1, sizeof *current);
    target->item = item;
    *current = (work){.worker = target, .settings = target->plan->settings, .item = item};
    events_init(&current->events, item, current->settings, target->plan->several);
    current->start = clock_seconds();
    message_note(item->input, "%s%s", item->output ? "-> " : "working",
                 item->output ? item->output : "");
    if (begin(current)) {
        bool threaded = target->threads > 1 && current->feed.reader &&
                        current->feed.info.kind != SEG_SOURCE_PICTURE;
        if (threaded)
            stages_run_threaded(current);
        else
            stages_run_alone(current);
    }
    end(current);
    warnings_say(work_name(current), current->feed.warnings);
    outcome how = settle(current);
    *report = report_describe(current, how);
    progress_job(target->progress, item->input, current->frames_in);
    feed_free(&current->feed);
    events_free(&current->events);
    drop_recipe(current);
    free(current);
    return how;
}
