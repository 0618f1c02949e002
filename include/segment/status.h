/* What functions return, and the thread's last error in words. */
#ifndef SEGMENT_STATUS_H
#define SEGMENT_STATUS_H

#include <segment/attributes.h>

SEG_BEGIN_DECLS

/* name, number, text. Numbers are ABI: never reused, new ones at the end. */
#define SEG_STATUS_LIST(X)                                                                         \
    X(SEG_OK, 0, "success")                                                                        \
    X(SEG_NO_RESULT_YET, 1, "no result yet")                                                       \
    X(SEG_END, 2, "end of stream")                                                                 \
    X(SEG_ERROR_ARGUMENT, -1, "invalid argument")                                                  \
    X(SEG_ERROR_OPTION, -2, "invalid option")                                                      \
    X(SEG_ERROR_MEMORY, -3, "out of memory")                                                       \
    X(SEG_ERROR_LIMIT, -4, "size limit exceeded")                                                  \
    X(SEG_ERROR_UNSUPPORTED, -5, "not supported")                                                  \
    X(SEG_ERROR_SHAPE, -6, "pictures of different shape")                                          \
    X(SEG_ERROR_STATE, -7, "call out of order")                                                    \
    X(SEG_ERROR_CANCELLED, -8, "cancelled")                                                        \
    X(SEG_ERROR_DATA, -9, "damaged or unknown data")                                               \
    X(SEG_ERROR_IO, -10, "input or output failed")                                                 \
    X(SEG_ERROR_TRUNCATED, -11, "input ended early")

#define SEG_STATUS_ENUM(name, number, text) name = (number),
typedef enum seg_status { SEG_STATUS_LIST(SEG_STATUS_ENUM) } seg_status;
#undef SEG_STATUS_ENUM

/** A few words for a status, e.g. "out of memory". Never NULL, static storage. */
SEG_API const char *seg_status_text(seg_status status);

/** The name of a status as in the source, e.g. "SEG_ERROR_MEMORY". Never NULL, static storage. */
SEG_API const char *seg_status_name(seg_status status);

/**
 * What exactly went wrong in the last call of this thread that returned a negative status: the
 * argument, what was got, what is allowed, a hint. Empty if nothing failed yet. Valid until the
 * thread's next failing call; never NULL.
 */
SEG_API const char *seg_error_detail(void);

SEG_END_DECLS

#endif
