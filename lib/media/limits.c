#include "media/limits.h"

#include "core/check.h"
#include <inttypes.h>

seg_status seg_media_check_size(int64_t width, int64_t height, const seg_env *env) {
    int64_t pixels = SEG_DEFAULT_MAX_PIXELS;
    int64_t side = SEG_DEFAULT_MAX_SIDE;
    if (env && env->limits) {
        if (env->limits->max_pixels > 0) pixels = env->limits->max_pixels;
        if (env->limits->max_side > 0) side = env->limits->max_side;
    }
    if (width < 1 || height < 1)
        return seg_fail(SEG_ERROR_DATA, "the picture has no pixels (got %" PRId64 "x%" PRId64 ")",
                        width, height);
    if (width > side || height > side)
        return seg_fail(SEG_ERROR_LIMIT,
                        "the picture is too large (got %" PRId64 "x%" PRId64
                        " pixels, allowed %" PRId64 " a side)",
                        width, height, side);
    if (width > pixels / height)
        return seg_fail(SEG_ERROR_LIMIT,
                        "the picture is too large (got %" PRId64 "x%" PRId64 " = %" PRId64
                        " pixels, allowed %" PRId64 "); --max-pixels raises the limit",
                        width, height, width * height, pixels);
    return SEG_OK;
}
