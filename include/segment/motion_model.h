/* Parametric models of motion: fitting them to optical flow, robustly, and choosing among them. */
#ifndef SEGMENT_MOTION_MODEL_H
#define SEGMENT_MOTION_MODEL_H

#include <segment/env.h>
#include <segment/image.h>

SEG_BEGIN_DECLS

typedef enum seg_motion_model {
    SEG_MOTION_TRANSLATION = 0, /**< 2 numbers */
    SEG_MOTION_SIMILARITY,      /**< 4: shift, zoom, turn */
    SEG_MOTION_AFFINE,          /**< 6 */
    SEG_MOTION_PROJECTIVE,      /**< 8: of a plane seen by a moving camera, for small motions */
    SEG_MOTION_QUADRATIC        /**< 12 */
} seg_motion_model;

#define SEG_MOTION_NUMBERS 12

/**
 * A motion, whatever its model:
 *
 *     u = p0 + p1 x + p2 y + p3 x^2 + p4 xy + p5 y^2
 *     v = p6 + p7 x + p8 y + p9 x^2 + p10 xy + p11 y^2
 *
 * in pixels per frame at the pixel (x, y), the first pixel's centre being (0, 0). Numbers that the
 * model does not have are 0.
 */
typedef struct seg_motion {
    double p[SEG_MOTION_NUMBERS];
} seg_motion;

/** "translation", ...; NULL for an unknown model. */
SEG_API const char *seg_motion_model_name(seg_motion_model model);

/** Numbers that the model has; 0 for an unknown one. */
SEG_API int32_t seg_motion_model_numbers(seg_motion_model model);

/** (u, v) at (x, y). */
SEG_API void seg_motion_at(double flow[2], const seg_motion *motion, double x, double y);

/** The same motion on pictures `scale` times as large: a pixel becomes a block of them. */
SEG_API seg_motion seg_motion_enlarged(const seg_motion *motion, double scale);

/** What was seen at a place: `weight` is at least 0. */
typedef struct seg_motion_sample {
    float x, y;
    float u, v;
    float weight;
} seg_motion_sample;

/**
 * Fits the motion that most samples follow: least squares, weighted anew by Geman and McClure's
 * function of the residual at a scale that is brought down to 1.5 robust deviations, first with an
 * affine model at most (J. Odobez, P. Bouthemy, "Robust multiresolution estimation of parametric
 * motion models", Visual Communication and Image Representation 6(4), 1995; the small projective
 * motion is their and R. Tsai's eight-parameter model). `deviation` (may be NULL) gets 1.4826 times
 * the median residual, pixels.
 *
 * Where the samples do not determine the model (all on a line, too few), its other numbers are 0.
 * Errors: SEG_ERROR_ARGUMENT (NULL, model, count < 1, numbers that are not finite),
 * SEG_ERROR_MEMORY.
 */
SEG_API SEG_NODISCARD seg_status seg_motion_fit(seg_motion *motion, double *deviation,
                                                seg_motion_model model,
                                                const seg_motion_sample *samples, int32_t count,
                                                const seg_env *env);

/**
 * Fits all models and takes the one of the least criterion: the sum of squared residuals in units
 * of `noise`^2 (a deviation, pixels, above 0), none counted for more than 9, and ln(2 count) for
 * each number of the model (P. Torr, "Geometric motion segmentation and model selection", Phil.
 * Trans. R. Soc. A 356, 1998: GRIC, with the penalty of BIC). Errors: as seg_motion_fit.
 */
SEG_API SEG_NODISCARD seg_status seg_motion_choose(seg_motion *motion, seg_motion_model *model,
                                                   double *deviation, double noise,
                                                   const seg_motion_sample *samples, int32_t count,
                                                   const seg_env *env);

SEG_END_DECLS

#endif
