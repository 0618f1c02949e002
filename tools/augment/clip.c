/* Copies of clips: frames go through the pipeline one after the other under one name, so that each
 * is drawn as the first. */
#include "augment/fit.h"
#include "augment/run.h"
#include "common/messages.h"
#include "common/signals.h"
#include "common/text.h"
#include <stdlib.h>

typedef struct clip {
    augment_worker *by;
    const set_item *item;
    const copy_list *copies;
    seg_reader *reader;
    seg_writer **writers;
    seg_env env; /* of readers and writers, which run beside each other */
    int64_t frames;
} clip;

static bool open_writer(clip *c, int32_t k) {
    const augment_job *job = c->by->run->job;
    const settings *s = &job->settings;
    const seg_stream_info *info = seg_reader_info(c->reader);
    seg_writer_options options;
    seg_writer_options_init(&options);
    options.content = SEG_CONTENT_PICTURE;
    options.format = job->to_file && s->format && !name_is_still(s->format) ? s->format : NULL;
    options.codec = s->codec;
    options.bitrate = s->bitrate;
    options.overwrite = true; /* files that must stay were refused before */
    options.threads = c->by->run->threads;
    options.time_base = info->time_base;
    options.frame_rate = info->frame_rate;
    options.sample_aspect = info->sample_aspect;
    char *path = job_output_path(job, c->copies->names[k]), *parent = name_parent(path);
    bool good = directory_make(parent);
    if (good && name_is_pattern(path)) { /* would become numbered pictures */
        message_error(path, "has a %%d in its name, which videos cannot have");
        good = false;
    }
    if (good) {
        const seg_status status = seg_writer_open(&c->writers[k], path, &options, &c->env);
        good = status >= 0 || run_fail(path, status);
    }
    free(parent);
    free(path);
    return good;
}

static bool copy_frame(clip *c, seg_frame *frame, int32_t k, bool write, item_result *result) {
    augment_worker *by = c->by;
    const augment_job *job = by->run->job;
    const seg_augment_pipeline *pipeline = c->copies->numbers[k] ? job->pipeline : job->plain;
    const seg_image *picture = seg_image_empty(&frame->image) ? &frame->luma : &frame->image;
    seg_sample sample = {.name = c->item->name, .picture = *picture};
    seg_status status =
        seg_augment_apply(pipeline, by->work, &by->sample, &sample, c->copies->numbers[k], NULL);
    if (status < 0) return run_fail(c->item->path, status);
    if (!c->frames && !run_note_draws(by, c->item, c->copies, k, result)) return false;
    if (!write) return true;
    if (!c->writers[k] && !open_writer(c, k)) return false;
    status = seg_writer_write(c->writers[k], &by->sample.picture, frame->index, frame->pts,
                              frame->duration);
    return status >= 0 || run_fail(c->copies->names[k], status);
}

static bool copy_frames(clip *c, bool write, item_result *result) {
    const augment_job *job = c->by->run->job;
    seg_frame frame = {0};
    bool good = true;
    seg_status status = SEG_OK;
    while (good && (status = seg_reader_read(c->reader, &frame)) >= 0 && status != SEG_END) {
        seg_image *picture = seg_image_empty(&frame.image) ? &frame.luma : &frame.image;
        if (job->channels) status = fit_channels(picture, job->channels, &c->by->env);
        if (status < 0) break;
        for (int32_t k = 0; good && k < c->copies->count; k++)
            good = copy_frame(c, &frame, k, write, result);
        c->frames++;
        if (signals_received()) result->stopped = true;
        /* The draws are those of the first frame. */
        if (result->stopped || !write) break;
    }
    seg_frame_unref(&frame);
    if (status < 0) return run_fail(c->item->path, status);
    if (good && !c->frames) message_error(c->item->path, "has no frames");
    return good && c->frames && !result->stopped;
}

static bool finish(clip *c, int32_t k, bool good) {
    if (!c->writers[k]) return good;
    if (!good) {
        seg_writer_abandon(c->writers[k]);
        return false;
    }
    const seg_status status = seg_writer_finish(c->writers[k], NULL);
    if (status < 0) return run_fail(c->copies->names[k], status);
    atomic_fetch_add(&c->by->run->outputs, 1);
    return true;
}

bool clip_copy(augment_worker *by, const set_item *item, const copy_list *copies, bool write,
               item_result *result) {
    clip c = {.by = by, .item = item, .copies = copies, .env = by->env};
    seg_reader_options options = by->run->job->settings.reader;
    options.threads = by->run->threads;
    c.env.runner = NULL;
    c.writers = memory_get((size_t)copies->count, sizeof *c.writers);
    const seg_status status = seg_reader_open(&c.reader, item->path, &options, &c.env);
    bool good = status >= 0 ? copy_frames(&c, write, result) : run_fail(item->path, status);
    for (int32_t k = 0; k < copies->count; k++)
        good = finish(&c, k, good);
    seg_reader_close(c.reader);
    free(c.writers);
    return good;
}
