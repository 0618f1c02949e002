/* Chains of operations on pictures and masks: what their text means, and their life cycle. */
#include "pipeline/chain.h"

#include "core/chain_text.h"
#include "core/check.h"
#include "core/memory.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

typedef struct parser {
    const char *chain_name;
    uint32_t input, outputs;
    seg_chain *chain;
    seg_step *step; /* at work */
    seg_chain_operation operation;
} parser;

/* ---- operations ---- */

static bool fits(const parser *p, const seg_method *method) {
    return method->input & p->input && method->outputs & p->outputs;
}

/* Names of all operations that this chain may have, for messages. */
static void list_names(const parser *p, char *text, size_t size) {
    int32_t count;
    const seg_method *const *methods = seg_methods(&count);
    size_t used = 0;
    text[0] = '\0';
    for (int32_t i = 0; i < count; i++) {
        if (!fits(p, methods[i]) || used + strlen(methods[i]->id) + 3 > size) continue;
        used +=
            (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "", methods[i]->id);
    }
}

/* The nearest name among the operations that this chain may have, or NULL. */
static const char *nearest_name(const parser *p, const char *word) {
    int32_t count, best = 0;
    const seg_method *const *methods = seg_methods(&count);
    const char *nearest = NULL;
    for (int32_t i = 0; i < count; i++) {
        if (!fits(p, methods[i])) continue;
        const int32_t distance = seg_text_distance(word, methods[i]->id);
        if (seg_text_nearest(word, &methods[i]->id, 1) < 0) continue;
        if (nearest && distance >= best) continue;
        nearest = methods[i]->id;
        best = distance;
    }
    return nearest;
}

/* Operations on masks that pictures have as well: open, of pictures, is grey-open. */
static const seg_method *find_of_pictures(const char *word) {
    char name[SEG_CHAIN_WORD + sizeof "grey-"];
    snprintf(name, sizeof name, "grey-%s", word);
    return seg_method_find(name);
}

static seg_status find_operation(const parser *p, const char *word, const seg_method **method) {
    *method = seg_method_find(word);
    if (*method && fits(p, *method)) return SEG_OK;
    const seg_method *of_pictures = find_of_pictures(word);
    if (of_pictures && fits(p, of_pictures)) {
        *method = of_pictures;
        return SEG_OK;
    }
    char names[256];
    list_names(p, names, sizeof names);
    const char *nearest = nearest_name(p, word);
    if (*method)
        return seg_fail(SEG_ERROR_OPTION, "no operation for %s (got \"%s\", allowed %s)",
                        p->chain_name, word, names);
    if (nearest)
        return seg_fail(SEG_ERROR_OPTION, "there is no operation \"%.60s\"; did you mean \"%s\"?",
                        word, nearest);
    return seg_fail(SEG_ERROR_OPTION, "there is no such operation (got \"%.60s\", allowed %s)",
                    word, names);
}

static seg_status add_step(seg_chain *chain, const seg_method *method, seg_step **added) {
    void *steps = chain->steps;
    SEG_TRY(seg_grow(&steps, &chain->capacity, chain->count, chain->count + 1, sizeof *chain->steps,
                     chain->env->allocator));
    chain->steps = steps;
    seg_step *step = &chain->steps[chain->count];
    *step = (seg_step){.method = method};
    if (method->params) {
        step->options = seg_allocate_zeroed(chain->env, 1, method->params->options_size,
                                            "options of an operation");
        if (!step->options) return SEG_ERROR_MEMORY;
        seg_params_init(step->options, method->params);
    }
    seg_result_init(&step->result, chain->env);
    chain->count++;
    *added = step;
    return SEG_OK;
}

static seg_status begin(void *user, const char *name, bool *holds) {
    parser *p = user;
    const seg_method *method;
    *holds = false;
    SEG_TRY(find_operation(p, name, &method));
    SEG_TRY(add_step(p->chain, method, &p->step));
    p->operation = (seg_chain_operation){method->id, method->params, p->step->options, 0};
    return SEG_OK;
}

static seg_status set(void *user, const char *name, int position, const char *value) {
    parser *p = user;
    return seg_chain_set(&p->operation, name, position, value, p->chain->env);
}

static seg_status end(void *user) {
    parser *p = user;
    return seg_chain_named(
        seg_context_create(&p->step->context, p->step->method, p->step->options, p->chain->env),
        p->operation.id);
}

seg_status seg_chain_create(seg_chain *chain, const char *text, const char *name, uint32_t input,
                            uint32_t outputs, const seg_env *env) {
    *chain = (seg_chain){.env = env};
    parser p = {.chain_name = name, .input = input, .outputs = outputs, .chain = chain};
    const seg_chain_handler handler = {&p, begin, set, end};
    const seg_status status = seg_chain_read(text, name, &handler);
    if (status < 0) seg_chain_free(chain);
    return status;
}

void seg_chain_reset(seg_chain *chain) {
    for (int32_t i = 0; i < chain->count; i++)
        seg_context_reset(chain->steps[i].context);
}

void seg_chain_free(seg_chain *chain) {
    for (int32_t i = 0; i < chain->count; i++) {
        seg_step *step = &chain->steps[i];
        seg_context_free(step->context);
        seg_result_free(&step->result);
        if (step->options) seg_params_clear(step->options, step->method->params, chain->env);
        seg_release(chain->env, step->options);
    }
    if (chain->env) seg_release(chain->env, chain->steps);
    chain->steps = NULL;
    chain->count = chain->capacity = 0;
}
