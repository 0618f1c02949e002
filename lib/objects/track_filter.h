/* Where an object is and where it goes: a constant-velocity Kalman filter for each axis. */
#ifndef SEG_OBJECTS_TRACK_FILTER_H
#define SEG_OBJECTS_TRACK_FILTER_H

/** Position and velocity along an axis, with their covariance. */
typedef struct seg_track_axis {
    double position, velocity; /* pixels, pixels per frame */
    double pp, pv, vv;
} seg_track_axis;

/** First seen at `position`, measured with variance `noise`; it may move with variance `speed`. */
seg_track_axis seg_track_axis_start(double position, double noise, double speed);

/** `steps` frames later, accelerations having the variance `agility`. */
void seg_track_axis_predict(seg_track_axis *axis, double steps, double agility);

/** Seen at `position`, measured with variance `noise`. */
void seg_track_axis_update(seg_track_axis *axis, double position, double noise);

#endif
