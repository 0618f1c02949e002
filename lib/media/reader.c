/* The reader: finds out what the input is, then picks, counts and fits the frames. */
#include "core/bands.h"
#include "core/check.h"
#include "core/memory.h"
#include "media/conform.h"
#include "media/source.h"

#include <string.h>

struct seg_reader {
    seg_source *source;
    seg_reader_options options; /* its strings are not kept */
    seg_stream_info info;
    seg_conform conform;
    int64_t passed;    /* frames from the start on, delivered or stepped over */
    int64_t delivered; /* = index of the next frame */
    seg_status ended;  /* what every further read gives, SEG_OK while there may be more */
    uint32_t pending;  /* flags of frames that were stepped over */
    seg_env env;
};

void seg_reader_options_init(seg_reader_options *options) {
    *options = (seg_reader_options){.size = sizeof *options,
                                    .autorotate = true,
                                    .fps = {25, 1},
                                    .threads = 1,
                                    .step = 1,
                                    .on_resize = SEG_RESIZE_SCALE};
}

/* ---- opening ---- */

static seg_status check_options(const seg_reader_options *o) {
    if (o->size < sizeof *o)
        return seg_fail(SEG_ERROR_OPTION, "reader options are not initialised (size is %zu)",
                        o->size);
    if (o->fps.num < 1 || o->fps.den < 1)
        return seg_fail(SEG_ERROR_OPTION, "fps is %d/%d (allowed above 0)", o->fps.num, o->fps.den);
    if (!(o->start >= 0 && o->start <= 1e9))
        return seg_fail(SEG_ERROR_OPTION, "start is %g s (allowed 0 to 1e9)", o->start);
    if (!(o->duration >= 0 && o->duration <= 1e9))
        return seg_fail(SEG_ERROR_OPTION, "duration is %g s (allowed 0 to 1e9)", o->duration);
    if (o->limit < 0)
        return seg_fail(SEG_ERROR_OPTION, "limit is %lld (allowed 0 or more)", (long long)o->limit);
    if (o->step < 1) return seg_fail(SEG_ERROR_OPTION, "step is %d (allowed 1 or more)", o->step);
    if (o->threads < 0)
        return seg_fail(SEG_ERROR_OPTION, "threads is %d (allowed 0 or more)", o->threads);
    if (o->width < 0 || o->height < 0)
        return seg_fail(SEG_ERROR_OPTION, "resize is %dx%d (allowed 0 or more a side)", o->width,
                        o->height);
    if (!(o->scale >= 0 && o->scale <= 1000))
        return seg_fail(SEG_ERROR_OPTION, "scale is %g (allowed 0 to 1000)", o->scale);
    if (o->on_resize < SEG_RESIZE_SCALE || o->on_resize > SEG_RESIZE_FAIL)
        return seg_fail(SEG_ERROR_OPTION, "on_resize is %d (allowed 0 to 2)", o->on_resize);
    return SEG_OK;
}

static seg_status open_bytes(seg_source **source, seg_input *input,
                             const seg_reader_options *options, const seg_env *env) {
    seg_status status = seg_input_sniff(input, 8);
    if (status < 0) {
        seg_input_close(input);
        return status;
    }
    return seg_picture_stream_fits(input, options->format)
               ? seg_picture_stream_open(source, input, options, env)
               : seg_video_source_open(source, input, options, env);
}

static seg_status open_file(seg_source **source, const char *name,
                            const seg_reader_options *options, const seg_env *env) {
    seg_input *input;
    SEG_TRY(seg_input_open(&input, name, env));
    if (input->seekable && !options->format)
        return seg_video_source_open(source, input, options, env);
    return open_bytes(source, input, options, env);
}

static seg_status open_source(seg_source **source, const char *name,
                              const seg_reader_options *options, const seg_env *env) {
    if (!strcmp(name, "-")) {
        seg_input *input;
        SEG_TRY(seg_input_open(&input, name, env));
        return open_bytes(source, input, options, env);
    }
    seg_source_kind kind = seg_source_probe(name);
    switch (kind) {
    case SEG_SOURCE_PICTURE:
        return options->format ? open_file(source, name, options, env)
                               : seg_picture_source_open(source, name, options, env);
    case SEG_SOURCE_SEQUENCE:
        return seg_sequence_source_open(source, name, options, env);
    case SEG_SOURCE_DIRECTORY:
        if (options->sequence) return seg_sequence_source_open(source, name, options, env);
        return seg_fail(SEG_ERROR_ARGUMENT,
                        "%s: is a directory; read it as one sequence, or its files one by one",
                        name);
    case SEG_SOURCE_NONE:
    case SEG_SOURCE_VIDEO:
    case SEG_SOURCE_STREAM:
        break;
    }
    return open_file(source, name, options, env);
}

/* a * num / den in lowest terms; what does not fit is rounded. */
static seg_rational multiply(seg_rational a, int32_t num, int32_t den) {
    int64_t p = (int64_t)a.num * num;
    int64_t q = (int64_t)a.den * den;
    if (p <= 0 || q <= 0) return (seg_rational){0, 0};
    int64_t divisor = p;
    for (int64_t rest = q; rest;) {
        int64_t next = divisor % rest;
        divisor = rest;
        rest = next;
    }
    p /= divisor;
    q /= divisor;
    while (p > INT32_MAX || q > INT32_MAX) {
        p = (p + 1) / 2;
        q = (q + 1) / 2;
    }
    return (seg_rational){(int32_t)p, (int32_t)q};
}

/* The info as delivered: pixels that are scaled unevenly change their shape. */
static void settle_info(seg_reader *reader) {
    seg_stream_info *info = &reader->info;
    *info = reader->source->info;
    seg_conform_size(&info->width, &info->height, &reader->options);
    const seg_stream_info *source = &reader->source->info;
    if (info->width == source->width && info->height == source->height) return;
    seg_rational aspect = multiply(source->sample_aspect, source->width, info->width);
    aspect = multiply(aspect, info->height, source->height);
    if (aspect.num > 0) info->sample_aspect = aspect;
}

static seg_status finish_open(seg_reader *reader, seg_source *source, const seg_env *env) {
    reader->source = source;
    if (env) reader->env = *env;
    settle_info(reader);
    if (reader->options.start <= 0) return SEG_OK;
    seg_status status = source->operations->skip(source, reader->options.start);
    if (status > 0) reader->ended = status;
    return status < 0 ? status : SEG_OK;
}

static seg_status make_reader(seg_reader **made, seg_source *source,
                              const seg_reader_options *options, const seg_env *env) {
    seg_reader *reader = seg_allocate_zeroed(env, 1, sizeof *reader, "a reader");
    if (!reader) {
        source->operations->close(source);
        return SEG_ERROR_MEMORY;
    }
    reader->options = *options;
    seg_status status = finish_open(reader, source, env);
    reader->options.format = reader->options.raw_pixel_format = NULL;
    if (status < 0)
        seg_reader_close(reader);
    else
        *made = reader;
    return status;
}

static seg_status settle_options(seg_reader_options *settled, const seg_reader_options *given) {
    seg_reader_options_init(settled);
    if (!given) return SEG_OK;
    *settled = *given;
    return check_options(settled);
}

seg_status seg_reader_open(seg_reader **reader, const char *name, const seg_reader_options *given,
                           const seg_env *env) {
    if (!reader) return seg_fail(SEG_ERROR_ARGUMENT, "reader is NULL");
    *reader = NULL;
    if (!name || !*name) return seg_fail(SEG_ERROR_ARGUMENT, "the input's name is empty");
    seg_reader_options options;
    SEG_TRY(settle_options(&options, given));
    seg_source *source = NULL;
    SEG_TRY(open_source(&source, name, &options, env));
    return make_reader(reader, source, &options, env);
}

seg_status seg_reader_open_memory(seg_reader **reader, const void *bytes, size_t size,
                                  const seg_reader_options *given, const seg_env *env) {
    *reader = NULL;
    seg_reader_options options;
    SEG_TRY(settle_options(&options, given));
    seg_input *input;
    SEG_TRY(seg_input_open_memory(&input, bytes, size, "memory", env));
    seg_source *source = NULL;
    SEG_TRY(open_bytes(&source, input, &options, env));
    return make_reader(reader, source, &options, env);
}

const seg_stream_info *seg_reader_info(const seg_reader *reader) {
    return &reader->info;
}

const char *seg_reader_warnings(const seg_reader *reader) {
    return reader->source->notes.joined;
}

/* ---- reading ---- */

static bool is_past_end(const seg_reader *reader, const seg_frame *frame) {
    const seg_reader_options *options = &reader->options;
    if (options->duration <= 0 || frame->pts == SEG_NO_PTS) return false;
    if (reader->info.time_base.den <= 0) return false;
    return seg_source_seconds(reader->source, frame->pts) >= options->start + options->duration;
}

/* Goes to the next frame that is to be delivered. What was stepped over leaves its jumps. */
static seg_status find_frame(seg_reader *reader, seg_frame *frame) {
    seg_source *source = reader->source;
    for (;;) {
        seg_frame_unref(frame);
        frame->pts = SEG_NO_PTS;
        seg_status status = source->operations->advance(source, frame);
        if (status != SEG_OK) return status;
        if (is_past_end(reader, frame)) return SEG_END;
        if (reader->passed++ % reader->options.step == 0) break;
        reader->pending |= frame->flags & SEG_FRAME_DISCONTINUITY;
    }
    frame->flags |= reader->pending;
    reader->pending = 0;
    return SEG_OK;
}

static seg_status read_frame(seg_reader *reader, seg_frame *frame) {
    const seg_reader_options *options = &reader->options;
    if (reader->ended != SEG_OK) return reader->ended;
    if (options->limit > 0 && reader->delivered >= options->limit) return SEG_END;
    seg_status status = find_frame(reader, frame);
    if (status != SEG_OK) return status;
    seg_source *source = reader->source;
    frame->index = reader->delivered;
    frame->time_base = reader->info.time_base;
    SEG_TRY(source->operations->picture(source, frame));
    SEG_TRY(seg_conform_frame(&reader->conform, frame, options, &source->notes, &reader->env));
    reader->info.width = reader->conform.width;
    reader->info.height = reader->conform.height;
    reader->delivered++;
    return SEG_OK;
}

seg_status seg_reader_read(seg_reader *reader, seg_frame *frame) {
    if (!reader || !frame) return seg_fail(SEG_ERROR_ARGUMENT, "reader or frame is NULL");
    seg_frame_unref(frame);
    seg_status status = read_frame(reader, frame);
    if (status == SEG_OK) return SEG_OK;
    seg_frame_unref(frame);
    /* An error is told once; there is nothing after it. */
    if (reader->ended == SEG_OK) reader->ended = SEG_END;
    return status;
}

void seg_reader_close(seg_reader *reader) {
    if (!reader) return;
    if (reader->source) reader->source->operations->close(reader->source);
    seg_env env = reader->env;
    seg_release(&env, reader);
}
