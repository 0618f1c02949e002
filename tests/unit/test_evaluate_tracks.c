/* Tracks: HOTA, CLEAR MOT and identity by hand, then against a dense, literal reading of their
 * definitions with every assignment tried. */
#include "core/memory.h"
#include "evaluate.h"

#define ID "tracks"

static seg_instance item_of(int32_t id, double x, double y, double width, double height) {
    return (seg_instance){.id = id, .box = {x, y, width, height}, .score = 1};
}

static seg_status try_frame(seg_tally *tally, const seg_instance *predicted,
                            int32_t predicted_count, const seg_instance *expected,
                            int32_t expected_count) {
    const seg_pair pair = {.predicted = predicted,
                           .predicted_count = predicted_count,
                           .expected = expected,
                           .expected_count = expected_count};
    return seg_tally_add(tally, &pair);
}

static void add_frame(seg_tally *tally, const seg_instance *predicted, int32_t predicted_count,
                      const seg_instance *expected, int32_t expected_count) {
    const seg_status status =
        try_frame(tally, predicted, predicted_count, expected, expected_count);
    ck_assert_msg(status == SEG_OK, "%s", seg_error_detail());
}

/* ---- by hand ---- */

/* A truth of four frames, found as 8 in the first two and as 9 in the last two. */
static void add_broken_track(seg_tally *tally) {
    for (int t = 0; t < 4; t++) {
        const seg_instance truth = item_of(1, 5 * t, 0, 10, 10);
        const seg_instance found = item_of(t < 2 ? 8 : 9, 5 * t, 0, 10, 10);
        add_frame(tally, &found, 1, &truth, 1);
    }
}

START_TEST(a_broken_track_by_hand) {
    seg_tally *tally = evaluate_tally(ID, NULL);
    add_broken_track(tally);
    evaluate_check(tally, ID, "deta", 1);
    evaluate_check(tally, ID, "assa", .5); /* 2 / (4 + 2 - 2) for each hit */
    evaluate_check(tally, ID, "hota", sqrt(.5));
    evaluate_check(tally, ID, "assre", .5);
    evaluate_check(tally, ID, "asspr", 1);
    evaluate_check(tally, ID, "loca", 1);
    evaluate_check(tally, ID, "owta", sqrt(.5));
    evaluate_check(tally, ID, "idsw", 1);
    evaluate_check(tally, ID, "mota", (4 - 0 - 1) / 4.0);
    evaluate_check(tally, ID, "moda", 1);
    evaluate_check(tally, ID, "motp", 1);
    evaluate_check(tally, ID, "smota", .75);
    evaluate_check(tally, ID, "mt", 1);
    evaluate_check(tally, ID, "frag", 0);
    evaluate_check(tally, ID, "idf1", 2 * 2 / 8.0);
    evaluate_check(tally, ID, "idr", .5);
    evaluate_check(tally, ID, "idp", .5);
    seg_tally_free(tally);
}
END_TEST

/* A truth of four frames, found in the first, third and fourth with IoU .6, which 12 of the 19
 * alphas do not exceed. */
START_TEST(a_loose_track_by_hand) {
    for (int other = 0; other < 2; other++) { /* something else is found in the second frame */
        seg_tally *tally = evaluate_tally(ID, NULL);
        for (int t = 0; t < 4; t++) {
            const seg_instance truth = item_of(-7, 0, 0, 10, 10);
            const seg_instance found =
                t == 1 ? item_of(4, 50, 50, 10, 10) : item_of(3, 0, 0, 10, 6);
            add_frame(tally, &found, t != 1 || other, &truth, 1);
        }
        evaluate_check(tally, ID, "detre", 12 * .75 / 19);
        evaluate_check(tally, ID, "deta", 12 * 3 / (4.0 + other) / 19);
        evaluate_check(tally, ID, "assa", 12 * .75 / 19);
        evaluate_check(tally, ID, "hota", 12 * sqrt(3 / (4.0 + other) * .75) / 19);
        evaluate_check(tally, ID, "loca", (12 * .6 + 7) / 19); /* 1 where nothing is hit */
        evaluate_check(tally, ID, "tp", 3);
        evaluate_check(tally, ID, "fn", 1);
        evaluate_check(tally, ID, "fp", other);
        evaluate_check(tally, ID, "motp", .6);
        evaluate_check(tally, ID, "mota", (3 - other) / 4.0);
        evaluate_check(tally, ID, "smota", (1.8 - other) / 4);
        evaluate_check(tally, ID, "pt", 1);
        evaluate_check(tally, ID, "mt", 0);
        evaluate_check(tally, ID, "ml", 0);
        /* a frame in which nothing at all is found interrupts nothing, as in the reference */
        evaluate_check(tally, ID, "frag", other);
        evaluate_check(tally, ID, "idsw", 0);
        evaluate_check(tally, ID, "idf1", 6 / (7.0 + other));
        seg_tally_free(tally);
        tally = evaluate_tally(ID, "threshold=0.61");
        const seg_instance truth = item_of(1, 0, 0, 10, 10), found = item_of(3, 0, 0, 10, 6);
        add_frame(tally, &found, 1, &truth, 1);
        evaluate_check(tally, ID, "tp", 0);
        evaluate_check(tally, ID, "idf1", 0);
        evaluate_check(tally, ID, "motp", NAN);
        evaluate_check(tally, ID, "hota", 12 / 19.0);
        evaluate_check(tally, ID, "ml", 1);
        seg_tally_free(tally);
    }
}
END_TEST

/* CLEAR keeps the prediction of the frame before although another one fits better. */
START_TEST(matches_are_kept_by_hand) {
    seg_tally *tally = evaluate_tally(ID, NULL);
    const seg_instance truth = item_of(1, 0, 0, 10, 10);
    const seg_instance found[] = {item_of(1, 0, 0, 10, 6), item_of(2, 0, 0, 10, 9)};
    add_frame(tally, found, 1, &truth, 1);
    add_frame(tally, found, 2, &truth, 1);
    evaluate_check(tally, ID, "tp", 2);
    evaluate_check(tally, ID, "fp", 1);
    evaluate_check(tally, ID, "idsw", 0);
    evaluate_check(tally, ID, "motp", .6);
    evaluate_check(tally, ID, "idf1", 4 / 5.0);
    seg_tally_free(tally);
}
END_TEST

START_TEST(ignored_truths_and_crowds_by_hand) {
    seg_instance truths[] = {item_of(1, 0, 0, 10, 10), item_of(2, 100, 0, 10, 10),
                             item_of(3, 200, 0, 100, 100)};
    truths[1].ignore = true;
    truths[1].category = 4; /* a distractor of another class */
    truths[2].crowd = true;
    const seg_instance found[] = {item_of(11, 0, 0, 10, 10),    item_of(12, 100, 0, 10, 9),
                                  item_of(13, 100, 0, 10, 8), /* the distractor is taken */
                                  item_of(14, 210, 50, 20, 20), item_of(15, 290, 90, 20, 10),
                                  item_of(16, 290, 0, 19, 10)}; /* 10 of 19 wide */
    seg_tally *tally = evaluate_tally(ID, NULL);
    add_frame(tally, found, 6, truths, 3);
    evaluate_check(tally, ID, "tp", 1);
    evaluate_check(tally, ID, "fn", 0);
    evaluate_check(tally, ID, "fp", 2); /* 13, and 15, which lies in the crowd by half only */
    evaluate_check(tally, ID, "idp", 1 / 3.0);
    seg_tally_free(tally);
    /* a truth of another class takes the prediction from the distractor; only class 0 counts */
    truths[0] = item_of(1, 100, 0, 10, 9);
    truths[0].category = 6;
    tally = evaluate_tally(ID, "category=0");
    add_frame(tally, &found[1], 1, truths, 2);
    evaluate_check(tally, ID, "fp", 1);
    evaluate_check(tally, ID, "fn", 0);
    seg_tally_free(tally);
}
END_TEST

START_TEST(label_pictures_by_hand) {
    static const double truth[8] = {3, 3, 3, 3, 9, 9, 9, 9},
                        found[8] = {70000, 70000, 70000, 0, 0, 5, 5, 5};
    seg_image expected = evaluate_picture(8, 1, SEG_U16, truth);
    seg_image predicted = evaluate_picture(8, 1, SEG_LABEL32, found);
    seg_tally *tally = evaluate_tally(ID, NULL);
    evaluate_add(tally, &predicted, &expected, NULL);
    evaluate_add(tally, &predicted, &expected, NULL);
    evaluate_check(tally, ID, "tp", 4);
    evaluate_check(tally, ID, "motp", .75);
    evaluate_check(tally, ID, "idf1", 1);
    evaluate_check(tally, ID, "hota", 15 / 19.0);
    seg_tally_free(tally);
    seg_image_unref(&expected);
    seg_image_unref(&predicted);
}
END_TEST

/* Sequences are added up, and so are classes: ids mean nothing beyond them. */
START_TEST(sequences_and_classes_by_hand) {
    seg_tally *sum = evaluate_tally(ID, NULL), *part = evaluate_tally(ID, NULL);
    add_broken_track(part);
    ck_assert_ok(seg_tally_finish(part));
    add_broken_track(part); /* a second sequence, not finished */
    seg_instance both[] = {item_of(1, 0, 0, 10, 10), item_of(1, 50, 0, 10, 10)};
    both[1].category = 3;
    add_frame(sum, both, 1, both, 2); /* a third one, in front of them */
    ck_assert_ok(seg_tally_merge(sum, part));
    evaluate_check(sum, ID, "tp", 4 + 4 + 1);
    evaluate_check(sum, ID, "fn", 1);
    evaluate_check(sum, ID, "idsw", 2);
    evaluate_check(sum, ID, "mota", (9 - 2) / 10.0);
    evaluate_check(sum, ID, "mt", 3);
    evaluate_check(sum, ID, "ml", 1);
    evaluate_check(sum, ID, "idf1", 2 * 5 / 19.0);
    evaluate_check(sum, ID, "assa", (8 * .5 + 1) / 9);
    evaluate_check(sum, ID, "hota", sqrt(.9 * 5 / 9));
    seg_table table = {0};
    const int32_t columns = 1 + evaluate_metric(ID)->measure_count;
    ck_assert_ok(seg_tally_table(sum, 0, &table)); /* sequences */
    ck_assert_int_eq(table.rows, 3);
    ck_assert_int_eq(table.columns, columns);
    for (int i = 0; i < 3; i++)
        ck_assert_double_eq(table.cells[i * columns], i);
    const int32_t fn = 1 + seg_measure_find(evaluate_metric(ID), "fn");
    const int32_t hota = 1 + seg_measure_find(evaluate_metric(ID), "hota");
    ck_assert_double_eq(table.cells[fn], 1);
    ck_assert(evaluate_near(table.cells[2 * columns + hota], sqrt(.5), 1e-12));
    ck_assert_ok(seg_tally_table(sum, 1, &table)); /* categories */
    ck_assert_int_eq(table.rows, 2);
    ck_assert_double_eq(table.cells[columns], 3);
    ck_assert_double_eq(table.cells[columns + fn], 1);
    ck_assert_double_eq(table.cells[fn], 0);
    ck_assert_ok(seg_tally_table(sum, 2, &table)); /* alphas */
    ck_assert_int_eq(table.rows, 19);
    ck_assert_int_eq(table.columns, 10);
    ck_assert_double_eq(table.cells[18 * 10], .95);
    ck_assert(evaluate_near(table.cells[18 * 10 + 1], sqrt(.9 * 5 / 9), 1e-12));
    seg_table_free(&table, NULL);
    seg_tally_free(sum);
    seg_tally_free(part);
}
END_TEST

/* ---- a literal reading ---- */

enum { FRAMES = 10, OBJECTS = 5 };

typedef struct sequence {
    seg_instance predicted[FRAMES][OBJECTS], expected[FRAMES][OBJECTS];
    int32_t predicted_count[FRAMES], expected_count[FRAMES];
} sequence;

/* Objects that move, are missed, change their ids and are invented now and then. */
static void random_sequence(sequence *s, uint32_t seed) {
    scene_random random = {seed * 30000};
    memset(s, 0, sizeof *s);
    int32_t ids[OBJECTS], next = 50;
    for (int32_t k = 0; k < OBJECTS; k++)
        ids[k] = next++;
    const uint32_t noise = 1 + seed % 4 * 30;
#define UNIT() (scene_next(&random) / 4294967296.0)
    double start[OBJECTS][2];
    for (int32_t k = 0; k < OBJECTS; k++)
        for (int c = 0; c < 2; c++)
            start[k][c] = 60 * UNIT();
    for (int32_t t = 0; t < FRAMES; t++) {
        const bool no_truths = scene_below(&random, 9) == 0, none = scene_below(&random, 9) == 0;
        for (int32_t k = 0; k < OBJECTS; k++) {
            const double x = start[k][0] + 2 * t * (k - 2), y = start[k][1] + t;
            if (!no_truths && scene_below(&random, 8))
                s->expected[t][s->expected_count[t]++] = item_of(k, x, y, 20, 12 + k);
            if (scene_below(&random, 12) == 0) ids[k] = next++;
            if (scene_below(&random, 12) == 0) {
                const int32_t other = (k + 1) % OBJECTS, id = ids[k];
                ids[k] = ids[other];
                ids[other] = id;
            }
        }
        for (int32_t k = 0; !none && k < OBJECTS; k++) {
            if (scene_below(&random, 7) == 0) continue;
            const double shift = noise * UNIT() / 10;
            s->predicted[t][s->predicted_count[t]++] =
                item_of(ids[k], start[k][0] + 2 * t * (k - 2) + shift, start[k][1] + t - shift,
                        20 * (.9 + .2 * UNIT()), 12 + k);
        }
    }
}

static double iou_at(const sequence *s, int32_t t, int32_t e, int32_t p) {
    return seg_box_iou(&s->predicted[t][p].box, &s->expected[t][e].box, false);
}

typedef struct search {
    const double (*score)[OBJECTS];
    int32_t rows, columns, now[OBJECTS], best[OBJECTS];
    double best_sum;
} search;

/* Tries every way to give each row a column of positive score, or none. */
static void try_all(search *s, int32_t row, uint32_t taken, double sum) {
    if (row == s->rows || row == OBJECTS) {
        if (sum <= s->best_sum) return;
        s->best_sum = sum;
        memcpy(s->best, s->now, sizeof s->best);
        return;
    }
    s->now[row] = -1;
    try_all(s, row + 1, taken, sum);
    for (int32_t c = 0; c < s->columns; c++) {
        if (taken >> c & 1 || !(s->score[row][c] > 0)) continue;
        s->now[row] = c;
        try_all(s, row + 1, taken | 1u << c, sum + s->score[row][c]);
    }
}

static void best_assignment(int32_t *best, const double (*score)[OBJECTS], int32_t rows,
                            int32_t columns) {
    search s = {.score = score, .rows = rows, .columns = columns, .best_sum = -1};
    try_all(&s, 0, 0, 0);
    memcpy(best, s.best, sizeof s.best);
}

enum { PREDICTED = 100 }; /* ids are below */

typedef struct totals {
    double truths, found, tp, switches, fragments, mt, pt, ml, iou, idtp;
    double hits[19], assa[19], loca[19];
} totals;

static void count_hota(totals *sum, const sequence *s) {
    static double align[OBJECTS][PREDICTED], hits[19][OBJECTS][PREDICTED];
    double lengths[2][PREDICTED] = {{0}};
    memset(align, 0, sizeof align);
    memset(hits, 0, sizeof hits);
    for (int32_t t = 0; t < FRAMES; t++) {
        for (int32_t e = 0; e < s->expected_count[t]; e++)
            lengths[0][s->expected[t][e].id]++;
        for (int32_t p = 0; p < s->predicted_count[t]; p++)
            lengths[1][s->predicted[t][p].id]++;
        for (int32_t e = 0; e < s->expected_count[t]; e++)
            for (int32_t p = 0; p < s->predicted_count[t]; p++) {
                double whole = -iou_at(s, t, e, p);
                for (int32_t k = 0; k < s->expected_count[t]; k++)
                    whole += iou_at(s, t, k, p);
                for (int32_t k = 0; k < s->predicted_count[t]; k++)
                    whole += iou_at(s, t, e, k);
                if (iou_at(s, t, e, p) > 0)
                    align[s->expected[t][e].id][s->predicted[t][p].id] +=
                        iou_at(s, t, e, p) / whole;
            }
    }
    for (int32_t g = 0; g < OBJECTS; g++)
        for (int32_t p = 0; p < PREDICTED; p++)
            if (align[g][p] > 0) align[g][p] /= lengths[0][g] + lengths[1][p] - align[g][p];
    for (int32_t t = 0; t < FRAMES; t++) {
        double score[OBJECTS][OBJECTS];
        int32_t best[OBJECTS];
        for (int32_t e = 0; e < s->expected_count[t]; e++)
            for (int32_t p = 0; p < s->predicted_count[t]; p++)
                score[e][p] =
                    align[s->expected[t][e].id][s->predicted[t][p].id] * iou_at(s, t, e, p);
        best_assignment(best, (const double(*)[OBJECTS])score, s->expected_count[t],
                        s->predicted_count[t]);
        for (int32_t e = 0; e < s->expected_count[t]; e++)
            for (int a = 0; best[e] >= 0 && a < 19; a++) {
                if (iou_at(s, t, e, best[e]) < (a + 1) / 20.0) continue;
                sum->hits[a]++;
                sum->loca[a] += iou_at(s, t, e, best[e]);
                hits[a][s->expected[t][e].id][s->predicted[t][best[e]].id]++;
            }
    }
    for (int a = 0; a < 19; a++)
        for (int32_t g = 0; g < OBJECTS; g++)
            for (int32_t p = 0; p < PREDICTED; p++) {
                const double c = hits[a][g][p];
                if (c > 0) sum->assa[a] += c * c / (lengths[0][g] + lengths[1][p] - c);
            }
}

static void count_clear(totals *sum, const sequence *s) {
    int32_t last[OBJECTS], before[OBJECTS];
    double matched[OBJECTS] = {0}, lengths[OBJECTS] = {0}, starts[OBJECTS] = {0};
    for (int32_t g = 0; g < OBJECTS; g++)
        last[g] = before[g] = -1;
    for (int32_t t = 0; t < FRAMES; t++) {
        double score[OBJECTS][OBJECTS];
        int32_t best[OBJECTS], now[OBJECTS];
        for (int32_t e = 0; e < s->expected_count[t]; e++)
            lengths[s->expected[t][e].id]++;
        if (!s->expected_count[t] || !s->predicted_count[t]) continue;
        for (int32_t e = 0; e < s->expected_count[t]; e++)
            for (int32_t p = 0; p < s->predicted_count[t]; p++) {
                const double iou = iou_at(s, t, e, p);
                const bool same = before[s->expected[t][e].id] == s->predicted[t][p].id;
                score[e][p] = iou < .5 ? 0 : iou + (same ? 1000 : 0);
            }
        best_assignment(best, (const double(*)[OBJECTS])score, s->expected_count[t],
                        s->predicted_count[t]);
        for (int32_t g = 0; g < OBJECTS; g++)
            now[g] = -1;
        for (int32_t e = 0; e < s->expected_count[t]; e++) {
            if (best[e] < 0) continue;
            const int32_t g = s->expected[t][e].id;
            now[g] = s->predicted[t][best[e]].id;
            sum->tp++;
            sum->iou += iou_at(s, t, e, best[e]);
            sum->switches += last[g] >= 0 && last[g] != now[g];
            starts[g] += before[g] < 0;
            matched[g]++;
            last[g] = now[g];
        }
        memcpy(before, now, sizeof before);
    }
    for (int32_t g = 0; g < OBJECTS; g++) {
        if (lengths[g] == 0) continue;
        const double share = matched[g] / lengths[g];
        sum->mt += share > .8;
        sum->pt += share >= .2 && share <= .8;
        sum->ml += share < .2;
        if (starts[g] > 0) sum->fragments += starts[g] - 1;
    }
}

/* Every true track takes any predicted one, or none. */
static double best_identity(double meetings[OBJECTS][PREDICTED], int32_t g, bool *taken) {
    if (g == OBJECTS) return 0;
    double best = best_identity(meetings, g + 1, taken);
    for (int32_t p = 0; p < PREDICTED; p++) {
        if (taken[p] || meetings[g][p] == 0) continue;
        taken[p] = true;
        best = fmax(best, meetings[g][p] + best_identity(meetings, g + 1, taken));
        taken[p] = false;
    }
    return best;
}

static void count_identity(totals *sum, const sequence *s) {
    double meetings[OBJECTS][PREDICTED] = {{0}};
    bool taken[PREDICTED] = {false};
    for (int32_t t = 0; t < FRAMES; t++) {
        sum->truths += s->expected_count[t];
        sum->found += s->predicted_count[t];
        for (int32_t e = 0; e < s->expected_count[t]; e++)
            for (int32_t p = 0; p < s->predicted_count[t]; p++)
                meetings[s->expected[t][e].id][s->predicted[t][p].id] += iou_at(s, t, e, p) >= .5;
    }
    sum->idtp += best_identity(meetings, 0, taken);
}

static void add_sequence(seg_tally *tally, const sequence *s) {
    for (int32_t t = 0; t < FRAMES; t++)
        add_frame(tally, s->predicted[t], s->predicted_count[t], s->expected[t],
                  s->expected_count[t]);
}

START_TEST(random_sequences_agree_with_the_definitions) {
    for (uint32_t seed = 1; seed <= 40; seed++) {
        seg_tally *tally = evaluate_tally(ID, NULL);
        totals sum = {0};
        for (uint32_t k = 0; k < 2; k++) {
            sequence s;
            random_sequence(&s, 2 * seed + k);
            count_hota(&sum, &s);
            count_clear(&sum, &s);
            count_identity(&sum, &s);
            seg_tally *part = evaluate_tally(ID, NULL);
            add_sequence(part, &s);
            if (k) ck_assert_ok(seg_tally_finish(part));
            ck_assert_ok(seg_tally_merge(tally, part));
            seg_tally_free(part);
        }
        double hota = 0, deta = 0, assa = 0, loca = 0;
        for (int a = 0; a < 19; a++) {
            const double hits = sum.hits[a], d = hits / (sum.truths + sum.found - hits);
            const double association = hits > 0 ? sum.assa[a] / hits : 0;
            deta += d / 19;
            assa += association / 19;
            loca += (hits > 0 ? sum.loca[a] / hits : 1) / 19;
            hota += sqrt(d * association) / 19;
        }
        evaluate_check(tally, ID, "hota", hota);
        evaluate_check(tally, ID, "deta", deta);
        evaluate_check(tally, ID, "assa", assa);
        evaluate_check(tally, ID, "loca", loca);
        evaluate_check(tally, ID, "tp", sum.tp);
        evaluate_check(tally, ID, "idsw", sum.switches);
        evaluate_check(tally, ID, "frag", sum.fragments);
        evaluate_check(tally, ID, "mt", sum.mt);
        evaluate_check(tally, ID, "pt", sum.pt);
        evaluate_check(tally, ID, "ml", sum.ml);
        evaluate_check(tally, ID, "motp", sum.iou / sum.tp);
        evaluate_check(tally, ID, "mota", (2 * sum.tp - sum.found - sum.switches) / sum.truths);
        evaluate_check(tally, ID, "idf1", 2 * sum.idtp / (sum.truths + sum.found));
        seg_tally_free(tally);
    }
}
END_TEST

/* ---- properties ---- */

static void assert_same_values(const seg_tally *a, const seg_tally *b) {
    double va[64], vb[64];
    ck_assert_ok(seg_tally_values(a, va));
    ck_assert_ok(seg_tally_values(b, vb));
    ck_assert_mem_eq(va, vb, sizeof(double) * (size_t)evaluate_metric(ID)->measure_count);
}

/* Names of tracks mean nothing, nor does the order of the items of a frame. */
START_TEST(ids_and_order_do_not_matter) {
    for (uint32_t seed = 1; seed <= 20; seed++) {
        sequence s, changed;
        random_sequence(&s, seed);
        changed = s;
        for (int32_t t = 0; t < FRAMES; t++) {
            for (int32_t e = 0; e < s.expected_count[t]; e++) {
                changed.expected[t][s.expected_count[t] - 1 - e] = s.expected[t][e];
                changed.expected[t][s.expected_count[t] - 1 - e].id = -s.expected[t][e].id;
            }
            for (int32_t p = 0; p < s.predicted_count[t]; p++)
                changed.predicted[t][p].id = INT32_MAX - 7 * s.predicted[t][p].id;
        }
        seg_tally *a = evaluate_tally(ID, NULL), *b = evaluate_tally(ID, NULL);
        add_sequence(a, &s);
        add_sequence(b, &changed);
        const seg_metric *metric = evaluate_metric(ID);
        for (int32_t i = 0; i < metric->measure_count; i++)
            evaluate_check(a, ID, metric->measures[i].name,
                           evaluate_value(b, ID, metric->measures[i].name));
        seg_tally_free(a);
        seg_tally_free(b);
    }
}
END_TEST

START_TEST(tallies_merge_in_any_order) {
    sequence s[3];
    seg_tally *sums[3];
    for (int k = 0; k < 3; k++)
        random_sequence(&s[k], 100 + (uint32_t)k);
    for (int way = 0; way < 3; way++) {
        sums[way] = evaluate_tally(ID, NULL);
        for (int k = 0; k < 3; k++) {
            seg_tally *part = evaluate_tally(ID, NULL);
            add_sequence(way == 2 ? sums[way] : part, &s[way == 1 ? 2 - k : k]);
            if (way == 2)
                ck_assert_ok(seg_tally_finish(sums[way]));
            else
                ck_assert_ok(seg_tally_merge(sums[way], part));
            seg_tally_free(part);
        }
        assert_same_values(sums[way], sums[0]);
    }
    /* an empty tally adds nothing, and values may be asked for in the midst of a sequence */
    seg_tally *empty = evaluate_tally(ID, NULL);
    ck_assert_ok(seg_tally_merge(sums[1], empty));
    assert_same_values(sums[1], sums[0]);
    add_sequence(empty, &s[0]);
    const double before = evaluate_value(empty, ID, "hota");
    ck_assert_double_eq(evaluate_value(empty, ID, "hota"), before);
    ck_assert_ok(seg_tally_finish(empty));
    ck_assert_ok(seg_tally_finish(empty));
    ck_assert_double_eq(evaluate_value(empty, ID, "hota"), before);
    seg_tally_free(empty);
    for (int way = 0; way < 3; way++)
        seg_tally_free(sums[way]);
}
END_TEST

START_TEST(truth_against_itself_is_perfect) {
    const seg_metric *metric = evaluate_metric(ID);
    for (uint32_t seed = 1; seed <= 20; seed++) {
        sequence s;
        random_sequence(&s, seed);
        memcpy(s.predicted, s.expected, sizeof s.predicted);
        memcpy(s.predicted_count, s.expected_count, sizeof s.predicted_count);
        seg_tally *tally = evaluate_tally(ID, NULL);
        add_sequence(tally, &s);
        for (int32_t i = 0; i < metric->measure_count; i++)
            if (!isnan(metric->measures[i].perfect))
                evaluate_check(tally, ID, metric->measures[i].name, metric->measures[i].perfect);
        seg_tally_free(tally);
    }
}
END_TEST

START_TEST(nothing_and_nothing) {
    const seg_instance one = item_of(1, 0, 0, 5, 5);
    seg_tally *tally = evaluate_tally(ID, NULL);
    evaluate_check(tally, ID, "hota", 1);
    add_frame(tally, NULL, 0, NULL, 0);
    evaluate_check(tally, ID, "hota", 1);
    evaluate_check(tally, ID, "mota", 1);
    evaluate_check(tally, ID, "idf1", 1);
    add_frame(tally, &one, 1, NULL, 0);
    evaluate_check(tally, ID, "hota", 0);
    evaluate_check(tally, ID, "mota", NAN);
    evaluate_check(tally, ID, "recall", NAN);
    evaluate_check(tally, ID, "precision", 0);
    evaluate_check(tally, ID, "idf1", 0);
    seg_tally_free(tally);
    tally = evaluate_tally(ID, NULL);
    add_frame(tally, NULL, 0, &one, 1);
    evaluate_check(tally, ID, "hota", 0);
    evaluate_check(tally, ID, "mota", 0);
    evaluate_check(tally, ID, "precision", NAN);
    evaluate_check(tally, ID, "ml", 1);
    seg_tally_free(tally);
}
END_TEST

START_TEST(bad_frames_are_refused) {
    const seg_instance two[] = {item_of(-1, 0, 0, 5, 5), item_of(-1, 9, 0, 5, 5)};
    seg_tally *tally = evaluate_tally(ID, NULL);
    ck_assert_fails(try_frame(tally, two, 2, two, 1), SEG_ERROR_ARGUMENT,
                    "predicted: id -1 of class 0 occurs twice");
    ck_assert_fails(try_frame(tally, two, 1, two, 2), SEG_ERROR_ARGUMENT, "expected: id -1");
    ck_assert_int_eq(seg_tally_pairs(tally), 0);
    evaluate_check(tally, ID, "hota", 1);
    add_frame(tally, two, 1, two, 1);
    evaluate_check(tally, ID, "tp", 1);
    seg_tally_free(tally);
    const seg_metric *metric = evaluate_metric(ID);
    _Alignas(16) unsigned char options[256];
    seg_params_init(options, metric->params);
    ck_assert_ok(seg_params_parse(options, metric->params, "category", "2", NULL));
    ck_assert_ok(seg_params_parse(options, metric->params, "categories", "false", NULL));
    ck_assert_fails(seg_tally_create(&tally, metric, options, NULL), SEG_ERROR_OPTION,
                    "category is 2");
}
END_TEST

START_TEST(no_memory_leaks_nothing) {
    sequence s;
    random_sequence(&s, 4);
    s.expected[2][0].ignore = true;
    const int64_t before = seg_memory_live();
    seg_status status = SEG_ERROR_MEMORY;
    for (int64_t n = 1; n < 20000 && status < 0; n += n < 300 ? 1 : 37) {
        seg_tally *tally = NULL, *sum = NULL;
        seg_table table = {0};
        double values[64];
        seg_memory_fail_at(n);
        status = seg_tally_create(&tally, evaluate_metric(ID), NULL, NULL);
        if (status >= 0) status = seg_tally_create(&sum, evaluate_metric(ID), NULL, NULL);
        for (int32_t t = 0; status >= 0 && t < 4; t++)
            status = try_frame(tally, s.predicted[t], s.predicted_count[t], s.expected[t],
                               s.expected_count[t]);
        if (status >= 0) status = seg_tally_values(tally, values);
        if (status >= 0) status = seg_tally_merge(sum, tally);
        if (status >= 0) status = seg_tally_finish(tally);
        for (int32_t i = 0; status >= 0 && i < 3; i++)
            status = seg_tally_table(sum, i, &table);
        seg_memory_fail_at(0);
        ck_assert(status == SEG_OK || status == SEG_ERROR_MEMORY);
        seg_table_free(&table, NULL);
        seg_tally_free(tally);
        seg_tally_free(sum);
        ck_assert_int_eq(seg_memory_live(), before);
    }
    ck_assert_ok(status);
}
END_TEST

CORE_MAIN("tracks", a_broken_track_by_hand, a_loose_track_by_hand, matches_are_kept_by_hand,
          ignored_truths_and_crowds_by_hand, label_pictures_by_hand, sequences_and_classes_by_hand,
          random_sequences_agree_with_the_definitions, ids_and_order_do_not_matter,
          tallies_merge_in_any_order, truth_against_itself_is_perfect, nothing_and_nothing,
          bad_frames_are_refused, no_memory_leaks_nothing)
