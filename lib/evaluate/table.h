/* Rows of a table that a metric gives. */
#ifndef SEG_EVALUATE_TABLE_H
#define SEG_EVALUATE_TABLE_H

#include "core/memory.h"
#include <segment/evaluate.h>

/** An empty table with room for `most` rows. Errors: SEG_ERROR_MEMORY. */
SEG_NODISCARD static inline seg_status seg_table_take(seg_table *table, int64_t most,
                                                      int32_t columns, const seg_env *env) {
    *table = (seg_table){NULL, 0, columns};
    table->cells =
        seg_allocate(env, (size_t)most, (size_t)columns * sizeof *table->cells, "a table");
    return table->cells ? SEG_OK : SEG_ERROR_MEMORY;
}

/** The next row; there must be room for it. */
static inline double *seg_table_next(seg_table *table) {
    return table->cells + (size_t)table->rows++ * (size_t)table->columns;
}

#endif
