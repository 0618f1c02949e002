/* What one run of segment-augment is to do, from the command line or a manifest. */
#ifndef TOOLS_AUGMENT_JOB_H
#define TOOLS_AUGMENT_JOB_H

#include "augment/set.h"
#include <jansson.h>
#include <segment/augment.h>
#include <segment/labels.h>
#include <segment/media.h>

typedef struct augment_job {
    settings settings;
    const arguments *given;
    char *text;                /* of the pipeline, without --resize */
    int32_t width, height;     /* of --resize, which is its last step; 0 = none */
    int32_t channels;          /* 0: pictures stay as they are */
    bool clips;                /* pictures are drawn by their folders */
    seg_augment_options rules; /* seed, boxes, what is dropped */
    seg_augment_pipeline *pipeline;
    seg_augment_pipeline *plain; /* of originals: --resize alone */
    int32_t first, last;         /* copies of each; 0 is the original */
    int32_t *copies;             /* the last one of each item (--balance), or NULL */
    set set;
    seg_labels *labels; /* or NULL */
    const char *output; /* NULL with --preview and --online */
    int64_t cache;      /* bytes of decoded pictures that are kept */
    bool to_file;       /* OUTPUT is the one picture or clip */
    json_t *header;     /* of the manifest: all that the pixels depend on */
    json_t *recorded;   /* header of --replay, or NULL */
    json_t *replayed;   /* its records: name -> list of them */
} augment_job;

/** Reads options, pipeline, manifest to be replayed, set and labels. Returns EXIT_DONE, or what to
 *  exit with after the message that was given. */
int job_make(augment_job *target, const arguments *given);

void job_free(augment_job *target);

/** The value of an option that is a number of 1 to `most`; stays where it is not given. False: a
 *  message was given. */
bool job_read_count(int32_t *value, const arguments *given, option_id id, int32_t most);

/** The last copy of an item. */
static inline int32_t job_last_copy(const augment_job *from, int32_t item) {
    return from->copies ? from->copies[item] : from->last;
}

/** Items of the set that this shard works on: first .. *end - 1. */
int32_t job_shard(const augment_job *from, int32_t *end);

/** The extension of its copies: its own where that can be written. */
const char *job_extension(const augment_job *from, const set_item *item);

/** "cats/1_3.jpg": what copy `copy` of the item is called below OUTPUT; of a
 *  single OUTPUT its own name. A new text. */
char *job_output_name(const augment_job *from, const set_item *item, int32_t copy);

/** Where that is: OUTPUT/NAME, or OUTPUT itself. A new text. */
char *job_output_path(const augment_job *from, const char *name);

/** How its pictures are encoded. */
seg_picture_write_options job_encoding(const augment_job *from);

#endif
