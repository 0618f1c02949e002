/* Errors: the thread's detail line, and the checks that set it. */
#ifndef SEG_CORE_CHECK_H
#define SEG_CORE_CHECK_H

#include <segment/image.h>
#include <segment/status.h>

/** Room of the detail line; longer messages are cut. */
#define SEG_DETAIL_SIZE 512

/** Sets the thread's detail line and returns `status`, so that callers write
 *  `return seg_fail(SEG_ERROR_OPTION, "sigma is %g (allowed 0 to 100); ...", sigma);` */
SEG_API seg_status seg_fail(seg_status status, const char *format, ...) SEG_PRINTF(2, 3);

/** Replaces the detail line as it is (to carry it from a worker to the caller's thread). */
SEG_API void seg_error_detail_set(const char *detail);

/** Returns `status` from the calling function if it is an error (negative). */
#define SEG_TRY(expression)                                                                        \
    do {                                                                                           \
        seg_status seg_try_status_ = (expression);                                                 \
        if (seg_try_status_ < 0) return seg_try_status_;                                           \
    } while (0)

/** Checks that `image` is a whole, sane header (data, stride, size, format, channels) of one of
 *  `formats` (SEG_FORMAT_BITs) and `channels` (bit n = n channels). `name` is for the message. */
SEG_API SEG_NODISCARD seg_status seg_check_image(const seg_image *image, const char *name,
                                                 uint32_t formats, uint32_t channels);

/** Checks that `mask` is NULL or empty, or a one-channel U8 picture of width x height. */
SEG_API SEG_NODISCARD seg_status seg_check_mask(const seg_image *mask, const char *name,
                                                int32_t width, int32_t height);

/** Checks a picture size against env's limits before memory is taken for it.
 *  SEG_ERROR_ARGUMENT below 1, SEG_ERROR_LIMIT above. */
SEG_API SEG_NODISCARD seg_status seg_check_limits(int64_t width, int64_t height,
                                                  const seg_env *env);

/** Checks the members of a header one by one: pixels there, sizes, stride, alignment, and that
 *  all rows lie in the address space. SEG_ERROR_ARGUMENT naming `name`. */
SEG_NODISCARD seg_status seg_check_geometry(const char *name, const void *data, ptrdiff_t stride,
                                            int32_t width, int32_t height, int format,
                                            int channels);

#define SEG_ANY_PICTURE (SEG_FORMAT_BIT(SEG_U8) | SEG_FORMAT_BIT(SEG_U16) | SEG_FORMAT_BIT(SEG_F32))
#define SEG_CHANNELS_1 (1u << 1)
#define SEG_CHANNELS_ANY (1u << 1 | 1u << 2 | 1u << 3 | 1u << 4)

#endif
