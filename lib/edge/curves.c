/*
 * Edges between the pixels, as curves.
 *
 * Where: F. Devernay, "A non-maxima suppression method for edge detection with sub-pixel accuracy",
 * INRIA RR-2724, 1995: the gradient's magnitude at an edge pixel and at its neighbours on either
 * side, along the axis that the gradient is nearest to, as a parabola, whose top is where the edge
 * is. In which order: R. Grompone von Gioi, G. Randall, "A sub-pixel edge detector: an
 * implementation of the Canny/Devernay algorithm", Image Processing On Line 7, 2017: every point is
 * linked to the nearest one ahead and behind, within 2 pixels, whose gradient says so; a nearer
 * point takes the place of another.
 *
 * Points and links are made in bands and in raster order: the result depends on nothing else. Cost:
 * one pass over derivatives, about 100 ns per edge pixel, 48 bytes each.
 */
#include "edge/curves.h"

#include "core/bands.h"
#include "core/check.h"
#include "edge/canny_score.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define BAND 64
#define REACH 2 /* pixels to the next point */

typedef struct edge_point {
    int32_t x, y; /* the pixel */
    seg_edge_point at;
    float dx, dy;           /* the gradient, of any length */
    int32_t next, previous; /* -1 = none */
} edge_point;

typedef struct tracing {
    const seg_image *mask;
    const seg_slopes *slopes;
    edge_point *points;
    int32_t *first; /* of the points of a row; height + 1 of them */
    char *work;     /* of each worker */
    size_t work_size, pitch;
} tracing;

/* ---- points ---- */

/* Rows y - 2 to y + 2 of magnitudes, -1 outside the picture, and y to y + 2 of derivatives; row y
 * at y mod 5, y mod 3. */
typedef struct ring {
    seg_slope_rows slopes;
    float *magnitude[5], *dx[3], *dy[3];
    const tracing *job;
} ring;

static size_t pitch_of(int32_t width) {
    return ((size_t)width + 2 * REACH + 15) / 16 * 16;
}

static void ring_start(ring *r, const tracing *job, void *work) {
    float *next = work;
    r->job = job;
    for (int i = 0; i < 5; i++, next += job->pitch)
        r->magnitude[i] = next + REACH;
    for (int i = 0; i < 3; i++, next += 2 * job->pitch) {
        r->dx[i] = next;
        r->dy[i] = next + job->pitch;
    }
    seg_slope_rows_start(&r->slopes, job->slopes, next);
}

static void ring_load(ring *r, int32_t y) {
    const int32_t width = r->job->mask->width;
    float *magnitude = r->magnitude[(y + 5) % 5];
    for (int32_t x = -REACH; x < width + REACH; x++)
        magnitude[x] = -1;
    if (y < 0 || y >= r->job->mask->height) return;
    const seg_slopes *slopes = r->job->slopes;
    seg_slope_rows_take(&r->slopes, y);
    slopes->kernels->magnitude(magnitude, r->slopes.dx, r->slopes.dy,
                               slopes->full / (float)SEG_CANNY_STRAIGHT_EDGE, FLT_MAX, width);
    memcpy(r->dx[y % 3], r->slopes.dx, (size_t)width * sizeof(float));
    memcpy(r->dy[y % 3], r->slopes.dy, (size_t)width * sizeof(float));
}

/* The top of the parabola through three values one apart, of which the middle one is largest, as a
 * distance from the middle. */
static double top_of(float before, float here, float after) {
    if (before < 0 || after < 0) return 0; /* at the border of the picture */
    const double bend = (double)before - 2 * (double)here + (double)after;
    const double top = bend < 0 ? ((double)before - (double)after) / (2 * bend) : 0;
    return top < -0.5 ? -0.5 : top > 0.5 ? 0.5 : top;
}

/* The value `along` pixels from (x, y) along the axis. */
static float value_at(const ring *r, int32_t x, int32_t y, bool across, int32_t along) {
    return across ? r->magnitude[y % 5][x + along] : r->magnitude[(y + along + 5) % 5][x];
}

/* Where the maxima of the mask were found across a diagonal the largest value on the axis may be a
 * pixel further. */
static void place(edge_point *point, const ring *r) {
    const int32_t x = point->x, y = point->y;
    const bool across = fabsf(point->dx) >= fabsf(point->dy);
    const float here = value_at(r, x, y, across, 0);
    int32_t middle = 0;
    if (value_at(r, x, y, across, -1) > here) middle = -1;
    if (value_at(r, x, y, across, 1) > value_at(r, x, y, across, middle)) middle = 1;
    const double offset =
        middle + top_of(value_at(r, x, y, across, middle - 1), value_at(r, x, y, across, middle),
                        value_at(r, x, y, across, middle + 1));
    point->at.x = across ? x + offset : x;
    point->at.y = across ? y : y + offset;
    point->at.strength = value_at(r, x, y, across, middle);
}

/* A tensor's direction has no sign: it gets that of the channels' gradients together. */
static void orient(edge_point *point, const seg_slopes *slopes) {
    double sum_x = 0, sum_y = 0;
    const seg_planes *planes = &slopes->planes;
    for (int32_t p = 0; p < planes->planes; p++)
        for (int32_t k = -1; k <= 1; k++)
            for (int32_t i = -1; i <= 1; i++) {
                const int32_t x = point->x + i, y = point->y + k;
                const int32_t column = x < 0 ? 0 : x >= planes->width ? planes->width - 1 : x;
                const int32_t row = y < 0 ? 0 : y >= planes->height ? planes->height - 1 : y;
                const double value = seg_plane_row(planes, p, row)[column];
                sum_x += i * (k ? 1 : 2) * value;
                sum_y += k * (i ? 1 : 2) * value;
            }
    if ((double)point->dx * sum_x + (double)point->dy * sum_y >= 0) return;
    point->dx = -point->dx;
    point->dy = -point->dy;
}

static void points_of_row(const ring *r, int32_t y) {
    const tracing *job = r->job;
    const uint8_t *mask = seg_image_row(job->mask, y);
    edge_point *point = job->points + job->first[y];
    for (int32_t x = 0; x < job->mask->width; x++) {
        if (!mask[x]) continue;
        *point = (edge_point){.x = x, .y = y, .next = -1, .previous = -1};
        point->dx = r->dx[y % 3][x];
        point->dy = r->dy[y % 3][x];
        if (job->slopes->colour == SEG_EDGE_TENSOR) orient(point, job->slopes);
        place(point, r);
        const double length =
            sqrt((double)point->dx * (double)point->dx + (double)point->dy * (double)point->dy);
        point->at.nx = length > 0 ? (float)((double)point->dx / length) : 0;
        point->at.ny = length > 0 ? (float)((double)point->dy / length) : 0;
        point++;
    }
}

static seg_status points_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    (void)band;
    const tracing *job = argument;
    ring r;
    if (job->first[first] == job->first[end]) return SEG_OK;
    ring_start(&r, job, job->work + (size_t)worker * job->work_size);
    for (int32_t y = first - REACH; y < first + REACH; y++)
        ring_load(&r, y);
    for (int32_t y = first; y < end; y++) {
        ring_load(&r, y + REACH);
        points_of_row(&r, y);
    }
    return SEG_OK;
}

/* ---- links ---- */

/* How near `to` is ahead of `from` (> 0) or behind it (< 0), 1 / distance; 0 where their gradients
 * do not agree that it is either. Ahead is where the brighter side is to the right as seen on a
 * screen. */
static double nearness(const edge_point *from, const edge_point *to) {
    const double x = to->at.x - from->at.x, y = to->at.y - from->at.y;
    const double ahead = (double)from->dy * x - (double)from->dx * y;
    const double agreed = (double)to->dy * x - (double)to->dx * y;
    if (ahead * agreed <= 0) return 0;
    const double near = 1 / sqrt(x * x + y * y);
    return ahead > 0 ? near : -near;
}

/* Links one behind the other, unless one of them has a nearer neighbour there already. */
static void link_points(edge_point *points, int32_t behind, int32_t ahead) {
    edge_point *a = &points[behind], *b = &points[ahead];
    const double near = nearness(a, b);
    if (a->next >= 0 && nearness(a, &points[a->next]) >= near) return;
    if (b->previous >= 0 && nearness(&points[b->previous], b) >= near) return;
    if (a->next >= 0) points[a->next].previous = -1;
    if (b->previous >= 0) points[b->previous].next = -1;
    a->next = ahead;
    b->previous = behind;
}

/* The first of the points first .. end-1 (of one row) whose x is at least `x`. */
static int32_t point_from(const edge_point *points, int32_t first, int32_t end, int32_t x) {
    while (first < end) {
        const int32_t middle = first + (end - first) / 2;
        if (points[middle].x < x)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

static void link_point(const tracing *job, int32_t index) {
    edge_point *points = job->points;
    const edge_point *from = &points[index];
    int32_t ahead = -1, behind = -1;
    double nearest_ahead = 0, nearest_behind = 0;
    for (int32_t y = from->y - REACH; y <= from->y + REACH; y++) {
        if (y < 0 || y >= job->mask->height) continue;
        const int32_t end = job->first[y + 1];
        for (int32_t i = point_from(points, job->first[y], end, from->x - REACH);
             i < end && points[i].x <= from->x + REACH; i++) {
            const double near = i == index ? 0 : nearness(from, &points[i]);
            if (near > nearest_ahead) nearest_ahead = near, ahead = i;
            if (near < nearest_behind) nearest_behind = near, behind = i;
        }
    }
    if (ahead >= 0) link_points(points, index, ahead);
    if (behind >= 0) link_points(points, behind, index);
}

/* ---- curves ---- */

static seg_status add_curve(seg_edge_curves *curves, edge_point *points, int32_t start, bool closed,
                            const seg_allocator *allocator) {
    const int32_t first = curves->point_count;
    int32_t count = 0;
    for (int32_t i = start; i >= 0 && (i != start || !count); i = points[i].next)
        count++;
    if (count < 2) return SEG_OK;
    SEG_TRY(seg_grow((void **)&curves->items, &curves->capacity, curves->count, curves->count + 1,
                     sizeof *curves->items, allocator));
    SEG_TRY(seg_grow((void **)&curves->points, &curves->point_capacity, first, first + count,
                     sizeof *curves->points, allocator));
    for (int32_t i = start, k = 0; k < count; i = points[i].next, k++)
        curves->points[first + k] = points[i].at;
    curves->items[curves->count++] = (seg_edge_curve){first, count, closed};
    curves->point_count = first + count;
    return SEG_OK;
}

/* In raster order of the first pixel of each; an open one begins where nothing is behind. */
static seg_status collect(seg_edge_curves *curves, edge_point *points, int32_t count,
                          const seg_allocator *allocator) {
    for (int32_t i = 0; i < count; i++) {
        if (points[i].x < 0) continue; /* is part of a curve */
        int32_t start = i;
        while (points[start].previous >= 0 && points[start].previous != i)
            start = points[start].previous;
        const bool closed = points[start].previous == i;
        if (closed) start = i;
        SEG_TRY(add_curve(curves, points, start, closed, allocator));
        for (int32_t k = start; k >= 0 && points[k].x >= 0; k = points[k].next)
            points[k].x = -1;
    }
    return SEG_OK;
}

static seg_status count_rows(tracing *job, seg_scratch *scratch) {
    const seg_image *mask = job->mask;
    job->first = seg_scratch_take(scratch, (size_t)mask->height + 1, sizeof *job->first,
                                  "rows of edge points");
    if (!job->first) return SEG_ERROR_MEMORY;
    int64_t count = 0;
    for (int32_t y = 0; y < mask->height; y++) {
        const uint8_t *row = seg_image_row(mask, y);
        int32_t edges = 0;
        for (int32_t x = 0; x < mask->width; x++)
            edges += row[x] != 0;
        job->first[y] = (int32_t)count;
        count += edges;
        if (count > INT32_C(1) << 30)
            return seg_fail(SEG_ERROR_LIMIT, "more than 2^30 edge pixels");
    }
    job->first[mask->height] = (int32_t)count;
    return SEG_OK;
}

seg_status seg_edge_curves_trace(seg_edge_curves *curves, const seg_image *mask,
                                 const seg_slopes *slopes, const seg_allocator *allocator,
                                 seg_scratch *scratch, const seg_env *env) {
    tracing job = {.mask = mask, .slopes = slopes, .pitch = pitch_of(mask->width)};
    curves->count = curves->point_count = 0;
    SEG_TRY(count_rows(&job, scratch));
    const int32_t count = job.first[mask->height];
    job.work_size = 11 * job.pitch * sizeof(float) + seg_slope_rows_size(slopes);
    job.work = seg_scratch_take(scratch, (size_t)seg_workers(env), job.work_size, "rows");
    job.points = seg_scratch_take(scratch, (size_t)count + 1, sizeof *job.points, "edge points");
    if (!job.work || !job.points) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_run_bands(env, mask->height, BAND, points_band, &job));
    for (int32_t i = 0; i < count; i++)
        link_point(&job, i);
    return collect(curves, job.points, count, allocator);
}
