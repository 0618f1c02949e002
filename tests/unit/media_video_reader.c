/* Reading video: parts of it, other sizes, turned and damaged input, limits, failing memory. */
#include "video_scene.h"

#include "core/memory.h"
#include "media/codec.h"
#include "media/source.h"

#include <fcntl.h>
#include <libavcodec/avcodec.h>

static seg_reader *open_with(const char *path, const seg_reader_options *options) {
    seg_reader *reader;
    ASSERT_OK(seg_reader_open(&reader, path, options, NULL));
    return reader;
}

static seg_reader_options defaults(void) {
    seg_reader_options options;
    seg_reader_options_init(&options);
    return options;
}

/* Reads to the end; the numbers of the clip's frames that came, by their pixels. */
static int read_numbers(seg_reader *reader, int *numbers, int most, const clip *made) {
    seg_frame frame = {0};
    seg_image wanted = {0};
    int count = 0;
    seg_status status;
    while ((status = seg_reader_read(reader, &frame)) == SEG_OK) {
        ck_assert_int_lt(count, most);
        ck_assert_int_eq(frame.index, count);
        int number = (int)(seg_frame_seconds(&frame) * 25 + 0.5);
        make_frame(&wanted, number, made->width, made->height, made->format, made->channels);
        ck_assert_msg(same_pixels(&frame.image, &wanted), "frame %d at %d differs", count, number);
        numbers[count++] = number;
    }
    ck_assert_msg(status == SEG_END, "%s: %s", seg_status_name(status), seg_error_detail());
    seg_image_unref(&wanted);
    return count;
}

/* ---- parts ---- */

START_TEST(start_duration_limit_step) {
    static const struct {
        double start, duration;
        int64_t limit;
        int32_t step;
        int first, count;
    } cases[] = {{0, 0, 0, 1, 0, 100},   {1, 0, 0, 1, 25, 75}, {0.04, 0, 0, 1, 1, 99},
                 {0.05, 0, 0, 1, 2, 98}, {2, 1, 0, 1, 50, 25}, {2, 1, 7, 1, 50, 7},
                 {0, 0, 3, 10, 0, 3},    {1, 0, 0, 30, 25, 3}, {3.96, 0, 0, 1, 99, 1},
                 {3.97, 0, 0, 1, 0, 0},  {99, 0, 0, 1, 0, 0},  {0, 0.04, 0, 1, 0, 1},
                 {0, 0.041, 0, 1, 0, 2}};
    static const char *const names[] = {"l.mkv", "l.nut", "l.avi", "l.mov", "l.y4m", "l/%03d.png"};
    ck_assert_int_eq(mkdir(scratch("l"), 0777), 0);
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        clip made = make_clip(100, SEG_U8, 1);
        write_clip(scratch(names[n]), &made);
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            seg_reader_options options = defaults();
            options.start = cases[i].start;
            options.duration = cases[i].duration;
            options.limit = cases[i].limit;
            options.step = cases[i].step;
            seg_reader *reader = open_with(scratch(names[n]), &options);
            int numbers[100];
            int count = read_numbers(reader, numbers, 100, &made);
            ck_assert_msg(count == cases[i].count, "%s, case %zu: %d frames, not %d", names[n], i,
                          count, cases[i].count);
            for (int k = 0; k < count; k++)
                ck_assert_int_eq(numbers[k], cases[i].first + k * cases[i].step);
            seg_reader_close(reader);
        }
    }
}
END_TEST

/* With B-frames and few key frames: a start gives the frames that reading from the beginning gives.
 */
START_TEST(starts_are_exact) {
    static const char *const codecs[] = {"libx264", "libvpx-vp9", "mpeg4", "mpeg2video"};
    static const char *const names[] = {"x.mp4", "x.webm", "x.mkv", "x.ts"};
    for (size_t n = 0; n < 4; n++) {
        if (!avcodec_find_encoder_by_name(codecs[n])) continue;
        clip made = make_clip(80, SEG_U8, 3);
        made.options.content = SEG_CONTENT_PICTURE;
        made.options.codec = codecs[n];
        write_clip(scratch(names[n]), &made);
        seg_image all[80] = {{0}};
        seg_frame frame = {0};
        seg_reader *reader = open_with(scratch(names[n]), NULL);
        for (int i = 0; i < 80; i++) {
            ASSERT_OK(seg_reader_read(reader, &frame));
            all[i] = seg_image_ref(&frame.image);
        }
        seg_reader_close(reader);
        for (int first = 0; first < 80; first += 13) {
            seg_reader_options options = defaults();
            options.start = first / 25.0;
            options.threads = 1 + first % 3;
            reader = open_with(scratch(names[n]), &options);
            for (int i = first; i < 80; i++) {
                ASSERT_OK(seg_reader_read(reader, &frame));
                ck_assert_msg(same_pixels(&frame.image, &all[i]), "%s from %d: frame %d differs",
                              names[n], first, i);
            }
            ASSERT_STATUS(seg_reader_read(reader, &frame), SEG_END);
            seg_reader_close(reader);
        }
        for (int i = 0; i < 80; i++)
            seg_image_unref(&all[i]);
    }
}
END_TEST

/* ---- sizes ---- */

static void append(uint8_t **bytes, size_t *size, const seg_image *image) {
    seg_picture_write_options options;
    seg_picture_write_options_init(&options);
    options.format = "pam";
    void *picture;
    size_t length;
    ASSERT_OK(seg_picture_encode(&picture, &length, image, &options, NULL));
    *bytes = realloc(*bytes, *size + length);
    memcpy(*bytes + *size, picture, length);
    *size += length;
    seg_bytes_free(picture, NULL);
}

/* Two frames of 64 x 48, two of 40 x 30, one as at first. */
static uint8_t *make_changing_stream(size_t *size) {
    uint8_t *bytes = NULL;
    *size = 0;
    seg_image image = {0};
    for (int i = 0; i < 5; i++) {
        bool small = i == 2 || i == 3;
        make_frame(&image, i, small ? 40 : 64, small ? 30 : 48, SEG_U8, 1);
        append(&bytes, size, &image);
    }
    seg_image_unref(&image);
    return bytes;
}

static seg_reader *open_bytes(const void *bytes, size_t size, const seg_reader_options *options) {
    seg_reader *reader;
    ASSERT_OK(seg_reader_open_memory(&reader, bytes, size, options, NULL));
    return reader;
}

START_TEST(size_change_as_asked) {
    size_t size;
    uint8_t *bytes = make_changing_stream(&size);
    seg_frame frame = {0};
    seg_reader_options options = defaults();
    seg_reader *reader = open_bytes(bytes, size, &options);
    for (int i = 0; i < 5; i++) {
        ASSERT_OK(seg_reader_read(reader, &frame));
        ck_assert_int_eq(frame.image.width, 64);
        ck_assert_int_eq(frame.flags, i == 2 || i == 3 ? SEG_FRAME_RESIZED : 0);
    }
    ck_assert_ptr_nonnull(strstr(seg_reader_warnings(reader), "40x30"));
    ASSERT_STATUS(seg_reader_read(reader, &frame), SEG_END);
    seg_reader_close(reader);

    options.on_resize = SEG_RESIZE_RESTART;
    reader = open_bytes(bytes, size, &options);
    for (int i = 0; i < 5; i++) {
        ASSERT_OK(seg_reader_read(reader, &frame));
        ck_assert_int_eq(frame.image.width, i == 2 || i == 3 ? 40 : 64);
        ck_assert_int_eq(frame.flags, i == 2 || i == 4 ? SEG_FRAME_DISCONTINUITY : 0);
    }
    seg_reader_close(reader);

    options.on_resize = SEG_RESIZE_FAIL;
    reader = open_bytes(bytes, size, &options);
    ASSERT_OK(seg_reader_read(reader, &frame));
    ASSERT_OK(seg_reader_read(reader, &frame));
    ASSERT_STATUS(seg_reader_read(reader, &frame), SEG_ERROR_SHAPE);
    ck_assert_ptr_nonnull(strstr(seg_error_detail(), "frame 2 is 40x30"));
    ASSERT_STATUS(seg_reader_read(reader, &frame), SEG_END);
    seg_reader_close(reader);
    free(bytes);
}
END_TEST

START_TEST(format_change_is_undone) {
    uint8_t *bytes = NULL;
    size_t size = 0;
    seg_image image = {0};
    make_frame(&image, 0, 16, 16, SEG_U8, 3);
    append(&bytes, &size, &image);
    make_frame(&image, 1, 16, 16, SEG_U8, 1);
    append(&bytes, &size, &image);
    make_frame(&image, 2, 16, 16, SEG_U16, 4);
    append(&bytes, &size, &image);
    seg_reader *reader = open_bytes(bytes, size, NULL);
    seg_frame frame = {0};
    for (int i = 0; i < 3; i++) {
        ASSERT_OK(seg_reader_read(reader, &frame));
        ck_assert_int_eq(frame.image.channels, 3);
        ck_assert_int_eq(frame.image.format, SEG_U8);
        const uint8_t *p = frame.image.data;
        if (i == 1) ck_assert(p[0] == 7 && p[1] == 7 && p[2] == 7);
        if (i == 2) ck_assert_int_eq(p[0], (14 * 263 * 255 + 32767) / 65535);
    }
    ck_assert_ptr_nonnull(strstr(seg_reader_warnings(reader), "pixel format changes"));
    seg_frame_unref(&frame);
    seg_reader_close(reader);
    seg_image_unref(&image);
    free(bytes);
}
END_TEST

START_TEST(resizing) {
    clip made = make_clip(3, SEG_U8, 3);
    made.options.content = SEG_CONTENT_DATA;
    made.options.sample_aspect = (seg_rational){4, 3};
    write_clip(scratch("s.mkv"), &made);
    seg_frame frame = {0};
    seg_reader_options options = defaults();
    options.width = 32;
    seg_reader *reader = open_with(scratch("s.mkv"), &options);
    ck_assert_int_eq(seg_reader_info(reader)->height, 24);
    ck_assert_int_eq(seg_reader_info(reader)->sample_aspect.num, 4);
    ASSERT_OK(seg_reader_read(reader, &frame));
    ck_assert(frame.image.width == 32 && frame.image.height == 24 && frame.flags == 0);
    seg_reader_close(reader);
    /* Half the width only: pixels get twice as wide. */
    options.height = 48;
    reader = open_with(scratch("s.mkv"), &options);
    ck_assert_int_eq(seg_reader_info(reader)->sample_aspect.num, 8);
    ck_assert_int_eq(seg_reader_info(reader)->sample_aspect.den, 3);
    seg_reader_close(reader);
    seg_frame_unref(&frame);
}
END_TEST

/* ---- turned video ---- */

/* The matrix of the track header, as phones write it: 16.16 numbers, the last column 2.30. */
static void set_matrix(uint8_t *bytes, size_t size, int a, int b, int c, int d) {
    const int values[9] = {a * 65536, b * 65536, 0, c * 65536, d * 65536, 0, 0, 0, 1 << 30};
    for (size_t i = 0; i + 100 < size; i++) {
        if (memcmp(bytes + i, "tkhd", 4) != 0) continue;
        uint8_t *matrix = bytes + i + 4 + 40;
        for (int k = 0; k < 9; k++) {
            for (int n = 0; n < 4; n++)
                matrix[4 * k + n] = (uint8_t)((uint32_t)values[k] >> (24 - 8 * n));
        }
        return;
    }
    ck_abort_msg("no track header");
}

START_TEST(display_matrix_is_applied) {
    clip made = make_clip(3, SEG_U8, 1);
    made.options.sample_aspect = (seg_rational){4, 3};
    write_clip(scratch("r.mov"), &made);
    size_t size;
    uint8_t *bytes = load_file(scratch("r.mov"), &size);
    static const struct {
        int a, b, c, d, orientation, rotation;
    } cases[] = {{1, 0, 0, 1, 1, 0},    {0, 1, -1, 0, 6, 90},  {-1, 0, 0, -1, 3, 180},
                 {0, -1, 1, 0, 8, 270}, {-1, 0, 0, 1, 2, 0},   {1, 0, 0, -1, 4, 180},
                 {0, 1, 1, 0, 5, 90},   {0, -1, -1, 0, 7, 270}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        set_matrix(bytes, size, cases[i].a, cases[i].b, cases[i].c, cases[i].d);
        save_file(scratch("turned.mov"), bytes, size);
        seg_reader *reader = open_with(scratch("turned.mov"), NULL);
        const seg_stream_info *info = seg_reader_info(reader);
        ck_assert_int_eq(info->rotation, cases[i].rotation);
        bool swapped = cases[i].orientation > 4;
        ck_assert_int_eq(info->width, swapped ? 48 : 64);
        ck_assert_int_eq(info->sample_aspect.num, swapped ? 3 : 4);
        seg_frame frame = {0};
        seg_image wanted = {0};
        for (int k = 0; k < 3; k++) {
            ASSERT_OK(seg_reader_read(reader, &frame));
            make_frame(&wanted, k, 64, 48, SEG_U8, 1);
            ASSERT_OK(seg_orientation_apply(&wanted, cases[i].orientation, NULL));
            ck_assert(same_pixels(&frame.image, &wanted));
            ck_assert(same_pixels(&frame.luma, &wanted));
        }
        seg_reader_close(reader);
        seg_reader_options options = defaults();
        options.autorotate = false;
        reader = open_with(scratch("turned.mov"), &options);
        ck_assert_int_eq(seg_reader_info(reader)->rotation, 0);
        ASSERT_OK(seg_reader_read(reader, &frame));
        make_frame(&wanted, 0, 64, 48, SEG_U8, 1);
        ck_assert(same_pixels(&frame.image, &wanted));
        seg_frame_unref(&frame);
        seg_image_unref(&wanted);
        seg_reader_close(reader);
    }
    free(bytes);
}
END_TEST

/* ---- luma ---- */

/* Planes of 4:2:0 in both ranges: luma alone, expanded where it is limited. */
START_TEST(luma_is_full_range) {
    static const char *const ranges[] = {"LIMITED", "FULL"};
    static const int widths[] = {16, 64}; /* of 256 pixels */
    for (int run = 0; run < 4; run++) {
        const int full = run % 2, width = widths[run / 2], height = 256 / width;
        uint8_t bytes[128 + 256 + 128];
        int length = snprintf((char *)bytes, 128,
                              "YUV4MPEG2 W%d H%d F25:1 Ip A1:1 C420jpeg XCOLORRANGE=%s\nFRAME\n",
                              width, height, ranges[full]);
        memset(bytes + length, 128, 384);
        for (int i = 0; i < 256; i++)
            bytes[length + i] = (uint8_t)i;
        for (int luma_only = 0; luma_only < 2; luma_only++) {
            seg_reader_options options = defaults();
            options.luma_only = luma_only;
            seg_reader *reader = open_bytes(bytes, (size_t)length + 384, &options);
            ck_assert_int_eq(seg_reader_info(reader)->full_range, full);
            seg_frame frame = {0};
            ASSERT_OK(seg_reader_read(reader, &frame));
            ck_assert_int_eq(frame.luma.colour, SEG_COLOUR_LUMA);
            ck_assert(seg_image_empty(&frame.image) == luma_only);
            for (int i = 0; i < 256; i++) {
                int v = i < 16 ? 16 : i > 235 ? 235 : i;
                int wanted = full ? i : ((v - 16) * 255 * 2 + 219) / (2 * 219);
                ck_assert_int_eq(((uint8_t *)seg_image_row(&frame.luma, i / width))[i % width],
                                 wanted);
            }
            if (!luma_only) {
                const uint8_t *white = seg_image_row(&frame.image, height - 1);
                ck_assert_int_ge(white[3 * (width - 1)], 254);
                ck_assert_int_eq(frame.image.channels, 3);
            }
            seg_frame_unref(&frame);
            seg_reader_close(reader);
        }
    }
}
END_TEST

/* Frames outlive the reader and each other: their memory is not written again. */
START_TEST(frames_outlive_the_reader) {
    clip made = make_clip(20, SEG_U8, 3);
    made.options.content = SEG_CONTENT_DATA;
    write_clip(scratch("o.mkv"), &made);
    seg_reader *reader = open_with(scratch("o.mkv"), NULL);
    seg_frame frames[20] = {{{0}, {0}, 0, 0, 0, {0, 0}, 0, {0}, {0}, {0}}};
    for (int i = 0; i < 20; i++) {
        ASSERT_OK(seg_reader_read(reader, &frames[i]));
        if (i % 3 == 0) seg_frame_unref(&frames[i]);
    }
    seg_reader_close(reader);
    seg_image wanted = {0};
    for (int i = 0; i < 20; i++) {
        if (i % 3 == 0) continue;
        make_frame(&wanted, i, 64, 48, SEG_U8, 3);
        ck_assert(same_pixels(&frames[i].image, &wanted));
        seg_frame_unref(&frames[i]);
    }
    seg_image_unref(&wanted);
}
END_TEST

/* ---- damage ---- */

static void check_cut(const char *name, double part) {
    size_t size;
    uint8_t *bytes = load_file(scratch(name), &size);
    seg_reader *reader;
    seg_status status =
        seg_reader_open_memory(&reader, bytes, (size_t)((double)size * part), NULL, NULL);
    ck_assert_msg(status == SEG_OK, "%s: %s", name, seg_error_detail());
    seg_frame frame = {0};
    int count = 0;
    while ((status = seg_reader_read(reader, &frame)) == SEG_OK)
        count++;
    ck_assert_msg(status == SEG_ERROR_TRUNCATED, "%s: %s", name, seg_status_name(status));
    ck_assert_int_ge(count, 5);
    ck_assert_int_lt(count, 20);
    ck_assert_ptr_nonnull(strstr(seg_error_detail(), "ended"));
    ASSERT_STATUS(seg_reader_read(reader, &frame), SEG_END);
    seg_reader_close(reader);
    free(bytes);
}

START_TEST(truncated_input_is_told) {
    static const char *const names[] = {"c.mkv", "c.avi", "c.y4m", "c.pam", "c.png"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        clip made = make_clip(20, SEG_U8, 1);
        if (i < 3) {
            write_clip(scratch(names[i]), &made);
        } else {
            /* Pictures in a row, as into a pipe. */
            seg_picture_write_options options;
            seg_picture_write_options_init(&options);
            options.format = names[i] + 2;
            FILE *file = fopen(scratch(names[i]), "wb");
            seg_image image = {0};
            for (int k = 0; k < 20; k++) {
                make_frame(&image, k, 64, 48, SEG_U8, 1);
                void *bytes;
                size_t size;
                ASSERT_OK(seg_picture_encode(&bytes, &size, &image, &options, NULL));
                ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
                seg_bytes_free(bytes, NULL);
            }
            fclose(file);
            seg_image_unref(&image);
        }
        check_cut(names[i], 0.615);
    }
}
END_TEST

/* Flipped bits: no crash, an end or an error, damaged frames flagged or dropped; the same again on
 * another number of threads; and nothing on standard error. */
START_TEST(flipped_bits_are_survived) {
    static const char *const names[] = {"f.mkv", "f.nut", "f.avi", "f.mov"};
    int saved = dup(STDERR_FILENO);
    int captured = open(scratch("stderr"), O_RDWR | O_CREAT | O_TRUNC, 0600);
    dup2(captured, STDERR_FILENO);
    for (size_t i = 0; i < 4; i++) {
        clip made = make_clip(12, SEG_U8, 3);
        made.options.content = i % 2 ? SEG_CONTENT_PICTURE : SEG_CONTENT_DATA;
        write_clip(scratch(names[i]), &made);
        size_t size;
        uint8_t *bytes = load_file(scratch(names[i]), &size);
        for (uint32_t seed = 1; seed <= 40; seed++) {
            uint8_t *broken = malloc(size);
            memcpy(broken, bytes, size);
            uint32_t state = seed * 2654435761u;
            for (int k = 0; k < 20; k++) {
                state = state * 1664525u + 1013904223u;
                broken[(state >> 8) % size] ^= (uint8_t)(1u << (state & 7));
            }
            seg_reader *reader;
            seg_reader_options options = defaults();
            options.limit = 50;
            if (seg_reader_open_memory(&reader, broken, size, &options, NULL) == SEG_OK) {
                seg_frame frame = {0};
                while (seg_reader_read(reader, &frame) == SEG_OK)
                    continue;
                seg_reader_close(reader);
            }
            free(broken);
        }
        free(bytes);
    }
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    ck_assert_int_eq(lseek(captured, 0, SEEK_END), 0);
    close(captured);
    close(saved);
}
END_TEST

/* ---- limits and bad requests ---- */

START_TEST(limits_hold_before_memory_is_taken) {
    static const char huge[] =
        "YUV4MPEG2 W999999 H999999 F25:1 Ip A1:1 C420jpeg\nFRAME\n0123456789";
    seg_reader *reader;
    seg_status status = seg_reader_open_memory(&reader, huge, sizeof huge - 1, NULL, NULL);
    ck_assert_msg(status == SEG_ERROR_LIMIT || status == SEG_ERROR_DATA, "%s: %s",
                  seg_status_name(status), seg_error_detail());
    static const char wide[] = "P5 100000 100000 255\n0123456789";
    ASSERT_STATUS(seg_reader_open_memory(&reader, wide, sizeof wide - 1, NULL, NULL),
                  SEG_ERROR_LIMIT);
    ck_assert_ptr_nonnull(strstr(seg_error_detail(), "max-pixels"));

    clip made = make_clip(2, SEG_U8, 1);
    write_clip(scratch("m.mkv"), &made);
    seg_limits limits = {.max_pixels = 64 * 48 - 1};
    seg_env env = {.limits = &limits};
    ASSERT_STATUS(seg_reader_open(&reader, scratch("m.mkv"), NULL, &env), SEG_ERROR_LIMIT);
    limits.max_pixels++;
    ASSERT_OK(seg_reader_open(&reader, scratch("m.mkv"), NULL, &env));
    seg_reader_close(reader);
}
END_TEST

static void check_refused(const seg_reader_options *options, const char *name, seg_status wanted,
                          const char *words) {
    seg_reader *reader;
    seg_status status = seg_reader_open(&reader, name, options, NULL);
    ck_assert_msg(status == wanted, "%s: %s: %s", name, seg_status_name(status),
                  seg_error_detail());
    ck_assert_msg(strstr(seg_error_detail(), words) != NULL, "no \"%s\" in \"%s\"", words,
                  seg_error_detail());
    ck_assert_ptr_null(reader);
}

START_TEST(bad_requests_are_named) {
    check_refused(NULL, "", SEG_ERROR_ARGUMENT, "name is empty");
    check_refused(NULL, scratch("none.mkv"), SEG_ERROR_IO, "No such file");
    save_file(scratch("empty.mkv"), "", 0);
    check_refused(NULL, scratch("empty.mkv"), SEG_ERROR_DATA, "empty");
    save_file(scratch("text.avi"), "nothing but words, nothing but words, nothing", 45);
    check_refused(NULL, scratch("text.avi"), SEG_ERROR_DATA, "neither a picture nor a video");
    clip made = make_clip(2, SEG_U8, 1);
    write_clip(scratch("b.mkv"), &made);
    const char *good = scratch("b.mkv");
    seg_reader_options options = defaults();
    options.start = -1;
    check_refused(&options, good, SEG_ERROR_OPTION, "start is -1");
    options = defaults();
    options.step = 0;
    check_refused(&options, good, SEG_ERROR_OPTION, "step is 0");
    options = defaults();
    options.fps.den = 0;
    check_refused(&options, good, SEG_ERROR_OPTION, "fps");
    options = defaults();
    options.format = "nosuch";
    check_refused(&options, good, SEG_ERROR_OPTION, "no known input format");
    options.format = "rawvideo";
    check_refused(&options, good, SEG_ERROR_OPTION, "no header");
    options.raw_width = options.raw_height = 8;
    options.raw_pixel_format = "nosuch";
    check_refused(&options, good, SEG_ERROR_OPTION, "pixel format is \"nosuch\"");
    options = (seg_reader_options){0};
    check_refused(&options, good, SEG_ERROR_OPTION, "not initialised");
    /* A playlist must not make us read other files. */
    static const char list[] = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nb.mkv\n";
    save_file(scratch("list.m3u8"), list, sizeof list - 1);
    seg_reader *reader;
    ck_assert_int_lt(seg_reader_open(&reader, scratch("list.m3u8"), NULL, NULL), 0);
}
END_TEST

/* ---- failing memory ---- */

static void check_failing_memory(const void *bytes, size_t size) {
    seg_status status = SEG_ERROR_MEMORY;
    int64_t before = seg_memory_live();
    int fails = 0;
    for (int n = 1; status == SEG_ERROR_MEMORY && n < 400; n++, fails++) {
        seg_memory_fail_at(n);
        seg_reader *reader;
        seg_reader_options options = defaults();
        options.width = 20;
        status = seg_reader_open_memory(&reader, bytes, size, &options, NULL);
        if (status == SEG_OK) {
            seg_frame frame = {0};
            while ((status = seg_reader_read(reader, &frame)) == SEG_OK)
                continue;
            seg_frame_unref(&frame);
            seg_reader_close(reader);
        }
        seg_memory_fail_at(0);
        ck_assert_msg(status == SEG_ERROR_MEMORY || status == SEG_END, "n = %d: %s: %s", n,
                      seg_status_name(status), seg_error_detail());
        ck_assert_int_eq(seg_memory_live(), before);
    }
    ck_assert_int_eq(status, SEG_END);
    ck_assert_int_gt(fails, 5);
}

START_TEST(failing_memory_leaks_nothing) {
    clip made = make_clip(3, SEG_U8, 3);
    made.options.content = SEG_CONTENT_DATA;
    write_clip(scratch("k.mkv"), &made);
    size_t size;
    uint8_t *bytes = load_file(scratch("k.mkv"), &size);
    check_failing_memory(bytes, size);
    free(bytes);
    bytes = make_changing_stream(&size);
    check_failing_memory(bytes, size);
    free(bytes);
}
END_TEST

START_TEST(failing_memory_while_writing) {
    static const char *const names[] = {"w.mkv", "w.y4m", "w%d.png"};
    for (size_t i = 0; i < 3; i++) {
        clip made = make_clip(2, SEG_U8, 1);
        made.options.overwrite = true;
        seg_status status = SEG_ERROR_MEMORY;
        int64_t before = seg_memory_live();
        for (int n = 1; status == SEG_ERROR_MEMORY && n < 200; n++) {
            seg_image images[2] = {{0}};
            for (int k = 0; k < 2; k++)
                make_frame(&images[k], k, 64, 48, SEG_U8, 1);
            seg_memory_fail_at(n);
            seg_writer *writer;
            status = seg_writer_open(&writer, scratch(names[i]), &made.options, NULL);
            for (int k = 0; k < 2 && status == SEG_OK; k++) {
                status = seg_writer_write(writer, &images[k], k, k, 1);
                if (status < 0) seg_writer_abandon(writer);
            }
            if (status == SEG_OK) status = seg_writer_finish(writer, NULL);
            seg_memory_fail_at(0);
            for (int k = 0; k < 2; k++)
                seg_image_unref(&images[k]);
            ck_assert_int_eq(seg_memory_live(), before);
        }
        ck_assert_msg(status == SEG_OK, "%s: %s: %s", names[i], seg_status_name(status),
                      seg_error_detail());
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("video reading");
    TCase *cases = tcase_create("all");
    tcase_add_checked_fixture(cases, scratch_setup, scratch_teardown);
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, start_duration_limit_step);
    tcase_add_test(cases, starts_are_exact);
    tcase_add_test(cases, size_change_as_asked);
    tcase_add_test(cases, format_change_is_undone);
    tcase_add_test(cases, resizing);
    tcase_add_test(cases, display_matrix_is_applied);
    tcase_add_test(cases, luma_is_full_range);
    tcase_add_test(cases, frames_outlive_the_reader);
    tcase_add_test(cases, truncated_input_is_told);
    tcase_add_test(cases, flipped_bits_are_survived);
    tcase_add_test(cases, limits_hold_before_memory_is_taken);
    tcase_add_test(cases, bad_requests_are_named);
    tcase_add_test(cases, failing_memory_leaks_nothing);
    tcase_add_test(cases, failing_memory_while_writing);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
