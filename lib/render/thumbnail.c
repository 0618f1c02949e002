/*
 * Area averaging. In units of 1 / (W w), a pixel of the source (W wide) is w long, one of the
 * target (w wide) W: the overlaps are whole numbers, and so are the sums, rows first, then columns.
 */
#include "render/thumbnail.h"

#include "core/check.h"
#include "core/memory.h"
#include "render/canvas.h"

#include <string.h>

void seg_thumbnail_size(int32_t *width, int32_t *height, const seg_image *picture,
                        int32_t cell_width, int32_t cell_height) {
    const int64_t w = picture->width, h = picture->height;
    const int64_t times = cell_width / w < cell_height / h ? cell_width / w : cell_height / h;
    if (times >= 1) {
        *width = (int32_t)(w * times);
        *height = (int32_t)(h * times);
        return;
    }
    /* the side that is tighter fills the cell */
    const bool wide = w * cell_height >= h * cell_width;
    const int64_t other = wide ? (h * cell_width + w / 2) / w : (w * cell_height + h / 2) / h;
    *width = wide ? cell_width : (int32_t)(other < 1 ? 1 : other);
    *height = wide ? (int32_t)(other < 1 ? 1 : other) : cell_height;
}

typedef struct shrinker {
    seg_canvas canvas;
    int32_t width, height; /* of the source */
    uint8_t *row, *own;    /* of the source as RGB, and room to convert it */
    uint32_t *sums;        /* of rows, by their shares: at most 255 * height */
} shrinker;

/* Adds source rows to the sums of target row y. */
static void sum_rows(shrinker *s, int32_t y, int32_t target_height) {
    const int64_t first = (int64_t)y * s->height, end = first + s->height;
    const size_t count = 3 * (size_t)s->width;
    memset(s->sums, 0, count * sizeof *s->sums);
    for (int64_t from = first / target_height; from * target_height < end; from++) {
        const int64_t top = from * target_height, bottom = top + target_height;
        const uint32_t share =
            (uint32_t)((bottom < end ? bottom : end) - (top > first ? top : first));
        seg_canvas_row(&s->canvas, s->row, s->own, 3, (int32_t)from);
        for (size_t i = 0; i < count; i++)
            s->sums[i] += share * s->row[i];
    }
}

static void sum_columns(uint8_t *target, const shrinker *s, int32_t target_width) {
    const uint64_t whole = (uint64_t)s->width * (uint64_t)s->height;
    for (int32_t x = 0; x < target_width; x++) {
        const int64_t first = (int64_t)x * s->width, end = first + s->width;
        uint64_t sum[3] = {0, 0, 0};
        for (int64_t from = first / target_width; from * target_width < end; from++) {
            const int64_t left = from * target_width, right = left + target_width;
            const uint64_t share =
                (uint64_t)((right < end ? right : end) - (left > first ? left : first));
            for (int c = 0; c < 3; c++)
                sum[c] += share * s->sums[3 * from + c];
        }
        for (int c = 0; c < 3; c++)
            target[3 * x + c] = (uint8_t)((sum[c] + whole / 2) / whole);
    }
}

seg_status seg_thumbnail_draw(seg_image *target, const seg_image *picture, const seg_env *env) {
    const seg_frame frame = {.image = *picture};
    shrinker s = {.width = picture->width, .height = picture->height};
    SEG_TRY(seg_canvas_init(&s.canvas, &frame, env));
    const size_t width = (size_t)picture->width;
    s.row = seg_allocate(env, width, 3, "a row of a picture");
    s.own = seg_allocate(env, width, 4, "a row of a picture");
    s.sums = seg_allocate(env, width, 3 * sizeof *s.sums, "sums of a picture's rows");
    seg_status status = s.row && s.own && s.sums ? SEG_OK : SEG_ERROR_MEMORY;
    for (int32_t y = 0; y < target->height && status >= 0; y++) {
        sum_rows(&s, y, target->height);
        sum_columns(seg_image_row(target, y), &s, target->width);
    }
    seg_release(env, s.row);
    seg_release(env, s.own);
    seg_release(env, s.sums);
    seg_canvas_free(&s.canvas, env);
    return status;
}

seg_status seg_render_thumbnail(seg_image *thumbnail, const seg_image *picture, int32_t width,
                                int32_t height, const seg_env *env) {
    seg_image made = {0};
    if (!thumbnail) return seg_fail(SEG_ERROR_ARGUMENT, "thumbnail is missing (NULL)");
    if (width < 1 || height < 1)
        return seg_fail(SEG_ERROR_ARGUMENT, "the thumbnail is %ld x %ld (allowed 1 x 1 and more)",
                        (long)width, (long)height);
    SEG_TRY(seg_check_image(picture, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    seg_thumbnail_size(&width, &height, picture, width, height);
    SEG_TRY(seg_image_alloc(&made, width, height, SEG_U8, 3, env));
    const seg_status status = seg_thumbnail_draw(&made, picture, env);
    if (status < 0) {
        seg_image_unref(&made);
        return status;
    }
    seg_image_unref(thumbnail);
    *thumbnail = made;
    return SEG_OK;
}
