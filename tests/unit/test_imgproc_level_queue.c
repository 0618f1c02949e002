/* The queue ordered by level, against a list that is searched, and the room that it touches. */
#include "core/memory.h"
#include "core/random.h"
#include "core_main.h"
#include "imgproc/level_queue.h"

#define MOST 700
#define STEPS 6000

typedef struct entry {
    uint32_t level, item;
} entry;

/* The oldest of the lowest level leaves the list. */
static entry take(entry *list, int *count) {
    int next = 0;
    for (int i = 1; i < *count; i++)
        if (list[i].level < list[next].level) next = i;
    const entry first = list[next];
    memmove(list + next, list + next + 1, sizeof *list * (size_t)(--*count - next));
    return first;
}

static uint32_t number(const seg_random *stream, uint64_t index, uint32_t below) {
    uint32_t words[4];
    seg_random_words(words, stream, index);
    return words[0] % below;
}

/* Adds and takes at random, about as many of each once it is half full; then all of it. */
static void compare(uint32_t levels, uint32_t used, uint64_t seed) {
    const seg_random stream = seg_random_stream(seed, levels, used);
    static seg_level_queue queue;
    static entry list[MOST];
    seg_scratch scratch;
    int count = 0;
    seg_scratch_init(&scratch, NULL);
    ck_assert_ok(seg_level_queue_init(&queue, levels, MOST, &scratch));
    for (uint32_t step = 0; step < STEPS || count; step++) {
        const bool add = step < STEPS && number(&stream, 2 * step, MOST) >= (uint32_t)count;
        if (add) {
            const uint32_t level = number(&stream, 2 * step + 1, used) * (levels / used);
            list[count++] = (entry){level, step};
            seg_level_queue_add(&queue, level, step);
        } else if (count) {
            const entry first = take(list, &count);
            ck_assert_uint_eq(seg_level_queue_lowest(&queue), first.level);
            ck_assert_uint_le(seg_level_queue_soon(&queue, first.level), step);
            ck_assert_uint_eq(seg_level_queue_take(&queue, first.level), first.item);
        }
    }
    ck_assert_uint_eq(seg_level_queue_lowest(&queue), SEG_QUEUE_LEVELS);
    seg_scratch_free(&scratch);
}

START_TEST(order) {
    for (uint64_t seed = 0; seed < 4; seed++) {
        compare(1, 1, seed);
        compare(256, 1, seed);
        compare(256, 5, seed);
        compare(256, 256, seed);
        compare(SEG_QUEUE_LEVELS, 7, seed);
        compare(SEG_QUEUE_LEVELS, 5000, seed);
    }
}
END_TEST

START_TEST(emptied_chunks_serve_again) {
    static seg_level_queue queue;
    seg_scratch scratch;
    seg_scratch_init(&scratch, NULL);
    ck_assert_ok(seg_level_queue_init(&queue, 256, 10, &scratch));
    for (uint32_t i = 0; i < 10; i++)
        seg_level_queue_add(&queue, i, i);
    for (uint32_t i = 10; i < 100000; i++) {
        ck_assert_uint_eq(seg_level_queue_take(&queue, i % 10), i - 10);
        seg_level_queue_add(&queue, i % 10, i);
    }
    ck_assert_uint_le(queue.unused, 1 + 2 * 10);
    seg_scratch_free(&scratch);
}
END_TEST

/* Keeps in mind how much the first calls asked for. */
typedef struct sizes {
    size_t of[16];
    int count;
} sizes;

static void *allocate(void *user, size_t size, size_t alignment) {
    sizes *asked = user;
    if (asked->count < 16) asked->of[asked->count++] = size;
    return aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

static void release(void *user, void *memory) {
    (void)user;
    free(memory);
}

/* The most room that so few items can take: at each level an item at the end of a chunk, and one at
 * the beginning of the next. */
START_TEST(chunks_filled_in_part) {
    enum { LEVELS = 4096 };
    static seg_level_queue queue;
    sizes asked = {{0}, 0};
    const seg_allocator allocator = {&asked, allocate, release};
    const seg_env env = {.allocator = &allocator};
    size_t room = 0;
    seg_scratch scratch;
    seg_scratch_init(&scratch, &env);
    ck_assert_ok(seg_level_queue_init(&queue, LEVELS, 2 * LEVELS + 20, &scratch));
    for (int i = 0; i < asked.count; i++) /* the places are the largest of all */
        room = asked.of[i] > room ? asked.of[i] : room;
    for (uint32_t level = 0; level < LEVELS; level++) {
        for (uint32_t i = 0; i <= queue.mask; i++)
            seg_level_queue_add(&queue, level, i);
        for (uint32_t i = 0; i + 1 < queue.mask; i++)
            ck_assert_uint_eq(seg_level_queue_take(&queue, level), i);
    }
    ck_assert_uint_ge(queue.unused, 2 * LEVELS);
    ck_assert_uint_ge(room / sizeof *queue.items,
                      ((size_t)queue.unused << queue.bits) + SEG_QUEUE_AHEAD + 1);
    seg_scratch_free(&scratch);
}
END_TEST

START_TEST(too_many) {
    static seg_level_queue queue;
    seg_scratch scratch;
    seg_scratch_init(&scratch, NULL);
    ck_assert_fails(seg_level_queue_init(&queue, 256, UINT32_MAX, &scratch), SEG_ERROR_LIMIT,
                    "a queue of");
    seg_scratch_free(&scratch);
}
END_TEST

CORE_MAIN("level queue", order, emptied_chunks_serve_again, chunks_filled_in_part, too_many)
