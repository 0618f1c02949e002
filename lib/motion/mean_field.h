/* Binary labels of a grid whose neighbours belong together: the mean field of an Ising model. */
#ifndef SEG_MOTION_MEAN_FIELD_H
#define SEG_MOTION_MEAN_FIELD_H

#include <segment/env.h>
#include <segment/status.h>

/** Rows are `width` long without gaps. */
typedef struct seg_mean_field {
    int32_t width, height;
    const float *odds;          /* log-odds of each pixel by itself */
    const float *right, *below; /* how much a pixel and its neighbour belong together, 0 .. 1 */
    float smoothness;           /* what these are multiplied by */
    float *mean;                /* result, -1 .. 1 */
    float *spare;               /* as many */
} seg_mean_field;

SEG_NODISCARD seg_status seg_mean_field_settle(const seg_mean_field *field, const seg_env *env);

#endif
