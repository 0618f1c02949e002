/* A running average of the frames, pixel by pixel, with or without a variance, and what differs
 * from it. */
#ifndef SEG_TEMPORAL_AVERAGE_H
#define SEG_TEMPORAL_AVERAGE_H

#include "core/clock.h"
#include "imgproc/grid.h"
#include "imgproc/still_method.h"
#include "kernels/temporal.h"
#include "temporal/samples.h"

/**
 * The mean is kept in 16 bits for every depth: the same scene in 8, 16 bits or float gives the same
 * masks. What a step towards the frame loses by rounding would add up (a rate of 0.001 would never
 * move a difference of one grey level), so steps are rounded by a dither that is spread evenly over
 * time and pixels: a golden-ratio sequence per pixel, from a fixed pattern, the same in every run.
 * The mean step is exact; what the dither adds stays below a tenth of an 8-bit level. Rates below
 * 1/1024 are saved up and learnt at once when they come to that much, which keeps it so.
 *
 * A pixel is first learnt when it is first seen: until then it gives nothing.
 */
typedef struct seg_average {
    seg_image mean;       /* U16, full scale 65535 whatever the frames have */
    bool varies;          /* there is a variance */
    seg_image variance;   /* F32, of differences in full scale 65535 */
    seg_image unseen;     /* U8, non-zero where no value was seen yet; see unseen_count */
    int64_t unseen_count; /* 0: the picture does not count */
    uint16_t *pattern;    /* dither along a row; then a row of zeros */
    int32_t pattern_width;
    int64_t updates;   /* learnt so far: the time of the dither */
    double saved_rate; /* not learnt yet */
} seg_average;

/** Forgets the frames, keeps the memory. */
void seg_average_reset(seg_average *average);

void seg_average_free(seg_average *average, const seg_env *env);

/** Starts with what the samples show, with no variance yet; `held` (may be NULL or empty) is not
 *  learnt. Room comes from `still`. */
SEG_NODISCARD seg_status seg_average_start(seg_average *average, const seg_samples *samples,
                                           const seg_image *held, seg_still *still);

/** A pass over the frame, or over every `step`-th row of it. */
typedef struct seg_average_pass {
    seg_average *average;
    const seg_samples *samples;
    const seg_image *held; /* not learnt; may be NULL or empty */
    seg_image *mask;       /* NULL = not wanted */
    seg_image *score;      /* NULL = not wanted; row i is row i * step of the frame */
    seg_image *left_out;   /* gets what was left out, while pixels are unseen; may be NULL */
    seg_image *absorbed; /* U8: foreground there begins anew with the frame's value; may be NULL */
    uint16_t level;      /* the mask is what differs by more, full scale 65535, ... */
    float deviations;    /* ... and, with a variance, by more than so many deviations */
    uint16_t rate_background, rate_foreground; /* learnt, in 1/65536; 0 = not a bit changes */
    int32_t step;
    /* set by seg_average_prepare */
    const seg_temporal_kernels *kernels;
    char *rows; /* of each worker: 16-bit values, levels, score, left_out, mask */
    size_t row_size;
    int64_t *admitted; /* of each band */
} seg_average_pass;

/** Sets what a pass needs, with a step of 1; nothing is wanted and nothing learnt yet. */
SEG_NODISCARD seg_status seg_average_prepare(seg_average_pass *pass, seg_average *average,
                                             const seg_samples *samples, seg_still *still);

/** Sets the rates: `weight` of the frame for background, and `share` of that for foreground. What
 *  is too little now is saved for a later frame. */
void seg_average_set_weight(seg_average_pass *pass, double weight, double share);

/** Compares and learns. Any pass shows pixels to the model that were unseen. */
SEG_NODISCARD seg_status seg_average_run(seg_average_pass *pass, const seg_env *env);

/** The mean in the depth of the samples, 0 where nothing was seen. */
SEG_NODISCARD seg_status seg_average_picture(seg_image *picture, const seg_average *average,
                                             const seg_samples *samples, const seg_env *env);

/** Moves it to another view: `from` as for seg_context_move. What was not in view is unseen. The
 *  grid, which others may be moved by, takes its room, for rows of at least `row` bytes, from
 *  `still`. */
SEG_NODISCARD seg_status seg_average_move(seg_average *average, seg_grid *grid,
                                          const double from[9], size_t row, seg_still *still);

/* The last part of a model's blob, to be read into an empty average. A failed read leaves `average`
 * to seg_average_free. */
void seg_average_write(seg_blob_writer *writer, const seg_average *average);
SEG_NODISCARD seg_status seg_average_read(seg_blob_reader *reader, seg_average *average,
                                          const seg_clock *clock, const seg_env *env);

#endif
