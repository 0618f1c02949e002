/*
 * Seeded region growing by the mean of the region: R. Adams, L. Bischof, IEEE Trans. PAMI 16(6),
 * 1994, with an optional tolerance.
 *
 * Pixels next to a region wait in a queue ordered by their difference to it (the paper's
 * sequentially sorted list), in steps of 1/16 of an 8-bit level, first come first served within a
 * step. The first one goes to the region next to it whose mean is nearest now, the smaller label of
 * two as near; if even that is beyond the tolerance it is let go. Whenever nobody waits, those let
 * go ask again, as the means have moved: in the end no pixel next to a region is within the
 * tolerance of its mean. Means are exact fractions of whole numbers.
 *
 * Symbols: x pixel, g(x) its value, A_i region, delta(x) = |g(x) - mean(A_i)|, the largest over the
 * colours.
 */
#include "region/growth.h"

#include "core/bands.h"
#include "core/check.h"
#include "kernels/bits.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 4096
#define MOST_PIXELS ((int32_t)1 << 28) /* so that no product of sums overflows */
#define NOBODY UINT32_MAX
/* differences are compared in 1/4096 of an 8-bit level; 256 of them share a bucket */
#define FINENESS 4096
#define PER_BUCKET 256
#define PER_REPORT ((uint64_t)1 << 18) /* pixels between two reports of progress */

struct seg_growth_queue {
    uint32_t *next; /* of each pixel that waits: the one behind it */
    uint32_t head[BUCKETS], tail[BUCKETS];
    uint64_t used[BUCKETS / 64]; /* a bit for each bucket with somebody in it */
    uint64_t used_words;         /* a bit for each of these words that is not 0 */
    uint64_t settled;            /* pixels looked at, for progress */
    seg_growth_places refused;   /* pixels beyond the tolerance when they were looked at */
};

seg_status seg_growth_queue_take(seg_growth_queue **queue, const seg_growth *growth) {
    const uint64_t pixels = (uint64_t)growth->labels.width * (uint64_t)growth->labels.height;
    if (pixels > MOST_PIXELS)
        return seg_fail(SEG_ERROR_LIMIT,
                        "a picture of %ld x %ld is too large for means of regions (allowed: %ld "
                        "pixels); give seeds, and the criterion seed or neighbour",
                        (long)growth->labels.width, (long)growth->labels.height, (long)MOST_PIXELS);
    *queue = seg_scratch_take(growth->scratch, 1, sizeof **queue, "a queue of pixels");
    if (!*queue) return SEG_ERROR_MEMORY;
    memset((*queue)->used, 0, sizeof(*queue)->used);
    (*queue)->used_words = 0;
    (*queue)->settled = 0;
    (*queue)->refused = (seg_growth_places){0};
    (*queue)->next =
        seg_scratch_take(growth->scratch, (size_t)pixels, sizeof *(*queue)->next, "a queue");
    return (*queue)->next ? SEG_OK : SEG_ERROR_MEMORY;
}

static void push(seg_growth_queue *queue, uint32_t pixel, uint64_t step) {
    const int32_t bucket = step < BUCKETS ? (int32_t)step : BUCKETS - 1;
    const uint64_t bit = (uint64_t)1 << (bucket & 63);
    queue->next[pixel] = NOBODY;
    if (queue->used[bucket / 64] & bit) {
        queue->next[queue->tail[bucket]] = pixel;
    } else {
        queue->head[bucket] = pixel;
        queue->used[bucket / 64] |= bit;
        queue->used_words |= (uint64_t)1 << (bucket / 64);
    }
    queue->tail[bucket] = pixel;
}

/* The first one of the lowest bucket; false if nobody waits. */
static bool pop(seg_growth_queue *queue, uint32_t *pixel) {
    if (!queue->used_words) return false;
    const int32_t word = seg_bits_lowest(queue->used_words);
    const int32_t bit = seg_bits_lowest(queue->used[word]), bucket = word * 64 + bit;
    *pixel = queue->head[bucket];
    queue->head[bucket] = queue->next[*pixel];
    if (queue->head[bucket] != NOBODY) return true;
    queue->used[word] &= queue->used[word] - 1;
    if (!queue->used[word]) queue->used_words &= queue->used_words - 1;
    return true;
}

static bool tolerable(const seg_growth *growth, const seg_growth_region *region,
                      uint64_t difference) {
    const seg_growth_tolerance *tolerance = &growth->tolerance;
    return tolerance->none || difference * (uint64_t)tolerance->denominator <=
                                  (uint64_t)tolerance->numerator * (uint64_t)region->count;
}

/* The difference, which is that of the sums, in fine steps of the 8-bit level. */
static uint64_t fine(const seg_growth *growth, const seg_growth_region *region,
                     uint64_t difference) {
    return difference * FINENESS * (uint64_t)growth->level_numerator /
           ((uint64_t)region->count * (uint64_t)growth->level_denominator);
}

/* A chance to cancel. A pixel let go may come again, so that the share is a guess. */
static seg_status tell_progress(const seg_growth *growth, const seg_growth_queue *queue) {
    const double pixels = (double)growth->labels.width * growth->labels.height;
    return seg_progress(&growth->scratch->env, (double)queue->settled / pixels);
}

#define SAMPLE uint8_t
#define NAMED(name) name##_u8
#include "region/growth_mean_template.h"
#undef SAMPLE
#undef NAMED
#define SAMPLE uint16_t
#define NAMED(name) name##_u16
#include "region/growth_mean_template.h"

void seg_growth_add(const seg_growth *growth, seg_growth_region *region, int32_t x, int32_t y) {
    if (growth->picture.format == SEG_U8)
        add_u8(growth, region, x, y);
    else
        add_u16(growth, region, x, y);
}

void seg_growth_sum_seeds(const seg_growth *growth, seg_growth_region *regions) {
    for (int32_t i = 0; i < growth->count; i++)
        regions[i] = (seg_growth_region){0};
    for (size_t i = 0; i < growth->seed_count; i++) {
        const seg_growth_seed *seed = &growth->seeds[i];
        if (!seg_growth_blocked(growth, seed->x, seed->y))
            seg_growth_add(growth, &regions[seed->index], seed->x, seed->y);
    }
}

seg_status seg_growth_mean(const seg_growth *growth, seg_growth_queue *queue,
                           seg_growth_region *regions, const seg_growth_places *fringe) {
    for (size_t i = 0; i < fringe->count; i++) {
        const seg_point place = fringe->items[i];
        SEG_TRY(growth->picture.format == SEG_U8
                    ? wait_around_u8(growth, queue, regions, place.x, place.y)
                    : wait_around_u16(growth, queue, regions, place.x, place.y));
    }
    return growth->picture.format == SEG_U8 ? run_u8(growth, queue, regions, -1, NULL)
                                            : run_u16(growth, queue, regions, -1, NULL);
}

seg_status seg_growth_mean_one(const seg_growth *growth, seg_growth_queue *queue, seg_point start,
                               int32_t index, seg_growth_region *regions, size_t most,
                               seg_growth_places *taken) {
    taken->count = 0;
    regions[index] = (seg_growth_region){0};
    SEG_TRY(seg_growth_places_need(taken, most, growth->scratch));
    taken->items[taken->count++] = start;
    *seg_growth_label(growth, start.x, start.y) = index + 1;
    seg_growth_add(growth, &regions[index], start.x, start.y);
    if (growth->picture.format == SEG_U8) {
        SEG_TRY(wait_around_u8(growth, queue, regions, start.x, start.y));
        return run_u8(growth, queue, regions, index, taken);
    }
    SEG_TRY(wait_around_u16(growth, queue, regions, start.x, start.y));
    return run_u16(growth, queue, regions, index, taken);
}
