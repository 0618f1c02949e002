/* segment-flow --points: places that are followed from frame to frame, as CSV or JSON Lines. */
#ifndef TOOLS_FLOW_POINTS_H
#define TOOLS_FLOW_POINTS_H

#include <segment/frame.h>
#include <segment/motion.h>

typedef struct point_tracks point_tracks;

/** Whether that name says CSV or JSON Lines; else a message was given. */
bool points_check_output(const char *output);

/** Starts: `source` is a file of places or "auto". NULL: a message was given. */
point_tracks *points_open(const char *source, const char *output);

/** Follows the points from the frame before (NULL: this is the first) and writes where they are.
 * False: a message was given. */
bool points_follow(point_tracks *tracks, const seg_frame *before, const seg_frame *frame,
                   const seg_env *env);

/** Ends the output, whole under its name or given up. Frees. False: a message was given. */
bool points_close(point_tracks *tracks, bool whole);

#endif
