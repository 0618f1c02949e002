/* Transforms of the plane: translations, similarities, affine and projective maps; applying them
 * to points, and fitting them to pairs of points. */
#ifndef SEGMENT_TRANSFORM_H
#define SEGMENT_TRANSFORM_H

#include <segment/env.h>
#include <segment/image.h>

SEG_BEGIN_DECLS

/** A 3 x 3 matrix, row by row, in homogeneous coordinates: (x, y) goes to
 *  ((m0 x + m1 y + m2) / w, (m3 x + m4 y + m5) / w) with w = m6 x + m7 y + m8. What a point is in a
 *  picture (pixel (0,0) at (0,0), or at 0..1) is the caller's choice; seg_transform_about changes
 *  from one to the other. */
typedef struct seg_transform {
    double m[9];
} seg_transform;

typedef enum seg_transform_model {
    SEG_TRANSFORM_TRANSLATION = 0, /**< 2 numbers, 1 pair of points */
    SEG_TRANSFORM_SIMILARITY,      /**< 4: turn, scale, shift; 2 pairs */
    SEG_TRANSFORM_AFFINE,          /**< 6; 3 pairs */
    SEG_TRANSFORM_PROJECTIVE       /**< 8; 4 pairs */
} seg_transform_model;

/** "translation", ...; NULL for an unknown model. */
SEG_API const char *seg_transform_model_name(seg_transform_model model);

/** Pairs of points that determine the model; 0 for an unknown one. */
SEG_API int32_t seg_transform_model_points(seg_transform_model model);

SEG_API seg_transform seg_transform_identity(void);

SEG_API seg_transform seg_transform_translation(double x, double y);

/** Scales by `scale` and turns by `angle` (radians, from the x axis to the y axis) about (0, 0). */
SEG_API seg_transform seg_transform_similarity(double scale, double angle);

/** The transform that does to points relative to (x, y) what `transform` does to points. */
SEG_API seg_transform seg_transform_about(const seg_transform *transform, double x, double y);

/** First `first`, then `second`; m8 is 1 where it can be. */
SEG_API seg_transform seg_transform_compose(const seg_transform *second,
                                            const seg_transform *first);

/** Errors: SEG_ERROR_ARGUMENT (NULL; the matrix is singular or not finite). */
SEG_API SEG_NODISCARD seg_status seg_transform_invert(seg_transform *inverse,
                                                      const seg_transform *transform);

/** True if lines that are parallel stay so: m6 = m7 = 0. */
SEG_API bool seg_transform_is_affine(const seg_transform *transform);

/** Maps `count` points x, y, x, y, ...; `mapped` may be `points`. What lies on the horizon of a
 *  projective map becomes infinite or NaN. */
SEG_API void seg_transform_apply(double *mapped, const seg_transform *transform,
                                 const double *points, int32_t count);

/**
 * The transform of that model that takes `from` to `to` with the least sum of weight * squared
 * distance in `to`. Points are x, y, x, y, ...; `weights` are at least 0, NULL = all 1.
 * Similarity: S. Umeyama, "Least-squares estimation of transformation parameters between two point
 * patterns", IEEE Trans. PAMI 13(4), 1991 (turns only, no reflections). Projective: R. Hartley,
 * A. Zisserman, "Multiple View Geometry", 2003, the normalised DLT, then Gauss-Newton steps.
 * Errors: SEG_ERROR_ARGUMENT (NULL, too few points, numbers that are not finite or beyond 1e9),
 * SEG_ERROR_DATA (the points do not determine it: they coincide or lie on a line).
 */
SEG_API SEG_NODISCARD seg_status seg_transform_fit(seg_transform *transform,
                                                   seg_transform_model model, const double *from,
                                                   const double *to, const double *weights,
                                                   int32_t count);

typedef struct seg_transform_robust_options {
    size_t size;
    double threshold;   /**< pairs within this distance in `to` agree; pixels, default 2 */
    double confidence;  /**< of having drawn a sample without outliers; default 0.99 */
    int32_t iterations; /**< samples at most; default 2000 */
    int64_t seed;       /**< of the random samples; default 0 */
} seg_transform_robust_options;

SEG_API void seg_transform_robust_options_init(seg_transform_robust_options *options);

/**
 * The same where some pairs are wrong: the best of random minimal samples (P. Torr, A. Zisserman,
 * "MLESAC", CVIU 78(1), 2000: squared distances, cut off at the threshold), then least squares
 * weighted anew a few times by Tukey's biweight. `agrees` (NULL or `count` bytes) gets 1 for pairs
 * within the threshold. Samples depend on the seed alone. Errors: as seg_transform_fit; SEG_ERROR_
 * OPTION; SEG_ERROR_DATA also if no sample determines a transform; SEG_ERROR_MEMORY.
 */
SEG_API SEG_NODISCARD seg_status
seg_transform_fit_robust(seg_transform *transform, uint8_t *agrees, seg_transform_model model,
                         const double *from, const double *to, int32_t count,
                         const seg_transform_robust_options *options, const seg_env *env);

typedef struct seg_register_options {
    size_t size;
    int32_t model;  /**< seg_transform_model; default translation */
    double reach;   /**< shifts looked for, of the picture's sides, 0 .. 0.5; default 0.2 */
    int32_t pixels; /**< the pictures are made smaller until they have no more; default 100000 */
} seg_register_options;

SEG_API void seg_register_options_init(seg_register_options *options);

/**
 * Global motion: the transform that takes points of `reference` to where the same is seen in
 * `moving`, pixel (0,0) being 0..1, 0..1. What moves by itself, or has changed, does not count: the
 * differences of the pixels are weighed by Tukey's biweight, whose reach follows their median, and
 * a change of brightness of the whole is let go. Pictures are of one size, one channel, u8, u16 or
 * f32; where `ignore` (U8, NULL = none) is not 0, the reference is not looked at. `agreement` (or
 * NULL) gets the share of the pixels that do count. Good to about a twentieth of a pixel.
 * J. Odobez, P. Bouthemy, "Robust multiresolution estimation of parametric motion models", J. of
 * Visual Communication and Image Representation 6(4), 1995; the coarsest level is searched for
 * shifts. Errors: SEG_ERROR_ARGUMENT, SEG_ERROR_OPTION, SEG_ERROR_SHAPE, SEG_ERROR_UNSUPPORTED,
 * SEG_ERROR_DATA (nothing to hold on to: no structure, or too little in common), SEG_ERROR_MEMORY.
 */
SEG_API SEG_NODISCARD seg_status seg_transform_register(seg_transform *transform, double *agreement,
                                                        const seg_image *moving,
                                                        const seg_image *reference,
                                                        const seg_image *ignore,
                                                        const seg_register_options *options,
                                                        const seg_env *env);

SEG_END_DECLS

#endif
