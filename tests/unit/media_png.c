/* PNG: every colour type and depth, damage, orientation, round trips. */
#include "media_pictures.h"

/* ---- files by hand, and what must come out ---- */

enum { GREY = 0, RGB = 2, PALETTE = 3, GREY_ALPHA = 4, RGB_ALPHA = 6 };

typedef struct kind {
    int type, depth;
} kind;

static const kind kinds[] = {
    {GREY, 1},    {GREY, 2},       {GREY, 4},        {GREY, 8},      {GREY, 16},
    {RGB, 8},     {RGB, 16},       {PALETTE, 1},     {PALETTE, 2},   {PALETTE, 4},
    {PALETTE, 8}, {GREY_ALPHA, 8}, {GREY_ALPHA, 16}, {RGB_ALPHA, 8}, {RGB_ALPHA, 16},
};
#define KINDS (int)(sizeof kinds / sizeof *kinds)

static int samples_of(int type) {
    return type == RGB ? 3 : type == GREY_ALPHA ? 2 : type == RGB_ALPHA ? 4 : 1;
}

#define SIDE 40

/* The samples of a file as they stand in it. */
typedef struct raw_picture {
    kind kind;
    int32_t width, height;
    uint16_t samples[SIDE][SIDE][4];
    uint8_t palette[256][3];
    int colours; /* of the palette */
} raw_picture;

static void fill_raw(raw_picture *raw, kind k, int32_t width, int32_t height, uint32_t seed) {
    raw->kind = k;
    raw->width = width;
    raw->height = height;
    raw->colours = k.depth < 8 ? 1 << k.depth : 200;
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++)
            for (int c = 0; c < 4; c++) {
                uint32_t v = media_random(&seed) & ((1u << k.depth) - 1);
                raw->samples[y][x][c] =
                    (uint16_t)(k.type == PALETTE ? v % (unsigned)raw->colours : v);
            }
    for (int i = 0; i < 256; i++)
        for (int c = 0; c < 3; c++)
            raw->palette[i][c] = (uint8_t)media_random(&seed);
}

/* The rows of one pass: pixels x0 + i dx, y0 + j dy; filter 0. */
static void put_pass(media_bytes *rows, const raw_picture *raw, int x0, int y0, int dx, int dy) {
    int samples = samples_of(raw->kind.type);
    for (int y = y0; y < raw->height; y += dy) {
        if (x0 >= raw->width) return;
        media_put_byte(rows, 0);
        unsigned bits = 0;
        int used = 0;
        for (int x = x0; x < raw->width; x += dx)
            for (int c = 0; c < samples; c++) {
                unsigned v = raw->samples[y][x][c];
                if (raw->kind.depth == 16) {
                    media_put_byte(rows, v >> 8);
                    media_put_byte(rows, v & 255);
                    continue;
                }
                bits = bits << raw->kind.depth | v;
                used += raw->kind.depth;
                if (used == 8) {
                    media_put_byte(rows, bits);
                    bits = 0;
                    used = 0;
                }
            }
        if (used) media_put_byte(rows, bits << (8 - used));
    }
}

static const int passes[7][4] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                                 {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};

/* The whole file; `transparency` is the content of tRNS, or NULL. */
static media_bytes make_file(const raw_picture *raw, bool interlaced, const uint8_t *transparency,
                             size_t transparency_size) {
    media_bytes png = {0}, rows = {0};
    media_put_png_start(&png, (uint32_t)raw->width, (uint32_t)raw->height, raw->kind.depth,
                        raw->kind.type, interlaced);
    if (raw->kind.type == PALETTE)
        media_put_chunk(&png, "PLTE", raw->palette, (size_t)raw->colours * 3);
    if (transparency) media_put_chunk(&png, "tRNS", transparency, transparency_size);
    if (interlaced)
        for (int i = 0; i < 7; i++)
            put_pass(&rows, raw, passes[i][0], passes[i][1], passes[i][2], passes[i][3]);
    else
        put_pass(&rows, raw, 0, 0, 1, 1);
    media_put_png_data(&png, rows.data, rows.size);
    media_put_chunk(&png, "IEND", NULL, 0);
    media_free(&rows);
    return png;
}

static unsigned sample_at(const seg_image *image, int x, int y, int c) {
    const void *row = seg_image_row(image, y);
    int i = x * image->channels + c;
    return image->format == SEG_U8 ? ((const uint8_t *)row)[i] : ((const uint16_t *)row)[i];
}

/* What a file's sample becomes. */
static unsigned expected_sample(const raw_picture *raw, int x, int y, int c) {
    unsigned v = raw->samples[y][x][c];
    if (raw->kind.type == PALETTE) return raw->palette[raw->samples[y][x][0]][c];
    if (raw->kind.depth >= 8) return v;
    return v * 255 / ((1u << raw->kind.depth) - 1);
}

static void check_samples(const seg_image *image, const raw_picture *raw, int channels) {
    ck_assert_int_eq(image->width, raw->width);
    ck_assert_int_eq(image->height, raw->height);
    ck_assert_int_eq(image->format, raw->kind.depth == 16 ? SEG_U16 : SEG_U8);
    for (int y = 0; y < raw->height; y++)
        for (int x = 0; x < raw->width; x++)
            for (int c = 0; c < channels; c++)
                ck_assert_msg(sample_at(image, x, y, c) == expected_sample(raw, x, y, c),
                              "type %d depth %d: pixel %d,%d channel %d is %u, not %u",
                              raw->kind.type, raw->kind.depth, x, y, c, sample_at(image, x, y, c),
                              expected_sample(raw, x, y, c));
}

START_TEST(every_type_and_depth) {
    static raw_picture raw;
    static const int32_t sizes[][2] = {{1, 1}, {2, 1}, {1, 2}, {3, 5},   {5, 3},
                                       {7, 7}, {8, 8}, {9, 9}, {33, 12}, {40, 40}};
    for (int k = 0; k < KINDS; k++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            for (int interlaced = 0; interlaced < 2; interlaced++) {
                fill_raw(&raw, kinds[k], sizes[s][0], sizes[s][1], (uint32_t)(1000 * k) + 1);
                media_bytes png = make_file(&raw, interlaced, NULL, 0);
                seg_image image = {0};
                seg_picture_info info;
                ck_assert_ok(seg_picture_decode(&image, &info, png.data, png.size, NULL, NULL));
                int channels = kinds[k].type == PALETTE ? 3 : samples_of(kinds[k].type);
                ck_assert_int_eq(image.channels, channels);
                ck_assert_int_eq(info.source_bits, kinds[k].depth);
                ck_assert_int_eq(info.orientation, 1);
                ck_assert_str_eq(info.codec, "png");
                ck_assert_str_eq(info.warning, "");
                check_samples(&image, &raw, channels);
                seg_image_unref(&image);
                media_free(&png);
            }
}
END_TEST

START_TEST(transparent_colours) {
    static raw_picture raw;
    for (int k = 0; k < KINDS; k++) {
        int type = kinds[k].type;
        if (type == GREY_ALPHA || type == RGB_ALPHA) continue;
        for (int interlaced = 0; interlaced < 2; interlaced++) {
            fill_raw(&raw, kinds[k], 21, 13, (uint32_t)k);
            const uint16_t *key = raw.samples[5][6];
            uint8_t transparency[6] = {10, 20};
            for (int c = 0; c < 3 && type != PALETTE; c++) {
                transparency[2 * c] = (uint8_t)(key[c] >> 8);
                transparency[2 * c + 1] = (uint8_t)key[c];
            }
            size_t size = type == GREY || type == PALETTE ? 2 : 6;
            media_bytes png = make_file(&raw, interlaced, transparency, size);
            seg_image image = {0};
            ck_assert_ok(seg_picture_decode(&image, NULL, png.data, png.size, NULL, NULL));
            int colours = type == GREY ? 1 : 3;
            ck_assert_int_eq(image.channels, colours + 1);
            check_samples(&image, &raw, colours);
            unsigned opaque = kinds[k].depth == 16 ? 65535 : 255;
            for (int y = 0; y < raw.height; y++)
                for (int x = 0; x < raw.width; x++) {
                    const uint16_t *s = raw.samples[y][x];
                    unsigned alpha = opaque;
                    if (type == PALETTE)
                        alpha = s[0] < 2 ? transparency[s[0]] : 255;
                    else if (s[0] == key[0] && (type == GREY || (s[1] == key[1] && s[2] == key[2])))
                        alpha = 0;
                    ck_assert_uint_eq(sample_at(&image, x, y, colours), alpha);
                }
            seg_image_unref(&image);
            media_free(&png);
        }
    }
}
END_TEST

START_TEST(grey_palettes_are_grey) {
    static raw_picture raw;
    static const kind paletted[] = {{PALETTE, 1}, {PALETTE, 4}, {PALETTE, 8}};
    for (size_t k = 0; k < 3; k++)
        for (int transparency = 0; transparency < 3; transparency++) {
            fill_raw(&raw, paletted[k], 17, 9, 5);
            for (int i = 0; i < 256; i++)
                raw.palette[i][1] = raw.palette[i][2] = raw.palette[i][0];
            /* none; one that says opaque; a real one */
            uint8_t alpha[2] = {255, transparency == 2 ? 7 : 255};
            media_bytes png = make_file(&raw, false, transparency ? alpha : NULL, 2);
            seg_image image = {0};
            ck_assert_ok(seg_picture_decode(&image, NULL, png.data, png.size, NULL, NULL));
            ck_assert_int_eq(image.channels, transparency == 2 ? 2 : 1);
            ck_assert_int_eq(image.colour, SEG_COLOUR_GREY);
            check_samples(&image, &raw, 1);
            for (int x = 0; x < raw.width && transparency == 2; x++)
                ck_assert_uint_eq(sample_at(&image, x, 3, 1), raw.samples[3][x][0] == 1 ? 7 : 255);
            seg_image_unref(&image);
            media_free(&png);
        }
}
END_TEST

/* ---- damage ---- */

static media_bytes make_small(void) {
    static raw_picture raw;
    fill_raw(&raw, (kind){RGB, 8}, 16, 12, 3);
    return make_file(&raw, false, NULL, 0);
}

/* Decodes; the picture is thrown away. */
/* Labels that are stored as a palette: the indices, whatever their colours are; palettes of grey
 * stay what they are. */
START_TEST(indices_of_palettes) {
    static raw_picture raw;
    seg_picture_read_options options;
    seg_picture_read_options_init(&options);
    options.indices = true;
    for (int k = 0; k < KINDS; k++) {
        if (kinds[k].type != PALETTE) continue;
        seg_image image = {0};
        fill_raw(&raw, kinds[k], 29, 13, 5);
        const uint8_t alpha[2] = {0, 128};
        for (int transparent = 0; transparent < 2; transparent++) {
            media_bytes png = make_file(&raw, transparent, transparent ? alpha : NULL, 2);
            ck_assert_ok(seg_picture_decode(&image, NULL, png.data, png.size, &options, NULL));
            ck_assert_int_eq(image.channels, 1);
            for (int y = 0; y < raw.height; y++)
                for (int x = 0; x < raw.width; x++)
                    ck_assert_uint_eq(sample_at(&image, x, y, 0), raw.samples[y][x][0]);
            seg_image_unref(&image);
            media_free(&png);
        }
        for (int i = 0; i < 256; i++)
            raw.palette[i][0] = raw.palette[i][1] = raw.palette[i][2];
        media_bytes png = make_file(&raw, false, NULL, 0);
        ck_assert_ok(seg_picture_decode(&image, NULL, png.data, png.size, &options, NULL));
        ck_assert_int_eq(image.channels, 1);
        check_samples(&image, &raw, 1);
        seg_image_unref(&image);
        media_free(&png);
    }
}
END_TEST

static seg_status try_decode(const media_bytes *png, seg_picture_info *info) {
    seg_image image = {0};
    seg_status status = seg_picture_decode(&image, info, png->data, png->size, NULL, NULL);
    ck_assert(seg_image_empty(&image) == (status < 0));
    seg_image_unref(&image);
    return status;
}

START_TEST(damaged_files) {
    seg_picture_info info;
    media_bytes png = make_small();
    const size_t idat = 33, end = png.size - 12;

    png.data[end - 1] ^= 1; /* checksum of IDAT */
    ck_assert_ok(try_decode(&png, &info));
    ck_assert_ptr_nonnull(strstr(info.warning, "CRC"));
    png.data[end - 1] ^= 1;

    png.data[20] ^= 1; /* height: its checksum is wrong now */
    ck_assert_fails(try_decode(&png, &info), SEG_ERROR_DATA, "checksum");
    png.data[20] ^= 1;

    png.size = end; /* no IEND */
    ck_assert_ok(try_decode(&png, &info));
    ck_assert_ptr_nonnull(strstr(info.warning, "after the last row"));

    png.size = end - 40; /* rows are missing */
    ck_assert_fails(try_decode(&png, &info), SEG_ERROR_DATA, "damaged PNG");
    png.size = end + 12;

    png.data[idat + 8] ^= 0x55; /* no zlib stream */
    ck_assert_fails(try_decode(&png, &info), SEG_ERROR_DATA, "damaged PNG");
    png.data[idat + 8] ^= 0x55;
    ck_assert_ok(try_decode(&png, &info));
    media_free(&png);
}
END_TEST

START_TEST(odd_files) {
    seg_picture_info info;
    media_bytes png = {0};
    ck_assert_fails(try_decode(&png, &info), SEG_ERROR_DATA, "empty");
    media_put(&png, "\x89PNG\r\n\x1a\n", 8);
    ck_assert_fails(try_decode(&png, &info), SEG_ERROR_DATA, "incomplete");
    media_put(&png, "\0\0\0\4CgBI\x50\0\x20\2", 12);
    media_put(&png, "rest of Apple's own variant", 27);
    ck_assert_fails(try_decode(&png, &info), SEG_ERROR_UNSUPPORTED, "CgBI");
    media_free(&png);
}
END_TEST

START_TEST(large_pictures_are_refused_unseen) {
    media_bytes png = {0};
    seg_picture_info info;
    media_put_png_start(&png, 65536, 65536, 8, RGB, 0);
    media_put_png_data(&png, (const uint8_t *)"", 0);
    int64_t live = seg_memory_live();
    ck_assert_fails(try_decode(&png, &info), SEG_ERROR_LIMIT, "--max-pixels");
    ck_assert_ptr_nonnull(strstr(seg_error_detail(), "65536x65536"));
    ck_assert(seg_memory_live() == live);

    /* Limits of the caller, both sides of them. */
    media_bytes small = make_small();
    seg_limits limits = {.max_pixels = 16 * 12};
    seg_env env = {.limits = &limits};
    seg_image image = {0};
    ck_assert_ok(seg_picture_decode(&image, NULL, small.data, small.size, NULL, &env));
    seg_image_unref(&image);
    limits.max_pixels--;
    ck_assert_fails(seg_picture_decode(&image, NULL, small.data, small.size, NULL, &env),
                    SEG_ERROR_LIMIT, "16x12");
    limits = (seg_limits){.max_side = 15};
    ck_assert_fails(seg_picture_decode(&image, NULL, small.data, small.size, NULL, &env),
                    SEG_ERROR_LIMIT, "15 a side");
    media_free(&small);
    media_free(&png);
}
END_TEST

/* ---- orientation ---- */

static media_bytes with_orientation(int orientation, bool big_endian, bool at_end) {
    static raw_picture raw;
    fill_raw(&raw, (kind){RGB, 8}, 5, 3, 9);
    media_bytes png = make_file(&raw, false, NULL, 0), chunk = {0}, exif = {0}, all = {0};
    media_put_exif(&exif, orientation, big_endian);
    media_put_chunk(&chunk, "eXIf", exif.data, exif.size);
    size_t where = at_end ? png.size - 12 : 33;
    media_put(&all, png.data, where);
    media_put(&all, chunk.data, chunk.size);
    media_put(&all, png.data + where, png.size - where);
    media_free(&png);
    media_free(&chunk);
    media_free(&exif);
    return all;
}

START_TEST(orientation_is_applied) {
    seg_picture_read_options stored_options;
    seg_picture_read_options_init(&stored_options);
    ck_assert(stored_options.autorotate);
    stored_options.autorotate = false;
    for (int orientation = 0; orientation <= 9; orientation++)
        for (int variant = 0; variant < 4; variant++) {
            media_bytes png = with_orientation(orientation, variant & 1, variant & 2);
            seg_image shown = {0}, stored = {0};
            seg_picture_info info;
            ck_assert_ok(seg_picture_decode(&shown, &info, png.data, png.size, NULL, NULL));
            ck_assert_ok(
                seg_picture_decode(&stored, NULL, png.data, png.size, &stored_options, NULL));
            int real = orientation < 1 || orientation > 8 ? 1 : orientation;
            ck_assert_int_eq(info.orientation, real);
            ck_assert_int_eq(stored.width, 5);
            ck_assert_int_eq(shown.width, real >= 5 ? 3 : 5);
            ck_assert_int_eq(shown.height, real >= 5 ? 5 : 3);
            for (int y = 0; y < stored.height; y++)
                for (int x = 0; x < stored.width; x++) {
                    int32_t sx, sy;
                    media_orient(&sx, &sy, x, y, stored.width, stored.height, real);
                    for (int c = 0; c < 3; c++)
                        ck_assert_uint_eq(sample_at(&shown, sx, sy, c),
                                          sample_at(&stored, x, y, c));
                }
            seg_image_unref(&shown);
            seg_image_unref(&stored);
            media_free(&png);
        }
}
END_TEST

/* ---- writing ---- */

/* Encodes and decodes; *size (may be NULL) gets the bytes, *depth the file's bits. */
static seg_image round_trip(const seg_image *image, int compression, size_t *size, int *depth) {
    seg_picture_write_options options;
    seg_picture_write_options_init(&options);
    options.format = "png";
    options.compression = compression;
    void *bytes = NULL;
    size_t count = 0;
    ck_assert_ok(seg_picture_encode(&bytes, &count, image, &options, NULL));
    if (size) *size = count;
    if (depth) *depth = ((const uint8_t *)bytes)[24];
    seg_image back = {0};
    ck_assert_ok(seg_picture_decode(&back, NULL, bytes, count, NULL, NULL));
    seg_bytes_free(bytes, NULL);
    return back;
}

START_TEST(samples_survive) {
    for (int format = SEG_U8; format <= SEG_U16; format++)
        for (int channels = 1; channels <= 4; channels++)
            for (int compression = 0; compression <= 9; compression++) {
                seg_image image =
                    media_picture(37, 11, (seg_format)format, channels, 8 * format, 11);
                int depth;
                seg_image back = round_trip(&image, compression, NULL, &depth);
                ck_assert(media_equal(&image, &back));
                ck_assert_int_eq(depth, 8 * format);
                seg_image_unref(&image);
                seg_image_unref(&back);
            }
}
END_TEST

START_TEST(masks_take_one_bit) {
    for (int32_t width = 1; width <= 70; width++)
        for (int compression = 0; compression <= 9; compression += 3) {
            seg_image mask = media_mask(width, 9, (uint32_t)width);
            int depth;
            seg_image back = round_trip(&mask, compression, NULL, &depth);
            ck_assert_int_eq(depth, 1);
            ck_assert(media_equal(&mask, &back));
            seg_image_unref(&back);
            /* Grey pictures keep 8 bits, and so do masks with a third value. */
            mask.colour = SEG_COLOUR_GREY;
            back = round_trip(&mask, compression, NULL, &depth);
            ck_assert_int_eq(depth, 8);
            seg_image_unref(&back);
            mask.colour = SEG_COLOUR_DATA;
            ((uint8_t *)seg_image_row(&mask, 8))[width - 1] = 254;
            back = round_trip(&mask, compression, NULL, &depth);
            ck_assert_int_eq(depth, 8);
            ck_assert(media_equal(&mask, &back));
            seg_image_unref(&back);
            seg_image_unref(&mask);
        }
}
END_TEST

START_TEST(fewer_bits_fill_the_scale) {
    for (int bits = 9; bits < 16; bits++) {
        seg_image image = media_picture(64, 8, SEG_U16, 1, bits, 4);
        unsigned largest = (1u << bits) - 1;
        ((uint16_t *)image.data)[0] = 0;
        ((uint16_t *)image.data)[1] = (uint16_t)largest;
        seg_image back = round_trip(&image, 1, NULL, NULL);
        ck_assert_int_eq(back.bits, 16);
        ck_assert_uint_eq(((uint16_t *)back.data)[0], 0);
        ck_assert_uint_eq(((uint16_t *)back.data)[1], 65535);
        for (int y = 0; y < 8; y++)
            for (int x = 0; x < 64; x++) /* nothing is lost */
                ck_assert_uint_eq((sample_at(&back, x, y, 0) * largest + 32767) / 65535,
                                  sample_at(&image, x, y, 0));
        seg_image_unref(&back);
        /* Data are numbers, not shades. */
        image.colour = SEG_COLOUR_DATA;
        back = round_trip(&image, 1, NULL, NULL);
        for (int x = 0; x < 64; x++)
            ck_assert_uint_eq(sample_at(&back, x, 2, 0), sample_at(&image, x, 2, 0));
        seg_image_unref(&back);
        seg_image_unref(&image);
    }
}
END_TEST

/* id = R + 256 G + 65536 B */
START_TEST(larger_labels_are_panoptic) {
    static const int32_t ids[] = {65536, 65535, 0, 1, 255, 256, 70000, (1 << 24) - 1};
    seg_image labels = media_picture(30, 20, SEG_LABEL32, 1, 32, 8);
    for (int i = 0; i < 8; i++)
        ((int32_t *)seg_image_row(&labels, 2 * i))[3 * i] = ids[i];
    int depth;
    seg_image back = round_trip(&labels, 3, NULL, &depth);
    ck_assert_int_eq(depth, 8);
    ck_assert_int_eq(back.channels, 3);
    for (int y = 0; y < 20; y++)
        for (int x = 0; x < 30; x++)
            ck_assert_int_eq((int)(sample_at(&back, x, y, 0) + 256 * sample_at(&back, x, y, 1) +
                                   65536 * sample_at(&back, x, y, 2)),
                             ((int32_t *)seg_image_row(&labels, y))[x]);
    seg_image_unref(&back);
    seg_image_unref(&labels);
}
END_TEST

START_TEST(labels_take_16_bits) {
    seg_image labels = media_picture(30, 20, SEG_LABEL32, 1, 32, 8);
    int32_t *first = labels.data;
    first[0] = 65535;
    int depth;
    seg_image back = round_trip(&labels, 3, NULL, &depth);
    ck_assert_int_eq(depth, 16);
    for (int y = 0; y < 20; y++)
        for (int x = 0; x < 30; x++)
            ck_assert_int_eq((int)sample_at(&back, x, y, 0),
                             ((int32_t *)seg_image_row(&labels, y))[x]);
    seg_image_unref(&back);
    seg_picture_write_options options;
    seg_picture_write_options_init(&options);
    options.format = "png";
    void *bytes = NULL;
    size_t size;
    static const int32_t beyond[] = {1 << 24, -1, INT32_MAX, INT32_MIN};
    for (int i = 0; i < 4; i++) {
        first[3] = beyond[i];
        ck_assert_fails(seg_picture_encode(&bytes, &size, &labels, &options, NULL),
                        SEG_ERROR_UNSUPPORTED, ".npy");
    }
    seg_image_unref(&labels);
    seg_image floats = media_picture(3, 3, SEG_F32, 1, 32, 1);
    ck_assert_fails(seg_picture_encode(&bytes, &size, &floats, &options, NULL),
                    SEG_ERROR_UNSUPPORTED, ".npy");
    ck_assert_ptr_null(bytes);
    seg_image_unref(&floats);
}
END_TEST

/* The bytes depend on the pixels alone, not on where they lie. */
START_TEST(same_bytes_for_views) {
    seg_picture_write_options options;
    seg_picture_write_options_init(&options);
    options.format = "png";
    for (int masks = 0; masks < 2; masks++) {
        seg_image whole = masks ? media_mask(50, 40, 6) : media_picture(50, 40, SEG_U8, 3, 8, 6);
        seg_image view = {0}, copy = {0};
        ck_assert_ok(seg_image_view(&view, &whole, (seg_rect){7, 5, 31, 20}));
        view.colour = whole.colour;
        ck_assert_ok(seg_image_copy(&copy, &view, NULL));
        /* the same rows, wrapped upside down over a flipped copy */
        seg_image flipped = {0};
        ck_assert_ok(seg_image_copy(&flipped, &view, NULL));
        for (int y = 0; y < 20; y++)
            memcpy(seg_image_row(&flipped, y), seg_image_row(&view, 19 - y),
                   media_row_bytes(&view));
        seg_image upside = {0};
        ck_assert_ok(seg_image_wrap(&upside, seg_image_row(&flipped, 19), -flipped.stride, 31, 20,
                                    SEG_U8, view.channels));
        upside.colour = whole.colour;
        const seg_image *same[] = {&view, &copy, &upside};
        void *bytes[3];
        size_t sizes[3];
        for (int i = 0; i < 3; i++) {
            ck_assert_ok(seg_picture_encode(&bytes[i], &sizes[i], same[i], &options, NULL));
            ck_assert_uint_eq(sizes[i], sizes[0]);
            ck_assert_mem_eq(bytes[i], bytes[0], sizes[0]);
        }
        for (int i = 0; i < 3; i++)
            seg_bytes_free(bytes[i], NULL);
        seg_image_unref(&view);
        seg_image_unref(&copy);
        seg_image_unref(&flipped);
        seg_image_unref(&whole);
    }
}
END_TEST

START_TEST(flat_pictures_pack_well) {
    size_t size;
    seg_image flat = {0};
    ck_assert_ok(seg_image_alloc(&flat, 1000, 1000, SEG_U8, 3, NULL));
    for (int y = 400; y < 600; y++)
        memset(seg_image_row(&flat, y), 200, 1500);
    seg_image back = round_trip(&flat, 3, &size, NULL);
    ck_assert(media_equal(&flat, &back));
    ck_assert_uint_lt(size, 30000);
    seg_image_unref(&back);
    seg_image_unref(&flat);
}
END_TEST

CORE_MAIN("png", every_type_and_depth, transparent_colours, grey_palettes_are_grey,
          indices_of_palettes, damaged_files, odd_files, large_pictures_are_refused_unseen,
          orientation_is_applied, samples_survive, masks_take_one_bit, fewer_bits_fill_the_scale,
          labels_take_16_bits, larger_labels_are_panoptic, same_bytes_for_views,
          flat_pictures_pack_well)
