/* Parameter tables: defaults, parsing, copying, all from the same rows. */
#include <segment/params.h>

#include "core/check.h"
#include "core/memory.h"
#include "core/params_field.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

/* A field of any type. */
typedef union field {
    bool boolean;
    int32_t integer;
    double number;
    seg_level level;
    seg_duration duration;
    seg_size size;
    seg_rect rect;
    seg_seeds seeds;
    const seg_image *picture;
} field;

static size_t field_size(const seg_param *param) {
    switch ((seg_param_type)param->type) {
    case SEG_PARAM_BOOL:
        return sizeof(bool);
    case SEG_PARAM_INT:
    case SEG_PARAM_ENUM:
        return sizeof(int32_t);
    case SEG_PARAM_FLOAT:
        return sizeof(double);
    case SEG_PARAM_LEVEL:
        return sizeof(seg_level);
    case SEG_PARAM_DURATION:
        return sizeof(seg_duration);
    case SEG_PARAM_SIZE:
        return sizeof(seg_size);
    case SEG_PARAM_RECT:
        return sizeof(seg_rect);
    case SEG_PARAM_SEEDS:
        return sizeof(seg_seeds);
    case SEG_PARAM_PICTURE:
        return sizeof(const seg_image *);
    }
    return 0;
}

static const char *skip_spaces(const char *text) {
    while (*text == ' ' || *text == '\t')
        text++;
    return text;
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* True if `text` is `word`, whatever its case and the spaces around. */
static bool is_word(const char *text, const char *word) {
    text = skip_spaces(text);
    for (; *word; text++, word++)
        if (lower(*text) != lower(*word)) return false;
    return *skip_spaces(text) == '\0';
}

static seg_status malformed(const seg_param *param, const char *text, const char *wanted) {
    return seg_fail(SEG_ERROR_OPTION, "%s has no valid value (got \"%.100s\", allowed %s)",
                    param->name, text, wanted);
}

/* A number followed by nothing; false if it is none. */
static bool parse_whole_number(double *value, const char *text) {
    const char *end;
    return seg_text_to_number(value, &end, skip_spaces(text)) && *skip_spaces(end) == '\0';
}

/* An integer of 32 bits at the start of the text. */
static bool parse_integer(int32_t *value, const char **end, const char *text) {
    double number;
    if (!seg_text_to_number(&number, end, skip_spaces(text))) return false;
    if (!seg_param_inside(number, INT32_MIN, INT32_MAX) || number != (double)(int32_t)number)
        return false;
    *value = (int32_t)number;
    *end = skip_spaces(*end);
    return true;
}

static seg_status parse_bool(field *value, const seg_param *param, const char *text) {
    static const char *const words[] = {"true", "false", "yes", "no", "on", "off", "1", "0"};
    for (int i = 0; i < 8; i++) {
        if (!is_word(text, words[i])) continue;
        value->boolean = i % 2 == 0;
        return SEG_OK;
    }
    return malformed(param, text, "true or false, yes or no, on or off, 1 or 0");
}

static seg_status parse_int(field *value, const seg_param *param, const char *text) {
    double number;
    const char *end;
    if (parse_integer(&value->integer, &end, text) && !*end) return SEG_OK;
    if (param->names) {
        char allowed[256];
        seg_param_list_names(allowed, sizeof allowed, param);
        return malformed(param, text, allowed);
    }
    /* A number, but none that fits: say what is allowed rather than what a number is. */
    if (parse_whole_number(&number, text) && !seg_param_inside(number, param->min, param->max)) {
        char low[SEG_NUMBER_SIZE], high[SEG_NUMBER_SIZE];
        seg_text_from_number(low, param->min);
        seg_text_from_number(high, param->max);
        return seg_fail(SEG_ERROR_OPTION, "%s is out of range (got %.100s, allowed %s to %s)",
                        param->name, text, low, high);
    }
    return malformed(param, text, "a whole number");
}

static seg_status parse_enum(field *value, const seg_param *param, const char *text) {
    int32_t count = seg_param_name_count(param);
    for (int32_t i = 0; i < count; i++) {
        if (!seg_text_same_name(text, param->names[i])) continue;
        value->integer = i;
        return SEG_OK;
    }
    char allowed[256];
    seg_param_list_names(allowed, sizeof allowed, param);
    int32_t nearest = seg_text_nearest(text, param->names, count);
    if (nearest >= 0)
        return seg_fail(SEG_ERROR_OPTION,
                        "%s has no valid value (got \"%.60s\", allowed %s); did you mean \"%s\"?",
                        param->name, text, allowed, param->names[nearest]);
    return malformed(param, text, allowed);
}

static seg_status parse_level(field *value, const seg_param *param, const char *text) {
    seg_level level = {0};
    const char *start = skip_spaces(text), *end;
    if (lower(start[0]) == 'a') {
        level.kind = SEG_LEVEL_AUTO;
        for (int32_t i = 0; i < SEG_AUTO_RULES; i++) {
            if (!is_word(start, seg_auto_rule_names[i])) continue;
            level.rule = i;
            value->level = level;
            return SEG_OK;
        }
        int32_t nearest = seg_text_nearest(start, seg_auto_rule_names, SEG_AUTO_RULES);
        return seg_fail(SEG_ERROR_OPTION,
                        "%s has no valid value (got \"%.60s\", allowed auto, auto:otsu, "
                        "auto:median or auto:noise); "
                        "did you mean \"%s\"?",
                        param->name, text, seg_auto_rule_names[nearest < 0 ? 0 : nearest]);
    }
    bool percentile = lower(start[0]) == 'p';
    if (seg_text_to_number(&level.value, &end, start + percentile)) {
        level.kind = SEG_LEVEL_PERCENTILE;
        if (!percentile)
            level.kind = is_word(end, "%")     ? SEG_LEVEL_PERCENT
                         : is_word(end, "raw") ? SEG_LEVEL_RAW
                                               : SEG_LEVEL_8BIT;
        bool suffix = level.kind == SEG_LEVEL_PERCENT || level.kind == SEG_LEVEL_RAW;
        value->level = level;
        if (suffix || *skip_spaces(end) == '\0') return SEG_OK;
    }
    return malformed(param, text, "a level such as 50, 20%, p90, 12000raw, auto or auto:otsu");
}

static seg_status parse_duration(field *value, const seg_param *param, const char *text) {
    seg_duration duration = {0};
    const char *end;
    if (param->max >= SEG_NEVER && is_word(text, "never")) {
        value->duration.value = SEG_NEVER;
        value->duration.in_seconds = false;
        return SEG_OK;
    }
    if (seg_text_to_number(&duration.value, &end, skip_spaces(text))) {
        bool frames = *skip_spaces(end) == '\0' || is_word(end, "f");
        bool milliseconds = is_word(end, "ms");
        duration.in_seconds = !frames;
        if (milliseconds) duration.value /= 1000;
        value->duration = duration;
        if (frames || milliseconds || is_word(end, "s")) return SEG_OK;
    }
    return malformed(param, text, "a time such as 200f, 8s or 500ms");
}

static seg_status parse_size(field *value, const seg_param *param, const char *text) {
    seg_size size = {0};
    const char *end;
    if (seg_text_to_number(&size.value, &end, skip_spaces(text))) {
        size.in_percent = is_word(end, "%");
        value->size = size;
        if (size.in_percent || *skip_spaces(end) == '\0' || is_word(end, "px")) return SEG_OK;
    }
    return malformed(param, text, "a size such as 15 or 0.5%");
}

static seg_status parse_rect(field *value, const seg_param *param, const char *text) {
    int32_t numbers[4];
    const char *p = text;
    for (int i = 0; i < 4; i++) {
        if (!parse_integer(&numbers[i], &p, p) || *p != (i < 3 ? ',' : '\0'))
            return malformed(param, text, "x,y,width,height in pixels");
        p++;
    }
    value->rect = (seg_rect){numbers[0], numbers[1], numbers[2], numbers[3]};
    return SEG_OK;
}

static seg_status parse_points(seg_point **points, int32_t *count, const seg_param *param,
                               const char *text, const seg_env *env) {
    int32_t capacity = 0;
    void *items = NULL;
    const char *p = text;
    *count = 0;
    for (;;) {
        seg_point point;
        seg_status status = SEG_OK;
        if (*count == INT32_MAX || !parse_integer(&point.x, &p, p) || *p != ',' ||
            !parse_integer(&point.y, &p, p + 1) || (*p != ';' && *p != '\0'))
            status = malformed(param, text, "points x,y;x,y... or auto");
        else
            status = seg_grow(&items, &capacity, *count, *count + 1, sizeof **points,
                              env ? env->allocator : NULL);
        if (status < 0) {
            seg_release(env, items);
            return status;
        }
        *points = items;
        (*points)[(*count)++] = point;
        if (*p == '\0' || *skip_spaces(p + 1) == '\0') return SEG_OK; /* one last ; is forgiven */
        p++;
    }
}

static seg_status parse_seeds(field *value, const seg_param *param, const char *text,
                              const seg_env *env) {
    value->seeds = (seg_seeds){0};
    if (is_word(text, "auto")) return SEG_OK;
    seg_point *points = NULL;
    SEG_TRY(parse_points(&points, &value->seeds.count, param, text, env));
    value->seeds.kind = SEG_SEEDS_POINTS;
    value->seeds.points = points;
    return SEG_OK;
}

/* Parses without looking at ranges. Seed points are allocated. */
static seg_status parse_field(field *value, const seg_param *param, const char *text,
                              const seg_env *env) {
    memset(value, 0, sizeof *value);
    switch ((seg_param_type)param->type) {
    case SEG_PARAM_BOOL:
        return parse_bool(value, param, text);
    case SEG_PARAM_INT:
        return parse_int(value, param, text);
    case SEG_PARAM_FLOAT:
        if (parse_whole_number(&value->number, text)) return SEG_OK;
        return malformed(param, text, "a number");
    case SEG_PARAM_ENUM:
        return parse_enum(value, param, text);
    case SEG_PARAM_LEVEL:
        return parse_level(value, param, text);
    case SEG_PARAM_DURATION:
        return parse_duration(value, param, text);
    case SEG_PARAM_SIZE:
        return parse_size(value, param, text);
    case SEG_PARAM_RECT:
        return parse_rect(value, param, text);
    case SEG_PARAM_SEEDS:
        return parse_seeds(value, param, text, env);
    case SEG_PARAM_PICTURE:
        if (is_word(text, "none") || is_word(text, "")) return SEG_OK;
        return seg_fail(SEG_ERROR_OPTION,
                        "%s is a picture: load it and set it with seg_params_set_picture",
                        param->name);
    }
    return seg_fail(SEG_ERROR_OPTION, "%s has the unknown type %ld", param->name,
                    (long)param->type);
}

static void release_points(void *options, const seg_param *param, const seg_env *env) {
    seg_seeds *seeds = seg_param_field(options, param);
    /* The library allocated them, so that writing through is no breach of const. */
    seg_release(env, (void *)(uintptr_t)seeds->points);
    *seeds = (seg_seeds){0};
}

void seg_params_init(void *options, const seg_param_table *table) {
    memset(options, 0, table->options_size);
    memcpy(options, &table->options_size, sizeof table->options_size);
    for (int32_t i = 0; i < table->count; i++) {
        const seg_param *param = &table->items[i];
        field value;
        /* Zeros stay where a default does not parse; a test over all tables excludes that. */
        if (param->default_text && param->type != SEG_PARAM_PICTURE &&
            parse_field(&value, param, param->default_text, NULL) >= 0)
            memcpy(seg_param_field(options, param), &value, field_size(param));
    }
}

const seg_param *seg_params_find(const seg_param_table *table, const char *name) {
    for (int32_t i = 0; name && i < table->count; i++)
        if (seg_text_same_name(name, table->items[i].name)) return &table->items[i];
    return NULL;
}

static seg_status unknown_name(const seg_param_table *table, const char *name) {
    const char *nearest = NULL;
    int32_t best = 0;
    for (int32_t i = 0; i < table->count; i++) {
        const char *candidate = table->items[i].name;
        int32_t distance = seg_text_distance(name, candidate);
        if (seg_text_nearest(name, &candidate, 1) < 0 || (nearest && distance >= best)) continue;
        nearest = candidate;
        best = distance;
    }
    if (nearest)
        return seg_fail(SEG_ERROR_OPTION, "there is no parameter \"%.60s\"; did you mean \"%s\"?",
                        name, nearest);
    char names[256] = "";
    for (int32_t i = 0; i < table->count; i++) {
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "", table->items[i].name);
    }
    return seg_fail(SEG_ERROR_OPTION, "there is no such parameter (got \"%.60s\", allowed %s)",
                    name, table->count ? names : "none, it has no parameters");
}

seg_status seg_params_parse(void *options, const seg_param_table *table, const char *name,
                            const char *text, const seg_env *env) {
    if (!options || !name || !text)
        return seg_fail(SEG_ERROR_OPTION, "%s is missing (NULL)",
                        !options ? "options"
                        : !name  ? "name"
                                 : "text");
    const seg_param *param = seg_params_find(table, name);
    if (!param) return unknown_name(table, name);
    field value;
    SEG_TRY(parse_field(&value, param, text, env));
    seg_status status = seg_param_check(param, &value);
    if (status < 0) {
        if (param->type == SEG_PARAM_SEEDS) seg_release(env, (void *)(uintptr_t)value.seeds.points);
        return status;
    }
    if (param->type == SEG_PARAM_SEEDS) release_points(options, param, env);
    memcpy(seg_param_field(options, param), &value, field_size(param));
    return SEG_OK;
}

seg_status seg_params_set_picture(void *options, const seg_param_table *table, const char *name,
                                  const seg_image *picture) {
    if (!options || !name) return seg_fail(SEG_ERROR_OPTION, "options or name is missing (NULL)");
    const seg_param *param = seg_params_find(table, name);
    if (!param) return unknown_name(table, name);
    if (param->type == SEG_PARAM_PICTURE) {
        memcpy(seg_param_field(options, param), &picture, sizeof picture);
        return SEG_OK;
    }
    if (param->type == SEG_PARAM_SEEDS) {
        seg_seeds *seeds = seg_param_field(options, param);
        /* Parsed points stay for seg_params_clear: there is no env here to release them with. */
        seeds->kind = picture ? SEG_SEEDS_PICTURE : SEG_SEEDS_AUTO;
        seeds->picture = picture;
        return SEG_OK;
    }
    return seg_fail(SEG_ERROR_OPTION, "%s takes no picture", param->name);
}

void seg_params_clear(void *options, const seg_param_table *table, const seg_env *env) {
    if (!options) return;
    for (int32_t i = 0; i < table->count; i++)
        if (table->items[i].type == SEG_PARAM_SEEDS) release_points(options, &table->items[i], env);
    seg_params_init(options, table);
}

static seg_status copy_points(void *target, const seg_param *param, const seg_env *env) {
    seg_seeds *seeds = seg_param_field(target, param);
    const seg_point *points = seeds->points;
    seeds->points = NULL;
    if (seeds->kind != SEG_SEEDS_POINTS) {
        seeds->count = 0;
        return SEG_OK;
    }
    seg_point *copy = seg_allocate(env, (size_t)seeds->count, sizeof *copy, param->name);
    if (!copy) return SEG_ERROR_MEMORY;
    memcpy(copy, points, (size_t)seeds->count * sizeof *copy);
    seeds->points = copy;
    return SEG_OK;
}

seg_status seg_params_copy(void *target, const void *source, const seg_param_table *table,
                           const seg_env *env) {
    seg_params_init(target, table);
    SEG_TRY(seg_params_check(source, table));
    memcpy(target, source, table->options_size);
    seg_status status = SEG_OK;
    for (int32_t i = 0; i < table->count; i++) {
        const seg_param *param = &table->items[i];
        if (param->type != SEG_PARAM_SEEDS) continue;
        if (status >= 0)
            status = copy_points(target, param, env);
        else
            ((seg_seeds *)seg_param_field(target, param))->points = NULL; /* still the source's */
    }
    if (status < 0) seg_params_clear(target, table, env);
    return status;
}
