/* Fitting motions in memory of the caller's: for methods that fit in every frame. */
#ifndef SEG_GEOMETRY_MOTION_FIT_H
#define SEG_GEOMETRY_MOTION_FIT_H

#include <segment/motion_model.h>

/** Bytes that a fit of so many samples works in, aligned as doubles. */
size_t seg_motion_fit_room(int32_t count);

/** As seg_motion_fit, in `room`. The arguments are not checked. */
void seg_motion_fit_in(void *room, seg_motion *motion, double *deviation, seg_motion_model model,
                       const seg_motion_sample *samples, int32_t count);

/** As seg_motion_choose, in `room`. The arguments are not checked. */
void seg_motion_choose_in(void *room, seg_motion *motion, seg_motion_model *model,
                          double *deviation, double noise, const seg_motion_sample *samples,
                          int32_t count);

#endif
