/* What seg_ffmpeg_backend (media/ffmpeg_backend.h) points to. */
#ifndef SEG_MEDIA_ENTRIES_H
#define SEG_MEDIA_ENTRIES_H

#include "media/ffmpeg_backend.h"

seg_source_kind seg_av_probe(const uint8_t *bytes, size_t size);

SEG_NODISCARD seg_status seg_av_picture_decode(seg_image *image, seg_picture_info *info,
                                               const uint8_t *bytes, size_t size,
                                               const seg_env *env);

SEG_NODISCARD seg_status seg_av_source_open(seg_source **source, seg_input *input,
                                            const seg_reader_options *options, const seg_env *env);

SEG_NODISCARD seg_status seg_av_writer_open(seg_writer **writer, const char *name,
                                            const char *format, const seg_writer_options *options,
                                            const seg_env *env);

SEG_NODISCARD seg_status seg_av_writer_check(const char *name, const char *format,
                                             const seg_writer_options *options);

SEG_NODISCARD seg_status seg_av_writer_memory(int64_t *bytes, const char *name, const char *format,
                                              const seg_writer_options *options,
                                              const seg_image *shape);

SEG_NODISCARD seg_status seg_yuv444_fill(seg_yuv444 **converter, uint8_t *planes,
                                         const seg_image *image, const seg_env *env);
void seg_yuv444_free(seg_yuv444 *converter);

#endif
