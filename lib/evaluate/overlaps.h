/* The instances of a pair and where they cover each other, however they were given. */
#ifndef SEG_EVALUATE_OVERLAPS_H
#define SEG_EVALUATE_OVERLAPS_H

#include "core/memory.h"
#include <segment/evaluate.h>

/** What of two instances is laid over each other: the rule is an option of the metrics. */
typedef enum seg_overlap_shape {
    SEG_OVERLAP_AUTO, /* masks, if every instance of the pair has one, else boxes */
    SEG_OVERLAP_MASKS,
    SEG_OVERLAP_BOXES
} seg_overlap_shape;

/* Their rows of a parameter table, at `place` in the metric's options. */
typedef struct seg_overlap_options {
    int32_t shape;   /* seg_overlap_shape */
    bool categories; /* else all are of one class */
} seg_overlap_options;

extern const char *const seg_overlap_shape_names[];

/* clang-format off */
#define SEG_OVERLAP_ROWS(place)                                                                    \
    {"overlap", SEG_PARAM_ENUM, (place) + offsetof(seg_overlap_options, shape), "auto", 0, 2,      \
     seg_overlap_shape_names, "",                                                                  \
     "What is laid over each other; auto: masks, where every instance of the pair has one.", ""},  \
    {"categories", SEG_PARAM_BOOL, (place) + offsetof(seg_overlap_options, categories), "true", 0, \
     1, NULL, "", "Only instances of one class can match; else all are of class 0.", ""}
/* clang-format on */

/** The instances of one side. */
typedef struct seg_side {
    seg_instance *items; /* copies; area is filled in, category 0 where classes do not count */
    double *sizes;       /* pixels of what is compared: of the mask or of the box */
    int32_t count;
} seg_side;

/** A predicted and an expected instance of one class that have something in common. */
typedef struct seg_overlap {
    int32_t predicted, expected;
    double common; /* pixels */
    double iou;    /* 0..1; common / size of the predicted one where the expected one is a crowd */
} seg_overlap;

/** All memory is scratch. */
typedef struct seg_overlaps {
    seg_side predicted, expected;
    seg_overlap *items; /* ascending by predicted, then expected */
    int32_t count;
    double *unassigned; /* of each predicted one: pixels that the truth leaves unassigned; NULL
                           without label pictures */
} seg_overlaps;

/**
 * Finds them. Label pictures give an instance for each label above 0, ascending, with the class,
 * score and flags of the listed instance of that id if there is a list. `across`: also those of
 * different classes. Errors: SEG_ERROR_ARGUMENT (label not in the list, or twice, or listed but not
 * in the picture), SEG_ERROR_UNSUPPORTED (boxes of label pictures, masks that are not there, an
 * ignore picture without label pictures), SEG_ERROR_SHAPE, SEG_ERROR_LIMIT, SEG_ERROR_MEMORY.
 */
SEG_NODISCARD seg_status seg_overlaps_find(seg_overlaps *overlaps, const seg_pair *pair,
                                           const seg_overlap_options *options, bool across,
                                           seg_scratch *scratch);

/** Place of the first overlap of each predicted instance, and one more for the end. Scratch; NULL
 *  without memory. */
int32_t *seg_overlaps_rows(const seg_overlaps *overlaps, seg_scratch *scratch);

#endif
