/*
 * Flood fill: what hangs together with a place and is like it. For plain grounds, and as the magic
 * wand of a program for drawing.
 *
 * Folklore; A. R. Smith, "Tint fill", SIGGRAPH, 1979. The fill of OpenCV's floodFill with equal
 * tolerances up and down, of several seeds one after the other.
 *
 * Symbols: g(x) value of pixel x, s a seed, T `tolerance`; differences are the largest over the
 * colours, alpha is left out.
 *   fixed     x is taken if |g(x) - g(s)| <= T (of a label of a seed picture: its mean)
 *   floating  x is taken from its neighbour y if |g(x) - g(y)| <= T
 *
 * Steps: as region-grow by seed and by neighbour, but regions may overlap: the mask is what any of
 * them reaches. Cost: about 1 ns a pixel; about 1.5 bytes a pixel beyond input and output. Known
 * failures: floating leaks through one soft spot of an edge; fixed stops in shading.
 */
#include <segment/region.h>

#include "core/bands.h"
#include "core/check.h"
#include "core/frame_picture.h"
#include "imgproc/rows.h"
#include "imgproc/samples.h"
#include "imgproc/still_method.h"
#include "kernels/pixel.h"
#include "methods.h"
#include "region/growth_flood.h"

#include <string.h>

static const char *const range_names[] = {"fixed", "floating", NULL};

static const seg_param rows[] = {
    {"seeds", SEG_PARAM_SEEDS, offsetof(seg_flood_options, seeds), "auto", 0, 0, NULL, "px",
     "Places x,y;x,y to fill from, or a picture of labels or of a mask; auto = 0,0.", "s"},
    {"tolerance", SEG_PARAM_LEVEL, offsetof(seg_flood_options, tolerance), "20", 0, 255, NULL,
     "8-bit level",
     "Largest difference that is filled: 20, 8%, 500raw; p90 and auto (= auto:noise) are of the "
     "differences between neighbouring pixels.",
     "T"},
    {"range", SEG_PARAM_ENUM, offsetof(seg_flood_options, range), "fixed", 0, 1, range_names, "",
     "What a pixel must be like: the seed, or the neighbour that it is reached from.", ""},
    {"connectivity", SEG_PARAM_INT, offsetof(seg_flood_options, connectivity), "4", 4, 8,
     seg_connectivity_names, "", "Neighbours of a pixel.", ""},
    {"invert", SEG_PARAM_BOOL, offsetof(seg_flood_options, invert), "false", 0, 1, NULL, "",
     "What is not reached is foreground: things on a plain ground.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(seg_flood_options)};

void seg_flood_options_init(seg_flood_options *options) {
    seg_params_init(options, &params);
}

/* Writes the first region, and nothing everywhere else. */
static void write_first(const seg_image *mask, const seg_flooding *flood) {
    const size_t width = (size_t)mask->width;
    for (int32_t y = 0; y < mask->height; y++) {
        uint8_t *row = seg_image_row(mask, y);
        if (y < flood->top || y > flood->bottom || !flood->rows[y].touched)
            memset(row, 0, width);
        else
            flood->bits->unpack(row, seg_bitmap_row(&flood->filled, y), mask->width);
    }
}

/* Adds another one; `line` is a row. */
static void write_more(const seg_image *mask, const seg_flooding *flood, uint8_t *line) {
    for (int32_t y = flood->top; y <= flood->bottom; y++) {
        uint8_t *row = seg_image_row(mask, y);
        if (!flood->rows[y].touched) continue;
        flood->bits->unpack(line, seg_bitmap_row(&flood->filled, y), mask->width);
        for (int32_t x = 0; x < mask->width; x++)
            row[x] |= line[x];
    }
}

static seg_status fill(seg_image *mask, int64_t *pixels, seg_growth *growth) {
    seg_flooding flood;
    seg_grow_range *ranges = NULL;
    SEG_TRY(seg_flooding_take(&flood, growth));
    if (growth->criterion == SEG_GROW_SEED) SEG_TRY(seg_growth_ranges(growth, &ranges));
    uint8_t *line = seg_scratch_take(growth->scratch, (size_t)mask->width, 1, "a row of a region");
    if (!line) return SEG_ERROR_MEMORY;
    *pixels = 0;
    flood.top = mask->height;
    flood.bottom = -1;
    if (!growth->seed_count) write_first(mask, &flood);
    for (size_t first = 0, end; first < growth->seed_count; first = end) {
        end = seg_growth_seeds_end(growth, first);
        SEG_TRY(seg_progress(&growth->scratch->env, (double)first / (double)growth->seed_count));
        seg_flooding_region(&flood, ranges ? &ranges[growth->seeds[first].index] : NULL, first,
                            end);
        if (first)
            write_more(mask, &flood, line);
        else
            write_first(mask, &flood);
        *pixels += seg_flooding_sweep(&flood);
    }
    return SEG_OK;
}

/* The opposite; what is blocked stays out of the mask. */
static void turn(const seg_image *mask, const seg_growth *growth) {
    for (int32_t y = 0; y < mask->height; y++) {
        uint8_t *row = seg_image_row(mask, y);
        for (int32_t x = 0; x < mask->width; x++)
            row[x] = seg_growth_blocked(growth, x, y) ? 0 : (uint8_t)~row[x];
    }
}

static int64_t count_set(const seg_image *mask) {
    const seg_pixel_kernels *kernels = seg_pixel_kernels_get();
    int64_t pixels = 0;
    for (int32_t y = 0; y < mask->height; y++)
        pixels += (int64_t)kernels->count_set(seg_image_row(mask, y), (size_t)mask->width);
    return pixels;
}

static seg_status flood_picture(seg_image *mask, double *share, const seg_image *picture,
                                const seg_image *ignore, const seg_image *markers,
                                const seg_flood_options *options, seg_scratch *scratch) {
    const seg_image size = {.width = picture->width, .height = picture->height};
    seg_growth growth = {.labels = size, .scratch = scratch};
    int64_t pixels;
    const seg_point corner = {0, 0};
    const seg_seeds first = {.kind = SEG_SEEDS_POINTS, .count = 1, .points = &corner};
    const bool automatic = options->seeds.kind == SEG_SEEDS_AUTO;
    growth.criterion = options->range == SEG_FLOOD_FIXED ? SEG_GROW_SEED : SEG_GROW_NEIGHBOUR;
    growth.connectivity = options->connectivity;
    mask->colour = SEG_COLOUR_DATA;
    SEG_TRY(seg_check_apart(mask, "mask", picture, "picture"));
    SEG_TRY(seg_growth_prepare(&growth, picture, ignore));
    SEG_TRY(seg_growth_seeds(&growth, automatic ? &first : &options->seeds, markers));
    SEG_TRY(seg_growth_set_tolerance(&growth, &options->tolerance, picture->format));
    SEG_TRY(fill(mask, &pixels, &growth));
    if (options->invert) turn(mask, &growth);
    /* seeds may overlap */
    if (options->invert || growth.count > 1) pixels = count_set(mask);
    *share = (double)pixels / ((double)mask->width * mask->height);
    return SEG_OK;
}

seg_status seg_flood(seg_image *mask, const seg_image *picture, const seg_image *ignore,
                     const seg_image *markers, const seg_flood_options *options,
                     const seg_env *env) {
    seg_flood_options defaults;
    double share;
    seg_flood_options_init(&defaults);
    if (!options) options = &defaults;
    SEG_TRY(seg_params_check(options, &params));
    SEG_TRY(seg_growth_check(picture, ignore, markers));
    SEG_TRY(seg_image_ensure(mask, picture->width, picture->height, SEG_U8, 1, env));
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status =
        flood_picture(mask, &share, picture, ignore, markers, options, &scratch);
    seg_scratch_free(&scratch);
    return status;
}

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_still_create(state, &params, options, env);
}

static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted, seg_result *result) {
    seg_still *still = seg_still_begin(state);
    const seg_image *picture = seg_frame_picture(frame);
    double share;
    (void)wanted;
    SEG_TRY(
        seg_image_reuse(&result->mask, picture->width, picture->height, SEG_U8, 1, &still->env));
    SEG_TRY(flood_picture(&result->mask, &share, picture, &frame->ignore, &frame->markers,
                          still->options, &still->scratch));
    result->outputs |= SEG_OUTPUT_MASK;
    seg_result_decide(result, "foreground", share, "share");
    return SEG_OK;
}

const seg_method seg_method_flood = {
    .id = "flood",
    .title = "flood fill from seeds",
    .family = "region",
    .reference = "A. R. Smith, Tint fill, SIGGRAPH",
    .year = 1979,
    .formats = SEG_ANY_PICTURE,
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_PICTURE,
    .outputs = SEG_OUTPUT_MASK,
    .needs = SEG_NEED_COLOUR | SEG_NEED_SEEDS,
    .params = &params,
    .create = create,
    .apply = apply,
    .free = seg_still_free,
};
