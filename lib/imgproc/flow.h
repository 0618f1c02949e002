/* Flow pictures: f32, two channels, u to the right and v down in pixels. */
#ifndef SEG_IMGPROC_FLOW_H
#define SEG_IMGPROC_FLOW_H

#include <segment/image.h>

/** Beyond it, or NaN, a component says that the flow there is unknown: the rule of the .flo format,
 *  S. Baker et al., "A database and evaluation methodology for optical flow", IJCV 92(1), 2011. */
#define SEG_FLOW_UNKNOWN 1e9f

static inline bool seg_flow_known(const float uv[2]) {
    return uv[0] >= -SEG_FLOW_UNKNOWN && uv[0] <= SEG_FLOW_UNKNOWN && uv[1] >= -SEG_FLOW_UNKNOWN &&
           uv[1] <= SEG_FLOW_UNKNOWN;
}

/** How far an error is beyond what KITTI allows, 3 pixels or 5 % of the true flow, whichever is
 *  more: an outlier is above 1. M. Menze, A. Geiger, "Object scene flow for autonomous vehicles",
 *  CVPR 2015. `magnitude` is the length of the true flow; both in pixels. */
static inline double seg_flow_outlier(double error, double magnitude) {
    const double allowed = 0.05 * magnitude > 3.0 ? 0.05 * magnitude : 3.0;
    return error / allowed;
}

#endif
