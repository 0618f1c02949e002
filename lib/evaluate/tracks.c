/*
 * Tracks: how well things are followed through a sequence, by HOTA, CLEAR MOT and identity.
 *
 * HOTA and its parts deta, assa, loca: J. Luiten et al., IJCV 129, 2021 (evaluate/tracks_hota.c);
 * mota, motp, switches, fragments, mostly tracked and lost tracks: K. Bernardin, R. Stiefelhagen,
 * 2008, and B. Wu, R. Nevatia, 2006; idf1: E. Ristani et al., 2016 (evaluate/tracks_clear.c). All
 * as the reference code of HOTA computes them, sequences and classes combined by adding up their
 * counts. With tp, fp, fn at the threshold, and n truths:
 * mota = (tp - fp - idsw) / n, moda = (tp - fp) / n, smota = (IoU of tp - fp - idsw) / n,
 * motp = IoU of tp / tp; idf1 = 2 idtp / (n + predictions), idr = idtp / n, idp = idtp /
 * predictions; at each alpha: hota = sqrt(deta assa), deta = hits / (n + predictions - hits), owta
 * = sqrt(detre assa); the measures are means over alpha.
 *
 * The pairs of a tally are the frames of a sequence; a merge, or seg_tally_finish, ends it. Truths
 * marked `ignore` remove the prediction that matches them, `crowd` ones those that lie in them and
 * match nothing (evaluate/tracks_frames.c). Empty cases: without hits at an alpha assa is 0 and
 * loca 1, as in the reference; a ratio 0/0 is undefined (NaN), unless there is no error at all.
 * Matches of exactly equal sums are chosen otherwise than in the reference, where the choice
 * depends on the version of its solver.
 *
 * Cost: the frames are kept until the sequence ends (12 bytes an item, 16 an overlap), then matched
 * once for HOTA and once for CLEAR MOT.
 */
#include "evaluate/tracks.h"
#include "core/check.h"
#include "evaluate/agreement.h"
#include "evaluate/contingency.h"
#include "evaluate/table.h"
#include "metrics.h"

#include <string.h>

typedef struct tracks_options {
    size_t size;
    seg_overlap_options overlap;
    seg_track_rules rules;
} tracks_options;

static const seg_param rows[] = {
    SEG_OVERLAP_ROWS(offsetof(tracks_options, overlap)),
    {"threshold", SEG_PARAM_FLOAT, offsetof(tracks_options, rules.threshold), "0.5", 0.000001, 1,
     NULL, "IoU", "IoU of a match, in all measures but those of HOTA.", ""},
    {"category", SEG_PARAM_INT, offsetof(tracks_options, rules.category), "-1", -1, INT32_MAX, NULL,
     "", "The only class that counts; -1 = all do.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(tracks_options)};

typedef enum {
    HOTA,
    DETA,
    ASSA,
    LOCA,
    DETRE,
    DETPR,
    ASSRE,
    ASSPR,
    OWTA,
    HOTA_MEASURES,
    MOTA = HOTA_MEASURES,
    MOTP,
    MODA,
    SMOTA,
    RECALL,
    PRECISION,
    F1,
    TP,
    FP,
    FN,
    IDSW,
    FRAG,
    MT,
    PT,
    ML,
    IDF1,
    IDR,
    IDP,
    MEASURES
} place;

static const seg_measure measures[MEASURES] = {
    [HOTA] = {"hota", "higher order tracking accuracy: sqrt(deta assa), mean over IoU .05 to .95",
              "", 1, 1},
    [DETA] = {"deta", "detection accuracy: hits / (hits + misses + false ones)", "", 1, 1},
    [ASSA] = {"assa", "association accuracy: how well the tracks of the hits agree", "", 1, 1},
    [LOCA] = {"loca", "localisation accuracy: mean IoU of the hits", "", 1, 1},
    [DETRE] = {"detre", "detection recall: hits / truths", "", 1, 1},
    [DETPR] = {"detpr", "detection precision: hits / predictions", "", 1, 1},
    [ASSRE] = {"assre", "association recall", "", 1, 1},
    [ASSPR] = {"asspr", "association precision", "", 1, 1},
    [OWTA] = {"owta", "open world tracking accuracy: sqrt(detre assa)", "", 1, 1},
    [MOTA] = {"mota", "tracking accuracy: (tp - fp - idsw) / truths", "", 1, 1},
    [MOTP] = {"motp", "tracking precision: mean IoU of matches", "", 1, 1},
    [MODA] = {"moda", "detection accuracy: (tp - fp) / truths", "", 1, 1},
    [SMOTA] = {"smota", "soft mota: (IoU of matches - fp - idsw) / truths", "", 1, 1},
    [RECALL] = {"recall", "tp / truths", "", 1, 1},
    [PRECISION] = {"precision", "tp / predictions", "", 1, 1},
    [F1] = {"f1", "2 tp / (truths + predictions)", "", 1, 1},
    [TP] = {"tp", "matches", "detections", 0, NAN},
    [FP] = {"fp", "predictions without a match", "detections", -1, 0},
    [FN] = {"fn", "truths without a match", "detections", -1, 0},
    [IDSW] = {"idsw", "switches to another prediction", "detections", -1, 0},
    [FRAG] = {"frag", "interruptions of matched tracks, gaps of the truth among them", "gaps", -1,
              NAN},
    [MT] = {"mt", "tracks matched in more than 80 % of their frames", "tracks", 0, NAN},
    [PT] = {"pt", "tracks matched in 20 to 80 % of their frames", "tracks", 0, 0},
    [ML] = {"ml", "tracks matched in less than 20 % of their frames", "tracks", -1, 0},
    [IDF1] = {"idf1", "identity: 2 idtp / (truths + predictions)", "", 1, 1},
    [IDR] = {"idr", "identity recall: idtp / truths", "", 1, 1},
    [IDP] = {"idp", "identity precision: idtp / predictions", "", 1, 1},
};

/* What a sequence gave for a class. */
typedef struct result {
    int32_t sequence, category;
    seg_track_counts counts;
} result;

typedef struct tracks_tally {
    seg_env env;
    tracks_options options;
    seg_class_list streams; /* of the sequence that goes on */
    bool going_on;
    result *results; /* of those that have ended, in order */
    int32_t result_count, result_capacity;
    int32_t sequences;             /* that have ended */
    seg_scratch scratch, matching; /* of a frame */
} tracks_tally;

static seg_status create(void **state, const void *options, const seg_env *env) {
    const tracks_options *chosen = options;
    if (chosen->rules.category >= 0 && !chosen->overlap.categories)
        return seg_fail(SEG_ERROR_OPTION,
                        "category is %ld (with categories = false there is only "
                        "one class)",
                        (long)chosen->rules.category);
    tracks_tally *tally = seg_allocate_zeroed(env, 1, sizeof *tally, "a tally of tracks");
    if (!tally) return SEG_ERROR_MEMORY;
    tally->env = *env;
    tally->options = *chosen;
    tally->streams.size = sizeof(seg_track_stream);
    seg_scratch_init(&tally->scratch, env);
    seg_scratch_init(&tally->matching, env);
    *state = tally;
    return SEG_OK;
}

static void forget_streams(tracks_tally *tally) {
    for (int32_t i = 0; i < tally->streams.count; i++)
        seg_track_stream_free(seg_class_list_at(&tally->streams, i), &tally->env);
    seg_class_list_free(&tally->streams, &tally->env);
    tally->going_on = false;
}

static void release(void *state) {
    tracks_tally *tally = state;
    const seg_env env = tally->env;
    forget_streams(tally);
    seg_release(&env, tally->results);
    seg_scratch_free(&tally->scratch);
    seg_scratch_free(&tally->matching);
    seg_release(&env, tally);
}

/* ---- frames and sequences ---- */

static bool leaves_out(const seg_pair *pair) {
    for (int32_t i = 0; i < pair->expected_count; i++)
        if (pair->expected[i].ignore || pair->expected[i].crowd) return true;
    return false;
}

static seg_status add(void *state, const seg_pair *pair) {
    tracks_tally *tally = state;
    seg_overlaps overlaps;
    seg_scratch_rewind(&tally->scratch);
    SEG_TRY(seg_overlaps_find(&overlaps, pair, &tally->options.overlap, leaves_out(pair),
                              &tally->scratch));
    SEG_TRY(seg_tracks_add(&tally->streams, &overlaps, &tally->options.rules, &tally->scratch,
                           &tally->matching));
    tally->going_on = true;
    return SEG_OK;
}

/* Results of a tally with those of the sequence that goes on. */
typedef struct result_list {
    result *items;
    int32_t count, sequences;
} result_list;

static seg_status count_streams(result *items, const tracks_tally *tally) {
    seg_scratch scratch, matching;
    seg_status status = SEG_OK;
    seg_scratch_init(&scratch, &tally->env);
    seg_scratch_init(&matching, &tally->env);
    for (int32_t i = 0; status >= 0 && i < tally->streams.count; i++) {
        const seg_track_stream *stream = seg_class_list_at(&tally->streams, i);
        seg_scratch_rewind(&scratch);
        items[i] = (result){.sequence = tally->sequences, .category = stream->category};
        status = seg_tracks_count(&items[i].counts, stream, tally->options.rules.threshold,
                                  &scratch, &matching);
    }
    seg_scratch_free(&scratch);
    seg_scratch_free(&matching);
    return status;
}

/* Copies the results of `from` behind those of `list`, which has room for them. */
static seg_status copy_results(result *items, int32_t *sequences, const tracks_tally *from) {
    for (int32_t i = 0; i < from->result_count; i++) {
        items[i] = from->results[i];
        items[i].sequence += *sequences;
    }
    result *going_on = items + from->result_count;
    if (from->going_on) SEG_TRY(count_streams(going_on, from));
    for (int32_t i = 0; from->going_on && i < from->streams.count; i++)
        going_on[i].sequence += *sequences;
    *sequences += from->sequences + from->going_on;
    return SEG_OK;
}

static int64_t results_of(const tracks_tally *tally) {
    return (int64_t)tally->result_count + tally->streams.count;
}

static seg_status make_room(tracks_tally *tally, int64_t results, int32_t sequences) {
    if (results > INT32_MAX - tally->result_count || sequences > INT32_MAX - tally->sequences - 2)
        return seg_fail(SEG_ERROR_LIMIT, "more than 2^31 sequences");
    return seg_grow((void **)&tally->results, &tally->result_capacity, tally->result_count,
                    tally->result_count + (int32_t)results, sizeof *tally->results,
                    tally->env.allocator);
}

static seg_status finish(void *state) {
    tracks_tally *tally = state;
    if (!tally->going_on) return SEG_OK;
    SEG_TRY(make_room(tally, tally->streams.count, 1));
    if (tally->streams.count) SEG_TRY(count_streams(tally->results + tally->result_count, tally));
    tally->result_count += tally->streams.count;
    tally->sequences++;
    forget_streams(tally);
    return SEG_OK;
}

static seg_status merge(void *state, const void *from) {
    tracks_tally *tally = state;
    const tracks_tally *other = from;
    SEG_TRY(finish(tally));
    SEG_TRY(make_room(tally, results_of(other), other->sequences));
    if (results_of(other)) {
        int32_t sequences = tally->sequences;
        SEG_TRY(copy_results(tally->results + tally->result_count, &sequences, other));
    }
    tally->result_count += (int32_t)results_of(other);
    tally->sequences += other->sequences + other->going_on;
    return SEG_OK;
}

/* All results, to be released. */
static seg_status all_results(result_list *list, const tracks_tally *tally) {
    *list = (result_list){.count = (int32_t)results_of(tally)};
    list->items =
        seg_allocate(&tally->env, (size_t)list->count, sizeof *list->items, "results of sequences");
    if (!list->items) return SEG_ERROR_MEMORY;
    const seg_status status = copy_results(list->items, &list->sequences, tally);
    if (status < 0) seg_release(&tally->env, list->items);
    return status;
}

/* ---- measures ---- */

/* The measures of HOTA at one alpha. */
static void score_alpha(double value[HOTA_MEASURES], const seg_track_counts *c, int32_t alpha) {
    const double hits = (double)c->hits[alpha], truths = (double)c->expected,
                 found = (double)c->predicted;
    const double any = hits > 0 ? hits : 1;
    const bool flawless = truths + found == 0;
    value[DETA] = seg_ratio(hits, truths + found - hits, flawless, 1);
    value[DETRE] = seg_ratio(hits, truths, flawless, 1);
    value[DETPR] = seg_ratio(hits, found, flawless, 1);
    value[ASSA] = flawless ? 1 : seg_exact_sum_value(&c->ass_a[alpha]) / any;
    value[ASSRE] = flawless ? 1 : seg_exact_sum_value(&c->ass_re[alpha]) / any;
    value[ASSPR] = flawless ? 1 : seg_exact_sum_value(&c->ass_pr[alpha]) / any;
    value[LOCA] = hits > 0 ? seg_exact_sum_value(&c->loc[alpha]) / hits : 1;
    value[HOTA] = sqrt(value[DETA] * value[ASSA]);
    value[OWTA] = sqrt(value[DETRE] * value[ASSA]);
}

static void score(double value[MEASURES], const seg_track_counts *c) {
    double at_alpha[HOTA_MEASURES];
    for (int i = 0; i < HOTA_MEASURES; i++)
        value[i] = 0;
    for (int32_t a = 0; a < SEG_HOTA_ALPHAS; a++) {
        score_alpha(at_alpha, c, a);
        for (int i = 0; i < HOTA_MEASURES; i++)
            value[i] += at_alpha[i];
    }
    for (int i = 0; i < HOTA_MEASURES; i++)
        value[i] /= SEG_HOTA_ALPHAS;
    const double truths = (double)c->expected, found = (double)c->predicted, tp = (double)c->tp;
    const double fp = found - tp, idsw = (double)c->switches, idtp = (double)c->idtp;
    const double iou = seg_exact_sum_value(&c->iou);
    const bool flawless = truths + found == 0;
    value[MOTA] = seg_ratio(tp - fp - idsw, truths, flawless, 1);
    value[MOTP] = seg_ratio(iou, tp, flawless, 1);
    value[MODA] = seg_ratio(tp - fp, truths, flawless, 1);
    value[SMOTA] = seg_ratio(iou - fp - idsw, truths, flawless, 1);
    value[RECALL] = seg_ratio(tp, truths, flawless, 1);
    value[PRECISION] = seg_ratio(tp, found, flawless, 1);
    value[F1] = seg_ratio(2 * tp, truths + found, flawless, 1);
    value[TP] = tp, value[FP] = fp, value[FN] = truths - tp;
    value[IDSW] = idsw, value[FRAG] = (double)c->fragments;
    value[MT] = (double)c->mostly_tracked, value[PT] = (double)c->partly_tracked;
    value[ML] = (double)c->mostly_lost;
    value[IDF1] = seg_ratio(2 * idtp, truths + found, flawless, 1);
    value[IDR] = seg_ratio(idtp, truths, flawless, 1);
    value[IDP] = seg_ratio(idtp, found, flawless, 1);
}

static void add_up(seg_track_counts *sum, const result_list *list) {
    memset(sum, 0, sizeof *sum);
    for (int32_t i = 0; i < list->count; i++)
        seg_track_counts_add(sum, &list->items[i].counts);
}

static seg_status values(const void *state, double *value) {
    const tracks_tally *tally = state;
    result_list list;
    seg_track_counts sum;
    SEG_TRY(all_results(&list, tally));
    add_up(&sum, &list);
    seg_release(&tally->env, list.items);
    score(value, &sum);
    return SEG_OK;
}

/* ---- tables ---- */

typedef enum { SEQUENCES, CATEGORIES, ALPHAS, TABLES } table_place;

#define MEASURE_COLUMNS                                                                            \
    "hota", "deta", "assa", "loca", "detre", "detpr", "assre", "asspr", "owta", "mota", "motp",    \
        "moda", "smota", "recall", "precision", "f1", "tp", "fp", "fn", "idsw", "frag", "mt",      \
        "pt", "ml", "idf1", "idr", "idp", NULL

static const char *const sequence_columns[] = {"sequence", MEASURE_COLUMNS};
static const char *const category_columns[] = {"category", MEASURE_COLUMNS};
static const char *const alpha_columns[] = {"alpha", "hota",  "deta",  "assa", "loca", "detre",
                                            "detpr", "assre", "asspr", "owta", NULL};

static const seg_table_kind tables[TABLES] = {
    [SEQUENCES] = {"sequences", "scores of each sequence, numbered from 0", sequence_columns, -1,
                   -1},
    [CATEGORIES] = {"categories", "scores of each class", category_columns, -1, -1},
    [ALPHAS] = {"alphas", "HOTA at each IoU", alpha_columns, 0, 1},
};

/* Sums of the results of equal keys: sequences or categories. */
typedef struct keyed_counts {
    int32_t key; /* an item of a seg_class_list */
    seg_track_counts counts;
} keyed_counts;

static seg_status group_results(seg_class_list *groups, const result_list *list, bool categories,
                                const seg_env *env) {
    SEG_TRY(seg_class_list_reserve(groups, (int64_t)list->count + list->sequences, env));
    for (int32_t i = 0; !categories && i < list->sequences; i++)
        seg_class_list_get(groups, i); /* those in which nothing is as well */
    for (int32_t i = 0; i < list->count; i++) {
        const result *item = &list->items[i];
        keyed_counts *group =
            seg_class_list_get(groups, categories ? item->category : item->sequence);
        seg_track_counts_add(&group->counts, &item->counts);
    }
    return SEG_OK;
}

static seg_status fill_groups(seg_table *table, const result_list *list, bool categories,
                              const seg_env *env) {
    seg_class_list groups = {.size = sizeof(keyed_counts)};
    seg_status status = group_results(&groups, list, categories, env);
    if (status >= 0) status = seg_table_take(table, groups.count, 1 + MEASURES, env);
    for (int32_t i = 0; status >= 0 && i < groups.count; i++) {
        const keyed_counts *group = seg_class_list_at(&groups, i);
        double *cell = seg_table_next(table);
        cell[0] = group->key;
        score(cell + 1, &group->counts);
    }
    seg_class_list_free(&groups, env);
    return status;
}

static seg_status fill_alphas(seg_table *table, const result_list *list, const seg_env *env) {
    seg_track_counts sum;
    add_up(&sum, list);
    SEG_TRY(seg_table_take(table, SEG_HOTA_ALPHAS, 1 + HOTA_MEASURES, env));
    for (int32_t a = 0; a < SEG_HOTA_ALPHAS; a++) {
        double *cell = seg_table_next(table);
        cell[0] = (a + 1) / 20.0;
        score_alpha(cell + 1, &sum, a);
    }
    return SEG_OK;
}

static seg_status table(const void *state, int32_t index, seg_table *made) {
    const tracks_tally *tally = state;
    result_list list;
    SEG_TRY(all_results(&list, tally));
    const seg_status status = index == ALPHAS
                                  ? fill_alphas(made, &list, &tally->env)
                                  : fill_groups(made, &list, index == CATEGORIES, &tally->env);
    seg_release(&tally->env, list.items);
    return status;
}

const seg_metric seg_metric_tracks = {
    .id = "tracks",
    .title = "things followed through a sequence: HOTA, CLEAR MOT, identity",
    .reference = "J. Luiten et al., HOTA: a higher order metric for evaluating multi-object "
                 "tracking, IJCV 129",
    .year = 2021,
    .prediction_formats = SEG_LABEL_FORMATS,
    .truth_formats = SEG_LABEL_FORMATS,
    .prediction_channels = SEG_LABEL_CHANNELS,
    .truth_channels = SEG_LABEL_CHANNELS,
    .needs = SEG_METRIC_INSTANCES | SEG_METRIC_SEQUENCE,
    .params = &params,
    .measures = measures,
    .measure_count = MEASURES,
    .summary = "hota",
    .empty = "Nothing in either: all is perfect. Nothing found of what is there: hota, recall, "
             "mota and idf1 are 0, precision, motp and idp undefined. Something found where "
             "nothing is: hota and idf1 are 0, recall, mota, motp and idr undefined.",
    .tables = tables,
    .table_count = TABLES,
    .create = create,
    .add = add,
    .finish = finish,
    .merge = merge,
    .values = values,
    .table = table,
    .free = release,
};
