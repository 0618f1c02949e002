/* Masks of JSON: COCO's segmentations and the outlines of objects. */
#ifndef SEG_DATA_MASKS_H
#define SEG_DATA_MASKS_H

#include "data/builder.h"
#include "data/json.h"

/**
 * {"size": [height, width], "counts": [...] or "text"}. `width` and `height` are what the size must
 * be, 0 = not known. Errors carry the place.
 */
SEG_NODISCARD seg_status seg_mask_from_rle(seg_rle *mask, const json_t *from,
                                           const seg_json_place *at, int32_t width, int32_t height,
                                           const seg_env *env);

typedef struct seg_json_polygons {
    double *xy;       /* x, y, x, y, ... of all */
    int32_t *lengths; /* corners of each */
    int32_t count;
} seg_json_polygons;

/** [[x, y, x, y, ...], ...], each of at least three corners. */
SEG_NODISCARD seg_status seg_polygons_from_json(seg_json_polygons *polygons, const json_t *from,
                                                const seg_json_place *at, const seg_env *env);
void seg_json_polygons_free(seg_json_polygons *polygons, const seg_env *env);

/** The same as a mask. */
SEG_NODISCARD seg_status seg_mask_from_polygons(seg_rle *mask, const json_t *from,
                                                const seg_json_place *at, seg_fill fill,
                                                int32_t width, int32_t height, const seg_env *env);

/** [x, y, width, height] with sides of at least 0. */
SEG_NODISCARD seg_status seg_box_from_json(seg_box *box, const json_t *from,
                                           const seg_json_place *at);

/** The box of a mask. */
seg_box seg_box_of_mask(const seg_rle *mask);

/** Checks a picture's size against env's limits; SEG_ERROR_DATA, _LIMIT with the place. */
SEG_NODISCARD seg_status seg_size_from_json(int32_t *width, int32_t *height,
                                            const json_t *width_from, const json_t *height_from,
                                            const seg_json_place *width_at,
                                            const seg_json_place *height_at, const seg_env *env);

#endif
