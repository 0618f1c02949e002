/* What fuzz targets of parsers of files share: a folder of the process's own. */
#ifndef SEG_TESTS_FUZZ_FOLDER_H
#define SEG_TESTS_FUZZ_FOLDER_H

#include "fuzz_data.h"

#include <unistd.h>

/** Makes a folder, on a file system in memory where there is one. */
static inline void fuzz_make_folder(char *folder, size_t size) {
    snprintf(folder, size, "%s/fuzz-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    FUZZ_CHECK(mkdtemp(folder));
}

static inline void fuzz_put_file(const char *path, const uint8_t *bytes, size_t size) {
    FILE *file = fopen(path, "wb");
    FUZZ_CHECK(file && fwrite(bytes, 1, size, file) == size);
    fclose(file);
}

#endif
