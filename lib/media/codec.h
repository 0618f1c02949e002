/* What the still picture formats have in common: one decoder and one encoder each, working on
 * memory and on a sink. */
#ifndef SEG_MEDIA_CODEC_H
#define SEG_MEDIA_CODEC_H

#include "files/atomic_file.h"
#include <segment/media.h>

/* ---- where encoders write ---- */

/** Bytes on their way to a file, or collected in memory. */
typedef struct seg_sink {
    uint8_t *data;
    size_t size, capacity;
    seg_atomic_file *file; /**< NULL: everything stays in `data` */
    const seg_env *env;
} seg_sink;

/** Appends; on error nothing more should be written. Errors: SEG_ERROR_MEMORY, SEG_ERROR_IO. */
SEG_NODISCARD seg_status seg_sink_write(seg_sink *sink, const void *bytes, size_t size);
/** Hands what is buffered to the file; nothing to do in memory. */
SEG_NODISCARD seg_status seg_sink_flush(seg_sink *sink);
/** Releases the buffer. */
void seg_sink_free(seg_sink *sink);
/** Writes the rows of a picture in the stated byte order, from the top, or from the bottom. */
SEG_NODISCARD seg_status seg_sink_write_rows(seg_sink *sink, const seg_image *image,
                                             bool big_endian, bool bottom_up);

/** What files hold the floats of a picture, for hints: ".npy or .pfm". */
const char *seg_float_files(const seg_image *image);

/* ---- byte order ---- */

static inline bool seg_host_is_big_endian(void) {
    const uint16_t one = 1;
    return *(const uint8_t *)&one == 0;
}

/** Reverses the bytes of each sample of `size` 1, 2, 4 or 8 bytes; any alignment. */
void seg_samples_swap(void *samples, size_t count, size_t size);

/* ---- decoders ----
 * Any bytes may be given. `image` is empty on entry and on failure, `info` is cleared by the
 * caller and never NULL. Orientation is reported in `info`, not applied. */

typedef seg_status (*seg_picture_decoder)(seg_image *image, seg_picture_info *info,
                                          const uint8_t *bytes, size_t size, const seg_env *env);

SEG_NODISCARD seg_status seg_png_decode(seg_image *image, seg_picture_info *info,
                                        const uint8_t *bytes, size_t size, const seg_env *env);
/** The same, but of a palette of colours the indices. */
SEG_NODISCARD seg_status seg_png_decode_indices(seg_image *image, seg_picture_info *info,
                                                const uint8_t *bytes, size_t size,
                                                const seg_env *env);
SEG_NODISCARD seg_status seg_jpeg_decode(seg_image *image, seg_picture_info *info,
                                         const uint8_t *bytes, size_t size, const seg_env *env);
/** PBM, PGM, PPM (plain and raw), PAM and PFM. */
SEG_NODISCARD seg_status seg_pnm_decode(seg_image *image, seg_picture_info *info,
                                        const uint8_t *bytes, size_t size, const seg_env *env);
SEG_NODISCARD seg_status seg_npy_decode(seg_image *image, seg_picture_info *info,
                                        const uint8_t *bytes, size_t size, const seg_env *env);
/** Optical flow: F32, two channels. */
SEG_NODISCARD seg_status seg_flo_decode(seg_image *image, seg_picture_info *info,
                                        const uint8_t *bytes, size_t size, const seg_env *env);
/** Everything else that FFmpeg knows as a picture. */
SEG_NODISCARD seg_status seg_ffmpeg_decode(seg_image *image, seg_picture_info *info,
                                           const uint8_t *bytes, size_t size, const seg_env *env);

/** The decoder that the first bytes call for; never NULL (FFmpeg decides about the rest). */
seg_picture_decoder seg_picture_decoder_find(const uint8_t *bytes, size_t size);

/** True if a raw PNM or PAM file of `file_size` bytes, of which `bytes` are the first, goes on
 *  after its first picture. */
bool seg_pnm_has_more(const uint8_t *bytes, size_t size, int64_t file_size);

/** What FFmpeg's probe takes a file's first bytes for: a still picture, a video, or nothing. */
seg_source_kind seg_ffmpeg_probe(const uint8_t *bytes, size_t size);

/* ---- encoders ---- `image` was checked by the caller, `options` are valid. */

typedef seg_status (*seg_picture_encoder)(seg_sink *sink, const seg_image *image,
                                          const seg_picture_write_options *options,
                                          const seg_env *env);

SEG_NODISCARD seg_status seg_png_encode(seg_sink *sink, const seg_image *image,
                                        const seg_picture_write_options *options,
                                        const seg_env *env);
SEG_NODISCARD seg_status seg_jpeg_encode(seg_sink *sink, const seg_image *image,
                                         const seg_picture_write_options *options,
                                         const seg_env *env);
/** options->format: "pbm", "pgm", "ppm", "pnm", "pam" or "pfm". */
SEG_NODISCARD seg_status seg_pnm_encode(seg_sink *sink, const seg_image *image,
                                        const seg_picture_write_options *options,
                                        const seg_env *env);
SEG_NODISCARD seg_status seg_npy_encode(seg_sink *sink, const seg_image *image,
                                        const seg_picture_write_options *options,
                                        const seg_env *env);
SEG_NODISCARD seg_status seg_flo_encode(seg_sink *sink, const seg_image *image,
                                        const seg_picture_write_options *options,
                                        const seg_env *env);

/* ---- orientation ---- */

/** EXIF orientation 1..8 of a TIFF structure ("II*\0..." or "MM\0*..."), 1 if there is none. */
SEG_API int32_t seg_exif_orientation(const uint8_t *bytes, size_t size);

/** The picture as it is meant to be seen. 5..8 swap width and height. `image` is replaced.
 *  Errors: SEG_ERROR_MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_orientation_apply(seg_image *image, int32_t orientation,
                                                       const seg_env *env);

/** Labels as 16-bit samples, for formats that have no larger ones (`format` is for the message).
 *  Errors: SEG_ERROR_UNSUPPORTED (a label below 0 or above 65535), SEG_ERROR_MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_labels_to_u16(seg_image *samples, const seg_image *labels,
                                                   const char *format, const seg_env *env);

/** U16 samples of fewer than 16 `bits` brought to 16, full scale to full scale, rounded. */
SEG_API SEG_NODISCARD seg_status seg_widen(seg_image *wide, const seg_image *image,
                                           const seg_env *env);

/* ---- masks in bits ---- */

/** True if a one-channel U8 row has only 0 and 255. */
bool seg_row_is_binary(const uint8_t *row, int32_t width);
/** Packs a row of 0 and 255, first pixel in the highest bit; unused bits are 0. */
void seg_row_pack(uint8_t *bits, const uint8_t *row, int32_t width);

/* ---- files ---- */

/** As seg_picture_write, but the picture has its final name only once `file` is committed. Errors
 *  leave nothing to abandon. */
SEG_NODISCARD seg_status seg_picture_write_partial(seg_atomic_file *file, const char *path,
                                                   const seg_image *image,
                                                   const seg_picture_write_options *options,
                                                   const seg_env *env);

#endif
