/*
 * Motion history: a picture that is full where something has just changed and fades from there on.
 *
 * A. Bobick, J. Davis, "The recognition of human movement using temporal templates", IEEE Trans.
 * PAMI 23(3), 2001.
 */
#ifndef SEG_TEMPORAL_MOTION_HISTORY_H
#define SEG_TEMPORAL_MOTION_HISTORY_H

#include "core/clock.h"
#include "core/memory.h"
#include <segment/image.h>

typedef struct seg_motion_history {
    seg_image picture; /* U16, full scale 65535 */
    seg_clock clock;   /* of the frames described */
    double due;        /* of fading, not subtracted yet */
} seg_motion_history;

/** Nothing has changed yet. */
void seg_motion_history_reset(seg_motion_history *history);
void seg_motion_history_free(seg_motion_history *history);

/** Room for frames of a size. */
SEG_NODISCARD seg_status seg_motion_history_bind(seg_motion_history *history, int32_t width,
                                                 int32_t height, const seg_env *env);

/** The frame `about` changed where `mask` is set: full there; elsewhere less by its time's share of
 *  `span`. SEG_ERROR_ARGUMENT where seconds are given and frames have no time. */
SEG_NODISCARD seg_status seg_motion_history_add(seg_motion_history *history, const seg_image *mask,
                                                const seg_frame *about, const seg_duration *span,
                                                const seg_env *env);

#endif
