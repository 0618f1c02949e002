/* Which labels of two pictures lie on each other, and on how many pixels. */
#ifndef SEG_EVALUATE_CONTINGENCY_H
#define SEG_EVALUATE_CONTINGENCY_H

#include "core/memory.h"
#include "evaluate/label_row.h"
#include <segment/image.h>

/** The labels of one picture, ascending; the first is 0 (unassigned), whether it occurs or not. */
typedef struct seg_label_areas {
    int32_t *labels;
    int64_t *areas; /* pixels that are scored */
    int32_t count;
} seg_label_areas;

/** Labels a.labels[a] and b.labels[b] share pixels. */
typedef struct seg_contingency_cell {
    int32_t a, b;
    int64_t pixels;
} seg_contingency_cell;

/** The cells that are not 0, ascending by a, then b. All memory is scratch. */
typedef struct seg_contingency {
    seg_label_areas a, b;
    seg_contingency_cell *cells;
    int32_t count;
} seg_contingency;

/**
 * Counts two label pictures of one size; negative labels are taken as 0. `ignore` (may be NULL or
 * empty): non-zero pixels are not counted. Errors: SEG_ERROR_UNSUPPORTED (three channels of another
 * format than u8), SEG_ERROR_MEMORY. Cost: one pass, a look-up per run of equal pairs.
 */
SEG_NODISCARD seg_status seg_contingency_count(seg_contingency *table, const seg_image *a,
                                               const seg_image *b, const seg_image *ignore,
                                               seg_scratch *scratch);

#endif
