/* Memory to fit motions in, for each worker that does so at once. */
#ifndef SEG_MOTION_FIT_ROOMS_H
#define SEG_MOTION_FIT_ROOMS_H

#include "geometry/motion_fit.h"

/** Of one worker. */
typedef struct seg_fit_room {
    double *memory; /* of the fit */
    seg_motion_sample *samples;
} seg_fit_room;

/** Zero-initialise; `memory` is freed by seg_release. */
typedef struct seg_fit_rooms {
    double *memory;
    size_t fit, stride; /* doubles: of a fit's memory, and of a worker's */
} seg_fit_rooms;

/** Room for fits of so many samples by each worker of `env`. */
SEG_NODISCARD seg_status seg_fit_rooms_make(seg_fit_rooms *rooms, int32_t samples,
                                            const seg_env *env);
seg_fit_room seg_fit_room_of(const seg_fit_rooms *rooms, int32_t worker);

#endif
