/* Pictures of what a metric counts as errors. */
#ifndef TOOLS_EVAL_ERRORS_H
#define TOOLS_EVAL_ERRORS_H

#include "eval/pairs.h"
#include <segment/render.h>

/** How the errors of a metric are shown. */
typedef enum error_kind {
    ERRORS_AGREEMENT, /* masks: found rightly, found wrongly, missed */
    ERRORS_FLOW,      /* end-point errors */
    ERRORS_BESIDE     /* prediction and truth beside each other */
} error_kind;

error_kind errors_kind(const seg_metric *metric);

/** Draws the errors of a pair as an RGB picture, over the picture that was segmented if there is
 *  one. `like`: a tally with the options that count. Errors: as seg_tally_add. */
SEG_NODISCARD seg_status errors_draw(seg_image *drawn, const loaded_pair *pair, int32_t side,
                                     const seg_tally *like, const seg_env *env);

/** What the colours mean; *count entries, 0 for none. `over_picture`: pairs have a picture, which
 *  is seen where nothing is wrong. */
const seg_sheet_key *errors_keys(int32_t *count, const seg_metric *metric, bool over_picture);

#endif
