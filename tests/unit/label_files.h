/* Folders of label files that tests make, and pictures of labels without a codec. */
#ifndef SEG_TESTS_LABEL_FILES_H
#define SEG_TESTS_LABEL_FILES_H

#include "core_main.h"

#include <dirent.h>
#include <segment/labels.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_SIZE 64
#define PATH_SIZE 256

static inline void folder_make(char folder[FOLDER_SIZE]) {
    snprintf(folder, FOLDER_SIZE, "/tmp/labels-XXXXXX");
    if (!mkdtemp(folder)) abort();
}

static inline void folder_remove(const char *folder) {
    char path[PATH_SIZE];
    DIR *stream = opendir(folder);
    for (struct dirent *entry; stream && (entry = readdir(stream));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) >= PATH_SIZE) continue;
        if (unlink(path) != 0) folder_remove(path);
    }
    if (stream) closedir(stream);
    rmdir(folder);
}

/* "FOLDER/NAME"; overwritten by the fourth call from here. */
static inline const char *path_in(const char *folder, const char *name) {
    static char paths[4][PATH_SIZE];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, PATH_SIZE, "%s/%s", folder, name);
    return path;
}

/* Writes a file, whose folders are made. ' stands for ". */
static inline void file_put(const char *folder, const char *name, const char *text) {
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0777);
        *slash = '/';
    }
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    for (; *text; text++)
        fputc(*text == '\'' ? '"' : *text, file);
    fclose(file);
}

/* A file as a text; free it. NULL if there is none. */
static inline char *file_get(const char *folder, const char *name) {
    FILE *file = fopen(path_in(folder, name), "rb");
    if (!file) return NULL;
    char *text = calloc(1, 1 << 20);
    const size_t size = fread(text, 1, (1 << 20) - 1, file);
    ck_assert(size < (1 << 20) - 1);
    fclose(file);
    return text;
}

/* ---- label pictures: width, height, format, then the rows ---- */

static inline seg_status picture_write(void *user, const char *path, const seg_image *image,
                                       const seg_env *env) {
    (void)user, (void)env;
    const int32_t head[3] = {image->width, image->height, image->format};
    const size_t sample = image->format == SEG_U8 ? 1 : image->format == SEG_U16 ? 2 : 4;
    FILE *file = fopen(path, "wb");
    if (!file) return SEG_ERROR_IO;
    fwrite(head, sizeof head, 1, file);
    for (int32_t y = 0; y < image->height; y++)
        fwrite(seg_image_row(image, y), sample, (size_t)image->width, file);
    fclose(file);
    return SEG_OK;
}

static inline seg_status picture_read(void *user, seg_image *image, const char *path,
                                      const seg_env *env) {
    (void)user;
    int32_t head[3];
    FILE *file = fopen(path, "rb");
    if (!file) return SEG_ERROR_IO;
    seg_status status = fread(head, sizeof head, 1, file) == 1 ? SEG_OK : SEG_ERROR_DATA;
    if (status >= 0) status = seg_image_alloc(image, head[0], head[1], (seg_format)head[2], 1, env);
    const size_t sample = head[2] == SEG_U8 ? 1 : head[2] == SEG_U16 ? 2 : 4;
    for (int32_t y = 0; status >= 0 && y < head[1]; y++)
        if (fread(seg_image_row(image, y), sample, (size_t)head[0], file) != (size_t)head[0])
            status = SEG_ERROR_DATA;
    fclose(file);
    return status;
}

static inline seg_labels_options label_options(int32_t format) {
    seg_labels_options options;
    seg_labels_options_init(&options);
    options.format = format;
    options.read_picture = picture_read;
    options.write_picture = picture_write;
    return options;
}

/* A sample of a grey picture of that size, without labels. */
static inline void sample_of(seg_sample *sample, int32_t width, int32_t height) {
    seg_sample_init(sample, NULL);
    ck_assert_ok(seg_image_alloc(&sample->picture, width, height, SEG_U8, 1, NULL));
}

static inline seg_labels *labels_open(const char *path, const seg_labels_options *options) {
    seg_labels *labels;
    const seg_status status = seg_labels_open(&labels, path, options, NULL);
    ck_assert_msg(status == SEG_OK, "%s", seg_error_detail());
    return labels;
}

static inline void labels_load(const seg_labels *labels, seg_sample *sample, const char *name) {
    bool found;
    const seg_status status = seg_labels_load(labels, sample, name, &found);
    ck_assert_msg(status == SEG_OK, "%s", seg_error_detail());
    ck_assert_msg(found, "nothing on %s", name);
    ck_assert_ok(seg_sample_check(sample));
}

#endif
