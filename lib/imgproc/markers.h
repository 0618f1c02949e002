/* Seeds, markers and surfaces: what growing, the watershed and the splitting of objects share. */
#ifndef SEG_IMGPROC_MARKERS_H
#define SEG_IMGPROC_MARKERS_H

#include "core/memory.h"
#include <segment/image.h>

/** Checks that seed `index` (from 0) lies in the picture. SEG_ERROR_OPTION. */
SEG_NODISCARD seg_status seg_check_seed(int32_t index, seg_point seed, const seg_image *picture);

/** Checks that a picture of seeds has U8 (a mask), U16 or LABEL32 samples and the size of
 * `picture`. SEG_ERROR_ARGUMENT, SEG_ERROR_UNSUPPORTED, SEG_ERROR_SHAPE. */
SEG_NODISCARD seg_status seg_check_seed_picture(const seg_image *seeds, const seg_image *picture);

/** surface (U16, of the mask's size) = 65535 - distance of object pixels to the nearest background
 *  pixel, in units of 1 / *scale pixel; *scale is 64, or less where distances would not fit.
 * Outside of the picture is no background. */
SEG_NODISCARD seg_status seg_distance_surface(const seg_image *surface, double *scale,
                                              const seg_image *mask, seg_scratch *scratch);

/** labels (LABEL32) = the connected components of a mask (U8), as seg_components. */
SEG_NODISCARD seg_status seg_label_mask(const seg_image *labels, int32_t *count,
                                        const seg_image *mask, int32_t connectivity,
                                        seg_scratch *scratch);

/** labels (LABEL32) = the connected minima of a surface (U8 or U16) that are deeper than `h` (in
 * its samples), numbered from 1 in raster order; 0 elsewhere and on blocked pixels (U8, may be
 * empty), over which nothing flows. */
SEG_NODISCARD seg_status seg_label_minima(const seg_image *labels, int32_t *count,
                                          const seg_image *surface, const seg_image *blocked,
                                          double h, bool drop, int32_t connectivity,
                                          seg_scratch *scratch);

/** Numbers labels 1 .. count anew by the raster order of their first pixels. */
SEG_NODISCARD seg_status seg_labels_renumber(const seg_image *labels, int32_t count,
                                             seg_scratch *scratch);

#endif
