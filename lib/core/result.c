/* Results: what the caller keeps from call to call. */
#include <segment/result.h>

#include "core/memory.h"

#include <string.h>

void seg_result_init(seg_result *result, const seg_env *env) {
    memset(result, 0, sizeof *result);
    result->pts = SEG_NO_PTS;
    result->allocator = env ? env->allocator : NULL;
}

void seg_result_free(seg_result *result) {
    if (!result) return;
    seg_image_unref(&result->mask);
    seg_image_unref(&result->labels);
    seg_image_unref(&result->score);
    seg_image_unref(&result->background);
    seg_image_unref(&result->picture);
    seg_image_unref(&result->flow);
    seg_release_with(result->allocator, result->objects);
    seg_release_with(result->allocator, result->orders);
    seg_release_with(result->allocator, result->curves.items);
    seg_release_with(result->allocator, result->curves.points);
    seg_env env = {.allocator = result->allocator};
    seg_result_init(result, &env);
}

void seg_result_decide(seg_result *result, const char *name, double value, const char *unit) {
    int32_t i = 0;
    while (i < result->decision_count && strcmp(result->decisions[i].name, name) != 0)
        i++;
    if (i == SEG_MAX_DECISIONS) {
        result->flags |= SEG_RESULT_DECISIONS_LOST;
        return;
    }
    result->decisions[i] = (seg_decision){name, value, unit ? unit : ""};
    if (i == result->decision_count) result->decision_count++;
}

const seg_decision *seg_result_decision(const seg_result *result, const char *name) {
    for (int32_t i = 0; i < result->decision_count; i++)
        if (strcmp(result->decisions[i].name, name) == 0) return &result->decisions[i];
    return NULL;
}
