/* A text that grows at its end. */
#ifndef SEG_DATA_GROWING_TEXT_H
#define SEG_DATA_GROWING_TEXT_H

#include "core/text.h"
#include <segment/env.h>

/** Zero but for env; release with seg_growing_text_free. Without memory it stays as it is and
 *  remembers it: whoever needs it whole asks seg_growing_text_status. */
typedef struct seg_growing_text {
    const seg_env *env; /* borrowed; may be NULL */
    char *bytes;        /* not 0-ended */
    size_t size, room;
    bool failed;
} seg_growing_text;

void seg_growing_text_add(seg_growing_text *text, const char *more, size_t size);
void seg_growing_text_put(seg_growing_text *text, const char *more);
/** The shortest decimal that is read back as `value`. */
void seg_growing_text_number(seg_growing_text *text, double value);
void seg_growing_text_whole(seg_growing_text *text, int64_t value);

/** Empties it; its memory stays. */
void seg_growing_text_clear(seg_growing_text *text);
void seg_growing_text_free(seg_growing_text *text);

/** SEG_ERROR_MEMORY, with a detail, if anything did not find room since it was last empty. */
SEG_NODISCARD seg_status seg_growing_text_status(const seg_growing_text *text);

#endif
