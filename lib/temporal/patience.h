/*
 * What stands long enough becomes background: the `absorb` of background models.
 *
 * A pixel's patience says for how long it has been foreground. Gaps of less than SEG_PATIENCE_GAP
 * frames do not interrupt that, since noise makes them in any object; a longer one begins anew,
 * so that what comes next waits its own full time. A pixel whose patience is spent is absorbed
 * until it has been background for such a gap.
 */
#ifndef SEG_TEMPORAL_PATIENCE_H
#define SEG_TEMPORAL_PATIENCE_H

#include "core/clock.h"
#include "imgproc/grid.h"

#define SEG_PATIENCE_GAP 5

/** Zero-initialise; free with seg_patience_free. Empty where nothing is absorbed by time. */
typedef struct seg_patience {
    seg_image spent; /* U16: time as foreground, in 1/65535 of `absorb` */
    seg_image gap;   /* U8: frames as background since */
    double due;      /* of a step of `spent`, not counted yet */
} seg_patience;

/** Row of a parameter table. */
#define SEG_ABSORB_PARAM(type, member)                                                             \
    {                                                                                              \
        "absorb", SEG_PARAM_DURATION, offsetof(type, member), "0", 0, SEG_NEVER, NULL, "duration", \
            "Foreground that stays so long becomes background (60s, never); 0 = as the model "     \
            "does it.",                                                                            \
            ""                                                                                     \
    }

/** No pixel has been foreground. Room is taken if `absorb` is a time, else given back. */
SEG_NODISCARD seg_status seg_patience_start(seg_patience *patience, const seg_duration *absorb,
                                            int32_t width, int32_t height, const seg_env *env);

void seg_patience_free(seg_patience *patience);

/** Row y: 255 where the pixel is absorbed, else 0. */
void seg_patience_judge(uint8_t *absorbed, const seg_patience *patience, int32_t y, int32_t width);

/** A frame with that mask was seen. The clock must have looked at it, and been asked for `absorb`.
 */
void seg_patience_count(seg_patience *patience, const seg_image *mask, const seg_duration *absorb,
                        const seg_clock *clock);

/* Another view: bytes of a row, and moving it; what was not in view has not been foreground. */
size_t seg_patience_row(const seg_patience *patience);
void seg_patience_move(seg_patience *patience, const seg_grid *grid);

/* Part of a model's blob: its bytes, writing, and reading into one that was started. */
size_t seg_patience_size(const seg_duration *absorb, int32_t width, int32_t height);
void seg_patience_write(seg_blob_writer *writer, const seg_patience *patience);
void seg_patience_read(seg_blob_reader *reader, seg_patience *patience);

#endif
