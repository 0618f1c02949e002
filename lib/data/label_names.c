/* Looking up pictures by their names. */
#include "core/check.h"
#include "core/memory.h"
#include "data/labels.h"

#include <stdlib.h>
#include <string.h>

static int compare_names(const void *a, const void *b) {
    return strcmp(((const seg_name *)a)->name, ((const seg_name *)b)->name);
}

static int compare_files(const void *a, const void *b) {
    return strcmp(((const seg_name *)a)->file, ((const seg_name *)b)->file);
}

static seg_name split(const char *name, int32_t item) {
    const char *slash = strrchr(name, '/');
    return (seg_name){name, slash ? slash + 1 : name, item};
}

seg_status seg_labels_index_names(seg_labels *labels, int32_t count,
                                  const char *(*name_of)(const seg_labels *labels, int32_t item)) {
    const size_t size = (size_t)count;
    labels->by_name = seg_allocate(&labels->env, size, sizeof *labels->by_name, "names");
    labels->by_file = seg_allocate(&labels->env, size, sizeof *labels->by_file, "names");
    if (!labels->by_name || !labels->by_file) return SEG_ERROR_MEMORY;
    if (!count) return SEG_OK;
    for (int32_t i = 0; i < count; i++)
        labels->by_name[i] = labels->by_file[i] = split(name_of(labels, i), i);
    qsort(labels->by_name, size, sizeof *labels->by_name, compare_names);
    qsort(labels->by_file, size, sizeof *labels->by_file, compare_files);
    for (int32_t i = 1; i < count; i++)
        if (compare_names(&labels->by_name[i - 1], &labels->by_name[i]) == 0)
            return seg_fail(SEG_ERROR_DATA, "%s: two pictures have the name \"%.200s\"",
                            labels->path, labels->by_name[i].name);
    labels->name_count = count;
    return SEG_OK;
}

int32_t seg_labels_find_name(const seg_labels *labels, const char *name) {
    const size_t count = (size_t)labels->name_count;
    const seg_name wanted = split(name, 0);
    if (!count) return -1;
    const seg_name *found = bsearch(&wanted, labels->by_name, count, sizeof wanted, compare_names);
    if (found) return found->item;
    found = bsearch(&wanted, labels->by_file, count, sizeof wanted, compare_files);
    if (!found) return -1;
    const seg_name *first = labels->by_file, *end = first + count;
    const bool before = found > first && compare_files(found - 1, found) == 0;
    const bool after = found + 1 < end && compare_files(found + 1, found) == 0;
    return before || after ? -1 : found->item;
}
