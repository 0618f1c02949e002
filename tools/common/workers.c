#include "common/workers.h"
#include "common/text.h"
#include <pthread.h>
#include <stdlib.h>

void workers_run(int32_t count, void *(*work)(void *argument), void *argument) {
    pthread_t *threads = memory_get((size_t)count, sizeof *threads);
    int32_t started = 0;
    while (started + 1 < count && pthread_create(&threads[started], NULL, work, argument) == 0)
        started++;
    work(argument);
    for (int32_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    free(threads);
}
