/* A picture with its place in time and its masks: what methods take. */
#ifndef SEGMENT_FRAME_H
#define SEGMENT_FRAME_H

#include <segment/image.h>

SEG_BEGIN_DECLS

/** A fraction; den > 0. */
typedef struct seg_rational {
    int32_t num, den;
} seg_rational;

/** No time stamp. */
#define SEG_NO_PTS INT64_MIN

typedef enum seg_frame_flag {
    SEG_FRAME_DISCONTINUITY = 1, /**< time or content jumped before this frame */
    SEG_FRAME_DAMAGED = 2,       /**< decoded with errors */
    SEG_FRAME_RESIZED = 4        /**< brought to the size of the first frame */
} seg_frame_flag;

/**
 * One frame. Zero-initialise; fill what there is. At least one of `image` and `luma` is set.
 * Methods only borrow it for the call.
 *
 * What is marked in known_foreground is 255 in the mask of every method that learns a background
 * (those with `save`), from the first frame on, unless it is ignored, too. It is never learnt: the
 * model keeps what it had there, or takes the first value that comes without the mark.
 */
typedef struct seg_frame {
    seg_image image;  /**< the picture as it came: 1-4 channels, u8, u16 or f32; may be empty */
    seg_image luma;   /**< one channel, full range; empty unless the source has it for free */
    int64_t index;    /**< 0, 1, 2, ... in the order of the stream */
    int64_t pts;      /**< presentation time in time_base units, or SEG_NO_PTS */
    int64_t duration; /**< in time_base units, 0 if unknown */
    seg_rational time_base;     /**< seconds per unit; {0, 0} where there is no time */
    uint32_t flags;             /**< seg_frame_flag */
    seg_image ignore;           /**< U8, non-zero = leave out of statistics and results; or empty */
    seg_image known_foreground; /**< U8, non-zero = known to be foreground; or empty: see below */
    seg_image markers;          /**< LABEL32 seeds, 0 = none; or empty */
} seg_frame;

/** Frees nothing but references: unrefs all images and zeroes the rest. */
SEG_API void seg_frame_unref(seg_frame *frame);

/** A second frame that shares and keeps the images. */
SEG_API seg_frame seg_frame_ref(const seg_frame *frame);

/** Time in seconds of the frame, or a negative number if it has none. */
SEG_API double seg_frame_seconds(const seg_frame *frame);

SEG_END_DECLS

#endif
