#include "evaluate/class_list.h"

#include "core/check.h"
#include "core/memory.h"

#include <string.h>

static int32_t category_at(const seg_class_list *list, int32_t i) {
    int32_t category;
    memcpy(&category, seg_class_list_at(list, i), sizeof category);
    return category;
}

seg_status seg_class_list_reserve(seg_class_list *list, int64_t more, const seg_env *env) {
    if (more > INT32_MAX - list->count) return seg_fail(SEG_ERROR_LIMIT, "more than 2^31 classes");
    return seg_grow(&list->items, &list->capacity, list->count, list->count + (int32_t)more,
                    list->size, env ? env->allocator : NULL);
}

void *seg_class_list_get(seg_class_list *list, int32_t category) {
    int32_t low = 0, high = list->count;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        if (category_at(list, middle) < category)
            low = middle + 1;
        else
            high = middle;
    }
    char *item = seg_class_list_at(list, low);
    if (low < list->count && category_at(list, low) == category) return item;
    memmove(item + list->size, item, (size_t)(list->count - low) * list->size);
    memset(item, 0, list->size);
    memcpy(item, &category, sizeof category);
    list->count++;
    return item;
}

void seg_class_list_free(seg_class_list *list, const seg_env *env) {
    seg_release(env, list->items);
    list->items = NULL;
    list->count = list->capacity = 0;
}
