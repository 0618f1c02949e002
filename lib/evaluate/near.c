/* Ones near others: for each row the ones that are left are struck out by the other bitmap's rows,
 * widened as the element is wide at that distance, beginning with the nearest. */
#include "evaluate/near.h"

#include "core/check.h"

#include <math.h>
#include <string.h>

typedef struct counting {
    const seg_bitmap *bitmap, *other;
    const seg_bits_kernels *kernels;
    int32_t *filled; /* rows of `other` with ones, ascending */
    int32_t filled_count;
    int32_t *half; /* half the width of the element, by distance in rows; 0 .. reach */
    int32_t reach; /* in rows, as far as the picture goes */
    uint64_t *left, *widened, *spare;
} counting;

static int64_t ones_of(const uint64_t *words, int32_t count) {
    int64_t ones = 0;
    for (int32_t i = 0; i < count; i++)
        ones += seg_bits_count(words[i]);
    return ones;
}

int64_t seg_bitmap_ones(const seg_bitmap *bitmap) {
    int64_t ones = 0;
    for (int32_t y = 0; y < bitmap->height; y++)
        ones += ones_of(seg_bitmap_row(bitmap, y), bitmap->pitch);
    return ones;
}

static bool any(const uint64_t *words, int32_t count) {
    uint64_t all = 0;
    for (int32_t i = 0; i < count; i++)
        all |= words[i];
    return all != 0;
}

/* Clears in `words` what is set in `by`; true if something is left. */
static bool strike(uint64_t *words, const uint64_t *by, int32_t count) {
    uint64_t all = 0;
    for (int32_t i = 0; i < count; i++) {
        words[i] &= ~by[i];
        all |= words[i];
    }
    return all != 0;
}

/* Half the width of a disk `dy` rows from its centre: the largest w with w^2 + dy^2 <= r^2. */
static int32_t disk_half(int32_t radius, int32_t dy) {
    const int64_t rest = (int64_t)radius * radius - (int64_t)dy * dy;
    int64_t half = (int64_t)sqrt((double)rest);
    while (half * half > rest)
        half--;
    while ((half + 1) * (half + 1) <= rest)
        half++;
    return (int32_t)half;
}

static seg_status prepare(counting *c, const seg_near *near, seg_scratch *scratch) {
    const int32_t width = c->bitmap->width, height = c->bitmap->height;
    c->reach = near->radius < height ? near->radius : height - 1;
    c->half = seg_scratch_take(scratch, (size_t)c->reach + 1, sizeof *c->half, "a disk");
    c->filled = seg_scratch_take(scratch, (size_t)height, sizeof *c->filled, "rows with ones");
    if (!c->half || !c->filled) return SEG_ERROR_MEMORY;
    for (int32_t dy = 0; dy <= c->reach; dy++) {
        const int32_t half =
            near->element == SEG_ELEMENT_DISK ? disk_half(near->radius, dy) : near->radius;
        c->half[dy] = half < width ? half : width; /* wider than the picture is as wide as it */
    }
    for (int32_t y = 0; y < height; y++)
        if (any(seg_bitmap_row(c->other, y), c->other->pitch)) c->filled[c->filled_count++] = y;
    const size_t words = (size_t)seg_bits_words(width);
    c->left = seg_scratch_take(scratch, words, sizeof *c->left, "a row of bits");
    c->widened = seg_scratch_take(scratch, words, sizeof *c->widened, "a row of bits");
    c->spare = seg_scratch_take(scratch, seg_bits_widen_room(width, c->half[0]), sizeof *c->spare,
                                "a row of bits");
    return c->left && c->widened && c->spare ? SEG_OK : SEG_ERROR_MEMORY;
}

/* Ones of row y that have none near; `below` is the first filled row from y on. */
static int64_t count_far(const counting *c, int32_t y, int32_t below) {
    const int32_t width = c->bitmap->width, words = seg_bits_words(width);
    int32_t above = below - 1;
    memcpy(c->left, seg_bitmap_row(c->bitmap, y), (size_t)words * sizeof *c->left);
    for (;;) {
        const int32_t down = below < c->filled_count ? c->filled[below] - y : INT32_MAX;
        const int32_t up = above >= 0 ? y - c->filled[above] : INT32_MAX;
        const int32_t dy = down <= up ? down : up;
        if (dy > c->reach) break;
        const int32_t row = down <= up ? c->filled[below++] : c->filled[above--];
        c->kernels->widen(c->widened, seg_bitmap_row(c->other, row), width, c->half[dy], c->spare);
        if (!strike(c->left, c->widened, words)) return 0;
    }
    return ones_of(c->left, words);
}

seg_status seg_bitmap_count_near(int64_t *count, const seg_bitmap *bitmap, const seg_bitmap *other,
                                 const seg_near *near, seg_scratch *scratch) {
    counting c = {.bitmap = bitmap, .other = other, .kernels = seg_bits_kernels_get()};
    SEG_TRY(prepare(&c, near, scratch));
    *count = 0;
    for (int32_t y = 0, next = 0; y < bitmap->height; y++) {
        const uint64_t *row = seg_bitmap_row(bitmap, y);
        while (next < c.filled_count && c.filled[next] < y)
            next++;
        if (!any(row, bitmap->pitch)) continue;
        *count += ones_of(row, bitmap->pitch) - count_far(&c, y, next);
    }
    return SEG_OK;
}
