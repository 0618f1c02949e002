/* Samples of a picture, summed up over runs of pixels. */
#ifndef SEG_OBJECTS_INTENSITY_H
#define SEG_OBJECTS_INTENSITY_H

#include "core/memory.h"
#include <segment/result.h>

#define SEG_INTENSITY_CHANNELS 4 /* grey, red, green, blue */

/** Sums over samples of 16 bits, relative to the first one so that they stay small and exact. */
typedef struct seg_sample_sums {
    int64_t count, sum, squares;
    int32_t first, min, max;
} seg_sample_sums;

/** The picture. */
typedef struct seg_intensity_rows {
    const seg_image *picture;
    int32_t channels; /* 1 or 4 */
    uint16_t *room;   /* a run's samples */
    void *grey;       /* a run's, if the picture is not grey */
    uint8_t *counts;  /* of the run: not 0 where the pixel is a number; NULL = all */
    const seg_env *env;
} seg_intensity_rows;

/** Takes memory; free it with seg_intensity_rows_free, also after an error. */
SEG_NODISCARD seg_status seg_intensity_rows_init(seg_intensity_rows *rows, const seg_image *picture,
                                                 const seg_env *env);
void seg_intensity_rows_free(seg_intensity_rows *rows);

/** Adds the pixels first .. end-1 of row y to sums[0 .. channels-1]. */
void seg_intensity_rows_add(seg_sample_sums *sums, const seg_intensity_rows *rows, int32_t y,
                            int32_t first, int32_t end);

/** What the sums say; all 0 where nothing counts. */
seg_intensity seg_intensity_of(const seg_sample_sums *sums);

#endif
