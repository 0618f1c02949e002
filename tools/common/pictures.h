/* Pictures that options name: masks, markers, references. */
#ifndef TOOLS_PICTURES_H
#define TOOLS_PICTURES_H

#include "common/settings.h"
#include "common/text.h"

/** Reads a picture as it is. False: a message was given. */
bool picture_load(seg_image *target, const char *path, const settings *from);

/** The same; what it warns of is also added to `warnings`, a line each. */
bool picture_load_noting(seg_image *target, const char *path, const settings *from,
                         text_buffer *warnings);

/** Reads a picture as a mask: U8, 255 where any colour sample is not zero. */
bool picture_load_mask(seg_image *target, const char *path, const settings *from);

/** Reads a grey picture as labels: LABEL32, the value is the label. */
bool picture_load_labels(seg_image *target, const char *path, const settings *from);

#endif
