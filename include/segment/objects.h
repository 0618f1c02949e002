/* Objects of masks and label pictures, filters over them, outlines. */
#ifndef SEGMENT_OBJECTS_H
#define SEGMENT_OBJECTS_H

#include <segment/result.h>

SEG_BEGIN_DECLS

/** Measures every label > 0 of `labels` into result->objects, ascending by id. */
SEG_API SEG_NODISCARD seg_status seg_objects_measure(seg_result *result, const seg_image *labels,
                                                     const seg_env *env);

/** A compiled filter, e.g. `area > 50 && circularity > 0.6`. */
typedef struct seg_keep seg_keep;

/**
 * Compiles an expression over the fields of an object: id area x y width height cx cy perimeter
 * circularity extent (area / box area) aspect (width / height) border (1 if it touches the
 * picture's border); operators || && ! == != < <= > >= + - * / and parentheses; numbers.
 * Errors: SEG_ERROR_OPTION with the place of the mistake; SEG_ERROR_MEMORY.
 */
SEG_API SEG_NODISCARD seg_status seg_keep_create(seg_keep **keep, const char *expression,
                                                 const seg_env *env);

/** True if the object passes. `width`, `height` of the picture. */
SEG_API bool seg_keep_test(const seg_keep *keep, const seg_object *object, int32_t width,
                           int32_t height);

SEG_API void seg_keep_free(seg_keep *keep);

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

/** Outlines of all labels > 0 (regions 8-connected... one outline per boundary cycle), in raster
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
