/* Streams of pictures, standard input and output, interrupted waiting, and resampling. */
#include "video_scene.h"

#include "media/resample.h"
#include "media/source.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>

/* ---- pictures in a row ---- */

typedef struct bytes {
    uint8_t *data;
    size_t size;
} bytes;

static void add(bytes *stream, const void *data, size_t size) {
    stream->data = realloc(stream->data, stream->size + size);
    memcpy(stream->data + stream->size, data, size);
    stream->size += size;
}

static void add_picture(bytes *stream, const seg_image *image, const char *format) {
    seg_picture_write_options options;
    seg_picture_write_options_init(&options);
    options.format = format;
    void *data;
    size_t size;
    ASSERT_OK(seg_picture_encode(&data, &size, image, &options, NULL));
    add(stream, data, size);
    seg_bytes_free(data, NULL);
}

static seg_reader *open_stream(const bytes *stream, const seg_reader_options *options) {
    seg_reader *reader;
    ASSERT_OK(seg_reader_open_memory(&reader, stream->data, stream->size, options, NULL));
    return reader;
}

START_TEST(pictures_in_a_row) {
    static const struct {
        const char *name;
        seg_format format;
        int channels;
    } kinds[] = {{"png", SEG_U8, 4},  {"png", SEG_U16, 1}, {"pam", SEG_U8, 2}, {"pam", SEG_U16, 4},
                 {"pgm", SEG_U8, 1},  {"pgm", SEG_U16, 1}, {"ppm", SEG_U8, 3}, {"ppm", SEG_U16, 3},
                 {"jpeg", SEG_U8, 3}, {"jpeg", SEG_U8, 1}, {"pfm", SEG_F32, 1}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        bytes stream = {0};
        seg_image image = {0};
        for (int i = 0; i < 6; i++) {
            make_frame(&image, i, 33, 21, kinds[k].format, kinds[k].channels);
            if (kinds[k].format == SEG_F32) ((float *)image.data)[5] = (float)i / 8;
            add_picture(&stream, &image, kinds[k].name);
        }
        seg_reader *reader = open_stream(&stream, NULL);
        ck_assert_int_eq(seg_reader_info(reader)->kind, SEG_SOURCE_STREAM);
        seg_frame frame = {0};
        for (int i = 0; i < 6; i++) {
            ASSERT_OK(seg_reader_read(reader, &frame));
            ck_assert_int_eq(frame.pts, i);
            make_frame(&image, i, 33, 21, kinds[k].format, kinds[k].channels);
            if (kinds[k].format == SEG_F32) ((float *)image.data)[5] = (float)i / 8;
            bool lossy = !strcmp(kinds[k].name, "jpeg");
            ck_assert_msg(lossy || same_pixels(&frame.image, &image), "%s, case %zu, frame %d",
                          kinds[k].name, k, i);
            ck_assert_int_eq(frame.image.channels, kinds[k].channels);
        }
        ASSERT_STATUS(seg_reader_read(reader, &frame), SEG_END);
        seg_reader_close(reader);
        seg_image_unref(&image);
        free(stream.data);
    }
}
END_TEST

START_TEST(headers_with_comments_and_bits) {
    static const char text[] = "P4\n# a comment 9 9\n10 2\n\xff\xc0\x00\x00"
                               "\n\nP5 # one\n2\t2 255\nabcd"
                               "P5\n1 2\n65535\nABCD";
    bytes stream = {0};
    add(&stream, text, sizeof text - 1);
    seg_reader_options options;
    seg_reader_options_init(&options);
    options.on_resize = SEG_RESIZE_RESTART;
    seg_reader *reader = open_stream(&stream, &options);
    seg_frame frame = {0};
    ASSERT_OK(seg_reader_read(reader, &frame));
    ck_assert(frame.image.width == 10 && frame.image.height == 2);
    ASSERT_OK(seg_reader_read(reader, &frame));
    ck_assert(frame.image.width == 2 && !memcmp(frame.image.data, "ab", 2));
    ASSERT_OK(seg_reader_read(reader, &frame));
    ck_assert_int_eq(frame.image.height, 2);
    ASSERT_STATUS(seg_reader_read(reader, &frame), SEG_END);
    seg_reader_close(reader);
    free(stream.data);

    static const char plain[] = "P2\n3 1\n255\n1 22\n255\n";
    reader = NULL;
    ASSERT_OK(seg_reader_open_memory(&reader, plain, sizeof plain - 1, NULL, NULL));
    ASSERT_OK(seg_reader_read(reader, &frame));
    static const uint8_t wanted[] = {1, 22, 255};
    ck_assert(!memcmp(frame.image.data, wanted, 3));
    ASSERT_STATUS(seg_reader_read(reader, &frame), SEG_END);
    seg_reader_close(reader);
}
END_TEST

#define TEXT(literal) literal, sizeof(literal) - 1

START_TEST(damaged_streams_of_pictures) {
    static const struct {
        const char *text;
        size_t size;
        seg_status status;
    } cases[] = {
        {TEXT("P5\nx"), SEG_ERROR_DATA},
        {TEXT("P5\n2 2\n255\nab"), SEG_ERROR_TRUNCATED},
        {TEXT("P7\nWIDTH 2\nHEIGHT 2\nDEPTH 9\nMAXVAL 255\nENDHDR\nabcd"), SEG_ERROR_UNSUPPORTED},
        {TEXT("P7\nWIDTH 2\nHEIGHT 2\nDEPTH 1\nMAXVAL 255\nTUPLTYPE"), SEG_ERROR_TRUNCATED},
        {TEXT("P6\n99999999999 7\n255\nabc"), SEG_ERROR_LIMIT},
        {TEXT("\x89PNG\r\n\x1a\n\xff\xff\xff\xff"
              "abcdefgh"),
         SEG_ERROR_DATA},
        {TEXT("\x89PNG\r\n\x1a\n"), SEG_ERROR_TRUNCATED},
        {TEXT("\xff\xd8\xff\xe0\x00\x10"), SEG_ERROR_TRUNCATED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        seg_reader *reader;
        seg_status status =
            seg_reader_open_memory(&reader, cases[i].text, cases[i].size, NULL, NULL);
        ck_assert_msg(status == cases[i].status, "case %zu: %s: %s", i, seg_status_name(status),
                      seg_error_detail());
    }
    bytes stream = {0};
    add(&stream, TEXT("P5\n1 1\n255\naP5\n1 1\n255\nbnothing known"));
    seg_reader *reader = open_stream(&stream, NULL);
    seg_frame frame = {0};
    ASSERT_OK(seg_reader_read(reader, &frame));
    ASSERT_OK(seg_reader_read(reader, &frame));
    ASSERT_STATUS(seg_reader_read(reader, &frame), SEG_ERROR_DATA);
    ck_assert_ptr_nonnull(strstr(seg_error_detail(), "no picture"));
    seg_reader_close(reader);
    free(stream.data);
}
END_TEST

START_TEST(parts_of_streams) {
    bytes stream = {0};
    seg_image image = {0};
    for (int i = 0; i < 50; i++) {
        make_frame(&image, i, 16, 16, SEG_U8, 1);
        add_picture(&stream, &image, "pgm");
    }
    seg_reader_options options;
    seg_reader_options_init(&options);
    options.start = 1;
    options.step = 4;
    options.duration = 0.5;
    seg_reader *reader = open_stream(&stream, &options);
    seg_frame frame = {0};
    for (int i = 25; i < 38; i += 4) {
        ASSERT_OK(seg_reader_read(reader, &frame));
        make_frame(&image, i, 16, 16, SEG_U8, 1);
        ck_assert(same_pixels(&frame.image, &image));
        ck_assert_int_eq(frame.pts, i);
    }
    ASSERT_STATUS(seg_reader_read(reader, &frame), SEG_END);
    seg_reader_close(reader);
    seg_image_unref(&image);
    free(stream.data);
}
END_TEST

/* ---- standard input and output ---- */

static void redirect(int descriptor, const char *path, int flags) {
    int opened = open(path, flags, 0600);
    ck_assert_int_ge(opened, 0);
    ck_assert_int_eq(dup2(opened, descriptor), descriptor);
    close(opened);
}

START_TEST(standard_output_and_input) {
    static const char *const formats[] = {"y4m", "nut", "png", "matroska"};
    int saved = dup(STDOUT_FILENO);
    for (size_t i = 0; i < 4; i++) {
        clip masks = make_clip(5, SEG_U8, 1);
        masks.options.format = formats[i];
        fflush(stdout);
        redirect(STDOUT_FILENO, scratch("stream"), O_WRONLY | O_CREAT | O_TRUNC);
        seg_status status = try_write_clip("-", &masks);
        dup2(saved, STDOUT_FILENO);
        ASSERT_OK(status);
        redirect(STDIN_FILENO, scratch("stream"), O_RDONLY);
        seg_reader *reader;
        ASSERT_OK(seg_reader_open(&reader, "-", NULL, NULL));
        seg_frame frame = {0};
        seg_image wanted = {0};
        for (int k = 0; k < 5; k++) {
            ASSERT_OK(seg_reader_read(reader, &frame));
            make_frame(&wanted, k, 64, 48, SEG_U8, 1);
            ck_assert(same_pixels(&frame.image, &wanted));
        }
        ASSERT_STATUS(seg_reader_read(reader, &frame), SEG_END);
        seg_reader_close(reader);
        seg_image_unref(&wanted);
    }
    close(saved);
    /* The program's own descriptor is still open. */
    ck_assert_int_ge(fcntl(STDIN_FILENO, F_GETFD), 0);
}
END_TEST

/* ---- interrupted waiting ---- */

static void on_alarm(int number) {
    (void)number;
}

static int stop(void *user, double fraction) {
    ++*(int *)user;
    return fraction >= 0;
}

/* A signal wakes a reader that waits for a silent pipe; the progress function then ends it. */
START_TEST(waiting_can_be_cancelled) {
    struct sigaction action = {.sa_handler = on_alarm};
    sigaction(SIGALRM, &action, NULL);
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], "YUV4MPEG2 W16 H16 F25:1\n", 24), 24);
    char name[32];
    snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
    int calls = 0;
    seg_env env = {.user = &calls, .progress = stop};
    const struct itimerval soon = {{0, 50000}, {0, 50000}};
    setitimer(ITIMER_REAL, &soon, NULL);
    seg_reader *reader;
    ASSERT_STATUS(seg_reader_open(&reader, name, NULL, &env), SEG_ERROR_CANCELLED);
    const struct itimerval never = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &never, NULL);
    ck_assert_int_ge(calls, 1);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

/* ---- resampling ---- */

START_TEST(resampling_known_values) {
    seg_image source = {0};
    seg_image target = {0};
    ASSERT_OK(seg_image_alloc(&source, 4, 1, SEG_U8, 1, NULL));
    memcpy(source.data, (uint8_t[]){0, 100, 200, 40}, 4);
    /* Twice as large: at -0.25, 0.25, 0.75, ... of the source, the border repeated. */
    ASSERT_OK(seg_resample(&target, &source, 8, 1, NULL));
    static const uint8_t grown[] = {0, 25, 75, 125, 175, 160, 80, 40};
    ck_assert(!memcmp(target.data, grown, 8));
    seg_image_unref(&target);
    /* Half: a triangle over four pixels, 1 3 3 1, cut off at the border. */
    ASSERT_OK(seg_resample(&target, &source, 2, 1, NULL));
    const uint8_t *p = target.data;
    ck_assert_int_eq(p[0], (0 * 3 + 100 * 3 + 200 * 1 + 3) / 7);
    ck_assert_int_eq(p[1], (100 * 1 + 200 * 3 + 40 * 3 + 3) / 7);
    seg_image_unref(&target);
    /* The same size changes nothing. */
    ASSERT_OK(seg_resample(&target, &source, 4, 1, NULL));
    ck_assert(same_pixels(&target, &source));
    seg_image_unref(&target);
    seg_image_unref(&source);
}
END_TEST

START_TEST(resampling_keeps_constants_and_range) {
    static const int sizes[][2] = {{1, 1}, {7, 3}, {640, 2}, {33, 480}, {200, 200}};
    static const seg_format formats[] = {SEG_U8, SEG_U16, SEG_F32};
    for (int channels = 1; channels <= 4; channels++) {
        for (size_t f = 0; f < 3; f++) {
            seg_image source = {0};
            ASSERT_OK(seg_image_alloc(&source, 97, 61, formats[f], channels, NULL));
            for (int32_t y = 0; y < 61; y++) {
                for (int32_t i = 0; i < 97 * channels; i++) {
                    if (f == 0) ((uint8_t *)seg_image_row(&source, y))[i] = 255;
                    if (f == 1) ((uint16_t *)seg_image_row(&source, y))[i] = 65535;
                    if (f == 2) ((float *)seg_image_row(&source, y))[i] = 1;
                }
            }
            for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
                seg_image target = {0};
                ASSERT_OK(seg_resample(&target, &source, sizes[s][0], sizes[s][1], NULL));
                for (int32_t y = 0; y < target.height; y++) {
                    const void *row = seg_image_row(&target, y);
                    for (int32_t i = 0; i < target.width * channels; i++) {
                        if (f == 0) ck_assert_int_eq(((const uint8_t *)row)[i], 255);
                        if (f == 1) ck_assert_int_eq(((const uint16_t *)row)[i], 65535);
                        if (f == 2) ck_assert_float_eq_tol(((const float *)row)[i], 1, 1e-5);
                    }
                }
                seg_image_unref(&target);
            }
            seg_image_unref(&source);
        }
    }
}
END_TEST

START_TEST(resampling_refuses) {
    seg_image labels = {0};
    seg_image target = {0};
    ASSERT_OK(seg_image_alloc(&labels, 4, 4, SEG_LABEL32, 1, NULL));
    ck_assert_int_lt(seg_resample(&target, &labels, 2, 2, NULL), 0);
    ck_assert_int_lt(seg_resample(&target, NULL, 2, 2, NULL), 0);
    seg_image grey = {0};
    ASSERT_OK(seg_image_alloc(&grey, 4, 4, SEG_U8, 1, NULL));
    ck_assert_int_lt(seg_resample(&target, &grey, 0, 2, NULL), 0);
    ASSERT_OK(seg_resample(&target, &grey, 2, 2, NULL));
    ASSERT_STATUS(seg_resample(&target, &grey, 3, 2, NULL), SEG_ERROR_SHAPE);
    seg_image_unref(&target);
    seg_image_unref(&grey);
    seg_image_unref(&labels);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("video streams");
    TCase *cases = tcase_create("all");
    tcase_add_checked_fixture(cases, scratch_setup, scratch_teardown);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, pictures_in_a_row);
    tcase_add_test(cases, headers_with_comments_and_bits);
    tcase_add_test(cases, damaged_streams_of_pictures);
    tcase_add_test(cases, parts_of_streams);
    tcase_add_test(cases, standard_output_and_input);
    tcase_add_test(cases, waiting_can_be_cancelled);
    tcase_add_test(cases, resampling_known_values);
    tcase_add_test(cases, resampling_keeps_constants_and_range);
    tcase_add_test(cases, resampling_refuses);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
