/* Canny on a grey picture: from samples of any depth to bits and back to bytes. */
#ifndef SEG_EDGE_CANNY_RUN_H
#define SEG_EDGE_CANNY_RUN_H

#include "core/memory.h"
#include <segment/edge.h>

/** Working pictures of a run. */
#define SEG_CANNY_IMAGES 4

/**
 * `score` (F32, of the size of `picture`; NULL = not wanted) gets seg_canny_score.
 * `edges` is U8, of the size of `picture` (1-4 channels, u8, u16 or f32; one of 8 bits may be the
 * same memory). Options are checked already. `ignore` and `report` may be NULL or empty. `images`
 * are reused from run to run, other memory comes from `scratch`.
 */
SEG_NODISCARD seg_status seg_canny_run(seg_image *edges, seg_image *score, seg_canny_report *report,
                                       const seg_image *picture, const seg_image *ignore,
                                       const seg_canny_options *options,
                                       seg_image images[SEG_CANNY_IMAGES], seg_scratch *scratch,
                                       const seg_env *env);

#endif
