/* The writer: finds out what the output is, checks and counts the frames. */
#include "media/writer.h"

#include "core/check.h"
#include "core/memory.h"
#include "files/atomic_file.h"
#include "media/codec.h"
#include "media/names.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

void seg_writer_options_init(seg_writer_options *options) {
    *options = (seg_writer_options){.size = sizeof *options,
                                    .content = SEG_CONTENT_MASK,
                                    .frame_rate = {25, 1},
                                    .sample_aspect = {1, 1},
                                    .threads = 1,
                                    .quality = 92,
                                    .compression = 3};
}

/* ---- names ---- */

const char *seg_path_extension(const char *path) {
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash ? slash + 1 : path, '.');
    return dot ? dot + 1 : "";
}

static bool equals_ignoring_case(const char *a, const char *b) {
    while (*a && tolower((unsigned char)*a) == tolower((unsigned char)*b))
        a++, b++;
    return !*a && !*b;
}

const char *seg_picture_format(const char *extension) {
    static const char *const known[][2] = {
        {"png", "png"}, {"jpg", "jpeg"}, {"jpeg", "jpeg"}, {"pam", "pam"},
        {"pnm", "pnm"}, {"pgm", "pgm"},  {"ppm", "ppm"},   {"pbm", "pbm"},
        {"pfm", "pfm"}, {"npy", "npy"},  {"flo", "flo"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (equals_ignoring_case(extension, known[i][0])) return known[i][1];
    }
    return NULL;
}

static bool is_directory(const char *name) {
    struct stat state;
    if (name[strlen(name) - 1] == '/') return true;
    return stat(name, &state) == 0 && S_ISDIR(state.st_mode);
}

static bool is_special_file(const char *name) {
    struct stat state;
    return stat(name, &state) == 0 && !S_ISREG(state.st_mode) && !S_ISDIR(state.st_mode);
}

/* ---- nothing ---- */

static seg_status null_write(seg_writer *writer, const seg_image *image, int64_t index, int64_t pts,
                             int64_t duration) {
    (void)writer, (void)image, (void)index, (void)pts, (void)duration;
    return SEG_OK;
}

static seg_status null_finish(seg_writer *writer) {
    (void)writer;
    return SEG_OK;
}

static void null_end(seg_writer *writer) {
    (void)writer;
}

static const seg_writer_operations null_operations = {null_write, null_finish, null_end, null_end};

/* ---- opening ---- */

void *seg_writer_make(size_t size, const seg_writer_operations *operations,
                      const seg_writer_options *options, const seg_env *env) {
    seg_writer *writer = seg_allocate_zeroed(env, 1, size, "a writer");
    if (!writer) return NULL;
    writer->operations = operations;
    writer->options = *options;
    if (env) writer->env = *env;
    return writer;
}

static seg_status open_null(seg_writer **writer, const seg_writer_options *options,
                            const seg_env *env) {
    *writer = seg_writer_make(sizeof **writer, &null_operations, options, env);
    if (!*writer) return SEG_ERROR_MEMORY;
    (*writer)->takes_float = (*writer)->takes_any_shape = true;
    return SEG_OK;
}

static bool is_valid_rate(seg_rational value) {
    return (value.num == 0 && value.den == 0) || (value.num > 0 && value.den > 0);
}

static seg_status check_options(const seg_writer_options *o) {
    if (o->size < sizeof *o)
        return seg_fail(SEG_ERROR_OPTION, "writer options are not initialised (size is %zu)",
                        o->size);
    if (o->content < SEG_CONTENT_MASK || o->content > SEG_CONTENT_PICTURE)
        return seg_fail(SEG_ERROR_OPTION, "content is %d (allowed 0 to 2)", o->content);
    if (o->bitrate < 0)
        return seg_fail(SEG_ERROR_OPTION, "bitrate is %" PRId64 " bits/s (allowed 0 or more)",
                        o->bitrate);
    if (o->threads < 0)
        return seg_fail(SEG_ERROR_OPTION, "threads is %d (allowed 0 or more)", o->threads);
    if (!is_valid_rate(o->time_base))
        return seg_fail(SEG_ERROR_OPTION, "time_base is %d/%d (allowed above 0)", o->time_base.num,
                        o->time_base.den);
    if (!is_valid_rate(o->frame_rate))
        return seg_fail(SEG_ERROR_OPTION, "frame_rate is %d/%d (allowed above 0)",
                        o->frame_rate.num, o->frame_rate.den);
    return SEG_OK;
}

typedef enum writer_kind {
    WRITER_NULL,
    WRITER_SEQUENCE,
    WRITER_PICTURE,
    WRITER_STREAM,
    WRITER_VIDEO
} writer_kind;

/* `format` is the given one, or what the extension says. */
static writer_kind find_kind(const char *name, const char *given, const char **format) {
    *format = given ? given : seg_path_extension(name);
    if (!strcmp(name, "null:")) return WRITER_NULL;
    if (strcmp(name, "-") != 0 && !is_special_file(name)) {
        if (seg_is_printf_pattern(name) || is_directory(name)) return WRITER_SEQUENCE;
        if (seg_picture_format(*format)) return WRITER_PICTURE;
    }
    return seg_stream_writer_fits(*format) ? WRITER_STREAM : WRITER_VIDEO;
}

static seg_status check_by_name(writer_kind *kind, const char **format, const char *name,
                                const seg_writer_options *options) {
    if (!strcmp(name, "-") && !options->format)
        return seg_fail(
            SEG_ERROR_OPTION,
            "standard output needs a format: y4m, nut, rawvideo, pam, png, npy, flo, or "
            "another one of FFmpeg's containers");
    *kind = find_kind(name, options->format, format);
    switch (*kind) {
    case WRITER_SEQUENCE:
        return seg_picture_files_check(name, false, options->format);
    case WRITER_PICTURE:
        return seg_picture_files_check(name, true, options->format);
    case WRITER_STREAM:
        return seg_stream_writer_check(*format, options);
    case WRITER_VIDEO:
        return seg_video_writer_check(name, options->format, options);
    case WRITER_NULL:
        break;
    }
    return SEG_OK;
}

static seg_status open_by_name(seg_writer **writer, const char *name,
                               const seg_writer_options *options, const seg_env *env) {
    const char *format;
    writer_kind kind;
    SEG_TRY(check_by_name(&kind, &format, name, options));
    switch (kind) {
    case WRITER_SEQUENCE:
        return seg_sequence_writer_open(writer, name, options, env);
    case WRITER_PICTURE:
        return seg_picture_writer_open(writer, name, options, env);
    case WRITER_STREAM:
        return seg_stream_writer_open(writer, name, format, options, env);
    case WRITER_VIDEO:
        return seg_video_writer_open(writer, name, options->format, options, env);
    case WRITER_NULL:
        break;
    }
    return open_null(writer, options, env);
}

static seg_status take_options(seg_writer_options *options, const char *name,
                               const seg_writer_options *given) {
    if (!name || !*name) return seg_fail(SEG_ERROR_ARGUMENT, "the output's name is empty");
    seg_writer_options_init(options);
    if (!given) return SEG_OK;
    SEG_TRY(check_options(given));
    *options = *given;
    return SEG_OK;
}

seg_status seg_writer_check(const char *name, const seg_writer_options *given) {
    seg_writer_options options;
    const char *format;
    writer_kind kind;
    SEG_TRY(take_options(&options, name, given));
    return check_by_name(&kind, &format, name, &options);
}

seg_status seg_writer_open(seg_writer **writer, const char *name, const seg_writer_options *given,
                           const seg_env *env) {
    if (!writer) return seg_fail(SEG_ERROR_ARGUMENT, "writer is NULL");
    *writer = NULL;
    seg_writer_options options;
    SEG_TRY(take_options(&options, name, given));
    SEG_TRY(open_by_name(writer, name, &options, env));
    (*writer)->options.format = (*writer)->options.codec = (*writer)->options.audio_from = NULL;
    return SEG_OK;
}

/* Rows and a copy at most; the encoders of video know better. */
seg_status seg_writer_memory(int64_t *bytes, const char *name, const seg_writer_options *given,
                             const seg_image *shape) {
    seg_writer_options options;
    const char *format;
    writer_kind kind;
    if (!bytes || !shape)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)", bytes ? "shape" : "bytes");
    SEG_TRY(take_options(&options, name, given));
    SEG_TRY(check_by_name(&kind, &format, name, &options));
    if (kind == WRITER_VIDEO)
        return seg_video_writer_memory(bytes, name, options.format, &options, shape);
    *bytes = kind == WRITER_NULL ? 0
                                 : (int64_t)shape->width * shape->height * shape->channels *
                                       (int64_t)seg_format_size((seg_format)shape->format);
    return SEG_OK;
}

/* ---- writing ---- */

static seg_status check_frame(seg_writer *writer, const seg_image *image) {
    const uint32_t integers =
        SEG_FORMAT_BIT(SEG_U8) | SEG_FORMAT_BIT(SEG_U16) | SEG_FORMAT_BIT(SEG_LABEL32);
    if (image && image->format == SEG_F32 && !writer->takes_float)
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "video takes no floating-point samples; write %s files, or convert to 16 "
                        "bits",
                        seg_float_files(image));
    SEG_TRY(seg_check_image(image, "frame", integers | SEG_FORMAT_BIT(SEG_F32), SEG_CHANNELS_ANY));
    seg_image *shape = &writer->shape;
    if (!writer->frames) {
        *shape = *image;
        shape->data = NULL;
        shape->owner = NULL;
    }
    if (writer->takes_any_shape ||
        (image->width == shape->width && image->height == shape->height &&
         image->format == shape->format && image->channels == shape->channels))
        return SEG_OK;
    return seg_fail(SEG_ERROR_SHAPE,
                    "frame %" PRId64 " is %dx%d with %d channels, the first one is %dx%d with %d; "
                    "a video holds one size and format; write pictures (out/%%05d.png), or scale",
                    writer->frames, image->width, image->height, image->channels, shape->width,
                    shape->height, shape->channels);
}

seg_status seg_writer_write(seg_writer *writer, const seg_image *image, int64_t index, int64_t pts,
                            int64_t duration) {
    if (!writer) return seg_fail(SEG_ERROR_ARGUMENT, "writer is NULL");
    if (writer->failed) return seg_fail(SEG_ERROR_STATE, "the writer has failed before");
    seg_status status = check_frame(writer, image);
    if (status >= 0) status = writer->operations->write(writer, image, index, pts, duration);
    if (status >= 0) writer->frames++;
    writer->failed = status < 0;
    return status;
}

int64_t seg_writer_bytes(const seg_writer *writer) {
    if (!writer) return 0;
    return writer->file ? writer->file->written : writer->bytes;
}

static void free_writer(seg_writer *writer) {
    writer->operations->release(writer);
    seg_env env = writer->env;
    seg_release(&env, writer);
}

seg_status seg_writer_finish(seg_writer *writer, int64_t *frames) {
    if (!writer) return seg_fail(SEG_ERROR_ARGUMENT, "writer is NULL");
    if (frames) *frames = writer->frames;
    seg_status status;
    if (writer->failed) {
        writer->operations->abandon(writer);
        status = seg_fail(SEG_ERROR_STATE, "the output is not ended: writing failed before");
    } else {
        status = writer->operations->finish(writer);
    }
    free_writer(writer);
    return status;
}

void seg_writer_abandon(seg_writer *writer) {
    if (!writer) return;
    /* What went wrong before is what the caller will tell. */
    char detail[512];
    snprintf(detail, sizeof detail, "%s", seg_error_detail());
    writer->operations->abandon(writer);
    free_writer(writer);
    seg_error_detail_set(detail);
}
