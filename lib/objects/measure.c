/*
 * From a label picture to a list of objects: area, box, moments, perimeter, hull, Euler number, and
 * the samples of a picture.
 *
 * Perimeter: the Cauchy-Crofton formula on lines in four directions (0, 45, 90, 135 degrees): the
 * length of a boundary is half the integral, over all lines, of how often they cross it. With N_k
 * crossings in direction k and lines d_k apart, P = pi/8 * sum N_k d_k, d = 1 along rows and
 * columns, 1/sqrt(2) along diagonals. Every line that enters a region leaves it, so only entries
 * are counted. Exact in the mean for smooth outlines; a single pixel has 2.68.
 * G. Lehmann, D. Legland, "Efficient
 * N-dimensional surface estimation using Crofton formula and run-length encoding", 2012.
 *
 * Moments are sums over runs in closed form, relative to the object's first pixel, exact up to
 * 2^53. Euler number: runs and the places where a run touches one of the row above are the nodes
 * and edges of a graph whose cycles go around holes; nodes - edges = parts - holes.
 *
 * Cost: one pass over runs of equal labels; ids may be sparse and large, they are found by hashing.
 */
#include "objects/measure.h"

#include "core/check.h"
#include "core/math.h"
#include "core/memory.h"
#include "imgproc/rows.h"
#include "imgproc/sort.h"
#include "objects/convex.h"
#include "objects/intensity.h"

#include <math.h>

typedef struct tally {
    int32_t id;
    int32_t left, top, right, bottom; /* inclusive */
    int64_t area;
    int64_t straight, diagonal; /* entries along rows and columns, along diagonals */
    int32_t first_x, first_y;   /* the first pixel, to which the sums are relative */
    double sum_x, sum_y, sum_xx, sum_xy, sum_yy; /* whole numbers, exact up to 2^53 */
    int32_t euler;
    int32_t extent; /* of its last row; -1 = none yet */
    seg_sample_sums samples[SEG_INTENSITY_CHANNELS];
} tally;

typedef struct tallies {
    tally *items;
    int32_t count, capacity;
    int32_t *table;      /* open addressing: index + 1 of an item, 0 = free */
    uint32_t mask;       /* table size - 1 */
    seg_extent *extents; /* of all objects */
    int32_t extent_count, extent_capacity;
    const seg_image *marked;     /* 0 where there is no label; empty or NULL = none */
    seg_intensity_rows *picture; /* NULL = not measured */
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
    t->items[t->count] =
        (tally){.id = id, .left = INT32_MAX, .top = INT32_MAX, .right = -1, .extent = -1};
    enter(t->table, t->mask, id, t->count);
    return &t->items[t->count++];
}

/* Pixels of `id` among row[first .. end-1], and in how many runs. */
typedef struct contact {
    int32_t pixels, runs;
} contact;

static contact contact_with(const int32_t *row, int32_t first, int32_t end, int32_t id) {
    contact c = {0, 0};
    bool before = false;
    for (int32_t x = first; x < end; x++) {
        const bool same = row[x] == id;
        c.pixels += same;
        c.runs += same & !before;
        before = same;
    }
    return c;
}

/* The borders of the run first .. end-1; neighbours outside of the picture are other. */
static void add_borders(tally *t, const int32_t *above, int32_t width, int32_t first, int32_t end) {
    const int32_t length = end - first, left = first - (first > 0), right = end + (end < width);
    t->straight += 1;
    t->euler += 1;
    if (!above) {
        t->straight += length;
        t->diagonal += 2 * (int64_t)length;
        return;
    }
    const contact c = contact_with(above, left, right, t->id);
    const bool at_left = left < first && above[left] == t->id;
    const bool at_right = right > end && above[end] == t->id;
    const int32_t straight = c.pixels - at_left - at_right;
    t->straight += length - straight;
    t->diagonal += length - (c.pixels - at_right - (above[end - 1] == t->id));
    t->diagonal += length - (c.pixels - at_left - (above[first] == t->id));
    t->euler -= c.runs;
}

/* 0 + 1 + ... + n-1 and 0 + 1 + 4 + ... + (n-1)^2. */
static double sum_below(double n) {
    return n * (n - 1) / 2;
}
static double squares_below(double n) {
    return n * (n - 1) * (2 * n - 1) / 6;
}

/* Sums over the pixels first .. end-1 of row y. */
static void add_moments(tally *t, int32_t y, int32_t first, int32_t end) {
    if (!t->area) {
        t->first_x = first;
        t->first_y = y;
    }
    const double length = end - first, from = first - t->first_x, down = y - t->first_y;
    const double x = length * from + sum_below(length);
    t->area += end - first;
    t->sum_x += x;
    t->sum_y += length * down;
    t->sum_xx += length * from * from + 2 * from * sum_below(length) + squares_below(length);
    t->sum_xy += x * down;
    t->sum_yy += length * down * down;
}

static seg_status add_extent(tallies *all, tally *t, int32_t y, int32_t first, int32_t end) {
    if (t->extent >= 0 && all->extents[t->extent].y == y) {
        all->extents[t->extent].right = end - 1; /* runs come from left to right */
        return SEG_OK;
    }
    if (all->extent_count == INT32_MAX)
        return seg_fail(SEG_ERROR_LIMIT, "more than 2^31 rows of objects");
    SEG_TRY(seg_grow((void **)&all->extents, &all->extent_capacity, all->extent_count,
                     all->extent_count + 1, sizeof *all->extents,
                     all->env ? all->env->allocator : NULL));
    all->extents[all->extent_count] = (seg_extent){y, first, end - 1, t->extent};
    t->extent = all->extent_count++;
    return SEG_OK;
}

static seg_status add_row(tallies *t, const int32_t *row, const int32_t *above, int32_t width,
                          int32_t y) {
    const uint8_t *mask = seg_optional_row(t->marked, y);
    for (int32_t x = seg_skip_unmasked(row, mask, 0, width); x < width;
         x = seg_skip_unmasked(row, mask, x, width)) {
        const int32_t first = x, id = row[x];
        while (x < width && row[x] == id)
            x++;
        if (id <= 0) continue;
        tally *item = find(t, id);
        if (!item) return SEG_ERROR_MEMORY;
        if (first < item->left) item->left = first;
        if (x - 1 > item->right) item->right = x - 1;
        if (y < item->top) item->top = y;
        item->bottom = y;
        add_moments(item, y, first, x);
        add_borders(item, above, width, first, x);
        SEG_TRY(add_extent(t, item, y, first, x));
        if (t->picture) seg_intensity_rows_add(item->samples, t->picture, y, first, x);
    }
    return SEG_OK;
}

/* ---- from sums to measures ---- */

/* Moments of the pixel centres, and the ellipse that has the same. */
static void find_ellipse(seg_object *object, const tally *t) {
    const double area = (double)t->area, x = t->sum_x / area, y = t->sum_y / area;
    object->centroid_x = t->first_x + x;
    object->centroid_y = t->first_y + y;
    const double xx = t->sum_xx / area - x * x, yy = t->sum_yy / area - y * y;
    const double xy = t->sum_xy / area - x * y;
    object->variance_x = xx > 0 ? xx : 0;
    object->variance_y = yy > 0 ? yy : 0;
    object->covariance = xy;
    const double half = (object->variance_x + object->variance_y) / 2;
    const double apart = object->variance_x - object->variance_y;
    const double root = sqrt(apart * apart / 4 + xy * xy);
    /* what rounding leaves of equal moments is no direction */
    const bool round = root <= 1e-12 * half;
    const double large = round ? half : half + root, less = round ? half : half - root;
    const double small = less > 1e-12 * half ? less : 0;
    object->major = 4 * sqrt(large);
    object->minor = 4 * sqrt(small);
    object->eccentricity = large > 0 ? sqrt(1 - small / large) : 0;
    /* y points down, angles count up */
    object->orientation = round ? 0 : seg_atan2(-2 * xy, apart) / 2 * 180 / SEG_PI;
    if (object->orientation <= -90) object->orientation = 90;
}

static void find_intensities(seg_object *object, const tally *t, int32_t channels) {
    seg_intensity *const into[] = {&object->grey, &object->red, &object->green, &object->blue};
    object->intensities = channels;
    for (int32_t c = 0; c < channels; c++)
        *into[c] = seg_intensity_of(&t->samples[c]);
}

static seg_object object_of(const tally *t, const tallies *all, seg_hull_point *room) {
    seg_object object = {.id = t->id, .area = t->area, .euler = t->euler};
    object.box = (seg_rect){t->left, t->top, t->right - t->left + 1, t->bottom - t->top + 1};
    find_ellipse(&object, t);
    /* crossings = 2 * entries; 1 / sqrt 2 as the double nearest to it */
    double crossings = 2.0 * (double)t->straight + 2.0 * (double)t->diagonal * 0.70710678118654752;
    object.perimeter = SEG_PI / 8 * crossings;
    double roundness = 4 * SEG_PI * (double)t->area / (object.perimeter * object.perimeter);
    object.circularity = roundness < 1 ? roundness : 1;
    object.convex_area = seg_convex_area(all->extents, t->extent, room);
    object.solidity = (double)object.area / (double)object.convex_area;
    if (all->picture) find_intensities(&object, t, all->picture->channels);
    return object;
}

static seg_status count_all(tallies *t, const seg_image *labels) {
    SEG_TRY(widen_table(t));
    const int32_t *above = NULL;
    for (int32_t y = 0; y < labels->height; y++) {
        const int32_t *row = seg_image_row(labels, y);
        SEG_TRY(add_row(t, row, above, labels->width, y));
        above = row;
    }
    return SEG_OK;
}

static seg_status measure(tallies *t, seg_result *result, const seg_image *labels) {
    SEG_TRY(count_all(t, labels));
    SEG_TRY(seg_grow((void **)&result->objects, &result->object_capacity, 0, t->count,
                     sizeof *result->objects, result->allocator));
    const size_t count = (size_t)t->count;
    seg_hull_point *room =
        seg_allocate(t->env, (size_t)SEG_HULL_ROOM(labels->height), sizeof *room, "a convex hull");
    if (!room) return SEG_ERROR_MEMORY;
    seg_keyed *order = seg_allocate(t->env, 2 * count, sizeof *order, "sorted objects");
    if (order) {
        for (size_t i = 0; i < count; i++)
            order[i] = (seg_keyed){(uint64_t)t->items[i].id, i};
        seg_sort(order, order + count, count);
        for (size_t i = 0; i < count; i++)
            result->objects[i] = object_of(&t->items[order[i].value], t, room);
        result->object_count = t->count;
    }
    seg_release(t->env, order);
    seg_release(t->env, room);
    return order ? SEG_OK : SEG_ERROR_MEMORY;
}

static seg_status measure_with_picture(tallies *t, seg_result *result, const seg_image *labels,
                                       const seg_image *picture) {
    seg_intensity_rows rows;
    seg_status status = seg_intensity_rows_init(&rows, picture, t->env);
    t->picture = &rows;
    if (status >= 0) status = measure(t, result, labels);
    seg_intensity_rows_free(&rows);
    return status;
}

seg_status seg_objects_measure_masked(seg_result *result, const seg_image *labels,
                                      const seg_image *mask, const seg_image *picture,
                                      const seg_env *env) {
    if (!result) return seg_fail(SEG_ERROR_ARGUMENT, "result is missing (NULL)");
    result->object_count = 0;
    SEG_TRY(seg_check_image(labels, "labels", SEG_FORMAT_BIT(SEG_LABEL32), SEG_CHANNELS_1));
    const bool intensities = !seg_image_empty(picture);
    if (intensities)
        SEG_TRY(seg_check_image(picture, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    if (intensities && (picture->width != labels->width || picture->height != labels->height))
        return seg_fail(SEG_ERROR_SHAPE, "the picture is %ld x %ld, the labels are %ld x %ld",
                        (long)picture->width, (long)picture->height, (long)labels->width,
                        (long)labels->height);
    tallies t = {.marked = mask, .env = env};
    const seg_status status = intensities ? measure_with_picture(&t, result, labels, picture)
                                          : measure(&t, result, labels);
    seg_release(env, t.items);
    seg_release(env, t.table);
    seg_release(env, t.extents);
    return status;
}

seg_status seg_objects_measure(seg_result *result, const seg_image *labels,
                               const seg_image *picture, const seg_env *env) {
    return seg_objects_measure_masked(result, labels, NULL, picture, env);
}
