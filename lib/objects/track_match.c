/*
 * Which object belongs to which track.
 *
 * 1. Tracks that are born, then those that are not, by optimal assignment. The cost of a pair is
 *    the squared distance of the centres in deviations of the prediction and the measurement
 *    (Mahalanobis), plus that of the logarithms of the sizes; it is a pair within the gate only.
 * 2. A born track without an object looks at what lies where it should be: an object that covers
 *    enough of its box is its own, also beyond the gate. If another track has it, both share it,
 *    provided that it is larger than that track alone: two have merged. Else it is hidden.
 * 3. An object without a track whose centre lies in a track's box, near the track's own object, is
 *    a piece of it.
 *
 * Cost: objects are sorted by their centres, so that a track looks at those within its gate only.
 */
#include "core/check.h"
#include "core/math.h"
#include "imgproc/sort.h"
#include "objects/track.h"

#include <math.h>

#define SIZE_DEVIATION 0.5 /* of the logarithm of a width or height */
#define LOOKS 5            /* points of the grid, along each side, at which a track looks */
#define LOOKS_ENOUGH 10    /* of LOOKS^2 */
#define MERGED_SHARE 0.3   /* of a track's area that a shared object must have beyond the owner's */

double seg_track_noise(const seg_tracker *tracker, const seg_track_state *state) {
    const double share = tracker->options.noise;
    return share * share * state->width * state->height + 0.25;
}

static double centre_x(const seg_object *o) {
    return o->box.x + o->box.width * 0.5;
}

static double centre_y(const seg_object *o) {
    return o->box.y + o->box.height * 0.5;
}

/* ---- by distance ---- */

/* Objects ascending by the centre of their boxes, in half pixels. */
typedef struct sorted_objects {
    seg_keyed *items;
    int32_t count;
} sorted_objects;

static seg_status sort_objects(sorted_objects *s, const seg_tracking *frame) {
    const size_t count = (size_t)frame->object_count;
    s->count = frame->object_count;
    s->items = seg_scratch_take(frame->scratch, 2 * count + 1, sizeof *s->items, "sorted objects");
    if (!s->items) return SEG_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const seg_rect *box = &frame->objects[i].box;
        s->items[i] = (seg_keyed){2 * (uint64_t)box->x + (uint64_t)box->width, i};
    }
    seg_sort(s->items, s->items + count, count);
    return SEG_OK;
}

/* The first object whose centre is at x or right of it. */
static int32_t first_from(const sorted_objects *s, double x) {
    int32_t low = 0, high = s->count;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        if ((double)s->items[middle].key < 2 * x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* What a pair costs; infinite outside the gate. */
static double pair_cost(const seg_track_state *track, const seg_object *object, double noise,
                        double gate) {
    const double x = centre_x(object) - track->x.position;
    const double y = centre_y(object) - track->y.position;
    const double distance = x * x / (track->x.pp + noise) + y * y / (track->y.pp + noise);
    if (!(distance <= gate * gate)) return INFINITY;
    const double w = seg_log_e(object->box.width / track->width);
    const double h = seg_log_e(object->box.height / track->height);
    return distance + (w * w + h * h) / (2 * SIZE_DEVIATION * SIZE_DEVIATION);
}

/* The pairs of a track that may be, into the lists unless they are NULL; returns their number. */
static int32_t list_pairs(int32_t *objects, double *costs, const seg_tracking *frame,
                          const sorted_objects *s, int32_t track) {
    const seg_track_state *state = &frame->predicted[track];
    const double gate = frame->tracker->options.gate;
    const double noise = seg_track_noise(frame->tracker, state);
    const double reach = gate * sqrt(state->x.pp + noise);
    int32_t count = 0;
    for (int32_t i = first_from(s, state->x.position - reach); i < s->count; i++) {
        const int32_t o = (int32_t)s->items[i].value;
        if ((double)s->items[i].key > 2 * (state->x.position + reach)) break;
        if (frame->owner[o] >= 0) continue;
        const double cost = pair_cost(state, &frame->objects[o], noise, gate);
        if (!(cost < 2 * gate * gate)) continue;
        if (objects) {
            objects[count] = o;
            costs[count] = cost;
        }
        count++;
    }
    return count;
}

static void own(seg_tracking *frame, int32_t track, int32_t object) {
    frame->owner[object] = track;
    frame->object_of[track] = object;
}

/* Tracks first .. end-1 with the objects that are free. */
static seg_status assign(seg_tracking *frame, const sorted_objects *s, int32_t first, int32_t end) {
    const int32_t tracks = end - first;
    if (tracks == 0 || frame->object_count == 0) return SEG_OK;
    seg_scratch *scratch = frame->scratch;
    int32_t *starts = seg_scratch_take(scratch, (size_t)tracks + 1, sizeof *starts, "pairs");
    int32_t *column_of = seg_scratch_take(scratch, (size_t)tracks, sizeof *column_of, "pairs");
    if (!starts || !column_of) return SEG_ERROR_MEMORY;
    int64_t total = 0;
    for (int32_t i = 0; i < tracks; i++) {
        starts[i] = (int32_t)total;
        total += list_pairs(NULL, NULL, frame, s, first + i);
        if (total > INT32_MAX)
            return seg_fail(SEG_ERROR_MEMORY, "too many objects are near tracks");
    }
    starts[tracks] = (int32_t)total;
    int32_t *columns = seg_scratch_take(scratch, (size_t)total + 1, sizeof *columns, "pairs");
    double *costs = seg_scratch_take(scratch, (size_t)total + 1, sizeof *costs, "costs of pairs");
    if (!columns || !costs) return SEG_ERROR_MEMORY;
    for (int32_t i = 0; i < tracks; i++)
        list_pairs(columns + starts[i], costs + starts[i], frame, s, first + i);
    const double gate = frame->tracker->options.gate;
    SEG_TRY(seg_assignment_solve_sparse(column_of, starts, columns, costs, tracks,
                                        frame->object_count, gate * gate, &frame->tracker->env));
    for (int32_t i = 0; i < tracks; i++)
        if (column_of[i] >= 0) own(frame, first + i, column_of[i]);
    return SEG_OK;
}

/* ---- by common pixels ---- */

/* The place of the object of that id, or -1. */
static int32_t object_place(const seg_tracking *frame, int32_t id) {
    int32_t low = 0, high = frame->object_count;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        if (frame->objects[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < frame->object_count && frame->objects[low].id == id ? low : -1;
}

static int32_t id_at(const seg_image *labels, double x, double y) {
    if (!(x >= 0 && y >= 0 && x < labels->width && y < labels->height)) return 0;
    return ((const int32_t *)seg_image_row(labels, (int32_t)y))[(int32_t)x];
}

/* The object that covers most of the box where the track should be, if it is enough; else -1. */
static int32_t look(const seg_tracking *frame, int32_t track) {
    const seg_track_state *state = &frame->predicted[track];
    int32_t ids[LOOKS * LOOKS], votes[LOOKS * LOOKS], kinds = 0, best = 0;
    for (int32_t i = 0; i < LOOKS * LOOKS; i++) {
        const double x = (i % LOOKS + 0.5) / LOOKS - 0.5, y = (i / LOOKS + 0.5) / LOOKS - 0.5;
        const int32_t id = id_at(&frame->result->labels, state->x.position + x * state->width,
                                 state->y.position + y * state->height);
        if (id <= 0) continue;
        int32_t k = 0;
        while (k < kinds && ids[k] != id)
            k++;
        if (k == kinds) {
            ids[kinds] = id;
            votes[kinds++] = 0;
        }
        votes[k]++;
        if (votes[k] > votes[best]) best = k;
    }
    if (kinds == 0 || votes[best] < LOOKS_ENOUGH) return -1;
    return object_place(frame, ids[best]);
}

static void share(seg_tracking *frame, int32_t track, int32_t object) {
    const int32_t owner = frame->owner[object];
    if (owner >= frame->tracker->born) return; /* a track that is not born has it to itself */
    double area = MERGED_SHARE * frame->predicted[track].area;
    for (int32_t t = owner; t >= 0; t = frame->next[t])
        area += frame->predicted[t].area;
    if ((double)frame->objects[object].area < area) return;
    int32_t last = owner;
    while (frame->next[last] >= 0)
        last = frame->next[last];
    frame->next[last] = track;
    frame->object_of[track] = object;
}

static void claim(seg_tracking *frame) {
    for (int32_t t = 0; t < frame->tracker->born; t++) {
        if (frame->object_of[t] >= 0) continue;
        const int32_t object = look(frame, t);
        if (object < 0) continue;
        if (frame->owner[object] < 0)
            own(frame, t, object);
        else
            share(frame, t, object);
    }
}

/* ---- pieces ---- */

static double gap(const seg_rect *a, const seg_rect *b) {
    const double right = (double)b->x - a->x - a->width, left = (double)a->x - b->x - b->width;
    const double below = (double)b->y - a->y - a->height, above = (double)a->y - b->y - b->height;
    const double x = right > left ? right : left, y = below > above ? below : above;
    return x > y ? x : y;
}

static void join(seg_tracking *frame, const sorted_objects *s) {
    const seg_size *size = &frame->tracker->options.join;
    const seg_image *labels = &frame->result->labels;
    const int32_t side = labels->width < labels->height ? labels->width : labels->height;
    const double most = size->in_percent ? size->value / 100 * side : size->value;
    for (int32_t t = 0; t < frame->tracker->born; t++) {
        const seg_track_state *state = &frame->predicted[t];
        if (frame->object_of[t] < 0) continue;
        const seg_rect *box = &frame->objects[frame->object_of[t]].box;
        const double left = state->x.position - state->width / 2;
        for (int32_t i = first_from(s, left); i < s->count; i++) {
            const int32_t o = (int32_t)s->items[i].value;
            const seg_object *object = &frame->objects[o];
            if (centre_x(object) > left + state->width) break;
            if (frame->owner[o] >= 0) continue;
            if (fabs(centre_y(object) - state->y.position) > state->height / 2) continue;
            if (gap(box, &object->box) > most) continue;
            frame->owner[o] = t;
            frame->joined = true;
        }
    }
}

seg_status seg_track_match(seg_tracking *frame) {
    const seg_tracker *tracker = frame->tracker;
    sorted_objects sorted;
    SEG_TRY(sort_objects(&sorted, frame));
    SEG_TRY(assign(frame, &sorted, 0, tracker->born));
    claim(frame);
    join(frame, &sorted);
    return assign(frame, &sorted, tracker->born, tracker->count);
}
