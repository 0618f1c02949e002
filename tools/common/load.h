/* Pictures as a metric takes them. */
#ifndef TOOLS_LOAD_H
#define TOOLS_LOAD_H

#include <segment/evaluate.h>
#include <segment/media.h>

/** Both components where flow is unknown, as Middlebury's files have it; whatever is beyond 1e9 is
 *  taken for that. */
#define FLOW_UNKNOWN 1e10f

/** Why something could not be scored; "" = nothing is wrong. */
typedef struct failure {
    char reason[640];
} failure;

/** Takes over the library's words for a failed call. */
void failure_note(failure *why, seg_status status);

/** What a picture is for the metric: it decides which formats are taken. */
typedef enum picture_role {
    ROLE_PREDICTION,
    ROLE_TRUTH,
    ROLE_PICTURE,
    ROLE_IGNORE, /* not zero = not scored: becomes a mask of that */
    ROLE_REGION  /* bright = scored: becomes a mask of what is not */
} picture_role;

/**
 * Brings a picture to a format that the metric takes in that role, without changing what its
 * samples say: alpha is dropped; grey that is stored as colour becomes one channel; labels come
 * from grey values, or from colours as R + 256 G + 65536 B, as COCO panoptic has them; flow comes
 * from KITTI's 16-bit colours. `picture` is replaced. What the metric will not take stays as it
 * is, for the metric to refuse. False: out of memory.
 */
bool picture_fit(seg_image *picture, const seg_metric *metric, picture_role role,
                 const seg_env *env, failure *why);

/** Reads a file and fits it. Labels of PNG with a palette of colours are its indices, unless they
 *  must be `colours`. */
bool picture_read_fitted(seg_image *picture, const char *path, const seg_metric *metric,
                         picture_role role, bool colours, const seg_env *env, failure *why);

#endif
