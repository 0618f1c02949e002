/* Manifests: JSON Lines with everything that a run drew. The first line, and the first of each
 * shard's part, is the header: pipeline, seed, rules, encoding, and the set's hash. */
#ifndef TOOLS_AUGMENT_MANIFEST_H
#define TOOLS_AUGMENT_MANIFEST_H

#include "augment/job.h"

/** The header of a job. */
json_t *manifest_header(const augment_job *job);

/** The line of a copy: sample, copy, output, and the draws of the last seg_augment_apply. */
json_t *manifest_record(const augment_job *job, const set_item *item, int32_t copy,
                        const char *output, const seg_augment_work *work);

/** Adds a record as a line. */
void manifest_add_line(text_buffer *target, const json_t *record);

/** Reads a manifest: its header, and its records by the names of their samples, lists in order of
 *  the file. False: a message was given. */
bool manifest_read(json_t **header, json_t **records, const char *path);

/** Takes pipeline, seed, rules and encoding of a header. False: a message was given. */
bool manifest_apply(augment_job *target, const json_t *header, const char *path);

#endif
