/* Lists of files: of a directory, a glob or a printf pattern, in natural order. */
#include "media/names.h"

#include "core/check.h"
#include "core/memory.h"
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Compares two runs of digits by value and moves past them; equal values say 0. */
static int compare_numbers(const char **a, const char **b) {
    while (**a == '0' && is_digit((*a)[1]))
        (*a)++;
    while (**b == '0' && is_digit((*b)[1]))
        (*b)++;
    const char *p = *a;
    const char *q = *b;
    int first = 0;
    while (is_digit(*p) && is_digit(*q)) {
        if (!first) first = (*p > *q) - (*p < *q);
        p++;
        q++;
    }
    if (is_digit(*p)) return 1; /* more digits */
    if (is_digit(*q)) return -1;
    *a = p;
    *b = q;
    return first;
}

int seg_names_compare(const char *a, const char *b) {
    const char *p = a;
    const char *q = b;
    while (*p && *q) {
        if (is_digit(*p) && is_digit(*q)) {
            int order = compare_numbers(&p, &q);
            if (order) return order;
            continue;
        }
        if (*p != *q) return (unsigned char)*p < (unsigned char)*q ? -1 : 1;
        p++;
        q++;
    }
    if (*p || *q) return *p ? 1 : -1;
    /* Equal but for leading zeros: any fixed order will do. */
    return strcmp(a, b);
}

static int compare_items(const void *a, const void *b) {
    return seg_names_compare(*(char *const *)a, *(char *const *)b);
}

/* ---- patterns ---- */

bool seg_is_glob(const char *name) {
    return strpbrk(name, "*?[") != NULL;
}

/* The conversion of a pattern, "%d" or "%05d". */
typedef struct number_field {
    size_t start, end; /* in the pattern */
    int width;         /* digits at least; zeros fill up */
} number_field;

/* Finds the only conversion of `text`; false if there is none, or anything else after a '%'. */
static bool find_field(number_field *field, const char *text) {
    bool found = false;
    for (size_t i = 0; text[i]; i++) {
        if (text[i] != '%') continue;
        size_t start = i++;
        if (text[i] == '%') continue;
        int width = 0;
        for (int digits = 0; is_digit(text[i]) && digits < 2; digits++)
            width = width * 10 + (text[i++] - '0');
        if (text[i] != 'd' || found) return false;
        *field = (number_field){start, i + 1, width};
        found = true;
    }
    return found;
}

bool seg_is_printf_pattern(const char *name) {
    number_field field;
    return find_field(&field, name);
}

/* True if `name` begins with the first `length` bytes of a pattern ("%%" is one '%'); *used is how
 * much of the name that was. */
static bool begins_with(size_t *used, const char *name, const char *pattern, size_t length) {
    size_t n = 0;
    for (size_t i = 0; i < length; i++, n++) {
        if (name[n] != pattern[i]) return false;
        if (pattern[i] == '%') i++;
    }
    *used = n;
    return true;
}

/* True if printf of the pattern with some number gives `name`. */
static bool fits_pattern(const char *name, const char *pattern, const number_field *field) {
    size_t used;
    if (!begins_with(&used, name, pattern, field->start)) return false;
    const char *number = name + used;
    size_t digits = 0;
    while (is_digit(number[digits]))
        digits++;
    /* The pattern may go on with digits itself. */
    for (size_t length = digits; length > 0; length--) {
        if (length < (size_t)field->width) return false;
        bool padded = length > 1 && number[0] == '0';
        if (padded && length != (size_t)field->width) continue;
        const char *rest = number + length;
        const char *tail = pattern + field->end;
        size_t tail_used;
        if (begins_with(&tail_used, rest, tail, strlen(tail)) && !rest[tail_used]) return true;
    }
    return false;
}

/* ---- lists ---- */

typedef struct name_list {
    char **items;
    int32_t count, capacity;
    const seg_env *env;
} name_list;

static seg_status append(name_list *list, const char *directory, size_t length, const char *name) {
    const seg_allocator *allocator = list->env ? list->env->allocator : NULL;
    if (list->count == INT32_MAX) return seg_fail(SEG_ERROR_LIMIT, "more than 2^31 files");
    SEG_TRY(seg_grow((void **)&list->items, &list->capacity, list->count, list->count + 1,
                     sizeof *list->items, allocator));
    size_t more = strlen(name) + 1;
    char *item = seg_allocate(list->env, length + more, 1, "a file name");
    if (!item) return SEG_ERROR_MEMORY;
    memcpy(item, directory, length);
    memcpy(item + length, name, more);
    list->items[list->count++] = item;
    return SEG_OK;
}

static void free_list(name_list *list) {
    for (int32_t i = 0; i < list->count; i++)
        seg_release(list->env, list->items[i]);
    seg_release(list->env, list->items);
}

/* Keeps what was appended last only if it is a regular file. */
static void keep_regular(name_list *list) {
    struct stat status;
    if (stat(list->items[list->count - 1], &status) == 0 && S_ISREG(status.st_mode)) return;
    seg_release(list->env, list->items[--list->count]);
}

/* Hidden files and what an unfinished run left are nobody's input. */
static bool is_wanted(const char *name) {
    static const char unfinished[] = ".partial";
    size_t length = strlen(name);
    size_t tail = sizeof unfinished - 1;
    return name[0] != '.' && !(length > tail && !strcmp(name + length - tail, unfinished));
}

/* Files of `directory` ("" is the current one, else it ends in '/'); of a pattern, if there is
 * one. `shown` is for messages. */
static seg_status list_directory(name_list *list, const char *directory, size_t length,
                                 const char *pattern, const char *shown) {
    number_field field = {0};
    if (pattern && !find_field(&field, pattern))
        return seg_fail(SEG_ERROR_ARGUMENT, "%s: only the file's name may have a %%d, and only one",
                        shown);
    char *path = seg_allocate(list->env, length + 2, 1, "a directory's name");
    if (!path) return SEG_ERROR_MEMORY;
    memcpy(path, length ? directory : ".", length ? length : 1);
    path[length ? length : 1] = 0;
    DIR *stream = opendir(path);
    seg_release(list->env, path);
    if (!stream) return seg_fail(SEG_ERROR_IO, "%s: cannot open (%s)", shown, strerror(errno));
    seg_status status = SEG_OK;
    for (struct dirent *entry; status == SEG_OK && (entry = readdir(stream));) {
        if (pattern ? !fits_pattern(entry->d_name, pattern, &field) : !is_wanted(entry->d_name))
            continue;
        status = append(list, directory, length, entry->d_name);
        if (status == SEG_OK) keep_regular(list);
    }
    closedir(stream);
    return status;
}

static seg_status list_folder(name_list *list, const char *name) {
    size_t length = strlen(name);
    if (name[length - 1] == '/') return list_directory(list, name, length, NULL, name);
    char *directory = seg_allocate(list->env, length + 2, 1, "a directory's name");
    if (!directory) return SEG_ERROR_MEMORY;
    memcpy(directory, name, length);
    memcpy(directory + length, "/", 2);
    seg_status status = list_directory(list, directory, length + 1, NULL, name);
    seg_release(list->env, directory);
    return status;
}

static seg_status list_pattern(name_list *list, const char *name) {
    const char *slash = strrchr(name, '/');
    size_t length = slash ? (size_t)(slash - name) + 1 : 0;
    return list_directory(list, name, length, name + length, name);
}

static seg_status list_glob(name_list *list, const char *name) {
    glob_t found;
    int code = glob(name, GLOB_NOSORT, NULL, &found);
    if (code == GLOB_NOMATCH) return SEG_OK;
    if (code == GLOB_NOSPACE) return seg_fail(SEG_ERROR_MEMORY, "no memory for a list of files");
    if (code) return seg_fail(SEG_ERROR_IO, "%s: cannot read the directory", name);
    seg_status status = SEG_OK;
    for (size_t i = 0; i < found.gl_pathc && status == SEG_OK; i++) {
        status = append(list, "", 0, found.gl_pathv[i]);
        if (status == SEG_OK) keep_regular(list);
    }
    globfree(&found);
    return status;
}

seg_status seg_names_list(seg_names *names, const char *name, const seg_env *env) {
    if (!names || !name || !*name)
        return seg_fail(SEG_ERROR_ARGUMENT, "names or name is missing (NULL or empty)");
    *names = (seg_names){0};
    name_list list = {.env = env};
    struct stat state;
    seg_status status;
    if (stat(name, &state) == 0)
        status = S_ISDIR(state.st_mode) ? list_folder(&list, name) : append(&list, "", 0, name);
    else if (seg_is_printf_pattern(name))
        status = list_pattern(&list, name);
    else if (seg_is_glob(name))
        status = list_glob(&list, name);
    else
        status = seg_fail(SEG_ERROR_IO, "%s: cannot open (%s)", name, strerror(errno));
    if (status < 0) {
        free_list(&list);
        return status;
    }
    if (list.count > 1) qsort(list.items, (size_t)list.count, sizeof *list.items, compare_items);
    names->items = list.items;
    names->count = list.count;
    return SEG_OK;
}

void seg_names_free(seg_names *names, const seg_env *env) {
    if (!names) return;
    for (int32_t i = 0; i < names->count; i++)
        seg_release(env, names->items[i]);
    seg_release(env, names->items);
    *names = (seg_names){0};
}
