/* What the files of SuBSENSE share: its state, rows against the model (subsense.c), masks
 * (subsense_mask.c). */
#ifndef SEG_TEMPORAL_SUBSENSE_H
#define SEG_TEMPORAL_SUBSENSE_H

#include "temporal/consensus.h"

#define SEG_SUBSENSE_SLOW 100 /* frames of the slow means */
#define SEG_SUBSENSE_QUICK 25 /* and of the quick ones */

/** Parts of the layout: floats, then bytes, of pixels. */
enum {
    R = SEG_CONSENSUS_PARTS,
    T,
    V,
    DISTANCE_SLOW,
    DISTANCE_QUICK,
    MOTION,
    RAW_SLOW,
    RAW_QUICK,
    FINAL_SLOW,
    FINAL_QUICK,
    FLOATS_END,
    LAST_RAW = FLOATS_END, /* bytes from here on: the raw mask of the frame before */
    LAST_BLINK,            /* where it differed from the one before that */
    BLINKS,                /* where it did so in one of two frames, away from the mask */
    LAST_MASK,             /* after step 5 */
    LAST_PLANES            /* and on: one for each plane */
};

typedef struct seg_subsense {
    seg_subtractor base;
    /* The frame at hand. */
    seg_consensus frame;
    seg_result *result;
    char *rooms; /* of each worker */
    size_t room_size;
    int32_t needed_elsewhere; /* samples of a neighbour; 0 = they are not asked */
} seg_subsense;

static inline const seg_subsense_options *seg_subsense_options_of(const seg_subsense *s) {
    return s->base.base.still->options;
}

/** Pixels of a row in the parts and rooms: whole blocks. */
static inline size_t seg_subsense_pitch(const seg_subtractor *model) {
    return (size_t)seg_consensus_blocks(model->layout.width) * SEG_CONSENSUS_BLOCK;
}

static inline float *seg_subsense_floats(const seg_subtractor *model, int32_t part, int32_t y) {
    return (float *)model->layout.parts[part].data + (size_t)y * seg_subsense_pitch(model);
}

static inline uint8_t *seg_subsense_bytes(const seg_subtractor *model, int32_t part, int32_t y) {
    return (uint8_t *)model->layout.parts[part].data + (size_t)y * seg_subsense_pitch(model);
}

/** Weight of the nth value in a mean of so many. */
static inline float seg_subsense_weight(int64_t n, int32_t most) {
    return 1.0f / (float)(n < most ? n : most);
}

/** Row y for the kernel agree_textured, with limits from R of `share` of the threshold; limits and
 *  outputs lie in the room of `worker`. */
seg_consensus_row seg_subsense_row(const seg_subsense *s, double share, int32_t y, int32_t worker);

/** Step 5 up to smoothing: the mask, closed, filled, and without what is small. */
SEG_NODISCARD seg_status seg_subsense_clean(const seg_subsense *s, const seg_image *mask);

/** After smoothing: fills gaps with weak differences, and keeps what the next frame needs. */
SEG_NODISCARD seg_status seg_subsense_finish(seg_subtractor *model, seg_result *result);

#endif
