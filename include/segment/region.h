/* Regions: pixels that belong together. */
#ifndef SEGMENT_REGION_H
#define SEGMENT_REGION_H

#include <segment/method.h>

SEG_BEGIN_DECLS

typedef enum seg_grow_criterion {
    SEG_GROW_SEED = 0,     /**< near the value of the region's seed */
    SEG_GROW_MEAN = 1,     /**< near the running mean of the region */
    SEG_GROW_NEIGHBOUR = 2 /**< near the neighbour that it is reached from */
} seg_grow_criterion;

typedef struct seg_region_grow_options {
    size_t size;
    seg_seeds seeds;      /**< several seeds give several labels: 1, 2, ... in the order given */
    seg_level tolerance;  /**< largest difference that still belongs, per channel */
    int32_t criterion;    /**< seg_grow_criterion */
    int32_t connectivity; /**< 4 or 8 */
} seg_region_grow_options;

SEG_API void seg_region_grow_options_init(seg_region_grow_options *options);

/**
 * Seeded region growing. `picture`: 1-4 channels, u8, u16 or f32; the difference of two pixels is
 * the largest over the colour channels. `labels` (ensured): LABEL32, 0 = reached by no seed.
 * `ignore` (may be NULL): pixels never reached. `markers` (LABEL32, may be NULL): seeds that
 * override the options' ones. Errors: SEG_ERROR_OPTION for a seed outside the picture.
 * R. Adams, L. Bischof, "Seeded region growing", IEEE Trans. PAMI 16(6), 1994.
 */
SEG_API SEG_NODISCARD seg_status seg_region_grow(seg_image *labels, const seg_image *picture,
                                                 const seg_image *ignore, const seg_image *markers,
                                                 const seg_region_grow_options *options,
                                                 const seg_env *env);

SEG_END_DECLS

#endif
