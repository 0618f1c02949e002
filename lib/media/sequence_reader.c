/* Picture files as a source of frames: one of them, or a sequence in natural order. */
#include "media/source.h"

#include "core/check.h"
#include "core/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct sequence_source {
    seg_source base;
    seg_names names;
    int32_t next;    /**< the next advance goes there */
    int32_t current; /**< -1 at first */
    int32_t held;    /**< the picture that is read already, -1 = none */
    seg_image picture;
    seg_picture_read_options read_options;
    bool timed;
    bool truncated; /**< the single picture is */
} sequence_source;

static seg_status read_picture(sequence_source *source, seg_image *image, int32_t number) {
    seg_picture_info info = {0};
    const char *name = source->names.items[number];
    seg_status status =
        seg_picture_read(image, &info, name, &source->read_options, &source->base.env);
    if (status < 0) return status;
    source->truncated = info.truncated && !source->timed;
    if (info.warning[0]) seg_note(&source->base.notes, "picture", "%s: %s", name, info.warning);
    seg_stream_info *stream = &source->base.info;
    if (!stream->codec[0]) {
        snprintf(stream->codec, sizeof stream->codec, "%s", info.codec);
        stream->rotation = info.orientation == 3 || info.orientation == 4   ? 180
                           : info.orientation == 5 || info.orientation == 6 ? 90
                           : info.orientation >= 7                          ? 270
                                                                            : 0;
        if (!source->read_options.autorotate) stream->rotation = 0;
    }
    return SEG_OK;
}

static seg_status sequence_advance(seg_source *base, seg_frame *frame) {
    sequence_source *source = (sequence_source *)base;
    if (source->next >= source->names.count && source->truncated)
        return seg_fail(SEG_ERROR_TRUNCATED, "%s: ended early", source->names.items[0]);
    if (source->next >= source->names.count) return SEG_END;
    source->current = source->next++;
    if (source->timed) {
        frame->pts = source->current;
        frame->duration = 1;
    }
    return SEG_OK;
}

static seg_status sequence_picture(seg_source *base, seg_frame *frame) {
    sequence_source *source = (sequence_source *)base;
    if (source->held == source->current) {
        frame->image = source->picture;
        source->picture = (seg_image){0};
        source->held = -1;
        return SEG_OK;
    }
    return read_picture(source, &frame->image, source->current);
}

static seg_status sequence_skip(seg_source *base, double seconds) {
    sequence_source *source = (sequence_source *)base;
    if (!source->timed) return SEG_END;
    int32_t next = 0;
    while (next < source->names.count && seg_source_seconds(base, next) < seconds)
        next++;
    source->next = next;
    return next < source->names.count ? SEG_OK : SEG_END;
}

static void sequence_close(seg_source *base) {
    sequence_source *source = (sequence_source *)base;
    seg_env env = base->env;
    seg_image_unref(&source->picture);
    seg_names_free(&source->names, &env);
    seg_release(&env, source);
}

static const seg_source_operations sequence_operations = {sequence_advance, sequence_picture,
                                                          sequence_skip, sequence_close};

/* A list of one name. */
static seg_status take_name(seg_names *names, const char *name, const seg_env *env) {
    size_t length = strlen(name) + 1;
    names->items = seg_allocate_zeroed(env, 1, sizeof *names->items, "a name");
    if (!names->items) return SEG_ERROR_MEMORY;
    names->count = 1;
    names->items[0] = seg_allocate(env, length, 1, "a name");
    if (!names->items[0]) return SEG_ERROR_MEMORY;
    memcpy(names->items[0], name, length);
    return SEG_OK;
}

static seg_status prepare(sequence_source *source, const char *name,
                          const seg_reader_options *options) {
    const seg_env *env = &source->base.env;
    SEG_TRY(source->timed ? seg_names_list(&source->names, name, env)
                          : take_name(&source->names, name, env));
    if (source->names.count < 1) return seg_fail(SEG_ERROR_IO, "%s: there are no pictures", name);
    /* The first picture tells the size. */
    SEG_TRY(read_picture(source, &source->picture, 0));
    source->held = 0;
    seg_stream_info *info = &source->base.info;
    info->width = source->picture.width;
    info->height = source->picture.height;
    info->sample_aspect = (seg_rational){1, 1};
    info->frames = source->names.count;
    info->full_range = true;
    snprintf(info->matrix, sizeof info->matrix, "rgb");
    snprintf(info->container, sizeof info->container, source->timed ? "sequence" : "picture");
    if (source->timed) {
        info->frame_rate = options->fps;
        info->time_base = (seg_rational){options->fps.den, options->fps.num};
        info->seconds = (double)info->frames * options->fps.den / options->fps.num;
    }
    return SEG_OK;
}

static seg_status open_names(seg_source **opened, const char *name, seg_source_kind kind,
                             const seg_reader_options *options, const seg_env *env) {
    *opened = NULL;
    sequence_source *source = seg_allocate_zeroed(env, 1, sizeof *source, "a sequence");
    if (!source) return SEG_ERROR_MEMORY;
    source->base.operations = &sequence_operations;
    if (env) source->base.env = *env;
    source->base.info.kind = kind;
    source->timed = kind != SEG_SOURCE_PICTURE;
    source->held = source->current = -1;
    seg_picture_read_options_init(&source->read_options);
    source->read_options.autorotate = options->autorotate;
    seg_status status = prepare(source, name, options);
    if (status < 0)
        sequence_close(&source->base);
    else
        *opened = &source->base;
    return status;
}

seg_status seg_picture_source_open(seg_source **source, const char *name,
                                   const seg_reader_options *options, const seg_env *env) {
    return open_names(source, name, SEG_SOURCE_PICTURE, options, env);
}

seg_status seg_sequence_source_open(seg_source **source, const char *name,
                                    const seg_reader_options *options, const seg_env *env) {
    return open_names(source, name, SEG_SOURCE_SEQUENCE, options, env);
}
