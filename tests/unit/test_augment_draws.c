/* Probabilities and parameters are drawn by the laws that are stated: chi-square tests over every
 * draw that any augmentation notes. Draws are the same in every run, so that a test that passes
 * passes always. */
#include "unit/augment_samples.h"

#define WIDTH 40
#define HEIGHT 30
#define COPIES 6000
#define CHANCE 0.37
#define MOST_BINS 64

typedef enum shape {
    UNIFORM,   /* low .. high */
    LOGARITHM, /* its logarithm is uniform between those of low and high */
    WHOLE,     /* one of low .. high, all as likely */
    ROUNDED,   /* a uniform number from low .. high, rounded: the ends are half as likely */
    COINS,     /* heads of `high` tosses */
    ANY        /* follows from other draws: only its bounds are tested */
} shape;

typedef struct law {
    const char *id, *arguments, *draw;
    shape shape;
    double low, high;
} law;

/* Of all augmentations that draw; a draw that is noted and not here fails the test. */
static const law laws[] = {
    {"rotate90", "", "turns", WHOLE, 0, 3},
    {"d4", "", "symmetry", WHOLE, 0, 7},
    {"rotate", "", "angle", UNIFORM, -30, 30},
    {"scale", "", "factor", LOGARITHM, 0.8, 1.25},
    {"translate", "x=0.5,y=0.5,", "x", ROUNDED, -20, 20},
    {"translate", "x=0.5,y=0.5,", "y", ROUNDED, -15, 15},
    {"jitter", "y=3,", "x", UNIFORM, -2, 2},
    {"jitter", "y=3,", "y", UNIFORM, -3, 3},
    {"shear", "y=10,", "x", UNIFORM, -15, 15},
    {"shear", "y=10,", "y", UNIFORM, -10, 10},
    {"affine", "", "angle", UNIFORM, -15, 15},
    {"affine", "", "factor", LOGARITHM, 0.9, 1.1},
    {"affine", "", "shear", UNIFORM, -5, 5},
    {"affine", "", "x", UNIFORM, -2, 2},
    {"affine", "", "y", UNIFORM, -1.5, 1.5},
    {"crop", "width=20,height=14,", "x", WHOLE, 0, 20},
    {"crop", "width=20,height=14,", "y", WHOLE, 0, 16},
    {"centre-crop", "width=20,height=14,", "x", ANY, 10, 10},
    {"centre-crop", "width=20,height=14,", "y", ANY, 8, 8},
    {"safe-crop", "", "x", ANY, 0, 28},
    {"safe-crop", "", "y", ANY, 0, 21},
    {"safe-crop", "", "width", ANY, 12, 40},
    {"safe-crop", "", "height", ANY, 9, 30},
    {"object-crop", "width=20,height=14,", "object", WHOLE, 0, 3},
    {"object-crop", "width=20,height=14,", "x", ANY, 0, 20},
    {"object-crop", "width=20,height=14,", "y", ANY, 0, 16},
    {"letterbox", "width=20,height=14,", "factor", ANY, 14 / 30.0, 14 / 30.0},
    {"resized-crop", "width=20,height=14,", "x", ANY, 0, 40},
    {"resized-crop", "width=20,height=14,", "y", ANY, 0, 30},
    {"resized-crop", "width=20,height=14,", "width", ANY, 1, 40},
    {"resized-crop", "width=20,height=14,", "height", ANY, 1, 30},
    {"perspective", "", "x0", UNIFORM, -4, 4},
    {"perspective", "", "y0", UNIFORM, -3, 3},
    {"perspective", "", "x1", UNIFORM, 36, 44},
    {"perspective", "", "y1", UNIFORM, -3, 3},
    {"perspective", "", "x2", UNIFORM, 36, 44},
    {"perspective", "", "y2", UNIFORM, 27, 33},
    {"perspective", "", "x3", UNIFORM, -4, 4},
    {"perspective", "", "y3", UNIFORM, 27, 33},
    {"elastic", "", "factor", ANY, 0, 1e6},
    {"gaussian-blur", "", "sigma", UNIFORM, 0.3, 2},
    {"box-blur", "", "radius", WHOLE, 1, 3},
    {"median-blur", "", "radius", WHOLE, 1, 2},
    {"motion-blur", "", "length", WHOLE, 2, 15},
    {"motion-blur", "", "angle", UNIFORM, 0, 180},
    {"defocus-blur", "", "radius", WHOLE, 1, 3},
    {"sharpen", "", "factor", UNIFORM, 0.2, 1},
    {"hsv", "", "hue", UNIFORM, -10, 10},
    {"hsv", "", "saturation", UNIFORM, 0.8, 1.2},
    {"hsv", "", "value", UNIFORM, 0.8, 1.2},
    {"saturation", "", "factor", UNIFORM, 0.7, 1.3},
    {"hue", "", "hue", UNIFORM, -18, 18},
    {"colour-jitter", "", "brightness", UNIFORM, 0.8, 1.2},
    {"colour-jitter", "", "contrast", UNIFORM, 0.8, 1.2},
    {"colour-jitter", "", "saturation", UNIFORM, 0.8, 1.2},
    {"colour-jitter", "", "hue", UNIFORM, -18, 18},
    {"temperature", "", "warm", UNIFORM, -0.15, 0.15},
    {"channel-shuffle", "", "order", WHOLE, 0, 5},
    {"channel-drop", "", "channel", WHOLE, 0, 2},
    {"jpeg", "", "quality", WHOLE, 30, 90},
    {"downscale", "", "share", UNIFORM, 0.25, 0.75},
    {"shadow", "", "share", UNIFORM, 0.3, 0.6},
    {"fog", "", "share", UNIFORM, 0.2, 0.5},
    {"rain", "count=5,", "angle", UNIFORM, -15, 15},
    {"clahe", "", "clip", UNIFORM, 1, 4},
    {"brightness", "", "add", UNIFORM, -0.2, 0.2},
    {"contrast", "", "factor", UNIFORM, 0.8, 1.2},
    {"gamma", "", "exponent", LOGARITHM, 0.7, 1.4},
    {"solarise", "", "from", UNIFORM, 0.3, 0.8},
    {"posterise", "", "bits", WHOLE, 4, 8},
    {"gaussian-noise", "", "sigma", UNIFORM, 2, 12},
    {"multiplicative-noise", "", "sigma", UNIFORM, 0.02, 0.1},
    {"cutout", "", "x", WHOLE, 0, 39},
    {"cutout", "", "y", WHOLE, 0, 29},
    {"random-erasing", "", "x", ANY, 0, 39},
    {"random-erasing", "", "y", ANY, 0, 29},
    {"random-erasing", "", "width", ANY, 1, 40},
    {"random-erasing", "", "height", ANY, 1, 30},
    {"hide-and-seek", "", "hidden", COINS, 0, 16},
    {"gridmask", "smallest=5,largest=24,", "period", WHOLE, 5, 24},
    {"gridmask", "smallest=5,largest=24,", "x", ANY, 0, 23},
    {"gridmask", "smallest=5,largest=24,", "y", ANY, 0, 23},
    {"fencemask", "smallest=7,largest=7,", "period", ANY, 7, 7},
    {"fencemask", "smallest=7,largest=7,", "x", WHOLE, 0, 6},
    {"fencemask", "smallest=7,largest=7,", "y", WHOLE, 0, 6},
    {"fencemask", "smallest=7,largest=7,", "angle", UNIFORM, -45, 45},
    {"keep-cutout", "", "x", ANY, 0, 30},
    {"keep-cutout", "", "y", ANY, 0, 22},
    {"keep-cutmix", "tries=1,", "partner", WHOLE, 0, 4},
    {"keep-cutmix", "tries=1,", "x", WHOLE, 0, 20},
    {"keep-cutmix", "tries=1,", "y", WHOLE, 0, 15},
    {"fda", "", "partner", WHOLE, 0, 4},
    {"fda", "", "strength", UNIFORM, 0.5, 1},
    {"quilting", "piece=12,tries=2,", "partner", WHOLE, 0, 4},
    {"quilting", "piece=12,tries=2,", "strength", UNIFORM, 0.5, 1},
    {"mixup", "", "partner", WHOLE, 0, 4},
    {"mixup", "", "share", UNIFORM, 0, 1},
    {"sample-pairing", "", "partner", WHOLE, 0, 4},
    {"sample-pairing", "", "part", UNIFORM, 0.5, 1},
    {"sample-pairing", "", "flip", WHOLE, 0, 1},
    {"cutmix", "", "partner", WHOLE, 0, 4},
    {"cutmix", "", "x", ANY, 0, 40},
    {"cutmix", "", "y", ANY, 0, 30},
    {"cutmix", "", "width", ANY, 0, 40},
    {"cutmix", "", "height", ANY, 0, 30},
    {"mosaic", "", "partner", WHOLE, 0, 4},
    {"mosaic", "", "x", ROUNDED, 12, 28},
    {"mosaic", "", "y", ROUNDED, 9, 21},
    {"copy-paste", "", "partner", WHOLE, 0, 4},
    {"reinhard", "", "partner", WHOLE, 0, 4},
    {"reinhard", "", "strength", UNIFORM, 0.5, 1},
    {"histogram-match", "", "partner", WHOLE, 0, 4},
    {"histogram-match", "", "strength", UNIFORM, 0.5, 1},
    {"colour-transport", "", "partner", WHOLE, 0, 4},
    {"colour-transport", "", "strength", UNIFORM, 0.5, 1},
    {"rand-augment", "", "choice", WHOLE, 0, 13},
    {"trivial-augment", "", "choice", WHOLE, 0, 13},
    {"trivial-augment", "", "magnitude", WHOLE, 0, 30},
    {"one-of", "", "choice", WHOLE, 0, 2},
};
#define LAWS (sizeof laws / sizeof *laws)

/* ---- the test ---- */

/* Chance that chi-square of that many degrees of freedom is above is 1e-6.
 * E. Wilson, M. Hilferty, "The distribution of chi-square", 1931. */
static double critical(int freedom) {
    const double z = 4.7534, a = 2 / (9.0 * freedom), root = 1 - a + z * sqrt(a);
    return freedom * root * root * root;
}

typedef struct tally {
    double counts[MOST_BINS], shares[MOST_BINS], total;
    int bins;
    bool outside;
} tally;

static void tally_start(tally *t, const law *l) {
    const double first = l->low;
    *t = (tally){.bins = l->shape == UNIFORM || l->shape == LOGARITHM ? 20
                         : l->shape == ANY                            ? 1
                                           : (int)(l->high - l->low) + 1};
    ck_assert_int_le(t->bins, MOST_BINS);
    for (int i = 0; i < t->bins; i++)
        t->shares[i] = 1.0 / t->bins;
    if (l->shape == ROUNDED)
        for (int i = 0; i < t->bins; i++)
            t->shares[i] = (i && i + 1 < t->bins ? 1 : 0.5) / (l->high - first);
    if (l->shape == COINS)
        for (int i = 0; i < t->bins; i++) {
            double ways = 1;
            for (int k = 0; k < i; k++)
                ways = ways * (l->high - k) / (k + 1);
            t->shares[i] = ways / exp2(l->high);
        }
}

static void tally_add(tally *t, const law *l, double value) {
    const double slack = 1e-6 * (fabs(l->low) + fabs(l->high)); /* of floats, of degrees */
    if (value < l->low - slack || value > l->high + slack) t->outside = true;
    double at = (value - l->low) / (l->high - l->low) * 20;
    if (l->shape == LOGARITHM) at = log(value / l->low) / log(l->high / l->low) * 20;
    if (l->shape != UNIFORM && l->shape != LOGARITHM) {
        if (l->shape != ANY && value != floor(value)) t->outside = true;
        at = l->shape == ANY ? 0 : value - l->low;
    }
    const int bin = at < 0 ? 0 : at >= t->bins ? t->bins - 1 : (int)at;
    t->counts[bin]++;
    t->total++;
}

/* Bins of fewer than five are put together with those of the other tail. */
static double chi_square(const tally *t, int *freedom) {
    double sum = 0, few = 0, few_expected = 0;
    *freedom = -1;
    for (int i = 0; i < t->bins; i++) {
        const double expected = t->total * t->shares[i], off = t->counts[i] - expected;
        if (expected < 5) {
            few += t->counts[i], few_expected += expected;
            continue;
        }
        sum += off * off / expected;
        ++*freedom;
    }
    if (few_expected > 1) {
        sum += (few - few_expected) * (few - few_expected) / few_expected;
        ++*freedom;
    }
    return sum;
}

static bool fits(const tally *t) {
    int freedom;
    const double sum = chi_square(t, &freedom);
    return freedom < 1 || sum <= critical(freedom);
}

/* ---- draws ---- */

typedef struct partners {
    seg_sample samples[SAMPLE_SET];
} partner_set;

static seg_status copy_partner(void *user, int64_t index, seg_sample *sample) {
    return seg_sample_copy(sample, &((partner_set *)user)->samples[index], NULL);
}

static const char *arguments_of(const char *id) {
    for (size_t i = 0; i < LAWS; i++)
        if (strcmp(laws[i].id, id) == 0) return laws[i].arguments;
    return "";
}

static int find_law(const seg_augment_decision *decision) {
    for (size_t i = 0; i < LAWS; i++)
        if (strcmp(laws[i].id, decision->step) == 0 && strcmp(laws[i].draw, decision->name) == 0)
            return (int)i;
    return -1;
}

START_TEST(draws_follow_their_laws) {
    static tally tallies[LAWS];
    int32_t count;
    const seg_augmentation *a = seg_augmentations(&count)[_i];
    const char *chosen = getenv("SEGMENT_AUGMENTATION");
    if (chosen && !strstr(chosen, a->id)) return;
    partner_set set;
    seg_augment_work *work;
    seg_sample source, target;
    char text[200];
    tally applied;
    const uint32_t kinds = a->labels & (SEG_LABEL_BOXES | SEG_LABEL_CLASS);
    const law coin = {a->id, "", "applied", WHOLE, 0, 1};
    for (uint32_t i = 0; i < SAMPLE_SET; i++)
        sample_make(&set.samples[i], kinds, SEG_U8, 3, WIDTH, HEIGHT, i);
    const seg_augment_partners partners = {&set, SAMPLE_SET, copy_partner};
    sample_make(&source, kinds, SEG_U8, 3, WIDTH, HEIGHT, 0);
    seg_sample_init(&target, NULL);
    ck_assert_ok(seg_augment_work_create(&work, NULL));
    snprintf(text, sizeof text, "%s(%s%sp=%g)", a->id, a->holds ? "hflip,vflip,transpose," : "",
             arguments_of(a->id), CHANCE);
    seg_augment_pipeline *pipeline = sample_pipeline(text, NULL);
    for (size_t i = 0; i < LAWS; i++)
        tally_start(&tallies[i], &laws[i]);
    tally_start(&applied, &coin);
    applied.shares[0] = 1 - CHANCE, applied.shares[1] = CHANCE;
    for (int64_t copy = 0; copy < COPIES; copy++) {
        int32_t decisions;
        bool ran = false;
        ck_assert_ok(seg_augment_apply(pipeline, work, &target, &source, copy, &partners));
        const seg_augment_decision *list = seg_augment_decisions(work, &decisions);
        for (int32_t i = 0; i < decisions; i++) {
            if (strcmp(list[i].step, a->id) != 0) continue; /* of what a policy holds */
            if (strcmp(list[i].name, "applied") == 0) {
                ran = true;
                continue;
            }
            const int k = find_law(&list[i]);
            ck_assert_msg(k >= 0, "%s: no law is stated of \"%s\"", a->id, list[i].name);
            tally_add(&tallies[k], &laws[k], list[i].value);
        }
        tally_add(&applied, &coin, ran);
    }
    ck_assert_msg(fits(&applied), "%s: applied %g of %d times, chance %g", a->id, applied.counts[1],
                  COPIES, CHANCE);
    for (size_t i = 0; i < LAWS; i++) {
        if (strcmp(laws[i].id, a->id) != 0) continue;
        int freedom;
        const double sum = chi_square(&tallies[i], &freedom);
        ck_assert_msg(tallies[i].total > 0, "%s: no draw is called %s", a->id, laws[i].draw);
        ck_assert_msg(!tallies[i].outside, "%s: %s leaves %g .. %g", a->id, laws[i].draw,
                      laws[i].low, laws[i].high);
        ck_assert_msg(fits(&tallies[i]), "%s: %s, chi-square %g of %d degrees of freedom", a->id,
                      laws[i].draw, sum, freedom);
    }
    seg_augment_pipeline_free(pipeline);
    seg_augment_work_free(work);
    for (int i = 0; i < SAMPLE_SET; i++)
        seg_sample_free(&set.samples[i]);
    seg_sample_free(&source);
    seg_sample_free(&target);
}
END_TEST

/* Steps of one pipeline, and copies of one sample, draw independently of each other. */
START_TEST(steps_and_copies_are_independent) {
    static const double both_of_two[4] = {9 / 16.0, 3 / 16.0, 3 / 16.0, 1 / 16.0};
    seg_augment_work *work;
    seg_sample source, target;
    tally steps = {.bins = 3, .shares = {0.25, 0.5, 0.25}}, copies = {.bins = 4};
    memcpy(copies.shares, both_of_two, sizeof both_of_two);
    sample_make(&source, 0, SEG_U8, 1, WIDTH, HEIGHT, 0);
    seg_sample_init(&target, NULL);
    ck_assert_ok(seg_augment_work_create(&work, NULL));
    seg_augment_pipeline *pipeline = sample_pipeline("hflip(p=0.5),hflip(p=0.5)", NULL);
    bool before = false;
    for (int64_t copy = 0; copy < COPIES; copy++) {
        int32_t applied;
        ck_assert_ok(seg_augment_apply(pipeline, work, &target, &source, copy, NULL));
        seg_augment_decisions(work, &applied);
        steps.counts[applied]++, steps.total++;
        copies.counts[2 * before + (applied == 2)]++, copies.total++;
        before = applied == 2;
    }
    ck_assert_msg(fits(&steps), "%g %g %g", steps.counts[0], steps.counts[1], steps.counts[2]);
    ck_assert(fits(&copies));
    seg_augment_pipeline_free(pipeline);
    seg_augment_work_free(work);
    seg_sample_free(&source);
    seg_sample_free(&target);
}
END_TEST

/* The test itself tells laws apart that are near each other. */
START_TEST(wrong_laws_are_found) {
    const law uniform = {"", "", "", UNIFORM, 0, 1}, whole = {"", "", "", WHOLE, 0, 9},
              rounded = {"", "", "", ROUNDED, 0, 9};
    tally bent, straight, unfair, ends;
    const seg_random stream = seg_random_stream(7, 0, 0);
    tally_start(&bent, &uniform), tally_start(&straight, &uniform);
    tally_start(&unfair, &whole), tally_start(&ends, &rounded);
    for (uint32_t i = 0; i < COPIES; i++) {
        const double u = seg_random_unit(&stream, i);
        tally_add(&straight, &uniform, u);
        tally_add(&bent, &uniform, u + 0.3 * u * (1 - u));
        tally_add(&unfair, &whole, floor(u * 9.6));
        tally_add(&ends, &rounded, floor(u * 10));
    }
    ck_assert(fits(&straight));
    ck_assert(!fits(&bent) && !fits(&unfair) && !fits(&ends));
    tally_add(&straight, &uniform, 1.01);
    ck_assert(straight.outside);
}
END_TEST

int main(void) {
    int32_t count;
    seg_augmentations(&count);
    Suite *suite = suite_create("augment_draws");
    TCase *registry = tcase_create("registry"), *alone = tcase_create("alone");
    tcase_set_timeout(registry, 300);
    tcase_add_loop_test(registry, draws_follow_their_laws, 0, count);
    tcase_add_test(alone, steps_and_copies_are_independent);
    tcase_add_test(alone, wrong_laws_are_found);
    suite_add_tcase(suite, registry);
    suite_add_tcase(suite, alone);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
