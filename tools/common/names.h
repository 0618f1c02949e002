/* Names of files: their parts, templates, and whether two of them mean the same file. */
#ifndef TOOLS_NAMES_H
#define TOOLS_NAMES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/** What follows the last slash; "dir" of "dir/". A new text. */
char *name_base(const char *path);
/** The directory part, "." if there is none. A new text. */
char *name_parent(const char *path);
/** The directory that must be made before the file can be, a new text; NULL if it is there. */
char *name_missing_parent(const char *path);
/** DIR/NAME, a new text. */
char *name_join(const char *directory, const char *name);
/** Extension without its dot, "" if there is none; points into `path`. */
const char *name_extension(const char *path);
/** What `{stem}` stands for: the base without extension; of a pattern or glob the directory's
 *  name; "stdin" for "-". A new text. */
char *name_stem(const char *path);

/** What files named alike may be called: the file's last number as %d or %05d where it has one
 *  (*numbered), else the name itself. A new text. */
char *name_generalise(bool *numbered, const char *path);

/** True if the name holds a %d or %05d. */
bool name_is_pattern(const char *path);
/** True if the name holds a {word}. */
bool name_is_template(const char *path);
/** Replaces {stem}, {ext} and {index}. NULL if another {word} is in it: a message was given. */
char *name_expand(const char *template_name, const char *input, int32_t index);

/** True if a picture format that needs no FFmpeg goes by this extension or --format name. */
bool name_is_still(const char *format);
/** True if a file of that format (NULL: the one that its name calls for) holds samples as floats.
 */
bool name_holds_floats(const char *path, const char *format);
/** True if files of that extension are still pictures, read by FFmpeg or without. */
bool name_is_picture(const char *path);
/** True if files of that extension are pictures, animations or videos. */
bool name_is_media(const char *path);
/** True if the extension, in any case, is one of a list "json|txt". */
bool name_has_extension(const char *path, const char *list);

bool name_is_directory(const char *path);

/** What a file is, however it is called. */
typedef struct file_identity {
    dev_t device;
    ino_t inode;
} file_identity;

/** False if there is no such file. */
bool file_identify(file_identity *identity, const char *path);
bool file_same(const file_identity *a, const file_identity *b);

/** Makes a directory with all above it. False: a message was given. */
bool directory_make(const char *path);

#endif
