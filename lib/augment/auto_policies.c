/*
 * Policies without a search: RandAugment applies n augmentations of one list at one magnitude,
 * TrivialAugment one at a magnitude drawn anew. The list is that of the papers, as far as it is of
 * augmentations that change pixels or geometry; magnitudes are in 31 steps of the papers' ranges.
 */
#include "augment/step.h"
#include "augmentations.h"
#include "core/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#define MAGNITUDES 31 /* 0 .. 30 */

/* An augmentation at magnitude m of 0 .. 1: `low` at 0, `high` at 1, written into the text. */
typedef struct member {
    const char *before, *behind; /* the number */
    double low, high;
    int decimals; /* -1 = no number, 0 = a whole one */
} member;

static const member members[] = {
    {"hflip(p=0)", "", 0, 0, -1}, /* the identity */
    {"auto-contrast", "", 0, 0, -1},
    {"equalise", "", 0, 0, -1},
    {"rotate(limit=", ")", 0, 30, 6},
    {"solarise(low=", ",high=1)", 1, 0, 6},
    {"saturation(limit=", ")", 0, 0.9, 6},
    {"posterise(bits=", ")", 8, 2, 0},
    {"contrast(limit=", ")", 0, 0.9, 6},
    {"brightness(limit=", ")", 0, 0.9, 6},
    {"sharpen(low=0,high=", ")", 0, 0.9, 6},
    {"shear(x=", ")", 0, 16.7, 6},
    {"shear(x=0,y=", ")", 0, 16.7, 6},
    {"translate(y=0,x=", ")", 0, 0.3, 6},
    {"translate(x=0,y=", ")", 0, 0.3, 6},
};

#define MEMBERS ((int32_t)(sizeof members / sizeof *members))

typedef struct auto_options {
    size_t size;
    double p;
    int32_t n, magnitude;
} auto_options;

/* Appends to text as snprintf would; *used counts what is needed. */
static void append(char *text, size_t size, int *used, const char *format, ...) SEG_PRINTF(4, 5);

static void append(char *text, size_t size, int *used, const char *format, ...) {
    va_list arguments;
    const size_t at = (size_t)*used < size ? (size_t)*used : size;
    va_start(arguments, format);
    const int length = vsnprintf(size ? text + at : NULL, size - at, format, arguments);
    va_end(arguments);
    if (length > 0) *used += length;
}

static void append_member(char *text, size_t size, int *used, int32_t index, int32_t magnitude) {
    const member *m = &members[index];
    const double value = m->low + (m->high - m->low) * magnitude / (MAGNITUDES - 1);
    if (*used) append(text, size, used, ",");
    if (m->decimals < 0)
        append(text, size, used, "%s", m->before);
    else {
        char number[SEG_NUMBER_SIZE];
        seg_text_from_number(number, m->decimals ? value : rint(value));
        append(text, size, used, "%s%s%s", m->before, number, m->behind);
    }
}

/* ---- RandAugment ---- */

static const seg_param rand_rows[] = {
    {"n", SEG_PARAM_INT, offsetof(auto_options, n), "2", 1, SEG_MOST_SELECTED, NULL, "",
     "augmentations that are applied, one after the other", "N"},
    {"magnitude", SEG_PARAM_INT, offsetof(auto_options, magnitude), "9", 0, MAGNITUDES - 1, NULL,
     "", "how strong they are", "M"},
    SEG_AUGMENT_P(auto_options, "1"),
};
SEG_AUGMENT_TABLE(rand_table, rand_rows, auto_options);

static int rand_chain(char *text, size_t size, const void *options) {
    const auto_options *o = options;
    int used = 0;
    for (int32_t i = 0; i < MEMBERS; i++)
        append_member(text, size, &used, i, o->magnitude);
    return used;
}

static seg_status rand_augment(seg_augment_step *step, int32_t count) {
    const auto_options *o = step->options;
    for (int32_t i = 0; i < o->n; i++) {
        const int32_t index = seg_draw_below(step, count);
        seg_augment_step_select(step, index);
        SEG_TRY(seg_augment_decide(step, "choice", index));
    }
    return SEG_OK;
}

/* ---- TrivialAugment ---- */

static int trivial_chain(char *text, size_t size, const void *options) {
    int used = 0;
    (void)options;
    for (int32_t magnitude = 0; magnitude < MAGNITUDES; magnitude++)
        for (int32_t i = 0; i < MEMBERS; i++)
            append_member(text, size, &used, i, magnitude);
    return used;
}

static seg_status trivial_augment(seg_augment_step *step, int32_t count) {
    const int32_t index = seg_draw_below(step, count);
    seg_augment_step_select(step, index);
    SEG_TRY(seg_augment_decide(step, "choice", index % MEMBERS));
    return seg_augment_decide(step, "magnitude", index / MEMBERS);
}

const seg_augmentation seg_augmentation_rand_augment = {
    .id = "rand-augment",
    .title = "n of a list of augmentations, equally strong",
    .family = "policy",
    .reference = "E. Cubuk et al., \"RandAugment: practical automated data augmentation with a "
                 "reduced search space\", NeurIPS",
    .year = 2020,
    SEG_AUGMENT_ANY,
    .params = &rand_table,
    .choose = rand_augment,
    .chain = rand_chain};
const seg_augmentation seg_augmentation_trivial_augment = {
    .id = "trivial-augment",
    .title = "one of a list of augmentations, of any strength",
    .family = "policy",
    .reference = "S. Müller, F. Hutter, \"TrivialAugment: tuning-free yet state-of-the-art data "
                 "augmentation\", ICCV",
    .year = 2021,
    SEG_AUGMENT_ANY,
    .params = &seg_augment_plain,
    .choose = trivial_augment,
    .chain = trivial_chain};
