/*
 * Classes: label pictures of several classes against the truth, from their confusion matrix.
 *
 * With n(t, p) the pixels of true class t that were given class p, t(i) the row sums (pixels of the
 * class), p(i) the column sums (pixels given to it): iou(i) = n(i, i) / (t(i) + p(i) - n(i, i)),
 * recall(i) = n(i, i) / t(i), precision(i) = n(i, i) / p(i), f1(i) = 2 n(i, i) / (t(i) + p(i)).
 * M. Everingham et al., "The PASCAL Visual Object Classes challenge", IJCV 88(2), 2010; pixel and
 * mean accuracy, miou and fwiou as J. Long, E. Shelhamer, T. Darrell, "Fully convolutional networks
 * for semantic segmentation", CVPR 2015; mcc of several classes: J. Gorodkin, 2004.
 *
 * Macro means are over the classes that the truth or the prediction has, each with the ratios that
 * are defined for it; micro ones pool the counts. With `no-background` class 0 is left out of both,
 * but a pixel of another class that was given to it is still missed.
 *
 * Cost: two reads of each picture, about 0.2 ns a pixel where neighbours are alike; 8 bytes for
 * each pair of classes.
 */
#include "core/memory.h"
#include "evaluate/agreement.h"
#include "evaluate/object.h"
#include "evaluate/table.h"
#include "kernels/agree.h"
#include "metrics.h"

#include <string.h>

#define MOST_CLASSES 4096

typedef struct classes_options {
    size_t size;
    int32_t classes, ignore_value;
    bool background;
} classes_options;

static const seg_param rows[] = {
    {"classes", SEG_PARAM_INT, offsetof(classes_options, classes), "0", 0, MOST_CLASSES, NULL, "",
     "Number of classes, counted from 0; 0 = as many as the pictures have.", "n"},
    {"background", SEG_PARAM_BOOL, offsetof(classes_options, background), "true", 0, 1, NULL, "",
     "Class 0 counts in means like any other.", ""},
    {"ignore-value", SEG_PARAM_INT, offsetof(classes_options, ignore_value), "-1", -1, INT32_MAX,
     NULL, "raw value", "Pixels of this value in the truth are not scored; -1 = all are.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(classes_options)};

typedef enum {
    ACCURACY,
    MEAN_ACCURACY,
    MIOU,
    FWIOU,
    MACRO_PRECISION,
    MACRO_RECALL,
    MACRO_F1,
    MICRO_PRECISION,
    MICRO_RECALL,
    MICRO_F1,
    MICRO_IOU,
    MCC,
    KAPPA,
    PIXELS,
    CLASSES,
    MEASURES
} place;

static const seg_measure measures[MEASURES] = {
    [ACCURACY] = {"pixel-accuracy", "pixels of the right class / all", "", 1, 1},
    [MEAN_ACCURACY] = {"mean-accuracy", "mean recall of the classes", "", 1, 1},
    [MIOU] = {"miou", "mean intersection over union of the classes", "", 1, 1},
    [FWIOU] = {"fwiou", "iou weighted with the pixels of each class", "", 1, 1},
    [MACRO_PRECISION] = {"macro-precision", "mean precision of the classes", "", 1, 1},
    [MACRO_RECALL] = {"macro-recall", "the same as mean-accuracy", "", 1, 1},
    [MACRO_F1] = {"macro-f1", "mean f1 of the classes", "", 1, 1},
    [MICRO_PRECISION] = {"micro-precision", "precision of the summed counts", "", 1, 1},
    [MICRO_RECALL] = {"micro-recall", "recall of the summed counts", "", 1, 1},
    [MICRO_F1] = {"micro-f1", "f1 of the summed counts", "", 1, 1},
    [MICRO_IOU] = {"micro-iou", "iou of the summed counts", "", 1, 1},
    [MCC] = {"mcc", "correlation of the classes (Gorodkin's R_K)", "", 1, 1},
    [KAPPA] = {"kappa", "Cohen's kappa: agreement beyond chance", "", 1, 1},
    [PIXELS] = {"pixels", "pixels that were scored", "px", 0, NAN},
    [CLASSES] = {"classes", "classes that means are over", "classes", 0, NAN},
};

enum { CONFUSION, PER_CLASS, TABLES };

static const char *const class_columns[] = {"class",     "pixels", "found", "iou",
                                            "precision", "recall", "f1",    NULL};

static const seg_table_kind tables[TABLES] = {
    [CONFUSION] = {"confusion", "pixels of a class (row) given to a class (column)", NULL, -1, -1},
    [PER_CLASS] = {"per-class", "each class for itself", class_columns, -1, -1},
};

typedef struct classes_tally {
    seg_env env;
    classes_options options;
    int32_t side;   /* classes so far */
    int64_t *cells; /* side * truth + prediction */
} classes_tally;

static seg_status grow(classes_tally *tally, int32_t side) {
    if (side <= tally->side) return SEG_OK;
    const size_t old = (size_t)tally->side, new = (size_t)side;
    int64_t *cells =
        seg_allocate_zeroed(&tally->env, new *new, sizeof *cells, "a table of classes");
    if (!cells) return SEG_ERROR_MEMORY;
    for (size_t row = 0; row < old; row++)
        memcpy(cells + row * new, tally->cells + row * old, old * sizeof *cells);
    seg_release(&tally->env, tally->cells);
    tally->cells = cells;
    tally->side = side;
    return SEG_OK;
}

static void release(void *state) {
    classes_tally *tally = state;
    const seg_env env = tally->env;
    seg_release(&env, tally->cells);
    seg_release(&env, tally);
}

static seg_status create(void **state, const void *options, const seg_env *env) {
    classes_tally *tally = seg_allocate_zeroed(env, 1, sizeof *tally, "a tally of classes");
    if (!tally) return SEG_ERROR_MEMORY;
    tally->env = *env;
    tally->options = *(const classes_options *)options;
    const seg_status status = grow(tally, tally->options.classes);
    if (status < 0) release(tally);
    *state = tally;
    return status;
}

/* ---- spans of scored pixels ---- */

typedef struct span {
    const seg_unscored *unscored;
    int32_t width, height;
    int32_t x, y, count;        /* of the span */
    int32_t chunk, chunk_count; /* first pixel and length of the chunk that it lies in */
    const uint8_t *ignore;      /* of the chunk, or NULL */
    uint8_t room[SEG_OBJECT_CHUNK];
} span;

static void span_start(span *s, const seg_unscored *unscored, const seg_image *shape) {
    s->unscored = unscored;
    s->width = shape->width, s->height = shape->height;
    s->x = s->count = s->chunk = s->chunk_count = 0;
    s->ignore = NULL;
    s->y = -1;
}

static bool next_chunk(span *s) {
    s->chunk += s->chunk_count;
    if (s->y < 0 || s->chunk >= s->width) {
        s->chunk = 0;
        if (++s->y >= s->height) return false;
    }
    const int32_t left = s->width - s->chunk;
    s->chunk_count = left < SEG_OBJECT_CHUNK ? left : SEG_OBJECT_CHUNK;
    s->ignore = seg_unscored_pixels(s->unscored, s->chunk, s->y, s->chunk_count, s->room);
    return true;
}

/* From pixel i of a chunk on, the first one that is ignored, or that is not; `count` if there is
 * none. Eight pixels at a time while they are all scored. */
static int32_t run_end(const uint8_t *ignore, int32_t i, int32_t count, bool ignored) {
    for (uint64_t eight = 0; !ignored && i + 8 <= count; i += 8) {
        memcpy(&eight, ignore + i, sizeof eight);
        if (eight) break;
    }
    while (i < count && (ignore[i] != 0) == ignored)
        i++;
    return i;
}

static bool span_next(span *s) {
    int32_t at = s->x + s->count - s->chunk;
    for (;;) {
        if (s->ignore) at = run_end(s->ignore, at, s->chunk_count, true);
        if (at < s->chunk_count) break;
        if (!next_chunk(s)) return false;
        at = 0;
    }
    const int32_t end = s->ignore ? run_end(s->ignore, at, s->chunk_count, false) : s->chunk_count;
    s->x = s->chunk + at;
    s->count = end - at;
    return true;
}

/* ---- classes of pixels ---- */

static int32_t class_at(const seg_image *picture, int32_t x, int32_t y) {
    const void *row = seg_image_row(picture, y);
    return picture->format == SEG_U8    ? ((const uint8_t *)row)[x]
           : picture->format == SEG_U16 ? ((const uint16_t *)row)[x]
                                        : ((const int32_t *)row)[x];
}

/* The largest class of a span; negative ones, taken as unsigned, are the largest. */
static uint32_t largest_in(const seg_image *picture, const span *s) {
    const void *row = seg_image_row(picture, s->y);
    uint32_t most = 0;
    if (picture->format == SEG_U8) {
        const uint8_t *value = (const uint8_t *)row + s->x;
        uint8_t largest = 0;
        for (int32_t i = 0; i < s->count; i++)
            largest = value[i] > largest ? value[i] : largest;
        return largest;
    }
    for (int32_t i = 0; i < s->count; i++) {
        const uint32_t value = (uint32_t)class_at(picture, s->x + i, s->y);
        most = value > most ? value : most;
    }
    return most;
}

static seg_status refuse(const seg_image *picture, const char *name, const span *s,
                         uint32_t limit) {
    int32_t x = s->x;
    while ((uint32_t)class_at(picture, x, s->y) < limit)
        x++;
    return seg_fail(SEG_ERROR_DATA,
                    "%s has class %ld at %ld,%ld (allowed 0 to %ld); set classes, or ignore-value "
                    "for what is not scored",
                    name, (long)class_at(picture, x, s->y), (long)x, (long)s->y, (long)limit - 1);
}

/* One more than the largest class of both pictures. */
static seg_status find_side(int32_t *side, const seg_pair *pair, const seg_unscored *unscored,
                            int32_t classes) {
    const uint32_t limit = (uint32_t)(classes ? classes : MOST_CLASSES);
    uint32_t most = 0;
    span s;
    for (span_start(&s, unscored, &pair->truths[0]); span_next(&s);) {
        const uint32_t given = largest_in(pair->prediction, &s);
        const uint32_t wanted = largest_in(&pair->truths[0], &s);
        if (given >= limit) return refuse(pair->prediction, "the prediction", &s, limit);
        if (wanted >= limit) return refuse(&pair->truths[0], "the truth", &s, limit);
        most = given > most ? given : most;
        most = wanted > most ? wanted : most;
    }
    *side = (int32_t)most + 1;
    return SEG_OK;
}

/* Classes below 256 as bytes: the row itself, or written to `room`. */
static const uint8_t *narrow(const seg_image *picture, const span *s, uint8_t *room) {
    const void *row = seg_image_row(picture, s->y);
    if (picture->format == SEG_U8) return (const uint8_t *)row + s->x;
    if (picture->format == SEG_U16)
        for (int32_t i = 0; i < s->count; i++)
            room[i] = (uint8_t)((const uint16_t *)row)[s->x + i];
    else
        for (int32_t i = 0; i < s->count; i++)
            room[i] = (uint8_t)((const int32_t *)row)[s->x + i];
    return room;
}

static seg_status add(void *state, const seg_pair *pair) {
    classes_tally *tally = state;
    const seg_image *truth = &pair->truths[0];
    seg_unscored unscored;
    SEG_TRY(seg_unscored_init(&unscored, pair, tally->options.ignore_value));
    int32_t side = 0;
    SEG_TRY(find_side(&side, pair, &unscored, tally->options.classes));
    SEG_TRY(grow(tally, side));
    const seg_agree_kernels *kernels = seg_agree_kernels_get();
    const size_t stride = (size_t)tally->side;
    uint8_t room[2][SEG_OBJECT_CHUNK];
    span s;
    for (span_start(&s, &unscored, truth); span_next(&s);) {
        if (side <= 256) {
            kernels->classes(tally->cells, stride, narrow(pair->prediction, &s, room[0]),
                             narrow(truth, &s, room[1]), (size_t)s.count);
            continue;
        }
        for (int32_t x = s.x; x < s.x + s.count; x++)
            tally->cells[stride * (size_t)class_at(truth, x, s.y) +
                         (size_t)class_at(pair->prediction, x, s.y)]++;
    }
    return SEG_OK;
}

static seg_status merge(void *state, const void *from) {
    classes_tally *tally = state;
    const classes_tally *other = from;
    SEG_TRY(grow(tally, other->side));
    const size_t side = (size_t)tally->side, theirs = (size_t)other->side;
    for (size_t row = 0; row < theirs; row++)
        for (size_t column = 0; column < theirs; column++)
            tally->cells[row * side + column] += other->cells[row * theirs + column];
    return SEG_OK;
}

/* ---- results ---- */

static int64_t count_pixels(const classes_tally *tally) {
    int64_t all = 0;
    for (size_t i = 0; i < (size_t)tally->side * (size_t)tally->side; i++)
        all += tally->cells[i];
    return all;
}

/* A class against all others. */
static seg_agreement agreement_of(const classes_tally *tally, int32_t class, int64_t all) {
    const size_t side = (size_t)tally->side, i = (size_t) class;
    seg_agreement a = {.tp = tally->cells[i * side + i]};
    for (size_t k = 0; k < side; k++) {
        a.fp += tally->cells[k * side + i];
        a.fn += tally->cells[i * side + k];
    }
    a.fp -= a.tp;
    a.fn -= a.tp;
    a.tn = all - a.tp - a.fp - a.fn;
    return a;
}

/* The mean of what is defined. */
typedef struct mean {
    double sum;
    int32_t count;
} mean;

static void mean_add(mean *m, int64_t part, int64_t whole) {
    if (whole == 0) return;
    m->sum += (double)part / (double)whole;
    m->count++;
}

static double mean_of(const mean *m, bool flawless) {
    return seg_ratio(m->sum, m->count, flawless, 1);
}

/* What mcc and kappa are made of, class by class: sums of positive products, which do not cancel.
 */
typedef struct correlation {
    double covariance, rows, columns, chance;
} correlation;

static void correlate(correlation *c, const seg_agreement *a) {
    const double tp = (double)a->tp, fp = (double)a->fp, fn = (double)a->fn, tn = (double)a->tn;
    c->covariance += tp * tn - fp * fn;
    c->rows += (tp + fn) * (fp + tn);
    c->columns += (tp + fp) * (fn + tn);
    c->chance += (tp + fn) * (fn + tn);
}

static seg_status values(const void *state, double *value) {
    const classes_tally *tally = state;
    const int64_t all = count_pixels(tally);
    mean recall = {0}, precision = {0}, f1 = {0}, iou = {0};
    seg_agreement sum = {0};
    correlation c = {0};
    int64_t right = 0, counted = 0;
    double weighted = 0;
    for (int32_t i = 0; i < tally->side; i++) {
        const seg_agreement a = agreement_of(tally, i, all);
        right += a.tp;
        correlate(&c, &a);
        if (i == 0 && !tally->options.background) continue;
        seg_agreement_add(&sum, &a);
        mean_add(&recall, a.tp, a.tp + a.fn);
        mean_add(&precision, a.tp, a.tp + a.fp);
        mean_add(&f1, 2 * a.tp, 2 * a.tp + a.fp + a.fn);
        mean_add(&iou, a.tp, a.tp + a.fp + a.fn);
        counted += a.tp + a.fn;
        if (a.tp > 0) weighted += (double)(a.tp + a.fn) * seg_agreement_iou(&a);
    }
    const bool flawless = right == all;
    value[ACCURACY] = seg_ratio((double)right, (double)all, flawless, 1);
    value[MEAN_ACCURACY] = value[MACRO_RECALL] = mean_of(&recall, flawless);
    value[MACRO_PRECISION] = mean_of(&precision, flawless);
    value[MACRO_F1] = mean_of(&f1, flawless);
    value[MIOU] = mean_of(&iou, flawless);
    value[FWIOU] = seg_ratio(weighted, (double)counted, flawless, 1);
    value[MICRO_PRECISION] = seg_agreement_precision(&sum);
    value[MICRO_RECALL] = seg_agreement_recall(&sum);
    value[MICRO_F1] = seg_agreement_f(&sum, 1);
    value[MICRO_IOU] = seg_agreement_iou(&sum);
    value[MCC] = seg_ratio(c.covariance, sqrt(c.rows) * sqrt(c.columns), flawless, 1);
    value[KAPPA] = seg_ratio(c.covariance, c.chance, flawless, 1);
    value[PIXELS] = (double)all;
    value[CLASSES] = iou.count;
    return SEG_OK;
}

static void class_row(double *cell, const classes_tally *tally, int32_t class) {
    const seg_agreement a = agreement_of(tally, class, 0);
    const double tp = (double)a.tp, pixels = (double)(a.tp + a.fn), found = (double)(a.tp + a.fp);
    const double row[] = {class,
                          pixels,
                          found,
                          seg_ratio(tp, pixels + found - tp, false, 1),
                          seg_ratio(tp, found, false, 1),
                          seg_ratio(tp, pixels, false, 1),
                          seg_ratio(2 * tp, pixels + found, false, 1)};
    memcpy(cell, row, sizeof row);
}

static seg_status table(const void *state, int32_t index, seg_table *out) {
    const classes_tally *tally = state;
    const int32_t side = tally->side, columns = index == CONFUSION ? side : 7;
    if (side == 0) return SEG_OK;
    SEG_TRY(seg_table_take(out, side, columns, &tally->env));
    out->rows = side;
    if (index == CONFUSION)
        for (size_t i = 0; i < (size_t)side * (size_t)side; i++)
            out->cells[i] = (double)tally->cells[i];
    else
        for (int32_t class = 0; class < side; class ++)
            class_row(out->cells + (size_t) class * 7, tally, class);
    return SEG_OK;
}

#define LABEL_FORMATS                                                                              \
    (SEG_FORMAT_BIT(SEG_U8) | SEG_FORMAT_BIT(SEG_U16) | SEG_FORMAT_BIT(SEG_LABEL32))

const seg_metric seg_metric_classes = {
    .id = "classes",
    .title = "label pictures of several classes",
    .reference = "Everingham et al., The PASCAL Visual Object Classes challenge",
    .year = 2010,
    .prediction_formats = LABEL_FORMATS,
    .truth_formats = LABEL_FORMATS,
    .prediction_channels = SEG_CHANNELS_1,
    .truth_channels = SEG_CHANNELS_1,
    .params = &params,
    .measures = measures,
    .measure_count = MEASURES,
    .summary = "miou",
    .empty = "A class that neither picture has is in no mean. One that only the prediction has "
             "counts as 0 in precision, f1 and iou, and not in recall; one that only the truth has "
             "counts as 0 in recall, f1 and iou, and not in precision.",
    .tables = tables,
    .table_count = TABLES,
    .create = create,
    .add = add,
    .merge = merge,
    .values = values,
    .table = table,
    .free = release,
};
