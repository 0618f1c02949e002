/* Local equalisation (imgproc/clahe.h) of a random strength. */
#include "imgproc/clahe.h"

#include "augment/tone.h"
#include "augmentations.h"

typedef struct clahe_options {
    size_t size;
    double p, clip;
    int32_t tiles;
} clahe_options;

static const seg_param clahe_rows[] = {
    {"clip", SEG_PARAM_FLOAT, offsetof(clahe_options, clip), "4", 1, 1000, NULL, "",
     "no level counts more than this times the mean; the limit is uniform in 1 .. clip", ""},
    {"tiles", SEG_PARAM_INT, offsetof(clahe_options, tiles), "8", 1, SEG_CLAHE_MOST_TILES, NULL, "",
     "along each side", ""},
    SEG_AUGMENT_P(clahe_options, "1"),
};
SEG_AUGMENT_TABLE(clahe_table, clahe_rows, clahe_options);

static seg_status clahe(seg_augment_step *step, const seg_image *target, const seg_image *source) {
    const clahe_options *o = step->options;
    const double clip = seg_draw_between(step, 1, o->clip);
    SEG_TRY(seg_augment_decide(step, "clip", clip));
    return seg_clahe_with(target, source, clip, o->tiles, step->scratch);
}

const seg_augmentation seg_augmentation_clahe = {
    .id = "clahe",
    .title = "local equalisation with limited contrast",
    .family = "pixel",
    .reference = "K. Zuiderveld, \"Contrast limited adaptive histogram equalization\", Graphics "
                 "Gems IV",
    .year = 1994,
    SEG_AUGMENT_ANY,
    .params = &clahe_table,
    .filter = clahe};
