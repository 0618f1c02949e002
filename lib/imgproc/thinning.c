/*
 * Thinning of masks to lines one pixel wide, on words of 64 pixels.
 *
 * Guo-Hall (two-subiteration algorithm A1): Z. Guo and R. W. Hall, Parallel thinning with
 * two-subiteration algorithms, Communications of the ACM 32, 1989; conditions G1, G2, G3 and G3' in
 * L. Lam, S.-W. Lee and C. Y. Suen, Thinning methodologies: a comprehensive survey, IEEE PAMI 14,
 * 1992, page 879, which is what bwmorph(mask, 'thin') of the Berkeley benchmark does.
 * Zhang-Suen: T. Y. Zhang and C. Y. Suen, A fast parallel algorithm for thinning digital patterns,
 * Communications of the ACM 27, 1984.
 *
 * A sub-iteration reads one bitmap and writes the other; a row is looked at again only if it or one
 * beside it changed in the last two sub-iterations, since else this sub-iteration has already seen
 * what it would see. Cost: about 60 logical operations on a word of a changing row, in vectors, for
 * about as many sub-iterations as the widest part has pixels across.
 */
#include <segment/imgproc.h>

#include "core/bands.h"
#include "core/check.h"
#include "imgproc/bitmap.h"
#include "kernels/thinning.h"

#include <string.h>

/* Bitmaps with a zero word at either end of a row and a zero row at either end of a column. */
typedef struct thinning {
    uint64_t *words[2];  /* row 0 of the picture; sub-iteration s reads words[s % 2] */
    uint8_t *changed[3]; /* rows that sub-iteration s changed: changed[s % 3] */
    uint8_t *band_changed;
    const seg_thinning_kernels *kernels;
    const seg_bits_kernels *bits;
    const seg_image *mask, *target;
    int32_t count, pitch; /* words of a row, and from row to row */
    int32_t rule, now;    /* the sub-iteration */
} thinning;

static uint64_t *row_of(const thinning *thin, int32_t now, int32_t y) {
    return thin->words[now % 2] + (ptrdiff_t)y * thin->pitch;
}

static seg_status load_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    const thinning *thin = argument;
    (void)band, (void)worker;
    for (int32_t y = first; y < end; y++)
        thin->bits->pack(row_of(thin, 0, y), seg_image_row(thin->mask, y), thin->mask->width);
    return SEG_OK;
}

static seg_status store_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    const thinning *thin = argument;
    (void)band, (void)worker;
    for (int32_t y = first; y < end; y++)
        thin->bits->unpack(seg_image_row(thin->target, y), row_of(thin, thin->now, y),
                           thin->mask->width);
    return SEG_OK;
}

/* Did row y or one beside it change in the last two sub-iterations? */
static bool unsettled(const thinning *thin, int32_t y) {
    if (thin->now < 2) return true;
    const uint8_t *last = thin->changed[(thin->now + 2) % 3];
    const uint8_t *before = thin->changed[(thin->now + 1) % 3];
    bool any = last[y] || before[y];
    if (y > 0) any = any || last[y - 1] || before[y - 1];
    if (y + 1 < thin->mask->height) any = any || last[y + 1] || before[y + 1];
    return any;
}

static seg_status thin_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    const thinning *thin = argument;
    const seg_thinning_step step = (seg_thinning_step)(2 * thin->rule + thin->now % 2);
    uint8_t *changed = thin->changed[thin->now % 3], any = 0;
    (void)worker;
    for (int32_t y = first; y < end; y++) {
        changed[y] = 0;
        if (!unsettled(thin, y)) continue; /* then both bitmaps hold the same row */
        const uint64_t *row = row_of(thin, thin->now, y);
        changed[y] = thin->kernels->thin(row_of(thin, thin->now + 1, y), row - thin->pitch, row,
                                         row + thin->pitch, thin->count, step);
        any |= changed[y];
    }
    thin->band_changed[band] = any;
    return SEG_OK;
}

static seg_status take(thinning *thin, seg_scratch *scratch) {
    const size_t height = (size_t)thin->mask->height;
    const size_t bands = (size_t)seg_band_count(thin->mask->height, SEG_BITMAP_BAND);
    thin->count = seg_bits_words(thin->mask->width);
    thin->pitch = thin->count + 1; /* the zero behind a row is the one before the next */
    size_t words;
    if (!seg_size_multiply(&words, height + 2, (size_t)thin->pitch)) words = SIZE_MAX - 1;
    for (int i = 0; i < 2; i++) {
        uint64_t *block = seg_scratch_take(scratch, words + 1, sizeof *block, "packed masks");
        if (!block) return SEG_ERROR_MEMORY;
        memset(block, 0, (words + 1) * sizeof *block);
        thin->words[i] = block + 1 + thin->pitch;
    }
    for (int i = 0; i < 3; i++) {
        thin->changed[i] = seg_scratch_take(scratch, height, 1, "marks of rows");
        if (!thin->changed[i]) return SEG_ERROR_MEMORY;
    }
    thin->band_changed = seg_scratch_take(scratch, bands, 1, "marks of bands");
    return thin->band_changed ? SEG_OK : SEG_ERROR_MEMORY;
}

/* One sub-iteration; *any if it took pixels away. */
static seg_status advance(thinning *thin, bool *any, const seg_env *env) {
    const int32_t height = thin->mask->height;
    SEG_TRY(seg_run_bands(env, height, SEG_BITMAP_BAND, thin_band, thin));
    *any = memchr(thin->band_changed, 1, (size_t)seg_band_count(height, SEG_BITMAP_BAND)) != NULL;
    thin->now++;
    return SEG_OK;
}

static seg_status thin_mask(thinning *thin, int32_t iterations, seg_scratch *scratch) {
    const seg_env *env = &scratch->env;
    SEG_TRY(take(thin, scratch));
    SEG_TRY(seg_run_bands(env, thin->mask->height, SEG_BITMAP_BAND, load_band, thin));
    bool first = true, second = true;
    for (int32_t i = 0; (first || second) && (iterations == 0 || i < iterations); i++) {
        SEG_TRY(advance(thin, &first, env));
        SEG_TRY(advance(thin, &second, env));
    }
    return seg_run_bands(env, thin->mask->height, SEG_BITMAP_BAND, store_band, thin);
}

seg_status seg_thinning(seg_image *target, const seg_image *mask, seg_thinning_rule rule,
                        int32_t iterations, const seg_env *env) {
    SEG_TRY(seg_check_image(mask, "mask", SEG_FORMAT_BIT(SEG_U8), SEG_CHANNELS_1));
    if (rule != SEG_THINNING_GUO_HALL && rule != SEG_THINNING_ZHANG_SUEN)
        return seg_fail(SEG_ERROR_ARGUMENT, "rule is %d (allowed: Guo-Hall or Zhang-Suen)",
                        (int)rule);
    if (iterations < 0)
        return seg_fail(SEG_ERROR_ARGUMENT,
                        "iterations is %ld (allowed: 0 for until nothing changes, or more)",
                        (long)iterations);
    SEG_TRY(seg_image_ensure(target, mask->width, mask->height, SEG_U8, 1, env));
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    thinning thin = {.mask = mask, .target = target, .rule = rule};
    thin.kernels = seg_thinning_kernels_get();
    thin.bits = seg_bits_kernels_get();
    const seg_status status = thin_mask(&thin, iterations, &scratch);
    seg_scratch_free(&scratch);
    return status;
}
