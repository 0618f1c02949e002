/* Building blocks: colour, filters, gradients, histograms, morphology, components.
 *
 * Errors of all, where nothing else is said: SEG_ERROR_ARGUMENT (NULL, no sane picture, a number
 * out of range, an output that is the input where it must not be), _UNSUPPORTED (samples or
 * channels), _SHAPE (an output that is there in another size, inputs that do not fit each other),
 * _LIMIT, _MEMORY, _CANCELLED. */
#ifndef SEGMENT_IMGPROC_H
#define SEGMENT_IMGPROC_H

#include <segment/image.h>
#include <segment/params.h>
#include <segment/result.h>

SEG_BEGIN_DECLS

/** Grey (BT.601, rounded as OpenCV's cvtColor for u8 and u16) of a 1-4 channel picture; alpha is
 *  left out. `grey` (ensured): one channel of the same format. */
SEG_API SEG_NODISCARD seg_status seg_to_grey(seg_image *grey, const seg_image *picture,
                                             const seg_env *env);

/** Another sample format, full scale to full scale, rounded to nearest, clamped; NaN gives 0.
 *  `target` (ensured). */
SEG_API SEG_NODISCARD seg_status seg_convert(seg_image *target, const seg_image *source,
                                             seg_format format, const seg_env *env);

/** Gaussian blur, separable, border reflected without repeating the edge pixel (reflect-101).
 *  Integer formats use taps in fixed point whose sum is exact; sigma 0 copies.
 *  `aperture` 0 chooses 2*ceil(3 sigma)+1; else it is odd, 1..255. */
SEG_API SEG_NODISCARD seg_status seg_gaussian(seg_image *target, const seg_image *source,
                                              double sigma, int32_t aperture, const seg_env *env);

/** Histogram equalisation of each colour, alpha as it is: the first level that occurs becomes 0,
 *  level i the share of the other pixels that are not above it. `target` (ensured) may be `source`.
 *  On 8 bits the same as OpenCV's equalizeHist. R. Hummel, "Image enhancement by histogram
 *  transformation", Computer Graphics and Image Processing 6(2), 1977. */
SEG_API SEG_NODISCARD seg_status seg_equalise(seg_image *target, const seg_image *source,
                                              const seg_env *env);

typedef struct seg_clahe_options {
    size_t size;
    double clip;   /**< no level of a tile counts more than this times the mean, 1..1000 */
    int32_t tiles; /**< along each side, 1..64 */
} seg_clahe_options;

SEG_API void seg_clahe_options_init(seg_clahe_options *options);

/** Local equalisation of luma, in tiles, with limited contrast; hues stay, alpha as it is. f32 is
 *  cut to 0..1, what is not finite is 0. `target` (ensured) may be `source`; `options` NULL means
 *  the defaults. K. Zuiderveld, "Contrast limited adaptive histogram equalization", Graphics Gems
 *  IV, 1994. */
SEG_API SEG_NODISCARD seg_status seg_clahe(seg_image *target, const seg_image *source,
                                           const seg_clahe_options *options, const seg_env *env);

/** Median over a square of `side` pixels (odd, 1..255), border replicated. */
SEG_API SEG_NODISCARD seg_status seg_median(seg_image *target, const seg_image *source,
                                            int32_t side, const seg_env *env);

/** Sobel derivatives of a one-channel u8 picture into two S16 buffers (U16 images holding int16),
 *  border replicated; aperture 3, 5 (no scaling; 7 would overflow and is refused). */
SEG_API SEG_NODISCARD seg_status seg_sobel(seg_image *dx, seg_image *dy, const seg_image *source,
                                           int32_t aperture, const seg_env *env);

/** Counts of each sample value of a one-channel u8 (256 bins) or u16 (2^bits bins) picture, or of
 *  f32 in 65536 bins over 0..1. `ignore` may be NULL. `bins` has room for `size` counters. */
SEG_API SEG_NODISCARD seg_status seg_histogram(uint64_t *bins, int32_t size,
                                               const seg_image *source, const seg_image *ignore,
                                               const seg_env *env);

/** mask = 255 where |a - b| > level (native unit), largest over the channels; same shapes. */
SEG_API SEG_NODISCARD seg_status seg_difference_mask(seg_image *mask, const seg_image *a,
                                                     const seg_image *b, double level,
                                                     const seg_env *env);

typedef enum seg_element {
    SEG_ELEMENT_SQUARE = 0, /**< or rectangle */
    SEG_ELEMENT_DISK = 1,   /**< pixels within side / 2, rounded down, of the centre */
    SEG_ELEMENT_CROSS = 2,
    SEG_ELEMENT_ELLIPSE = 3, /**< as OpenCV's: half-widths of its rows are rounded to nearest */
    SEG_ELEMENT_LINE = 4,    /**< of grey pictures only (morphology.h), as the next one */
    SEG_ELEMENT_MASK = 5
} seg_element;

typedef enum seg_morphology {
    SEG_MORPH_ERODE = 0,
    SEG_MORPH_DILATE,
    SEG_MORPH_OPEN,
    SEG_MORPH_CLOSE,
    SEG_MORPH_GRADIENT, /**< dilation without erosion: the border on both sides */
    SEG_MORPH_TOP_HAT,  /**< what an opening takes away */
    SEG_MORPH_BLACK_HAT /**< what a closing adds */
} seg_morphology;

/** Binary morphology on a mask (non-zero = foreground), result 0/255. `side` odd, 1..1023.
 *  Outside the picture counts as background for dilation and as foreground for erosion. */
SEG_API SEG_NODISCARD seg_status seg_morphology_mask(seg_image *target, const seg_image *mask,
                                                     seg_morphology operation, seg_element element,
                                                     int32_t side, const seg_env *env);

/** Fills background components (4-connected) that do not touch the border and have at most
 *  `max_area` pixels (0 = any). */
SEG_API SEG_NODISCARD seg_status seg_fill_holes(seg_image *target, const seg_image *mask,
                                                int64_t max_area, const seg_env *env);

typedef enum seg_thinning_rule {
    SEG_THINNING_GUO_HALL = 0, /**< Guo and Hall 1989; bwmorph(mask, 'thin') */
    SEG_THINNING_ZHANG_SUEN    /**< Zhang and Suen 1984; erases 2 x 2 squares */
} seg_thinning_rule;

/** Thins a mask (non-zero = foreground) to 8-connected lines about one pixel wide, result 0/255.
 *  At most `iterations` of two sub-iterations each, 0 = until nothing changes. Outside the picture
 *  is background. `target` may be `mask`. */
SEG_API SEG_NODISCARD seg_status seg_thinning(seg_image *target, const seg_image *mask,
                                              seg_thinning_rule rule, int32_t iterations,
                                              const seg_env *env);

typedef enum seg_distance_to {
    SEG_DISTANCE_TO_OBJECT = 0, /**< to the nearest non-zero pixel */
    SEG_DISTANCE_TO_BACKGROUND  /**< to the nearest zero pixel */
} seg_distance_to;

/**
 * Exact Euclidean distance of every pixel of a mask (U8) to the nearest object or background pixel,
 * centre to centre, in pixels; 0 on such pixels themselves. Outputs (ensured) that are not wanted
 * are NULL:
 * `distance` F32, rounded to nearest; INFINITY where the mask has no such pixel;
 * `squared` LABEL32, the exact square; INT32_MAX where there is none, and from 46341 px on;
 * `nearest` LABEL32, y * width + x of the nearest such pixel, of several the leftmost, of those in
 * a column the upper one; -1 where there is none.
 * Errors: SEG_ERROR_ARGUMENT, SEG_ERROR_SHAPE, SEG_ERROR_MEMORY, SEG_ERROR_LIMIT (more than 2^30
 * pixels). Felzenszwalb and Huttenlocher, Theory of Computing 8, 2012; Meijster et al., 2000.
 */
SEG_API SEG_NODISCARD seg_status seg_distance(seg_image *distance, seg_image *squared,
                                              seg_image *nearest, const seg_image *mask,
                                              seg_distance_to to, const seg_env *env);

/** Area, box and centroid of one component, gathered while labelling. */
typedef struct seg_component {
    int64_t area;
    seg_rect box;
    double sum_x, sum_y; /**< of the pixel coordinates, exact up to 2^53 */
} seg_component;

/**
 * Connected components of a mask (U8, non-zero = foreground), numbered from 1 in raster order of
 * their first pixel. `labels` (ensured LABEL32, or NULL if not wanted). `components` (or NULL)
 * gets an array of *count items, component i at index i-1, to be released with
 * seg_components_free. `connectivity` 4 or 8.
 */
SEG_API SEG_NODISCARD seg_status seg_components(seg_image *labels, seg_component **components,
                                                int32_t *count, const seg_image *mask,
                                                int32_t connectivity, const seg_env *env);

SEG_API void seg_components_free(seg_component *components, const seg_env *env);

SEG_END_DECLS

#endif
