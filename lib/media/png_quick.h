/* The quick way to read a PNG in which nothing is unusual. */
#ifndef SEG_MEDIA_PNG_QUICK_H
#define SEG_MEDIA_PNG_QUICK_H

#include <segment/media.h>

/** Decodes if the file is whole, not interlaced, without palette, transparency, orientation or
 *  animation; the picture is then exactly libpng's. False: nothing was done, libpng should look at
 *  it (and say what is wrong, if something is). */
bool seg_png_decode_quick(seg_image *image, seg_picture_info *info, const uint8_t *bytes,
                          size_t size, const seg_env *env);

#endif
