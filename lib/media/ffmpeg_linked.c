/* FFmpeg is linked: the static libsegment-media. */
#include "media/ffmpeg_backend.h"

seg_status seg_ffmpeg_find(const seg_ffmpeg_backend **backend) {
    *backend = &seg_ffmpeg_module;
    return SEG_OK;
}
