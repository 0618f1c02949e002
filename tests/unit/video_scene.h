/* Small generated clips and a scratch directory for the tests of video. */
#ifndef SEG_TESTS_VIDEO_SCENE_H
#define SEG_TESTS_VIDEO_SCENE_H

#include <check.h>
#include <segment/media.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ASSERT_OK(expression)                                                                      \
    do {                                                                                           \
        seg_status assert_status_ = (expression);                                                  \
        ck_assert_msg(assert_status_ == SEG_OK, "%s: %s: %s", #expression,                         \
                      seg_status_name(assert_status_), seg_error_detail());                        \
    } while (0)

#define ASSERT_STATUS(expression, wanted)                                                          \
    do {                                                                                           \
        seg_status assert_status_ = (expression);                                                  \
        ck_assert_msg(assert_status_ == (wanted), "%s: %s, not %s: %s", #expression,               \
                      seg_status_name(assert_status_), #wanted, seg_error_detail());               \
    } while (0)

/* ---- scratch files ---- */

static char scratch_directory[200];

static inline void scratch_setup(void) {
    const char *base = getenv("TMPDIR");
    snprintf(scratch_directory, sizeof scratch_directory, "%s/segment-video-XXXXXX",
             base && *base ? base : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(scratch_directory));
}

static inline void scratch_teardown(void) {
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", scratch_directory);
    ck_assert_int_eq(system(command), 0);
}

/* A path in the scratch directory; four may be in use at a time. */
static inline const char *scratch(const char *name) {
    static char paths[4][400];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", scratch_directory, name);
    return path;
}

static inline bool exists(const char *path) {
    return access(path, F_OK) == 0;
}

/* A whole file; the caller frees it. */
static inline uint8_t *load_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s is missing", path);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*size + 1);
    ck_assert_uint_eq(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

static inline void save_file(const char *path, const void *bytes, size_t size) {
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

/* ---- frames ---- */

/* Frame `number`: gradients with texture and a square that moves; all values occur. */
static inline void make_frame(seg_image *image, int number, int32_t width, int32_t height,
                              seg_format format, int channels) {
    ASSERT_OK(seg_image_alloc(image, width, height, format, channels, NULL));
    for (int32_t y = 0; y < height; y++) {
        void *row = seg_image_row(image, y);
        for (int32_t i = 0; i < width * channels; i++) {
            int32_t x = i / channels;
            int32_t c = i % channels;
            bool inside = x >= 3 * number && x < 3 * number + 8 && y >= 4 && y < 12;
            uint32_t v = (uint32_t)(x * 5 + y * 3 + c * 60 + number * 7 + (x * y) % 11);
            if (inside) v = (uint32_t)(255 - c * 40);
            if (format == SEG_U8) ((uint8_t *)row)[i] = (uint8_t)v;
            if (format == SEG_U16) ((uint16_t *)row)[i] = (uint16_t)(v * 263 + (uint32_t)x);
            if (format == SEG_LABEL32) ((int32_t *)row)[i] = (int32_t)(v * 3);
        }
    }
}

static inline bool same_pixels(const seg_image *a, const seg_image *b) {
    if (a->width != b->width || a->height != b->height || a->format != b->format ||
        a->channels != b->channels)
        return false;
    size_t row = (size_t)a->width * a->channels * seg_format_size((seg_format)a->format);
    for (int32_t y = 0; y < a->height; y++) {
        if (memcmp(seg_image_row(a, y), seg_image_row(b, y), row) != 0) return false;
    }
    return true;
}

/* ---- clips ---- */

typedef struct clip {
    int frames;
    int32_t width, height;
    seg_format format;
    int channels;
    seg_writer_options options;
    int64_t (*time)(int number); /* of a frame, NULL = its number */
} clip;

static inline clip make_clip(int frames, seg_format format, int channels) {
    clip made = {frames, 64, 48, format, channels, {0}, NULL};
    seg_writer_options_init(&made.options);
    made.options.time_base = (seg_rational){1, 25};
    return made;
}

static inline int64_t clip_time(const clip *made, int number) {
    return made->time ? made->time(number) : number;
}

/* Writes without asserting, so that failures can be looked at. The writer is gone afterwards. */
static inline seg_status try_write_clip(const char *path, const clip *made) {
    seg_writer *writer;
    seg_status status = seg_writer_open(&writer, path, &made->options, NULL);
    if (status < 0) return status;
    seg_image image = {0};
    for (int i = 0; i < made->frames && status >= 0; i++) {
        make_frame(&image, i, made->width, made->height, made->format, made->channels);
        int64_t step = clip_time(made, i + 1) - clip_time(made, i);
        status = seg_writer_write(writer, &image, i, clip_time(made, i), step);
    }
    seg_image_unref(&image);
    if (status < 0) {
        seg_writer_abandon(writer);
        return status;
    }
    int64_t frames;
    status = seg_writer_finish(writer, &frames);
    if (status >= 0) ck_assert_int_eq(frames, made->frames);
    return status;
}

static inline void write_clip(const char *path, const clip *made) {
    ASSERT_OK(try_write_clip(path, made));
}

#endif
