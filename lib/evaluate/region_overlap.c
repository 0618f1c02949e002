/* A partition against that of one annotator; evaluate/regions.c tells the definitions. */
#include "evaluate/region_overlap.h"

#include "core/check.h"
#include "core/math.h"

#include <string.h>

seg_status seg_region_overlap_make(seg_region_overlap *joined, const seg_image *level,
                                   const seg_image *truth, const seg_image *ignore,
                                   seg_scratch *scratch) {
    seg_scratch_rewind(scratch);
    SEG_TRY(seg_contingency_count(&joined->table, level, truth, ignore, scratch));
    const seg_contingency *table = &joined->table;
    joined->all = 0;
    joined->sizes = seg_scratch_take(scratch, (size_t)table->a.count, sizeof *joined->sizes,
                                     "sizes of regions");
    if (!joined->sizes) return SEG_ERROR_MEMORY;
    memset(joined->sizes, 0, (size_t)table->a.count * sizeof *joined->sizes);
    for (int32_t i = 0; i < table->count; i++) {
        if (table->cells[i].b == 0) continue;
        joined->sizes[table->cells[i].a] += table->cells[i].pixels;
        joined->all += table->cells[i].pixels;
    }
    return SEG_OK;
}

/* Ordered pairs of n pixels, of pixels with themselves too. */
static double square_of(int64_t n) {
    return (double)n * (double)n;
}

static double entropy_of(int64_t part, int64_t whole) {
    return part ? (double)part / (double)whole * seg_log2((double)whole / (double)part) : 0;
}

/* The pixels that cell or label a = 0 has are on their own in are. */
static double adapted_square(int32_t a, int64_t n) {
    return a ? square_of(n) : (double)n;
}

void seg_region_indices_add(double index[SEG_REGION_INDICES], const seg_region_overlap *joined) {
    const seg_contingency *table = &joined->table;
    double both = 0, found = 0, expected = 0;   /* pixel pairs that are together */
    double adapted_both = 0, adapted_found = 0; /* the same where 0 is no region */
    double h_joint = 0, h_found = 0, h_expected = 0;
    for (int32_t i = 0; i < table->count; i++) {
        const seg_contingency_cell *cell = &table->cells[i];
        if (cell->b == 0) continue;
        both += square_of(cell->pixels);
        adapted_both += adapted_square(cell->a, cell->pixels);
        h_joint += entropy_of(cell->pixels, joined->all);
    }
    for (int32_t a = 0; a < table->a.count; a++) {
        found += square_of(joined->sizes[a]);
        adapted_found += adapted_square(a, joined->sizes[a]);
        h_found += entropy_of(joined->sizes[a], joined->all);
    }
    for (int32_t b = 1; b < table->b.count; b++) {
        expected += square_of(table->b.areas[b]);
        h_expected += entropy_of(table->b.areas[b], joined->all);
    }
    const double pairs = square_of(joined->all) - (double)joined->all;
    index[SEG_REGION_RAND] += pairs > 0 ? 1 - (found + expected - 2 * both) / pairs : 1;
    /* rounding must not make nothing a little less than nothing */
    index[SEG_REGION_SPLIT] += h_joint > h_expected ? h_joint - h_expected : 0;
    index[SEG_REGION_MERGE] += h_joint > h_found ? h_joint - h_found : 0;
    index[SEG_REGION_ADAPTED] += 1 - 2 * adapted_both / (adapted_found + expected);
    index[SEG_REGION_PRECISION] += adapted_both / adapted_found;
    index[SEG_REGION_RECALL] += adapted_both / expected;
}

void seg_region_cover(double *of_truth, double *best, double *of_level,
                      const seg_region_overlap *joined) {
    const seg_contingency *table = &joined->table;
    memset(of_truth, 0, (size_t)table->b.count * sizeof *of_truth);
    for (int32_t i = 0; i < table->count; i++) {
        const seg_contingency_cell *cell = &table->cells[i];
        if (cell->a == 0 || cell->b == 0) continue;
        const int64_t whole = joined->sizes[cell->a] + table->b.areas[cell->b] - cell->pixels;
        const double iou = (double)cell->pixels / (double)whole;
        if (iou > of_truth[cell->b]) of_truth[cell->b] = iou;
        if (iou > best[cell->b]) best[cell->b] = iou;
        if (iou > of_level[cell->a]) of_level[cell->a] = iou;
    }
}

double seg_region_covered(const seg_label_areas *regions, const double *how_well) {
    double sum = 0;
    for (int32_t i = 1; i < regions->count; i++)
        sum += (double)regions->areas[i] * how_well[i];
    return sum;
}
