/* What the algebra of still methods promises, for every one of the registry that it concerns:
 * labels in raster order, in one piece, over all pixels that take part; complements, operations
 * that do nothing when repeated, and pairs that are one another on the negative. */
#include "core_main.h"
#include "partition.h"

#include <stdio.h>

#define WIDTH 61
#define HEIGHT 47

/* Applies a method with options as texts: name, value, ..., NULL. */
static void apply(seg_result *result, const seg_method *method, const char *const *texts,
                  const seg_image *picture, const seg_image *ignore) {
    _Alignas(16) char options[512];
    ck_assert_uint_le(method->params->options_size, sizeof options);
    seg_params_init(options, method->params);
    for (int i = 0; texts && texts[i]; i += 2)
        ck_assert_ok(seg_params_parse(options, method->params, texts[i], texts[i + 1], NULL));
    seg_context *context;
    seg_frame frame = {.image = *picture};
    if (ignore) frame.ignore = *ignore;
    ck_assert_ok(seg_context_create(&context, method, options, NULL));
    ck_assert_ok(seg_context_apply(context, &frame, 0, result));
    seg_context_free(context);
}

/* What an operation made of `source`: labels of labels, a mask of a mask, a picture of a picture.
 */
static const seg_image *made_of(const seg_result *result, const seg_image *source) {
    return source->format == SEG_LABEL32       ? &result->labels
           : result->outputs & SEG_OUTPUT_MASK ? &result->mask
                                               : &result->picture;
}

static const seg_param *parameter(const seg_method *method, const char *name) {
    for (int32_t i = 0; i < method->params->count; i++)
        if (strcmp(method->params->items[i].name, name) == 0) return &method->params->items[i];
    return NULL;
}

/* Takes a picture alone and gives `output` by default. */
static bool gives(const seg_method *method, uint32_t output) {
    _Alignas(16) char options[512];
    ck_assert_uint_le(method->params->options_size, sizeof options);
    seg_params_init(options, method->params);
    const uint32_t outputs = method->outputs_of ? method->outputs_of(options) : method->outputs;
    return method->input == SEG_INPUT_PICTURE && (outputs & output);
}

/* Gives numbers that its seeds had, or one object, wherever its pixels are. */
static bool of_objects(const seg_method *method) {
    static const char *const ids[] = {"flood", "random-walker", "grabcut", "chan-vese"};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (strcmp(method->id, ids[i]) == 0) return true;
    return false;
}

/* ---- labels ---- */

/* Labels begin with 1 and follow the raster; each is one piece (by `pieces` neighbours, 0 = need
 * not be); those measured have all labelled pixels among them. */
static void check_regions(const seg_result *result, int32_t pieces, const char *id) {
    const seg_image *labels = &result->labels;
    seg_image mask = {0}, parts = {0};
    int64_t labelled = 0, measured = 0;
    int32_t most = 0;
    for (int32_t y = 0; y < labels->height; y++)
        for (int32_t x = 0; x < labels->width; x++) {
            const int32_t label = ((const int32_t *)seg_image_row(labels, y))[x];
            ck_assert_msg(label >= 0 && label <= most + 1, "%s: %d follows %d", id, (int)label,
                          (int)most);
            labelled += label > 0;
            most = label > most ? label : most;
        }
    seg_result objects;
    seg_result_init(&objects, NULL);
    ck_assert_ok(seg_objects_measure(&objects, labels, NULL, NULL));
    ck_assert_msg(objects.object_count == most, "%s: %d objects, %d labels", id,
                  (int)objects.object_count, (int)most);
    for (int32_t i = 0; i < objects.object_count; i++)
        measured += objects.objects[i].area;
    ck_assert_msg(measured == labelled, "%s: areas", id);
    ck_assert_ok(seg_image_alloc(&mask, labels->width, labels->height, SEG_U8, 1, NULL));
    for (int32_t i = 0; i < objects.object_count && pieces; i++) {
        int32_t count;
        for (int32_t y = 0; y < labels->height; y++)
            for (int32_t x = 0; x < labels->width; x++)
                ((uint8_t *)seg_image_row(&mask, y))[x] =
                    ((const int32_t *)seg_image_row(labels, y))[x] == objects.objects[i].id;
        ck_assert_ok(seg_components(&parts, NULL, &count, &mask, pieces, NULL));
        ck_assert_msg(count == 1, "%s: label %d has %d pieces", id, (int)objects.objects[i].id,
                      (int)count);
    }
    seg_image_unref(&mask);
    seg_image_unref(&parts);
    seg_result_free(&objects);
}

/* Scenes with patches, extremes and flat parts in every format; every other one has pixels that are
 * left out. */
static pixels_picture scene(int round, seg_image *ignore, pixels_random *random) {
    *ignore = partition_ignore(WIDTH, HEIGHT, round % 2 ? 15 : 0, random);
    return partition_scene(WIDTH, HEIGHT, SEG_U8 + round % 3, 1 + round % 4,
                           round % 2 ? 5 : (uint32_t)round % 5, random);
}

static bool left_out(const seg_image *ignore, int32_t x, int32_t y) {
    return ((const uint8_t *)seg_image_row(ignore, y))[x] != 0;
}

/* All that takes part has a label, what is left out has none. Growing ends at its tolerance. */
static void check_cover(const seg_image *labels, const seg_image *ignore, const char *id) {
    const bool all = strcmp(id, "region-grow") != 0;
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++) {
            const int32_t label = ((const int32_t *)seg_image_row(labels, y))[x];
            ck_assert_msg(left_out(ignore, x, y) ? label == 0 : label > 0 || !all,
                          "%s: (%d,%d) has label %d", id, (int)x, (int)y, (int)label);
        }
}

/* Every label in one piece, in order, measured whole; every pixel that takes part has one. */
START_TEST(labels_of_the_registry) {
    pixels_random random = pixels_random_start(301);
    int32_t count, tried = 0;
    const seg_method *const *methods = seg_methods(&count);
    for (int round = 0; round < 6; round++) {
        seg_image ignore;
        pixels_picture in = scene(round, &ignore, &random);
        for (int32_t i = 0; i < count; i++) {
            if (!gives(methods[i], SEG_OUTPUT_LABELS) || of_objects(methods[i])) continue;
            const char *const connected[] = {"connected", "true", NULL};
            const bool colours = parameter(methods[i], "connected") != NULL;
            seg_result result;
            seg_result_init(&result, NULL);
            apply(&result, methods[i], colours ? connected : NULL, &in.image, &ignore);
            check_regions(&result, 4, methods[i]->id);
            tried++;
            check_cover(&result.labels, &ignore, methods[i]->id);
            seg_result_free(&result);
        }
        seg_image_unref(&ignore);
        pixels_free(&in);
    }
    ck_assert_int_ge(tried, 6 * 10);
}
END_TEST

/* The parts of masks, as the operation `split` and components make them. */
START_TEST(labels_of_masks) {
    pixels_random random = pixels_random_start(302);
    for (int round = 0; round < 20; round++) {
        seg_image mask = partition_ignore(WIDTH, HEIGHT, 30 + 5 * (uint32_t)(round % 10), &random);
        const char *const texts[] = {"connectivity", round % 2 ? "4" : "8", NULL};
        seg_result result;
        seg_result_init(&result, NULL);
        apply(&result, seg_method_find("split"), texts, &mask, NULL);
        check_regions(&result, round % 2 ? 4 : 8, "split");
        seg_component *components;
        int32_t count;
        int64_t area = 0, set = 0;
        ck_assert_ok(seg_components(&result.labels, &components, &count, &mask, 4, NULL));
        check_regions(&result, 4, "components");
        for (int32_t i = 0; i < count; i++)
            area += components[i].area;
        for (int32_t y = 0; y < HEIGHT; y++)
            for (int32_t x = 0; x < WIDTH; x++)
                set += left_out(&mask, x, y);
        ck_assert_int_eq(area, set);
        seg_components_free(components, NULL);
        seg_result_free(&result);
        seg_image_unref(&mask);
    }
}
END_TEST

/* ---- masks ---- */

/* What takes part is in the mask or in that of `invert`; what is left out in neither. */
START_TEST(inverted_masks_are_complements) {
    pixels_random random = pixels_random_start(303);
    int32_t count, tried = 0;
    const seg_method *const *methods = seg_methods(&count);
    for (int round = 0; round < 6; round++) {
        seg_image ignore;
        pixels_picture in = scene(round, &ignore, &random);
        for (int32_t i = 0; i < count; i++) {
            if (!gives(methods[i], SEG_OUTPUT_MASK) || !parameter(methods[i], "invert")) continue;
            const char *const texts[] = {"invert", "true", NULL};
            seg_result straight, inverted;
            seg_result_init(&straight, NULL);
            seg_result_init(&inverted, NULL);
            apply(&straight, methods[i], NULL, &in.image, &ignore);
            apply(&inverted, methods[i], texts, &in.image, &ignore);
            tried++;
            for (int32_t y = 0; y < HEIGHT; y++)
                for (int32_t x = 0; x < WIDTH; x++) {
                    const int a = ((const uint8_t *)seg_image_row(&straight.mask, y))[x];
                    const int b = ((const uint8_t *)seg_image_row(&inverted.mask, y))[x];
                    ck_assert_msg(a + b == (left_out(&ignore, x, y) ? 0 : 255),
                                  "%s: (%d,%d) is %d, inverted %d", methods[i]->id, (int)x, (int)y,
                                  a, b);
                }
            seg_result_free(&straight);
            seg_result_free(&inverted);
        }
        seg_image_unref(&ignore);
        pixels_free(&in);
    }
    ck_assert_int_ge(tried, 6 * 20);
}
END_TEST

/* ---- operations ---- */

static void twice(const char *id, const char *const *texts, const seg_image *picture) {
    const seg_method *method = seg_method_find(id);
    ck_assert_ptr_nonnull(method);
    seg_result once, again;
    seg_result_init(&once, NULL);
    seg_result_init(&again, NULL);
    apply(&once, method, texts, picture, NULL);
    apply(&again, method, texts, made_of(&once, picture), NULL);
    ck_assert_msg(pixels_same(made_of(&once, picture), made_of(&again, picture)),
                  "%s twice, format %d", id, picture->format);
    seg_result_free(&once);
    seg_result_free(&again);
}

static seg_image blobs(int round, pixels_random *random) {
    seg_image mask = partition_ignore(WIDTH, HEIGHT, 50, random), smooth = {0};
    ck_assert_ok(seg_gaussian(&smooth, &mask, 0.7 + 0.4 * (round % 4), 0, NULL));
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++)
            ((uint8_t *)seg_image_row(&mask, y))[x] =
                ((uint8_t *)seg_image_row(&smooth, y))[x] > 64 ? 255 : 0;
    seg_image_unref(&smooth);
    return mask;
}

static const char *const sides[] = {"1", "3", "5", "9"};
static const char *const elements[] = {"square", "disk", "cross"};

START_TEST(operations_are_idempotent) {
    pixels_random random = pixels_random_start(304);
    for (int round = 0; round < 60; round++) {
        const char *const element[] = {"side", sides[round % 4], "element", elements[round % 3],
                                       NULL};
        seg_image mask = blobs(round, &random), labels = {0};
        ck_assert_ok(seg_components(&labels, NULL, NULL, &mask, 4, NULL));
        const seg_image *const pictures[] = {&mask, &labels};
        for (int i = 0; i < 2; i++) {
            static const char *const plain[] = {"fill-holes", "min-area", "max-area", "largest"};
            twice("open", element, pictures[i]);
            if (i == 0) twice("close", element, pictures[i]); /* labels grow into each other */
            for (int k = 0; k < 4; k++)
                twice(plain[k], NULL, pictures[i]);
        }
        for (int format = SEG_U8; format <= SEG_F32; format++) {
            pixels_picture grey =
                pixels_make(WIDTH, HEIGHT, format, 1 + round % 4, (uint32_t)round % 5, &random);
            twice("grey-open", element, &grey.image);
            twice("grey-close", element, &grey.image);
            pixels_free(&grey);
        }
        seg_image_unref(&mask);
        seg_image_unref(&labels);
    }
}
END_TEST

/* Reconstruction, what it is made into, and thinning. */
START_TEST(blocks_are_idempotent) {
    pixels_random random = pixels_random_start(305);
    for (int round = 0; round < 60; round++) {
        const int32_t connectivity = round % 2 ? 8 : 4;
        const bool erosion = round / 2 % 2;
        pixels_picture marker = pixels_make(WIDTH, HEIGHT, SEG_U8 + round % 3, 1, 0, &random);
        pixels_picture limit =
            pixels_make(WIDTH, HEIGHT, SEG_U8 + round % 3, 1, (uint32_t)round % 5, &random);
        seg_image once = {0}, again = {0}, mask = blobs(round, &random);
        ck_assert_ok(
            seg_reconstruct(&once, &marker.image, &limit.image, erosion, connectivity, NULL));
        ck_assert_ok(seg_reconstruct(&again, &once, &limit.image, erosion, connectivity, NULL));
        ck_assert(pixels_same(&once, &again));
        ck_assert_ok(seg_fill_grey_holes(&once, &limit.image, connectivity, NULL));
        ck_assert_ok(seg_fill_grey_holes(&again, &once, connectivity, NULL));
        ck_assert(pixels_same(&once, &again));
        seg_image_unref(&once);
        seg_image_unref(&again);
        const seg_thinning_rule rule = round % 2 ? SEG_THINNING_GUO_HALL : SEG_THINNING_ZHANG_SUEN;
        ck_assert_ok(seg_thinning(&once, &mask, rule, 0, NULL));
        ck_assert_ok(seg_thinning(&again, &once, rule, 0, NULL));
        ck_assert(pixels_same(&once, &again));
        seg_image_unref(&once);
        seg_image_unref(&again);
        seg_image_unref(&mask);
        pixels_free(&marker);
        pixels_free(&limit);
    }
}
END_TEST

/* Full scale less each sample; floats of a scene are whole multiples of 1 / 256, so that this is
 * exact. */
static seg_image negative_of(const seg_image *picture) {
    seg_image negative = {0};
    const double full = seg_image_full_scale(picture);
    ck_assert_ok(seg_image_copy(&negative, picture, NULL));
    for (int32_t y = 0; y < picture->height; y++)
        for (int32_t x = 0; x < picture->width * picture->channels; x++) {
            void *row = seg_image_row(&negative, y);
            if (picture->format == SEG_U8)
                ((uint8_t *)row)[x] = (uint8_t)(255 - ((uint8_t *)row)[x]);
            else if (picture->format == SEG_U16)
                ((uint16_t *)row)[x] = (uint16_t)(full - ((uint16_t *)row)[x]);
            else
                ((float *)row)[x] = (float)full - ((float *)row)[x];
        }
    return negative;
}

/* `id` on the picture is `dual` on its negative; the negative of that, unless `difference`. */
static void check_dual(const char *id, const char *dual, bool difference, const char *const *texts,
                       const seg_image *picture) {
    seg_image negative = negative_of(picture);
    seg_result a, b;
    seg_result_init(&a, NULL);
    seg_result_init(&b, NULL);
    apply(&a, seg_method_find(id), texts, picture, NULL);
    apply(&b, seg_method_find(dual), texts, &negative, NULL);
    seg_image back = difference ? (seg_image){0} : negative_of(made_of(&b, picture));
    ck_assert_msg(pixels_same(made_of(&a, picture), difference ? made_of(&b, picture) : &back),
                  "%s and %s, format %d", id, dual, picture->format);
    seg_image_unref(&back);
    seg_image_unref(&negative);
    seg_result_free(&a);
    seg_result_free(&b);
}

static void round_floats(const seg_image *picture) {
    for (int32_t y = 0; y < picture->height && picture->format == SEG_F32; y++)
        for (int32_t x = 0; x < picture->width * picture->channels; x++) {
            float *sample = (float *)seg_image_row(picture, y) + x;
            *sample = rintf(*sample * 256) / 256;
        }
}

START_TEST(operations_are_dual) {
    static const struct {
        const char *id, *dual;
        bool difference;
    } pairs[] = {{"erode", "dilate", false},
                 {"open", "close", false},
                 {"top-hat", "black-hat", true},
                 {"black-hat", "top-hat", true},
                 {"morph-gradient", "morph-gradient", true}};
    pixels_random random = pixels_random_start(306);
    for (int round = 0; round < 60; round++) {
        const char *const element[] = {"side", sides[round % 4], "element", elements[round % 3],
                                       NULL};
        seg_image mask = blobs(round, &random);
        pixels_picture grey = pixels_make(WIDTH, HEIGHT, SEG_U8 + round % 3, 1 + round % 4,
                                          (uint32_t)round % 5, &random);
        round_floats(&grey.image);
        for (int i = 0; i < 5; i++) {
            const char *id = pairs[i].id, *dual = pairs[i].dual;
            char grey_id[32], grey_dual[32];
            check_dual(id, dual, pairs[i].difference, element, &mask);
            snprintf(grey_id, sizeof grey_id, "grey-%s", i == 4 ? "gradient" : id);
            snprintf(grey_dual, sizeof grey_dual, "grey-%s", i == 4 ? "gradient" : dual);
            check_dual(grey_id, grey_dual, pairs[i].difference, element, &grey.image);
        }
        check_dual("median", "median", false, NULL, &grey.image);
        seg_image_unref(&mask);
        pixels_free(&grey);
    }
}
END_TEST

/* By dilation and by erosion; maxima and minima. */
START_TEST(blocks_are_dual) {
    pixels_random random = pixels_random_start(307);
    for (int round = 0; round < 60; round++) {
        const int format = SEG_U8 + round % 3;
        const int32_t connectivity = round % 2 ? 8 : 4;
        pixels_picture marker = pixels_make(WIDTH, HEIGHT, format, 1, 0, &random);
        pixels_picture limit = pixels_make(WIDTH, HEIGHT, format, 1, (uint32_t)round % 5, &random);
        round_floats(&marker.image);
        round_floats(&limit.image);
        seg_image no_marker = negative_of(&marker.image), no_limit = negative_of(&limit.image);
        seg_image a = {0}, b = {0};
        ck_assert_ok(seg_reconstruct(&a, &marker.image, &limit.image, false, connectivity, NULL));
        ck_assert_ok(seg_reconstruct(&b, &no_marker, &no_limit, true, connectivity, NULL));
        seg_image back = negative_of(&b);
        ck_assert(pixels_same(&a, &back));
        seg_image_unref(&back);
        const double h = format == SEG_F32 ? 0.25 : format == SEG_U8 ? 30 : 9000;
        ck_assert_ok(seg_flatten_extrema(&a, &limit.image, false, h, connectivity, NULL));
        ck_assert_ok(seg_flatten_extrema(&b, &no_limit, true, h, connectivity, NULL));
        back = negative_of(&b);
        ck_assert(pixels_same(&a, &back));
        seg_image_unref(&back);
        seg_image_unref(&a);
        seg_image_unref(&b);
        ck_assert_ok(seg_regional_extrema(&a, &limit.image, false, connectivity, NULL));
        ck_assert_ok(seg_regional_extrema(&b, &no_limit, true, connectivity, NULL));
        ck_assert(pixels_same(&a, &b));
        seg_image_unref(&a);
        seg_image_unref(&b);
        seg_image_unref(&no_marker);
        seg_image_unref(&no_limit);
        pixels_free(&marker);
        pixels_free(&limit);
    }
}
END_TEST

CORE_MAIN("still properties", labels_of_the_registry, labels_of_masks,
          inverted_masks_are_complements, operations_are_idempotent, blocks_are_idempotent,
          operations_are_dual, blocks_are_dual)
