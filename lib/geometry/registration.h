/* Global motion with working memory that lives from frame to frame. */
#ifndef SEG_GEOMETRY_REGISTRATION_H
#define SEG_GEOMETRY_REGISTRATION_H

#include "core/memory.h"
#include <segment/transform.h>

/** seg_transform_register; `scratch` is rewound by the caller. */
SEG_NODISCARD seg_status seg_register(seg_transform *transform, double *agreement,
                                      const seg_image *moving, const seg_image *reference,
                                      const seg_image *ignore, const seg_register_options *options,
                                      seg_scratch *scratch, const seg_env *env);

#endif
