/*
 * Post operations as methods: open, close, dilate, erode, gradient and hats, fill-holes, min-area,
 * max-area, largest. Each takes a mask (U8, non-zero = foreground) or a label picture (LABEL32) as
 * the frame's image and fills result->mask or result->labels. Area filters look at the connected
 * components of a mask, and at the labels of a label picture as they are.
 *
 * What is asked for beyond the kind of the input is derived from it: the mask of labels, and the
 * labels of a mask (its 8-connected components).
 */
#include "core/check.h"
#include "imgproc/fill_holes.h"
#include "imgproc/label_operations.h"
#include "imgproc/rows.h"
#include "imgproc/still_method.h"
#include "methods.h"

#include <string.h>

typedef seg_status (*mask_function)(seg_image *target, const seg_image *mask, const void *options,
                                    seg_scratch *scratch);
typedef mask_function labels_function;

static seg_status derive_mask(seg_image *mask, const seg_image *labels) {
    for (int32_t y = 0; y < labels->height; y++) {
        const int32_t *row = seg_image_row(labels, y);
        uint8_t *out = seg_image_row(mask, y);
        for (int32_t x = 0; x < labels->width; x++)
            out[x] = row[x] > 0 ? 255 : 0;
    }
    return SEG_OK;
}

static seg_status need_mask(seg_result *result, const seg_image *like, const seg_env *env) {
    SEG_TRY(seg_image_reuse(&result->mask, like->width, like->height, SEG_U8, 1, env));
    result->mask.colour = SEG_COLOUR_DATA;
    result->outputs |= SEG_OUTPUT_MASK;
    return SEG_OK;
}

static seg_status need_labels(seg_result *result, const seg_image *like, const seg_env *env) {
    SEG_TRY(seg_image_reuse(&result->labels, like->width, like->height, SEG_LABEL32, 1, env));
    result->outputs |= SEG_OUTPUT_LABELS;
    return SEG_OK;
}

/* Runs the function of the input's kind. */
static seg_status apply_to(void *state, const seg_frame *frame, uint32_t wanted, seg_result *result,
                           mask_function on_mask, labels_function on_labels) {
    seg_still *still = seg_still_begin(state);
    const seg_image *image = &frame->image;
    const seg_env *env = &still->env;
    if (seg_image_empty(image))
        return seg_fail(SEG_ERROR_ARGUMENT, "the frame has no image; give a mask or labels there");
    if (image->format == SEG_LABEL32) {
        SEG_TRY(need_labels(result, image, env));
        SEG_TRY(seg_check_apart(&result->labels, "the result", image, "the frame's image"));
        SEG_TRY(on_labels(&result->labels, image, still->options, &still->scratch));
        if (!(wanted & SEG_OUTPUT_MASK)) return SEG_OK;
        SEG_TRY(need_mask(result, image, env));
        return derive_mask(&result->mask, &result->labels);
    }
    SEG_TRY(need_mask(result, image, env));
    SEG_TRY(on_mask(&result->mask, image, still->options, &still->scratch));
    if (!(wanted & SEG_OUTPUT_LABELS)) return SEG_OK;
    SEG_TRY(need_labels(result, image, env));
    return seg_components(&result->labels, NULL, NULL, &result->mask, 8, env);
}

/* What all of these methods have in common. */
#define POST_METHOD(name, id_text, title_text, reference_text, publication_year)                   \
    const seg_method seg_method_##name = {                                                         \
        .id = id_text,                                                                             \
        .title = title_text,                                                                       \
        .family = "morphology",                                                                    \
        .reference = reference_text,                                                               \
        .year = publication_year,                                                                  \
        .formats = SEG_FORMAT_BIT(SEG_U8) | SEG_FORMAT_BIT(SEG_LABEL32),                           \
        .channels = SEG_CHANNELS_1,                                                                \
        .input = SEG_INPUT_MASK | SEG_INPUT_LABELS,                                                \
        .outputs = SEG_OUTPUT_MASK | SEG_OUTPUT_LABELS,                                            \
        .params = &name##_params,                                                                  \
        .create = name##_create,                                                                   \
        .apply = name##_apply,                                                                     \
        .free = seg_still_free,                                                                    \
    }

/* --- morphology -------------------------------------------------------------------------- */

typedef struct element_options {
    size_t size;
    int32_t side;
    int32_t element; /* seg_element */
} element_options;

static const char *const element_names[] = {"square", "disk", "cross", "ellipse", NULL};

static const seg_param element_rows[] = {
    {"side", SEG_PARAM_INT, offsetof(element_options, side), "3", 1, SEG_ELEMENT_MAX_SIDE,
     seg_odd_names, "px", "Side of the element.", "B"},
    {"element", SEG_PARAM_ENUM, offsetof(element_options, element), "square", 0, 3, element_names,
     "", "Shape of the element; a disk has the pixels within side/2 rounded down of its centre.",
     ""},
};

static const seg_param_table element_params = {
    element_rows, sizeof element_rows / sizeof *element_rows, sizeof(element_options)};

static seg_status element_create(void **state, const void *options, const seg_env *env) {
    return seg_still_create(state, &element_params, options, env);
}

#define ELEMENT_METHOD(name, id_text, title_text, operation)                                       \
    static seg_status name##_mask(seg_image *target, const seg_image *mask, const void *options,   \
                                  seg_scratch *scratch) {                                          \
        const element_options *given = options;                                                    \
        return seg_morphology_mask_with(target, mask, operation, (seg_element)given->element,      \
                                        given->side, scratch);                                     \
    }                                                                                              \
    static seg_status name##_labels(seg_image *target, const seg_image *labels,                    \
                                    const void *options, seg_scratch *scratch) {                   \
        const element_options *given = options;                                                    \
        return seg_labels_morphology(target, labels, operation, (seg_element)given->element,       \
                                     given->side, scratch);                                        \
    }                                                                                              \
    static seg_status name##_apply(void *state, const seg_frame *frame, uint32_t wanted,           \
                                   seg_result *result) {                                           \
        return apply_to(state, frame, wanted, result, name##_mask, name##_labels);                 \
    }                                                                                              \
    POST_METHOD(name, id_text, title_text,                                                         \
                "J. Serra, \"Image Analysis and Mathematical Morphology\", Academic Press", 1982)

#define open_params element_params
#define close_params element_params
#define dilate_params element_params
#define erode_params element_params
#define morph_gradient_params element_params
#define top_hat_params element_params
#define black_hat_params element_params
#define open_create element_create
#define close_create element_create
#define dilate_create element_create
#define erode_create element_create
#define morph_gradient_create element_create
#define top_hat_create element_create
#define black_hat_create element_create

ELEMENT_METHOD(open, "open", "remove what is smaller than the element", SEG_MORPH_OPEN);
ELEMENT_METHOD(close, "close", "close gaps smaller than the element", SEG_MORPH_CLOSE);
ELEMENT_METHOD(dilate, "dilate", "grow by the element", SEG_MORPH_DILATE);
ELEMENT_METHOD(erode, "erode", "shrink by the element", SEG_MORPH_ERODE);
ELEMENT_METHOD(morph_gradient, "morph-gradient", "border, on both sides of it", SEG_MORPH_GRADIENT);
ELEMENT_METHOD(top_hat, "top-hat", "what is smaller than the element", SEG_MORPH_TOP_HAT);
ELEMENT_METHOD(black_hat, "black-hat", "gaps smaller than the element", SEG_MORPH_BLACK_HAT);

/* --- holes ------------------------------------------------------------------------------- */

typedef struct holes_options {
    size_t size;
    int32_t max_area;
} holes_options;

static const seg_param holes_rows[] = {
    {"max-area", SEG_PARAM_INT, offsetof(holes_options, max_area), "0", 0, INT32_MAX, NULL, "px",
     "Largest hole that is filled; 0 = any.", ""},
};

static const seg_param_table fill_holes_params = {
    holes_rows, sizeof holes_rows / sizeof *holes_rows, sizeof(holes_options)};

static seg_status fill_holes_create(void **state, const void *options, const seg_env *env) {
    return seg_still_create(state, &fill_holes_params, options, env);
}

static seg_status fill_holes_mask(seg_image *target, const seg_image *mask, const void *options,
                                  seg_scratch *scratch) {
    const holes_options *given = options;
    return seg_fill_holes_with(target, mask, given->max_area, scratch);
}

static seg_status fill_holes_labels(seg_image *target, const seg_image *labels, const void *options,
                                    seg_scratch *scratch) {
    const holes_options *given = options;
    return seg_labels_fill_holes(target, labels, given->max_area, scratch);
}

static seg_status fill_holes_apply(void *state, const seg_frame *frame, uint32_t wanted,
                                   seg_result *result) {
    return apply_to(state, frame, wanted, result, fill_holes_mask, fill_holes_labels);
}

POST_METHOD(fill_holes, "fill-holes", "fill background that is enclosed", "", 0);

/* --- areas ------------------------------------------------------------------------------- */

typedef struct area_options {
    size_t size;
    int32_t limit; /* area, or how many */
    int32_t connectivity;
} area_options;

#define CONNECTIVITY_ROW                                                                           \
    {                                                                                              \
        "connectivity", SEG_PARAM_INT, offsetof(area_options, connectivity), "8", 4, 8,            \
            seg_connectivity_names, "", "Neighbours that connect the components of a mask.", ""    \
    }

static const seg_param min_area_rows[] = {
    {"area", SEG_PARAM_INT, offsetof(area_options, limit), "50", 0, INT32_MAX, NULL, "px",
     "Smallest area that stays.", ""},
    CONNECTIVITY_ROW,
};

static const seg_param max_area_rows[] = {
    {"area", SEG_PARAM_INT, offsetof(area_options, limit), "2147483647", 0, INT32_MAX, NULL, "px",
     "Largest area that stays.", ""},
    CONNECTIVITY_ROW,
};

static const seg_param largest_rows[] = {
    {"count", SEG_PARAM_INT, offsetof(area_options, limit), "1", 1, INT32_MAX, NULL, "",
     "How many of the largest stay.", ""},
    CONNECTIVITY_ROW,
};

static const seg_param_table min_area_params = {min_area_rows, 2, sizeof(area_options)};
static const seg_param_table max_area_params = {max_area_rows, 2, sizeof(area_options)};
static const seg_param_table largest_params = {largest_rows, 2, sizeof(area_options)};

static seg_status area_create(void **state, const seg_param_table *params, const void *options,
                              const seg_env *env) {
    return seg_still_create(state, params, options, env);
}

static seg_status filter_mask(seg_image *target, const seg_image *mask, int32_t connectivity,
                              const seg_area_filter *filter, seg_scratch *scratch) {
    seg_bitmap bitmap, kept;
    seg_runs runs;
    SEG_TRY(seg_bitmap_pack(&bitmap, mask, false, scratch));
    SEG_TRY(seg_runs_label(&runs, &bitmap, connectivity, scratch));
    const size_t count = (size_t)runs.components;
    int64_t *areas = seg_scratch_take(scratch, count, sizeof *areas, "areas");
    bool *keep = seg_scratch_take(scratch, count, sizeof *keep, "kept components");
    if (!areas || !keep) return SEG_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++)
        areas[i] = runs.measures[i].area;
    SEG_TRY(seg_area_filter_apply(keep, areas, runs.components, filter, scratch));
    kept = bitmap; /* in place: the runs say all there is to know */
    for (int32_t strip = 0; strip < runs.strips; strip++) {
        for (int32_t i = 0; i < runs.count[strip]; i++) {
            const uint32_t number = runs.first[strip] + (uint32_t)i;
            const seg_bits_run run = runs.runs[number];
            if (keep[seg_runs_of(&runs, number) - 1]) continue;
            const int32_t y = strip * runs.strip_rows;
            for (int32_t dy = 0; dy < runs.strip_rows && y + dy < kept.height; dy++)
                seg_bitmap_span(seg_bitmap_row(&kept, y + dy), run.start, run.end, false);
        }
    }
    return seg_bitmap_unpack(target, &kept, &scratch->env);
}

#define AREA_METHOD(name, id_text, title_text, ...)                                                \
    static seg_status name##_create(void **state, const void *options, const seg_env *env) {       \
        return area_create(state, &name##_params, options, env);                                   \
    }                                                                                              \
    static seg_status name##_mask(seg_image *target, const seg_image *mask, const void *options,   \
                                  seg_scratch *scratch) {                                          \
        const area_options *given = options;                                                       \
        const seg_area_filter filter = __VA_ARGS__;                                                \
        return filter_mask(target, mask, given->connectivity, &filter, scratch);                   \
    }                                                                                              \
    static seg_status name##_labels(seg_image *target, const seg_image *labels,                    \
                                    const void *options, seg_scratch *scratch) {                   \
        const area_options *given = options;                                                       \
        const seg_area_filter filter = __VA_ARGS__;                                                \
        return seg_labels_filter(target, labels, &filter, scratch);                                \
    }                                                                                              \
    static seg_status name##_apply(void *state, const seg_frame *frame, uint32_t wanted,           \
                                   seg_result *result) {                                           \
        return apply_to(state, frame, wanted, result, name##_mask, name##_labels);                 \
    }                                                                                              \
    POST_METHOD(name, id_text, title_text, "", 0)

AREA_METHOD(min_area, "min-area", "remove what is smaller than an area",
            {given->limit, INT64_MAX, 0});
AREA_METHOD(max_area, "max-area", "remove what is larger than an area", {0, given->limit, 0});
AREA_METHOD(largest, "largest", "keep the largest", {0, INT64_MAX, given->limit});
