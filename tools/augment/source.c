#include "augment/source.h"
#include "augment/fit.h"
#include "common/messages.h"
#include "common/text.h"
#include <pthread.h>
#include <segment/media.h>
#include <stdio.h>
#include <stdlib.h>

/* A sample of the set: somewhere between unread and read, used by `users` threads. What is read
 * and used by nobody is in a list, the least recently used first. */
typedef struct entry {
    seg_sample *sample; /* NULL: not read */
    int32_t users;
    int32_t before, after; /* in the list; -1 at its ends */
    bool loading, labelled;
    bool counted; /* it was read before */
} entry;

struct source {
    const augment_job *job;
    entry *entries;
    int32_t first, last; /* of the list; -1: it is empty */
    int64_t bytes, room; /* of the pictures in it */
    bool mixes;
    int32_t read, unlabelled; /* samples, each once */
    pthread_mutex_t lock;
    pthread_cond_t loaded;
};

source *source_create(const augment_job *job, int64_t room) {
    source *made = memory_get(1, sizeof *made);
    *made = (source){.job = job, .first = -1, .last = -1, .room = room};
    made->entries = memory_get((size_t)job->set.count, sizeof *made->entries);
    made->mixes = seg_augment_pipeline_mixes(job->pipeline);
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->loaded, NULL);
    return made;
}

static void free_sample(seg_sample *sample) {
    seg_sample_free(sample);
    free(sample);
}

void source_free(source *target) {
    if (!target) return;
    for (int32_t i = 0; i < target->job->set.count; i++)
        free_sample(target->entries[i].sample);
    pthread_cond_destroy(&target->loaded);
    pthread_mutex_destroy(&target->lock);
    free(target->entries);
    free(target);
}

/* ---- the list of what is kept ---- */

static int64_t bytes_of(const seg_sample *sample) {
    const seg_image *const pictures[] = {&sample->picture, &sample->semantic, &sample->instances,
                                         &sample->saliency};
    int64_t bytes = 0;
    for (int i = 0; i < 4; i++)
        if (!seg_image_empty(pictures[i]))
            bytes += (int64_t)llabs((long long)pictures[i]->stride) * pictures[i]->height;
    return bytes;
}

static void take_out(source *s, int32_t index) {
    entry *e = &s->entries[index];
    *(e->before < 0 ? &s->first : &s->entries[e->before].after) = e->after;
    *(e->after < 0 ? &s->last : &s->entries[e->after].before) = e->before;
    s->bytes -= bytes_of(e->sample);
}

static void put_last(source *s, int32_t index) {
    entry *e = &s->entries[index];
    e->before = s->last;
    e->after = -1;
    *(s->last < 0 ? &s->first : &s->entries[s->last].after) = index;
    s->last = index;
    s->bytes += bytes_of(e->sample);
}

static void drop_oldest(source *s) {
    while (s->bytes > s->room && s->first >= 0) {
        entry *e = &s->entries[s->first];
        take_out(s, s->first);
        free_sample(e->sample);
        e->sample = NULL;
    }
}

/* ---- reading ---- */

/* DIRECTORY/NAME.png or DIRECTORY/NAME.jpg, or of the picture's own kind. */
static seg_status read_saliency(const augment_job *job, const set_item *item, seg_image *saliency) {
    const seg_env env = {.limits = &job->settings.limits};
    const char *const kinds[] = {"png", "jpg", name_extension(item->name)};
    char *path = NULL;
    for (int i = 0; i < 3; i++) {
        file_identity there;
        char *name = text_format("%s.%s", item->stem, kinds[i]);
        free(path);
        path = name_join(job->given->values[OPTION_SALIENCY], name);
        free(name);
        if (file_identify(&there, path)) break;
    }
    seg_picture_info info;
    seg_picture_read_options options;
    seg_picture_read_options_init(&options);
    options.autorotate = job->settings.reader.autorotate;
    const seg_image bytes = {.format = SEG_U8, .channels = 1, .bits = 8};
    seg_status status = seg_picture_read(saliency, &info, path, &options, &env);
    if (status >= 0) status = fit_like(saliency, &bytes, &env);
    free(path);
    return status;
}

static seg_status read_sample(const source *s, const set_item *item, seg_sample *sample,
                              bool *labelled) {
    const augment_job *job = s->job;
    const seg_env env = {.limits = &job->settings.limits};
    seg_picture_read_options options;
    seg_picture_info info;
    seg_picture_read_options_init(&options);
    options.autorotate = job->settings.reader.autorotate;
    seg_sample_init(sample, NULL);
    seg_status status = seg_picture_read(&sample->picture, &info, item->path, &options, &env);
    if (status >= 0 && info.truncated)
        message_warning(item->path, "%s", info.warning[0] ? info.warning : "ends early");
    if (status >= 0 && job->channels) status = fit_channels(&sample->picture, job->channels, &env);
    if (status >= 0 && s->mixes) status = fit_depth(&sample->picture, &env);
    sample->name = item->name;
    sample->clip = job->clips ? item->folder : NULL;
    *labelled = false;
    if (status >= 0 && job->labels)
        status = seg_labels_load(job->labels, sample, item->name, labelled);
    if (status >= 0 && job->given->values[OPTION_SALIENCY])
        status = read_saliency(job, item, &sample->saliency);
    if (status < 0) seg_sample_free(sample);
    return status;
}

seg_status source_take(source *s, int32_t index, const seg_sample **sample) {
    entry *e = &s->entries[index];
    seg_status status = SEG_OK;
    pthread_mutex_lock(&s->lock);
    while (e->loading)
        pthread_cond_wait(&s->loaded, &s->lock);
    if (e->sample) {
        if (e->users++ == 0) take_out(s, index);
    } else {
        seg_sample *read = memory_get(1, sizeof *read);
        bool labelled;
        e->loading = true;
        pthread_mutex_unlock(&s->lock);
        status = read_sample(s, &s->job->set.items[index], read, &labelled);
        pthread_mutex_lock(&s->lock);
        e->loading = false;
        if (status < 0) {
            free(read);
        } else {
            e->sample = read;
            e->users = 1;
            e->labelled = labelled;
            s->read += !e->counted;
            s->unlabelled += !e->counted && !labelled;
            e->counted = true;
        }
        pthread_cond_broadcast(&s->loaded);
    }
    pthread_mutex_unlock(&s->lock);
    *sample = e->sample;
    return status;
}

void source_give_back(source *s, int32_t index) {
    entry *e = &s->entries[index];
    pthread_mutex_lock(&s->lock);
    if (--e->users == 0) {
        put_last(s, index);
        drop_oldest(s);
    }
    pthread_mutex_unlock(&s->lock);
}

bool source_is_labelled(source *s, int32_t index) {
    return s->entries[index].labelled;
}

void source_count(source *s, int32_t *read, int32_t *unlabelled) {
    pthread_mutex_lock(&s->lock);
    *read = s->read;
    *unlabelled = s->unlabelled;
    pthread_mutex_unlock(&s->lock);
}

/* ---- partners ---- */

/* Labels are copied, pixels are shared. */
static seg_status borrow(seg_sample *target, const seg_sample *kept, const seg_image *like) {
    seg_sample labels = *kept;
    labels.picture = labels.semantic = labels.instances = labels.saliency = (seg_image){0};
    const seg_status status = seg_sample_copy(target, &labels, NULL);
    if (status < 0) return status;
    target->picture = seg_image_ref(&kept->picture);
    target->semantic = seg_image_ref(&kept->semantic);
    target->instances = seg_image_ref(&kept->instances);
    target->saliency = seg_image_ref(&kept->saliency);
    return fit_like(&target->picture, like, NULL);
}

/* With --keep-going the next one that can be read stands in for one that cannot. */
static seg_status load_partner(void *user, int64_t index, seg_sample *sample) {
    const source_partners *from = user;
    const augment_job *job = from->source->job;
    const int64_t most = job->settings.keep_going ? job->set.count : 1;
    const seg_sample *kept;
    seg_status status = source_take(from->source, (int32_t)index, &kept);
    for (int64_t tries = 1; status < 0 && tries < most; tries++) {
        index = (index + 1) % job->set.count;
        status = source_take(from->source, (int32_t)index, &kept);
    }
    if (status < 0) return status;
    status = borrow(sample, kept, from->like);
    source_give_back(from->source, (int32_t)index);
    return status;
}

seg_augment_partners source_partners_of(source_partners *user) {
    return (seg_augment_partners){user, user->source->job->set.count, load_partner};
}
