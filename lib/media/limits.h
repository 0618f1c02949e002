/* The size of what is read. */
#ifndef SEG_MEDIA_LIMITS_H
#define SEG_MEDIA_LIMITS_H

#include <segment/env.h>

/** Refuses frames beyond the limits, before any memory is taken: "4000x4000 pixels ..."; names
 *  --max-pixels. */
SEG_API SEG_NODISCARD seg_status seg_media_check_size(int64_t width, int64_t height,
                                                      const seg_env *env);

#endif
