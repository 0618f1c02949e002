/* Differences between FFmpeg 4.4, 5.1, 6.1 and 7, in one place. */
#ifndef SEG_MEDIA_AV_COMPAT_H
#define SEG_MEDIA_AV_COMPAT_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/frame.h>

#if LIBAVFORMAT_VERSION_MAJOR < 59
#define SEG_AV_CONST
#else
#define SEG_AV_CONST const
#endif

#if LIBAVFORMAT_VERSION_MAJOR < 61
typedef uint8_t seg_av_write_byte;
#else
typedef const uint8_t seg_av_write_byte;
#endif

static inline int64_t seg_av_frame_duration(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
    return frame->duration;
#else
    return frame->pkt_duration;
#endif
}

static inline void seg_av_frame_set_duration(AVFrame *frame, int64_t duration) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
    frame->duration = duration;
#else
    frame->pkt_duration = duration;
#endif
}

static inline int seg_av_frame_is_key(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
    return (frame->flags & AV_FRAME_FLAG_KEY) != 0;
#else
    return frame->key_frame;
#endif
}

/* Entries of a stream's index, and whether an edit list hides one. */
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(58, 78, 100)
static inline int seg_av_index_count(const AVStream *stream) {
    return avformat_index_get_entries_count(stream);
}

static inline int seg_av_index_is_hidden(AVStream *stream, int entry) {
    const AVIndexEntry *found = avformat_index_get_entry(stream, entry);
    return !found || (found->flags & AVINDEX_DISCARD_FRAME);
}
#else
static inline int seg_av_index_count(const AVStream *stream) {
    return stream->nb_index_entries;
}

static inline int seg_av_index_is_hidden(AVStream *stream, int entry) {
    return (stream->index_entries[entry].flags & AVINDEX_DISCARD_FRAME) != 0;
}
#endif

/* The display matrix of a stream: 9 numbers, or NULL. */
static inline const int32_t *seg_av_stream_matrix(const AVStream *stream) {
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100)
    const AVCodecParameters *parameters = stream->codecpar;
    for (int i = 0; i < parameters->nb_coded_side_data; i++) {
        const AVPacketSideData *side = &parameters->coded_side_data[i];
        if (side->type == AV_PKT_DATA_DISPLAYMATRIX && side->size >= 9 * sizeof(int32_t))
            return (const int32_t *)side->data;
    }
    return NULL;
#else
    return (const int32_t *)av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, NULL);
#endif
}

#endif
