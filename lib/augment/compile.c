/* Pipelines: from text to steps. */
#include "augment/work.h"
#include "core/chain_text.h"
#include "core/check.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const char *const boxes_from_names[] = {"auto",    "mask",    "polygon",
                                               "ellipse", "corners", NULL};

#define FIELD(name) offsetof(seg_augment_options, name)

static const seg_param rows[] = {
    {"rng-seed", SEG_PARAM_INT, FIELD(seed), "0", INT32_MIN, INT32_MAX, NULL, "",
     "seed of all draws", ""},
    {"boxes-from", SEG_PARAM_ENUM, FIELD(boxes_from), "auto", 0, 4, boxes_from_names, "",
     "what boxes are made of: the object's mask, else its polygons, else the ellipse in its box "
     "(auto); or the moved corners, which are never too small",
     ""},
    {"min-visibility", SEG_PARAM_FLOAT, FIELD(min_visibility), "0", 0, 1, NULL, "",
     "objects of which a smaller share is left are dropped", ""},
    {"min-area", SEG_PARAM_FLOAT, FIELD(min_area), "1", 0, 1e12, NULL, "px",
     "objects with fewer pixels are dropped", ""},
    {"ignore", SEG_PARAM_INT, FIELD(ignore), "255", 0, INT32_MAX, NULL, "",
     "class of semantic pixels that come from outside", ""},
};

const seg_param_table seg_augment_params = {rows, sizeof rows / sizeof *rows,
                                            sizeof(seg_augment_options)};

void seg_augment_options_init(seg_augment_options *options) {
    seg_params_init(options, &seg_augment_params);
}

uint32_t seg_augment_path(uint32_t path, uint32_t number) {
    uint32_t h = (path ^ (number + 1)) * 0x9E3779B1u;
    h = (h ^ h >> 15) * 0x85EBCA77u;
    return h ^ h >> 13;
}

/* ---- building ---- */

typedef struct builder {
    seg_augment_pipeline *pipeline;
    int32_t open[SEG_CHAIN_DEPTH + 1];                   /* nodes that are not complete */
    seg_chain_operation operations[SEG_CHAIN_DEPTH + 1]; /* of them */
    uint32_t held[SEG_CHAIN_DEPTH + 1]; /* steps that began in each, [0] in the chain */
    int32_t depth;
} builder;

static void list_names(char *text, size_t size) {
    int32_t count;
    size_t used = 0;
    const seg_augmentation *const *all = seg_augmentations(&count);
    for (int32_t i = 0; i < count && used + strlen(all[i]->id) + 3 < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", all[i]->id);
}

static seg_status find(const seg_augmentation **found, const char *name) {
    char names[256] = "";
    *found = seg_augmentation_find(name);
    if (*found) return SEG_OK;
    const char *nearest = seg_augmentation_nearest(name);
    if (nearest)
        return seg_fail(SEG_ERROR_OPTION,
                        "there is no augmentation \"%.60s\"; did you mean \"%s\"?", name, nearest);
    list_names(names, sizeof names);
    return seg_fail(SEG_ERROR_OPTION,
                    "there is no such augmentation (got \"%.60s\", allowed %s, ...)", name, names);
}

static seg_status begin(void *user, const char *name, bool *holds) {
    builder *b = user;
    seg_augment_pipeline *p = b->pipeline;
    const seg_augmentation *augmentation;
    void *nodes = p->nodes;
    SEG_TRY(find(&augmentation, name));
    SEG_TRY(
        seg_grow(&nodes, &p->capacity, p->count, p->count + 1, sizeof *p->nodes, p->env.allocator));
    p->nodes = nodes;
    seg_augment_node *node = &p->nodes[p->count];
    const uint32_t parent = b->depth ? p->nodes[b->open[b->depth - 1]].path : 0;
    *node =
        (seg_augment_node){augmentation, NULL, 0, seg_augment_path(parent, b->held[b->depth]++)};
    node->options = seg_allocate_zeroed(&p->env, 1, augmentation->params->options_size,
                                        "options of an augmentation");
    if (!node->options) return SEG_ERROR_MEMORY;
    seg_params_init(node->options, augmentation->params);
    b->operations[b->depth] =
        (seg_chain_operation){augmentation->id, augmentation->params, node->options, 0};
    b->open[b->depth++] = p->count++;
    b->held[b->depth] = 0;
    *holds = augmentation->holds;
    return SEG_OK;
}

static seg_status set(void *user, const char *name, int position, const char *value) {
    builder *b = user;
    return seg_chain_set(&b->operations[b->depth - 1], name, position, value, &b->pipeline->env);
}

static seg_status end(void *user);

/* Steps that a policy makes of its own options. */
static seg_status add_own_steps(builder *b, const seg_augment_node *node) {
    const seg_chain_handler handler = {b, begin, set, end};
    const int length = node->augmentation->chain(NULL, 0, node->options);
    char *text = seg_allocate(&b->pipeline->env, (size_t)length + 1, 1, "steps of a policy");
    if (!text) return SEG_ERROR_MEMORY;
    node->augmentation->chain(text, (size_t)length + 1, node->options);
    const char *id = node->augmentation->id;
    const seg_status status = seg_chain_read(text, id, &handler);
    seg_release(&b->pipeline->env, text);
    return status;
}

static seg_status end(void *user) {
    builder *b = user;
    seg_augment_pipeline *p = b->pipeline;
    const int32_t index = b->open[b->depth - 1];
    const seg_augment_node node = p->nodes[index];
    const seg_augmentation *augmentation = node.augmentation;
    SEG_TRY(
        seg_chain_named(seg_params_check(node.options, augmentation->params), augmentation->id));
    if (augmentation->check)
        SEG_TRY(seg_chain_named(augmentation->check(node.options), augmentation->id));
    if (augmentation->chain) SEG_TRY(add_own_steps(b, &node));
    if (augmentation->holds && b->held[b->depth] == 0)
        return seg_fail(SEG_ERROR_OPTION, "%s holds no augmentation; write %s(hflip, ...)",
                        augmentation->id, augmentation->id);
    if (augmentation->holds && b->held[b->depth] > SEG_MOST_SELECTED)
        return seg_fail(SEG_ERROR_OPTION, "%s holds %lu augmentations (allowed %d)",
                        augmentation->id, (unsigned long)b->held[b->depth], SEG_MOST_SELECTED);
    p->nodes[index].end = p->count;
    b->depth--;
    return SEG_OK;
}

seg_status seg_augment_pipeline_create(seg_augment_pipeline **pipeline, const char *text,
                                       const seg_augment_options *options, const seg_env *env) {
    if (!pipeline) return seg_fail(SEG_ERROR_ARGUMENT, "pipeline is missing (NULL)");
    *pipeline = NULL;
    if (options) SEG_TRY(seg_params_check(options, &seg_augment_params));
    seg_augment_pipeline *p = seg_allocate_zeroed(env, 1, sizeof *p, "a pipeline");
    if (!p) return SEG_ERROR_MEMORY;
    if (env) p->env = *env;
    if (options)
        p->options = *options;
    else
        seg_augment_options_init(&p->options);
    builder b = {.pipeline = p};
    const seg_chain_handler handler = {&b, begin, set, end};
    const seg_status status = seg_chain_read(text, "pipeline", &handler);
    if (status < 0)
        seg_augment_pipeline_free(p);
    else
        *pipeline = p;
    return status;
}

void seg_augment_pipeline_free(seg_augment_pipeline *pipeline) {
    if (!pipeline) return;
    const seg_env env = pipeline->env;
    for (int32_t i = 0; i < pipeline->count; i++) {
        seg_augment_node *node = &pipeline->nodes[i];
        if (node->options) seg_params_clear(node->options, node->augmentation->params, &env);
        seg_release(&env, node->options);
    }
    seg_release(&env, pipeline->nodes);
    seg_release(&env, pipeline);
}

uint32_t seg_augment_pipeline_labels(const seg_augment_pipeline *pipeline) {
    uint32_t labels = SEG_LABEL_ALL;
    for (int32_t i = 0; i < pipeline->count; i++)
        labels &= pipeline->nodes[i].augmentation->labels;
    return labels;
}

bool seg_augment_pipeline_mixes(const seg_augment_pipeline *pipeline) {
    for (int32_t i = 0; i < pipeline->count; i++)
        if (pipeline->nodes[i].augmentation->partners) return true;
    return false;
}
