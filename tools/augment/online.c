/*
 * Workers make samples in the order of the stream, at most a window ahead; the calling thread
 * writes them, a batch at a time. What sample n is follows from the seed and n alone.
 */
#include "augment/online.h"
#include "augment/balance.h"
#include "augment/source.h"
#include "augment/wire.h"
#include "common/messages.h"
#include "common/signals.h"
#include "common/text.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A sample of an epoch: an item, and which of its copies in the epoch. */
typedef struct turn {
    uint64_t key;
    int32_t item, copy;
} turn;

typedef struct online {
    augment_job *job;
    source *source;
    wire_format format;
    int32_t epochs, batch;
    bool shuffle;
    turn *turns; /* of the epoch `ordered` */
    int32_t turn_count, ordered;
    /* sample n of the stream is in slot n % window */
    wire_sample *slots;
    bool *filled;
    int32_t window;
    int64_t claimed, written, total;
    int32_t failed;
    bool stop;
    pthread_mutex_t lock;
    pthread_cond_t room, ready;
} online;

/* ---- order ---- */

static uint64_t mix(uint64_t x) {
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

static int compare_turns(const void *a, const void *b) {
    const turn *p = a, *q = b;
    if (p->key != q->key) return p->key < q->key ? -1 : 1;
    if (p->item != q->item) return p->item < q->item ? -1 : 1;
    return (p->copy > q->copy) - (p->copy < q->copy);
}

/* Keys come from seed, epoch and name: where a sample stands among others depends on nothing else.
 */
static void order_epoch(online *o, int32_t epoch) {
    const uint64_t start =
        mix((uint64_t)o->job->rules.seed ^ mix((uint64_t)epoch * 0x9E3779B97F4A7C15u + 1));
    if (epoch == o->ordered) return;
    for (int32_t i = 0; i < o->turn_count; i++) {
        uint64_t hash = start;
        turn *t = &o->turns[i];
        for (const char *at = o->job->set.items[t->item].name; *at; at++)
            hash = (hash ^ (uint8_t)*at) * 0x100000001b3u;
        t->key = o->shuffle ? mix(hash ^ mix((uint64_t)t->copy + 1)) : 0;
    }
    qsort(o->turns, (size_t)o->turn_count, sizeof *o->turns, compare_turns);
    o->ordered = epoch;
}

/* --balance and --copies: an epoch has as many of a sample as it would have files. */
static void list_turns(online *o) {
    int32_t end;
    for (int32_t i = job_shard(o->job, &end); i < end; i++)
        for (int32_t k = 0; k < job_last_copy(o->job, i); k++) {
            memory_grow((void **)&o->turns, (size_t)o->turn_count, sizeof *o->turns);
            o->turns[o->turn_count++] = (turn){0, i, k};
        }
}

/* ---- workers ---- */

typedef struct online_worker {
    online *online;
    seg_augment_work *work;
    seg_sample sample;
    source_partners partners;
} online_worker;

/* Copy numbers go on from epoch to epoch: copy k of epoch e is number e * copies + k + 1. */
static bool make_sample(online_worker *by, wire_sample *made, turn t, int32_t epoch) {
    online *o = by->online;
    const augment_job *job = o->job;
    const set_item *item = &job->set.items[t.item];
    const seg_augment_partners partners = source_partners_of(&by->partners);
    const int64_t number = (int64_t)epoch * job_last_copy(job, t.item) + t.copy + 1;
    const seg_sample *kept;
    seg_status status = source_take(o->source, t.item, &kept);
    if (status >= 0) {
        by->partners.like = &kept->picture;
        status = seg_augment_apply(job->pipeline, by->work, &by->sample, kept, number, &partners);
        source_give_back(o->source, t.item);
    }
    if (status < 0) {
        message_error(item->path, "%s", message_reason(status));
        return false;
    }
    char *key = text_format("%s_%lld", item->stem, (long long)number);
    for (char *at = key; *at; at++)
        if (*at == '.') *at = '_'; /* WebDataset takes what follows a point for the extension */
    const bool good = wire_encode(made, job, o->format, &by->sample, key, job_extension(job, item));
    free(key);
    return good;
}

static bool claim(online *o, int64_t *number, turn *t, int32_t *epoch) {
    pthread_mutex_lock(&o->lock);
    while (!o->stop && o->claimed < o->total && o->claimed - o->written >= o->window)
        pthread_cond_wait(&o->room, &o->lock);
    const bool good = !o->stop && o->claimed < o->total;
    if (good) {
        *number = o->claimed++;
        *epoch = (int32_t)(*number / o->turn_count);
        order_epoch(o, *epoch);
        *t = o->turns[*number % o->turn_count];
    }
    pthread_mutex_unlock(&o->lock);
    return good;
}

static void *work(void *argument) {
    online *o = argument;
    online_worker by = {.online = o, .partners = {.source = o->source}};
    const seg_env env = {.limits = &o->job->settings.limits};
    int64_t number;
    turn t;
    int32_t epoch;
    seg_sample_init(&by.sample, NULL);
    seg_status status = seg_augment_work_create(&by.work, &env);
    if (status < 0) message_error(NULL, "%s", message_reason(status));
    while (claim(o, &number, &t, &epoch)) {
        wire_sample made = {0};
        const bool good = status >= 0 && make_sample(&by, &made, t, epoch);
        pthread_mutex_lock(&o->lock);
        o->slots[number % o->window] = made;
        o->filled[number % o->window] = true;
        o->failed += !good;
        if (!good && !o->job->settings.keep_going) o->stop = true;
        pthread_cond_signal(&o->ready);
        pthread_mutex_unlock(&o->lock);
    }
    seg_augment_work_free(by.work);
    seg_sample_free(&by.sample);
    return NULL;
}

/* ---- batches ---- */

/* Waits for the next sample. False: there is none, or the run is over. */
static bool take(online *o, wire_sample *sample) {
    pthread_mutex_lock(&o->lock);
    const int32_t at = (int32_t)(o->written % o->window);
    while (!o->stop && o->written < o->total && !o->filled[at])
        pthread_cond_wait(&o->ready, &o->lock);
    const bool good = !o->stop && o->written < o->total;
    if (good) {
        *sample = o->slots[at];
        o->slots[at] = (wire_sample){0};
        o->filled[at] = false;
        o->written++;
        pthread_cond_broadcast(&o->room);
    }
    pthread_mutex_unlock(&o->lock);
    return good;
}

static void stop(online *o) {
    pthread_mutex_lock(&o->lock);
    o->stop = true;
    pthread_cond_broadcast(&o->room);
    pthread_mutex_unlock(&o->lock);
}

static bool write_batches(online *o, outfile *out) {
    wire_sample *samples = memory_get((size_t)o->batch, sizeof *samples), first = {0};
    bool good = true;
    while (good && o->written < o->total && !signals_received()) {
        const int64_t left = o->turn_count - o->written % o->turn_count;
        const int32_t wanted = left < o->batch ? (int32_t)left : o->batch;
        int32_t count = 0;
        while (count < wanted && take(o, &samples[count]))
            count++;
        good = count == wanted && wire_write(out, samples, count, o->format, &first);
        for (int32_t i = 0; i < count; i++)
            wire_free(&samples[i]);
    }
    free(samples);
    return good && !signals_received() && wire_end(out, o->format);
}

static bool stream(online *o) {
    const int32_t workers = o->job->settings.threads;
    pthread_t *threads = memory_get((size_t)workers, sizeof *threads);
    int32_t started = 0;
    outfile out;
    while (started < workers && pthread_create(&threads[started], NULL, work, o) == 0)
        started++;
    bool good = started > 0 && outfile_open(&out, "-");
    if (good) {
        good = write_batches(o, &out);
        if (!good)
            outfile_abandon(&out);
        else
            good = outfile_finish(&out);
    }
    stop(o);
    for (int32_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    free(threads);
    return good;
}

/* ---- the whole ---- */

static bool read_options(online *o, augment_job *job) {
    const arguments *given = job->given;
    const int format =
        job->settings.format ? text_choice("npy|webdataset|raw", job->settings.format) : WIRE_NPY;
    *o = (online){.job = job, .epochs = 1, .batch = 32, .ordered = -1};
    if (format < 0) {
        message_error(NULL,
                      "--format has no valid value (got \"%s\", allowed with --online: npy, "
                      "webdataset, raw)",
                      job->settings.format);
        return false;
    }
    o->format = (wire_format)format;
    o->shuffle = !given->values[OPTION_SHUFFLE] || !*given->values[OPTION_SHUFFLE];
    if (!job->channels) job->channels = 3;
    return job_read_count(&o->epochs, given, OPTION_EPOCHS, 1000000) &&
           job_read_count(&o->batch, given, OPTION_BATCH, 65536);
}

int online_run(augment_job *job) {
    online o;
    if (!read_options(&o, job)) return EXIT_USAGE;
    o.source = source_create(job, job->cache);
    int code = balance_copies(job, o.source);
    if (code != EXIT_DONE) {
        source_free(o.source);
        return code;
    }
    list_turns(&o);
    o.total = (int64_t)o.turn_count * o.epochs;
    o.window = o.batch + 2 * job->settings.threads;
    o.slots = memory_get((size_t)o.window, sizeof *o.slots);
    o.filled = memory_get((size_t)o.window, sizeof *o.filled);
    pthread_mutex_init(&o.lock, NULL);
    pthread_cond_init(&o.room, NULL);
    pthread_cond_init(&o.ready, NULL);
    signals_catch();
    const bool good = stream(&o);
    for (int32_t i = 0; i < o.window; i++)
        wire_free(&o.slots[i]);
    pthread_cond_destroy(&o.ready);
    pthread_cond_destroy(&o.room);
    pthread_mutex_destroy(&o.lock);
    free(o.slots);
    free(o.filled);
    free(o.turns);
    source_free(o.source);
    if (signals_received()) return 128 + signals_received();
    if (o.failed && job->settings.keep_going && good)
        message_error(NULL, "%ld of %lld samples failed", (long)o.failed, (long long)o.total);
    return !good ? EXIT_FAILED : o.failed ? EXIT_SOME_FAILED : EXIT_DONE;
}
