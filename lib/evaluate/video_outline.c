/*
 * Temporal stability of a mask: how much its outline changes shape from one frame to the next.
 *
 * F. Perazzi et al., "A benchmark dataset and evaluation methodology for video object
 * segmentation", CVPR 2016, section 4.3, with what only the authors' code tells:
 * 1. The outline, along the edges of pixels, is closed (its first corner comes again at its end),
 *    thinned out to corners that are 1.5 pixels or more from the one before, and simplified to
 *    within 1.5 pixels (D. Douglas, T. Peucker, 1973). Of several outlines the one with most
 *    corners counts. Then points are put in so that none are more than 3 pixels apart.
 * 2. Each point has a shape context (S. Belongie, J. Malik, J. Puzicha, PAMI 24(4), 2002): the
 *    histogram of all points, itself among them, over 12 directions and 5 distances, whose edges
 *    are 1/8, 1/4, 1/2, 1 and 2 of the mean distance; what is farther does not count.
 * 3. Two points cost half the sum of (a - b)^2 / (a + b) over their histograms, each of sum 1.
 * 4. Points are matched in order, by the path of least cost from the first pair to the last one
 *    (dynamic time warping); then once more, from behind the cheapest pair of that path, since
 *    outlines begin anywhere. Of the pairs the cheapest of each point are kept, of one outline,
 *    then of the other one. Their mean is the cost of matching.
 * Deviation: where parts of a mask touch at a corner the authors' code splits the outline, here
 * it runs around both.
 *
 * Cost: points of one outline times points of the other one, times 60, twice.
 */
#include "evaluate/video_outline.h"

#include "core/check.h"
#include "geometry/simplify.h"
#include <segment/geometry.h>

#include <math.h>
#include <string.h>

#define TOLERANCE 1.5 /* pixels */
#define SPACING 3.0   /* pixels */
#define SECTORS 12
#define RINGS 5
#define BINS (SECTORS * RINGS)
#define TINY 2.2204e-16 /* as the authors' code has it */
/* Costs that are as near as this are equal: symmetric shapes have many that only rounding tells
 * apart. Of equal ones the first counts. */
#define EQUAL 1e-12

/* ---- the outline ---- */

/* Positions of corners that are kept, and room to find them. */
typedef struct polyline {
    seg_point *corners;
    bool *kept;
    seg_polyline_part *stack;
    int32_t count;
} polyline;

/* Closes the outline and leaves out corners that are near the one before. */
static void thin_out(polyline *line, const seg_point *points, int32_t count) {
    line->corners[0] = points[0];
    line->count = 1;
    for (int32_t i = 1; i < count; i++)
        if (seg_square_distance(line->corners[line->count - 1], points[i]) >= TOLERANCE * TOLERANCE)
            line->corners[line->count++] = points[i];
    line->corners[line->count++] = points[0];
}

/* Returns how many corners are kept. */
static int32_t simplify(polyline *line) {
    const seg_polyline_part whole = {0, line->count - 1};
    memset(line->kept, 0, (size_t)line->count * sizeof *line->kept);
    line->kept[0] = line->kept[line->count - 1] = true;
    return 2 + seg_polyline_simplify(line->kept, line->corners, whole, TOLERANCE, line->stack);
}

static int32_t pieces_between(seg_point a, seg_point b) {
    const double length = sqrt(seg_square_distance(a, b));
    return length > SPACING ? (int32_t)ceil(length / SPACING) : 1;
}

/* The corners that are kept, and points between them. */
static seg_status sample(seg_outline *outline, const polyline *line, seg_scratch *scratch) {
    int64_t count = 1;
    seg_point before = line->corners[0];
    for (int32_t i = 1; i < line->count; i++)
        if (line->kept[i]) {
            count += pieces_between(before, line->corners[i]);
            before = line->corners[i];
        }
    if (count > SEG_OUTLINE_MOST)
        return seg_fail(SEG_ERROR_LIMIT,
                        "temporal stability of an outline with %lld points, 3 pixels apart "
                        "(allowed: %d); leave it out, or open the masks first",
                        (long long)count, SEG_OUTLINE_MOST);
    outline->xy = seg_scratch_take(scratch, (size_t)count, 2 * sizeof *outline->xy, "an outline");
    if (!outline->xy) return SEG_ERROR_MEMORY;
    double *next = outline->xy;
    before = line->corners[0];
    *next++ = before.x, *next++ = before.y;
    for (int32_t i = 1; i < line->count; i++) {
        if (!line->kept[i]) continue;
        const seg_point to = line->corners[i];
        const int32_t pieces = pieces_between(before, to);
        for (int32_t k = 1; k <= pieces; k++) {
            *next++ = before.x + ((double)to.x - before.x) * k / pieces;
            *next++ = before.y + ((double)to.y - before.y) * k / pieces;
        }
        before = to;
    }
    outline->count = (int32_t)count;
    return SEG_OK;
}

static seg_status take_line(polyline *line, int32_t corners, seg_scratch *scratch) {
    const size_t count = (size_t)corners + 1;
    line->corners = seg_scratch_take(scratch, count, sizeof *line->corners, "an outline");
    line->kept = seg_scratch_take(scratch, count, sizeof *line->kept, "an outline");
    line->stack = seg_scratch_take(scratch, count, sizeof *line->stack, "an outline");
    return line->corners && line->kept && line->stack ? SEG_OK : SEG_ERROR_MEMORY;
}

static seg_status simplify_longest(seg_outline *outline, const seg_contours *all,
                                   seg_scratch *scratch) {
    polyline line;
    int32_t longest = 0, most = 3, best = -1; /* an outline of three points is none: a, b, a */
    for (int32_t i = 0; i < all->count; i++)
        if (all->items[i].count > longest) longest = all->items[i].count;
    SEG_TRY(take_line(&line, longest, scratch));
    for (int32_t i = 0; i < all->count; i++) {
        if (all->items[i].count + 1 < most) continue;
        thin_out(&line, all->points + all->items[i].first, all->items[i].count);
        const int32_t kept = simplify(&line);
        if (kept < most || kept <= 3) continue;
        most = kept;
        best = i;
    }
    if (best < 0) return SEG_OK;
    thin_out(&line, all->points + all->items[best].first, all->items[best].count);
    (void)simplify(&line);
    return sample(outline, &line, scratch);
}

seg_status seg_outline_make(seg_outline *outline, const seg_bitmap *mask, seg_scratch *scratch) {
    *outline = (seg_outline){NULL, 0};
    const size_t pixels = (size_t)mask->width * (size_t)mask->height;
    int32_t *labels = seg_scratch_take(scratch, pixels, sizeof *labels, "a mask");
    if (!labels) return SEG_ERROR_MEMORY;
    for (int32_t y = 0; y < mask->height; y++)
        for (int32_t x = 0; x < mask->width; x++)
            labels[(size_t)y * (size_t)mask->width + (size_t)x] = seg_bitmap_test(mask, x, y);
    seg_image picture = {0};
    seg_contours all;
    SEG_TRY(seg_image_wrap(&picture, labels, (ptrdiff_t)sizeof *labels * mask->width, mask->width,
                           mask->height, SEG_LABEL32, 1));
    SEG_TRY(seg_contours_trace(&all, &picture, &scratch->env));
    const seg_status status = simplify_longest(outline, &all, scratch);
    seg_contours_free(&all, &scratch->env);
    return status;
}

/* ---- shape contexts ---- */

/* Of 12 sectors of 30 degrees, from the direction of x on. Points of one column or row may differ
 * by their rounding, which must not choose the sector. */
static int32_t sector_of(double x, double y) {
    int32_t quarter = 0;
    if (fabs(x) < 1e-6) x = 0;
    if (fabs(y) < 1e-6) y = 0;
    if (x == 0 && y == 0) return 0;
    while (!(x > 0 && y >= 0)) { /* turn by 90 degrees */
        const double turned = -x;
        x = y, y = turned;
        quarter++;
    }
    const double low = x * x, high = y * y; /* of the tangent's square, 1/3 and 3 */
    return 3 * quarter + (3 * high >= low) + (high >= 3 * low);
}

static int32_t ring_of(double distance) {
    int32_t ring = 0;
    for (double edge = 2; distance < edge && ring < RINGS; edge /= 2)
        ring++;
    return ring - 1; /* -1 = too far */
}

static double distance_between(const double *a, const double *b) {
    const double x = b[0] - a[0], y = b[1] - a[1];
    return sqrt(x * x + y * y);
}

static double mean_distance(const seg_outline *outline) {
    const double count = outline->count;
    double sum = 0;
    for (int32_t i = 0; i < outline->count; i++) {
        double row = 0;
        for (int32_t k = 0; k < outline->count; k++)
            row += distance_between(outline->xy + 2 * i, outline->xy + 2 * k);
        sum += row;
    }
    return sum / (count * count);
}

/* BINS numbers of sum 1 for each point. */
static seg_status describe(double **contexts, const seg_outline *outline, seg_scratch *scratch) {
    const size_t points = (size_t)outline->count;
    *contexts = seg_scratch_take(scratch, points, BINS * sizeof **contexts, "shape contexts");
    if (!*contexts) return SEG_ERROR_MEMORY;
    memset(*contexts, 0, points * BINS * sizeof **contexts);
    const double mean = mean_distance(outline);
    for (int32_t i = 0; i < outline->count; i++) {
        double *bins = *contexts + (size_t)i * BINS, counted = 0;
        const double *own = outline->xy + 2 * i;
        for (int32_t k = 0; k < outline->count; k++) {
            const double *other = outline->xy + 2 * k;
            const int32_t ring = ring_of(distance_between(own, other) / mean);
            if (ring < 0) continue;
            bins[ring * SECTORS + sector_of(other[0] - own[0], other[1] - own[1])]++;
            counted++;
        }
        for (int32_t b = 0; b < BINS; b++)
            bins[b] /= counted + TINY;
    }
    return SEG_OK;
}

/* ---- matching ---- */

typedef struct pair {
    int32_t a, b; /* points */
} pair;

typedef struct matching {
    double *contexts[2];
    int32_t counts[2];
    uint8_t *steps; /* how the best path comes to each pair */
    double *row;    /* of the costs of paths */
    pair *path;     /* from its end on */
    int32_t length;
} matching;

enum { BOTH, ALONG_A, ALONG_B };

static double cost_of(const matching *m, int32_t a, int32_t b) {
    const double *p = m->contexts[0] + (size_t)a * BINS, *q = m->contexts[1] + (size_t)b * BINS;
    double sum = 0;
    for (int32_t i = 0; i < BINS; i++)
        sum += (p[i] - q[i]) * (p[i] - q[i]) / (p[i] + q[i] + TINY);
    return sum / 2;
}

/* Fills m->steps; the first pair itself costs nothing. Points are counted from `start` on. */
static void find_steps(matching *m, pair start) {
    for (int32_t i = 0; i < m->counts[0]; i++) {
        const int32_t a = (int32_t)(((int64_t)i + start.a) % m->counts[0]);
        double corner = 0, left = 0; /* path costs of (i - 1, k - 1) and (i, k - 1) */
        for (int32_t k = 0; k < m->counts[1]; k++) {
            const int32_t b = (int32_t)(((int64_t)k + start.b) % m->counts[1]);
            const double above = m->row[k];
            uint8_t step = i && k ? BOTH : i ? ALONG_A : ALONG_B;
            double before = step == BOTH ? corner : step == ALONG_A ? above : left;
            if (step == BOTH && above < before - EQUAL) before = above, step = ALONG_A;
            if (i && k && left < before - EQUAL) before = left, step = ALONG_B;
            m->steps[(size_t)i * (size_t)m->counts[1] + (size_t)k] = step;
            corner = above;
            left = m->row[k] = i || k ? before + cost_of(m, a, b) : 0;
        }
    }
}

/* The best path from `start` around both outlines. */
static void follow_path(matching *m, pair start) {
    int32_t i = m->counts[0] - 1, k = m->counts[1] - 1;
    find_steps(m, start);
    m->length = 0;
    for (;;) {
        m->path[m->length++] = (pair){(int32_t)(((int64_t)i + start.a) % m->counts[0]),
                                      (int32_t)(((int64_t)k + start.b) % m->counts[1])};
        if (!i && !k) return;
        const uint8_t step = m->steps[(size_t)i * (size_t)m->counts[1] + (size_t)k];
        i -= step != ALONG_B;
        k -= step != ALONG_A;
    }
}

/* The cheapest pair of the path but for its beginning. */
static pair find_cheapest(const matching *m) {
    pair cheapest = m->path[0];
    double least = INFINITY;
    for (int32_t i = 0; i + 1 < m->length; i++) {
        const double cost = cost_of(m, m->path[i].a, m->path[i].b);
        if (cost > least - EQUAL) continue;
        least = cost;
        cheapest = m->path[i];
    }
    return cheapest;
}

/* Mean of the cheapest pair of each point of a, of which only the cheapest of each point of b
 * are kept. `best` has room for a cost for each point of b. */
static double mean_of_pairs(const matching *m, double *best) {
    double sum = 0, count = 0;
    for (int32_t b = 0; b < m->counts[1]; b++)
        best[b] = INFINITY;
    for (int32_t i = 0; i < m->length;) {
        const int32_t a = m->path[i].a;
        pair cheapest = m->path[i];
        double least = INFINITY;
        for (; i < m->length && m->path[i].a == a; i++) {
            const double cost = cost_of(m, a, m->path[i].b);
            if (cost < least - EQUAL) least = cost, cheapest = m->path[i];
        }
        if (least < best[cheapest.b]) best[cheapest.b] = least;
    }
    for (int32_t b = 0; b < m->counts[1]; b++)
        if (best[b] < INFINITY) sum += best[b], count++;
    return sum / count;
}

seg_status seg_outline_compare(double *cost, const seg_outline *a, const seg_outline *b,
                               seg_scratch *scratch) {
    matching m = {.counts = {a->count, b->count}};
    const size_t na = (size_t)a->count, nb = (size_t)b->count;
    SEG_TRY(describe(&m.contexts[0], a, scratch));
    SEG_TRY(describe(&m.contexts[1], b, scratch));
    m.steps = seg_scratch_take(scratch, na * nb, sizeof *m.steps, "pairs of points");
    m.row = seg_scratch_take(scratch, nb, sizeof *m.row, "pairs of points");
    m.path = seg_scratch_take(scratch, na + nb, sizeof *m.path, "pairs of points");
    if (!m.steps || !m.row || !m.path) return SEG_ERROR_MEMORY;
    follow_path(&m, (pair){0, 0});
    const pair cheapest = find_cheapest(&m);
    follow_path(&m, (pair){cheapest.a + 1, cheapest.b + 1});
    *cost = mean_of_pairs(&m, m.row);
    return SEG_OK;
}
