/* libsegment-media: reads and writes pictures and video with libpng, libjpeg-turbo and FFmpeg. */
#ifndef SEGMENT_MEDIA_H
#define SEGMENT_MEDIA_H

#include <segment/frame.h>

SEG_BEGIN_DECLS

/** Names and versions of the libraries underneath, one a line. Static storage. */
SEG_API const char *seg_media_versions(void);

/* ---- still pictures ---- */

typedef struct seg_picture_info {
    int32_t orientation; /**< EXIF 1..8 as found; 1 if none */
    int32_t source_bits; /**< bits of a sample in the file */
    char codec[16];      /**< "png", "jpeg", "pam", else FFmpeg's name */
    char warning[160];   /**< what was mended while reading, or "" */
    bool truncated;      /**< the file ends early: only a part of the picture is real */
} seg_picture_info;

typedef struct seg_picture_read_options {
    size_t size;
    bool autorotate; /**< apply EXIF orientation; default true */
    bool indices;    /**< a PNG with a palette of colours gives its indices, one channel, in place
                          of the colours: labels are often stored so; default false */
} seg_picture_read_options;

SEG_API void seg_picture_read_options_init(seg_picture_read_options *options);

/** Reads a PNG, JPEG, PNM/PAM, PFM, NPY, .flo (optical flow: F32, two channels) or anything else
 *  FFmpeg decodes as a picture; `image` keeps depth and alpha (u8 or u16, 1-4 channels). `info`,
 *  `options`, `env` may be NULL. Errors: SEG_ERROR_ARGUMENT (image or path NULL), _OPTION (options
 * not initialised), _IO, _DATA (not a picture or damaged beyond use), _LIMIT, _UNSUPPORTED,
 * _MEMORY, _CANCELLED (a signal came and env->progress says stop). */
SEG_API SEG_NODISCARD seg_status seg_picture_read(seg_image *image, seg_picture_info *info,
                                                  const char *path,
                                                  const seg_picture_read_options *options,
                                                  const seg_env *env);

/** The same from bytes in memory; any bytes may be given. Errors: as seg_picture_read but _IO. */
SEG_API SEG_NODISCARD seg_status seg_picture_decode(seg_image *image, seg_picture_info *info,
                                                    const void *bytes, size_t size,
                                                    const seg_picture_read_options *options,
                                                    const seg_env *env);

typedef struct seg_picture_write_options {
    size_t size;
    const char *format;  /**< "png", "jpeg", "pam", "pfm", "npy", "flo"; NULL = by extension */
    int32_t quality;     /**< JPEG 1..100, default 92 */
    int32_t compression; /**< PNG 0..9, default 3 */
} seg_picture_write_options;

SEG_API void seg_picture_write_options_init(seg_picture_write_options *options);

/** Writes to a temporary name beside `path` and renames: a file under its final name is whole.
 *  PNG: masks (U8 DATA with only 0 and 255) in 1 bit, 8 and 16 bits, labels in 16 bits while
 *  they fit, beyond that (to 2^24 - 1) as COCO's panoptic RGB. Devices and FIFOs are written in
 *  place. Errors: SEG_ERROR_ARGUMENT (path NULL, no sane picture), _OPTION, _UNSUPPORTED (no such
 *  format, or it does not hold such samples), _IO, _MEMORY, _CANCELLED. */
SEG_API SEG_NODISCARD seg_status seg_picture_write(const char *path, const seg_image *image,
                                                   const seg_picture_write_options *options,
                                                   const seg_env *env);

/** Bytes of the encoded picture in *bytes, released with seg_bytes_free. `options->format` is
 *  required. Errors: as seg_picture_write but _IO. */
SEG_API SEG_NODISCARD seg_status seg_picture_encode(void **bytes, size_t *size,
                                                    const seg_image *image,
                                                    const seg_picture_write_options *options,
                                                    const seg_env *env);
SEG_API void seg_bytes_free(void *bytes, const seg_env *env);

/* ---- what an input is ---- */

typedef enum seg_source_kind {
    SEG_SOURCE_NONE = 0, /**< nothing there */
    SEG_SOURCE_PICTURE,  /**< one still picture */
    SEG_SOURCE_VIDEO,    /**< a container or stream of frames */
    SEG_SOURCE_SEQUENCE, /**< printf pattern or glob that matches */
    SEG_SOURCE_DIRECTORY,
    SEG_SOURCE_STREAM /**< "-", a FIFO or a device: known only once read */
} seg_source_kind;

/** Decides by content; an existing literal path wins over a pattern. */
SEG_API seg_source_kind seg_source_probe(const char *name);

/** A list of file names, natural order (img2 before img10). */
typedef struct seg_names {
    char **items;
    int32_t count;
} seg_names;

/** The files of a directory, of a glob, or of a printf pattern. Errors: SEG_ERROR_ARGUMENT, _IO
 *  (cannot be read), _LIMIT (too many), _MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_names_list(seg_names *names, const char *name,
                                                const seg_env *env);
SEG_API void seg_names_free(seg_names *names, const seg_env *env);

/** <0, 0, >0: natural order of names. */
SEG_API int seg_names_compare(const char *a, const char *b);

/* ---- reading frames ---- */

typedef enum seg_on_resize {
    SEG_RESIZE_SCALE = 0, /**< bring to the first size, flag the frame, warn */
    SEG_RESIZE_RESTART,   /**< deliver as it is, flag DISCONTINUITY */
    SEG_RESIZE_FAIL
} seg_on_resize;

typedef struct seg_reader_options {
    size_t size;
    bool luma_only;         /**< frames carry luma where the source has it, no colour picture */
    bool autorotate;        /**< apply EXIF or display matrix; default true */
    bool sequence;          /**< a directory is one sequence */
    seg_rational fps;       /**< of sequences and raw input; default 25/1 */
    int32_t threads;        /**< of the decoder; default 1, 0 = all */
    double start, duration; /**< seconds from the first frame on, exact; duration 0 = all */
    int64_t limit;          /**< frames delivered at most; 0 = all */
    int32_t step;           /**< deliver every n-th frame; default 1 */
    int32_t width, height;  /**< resize to; one 0 keeps the proportions, both the size */
    double scale;           /**< if above 0 and they are 0: resize by this factor, rounded */
    int32_t on_resize;      /**< seg_on_resize */
    const char *format; /**< forces the demuxer: "y4m", "rawvideo", "png", ...; NULL = by content */
    int32_t raw_width, raw_height; /**< of rawvideo input */
    const char *raw_pixel_format;  /**< "gray", "rgb24", "yuv420p", ... */
} seg_reader_options;

SEG_API void seg_reader_options_init(seg_reader_options *options);

typedef struct seg_stream_info {
    seg_source_kind kind;
    int32_t width, height; /**< as delivered: after rotation and resizing */
    seg_rational time_base;
    seg_rational frame_rate;    /**< nominal, {0,0} if unknown */
    seg_rational sample_aspect; /**< {1,1} if square or unknown */
    int32_t rotation;           /**< degrees clockwise that were applied: 0, 90, 180, 270 */
    int64_t frames;             /**< announced, 0 if unknown */
    double seconds;             /**< announced, 0 if unknown */
    char container[32], codec[32], pixel_format[32], matrix[16];
    bool full_range; /**< of the source */
    bool has_audio;
} seg_stream_info;

typedef struct seg_reader seg_reader;

/**
 * Opens a picture, video, printf pattern, quoted glob, directory (options->sequence) or "-".
 * Audio and other streams are ignored. Errors: as seg_picture_read, and SEG_ERROR_OPTION for
 * options out of range, SEG_ERROR_ARGUMENT for a directory that is not to be read as a sequence,
 * SEG_ERROR_TRUNCATED for a file that ends before its first frame.
 */
SEG_API SEG_NODISCARD seg_status seg_reader_open(seg_reader **reader, const char *name,
                                                 const seg_reader_options *options,
                                                 const seg_env *env);

/** Known after open. */
SEG_API const seg_stream_info *seg_reader_info(const seg_reader *reader);

/** The next frame; `frame` is unref'd first. SEG_END after the last; SEG_ERROR_TRUNCATED instead
 *  if the input ended before what it announced (all decodable frames came before). Damaged frames
 *  come flagged where the decoder conceals them. `frame->index` counts the delivered frames;
 *  `frame->pts` is the time stamp of the file, never missing and never going back in video (where
 *  the file's clock starts anew, times carry on and the frame is flagged). Frames may outlive the
 *  reader. They do not depend on options->threads. Errors: SEG_ERROR_ARGUMENT, _IO, _DATA,
 *  _UNSUPPORTED, _LIMIT, _SHAPE (another size with SEG_RESIZE_FAIL), _MEMORY, _CANCELLED. An error
 *  is told once; SEG_END follows. */
SEG_API SEG_NODISCARD seg_status seg_reader_read(seg_reader *reader, seg_frame *frame);

/** Things worth telling, one a line (resized frames, concealed damage, unspecified matrix, ...);
 *  "" if none. Valid until the next read. */
SEG_API const char *seg_reader_warnings(const seg_reader *reader);

SEG_API void seg_reader_close(seg_reader *reader);

/* ---- writing frames ---- */

typedef enum seg_content {
    SEG_CONTENT_MASK = 0, /**< 0/255 or few values: lossless */
    SEG_CONTENT_DATA,     /**< scores, labels: lossless, 8 or 16 bits */
    SEG_CONTENT_PICTURE   /**< for people: may be lossy */
} seg_content;

typedef struct seg_writer_options {
    size_t size;
    int32_t content;         /**< seg_content */
    const char *format;      /**< "y4m", "nut", "rawvideo", "pam", "png", container name; NULL = by
                                  extension. Required for "-" */
    const char *codec;       /**< FFmpeg encoder; NULL = FFV1 for lossless; for people H.264, in
                                  WebM VP9, or AV1 from about 2 Mpixel on */
    int64_t bitrate;         /**< bits/s, 0 = the encoder's constant quality */
    seg_rational time_base;  /**< of the pts that will come */
    seg_rational frame_rate; /**< nominal */
    seg_rational sample_aspect;
    int32_t threads;
    bool overwrite;         /**< replace an existing file */
    const char *audio_from; /**< copy the audio of this file, or NULL */
    int32_t quality;        /**< of JPEG pictures, as in seg_picture_write_options */
    int32_t compression;    /**< of PNG pictures */
} seg_writer_options;

SEG_API void seg_writer_options_init(seg_writer_options *options);

typedef struct seg_writer seg_writer;

/** Names: video by extension, picture, printf pattern "out/%05d.png" (its number is the index of
 *  the frame), an existing directory or "name/" (name/000000.png, ...), "-", "null:". Regular
 *  files are written as NAME.partial and renamed by seg_writer_finish. Errors: those of
 *  seg_writer_check, and SEG_ERROR_IO, _MEMORY, _CANCELLED. */
SEG_API SEG_NODISCARD seg_status seg_writer_open(seg_writer **writer, const char *name,
                                                 const seg_writer_options *options,
                                                 const seg_env *env);

/** What seg_writer_open would refuse in name, format and codec, found without making anything.
 *  Errors: SEG_ERROR_ARGUMENT (no name), _OPTION, _UNSUPPORTED (FFmpeg is needed and not there). */
SEG_API SEG_NODISCARD seg_status seg_writer_check(const char *name,
                                                  const seg_writer_options *options);

/** About how many bytes the encoder will take for pictures like `shape`, which needs no pixels:
 *  for plans. Errors: as seg_writer_check. */
SEG_API SEG_NODISCARD seg_status seg_writer_memory(int64_t *bytes, const char *name,
                                                   const seg_writer_options *options,
                                                   const seg_image *shape);

/** Writes one picture (u8, u16, labels, and f32 where files hold it; 1-4 channels); in video all of
 *  one size and format. A single picture name takes one frame only. Time stamps are kept as far as
 *  the container counts so finely; SEG_NO_PTS follows from the frame rate. Labels become 16 bits,
 *  u16 of fewer `bits` is brought to full scale. Errors: SEG_ERROR_IO (disk full, closed pipe;
 *  never a signal), _SHAPE, _UNSUPPORTED (not without loss in this container), _ARGUMENT (no sane
 *  picture), _STATE (it failed before; or a second frame for one picture), _OPTION (the
 *  encoder does not take them), _DATA (the sound of audio_from), _MEMORY, _CANCELLED. After an
 * error only seg_writer_abandon is of use. */
SEG_API SEG_NODISCARD seg_status seg_writer_write(seg_writer *writer, const seg_image *image,
                                                  int64_t index, int64_t pts, int64_t duration);

/** Bytes that have gone to files or pipes so far; encoders and muxers hold some back. */
SEG_API int64_t seg_writer_bytes(const seg_writer *writer);

/** Ends the file, syncs it to its final name, frees the writer; *frames (may be NULL) = written.
 *  Errors: SEG_ERROR_ARGUMENT, _STATE (writing failed before, or not a single frame came where one
 *  is needed), _IO, _MEMORY, _CANCELLED; NAME.partial stays then. */
SEG_API SEG_NODISCARD seg_status seg_writer_finish(seg_writer *writer, int64_t *frames);

/** Ends what can be ended, leaves NAME.partial, frees the writer. NULL is allowed. */
SEG_API void seg_writer_abandon(seg_writer *writer);

SEG_END_DECLS

#endif
