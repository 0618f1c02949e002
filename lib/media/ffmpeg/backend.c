#include "media/ffmpeg/entries.h"

#include <segment/version.h>

const seg_ffmpeg_backend seg_ffmpeg_module = {
    .version = SEG_VERSION_STRING,
    .probe = seg_av_probe,
    .decode = seg_av_picture_decode,
    .open_source = seg_av_source_open,
    .open_writer = seg_av_writer_open,
    .check_writer = seg_av_writer_check,
    .writer_memory = seg_av_writer_memory,
    .fill_yuv444 = seg_yuv444_fill,
    .free_yuv444 = seg_yuv444_free,
};
