/*
 * Regions of what moves on the small grid of moving.h: connected, parted where pixels follow
 * different motions, and joined where neighbours move alike.
 */
#ifndef SEG_MOTION_MOVING_REGIONS_H
#define SEG_MOTION_MOVING_REGIONS_H

#include "motion/fit_rooms.h"
#include "motion/moving.h"

#define SEG_REGION_SAMPLES 2048 /* of a region's flow, about; below twice as many */

typedef struct seg_moving_region {
    int32_t area;
    seg_rect box;
} seg_moving_region;

/** The first part is the caller's, the labels and regions are found. */
typedef struct seg_moving_regions {
    const seg_moving_flow *flow; /* NULL = none: regions are not parted by their motions */
    const seg_motion *dominant;
    int32_t least; /* pixels of a region */
    const seg_fit_rooms *rooms;
    seg_scratch *scratch;
    const seg_env *env;

    seg_image labels; /* 0 = none, 1 .. count */
    int32_t count;
    seg_moving_region *items; /* at label - 1 */
} seg_moving_regions;

/** Regions of at least `least` pixels where moving->mean is above 0. */
SEG_NODISCARD seg_status seg_moving_regions_find(seg_moving_regions *regions,
                                                 const seg_moving *moving);

#endif
