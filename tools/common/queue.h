/* A queue of bounded length between two threads. */
#ifndef TOOLS_QUEUE_H
#define TOOLS_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct queue queue;

/** `room` items at most; none: an item has room while somebody waits for it. */
queue *queue_create(int32_t room);

/** Waits for room, which stays if only the caller pushes. False if the other side gave up. */
bool queue_wait_room(queue *target);

/** Waits for room. False if the other side gave up: the item was not taken. */
bool queue_push(queue *target, void *item);

/** Waits for an item. False if there will be none, or if somebody gave up. */
bool queue_pop(queue *source, void **item);

/** An item that is there now, without waiting, given up or not. */
bool queue_take(queue *source, void **item);

/** No more items will come. */
void queue_end(queue *target);

/** Ends it at once for both sides. */
void queue_give_up(queue *target);

/** Must be empty. NULL is allowed. */
void queue_free(queue *target);

#endif
