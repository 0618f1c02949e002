/* A pixel moves where the belief, between the centres of the grid's pixels around it, says so; it
 * is of the object there or of one beside it. */
#include "motion/moving_result.h"

#include "core/bands.h"
#include "core/check.h"
#include "imgproc/still_method.h"

#define BAND_HEIGHT 32

/* Where a pixel lies on the grid: between two of its pixels. */
typedef struct place {
    int32_t before, behind;
    float share; /* of the latter */
} place;

static place place_of(int32_t at, int32_t side, int32_t length) {
    const float scale = 1 / (float)side, last = (float)(length - 1);
    float grid = ((float)at + 0.5f) * scale - 0.5f;
    grid = grid < 0 ? 0 : grid > last ? last : grid;
    const int32_t before = (int32_t)grid;
    return (place){before, before + 1 < length ? before + 1 : before, grid - (float)before};
}

static float between(const float *above, const float *below, place x, float down) {
    const float top = above[x.before] + x.share * (above[x.behind] - above[x.before]);
    const float bottom = below[x.before] + x.share * (below[x.behind] - below[x.before]);
    return top + down * (bottom - top);
}

/* Number of the object of a grid pixel, or of one that touches it; 0 = none. */
static int32_t id_near(const seg_moving_objects *objects, int32_t x, int32_t y) {
    static const int8_t steps[9][2] = {{0, 0},   {0, -1}, {-1, 0}, {1, 0}, {0, 1},
                                       {-1, -1}, {1, -1}, {-1, 1}, {1, 1}};
    for (int i = 0; i < 9; i++) {
        const int32_t nx = x + steps[i][0], ny = y + steps[i][1];
        if (nx < 0 || ny < 0 || nx >= objects->width || ny >= objects->height) continue;
        const int32_t id = objects->ids[(size_t)ny * (size_t)objects->width + (size_t)nx];
        if (id) return id;
    }
    return 0;
}

typedef struct writing {
    const seg_moving_answer *answer;
    seg_image *mask, *labels, *score, *flow; /* NULL = not wanted */
} writing;

static void *row_of(seg_image *image, int32_t y) {
    return image ? seg_image_row(image, y) : NULL;
}

static void write_regions(const writing *job, int32_t y) {
    const seg_moving_answer *a = job->answer;
    const seg_moving *moving = a->moving;
    uint8_t *mask = row_of(job->mask, y);
    int32_t *labels = row_of(job->labels, y);
    float *score = row_of(job->score, y);
    const uint8_t *left_out = seg_image_empty(a->left_out) ? NULL : seg_image_row(a->left_out, y);
    const place down = place_of(y, a->side, moving->height);
    const float *above = moving->mean + (size_t)down.before * (size_t)moving->width;
    const float *below = moving->mean + (size_t)down.behind * (size_t)moving->width;
    for (int32_t x = 0; x < a->width; x++) {
        const place across = place_of(x, a->side, moving->width);
        const bool out = left_out && left_out[x];
        const float belief = out ? -1 : between(above, below, across, down.share);
        const int32_t id = belief > 0 ? id_near(a->objects, x / a->side, y / a->side) : 0;
        if (mask) mask[x] = id ? 255 : 0;
        if (labels) labels[x] = id;
        if (score) score[x] = 0.5f + 0.5f * belief;
    }
}

static void write_flow(const writing *job, int32_t y) {
    const seg_moving_answer *a = job->answer;
    const seg_moving_flow *flow = a->flow;
    float *out = seg_image_row(job->flow, y);
    const place down = place_of(y, a->side, a->moving->height);
    const float scale = (float)(a->sign * a->side);
    for (int32_t x = 0; x < a->width; x++, out += 2) {
        const place across = place_of(x, a->side, a->moving->width);
        out[0] = out[1] = 0;
        if (!flow) continue;
        const ptrdiff_t above = down.before * flow->stride, below = down.behind * flow->stride;
        out[0] = scale * between(flow->to.u + above, flow->to.u + below, across, down.share);
        out[1] = scale * between(flow->to.v + above, flow->to.v + below, across, down.share);
    }
}

static seg_status write_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band, (void)worker;
    const writing *job = argument;
    for (int32_t y = first; y < end; y++) {
        write_regions(job, y);
        if (job->flow) write_flow(job, y);
    }
    return SEG_OK;
}

seg_status seg_moving_write(const seg_moving_answer *answer, uint32_t wanted, seg_result *result,
                            const seg_env *env) {
    writing job = {.answer = answer};
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
