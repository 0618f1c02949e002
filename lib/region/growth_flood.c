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
#include "region/growth.h"

#include "core/check.h"
#include "imgproc/bitmap.h"
#include "kernels/grow.h"

#include <string.h>

enum { HAS_LEFT = 1, HAS_BELOW = 2 };

/* Label pictures above this size do not stay in the caches: written past them. */
#define PAST_CACHE ((size_t)4 << 20)

typedef struct flooding {
    const seg_growth *growth;
    const seg_bits_kernels *bits;
    const seg_grow_kernels *kernels;
    const seg_grow_range *range;        /* criterion seed: of the region that grows */
    seg_bitmap within;                  /* criterion seed: pixels in range */
    seg_bitmap left, below;             /* joined with the left, lower, */
    seg_bitmap below_right, below_left; /* and lower diagonal neighbours */
    seg_bitmap filled, waiting;
    seg_bitmap seeds;       /* of the region that grows: they belong whatever their value */
    bool planted;           /* regions have several seeds: `seeds` is in use */
    uint8_t *ready;         /* of each row: which of its bits are known */
    bool *touched;          /* of each row: filled and waiting are in use */
    uint8_t *flags;         /* a row */
    uint64_t *line, *block; /* rows of bits */
    int32_t *first, *last;  /* of each row: words with pixels that wait */
    int32_t *stack, depth;  /* rows that wait */
    int32_t top, bottom;    /* rows that the region reaches; between seeds some may be untouched */
    int32_t *ink;           /* a row of one label */
    seg_bits_run *runs;
} flooding;

/* --- which pixels are alike -------------------------------------------------------------- */

static const void *row_at(const flooding *flood, int32_t x, int32_t y) {
    const seg_image *picture = &flood->growth->picture;
    const size_t pixel = (size_t)picture->channels * (picture->format == SEG_U8 ? 1 : 2);
    return (const char *)seg_image_row(picture, y) + (size_t)x * pixel;
}

/* Bits `from` .. from+count-1 of `words` say whether pixels from a and b on are alike. */
static void compare(const flooding *flood, uint64_t *words, int32_t from, const void *a,
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
static void find_within(const flooding *flood, int32_t y) {
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

static void join_left(const flooding *flood, int32_t y) {
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
static void join_below(const flooding *flood, int32_t y) {
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

static void touch(const flooding *flood, int32_t y) {
    const size_t size = (size_t)flood->filled.pitch * sizeof(uint64_t);
    if (flood->touched[y]) return;
    flood->touched[y] = true;
    memset(seg_bitmap_row(&flood->filled, y), 0, size);
    memset(seg_bitmap_row(&flood->waiting, y), 0, size);
}

static void wait(flooding *flood, int32_t y, int32_t word, uint64_t pixels) {
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
static void fill_row(flooding *flood, int32_t y, int32_t *first, int32_t *last) {
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
static void hand_on(flooding *flood, int32_t from, int32_t to, int32_t first, int32_t last) {
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

static void spread_rows(flooding *flood) {
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

/* --- regions ----------------------------------------------------------------------------- */

/* Writes the first region, and 0 everywhere else. */
static void paint_first(flooding *flood, int32_t label) {
    const seg_image *labels = &flood->growth->labels;
    const size_t width = (size_t)labels->width, bytes = width * sizeof *flood->ink;
    for (size_t x = 0; x < width; x++)
        flood->ink[x] = label;
    for (int32_t y = 0; y < labels->height; y++) {
        int32_t *row = seg_growth_label(flood->growth, 0, y);
        if (y < flood->top || y > flood->bottom || !flood->touched[y])
            memset(row, 0, bytes);
        else
            flood->bits->paint(row, flood->ink, seg_bitmap_row(&flood->filled, y), labels->width,
                               (size_t)labels->height * bytes > PAST_CACHE);
    }
}

/* Writes another region; false if a pixel has a label already. */
static bool paint(flooding *flood, int32_t label) {
    bool apart = true;
    for (int32_t y = flood->top; y <= flood->bottom; y++) {
        if (!flood->touched[y]) continue;
        const uint64_t *filled = seg_bitmap_row(&flood->filled, y);
        int32_t *row = seg_growth_label(flood->growth, 0, y);
        const int32_t count = flood->bits->runs(flood->runs, filled, filled, flood->filled.pitch);
        for (int32_t i = 0; i < count; i++) {
            int32_t taken = 0;
            for (int32_t x = flood->runs[i].start; x < flood->runs[i].end; x++)
                taken |= row[x];
            for (int32_t x = flood->runs[i].start; x < flood->runs[i].end; x++)
                row[x] = label;
            apart = apart && !taken;
        }
    }
    return apart;
}

/* Counts a region's pixels and makes its rows empty for the next one. */
static int64_t sweep(flooding *flood) {
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

static seg_status take_memory(flooding *flood, const seg_growth *growth) {
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
    flood->ink = seg_scratch_take(scratch, (size_t)width, sizeof *flood->ink, "a row of a region");
    flood->flags = seg_scratch_take(scratch, (size_t)width, 1, "a row of a region");
    flood->line = seg_scratch_take(scratch, pitch, sizeof *flood->line, "a row of a region");
    flood->block = seg_scratch_take(scratch, pitch, sizeof *flood->block, "a row of a region");
    flood->first = seg_scratch_take(scratch, rows, sizeof *flood->first, "rows of a region");
    flood->last = seg_scratch_take(scratch, rows, sizeof *flood->last, "rows of a region");
    flood->stack = seg_scratch_take(scratch, rows, sizeof *flood->stack, "rows of a region");
    flood->runs = seg_scratch_take(scratch, pitch * 32 + SEG_BITS_SLACK, sizeof *flood->runs,
                                   "runs of a region");
    if (!flood->ready || !flood->touched || !flood->ink || !flood->flags || !flood->line ||
        !flood->block || !flood->first || !flood->last || !flood->stack || !flood->runs)
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
static void plant(flooding *flood, const seg_growth_seed *seed, bool on) {
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

seg_status seg_growth_flood(seg_growth *growth, bool *competing) {
    flooding flood = {.growth = growth};
    seg_grow_range *ranges = NULL;
    flood.bits = seg_bits_kernels_get();
    flood.kernels = seg_grow_kernels_get();
    *competing = false;
    growth->covered = 0;
    SEG_TRY(take_memory(&flood, growth));
    if (growth->criterion == SEG_GROW_SEED) SEG_TRY(seg_growth_ranges(growth, &ranges));
    flood.top = growth->labels.height;
    flood.bottom = -1;
    if (growth->seed_count == 0) paint_first(&flood, 0);
    for (size_t next = 0; next < growth->seed_count && !*competing;) {
        const size_t first = next;
        const int32_t index = growth->seeds[first].index;
        flood.top = growth->labels.height;
        flood.bottom = -1;
        if (ranges) {
            flood.range = &ranges[index];
            memset(flood.ready, 0, (size_t)growth->labels.height);
        }
        for (; next < growth->seed_count && growth->seeds[next].index == index; next++)
            plant(&flood, &growth->seeds[next], true);
        spread_rows(&flood);
        for (size_t i = first; i < next; i++)
            plant(&flood, &growth->seeds[i], false);
        if (first == 0)
            paint_first(&flood, index + 1);
        else
            *competing = !paint(&flood, index + 1);
        growth->covered += sweep(&flood);
    }
    return SEG_OK;
}
