/*
 * From a belief to objects: its regions (moving_regions.c). An object keeps the number of the one
 * it covers most along the flow, by an optimal assignment.
 */
#include "motion/moving_objects.h"

#include "core/check.h"
#include "geometry/assignment_sparse.h"
#include "imgproc/sort.h"
#include "motion/moving_regions.h"

#include <math.h>
#include <string.h>

#define USUAL_OBJECTS 256 /* more are room for the frame that has them */

/* ---- memory ---- */

seg_status seg_moving_objects_bind(seg_moving_objects *objects, int32_t width, int32_t height,
                                   const seg_env *env) {
    if (objects->items && objects->width == width && objects->height == height) return SEG_OK;
    seg_moving_objects_free(objects, env);
    objects->allocator = env ? env->allocator : NULL;
    const size_t n = (size_t)width * (size_t)height;
    const size_t samples = n < 2 * SEG_REGION_SAMPLES ? n : 2 * SEG_REGION_SAMPLES;
    objects->labels = seg_allocate(env, n, sizeof *objects->labels, "numbers of objects");
    if (!objects->labels) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_fit_rooms_make(&objects->rooms, (int32_t)samples, env));
    objects->width = width;
    objects->height = height;
    return seg_grow((void **)&objects->items, &objects->capacity, 0, USUAL_OBJECTS,
                    sizeof *objects->items, objects->allocator);
}

void seg_moving_objects_reset(seg_moving_objects *objects) {
    objects->carried = false;
    objects->last_id = objects->count = 0;
}

void seg_moving_objects_free(seg_moving_objects *objects, const seg_env *env) {
    seg_release(env, objects->labels);
    seg_release(env, objects->rooms.memory);
    seg_release(env, objects->items);
    *objects = (seg_moving_objects){0};
}

/* ---- who they were ---- */

/* Label at the place where the pixel was in the frame before; 0 = none. */
static int32_t label_before(const seg_moving_objects *objects, const seg_moving_flow *flow,
                            int32_t x, int32_t y) {
    if (flow && flow->back.u) {
        const ptrdiff_t at = (ptrdiff_t)y * flow->stride + x;
        const double px = floor((double)x + (double)flow->back.u[at] + 0.5);
        const double py = floor((double)y + (double)flow->back.v[at] + 0.5);
        if (!(px >= 0 && px < objects->width && py >= 0 && py < objects->height)) return 0;
        x = (int32_t)px;
        y = (int32_t)py;
    }
    return objects->labels[(size_t)y * (size_t)objects->width + (size_t)x];
}

/* The pairs of a region and a former object that overlap, as rows of a sparse assignment. */
typedef struct overlaps {
    int32_t *starts, *columns; /* columns are places in objects->items */
    double *costs;
    int32_t *column_of;
    seg_keyed *pairs; /* twice as many as the grid has pixels */
} overlaps;

/* What depends on the grid alone comes first, so that it is the same memory in every frame. */
static seg_status take_overlaps(overlaps *o, size_t n, seg_scratch *scratch) {
    o->pairs = seg_scratch_take(scratch, n, 2 * sizeof *o->pairs, "overlaps");
    o->columns = seg_scratch_take(scratch, n, sizeof *o->columns, "overlaps");
    o->costs = seg_scratch_take(scratch, n, sizeof *o->costs, "overlaps");
    return o->pairs && o->columns && o->costs ? SEG_OK : SEG_ERROR_MEMORY;
}

static seg_status find_overlaps(overlaps *o, const seg_moving_regions *f,
                                const seg_moving_objects *objects, const seg_moving_flow *flow) {
    const size_t rows = (size_t)f->count + 1;
    o->starts = seg_scratch_take(f->scratch, rows, sizeof *o->starts, "overlaps");
    o->column_of = seg_scratch_take(f->scratch, rows, sizeof *o->column_of, "overlaps");
    if (!o->starts || !o->column_of) return SEG_ERROR_MEMORY;
    seg_keyed *pairs = o->pairs;
    size_t count = 0;
    for (int32_t y = 0; y < objects->height; y++) {
        const int32_t *row = seg_image_row(&f->labels, y);
        for (int32_t x = 0; x < objects->width; x++) {
            const int32_t before =
                row[x] > 0 && objects->carried ? label_before(objects, flow, x, y) : 0;
            if (before > 0)
                pairs[count++].key = (uint64_t)row[x] << 32 | (uint64_t)(uint32_t)before;
        }
    }
    seg_sort(pairs, pairs + (size_t)objects->width * (size_t)objects->height, count);
    int32_t used = 0, label = 1;
    o->starts[0] = 0;
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && pairs[end].key == pairs[i].key;)
            end++;
        for (; label < (int32_t)(pairs[i].key >> 32); label++)
            o->starts[label] = used;
        o->columns[used] = (int32_t)(pairs[i].key & 0xffffffffu) - 1;
        o->costs[used++] = -(double)(end - i);
    }
    for (; label <= f->count; label++)
        o->starts[label] = used;
    return SEG_OK;
}

/* Numbers of regions: those of the former objects they are paired with, or new ones. */
static seg_status number(seg_moving_objects *objects, overlaps *o, const seg_moving_regions *f,
                         const seg_moving_flow *flow) {
    SEG_TRY(find_overlaps(o, f, objects, flow));
    SEG_TRY(seg_assignment_solve_sparse_in(f->scratch, o->column_of, o->starts, o->columns,
                                           o->costs, f->count, objects->count, 0));
    const int32_t former = objects->count, room = former + f->count;
    SEG_TRY(seg_grow((void **)&objects->items, &objects->capacity, former, room,
                     sizeof *objects->items, objects->allocator));
    for (int32_t i = 0; i < f->count; i++) {
        const int32_t column = o->column_of[i];
        objects->items[former + i] = column >= 0 ? objects->items[column] : ++objects->last_id;
    }
    memmove(objects->items, objects->items + former, (size_t)f->count * sizeof *objects->items);
    objects->count = f->count;
    return SEG_OK;
}

/* ---- all of it ---- */

seg_status seg_moving_objects_find(seg_moving_objects *objects, const seg_moving *moving,
                                   const seg_moving_flow *flow, const seg_motion *dominant,
                                   int32_t least, seg_scratch *scratch, const seg_env *env) {
    seg_moving_regions f = {.flow = flow,
                            .dominant = dominant,
                            .least = least,
                            .rooms = &objects->rooms,
                            .scratch = scratch,
                            .env = env};
    overlaps o;
    SEG_TRY(take_overlaps(&o, (size_t)objects->width * (size_t)objects->height, scratch));
    SEG_TRY(seg_moving_regions_find(&f, moving));
    SEG_TRY(number(objects, &o, &f, flow));
    for (int32_t y = 0; y < objects->height; y++)
        memcpy(objects->labels + (size_t)y * (size_t)objects->width, seg_image_row(&f.labels, y),
               (size_t)objects->width * sizeof *objects->labels);
    objects->carried = true;
    return SEG_OK;
}
