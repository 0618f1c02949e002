/* Which pixels are object, in a prediction and in its truth, and which are scored: the rules that
 * all metrics of masks share. */
#ifndef SEG_EVALUATE_OBJECT_H
#define SEG_EVALUATE_OBJECT_H

#include "core/check.h"
#include <segment/evaluate.h>

/** The options, embedded in those of a metric. A value of -1 means none. */
typedef struct seg_object_options {
    seg_level threshold, truth_threshold; /* above is object ... */
    int32_t object, truth_object;         /* ... unless this one value is */
    int32_t ignore_value;                 /* of the truth: not scored */
} seg_object_options;

/* Their rows of a parameter table; `place` is where they lie in the metric's options, `value` the
 * default of the value that is object. */
/* clang-format off */
#define SEG_OBJECT_PREDICTION_ROWS(place, level, value)                                            \
    {"threshold", SEG_PARAM_LEVEL, (place) + offsetof(seg_object_options, threshold), level, 0,    \
     255, NULL, "8-bit level",                                                                     \
     "What lies above is object in the prediction; of labels, all but 0.", ""},                    \
    {"object", SEG_PARAM_INT, (place) + offsetof(seg_object_options, object), value, -1,           \
     INT32_MAX, NULL, "raw value",                                                                 \
     "The one value that is object in the prediction, in place of the threshold; -1 = none.", ""}
#define SEG_OBJECT_TRUTH_ROWS(place, level, value)                                                 \
    {"truth-threshold", SEG_PARAM_LEVEL, (place) + offsetof(seg_object_options, truth_threshold),  \
     level, 0, 255, NULL, "8-bit level",                                                           \
     "What lies above is object in the truth; of labels, all but 0.", ""},                         \
    {"truth-object", SEG_PARAM_INT, (place) + offsetof(seg_object_options, truth_object), value,   \
     -1, INT32_MAX, NULL, "raw value",                                                             \
     "The one value that is object in the truth, in place of the threshold; -1 = none.", ""},      \
    {"ignore-value", SEG_PARAM_INT, (place) + offsetof(seg_object_options, ignore_value), "-1",    \
     -1, INT32_MAX, NULL, "raw value",                                                             \
     "Pixels of this value in the truth are not scored; -1 = all are.", ""}
/* clang-format on */

/** Formats that a picture of objects may have. */
#define SEG_OBJECT_FORMATS (SEG_ANY_PICTURE | SEG_FORMAT_BIT(SEG_LABEL32))

/** The rule of one picture, its level resolved. */
typedef struct seg_object_test {
    const seg_image *picture;
    bool as_is;         /* u8 where non-zero is object: rows need no copy */
    bool equal;         /* object is the one value `low`, else low .. high */
    uint32_t low, high; /* u8 and u16; what is within gives `inside` */
    uint8_t inside;     /* 255, or 0 where nothing is object */
    float above;        /* f32: object is above */
    int32_t value;      /* of equal */
} seg_object_test;

/** Which pixels of a pair are not scored. */
typedef struct seg_unscored {
    const seg_image *mask; /* or NULL */
    bool by_value;         /* truth pixels that `value` finds are not scored */
    seg_object_test value;
} seg_unscored;

/** From the pair's ignore mask and a value of its truth (-1 = none). Errors: SEG_ERROR_OPTION (a
 *  value that the format cannot have). */
SEG_NODISCARD seg_status seg_unscored_init(seg_unscored *unscored, const seg_pair *pair,
                                           int32_t value);

/** Not 0 where `count` pixels are not scored: a row of the mask, or written to `room`. NULL = all
 *  are scored. */
const uint8_t *seg_unscored_pixels(const seg_unscored *unscored, int32_t x, int32_t y,
                                   int32_t count, uint8_t *room);

/** The rules of a pair; a prediction without a picture is no mask. */
typedef struct seg_objects {
    seg_object_test prediction, truth;
    seg_unscored unscored;
} seg_objects;

/** Resolves the options for a pair. Errors: SEG_ERROR_OPTION (a value that the format cannot
 *  have), SEG_ERROR_MEMORY (only where a level is a percentile or automatic). */
SEG_NODISCARD seg_status seg_objects_init(seg_objects *objects, const seg_object_options *options,
                                          const seg_pair *pair, const seg_env *env);

/** The same where only the truth is a mask. */
SEG_NODISCARD seg_status seg_objects_init_truth(seg_objects *objects,
                                                const seg_object_options *options,
                                                const seg_pair *pair, const seg_env *env);

/** Pixels that are looked at together; masks of them fit on the stack and into the first cache. */
#define SEG_OBJECT_CHUNK 4096

/** A piece of a row as masks: 0 = no, any other value = yes. */
typedef struct seg_object_chunk {
    const uint8_t *prediction; /* NULL if it is no mask */
    const uint8_t *truth;
    const uint8_t *ignore; /* NULL = all pixels are scored */
    int32_t x, y, count;
    uint8_t room[3][SEG_OBJECT_CHUNK]; /* of masks that are no rows of the pictures themselves */
} seg_object_chunk;

/** Before the first chunk. */
static inline void seg_objects_start(seg_object_chunk *chunk) {
    chunk->x = chunk->y = chunk->count = 0;
}

/** Goes to the next chunk in raster order; false after the last. */
bool seg_objects_next(seg_object_chunk *chunk, const seg_objects *objects);

/** True if a U8 picture has at most one value beside 0, which is *value; 0 = it is all 0. */
bool seg_has_one_value(uint8_t *value, const seg_image *picture);

/** The masks of a pair as U8 0/255 pictures (ensured), for seg_metric.masks. */
SEG_NODISCARD seg_status seg_objects_draw(seg_image *prediction, seg_image *truth,
                                          seg_image *ignored, const seg_objects *objects,
                                          const seg_env *env);

#endif
