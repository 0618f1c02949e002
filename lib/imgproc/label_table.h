/* The labels that occur in a picture, however large their numbers, and the runs that they form. */
#ifndef SEG_IMGPROC_LABEL_TABLE_H
#define SEG_IMGPROC_LABEL_TABLE_H

#include "core/memory.h"
#include "kernels/bits.h"
#include <segment/image.h>

/** Maps labels above 0 to 0, 1, 2, ... in the order in which they come. */
typedef struct seg_label_table {
    int32_t count;
    int32_t *ids;        /* label of each index */
    int32_t room;        /* of ids */
    int32_t *direct;     /* index + 1 of small labels, 0 = not there */
    int32_t direct_size; /* labels below it are small */
    uint64_t *slots;     /* of the others: label and index + 1, 0 = free; open addressing */
    uint32_t slot_count, slots_used; /* a power of two, or 0 */
    seg_scratch *scratch;
} seg_label_table;

/** An empty table whose memory comes from `scratch`. */
SEG_NODISCARD seg_status seg_label_table_init(seg_label_table *table, seg_scratch *scratch);

/** Adds a label that is not among the small ones yet. Errors: SEG_ERROR_MEMORY. */
SEG_NODISCARD seg_status seg_label_table_add(seg_label_table *table, int32_t label, int32_t *index);

/** Index of a label > 0, added if it is new. */
static inline seg_status seg_label_table_index(seg_label_table *table, int32_t label,
                                               int32_t *index) {
    if (label < table->direct_size && table->direct[label]) {
        *index = table->direct[label] - 1;
        return SEG_OK;
    }
    return seg_label_table_add(table, label, index);
}

/** Indices by ascending label, in scratch; NULL if there is no memory for them. */
int32_t *seg_label_table_order(const seg_label_table *table);

/** Rows of labels as runs: run i has the pixels starts[i] .. starts[i + 1] - 1. */
typedef struct seg_label_rows {
    int32_t *starts;
    uint64_t *words;
    const seg_bits_kernels *kernels;
    int32_t width;
} seg_label_rows;

SEG_NODISCARD seg_status seg_label_rows_init(seg_label_rows *rows, int32_t width,
                                             seg_scratch *scratch);

/** Fills rows->starts for a row of labels; returns the number of runs, 0s among them. */
int32_t seg_label_rows_split(seg_label_rows *rows, const int32_t *row);

#endif
