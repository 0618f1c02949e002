/* Chains of operations: parser and life cycle. The grammar is in chain.h. */
#include "pipeline/chain.h"

#include "core/check.h"
#include "core/memory.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

#define WORD_SIZE 256
#define NAMED_ONLY (-1) /* in place of a position: values without a name come first */

typedef struct parser {
    const char *text, *at;
    const char *chain_name;
    uint32_t input, outputs;
    seg_chain *chain;
} parser;

/* ---- tokens ---- */

static void skip_spaces(parser *p) {
    while (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r')
        p->at++;
}

static int column(const parser *p, const char *place) {
    return (int)(place - p->text) + 1;
}

/* Puts the place in front of the detail line that is set already. */
static seg_status place_detail(const parser *p, const char *place, const char *operation,
                               seg_status status) {
    char detail[SEG_DETAIL_SIZE];
    snprintf(detail, sizeof detail, "%s", seg_error_detail());
    if (status == SEG_ERROR_MEMORY) return status;
    return seg_fail(status, "%s, column %d: %s: %s", p->chain_name, column(p, place), operation,
                    detail);
}

static seg_status fail_here(const parser *p, const char *wanted) {
    if (*p->at)
        return seg_fail(SEG_ERROR_OPTION, "%s, column %d: is no chain (got \"%.20s\", allowed %s)",
                        p->chain_name, column(p, p->at), p->at, wanted);
    return seg_fail(SEG_ERROR_OPTION,
                    "%s, column %d: the chain ends early (got nothing, allowed %s)", p->chain_name,
                    column(p, p->at), wanted);
}

/* Text up to one of `stops` or the end, spaces around it cut off. */
static seg_status take_word(parser *p, char word[WORD_SIZE], const char *stops,
                            const char *wanted) {
    skip_spaces(p);
    const char *start = p->at;
    size_t length = strcspn(start, stops);
    const char *end = start + length;
    while (length > 0 && strchr(" \t\n\r", start[length - 1]))
        length--;
    if (length == 0) return fail_here(p, wanted);
    if (length >= WORD_SIZE)
        return seg_fail(SEG_ERROR_OPTION,
                        "%s, column %d: the word is too long (got %zu characters, allowed %d)",
                        p->chain_name, column(p, start), length, WORD_SIZE - 1);
    memcpy(word, start, length);
    word[length] = '\0';
    p->at = end;
    return SEG_OK;
}

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
    char name[WORD_SIZE + sizeof "grey-"];
    snprintf(name, sizeof name, "grey-%s", word);
    return seg_method_find(name);
}

static seg_status find_operation(const parser *p, const char *word, const char *place,
                                 const seg_method **method) {
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
        return seg_fail(SEG_ERROR_OPTION,
                        "%s, column %d: no operation for %s (got \"%s\", allowed %s)",
                        p->chain_name, column(p, place), p->chain_name, word, names);
    if (nearest)
        return seg_fail(SEG_ERROR_OPTION,
                        "%s, column %d: there is no operation \"%.60s\"; did you mean \"%s\"?",
                        p->chain_name, column(p, place), word, nearest);
    return seg_fail(SEG_ERROR_OPTION,
                    "%s, column %d: there is no such operation (got \"%.60s\", allowed %s)",
                    p->chain_name, column(p, place), word, names);
}

static seg_status set_parameter(const parser *p, seg_step *step, const char *place,
                                const char *name, const char *value) {
    if (!step->options)
        return seg_fail(SEG_ERROR_OPTION, "%s, column %d: %s has no parameters", p->chain_name,
                        column(p, place), step->method->id);
    const seg_status status =
        seg_params_parse(step->options, step->method->params, name, value, p->chain->env);
    return status < 0 ? place_detail(p, place, step->method->id, status) : SEG_OK;
}

/* A value without a name: parameter number *position of the table. */
static seg_status set_positional(const parser *p, seg_step *step, const char *place,
                                 int32_t *position, const char *value) {
    const seg_param_table *table = step->method->params;
    const int32_t count = table ? table->count : 0;
    if (*position == NAMED_ONLY)
        return seg_fail(SEG_ERROR_OPTION,
                        "%s, column %d: %s: \"%.60s\" needs the name of its parameter, as others "
                        "before it have theirs",
                        p->chain_name, column(p, place), step->method->id, value);
    if (*position >= count)
        return seg_fail(SEG_ERROR_OPTION,
                        "%s, column %d: %s: \"%.60s\" is one value too many (it has %d parameters)",
                        p->chain_name, column(p, place), step->method->id, value, (int)count);
    return set_parameter(p, step, place, table->items[(*position)++].name, value);
}

static seg_status parse_argument(parser *p, seg_step *step, int32_t *position) {
    char word[WORD_SIZE];
    skip_spaces(p);
    const char *place = p->at;
    SEG_TRY(take_word(p, word, "=,()", "a value or parameter=value"));
    if (*p->at != '=') return set_positional(p, step, place, position, word);
    char value[WORD_SIZE];
    p->at++;
    skip_spaces(p);
    SEG_TRY(take_word(p, value, ",()", "a value"));
    *position = NAMED_ONLY;
    return set_parameter(p, step, place, word, value);
}

static seg_status parse_arguments(parser *p, seg_step *step) {
    int32_t position = 0;
    p->at++;
    skip_spaces(p);
    while (*p->at != ')') {
        SEG_TRY(parse_argument(p, step, &position));
        if (*p->at == ',') {
            p->at++;
            skip_spaces(p);
            if (*p->at == ')') return fail_here(p, "a value or parameter=value");
        } else if (*p->at != ')') {
            return fail_here(p, "\",\" or \")\"");
        }
    }
    p->at++;
    return SEG_OK;
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

static seg_status parse_operation(parser *p) {
    char word[WORD_SIZE];
    skip_spaces(p);
    const char *place = p->at;
    const seg_method *method;
    seg_step *step;
    SEG_TRY(take_word(p, word, "=,()", "the name of an operation"));
    SEG_TRY(find_operation(p, word, place, &method));
    SEG_TRY(add_step(p->chain, method, &step));
    if (*p->at == '(') {
        SEG_TRY(parse_arguments(p, step));
    } else if (*p->at == '=') {
        int32_t position = 0;
        p->at++;
        skip_spaces(p);
        const char *value_place = p->at;
        SEG_TRY(take_word(p, word, ",()", "a value"));
        SEG_TRY(set_positional(p, step, value_place, &position, word));
    }
    const seg_status status =
        seg_context_create(&step->context, method, step->options, p->chain->env);
    return status < 0 ? place_detail(p, place, method->id, status) : SEG_OK;
}

static seg_status parse_chain(parser *p) {
    skip_spaces(p);
    if (!*p->at) return SEG_OK;
    for (;;) {
        SEG_TRY(parse_operation(p));
        skip_spaces(p);
        if (!*p->at) return SEG_OK;
        if (*p->at != ',') return fail_here(p, "\",\" and the next operation");
        p->at++;
    }
}

seg_status seg_chain_create(seg_chain *chain, const char *text, const char *name, uint32_t input,
                            uint32_t outputs, const seg_env *env) {
    *chain = (seg_chain){.env = env};
    if (!text) return SEG_OK;
    parser p = {text, text, name, input, outputs, chain};
    const seg_status status = parse_chain(&p);
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
