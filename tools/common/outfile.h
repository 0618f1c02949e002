/* Text and bytes that the program itself writes: whole under their final name, or not at all. */
#ifndef TOOLS_OUTFILE_H
#define TOOLS_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>

/** A file being written. A regular one is PATH.partial until outfile_finish. */
typedef struct outfile {
    int descriptor;
    char *path;    /* for messages; "-" is standard output; NULL: closed */
    char *final;   /* links resolved; NULL where the file is written in place */
    char *partial; /* its name until then */
} outfile;

/** Opens. Here and below, false: a message was given, or a signal ended the wait for a reader that
 *  takes nothing. */
bool outfile_open(outfile *target, const char *path);
/** Writes and hands all to the system at once, so that a reader at the other end of a pipe sees
 *  it. False: a message was given. */
bool outfile_write(outfile *target, const void *bytes, size_t size);
/** Ends the file under its final name. Frees it in any case. */
bool outfile_finish(outfile *target);
/** Gives up and leaves PATH.partial. Closed ones are allowed. */
void outfile_abandon(outfile *target);

/** Writes a whole file. False: a message was given. */
bool file_write(const char *path, const void *bytes, size_t size);
/** Reads a whole file; release *bytes with free(). False: a message was given. */
bool file_read(void **bytes, size_t *size, const char *path);

#endif
