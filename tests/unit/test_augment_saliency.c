/* Saliency pictures: they follow the picture, and keep-cutout and keep-cutmix go by them. */
#include "unit/augment_samples.h"

#define WIDTH 60
#define HEIGHT 48
#define KINDS (SEG_LABEL_CLASS | SEG_LABEL_BOXES | SEG_LABEL_POLYGONS | SEG_LABEL_RLE)

/* A grey sample whose saliency is its picture. */
static void make(seg_sample *sample, int32_t width, int32_t height, uint32_t seed) {
    sample_make(sample, KINDS, SEG_U8, 1, width, height, seed);
    ck_assert_ok(seg_image_copy(&sample->saliency, &sample->picture, NULL));
}

static seg_status load(void *user, int64_t index, seg_sample *sample) {
    (void)user;
    seg_sample_free(sample);
    make(sample, WIDTH + 3 * (int32_t)index, HEIGHT - 2 * (int32_t)index, (uint32_t)index);
    return SEG_OK;
}

static seg_status load_without(void *user, int64_t index, seg_sample *sample) {
    const seg_status status = load(user, index, sample);
    seg_image_unref(&sample->saliency);
    return status;
}

static int32_t largest_difference(const seg_image *a, const seg_image *b) {
    int32_t most = 0;
    ck_assert_int_eq(a->width, b->width);
    ck_assert_int_eq(a->height, b->height);
    for (int32_t y = 0; y < a->height; y++)
        for (int32_t x = 0; x < a->width; x++) {
            const int32_t d = ((const uint8_t *)seg_image_row(a, y))[x] -
                              ((const uint8_t *)seg_image_row(b, y))[x];
            most = abs(d) > most ? abs(d) : most;
        }
    return most;
}

static bool is_family(const seg_augmentation *a, const char *family) {
    return strcmp(a->family, family) == 0;
}

/* Geometry and mixing do the same to both. Nothing else touches it. */
START_TEST(follows_the_picture) {
    int32_t count, compared = 0;
    const seg_augmentation *const *all = seg_augmentations(&count);
    const seg_augment_partners partners = {NULL, SAMPLE_SET, load};
    seg_augment_work *work;
    ck_assert_ok(seg_augment_work_create(&work, NULL));
    for (int32_t i = 0; i < count; i++) {
        const bool pairing = strcmp(all[i]->id, "sample-pairing") == 0; /* a disturbance */
        const bool moves = is_family(all[i], "geometric") || (is_family(all[i], "mix") && !pairing);
        if (is_family(all[i], "policy")) continue;
        char text[200];
        sample_text(text, all[i], "");
        seg_augment_pipeline *pipeline = sample_pipeline(text, NULL);
        seg_sample source, target;
        make(&source, WIDTH, HEIGHT, 0);
        seg_sample_init(&target, NULL);
        for (int64_t copy = 0; copy < 6; copy++) {
            ck_assert_msg(seg_augment_apply(pipeline, work, &target, &source, copy, &partners) ==
                              SEG_OK,
                          "%s: %s", text, seg_error_detail());
            const int32_t d = moves ? largest_difference(&target.saliency, &target.picture)
                                    : largest_difference(&target.saliency, &source.saliency);
            ck_assert_msg(d <= 1, "%s: saliency differs by %d", text, (int)d);
            compared++;
        }
        seg_sample_free(&source);
        seg_sample_free(&target);
        seg_augment_pipeline_free(pipeline);
    }
    seg_augment_work_free(work);
    ck_assert_int_gt(compared, 100);
}
END_TEST

/* Light in some columns, dark elsewhere. */
static void light_columns(seg_image *saliency, int32_t first, int32_t end) {
    for (int32_t y = 0; y < saliency->height; y++)
        for (int32_t x = 0; x < saliency->width; x++)
            ((uint8_t *)seg_image_row(saliency, y))[x] = x >= first && x < end ? 255 : 0;
}

static double decided(const seg_augment_work *work, const char *name) {
    int32_t count;
    const seg_augment_decision *all = seg_augment_decisions(work, &count);
    for (int32_t i = 0; i < count; i++)
        if (strcmp(all[i].name, name) == 0) return all[i].value;
    ck_abort_msg("%s was not decided", name);
    return 0;
}

/* The least and the largest column at which windows of 20 draws begin. The sample's columns are
 * light from `light` on. */
static void find_columns(double *least, double *most, const char *text, int32_t light,
                         const seg_augment_partners *partners) {
    seg_augment_pipeline *pipeline = sample_pipeline(text, NULL);
    seg_augment_work *work;
    seg_sample source, target;
    ck_assert_ok(seg_augment_work_create(&work, NULL));
    make(&source, WIDTH, HEIGHT, 1);
    light_columns(&source.saliency, light, WIDTH);
    seg_sample_init(&target, NULL);
    *least = WIDTH;
    *most = 0;
    for (int64_t copy = 0; copy < 20; copy++) {
        ck_assert_ok(seg_augment_apply(pipeline, work, &target, &source, copy, partners));
        const double column = decided(work, "x");
        *least = column < *least ? column : *least;
        *most = column > *most ? column : *most;
    }
    seg_sample_free(&source);
    seg_sample_free(&target);
    seg_augment_work_free(work);
    seg_augment_pipeline_free(pipeline);
}

/* The window of 15 columns that is hidden has none of the light ones. */
START_TEST(cutout_spares_what_is_salient) {
    double least, most;
    find_columns(&least, &most, "keep-cutout(size=0.25,tries=200,p=1)", 18, NULL);
    ck_assert_double_le(most, 3);
}
END_TEST

/* The last eighth of a partner is light. */
static seg_status load_light(void *user, int64_t index, seg_sample *sample) {
    const seg_status status = load(user, index, sample);
    light_columns(&sample->saliency, sample->picture.width * 7 / 8, sample->picture.width);
    return status;
}

/* The half that comes from the partner holds them. */
START_TEST(cutmix_takes_what_is_salient) {
    const seg_augment_partners partners = {NULL, SAMPLE_SET, load_light};
    double least, most;
    find_columns(&least, &most, "keep-cutmix(size=0.5,tries=200)", 0, &partners);
    ck_assert_double_ge(least, WIDTH / 2 - 1);
}
END_TEST

START_TEST(what_is_refused) {
    const seg_augment_partners without = {NULL, SAMPLE_SET, load_without};
    seg_augment_pipeline *pipeline = sample_pipeline("cutmix(p=1)", NULL);
    seg_augment_work *work;
    seg_sample source, target;
    ck_assert_ok(seg_augment_work_create(&work, NULL));
    make(&source, WIDTH, HEIGHT, 1);
    seg_sample_init(&target, NULL);
    ck_assert_int_eq(seg_augment_apply(pipeline, work, &target, &source, 0, &without),
                     SEG_ERROR_SHAPE);
    ck_assert_ptr_nonnull(strstr(seg_error_detail(), "saliency"));
    seg_image_unref(&source.saliency);
    ck_assert_ok(seg_image_alloc(&source.saliency, WIDTH, HEIGHT - 1, SEG_U8, 1, NULL));
    ck_assert_int_eq(seg_sample_check(&source), SEG_ERROR_SHAPE);
    ck_assert_ptr_nonnull(strstr(seg_error_detail(), "saliency"));
    seg_image_unref(&source.saliency);
    ck_assert_ok(seg_image_alloc(&source.saliency, WIDTH, HEIGHT, SEG_U16, 1, NULL));
    ck_assert_int_lt(seg_sample_check(&source), 0);
    seg_sample_free(&source);
    seg_sample_free(&target);
    seg_augment_work_free(work);
    seg_augment_pipeline_free(pipeline);
}
END_TEST

CORE_MAIN("augment_saliency", follows_the_picture, cutout_spares_what_is_salient,
          cutmix_takes_what_is_salient, what_is_refused)
