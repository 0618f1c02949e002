/* Inputs and outputs as FFmpeg sees them. */
#ifndef SEG_MEDIA_AV_IO_H
#define SEG_MEDIA_AV_IO_H

#include "media/input.h"
#include "media/output.h"
#include <libavformat/avio.h>

/** For demuxers; NULL without memory. Free with seg_input_free_io. */
AVIOContext *seg_input_make_io(seg_input *input);
void seg_input_free_io(AVIOContext **io);

/** For muxers; NULL without memory. Free with seg_output_free_io, which writes what is left. */
AVIOContext *seg_output_make_io(seg_output *output);
void seg_output_free_io(AVIOContext **io);

#endif
