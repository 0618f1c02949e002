/* What is measured, and what is asked of it. */
#include "operations.h"

#include "augment.h"
#include "imgproc/warp.h"
#include "peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void bench_need(seg_status status) {
    if (status >= 0) return;
    fprintf(stderr, "bench: %s: %s\n", seg_status_text(status), seg_error_detail());
    exit(1);
}

static void ours_grey(bench_state *s) {
    bench_need(seg_to_grey(&s->output, &s->picture->rgb, s->env));
}
static void peers_grey(bench_state *s) {
    peer_grey(&s->picture->rgb);
}
static void ours_blur(bench_state *s) {
    bench_need(seg_gaussian(&s->output, &s->picture->grey, 1.4, 5, s->env));
}
static void peers_blur(bench_state *s) {
    peer_blur(&s->picture->grey);
}
static void ours_sobel(bench_state *s) {
    bench_need(seg_sobel(&s->dx, &s->dy, &s->picture->grey, 3, s->env));
}
static void peers_sobel(bench_state *s) {
    peer_sobel(&s->picture->grey);
}
static void gradient(bench_state *s, int kernel) {
    seg_gradient_options options;
    seg_gradient_options_init(&options);
    options.kernel = kernel;
    options.level = (seg_level){SEG_LEVEL_8BIT, 0, 50};
    bench_need(seg_gradient(NULL, &s->distance, NULL, &s->picture->grey, NULL, &options, s->env));
}
static void ours_sobel_magnitude(bench_state *s) {
    gradient(s, SEG_GRADIENT_SOBEL);
}
static void peers_sobel_magnitude(bench_state *s) {
    peer_magnitude(&s->picture->grey, false);
}
static void ours_scharr_magnitude(bench_state *s) {
    gradient(s, SEG_GRADIENT_SCHARR);
}
static void peers_scharr_magnitude(bench_state *s) {
    peer_magnitude(&s->picture->grey, true);
}
static void ours_log(bench_state *s) {
    seg_log_edges_options options;
    seg_log_edges_options_init(&options);
    options.level = (seg_level){SEG_LEVEL_8BIT, 0, 20};
    bench_need(
        seg_log_edges(&s->output, &s->distance, NULL, &s->picture->grey, NULL, &options, s->env));
}
static void peers_log(bench_state *s) {
    peer_laplacian(&s->picture->grey, 2, 10);
}
static void ours_median3(bench_state *s) {
    bench_need(seg_median(&s->output, &s->picture->grey, 3, s->env));
}
static void peers_median3(bench_state *s) {
    peer_median(&s->picture->grey, 3);
}
static void ours_median5(bench_state *s) {
    bench_need(seg_median(&s->output, &s->picture->grey, 5, s->env));
}
static void peers_median5(bench_state *s) {
    peer_median(&s->picture->grey, 5);
}
static void ours_difference(bench_state *s) {
    bench_need(seg_difference_mask(&s->output, &s->picture->grey, &s->picture->next, 20, s->env));
}
static void peers_difference(bench_state *s) {
    peer_difference(&s->picture->grey, &s->picture->next, 20);
}
static void ours_otsu(bench_state *s) {
    bench_need(seg_otsu(&s->output, NULL, &s->picture->grey, NULL, NULL, s->env));
}
static void peers_otsu(bench_state *s) {
    peer_otsu(&s->picture->grey);
}

static void adaptive(bench_state *s, seg_local_rule rule, int32_t window) {
    seg_local_options options;
    seg_local_options_init(&options, rule);
    options.window = window;
    if (rule != SEG_LOCAL_SAUVOLA) options.c = 2;
    bench_need(seg_threshold_local(&s->output, &s->picture->grey, NULL, rule, &options, s->env));
}
static void ours_adaptive_mean(bench_state *s) {
    adaptive(s, SEG_LOCAL_ADAPTIVE_MEAN, 15);
}
static void peers_adaptive_mean(bench_state *s) {
    peer_adaptive(&s->picture->grey, false, 15, 2);
}
static void ours_adaptive_gaussian(bench_state *s) {
    adaptive(s, SEG_LOCAL_ADAPTIVE_GAUSSIAN, 15);
}
static void peers_adaptive_gaussian(bench_state *s) {
    peer_adaptive(&s->picture->grey, true, 15, 2);
}
static void ours_sauvola(bench_state *s) {
    adaptive(s, SEG_LOCAL_SAUVOLA, 25);
}
static void peers_sauvola(bench_state *s) {
    peer_sauvola(&s->picture->grey, 25, 0.2, 128);
}
static void ours_open(bench_state *s) {
    bench_need(
        seg_morphology_mask(&s->output, s->mask, SEG_MORPH_OPEN, SEG_ELEMENT_SQUARE, 5, s->env));
}
static void peers_open(bench_state *s) {
    peer_open(s->mask, 5);
}

static void morphology(bench_state *s, seg_morphology operation, int element, int side) {
    const seg_structure structure = {.element = element, .width = side};
    bench_need(
        seg_morphology_picture(&s->output, &s->picture->grey, operation, &structure, s->env));
}
static void ours_erode15(bench_state *s) {
    morphology(s, SEG_MORPH_ERODE, SEG_ELEMENT_SQUARE, 15);
}
static void peers_erode15(bench_state *s) {
    peer_morphology(&s->picture->grey, SEG_MORPH_ERODE, false, 15);
}
static void ours_erode101(bench_state *s) {
    morphology(s, SEG_MORPH_ERODE, SEG_ELEMENT_SQUARE, 101);
}
static void peers_erode101(bench_state *s) {
    peer_morphology(&s->picture->grey, SEG_MORPH_ERODE, false, 101);
}
static void ours_open15(bench_state *s) {
    morphology(s, SEG_MORPH_OPEN, SEG_ELEMENT_SQUARE, 15);
}
static void peers_open15(bench_state *s) {
    peer_morphology(&s->picture->grey, SEG_MORPH_OPEN, false, 15);
}
static void ours_ellipse15(bench_state *s) {
    morphology(s, SEG_MORPH_DILATE, SEG_ELEMENT_ELLIPSE, 15);
}
static void peers_ellipse15(bench_state *s) {
    peer_morphology(&s->picture->grey, SEG_MORPH_DILATE, true, 15);
}

static void canny(bench_state *s, int norm, double sigma) {
    seg_canny_options options;
    seg_canny_options_init(&options);
    options.sigma = sigma;
    options.low = (seg_level){SEG_LEVEL_8BIT, 0, 50};
    options.high = (seg_level){SEG_LEVEL_8BIT, 0, 150};
    options.norm = norm;
    bench_need(seg_canny(&s->output, NULL, &s->picture->grey, NULL, &options, s->env));
}
static void ours_canny_l1(bench_state *s) {
    canny(s, SEG_NORM_L1, 0);
}
static void peers_canny_l1(bench_state *s) {
    peer_canny(&s->picture->grey, 50, 150, false, false);
}
static void ours_canny_l2(bench_state *s) {
    canny(s, SEG_NORM_L2, 0);
}
static void peers_canny_l2(bench_state *s) {
    peer_canny(&s->picture->grey, 50, 150, true, false);
}
static void ours_blur_canny(bench_state *s) {
    canny(s, SEG_NORM_L1, 1.4);
}
static void peers_blur_canny(bench_state *s) {
    peer_canny(&s->picture->grey, 50, 150, false, true);
}

static void components(bench_state *s, bool statistics) {
    seg_component *items = NULL;
    int32_t count = 0;
    bench_need(seg_components(&s->labels, statistics ? &items : NULL, &count, s->mask, 8, s->env));
    seg_components_free(items, s->env);
}
static void ours_components(bench_state *s) {
    components(s, true);
}
static void peers_components(bench_state *s) {
    peer_components(s->mask, true);
}
static void ours_labels(bench_state *s) {
    components(s, false);
}
static void peers_labels(bench_state *s) {
    peer_components(s->mask, false);
}

/* A dot every 40 pixels, as a user's seeds may lie. */
static const seg_image *markers_of(bench_state *s) {
    const seg_image *like = &s->picture->grey;
    if (!seg_image_empty(&s->markers)) return &s->markers;
    bench_need(seg_image_alloc(&s->markers, like->width, like->height, SEG_LABEL32, 1, NULL));
    int32_t next = 1;
    for (int y = 20; y < like->height; y += 40)
        for (int x = 20; x < like->width; x += 40)
            ((int32_t *)seg_image_row(&s->markers, y))[x] = next++;
    return &s->markers;
}
static void ours_watershed(bench_state *s) {
    bench_need(seg_watershed(&s->labels, &s->picture->rgb, NULL, markers_of(s), NULL, s->env));
}
static void peers_watershed(bench_state *s) {
    peer_watershed(&s->picture->rgb, markers_of(s));
}

/* From the centre, 60 levels about its value, or 5 from neighbour to neighbour. */
static void flood(bench_state *s, int32_t range, double tolerance) {
    const seg_image *picture = &s->picture->rgb;
    const seg_point centre = {picture->width / 2, picture->height / 2};
    seg_flood_options options;
    seg_flood_options_init(&options);
    options.seeds = (seg_seeds){.kind = SEG_SEEDS_POINTS, .count = 1, .points = &centre};
    options.range = range;
    options.tolerance.value = tolerance;
    bench_need(seg_flood(&s->output, picture, NULL, NULL, &options, s->env));
}
static void ours_flood(bench_state *s) {
    flood(s, SEG_FLOOD_FIXED, 60);
}
static void peers_flood(bench_state *s) {
    peer_flood(&s->picture->rgb, s->picture->rgb.width / 2, s->picture->rgb.height / 2, 60, true);
}
static void ours_flood_floating(bench_state *s) {
    flood(s, SEG_FLOOD_FLOATING, 5);
}
static void peers_flood_floating(bench_state *s) {
    peer_flood(&s->picture->rgb, s->picture->rgb.width / 2, s->picture->rgb.height / 2, 5, false);
}

static void ours_distance(bench_state *s) {
    bench_need(seg_distance(&s->distance, NULL, NULL, s->mask, SEG_DISTANCE_TO_BACKGROUND, s->env));
}
static void peers_distance(bench_state *s) {
    peer_distance(s->mask);
}

/* About 1300 superpixels at 1080p, the peer's in cells of 40 pixels; both from RGB. */
#define CELL 40

static int32_t superpixels_of(const bench_state *s) {
    return s->picture->rgb.width * s->picture->rgb.height / (CELL * CELL);
}
static void ours_slic(bench_state *s) {
    seg_slic_options options;
    seg_slic_options_init(&options);
    options.regions = superpixels_of(s);
    bench_need(seg_slic(&s->labels, NULL, &s->picture->rgb, NULL, &options, s->env));
}
static void peers_slic(bench_state *s) {
    peer_slic(&s->picture->rgb, CELL, 10, 10);
}
static void ours_etps(bench_state *s) {
    seg_etps_options options;
    seg_etps_options_init(&options);
    options.regions = superpixels_of(s);
    bench_need(seg_etps(&s->labels, NULL, &s->picture->rgb, NULL, &options, s->env));
}
static void peers_seeds(bench_state *s) {
    peer_seeds(&s->picture->rgb, superpixels_of(s), 10);
}
static void ours_felzenszwalb(bench_state *s) {
    seg_felzenszwalb_options options;
    seg_felzenszwalb_options_init(&options);
    bench_need(seg_felzenszwalb(&s->labels, NULL, &s->picture->rgb, NULL, &options, s->env));
}
static void peers_felzenszwalb(bench_state *s) {
    peer_graph(&s->picture->rgb, 0.8, 300, 50);
}
static void ours_equalise(bench_state *s) {
    bench_need(seg_equalise(&s->output, &s->picture->grey, s->env));
}
static void peers_equalise(bench_state *s) {
    peer_equalise(&s->picture->grey);
}
static void ours_contours(bench_state *s) {
    seg_border_tree tree;
    bench_need(seg_border_tree_trace(&tree, s->mask, s->env));
    seg_border_tree_free(&tree, s->env);
}
static void peers_contours(bench_state *s) {
    peer_contours(s->mask);
}

static void ours_mean_shift(bench_state *s) {
    bench_need(seg_mean_shift(&s->labels, NULL, &s->picture->rgb, NULL, NULL, s->env));
}
static void peers_mean_shift(bench_state *s) {
    peer_mean_shift(&s->picture->rgb, 7, 20);
}

/* The box of the middle half, as many iterations on either side. */
static seg_rect middle_of(const bench_state *s) {
    const int32_t width = s->picture->rgb.width, height = s->picture->rgb.height;
    return (seg_rect){width / 4, height / 4, width / 2, height / 2};
}
static void ours_grabcut(bench_state *s) {
    seg_grabcut_options options;
    seg_grabcut_options_init(&options);
    options.rect = middle_of(s);
    options.iterations = 5;
    bench_need(seg_grabcut(&s->output, NULL, &s->picture->rgb, NULL, NULL, &options, s->env));
}
static void peers_grabcut(bench_state *s) {
    const seg_rect middle = middle_of(s);
    peer_grabcut(&s->picture->rgb, &middle, 5);
}

/* Turned by 12 degrees about the middle and made a tenth smaller. */
static void turn_matrix(double centres[9], const seg_image *picture) {
    const double a = 1.1 * 0.97814760073380569, b = 1.1 * 0.20791169081775931;
    const double x = picture->width / 2.0, y = picture->height / 2.0;
    const double m[9] = {a, -b, x - a * x + b * y, b, a, y - b * x - a * y, 0, 0, 1};
    memcpy(centres, m, sizeof m);
}
static void warp(bench_state *s, const seg_image *picture) {
    double centres[9];
    seg_warp turn = seg_warp_identity();
    turn_matrix(centres, picture);
    seg_warp_matrix_from_centres(turn.matrix, centres);
    if (s->output.channels != picture->channels) seg_image_unref(&s->output);
    bench_need(seg_image_ensure(&s->output, picture->width, picture->height, SEG_U8,
                                picture->channels, s->env));
    bench_need(seg_warp_apply(&s->output, picture, &turn, s->env));
}
static void peers_warp(const seg_image *picture) {
    double centres[9];
    turn_matrix(centres, picture);
    peer_warp(picture, centres);
}
static void ours_warp_grey(bench_state *s) {
    warp(s, &s->picture->grey);
}
static void peers_warp_grey(bench_state *s) {
    peers_warp(&s->picture->grey);
}
static void ours_warp_rgb(bench_state *s) {
    warp(s, &s->picture->rgb);
}
static void peers_warp_rgb(bench_state *s) {
    peers_warp(&s->picture->rgb);
}

/* Two threads against one: ours takes the place of the peer. */
static void one_thread(bench_state *s, void (*operation)(bench_state *)) {
    const seg_env *both = s->env;
    s->env = s->one_thread;
    operation(s);
    s->env = both;
}
static void single_canny_l1(bench_state *s) {
    one_thread(s, ours_canny_l1);
}
static void single_canny_l2(bench_state *s) {
    one_thread(s, ours_canny_l2);
}
static void single_blur_canny(bench_state *s) {
    one_thread(s, ours_blur_canny);
}

#define NOISE BENCH_NOISE
#define TWO BENCH_TWO_THREADS
/* The flow from the picture to the next one; the frame before is always new. */
static void flow(bench_state *s, const char *id, const char *quality) {
    if (!s->flow) {
        _Alignas(16) unsigned char options[512];
        const seg_method *method = seg_method_find(id);
        seg_params_init(options, method->params);
        bench_need(seg_params_parse(options, method->params, "quality", quality, NULL));
        bench_need(seg_context_create(&s->flow, method, options, s->env));
        seg_result_init(&s->field, s->env);
    }
    seg_frame frame = {.pts = SEG_NO_PTS, .flags = SEG_FRAME_DISCONTINUITY};
    frame.image = s->picture->grey;
    bench_need(seg_context_apply(s->flow, &frame, 0, &s->field));
    frame.flags = 0;
    frame.index = 1;
    frame.image = s->picture->next;
    bench_need(seg_context_apply(s->flow, &frame, 0, &s->field));
}
static void ours_dis_fastest(bench_state *s) {
    flow(s, "dis", "fastest");
}
static void peers_dis_ultrafast(bench_state *s) {
    peer_dis(&s->picture->grey, &s->picture->next, 0);
}
static void ours_dis_fast(bench_state *s) {
    flow(s, "dis", "fast");
}
static void peers_dis_fast(bench_state *s) {
    peer_dis(&s->picture->grey, &s->picture->next, 1);
}
static void ours_dis(bench_state *s) {
    flow(s, "dis", "default");
}
static void peers_dis_medium(bench_state *s) {
    peer_dis(&s->picture->grey, &s->picture->next, 2);
}
static void ours_farneback(bench_state *s) {
    flow(s, "farneback", "default");
}
static void peers_farneback(bench_state *s) {
    peer_farneback(&s->picture->grey, &s->picture->next);
}

#define SLOW BENCH_SLOW
#define SMALL BENCH_SMALL

/* Bars: the ratio as both come, and with page faults off; 0 = none. */
const bench_operation bench_operations[] = {
    {"grey", ours_grey, peers_grey, 0, {1, 1}},
    {"blur 5x5", ours_blur, peers_blur, 0, {1, 1}},
    {"sobel 3x3", ours_sobel, peers_sobel, 0, {1, 1}},
    {"magnitude of sobel", ours_sobel_magnitude, peers_sobel_magnitude, 0, {1, 1}},
    {"magnitude of scharr", ours_scharr_magnitude, peers_scharr_magnitude, 0, {1, 1}},
    {"log, peer no crossings", ours_log, peers_log, 0, {0, 0}},
    {"median 3x3", ours_median3, peers_median3, 0, {1, 1}},
    {"median 5x5", ours_median5, peers_median5, 0, {1, 1}},
    {"difference + threshold", ours_difference, peers_difference, 0, {1, 1}},
    {"otsu", ours_otsu, peers_otsu, 0, {1.5, 1.5}},
    {"adaptive mean 15", ours_adaptive_mean, peers_adaptive_mean, 0, {3, 3}},
    {"adaptive Gaussian 15", ours_adaptive_gaussian, peers_adaptive_gaussian, 0, {1.5, 1.5}},
    {"sauvola 25", ours_sauvola, peers_sauvola, 0, {15, 5}},
    {"canny L1", ours_canny_l1, peers_canny_l1, 0, {10, 6.5}},
    {"canny L2", ours_canny_l2, peers_canny_l2, 0, {8, 4.5}},
    {"blur + canny L1", ours_blur_canny, peers_blur_canny, 0, {5, 3.5}},
    {"equalisation", ours_equalise, peers_equalise, 0, {1.5, 1.5}},
    {"open 5x5", ours_open, peers_open, 0, {0, 0}},
    {"erode 15x15", ours_erode15, peers_erode15, 0, {1.5, 1.5}},
    {"erode 101x101", ours_erode101, peers_erode101, 0, {1.5, 1.5}},
    {"open grey 15x15", ours_open15, peers_open15, 0, {0, 0}},
    {"dilate ellipse 15", ours_ellipse15, peers_ellipse15, 0, {1.5, 1.5}},
    {"exact distance", ours_distance, peers_distance, 0, {3, 3}},
    {"warp, grey", ours_warp_grey, peers_warp_grey, 0, {2, 2}},
    {"warp, RGB", ours_warp_rgb, peers_warp_rgb, 0, {2, 2}},
    {"augment: mirror", bench_flip, bench_flip_peer, SMALL, {1, 1}},
    {"augment: resize to 40 %", bench_shrink, bench_shrink_peer, SMALL, {1, 1}},
    {"augment: resize to 130 %", bench_enlarge, bench_enlarge_peer, SMALL, {1, 1}},
    {"augment: rotate", bench_rotate, bench_rotate_peer, SMALL, {2, 2}},
    {"augment: HSV", bench_hsv, bench_hsv_peer, SMALL, {1.5, 1.5}},
    {"augment: Gaussian blur", bench_blur_rgb, bench_blur_rgb_peer, SMALL, {1, 1}},
    {"augment: brightness", bench_brightness, bench_brightness_peer, SMALL, {1, 1}},
    {"augment: contrast", bench_contrast, bench_contrast_peer, SMALL, {1, 1}},
    {"augment: Gaussian noise", bench_noise, bench_noise_peer, SMALL, {5, 5}},
    {"augment: cutout", bench_cutout, bench_cutout_peer, SMALL, {0, 0}},
    {"augment: grid mask", bench_gridmask, bench_gridmask_peer, SMALL, {0, 0}},
    {"watershed", ours_watershed, peers_watershed, 0, {4, 4}},
    {"flood fill, fixed", ours_flood, peers_flood, 0, {1, 1}},
    {"flood fill, floating", ours_flood_floating, peers_flood_floating, 0, {1, 1}},
    {"components + statistics", ours_components, peers_components, 0, {10, 10}},
    {"labels alone", ours_labels, peers_labels, 0, {3, 3}},
    {"contours, tree", ours_contours, peers_contours, 0, {2, 2}},
    {"noise: components + stat.", ours_components, peers_components, NOISE, {2.5, 2.5}},
    {"noise: exact distance", ours_distance, peers_distance, NOISE, {0, 0}},
    {"noise: contours, tree", ours_contours, peers_contours, NOISE, {0, 0}},
    {"noise: labels alone", ours_labels, peers_labels, NOISE, {3, 3}},
    {"slic", ours_slic, peers_slic, SLOW, {5, 5}},
    {"etps, peer seeds", ours_etps, peers_seeds, SLOW, {0, 0}},
    {"felzenszwalb", ours_felzenszwalb, peers_felzenszwalb, SLOW, {3, 3}},
    {"mean shift, peer filters only", ours_mean_shift, peers_mean_shift, SLOW, {3, 3}},
    {"grabcut", ours_grabcut, peers_grabcut, SLOW, {2, 2}},
    {"dis fastest, ultrafast", ours_dis_fastest, peers_dis_ultrafast, SLOW, {1.3, 1.3}},
    {"dis fast", ours_dis_fast, peers_dis_fast, SLOW, {1.3, 1.3}},
    {"dis default, medium", ours_dis, peers_dis_medium, SLOW, {1.3, 1.3}},
    {"farneback", ours_farneback, peers_farneback, SLOW, {3, 3}},
    {"mog2, quiet", bench_mog2_quiet, peers_mog2_quiet, SLOW, {4, 4}},
    {"mog2, busy", bench_mog2_busy, peers_mog2_busy, SLOW, {2.5, 2.5}},
    {"mog2, quiet, luma", bench_mog2_luma, peers_mog2_luma, SLOW, {4, 4}},
    {"knn, quiet", bench_knn_quiet, peers_knn_quiet, SLOW, {4, 4}},
    {"knn, busy", bench_knn_busy, peers_knn_busy, SLOW, {4, 4}},
    {"frame-diff", bench_frame_diff, peers_frame_diff, 0, {1, 1}},
    {"background", bench_average, peers_average, 0, {1, 1}},
    {"canny L1, two threads", ours_canny_l1, single_canny_l1, TWO, {1.7, 1.7}},
    {"canny L2, two threads", ours_canny_l2, single_canny_l2, TWO, {1.7, 1.7}},
    {"blur + canny, two threads", ours_blur_canny, single_blur_canny, TWO, {1.7, 1.7}},
};

const int bench_operation_count = sizeof bench_operations / sizeof *bench_operations;

const bench_operation *bench_operation_find(const char *name) {
    for (int i = 0; i < bench_operation_count; ++i)
        if (!strcmp(bench_operations[i].name, name)) return &bench_operations[i];
    return NULL;
}

void bench_state_free(bench_state *state) {
    seg_image *images[] = {&state->output, &state->dx,       &state->dy,
                           &state->labels, &state->distance, &state->markers};
    for (size_t i = 0; i < sizeof images / sizeof *images; ++i)
        seg_image_unref(images[i]);
    if (!state->flow) return;
    seg_context_free(state->flow);
    seg_result_free(&state->field);
}
