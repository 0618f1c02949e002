/* --labels and --output-labels: what is known of the pictures, and where that of the copies goes.
 */
#ifndef TOOLS_AUGMENT_LABELS_H
#define TOOLS_AUGMENT_LABELS_H

#include "augment/job.h"

/** Opens --labels, if it is given. Returns EXIT_DONE, or what to exit with after the message that
 *  was given. */
int labels_open(augment_job *target);

/** Looks at the labels of all samples, before anything is read or written: false after a message if
 *  the pipeline cannot carry them, or what is written has no place for them. */
bool labels_check(const augment_job *job);

/** True if --output-labels is a folder with a file for each copy. Wants labels that are open. */
bool labels_are_files(const augment_job *job);

/** True if they are pictures: PNG under the names of the copies. Wants labels that are open. */
bool labels_are_pictures(const augment_job *job);

/** The labels of a copy, kept until it is its turn to be written. */
typedef struct kept_labels {
    seg_sample sample; /* without its picture */
    char *name;        /* of the output */
    int32_t width, height, channels;
} kept_labels;

/** Takes the labels out of a sample. */
SEG_NODISCARD seg_status labels_keep(kept_labels *kept, seg_sample *from, const char *name);
void labels_free(kept_labels *kept);

typedef struct labels_out labels_out;

/** Begins --output-labels. False: a message was given. `*opened` is NULL without that option. */
bool labels_out_open(labels_out **opened, const augment_job *job);
/** Writes the labels of the next copy. False: a message was given. */
bool labels_out_add(labels_out *target, const kept_labels *kept);
/** Ends it; `whole` false: files of a set remain as they were. NULL is allowed. False: a message
 *  was given. */
bool labels_out_close(labels_out *target, bool whole);

#endif
