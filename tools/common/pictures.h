/* Pictures that options name: masks, markers, references. */
#ifndef TOOLS_PICTURES_H
#define TOOLS_PICTURES_H

#include "common/settings.h"

/** Reads a picture as it is. False: a message was given. */
bool picture_load(seg_image *target, const char *path, const settings *from);

/** Reads a picture as a mask: U8, 255 where any colour sample is not zero. */
bool picture_load_mask(seg_image *target, const char *path, const settings *from);

/** Reads a grey picture as labels: LABEL32, the value is the label. */
bool picture_load_labels(seg_image *target, const char *path, const settings *from);

#endif
