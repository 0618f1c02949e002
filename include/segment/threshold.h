/* Thresholds: foreground is what lies above a level. */
#ifndef SEGMENT_THRESHOLD_H
#define SEGMENT_THRESHOLD_H

#include <segment/method.h>

SEG_BEGIN_DECLS

typedef struct seg_threshold_options {
    size_t size;     /**< set by seg_threshold_options_init */
    seg_level level; /**< foreground is above it */
    seg_level max;   /**< ... and not above this; default 100 % */
    bool invert;     /**< swap foreground and background */
} seg_threshold_options;

SEG_API void seg_threshold_options_init(seg_threshold_options *options);

/**
 * Fixed (or percentile, or automatic) level. `picture`: 1-4 channels, u8, u16 or f32; colour is
 * brought to grey (BT.601), alpha is left out. `mask` (ensured): U8, 255 where
 * level < value <= max. `ignore` (U8, may be NULL): non-zero pixels do not vote and give 0.
 * `native_level` (may be NULL): the level in the samples' own unit.
 */
SEG_API SEG_NODISCARD seg_status seg_threshold(seg_image *mask, double *native_level,
                                               const seg_image *picture, const seg_image *ignore,
                                               const seg_threshold_options *options,
                                               const seg_env *env);

typedef struct seg_otsu_options {
    size_t size;
    bool invert; /**< dark objects on a light ground */
} seg_otsu_options;

SEG_API void seg_otsu_options_init(seg_otsu_options *options);

/**
 * Otsu's level from the full-depth histogram (256 bins for u8, 65536 for u16 and f32), then as
 * seg_threshold. The 8-bit level equals OpenCV's.
 * N. Otsu, "A threshold selection method from gray-level histograms", IEEE Trans. SMC 9(1), 1979.
 */
SEG_API SEG_NODISCARD seg_status seg_otsu(seg_image *mask, double *native_level,
                                          const seg_image *picture, const seg_image *ignore,
                                          const seg_otsu_options *options, const seg_env *env);

SEG_END_DECLS

#endif
