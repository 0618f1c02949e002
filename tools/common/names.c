#include "common/names.h"
#include "common/messages.h"
#include "common/text.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Length without slashes at the end; "/" stays. */
static size_t trimmed(const char *path) {
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    return length;
}

/* Where the base begins in the first `length` bytes. */
static size_t base_start(const char *path, size_t length) {
    while (length > 0 && path[length - 1] != '/')
        length--;
    return length;
}

char *name_base(const char *path) {
    size_t length = trimmed(path), start = base_start(path, length);
    return text_copy_part(path + start, length - start);
}

char *name_parent(const char *path) {
    size_t start = base_start(path, trimmed(path));
    if (start == 0) return text_copy(".");
    while (start > 1 && path[start - 1] == '/')
        start--;
    return text_copy_part(path, start);
}

char *name_missing_parent(const char *path) {
    char *parent = name_parent(path);
    if (!name_is_directory(parent)) return parent;
    free(parent);
    return NULL;
}

char *name_join(const char *directory, const char *name) {
    size_t length = strlen(directory);
    bool slash = length && directory[length - 1] == '/';
    return text_format("%s%s%s", directory, slash ? "" : "/", name);
}

const char *name_extension(const char *path) {
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    return dot && dot != base ? dot + 1 : "";
}

char *name_stem(const char *path) {
    if (text_equal(path, "-")) return text_copy("stdin");
    char *base = name_base(path);
    bool many = name_is_pattern(base) || strpbrk(base, "*?[");
    struct stat state;
    if (many && stat(path, &state) != 0) {
        char *parent = name_parent(path);
        free(base);
        base = text_equal(parent, ".") ? text_copy("sequence") : name_base(parent);
        free(parent);
        return base;
    }
    const char *extension = name_extension(base);
    if (*extension && !name_is_directory(path)) base[extension - base - 1] = 0;
    return base;
}

char *name_generalise(bool *numbered, const char *path) {
    static const char digits[] = "0123456789";
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path, *at = NULL;
    const char *extension = name_extension(path),
               *end = *extension ? extension : path + strlen(path);
    for (const char *next = base; (next = strpbrk(next, digits)) && next < end;
         next += strspn(next, digits))
        at = next;
    *numbered = at && !strchr(path, '%');
    if (!*numbered) return text_copy(path);
    const int length = (int)strspn(at, digits), before = (int)(at - path);
    if (*at == '0' && length > 1)
        return text_format("%.*s%%0%dd%s", before, path, length, at + length);
    return text_format("%.*s%%d%s", before, path, at + length);
}

bool name_is_pattern(const char *path) {
    for (const char *at = strchr(path, '%'); at; at = strchr(at + 1, '%')) {
        const char *end = at + 1;
        while (isdigit((unsigned char)*end))
            end++;
        if (*end == 'd') return true;
        if (at[1] == '%') at++;
    }
    return false;
}

/* Length of a {word} at `at`, 0 if there is none. */
static size_t word_length(const char *at) {
    if (*at != '{') return 0;
    const char *end = at + 1;
    while (isalpha((unsigned char)*end))
        end++;
    return *end == '}' && end > at + 1 ? (size_t)(end - at) + 1 : 0;
}

bool name_is_template(const char *path) {
    for (; *path; path++)
        if (word_length(path)) return true;
    return false;
}

char *name_expand(const char *template_name, const char *input, int32_t index) {
    text_buffer result = {0};
    char *stem = name_stem(input);
    bool good = true;
    for (const char *at = template_name; good && *at;) {
        size_t length = word_length(at);
        if (!length)
            text_add(&result, "%c", *at++);
        else if (text_starts(at, "{stem}"))
            text_add(&result, "%s", stem);
        else if (text_starts(at, "{ext}"))
            text_add(&result, "%s", name_extension(input));
        else if (text_starts(at, "{index}"))
            text_add(&result, "%d", (int)index);
        else
            good = false;
        if (!good)
            message_error(template_name,
                          "unknown word in the name (got %.*s, allowed {stem}, {ext}, {index})",
                          (int)length, at);
        at += length;
    }
    free(stem);
    if (good && result.data) return result.data;
    text_free(&result);
    return good ? text_copy("") : NULL;
}

static bool is_listed(const char *word, const char *list) {
    char lower[16];
    size_t length = 0;
    for (; word[length] && length + 1 < sizeof lower; length++)
        lower[length] = (char)tolower((unsigned char)word[length]);
    lower[length] = 0;
    return !word[length] && text_choice(list, lower) >= 0;
}

bool name_has_extension(const char *path, const char *list) {
    return is_listed(name_extension(path), list);
}

bool name_is_still(const char *format) {
    return is_listed(format, "png|jpg|jpeg|pbm|pgm|ppm|pnm|pam|pfm|npy|flo");
}

bool name_holds_floats(const char *path, const char *format) {
    return is_listed(format ? format : name_extension(path), "npy|pfm|flo");
}

bool name_is_picture(const char *path) {
    return name_is_still(name_extension(path)) || name_has_extension(path, "bmp|tif|tiff|jp2|exr");
}

bool name_is_media(const char *path) {
    return name_is_picture(path) ||
           name_has_extension(path, "gif|webp|mp4|mkv|avi|mov|m4v|webm|nut|y4m|mpg");
}

bool name_is_directory(const char *path) {
    struct stat state;
    return stat(path, &state) == 0 && S_ISDIR(state.st_mode);
}

bool file_identify(file_identity *identity, const char *path) {
    struct stat state;
    if (stat(path, &state) != 0) return false;
    *identity = (file_identity){state.st_dev, state.st_ino};
    return true;
}

bool file_same(const file_identity *a, const file_identity *b) {
    return a->device == b->device && a->inode == b->inode;
}

bool directory_make(const char *path) {
    if (name_is_directory(path)) return true;
    char *parent = name_parent(path);
    bool good = text_equal(parent, path) || directory_make(parent);
    free(parent);
    if (!good) return false;
    if (mkdir(path, 0777) == 0 || (errno == EEXIST && name_is_directory(path))) return true;
    message_error(path, "cannot make the directory (%s)", strerror(errno));
    return false;
}
