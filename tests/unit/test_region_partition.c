/* What holds for every method that parts a picture into regions: each region is one 4-connected
 * piece, numbers follow the raster, pixels that take no part are in none, nothing depends on depth
 * or threads, and what is wrong is named. */
#include "core_main.h"
#include "partition.h"

static const char *const ids[] = {"slic",       "felzenszwalb", "snic",   "etps",
                                  "mean-shift", "srm",          "kmeans", "split-merge"};

#define METHODS ((int)(sizeof ids / sizeof *ids))

static seg_context *start(const char *id, const seg_env *env) {
    seg_context *context;
    const seg_method *method = seg_method_find(id);
    ck_assert_ptr_nonnull(method);
    seg_kmeans_options connected;
    seg_kmeans_options_init(&connected);
    connected.connected = true;
    const void *options = strcmp(id, "kmeans") ? NULL : &connected;
    ck_assert_int_eq(seg_context_create(&context, method, options, env), SEG_OK);
    return context;
}

static void apply(seg_result *result, const char *id, const seg_frame *frame, const seg_env *env) {
    seg_context *context = start(id, env);
    seg_result_init(result, NULL);
    ck_assert_int_eq(seg_context_apply(context, frame, 0, result), SEG_OK);
    seg_context_free(context);
}

START_TEST(connected_and_numbered) {
    pixels_random random = pixels_random_start(51);
    pixels_envs envs = pixels_envs_start();
    for (int round = 0; round < 60; round++) {
        const int32_t width = 1 + (int32_t)pixels_below(&random, PARTITION_LONGEST);
        const int32_t height = 1 + (int32_t)pixels_below(&random, PARTITION_LONGEST);
        const int format = SEG_U8 + round % 3;
        pixels_picture made =
            partition_scene(width, height, format, 1 + round % 4, (uint32_t)round % 10, &random);
        if (format == SEG_F32 && round % 2)
            pixels_fill(seg_image_row(&made.image, height / 2), format,
                        (size_t)width * made.image.channels, 5, 65535, &random);
        seg_image ignore = partition_ignore(width, height, round % 3 ? 10 : 70, &random);
        for (int i = 0; i < METHODS; i++) {
            seg_frame frame = {.image = made.image};
            if (round % 2) frame.ignore = ignore;
            seg_result first, second;
            apply(&first, ids[i], &frame, &envs.env[0]);
            const seg_decision *regions = seg_result_decision(&first, "regions");
            ck_assert_ptr_nonnull(regions);
            check_partition(&first.labels, (int32_t)regions->value, &made.image,
                            round % 2 ? &ignore : NULL, ids[i]);
            apply(&second, ids[i], &frame, &envs.env[1 + round % 2]);
            ck_assert_msg(pixels_same(&first.labels, &second.labels), "%s: threads", ids[i]);
            seg_result_free(&first);
            seg_result_free(&second);
        }
        seg_image_unref(&ignore);
        pixels_free(&made);
    }
    pixels_envs_stop(&envs);
}
END_TEST

/* 8 bits, 16, 12 of 16 where those are exact, floats; grey in one channel and in four. */
START_TEST(any_form) {
    pixels_random random = pixels_random_start(53);
    for (int round = 0; round < 12; round++) {
        pixels_picture made = partition_scene(60, 47, SEG_U8, 1 + round % 4, 5, &random);
        seg_image wide = {0}, real = {0}, four = {0};
        ck_assert_int_eq(seg_convert(&wide, &made.image, SEG_U16, NULL), SEG_OK);
        ck_assert_int_eq(seg_convert(&real, &made.image, SEG_F32, NULL), SEG_OK);
        ck_assert_int_eq(seg_image_alloc(&four, 60, 47, SEG_U8, 4, NULL), SEG_OK);
        for (int32_t y = 0; y < 47; y++)
            for (int32_t x = 0; x < 60; x++)
                for (int32_t c = 0; c < 4; c++)
                    ((uint8_t *)seg_image_row(&four, y))[4 * x + c] =
                        c == 3 ? (uint8_t)pixels_below(&random, 256)
                               : (uint8_t)pixels_at(&made.image, x, y,
                                                    made.image.channels < 3 ? 0 : c);
        const seg_image *forms[] = {&made.image, &wide, &real, &four};
        for (int i = 0; i < METHODS; i++) {
            seg_result first;
            for (int f = 0; f < 4; f++) {
                const seg_frame frame = {.image = *forms[f]};
                seg_result result;
                apply(f ? &result : &first, ids[i], &frame, NULL);
                if (!f) continue;
                ck_assert_msg(pixels_same(&first.labels, &result.labels), "%s: form %d", ids[i], f);
                seg_result_free(&result);
            }
            seg_result_free(&first);
        }
        seg_image_unref(&wide);
        seg_image_unref(&real);
        seg_image_unref(&four);
        pixels_free(&made);
    }
}
END_TEST

/* A picture of one colour, one of nothing but ignored pixels, and one of a single pixel. */
START_TEST(edge_cases) {
    for (int i = 0; i < METHODS; i++) {
        seg_image picture = {0}, ignore = {0};
        ck_assert_int_eq(seg_image_alloc(&picture, 20, 10, SEG_U8, 3, NULL), SEG_OK);
        ck_assert_int_eq(seg_image_alloc(&ignore, 20, 10, SEG_U8, 1, NULL), SEG_OK);
        seg_result result;
        const seg_frame flat = {.image = picture};
        apply(&result, ids[i], &flat, NULL);
        check_partition(&result.labels, (int32_t)seg_result_decision(&result, "regions")->value,
                        &picture, NULL, ids[i]);
        seg_result_free(&result);
        for (int32_t y = 0; y < 10; y++)
            memset(seg_image_row(&ignore, y), 1, 20);
        const seg_frame none = {.image = picture, .ignore = ignore};
        apply(&result, ids[i], &none, NULL);
        ck_assert_double_eq(seg_result_decision(&result, "regions")->value, 0);
        seg_result_free(&result);
        uint8_t sample = 77;
        seg_frame one = {0};
        ck_assert_int_eq(seg_image_wrap(&one.image, &sample, 1, 1, 1, SEG_U8, 1), SEG_OK);
        apply(&result, ids[i], &one, NULL);
        ck_assert_int_eq(*(int32_t *)result.labels.data, 1);
        seg_result_free(&result);
        seg_image_unref(&picture);
        seg_image_unref(&ignore);
    }
}
END_TEST

/* The typed calls share one door. */
START_TEST(errors) {
    uint8_t samples[4] = {0};
    seg_image picture = {0}, ignore = {0}, labels = {0};
    seg_slic_options options;
    int32_t regions = -1;
    ck_assert_int_eq(seg_image_wrap(&picture, samples, 2, 2, 2, SEG_U8, 1), SEG_OK);
    ck_assert_int_eq(seg_image_wrap(&ignore, samples, 1, 1, 2, SEG_U8, 1), SEG_OK);
    seg_slic_options_init(&options);
    options.regions = 0;
    ck_assert_fails(seg_slic(&labels, &regions, &picture, NULL, &options, NULL), SEG_ERROR_OPTION,
                    "regions");
    ck_assert_fails(seg_slic(&labels, &regions, NULL, NULL, NULL, NULL), SEG_ERROR_ARGUMENT,
                    "picture");
    ck_assert_fails(seg_slic(&labels, &regions, &picture, &ignore, NULL, NULL), SEG_ERROR_SHAPE,
                    "ignore");
    ck_assert_int_eq(regions, -1);
    ck_assert_int_eq(seg_slic(&labels, NULL, &picture, NULL, NULL, NULL), SEG_OK);
    seg_image_unref(&labels);
}
END_TEST

static int stop(void *user, double fraction) {
    (void)user, (void)fraction;
    return 1;
}

START_TEST(cancelling) {
    seg_image picture = {0};
    ck_assert_int_eq(seg_image_alloc(&picture, 64, 64, SEG_U8, 3, NULL), SEG_OK);
    for (int i = 0; i < METHODS; i++) {
        const seg_env env = {.progress = stop};
        const seg_frame frame = {.image = picture};
        seg_context *context = start(ids[i], &env);
        seg_result result;
        seg_result_init(&result, NULL);
        ck_assert_msg(seg_context_apply(context, &frame, 0, &result) == SEG_ERROR_CANCELLED,
                      "%s cannot be cancelled", ids[i]);
        seg_context_free(context);
        seg_result_free(&result);
    }
    seg_image_unref(&picture);
}
END_TEST

CORE_MAIN("partition", connected_and_numbered, any_form, edge_cases, errors, cancelling)
