/* Whether two frames show one scene in one light. */
#ifndef SEG_MOTION_AGREEMENT_H
#define SEG_MOTION_AGREEMENT_H

#include "core/memory.h"
#include "imgproc/field.h"

typedef struct seg_agreement {
    double correlation; /* of grey; 1 where one of them is flat */
    double step;        /* of the mean */
} seg_agreement;

/** Of `a` and `b`, along the flow (u, v) from `a` to `b`; NULL = in place. */
SEG_NODISCARD seg_status seg_agreement_find(seg_agreement *found, const seg_field *a,
                                            const seg_field *b, const seg_field *u,
                                            const seg_field *v, seg_scratch *scratch,
                                            const seg_env *env);

#endif
