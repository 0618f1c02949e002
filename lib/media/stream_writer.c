/*
 * Frames one after the other without a container of FFmpeg: y4m, raw samples, and whole pictures in
 * a row (png, pam, ...). Every frame leaves at once, so that a reader at the other end of a pipe
 * never waits for the next one.
 */
#include "media/writer.h"

#include "core/bands.h"
#include "core/check.h"
#include "core/memory.h"
#include "media/codec.h"
#include "media/ffmpeg_backend.h"
#include "media/output.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef enum stream_kind { STREAM_Y4M, STREAM_RAW, STREAM_PICTURES } stream_kind;

typedef struct stream_writer {
    seg_writer base;
    seg_output output;
    stream_kind kind;
    const char *picture_format; /**< static storage */
    uint8_t *bytes;             /**< one frame, with y4m's frame header before it */
    size_t size;
    const seg_ffmpeg_backend *ffmpeg; /**< colour y4m: makes the planes */
    seg_yuv444 *converter;
    seg_image samples;   /**< labels as 16 bits */
    double first_number; /**< of the first frame, counted at the nominal rate */
    bool told_times, told_alpha;
} stream_writer;

static const char y4m_frame[] = "FRAME\n";
enum { Y4M_FRAME = sizeof y4m_frame - 1 };

/* ---- samples ---- */

/* Rows one after the other, little-endian, nothing between them. */
static void pack_rows(uint8_t *target, const seg_image *image) {
    size_t sample = seg_format_size((seg_format)image->format);
    size_t row = (size_t)image->width * image->channels * sample;
    for (int32_t y = 0; y < image->height; y++) {
        memcpy(target, seg_image_row(image, y), row);
        if (sample > 1 && seg_host_is_big_endian()) seg_samples_swap(target, row / sample, sample);
        target += row;
    }
}

static seg_status make_bytes(stream_writer *writer, size_t size) {
    writer->size = size;
    writer->bytes = seg_allocate(&writer->base.env, size, 1, "a frame of the output");
    return writer->bytes ? SEG_OK : SEG_ERROR_MEMORY;
}

static seg_status write_raw(stream_writer *writer, const seg_image *image) {
    if (!writer->bytes)
        SEG_TRY(make_bytes(writer, (size_t)image->width * (size_t)image->height * image->channels *
                                       seg_format_size((seg_format)image->format)));
    pack_rows(writer->bytes, image);
    return seg_output_write(&writer->output, writer->bytes, writer->size);
}

/* ---- y4m ---- */

static bool is_grey(const seg_image *image) {
    return image->channels <= 2;
}

/* The colour space tag; grey is in full range, colour in limited range as players expect. */
static const char *y4m_colour(const seg_image *image) {
    if (!is_grey(image)) return "C444 XCOLORRANGE=LIMITED";
    return image->format == SEG_U8 ? "Cmono XCOLORRANGE=FULL" : "Cmono16 XCOLORRANGE=FULL";
}

static seg_rational known_or(seg_rational value, seg_rational fallback) {
    return value.num > 0 && value.den > 0 ? value : fallback;
}

static seg_status begin_y4m(stream_writer *writer, const seg_image *image) {
    const seg_writer_options *options = &writer->base.options;
    if (!is_grey(image) && options->content != SEG_CONTENT_PICTURE)
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "y4m does not keep RGB exactly; use nut, pam or png");
    if (!is_grey(image)) SEG_TRY(seg_ffmpeg_find(&writer->ffmpeg));
    seg_rational rate = known_or(options->frame_rate, (seg_rational){25, 1});
    seg_rational aspect = known_or(options->sample_aspect, (seg_rational){1, 1});
    char header[200];
    int length =
        snprintf(header, sizeof header, "YUV4MPEG2 W%d H%d F%d:%d Ip A%d:%d %s\n", image->width,
                 image->height, rate.num, rate.den, aspect.num, aspect.den, y4m_colour(image));
    size_t pixels = (size_t)image->width * (size_t)image->height;
    size_t samples = is_grey(image) ? seg_format_size((seg_format)image->format) : 3;
    SEG_TRY(make_bytes(writer, Y4M_FRAME + pixels * samples));
    memcpy(writer->bytes, y4m_frame, Y4M_FRAME);
    return seg_output_write(&writer->output, header, (size_t)length);
}

/* The format has no times: only frames at the nominal rate keep theirs. */
static void check_times(stream_writer *writer, int64_t pts) {
    seg_writer *base = &writer->base;
    const seg_writer_options *options = &base->options;
    if (writer->told_times || pts == SEG_NO_PTS || options->time_base.den <= 0 ||
        options->frame_rate.den <= 0)
        return;
    double seconds = (double)pts * options->time_base.num / options->time_base.den;
    double number = round(seconds * options->frame_rate.num / options->frame_rate.den);
    if (!base->frames) writer->first_number = number;
    if (number - writer->first_number == (double)base->frames) return;
    writer->told_times = true;
    seg_log(&base->env, SEG_LOG_WARNING,
            "y4m has a constant frame rate: the times of the frames are lost (nut keeps them)");
}

static void pack_grey(uint8_t *target, const seg_image *image) {
    if (image->channels == 1) {
        pack_rows(target, image);
        return;
    }
    size_t sample = seg_format_size((seg_format)image->format);
    for (int32_t y = 0; y < image->height; y++) {
        const uint8_t *row = seg_image_row(image, y);
        for (int32_t x = 0; x < image->width; x++, target += sample)
            memcpy(target, row + (size_t)x * 2 * sample, sample);
        if (sample > 1 && seg_host_is_big_endian())
            seg_samples_swap(target - (size_t)image->width * sample, (size_t)image->width, sample);
    }
}

static seg_status write_y4m(stream_writer *writer, const seg_image *image, int64_t pts) {
    seg_writer *base = &writer->base;
    if (image->format == SEG_LABEL32) {
        SEG_TRY(seg_labels_to_u16(&writer->samples, image, "y4m", &base->env));
        image = &writer->samples;
    } else if (image->format == SEG_U16 && image->bits < 16) {
        SEG_TRY(seg_widen(&writer->samples, image, &base->env));
        image = &writer->samples;
    }
    if (!writer->bytes) SEG_TRY(begin_y4m(writer, image));
    if (image->channels % 2 == 0 && !writer->told_alpha) {
        writer->told_alpha = true;
        seg_log(&base->env, SEG_LOG_WARNING, "y4m has no alpha: it is left out");
    }
    check_times(writer, pts);
    if (is_grey(image))
        pack_grey(writer->bytes + Y4M_FRAME, image);
    else
        SEG_TRY(writer->ffmpeg->fill_yuv444(&writer->converter, writer->bytes + Y4M_FRAME, image,
                                            &base->env));
    return seg_output_write(&writer->output, writer->bytes, writer->size);
}

/* ---- pictures ---- */

static seg_status write_picture(stream_writer *writer, const seg_image *image) {
    seg_picture_write_options options =
        seg_writer_picture_options(&writer->base, writer->picture_format);
    void *bytes;
    size_t size;
    SEG_TRY(seg_picture_encode(&bytes, &size, image, &options, &writer->base.env));
    seg_status status = seg_output_write(&writer->output, bytes, size);
    seg_bytes_free(bytes, &writer->base.env);
    return status;
}

/* ---- the writer ---- */

static seg_status stream_write(seg_writer *base, const seg_image *image, int64_t index, int64_t pts,
                               int64_t duration) {
    stream_writer *writer = (stream_writer *)base;
    (void)index, (void)duration;
    switch (writer->kind) {
    case STREAM_Y4M:
        return write_y4m(writer, image, pts);
    case STREAM_RAW:
        return write_raw(writer, image);
    case STREAM_PICTURES:
        break;
    }
    return write_picture(writer, image);
}

static seg_status stream_finish(seg_writer *base) {
    seg_output *output = &((stream_writer *)base)->output;
    if (base->frames || seg_output_is_live(output)) return seg_output_commit(output);
    seg_status status =
        seg_fail(SEG_ERROR_STATE, "%s: there was no frame, so it is not made", output->file.shown);
    seg_output_abandon(output, false);
    return status;
}

static void stream_abandon(seg_writer *base) {
    seg_output_abandon(&((stream_writer *)base)->output, true);
}

static void stream_release(seg_writer *base) {
    stream_writer *writer = (stream_writer *)base;
    seg_release(&base->env, writer->bytes);
    seg_image_unref(&writer->samples);
    if (writer->ffmpeg) writer->ffmpeg->free_yuv444(writer->converter);
}

static const seg_writer_operations stream_operations = {stream_write, stream_finish, stream_abandon,
                                                        stream_release};

static bool find_kind(stream_kind *kind, const char *format) {
    *kind = STREAM_PICTURES;
    if (!strcmp(format, "y4m") || !strcmp(format, "yuv4mpegpipe")) {
        *kind = STREAM_Y4M;
        return true;
    }
    if (!strcmp(format, "rawvideo") || !strcmp(format, "raw")) {
        *kind = STREAM_RAW;
        return true;
    }
    return seg_picture_format(format) != NULL;
}

bool seg_stream_writer_fits(const char *format) {
    stream_kind kind;
    return find_kind(&kind, format);
}

seg_status seg_stream_writer_check(const char *format, const seg_writer_options *options) {
    if (!options->codec) return SEG_OK;
    return seg_fail(SEG_ERROR_OPTION, "codec is \"%s\", but %s has no codecs", options->codec,
                    format);
}

seg_status seg_stream_writer_open(seg_writer **opened, const char *name, const char *format,
                                  const seg_writer_options *options, const seg_env *env) {
    if (options->audio_from)
        seg_log(env, SEG_LOG_WARNING, "%s: %s holds no sound: it is left out", name, format);
    stream_writer *writer = seg_writer_make(sizeof *writer, &stream_operations, options, env);
    if (!writer) return SEG_ERROR_MEMORY;
    find_kind(&writer->kind, format);
    writer->base.file = &writer->output.file;
    writer->picture_format = seg_picture_format(format);
    writer->base.takes_float = writer->kind != STREAM_Y4M;
    writer->base.takes_any_shape = writer->kind == STREAM_PICTURES;
    seg_status status = seg_output_open(&writer->output, name, options->overwrite, env);
    if (status < 0)
        seg_release(env, writer);
    else
        *opened = &writer->base;
    return status;
}
