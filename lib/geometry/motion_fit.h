/* Fitting motions in memory of the caller's: for methods that fit in every frame. */
#ifndef SEG_GEOMETRY_MOTION_FIT_H
#define SEG_GEOMETRY_MOTION_FIT_H

#include <segment/motion_model.h>

/** A motion along a row: u and v are a polynomial of x each, its numbers those of x^0, x, x^2. */
typedef struct seg_motion_row {
    float u[3], v[3];
} seg_motion_row;

static inline seg_motion_row seg_motion_along(const seg_motion *motion, double y) {
    const double *p = motion->p, *q = p + SEG_MOTION_NUMBERS / 2;
    return (seg_motion_row){
        {(float)(p[0] + y * (p[2] + y * p[5])), (float)(p[1] + y * p[4]), (float)p[3]},
        {(float)(q[0] + y * (q[2] + y * q[5])), (float)(q[1] + y * q[4]), (float)q[3]}};
}

static inline float seg_motion_in_row(const float numbers[3], int32_t x) {
    return numbers[0] + (float)x * (numbers[1] + (float)x * numbers[2]);
}

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
