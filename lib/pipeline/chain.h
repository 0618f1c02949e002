/* Chains of operations, `name(k=v,...),name(...)`: parsing and running. */
#ifndef SEG_PIPELINE_CHAIN_H
#define SEG_PIPELINE_CHAIN_H

#include <segment/method.h>

/** One operation at work. */
typedef struct seg_step {
    const seg_method *method;
    void *options;
    seg_context *context;
    seg_result result; /* its picture, mask or labels is the operation's output */
} seg_step;

typedef struct seg_chain {
    seg_step *steps;
    int32_t count, capacity;
    const seg_env *env; /* of the owner, which outlives the chain */
} seg_chain;

/**
 * Parses `text` and starts a context for each operation. `name` is for messages ("pre").
 * Operations must take one of the `input` kinds and give one of `outputs`. NULL and "" are the
 * empty chain. The grammar is in core/chain_text.h.
 * Errors: SEG_ERROR_OPTION with the column (from 1) of the mistake, SEG_ERROR_MEMORY. The chain
 * is empty then.
 */
SEG_NODISCARD seg_status seg_chain_create(seg_chain *chain, const char *text, const char *name,
                                          uint32_t input, uint32_t outputs, const seg_env *env);

/** Forgets all frames. */
void seg_chain_reset(seg_chain *chain);

void seg_chain_free(seg_chain *chain);

#endif
