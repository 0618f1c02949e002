/* Policies: which of the augmentations that they hold run. */
#include "augment/step.h"
#include "augmentations.h"

/* All of them, each with its own probability. */
static seg_status sequence(seg_augment_step *step, int32_t count) {
    for (int32_t i = 0; i < count; i++)
        seg_augment_step_select(step, i);
    return SEG_OK;
}

/* One of them, equally often, for sure: `count` added says so. */
static seg_status one_of(seg_augment_step *step, int32_t count) {
    const int32_t index = seg_draw_below(step, count);
    seg_augment_step_select(step, count + index);
    return seg_augment_decide(step, "choice", index);
}

typedef struct some_options {
    size_t size;
    double p;
    int32_t n;
} some_options;

static const seg_param some_rows[] = {
    {"n", SEG_PARAM_INT, offsetof(some_options, n), "2", 1, SEG_MOST_SELECTED, NULL, "",
     "how many of them run, in their order; each for sure", "n"},
    SEG_AUGMENT_P(some_options, "1"),
};
SEG_AUGMENT_TABLE(some_table, some_rows, some_options);

/* R. Floyd's sample without replacement would lose the order: one pass keeps it. */
static seg_status some_of(seg_augment_step *step, int32_t count) {
    const some_options *o = step->options;
    int32_t wanted = o->n < count ? o->n : count;
    for (int32_t i = 0; i < count && wanted; i++) {
        if (seg_draw_below(step, count - i) >= wanted) continue;
        seg_augment_step_select(step, count + i);
        wanted--;
    }
    return SEG_OK;
}

const seg_augmentation seg_augmentation_sequence = {.id = "sequence",
                                                    .title = "all of those it holds, in order",
                                                    .family = "policy",
                                                    .reference = "",
                                                    SEG_AUGMENT_ANY,
                                                    .holds = true,
                                                    .params = &seg_augment_plain,
                                                    .choose = sequence};
const seg_augmentation seg_augmentation_one_of = {.id = "one-of",
                                                  .title = "one of those it holds",
                                                  .family = "policy",
                                                  .reference = "",
                                                  SEG_AUGMENT_ANY,
                                                  .holds = true,
                                                  .params = &seg_augment_plain,
                                                  .choose = one_of};
const seg_augmentation seg_augmentation_some_of = {.id = "some-of",
                                                   .title = "some of those it holds, in order",
                                                   .family = "policy",
                                                   .reference = "",
                                                   SEG_AUGMENT_ANY,
                                                   .holds = true,
                                                   .params = &some_table,
                                                   .choose = some_of};
