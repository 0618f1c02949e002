/*
 * Texture transfer by quilting: the picture is put together anew from pieces of a partner, each of
 * which is like the picture where it lies and like the pieces beside it where they overlap; the cut
 * between them goes where they differ least.
 *
 * A. Efros, W. Freeman, "Image quilting for texture synthesis and transfer", SIGGRAPH 2001. Fields:
 * `piece` the side of a piece, `weight` the paper's alpha (overlap against correspondence), `tries`
 * places of the partner that are drawn for each piece, where the paper tries all.
 *
 * Steps, piece by piece in raster order: draw places; of each, the squared differences to what lies
 * in the overlaps already (a third of a piece, left and above), and of grey to the picture's; take
 * the least; cut the overlaps by dynamic programming; copy. Pieces overlap so that the picture is
 * covered; those at the right and lower border are moved inwards.
 * Cost: tries * (piece / step)^2, about 2.3 * tries, differences a pixel. Objects keep their
 * places, but small ones may be lost in the texture: `low` and `high` blend the picture in.
 */
#include "augment/style.h"

#include <math.h>
#include <string.h>

typedef struct quilt_options {
    seg_style_head head;
    double weight;
    int32_t piece, tries;
} quilt_options;

static const seg_param quilt_rows[] = {
    SEG_STYLE_ROWS,
    {"piece", SEG_PARAM_INT, offsetof(quilt_options, piece), "18", 3, 256, NULL, "px",
     "side of a piece; a third of it overlaps", ""},
    {"weight", SEG_PARAM_FLOAT, offsetof(quilt_options, weight), "0.5", 0, 1, NULL, "",
     "of what overlaps, against likeness to the picture", "alpha"},
    {"tries", SEG_PARAM_INT, offsetof(quilt_options, tries), "32", 1, 10000, NULL, "",
     "places that are compared for each piece", ""},
    SEG_AUGMENT_P(seg_style_head, "1"),
};
SEG_AUGMENT_TABLE(quilt_table, quilt_rows, quilt_options);

/** Levels of a picture, and their grey. */
typedef struct cloth {
    float *levels, *grey;
    int32_t width, height, channels, colours;
} cloth;

/* `filled`: with the picture's levels. */
static seg_status make_cloth(cloth *c, seg_augment_step *step, const seg_image *picture) {
    const size_t count = (size_t)picture->width * (size_t)picture->height;
    c->width = picture->width;
    c->height = picture->height;
    c->channels = picture->channels;
    c->colours = seg_colour_channels(picture);
    c->levels =
        seg_scratch_take(step->scratch, count, (size_t)c->channels * sizeof(float), "levels");
    c->grey = seg_scratch_take(step->scratch, count, sizeof *c->grey, "grey");
    if (!c->levels || !c->grey) return SEG_ERROR_MEMORY;
    for (int32_t y = 0; y < c->height; y++) {
        float *row = c->levels + (size_t)y * (size_t)c->width * (size_t)c->channels;
        seg_row_levels(row, picture, y);
        for (int32_t x = 0; x < c->width; x++) {
            float sum = 0;
            for (int32_t k = 0; k < c->colours; k++)
                sum += row[x * c->channels + k];
            c->grey[(size_t)y * (size_t)c->width + (size_t)x] = sum / (float)c->colours;
        }
    }
    return SEG_OK;
}

static float *pixel_of(const cloth *c, int32_t x, int32_t y) {
    return c->levels + ((size_t)y * (size_t)c->width + (size_t)x) * (size_t)c->channels;
}

static float grey_of(const cloth *c, int32_t x, int32_t y) {
    return c->grey[(size_t)y * (size_t)c->width + (size_t)x];
}

/* ---- pieces ---- */

typedef struct quilter {
    const quilt_options *options;
    seg_augment_step *step;
    cloth picture, texture, made;
    int32_t side, overlap; /* of pieces */
    int32_t x, y;          /* of the piece that is laid */
    int32_t left, top;     /* columns and rows of it that overlap others */
    float *costs;          /* side x overlap, of a cut */
    int32_t *cut_left, *cut_top;
} quilter;

/* Colours of place (i, j) of a piece from (u, v) of the texture, against what lies there. */
static float misfit(const quilter *q, int32_t u, int32_t v, int32_t i, int32_t j) {
    const float *a = pixel_of(&q->texture, u + i, v + j);
    const float *b = pixel_of(&q->made, q->x + i, q->y + j);
    float sum = 0;
    for (int32_t c = 0; c < q->picture.colours; c++)
        sum += (a[c] - b[c]) * (a[c] - b[c]);
    return sum;
}

/* Stops where it is above `most`. */
static double price(const quilter *q, int32_t u, int32_t v, double most) {
    const double weight = q->options->weight / q->picture.colours;
    double overlapping = 0, unlike = 0;
    for (int32_t j = 0; j < q->side; j++) {
        for (int32_t i = 0; i < (j < q->top ? q->side : q->left); i++)
            overlapping += (double)misfit(q, u, v, i, j);
        for (int32_t i = 0; i < q->side; i++) {
            const float off =
                grey_of(&q->texture, u + i, v + j) - grey_of(&q->picture, q->x + i, q->y + j);
            unlike += (double)(off * off);
        }
        if (weight * overlapping + (1 - q->options->weight) * unlike > most) break;
    }
    return weight * overlapping + (1 - q->options->weight) * unlike;
}

static void choose_place(const quilter *q, int32_t *u, int32_t *v) {
    double least = INFINITY;
    for (int32_t i = 0; i < q->options->tries; i++) {
        const int32_t x = seg_draw_below(q->step, q->texture.width - q->side + 1);
        const int32_t y = seg_draw_below(q->step, q->texture.height - q->side + 1);
        const double cost = price(q, x, y, least);
        if (!(cost < least)) continue;
        least = cost;
        *u = x, *v = y;
    }
}

/* ---- cuts ---- */

/* The cheapest way through an overlap of `width` across, from one end of the piece to the other:
 * cut[k] is how many places of line k stay what they were. `across`: lines are columns. */
static void find_cut(const quilter *q, int32_t *cut, int32_t width, int32_t u, int32_t v,
                     bool across) {
    float *costs = q->costs;
    for (int32_t k = 0; k < q->side; k++)
        for (int32_t i = 0; i < width; i++) {
            float before = 0;
            if (k) {
                const float *last = costs + (size_t)(k - 1) * (size_t)width;
                before = last[i];
                if (i && last[i - 1] < before) before = last[i - 1];
                if (i + 1 < width && last[i + 1] < before) before = last[i + 1];
            }
            costs[(size_t)k * (size_t)width + (size_t)i] =
                before + (across ? misfit(q, u, v, k, i) : misfit(q, u, v, i, k));
        }
    int32_t at = 0;
    for (int32_t k = q->side - 1; k >= 0; k--) {
        const float *line = costs + (size_t)k * (size_t)width;
        int32_t low = 0, high = width - 1;
        if (k < q->side - 1) low = at > 0 ? at - 1 : 0, high = at + 1 < width ? at + 1 : width - 1;
        at = low;
        for (int32_t i = low + 1; i <= high; i++)
            if (line[i] < line[at]) at = i;
        cut[k] = at;
    }
}

static void lay_piece(const quilter *q, int32_t u, int32_t v) {
    if (q->left) find_cut(q, q->cut_left, q->left, u, v, false);
    if (q->top) find_cut(q, q->cut_top, q->top, u, v, true);
    for (int32_t j = 0; j < q->side; j++) {
        const int32_t first = q->left ? q->cut_left[j] : 0;
        for (int32_t i = first; i < q->side; i++)
            if (!q->top || j >= q->cut_top[i])
                memcpy(pixel_of(&q->made, q->x + i, q->y + j), pixel_of(&q->texture, u + i, v + j),
                       (size_t)q->picture.colours * sizeof(float));
    }
}

/* ---- the whole ---- */

/* Where piece number k begins, and how much of it lies on the one before. */
static int32_t start_of(const quilter *q, int32_t k, int32_t whole, int32_t *overlap) {
    const int32_t stride = q->side - q->overlap, last = whole - q->side;
    const int64_t at = (int64_t)k * stride, before = at - stride;
    const int32_t start = at < last ? (int32_t)at : last;
    *overlap = k ? (int32_t)(before + q->side - start) : 0;
    if (*overlap > q->side - 1) *overlap = q->side - 1;
    return start;
}

static int32_t pieces_of(const quilter *q, int32_t whole) {
    const int32_t stride = q->side - q->overlap;
    return 1 + (whole - q->side + stride - 1) / stride;
}

static void lay_all(quilter *q) {
    const int32_t across = pieces_of(q, q->picture.width), down = pieces_of(q, q->picture.height);
    for (int32_t row = 0; row < down; row++)
        for (int32_t column = 0; column < across; column++) {
            int32_t u = 0, v = 0;
            q->y = start_of(q, row, q->picture.height, &q->top);
            q->x = start_of(q, column, q->picture.width, &q->left);
            choose_place(q, &u, &v);
            lay_piece(q, u, v);
        }
}

static int32_t smaller(int32_t a, int32_t b) {
    return a < b ? a : b;
}

static seg_status quilting(seg_augment_step *step) {
    const quilt_options *o = step->options;
    const seg_image source = step->sample->picture;
    seg_sample *partner;
    seg_image target;
    double strength;
    quilter q = {.options = o, .step = step};
    SEG_TRY(seg_style_draw(step, &partner, &strength));
    SEG_TRY(make_cloth(&q.picture, step, &source));
    SEG_TRY(make_cloth(&q.made, step, &source)); /* alpha stays */
    SEG_TRY(make_cloth(&q.texture, step, &partner->picture));
    q.side = smaller(smaller(o->piece, smaller(source.width, source.height)),
                     smaller(partner->picture.width, partner->picture.height));
    q.overlap = q.side / 3;
    const size_t side = (size_t)q.side;
    q.costs = seg_scratch_take(step->scratch, side * side, sizeof *q.costs, "a cut");
    q.cut_left = seg_scratch_take(step->scratch, side, sizeof *q.cut_left, "a cut");
    q.cut_top = seg_scratch_take(step->scratch, side, sizeof *q.cut_top, "a cut");
    if (!q.costs || !q.cut_left || !q.cut_top) return SEG_ERROR_MEMORY;
    lay_all(&q);
    SEG_TRY(seg_style_picture(step, &target));
    for (int32_t y = 0; y < source.height; y++) {
        float *row = pixel_of(&q.made, 0, y);
        const float *before = pixel_of(&q.picture, 0, y);
        for (int32_t i = 0; i < source.width * source.channels; i++)
            row[i] = before[i] + (float)strength * (row[i] - before[i]);
        seg_row_store(&target, y, row);
    }
    step->sample->picture = target;
    return SEG_OK;
}

SEG_AUGMENT_STYLE(quilting, "quilting", "put together from pieces of another picture",
                  "A. Efros, W. Freeman, \"Image quilting for texture synthesis and transfer\", "
                  "SIGGRAPH",
                  2001, quilt_table);
