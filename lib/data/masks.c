#include "data/masks.h"

#include "core/memory.h"

#include <string.h>

seg_status seg_size_from_json(int32_t *width, int32_t *height, const json_t *width_from,
                              const json_t *height_from, const seg_json_place *width_at,
                              const seg_json_place *height_at, const seg_env *env) {
    int64_t w, h;
    const int32_t side =
        env && env->limits && env->limits->max_side ? env->limits->max_side : SEG_DEFAULT_MAX_SIDE;
    SEG_TRY(seg_json_whole(&w, width_from, width_at, 1, side));
    SEG_TRY(seg_json_whole(&h, height_from, height_at, 1, side));
    const seg_status status = seg_check_limits(w, h, env);
    if (status < 0) return seg_json_failed(width_at->above, status);
    *width = (int32_t)w;
    *height = (int32_t)h;
    return SEG_OK;
}

seg_status seg_box_from_json(seg_box *box, const json_t *from, const seg_json_place *at) {
    double *const fields[4] = {&box->x, &box->y, &box->width, &box->height};
    if (!json_is_array(from) || json_array_size(from) != 4)
        return seg_json_bad(at, from, "a list of 4 numbers: x, y, width, height");
    for (size_t i = 0; i < 4; i++) {
        const seg_json_place place = seg_json_element(at, i);
        SEG_TRY(seg_json_number(fields[i], json_array_get(from, i), &place,
                                i < 2 ? -SEG_FURTHEST : 0, SEG_FURTHEST));
    }
    return SEG_OK;
}

seg_box seg_box_of_mask(const seg_rle *mask) {
    const seg_rect box = seg_rle_box(mask);
    return (seg_box){box.x, box.y, box.width, box.height};
}

/* ---- run lengths ---- */

static seg_status counts_from_json(uint32_t *counts, const json_t *from, const seg_json_place *at) {
    for (size_t i = 0; i < json_array_size(from); i++) {
        const seg_json_place place = seg_json_element(at, i);
        int64_t count;
        SEG_TRY(seg_json_whole(&count, json_array_get(from, i), &place, 0, UINT32_MAX));
        counts[i] = (uint32_t)count;
    }
    return SEG_OK;
}

static seg_status mask_from_list(seg_rle *mask, const json_t *from, const seg_json_place *at,
                                 int32_t width, int32_t height, const seg_env *env) {
    const size_t count = json_array_size(from);
    if (count > INT32_MAX) return seg_json_bad(at, from, "at most 2^31 - 1 run lengths");
    uint32_t *counts = seg_allocate(env, count, sizeof *counts, "run lengths");
    if (!counts) return SEG_ERROR_MEMORY;
    seg_status status = counts_from_json(counts, from, at);
    if (status >= 0) {
        status = seg_rle_from_counts(mask, counts, (int32_t)count, width, height, env);
        if (status < 0) status = seg_json_failed(at, status);
    }
    seg_release(env, counts);
    return status;
}

static seg_status read_size(int32_t *width, int32_t *height, const json_t *from,
                            const seg_json_place *at, const seg_env *env) {
    const json_t *size = seg_json_member(from, "size");
    const seg_json_place size_at = seg_json_key(at, "size");
    if (!json_is_array(size) || json_array_size(size) != 2)
        return seg_json_bad(&size_at, size, "a list of 2 numbers: height, width");
    const seg_json_place height_at = seg_json_element(&size_at, 0),
                         width_at = seg_json_element(&size_at, 1);
    return seg_size_from_json(width, height, json_array_get(size, 1), json_array_get(size, 0),
                              &width_at, &height_at, env);
}

seg_status seg_mask_from_rle(seg_rle *mask, const json_t *from, const seg_json_place *at,
                             int32_t width, int32_t height, const seg_env *env) {
    int32_t own_width, own_height;
    if (!json_is_object(from)) return seg_json_bad(at, from, "an object with size and counts");
    SEG_TRY(read_size(&own_width, &own_height, from, at, env));
    if ((width && own_width != width) || (height && own_height != height)) {
        char allowed[80];
        const seg_json_place size_at = seg_json_key(at, "size");
        snprintf(allowed, sizeof allowed, "[%ld,%ld], as its picture", (long)height, (long)width);
        return seg_json_bad(&size_at, seg_json_member(from, "size"), allowed);
    }
    const json_t *counts = seg_json_member(from, "counts");
    const seg_json_place counts_at = seg_json_key(at, "counts");
    if (json_is_array(counts))
        return mask_from_list(mask, counts, &counts_at, own_width, own_height, env);
    if (!json_is_string(counts))
        return seg_json_bad(&counts_at, counts, "a list of whole numbers, or COCO's text");
    const seg_status status = seg_rle_from_string(
        mask, json_string_value(counts), json_string_length(counts), own_width, own_height, env);
    return status < 0 ? seg_json_failed(&counts_at, status) : SEG_OK;
}

/* ---- polygons ---- */

static seg_status check_polygons(size_t *corners, const json_t *from, const seg_json_place *at) {
    *corners = 0;
    for (size_t i = 0; i < json_array_size(from); i++) {
        const seg_json_place place = seg_json_element(at, i);
        const json_t *polygon = json_array_get(from, i);
        const size_t count = json_array_size(polygon);
        if (!json_is_array(polygon) || count < 6 || count % 2 || count > INT32_MAX)
            return seg_json_bad(&place, polygon,
                                "a list of x, y, x, y, ... with at least 3 corners");
        *corners += count / 2;
    }
    return SEG_OK;
}

static seg_status read_polygons(double *xy, int32_t *lengths, const json_t *from,
                                const seg_json_place *at) {
    for (size_t i = 0; i < json_array_size(from); i++) {
        const seg_json_place place = seg_json_element(at, i);
        const json_t *polygon = json_array_get(from, i);
        lengths[i] = (int32_t)(json_array_size(polygon) / 2);
        for (size_t k = 0; k < json_array_size(polygon); k++) {
            const seg_json_place number_at = seg_json_element(&place, k);
            SEG_TRY(seg_json_number(xy++, json_array_get(polygon, k), &number_at, -SEG_FURTHEST,
                                    SEG_FURTHEST));
        }
    }
    return SEG_OK;
}

seg_status seg_polygons_from_json(seg_json_polygons *polygons, const json_t *from,
                                  const seg_json_place *at, const seg_env *env) {
    size_t corners;
    const size_t count = json_array_size(from);
    *polygons = (seg_json_polygons){0};
    if (!json_is_array(from) || count > INT32_MAX)
        return seg_json_bad(at, from, "a list of polygons");
    SEG_TRY(check_polygons(&corners, from, at));
    polygons->xy = seg_allocate(env, 2 * corners, sizeof *polygons->xy, "corners of polygons");
    polygons->lengths = seg_allocate(env, count, sizeof *polygons->lengths, "polygons");
    polygons->count = (int32_t)count;
    seg_status status = polygons->xy && polygons->lengths ? SEG_OK : SEG_ERROR_MEMORY;
    if (status >= 0) status = read_polygons(polygons->xy, polygons->lengths, from, at);
    if (status < 0) seg_json_polygons_free(polygons, env);
    return status;
}

void seg_json_polygons_free(seg_json_polygons *polygons, const seg_env *env) {
    seg_release(env, polygons->xy);
    seg_release(env, polygons->lengths);
    *polygons = (seg_json_polygons){0};
}

seg_status seg_mask_from_polygons(seg_rle *mask, const json_t *from, const seg_json_place *at,
                                  seg_fill fill, int32_t width, int32_t height,
                                  const seg_env *env) {
    seg_json_polygons p;
    SEG_TRY(seg_polygons_from_json(&p, from, at, env));
    const seg_status status =
        seg_rle_from_polygons(mask, p.xy, p.lengths, p.count, fill, width, height, env);
    seg_json_polygons_free(&p, env);
    return status < 0 ? seg_json_failed(at, status) : SEG_OK;
}
