/*
 * Background models that keep samples of each pixel (ViBe and its descendants): the frame is
 * background where enough samples agree with it. What they share: the frame in planes, the samples,
 * learning them.
 *
 * A frame: seg_consensus_begin; on the first one seg_consensus_start. Else seg_consensus_judge
 * calls `judge` for each row, which runs a kernel, sets raw and chances; then seg_consensus_learn.
 */
#ifndef SEG_TEMPORAL_CONSENSUS_H
#define SEG_TEMPORAL_CONSENSUS_H

#include "kernels/consensus.h"
#include "temporal/subtractor.h"

/** Parts of the layout that are the samples' and those that follow. */
enum { SEG_CONSENSUS_SAMPLES, SEG_CONSENSUS_UNSEEN, SEG_CONSENSUS_PARTS };

typedef struct seg_consensus {
    seg_subtractor *model;
    const seg_consensus_kernels *kernels;
    int32_t blocks, planes, samples; /* of a row, of a sample, of a pixel */
    bool textured;
    int32_t contrast; /* as given to seg_consensus_begin */
    int32_t reach;    /* a sample may go to pixels so far away, 1 or 2 */
    double young;     /* foreground takes a sample of itself, too, with chance (young / n)^2 */
    size_t pitch;     /* bytes between rows of the pictures below */
    /* Pictures of the frame, with room of two pixels on all sides and for whole blocks. */
    uint8_t *plane[SEG_CONSENSUS_PLANES];
    uint8_t *raw;          /* 255 = not enough samples agree; a row of `judge` */
    uint8_t *from;         /* 0 = gives samples */
    uint8_t *held;         /* not 0 = takes none */
    uint8_t *chance_own;   /* 256ths: to take a sample of itself; set by `judge` */
    uint8_t *chance_other; /* to take one of a neighbour, by the neighbour; set by `judge` */
    uint8_t *chance_ghost; /* to take one of a neighbour, by itself; NULL or set by `judge` */
    uint16_t *pattern;     /* random, for a row */
} seg_consensus;

/** Called for rows in bands. */
typedef void (*seg_consensus_judge_row)(const seg_consensus *consensus, void *user, int32_t y,
                                        int32_t worker);

/** The samples' parts of a layout; a method may add its own behind them. */
void seg_consensus_lay_out(seg_subtractor_layout *layout, int32_t samples, bool textured);

/** The frame in planes. `contrast`: of textures (seg_texture_contrast), or negative without.
 *  `ghosts` = there is chance_ghost. */
SEG_NODISCARD seg_status seg_consensus_begin(seg_consensus *consensus, seg_subtractor *model,
                                             int32_t samples, int32_t contrast, bool ghosts);

/** Samples of the first frame: those around each pixel. */
SEG_NODISCARD seg_status seg_consensus_start(const seg_consensus *consensus);

/** Raw segmentation; the mask gets what can be seen of it. */
SEG_NODISCARD seg_status seg_consensus_judge(const seg_consensus *consensus,
                                             seg_consensus_judge_row judge, void *user,
                                             seg_image *mask);

/** Exchanges samples by the chances. Does nothing if the model's weight is 0, but for pixels that
 *  are seen for the first time. */
SEG_NODISCARD seg_status seg_consensus_learn(const seg_consensus *consensus);

/** Row y of one of the pictures. */
static inline uint8_t *seg_consensus_row_of(const seg_consensus *consensus, uint8_t *picture,
                                            int32_t y) {
    return picture + (ptrdiff_t)y * (ptrdiff_t)consensus->pitch;
}

/** What the kernels need to know of row y; limits and outputs are left to the caller. */
seg_consensus_row seg_consensus_point(const seg_consensus *consensus, int32_t y, int32_t needed);

/** Row y of what was never seen: 255, else 0. */
uint8_t *seg_consensus_unseen_row(const seg_consensus *consensus, int32_t y);

/** A chance of `rate` in 256ths for row y of this frame, right in the mean. */
uint8_t seg_consensus_chance(const seg_consensus *consensus, double rate, int32_t y);

/** Distances in 8-bit levels become row y of the score, if that is wanted; 0 where nothing was
 *  seen before or is left out. */
void seg_consensus_give_score(const seg_consensus *consensus, seg_result *result,
                              const uint8_t *distance, int32_t y);

/** The mean of the samples, as a row of the background. */
void seg_consensus_background_row(const seg_subtractor *model, void *row, bool wide, int32_t y);

#endif
