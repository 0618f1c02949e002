/* The sound of another file, copied as it is. */
#ifndef SEG_MEDIA_AUDIO_COPY_H
#define SEG_MEDIA_AUDIO_COPY_H

#include "media/ffmpeg/av_compat.h"
#include "media/ffmpeg/av_log.h"
#include <segment/env.h>
#include <stdbool.h>

typedef struct seg_audio_copy seg_audio_copy;

/** Opens the file. *copy is NULL (and SEG_OK returned) if it has no sound. Errors: SEG_ERROR_IO,
 *  SEG_ERROR_DATA, SEG_ERROR_MEMORY. */
SEG_NODISCARD seg_status seg_audio_copy_open(seg_audio_copy **copy, const char *name,
                                             seg_av_log *log, const seg_env *env);

/** Adds a stream to `target` for every one that its container takes; false if none is left. */
bool seg_audio_copy_add_streams(seg_audio_copy *copy, AVFormatContext *target);

/** Before the first packet: sound before `seconds` is left out. What decoders need before time 0
 *  stays, if the container has `negative` times. */
void seg_audio_copy_start(seg_audio_copy *copy, double seconds, bool negative);

/** Writes what begins before `seconds`. Returns FFmpeg's code of a failed write, else 0. */
int seg_audio_copy_until(seg_audio_copy *copy, AVFormatContext *target, double seconds);

/** NULL is allowed. */
void seg_audio_copy_close(seg_audio_copy *copy);

#endif
