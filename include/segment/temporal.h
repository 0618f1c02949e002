/* Change over time: frame differences and background models. Run them through seg_context
 * (method ids "frame-diff" and "background"). */
#ifndef SEGMENT_TEMPORAL_H
#define SEGMENT_TEMPORAL_H

#include <segment/method.h>

SEG_BEGIN_DECLS

typedef struct seg_frame_diff_options {
    size_t size;
    int32_t span; /**< frames compared: 2 = |I(t) - I(t-lag)|; 3 = changed against both neighbours
                       (delay = lag); N = largest minus smallest over N frames */
    int32_t lag;  /**< distance of the frames, frames */
    seg_level threshold; /**< changed pixels differ by more */
    bool gain;           /**< bring the frames compared to the same light first */
    seg_duration fade;   /**< if its value > 0: the score is the motion history, full scale where
                              something has just changed and 0 after so long */
} seg_frame_diff_options;

SEG_API void seg_frame_diff_options_init(seg_frame_diff_options *options);

/** When a background model learns. */
typedef enum seg_learn {
    SEG_LEARN_ON = 0,
    SEG_LEARN_OFF,   /**< the first frame starts the model, then no bit of it changes */
    SEG_LEARN_WARMUP /**< while the warm-up lasts; then no bit of it changes */
} seg_learn;

/** What a pixel of "background" has. */
typedef enum seg_background_model {
    SEG_BACKGROUND_AVERAGE = 0, /**< a mean */
    SEG_BACKGROUND_GAUSSIAN     /**< a mean and a variance */
} seg_background_model;

typedef struct seg_background_options {
    size_t size;
    const seg_image *reference; /**< fixed background picture, or NULL: a running average */
    double rate;                /**< weight of a new frame, 0 .. 1; 0 = frozen exactly */
    seg_duration half_life;     /**< if its value > 0: replaces rate, by the frames' times */
    bool selective;             /**< pixels found foreground are not learnt */
    seg_level threshold;        /**< foreground differs from the background by more */
    seg_duration warmup;        /**< results before it are marked provisional */
    int32_t model;              /**< seg_background_model */
    double deviations;          /**< Gaussian: foreground also differs by more than so many */
    seg_duration history;       /**< if its value > 0: replaces rate by one frame in so many */
    int32_t learn;              /**< seg_learn */
    seg_duration absorb; /**< foreground for so long becomes background; 0 = as selective says;
                              SEG_NEVER */
} seg_background_options;

SEG_API void seg_background_options_init(seg_background_options *options);

/** What becomes of cast shadows. */
typedef enum seg_shadows {
    SEG_SHADOWS_DROP = 0, /**< background */
    SEG_SHADOWS_MARK, /**< 127 in the mask; later operations on masks take that for foreground */
    SEG_SHADOWS_KEEP  /**< foreground: they are not looked for */
} seg_shadows;

/** The options that background models share. */
typedef struct seg_subtractor_options {
    double rate;          /**< what is learnt of a new frame, 0 .. 1; 0 = frozen exactly */
    seg_duration history; /**< if its value > 0: replaces rate by one frame in so many, by the
                               frames' times if in seconds */
    int32_t learn;        /**< seg_learn */
    seg_duration warmup;  /**< results before it are marked provisional */
    seg_duration absorb;  /**< foreground for so long becomes background; 0 = as the model does it;
                               SEG_NEVER */
    bool colour;          /**< look at colours, not only at their grey */
    int32_t smooth;       /**< side of the median over the mask, odd, pixels; 1 = none */
} seg_subtractor_options;

typedef struct seg_mog2_options {
    size_t size;
    seg_subtractor_options model;
    int32_t modes;    /**< Gaussians of a pixel, 1 .. 5 */
    double threshold; /**< foreground is farther from the background, deviations */
    double near_mode; /**< a value nearer to a Gaussian belongs to it, deviations */
    double share;     /**< the heaviest Gaussians that make up so much are background, 0 .. 1 */
    double prior;     /**< weight of the prior for few Gaussians, 0 .. 1 */
    double deviation; /**< of a new Gaussian, 8-bit levels */
    int32_t shadows;  /**< seg_shadows */
    double darkest;   /**< a shadow leaves at least this share of the light, 0 .. 1 */
} seg_mog2_options;

SEG_API void seg_mog2_options_init(seg_mog2_options *options);

typedef struct seg_knn_options {
    size_t size;
    seg_subtractor_options model; /**< rate: weight of a frame, by which spans of time are told */
    int32_t samples;              /**< of each of three spans of time, 1 .. 32 */
    int32_t needed;   /**< samples that have to be near to a background pixel, 1 .. 16 */
    double threshold; /**< samples as near as that are near, over all colours, 8-bit levels */
    int32_t shadows;  /**< seg_shadows */
    double darkest;   /**< a shadow leaves at least this share of the light, 0 .. 1 */
} seg_knn_options;

SEG_API void seg_knn_options_init(seg_knn_options *options);

typedef struct seg_sigma_delta_options {
    size_t size;
    seg_subtractor_options model; /**< rate: share of the frames in which the background moves */
    int32_t spread;    /**< foreground differs by more than so many usual differences, 1 .. 8 */
    int32_t threshold; /**< least spread, 8-bit levels */
    int32_t largest;   /**< largest spread, 8-bit levels; at least the least one */
} seg_sigma_delta_options;

SEG_API void seg_sigma_delta_options_init(seg_sigma_delta_options *options);

typedef enum seg_median_kind {
    SEG_MEDIAN_EXACT = 0,  /**< of a window of frames */
    SEG_MEDIAN_APPROXIMATE /**< one level towards each frame */
} seg_median_kind;

typedef struct seg_temporal_median_options {
    size_t size;
    seg_subtractor_options model; /**< rate times samples: share of the frames that are taken */
    int32_t kind;                 /**< seg_median_kind */
    int32_t samples;              /**< frames of the window, odd, 3 .. 255 */
    int32_t threshold;            /**< foreground differs by more, 8-bit levels */
} seg_temporal_median_options;

SEG_API void seg_temporal_median_options_init(seg_temporal_median_options *options);

typedef struct seg_vibe_options {
    size_t size;
    seg_subtractor_options model; /**< rate: chance of a background pixel to exchange a sample */
    int32_t samples;              /**< kept of each pixel, 2 .. 64 */
    int32_t needed;               /**< samples that have to agree with a background pixel */
    double threshold;             /**< samples that agree differ by no more, 8-bit levels */
} seg_vibe_options;

SEG_API void seg_vibe_options_init(seg_vibe_options *options);

typedef struct seg_pbas_options {
    size_t size;
    seg_subtractor_options model; /**< rate: largest chance of a pixel to exchange a sample */
    int32_t samples;              /**< kept of each pixel, 2 .. 64 */
    int32_t needed;               /**< samples that have to agree with a background pixel */
    double threshold;             /**< least difference that is foreground, 8-bit levels */
    double scale;                 /**< the difference follows so many mean least distances */
} seg_pbas_options;

SEG_API void seg_pbas_options_init(seg_pbas_options *options);

/** Of "subsense" and "consensus". */
typedef struct seg_subsense_options {
    size_t size;
    seg_subtractor_options model; /**< rate: largest chance of a pixel to exchange a sample */
    int32_t samples;              /**< kept of each pixel, 2 .. 64 */
    int32_t needed;               /**< samples that have to agree with a background pixel */
    double threshold; /**< least difference of colours that is foreground, 8-bit levels */
    int32_t texture;  /**< least difference of textures that is foreground, bits a colour */
    double contrast;  /**< neighbours differ by more than this share of the value */
    double noise;     /**< how unsteady pixels are held to be at first: v at the start */
    double slowest;   /**< longest time between two samples exchanged, frames */
    double young;     /**< foreground of frame n is learnt, too, with chance (young / n)^2 */
    double weak;      /**< share of `threshold` in gaps of an object, .1 .. 1 (none) */
} seg_subsense_options;

SEG_API void seg_subsense_options_init(seg_subsense_options *options);
SEG_API void seg_consensus_options_init(seg_subsense_options *options);

SEG_END_DECLS

#endif
