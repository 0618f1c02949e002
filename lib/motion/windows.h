/* Flow by least squares in windows: each pixel takes what agrees best with all equations around it.
 */
#ifndef SEG_MOTION_WINDOWS_H
#define SEG_MOTION_WINDOWS_H

#include "imgproc/field.h"
#include "kernels/windows.h"

enum { SEG_FLOW_WINDOW_MOST = 101 }; /* pixels of its side */

typedef struct seg_flow_windows {
    int32_t side;  /* of the window, odd pixels */
    float damping; /* pulls to the flow before where the window says little */
    /* the equations of row y; `worker` for its working memory */
    void (*equations)(float *const out[SEG_NORMAL], int32_t y, int32_t worker, const void *method);
    const void *method;
} seg_flow_windows;

/** One step: (new_u, new_v) from the equations at (u, v), apart from these. Outside the picture
 * there are no equations. Memory comes from `scratch`. */
SEG_NODISCARD seg_status seg_flow_windows_solve(const seg_field *new_u, const seg_field *new_v,
                                                const seg_field *u, const seg_field *v,
                                                const seg_flow_windows *how, seg_scratch *scratch,
                                                const seg_env *env);

#endif
