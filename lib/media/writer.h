/* What a writer hands its frames to: a video, a stream, picture files, or nothing. */
#ifndef SEG_MEDIA_WRITER_H
#define SEG_MEDIA_WRITER_H

#include <segment/media.h>

typedef struct seg_writer_operations {
    /** Pictures are checked: one size and format, known sample format. */
    seg_status (*write)(seg_writer *writer, const seg_image *image, int64_t index, int64_t pts,
                        int64_t duration);
    /** Ends the output; what cannot be ended stays as NAME.partial. */
    seg_status (*finish)(seg_writer *writer);
    /** Ends what can be ended, keeps NAME.partial. */
    void (*abandon)(seg_writer *writer);
    /** Frees the writer's own parts; runs after finish and abandon, and after a failed open. */
    void (*release)(seg_writer *writer);
} seg_writer_operations;

/** The first member of every writer. */
struct seg_writer {
    const seg_writer_operations *operations;
    seg_env env;
    seg_writer_options options; /**< its strings live while opening only */
    seg_image shape;            /**< of the first frame, no pixels */
    int64_t frames;
    const struct seg_atomic_file *file; /**< that all goes to; NULL where each frame has its own */
    int64_t bytes;                      /**< of those */
    bool takes_float;                   /**< F32 pictures are accepted */
    bool takes_any_shape;               /**< each picture stands for itself */
    bool failed;
};

/** Memory for a writer whose struct begins with seg_writer; NULL without. */
SEG_API void *seg_writer_make(size_t size, const seg_writer_operations *operations,
                              const seg_writer_options *options, const seg_env *env);

/** Picture formats by name or extension ("png", "jpg", "pam", ...): the name that
 *  seg_picture_encode takes, or NULL. */
const char *seg_picture_format(const char *extension);

/** The writer's options as they concern a picture. */
static inline seg_picture_write_options seg_writer_picture_options(const seg_writer *writer,
                                                                   const char *format) {
    seg_picture_write_options options;
    seg_picture_write_options_init(&options);
    options.format = format;
    options.quality = writer->options.quality;
    options.compression = writer->options.compression;
    return options;
}

/** What follows the last dot of the last part of a path, or "". */
SEG_API const char *seg_path_extension(const char *path);

/** What the openers below would refuse, without making anything. */
SEG_NODISCARD seg_status seg_picture_files_check(const char *name, bool single, const char *format);
SEG_NODISCARD seg_status seg_stream_writer_check(const char *format,
                                                 const seg_writer_options *options);
SEG_NODISCARD seg_status seg_video_writer_check(const char *name, const char *format,
                                                const seg_writer_options *options);

SEG_NODISCARD seg_status seg_video_writer_memory(int64_t *bytes, const char *name,
                                                 const char *format,
                                                 const seg_writer_options *options,
                                                 const seg_image *shape);

/** One picture file. */
SEG_NODISCARD seg_status seg_picture_writer_open(seg_writer **writer, const char *name,
                                                 const seg_writer_options *options,
                                                 const seg_env *env);
/** Files of a printf pattern, or of a directory (NAME/000000.png). */
SEG_NODISCARD seg_status seg_sequence_writer_open(seg_writer **writer, const char *name,
                                                  const seg_writer_options *options,
                                                  const seg_env *env);

/** True if seg_stream_writer_open knows the format: y4m, rawvideo and pictures in a row. */
bool seg_stream_writer_fits(const char *format);
SEG_NODISCARD seg_status seg_stream_writer_open(seg_writer **writer, const char *name,
                                                const char *format,
                                                const seg_writer_options *options,
                                                const seg_env *env);

/** Containers of FFmpeg. `format` NULL: by extension. */
SEG_NODISCARD seg_status seg_video_writer_open(seg_writer **writer, const char *name,
                                               const char *format,
                                               const seg_writer_options *options,
                                               const seg_env *env);

#endif
