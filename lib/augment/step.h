/*
 * What an augmentation gets when it runs: its options, draws, memory, and the sample.
 *
 * Draws come from the stream of (seed, name and copy, path of the step); each takes the next place
 * of it, so that what a step draws depends on nothing that other steps do.
 */
#ifndef SEG_AUGMENT_STEP_H
#define SEG_AUGMENT_STEP_H

#include "augment/sample.h"
#include "core/check.h"
#include "core/random.h"
#include "imgproc/warp.h"
#include <segment/transform.h>
#include <stddef.h>

#define SEG_MOST_PARTNERS 3
#define SEG_MOST_SELECTED 32 /* steps that a policy may run */

/** Every options struct begins so. */
typedef struct seg_augment_head {
    size_t size;
    double p; /* probability */
} seg_augment_head;

/** The last row of every table. */
#define SEG_AUGMENT_P(type, value)                                                                 \
    {                                                                                              \
        "p", SEG_PARAM_FLOAT, offsetof(type, p), value, 0, 1, NULL, "",                            \
            "probability that it is applied", "p"                                                  \
    }

/** A table of rows. */
#define SEG_AUGMENT_TABLE(name, rows, type)                                                        \
    static const seg_param_table name = {rows, sizeof rows / sizeof *rows, sizeof(type)}

/** Options without more than a probability, which is 1. */
extern const seg_param_table seg_augment_plain;

/** What nearly all take. */
#define SEG_AUGMENT_ANY                                                                            \
    .formats = SEG_ANY_PICTURE, .channels = SEG_CHANNELS_ANY, .labels = SEG_LABEL_ALL

/** The row of the registry of a geometric augmentation. */
#define SEG_AUGMENT_GEOMETRIC(name, text, words, paper, when, table_name, check_function)          \
    const seg_augmentation seg_augmentation_##name = {.id = text,                                  \
                                                      .title = words,                              \
                                                      .family = "geometric",                       \
                                                      .reference = paper,                          \
                                                      .year = when,                                \
                                                      SEG_AUGMENT_ANY,                             \
                                                      .params = &table_name,                       \
                                                      .check = check_function,                     \
                                                      .plan = name}

/** Where the pixels of a new picture come from, and where points of the old one go. Starts as the
 *  identity with the old size. */
typedef struct seg_augment_geometry {
    int32_t width, height;  /* of the new picture */
    seg_transform forward;  /* from the old picture to the new one; pixel (0,0) is 0..1, 0..1 */
    const seg_image *field; /* seg_warp.field: displacements of the new picture's pixels, or NULL */
    bool shrunk;            /* the whole picture is made smaller: pixels are means of areas */
    bool whole;             /* whole pixels move to whole pixels: nothing is in between */
    seg_warp_filter filter; /* of the picture; masks and labels: the nearest pixel */
    seg_border border;      /* of pictures and semantic masks; objects have no reflections */
    double fill;            /* of full scale 255 */
} seg_augment_geometry;

typedef struct seg_augment_step {
    const seg_augmentation *augmentation;
    const void *options;
    const seg_augment_options *rules; /* of the pipeline */
    uint32_t path;
    seg_random stream;
    uint32_t drawn;
    seg_sample *sample; /* as it is before the step; steps that mix change it */
    struct seg_augment_work *work;
    seg_scratch *scratch; /* of this step */
    const seg_env *env;
    const seg_augment_partners *partners;
    int32_t selected[SEG_MOST_SELECTED], selected_count;
} seg_augment_step;

/* ---- draws ---- */

double seg_draw_unit(seg_augment_step *step);                             /* 0 .. 1 */
double seg_draw_between(seg_augment_step *step, double low, double high); /* uniform */
int32_t seg_draw_below(seg_augment_step *step, int32_t bound);            /* 0 .. bound - 1 */
double seg_draw_normal(seg_augment_step *step);
bool seg_draw_chance(seg_augment_step *step, double p);
/** A seed for what is drawn for each pixel. */
uint64_t seg_draw_seed(seg_augment_step *step);

/** Notes a draw for manifests; `name` is a constant. */
seg_status seg_augment_decide(seg_augment_step *step, const char *name, double value);

/** Says that step `index` of a policy runs, after those selected before. */
void seg_augment_step_select(seg_augment_step *step, int32_t index);

/* ---- pictures in working memory ---- */

typedef enum seg_room {
    SEG_ROOM_PICTURE,
    SEG_ROOM_SEMANTIC,
    SEG_ROOM_INSTANCES,
    SEG_ROOM_SALIENCY,
    SEG_ROOMS
} seg_room;

/** A picture of undefined pixels in the room that is not in use; it is taken into use by putting it
 *  into the sample. `like` gives format, channels, bits and colour. */
SEG_NODISCARD seg_status seg_augment_picture(seg_image *image, seg_augment_step *step,
                                             seg_room room, int32_t width, int32_t height,
                                             const seg_image *like);

/** A picture in step->scratch. */
SEG_NODISCARD seg_status seg_step_picture(seg_image *image, seg_augment_step *step, int32_t width,
                                          int32_t height, seg_format format, int channels);

/* ---- geometry and labels ---- */

/** Moves the sample's pictures and all labels; objects that do not live are dropped. */
SEG_NODISCARD seg_status seg_augment_move(seg_augment_step *step,
                                          const seg_augment_geometry *geometry);

/** Gives `to`, the sample that is built, pictures of the kinds that the sample has. */
SEG_NODISCARD seg_status seg_augment_pictures(seg_augment_step *step, seg_sample *to, int32_t width,
                                              int32_t height);

/** Adds what `geometry` makes of a sample to one that is built, in a window of it: pixels, and
 *  objects that live there. Of those only the `taken` (NULL = all); ids are first_id + place in
 *  the list, or stay (0). */
SEG_NODISCARD seg_status seg_augment_add(seg_augment_step *step, seg_sample *to,
                                         const seg_sample *from,
                                         const seg_augment_geometry *geometry, seg_rect window,
                                         const bool *taken, int32_t first_id);

SEG_NODISCARD seg_status seg_augment_copy_classes(seg_sample *to, const seg_sample *from);

/** Draws partner number `which` of 0 .. SEG_MOST_PARTNERS - 1 and loads it. */
SEG_NODISCARD seg_status seg_augment_partner(seg_augment_step *step, int32_t which,
                                             seg_sample **partner);

/** The sample that the next one is built in: no labels, no pictures. */
seg_sample *seg_augment_other(seg_augment_step *step);
/** Makes that one the sample. */
void seg_augment_swap(seg_augment_step *step);

/** Tells what is hidden from now on: U8 of the picture's size, non-zero = hidden. Objects that do
 *  not live are dropped. Masks stay, since a hidden object is still there, unless it is `removed`:
 *  then they, boxes made of them, and key points lose what is hidden. */
SEG_NODISCARD seg_status seg_augment_hide(seg_augment_step *step, const seg_image *hidden,
                                          bool removed);

#endif
