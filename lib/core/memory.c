/* Allocation: the hook, alignment, checked sizes, failure injection for tests. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* madvise */
#endif

#include "core/memory.h"

#include "core/check.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#define LARGE_PAGE ((size_t)1 << 21)

struct seg_scratch_block {
    void *memory;
    size_t size;
};

static atomic_int_fast64_t fail_countdown; /* 0 = off */
static atomic_int_fast64_t live_count;

int64_t seg_memory_fail_at(int64_t n) {
    return atomic_exchange(&fail_countdown, n);
}

int64_t seg_memory_live(void) {
    return atomic_load(&live_count);
}

/* True if this allocation is the one that a test wants to fail. */
static bool fails_now(void) {
    if (atomic_load_explicit(&fail_countdown, memory_order_relaxed) <= 0) return false;
    return atomic_fetch_sub(&fail_countdown, 1) == 1;
}

/* Models are walked through in many arrays at once, in more pages of the usual size than a
 * processor remembers. Where the system has no large ones, nothing changes. */
static void prefer_large_pages(char *block, size_t size) {
#if defined(MADV_HUGEPAGE)
    const size_t before = (LARGE_PAGE - (uintptr_t)block % LARGE_PAGE) % LARGE_PAGE;
    if (size < before + LARGE_PAGE) return;
    (void)madvise(block + before, (size - before) / LARGE_PAGE * LARGE_PAGE, MADV_HUGEPAGE);
#else
    (void)block, (void)size;
#endif
}

/* malloc or calloc, moved up to the alignment; the word before the block is what free() wants.
 * aligned_alloc would do without that word, but calloc gets large zeroed blocks from the system
 * without touching them. */
static void *default_allocate(size_t size, bool zeroed) {
    size_t room = SEG_ALIGNMENT + sizeof(void *);
    if (size > SIZE_MAX - room) return NULL;
    char *raw = zeroed ? calloc(1, size + room) : malloc(size + room);
    if (!raw) return NULL;
    size_t offset = sizeof(void *) + SEG_ALIGNMENT - 1;
    offset -= ((uintptr_t)raw + offset) % SEG_ALIGNMENT;
    char *block = raw + offset;
    memcpy(block - sizeof raw, &raw, sizeof raw);
    if (size >= 4 * LARGE_PAGE) prefer_large_pages(block, size);
    return block;
}

static void default_release(void *block) {
    char *raw;
    memcpy(&raw, (char *)block - sizeof raw, sizeof raw);
    free(raw);
}

static void *allocate_with(const seg_allocator *allocator, size_t count, size_t item_size,
                           bool zeroed, const char *what) {
    size_t size;
    if (!seg_size_multiply(&size, count, item_size) || size > PTRDIFF_MAX) {
        seg_fail(SEG_ERROR_MEMORY, "%s: %zu items of %zu bytes do not fit into memory", what, count,
                 item_size);
        return NULL;
    }
    if (size == 0) size = 1;
    void *block = NULL;
    if (fails_now()) {
        block = NULL;
    } else if (!allocator) {
        block = default_allocate(size, zeroed);
    } else {
        block = allocator->allocate(allocator->user, size, SEG_ALIGNMENT);
        if (block && zeroed) memset(block, 0, size);
    }
    if (!block) {
        seg_fail(SEG_ERROR_MEMORY, "no memory for %s (%zu bytes)", what, size);
        return NULL;
    }
    atomic_fetch_add_explicit(&live_count, 1, memory_order_relaxed);
    return block;
}

void *seg_allocate(const seg_env *env, size_t count, size_t item_size, const char *what) {
    return allocate_with(env ? env->allocator : NULL, count, item_size, false, what);
}

void *seg_allocate_zeroed(const seg_env *env, size_t count, size_t item_size, const char *what) {
    return allocate_with(env ? env->allocator : NULL, count, item_size, true, what);
}

void seg_release(const seg_env *env, void *pointer) {
    seg_release_with(env ? env->allocator : NULL, pointer);
}

void seg_release_with(const seg_allocator *allocator, void *pointer) {
    if (!pointer) return;
    atomic_fetch_sub_explicit(&live_count, 1, memory_order_relaxed);
    if (allocator)
        allocator->release(allocator->user, pointer);
    else
        default_release(pointer);
}

seg_status seg_grow(void **array, int32_t *capacity, int32_t used, int32_t needed, size_t item_size,
                    const seg_allocator *allocator) {
    if (needed <= *capacity) return SEG_OK;
    int64_t wanted = (int64_t)*capacity + *capacity / 2;
    if (wanted < needed) wanted = needed;
    if (wanted < 8) wanted = 8;
    if (wanted > INT32_MAX) wanted = INT32_MAX;
    void *larger = allocate_with(allocator, (size_t)wanted, item_size, false, "a growing list");
    if (!larger) return SEG_ERROR_MEMORY;
    if (used > 0) memcpy(larger, *array, (size_t)used * item_size);
    seg_release_with(allocator, *array);
    *array = larger;
    *capacity = (int32_t)wanted;
    return SEG_OK;
}

void seg_scratch_init(seg_scratch *scratch, const seg_env *env) {
    *scratch = (seg_scratch){0};
    if (env) scratch->env = *env;
}

void seg_scratch_rewind(seg_scratch *scratch) {
    scratch->next = 0;
}

#define LEAST_BLOCK 16384 /* bytes */

void *seg_scratch_take(seg_scratch *scratch, size_t count, size_t item_size, const char *what) {
    size_t size;
    if (!seg_size_multiply(&size, count, item_size)) size = SIZE_MAX; /* allocation says so */
    if (scratch->next == scratch->count) {
        void *blocks = scratch->blocks;
        if (seg_grow(&blocks, &scratch->capacity, scratch->count, scratch->count + 1,
                     sizeof *scratch->blocks, scratch->env.allocator) < 0)
            return NULL;
        scratch->blocks = blocks;
        scratch->blocks[scratch->count++] = (struct seg_scratch_block){NULL, 0};
    }
    struct seg_scratch_block *block = &scratch->blocks[scratch->next];
    if (!block->memory || block->size < size) {
        /* A block that grows from frame to frame gets some air. */
        if (block->memory && size <= PTRDIFF_MAX / 2 && size < block->size + block->size / 2)
            size = block->size + block->size / 2;
        if (size < LEAST_BLOCK) size = LEAST_BLOCK; /* short lists change from frame to frame */
        seg_release(&scratch->env, block->memory);
        block->size = 0;
        block->memory = size == SIZE_MAX ? seg_allocate(&scratch->env, count, item_size, what)
                                         : seg_allocate(&scratch->env, size, 1, what);
        if (!block->memory) return NULL;
        block->size = size;
    }
    scratch->next++;
    return block->memory;
}

void seg_scratch_free(seg_scratch *scratch) {
    for (int32_t i = 0; i < scratch->count; i++)
        seg_release(&scratch->env, scratch->blocks[i].memory);
    seg_release(&scratch->env, scratch->blocks);
    scratch->blocks = NULL;
    scratch->count = scratch->capacity = scratch->next = 0;
}
