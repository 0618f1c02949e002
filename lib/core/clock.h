/* How far a stream is, in frames and by its time stamps: what durations are measured with. */
#ifndef SEG_CORE_CLOCK_H
#define SEG_CORE_CLOCK_H

#include "core/blob.h"
#include <segment/frame.h>
#include <segment/params.h>

typedef struct seg_clock {
    int64_t frames;   /* taken so far */
    double seconds;   /* from the first frame to the last */
    double elapsed;   /* from the last frame to the one at hand; negative if one has no time */
    int64_t last_pts; /* SEG_NO_PTS if the last frame had no time */
    seg_rational last_base;
} seg_clock;

void seg_clock_reset(seg_clock *clock);

/** A frame comes: sets `elapsed`. Nothing else changes, so that a frame may come again. */
void seg_clock_look(seg_clock *clock, const seg_frame *frame);

/** The frame that came was taken. */
void seg_clock_tick(seg_clock *clock, const seg_frame *frame);

/** SEG_ERROR_ARGUMENT naming the option if it is in seconds and the frame at hand has no time. */
SEG_NODISCARD seg_status seg_clock_need(const seg_clock *clock, const seg_duration *span,
                                        const char *name);

/** What lies between the last frame and the one at hand in the unit of `span`: seconds, or 1 frame.
 */
double seg_clock_step(const seg_clock *clock, const seg_duration *span);

/** True for the frames of the first `span` of the stream. */
bool seg_clock_within(const seg_clock *clock, const seg_duration *span);

/* Part of a model's blob; false if what was read is impossible. */
void seg_clock_write(seg_blob_writer *writer, const seg_clock *clock);
SEG_NODISCARD bool seg_clock_read(seg_blob_reader *reader, seg_clock *clock);

#endif
