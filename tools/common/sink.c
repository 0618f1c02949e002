#include "common/sink.h"
#include "common/cap.h"
#include "common/messages.h"
#include "common/outfile.h"
#include "common/svg.h"
#include "common/text.h"
#include <stdlib.h>
#include <unistd.h>

struct sink {
    const job *item;
    const settings *settings;
    seg_env env;           /* without the runner, which is the method's */
    seg_writer *writer;    /* OUTPUT_WRITER */
    seg_image last;        /* OUTPUT_LAST: a copy of the latest drawing */
    int64_t frames, bytes; /* written */
};

static const char *shown_name(const job *item) {
    return text_equal(item->output, "-") ? "standard output" : item->output;
}

static bool fail(const sink *from, seg_status status) {
    if (status == SEG_ERROR_CANCELLED) return false;
    message_error(shown_name(from->item), "%s", message_reason(status));
    return false;
}

static void pass_log(void *user, seg_log_level level, const char *line) {
    message_log(shown_name(((const sink *)user)->item), level, line);
}

/* What the command line says of the output. */
static seg_writer_options given_options(const settings *from) {
    seg_writer_options options;
    seg_writer_options_init(&options);
    options.format = from->format;
    options.codec = from->codec;
    options.bitrate = from->bitrate;
    options.overwrite = from->overwrite || from->resume;
    if (from->quality) options.quality = from->quality;
    if (from->compression >= 0) options.compression = from->compression;
    return options;
}

bool sink_check(const job *item, const settings *from) {
    if (item->output_kind != OUTPUT_WRITER) return true;
    seg_writer_options options = given_options(from);
    seg_status status = seg_writer_check(item->output, &options);
    if (status < 0) message_error(shown_name(item), "%s", message_reason(status));
    return status >= 0;
}

int64_t sink_memory(const job *item, const recipe *how, const seg_image *shape) {
    int64_t bytes = 0;
    if (item->output_kind <= OUTPUT_CURVES || !shape->width) return 0;
    seg_writer_options options = given_options(how->settings);
    options.content = (int32_t)how->content;
    const char *name = item->output_kind == OUTPUT_WRITER ? item->output : "x.png";
    return seg_writer_memory(&bytes, name, &options, shape) < 0 ? 0 : bytes;
}

static seg_status open_writer(sink *target, const recipe *how, const seg_stream_info *info,
                              int32_t threads) {
    const settings *from = target->settings;
    const job *item = target->item;
    seg_writer_options options = given_options(from);
    options.content = (int32_t)how->content;
    options.time_base = info->time_base;
    options.frame_rate = info->frame_rate;
    options.sample_aspect = info->sample_aspect;
    options.threads = threads;
    if (from->copy_audio && info->has_audio && !item->sequence) options.audio_from = item->input;
    return seg_writer_open(&target->writer, item->output, &options, &target->env);
}

bool sink_open(sink **opened, const job *item, const recipe *how, const seg_stream_info *info,
               int32_t threads, const seg_env *env) {
    seg_status status = SEG_OK;
    bool good = true;
    *opened = NULL;
    if (item->output_kind <= OUTPUT_CURVES) return true; /* nothing is drawn */
    sink *made = memory_get(1, sizeof *made);
    *made = (sink){.item = item, .settings = how->settings, .env = *env};
    made->env.runner = NULL;
    made->env.user = made;
    made->env.log = pass_log;
    if (item->output_kind == OUTPUT_FRAMES) good = directory_make(item->output);
    if (item->output_kind == OUTPUT_WRITER) status = open_writer(made, how, info, threads);
    if (status < 0) good = fail(made, status);
    if (good)
        *opened = made;
    else
        free(made);
    return good;
}

static seg_picture_write_options picture_options(const settings *from) {
    seg_picture_write_options options;
    seg_picture_write_options_init(&options);
    options.format = from->format;
    if (from->quality) options.quality = from->quality;
    if (from->compression >= 0) options.compression = from->compression;
    return options;
}

static bool write_picture(sink *target, const char *path, const seg_image *picture) {
    seg_picture_write_options options = picture_options(target->settings);
    if (!text_equal(path, "-")) {
        seg_status status = seg_picture_write(path, picture, &options, &target->env);
        if (status >= 0) cap_count_file(path);
        return status >= 0 || fail(target, status);
    }
    void *bytes;
    size_t size;
    seg_status status = seg_picture_encode(&bytes, &size, picture, &options, NULL);
    if (status < 0) return fail(target, status);
    bool good = file_write(path, bytes, size);
    seg_bytes_free(bytes, NULL);
    return good;
}

static bool write_svg(sink *target, const seg_image *labels) {
    text_buffer drawing = {0};
    seg_status status = svg_describe(&drawing, labels, target->settings->simplify);
    bool good = status < 0 ? fail(target, status)
                           : file_write(target->item->output, drawing.data, drawing.length);
    text_free(&drawing);
    return good;
}

/* Frames of a sequence count from 0 by their time stamps. */
static bool write_frame(sink *target, const seg_image *picture, int64_t number) {
    const job *item = target->item;
    const char *format = target->settings->format ? target->settings->format : "png";
    if (number < 0 || number >= item->names.count) {
        message_error(item->output, "frame %lld has no file (the sequence has %d); did it change?",
                      (long long)number, (int)item->names.count);
        return false;
    }
    char *stem = name_stem(item->names.items[number]);
    char *name = text_format("%s.%s", stem, text_equal(format, "jpeg") ? "jpg" : format);
    char *path = name_join(item->output, name);
    bool good = write_picture(target, path, picture);
    free(path);
    free(name);
    free(stem);
    return good;
}

static seg_status keep_last(sink *target, const seg_image *picture) {
    seg_status status = seg_image_copy(&target->last, picture, NULL);
    if (status != SEG_ERROR_SHAPE) return status;
    seg_image_unref(&target->last);
    return seg_image_copy(&target->last, picture, NULL);
}

bool sink_write(sink *target, const seg_image *picture, int64_t index, int64_t pts,
                int64_t duration) {
    const char *output = target->item->output;
    bool good = true;
    seg_status status;
    switch (target->item->output_kind) {
    case OUTPUT_PICTURE:
        good = write_picture(target, output, picture);
        break;
    case OUTPUT_SVG:
        good = write_svg(target, picture);
        break;
    case OUTPUT_LAST:
        status = keep_last(target, picture);
        if (status < 0) good = fail(target, status);
        break;
    case OUTPUT_FRAMES:
        good = write_frame(target, picture, pts);
        break;
    default:
        status = seg_writer_write(target->writer, picture, index, pts, duration);
        if (status < 0) good = fail(target, status);
        const int64_t bytes = seg_writer_bytes(target->writer);
        cap_count(bytes - target->bytes);
        target->bytes = bytes;
    }
    target->frames += good;
    return good;
}

bool sink_finish(sink *target, int64_t *frames) {
    bool good = true;
    *frames = target->frames;
    if (target->writer) {
        seg_status status = seg_writer_finish(target->writer, frames);
        if (status < 0) good = fail(target, status);
    }
    if (target->last.data) good = write_picture(target, target->item->output, &target->last);
    seg_image_unref(&target->last);
    free(target);
    return good;
}

bool sink_abandon(sink *target) {
    if (!target) return false;
    bool partly = target->writer;
    seg_writer_abandon(target->writer);
    seg_image_unref(&target->last);
    char *partial = text_format("%s.partial", target->item->output);
    partly = partly && access(partial, F_OK) == 0;
    free(partial);
    free(target);
    return partly;
}
