/*
 * Pipelines at work. The sample goes from stage to stage, its pictures from room to room: a step
 * that makes a new picture makes it in the room that is not in use, the last one in the caller's
 * sample. Sizes seen before find their memory there.
 */
#include "augment/work.h"
#include "core/check.h"

#include <math.h>
#include <string.h>

/* ---- working memory ---- */

seg_status seg_augment_work_create(seg_augment_work **work, const seg_env *env) {
    if (!work) return seg_fail(SEG_ERROR_ARGUMENT, "work is missing (NULL)");
    seg_augment_work *w = *work = seg_allocate_zeroed(env, 1, sizeof *w, "working memory");
    if (!w) return SEG_ERROR_MEMORY;
    if (env) w->env = *env;
    for (int i = 0; i < 2; i++) {
        seg_sample_init(&w->stages[i], env);
        for (int room = 0; room < SEG_ROOMS; room++)
            seg_scratch_init(&w->rooms[room][i], env);
    }
    for (int i = 0; i < SEG_MOST_PARTNERS; i++)
        seg_sample_init(&w->partners[i], env);
    seg_scratch_init(&w->scratch, env);
    return SEG_OK;
}

void seg_augment_work_free(seg_augment_work *work) {
    if (!work) return;
    const seg_env env = work->env;
    for (int i = 0; i < 2; i++) {
        seg_sample_free(&work->stages[i]);
        for (int room = 0; room < SEG_ROOMS; room++)
            seg_scratch_free(&work->rooms[room][i]);
    }
    for (int i = 0; i < SEG_MOST_PARTNERS; i++)
        seg_sample_free(&work->partners[i]);
    seg_scratch_free(&work->scratch);
    seg_release(&env, work->quantiles);
    seg_release(&env, work->decisions);
    seg_release(&env, work);
}

const seg_augment_decision *seg_augment_decisions(const seg_augment_work *work, int32_t *count) {
    if (count) *count = work->decision_count;
    return work->decisions;
}

static seg_status picture_in(seg_image *image, seg_scratch *scratch, int32_t width, int32_t height,
                             seg_format format, int channels) {
    const size_t row = (size_t)width * (size_t)channels * seg_format_size(format);
    size_t stride = (row + SEG_ALIGNMENT - 1) / SEG_ALIGNMENT * SEG_ALIGNMENT;
    if (stride % 2048 == 0) stride += SEG_ALIGNMENT;
    void *data = seg_scratch_take(scratch, (size_t)height, stride, "a picture");
    if (!data) return SEG_ERROR_MEMORY;
    *image = (seg_image){0};
    return seg_image_wrap(image, data, (ptrdiff_t)stride, width, height, format, channels);
}

seg_status seg_augment_picture(seg_image *image, seg_augment_step *step, seg_room room,
                               int32_t width, int32_t height, const seg_image *like) {
    seg_augment_work *work = step->work;
    seg_image *landing = work->landing[room];
    if (landing) {
        work->landing[room] = NULL;
        SEG_TRY(seg_image_take(landing, width, height, like, step->env));
        *image = *landing;
        image->owner = NULL;
        return SEG_OK;
    }
    const int32_t next = 1 - work->room[room];
    seg_scratch_rewind(&work->rooms[room][next]);
    SEG_TRY(picture_in(image, &work->rooms[room][next], width, height, (seg_format)like->format,
                       like->channels));
    image->bits = like->bits;
    image->colour = like->colour;
    work->room[room] = next;
    return SEG_OK;
}

seg_status seg_step_picture(seg_image *image, seg_augment_step *step, int32_t width, int32_t height,
                            seg_format format, int channels) {
    return picture_in(image, step->scratch, width, height, format, channels);
}

seg_sample *seg_augment_other(seg_augment_step *step) {
    seg_sample *other = &step->work->stages[1 - step->work->stage];
    seg_sample_clear(other);
    return other;
}

void seg_augment_swap(seg_augment_step *step) {
    step->work->stage = 1 - step->work->stage;
    step->sample = &step->work->stages[step->work->stage];
}

/* ---- draws ---- */

double seg_draw_unit(seg_augment_step *step) {
    return seg_random_unit(&step->stream, step->drawn++);
}

double seg_draw_between(seg_augment_step *step, double low, double high) {
    return low + (high - low) * seg_draw_unit(step);
}

int32_t seg_draw_below(seg_augment_step *step, int32_t bound) {
    return (int32_t)seg_random_below(&step->stream, step->drawn++, (uint32_t)bound);
}

double seg_draw_normal(seg_augment_step *step) {
    return seg_random_normal(&step->stream, step->drawn++);
}

bool seg_draw_chance(seg_augment_step *step, double p) {
    return seg_draw_unit(step) < p;
}

uint64_t seg_draw_seed(seg_augment_step *step) {
    uint32_t words[4];
    seg_random_words(words, &step->stream, step->drawn++);
    return (uint64_t)words[1] << 32 | words[0];
}

seg_status seg_augment_decide(seg_augment_step *step, const char *name, double value) {
    seg_augment_work *work = step->work;
    void *list = work->decisions;
    SEG_TRY(seg_grow(&list, &work->decision_capacity, work->decision_count,
                     work->decision_count + 1, sizeof *work->decisions, work->env.allocator));
    work->decisions = list;
    work->decisions[work->decision_count++] =
        (seg_augment_decision){step->path, step->augmentation->id, name, value};
    return SEG_OK;
}

void seg_augment_step_select(seg_augment_step *step, int32_t index) {
    if (step->selected_count < SEG_MOST_SELECTED) step->selected[step->selected_count++] = index;
}

seg_status seg_augment_partner(seg_augment_step *step, int32_t which, seg_sample **partner) {
    const seg_augment_partners *partners = step->partners;
    seg_sample *sample = *partner = &step->work->partners[which];
    if (!partners || !partners->load || partners->count < 1)
        return seg_fail(SEG_ERROR_STATE, "%s needs partners, of which there are none",
                        step->augmentation->id);
    const int64_t index = (int64_t)(seg_draw_unit(step) * (double)partners->count);
    SEG_TRY(seg_augment_decide(step, "partner", (double)index));
    SEG_TRY(partners->load(partners->user, index, sample));
    SEG_TRY(seg_sample_check(sample));
    if (sample->picture.format != step->sample->picture.format ||
        sample->picture.channels != step->sample->picture.channels ||
        sample->picture.bits != step->sample->picture.bits)
        return seg_fail(SEG_ERROR_SHAPE, "%s: partner \"%.80s\" has other samples or channels",
                        step->augmentation->id, sample->name ? sample->name : "");
    return SEG_OK;
}

/* ---- steps ---- */

/* The stream of a sample: FNV-1a of its name, mixed with the copy. */
static uint64_t item_of(const char *name, int64_t copy) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (; name && *name; name++)
        hash = (hash ^ (uint8_t)*name) * 0x100000001b3u;
    hash ^= (uint64_t)copy * 0x9E3779B97F4A7C15u;
    hash = (hash ^ hash >> 30) * 0xBF58476D1CE4E5B9u;
    hash = (hash ^ hash >> 27) * 0x94D049BB133111EBu;
    return hash ^ hash >> 31;
}

typedef struct run {
    const seg_augment_pipeline *pipeline;
    seg_augment_work *work;
    const seg_augment_partners *partners;
    const seg_env *env;
    uint64_t item;
    seg_sample *target;
} run;

static seg_status run_node(const run *r, int32_t index, uint32_t path, bool surely, bool last);

static seg_status run_filter(seg_augment_step *step) {
    seg_image target;
    const seg_image source = step->sample->picture;
    SEG_TRY(
        seg_augment_picture(&target, step, SEG_ROOM_PICTURE, source.width, source.height, &source));
    SEG_TRY(step->augmentation->filter(step, &target, &source));
    step->sample->picture = target;
    return SEG_OK;
}

static seg_status run_plan(seg_augment_step *step) {
    seg_augment_geometry geometry = {.width = step->sample->picture.width,
                                     .height = step->sample->picture.height,
                                     .forward = seg_transform_identity(),
                                     .filter = SEG_WARP_BILINEAR};
    SEG_TRY(step->augmentation->plan(step, &geometry));
    return seg_augment_move(step, &geometry);
}

static seg_status run_policy(const run *r, seg_augment_step *step, int32_t index, bool last) {
    const seg_augment_node *nodes = r->pipeline->nodes;
    int32_t count = 0;
    for (int32_t i = index + 1; i < nodes[index].end; i = nodes[i].end)
        count++;
    SEG_TRY(step->augmentation->choose(step, count));
    for (int32_t k = 0; k < step->selected_count; k++) {
        int32_t child = index + 1;
        for (int32_t i = 0; i < step->selected[k] % count; i++)
            child = nodes[child].end;
        /* what is selected with `count` added runs whatever its own probability */
        SEG_TRY(
            run_node(r, child,
                     seg_augment_path(seg_augment_path(step->path, (uint32_t)k), nodes[child].path),
                     step->selected[k] >= count, last && k == step->selected_count - 1));
    }
    return SEG_OK;
}

static seg_random stream_of(const run *r, uint32_t path) {
    return seg_random_stream((uint64_t)r->pipeline->options.seed, r->item, path);
}

/* The step's first draw. */
static bool applies(const run *r, const seg_augment_node *node, uint32_t path) {
    const seg_random stream = stream_of(r, path);
    return seg_random_unit(&stream, 0) < ((const seg_augment_head *)node->options)->p;
}

/* The last step works in the caller's pictures. Those that mix do not: a partner may lie there. */
static void land(const run *r) {
    r->work->landing[SEG_ROOM_PICTURE] = &r->target->picture;
    r->work->landing[SEG_ROOM_SEMANTIC] = &r->target->semantic;
    r->work->landing[SEG_ROOM_INSTANCES] = &r->target->instances;
    r->work->landing[SEG_ROOM_SALIENCY] = &r->target->saliency;
}

static seg_status run_node(const run *r, int32_t index, uint32_t path, bool surely, bool last) {
    const seg_augment_node *node = &r->pipeline->nodes[index];
    seg_augment_step step = {.augmentation = node->augmentation,
                             .options = node->options,
                             .rules = &r->pipeline->options,
                             .path = path,
                             .stream = stream_of(r, path),
                             .drawn = 1,
                             .sample = &r->work->stages[r->work->stage],
                             .work = r->work,
                             .scratch = &r->work->scratch,
                             .env = r->env,
                             .partners = r->partners};
    if (!applies(r, node, path) && !surely) return SEG_OK;
    SEG_TRY(seg_augment_decide(&step, "applied", 1));
    seg_scratch_rewind(step.scratch);
    if (node->augmentation->choose) return run_policy(r, &step, index, last);
    if (last && !node->augmentation->partners) land(r);
    if (node->augmentation->plan) return run_plan(&step);
    if (node->augmentation->filter) return run_filter(&step);
    return node->augmentation->mix(&step);
}

/* Before anything is drawn: it must not depend on chance. */
seg_status seg_augment_pipeline_check(const seg_augment_pipeline *pipeline,
                                      const seg_sample *sample) {
    const uint32_t kinds = seg_sample_kinds(sample);
    for (int32_t i = 0; i < pipeline->count; i++) {
        const seg_augmentation *a = pipeline->nodes[i].augmentation;
        const uint32_t left = kinds & ~a->labels;
        if (left)
            return seg_fail(
                SEG_ERROR_UNSUPPORTED, "%s cannot carry %s labels, which the sample \"%.80s\" has",
                a->id, seg_label_kind_name(left & (0 - left)), sample->name ? sample->name : "");
        if (!seg_image_empty(&sample->picture))
            SEG_TRY(seg_check_image(&sample->picture, a->id, a->formats, a->channels));
    }
    for (int32_t i = 0; i < sample->object_count; i++) {
        const uint32_t has = sample->objects[i].kinds;
        if (pipeline->options.boxes_from != SEG_BOXES_MASK || !(has & SEG_LABEL_BOXES) ||
            has & (SEG_LABEL_INSTANCES | SEG_LABEL_RLE))
            continue;
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "object %ld of \"%.80s\" has a box but no mask to make it of (boxes-from "
                        "is mask)",
                        (long)i, sample->name ? sample->name : "");
    }
    return SEG_OK;
}

static seg_status run_all(const run *r, const seg_sample *source) {
    seg_augment_work *work = r->work;
    seg_sample *first = &work->stages[0];
    work->stage = 0;
    work->decision_count = 0;
    memset(work->landing, 0, sizeof work->landing);
    memset(work->room, 0, sizeof work->room); /* the same rooms each time: their memory is there */
    seg_sample_clear(&work->stages[1]);
    seg_sample_clear(first);
    for (int32_t i = 0; i < source->object_count; i++)
        SEG_TRY(seg_sample_append_object(first, source, i));
    if (source->class_count) {
        SEG_TRY(seg_sample_set_class(first, -1, source->class_count));
        memcpy(first->classes, source->classes,
               (size_t)source->class_count * sizeof *source->classes);
    }
    first->name = source->name;
    first->picture = source->picture; /* borrowed headers: nothing writes into the source */
    first->semantic = source->semantic;
    first->instances = source->instances;
    first->saliency = source->saliency;
    first->picture.owner = first->semantic.owner = NULL;
    first->instances.owner = first->saliency.owner = NULL;
    const seg_augment_node *nodes = r->pipeline->nodes;
    int32_t last = -1;
    for (int32_t i = 0; i < r->pipeline->count; i = nodes[i].end)
        if (applies(r, &nodes[i], nodes[i].path)) last = i;
    for (int32_t i = 0; i < r->pipeline->count; i = nodes[i].end)
        SEG_TRY(run_node(r, i, nodes[i].path, false, i == last));
    return seg_sample_copy(r->target, &work->stages[work->stage], r->env);
}

seg_status seg_augment_apply(const seg_augment_pipeline *pipeline, seg_augment_work *work,
                             seg_sample *target, const seg_sample *source, int64_t copy,
                             const seg_augment_partners *partners) {
    if (!pipeline || !work || !target || !source)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)",
                        !pipeline ? "pipeline"
                        : !work   ? "work"
                        : !target ? "target"
                                  : "source");
    if (target == source) return seg_fail(SEG_ERROR_ARGUMENT, "target and source are the same");
    const char *key = source->clip ? source->clip : source->name;
    const run r = {pipeline, work, partners, &work->env, item_of(key, copy), target};
    seg_status status = seg_sample_check(source);
    if (status >= 0) status = seg_augment_pipeline_check(pipeline, source);
    if (status >= 0) status = run_all(&r, source);
    if (status < 0) seg_sample_clear(target);
    return status;
}
