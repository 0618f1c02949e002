/*
 * Pictures of flow fields: colours, arrows, speeds, KITTI's files.
 *
 * The wheel is that of S. Baker et al., "A database and evaluation methodology for optical flow",
 * IJCV 92(1), 2011: 55 colours around, white in the middle; what is beyond the rim is darker.
 */
#include "imgproc/flow.h"
#include "core/bands.h"
#include "core/check.h"
#include "core/math.h"
#include "core/memory.h"
#include "imgproc/rows.h"
#include "imgproc/still_method.h"
#include "render/canvas.h"
#include <segment/render.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {"color", "hsv", "arrows", "magnitude", "kitti"};

const char *seg_flow_render_name(seg_flow_render_kind kind) {
    return (int)kind >= 0 && kind <= SEG_FLOW_RENDER_KITTI ? names[kind] : NULL;
}

/* ---- colours of a vector ---- */

/* Parts of the wheel: how many steps each, from which colour; red again at the end. */
static const struct {
    int steps;
    uint8_t from[3], to[3];
} parts[] = {
    {15, {255, 0, 0}, {255, 255, 0}}, {6, {255, 255, 0}, {0, 255, 0}},
    {4, {0, 255, 0}, {0, 255, 255}},  {11, {0, 255, 255}, {0, 0, 255}},
    {13, {0, 0, 255}, {255, 0, 255}}, {6, {255, 0, 255}, {255, 0, 0}},
};
#define WHEEL 55

/* The colour at a place on the rim, 0 .. WHEEL. */
static void rim_colour(double rgb[3], double place) {
    size_t part = 0;
    while (part + 1 < sizeof parts / sizeof *parts && place >= parts[part].steps)
        place -= parts[part++].steps;
    const double share = place / parts[part].steps;
    for (int c = 0; c < 3; c++)
        rgb[c] = parts[part].from[c] + (parts[part].to[c] - parts[part].from[c]) * share;
}

/* `u` and `v` in units of the largest speed. */
static void vector_colour(uint8_t out[3], double u, double v, seg_flow_render_kind kind) {
    const double speed = sqrt(u * u + v * v), turn = seg_atan2(-v, -u) / SEG_PI; /* -1 .. 1 */
    double rgb[3];
    rim_colour(rgb, (turn + 1) / 2 * (WHEEL - 1));
    for (int c = 0; c < 3; c++) {
        double value;
        if (kind == SEG_FLOW_RENDER_HSV)
            value = rgb[c] * (speed < 1 ? speed : 1);
        else
            value = speed <= 1 ? 255 - speed * (255 - rgb[c]) : 0.75 * rgb[c];
        out[c] = (uint8_t)(value + 0.5);
    }
}

/* ---- pixels ---- */

typedef struct flow_drawing {
    const seg_image *flow;
    seg_image *picture;
    seg_flow_render_kind kind;
    double largest;
} flow_drawing;

static uint16_t kitti_of(float component) {
    const double value = 64 * (double)component + 32768 + 0.5;
    return value < 0 ? 0 : value > 65535 ? 65535 : (uint16_t)value;
}

static void draw_pixel(const flow_drawing *d, void *row, int32_t x, const float *uv) {
    const bool known = seg_flow_known(uv);
    if (d->kind == SEG_FLOW_RENDER_KITTI) {
        uint16_t *out = (uint16_t *)row + 3 * (size_t)x;
        out[0] = known ? kitti_of(uv[0]) : 0;
        out[1] = known ? kitti_of(uv[1]) : 0;
        out[2] = known;
        return;
    }
    const double u = known ? (double)uv[0] / d->largest : 0;
    const double v = known ? (double)uv[1] / d->largest : 0;
    if (d->kind == SEG_FLOW_RENDER_MAGNITUDE) {
        const double speed = sqrt(u * u + v * v);
        ((uint16_t *)row)[x] = (uint16_t)((speed < 1 ? speed : 1) * 65535 + 0.5);
        return;
    }
    uint8_t *out = (uint8_t *)row + 3 * (size_t)x;
    vector_colour(out, u, v, d->kind);
    if (!known) memset(out, 0, 3);
}

static seg_status draw_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band, (void)worker;
    const flow_drawing *d = argument;
    for (int32_t y = first; y < end; y++) {
        const float *flow = seg_image_row(d->flow, y);
        for (int32_t x = 0; x < d->flow->width; x++)
            draw_pixel(d, seg_image_row(d->picture, y), x, flow + 2 * (size_t)x);
    }
    return SEG_OK;
}

/* ---- legend ---- */

/* A wheel in the lower right corner, a sixth of the picture, with the speed at its rim. */
static seg_status draw_legend(const flow_drawing *d) {
    seg_image *picture = d->picture;
    const int32_t side = picture->width < picture->height ? picture->width : picture->height;
    const int32_t radius = side / 12, scale = side / 500 + 1;
    if (radius < 12) return SEG_OK;
    const int32_t margin = 4 * scale, cx = picture->width - radius - margin;
    const int32_t cy = picture->height - radius - margin;
    for (int32_t y = -radius; y <= radius; y++)
        for (int32_t x = -radius; x <= radius; x++) {
            const double distance = sqrt((double)(x * x + y * y)) / radius;
            if (distance > 1) continue;
            uint8_t *out = (uint8_t *)seg_image_row(picture, cy + y) + 3 * (size_t)(cx + x);
            if (distance > 1 - 1.5 / radius)
                memset(out, 0, 3);
            else
                vector_colour(out, (double)x / radius, (double)y / radius, d->kind);
        }
    char text[32];
    snprintf(text, sizeof text, "%.3g px", d->largest);
    const int32_t wide = seg_text_width(text, scale);
    const int32_t left = cx - radius - margin - wide;
    const uint32_t colour = d->kind == SEG_FLOW_RENDER_HSV ? 0xffffff : 0x000000;
    return seg_render_text(picture, left, cy - SEG_FONT_HEIGHT * scale / 2, text, colour, scale);
}

/* ---- arrows ---- */

/* A line from (x, y) by (u, v), as a row of points; outside is cut off. */
static void draw_line(seg_image *picture, double x, double y, double u, double v,
                      const uint8_t rgb[3]) {
    const double most = fabs(u) > fabs(v) ? fabs(u) : fabs(v);
    const int32_t steps = (int32_t)(2 * most) + 1;
    for (int32_t i = 0; i <= steps; i++) {
        const double px = x + u * i / steps, py = y + v * i / steps;
        if (!(px > -0.5 && py > -0.5 && px < picture->width - 0.5 && py < picture->height - 0.5))
            continue;
        memcpy((uint8_t *)seg_image_row(picture, (int32_t)(py + 0.5)) +
                   3 * (size_t)(int32_t)(px + 0.5),
               rgb, 3);
    }
}

static void draw_arrow(const flow_drawing *d, int32_t x, int32_t y, double length) {
    const float *uv = (const float *)seg_image_row(d->flow, y) + 2 * (size_t)x;
    if (!seg_flow_known(uv)) return;
    const double speed = sqrt((double)uv[0] * (double)uv[0] + (double)uv[1] * (double)uv[1]);
    uint8_t rgb[3];
    vector_colour(rgb, (double)uv[0] / (speed + 1e-9), (double)uv[1] / (speed + 1e-9),
                  SEG_FLOW_RENDER_HSV);
    double share = length / d->largest;
    if (speed > d->largest) share = length / speed;
    const double u = (double)uv[0] * share, v = (double)uv[1] * share;
    const double size = sqrt(u * u + v * v);
    draw_line(d->picture, x, y, u, v, rgb);
    if (size < 2) return;
    const double head = 0.35; /* of the length, 25 degrees to both sides */
    for (int side = -1; side <= 1; side += 2)
        draw_line(d->picture, x + u, y + v, -head * (u * 0.906 - side * v * 0.423),
                  -head * (side * u * 0.423 + v * 0.906), rgb);
}

static seg_status draw_arrows(const flow_drawing *d, const seg_image *frame, const seg_env *env) {
    const seg_frame shown = {.image = *frame};
    seg_canvas canvas;
    SEG_TRY(seg_canvas_init(&canvas, &shown, env));
    const size_t width = (size_t)frame->width;
    uint8_t *own = seg_allocate(env, width, 4, "a row of a picture");
    for (int32_t y = 0; own && y < frame->height; y++) {
        uint8_t *out = seg_image_row(d->picture, y);
        seg_canvas_row(&canvas, out, own, 3, y);
        for (size_t i = 0; i < 3 * width; i++) /* darker: arrows stand out */
            out[i] = (uint8_t)(out[i] / 2 + 24);
    }
    seg_canvas_free(&canvas, env);
    if (!own) return SEG_ERROR_MEMORY;
    seg_release(env, own);
    const int32_t side = frame->width < frame->height ? frame->width : frame->height;
    const int32_t step = side / 32 > 8 ? side / 32 : 8;
    for (int32_t y = step / 2; y < frame->height; y += step)
        for (int32_t x = step / 2; x < frame->width; x += step)
            draw_arrow(d, x, y, 1.5 * step);
    return SEG_OK;
}

/* ---- the whole ---- */

static seg_status check(const seg_image *picture, seg_flow_render_kind kind, const seg_image *flow,
                        const seg_image *frame, double largest) {
    if (!picture) return seg_fail(SEG_ERROR_ARGUMENT, "picture is missing (NULL)");
    if (!seg_flow_render_name(kind))
        return seg_fail(SEG_ERROR_ARGUMENT, "kind is %d (allowed 0 to %d)", (int)kind,
                        (int)SEG_FLOW_RENDER_KITTI);
    SEG_TRY(seg_check_image(flow, "flow", SEG_FORMAT_BIT(SEG_F32), 1u << 2));
    if (!(largest > 0 && largest <= 1e9))
        return seg_fail(SEG_ERROR_ARGUMENT, "largest is %g (allowed: above 0, to 1e9)", largest);
    if (kind != SEG_FLOW_RENDER_ARROWS) return SEG_OK;
    SEG_TRY(seg_check_image(frame, "frame", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    if (frame->width != flow->width || frame->height != flow->height)
        return seg_fail(SEG_ERROR_SHAPE, "frame is %ld x %ld, flow %ld x %ld", (long)frame->width,
                        (long)frame->height, (long)flow->width, (long)flow->height);
    return SEG_OK;
}

seg_status seg_render_flow(seg_image *picture, seg_flow_render_kind kind, const seg_image *flow,
                           const seg_image *frame, double largest, bool legend,
                           const seg_env *env) {
    SEG_TRY(check(picture, kind, flow, frame, largest));
    const bool wide = kind == SEG_FLOW_RENDER_MAGNITUDE || kind == SEG_FLOW_RENDER_KITTI;
    const int channels = kind == SEG_FLOW_RENDER_MAGNITUDE ? 1 : 3;
    SEG_TRY(seg_image_reuse(picture, flow->width, flow->height, wide ? SEG_U16 : SEG_U8, channels,
                            env));
    picture->bits = wide ? 16 : 8;
    picture->colour = wide ? SEG_COLOUR_DATA : SEG_COLOUR_RGB;
    flow_drawing d = {flow, picture, kind, largest};
    if (kind == SEG_FLOW_RENDER_ARROWS) return draw_arrows(&d, frame, env);
    SEG_TRY(seg_run_bands(env, flow->height, seg_point_rows(flow), draw_band, &d));
    return legend && !wide ? draw_legend(&d) : SEG_OK;
}
