/* Picture files: a single one, or one per frame by a pattern or in a directory. */
#include "media/writer.h"

#include "core/check.h"
#include "core/memory.h"
#include "media/codec.h"
#include "media/names.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct sequence_writer {
    seg_writer base;
    char *name; /**< of the picture, or the pattern */
    char *path; /**< room for a name of the pattern */
    size_t path_size;
    const char *format;   /**< static storage */
    seg_atomic_file file; /**< the single picture, which gets its name when no other follows */
    bool single;
} sequence_writer;

/* The printf number is put in by hand: a user's name never becomes a format string. */
static void make_path(sequence_writer *writer, int64_t number) {
    char *out = writer->path;
    char *end = out + writer->path_size;
    for (const char *p = writer->name; *p && out < end - 1; p++) {
        if (*p != '%') {
            *out++ = *p;
            continue;
        }
        p++;
        if (*p == '%') {
            *out++ = '%';
            continue;
        }
        bool zeros = *p == '0';
        char *rest;
        long width = strtol(p, &rest, 10);
        if (width > 20) width = 20;
        int length = zeros ? snprintf(out, (size_t)(end - out), "%0*" PRId64, (int)width, number)
                           : snprintf(out, (size_t)(end - out), "%*" PRId64, (int)width, number);
        out += length;
        p = rest;
    }
    *out = '\0';
}

static seg_status refuse_existing(const sequence_writer *writer, const char *path) {
    struct stat state;
    if (writer->base.options.overwrite || stat(path, &state) != 0) return SEG_OK;
    return seg_fail(SEG_ERROR_IO, "%s: exists already; allow replacing it or choose another name",
                    path);
}

static seg_status sequence_write(seg_writer *base, const seg_image *image, int64_t index,
                                 int64_t pts, int64_t duration) {
    sequence_writer *writer = (sequence_writer *)base;
    (void)pts, (void)duration;
    if (writer->single && base->frames > 0)
        return seg_fail(SEG_ERROR_STATE,
                        "%s: a picture takes one frame; use a pattern such as out/%%05d.png, or a "
                        "video",
                        writer->name);
    seg_picture_write_options options = seg_writer_picture_options(base, writer->format);
    if (writer->single)
        return seg_picture_write_partial(&writer->file, writer->name, image, &options, &base->env);
    make_path(writer, index);
    SEG_TRY(refuse_existing(writer, writer->path));
    SEG_TRY(seg_picture_write(writer->path, image, &options, &base->env));
    struct stat state;
    if (stat(writer->path, &state) == 0) base->bytes += state.st_size;
    return SEG_OK;
}

static seg_status sequence_finish(seg_writer *base) {
    sequence_writer *writer = (sequence_writer *)base;
    return writer->single && base->frames ? seg_atomic_file_commit(&writer->file, false) : SEG_OK;
}

static void sequence_abandon(seg_writer *base) {
    sequence_writer *writer = (sequence_writer *)base;
    if (writer->single && base->frames) seg_atomic_file_abandon(&writer->file, false);
}

static void sequence_release(seg_writer *base) {
    sequence_writer *writer = (sequence_writer *)base;
    seg_release(&base->env, writer->name);
    seg_release(&base->env, writer->path);
}

static const seg_writer_operations sequence_operations = {sequence_write, sequence_finish,
                                                          sequence_abandon, sequence_release};

static seg_status make_directory(const char *name) {
    if (mkdir(name, 0777) == 0 || errno == EEXIST) return SEG_OK;
    return seg_fail(SEG_ERROR_IO, "%s: cannot make the directory (%s)", name, strerror(errno));
}

/* The name, with the files' own pattern added to a directory. */
static seg_status keep_name(sequence_writer *writer, const char *name, const char *format) {
    const seg_env *env = &writer->base.env;
    size_t length = strlen(name);
    bool pattern = writer->single || seg_is_printf_pattern(name);
    writer->path_size = length + 64;
    writer->name = seg_allocate(env, writer->path_size, 1, "a name");
    writer->path = seg_allocate(env, writer->path_size, 1, "a name");
    if (!writer->name || !writer->path) return SEG_ERROR_MEMORY;
    if (pattern) {
        memcpy(writer->name, name, length + 1);
        return SEG_OK;
    }
    SEG_TRY(make_directory(name));
    /* A directory's own percent signs are no numbers. */
    size_t percents = 0;
    for (const char *p = name; *p; p++)
        percents += *p == '%';
    seg_release(env, writer->name);
    writer->name = seg_allocate(env, writer->path_size + percents, 1, "a name");
    if (!writer->name) return SEG_ERROR_MEMORY;
    char *out = writer->name;
    for (const char *p = name; *p; p++) {
        if (*p == '%') *out++ = '%';
        *out++ = *p;
    }
    const char *extension = !format ? "png" : !strcmp(format, "jpeg") ? "jpg" : format;
    snprintf(out, 32, "%s%%06d.%s", length && name[length - 1] == '/' ? "" : "/", extension);
    return SEG_OK;
}

seg_status seg_picture_files_check(const char *name, bool single, const char *format) {
    if (format && !seg_picture_format(format))
        return seg_fail(SEG_ERROR_OPTION,
                        "format is \"%s\" (allowed for picture files: png, jpeg, pam, pnm, pgm, "
                        "ppm, pbm, pfm, npy, flo)",
                        format);
    if (!format && !single && seg_is_printf_pattern(name) &&
        !seg_picture_format(seg_path_extension(name)))
        return seg_fail(SEG_ERROR_OPTION,
                        "%s: no picture format has this extension (use .png, .jpg, .pam, .pgm, "
                        ".ppm, .pfm, .npy or .flo)",
                        name);
    return SEG_OK;
}

static seg_status open_files(seg_writer **opened, const char *name, bool single,
                             const seg_writer_options *options, const seg_env *env) {
    const char *format = options->format ? seg_picture_format(options->format) : NULL;
    sequence_writer *writer = seg_writer_make(sizeof *writer, &sequence_operations, options, env);
    if (!writer) return SEG_ERROR_MEMORY;
    writer->base.takes_float = writer->base.takes_any_shape = true;
    writer->single = single;
    if (single) writer->base.file = &writer->file;
    writer->format = format ? format : single || seg_is_printf_pattern(name) ? NULL : "png";
    seg_status status = keep_name(writer, name, format);
    if (status >= 0 && single) status = refuse_existing(writer, name);
    if (status >= 0) {
        *opened = &writer->base;
        return SEG_OK;
    }
    sequence_release(&writer->base);
    seg_release(env, writer);
    return status;
}

seg_status seg_picture_writer_open(seg_writer **writer, const char *name,
                                   const seg_writer_options *options, const seg_env *env) {
    return open_files(writer, name, true, options, env);
}

seg_status seg_sequence_writer_open(seg_writer **writer, const char *name,
                                    const seg_writer_options *options, const seg_env *env) {
    return open_files(writer, name, false, options, env);
}
