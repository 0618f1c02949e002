/* No peer: ours is measured alone. */
#include "peer.h"

const char *peer_name(void) {
    return NULL;
}
void peer_set_threads(int threads) {
    (void)threads;
}
void peer_grey(const seg_image *rgb) {
    (void)rgb;
}
void peer_blur(const seg_image *grey) {
    (void)grey;
}
void peer_sobel(const seg_image *grey) {
    (void)grey;
}
void peer_magnitude(const seg_image *grey, bool scharr) {
    (void)grey, (void)scharr;
}
void peer_laplacian(const seg_image *grey, double sigma, int radius) {
    (void)grey, (void)sigma, (void)radius;
}
void peer_difference(const seg_image *a, const seg_image *b, double level) {
    (void)a, (void)b, (void)level;
}
double peer_otsu(const seg_image *grey) {
    (void)grey;
    return 0;
}
void peer_canny(const seg_image *grey, double low, double high, bool l2, bool blur) {
    (void)grey, (void)low, (void)high, (void)l2, (void)blur;
}
int peer_components(const seg_image *mask, bool statistics) {
    (void)mask, (void)statistics;
    return 0;
}
void peer_median(const seg_image *grey, int side) {
    (void)grey, (void)side;
}
void peer_open(const seg_image *mask, int side) {
    (void)mask, (void)side;
}
void peer_adaptive(const seg_image *grey, bool gaussian, int window, double c) {
    (void)grey, (void)gaussian, (void)window, (void)c;
}
void peer_sauvola(const seg_image *grey, int window, double k, double r) {
    (void)grey, (void)window, (void)k, (void)r;
}
void peer_morphology(const seg_image *grey, int operation, bool ellipse, int side) {
    (void)grey, (void)operation, (void)ellipse, (void)side;
}
void peer_distance(const seg_image *mask) {
    (void)mask;
}
void peer_slic(const seg_image *rgb, int side, float ruler, int iterations) {
    (void)rgb, (void)side, (void)ruler, (void)iterations;
}
void peer_seeds(const seg_image *rgb, int regions, int iterations) {
    (void)rgb, (void)regions, (void)iterations;
}
void peer_graph(const seg_image *rgb, double sigma, float k, int min_size) {
    (void)rgb, (void)sigma, (void)k, (void)min_size;
}
void peer_equalise(const seg_image *grey) {
    (void)grey;
}

void peer_contours(const seg_image *mask) {
    (void)mask;
}

int64_t peer_contours_differ(const seg_border_tree *ours) {
    (void)ours;
    return 0;
}

void peer_mean_shift(const seg_image *rgb, double spatial, double range) {
    (void)rgb, (void)spatial, (void)range;
}
void peer_watershed(const seg_image *rgb, const seg_image *markers) {
    (void)rgb, (void)markers;
}
void peer_flood(const seg_image *rgb, int x, int y, double tolerance, bool fixed) {
    (void)rgb, (void)x, (void)y, (void)tolerance, (void)fixed;
}
void peer_grabcut(const seg_image *rgb, const seg_rect *rect, int iterations) {
    (void)rgb, (void)rect, (void)iterations;
}
void peer_warp(const seg_image *picture, const double matrix[6]) {
    (void)picture, (void)matrix;
}
void peer_dis(const seg_image *first, const seg_image *second, int preset) {
    (void)first, (void)second, (void)preset;
}
void peer_farneback(const seg_image *first, const seg_image *second) {
    (void)first, (void)second;
}
void peer_background(const seg_image *frame, peer_model model) {
    (void)frame, (void)model;
}
void peer_output(seg_image *u8) {
    (void)u8;
}
void peer_flip(const seg_image *rgb) {
    (void)rgb;
}
void peer_resize(const seg_image *rgb, double factor, bool area) {
    (void)rgb, (void)factor, (void)area;
}
void peer_rotate(const seg_image *rgb, double degrees) {
    (void)rgb, (void)degrees;
}
void peer_hsv(const seg_image *rgb, double hue, double saturation, double value) {
    (void)rgb, (void)hue, (void)saturation, (void)value;
}
void peer_blur_sigma(const seg_image *rgb, double sigma) {
    (void)rgb, (void)sigma;
}
void peer_line(const seg_image *rgb, double factor, double add) {
    (void)rgb, (void)factor, (void)add;
}
void peer_noise(const seg_image *rgb, double sigma) {
    (void)rgb, (void)sigma;
}
void peer_hide(const seg_image *rgb, int side, int period) {
    (void)rgb, (void)side, (void)period;
}
