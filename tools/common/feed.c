#include "common/feed.h"
#include "common/text.h"
#include <stdio.h>
#include <stdlib.h>

bool feed_is_picture(const job *item, const settings *from) {
    return item->kind == SEG_SOURCE_PICTURE && !from->reader_needed;
}

seg_status feed_open_picture(feed *target, const job *item, const settings *from,
                             const seg_env *env) {
    seg_picture_read_options options;
    seg_picture_info info;
    seg_picture_read_options_init(&options);
    options.autorotate = from->reader.autorotate;
    *target = (feed){0};
    seg_status status = seg_picture_read(&target->picture, &info, item->input, &options, env);
    if (status < 0) return status;
    target->warnings = text_copy(info.warning);
    target->truncated = info.truncated;
    target->info = (seg_stream_info){.kind = SEG_SOURCE_PICTURE,
                                     .width = target->picture.width,
                                     .height = target->picture.height,
                                     .sample_aspect = {1, 1},
                                     .frames = 1};
    snprintf(target->info.container, sizeof target->info.container, "picture");
    snprintf(target->info.codec, sizeof target->info.codec, "%s", info.codec);
    return SEG_OK;
}

seg_status feed_open_reader(feed *target, const job *item, const settings *from, bool luma_only,
                            int32_t threads, const seg_env *env) {
    seg_reader_options options = from->reader;
    options.luma_only = luma_only;
    options.threads = threads;
    options.sequence = item->sequence;
    *target = (feed){0};
    seg_status status = seg_reader_open(&target->reader, item->input, &options, env);
    if (status >= 0) target->info = *seg_reader_info(target->reader);
    return status;
}

int64_t feed_expected(const feed *source, const settings *from) {
    const seg_reader_options *options = &from->reader;
    int64_t frames = source->info.frames;
    double rate = source->info.frame_rate.den > 0
                      ? (double)source->info.frame_rate.num / source->info.frame_rate.den
                      : 0;
    if (options->start > 0) frames -= (int64_t)(options->start * rate);
    if (options->duration > 0 && options->duration * rate < (double)frames)
        frames = (int64_t)(options->duration * rate);
    if (options->step > 1) frames = (frames + options->step - 1) / options->step;
    if (options->limit > 0 && (options->limit < frames || !source->info.frames))
        frames = options->limit;
    return frames < 0 ? 0 : frames;
}

seg_status feed_read(feed *source, seg_frame *frame) {
    if (source->reader) return seg_reader_read(source->reader, frame);
    seg_frame_unref(frame);
    if (source->given) return SEG_END;
    source->given = true;
    frame->image = source->picture;
    source->picture = (seg_image){0};
    frame->pts = SEG_NO_PTS;
    return SEG_OK;
}

void feed_close(feed *source) {
    if (source->reader) {
        free(source->warnings);
        source->warnings = text_copy(seg_reader_warnings(source->reader));
        seg_reader_close(source->reader);
        source->reader = NULL;
    }
    seg_image_unref(&source->picture);
}

void feed_free(feed *source) {
    feed_close(source);
    free(source->warnings);
    *source = (feed){0};
}
