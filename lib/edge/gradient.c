/*
 * Gradient magnitude: how fast brightness or colour changes at each pixel, and where it does so
 * faster than a level. The first step of most other edge methods, and often enough by itself.
 *
 * I. Sobel, G. Feldman, "A 3x3 isotropic gradient operator", Stanford AI Project, 1968;
 * J. Prewitt, "Object enhancement and extraction", 1970; L. Roberts, "Machine perception of
 * three-dimensional solids", 1963; H. Scharr, "Optimale Operatoren in der digitalen
 * Bildverarbeitung", 2000; colours: S. Di Zenzo, "A note on the gradient of a multi-image", 1986.
 *
 * Symbols: (dx, dy) derivatives by `operator`, of `colour` (edge/slopes.h); T `level`.
 *
 * Steps: 1. derivatives in 16 bits, border replicated; 2. sqrt(dx^2 + dy^2), a straight step having
 * its height; 3. auto: a histogram of 65536 bins, Otsu's level; 4. one comparing pass.
 *
 * Cost: about 1 ns per pixel, colour 5 to 10; 4 bytes a pixel for a magnitude that is not an
 * output, 6 to 8 for colours. Known failures: edges are as wide as the blur of the picture; noise
 * is an edge (blur first, `--pre 'gaussian(1.4)'`).
 */
#include "core/bands.h"
#include "edge/slopes.h"
#include "edge/strength.h"

#define BAND 64

static const seg_param rows[] = {
    {"operator", SEG_PARAM_ENUM, offsetof(seg_gradient_options, kernel), "sobel", 0, 3,
     seg_gradient_operator_names, "",
     "Derivatives: 1 2 1, 3 10 3 or 1 1 1 across the difference; roberts takes those of 2 x 2.",
     ""},
    SEG_EDGE_COLOUR_PARAM(seg_gradient_options),
    SEG_STRENGTH_LEVEL(seg_gradient_options, "auto",
                       "Edges are steeper: the height of a sharp step; auto = auto:otsu."),
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_gradient_options)};

typedef struct gradient_job {
    const seg_slopes *slopes;
    const seg_image *magnitude;
    char *work; /* of each worker */
    size_t work_size;
} gradient_job;

static seg_status gradient_band(void *argument, int32_t band, int32_t first, int32_t end,
                                int32_t worker) {
    (void)band;
    const gradient_job *job = argument;
    const seg_slopes *slopes = job->slopes;
    seg_slope_rows rows_at_hand;
    seg_slope_rows_start(&rows_at_hand, slopes, job->work + (size_t)worker * job->work_size);
    for (int32_t y = first; y < end; y++) {
        seg_slope_rows_take(&rows_at_hand, y);
        slopes->kernels->magnitude(seg_image_row(job->magnitude, y), rows_at_hand.dx,
                                   rows_at_hand.dy, slopes->full, 1, job->magnitude->width);
    }
    return SEG_OK;
}

static seg_status measure(const seg_image *magnitude, const seg_image *picture,
                          const void *options_, seg_image *working, seg_scratch *scratch,
                          const seg_env *env) {
    const seg_gradient_options *options = options_;
    seg_slopes slopes;
    SEG_TRY(seg_slopes_prepare(&slopes, picture, (seg_gradient_operator)options->kernel,
                               (seg_edge_colour)options->colour, 0, working, scratch, env));
    gradient_job job = {&slopes, magnitude, NULL, seg_slope_rows_size(&slopes)};
    job.work = seg_scratch_take(scratch, (size_t)seg_workers(env), job.work_size, "rows");
    if (!job.work) return SEG_ERROR_MEMORY;
    return seg_run_bands(env, magnitude->height, BAND, gradient_band, &job);
}

static const seg_strength gradient = {&params, measure, offsetof(seg_gradient_options, level),
                                      true};

void seg_gradient_options_init(seg_gradient_options *options) {
    seg_params_init(options, &params);
}

seg_status seg_gradient(seg_image *mask, seg_image *magnitude, double *level,
                        const seg_image *picture, const seg_image *ignore,
                        const seg_gradient_options *options, const seg_env *env) {
    return seg_strength_picture(mask, magnitude, level, picture, ignore, options, &gradient, env);
}

static uint32_t needs_of(const void *options) {
    return ((const seg_gradient_options *)options)->colour == SEG_EDGE_GREY ? 0 : SEG_NEED_COLOUR;
}

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_still_create(state, &params, options, env);
}

static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted, seg_result *result) {
    const void *options = ((const seg_still *)state)->options;
    return seg_strength_frame(state, frame, wanted, result, &gradient, needs_of(options) != 0);
}

const seg_method seg_method_gradient = {
    .id = "gradient",
    .title = "gradient magnitude",
    .family = "edge",
    .reference = "I. Sobel, G. Feldman, A 3x3 isotropic gradient operator; S. Di Zenzo, A note on "
                 "the gradient of a multi-image, CVGIP 33(1), 1986",
    .year = 1968,
    .formats = SEG_ANY_PICTURE,
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_PICTURE,
    .outputs = SEG_OUTPUT_MASK | SEG_OUTPUT_SCORE,
    .needs = SEG_NEED_COLOUR,
    .needs_of = needs_of,
    .params = &params,
    .create = create,
    .apply = apply,
    .free = seg_still_free,
};
