/* Decoding: packets in, frames out with exact times, whatever the damage. */
#include "media/ffmpeg/video_reader.h"

#include "core/check.h"

#include <inttypes.h>
#include <string.h>

/* Errors in a row after which a decoder that is being emptied counts as empty. */
enum { MAX_DRAIN_ERRORS = 1000 };

/* ---- packets ---- */

static seg_status read_failure(seg_video *video) {
    return video->input->failed || video->input->cancelled ? seg_input_failure(video->input)
                                                           : SEG_OK;
}

static void note_packet(seg_video *video) {
    const AVPacket *packet = video->packet;
    video->packets++;
    video->cut_packet = (packet->flags & AV_PKT_FLAG_CORRUPT) != 0;
    video->packet_end = packet->pos < 0 ? -1 : packet->pos + packet->size;
    /* AVI counts frames by time: those that stand still have no packet. */
    if (strcmp(video->format->iformat->name, "avi") != 0)
        video->reached = video->packets;
    else if (packet->dts != AV_NOPTS_VALUE && packet->dts < INT32_MAX)
        video->reached = packet->dts + 1;
}

/* The next packet of the stream, or the end of the file (`draining`). Nothing but the end of the
 * input ends the stream with an error: what was read before is decoded first. */
static void read_packet(seg_video *video) {
    for (;;) {
        av_packet_unref(video->packet);
        int code = av_read_frame(video->format, video->packet);
        if (code == AVERROR(EAGAIN)) continue;
        if (code < 0) {
            video->demuxer_error = code == AVERROR_EOF ? 0 : code;
            video->draining = true;
            return;
        }
        if (video->packet->stream_index != video->stream->index) continue;
        note_packet(video);
        /* An empty packet stands for "as before" in AVI; a decoder would take it for the end. */
        if (video->packet->size > 0) return;
    }
}

static void count_bad_packet(seg_video *video) {
    video->bad_packets++;
    video->damaged_next = true;
}

/* Gives the decoder one more packet, or tells it that there is none. */
static seg_status feed(seg_video *video) {
    if (!video->packet_waits && !video->draining) {
        read_packet(video);
        if (video->input->cancelled) return seg_input_failure(video->input);
    }
    int code = avcodec_send_packet(video->codec, video->draining ? NULL : video->packet);
    if (code == AVERROR(ENOMEM))
        return seg_fail(SEG_ERROR_MEMORY, "%s: out of memory in the decoder", video->input->name);
    video->packet_waits = code == AVERROR(EAGAIN);
    if (code < 0 && code != AVERROR(EAGAIN) && code != AVERROR_EOF) count_bad_packet(video);
    return SEG_OK;
}

/* ---- times ---- */

AVRational seg_video_rate(const seg_video *video) {
    AVRational rate = av_guess_frame_rate(video->format, video->stream, NULL);
    /* Without analysis of the stream there is only what its header says. */
    return rate.num > 0 && rate.den > 0 ? rate : video->stream->avg_frame_rate;
}

static int64_t frames_to_units(const seg_video *video, int64_t frames) {
    AVRational rate = seg_video_rate(video);
    if (rate.num <= 0 || rate.den <= 0) rate = (AVRational){25, 1};
    return av_rescale_q(frames, av_inv_q(rate), video->stream->time_base);
}

/* Where the n-th frame after the anchor would be at the nominal rate. */
static int64_t extrapolate(const seg_video *video) {
    const AVStream *stream = video->stream;
    if (video->anchor == AV_NOPTS_VALUE)
        return stream->start_time == AV_NOPTS_VALUE ? 0 : stream->start_time;
    return video->anchor + frames_to_units(video, video->since_anchor);
}

/* Damaged files hold times near the ends of 64 bits, whose sums would overflow. */
static bool is_usable(int64_t pts) {
    const int64_t bound = INT64_C(1) << 60;
    return pts != AV_NOPTS_VALUE && pts > -bound && pts < bound;
}

static int64_t frame_time(seg_video *video, const AVFrame *frame) {
    int64_t pts = frame->best_effort_timestamp;
    if (is_usable(pts) && is_usable(pts + video->shift)) {
        pts += video->shift;
        video->anchor = pts;
        video->since_anchor = 0;
    } else {
        pts = extrapolate(video);
        if (video->anchor == AV_NOPTS_VALUE) video->anchor = pts;
        seg_note(video->notes, "no-pts",
                 "frames without a time stamp: their times follow from the frame rate");
    }
    video->since_anchor++;
    return pts;
}

/* A clock that starts anew (joined recordings) is carried on from the frame before. */
static int64_t carry_on(seg_video *video, int64_t pts, uint32_t *flags) {
    if (video->previous == AV_NOPTS_VALUE) return pts;
    if (pts < video->previous) {
        int64_t step = frames_to_units(video, 1);
        int64_t carried = video->previous + (step > 0 ? step : 1);
        video->shift += carried - pts;
        video->anchor = carried;
        *flags |= SEG_FRAME_DISCONTINUITY;
        seg_note(video->notes, "back",
                 "time stamps go back at frame %" PRId64 ": times continue from the frame before",
                 video->frames);
        return carried;
    }
    if ((video->format->iformat->flags & AVFMT_TS_DISCONT) &&
        (double)(pts - video->previous) * av_q2d(video->stream->time_base) > 10) {
        *flags |= SEG_FRAME_DISCONTINUITY;
        seg_note(video->notes, "jump", "time stamps jump by more than 10 s at frame %" PRId64,
                 video->frames);
    }
    return pts;
}

static uint32_t damage_flag(seg_video *video, const AVFrame *frame) {
    bool damaged =
        video->damaged_next || frame->decode_error_flags || (frame->flags & AV_FRAME_FLAG_CORRUPT);
    if (!damaged) return 0;
    seg_note(video->notes, "damaged", "damaged frames (concealed by the decoder)");
    return SEG_FRAME_DAMAGED;
}

/* ---- the end ---- */

/* A 32-bit or variable-length size at the start of the file tells how long it should be. */
static int64_t promised_bytes(const seg_input *input) {
    const uint8_t *head = input->head;
    if (input->head_size < 24) return 0;
    if (!memcmp(head, "RIFF", 4)) {
        uint32_t size = head[4] | head[5] << 8 | head[6] << 16 | (uint32_t)head[7] << 24;
        return size >= 0xffffff00u ? 0 : (int64_t)size + 8;
    }
    /* EBML header (one-byte size in all muxers), then the segment with an eight-byte size. */
    if (memcmp(head, "\x1a\x45\xdf\xa3", 4) != 0) return 0;
    int32_t segment = -1;
    if (head[4] & 0x80) segment = 5 + (head[4] & 0x7f);
    if (head[4] == 0x01) segment = 12 + head[11];
    if (segment < 0 || segment + 12 > input->head_size) return 0;
    const uint8_t *size = head + segment + 4;
    if (memcmp(head + segment, "\x18\x53\x80\x67", 4) != 0 || size[0] != 0x01) return 0;
    int64_t value = 0;
    for (int i = 1; i < 8; i++)
        value = value << 8 | size[i];
    return value == (INT64_C(1) << 56) - 1 ? 0 : value + segment + 12;
}

static seg_status finish(seg_video *video) {
    video->ended = true;
    const seg_input *input = video->input;
    SEG_TRY(read_failure(video));
    if (video->bad_packets)
        seg_note(video->notes, "bad-packets", "%" PRId64 " packet%s could not be decoded",
                 video->bad_packets, video->bad_packets == 1 ? "" : "s");
    int64_t bytes = input->seekable ? input->size : input->position;
    int64_t promised = promised_bytes(input);
    const char *container = video->format->iformat->name;
    bool fewer = video->announced > 0 && video->reached < video->announced;
    bool shorter = promised > bytes && !(video->announced > 0 && !fewer);
    bool cut = video->cut_packet && strcmp(container, "mpegts") != 0;
    /* This demuxer hides a last frame that is not whole. */
    if (!strcmp(container, "yuv4mpegpipe"))
        cut |= video->packet_end >= 0 && bytes > video->packet_end;
    if (!fewer && !shorter && !cut && !video->demuxer_error) return SEG_END;
    if (fewer && !video->packets && !input->seekable)
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "%s: its index lies behind the frames, so it cannot be read from a pipe; "
                        "give it as a file",
                        input->name);
    char lost[64] = "";
    if (video->bad_packets)
        snprintf(lost, sizeof lost, ", %" PRId64 " of them damaged beyond decoding",
                 video->bad_packets);
    if (fewer)
        return seg_fail(SEG_ERROR_TRUNCATED,
                        "%s: ended early: %" PRId64 " of %" PRId64 " announced frames are there%s",
                        input->name, video->reached, video->announced, lost);
    if (shorter)
        return seg_fail(SEG_ERROR_TRUNCATED,
                        "%s: ended early: %" PRId64 " of %" PRId64 " announced bytes are there",
                        input->name, bytes, promised);
    char reason[200];
    seg_av_log_take(&video->log, video->demuxer_error, reason, sizeof reason);
    return seg_fail(SEG_ERROR_TRUNCATED, "%s: ended early after %" PRId64 " frames (%s)",
                    input->name, video->frames,
                    reason[0] ? reason : "its last frame is incomplete");
}

/* ---- frames ---- */

static seg_status next_frame(seg_video *video, AVFrame *frame) {
    int32_t drain_errors = 0;
    for (;;) {
        int code = avcodec_receive_frame(video->codec, frame);
        if (code >= 0) return SEG_OK;
        if (code == AVERROR(ENOMEM))
            return seg_fail(SEG_ERROR_MEMORY, "%s: out of memory in the decoder",
                            video->input->name);
        if (code == AVERROR_EOF) return finish(video);
        if (code == AVERROR(EAGAIN)) {
            SEG_TRY(feed(video));
            continue;
        }
        count_bad_packet(video);
        if (video->draining && ++drain_errors > MAX_DRAIN_ERRORS) return finish(video);
    }
}

/* A monochrome stream of these codecs without a stated range is limited, as their colour ones. */
static void settle_range(const seg_video *video, AVFrame *frame) {
    if (frame->color_range != AVCOL_RANGE_UNSPECIFIED) return;
    enum AVCodecID id = video->codec->codec_id;
    if (id == AV_CODEC_ID_H264 || id == AV_CODEC_ID_HEVC) frame->color_range = AVCOL_RANGE_MPEG;
}

seg_status seg_video_next(seg_video *video, AVFrame *frame, uint32_t *flags) {
    *flags = 0;
    av_frame_unref(frame);
    if (video->ended) return SEG_END;
    seg_av_log *outer = seg_av_log_enter(&video->log);
    seg_status status = next_frame(video, frame);
    seg_av_log_leave(outer);
    if (status != SEG_OK) return status;
    *flags = damage_flag(video, frame);
    frame->pts = carry_on(video, frame_time(video, frame), flags);
    settle_range(video, frame);
    video->previous = frame->pts;
    video->damaged_next = false;
    video->frames++;
    return SEG_OK;
}

bool seg_video_seek(seg_video *video, int64_t pts) {
    seg_av_log *outer = seg_av_log_enter(&video->log);
    int code = av_seek_frame(video->format, video->stream->index, pts, AVSEEK_FLAG_BACKWARD);
    if (code >= 0) avcodec_flush_buffers(video->codec);
    seg_av_log_leave(outer);
    if (code < 0) return false;
    av_packet_unref(video->packet);
    video->packet_waits = video->draining = video->ended = video->damaged_next = false;
    video->cut_packet = false;
    video->packet_end = -1;
    video->demuxer_error = 0;
    video->previous = video->anchor = AV_NOPTS_VALUE;
    video->since_anchor = video->shift = 0;
    /* How many packets are left is not known any more. */
    video->announced = 0;
    return true;
}
