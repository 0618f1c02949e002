/* The peer that every operation is measured against, behind a C interface. Built from
 * peer_opencv.cpp where OpenCV's development files are, else from peer_none.c. */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <segment/segment.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "OpenCV 4.6.0", or NULL if there is no peer. */
const char *peer_name(void);
void peer_set_threads(int threads);

/* Each runs one operation; outputs are kept inside between calls, as a careful user would. The
 * last output is copied by peer_output (U8). */
void peer_grey(const seg_image *rgb);
void peer_blur(const seg_image *grey);
void peer_sobel(const seg_image *grey);
/* Sobel's or Scharr's derivatives in floats, and their magnitude. */
void peer_magnitude(const seg_image *grey, bool scharr);
/* Gaussian (out to `radius`) and Laplacian in floats. */
void peer_laplacian(const seg_image *grey, double sigma, int radius);
void peer_difference(const seg_image *a, const seg_image *b, double level);
double peer_otsu(const seg_image *grey);
void peer_canny(const seg_image *grey, double low, double high, bool l2, bool blur);
int peer_components(const seg_image *mask, bool statistics);
void peer_median(const seg_image *grey, int side);
void peer_open(const seg_image *mask, int side);
void peer_adaptive(const seg_image *grey, bool gaussian, int window, double c);
/* ximgproc's niBlackThreshold. */
void peer_sauvola(const seg_image *grey, int window, double k, double r);
void peer_distance(const seg_image *mask);
/* Of RGB: SLIC in CIELAB with cells of `side`, SEEDS with about `regions`, graph segmentation, and
 * mean-shift filtering with its default pyramid of one level. */
void peer_slic(const seg_image *rgb, int side, float ruler, int iterations);
void peer_seeds(const seg_image *rgb, int regions, int iterations);
void peer_graph(const seg_image *rgb, double sigma, float k, int min_size);
void peer_equalise(const seg_image *grey);
/* Borders of a mask with their tree, all pixels. */
void peer_contours(const seg_image *mask);
/* Of those, how many differ from ours. */
int64_t peer_contours_differ(const seg_border_tree *ours);
void peer_mean_shift(const seg_image *rgb, double spatial, double range);
/* A rectangle or ellipse of `side`, by seg_morphology. */
void peer_morphology(const seg_image *grey, int operation, bool ellipse, int side);
void peer_watershed(const seg_image *rgb, const seg_image *markers);
/* A mask of what is filled from x, y, 4 neighbours. */
void peer_flood(const seg_image *rgb, int x, int y, double tolerance, bool fixed);
void peer_grabcut(const seg_image *rgb, const seg_rect *rect, int iterations);
/* Affine, from the target to the source, first pixel's centre at 0, 0; bilinear, zeros outside. */
void peer_warp(const seg_image *picture, const double matrix[6]);
/* Dense inverse search, preset 0 = ultrafast, 1 = fast, 2 = medium; Farneback's with OpenCV's usual
 * parameters: .5, 3, 15, 3, 5, 1.2. */
void peer_dis(const seg_image *first, const seg_image *second, int preset);
void peer_farneback(const seg_image *first, const seg_image *second);
/* The next frame of a stream, by models with OpenCV's defaults, on one of which a process works. */
typedef enum peer_model {
    PEER_MOG2,
    PEER_KNN,
    PEER_FRAME_DIFFERENCE, /* absdiff and threshold 25 */
    PEER_RUNNING_AVERAGE   /* absdiff, threshold 25, accumulateWeighted in floats, 0.02 */
} peer_model;
void peer_background(const seg_image *frame, peer_model model);
void peer_output(seg_image *u8);
/* Augmentations of colour pictures. */
void peer_flip(const seg_image *rgb);
void peer_resize(const seg_image *rgb, double factor, bool area);
void peer_rotate(const seg_image *rgb, double degrees);
void peer_hsv(const seg_image *rgb, double hue, double saturation, double value);
void peer_blur_sigma(const seg_image *rgb, double sigma);
void peer_line(const seg_image *rgb, double factor, double add);
void peer_noise(const seg_image *rgb, double sigma);
/* A copy with black squares of `side`, `period` apart. */
void peer_hide(const seg_image *rgb, int side, int period);

#ifdef __cplusplus
}
#endif

#endif
