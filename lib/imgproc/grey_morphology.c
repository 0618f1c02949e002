/*
 * Grey morphology: erosion and dilation by flat elements, and what is made of them.
 *
 * M. van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and octagonal
 * kernels", Pattern Recognition Letters 13, 1992; J. Gil, M. Werman, "Computing 2-D min, median,
 * and max filters", IEEE Trans. PAMI 15(5), 1993; E. Urbach, M. Wilkinson, "Efficient 2-D grayscale
 * morphological transformations with arbitrary flat structuring elements", IEEE Trans. Image
 * Processing 17(1), 2008.
 *
 * A row's folds (least or most) over windows of 1, 2, 4, ... samples come one from the other by a
 * shift, those of any length from the longest of these that is not longer. For a rectangle that
 * gives the rows; columns are done by van Herk's scheme: they are cut into blocks as long as the
 * window, and every window is a suffix of one block and a prefix of the next, so that it takes
 * three folds whatever its length. Any other element is a set of chords: a row is folded for each
 * length among them once and gathered into the rows that see it.
 *
 * Outside of the picture is what no fold ever takes; so are NaN and infinity, which are replaced
 * by it when a row is read. What remains of it at the end becomes 0.
 */
#include "imgproc/grey_morphology.h"

#include "core/bands.h"
#include "core/check.h"
#include "imgproc/rows.h"
#include "imgproc/samples.h"
#include "kernels/morphology.h"

#include <math.h>
#include <string.h>

/* Bytes of the row of a tile: narrow ones keep rows in cache, wide ones are read ahead of. */
#define TILE 4096
/* Rows of a band: those around it are folded twice, so their share is to be low. */
#define LEAST_BAND 128
#define MOST_BAND 256

struct tile;

typedef struct folding {
    const seg_image *target, *source;
    const seg_chords *chords;
    const seg_fold_kernels *fold;
    const seg_morphology_kernels *kernels;
    size_t sample, step;            /* bytes of a sample; of a pixel */
    uint8_t nothing[sizeof(float)]; /* the sample that no fold takes */
    float nothing_f32;
    void (*fold_tile)(const struct folding *job, const struct tile *tile, int32_t first,
                      int32_t end);
    int32_t band, tile;       /* rows, pixels */
    uint8_t *memory;          /* of each worker */
    size_t room, line, pitch; /* of a worker; of a row of a tile with what is around it, without */
} folding;

static size_t samples(const folding *job, size_t bytes) {
    return bytes / job->sample;
}

static void fill_nothing(const folding *job, uint8_t *row, size_t bytes) {
    if (job->source->format == SEG_U8) {
        memset(row, job->nothing[0], bytes);
        return;
    }
    for (size_t i = 0; i < bytes; i += job->sample)
        memcpy(row + i, job->nothing, job->sample);
}

/* Part of a band that is worked on at a time, so that its rows stay in cache. */
typedef struct tile {
    int32_t x, width; /* pixels */
    size_t count;     /* samples of a row */
    size_t bytes;     /* of a row */
    uint8_t *memory;  /* of the worker */
} tile;

static uint8_t *tile_row(const seg_image *image, const folding *job, const tile *t, int32_t y) {
    return (uint8_t *)seg_image_row(image, y) + (size_t)t->x * job->step;
}

/* Row y of a tile with `left` pixels before and `right` behind it. */
static void read_row(const folding *job, const tile *t, uint8_t *line, int32_t y) {
    const int64_t start = (int64_t)t->x - job->chords->left;
    const int64_t stop = (int64_t)t->x + t->width + job->chords->right;
    const int64_t width = job->source->width;
    int64_t first = start < 0 ? 0 : start, end = stop > width ? width : stop;
    if (first >= end) first = end = start; /* all of it is outside */
    const size_t before = (size_t)(first - start) * job->step;
    const size_t inside = (size_t)(end - first) * job->step;
    fill_nothing(job, line, before);
    if (inside) {
        const uint8_t *row =
            (const uint8_t *)seg_image_row(job->source, y) + first * (ptrdiff_t)job->step;
        if (job->source->format == SEG_F32)
            job->kernels->replace_f32((float *)(void *)(line + before),
                                      (const float *)(const void *)row, samples(job, inside),
                                      job->nothing_f32);
        else
            memcpy(line + before, row, inside);
    }
    fill_nothing(job, line + before + inside, (size_t)(stop - end) * job->step);
}

/* Folds of windows of the largest power of two up to `length` pixels from those of *have pixels, of
 * which line[0] has `pixels`. Lines take turns. */
static void lengthen(const folding *job, uint8_t *line[2], int32_t *have, int32_t length,
                     int32_t pixels) {
    while (*have * 2 <= length) {
        pixels -= *have;
        job->fold->fold(line[1], line[0], line[0] + (size_t)*have * job->step,
                        samples(job, (size_t)pixels * job->step));
        uint8_t *swap = line[0];
        line[0] = line[1];
        line[1] = swap;
        *have *= 2;
    }
}

static void settle(const folding *job, void *row, size_t bytes) {
    if (job->source->format == SEG_F32) job->kernels->replace_f32(row, row, samples(job, bytes), 0);
}

/* ---- rectangles ---- */

/* A band at work. Of rows as windows see them, `suffixes` has the block that windows begin in,
 * folded from its end, `rows` the next one as it comes. */
typedef struct block_pair {
    const folding *job;
    const tile *tile;
    uint8_t *line[2], *suffixes, *rows, *prefix;
    int32_t length; /* rows of a block and of a window */
} block_pair;

static uint8_t *row_at(const block_pair *pair, uint8_t *rows, int32_t j) {
    return rows + (size_t)j * pair->job->pitch;
}

/* Row y folded along itself. */
static void fold_row(const block_pair *pair, uint8_t *to, int64_t y) {
    const folding *job = pair->job;
    const int32_t box = job->chords->left + job->chords->right + 1;
    uint8_t *line[2] = {pair->line[0], pair->line[1]};
    int32_t have = 1;
    if (y < 0 || y >= job->source->height) {
        fill_nothing(job, to, pair->tile->bytes);
        return;
    }
    read_row(job, pair->tile, line[0], (int32_t)y);
    lengthen(job, line, &have, box, pair->tile->width + box - 1);
    if (have < box)
        job->fold->fold(to, line[0], line[0] + (size_t)(box - have) * job->step, pair->tile->count);
    else
        memcpy(to, line[0], pair->tile->bytes);
}

static void next_block(block_pair *pair) {
    const folding *job = pair->job;
    uint8_t *swap = pair->suffixes;
    pair->suffixes = pair->rows;
    pair->rows = swap;
    for (int32_t j = pair->length - 2; j >= 0; j--)
        job->fold->gather(row_at(pair, pair->suffixes, j), row_at(pair, pair->suffixes, j + 1),
                          pair->tile->count);
    fill_nothing(job, pair->prefix, pair->tile->bytes);
}

static void fold_tile(const folding *job, const tile *t, int32_t first, int32_t end) {
    const seg_chords *chords = job->chords;
    block_pair pair = {.job = job, .tile = t, .length = chords->up + chords->down + 1};
    pair.line[0] = t->memory;
    pair.line[1] = t->memory + job->line;
    pair.prefix = t->memory + 2 * job->line;
    pair.rows = pair.prefix + job->pitch;
    pair.suffixes = row_at(&pair, pair.rows, pair.length);
    for (int32_t j = 0; j < pair.length; j++)
        fold_row(&pair, row_at(&pair, pair.rows, j), (int64_t)first - chords->up + j);
    for (int32_t y = first, j = 0; y < end; y++, j = j + 1 < pair.length ? j + 1 : 0) {
        uint8_t *out = tile_row(job->target, job, t, y);
        uint8_t *newest = row_at(&pair, pair.rows, j > 0 ? j - 1 : pair.length - 1);
        if (y > first) fold_row(&pair, newest, (int64_t)y + chords->down);
        if (j == 0) {
            next_block(&pair);
            memcpy(out, pair.suffixes, t->bytes);
        } else {
            job->fold->advance(out, pair.prefix, newest, row_at(&pair, pair.suffixes, j), t->count);
        }
        settle(job, out, t->bytes);
    }
}

/* Bands are of whole blocks. */
static void prepare_rectangle(folding *job) {
    const int32_t length = job->chords->up + job->chords->down + 1;
    job->fold_tile = fold_tile;
    job->band = (LEAST_BAND + length - 1) / length * length;
    job->room = 2 * job->line + (2 * (size_t)length + 1) * job->pitch;
}

/* ---- chords ---- */

/* Gathers row y into the rows of the band that see it. */
static void scatter_row(const folding *job, const tile *t, int32_t y, int32_t first, int32_t end) {
    const seg_chords *chords = job->chords;
    uint8_t *line[2] = {t->memory, t->memory + job->line}, *folded = t->memory + 2 * job->line;
    const int32_t pixels = t->width + chords->left + chords->right;
    int32_t have = 1, last = 0;
    const uint8_t *windows = NULL;
    read_row(job, t, line[0], y);
    for (int32_t i = 0; i < chords->count; i++) {
        const seg_chord *chord = &chords->items[i];
        const int64_t there = (int64_t)y - chord->y;
        if (there < first || there >= end) continue;
        if (chord->length != last) {
            lengthen(job, line, &have, chord->length, pixels - have + 1);
            windows = line[0];
            if (have < chord->length) {
                job->fold->fold(folded, line[0],
                                line[0] + (size_t)(chord->length - have) * job->step,
                                samples(job, (size_t)(pixels - chord->length + 1) * job->step));
                windows = folded;
            }
            last = chord->length;
        }
        job->fold->gather(tile_row(job->target, job, t, (int32_t)there),
                          windows + (size_t)(chord->x + chords->left) * job->step, t->count);
    }
}

static void scatter_tile(const folding *job, const tile *t, int32_t first, int32_t end) {
    for (int32_t y = first; y < end; y++)
        fill_nothing(job, tile_row(job->target, job, t, y), t->bytes);
    for (int64_t y = (int64_t)first - job->chords->up; y < (int64_t)end + job->chords->down; y++)
        if (y >= 0 && y < job->source->height) scatter_row(job, t, (int32_t)y, first, end);
    for (int32_t y = first; y < end; y++)
        settle(job, tile_row(job->target, job, t, y), t->bytes);
}

static void prepare_chords(folding *job) {
    const int32_t around = job->chords->up + job->chords->down;
    job->fold_tile = scatter_tile;
    job->band = 2 * around < LEAST_BAND  ? LEAST_BAND
                : 2 * around > MOST_BAND ? MOST_BAND
                                         : 2 * around;
    job->room = 3 * job->line;
}

/* ---- erosion and dilation ---- */

static seg_status fold_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    const folding *job = argument;
    tile t = {.memory = job->memory + (size_t)worker * job->room};
    (void)band;
    for (; t.x < job->source->width; t.x += job->tile) {
        const int32_t left = job->source->width - t.x;
        t.width = left < job->tile ? left : job->tile;
        t.bytes = (size_t)t.width * job->step;
        t.count = samples(job, t.bytes);
        job->fold_tile(job, &t, first, end);
    }
    return SEG_OK;
}

static size_t padded(size_t bytes) {
    return (bytes + SEG_ALIGNMENT - 1) / SEG_ALIGNMENT * SEG_ALIGNMENT;
}

/* What is around a tile is read with it, so its share is to be low. */
static int32_t tile_width(const folding *job) {
    const int32_t around = job->chords->left + job->chords->right;
    const int32_t width =
        TILE / (int32_t)job->step > 4 * around ? TILE / (int32_t)job->step : 4 * around;
    return width < job->source->width ? width : job->source->width;
}

static void set_nothing(folding *job, bool least) {
    const uint16_t full = (uint16_t)seg_image_full_scale(job->source), none = least ? full : 0;
    job->nothing_f32 = least ? INFINITY : -INFINITY;
    if (job->source->format == SEG_F32)
        memcpy(job->nothing, &job->nothing_f32, sizeof job->nothing_f32);
    else if (job->source->format == SEG_U16)
        memcpy(job->nothing, &none, sizeof none);
    else
        job->nothing[0] = (uint8_t)none;
}

static seg_status fold(const seg_image *target, const seg_image *source, bool least,
                       const seg_chords *chords, seg_scratch *scratch) {
    folding job = {.target = target, .source = source, .chords = chords};
    job.kernels = seg_morphology_kernels_get();
    job.fold = least ? &job.kernels->least[source->format - SEG_U8]
                     : &job.kernels->most[source->format - SEG_U8];
    job.sample = seg_format_size((seg_format)source->format);
    job.step = job.sample * source->channels;
    set_nothing(&job, least);
    job.tile = tile_width(&job);
    job.line = padded((size_t)(job.tile + chords->left + chords->right) * job.step);
    job.pitch = padded((size_t)job.tile * job.step);
    if (chords->rectangle)
        prepare_rectangle(&job);
    else
        prepare_chords(&job);
    job.memory =
        seg_scratch_take(scratch, (size_t)seg_workers(&scratch->env), job.room, "folded rows");
    if (!job.memory) return SEG_ERROR_MEMORY;
    return seg_run_bands(&scratch->env, source->height, job.band, fold_band, &job);
}

/* Rows are read after others were written. */
static seg_status fold_apart(const seg_image *target, const seg_image *source, bool least,
                             const seg_chords *chords, seg_scratch *scratch) {
    seg_image copy;
    if (target->data != source->data) return fold(target, source, least, chords, scratch);
    SEG_TRY(
        seg_scratch_image(&copy, source, (seg_format)source->format, source->channels, scratch));
    SEG_TRY(seg_image_copy(&copy, source, &scratch->env));
    return fold(target, &copy, least, chords, scratch);
}

/* ---- what is made of them ---- */

typedef struct difference {
    const seg_image *target, *a, *b;
    const seg_morphology_kernels *kernels;
} difference;

static seg_status subtract_band(void *argument, int32_t band, int32_t first, int32_t end,
                                int32_t worker) {
    const difference *job = argument;
    const size_t count = seg_row_samples(job->target);
    (void)band, (void)worker;
    for (int32_t y = first; y < end; y++) {
        void *out = seg_image_row(job->target, y);
        const void *a = seg_image_row(job->a, y), *b = seg_image_row(job->b, y);
        if (job->target->format == SEG_U8)
            job->kernels->subtract_u8(out, a, b, count);
        else if (job->target->format == SEG_U16)
            job->kernels->subtract_u16(out, a, b, count);
        else
            job->kernels->subtract_f32(out, a, b, count);
    }
    return SEG_OK;
}

static seg_status subtract(const seg_image *target, const seg_image *a, const seg_image *b,
                           const seg_env *env) {
    difference job = {target, a, b, seg_morphology_kernels_get()};
    return seg_run_bands(env, target->height, seg_point_rows(target), subtract_band, &job);
}

seg_status seg_morphology_picture_with(seg_image *target, const seg_image *source,
                                       seg_morphology operation, const seg_structure *structure,
                                       seg_scratch *scratch) {
    seg_chords chords;
    seg_image other;
    const seg_image given = *source; /* the header, which may be the target's */
    target->bits = given.bits;
    target->colour = given.colour;
    SEG_TRY(seg_structure_chords(&chords, structure, scratch));
    if (operation == SEG_MORPH_ERODE || operation == SEG_MORPH_DILATE)
        return fold_apart(target, &given, operation == SEG_MORPH_ERODE, &chords, scratch);
    SEG_TRY(seg_scratch_image(&other, &given, (seg_format)given.format, given.channels, scratch));
    if (operation == SEG_MORPH_GRADIENT) {
        SEG_TRY(fold(&other, &given, true, &chords, scratch));
        SEG_TRY(fold_apart(target, &given, false, &chords, scratch));
        return subtract(target, target, &other, &scratch->env);
    }
    const bool opening = operation == SEG_MORPH_OPEN || operation == SEG_MORPH_TOP_HAT;
    const bool hat = operation == SEG_MORPH_TOP_HAT || operation == SEG_MORPH_BLACK_HAT;
    seg_image filtered = *target;
    if (hat)
        SEG_TRY(seg_scratch_image(&filtered, &given, (seg_format)given.format, given.channels,
                                  scratch));
    SEG_TRY(fold(&other, &given, opening, &chords, scratch));
    seg_chords_mirror(&chords);
    SEG_TRY(fold(&filtered, &other, !opening, &chords, scratch));
    if (!hat) return SEG_OK;
    return opening ? subtract(target, &given, &filtered, &scratch->env)
                   : subtract(target, &filtered, &given, &scratch->env);
}

seg_status seg_morphology_picture(seg_image *target, const seg_image *source,
                                  seg_morphology operation, const seg_structure *structure,
                                  const seg_env *env) {
    SEG_TRY(seg_check_image(source, "source", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    if (operation < SEG_MORPH_ERODE || operation > SEG_MORPH_BLACK_HAT)
        return seg_fail(SEG_ERROR_ARGUMENT, "operation is %d (allowed %d to %d)", (int)operation,
                        (int)SEG_MORPH_ERODE, (int)SEG_MORPH_BLACK_HAT);
    SEG_TRY(seg_structure_check(structure, SEG_ERROR_ARGUMENT));
    SEG_TRY(seg_image_ensure(target, source->width, source->height, (seg_format)source->format,
                             source->channels, env));
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status =
        seg_morphology_picture_with(target, source, operation, structure, &scratch);
    seg_scratch_free(&scratch);
    return status;
}
