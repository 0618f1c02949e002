/*
 * Planes of colours. sRGB to CIELAB by tables with linear interpolation between: light from
 * samples, and the cube root f of the CIE. The matrix to XYZ is divided by the white, and each row
 * rounded so that it sums to one: greys stay grey.
 *
 * Cost: six look-ups and nine products a pixel.
 */
#include "imgproc/planes.h"

#include "core/bands.h"
#include "core/check.h"
#include "core/math.h"
#include "imgproc/gaussian.h"
#include "imgproc/rows.h"
#include "imgproc/samples.h"

#include <string.h>

#define LIGHT_SHIFT 6 /* of a 16-bit sample */
#define LIGHT_SIZE ((1 << (16 - LIGHT_SHIFT)) + 1)
#define ROOT_SHIFT 5
#define ROOT_SIZE ((1 << (16 - ROOT_SHIFT)) + 1)

typedef struct lab_tables {
    uint16_t light8[256];       /* of samples v * 257 */
    uint32_t light[LIGHT_SIZE]; /* 16 bits and 8 of fraction */
    uint32_t root[ROOT_SIZE];   /* f(t) in units of 2^-20 */
} lab_tables;

/* Linear light of a sample, both 0 .. 65535. */
static inline uint32_t light_of(const lab_tables *tables, uint32_t sample) {
    const uint32_t *entry = &tables->light[sample >> LIGHT_SHIFT];
    const uint32_t part = sample & ((1u << LIGHT_SHIFT) - 1);
    const uint32_t value = (entry[0] << LIGHT_SHIFT) + (entry[1] - entry[0]) * part;
    return (value + (1u << (LIGHT_SHIFT + 7))) >> (LIGHT_SHIFT + 8);
}

/* f of t in units of 2^-16; the result in units of 2^-20. */
static inline int32_t root_of(const lab_tables *tables, uint32_t t) {
    const uint32_t *entry = &tables->root[t >> ROOT_SHIFT];
    const uint32_t part = t & ((1u << ROOT_SHIFT) - 1);
    return (int32_t)(entry[0] + ((entry[1] - entry[0]) * part >> ROOT_SHIFT));
}

static void fill_tables(lab_tables *tables) {
    for (int32_t i = 0; i < LIGHT_SIZE; i++) {
        const double v = (double)(i << LIGHT_SHIFT) / 65535;
        const double light = v <= 0.04045 ? v / 12.92 : seg_pow((v + 0.055) / 1.055, 2.4);
        tables->light[i] = (uint32_t)(light * 65535 * 256 + 0.5);
    }
    for (uint32_t i = 0; i < 256; i++)
        tables->light8[i] = (uint16_t)light_of(tables, i * 257);
    for (int32_t i = 0; i < ROOT_SIZE; i++) {
        const double t = (double)(i << ROOT_SHIFT) / 65535;
        const double cut = 216.0 / 24389, slope = 24389.0 / 27;
        const double f = t > cut ? seg_pow(t, 1.0 / 3) : (slope * t + 16) / 116;
        tables->root[i] = (uint32_t)(f * (1 << 20) + 0.5);
    }
}

/* In 1/32, from units of 2^-20, to nearest. */
static inline int16_t scaled(int32_t difference, int32_t factor) {
    return (int16_t)(((int64_t)difference * (factor * SEG_LAB_UNIT) + (1 << 19)) >> 20);
}

static inline int16_t lightness(int32_t fy) {
    return (int16_t)(scaled(fy, 116) - 16 * SEG_LAB_UNIT);
}

static inline uint32_t weigh(const uint32_t *light, uint32_t r, uint32_t g, uint32_t b) {
    return (light[0] * r + light[1] * g + light[2] * b + (1u << 14)) >> 15;
}

static inline void convert_pixel(const lab_tables *tables, const uint32_t *light, int16_t *l,
                                 int16_t *a, int16_t *b) {
    const int32_t fx = root_of(tables, weigh(light, 14220, 12328, 6220));
    const int32_t fy = root_of(tables, weigh(light, 6969, 23434, 2365));
    const int32_t fz = root_of(tables, weigh(light, 582, 3587, 28599));
    *l = lightness(fy);
    *a = scaled(fx - fy, 500);
    *b = scaled(fy - fz, 200);
}

typedef struct planes_job {
    const seg_planes *planes;
    const seg_image *picture;
    const lab_tables *tables; /* NULL: samples as they are */
    uint16_t *rooms;          /* a row for each worker */
} planes_job;

static void lab_row(const planes_job *job, int32_t y, uint16_t *room) {
    const seg_planes *planes = job->planes;
    const lab_tables *tables = job->tables;
    const size_t step = job->picture->channels;
    const bool narrow = job->picture->format == SEG_U8;
    const uint8_t *row8 = narrow ? seg_image_row(job->picture, y) : NULL;
    const uint16_t *row = narrow ? NULL : seg_row16(room, job->picture, y);
    int16_t *l = seg_plane_row(planes, 0, y);
    for (int32_t x = 0; x < planes->width; x++) {
        uint32_t light[3];
        for (int32_t c = 0; c < planes->planes; c++)
            light[c] = narrow ? tables->light8[row8[(size_t)x * step + (size_t)c]]
                              : light_of(tables, row[(size_t)x * step + (size_t)c]);
        if (planes->planes == 1)
            l[x] = lightness(root_of(tables, light[0]));
        else
            convert_pixel(tables, light, &l[x], &seg_plane_row(planes, 1, y)[x],
                          &seg_plane_row(planes, 2, y)[x]);
    }
}

static void samples_row(const planes_job *job, int32_t y, uint16_t *room) {
    const size_t step = job->picture->channels;
    const uint16_t *row = seg_row16(room, job->picture, y);
    for (int32_t c = 0; c < job->planes->planes; c++) {
        int16_t *out = seg_plane_row(job->planes, c, y);
        for (int32_t x = 0; x < job->planes->width; x++)
            out[x] = (int16_t)(row[(size_t)x * step + (size_t)c] >> 1);
    }
}

static seg_status planes_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    (void)band;
    const planes_job *job = argument;
    const seg_planes *planes = job->planes;
    uint16_t *room = job->rooms + (size_t)worker * seg_row_samples(job->picture);
    for (int32_t y = first; y < end; y++) {
        (job->tables ? lab_row : samples_row)(job, y, room);
        for (int32_t c = 0; c < planes->planes; c++)
            memset(seg_plane_row(planes, c, y) + planes->width, 0,
                   SEG_PLANES_SLACK * sizeof(int16_t));
    }
    return SEG_OK;
}

static seg_status make_planes(seg_planes *planes, const seg_image *picture,
                              const lab_tables *tables, seg_scratch *scratch) {
    *planes = (seg_planes){.width = picture->width, .height = picture->height};
    planes->planes = seg_colours(picture);
    planes->stride =
        ((size_t)planes->width + 2 * SEG_PLANES_SLACK - 1) / SEG_PLANES_SLACK * SEG_PLANES_SLACK;
    if (planes->stride % 1024 == 0) planes->stride += SEG_PLANES_SLACK; /* off 2048 bytes */
    for (int32_t i = 0; i < planes->planes; i++) {
        planes->plane[i] = seg_scratch_take(scratch, (size_t)planes->height,
                                            planes->stride * sizeof(int16_t), "a plane of colours");
        if (!planes->plane[i]) return SEG_ERROR_MEMORY;
    }
    uint16_t *rooms = seg_scratch_take(scratch, (size_t)seg_workers(&scratch->env),
                                       seg_row_samples(picture) * sizeof *rooms, "rows");
    if (!rooms) return SEG_ERROR_MEMORY;
    planes_job job = {planes, picture, tables, rooms};
    return seg_run_bands(&scratch->env, planes->height, seg_point_rows(picture), planes_band, &job);
}

seg_status seg_planes_lab(seg_planes *planes, const seg_image *picture, seg_scratch *scratch) {
    lab_tables *tables = seg_scratch_take(scratch, 1, sizeof *tables, "tables of colours");
    if (!tables) return SEG_ERROR_MEMORY;
    fill_tables(tables);
    return make_planes(planes, picture, tables, scratch);
}

seg_status seg_planes_samples(seg_planes *planes, const seg_image *picture, seg_scratch *scratch) {
    return make_planes(planes, picture, NULL, scratch);
}

/* Signed samples in the order of unsigned ones, and back. */
static void flip_signs(const seg_planes *planes, int32_t plane) {
    for (int32_t y = 0; y < planes->height; y++) {
        uint16_t *row = (uint16_t *)seg_plane_row(planes, plane, y);
        for (int32_t x = 0; x < planes->width; x++)
            row[x] ^= 0x8000;
    }
}

seg_status seg_planes_blur(seg_planes *planes, double sigma, seg_scratch *scratch) {
    seg_gaussian_taps taps;
    SEG_TRY(seg_gaussian_taps_make(&taps, sigma, 0));
    if (taps.radius == 0) return SEG_OK;
    int16_t *spare = seg_scratch_take(scratch, (size_t)planes->height,
                                      planes->stride * sizeof *spare, "a blurred plane");
    if (!spare) return SEG_ERROR_MEMORY;
    for (int32_t i = 0; i < planes->planes; i++) {
        const ptrdiff_t stride = (ptrdiff_t)(planes->stride * sizeof *spare);
        seg_image source = {0}, target = {0};
        SEG_TRY(seg_image_wrap(&source, planes->plane[i], stride, planes->width, planes->height,
                               SEG_U16, 1));
        SEG_TRY(seg_image_wrap(&target, spare, stride, planes->width, planes->height, SEG_U16, 1));
        flip_signs(planes, i);
        SEG_TRY(seg_gaussian_with(&target, &source, &taps, scratch, &scratch->env));
        int16_t *freed = planes->plane[i];
        planes->plane[i] = spare;
        spare = freed;
        flip_signs(planes, i);
    }
    return SEG_OK;
}
