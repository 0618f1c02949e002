/* What a pipeline knows of the frames so far as one blob: the method's model, the tracks, the
 * reference of the stabilizer. */
#ifndef SEG_PIPELINE_MODEL_H
#define SEG_PIPELINE_MODEL_H

#include "pipeline/stabilize.h"
#include <segment/method.h>
#include <segment/objects.h>

/** NULL for what there is not. */
typedef struct seg_model_parts {
    seg_context *context;
    seg_tracker *tracker;
    seg_stabilizer *stabilizer;
} seg_model_parts;

/** As seg_context_save. */
SEG_NODISCARD seg_status seg_model_save(const seg_model_parts *parts, void *buffer, size_t *size,
                                        const seg_env *env);

/** Restores them, or a model alone. Parts begin anew if they were not saved, and are left out if
 *  they are NULL. Errors: as seg_context_load; nothing has changed then. */
SEG_NODISCARD seg_status seg_model_load(const seg_model_parts *parts, const void *buffer,
                                        size_t size, const seg_env *env);

#endif
