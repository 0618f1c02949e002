/* Flooding from markers over a surface: what the watershed and the splitting of objects share. */
#ifndef SEG_IMGPROC_FLOODING_H
#define SEG_IMGPROC_FLOODING_H

#include "core/memory.h"
#include <segment/image.h>

typedef struct seg_flooding {
    const seg_image *surface; /* U8 or U16, one channel: low is flooded first */
    const seg_image *markers; /* LABEL32, > 0 = a marker; may be the labels */
    const seg_image *blocked; /* U8, non-zero is never reached; NULL or empty = none */
    int32_t connectivity;     /* 4 or 8 */
    bool line;                /* what two labels reach belongs to none */
    double compactness;       /* added to the surface for each pixel of distance to the marker */
} seg_flooding;

/**
 * Gives each pixel that can be reached the label of the marker that reaches it first: pixels are
 * taken by their value, of equal ones those that wait longest, beginning with the markers in raster
 * order; each hands its label to its neighbours in the order right, left, down, up, then
 * diagonally. With a line, a pixel that has two labels among its neighbours when its turn comes
 * stays 0 and hands on nothing. With compactness, the value of a pixel grows with its distance to
 * the marker's pixel that it is reached from. `labels`: LABEL32 of the same size, gets 0 elsewhere.
 */
SEG_NODISCARD seg_status seg_flood_labels(const seg_image *labels, const seg_flooding *flooding,
                                          seg_scratch *scratch);

#endif
