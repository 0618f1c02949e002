/* What a pipeline knows of the frames so far as one blob: the method's model and the tracks. */
#ifndef SEG_PIPELINE_MODEL_H
#define SEG_PIPELINE_MODEL_H

#include <segment/method.h>
#include <segment/objects.h>

/** Writes the model of `context` (NULL = the method has none) and the tracks. The rest as
 *  seg_context_save. */
SEG_NODISCARD seg_status seg_model_save(seg_context *context, const seg_tracker *tracker,
                                        void *buffer, size_t *size, const seg_env *env);

/** Restores them, or a model alone. Tracks begin anew where none were saved; `tracker` NULL leaves
 *  them out. Errors: as seg_context_load; nothing has changed then. */
SEG_NODISCARD seg_status seg_model_load(seg_context *context, seg_tracker *tracker,
                                        const void *buffer, size_t size, const seg_env *env);

#endif
