#include "files/whole_file.h"

#include "core/check.h"
#include "core/memory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Room for the whole file and the byte more that tells that it ends; anything else is doubled. */
static size_t first_room(FILE *file) {
    struct stat about;
    const bool known = fstat(fileno(file), &about) == 0 && S_ISREG(about.st_mode);
    return known && about.st_size > 0 ? (size_t)about.st_size + 1 : 65536;
}

static seg_status read_all(char **text, size_t *size, FILE *file, const char *path,
                           const seg_env *env) {
    size_t room = 0, used = 0;
    for (;;) {
        if (used == room) {
            const size_t larger = room ? 2 * room : first_room(file);
            char *block = seg_allocate(env, larger, 1, path);
            if (!block) return SEG_ERROR_MEMORY;
            if (used) memcpy(block, *text, used);
            seg_release(env, *text);
            *text = block;
            room = larger;
        }
        const size_t got = fread(*text + used, 1, room - used, file);
        used += got;
        if (got == 0) break; /* with room left, for the 0 */
    }
    (*text)[used] = '\0';
    *size = used;
    return ferror(file) ? seg_fail(SEG_ERROR_IO, "%s cannot be read: %s", path, strerror(errno))
                        : SEG_OK;
}

seg_status seg_file_read(char **text, size_t *size, const char *path, const seg_env *env) {
    *text = NULL;
    *size = 0;
    FILE *file = fopen(path, "rb");
    if (!file) return seg_fail(SEG_ERROR_IO, "%s cannot be opened: %s", path, strerror(errno));
    const seg_status status = read_all(text, size, file, path, env);
    fclose(file);
    if (status >= 0) return SEG_OK;
    seg_release(env, *text);
    *text = NULL;
    return status;
}
