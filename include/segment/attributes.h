/* Compiler attributes: the only place where the headers leave plain C11. */
#ifndef SEGMENT_ATTRIBUTES_H
#define SEGMENT_ATTRIBUTES_H

#if defined(__GNUC__) || defined(__clang__)
#define SEG_API __attribute__((visibility("default")))
#define SEG_NODISCARD __attribute__((warn_unused_result))
#define SEG_PRINTF(format_index, first_argument)                                                   \
    __attribute__((format(printf, format_index, first_argument)))
#else
#define SEG_API
#define SEG_NODISCARD
#define SEG_PRINTF(format_index, first_argument)
#endif

#ifdef __cplusplus
#define SEG_BEGIN_DECLS extern "C" {
#define SEG_END_DECLS }
#else
#define SEG_BEGIN_DECLS
#define SEG_END_DECLS
#endif

#endif
