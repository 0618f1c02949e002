#include "common/signals.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { MAX_THREADS = 1024 };

static atomic_int caught; /* signals are noted */
static atomic_int received;

/* Threads to wake. A slot is written before its flag is set, and read only while it is set. */
static pthread_t threads[MAX_THREADS];
static atomic_int used[MAX_THREADS];

/* A thread may be just about to wait: it is woken again every second. */
static void wake_all(int number) {
    int saved = errno;
    (void)number;
    for (int i = 0; i < MAX_THREADS; i++)
        if (atomic_load(&used[i]) == 2) pthread_kill(threads[i], SIGUSR2);
    alarm(1);
    errno = saved;
}

static void stop(int number) {
    if (!atomic_load(&caught) || atomic_load(&received)) _exit(128 + number);
    atomic_store(&received, number);
    wake_all(number);
}

/* Delivered only to make a blocked system call return. */
static void nothing(int number) {
    (void)number;
}

static void install(int number, void (*handler)(int)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler; /* without SA_RESTART: a read of a slow pipe returns */
    sigaction(number, &action, NULL);
}

void signals_install(void) {
    install(SIGPIPE, SIG_IGN);
    /* Also where a shell script started the program in the background and had it ignore Ctrl-C:
     * stopped with the script it leaves no half files, and it can be stopped by name. */
    install(SIGINT, stop);
    install(SIGTERM, stop);
}

void signals_catch(void) {
    install(SIGUSR2, nothing);
    install(SIGALRM, wake_all);
    atomic_store(&caught, 1);
}

int signals_received(void) {
    return atomic_load(&received);
}

void signals_enter(void) {
    for (int i = 0; i < MAX_THREADS; i++) {
        int free_slot = 0;
        if (!atomic_compare_exchange_strong(&used[i], &free_slot, 1)) continue;
        threads[i] = pthread_self();
        atomic_store(&used[i], 2);
        return;
    }
}

void signals_leave(void) {
    for (int i = 0; i < MAX_THREADS; i++)
        if (atomic_load(&used[i]) == 2 && pthread_equal(threads[i], pthread_self())) {
            atomic_store(&used[i], 0);
            return;
        }
}
