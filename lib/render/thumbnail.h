/* A picture in another size, as 8-bit RGB. */
#ifndef SEG_RENDER_THUMBNAIL_H
#define SEG_RENDER_THUMBNAIL_H

#include <segment/render.h>

/** The size of a picture in a cell: proportions kept, not enlarged but by a whole factor. */
void seg_thumbnail_size(int32_t *width, int32_t *height, const seg_image *picture,
                        int32_t cell_width, int32_t cell_height);

/** Draws `picture` into `target`, an RGB view of the size that seg_thumbnail_size gave: each pixel
 *  is the mean of the pixels that it covers, by the exact shares of their areas. */
SEG_NODISCARD seg_status seg_thumbnail_draw(seg_image *target, const seg_image *picture,
                                            const seg_env *env);

#endif
