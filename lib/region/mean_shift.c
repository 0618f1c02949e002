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
 * rounded to whole pixels; it rests once a move is no longer than a fifth of h_s (OpenCV's filter
 * and EDISON stop at about as much); 3. neighbours whose modes are within a quarter of h_r are
 * joined; 4. regions that touch and whose mean modes are within h_r / 2, in rounds until none is
 * left; 5. regions below M join the neighbour with the nearest mean mode (pieces.h).
 *
 * The score, of contexts only, is how strongly each border holds (border_strength.h).
 *
 * Cost: 340 instructions a pixel for the first move at h_s = 7 with AVX2, 660 for each later one,
 * of which there are .1 a pixel on a smooth picture, .4 on a busy one; in bands. Memory: 12 bytes a
 * pixel, half of which then serve for the graph of regions, which may need more. Known failures:
 * smooth shading breaks into bands; fine texture of strong contrast stays in pieces.
 */
#include "core/bands.h"
#include "core/frame_picture.h"
#include "imgproc/pieces.h"
#include "imgproc/union_find.h"
#include "kernels/shift.h"
#include "region/border_strength.h"
#include "region/partition.h"

#include <stdlib.h>
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
#define REST 5 /* moves by no more than this part of h_s are none */
#define LIKE_MODES (SEG_SHIFT_RADIUS / 4)
#define LIKE_REGIONS (SEG_SHIFT_RADIUS / 2)

typedef struct mean_shift {
    seg_planes modes;  /* colours at first, in hundredths of h_r once pixels have come to rest */
    int16_t *plane[3]; /* colours in hundredths of h_r, with margins */
    ptrdiff_t stride;
    const seg_image *labels, *blocked;
    const seg_shift_kernels *kernels;
    seg_shift_disk disk;
    int32_t iterations, rest; /* moves up to that length are none */
    double unit;              /* hundredths of h_r in 1/32 */
} mean_shift;

static seg_status take_disk(seg_shift_disk *disk, int32_t radius, seg_scratch *scratch) {
    const int32_t side = 2 * radius + 1, lanes = SEG_SHIFT_LANES;
    *disk = (seg_shift_disk){.radius = radius, .columns = (side + lanes - 1) / lanes};
    const size_t room = (size_t)disk->columns * (size_t)side * (size_t)lanes;
    int32_t *widths = seg_scratch_take(scratch, (size_t)side, sizeof *widths, "a window");
    int16_t *inside = seg_scratch_take(scratch, room, sizeof *inside, "a window");
    if (!widths || !inside) return SEG_ERROR_MEMORY;
    disk->widths = widths;
    disk->inside = inside;
    for (int32_t y = -radius; y <= radius; y++) {
        int32_t width = radius;
        while (width * width + y * y > radius * radius)
            width--;
        widths[y + radius] = width;
    }
    for (int32_t column = 0; column < disk->columns; column++)
        for (int32_t row = 0; row < side; row++)
            for (int32_t i = 0; i < lanes; i++)
                *inside++ = abs(column * lanes + i - radius) <= widths[row] ? -1 : 0;
    return SEG_OK;
}

static int16_t *colour_at(const mean_shift *s, int32_t plane, int32_t x, int32_t y) {
    return s->plane[plane] + y * s->stride + s->disk.radius + x;
}

static seg_status scale_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    const mean_shift *s = argument;
    const int32_t radius = s->disk.radius;
    (void)band, (void)worker;
    for (int32_t y = first; y < end; y++) {
        const uint8_t *out = seg_image_empty(s->blocked) ? NULL : seg_image_row(s->blocked, y);
        for (int32_t c = 0; c < s->modes.planes; c++) {
            const int16_t *from = seg_plane_row(&s->modes, c, y);
            int16_t *row = s->plane[c] + y * s->stride;
            const int16_t margin = c == 0 ? FAR : 0;
            for (int32_t x = 0; x < radius; x++)
                row[x] = margin;
            for (ptrdiff_t x = radius + s->modes.width; x < s->stride; x++)
                row[x] = margin;
            for (int32_t x = 0; x < s->modes.width; x++) /* rounded down, above 0 */
                row[radius + x] = (int16_t)((int32_t)(from[x] * s->unit + 16384.5) - 16384);
            for (int32_t x = 0; c == 0 && out && x < s->modes.width; x++)
                row[radius + x] = out[x] ? FAR : row[radius + x];
        }
    }
    return SEG_OK;
}

static seg_status prepare(mean_shift *s, const seg_mean_shift_options *options,
                          seg_scratch *scratch) {
    s->iterations = options->iterations;
    s->rest = options->spatial / REST;
    s->unit = SEG_SHIFT_RADIUS / (options->range * SEG_LAB_UNIT);
    s->kernels = seg_shift_kernels_get();
    /* the last column of a disk whose middle is the last pixel, and of the fifteen behind it */
    s->stride = s->modes.width + (s->disk.columns + 1) * (ptrdiff_t)SEG_SHIFT_LANES;
    for (int32_t c = 0; c < s->modes.planes; c++) {
        s->plane[c] = seg_scratch_take(scratch, (size_t)s->modes.height,
                                       (size_t)s->stride * sizeof(int16_t), "a plane of colours");
        if (!s->plane[c]) return SEG_ERROR_MEMORY;
    }
    return seg_run_bands(&scratch->env, s->modes.height, BAND, scale_band, s);
}

/* --- moves ------------------------------------------------------------------------------- */

static seg_shift_place place_at(const mean_shift *s, int32_t x, int32_t y) {
    const int32_t radius = s->disk.radius, below = s->modes.height - 1 - y;
    seg_shift_place place = {.stride = s->stride,
                             .top = y < radius ? -y : -radius,
                             .bottom = below < radius ? below : radius};
    for (int32_t c = 0; c < s->modes.planes; c++)
        place.plane[c] = colour_at(s, c, x, y);
    return place;
}

static int32_t length(int32_t x, int32_t y) {
    return abs(x) + abs(y);
}

/* The moves of a pixel but the first, which led it away by (dx, dy). */
static void walk(const mean_shift *s, int32_t x, int32_t y, int32_t dx, int32_t dy) {
    seg_shift_move move = {dx, dy, {0}};
    int32_t at_x = x, at_y = y;
    int16_t mode[3] = {0};
    for (int32_t c = 0; c < s->modes.planes; c++)
        mode[c] = seg_plane_row(&s->modes, c, y)[x];
    for (int32_t i = 1; i < s->iterations && length(move.x, move.y) > s->rest; i++) {
        at_x += move.x;
        at_y += move.y;
        const seg_shift_place place = place_at(s, at_x, at_y);
        s->kernels->move(&move, &s->disk, &place, mode);
        for (int32_t c = 0; c < s->modes.planes; c++)
            mode[c] = (int16_t)(mode[c] + move.colour[c]);
    }
    for (int32_t c = 0; c < s->modes.planes; c++)
        seg_plane_row(&s->modes, c, y)[x] = mode[c];
}

/* Sixteen neighbours from x on, of which the first moves are made together. */
static void walk_many(const mean_shift *s, int32_t x, int32_t y) {
    const seg_shift_place place = place_at(s, x, y);
    seg_shift_moves moves;
    int16_t taken[SEG_SHIFT_LANES], away[SEG_SHIFT_LANES];
    s->kernels->move_many(&moves, &s->disk, &place);
    for (int32_t i = 0; i < SEG_SHIFT_LANES; i++)
        taken[i] = place.plane[0][i] != FAR ? -1 : 0;
    for (int32_t c = 0; c < s->modes.planes; c++) {
        int16_t *mode = seg_plane_row(&s->modes, c, y) + x;
        for (int32_t i = 0; i < SEG_SHIFT_LANES; i++)
            mode[i] = (int16_t)(place.plane[c][i] + (moves.colour[c][i] & taken[i]));
    }
    for (int32_t i = 0; i < SEG_SHIFT_LANES; i++)
        away[i] = (int16_t)(length(moves.x[i], moves.y[i]) & taken[i]);
    for (int32_t i = 0; i < SEG_SHIFT_LANES; i++)
        if (away[i] > s->rest) walk(s, x + i, y, moves.x[i], moves.y[i]);
}

static seg_status shift_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    const mean_shift *s = argument;
    (void)band, (void)worker;
    for (int32_t y = first; y < end; y++)
        for (int32_t x = 0; x < s->modes.width; x += SEG_SHIFT_LANES)
            walk_many(s, x, y);
    return SEG_OK;
}

/* --- regions ----------------------------------------------------------------------------- */

/* Squared distances of the modes of row y from those dx to the left and dy above, from x = dx on.
 */
static void measure_row(uint16_t *distances, const mean_shift *s, int32_t y, int32_t dx,
                        int32_t dy) {
    const int32_t most = LIKE_MODES + 1;
    for (int32_t c = 0; c < s->modes.planes; c++) {
        const int16_t *row = seg_plane_row(&s->modes, c, y);
        const int16_t *other = seg_plane_row(&s->modes, c, y - dy) - dx;
        for (int32_t x = dx; x < s->modes.width; x++) {
            const int16_t difference = (int16_t)(row[x] - other[x]);
            const int16_t size = (int16_t)(difference < 0 ? -difference : difference);
            const uint16_t cut = (uint16_t)(size < most ? size : most);
            distances[x] = (uint16_t)((c == 0 ? 0 : distances[x]) + cut * cut);
        }
    }
}

/* Numbers runs of like modes in each row, from 1 on. */
static int32_t number_runs(const mean_shift *s, uint16_t *distances) {
    int32_t count = 0;
    for (int32_t y = 0; y < s->modes.height; y++) {
        const int16_t *modes = seg_plane_row(&s->modes, 0, y);
        int32_t *row = seg_image_row(s->labels, y);
        measure_row(distances, s, y, 1, 0);
        distances[0] = UINT16_MAX;
        for (int32_t x = 0; x < s->modes.width; x++) {
            const bool taken = modes[x] != FAR;
            count += taken && distances[x] > LIKE_MODES * LIKE_MODES;
            row[x] = taken ? count : 0;
        }
    }
    return count;
}

static seg_status join_modes(const mean_shift *s, int32_t *regions, uint16_t *distances,
                             seg_scratch *scratch) {
    *regions = number_runs(s, distances);
    int32_t *parents = seg_scratch_take(scratch, (size_t)*regions, sizeof *parents, "regions");
    if (!parents) return SEG_ERROR_MEMORY;
    seg_sets_init(parents, *regions);
    for (int32_t y = 1; y < s->modes.height; y++) {
        const int32_t *row = seg_image_row(s->labels, y), *above = seg_image_row(s->labels, y - 1);
        int32_t joined = 0, to = 0; /* the last pair */
        measure_row(distances, s, y, 0, 1);
        for (int32_t x = 0; x < s->modes.width; x++) {
            if (distances[x] > LIKE_MODES * LIKE_MODES || !row[x] || !above[x]) continue;
            if (row[x] == joined && above[x] == to) continue;
            seg_sets_join(parents, row[x] - 1, above[x] - 1);
            joined = row[x], to = above[x];
        }
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
    /* three small blocks and the planes, whose places the graph of regions takes over */
    const int32_t small = seg_scratch_mark(scratch);
    SEG_TRY(take_disk(&s.disk, options->spatial, scratch));
    uint16_t *distances =
        seg_scratch_take(scratch, (size_t)labels->width, sizeof *distances, "distances");
    if (!distances) return SEG_ERROR_MEMORY;
    const int32_t planes = seg_scratch_mark(scratch);
    SEG_TRY(prepare(&s, options, scratch));
    SEG_TRY(seg_progress(env, 0.05));
    SEG_TRY(seg_run_bands(env, labels->height, BAND, shift_band, &s));
    seg_scratch_return(scratch, planes);
    SEG_TRY(seg_progress(env, 0.8));
    SEG_TRY(join_modes(&s, regions, distances, scratch));
    seg_scratch_return(scratch, small);
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
