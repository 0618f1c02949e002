#include "eval/units.h"
#include "common/messages.h"
#include "common/names.h"
#include "common/text.h"
#include <stdlib.h>

void units_add_problem(unit_list *target, const char *subject, const char *reason) {
    message_error(subject, "%s", reason);
    memory_grow((void **)&target->problems, (size_t)target->problem_count,
                sizeof *target->problems);
    target->problems[target->problem_count++] = (problem){text_copy(subject), text_copy(reason)};
}

unit *units_add(unit_list *target, const char *id, const char *group) {
    memory_grow((void **)&target->items, (size_t)target->count, sizeof *target->items);
    unit *made = &target->items[target->count++];
    *made = (unit){.id = text_copy(id), .group = text_copy(group)};
    return made;
}

file_set *unit_add_files(unit *target) {
    memory_grow((void **)&target->files, (size_t)target->file_count, sizeof *target->files);
    file_set *made = &target->files[target->file_count++];
    *made = (file_set){0};
    return made;
}

void paths_add(path_list *target, const char *path) {
    memory_grow((void **)&target->items, (size_t)target->count, sizeof *target->items);
    target->items[target->count++] = text_copy(path);
}

static void paths_free(path_list *target) {
    for (int32_t i = 0; i < target->count; i++)
        free(target->items[i]);
    free(target->items);
    *target = (path_list){0};
}

void files_free(file_set *target) {
    for (int32_t side = 0; side < MAX_SIDES; side++) {
        free(target->predictions[side]);
        paths_free(&target->levels[side]);
    }
    paths_free(&target->truths);
    free(target->ignore);
    free(target->picture);
    *target = (file_set){0};
}

void units_free(unit_list *target) {
    for (int32_t i = 0; i < target->count; i++) {
        unit *item = &target->items[i];
        for (int32_t k = 0; k < item->file_count; k++)
            files_free(&item->files[k]);
        free(item->files);
        free(item->id);
        free(item->group);
    }
    free(target->items);
    for (int32_t i = 0; i < target->problem_count; i++) {
        free(target->problems[i].subject);
        free(target->problems[i].reason);
    }
    free(target->problems);
    *target = (unit_list){0};
}
