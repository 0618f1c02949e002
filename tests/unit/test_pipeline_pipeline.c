/* The pipeline against its parts called by hand; masks, objects, look-ahead, cancelling, memory. */
#include "core/memory.h"
#include "core_main.h"
#include "scenes.h"

#define WIDTH 90
#define HEIGHT 60

typedef struct run {
    seg_pipeline_config config;
    seg_pipeline *pipeline;
    seg_result result;
    seg_frame frame;
} run;

static void prepare(run *r, const char *method) {
    memset(r, 0, sizeof *r);
    seg_pipeline_config_init(&r->config);
    r->config.method = seg_method_find(method);
    ck_assert_ptr_nonnull(r->config.method);
    seg_result_init(&r->result, NULL);
    ck_assert_ok(seg_image_alloc(&r->frame.image, WIDTH, HEIGHT, SEG_U8, 3, NULL));
    scene_paint(&r->frame.image, 0);
}

static void create(run *r) {
    ck_assert_ok(seg_pipeline_create(&r->pipeline, &r->config, NULL));
}

static void apply(run *r) {
    ck_assert_ok(seg_pipeline_apply(r->pipeline, &r->frame, &r->result));
}

static void finish(run *r) {
    seg_pipeline_free(r->pipeline);
    seg_result_free(&r->result);
    seg_frame_unref(&r->frame);
}

static void ck_assert_same(const seg_image *a, const seg_image *b) {
    ck_assert_uint_eq(scene_fnv_image(0, a), scene_fnv_image(0, b));
}

static int32_t label_at(const run *r, int32_t x, int32_t y) {
    return ((int32_t *)seg_image_row(&r->result.labels, y))[x];
}

static uint8_t mask_at(const run *r, int32_t x, int32_t y) {
    return ((uint8_t *)seg_image_row(&r->result.mask, y))[x];
}

/* ---- stages by hand ---- */

START_TEST(method_alone) {
    run r;
    seg_image mask = {0};
    prepare(&r, "otsu");
    create(&r);
    r.frame.index = 17;
    apply(&r);
    ck_assert_ok(seg_otsu(&mask, NULL, &r.frame.image, NULL, NULL, NULL));
    ck_assert_same(&r.result.mask, &mask);
    ck_assert_int_eq(r.result.index, 17);
    ck_assert_ptr_nonnull(seg_result_decision(&r.result, "level"));
    ck_assert_int_eq(seg_pipeline_described(r.pipeline)->index, 17);
    seg_image_unref(&mask);
    finish(&r);
}
END_TEST

START_TEST(pre_and_post_by_hand) {
    run r;
    seg_image grey = {0}, smooth = {0}, mask = {0}, opened = {0}, filled = {0};
    prepare(&r, "otsu");
    r.config.pre = "gaussian(1.2),median(3)";
    r.config.post = "open(3),fill-holes";
    create(&r);
    apply(&r);
    ck_assert_ok(seg_to_grey(&grey, &r.frame.image, NULL));
    ck_assert_ok(seg_gaussian(&smooth, &grey, 1.2, 0, NULL));
    ck_assert_ok(seg_median(&grey, &smooth, 3, NULL));
    ck_assert_ok(seg_otsu(&mask, NULL, &grey, NULL, NULL, NULL));
    ck_assert_ok(seg_morphology_mask(&opened, &mask, SEG_MORPH_OPEN, SEG_ELEMENT_SQUARE, 3, NULL));
    ck_assert_ok(seg_fill_holes(&filled, &opened, 0, NULL));
    ck_assert_same(&r.result.mask, &filled);
    seg_image *const images[] = {&grey, &smooth, &mask, &opened, &filled};
    for (int i = 0; i < 5; i++)
        seg_image_unref(images[i]);
    finish(&r);
}
END_TEST

/* The caller's own memory stays where the result is, whatever the operations do. */
START_TEST(result_in_own_memory) {
    static uint8_t memory[WIDTH * HEIGHT];
    run r, other;
    prepare(&r, "otsu");
    prepare(&other, "otsu");
    r.config.post = other.config.post = "close(5),erode(3),dilate(3)";
    create(&r);
    create(&other);
    ck_assert_ok(seg_image_wrap(&r.result.mask, memory, WIDTH, WIDTH, HEIGHT, SEG_U8, 1));
    for (int t = 0; t < 3; t++) {
        scene_paint(&r.frame.image, t);
        scene_paint(&other.frame.image, t);
        apply(&r);
        apply(&other);
        ck_assert_ptr_eq(r.result.mask.data, memory);
        ck_assert_same(&r.result.mask, &other.result.mask);
    }
    finish(&r);
    finish(&other);
}
END_TEST

/* ---- what is left out ---- */

START_TEST(region_bounds_votes_and_results) {
    const seg_rect roi = {7, 5, 50, 41};
    run r;
    seg_image view = {0}, mask = {0};
    prepare(&r, "otsu");
    r.config.roi = roi;
    create(&r);
    apply(&r);
    ck_assert_ok(seg_image_view(&view, &r.frame.image, roi));
    ck_assert_ok(seg_otsu(&mask, NULL, &view, NULL, NULL, NULL));
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++) {
            const bool inside =
                x >= roi.x && x < roi.x + roi.width && y >= roi.y && y < roi.y + roi.height;
            const int32_t wanted =
                inside ? ((uint8_t *)seg_image_row(&mask, y - roi.y))[x - roi.x] : 0;
            ck_assert_int_eq(mask_at(&r, x, y), wanted);
        }
    seg_image_unref(&view);
    seg_image_unref(&mask);
    finish(&r);
}
END_TEST

/* Operations that grow regions do not grow them into what is left out: not into the region's
 * outside, not into the pipeline's mask, not into the frame's. */
START_TEST(left_out_after_operations) {
    run r;
    seg_image ignore = {0};
    prepare(&r, "threshold");
    ck_assert_ok(seg_image_alloc(&ignore, WIDTH, HEIGHT, SEG_U8, 1, NULL));
    ck_assert_ok(seg_image_alloc(&r.frame.ignore, WIDTH, HEIGHT, SEG_U8, 1, NULL));
    for (int32_t x = 20; x < 30; x++)
        ((uint8_t *)seg_image_row(&ignore, 20))[x] = 1;
    for (int32_t x = 40; x < 50; x++)
        ((uint8_t *)seg_image_row(&r.frame.ignore, 30))[x] = 200;
    seg_threshold_options options;
    seg_threshold_options_init(&options);
    options.level.value = 0;
    r.config.options = &options;
    r.config.ignore = &ignore;
    r.config.roi = (seg_rect){2, 2, WIDTH - 4, HEIGHT - 4};
    r.config.post = "dilate(7)";
    create(&r);
    for (int t = 0; t < 3; t++) {
        if (t == 2) seg_image_unref(&r.frame.ignore);
        apply(&r);
        ck_assert_int_eq(mask_at(&r, 10, 10), 255);
        ck_assert_int_eq(mask_at(&r, 1, 10), 0);
        ck_assert_int_eq(mask_at(&r, 10, HEIGHT - 1), 0);
        ck_assert_int_eq(mask_at(&r, 25, 20), 0);
        ck_assert_int_eq(mask_at(&r, 45, 30), t < 2 ? 0 : 255);
    }
    seg_image_unref(&ignore);
    finish(&r);
}
END_TEST

/* ---- objects ---- */

START_TEST(objects_of_a_mask) {
    run r;
    prepare(&r, "otsu");
    r.config.objects = true;
    r.config.connectivity = 4;
    create(&r);
    apply(&r);
    ck_assert(r.result.outputs & SEG_OUTPUT_LABELS);
    ck_assert_int_gt(r.result.object_count, 2);
    int64_t area = 0, set = 0;
    for (int32_t i = 0; i < r.result.object_count; i++) {
        const seg_object *object = &r.result.objects[i];
        ck_assert_int_eq(object->id, i + 1);
        area += object->area;
        bool found = false; /* the id is the value in the picture */
        for (int32_t x = object->box.x; x < object->box.x + object->box.width; x++)
            found = found || label_at(&r, x, object->box.y) == object->id;
        ck_assert(found);
    }
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++) {
            set += mask_at(&r, x, y) != 0;
            ck_assert_int_eq(label_at(&r, x, y) > 0, mask_at(&r, x, y) != 0);
        }
    ck_assert_int_eq(area, set);
    finish(&r);
}
END_TEST

START_TEST(keep_removes_objects_everywhere) {
    run all, kept;
    prepare(&all, "otsu");
    prepare(&kept, "otsu");
    all.config.objects = true;
    kept.config.keep = "area > 2 && y > 20";
    create(&all);
    create(&kept);
    apply(&all);
    apply(&kept);
    int32_t wanted = 0;
    for (int32_t i = 0; i < all.result.object_count; i++) {
        const seg_object *object = &all.result.objects[i];
        const seg_rect *box = &object->box;
        if (object->area <= 2 || box->y <= 20) continue;
        ck_assert_int_lt(wanted, kept.result.object_count);
        ck_assert_int_eq(kept.result.objects[wanted].id, object->id);
        ck_assert_int_eq(kept.result.objects[wanted].area, object->area);
        wanted++;
    }
    ck_assert_int_eq(wanted, kept.result.object_count);
    ck_assert_int_lt(wanted, all.result.object_count);
    ck_assert_int_gt(wanted, 0);
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++) {
            const int32_t before = label_at(&all, x, y), after = label_at(&kept, x, y);
            bool stays = false;
            for (int32_t i = 0; i < wanted; i++)
                stays = stays || kept.result.objects[i].id == before;
            ck_assert_int_eq(after, stays ? before : 0);
            ck_assert_int_eq(mask_at(&kept, x, y), after ? 255 : 0);
        }
    finish(&all);
    finish(&kept);
}
END_TEST

/* ---- a method that gives labels ---- */

#define FAR_LABEL 2000000000

static seg_status label_apply(void *state, const seg_frame *frame, uint32_t wanted,
                              seg_result *result) {
    (void)state, (void)wanted;
    const seg_status status = seg_image_ensure(&result->labels, frame->image.width,
                                               frame->image.height, SEG_LABEL32, 1, NULL);
    if (status < 0) return status;
    for (int32_t y = 0; y < frame->image.height; y++) {
        int32_t *row = seg_image_row(&result->labels, y);
        for (int32_t x = 0; x < frame->image.width; x++)
            row[x] = x < 10 ? 0 : x < 40 ? 3 : y < 30 ? 7 : FAR_LABEL;
    }
    result->outputs |= SEG_OUTPUT_LABELS;
    return SEG_OK;
}

static seg_status label_create(void **state, const void *options, const seg_env *env) {
    (void)options, (void)env;
    *state = NULL;
    return SEG_OK;
}

static const seg_method label_method = {
    .id = "three-labels",
    .title = "three regions",
    .family = "region",
    .reference = "",
    .formats = SEG_FORMAT_BIT(SEG_U8),
    .channels = 1u << 3,
    .input = SEG_INPUT_PICTURE,
    .outputs = SEG_OUTPUT_LABELS,
    .needs = SEG_NEED_COLOUR,
    .create = label_create,
    .apply = label_apply,
};

START_TEST(labels_carry_the_regions) {
    run r;
    prepare(&r, "otsu");
    r.config.method = &label_method;
    r.config.keep = "id != 7";
    r.config.post = "erode(3)";
    create(&r);
    ck_assert(!seg_pipeline_luma_suffices(r.pipeline));
    apply(&r);
    ck_assert_int_eq(r.result.object_count, 2);
    ck_assert_int_eq(r.result.objects[0].id, 3);
    ck_assert_int_eq(r.result.objects[1].id, FAR_LABEL);
    ck_assert_int_eq(label_at(&r, 20, 20), 3);
    ck_assert_int_eq(label_at(&r, 10, 20), 0); /* eroded */
    ck_assert_int_eq(label_at(&r, 60, 20), 0); /* not kept */
    ck_assert_int_eq(label_at(&r, 60, 40), FAR_LABEL);
    ck_assert(r.result.outputs & SEG_OUTPUT_MASK);
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++)
            ck_assert_int_eq(mask_at(&r, x, y), label_at(&r, x, y) > 0 ? 255 : 0);
    finish(&r);
}
END_TEST

/* ---- look-ahead ---- */

/* The frames' memory is reused at once; the pipeline must have kept what it needs. */

/* ---- tracks ---- */

static void apply_at(run *r, int32_t t) {
    scene_paint(&r->frame.image, t);
    r->frame.index = t;
    r->frame.pts = 40 * t;
    r->frame.time_base = (seg_rational){1, 1000};
    apply(r);
}

/* Two runs with tracks: one goes through, the other begins with what the first one saved. */
static void check_continued(const char *method, bool tracks_saved) {
    run whole, second;
    seg_track_options track;
    seg_track_options_init(&track);
    track.birth = 2;
    prepare(&whole, method);
    prepare(&second, method);
    second.config.track = &track;
    whole.config.track = tracks_saved ? &track : NULL;
    create(&whole);
    create(&second);
    size_t size = 0;
    ck_assert_fails(seg_pipeline_save(whole.pipeline, NULL, &size), SEG_ERROR_STATE, "no ");
    int32_t t = 0;
    for (; t < 8; t++)
        apply_at(&whole, t);
    ck_assert_ok(seg_pipeline_save(whole.pipeline, NULL, &size));
    uint8_t *blob = malloc(size);
    ck_assert_ok(seg_pipeline_save(whole.pipeline, blob, &size));
    if (tracks_saved) apply_at(&second, 40); /* is forgotten */
    ck_assert_ok(seg_pipeline_load(second.pipeline, blob, size));
    for (; t < 14; t++) {
        apply_at(&whole, t);
        apply_at(&second, t);
        ck_assert_same(&whole.result.mask, &second.result.mask);
        if (!tracks_saved) continue;
        ck_assert_same(&whole.result.labels, &second.result.labels);
        ck_assert_int_gt(whole.result.object_count, 0);
        ck_assert_int_eq(whole.result.object_count, second.result.object_count);
        for (int32_t i = 0; i < whole.result.object_count; i++) {
            const seg_object *a = &whole.result.objects[i], *b = &second.result.objects[i];
            ck_assert_int_eq(a->id, b->id);
            ck_assert_int_gt(a->age, 1);
            ck_assert(a->velocity_x == b->velocity_x && a->velocity_y == b->velocity_y);
        }
    }
    for (size_t i = 0; i < size; i += 1 + size / 97) {
        blob[i] ^= 0x10;
        ck_assert_fails(seg_pipeline_load(second.pipeline, blob, size), SEG_ERROR_DATA, "");
        blob[i] ^= 0x10;
    }
    free(blob);
    finish(&whole);
    finish(&second);
}

START_TEST(tracks_go_on_after_loading) {
    check_continued("background", true);
    check_continued("background", false); /* a model without tracks: they begin anew */
    check_continued("otsu", true);        /* tracks without a model */
}
END_TEST

START_TEST(tracks_name_what_the_mask_has) {
    run plain, tracked;
    seg_track_options track;
    seg_track_options_init(&track);
    prepare(&plain, "otsu");
    prepare(&tracked, "otsu");
    tracked.config.track = &track;
    tracked.config.render = SEG_RENDER_TRACKS;
    create(&plain);
    create(&tracked);
    ck_assert_ptr_null(seg_pipeline_tracker(plain.pipeline));
    for (int32_t t = 0; t < 6; t++) {
        apply_at(&plain, t);
        apply_at(&tracked, t);
        ck_assert_same(&plain.result.mask, &tracked.result.mask);
        ck_assert_int_eq(tracked.result.object_count > 0, t >= 2);
        seg_image picture = {0};
        ck_assert_ok(seg_pipeline_render(tracked.pipeline, &tracked.result, &picture));
        ck_assert_int_eq(picture.channels, 3);
        seg_image_unref(&picture);
    }
    int32_t count;
    const seg_track *tracks = seg_tracker_tracks(seg_pipeline_tracker(tracked.pipeline), &count);
    ck_assert_int_gt(count, 0);
    ck_assert_int_eq(tracks[0].id, 1);
    seg_pipeline_reset(tracked.pipeline);
    apply_at(&tracked, 0);
    ck_assert_int_eq(tracked.result.object_count, 0);
    finish(&plain);
    finish(&tracked);
}
END_TEST

/* ---- a camera that shakes ---- */

/* The scene as a camera sees it that is pushed about: crops of a larger one, with a mover. */
static void shake(run *r, const seg_image *world, int32_t t) {
    const int32_t dx = 8 + (int32_t)(scene_hash((uint32_t)t) % 9) - 4;
    const int32_t dy = 8 + (int32_t)(scene_hash((uint32_t)t + 99) % 9) - 4;
    for (int32_t y = 0; y < r->frame.image.height; y++)
        for (int32_t x = 0; x < r->frame.image.width; x++)
            for (int c = 0; c < 3; c++) {
                const uint8_t *from = seg_image_row(world, y + dy);
                uint8_t *to = seg_image_row(&r->frame.image, y);
                const int32_t place = x + dx - 10 - 2 * t; /* of the world */
                const bool mover =
                    t >= 10 && place >= 0 && place < 12 && y + dy >= 40 && y + dy < 60;
                to[3 * x + c] = mover ? 250 : from[3 * (x + dx) + c];
            }
    r->frame.index = t;
}

/* Pixels that are taken for foreground wrongly, over the frames in which something moves, and of
 * which at least so many must be found. */
static int64_t false_alarms(const char *method, int32_t stabilize, int64_t least) {
    run r;
    seg_image world = {0};
    int64_t sum = 0;
    prepare(&r, method);
    ck_assert_ok(seg_image_alloc(&world, WIDTH + 16, HEIGHT + 16, SEG_U8, 3, NULL));
    scene_paint(&world, 0);
    r.config.stabilize = stabilize;
    create(&r);
    for (int32_t t = 0; t < 16; t++) {
        int64_t found = 0, wrong = 0;
        shake(&r, &world, t);
        apply(&r);
        for (int32_t y = 0; y < HEIGHT; y++)
            for (int32_t x = 0; x < WIDTH; x++) {
                const bool mover =
                    ((const uint8_t *)seg_image_row(&r.frame.image, y))[3 * x] == 250;
                found += mask_at(&r, x, y) && mover;
                wrong += mask_at(&r, x, y) && !mover;
            }
        if (t >= 10 && stabilize) ck_assert_int_ge(found, least);
        sum += t >= 10 ? wrong : 0;
    }
    seg_image_unref(&world);
    finish(&r);
    return sum;
}

START_TEST(shaking_is_taken_out) {
    const struct {
        const char *method;
        int64_t least; /* of 240 pixels: where it was not before; its front */
    } cases[] = {{"background", 150}, {"frame-diff", 30}};
    for (int i = 0; i < 2; i++) {
        const int64_t shaken = false_alarms(cases[i].method, SEG_STABILIZE_NONE, 0);
        for (int32_t model = SEG_STABILIZE_TRANSLATION; model <= SEG_STABILIZE_PROJECTIVE;
             model++) {
            const int64_t steady = false_alarms(cases[i].method, model, cases[i].least);
            ck_assert_msg(5 * steady < shaken, "%s, model %d: %ld wrong pixels, %ld without",
                          cases[i].method, (int)model, (long)steady, (long)shaken);
        }
    }
}
END_TEST

START_TEST(steadied_runs_go_on_after_loading) {
    run whole, second;
    seg_image world = {0};
    size_t size;
    ck_assert_ok(seg_image_alloc(&world, WIDTH + 16, HEIGHT + 16, SEG_U8, 3, NULL));
    scene_paint(&world, 0);
    prepare(&whole, "background");
    prepare(&second, "background");
    whole.config.stabilize = second.config.stabilize = SEG_STABILIZE_AFFINE;
    create(&whole);
    create(&second);
    for (int32_t t = 0; t < 6; t++) {
        shake(&whole, &world, t);
        apply(&whole);
    }
    ck_assert_ok(seg_pipeline_save(whole.pipeline, NULL, &size));
    uint8_t *blob = malloc(size);
    ck_assert_ok(seg_pipeline_save(whole.pipeline, blob, &size));
    ck_assert_ok(seg_pipeline_load(second.pipeline, blob, size));
    for (int32_t t = 6; t < 12; t++) {
        shake(&whole, &world, t);
        shake(&second, &world, t);
        apply(&whole);
        apply(&second);
        ck_assert_same(&whole.result.mask, &second.result.mask);
        ck_assert(seg_result_decision(&whole.result, "shift-x")->value ==
                  seg_result_decision(&second.result, "shift-x")->value);
    }
    for (size_t i = 0; i < size; i += 1 + size / 97) {
        blob[i] ^= 0x10;
        ck_assert_fails(seg_pipeline_load(second.pipeline, blob, size), SEG_ERROR_DATA, "");
        blob[i] ^= 0x10;
    }
    free(blob);
    seg_image_unref(&world);
    finish(&whole);
    finish(&second);
    run r;
    prepare(&r, "otsu");
    r.config.stabilize = SEG_STABILIZE_AFFINE;
    ck_assert_fails(seg_pipeline_create(&r.pipeline, &r.config, NULL), SEG_ERROR_OPTION,
                    "stabilize: otsu has no memory");
    r.config.stabilize = 9;
    ck_assert_fails(seg_pipeline_create(&r.pipeline, &r.config, NULL), SEG_ERROR_OPTION,
                    "stabilize is 9");
    finish(&r);
}
END_TEST

START_TEST(described_frames_with_look_ahead) {
    enum { FRAMES = 9, LAG = 2 };
    const bool borrowed = _i;
    run r;
    prepare(&r, "frame-diff");
    r.config.render = SEG_RENDER_OVERLAY;
    r.config.pre = "gaussian(0.8)";
    uint8_t options[256];
    seg_params_init(options, r.config.method->params);
    ck_assert_ok(seg_params_parse(options, r.config.method->params, "span", "3", NULL));
    ck_assert_ok(seg_params_parse(options, r.config.method->params, "lag", "2", NULL));
    r.config.options = options;
    create(&r);
    seg_image picture = {0}, wanted = {0}, scene = {0};
    ck_assert_ok(seg_image_alloc(&scene, WIDTH, HEIGHT, SEG_U8, 3, NULL));
    int described = 0;
    for (int t = 0; t < FRAMES + LAG; t++) {
        seg_status status;
        if (t < FRAMES) {
            seg_frame frame = {.index = t, .pts = 100 + t};
            if (borrowed) {
                frame.image = r.frame.image;
                frame.image.owner = NULL;
            } else {
                ck_assert_ok(seg_image_alloc(&frame.image, WIDTH, HEIGHT, SEG_U8, 3, NULL));
            }
            scene_paint(&frame.image, t);
            status = seg_pipeline_apply(r.pipeline, &frame, &r.result);
            if (borrowed)
                memset(frame.image.data, 0, 3 * WIDTH);
            else
                seg_frame_unref(&frame);
        } else {
            status = seg_pipeline_flush(r.pipeline, &r.result);
        }
        ck_assert_int_eq(status, t < LAG ? SEG_NO_RESULT_YET : SEG_OK);
        if (status != SEG_OK) continue;
        ck_assert_int_eq(r.result.index, described);
        const seg_frame *about = seg_pipeline_described(r.pipeline);
        ck_assert_int_eq(about->index, described);
        ck_assert_int_eq(about->pts, 100 + described);
        scene_paint(&scene, described);
        ck_assert_same(&about->image, &scene);
        const seg_frame scene_frame = {.image = scene};
        ck_assert_ok(seg_pipeline_render(r.pipeline, &r.result, &picture));
        ck_assert_ok(seg_render(&wanted, SEG_RENDER_OVERLAY, &scene_frame, &r.result, NULL));
        ck_assert_same(&picture, &wanted);
        described++;
    }
    ck_assert_int_eq(described, FRAMES);
    ck_assert_int_eq(seg_pipeline_flush(r.pipeline, &r.result), SEG_END);
    ck_assert_ptr_null(seg_pipeline_described(r.pipeline));
    seg_image_unref(&picture);
    seg_image_unref(&wanted);
    seg_image_unref(&scene);
    finish(&r);
}
END_TEST

/* The mask of a frame belongs to that frame's result, also where that comes later. */
START_TEST(ignore_masks_with_look_ahead) {
    run r;
    prepare(&r, "frame-diff");
    uint8_t options[256];
    seg_params_init(options, r.config.method->params);
    ck_assert_ok(seg_params_parse(options, r.config.method->params, "span", "3", NULL));
    ck_assert_ok(seg_params_parse(options, r.config.method->params, "threshold", "1", NULL));
    r.config.options = options;
    r.config.post = "dilate(3)";
    create(&r);
    ck_assert_ok(seg_image_alloc(&r.frame.ignore, WIDTH, HEIGHT, SEG_U8, 1, NULL));
    for (int t = 0; t < 8; t++) {
        memset(r.frame.image.data, t % 2 ? 200 : 10, 3 * WIDTH); /* row 0 blinks */
        memset(r.frame.ignore.data, 0, WIDTH);
        ((uint8_t *)r.frame.ignore.data)[10 * t] = 1;
        r.frame.index = t;
        if (seg_pipeline_apply(r.pipeline, &r.frame, &r.result) != SEG_OK || t < 2) continue;
        for (int described = t - 1, x = 0; x < WIDTH; x++)
            ck_assert_int_eq(mask_at(&r, x, 0), x == 10 * described ? 0 : 255);
    }
    finish(&r);
}
END_TEST

START_TEST(reset_takes_another_size) {
    run r;
    prepare(&r, "background");
    r.config.roi = (seg_rect){1, 1, 40, 30};
    r.config.pre = "median(3)";
    r.config.post = "open(3)";
    create(&r);
    apply(&r);
    seg_image_unref(&r.frame.image);
    ck_assert_ok(seg_image_alloc(&r.frame.image, 50, 40, SEG_U8, 1, NULL));
    scene_paint(&r.frame.image, 0);
    ck_assert_fails(seg_pipeline_apply(r.pipeline, &r.frame, &r.result), SEG_ERROR_SHAPE, "50");
    seg_pipeline_reset(r.pipeline);
    apply(&r);
    ck_assert_int_eq(r.result.mask.width, 50);
    size_t size;
    ck_assert_ok(seg_context_save(seg_pipeline_context(r.pipeline), NULL, &size));
    finish(&r);
}
END_TEST

/* ---- what it needs of a frame ---- */

START_TEST(luma_is_enough) {
    static const struct {
        const char *method;
        seg_render_kind render;
        bool enough;
    } cases[] = {
        {"otsu", SEG_RENDER_MASK, true},         {"otsu", SEG_RENDER_OVERLAY, false},
        {"canny", SEG_RENDER_COLORS, true},      {"background", SEG_RENDER_BACKGROUND, true},
        {"gaussian", SEG_RENDER_PICTURE, false}, {"open", SEG_RENDER_MASK, false}};
    run r;
    prepare(&r, cases[_i].method);
    r.config.render = cases[_i].render;
    create(&r);
    ck_assert_int_eq(seg_pipeline_luma_suffices(r.pipeline), cases[_i].enough);
    finish(&r);
}
END_TEST

/* Frames with luma alone and with both give the same as the luma as a picture. */
START_TEST(luma_goes_first) {
    run r;
    seg_image wanted = {0};
    prepare(&r, "otsu");
    r.config.pre = "gaussian(1)";
    create(&r);
    ck_assert_ok(seg_image_alloc(&r.frame.luma, WIDTH, HEIGHT, SEG_U8, 1, NULL));
    scene_paint(&r.frame.luma, 5);
    apply(&r);
    ck_assert_ok(seg_image_copy(&wanted, &r.result.mask, NULL));
    seg_image_unref(&r.frame.image);
    seg_pipeline_reset(r.pipeline);
    apply(&r);
    ck_assert_same(&r.result.mask, &wanted);
    r.frame.image = r.frame.luma;
    r.frame.luma = (seg_image){0};
    seg_pipeline_reset(r.pipeline);
    apply(&r);
    ck_assert_same(&r.result.mask, &wanted);
    seg_image_unref(&wanted);
    finish(&r);
}
END_TEST

START_TEST(score_and_background_when_rendered) {
    run r;
    seg_image picture = {0};
    prepare(&r, "background");
    r.config.render = SEG_RENDER_BACKGROUND;
    create(&r);
    apply(&r);
    ck_assert(r.result.outputs & SEG_OUTPUT_BACKGROUND);
    ck_assert(!(r.result.outputs & SEG_OUTPUT_SCORE));
    ck_assert_ok(seg_pipeline_render(r.pipeline, &r.result, &picture));
    ck_assert_same(&picture, &r.result.background);
    seg_image_unref(&picture);
    finish(&r);
}
END_TEST

/* ---- binding ---- */

/* The first frame that the method takes binds the size, not one that fails. */
START_TEST(a_failed_frame_does_not_bind) {
    run r;
    uint8_t options[256];
    prepare(&r, "region-grow");
    seg_params_init(options, r.config.method->params);
    ck_assert_ok(seg_params_parse(options, r.config.method->params, "seeds", "70,50", NULL));
    r.config.options = options;
    r.config.pre = "gaussian(1)";
    r.config.roi = (seg_rect){2, 3, 38, 27};
    create(&r);
    seg_frame small = {0};
    ck_assert_ok(seg_image_alloc(&small.image, 40, 30, SEG_U8, 3, NULL));
    scene_paint(&small.image, 0);
    ck_assert_fails(seg_pipeline_apply(r.pipeline, &small, &r.result), SEG_ERROR_OPTION,
                    "outside the picture");
    apply(&r);
    ck_assert_int_eq(r.result.labels.width, WIDTH);
    /* the region is that of this frame's size, too: all else is left out */
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++)
            if (x < 2 || y < 3 || x >= 40 || y >= 30) ck_assert_int_eq(label_at(&r, x, y), 0);
    ck_assert_fails(seg_pipeline_apply(r.pipeline, &small, &r.result), SEG_ERROR_SHAPE, "reset");
    seg_pipeline_reset(r.pipeline);
    ck_assert_fails(seg_pipeline_apply(r.pipeline, &small, &r.result), SEG_ERROR_OPTION,
                    "outside the picture");
    apply(&r);
    seg_params_clear(options, r.config.method->params, NULL);
    seg_frame_unref(&small);
    finish(&r);
}
END_TEST

/* ---- progress and cancelling ---- */

typedef struct watcher {
    int calls, stop_at;
    double last;
} watcher;

static int watch(void *user, double fraction) {
    watcher *w = user;
    ck_assert(fraction >= w->last - 1e-12 && fraction <= 1);
    w->last = fraction;
    return ++w->calls == w->stop_at;
}

START_TEST(progress_and_cancelling) {
    run r;
    watcher w = {0};
    const seg_env env = {.user = &w, .progress = watch};
    prepare(&r, "otsu");
    r.config.pre = "gaussian(1)";
    r.config.post = "open(3),largest";
    ck_assert_ok(seg_pipeline_create(&r.pipeline, &r.config, &env));
    apply(&r);
    ck_assert_double_eq(w.last, 1);
    const int calls = w.calls;
    ck_assert_int_ge(calls, 5);
    for (int stop = 1; stop < calls; stop++) {
        w = (watcher){.stop_at = stop};
        ck_assert_fails(seg_pipeline_apply(r.pipeline, &r.frame, &r.result), SEG_ERROR_CANCELLED,
                        "cancelled");
        ck_assert_uint_eq(r.result.outputs, 0);
    }
    w = (watcher){0};
    apply(&r);
    finish(&r);
}
END_TEST

/* ---- memory ---- */

static seg_status whole_run(const seg_pipeline_config *config, const seg_frame *frame) {
    seg_pipeline *pipeline = NULL;
    seg_result result;
    seg_image picture = {0};
    seg_result_init(&result, NULL);
    seg_status status = seg_pipeline_create(&pipeline, config, NULL);
    for (int t = 0; t < 3 && status >= 0; t++)
        status = seg_pipeline_apply(pipeline, frame, &result);
    if (status == SEG_OK) status = seg_pipeline_render(pipeline, &result, &picture);
    seg_pipeline_free(pipeline);
    seg_result_free(&result);
    seg_image_unref(&picture);
    return status;
}

START_TEST(memory_failures_leak_nothing) {
    run r;
    prepare(&r, _i ? "frame-diff" : "otsu");
    uint8_t options[256];
    seg_params_init(options, r.config.method->params);
    if (_i) ck_assert_ok(seg_params_parse(options, r.config.method->params, "span", "3", NULL));
    r.config.options = options;
    r.config.pre = "gaussian(1)";
    r.config.post = "open(3),fill-holes,min-area(4)";
    r.config.roi = (seg_rect){1, 1, 80, 50};
    r.config.keep = "area > 5";
    r.config.render = SEG_RENDER_OVERLAY;
    ck_assert_ok(seg_image_alloc(&r.frame.ignore, WIDTH, HEIGHT, SEG_U8, 1, NULL));
    const seg_image borrowed = r.frame.image;
    seg_frame frame = r.frame;
    frame.image.owner = NULL;
    const int64_t live = seg_memory_live();
    int n = 1;
    for (;; n++) {
        seg_memory_fail_at(n);
        const seg_status status = whole_run(&r.config, &frame);
        seg_memory_fail_at(0);
        ck_assert_int_eq(seg_memory_live(), live);
        if (status >= 0) break;
        ck_assert_int_eq(status, SEG_ERROR_MEMORY);
        ck_assert_int_lt(n, 2000);
    }
    ck_assert_int_gt(n, 20);
    ck_assert_ptr_eq(borrowed.data, r.frame.image.data);
    finish(&r);
}
END_TEST

START_TEST(no_memory_after_the_second_frame) {
    run r;
    prepare(&r, "background");
    r.config.pre = "gaussian(1)";
    r.config.post = "open(3)";
    r.config.roi = (seg_rect){1, 1, 80, 50};
    create(&r);
    for (int t = 0; t < 6; t++) {
        scene_paint(&r.frame.image, t);
        if (t == 2) seg_memory_fail_at(1);
        apply(&r);
    }
    seg_memory_fail_at(0);
    finish(&r);
}
END_TEST

/* ---- mistakes ---- */

START_TEST(mistakes) {
    run r;
    prepare(&r, "otsu");
    seg_pipeline *pipeline = (seg_pipeline *)&r;
    seg_pipeline_config config = r.config;
    ck_assert_fails(seg_pipeline_create(&pipeline, NULL, NULL), SEG_ERROR_ARGUMENT, "config");
    ck_assert_ptr_null(pipeline);
    config.size = 0;
    ck_assert_fails(seg_pipeline_create(&pipeline, &config, NULL), SEG_ERROR_OPTION, "size is 0");
    config = r.config;
    config.method = NULL;
    ck_assert_fails(seg_pipeline_create(&pipeline, &config, NULL), SEG_ERROR_OPTION, "method");
    config = r.config;
    config.connectivity = 6;
    ck_assert_fails(seg_pipeline_create(&pipeline, &config, NULL), SEG_ERROR_OPTION,
                    "connectivity has no valid value (got 6, allowed 4 or 8)");
    config = r.config;
    config.render = (seg_render_kind)99;
    ck_assert_fails(seg_pipeline_create(&pipeline, &config, NULL), SEG_ERROR_OPTION, "render");
    config = r.config;
    config.roi = (seg_rect){-1, 0, 5, 5};
    ck_assert_fails(seg_pipeline_create(&pipeline, &config, NULL), SEG_ERROR_OPTION, "roi");
    config = r.config;
    config.post = "opne";
    ck_assert_fails(seg_pipeline_create(&pipeline, &config, NULL), SEG_ERROR_OPTION, "open");
    config = r.config;
    config.keep = "area >";
    ck_assert_int_eq(seg_pipeline_create(&pipeline, &config, NULL), SEG_ERROR_OPTION);
    config = r.config;
    config.method = seg_method_find("gaussian");
    config.objects = true;
    ck_assert_fails(seg_pipeline_create(&pipeline, &config, NULL), SEG_ERROR_OPTION, "objects");
    config.objects = false;
    config.post = "open";
    ck_assert_fails(seg_pipeline_create(&pipeline, &config, NULL), SEG_ERROR_OPTION, "post");
    ck_assert_ptr_null(pipeline);
    finish(&r);
}
END_TEST

START_TEST(mistakes_in_frames) {
    run r;
    prepare(&r, "otsu");
    r.config.roi = (seg_rect){0, 0, WIDTH + 1, 3};
    create(&r);
    ck_assert_fails(seg_pipeline_apply(r.pipeline, &r.frame, &r.result), SEG_ERROR_OPTION,
                    "roi is not inside the picture (got 0,0,91,3, allowed 0,0,90,60)");
    const seg_frame empty = {0};
    ck_assert_fails(seg_pipeline_apply(r.pipeline, &empty, &r.result), SEG_ERROR_ARGUMENT,
                    "neither");
    ck_assert_fails(seg_pipeline_apply(NULL, &r.frame, &r.result), SEG_ERROR_ARGUMENT, "pipeline");
    ck_assert_fails(seg_pipeline_apply(r.pipeline, &r.frame, NULL), SEG_ERROR_ARGUMENT, "result");
    ck_assert_ptr_null(seg_pipeline_described(r.pipeline));
    finish(&r);
    seg_image ignore = {0};
    prepare(&r, "otsu");
    ck_assert_ok(seg_image_alloc(&ignore, WIDTH, HEIGHT - 1, SEG_U8, 1, NULL));
    r.config.ignore = &ignore;
    create(&r);
    ck_assert_int_eq(seg_pipeline_apply(r.pipeline, &r.frame, &r.result), SEG_ERROR_SHAPE);
    seg_image_unref(&ignore);
    finish(&r);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("pipeline");
    TCase *cases = tcase_create("pipeline");
    tcase_add_test(cases, method_alone);
    tcase_add_test(cases, pre_and_post_by_hand);
    tcase_add_test(cases, result_in_own_memory);
    tcase_add_test(cases, region_bounds_votes_and_results);
    tcase_add_test(cases, left_out_after_operations);
    tcase_add_test(cases, objects_of_a_mask);
    tcase_add_test(cases, keep_removes_objects_everywhere);
    tcase_add_test(cases, labels_carry_the_regions);
    tcase_add_test(cases, tracks_go_on_after_loading);
    tcase_add_test(cases, tracks_name_what_the_mask_has);
    tcase_add_test(cases, shaking_is_taken_out);
    tcase_add_test(cases, steadied_runs_go_on_after_loading);
    tcase_add_loop_test(cases, described_frames_with_look_ahead, 0, 2);
    tcase_add_test(cases, ignore_masks_with_look_ahead);
    tcase_add_test(cases, reset_takes_another_size);
    tcase_add_loop_test(cases, luma_is_enough, 0, 6);
    tcase_add_test(cases, luma_goes_first);
    tcase_add_test(cases, score_and_background_when_rendered);
    tcase_add_test(cases, a_failed_frame_does_not_bind);
    tcase_add_test(cases, progress_and_cancelling);
    tcase_add_loop_test(cases, memory_failures_leak_nothing, 0, 2);
    tcase_add_test(cases, no_memory_after_the_second_frame);
    tcase_add_test(cases, mistakes);
    tcase_add_test(cases, mistakes_in_frames);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
