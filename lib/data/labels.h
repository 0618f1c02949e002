/* What the formats of label files have in common: a set being read, and one being written. */
#ifndef SEG_DATA_LABELS_H
#define SEG_DATA_LABELS_H

#include "data/builder.h"
#include "data/growing_text.h"
#include "files/atomic_file.h"

#include <segment/labels.h>

/** How a format is read and written; a set's `state` is its own. Functions but `load`, `begin` and
 *  `add` may be NULL. */
typedef struct seg_labels_driver {
    const char *name;
    uint32_t kinds; /* that it holds */
    bool pictures;  /* it lies in pictures: the options must tell how they are read and written */
    seg_status (*open)(seg_labels *labels);
    seg_status (*load)(const seg_labels *labels, seg_sample *sample, const char *name, bool *found);
    void (*close)(seg_labels *labels);
    /** Refuses what the options leave no place for, of kinds that the format holds. */
    seg_status (*check)(const seg_labels_writer *writer, const seg_sample *sample);
    seg_status (*begin)(seg_labels_writer *writer);
    seg_status (*add)(seg_labels_writer *writer, const seg_sample *sample, const char *name);
    seg_status (*finish)(seg_labels_writer *writer);
    void (*abandon)(seg_labels_writer *writer);
} seg_labels_driver;

extern const seg_labels_driver seg_labels_coco, seg_labels_yolo, seg_labels_voc,
    seg_labels_semantic, seg_labels_instances, seg_labels_csv, seg_labels_tree;

/** A picture that a file lists: its whole name, the last component of that, and its number there.
 */
typedef struct seg_name {
    const char *name, *file;
    int32_t item;
} seg_name;

/** Its texts are in `base`, whose `name` is the path, for messages. */
struct seg_labels {
    seg_env env;
    seg_labels_options options;
    const seg_labels_driver *driver;
    seg_builder base;
    const char *path;
    seg_label_category *categories; /* ascending by id */
    bool names_sorted;              /* and by name */
    int32_t category_count, category_capacity;
    seg_name *by_name, *by_file; /* pictures that a file lists, in order of their bytes */
    int32_t name_count;
    void *state;
};

struct seg_labels_writer {
    seg_env env;
    seg_labels_options options;
    const seg_labels_driver *driver;
    seg_builder base; /* for texts */
    const char *path;
    bool overwrite;
    seg_label_category *categories; /* in the caller's order */
    int32_t category_count;
    seg_growing_text text; /* of the file or the part of it that is made */
    seg_atomic_file file;  /* of all samples, while it is open */
    bool opened;
    void *state;
};

/** Checks options, whose format is no longer AUTO, and finds its driver. */
SEG_NODISCARD seg_status seg_labels_choose(const seg_labels_driver **driver,
                                           const seg_labels_options *options, bool writing);

static inline bool seg_labels_wants(const seg_labels *labels, uint32_t kind) {
    return (labels->options.kinds & kind) != 0;
}

/* ---- formats whose writers are files of their own ---- */

SEG_NODISCARD seg_status seg_labels_voc_add(seg_labels_writer *writer, const seg_sample *sample,
                                            const char *name);
SEG_NODISCARD seg_status seg_labels_coco_check(const seg_labels_writer *writer,
                                               const seg_sample *sample);
/** Members that a writer passes on as they are, "" of none and of labels that are not COCO's:
 *  `"info":{...},` of the set, `,"license":1` of the picture of a name. */
const char *seg_labels_coco_notes(const seg_labels *labels);
const char *seg_labels_coco_picture_notes(const seg_labels *labels, const char *name);
SEG_NODISCARD seg_status seg_labels_coco_begin(seg_labels_writer *writer);
SEG_NODISCARD seg_status seg_labels_coco_add(seg_labels_writer *writer, const seg_sample *sample,
                                             const char *name);
SEG_NODISCARD seg_status seg_labels_coco_finish(seg_labels_writer *writer);
void seg_labels_coco_abandon(seg_labels_writer *writer);
SEG_NODISCARD seg_status seg_labels_csv_begin(seg_labels_writer *writer);
SEG_NODISCARD seg_status seg_labels_csv_add(seg_labels_writer *writer, const seg_sample *sample,
                                            const char *name);
SEG_NODISCARD seg_status seg_labels_tree_add(seg_labels_writer *writer, const seg_sample *sample,
                                             const char *name);

/* ---- names of pictures (label_names.c) ---- */

/** Puts `count` names in order; two that are equal are refused. */
SEG_NODISCARD seg_status seg_labels_index_names(seg_labels *labels, int32_t count,
                                                const char *(*name_of)(const seg_labels *labels,
                                                                       int32_t item));

/** Number of the picture of that name, else of the only one with the same last component, or -1. */
int32_t seg_labels_find_name(const seg_labels *labels, const char *name);

/* ---- classes (categories.c) ---- */

/** Appends one; its texts are copied. */
SEG_NODISCARD seg_status seg_labels_add_category(seg_labels *labels, int32_t id, const char *name,
                                                 const char *json);

/** Puts them in order of their ids; two of one id or one name are refused. */
SEG_NODISCARD seg_status seg_labels_sort_categories(seg_labels *labels);

/** Makes the names that were gathered by seg_builder_intern in `base` the classes 0, 1, ... in
 *  order of their bytes. */
SEG_NODISCARD seg_status seg_labels_number_names(seg_labels *labels);

/** Id of the class of that name; false if there is none. */
bool seg_labels_category_id(int32_t *id, const seg_labels *labels, const char *name);

/** Classes of a file with a name in each line, or of a data.yaml, whose key points go to the
 *  options. */
SEG_NODISCARD seg_status seg_labels_read_classes(seg_labels *labels, const char *path);

/** True if a writer has a category of that id: its place in the list. */
bool seg_labels_category_find(int32_t *place, const seg_labels_writer *writer, int32_t category);

/** Writes the writer's classes as classes.txt of a folder; without classes, one of an earlier set
 *  is removed where the writer may replace files. */
SEG_NODISCARD seg_status seg_labels_write_names(seg_labels_writer *writer, const char *folder);

/** Place of the category in the writer's list. Errors: SEG_ERROR_ARGUMENT (none of that id). */
SEG_NODISCARD seg_status seg_labels_category_place(int32_t *place, const seg_labels_writer *writer,
                                                   int32_t category);

/* ---- samples (labels.c) ---- */

/** Appends `object` under an id that is not in use; what it is to have is added to it. */
SEG_NODISCARD seg_status seg_labels_add_object(seg_sample *sample, const seg_object_label *object);

/** Sizes that a file tells must be those of the picture. */
SEG_NODISCARD seg_status seg_labels_check_size(const seg_sample *sample, const char *file,
                                               int32_t width, int32_t height);

/** The class of the picture: the sample must have none yet. */
SEG_NODISCARD seg_status seg_labels_set_shares(seg_sample *sample, const char *file,
                                               const float *shares, int32_t count);

/** A box around points x, y, x, y, ...; all 0 where there are none. */
seg_box seg_labels_extent(const double *xy, int32_t count);

/** A box around all corners of an object's polygons. */
seg_box seg_labels_polygon_box(const seg_sample *sample, const seg_object_label *object);

/** The four corners of a rotated box, and back. */
void seg_labels_corners(double xy[8], const seg_rotated_box *box);
seg_rotated_box seg_labels_from_corners(const double xy[8]);

/* ---- coordinates in steps (steps.c) ---- */

#define SEG_STEP (1.0 / (1 << 20))
#define SEG_HALF_STEP (SEG_STEP / 2)
#define SEG_RADIANS (3.14159265358979323846 / 180) /* of a degree */

/** The multiple of `step` (a power of two) that is nearest. */
double seg_in_steps(double value, double step);

/** The shortest decimal that, times `side`, is in steps of `step` what `value` is. */
void seg_share_text(char text[SEG_NUMBER_SIZE], double value, double side, double step);

/* ---- paths (label_paths.c) ---- */

/** Path of the file with the labels of the picture `name`; release it with seg_release. NULL
 *  without memory. */
char *seg_labels_file(const char *folder, const char *name, const char *extension,
                      const seg_env *env);

/** "FOLDER/NAME"; release it with seg_release. NULL without memory. */
char *seg_labels_join(const char *folder, const char *name, const seg_env *env);

/** True if there is such a file. */
bool seg_labels_exists(const char *path);
bool seg_labels_is_folder(const char *path);

/** Makes the folders of the file at `path`. Errors: SEG_ERROR_IO. */
SEG_NODISCARD seg_status seg_labels_make_folders(const char *path, const seg_env *env);

/** Calls `visit` with each file below `folder`, relative, in no order. Names that begin with a dot
 *  are left out. Errors: SEG_ERROR_IO, _MEMORY, _LIMIT (folders within folders beyond 32), those of
 *  visit, which ends the walk with any status but SEG_OK. */
SEG_NODISCARD seg_status seg_labels_walk(const char *folder,
                                         seg_status (*visit)(void *user, const char *name),
                                         void *user, const seg_env *env);

/** True of "a/b.XML" and ".xml". */
bool seg_labels_ends_with(const char *name, const char *extension);

/** Opens the writer's one file, to which its text goes part by part: seg_labels_hand_over writes it
 *  and empties it once it is long, seg_labels_end_file always, and gives the file its name. */
SEG_NODISCARD seg_status seg_labels_begin_file(seg_labels_writer *writer);
SEG_NODISCARD seg_status seg_labels_hand_over(seg_labels_writer *writer);
SEG_NODISCARD seg_status seg_labels_end_file(seg_labels_writer *writer);

/** Writes the writer's text as a whole file and empties it. */
SEG_NODISCARD seg_status seg_labels_write_file(seg_labels_writer *writer, const char *path);

#endif
