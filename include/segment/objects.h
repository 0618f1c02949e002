/* Objects of masks and label pictures, and filters over them. */
#ifndef SEGMENT_OBJECTS_H
#define SEGMENT_OBJECTS_H

#include <segment/result.h>

SEG_BEGIN_DECLS

/** Measures every label > 0 of `labels` into result->objects, ascending by id. */
SEG_API SEG_NODISCARD seg_status seg_objects_measure(seg_result *result, const seg_image *labels,
                                                     const seg_env *env);

/** A compiled filter, e.g. `area > 50 && circularity > 0.6`. */
typedef struct seg_keep seg_keep;

/**
 * Compiles an expression over the fields of an object: id area x y width height cx cy perimeter
 * circularity extent (area / box area) aspect (width / height) border (1 if it touches the
 * picture's border); operators || && ! == != < <= > >= + - * / and parentheses; numbers.
 * Errors: SEG_ERROR_OPTION with the place of the mistake; SEG_ERROR_MEMORY.
 */
SEG_API SEG_NODISCARD seg_status seg_keep_create(seg_keep **keep, const char *expression,
                                                 const seg_env *env);

/** True if the object passes. `width`, `height` of the picture. */
SEG_API bool seg_keep_test(const seg_keep *keep, const seg_object *object, int32_t width,
                           int32_t height);

SEG_API void seg_keep_free(seg_keep *keep);

SEG_END_DECLS

#endif
