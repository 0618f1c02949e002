/*
 * Canny edges: thin chains of pixels where the brightness changes most, kept where they are
 * strong or hang on to a strong one.
 *
 * J. Canny, "A computational approach to edge detection", IEEE Trans. PAMI 8(6), 1986; in the
 * discrete form that OpenCV made common.
 *
 * Symbols: sigma of the Gaussian; T1 `low`, T2 `high`; (dx, dy) Sobel derivatives of `aperture`;
 * magnitude |dx| + |dy| (l1) or their Euclidean norm (l2).
 *
 * Steps: 1. grey; 2. blur; 3. Sobel, border replicated; 4. a pixel stays if its magnitude is above
 * T1 and the largest of three across the edge (direction quantised to 45 degrees; the magnitude
 * outside the picture is 0); 5. it is an edge if above T2 or 8-connected to one through others
 * that stay. 2 to 5 are one sweep for 8 bits, aperture 3 and sigma up to 1.4.
 *
 * The blur has 5 taps for sigma up to 1.4 (which keeps edges where they are, and is what the
 * usual 5x5 at 1.4 does) and 2 ceil(3 sigma) + 1 beyond. Thresholds are in units of the Sobel
 * kernel itself, as in OpenCV: the gain of 5 is 12 times, that of 7 160 times that of 3. A picture
 * of 16 bits or floating point all of whose samples stand for 8-bit values is worked on in 8 bits.
 *
 * With colours (edge/slopes.h) the derivatives are those of CIELAB or of the strongest channel, in
 * units in which a step from black to white has what it has in grey; the norm is Euclidean, the
 * blur always 2 ceil(3 sigma) + 1 wide.
 *
 * The score is the magnitude after step 4 with T1 = 0, in the units of the thresholds, 0 where
 * step 4 drops the pixel: with low = high = t the edges are score > t, so that thresholds can be
 * swept without running again (hysteresis apart). It takes a sweep of its own.
 *
 * The curves are the same edges between the pixels (edge/curves.h), by Sobel's kernel of 3 and a
 * blur of 2 ceil(3 sigma) + 1 in 16 bits.
 *
 * Cost: 0.3 to 1 ns per pixel with the sweep, about 15 times as much without; a quarter of a byte
 * of memory per pixel, 8 bytes with colours. Known failures: corners and junctions come out broken,
 * texture as a mesh; one pair of thresholds for the whole picture.
 */
#include "core/check.h"
#include "edge/canny_run.h"
#include "edge/canny_score.h"
#include "edge/curves.h"
#include "imgproc/still_method.h"
#include "methods.h"

static const char *const norm_names[] = {"l1", "l2", NULL};
static const char *const aperture_names[] = {"3", "5", "7", NULL};

static const seg_param rows[] = {
    {"sigma", SEG_PARAM_FLOAT, offsetof(seg_canny_options, sigma), "1.4", 0, 42, NULL, "px",
     "Blur before the gradient, 0 = none; 5 taps up to 1.4, 2 ceil(3 sigma) + 1 beyond.", "sigma"},
    {"low", SEG_PARAM_LEVEL, offsetof(seg_canny_options, low), "auto", 0, 1e6, NULL,
     "8-bit gradient", "Weak edges lie above; auto = half of high.", "T1"},
    {"high", SEG_PARAM_LEVEL, offsetof(seg_canny_options, high), "auto", 0, 1e6, NULL,
     "8-bit gradient",
     "Strong edges lie above; auto = 1.5 times Otsu's level of the gradient, auto:median 4 "
     "medians.",
     "T2"},
    {"norm", SEG_PARAM_ENUM, offsetof(seg_canny_options, norm), "l1", 0, 1, norm_names, "",
     "Gradient magnitude: |dx| + |dy| or the Euclidean norm.", ""},
    {"aperture", SEG_PARAM_INT, offsetof(seg_canny_options, aperture), "3", 3, 7, aperture_names,
     "px", "Side of the Sobel kernel; gains are 1, 12 and 160 times.", ""},
    SEG_EDGE_COLOUR_PARAM(seg_canny_options),
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(seg_canny_options)};

void seg_canny_options_init(seg_canny_options *options) {
    seg_params_init(options, &params);
}

seg_status seg_canny(seg_image *edges, seg_canny_report *report, const seg_image *picture,
                     const seg_image *ignore, const seg_canny_options *options,
                     const seg_env *env) {
    seg_canny_options defaults;
    if (!options) {
        seg_canny_options_init(&defaults);
        options = &defaults;
    }
    SEG_TRY(seg_params_check(options, &params));
    SEG_TRY(seg_check_image(picture, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_check_mask(ignore, "ignore", picture->width, picture->height));
    SEG_TRY(seg_image_ensure(edges, picture->width, picture->height, SEG_U8, 1, env));
    seg_image images[SEG_CANNY_IMAGES] = {{0}};
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status =
        seg_canny_run(edges, NULL, report, picture, ignore, options, images, &scratch, env);
    seg_scratch_free(&scratch);
    for (int i = 0; i < SEG_CANNY_IMAGES; i++)
        seg_image_unref(&images[i]);
    return status;
}

static uint32_t needs_of(const void *options) {
    return ((const seg_canny_options *)options)->colour == SEG_EDGE_GREY ? 0 : SEG_NEED_COLOUR;
}

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_still_create(state, &params, options, env);
}

/* The edges of a result between the pixels. */
static seg_status find_curves(seg_result *result, const seg_image *picture,
                              const seg_canny_options *options, seg_image *working,
                              seg_scratch *scratch, const seg_env *env) {
    seg_slopes slopes;
    SEG_TRY(seg_slopes_prepare(&slopes, picture, SEG_GRADIENT_SOBEL,
                               (seg_edge_colour)options->colour, options->sigma, working, scratch,
                               env));
    return seg_edge_curves_trace(&result->curves, &result->mask, &slopes, result->allocator,
                                 scratch, env);
}

static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted, seg_result *result) {
    seg_still *still = seg_still_begin(state);
    const seg_canny_options *options = still->options;
    seg_image *score = wanted & SEG_OUTPUT_SCORE ? &result->score : NULL;
    const bool luma =
        seg_image_empty(&frame->image) || (!needs_of(options) && !seg_image_empty(&frame->luma));
    const seg_image *picture = luma ? &frame->luma : &frame->image;
    seg_canny_report report;
    SEG_TRY(seg_check_image(picture, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_check_mask(&frame->ignore, "ignore", picture->width, picture->height));
    SEG_TRY(
        seg_image_reuse(&result->mask, picture->width, picture->height, SEG_U8, 1, &still->env));
    if (score)
        SEG_TRY(seg_image_reuse(score, picture->width, picture->height, SEG_F32, 1, &still->env));
    SEG_TRY(seg_canny_run(&result->mask, score, &report, picture, &frame->ignore, options,
                          still->images, &still->scratch, &still->env));
    if (wanted & SEG_OUTPUT_CURVES)
        SEG_TRY(find_curves(result, picture, options, &still->images[SEG_CANNY_IMAGES],
                            &still->scratch, &still->env));
    result->outputs |= SEG_OUTPUT_MASK | (wanted & (SEG_OUTPUT_SCORE | SEG_OUTPUT_CURVES));
    if (score)
        result->score_full_scale = SEG_CANNY_STRAIGHT_EDGE * seg_canny_gain(options->aperture);
    seg_result_decide(result, "low", report.low, "8-bit gradient");
    seg_result_decide(result, "high", report.high, "8-bit gradient");
    seg_result_decide(result, "edge_share", report.edge_share, "");
    return SEG_OK;
}

const seg_method seg_method_canny = {
    .id = "canny",
    .title = "Canny edges",
    .family = "edge",
    .reference = "J. Canny, A computational approach to edge detection, IEEE Trans. PAMI 8(6)",
    .year = 1986,
    .formats = SEG_ANY_PICTURE,
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_PICTURE,
    .outputs = SEG_OUTPUT_MASK | SEG_OUTPUT_SCORE | SEG_OUTPUT_CURVES,
    .needs = SEG_NEED_COLOUR,
    .needs_of = needs_of,
    .params = &params,
    .lower = "low",
    .upper = "high",
    .create = create,
    .apply = apply,
    .free = seg_still_free,
};
