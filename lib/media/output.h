/* Where a writer's bytes go: a file that appears whole, or a pipe. */
#ifndef SEG_MEDIA_OUTPUT_H
#define SEG_MEDIA_OUTPUT_H

#include "files/atomic_file.h"

/** Zero-initialise; `file.descriptor` is -1 once closed. Not moved while a muxer writes to it. */
typedef struct seg_output {
    seg_atomic_file file;
    seg_status failed; /**< of the first failed write, whose words are in `detail` */
    char detail[256];
} seg_output;

/** "-" is standard output. Errors: as seg_atomic_file_open. */
SEG_API SEG_NODISCARD seg_status seg_output_open(seg_output *output, const char *name,
                                                 bool overwrite, const seg_env *env);

/** Writes all bytes. A closed pipe is an error (SEG_ERROR_IO), never a signal. */
SEG_API SEG_NODISCARD seg_status seg_output_write(seg_output *output, const void *bytes,
                                                  size_t size);

/** True for pipes, devices and standard output: each frame is flushed. */
static inline bool seg_output_is_live(const seg_output *output) {
    return !output->file.partial;
}

/** The error of an earlier write again, or SEG_OK. */
SEG_API SEG_NODISCARD seg_status seg_output_status(const seg_output *output);

SEG_API SEG_NODISCARD seg_status seg_output_commit(seg_output *output);
SEG_API void seg_output_abandon(seg_output *output, bool keep);

#endif
