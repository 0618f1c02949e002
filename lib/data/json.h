/* JSON with the place of what is wrong in every message. */
#ifndef SEG_DATA_JSON_H
#define SEG_DATA_JSON_H

#include "core/check.h"

#include <jansson.h>

/** Where a value is: a file, a member or an element; they form a path on the stack. */
typedef struct seg_json_place {
    const struct seg_json_place *above; /* NULL: a file of name `key` */
    const char *key;                    /* NULL: element `index` */
    size_t index;
} seg_json_place;

static inline seg_json_place seg_json_file(const char *name) {
    return (seg_json_place){NULL, name, 0};
}

static inline seg_json_place seg_json_key(const seg_json_place *above, const char *key) {
    return (seg_json_place){above, key, 0};
}

static inline seg_json_place seg_json_element(const seg_json_place *above, size_t index) {
    return (seg_json_place){above, NULL, index};
}

/** Parses `size` bytes; NULL after seg_fail with line and column in *status. */
json_t *seg_json_parse(const char *text, size_t size, const char *name, seg_status *status);

/** "PLACE is VALUE (allowed: ...)", or that it is missing where value is NULL. */
seg_status seg_json_bad(const seg_json_place *at, const json_t *value, const char *allowed);

/** Puts the place before the detail of a call that failed with `status`. */
seg_status seg_json_failed(const seg_json_place *at, seg_status status);

/** Required values at `at`; NULL is "missing". Whole numbers may be written as 640.0. */
SEG_NODISCARD seg_status seg_json_whole(int64_t *value, const json_t *from,
                                        const seg_json_place *at, int64_t min, int64_t max);
SEG_NODISCARD seg_status seg_json_number(double *value, const json_t *from,
                                         const seg_json_place *at, double min, double max);
SEG_NODISCARD seg_status seg_json_flag(bool *value, const json_t *from, const seg_json_place *at);
SEG_NODISCARD seg_status seg_json_string(const char **value, const json_t *from,
                                         const seg_json_place *at);

/** Members of an object; those that are missing or null leave *value where `optional`. */
SEG_NODISCARD seg_status seg_json_member_whole(int64_t *value, const json_t *object,
                                               const seg_json_place *at, const char *key,
                                               int64_t min, int64_t max, bool optional);
SEG_NODISCARD seg_status seg_json_member_number(double *value, const json_t *object,
                                                const seg_json_place *at, const char *key,
                                                double min, double max, bool optional);
SEG_NODISCARD seg_status seg_json_member_flag(bool *value, const json_t *object,
                                              const seg_json_place *at, const char *key);
SEG_NODISCARD seg_status seg_json_member_string(const char **value, const json_t *object,
                                                const seg_json_place *at, const char *key,
                                                bool optional);

/** The member, NULL if it is missing or null. */
const json_t *seg_json_member(const json_t *object, const char *key);

/** Largest and smallest whole numbers that a double and JSON share. */
#define SEG_JSON_WHOLE ((int64_t)1 << 53)

#endif
