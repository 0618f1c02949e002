#include "eval/units.h"
#include "common/messages.h"
#include "common/names.h"
#include "common/text.h"
#include <stdlib.h>
#include <string.h>

enum { MOST_SAID = 20 }; /* problems of one kind */

void units_add_problem(unit_list *target, problem_kind kind, const char *subject,
                       const char *reason) {
    memory_grow((void **)&target->problems, (size_t)target->problem_count,
                sizeof *target->problems);
    problem *made = &target->problems[target->problem_count++];
    /* the library's words begin with the file where it knows it */
    const size_t length = strlen(subject);
    const bool named = text_starts(reason, subject) && text_starts(reason + length, ": ");
    *made = (problem){text_copy(subject), text_copy(named ? reason + length + 2 : reason)};
    if (target->said[kind] >= MOST_SAID && message_verbosity() < VERBOSITY_VERBOSE) {
        target->unsaid[kind]++;
        return;
    }
    target->said[kind]++;
    message_error(made->subject, "%s", made->reason);
}

void units_count_problems(unit_list *target) {
    static const char *const shown[PROBLEM_KINDS] = {
        [PROBLEM_NO_TRUTH] = "predictions without a truth",
        [PROBLEM_NO_PREDICTION] = "truths without a prediction",
        [PROBLEM_NO_COMPANION] = "pictures without a partner in --ignore or --pictures",
        [PROBLEM_NAME] = "files of names that cannot be paired",
        [PROBLEM_SCORING] = "files that cannot be scored",
    };
    for (int kind = 0; kind < PROBLEM_KINDS; kind++) {
        if (!target->unsaid[kind]) continue;
        message_error(NULL, "and %d more %s (-v names them)", (int)target->unsaid[kind],
                      shown[kind]);
        target->unsaid[kind] = 0;
    }
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
