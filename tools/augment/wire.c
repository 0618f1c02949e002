#include "augment/wire.h"
#include "augment/describe_labels.h"
#include "augment/tar.h"
#include "common/messages.h"
#include "common/text.h"
#include <segment/media.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void wire_free(wire_sample *sample) {
    text_free(&sample->bytes);
    free(sample->classes);
    *sample = (wire_sample){0};
}

/* ---- samples ---- */

static void pack(text_buffer *target, const seg_image *picture) {
    const size_t row =
        (size_t)picture->width * picture->channels * seg_format_size((seg_format)picture->format);
    for (int32_t y = 0; y < picture->height; y++)
        text_add_bytes(target, seg_image_row(picture, y), row);
}

static bool fail(const char *subject, seg_status status) {
    message_error(subject, "%s", message_reason(status));
    return false;
}

static bool add_member(wire_sample *target, const char *key, const char *extension,
                       const void *bytes, size_t size) {
    char *name = text_format("%s.%s", key, extension);
    const bool good = tar_add(&target->bytes, name, bytes, size);
    if (!good) message_error(name, "is too long for a tar");
    free(name);
    return good;
}

static bool add_picture(wire_sample *target, const augment_job *job, const seg_image *picture,
                        const char *key, const char *extension) {
    seg_picture_write_options options = job_encoding(job);
    const char *dot = strrchr(extension, '.');
    void *bytes = NULL;
    size_t size = 0;
    options.format = dot ? dot + 1 : extension;
    const seg_status status = seg_picture_encode(&bytes, &size, picture, &options, NULL);
    if (status < 0) return fail(key, status);
    const bool good = add_member(target, key, extension, bytes, size);
    seg_bytes_free(bytes, NULL);
    return good;
}

/* WebDataset's names: .cls for the one class, .json for the rest. */
static bool add_labels(wire_sample *target, const augment_job *job, const seg_sample *sample,
                       const char *key) {
    bool good = true;
    for (int32_t i = 0; good && i < sample->class_count; i++)
        if (sample->classes[i] == 1.0f) {
            char number[16];
            const int length = snprintf(number, sizeof number, "%ld", (long)i);
            good = add_member(target, key, "cls", number, (size_t)length);
        }
    if (!good || !job->labels) return good;
    json_t *labels = describe_labels(sample, job->labels);
    char *text = json_dumps(labels, JSON_COMPACT | JSON_REAL_PRECISION(17));
    good = add_member(target, key, "json", text ? text : "{}", text ? strlen(text) : 2);
    free(text);
    json_decref(labels);
    if (good && !seg_image_empty(&sample->semantic))
        good = add_picture(target, job, &sample->semantic, key, "mask.png");
    if (good && !seg_image_empty(&sample->instances))
        good = add_picture(target, job, &sample->instances, key, "instances.png");
    return good;
}

bool wire_check_arrays(const seg_sample *sample, const char *key) {
    const uint32_t left = seg_sample_kinds(sample) & ~(uint32_t)SEG_LABEL_CLASS;
    if (!left) return true;
    message_error(key, "has %s; arrays hold classes of pictures only, --format webdataset all",
                  seg_label_kind_name(left & (0 - left)));
    return false;
}

bool wire_encode(wire_sample *target, const augment_job *job, wire_format format,
                 const seg_sample *sample, const char *key, const char *extension) {
    const seg_image *picture = &sample->picture;
    *target = (wire_sample){.width = picture->width,
                            .height = picture->height,
                            .format = picture->format,
                            .channels = picture->channels};
    if (format == WIRE_WEBDATASET) {
        target->good = add_picture(target, job, picture, key, extension) &&
                       add_labels(target, job, sample, key);
        return target->good;
    }
    if (!wire_check_arrays(sample, key)) return false;
    pack(&target->bytes, picture);
    target->class_count = sample->class_count;
    target->classes = memory_get((size_t)sample->class_count, sizeof *target->classes);
    if (sample->class_count)
        memcpy(target->classes, sample->classes,
               (size_t)sample->class_count * sizeof *target->classes);
    return target->good = true;
}

/* ---- batches ---- */

/* A header of form 1.0 (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html):
 * the data begin at a multiple of 64. */
static bool write_header(outfile *out, const char *type, const char *shape) {
    const uint16_t one = 1;
    const char order = *(const uint8_t *)&one ? '<' : '>';
    text_buffer body = {0}, whole = {0};
    text_add(&body, "{'descr': '%c%s', 'fortran_order': False, 'shape': %s, }",
             type[1] == '1' ? '|' : order, type, shape);
    while ((10 + body.length + 1) % 64)
        text_add(&body, " ");
    text_add(&body, "\n");
    const unsigned char start[10] = {0x93,
                                     'N',
                                     'U',
                                     'M',
                                     'P',
                                     'Y',
                                     1,
                                     0,
                                     (unsigned char)(body.length & 255),
                                     (unsigned char)(body.length >> 8)};
    text_add_bytes(&whole, start, sizeof start);
    text_add_bytes(&whole, body.data, body.length);
    const bool good = outfile_write(out, whole.data, whole.length);
    text_free(&whole);
    text_free(&body);
    return good;
}

static bool write_pictures_header(outfile *out, const wire_sample *like, int32_t count) {
    static const char *const types[] = {[SEG_U8] = "u1", [SEG_U16] = "u2", [SEG_F32] = "f4"};
    char shape[80];
    snprintf(shape, sizeof shape, "(%ld, %ld, %ld, %d)", (long)count, (long)like->height,
             (long)like->width, like->channels);
    return write_header(out, types[like->format], shape);
}

static bool write_classes(outfile *out, const wire_sample *samples, int32_t count, int32_t good,
                          int32_t classes) {
    char shape[60];
    snprintf(shape, sizeof shape, "(%ld, %ld)", (long)good, (long)classes);
    bool written = write_header(out, "f4", shape);
    for (int32_t i = 0; written && i < count; i++)
        if (samples[i].good)
            written = outfile_write(out, samples[i].classes,
                                    (size_t)classes * sizeof *samples[i].classes);
    return written;
}

/* All pictures of a run are of one shape. */
static bool check_shape(const wire_sample *sample, wire_sample *first) {
    if (!first->width) {
        *first = *sample;
        first->bytes = (text_buffer){0};
        first->classes = NULL;
    }
    if (sample->width == first->width && sample->height == first->height &&
        sample->format == first->format && sample->channels == first->channels &&
        sample->class_count == first->class_count)
        return true;
    message_error(
        NULL,
        "pictures of one batch must be alike (got %ld x %ld of %d channels of %d bits with "
        "%ld classes, after %ld x %ld of %d of %d with %ld); --resize WxH brings them to "
        "one size, --channels to one number of channels",
        (long)sample->width, (long)sample->height, sample->channels,
        8 * (int)seg_format_size((seg_format)sample->format), (long)sample->class_count,
        (long)first->width, (long)first->height, first->channels,
        8 * (int)seg_format_size((seg_format)first->format), (long)first->class_count);
    return false;
}

bool wire_write(outfile *out, const wire_sample *samples, int32_t count, wire_format format,
                wire_sample *first) {
    int32_t good = 0;
    for (int32_t i = 0; i < count; i++) {
        if (!samples[i].good) continue;
        good++;
        if (format != WIRE_WEBDATASET && !check_shape(&samples[i], first)) return false;
    }
    if (!good) return true;
    bool written = format != WIRE_NPY || write_pictures_header(out, first, good);
    for (int32_t i = 0; written && i < count; i++)
        if (samples[i].good)
            written = outfile_write(out, samples[i].bytes.data, samples[i].bytes.length);
    if (written && format == WIRE_NPY && first->class_count)
        written = write_classes(out, samples, count, good, first->class_count);
    return written;
}

bool wire_end(outfile *out, wire_format format) {
    text_buffer end = {0};
    if (format != WIRE_WEBDATASET) return true;
    tar_end(&end);
    const bool good = outfile_write(out, end.data, end.length);
    text_free(&end);
    return good;
}
