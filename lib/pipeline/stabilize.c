/*
 * A camera that shakes: each frame is registered to a reference picture (robustly, so that the
 * background decides: geometry/registration.c), warped onto it, and the method sees a camera at
 * rest. Its results are warped back, so that everything behind sees the frames as they came.
 *
 * The reference is the first frame, and then a running mean of the frames in their places with the
 * weight 1 / 64: it follows the light, and what moves leaves no trace in it.
 *
 * A camera that travels: where a corner of the frame has come too far from the reference's, both
 * the reference and the method's model move to the frame's view, so that a model lasts as long as
 * what it knows is in view. Whole pixels lose nothing; only where turning and zooming add up to too
 * much are they resampled. What comes into view is taken from the frame. Single frames that
 * seem to be far away (flashes, damaged ones) move nothing. Known failure: a cut is not told from
 * them; the new scene is laid on the old one wherever that seems to fit, for as long as the
 * reference remembers it.
 */
#include "pipeline/stabilize.h"

#include "core/blob.h"
#include "core/check.h"
#include "geometry/registration.h"
#include "imgproc/grid.h"
#include "imgproc/input.h"
#include "imgproc/masks.h"
#include "imgproc/still_method.h"
#include "imgproc/warp.h"
#include <segment/imgproc.h>

#include <math.h>
#include <string.h>

#define MEAN_SHIFT 6     /* the weight of a frame in the reference is 2^-6 */
#define STRAY (1.0 / 16) /* of the picture's sides: as far as corners go before the view moves */
#define ID "stabilizer"
#define SETTLED 8 /* frames in a row far from each other after which they are followed */
#define VERSION 2

seg_stabilizer *seg_stabilizer_create(int32_t model, const seg_env *env) {
    seg_stabilizer *made = seg_allocate_zeroed(env, 1, sizeof *made, "a stabilizer");
    if (!made) return NULL;
    if (env) made->env = *env;
    made->env.progress = NULL;
    seg_register_options_init(&made->options);
    made->options.model = model;
    seg_scratch_init(&made->scratch, &made->env);
    made->last = made->view = seg_transform_identity();
    return made;
}

void seg_stabilizer_reset(seg_stabilizer *s) {
    if (!s) return;
    seg_image_unref(&s->reference);
    seg_image_unref(&s->unseen);
    s->jumps = 0;
    s->last = s->view = seg_transform_identity();
}

void seg_stabilizer_free(seg_stabilizer *s) {
    if (!s) return;
    seg_image *const all[] = {&s->reference, &s->unseen, &s->grey,   &s->placed, &s->mean, &s->wide,
                              &s->image,     &s->luma,   &s->ignore, &s->known,  &s->back};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        seg_image_unref(all[i]);
    seg_scratch_free(&s->scratch);
    const seg_env env = s->env;
    seg_release(&env, s);
}

/* ---- warping ---- */

/* `target` (reused) gets `source` by a map from the target to the source. */
static seg_status warp(seg_image *target, const seg_image *source, const seg_transform *map,
                       seg_warp_filter filter, double fill, const seg_env *env) {
    seg_warp w = seg_warp_identity();
    memcpy(w.matrix, map->m, sizeof w.matrix);
    w.filter = filter;
    for (int c = 0; c < 4; c++)
        w.fill[c] = fill;
    SEG_TRY(seg_image_reuse(target, source->width, source->height, (seg_format)source->format,
                            source->channels, env));
    target->bits = source->bits;
    target->colour = source->colour;
    return seg_warp_apply(target, source, &w, env);
}

/* Replaces a picture of the frame by the one in its place. */
static seg_status place(seg_image *picture, seg_image *own, const seg_transform *motion,
                        seg_warp_filter filter, const seg_env *env) {
    if (seg_image_empty(picture)) return SEG_OK;
    SEG_TRY(warp(own, picture, motion, filter, 0, env));
    *picture = *own;
    picture->owner = NULL;
    return SEG_OK;
}

/* The frame's ignore mask in its place, with what the frame does not show: 255 comes from
 * outside. */
static seg_status place_ignore(seg_stabilizer *s, seg_frame *frame, const seg_transform *motion) {
    const seg_image *shape = &s->reference;
    if (seg_image_empty(&frame->ignore)) {
        SEG_TRY(seg_image_reuse(&s->back, shape->width, shape->height, SEG_U8, 1, &s->env));
        for (int32_t y = 0; y < shape->height; y++)
            memset(seg_image_row(&s->back, y), 0, (size_t)shape->width);
        frame->ignore = s->back;
    }
    SEG_TRY(warp(&s->ignore, &frame->ignore, motion, SEG_WARP_NEAREST, 255, &s->env));
    frame->ignore = s->ignore;
    frame->ignore.owner = NULL;
    return SEG_OK;
}

/* ---- frames ---- */

/* The frame's grey in 16 bits. */
static seg_status take_grey(seg_stabilizer *s, const seg_frame *frame) {
    seg_image grey;
    SEG_TRY(seg_input_grey(&grey, &s->grey, frame, &s->env));
    SEG_TRY(seg_image_reuse(&s->wide, grey.width, grey.height, SEG_U16, 1, &s->env));
    return seg_convert(&s->wide, &grey, SEG_U16, &s->env);
}

/* How far the motion takes a corner at most, in the picture's sides; `middle` gets the whole pixels
 * by which it takes the middle. */
static double farthest(const seg_stabilizer *s, const seg_transform *motion, double middle[2]) {
    const double width = s->reference.width, height = s->reference.height;
    const double at[10] = {0, 0, width, 0, 0, height, width, height, width / 2, height / 2};
    double to[10], most = 0;
    seg_transform_apply(to, motion, at, 5);
    for (int i = 0; i < 8; i++) {
        const double share = fabs(to[i] - at[i]) / (i % 2 ? height : width);
        if (share > most) most = share;
    }
    for (int i = 0; i < 2; i++)
        middle[i] = rint(to[8 + i] - at[8 + i]);
    return most;
}

/* Is the motion far from that of the frame before? */
static bool is_jump(const seg_stabilizer *s, const seg_transform *motion) {
    seg_transform before;
    double unused[2];
    if (seg_transform_invert(&before, &s->last) < 0) return true;
    before = seg_transform_compose(motion, &before);
    return farthest(s, &before, unused) > STRAY;
}

seg_status seg_stabilizer_find(seg_stabilizer *s, const seg_frame *frame, seg_transform *motion) {
    double agreement = 0;
    *motion = seg_transform_identity();
    s->far = false;
    SEG_TRY(take_grey(s, frame));
    if (seg_image_empty(&s->reference)) return SEG_OK;
    seg_scratch_rewind(&s->scratch);
    const seg_status status = seg_register(motion, &agreement, &s->wide, &s->reference, &s->unseen,
                                           &s->options, &s->scratch, &s->env);
    if (status < 0 && status != SEG_ERROR_DATA) return status;
    s->found = status >= 0;
    if (!s->found) *motion = s->last;
    s->far = is_jump(s, motion);
    return SEG_OK;
}

static bool is_finite(const seg_transform *t) {
    for (int i = 0; i < 9; i++)
        if (!(t->m[i] >= -1e12 && t->m[i] <= 1e12)) return false;
    return true;
}

bool seg_stabilizer_strays(const seg_stabilizer *s, const seg_transform *motion,
                           seg_transform *from) {
    double middle[2], unused[2];
    if (seg_image_empty(&s->reference) || !s->found || (s->far && s->jumps < SETTLED)) return false;
    if (farthest(s, motion, middle) <= STRAY) return false;
    *from = seg_transform_translation(-middle[0], -middle[1]);
    const seg_transform rest = seg_transform_compose(motion, from);
    const bool enough = farthest(s, &rest, unused) <= STRAY / 2;
    return (enough || seg_transform_invert(from, motion) >= 0) && is_finite(from);
}

seg_status seg_stabilizer_move(seg_stabilizer *s, seg_context *context, const seg_transform *from,
                               seg_transform *motion) {
    const int32_t width = s->reference.width, height = s->reference.height;
    seg_transform back;
    seg_grid grid;
    SEG_TRY(seg_transform_invert(&back, from));
    if (seg_image_empty(&s->unseen)) {
        SEG_TRY(seg_image_reuse(&s->unseen, width, height, SEG_U8, 1, &s->env));
        seg_image_clear(&s->unseen);
    }
    seg_scratch_rewind(&s->scratch);
    SEG_TRY(
        seg_grid_make(&grid, from->m, width, height, 0, (size_t)s->reference.stride, &s->scratch));
    const seg_status status = seg_context_move(context, from->m);
    if (status != SEG_ERROR_STATE) SEG_TRY(status); /* before its first frame it knows nothing */
    seg_grid_move_image(&grid, &s->reference, NULL);
    seg_grid_move_image(&grid, &s->unseen, &(uint8_t){255});
    *motion = seg_transform_compose(motion, from);
    s->last = *motion;
    s->view = seg_transform_compose(&back, &s->view);
    if (!is_finite(&s->view)) s->view = seg_transform_identity(); /* zoomed in for ever */
    return SEG_OK;
}

/* The mean to be: what the frame does not show stays as it is. */
static void mix(seg_stabilizer *s) {
    const bool partial = !seg_image_empty(&s->unseen);
    for (int32_t y = 0; y < s->mean.height; y++) {
        const uint8_t *unseen = partial ? seg_image_row(&s->unseen, y) : NULL;
        uint16_t *mean = seg_image_row(&s->mean, y);
        const uint16_t *old = seg_image_row(&s->reference, y);
        const uint16_t *new = seg_image_row(&s->placed, y);
        const uint8_t *ignore = seg_image_row(&s->ignore, y);
        for (int32_t x = 0; x < s->mean.width; x++) {
            const int32_t step = ((int32_t) new[x] - old[x]) / (1 << MEAN_SHIFT);
            const int32_t next = unseen && unseen[x] ? new[x] : old[x] + step;
            mean[x] = (uint16_t)(ignore[x] ? old[x] : next);
        }
    }
}

seg_status seg_stabilizer_place(seg_stabilizer *s, seg_frame *frame, const seg_transform *motion) {
    const seg_image *grey = &s->wide;
    SEG_TRY(seg_image_reuse(&s->mean, grey->width, grey->height, SEG_U16, 1, &s->env));
    if (seg_image_empty(&s->reference)) return seg_image_copy(&s->mean, grey, &s->env);
    SEG_TRY(place(&frame->image, &s->image, motion, SEG_WARP_BILINEAR, &s->env));
    SEG_TRY(place(&frame->luma, &s->luma, motion, SEG_WARP_BILINEAR, &s->env));
    SEG_TRY(place(&frame->known_foreground, &s->known, motion, SEG_WARP_NEAREST, &s->env));
    SEG_TRY(place_ignore(s, frame, motion));
    SEG_TRY(warp(&s->placed, grey, motion, SEG_WARP_BILINEAR, 0, &s->env));
    mix(s);
    return SEG_OK;
}

void seg_stabilizer_learn(seg_stabilizer *s, const seg_transform *motion) {
    const seg_image old = s->reference;
    s->reference = s->mean;
    s->mean = old;
    s->jumps = !s->far ? 0 : s->jumps < SETTLED ? s->jumps + 1 : SETTLED;
    s->last = *motion;
    for (int32_t y = 0; y < s->unseen.height; y++) {
        uint8_t *unseen = seg_image_row(&s->unseen, y);
        const uint8_t *ignore = seg_image_row(&s->ignore, y);
        for (int32_t x = 0; x < s->unseen.width; x++)
            unseen[x] = unseen[x] && ignore[x] ? 255 : 0;
    }
}

/* Own pictures are exchanged, borrowed ones filled. */
static seg_status bring_back(seg_stabilizer *s, seg_image *picture, const seg_transform *back,
                             seg_warp_filter filter) {
    SEG_TRY(warp(&s->back, picture, back, filter, 0, &s->env));
    if (!picture->owner) return seg_image_copy(picture, &s->back, &s->env);
    const seg_image other = *picture;
    *picture = s->back;
    s->back = other;
    return SEG_OK;
}

seg_status seg_stabilizer_return(seg_stabilizer *s, seg_result *result,
                                 const seg_transform *motion) {
    const struct {
        uint32_t output;
        seg_image *picture;
        seg_warp_filter filter;
    } all[] = {{SEG_OUTPUT_MASK, &result->mask, SEG_WARP_NEAREST},
               {SEG_OUTPUT_LABELS, &result->labels, SEG_WARP_NEAREST},
               {SEG_OUTPUT_SCORE, &result->score, SEG_WARP_NEAREST},
               {SEG_OUTPUT_FLOW, &result->flow, SEG_WARP_BILINEAR},
               {SEG_OUTPUT_BACKGROUND, &result->background, SEG_WARP_BILINEAR}};
    const seg_transform identity = seg_transform_identity();
    if (memcmp(motion, &identity, sizeof identity) != 0) {
        seg_transform back;
        SEG_TRY(seg_transform_invert(&back, motion));
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            if (result->outputs & all[i].output)
                SEG_TRY(bring_back(s, all[i].picture, &back, all[i].filter));
    }
    const seg_transform whole = seg_transform_compose(motion, &s->view);
    seg_result_decide(result, "shift-x", whole.m[2], "px");
    seg_result_decide(result, "shift-y", whole.m[5], "px");
    return SEG_OK;
}

/* ---- as a blob ---- */

seg_status seg_stabilizer_save(const seg_stabilizer *s, void *buffer, size_t *size) {
    if (seg_image_empty(&s->reference))
        return seg_fail(SEG_ERROR_STATE, "there is no reference before the first frame");
    const seg_blob_geometry geometry = seg_blob_geometry_of(&s->reference);
    seg_blob_writer writer;
    seg_blob_write_begin(&writer, buffer, buffer ? *size : 0, ID, VERSION, &geometry);
    const int32_t flags[] = {s->jumps, !seg_image_empty(&s->unseen)};
    seg_blob_write_f64(&writer, s->last.m, 9);
    seg_blob_write_f64(&writer, s->view.m, 9);
    seg_blob_write_i32(&writer, flags, 2);
    seg_blob_write_image(&writer, &s->reference);
    if (flags[1]) seg_blob_write_image(&writer, &s->unseen);
    return seg_blob_write_end(&writer, size);
}

/* One that the model gives. */
static bool can_be(const seg_stabilizer *s, const seg_transform *motion) {
    seg_transform inverse;
    return (s->options.model == SEG_TRANSFORM_PROJECTIVE || seg_transform_is_affine(motion)) &&
           seg_transform_invert(&inverse, motion) >= 0;
}

/* The pictures of a blob, which are so many bytes of a pixel. */
static seg_status read_pictures(seg_blob_reader *reader, seg_image *reference, seg_image *unseen,
                                bool partial, const seg_env *env) {
    const seg_blob_geometry *g = &reader->geometry;
    const size_t pixel = sizeof(uint16_t) + (partial ? 1 : 0);
    if (g->format != SEG_U16 || g->channels != 1 || g->bits != 16 || reader->failed ||
        seg_blob_left(reader) / pixel / (size_t)g->width < (size_t)g->height)
        return seg_fail(SEG_ERROR_DATA, "the stabilizer's content is impossible or ends early");
    SEG_TRY(seg_check_limits(g->width, g->height, env));
    SEG_TRY(seg_image_alloc(reference, g->width, g->height, SEG_U16, 1, env));
    if (partial) SEG_TRY(seg_image_alloc(unseen, g->width, g->height, SEG_U8, 1, env));
    seg_blob_read_image(reader, reference);
    seg_blob_read_image(reader, unseen);
    return seg_blob_finish(reader);
}

seg_status seg_stabilizer_load(seg_stabilizer *s, const void *buffer, size_t size) {
    seg_blob_reader reader;
    seg_transform last, view = seg_transform_identity();
    int32_t jumps = 0;
    bool partial = false;
    seg_image pictures[2] = {{0}};
    SEG_TRY(seg_blob_read_begin(&reader, buffer, size, ID, VERSION));
    seg_blob_read_f64(&reader, last.m, 9);
    if (reader.version > 1) { /* before, the view never moved */
        seg_blob_read_f64(&reader, view.m, 9);
        jumps = (int32_t)seg_blob_read_bounded(&reader, 0, SETTLED);
        partial = seg_blob_read_bounded(&reader, 0, 1) == 1;
    }
    if (!reader.failed && !(can_be(s, &last) && is_finite(&view)))
        return seg_fail(SEG_ERROR_DATA, "the stabilizer's motion is impossible");
    const seg_status status = read_pictures(&reader, &pictures[0], &pictures[1], partial, &s->env);
    if (status < 0) {
        seg_image_unref(&pictures[0]);
        seg_image_unref(&pictures[1]);
        return status;
    }
    seg_stabilizer_reset(s);
    s->reference = pictures[0];
    s->unseen = pictures[1];
    s->last = last;
    s->view = view;
    s->jumps = jumps;
    return SEG_OK;
}
