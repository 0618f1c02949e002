/* Pictures at ever smaller sizes, as registration looks at them. */
#ifndef SEG_GEOMETRY_REGISTRATION_LEVELS_H
#define SEG_GEOMETRY_REGISTRATION_LEVELS_H

#include "core/memory.h"
#include <segment/image.h>

#define SEG_REGISTRATION_LEVELS 16

/** Rows without padding; samples are 0 .. 255. */
typedef struct seg_registration_level {
    int32_t width, height;
    double factor; /* of the pictures' size, to this one's: 1, 2, 4, ... */
    float *moving, *reference;
    float *gradient; /* of moving: x and y of each pixel */
    uint8_t *seen;   /* of reference: 0 = is not looked at */
} seg_registration_level;

typedef struct seg_registration_levels {
    seg_registration_level items[SEG_REGISTRATION_LEVELS]; /* finest first */
    int32_t count;
} seg_registration_levels;

/** Halves both pictures until the finest level has at most `pixels`, then until a side would be
 *  below 16. SEG_ERROR_MEMORY. */
SEG_NODISCARD seg_status seg_registration_levels_make(seg_registration_levels *levels,
                                                      const seg_image *moving,
                                                      const seg_image *reference,
                                                      const seg_image *ignore, int32_t pixels,
                                                      seg_scratch *scratch, const seg_env *env);

#endif
