/* libsegment-data: reads and writes data sets: pictures with their instances, true or predicted. */
#ifndef SEGMENT_DATA_H
#define SEGMENT_DATA_H

#include <segment/evaluate.h>

SEG_BEGIN_DECLS

/** A picture or a frame of a sequence. Texts are never NULL, "" where there is none. */
typedef struct seg_dataset_picture {
    const char *sequence;  /**< what the frame is of: the `input` of objects; else "" */
    int64_t id;            /**< COCO: of the image; else the number of the frame */
    const char *name;      /**< file of the picture */
    const char *labels;    /**< file of its label picture (COCO panoptic) */
    int32_t width, height; /**< pixels, 0 = unknown */
    int32_t first, count;  /**< its instances in seg_dataset.instances */
} seg_dataset_picture;

typedef struct seg_dataset_category {
    int32_t id;
    const char *name;
    bool stuff; /**< COCO's isthing is 0 */
} seg_dataset_category;

/** Zero-initialise; release with seg_dataset_free. Everything belongs to it. */
typedef struct seg_dataset {
    seg_dataset_picture *pictures; /**< ascending by sequence, then id; no two are equal */
    int32_t picture_count;
    seg_instance *instances; /**< by pictures, in the order of the file */
    int32_t instance_count;
    seg_dataset_category *categories; /**< ascending by id; none if the file names none */
    int32_t category_count;
    struct seg_dataset_store *store;
} seg_dataset;

typedef enum seg_dataset_format {
    SEG_DATASET_AUTO = 0,
    /** A JSON object with `annotations`: instances (https://cocodataset.org/#format-data) with
     *  polygons, run lengths or boxes, or panoptic `segments_info`. */
    SEG_DATASET_COCO,
    /** A JSON list of results: image_id, category_id, score, and segmentation or bbox. */
    SEG_DATASET_COCO_RESULTS,
    /** MOTChallenge: frame, id, left, top, width, height[, conf[, class[, visibility, ...]]]. */
    SEG_DATASET_MOT,
    /** MOTS: frame id class height width run-lengths. */
    SEG_DATASET_MOTS,
    /** JSON Lines of `segment --objects`. */
    SEG_DATASET_OBJECTS,
    /** KITTI's tracks: frame id type truncated occluded alpha left top right bottom and 7 numbers
     *  of the box in space[, score]. Categories 1 to 9: Car, Van, Truck, Pedestrian, Person,
     *  Cyclist, Tram, Misc, DontCare; DontCare becomes a crowd. */
    SEG_DATASET_KITTI
} seg_dataset_format;

/** How rows of MOTChallenge and KITTI are meant. */
typedef enum seg_mot_rules {
    /** Of a tracker or detector: all rows count, as class 1 with their conf as score. */
    SEG_MOT_PREDICTIONS = 0,
    /** Truth without classes (MOT15): rows of conf 0 are left out, the others are of class 1. */
    SEG_MOT_TRUTH,
    /** Truth of MOT16 and MOT17: persons on vehicles, static persons, distractors and reflections
     *  (classes 2, 7, 8, 12) are marked `ignore`; rows of conf 0 are of class 0. With `category =
     * 1` the metric `tracks` then scores as the benchmark does. */
    SEG_MOT_TRUTH_16,
    /** Truth of MOT20: as before, with vehicles that are no motors (class 6) ignored as well. */
    SEG_MOT_TRUTH_20,
    /** KITTI's score of cars, of predictions (read with `truth`) as of truth: rows of other classes
     *  are left out. Of the truth, vans, and cars that are truncated (above 0) or largely occluded
     *  (above 2) are of class 1 and marked `ignore`. Predictions of at most 25 pixels in height
     *  are marked `ignore`: they only count where they match. */
    SEG_MOT_KITTI_CAR,
    /** The same of pedestrians (class 4), with persons that sit in the place of vans. */
    SEG_MOT_KITTI_PEDESTRIAN
} seg_mot_rules;

typedef struct seg_dataset_options {
    size_t size;
    int32_t format; /**< seg_dataset_format; default: by content */
    /** Truth of the same pictures, or NULL. Results of COCO get its pictures, with sizes and
     *  names, and may only refer to those and to its categories. */
    const seg_dataset *truth;
    int32_t mot;           /**< seg_mot_rules */
    int32_t width, height; /**< of pictures of which the file does not tell it; default 0 */
    bool boxes_only;       /**< masks are not made; default false */
} seg_dataset_options;

SEG_API void seg_dataset_options_init(seg_dataset_options *options);

/**
 * Reads a data set from `size` bytes; any may be given. `name` stands in messages, which name the
 * place: "gt.json: images[3].width is -1 (allowed: 1 to 1000000)". `options` and `env` may be NULL;
 * what env points to must outlive the data set. `data` must be empty or initialised; on error it is
 * empty.
 *
 * Strict: what is missing, of another type, out of range, twice, or refers to nothing is an error,
 * never skipped. Unknown members are allowed. Polygons become run lengths as pycocotools makes them
 * (seg_rle_from_polygons), so that scores agree; those of objects, which follow pixel edges and
 * have holes, become exactly the region, if the size of the picture is known (options). A box that
 * is not given is that of the mask. The area is the annotated one; of results the area of their box
 * if they have one, as pycocotools takes it, else of their mask.
 *
 * A UTF-8 byte order mark is passed over.
 *
 * Memory: beside the text and what is kept (96 bytes an instance, 4 for each run of a mask) one
 * element of COCO's lists, or one line, at a time; small blocks of the JSON parser come from
 * malloc. Time and memory are linear in the size of the text but for polygons, which take time for
 * each column of the picture that their edges cross; more than 2^24 such crossings are refused.
 *
 * Errors: SEG_ERROR_DATA, SEG_ERROR_LIMIT (sizes beyond env->limits), SEG_ERROR_MEMORY,
 * SEG_ERROR_OPTION.
 */
SEG_API SEG_NODISCARD seg_status seg_dataset_parse(seg_dataset *data, const char *text, size_t size,
                                                   const char *name,
                                                   const seg_dataset_options *options,
                                                   const seg_env *env);

/** The same from a file, whose text is held in memory meanwhile: 136 MB for 550 000 boxes in a
 * file of 69 MB. Errors: as seg_dataset_parse, and SEG_ERROR_IO. */
SEG_API SEG_NODISCARD seg_status seg_dataset_read(seg_dataset *data, const char *path,
                                                  const seg_dataset_options *options,
                                                  const seg_env *env);

/** Takes a part of a text that is written; false ends the writing. */
typedef bool (*seg_dataset_sink)(void *user, const char *bytes, size_t size);

/**
 * Writes a data set as SEG_DATASET_COCO_RESULTS or SEG_DATASET_MOT (rows of a tracker), part by
 * part as text. What was read from such a text (with `mot` = SEG_MOT_PREDICTIONS, and with the same
 * `truth` or without one) is read back exactly as it was. What a format has no place for is left
 * out: flags, and of results ids and areas that are neither the box's nor the mask's; of rows
 * masks, and fractions of coordinates below the last digit of the coordinate plus one.
 * Errors: SEG_ERROR_UNSUPPORTED (another format; several sequences; rows of frames below 1, of
 * classes other than 0 and 1), SEG_ERROR_IO (the sink), SEG_ERROR_MEMORY.
 */
SEG_API SEG_NODISCARD seg_status seg_dataset_write(const seg_dataset *data, int32_t format,
                                                   seg_dataset_sink sink, void *user,
                                                   const seg_env *env);

/** Makes it empty. NULL is allowed. */
SEG_API void seg_dataset_free(seg_dataset *data);

/** The picture of that sequence and id, or NULL. */
SEG_API const seg_dataset_picture *seg_dataset_find(const seg_dataset *data, const char *sequence,
                                                    int64_t id);

/** The category of that id, or NULL. */
SEG_API const seg_dataset_category *seg_dataset_category_find(const seg_dataset *data, int32_t id);

/** Goes through two data sets side by side. Set both, zero the rest. */
typedef struct seg_dataset_walk {
    const seg_dataset *predicted, *expected;
    int32_t next_predicted, next_expected;
    /** Of the current pair, NULL where one of them does not have the picture. */
    const seg_dataset_picture *predicted_picture, *expected_picture;
} seg_dataset_walk;

/** The instances of the next picture that either has, in ascending order, as a pair to be scored
 *  (what one of them lacks is empty there); false after the last. */
SEG_API bool seg_dataset_next(seg_dataset_walk *walk, seg_pair *pair);

SEG_END_DECLS

#endif
