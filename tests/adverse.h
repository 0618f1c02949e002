/*
 * An env that allows whatever the library is not promised: memory comes full of rubbish, and tasks
 * run in an order that no pool would choose, one after the other, so that what depends on either
 * fails every time, not once in a thousand runs.
 */
#ifndef SEG_TESTS_ADVERSE_H
#define SEG_TESTS_ADVERSE_H

#include <segment/segment.h>
#include <stdlib.h>
#include <string.h>

#define ADVERSE_WORKERS 3
#define ADVERSE_ORDERS 2

/* Last task first; or the odd ones first, which have both neighbours still to come. */
static inline int32_t adverse_task(int order, int32_t i, int32_t tasks) {
    if (order == 0) return tasks - 1 - i;
    const int32_t odd = tasks / 2;
    return i < odd ? 2 * i + 1 : 2 * (i - odd);
}

typedef struct adverse {
    seg_env env;
    seg_allocator allocator;
    seg_runner runner;
    unsigned char rubbish; /* what memory is full of */
    int order;
} adverse;

static inline void *adverse_allocate(void *user, size_t size, size_t alignment) {
    const adverse *a = user;
    void *block = NULL;
    if (posix_memalign(&block, alignment, size ? size : 1) != 0) return NULL;
    return memset(block, a->rubbish, size);
}

static inline void adverse_release(void *user, void *block) {
    (void)user;
    free(block);
}

static inline void adverse_run(void *user, int32_t tasks, seg_task task, void *argument) {
    const adverse *a = user;
    for (int32_t i = 0; i < tasks; i++) {
        const int32_t chosen = adverse_task(a->order, i, tasks);
        task(argument, chosen, chosen % ADVERSE_WORKERS);
    }
}

/* `order` is 0 .. ADVERSE_ORDERS-1. */
static inline void adverse_start(adverse *a, int order, unsigned char rubbish) {
    *a = (adverse){.order = order, .rubbish = rubbish};
    a->allocator = (seg_allocator){a, adverse_allocate, adverse_release};
    a->runner = (seg_runner){a, ADVERSE_WORKERS, adverse_run};
    a->env = (seg_env){.allocator = &a->allocator, .runner = &a->runner};
}

#endif
