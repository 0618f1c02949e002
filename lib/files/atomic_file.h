/* Files that appear whole: written as NAME.partial in the same directory, then renamed. */
#ifndef SEG_FILES_ATOMIC_FILE_H
#define SEG_FILES_ATOMIC_FILE_H

#include <segment/env.h>
#include <stdbool.h>

/**
 * A file being written. Regular targets (existing or not) are written under `partial` and renamed
 * by seg_atomic_file_commit. Devices, FIFOs, sockets and names below /dev/ are written in place:
 * `partial` is then NULL. A symbolic link is followed: its target is replaced, not the link.
 */
typedef struct seg_atomic_file {
    int descriptor;  /**< open for writing; -1 when closed */
    char *path;      /**< final name, links resolved */
    char *partial;   /**< temporary name, or NULL where the file is written in place */
    char *shown;     /**< the name as given, for messages */
    int64_t written; /**< bytes, so far */
    bool seekable;   /**< false for pipes and character devices */
    bool overwrite;  /**< as asked: commit may replace an existing file */
    seg_env env;     /**< allocator of the names; progress is asked whenever a signal ends a wait */
} seg_atomic_file;

/**
 * Opens. `overwrite` false: an existing regular file is refused (SEG_ERROR_IO); the check is
 * repeated by commit. A NAME.partial left by an earlier run is replaced. The caller may write to
 * `descriptor` itself or open `partial` by name.
 * Errors: SEG_ERROR_IO ("out.png: cannot create (Permission denied)"), SEG_ERROR_MEMORY,
 * SEG_ERROR_CANCELLED (while a FIFO waited for its reader).
 */
SEG_NODISCARD seg_status seg_atomic_file_open(seg_atomic_file *file, const char *path,
                                              bool overwrite, const seg_env *env);

/** Writes all bytes, also to slow pipes. Errors: SEG_ERROR_IO (disk full, closed pipe),
 *  SEG_ERROR_CANCELLED (env->progress said stop, and nobody took the bytes). */
SEG_NODISCARD seg_status seg_atomic_file_write(seg_atomic_file *file, const void *bytes,
                                               size_t size);

/**
 * Ends the file: closes it and moves it to its final name. With `sync` its bytes are on the disk
 * before the name is (costs milliseconds). On error the file under the final name is as before,
 * and what was written stays under `partial`. Frees the names in any case.
 */
SEG_NODISCARD seg_status seg_atomic_file_commit(seg_atomic_file *file, bool sync);

/** Gives up: closes, removes `partial` unless `keep`, frees the names. Closed files are allowed. */
void seg_atomic_file_abandon(seg_atomic_file *file, bool keep);

#endif
