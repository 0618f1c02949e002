/* What is kept of each class: a sorted list of any structs that begin with `int32_t category`. */
#ifndef SEG_EVALUATE_CLASS_LIST_H
#define SEG_EVALUATE_CLASS_LIST_H

#include <segment/env.h>

/** Set `size` of an item, zero the rest. */
typedef struct seg_class_list {
    size_t size;
    void *items; /* ascending by category */
    int32_t count, capacity;
} seg_class_list;

/** The i-th item. */
static inline void *seg_class_list_at(const seg_class_list *list, int32_t i) {
    return (char *)list->items + (size_t)i * list->size;
}

/** Makes room for `more` new classes. Errors: SEG_ERROR_MEMORY, SEG_ERROR_LIMIT. */
SEG_NODISCARD seg_status seg_class_list_reserve(seg_class_list *list, int64_t more,
                                                const seg_env *env);

/** The item of that class; if it is new, there must be room, and it is zeroed. */
void *seg_class_list_get(seg_class_list *list, int32_t category);

void seg_class_list_free(seg_class_list *list, const seg_env *env);

#endif
