/* Edges of strokes, and how wide strokes are. */
#ifndef SEG_THRESHOLD_SU_EDGES_H
#define SEG_THRESHOLD_SU_EDGES_H

#include "core/memory.h"
#include <segment/image.h>

/** Widest stroke that is looked for, in pixels. */
#define SEG_SU_WIDEST 127

typedef struct seg_su_edges {
    seg_image edges;  /* U8: 1 on edges, else 0 */
    seg_image values; /* U8: the grey on edges, else 0 */
    double level;     /* of the contrast, 0..1, above which pixels are edges */
    int32_t stroke;   /* most frequent width, 0 if there are no strokes */
} seg_su_edges;

/** Finds them in a U8 picture; the pictures are scratch. */
SEG_NODISCARD seg_status seg_su_edges_find(seg_su_edges *found, const seg_image *grey,
                                           const seg_image *ignore, double gamma,
                                           seg_scratch *scratch, const seg_env *env);

#endif
