/* Checked sizes and the allocator hook. Every allocation of the library goes through here.
 * SEG_API marks what libsegment-media shares; none of it is in a public header. */
#ifndef SEG_CORE_MEMORY_H
#define SEG_CORE_MEMORY_H

#include <segment/env.h>
#include <stdbool.h>

#define SEG_ALIGNMENT 64

/** *product = a * b, false on overflow. */
static inline bool seg_size_multiply(size_t *product, size_t a, size_t b) {
    if (b && a > SIZE_MAX / b) return false;
    *product = a * b;
    return true;
}

/** count * item_size bytes, 64-byte aligned, not zeroed. NULL with the status set to
 *  SEG_ERROR_MEMORY (detail names `what`) if it overflows or fails. */
SEG_API void *seg_allocate(const seg_env *env, size_t count, size_t item_size, const char *what);

/** The same, zeroed. */
SEG_API void *seg_allocate_zeroed(const seg_env *env, size_t count, size_t item_size,
                                  const char *what);

/** Makes *array hold at least `needed` items (grows by half, keeps the first `used`); *capacity in
 *  items. On failure the array is unchanged. */
SEG_API SEG_NODISCARD seg_status seg_grow(void **array, int32_t *capacity, int32_t used,
                                          int32_t needed, size_t item_size,
                                          const seg_allocator *allocator);

/** Releases; NULL is allowed. */
SEG_API void seg_release(const seg_env *env, void *pointer);
SEG_API void seg_release_with(const seg_allocator *allocator, void *pointer);

/* Test hook: the n-th allocation from now fails (1 = the next one), 0 = off. Counts all threads.
 * Returns how many allocations the failure ordered before still was away; 0 = it came, or none was
 * ordered. */
int64_t seg_memory_fail_at(int64_t n);
/* Allocations not released yet. */
int64_t seg_memory_live(void);

/**
 * Working memory that a method keeps from frame to frame: take blocks in the same order each
 * frame, nothing is allocated while they fit. Zero-initialise; free with seg_scratch_free.
 */
typedef struct seg_scratch {
    struct seg_scratch_block *blocks;
    int32_t count, capacity, next;
    seg_env env;
} seg_scratch;

void seg_scratch_init(seg_scratch *scratch, const seg_env *env);
/** Starts a new frame: all blocks may be handed out again. */
void seg_scratch_rewind(seg_scratch *scratch);
/** count * item_size bytes, 64-byte aligned, content undefined; NULL as seg_allocate. */
void *seg_scratch_take(seg_scratch *scratch, size_t count, size_t item_size, const char *what);
void seg_scratch_free(seg_scratch *scratch);

/** What is taken between mark and return is handed out again behind it. */
static inline int32_t seg_scratch_mark(const seg_scratch *scratch) {
    return scratch->next;
}

static inline void seg_scratch_return(seg_scratch *scratch, int32_t mark) {
    scratch->next = mark;
}

#endif
