/*
 * The filter of R. Kalman, "A new approach to linear filtering and prediction problems", Journal of
 * Basic Engineering 82, 1960, for x' = F x, F = [1 t; 0 1], with the noise of an acceleration that
 * is constant over a step: q [t^4/4 t^3/2; t^3/2 t^2] (Y. Bar-Shalom, X. Li, T. Kirubarajan,
 * "Estimation with Applications to Tracking and Navigation", 2001, section 6.3.2).
 */
#include "objects/track_filter.h"

seg_track_axis seg_track_axis_start(double position, double noise, double speed) {
    return (seg_track_axis){.position = position, .pp = noise, .vv = speed};
}

void seg_track_axis_predict(seg_track_axis *axis, double steps, double agility) {
    const double t = steps, q = agility;
    axis->position += t * axis->velocity;
    axis->pp += t * (2 * axis->pv + t * axis->vv) + q * t * t * t * t / 4;
    axis->pv += t * axis->vv + q * t * t * t / 2;
    axis->vv += q * t * t;
}

void seg_track_axis_update(seg_track_axis *axis, double position, double noise) {
    const double total = axis->pp + noise, off = position - axis->position;
    const double gain = axis->pp / total, gain_velocity = axis->pv / total;
    axis->position += gain * off;
    axis->velocity += gain_velocity * off;
    axis->vv -= gain_velocity * axis->pv;
    axis->pv -= gain * axis->pv;
    axis->pp -= gain * axis->pp;
}
