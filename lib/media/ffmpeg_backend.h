/*
 * The border to FFmpeg. Everything that needs it is in media/ffmpeg and is reached through one
 * table. FFmpeg brings over a hundred shared libraries, whose loading takes longer than a picture
 * of a few megapixels: the shared libsegment-media loads media/ffmpeg as a module when something
 * first needs it (ffmpeg_loader.c), the static one has it linked (ffmpeg_linked.c).
 */
#ifndef SEG_MEDIA_FFMPEG_BACKEND_H
#define SEG_MEDIA_FFMPEG_BACKEND_H

#include "media/source.h"

/** Keeps a conversion to YUV from frame to frame. */
typedef struct seg_yuv444 seg_yuv444;

typedef struct seg_ffmpeg_backend {
    const char *version; /**< of the whole that it was built as a part of */
    seg_source_kind (*probe)(const uint8_t *bytes, size_t size);
    seg_status (*decode)(seg_image *image, seg_picture_info *info, const uint8_t *bytes,
                         size_t size, const seg_env *env);
    /** Takes over `input`, also on error. */
    seg_status (*open_source)(seg_source **source, seg_input *input,
                              const seg_reader_options *options, const seg_env *env);
    seg_status (*open_writer)(seg_writer **writer, const char *name, const char *format,
                              const seg_writer_options *options, const seg_env *env);
    /** As seg_writer_check. */
    seg_status (*check_writer)(const char *name, const char *format,
                               const seg_writer_options *options);
    /** As seg_writer_memory. */
    seg_status (*writer_memory)(int64_t *bytes, const char *name, const char *format,
                                const seg_writer_options *options, const seg_image *shape);
    /** A picture (u8 or u16) as 8-bit planes Y, U and V of its size, one after the other: limited
     *  range, matrix by height. Makes *converter if it is NULL. */
    seg_status (*fill_yuv444)(seg_yuv444 **converter, uint8_t *planes, const seg_image *image,
                              const seg_env *env);
    void (*free_yuv444)(seg_yuv444 *converter); /**< NULL is allowed */
} seg_ffmpeg_backend;

/** The table of media/ffmpeg: the only name that its module shows. */
SEG_API extern const seg_ffmpeg_backend seg_ffmpeg_module;

/** The backend, from any thread. Errors: SEG_ERROR_UNSUPPORTED (it cannot be loaded, and why). */
SEG_NODISCARD seg_status seg_ffmpeg_find(const seg_ffmpeg_backend **backend);

#endif
