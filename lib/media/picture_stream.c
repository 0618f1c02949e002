/*
 * Pictures one after the other in a pipe (image2pipe): PNG, PNM, PAM, PFM and JPEG. Each is cut out
 * by its own structure, so that it is decoded as soon as its last byte is there, by the same
 * decoders as picture files.
 */
#include "media/source.h"

#include "core/check.h"
#include "core/memory.h"
#include "media/limits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Bytes asked for at a time; a pipe gives what it has. */
enum { CHUNK = 64 * 1024 };

typedef struct stream_source {
    seg_source base;
    seg_input *input;
    uint8_t *bytes; /**< begin .. end - 1 are read and not used up */
    size_t begin, end, capacity;
    size_t length; /**< of the picture at `begin`, 0 = none */
    int64_t next;  /**< number of the next picture */
    bool cut;      /**< the input ended within the picture */
    bool held;     /**< the first picture is decoded already */
    seg_image picture;
    seg_picture_read_options read_options;
    const char *kind; /**< "png", "pnm" or "jpeg"; NULL at the start */
} stream_source;

/* ---- bytes ---- */

static seg_status make_room(stream_source *source, size_t wanted) {
    if (source->begin > 0) {
        memmove(source->bytes, source->bytes + source->begin, source->end - source->begin);
        source->end -= source->begin;
        source->begin = 0;
    }
    if (source->capacity - source->end >= wanted) return SEG_OK;
    if (source->capacity > SIZE_MAX / 2 - wanted)
        return seg_fail(SEG_ERROR_MEMORY, "%s: a picture is too large", source->input->name);
    size_t capacity = 2 * source->capacity + wanted;
    uint8_t *bytes = seg_allocate(&source->base.env, capacity, 1, "a picture of the stream");
    if (!bytes) return SEG_ERROR_MEMORY;
    if (source->end) memcpy(bytes, source->bytes, source->end);
    seg_release(&source->base.env, source->bytes);
    source->bytes = bytes;
    source->capacity = capacity;
    return SEG_OK;
}

/* Waits until `count` bytes from `begin` on are there. SEG_END if the input ends before. Memory
 * grows with what has come, never with what a header claims. */
static seg_status need(stream_source *source, size_t count) {
    while (source->end - source->begin < count) {
        if (source->capacity - source->end < CHUNK) SEG_TRY(make_room(source, CHUNK));
        size_t room = source->capacity - source->end;
        int64_t got = seg_input_read(source->input, source->bytes + source->end, room);
        if (got < 0) return seg_input_failure(source->input);
        if (got == 0) return SEG_END;
        source->end += (size_t)got;
    }
    return SEG_OK;
}

static const uint8_t *at(const stream_source *source, size_t offset) {
    return source->bytes + source->begin + offset;
}

/* Like SEG_TRY, for the end of the input too. */
#define WANT(expression)                                                                           \
    do {                                                                                           \
        seg_status want_status_ = (expression);                                                    \
        if (want_status_ != SEG_OK) return want_status_;                                           \
    } while (0)

/* ---- where a picture ends ----
 * Each sets *length, or returns SEG_END if the input ends within the picture. */

static seg_status measure_png(stream_source *source, size_t *length) {
    size_t offset = 8;
    for (;;) {
        WANT(need(source, offset + 8));
        const uint8_t *chunk = at(source, offset);
        size_t size = (size_t)chunk[0] << 24 | chunk[1] << 16 | chunk[2] << 8 | chunk[3];
        if (size > INT32_MAX)
            return seg_fail(SEG_ERROR_DATA, "%s: picture %" PRId64 " is no whole PNG",
                            source->input->name, source->next);
        bool last = !memcmp(chunk + 4, "IEND", 4);
        offset += 12 + size;
        WANT(need(source, offset));
        if (last) break;
    }
    *length = offset;
    return SEG_OK;
}

static bool is_lone_marker(uint8_t marker) {
    return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7);
}

/* From the end of a scan header to the next real marker. */
static seg_status skip_scan(stream_source *source, size_t *offset) {
    for (;; ++*offset) {
        WANT(need(source, *offset + 2));
        const uint8_t *p = at(source, *offset);
        if (p[0] == 0xff && p[1] != 0x00 && p[1] != 0xff && !is_lone_marker(p[1])) return SEG_OK;
    }
}

static seg_status measure_jpeg(stream_source *source, size_t *length) {
    size_t offset = 2;
    for (;;) {
        WANT(need(source, offset + 2));
        const uint8_t *p = at(source, offset);
        /* Damaged bytes between segments are left to the decoder: look for the next marker. */
        if (p[0] != 0xff || p[1] == 0xff || p[1] == 0x00) {
            offset++;
            continue;
        }
        uint8_t marker = p[1];
        offset += 2;
        if (marker == 0xd9) break;
        if (is_lone_marker(marker)) continue;
        WANT(need(source, offset + 2));
        p = at(source, offset);
        offset += (size_t)p[0] << 8 | p[1];
        if (marker == 0xda) WANT(skip_scan(source, &offset));
    }
    *length = offset;
    return SEG_OK;
}

static bool is_space(uint8_t byte) {
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* The next number of a PNM header; comments are skipped. */
static seg_status read_number(stream_source *source, size_t *offset, int64_t *value) {
    bool comment = false;
    for (;; ++*offset) {
        WANT(need(source, *offset + 1));
        uint8_t byte = *at(source, *offset);
        if (byte == '#') comment = true;
        if (byte == '\n') comment = false;
        if (!comment && !is_space(byte)) break;
    }
    size_t digits = 0;
    *value = 0;
    for (;; ++*offset, ++digits) {
        WANT(need(source, *offset + 1));
        uint8_t byte = *at(source, *offset);
        if (byte < '0' || byte > '9') break;
        if (digits < 12) *value = *value * 10 + (byte - '0');
    }
    if (digits > 0) return SEG_OK;
    return seg_fail(SEG_ERROR_DATA, "%s: the header of picture %" PRId64 " is damaged",
                    source->input->name, source->next);
}

/* Plain text has no length: it is the rest of the input. */
static seg_status measure_rest(stream_source *source, size_t *length) {
    seg_status status = SEG_OK;
    while (status == SEG_OK)
        status = need(source, source->end - source->begin + 1);
    if (status < 0) return status;
    *length = source->end - source->begin;
    return SEG_OK;
}

static seg_status set_length(stream_source *source, size_t *length, size_t header,
                             const int64_t size[2], int64_t bits_per_pixel) {
    SEG_TRY(seg_media_check_size(size[0], size[1], &source->base.env));
    int64_t row = bits_per_pixel == 1 ? (size[0] + 7) / 8 : size[0] * (bits_per_pixel / 8);
    *length = header + (size_t)(row * size[1]);
    return need(source, *length);
}

/* The number after `word` in the PAM header of `size` bytes, 0 if it is not there. */
static int64_t pam_field(const uint8_t *header, size_t size, const char *word) {
    size_t length = strlen(word);
    for (size_t i = 1; i + length + 1 < size; i++) {
        if (header[i - 1] != '\n' || memcmp(header + i, word, length) != 0) continue;
        size_t k = i + length;
        while (k < size && (header[k] == ' ' || header[k] == '\t'))
            k++;
        int64_t value = 0;
        for (; k < size && header[k] >= '0' && header[k] <= '9' && value < 1000000000; k++)
            value = value * 10 + (header[k] - '0');
        return value;
    }
    return 0;
}

static seg_status measure_pam(stream_source *source, size_t *length) {
    static const char end[] = "\nENDHDR\n";
    size_t header = 2;
    for (;; header++) {
        WANT(need(source, header + sizeof end - 1));
        if (!memcmp(at(source, header), end, sizeof end - 1)) break;
        if (header > 65536)
            return seg_fail(SEG_ERROR_DATA, "%s: a PAM header has no end", source->input->name);
    }
    header += sizeof end - 1;
    int64_t size[2] = {pam_field(at(source, 0), header, "WIDTH"),
                       pam_field(at(source, 0), header, "HEIGHT")};
    int64_t depth = pam_field(at(source, 0), header, "DEPTH");
    int64_t largest = pam_field(at(source, 0), header, "MAXVAL");
    if (depth < 1 || depth > 4)
        return seg_fail(SEG_ERROR_UNSUPPORTED, "%s: PAM depth is %" PRId64 " (allowed 1 to 4)",
                        source->input->name, depth);
    return set_length(source, length, header, size, depth * (largest > 255 ? 16 : 8));
}

/* The scale of a PFM is a float that ends with one space or line end. */
static seg_status skip_scale(stream_source *source, size_t *offset) {
    bool inside = false;
    for (;; ++*offset) {
        WANT(need(source, *offset + 1));
        bool space = is_space(*at(source, *offset));
        if (inside && space) break;
        inside |= !space;
    }
    ++*offset;
    return SEG_OK;
}

static seg_status measure_pnm(stream_source *source, size_t *length) {
    uint8_t type = *at(source, 1);
    if (type == '7') return measure_pam(source, length);
    if (type >= '1' && type <= '3') return measure_rest(source, length);
    size_t offset = 2;
    int64_t size[2];
    int64_t largest = 255;
    WANT(read_number(source, &offset, &size[0]));
    WANT(read_number(source, &offset, &size[1]));
    if (type == 'F' || type == 'f') {
        WANT(skip_scale(source, &offset));
        return set_length(source, length, offset, size, type == 'F' ? 96 : 32);
    }
    if (type != '4') WANT(read_number(source, &offset, &largest));
    int64_t sample = largest > 255 ? 16 : 8;
    return set_length(source, length, offset + 1, size,
                      type == '4'   ? 1
                      : type == '5' ? sample
                                    : 3 * sample);
}

static bool is_pnm(const uint8_t *p) {
    return p[0] == 'P' && ((p[1] >= '1' && p[1] <= '7' && is_space(p[2])) ||
                           ((p[1] == 'F' || p[1] == 'f') && is_space(p[2])));
}

static const char *picture_kind(const uint8_t *p, size_t size) {
    if (size >= 8 && !memcmp(p, "\x89PNG\r\n\x1a\n", 8)) return "png";
    if (size >= 3 && !memcmp(p, "\xff\xd8\xff", 3)) return "jpeg";
    if (size >= 3 && is_pnm(p)) return "pnm";
    return NULL;
}

static seg_status measure(stream_source *source, size_t *length) {
    if (!strcmp(source->kind, "png")) return measure_png(source, length);
    if (!strcmp(source->kind, "jpeg")) return measure_jpeg(source, length);
    return measure_pnm(source, length);
}

/* Cuts out the next picture. SEG_END if there is none, SEG_ERROR_TRUNCATED if the last one was
 * not whole. */
static seg_status find_picture(stream_source *source) {
    source->begin += source->length;
    source->length = 0;
    if (source->cut)
        return seg_fail(SEG_ERROR_TRUNCATED, "%s: ended within picture %" PRId64,
                        source->input->name, source->next - 1);
    seg_status status;
    while ((status = need(source, 1)) == SEG_OK && is_space(*at(source, 0)))
        source->begin++;
    if (status != SEG_OK) return status;
    status = need(source, 8);
    if (status < 0) return status;
    source->kind = picture_kind(at(source, 0), source->end - source->begin);
    if (!source->kind)
        return seg_fail(SEG_ERROR_DATA, "%s: what follows picture %" PRId64 " is no picture",
                        source->input->name, source->next - 1);
    status = measure(source, &source->length);
    if (status < 0) return status;
    source->cut = status == SEG_END;
    if (source->cut) source->length = source->end - source->begin;
    source->next++;
    return SEG_OK;
}

/* ---- the source ---- */

static seg_status fail_cut(const stream_source *source) {
    return seg_fail(SEG_ERROR_TRUNCATED, "%s: ended within picture %" PRId64, source->input->name,
                    source->next - 1);
}

static seg_status decode(stream_source *source, seg_image *image, seg_picture_info *info) {
    memset(info, 0, sizeof *info);
    seg_status status = seg_picture_decode(image, info, at(source, 0), source->length,
                                           &source->read_options, &source->base.env);
    if (info->warning[0]) seg_note(&source->base.notes, "picture", "%s", info->warning);
    return status >= 0 || !source->cut || status == SEG_ERROR_MEMORY ? status : fail_cut(source);
}

static seg_status stream_advance(seg_source *base, seg_frame *frame) {
    stream_source *source = (stream_source *)base;
    if (!source->held) {
        seg_image_unref(&source->picture);
        seg_status status = find_picture(source);
        if (status == SEG_END && source->cut) return fail_cut(source);
        if (status != SEG_OK) return status;
    }
    source->held = false;
    frame->pts = source->next - 1;
    frame->duration = 1;
    if (source->cut) {
        frame->flags |= SEG_FRAME_DAMAGED;
        seg_note(&base->notes, "damaged", "the last picture is incomplete");
    }
    return SEG_OK;
}

static seg_status stream_picture(seg_source *base, seg_frame *frame) {
    stream_source *source = (stream_source *)base;
    if (!seg_image_empty(&source->picture)) {
        frame->image = source->picture;
        source->picture = (seg_image){0};
        return SEG_OK;
    }
    seg_picture_info info;
    return decode(source, &frame->image, &info);
}

static seg_status stream_skip(seg_source *base, double seconds) {
    stream_source *source = (stream_source *)base;
    while (seg_source_seconds(base, source->next - 1) < seconds) {
        seg_image_unref(&source->picture);
        source->held = false;
        seg_status status = find_picture(source);
        if (status != SEG_OK) return status;
    }
    source->held = true;
    return SEG_OK;
}

static void stream_close(seg_source *base) {
    stream_source *source = (stream_source *)base;
    seg_env env = base->env;
    seg_image_unref(&source->picture);
    seg_input_close(source->input);
    seg_release(&env, source->bytes);
    seg_release(&env, source);
}

static const seg_source_operations stream_operations = {stream_advance, stream_picture, stream_skip,
                                                        stream_close};

static seg_status read_first(stream_source *source, const seg_reader_options *options) {
    seg_stream_info *info = &source->base.info;
    seg_picture_info first;
    seg_status status = find_picture(source);
    if (status == SEG_END) return seg_fail(SEG_ERROR_DATA, "%s: is empty", source->input->name);
    SEG_TRY(status);
    SEG_TRY(decode(source, &source->picture, &first));
    source->held = true;
    info->kind = SEG_SOURCE_STREAM;
    info->width = source->picture.width;
    info->height = source->picture.height;
    info->frame_rate = options->fps;
    info->time_base = (seg_rational){options->fps.den, options->fps.num};
    info->sample_aspect = (seg_rational){1, 1};
    info->full_range = true;
    snprintf(info->container, sizeof info->container, "pictures");
    snprintf(info->codec, sizeof info->codec, "%s", first.codec);
    snprintf(info->matrix, sizeof info->matrix, "rgb");
    return SEG_OK;
}

bool seg_picture_stream_fits(const seg_input *input, const char *format) {
    static const char *const names[] = {"png", "jpeg", "jpg", "pam", "pnm",
                                        "pgm", "ppm",  "pbm", "pfm"};
    if (!format) return picture_kind(input->head, (size_t)input->head_size) != NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!strcmp(format, names[i])) return true;
    }
    return false;
}

seg_status seg_picture_stream_open(seg_source **opened, seg_input *input,
                                   const seg_reader_options *options, const seg_env *env) {
    *opened = NULL;
    stream_source *source = seg_allocate_zeroed(env, 1, sizeof *source, "a stream of pictures");
    if (!source) {
        seg_input_close(input);
        return SEG_ERROR_MEMORY;
    }
    source->base.operations = &stream_operations;
    if (env) source->base.env = *env;
    source->input = input;
    seg_picture_read_options_init(&source->read_options);
    source->read_options.autorotate = options->autorotate;
    seg_status status = read_first(source, options);
    if (status < 0)
        stream_close(&source->base);
    else
        *opened = &source->base;
    return status;
}
