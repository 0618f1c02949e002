/*
 * Splitting objects that touch: a mask becomes labels, one for each bulge of its objects. Of labels
 * all that have one are objects, whichever it is.
 *
 * The distance to the background has a maximum in the middle of each bulge; those that stand out by
 * more than h are objects, and the watershed of the distance parts them where they are narrowest.
 * L. Vincent, P. Soille, "Watersheds in digital spaces: an efficient algorithm based on immersion
 * simulations", IEEE Trans. PAMI 13(6), 1991; the flooding is Meyer's (imgproc/flooding.c).
 *
 * Objects that are nowhere deeper than h are dropped: at 1 px those are specks and threads.
 *
 * Cost: some 30 ns a pixel, more within objects. Known failures: long objects of uneven width fall
 * into pieces (more h), small ones that overlap much stay one (less h).
 */
#include "core/check.h"
#include "imgproc/flooding.h"
#include "imgproc/grey_morphology.h"
#include "imgproc/markers.h"
#include "imgproc/rows.h"
#include "imgproc/samples.h"
#include "imgproc/still_method.h"
#include "methods.h"

typedef struct split_options {
    size_t size;
    double h;
    int32_t connectivity;
} split_options;

static const seg_param rows[] = {
    {"h", SEG_PARAM_FLOAT, offsetof(split_options, h), "1", 0, 1000, NULL, "px",
     "How much wider than the neck between them both parts of an object are, in distance to the "
     "background; what is less than that all over is dropped.",
     "h"},
    {"connectivity", SEG_PARAM_INT, offsetof(split_options, connectivity), "8", 4, 8,
     seg_connectivity_names, "", "Neighbours of a pixel.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(split_options)};

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_still_create(state, &params, options, env);
}

static seg_status split(const seg_image *labels, const seg_image *mask,
                        const split_options *options, seg_scratch *scratch) {
    seg_image surface, background, objects;
    double scale;
    int32_t count;
    SEG_TRY(seg_scratch_image(&surface, mask, SEG_U16, 1, scratch));
    SEG_TRY(seg_scratch_image(&background, mask, SEG_U8, 1, scratch));
    SEG_TRY(seg_scratch_image(&objects, mask, SEG_U8, 1, scratch));
    for (int32_t y = 0; y < mask->height; y++) {
        const uint8_t *row = seg_image_row(mask, y);
        const int32_t *wide = seg_image_row(mask, y);
        uint8_t *inside = seg_image_row(&objects, y), *out = seg_image_row(&background, y);
        for (int32_t x = 0; x < mask->width; x++) {
            inside[x] = (mask->format == SEG_U8 ? row[x] != 0 : wide[x] > 0) ? 255 : 0;
            out[x] = (uint8_t)(255 - inside[x]);
        }
    }
    SEG_TRY(seg_distance_surface(&surface, &scale, &objects, scratch));
    SEG_TRY(seg_label_minima(labels, &count, &surface, &background, options->h * scale, true,
                             options->connectivity, scratch));
    const seg_flooding flooding = {.surface = &surface,
                                   .markers = labels,
                                   .blocked = &background,
                                   .connectivity = options->connectivity};
    SEG_TRY(seg_flood_labels(labels, &flooding, scratch));
    return seg_labels_renumber(labels, count, scratch);
}

static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted, seg_result *result) {
    seg_still *still = seg_still_begin(state);
    const seg_image *mask = &frame->image;
    (void)wanted;
    if (seg_image_empty(mask))
        return seg_fail(SEG_ERROR_ARGUMENT, "the frame has no image; give a mask or labels there");
    SEG_TRY(
        seg_image_reuse(&result->labels, mask->width, mask->height, SEG_LABEL32, 1, &still->env));
    SEG_TRY(seg_check_apart(&result->labels, "the result", mask, "the frame's image"));
    SEG_TRY(split(&result->labels, mask, still->options, &still->scratch));
    result->outputs |= SEG_OUTPUT_LABELS;
    return SEG_OK;
}

const seg_method seg_method_split = {
    .id = "split",
    .title = "part objects that touch, by the watershed of the distance",
    .family = "morphology",
    .reference = "L. Vincent, P. Soille, Watersheds in digital spaces: an efficient algorithm "
                 "based on immersion simulations, IEEE Trans. PAMI 13(6)",
    .year = 1991,
    .formats = SEG_FORMAT_BIT(SEG_U8) | SEG_FORMAT_BIT(SEG_LABEL32),
    .channels = SEG_CHANNELS_1,
    .input = SEG_INPUT_MASK | SEG_INPUT_LABELS,
    .outputs = SEG_OUTPUT_LABELS,
    .params = &params,
    .create = create,
    .apply = apply,
    .free = seg_still_free,
};
