#include "augment/set.h"
#include "common/messages.h"
#include "common/text.h"
#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DEEPEST = 64 }; /* directories in each other: links may go round in circles */

typedef struct walk {
    set *set;
    file_identity output;
    bool has_output;
} walk;

static bool add_file(set *target, const char *path, const char *name, bool asked_for) {
    const seg_source_kind kind = seg_source_probe(path);
    const bool picture = kind == SEG_SOURCE_PICTURE ||
                         (kind != SEG_SOURCE_VIDEO && (asked_for || name_is_picture(path)));
    if (!picture && kind != SEG_SOURCE_VIDEO && !name_is_media(path)) {
        message_note(path, "left out: neither a picture nor a video");
        return true;
    }
    json_t *text = json_string(name);
    json_decref(text);
    if (!text) {
        message_error(path, "the name is no UTF-8, which labels and manifests need");
        return false;
    }
    memory_grow((void **)&target->items, (size_t)target->count, sizeof *target->items);
    set_item *item = &target->items[target->count++];
    *item =
        (set_item){text_copy(path), text_copy(name), text_copy(name), name_parent(name), !picture};
    const char *extension = name_extension(item->stem);
    if (*extension) item->stem[extension - item->stem - 1] = 0;
    target->clips += item->clip;
    return true;
}

/* `name` is that of the directory in the set, "" at the top. */
static bool add_directory(walk *w, const char *path, const char *name, int depth) {
    DIR *stream = depth < DEEPEST ? opendir(path) : NULL;
    if (!stream) {
        message_error(path, "cannot read the directory (%s)",
                      depth < DEEPEST ? strerror(errno) : "too deep");
        return false;
    }
    bool good = true;
    for (struct dirent *entry; good && (entry = readdir(stream));) {
        struct stat state;
        if (entry->d_name[0] == '.' || text_ends(entry->d_name, ".partial")) continue;
        char *below = name_join(path, entry->d_name);
        char *named = *name ? name_join(name, entry->d_name) : text_copy(entry->d_name);
        const bool exists = stat(below, &state) == 0; /* a link may lead nowhere */
        if (exists && S_ISDIR(state.st_mode)) {
            const file_identity here = {state.st_dev, state.st_ino};
            if (!w->has_output || !file_same(&here, &w->output))
                good = add_directory(w, below, named, depth + 1);
        } else if (!exists || S_ISREG(state.st_mode)) {
            good = add_file(w->set, below, named, false);
        }
        free(below);
        free(named);
    }
    closedir(stream);
    return good;
}

static bool add_files(set *target, const char *input) {
    seg_names names = {0};
    const seg_status status = seg_names_list(&names, input, NULL);
    bool good = status >= 0;
    if (!good)
        message_error(input, "%s", message_reason(status));
    else if (!names.count)
        message_error(input, "no file fits this pattern");
    for (int32_t i = 0; good && i < names.count; i++) {
        char *base = name_base(names.items[i]);
        good = add_file(target, names.items[i], base, names.count == 1);
        free(base);
    }
    good = good && names.count;
    seg_names_free(&names, NULL);
    return good;
}

/* Of several inputs each has folders of its own. */
static void place_folders(const set *target, int32_t first, const char *input) {
    const bool directory = name_is_directory(input);
    for (int32_t i = first; i < target->count; i++) {
        set_item *item = &target->items[i];
        char *place = directory ? text_copy(input) : name_parent(item->path);
        char *base = name_base(place), *folder = name_join(base, item->folder);
        free(item->folder);
        item->folder = folder;
        free(base);
        free(place);
    }
}

static int compare(const void *a, const void *b) {
    return seg_names_compare(((const set_item *)a)->name, ((const set_item *)b)->name);
}

/* Draws are keyed by names, outputs are called after them. */
static int check_names(const set *target) {
    for (int32_t i = 1; i < target->count; i++) {
        const set_item *a = &target->items[i - 1], *b = &target->items[i];
        if (!text_equal(a->name, b->name)) continue;
        message_error(b->path,
                      "has the same name in the set as %s (\"%s\"); give a directory above both",
                      a->path, a->name);
        return EXIT_USAGE;
    }
    return EXIT_DONE;
}

static uint64_t hash_names(const set *from) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (int32_t i = 0; i < from->count; i++) {
        const char *at = from->items[i].name;
        do
            hash = (hash ^ (uint8_t)*at) * 0x100000001b3u;
        while (*at++);
    }
    return hash;
}

int set_list(set *target, const settings *from, const char *output) {
    walk w = {.set = target};
    *target = (set){0};
    w.has_output = output && file_identify(&w.output, output);
    for (int32_t i = 0; i < from->input_count; i++) {
        const char *input = from->inputs[i];
        if (text_equal(input, "-")) {
            message_error(NULL, "a set cannot come from standard input: draws go by its names");
            return EXIT_USAGE;
        }
        const int32_t first = target->count;
        const bool good =
            name_is_directory(input) ? add_directory(&w, input, "", 0) : add_files(target, input);
        if (!good) return EXIT_FAILED;
        if (from->input_count > 1) place_folders(target, first, input);
    }
    if (!target->count) {
        message_error(from->inputs[0], "no pictures and no videos are there");
        return EXIT_FAILED;
    }
    qsort(target->items, (size_t)target->count, sizeof *target->items, compare);
    target->hash = hash_names(target);
    return check_names(target);
}

int32_t set_find(const set *from, const char *name) {
    int32_t low = 0, high = from->count;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        const int order = seg_names_compare(from->items[middle].name, name);
        if (order == 0) return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

void set_free(set *target) {
    for (int32_t i = 0; i < target->count; i++) {
        free(target->items[i].path);
        free(target->items[i].name);
        free(target->items[i].stem);
        free(target->items[i].folder);
    }
    free(target->items);
    *target = (set){0};
}
