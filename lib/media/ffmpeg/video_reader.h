/* Demuxing and decoding of one video stream: FFmpeg's frames with their exact times. */
#ifndef SEG_MEDIA_VIDEO_READER_H
#define SEG_MEDIA_VIDEO_READER_H

#include "media/ffmpeg/av_compat.h"
#include "media/ffmpeg/av_log.h"
#include "media/input.h"
#include "media/source.h"

typedef struct seg_video {
    seg_input *input; /**< owned */
    AVIOContext *io;
    AVFormatContext *format;
    AVCodecContext *codec;
    AVStream *stream;
    AVPacket *packet;
    seg_av_log log;
    seg_notes *notes; /**< of the source */
    seg_env env;
    bool packet_waits; /**< `packet` was refused by a full decoder */
    bool draining, ended;
    bool damaged_next;  /**< a packet was lost: the next frame is suspect */
    bool cut_packet;    /**< the latest packet was shorter than announced */
    int demuxer_error;  /**< what ended the file, 0 = its end */
    int64_t announced;  /**< frames in the file's index, 0 if unknown; AVI: in units of time */
    int64_t reached;    /**< packets so far, or for AVI the end of the latest one */
    int64_t packet_end; /**< position of the byte after the latest packet, -1 if unknown */
    int64_t packets, frames, bad_packets;
    int64_t previous;     /**< time of the latest frame */
    int64_t anchor;       /**< latest time stamp that the file gave */
    int64_t since_anchor; /**< frames since then */
    int64_t shift;        /**< added to the file's time stamps, which went back */
} seg_video;

/**
 * Opens the demuxer and decoder of the best video stream. Cover art is no video stream. Takes
 * over `input`, also on error. Errors: SEG_ERROR_DATA (no video, damaged header),
 * SEG_ERROR_UNSUPPORTED (no video stream, no decoder), SEG_ERROR_LIMIT, SEG_ERROR_OPTION,
 * SEG_ERROR_IO, SEG_ERROR_MEMORY.
 */
SEG_NODISCARD seg_status seg_video_open(seg_video *video, seg_input *input,
                                        const seg_reader_options *options, seg_notes *notes,
                                        const seg_env *env);

/**
 * The next decoded frame in presentation order, before any conversion. `frame->pts` is its time
 * in units of `video->stream->time_base`, never missing and never going back (where the file's
 * clock starts anew, times continue from the frame before); *flags gets seg_frame_flag bits.
 * SEG_END after the last, SEG_ERROR_TRUNCATED instead if the file ended before what it announced,
 * or an error of the input. `frame` is unref'd first.
 */
SEG_NODISCARD seg_status seg_video_next(seg_video *video, AVFrame *frame, uint32_t *flags);

/** The nominal frame rate, {0, 1} or {0, 0} if unknown. */
AVRational seg_video_rate(const seg_video *video);

/** Continues at the last point from which `pts` can be decoded, as far as that is known; the
 *  decoder forgets what it had. `pts` INT64_MIN means the start. False if it cannot. */
bool seg_video_seek(seg_video *video, int64_t pts);

/** Closed ones are allowed. */
void seg_video_close(seg_video *video);

#endif
