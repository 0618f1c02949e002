/* The dominant motion of a field of samples: the camera's, mostly. */
#ifndef SEG_MOTION_DOMINANT_H
#define SEG_MOTION_DOMINANT_H

#include <segment/motion_model.h>

#define SEG_LEAST_DEVIATION 0.25 /* pixels: what flow errs by where all stands still */

typedef struct seg_dominant {
    seg_motion motion;
    seg_motion_model model;
    double deviation; /* 1.4826 times the median residual of what follows it */
    double share;     /* 0 .. 1, of the samples that follow it to three deviations */
} seg_dominant;

/** Bytes that seg_dominant_find needs for so many samples; aligned as double. */
size_t seg_dominant_room(int32_t count);

/** `model` -1: the one that explains the samples with the fewest numbers. `count` is above 0, and
 *  the samples are of a picture of that size. */
void seg_dominant_find(void *room, seg_dominant *dominant, int32_t model,
                       const seg_motion_sample *samples, int32_t count, int32_t width,
                       int32_t height);

#endif
