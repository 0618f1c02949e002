/* Turning, scaling, shifting, shearing: affine maps about the picture's middle. */
#include "augment/sampling.h"
#include "augmentations.h"
#include "core/math.h"

#include <math.h>

const char *const seg_sampling_filters[] = {"nearest", "bilinear", "bicubic", "area", NULL};
const char *const seg_sampling_borders[] = {"constant", "replicate", "reflect", "wrap", NULL};

#define RADIANS (SEG_PI / 180)

void seg_sampling_about_middle(seg_augment_geometry *geometry, const seg_transform *transform) {
    geometry->forward =
        seg_transform_about(transform, geometry->width / 2.0, geometry->height / 2.0);
}

/* The new picture holds all of the old one. */
static void fit(seg_augment_geometry *geometry) {
    double xy[8] = {
        0, 0, geometry->width, 0, geometry->width, geometry->height, 0, geometry->height};
    seg_transform_apply(xy, &geometry->forward, xy, 4);
    double low[2] = {xy[0], xy[1]}, high[2] = {xy[0], xy[1]};
    for (int i = 1; i < 4; i++)
        for (int c = 0; c < 2; c++) {
            if (xy[2 * i + c] < low[c]) low[c] = xy[2 * i + c];
            if (xy[2 * i + c] > high[c]) high[c] = xy[2 * i + c];
        }
    const double width = ceil(high[0] - low[0] - 1e-6), height = ceil(high[1] - low[1] - 1e-6);
    const seg_transform shift =
        seg_transform_translation((width - high[0] - low[0]) / 2, (height - high[1] - low[1]) / 2);
    geometry->forward = seg_transform_compose(&shift, &geometry->forward);
    geometry->width = width < INT32_MAX ? (int32_t)width : INT32_MAX;
    geometry->height = height < INT32_MAX ? (int32_t)height : INT32_MAX;
}

typedef struct rotate_options {
    size_t size;
    double p, limit;
    bool fit;
    seg_sampling sampling;
} rotate_options;

static const seg_param rotate_rows[] = {
    {"limit", SEG_PARAM_FLOAT, offsetof(rotate_options, limit), "30", 0, 180, NULL, "degrees",
     "the angle is uniform in -limit .. limit", ""},
    {"fit", SEG_PARAM_BOOL, offsetof(rotate_options, fit), "false", 0, 0, NULL, "",
     "the new picture is large enough to hold all; else corners are cut", ""},
    SEG_SAMPLING_ROWS(rotate_options),
    SEG_AUGMENT_P(rotate_options, "1"),
};
SEG_AUGMENT_TABLE(rotate_table, rotate_rows, rotate_options);

static seg_status rotate(seg_augment_step *step, seg_augment_geometry *geometry) {
    const rotate_options *o = step->options;
    const double angle = seg_draw_between(step, -o->limit, o->limit);
    const seg_transform turn = seg_transform_similarity(1, angle * RADIANS);
    seg_sampling_about_middle(geometry, &turn);
    seg_sampling_set(geometry, &o->sampling);
    if (o->fit) fit(geometry);
    return seg_augment_decide(step, "angle", angle);
}

/* ---- scale ---- */

typedef struct scale_options {
    size_t size;
    double p, low, high;
    bool fit;
    seg_sampling sampling;
} scale_options;

static const seg_param scale_rows[] = {
    {"low", SEG_PARAM_FLOAT, offsetof(scale_options, low), "0.8", 0.01, 100, NULL, "",
     "the logarithm of the factor is uniform between those of low and high", ""},
    {"high", SEG_PARAM_FLOAT, offsetof(scale_options, high), "1.25", 0.01, 100, NULL, "",
     "largest factor", ""},
    {"fit", SEG_PARAM_BOOL, offsetof(scale_options, fit), "false", 0, 0, NULL, "",
     "the new picture grows and shrinks with it; else its size stays", ""},
    SEG_SAMPLING_ROWS(scale_options),
    SEG_AUGMENT_P(scale_options, "1"),
};
SEG_AUGMENT_TABLE(scale_table, scale_rows, scale_options);

static seg_status check_scale(const void *options) {
    const scale_options *o = options;
    if (o->low <= o->high) return SEG_OK;
    return seg_fail(SEG_ERROR_OPTION, "low is %g, high %g (low must not be above high)", o->low,
                    o->high);
}

static seg_status scale(seg_augment_step *step, seg_augment_geometry *geometry) {
    const scale_options *o = step->options;
    const double factor = seg_exp(seg_draw_between(step, seg_log_e(o->low), seg_log_e(o->high)));
    const seg_transform grow = seg_transform_similarity(factor, 0);
    seg_sampling_about_middle(geometry, &grow);
    seg_sampling_set(geometry, &o->sampling);
    if (o->fit) fit(geometry);
    return seg_augment_decide(step, "factor", factor);
}

/* ---- shifts ---- */

typedef struct shift_options {
    size_t size;
    double p, x, y;
    seg_sampling sampling;
} shift_options;

static const seg_param translate_rows[] = {
    {"x", SEG_PARAM_FLOAT, offsetof(shift_options, x), "0.1", 0, 1, NULL, "",
     "the shift is uniform in -x .. x, as a share of the width", ""},
    {"y", SEG_PARAM_FLOAT, offsetof(shift_options, y), "0.1", 0, 1, NULL, "",
     "the same of the height", ""},
    SEG_SAMPLING_ROWS(shift_options),
    SEG_AUGMENT_P(shift_options, "1"),
};
SEG_AUGMENT_TABLE(translate_table, translate_rows, shift_options);

static seg_status translate(seg_augment_step *step, seg_augment_geometry *geometry) {
    const shift_options *o = step->options;
    /* whole pixels: nothing is blurred */
    const double x = rint(seg_draw_between(step, -o->x, o->x) * geometry->width);
    const double y = rint(seg_draw_between(step, -o->y, o->y) * geometry->height);
    geometry->forward = seg_transform_translation(x, y);
    seg_sampling_set(geometry, &o->sampling);
    geometry->whole = true;
    SEG_TRY(seg_augment_decide(step, "x", x));
    return seg_augment_decide(step, "y", y);
}

static const seg_param jitter_rows[] = {
    {"x", SEG_PARAM_FLOAT, offsetof(shift_options, x), "2", 0, 1000, NULL, "px",
     "the shift is uniform in -x .. x; parts of pixels too", ""},
    {"y", SEG_PARAM_FLOAT, offsetof(shift_options, y), "2", 0, 1000, NULL, "px",
     "the same downwards", ""},
    SEG_SAMPLING_ROWS(shift_options),
    SEG_AUGMENT_P(shift_options, "1"),
};
SEG_AUGMENT_TABLE(jitter_table, jitter_rows, shift_options);

static seg_status jitter(seg_augment_step *step, seg_augment_geometry *geometry) {
    const shift_options *o = step->options;
    const double x = seg_draw_between(step, -o->x, o->x), y = seg_draw_between(step, -o->y, o->y);
    geometry->forward = seg_transform_translation(x, y);
    seg_sampling_set(geometry, &o->sampling);
    SEG_TRY(seg_augment_decide(step, "x", x));
    return seg_augment_decide(step, "y", y);
}

/* ---- shear ---- */

static const seg_param shear_rows[] = {
    {"x", SEG_PARAM_FLOAT, offsetof(shift_options, x), "15", 0, 80, NULL, "degrees",
     "columns lean by an angle uniform in -x .. x", ""},
    {"y", SEG_PARAM_FLOAT, offsetof(shift_options, y), "0", 0, 80, NULL, "degrees",
     "rows lean by an angle uniform in -y .. y", ""},
    SEG_SAMPLING_ROWS(shift_options),
    SEG_AUGMENT_P(shift_options, "1"),
};
SEG_AUGMENT_TABLE(shear_table, shear_rows, shift_options);

/* Rows shift by x for each row, then columns by y for each column: never singular. */
static seg_transform sheared(double x, double y) {
    const double a = seg_sin(x * RADIANS) / seg_cos(x * RADIANS);
    const double b = seg_sin(y * RADIANS) / seg_cos(y * RADIANS);
    return (seg_transform){{1, a, 0, b, 1 + a * b, 0, 0, 0, 1}};
}

static seg_status shear(seg_augment_step *step, seg_augment_geometry *geometry) {
    const shift_options *o = step->options;
    const double x = seg_draw_between(step, -o->x, o->x), y = seg_draw_between(step, -o->y, o->y);
    const seg_transform lean = sheared(x, y);
    seg_sampling_about_middle(geometry, &lean);
    seg_sampling_set(geometry, &o->sampling);
    SEG_TRY(seg_augment_decide(step, "x", x));
    return seg_augment_decide(step, "y", y);
}

/* ---- all of them at once ---- */

typedef struct affine_options {
    size_t size;
    double p, rotate, low, high, shear, shift;
    bool fit;
    seg_sampling sampling;
} affine_options;

static const seg_param affine_rows[] = {
    {"rotate", SEG_PARAM_FLOAT, offsetof(affine_options, rotate), "15", 0, 180, NULL, "degrees",
     "the angle is uniform in -rotate .. rotate", ""},
    {"low", SEG_PARAM_FLOAT, offsetof(affine_options, low), "0.9", 0.01, 100, NULL, "",
     "smallest factor of the scale", ""},
    {"high", SEG_PARAM_FLOAT, offsetof(affine_options, high), "1.1", 0.01, 100, NULL, "",
     "largest factor of the scale", ""},
    {"shear", SEG_PARAM_FLOAT, offsetof(affine_options, shear), "5", 0, 80, NULL, "degrees",
     "columns lean by an angle uniform in -shear .. shear", ""},
    {"shift", SEG_PARAM_FLOAT, offsetof(affine_options, shift), "0.05", 0, 1, NULL, "",
     "the shifts are uniform in -shift .. shift, as shares of the sides", ""},
    {"fit", SEG_PARAM_BOOL, offsetof(affine_options, fit), "false", 0, 0, NULL, "",
     "the new picture is large enough to hold all; else its size stays", ""},
    SEG_SAMPLING_ROWS(affine_options),
    SEG_AUGMENT_P(affine_options, "1"),
};
SEG_AUGMENT_TABLE(affine_table, affine_rows, affine_options);

static seg_status check_affine(const void *options) {
    const affine_options *o = options;
    const scale_options scales = {.low = o->low, .high = o->high};
    return check_scale(&scales);
}

static seg_status affine(seg_augment_step *step, seg_augment_geometry *geometry) {
    const affine_options *o = step->options;
    const double angle = seg_draw_between(step, -o->rotate, o->rotate);
    const double factor = seg_exp(seg_draw_between(step, seg_log_e(o->low), seg_log_e(o->high)));
    const double lean = seg_draw_between(step, -o->shear, o->shear);
    const double x = seg_draw_between(step, -o->shift, o->shift) * geometry->width;
    const double y = seg_draw_between(step, -o->shift, o->shift) * geometry->height;
    const seg_transform first = sheared(lean, 0),
                        turn = seg_transform_similarity(factor, angle * RADIANS),
                        shift = seg_transform_translation(x, y);
    seg_transform all = seg_transform_compose(&turn, &first);
    all = seg_transform_compose(&shift, &all);
    seg_sampling_about_middle(geometry, &all);
    seg_sampling_set(geometry, &o->sampling);
    if (o->fit) fit(geometry);
    SEG_TRY(seg_augment_decide(step, "angle", angle));
    SEG_TRY(seg_augment_decide(step, "factor", factor));
    SEG_TRY(seg_augment_decide(step, "shear", lean));
    SEG_TRY(seg_augment_decide(step, "x", x));
    return seg_augment_decide(step, "y", y);
}

SEG_AUGMENT_GEOMETRIC(rotate, "rotate", "turn about the middle", "", 0, rotate_table, NULL);
SEG_AUGMENT_GEOMETRIC(scale, "scale", "larger or smaller about the middle", "", 0, scale_table,
                      check_scale);
SEG_AUGMENT_GEOMETRIC(translate, "translate", "shift by whole pixels", "", 0, translate_table,
                      NULL);
SEG_AUGMENT_GEOMETRIC(jitter, "jitter", "shift by a few pixels or parts of them", "", 0,
                      jitter_table, NULL);
SEG_AUGMENT_GEOMETRIC(shear, "shear", "lean rows or columns", "", 0, shear_table, NULL);
SEG_AUGMENT_GEOMETRIC(affine, "affine", "turn, scale, lean and shift in one", "", 0, affine_table,
                      check_affine);
