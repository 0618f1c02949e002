/* Curves through tables, and the one that evens out a histogram. */
#ifndef SEG_IMGPROC_EQUALISE_H
#define SEG_IMGPROC_EQUALISE_H

#include "core/memory.h"
#include <segment/image.h>

typedef struct seg_line {
    float factor, add;
} seg_line;

/** Every sample of colour c becomes table[c * entries + sample], samples beyond the table its last
 *  entry; alpha is copied. Pictures of one size, U8 or U16. `line`: the whole parts of level *
 *  factor + add, cut, which may be quicker to compute where they are the table's, or NULL. In
 *  bands. */
SEG_NODISCARD seg_status seg_table_apply(const seg_image *target, const seg_image *source,
                                         const uint16_t *table, size_t entries,
                                         const seg_line *line, const seg_env *env);

/** seg_equalise into a picture that fits, with kept memory. */
SEG_NODISCARD seg_status seg_equalise_with(const seg_image *target, const seg_image *source,
                                           seg_scratch *scratch, const seg_env *env);

#endif
