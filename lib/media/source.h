/* What a reader pulls frames from: a picture, a sequence, a stream of pictures, or FFmpeg. */
#ifndef SEG_MEDIA_SOURCE_H
#define SEG_MEDIA_SOURCE_H

#include "media/input.h"
#include <segment/media.h>

/** Remarks for the user, one a line; a repeated one is counted. */
typedef struct seg_notes {
    struct {
        const char *key; /**< static storage */
        char text[240];
        int64_t count;
    } items[12];
    int32_t count;
    char joined[12 * 272];
} seg_notes;

/** Adds a remark, or counts it if there is one of that key (its first text stays). */
SEG_API void seg_note(seg_notes *notes, const char *key, const char *format, ...) SEG_PRINTF(3, 4);

typedef struct seg_source seg_source;

typedef struct seg_source_operations {
    /** Goes to the next frame and fills pts, duration and flags, no pixels. SEG_OK, SEG_END, or an
     *  error. `frame` is empty on entry. */
    seg_status (*advance)(seg_source *source, seg_frame *frame);
    /** The pixels of the frame that advance came to: image, luma, or both. */
    seg_status (*picture)(seg_source *source, seg_frame *frame);
    /** Before the first advance: the next one gives the first frame that is `seconds` or more
     *  after the origin. SEG_END if there is none. */
    seg_status (*skip)(seg_source *source, double seconds);
    void (*close)(seg_source *source);
} seg_source_operations;

/** The first member of every source. */
struct seg_source {
    const seg_source_operations *operations;
    seg_stream_info info; /**< of the source: before resizing */
    int64_t origin;       /**< time stamp that --start counts from */
    seg_notes notes;
    seg_env env;
};

/** Seconds from the origin of the source to `pts`. */
static inline double seg_source_seconds(const seg_source *source, int64_t pts) {
    seg_rational base = source->info.time_base;
    return (double)(pts - source->origin) * base.num / base.den;
}

/** One picture file: a stream of one frame. */
SEG_NODISCARD seg_status seg_picture_source_open(seg_source **source, const char *name,
                                                 const seg_reader_options *options,
                                                 const seg_env *env);

/** The files of a pattern, glob or directory as one stream. */
SEG_NODISCARD seg_status seg_sequence_source_open(seg_source **source, const char *name,
                                                  const seg_reader_options *options,
                                                  const seg_env *env);

/** True if the first bytes of `input` (sniffed) are a PNG, PNM, PAM or JPEG picture, or `format`
 *  forces one. */
bool seg_picture_stream_fits(const seg_input *input, const char *format);

/** Pictures one after the other, each read when it is there. Takes over `input`, also on error. */
SEG_NODISCARD seg_status seg_picture_stream_open(seg_source **source, seg_input *input,
                                                 const seg_reader_options *options,
                                                 const seg_env *env);

/** Anything that FFmpeg reads. Takes over `input`, also on error. */
SEG_NODISCARD seg_status seg_video_source_open(seg_source **source, seg_input *input,
                                               const seg_reader_options *options,
                                               const seg_env *env);

/** A reader over bytes that outlive it; any bytes may be given. */
SEG_NODISCARD seg_status seg_reader_open_memory(seg_reader **reader, const void *bytes, size_t size,
                                                const seg_reader_options *options,
                                                const seg_env *env);

#endif
