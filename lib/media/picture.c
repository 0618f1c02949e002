/* Still pictures: finding the format, reading and writing files. */
#include "media/codec.h"

#include "core/bands.h"
#include "core/check.h"
#include "core/memory.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECK_SIZE(options, type)                                                                  \
    if ((options)->size == 0)                                                                      \
    return seg_fail(SEG_ERROR_OPTION, "the size of " #type " is 0; call " #type "_init first")

void seg_picture_read_options_init(seg_picture_read_options *options) {
    *options = (seg_picture_read_options){.size = sizeof *options, .autorotate = true};
}

void seg_picture_write_options_init(seg_picture_write_options *options) {
    *options =
        (seg_picture_write_options){.size = sizeof *options, .quality = 92, .compression = 3};
}

/* ---- decoding ---- */

seg_picture_decoder seg_picture_decoder_find(const uint8_t *bytes, size_t size) {
    if (size >= 8 && !memcmp(bytes, "\x89PNG\r\n\x1a\n", 8)) return seg_png_decode;
    if (size >= 4 && !memcmp(bytes, "\xff\xd8\xff", 3))
        return bytes[3] == 0xf7 ? seg_ffmpeg_decode : seg_jpeg_decode; /* f7: JPEG-LS */
    if (size >= 6 && !memcmp(bytes, "\x93NUMPY", 6)) return seg_npy_decode;
    if (size >= 4 && !memcmp(bytes, "PIEH", 4)) return seg_flo_decode;
    if (size >= 3 && bytes[0] == 'P' && strchr("1234567Ff", bytes[1]) && bytes[1] &&
        (strchr(" \t\r\n#", bytes[2]) && bytes[2]))
        return seg_pnm_decode;
    return seg_ffmpeg_decode;
}

static seg_status decode(seg_image *image, seg_picture_info *info, const uint8_t *bytes,
                         size_t size, const seg_picture_read_options *options, const seg_env *env) {
    if (!size) return seg_fail(SEG_ERROR_DATA, "the file is empty");
    seg_picture_decoder decoder = seg_picture_decoder_find(bytes, size);
    if (options->indices && decoder == seg_png_decode) decoder = seg_png_decode_indices;
    SEG_TRY(decoder(image, info, bytes, size, env));
    seg_status status = SEG_OK;
    if (options->autorotate) status = seg_orientation_apply(image, info->orientation, env);
    if (status < 0) seg_image_unref(image);
    return status;
}

/* Fills in what the caller left out, and checks the rest. */
static seg_status check_read(seg_picture_read_options *checked,
                             const seg_picture_read_options *options, const seg_image *image) {
    if (!image) return seg_fail(SEG_ERROR_ARGUMENT, "image is missing (NULL)");
    seg_picture_read_options_init(checked);
    if (!options) return SEG_OK;
    CHECK_SIZE(options, seg_picture_read_options);
    checked->autorotate = options->autorotate;
    /* structs that were compiled before it was there end earlier */
    if (options->size >= sizeof *options) checked->indices = options->indices;
    return SEG_OK;
}

static void clear_info(seg_picture_info *info) {
    memset(info, 0, sizeof *info);
    info->orientation = 1;
}

seg_status seg_picture_decode(seg_image *image, seg_picture_info *info, const void *bytes,
                              size_t size, const seg_picture_read_options *options,
                              const seg_env *env) {
    seg_picture_read_options checked;
    SEG_TRY(check_read(&checked, options, image));
    if (!bytes && size) return seg_fail(SEG_ERROR_ARGUMENT, "bytes is missing (NULL)");
    seg_picture_info found;
    clear_info(&found);
    seg_image decoded = {0};
    seg_status status = decode(&decoded, &found, bytes, size, &checked, env);
    if (info) *info = found;
    if (status < 0) return status;
    seg_image_unref(image);
    *image = decoded;
    return SEG_OK;
}

/* ---- reading files ---- */

/* A whole file in memory. */
typedef struct file_bytes {
    uint8_t *data;
    size_t size, capacity;
} file_bytes;

static seg_status fail_errno(const char *path, const char *what) {
    return seg_fail(SEG_ERROR_IO, "%s: cannot %s (%s)", path, what, strerror(errno));
}

/* Puts the file's name before the detail line of a failed call. */
static seg_status fail_in(const char *path, seg_status status) {
    char detail[512];
    snprintf(detail, sizeof detail, "%s", seg_error_detail());
    return seg_fail(status, "%s: %s", path, detail);
}

/* No picture within the limits needs more, with metadata to spare: 16 bytes a pixel, twice. A disk
 * image by mistake should not fill the memory before it is found to be none. */
static seg_status check_file_size(int64_t size, const seg_env *env) {
    int64_t pixels = SEG_DEFAULT_MAX_PIXELS;
    if (env && env->limits && env->limits->max_pixels > 0) pixels = env->limits->max_pixels;
    if (pixels > INT64_MAX / 64) return SEG_OK;
    int64_t allowed = 32 * pixels + ((int64_t)64 << 20);
    if (size <= allowed) return SEG_OK;
    return seg_fail(SEG_ERROR_LIMIT,
                    "the file has %lld bytes, too many for a picture of %lld pixels; --max-pixels "
                    "raises the limit",
                    (long long)size, (long long)pixels);
}

static seg_status grow(file_bytes *file, const seg_env *env) {
    size_t capacity = file->capacity * 2;
    SEG_TRY(check_file_size((int64_t)capacity, env));
    uint8_t *data = seg_allocate(env, capacity, 1, "the file's bytes");
    if (!data) return SEG_ERROR_MEMORY;
    memcpy(data, file->data, file->size);
    seg_release(env, file->data);
    file->data = data;
    file->capacity = capacity;
    return SEG_OK;
}

/* Reads to the end; a file may be longer or shorter than its size said, and a pipe has none. */
static seg_status read_all(file_bytes *file, int descriptor, const char *path, const seg_env *env) {
    for (;;) {
        if (file->size == file->capacity) {
            seg_status status = grow(file, env);
            if (status < 0) return fail_in(path, status);
        }
        ssize_t got = read(descriptor, file->data + file->size, file->capacity - file->size);
        if (got == 0) return SEG_OK;
        if (got > 0) {
            file->size += (size_t)got;
            continue;
        }
        if (errno != EINTR) return fail_errno(path, "read");
        SEG_TRY(seg_progress(env, 0));
    }
}

static seg_status read_descriptor(file_bytes *file, int descriptor, const char *path,
                                  const seg_env *env) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) return fail_errno(path, "read");
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return fail_errno(path, "read");
    }
    file->capacity = 64 * 1024;
    if (S_ISREG(status.st_mode)) {
        seg_status checked = check_file_size(status.st_size, env);
        if (checked < 0) return fail_in(path, checked);
        file->capacity = (size_t)status.st_size + 1; /* + 1: the end shows without growing */
    }
    file->data = seg_allocate(env, file->capacity, 1, "the file's bytes");
    if (!file->data) return SEG_ERROR_MEMORY;
    return read_all(file, descriptor, path, env);
}

seg_status seg_picture_read(seg_image *image, seg_picture_info *info, const char *path,
                            const seg_picture_read_options *options, const seg_env *env) {
    if (!path) return seg_fail(SEG_ERROR_ARGUMENT, "path is missing (NULL)");
    int descriptor;
    while ((descriptor = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC)) < 0) {
        if (errno != EINTR) return fail_errno(path, "open");
        SEG_TRY(seg_progress(env, 0));
    }
    file_bytes file = {0};
    seg_status status = read_descriptor(&file, descriptor, path, env);
    close(descriptor);
    if (status == SEG_OK) {
        status = seg_picture_decode(image, info, file.data, file.size, options, env);
        if (status < 0) status = fail_in(path, status);
    }
    seg_release(env, file.data);
    return status;
}

/* ---- encoding ---- */

typedef struct format_entry {
    const char *name, *alias;
    seg_picture_encoder encode;
} format_entry;

/* Names of options.format and file name extensions alike. */
static const format_entry formats[] = {
    {"png", NULL, seg_png_encode}, {"jpeg", "jpg", seg_jpeg_encode}, {"pbm", NULL, seg_pnm_encode},
    {"pgm", NULL, seg_pnm_encode}, {"ppm", NULL, seg_pnm_encode},    {"pnm", NULL, seg_pnm_encode},
    {"pam", NULL, seg_pnm_encode}, {"pfm", NULL, seg_pnm_encode},    {"npy", NULL, seg_npy_encode},
    {"flo", NULL, seg_flo_encode},
};

static const format_entry *find_format(const char *name) {
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (!strcasecmp(name, formats[i].name) ||
            (formats[i].alias && !strcasecmp(name, formats[i].alias)))
            return &formats[i];
    return NULL;
}

/* What follows the last dot of the last part of a path, or "". */
static const char *extension_of(const char *path) {
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash ? slash : path, '.');
    return dot ? dot + 1 : "";
}

static seg_status check_write(seg_picture_write_options *checked,
                              const seg_picture_write_options *options, const seg_image *image) {
    SEG_TRY(seg_check_image(image, "image", SEG_ANY_PICTURE | SEG_FORMAT_BIT(SEG_LABEL32),
                            SEG_CHANNELS_ANY));
    seg_picture_write_options_init(checked);
    if (!options) return SEG_OK;
    CHECK_SIZE(options, seg_picture_write_options);
    if (options->quality < 1 || options->quality > 100)
        return seg_fail(SEG_ERROR_OPTION, "quality is %d (allowed 1 to 100)",
                        (int)options->quality);
    if (options->compression < 0 || options->compression > 9)
        return seg_fail(SEG_ERROR_OPTION, "compression is %d (allowed 0 to 9)",
                        (int)options->compression);
    checked->format = options->format;
    checked->quality = options->quality;
    checked->compression = options->compression;
    return SEG_OK;
}

static seg_status choose_format(const format_entry **entry, const char *format, const char *path) {
    const char *name = format ? format : extension_of(path);
    *entry = find_format(name);
    if (*entry) return SEG_OK;
    return seg_fail(SEG_ERROR_UNSUPPORTED,
                    "no picture format is called \"%s\" (allowed png, jpeg, pnm, pgm, ppm, pbm, "
                    "pam, pfm, npy, flo)",
                    name);
}

seg_status seg_picture_encode(void **bytes, size_t *size, const seg_image *image,
                              const seg_picture_write_options *options, const seg_env *env) {
    if (!bytes || !size) return seg_fail(SEG_ERROR_ARGUMENT, "bytes or size is missing (NULL)");
    seg_picture_write_options checked;
    SEG_TRY(check_write(&checked, options, image));
    if (!checked.format) return seg_fail(SEG_ERROR_OPTION, "format is missing (e.g. \"png\")");
    const format_entry *entry;
    SEG_TRY(choose_format(&entry, checked.format, ""));
    checked.format = entry->name;
    seg_sink sink = {.env = env};
    seg_status status = entry->encode(&sink, image, &checked, env);
    if (status < 0) {
        seg_sink_free(&sink);
        return status;
    }
    *bytes = sink.data;
    *size = sink.size;
    return SEG_OK;
}

void seg_bytes_free(void *bytes, const seg_env *env) {
    seg_release(env, bytes);
}

static seg_status write_partial(seg_atomic_file *file, const char *path, const seg_image *image,
                                const seg_picture_write_options *options, const seg_env *env) {
    seg_picture_write_options checked;
    SEG_TRY(check_write(&checked, options, image));
    const format_entry *entry;
    SEG_TRY(choose_format(&entry, checked.format, path));
    checked.format = entry->name;
    SEG_TRY(seg_atomic_file_open(file, path, true, env));
    seg_sink sink = {.file = file, .env = env};
    seg_status status = entry->encode(&sink, image, &checked, env);
    if (status == SEG_OK) status = seg_sink_flush(&sink);
    seg_sink_free(&sink);
    if (status < 0) seg_atomic_file_abandon(file, false);
    return status;
}

seg_status seg_picture_write_partial(seg_atomic_file *file, const char *path,
                                     const seg_image *image,
                                     const seg_picture_write_options *options, const seg_env *env) {
    const seg_status status = write_partial(file, path, image, options, env);
    /* Failed file operations name the file already. */
    return status < 0 && status != SEG_ERROR_IO ? fail_in(path, status) : status;
}

seg_status seg_picture_write(const char *path, const seg_image *image,
                             const seg_picture_write_options *options, const seg_env *env) {
    if (!path) return seg_fail(SEG_ERROR_ARGUMENT, "path is missing (NULL)");
    seg_atomic_file file;
    SEG_TRY(seg_picture_write_partial(&file, path, image, options, env));
    return seg_atomic_file_commit(&file, false);
}
