/* libsegment-data: the label files of a data set of pictures, read into and written from samples.
 */
#ifndef SEGMENT_LABELS_H
#define SEGMENT_LABELS_H

#include <segment/augment.h>

SEG_BEGIN_DECLS

/** How labels lie on the disk. NAME is the name of a picture in its set without its extension. */
typedef enum seg_labels_format {
    SEG_LABELS_AUTO = 0,
    /** One JSON file (https://cocodataset.org/#format-data): boxes, polygons, run lengths, key
     *  points; rotated boxes as `rotated_box`: [x, y, width, height, degrees], which is ours. An
     *  object that has but pixels of `instances` is written as run lengths. */
    SEG_LABELS_COCO,
    /** A folder of NAME.txt, a row for each object: its class from 0 on, then coordinates as shares
     *  of the sides, of a box (centre, size), of a polygon, or of a box and key points.
     *  https://docs.ultralytics.com/datasets/ */
    SEG_LABELS_YOLO,
    /** A folder of NAME.xml of Pascal VOC: boxes; rotated boxes (`robndbox` of roLabelImg) and
     *  polygons, as some tools write them. `difficult` becomes a crowd. Reading needs expat. */
    SEG_LABELS_VOC,
    /** A folder of pictures NAME.png whose pixels are classes. */
    SEG_LABELS_SEMANTIC,
    /** A folder of pictures NAME.png whose pixels are ids of objects, 0 = none. */
    SEG_LABELS_INSTANCES,
    /** A text of rows: `name,class`; or below a header `name,CLASS,CLASS,...` the share of each. */
    SEG_LABELS_CSV,
    /** The folder of the pictures themselves: CLASS/NAME.jpg. */
    SEG_LABELS_TREE
} seg_labels_format;

#define SEG_LABELS_FORMATS 8

/** "coco", "yolo", "voc", "semantic", "instances", "csv", "tree"; NULL of anything else. */
SEG_API const char *seg_labels_format_name(int32_t format);

/** The format of that name, SEG_LABELS_AUTO of "auto", -1 of anything else. */
SEG_API int32_t seg_labels_format_find(const char *name);

/** The kinds of labels (seg_label_kind bits) that a format holds. */
SEG_API uint32_t seg_labels_format_kinds(int32_t format);

/** A class of objects or pictures. Texts are never NULL. */
typedef struct seg_label_category {
    int32_t id;       /**< what seg_object_label.category and pixels of `semantic` are */
    const char *name; /**< "" where there is none */
    const char *json; /**< the whole as COCO has it (names of key points, ...); else "" */
} seg_label_category;

/** The labels of a set of pictures. After it was opened it never changes: any number of threads may
 *  use it at once. */
typedef struct seg_labels seg_labels;

typedef struct seg_labels_options {
    size_t size;
    int32_t format; /**< seg_labels_format; default: by what is found at the path, or of a writer
                       by the name: .json, .csv; others must be told */
    /** File of the names of classes, one a line, the first being class 0; or the `data.yaml` of
     *  YOLO, which tells its key points as well. NULL: of YOLO the file data.yaml, classes.txt or
     *  obj.names in the folder of the labels or the one above; of the others, the names that occur
     *  in the labels, in order of their bytes. A writer writes classes.txt in place of it. */
    const char *classes;
    int32_t points;        /**< YOLO: key points of each object; default 0 */
    int32_t point_numbers; /**< YOLO: of each of them: 2 (x, y) or 3 (and visibility, default) */
    bool oriented;         /**< YOLO: four corners are a rotated box, no polygon; default false */
    int32_t origin;        /**< VOC: coordinate of the first pixel; its boxes include the last one.
                              0 or 1, default 1 as the challenge has it */
    int32_t divisor; /**< instances: a pixel is class * divisor + number, as in Cityscapes (1000),
                        lower values are no objects; default 0: all are of class 0 */
    bool soft;       /**< CSV is written with the share of each class; default false */
    uint32_t kinds;  /**< labels that are read and written, others are passed over; default all */
    /** Label pictures, which libsegment-data cannot read and write by itself: with indices of
     *  palettes, and whole or not at all. seg_picture_read and seg_picture_write will do. NULL: the
     *  two formats that need them are refused. */
    seg_status (*read_picture)(void *user, seg_image *image, const char *path, const seg_env *env);
    seg_status (*write_picture)(void *user, const char *path, const seg_image *image,
                                const seg_env *env);
    void *user;
    /** COCO, written: labels that were read of COCO and outlive the writer. `info` and `licenses`
     * of that file are written along, and of the picture that seg_sample.name has there `license`,
     *  `coco_url`, `flickr_url` and `date_captured`. NULL (default) or others: none. */
    const seg_labels *source;
} seg_labels_options;

SEG_API void seg_labels_options_init(seg_labels_options *options);

/* ---- reading ---- */

/**
 * Opens the labels at `path`: a file of COCO or CSV, which is read and checked as a whole, or a
 * folder, whose files are read when they are asked for; a VOC folder without options.classes is
 * searched for the names of classes, and a file of it that is bad tells so when it is asked for.
 * `options` and `env` may be NULL; what env points to must outlive it. Strict: what is missing, out
 * of range, twice, or refers to nothing is an error that names file and line or element, never
 * skipped.
 * Errors: SEG_ERROR_IO, _DATA, _LIMIT, _MEMORY, _OPTION, _UNSUPPORTED (the format was not built in,
 * or needs a reader of pictures).
 */
SEG_API SEG_NODISCARD seg_status seg_labels_open(seg_labels **labels, const char *path,
                                                 const seg_labels_options *options,
                                                 const seg_env *env);
SEG_API void seg_labels_close(seg_labels *labels);

/** The format that it turned out to be. */
SEG_API int32_t seg_labels_format_of(const seg_labels *labels);

/** Its classes, ascending by id; none where the labels have but numbers. */
SEG_API const seg_label_category *seg_labels_categories(const seg_labels *labels, int32_t *count);

/** Pictures that the label file itself lists, in order of their bytes; 0 of folders. */
SEG_API int32_t seg_labels_count(const seg_labels *labels);
/** Name of picture 0 .. count - 1, as in the file. */
SEG_API const char *seg_labels_name(const seg_labels *labels, int32_t index);

/**
 * Adds the labels of the picture of that name to `sample`, whose picture is in it already: sizes
 * are checked against it, and YOLO needs it. Names are relative to the folder of the pictures, with
 * `/`. Label folders mirror that folder; a component `images` of a name stands for `labels` there
 * (YOLO's tree). COCO and CSV take the last component of a name where the whole is not found and
 * it is the only one. Objects get ids above those in the sample, and `tag` the id of a COCO
 * annotation, else 0. *found (may be NULL) tells whether there is anything on that picture, be it
 * that it has no objects; if not, the sample stays as it is.
 * Errors: as seg_labels_open, SEG_ERROR_SHAPE (another size), SEG_ERROR_STATE (a second class,
 * semantic or instance picture). The sample is then as before.
 */
SEG_API SEG_NODISCARD seg_status seg_labels_load(const seg_labels *labels, seg_sample *sample,
                                                 const char *name, bool *found);

/**
 * As seg_labels_load, but for a sample without picture, which need not have been read: it gets the
 * kinds of labels that the picture has, and as many of each, so that what refuses them can do so at
 * once. Sizes are not checked, coordinates that are shares of the picture (YOLO) are 0, and label
 * pictures, which are not read either, are stood in for by one pixel, of an object.
 */
SEG_API SEG_NODISCARD seg_status seg_labels_glance(const seg_labels *labels, seg_sample *sample,
                                                   const char *name, bool *found);

/* ---- writing ---- */

/** Checks that a writer at `path` (of which only the name counts) has a place for all labels of a
 *  sample, which may come from seg_labels_glance. `options` says what it writes. Errors:
 *  SEG_ERROR_UNSUPPORTED as seg_labels_writer_add, SEG_ERROR_OPTION. */
SEG_API SEG_NODISCARD seg_status seg_labels_check(const seg_sample *sample, const char *path,
                                                  const seg_labels_options *options);

typedef struct seg_labels_writer seg_labels_writer;

/**
 * Begins labels at `path`, a file or a folder, which is made if there is none. Categories are
 * copied; YOLO numbers them by their places, VOC, CSV and trees use their names. Without any, COCO
 * and VOC call those of the objects by their numbers. Files appear whole under their names, those
 * of COCO and CSV at the end. `overwrite`: a file that exists is replaced. Errors:
 * SEG_ERROR_OPTION, _IO, _MEMORY, _UNSUPPORTED.
 */
SEG_API SEG_NODISCARD seg_status seg_labels_writer_begin(
    seg_labels_writer **writer, const char *path, const seg_labels_options *options,
    const seg_label_category *categories, int32_t count, bool overwrite, const seg_env *env);

/**
 * Writes the labels of a sample, whose picture was written as `name` (relative, with its extension;
 * each but once). What was read comes back the same when it is read from what was written:
 * exactly of COCO, CSV and pictures; YOLO and VOC are read with coordinates in steps of 2^-20 of a
 * pixel, which come back exactly.
 * Errors: SEG_ERROR_UNSUPPORTED (the sample has a kind of label of options->kinds that the format
 * does not hold: named), SEG_ERROR_ARGUMENT (a category of no name), SEG_ERROR_IO,
 * SEG_ERROR_MEMORY. After an error the sample is not in the set, and others may follow, but of
 * SEG_ERROR_IO.
 */
SEG_API SEG_NODISCARD seg_status seg_labels_writer_add(seg_labels_writer *writer,
                                                       const seg_sample *sample, const char *name);

/** Ends it and frees the writer in any case. Errors: SEG_ERROR_IO, _MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_labels_writer_finish(seg_labels_writer *writer);

/** Gives up: files of a set remain as they were. NULL is allowed. */
SEG_API void seg_labels_writer_abandon(seg_labels_writer *writer);

SEG_END_DECLS

#endif
