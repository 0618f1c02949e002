/*
 * All labels of a sample under one geometry, object by object: each is moved whole, then what is
 * seen of it decides whether it lives. The share that is seen is counted in its mask, else measured
 * on its polygons, its rotated box or its box.
 */
#include "augment/geometry.h"
#include "core/check.h"
#include "imgproc/area.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the instance pictures show of one object. */
typedef struct seen {
    int32_t id, object; /* index of the object */
    int64_t before, after;
    int32_t left, top, right, bottom; /* of the new picture; right < left if it is not seen */
} seen;

typedef struct mover {
    seg_augment_step *step;
    const seg_augment_geometry *geometry;
    const seg_sample *from;
    seg_sample *to;
    seg_rect window;              /* of the new picture: what the geometry makes goes there */
    seg_image instances;          /* that part of the new instances */
    const bool *taken;            /* of each object; NULL = all */
    int32_t first_id;             /* of new ids; 0 = they stay */
    seen *list;                   /* ascending by id */
    seg_image mask, whole, moved; /* of one object: old, new, and the window in the new one */
} mover;

/* ---- counting instances ---- */

static int by_id(const void *a, const void *b) {
    const int32_t x = ((const seen *)a)->id, y = ((const seen *)b)->id;
    return (x > y) - (x < y);
}

static seen *find(seen *list, int32_t count, int32_t id) {
    const seen key = {.id = id};
    return count ? bsearch(&key, list, (size_t)count, sizeof *list, by_id) : NULL;
}

/* Runs of equal ids of all rows. */
static void count_instances(seen *list, int32_t count, const seg_image *instances, bool after) {
    for (int32_t y = 0; y < instances->height; y++) {
        const int32_t *row = seg_image_row(instances, y);
        for (int32_t x = 0, end; x < instances->width; x = end) {
            const int32_t id = row[x];
            for (end = x + 1; end < instances->width && row[end] == id; end++) {
            }
            seen *one = id ? find(list, count, id) : NULL;
            if (!one) continue;
            *(after ? &one->after : &one->before) += end - x;
            if (!after) continue;
            if (x < one->left) one->left = x;
            if (end - 1 > one->right) one->right = end - 1;
            if (y < one->top) one->top = y;
            one->bottom = y;
        }
    }
}

static seg_status count_seen(mover *m) {
    const int32_t count = m->from->object_count;
    m->list = seg_scratch_take(m->step->scratch, (size_t)count + 1, sizeof *m->list, "objects");
    if (!m->list) return SEG_ERROR_MEMORY;
    for (int32_t i = 0; i < count; i++)
        m->list[i] = (seen){.id = m->from->objects[i].id,
                            .object = i,
                            .left = INT32_MAX,
                            .top = INT32_MAX,
                            .right = -1,
                            .bottom = -1};
    qsort(m->list, (size_t)count, sizeof *m->list, by_id);
    if (seg_image_empty(&m->from->instances)) return SEG_OK;
    count_instances(m->list, count, &m->from->instances, false);
    count_instances(m->list, count, &m->instances, true);
    return SEG_OK;
}

/* ---- one object ---- */

/* What is known of an object on its way. */
typedef struct fate {
    double before, after; /* area as if nothing were cut, and what is seen; pixels */
    seg_box mask_box, polygon_box;
    bool by_mask, by_polygon;
} fate;

static void measure(fate *f, double before, double after) {
    f->before = before;
    f->after = after;
}

static seg_status move_polygons(mover *m, const seg_object_label *object, fate *f) {
    const int32_t bend = m->geometry->field ? 8 : 1;
    double before = 0, after = 0, low[2] = {0}, high[2] = {0};
    for (int32_t k = 0; k < object->polygon_count; k++) {
        const seg_polygon_span *span = &m->from->polygons[object->first_polygon + k];
        const int32_t count = span->count * bend;
        double *xy =
            seg_scratch_take(m->step->scratch, 2 * SEG_CLIP_ROOM(count), sizeof *xy, "corners");
        double *spare =
            seg_scratch_take(m->step->scratch, 2 * SEG_CLIP_ROOM(count), sizeof *xy, "corners");
        if (!xy || !spare) return SEG_ERROR_MEMORY;
        const double *corners = m->from->corners + 2 * (size_t)span->first;
        for (int32_t i = 0; i < count; i++) {
            const double *a = corners + 2 * (size_t)(i / bend);
            const double *b = corners + 2 * (size_t)((i / bend + 1) % span->count);
            const double t = (double)(i % bend) / bend;
            xy[2 * i] = a[0] + t * (b[0] - a[0]);
            xy[2 * i + 1] = a[1] + t * (b[1] - a[1]);
        }
        seg_geometry_points(m->geometry, xy, count);
        before += seg_polygon_area(xy, count);
        const int32_t kept =
            seg_polygon_clip(xy, count, spare, m->geometry->width, m->geometry->height);
        const double area = seg_polygon_area(xy, kept);
        if (kept < 3 || !(area > 0)) continue;
        const seg_box box = seg_points_box(xy, kept);
        if (!(after > 0) || box.x < low[0]) low[0] = box.x;
        if (!(after > 0) || box.y < low[1]) low[1] = box.y;
        if (!(after > 0) || box.x + box.width > high[0]) high[0] = box.x + box.width;
        if (!(after > 0) || box.y + box.height > high[1]) high[1] = box.y + box.height;
        after += area;
        SEG_TRY(seg_sample_add_polygon(m->to, xy, kept));
    }
    f->by_polygon = true;
    f->polygon_box = (seg_box){low[0], low[1], high[0] - low[0], high[1] - low[1]};
    measure(f, before, after);
    return SEG_OK;
}

static seg_status move_points(mover *m, const seg_object_label *object) {
    for (int32_t k = 0; k < object->point_count; k++) {
        seg_keypoint point = m->from->points[object->first_point + k];
        if (point.visibility) {
            double xy[2] = {point.x, point.y};
            seg_geometry_points(m->geometry, xy, 1);
            point.x = xy[0], point.y = xy[1];
            if (!(xy[0] >= 0 && xy[0] < m->geometry->width && xy[1] >= 0 &&
                  xy[1] < m->geometry->height)) {
                point = (seg_keypoint){0};
                m->to->lost_points++;
            }
        }
        SEG_TRY(seg_sample_add_points(m->to, &point, 1));
    }
    return SEG_OK;
}

static void warp_of(seg_warp *warp, const seg_augment_geometry *geometry,
                    const seg_transform *inverse) {
    *warp = seg_warp_identity();
    memcpy(warp->matrix, inverse->m, sizeof warp->matrix);
    warp->field = geometry->field;
    warp->filter = SEG_WARP_NEAREST;
}

/* Counts a mask, and its box. */
static int64_t measure_mask(const seg_image *mask, seg_box *box) {
    int32_t left = INT32_MAX, top = INT32_MAX, right = -1, bottom = -1;
    int64_t area = 0;
    for (int32_t y = 0; y < mask->height; y++) {
        const uint8_t *row = seg_image_row(mask, y);
        for (int32_t x = 0; x < mask->width; x++) {
            if (!row[x]) continue;
            area++;
            if (x < left) left = x;
            if (x > right) right = x;
            if (y < top) top = y;
            bottom = y;
        }
    }
    *box = area ? (seg_box){left, top, right + 1 - left, bottom + 1 - top} : (seg_box){0};
    return area;
}

static seg_status move_runs(mover *m, const seg_object_label *object, const seg_warp *warp,
                            fate *f) {
    seg_box box;
    if (seg_image_empty(&m->mask)) {
        SEG_TRY(seg_step_picture(&m->mask, m->step, m->from->picture.width, m->from->picture.height,
                                 SEG_U8, 1));
        SEG_TRY(seg_step_picture(&m->whole, m->step, m->to->picture.width, m->to->picture.height,
                                 SEG_U8, 1));
        for (int32_t y = 0; y < m->whole.height; y++)
            memset(seg_image_row(&m->whole, y), 0, (size_t)m->whole.width);
        SEG_TRY(seg_image_view(&m->moved, &m->whole, m->window));
    }
    seg_runs_draw(&m->mask, m->from->runs + object->first_run, object->run_count);
    const double before = (double)measure_mask(&m->mask, &box);
    SEG_TRY(seg_warp_apply(&m->moved, &m->mask, warp, m->step->env));
    const double after = (double)measure_mask(&m->moved, &f->mask_box);
    measure(
        f, before * seg_geometry_growth(m->geometry, box.x + box.width / 2, box.y + box.height / 2),
        after);
    f->by_mask = true;
    return seg_sample_add_mask(m->to, &m->whole);
}

static void see_instance(mover *m, const seg_object_label *object, fate *f) {
    const seen *one = find(m->list, m->from->object_count, object->id);
    const double x = one->after ? (one->left + one->right) / 2.0 : 0,
                 y = one->after ? (one->top + one->bottom) / 2.0 : 0;
    double growth = 1;
    if (one->after) {
        seg_transform back;
        double at[2] = {x, y};
        if (seg_transform_invert(&back, &m->geometry->forward) >= 0)
            seg_transform_apply(at, &back, at, 1);
        growth = seg_geometry_growth(m->geometry, at[0], at[1]);
    }
    measure(f, (double)one->before * growth, (double)one->after);
    f->by_mask = true;
    f->mask_box = one->after ? (seg_box){one->left, one->top, one->right + 1 - one->left,
                                         one->bottom + 1 - one->top}
                             : (seg_box){0};
}

static seg_box box_of(const mover *m, const seg_object_label *object, const fate *f) {
    const int32_t rule = m->step->rules->boxes_from;
    const double width = m->geometry->width, height = m->geometry->height;
    if (rule == SEG_BOXES_POLYGON && f->by_polygon) return f->polygon_box;
    if (rule <= SEG_BOXES_POLYGON && f->by_mask) return f->mask_box;
    if (rule <= SEG_BOXES_POLYGON && f->by_polygon) return f->polygon_box;
    return seg_box_clip(seg_geometry_box(m->geometry, &object->box, rule != SEG_BOXES_CORNERS),
                        width, height);
}

static double clipped_area(const seg_augment_geometry *geometry, double *xy, double *before) {
    double room[2 * 64], spare[2 * 64];
    memcpy(room, xy, 8 * sizeof *xy);
    *before = seg_polygon_area(room, 4);
    return seg_polygon_area(room,
                            seg_polygon_clip(room, 4, spare, geometry->width, geometry->height));
}

/* From the window to the whole picture. Run lengths are of the whole picture already. */
static void shift_object(seg_sample *sample, int32_t index, int32_t x, int32_t y) {
    seg_object_label *object = &sample->objects[index];
    if (!x && !y) return;
    object->box.x += x, object->box.y += y;
    object->rotated.x += x, object->rotated.y += y;
    for (int32_t k = 0; k < object->polygon_count; k++) {
        const seg_polygon_span *span = &sample->polygons[object->first_polygon + k];
        for (int32_t i = 0; i < 2 * span->count; i++)
            sample->corners[2 * (size_t)span->first + (size_t)i] += i % 2 ? y : x;
    }
    for (int32_t k = 0; k < object->point_count; k++) {
        seg_keypoint *point = &sample->points[object->first_point + k];
        if (point->visibility) point->x += x, point->y += y;
    }
}

static int32_t index_in(const mover *m, const seg_object_label *object) {
    return (int32_t)(object - m->from->objects);
}

static seg_status move_object(mover *m, const seg_object_label *object, const seg_warp *warp,
                              bool *lives) {
    seg_object_label moved = *object;
    fate f = {0};
    double before, after;
    if (object->kinds & SEG_LABEL_ROTATED_BOXES) {
        double xy[8];
        moved.rotated = seg_geometry_rotated(m->geometry, &object->rotated);
        seg_rotated_corners(xy, &object->rotated);
        seg_geometry_points(m->geometry, xy, 4);
        after = clipped_area(m->geometry, xy, &before);
        measure(&f, before, after);
    } else if (object->kinds & SEG_LABEL_BOXES) {
        const seg_box whole = seg_geometry_box(m->geometry, &object->box,
                                               m->step->rules->boxes_from != SEG_BOXES_CORNERS);
        const seg_box cut = seg_box_clip(whole, m->geometry->width, m->geometry->height);
        measure(&f, whole.width * whole.height, cut.width * cut.height);
    }
    SEG_TRY(seg_sample_add_object(m->to, &moved));
    const int32_t index = m->to->object_count - 1;
    if (object->kinds & SEG_LABEL_POLYGONS) SEG_TRY(move_polygons(m, object, &f));
    if (object->kinds & SEG_LABEL_POINTS) SEG_TRY(move_points(m, object));
    if (object->kinds & SEG_LABEL_RLE) SEG_TRY(move_runs(m, object, warp, &f));
    if (object->kinds & SEG_LABEL_INSTANCES) see_instance(m, object, &f);
    seg_object_label *added = &m->to->objects[index];
    added->kinds = object->kinds;
    if (object->kinds & SEG_LABEL_BOXES) added->box = box_of(m, object, &f);
    shift_object(m->to, index, m->window.x, m->window.y);
    if (m->first_id) added->id = m->first_id + index_in(m, object);
    const double share = f.before > 0 ? f.after < f.before ? f.after / f.before : 1 : 1;
    added->visible = object->visible * share;
    added->area = f.after;
    *lives = (f.after >= m->step->rules->min_area && f.after > 0 &&
              added->visible >= m->step->rules->min_visibility) ||
             !(object->kinds & ~(uint32_t)SEG_LABEL_POINTS);
    return SEG_OK;
}

/* ---- all of them ---- */

/* Takes the object last appended away, with all that belongs to it. */
static void take_back(seg_sample *sample) {
    const seg_object_label *last = &sample->objects[--sample->object_count];
    if (sample->polygon_count > last->first_polygon)
        sample->corner_count = sample->polygons[last->first_polygon].first;
    sample->polygon_count = last->first_polygon;
    sample->point_count = last->first_point;
    sample->run_count = last->first_run;
    sample->dropped++;
}

/* Objects that died (`object` -1) or were never taken are seen no more; others get new ids, if they
 * start at `first_id`. */
static void rename_instances(const seg_image *instances, seen *list, int32_t count,
                             int32_t first_id) {
    for (int32_t y = 0; y < instances->height; y++) {
        int32_t *row = seg_image_row(instances, y);
        for (int32_t x = 0, end; x < instances->width; x = end) {
            const int32_t id = row[x];
            for (end = x + 1; end < instances->width && row[end] == id; end++) {
            }
            const seen *one = id ? find(list, count, id) : NULL;
            if (!id || (one && one->object >= 0 && !first_id) || (!one && !first_id)) continue;
            const int32_t fresh = one && one->object >= 0 ? first_id + one->object : 0;
            for (int32_t i = x; i < end; i++)
                row[i] = fresh;
        }
    }
}

static seg_status move_objects(mover *m, const seg_warp *warp) {
    bool died = false;
    SEG_TRY(count_seen(m));
    for (int32_t i = 0; i < m->from->object_count; i++) {
        bool lives = false;
        if (!m->taken || m->taken[i]) {
            SEG_TRY(move_object(m, &m->from->objects[i], warp, &lives));
            if (lives) continue;
            take_back(m->to);
        }
        find(m->list, m->from->object_count, m->from->objects[i].id)->object = -1;
        died = true;
    }
    if ((died || m->first_id) && !seg_image_empty(&m->instances))
        rename_instances(&m->instances, m->list, m->from->object_count, m->first_id);
    return SEG_OK;
}

/* A picture of the new sample: that of the old one in the window. */
static seg_status move_picture(const mover *m, seg_image *to, const seg_image *from,
                               const seg_warp *warp, seg_image *window) {
    *window = (seg_image){0};
    if (seg_image_empty(from)) return SEG_OK;
    SEG_TRY(seg_image_view(window, to, m->window));
    return seg_warp_apply(window, from, warp, m->step->env);
}

/* The same of levels, not labels. */
static seg_status move_levels(const mover *m, seg_image *to, const seg_image *from, double fill,
                              const seg_warp *nearest) {
    const seg_augment_geometry *g = m->geometry;
    seg_warp warp = *nearest;
    seg_image window;
    if (g->shrunk && !seg_image_empty(from)) return seg_area_shrink(to, from, m->step->scratch);
    warp.filter = g->whole ? SEG_WARP_NEAREST : g->filter;
    warp.border = g->border;
    for (int c = 0; c < 4; c++)
        warp.fill[c] = fill;
    return move_picture(m, to, from, &warp, &window);
}

static seg_status move_pictures(mover *m, const seg_warp *nearest) {
    const double fill = m->geometry->fill / 255 * seg_image_full_scale(&m->from->picture);
    seg_warp warp = *nearest;
    seg_image window;
    SEG_TRY(move_levels(m, &m->to->picture, &m->from->picture, fill, nearest));
    SEG_TRY(move_levels(m, &m->to->saliency, &m->from->saliency, 0, nearest));
    warp.border = m->geometry->border;
    warp.fill[0] = m->step->rules->ignore;
    SEG_TRY(move_picture(m, &m->to->semantic, &m->from->semantic, &warp, &window));
    return move_picture(m, &m->to->instances, &m->from->instances, nearest, &m->instances);
}

seg_status seg_augment_copy_classes(seg_sample *to, const seg_sample *from) {
    if (!from->class_count) return SEG_OK;
    SEG_TRY(seg_sample_set_class(to, -1, from->class_count));
    memcpy(to->classes, from->classes, (size_t)from->class_count * sizeof *from->classes);
    return SEG_OK;
}

seg_status seg_augment_pictures(seg_augment_step *step, seg_sample *to, int32_t width,
                                int32_t height) {
    const seg_sample *like = step->sample;
    SEG_TRY(seg_check_limits(width, height, step->env));
    SEG_TRY(
        seg_augment_picture(&to->picture, step, SEG_ROOM_PICTURE, width, height, &like->picture));
    if (!seg_image_empty(&like->semantic))
        SEG_TRY(seg_augment_picture(&to->semantic, step, SEG_ROOM_SEMANTIC, width, height,
                                    &like->semantic));
    if (!seg_image_empty(&like->instances))
        SEG_TRY(seg_augment_picture(&to->instances, step, SEG_ROOM_INSTANCES, width, height,
                                    &like->instances));
    if (!seg_image_empty(&like->saliency))
        SEG_TRY(seg_augment_picture(&to->saliency, step, SEG_ROOM_SALIENCY, width, height,
                                    &like->saliency));
    to->name = like->name;
    to->dropped = like->dropped;
    to->lost_points = like->lost_points;
    return SEG_OK;
}

seg_status seg_augment_add(seg_augment_step *step, seg_sample *to, const seg_sample *from,
                           const seg_augment_geometry *geometry, seg_rect window, const bool *taken,
                           int32_t first_id) {
    const seg_transform shift = seg_transform_translation(-window.x, -window.y);
    seg_augment_geometry local = *geometry;
    mover m = {.step = step,
               .geometry = &local,
               .from = from,
               .to = to,
               .window = window,
               .taken = taken,
               .first_id = first_id};
    seg_transform inverse;
    seg_warp nearest;
    local.width = window.width;
    local.height = window.height;
    if (window.x || window.y) local.forward = seg_transform_compose(&shift, &geometry->forward);
    SEG_TRY(seg_transform_invert(&inverse, &local.forward));
    warp_of(&nearest, &local, &inverse);
    SEG_TRY(move_pictures(&m, &nearest));
    return move_objects(&m, &nearest);
}

seg_status seg_augment_move(seg_augment_step *step, const seg_augment_geometry *geometry) {
    const seg_sample *from = step->sample;
    seg_sample *to = seg_augment_other(step);
    const seg_rect whole = {0, 0, geometry->width, geometry->height};
    SEG_TRY(seg_augment_pictures(step, to, geometry->width, geometry->height));
    SEG_TRY(seg_augment_copy_classes(to, from));
    SEG_TRY(seg_augment_add(step, to, from, geometry, whole, NULL, 0));
    seg_augment_swap(step);
    return SEG_OK;
}

/* ---- hiding ---- */

/* Pixels of the box that are hidden, and all that the picture shows of it. */
static void count_box(const seg_image *hidden, const seg_box *box, int64_t *all, int64_t *gone) {
    const seg_box cut = seg_box_clip(*box, hidden->width, hidden->height);
    const int32_t left = (int32_t)(cut.x + 0.5), right = (int32_t)(cut.x + cut.width + 0.5);
    const int32_t top = (int32_t)(cut.y + 0.5), bottom = (int32_t)(cut.y + cut.height + 0.5);
    for (int32_t y = top; y < bottom; y++) {
        const uint8_t *row = seg_image_row(hidden, y);
        for (int32_t x = left; x < right; x++)
            *gone += row[x] != 0;
        *all += right - left;
    }
}

static void count_mask(const seg_image *hidden, const seg_image *mask, int64_t *all,
                       int64_t *gone) {
    for (int32_t y = 0; y < mask->height; y++) {
        const uint8_t *h = seg_image_row(hidden, y), *p = seg_image_row(mask, y);
        for (int32_t x = 0; x < mask->width; x++) {
            *all += p[x] != 0;
            *gone += p[x] && h[x];
        }
    }
}

/* The share of object i that is not hidden. */
static seg_status share_left(mover *m, const seg_object_label *object, const seg_image *hidden,
                             double *share) {
    int64_t all = 0, gone = 0;
    if (object->kinds & SEG_LABEL_INSTANCES) {
        const seen *one = find(m->list, m->from->object_count, object->id);
        all = one->before, gone = one->after; /* counted on pixels hidden */
    } else if (object->kinds & SEG_LABEL_RLE) {
        if (seg_image_empty(&m->mask))
            SEG_TRY(seg_step_picture(&m->mask, m->step, hidden->width, hidden->height, SEG_U8, 1));
        seg_runs_draw(&m->mask, m->from->runs + object->first_run, object->run_count);
        count_mask(hidden, &m->mask, &all, &gone);
    } else if (object->kinds & SEG_LABEL_POLYGONS) {
        for (int32_t k = 0; k < object->polygon_count; k++) {
            const seg_polygon_span *span = &m->from->polygons[object->first_polygon + k];
            const seg_box box =
                seg_points_box(m->from->corners + 2 * (size_t)span->first, span->count);
            count_box(hidden, &box, &all, &gone);
        }
    } else if (object->kinds & SEG_LABEL_BOXES) {
        count_box(hidden, &object->box, &all, &gone);
    } else if (object->kinds & SEG_LABEL_ROTATED_BOXES) {
        double xy[8];
        seg_rotated_corners(xy, &object->rotated);
        const seg_box box = seg_points_box(xy, 4);
        count_box(hidden, &box, &all, &gone);
    }
    *share = all ? (double)(all - gone) / (double)all : 1;
    return SEG_OK;
}

/* Of each object, all pixels as `before`, the hidden ones as `after`. */
static void count_hidden(mover *m, const seg_image *hidden) {
    const seg_image *instances = &m->from->instances;
    for (int32_t y = 0; y < instances->height; y++) {
        const int32_t *row = seg_image_row(instances, y);
        const uint8_t *gone = seg_image_row(hidden, y);
        for (int32_t x = 0, end; x < instances->width; x = end) {
            const int32_t id = row[x];
            int64_t count = 0;
            int32_t left = INT32_MAX, right = -1; /* of what stays */
            for (end = x; end < instances->width && row[end] == id; end++) {
                count += gone[end] != 0;
                if (gone[end]) continue;
                if (left == INT32_MAX) left = end;
                right = end;
            }
            seen *one = id ? find(m->list, m->from->object_count, id) : NULL;
            if (one && right >= 0) {
                if (left < one->left) one->left = left;
                if (right > one->right) one->right = right;
                if (y < one->top) one->top = y;
                one->bottom = y;
            }
            if (one) one->before += end - x, one->after += count;
        }
    }
}

/* The object last appended loses what is hidden: run lengths, and boxes that are made of masks. */
static seg_status remove_hidden(mover *m, const seg_object_label *object, const seg_image *hidden,
                                seg_sample *to) {
    seg_object_label *added = &to->objects[to->object_count - 1];
    seg_box box = {0};
    const bool by_mask = object->kinds & (SEG_LABEL_RLE | SEG_LABEL_INSTANCES);
    if (object->kinds & SEG_LABEL_RLE) {
        seg_runs_draw(&m->mask, m->from->runs + object->first_run, object->run_count);
        for (int32_t y = 0; y < hidden->height; y++) {
            const uint8_t *gone = seg_image_row(hidden, y);
            uint8_t *row = seg_image_row(&m->mask, y);
            for (int32_t x = 0; x < hidden->width; x++)
                row[x] = gone[x] ? 0 : row[x];
        }
        measure_mask(&m->mask, &box);
        to->run_count = added->first_run;
        added->run_count = 0;
        SEG_TRY(seg_sample_add_mask(to, &m->mask));
        added->kinds = object->kinds;
    }
    if (object->kinds & SEG_LABEL_INSTANCES) {
        const seen *one = find(m->list, m->from->object_count, object->id);
        box =
            (seg_box){one->left, one->top, one->right + 1 - one->left, one->bottom + 1 - one->top};
    }
    for (int32_t k = 0; k < added->point_count; k++) {
        seg_keypoint *point = &to->points[added->first_point + k];
        if (!point->visibility || point->x < 0 || point->y < 0 || point->x >= hidden->width ||
            point->y >= hidden->height)
            continue;
        if (!((const uint8_t *)seg_image_row(hidden, (int32_t)point->y))[(int32_t)point->x])
            continue;
        *point = (seg_keypoint){0};
        to->lost_points++;
    }
    if (object->kinds & SEG_LABEL_BOXES && by_mask &&
        m->step->rules->boxes_from <= SEG_BOXES_POLYGON)
        added->box = box;
    return SEG_OK;
}

seg_status seg_augment_hide(seg_augment_step *step, const seg_image *hidden, bool removed) {
    seg_sample *sample = step->sample, *other = seg_augment_other(step);
    mover m = {.step = step, .from = sample};
    const int32_t count = sample->object_count;
    bool died = false;
    m.list = seg_scratch_take(step->scratch, (size_t)count + 1, sizeof *m.list, "objects");
    if (!m.list) return SEG_ERROR_MEMORY;
    for (int32_t i = 0; i < count; i++)
        m.list[i] = (seen){.id = sample->objects[i].id,
                           .object = i,
                           .left = INT32_MAX,
                           .top = INT32_MAX,
                           .right = -1,
                           .bottom = -1};
    qsort(m.list, (size_t)count, sizeof *m.list, by_id);
    if (!seg_image_empty(&sample->instances)) count_hidden(&m, hidden);
    for (int32_t i = 0; i < count; i++) {
        double share;
        const seg_object_label *object = &sample->objects[i];
        SEG_TRY(share_left(&m, object, hidden, &share));
        const double visible = object->visible * share, area = object->area * share;
        if (!(share > 0) || visible < step->rules->min_visibility ||
            (object->area > 0 && area < step->rules->min_area)) {
            find(m.list, count, object->id)->object = -1;
            other->dropped++;
            died = true;
            continue;
        }
        SEG_TRY(seg_sample_append_object(other, sample, i));
        other->objects[other->object_count - 1].visible = visible;
        other->objects[other->object_count - 1].area = area;
        if (removed && share < 1) {
            if (object->kinds & SEG_LABEL_RLE && seg_image_empty(&m.mask))
                SEG_TRY(seg_step_picture(&m.mask, step, hidden->width, hidden->height, SEG_U8, 1));
            SEG_TRY(remove_hidden(&m, object, hidden, other));
        }
    }
    other->dropped += sample->dropped;
    other->lost_points += sample->lost_points;
    other->name = sample->name;
    SEG_TRY(seg_augment_copy_classes(other, sample));
    other->picture = sample->picture;
    other->semantic = sample->semantic;
    other->instances = sample->instances;
    other->saliency = sample->saliency;
    if (died && !seg_image_empty(&sample->instances)) {
        SEG_TRY(seg_augment_picture(&other->instances, step, SEG_ROOM_INSTANCES, hidden->width,
                                    hidden->height, &sample->instances));
        SEG_TRY(seg_image_copy(&other->instances, &sample->instances, step->env));
        rename_instances(&other->instances, m.list, count, 0);
    }
    seg_augment_swap(step);
    return SEG_OK;
}
