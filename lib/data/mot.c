/*
 * MOTChallenge: a row of a text for each box, and MOTS: a row for each mask.
 * https://motchallenge.net/instructions/
 *
 * MOT  frame, id, left, top, width, height[, conf[, class[, visibility]]] or [, conf, x, y, z]
 * MOTS frame id class height width run-lengths (COCO's text)
 *
 * Frames and ids count from 1, and so do coordinates of boxes: the middle of the upper left pixel
 * is (1, 1) there. Boxes are moved by a pixel, which changes no overlap. In MOTS, class 10 is a
 * region that is not annotated: it becomes a crowd.
 */
#include "core/check.h"
#include "core/text.h"
#include "data/rows.h"

#include <math.h>
#include <string.h>

enum { FRAME, ID, LEFT, TOP, WIDTH, HEIGHT, CONF, CLASS, MOST_FIELDS = 10 };

#define MOTS_IGNORED 10

static const char *const field_names[] = {"frame", "id",     "left", "top",
                                          "width", "height", "conf", "class"};

/* ---- boxes ---- */

/* Splits a row at its commas. */
static seg_status read_row(double values[MOST_FIELDS], int *count, const seg_builder *b,
                           const seg_line_reader *line) {
    const char *at = line->line, *end = line->line + line->length;
    *count = 0;
    for (;;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma ? comma : end;
        if (!comma && at == end && *count > HEIGHT) return SEG_OK; /* a comma at the end */
        if (*count == MOST_FIELDS)
            return seg_fail(SEG_ERROR_DATA, "%s:%ld: more than %d fields", b->name,
                            (long)line->number, MOST_FIELDS);
        const char *name = *count <= CLASS ? field_names[*count] : "a further field";
        SEG_TRY(seg_field_number(&values[*count], b, line, name, at, (size_t)(stop - at)));
        ++*count;
        if (!comma) break;
        at = comma + 1;
    }
    return *count > HEIGHT ? SEG_OK
                           : seg_fail(SEG_ERROR_DATA,
                                      "%s:%ld: %d fields (allowed: at least 6: frame, id, left, "
                                      "top, width, height)",
                                      b->name, (long)line->number, *count);
}

static seg_status check_row(const double *values, int count, const seg_builder *b,
                            const seg_line_reader *line) {
    char text[SEG_NUMBER_SIZE];
    for (int i = 0; i < count && i <= CLASS; i++) {
        const double v = values[i];
        const char *allowed = NULL;
        if (i == FRAME && !seg_is_whole(v, 1, INT32_MAX)) allowed = "whole numbers from 1";
        if (i == ID && !seg_is_whole(v, INT32_MIN, INT32_MAX)) allowed = "whole numbers of 32 bits";
        if ((i == LEFT || i == TOP) && !(fabs(v) <= SEG_FURTHEST)) allowed = "-1e8 to 1e8";
        if ((i == WIDTH || i == HEIGHT) && !(v >= 0 && v <= SEG_FURTHEST)) allowed = "0 to 1e8";
        if (i == CONF && !(fabs(v) <= 1e300)) allowed = "-1e300 to 1e300";
        if (i == CLASS && b->options.mot >= SEG_MOT_TRUTH_16 && !seg_is_whole(v, 0, INT32_MAX))
            allowed = "whole numbers from 0";
        if (!allowed) continue;
        seg_text_from_number(text, v);
        return seg_field_bad(b, line, field_names[i], text, allowed);
    }
    if (b->options.mot >= SEG_MOT_TRUTH_16 && count <= CLASS)
        return seg_fail(SEG_ERROR_DATA,
                        "%s:%ld: %d fields (truth of this benchmark has a class, "
                        "the eighth)",
                        b->name, (long)line->number, count);
    return SEG_OK;
}

static bool is_distractor(int32_t category, int32_t rules) {
    return category == 2 || category == 7 || category == 8 || category == 12 ||
           (category == 6 && rules == SEG_MOT_TRUTH_20);
}

static seg_status add_row(seg_builder *b, const double *values, int count, int32_t line) {
    const double conf = count > CONF ? values[CONF] : 1;
    const int32_t rules = b->options.mot;
    if (rules == SEG_MOT_TRUTH && conf == 0) return SEG_OK;
    seg_builder_item item = {
        .sequence = "", .picture = (int64_t)values[FRAME], .mask = -1, .line = line};
    item.instance = (seg_instance){.id = (int32_t)values[ID], .category = 1, .score = 1};
    item.instance.box = (seg_box){values[LEFT] - 1, values[TOP] - 1, values[WIDTH], values[HEIGHT]};
    if (rules == SEG_MOT_PREDICTIONS) item.instance.score = conf;
    if (rules >= SEG_MOT_TRUTH_16) {
        const int32_t category = (int32_t)values[CLASS];
        item.instance.category = conf == 0 ? 0 : category;
        item.instance.ignore = is_distractor(category, rules);
    }
    return seg_builder_add_item(b, &item);
}

seg_status seg_data_read_mot(seg_builder *b, const char *text, size_t size) {
    seg_line_reader line = seg_lines_of(text, size);
    if (b->options.mot >= SEG_MOT_KITTI_CAR)
        return seg_fail(SEG_ERROR_OPTION, "%s: KITTI's rules do not suit rows of MOTChallenge",
                        b->name);
    while (seg_next_line(&line)) {
        double values[MOST_FIELDS];
        int count;
        SEG_TRY(read_row(values, &count, b, &line));
        SEG_TRY(check_row(values, count, b, &line));
        SEG_TRY(add_row(b, values, count, line.number));
    }
    return SEG_OK;
}

/* ---- masks ---- */

enum { MOTS_FRAME, MOTS_ID, MOTS_CLASS, MOTS_HEIGHT, MOTS_WIDTH, MOTS_NUMBERS };

/* The five whole numbers of a row; *rest is the text behind them. */
static seg_status read_mots_numbers(int32_t values[MOTS_NUMBERS], const char **rest,
                                    const seg_builder *b, const seg_line_reader *line) {
    static const char *const names[] = {"frame", "id", "class", "height", "width"};
    const char *at = line->line, *word;
    for (int i = 0; i < MOTS_NUMBERS; i++) {
        const size_t length = seg_next_word(&word, &at, line);
        const double least = i == MOTS_FRAME ? 0 : i < MOTS_HEIGHT ? INT32_MIN : 1;
        double value;
        SEG_TRY(seg_field_number(&value, b, line, names[i], word, length));
        if (!seg_is_whole(value, least, INT32_MAX)) {
            char text[SEG_NUMBER_SIZE];
            seg_text_from_number(text, value);
            return seg_field_bad(b, line, names[i], text,
                                 i < MOTS_HEIGHT ? "whole numbers of 32 bits, frames from 0"
                                                 : "whole numbers from 1");
        }
        values[i] = (int32_t)value;
    }
    while (at < line->line + line->length && is_blank(*at))
        at++;
    *rest = at;
    return SEG_OK;
}

static seg_status add_mots_row(seg_builder *b, const int32_t *values, const char *text,
                               const seg_line_reader *line) {
    seg_rle mask;
    const seg_env *env = &b->store->env;
    seg_status status = seg_check_limits(values[MOTS_WIDTH], values[MOTS_HEIGHT], env);
    if (status >= 0)
        status = seg_rle_from_string(&mask, text, (size_t)(line->line + line->length - text),
                                     values[MOTS_WIDTH], values[MOTS_HEIGHT], env);
    if (status < 0) {
        char detail[SEG_DETAIL_SIZE];
        strcpy(detail, seg_error_detail());
        return seg_fail(status, "%s:%ld: %s", b->name, (long)line->number, detail);
    }
    seg_builder_item item = {
        .sequence = "", .picture = values[MOTS_FRAME], .mask = -1, .line = line->number};
    const seg_rect box = seg_rle_box(&mask);
    item.instance = (seg_instance){.id = values[MOTS_ID],
                                   .category = values[MOTS_CLASS],
                                   .score = 1,
                                   .box = {box.x, box.y, box.width, box.height},
                                   .area = (double)seg_rle_area(&mask),
                                   .crowd = values[MOTS_CLASS] == MOTS_IGNORED};
    if (b->options.boxes_only)
        seg_rle_free(&mask, env);
    else
        SEG_TRY(seg_builder_add_mask(b, &mask, &item.mask));
    return seg_builder_add_item(b, &item);
}

seg_status seg_data_read_mots(seg_builder *b, const char *text, size_t size) {
    seg_line_reader line = seg_lines_of(text, size);
    while (seg_next_line(&line)) {
        int32_t values[MOTS_NUMBERS];
        const char *rest = NULL;
        SEG_TRY(read_mots_numbers(values, &rest, b, &line));
        SEG_TRY(add_mots_row(b, values, rest, &line));
    }
    return SEG_OK;
}
