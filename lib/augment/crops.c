/* Crops and new sizes. Crops move whole pixels; nothing is blurred but by a new size. */
#include "augment/sampling.h"
#include "augmentations.h"
#include "core/math.h"

#include <math.h>

typedef struct crop_options {
    size_t size;
    double p;
    int32_t width, height;
    seg_sampling sampling;
} crop_options;

#define CROP_SIZE(type)                                                                            \
    {"width",                                                                                      \
     SEG_PARAM_INT,                                                                                \
     offsetof(type, width),                                                                        \
     "224",                                                                                        \
     1,                                                                                            \
     1000000,                                                                                      \
     NULL,                                                                                         \
     "px",                                                                                         \
     "of the new picture; what it lacks is filled by the border's rule",                           \
     ""},                                                                                          \
    {                                                                                              \
        "height", SEG_PARAM_INT, offsetof(type, height), "224", 1, 1000000, NULL, "px",            \
            "of the new picture", ""                                                               \
    }

static const seg_param crop_rows[] = {
    CROP_SIZE(crop_options),
    SEG_SAMPLING_ROWS(crop_options),
    SEG_AUGMENT_P(crop_options, "1"),
};
SEG_AUGMENT_TABLE(crop_table, crop_rows, crop_options);

/* The window at (x, y) of the picture becomes the picture. */
static seg_status cut_window(seg_augment_step *step, seg_augment_geometry *geometry, double x,
                             double y, int32_t width, int32_t height) {
    geometry->forward = seg_transform_translation(-x, -y);
    geometry->width = width;
    geometry->height = height;
    geometry->whole = true;
    SEG_TRY(seg_augment_decide(step, "x", x));
    return seg_augment_decide(step, "y", y);
}

/* Where a window of `part` may begin in `whole`; in the middle of what is too small. */
static double draw_start(seg_augment_step *step, int32_t whole, int32_t part) {
    if (part >= whole) return -floor((part - whole) / 2.0);
    return seg_draw_below(step, whole - part + 1);
}

static seg_status crop(seg_augment_step *step, seg_augment_geometry *geometry) {
    const crop_options *o = step->options;
    const double x = draw_start(step, geometry->width, o->width);
    const double y = draw_start(step, geometry->height, o->height);
    seg_sampling_set(geometry, &o->sampling);
    return cut_window(step, geometry, x, y, o->width, o->height);
}

static seg_status centre_crop(seg_augment_step *step, seg_augment_geometry *geometry) {
    const crop_options *o = step->options;
    const double x = floor((geometry->width - o->width) / 2.0);
    const double y = floor((geometry->height - o->height) / 2.0);
    seg_sampling_set(geometry, &o->sampling);
    return cut_window(step, geometry, x, y, o->width, o->height);
}

/* ---- crops that know the objects ---- */

/* The box of all that an object is. False if nothing is known. */
static bool object_box(const seg_sample *sample, const seg_object_label *object, seg_box *box) {
    if (object->kinds & SEG_LABEL_BOXES) {
        *box = object->box;
        return true;
    }
    double low[2] = {1e9, 1e9}, high[2] = {-1e9, -1e9};
    for (int32_t k = 0; k < object->polygon_count; k++) {
        const seg_polygon_span *span = &sample->polygons[object->first_polygon + k];
        for (int32_t i = 0; i < 2 * span->count; i++) {
            const double value = sample->corners[2 * (size_t)span->first + (size_t)i];
            if (value < low[i % 2]) low[i % 2] = value;
            if (value > high[i % 2]) high[i % 2] = value;
        }
    }
    if (object->kinds & SEG_LABEL_ROTATED_BOXES) { /* of the circle around: never too small */
        const seg_rotated_box *r = &object->rotated;
        const double reach = sqrt(r->width * r->width + r->height * r->height) / 2;
        const double at[2] = {r->x, r->y};
        for (int c = 0; c < 2; c++) {
            if (at[c] - reach < low[c]) low[c] = at[c] - reach;
            if (at[c] + reach > high[c]) high[c] = at[c] + reach;
        }
    }
    if (object->kinds & SEG_LABEL_RLE) {
        const seg_rle rle = {sample->runs + object->first_run, object->run_count,
                             sample->picture.width, sample->picture.height};
        const seg_rect rect = seg_rle_box(&rle);
        if (rect.width) {
            low[0] = rect.x < low[0] ? rect.x : low[0];
            low[1] = rect.y < low[1] ? rect.y : low[1];
            high[0] = rect.x + rect.width > high[0] ? rect.x + rect.width : high[0];
            high[1] = rect.y + rect.height > high[1] ? rect.y + rect.height : high[1];
        }
    }
    if (object->kinds & SEG_LABEL_INSTANCES)
        for (int32_t y = 0; y < sample->instances.height; y++) {
            const int32_t *row = seg_image_row(&sample->instances, y);
            for (int32_t x = 0; x < sample->instances.width; x++) {
                if (row[x] != object->id) continue;
                if (x < low[0]) low[0] = x;
                if (x + 1 > high[0]) high[0] = x + 1;
                if (y < low[1]) low[1] = y;
                if (y + 1 > high[1]) high[1] = y + 1;
            }
        }
    for (int32_t k = 0; k < object->point_count; k++) {
        const seg_keypoint *point = &sample->points[object->first_point + k];
        if (!point->visibility) continue;
        const double at[2] = {floor(point->x), floor(point->y)};
        for (int c = 0; c < 2; c++) {
            if (at[c] < low[c]) low[c] = at[c];
            if (at[c] + 1 > high[c]) high[c] = at[c] + 1;
        }
    }
    *box = (seg_box){low[0], low[1], high[0] - low[0], high[1] - low[1]};
    return high[0] > low[0] && high[1] > low[1];
}

typedef struct safe_options {
    size_t size;
    double p, least;
    seg_sampling sampling;
} safe_options;

static const seg_param safe_rows[] = {
    {"least", SEG_PARAM_FLOAT, offsetof(safe_options, least), "0.3", 0, 1, NULL, "",
     "each side keeps at least this share", ""},
    SEG_AUGMENT_P(safe_options, "1"),
};
SEG_AUGMENT_TABLE(safe_table, safe_rows, safe_options);

/* Draws a range of whole pixels that holds low .. high and at least `least` of 0 .. side. */
static void draw_range(seg_augment_step *step, double low, double high, double least, int32_t side,
                       int32_t *start, int32_t *length) {
    low = low > 0 ? floor(low) : 0;
    high = high < side ? ceil(high) : side;
    double first = floor(seg_draw_between(step, 0, low + 1));
    double end = high + floor(seg_draw_between(step, 0, side - high + 1));
    const double wanted = ceil(least * side);
    if (end - first < wanted) {
        first = end - wanted > 0 ? end - wanted < first ? end - wanted : first : 0;
        end = first + wanted > end ? first + wanted : end;
    }
    if (end > side) end = side;
    if (end - first < 1) end = first + 1;
    *start = (int32_t)first;
    *length = (int32_t)(end - first);
}

/* All objects stay whole. Without any it is a random crop. */
static seg_status safe_crop(seg_augment_step *step, seg_augment_geometry *geometry) {
    const safe_options *o = step->options;
    double low[2] = {geometry->width / 2.0, geometry->height / 2.0}, high[2] = {low[0], low[1]};
    bool any = false;
    for (int32_t i = 0; i < step->sample->object_count; i++) {
        seg_box box;
        if (!object_box(step->sample, &step->sample->objects[i], &box)) continue;
        if (!any || box.x < low[0]) low[0] = box.x;
        if (!any || box.y < low[1]) low[1] = box.y;
        if (!any || box.x + box.width > high[0]) high[0] = box.x + box.width;
        if (!any || box.y + box.height > high[1]) high[1] = box.y + box.height;
        any = true;
    }
    int32_t x, y, width, height;
    draw_range(step, low[0], high[0], o->least, geometry->width, &x, &width);
    draw_range(step, low[1], high[1], o->least, geometry->height, &y, &height);
    SEG_TRY(seg_augment_decide(step, "width", width));
    SEG_TRY(seg_augment_decide(step, "height", height));
    return cut_window(step, geometry, x, y, width, height);
}

/* Around the middle of one object, drawn; a random crop where there is none. */
static seg_status object_crop(seg_augment_step *step, seg_augment_geometry *geometry) {
    const crop_options *o = step->options;
    const int32_t count = step->sample->object_count;
    const int32_t index = count ? seg_draw_below(step, count) : -1;
    const double u = seg_draw_unit(step), v = seg_draw_unit(step);
    seg_box box;
    SEG_TRY(seg_augment_decide(step, "object", index));
    if (index < 0 || !object_box(step->sample, &step->sample->objects[index], &box))
        return crop(step, geometry);
    /* a point of the object lies in the middle, as far as the picture goes */
    double x = rint(box.x + u * box.width - o->width / 2.0);
    double y = rint(box.y + v * box.height - o->height / 2.0);
    const double right = geometry->width - o->width, bottom = geometry->height - o->height;
    x = right < 0 ? floor(right / 2) : x < 0 ? 0 : x > right ? right : x;
    y = bottom < 0 ? floor(bottom / 2) : y < 0 ? 0 : y > bottom ? bottom : y;
    seg_sampling_set(geometry, &o->sampling);
    return cut_window(step, geometry, x, y, o->width, o->height);
}

/* ---- new sizes ---- */

/* What maps a window to the whole of the new picture. */
static void stretch(seg_augment_geometry *geometry, double x, double y, double width,
                    double height) {
    const double a = geometry->width / width, b = geometry->height / height;
    geometry->forward = (seg_transform){{a, 0, -x * a, 0, b, -y * b, 0, 0, 1}};
}

static const seg_param resize_rows[] = {
    {"width", SEG_PARAM_INT, offsetof(crop_options, width), "224", 1, 1000000, NULL, "px",
     "of the new picture", ""},
    {"height", SEG_PARAM_INT, offsetof(crop_options, height), "224", 1, 1000000, NULL, "px",
     "of the new picture", ""},
    {"filter", SEG_PARAM_ENUM, offsetof(crop_options, sampling.filter), "area", 0, 3,
     seg_sampling_filters, "", "what lies between pixels; area: means where it shrinks", ""},
    SEG_AUGMENT_P(crop_options, "1"),
};
SEG_AUGMENT_TABLE(resize_table, resize_rows, crop_options);

static seg_status resize(seg_augment_step *step, seg_augment_geometry *geometry) {
    const crop_options *o = step->options;
    const double width = geometry->width, height = geometry->height;
    geometry->width = o->width;
    geometry->height = o->height;
    geometry->filter = (seg_warp_filter)o->sampling.filter;
    geometry->border = SEG_BORDER_REPLICATE;
    geometry->shrunk = geometry->filter == SEG_WARP_AREA && o->width <= width &&
                       o->height <= height && (o->width < width || o->height < height);
    stretch(geometry, 0, 0, width, height);
    return SEG_OK;
}

static const seg_param letterbox_rows[] = {
    {"width", SEG_PARAM_INT, offsetof(crop_options, width), "224", 1, 1000000, NULL, "px",
     "of the new picture", ""},
    {"height", SEG_PARAM_INT, offsetof(crop_options, height), "224", 1, 1000000, NULL, "px",
     "of the new picture", ""},
    {"filter", SEG_PARAM_ENUM, offsetof(crop_options, sampling.filter), "area", 0, 3,
     seg_sampling_filters, "", "what lies between pixels; area: means where it shrinks", ""},
    {"fill", SEG_PARAM_FLOAT, offsetof(crop_options, sampling.fill), "114", 0, 255, NULL,
     "8-bit level", "of the bars beside the picture", ""},
    SEG_AUGMENT_P(crop_options, "1"),
};
SEG_AUGMENT_TABLE(letterbox_table, letterbox_rows, crop_options);

static seg_status letterbox(seg_augment_step *step, seg_augment_geometry *geometry) {
    const crop_options *o = step->options;
    const double a = (double)o->width / geometry->width, b = (double)o->height / geometry->height;
    const double factor = a < b ? a : b;
    const double x = rint((o->width - factor * geometry->width) / 2);
    const double y = rint((o->height - factor * geometry->height) / 2);
    geometry->forward = (seg_transform){{factor, 0, x, 0, factor, y, 0, 0, 1}};
    geometry->width = o->width;
    geometry->height = o->height;
    geometry->filter = (seg_warp_filter)o->sampling.filter;
    geometry->fill = o->sampling.fill;
    return seg_augment_decide(step, "factor", factor);
}

typedef struct resized_options {
    size_t size;
    double p;
    int32_t width, height;
    double low, high, ratio;
    seg_sampling sampling;
} resized_options;

static const seg_param resized_rows[] = {
    {"width", SEG_PARAM_INT, offsetof(resized_options, width), "224", 1, 1000000, NULL, "px",
     "of the new picture", ""},
    {"height", SEG_PARAM_INT, offsetof(resized_options, height), "224", 1, 1000000, NULL, "px",
     "of the new picture", ""},
    {"low", SEG_PARAM_FLOAT, offsetof(resized_options, low), "0.08", 0.0001, 1, NULL, "",
     "the window's share of the picture is uniform in low .. high", ""},
    {"high", SEG_PARAM_FLOAT, offsetof(resized_options, high), "1", 0.0001, 1, NULL, "",
     "largest share", ""},
    {"ratio", SEG_PARAM_FLOAT, offsetof(resized_options, ratio), "1.3333333333333333", 1, 100, NULL,
     "", "width over height is within 1/ratio .. ratio, uniform in its logarithm", ""},
    {"filter", SEG_PARAM_ENUM, offsetof(resized_options, sampling.filter), "area", 0, 3,
     seg_sampling_filters, "", "what lies between pixels; area: means where it shrinks", ""},
    SEG_AUGMENT_P(resized_options, "1"),
};
SEG_AUGMENT_TABLE(resized_table, resized_rows, resized_options);

static seg_status check_resized(const void *options) {
    const resized_options *o = options;
    if (o->low <= o->high) return SEG_OK;
    return seg_fail(SEG_ERROR_OPTION, "low is %g, high %g (low must not be above high)", o->low,
                    o->high);
}

static seg_status resized_crop(seg_augment_step *step, seg_augment_geometry *geometry) {
    const resized_options *o = step->options;
    const double share = seg_draw_between(step, o->low, o->high), reach = seg_log_e(o->ratio);
    const double ratio = seg_exp(seg_draw_between(step, -reach, reach));
    const double area = share * geometry->width * geometry->height;
    double width = rint(sqrt(area * ratio)), height = rint(sqrt(area / ratio));
    width = width < 1 ? 1 : width < geometry->width ? width : geometry->width;
    height = height < 1 ? 1 : height < geometry->height ? height : geometry->height;
    const double x = seg_draw_below(step, geometry->width - (int32_t)width + 1);
    const double y = seg_draw_below(step, geometry->height - (int32_t)height + 1);
    geometry->width = o->width;
    geometry->height = o->height;
    geometry->filter = (seg_warp_filter)o->sampling.filter;
    geometry->border = SEG_BORDER_REPLICATE;
    stretch(geometry, x, y, width, height);
    SEG_TRY(seg_augment_decide(step, "x", x));
    SEG_TRY(seg_augment_decide(step, "y", y));
    SEG_TRY(seg_augment_decide(step, "width", width));
    return seg_augment_decide(step, "height", height);
}

SEG_AUGMENT_GEOMETRIC(crop, "crop", "a window anywhere", "", 0, crop_table, NULL);
SEG_AUGMENT_GEOMETRIC(centre_crop, "centre-crop", "the window in the middle", "", 0, crop_table,
                      NULL);
SEG_AUGMENT_GEOMETRIC(safe_crop, "safe-crop", "a window that holds all objects whole", "", 0,
                      safe_table, NULL);
SEG_AUGMENT_GEOMETRIC(object_crop, "object-crop", "a window around a point of one object", "", 0,
                      crop_table, NULL);
SEG_AUGMENT_GEOMETRIC(resize, "resize", "a new size", "", 0, resize_table, NULL);
SEG_AUGMENT_GEOMETRIC(letterbox, "letterbox", "a new size with the old proportions, and bars", "",
                      0, letterbox_table, NULL);
SEG_AUGMENT_GEOMETRIC(resized_crop, "resized-crop",
                      "a window anywhere, of any size, brought to one size",
                      "C. Szegedy et al., \"Going deeper with convolutions\", CVPR", 2015,
                      resized_table, check_resized);
