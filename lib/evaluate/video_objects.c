/*
 * The objects of a video over their sequence: which label of the prediction an object is held
 * against, and the mean, recall and decay of J and F and the mean of T over its frames.
 *
 * With proposals an object is given the label, one to one, for which the sum of the means of J and
 * F over all objects is greatest, as DAVIS does without supervision (S. Caelles et al., "The 2019
 * DAVIS challenge on VOS", arXiv 1905.00737): labels from 1 to the largest one of the sequence, and
 * empty ones where there are more objects than labels.
 */
#include "evaluate/video.h"

#include "core/check.h"
#include "imgproc/sort.h"
#include <segment/geometry.h>

#include <math.h>
#include <string.h>

#define QUARTERS 4

seg_video_span seg_video_scored(int32_t frames, const seg_video_rules *rules) {
    if (rules->ends) return (seg_video_span){0, frames};
    return frames > 2 ? (seg_video_span){1, frames - 1} : (seg_video_span){0, 0};
}

/* Mean, recall and decay of `count` values. */
static void summarise(double out[3], const double *value, int32_t count) {
    double sum = 0, above = 0, quarter[2] = {0};
    int32_t edge[QUARTERS + 1];
    for (int32_t i = 0; i < count; i++) {
        sum += value[i];
        above += value[i] > 0.5;
    }
    for (int32_t i = 0; i <= QUARTERS; i++)
        edge[i] = (int32_t)floor((count - 1) * (double)i / QUARTERS + 0.5);
    for (int32_t i = edge[0]; i <= edge[1]; i++)
        quarter[0] += value[i] / (edge[1] - edge[0] + 1);
    for (int32_t i = edge[3]; i <= edge[4]; i++)
        quarter[1] += value[i] / (edge[4] - edge[3] + 1);
    out[0] = sum / count;
    out[1] = above / count;
    out[2] = quarter[0] - quarter[1];
}

/* A sequence and its objects. */
typedef struct sequence {
    const seg_sighting *seen; /* of its frames */
    int32_t count;
    seg_video_span scored;
    const seg_video_rules *rules;
    int32_t *objects; /* true labels, ascending */
    int32_t object_count;
    int32_t *chosen; /* label that each object is held against */
    double *j, *f;   /* of an object's frames */
    seg_scratch *scratch;
} sequence;

static bool is_scored(const sequence *s, const seg_sighting *seen) {
    return seen->frame >= s->scored.first && seen->frame < s->scored.end;
}

/* ---- which objects there are ---- */

static seg_status find_objects(sequence *s) {
    seg_keyed *keys =
        seg_scratch_take(s->scratch, 2 * (size_t)s->count + 2, sizeof *keys, "objects");
    s->objects = seg_scratch_take(s->scratch, (size_t)s->count + 1, sizeof *s->objects, "objects");
    s->chosen = seg_scratch_take(s->scratch, (size_t)s->count + 1, sizeof *s->chosen, "objects");
    if (!keys || !s->objects || !s->chosen) return SEG_ERROR_MEMORY;
    size_t count = 0;
    if (!s->rules->labels) keys[count++] = (seg_keyed){1, 0}; /* there is always the one object */
    for (int32_t i = 0; i < s->count; i++)
        if (s->seen[i].object && !s->seen[i].proposal)
            keys[count++] = (seg_keyed){(uint32_t)s->seen[i].object, 0};
    seg_sort(keys, keys + count, count);
    s->object_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (i && keys[i].key == keys[i - 1].key) continue;
        s->objects[s->object_count++] = (int32_t)keys[i].key;
    }
    for (int32_t i = 0; i < s->object_count; i++)
        s->chosen[i] = s->objects[i];
    return SEG_OK;
}

/* ---- which label an object is held against ---- */

static int32_t place_of(const sequence *s, int32_t object) {
    int32_t low = 0, high = s->object_count - 1;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        if (s->objects[middle] < object)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Frames of a label alone, and the sum of its J and F in them. */
typedef struct presence {
    int32_t frames;
    double sum;
} presence;

/* Adds the sums of J and F of objects and labels in all frames: that of a pair where both are seen,
 * of one against nothing where one is, 2 where neither is. */
static void add_up(double *sums, presence *object, presence *label, int32_t *together,
                   const sequence *s, int32_t labels) {
    const double frames = s->scored.end - s->scored.first;
    for (int32_t i = 0; i < s->count; i++) {
        const seg_sighting *seen = &s->seen[i];
        if (!is_scored(s, seen)) continue;
        const int32_t o = seen->object ? place_of(s, seen->object) : -1, l = seen->proposal - 1;
        const double sum = seen->j + seen->f;
        if (o >= 0 && l >= 0) {
            const size_t at = (size_t)o * (size_t)labels + (size_t)l;
            together[at]++;
            sums[at] += sum;
        } else {
            presence *one = o >= 0 ? &object[o] : &label[l];
            one->frames++;
            one->sum += sum;
        }
    }
    for (int32_t o = 0; o < s->object_count; o++)
        for (int32_t l = 0; l < labels; l++) {
            const size_t at = (size_t)o * (size_t)labels + (size_t)l;
            const double neither = frames - object[o].frames - label[l].frames + together[at];
            sums[at] += 2 * neither;
        }
}

static seg_status choose_labels(sequence *s, const seg_env *env) {
    int32_t labels = s->object_count;
    for (int32_t i = 0; i < s->count; i++)
        if (is_scored(s, &s->seen[i]) && s->seen[i].proposal > labels) labels = s->seen[i].proposal;
    const size_t pairs = (size_t)s->object_count * (size_t)labels;
    seg_scratch *scratch = s->scratch;
    double *sums = seg_scratch_take(scratch, pairs, sizeof *sums, "objects and proposals");
    int32_t *together = seg_scratch_take(scratch, pairs, sizeof *together, "objects and proposals");
    presence *object =
        seg_scratch_take(scratch, (size_t)s->object_count, sizeof *object, "objects");
    presence *label = seg_scratch_take(scratch, (size_t)labels, sizeof *label, "proposals");
    if (!sums || !together || !object || !label) return SEG_ERROR_MEMORY;
    memset(sums, 0, pairs * sizeof *sums);
    memset(together, 0, pairs * sizeof *together);
    memset(object, 0, (size_t)s->object_count * sizeof *object);
    memset(label, 0, (size_t)labels * sizeof *label);
    add_up(sums, object, label, together, s, labels);
    for (size_t i = 0; i < pairs; i++)
        sums[i] = -sums[i];
    SEG_TRY(seg_assignment_solve(s->chosen, sums, s->object_count, labels, env));
    for (int32_t i = 0; i < s->object_count; i++)
        s->chosen[i]++;
    return SEG_OK;
}

/* ---- an object over its frames ---- */

static void measure_object(seg_video_object *out, const sequence *s) {
    double t = 0, t_frames = 0;
    out->frames = s->scored.end - s->scored.first;
    for (int32_t i = 0; i < out->frames; i++)
        s->j[i] = s->f[i] = 1; /* neither is there, unless it was seen */
    for (int32_t i = 0; i < s->count; i++) {
        const seg_sighting *seen = &s->seen[i];
        const bool own = seen->object == out->object, held = seen->proposal == out->proposal;
        if (!is_scored(s, seen) ||
            !((own && held) || (own && !seen->proposal) || (held && !seen->object)))
            continue;
        const int32_t frame = seen->frame - s->scored.first;
        s->j[frame] = seen->j; /* pairs come last */
        s->f[frame] = seen->f;
        /* the first frame that is scored has none before it */
        if (!seen->object && frame > 0 && !isnan(seen->t)) t += seen->t, t_frames++;
    }
    summarise(out->numbers + SEG_VIDEO_J, s->j, out->frames);
    summarise(out->numbers + SEG_VIDEO_F, s->f, out->frames);
    out->numbers[SEG_VIDEO_T] = t_frames > 0 ? 5 * t / t_frames : NAN;
}

seg_status seg_video_visit(const seg_sightings *list, const int32_t *frames, int32_t sequences,
                           const seg_video_rules *rules,
                           void (*visit)(void *user, const seg_video_object *object), void *user,
                           const seg_env *env) {
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    seg_status status = SEG_OK;
    int32_t end = 0;
    for (int32_t i = 0; i < sequences && status >= 0; i++) {
        const int32_t first = end;
        while (end < list->count && list->items[end].sequence == i)
            end++;
        sequence s = {.seen = list->items ? list->items + first : NULL,
                      .count = end - first,
                      .scored = seg_video_scored(frames[i], rules),
                      .rules = rules,
                      .scratch = &scratch};
        if (s.scored.end <= s.scored.first) continue;
        seg_scratch_rewind(&scratch);
        s.j = seg_scratch_take(&scratch, (size_t)frames[i], 2 * sizeof *s.j, "values of an object");
        status = s.j ? find_objects(&s) : SEG_ERROR_MEMORY;
        if (status >= 0) s.f = s.j + frames[i];
        if (status >= 0 && rules->proposals && s.object_count) status = choose_labels(&s, env);
        for (int32_t k = 0; k < s.object_count && status >= 0; k++) {
            seg_video_object object = {
                .sequence = i, .object = s.objects[k], .proposal = s.chosen[k]};
            measure_object(&object, &s);
            visit(user, &object);
        }
    }
    seg_scratch_free(&scratch);
    return status;
}
