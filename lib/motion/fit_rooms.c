#include "motion/fit_rooms.h"

#include "core/bands.h"
#include "core/memory.h"

static size_t doubles(size_t bytes) {
    return (bytes + sizeof(double) - 1) / sizeof(double);
}

seg_status seg_fit_rooms_make(seg_fit_rooms *rooms, int32_t samples, const seg_env *env) {
    rooms->fit = doubles(seg_motion_fit_room(samples));
    rooms->stride = rooms->fit + doubles((size_t)samples * sizeof(seg_motion_sample));
    rooms->memory = seg_allocate(env, (size_t)seg_workers(env), rooms->stride * sizeof(double),
                                 "samples of motions");
    return rooms->memory ? SEG_OK : SEG_ERROR_MEMORY;
}

seg_fit_room seg_fit_room_of(const seg_fit_rooms *rooms, int32_t worker) {
    double *memory = rooms->memory + (size_t)worker * rooms->stride;
    return (seg_fit_room){memory, (seg_motion_sample *)(memory + rooms->fit)};
}
