/* COCO's protocol for detections: matching in one picture, and averages over all. */
#ifndef SEG_EVALUATE_COCO_H
#define SEG_EVALUATE_COCO_H

#include "evaluate/class_list.h"
#include "evaluate/overlaps.h"

#define SEG_COCO_THRESHOLDS 10 /* of IoU: .5, .55, ..., .95 */
#define SEG_COCO_RECALLS 101   /* at which precision is read: 0, .01, ..., 1 */

/** Ranges of an object's area in pixels. */
typedef enum seg_coco_area {
    SEG_COCO_ALL,
    SEG_COCO_SMALL,  /* below 32^2 */
    SEG_COCO_MEDIUM, /* 32^2 .. 96^2 */
    SEG_COCO_LARGE,  /* above 96^2 */
    SEG_COCO_AREAS
} seg_coco_area;

/** The i-th IoU threshold. */
double seg_coco_threshold(int32_t i);

/** A prediction, matched. */
typedef struct seg_coco_detection {
    double score;
    int32_t category;
    int32_t rank;                     /* by score in its picture and class, from 0 */
    uint16_t matched[SEG_COCO_AREAS]; /* bit t: at threshold t, among truths of that range */
    uint16_t ignored[SEG_COCO_AREAS]; /* bit t: neither a hit nor a miss */
} seg_coco_detection;

/** Truths of a class that are to be found, by range. */
typedef struct seg_coco_class {
    int32_t category;
    int64_t truths[SEG_COCO_AREAS];
} seg_coco_class;

/** Matches of many pictures; grows amortised. */
typedef struct seg_coco_matches {
    seg_coco_detection *detections;
    int32_t count, capacity;
    seg_class_list classes; /* of seg_coco_class */
} seg_coco_matches;

void seg_coco_matches_init(seg_coco_matches *matches);
void seg_coco_matches_free(seg_coco_matches *matches, const seg_env *env);

/** Matches the instances of one picture and adds them. On error nothing is added. */
SEG_NODISCARD seg_status seg_coco_match(seg_coco_matches *matches, const seg_overlaps *overlaps,
                                        seg_scratch *scratch);

/** Adds the matches of further pictures. On error nothing is added. */
SEG_NODISCARD seg_status seg_coco_append(seg_coco_matches *matches, const seg_coco_matches *more,
                                         const seg_env *env);

/** All detections by class, then falling score, then as they came; scratch, NULL without memory. */
const seg_coco_detection **seg_coco_order(const seg_coco_matches *matches, seg_scratch *scratch);

/** What one class reaches in one range of areas. */
typedef struct seg_coco_curves {
    bool defined;                                            /* there is something to find */
    double precision[SEG_COCO_THRESHOLDS][SEG_COCO_RECALLS]; /* highest at that recall or above */
    double recall[SEG_COCO_THRESHOLDS];                      /* of all detections that count */
} seg_coco_curves;

/** From the ordered detections of one class, those of rank below `most` of each picture counting;
 *  `spare` has room for 2 * count. */
void seg_coco_curves_of(seg_coco_curves *curves, const seg_coco_detection *const *detections,
                        int32_t count, const seg_coco_class *class_totals, seg_coco_area area,
                        int32_t most, double *spare);

#endif
