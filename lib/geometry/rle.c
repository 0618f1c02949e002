/*
 * Run lengths of one label in COCO's order: column by column, runs of 0 and of 1 in turn, the first
 * one of zeros (perhaps of length 0).
 * Cost: the pixels of the box.
 */
#include <segment/geometry.h>

#include "core/check.h"
#include "core/memory.h"

typedef struct runs {
    uint32_t *counts;
    int32_t count, capacity;
    uint64_t end; /* place in column order where the last run ends */
    const seg_env *env;
} runs;

static seg_status add(runs *r, uint64_t length) {
    SEG_TRY(seg_grow((void **)&r->counts, &r->capacity, r->count, r->count + 1, sizeof *r->counts,
                     r->env ? r->env->allocator : NULL));
    r->counts[r->count++] = (uint32_t)length;
    r->end += length;
    return SEG_OK;
}

/* The pixels first .. end-1, in column order, are ones. */
static seg_status add_ones(runs *r, uint64_t first, uint64_t end) {
    if (r->count && first == r->end) { /* goes on at the top of the next column */
        r->counts[r->count - 1] += (uint32_t)(end - first);
        r->end = end;
        return SEG_OK;
    }
    SEG_TRY(add(r, first - r->end));
    return add(r, end - first);
}

static seg_status encode(runs *r, const seg_image *labels, int32_t id, seg_rect box) {
    for (int32_t x = box.x; x < box.x + box.width; x++) {
        uint64_t column = (uint64_t)x * (uint64_t)labels->height;
        for (int32_t y = box.y; y < box.y + box.height; y++) {
            if (((const int32_t *)seg_image_row(labels, y))[x] != id) continue;
            int32_t first = y;
            while (y < box.y + box.height && ((const int32_t *)seg_image_row(labels, y))[x] == id)
                y++;
            SEG_TRY(add_ones(r, column + (uint64_t)first, column + (uint64_t)y));
        }
    }
    uint64_t all = (uint64_t)labels->width * (uint64_t)labels->height;
    return r->end < all ? add(r, all - r->end) : SEG_OK;
}

seg_status seg_rle_encode(uint32_t **counts, int32_t *count, const seg_image *labels, int32_t id,
                          const seg_rect *box, const seg_env *env) {
    if (!counts || !count)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)", counts ? "count" : "counts");
    *counts = NULL;
    *count = 0;
    SEG_TRY(seg_check_image(labels, "labels", SEG_FORMAT_BIT(SEG_LABEL32), SEG_CHANNELS_1));
    seg_rect whole = {0, 0, labels->width, labels->height};
    if (!box) box = &whole;
    if (box->x < 0 || box->y < 0 || box->width < 0 || box->height < 0 ||
        box->width > labels->width - box->x || box->height > labels->height - box->y)
        return seg_fail(SEG_ERROR_ARGUMENT,
                        "box %ld,%ld,%ld,%ld is not inside the picture of %ld x %ld", (long)box->x,
                        (long)box->y, (long)box->width, (long)box->height, (long)labels->width,
                        (long)labels->height);
    if ((uint64_t)labels->width * (uint64_t)labels->height > UINT32_MAX)
        return seg_fail(SEG_ERROR_LIMIT, "run lengths are 32-bit: at most 2^32 - 1 pixels");
    runs r = {.env = env};
    seg_status status = encode(&r, labels, id, *box);
    if (status < 0) {
        seg_release(env, r.counts);
        return status;
    }
    *counts = r.counts;
    *count = r.count;
    return SEG_OK;
}

void seg_rle_free(uint32_t *counts, const seg_env *env) {
    seg_release(env, counts);
}
