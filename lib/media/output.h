/* Where a writer's bytes go: a file that appears whole, or a pipe. */
#ifndef SEG_MEDIA_OUTPUT_H
#define SEG_MEDIA_OUTPUT_H

#include "media/atomic_file.h"
#include <libavformat/avio.h>

/** Zero-initialise; `file.descriptor` is -1 once closed. Not moved while an AVIOContext is open. */
typedef struct seg_output {
    seg_atomic_file file;
    seg_status failed; /**< of the first failed write, whose words are in `detail` */
    char detail[256];
} seg_output;

/** "-" is standard output. Errors: as seg_atomic_file_open. */
SEG_NODISCARD seg_status seg_output_open(seg_output *output, const char *name, bool overwrite,
                                         const seg_env *env);

/** Writes all bytes. A closed pipe is an error (SEG_ERROR_IO), never a signal. */
SEG_NODISCARD seg_status seg_output_write(seg_output *output, const void *bytes, size_t size);

/** True for pipes, devices and standard output: each frame is flushed. */
static inline bool seg_output_is_live(const seg_output *output) {
    return !output->file.partial;
}

/** The error of an earlier write again, or SEG_OK. */
SEG_NODISCARD seg_status seg_output_status(const seg_output *output);

SEG_NODISCARD seg_status seg_output_commit(seg_output *output);
void seg_output_abandon(seg_output *output, bool keep);

/** For muxers; NULL without memory. Free with seg_output_free_io, which writes what is left. */
AVIOContext *seg_output_make_io(seg_output *output);
void seg_output_free_io(AVIOContext **io);

#endif
