/* Streams in frames and seconds. */
#include "core/clock.h"

#include "core/check.h"

#define MOST_FRAMES ((int64_t)1 << 62)

void seg_clock_reset(seg_clock *clock) {
    *clock = (seg_clock){.elapsed = -1, .last_pts = SEG_NO_PTS};
}

static bool has_base(seg_rational base) {
    return base.num > 0 && base.den > 0;
}

void seg_clock_look(seg_clock *clock, const seg_frame *frame) {
    clock->elapsed = -1;
    if (frame->pts == SEG_NO_PTS || clock->last_pts == SEG_NO_PTS || !has_base(frame->time_base))
        return;
    const double now = (double)frame->pts * frame->time_base.num / frame->time_base.den;
    const double last = (double)clock->last_pts * clock->last_base.num / clock->last_base.den;
    clock->elapsed = now > last ? now - last : 0;
}

void seg_clock_tick(seg_clock *clock, const seg_frame *frame) {
    if (clock->elapsed > 0) clock->seconds += clock->elapsed;
    clock->frames++;
    clock->last_pts = has_base(frame->time_base) ? frame->pts : SEG_NO_PTS;
    clock->last_base = frame->time_base;
}

seg_status seg_clock_need(const seg_clock *clock, const seg_duration *span, const char *name) {
    if (!span->in_seconds || clock->elapsed >= 0) return SEG_OK;
    return seg_fail(SEG_ERROR_ARGUMENT,
                    "%s is given in seconds, but the frames have no time stamps; give it in "
                    "frames, e.g. 200f",
                    name);
}

double seg_clock_step(const seg_clock *clock, const seg_duration *span) {
    return span->in_seconds ? clock->elapsed : 1;
}

bool seg_clock_within(const seg_clock *clock, const seg_duration *span) {
    return span->in_seconds ? clock->seconds < span->value : (double)clock->frames < span->value;
}

void seg_clock_write(seg_blob_writer *writer, const seg_clock *clock) {
    seg_blob_write_i64(writer, &clock->frames, 1);
    seg_blob_write_f64(writer, &clock->seconds, 1);
    seg_blob_write_i64(writer, &clock->last_pts, 1);
    seg_blob_write_i32(writer, &clock->last_base.num, 1);
    seg_blob_write_i32(writer, &clock->last_base.den, 1);
}

bool seg_clock_read(seg_blob_reader *reader, seg_clock *clock) {
    seg_clock_reset(clock);
    seg_blob_read_i64(reader, &clock->frames, 1);
    seg_blob_read_f64(reader, &clock->seconds, 1);
    seg_blob_read_i64(reader, &clock->last_pts, 1);
    clock->last_base.num = seg_blob_read_bounded(reader, 0, INT32_MAX);
    clock->last_base.den = seg_blob_read_bounded(reader, 0, INT32_MAX);
    return clock->frames >= 0 && clock->frames <= MOST_FRAMES && clock->seconds >= 0 &&
           (clock->last_pts == SEG_NO_PTS || has_base(clock->last_base));
}
