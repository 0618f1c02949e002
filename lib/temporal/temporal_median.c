/*
 * Background subtraction by the median over time: what a pixel shows more than half of the time is
 * background, whatever comes by.
 *
 * B. Lo, S. Velastin, "Automatic congestion detection system for underground platforms", ISIMP
 * 2001; the window of counts: T. Huang, G. Yang, G. Tang, "A fast two-dimensional median filtering
 * algorithm", IEEE Trans. ASSP 27(1), 1979; approximate: N. McFarlane, C. Schofield, "Segmentation
 * and tracking of piglets in images", Machine Vision and Applications 8(3), 1995.
 *
 * Symbols: W `samples`, T `threshold`, M the median
 *   exact:        M = median of the last W frames that were taken: those of `history`, evenly
 * spread approximate:  M <- M + sgn(I - M) in as many frames foreground where |I - M| > T in any
 * colour
 *
 * exact keeps the W values of each pixel and counts of them by value, with the median and how many
 * are below it: a new value changes two counts, and the median moves from there by the change in
 * value, most often by nothing. The cost does not grow with W. The window is full from the first
 * frame on (of that frame), so that the median follows after W / 2 frames taken.
 *
 * What is absorbed by time starts anew: its value fills the window.
 *
 * Deeper frames are rounded to 8 bits; the mask is smoothed (`smooth`; 1 = not).
 *
 * Result: mask; score = largest difference, full scale 255; background = M.
 *
 * Cost of a pixel and colour: exact W + 258 bytes (1080p colour with 25: 1.8 GB; --colour no,
 * --resize), approximate 1, plus one. Known failures: what stays for half of the window; one value
 * for leaves and waves; shadows.
 *
 * The post operation `median` is another thing, therefore the longer name.
 */
#include "core/bands.h"
#include "core/check.h"
#include "temporal/subtractor.h"

#include <string.h>

static const char *const kind_names[] = {"exact", "approximate", NULL};

static const seg_param rows[] = {
    SEG_SUBTRACTOR_PARAMS(seg_temporal_median_options, "0.004", "0",
                          "Weight of a frame: of so many one is taken, over the samples;", "5"),
    {"kind", SEG_PARAM_ENUM, offsetof(seg_temporal_median_options, kind), "exact", 0, 0, kind_names,
     "", "The median of a window, or a value that goes one level towards each frame.", ""},
    {"samples", SEG_PARAM_INT, offsetof(seg_temporal_median_options, samples), "25", 3, 255,
     seg_odd_names, "frames", "Frames of the window.", "W"},
    {"threshold", SEG_PARAM_INT, offsetof(seg_temporal_median_options, threshold), "25", 1, 254,
     NULL, "8-bit level", "Foreground differs by more.", "T"},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_temporal_median_options)};

void seg_temporal_median_options_init(seg_temporal_median_options *options) {
    seg_params_init(options, &params);
}

/* Counts and values are there for the exact median only. */
enum { MEDIAN, SEEN, BELOW, COUNTS, VALUES };

static void lay_out(seg_subtractor_layout *layout, const void *options) {
    const seg_temporal_median_options *o = options;
    const size_t exact = o->kind == SEG_MEDIAN_EXACT;
    const size_t sizes[] = {[MEDIAN] = 1,
                            [SEEN] = 1,
                            [BELOW] = exact,
                            [COUNTS] = exact * 256,
                            [VALUES] = exact * (size_t)o->samples};
    for (int32_t i = MEDIAN; i <= VALUES; i++) {
        const int32_t planes = i == SEEN ? 1 : layout->colours;
        const size_t plane = (size_t)layout->width * sizes[i];
        seg_grid_layout *pixels =
            &seg_subtractor_add_part(layout, plane * (size_t)planes, 1)->pixels;
        pixels->plane = plane;
        pixels->planes = planes;
        pixels->size = sizes[i];
    }
}

/* Row y of a colour, `size` bytes a pixel. */
static uint8_t *row_of(const seg_subtractor *model, int32_t part, int32_t y, int32_t colour,
                       size_t size) {
    const size_t colours = part == SEEN ? 1 : (size_t)model->layout.colours;
    return (uint8_t *)model->layout.parts[part].data +
           ((size_t)y * colours + (size_t)colour) * (size_t)model->layout.width * size;
}

/* Counts are those of the values, and the median is where it says. */
static bool sane(const seg_subtractor_layout *layout) {
    const seg_subtractor_part *parts = layout->parts;
    const uint8_t *median = parts[MEDIAN].data, *below = parts[BELOW].data;
    const uint8_t *counts = parts[COUNTS].data, *values = parts[VALUES].data;
    const size_t samples = parts[BELOW].count ? parts[VALUES].count / parts[BELOW].count : 0;
    const uint8_t *seen = parts[SEEN].data;
    const size_t width = (size_t)layout->width, row = width * (size_t)layout->colours;
    for (size_t i = 0; i < parts[BELOW].count; i++) {
        uint8_t wanted[256] = {0};
        int32_t under = 0;
        if (!seen[i / row * width + i % width]) continue;
        for (size_t k = 0; k < samples; k++)
            wanted[values[i * samples + k]]++;
        for (int v = 0; v < median[i]; v++)
            under += wanted[v];
        if (memcmp(wanted, counts + i * 256, 256) != 0 || under != below[i]) return false;
        if (under > (int32_t)samples / 2 || under + wanted[median[i]] <= (int32_t)samples / 2)
            return false;
    }
    return true;
}

typedef struct pass {
    seg_subtractor *model;
    seg_result *result;
    const seg_temporal_median_options *options;
    bool taken; /* this frame goes into the window */
    size_t slot;
    uint8_t *rooms;
    size_t room_size;
} pass;

/* Where a pixel of a colour is kept. */
typedef struct window {
    uint8_t *median, *below, *counts, *values;
} window;

static window window_of(const pass *job, int32_t y, int32_t colour, int32_t x) {
    const seg_subtractor *model = job->model;
    window w = {.median = row_of(model, MEDIAN, y, colour, 1) + x};
    if (job->options->kind != SEG_MEDIAN_EXACT) return w;
    const size_t samples = (size_t)job->options->samples;
    w.below = row_of(model, BELOW, y, colour, 1) + x;
    w.counts = row_of(model, COUNTS, y, colour, 256) + (size_t)x * 256;
    w.values = row_of(model, VALUES, y, colour, samples) + (size_t)x * samples;
    return w;
}

static void fill(const pass *job, window w, uint8_t value) {
    *w.median = value;
    if (!w.counts) return;
    memset(w.counts, 0, 256);
    memset(w.values, value, (size_t)job->options->samples);
    w.counts[value] = (uint8_t)job->options->samples;
    *w.below = 0;
}

/* At most half of the values are below the median, more than half are with it. */
static void exchange(const pass *job, window w, uint8_t value) {
    const uint8_t old = w.values[job->slot];
    const int32_t half = job->options->samples / 2;
    int32_t median = *w.median, below = *w.below - (old < median) + (value < median);
    w.values[job->slot] = value;
    w.counts[old]--;
    w.counts[value]++;
    while (below > half)
        below -= w.counts[--median];
    while (below + w.counts[median] <= half)
        below += w.counts[median++];
    *w.median = (uint8_t)median;
    *w.below = (uint8_t)below;
}

static void learn_pixel(const pass *job, window w, uint8_t value) {
    if (w.counts)
        exchange(job, w, value);
    else
        *w.median = (uint8_t)(*w.median + (value > *w.median) - (value < *w.median));
}

static void compare_row(uint8_t *largest, const uint8_t *value, const uint8_t *median,
                        int32_t width) {
    for (int32_t x = 0; x < width; x++) {
        const uint8_t away =
            (uint8_t)(value[x] > median[x] ? value[x] - median[x] : median[x] - value[x]);
        largest[x] = away > largest[x] ? away : largest[x];
    }
}

static void learn_row(const pass *job, const uint8_t *const value[3], const uint8_t *mask,
                      int32_t y) {
    const seg_subtractor *model = job->model;
    uint8_t *seen = row_of(model, SEEN, y, 0, 1);
    const uint8_t *left_out = seg_optional_row(&model->left_out, y);
    const uint8_t *held = seg_optional_row(&model->held, y);
    const uint8_t *patient = seg_optional_row(&model->patient, y);
    const uint8_t *absorbed = model->weight > 0 ? seg_optional_row(&model->absorbed, y) : NULL;
    for (int32_t x = 0; x < model->layout.width; x++) {
        const bool kept = (left_out && left_out[x]) || (held && held[x]) ||
                          (seen[x] && patient && patient[x] && mask[x]);
        const bool anew = !seen[x] || (absorbed && absorbed[x] && mask[x]);
        if (kept || (!anew && !job->taken)) continue;
        for (int32_t c = 0; c < model->layout.colours; c++)
            if (anew)
                fill(job, window_of(job, y, c, x), value[c][x]);
            else
                learn_pixel(job, window_of(job, y, c, x), value[c][x]);
        seen[x] = 1;
    }
}

static seg_status step_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band;
    const pass *job = argument;
    const seg_subtractor *model = job->model;
    const int32_t width = model->layout.width;
    uint8_t *room = job->rooms + (size_t)worker * job->room_size;
    uint8_t *largest = room + 12 * (size_t)width;
    for (int32_t y = first; y < end; y++) {
        const uint8_t *value[3], *seen = row_of(model, SEEN, y, 0, 1);
        const uint8_t *left_out = seg_optional_row(&model->left_out, y);
        uint8_t *mask = seg_image_row(&job->result->mask, y);
        seg_subtractor_row8(value, model, y, room);
        memset(largest, 0, (size_t)width);
        for (int32_t c = 0; c < model->layout.colours; c++)
            compare_row(largest, value[c], row_of(model, MEDIAN, y, c, 1), width);
        for (int32_t x = 0; x < width; x++) {
            if (!seen[x] || (left_out && left_out[x])) largest[x] = 0;
            mask[x] = largest[x] > job->options->threshold ? 255 : 0;
        }
        learn_row(job, value, mask, y);
        if (!(job->result->outputs & SEG_OUTPUT_SCORE)) continue;
        uint16_t *score = seg_image_row(&job->result->score, y);
        for (int32_t x = 0; x < width; x++)
            score[x] = (uint16_t)(largest[x] * 257);
    }
    return SEG_OK;
}

static seg_status step(seg_subtractor *model, seg_result *result) {
    const seg_env *env = &model->base.still->env;
    const seg_temporal_median_options *o = model->base.still->options;
    pass job = {.model = model, .result = result, .options = o};
    int64_t count = 0;
    job.taken = seg_subtractor_due(model, o->samples, &count);
    job.slot = (size_t)(count % o->samples);
    job.room_size = (size_t)model->layout.width * 14;
    job.rooms = seg_scratch_take(&model->base.still->scratch, (size_t)seg_workers(env),
                                 job.room_size, "rows");
    if (!job.rooms) return SEG_ERROR_MEMORY;
    return seg_run_bands(env, model->layout.height, SEG_SUBTRACTOR_BAND, step_band, &job);
}

static void background_row(const seg_subtractor *model, void *out, bool wide, int32_t y) {
    const uint8_t *rows8[3];
    for (int32_t c = 0; c < model->layout.colours; c++)
        rows8[c] = row_of(model, MEDIAN, y, c, 1);
    seg_subtractor_interleave(model, out, wide, rows8);
}

static const seg_subtractor_kind kind = {
    .id = "temporal-median",
    .version = 1,
    .state_size = sizeof(seg_subtractor),
    .params = &params,
    .shared = offsetof(seg_temporal_median_options, model),
    .lay_out = lay_out,
    .step = step,
    .background_row = background_row,
    .sane = sane,
};

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_subtractor_create(state, &kind, options, env);
}

const seg_method seg_method_temporal_median = {
    SEG_SUBTRACTOR_METHOD,
    .id = "temporal-median",
    .title = "median over time, of a sliding window or approximated",
    .reference = "B. Lo, S. Velastin, Automatic congestion detection system for underground "
                 "platforms, ISIMP; N. McFarlane, C. Schofield, Segmentation and tracking of "
                 "piglets in images, Machine Vision and Applications 8(3)",
    .year = 2001,
    .params = &params,
    .create = create,
};
