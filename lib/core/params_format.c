/* Parameter values as text, in the words that the parser reads. */
#include "core/params_field.h"

#include "core/text.h"

#include <string.h>

const char *const seg_auto_rule_names[SEG_AUTO_RULES] = {"auto", "auto:otsu", "auto:median",
                                                         "auto:noise"};

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
        bool known = level->rule >= 0 && level->rule < SEG_AUTO_RULES;
        put_text(writer, known ? seg_auto_rule_names[level->rule] : "auto:?");
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

int32_t seg_param_name_count(const seg_param *param) {
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
        if (index >= 0 && index < seg_param_name_count(param))
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
        if (duration->value >= SEG_NEVER) {
            put_text(writer, "never");
            break;
        }
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

/* Ends the text, cut if need be; the length that it needs. */
static int finish(const text_writer *writer) {
    if (writer->size)
        writer->text[writer->used < writer->size ? writer->used : writer->size - 1] = '\0';
    return (int)writer->used;
}

void seg_param_list_names(char *text, size_t size, const seg_param *param) {
    int32_t count = seg_param_name_count(param);
    text_writer writer = {text, size, 0};
    for (int32_t i = 0; i < count; i++) {
        if (i) put_text(&writer, i + 1 < count ? ", " : " or ");
        const bool odd = param->type == SEG_PARAM_INT && !strcmp(param->names[i], SEG_PARAM_ODD);
        put_text(&writer, odd ? "odd numbers from " : param->names[i]);
        if (!odd) continue;
        put_number(&writer, param->min);
        put_text(&writer, " to ");
        put_number(&writer, param->max);
    }
    finish(&writer);
}

int seg_param_write(char *text, size_t size, const seg_param *param, const void *field) {
    text_writer writer = {text, size, 0};
    put_field(&writer, param, field);
    return finish(&writer);
}

int seg_params_format(char *text, size_t size, const void *options, const seg_param *param) {
    return seg_param_write(text, size, param, seg_param_const_field(options, param));
}
