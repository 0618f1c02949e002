/* FFmpeg is a module that is loaded when it is first needed: the shared libsegment-media. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* dladdr */
#endif

#include "media/ffmpeg_backend.h"

#include "core/check.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <segment/version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What one load has found, for all threads and for good: a module is never unloaded. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static const seg_ffmpeg_backend *loaded;
static char reason[512];

/* SEG_FFMPEG_MODULE is a path that starts where this library lies, links resolved. */
static bool find_module(char *path, size_t size) {
    char here[PATH_MAX];
    Dl_info library;
    if (!dladdr(&once, &library) || !realpath(library.dli_fname, here)) {
        snprintf(reason, sizeof reason, "the place of libsegment-media is unknown");
        return false;
    }
    char *slash = strrchr(here, '/');
    int directory = slash ? (int)(slash + 1 - here) : 0;
    int length = snprintf(path, size, "%.*s%s", directory, here, SEG_FFMPEG_MODULE);
    return length > 0 && (size_t)length < size;
}

static void load(void) {
    char path[PATH_MAX + sizeof SEG_FFMPEG_MODULE];
    if (!find_module(path, sizeof path)) return;
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const seg_ffmpeg_backend *found = module ? dlsym(module, "seg_ffmpeg_module") : NULL;
    if (!found) {
        const char *error = dlerror();
        snprintf(reason, sizeof reason, "%s", error ? error : "the module is empty");
    } else if (strcmp(found->version, SEG_VERSION_STRING) != 0) {
        snprintf(reason, sizeof reason, "the module is of version %s, not %s", found->version,
                 SEG_VERSION_STRING);
    } else {
        loaded = found;
    }
}

seg_status seg_ffmpeg_find(const seg_ffmpeg_backend **backend) {
    pthread_once(&once, load);
    *backend = loaded;
    if (loaded) return SEG_OK;
    return seg_fail(SEG_ERROR_UNSUPPORTED,
                    "only PNG, JPEG, PNM, PAM, PFM and NPY pictures work without FFmpeg, which "
                    "cannot be loaded (%s)",
                    reason);
}
