/* Thresholds: foreground is what lies above a level. */
#ifndef SEGMENT_THRESHOLD_H
#define SEGMENT_THRESHOLD_H

#include <segment/method.h>

SEG_BEGIN_DECLS

typedef struct seg_threshold_options {
    size_t size;     /**< set by seg_threshold_options_init */
    seg_level level; /**< foreground is above it */
    seg_level max;   /**< ... and not above this; default 100 %, no limit */
    bool invert;     /**< swap foreground and background */
} seg_threshold_options;

SEG_API void seg_threshold_options_init(seg_threshold_options *options);

/**
 * Fixed (or percentile, or automatic) level. `picture`: 1-4 channels, u8, u16 or f32; colour is
 * brought to grey (BT.601), alpha is left out. `mask` (ensured): U8, 255 where
 * level < value <= max, or max < value <= level where max is the lower one. `ignore` (U8, may be
 * NULL): non-zero pixels do not vote and give 0. `native_level` (may be NULL): the level in the
 * samples' own unit. Errors: SEG_ERROR_ARGUMENT, _OPTION, _UNSUPPORTED, _SHAPE, _LIMIT, _MEMORY,
 * _CANCELLED.
 */
SEG_API SEG_NODISCARD seg_status seg_threshold(seg_image *mask, double *native_level,
                                               const seg_image *picture, const seg_image *ignore,
                                               const seg_threshold_options *options,
                                               const seg_env *env);

typedef struct seg_hysteresis_options {
    size_t size;
    seg_level low, high;  /**< defaults 25 %, 50 % */
    int32_t connectivity; /**< 4 or 8 */
    bool invert;          /**< swap foreground and background */
} seg_hysteresis_options;

SEG_API void seg_hysteresis_options_init(seg_hysteresis_options *options);

/**
 * The connected parts above `low` that somewhere are above `high`, too. `native_levels` (may be
 * NULL): low and high in the samples' own unit. All else as seg_threshold.
 */
SEG_API SEG_NODISCARD seg_status seg_hysteresis(seg_image *mask, double native_levels[2],
                                                const seg_image *picture, const seg_image *ignore,
                                                const seg_hysteresis_options *options,
                                                const seg_env *env);

#define SEG_OTSU_MAX_CLASSES 5

typedef struct seg_otsu_options {
    size_t size;
    bool invert;     /**< dark objects on a light ground; of classes: class 0 is the brightest */
    int32_t classes; /**< 2 to SEG_OTSU_MAX_CLASSES; default 2 */
} seg_otsu_options;

SEG_API void seg_otsu_options_init(seg_otsu_options *options);

/**
 * Otsu's level from the full-depth histogram (256 bins for u8, 65536 for u16 and f32), then as
 * seg_threshold. The 8-bit level equals OpenCV's. Errors: as seg_threshold; SEG_ERROR_OPTION if
 * `classes` is above 2, where a mask cannot tell them apart: seg_otsu_classes.
 * N. Otsu, "A threshold selection method from gray-level histograms", IEEE Trans. SMC 9(1), 1979.
 */
SEG_API SEG_NODISCARD seg_status seg_otsu(seg_image *mask, double *native_level,
                                          const seg_image *picture, const seg_image *ignore,
                                          const seg_otsu_options *options, const seg_env *env);

/**
 * Otsu's levels for `options->classes` classes. `labels` (ensured): LABEL32, 0 the darkest class,
 * classes - 1 the brightest (with `invert` the other way round); pixels that are ignored or not
 * finite give 0. `native_levels` (may be NULL): classes - 1 levels in the samples' own unit,
 * ascending; class k is above level k - 1 and not above level k. All else as seg_otsu.
 */
SEG_API SEG_NODISCARD seg_status seg_otsu_classes(seg_image *labels, double *native_levels,
                                                  const seg_image *picture, const seg_image *ignore,
                                                  const seg_otsu_options *options,
                                                  const seg_env *env);

/** How a global level is chosen from the histogram. The file of each in lib/threshold tells how. */
typedef enum seg_global_rule {
    SEG_GLOBAL_HUANG,    /**< least fuzziness, Huang and Wang 1995 */
    SEG_GLOBAL_ISODATA,  /**< half-way between the class means, Ridler and Calvard 1978 */
    SEG_GLOBAL_KAPUR,    /**< largest entropy of the classes, Kapur et al. 1985 */
    SEG_GLOBAL_KITTLER,  /**< least error of two normal classes, Kittler and Illingworth 1986 */
    SEG_GLOBAL_LI,       /**< least cross entropy, Li and Lee 1993 */
    SEG_GLOBAL_MEAN,     /**< the mean */
    SEG_GLOBAL_MINIMUM,  /**< the valley of the smoothed histogram, Prewitt and Mendelsohn 1966 */
    SEG_GLOBAL_MOMENTS,  /**< preserved moments, Tsai 1985 */
    SEG_GLOBAL_TRIANGLE, /**< farthest below the line from peak to end, Zack et al. 1977 */
    SEG_GLOBAL_YEN       /**< largest correlation, Yen et al. 1995 */
} seg_global_rule;

typedef struct seg_global_options {
    size_t size;
    bool invert; /**< dark objects on a light ground */
} seg_global_options;

SEG_API void seg_global_options_init(seg_global_options *options);

/**
 * A level chosen by `rule` from the histogram, then as seg_threshold. Rules that read the shape of
 * the histogram (huang, kapur, minimum, triangle, yen) see values rounded to 8 bits, the others the
 * full depth. Of a picture of one value nothing is foreground.
 */
SEG_API SEG_NODISCARD seg_status seg_threshold_global(seg_image *mask, double *native_level,
                                                      const seg_image *picture,
                                                      const seg_image *ignore, seg_global_rule rule,
                                                      const seg_global_options *options,
                                                      const seg_env *env);

/** How a local level comes from the window around a pixel. The file of each in lib/threshold tells
 *  how. */
typedef enum seg_local_rule {
    SEG_LOCAL_ADAPTIVE_MEAN,     /**< mean - c; OpenCV's ADAPTIVE_THRESH_MEAN_C */
    SEG_LOCAL_ADAPTIVE_GAUSSIAN, /**< weighted mean - c; OpenCV's ADAPTIVE_THRESH_GAUSSIAN_C */
    SEG_LOCAL_NIBLACK,           /**< mean + k deviations, Niblack 1986 */
    SEG_LOCAL_SAUVOLA,           /**< Sauvola and Pietikainen 2000 */
    SEG_LOCAL_WOLF,              /**< Wolf, Jolion and Chassaing 2002 */
    SEG_LOCAL_NICK,              /**< Khurshid et al. 2009 */
    SEG_LOCAL_BERNSEN            /**< half-way between least and most, Bernsen 1986 */
} seg_local_rule;

/** Fields that a rule does not use are left alone. Levels are 8-bit-equivalent at every depth. */
typedef struct seg_local_options {
    size_t size;
    int32_t window;   /**< side of the square window in px, odd, 1 to 1023 */
    int32_t c;        /**< adaptive-*: taken from the mean, levels, -255 to 255 */
    double k;         /**< niblack, sauvola, wolf, nick */
    double r;         /**< sauvola: R, the largest deviation there can be, levels */
    bool invert;      /**< dark objects on a light ground */
    int32_t contrast; /**< bernsen: windows of less are of one class, levels, 0 to 255 */
    seg_level level;  /**< bernsen: above it such a window is foreground */
} seg_local_options;

/** The defaults of a rule; one that there is not leaves `size` 0. */
SEG_API void seg_local_options_init(seg_local_options *options, seg_local_rule rule);

/**
 * A level for every pixel by `rule`. `mask` (ensured): U8, 255 where a sample is above its level;
 * beyond the picture its border is repeated. `picture` as in seg_threshold; f32 is rounded to 16
 * bits. `ignore` (U8, may be NULL): non-zero pixels give 0 and do not count in what is found of
 * the whole picture; windows see them all the same. So it is with samples that are not finite,
 * which are 0 (or full scale, positive infinity) in windows. Errors: SEG_ERROR_ARGUMENT, _OPTION
 * (an even window), _MEMORY, _CANCELLED.
 */
SEG_API SEG_NODISCARD seg_status seg_threshold_local(seg_image *mask, const seg_image *picture,
                                                     const seg_image *ignore, seg_local_rule rule,
                                                     const seg_local_options *options,
                                                     const seg_env *env);

typedef struct seg_su_options {
    size_t size;
    int32_t window; /**< px, odd, 3 to 255, or 0 = twice the stroke width found */
    double gamma;   /**< of the weight of relative contrast, 0 to 10 */
    bool invert;    /**< the ink is foreground */
} seg_su_options;

SEG_API void seg_su_options_init(seg_su_options *options);

/**
 * Ink of documents: what is darker than the stroke edges around it, edges being where local
 * contrast is high and the gradient largest. `mask` (ensured): U8, 255 on paper, 0 on ink. All else
 * as seg_threshold_local, but that samples are rounded to 8 bits and that there are no edges beside
 * ignored pixels. B. Su, S. Lu, C. L. Tan, "Robust
 * document image binarization technique for degraded document images", IEEE Trans. Image Processing
 * 22(4), 2013.
 */
SEG_API SEG_NODISCARD seg_status seg_threshold_su(seg_image *mask, const seg_image *picture,
                                                  const seg_image *ignore,
                                                  const seg_su_options *options,
                                                  const seg_env *env);

typedef struct seg_gatos_options {
    size_t size;
    int32_t window;     /**< of Sauvola's rule, px, odd, 1 to 1023 */
    double k;           /**< of Sauvola's rule, -1 to 1 */
    int32_t background; /**< window that paper under ink is taken from, px, odd, 3 to 255 */
    int32_t wiener;     /**< window of the Wiener filter, px, odd, 1 (none) to 15 */
    double q, p1, p2;   /**< of the level: share of the mean darkness; where and what of it
                             suffices on dark paper */
    bool invert;        /**< the ink is foreground */
} seg_gatos_options;

SEG_API void seg_gatos_options_init(seg_gatos_options *options);

/**
 * Ink of documents: what is darker than the background, which is estimated under the ink, by a
 * share of the mean darkness of ink. `mask` (ensured): U8, 255 on paper, 0 on ink. All else as
 * seg_threshold_local, but that samples are rounded to 8 bits and that ignored pixels are neither
 * ink nor background. B. Gatos, I. Pratikakis, S. Perantonis, "Adaptive degraded document image
 * binarization", Pattern Recognition 39(3), 2006.
 */
SEG_API SEG_NODISCARD seg_status seg_threshold_gatos(seg_image *mask, const seg_image *picture,
                                                     const seg_image *ignore,
                                                     const seg_gatos_options *options,
                                                     const seg_env *env);

SEG_END_DECLS

#endif
