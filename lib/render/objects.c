/* Boxes, ids and trails of objects on pictures. */
#include <segment/render.h>

#include "core/check.h"
#include "core/math.h"

#include <math.h>
#include <stdio.h>

#define ARROW_FRAMES 8     /* in which an object goes as far as its arrow is long */
#define THIN_LINE_SIDE 400 /* pixels of a side for each pixel of a line */

static seg_status check_target(const seg_image *picture) {
    return seg_check_image(picture, "picture", SEG_FORMAT_BIT(SEG_U8), 1u << 3);
}

/* Width of lines and scale of letters. */
static int32_t line_width(const seg_image *picture) {
    const int32_t side = picture->width < picture->height ? picture->width : picture->height;
    return 1 + side / THIN_LINE_SIDE;
}

/* A filled rectangle, cut at the picture's edges. */
static void fill(seg_image *picture, int64_t x, int64_t y, int64_t width, int64_t height,
                 uint32_t colour) {
    const int64_t right = x + width < picture->width ? x + width : picture->width;
    const int64_t bottom = y + height < picture->height ? y + height : picture->height;
    for (int64_t row = y > 0 ? y : 0; row < bottom; row++) {
        uint8_t *pixels = seg_image_row(picture, (int32_t)row);
        for (int64_t column = x > 0 ? x : 0; column < right; column++) {
            pixels[3 * column] = (uint8_t)(colour >> 16);
            pixels[3 * column + 1] = (uint8_t)(colour >> 8);
            pixels[3 * column + 2] = (uint8_t)colour;
        }
    }
}

/* Its inner edge is the box, so that nothing of the object is hidden. */
static void draw_frame(seg_image *picture, const seg_rect *box, int32_t line, uint32_t colour) {
    const int64_t x = box->x, y = box->y, width = box->width, height = box->height;
    fill(picture, x - line, y - line, width + 2 * line, line, colour);
    fill(picture, x - line, y + height, width + 2 * line, line, colour);
    fill(picture, x - line, y, line, height, colour);
    fill(picture, x + width, y, line, height, colour);
}

/* The id on a plate above the box, below it where there is no room. */
static seg_status draw_id(seg_image *picture, const seg_object *object, int32_t line) {
    char text[16];
    snprintf(text, sizeof text, "%ld", (long)object->id);
    const uint32_t colour = seg_label_colour(object->id);
    const uint32_t light =
        299 * (colour >> 16 & 255) + 587 * (colour >> 8 & 255) + 114 * (colour & 255);
    const int32_t width = seg_text_width(text, line) + line, height = SEG_FONT_HEIGHT * line;
    const seg_rect *box = &object->box;
    const int64_t x = (int64_t)box->x - line;
    int64_t y = (int64_t)box->y - line - height;
    if (y < 0) y = (int64_t)box->y + box->height + line;
    fill(picture, x, y, width, height, colour);
    if (x < INT32_MIN || x > INT32_MAX || y > INT32_MAX) return SEG_OK;
    return seg_render_text(picture, (int32_t)x + line, (int32_t)y, text,
                           light > 127500 ? 0x000000 : 0xffffff, line);
}

seg_status seg_render_objects(seg_image *picture, const seg_object *objects, int32_t count) {
    SEG_TRY(check_target(picture));
    if (!objects && count > 0) return seg_fail(SEG_ERROR_ARGUMENT, "objects is missing (NULL)");
    const int32_t line = line_width(picture);
    for (int32_t i = 0; i < count; i++)
        draw_frame(picture, &objects[i].box, line, seg_label_colour(objects[i].id));
    for (int32_t i = 0; i < count; i++)
        SEG_TRY(draw_id(picture, &objects[i], line));
    return SEG_OK;
}

/* One pixel of the line for each step along the longer side. */
static void draw_line(seg_image *picture, seg_point from, seg_point to, int32_t line,
                      uint32_t colour) {
    const int64_t dx = (int64_t)to.x - from.x, dy = (int64_t)to.y - from.y;
    const int64_t across = dx < 0 ? -dx : dx, down = dy < 0 ? -dy : dy;
    const int64_t steps = across > down ? across : down;
    for (int64_t i = 0; i <= steps; i++) {
        const int64_t half = steps / 2, at = steps ? steps : 1;
        const int64_t x = from.x + (dx * i + (dx < 0 ? -half : half)) / at;
        const int64_t y = from.y + (dy * i + (dy < 0 ? -half : half)) / at;
        fill(picture, x - line / 2, y - line / 2, line, line, colour);
    }
}

/* Far enough inside the picture for a line to matter, and short enough to be drawn. */
static bool is_near(const seg_image *picture, seg_point p) {
    return p.x > -picture->width && p.x < 2 * (int64_t)picture->width && p.y > -picture->height &&
           p.y < 2 * (int64_t)picture->height;
}

/* A line with two short ones at its end. */
static void draw_arrow(seg_image *picture, seg_point from, double u, double v, int32_t line,
                       uint32_t colour) {
    const seg_point to = {from.x + (int32_t)floor(u + 0.5), from.y + (int32_t)floor(v + 0.5)};
    const double size = sqrt(u * u + v * v), head = seg_smaller(0.35 * size, 6.0 * line);
    draw_line(picture, from, to, line, colour);
    for (int side = -1; side <= 1; side += 2) { /* 25 degrees to both sides */
        const double hu = -head / size * (u * 0.906 - side * v * 0.423);
        const double hv = -head / size * (side * u * 0.423 + v * 0.906);
        const seg_point end = {to.x + (int32_t)floor(hu + 0.5), to.y + (int32_t)floor(hv + 0.5)};
        draw_line(picture, to, end, line, colour);
    }
}

seg_status seg_render_motions(seg_image *picture, const seg_object *objects, int32_t count) {
    SEG_TRY(check_target(picture));
    if (!objects && count > 0) return seg_fail(SEG_ERROR_ARGUMENT, "objects is missing (NULL)");
    const int32_t line = line_width(picture);
    const double most = (picture->width + picture->height) / 8.0;
    for (int32_t i = 0; i < count; i++) {
        const seg_object *object = &objects[i];
        double u = ARROW_FRAMES * object->relative_x, v = ARROW_FRAMES * object->relative_y;
        const double size = sqrt(u * u + v * v);
        if (object->motion_numbers == 0 || !(size >= 1 && size < 1e9)) continue;
        if (size > most) u *= most / size, v *= most / size;
        const seg_point from = {(int32_t)(object->centroid_x + 0.5),
                                (int32_t)(object->centroid_y + 0.5)};
        draw_arrow(picture, from, u, v, line + 2, 0x000000); /* seen on any colour */
        draw_arrow(picture, from, u, v, line, 0xffffff);
    }
    return SEG_OK;
}

seg_status seg_render_trail(seg_image *picture, const seg_point *points, int32_t count,
                            int32_t id) {
    SEG_TRY(check_target(picture));
    if (!points && count > 0) return seg_fail(SEG_ERROR_ARGUMENT, "points is missing (NULL)");
    const uint32_t colour = seg_label_colour(id);
    for (int32_t i = 1; i < count; i++)
        if (is_near(picture, points[i - 1]) && is_near(picture, points[i]))
            draw_line(picture, points[i - 1], points[i], line_width(picture), colour);
    return SEG_OK;
}
