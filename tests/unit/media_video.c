/* Writing video: what comes back is what went in, with its times; files appear whole. */
#include "video_scene.h"

#include "media/ffmpeg/av_compat.h"

#include <libavutil/opt.h>
#include <math.h>

#include <signal.h>
#include <sys/wait.h>

/* ---- there and back ---- */

static seg_reader *open_reader(const char *path) {
    seg_reader *reader;
    ASSERT_OK(seg_reader_open(&reader, path, NULL, NULL));
    return reader;
}

/* Every frame of the file is that of the clip, at its time (in seconds, `tolerance` off at most).
 */
static void check_clip_in(const char *path, const clip *made, double tolerance) {
    seg_reader *reader = open_reader(path);
    seg_frame frame = {0};
    seg_image wanted = {0};
    for (int i = 0; i < made->frames; i++) {
        ASSERT_OK(seg_reader_read(reader, &frame));
        seg_format format = made->format == SEG_LABEL32 ? SEG_U16 : made->format;
        make_frame(&wanted, i, made->width, made->height, made->format, made->channels);
        if (made->format == SEG_LABEL32) {
            seg_image words = {0};
            ASSERT_OK(seg_image_alloc(&words, made->width, made->height, SEG_U16, 1, NULL));
            for (int32_t y = 0; y < made->height; y++) {
                for (int32_t x = 0; x < made->width; x++)
                    ((uint16_t *)seg_image_row(&words, y))[x] =
                        (uint16_t)((int32_t *)seg_image_row(&wanted, y))[x];
            }
            seg_image_unref(&wanted);
            wanted = words;
        }
        /* One channel may be stored as the Y of full-range YUV. */
        const seg_image *got = &frame.image;
        if (made->channels == 1 && !seg_image_empty(&frame.luma)) got = &frame.luma;
        ck_assert_msg(got->format == format && same_pixels(got, &wanted), "%s: frame %d differs",
                      path, i);
        double unit = (double)made->options.time_base.num / made->options.time_base.den;
        double time = (double)clip_time(made, i) * unit;
        double error = seg_frame_seconds(&frame) - time;
        ck_assert_msg(error <= tolerance && error >= -tolerance, "%s: frame %d is at %g s, not %g",
                      path, i, seg_frame_seconds(&frame), time);
        ck_assert_int_eq(frame.index, i);
    }
    ASSERT_STATUS(seg_reader_read(reader, &frame), SEG_END);
    ASSERT_STATUS(seg_reader_read(reader, &frame), SEG_END);
    seg_image_unref(&wanted);
    seg_reader_close(reader);
}

/* Without H.264 or VP9 in FFmpeg some containers have nothing lossless. */
static bool has_encoder(const char *name) {
    return avcodec_find_encoder_by_name(name) != NULL;
}

START_TEST(masks_come_back_exactly) {
    static const char *const names[] = {"m.mkv",  "m.nut", "m.avi", "m.mov",  "m.y4m",
                                        "m.apng", "m.mp4", "m.ts",  "m.webm", "m.wmv"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (i >= 6 && i < 8 && !has_encoder("libx264")) continue;
        if (i == 8 && !has_encoder("libvpx-vp9")) continue;
        clip masks = make_clip(7, SEG_U8, 1);
        write_clip(scratch(names[i]), &masks);
        check_clip_in(scratch(names[i]), &masks, i == 4 ? 1e-9 : 1e-3);
    }
}
END_TEST

START_TEST(data_come_back_exactly) {
    static const char *const names[] = {"d.mkv", "d.nut", "d.avi"};
    static const struct {
        seg_format format;
        int channels;
    } shapes[] = {{SEG_U8, 2},  {SEG_U8, 3},  {SEG_U8, 4},     {SEG_U16, 1},
                  {SEG_U16, 3}, {SEG_U16, 4}, {SEG_LABEL32, 1}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
            clip data = make_clip(4, shapes[k].format, shapes[k].channels);
            data.options.content = SEG_CONTENT_DATA;
            data.options.overwrite = true;
            data.width = 61;
            data.height = 37;
            write_clip(scratch(names[i]), &data);
            check_clip_in(scratch(names[i]), &data, 1e-3);
        }
    }
}
END_TEST

START_TEST(odd_sizes_come_back_exactly) {
    static const int sizes[][2] = {{1, 1}, {2, 3}, {1, 40}, {40, 1}, {333, 5}, {131, 127}};
    static const char *const names[] = {"o.mkv", "o.nut", "o.mp4"};
    static const seg_format formats[] = {SEG_U8, SEG_U8, SEG_U8, SEG_U16, SEG_U16};
    static const int channels[] = {1, 3, 4, 1, 4};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (size_t k = 0; k < 15; k++) {
            clip data = make_clip(3, formats[k % 5], channels[k % 5]);
            bool mp4 = k / 5 == 2;
            if (mp4 && (data.format == SEG_U16 || data.channels == 4 || !has_encoder("libx264")))
                continue;
            data.width = sizes[i][0];
            data.height = sizes[i][1];
            data.options.overwrite = true;
            write_clip(scratch(names[k / 5]), &data);
            check_clip_in(scratch(names[k / 5]), &data, 1e-3);
        }
    }
}
END_TEST

/* ---- times ---- */

/* Where FFmpeg cannot set the unit of a film (before 4.4), MP4 and MOV begin at a whole
 * millisecond. */
static double start_of_mp4(void) {
    const AVOutputFormat *mp4 = av_guess_format("mp4", NULL, NULL);
    ck_assert_ptr_nonnull(mp4);
    const AVClass *options = mp4->priv_class;
    const bool free = av_opt_find(&options, "movie_timescale", NULL, 0, AV_OPT_SEARCH_FAKE_OBJ);
    return free ? 1e-9 : 1e-3;
}

static int64_t irregular(int number) {
    static const int64_t times[] = {7, 8, 20, 21, 90, 91, 92, 300, 301};
    return 1001 * times[number];
}

START_TEST(irregular_times_are_kept) {
    static const char *const names[] = {"t.nut", "t.mp4", "t.mov", "t.mkv"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (i == 1 && !has_encoder("libx264")) continue;
        clip data = make_clip(8, SEG_U8, 1);
        data.options.time_base = (seg_rational){1, 30000};
        data.options.frame_rate = (seg_rational){30000, 1001};
        data.time = irregular;
        write_clip(scratch(names[i]), &data);
        /* Matroska counts in milliseconds. */
        const double tolerance = i == 0 ? 1e-9 : i == 3 ? 0.00051 : start_of_mp4();
        check_clip_in(scratch(names[i]), &data, tolerance);
    }
}
END_TEST

START_TEST(pictures_keep_their_times_too) {
    static const char *const names[] = {"p.mp4", "p.mov", "p.nut", "p.ts"};
    for (size_t n = 0; n < 4 && has_encoder("libx264"); n++) {
        clip pictures = make_clip(8, SEG_U8, 3);
        pictures.options.content = SEG_CONTENT_PICTURE;
        pictures.options.time_base = (seg_rational){1, 90000};
        pictures.options.sample_aspect = (seg_rational){4, 3};
        pictures.time = irregular;
        write_clip(scratch(names[n]), &pictures);
        seg_reader *reader = open_reader(scratch(names[n]));
        const seg_stream_info *info = seg_reader_info(reader);
        ck_assert_int_eq(info->sample_aspect.num * 3, info->sample_aspect.den * 4);
        ck_assert_str_eq(info->matrix, "bt601");
        ck_assert(!info->full_range);
        seg_frame frame = {0};
        for (int i = 0; i < 8; i++) {
            ASSERT_OK(seg_reader_read(reader, &frame));
            const double wanted = (double)irregular(i) / 90000;
            ck_assert_msg(fabs(seg_frame_seconds(&frame) - wanted) <=
                              (n < 2 ? start_of_mp4() : 1e-9),
                          "%s: frame %d is at %g s", names[n], i, seg_frame_seconds(&frame));
        }
        ASSERT_STATUS(seg_reader_read(reader, &frame), SEG_END);
        seg_reader_close(reader);
    }
}
END_TEST

START_TEST(missing_and_equal_times_lose_no_frame) {
    seg_writer_options options;
    seg_writer_options_init(&options);
    options.time_base = (seg_rational){1, 50};
    static const int64_t times[] = {SEG_NO_PTS, SEG_NO_PTS, 4, 4, 3, 9};
    static const int64_t wanted[] = {0, 2, 4, 5, 6, 9};
    seg_writer *writer;
    ASSERT_OK(seg_writer_open(&writer, scratch("e.nut"), &options, NULL));
    seg_image image = {0};
    for (int i = 0; i < 6; i++) {
        make_frame(&image, i, 32, 32, SEG_U8, 1);
        ASSERT_OK(seg_writer_write(writer, &image, i, times[i], 0));
    }
    seg_image_unref(&image);
    ASSERT_OK(seg_writer_finish(writer, NULL));
    seg_reader *reader = open_reader(scratch("e.nut"));
    seg_frame frame = {0};
    for (int i = 0; i < 6; i++) {
        ASSERT_OK(seg_reader_read(reader, &frame));
        ck_assert_double_eq_tol(seg_frame_seconds(&frame), (double)wanted[i] / 50, 1e-9);
    }
    ASSERT_STATUS(seg_reader_read(reader, &frame), SEG_END);
    seg_reader_close(reader);
}
END_TEST

/* ---- the same bytes ---- */

START_TEST(lossless_files_are_identical) {
    static const char *const names[] = {"i.mkv", "i.nut", "i.avi", "i.mp4", "i.webm"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (i == 3 && !has_encoder("libx264")) continue;
        if (i == 4 && !has_encoder("libvpx-vp9")) continue;
        uint8_t *first = NULL;
        size_t first_size = 0;
        static const int threads[] = {1, 2, 7, 1};
        for (size_t run = 0; run < 4; run++) {
            clip masks = make_clip(6, SEG_U8, 1);
            masks.width = 400;
            masks.height = 300;
            masks.options.threads = threads[run];
            masks.options.overwrite = true;
            write_clip(scratch(names[i]), &masks);
            size_t size;
            uint8_t *bytes = load_file(scratch(names[i]), &size);
            if (!first) {
                first = bytes;
                first_size = size;
                continue;
            }
            ck_assert_msg(size == first_size && !memcmp(bytes, first, size),
                          "%s differs with %d threads", names[i], threads[run]);
            free(bytes);
        }
        free(first);
    }
}
END_TEST

/* ---- files appear whole ---- */

START_TEST(file_appears_at_the_end) {
    seg_writer *writer;
    ASSERT_OK(seg_writer_open(&writer, scratch("w.mkv"), NULL, NULL));
    seg_image image = {0};
    make_frame(&image, 0, 64, 48, SEG_U8, 1);
    ASSERT_OK(seg_writer_write(writer, &image, 0, 0, 1));
    ck_assert(!exists(scratch("w.mkv")));
    ck_assert(exists(scratch("w.mkv.partial")));
    ASSERT_OK(seg_writer_finish(writer, NULL));
    ck_assert(exists(scratch("w.mkv")));
    ck_assert(!exists(scratch("w.mkv.partial")));

    ASSERT_STATUS(seg_writer_open(&writer, scratch("w.mkv"), NULL, NULL), SEG_ERROR_IO);
    ck_assert_ptr_nonnull(strstr(seg_error_detail(), "exists already"));
    seg_image_unref(&image);
}
END_TEST

START_TEST(abandoned_file_keeps_its_frames) {
    static const char *const names[] = {"a.mkv", "a.mov", "a.y4m"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        seg_writer *writer;
        ASSERT_OK(seg_writer_open(&writer, scratch(names[i]), NULL, NULL));
        seg_image image = {0};
        for (int k = 0; k < 3; k++) {
            make_frame(&image, k, 64, 48, SEG_U8, 1);
            ASSERT_OK(seg_writer_write(writer, &image, k, k, 1));
        }
        seg_image_unref(&image);
        seg_writer_abandon(writer);
        ck_assert(!exists(scratch(names[i])));
        char partial[32];
        snprintf(partial, sizeof partial, "%s.partial", names[i]);
        clip masks = make_clip(3, SEG_U8, 1);
        check_clip_in(scratch(partial), &masks, 1e-3);
    }
}
END_TEST

START_TEST(no_frame_makes_no_file) {
    static const char *const names[] = {"n.mkv", "n.y4m"};
    for (size_t i = 0; i < 2; i++) {
        seg_writer *writer;
        ASSERT_OK(seg_writer_open(&writer, scratch(names[i]), NULL, NULL));
        ASSERT_STATUS(seg_writer_finish(writer, NULL), SEG_ERROR_STATE);
        ck_assert(!exists(scratch(names[i])));
    }
    ck_assert(!exists(scratch("n.mkv.partial")));
}
END_TEST

/* ---- pipes and full disks ---- */

START_TEST(full_disk_is_an_error) {
    if (!exists("/dev/full")) return;
    static const char *const formats[] = {"y4m", "nut", "png", "rawvideo", "matroska"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        clip masks = make_clip(3, SEG_U8, 1);
        masks.options.format = formats[i];
        ASSERT_STATUS(try_write_clip("/dev/full", &masks), SEG_ERROR_IO);
        ck_assert_msg(strstr(seg_error_detail(), "No space left") != NULL, "%s: %s", formats[i],
                      seg_error_detail());
    }
}
END_TEST

START_TEST(closed_pipe_is_an_error_and_no_signal) {
    static const char *const formats[] = {"y4m", "nut", "png", "rawvideo", "matroska"};
    signal(SIGPIPE, SIG_DFL);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        int ends[2];
        ck_assert_int_eq(pipe(ends), 0);
        char name[32];
        snprintf(name, sizeof name, "/dev/fd/%d", ends[1]);
        clip masks = make_clip(200, SEG_U8, 1);
        masks.options.format = formats[i];
        close(ends[0]);
        seg_status status = try_write_clip(name, &masks);
        close(ends[1]);
        ck_assert_msg(status == SEG_ERROR_IO, "%s: %s", formats[i], seg_status_name(status));
    }
}
END_TEST

static void write_to_descriptor(int descriptor, const char *format, int frames) {
    char name[32];
    snprintf(name, sizeof name, "/dev/fd/%d", descriptor);
    clip masks = make_clip(frames, SEG_U8, 1);
    masks.options.format = format;
    write_clip(name, &masks);
}

START_TEST(streams_come_back_through_a_pipe) {
    static const char *const formats[] = {"y4m", "nut", "png", "pam", "matroska"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        int ends[2];
        ck_assert_int_eq(pipe(ends), 0);
        pid_t child = fork();
        if (!child) {
            close(ends[0]);
            write_to_descriptor(ends[1], formats[i], 40);
            _exit(0);
        }
        close(ends[1]);
        char name[32];
        snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
        clip masks = make_clip(40, SEG_U8, 1);
        check_clip_in(name, &masks, 1e-3);
        close(ends[0]);
        int state;
        waitpid(child, &state, 0);
        ck_assert(WIFEXITED(state) && WEXITSTATUS(state) == 0);
    }
}
END_TEST

/* A reader gets a frame while the writer has not begun the next one: nothing is held back at
 * either end. The reader would hang here otherwise. */
START_TEST(frames_pass_a_pipe_one_by_one) {
    static const char *const formats[] = {"y4m", "nut", "png", "pam"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        int ends[2];
        ck_assert_int_eq(pipe(ends), 0);
        char in[32];
        char out[32];
        snprintf(in, sizeof in, "/dev/fd/%d", ends[0]);
        snprintf(out, sizeof out, "/dev/fd/%d", ends[1]);
        clip masks = make_clip(1, SEG_U8, 1);
        masks.options.format = formats[i];
        seg_writer *writer;
        ASSERT_OK(seg_writer_open(&writer, out, &masks.options, NULL));
        seg_reader *reader = NULL;
        seg_frame frame = {0};
        seg_image image = {0};
        seg_reader_options options;
        seg_reader_options_init(&options);
        options.threads = 4;
        for (int k = 0; k < 5; k++) {
            make_frame(&image, k, 64, 48, SEG_U8, 1);
            ASSERT_OK(seg_writer_write(writer, &image, k, k, 1));
            if (!reader) ASSERT_OK(seg_reader_open(&reader, in, &options, NULL));
            ASSERT_OK(seg_reader_read(reader, &frame));
            ck_assert(same_pixels(&frame.image, &image));
        }
        ASSERT_OK(seg_writer_finish(writer, NULL));
        close(ends[1]);
        ASSERT_STATUS(seg_reader_read(reader, &frame), SEG_END);
        seg_reader_close(reader);
        close(ends[0]);
        seg_image_unref(&image);
    }
}
END_TEST

/* ---- formats of streams ---- */

START_TEST(y4m_headers) {
    clip masks = make_clip(2, SEG_U8, 1);
    masks.options.sample_aspect = (seg_rational){4, 3};
    masks.options.frame_rate = (seg_rational){30000, 1001};
    write_clip(scratch("h.y4m"), &masks);
    size_t size;
    uint8_t *bytes = load_file(scratch("h.y4m"), &size);
    static const char grey[] =
        "YUV4MPEG2 W64 H48 F30000:1001 Ip A4:3 Cmono XCOLORRANGE=FULL\nFRAME\n";
    ck_assert(!memcmp(bytes, grey, sizeof grey - 1));
    ck_assert_uint_eq(size, sizeof grey - 1 + 2 * 64 * 48 + 6);
    free(bytes);

    clip colour = make_clip(1, SEG_U8, 3);
    ASSERT_STATUS(try_write_clip(scratch("c.y4m"), &colour), SEG_ERROR_UNSUPPORTED);
    colour.options.content = SEG_CONTENT_PICTURE;
    write_clip(scratch("c.y4m"), &colour);
    bytes = load_file(scratch("c.y4m"), &size);
    static const char limited[] =
        "YUV4MPEG2 W64 H48 F25:1 Ip A1:1 C444 XCOLORRANGE=LIMITED\nFRAME\n";
    ck_assert(!memcmp(bytes, limited, sizeof limited - 1));
    ck_assert_uint_eq(size, sizeof limited - 1 + 3 * 64 * 48);
    free(bytes);
}
END_TEST

/* Colour through 4:4:4 and back is off by rounding only. */
START_TEST(y4m_colour_is_close) {
    clip colour = make_clip(1, SEG_U8, 3);
    colour.options.content = SEG_CONTENT_PICTURE;
    write_clip(scratch("k.y4m"), &colour);
    seg_reader *reader = open_reader(scratch("k.y4m"));
    seg_frame frame = {0};
    ASSERT_OK(seg_reader_read(reader, &frame));
    seg_image wanted = {0};
    make_frame(&wanted, 0, 64, 48, SEG_U8, 3);
    for (int32_t y = 0; y < 48; y++) {
        const uint8_t *a = seg_image_row(&frame.image, y);
        const uint8_t *b = seg_image_row(&wanted, y);
        for (int32_t i = 0; i < 3 * 64; i++)
            ck_assert_int_le(abs(a[i] - b[i]), 3);
    }
    seg_image_unref(&wanted);
    seg_frame_unref(&frame);
    seg_reader_close(reader);
}
END_TEST

START_TEST(raw_samples_come_back) {
    static const struct {
        seg_format format;
        int channels;
        const char *name;
    } raw[] = {{SEG_U8, 1, "gray"},
               {SEG_U8, 3, "rgb24"},
               {SEG_U8, 4, "rgba"},
               {SEG_U16, 1, "gray16le"},
               {SEG_U16, 3, "rgb48le"}};
    for (size_t i = 0; i < sizeof raw / sizeof *raw; i++) {
        clip data = make_clip(3, raw[i].format, raw[i].channels);
        data.options.format = "rawvideo";
        data.options.overwrite = true;
        write_clip(scratch("r.bin"), &data);
        seg_reader_options options;
        seg_reader_options_init(&options);
        options.format = "rawvideo";
        options.raw_width = 64;
        options.raw_height = 48;
        options.raw_pixel_format = raw[i].name;
        seg_reader *reader;
        ASSERT_OK(seg_reader_open(&reader, scratch("r.bin"), &options, NULL));
        seg_frame frame = {0};
        seg_image wanted = {0};
        for (int k = 0; k < 3; k++) {
            ASSERT_OK(seg_reader_read(reader, &frame));
            make_frame(&wanted, k, 64, 48, raw[i].format, raw[i].channels);
            ck_assert(same_pixels(&frame.image, &wanted));
        }
        ASSERT_STATUS(seg_reader_read(reader, &frame), SEG_END);
        seg_image_unref(&wanted);
        seg_reader_close(reader);
    }
}
END_TEST

/* ---- pictures ---- */

START_TEST(patterns_and_directories) {
    clip masks = make_clip(12, SEG_U8, 1);
    ck_assert_int_eq(mkdir(scratch("seq"), 0777), 0);
    write_clip(scratch("seq/f%d.png"), &masks);
    ck_assert(exists(scratch("seq/f0.png")) && exists(scratch("seq/f11.png")));
    check_clip_in(scratch("seq/f%d.png"), &masks, 1e-9);
    ASSERT_STATUS(try_write_clip(scratch("seq/f%d.png"), &masks), SEG_ERROR_IO);

    write_clip(scratch("made/"), &masks);
    ck_assert(exists(scratch("made/000000.png")) && exists(scratch("made/000011.png")));
    seg_reader_options options;
    seg_reader_options_init(&options);
    seg_reader *reader;
    ASSERT_STATUS(seg_reader_open(&reader, scratch("made"), &options, NULL), SEG_ERROR_ARGUMENT);
    options.sequence = true;
    options.fps = (seg_rational){10, 1};
    ASSERT_OK(seg_reader_open(&reader, scratch("made"), &options, NULL));
    ck_assert_int_eq(seg_reader_info(reader)->frames, 12);
    seg_frame frame = {0};
    for (int i = 0; i < 12; i++) {
        ASSERT_OK(seg_reader_read(reader, &frame));
        ck_assert_double_eq_tol(seg_frame_seconds(&frame), i / 10.0, 1e-12);
    }
    ASSERT_STATUS(seg_reader_read(reader, &frame), SEG_END);
    seg_reader_close(reader);

    clip two = make_clip(2, SEG_U8, 1);
    ASSERT_STATUS(try_write_clip(scratch("single.png"), &two), SEG_ERROR_STATE);
    ck_assert_ptr_nonnull(strstr(seg_error_detail(), "takes one frame"));
    ASSERT_STATUS(try_write_clip(scratch("seq/x%d.xyz"), &two), SEG_ERROR_OPTION);
}
END_TEST

START_TEST(null_counts) {
    clip masks = make_clip(9, SEG_U8, 1);
    write_clip("null:", &masks);
}
END_TEST

/* ---- sound ---- */

static void put(uint8_t *bytes, uint32_t value, int size) {
    for (int i = 0; i < size; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}

/* One second of 8 kHz, 16 bits. */
static void write_wave(const char *path) {
    static uint8_t bytes[44 + 16000] = "RIFF....WAVEfmt ";
    put(bytes + 4, sizeof bytes - 8, 4);
    put(bytes + 16, 16, 4);
    put(bytes + 20, 1, 2);
    put(bytes + 22, 1, 2);
    put(bytes + 24, 8000, 4);
    put(bytes + 28, 16000, 4);
    put(bytes + 32, 2, 2);
    put(bytes + 34, 16, 2);
    memcpy(bytes + 36, "data", 4);
    put(bytes + 40, 16000, 4);
    for (int i = 0; i < 8000; i++)
        put(bytes + 44 + 2 * i, (uint32_t)(i % 100 * 300), 2);
    save_file(path, bytes, sizeof bytes);
}

START_TEST(sound_is_copied_and_harmless) {
    write_wave(scratch("s.wav"));
    clip masks = make_clip(20, SEG_U8, 1);
    masks.options.audio_from = scratch("s.wav");
    write_clip(scratch("s.mkv"), &masks);
    seg_reader *reader = open_reader(scratch("s.mkv"));
    ck_assert(seg_reader_info(reader)->has_audio);
    seg_reader_close(reader);
    check_clip_in(scratch("s.mkv"), &masks, 1e-3);

    ASSERT_STATUS(seg_reader_open(&reader, scratch("s.wav"), NULL, NULL), SEG_ERROR_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(seg_error_detail(), "no video stream"));

    /* A file without sound is no error. */
    masks.options.audio_from = scratch("s2.mkv");
    clip silent = make_clip(2, SEG_U8, 1);
    write_clip(scratch("s2.mkv"), &silent);
    write_clip(scratch("s3.mkv"), &masks);
    masks.options.audio_from = scratch("none.wav");
    ASSERT_STATUS(try_write_clip(scratch("s4.mkv"), &masks), SEG_ERROR_IO);
    ck_assert(!exists(scratch("s4.mkv.partial")));
}
END_TEST

/* ---- refusals ---- */

static void check_refused(const char *name, const clip *made, seg_status wanted,
                          const char *words) {
    seg_status status = try_write_clip(name, made);
    ck_assert_msg(status == wanted, "%s: %s: %s", name, seg_status_name(status),
                  seg_error_detail());
    ck_assert_msg(strstr(seg_error_detail(), words) != NULL, "no \"%s\" in \"%s\"", words,
                  seg_error_detail());
}

START_TEST(bad_requests_are_named) {
    clip masks = make_clip(2, SEG_U8, 1);
    check_refused("-", &masks, SEG_ERROR_OPTION, "needs a format");
    check_refused(scratch("x.xyz"), &masks, SEG_ERROR_OPTION, "no picture or video format");
    masks.options.codec = "nosuch";
    check_refused(scratch("x.mkv"), &masks, SEG_ERROR_OPTION, "ffv1");
    masks.options.codec = "ffv1";
    check_refused(scratch("x.webm"), &masks, SEG_ERROR_OPTION, "does not fit into webm");
    check_refused(scratch("x.y4m"), &masks, SEG_ERROR_OPTION, "no codecs");
    masks.options.codec = NULL;
    masks.options.format = "nosuch";
    check_refused(scratch("x.mkv"), &masks, SEG_ERROR_OPTION, "no container for video");
    masks.options.format = NULL;
    check_refused("/nonexistent/x.mkv", &masks, SEG_ERROR_IO, "No such file");
    clip deep = make_clip(2, SEG_U16, 1);
    if (has_encoder("libx264"))
        check_refused(scratch("x.mp4"), &deep, SEG_ERROR_UNSUPPORTED, "without loss");
    masks.options.size = 3;
    check_refused(scratch("x.mkv"), &masks, SEG_ERROR_OPTION, "not initialised");

    seg_image labels = {0};
    ASSERT_OK(seg_image_alloc(&labels, 8, 8, SEG_LABEL32, 1, NULL));
    *(int32_t *)labels.data = 70000;
    seg_writer *writer;
    ASSERT_OK(seg_writer_open(&writer, scratch("l.mkv"), NULL, NULL));
    ASSERT_STATUS(seg_writer_write(writer, &labels, 0, 0, 1), SEG_ERROR_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(seg_error_detail(), "65535"));
    seg_writer_abandon(writer);
    ck_assert_ptr_nonnull(strstr(seg_error_detail(), "65535"));
    ck_assert(!exists(scratch("l.mkv.partial")));
    seg_image_unref(&labels);
}
END_TEST

START_TEST(changed_shape_is_refused) {
    seg_writer *writer;
    ASSERT_OK(seg_writer_open(&writer, scratch("z.mkv"), NULL, NULL));
    seg_image image = {0};
    make_frame(&image, 0, 64, 48, SEG_U8, 1);
    ASSERT_OK(seg_writer_write(writer, &image, 0, 0, 1));
    make_frame(&image, 0, 64, 50, SEG_U8, 1);
    ASSERT_STATUS(seg_writer_write(writer, &image, 1, 1, 1), SEG_ERROR_SHAPE);
    ASSERT_STATUS(seg_writer_write(writer, &image, 1, 1, 1), SEG_ERROR_STATE);
    int64_t frames;
    ASSERT_STATUS(seg_writer_finish(writer, &frames), SEG_ERROR_STATE);
    ck_assert_int_eq(frames, 1);
    ck_assert(!exists(scratch("z.mkv")));
    seg_image_unref(&image);
}
END_TEST

/* ---- people's videos ---- */

START_TEST(pictures_become_usual_video) {
    static const char *const names[] = {"v.mp4", "v.mkv", "v.webm", "v.avi", "v.gif", "v.mov"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        clip pictures = make_clip(5, SEG_U8, 3);
        pictures.options.content = SEG_CONTENT_PICTURE;
        write_clip(scratch(names[i]), &pictures);
        seg_reader *reader = open_reader(scratch(names[i]));
        seg_frame frame = {0};
        int count = 0;
        while (seg_reader_read(reader, &frame) == SEG_OK) {
            ck_assert_int_eq(frame.image.width, 64);
            ck_assert_double_eq_tol(seg_frame_seconds(&frame), count / 25.0, 1e-3);
            count++;
        }
        ck_assert_msg(count == 5, "%s: %d frames", names[i], count);
        seg_reader_close(reader);
    }
}
END_TEST

START_TEST(alpha_survives) {
    clip cutouts = make_clip(3, SEG_U8, 4);
    cutouts.options.content = SEG_CONTENT_PICTURE;
    static const char *const names[] = {"q.mkv", "q.mov", "q.nut"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        write_clip(scratch(names[i]), &cutouts);
        check_clip_in(scratch(names[i]), &cutouts, 1e-3);
    }
}
END_TEST

START_TEST(codec_and_bitrate_pass_through) {
    clip pictures = make_clip(10, SEG_U8, 3);
    pictures.options.content = SEG_CONTENT_PICTURE;
    pictures.options.codec = "mpeg4";
    pictures.options.bitrate = 200000;
    write_clip(scratch("b.mkv"), &pictures);
    seg_reader *reader = open_reader(scratch("b.mkv"));
    ck_assert_str_eq(seg_reader_info(reader)->codec, "mpeg4");
    seg_reader_close(reader);
    clip masks = make_clip(4, SEG_U8, 3);
    masks.options.codec = "huffyuv";
    write_clip(scratch("hf.avi"), &masks);
    check_clip_in(scratch("hf.avi"), &masks, 1e-3);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("video writing");
    TCase *cases = tcase_create("all");
    tcase_add_checked_fixture(cases, scratch_setup, scratch_teardown);
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, masks_come_back_exactly);
    tcase_add_test(cases, data_come_back_exactly);
    tcase_add_test(cases, odd_sizes_come_back_exactly);
    tcase_add_test(cases, irregular_times_are_kept);
    tcase_add_test(cases, pictures_keep_their_times_too);
    tcase_add_test(cases, missing_and_equal_times_lose_no_frame);
    tcase_add_test(cases, lossless_files_are_identical);
    tcase_add_test(cases, file_appears_at_the_end);
    tcase_add_test(cases, abandoned_file_keeps_its_frames);
    tcase_add_test(cases, no_frame_makes_no_file);
    tcase_add_test(cases, full_disk_is_an_error);
    tcase_add_test(cases, closed_pipe_is_an_error_and_no_signal);
    tcase_add_test(cases, streams_come_back_through_a_pipe);
    tcase_add_test(cases, frames_pass_a_pipe_one_by_one);
    tcase_add_test(cases, y4m_headers);
    tcase_add_test(cases, y4m_colour_is_close);
    tcase_add_test(cases, raw_samples_come_back);
    tcase_add_test(cases, patterns_and_directories);
    tcase_add_test(cases, null_counts);
    tcase_add_test(cases, sound_is_copied_and_harmless);
    tcase_add_test(cases, bad_requests_are_named);
    tcase_add_test(cases, changed_shape_is_refused);
    tcase_add_test(cases, pictures_become_usual_video);
    tcase_add_test(cases, alpha_survives);
    tcase_add_test(cases, codec_and_bitrate_pass_through);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
