/*
 * Derivatives of pictures. Samples are 16 bits wide at every depth, so that the same picture has
 * the same gradient; colours are 15 bits, or CIELAB in units of 1/32.
 *
 * Colours: the longest of the gradients of red, green and blue; or Di Zenzo's: the direction in
 * which CIELAB changes most, the square root of the larger eigenvalue of the summed structure
 * tensor as length. A grey of three equal channels has the gradient of L*.
 * S. Di Zenzo, "A note on the gradient of a multi-image", CVGIP 33(1), 1986.
 */
#include "edge/slopes.h"

#include "core/check.h"
#include "imgproc/gaussian.h"
#include "imgproc/input.h"
#include "imgproc/samples.h"
#include <segment/imgproc.h>

#include <string.h>

const char *const seg_gradient_operator_names[] = {"sobel", "scharr", "prewitt", "roberts", NULL};
const char *const seg_edge_colour_names[] = {"grey", "max", "tensor", NULL};

/* [side, middle, side] across the derivative. */
typedef struct smoothing {
    float side, middle;
} smoothing;

static const smoothing smoothings[] = {{1, 2}, {3, 10}, {1, 1}};

/* A step has its height times the sum of the weights; Roberts' sees it in both of its derivatives.
 */
static float full_of(const seg_slopes *slopes, double samples) {
    if (slopes->kernel == SEG_GRADIENT_ROBERTS) return (float)(samples * 1.4142135623730951);
    const smoothing *s = &smoothings[slopes->kernel];
    return (float)(samples * (double)(2 * s->side + s->middle));
}

static seg_status blurred_grey(seg_slopes *slopes, double sigma, seg_scratch *scratch,
                               const seg_env *env) {
    seg_gaussian_taps taps;
    seg_image wide = {0}, blurred = {0};
    SEG_TRY(seg_gaussian_taps_make(&taps, sigma, 0));
    SEG_TRY(seg_scratch_image(&wide, &slopes->grey, SEG_U16, 1, scratch));
    SEG_TRY(seg_scratch_image(&blurred, &slopes->grey, SEG_U16, 1, scratch));
    SEG_TRY(seg_convert(&wide, &slopes->grey, SEG_U16, env));
    SEG_TRY(seg_gaussian_with(&blurred, &wide, &taps, scratch, env));
    slopes->grey = blurred;
    return SEG_OK;
}

seg_status seg_slopes_prepare(seg_slopes *slopes, const seg_image *picture,
                              seg_gradient_operator kernel, seg_edge_colour colour, double sigma,
                              seg_image *working, seg_scratch *scratch, const seg_env *env) {
    *slopes = (seg_slopes){
        .kernels = seg_slopes_kernels_get(), .kernel = (int32_t)kernel, .colour = (int32_t)colour};
    switch (colour) {
    case SEG_EDGE_GREY:
        slopes->full = full_of(slopes, 65535);
        SEG_TRY(seg_picture_grey(&slopes->grey, working, picture, env));
        return sigma > 0 ? blurred_grey(slopes, sigma, scratch, env) : SEG_OK;
    case SEG_EDGE_MAX:
        slopes->full = full_of(slopes, 32767);
        SEG_TRY(seg_planes_samples(&slopes->planes, picture, scratch));
        break;
    default:
        slopes->full = full_of(slopes, 100 * SEG_LAB_UNIT);
        SEG_TRY(seg_planes_lab(&slopes->planes, picture, scratch));
    }
    return seg_planes_blur(&slopes->planes, sigma, scratch);
}

/* ---- rows ---- */

/* A row with a sample more on either side, whole vectors. */
static size_t pitch_of(const seg_slopes *slopes) {
    const size_t width = (size_t)(slopes->colour ? slopes->planes.width : slopes->grey.width);
    return (width + 2 + 15) / 16 * 16 + 16;
}

static int32_t planes_of(const seg_slopes *slopes) {
    return slopes->colour ? slopes->planes.planes : 1;
}

size_t seg_slope_rows_size(const seg_slopes *slopes) {
    const size_t rows = (size_t)planes_of(slopes) * 3 + 2 + 5; /* derivatives, parts, tensor */
    return (rows + 1) * pitch_of(slopes) * sizeof(float);
}

void seg_slope_rows_start(seg_slope_rows *rows, const seg_slopes *slopes, void *work) {
    const size_t pitch = pitch_of(slopes);
    float *next = work;
    *rows = (seg_slope_rows){.slopes = slopes, .planes = planes_of(slopes), .loaded = {-9, -9, -9}};
    rows->width = slopes->colour ? slopes->planes.width : slopes->grey.width;
    rows->height = slopes->colour ? slopes->planes.height : slopes->grey.height;
    for (int32_t p = 0; p < rows->planes; p++)
        for (int i = 0; i < 3; i++, next += pitch)
            rows->samples[p][i] = next + 1;
    float **const others[] = {&rows->dx,        &rows->dy,        &rows->part_dx,  &rows->part_dy,
                              &rows->tensor.xx, &rows->tensor.xy, &rows->tensor.yy};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++, next += pitch)
        *others[i] = next;
    rows->room = (uint16_t *)(void *)next;
}

static void load(seg_slope_rows *rows, int64_t y) {
    const seg_slopes *slopes = rows->slopes;
    const int32_t slot = (int32_t)((y + 3) % 3), width = rows->width;
    const int32_t from = (int32_t)(y < 0 ? 0 : y >= rows->height ? rows->height - 1 : y);
    if (rows->loaded[slot] == y) return;
    rows->loaded[slot] = y;
    for (int32_t p = 0; p < rows->planes; p++) {
        float *samples = rows->samples[p][slot];
        if (slopes->colour)
            slopes->kernels->widen_signed(samples, seg_plane_row(&slopes->planes, p, from), width);
        else
            slopes->kernels->widen(samples, seg_row16(rows->room, &slopes->grey, from), width);
        samples[-1] = samples[0];
        samples[width] = samples[width - 1];
    }
}

static void derive(const seg_slope_rows *rows, float *dx, float *dy, int32_t plane, int64_t y) {
    const seg_slopes *slopes = rows->slopes;
    const float *above = rows->samples[plane][(y + 2) % 3], *here = rows->samples[plane][y % 3];
    const float *below = rows->samples[plane][(y + 1) % 3];
    if (slopes->kernel == SEG_GRADIENT_ROBERTS) {
        slopes->kernels->crossed(dx, dy, here, below, rows->width);
    } else {
        const smoothing *s = &smoothings[slopes->kernel];
        slopes->kernels->centred(dx, dy, above, here, below, s->side, s->middle, rows->width);
    }
}

void seg_slope_rows_take(seg_slope_rows *rows, int32_t y) {
    const seg_slopes_kernels *kernels = rows->slopes->kernels;
    const int32_t width = rows->width;
    for (int32_t k = -1; k <= 1; k++)
        load(rows, (int64_t)y + k);
    derive(rows, rows->dx, rows->dy, 0, y);
    if (rows->planes == 1) return;
    const bool tensor = rows->slopes->colour == SEG_EDGE_TENSOR;
    const seg_slope_tensor *sums = &rows->tensor;
    for (int i = 0; i < 3 && tensor; i++)
        memset((float *const[]){sums->xx, sums->xy, sums->yy}[i], 0, (size_t)width * sizeof(float));
    if (tensor) kernels->gather(sums, rows->dx, rows->dy, width);
    for (int32_t p = 1; p < rows->planes; p++) {
        derive(rows, rows->part_dx, rows->part_dy, p, y);
        if (tensor)
            kernels->gather(sums, rows->part_dx, rows->part_dy, width);
        else
            kernels->longest(rows->dx, rows->dy, rows->part_dx, rows->part_dy, width);
    }
    if (tensor) kernels->steepest(rows->dx, rows->dy, sums, width);
}
