/* The labels of one sample as JSON. */
#ifndef TOOLS_AUGMENT_DESCRIBE_LABELS_H
#define TOOLS_AUGMENT_DESCRIBE_LABELS_H

#include <jansson.h>
#include <segment/labels.h>

/** {"width", "height", "classes": {NAME: share}, "objects": [{"category", "name", "crowd", "box",
 *  "rotated_box", "polygons", "points", "rle"}]}; what there is not is left out. The caller owns
 *  it. */
json_t *describe_labels(const seg_sample *sample, const seg_labels *labels);

#endif
