/* Parameter values against their rows: as they come from a parser or from a host's code. */
#include "core/check.h"
#include "core/params_field.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

/* " px" or "" */
static void unit_text(char text[32], const seg_param *param) {
    const char *unit = param->unit ? param->unit : "";
    snprintf(text, 32, "%s%s", *unit ? " " : "", unit);
}

static seg_status out_of_range(const seg_param *param, const void *value, double min, double max,
                               const char *unit) {
    char got[64], low[SEG_NUMBER_SIZE], high[SEG_NUMBER_SIZE];
    seg_param_write(got, sizeof got, param, value);
    seg_text_from_number(low, min);
    seg_text_from_number(high, max);
    return seg_fail(SEG_ERROR_OPTION, "%s is out of range (got %s, allowed %s to %s%s)",
                    param->name, got, low, high, unit);
}

static seg_status check_range(const seg_param *param, const void *value, double number) {
    char unit[32];
    unit_text(unit, param);
    if (seg_param_inside(number, param->min, param->max)) return SEG_OK;
    return out_of_range(param, value, param->min, param->max, unit);
}

/* True if a row with names lets the number through. */
static bool is_named(const seg_param *param, int32_t number) {
    if (!seg_param_inside(number, param->min, param->max)) return false;
    for (const char *const *name = param->names; *name; name++) {
        double allowed;
        const char *end;
        if (!strcmp(*name, SEG_PARAM_ODD) && number % 2 != 0) return true;
        if (seg_text_to_number(&allowed, &end, *name) && allowed == number) return true;
    }
    return false;
}

/* Whole numbers of which some are allowed. */
static seg_status check_whole(const seg_param *param, const int32_t *value) {
    if (!param->names) return check_range(param, value, *value);
    if (is_named(param, *value)) return SEG_OK;
    char unit[32], allowed[256];
    unit_text(unit, param);
    seg_param_list_names(allowed, sizeof allowed, param);
    return seg_fail(SEG_ERROR_OPTION, "%s has no valid value (got %ld%s, allowed %s)", param->name,
                    (long)*value, unit, allowed);
}

static seg_status check_percent(const seg_param *param, const void *value, double number) {
    if (seg_param_inside(number, 0, 100)) return SEG_OK;
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
        if (seg_param_inside(level->value, 0, 1e300)) return SEG_OK;
        return seg_fail(SEG_ERROR_OPTION, "%s is out of range (got %graw, allowed 0 and more)",
                        param->name, level->value);
    case SEG_LEVEL_AUTO:
        if (level->rule >= 0 && level->rule < SEG_AUTO_RULES) return SEG_OK;
        return seg_fail(SEG_ERROR_OPTION,
                        "%s has no valid automatic rule (got %ld, allowed 0 to %ld)", param->name,
                        (long)level->rule, (long)SEG_AUTO_RULES - 1);
    default:
        return seg_fail(SEG_ERROR_OPTION,
                        "%s has no valid kind of level (got %ld, allowed 0 to %d)", param->name,
                        (long)level->kind, SEG_LEVEL_AUTO);
    }
}

/* Rows of several numbers give their common range, or min = max where there is none. */
static seg_status check_coordinate(const seg_param *param, const void *value, double number,
                                   double lowest) {
    double min = param->min < param->max ? param->min : lowest;
    double max = param->min < param->max ? param->max : INT32_MAX;
    if (seg_param_inside(number, min, max)) return SEG_OK;
    return out_of_range(param, value, min, max, " in each place");
}

static seg_status check_rect(const seg_param *param, const seg_rect *rect) {
    SEG_TRY(check_coordinate(param, rect, rect->x, INT32_MIN));
    SEG_TRY(check_coordinate(param, rect, rect->y, INT32_MIN));
    SEG_TRY(check_coordinate(param, rect, rect->width, 0));
    SEG_TRY(check_coordinate(param, rect, rect->height, 0));
    if (rect->width < 0 || rect->height < 0)
        return seg_fail(SEG_ERROR_OPTION,
                        "%s has no valid size (got %ld x %ld, allowed 0 and more)", param->name,
                        (long)rect->width, (long)rect->height);
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
        return seg_fail(SEG_ERROR_OPTION, "%s has no valid kind (got %ld, allowed 0 to %d)",
                        param->name, (long)seeds->kind, SEG_SEEDS_PICTURE);
    }
    if (seeds->count < 1 || !seeds->points)
        return seg_fail(SEG_ERROR_OPTION, "%s has no points (kind SEG_SEEDS_POINTS)", param->name);
    for (int32_t i = 0; i < seeds->count; i++) {
        seg_point point = seeds->points[i];
        if (point.x >= 0 && point.y >= 0) continue;
        return seg_fail(SEG_ERROR_OPTION,
                        "%s: point %ld is outside the picture (got %ld,%ld, allowed 0,0 and more)",
                        param->name, (long)i + 1, (long)point.x, (long)point.y);
    }
    return SEG_OK;
}

seg_status seg_param_check(const seg_param *param, const void *value) {
    switch ((seg_param_type)param->type) {
    case SEG_PARAM_BOOL:
        if (*(const unsigned char *)value <= 1) return SEG_OK;
        return seg_fail(SEG_ERROR_OPTION, "%s is neither true nor false", param->name);
    case SEG_PARAM_INT:
        return check_whole(param, value);
    case SEG_PARAM_FLOAT:
        return check_range(param, value, *(const double *)value);
    case SEG_PARAM_ENUM: {
        int32_t index = *(const int32_t *)value, count = seg_param_name_count(param);
        if (index >= 0 && index < count) return SEG_OK;
        char names[256];
        seg_param_list_names(names, sizeof names, param);
        return seg_fail(SEG_ERROR_OPTION, "%s is out of range (got %ld, allowed 0 to %ld: %s)",
                        param->name, (long)index, (long)count - 1, names);
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
        SEG_TRY(
            seg_param_check(&table->items[i], seg_param_const_field(options, &table->items[i])));
    return SEG_OK;
}
