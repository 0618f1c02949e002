/* Real photographs where there are some, generated scenes otherwise. */
#include "pictures.h"
#include <segment/media.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t hash(uint32_t x, uint32_t y) {
    uint32_t h = x * 0x9e3779b1u ^ y * 0x85ebca77u;
    h = (h ^ h >> 15) * 0x2c1b3c6du;
    return h ^ h >> 13;
}

static void need(seg_status status) {
    if (status >= 0) return;
    fprintf(stderr, "bench: %s: %s\n", seg_status_text(status), seg_error_detail());
    exit(1);
}

/* Blobs on a slope with a little grain; `busy` adds fine texture. */
static void generate(seg_image *rgb, bool busy) {
    for (int y = 0; y < rgb->height; ++y) {
        uint8_t *row = seg_image_row(rgb, y);
        for (int x = 0; x < rgb->width; ++x) {
            int cell = 97, cx = x / cell, cy = y / cell, px = x % cell - cell / 2,
                py = y % cell - cell / 2;
            int radius = 10 + (int)(hash((uint32_t)cx, (uint32_t)cy) % 34);
            bool in = px * px + py * py < radius * radius;
            int value = 40 + 60 * x / rgb->width + (in ? 90 : 0);
            value += (int)(hash((uint32_t)x, (uint32_t)y) % (busy ? 48u : 6u));
            for (int c = 0; c < 3; ++c)
                row[3 * x + c] = (uint8_t)(value > 255 ? 255 : value);
        }
    }
}

static int mirror(int i, int n) {
    i %= 2 * n;
    return i < n ? i : 2 * n - 1 - i;
}

/* Crops the middle of a larger photograph; continues a smaller one by its mirror images, so that
 * it keeps its sharpness. */
static void fit(seg_image *rgb, const seg_image *photo) {
    int left = photo->width > rgb->width ? (photo->width - rgb->width) / 2 : 0;
    int top = photo->height > rgb->height ? (photo->height - rgb->height) / 2 : 0;
    for (int y = 0; y < rgb->height; ++y) {
        uint8_t *row = seg_image_row(rgb, y);
        const uint8_t *from = seg_image_row(photo, mirror(y + top, photo->height));
        for (int x = 0; x < rgb->width; ++x) {
            const uint8_t *pixel = from + mirror(x + left, photo->width) * photo->channels;
            for (int c = 0; c < 3; ++c)
                row[3 * x + c] = pixel[photo->channels >= 3 ? c : 0];
        }
    }
}

bool bench_picture_load(bench_picture *picture, const char *path, int width, int height,
                        bool busy) {
    memset(picture, 0, sizeof *picture);
    need(seg_image_alloc(&picture->rgb, width, height, SEG_U8, 3, NULL));
    if (path) {
        seg_image photo = {0};
        if (seg_picture_read(&photo, NULL, path, NULL, NULL) < 0 || photo.format != SEG_U8) {
            seg_image_unref(&photo);
            bench_picture_free(picture);
            return false;
        }
        fit(&picture->rgb, &photo);
        seg_image_unref(&photo);
        const char *slash = strrchr(path, '/');
        snprintf(picture->name, sizeof picture->name, "%.40s", slash ? slash + 1 : path);
    } else {
        generate(&picture->rgb, busy);
        snprintf(picture->name, sizeof picture->name, "%s",
                 busy ? "generated busy" : "generated smooth");
    }
    need(seg_to_grey(&picture->grey, &picture->rgb, NULL));
    need(seg_image_copy(&picture->next, &picture->grey, NULL));
    for (int y = 0; y < height; ++y) {
        uint8_t *row = seg_image_row(&picture->next, y);
        memmove(row, row + 3, (size_t)width - 3);
    }
    need(seg_otsu(&picture->mask, NULL, &picture->grey, NULL, NULL, NULL));
    return true;
}

void bench_picture_free(bench_picture *picture) {
    seg_image_unref(&picture->rgb);
    seg_image_unref(&picture->grey);
    seg_image_unref(&picture->next);
    seg_image_unref(&picture->mask);
}

seg_image bench_noise_mask(int width, int height) {
    seg_image mask = {0};
    need(seg_image_alloc(&mask, width, height, SEG_U8, 1, NULL));
    for (int y = 0; y < height; ++y) {
        uint8_t *row = seg_image_row(&mask, y);
        for (int x = 0; x < width; ++x)
            row[x] = hash((uint32_t)x, (uint32_t)y) & 64 ? 255 : 0;
    }
    return mask;
}
