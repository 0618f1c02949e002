/* Fields of floats. */
#include "imgproc/field.h"

#include "core/bands.h"
#include "imgproc/rows.h"

#include <float.h>
#include <string.h>

static ptrdiff_t stride_of(int32_t width) {
    const ptrdiff_t whole = ((ptrdiff_t)width + 15) / 16 * 16 + 2 * SEG_FIELD_EDGE;
    return whole % 512 == 0 ? whole + 16 : whole; /* rows 2 KiB apart share lines of the cache */
}

size_t seg_field_samples(int32_t width, int32_t height) {
    return (size_t)stride_of(width) * ((size_t)height + 2 * SEG_FIELD_ROWS);
}

seg_field seg_field_in(float *memory, int32_t width, int32_t height) {
    const ptrdiff_t stride = stride_of(width);
    return (seg_field){memory + SEG_FIELD_ROWS * stride + SEG_FIELD_EDGE, width, height, stride};
}

seg_status seg_fields_take(seg_field *fields, int32_t count, int32_t width, int32_t height,
                           seg_scratch *scratch) {
    const size_t samples = seg_field_samples(width, height);
    float *memory =
        seg_scratch_take(scratch, samples, (size_t)count * sizeof(float), "fields of floats");
    if (!memory) return SEG_ERROR_MEMORY;
    for (int32_t i = 0; i < count; i++)
        fields[i] = seg_field_in(memory + (size_t)i * samples, width, height);
    return SEG_OK;
}

seg_field seg_field_reshape(const seg_field *field, int32_t width, int32_t height) {
    float *memory = field->data - SEG_FIELD_ROWS * field->stride - SEG_FIELD_EDGE;
    return seg_field_in(memory, width, height);
}

void seg_field_clear(const seg_field *field) {
    memset(seg_field_row(field, -SEG_FIELD_ROWS) - SEG_FIELD_EDGE, 0,
           seg_field_samples(field->width, field->height) * sizeof(float));
}

void seg_field_copy(const seg_field *target, const seg_field *source) {
    for (int32_t y = 0; y < source->height; y++)
        memcpy(seg_field_row(target, y), seg_field_row(source, y),
               (size_t)source->width * sizeof(float));
}

void seg_field_extend_row(const seg_field *field, int32_t y) {
    float *row = seg_field_row(field, y);
    const int32_t width = field->width;
    for (int32_t i = 1; i <= SEG_FIELD_EDGE; i++) {
        row[-i] = row[0];
        row[width - 1 + i] = row[width - 1];
    }
}

void seg_field_extend_ends(const seg_field *field) {
    const size_t bytes = ((size_t)field->width + 2 * SEG_FIELD_EDGE) * sizeof(float);
    for (int32_t i = 1; i <= SEG_FIELD_ROWS; i++) {
        memcpy(seg_field_row(field, -i) - SEG_FIELD_EDGE, seg_field_row(field, 0) - SEG_FIELD_EDGE,
               bytes);
        memcpy(seg_field_row(field, field->height - 1 + i) - SEG_FIELD_EDGE,
               seg_field_row(field, field->height - 1) - SEG_FIELD_EDGE, bytes);
    }
}

void seg_field_extend(const seg_field *field) {
    for (int32_t y = 0; y < field->height; y++)
        seg_field_extend_row(field, y);
    seg_field_extend_ends(field);
}

/* ---- pictures ---- */

typedef struct grey_job {
    const seg_field *field;
    const seg_image *grey;
} grey_job;

static inline float rounded(float value) {
    if (!(value >= -FLT_MAX && value <= FLT_MAX)) return 0;
    const float inside = value < 0 ? 0 : value > 1 ? 1 : value;
    return (float)(int32_t)(inside * 65535.0f + 0.5f);
}

static seg_status grey_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band, (void)worker;
    const grey_job *job = argument;
    const int32_t width = job->field->width;
    /* 257 for 16 bits: the same picture has the same values at every depth */
    const float unit = (float)(seg_image_full_scale(job->grey) / 255);
    for (int32_t y = first; y < end; y++) {
        float *restrict out = seg_field_row(job->field, y);
        const void *row = seg_image_row(job->grey, y);
        if (job->grey->format == SEG_U8) {
            const uint8_t *restrict in = row;
            for (int32_t x = 0; x < width; x++)
                out[x] = in[x];
        } else if (job->grey->format == SEG_U16) {
            const uint16_t *restrict in = row;
            for (int32_t x = 0; x < width; x++)
                out[x] = (float)in[x] / unit;
        } else {
            const float *restrict in = row;
            for (int32_t x = 0; x < width; x++)
                out[x] = rounded(in[x]) / 257;
        }
    }
    return SEG_OK;
}

seg_status seg_field_from_grey(const seg_field *field, const seg_image *grey, const seg_env *env) {
    grey_job job = {field, grey};
    return seg_run_bands(env, grey->height, seg_point_rows(grey), grey_band, &job);
}
