#include "temporal/gaps.h"

#include "core/check.h"
#include "imgproc/runs.h"

#include <string.h>

/* The last pixel of a column that was foreground. */
typedef struct seen {
    int32_t component, y;
} seen;

/* Between a run and the one before it. */
static void mark_row(uint8_t *gaps, const seg_runs *runs, uint32_t run) {
    const seg_bits_run *here = &runs->runs[run], *before = here - 1;
    if (seg_runs_of(runs, run - 1) == seg_runs_of(runs, run))
        memset(gaps + before->end, 255, (size_t)(here->start - before->end));
}

static void mark_column(uint8_t *gaps, size_t pitch, int32_t first, int32_t end) {
    for (int32_t y = first; y < end; y++)
        gaps[(size_t)y * pitch] = 255;
}

seg_status seg_gaps_find(uint8_t *gaps, size_t pitch, const seg_image *mask, seg_scratch *scratch) {
    seg_bitmap bitmap;
    seg_runs runs;
    SEG_TRY(seg_bitmap_pack(&bitmap, mask, false, scratch));
    SEG_TRY(seg_runs_label(&runs, &bitmap, 4, scratch));
    seen *columns = seg_scratch_take(scratch, (size_t)mask->width, sizeof *columns, "columns");
    if (!columns) return SEG_ERROR_MEMORY;
    memset(columns, 0, (size_t)mask->width * sizeof *columns);
    memset(gaps, 0, (size_t)mask->height * pitch);
    for (int32_t y = 0; y < mask->height; y++)
        for (int32_t i = 0; i < runs.count[y]; i++) {
            const uint32_t run = runs.first[y] + (uint32_t)i;
            const int32_t component = seg_runs_of(&runs, run);
            if (i > 0) mark_row(gaps + (size_t)y * pitch, &runs, run);
            for (int32_t x = runs.runs[run].start; x < runs.runs[run].end; x++) {
                if (columns[x].component == component)
                    mark_column(gaps + x, pitch, columns[x].y + 1, y);
                columns[x] = (seen){component, y};
            }
        }
    return SEG_OK;
}
