/* What every augmentation must keep to, for every kind of label, over many draws. */
#include "core/memory.h"
#include "unit/augment_samples.h"

#define WIDTH 83
#define HEIGHT 67

typedef struct bench {
    seg_augment_work *work;
    seg_sample source, target, again;
    sample_set set;
    seg_augment_partners partners;
} bench;

static void bench_start(bench *b, uint32_t kinds, int format, int channels) {
    b->set = (sample_set){kinds, format, channels, WIDTH, HEIGHT};
    b->partners = (seg_augment_partners){&b->set, SAMPLE_SET, sample_load};
    ck_assert_ok(seg_augment_work_create(&b->work, NULL));
    sample_make(&b->source, kinds, format, channels, WIDTH, HEIGHT, 0);
    seg_sample_init(&b->target, NULL);
    seg_sample_init(&b->again, NULL);
}

static void bench_stop(bench *b) {
    seg_augment_work_free(b->work);
    seg_sample_free(&b->source);
    seg_sample_free(&b->target);
    seg_sample_free(&b->again);
}

static void apply(bench *b, const seg_augment_pipeline *pipeline, int64_t copy) {
    const seg_status status =
        seg_augment_apply(pipeline, b->work, &b->target, &b->source, copy, &b->partners);
    ck_assert_msg(status == SEG_OK, "%s", seg_error_detail());
    ck_assert_msg(seg_sample_check(&b->target) == SEG_OK, "%s", seg_error_detail());
}

/* SEGMENT_AUGMENTATION=cutmix,mosaic restricts the tests to some. */
static bool is_left_out(const seg_augmentation *a) {
    const char *chosen = getenv("SEGMENT_AUGMENTATION");
    return chosen && !strstr(chosen, a->id);
}

/* Box, area and centre of the pixels of an id. */
typedef struct blob {
    int64_t area;
    int32_t left, top, right, bottom;
    double x, y;
} blob;

static blob blob_of(const seg_image *instances, int32_t id) {
    blob b = {.left = INT32_MAX, .top = INT32_MAX, .right = -1, .bottom = -1};
    for (int32_t y = 0; y < instances->height; y++)
        for (int32_t x = 0; x < instances->width; x++) {
            if (((const int32_t *)seg_image_row(instances, y))[x] != id) continue;
            b.area++;
            b.x += x + 0.5, b.y += y + 0.5;
            if (x < b.left) b.left = x;
            if (x > b.right) b.right = x;
            if (y < b.top) b.top = y;
            b.bottom = y;
        }
    if (b.area) b.x /= (double)b.area, b.y /= (double)b.area;
    return b;
}

/* All of what is known of an object tells of the same pixels. */
static void check_objects(const bench *b, const char *name, int64_t copy, bool one_picture) {
    for (int32_t i = 0; i < b->target.object_count; i++) {
        const seg_object_label *object = &b->target.objects[i];
        const blob seen = blob_of(&b->target.instances, object->id);
        const char *what = NULL;
        if (!seen.area) what = "an object that is not in the picture lives";
        /* boxes made of masks are tight */
        if (object->box.x != seen.left || object->box.y != seen.top ||
            object->box.x + object->box.width != seen.right + 1 ||
            object->box.y + object->box.height != seen.bottom + 1)
            what = "the box is not that of the mask";
        if (object->visible <= 0 || object->visible > 1) what = "visible";
        /* the key point is the middle of the mask, of one that is seen whole */
        const seg_keypoint *point = &b->target.points[object->first_point];
        if (object->point_count != 2) what = "points were lost";
        if (one_picture && object->visible > 0.999 && seen.left > 0 && seen.top > 0 &&
            seen.right + 1 < b->target.picture.width &&
            seen.bottom + 1 < b->target.picture.height) {
            const double off = hypot(point->x - seen.x, point->y - seen.y);
            const double allowed = 1 + 0.06 * sqrt((double)seen.area);
            if (off > allowed || point->visibility != 2) what = "the point is not where its dot is";
        }
        /* the polygon covers about what the mask does */
        double area = 0;
        for (int32_t k = 0; k < object->polygon_count; k++) {
            const seg_polygon_span *span = &b->target.polygons[object->first_polygon + k];
            area += seg_polygon_area(b->target.corners + 2 * span->first, span->count);
        }
        if (one_picture && fabs(area - (double)seen.area) >
                               0.1 * (double)seen.area +
                                   3 * (seen.right - seen.left + seen.bottom - seen.top + 4) * 0.5)
            what = "polygon and mask differ";
        if (what)
            ck_abort_msg("%s, copy %lld, object %d: %s (mask %lld px, polygon %g, visible %g, box "
                         "%g,%g,%g,%g for %d,%d,%d,%d)",
                         name, (long long)copy, object->id, what, (long long)seen.area, area,
                         object->visible, object->box.x, object->box.y, object->box.width,
                         object->box.height, seen.left, seen.top, seen.right, seen.bottom);
        /* run lengths are the same pixels, where nothing else lies on top */
        const seg_rle rle = {b->target.runs + object->first_run, object->run_count,
                             b->target.picture.width, b->target.picture.height};
        ck_assert_msg(seg_rle_area(&rle) >= seen.area, "%s", name);
    }
    double sum = 0;
    for (int32_t c = 0; c < b->target.class_count; c++)
        sum += (double)b->target.classes[c];
    ck_assert_msg(fabs(sum - 1) < 1e-5, "%s: classes sum to %g", name, sum);
}

START_TEST(all_labels_follow) {
    int32_t count;
    const seg_augmentation *const *all = seg_augmentations(&count);
    const seg_augmentation *a = all[_i];
    if (is_left_out(a)) return;
    char text[200];
    bench b;
    bench_start(&b, a->labels, SEG_U8, 3);
    sample_text(text, a, "");
    seg_augment_pipeline *pipeline = sample_pipeline(text, NULL);
    for (int64_t copy = 0; copy < 60; copy++) {
        apply(&b, pipeline, copy);
        if (a->labels == SEG_LABEL_ALL) check_objects(&b, a->id, copy, a->partners == 0);
    }
    seg_augment_pipeline_free(pipeline);
    bench_stop(&b);
}
END_TEST

/* Boxes alone: that of the moved corners holds the moved mask. */
START_TEST(boxes_of_corners_hold_the_mask) {
    int32_t count;
    const seg_augmentation *a = seg_augmentations(&count)[_i];
    if (is_left_out(a)) return;
    const uint32_t kinds = SEG_LABEL_BOXES | SEG_LABEL_INSTANCES;
    char text[200];
    bench b;
    seg_augment_options options;
    if ((a->labels & kinds) != kinds) return;
    seg_augment_options_init(&options);
    options.boxes_from = SEG_BOXES_CORNERS;
    bench_start(&b, kinds, SEG_U8, 1);
    sample_text(text, a, "");
    if (!(a->channels & 2)) {
        bench_stop(&b);
        return;
    }
    seg_augment_pipeline *pipeline = sample_pipeline(text, &options);
    for (int64_t copy = 0; copy < 60; copy++) {
        apply(&b, pipeline, copy);
        for (int32_t i = 0; i < b.target.object_count; i++) {
            const seg_object_label *object = &b.target.objects[i];
            const blob seen = blob_of(&b.target.instances, object->id);
            if (!seen.area) continue;
            const double slack = 0.75; /* nearest pixels stand for their whole area */
            if (object->box.x > seen.left + slack || object->box.y > seen.top + slack ||
                object->box.x + object->box.width < seen.right + 1 - slack ||
                object->box.y + object->box.height < seen.bottom + 1 - slack)
                ck_abort_msg("%s, copy %lld: %g,%g,%g,%g does not hold %d,%d..%d,%d", a->id,
                             (long long)copy, object->box.x, object->box.y, object->box.width,
                             object->box.height, seen.left, seen.top, seen.right, seen.bottom);
        }
    }
    seg_augment_pipeline_free(pipeline);
    bench_stop(&b);
}
END_TEST

/* The same draws from another memory, in another order, at every CPU level, in every depth. */
START_TEST(same_bytes_whatever_came_before) {
    int32_t count;
    const seg_augmentation *a = seg_augmentations(&count)[_i];
    if (is_left_out(a)) return;
    static const int formats[] = {SEG_U8, SEG_U16, SEG_F32};
    char text[200];
    sample_text(text, a, "");
    seg_augment_pipeline *pipeline = sample_pipeline(text, NULL);
    for (int f = 0; f < 3; f++)
        for (int channels = 1; channels <= 4; channels++) {
            if (!(a->formats & SEG_FORMAT_BIT(formats[f])) || !(a->channels & (1u << channels)))
                continue;
            bench b;
            bench_start(&b, a->labels, formats[f], channels);
            for (int64_t copy = 4; copy >= 0; copy--) {
                seg_augment_work *fresh;
                seg_cpu_level_set(SEG_CPU_AVX2);
                apply(&b, pipeline, copy);
                ck_assert_ok(seg_augment_work_create(&fresh, NULL));
                for (int level = SEG_CPU_REF; level <= SEG_CPU_AVX2; level++) {
                    if (!pixels_level(level)) continue;
                    ck_assert_ok(
                        seg_augment_apply(pipeline, fresh, &b.again, &b.source, copy, &b.partners));
                    ck_assert_msg(sample_same(&b.target, &b.again),
                                  "%s: level %d, format %d, %d channels", a->id, level, formats[f],
                                  channels);
                }
                seg_augment_work_free(fresh);
            }
            bench_stop(&b);
        }
    seg_augment_pipeline_free(pipeline);
}
END_TEST

/* What is not applied changes nothing. */
START_TEST(probability_nought_is_the_identity) {
    int32_t count;
    const seg_augmentation *a = seg_augmentations(&count)[_i];
    if (is_left_out(a)) return;
    char text[200];
    bench b;
    bench_start(&b, a->labels, SEG_U8, 3);
    snprintf(text, sizeof text, "%s(%sp=0)", a->id, a->holds ? "hflip," : "");
    seg_augment_pipeline *pipeline = sample_pipeline(text, NULL);
    apply(&b, pipeline, 3);
    ck_assert(sample_same(&b.target, &b.source));
    seg_augment_pipeline_free(pipeline);
    bench_stop(&b);
}
END_TEST

/* A label that a step cannot carry is refused by name, whatever the draw. */
START_TEST(refused_by_name) {
    int32_t count;
    const seg_augmentation *a = seg_augmentations(&count)[_i];
    if (is_left_out(a)) return;
    char text[200];
    snprintf(text, sizeof text, "%s(%sp=0)", a->id, a->holds ? "hflip," : "");
    seg_augment_pipeline *pipeline = sample_pipeline(text, NULL);
    for (uint32_t bit = 0; bit < SEG_LABEL_KINDS; bit++) {
        bench b;
        bench_start(&b, 1u << bit, SEG_U8, 3);
        const seg_status status =
            seg_augment_apply(pipeline, b.work, &b.target, &b.source, 0, &b.partners);
        if (status < 0) seg_image_unref(&b.source.picture);
        ck_assert_int_eq(seg_augment_pipeline_check(pipeline, &b.source), status);
        if (a->labels & 1u << bit) {
            ck_assert_ok(status);
        } else {
            ck_assert_int_eq(status, SEG_ERROR_UNSUPPORTED);
            ck_assert_ptr_nonnull(strstr(seg_error_detail(), a->id));
            ck_assert_ptr_nonnull(strstr(seg_error_detail(), seg_label_kind_name(1u << bit)));
        }
        bench_stop(&b);
    }
    seg_augment_pipeline_free(pipeline);
}
END_TEST

/* The n-th allocation fails: a clear status, and nothing leaks; sizes seen before allocate nothing.
 */

START_TEST(memory) {
    int32_t count;
    const seg_augmentation *a = seg_augmentations(&count)[_i];
    if (is_left_out(a)) return;
    const int64_t live = seg_memory_live();
    char text[200];
    sample_text(text, a, "");
    for (int64_t n = 1; n < 2000; n += n < 60 ? 1 : 17) {
        seg_augment_pipeline *pipeline = NULL;
        bench b;
        bench_start(&b, a->labels, SEG_U8, 3);
        seg_memory_fail_at(n);
        seg_status status = seg_augment_pipeline_create(&pipeline, text, NULL, NULL);
        if (status == SEG_OK && !a->partners)
            status = seg_augment_apply(pipeline, b.work, &b.target, &b.source, 1, &b.partners);
        const bool came = seg_memory_fail_at(0) == 0;
        ck_assert_msg(came ? status == SEG_ERROR_MEMORY : status == SEG_OK, "%s: allocation %d: %s",
                      a->id, (int)n, seg_error_detail());
        if (!came && !a->partners) {
            seg_memory_fail_at(1000);
            ck_assert_ok(seg_augment_apply(pipeline, b.work, &b.target, &b.source, 1, &b.partners));
            ck_assert_msg(seg_memory_fail_at(0) == 1000, "%s allocates again", a->id);
        }
        seg_augment_pipeline_free(pipeline);
        bench_stop(&b);
        ck_assert_int_eq(seg_memory_live(), live);
        if (!came) return;
    }
    ck_abort_msg("%s allocates without end", a->id);
}
END_TEST

int main(void) {
    int32_t count;
    seg_augmentations(&count);
    Suite *suite = suite_create("augment_properties");
    const TTest *const tests[] = {all_labels_follow,
                                  boxes_of_corners_hold_the_mask,
                                  same_bytes_whatever_came_before,
                                  probability_nought_is_the_identity,
                                  refused_by_name,
                                  memory};
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        TCase *test_case = tcase_create("registry");
        tcase_set_timeout(test_case, 300);
        tcase_add_loop_test(test_case, tests[i], 0, count);
        suite_add_tcase(suite, test_case);
    }
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
