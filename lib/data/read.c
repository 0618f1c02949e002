/* Data sets from texts and files: which format it is, and reading it. */
#include "core/check.h"
#include "core/memory.h"
#include "data/rows.h"
#include "files/whole_file.h"

#include <string.h>

void seg_dataset_options_init(seg_dataset_options *options) {
    *options = (seg_dataset_options){.size = sizeof *options};
}

/* ---- formats ---- */

/* True if the text is an object whose first line is whole: JSON Lines. Braces in texts and keys
 * are left alone. */
static bool first_line_is_whole(const char *text, size_t size) {
    int64_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < size && text[i] != '\n'; i++) {
        if (quoted) {
            if (text[i] == '\\')
                i++;
            else
                quoted = text[i] != '"';
        } else if (text[i] == '"') {
            quoted = true;
        } else if (text[i] == '{' || text[i] == '[') {
            depth++;
        } else if (text[i] == '}' || text[i] == ']') {
            depth--;
        }
    }
    return depth == 0 && !quoted;
}

static bool holds(const char *text, size_t size, const char *word) {
    const size_t length = strlen(word);
    for (size_t i = 0; i + length <= size && text[i] != '\n'; i++)
        if (text[i] == word[0] && memcmp(text + i, word, length) == 0) return true;
    return false;
}

/* A row whose third word is one, and not a number, and that has more words than those of MOTS. */
static bool is_kitti(const seg_line_reader *line) {
    const char *at = line->line, *word;
    char first = 0;
    for (int i = 0; i < 7; i++) {
        if (seg_next_word(&word, &at, line) == 0) return false;
        if (i == 2) first = *word;
    }
    return (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z');
}

static int32_t guess_format(const char *text, size_t size) {
    seg_line_reader line = seg_lines_of(text, size);
    if (!seg_next_line(&line)) return SEG_DATASET_MOT; /* nothing was found: an empty file */
    const char first = *line.line;
    const size_t left = (size_t)(text + size - line.line);
    if (first == '[') return SEG_DATASET_COCO_RESULTS;
    if (first == '{')
        return first_line_is_whole(line.line, left) && holds(line.line, left, "\"frame\"") &&
                       !holds(line.line, left, "\"annotations\"")
                   ? SEG_DATASET_OBJECTS
                   : SEG_DATASET_COCO;
    if ((first < '0' || first > '9') && first != '-' && first != '+') return SEG_DATASET_AUTO;
    if (memchr(line.line, ',', line.length)) return SEG_DATASET_MOT;
    return is_kitti(&line) ? SEG_DATASET_KITTI : SEG_DATASET_MOTS;
}

static seg_status read_format(seg_dataset *data, seg_builder *b, int32_t format, const char *text,
                              size_t size) {
    switch (format) {
    case SEG_DATASET_COCO:
    case SEG_DATASET_COCO_RESULTS:
        SEG_TRY(seg_data_read_coco(b, text, size));
        return seg_builder_finish(data, b, false, 0);
    case SEG_DATASET_MOT:
        SEG_TRY(seg_data_read_mot(b, text, size));
        return seg_builder_finish(data, b, true, -1); /* detections have the id -1 */
    case SEG_DATASET_MOTS:
        SEG_TRY(seg_data_read_mots(b, text, size));
        return seg_builder_finish(data, b, false, 0);
    case SEG_DATASET_KITTI:
        SEG_TRY(seg_data_read_kitti(b, text, size));
        return seg_builder_finish(data, b, true, -1); /* so have regions that are not annotated */
    case SEG_DATASET_OBJECTS:
        SEG_TRY(seg_data_read_objects(b, text, size));
        return seg_builder_finish(data, b, true, 0);
    default:
        return seg_fail(SEG_ERROR_DATA,
                        "%s: the format is not known (allowed: COCO's JSON, MOTChallenge's or "
                        "KITTI's rows, JSON Lines of objects)",
                        b->name);
    }
}

static seg_status check_options(const seg_dataset_options *o) {
    if (o->size != sizeof *o)
        return seg_fail(SEG_ERROR_OPTION,
                        "the options of a data set have size %zu (expected %zu; use "
                        "seg_dataset_options_init)",
                        o->size, sizeof *o);
    if (o->format < SEG_DATASET_AUTO || o->format > SEG_DATASET_KITTI)
        return seg_fail(SEG_ERROR_OPTION, "format is %ld (allowed: 0 to %d)", (long)o->format,
                        SEG_DATASET_KITTI);
    if (o->mot < SEG_MOT_PREDICTIONS || o->mot > SEG_MOT_KITTI_PEDESTRIAN)
        return seg_fail(SEG_ERROR_OPTION, "mot is %ld (allowed: 0 to %d)", (long)o->mot,
                        SEG_MOT_KITTI_PEDESTRIAN);
    if (o->width < 0 || o->height < 0 || !o->width != !o->height)
        return seg_fail(SEG_ERROR_OPTION,
                        "pictures of %ld x %ld (allowed: 0 x 0 = unknown, or both above 0)",
                        (long)o->width, (long)o->height);
    return SEG_OK;
}

seg_status seg_dataset_parse(seg_dataset *data, const char *text, size_t size, const char *name,
                             const seg_dataset_options *options, const seg_env *env) {
    seg_dataset_options defaults;
    if (!data || (!text && size) || !name)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)",
                        !data  ? "data"
                        : name ? "text"
                               : "name");
    seg_dataset_free(data);
    seg_dataset_options_init(&defaults);
    if (!options) options = &defaults;
    SEG_TRY(check_options(options));
    if (options->width) SEG_TRY(seg_check_limits(options->width, options->height, env));
    if (!text) text = "";
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) { /* a byte order mark, as of Windows */
        text += 3;
        size -= 3;
    }
    seg_builder b;
    SEG_TRY(seg_builder_init(&b, name, options, env));
    const int32_t format =
        options->format == SEG_DATASET_AUTO ? guess_format(text, size) : options->format;
    const seg_status status = read_format(data, &b, format, text, size);
    seg_builder_free(&b);
    return status;
}

seg_status seg_dataset_read(seg_dataset *data, const char *path, const seg_dataset_options *options,
                            const seg_env *env) {
    if (!data || !path)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)", data ? "path" : "data");
    seg_dataset_free(data);
    char *text;
    size_t size;
    SEG_TRY(seg_file_read(&text, &size, path, env));
    const seg_status status = seg_dataset_parse(data, text, size, path, options, env);
    seg_release(env, text);
    return status;
}
