/*
 * Filters over objects: `area > 50 && circularity > 0.6`.
 *
 * A recursive-descent parser turns the expression into a program for a stack machine; testing an
 * object runs it. Numbers are doubles, truth is 1 and 0, everything is evaluated (no side effects,
 * so no short cuts are needed), division by zero gives 0.
 *
 *   either  = both { "||" both }             sum    = product { ("+" | "-") product }
 *   both    = test { "&&" test }             product = factor { ("*" | "/") factor }
 *   test    = sum [ ("==" | "!=" | "<" | "<=" | ">" | ">=") sum ]
 *   factor  = ("!" | "-") factor | "(" either ")" | number | field
 */
#include "core/check.h"
#include "core/memory.h"
#include "core/text.h"
#include "objects/fields.h"

#include <string.h>

enum { MAX_STEPS = 512, MAX_DEPTH = 48, MAX_NAME = 24, MAX_FIELDS = 64 };

typedef enum keep_operation {
    PUSH_NUMBER,
    PUSH_FIELD,
    NEGATE,
    NOT,
    MULTIPLY,
    DIVIDE,
    ADD,
    SUBTRACT,
    EQUAL,
    NOT_EQUAL,
    LESS,
    LESS_EQUAL,
    GREATER,
    GREATER_EQUAL,
    AND,
    OR
} keep_operation;

typedef struct step {
    int32_t operation;
    int32_t field;
    double number;
} step;

struct seg_keep {
    seg_env env;
    int32_t count;
    step steps[MAX_STEPS];
};

typedef struct parser {
    const char *text, *at;
    int32_t depth;
    seg_keep *keep;
} parser;

static seg_status parse_either(parser *p);

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void skip_space(parser *p) {
    while (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r')
        p->at++;
}

static seg_status mistake(const parser *p, const char *what) {
    return seg_fail(SEG_ERROR_OPTION, "keep: %s at column %ld of \"%.80s\"", what,
                    (long)(p->at - p->text) + 1, p->text);
}

static seg_status emit(parser *p, step s) {
    if (p->keep->count == MAX_STEPS)
        return mistake(p, "the expression is too long (allowed 512 terms and signs)");
    p->keep->steps[p->keep->count++] = s;
    return SEG_OK;
}

/* Takes `sign` if it comes next and is not the beginning of a longer one. */
static bool take(parser *p, const char *sign) {
    skip_space(p);
    size_t length = strlen(sign);
    if (strncmp(p->at, sign, length)) return false;
    if ((sign[0] == '<' || sign[0] == '>' || sign[0] == '!') && length == 1 && p->at[1] == '=')
        return false;
    p->at += length;
    return true;
}

static seg_status parse_field(parser *p) {
    const char *start = p->at;
    while (is_letter(*p->at) || *p->at == '_')
        p->at++;
    char name[MAX_NAME] = "";
    size_t length = (size_t)(p->at - start);
    if (length < sizeof name) memcpy(name, start, length);
    const char *names[MAX_FIELDS], *allowed;
    int32_t count = 0;
    for (; count < MAX_FIELDS && (allowed = seg_object_field_name(count)); count++) {
        if (!strcmp(name, allowed)) return emit(p, (step){PUSH_FIELD, count, 0});
        names[count] = allowed;
    }
    p->at = start;
    const int32_t nearest = seg_text_nearest(name, names, count);
    if (nearest < 0)
        return mistake(p, "unknown field (allowed are id, area, solidity, mean, ...; --help tells "
                          "all)");
    return seg_fail(SEG_ERROR_OPTION,
                    "keep: unknown field \"%s\" at column %ld of \"%.80s\"; did you mean %s?", name,
                    (long)(start - p->text) + 1, p->text, names[nearest]);
}

static seg_status parse_factor(parser *p) {
    skip_space(p);
    bool not = take(p, "!"), minus = !not &&take(p, "-");
    if (not || minus) {
        if (p->depth == MAX_DEPTH) return mistake(p, "nested too deeply (allowed 48 levels)");
        p->depth++;
        SEG_TRY(parse_factor(p));
        p->depth--;
        return emit(p, (step){not ? NOT : NEGATE, 0, 0});
    }
    if (take(p, "(")) {
        SEG_TRY(parse_either(p));
        return take(p, ")") ? SEG_OK : mistake(p, "a closing parenthesis is missing");
    }
    if (is_letter(*p->at)) return parse_field(p);
    step number = {PUSH_NUMBER, 0, 0};
    const char *end;
    if (!seg_text_to_number(&number.number, &end, p->at))
        return mistake(p, *p->at ? "a number, a field or a parenthesis is expected"
                                 : "the expression ends too early");
    p->at = end;
    return emit(p, number);
}

/* left { sign right }: the signs of one rank, each with its operation. */
typedef struct rank {
    const char *sign;
    keep_operation operation;
} rank;

static seg_status parse_rank(parser *p, const rank *ranks, int32_t count,
                             seg_status (*inner)(parser *), bool once) {
    SEG_TRY(inner(p));
    for (bool found = true; found;) {
        found = false;
        for (int32_t i = 0; i < count && !found; i++) {
            if (!take(p, ranks[i].sign)) continue;
            SEG_TRY(inner(p));
            SEG_TRY(emit(p, (step){(int32_t)ranks[i].operation, 0, 0}));
            found = true;
        }
        if (once) break;
    }
    return SEG_OK;
}

static seg_status parse_product(parser *p) {
    static const rank ranks[] = {{"*", MULTIPLY}, {"/", DIVIDE}};
    return parse_rank(p, ranks, 2, parse_factor, false);
}

static seg_status parse_sum(parser *p) {
    static const rank ranks[] = {{"+", ADD}, {"-", SUBTRACT}};
    return parse_rank(p, ranks, 2, parse_product, false);
}

static seg_status parse_test(parser *p) {
    static const rank ranks[] = {{"==", EQUAL}, {"!=", NOT_EQUAL},     {"<=", LESS_EQUAL},
                                 {"<", LESS},   {">=", GREATER_EQUAL}, {">", GREATER}};
    return parse_rank(p, ranks, 6, parse_sum, true);
}

static seg_status parse_both(parser *p) {
    static const rank ranks[] = {{"&&", AND}};
    return parse_rank(p, ranks, 1, parse_test, false);
}

static seg_status parse_either(parser *p) {
    static const rank ranks[] = {{"||", OR}};
    if (p->depth == MAX_DEPTH) return mistake(p, "nested too deeply (allowed 48 levels)");
    p->depth++;
    SEG_TRY(parse_rank(p, ranks, 1, parse_both, false));
    p->depth--;
    return SEG_OK;
}

seg_status seg_keep_create(seg_keep **keep_out, const char *expression, const seg_env *env) {
    if (!keep_out || !expression)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)",
                        keep_out ? "expression" : "keep");
    *keep_out = NULL;
    seg_keep *keep = seg_allocate_zeroed(env, 1, sizeof *keep, "a keep expression");
    if (!keep) return SEG_ERROR_MEMORY;
    if (env) keep->env = *env;
    parser p = {.text = expression, .at = expression, .keep = keep};
    seg_status status = parse_either(&p);
    skip_space(&p);
    if (status >= 0 && *p.at) status = mistake(&p, "an operator or the end is expected");
    if (status < 0) {
        seg_keep_free(keep);
        return status;
    }
    *keep_out = keep;
    return SEG_OK;
}

static double apply(int32_t operation, double a, double b) {
    switch (operation) {
    case MULTIPLY:
        return a * b;
    case DIVIDE:
        return b != 0 ? a / b : 0;
    case ADD:
        return a + b;
    case SUBTRACT:
        return a - b;
    case EQUAL:
        return a == b;
    case NOT_EQUAL:
        return a != b;
    case LESS:
        return a < b;
    case LESS_EQUAL:
        return a <= b;
    case GREATER:
        return a > b;
    case GREATER_EQUAL:
        return a >= b;
    case AND:
        return a != 0 && b != 0;
    default:
        return a != 0 || b != 0;
    }
}

bool seg_keep_test(const seg_keep *keep, const seg_object *object, int32_t width, int32_t height) {
    double stack[MAX_STEPS];
    int32_t top = 0;
    if (!keep || !object) return true;
    for (int32_t i = 0; i < keep->count; i++) {
        const step *s = &keep->steps[i];
        switch (s->operation) {
        case PUSH_NUMBER:
            stack[top++] = s->number;
            break;
        case PUSH_FIELD:
            stack[top++] = seg_object_field_value(object, s->field, width, height);
            break;
        case NEGATE:
            stack[top - 1] = -stack[top - 1];
            break;
        case NOT:
            stack[top - 1] = stack[top - 1] == 0;
            break;
        default:
            top--;
            stack[top - 1] = apply(s->operation, stack[top - 1], stack[top]);
        }
    }
    return stack[0] != 0;
}

bool seg_keep_needs_picture(const seg_keep *keep, bool in_colour) {
    for (int32_t i = 0; keep && i < keep->count; i++)
        if (keep->steps[i].operation == PUSH_FIELD &&
            seg_object_field_needs_picture(keep->steps[i].field, in_colour))
            return true;
    return false;
}

const char *seg_keep_field_of(const seg_keep *keep, seg_field_source source) {
    for (int32_t i = 0; keep && i < keep->count; i++)
        if (keep->steps[i].operation == PUSH_FIELD &&
            seg_object_field_source(keep->steps[i].field) == source)
            return seg_object_field_name(keep->steps[i].field);
    return NULL;
}

void seg_keep_free(seg_keep *keep) {
    if (!keep) return;
    seg_env env = keep->env;
    seg_release(&env, keep);
}
