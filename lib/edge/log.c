/*
 * Marr-Hildreth edges: where the Laplacian of a Gaussian passes through 0, that is where brightness
 * changes fastest at the scale of the Gaussian. Edges are closed curves by nature; a level leaves
 * the contrasty parts of them.
 *
 * D. Marr, E. Hildreth, "Theory of edge detection", Proc. Royal Society London B 207, 1980.
 *
 * Symbols: sigma; T `level`; G the kernel. Beside a straight step of height h between two pixels
 * the response is h (G(0) - G(1)) and the opposite: their difference is the strength, in units of
 * that of a step of 1.
 *
 * Steps: 1. grey of 16 bits in F32, where the strength will be; 2. Gaussian out to 5 sigma; 3.
 * Laplacian of 4 neighbours, border replicated; 4. zero crossings and their slopes
 * (edge/zero_crossings.h); 5. auto: Otsu's level of the slopes; 6. one comparing pass.
 *
 * Cost: about 2 + sigma ns per pixel; 9 bytes a pixel. Known failures: crossings beside two edges
 * nearer than 2 sigma move apart; a slope between two ramps (not only a step) is an edge as well;
 * corners are rounded outwards.
 */
#include "edge/strength.h"
#include "edge/zero_crossings.h"

static const seg_param rows[] = {
    {"sigma", SEG_PARAM_FLOAT, offsetof(seg_log_edges_options, sigma), "2", 0.5, 25, NULL, "px",
     "Gaussian before the Laplacian.", "sigma"},
    SEG_STRENGTH_LEVEL(seg_log_edges_options, "auto",
                       "Edges have more contrast: the height of a step; auto = auto:otsu."),
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_log_edges_options)};

static seg_status measure(const seg_image *strength, const seg_image *picture, const void *options,
                          seg_image *working, seg_scratch *scratch, const seg_env *env) {
    const double sigma = ((const seg_log_edges_options *)options)->sigma;
    seg_image blurred;
    double weights[2];
    SEG_TRY(seg_grey_samples(strength, picture, working, scratch, env));
    SEG_TRY(seg_wide_blur(&blurred, weights, strength, sigma, scratch, env));
    const double step = 2 * (weights[0] - weights[1]);
    return seg_zero_crossings(strength, &blurred, NULL, (float)(1 / step / 65535), scratch, env);
}

static const seg_strength steepness = {&params, measure, offsetof(seg_log_edges_options, level),
                                       false};

void seg_log_edges_options_init(seg_log_edges_options *options) {
    seg_params_init(options, &params);
}

seg_status seg_log_edges(seg_image *mask, seg_image *strength, double *level,
                         const seg_image *picture, const seg_image *ignore,
                         const seg_log_edges_options *options, const seg_env *env) {
    return seg_strength_picture(mask, strength, level, picture, ignore, options, &steepness, env);
}

SEG_ZERO_CROSSINGS_METHOD(log, "log", "zero crossings of the Laplacian of a Gaussian");
