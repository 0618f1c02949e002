/* Pictures of pairs in memory: from files, or frame by frame from videos and streams. */
#ifndef TOOLS_EVAL_PAIRS_H
#define TOOLS_EVAL_PAIRS_H

#include "common/load.h"
#include "eval/source.h"
#include "eval/units.h"

/** The pictures of a pair. */
typedef struct loaded_pair {
    seg_image predictions[MAX_SIDES];
    seg_image *levels[MAX_SIDES], *truths;
    int32_t level_count[MAX_SIDES], truth_count;
    seg_image ignore, picture;
    bool unscored; /* `ignore` leaves nothing */
} loaded_pair;

/** Why a pair cannot be had, and the file that is to blame (NULL = none; freed by the caller). */
typedef struct blame {
    failure why;
    char *subject;
} blame;

/** Reads the files of a pair. */
bool pair_load(loaded_pair *target, const file_set *files, const unit *of, const seg_metric *metric,
               const seg_env *env, blame *whom);

/** What the metric sees of it from one side. */
seg_pair pair_view(const loaded_pair *from, int32_t side);

void pair_free(loaded_pair *target);

/* ---- frames ---- */

/** Predictions, the truth, and the picture if there is one. */
enum { STREAM_TRUTH = MAX_SIDES, STREAM_PICTURE, STREAMS };

typedef struct streams {
    source *sources[STREAMS];
    const char *names[STREAMS];
    bool ended[STREAMS];
    loaded_pair pair; /* of the last frame */
    int64_t frames;   /* read so far */
} streams;

/** Opens those of a unit. `threaded`: each is decoded in a thread of its own. To be closed even
 *  where it fails. */
bool streams_open(streams *target, const unit *of, const seg_metric *metric, bool threaded,
                  const seg_env *env, blame *whom);

/** Reads the next frame of each into target->pair; *there is false where all have ended. */
bool streams_next(streams *target, bool *there, blame *whom);

void streams_close(streams *target);

#endif
