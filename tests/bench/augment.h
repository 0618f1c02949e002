/* Augmentations as a loader applies them: a compiled pipeline of one step, a picture in, a picture
 * out. */
#ifndef BENCH_AUGMENT_H
#define BENCH_AUGMENT_H

#include "operations.h"

void bench_flip(bench_state *s);
void bench_flip_peer(bench_state *s);
void bench_shrink(bench_state *s);
void bench_shrink_peer(bench_state *s);
void bench_enlarge(bench_state *s);
void bench_enlarge_peer(bench_state *s);
void bench_rotate(bench_state *s);
void bench_rotate_peer(bench_state *s);
void bench_hsv(bench_state *s);
void bench_hsv_peer(bench_state *s);
void bench_blur_rgb(bench_state *s);
void bench_blur_rgb_peer(bench_state *s);
void bench_brightness(bench_state *s);
void bench_brightness_peer(bench_state *s);
void bench_contrast(bench_state *s);
void bench_contrast_peer(bench_state *s);
void bench_noise(bench_state *s);
void bench_noise_peer(bench_state *s);
void bench_cutout(bench_state *s);
void bench_cutout_peer(bench_state *s);
void bench_gridmask(bench_state *s);
void bench_gridmask_peer(bench_state *s);

#endif
