#include "eval/output.h"
#include "common/messages.h"
#include "common/names.h"
#include "common/outfile.h"
#include <segment/media.h>
#include <stdlib.h>
#include <sys/stat.h>

static bool is_end(const char *path) {
    return path && text_equal(path, OUTPUT_END);
}

/* NULL, or why the file cannot be written; a new text. */
static char *obstacle_of(const char *path, bool overwrite) {
    struct stat state;
    if (stat(path, &state) == 0) {
        if (S_ISDIR(state.st_mode)) return text_copy("is a directory, not a file to write");
        return overwrite || !S_ISREG(state.st_mode) ? NULL
                                                    : text_copy("exists already; -y replaces it");
    }
    char *missing = name_missing_parent(path);
    char *made = missing ? text_format("cannot create: there is no directory %s", missing) : NULL;
    free(missing);
    return made;
}

/* NULL, or the name of the same file. */
static const char *find_same(const char *const list[], const char *path) {
    file_identity own, other;
    const bool there = file_identify(&own, path);
    for (; !is_end(*list); list++) {
        if (!*list) continue;
        if (text_equal(*list, path)) return *list;
        if (there && file_identify(&other, *list) && file_same(&own, &other)) return *list;
    }
    return NULL;
}

static bool fail_input(const char *path) {
    message_error(path, "is an input, too; choose another name");
    return false;
}

bool outputs_check(const char *const outputs[], const char *const inputs[], bool overwrite) {
    for (; !is_end(*outputs); outputs++) {
        if (!*outputs || text_equal(*outputs, "-")) continue;
        struct stat state;
        const bool device = stat(*outputs, &state) == 0 && !S_ISREG(state.st_mode);
        if (find_same(inputs, *outputs)) return fail_input(*outputs);
        if (!device && find_same(outputs + 1, *outputs)) {
            message_error(*outputs, "would be written twice; choose two names");
            return false;
        }
        char *obstacle = obstacle_of(*outputs, overwrite);
        if (!obstacle) continue;
        message_error(*outputs, "%s", obstacle);
        free(obstacle);
        return false;
    }
    return true;
}

/* The file itself, or one of those that a directory or a pattern stands for. */
static bool stands_for(const char *path, const file_identity *file) {
    file_identity own;
    seg_names names = {0};
    const bool there = file_identify(&own, path);
    if (there && file_same(&own, file)) return true;
    if (there && !name_is_directory(path)) return false;
    bool found = false;
    if (seg_names_list(&names, path, NULL) < 0) return false;
    for (int32_t i = 0; i < names.count && !found; i++)
        found = file_identify(&own, names.items[i]) && file_same(&own, file);
    seg_names_free(&names, NULL);
    return found;
}

static bool list_has(const path_list *list, const file_identity *file) {
    for (int32_t i = 0; i < list->count; i++)
        if (stands_for(list->items[i], file)) return true;
    return false;
}

static bool set_has(const file_set *files, const file_identity *file) {
    for (int32_t side = 0; side < MAX_SIDES; side++)
        if ((files->predictions[side] && stands_for(files->predictions[side], file)) ||
            list_has(&files->levels[side], file))
            return true;
    return list_has(&files->truths, file) || (files->ignore && stands_for(files->ignore, file)) ||
           (files->picture && stands_for(files->picture, file));
}

bool outputs_check_units(const char *const outputs[], const unit_list *units) {
    for (; !is_end(*outputs); outputs++) {
        file_identity file;
        if (!*outputs || !file_identify(&file, *outputs)) continue;
        for (int32_t i = 0; i < units->count; i++)
            for (int32_t k = 0; k < units->items[i].file_count; k++)
                if (set_has(&units->items[i].files[k], &file)) return fail_input(*outputs);
    }
    return true;
}

/* Tried on one pixel: some formats are known and take no colours. */
bool output_check_picture(const char *option, const char *path) {
    uint8_t pixel[3] = {0};
    seg_image small = {0};
    seg_picture_write_options options;
    void *bytes = NULL;
    size_t size;
    seg_picture_write_options_init(&options);
    options.format = name_extension(path);
    seg_status status = seg_image_wrap(&small, pixel, sizeof pixel, 1, 1, SEG_U8, 3);
    if (status >= 0) status = seg_picture_encode(&bytes, &size, &small, &options, NULL);
    if (status < 0) message_error(NULL, "%s is \"%s\": %s", option, path, message_reason(status));
    seg_bytes_free(bytes, NULL);
    return status >= 0;
}

bool output_text(text_buffer *body, const char *path) {
    outfile file;
    bool good = outfile_open(&file, path);
    if (good && outfile_write(&file, body->data ? body->data : "", body->length)) {
        good = outfile_finish(&file);
    } else if (good) {
        outfile_abandon(&file);
        good = false;
    }
    text_free(body);
    return good;
}

bool output_json(json_t *document, const char *path) {
    text_buffer body = {0};
    char *shown = document ? json_dumps(document, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) : NULL;
    const bool good = shown != NULL;
    if (good) text_add(&body, "%s\n", shown);
    free(shown);
    json_decref(document);
    return good && output_text(&body, path);
}
