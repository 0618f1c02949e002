/* Files that are read as a whole. */
#ifndef SEG_FILES_WHOLE_FILE_H
#define SEG_FILES_WHOLE_FILE_H

#include <segment/env.h>

/** All bytes of a file, behind which a 0 stands that `size` does not count; release with
 *  seg_release. On error *text is NULL. Errors: SEG_ERROR_IO, SEG_ERROR_MEMORY. */
SEG_NODISCARD seg_status seg_file_read(char **text, size_t *size, const char *path,
                                       const seg_env *env);

#endif
