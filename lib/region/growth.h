/* The parts of region growing. */
#ifndef SEG_REGION_GROWTH_H
#define SEG_REGION_GROWTH_H

#include "core/memory.h"
#include <segment/region.h>

struct seg_grow_range;

/** The tolerance as a fraction of whole numbers, so that no rounding decides what belongs. */
typedef struct seg_growth_tolerance {
    int64_t numerator, denominator; /* in samples */
    int32_t whole;                  /* rounded down */
    bool none;                      /* anything belongs */
} seg_growth_tolerance;

typedef struct seg_growth_seed {
    int32_t x, y;
    int32_t index; /* of its region: 0, 1, 2, ... by ascending label */
} seg_growth_seed;

/** Pixels and sums of their colours. */
typedef struct seg_growth_region {
    int64_t count, sum[3];
} seg_growth_region;

/** While growing, `labels` holds index + 1 of a region or one of these. */
enum {
    SEG_GROWTH_FREE = 0,
    SEG_GROWTH_BLOCKED = -1,
    SEG_GROWTH_QUEUED = -2,
    SEG_GROWTH_SMALL = -3,
    SEG_GROWTH_REFUSED = -4
};

typedef struct seg_growth {
    seg_image picture;                          /* U8 or U16 */
    int32_t colours;                            /* 1 or 3: the first channels */
    int64_t level_numerator, level_denominator; /* 8-bit level = sample * numerator / denominator */
    seg_image blocked;                          /* U8, non-zero = never reached; or empty */
    seg_image labels;
    int32_t criterion, connectivity;
    seg_growth_tolerance tolerance;
    seg_growth_seed *seeds; /* by index, then in raster order or as given */
    size_t seed_count;
    int32_t *ids; /* label of each index, ascending */
    int32_t count;
    struct seg_grow_range *ranges; /* criterion seed: of each index, NULL = by the tolerance */
    int64_t covered;               /* pixels of all regions; set by what grows */
    seg_scratch *scratch;
} seg_growth;

static inline bool seg_growth_blocked(const seg_growth *growth, int32_t x, int32_t y) {
    return growth->blocked.data && ((const uint8_t *)seg_image_row(&growth->blocked, y))[x];
}

static inline int32_t *seg_growth_label(const seg_growth *growth, int32_t x, int32_t y) {
    return (int32_t *)seg_image_row(&growth->labels, y) + x;
}

/** Checks what typed calls are given. */
SEG_NODISCARD seg_status seg_growth_check(const seg_image *picture, const seg_image *ignore,
                                          const seg_image *markers);

/** What a growth works on: picture, blocked, colours and levels; labels and scratch are set. */
SEG_NODISCARD seg_status seg_growth_prepare(seg_growth *growth, const seg_image *picture,
                                            const seg_image *ignore);

/** seeds, seed_count, ids and count from `markers` (LABEL32, may be empty), else from points or a
 *  picture; of labels only the size is needed. SEG_ERROR_OPTION, _SHAPE, _UNSUPPORTED. */
SEG_NODISCARD seg_status seg_growth_seeds(seg_growth *growth, const seg_seeds *seeds,
                                          const seg_image *markers);

/** Steps to the neighbours, the four nearest ones first. */
extern const int8_t seg_growth_steps[8][2];

/** Adds a pixel to a region's sums. */
void seg_growth_add(const seg_growth *growth, seg_growth_region *region, int32_t x, int32_t y);

/** Sums over the seeds of each region that are not blocked. */
void seg_growth_sum_seeds(const seg_growth *growth, seg_growth_region *regions);

/** What the pixels of each region may be, by the criterion seed: growth->ranges if they are there.
 */
SEG_NODISCARD seg_status seg_growth_ranges(const seg_growth *growth,
                                           struct seg_grow_range **ranges);

/** Places in a growing list. */
typedef struct seg_growth_places {
    seg_point *items;
    size_t count, room;
} seg_growth_places;

/** Makes room for `more` places. */
SEG_NODISCARD seg_status seg_growth_places_need(seg_growth_places *places, size_t more,
                                                seg_scratch *scratch);

/** Criteria seed and neighbour, one region after the other on rows of bits. All labels are written,
 *  free and blocked ones as 0, whatever they were; but *competing is set, and they are undefined,
 *  if regions meet; then use seg_growth_breadth. (growth_regions.c) */
SEG_NODISCARD seg_status seg_growth_flood(seg_growth *growth, bool *competing);

/** Sets growth->ranges: what lies within `multiplier` standard deviations of the mean, first of the
 *  windows around the seeds (side 2 radius + 1), then `iterations` times of the region that grows
 *  by the range before. (growth_confidence.c) */
SEG_NODISCARD seg_status seg_growth_confidence(seg_growth *growth, double multiplier,
                                               int32_t iterations, int32_t radius);

/** Criteria seed and neighbour, all regions a step at a time. (growth_breadth.c) */
SEG_NODISCARD seg_status seg_growth_breadth(seg_growth *growth);

/** One region from one place: its sums and its pixels. (growth_breadth.c) */
SEG_NODISCARD seg_status seg_growth_breadth_one(const seg_growth *growth, seg_point start,
                                                int32_t index, seg_growth_region *region,
                                                seg_growth_places *taken);

/** Pixels that wait, by difference. (growth_mean.c) */
typedef struct seg_growth_queue seg_growth_queue;

SEG_NODISCARD seg_status seg_growth_queue_take(seg_growth_queue **queue, const seg_growth *growth);

/** Criterion mean. `regions` has the sums of what is labelled already, `fringe` the
 *  labelled pixels around which growing starts. */
SEG_NODISCARD seg_status seg_growth_mean(const seg_growth *growth, seg_growth_queue *queue,
                                         seg_growth_region *regions,
                                         const seg_growth_places *fringe);

/** One region by the criterion mean from one place: regions[index]; `taken` gets its first `most`
 *  pixels. */
SEG_NODISCARD seg_status seg_growth_mean_one(const seg_growth *growth, seg_growth_queue *queue,
                                             seg_point start, int32_t index,
                                             seg_growth_region *regions, size_t most,
                                             seg_growth_places *taken);

/** Finds seeds, grows regions from them and fills the rest. Labels are final, growth->count says
 *  how many there are. (growth_auto.c) */
SEG_NODISCARD seg_status seg_growth_automatic(seg_growth *growth);

/** Certainty of a pixel that is the mean of its region; a level more than 8 bits differ by. */
#define SEG_GROWTH_SCORE_FULL 256.0

/**
 * `score` (F32, of the picture's size): SEG_GROWTH_SCORE_FULL less the difference, in 8-bit
 * levels, between the pixel and the mean of the region that it ended in, and 0 in none; so that
 * what is in a region is above 0. Labels are still index + 1. (growth_score.c)
 */
SEG_NODISCARD seg_status seg_growth_score(seg_image *score, const seg_growth *growth);

/** Sets growth->tolerance from an option, of which percentiles and automatic rules are over the
 *  differences of neighbouring pixels. (growth_prepare.c) */
SEG_NODISCARD seg_status seg_growth_set_tolerance(seg_growth *growth, const seg_level *level,
                                                  int picture_format);

/** Largest difference over the colours between two pixels of a row or of neighbouring rows, for
 *  all pixels of a row: differences[x] of a[x], b[x]. */
void seg_growth_differences(const seg_growth *growth, uint16_t *differences, const void *a,
                            const void *b, int32_t width);

#endif
