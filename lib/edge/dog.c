/*
 * Zero crossings of the difference of two Gaussians: edges at a scale, as those of the Laplacian of
 * a Gaussian, of which it is the biologically plausible and cheaper approximation.
 *
 * D. Marr, E. Hildreth, "Theory of edge detection", Proc. Royal Society London B 207, 1980,
 * appendix B: at a ratio of 1.6 it comes closest.
 *
 * Symbols: sigma_1 `sigma`, k `ratio`, T `level`; G_1, G_2 the kernels. Across a straight step of
 * height h the response changes by h (G_1(0) - G_2(0)): the strength, in units of that of a step of
 * 1.
 *
 * Steps: as edge/log.c, with two blurs and their difference in place of 2 and 3. Cost: about
 * 2 + 3 sigma ns per pixel; 13 bytes a pixel, of which 4 may be the strength that is asked for.
 * Known failures: those of edge/log.c.
 */
#include "edge/strength.h"
#include "edge/zero_crossings.h"

static const seg_param rows[] = {
    {"sigma", SEG_PARAM_FLOAT, offsetof(seg_dog_edges_options, sigma), "1.6", 0.3, 10, NULL, "px",
     "The narrower Gaussian.", "sigma_1"},
    {"ratio", SEG_PARAM_FLOAT, offsetof(seg_dog_edges_options, ratio), "1.6", 1.1, 2.5, NULL, "",
     "The wider Gaussian has so many times its sigma.", "k"},
    SEG_STRENGTH_LEVEL(seg_dog_edges_options, "auto",
                       "Edges have more contrast: the height of a step; auto = auto:otsu."),
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_dog_edges_options)};

static seg_status measure(const seg_image *strength, const seg_image *picture, const void *options_,
                          seg_image *working, seg_scratch *scratch, const seg_env *env) {
    const seg_dog_edges_options *options = options_;
    seg_image narrow, wide;
    double first[2], second[2];
    SEG_TRY(seg_grey_samples(strength, picture, working, scratch, env));
    SEG_TRY(seg_wide_blur(&narrow, first, strength, options->sigma, scratch, env));
    SEG_TRY(seg_wide_blur(&wide, second, strength, options->sigma * options->ratio, scratch, env));
    const double step = first[0] - second[0];
    return seg_zero_crossings(strength, &narrow, &wide, (float)(1 / step / 65535), scratch, env);
}

static const seg_strength steepness = {&params, measure, offsetof(seg_dog_edges_options, level),
                                       false};

void seg_dog_edges_options_init(seg_dog_edges_options *options) {
    seg_params_init(options, &params);
}

seg_status seg_dog_edges(seg_image *mask, seg_image *strength, double *level,
                         const seg_image *picture, const seg_image *ignore,
                         const seg_dog_edges_options *options, const seg_env *env) {
    return seg_strength_picture(mask, strength, level, picture, ignore, options, &steepness, env);
}

SEG_ZERO_CROSSINGS_METHOD(dog, "dog", "zero crossings of a difference of Gaussians");
