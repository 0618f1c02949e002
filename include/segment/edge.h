/* Edges. */
#ifndef SEGMENT_EDGE_H
#define SEGMENT_EDGE_H

#include <segment/method.h>

SEG_BEGIN_DECLS

typedef enum seg_gradient_norm {
    SEG_NORM_L1 = 0, /**< |dx| + |dy| */
    SEG_NORM_L2 = 1  /**< sqrt(dx^2 + dy^2) */
} seg_gradient_norm;

typedef struct seg_canny_options {
    size_t size;
    double sigma;     /**< Gaussian blur before the gradient, pixels; 0 = none */
    seg_level low;    /**< weak edges lie above, in 8-bit units of the Sobel kernel */
    seg_level high;   /**< strong edges lie above; swapped with low if smaller */
    int32_t norm;     /**< seg_gradient_norm */
    int32_t aperture; /**< side of the Sobel kernel: 3, 5 or 7 */
} seg_canny_options;

/** What was decided. */
typedef struct seg_canny_report {
    double low, high;  /**< thresholds used, 8-bit gradient units */
    double edge_share; /**< edge pixels / pixels */
} seg_canny_report;

SEG_API void seg_canny_options_init(seg_canny_options *options);

/**
 * Canny edges with real hysteresis: weak edge pixels stay where a chain of 8-neighbours links
 * them to a strong one. `picture`: 1-4 channels, u8, u16 or f32 (colour brought to grey); `edges`
 * (ensured): U8 0/255. `report` may be NULL. With sigma 0, aperture 3 and numeric thresholds on
 * u8 the result is that of OpenCV's Canny, pixel for pixel. `ignore` (may be NULL): pixels that
 * are never edges and do not vote for automatic thresholds. What is no finite number is no edge
 * either.
 * J. Canny, "A computational approach to edge detection", IEEE Trans. PAMI 8(6), 1986.
 */
SEG_API SEG_NODISCARD seg_status seg_canny(seg_image *edges, seg_canny_report *report,
                                           const seg_image *picture, const seg_image *ignore,
                                           const seg_canny_options *options, const seg_env *env);

SEG_END_DECLS

#endif
