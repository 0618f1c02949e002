/*
 * Sample models. Exchanging samples the published way writes to a random slot of a random neighbour
 * of each chosen pixel. Here each pixel takes instead of being given: per block of 32 pixels one
 * slot and one direction are drawn, per pixel whether it takes part. The chances are the same, no
 * two writes meet, and rows can be done in any order.
 */
#include "temporal/consensus.h"
#include "kernels/prefetch.h"

#include "core/bands.h"
#include "core/check.h"
#include "core/random.h"
#include "temporal/dither.h"

#include <string.h>

#define BLOCK SEG_CONSENSUS_BLOCK
#define ROOM SEG_TEXTURE_REACH /* rows and pixels around the pictures */
#define SEED 0x5eedu

/* ---- the arrays ---- */

static size_t row_of_pixels(int32_t width) {
    return (size_t)seg_consensus_blocks(width) * BLOCK;
}

void seg_consensus_lay_out(seg_subtractor_layout *layout, int32_t samples, bool textured) {
    const size_t planes = (size_t)(textured ? 3 * layout->colours : layout->colours);
    const size_t pixels = row_of_pixels(layout->width);
    const size_t kept = planes * (size_t)samples;
    seg_grid_layout *lie = &seg_subtractor_add_part(layout, pixels * kept, 1)->pixels;
    lie->run = BLOCK;
    lie->block = kept * BLOCK;
    lie->plane = BLOCK;
    lie->planes = (int32_t)kept;
    seg_subtractor_add_part(layout, pixels, 1)->start = 255;
}

/* The samples of row y. */
static uint8_t *samples_row(const seg_consensus *c, int32_t y) {
    const size_t row = (size_t)(c->blocks * c->samples * c->planes) * BLOCK;
    return (uint8_t *)c->model->layout.parts[SEG_CONSENSUS_SAMPLES].data + (size_t)y * row;
}

uint8_t *seg_consensus_unseen_row(const seg_consensus *c, int32_t y) {
    const seg_subtractor_layout *layout = &c->model->layout;
    return (uint8_t *)layout->parts[SEG_CONSENSUS_UNSEEN].data +
           (size_t)y * row_of_pixels(layout->width);
}

static uint8_t *sample_at(const seg_consensus *c, int32_t y, int32_t block, uint32_t slot) {
    const size_t run = (size_t)block * (size_t)c->samples + slot;
    return samples_row(c, y) + run * (size_t)c->planes * BLOCK;
}

/* ---- the frame in planes ---- */

static uint8_t *take_picture(const seg_consensus *c, int32_t height) {
    uint8_t *memory = seg_scratch_take(&c->model->base.still->scratch, (size_t)height + 2 * ROOM,
                                       c->pitch, "planes of a frame");
    return memory ? memory + ROOM * c->pitch + BLOCK : NULL;
}

/* Continues a row to both sides. */
static void widen_row(const seg_consensus *c, uint8_t *row) {
    const size_t width = (size_t)c->model->layout.width;
    memset(row - ROOM, row[0], ROOM);
    memset(row + width, row[width - 1], c->pitch - BLOCK - width);
}

typedef struct planes_job {
    const seg_consensus *consensus;
    int32_t contrast;
    char *rooms;
    size_t room_size;
} planes_job;

static seg_status colours_band(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    (void)band;
    const planes_job *job = argument;
    const seg_consensus *c = job->consensus;
    uint8_t *room = (uint8_t *)job->rooms + (size_t)worker * job->room_size;
    for (int32_t y = first; y < end; y++) {
        const uint8_t *value[3], *left_out = seg_optional_row(&c->model->left_out, y);
        seg_subtractor_row8(value, c->model, y, room);
        for (int32_t p = 0; p < c->model->layout.colours; p++) {
            uint8_t *row = seg_consensus_row_of(c, c->plane[p], y);
            memcpy(row, value[p], (size_t)c->model->layout.width);
            /* the textures around it must not tell what is there */
            for (int32_t x = 0; left_out && x < c->model->layout.width; x++)
                if (left_out[x]) row[x] = 0;
            widen_row(c, row);
        }
    }
    return SEG_OK;
}

/* Continues a picture upwards and downwards. */
static void extend(const seg_consensus *c, uint8_t *picture) {
    const int32_t height = c->model->layout.height;
    for (int32_t i = 1; i <= ROOM; i++) {
        memcpy(seg_consensus_row_of(c, picture, -i) - BLOCK, picture - BLOCK, c->pitch);
        memcpy(seg_consensus_row_of(c, picture, height - 1 + i) - BLOCK,
               seg_consensus_row_of(c, picture, height - 1) - BLOCK, c->pitch);
    }
}

static seg_status texture_band(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    (void)band, (void)worker;
    const planes_job *job = argument;
    const seg_consensus *c = job->consensus;
    const int32_t colours = c->model->layout.colours;
    for (int32_t y = first; y < end; y++)
        for (int32_t p = 0; p < colours; p++) {
            const uint8_t *around[5];
            for (int32_t i = 0; i < 5; i++)
                around[i] = seg_consensus_row_of(c, c->plane[p], y + i - 2);
            uint8_t *low = seg_consensus_row_of(c, c->plane[colours + 2 * p], y);
            uint8_t *high = seg_consensus_row_of(c, c->plane[colours + 2 * p + 1], y);
            c->kernels->texture(low, high, around, job->contrast, c->blocks);
            widen_row(c, low);
            widen_row(c, high);
        }
    return SEG_OK;
}

static seg_status fill_planes(const seg_consensus *c, int32_t contrast) {
    const seg_env *env = &c->model->base.still->env;
    const int32_t height = c->model->layout.height, colours = c->model->layout.colours;
    planes_job job = {c, contrast, NULL, (size_t)c->model->layout.width * 12 + BLOCK};
    job.rooms = seg_scratch_take(&c->model->base.still->scratch, (size_t)seg_workers(env),
                                 job.room_size, "rows");
    if (!job.rooms) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_run_bands(env, height, SEG_SUBTRACTOR_BAND, colours_band, &job));
    for (int32_t p = 0; p < colours; p++)
        extend(c, c->plane[p]);
    if (contrast < 0) return SEG_OK;
    SEG_TRY(seg_run_bands(env, height, SEG_SUBTRACTOR_BAND, texture_band, &job));
    for (int32_t p = colours; p < c->planes; p++)
        extend(c, c->plane[p]);
    return SEG_OK;
}

seg_status seg_consensus_begin(seg_consensus *c, seg_subtractor *model, int32_t samples,
                               int32_t contrast, bool ghosts) {
    const int32_t width = model->layout.width, height = model->layout.height;
    *c = (seg_consensus){.model = model, .kernels = seg_consensus_kernels_get()};
    c->blocks = seg_consensus_blocks(width);
    c->textured = contrast >= 0;
    c->contrast = contrast;
    c->planes = model->layout.colours * (contrast >= 0 ? 3 : 1);
    c->samples = samples;
    c->reach = 1;
    c->pitch = row_of_pixels(width) + 2 * BLOCK;
    if (c->pitch % 2048 == 0) c->pitch += BLOCK;
    for (int32_t p = 0; p < c->planes; p++)
        if (!(c->plane[p] = take_picture(c, height))) return SEG_ERROR_MEMORY;
    uint8_t **const pictures[] = {&c->raw,        &c->from,         &c->held,
                                  &c->chance_own, &c->chance_other, &c->chance_ghost};
    for (int i = 0; i < (ghosts ? 6 : 5); i++)
        if (!(*pictures[i] = take_picture(c, height))) return SEG_ERROR_MEMORY;
    /* what is outside gives nothing; the rest is random noise else, chances of which do no harm */
    memset(c->from - BLOCK - ROOM * c->pitch, 255, ((size_t)height + 2 * ROOM) * c->pitch);
    memset(c->chance_other - BLOCK - ROOM * c->pitch, 0, ((size_t)height + 2 * ROOM) * c->pitch);
    c->pattern = seg_scratch_take(&model->base.still->scratch, row_of_pixels(width),
                                  sizeof *c->pattern, "random pattern");
    if (!c->pattern) return SEG_ERROR_MEMORY;
    seg_dither_pattern(c->pattern, (int32_t)row_of_pixels(width));
    return fill_planes(c, contrast);
}

/* ---- random numbers ---- */

static seg_random random_of(const seg_consensus *c, int32_t y) {
    return seg_random_stream(SEED ^ c->model->base.still->env.seed,
                             (uint64_t)c->model->base.clock.frames, (uint32_t)y);
}

/* Uniform in 0 .. bound-1 from 16 bits: the bias of at most bound / 65536 does no harm here. */
static uint32_t below(uint32_t word, uint32_t bound) {
    return (word & 0xffff) * bound >> 16;
}

uint8_t seg_consensus_chance(const seg_consensus *c, double rate, int32_t y) {
    const seg_random random = random_of(c, y);
    const double wanted = rate * 256, most = 255;
    if (wanted >= most) return 255;
    const int32_t whole = (int32_t)wanted;
    return (uint8_t)(whole + (seg_random_unit(&random, 0) < wanted - whole));
}

/* ---- first sight ---- */

/* All ones where the other row has anything; NULL has nothing. */
static void add_marked(uint8_t *restrict row, const uint8_t *restrict marked, int32_t width) {
    for (int32_t x = 0; marked && x < width; x++)
        row[x] |= marked[x] ? 255 : 0;
}

static void clear_marked(uint8_t *restrict row, const uint8_t *restrict marked, int32_t width) {
    for (int32_t x = 0; x < width; x++)
        row[x] = marked[x] ? 0 : row[x];
}

/* What may not be learnt of this row. */
static void hold_row(const seg_consensus *c, int32_t y) {
    const seg_subtractor *model = c->model;
    uint8_t *held = seg_consensus_row_of(c, c->held, y);
    const uint8_t *raw = seg_consensus_row_of(c, c->raw, y),
                  *unseen = seg_consensus_unseen_row(c, y);
    const uint8_t *left_out = seg_optional_row(&model->left_out, y);
    const uint8_t *known = seg_optional_row(&model->held, y);
    const uint8_t *patient = seg_optional_row(&model->patient, y);
    const int32_t width = model->layout.width;
    memset(held, 255, (size_t)c->blocks * BLOCK);
    memcpy(held, unseen, (size_t)width);
    add_marked(held, left_out, width);
    add_marked(held, known, width);
    for (int32_t x = 0; patient && x < width; x++)
        if (patient[x]) held[x] |= raw[x];
}

/* All samples of pixels seen for the first time: the pixel itself. */
static void admit_row(const seg_consensus *c, int32_t y) {
    const seg_subtractor *model = c->model;
    const size_t width = (size_t)model->layout.width;
    uint8_t *unseen = seg_consensus_unseen_row(c, y);
    if (!memchr(unseen, 255, width)) return;
    const uint8_t *left_out = seg_optional_row(&model->left_out, y);
    const uint8_t *known = seg_optional_row(&model->held, y);
    for (int32_t block = 0; block < c->blocks; block++) {
        const size_t first = (size_t)block * BLOCK;
        uint8_t taken[BLOCK] = {0};
        for (size_t x = first; x < first + BLOCK && x < width; x++)
            if (unseen[x] && !(left_out && left_out[x]) && !(known && known[x]))
                taken[x - first] = 255;
        if (!memchr(taken, 255, BLOCK)) continue;
        const uint8_t *value[SEG_CONSENSUS_PLANES];
        for (int32_t p = 0; p < c->planes; p++)
            value[p] = seg_consensus_row_of(c, c->plane[p], y) + first;
        for (int32_t i = 0; i < c->samples; i++)
            c->kernels->replace(sample_at(c, y, block, (uint32_t)i), value, taken, c->planes);
        for (int32_t x = 0; x < BLOCK; x++)
            if (taken[x]) unseen[first + (size_t)x] = 0;
    }
}

static seg_status start_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band, (void)worker;
    const seg_consensus *c = argument;
    for (int32_t y = first; y < end; y++) {
        const seg_random random = random_of(c, y);
        admit_row(c, y);
        const uint8_t *unseen = seg_consensus_unseen_row(c, y);
        for (int32_t block = 0; block < c->blocks; block++)
            for (int32_t i = 0; i < c->samples; i++) {
                uint32_t words[4];
                seg_random_words(words, &random, (uint32_t)(block * c->samples + i));
                const ptrdiff_t dy = (ptrdiff_t)below(words[0], 5) - 2;
                const ptrdiff_t dx = (ptrdiff_t)below(words[1], 5) - 2;
                const ptrdiff_t at = (y + dy) * (ptrdiff_t)c->pitch + block * BLOCK + dx;
                uint8_t taken[BLOCK];
                const uint8_t *value[SEG_CONSENSUS_PLANES];
                for (int32_t p = 0; p < c->planes; p++)
                    value[p] = c->plane[p] + at;
                /* neighbours that may not be looked at are not told from others outside of masks */
                for (int32_t x = 0; x < BLOCK; x++)
                    taken[x] = !unseen[block * BLOCK + x] && c->from[at + x] == 0 ? 255 : 0;
                c->kernels->replace(sample_at(c, y, block, (uint32_t)i), value, taken, c->planes);
            }
    }
    return SEG_OK;
}

seg_status seg_consensus_start(const seg_consensus *c) {
    const seg_subtractor *model = c->model;
    /* what may be looked at */
    for (int32_t y = 0; y < model->layout.height; y++) {
        uint8_t *from = seg_consensus_row_of(c, c->from, y);
        const uint8_t *left_out = seg_optional_row(&model->left_out, y);
        const uint8_t *known = seg_optional_row(&model->held, y);
        for (int32_t x = 0; x < model->layout.width; x++)
            from[x] = (left_out && left_out[x]) || (known && known[x]) ? 255 : 0;
    }
    seg_consensus copy = *c;
    return seg_run_bands(&model->base.still->env, model->layout.height, SEG_SUBTRACTOR_BAND,
                         start_band, &copy);
}

/* ---- segmentation ---- */

seg_consensus_row seg_consensus_point(const seg_consensus *c, int32_t y, int32_t needed) {
    const int32_t colours = c->model->layout.colours;
    seg_consensus_row row = {.samples = samples_row(c, y),
                             .blocks = c->blocks,
                             .colours = colours,
                             .sample_count = c->samples,
                             .needed = needed};
    for (int32_t p = 0; p < c->planes; p++)
        row.value[p] = seg_consensus_row_of(c, c->plane[p], y);
    for (int32_t p = 0; p < colours && c->textured; p++)
        for (int32_t i = 0; i < 5; i++)
            row.around[p][i] = seg_consensus_row_of(c, c->plane[p], y + i - 2);
    return row;
}

typedef struct judge_job {
    const seg_consensus *consensus;
    seg_consensus_judge_row judge;
    void *user;
    seg_image *mask;
} judge_job;

static seg_status judge_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band;
    const judge_job *job = argument;
    const seg_consensus *c = job->consensus;
    const size_t width = (size_t)c->model->layout.width;
    for (int32_t y = first; y < end; y++) {
        job->judge(c, job->user, y, worker);
        uint8_t *raw = seg_consensus_row_of(c, c->raw, y),
                *from = seg_consensus_row_of(c, c->from, y);
        const uint8_t *unseen = seg_consensus_unseen_row(c, y);
        const uint8_t *absorbed = seg_optional_row(&c->model->absorbed, y);
        const uint8_t *left_out = seg_optional_row(&c->model->left_out, y);
        const uint8_t *known = seg_optional_row(&c->model->held, y);
        clear_marked(raw, unseen, c->model->layout.width);
        memcpy(from, raw, width);
        uint8_t *own = seg_consensus_row_of(c, c->chance_own, y);
        const uint8_t quickest = absorbed ? seg_consensus_chance(c, c->model->weight, y) : 0;
        for (size_t x = 0; x < width && (absorbed || left_out || known); x++) {
            if (absorbed && absorbed[x]) {
                from[x] = 0;
                own[x] = quickest;
            }
            if ((left_out && left_out[x]) || (known && known[x])) from[x] = 255;
        }
        memcpy(seg_image_row(job->mask, y), raw, width);
        hold_row(c, y);
    }
    return SEG_OK;
}

seg_status seg_consensus_judge(const seg_consensus *c, seg_consensus_judge_row judge, void *user,
                               seg_image *mask) {
    judge_job job = {c, judge, user, mask};
    return seg_run_bands(&c->model->base.still->env, c->model->layout.height, SEG_SUBTRACTOR_BAND,
                         judge_band, &job);
}

void seg_consensus_give_score(const seg_consensus *c, seg_result *result, const uint8_t *distance,
                              int32_t y) {
    if (!(result->outputs & SEG_OUTPUT_SCORE)) return;
    uint16_t *score = seg_image_row(&result->score, y);
    const uint8_t *unseen = seg_consensus_unseen_row(c, y),
                  *left_out = seg_optional_row(&c->model->left_out, y);
    for (int32_t x = 0; x < c->model->layout.width; x++)
        score[x] = unseen[x] || (left_out && left_out[x]) ? 0 : (uint16_t)(distance[x] * 257);
}

/* ---- learning ---- */

/* Foreground of a young model takes samples of itself, too. */
static void learn_young(const seg_consensus *c, int32_t y, int32_t block, uint8_t chance,
                        const uint32_t *keys, const uint32_t *words) {
    const ptrdiff_t here = (ptrdiff_t)y * (ptrdiff_t)c->pitch + block * BLOCK;
    const uint8_t *value[SEG_CONSENSUS_PLANES];
    uint8_t taken[BLOCK], chances[BLOCK], background[BLOCK];
    memset(chances, chance, BLOCK);
    for (int32_t x = 0; x < BLOCK; x++)
        background[x] = (uint8_t)~c->raw[here + x];
    if (!c->kernels->draw(taken, chances, background, c->held + here,
                          c->pattern + (size_t)block * BLOCK, (uint16_t)(keys[0] >> 16 | 1),
                          (uint16_t)(keys[1] >> 16)))
        return;
    for (int32_t p = 0; p < c->planes; p++)
        value[p] = c->plane[p] + here;
    c->kernels->replace(sample_at(c, y, block, below(words[3], (uint32_t)c->samples)), value, taken,
                        c->planes);
}

static void learn_block(const seg_consensus *c, int32_t y, int32_t block, const uint32_t *keys,
                        const uint32_t *words) {
    const ptrdiff_t here = (ptrdiff_t)y * (ptrdiff_t)c->pitch + block * BLOCK;
    const uint32_t side = 2 * (uint32_t)c->reach + 1;
    /* any neighbour but the pixel itself */
    uint32_t place = below(words[0], side * side - 1);
    if (place >= side * side / 2) place++;
    const ptrdiff_t dy = (ptrdiff_t)(place / side) - c->reach,
                    dx = (ptrdiff_t)(place % side) - c->reach;
    const ptrdiff_t there = here + dy * (ptrdiff_t)c->pitch + dx;
    const uint16_t *pattern = c->pattern + (size_t)block * BLOCK;
    const uint8_t *value[SEG_CONSENSUS_PLANES];
    uint8_t taken[BLOCK], chance[BLOCK];
    if (c->kernels->draw(taken, c->chance_own + here, c->from + here, c->held + here, pattern,
                         (uint16_t)(keys[0] | 1), (uint16_t)keys[1])) {
        for (int32_t p = 0; p < c->planes; p++)
            value[p] = c->plane[p] + here;
        c->kernels->replace(sample_at(c, y, block, below(words[1], (uint32_t)c->samples)), value,
                            taken, c->planes);
    }
    memcpy(chance, c->chance_other + there, BLOCK);
    const uint8_t *ghost = c->chance_ghost ? c->chance_ghost + here : chance;
    for (int32_t x = 0; x < BLOCK; x++)
        chance[x] = ghost[x] > chance[x] ? ghost[x] : chance[x];
    if (c->kernels->draw(taken, chance, c->from + there, c->held + here, pattern,
                         (uint16_t)(keys[2] | 1), (uint16_t)keys[3])) {
        for (int32_t p = 0; p < c->planes; p++)
            value[p] = c->plane[p] + there;
        c->kernels->replace(sample_at(c, y, block, below(words[2], (uint32_t)c->samples)), value,
                            taken, c->planes);
    }
}

/* Where samples of a block will be exchanged, which no machine foresees. */
static void ask_for(const seg_consensus *c, int32_t y, int32_t block, const uint32_t *words) {
    for (int32_t i = 1; i <= 2; i++)
        seg_prefetch(sample_at(c, y, block, below(words[i], (uint32_t)c->samples)),
                     (size_t)c->planes * BLOCK);
}

static seg_status learn_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band, (void)worker;
    const seg_consensus *c = argument;
    const double share = c->young / (double)(c->model->base.clock.frames + 1);
    const double chance = share * share * 256;
    for (int32_t y = first; y < end; y++) {
        if (c->model->weight > 0) {
            const seg_random random = random_of(c, y);
            uint32_t keys[4], words[4], next[4];
            seg_random_words(keys, &random, 1);
            seg_random_words(next, &random, 2);
            for (int32_t block = 0; block < c->blocks; block++) {
                memcpy(words, next, sizeof words);
                seg_random_words(next, &random, 3 + (uint32_t)block);
                if (block + 1 < c->blocks) ask_for(c, y, block + 1, next);
                learn_block(c, y, block, keys, words);
                if (chance >= 1)
                    learn_young(c, y, block, (uint8_t)(chance < 255 ? chance : 255), keys, words);
            }
        }
        admit_row(c, y);
    }
    return SEG_OK;
}

seg_status seg_consensus_learn(const seg_consensus *c) {
    seg_consensus copy = *c;
    return seg_run_bands(&c->model->base.still->env, c->model->layout.height, SEG_SUBTRACTOR_BAND,
                         learn_band, &copy);
}

/* ---- the background ---- */

void seg_consensus_background_row(const seg_subtractor *model, void *out, bool wide, int32_t y) {
    const seg_subtractor_layout *layout = &model->layout;
    const size_t pixels = row_of_pixels(layout->width) * (size_t)layout->height;
    const size_t of_pixel = layout->parts[SEG_CONSENSUS_SAMPLES].count / pixels;
    const size_t planes = (size_t)layout->colours * (model->kind->textured ? 3 : 1);
    const size_t samples = of_pixel / planes;
    const size_t blocks = (size_t)seg_consensus_blocks(layout->width);
    const uint8_t *row = (const uint8_t *)layout->parts[SEG_CONSENSUS_SAMPLES].data +
                         (size_t)y * blocks * of_pixel * BLOCK;
    uint8_t *narrow_row = out;
    uint16_t *wide_row = out;
    for (size_t x = 0; x < (size_t)layout->width; x++)
        for (size_t c = 0; c < (size_t)layout->colours; c++) {
            const uint8_t *sample = row + (x / BLOCK) * of_pixel * BLOCK + c * BLOCK + x % BLOCK;
            uint32_t sum = 0;
            for (size_t i = 0; i < samples; i++)
                sum += sample[i * planes * BLOCK];
            const size_t at = x * (size_t)layout->colours + c;
            if (wide)
                wide_row[at] = (uint16_t)((sum * 257 + samples / 2) / samples);
            else
                narrow_row[at] = (uint8_t)((sum + samples / 2) / samples);
        }
}
