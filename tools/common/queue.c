#include "common/queue.h"
#include "common/text.h"
#include <pthread.h>
#include <stdlib.h>

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int32_t room, size, first, count;
    int32_t waiting; /* in queue_pop */
    bool ended, given_up;
    void **items;
};

queue *queue_create(int32_t room) {
    queue *made = memory_get(1, sizeof *made);
    made->size = room > 1 ? room : 1;
    made->items = memory_get((size_t)made->size, sizeof *made->items);
    made->room = room;
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->changed, NULL);
    return made;
}

static bool has_room(const queue *target) {
    return target->room ? target->count < target->room : target->count < target->waiting;
}

/* Locked. */
static void wait_room(queue *target) {
    while (!has_room(target) && !target->given_up)
        pthread_cond_wait(&target->changed, &target->lock);
}

bool queue_wait_room(queue *target) {
    pthread_mutex_lock(&target->lock);
    wait_room(target);
    bool open = !target->given_up;
    pthread_mutex_unlock(&target->lock);
    return open;
}

bool queue_push(queue *target, void *item) {
    pthread_mutex_lock(&target->lock);
    wait_room(target);
    bool taken = !target->given_up;
    if (taken) {
        target->items[(target->first + target->count++) % target->size] = item;
        pthread_cond_broadcast(&target->changed);
    }
    pthread_mutex_unlock(&target->lock);
    return taken;
}

static void *take_first(queue *source) {
    void *item = source->items[source->first];
    source->first = (source->first + 1) % source->size;
    source->count--;
    pthread_cond_broadcast(&source->changed);
    return item;
}

bool queue_pop(queue *source, void **item) {
    pthread_mutex_lock(&source->lock);
    source->waiting++;
    if (!source->room) pthread_cond_broadcast(&source->changed);
    while (!source->count && !source->ended && !source->given_up)
        pthread_cond_wait(&source->changed, &source->lock);
    source->waiting--;
    bool got = source->count && !source->given_up;
    if (got) *item = take_first(source);
    pthread_mutex_unlock(&source->lock);
    return got;
}

bool queue_take(queue *source, void **item) {
    pthread_mutex_lock(&source->lock);
    bool got = source->count > 0;
    if (got) *item = take_first(source);
    pthread_mutex_unlock(&source->lock);
    return got;
}

static void finish(queue *target, bool *flag) {
    pthread_mutex_lock(&target->lock);
    *flag = true;
    pthread_cond_broadcast(&target->changed);
    pthread_mutex_unlock(&target->lock);
}

void queue_end(queue *target) {
    finish(target, &target->ended);
}

void queue_give_up(queue *target) {
    finish(target, &target->given_up);
}

void queue_free(queue *target) {
    if (!target) return;
    pthread_cond_destroy(&target->changed);
    pthread_mutex_destroy(&target->lock);
    free(target->items);
    free(target);
}
