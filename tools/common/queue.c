#include "common/queue.h"
#include "common/text.h"
#include <pthread.h>
#include <stdlib.h>

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int32_t room, first, count;
    bool ended, given_up;
    void **items;
};

queue *queue_create(int32_t room) {
    queue *made = memory_get(1, sizeof *made);
    made->items = memory_get((size_t)room, sizeof *made->items);
    made->room = room;
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->changed, NULL);
    return made;
}

bool queue_push(queue *target, void *item) {
    pthread_mutex_lock(&target->lock);
    while (target->count == target->room && !target->given_up)
        pthread_cond_wait(&target->changed, &target->lock);
    bool taken = !target->given_up;
    if (taken) {
        target->items[(target->first + target->count++) % target->room] = item;
        pthread_cond_broadcast(&target->changed);
    }
    pthread_mutex_unlock(&target->lock);
    return taken;
}

static void *take_first(queue *source) {
    void *item = source->items[source->first];
    source->first = (source->first + 1) % source->room;
    source->count--;
    pthread_cond_broadcast(&source->changed);
    return item;
}

bool queue_pop(queue *source, void **item) {
    pthread_mutex_lock(&source->lock);
    while (!source->count && !source->ended && !source->given_up)
        pthread_cond_wait(&source->changed, &source->lock);
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
