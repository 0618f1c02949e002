/*
 * Regions one after the other on rows of bits, for the criteria by which a region does not depend
 * on the order of its pixels (seed, neighbour), as long as regions do not meet.
 *
 * Which neighbours are alike is found a row at a time, when the region first comes near it: bits
 * that say "joined with the pixel to the left", "with the one below", and diagonally. A row's new
 * pixels spread along the row by doubling steps within words, then to the rows above and below,
 * where they wait with the range of words that they touch.
 *
 * Cost: about one nanosecond for each 64 pixels and row that a region reaches, plus one comparison
 * of each pixel of these rows with its neighbours.
 */
#include "region/growth_flood.h"

#include "core/check.h"

#include <string.h>

enum { HAS_LEFT = 1, HAS_BELOW = 2 };

/* --- which pixels are alike -------------------------------------------------------------- */

static const void *row_at(const seg_flooding *flood, int32_t x, int32_t y) {
    const seg_image *picture = &flood->growth->picture;
    const size_t pixel = (size_t)picture->channels * (picture->format == SEG_U8 ? 1 : 2);
    return (const char *)seg_image_row(picture, y) + (size_t)x * pixel;
}

/* Bits `from` .. from+count-1 of `words` say whether pixels from a and b on are alike. */
static void compare(const seg_flooding *flood, uint64_t *words, int32_t from, const void *a,
                    const void *b, int32_t count) {
    const seg_growth *growth = flood->growth;
    const int32_t width = growth->labels.width, channels = growth->picture.channels;
    memset(flood->flags, 0, (size_t)width);
    if (count > 0 && growth->picture.format == SEG_U8)
        flood->kernels->near_u8(flood->flags + from, a, b, count, channels,
                                growth->tolerance.whole);
    else if (count > 0)
        flood->kernels->near_u16(flood->flags + from, a, b, count, channels,
                                 growth->tolerance.whole);
    flood->bits->pack(words, flood->flags, width);
}

/* out[x] = in[x - 1]; and x + 1. */
static void move_up(uint64_t *out, const uint64_t *in, int32_t count) {
    for (int32_t i = count - 1; i >= 0; i--)
        out[i] = in[i] << 1 | (i > 0 ? in[i - 1] >> 63 : 0);
}

static void move_down(uint64_t *out, const uint64_t *in, int32_t count) {
    for (int32_t i = 0; i < count; i++)
        out[i] = in[i] >> 1 | (i + 1 < count ? in[i + 1] << 63 : 0);
}

static void keep_both(uint64_t *out, const uint64_t *in, int32_t count) {
    for (int32_t i = 0; i < count; i++)
        out[i] &= in[i];
}

/* Pixels that a region may take by themselves: in range, not blocked. */
static void find_within(const seg_flooding *flood, int32_t y) {
    const seg_growth *growth = flood->growth;
    const int32_t width = growth->labels.width, pitch = flood->filled.pitch;
    uint64_t *within = seg_bitmap_row(&flood->within, y);
    if (growth->criterion != SEG_GROW_SEED)
        memset(flood->flags, 255, (size_t)width);
    else if (growth->picture.format == SEG_U8)
        flood->kernels->within_u8(flood->flags, row_at(flood, 0, y), width,
                                  growth->picture.channels, flood->range);
    else
        flood->kernels->within_u16(flood->flags, row_at(flood, 0, y), width,
                                   growth->picture.channels, flood->range);
    flood->bits->pack(within, flood->flags, width);
    const uint64_t *seeds = flood->planted ? seg_bitmap_row(&flood->seeds, y) : NULL;
    for (int32_t i = 0; seeds && i < pitch; i++)
        within[i] |= seeds[i];
    if (seg_image_empty(&growth->blocked)) return;
    flood->bits->pack(flood->block, seg_image_row(&growth->blocked, y), width);
    for (int32_t i = 0; i < pitch; i++)
        within[i] &= ~flood->block[i];
}

static void join_left(const seg_flooding *flood, int32_t y) {
    const int32_t width = flood->filled.width, pitch = flood->filled.pitch;
    uint64_t *left = seg_bitmap_row(&flood->left, y);
    if (flood->ready[y] & HAS_LEFT) return;
    flood->ready[y] |= HAS_LEFT;
    find_within(flood, y);
    const uint64_t *within = seg_bitmap_row(&flood->within, y);
    move_up(left, within, pitch);
    keep_both(left, within, pitch);
    if (flood->growth->criterion == SEG_GROW_SEED) return;
    compare(flood, flood->line, 1, row_at(flood, 1, y), row_at(flood, 0, y), width - 1);
    keep_both(left, flood->line, pitch);
}

/* Joins of row y with the row below it, which is in the picture. */
static void join_below(const seg_flooding *flood, int32_t y) {
    const seg_growth *growth = flood->growth;
    const int32_t width = flood->filled.width, pitch = flood->filled.pitch;
    const bool compares = growth->criterion != SEG_GROW_SEED;
    if (flood->ready[y] & HAS_BELOW) return;
    join_left(flood, y);
    join_left(flood, y + 1);
    flood->ready[y] |= HAS_BELOW;
    const uint64_t *upper = seg_bitmap_row(&flood->within, y);
    const uint64_t *lower = seg_bitmap_row(&flood->within, y + 1);
    uint64_t *below = seg_bitmap_row(&flood->below, y);
    memcpy(below, upper, (size_t)pitch * sizeof *below);
    keep_both(below, lower, pitch);
    if (compares) {
        compare(flood, flood->line, 0, row_at(flood, 0, y), row_at(flood, 0, y + 1), width);
        keep_both(below, flood->line, pitch);
    }
    if (growth->connectivity == 4) return;
    uint64_t *right = seg_bitmap_row(&flood->below_right, y);
    uint64_t *left = seg_bitmap_row(&flood->below_left, y);
    move_down(right, lower, pitch);
    keep_both(right, upper, pitch);
    move_up(left, lower, pitch);
    keep_both(left, upper, pitch);
    if (!compares) return;
    compare(flood, flood->line, 0, row_at(flood, 0, y), row_at(flood, 1, y + 1), width - 1);
    keep_both(right, flood->line, pitch);
    compare(flood, flood->line, 1, row_at(flood, 1, y), row_at(flood, 0, y + 1), width - 1);
    keep_both(left, flood->line, pitch);
}

/* --- spreading --------------------------------------------------------------------------- */

static uint64_t spread_right(uint64_t pixels, uint64_t joined) {
    for (int step = 1; step < 64; step *= 2) {
        pixels |= pixels << step & joined;
        joined &= joined << step;
    }
    return pixels;
}

static uint64_t spread_left(uint64_t pixels, uint64_t joined) {
    for (int step = 1; step < 64; step *= 2) {
        pixels |= pixels >> step & joined;
        joined &= joined >> step;
    }
    return pixels;
}

static void touch(const seg_flooding *flood, int32_t y) {
    const size_t size = (size_t)flood->filled.pitch * sizeof(uint64_t);
    if (flood->touched[y]) return;
    flood->touched[y] = true;
    memset(seg_bitmap_row(&flood->filled, y), 0, size);
    memset(seg_bitmap_row(&flood->waiting, y), 0, size);
}

static void wait(seg_flooding *flood, int32_t y, int32_t word, uint64_t pixels) {
    seg_bitmap_row(&flood->waiting, y)[word] |= pixels;
    if (flood->first[y] > flood->last[y]) {
        flood->stack[flood->depth++] = y;
        flood->first[y] = flood->last[y] = word;
        return;
    }
    if (word < flood->first[y]) flood->first[y] = word;
    if (word > flood->last[y]) flood->last[y] = word;
}

/* Fills what waits in a row and what it is joined with in the row; the range of words that changed
 * is first .. last. New pixels are left in flood->line. */
static void fill_row(seg_flooding *flood, int32_t y, int32_t *first, int32_t *last) {
    const int32_t pitch = flood->filled.pitch;
    uint64_t *fresh = flood->line, *waiting = seg_bitmap_row(&flood->waiting, y);
    const uint64_t *left = seg_bitmap_row(&flood->left, y);
    int32_t word = *first;
    uint64_t carry = 0;
    for (; word <= *last || carry; word++) {
        if (word == pitch) break;
        uint64_t pixels = word <= *last ? waiting[word] : 0;
        pixels = spread_right(pixels | (carry & left[word]), left[word]);
        fresh[word] = pixels;
        if (word <= *last) waiting[word] = 0;
        carry = pixels >> 63;
        if (word > *last && !pixels) break;
    }
    *last = word - 1 > *last ? word - 1 : *last;
    carry = 0;
    for (word = *last; word >= *first || carry; word--) {
        if (word < 0) break;
        const uint64_t next = word + 1 < pitch ? left[word + 1] << 63 : 0;
        uint64_t pixels = word >= *first ? fresh[word] : 0;
        pixels = spread_left(pixels | (carry << 63 & next), left[word] >> 1 | next);
        fresh[word] = pixels;
        carry = pixels & 1;
        if (word < *first && !pixels) break;
    }
    *first = word + 1 < *first ? word + 1 : *first;
}

/* Hands a row's new pixels to the row above or below, through the joins of the upper one. */
static void hand_on(seg_flooding *flood, int32_t from, int32_t to, int32_t first, int32_t last) {
    const int32_t pitch = flood->filled.pitch, upper = from < to ? from : to;
    touch(flood, to);
    const uint64_t *fresh = flood->line, *filled = seg_bitmap_row(&flood->filled, to);
    const uint64_t *straight = seg_bitmap_row(&flood->below, upper);
    const bool diagonal = flood->growth->connectivity == 8;
    const uint64_t *right = diagonal ? seg_bitmap_row(&flood->below_right, upper) : NULL;
    const uint64_t *left = diagonal ? seg_bitmap_row(&flood->below_left, upper) : NULL;
    const int32_t begin = diagonal && first > 0 ? first - 1 : first;
    const int32_t end = diagonal && last + 1 < pitch ? last + 1 : last;
    for (int32_t i = begin; i <= end; i++) {
        const bool in = i >= first && i <= last;
        uint64_t pixels = in ? fresh[i] & straight[i] : 0;
        if (diagonal) {
            /* new pixels of this word and of the ones beside it, moved by one */
            const uint64_t here = in ? fresh[i] : 0;
            const uint64_t before = i - 1 >= first && i - 1 <= last ? fresh[i - 1] : 0;
            const uint64_t after = i + 1 >= first && i + 1 <= last ? fresh[i + 1] : 0;
            if (from < to) {
                const uint64_t right_before = i > 0 ? right[i - 1] : 0;
                const uint64_t left_after = i + 1 < pitch ? left[i + 1] : 0;
                pixels |= (here & right[i]) << 1 | (before & right_before) >> 63;
                pixels |= (here & left[i]) >> 1 | (after & left_after) << 63;
            } else {
                pixels |= (here >> 1 | after << 63) & right[i];
                pixels |= (here << 1 | before >> 63) & left[i];
            }
        }
        pixels &= ~filled[i];
        if (pixels) wait(flood, to, i, pixels);
    }
}

static void spread_rows(seg_flooding *flood) {
    const int32_t height = flood->filled.height;
    while (flood->depth > 0) {
        const int32_t y = flood->stack[--flood->depth];
        int32_t first = flood->first[y], last = flood->last[y];
        flood->first[y] = 1;
        flood->last[y] = 0;
        join_left(flood, y);
        if (y > 0) join_below(flood, y - 1);
        if (y + 1 < height) join_below(flood, y);
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
        if (!flood->touched[y]) continue;
        const uint64_t *filled = seg_bitmap_row(&flood->filled, y);
        for (int32_t i = 0; i < flood->filled.pitch; i++)
            pixels += seg_bits_count(filled[i]);
        flood->touched[y] = false;
    }
    return pixels;
}

seg_status seg_flooding_take(seg_flooding *flood, const seg_growth *growth) {
    *flood = (seg_flooding){.growth = growth};
    flood->bits = seg_bits_kernels_get();
    flood->kernels = seg_grow_kernels_get();
    const int32_t width = growth->labels.width, height = growth->labels.height;
    seg_scratch *scratch = growth->scratch;
    const int32_t diagonal_height = growth->connectivity == 8 ? height : 1;
    flood->planted = growth->seed_count > (size_t)growth->count;
    SEG_TRY(seg_bitmap_take(&flood->within, width, height, scratch));
    SEG_TRY(seg_bitmap_take(&flood->left, width, height, scratch));
    SEG_TRY(seg_bitmap_take(&flood->below, width, height, scratch));
    SEG_TRY(seg_bitmap_take(&flood->filled, width, height, scratch));
    SEG_TRY(seg_bitmap_take(&flood->waiting, width, height, scratch));
    SEG_TRY(seg_bitmap_take(&flood->below_left, width, diagonal_height, scratch));
    SEG_TRY(seg_bitmap_take(&flood->below_right, width, diagonal_height, scratch));
    SEG_TRY(seg_bitmap_take(&flood->seeds, width, flood->planted ? height : 1, scratch));
    const size_t rows = (size_t)height, pitch = (size_t)flood->filled.pitch;
    if (flood->planted) memset(flood->seeds.words, 0, rows * pitch * sizeof(uint64_t));
    flood->ready = seg_scratch_take(scratch, rows, 1, "rows of a region");
    flood->touched = seg_scratch_take(scratch, rows, sizeof *flood->touched, "rows of a region");
    flood->flags = seg_scratch_take(scratch, (size_t)width, 1, "a row of a region");
    flood->line = seg_scratch_take(scratch, pitch, sizeof *flood->line, "a row of a region");
    flood->block = seg_scratch_take(scratch, pitch, sizeof *flood->block, "a row of a region");
    flood->first = seg_scratch_take(scratch, rows, sizeof *flood->first, "rows of a region");
    flood->last = seg_scratch_take(scratch, rows, sizeof *flood->last, "rows of a region");
    flood->stack = seg_scratch_take(scratch, rows, sizeof *flood->stack, "rows of a region");
    if (!flood->ready || !flood->touched || !flood->flags || !flood->line || !flood->block ||
        !flood->first || !flood->last || !flood->stack)
        return SEG_ERROR_MEMORY;
    for (size_t y = 0; y < rows; y++) {
        flood->first[y] = 1;
        flood->last[y] = 0;
    }
    memset(flood->ready, 0, rows);
    memset(flood->touched, 0, rows * sizeof *flood->touched);
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
    touch(flood, seed->y);
    wait(flood, seed->y, seed->x / 64, bit);
}

void seg_flooding_region(seg_flooding *flood, const seg_grow_range *range, size_t first,
                         size_t end) {
    const seg_growth *growth = flood->growth;
    flood->top = growth->labels.height;
    flood->bottom = -1;
    flood->range = range;
    if (range) memset(flood->ready, 0, (size_t)growth->labels.height);
    for (size_t i = first; i < end; i++)
        plant(flood, &growth->seeds[i], true);
    spread_rows(flood);
    for (size_t i = first; i < end; i++)
        plant(flood, &growth->seeds[i], false);
}
