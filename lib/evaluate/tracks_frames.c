/*
 * Frames of tracks: what is left out, and the rest by classes.
 *
 * As the reference code of HOTA prepares MOTChallenge and KITTI data: truths and predictions of all
 * classes are matched for the greatest sum of IoU, pairs of at least 0.5 alone; predictions that
 * get an ignored truth (a distractor) are removed, and so are unmatched ones that are marked
 * themselves (KITTI's small ones) or lie by more than half in a crowd region; then ignored truths
 * and crowds are removed.
 */
#include "evaluate/tracks.h"

#include "core/check.h"
#include "imgproc/sort.h"

#include <string.h>

#define IGNORED_IOU .5

typedef struct frame {
    const seg_overlaps *overlaps;
    const seg_track_rules *rules;
    bool *left_out[2]; /* predicted, expected */
    int32_t *place[2]; /* in its class */
    seg_keyed *spare;
} frame;

static seg_status take(frame *f, seg_scratch *scratch) {
    const size_t counts[2] = {(size_t)f->overlaps->predicted.count,
                              (size_t)f->overlaps->expected.count};
    for (int side = 0; side < 2; side++) {
        f->left_out[side] =
            seg_scratch_take(scratch, counts[side], sizeof *f->left_out[side], "a frame");
        f->place[side] = seg_scratch_take(scratch, counts[side], sizeof *f->place[side], "a frame");
        if (!f->left_out[side] || !f->place[side]) return SEG_ERROR_MEMORY;
        memset(f->left_out[side], 0, counts[side] * sizeof *f->left_out[side]);
    }
    f->spare = seg_scratch_take(scratch, 2 * (counts[0] + counts[1]), sizeof *f->spare, "a frame");
    return f->spare ? SEG_OK : SEG_ERROR_MEMORY;
}

/* ---- what is left out ---- */

/* Overlap of each truth's match among all classes, -1 = none; crowds match nothing. */
static seg_status match_all(int32_t **chosen, seg_edge **edges, const seg_overlaps *o,
                            seg_scratch *scratch, seg_scratch *matching) {
    int32_t count = 0;
    *chosen = seg_scratch_take(scratch, (size_t)o->expected.count, sizeof **chosen, "a frame");
    *edges = seg_scratch_take(scratch, (size_t)o->count, sizeof **edges, "a frame");
    if (!*chosen || !*edges) return SEG_ERROR_MEMORY;
    for (int32_t i = 0; i < o->count; i++) {
        const seg_overlap *overlap = &o->items[i];
        if (o->expected.items[overlap->expected].crowd) continue;
        if (overlap->iou < IGNORED_IOU - SEG_TRACKS_EPSILON) continue;
        (*edges)[count++] = (seg_edge){overlap->expected, overlap->predicted, overlap->iou};
    }
    return seg_matching_heaviest(*chosen, *edges, count, o->expected.count, o->predicted.count,
                                 matching);
}

static seg_status leave_out_ignored(frame *f, seg_scratch *scratch, seg_scratch *matching) {
    const seg_overlaps *o = f->overlaps;
    bool any = false;
    for (int32_t e = 0; e < o->expected.count; e++)
        any = any || o->expected.items[e].ignore || o->expected.items[e].crowd;
    for (int32_t p = 0; p < o->predicted.count; p++)
        any = any || o->predicted.items[p].ignore;
    if (!any) return SEG_OK;
    int32_t *chosen;
    seg_edge *edges;
    SEG_TRY(match_all(&chosen, &edges, o, scratch, matching));
    bool *matched =
        seg_scratch_take(scratch, (size_t)o->predicted.count, sizeof *matched, "a frame");
    if (!matched) return SEG_ERROR_MEMORY;
    memset(matched, 0, (size_t)o->predicted.count * sizeof *matched);
    for (int32_t e = 0; e < o->expected.count; e++) {
        const seg_instance *truth = &o->expected.items[e];
        f->left_out[1][e] = truth->ignore || truth->crowd;
        if (chosen[e] < 0) continue;
        const int32_t p = edges[chosen[e]].b;
        matched[p] = true;
        f->left_out[0][p] = truth->ignore;
    }
    for (int32_t p = 0; p < o->predicted.count; p++)
        if (o->predicted.items[p].ignore && !matched[p]) f->left_out[0][p] = true;
    for (int32_t i = 0; i < o->count; i++) {
        const seg_overlap *overlap = &o->items[i];
        if (!o->expected.items[overlap->expected].crowd || matched[overlap->predicted]) continue;
        if (overlap->iou > .5 + SEG_TRACKS_EPSILON) f->left_out[0][overlap->predicted] = true;
    }
    return SEG_OK;
}

static void leave_out_classes(frame *f) {
    const seg_side *sides[2] = {&f->overlaps->predicted, &f->overlaps->expected};
    for (int side = 0; side < 2; side++)
        for (int32_t i = 0; f->rules->category >= 0 && i < sides[side]->count; i++)
            if (sides[side]->items[i].category != f->rules->category) f->left_out[side][i] = true;
}

/* ---- classes ---- */

static seg_status check_ids(const frame *f, int side, const char *name) {
    const seg_side *items = side ? &f->overlaps->expected : &f->overlaps->predicted;
    size_t count = 0;
    for (int32_t i = 0; i < items->count; i++) {
        if (f->left_out[side][i]) continue;
        const uint64_t key =
            (uint64_t)(uint32_t)items->items[i].category << 32 | (uint32_t)items->items[i].id;
        f->spare[count++] = (seg_keyed){key, 0};
    }
    seg_sort(f->spare, f->spare + count, count);
    for (size_t i = 1; i < count; i++)
        if (f->spare[i].key == f->spare[i - 1].key)
            return seg_fail(SEG_ERROR_ARGUMENT,
                            "%s: id %ld of class %ld occurs twice in a frame (tracks have one item "
                            "a frame)",
                            name, (long)(int32_t)f->spare[i].key,
                            (long)(int32_t)(f->spare[i].key >> 32));
    return SEG_OK;
}

static seg_status reserve(seg_track_stream *stream, const seg_track_frame *more,
                          const seg_env *env) {
    const seg_allocator *allocator = env ? env->allocator : NULL;
    if (more->expected_count > INT32_MAX - stream->expected_count ||
        more->predicted_count > INT32_MAX - stream->predicted_count ||
        more->overlap_count > INT32_MAX - stream->overlap_count || stream->frame_count == INT32_MAX)
        return seg_fail(SEG_ERROR_LIMIT, "more than 2^31 items in a sequence");
    SEG_TRY(seg_grow((void **)&stream->frames, &stream->frame_capacity, stream->frame_count,
                     stream->frame_count + 1, sizeof *stream->frames, allocator));
    SEG_TRY(seg_grow((void **)&stream->expected, &stream->expected_capacity, stream->expected_count,
                     stream->expected_count + more->expected_count, sizeof *stream->expected,
                     allocator));
    SEG_TRY(seg_grow((void **)&stream->predicted, &stream->predicted_capacity,
                     stream->predicted_count, stream->predicted_count + more->predicted_count,
                     sizeof *stream->predicted, allocator));
    return seg_grow((void **)&stream->overlaps, &stream->overlap_capacity, stream->overlap_count,
                    stream->overlap_count + more->overlap_count, sizeof *stream->overlaps,
                    allocator);
}

static bool counts_as_overlap(const frame *f, const seg_overlap *overlap) {
    const seg_instance *p = &f->overlaps->predicted.items[overlap->predicted];
    const seg_instance *e = &f->overlaps->expected.items[overlap->expected];
    return !f->left_out[0][overlap->predicted] && !f->left_out[1][overlap->expected] &&
           p->category == e->category && overlap->iou > 0;
}

/* How much of each class the frame has: a list of seg_track_stream whose counts are those. */
static void count_classes(seg_class_list *classes, frame *f) {
    const seg_side *sides[2] = {&f->overlaps->predicted, &f->overlaps->expected};
    for (int side = 0; side < 2; side++)
        for (int32_t i = 0; i < sides[side]->count; i++) {
            if (f->left_out[side][i]) continue;
            seg_track_stream *item = seg_class_list_get(classes, sides[side]->items[i].category);
            f->place[side][i] = side ? item->expected_count++ : item->predicted_count++;
        }
    for (int32_t i = 0; i < f->overlaps->count; i++) {
        const seg_overlap *overlap = &f->overlaps->items[i];
        if (!counts_as_overlap(f, overlap)) continue;
        const int32_t category = f->overlaps->predicted.items[overlap->predicted].category;
        ((seg_track_stream *)seg_class_list_get(classes, category))->overlap_count++;
    }
}

static void append(seg_class_list *streams, const seg_class_list *classes, const frame *f) {
    const seg_overlaps *o = f->overlaps;
    for (int32_t i = 0; i < classes->count; i++) {
        const seg_track_stream *more = seg_class_list_at(classes, i);
        seg_track_stream *stream = seg_class_list_get(streams, more->category);
        stream->frames[stream->frame_count++] =
            (seg_track_frame){more->expected_count, more->predicted_count, more->overlap_count};
    }
    for (int32_t i = 0; i < o->predicted.count; i++) {
        if (f->left_out[0][i]) continue;
        seg_track_stream *stream = seg_class_list_get(streams, o->predicted.items[i].category);
        stream->predicted[stream->predicted_count++] = o->predicted.items[i].id;
    }
    for (int32_t i = 0; i < o->expected.count; i++) {
        if (f->left_out[1][i]) continue;
        seg_track_stream *stream = seg_class_list_get(streams, o->expected.items[i].category);
        stream->expected[stream->expected_count++] = o->expected.items[i].id;
    }
    for (int32_t i = 0; i < o->count; i++) {
        const seg_overlap *overlap = &o->items[i];
        if (!counts_as_overlap(f, overlap)) continue;
        const int32_t category = o->predicted.items[overlap->predicted].category;
        seg_track_stream *stream = seg_class_list_get(streams, category);
        stream->overlaps[stream->overlap_count++] = (seg_track_overlap){
            f->place[1][overlap->expected], f->place[0][overlap->predicted], overlap->iou};
    }
}

static seg_status add(seg_class_list *streams, seg_class_list *classes, frame *f,
                      const seg_env *env) {
    const int64_t items = (int64_t)f->overlaps->predicted.count + f->overlaps->expected.count;
    SEG_TRY(seg_class_list_reserve(classes, items, env));
    SEG_TRY(seg_class_list_reserve(streams, items, env));
    count_classes(classes, f);
    for (int32_t i = 0; i < classes->count; i++) {
        const seg_track_stream *more = seg_class_list_at(classes, i);
        const seg_track_frame counts = {more->expected_count, more->predicted_count,
                                        more->overlap_count};
        SEG_TRY(reserve(seg_class_list_get(streams, more->category), &counts, env));
    }
    append(streams, classes, f);
    return SEG_OK;
}

seg_status seg_tracks_add(seg_class_list *streams, const seg_overlaps *overlaps,
                          const seg_track_rules *rules, seg_scratch *scratch,
                          seg_scratch *matching) {
    frame f = {.overlaps = overlaps, .rules = rules};
    SEG_TRY(take(&f, scratch));
    SEG_TRY(leave_out_ignored(&f, scratch, matching));
    leave_out_classes(&f);
    SEG_TRY(check_ids(&f, 0, "predicted"));
    SEG_TRY(check_ids(&f, 1, "expected"));
    seg_class_list classes = {.size = sizeof(seg_track_stream)};
    const seg_status status = add(streams, &classes, &f, &scratch->env);
    seg_class_list_free(&classes, &scratch->env);
    return status;
}

void seg_track_stream_free(seg_track_stream *stream, const seg_env *env) {
    seg_release(env, stream->frames);
    seg_release(env, stream->expected);
    seg_release(env, stream->predicted);
    seg_release(env, stream->overlaps);
}
