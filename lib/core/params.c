/* Parameter tables: defaults, parsing, checking, copying, writing, all from the same rows. */
#include <segment/params.h>

#include "core/check.h"
#include "core/memory.h"
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

static void *field_of(void *options, const seg_param *param) {
    return (char *)options + param->offset;
}

static const void *const_field_of(const void *options, const seg_param *param) {
    return (const char *)options + param->offset;
}

/* ---- texts of values ---- */

static const char *const auto_rules[] = {"auto", "auto:otsu", "auto:median", "auto:noise"};
#define AUTO_RULES ((int32_t)(sizeof auto_rules / sizeof *auto_rules))

/* Appends as snprintf does: counts what it needs, never writes beyond. */
typedef struct text_writer {
    char *text;
    size_t size, used;
} text_writer;

static void put_text(text_writer *writer, const char *text) {
    for (; *text; text++, writer->used++)
        if (writer->used + 1 < writer->size) writer->text[writer->used] = *text;
}

static void put_number(text_writer *writer, double value) {
    char number[SEG_NUMBER_SIZE];
    seg_text_from_number(number, value);
    put_text(writer, number);
}

static void put_level(text_writer *writer, const seg_level *level) {
    if (level->kind == SEG_LEVEL_AUTO) {
        bool known = level->rule >= 0 && level->rule < AUTO_RULES;
        put_text(writer, known ? auto_rules[level->rule] : "auto:?");
        return;
    }
    if (level->kind == SEG_LEVEL_PERCENTILE) put_text(writer, "p");
    put_number(writer, level->value);
    if (level->kind == SEG_LEVEL_PERCENT) put_text(writer, "%");
    if (level->kind == SEG_LEVEL_RAW) put_text(writer, "raw");
}

static void put_seeds(text_writer *writer, const seg_seeds *seeds) {
    if (seeds->kind == SEG_SEEDS_PICTURE) {
        put_text(writer, "picture");
    } else if (seeds->kind == SEG_SEEDS_AUTO) {
        put_text(writer, "auto");
    } else {
        for (int32_t i = 0; i < seeds->count; i++) {
            if (i) put_text(writer, ";");
            put_number(writer, seeds->points[i].x);
            put_text(writer, ",");
            put_number(writer, seeds->points[i].y);
        }
    }
}

static int32_t name_count(const seg_param *param) {
    int32_t count = 0;
    while (param->names && param->names[count])
        count++;
    return count;
}

static void put_field(text_writer *writer, const seg_param *param, const void *value) {
    switch ((seg_param_type)param->type) {
    case SEG_PARAM_BOOL:
        put_text(writer, *(const unsigned char *)value ? "true" : "false");
        break;
    case SEG_PARAM_INT:
        put_number(writer, *(const int32_t *)value);
        break;
    case SEG_PARAM_FLOAT:
        put_number(writer, *(const double *)value);
        break;
    case SEG_PARAM_ENUM: {
        int32_t index = *(const int32_t *)value;
        if (index >= 0 && index < name_count(param))
            put_text(writer, param->names[index]);
        else
            put_number(writer, index);
        break;
    }
    case SEG_PARAM_LEVEL:
        put_level(writer, value);
        break;
    case SEG_PARAM_DURATION: {
        const seg_duration *duration = value;
        put_number(writer, duration->value);
        put_text(writer, duration->in_seconds ? "s" : "f");
        break;
    }
    case SEG_PARAM_SIZE: {
        const seg_size *size = value;
        put_number(writer, size->value);
        if (size->in_percent) put_text(writer, "%");
        break;
    }
    case SEG_PARAM_RECT: {
        const seg_rect *rect = value;
        const int32_t numbers[4] = {rect->x, rect->y, rect->width, rect->height};
        for (int i = 0; i < 4; i++) {
            if (i) put_text(writer, ",");
            put_number(writer, numbers[i]);
        }
        break;
    }
    case SEG_PARAM_SEEDS:
        put_seeds(writer, value);
        break;
    case SEG_PARAM_PICTURE:
        put_text(writer, *(const seg_image *const *)value ? "picture" : "none");
        break;
    }
}

static int write_field(char *text, size_t size, const seg_param *param, const void *value) {
    text_writer writer = {text, size, 0};
    put_field(&writer, param, value);
    if (size) text[writer.used < size ? writer.used : size - 1] = '\0';
    return (int)writer.used;
}

int seg_params_format(char *text, size_t size, const void *options, const seg_param *param) {
    return write_field(text, size, param, const_field_of(options, param));
}

/* ---- checking ---- */

/* " px" or "" */
static void unit_text(char text[32], const seg_param *param) {
    const char *unit = param->unit ? param->unit : "";
    snprintf(text, 32, "%s%s", *unit ? " " : "", unit);
}

static seg_status out_of_range(const seg_param *param, const void *value, double min, double max,
                               const char *unit) {
    char got[64], low[SEG_NUMBER_SIZE], high[SEG_NUMBER_SIZE];
    write_field(got, sizeof got, param, value);
    seg_text_from_number(low, min);
    seg_text_from_number(high, max);
    return seg_fail(SEG_ERROR_OPTION, "%s is %s (allowed %s to %s%s)", param->name, got, low, high,
                    unit);
}

/* NaN is in no range. */
static bool inside(double value, double min, double max) {
    return value >= min && value <= max;
}

static seg_status check_range(const seg_param *param, const void *value, double number) {
    char unit[32];
    unit_text(unit, param);
    if (inside(number, param->min, param->max)) return SEG_OK;
    return out_of_range(param, value, param->min, param->max, unit);
}

static seg_status check_percent(const seg_param *param, const void *value, double number) {
    if (inside(number, 0, 100)) return SEG_OK;
    return out_of_range(param, value, 0, 100, " percent");
}

static seg_status check_level(const seg_param *param, const seg_level *level) {
    switch (level->kind) {
    case SEG_LEVEL_8BIT:
        return check_range(param, level, level->value);
    case SEG_LEVEL_PERCENT:
    case SEG_LEVEL_PERCENTILE:
        return check_percent(param, level, level->value);
    case SEG_LEVEL_RAW:
        if (inside(level->value, 0, 1e300)) return SEG_OK;
        return seg_fail(SEG_ERROR_OPTION, "%s is %graw (allowed 0 and more)", param->name,
                        level->value);
    case SEG_LEVEL_AUTO:
        if (level->rule >= 0 && level->rule < AUTO_RULES) return SEG_OK;
        return seg_fail(SEG_ERROR_OPTION, "%s has the automatic rule %ld (allowed 0 to %ld)",
                        param->name, (long)level->rule, (long)AUTO_RULES - 1);
    default:
        return seg_fail(SEG_ERROR_OPTION, "%s has the level kind %ld (allowed 0 to %d)",
                        param->name, (long)level->kind, SEG_LEVEL_AUTO);
    }
}

/* Rows of several numbers give their common range, or min = max where there is none. */
static seg_status check_coordinate(const seg_param *param, const void *value, double number,
                                   double lowest) {
    double min = param->min < param->max ? param->min : lowest;
    double max = param->min < param->max ? param->max : INT32_MAX;
    if (inside(number, min, max)) return SEG_OK;
    return out_of_range(param, value, min, max, " in each place");
}

static seg_status check_rect(const seg_param *param, const seg_rect *rect) {
    SEG_TRY(check_coordinate(param, rect, rect->x, INT32_MIN));
    SEG_TRY(check_coordinate(param, rect, rect->y, INT32_MIN));
    SEG_TRY(check_coordinate(param, rect, rect->width, 0));
    SEG_TRY(check_coordinate(param, rect, rect->height, 0));
    if (rect->width < 0 || rect->height < 0)
        return seg_fail(SEG_ERROR_OPTION, "%s has the size %ld x %ld (both must be 0 or more)",
                        param->name, (long)rect->width, (long)rect->height);
    return SEG_OK;
}

static seg_status check_seeds(const seg_param *param, const seg_seeds *seeds) {
    switch (seeds->kind) {
    case SEG_SEEDS_AUTO:
        return SEG_OK;
    case SEG_SEEDS_PICTURE:
        if (!seg_image_empty(seeds->picture)) return SEG_OK;
        return seg_fail(SEG_ERROR_OPTION, "%s has no picture (kind SEG_SEEDS_PICTURE)",
                        param->name);
    case SEG_SEEDS_POINTS:
        break;
    default:
        return seg_fail(SEG_ERROR_OPTION, "%s has the kind %ld (allowed 0 to %d)", param->name,
                        (long)seeds->kind, SEG_SEEDS_PICTURE);
    }
    if (seeds->count < 1 || !seeds->points)
        return seg_fail(SEG_ERROR_OPTION, "%s has no points (kind SEG_SEEDS_POINTS)", param->name);
    for (int32_t i = 0; i < seeds->count; i++) {
        seg_point point = seeds->points[i];
        if (point.x >= 0 && point.y >= 0) continue;
        return seg_fail(SEG_ERROR_OPTION,
                        "%s: point %ld is %ld,%ld (coordinates start at 0,0, the top left corner)",
                        param->name, (long)i + 1, (long)point.x, (long)point.y);
    }
    return SEG_OK;
}

static seg_status check_field(const seg_param *param, const void *value) {
    switch ((seg_param_type)param->type) {
    case SEG_PARAM_BOOL:
        if (*(const unsigned char *)value <= 1) return SEG_OK;
        return seg_fail(SEG_ERROR_OPTION, "%s is neither true nor false", param->name);
    case SEG_PARAM_INT:
        return check_range(param, value, *(const int32_t *)value);
    case SEG_PARAM_FLOAT:
        return check_range(param, value, *(const double *)value);
    case SEG_PARAM_ENUM: {
        int32_t index = *(const int32_t *)value, count = name_count(param);
        if (index >= 0 && index < count) return SEG_OK;
        return seg_fail(SEG_ERROR_OPTION, "%s is %ld (allowed 0 to %ld)", param->name, (long)index,
                        (long)count - 1);
    }
    case SEG_PARAM_LEVEL:
        return check_level(param, value);
    case SEG_PARAM_DURATION:
        return check_range(param, value, ((const seg_duration *)value)->value);
    case SEG_PARAM_SIZE: {
        const seg_size *size = value;
        return size->in_percent ? check_percent(param, size, size->value)
                                : check_range(param, size, size->value);
    }
    case SEG_PARAM_RECT:
        return check_rect(param, value);
    case SEG_PARAM_SEEDS:
        return check_seeds(param, value);
    case SEG_PARAM_PICTURE:
        return SEG_OK;
    }
    return seg_fail(SEG_ERROR_OPTION, "%s has the unknown type %ld", param->name,
                    (long)param->type);
}

seg_status seg_params_check(const void *options, const seg_param_table *table) {
    if (!options) return seg_fail(SEG_ERROR_OPTION, "options is missing (NULL)");
    size_t size;
    memcpy(&size, options, sizeof size);
    if (size == 0)
        return seg_fail(SEG_ERROR_OPTION,
                        "options.size is 0; set the defaults with the method's ..._options_init or "
                        "seg_params_init first");
    if (size != table->options_size)
        return seg_fail(SEG_ERROR_OPTION,
                        "options.size is %zu (this version has %zu); header and library differ, or "
                        "the options are another method's",
                        size, table->options_size);
    for (int32_t i = 0; i < table->count; i++)
        SEG_TRY(check_field(&table->items[i], const_field_of(options, &table->items[i])));
    return SEG_OK;
}

/* ---- parsing ---- */

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
    return seg_fail(SEG_ERROR_OPTION, "%s is \"%.100s\" (wanted: %s)", param->name, text, wanted);
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
    if (!inside(number, INT32_MIN, INT32_MAX) || number != (double)(int32_t)number) return false;
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
    /* A number, but none that fits: say what is allowed rather than what a number is. */
    if (parse_whole_number(&number, text) && !inside(number, param->min, param->max)) {
        char low[SEG_NUMBER_SIZE], high[SEG_NUMBER_SIZE];
        seg_text_from_number(low, param->min);
        seg_text_from_number(high, param->max);
        return seg_fail(SEG_ERROR_OPTION, "%s is %.100s (allowed %s to %s)", param->name, text, low,
                        high);
    }
    return malformed(param, text, "a whole number");
}

static seg_status parse_enum(field *value, const seg_param *param, const char *text) {
    int32_t count = name_count(param);
    for (int32_t i = 0; i < count; i++) {
        if (!seg_text_same_name(text, param->names[i])) continue;
        value->integer = i;
        return SEG_OK;
    }
    char allowed[256];
    text_writer writer = {allowed, sizeof allowed, 0};
    for (int32_t i = 0; i < count; i++) {
        if (i) put_text(&writer, i + 1 < count ? ", " : " or ");
        put_text(&writer, param->names[i]);
    }
    allowed[writer.used < sizeof allowed ? writer.used : sizeof allowed - 1] = '\0';
    int32_t nearest = seg_text_nearest(text, param->names, count);
    if (nearest >= 0)
        return seg_fail(SEG_ERROR_OPTION, "%s is \"%.60s\" (allowed: %s); did you mean \"%s\"?",
                        param->name, text, allowed, param->names[nearest]);
    return malformed(param, text, allowed);
}

static seg_status parse_level(field *value, const seg_param *param, const char *text) {
    seg_level level = {0};
    const char *start = skip_spaces(text), *end;
    if (lower(start[0]) == 'a') {
        level.kind = SEG_LEVEL_AUTO;
        for (int32_t i = 0; i < AUTO_RULES; i++) {
            if (!is_word(start, auto_rules[i])) continue;
            level.rule = i;
            value->level = level;
            return SEG_OK;
        }
        int32_t nearest = seg_text_nearest(start, auto_rules, AUTO_RULES);
        return seg_fail(SEG_ERROR_OPTION,
                        "%s is \"%.60s\" (allowed: auto, auto:otsu, auto:median or auto:noise); "
                        "did you mean \"%s\"?",
                        param->name, text, auto_rules[nearest < 0 ? 0 : nearest]);
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
    seg_seeds *seeds = field_of(options, param);
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
            memcpy(field_of(options, param), &value, field_size(param));
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
    char names[256];
    text_writer writer = {names, sizeof names, 0};
    for (int32_t i = 0; i < table->count; i++) {
        if (i) put_text(&writer, ", ");
        put_text(&writer, table->items[i].name);
    }
    names[writer.used < sizeof names ? writer.used : sizeof names - 1] = '\0';
    return seg_fail(SEG_ERROR_OPTION, "there is no parameter \"%.60s\" (allowed: %s)", name,
                    table->count ? names : "none, it has no parameters");
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
    seg_status status = check_field(param, &value);
    if (status < 0) {
        if (param->type == SEG_PARAM_SEEDS) seg_release(env, (void *)(uintptr_t)value.seeds.points);
        return status;
    }
    if (param->type == SEG_PARAM_SEEDS) release_points(options, param, env);
    memcpy(field_of(options, param), &value, field_size(param));
    return SEG_OK;
}

seg_status seg_params_set_picture(void *options, const seg_param_table *table, const char *name,
                                  const seg_image *picture) {
    if (!options || !name) return seg_fail(SEG_ERROR_OPTION, "options or name is missing (NULL)");
    const seg_param *param = seg_params_find(table, name);
    if (!param) return unknown_name(table, name);
    if (param->type == SEG_PARAM_PICTURE) {
        memcpy(field_of(options, param), &picture, sizeof picture);
        return SEG_OK;
    }
    if (param->type == SEG_PARAM_SEEDS) {
        seg_seeds *seeds = field_of(options, param);
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
    seg_seeds *seeds = field_of(target, param);
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
            ((seg_seeds *)field_of(target, param))->points = NULL; /* still the source's */
    }
    if (status < 0) seg_params_clear(target, table, env);
    return status;
}
