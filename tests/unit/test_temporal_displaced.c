/* Foreground that is background of a neighbour's, against each neighbour asked for itself by the
 * readable kernel: every pixel has limits of its own. */
#include "core_main.h"
#include "scenes.h"
#include "temporal/displaced.h"

#define SAMPLES 6
#define BLOCK SEG_CONSENSUS_BLOCK
#define MOST_WIDTH 70
#define MOST_HEIGHT 9

typedef struct scene {
    seg_still still;
    seg_subtractor model;
    seg_consensus consensus;
    uint8_t limits[2][MOST_HEIGHT][MOST_WIDTH + 2 * BLOCK]; /* of colours, of textures */
    uint8_t raw[MOST_HEIGHT][MOST_WIDTH];
} scene;

static int below(scene_random *random, int bound) {
    return (int)scene_below(random, (uint32_t)bound);
}

/* A picture of little contrast with specks, samples like it, limits about as large as what they
 * differ by. */
static void open_scene(scene *s, int32_t width, int32_t height, int32_t colours, uint32_t seed) {
    scene_random random = {seed};
    memset(s, 0, sizeof *s);
    seg_subtractor_layout *layout = &s->model.layout;
    *layout = (seg_subtractor_layout){.width = width, .height = height, .colours = colours};
    seg_consensus_lay_out(layout, SAMPLES, true);
    seg_scratch_init(&s->still.scratch, NULL);
    s->model.base.still = &s->still;
    ck_assert_ok(seg_image_alloc(&s->model.picture, width, height, SEG_U8, colours, NULL));
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width * colours; x++)
            ((uint8_t *)seg_image_row(&s->model.picture, y))[x] =
                (uint8_t)(90 + below(&random, 16) + (below(&random, 12) ? 0 : 60));
    ck_assert_ok(seg_consensus_begin(&s->consensus, &s->model, SAMPLES, 85, true));
    for (int i = 0; i < SEG_CONSENSUS_PARTS; i++) {
        seg_subtractor_part *part = &layout->parts[i];
        uint8_t *bytes = part->data = malloc(part->count);
        for (size_t k = 0; k < part->count; k++)
            bytes[k] = i == SEG_CONSENSUS_UNSEEN ? (below(&random, 9) ? 0 : 255)
                       : k / BLOCK % (size_t)s->consensus.planes < (size_t)colours
                           ? (uint8_t)(85 + below(&random, 26))
                           : (uint8_t)(below(&random, 3) ? 0 : 1 << below(&random, 8));
    }
    for (int32_t y = 0; y < height; y++) {
        for (int32_t x = 0; x < MOST_WIDTH + 2 * BLOCK; x++) {
            s->limits[0][y][x] = (uint8_t)below(&random, 24);
            s->limits[1][y][x] = (uint8_t)below(&random, 4 * colours);
        }
        uint8_t *raw = seg_consensus_row_of(&s->consensus, s->consensus.raw, y);
        for (int32_t x = 0; x < width; x++)
            raw[x] = s->raw[y][x] = below(&random, 4) ? 255 : 0;
    }
}

static void close_scene(scene *s) {
    for (int i = 0; i < SEG_CONSENSUS_PARTS; i++)
        free(s->model.layout.parts[i].data);
    seg_image_unref(&s->model.picture);
    seg_scratch_free(&s->still.scratch);
}

/* Samples of (sx, sy) that agree with pixel (x, y), both alone at the beginning of a block. */
static int agreeing(const scene *s, int32_t x, int32_t y, int32_t sx, int32_t sy) {
    const seg_consensus *c = &s->consensus;
    uint8_t samples[SAMPLES * SEG_CONSENSUS_PLANES * BLOCK] = {0}, out[3][BLOCK];
    uint8_t value[SEG_CONSENSUS_PLANES][BLOCK] = {{0}}, around[3][5][2 * BLOCK] = {{{0}}};
    uint8_t limits[2][BLOCK] = {{s->limits[0][y][x]}, {s->limits[1][y][x]}};
    const int32_t colours = s->model.layout.colours;
    const seg_consensus_row there = seg_consensus_point(c, sy, SAMPLES);
    seg_consensus_row row = {.agreeing = out[0],
                             .nearest = out[1],
                             .nearest_texture = out[2],
                             .samples = samples,
                             .limit = limits[0],
                             .texture_limit = limits[1],
                             .blocks = 1,
                             .colours = colours,
                             .sample_count = SAMPLES,
                             .needed = SAMPLES,
                             .contrast = c->contrast};
    for (int32_t p = 0; p < c->planes; p++) {
        row.value[p] = value[p];
        value[p][0] = seg_consensus_row_of(c, c->plane[p], y)[x];
    }
    for (int32_t p = 0; p < colours; p++)
        for (int32_t i = 0; i < 5; i++) {
            row.around[p][i] = around[p][i] + BLOCK / 2;
            memcpy(around[p][i] + BLOCK / 2 - 2,
                   seg_consensus_row_of(c, c->plane[p], y + i - 2) + x - 2, 5);
        }
    for (int32_t run = 0; run < SAMPLES * c->planes; run++)
        samples[run * BLOCK] =
            there.samples[(sx / BLOCK * SAMPLES * c->planes + run) * BLOCK + sx % BLOCK];
    seg_consensus_kernels_ref.agree_textured(&row);
    return out[0][0];
}

static bool excused(const scene *s, int32_t x, int32_t y, int needed) {
    const seg_subtractor_layout *layout = &s->model.layout;
    for (int32_t sy = y - 1; sy <= y + 1; sy++)
        for (int32_t sx = x - 1; sx <= x + 1; sx++)
            if ((sx != x || sy != y) && sx >= 0 && sy >= 0 && sx < layout->width &&
                sy < layout->height && !seg_consensus_unseen_row(&s->consensus, sy)[sx] &&
                agreeing(s, x, y, sx, sy) >= needed)
                return true;
    return false;
}

static void compare(int32_t width, int32_t height, int32_t colours, int needed, uint32_t seed) {
    static scene s;
    int64_t kept = 0, gone = 0;
    open_scene(&s, width, height, colours, seed);
    const seg_consensus *c = &s.consensus;
    uint8_t *room = malloc(seg_displaced_room(c));
    for (int32_t y = 0; y < height; y++) {
        seg_consensus_row limits = seg_consensus_point(c, y, 1);
        limits.contrast = c->contrast;
        limits.limit = s.limits[0][y];
        limits.texture_limit = s.limits[1][y];
        seg_displaced_excuse(c, &limits, needed, y, room);
        for (int32_t x = 0; x < width; x++) {
            const uint8_t wanted = s.raw[y][x] && !excused(&s, x, y, needed) ? 255 : 0;
            ck_assert_msg(seg_consensus_row_of(c, c->raw, y)[x] == wanted,
                          "%d,%d of %dx%d, %d colours", (int)x, (int)y, (int)width, (int)height,
                          (int)colours);
            kept += wanted != 0;
            gone += s.raw[y][x] && !wanted;
        }
    }
    if (width * height > 100) ck_assert_int_gt(kept < gone ? kept : gone, 20);
    free(room);
    close_scene(&s);
}

START_TEST(each_neighbour_by_itself) {
    static const int32_t sizes[][2] = {{1, 1}, {1, 9}, {31, 1}, {32, 4}, {33, 7}, {70, 9}};
    for (int i = 0; i < 6; i++)
        for (int32_t colours = 1; colours <= 3; colours += 2)
            compare(sizes[i][0], sizes[i][1], colours, colours == 1 ? 3 : 1,
                    (uint32_t)(100 * i + colours));
}
END_TEST

CORE_MAIN("displaced", each_neighbour_by_itself)
