/* Connected components of a bitmap as runs: what components, hole filling and area filters share.
 */
#ifndef SEG_IMGPROC_RUNS_H
#define SEG_IMGPROC_RUNS_H

#include "imgproc/bitmap.h"

/**
 * A labelled bitmap. With connectivity 8 a strip is two rows (the last one may be one row, given
 * twice) and a run covers the ones of both; with 4 a strip is a row. All memory is scratch.
 */
typedef struct seg_runs {
    const seg_bitmap *bitmap;
    int32_t strip_rows; /* 1 or 2 */
    int32_t strips;
    uint32_t *first;         /* of each strip: number of its first run */
    int32_t *count;          /* of each strip: runs */
    seg_bits_run *runs;      /* pixels start .. end-1 */
    uint32_t *parents;       /* of each run: a lower one of its component; later seg_runs_of */
    int32_t components;      /* how many */
    seg_component *measures; /* of each component, at label - 1; NULL until seg_runs_number */
} seg_runs;

#define SEG_RUNS_NUMBERED 0x80000000u

/** Component of a run, from 1 in raster order of first pixels, once they are numbered. */
static inline int32_t seg_runs_of(const seg_runs *runs, uint32_t run) {
    return (int32_t)(runs->parents[run] & ~SEG_RUNS_NUMBERED);
}

/** Finds and joins the runs of a bitmap; `connectivity` 4 or 8. Sets all but the numbers and
 *  measures. */
SEG_NODISCARD seg_status seg_runs_find(seg_runs *runs, const seg_bitmap *bitmap,
                                       int32_t connectivity, seg_scratch *scratch);

/** Numbers the components; measures them into `measures` (room for runs->components) if not NULL.
 */
SEG_NODISCARD seg_status seg_runs_number(seg_runs *runs, seg_component *measures,
                                         seg_scratch *scratch);

/** Both, with the measures in scratch. */
SEG_NODISCARD seg_status seg_runs_label(seg_runs *runs, const seg_bitmap *bitmap,
                                        int32_t connectivity, seg_scratch *scratch);

/** Writes the components into a LABEL32 picture of the same size. */
SEG_NODISCARD seg_status seg_runs_paint(const seg_image *labels, const seg_runs *runs,
                                        seg_scratch *scratch);

/** seg_components of a mask that is sane; all memory is scratch. */
SEG_NODISCARD seg_status seg_components_with(seg_image *labels, const seg_image *mask,
                                             int32_t connectivity, seg_scratch *scratch);

/** Upper and lower row of a strip; the same for a strip of one row. */
static inline void seg_runs_rows(const seg_runs *runs, int32_t strip, const uint64_t **top,
                                 const uint64_t **bottom) {
    const int32_t y = strip * runs->strip_rows;
    *top = seg_bitmap_row(runs->bitmap, y);
    *bottom = *top;
    if (runs->strip_rows == 2 && y + 1 < runs->bitmap->height)
        *bottom = seg_bitmap_row(runs->bitmap, y + 1);
}

#endif
