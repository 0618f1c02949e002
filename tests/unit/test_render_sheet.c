/* Text, thumbnails and contact sheets: letters pixel by pixel, areas by brute force. */
#include "core/memory.h"
#include "core/random.h"
#include "core_main.h"
#include "render/font.h"
#include "render/thumbnail.h"
#include <segment/render.h>

#include <math.h>

static seg_image picture(int32_t width, int32_t height, seg_format format, int channels) {
    seg_image made = {0};
    ck_assert_ok(seg_image_alloc(&made, width, height, format, channels, NULL));
    return made;
}

static uint8_t *at(const seg_image *image, int32_t x, int32_t y) {
    return (uint8_t *)seg_image_row(image, y) + (ptrdiff_t)x * image->channels;
}

static void noise(seg_image *image, uint64_t seed) {
    const seg_random stream = seg_random_stream(seed, 0, 0);
    uint32_t n = 0;
    for (int32_t y = 0; y < image->height; y++)
        for (int32_t i = 0; i < image->width * image->channels; i++)
            ((uint8_t *)seg_image_row(image, y))[i] = (uint8_t)seg_random_below(&stream, n++, 256);
}

/* ---- text ---- */

/* "T" is a bar over a post: the font's own shape, and nothing beside it. */
START_TEST(a_letter) {
    static const char *const shape[SEG_FONT_HEIGHT] = {
        "", "", " #####", "   #", "   #", "   #", "   #", "   #", "   #", "   #", "   #", "", ""};
    seg_image page = picture(9, 15, SEG_U8, 1);
    ck_assert_ok(seg_render_text(&page, 1, 1, "T", 0xffffff, 1));
    for (int32_t y = 0; y < 15; y++)
        for (int32_t x = 0; x < 9; x++) {
            const int row = y - 1, column = x - 1;
            bool set = false;
            if (row >= 0 && row < SEG_FONT_HEIGHT && column >= 0 &&
                column < (int)strlen(shape[row]))
                set = shape[row][column] == '#';
            ck_assert_msg(*at(&page, x, y) == (set ? 255 : 0), "at %d, %d", x, y);
        }
    seg_image_unref(&page);
}
END_TEST

/* Wherever it is put, and however large: what is inside is as on an endless page. */
START_TEST(text_is_cut_at_the_edges) {
    const char *words = "Ag\xc3\xa9!";
    for (int32_t scale = 1; scale <= 3; scale++)
        for (int32_t x = -40; x <= 40; x += 5)
            for (int32_t y = -20; y <= 20; y += 5) {
                seg_image endless = picture(300, 200, SEG_U8, 3), page = picture(24, 16, SEG_U8, 3);
                ck_assert_ok(seg_render_text(&endless, x + 100, y + 80, words, 0x0a14c8, scale));
                ck_assert_ok(seg_render_text(&page, x, y, words, 0x0a14c8, scale));
                for (int32_t row = 0; row < 16; row++)
                    ck_assert_mem_eq(at(&page, 0, row), at(&endless, 100, 80 + row), 72);
                seg_image_unref(&endless);
                seg_image_unref(&page);
            }
}
END_TEST

START_TEST(text_colours_and_scale) {
    seg_image grey = picture(40, 30, SEG_U8, 1), rgba = picture(40, 30, SEG_U8, 4);
    ck_assert_ok(seg_render_text(&grey, 0, 0, "T", 0xff0000, 2));
    ck_assert_ok(seg_render_text(&rgba, 0, 0, "T", 0xff8001, 2));
    for (int32_t y = 4; y < 6; y++) /* the bar, two pixels thick */
        for (int32_t x = 2; x < 12; x++) {
            ck_assert_int_eq(*at(&grey, x, y), 76); /* 0.299 * 255 */
            ck_assert_mem_eq(at(&rgba, x, y), "\xff\x80\x01\xff", 4);
        }
    ck_assert_int_eq(*at(&grey, 12, 4), 0);
    ck_assert_int_eq(*at(&grey, 1, 4), 0);
    ck_assert_int_eq(*at(&grey, 2, 3), 0);
    ck_assert_int_eq(*at(&grey, 2, 6), 0);
    seg_image_unref(&grey);
    seg_image_unref(&rgba);
}
END_TEST

START_TEST(letters_of_utf8) {
    ck_assert_int_eq(seg_text_width("abc", 2), 3 * SEG_FONT_WIDTH * 2);
    ck_assert_int_eq(seg_text_width("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 1), 3 * SEG_FONT_WIDTH);
    ck_assert_int_eq(seg_text_width("\xff\xc3", 1), 2 * SEG_FONT_WIDTH); /* a box for each byte */
    ck_assert_int_eq(seg_text_width(NULL, 1), 0);
    const char *euro = "\xe2\x82\xac", *end = euro;
    ck_assert_uint_eq(seg_font_next(&end), 0x20ac);
    ck_assert_ptr_eq(end, euro + 3);
    const char *cut = "\xe2\x82";
    ck_assert_uint_eq(seg_font_next(&cut), UINT32_MAX);
    ck_assert_ptr_eq(seg_font_glyph(0x20ac), seg_font_glyph(UINT32_MAX));
    ck_assert_ptr_eq(seg_font_glyph('\n'), seg_font_glyph(UINT32_MAX));
    ck_assert_ptr_ne(seg_font_glyph(0xe9), seg_font_glyph(UINT32_MAX));
    /* every letter of the font but the spaces shows something, no two of ASCII are alike */
    for (uint32_t a = 0x21; a < 0x7f; a++)
        for (uint32_t b = a + 1; b < 0x7f; b++)
            ck_assert(memcmp(seg_font_glyph(a), seg_font_glyph(b), SEG_FONT_HEIGHT) != 0);
}
END_TEST

START_TEST(text_refusals) {
    seg_image page = picture(9, 9, SEG_U8, 1), deep = picture(9, 9, SEG_U16, 1);
    ck_assert_fails(seg_render_text(&page, 0, 0, "x", 0, 0), SEG_ERROR_ARGUMENT, "scale");
    ck_assert_fails(seg_render_text(&page, 0, 0, NULL, 0, 1), SEG_ERROR_ARGUMENT, "text");
    ck_assert_fails(seg_render_text(&deep, 0, 0, "x", 0, 1), SEG_ERROR_UNSUPPORTED, "picture");
    ck_assert_ok(seg_render_text(&page, INT32_MAX, INT32_MIN, "xx", 0xffffff, 1000));
    ck_assert_ok(seg_render_text(&page, INT32_MIN, 0, "xx", 0xffffff, 1000));
    seg_image_unref(&page);
    seg_image_unref(&deep);
}
END_TEST

/* ---- thumbnails ---- */

/* The share of source pixel `i` of `source` that lies in target pixel `t` of `target`. */
static double share(int32_t i, int32_t source, int32_t t, int32_t target) {
    const double left = (double)t * source / target, right = (double)(t + 1) * source / target;
    return fmax(0, fmin(right, i + 1) - fmax(left, i));
}

static void check_areas(int32_t width, int32_t height, int32_t to_width, int32_t to_height) {
    seg_image from = picture(width, height, SEG_U8, 3),
              to = picture(to_width, to_height, SEG_U8, 3);
    noise(&from, (uint64_t)width * 1000 + (uint64_t)to_width);
    ck_assert_ok(seg_thumbnail_draw(&to, &from, NULL));
    for (int32_t y = 0; y < to_height; y++)
        for (int32_t x = 0; x < to_width; x++)
            for (int c = 0; c < 3; c++) {
                double sum = 0, area = 0;
                for (int32_t j = 0; j < height; j++)
                    for (int32_t i = 0; i < width; i++) {
                        const double part =
                            share(i, width, x, to_width) * share(j, height, y, to_height);
                        sum += part * at(&from, i, j)[c];
                        area += part;
                    }
                ck_assert_double_le(fabs(at(&to, x, y)[c] - sum / area), 0.5 + 1e-9);
            }
    seg_image_unref(&from);
    seg_image_unref(&to);
}

START_TEST(thumbnails_are_means_of_areas) {
    check_areas(20, 15, 7, 4);
    check_areas(9, 9, 9, 9);
    check_areas(31, 3, 4, 1);
    check_areas(4, 3, 12, 9);
    check_areas(1, 1, 3, 3);
    check_areas(5, 7, 4, 6);
}
END_TEST

START_TEST(thumbnail_sizes) {
    static const int32_t cases[][6] = {
        /* picture, cell, wanted */
        {1920, 1080, 320, 240, 320, 180}, {1080, 1920, 320, 240, 135, 240},
        {100, 80, 320, 240, 300, 240},    {320, 240, 320, 240, 320, 240},
        {321, 240, 320, 240, 320, 239},   {100000, 1, 320, 240, 320, 1},
        {1, 100000, 320, 240, 1, 240},    {1, 1, 320, 240, 240, 240}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const int32_t *c = cases[i];
        const seg_image image = {.width = c[0], .height = c[1]};
        int32_t width, height;
        seg_thumbnail_size(&width, &height, &image, c[2], c[3]);
        ck_assert_int_eq(width, c[4]);
        ck_assert_int_eq(height, c[5]);
    }
}
END_TEST

START_TEST(thumbnail_of_a_picture) {
    seg_image from = picture(40, 20, SEG_U16, 1), to = {0};
    ck_assert_ok(seg_render_thumbnail(&to, &from, 10, 10, NULL));
    ck_assert_int_eq(to.width, 10);
    ck_assert_int_eq(to.height, 5);
    ck_assert_int_eq(to.channels, 3);
    ck_assert_ok(seg_render_thumbnail(&to, &from, 85, 90, NULL));
    ck_assert_int_eq(to.width, 80);
    ck_assert_fails(seg_render_thumbnail(&to, &from, 0, 9, NULL), SEG_ERROR_ARGUMENT, "0 x 9");
    ck_assert_fails(seg_render_thumbnail(NULL, &from, 9, 9, NULL), SEG_ERROR_ARGUMENT, "thumbnail");
    ck_assert_fails(seg_render_thumbnail(&to, NULL, 9, 9, NULL), SEG_ERROR_ARGUMENT, "picture");
    seg_image_unref(&from);
    seg_image_unref(&to);
}
END_TEST

/* ---- sheets ---- */

/* One picture of one colour in a cell of its size: margin, picture, frame, caption. */
START_TEST(sheet_by_hand) {
    seg_image red = picture(64, 48, SEG_U8, 3), sheet = {0};
    for (int32_t y = 0; y < 48; y++)
        for (int32_t x = 0; x < 64; x++)
            memcpy(at(&red, x, y), "\xff\x00\x00", 3);
    const seg_sheet_cell cell = {&red, "one"};
    seg_sheet_options options;
    seg_sheet_options_init(&options);
    options.cell_width = 64;
    options.cell_height = 48;
    ck_assert_ok(seg_render_sheet(&sheet, &cell, 1, &options, NULL));
    ck_assert_int_eq(sheet.width, 16 + 64 + 16);
    ck_assert_int_eq(sheet.height, 16 + 48 + 17 + 16);
    int32_t reds = 0;
    for (int32_t y = 0; y < sheet.height; y++)
        for (int32_t x = 0; x < sheet.width; x++) {
            const bool is_red = memcmp(at(&sheet, x, y), "\xff\x00\x00", 3) == 0;
            ck_assert(is_red == (x >= 16 && x < 80 && y >= 16 && y < 64));
            reds += is_red;
        }
    ck_assert_int_eq(reds, 64 * 48);
    ck_assert_mem_eq(at(&sheet, 0, 0), "\xff\xff\xff", 3);
    seg_image words = picture(64, 13, SEG_U8, 3);
    memset(words.data, 255, (size_t)words.stride * 13);
    ck_assert_ok(seg_render_text(&words, 0, 0, "one", 0x1f2328, 1));
    for (int32_t y = 0; y < 13; y++)
        ck_assert_mem_eq(at(&sheet, 16, 68 + y), at(&words, 0, y), 3 * 64);
    seg_image_unref(&words);
    seg_image_unref(&red);
    seg_image_unref(&sheet);
}
END_TEST

START_TEST(sheet_of_many) {
    seg_image pictures[7], sheet = {0};
    seg_sheet_cell cells[7];
    static const seg_format formats[] = {SEG_U8, SEG_U16, SEG_F32};
    for (int i = 0; i < 7; i++) {
        pictures[i] = picture(10 + 40 * i, 300 - 35 * i, formats[i % 3], 1 + i % 4);
        cells[i] = (seg_sheet_cell){&pictures[i], i % 2 ? "a caption that is far too long for a "
                                                          "cell of this width\nsecond"
                                                        : NULL};
    }
    cells[3].picture = NULL;
    const seg_sheet_key keys[] = {{0x123456, "found"}, {0x654321, NULL}};
    seg_sheet_options options;
    seg_sheet_options_init(&options);
    options.cell_width = 100;
    options.cell_height = 90;
    options.title = "A title that is longer than the sheet of three columns would be wide, much "
                    "longer, and then some";
    options.keys = keys;
    options.key_count = 2;
    options.columns = 3;
    ck_assert_ok(seg_render_sheet(&sheet, cells, 7, &options, NULL));
    ck_assert_int_eq(sheet.channels, 3);
    ck_assert_int_eq(sheet.width, 2 * 16 + 3 * 116);
    ck_assert_mem_eq(at(&sheet, 16 + 5, 16 + 42 + 5), "\x12\x34\x56", 3); /* the first key */
    options.columns = 0;
    ck_assert_ok(seg_render_sheet(&sheet, cells, 7, &options, NULL));
    for (int i = 0; i < 7; i++)
        seg_image_unref(&pictures[i]);
    seg_image_unref(&sheet);
}
END_TEST

START_TEST(sheet_refusals) {
    seg_image sheet = {0}, small = picture(4, 4, SEG_U8, 1), labels = picture(4, 4, SEG_LABEL32, 1);
    seg_sheet_cell cell = {&small, NULL};
    seg_sheet_options options;
    seg_sheet_options_init(&options);
    ck_assert_fails(seg_render_sheet(&sheet, &cell, 0, NULL, NULL), SEG_ERROR_ARGUMENT, "count");
    ck_assert_fails(seg_render_sheet(NULL, &cell, 1, NULL, NULL), SEG_ERROR_ARGUMENT, "sheet");
    options.cell_width = 3;
    ck_assert_fails(seg_render_sheet(&sheet, &cell, 1, &options, NULL), SEG_ERROR_OPTION,
                    "cell_width");
    options.cell_width = 100;
    options.key_count = 1;
    ck_assert_fails(seg_render_sheet(&sheet, &cell, 1, &options, NULL), SEG_ERROR_OPTION,
                    "key_count");
    cell.picture = &labels;
    ck_assert_fails(seg_render_sheet(&sheet, &cell, 1, NULL, NULL), SEG_ERROR_UNSUPPORTED, "cell");
    cell.picture = &small;
    const seg_limits limits = {.max_pixels = 1000};
    const seg_env env = {.limits = &limits};
    ck_assert_fails(seg_render_sheet(&sheet, &cell, 1, NULL, &env), SEG_ERROR_LIMIT, "");
    ck_assert(seg_image_empty(&sheet));
    const int64_t before = seg_memory_live();
    int64_t n = 1;
    for (seg_status status = SEG_ERROR_MEMORY; status != SEG_OK; n++) {
        seg_memory_fail_at(n);
        status = seg_render_sheet(&sheet, &cell, 1, NULL, NULL);
        seg_memory_fail_at(0);
        ck_assert(status == SEG_OK || status == SEG_ERROR_MEMORY);
        if (status < 0) ck_assert_int_eq(seg_memory_live(), before);
    }
    ck_assert_int_gt(n, 4);
    seg_image_unref(&sheet);
    seg_image_unref(&small);
    seg_image_unref(&labels);
}
END_TEST

CORE_MAIN("text and sheets", a_letter, text_is_cut_at_the_edges, text_colours_and_scale,
          letters_of_utf8, text_refusals, thumbnails_are_means_of_areas, thumbnail_sizes,
          thumbnail_of_a_picture, sheet_by_hand, sheet_of_many, sheet_refusals)
