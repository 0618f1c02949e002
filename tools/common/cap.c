#include "common/cap.h"
#include <stdatomic.h>
#include <sys/stat.h>

static int64_t most;
static _Atomic int64_t written;

void cap_set(int64_t bytes) {
    most = bytes;
}

void cap_count(int64_t bytes) {
    atomic_fetch_add_explicit(&written, bytes, memory_order_relaxed);
}

void cap_count_file(const char *path) {
    struct stat state;
    if (stat(path, &state) == 0 && S_ISREG(state.st_mode)) cap_count(state.st_size);
}

bool cap_reached(void) {
    return most > 0 && atomic_load_explicit(&written, memory_order_relaxed) >= most;
}
