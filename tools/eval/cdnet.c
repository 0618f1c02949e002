/*
 * CDnet's tree: DATASET/category/video/{groundtruth,input,ROI.bmp,temporalROI.txt} and
 * RESULTS/category/video/bin000001.png, .... Frames are those that temporalROI.txt names, first and
 * last included, pixels those where ROI.bmp is not 0.
 */
#include "eval/cdnet.h"
#include "common/messages.h"
#include "common/names.h"
#include "common/text.h"
#include <ctype.h>
#include <dirent.h>
#include <segment/media.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 2 /* category/video */ };

/* ---- the tree ---- */

static bool is_file(const char *directory, const char *name) {
    char *path = name_join(directory, name);
    file_identity exists;
    const bool there = file_identify(&exists, path) && !name_is_directory(path);
    free(path);
    return there;
}

static bool is_video(const char *path) {
    char *truth = name_join(path, "groundtruth");
    const bool there = name_is_directory(truth) && is_file(path, "temporalROI.txt");
    free(truth);
    return there;
}

/* Directories in natural order, "" for the data set itself. */
typedef struct video_list {
    char **items;
    int32_t count;
} video_list;

static void add_videos(video_list *target, const char *root, const char *below, int depth) {
    char *path = *below ? name_join(root, below) : text_copy(root);
    if (is_video(path)) {
        memory_grow((void **)&target->items, (size_t)target->count, sizeof *target->items);
        target->items[target->count++] = text_copy(below);
    } else if (depth < DEEPEST) {
        DIR *directory = opendir(path);
        const struct dirent *item;
        while (directory && (item = readdir(directory))) {
            if (item->d_name[0] == '.') continue;
            char *inner = name_join(path, item->d_name);
            char *relative = *below ? name_join(below, item->d_name) : text_copy(item->d_name);
            if (name_is_directory(inner)) add_videos(target, root, relative, depth + 1);
            free(inner);
            free(relative);
        }
        if (directory) closedir(directory);
    }
    free(path);
}

static int compare(const void *a, const void *b) {
    return seg_names_compare(*(char *const *)a, *(char *const *)b);
}

static video_list find_videos(const char *root) {
    video_list list = {0};
    add_videos(&list, root, "", 0);
    if (list.count) qsort(list.items, (size_t)list.count, sizeof *list.items, compare);
    return list;
}

static void free_videos(video_list *list) {
    for (int32_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
}

bool cdnet_is_dataset(const char *path) {
    if (!name_is_directory(path)) return false;
    video_list list = find_videos(path);
    const bool any = list.count > 0;
    free_videos(&list);
    return any;
}

/* ---- numbered files ---- */

/* The last number in the name of a file, -1 if there is none. */
static int64_t number_of(const char *path) {
    char *stem = name_stem(path);
    size_t end = strlen(stem);
    while (end && !isdigit((unsigned char)stem[end - 1]))
        end--;
    stem[end] = 0;
    while (end && isdigit((unsigned char)stem[end - 1]))
        end--;
    const int64_t number = stem[end] ? strtoll(stem + end, NULL, 10) : -1;
    free(stem);
    return number;
}

/* The file of that number in natural order, or NULL. */
static const char *find_number(const seg_names *names, int64_t number) {
    int32_t low = 0, high = names->count;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        if (number_of(names->items[middle]) < number)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < names->count && number_of(names->items[low]) == number) return names->items[low];
    return NULL;
}

/* ---- one video ---- */

typedef struct video {
    unit_list *target;
    const choices *choices;
    const char *id;
    char *path; /* in the data set */
    char *roi;  /* NULL = all is scored */
    int64_t first, last;
} video;

static void fail(video *of, const char *subject, const char *reason) {
    units_add_problem(of->target, PROBLEM_SCORING, subject, reason);
}

static bool read_range(video *of) {
    char *path = name_join(of->path, "temporalROI.txt");
    FILE *file = fopen(path, "r");
    long long first, last;
    const bool good =
        file && fscanf(file, "%lld %lld", &first, &last) == 2 && first >= 0 && first <= last;
    if (file) fclose(file);
    if (good) {
        of->first = first;
        of->last = last;
    } else {
        fail(of, path, "does not hold the numbers of the first and the last frame");
    }
    free(path);
    return good;
}

/* False: it cannot be read. */
static bool read_size(int32_t *width, int32_t *height, const char *path) {
    seg_image picture = {0};
    const bool good = seg_picture_read(&picture, NULL, path, NULL, NULL) >= 0;
    *width = picture.width;
    *height = picture.height;
    seg_image_unref(&picture);
    return good;
}

/* Some videos come with a ROI.bmp of another size than their frames, and a ROI.jpg that fits. */
static void find_roi(video *of, const char *frame) {
    static const char *const names[] = {"ROI.bmp", "ROI.png", "ROI.jpg"};
    int32_t width, height, own_width, own_height;
    if (!frame || !read_size(&width, &height, frame)) return; /* said when it is scored */
    for (size_t i = 0; i < sizeof names / sizeof *names && !of->roi; i++) {
        if (!is_file(of->path, names[i])) continue;
        char *path = name_join(of->path, names[i]);
        if (read_size(&own_width, &own_height, path) && own_width == width &&
            own_height == height) {
            of->roi = path;
            return;
        }
        message_warning(path, "is not %d x %d as the frames are: not used", (int)width,
                        (int)height);
        free(path);
    }
    message_warning(of->path, "has no ROI.bmp that fits: all pixels are scored");
}

/* RESULTS/id as a directory, or as a video with some extension. A new text, NULL if there is
 * none. */
static char *find_result(const char *root, const char *id) {
    char *path = *id ? name_join(root, id) : text_copy(root);
    if (name_is_directory(path)) { /* the data set's own pictures are in input/ */
        char *input = name_join(path, "input");
        char *used = name_is_directory(input) ? input : path, *other = used == input ? path : input;
        free(other);
        return used;
    }
    file_identity exists;
    if (!*id && file_identify(&exists, path)) return path;
    char *pattern = text_format("%s.*", path);
    seg_names names = {0};
    char *found = NULL;
    if (seg_names_list(&names, pattern, NULL) >= 0 && names.count)
        found = text_copy(names.items[0]);
    seg_names_free(&names, NULL);
    free(pattern);
    free(path);
    return found;
}

/* The unit of the video, made with its first frame. */
static unit *unit_of(video *of) {
    unit_list *list = of->target;
    char *group = *of->id ? name_parent(of->id) : text_copy("");
    char *own = *of->id ? NULL : name_base(of->choices->truth);
    const char *name = own ? own : of->id;
    unit *last = list->count ? &list->items[list->count - 1] : NULL;
    if (!last || !text_equal(last->id, name))
        last = units_add(list, name, text_equal(group, ".") ? "" : group);
    last->score_roi = true;
    free(group);
    free(own);
    return last;
}

/* Masks as files: every frame of the range must be there on both sides. */
static void add_frames(video *of, char *const results[MAX_SIDES]) {
    const int32_t sides = of->choices->sides;
    seg_names masks[MAX_SIDES] = {{0}, {0}}, truths = {0};
    char *truth = name_join(of->path, "groundtruth");
    bool good = seg_names_list(&truths, truth, NULL) >= 0;
    for (int32_t side = 0; side < sides && good; side++)
        good = seg_names_list(&masks[side], results[side], NULL) >= 0;
    if (!good) fail(of, of->path, seg_error_detail());
    if (good) find_roi(of, find_number(&truths, of->first));
    for (int64_t n = of->first; n <= of->last && good; n++) {
        const char *path = find_number(&truths, n), *found[MAX_SIDES] = {NULL, NULL};
        char *reason = text_format("has no picture of number %lld", (long long)n);
        bool whole = path != NULL;
        if (!path) fail(of, truth, reason);
        for (int32_t side = 0; side < sides; side++) {
            found[side] = find_number(&masks[side], n);
            if (!found[side]) fail(of, results[side], reason);
            whole = whole && found[side];
        }
        free(reason);
        if (!whole) continue;
        file_set *files = unit_add_files(unit_of(of));
        for (int32_t side = 0; side < sides; side++)
            files->predictions[side] = text_copy(found[side]);
        paths_add(&files->truths, path);
        if (of->roi) files->ignore = text_copy(of->roi);
    }
    for (int32_t side = 0; side < sides; side++)
        seg_names_free(&masks[side], NULL);
    seg_names_free(&truths, NULL);
    free(truth);
}

/* Masks as a video: its frames are numbered from 1, as the truth's are. */
static void add_stream(video *of, char *const results[MAX_SIDES]) {
    unit *made = unit_of(of);
    made->frames = true;
    made->first = of->first - 1;
    made->last = of->last - 1;
    file_set *files = unit_add_files(made);
    for (int32_t side = 0; side < of->choices->sides; side++)
        files->predictions[side] = text_copy(results[side]);
    char *truth = name_join(of->path, "groundtruth");
    seg_names truths = {0};
    if (seg_names_list(&truths, truth, NULL) >= 0) find_roi(of, find_number(&truths, of->first));
    paths_add(&files->truths, truth);
    if (of->roi) files->ignore = text_copy(of->roi);
    seg_names_free(&truths, NULL);
    free(truth);
}

static void add_video(video *of) {
    char *results[MAX_SIDES] = {NULL, NULL};
    bool complete = read_range(of);
    int32_t directories = 0;
    for (int32_t side = 0; side < of->choices->sides; side++) {
        const char *root = of->choices->predictions[side];
        results[side] = find_result(root, of->id);
        if (results[side]) {
            directories += name_is_directory(results[side]);
            continue;
        }
        char *subject = name_join(root, of->id);
        fail(of, subject, "is missing: neither a directory of masks nor a video");
        free(subject);
        complete = false;
    }
    if (complete) {
        /* a method with memory sees the frames before the first that is scored, too */
        if (directories == of->choices->sides && !of->choices->sequence)
            add_frames(of, results);
        else
            add_stream(of, results);
    }
    for (int32_t side = 0; side < MAX_SIDES; side++)
        free(results[side]);
    free(of->roi);
    free(of->path);
}

void cdnet_find(unit_list *target, const choices *from) {
    video_list list = find_videos(from->truth);
    for (int32_t i = 0; i < list.count; i++) {
        video one = {.target = target, .choices = from, .id = list.items[i]};
        one.path = *one.id ? name_join(from->truth, one.id) : text_copy(from->truth);
        add_video(&one);
    }
    free_videos(&list);
}
