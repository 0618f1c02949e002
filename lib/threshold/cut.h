/* What all threshold methods end with: a grey picture cut between two values. */
#ifndef SEG_THRESHOLD_CUT_H
#define SEG_THRESHOLD_CUT_H

#include "imgproc/still_method.h"

/** How a level is found in a histogram. */
typedef struct seg_level_rule {
    /** The bin above which foreground begins, maybe between two bins. `size` >= 2 bins, of which
     *  at least two hold votes. */
    double (*choose)(const uint64_t *bins, int32_t size);
    /** It reads the histogram's shape: 256 bins at every depth, as shape needs full bins. */
    bool coarse;
} seg_level_rule;

/** Foreground is low < value <= high, or the opposite. High from full scale on is no limit; a
 *  limit below low changes places with it. */
typedef struct seg_cut {
    seg_level low, high;
    bool invert;
    const seg_level_rule *rule; /* finds low, whatever that says; NULL = low as it is */
} seg_cut;

/** A typed threshold call: checks, grey, histogram if a level needs one, comparison. `mask`,
 *  `native_level` (of `low`), `picture`, `ignore` as in seg_threshold. */
SEG_NODISCARD seg_status seg_cut_picture(seg_image *mask, double *native_level,
                                         const seg_image *picture, const seg_image *ignore,
                                         const seg_cut *cut, const seg_env *env);

/** The apply function of a threshold method: fills what is `wanted` of mask and score (the grey
 *  value, or its distance to full scale if inverted), and the decisions `level`, `level_raw`, `max`
 *  and `max_raw` if there is a limit, and `foreground`. */
SEG_NODISCARD seg_status seg_cut_frame(seg_still *still, const seg_frame *frame, uint32_t wanted,
                                       seg_result *result, const seg_cut *cut);

/** The mask alone, of a grey picture; `mask` is ensured, `native_level` may be NULL. */
SEG_NODISCARD seg_status seg_cut_mask(seg_image *mask, double *native_level, const seg_image *grey,
                                      const seg_image *ignore, const seg_cut *cut,
                                      seg_scratch *scratch, const seg_env *env);

/** Fills result->score as seg_cut_frame does, and says so in result->outputs. */
SEG_NODISCARD seg_status seg_cut_score(seg_result *result, const seg_image *grey,
                                       const seg_image *ignore, bool invert, const seg_env *env);

#endif
