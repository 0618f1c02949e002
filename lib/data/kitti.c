/*
 * KITTI's tracks: a row of a text for each box, fields with blanks between them.
 * A. Geiger, P. Lenz, R. Urtasun, "Are we ready for autonomous driving?", CVPR 2012; fields as in
 * the development kit of the tracking benchmark:
 *
 * frame id type truncated occluded alpha left top right bottom, height width length x y z rotation
 * of the box in space, and of a tracker score
 *
 * Frames and ids count from 0, edges of boxes are pixels from 0. What the benchmark leaves out for
 * a class is as in the reference code of HOTA, which KITTI has adopted.
 */
#include "core/check.h"
#include "core/text.h"
#include "data/rows.h"

#include <math.h>
#include <string.h>

enum { FRAME, ID, TYPE, TRUNCATED, OCCLUDED, ALPHA, LEFT, TOP, RIGHT, BOTTOM, SCORE = 17, FIELDS };

#define MOST_OCCLUDED 2
#define MOST_TRUNCATED 0
#define LEAST_HEIGHT 25

enum { CAR = 1, VAN, TRUCK, PEDESTRIAN, PERSON, CYCLIST, TRAM, MISC, DONT_CARE };

static const seg_dataset_category classes[] = {
    {CAR, "Car", false},
    {VAN, "Van", false},
    {TRUCK, "Truck", false},
    {PEDESTRIAN, "Pedestrian", false},
    {PERSON, "Person", false},
    {CYCLIST, "Cyclist", false},
    {TRAM, "Tram", false},
    {MISC, "Misc", false},
    {DONT_CARE, "DontCare", false},
};

static const char *const field_names[FIELDS] = {
    "frame",  "id",     "type",  "truncated", "occluded", "alpha", "left", "top",      "right",
    "bottom", "height", "width", "length",    "x",        "y",     "z",    "rotation", "score"};

static bool same_word(const char *word, size_t length, const char *name) {
    if (strlen(name) != length) return false;
    for (size_t i = 0; i < length; i++)
        if ((word[i] | 32) != (name[i] | 32)) return false; /* in any case, as trackers write it */
    return true;
}

/* 0 = none. Person is called Person_sitting among KITTI's objects. */
static int32_t class_of(const char *word, size_t length) {
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (same_word(word, length, classes[i].name)) return classes[i].id;
    return same_word(word, length, "Person_sitting") ? PERSON : 0;
}

static seg_status read_row(double values[FIELDS], int *count, const seg_builder *b,
                           const seg_line_reader *line) {
    const char *at = line->line, *word;
    size_t length;
    for (*count = 0; (length = seg_next_word(&word, &at, line)); ++*count) {
        if (*count == FIELDS) break;
        if (*count != TYPE) {
            SEG_TRY(seg_field_number(&values[*count], b, line, field_names[*count], word, length));
            continue;
        }
        char text[SEG_FIELD_SIZE] = "";
        values[TYPE] = class_of(word, length);
        strncat(text, word, length < sizeof text ? length : sizeof text - 1);
        if (values[TYPE] == 0)
            return seg_field_bad(b, line, field_names[TYPE], text,
                                 "Car, Van, Truck, Pedestrian, Person, Cyclist, Tram, Misc, "
                                 "DontCare");
    }
    if (length || *count < SCORE)
        return seg_fail(SEG_ERROR_DATA, "%s:%ld: %s%d fields (allowed: 17, or 18 with a score)",
                        b->name, (long)line->number, length ? "more than " : "", *count);
    return SEG_OK;
}

static seg_status check_row(const double *values, int count, const seg_builder *b,
                            const seg_line_reader *line) {
    char text[SEG_NUMBER_SIZE];
    for (int i = 0; i < count; i++) {
        const double v = values[i];
        const char *allowed = NULL;
        if (i == FRAME && !seg_is_whole(v, 0, INT32_MAX)) allowed = "whole numbers from 0";
        if (i == ID && !seg_is_whole(v, values[TYPE] == DONT_CARE ? -1 : 0, INT32_MAX))
            allowed = "whole numbers from 0, -1 for DontCare";
        if ((i == LEFT || i == TOP) && !(fabs(v) <= SEG_FURTHEST)) allowed = "-1e8 to 1e8";
        if (i == RIGHT && !(v >= values[LEFT] && v <= SEG_FURTHEST)) allowed = "from left to 1e8";
        if (i == BOTTOM && !(v >= values[TOP] && v <= SEG_FURTHEST)) allowed = "from top to 1e8";
        if (i == SCORE && !(fabs(v) <= 1e300)) allowed = "-1e300 to 1e300";
        if (!allowed) continue;
        seg_text_from_number(text, v);
        return seg_field_bad(b, line, field_names[i], text, allowed);
    }
    return SEG_OK;
}

/* What the benchmark makes of a row; false: it has no part in the score of that class. */
static bool apply_rules(seg_instance *item, const double *values, const seg_builder *b) {
    const bool predicted = b->options.truth != NULL;
    const bool cars = b->options.mot == SEG_MOT_KITTI_CAR;
    const int32_t wanted = cars ? CAR : PEDESTRIAN, distractor = cars ? VAN : PERSON;
    if (item->category == DONT_CARE) return !predicted;
    if (item->category != wanted && (predicted || item->category != distractor)) return false;
    item->ignore = predicted ? item->box.height <= LEAST_HEIGHT
                             : item->category == distractor || values[OCCLUDED] > MOST_OCCLUDED ||
                                   trunc(values[TRUNCATED]) > MOST_TRUNCATED;
    item->category = wanted;
    return true;
}

static seg_status add_row(seg_builder *b, const double *values, int count, int32_t line) {
    seg_builder_item item = {
        .sequence = "", .picture = (int64_t)values[FRAME], .mask = -1, .line = line};
    item.instance = (seg_instance){.id = (int32_t)values[ID],
                                   .category = (int32_t)values[TYPE],
                                   .score = count > SCORE ? values[SCORE] : 1,
                                   .box = {values[LEFT], values[TOP], values[RIGHT] - values[LEFT],
                                           values[BOTTOM] - values[TOP]}};
    item.instance.crowd = item.instance.category == DONT_CARE;
    if (b->options.mot >= SEG_MOT_KITTI_CAR && !apply_rules(&item.instance, values, b))
        return SEG_OK;
    return seg_builder_add_item(b, &item);
}

seg_status seg_data_read_kitti(seg_builder *b, const char *text, size_t size) {
    seg_line_reader line = seg_lines_of(text, size);
    if (b->options.mot == SEG_MOT_TRUTH_16 || b->options.mot == SEG_MOT_TRUTH_20)
        return seg_fail(SEG_ERROR_OPTION, "%s: MOTChallenge's rules do not suit KITTI's rows",
                        b->name);
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        SEG_TRY(seg_builder_add_category(b, &classes[i]));
    while (seg_next_line(&line)) {
        double values[FIELDS];
        int count;
        SEG_TRY(read_row(values, &count, b, &line));
        SEG_TRY(check_row(values, count, b, &line));
        SEG_TRY(add_row(b, values, count, line.number));
    }
    return SEG_OK;
}
