/* Scores: how well masks, boundaries, regions, instances, tracks and flow agree with the truth. */
#ifndef SEGMENT_EVALUATE_H
#define SEGMENT_EVALUATE_H

#include <segment/geometry.h>
#include <segment/image.h>
#include <segment/params.h>

SEG_BEGIN_DECLS

/** One thing found or annotated in a frame. */
typedef struct seg_instance {
    int32_t id;          /**< the same over the frames of a sequence; value in a label picture */
    int32_t category;    /**< class; 0 if there is only one */
    double score;        /**< confidence of a prediction, larger = surer; 1 if there is none */
    seg_box box;         /**< pixels */
    double area;         /**< pixels; 0 = that of the mask, or of the box where there is none */
    bool crowd;          /**< COCO's iscrowd: a region that may be matched any number of times */
    bool ignore;         /**< expected: what is matched to it is neither a hit nor a miss;
                              predicted: does not count unless it is matched (tracks) */
    bool stuff;          /**< expected: its class is no countable thing (sky, road) */
    const seg_rle *mask; /**< borrowed, or NULL: the box */
} seg_instance;

/** A prediction and the truth it is held against. Everything is borrowed for the call. Pictures are
 *  of one size. A metric says which members it reads. */
typedef struct seg_pair {
    const seg_image *prediction; /**< mask, score, labels, boundary map or flow */
    const seg_image *truths;     /**< `truth_count` pictures, one per annotator */
    int32_t truth_count;
    /** Further levels of the prediction, coarser or finer; every pair of a tally has as many. */
    const seg_image *levels;
    int32_t level_count;
    const seg_image *ignore;  /**< U8, non-zero = not scored; NULL or empty = all is scored */
    const seg_image *picture; /**< the picture that was segmented, or NULL */
    /** In place of label pictures; with them, the class, score and flags of each label (as id). */
    const seg_instance *predicted, *expected;
    int32_t predicted_count, expected_count;
    int32_t width, height; /**< of the picture, where only instances are given; 0 = unknown */
} seg_pair;

/** A number that a metric gives. */
typedef struct seg_measure {
    const char *name;  /**< the field's own, in lower case: "f1", "tpr", "hd95" */
    const char *title; /**< what it is, with its formula where that is short */
    const char *unit;  /**< "px", "deg", "" */
    int32_t better;    /**< 1 the larger, -1 the smaller, 0 neither */
    double perfect;    /**< what the truth against itself gives; NaN where that depends on it */
} seg_measure;

/** A curve or matrix that a metric gives: rows of named columns. */
typedef struct seg_table_kind {
    const char *name; /**< "roc", "pr", "confusion" */
    const char *title;
    const char *const *columns; /**< NULL-ended names; NULL = a square matrix of classes */
    int32_t x, y;               /**< columns to draw against each other; -1 = not a curve */
} seg_table_kind;

/** Zero-initialise; release with seg_table_free. Cell (r, c) is cells[r * columns + c]. */
typedef struct seg_table {
    double *cells;
    int32_t rows, columns;
} seg_table;

/** What a metric reads of a seg_pair, as bits. */
typedef enum seg_metric_need {
    SEG_METRIC_INSTANCES = 1,  /**< predicted and expected, or label pictures in their place */
    SEG_METRIC_PICTURE = 2,    /**< makes use of the picture that was segmented */
    SEG_METRIC_ANNOTATORS = 4, /**< takes several truths; else one */
    SEG_METRIC_SEQUENCE = 8,   /**< the pairs of a tally are the frames of a sequence, in order, up
                                  to seg_tally_finish or a merge */
    SEG_METRIC_LEVELS = 32,    /**< takes further levels of the prediction */
    SEG_METRIC_DOUBLE = 64,    /**< takes predictions of 2 width + 1 by 2 height + 1, too: what is
                                  between the pixels of the truth (BSDS's ucm2) */
    SEG_METRIC_MEANS = 16 /**< the protocol reports means of values, not values of the sum: over
                             files, or over sequences and then over groups of them */
} seg_metric_need;

typedef struct seg_metric seg_metric;

/**
 * A metric: fills a tally pair by pair; tallies of several files merge exactly into that of all, so
 * that files may be scored in any number of threads and resampled for confidence intervals.
 * Function members get the metric's own tally.
 */
struct seg_metric {
    const char *id;        /**< on the command line: "masks" */
    const char *title;     /**< a few words */
    const char *reference; /**< paper or protocol; "" if folklore */
    int32_t year;
    uint32_t prediction_formats, truth_formats;   /**< SEG_FORMAT_BITs taken; 0 = instances only */
    uint32_t prediction_channels, truth_channels; /**< bit n set = n channels taken */
    uint32_t needs;                               /**< seg_metric_need bits */
    const seg_param_table *params;
    const seg_measure *measures;
    int32_t measure_count;
    const char *summary; /**< the measure that is quoted first: "f1"; NULL = the first for which
                              larger is better */
    const char *empty;   /**< what the measures are where prediction or truth are empty */
    const seg_table_kind *tables;
    int32_t table_count;
    seg_status (*create)(void **tally, const void *options, const seg_env *env);
    seg_status (*add)(void *tally, const seg_pair *pair);
    seg_status (*finish)(void *tally); /**< ends a sequence; NULL = nothing to do */
    seg_status (*merge)(void *tally, const void *from);
    seg_status (*values)(const void *tally, double *values);
    seg_status (*table)(const void *tally, int32_t index, seg_table *table);
    void (*free)(void *tally);
    /** What counts as object in both pictures and what is not scored, as U8 0/255 pictures
     *  (ensured), to draw the errors of; NULL where a metric does not compare masks. */
    seg_status (*masks)(const void *tally, const seg_pair *pair, seg_image *prediction,
                        seg_image *truth, seg_image *ignored);
};

/** All metrics in a fixed order; `count` gets their number. */
SEG_API const seg_metric *const *seg_metrics(int32_t *count);

/** The metric of that id, or NULL. */
SEG_API const seg_metric *seg_metric_find(const char *id);

/** The id nearest to a misspelt one, or NULL if none is near. */
SEG_API const char *seg_metric_nearest(const char *id);

/** Place of the measure of that name in metric->measures, or -1. */
SEG_API int32_t seg_measure_find(const seg_metric *metric, const char *name);

/** Pairs that were compared, added up. */
typedef struct seg_tally seg_tally;

/** An empty tally. `options` NULL means the defaults; they are checked and copied. `env` is copied,
 *  what it points to must outlive the tally. Errors: SEG_ERROR_OPTION, SEG_ERROR_MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_tally_create(seg_tally **tally, const seg_metric *metric,
                                                  const void *options, const seg_env *env);

/** An empty tally of the metric and options of another. Errors: SEG_ERROR_ARGUMENT (`like` is
 * NULL), _MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_tally_create_like(seg_tally **tally, const seg_tally *like,
                                                       const seg_env *env);

/** The metric of a tally; NULL of NULL. */
SEG_API const seg_metric *seg_tally_metric(const seg_tally *tally);

/** Compares a pair and adds it. On error the tally is as before.
 *  Errors: SEG_ERROR_ARGUMENT, _UNSUPPORTED (format, channels), _SHAPE (sizes differ), _OPTION
 *  (that does not suit these pictures), _DATA (values that the metric does not know), _MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_tally_add(seg_tally *tally, const seg_pair *pair);

/** Ends a sequence: what is added later begins the next one. Where a metric can only sum up a whole
 *  sequence it does so here, once; else every merge, values and table does it anew. Errors:
 *  SEG_ERROR_ARGUMENT (NULL), _MEMORY, _CANCELLED. */
SEG_API SEG_NODISCARD seg_status seg_tally_finish(seg_tally *tally);

/** Adds all that `from` holds, which must be of the same metric and options; exact: the sum does
 *  not depend on how pairs were grouped, only on their order where a measure is a sum of reals. */
SEG_API SEG_NODISCARD seg_status seg_tally_merge(seg_tally *tally, const seg_tally *from);

/** Pairs added so far. */
SEG_API int64_t seg_tally_pairs(const seg_tally *tally);

/** metric->measure_count numbers over all pairs. A measure that the data leave undefined (0/0) is
 *  NaN, unless prediction and truth agree completely: then it is its perfect value. Errors: as
 *  seg_tally_finish. */
SEG_API SEG_NODISCARD seg_status seg_tally_values(const seg_tally *tally, double *values);

/** The table metric->tables[index] over all pairs; release it with seg_table_free. `table` must be
 *  zero or filled: what it held is released first. Errors: as seg_tally_finish, and
 *  SEG_ERROR_ARGUMENT for an index that there is not. */
SEG_API SEG_NODISCARD seg_status seg_tally_table(const seg_tally *tally, int32_t index,
                                                 seg_table *table);

/** The masks that the metric compares in a pair under the tally's options, as U8 0/255 pictures
 *  (ensured), for pictures of the errors: seg_render_agreement. The tally stays as it is.
 *  Errors: as seg_tally_add; SEG_ERROR_UNSUPPORTED where the metric does not compare masks. */
SEG_API SEG_NODISCARD seg_status seg_tally_masks(const seg_tally *tally, const seg_pair *pair,
                                                 seg_image *prediction, seg_image *truth,
                                                 seg_image *ignored);

/** NULL and empty tables are allowed. `env` as given to seg_tally_create. */
SEG_API void seg_table_free(seg_table *table, const seg_env *env);

/** NULL is allowed. */
SEG_API void seg_tally_free(seg_tally *tally);

/* ---- how sure the numbers are ---- */

/** Where a measure lies in most samples; NaN where it is undefined in half of them or more. */
typedef struct seg_interval {
    double low, high;
} seg_interval;

typedef struct seg_bootstrap_options {
    size_t size;
    int32_t samples;   /**< default 1000 */
    double confidence; /**< share of the samples inside, 0 .. 1 without the ends; default 0.95 */
    uint64_t seed;     /**< default 0 */
} seg_bootstrap_options;

SEG_API void seg_bootstrap_options_init(seg_bootstrap_options *options);

/**
 * Percentile intervals (B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap", 1993, ch.
 * 13): `count` files are drawn with replacement, samples times. With `others` (the same files
 * under another prediction; else NULL) the intervals are of the difference others - tallies. `sums`
 * and `means` (either may be NULL) have room for metric->measure_count intervals: of the values of
 * all pairs together, and of the means of the files' values, without those that are undefined. The
 * result does not depend on env->runner. Errors: SEG_ERROR_OPTION, SEG_ERROR_ARGUMENT (count < 2,
 * tallies of different metrics or options), _CANCELLED, _MEMORY.
 */
SEG_API SEG_NODISCARD seg_status seg_bootstrap(seg_interval *sums, seg_interval *means,
                                               const seg_tally *const *tallies,
                                               const seg_tally *const *others, int32_t count,
                                               const seg_bootstrap_options *options,
                                               const seg_env *env);

/** A two-sided test of paired differences; those that are 0 or NaN do not count. */
typedef struct seg_paired_test {
    int32_t positive, negative; /**< differences above and below 0 */
    double statistic;           /**< sign test: positive; Wilcoxon: sum of the positive ranks */
    double p;                   /**< 1 if no difference counts */
    bool exact;                 /**< p is not a normal approximation */
} seg_paired_test;

/** Sign test (W. J. Dixon, A. M. Mood, 1946): are differences as often positive as negative?
 *  Always exact. */
SEG_API seg_paired_test seg_sign_test(const double *differences, int32_t count);

/** Signed rank test (F. Wilcoxon, 1945): are the differences symmetric about 0? Equal sizes share
 *  their mean rank. Exact up to 200 differences, ties included; beyond them the normal
 *  approximation with the corrections for ties and continuity. Errors: SEG_ERROR_MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_wilcoxon_test(seg_paired_test *test, const double *differences,
                                                   int32_t count, const seg_env *env);

SEG_END_DECLS

#endif
