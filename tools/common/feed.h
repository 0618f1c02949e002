/* Where the frames of one input come from: a picture, or the reader of frames. */
#ifndef TOOLS_FEED_H
#define TOOLS_FEED_H

#include "common/plan.h"

typedef struct feed {
    seg_reader *reader; /* NULL: a single picture */
    seg_image picture;
    bool given;     /* the picture was */
    bool truncated; /* the picture's file ends early; `warnings` says so */
    seg_stream_info info;
    char *warnings; /* lines; of a picture, or of a reader that was closed */
} feed;

/** True if the input is a picture that needs no reader of frames. */
bool feed_is_picture(const job *item, const settings *from);

/** Reads a picture. Errors as seg_picture_read. */
SEG_NODISCARD seg_status feed_open_picture(feed *target, const job *item, const settings *from,
                                           const seg_env *env);

/** Opens the reader. Errors as seg_reader_open. */
SEG_NODISCARD seg_status feed_open_reader(feed *target, const job *item, const settings *from,
                                          bool luma_only, int32_t threads, const seg_env *env);

/** Frames that will come of it, 0 if that is not known: for progress. */
int64_t feed_expected(const feed *source, const settings *from);

/** As seg_reader_read. */
SEG_NODISCARD seg_status feed_read(feed *source, seg_frame *frame);

/** Keeps the warnings and closes; closed ones are allowed. */
void feed_close(feed *source);

void feed_free(feed *source);

#endif
