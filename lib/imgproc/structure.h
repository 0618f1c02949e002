/* Flat structuring elements as chords: runs of their rows. */
#ifndef SEG_IMGPROC_STRUCTURE_H
#define SEG_IMGPROC_STRUCTURE_H

#include "core/memory.h"
#include <segment/morphology.h>

/** Offsets (x .. x + length - 1, y) from the pixel. */
typedef struct seg_chord {
    int32_t length, y, x;
} seg_chord;

typedef struct seg_chords {
    seg_chord *items; /* by length, then by y and x; in scratch */
    int32_t count;
    int32_t left, right, up, down; /* the least box around them: -left .. right, -up .. down */
    bool rectangle;                /* they fill it */
} seg_chords;

/** Checks an element; `status` is what is returned if it is not allowed. */
SEG_NODISCARD seg_status seg_structure_check(const seg_structure *structure, seg_status status);

/** Its chords; `structure` is checked. */
SEG_NODISCARD seg_status seg_structure_chords(seg_chords *chords, const seg_structure *structure,
                                              seg_scratch *scratch);

/** The element mirrored at the pixel, in place. */
void seg_chords_mirror(seg_chords *chords);

#endif
