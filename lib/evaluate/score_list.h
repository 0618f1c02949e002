/* Scores that occurred, in order, with how many pixels of the object and of the ground had each:
 * all that ROC, precision and recall, and calibration need. */
#ifndef SEG_EVALUATE_SCORE_LIST_H
#define SEG_EVALUATE_SCORE_LIST_H

#include "evaluate/object.h"

typedef struct seg_score_entry {
    double score;               /* of full scale: 0 .. 1, but for exact floats */
    int64_t negative, positive; /* pixels of the ground and of the object */
} seg_score_entry;

/** Ascending, each score once, none without pixels. Zero-initialise it. */
typedef struct seg_score_list {
    seg_score_entry *entries;
    int32_t count;
} seg_score_list;

/** The scores of a picture against a truth whose objects are given. u8 and u16 as they are, f32
 *  rounded to 65536 steps of 0 .. 1, or as they are if `exact`. `list` is empty before.
 *  Errors: SEG_ERROR_DATA (f32 outside 0 .. 1, or not finite if `exact`), SEG_ERROR_MEMORY. */
SEG_NODISCARD seg_status seg_score_list_make(seg_score_list *list, const seg_image *scores,
                                             const seg_objects *objects, bool exact,
                                             const seg_env *env);

/** Adds the pixels of another list. On error the list is as before. */
SEG_NODISCARD seg_status seg_score_list_merge(seg_score_list *list, const seg_score_list *more,
                                              const seg_env *env);

void seg_score_list_free(seg_score_list *list, const seg_env *env);

#endif
