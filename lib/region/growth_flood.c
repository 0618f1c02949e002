/*
 * Regions one after the other on rows of bits, for the criteria by which a region does not depend
 * on the order of its pixels (seed, neighbour).
 *
 * What may be taken is found a block of a row at a time, when the region first comes near it: by
 * seed the pixels in range, by neighbour bits that say "joined with the pixel to the left", "with
 * the one below", and diagonally. A row's new pixels spread along the row by doubling steps within
 * words, then to the rows above and below, where they wait with the range of words that they touch.
 *
 * Cost: about one nanosecond for each 64 pixels and row that a region reaches, plus one comparison
 * of each pixel of the blocks that it reaches, with its neighbours by neighbour.
 */
#include "region/growth_flood.h"

#include "core/check.h"

#include <string.h>

/* Blocks of a row: as many as a word has bits, of at least so many words. */
enum { MOST_BLOCKS = 64, LEAST_WORDS = 4 };

/* --- which pixels are alike -------------------------------------------------------------- */

static const void *pixel_at(const seg_flooding *flood, int32_t x, int32_t y) {
    const seg_image *picture = &flood->growth->picture;
    const size_t pixel = (size_t)picture->channels * (picture->format == SEG_U8 ? 1 : 2);
    return (const char *)seg_image_row(picture, y) + (size_t)x * pixel;
}

/* Pixels of a block: where it begins, how many there are. */
typedef struct stretch {
    int32_t word, words, x, width;
} stretch;

static stretch stretch_of(const seg_flooding *flood, int32_t block) {
    stretch of = {.word = block * flood->block_words};
    const int32_t left = flood->filled.pitch - of.word;
    of.words = left < flood->block_words ? left : flood->block_words;
    of.x = 64 * of.word;
    of.width =
        flood->filled.width - of.x < 64 * of.words ? flood->filled.width - of.x : 64 * of.words;
    return of;
}

/* A block of words & bits that say which pixels are like those dx beside and dy below them. */
static void compare(const seg_flooding *flood, uint64_t *words, const stretch *of, int32_t y,
                    int32_t dx, int32_t dy) {
    const seg_growth *growth = flood->growth;
    const int32_t from = of->x + dx < 0 ? 1 : 0;
    const int32_t end = of->x + of->width + dx > growth->labels.width ? of->width - 1 : of->width;
    const int32_t count = end - from;
    uint8_t *flags = flood->flags;
    flags[0] = flags[of->width - 1] = 0;
    if (count > 0) {
        const void *a = pixel_at(flood, of->x + from, y);
        const void *b = pixel_at(flood, of->x + from + dx, y + dy);
        const int32_t channels = growth->picture.channels, tolerance = growth->tolerance.whole;
        if (growth->picture.format == SEG_U8)
            flood->kernels->near_u8(flags + from, a, b, count, channels, tolerance);
        else
            flood->kernels->near_u16(flags + from, a, b, count, channels, tolerance);
    }
    flood->bits->pack(words, flags, of->width);
}

static void unblock(const seg_flooding *flood, uint64_t *words, const stretch *of, int32_t y,
                    int32_t dx) {
    const seg_growth *growth = flood->growth;
    if (seg_image_empty(&growth->blocked)) return;
    const uint8_t *blocked = seg_image_row(&growth->blocked, y);
    for (int32_t i = 0; i < of->width; i++) {
        const int32_t x = of->x + i + dx;
        if (x >= 0 && x < growth->labels.width && blocked[x])
            words[i / 64] &= ~((uint64_t)1 << i % 64);
    }
}

/* By seed: pixels in range; by neighbour: joined with the left one. */
static void find_row_block(seg_flooding *flood, int32_t y, int32_t block) {
    const seg_growth *growth = flood->growth;
    const stretch of = stretch_of(flood, block);
    uint64_t *words = seg_bitmap_row(&flood->row_joins, y) + of.word;
    flood->rows[y].ready |= (uint64_t)1 << block;
    if (growth->criterion != SEG_GROW_SEED) {
        compare(flood, words, &of, y, -1, 0);
        unblock(flood, words, &of, y, -1);
    } else {
        if (growth->picture.format == SEG_U8)
            flood->kernels->within_u8(flood->flags, pixel_at(flood, of.x, y), of.width,
                                      growth->picture.channels, flood->range);
        else
            flood->kernels->within_u16(flood->flags, pixel_at(flood, of.x, y), of.width,
                                       growth->picture.channels, flood->range);
        flood->bits->pack(words, flood->flags, of.width);
        const uint64_t *seeds = flood->planted ? seg_bitmap_row(&flood->seeds, y) + of.word : NULL;
        for (int32_t i = 0; seeds && i < of.words; i++)
            words[i] |= seeds[i];
    }
    unblock(flood, words, &of, y, 0);
}

/* By neighbour: joins of row y with the row below it, which is in the picture. */
static void find_below_block(seg_flooding *flood, int32_t y, int32_t block) {
    const stretch of = stretch_of(flood, block);
    seg_bitmap *const joins[] = {&flood->below, &flood->below_left, &flood->below_right};
    static const int32_t steps[] = {0, -1, 1};
    flood->rows[y].ready_below |= (uint64_t)1 << block;
    for (int i = 0; i < (flood->growth->connectivity == 8 ? 3 : 1); i++) {
        uint64_t *words = seg_bitmap_row(joins[i], y) + of.word;
        compare(flood, words, &of, y, steps[i], 1);
        unblock(flood, words, &of, y, 0);
        unblock(flood, words, &of, y + 1, steps[i]);
    }
}

/* The word of a row's joins; those of the row below it. */
static inline uint64_t row_joins(seg_flooding *flood, int32_t y, int32_t word) {
    const int32_t block = word / flood->block_words;
    if (!(flood->rows[y].ready >> block & 1)) find_row_block(flood, y, block);
    return seg_bitmap_row(&flood->row_joins, y)[word];
}

static inline void need_below(seg_flooding *flood, int32_t y, int32_t word) {
    const int32_t block = word / flood->block_words;
    if (!(flood->rows[y].ready_below >> block & 1)) find_below_block(flood, y, block);
}

/* Pixels that may be taken from the one to their right. A pixel that is taken is in range itself.
 */
static inline uint64_t joined_right(seg_flooding *flood, int32_t y, int32_t word) {
    const uint64_t here = row_joins(flood, y, word);
    if (flood->growth->criterion == SEG_GROW_SEED) return here;
    return here >> 1 | (word + 1 < flood->filled.pitch ? row_joins(flood, y, word + 1) << 63 : 0);
}

/* --- spreading --------------------------------------------------------------------------- */

/* What is added to a run of ones carries to its end. */
static uint64_t spread_right(uint64_t pixels, uint64_t joined) {
    const uint64_t begun = pixels << 1 & joined;
    return pixels | (joined & (~(joined + begun) | begun));
}

static uint64_t spread_left(uint64_t pixels, uint64_t joined) {
    if (!(pixels >> 1 & joined & ~pixels)) return pixels;
    for (int step = 1; step < 64; step *= 2) {
        pixels |= pixels >> step & joined;
        joined &= joined >> step;
    }
    return pixels;
}

static void touch(const seg_flooding *flood, int32_t y) {
    const size_t size = (size_t)flood->filled.pitch * sizeof(uint64_t);
    if (flood->rows[y].touched) return;
    flood->rows[y].touched = true;
    memset(seg_bitmap_row(&flood->filled, y), 0, size);
    memset(seg_bitmap_row(&flood->waiting, y), 0, size);
}

static void wait(seg_flooding *flood, int32_t y, int32_t word, uint64_t pixels) {
    touch(flood, y);
    seg_bitmap_row(&flood->waiting, y)[word] |= pixels;
    if (flood->rows[y].first > flood->rows[y].last) {
        flood->stack[flood->depth++] = y;
        flood->rows[y].first = flood->rows[y].last = word;
        return;
    }
    if (word < flood->rows[y].first) flood->rows[y].first = word;
    if (word > flood->rows[y].last) flood->rows[y].last = word;
}

/* Fills what waits in a row and what it is joined with in the row; the range of words that changed
 * is first .. last. New pixels are left in flood->line. */
static void fill_row(seg_flooding *flood, int32_t y, int32_t *first, int32_t *last) {
    const int32_t pitch = flood->filled.pitch;
    uint64_t *fresh = flood->line, *waiting = seg_bitmap_row(&flood->waiting, y);
    int32_t word = *first;
    uint64_t carry = 0;
    for (; word <= *last || carry; word++) {
        if (word == pitch) break;
        const uint64_t joined = row_joins(flood, y, word);
        uint64_t pixels = word <= *last ? waiting[word] : 0;
        pixels = spread_right(pixels | (carry & joined), joined);
        fresh[word] = pixels;
        if (word <= *last) waiting[word] = 0;
        carry = pixels >> 63;
        if (word > *last && !pixels) break;
    }
    *last = word - 1 > *last ? word - 1 : *last;
    carry = 0;
    for (word = *last; word >= *first || carry; word--) {
        if (word < 0) break;
        uint64_t pixels = word >= *first ? fresh[word] : 0;
        if (pixels || carry) {
            const uint64_t joined = joined_right(flood, y, word);
            pixels = spread_left(pixels | (carry << 63 & joined), joined);
        }
        fresh[word] = pixels;
        carry = pixels & 1;
        if (word < *first && !pixels) break;
    }
    *first = word + 1 < *first ? word + 1 : *first;
}

/* New pixels of words beside each other, some of which are outside of what is new. */
typedef struct triple {
    uint64_t before, here, after;
} triple;

static triple triple_of(const uint64_t *fresh, int32_t i, int32_t first, int32_t last) {
    return (triple){.before = i - 1 >= first && i - 1 <= last ? fresh[i - 1] : 0,
                    .here = i >= first && i <= last ? fresh[i] : 0,
                    .after = i + 1 >= first && i + 1 <= last ? fresh[i + 1] : 0};
}

/* Pixels of a word of row `to` that are beside the new ones and in range. */
static uint64_t reach_by_seed(seg_flooding *flood, triple fresh, int32_t to, int32_t i) {
    uint64_t pixels = fresh.here;
    if (flood->growth->connectivity == 8)
        pixels |= fresh.here << 1 | fresh.before >> 63 | fresh.here >> 1 | fresh.after << 63;
    return pixels ? pixels & row_joins(flood, to, i) : 0;
}

/* The same of those that are joined with new ones, through the joins of the upper row. */
static uint64_t reach_by_neighbour(seg_flooding *flood, triple fresh, int32_t from, int32_t to,
                                   int32_t i) {
    const int32_t pitch = flood->filled.pitch, upper = from < to ? from : to;
    if (!(fresh.before | fresh.here | fresh.after)) return 0;
    need_below(flood, upper, i);
    uint64_t pixels = fresh.here & seg_bitmap_row(&flood->below, upper)[i];
    if (flood->growth->connectivity == 4) return pixels;
    if (i > 0) need_below(flood, upper, i - 1);
    if (i + 1 < pitch) need_below(flood, upper, i + 1);
    const uint64_t *right = seg_bitmap_row(&flood->below_right, upper);
    const uint64_t *left = seg_bitmap_row(&flood->below_left, upper);
    if (from < to) {
        const uint64_t right_before = i > 0 ? right[i - 1] : 0;
        const uint64_t left_after = i + 1 < pitch ? left[i + 1] : 0;
        pixels |= (fresh.here & right[i]) << 1 | (fresh.before & right_before) >> 63;
        pixels |= (fresh.here & left[i]) >> 1 | (fresh.after & left_after) << 63;
    } else {
        pixels |= (fresh.here >> 1 | fresh.after << 63) & right[i];
        pixels |= (fresh.here << 1 | fresh.before >> 63) & left[i];
    }
    return pixels;
}

/* Hands a row's new pixels to the row above or below. */
static void hand_on(seg_flooding *flood, int32_t from, int32_t to, int32_t first, int32_t last) {
    const int32_t pitch = flood->filled.pitch;
    const bool diagonal = flood->growth->connectivity == 8;
    const bool by_seed = flood->growth->criterion == SEG_GROW_SEED;
    const int32_t begin = diagonal && first > 0 ? first - 1 : first;
    const int32_t end = diagonal && last + 1 < pitch ? last + 1 : last;
    const uint64_t *filled = flood->rows[to].touched ? seg_bitmap_row(&flood->filled, to) : NULL;
    for (int32_t i = begin; i <= end; i++) {
        const triple fresh = triple_of(flood->line, i, first, last);
        uint64_t pixels = by_seed ? reach_by_seed(flood, fresh, to, i)
                                  : reach_by_neighbour(flood, fresh, from, to, i);
        if (filled) pixels &= ~filled[i];
        if (pixels) wait(flood, to, i, pixels);
    }
}

static void spread_rows(seg_flooding *flood) {
    const int32_t height = flood->filled.height;
    while (flood->depth > 0) {
        const int32_t y = flood->stack[--flood->depth];
        int32_t first = flood->rows[y].first, last = flood->rows[y].last;
        flood->rows[y].first = 1;
        flood->rows[y].last = 0;
        fill_row(flood, y, &first, &last);
        uint64_t *filled = seg_bitmap_row(&flood->filled, y);
        for (int32_t i = first; i <= last; i++) {
            flood->line[i] &= ~filled[i];
            filled[i] |= flood->line[i];
        }
        if (y < flood->top) flood->top = y;
        if (y > flood->bottom) flood->bottom = y;
        if (y > 0) hand_on(flood, y, y - 1, first, last);
        if (y + 1 < height) hand_on(flood, y, y + 1, first, last);
    }
}

/* --- a region --- */

/* Counts a region's pixels and makes its rows empty for the next one. */
int64_t seg_flooding_sweep(seg_flooding *flood) {
    int64_t pixels = 0;
    for (int32_t y = flood->top; y <= flood->bottom; y++) {
        if (!flood->rows[y].touched) continue;
        const uint64_t *filled = seg_bitmap_row(&flood->filled, y);
        for (int32_t i = 0; i < flood->filled.pitch; i++)
            pixels += seg_bits_count(filled[i]);
        flood->rows[y].touched = false;
    }
    /* the next region has a range of its own; rows beside this one were looked at, too */
    for (int32_t y = flood->top - 1; flood->range && y <= flood->bottom + 1; y++)
        if (y >= 0 && y < flood->filled.height) flood->rows[y].ready = 0;
    return pixels;
}

/* The next `height` rows of bits. */
static seg_bitmap next_bitmap(uint64_t **words, int32_t width, int32_t height) {
    const seg_bitmap bitmap = {
        .words = *words, .width = width, .height = height, .pitch = seg_bits_words(width)};
    *words += (size_t)bitmap.pitch * (size_t)height;
    return bitmap;
}

/* All in one block: glibc keeps as much memory from call to call as twice the largest block that it
 * was given back, and faults in anew what is more. */
static seg_status take_bitmaps(seg_flooding *flood) {
    const seg_growth *growth = flood->growth;
    const int32_t width = growth->labels.width, height = growth->labels.height;
    const int32_t below = growth->criterion == SEG_GROW_SEED ? 0 : height;
    const int32_t diagonal = growth->connectivity == 8 ? below : 0;
    const int32_t planted = flood->planted ? height : 0;
    const int64_t rows = 3 * (int64_t)height + below + 2 * (int64_t)diagonal + planted + 1;
    const size_t row = (size_t)seg_bits_words(width) * sizeof(uint64_t);
    uint64_t *words = seg_scratch_take(growth->scratch, (size_t)rows, row, "rows of a region");
    if (!words) return SEG_ERROR_MEMORY;
    flood->row_joins = next_bitmap(&words, width, height);
    flood->filled = next_bitmap(&words, width, height);
    flood->waiting = next_bitmap(&words, width, height);
    flood->below = next_bitmap(&words, width, below);
    flood->below_left = next_bitmap(&words, width, diagonal);
    flood->below_right = next_bitmap(&words, width, diagonal);
    flood->seeds = next_bitmap(&words, width, planted);
    flood->line = words;
    memset(flood->seeds.words, 0, (size_t)planted * row);
    return SEG_OK;
}

seg_status seg_flooding_take(seg_flooding *flood, const seg_growth *growth) {
    const size_t height = (size_t)growth->labels.height;
    const char *what = "rows of a region";
    *flood = (seg_flooding){.growth = growth};
    flood->bits = seg_bits_kernels_get();
    flood->kernels = seg_grow_kernels_get();
    flood->planted = growth->seed_count > (size_t)growth->count;
    SEG_TRY(take_bitmaps(flood));
    flood->block_words = (flood->filled.pitch + MOST_BLOCKS - 1) / MOST_BLOCKS;
    if (flood->block_words < LEAST_WORDS) flood->block_words = LEAST_WORDS;
    flood->flags = seg_scratch_take(growth->scratch, 64 * (size_t)flood->block_words, 1, what);
    flood->rows = seg_scratch_take(growth->scratch, height, sizeof *flood->rows, what);
    flood->stack = seg_scratch_take(growth->scratch, height, sizeof *flood->stack, what);
    if (!flood->flags || !flood->rows || !flood->stack) return SEG_ERROR_MEMORY;
    for (size_t y = 0; y < height; y++)
        flood->rows[y] = (seg_flooding_row){.first = 1};
    return SEG_OK;
}

/* Sets a seed and lets it wait, or takes it back. */
static void plant(seg_flooding *flood, const seg_growth_seed *seed, bool on) {
    const uint64_t bit = (uint64_t)1 << (seed->x & 63);
    if (seg_growth_blocked(flood->growth, seed->x, seed->y)) return;
    if (flood->planted) {
        uint64_t *word = seg_bitmap_row(&flood->seeds, seed->y) + seed->x / 64;
        *word = on ? *word | bit : *word & ~bit;
    }
    if (!on) return;
    wait(flood, seed->y, seed->x / 64, bit);
}

void seg_flooding_region(seg_flooding *flood, const seg_grow_range *range, size_t first,
                         size_t end) {
    const seg_growth *growth = flood->growth;
    flood->top = growth->labels.height;
    flood->bottom = -1;
    flood->range = range;
    for (size_t i = first; i < end; i++)
        plant(flood, &growth->seeds[i], true);
    spread_rows(flood);
    for (size_t i = first; i < end; i++)
        plant(flood, &growth->seeds[i], false);
}
