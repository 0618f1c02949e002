#include "media/output.h"

#include "core/check.h"
#include "core/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static seg_status open_standard(seg_output *output, const seg_env *env) {
    static const char name[] = "standard output";
    seg_atomic_file *file = &output->file;
    if (env) file->env = *env;
    file->descriptor = -1;
    file->shown = seg_allocate(env, sizeof name, 1, "a name");
    if (!file->shown) return SEG_ERROR_MEMORY;
    memcpy(file->shown, name, sizeof name);
    /* A second descriptor, so that closing the output leaves the program its own. */
    file->descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (file->descriptor >= 0) return SEG_OK;
    seg_status status =
        seg_fail(SEG_ERROR_IO, "cannot write to standard output (%s)", strerror(errno));
    seg_atomic_file_abandon(file, false);
    return status;
}

seg_status seg_output_open(seg_output *output, const char *name, bool overwrite,
                           const seg_env *env) {
    memset(output, 0, sizeof *output);
    if (!strcmp(name, "-")) return open_standard(output, env);
    return seg_atomic_file_open(&output->file, name, overwrite, env);
}

/* SIGPIPE ends programs that do not care: it is held back in this thread and taken away again. */
static seg_status write_quietly(seg_output *output, const void *bytes, size_t size) {
    sigset_t pipe_signal;
    sigset_t before;
    sigset_t pending;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    sigemptyset(&pending);
    sigpending(&pending);
    bool was_pending = sigismember(&pending, SIGPIPE) == 1;
    bool held = pthread_sigmask(SIG_BLOCK, &pipe_signal, &before) == 0;
    seg_status status = seg_atomic_file_write(&output->file, bytes, size);
    if (held) {
        const struct timespec now = {0, 0};
        if (status < 0 && !was_pending) {
            while (sigtimedwait(&pipe_signal, NULL, &now) < 0 && errno == EINTR)
                continue;
        }
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    return status;
}

seg_status seg_output_write(seg_output *output, const void *bytes, size_t size) {
    if (output->failed < 0) return seg_output_status(output);
    seg_status status = seg_output_is_live(output)
                            ? write_quietly(output, bytes, size)
                            : seg_atomic_file_write(&output->file, bytes, size);
    if (status >= 0) return status;
    output->failed = status;
    snprintf(output->detail, sizeof output->detail, "%s", seg_error_detail());
    return status;
}

seg_status seg_output_status(const seg_output *output) {
    if (output->failed < 0 && output->detail[0]) seg_error_detail_set(output->detail);
    return output->failed;
}

seg_status seg_output_commit(seg_output *output) {
    return seg_atomic_file_commit(&output->file, true);
}

void seg_output_abandon(seg_output *output, bool keep) {
    seg_atomic_file_abandon(&output->file, keep);
}
