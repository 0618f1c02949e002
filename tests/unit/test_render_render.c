/* Renders: what each kind draws, from masks and labels, on frames of every format. */
#include "core_main.h"
#include "scenes.h"

#define WIDTH 64
#define HEIGHT 40

typedef struct drawn {
    seg_frame frame;
    seg_result result;
    seg_image picture;
} drawn;

static void begin(drawn *d, seg_format format, int channels) {
    memset(d, 0, sizeof *d);
    seg_result_init(&d->result, NULL);
    ck_assert_ok(seg_image_alloc(&d->frame.image, WIDTH, HEIGHT, format, channels, NULL));
    scene_paint(&d->frame.image, 2);
}

static void add_mask(drawn *d) {
    ck_assert_ok(seg_image_alloc(&d->result.mask, WIDTH, HEIGHT, SEG_U8, 1, NULL));
    d->result.outputs |= SEG_OUTPUT_MASK;
}

static void add_labels(drawn *d) {
    ck_assert_ok(seg_image_alloc(&d->result.labels, WIDTH, HEIGHT, SEG_LABEL32, 1, NULL));
    d->result.outputs |= SEG_OUTPUT_LABELS;
}

/* A box of one value. */
static void put_box(seg_image *image, seg_rect box, int32_t value) {
    for (int32_t y = box.y; y < box.y + box.height; y++)
        for (int32_t x = box.x; x < box.x + box.width; x++)
            scene_put(seg_image_row(image, y), image->format, (size_t)x, value);
}

static void end(drawn *d) {
    seg_frame_unref(&d->frame);
    seg_result_free(&d->result);
    seg_image_unref(&d->picture);
}

static seg_status draw(drawn *d, seg_render_kind kind) {
    return seg_render(&d->picture, kind, &d->frame, &d->result, NULL);
}

static const uint8_t *pixel(const drawn *d, int32_t x, int32_t y) {
    return (uint8_t *)seg_image_row(&d->picture, y) + (size_t)x * d->picture.channels;
}

static uint32_t rgb_at(const drawn *d, int32_t x, int32_t y) {
    const uint8_t *p = pixel(d, x, y);
    return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

/* The frame's own sample, in 8 bits. */
static int32_t frame_at(const drawn *d, int32_t x, int32_t y, int32_t c) {
    const int32_t channels = d->frame.image.channels;
    return scene_value(x, y, channels >= 3 ? c : 0, 2, WIDTH, HEIGHT);
}

/* ---- colours ---- */

START_TEST(colours_of_labels) {
    ck_assert_uint_eq(seg_label_colour(0), 0);
    ck_assert_uint_eq(seg_label_colour(-7), 0);
    int32_t nearest = INT32_MAX;
    for (int32_t a = 1; a <= 12; a++) {
        const uint32_t ca = seg_label_colour(a);
        ck_assert_uint_le(ca, 0xffffff);
        for (int32_t b = a + 1; b <= 12; b++) {
            const uint32_t cb = seg_label_colour(b);
            int32_t distance = 0;
            for (int shift = 0; shift < 24; shift += 8)
                distance += abs((int32_t)(ca >> shift & 255) - (int32_t)(cb >> shift & 255));
            if (distance < nearest) nearest = distance;
        }
    }
    ck_assert_int_ge(nearest, 60);
    ck_assert_uint_ne(seg_label_colour(INT32_MAX), 0);
}
END_TEST

START_TEST(names_and_needs) {
    static const char *const names[] = {"mask",   "labels", "colors",     "overlay", "contours",
                                        "cutout", "score",  "background", "picture"};
    for (int i = 0; i < 9; i++)
        ck_assert_str_eq(seg_render_name((seg_render_kind)i), names[i]);
    ck_assert_ptr_null(seg_render_name((seg_render_kind)99));
    ck_assert_ptr_null(seg_render_name((seg_render_kind)-1));
    bool picture;
    ck_assert_uint_eq(seg_render_needs(SEG_RENDER_SCORE, &picture), SEG_OUTPUT_SCORE);
    ck_assert(!picture);
    ck_assert_uint_eq(seg_render_needs(SEG_RENDER_OVERLAY, &picture),
                      SEG_OUTPUT_MASK | SEG_OUTPUT_LABELS);
    ck_assert(picture);
    ck_assert_uint_eq(seg_render_needs((seg_render_kind)99, NULL), 0);
}
END_TEST

/* ---- masks, labels, colours ---- */

START_TEST(mask_and_labels_of_a_mask) {
    drawn d;
    begin(&d, SEG_U8, 1);
    add_mask(&d);
    put_box(&d.result.mask, (seg_rect){3, 4, 5, 6}, 255);
    put_box(&d.result.mask, (seg_rect){20, 4, 2, 2}, 255);
    ck_assert_ok(draw(&d, SEG_RENDER_MASK));
    ck_assert_uint_eq(scene_fnv_image(0, &d.picture), scene_fnv_image(0, &d.result.mask));
    /* another kind: the picture is replaced */
    ck_assert_ok(draw(&d, SEG_RENDER_LABELS));
    ck_assert_int_eq(d.picture.format, SEG_LABEL32);
    ck_assert_int_eq(((int32_t *)seg_image_row(&d.picture, 5))[4], 1);
    ck_assert_int_eq(((int32_t *)seg_image_row(&d.picture, 5))[21], 2);
    ck_assert_int_eq(((int32_t *)seg_image_row(&d.picture, 5))[10], 0);
    ck_assert_ok(draw(&d, SEG_RENDER_COLORS));
    ck_assert_uint_eq(rgb_at(&d, 4, 5), seg_label_colour(1));
    ck_assert_uint_eq(rgb_at(&d, 21, 5), seg_label_colour(2));
    ck_assert_uint_eq(rgb_at(&d, 10, 5), 0);
    end(&d);
}
END_TEST

START_TEST(mask_and_colours_of_labels) {
    drawn d;
    begin(&d, SEG_U8, 1);
    add_labels(&d);
    put_box(&d.result.labels, (seg_rect){3, 4, 5, 6}, 7);
    put_box(&d.result.labels, (seg_rect){20, 4, 2, 2}, -1);
    ck_assert_ok(draw(&d, SEG_RENDER_MASK));
    ck_assert_int_eq(*pixel(&d, 4, 5), 255);
    ck_assert_int_eq(*pixel(&d, 20, 4), 0);
    ck_assert_ok(draw(&d, SEG_RENDER_COLORS));
    ck_assert_uint_eq(rgb_at(&d, 4, 5), seg_label_colour(7));
    ck_assert_uint_eq(rgb_at(&d, 20, 4), 0);
    ck_assert_ok(draw(&d, SEG_RENDER_LABELS));
    ck_assert_uint_eq(scene_fnv_image(0, &d.picture), scene_fnv_image(0, &d.result.labels));
    end(&d);
}
END_TEST

/* ---- on the frame ---- */

static int32_t blended(int32_t sample, int32_t colour) {
    return (sample * 141 + colour * 115 + 128) >> 8;
}

/* By the definition: tint inside, the region's colour on its inner boundary, the frame outside. */
static void check_overlay(const drawn *d, const seg_rect *box, int32_t label) {
    const uint32_t colour = seg_label_colour(label);
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++) {
            const bool inside =
                x >= box->x && x < box->x + box->width && y >= box->y && y < box->y + box->height;
            const bool edge = inside && ((x == box->x && x > 0) || x == box->x + box->width - 1 ||
                                         y == box->y || y == box->y + box->height - 1);
            for (int c = 0; c < 3; c++) {
                const int32_t own = (int32_t)(colour >> (16 - 8 * c) & 255);
                const int32_t sample = frame_at(d, x, y, c);
                const int32_t wanted = edge ? own : inside ? blended(sample, own) : sample;
                ck_assert_msg(pixel(d, x, y)[c] == wanted, "%d,%d,%d: %d, not %d", x, y, c,
                              pixel(d, x, y)[c], wanted);
            }
        }
}

START_TEST(overlay) {
    static const struct {
        seg_format format;
        int channels;
    } kinds[] = {{SEG_U8, 1},  {SEG_U8, 2},  {SEG_U8, 3},  {SEG_U8, 4}, {SEG_U16, 1},
                 {SEG_U16, 3}, {SEG_F32, 1}, {SEG_F32, 3}, {SEG_F32, 4}};
    const seg_rect box = {0, 9, 57, 17}; /* touches the left border: no line there */
    drawn d;
    begin(&d, kinds[_i].format, kinds[_i].channels);
    add_mask(&d);
    put_box(&d.result.mask, box, 255);
    ck_assert_ok(draw(&d, SEG_RENDER_OVERLAY));
    ck_assert_int_eq(d.picture.channels, 3);
    ck_assert_int_eq(d.picture.colour, SEG_COLOUR_RGB);
    check_overlay(&d, &box, 1);
    add_labels(&d); /* win over the mask */
    const seg_rect other = {0, 3, 33, 21};
    put_box(&d.result.labels, other, 9);
    ck_assert_ok(draw(&d, SEG_RENDER_OVERLAY));
    check_overlay(&d, &other, 9);
    end(&d);
}
END_TEST

START_TEST(overlay_on_luma_alone) {
    drawn d;
    begin(&d, SEG_U8, 1);
    d.frame.luma = d.frame.image;
    d.frame.image = (seg_image){0};
    add_mask(&d);
    ck_assert_ok(draw(&d, SEG_RENDER_OVERLAY));
    ck_assert_int_eq(pixel(&d, 5, 6)[1], scene_value(5, 6, 0, 2, WIDTH, HEIGHT));
    end(&d);
}
END_TEST

/* Lines two pixels wide: inside and outside of the boundary; between regions each its own. */
START_TEST(contours) {
    drawn d;
    begin(&d, SEG_U8, 3);
    add_labels(&d);
    put_box(&d.result.labels, (seg_rect){10, 10, 10, 10}, 3);
    put_box(&d.result.labels, (seg_rect){20, 10, 10, 10}, 5);
    ck_assert_ok(draw(&d, SEG_RENDER_CONTOURS));
    const uint32_t three = seg_label_colour(3), five = seg_label_colour(5);
    ck_assert_uint_eq(rgb_at(&d, 9, 15), three);
    ck_assert_uint_eq(rgb_at(&d, 10, 15), three);
    ck_assert_uint_eq(rgb_at(&d, 19, 15), three);
    ck_assert_uint_eq(rgb_at(&d, 20, 15), five);
    ck_assert_uint_eq(rgb_at(&d, 30, 15), five);
    ck_assert_uint_eq(rgb_at(&d, 15, 9), three);
    for (int c = 0; c < 3; c++) {
        ck_assert_int_eq(pixel(&d, 8, 15)[c], frame_at(&d, 8, 15, c));
        ck_assert_int_eq(pixel(&d, 11, 15)[c], frame_at(&d, 11, 15, c));
        ck_assert_int_eq(pixel(&d, 31, 15)[c], frame_at(&d, 31, 15, c));
    }
    end(&d);
}
END_TEST

START_TEST(cutout) {
    drawn d;
    begin(&d, SEG_U8, _i ? 4 : 3);
    add_mask(&d);
    put_box(&d.result.mask, (seg_rect){10, 10, 10, 10}, 255);
    ck_assert_ok(draw(&d, SEG_RENDER_CUTOUT));
    ck_assert_int_eq(d.picture.channels, 4);
    ck_assert_int_eq(pixel(&d, 5, 5)[3], 0);
    /* alpha of the frame, 255 without */
    ck_assert_int_eq(pixel(&d, 15, 15)[3], _i ? frame_at(&d, 15, 15, 3) : 255);
    for (int c = 0; c < 3; c++)
        ck_assert_int_eq(pixel(&d, 15, 15)[c], frame_at(&d, 15, 15, c));
    end(&d);
}
END_TEST

/* ---- as they are ---- */

START_TEST(score_background_and_picture) {
    drawn d;
    begin(&d, SEG_U8, 1);
    seg_image *const images[] = {&d.result.score, &d.result.background, &d.result.picture};
    const seg_render_kind kinds[] = {SEG_RENDER_SCORE, SEG_RENDER_BACKGROUND, SEG_RENDER_PICTURE};
    const uint32_t bits[] = {SEG_OUTPUT_SCORE, SEG_OUTPUT_BACKGROUND, SEG_OUTPUT_PICTURE};
    const seg_format formats[] = {SEG_U16, SEG_U8, SEG_F32};
    for (int i = 0; i < 3; i++) {
        ck_assert_fails(draw(&d, kinds[i]), SEG_ERROR_UNSUPPORTED, "gives none");
        ck_assert_ok(seg_image_alloc(images[i], WIDTH, HEIGHT, formats[i], 1 + i, NULL));
        scene_paint(images[i], i);
        d.result.outputs |= bits[i];
        ck_assert_ok(draw(&d, kinds[i]));
        ck_assert_uint_eq(scene_fnv_image(0, &d.picture), scene_fnv_image(0, images[i]));
    }
    end(&d);
}
END_TEST

START_TEST(mistakes) {
    drawn d;
    begin(&d, SEG_U8, 1);
    ck_assert_fails(draw(&d, SEG_RENDER_OVERLAY), SEG_ERROR_UNSUPPORTED, "overlay");
    add_mask(&d);
    ck_assert_fails(draw(&d, (seg_render_kind)17), SEG_ERROR_ARGUMENT, "17");
    ck_assert_fails(seg_render(&d.picture, SEG_RENDER_CUTOUT, NULL, &d.result, NULL),
                    SEG_ERROR_ARGUMENT, "frame");
    ck_assert_fails(seg_render(NULL, SEG_RENDER_MASK, NULL, &d.result, NULL), SEG_ERROR_ARGUMENT,
                    "picture");
    seg_image_unref(&d.frame.image);
    ck_assert_ok(seg_image_alloc(&d.frame.image, WIDTH, HEIGHT + 1, SEG_U8, 1, NULL));
    ck_assert_fails(draw(&d, SEG_RENDER_OVERLAY), SEG_ERROR_SHAPE, "64x41");
    end(&d);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("render");
    TCase *cases = tcase_create("render");
    tcase_add_test(cases, colours_of_labels);
    tcase_add_test(cases, names_and_needs);
    tcase_add_test(cases, mask_and_labels_of_a_mask);
    tcase_add_test(cases, mask_and_colours_of_labels);
    tcase_add_loop_test(cases, overlay, 0, 9);
    tcase_add_test(cases, overlay_on_luma_alone);
    tcase_add_test(cases, contours);
    tcase_add_loop_test(cases, cutout, 0, 2);
    tcase_add_test(cases, score_background_and_picture);
    tcase_add_test(cases, mistakes);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
