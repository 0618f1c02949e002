/* Text and bytes that the program itself writes: whole under their final name, or not at all. */
#ifndef TOOLS_OUTFILE_H
#define TOOLS_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/** A file being written. A regular one is PATH.partial until outfile_finish. */
typedef struct outfile {
    FILE *stream;  /* NULL: closed */
    char *path;    /* for messages; "-" is standard output */
    char *partial; /* NULL where the file is written in place */
} outfile;

/** Opens. False: a message was given. */
bool outfile_open(outfile *target, const char *path);
/** Writes and hands all to the system at once, so that a reader at the other end of a pipe sees
 *  it. False: a message was given. */
bool outfile_write(outfile *target, const void *bytes, size_t size);
/** Ends the file under its final name. False: a message was given. Frees it in any case. */
bool outfile_finish(outfile *target);
/** Gives up and leaves PATH.partial. Closed ones are allowed. */
void outfile_abandon(outfile *target);

/** Reads a whole file; release *bytes with free(). False: a message was given. */
bool file_read(void **bytes, size_t *size, const char *path);

#endif
