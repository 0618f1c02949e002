/* Edges. */
#ifndef SEGMENT_EDGE_H
#define SEGMENT_EDGE_H

#include <segment/method.h>

SEG_BEGIN_DECLS

/** What of a picture's colours its edges are. */
typedef enum seg_edge_colour {
    SEG_EDGE_GREY = 0, /**< the gradient of grey (BT.601) */
    SEG_EDGE_MAX,      /**< the longest of the gradients of red, green and blue */
    SEG_EDGE_TENSOR    /**< Di Zenzo's gradient of CIELAB: how fast colours change where they change
                            fastest; L* of 100 is full scale */
} seg_edge_colour;

typedef enum seg_gradient_operator {
    SEG_GRADIENT_SOBEL = 0, /**< 1 2 1 across the central difference */
    SEG_GRADIENT_SCHARR,    /**< 3 10 3: the same in all directions within 1 degree */
    SEG_GRADIENT_PREWITT,   /**< 1 1 1 */
    SEG_GRADIENT_ROBERTS    /**< differences along both diagonals of 2 x 2 pixels */
} seg_gradient_operator;

typedef struct seg_gradient_options {
    size_t size;
    int32_t kernel;  /**< seg_gradient_operator; `operator` on the command line */
    int32_t colour;  /**< seg_edge_colour */
    seg_level level; /**< the mask is where the magnitude is above */
} seg_gradient_options;

SEG_API void seg_gradient_options_init(seg_gradient_options *options);

/**
 * Gradient magnitude. `magnitude` (ensured F32, or NULL if not wanted): 0 .. 1, a straight step
 * along rows or columns has its height of full scale; what is steeper (a corner) is cut at 1.
 * `mask` (ensured U8 0/255, or NULL): magnitude above options->level; *level (may be NULL) gets
 * that, 8-bit unit. `picture`: 1-4 channels, u8, u16 or f32; its border is replicated. Pixels of
 * `ignore` (U8, may be NULL) and those that are no finite number have 0 and do not vote.
 * Errors: SEG_ERROR_ARGUMENT, _OPTION, _SHAPE, _UNSUPPORTED, _MEMORY, _LIMIT, _CANCELLED.
 * I. Sobel, G. Feldman, 1968; J. Prewitt, 1970; L. Roberts, 1963; H. Scharr, 2000;
 * S. Di Zenzo, "A note on the gradient of a multi-image", CVGIP 33(1), 1986.
 */
SEG_API SEG_NODISCARD seg_status seg_gradient(seg_image *mask, seg_image *magnitude, double *level,
                                              const seg_image *picture, const seg_image *ignore,
                                              const seg_gradient_options *options,
                                              const seg_env *env);

typedef struct seg_log_edges_options {
    size_t size;
    double sigma;    /**< of the Gaussian, pixels */
    seg_level level; /**< edges are zero crossings that are steeper */
} seg_log_edges_options;

SEG_API void seg_log_edges_options_init(seg_log_edges_options *options);

/**
 * Marr and Hildreth: the zero crossings of the Laplacian of a Gaussian. `strength` (ensured F32, or
 * NULL): how steep the response is where it passes through 0, in units in which a sharp straight
 * step from black to white has 1, cut at 1; 0 where it does not. `mask` (ensured U8 0/255, or
 * NULL): strength above options->level, in 8-bit units: the contrast of a step; *level (may be
 * NULL) gets it. All else as seg_gradient.
 * D. Marr, E. Hildreth, "Theory of edge detection", Proc. Royal Society London B 207, 1980.
 */
SEG_API SEG_NODISCARD seg_status seg_log_edges(seg_image *mask, seg_image *strength, double *level,
                                               const seg_image *picture, const seg_image *ignore,
                                               const seg_log_edges_options *options,
                                               const seg_env *env);

typedef struct seg_dog_edges_options {
    size_t size;
    double sigma;    /**< of the narrower Gaussian, pixels */
    double ratio;    /**< of the wider one to it */
    seg_level level; /**< edges are zero crossings that are steeper */
} seg_dog_edges_options;

SEG_API void seg_dog_edges_options_init(seg_dog_edges_options *options);

/** The same for the difference of two Gaussians, which at a ratio of 1.6 is much like seg_log_edges
 * (Marr and Hildreth, appendix B). */
SEG_API SEG_NODISCARD seg_status seg_dog_edges(seg_image *mask, seg_image *strength, double *level,
                                               const seg_image *picture, const seg_image *ignore,
                                               const seg_dog_edges_options *options,
                                               const seg_env *env);

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
    int32_t colour;   /**< seg_edge_colour; but for grey the norm is l2 and the aperture 3 */
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
 * either. Errors: as seg_gradient.
 * J. Canny, "A computational approach to edge detection", IEEE Trans. PAMI 8(6), 1986.
 */
SEG_API SEG_NODISCARD seg_status seg_canny(seg_image *edges, seg_canny_report *report,
                                           const seg_image *picture, const seg_image *ignore,
                                           const seg_canny_options *options, const seg_env *env);

SEG_END_DECLS

#endif
