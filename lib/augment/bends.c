/* What bends lines or brings them together: perspective, elastic and grid distortion. */
#include "augment/sampling.h"
#include "augmentations.h"
#include "imgproc/gaussian.h"

#include <math.h>
#include <segment/imgproc.h>
#include <string.h>

typedef struct bend_options {
    size_t size;
    double p, strength, sigma;
    int32_t cells;
    seg_sampling sampling;
} bend_options;

static const seg_param perspective_rows[] = {
    {"strength", SEG_PARAM_FLOAT, offsetof(bend_options, strength), "0.1", 0, 0.4, NULL, "",
     "each corner moves by up to this share of the sides, inwards or outwards", ""},
    SEG_SAMPLING_ROWS(bend_options),
    SEG_AUGMENT_P(bend_options, "1"),
};
SEG_AUGMENT_TABLE(perspective_table, perspective_rows, bend_options);

static seg_status perspective(seg_augment_step *step, seg_augment_geometry *geometry) {
    static const char *const names[8] = {"x0", "y0", "x1", "y1", "x2", "y2", "x3", "y3"};
    const bend_options *o = step->options;
    const double width = geometry->width, height = geometry->height;
    const double from[8] = {0, 0, width, 0, width, height, 0, height};
    double to[8];
    for (int i = 0; i < 8; i++) {
        const double reach = o->strength * (i % 2 ? height : width);
        to[i] = from[i] + seg_draw_between(step, -reach, reach);
        SEG_TRY(seg_augment_decide(step, names[i], to[i]));
    }
    seg_sampling_set(geometry, &o->sampling);
    /* what does not move is not fitted either, which would change last bits */
    if (memcmp(from, to, sizeof from) == 0) return SEG_OK;
    return seg_transform_fit(&geometry->forward, SEG_TRANSFORM_PROJECTIVE, from, to, NULL, 4);
}

/* ---- elastic ---- */

static const seg_param elastic_rows[] = {
    {"strength", SEG_PARAM_FLOAT, offsetof(bend_options, strength), "6", 0, 1000, NULL, "px",
     "root mean square of the displacements; they never fold the picture", "alpha"},
    {"sigma", SEG_PARAM_FLOAT, offsetof(bend_options, sigma), "12", 1, 40, NULL, "px",
     "displacements are alike over this distance", "sigma"},
    SEG_SAMPLING_ROWS(bend_options),
    SEG_AUGMENT_P(bend_options, "1"),
};
SEG_AUGMENT_TABLE(elastic_table, elastic_rows, bend_options);

/* The largest difference of displacements of neighbours, x and y alike. */
static double steepest(const seg_image *field) {
    float most = 0;
    for (int32_t y = 0; y < field->height; y++) {
        const float *row = seg_image_row(field, y);
        const float *below = seg_image_row(field, y + 1 < field->height ? y + 1 : y);
        for (int32_t i = 0; i < 2 * field->width; i++) {
            const float across = i + 2 < 2 * field->width ? fabsf(row[i + 2] - row[i]) : 0;
            const float down = fabsf(below[i] - row[i]);
            if (across > most) most = across;
            if (down > most) most = down;
        }
    }
    return (double)most;
}

static void scale_field(const seg_image *field, float factor) {
    for (int32_t y = 0; y < field->height; y++) {
        float *row = seg_image_row(field, y);
        for (int32_t i = 0; i < 2 * field->width; i++)
            row[i] *= factor;
    }
}

/* P. Simard et al.: white noise, blurred. The blur leaves 1 / (2 sigma sqrt(pi)) of a deviation;
 * where neighbours would move apart by more than 0.4 px a pixel, all is made weaker, so that the
 * map can be inverted. */
static seg_status elastic(seg_augment_step *step, seg_augment_geometry *geometry) {
    const bend_options *o = step->options;
    const uint64_t seed = seg_draw_seed(step);
    seg_image noise, *field = seg_scratch_take(step->scratch, 1, sizeof *field, "a field");
    seg_gaussian_taps taps;
    if (!field) return SEG_ERROR_MEMORY;
    if (o->strength == 0) return seg_augment_decide(step, "factor", 0);
    SEG_TRY(seg_step_picture(&noise, step, geometry->width, geometry->height, SEG_F32, 2));
    SEG_TRY(seg_step_picture(field, step, geometry->width, geometry->height, SEG_F32, 2));
    for (int32_t y = 0; y < noise.height; y++) {
        const seg_random stream = seg_random_stream(seed, (uint64_t)y, 0);
        float *row = seg_image_row(&noise, y);
        for (int32_t i = 0; i < 2 * noise.width; i++) {
            uint32_t words[4];
            if (i % 4 == 0) seg_random_words(words, &stream, (uint32_t)i / 4);
            row[i] = ((float)(words[i % 4] >> 8) * 0x1p-24f - 0.5f) * 3.4641016f; /* deviation 1 */
        }
    }
    SEG_TRY(seg_gaussian_taps_make(&taps, o->sigma, 0));
    SEG_TRY(seg_gaussian_with(field, &noise, &taps, step->scratch, step->env));
    double factor = o->strength * 2 * o->sigma * 1.7724538509055160;
    const double steep = steepest(field);
    if (steep * factor > 0.4) factor = 0.4 / steep;
    scale_field(field, (float)factor);
    geometry->field = field;
    seg_sampling_set(geometry, &o->sampling);
    return seg_augment_decide(step, "factor", factor);
}

/* ---- grid ---- */

static const seg_param grid_rows[] = {
    {"cells", SEG_PARAM_INT, offsetof(bend_options, cells), "5", 2, 64, NULL, "",
     "of the grid, along each side", ""},
    {"strength", SEG_PARAM_FLOAT, offsetof(bend_options, strength), "0.2", 0, 0.4, NULL, "",
     "nodes move by up to this share of a cell's sides; those of the border stay on it", ""},
    SEG_SAMPLING_ROWS(bend_options),
    SEG_AUGMENT_P(bend_options, "1"),
};
SEG_AUGMENT_TABLE(grid_table, grid_rows, bend_options);

/* The nodes of a grid are displaced; between them displacements are bilinear. */
static seg_status grid_distortion(seg_augment_step *step, seg_augment_geometry *geometry) {
    const bend_options *o = step->options;
    const int32_t n = o->cells + 1;
    seg_image *field = seg_scratch_take(step->scratch, 1, sizeof *field, "a field");
    float *nodes =
        seg_scratch_take(step->scratch, 2 * (size_t)n * (size_t)n, sizeof *nodes, "nodes");
    if (!field || !nodes) return SEG_ERROR_MEMORY;
    if (o->strength == 0) return SEG_OK;
    const double cell_x = (double)geometry->width / o->cells;
    const double cell_y = (double)geometry->height / o->cells;
    for (int32_t k = 0; k < n * n; k++) {
        const int32_t x = k % n, y = k / n;
        const double dx = seg_draw_between(step, -o->strength, o->strength) * cell_x;
        const double dy = seg_draw_between(step, -o->strength, o->strength) * cell_y;
        nodes[2 * k] = x == 0 || x == n - 1 ? 0 : (float)dx;
        nodes[2 * k + 1] = y == 0 || y == n - 1 ? 0 : (float)dy;
    }
    SEG_TRY(seg_step_picture(field, step, geometry->width, geometry->height, SEG_F32, 2));
    for (int32_t y = 0; y < field->height; y++) {
        const double v = (y + 0.5) / cell_y;
        const int32_t row = (int32_t)v < o->cells ? (int32_t)v : o->cells - 1;
        const float fy = (float)(v - row);
        float *out = seg_image_row(field, y);
        for (int32_t x = 0; x < field->width; x++) {
            const double u = (x + 0.5) / cell_x;
            const int32_t column = (int32_t)u < o->cells ? (int32_t)u : o->cells - 1;
            const float fx = (float)(u - column);
            const float *a = nodes + 2 * (row * n + column), *b = a + 2 * n;
            for (int c = 0; c < 2; c++) {
                const float top = a[c] + (a[2 + c] - a[c]) * fx;
                const float bottom = b[c] + (b[2 + c] - b[c]) * fx;
                out[2 * x + c] = top + (bottom - top) * fy;
            }
        }
    }
    geometry->field = field;
    seg_sampling_set(geometry, &o->sampling);
    return SEG_OK;
}

SEG_AUGMENT_GEOMETRIC(perspective, "perspective", "as seen from elsewhere: each corner moves", "",
                      0, perspective_table, NULL);
SEG_AUGMENT_GEOMETRIC(
    elastic, "elastic", "smooth random displacements",
    "P. Simard et al., \"Best practices for convolutional neural networks applied to "
    "visual document analysis\", ICDAR",
    2003, elastic_table, NULL);
SEG_AUGMENT_GEOMETRIC(grid_distortion, "grid-distortion", "the nodes of a grid move", "", 0,
                      grid_table, NULL);
