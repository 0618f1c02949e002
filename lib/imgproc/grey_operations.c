/*
 * Grey morphology as methods, picture to picture, for chains before a method: grey-open(15),
 * grey-top-hat(side=31,element=ellipse). In such a chain open(15) means the same
 * (pipeline/chain.c).
 */
#include "core/check.h"
#include "core/frame_picture.h"
#include "imgproc/bitmap.h"
#include "imgproc/grey_morphology.h"
#include "imgproc/still_method.h"
#include "methods.h"

typedef struct grey_options {
    size_t size;
    int32_t side, height;
    int32_t element; /* seg_element */
    double angle;
} grey_options;

static const char *const element_names[] = {"square", "disk", "cross", "ellipse", "line", NULL};

static const seg_param rows[] = {
    {"side", SEG_PARAM_INT, offsetof(grey_options, side), "3", 1, SEG_ELEMENT_MAX_SIDE, NULL, "px",
     "Width of the element, or length of a line; odd for disk, cross and line.", "B"},
    {"side-down", SEG_PARAM_INT, offsetof(grey_options, height), "0", 0, SEG_ELEMENT_MAX_SIDE, NULL,
     "px", "Height of a square or ellipse; 0 = as its width.", ""},
    {"element", SEG_PARAM_ENUM, offsetof(grey_options, element), "square", 0, 4, element_names, "",
     "Shape of the element; a disk has the pixels within side/2 rounded down of its centre.", ""},
    {"angle", SEG_PARAM_FLOAT, offsetof(grey_options, angle), "0", -360, 360, NULL, "degrees",
     "Of a line, counter-clockwise from the row.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(grey_options)};

static seg_structure structure_of(const grey_options *options) {
    seg_structure structure = {.element = options->element, .angle = options->angle};
    structure.width = options->side;
    structure.height = options->height;
    if (options->element == SEG_ELEMENT_LINE) structure.height = 0;
    return structure;
}

static seg_status create(void **state, const void *options, const seg_env *env) {
    SEG_TRY(seg_still_create(state, &params, options, env));
    const seg_structure structure = structure_of(((const seg_still *)*state)->options);
    const seg_status status = seg_structure_check(&structure, SEG_ERROR_OPTION);
    if (status >= 0) return SEG_OK;
    seg_still_free(*state);
    *state = NULL;
    return status;
}

static seg_status apply(void *state, const seg_frame *frame, seg_morphology operation,
                        seg_result *result) {
    seg_still *still = seg_still_begin(state);
    const seg_image *source = seg_frame_picture(frame);
    const seg_structure structure = structure_of(still->options);
    SEG_TRY(seg_check_image(source, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_image_reuse(&result->picture, source->width, source->height,
                            (seg_format)source->format, source->channels, &still->env));
    result->outputs |= SEG_OUTPUT_PICTURE;
    return seg_morphology_picture_with(&result->picture, source, operation, &structure,
                                       &still->scratch);
}

#define GREY_METHOD(name, id_text, title_text, operation)                                          \
    static seg_status name##_apply(void *state, const seg_frame *frame, uint32_t wanted,           \
                                   seg_result *result) {                                           \
        (void)wanted;                                                                              \
        return apply(state, frame, operation, result);                                             \
    }                                                                                              \
    const seg_method seg_method_grey_##name = {                                                    \
        .id = id_text,                                                                             \
        .title = title_text,                                                                       \
        .family = "filter",                                                                        \
        .reference = "M. van Herk, A fast algorithm for local minimum and maximum filters on "     \
                     "rectangular and octagonal kernels, Pattern Recognition Letters 13",          \
        .year = 1992,                                                                              \
        .formats = SEG_ANY_PICTURE,                                                                \
        .channels = SEG_CHANNELS_ANY,                                                              \
        .input = SEG_INPUT_PICTURE,                                                                \
        .outputs = SEG_OUTPUT_PICTURE,                                                             \
        .needs = SEG_NEED_COLOUR,                                                                  \
        .params = &params,                                                                         \
        .create = create,                                                                          \
        .apply = name##_apply,                                                                     \
        .free = seg_still_free,                                                                    \
    }

GREY_METHOD(erode, "grey-erode", "least over an element", SEG_MORPH_ERODE);
GREY_METHOD(dilate, "grey-dilate", "most over an element", SEG_MORPH_DILATE);
GREY_METHOD(open, "grey-open", "remove what is lighter and smaller", SEG_MORPH_OPEN);
GREY_METHOD(close, "grey-close", "remove what is darker and smaller", SEG_MORPH_CLOSE);
GREY_METHOD(gradient, "grey-gradient", "most less least", SEG_MORPH_GRADIENT);
GREY_METHOD(top_hat, "grey-top-hat", "what is lighter and smaller", SEG_MORPH_TOP_HAT);
GREY_METHOD(black_hat, "grey-black-hat", "what is darker and smaller", SEG_MORPH_BLACK_HAT);
