/* Where the file with the labels of a picture lies, and folders of them. */
#include "core/check.h"
#include "core/memory.h"
#include "data/labels.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define DEEPEST 32

/* ---- names ---- */

/* The last component `images` of a name, which has no file behind it; NULL if there is none. */
static const char *images_in(const char *name) {
    static const char word[] = "images/";
    const char *found = NULL;
    for (const char *at = name; at; at = strchr(at, '/')) {
        if (*at == '/') at++;
        if (strncmp(at, word, sizeof word - 1) == 0) found = at;
    }
    return found;
}

/* Length of a name without its extension. */
static size_t stem_length(const char *name) {
    const char *slash = strrchr(name, '/'), *file = slash ? slash + 1 : name,
               *dot = strrchr(file, '.');
    return dot && dot != file ? (size_t)(dot - name) : strlen(name);
}

char *seg_labels_file(const char *folder, const char *name, const char *extension,
                      const seg_env *env) {
    const char *images = images_in(name);
    const size_t before = images ? (size_t)(images - name) : 0, word = strlen("images");
    const size_t stem = stem_length(name);
    const size_t room = strlen(folder) + stem + strlen(extension) + 8;
    char *path = seg_allocate(env, room, 1, "a file's name");
    if (!path) return NULL;
    if (images)
        snprintf(path, room, "%s/%.*slabels%.*s%s", folder, (int)before, name,
                 (int)(stem - before - word), images + word, extension);
    else
        snprintf(path, room, "%s/%.*s%s", folder, (int)stem, name, extension);
    return path;
}

char *seg_labels_join(const char *folder, const char *name, const seg_env *env) {
    const size_t room = strlen(folder) + strlen(name) + 2;
    char *path = seg_allocate(env, room, 1, "a file's name");
    if (path) snprintf(path, room, "%s/%s", folder, name);
    return path;
}

bool seg_labels_ends_with(const char *name, const char *extension) {
    const size_t length = strlen(name), tail = strlen(extension);
    return length >= tail && strcasecmp(name + length - tail, extension) == 0;
}

/* ---- the disk ---- */

bool seg_labels_exists(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 && !S_ISDIR(about.st_mode);
}

bool seg_labels_is_folder(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

seg_status seg_labels_make_folders(const char *path, const seg_env *env) {
    char *copy = seg_allocate(env, strlen(path) + 1, 1, "a folder's name");
    if (!copy) return SEG_ERROR_MEMORY;
    memcpy(copy, path, strlen(path) + 1);
    seg_status status = SEG_OK;
    for (char *slash = strchr(copy + 1, '/'); status >= 0 && slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST)
            status =
                seg_fail(SEG_ERROR_IO, "%s: the folder cannot be made (%s)", copy, strerror(errno));
        *slash = '/';
    }
    seg_release(env, copy);
    return status;
}

typedef struct walker {
    seg_status (*visit)(void *user, const char *name);
    void *user;
    const seg_env *env;
    size_t root; /* length of the folder's name and a slash */
} walker;

static seg_status walk(const walker *w, const char *folder, int depth);

static seg_status walk_entry(const walker *w, const char *folder, const char *name, int depth) {
    if (*name == '.') return SEG_OK;
    char *path = seg_labels_join(folder, name, w->env);
    if (!path) return SEG_ERROR_MEMORY;
    const seg_status status =
        seg_labels_is_folder(path) ? walk(w, path, depth + 1) : w->visit(w->user, path + w->root);
    seg_release(w->env, path);
    return status;
}

static seg_status walk(const walker *w, const char *folder, int depth) {
    if (depth > DEEPEST)
        return seg_fail(SEG_ERROR_LIMIT, "%s: folders are more than %d deep", folder, DEEPEST);
    DIR *stream = opendir(folder);
    if (!stream)
        return seg_fail(SEG_ERROR_IO, "%s: the folder cannot be opened (%s)", folder,
                        strerror(errno));
    seg_status status = SEG_OK;
    for (struct dirent *entry; status == SEG_OK && (entry = readdir(stream));)
        status = walk_entry(w, folder, entry->d_name, depth);
    closedir(stream);
    return status;
}

seg_status seg_labels_walk(const char *folder, seg_status (*visit)(void *user, const char *name),
                           void *user, const seg_env *env) {
    const walker w = {visit, user, env, strlen(folder) + 1};
    return walk(&w, folder, 0);
}

/* ---- writing ---- */

seg_status seg_labels_begin_file(seg_labels_writer *writer) {
    SEG_TRY(seg_labels_make_folders(writer->path, &writer->env));
    SEG_TRY(seg_atomic_file_open(&writer->file, writer->path, writer->overwrite, &writer->env));
    writer->opened = true;
    return SEG_OK;
}

static seg_status write_text(seg_labels_writer *writer) {
    const seg_status status =
        seg_atomic_file_write(&writer->file, writer->text.bytes, writer->text.size);
    seg_growing_text_clear(&writer->text);
    return status;
}

seg_status seg_labels_hand_over(seg_labels_writer *writer) {
    enum { LONG = 65536 };
    return writer->text.size < LONG ? SEG_OK : write_text(writer);
}

seg_status seg_labels_end_file(seg_labels_writer *writer) {
    SEG_TRY(seg_growing_text_status(&writer->text));
    SEG_TRY(write_text(writer));
    writer->opened = false;
    return seg_atomic_file_commit(&writer->file, true);
}

seg_status seg_labels_write_file(seg_labels_writer *writer, const char *path) {
    seg_atomic_file file;
    SEG_TRY(seg_growing_text_status(&writer->text));
    SEG_TRY(seg_labels_make_folders(path, &writer->env));
    SEG_TRY(seg_atomic_file_open(&file, path, writer->overwrite, &writer->env));
    const seg_status status = seg_atomic_file_write(&file, writer->text.bytes, writer->text.size);
    seg_growing_text_clear(&writer->text);
    if (status >= 0) return seg_atomic_file_commit(&file, false);
    seg_atomic_file_abandon(&file, false);
    return status;
}
