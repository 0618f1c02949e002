/* A pixel moves where the belief, between the centres of the grid's pixels around it, says so; it
 * is of the object there or of one beside it. */
#include "motion/moving_result.h"

#include "core/bands.h"
#include "core/check.h"
#include "imgproc/still_method.h"

#include <string.h>

#define BAND_HEIGHT 32

/* Where a pixel lies on the grid: between two of its pixels. */
typedef struct place {
    int32_t before, behind;
    float share; /* of the latter */
} place;

/* A pixel's centre is (2 at + 1 - side) / (2 side) on the grid; what lies outside of its centres is
 * as they are. */
static place place_of(int32_t at, int32_t side, int32_t length) {
    const int32_t halves = 2 * at + 1 - side;
    if (halves < 0) return (place){0, 0, 0};
    const int32_t before = halves / (2 * side);
    if (before + 1 >= length) return (place){length - 1, length - 1, 0};
    return (place){before, before + 1, (float)(halves % (2 * side)) / (float)(2 * side)};
}

/* The row of the grid that lies where a row of the picture does. */
static void blend_row(float *out, const float *plane, ptrdiff_t stride, place down, int32_t width) {
    const float *above = plane + down.before * stride, *below = plane + down.behind * stride;
    for (int32_t x = 0; x < width; x++)
        out[x] = above[x] + down.share * (below[x] - above[x]);
}

static float between(const float *row, place x) {
    return row[x.before] + x.share * (row[x.behind] - row[x.before]);
}

/* Number of the object of a grid pixel, or of one that touches it; 0 = none. */
static int32_t id_near(const seg_moving_objects *objects, int32_t x, int32_t y) {
    static const int8_t steps[9][2] = {{0, 0},   {0, -1}, {-1, 0}, {1, 0}, {0, 1},
                                       {-1, -1}, {1, -1}, {-1, 1}, {1, 1}};
    for (int i = 0; i < 9; i++) {
        const int32_t nx = x + steps[i][0], ny = y + steps[i][1];
        if (nx < 0 || ny < 0 || nx >= objects->width || ny >= objects->height) continue;
        const int32_t label = objects->labels[(size_t)ny * (size_t)objects->width + (size_t)nx];
        if (label) return objects->items[label - 1];
    }
    return 0;
}

typedef struct writing {
    const seg_moving_answer *answer;
    const place *columns;
    float *rows;                             /* two of the grid for each worker */
    seg_image *mask, *labels, *score, *flow; /* NULL = not wanted */
} writing;

static void *row_of(seg_image *image, int32_t y) {
    return image ? seg_image_row(image, y) : NULL;
}

static void write_regions(const writing *job, int32_t y, float *beliefs) {
    const seg_moving_answer *a = job->answer;
    const seg_moving *moving = a->moving;
    uint8_t *mask = row_of(job->mask, y);
    int32_t *labels = row_of(job->labels, y);
    float *score = row_of(job->score, y);
    const uint8_t *left_out = seg_image_empty(a->left_out) ? NULL : seg_image_row(a->left_out, y);
    blend_row(beliefs, moving->mean, moving->width, place_of(y, a->side, moving->height),
              moving->width);
    for (int32_t x = 0; x < a->width; x++) {
        const bool out = left_out && left_out[x];
        const float belief = out ? -1 : between(beliefs, job->columns[x]);
        const int32_t id = belief > 0 ? id_near(a->objects, x / a->side, y / a->side) : 0;
        if (mask) mask[x] = id ? 255 : 0;
        if (labels) labels[x] = id;
        if (score) score[x] = 0.5f + 0.5f * belief;
    }
}

static void write_flow(const writing *job, int32_t y, float *u, float *v) {
    const seg_moving_answer *a = job->answer;
    const seg_moving_flow *flow = a->flow;
    float *out = seg_image_row(job->flow, y);
    if (!flow) {
        memset(out, 0, (size_t)a->width * 2 * sizeof *out);
        return;
    }
    const place down = place_of(y, a->side, a->moving->height);
    const float scale = (float)(a->sign * a->side);
    blend_row(u, flow->to.u, flow->stride, down, a->moving->width);
    blend_row(v, flow->to.v, flow->stride, down, a->moving->width);
    for (int32_t x = 0; x < a->width; x++) {
        out[2 * x] = scale * between(u, job->columns[x]);
        out[2 * x + 1] = scale * between(v, job->columns[x]);
    }
}

static seg_status write_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band;
    const writing *job = argument;
    const size_t width = (size_t)job->answer->moving->width;
    float *rows = job->rows + (size_t)worker * 2 * width;
    for (int32_t y = first; y < end; y++) {
        write_regions(job, y, rows);
        if (job->flow) write_flow(job, y, rows, rows + width);
    }
    return SEG_OK;
}

seg_status seg_moving_write(const seg_moving_answer *answer, uint32_t wanted, seg_result *result,
                            seg_scratch *scratch, const seg_env *env) {
    const int32_t width = answer->moving->width;
    place *columns =
        seg_scratch_take(scratch, (size_t)answer->width, sizeof *columns, "places on the grid");
    float *rows = seg_scratch_take(scratch, (size_t)seg_workers(env) * (size_t)width,
                                   2 * sizeof *rows, "rows of the grid");
    if (!columns || !rows) return SEG_ERROR_MEMORY;
    for (int32_t x = 0; x < answer->width; x++)
        columns[x] = place_of(x, answer->side, width);
    writing job = {.answer = answer, .columns = columns, .rows = rows};
    const struct {
        uint32_t output;
        seg_image *image, **wanted;
        seg_format format;
        int channels;
    } all[] = {{SEG_OUTPUT_MASK, &result->mask, &job.mask, SEG_U8, 1},
               {SEG_OUTPUT_LABELS, &result->labels, &job.labels, SEG_LABEL32, 1},
               {SEG_OUTPUT_SCORE, &result->score, &job.score, SEG_F32, 1},
               {SEG_OUTPUT_FLOW, &result->flow, &job.flow, SEG_F32, 2}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!(wanted & all[i].output)) continue;
        SEG_TRY(seg_image_reuse(all[i].image, answer->width, answer->height, all[i].format,
                                all[i].channels, env));
        all[i].image->colour = SEG_COLOUR_DATA;
        *all[i].wanted = all[i].image;
    }
    if (job.score) result->score_full_scale = 1;
    result->outputs |= wanted;
    return seg_run_bands(env, answer->height, BAND_HEIGHT, write_band, &job);
}
