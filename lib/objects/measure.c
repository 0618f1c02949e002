/*
 * From a label picture to a list of objects: area, box, centroid, perimeter, circularity.
 *
 * Perimeter: the Cauchy-Crofton formula on lines in four directions (0, 45, 90, 135 degrees): the
 * length of a boundary is half the integral, over all lines, of how often they cross it. With N_k
 * crossings in direction k and lines d_k apart, P = pi/8 * sum N_k d_k, d = 1 along rows and
 * columns, 1/sqrt(2) along diagonals. Every line that enters a region leaves it, so only entries
 * are counted. Exact in the mean for smooth outlines; a single pixel has 2.68.
 * G. Lehmann, D. Legland, "Efficient
 * N-dimensional surface estimation using Crofton formula and run-length encoding", 2012.
 *
 * Cost: one pass over runs of equal labels; ids may be sparse and large, they are found by hashing.
 */
#include <segment/objects.h>

#include "core/check.h"
#include "core/math.h"
#include "core/memory.h"
#include "imgproc/rows.h"
#include "imgproc/sort.h"

#include <string.h>

typedef struct tally {
    int32_t id;
    int32_t left, top, right, bottom; /* inclusive */
    int64_t area;
    int64_t straight, diagonal; /* entries along rows and columns, along diagonals */
    double sum_x, sum_y;        /* whole numbers, exact up to 2^53 */
} tally;

typedef struct tallies {
    tally *items;
    int32_t count, capacity;
    int32_t *table; /* open addressing: index + 1 of an item, 0 = free */
    uint32_t mask;  /* table size - 1 */
    const seg_env *env;
} tallies;

static uint32_t hash(int32_t id, uint32_t mask) {
    return (uint32_t)id * 0x9e3779b1u >> 7 & mask;
}

static void enter(int32_t *table, uint32_t mask, int32_t id, int32_t index) {
    uint32_t place = hash(id, mask);
    while (table[place])
        place = (place + 1) & mask;
    table[place] = index + 1;
}

static seg_status widen_table(tallies *t) {
    uint32_t size = t->table ? 2 * (t->mask + 1) : 256;
    if (size > UINT32_C(1) << 30) return seg_fail(SEG_ERROR_LIMIT, "more than 2^29 objects");
    int32_t *table = seg_allocate_zeroed(t->env, size, sizeof *table, "a table of objects");
    if (!table) return SEG_ERROR_MEMORY;
    for (int32_t i = 0; i < t->count; i++)
        enter(table, size - 1, t->items[i].id, i);
    seg_release(t->env, t->table);
    t->table = table;
    t->mask = size - 1;
    return SEG_OK;
}

/* The tally of `id`, made if it is new; NULL out of memory. */
static tally *find(tallies *t, int32_t id) {
    for (uint32_t place = hash(id, t->mask); t->table[place]; place = (place + 1) & t->mask) {
        tally *item = &t->items[t->table[place] - 1];
        if (item->id == id) return item;
    }
    if ((uint32_t)t->count >= (t->mask + 1) / 2 && widen_table(t) < 0) return NULL;
    if (seg_grow((void **)&t->items, &t->capacity, t->count, t->count + 1, sizeof *t->items,
                 t->env ? t->env->allocator : NULL) < 0)
        return NULL;
    t->items[t->count] = (tally){.id = id, .left = INT32_MAX, .top = INT32_MAX, .right = -1};
    enter(t->table, t->mask, id, t->count);
    return &t->items[t->count++];
}

/* How many of above[0 .. length-1] are not `id`. */
static int64_t count_other(const int32_t *above, int32_t length, int32_t id) {
    int32_t same = 0;
    for (int32_t i = 0; i < length; i++)
        same += above[i] == id;
    return length - same;
}

/* Adds the run first .. end-1 of row y. */
static void add_run(tally *t, const int32_t *above, int32_t width, int32_t y, int32_t first,
                    int32_t end) {
    int32_t length = end - first;
    if (first < t->left) t->left = first;
    if (end - 1 > t->right) t->right = end - 1;
    if (y < t->top) t->top = y;
    t->bottom = y;
    t->area += length;
    t->sum_x += (double)length * ((double)first + (end - 1)) * 0.5;
    t->sum_y += (double)length * y;
    t->straight += 1;
    if (!above) {
        t->straight += length;
        t->diagonal += 2 * (int64_t)length;
        return;
    }
    t->straight += count_other(above + first, length, t->id);
    bool at_left = first == 0, at_right = end == width; /* neighbours outside are other */
    t->diagonal += at_left + count_other(above + first - !at_left, length - at_left, t->id);
    t->diagonal += at_right + count_other(above + first + 1, length - at_right, t->id);
}

static seg_status add_row(tallies *t, const int32_t *row, const int32_t *above, int32_t width,
                          int32_t y) {
    for (int32_t x = seg_skip_zeros(row, 0, width); x < width; x = seg_skip_zeros(row, x, width)) {
        int32_t first = x, id = row[x];
        while (x < width && row[x] == id)
            x++;
        if (id <= 0) continue;
        tally *item = find(t, id);
        if (!item) return SEG_ERROR_MEMORY;
        add_run(item, above, width, y, first, x);
    }
    return SEG_OK;
}

static seg_object object_of(const tally *t) {
    seg_object object = {.id = t->id, .area = t->area};
    object.box = (seg_rect){t->left, t->top, t->right - t->left + 1, t->bottom - t->top + 1};
    object.centroid_x = t->sum_x / (double)t->area;
    object.centroid_y = t->sum_y / (double)t->area;
    /* crossings = 2 * entries; 1 / sqrt 2 as the double nearest to it */
    double crossings = 2.0 * (double)t->straight + 2.0 * (double)t->diagonal * 0.70710678118654752;
    object.perimeter = SEG_PI / 8 * crossings;
    double roundness = 4 * SEG_PI * (double)t->area / (object.perimeter * object.perimeter);
    object.circularity = roundness < 1 ? roundness : 1;
    return object;
}

static seg_status measure(tallies *t, seg_result *result, const seg_image *labels) {
    SEG_TRY(widen_table(t));
    const int32_t *above = NULL;
    for (int32_t y = 0; y < labels->height; y++) {
        const int32_t *row = seg_image_row(labels, y);
        SEG_TRY(add_row(t, row, above, labels->width, y));
        above = row;
    }
    SEG_TRY(seg_grow((void **)&result->objects, &result->object_capacity, 0, t->count,
                     sizeof *result->objects, result->allocator));
    const size_t count = (size_t)t->count;
    seg_keyed *order = seg_allocate(t->env, 2 * count, sizeof *order, "sorted objects");
    if (!order) return SEG_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++)
        order[i] = (seg_keyed){(uint64_t)t->items[i].id, i};
    seg_sort(order, order + count, count);
    for (size_t i = 0; i < count; i++)
        result->objects[i] = object_of(&t->items[order[i].value]);
    seg_release(t->env, order);
    result->object_count = t->count;
    return SEG_OK;
}

seg_status seg_objects_measure(seg_result *result, const seg_image *labels, const seg_env *env) {
    if (!result) return seg_fail(SEG_ERROR_ARGUMENT, "result is missing (NULL)");
    result->object_count = 0;
    SEG_TRY(seg_check_image(labels, "labels", SEG_FORMAT_BIT(SEG_LABEL32), SEG_CHANNELS_1));
    tallies t = {.env = env};
    seg_status status = measure(&t, result, labels);
    seg_release(env, t.items);
    seg_release(env, t.table);
    return status;
}
