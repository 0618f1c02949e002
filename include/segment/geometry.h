/* Shapes of regions: outlines, run lengths. */
#ifndef SEGMENT_GEOMETRY_H
#define SEGMENT_GEOMETRY_H

#include <segment/image.h>

SEG_BEGIN_DECLS

/** Closed outline of a region along pixel cracks: `count` corner points, the last joined to the
 *  first; coordinates are pixel corners (0..width, 0..height). Holes run the other way. */
typedef struct seg_contour {
    int32_t id; /**< label */
    bool hole;
    int32_t first, count; /**< into seg_contours.points */
} seg_contour;

typedef struct seg_contours {
    seg_contour *items;
    int32_t count;
    seg_point *points;
    int32_t point_count;
} seg_contours;

/** Outlines of all labels > 0 (regions are 8-connected, an outline per boundary cycle), in raster
 *  order of their top left corner; release with seg_contours_free. */
SEG_API SEG_NODISCARD seg_status seg_contours_trace(seg_contours *contours, const seg_image *labels,
                                                    const seg_env *env);
SEG_API void seg_contours_free(seg_contours *contours, const seg_env *env);

/** COCO run lengths of one label: counts of 0 and 1 pixels in turn, column by column, starting
 *  with zeros. `box` (may be NULL) speeds up. `counts` is released with seg_rle_free. */
SEG_API SEG_NODISCARD seg_status seg_rle_encode(uint32_t **counts, int32_t *count,
                                                const seg_image *labels, int32_t id,
                                                const seg_rect *box, const seg_env *env);
SEG_API void seg_rle_free(uint32_t *counts, const seg_env *env);

SEG_END_DECLS

#endif
