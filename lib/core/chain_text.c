/* Reads chains of operations. The grammar is in chain_text.h. */
#include "core/chain_text.h"

#include "core/check.h"

#include <stdio.h>
#include <string.h>

typedef struct parser {
    const char *text, *at;
    const char *chain_name;
    const seg_chain_handler *handler;
    int depth, count; /* operations within each other, and all so far */
} parser;

static void skip_spaces(parser *p) {
    while (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r')
        p->at++;
}

static int column(const parser *p, const char *place) {
    return (int)(place - p->text) + 1;
}

/* Puts the place in front of the detail line that is set already. */
static seg_status place_detail(const parser *p, const char *place, seg_status status) {
    char where[SEG_CHAIN_WORD];
    snprintf(where, sizeof where, "%s, column %d", p->chain_name, column(p, place));
    return seg_chain_named(status, where);
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
static seg_status take_word(parser *p, char word[SEG_CHAIN_WORD], const char *stops,
                            const char *wanted) {
    skip_spaces(p);
    const char *start = p->at;
    size_t length = strcspn(start, stops);
    const char *end = start + length;
    while (length > 0 && strchr(" \t\n\r", start[length - 1]))
        length--;
    if (length == 0) return fail_here(p, wanted);
    if (length >= SEG_CHAIN_WORD)
        return seg_fail(SEG_ERROR_OPTION,
                        "%s, column %d: the word is too long (got %zu characters, allowed %d)",
                        p->chain_name, column(p, start), length, SEG_CHAIN_WORD - 1);
    memcpy(word, start, length);
    word[length] = '\0';
    p->at = end;
    return SEG_OK;
}

static seg_status set(const parser *p, const char *place, const char *name, int position,
                      const char *value) {
    return place_detail(p, place, p->handler->set(p->handler->user, name, position, value));
}

static seg_status parse_operation(parser *p);

/* True where an argument is no parameter: a word that "=" does not follow. */
static bool is_operation(const parser *p) {
    return p->at[strcspn(p->at, "=,()")] != '=';
}

static seg_status parse_argument(parser *p, bool holds, int *position) {
    char word[SEG_CHAIN_WORD], value[SEG_CHAIN_WORD];
    skip_spaces(p);
    const char *place = p->at;
    if (holds && is_operation(p)) return parse_operation(p);
    SEG_TRY(take_word(p, word, "=,()", "a value or parameter=value"));
    if (*p->at != '=') {
        SEG_TRY(set(p, place, NULL, *position, word));
        if (*position != SEG_CHAIN_LATE) ++*position;
        return SEG_OK;
    }
    p->at++;
    skip_spaces(p);
    SEG_TRY(take_word(p, value, ",()", "a value"));
    *position = SEG_CHAIN_LATE;
    return set(p, place, word, SEG_CHAIN_LATE, value);
}

static seg_status parse_arguments(parser *p, bool holds) {
    int position = 0;
    p->at++;
    skip_spaces(p);
    while (*p->at != ')') {
        SEG_TRY(parse_argument(p, holds, &position));
        skip_spaces(p);
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

static seg_status parse_operation(parser *p) {
    char word[SEG_CHAIN_WORD];
    bool holds = false;
    skip_spaces(p);
    const char *place = p->at;
    if (p->depth == SEG_CHAIN_DEPTH)
        return seg_fail(SEG_ERROR_OPTION,
                        "%s, column %d: more than %d operations within each other", p->chain_name,
                        column(p, place), SEG_CHAIN_DEPTH);
    if (p->count++ == SEG_CHAIN_MOST)
        return seg_fail(SEG_ERROR_OPTION, "%s, column %d: more than %d operations", p->chain_name,
                        column(p, place), SEG_CHAIN_MOST);
    SEG_TRY(take_word(p, word, "=,()", "the name of an operation"));
    SEG_TRY(place_detail(p, place, p->handler->begin(p->handler->user, word, &holds)));
    p->depth++;
    if (*p->at == '(') {
        SEG_TRY(parse_arguments(p, holds));
    } else if (*p->at == '=') {
        p->at++;
        skip_spaces(p);
        const char *value_place = p->at;
        SEG_TRY(take_word(p, word, ",()", "a value"));
        SEG_TRY(set(p, value_place, NULL, 0, word));
    }
    p->depth--;
    return place_detail(p, place, p->handler->end(p->handler->user));
}

seg_status seg_chain_read(const char *text, const char *name, const seg_chain_handler *handler) {
    if (!text) return SEG_OK;
    parser p = {text, text, name, handler, 0, 0};
    skip_spaces(&p);
    if (!*p.at) return SEG_OK;
    for (;;) {
        SEG_TRY(parse_operation(&p));
        skip_spaces(&p);
        if (!*p.at) return SEG_OK;
        if (*p.at != ',') return fail_here(&p, "\",\" and the next operation");
        p.at++;
    }
}

/* ---- values of an operation ---- */

seg_status seg_chain_named(seg_status status, const char *id) {
    char detail[SEG_DETAIL_SIZE];
    if (status >= 0 || status == SEG_ERROR_MEMORY) return status;
    snprintf(detail, sizeof detail, "%s", seg_error_detail());
    return seg_fail(status, "%s: %s", id, detail);
}

seg_status seg_chain_set(seg_chain_operation *operation, const char *name, int position,
                         const char *value, const seg_env *env) {
    const seg_param_table *params = operation->params;
    const int count = params ? (int)params->count : 0;
    if (!name && position == SEG_CHAIN_LATE)
        return seg_fail(SEG_ERROR_OPTION,
                        "%s: \"%.60s\" needs the name of its parameter, as others before it have "
                        "theirs",
                        operation->id, value);
    if (!name && position >= count)
        return seg_fail(SEG_ERROR_OPTION,
                        "%s: \"%.60s\" is one value too many (it has %d parameters)", operation->id,
                        value, count);
    if (!params) return seg_fail(SEG_ERROR_OPTION, "%s has no parameters", operation->id);
    if (!name) name = params->items[position].name;
    const seg_param *found = seg_params_find(params, name);
    if (found) {
        const uint64_t bit = (uint64_t)1 << (found - params->items);
        if (operation->given & bit)
            return seg_fail(SEG_ERROR_OPTION, "%s: %s is given twice (got \"%.60s\", too)",
                            operation->id, found->name, value);
        operation->given |= bit;
    }
    return seg_chain_named(seg_params_parse(operation->options, params, name, value, env),
                           operation->id);
}
