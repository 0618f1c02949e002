/*
 * Of two layers that meet the one behind loses pixels where they come together and gets them back
 * where they part: W. Thompson, K. Mutch, V. Berzins, "Dynamic occlusion analysis in optical flow
 * fields", IEEE Trans. PAMI 7(4), 1985; as an order of layers J. Wang, E. Adelson, "Representing
 * moving images with layers", IEEE Trans. Image Processing 3(5), 1994.
 *
 * A frame is seen between two others. Where two layers come together towards one of them, c, they
 * mostly part towards the other, d. A pixel votes for its layer to be behind if its layer's motion
 * explains it in d and no more in c, and the other layer's motion explains it in neither: it is
 * hidden in c. Which layer it is of is said by d, not by the labels, whose borders are a few pixels
 * off. A pixel that is explained in c and not in d cannot be hidden and votes against: where
 * objects bend, or motions are no affine ones, pixels fail as often in either frame, and the votes
 * balance. The votes of both layers make a sign test.
 *
 * Pixels are looked at along rows and columns through the borders. Cost: for each pixel of a border
 * about 10 pixels with 4 values each, and four affine motions for each object.
 */
#include "motion/depth_order.h"

#include "core/bands.h"
#include "core/check.h"
#include "core/math.h"
#include "geometry/motion_fit.h"
#include "imgproc/sort.h"
#include "motion/spot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define USUAL_LAYERS 256 /* more are room for the frame that has them */
#define SAMPLES 512      /* of a box, at most */
#define REACH 4          /* pixels that borders are off by, at most */
#define REACH_MOST 12
#define LEAST_SPEED 0.5f /* of two layers towards each other, pixels per frame */
#define FITS 1.5f        /* noise: residuals below are explained */
#define FAILS 3.0f       /* above they are not */
#define LEAST_NOISE 2.0f /* 8-bit levels */
#define MEMORY 0.95f     /* of a vote after a frame */
#define CERTAIN 5.0f     /* deviations of the lead if votes were thrown */

/* ---- memory ---- */

seg_status seg_depth_order_bind(seg_depth_order *order, const seg_env *env) {
    order->allocator = env ? env->allocator : NULL;
    SEG_TRY(seg_grow((void **)&order->layers, &order->layer_capacity, 0, USUAL_LAYERS,
                     sizeof *order->layers, order->allocator));
    return seg_grow((void **)&order->pairs, &order->capacity, 0, USUAL_LAYERS, sizeof *order->pairs,
                    order->allocator);
}

void seg_depth_order_free(seg_depth_order *order, const seg_env *env) {
    seg_release(env, order->pairs);
    seg_release(env, order->layers);
    *order = (seg_depth_order){0};
}

/* The pair of those ids, a < b; a new one if they have not met before. */
static seg_status find_pair(seg_depth_pair **pair, seg_depth_order *order, int32_t a, int32_t b) {
    int32_t low = 0, high = order->count;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        const seg_depth_pair *at = &order->pairs[middle];
        if (at->a < a || (at->a == a && at->b < b))
            low = middle + 1;
        else
            high = middle;
    }
    *pair = &order->pairs[low];
    if (low < order->count && (*pair)->a == a && (*pair)->b == b) return SEG_OK;
    SEG_TRY(seg_grow((void **)&order->pairs, &order->capacity, order->count, order->count + 1,
                     sizeof *order->pairs, order->allocator));
    *pair = &order->pairs[low];
    memmove(*pair + 1, *pair, (size_t)(order->count++ - low) * sizeof **pair);
    **pair = (seg_depth_pair){.a = a, .b = b};
    return SEG_OK;
}

/* ---- motions ---- */

typedef struct watch {
    seg_depth_order *order;
    const seg_moving_objects *objects;
    const seg_moving_frame *frame;
    const seg_moving_flow *ways;
    seg_depth_layer *layers; /* of label - 1 */
    float fits, fails;       /* residuals */
} watch;

static int32_t id_of(const watch *w, int32_t label) {
    return label ? w->objects->items[label - 1] : 0;
}

static int32_t label_at(const watch *w, int32_t x, int32_t y) {
    return w->objects->labels[(size_t)y * (size_t)w->objects->width + (size_t)x];
}

static void measure(const watch *w) {
    memset(w->layers, 0, (size_t)w->objects->count * sizeof *w->layers);
    for (int32_t y = 0; y < w->objects->height; y++)
        for (int32_t x = 0; x < w->objects->width; x++) {
            const int32_t label = label_at(w, x, y);
            if (label == 0) continue;
            seg_depth_layer *l = &w->layers[label - 1];
            if (l->box.width == 0) l->box = (seg_rect){x, y, 1, 1};
            if (x < l->box.x) l->box.width += l->box.x - x, l->box.x = x;
            if (x >= l->box.x + l->box.width) l->box.width = x - l->box.x + 1;
            l->box.height = y - l->box.y + 1;
        }
}

/* The motion of a label's pixels in a box, by every so many of them. */
static void fit(seg_motion *motion, const watch *w, const seg_moving_flow *way, int32_t label,
                const seg_rect *box, const seg_fit_room *room) {
    const int32_t step = 1 + box->width * box->height / SAMPLES;
    int32_t seen = 0, count = 0;
    for (int32_t y = box->y; y < box->y + box->height; y++)
        for (int32_t x = box->x; x < box->x + box->width; x++) {
            if (label_at(w, x, y) != label || seen++ % step != 0) continue;
            const ptrdiff_t at = (ptrdiff_t)y * way->stride + x;
            room->samples[count++] =
                (seg_motion_sample){(float)x, (float)y, way->to.u[at], way->to.v[at], 1};
        }
    if (count > 0)
        seg_motion_fit_in(room->memory, motion, NULL, SEG_MOTION_AFFINE, room->samples, count);
}

static seg_rect enlarged(const seg_rect *box, int32_t width, int32_t height) {
    const int32_t margin = REACH_MOST + (box->width < box->height ? box->width : box->height) / 2;
    const int32_t left = box->x > margin ? box->x - margin : 0;
    const int32_t top = box->y > margin ? box->y - margin : 0;
    const int32_t right = box->x + box->width + margin, below = box->y + box->height + margin;
    return (seg_rect){left, top, (right < width ? right : width) - left,
                      (below < height ? below : height) - top};
}

static seg_status motions_band(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    (void)band;
    const watch *w = argument;
    const seg_fit_room room = seg_fit_room_of(&w->objects->rooms, worker);
    for (int32_t i = first; i < end; i++) {
        seg_depth_layer *l = &w->layers[i];
        const seg_rect around = enlarged(&l->box, w->objects->width, w->objects->height);
        for (int k = 0; k < 2; k++) {
            fit(&l->own[k], w, &w->ways[k], i + 1, &l->box, &room);
            fit(&l->around[k], w, &w->ways[k], 0, &around, &room);
        }
    }
    return SEG_OK;
}

/* ---- what is explained ---- */

/* Mean absolute residual of the flow. */
static float find_noise(const watch *w) {
    double sum = 0;
    int32_t count = 0;
    const seg_moving_flow *way = &w->ways[0];
    const int32_t width = w->objects->width, height = w->objects->height;
    for (int32_t y = 2; y < height; y += 4)
        for (int32_t x = 2; x < width; x += 4) {
            const ptrdiff_t at = (ptrdiff_t)y * way->stride + x;
            const seg_spot to =
                seg_spot_at(width, height, (float)x + way->to.u[at], (float)y + way->to.v[at]);
            sum += fabs((double)(way->first[at] - seg_spot_value(way->second, way->stride, &to)));
            count++;
        }
    return count ? (float)(sum / count) : 0;
}

/* 1 = the motion finds the pixel in that frame, -1 = it does not, 0 = hard to say. */
static int found(const watch *w, int side, const seg_motion *motion, int32_t x, int32_t y) {
    const seg_moving_flow *way = &w->ways[side];
    const int32_t width = w->objects->width, height = w->objects->height;
    const seg_motion_row row = seg_motion_along(motion, y);
    const float to_x = (float)x + seg_motion_in_row(row.u, x);
    const float to_y = (float)y + seg_motion_in_row(row.v, x);
    if (!(to_x >= 0 && to_y >= 0 && to_x <= (float)(width - 1) && to_y <= (float)(height - 1)))
        return 0;
    const seg_spot to = seg_spot_at(width, height, to_x, to_y);
    const float residual =
        way->first[y * way->stride + x] - seg_spot_value(way->second, way->stride, &to);
    const float size = residual < 0 ? -residual : residual;
    return size < w->fits ? 1 : size > w->fails ? -1 : 0;
}

/* ---- along a line through a border ---- */

/* A border between a pixel and the next one in a direction. */
typedef struct border {
    int32_t x, y, dx, dy;
    int32_t labels[2];            /* of the pixel and the next one */
    const seg_motion *motions[2]; /* to the two frames */
    int together;                 /* the frame in which they come together */
    int32_t reach;
} border;

static const seg_motion *motion_of(const watch *w, int32_t label, int32_t other) {
    return label ? w->layers[label - 1].own : w->layers[other - 1].around;
}

/* How fast they part towards a frame. */
static float parting(const border *b, int side) {
    double of[2], other[2];
    seg_motion_at(of, &b->motions[0][side], b->x, b->y);
    seg_motion_at(other, &b->motions[1][side], b->x, b->y);
    return (float)(b->dx * (other[0] - of[0]) + b->dy * (other[1] - of[1]));
}

static bool meet(border *b) {
    const float past = parting(b, 0), next = parting(b, 1);
    const float slower = fabsf(past) < fabsf(next) ? fabsf(past) : fabsf(next);
    if (past * next >= 0 || slower < LEAST_SPEED) return false;
    b->together = next < 0;
    b->reach = slower < REACH_MOST - REACH ? REACH + (int32_t)slower + 1 : REACH_MOST;
    return true;
}

static bool takes_part(const watch *w, const border *b, int32_t x, int32_t y) {
    const int32_t width = w->objects->width;
    if (x < 0 || y < 0 || x >= width || y >= w->objects->height) return false;
    if (w->frame->left_out[(size_t)y * (size_t)width + (size_t)x]) return false;
    const int32_t label = label_at(w, x, y);
    return label == b->labels[0] || label == b->labels[1];
}

/* Votes of a pixel that layer `k` is behind: 1, -1 against it, or 0. */
static int vote(const watch *w, const border *b, int k, int32_t x, int32_t y) {
    const int c = b->together, d = 1 - c;
    const int own_c = found(w, c, &b->motions[k][c], x, y);
    const int own_d = found(w, d, &b->motions[k][d], x, y);
    if (own_c * own_d >= 0) return 0;
    if (found(w, c, &b->motions[1 - k][c], x, y) >= 0) return 0;
    if (found(w, d, &b->motions[1 - k][d], x, y) >= 0) return 0;
    return own_d;
}

/* Adds what is seen along the line through a border to the votes of the pair. */
static seg_status look_along(const watch *w, int32_t x, int32_t y, int32_t dx, int32_t dy) {
    border b = {.x = x, .y = y, .dx = dx, .dy = dy};
    b.labels[0] = label_at(w, x, y);
    b.labels[1] = label_at(w, x + dx, y + dy);
    b.motions[0] = motion_of(w, b.labels[0], b.labels[1]);
    b.motions[1] = motion_of(w, b.labels[1], b.labels[0]);
    if (!meet(&b)) return SEG_OK;
    int lead = 0, votes = 0; /* of the first layer */
    for (int32_t i = 1 - b.reach; i <= b.reach; i++) {
        if (!takes_part(w, &b, x + i * dx, y + i * dy)) continue;
        const int own = vote(w, &b, 0, x + i * dx, y + i * dy);
        const int other = vote(w, &b, 1, x + i * dx, y + i * dy);
        lead += other - own;
        votes += abs(own) + abs(other);
    }
    if (votes == 0) return SEG_OK;
    const int32_t ids[2] = {id_of(w, b.labels[0]), id_of(w, b.labels[1])};
    const bool turned = ids[0] > ids[1];
    seg_depth_pair *pair;
    SEG_TRY(find_pair(&pair, w->order, ids[turned], ids[!turned]));
    pair->lead += (float)(turned ? -lead : lead);
    pair->votes += (float)votes;
    return SEG_OK;
}

static seg_status look_around(const watch *w) {
    const int32_t width = w->objects->width, height = w->objects->height;
    for (int32_t y = 0; y < height; y++) {
        const int32_t *row = w->objects->labels + (size_t)y * (size_t)width;
        for (int32_t x = 0; x < width; x++) {
            if (x + 1 < width && row[x + 1] != row[x]) SEG_TRY(look_along(w, x, y, 1, 0));
            if (y + 1 < height && row[x + width] != row[x]) SEG_TRY(look_along(w, x, y, 0, 1));
        }
    }
    return SEG_OK;
}

/* ---- all of it ---- */

seg_status seg_depth_order_watch(seg_depth_order *order, const seg_moving_objects *objects,
                                 const seg_moving_frame *frame, const seg_moving_flow ways[2],
                                 const seg_env *env) {
    watch w = {.order = order, .objects = objects, .frame = frame, .ways = ways};
    SEG_TRY(seg_grow((void **)&order->layers, &order->layer_capacity, 0, objects->count,
                     sizeof *order->layers, order->allocator));
    for (int32_t i = 0; i < order->count; i++) {
        order->pairs[i].lead *= MEMORY;
        order->pairs[i].votes *= MEMORY;
    }
    w.layers = order->layers;
    const float noise = find_noise(&w);
    w.fits = FITS * (noise > LEAST_NOISE ? noise : LEAST_NOISE);
    w.fails = FAILS / FITS * w.fits;
    measure(&w);
    SEG_TRY(seg_run_bands(env, objects->count, 1, motions_band, &w));
    return look_around(&w);
}

static bool is_there(const seg_keyed *ids, int32_t count, int32_t id) {
    int32_t low = 0, high = count;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        if (ids[middle].key < (uint64_t)id)
            low = middle + 1;
        else
            high = middle;
    }
    return id == 0 || (low < count && ids[low].key == (uint64_t)id);
}

seg_status seg_depth_order_keep(seg_depth_order *order, const seg_moving_objects *objects,
                                seg_scratch *scratch) {
    const int32_t count = objects->count;
    seg_keyed *ids =
        seg_scratch_take(scratch, (size_t)count + 1, 2 * sizeof *ids, "ids of objects");
    if (!ids) return SEG_ERROR_MEMORY;
    for (int32_t i = 0; i < count; i++)
        ids[i].key = (uint64_t)objects->items[i];
    seg_sort(ids, ids + count, (size_t)count);
    int32_t kept = 0;
    for (int32_t i = 0; i < order->count; i++)
        if (is_there(ids, count, order->pairs[i].a) && is_there(ids, count, order->pairs[i].b))
            order->pairs[kept++] = order->pairs[i];
    order->count = kept;
    return SEG_OK;
}

int seg_depth_pair_front(const seg_depth_pair *pair) {
    if (pair->lead * pair->lead < CERTAIN * CERTAIN * pair->votes || pair->votes < 1) return 0;
    return pair->lead > 0 ? 1 : -1;
}
