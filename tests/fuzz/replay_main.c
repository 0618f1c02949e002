/*
 * Runs a fuzz target without a fuzzing engine: on every file of the directories (or single files)
 * named on the command line, in the order of their names, and on as many small changes of each as
 * `--changes N` says. The changes are the same in every run.
 */
#include "fuzz_data.h"
#include "scenes.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

static char **names;
static size_t name_count;

static void add_name(const char *directory, const char *name) {
    names = realloc(names, (name_count + 1) * sizeof *names);
    const size_t size = strlen(directory) + strlen(name) + 2;
    char *path = malloc(size);
    if (!names || !path) abort();
    snprintf(path, size, "%s%s%s", directory, *directory ? "/" : "", name);
    names[name_count++] = path;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int fail(const char *path) {
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return EXIT_FAILURE;
}

static int list(const char *path) {
    struct stat about;
    if (stat(path, &about) != 0) return fail(path);
    if (!S_ISDIR(about.st_mode)) {
        add_name("", path);
        return EXIT_SUCCESS;
    }
    DIR *directory = opendir(path);
    if (!directory) return fail(path);
    for (struct dirent *entry; (entry = readdir(directory));)
        if (entry->d_name[0] != '.') add_name(path, entry->d_name);
    closedir(directory);
    return EXIT_SUCCESS;
}

static uint8_t *read_whole(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    uint8_t *bytes = NULL;
    size_t room = 0, got;
    *size = 0;
    do {
        room = room ? 2 * room : 4096;
        bytes = realloc(bytes, room);
        if (!bytes) abort();
        got = fread(bytes + *size, 1, room - *size, file);
        *size += got;
    } while (got > 0);
    fclose(file);
    return bytes;
}

/* The input in memory of exactly its size, so that sanitizers see what lies beyond. */
static void run(const uint8_t *bytes, size_t size) {
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy) abort();
    memcpy(copy, bytes, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

/* Flips, sets, cuts or doubles a little of it. */
static size_t change(uint8_t *bytes, size_t size, scene_random *random) {
    for (uint32_t left = 1 + scene_below(random, 4); left && size; left--) {
        const size_t at = scene_below(random, (uint32_t)size);
        switch (scene_below(random, 5)) {
        case 0:
            bytes[at] ^= (uint8_t)(1u << scene_below(random, 8));
            break;
        case 1:
            bytes[at] = (uint8_t)scene_next(random);
            break;
        case 2:
            bytes[at] = "\x00\xff\x7f\x80,()=;%"[scene_below(random, 10)];
            break;
        case 3:
            memmove(bytes + at, bytes + at + 1, size - at - 1);
            size--;
            break;
        default:
            memmove(bytes + at + 1, bytes + at, size - at); /* there is room for four more */
            size++;
        }
    }
    return size;
}

int main(int count, char **arguments) {
    long changes = 0;
    for (int i = 1; i < count; i++) {
        if (strcmp(arguments[i], "--changes") == 0 && i + 1 < count)
            changes = strtol(arguments[++i], NULL, 10);
        else if (list(arguments[i]) != EXIT_SUCCESS)
            return EXIT_FAILURE;
    }
    if (name_count == 0) {
        fprintf(stderr, "usage: %s [--changes N] DIRECTORY-OR-FILE...\n", arguments[0]);
        return 2;
    }
    qsort(names, name_count, sizeof *names, by_name);
    for (size_t i = 0; i < name_count; i++) {
        size_t size;
        uint8_t *bytes = read_whole(names[i], &size);
        if (!bytes) return fail(names[i]);
        printf("%s\n", names[i]);
        fflush(stdout);
        run(bytes, size);
        uint8_t *changed = malloc(size + 8);
        if (!changed) abort();
        for (long n = 0; n < changes; n++) {
            scene_random random = {(uint32_t)(n * 64 + (long)size)};
            memcpy(changed, bytes, size);
            run(changed, change(changed, size, &random));
        }
        free(changed);
        free(bytes);
        free(names[i]);
    }
    free(names);
    return EXIT_SUCCESS;
}
