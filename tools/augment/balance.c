#include "augment/balance.h"
#include "common/messages.h"
#include "common/text.h"
#include "common/values.h"
#include <segment/media.h>
#include <stdlib.h>
#include <string.h>

/* Classes of the set: how many samples have one, how many count for it. */
typedef struct classes {
    int32_t *ids;
    int64_t *samples, *members;
    int32_t count;
} classes;

/* The classes of a sample, each once, as places in `all`. */
typedef struct class_list {
    int32_t *places;
    int32_t count;
} class_list;

static int32_t place_of(classes *all, int32_t id) {
    int32_t at = 0;
    while (at < all->count && all->ids[at] != id)
        at++;
    if (at < all->count) return at;
    memory_grow((void **)&all->ids, (size_t)at, sizeof *all->ids);
    memory_grow((void **)&all->samples, (size_t)at, sizeof *all->samples);
    memory_grow((void **)&all->members, (size_t)at, sizeof *all->members);
    all->ids[at] = id;
    all->samples[at] = all->members[at] = 0;
    return all->count++;
}

static void add_class(class_list *list, classes *all, int32_t id) {
    const int32_t place = place_of(all, id);
    for (int32_t i = 0; i < list->count; i++)
        if (list->places[i] == place) return;
    memory_grow((void **)&list->places, (size_t)list->count, sizeof *list->places);
    list->places[list->count++] = place;
    all->samples[place]++;
}

static void list_classes(class_list *list, classes *all, const seg_sample *sample) {
    int32_t best = -1;
    for (int32_t i = 0; i < sample->class_count; i++)
        if (sample->classes[i] > 0 && (best < 0 || sample->classes[i] > sample->classes[best]))
            best = i;
    if (best >= 0) add_class(list, all, best);
    for (int32_t i = 0; i < sample->object_count; i++)
        add_class(list, all, sample->objects[i].category);
}

/* Classes of whole pictures are known without their pixels. */
static seg_status read_classes(class_list *list, classes *all, const augment_job *job, source *from,
                               int32_t index) {
    static const uint8_t pixel[1];
    const int32_t format = seg_labels_format_of(job->labels);
    const seg_sample *sample;
    seg_sample bare;
    seg_status status;
    if (format != SEG_LABELS_CSV && format != SEG_LABELS_TREE) {
        status = source_take(from, index, &sample);
        if (status < 0) return status;
        list_classes(list, all, sample);
        source_give_back(from, index);
        return status;
    }
    seg_sample_init(&bare, NULL);
    status = seg_image_wrap(&bare.picture, (void *)pixel, 1, 1, 1, SEG_U8, 1);
    if (status >= 0) status = seg_labels_load(job->labels, &bare, job->set.items[index].name, NULL);
    if (status >= 0) list_classes(list, all, &bare);
    seg_sample_free(&bare);
    return status;
}

static int32_t rarest(const class_list *list, const classes *all) {
    int32_t best = -1;
    for (int32_t i = 0; i < list->count; i++) {
        const int32_t at = list->places[i];
        if (best < 0 || all->samples[at] < all->samples[best] ||
            (all->samples[at] == all->samples[best] && all->ids[at] < all->ids[best]))
            best = at;
    }
    return best;
}

/* Outputs of each class. */
static int64_t target_of(const augment_job *job, const classes *all) {
    const char *asked = strchr(job->given->values[OPTION_BALANCE], ':');
    int64_t target = 0;
    if (asked && value_count(&target, asked + 1, 1000)) return target;
    for (int32_t i = 0; i < all->count; i++)
        if (all->members[i] > target) target = all->members[i];
    return target * job->last;
}

static void spread(augment_job *job, const classes *all, const int32_t *member_of, int64_t target) {
    int64_t *seen = memory_get((size_t)all->count, sizeof *seen);
    job->copies = memory_get((size_t)job->set.count, sizeof *job->copies);
    for (int32_t i = 0; i < job->set.count; i++) {
        const int32_t at = member_of[i];
        job->copies[i] = job->last; /* what has no class stays out of it */
        if (at < 0) continue;
        const int64_t members = all->members[at];
        int64_t share = target / members + (seen[at]++ < target % members);
        if (job->first == 0 && share > 0) share--; /* the original is one of them */
        job->copies[i] = share > INT32_MAX - 1 ? INT32_MAX - 1 : (int32_t)share;
    }
    for (int32_t k = 0; k < all->count; k++)
        message_note(NULL, "class %ld: %lld samples, %lld count for it, %lld outputs",
                     (long)all->ids[k], (long long)all->samples[k], (long long)all->members[k],
                     (long long)(all->members[k] ? target : 0));
    free(seen);
}

static bool check_value(const char *value) {
    int64_t target;
    if (text_equal(value, "class") ||
        (text_starts(value, "class:") && value_count(&target, value + 6, 1000) && target >= 1 &&
         target <= 1000000000))
        return true;
    message_error(NULL,
                  "--balance has no valid value (got \"%s\", allowed class, or class:N with the "
                  "number of outputs for each class)",
                  value);
    return false;
}

int balance_copies(augment_job *job, source *from) {
    const char *value = job->given->values[OPTION_BALANCE];
    if (!value) return EXIT_DONE;
    if (!check_value(value)) return EXIT_USAGE;
    classes all = {0};
    class_list *lists = memory_get((size_t)job->set.count, sizeof *lists);
    int32_t *member_of = memory_get((size_t)job->set.count, sizeof *member_of);
    seg_status status = SEG_OK;
    for (int32_t i = 0; i < job->set.count && status >= 0; i++) {
        status = read_classes(&lists[i], &all, job, from, i);
        if (status < 0 && job->settings.keep_going) status = SEG_OK; /* told when its turn comes */
        if (status < 0) message_error(job->set.items[i].path, "%s", message_reason(status));
    }
    for (int32_t i = 0; i < job->set.count; i++) {
        member_of[i] = rarest(&lists[i], &all);
        if (member_of[i] >= 0) all.members[member_of[i]]++;
        free(lists[i].places);
    }
    if (status >= 0) spread(job, &all, member_of, target_of(job, &all));
    free(lists);
    free(member_of);
    free(all.ids);
    free(all.samples);
    free(all.members);
    return status < 0 ? EXIT_FAILED : EXIT_DONE;
}
