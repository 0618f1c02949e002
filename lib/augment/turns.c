/* Flips, quarter turns and transposition: whole pixels move, nothing is lost. */
#include "augment/step.h"
#include "augmentations.h"

static const seg_param plain_rows[] = {SEG_AUGMENT_P(seg_augment_head, "1")};
const seg_param_table seg_augment_plain = {plain_rows, 1, sizeof(seg_augment_head)};

/* One of the eight symmetries of a square: flips the x axis (1), the y axis (2), then exchanges
 * the axes (4). */
static void set_symmetry(seg_augment_geometry *geometry, int32_t code) {
    const double width = geometry->width, height = geometry->height;
    const double flipped[9] = {code & 1 ? -1 : 1,
                               0,
                               code & 1 ? width : 0,
                               0,
                               code & 2 ? -1 : 1,
                               code & 2 ? height : 0,
                               0,
                               0,
                               1};
    double *m = geometry->forward.m;
    geometry->whole = true;
    for (int i = 0; i < 9; i++)
        m[i] = flipped[i];
    if (!(code & 4)) return;
    for (int i = 0; i < 3; i++) {
        const double kept = m[i];
        m[i] = m[3 + i];
        m[3 + i] = kept;
    }
    const int32_t side = geometry->width;
    geometry->width = geometry->height;
    geometry->height = side;
}

static seg_status hflip(seg_augment_step *step, seg_augment_geometry *geometry) {
    (void)step;
    set_symmetry(geometry, 1);
    return SEG_OK;
}

static seg_status vflip(seg_augment_step *step, seg_augment_geometry *geometry) {
    (void)step;
    set_symmetry(geometry, 2);
    return SEG_OK;
}

static seg_status transpose(seg_augment_step *step, seg_augment_geometry *geometry) {
    (void)step;
    set_symmetry(geometry, 4);
    return SEG_OK;
}

typedef struct turn_options {
    size_t size;
    double p;
    int32_t turns;
} turn_options;

static const char *const turn_names[] = {"any", "quarter", "half", "three-quarters", NULL};

static const seg_param turn_rows[] = {
    {"turns", SEG_PARAM_ENUM, offsetof(turn_options, turns), "any", 0, 3, turn_names, "",
     "turn clockwise; any: 0 to 3 quarters, equally often", ""},
    SEG_AUGMENT_P(turn_options, "1"),
};
SEG_AUGMENT_TABLE(turn_table, turn_rows, turn_options);

static seg_status rotate90(seg_augment_step *step, seg_augment_geometry *geometry) {
    static const int32_t codes[4] = {0, 6, 3, 5}; /* clockwise, y pointing down */
    const turn_options *o = step->options;
    const int32_t turns = o->turns ? o->turns : seg_draw_below(step, 4);
    set_symmetry(geometry, codes[turns]);
    return seg_augment_decide(step, "turns", turns);
}

static seg_status d4(seg_augment_step *step, seg_augment_geometry *geometry) {
    const int32_t code = seg_draw_below(step, 8);
    set_symmetry(geometry, code);
    return seg_augment_decide(step, "symmetry", code);
}

SEG_AUGMENT_GEOMETRIC(hflip, "hflip", "mirror left and right", "", 0, seg_augment_plain, NULL);
SEG_AUGMENT_GEOMETRIC(vflip, "vflip", "mirror top and bottom", "", 0, seg_augment_plain, NULL);
SEG_AUGMENT_GEOMETRIC(transpose, "transpose", "exchange rows and columns", "", 0, seg_augment_plain,
                      NULL);
SEG_AUGMENT_GEOMETRIC(rotate90, "rotate90", "quarter turns", "", 0, turn_table, NULL);
SEG_AUGMENT_GEOMETRIC(d4, "d4", "one of the eight symmetries of a square", "", 0, seg_augment_plain,
                      NULL);
