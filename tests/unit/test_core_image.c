/* Pictures: own, wrapped, adopted, views, references; frames and results. */
#include "core_main.h"

#include "core/check.h"
#include "core/memory.h"
#include <segment/frame.h>
#include <segment/result.h>

#include <pthread.h>

static const seg_format formats[] = {SEG_U8, SEG_U16, SEG_F32, SEG_LABEL32};

START_TEST(own_pictures) {
    int64_t live = seg_memory_live();
    const int32_t widths[] = {1, 2, 3, 63, 64, 65, 127, 512, 682, 1024, 1365, 2048, 4096};
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++)
        for (size_t f = 0; f < 4; f++)
            for (int channels = 1; channels <= 4; channels++) {
                seg_image image = {0};
                size_t row = (size_t)widths[w] * (size_t)channels * seg_format_size(formats[f]);
                ck_assert_ok(seg_image_alloc(&image, widths[w], 3, formats[f], channels, NULL));
                ck_assert_uint_eq((uintptr_t)image.data % 64, 0);
                ck_assert_int_eq(image.stride % 64, 0);
                ck_assert_int_ne(image.stride % 2048, 0);
                ck_assert_uint_ge((size_t)image.stride, row);
                ck_assert_uint_lt((size_t)image.stride, row + 128);
                ck_assert_int_eq(image.bits, 8 * (int)seg_format_size(formats[f]));
                ck_assert_int_eq(image.colour, formats[f] == SEG_LABEL32 ? SEG_COLOUR_DATA
                                               : channels <= 2           ? SEG_COLOUR_GREY
                                                                         : SEG_COLOUR_RGB);
                for (int32_t y = 0; y < 3; y++) {
                    unsigned char *p = seg_image_row(&image, y);
                    size_t zeros = 0;
                    while (zeros < row && !p[zeros])
                        zeros++;
                    ck_assert_uint_eq(zeros, row);
                    memset(p, 0xff, row);
                }
                ck_assert_ok(
                    seg_check_image(&image, "x", 1u << formats[f], 1u << (unsigned)channels));
                seg_image_unref(&image);
                ck_assert(seg_image_empty(&image));
            }
    ck_assert_int_eq(seg_memory_live(), live);
    ck_assert_uint_eq(seg_format_size((seg_format)0), 0);
    ck_assert_uint_eq(seg_format_size((seg_format)77), 0);
}
END_TEST

START_TEST(bad_sizes) {
    seg_image image = {0};
    ck_assert_fails(seg_image_alloc(&image, 0, 1, SEG_U8, 1, NULL), SEG_ERROR_ARGUMENT, "0 x 1");
    ck_assert_fails(seg_image_alloc(&image, 1, -1, SEG_U8, 1, NULL), SEG_ERROR_ARGUMENT, "1 x -1");
    ck_assert_fails(seg_image_alloc(&image, 1, 1, (seg_format)9, 1, NULL), SEG_ERROR_ARGUMENT,
                    "format is 9");
    ck_assert_fails(seg_image_alloc(&image, 1, 1, SEG_U8, 5, NULL), SEG_ERROR_ARGUMENT,
                    "channels is 5");
    ck_assert_fails(seg_image_alloc(&image, 1, 1, SEG_U8, 0, NULL), SEG_ERROR_ARGUMENT,
                    "channels is 0");
    ck_assert_fails(seg_image_alloc(NULL, 1, 1, SEG_U8, 1, NULL), SEG_ERROR_ARGUMENT, "NULL");
    ck_assert_fails(seg_image_alloc(&image, 100000, 100000, SEG_U8, 1, NULL), SEG_ERROR_LIMIT,
                    "100000 x 100000");
    const seg_limits limits = {INT64_MAX, INT32_MAX};
    const seg_env env = {.limits = &limits};
    /* 2^62 pixels of 16 bytes: beyond any address space, found before memory is asked for */
    ck_assert_fails(seg_image_alloc(&image, INT32_MAX, INT32_MAX, SEG_F32, 4, &env),
                    SEG_ERROR_MEMORY, "does not fit");
    ck_assert(seg_image_empty(&image));
}
END_TEST

START_TEST(what_an_image_held_is_released) {
    int64_t live = seg_memory_live();
    seg_image image = {0};
    char memory[16];
    ck_assert_ok(seg_image_alloc(&image, 8, 8, SEG_U8, 1, NULL));
    ck_assert_ok(seg_image_alloc(&image, 9, 9, SEG_U8, 1, NULL));
    ck_assert_int_eq(seg_memory_live(), live + 1);
    ck_assert_ok(seg_image_wrap(&image, memory, 4, 4, 4, SEG_U8, 1));
    ck_assert_int_eq(seg_memory_live(), live);
    /* an error leaves what was there */
    ck_assert_ok(seg_image_alloc(&image, 9, 9, SEG_U8, 1, NULL));
    void *data = image.data;
    ck_assert_int_eq(seg_image_wrap(&image, memory, 3, 4, 4, SEG_U8, 1), SEG_ERROR_ARGUMENT);
    ck_assert_int_eq(seg_image_view(&image, &image, (seg_rect){0, 0, 10, 1}), SEG_ERROR_ARGUMENT);
    ck_assert_ptr_eq(image.data, data);
    seg_image_unref(&image);
    seg_image_unref(&image);
    seg_image_unref(NULL);
    ck_assert_int_eq(seg_memory_live(), live);
}
END_TEST

START_TEST(wrapped_memory) {
    _Alignas(16) char memory[64];
    seg_image image = {0};
    ck_assert_ok(seg_image_wrap(&image, memory, 16, 4, 4, SEG_U8, 4));
    ck_assert_ptr_null(image.owner);
    ck_assert_ptr_eq(seg_image_row(&image, 3), memory + 48);
    ck_assert_ok(seg_image_wrap(&image, memory + 48, -16, 2, 4, SEG_U16, 4));
    ck_assert_ptr_eq(seg_image_row(&image, 3), memory);

    ck_assert_fails(seg_image_wrap(NULL, memory, 16, 4, 4, SEG_U8, 4), SEG_ERROR_ARGUMENT, "NULL");
    ck_assert_fails(seg_image_wrap(&image, NULL, 16, 4, 4, SEG_U8, 4), SEG_ERROR_ARGUMENT,
                    "no pixels");
    ck_assert_fails(seg_image_wrap(&image, memory, 15, 4, 4, SEG_U8, 4), SEG_ERROR_ARGUMENT,
                    "stride");
    ck_assert_fails(seg_image_wrap(&image, memory, -15, 4, 4, SEG_U8, 4), SEG_ERROR_ARGUMENT,
                    "stride");
    ck_assert_fails(seg_image_wrap(&image, memory + 1, 16, 4, 4, SEG_U16, 1), SEG_ERROR_ARGUMENT,
                    "aligned");
    ck_assert_fails(seg_image_wrap(&image, memory, 17, 4, 4, SEG_U16, 1), SEG_ERROR_ARGUMENT,
                    "aligned");
    ck_assert_fails(seg_image_wrap(&image, memory, 16, 4, 4, (seg_format)0, 4), SEG_ERROR_ARGUMENT,
                    "format");
    ck_assert_fails(seg_image_wrap(&image, memory, 16, 4, 4, SEG_U8, -1), SEG_ERROR_ARGUMENT,
                    "channels");
    ck_assert_fails(seg_image_wrap(&image, memory, 16, -4, 4, SEG_U8, 1), SEG_ERROR_ARGUMENT,
                    "-4 x 4");
    /* absurd values of every kind: refused, never an overflow */
    const ptrdiff_t strides[] = {PTRDIFF_MAX,     PTRDIFF_MAX - 3, PTRDIFF_MIN,
                                 PTRDIFF_MIN + 4, PTRDIFF_MAX / 2, PTRDIFF_MIN / 2};
    for (size_t i = 0; i < sizeof strides / sizeof *strides; i++)
        ck_assert_int_eq(seg_image_wrap(&image, memory, strides[i] / 4 * 4, 4, 4, SEG_F32, 1),
                         SEG_ERROR_ARGUMENT);
    ck_assert_fails(
        seg_image_wrap(&image, memory, (ptrdiff_t)INT32_MAX * 16, INT32_MAX, INT32_MAX, SEG_F32, 4),
        SEG_ERROR_ARGUMENT, "does not fit");
    ck_assert_fails(seg_image_wrap(&image, (void *)(UINTPTR_MAX - 31), 16, 4, 4, SEG_U8, 1),
                    SEG_ERROR_ARGUMENT, "does not fit");
    ck_assert_fails(seg_image_wrap(&image, (void *)(uintptr_t)32, -16, 4, 4, SEG_U8, 1),
                    SEG_ERROR_ARGUMENT, "does not fit");
    /* one row may have any stride that holds it */
    ck_assert_ok(seg_image_wrap(&image, memory, PTRDIFF_MAX, 4, 1, SEG_U8, 1));
}
END_TEST

static void count_release(void *user) {
    ++*(int *)user;
}

START_TEST(adopted_memory) {
    int64_t live = seg_memory_live();
    char memory[16];
    int released = 0;
    seg_image image = {0};
    ck_assert_ok(
        seg_image_adopt(&image, memory, 4, 4, 4, SEG_U8, 1, count_release, &released, NULL));
    seg_image second = seg_image_ref(&image);
    seg_image view = {0};
    ck_assert_ok(seg_image_view(&view, &image, (seg_rect){1, 1, 2, 2}));
    seg_image_unref(&image);
    seg_image_unref(&second);
    ck_assert_int_eq(released, 0);
    seg_image_unref(&view);
    ck_assert_int_eq(released, 1);
    /* on error nothing is taken over */
    ck_assert_int_eq(
        seg_image_adopt(&image, memory, 3, 4, 4, SEG_U8, 1, count_release, &released, NULL),
        SEG_ERROR_ARGUMENT);
    seg_memory_fail_at(1);
    ck_assert_fails(
        seg_image_adopt(&image, memory, 4, 4, 4, SEG_U8, 1, count_release, &released, NULL),
        SEG_ERROR_MEMORY, "owner");
    seg_memory_fail_at(0);
    ck_assert_fails(
        seg_image_adopt(NULL, memory, 4, 4, 4, SEG_U8, 1, count_release, &released, NULL),
        SEG_ERROR_ARGUMENT, "NULL");
    ck_assert_int_eq(released, 1);
    ck_assert(seg_image_empty(&image));
    /* memory that needs no release */
    ck_assert_ok(seg_image_adopt(&image, memory, 4, 4, 4, SEG_U8, 1, NULL, NULL, NULL));
    seg_image_unref(&image);
    ck_assert_int_eq(seg_memory_live(), live);
}
END_TEST

START_TEST(views) {
    int64_t live = seg_memory_live();
    seg_image image = {0}, view = {0};
    ck_assert_ok(seg_image_alloc(&image, 5, 4, SEG_U16, 3, NULL));
    image.bits = 10;
    for (int32_t y = 0; y < 4; y++)
        for (int32_t x = 0; x < 15; x++)
            ((uint16_t *)seg_image_row(&image, y))[x] = (uint16_t)(100 * y + x);
    for (int flip = 0; flip < 2; flip++) {
        seg_image source = image;
        if (flip) {
            source.data = seg_image_row(&image, 3);
            source.stride = -image.stride;
        }
        for (int32_t y = 0; y < 4; y++)
            for (int32_t x = 0; x < 5; x++) {
                ck_assert_ok(seg_image_view(&view, &source, (seg_rect){x, y, 5 - x, 4 - y}));
                ck_assert_int_eq(view.bits, 10);
                ck_assert_uint_eq(*(uint16_t *)view.data, 100 * (flip ? 3 - y : y) + 3 * x);
                seg_image inner = {0};
                ck_assert_ok(seg_image_view(&inner, &view, (seg_rect){4 - x, 3 - y, 1, 1}));
                ck_assert_uint_eq(*(uint16_t *)inner.data, 100 * (flip ? 0 : 3) + 12);
                seg_image_unref(&inner);
            }
    }
    const seg_rect bad[] = {{0, 0, 0, 1},         {0, 0, 1, 0},
                            {-1, 0, 1, 1},        {0, -1, 1, 1},
                            {0, 0, 6, 1},         {0, 0, 1, 5},
                            {5, 0, 1, 1},         {0, 4, 1, 1},
                            {INT32_MAX, 0, 1, 1}, {1, 1, INT32_MAX, INT32_MAX},
                            {0, 0, -1, -1},       {INT32_MIN, INT32_MIN, 1, 1}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_fails(seg_image_view(&view, &image, bad[i]), SEG_ERROR_ARGUMENT, "window");
    seg_image empty = {0};
    ck_assert_fails(seg_image_view(&view, &empty, (seg_rect){0, 0, 1, 1}), SEG_ERROR_ARGUMENT,
                    "empty");
    ck_assert_fails(seg_image_view(NULL, &image, (seg_rect){0, 0, 1, 1}), SEG_ERROR_ARGUMENT,
                    "view");
    /* the view keeps the storage, also when it replaces the image */
    seg_image_unref(&view);
    ck_assert_ok(seg_image_view(&image, &image, (seg_rect){1, 2, 2, 2}));
    ck_assert_uint_eq(*(uint16_t *)image.data, 203);
    seg_image_unref(&image);
    ck_assert_int_eq(seg_memory_live(), live);
}
END_TEST

typedef struct reference_work {
    const seg_image *image;
} reference_work;

static void *reference_in_thread(void *argument) {
    const reference_work *work = argument;
    seg_image held[64];
    for (int round = 0; round < 16; round++) {
        for (int i = 0; i < 64; i++)
            held[i] = seg_image_ref(work->image);
        for (int i = 0; i < 64; i++)
            seg_image_unref(&held[i]);
    }
    return NULL;
}

START_TEST(references_from_threads) {
    int64_t live = seg_memory_live();
    int released = 0;
    char memory[4];
    seg_image image = {0};
    ck_assert_ok(
        seg_image_adopt(&image, memory, 2, 2, 2, SEG_U8, 1, count_release, &released, NULL));
    reference_work work = {&image};
    pthread_t threads[16]; /* 16 x 64 = 1024 references at a time */
    for (int i = 0; i < 16; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, reference_in_thread, &work), 0);
    for (int i = 0; i < 16; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(released, 0);
    seg_image_unref(&image);
    ck_assert_int_eq(released, 1);
    ck_assert_int_eq(seg_memory_live(), live);
    seg_image none = seg_image_ref(NULL);
    ck_assert(seg_image_empty(&none));
}
END_TEST

static void *write_and_unreference(void *argument) {
    seg_image *image = argument;
    memset(image->data, 7, 64);
    seg_image_unref(image);
    return NULL;
}

START_TEST(the_last_reference_may_go_in_any_thread) {
    int64_t live = seg_memory_live();
    for (int round = 0; round < 50; round++) {
        seg_image image = {0};
        ck_assert_ok(seg_image_alloc(&image, 256, 1, SEG_U8, 1, NULL));
        seg_image parts[4];
        pthread_t threads[4];
        for (int i = 0; i < 4; i++) {
            parts[i] = (seg_image){0};
            ck_assert_ok(seg_image_view(&parts[i], &image, (seg_rect){64 * i, 0, 64, 1}));
        }
        seg_image_unref(&image);
        for (int i = 0; i < 4; i++)
            ck_assert_int_eq(pthread_create(&threads[i], NULL, write_and_unreference, &parts[i]),
                             0);
        for (int i = 0; i < 4; i++)
            pthread_join(threads[i], NULL);
    }
    ck_assert_int_eq(seg_memory_live(), live);
}
END_TEST

START_TEST(ensuring_outputs) {
    seg_image image = {0};
    ck_assert_ok(seg_image_ensure(&image, 7, 5, SEG_U16, 2, NULL));
    void *data = image.data;
    image.bits = 9;
    image.colour = SEG_COLOUR_DATA;
    ck_assert_ok(seg_image_ensure(&image, 7, 5, SEG_U16, 2, NULL));
    ck_assert_ptr_eq(image.data, data);
    ck_assert_int_eq(image.bits, 16); /* nothing of its past shows */
    ck_assert_int_eq(image.colour, SEG_COLOUR_GREY);
    ck_assert_fails(seg_image_ensure(&image, 8, 5, SEG_U16, 2, NULL), SEG_ERROR_SHAPE,
                    "7 x 5 with format 2 and 2 channels (needed: 8 x 5");
    ck_assert_fails(seg_image_ensure(&image, 7, 6, SEG_U16, 2, NULL), SEG_ERROR_SHAPE, "7 x 6");
    ck_assert_fails(seg_image_ensure(&image, 7, 5, SEG_U8, 2, NULL), SEG_ERROR_SHAPE, "format 1");
    ck_assert_fails(seg_image_ensure(&image, 7, 5, SEG_U16, 1, NULL), SEG_ERROR_SHAPE, "1 channel");
    ck_assert_fails(seg_image_ensure(NULL, 7, 5, SEG_U16, 1, NULL), SEG_ERROR_ARGUMENT, "NULL");
    image.stride = 3; /* a broken header of the right size */
    ck_assert_fails(seg_image_ensure(&image, 7, 5, SEG_U16, 2, NULL), SEG_ERROR_ARGUMENT, "stride");
    seg_image_unref(&image);
    ck_assert_int_eq(seg_image_ensure(&image, 0, 5, SEG_U16, 2, NULL), SEG_ERROR_ARGUMENT);
}
END_TEST

START_TEST(copies) {
    int64_t live = seg_memory_live();
    seg_image source = {0}, copy = {0};
    ck_assert_ok(seg_image_alloc(&source, 6, 4, SEG_U16, 1, NULL));
    source.bits = 12;
    source.colour = SEG_COLOUR_LUMA;
    for (int32_t y = 0; y < 4; y++)
        for (int32_t x = 0; x < 6; x++)
            ((uint16_t *)seg_image_row(&source, y))[x] = (uint16_t)(10 * y + x);
    seg_image flipped = source;
    flipped.data = seg_image_row(&source, 3);
    flipped.stride = -source.stride;
    flipped.owner = NULL;
    ck_assert_ok(seg_image_copy(&copy, &flipped, NULL));
    ck_assert_int_eq(copy.bits, 12);
    ck_assert_int_eq(copy.colour, SEG_COLOUR_LUMA);
    for (int32_t y = 0; y < 4; y++)
        for (int32_t x = 0; x < 6; x++)
            ck_assert_uint_eq(((uint16_t *)seg_image_row(&copy, y))[x], 10 * (3 - y) + x);

    /* into a window: nothing around it is touched */
    uint16_t memory[8 * 6];
    memset(memory, 0xee, sizeof memory);
    seg_image frame = {0}, window = {0};
    ck_assert_ok(seg_image_wrap(&frame, memory, 16, 8, 6, SEG_U16, 1));
    ck_assert_ok(seg_image_view(&window, &frame, (seg_rect){1, 1, 6, 4}));
    ck_assert_ok(seg_image_copy(&window, &source, NULL));
    for (int32_t y = 0; y < 6; y++)
        for (int32_t x = 0; x < 8; x++) {
            bool inside = x >= 1 && x < 7 && y >= 1 && y < 5;
            ck_assert_uint_eq(memory[8 * y + x], inside ? 10 * (y - 1) + (x - 1) : 0xeeee);
        }
    ck_assert_ok(seg_image_copy(&source, &source, NULL));
    seg_image same = source;
    ck_assert_ok(seg_image_copy(&same, &source, NULL));
    seg_image other = {0}, empty = {0};
    ck_assert_ok(seg_image_alloc(&other, 5, 4, SEG_U16, 1, NULL));
    ck_assert_int_eq(seg_image_copy(&other, &source, NULL), SEG_ERROR_SHAPE);
    ck_assert_fails(seg_image_copy(&other, &empty, NULL), SEG_ERROR_ARGUMENT, "source is empty");
    seg_image_unref(&other);
    seg_image_unref(&copy);
    seg_image_unref(&source);
    ck_assert_int_eq(seg_memory_live(), live);
}
END_TEST

START_TEST(allocation_failures_leak_nothing) {
    int64_t live = seg_memory_live();
    seg_image source = {0};
    ck_assert_ok(seg_image_alloc(&source, 6, 4, SEG_U8, 1, NULL));
    for (int64_t n = 1; n <= 2; n++) {
        seg_image image = {0};
        seg_memory_fail_at(n);
        ck_assert_int_eq(seg_image_alloc(&image, 4, 4, SEG_F32, 3, NULL),
                         n == 1 ? SEG_ERROR_MEMORY : SEG_OK);
        seg_image_unref(&image);
        seg_memory_fail_at(n);
        ck_assert_int_eq(seg_image_ensure(&image, 4, 4, SEG_F32, 3, NULL),
                         n == 1 ? SEG_ERROR_MEMORY : SEG_OK);
        seg_image_unref(&image);
        seg_memory_fail_at(n);
        ck_assert_int_eq(seg_image_copy(&image, &source, NULL), n == 1 ? SEG_ERROR_MEMORY : SEG_OK);
        seg_image_unref(&image);
    }
    seg_memory_fail_at(0);
    seg_image_unref(&source);
    ck_assert_int_eq(seg_memory_live(), live);
}
END_TEST

typedef struct arena {
    int live;
} arena;

static void *arena_allocate(void *user, size_t size, size_t alignment) {
    ((arena *)user)->live++;
    return aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

static void arena_release(void *user, void *pointer) {
    ((arena *)user)->live--;
    free(pointer);
}

START_TEST(the_allocator_struct_may_go_before_the_image) {
    arena memory = {0};
    seg_image image = {0};
    {
        seg_allocator allocator = {&memory, arena_allocate, arena_release};
        seg_env env = {.allocator = &allocator};
        ck_assert_ok(seg_image_alloc(&image, 10, 10, SEG_U8, 1, &env));
        memset(&allocator, 0, sizeof allocator);
    }
    ck_assert_int_eq(memory.live, 1);
    seg_image_unref(&image);
    ck_assert_int_eq(memory.live, 0);
}
END_TEST

START_TEST(frames) {
    int64_t live = seg_memory_live();
    seg_frame frame = {.index = 3, .pts = 90, .time_base = {1, 30}, .flags = SEG_FRAME_DAMAGED};
    seg_image *const images[] = {&frame.image, &frame.luma, &frame.ignore, &frame.known_foreground,
                                 &frame.markers};
    for (int i = 0; i < 5; i++)
        ck_assert_ok(seg_image_alloc(images[i], 4, 4, i == 4 ? SEG_LABEL32 : SEG_U8, 1, NULL));
    ck_assert_double_eq(seg_frame_seconds(&frame), 3.0);
    seg_frame second = seg_frame_ref(&frame);
    seg_frame_unref(&frame);
    ck_assert(seg_image_empty(&frame.image));
    ck_assert_int_eq(second.index, 3);
    ck_assert_uint_eq(second.flags, SEG_FRAME_DAMAGED);
    ck_assert_int_eq(((uint8_t *)second.markers.data)[0], 0);
    seg_frame_unref(&second);
    seg_frame_unref(NULL);
    ck_assert_int_eq(seg_memory_live(), live);

    seg_frame timeless = {.pts = SEG_NO_PTS, .time_base = {1, 30}};
    ck_assert_double_lt(seg_frame_seconds(&timeless), 0);
    timeless = (seg_frame){.pts = 4};
    ck_assert_double_lt(seg_frame_seconds(&timeless), 0);
    timeless = (seg_frame){.pts = 1001, .time_base = {1001, 30000}};
    ck_assert_double_eq_tol(seg_frame_seconds(&timeless), 1001.0 * 1001 / 30000, 1e-12);
}
END_TEST

START_TEST(results) {
    int64_t live = seg_memory_live();
    arena memory = {0};
    const seg_allocator allocator = {&memory, arena_allocate, arena_release};
    const seg_env env = {.allocator = &allocator};
    seg_result result;
    seg_result_init(&result, &env);
    ck_assert_int_eq(result.pts, SEG_NO_PTS);
    ck_assert_ptr_eq(result.allocator, &allocator);
    void *objects = NULL;
    ck_assert_ok(seg_grow(&objects, &result.object_capacity, 0, 3, sizeof(seg_object), &allocator));
    result.objects = objects;
    ck_assert_ok(seg_image_alloc(&result.mask, 4, 4, SEG_U8, 1, &env));
    ck_assert_ok(seg_image_alloc(&result.labels, 4, 4, SEG_LABEL32, 1, &env));
    ck_assert_ok(seg_image_alloc(&result.score, 4, 4, SEG_F32, 1, &env));
    ck_assert_ok(seg_image_alloc(&result.background, 4, 4, SEG_U8, 3, &env));
    ck_assert_ok(seg_image_alloc(&result.picture, 4, 4, SEG_U8, 3, &env));
    ck_assert_ok(seg_image_alloc(&result.flow, 4, 4, SEG_F32, 2, &env));

    seg_result_decide(&result, "level", 117, "8-bit");
    seg_result_decide(&result, "share", 0.25, NULL);
    seg_result_decide(&result, "level", 118, "raw");
    ck_assert_int_eq(result.decision_count, 2);
    ck_assert_double_eq(seg_result_decision(&result, "level")->value, 118);
    ck_assert_str_eq(seg_result_decision(&result, "level")->unit, "raw");
    ck_assert_str_eq(seg_result_decision(&result, "share")->unit, "");
    ck_assert_ptr_null(seg_result_decision(&result, "lev"));
    static char names[SEG_MAX_DECISIONS + 2][8];
    for (int i = 0; i < SEG_MAX_DECISIONS + 2; i++) {
        names[i][0] = (char)('A' + i % 26);
        names[i][1] = (char)('a' + i / 26);
        if (i == SEG_MAX_DECISIONS - 2) ck_assert_uint_eq(result.flags, 0);
        seg_result_decide(&result, names[i], i, "");
    }
    ck_assert_int_eq(result.decision_count, SEG_MAX_DECISIONS);
    ck_assert_uint_eq(result.flags, SEG_RESULT_DECISIONS_LOST);
    seg_result_decide(&result, "share", 0.5, ""); /* known ones can still change */
    ck_assert_double_eq(seg_result_decision(&result, "share")->value, 0.5);

    seg_result_free(&result);
    ck_assert_int_eq(memory.live, 0);
    ck_assert_int_eq(result.decision_count, 0);
    ck_assert_ptr_eq(result.allocator, &allocator);
    seg_result_free(&result);
    seg_result_free(NULL);
    seg_result_init(&result, NULL);
    ck_assert_ptr_null(result.allocator);
    ck_assert_int_eq(seg_memory_live(), live);
}
END_TEST

CORE_MAIN("core_image", own_pictures, bad_sizes, what_an_image_held_is_released, wrapped_memory,
          adopted_memory, views, references_from_threads, the_last_reference_may_go_in_any_thread,
          ensuring_outputs, copies, allocation_failures_leak_nothing,
          the_allocator_struct_may_go_before_the_image, frames, results)
