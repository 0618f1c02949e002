/* Boundary maps: thresholded scores, outlines of labels, masks; thinned and packed into bits. */
#include "evaluate/boundaries.h"

#include "core/check.h"

#include <math.h>
#include <string.h>

void seg_boundary_thresholds(double *thresholds, int32_t count) {
    /* MATLAB's linspace, rounding included: 8-bit scores lie on such thresholds */
    const double first = 1.0 / (count + 1), last = 1 - first;
    for (int32_t i = 0; i + 1 < count; i++)
        thresholds[i] = first + i * (last - first) / (count - 1);
    thresholds[count - 1] = last;
}

/* ---- from a mask to a map ---- */

static void drop_ignored(seg_bitmap *map, const seg_image *ignore) {
    if (seg_image_empty(ignore)) return;
    for (int32_t y = 0; y < map->height; y++) {
        const uint8_t *ignored = seg_image_row(ignore, y);
        uint64_t *row = seg_bitmap_row(map, y);
        for (int32_t x = 0; x < map->width; x++)
            if (ignored[x]) row[x >> 6] &= ~((uint64_t)1 << (x & 63));
    }
}

/* `mask` may be overwritten. */
static seg_status make_map(seg_bitmap *map, seg_image *mask, const seg_image *ignore, bool thin,
                           seg_scratch *scratch) {
    if (thin) SEG_TRY(seg_thinning(mask, mask, SEG_THINNING_GUO_HALL, 0, &scratch->env));
    SEG_TRY(seg_bitmap_pack(map, mask, false, scratch));
    drop_ignored(map, ignore);
    return SEG_OK;
}

/* A mask of undefined pixels in scratch memory. */
static seg_status take_mask(seg_image *mask, int32_t width, int32_t height, seg_scratch *scratch) {
    uint8_t *pixels =
        seg_scratch_take(scratch, (size_t)width * (size_t)height, sizeof *pixels, "a mask");
    if (!pixels) return SEG_ERROR_MEMORY;
    return seg_image_wrap(mask, pixels, width, width, height, SEG_U8, 1);
}

seg_status seg_boundary_map_of_mask(seg_bitmap *map, const seg_image *mask, const seg_image *ignore,
                                    bool thin, seg_scratch *scratch) {
    seg_image copy = {0};
    SEG_TRY(take_mask(&copy, mask->width, mask->height, scratch));
    for (int32_t y = 0; y < mask->height; y++)
        memcpy(seg_image_row(&copy, y), seg_image_row(mask, y), (size_t)mask->width);
    return make_map(map, &copy, ignore, thin, scratch);
}

/* ---- outlines ---- */

static void read_labels(int32_t *line, const seg_image *labels, int32_t y) {
    const void *row = seg_image_row(labels, y);
    for (int32_t x = 0; x < labels->width; x++)
        line[x] = labels->format == SEG_U8    ? ((const uint8_t *)row)[x]
                  : labels->format == SEG_U16 ? ((const uint16_t *)row)[x]
                                              : ((const int32_t *)row)[x];
}

/* The corner to the lower right of each pixel: do labels differ around it? In the last row only
 * along it, in the last column only down it. */
static void outline_row(uint8_t *out, const int32_t *here, const int32_t *below, int32_t width) {
    for (int32_t x = 0; x + 1 < width; x++) {
        bool differ = here[x] != here[x + 1];
        if (below)
            differ = differ || here[x] != below[x] || here[x + 1] != below[x + 1] ||
                     below[x] != below[x + 1];
        out[x] = differ ? 255 : 0;
    }
    out[width - 1] = below && here[width - 1] != below[width - 1] ? 255 : 0;
}

seg_status seg_boundary_map_of_labels(seg_bitmap *map, const seg_image *labels,
                                      const seg_image *ignore, bool thin, seg_scratch *scratch) {
    const int32_t width = labels->width, height = labels->height;
    seg_image mask = {0};
    int32_t *lines = seg_scratch_take(scratch, 2 * (size_t)width, sizeof *lines, "rows of labels");
    if (!lines) return SEG_ERROR_MEMORY;
    SEG_TRY(take_mask(&mask, width, height, scratch));
    read_labels(lines, labels, 0);
    for (int32_t y = 0; y < height; y++) {
        int32_t *here = lines + (y % 2) * (ptrdiff_t)width;
        int32_t *below = lines + ((y + 1) % 2) * (ptrdiff_t)width;
        if (y + 1 < height) read_labels(below, labels, y + 1);
        outline_row(seg_image_row(&mask, y), here, y + 1 < height ? below : NULL, width);
    }
    return make_map(map, &mask, ignore, thin, scratch);
}

/* ---- scores ---- */

/* How many of the ascending thresholds a score reaches; none if it is no number. */
static uint16_t rank_of(double score, const double *thresholds, int32_t count) {
    int32_t low = 0, high = isfinite(score) ? count : 0;
    while (low < high) {
        const int32_t middle = (low + high) / 2;
        if (score >= thresholds[middle])
            low = middle + 1;
        else
            high = middle;
    }
    return (uint16_t)low;
}

/* Ranks of all pixels, row by row without gaps. */
static seg_status rank_scores(uint16_t *ranks, const seg_image *scores, const double *thresholds,
                              int32_t count, seg_scratch *scratch) {
    const int32_t width = scores->width, values = scores->format == SEG_U8 ? 256 : 65536;
    const double full = seg_image_full_scale(scores);
    uint16_t *table = NULL;
    if (scores->format != SEG_F32) {
        table = seg_scratch_take(scratch, (size_t)values, sizeof *table, "a table of scores");
        if (!table) return SEG_ERROR_MEMORY;
        for (int32_t i = 0; i < values; i++)
            table[i] = rank_of(i / full, thresholds, count);
    }
    for (int32_t y = 0; y < scores->height; y++, ranks += width) {
        const void *row = seg_image_row(scores, y);
        for (int32_t x = 0; x < width; x++)
            ranks[x] = scores->format == SEG_U8 ? table[((const uint8_t *)row)[x]]
                       : scores->format == SEG_U16
                           ? table[((const uint16_t *)row)[x]]
                           : rank_of(((const float *)row)[x], thresholds, count);
    }
    return SEG_OK;
}

static void cut(const seg_image *mask, const uint16_t *ranks, int32_t threshold) {
    for (int32_t y = 0; y < mask->height; y++, ranks += mask->width) {
        uint8_t *row = seg_image_row(mask, y);
        for (int32_t x = 0; x < mask->width; x++)
            row[x] = ranks[x] > threshold ? 255 : 0;
    }
}

seg_status seg_boundary_maps_of_scores(seg_bitmap *maps, const seg_image *scores,
                                       const double *thresholds, int32_t count,
                                       const seg_image *ignore, bool thin, seg_scratch *scratch) {
    const size_t pixels = (size_t)scores->width * (size_t)scores->height;
    seg_image mask = {0};
    uint16_t *ranks = seg_scratch_take(scratch, pixels, sizeof *ranks, "ranks of scores");
    int64_t *of_rank = seg_scratch_take(scratch, (size_t)count + 1, sizeof *of_rank, "ranks");
    if (!ranks || !of_rank) return SEG_ERROR_MEMORY;
    SEG_TRY(take_mask(&mask, scores->width, scores->height, scratch));
    SEG_TRY(rank_scores(ranks, scores, thresholds, count, scratch));
    memset(of_rank, 0, ((size_t)count + 1) * sizeof *of_rank);
    for (size_t i = 0; i < pixels; i++)
        of_rank[ranks[i]]++;
    for (int32_t i = 0; i < count; i++) {
        if (i > 0 && of_rank[i] == 0) { /* no score between this threshold and the last */
            maps[i] = maps[i - 1];
            continue;
        }
        cut(&mask, ranks, i);
        SEG_TRY(make_map(&maps[i], &mask, ignore, thin, scratch));
    }
    return SEG_OK;
}
