/*
 * Makes test scenes with exact truth, the same bytes on every machine:
 *
 *   make_scene picture OUT.png TRUTH.png
 *   make_scene video OUT.mkv TRUTH_DIR [FRAMES [WIDTH HEIGHT]]
 *
 * The picture shows discs and boxes on an uneven ground; its truth is a mask. The video shows a
 * textured yard that stands empty for a second, then textured shapes cross it at known speeds, with
 * sensor noise; TRUTH_DIR gets mask_0000.png, ... (255 = shape) and flow_0000.png, ... (to the next
 * frame, as KITTI stores flow: 16-bit RGB, u = (R - 32768) / 64 px, v likewise, B = 1).
 *
 * All positions are in 1/16 px, all arithmetic is in integers.
 */
#include <errno.h>
#include <segment/media.h>
#include <segment/segment.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ONE = 16, FPS = 30, EMPTY_FRAMES = 30 };

typedef enum shape_kind { DISC, BOX, TRIANGLE } shape_kind;

typedef struct shape {
    shape_kind kind;
    int32_t x, y;   /* centre when it appears, 1/16 px */
    int32_t vx, vy; /* speed, 1/16 px per frame */
    int32_t a, b;   /* half width, half height, px */
    int32_t first;  /* frame in which it appears */
    uint8_t rgb[3];
    uint32_t seed; /* of its texture */
} shape;

static uint32_t hash(uint32_t x, uint32_t y, uint32_t seed) {
    uint32_t h = x * 0x9e3779b1u ^ y * 0x85ebca77u ^ seed * 0xc2b2ae3du;
    h = (h ^ h >> 15) * 0x2c1b3c6du;
    h = (h ^ h >> 12) * 0x297a2d39u;
    return h ^ h >> 15;
}

static int32_t floor_divide(int32_t a, int32_t b) {
    return a >= 0 ? a / b : -((b - 1 - a) / b);
}

/* Smooth noise, -128 .. 127, with bumps of `cell` px; x, y in 1/16 px. */
static int32_t noise(int32_t x, int32_t y, int32_t cell, uint32_t seed) {
    int32_t side = cell * ONE, cx = floor_divide(x, side), cy = floor_divide(y, side);
    int32_t fx = (x - cx * side) * 256 / side, fy = (y - cy * side) * 256 / side;
    int32_t corner[4];
    for (int32_t i = 0; i < 4; ++i)
        corner[i] =
            (int32_t)(hash((uint32_t)(cx + (i & 1)), (uint32_t)(cy + (i >> 1)), seed) >> 24);
    int32_t top = corner[0] * (256 - fx) + corner[1] * fx;
    int32_t bottom = corner[2] * (256 - fx) + corner[3] * fx;
    return (top * (256 - fy) + bottom * fy) / 65536 - 128;
}

static uint8_t clamp(int32_t value) {
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static bool inside(const shape *s, int32_t dx, int32_t dy) {
    int32_t a = s->a * ONE, b = s->b * ONE;
    if (dx < -a || dx > a || dy < -b || dy > b) return false;
    switch (s->kind) {
    case DISC:
        return (int64_t)dx * dx * b * b + (int64_t)dy * dy * a * a <= (int64_t)a * a * b * b;
    case TRIANGLE:
        return 2 * (int64_t)abs(dx) * b <= (int64_t)a * (dy + b);
    default:
        return true;
    }
}

/* Draws a shape at `frame` with 4x4 samples a pixel; where it covers half a pixel it owns it. */
static void draw(seg_image *picture, seg_image *owner, const shape *s, int32_t frame, uint8_t id) {
    if (frame < s->first) return;
    int32_t x0 = s->x + s->vx * (frame - s->first), y0 = s->y + s->vy * (frame - s->first);
    int32_t left = floor_divide(x0, ONE) - s->a - 1, top = floor_divide(y0, ONE) - s->b - 1;
    for (int32_t y = top < 0 ? 0 : top; y < picture->height && y <= top + 2 * s->b + 3; ++y) {
        uint8_t *row = seg_image_row(picture, y), *owner_row = seg_image_row(owner, y);
        for (int32_t x = left < 0 ? 0 : left; x < picture->width && x <= left + 2 * s->a + 3; ++x) {
            int32_t covered = 0, dx = x * ONE - x0, dy = y * ONE - y0;
            for (int32_t i = 0; i < 16; ++i)
                covered += inside(s, dx + 4 * (i & 3) + 2, dy + 4 * (i >> 2) + 2);
            if (!covered) continue;
            int32_t texture = noise(dx, dy, 5, s->seed) / 4 + noise(dx, dy, 17, s->seed + 1) / 4;
            for (int32_t c = 0; c < 3; ++c) {
                int32_t colour = clamp(s->rgb[c] + texture);
                row[3 * x + c] =
                    (uint8_t)((row[3 * x + c] * (16 - covered) + colour * covered) / 16);
            }
            if (covered >= 8) owner_row[x] = id;
        }
    }
}

static void draw_ground(seg_image *picture, const int32_t base[3], int32_t slope, int32_t grain) {
    for (int32_t y = 0; y < picture->height; ++y) {
        uint8_t *row = seg_image_row(picture, y);
        for (int32_t x = 0; x < picture->width; ++x) {
            int32_t px = x * ONE, py = y * ONE;
            int32_t light = slope * (x + y) / (picture->width + picture->height) +
                            grain * noise(px, py, 40, 1) / 128 + grain * noise(px, py, 7, 2) / 192;
            for (int32_t c = 0; c < 3; ++c)
                row[3 * x + c] = clamp(base[c] + light);
        }
    }
}

static void add_sensor_noise(seg_image *picture, int32_t frame) {
    for (int32_t y = 0; y < picture->height; ++y) {
        uint8_t *row = seg_image_row(picture, y);
        for (int32_t i = 0; i < 3 * picture->width; ++i) {
            uint32_t h = hash((uint32_t)i, (uint32_t)y, 1000u + (uint32_t)frame);
            row[i] = clamp(row[i] + (int32_t)(h & 3) + (int32_t)(h >> 2 & 3) - 3);
        }
    }
}

static void die_if(bool failed, const char *what) {
    if (!failed) return;
    fprintf(stderr, "make_scene: %s: %s\n", what, seg_error_detail());
    exit(1);
}

static seg_image new_image(int32_t width, int32_t height, seg_format format, int channels) {
    seg_image image = {0};
    die_if(seg_image_alloc(&image, width, height, format, channels, NULL) < 0, "picture");
    return image;
}

static void write_mask(const char *path, const seg_image *owner) {
    seg_image mask = new_image(owner->width, owner->height, SEG_U8, 1);
    mask.colour = SEG_COLOUR_DATA;
    for (int32_t y = 0; y < mask.height; ++y) {
        const uint8_t *from = seg_image_row(owner, y);
        uint8_t *to = seg_image_row(&mask, y);
        for (int32_t x = 0; x < mask.width; ++x)
            to[x] = from[x] ? 255 : 0;
    }
    die_if(seg_picture_write(path, &mask, NULL, NULL) < 0, path);
    seg_image_unref(&mask);
}

static void write_flow(const char *path, const seg_image *owner, const shape *shapes) {
    seg_image flow = new_image(owner->width, owner->height, SEG_U16, 3);
    for (int32_t y = 0; y < flow.height; ++y) {
        const uint8_t *from = seg_image_row(owner, y);
        uint16_t *to = seg_image_row(&flow, y);
        for (int32_t x = 0; x < flow.width; ++x, to += 3) {
            const shape *s = from[x] ? &shapes[from[x] - 1] : NULL;
            to[0] = (uint16_t)(32768 + (s ? s->vx * 64 / ONE : 0));
            to[1] = (uint16_t)(32768 + (s ? s->vy * 64 / ONE : 0));
            to[2] = 1;
        }
    }
    die_if(seg_picture_write(path, &flow, NULL, NULL) < 0, path);
    seg_image_unref(&flow);
}

static void make_picture(const char *out, const char *truth) {
    static const shape shapes[] = {
        {DISC, 110 * ONE, 100 * ONE, 0, 0, 62, 62, 0, {214, 172, 92}, 11},
        {DISC, 262 * ONE, 236 * ONE, 0, 0, 74, 52, 0, {226, 206, 170}, 12},
        {BOX, 420 * ONE, 92 * ONE, 0, 0, 84, 44, 0, {236, 140, 112}, 13},
        {TRIANGLE, 470 * ONE, 256 * ONE, 0, 0, 78, 66, 0, {150, 190, 214}, 14},
        {DISC, 92 * ONE, 282 * ONE, 0, 0, 34, 34, 0, {176, 214, 140}, 15},
        {BOX, 590 * ONE, 200 * ONE, 0, 0, 18, 120, 0, {222, 222, 226}, 16}};
    static const int32_t base[3] = {36, 48, 62};
    seg_image picture = new_image(640, 360, SEG_U8, 3), owner = new_image(640, 360, SEG_U8, 1);
    draw_ground(&picture, base, 44, 14);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; ++i)
        draw(&picture, &owner, &shapes[i], 0, (uint8_t)(i + 1));
    add_sensor_noise(&picture, 0);
    die_if(seg_picture_write(out, &picture, NULL, NULL) < 0, out);
    write_mask(truth, &owner);
    seg_image_unref(&picture);
    seg_image_unref(&owner);
}

static void make_video(const char *out, const char *truth, int32_t frames, int32_t w, int32_t h) {
    /* clang-format off */
    const shape shapes[] = {
        {DISC, -30 * ONE, h * 3 / 10 * ONE, 68, 6, h / 12, h / 12, EMPTY_FRAMES, {236, 148, 116}, 21},
        {BOX,
         (w + 50) * ONE,
         h * 6 / 10 * ONE,
         -84,
         0,
         h / 8,
         h / 16,
         EMPTY_FRAMES + 5,
         {150, 186, 236},
         22},
        {TRIANGLE,
         w / 5 * ONE,
         (h + 40) * ONE,
         37,
         -45,
         h / 14,
         h / 11,
         EMPTY_FRAMES + 12,
         {222, 196, 84},
         23}};
    /* clang-format on */
    const int32_t count = (int32_t)(sizeof shapes / sizeof *shapes);
    static const int32_t base[3] = {58, 66, 56};
    seg_image ground = new_image(w, h, SEG_U8, 3);
    seg_image picture = new_image(w, h, SEG_U8, 3), owner = new_image(w, h, SEG_U8, 1);
    draw_ground(&ground, base, 24, 26);

    seg_writer_options options;
    seg_writer_options_init(&options);
    options.content = SEG_CONTENT_DATA; /* lossless */
    options.time_base = (seg_rational){1, FPS};
    options.frame_rate = (seg_rational){FPS, 1};
    options.overwrite = true;
    seg_writer *writer = NULL;
    die_if(seg_writer_open(&writer, out, &options, NULL) < 0, out);
    die_if(mkdir(truth, 0777) < 0 && errno != EEXIST, truth);
    for (int32_t frame = 0; frame < frames; ++frame) {
        char path[4096];
        die_if(seg_image_copy(&picture, &ground, NULL) < 0, out);
        for (int32_t y = 0; y < h; ++y)
            memset(seg_image_row(&owner, y), 0, (size_t)w);
        for (int32_t i = 0; i < count; ++i)
            draw(&picture, &owner, &shapes[i], frame, (uint8_t)(i + 1));
        add_sensor_noise(&picture, frame);
        die_if(seg_writer_write(writer, &picture, frame, frame, 1) < 0, out);
        snprintf(path, sizeof path, "%s/mask_%04d.png", truth, (int)frame);
        write_mask(path, &owner);
        snprintf(path, sizeof path, "%s/flow_%04d.png", truth, (int)frame);
        write_flow(path, &owner, shapes);
    }
    die_if(seg_writer_finish(writer, NULL) < 0, out);
    seg_image_unref(&ground);
    seg_image_unref(&picture);
    seg_image_unref(&owner);
}

int main(int argc, char **argv) {
    if (argc == 4 && !strcmp(argv[1], "picture")) {
        make_picture(argv[2], argv[3]);
        return 0;
    }
    if ((argc == 4 || argc == 5 || argc == 7) && !strcmp(argv[1], "video")) {
        int frames = argc > 4 ? atoi(argv[4]) : 120;
        int width = argc > 6 ? atoi(argv[5]) : 640, height = argc > 6 ? atoi(argv[6]) : 360;
        if (frames > 0 && width >= 64 && height >= 64 && width <= 7680 && height <= 4320) {
            make_video(argv[2], argv[3], frames, width, height);
            return 0;
        }
    }
    fprintf(stderr, "usage: make_scene picture OUT.png TRUTH.png\n"
                    "       make_scene video OUT.mkv TRUTH_DIR [FRAMES [WIDTH HEIGHT]]\n"
                    "(FRAMES > 0, 64x64 to 7680x4320)\n");
    return 2;
}
