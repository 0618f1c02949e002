#include "eval/entries.h"
#include "common/messages.h"
#include "common/names.h"
#include "common/text.h"
#include <dirent.h>
#include <errno.h>
#include <segment/media.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 32 }; /* directories below the first: links may lead round in a circle */

/* ---- one file ---- */

static char *without_extension(const char *name) {
    const char *extension = name_extension(name);
    size_t length = *extension ? (size_t)(extension - name) - 1 : strlen(name);
    return text_copy_part(name, length);
}

static bool looks_like_data(const char *path) {
    return name_has_extension(path, "json|jsonl|txt|csv");
}

static entry *add(entries *target, char *id, const char *path, bool video) {
    memory_grow((void **)&target->items, (size_t)target->count, sizeof *target->items);
    entry *made = &target->items[target->count++];
    *made = (entry){.id = id, .path = text_copy(path), .video = video};
    return made;
}

/* Files beside the pictures, such as a README, are named and left out. */
static void add_found(entries *target, char *id, const char *path) {
    if (target->data && looks_like_data(path)) {
        add(target, id, path, false)->data = true;
        return;
    }
    /* Extensions say enough about pictures; whether they are sound shows when they are read. */
    seg_source_kind kind = name_is_picture(path) ? SEG_SOURCE_PICTURE : seg_source_probe(path);
    if (kind == SEG_SOURCE_PICTURE || kind == SEG_SOURCE_VIDEO) {
        add(target, id, path, kind == SEG_SOURCE_VIDEO);
        return;
    }
    message_warning(path, "left out: neither a picture nor a video");
    free(id);
}

/* ---- directories ---- */

static bool list_directory(entries *target, const char *path, const char *below, int depth) {
    DIR *directory = opendir(path);
    if (!directory || depth > DEEPEST) {
        message_error(path, "cannot list the directory (%s)",
                      directory ? "too many levels" : strerror(errno));
        if (directory) closedir(directory);
        return false;
    }
    bool good = true;
    const struct dirent *item;
    while (good && (item = readdir(directory))) {
        if (item->d_name[0] == '.' || text_ends(item->d_name, ".partial")) continue;
        char *inner = name_join(path, item->d_name);
        char *relative = *below ? name_join(below, item->d_name) : text_copy(item->d_name);
        if (name_is_directory(inner))
            good = list_directory(target, inner, relative, depth + 1);
        else
            add_found(target, without_extension(relative), inner);
        free(inner);
        free(relative);
    }
    closedir(directory);
    return good;
}

/* ---- patterns ---- */

bool entries_is_numbered(const char *name) {
    file_identity exists;
    return name_is_pattern(name) && !file_identify(&exists, name);
}

/* What stands for the number of a printf pattern: the digits between the parts that are fixed. */
static char *number_in(const char *pattern, const char *path) {
    const char *first = strchr(pattern, '%'), *last = first;
    while (*last && *last != 'd')
        last++;
    size_t tail = *last ? strlen(last + 1) : 0, length = strlen(path);
    const char *digits = path + (first - pattern);
    while (*digits == '0' && digits + 1 < path + length - tail)
        digits++;
    return text_copy_part(digits, (size_t)(path + length - tail - digits));
}

static bool list_pattern(entries *target, const char *name, bool numbers) {
    seg_names names = {0};
    seg_status status = seg_names_list(&names, name, NULL);
    if (status < 0) message_error(name, "%s", message_reason(status));
    target->numbered = numbers && entries_is_numbered(name) && !strstr(name, "%%");
    for (int32_t i = 0; status >= 0 && i < names.count; i++) {
        char *base = name_base(names.items[i]);
        add_found(target,
                  target->numbered ? number_in(name, names.items[i]) : without_extension(base),
                  names.items[i]);
        free(base);
    }
    seg_names_free(&names, NULL);
    return status >= 0;
}

/* ---- the whole ---- */

static int compare(const void *a, const void *b) {
    const entry *first = a, *second = b;
    int order = seg_names_compare(first->id, second->id);
    return order ? order : strcmp(first->path, second->path);
}

static bool list_many(entries *target, const char *name, bool directory, bool numbers) {
    bool good =
        directory ? list_directory(target, name, "", 0) : list_pattern(target, name, numbers);
    if (good && !target->count)
        message_error(name, "%s are in it",
                      target->data ? "no pictures, videos or annotations"
                                   : "no pictures and no videos");
    if (!good || !target->count) return false;
    qsort(target->items, (size_t)target->count, sizeof *target->items, compare);
    return true;
}

void entries_list(entries *target, const char *name, bool numbers, bool data) {
    file_identity exists;
    *target = (entries){.name = name, .data = data};
    bool there = text_equal(name, "-") || file_identify(&exists, name);
    seg_source_kind kind = seg_source_probe(name);
    if (!there && kind != SEG_SOURCE_SEQUENCE) {
        bool many = name_is_pattern(name) || strpbrk(name, "*?[");
        message_error(name, many ? "no file fits this pattern" : "no such file or directory");
    } else if (kind == SEG_SOURCE_DIRECTORY || kind == SEG_SOURCE_SEQUENCE) {
        if (list_many(target, name, kind == SEG_SOURCE_DIRECTORY, numbers))
            target->kind = ENTRIES_MANY;
    } else if (data && there && looks_like_data(name)) {
        add(target, name_stem(name), name, false)->data = true;
        target->kind = ENTRIES_DATA;
    } else if (kind == SEG_SOURCE_PICTURE || (kind == SEG_SOURCE_NONE && name_is_picture(name))) {
        char *base = name_base(name);
        add(target, without_extension(base), name, false);
        free(base);
        target->kind = ENTRIES_ONE;
    } else {
        add(target, name_stem(name), name, true);
        target->kind = ENTRIES_FRAMES;
    }
}

/* ---- levels ---- */

char *entries_base(const char *id) {
    const char *mark = strrchr(id, '_'), *slash = strrchr(id, '/');
    if (mark && mark[1] && !mark[1 + strspn(mark + 1, "0123456789")])
        return text_copy_part(id, (size_t)(mark - id));
    return slash ? text_copy_part(id, (size_t)(slash - id)) : NULL;
}

/* The file becomes a level of an entry that was kept. */
static void add_level(entry *target, entry *from) {
    memory_grow((void **)&target->levels, (size_t)target->level_count, sizeof *target->levels);
    target->levels[target->level_count++] = from->path;
    free(from->id);
}

void entries_fold(entries *target) {
    int32_t kept = 0;
    for (int32_t i = 0; i < target->count; i++) {
        entry *now = &target->items[i];
        char *base = entries_base(now->id);
        if (base) {
            free(now->id);
            now->id = base;
        }
        if (kept && text_equal(target->items[kept - 1].id, now->id))
            add_level(&target->items[kept - 1], now);
        else
            target->items[kept++] = *now;
    }
    target->count = kept;
    if (kept) qsort(target->items, (size_t)kept, sizeof *target->items, compare);
}

static int compare_id(const void *key, const void *item) {
    return seg_names_compare(key, ((const entry *)item)->id);
}

entry *entries_find(const entries *from, const char *id) {
    if (!from->count) return NULL;
    return bsearch(id, from->items, (size_t)from->count, sizeof *from->items, compare_id);
}

void entries_free(entries *target) {
    for (int32_t i = 0; i < target->count; i++) {
        free(target->items[i].id);
        free(target->items[i].path);
        for (int32_t k = 0; k < target->items[i].level_count; k++)
            free(target->items[i].levels[k]);
        free(target->items[i].levels);
    }
    free(target->items);
    *target = (entries){0};
}
