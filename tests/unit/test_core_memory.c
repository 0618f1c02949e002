/* Allocation, failure injection, growing lists, scratch. */
#include "core_main.h"

#include "core/memory.h"

#include <stdint.h>

/* A host's allocator that counts and fills what it gives. */
typedef struct counter {
    int64_t live, calls;
    size_t largest_alignment;
    bool refuse;
} counter;

static void *count_allocate(void *user, size_t size, size_t alignment) {
    counter *counts = user;
    counts->calls++;
    if (alignment > counts->largest_alignment) counts->largest_alignment = alignment;
    if (counts->refuse) return NULL;
    size_t rounded = (size + alignment - 1) / alignment * alignment;
    void *block = aligned_alloc(alignment, rounded);
    if (block) {
        memset(block, 0xa5, size);
        counts->live++;
    }
    return block;
}

static void count_release(void *user, void *pointer) {
    ck_assert_ptr_nonnull(pointer);
    ((counter *)user)->live--;
    free(pointer);
}

START_TEST(blocks_are_aligned_and_zeroed) {
    int64_t before = seg_memory_live();
    for (size_t size = 0; size < 3000; size += 37) {
        unsigned char *block = seg_allocate(NULL, size, 1, "a block");
        unsigned char *zeroed = seg_allocate_zeroed(NULL, 1, size, "a block");
        ck_assert_ptr_nonnull(block);
        ck_assert_ptr_nonnull(zeroed);
        ck_assert_uint_eq((uintptr_t)block % SEG_ALIGNMENT, 0);
        ck_assert_uint_eq((uintptr_t)zeroed % SEG_ALIGNMENT, 0);
        for (size_t i = 0; i < size; i++)
            ck_assert_uint_eq(zeroed[i], 0);
        memset(block, 0x5a, size);
        memset(zeroed, 0x5a, size);
        ck_assert_int_eq(seg_memory_live(), before + 2);
        seg_release(NULL, block);
        seg_release_with(NULL, zeroed);
    }
    seg_release(NULL, NULL);
    seg_release_with(NULL, NULL);
    ck_assert_int_eq(seg_memory_live(), before);
}
END_TEST

START_TEST(absurd_sizes_are_refused) {
    ck_assert_ptr_null(seg_allocate(NULL, SIZE_MAX, 2, "the rows"));
    ck_assert_ptr_nonnull(strstr(seg_error_detail(), "the rows"));
    ck_assert_ptr_null(seg_allocate(NULL, SIZE_MAX / 8 + 2, 8, "the rows"));
    ck_assert_ptr_null(seg_allocate_zeroed(NULL, SIZE_MAX, 1, "the rows"));
    ck_assert_ptr_null(seg_allocate(NULL, 1, SIZE_MAX, "the rows"));
    ck_assert_ptr_null(seg_allocate(NULL, (size_t)PTRDIFF_MAX + 1, 1, "the rows"));
    size_t product;
    ck_assert(seg_size_multiply(&product, SIZE_MAX, 1));
    ck_assert_uint_eq(product, SIZE_MAX);
    ck_assert(seg_size_multiply(&product, SIZE_MAX, 0));
    ck_assert_uint_eq(product, 0);
    ck_assert(!seg_size_multiply(&product, SIZE_MAX / 2 + 1, 2));
}
END_TEST

START_TEST(the_hosts_allocator_is_used) {
    counter counts = {0};
    const seg_allocator allocator = {&counts, count_allocate, count_release};
    const seg_env env = {.allocator = &allocator};
    unsigned char *block = seg_allocate(&env, 10, 10, "a block");
    ck_assert_int_eq(block[99], 0xa5);
    unsigned char *zeroed = seg_allocate_zeroed(&env, 10, 10, "a block");
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(zeroed[i], 0);
    ck_assert_int_eq(counts.live, 2);
    ck_assert_uint_eq(counts.largest_alignment, SEG_ALIGNMENT);
    seg_release(&env, block);
    seg_release_with(&allocator, zeroed);
    ck_assert_int_eq(counts.live, 0);
    int64_t live = seg_memory_live();
    counts.refuse = true;
    ck_assert_ptr_null(seg_allocate_zeroed(&env, 123, 1, "a thing"));
    ck_assert_ptr_nonnull(strstr(seg_error_detail(), "a thing (123 bytes)"));
    ck_assert_int_eq(seg_memory_live(), live);
    /* an overflow never reaches the host */
    int64_t calls = counts.calls;
    ck_assert_ptr_null(seg_allocate(&env, SIZE_MAX, 3, "a thing"));
    ck_assert_int_eq(counts.calls, calls);
}
END_TEST

START_TEST(the_nth_allocation_fails) {
    for (int64_t n = 1; n <= 5; n++) {
        seg_memory_fail_at(n);
        for (int64_t i = 1; i <= 8; i++) {
            void *block = seg_allocate(NULL, 8, 1, "a block");
            ck_assert_int_eq(block == NULL, i == n);
            seg_release(NULL, block);
        }
    }
    seg_memory_fail_at(1);
    seg_memory_fail_at(0);
    void *block = seg_allocate(NULL, 8, 1, "a block");
    ck_assert_ptr_nonnull(block);
    seg_release(NULL, block);
}
END_TEST

START_TEST(lists_grow) {
    void *items = NULL;
    int32_t capacity = 0, allocations = 0;
    for (int32_t used = 0; used < 100000; used++) {
        void *before = items;
        ck_assert_ok(seg_grow(&items, &capacity, used, used + 1, sizeof(int32_t), NULL));
        allocations += items != before;
        ck_assert_int_gt(capacity, used);
        ((int32_t *)items)[used] = used;
    }
    for (int32_t i = 0; i < 100000; i++)
        ck_assert_int_eq(((int32_t *)items)[i], i);
    ck_assert_int_lt(allocations, 40); /* amortised */

    /* a failure leaves all as it was */
    int32_t old_capacity = capacity;
    void *old = items;
    seg_memory_fail_at(1);
    ck_assert_int_eq(seg_grow(&items, &capacity, 100000, capacity + 1, sizeof(int32_t), NULL),
                     SEG_ERROR_MEMORY);
    seg_memory_fail_at(0);
    ck_assert_ptr_eq(items, old);
    ck_assert_int_eq(capacity, old_capacity);
    ck_assert_int_eq(((int32_t *)items)[99999], 99999);
    ck_assert_fails(seg_grow(&items, &capacity, 100000, INT32_MAX, SIZE_MAX / 4, NULL),
                    SEG_ERROR_MEMORY, "do not fit");
    ck_assert_ptr_eq(items, old);
    seg_release(NULL, items);
}
END_TEST

START_TEST(scratch_is_reused) {
    counter counts = {0};
    const seg_allocator allocator = {&counts, count_allocate, count_release};
    const seg_env env = {.allocator = &allocator};
    seg_scratch scratch;
    seg_scratch_init(&scratch, &env);
    void *first[20];
    int64_t calls = 0;
    for (int frame = 0; frame < 5; frame++) {
        seg_scratch_rewind(&scratch);
        for (size_t i = 0; i < 20; i++) {
            char *block = seg_scratch_take(&scratch, 100 + 10 * i, 4, "a row");
            ck_assert_ptr_nonnull(block);
            ck_assert_uint_eq((uintptr_t)block % SEG_ALIGNMENT, 0);
            memset(block, frame, 400 + 40 * i);
            if (frame == 0) first[i] = block;
            ck_assert_ptr_eq(block, first[i]);
        }
        if (frame == 0) calls = counts.calls;
        ck_assert_int_eq(counts.calls, calls); /* nothing after the first frame */
    }
    /* a block that grows a little each frame is not allocated each frame */
    calls = counts.calls;
    for (size_t size = 32000; size < 64000; size += 64) {
        seg_scratch_rewind(&scratch);
        ck_assert_ptr_nonnull(seg_scratch_take(&scratch, size, 1, "a row"));
    }
    ck_assert_int_le(counts.calls - calls, 3);
    seg_scratch_free(&scratch);
    ck_assert_int_eq(counts.live, 0);
    seg_scratch_free(&scratch);
}
END_TEST

START_TEST(scratch_survives_failures) {
    seg_scratch scratch;
    int64_t live = seg_memory_live();
    for (int64_t n = 1; n <= 12; n++) {
        seg_scratch_init(&scratch, NULL);
        seg_memory_fail_at(n);
        int failures = 0;
        for (int frame = 0; frame < 2; frame++) {
            seg_scratch_rewind(&scratch);
            for (size_t i = 0; i < 5; i++) {
                char *block = seg_scratch_take(&scratch, 20000 * (size_t)(frame + 1), 1, "a row");
                if (!block) {
                    failures++;
                    break;
                }
                memset(block, 1, 20000 * (size_t)(frame + 1));
            }
        }
        seg_memory_fail_at(0);
        /* 1 list + 5 blocks, then 5 larger blocks */
        ck_assert_int_eq(failures, n <= 11);
        /* and it works afterwards */
        seg_scratch_rewind(&scratch);
        ck_assert_ptr_nonnull(seg_scratch_take(&scratch, 7, 1, "a row"));
        ck_assert_ptr_null(seg_scratch_take(&scratch, SIZE_MAX, 2, "a row"));
        ck_assert_ptr_nonnull(strstr(seg_error_detail(), "a row"));
        seg_scratch_free(&scratch);
        ck_assert_int_eq(seg_memory_live(), live);
    }
}
END_TEST

CORE_MAIN("core_memory", blocks_are_aligned_and_zeroed, absurd_sizes_are_refused,
          the_hosts_allocator_is_used, the_nth_allocation_fails, lists_grow, scratch_is_reused,
          scratch_survives_failures)
