/* What methods need of a frame, brought into the form they work on. */
#ifndef SEG_IMGPROC_INPUT_H
#define SEG_IMGPROC_INPUT_H

#include <segment/frame.h>
#include <segment/params.h>

/**
 * The grey picture of a frame as a borrowed header: frame->luma if there, frame->image if it has
 * one channel, else converted into `scratch` (a working picture: reused while it fits, replaced
 * where it does not). u8, u16 or f32 as it comes.
 */
SEG_NODISCARD seg_status seg_input_grey(seg_image *grey, seg_image *scratch, const seg_frame *frame,
                                        const seg_env *env);

/** The same for a bare picture. */
SEG_NODISCARD seg_status seg_picture_grey(seg_image *grey, seg_image *scratch,
                                          const seg_image *picture, const seg_env *env);

/** The native value (unit of `image`'s samples) of a level that needs no statistics: 8BIT, PERCENT,
 *  RAW. For PERCENTILE and AUTO give the histogram of the values in question. */
double seg_level_native(const seg_level *level, const seg_image *image);

/** Any level; statistics come from `bins` (count `size`, full scale = size-1). `rule_default`
 *  is what plain `auto` means here. Result in the native unit of `image`. */
SEG_NODISCARD seg_status seg_level_resolve(double *native, const seg_level *level,
                                           seg_auto_rule rule_default, const uint64_t *bins,
                                           int32_t size, const seg_image *image);

/** Otsu's level of a histogram: index of the last bin of the lower class; OpenCV's for 256 bins.*/
int32_t seg_otsu_bin(const uint64_t *bins, int32_t size);

/** A native value in 8-bit units: value / full scale * 255. */
double seg_level_8bit(double native, const seg_image *image);

/** A row of a picture that has 2 to 4 channels as grey, in samples of its format. */
void seg_grey_row(void *grey, const seg_image *picture, int32_t y);

#endif
