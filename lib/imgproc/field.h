/*
 * Fields of floats in working memory: what variational methods work on. Around the pixels there is
 * room that may be read and written, so that stencils need no cases for the border.
 */
#ifndef SEG_IMGPROC_FIELD_H
#define SEG_IMGPROC_FIELD_H

#include "core/memory.h"
#include <segment/image.h>

#define SEG_FIELD_EDGE 16 /* samples before and behind each row: a line of the cache */
#define SEG_FIELD_ROWS 3  /* rows above and below */

typedef struct seg_field {
    float *data; /* pixel (0, 0); rows are aligned to 64 bytes */
    int32_t width, height;
    ptrdiff_t stride; /* samples between rows */
} seg_field;

static inline float *seg_field_row(const seg_field *field, int32_t y) {
    return field->data + (ptrdiff_t)y * field->stride;
}

/** Samples that a field of that size takes with its room. */
size_t seg_field_samples(int32_t width, int32_t height);

/** The field of that size in memory that is aligned to 64 bytes. */
seg_field seg_field_in(float *memory, int32_t width, int32_t height);

/** `count` fields of working memory. Content undefined. */
SEG_NODISCARD seg_status seg_fields_take(seg_field *fields, int32_t count, int32_t width,
                                         int32_t height, seg_scratch *scratch);

/** The same memory for a smaller field. */
seg_field seg_field_reshape(const seg_field *field, int32_t width, int32_t height);

/** All 0, the room as well. */
void seg_field_clear(const seg_field *field);

void seg_field_copy(const seg_field *target, const seg_field *source);

/** Repeats the border's pixels in the room around them. */
void seg_field_extend(const seg_field *field);

/** The room beside row y. */
void seg_field_extend_row(const seg_field *field, int32_t y);

/** The rooms above and below, once all rows have theirs. */
void seg_field_extend_ends(const seg_field *field);

/** A one-channel picture in 8-bit units (255 = full scale); floats are rounded to 16 bits first,
 *  those that are not finite become 0. In bands; the room is left as it is. */
SEG_NODISCARD seg_status seg_field_from_grey(const seg_field *field, const seg_image *grey,
                                             const seg_env *env);

#endif
