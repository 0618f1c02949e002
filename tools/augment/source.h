/* Samples of the set: decoded pictures with their labels, kept for those who use them again. */
#ifndef TOOLS_AUGMENT_SOURCE_H
#define TOOLS_AUGMENT_SOURCE_H

#include "augment/job.h"

typedef struct source source;

/** `room`: bytes of pictures that are kept although nobody uses them at the moment. */
source *source_create(const augment_job *job, int64_t room);
void source_free(source *target);

/** Sample `index` of the set, which is not to be changed: as kept, or read in the calling thread
 *  while others who want it wait. Give it back afterwards. Errors: those of reading it. */
SEG_NODISCARD seg_status source_take(source *from, int32_t index, const seg_sample **sample);
void source_give_back(source *from, int32_t index);

/** True if LABELS have anything on a sample that is taken, be it that it has no objects. */
bool source_is_labelled(source *from, int32_t index);

/** Pictures that were read, and those of them on which LABELS have nothing. */
void source_count(source *from, int32_t *read, int32_t *unlabelled);

/** Partners for one thread: the samples of the set, brought to format and channels of `like`. */
typedef struct source_partners {
    source *source;
    const seg_image *like;
} source_partners;

seg_augment_partners source_partners_of(source_partners *user);

#endif
