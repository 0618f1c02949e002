/*
 * Watershed: a surface is flooded from markers; regions end where floods meet. For regions that
 * edges enclose, and for parting objects that touch.
 *
 * F. Meyer, "Un algorithme optimal pour la ligne de partage des eaux", 8th congress AFCET, 1991;
 * compactness: P. Neubert, P. Protzel, "Compact watershed and preemptive SLIC", ICPR 2014.
 *
 * Symbols: f `surface`, h `h` (dynamics of the minima), C `compactness`.
 *
 * Steps: 1. the surface in 8 or 16 bits (f32 as 16): the gradient, the picture, its negative, or
 * 65535 - 64 times the distance to the background of Otsu's mask, in which each object then has its
 * own level (imgproc/half_level.c); 2. markers as given, or the
 * minima of f that are deeper than h (imgproc/markers.c); 3. flooding by an ordered queue
 * (imgproc/flooding.c). Nothing depends on threads: flooding runs in one.
 *
 * Cost: about 15 ns a pixel and 12 bytes with markers; automatic ones take as much again. Known
 * failures: without h every speck of noise is a region; floods leak through gaps of an edge; a
 * marker that is forgotten costs a region.
 */
#include <segment/region.h>

#include "core/bands.h"
#include "core/check.h"
#include "core/frame_picture.h"
#include "imgproc/flooding.h"
#include "imgproc/grey_morphology.h"
#include "imgproc/half_level.h"
#include "imgproc/histogram.h"
#include "imgproc/input.h"
#include "imgproc/markers.h"
#include "imgproc/rows.h"
#include "imgproc/samples.h"
#include "imgproc/still_method.h"
#include "kernels/morphology.h"
#include "methods.h"

#include <string.h>

static const char *const surface_names[] = {"gradient", "picture", "negative", "distance", NULL};

static const seg_param rows[] = {
    {"seeds", SEG_PARAM_SEEDS, offsetof(seg_watershed_options, seeds), "auto", 0, 0, NULL, "px",
     "Markers: points x,y;x,y (labels 1, 2, ...), a picture of labels or of a mask, or auto, deep "
     "minima.",
     ""},
    {"surface", SEG_PARAM_ENUM, offsetof(seg_watershed_options, surface), "gradient", 0, 3,
     surface_names, "",
     "What is flooded: gradient, picture (dark regions), negative (light ones), or distance to the "
     "background of Otsu's mask, where each object has a level of its own (objects that touch).",
     "f"},
    {"h", SEG_PARAM_FLOAT, offsetof(seg_watershed_options, h), "10", 0, 255, NULL, "8-bit level",
     "Minima no deeper than it are no markers.", "h"},
    {"h-distance", SEG_PARAM_FLOAT, offsetof(seg_watershed_options, h_distance), "1", 0, 1000, NULL,
     "px", "The same for the surface distance.", "h"},
    {"compactness", SEG_PARAM_FLOAT, offsetof(seg_watershed_options, compactness), "0", 0, 1000,
     NULL, "8-bit levels / px", "What a pixel of distance to the marker adds; 0 = nothing.", "C"},
    {"line", SEG_PARAM_BOOL, offsetof(seg_watershed_options, line), "false", 0, 1, NULL, "",
     "Pixels where regions meet stay 0.", ""},
    {"connectivity", SEG_PARAM_INT, offsetof(seg_watershed_options, connectivity), "4", 4, 8,
     seg_connectivity_names, "", "Neighbours of a pixel.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_watershed_options)};

void seg_watershed_options_init(seg_watershed_options *options) {
    seg_params_init(options, &params);
}

typedef struct watershed {
    const seg_watershed_options *options;
    seg_image labels;  /* a header, without owner */
    seg_image sources; /* where the flooding begins: in the labels, or as they are given */
    seg_image picture; /* U8 or U16 */
    seg_image surface, blocked;
    double h; /* in samples of the surface */
    bool automatic;
    int32_t markers;
    seg_scratch *scratch;
} watershed;

/* ---- the surface ---- */

/* The gradient at work: rows with a pixel more on either side, where the edge is repeated. */
typedef struct slope {
    const watershed *w;
    const seg_fold_kernels *least, *most;
    size_t step, bytes, count; /* bytes of a pixel; of a row; its samples */
    uint8_t *memory;           /* of each worker: three rows */
    size_t pitch;
} slope;

static void continue_row(const slope *job, uint8_t *row) {
    memcpy(row, row + job->step, job->step);
    memcpy(row + job->step + job->bytes, row + job->bytes, job->step);
}

/* out = the fold of three rows, and of three pixels in them. */
static void fold_nine(const slope *job, const seg_fold_kernels *fold, uint8_t *out, uint8_t *line,
                      int32_t y) {
    const seg_image *picture = &job->w->picture;
    const int32_t above = y > 0 ? y - 1 : y, below = y + 1 < picture->height ? y + 1 : y;
    uint8_t *middle = line + job->step;
    fold->fold(middle, seg_image_row(picture, above), seg_image_row(picture, below), job->count);
    fold->gather(middle, seg_image_row(picture, y), job->count);
    continue_row(job, line);
    fold->fold(out, line, middle, job->count);
    fold->gather(out, middle + job->step, job->count);
}

#define LARGEST_OF(type, suffix)                                                                   \
    static void largest_of_##suffix(type *restrict out, const type *high, const type *low,         \
                                    int32_t width, int32_t channels) {                             \
        for (int32_t x = 0; x < width; x++, high += channels, low += channels) {                   \
            type most = (type)(high[0] - low[0]);                                                  \
            for (int32_t c = 1; c < (channels < 3 ? 1 : 3); c++) {                                 \
                const type rise = (type)(high[c] - low[c]);                                        \
                most = rise > most ? rise : most;                                                  \
            }                                                                                      \
            out[x] = most;                                                                         \
        }                                                                                          \
    }                                                                                              \
    static void largest_row_##suffix(type *out, const type *high, const type *low, int32_t width,  \
                                     int32_t channels) {                                           \
        if (channels == 1)                                                                         \
            largest_of_##suffix(out, high, low, width, 1);                                         \
        else if (channels == 3)                                                                    \
            largest_of_##suffix(out, high, low, width, 3);                                         \
        else                                                                                       \
            largest_of_##suffix(out, high, low, width, channels);                                  \
    }

LARGEST_OF(uint8_t, u8)
LARGEST_OF(uint16_t, u16)

static seg_status slope_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    const slope *job = argument;
    const seg_image *picture = &job->w->picture, *surface = &job->w->surface;
    uint8_t *line = job->memory + (size_t)worker * 3 * job->pitch;
    uint8_t *high = line + job->pitch, *low = high + job->pitch;
    (void)band;
    for (int32_t y = first; y < end; y++) {
        fold_nine(job, job->most, high, line, y);
        fold_nine(job, job->least, low, line, y);
        if (picture->format == SEG_U8)
            largest_row_u8(seg_image_row(surface, y), high, low, picture->width, picture->channels);
        else
            largest_row_u16(seg_image_row(surface, y), (const uint16_t *)(const void *)high,
                            (const uint16_t *)(const void *)low, picture->width, picture->channels);
    }
    return SEG_OK;
}

static seg_status gradient_surface(watershed *w) {
    const seg_image *picture = &w->picture;
    const seg_env *env = &w->scratch->env;
    const seg_morphology_kernels *kernels = seg_morphology_kernels_get();
    SEG_TRY(seg_scratch_image(&w->surface, picture, (seg_format)picture->format, 1, w->scratch));
    w->surface.bits = picture->bits;
    slope job = {.w = w,
                 .least = &kernels->least[picture->format - SEG_U8],
                 .most = &kernels->most[picture->format - SEG_U8]};
    job.step = seg_format_size((seg_format)picture->format) * picture->channels;
    job.count = seg_row_samples(picture);
    job.bytes = (size_t)picture->width * job.step;
    job.pitch = (job.bytes + 2 * job.step + SEG_ALIGNMENT - 1) / SEG_ALIGNMENT * SEG_ALIGNMENT;
    job.memory =
        seg_scratch_take(w->scratch, (size_t)seg_workers(env), 3 * job.pitch, "rows of a gradient");
    if (!job.memory) return SEG_ERROR_MEMORY;
    return seg_run_bands(env, picture->height, seg_point_rows(picture), slope_band, &job);
}

static seg_status grey_surface(watershed *w, bool negative) {
    const seg_image *picture = &w->picture;
    SEG_TRY(seg_scratch_image(&w->surface, picture, (seg_format)picture->format, 1, w->scratch));
    if (picture->channels == 1)
        SEG_TRY(seg_image_copy(&w->surface, picture, &w->scratch->env));
    else
        SEG_TRY(seg_to_grey(&w->surface, picture, &w->scratch->env));
    w->surface.bits = picture->bits;
    const int32_t full = (int32_t)seg_image_full_scale(&w->surface);
    for (int32_t y = 0; negative && y < picture->height; y++) {
        uint8_t *narrow = seg_image_row(&w->surface, y);
        uint16_t *wide = seg_image_row(&w->surface, y);
        for (int32_t x = 0; x < picture->width; x++) {
            if (picture->format == SEG_U8)
                narrow[x] = (uint8_t)(full - narrow[x]);
            else
                wide[x] = (uint16_t)(wide[x] < full ? full - wide[x] : 0);
        }
    }
    return SEG_OK;
}

/* Otsu's mask, less what is blocked; outside of it everything is. */
static seg_status distance_surface(watershed *w) {
    const seg_env *env = &w->scratch->env;
    const seg_image *picture = &w->picture;
    const int32_t size = picture->format == SEG_U8 ? 256 : 65536;
    seg_image mask = {0};
    SEG_TRY(grey_surface(w, false));
    uint64_t *bins = seg_scratch_take(w->scratch, (size_t)size, sizeof *bins, "a histogram");
    if (!bins) return SEG_ERROR_MEMORY;
    const int32_t used = (int32_t)seg_image_full_scale(&w->surface) + 1;
    SEG_TRY(seg_histogram_with(bins, used, &w->surface,
                               seg_image_empty(&w->blocked) ? NULL : &w->blocked, w->scratch, env));
    const int32_t level = seg_otsu_bin(bins, used);
    SEG_TRY(seg_scratch_image(&mask, picture, SEG_U8, 1, w->scratch));
    for (int32_t y = 0; y < picture->height; y++) {
        const uint8_t *narrow = seg_image_row(&w->surface, y);
        const uint16_t *wide = seg_image_row(&w->surface, y);
        const uint8_t *blocked =
            seg_image_empty(&w->blocked) ? NULL : seg_image_row(&w->blocked, y);
        uint8_t *out = seg_image_row(&mask, y);
        for (int32_t x = 0; x < picture->width; x++) {
            const int32_t value = picture->format == SEG_U8 ? narrow[x] : wide[x];
            out[x] = value > level && !(blocked && blocked[x]) ? 255 : 0;
        }
    }
    double scale;
    SEG_TRY(seg_half_level(&mask, &w->surface, &w->blocked, w->options->connectivity, w->scratch));
    SEG_TRY(seg_scratch_image(&w->surface, picture, SEG_U16, 1, w->scratch));
    SEG_TRY(seg_distance_surface(&w->surface, &scale, &mask, w->scratch));
    for (int32_t y = 0; y < picture->height; y++) {
        uint8_t *row = seg_image_row(&mask, y);
        for (int32_t x = 0; x < picture->width; x++)
            row[x] = row[x] ? 0 : 255;
    }
    w->blocked = mask;
    w->h = w->options->h_distance * scale;
    return SEG_OK;
}

static seg_status make_surface(watershed *w) {
    if (w->options->surface == SEG_SURFACE_DISTANCE) return distance_surface(w);
    if (w->options->surface == SEG_SURFACE_GRADIENT)
        SEG_TRY(gradient_surface(w));
    else
        SEG_TRY(grey_surface(w, w->options->surface == SEG_SURFACE_NEGATIVE));
    w->h = w->options->h / 255 * seg_image_full_scale(&w->surface);
    return SEG_OK;
}

/* ---- markers ---- */

static seg_status markers_from_points(watershed *w, const seg_seeds *seeds) {
    for (int32_t y = 0; y < w->labels.height; y++)
        memset(seg_image_row(&w->labels, y), 0, (size_t)w->labels.width * sizeof(int32_t));
    for (int32_t i = 0; i < seeds->count; i++) {
        const seg_point point = seeds->points[i];
        SEG_TRY(seg_check_seed(i, point, &w->labels));
        int32_t *label = (int32_t *)seg_image_row(&w->labels, point.y) + point.x;
        if (!*label) *label = i + 1;
    }
    return SEG_OK;
}

static seg_status markers_from_picture(watershed *w, const seg_image *picture) {
    SEG_TRY(seg_check_seed_picture(picture, &w->labels));
    if (picture->format == SEG_U8)
        return seg_label_mask(&w->labels, &w->markers, picture, w->options->connectivity,
                              w->scratch);
    if (picture->format == SEG_LABEL32) {
        w->sources = *picture;
        return SEG_OK;
    }
    for (int32_t y = 0; y < picture->height; y++) {
        const uint16_t *row = seg_image_row(picture, y);
        int32_t *out = seg_image_row(&w->labels, y);
        for (int32_t x = 0; x < picture->width; x++)
            out[x] = row[x];
    }
    return SEG_OK;
}

static seg_status set_markers(watershed *w, const seg_image *markers) {
    const seg_seeds *seeds = &w->options->seeds;
    w->sources = w->labels;
    if (!seg_image_empty(markers)) return markers_from_picture(w, markers);
    if (seeds->kind == SEG_SEEDS_PICTURE) return markers_from_picture(w, seeds->picture);
    if (seeds->kind == SEG_SEEDS_POINTS) return markers_from_points(w, seeds);
    w->automatic = true;
    return seg_label_minima(&w->labels, &w->markers, &w->surface, &w->blocked, w->h,
                            w->options->surface == SEG_SURFACE_DISTANCE, w->options->connectivity,
                            w->scratch);
}

/* ---- all of it ---- */

static seg_status run(watershed *w, const seg_image *picture, const seg_image *ignore,
                      const seg_image *markers) {
    SEG_TRY(seg_picture_blocked(&w->blocked, picture, ignore, w->scratch));
    SEG_TRY(seg_picture_whole(&w->picture, picture, w->scratch));
    SEG_TRY(make_surface(w));
    SEG_TRY(set_markers(w, markers));
    const seg_flooding flooding = {.surface = &w->surface,
                                   .markers = &w->sources,
                                   .blocked = &w->blocked,
                                   .connectivity = w->options->connectivity,
                                   .line = w->options->line,
                                   .compactness = w->options->compactness};
    SEG_TRY(seg_flood_labels(&w->labels, &flooding, w->scratch));
    return w->automatic ? seg_labels_renumber(&w->labels, w->markers, w->scratch) : SEG_OK;
}

seg_status seg_watershed(seg_image *labels, const seg_image *picture, const seg_image *ignore,
                         const seg_image *markers, const seg_watershed_options *options,
                         const seg_env *env) {
    seg_watershed_options defaults;
    seg_watershed_options_init(&defaults);
    if (!options) options = &defaults;
    SEG_TRY(seg_params_check(options, &params));
    SEG_TRY(seg_check_image(picture, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_check_mask(ignore, "ignore", picture->width, picture->height));
    SEG_TRY(seg_image_ensure(labels, picture->width, picture->height, SEG_LABEL32, 1, env));
    if (!seg_image_empty(markers)) SEG_TRY(seg_check_apart(labels, "labels", markers, "markers"));
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    watershed w = {.options = options, .labels = *labels, .scratch = &scratch};
    w.labels.owner = NULL;
    const seg_status status = run(&w, picture, ignore, markers);
    seg_scratch_free(&scratch);
    return status;
}

/* ---- the method ---- */

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_still_create(state, &params, options, env);
}

static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted, seg_result *result) {
    seg_still *still = seg_still_begin(state);
    const seg_image *picture = seg_frame_picture(frame);
    (void)wanted;
    SEG_TRY(seg_image_reuse(&result->labels, picture->width, picture->height, SEG_LABEL32, 1,
                            &still->env));
    if (!seg_image_empty(&frame->markers))
        SEG_TRY(seg_check_apart(&result->labels, "the result", &frame->markers, "the markers"));
    watershed w = {.options = still->options, .labels = result->labels, .scratch = &still->scratch};
    w.labels.owner = NULL;
    SEG_TRY(run(&w, picture, &frame->ignore, &frame->markers));
    result->outputs |= SEG_OUTPUT_LABELS;
    if (w.automatic) seg_result_decide(result, "regions", w.markers, "");
    return SEG_OK;
}

const seg_method seg_method_watershed = {
    .id = "watershed",
    .title = "watershed from markers or minima",
    .family = "region",
    .reference = "F. Meyer, Un algorithme optimal pour la ligne de partage des eaux, 8th congress "
                 "AFCET",
    .year = 1991,
    .formats = SEG_ANY_PICTURE,
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_PICTURE,
    .outputs = SEG_OUTPUT_LABELS,
    .needs = SEG_NEED_COLOUR | SEG_NEED_SEEDS,
    .params = &params,
    .create = create,
    .apply = apply,
    .free = seg_still_free,
};
