/* What the rest of libsegment-media asks of FFmpeg. */
#include "media/codec.h"
#include "media/ffmpeg_backend.h"
#include "media/writer.h"

#include "core/check.h"

seg_source_kind seg_ffmpeg_probe(const uint8_t *bytes, size_t size) {
    const seg_ffmpeg_backend *ffmpeg;
    return seg_ffmpeg_find(&ffmpeg) < 0 ? SEG_SOURCE_NONE : ffmpeg->probe(bytes, size);
}

seg_status seg_ffmpeg_decode(seg_image *image, seg_picture_info *info, const uint8_t *bytes,
                             size_t size, const seg_env *env) {
    const seg_ffmpeg_backend *ffmpeg;
    SEG_TRY(seg_ffmpeg_find(&ffmpeg));
    return ffmpeg->decode(image, info, bytes, size, env);
}

seg_status seg_video_source_open(seg_source **source, seg_input *input,
                                 const seg_reader_options *options, const seg_env *env) {
    const seg_ffmpeg_backend *ffmpeg;
    seg_status status = seg_ffmpeg_find(&ffmpeg);
    if (status >= 0) return ffmpeg->open_source(source, input, options, env);
    *source = NULL;
    seg_input_close(input);
    return status;
}

seg_status seg_video_writer_open(seg_writer **writer, const char *name, const char *format,
                                 const seg_writer_options *options, const seg_env *env) {
    const seg_ffmpeg_backend *ffmpeg;
    SEG_TRY(seg_ffmpeg_find(&ffmpeg));
    return ffmpeg->open_writer(writer, name, format, options, env);
}

seg_status seg_video_writer_check(const char *name, const char *format,
                                  const seg_writer_options *options) {
    const seg_ffmpeg_backend *ffmpeg;
    SEG_TRY(seg_ffmpeg_find(&ffmpeg));
    return ffmpeg->check_writer(name, format, options);
}

seg_status seg_video_writer_memory(int64_t *bytes, const char *name, const char *format,
                                   const seg_writer_options *options, const seg_image *shape) {
    const seg_ffmpeg_backend *ffmpeg;
    SEG_TRY(seg_ffmpeg_find(&ffmpeg));
    return ffmpeg->writer_memory(bytes, name, format, options, shape);
}
