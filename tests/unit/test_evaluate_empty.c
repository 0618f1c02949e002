/* What every metric says where prediction or truth are empty, as its `empty` text states it. */
#include "evaluate.h"

#define SIDE 12

enum { NONE, SOME, MOVED, FULL };

static seg_image picture_of(int what) {
    static const double values[] = {[SOME] = 1, [MOVED] = 255, [FULL] = 1};
    double pixels[SIDE * SIDE] = {0};
    for (int i = 0; i < SIDE * SIDE; i++) {
        const int x = i % SIDE, y = i / SIDE;
        if (what == FULL || (what != NONE && x > 2 && x < 8 && y > 2 && y < 8))
            pixels[i] = values[what];
    }
    return evaluate_picture(SIDE, SIDE, SEG_U8, pixels);
}

/* "name=value ...": - is undefined, inf infinite, perfect all that has a perfect value. */
static void check_values(const seg_tally *tally, const char *id, const char *wanted) {
    const seg_metric *metric = seg_tally_metric(tally);
    double values[64];
    char text[400];
    ck_assert_int_le(metric->measure_count, 64);
    ck_assert_ok(seg_tally_values(tally, values));
    snprintf(text, sizeof text, "%s", wanted);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
        char *value = strchr(word, '=');
        if (!value) {
            ck_assert_str_eq(word, "perfect");
            for (int32_t i = 0; i < metric->measure_count; i++)
                ck_assert_msg(isnan(metric->measures[i].perfect) ||
                                  values[i] == metric->measures[i].perfect,
                              "%s: %s is %g", id, metric->measures[i].name, values[i]);
            continue;
        }
        *value++ = '\0';
        const int32_t index = seg_measure_find(metric, word);
        ck_assert_msg(index >= 0, "%s has no %s", id, word);
        if (*value == '-')
            ck_assert_msg(isnan(values[index]), "%s: %s is %g", id, word, values[index]);
        else
            ck_assert_msg(fabs(values[index] - atof(value)) < 1e-9 || values[index] == atof(value),
                          "%s: %s is %g, not %s", id, word, values[index], value);
    }
}

static const struct {
    const char *id, *options;
    int found, expected;
    const char *values;
} cases[] = {
    {"masks", NULL, NONE, NONE, "perfect"},
    {"masks", NULL, NONE, SOME, "precision=- mcc=- recall=0 f1=0 iou=0"},
    {"masks", NULL, SOME, NONE, "recall=- balanced-accuracy=- mcc=- precision=0 f1=0 iou=0"},
    {"change", NULL, NONE, NONE, "perfect"},
    {"change", NULL, NONE, MOVED, "precision=- recall=0 f1=0 fpr-s=-"},
    {"change", NULL, MOVED, NONE, "recall=- precision=0 f1=0 fpr-s=-"},
    /* 25 of 144 pixels; of class 0 nothing else is wrong */
    {"classes", NULL, NONE, NONE, "perfect classes=1"},
    {"classes", NULL, SOME, NONE, "macro-precision=.5 macro-recall=.826388888889 classes=2"},
    {"classes", NULL, NONE, SOME, "macro-recall=.5 macro-precision=.826388888889 classes=2"},
    {"classes", NULL, SOME, NONE, "miou=.4131944444444"},
    {"classes", NULL, NONE, SOME, "miou=.4131944444444"},
    {"scores", NULL, NONE, NONE, "perfect"},
    {"scores", NULL, SOME, NONE, "auc=- ap=- best-f1=- youden=-"},
    {"scores", NULL, SOME, FULL, "auc=- youden=- ap=1"},
    {"documents", "object=1 truth-object=1", NONE, NONE, "perfect psnr=inf"},
    {"documents", "object=1 truth-object=1", NONE, SOME, "fm=0 recall=0 precision=- p-fm=- mcc=-"},
    {"documents", "object=1 truth-object=1", SOME, NONE,
     "fm=0 precision=0 recall=- p-fm=- drd=- nrm=- mcc=-"},
    {"surfaces", NULL, NONE, NONE, "perfect one-empty=0"},
    {"surfaces", NULL, NONE, SOME, "hausdorff=- hd95=- assd=- boundary-f=0 nsd=0 one-empty=1"},
    {"surfaces", NULL, SOME, NONE, "hausdorff=- hd95=- masd=- boundary-f=0 nsd=0 one-empty=1"},
    {"surfaces", "empty=diagonal", SOME, NONE, "hausdorff=16.970562748477143 boundary-f=0"},
    {"boundaries", NULL, NONE, NONE, "perfect"},
    {"boundaries", NULL, NONE, SOME, "ods-precision=- ap=- ods-recall=0 ods=0 ois=0"},
    {"boundaries", NULL, MOVED, NONE, "ods-recall=- ap=- ods-precision=0 ods=0 ois=0"},
    {"regions", NULL, SOME, NONE, "covering=- pri=- vi=- are=-"},
    {"regions", NULL, NONE, NONE, "covering=- pri=- vi=- are=-"},
    {"ucm", NULL, NONE, NONE, "covering=- pri=- vi=- are=-"},
    {"superpixels", NULL, SOME, NONE, "br=- ue-np=- asa=-"},
    {"instances", NULL, NONE, NONE, "perfect"},
    {"instances", NULL, NONE, SOME, "ap=0 ar100=0 dsb=0 recall=0 f1=0 precision=- apl=-"},
    {"instances", NULL, SOME, NONE, "ap=- ar100=- recall=- dsb=0 precision=0 f1=0"},
    {"panoptic", NULL, NONE, NONE, "perfect"},
    {"panoptic", NULL, NONE, SOME, "pq=0 rq=0 pq-stuff=-"},
    {"panoptic", NULL, SOME, NONE, "pq=0 rq=0 pq-stuff=-"},
    {"tracks", NULL, NONE, NONE, "perfect"},
    {"tracks", NULL, NONE, SOME, "hota=0 recall=0 mota=0 idf1=0 precision=- motp=- idp=-"},
    {"tracks", NULL, SOME, NONE, "hota=0 idf1=0 recall=- mota=- motp=- idr=-"},
    {"video", "ends=true", NONE, NONE, "j-mean=1 f-mean=1 t=-"},
    {"video", "ends=true", SOME, NONE, "j-mean=0 f-mean=0"},
    {"video", "ends=true", NONE, SOME, "j-mean=0 f-mean=0"},
    {"video", NULL, SOME, SOME, "j-mean=- f-mean=- frames=0"},
};

START_TEST(pictures_without_anything) {
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        seg_image found = picture_of(cases[i].found), expected = picture_of(cases[i].expected);
        seg_tally *tally = evaluate_tally(cases[i].id, cases[i].options);
        const seg_pair pair = {.prediction = &found, .truths = &expected, .truth_count = 1};
        ck_assert_ok(seg_tally_add(tally, &pair));
        check_values(tally, cases[i].id, cases[i].values);
        seg_tally_free(tally);
        seg_image_unref(&found), seg_image_unref(&expected);
    }
}
END_TEST

/* A vector of 1e10 is an unknown one. */
START_TEST(flow_without_vectors) {
    static const struct {
        float found, expected;
        const char *values;
    } fields[] = {{0, 1e10f, "perfect density=1"}, {1e10f, 0, "epe=- fl=- density=0"}};
    for (size_t i = 0; i < 2; i++) {
        float values[2][2 * SIDE * SIDE];
        seg_image pictures[2] = {{0}};
        for (int k = 0; k < 2; k++) {
            for (int p = 0; p < 2 * SIDE * SIDE; p++)
                values[k][p] = k ? fields[i].expected : fields[i].found;
            ck_assert_ok(seg_image_wrap(&pictures[k], values[k], 8 * SIDE, SIDE, SIDE, SEG_F32, 2));
        }
        seg_tally *tally = evaluate_tally("flow", NULL);
        const seg_pair pair = {
            .prediction = &pictures[0], .truths = &pictures[1], .truth_count = 1};
        ck_assert_ok(seg_tally_add(tally, &pair));
        check_values(tally, "flow", fields[i].values);
        seg_tally_free(tally);
    }
}
END_TEST

/* No metric without a statement, none without a case. */
START_TEST(all_metrics_state_it) {
    int32_t count;
    const seg_metric *const *metrics = seg_metrics(&count);
    for (int32_t i = 0; i < count; i++) {
        bool found = strcmp(metrics[i]->id, "flow") == 0;
        for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
            found = found || strcmp(metrics[i]->id, cases[k].id) == 0;
        ck_assert_msg(found, "%s has no case here", metrics[i]->id);
        ck_assert_msg(metrics[i]->empty && strlen(metrics[i]->empty) > 40,
                      "%s does not state what empty pictures give", metrics[i]->id);
    }
}
END_TEST

CORE_MAIN("empty masks", pictures_without_anything, flow_without_vectors, all_metrics_state_it)
