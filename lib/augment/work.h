/* The working memory of one thread, and the compiled form of a pipeline. */
#ifndef SEG_AUGMENT_WORK_H
#define SEG_AUGMENT_WORK_H

#include "augment/step.h"

struct seg_augment_work {
    seg_env env;
    seg_sample stages[2]; /* the sample, and the one that the next is built in */
    int32_t stage;
    seg_scratch rooms[SEG_ROOMS][2]; /* a picture each */
    int32_t room[SEG_ROOMS];         /* the one that is in use */
    seg_image *landing[SEG_ROOMS];   /* in the last step: the caller's, in place of a room */
    seg_scratch scratch;
    float *quantiles; /* of the normal distribution; NULL until noise is drawn */
    seg_sample partners[SEG_MOST_PARTNERS];
    seg_augment_decision *decisions;
    int32_t decision_count, decision_capacity;
};

/** A step, followed by those that it holds. */
typedef struct seg_augment_node {
    const seg_augmentation *augmentation;
    void *options;
    int32_t end; /* index of the first node behind it and those that it holds */
    uint32_t path;
} seg_augment_node;

struct seg_augment_pipeline {
    seg_env env;
    seg_augment_options options;
    seg_augment_node *nodes;
    int32_t count, capacity;
};

/** Mixes a number into the path of a step. */
uint32_t seg_augment_path(uint32_t path, uint32_t number);

#endif
