/* The pictures that are measured on. */
#ifndef BENCH_PICTURES_H
#define BENCH_PICTURES_H

#include <segment/segment.h>

typedef struct bench_picture {
    char name[64];
    seg_image rgb, grey, next; /* `next`: the grey picture one frame later */
    seg_image mask;            /* its Otsu mask */
} bench_picture;

/* A real photograph brought to width x height (cropped, or continued by its mirror images), or a
 * generated scene if `path` is NULL; false if it cannot be read. `busy` chooses the scene. */
bool bench_picture_load(bench_picture *picture, const char *path, int width, int height, bool busy);
void bench_picture_free(bench_picture *picture);

/* A mask of 50 % noise. */
seg_image bench_noise_mask(int width, int height);

#endif
