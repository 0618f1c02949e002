/* The median of flow that is guided by a picture. */
#ifndef SEG_MOTION_GUIDED_MEDIAN_H
#define SEG_MOTION_GUIDED_MEDIAN_H

#include "motion/flow_method.h"

typedef struct seg_guided_median {
    const seg_field *u, *v;           /* rows extended */
    const seg_field *lab;             /* three fields, rows extended */
    const seg_field *trust;           /* 0 .. 1, rows extended */
    const seg_field *out_u, *out_v;   /* other memory */
    double sigma_place, sigma_colour; /* pixels; units of CIELAB */
    double edge;                      /* what counts as an edge of the flow, pixels */
    int32_t margin;                   /* pixels near such edges that are filtered */
} seg_guided_median;

/** Weighted medians over 15 x 15 neighbours near edges of the flow, the flow as it is elsewhere. */
SEG_NODISCARD seg_status seg_guided_median_run(const seg_guided_median *filter,
                                               seg_scratch *scratch, const seg_env *env);

#endif
