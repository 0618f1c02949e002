/*
 * Background subtraction by nearest neighbours among samples of each pixel from three spans of
 * time: a value that was often there is background, whatever its distribution looks like.
 *
 * Z. Zivkovic, F. van der Heijden, "Efficient adaptive density estimation per image pixel for the
 * task of background subtraction", Pattern Recognition Letters 27(7), 2006, section 4; as in the
 * authors' program, which is OpenCV's BackgroundSubtractorKNN.
 *
 * Symbols: k `needed`, R `threshold`, alpha `rate`, tau `darkest`, N `samples`
 *   N samples each of the last short, middle and long time: until a frame of today weighs 0.7, 0.4
 *   and 0.1 by its rate alpha, (1 - alpha)^t. A pixel is background if k samples that are known to
 *   be background are within R, squared differences added over the colours. A value is known to be
 *   background if k samples of any kind are within R when it becomes a sample.
 *   Once in a span / N frames, at a moment drawn at random, the oldest middle sample goes to the
 *   place of the oldest long one, the oldest short one to that of the oldest middle one, and the
 *   frame's value to that of the oldest short one, each in its own time.
 *
 * Differences to the program: moments are drawn for 32 pixels of a row together; all samples of a
 * pixel begin with its first value, so that the second frame is not foreground everywhere; samples
 * are 8 bits, deeper frames are rounded to that; the mask is smoothed (`smooth`; 1 = not).
 *
 * Result: mask; score = root mean square difference of the colours to the k-th nearest sample of
 * the background, full scale 255 levels; background = a sample of the background, of the longest
 * span that has one.
 *
 * Cost: 3 N bytes a pixel and colour plus (3 N + 1) / 8 (66 bytes by default in colour); samples
 * are read until all of 32 neighbours are known to be background. Known failures: what has stood
 * for about alpha^-1 / 5 frames is background; shadows deeper than `darkest`; noise beyond R.
 */
#include "core/bands.h"
#include "core/check.h"
#include "core/math.h"
#include "core/random.h"
#include "kernels/consensus.h"
#include "kernels/neighbours.h"
#include "kernels/prefetch.h"
#include "kernels/temporal.h"
#include "temporal/dither.h"
#include "temporal/subtractor.h"

#include <math.h>
#include <string.h>

#define BLOCK SEG_NEIGHBOURS_BLOCK
#define BYTES SEG_NEIGHBOURS_BYTES
#define SEED 0x6e6eu
#define MOST_NEEDED 16

static const seg_param rows[] = {
    SEG_SUBTRACTOR_PARAMS(seg_knn_options, "0.002", "0", "How quickly samples are exchanged;", "5"),
    {"samples", SEG_PARAM_INT, offsetof(seg_knn_options, samples), "7", 1, 32, NULL, "",
     "Samples kept of each pixel from each of three spans of time, of 8 bits (deeper frames are "
     "rounded): 3 bytes a pixel and colour for each, and an eighth.",
     "N"},
    {"needed", SEG_PARAM_INT, offsetof(seg_knn_options, needed), "2", 1, MOST_NEEDED, NULL, "",
     "Samples that have to be near to a background pixel.", "k"},
    {"threshold", SEG_PARAM_FLOAT, offsetof(seg_knn_options, threshold), "20", 1, 126, NULL,
     "8-bit level", "Samples as near as that are near, over all colours.", "R"},
    {"shadows", SEG_PARAM_ENUM, offsetof(seg_knn_options, shadows), "drop", 0, 0, seg_shadows_names,
     "",
     "Cast shadows (told by colours only): background, 127 in the mask, or foreground like others.",
     ""},
    {"darkest", SEG_PARAM_FLOAT, offsetof(seg_knn_options, darkest), "0.7", 0, 1, NULL, "",
     "A shadow leaves at least this share of the light.", "tau"},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(seg_knn_options)};

void seg_knn_options_init(seg_knn_options *options) {
    seg_params_init(options, &params);
}

/* ---- the arrays ---- */

enum { SPANS = 3 }; /* short, middle, long */
enum { SAMPLES, KNOWN, OLDEST };

/* A row of the model: kernels/neighbours.h; samples stand span after span. */
typedef struct line {
    int32_t blocks, colours, samples; /* samples of a span */
    uint8_t *sample;
    uint8_t *known;  /* kernels/neighbours.h; after those of the samples: pixels that were seen */
    uint8_t *oldest; /* of each block and span: which of its samples is replaced next */
} line;

static int32_t blocks_of(int32_t width) {
    return (width + BLOCK - 1) / BLOCK;
}

static void lay_out(seg_subtractor_layout *layout, const void *options) {
    const int32_t samples = SPANS * ((const seg_knn_options *)options)->samples;
    const int32_t planes[] = {samples * layout->colours, samples + 1};
    const size_t blocks = (size_t)blocks_of(layout->width);
    const size_t pitches[] = {blocks * BLOCK, blocks * BYTES};
    for (int32_t i = SAMPLES; i <= KNOWN; i++) {
        seg_grid_layout *pixels =
            &seg_subtractor_add_part(layout, pitches[i] * (size_t)planes[i], 1)->pixels;
        pixels->plane = pitches[i];
        pixels->planes = planes[i];
        pixels->size = i == SAMPLES;
    }
    /* which sample is the oldest is a block's: it stays where it is */
    seg_subtractor_add_part(layout, blocks * SPANS, 1)->pixels.planes = 0;
}

static line line_of(const seg_subtractor *model, int32_t y) {
    const seg_subtractor_layout *layout = &model->layout;
    line l = {.blocks = blocks_of(layout->width), .colours = layout->colours};
    uint8_t **const rows_of[] = {&l.sample, &l.known, &l.oldest};
    for (int i = 0; i < 3; i++) {
        const seg_subtractor_part *part = &layout->parts[i];
        *rows_of[i] = (uint8_t *)part->data + part->count / (size_t)layout->height * (size_t)y;
    }
    l.samples = ((const seg_knn_options *)model->base.still->options)->samples;
    return l;
}

/* Bytes from one colour of a sample to the next. */
static int32_t pitch_of(const line *l) {
    return l->blocks * BLOCK;
}

/* The first colour of a sample. */
static uint8_t *sample_at(const line *l, int32_t block, int32_t i) {
    return l->sample + ((size_t)(i * l->colours) * (size_t)l->blocks + (size_t)block) * BLOCK;
}

static uint8_t *known_at(const line *l, int32_t block, int32_t i) {
    return l->known + (size_t)(i * l->blocks + block) * BYTES;
}

static uint8_t *seen_at(const line *l, int32_t block) {
    return known_at(l, block, SPANS * l->samples);
}

static bool has_bit(const uint8_t *bits, int32_t x) {
    return bits[x / 8] >> (x % 8) & 1;
}

/* Which sample of a block is replaced next in a span; whatever a loaded model says. */
static int32_t oldest_of(const line *l, int32_t block, int32_t span) {
    return span * l->samples + l->oldest[block * SPANS + span] % l->samples;
}

static void pass_on(const line *l, int32_t block, int32_t span) {
    uint8_t *oldest = &l->oldest[block * SPANS + span];
    *oldest = (uint8_t)((*oldest + 1) % l->samples);
}

/* ---- a frame ---- */

typedef struct pass {
    const seg_subtractor *model;
    const seg_knn_options *options;
    seg_result *result;
    const seg_neighbours_kernels *kernels;
    void (*replace)(uint8_t *sample, const uint8_t *const *value, const uint8_t *taken,
                    int32_t planes);
    int32_t apart[SPANS]; /* frames between two samples; 0 = nothing is learnt */
    uint16_t *pattern;    /* random, of the blocks of a row */
    uint8_t *rooms;
    size_t room_size;
} pass;

/* Rows of a worker: whole blocks each. */
typedef struct work {
    line l;
    int32_t y;
    const uint8_t *value[3];
    uint8_t *mask;
    uint8_t *shade; /* where shadows are */
    uint8_t *usual; /* bits */
    uint8_t *due;   /* of each block, a bit for each span that learns now */
    seg_neighbours_row row;
} work;

/* The planes of a row are whole blocks; what is beyond the width is 0. */
static work work_of(const pass *job, int32_t y, int32_t worker) {
    work w = {.l = line_of(job->model, y), .y = y};
    const size_t width = (size_t)job->model->layout.width, pitch = (size_t)w.l.blocks * BLOCK;
    uint8_t *room = job->rooms + (size_t)worker * job->room_size;
    w.mask = room;
    w.shade = room + pitch;
    const uint8_t *value[3];
    seg_subtractor_row8(value, job->model, y, room + 6 * pitch);
    w.usual = room + 5 * pitch;
    w.due = w.usual + (size_t)w.l.blocks * BYTES;
    for (int32_t c = 0; c < w.l.colours; c++) {
        uint8_t *own = room + (size_t)(2 + c) * pitch;
        w.value[c] = value[c];
        if (width == pitch) continue;
        memcpy(own, value[c], width);
        memset(own + width, 0, pitch - width);
        w.value[c] = own;
    }
    w.row = (seg_neighbours_row){
        .mask = w.mask,
        .usual = w.usual,
        .samples = w.l.sample,
        .known = w.l.known,
        .value = {w.value[0], w.value[1], w.value[2]},
        .blocks = w.l.blocks,
        .colours = w.l.colours,
        .sample_count = SPANS * w.l.samples,
        .needed = job->options->needed,
        .limit = (int32_t)(job->options->threshold * job->options->threshold),
    };
    return w;
}

/* Squared distance to a sample. */
static int32_t distance_to(const work *w, int32_t x, int32_t i) {
    const uint8_t *sample = sample_at(&w->l, x / BLOCK, i) + x % BLOCK;
    int32_t sum = 0;
    for (int32_t c = 0; c < w->l.colours; c++) {
        const int32_t away = w->value[c][x] - sample[c * pitch_of(&w->l)];
        sum += away * away;
    }
    return sum;
}

static void score_row(const pass *job, const work *w) {
    uint16_t *score = seg_image_row(&job->result->score, w->y);
    const uint8_t *left_out = seg_optional_row(&job->model->left_out, w->y);
    const int32_t needed = job->options->needed;
    for (int32_t x = 0; x < job->model->layout.width; x++) {
        int32_t nearest[MOST_NEEDED];
        for (int32_t i = 0; i < needed; i++)
            nearest[i] = 65025 * w->l.colours;
        for (int32_t i = 0; i < SPANS * w->l.samples; i++) {
            if (!has_bit(known_at(&w->l, x / BLOCK, i), x % BLOCK)) continue;
            int32_t distance = distance_to(w, x, i);
            for (int32_t j = 0; j < needed; j++) {
                const int32_t kept = nearest[j];
                if (distance >= kept) continue;
                nearest[j] = distance;
                distance = kept;
            }
        }
        const float mean = (float)nearest[needed - 1] / (float)w->l.colours;
        const bool silent =
            !has_bit(seen_at(&w->l, x / BLOCK), x % BLOCK) || (left_out && left_out[x]);
        score[x] = silent ? 0 : (uint16_t)(sqrtf(mean) * 257);
    }
}

static void give_mask(const pass *job, const work *w) {
    const int32_t width = job->model->layout.width;
    uint8_t *mask = seg_image_row(&job->result->mask, w->y);
    memcpy(mask, w->mask, (size_t)width);
    if (job->options->shadows == SEG_SHADOWS_KEEP || w->l.colours != 3) return;
    const double near = job->options->threshold;
    const seg_neighbours_shade shade = {.shadow = w->shade,
                                        .mask = w->mask,
                                        .darkest = (float)job->options->darkest,
                                        .near_squared = (float)(near * near),
                                        .above = (uint8_t)(near + 1)};
    if (!job->kernels->shade(&shade, &w->row)) return;
    if (job->options->shadows == SEG_SHADOWS_DROP)
        seg_temporal_kernels_get()->leave_out_u8(mask, w->shade, width);
    else
        for (int32_t x = 0; x < width; x++)
            mask[x] = w->shade[x] ? 127 : mask[x];
}

/* ---- learning ---- */

/* Pixels of a block, as bytes and as bits. */
typedef struct pixels {
    uint8_t set[BLOCK], bits[BYTES];
    bool all;
} pixels;

static void pack(pixels *p) {
    memset(p->bits, 0, BYTES);
    for (int32_t x = 0; x < BLOCK; x++)
        p->bits[x / 8] |= (uint8_t)((p->set[x] & 1) << (x % 8));
}

/* Sample i of a block becomes `value`, which is known where `known` says, for the pixels taken. */
static void put(const pass *job, const line *l, int32_t block, int32_t i,
                const uint8_t *const *value, const uint8_t *known, const pixels *taken) {
    uint8_t *sample = sample_at(l, block, i), *own = known_at(l, block, i);
    for (int32_t c = 0; c < l->colours; c++, sample += pitch_of(l))
        if (taken->all)
            memcpy(sample, value[c], BLOCK);
        else
            job->replace(sample, &value[c], taken->set, 1);
    for (int32_t b = 0; b < BYTES; b++)
        own[b] = (uint8_t)((own[b] & ~taken->bits[b]) | (known[b] & taken->bits[b]));
}

/* The frame's value; known where `usual` is set. */
static void put_value(const pass *job, const work *w, int32_t block, int32_t i,
                      const uint8_t *usual, const pixels *taken) {
    const uint8_t *value[3];
    for (int32_t c = 0; c < w->l.colours; c++)
        value[c] = w->value[c] + block * BLOCK;
    put(job, &w->l, block, i, value, usual, taken);
}

/* The oldest sample of a span takes the place of the oldest one of the next. */
static void move_on(const pass *job, const line *l, int32_t block, int32_t span,
                    const pixels *taken) {
    const int32_t from = oldest_of(l, block, span);
    const uint8_t *value[3];
    for (int32_t c = 0; c < l->colours; c++)
        value[c] = sample_at(l, block, from) + c * pitch_of(l);
    put(job, l, block, oldest_of(l, block, span + 1), value, known_at(l, block, from), taken);
    pass_on(l, block, span + 1);
}

/* What may be learnt of a block. */
static void allow(pixels *taken, const seg_subtractor *model, const work *w, int32_t block) {
    const uint8_t *left_out = seg_optional_row(&model->left_out, w->y);
    const uint8_t *held = seg_optional_row(&model->held, w->y);
    const uint8_t *patient = seg_optional_row(&model->patient, w->y);
    const int32_t first = block * BLOCK, left = model->layout.width - first;
    taken->all = left >= BLOCK && !left_out && !held && !patient;
    memset(taken->set, taken->all ? 255 : 0, BLOCK);
    memset(taken->bits, 255, BYTES);
    if (taken->all) return;
    for (int32_t i = 0; i < BLOCK && i < left; i++) {
        const int32_t x = first + i;
        const bool out = (left_out && left_out[x]) || (held && held[x]);
        taken->set[i] = out || (patient && patient[x] && w->mask[x]) ? 0 : 255;
    }
    pack(taken);
}

/* What is foreground and has to be learnt. */
static bool force(pixels *forced, const seg_subtractor *model, const work *w, int32_t block,
                  const pixels *taken) {
    const uint8_t *absorbed = seg_optional_row(&model->absorbed, w->y);
    forced->all = false;
    for (int32_t i = 0; i < BLOCK; i++) {
        const int32_t x = block * BLOCK + i;
        forced->set[i] = absorbed && taken->set[i] && absorbed[x] ? w->mask[x] : 0;
    }
    pack(forced);
    return memchr(forced->set, 255, BLOCK);
}

static void learn_block(const pass *job, const work *w, int32_t block, uint32_t due) {
    const line *l = &w->l;
    pixels taken, forced;
    allow(&taken, job->model, w, block);
    if (due & 4) move_on(job, l, block, 1, &taken);
    if (due & 2) move_on(job, l, block, 0, &taken);
    if (due & 1) {
        put_value(job, w, block, oldest_of(l, block, 0), w->usual + block * BYTES, &taken);
        pass_on(l, block, 0);
    }
    if (seg_image_empty(&job->model->absorbed) || !force(&forced, job->model, w, block, &taken))
        return;
    put_value(job, w, block, oldest_of(l, block, 0), forced.bits, &forced);
    pass_on(l, block, 0);
}

static void prefetch_sample(const line *l, int32_t block, int32_t i) {
    for (int32_t c = 0; c < l->colours; c++)
        SEG_PREFETCH(sample_at(l, block, i) + c * pitch_of(l));
    SEG_PREFETCH(known_at(l, block, i));
}

/* Which spans of which blocks are due (a bit each): once in so many frames, at a moment of its own
 * for each block. Their samples lie scattered over the model; asked for before the row is searched,
 * they are there when it is learnt. */
static void plan_row(const pass *job, const work *w) {
    const seg_subtractor *model = job->model;
    const int64_t n = model->base.clock.frames;
    uint32_t keys[SPANS][4];
    int64_t apart[SPANS], moment[SPANS];
    for (int32_t span = 0; span < SPANS; span++) {
        apart[span] = job->apart[span];
        moment[span] = n % apart[span];
        const int64_t window = n / apart[span];
        const seg_random random =
            seg_random_stream((SEED + (uint32_t)span) ^ model->base.still->env.seed,
                              (uint64_t)window, (uint32_t)w->y);
        seg_random_words(keys[span], &random, 0);
    }
    for (int32_t block = 0; block < w->l.blocks; block++) {
        uint32_t due = 0;
        for (int32_t span = 0; span < SPANS; span++) {
            const uint32_t drawn =
                (job->pattern[block] * (keys[span][0] | 1) + keys[span][1]) & 0xffff;
            due |= (uint32_t)(drawn * apart[span] >> 16 == moment[span]) << span;
        }
        for (int32_t span = 0; due && span < SPANS; span++)
            if ((due | due >> 1) >> span & 1) /* moved away or replaced */
                prefetch_sample(&w->l, block, oldest_of(&w->l, block, span));
        w->due[block] = (uint8_t)due;
    }
}

static void learn_row(const pass *job, const work *w) {
    const bool every = !seg_image_empty(&job->model->absorbed);
    for (int32_t block = 0; block < w->l.blocks; block++)
        if (every || w->due[block]) learn_block(job, w, block, w->due[block]);
}

/* Pixels seen for the first time are no foreground; their value becomes all samples. */
static void admit_row(const pass *job, const work *w) {
    static const uint8_t everything[BYTES] = {255, 255, 255, 255};
    const int32_t width = job->model->layout.width;
    for (int32_t block = 0; block < w->l.blocks; block++) {
        uint8_t *seen = seen_at(&w->l, block);
        if (!memcmp(seen, everything, BYTES)) continue;
        pixels taken;
        uint8_t *mask = w->mask + block * BLOCK;
        for (int32_t i = 0; i < BLOCK; i++)
            if (!has_bit(seen, i)) mask[i] = 0;
        allow(&taken, job->model, w, block);
        for (int32_t i = 0; i < BLOCK; i++) {
            if (has_bit(seen, i)) taken.set[i] = 0;
            /* there are no pixels beyond the width to wait for */
            if (taken.set[i] || block * BLOCK + i >= width) seen[i / 8] |= (uint8_t)(1 << (i % 8));
        }
        taken.all = false;
        pack(&taken);
        for (int32_t i = 0; i < SPANS * w->l.samples; i++)
            put_value(job, w, block, i, everything, &taken);
    }
}

static seg_status step_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band;
    const pass *job = argument;
    for (int32_t y = first; y < end; y++) {
        const work w = work_of(job, y, worker);
        if (job->apart[0] > 0) plan_row(job, &w);
        job->kernels->search(&w.row);
        if (job->result->outputs & SEG_OUTPUT_SCORE) score_row(job, &w);
        if (job->apart[0] > 0) learn_row(job, &w);
        admit_row(job, &w);
        give_mask(job, &w);
    }
    return SEG_OK;
}

/* Frames between two samples of each span: a frame's weight falls to 0.7, 0.4, 0.1 in them. */
static void set_spans(pass *job) {
    static const double weights[SPANS] = {0.7, 0.4, 0.1};
    double rate = job->model->weight, before = 0;
    if (rate <= 0 || job->model->first) return;
    const double early = 0.5 / (double)(job->model->base.clock.frames + 1);
    if (early > rate) rate = early;
    if (rate > 0.9) rate = 0.9;
    for (int32_t span = 0; span < SPANS; span++) {
        const double end = seg_log_e(weights[span]) / seg_log_e(1 - rate);
        const double apart = (end - before) / job->options->samples + 1;
        job->apart[span] = apart < 1e9 ? (int32_t)apart : 1000000000;
        before = end;
    }
}

static seg_status step(seg_subtractor *model, seg_result *result) {
    seg_scratch *scratch = &model->base.still->scratch;
    const int32_t blocks = blocks_of(model->layout.width);
    const size_t workers = (size_t)seg_workers(&model->base.still->env);
    pass job = {.model = model,
                .options = model->base.still->options,
                .result = result,
                .kernels = seg_neighbours_kernels_get(),
                .replace = seg_consensus_kernels_get()->replace};
    job.room_size = (size_t)blocks * BLOCK * (6 + 12);
    job.rooms = seg_scratch_take(scratch, workers, job.room_size, "rows");
    job.pattern = seg_scratch_take(scratch, (size_t)blocks, sizeof *job.pattern, "random pattern");
    if (!job.rooms || !job.pattern) return SEG_ERROR_MEMORY;
    seg_dither_pattern(job.pattern, blocks);
    set_spans(&job);
    return seg_run_bands(&model->base.still->env, model->layout.height, SEG_SUBTRACTOR_BAND,
                         step_band, &job);
}

/* ---- the background ---- */

static void background_row(const seg_subtractor *model, void *out, bool wide, int32_t y) {
    const line l = line_of(model, y);
    uint8_t *narrow_row = out;
    uint16_t *wide_row = out;
    for (int32_t x = 0; x < model->layout.width; x++) {
        int32_t i = SPANS * l.samples - 1;
        while (i > 0 && !has_bit(known_at(&l, x / BLOCK, i), x % BLOCK))
            i--;
        const uint8_t *sample = sample_at(&l, x / BLOCK, i) + x % BLOCK;
        for (int32_t c = 0; c < l.colours; c++)
            if (wide)
                wide_row[x * l.colours + c] = (uint16_t)(sample[c * pitch_of(&l)] * 257);
            else
                narrow_row[x * l.colours + c] = sample[c * pitch_of(&l)];
    }
}

static const seg_subtractor_kind kind = {
    .id = "knn",
    .version = 1,
    .state_size = sizeof(seg_subtractor),
    .params = &params,
    .shared = offsetof(seg_knn_options, model),
    .lay_out = lay_out,
    .step = step,
    .background_row = background_row,
    .spans = SPANS,
    .samples = offsetof(seg_knn_options, samples),
    .needed = offsetof(seg_knn_options, needed),
};

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_subtractor_create(state, &kind, options, env);
}

const seg_method seg_method_knn = {
    SEG_SUBTRACTOR_METHOD,
    .id = "knn",
    .title = "nearest neighbours among samples of three spans of time",
    .reference = "Z. Zivkovic, F. van der Heijden, Efficient adaptive density estimation per image "
                 "pixel for the task of background subtraction, Pattern Recognition Letters 27(7)",
    .year = 2006,
    .params = &params,
    .create = create,
};
