/* Tar archives in the ustar form of POSIX.1-1988, part by part. */
#ifndef TOOLS_AUGMENT_TAR_H
#define TOOLS_AUGMENT_TAR_H

#include "common/text.h"

/** Adds a file. False: its name does not fit (255 bytes, the last part at most 100). */
bool tar_add(text_buffer *target, const char *name, const void *bytes, size_t size);

/** Adds the end of the archive. */
void tar_end(text_buffer *target);

#endif
