/*
 * Foreground that is background of a neighbour's: what has only moved here.
 *
 * A. Elgammal, D. Harwood, L. Davis, "Non-parametric model for background subtraction", ECCV 2000,
 * section 4: a pixel is a false detection if it is probable under the model of a pixel nearby.
 */
#ifndef SEG_TEMPORAL_DISPLACED_H
#define SEG_TEMPORAL_DISPLACED_H

#include "temporal/consensus.h"

/** Bytes of room for one row. */
size_t seg_displaced_room(const seg_consensus *consensus);

/**
 * Sets raw row y to 0 where at least `needed` samples of one of the eight pixels around agree with the
 * frame's, textures included. `limits`: of row y, with room of a byte on both sides; its
 * outputs, `samples` and `needed` are not looked at.
 */
void seg_displaced_excuse(const seg_consensus *consensus, const seg_consensus_row *limits,
                          int32_t needed, int32_t y, uint8_t *room);

#endif
