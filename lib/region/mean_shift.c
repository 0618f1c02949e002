/*
 * Mean shift: every pixel climbs to the mode of the density of colours around it; pixels that end
 * at like modes are a region. For keeping edges while evening out texture, without a number of
 * regions given.
 *
 * D. Comaniciu, P. Meer, "Mean shift: a robust approach toward feature space analysis", IEEE Trans.
 * PAMI 24(5), 2002; joining and pruning as in the authors' EDISON.
 *
 * Symbols: h_s `spatial`, h_r `range`, M `min-size`; the kernel is uniform: x (place and colour)
 * moves to the mean of all pixels within h_s pixels of its place and h_r of its colour (CIELAB).
 *
 * Steps: 1. CIELAB in hundredths of h_r; 2. for each pixel up to `iterations` moves, its place
 * rounded to whole pixels; it rests once the place stays; 3. neighbours whose modes are within a
 * quarter of h_r are joined; 4. regions that touch and whose mean modes are within h_r / 2, in
 * rounds until none is left; 5. regions below M join the neighbour with the nearest mean mode
 * (pieces.h).
 *
 * The score, of contexts only, is how strongly each border holds (border_strength.h).
 *
 * Cost: 10 ns a row of the window, pixel and move with AVX2, four moves on average; in bands.
 * Memory: 12 bytes a pixel, half of which then serve for the graph of regions, which may need more.
 * Known failures: smooth shading breaks into bands; fine texture of strong contrast stays in pieces.
 */
#include "core/bands.h"
#include "core/frame_picture.h"
#include "imgproc/pieces.h"
#include "imgproc/union_find.h"
#include "kernels/shift.h"
#include "region/border_strength.h"
#include "region/partition.h"

#include <string.h>

static const seg_param rows[] = {
    {"spatial", SEG_PARAM_INT, offsetof(seg_mean_shift_options, spatial), "7", 1, 64, NULL, "px",
     "Radius of the window.", "h_s"},
    {"range", SEG_PARAM_FLOAT, offsetof(seg_mean_shift_options, range), "6.5", 1, 100, NULL,
     "CIELAB", "Colours within it count as alike.", "h_r"},
    {"min-size", SEG_PARAM_INT, offsetof(seg_mean_shift_options, min_size), "20", 1, 1e9, NULL,
     "px", "Smaller regions join a neighbour.", "M"},
    {"iterations", SEG_PARAM_INT, offsetof(seg_mean_shift_options, iterations), "5", 1, 1000, NULL,
     "", "Most moves of a pixel.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_mean_shift_options)};

void seg_mean_shift_options_init(seg_mean_shift_options *options) {
    seg_params_init(options, &params);
}

#define FAR 30000 /* lightness of what takes no part */
#define BAND 16
#define LIKE_MODES (SEG_SHIFT_RADIUS / 4)
#define LIKE_REGIONS (SEG_SHIFT_RADIUS / 2)

typedef struct mean_shift {
    seg_planes modes;  /* colours at first, in hundredths of h_r once pixels have come to rest */
    int16_t *plane[3]; /* colours in hundredths of h_r, with margins */
    ptrdiff_t stride;
    const seg_image *labels, *blocked;
    const seg_shift_kernels *kernels;
    int32_t radius, iterations;
    double unit;                  /* hundredths of h_r in 1/32 */
    seg_shift_stretch *stretches; /* of the disk, by rows */
    int32_t *rows;                /* stretches of row k begin at rows[k], k = 0 .. 2 radius + 1 */
    seg_shift_step *steps;        /* the same pixel by pixel, if the disk is small */
    int32_t *step_rows;
} mean_shift;

/* --- windows ----------------------------------------------------------------------------- */

static int32_t half_width(int32_t radius, int32_t y) {
    int32_t x = radius;
    while (x * x + y * y > radius * radius)
        x--;
    return x;
}

/* Covers the disk with stretches; returns their number. NULL only counts them. */
static int32_t cover_disk(seg_shift_stretch *stretches, int32_t *row_starts, int32_t radius,
                          ptrdiff_t stride) {
    int32_t count = 0;
    for (int32_t y = -radius; y <= radius; y++) {
        const int32_t width = half_width(radius, y);
        if (row_starts) row_starts[y + radius] = count;
        for (int32_t x = -width; x <= width; x += SEG_SHIFT_LANES, count++) {
            if (!stretches) continue;
            stretches[count].offset = y * stride + x;
            for (int32_t i = 0; i < SEG_SHIFT_LANES; i++) {
                stretches[count].inside[i] = x + i <= width ? -1 : 0;
                stretches[count].x[i] = (int16_t)(x + i);
                stretches[count].y[i] = (int16_t)y;
            }
        }
    }
    if (row_starts) row_starts[2 * radius + 1] = count;
    return count;
}

/* The disk pixel by pixel, if it is small. */
static seg_status list_steps(mean_shift *s, seg_scratch *scratch) {
    if (s->radius > SEG_SHIFT_SMALL) return SEG_OK;
    const size_t side = 2 * (size_t)s->radius + 1;
    s->steps = seg_scratch_take(scratch, side * side, sizeof *s->steps, "a window");
    s->step_rows = seg_scratch_take(scratch, side + 1, sizeof *s->step_rows, "a window");
    if (!s->steps || !s->step_rows) return SEG_ERROR_MEMORY;
    int32_t count = 0;
    for (int32_t y = -s->radius; y <= s->radius; y++) {
        const int32_t width = half_width(s->radius, y);
        s->step_rows[y + s->radius] = count;
        for (int32_t x = -width; x <= width; x++)
            s->steps[count++] = (seg_shift_step){y * s->stride + x, x, y};
    }
    s->step_rows[side] = count;
    return SEG_OK;
}

static int16_t *colour_at(const mean_shift *s, int32_t plane, int32_t x, int32_t y) {
    return s->plane[plane] + y * s->stride + s->radius + x;
}

static seg_status scale_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    const mean_shift *s = argument;
    (void)band, (void)worker;
    for (int32_t y = first; y < end; y++) {
        const uint8_t *out = seg_image_empty(s->blocked) ? NULL : seg_image_row(s->blocked, y);
        for (int32_t c = 0; c < s->modes.planes; c++) {
            const int16_t *from = seg_plane_row(&s->modes, c, y);
            int16_t *row = s->plane[c] + y * s->stride;
            for (int32_t x = 0; x < s->radius; x++)
                row[x] = FAR;
            for (ptrdiff_t x = s->radius + s->modes.width; x < s->stride; x++)
                row[x] = FAR;
            for (int32_t x = 0; x < s->modes.width; x++) /* rounded down, above 0 */
                row[s->radius + x] = (int16_t)((int32_t)(from[x] * s->unit + 16384.5) - 16384);
            for (int32_t x = 0; c == 0 && out && x < s->modes.width; x++)
                row[s->radius + x] = out[x] ? FAR : row[s->radius + x];
        }
    }
    return SEG_OK;
}

static seg_status prepare(mean_shift *s, const seg_mean_shift_options *options,
                          seg_scratch *scratch) {
    s->radius = options->spatial;
    s->iterations = options->iterations;
    s->unit = SEG_SHIFT_RADIUS / (options->range * SEG_LAB_UNIT);
    s->kernels = seg_shift_kernels_get();
    s->stride = s->modes.width + 2 * (ptrdiff_t)s->radius + SEG_SHIFT_LANES;
    const size_t count = (size_t)cover_disk(NULL, NULL, s->radius, s->stride);
    s->stretches = seg_scratch_take(scratch, count, sizeof *s->stretches, "a window");
    s->rows = seg_scratch_take(scratch, 2 * (size_t)s->radius + 2, sizeof *s->rows, "a window");
    if (!s->stretches || !s->rows) return SEG_ERROR_MEMORY;
    cover_disk(s->stretches, s->rows, s->radius, s->stride);
    SEG_TRY(list_steps(s, scratch));
    for (int32_t c = 0; c < s->modes.planes; c++) {
        s->plane[c] = seg_scratch_take(scratch, (size_t)s->modes.height,
                                       (size_t)s->stride * sizeof(int16_t), "a plane of colours");
        if (!s->plane[c]) return SEG_ERROR_MEMORY;
    }
    return seg_run_bands(&scratch->env, s->modes.height, BAND, scale_band, s);
}

/* --- moves ------------------------------------------------------------------------------- */

/* To nearest, halves up. `count` is 1 .. 16000, |sum| at most 104 times that: numerator and
 * denominator are exact in float, and their quotient stays on its side of whole numbers. */
static int32_t mean(int32_t sum, int32_t count) {
    return (int32_t)((float)(2 * sum + 513 * count) / (float)(2 * count)) - 256;
}

/* Rows of the window that are in the picture, of 0 .. 2 radius + 1. */
static void rows_inside(const mean_shift *s, int32_t y, int32_t *first, int32_t *end) {
    const int32_t below = s->modes.height - 1 - y;
    *first = y < s->radius ? s->radius - y : 0;
    *end = s->radius + 1 + (below < s->radius ? below : s->radius);
}

/* A pixel on its way. */
typedef struct walker {
    int32_t x, y;
    int16_t colour[3];
} walker;

static void look(const mean_shift *s, seg_shift_sums *sums, const walker *from) {
    int32_t first, end;
    rows_inside(s, from->y, &first, &end);
    seg_shift_window window = {.stretches = s->stretches + s->rows[first],
                               .count = s->rows[end] - s->rows[first]};
    for (int32_t c = 0; c < s->modes.planes; c++)
        window.plane[c] = colour_at(s, c, from->x, from->y);
    s->kernels->gather(sums, &window, from->colour);
}

/* One move; false if it rests. */
static bool move(const mean_shift *s, walker *w, const seg_shift_sums *sums) {
    if (!sums->count) return false;
    const int32_t dx = mean(sums->x, sums->count), dy = mean(sums->y, sums->count);
    w->x += dx;
    w->y += dy;
    for (int32_t c = 0; c < s->modes.planes; c++)
        w->colour[c] = (int16_t)(w->colour[c] + mean(sums->colour[c], sums->count));
    return dx || dy;
}

/* The first looks of sixteen neighbours at once. */
static void look_many(const mean_shift *s, seg_shift_sums sums[SEG_SHIFT_LANES], int32_t x,
                      int32_t y) {
    const int16_t *plane[3] = {0};
    seg_shift_many many;
    int32_t first, end;
    rows_inside(s, y, &first, &end);
    for (int32_t c = 0; c < s->modes.planes; c++)
        plane[c] = colour_at(s, c, x, y);
    s->kernels->gather_many(&many, plane, s->steps + s->step_rows[first],
                            s->step_rows[end] - s->step_rows[first]);
    for (int32_t i = 0; i < SEG_SHIFT_LANES; i++)
        sums[i] = (seg_shift_sums){many.count[i],
                                   many.x[i],
                                   many.y[i],
                                   {many.colour[0][i], many.colour[1][i], many.colour[2][i]}};
}

/* Walks from a pixel until it rests; `first` is what it sees at first, NULL to look. */
static void walk(const mean_shift *s, int32_t x, int32_t y, const seg_shift_sums *first) {
    walker w = {x, y, {0}};
    seg_shift_sums sums;
    for (int32_t c = 0; c < s->modes.planes; c++)
        w.colour[c] = *colour_at(s, c, x, y);
    for (int32_t i = 0; i < s->iterations && w.colour[0] != FAR; i++) {
        if (i > 0 || !first) look(s, &sums, &w);
        if (!move(s, &w, i > 0 || !first ? &sums : first)) break;
    }
    for (int32_t c = 0; c < s->modes.planes; c++)
        seg_plane_row(&s->modes, c, y)[x] = w.colour[c];
}

static seg_status shift_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    const mean_shift *s = argument;
    (void)band, (void)worker;
    for (int32_t y = first; y < end; y++) {
        seg_shift_sums sums[SEG_SHIFT_LANES];
        for (int32_t x = 0; x < s->modes.width; x++) {
            const int32_t lane = x % SEG_SHIFT_LANES;
            if (s->steps && lane == 0) look_many(s, sums, x, y);
            walk(s, x, y, s->steps ? &sums[lane] : NULL);
        }
    }
    return SEG_OK;
}

/* --- regions ----------------------------------------------------------------------------- */

static bool taken(const mean_shift *s, int32_t x, int32_t y) {
    return seg_plane_row(&s->modes, 0, y)[x] != FAR;
}

static bool like_modes(const mean_shift *s, int32_t x, int32_t y, int32_t other_x,
                       int32_t other_y) {
    int32_t distance = 0;
    for (int32_t c = 0; c < s->modes.planes; c++) {
        const int32_t difference =
            seg_plane_row(&s->modes, c, y)[x] - seg_plane_row(&s->modes, c, other_y)[other_x];
        distance += difference * difference;
    }
    return distance <= LIKE_MODES * LIKE_MODES;
}

/* Numbers runs of like modes in each row, from 1 on. */
static int32_t number_runs(const mean_shift *s) {
    int32_t count = 0;
    for (int32_t y = 0; y < s->modes.height; y++) {
        int32_t *row = seg_image_row(s->labels, y);
        for (int32_t x = 0; x < s->modes.width; x++) {
            if (!taken(s, x, y))
                row[x] = 0;
            else if (x > 0 && row[x - 1] && like_modes(s, x - 1, y, x, y))
                row[x] = row[x - 1];
            else
                row[x] = ++count;
        }
    }
    return count;
}

static seg_status join_modes(const mean_shift *s, int32_t *regions, seg_scratch *scratch) {
    *regions = number_runs(s);
    int32_t *parents = seg_scratch_take(scratch, (size_t)*regions, sizeof *parents, "regions");
    if (!parents) return SEG_ERROR_MEMORY;
    seg_sets_init(parents, *regions);
    for (int32_t y = 1; y < s->modes.height; y++) {
        const int32_t *row = seg_image_row(s->labels, y), *above = seg_image_row(s->labels, y - 1);
        for (int32_t x = 0; x < s->modes.width; x++)
            if (row[x] && above[x] && like_modes(s, x, y, x, y - 1))
                seg_sets_join(parents, row[x] - 1, above[x] - 1);
    }
    seg_regions_renumber(s->labels, parents, regions);
    return SEG_OK;
}

/* Joins pairs of like regions in rounds; pairs that are apart stay in the graph. */
static void join_regions(seg_region_graph *graph, int32_t *parents, seg_region_stats *stats) {
    const int64_t most = (int64_t)256 * LIKE_REGIONS * LIKE_REGIONS;
    for (bool joined = true; joined;) {
        size_t kept = 0;
        joined = false;
        for (size_t i = 0; i < graph->count; i++) {
            const seg_region_pair pair = {seg_sets_find(parents, graph->pairs[i].a),
                                          seg_sets_find(parents, graph->pairs[i].b), 0};
            if (pair.a == pair.b) continue;
            graph->pairs[kept++] = pair;
        }
        graph->count = kept;
        /* all of a round are chosen by the means before it: marked by their length */
        for (size_t i = 0; i < kept; i++) {
            seg_region_pair *pair = &graph->pairs[i];
            pair->length = seg_region_distance(&stats[pair->a], &stats[pair->b]) <= most;
        }
        for (size_t i = 0; i < kept; i++) {
            if (!graph->pairs[i].length) continue;
            const int32_t a = seg_sets_find(parents, graph->pairs[i].a);
            const int32_t b = seg_sets_find(parents, graph->pairs[i].b);
            if (a == b) continue;
            const int32_t root = seg_sets_join(parents, a, b);
            seg_region_add(&stats[root], &stats[root == a ? b : a]);
            joined = true;
        }
    }
}

static seg_status run(const seg_image *labels, int32_t *regions, const seg_image *picture,
                      const seg_image *blocked, const void *options_, seg_scratch *scratch) {
    const seg_mean_shift_options *options = options_;
    const seg_env *env = &scratch->env;
    mean_shift s = {.labels = labels, .blocked = blocked};
    SEG_TRY(seg_planes_lab(&s.modes, picture, scratch));
    const int32_t mark = seg_scratch_mark(scratch);
    SEG_TRY(prepare(&s, options, scratch));
    SEG_TRY(seg_progress(env, 0.05));
    SEG_TRY(seg_run_bands(env, labels->height, BAND, shift_band, &s));
    seg_scratch_return(scratch, mark); /* the graph takes the place of the planes */
    SEG_TRY(seg_progress(env, 0.8));
    SEG_TRY(join_modes(&s, regions, scratch));
    if (*regions < 2) return SEG_OK;
    const size_t count = (size_t)*regions;
    seg_region_graph graph;
    seg_region_stats *stats = seg_scratch_take(scratch, count, sizeof *stats, "regions");
    int32_t *parents = seg_scratch_take(scratch, count, sizeof *parents, "regions");
    if (!stats || !parents) return SEG_ERROR_MEMORY;
    seg_regions_measure(stats, labels, *regions, &s.modes);
    SEG_TRY(seg_region_graph_make(&graph, labels, scratch));
    seg_sets_init(parents, *regions);
    join_regions(&graph, parents, stats);
    SEG_TRY(seg_regions_join_small(parents, stats, *regions, &graph, options->min_size, scratch));
    seg_regions_renumber(labels, parents, regions);
    return SEG_OK;
}

seg_status seg_mean_shift(seg_image *labels, int32_t *regions, const seg_image *picture,
                          const seg_image *ignore, const seg_mean_shift_options *options,
                          const seg_env *env) {
    return seg_partition_picture(labels, regions, picture, ignore, options, &params, run, env);
}

/* --- the method -------------------------------------------------------------------------- */

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_still_create(state, &params, options, env);
}

static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted, seg_result *result) {
    seg_still *still = state;
    SEG_TRY(seg_partition_frame(still, frame, result, run));
    if (!(wanted & SEG_OUTPUT_SCORE)) return SEG_OK;
    SEG_TRY(seg_border_strength(&result->score, &result->labels, seg_frame_picture(frame),
                                &still->scratch));
    result->outputs |= SEG_OUTPUT_SCORE;
    result->score_full_scale = 1;
    return SEG_OK;
}

const seg_method seg_method_mean_shift = {
    .id = "mean-shift",
    .title = "mean shift",
    .family = "region",
    .reference = "D. Comaniciu, P. Meer, Mean shift: a robust approach toward feature space "
                 "analysis, IEEE Trans. PAMI 24(5)",
    .year = 2002,
    .formats = SEG_ANY_PICTURE,
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_PICTURE,
    .outputs = SEG_OUTPUT_LABELS | SEG_OUTPUT_SCORE,
    .needs = SEG_NEED_COLOUR,
    .params = &params,
    .create = create,
    .apply = apply,
    .free = seg_still_free,
};
