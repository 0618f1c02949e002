/*
 * Model blobs: what a method's save writes and its load reads. Little-endian, versioned, with the
 * method's id, the geometry that it is bound to, the length and a checksum. Any bytes may be read:
 * a reader never leaves the buffer, and once something is wrong it gives zeros and seg_blob_finish
 * tells.
 */
#ifndef SEG_CORE_BLOB_H
#define SEG_CORE_BLOB_H

#include <segment/image.h>

/** What the frames of a model look like. */
typedef struct seg_blob_geometry {
    int32_t width, height;
    uint8_t format, channels, bits, colour; /**< as in seg_image */
} seg_blob_geometry;

/** Geometry of an image. */
seg_blob_geometry seg_blob_geometry_of(const seg_image *image);

typedef struct seg_blob_writer {
    uint8_t *buffer; /* NULL: only counts */
    size_t room, used;
} seg_blob_writer;

/**
 * Starts a blob in `buffer` of `room` bytes; with NULL the writer only counts, so that the same
 * code gives the size. `version` is the method's own, at least 1; raise it when the content
 * changes. `id` has at most 27 characters.
 */
void seg_blob_write_begin(seg_blob_writer *writer, void *buffer, size_t room, const char *id,
                          uint32_t version, const seg_blob_geometry *geometry);
void seg_blob_write_u8(seg_blob_writer *writer, const uint8_t *values, size_t count);
void seg_blob_write_u16(seg_blob_writer *writer, const uint16_t *values, size_t count);
void seg_blob_write_u32(seg_blob_writer *writer, const uint32_t *values, size_t count);
void seg_blob_write_i32(seg_blob_writer *writer, const int32_t *values, size_t count);
void seg_blob_write_i64(seg_blob_writer *writer, const int64_t *values, size_t count);
void seg_blob_write_f32(seg_blob_writer *writer, const float *values, size_t count);
void seg_blob_write_f64(seg_blob_writer *writer, const double *values, size_t count);
/** The pixels of all rows, without padding. */
void seg_blob_write_image(seg_blob_writer *writer, const seg_image *image);
/** Completes length and checksum; *size = bytes of the blob. SEG_ERROR_LIMIT if `room` was too
 *  small (the bytes in the buffer are then of no use). */
SEG_NODISCARD seg_status seg_blob_write_end(seg_blob_writer *writer, size_t *size);

typedef struct seg_blob_reader {
    const uint8_t *next, *end;
    uint32_t version; /**< the method's version that wrote it */
    seg_blob_geometry geometry;
    bool failed;
} seg_blob_reader;

/**
 * Checks the frame of a blob: magic, length, checksum, that it is of method `id` (NULL = any) with
 * a version of 1 .. `newest`, and a geometry that can be. SEG_ERROR_DATA otherwise.
 */
SEG_NODISCARD seg_status seg_blob_read_begin(seg_blob_reader *reader, const void *buffer,
                                             size_t size, const char *id, uint32_t newest);
/* Values that are not there are 0, and the reader has failed. */
void seg_blob_read_u8(seg_blob_reader *reader, uint8_t *values, size_t count);
void seg_blob_read_u16(seg_blob_reader *reader, uint16_t *values, size_t count);
void seg_blob_read_u32(seg_blob_reader *reader, uint32_t *values, size_t count);
void seg_blob_read_i32(seg_blob_reader *reader, int32_t *values, size_t count);
void seg_blob_read_i64(seg_blob_reader *reader, int64_t *values, size_t count);
/** NaN and infinity are failures too. */
void seg_blob_read_f32(seg_blob_reader *reader, float *values, size_t count);
void seg_blob_read_f64(seg_blob_reader *reader, double *values, size_t count);
/** Into an allocated image. */
void seg_blob_read_image(seg_blob_reader *reader, const seg_image *image);
/** One i32 that must lie in min .. max; else the reader fails and `min` is returned. */
int32_t seg_blob_read_bounded(seg_blob_reader *reader, int32_t min, int32_t max);
/** Bytes not read yet: check before memory is taken for them. */
size_t seg_blob_left(const seg_blob_reader *reader);
/** SEG_ERROR_DATA if anything failed or bytes are left over. */
SEG_NODISCARD seg_status seg_blob_finish(const seg_blob_reader *reader);

#endif
