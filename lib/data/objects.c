/*
 * JSON Lines of `segment --objects`: a record for each frame and object, with its id, its box and
 * perhaps its run lengths or its outlines along pixel edges, holes as well. `score`, `category`,
 * `crowd` and `ignore` are read where they are, so that other programs can write truth this way.
 */
#include "data/lines.h"
#include "data/masks.h"

#include <stdio.h>

static seg_status read_region(seg_builder_item *item, seg_builder *b, const json_t *from,
                              const seg_json_place *at) {
    const seg_env *env = &b->store->env;
    const json_t *rle = seg_json_member(from, "rle"), *polygon = seg_json_member(from, "polygon");
    const int32_t width = b->options.width, height = b->options.height;
    const seg_json_place rle_at = seg_json_key(at, "rle"), polygon_at = seg_json_key(at, "polygon");
    seg_rle mask = {0};
    if (b->options.boxes_only) return SEG_OK;
    if (rle)
        SEG_TRY(seg_mask_from_rle(&mask, rle, &rle_at, width, height, env));
    else if (polygon && width && height)
        SEG_TRY(seg_mask_from_polygons(&mask, polygon, &polygon_at, SEG_FILL_EVEN_ODD, width,
                                       height, env));
    return mask.counts ? seg_builder_add_mask(b, &mask, &item->mask) : SEG_OK;
}

static seg_status read_record(seg_builder *b, const json_t *from, const seg_json_place *at,
                              int32_t line) {
    seg_builder_item item = {.mask = -1, .line = line, .instance.score = 1};
    seg_instance *instance = &item.instance;
    const char *input = "";
    int64_t id, category = 0;
    SEG_TRY(seg_json_member_string(&input, from, at, "input", true));
    SEG_TRY(seg_json_member_whole(&item.picture, from, at, "frame", 0, SEG_JSON_WHOLE, false));
    SEG_TRY(seg_json_member_whole(&id, from, at, "id", INT32_MIN, INT32_MAX, false));
    SEG_TRY(seg_json_member_whole(&category, from, at, "category", INT32_MIN, INT32_MAX, true));
    const seg_json_place box_at = seg_json_key(at, "box");
    SEG_TRY(seg_box_from_json(&instance->box, seg_json_member(from, "box"), &box_at));
    SEG_TRY(seg_json_member_number(&instance->area, from, at, "area", 0, 1e18, true));
    SEG_TRY(seg_json_member_number(&instance->score, from, at, "score", -1e300, 1e300, true));
    SEG_TRY(seg_json_member_flag(&instance->crowd, from, at, "crowd"));
    SEG_TRY(seg_json_member_flag(&instance->ignore, from, at, "ignore"));
    instance->id = (int32_t)id;
    instance->category = (int32_t)category;
    SEG_TRY(read_region(&item, b, from, at));
    item.sequence = seg_builder_intern(b, input);
    return item.sequence ? seg_builder_add_item(b, &item) : SEG_ERROR_MEMORY;
}

seg_status seg_data_read_objects(seg_builder *b, const char *text, size_t size) {
    seg_line_reader line = seg_lines_of(text, size);
    while (seg_next_line(&line)) {
        char name[300];
        seg_status status;
        snprintf(name, sizeof name, "%.270s:%ld", b->name, (long)line.number);
        json_t *record = seg_json_parse(line.line, line.length, name, &status);
        const seg_json_place at = seg_json_file(name);
        if (record) status = read_record(b, record, &at, line.number);
        json_decref(record);
        SEG_TRY(status);
    }
    return SEG_OK;
}
