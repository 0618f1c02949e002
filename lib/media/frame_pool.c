#include "media/frame_pool.h"

#include "core/check.h"
#include "core/memory.h"
#include "media/limits.h"

#include <pthread.h>

/* Idle blocks that are kept: what a pipeline of decoder, method and writer holds at a time. */
enum { MAX_IDLE = 4 };

typedef struct block {
    seg_frame_pool *pool;
    struct block *next;
    size_t size;
} block;

struct seg_frame_pool {
    pthread_mutex_t mutex;
    int64_t holders; /* the owner and every block that is in use */
    block *idle;
    int32_t idle_count;
    size_t size; /* of the latest blocks */
    bool orphaned;
    seg_allocator allocator; /* a copy: pictures may outlive the env */
    seg_env env;
};

enum { HEADER = (sizeof(block) + SEG_ALIGNMENT - 1) / SEG_ALIGNMENT * SEG_ALIGNMENT };

static seg_frame_pool *make_pool(const seg_env *env) {
    seg_frame_pool *pool = seg_allocate_zeroed(env, 1, sizeof *pool, "a pool of frames");
    if (!pool) return NULL;
    if (pthread_mutex_init(&pool->mutex, NULL) != 0) {
        seg_release(env, pool);
        return NULL;
    }
    pool->holders = 1;
    if (env && env->allocator) {
        pool->allocator = *env->allocator;
        pool->env.allocator = &pool->allocator;
    }
    return pool;
}

static void free_idle(seg_frame_pool *pool) {
    while (pool->idle) {
        block *first = pool->idle;
        pool->idle = first->next;
        seg_release(&pool->env, first);
    }
    pool->idle_count = 0;
}

/* Unlocks, and frees the pool if nobody is left. */
static void let_go(seg_frame_pool *pool) {
    bool last = --pool->holders == 0;
    if (last) free_idle(pool);
    pthread_mutex_unlock(&pool->mutex);
    if (!last) return;
    pthread_mutex_destroy(&pool->mutex);
    seg_allocator allocator = pool->allocator;
    seg_release_with(pool->env.allocator ? &allocator : NULL, pool);
}

static void give_back(void *user) {
    block *own = user;
    seg_frame_pool *pool = own->pool;
    pthread_mutex_lock(&pool->mutex);
    if (!pool->orphaned && own->size == pool->size && pool->idle_count < MAX_IDLE) {
        own->next = pool->idle;
        pool->idle = own;
        pool->idle_count++;
    } else {
        seg_release(&pool->env, own);
    }
    let_go(pool);
}

static block *take_block(seg_frame_pool *pool, size_t size) {
    pthread_mutex_lock(&pool->mutex);
    if (pool->size != size) {
        free_idle(pool);
        pool->size = size;
    }
    block *own = pool->idle;
    if (own) {
        pool->idle = own->next;
        pool->idle_count--;
    } else {
        own = seg_allocate(&pool->env, 1, size, "a frame");
    }
    if (own) {
        own->pool = pool;
        own->size = size;
        pool->holders++;
    }
    pthread_mutex_unlock(&pool->mutex);
    return own;
}

seg_status seg_frame_pool_take(seg_frame_pool **pool, seg_image *image, int32_t width,
                               int32_t height, seg_format format, int channels,
                               const seg_env *env) {
    seg_image_unref(image);
    SEG_TRY(seg_media_check_size(width, height, env));
    if (!*pool) *pool = make_pool(env);
    if (!*pool) return seg_fail(SEG_ERROR_MEMORY, "out of memory for a pool of frames");
    /* Rows off multiples of 2048 bytes, which would share cache sets. */
    size_t stride = (size_t)width * (size_t)channels * seg_format_size(format);
    stride = (stride + SEG_ALIGNMENT - 1) / SEG_ALIGNMENT * SEG_ALIGNMENT;
    if (stride % 2048 == 0) stride += SEG_ALIGNMENT;
    size_t size;
    if (!seg_size_multiply(&size, stride, (size_t)height) || size > SIZE_MAX - HEADER)
        return seg_fail(SEG_ERROR_MEMORY, "a frame of %dx%d pixels is too large", width, height);
    block *own = take_block(*pool, size + HEADER);
    if (!own) return SEG_ERROR_MEMORY;
    seg_status status = seg_image_adopt(image, (char *)own + HEADER, (ptrdiff_t)stride, width,
                                        height, format, channels, give_back, own, env);
    if (status < 0) give_back(own);
    return status;
}

void seg_frame_pool_free(seg_frame_pool *pool) {
    if (!pool) return;
    pthread_mutex_lock(&pool->mutex);
    pool->orphaned = true;
    free_idle(pool);
    let_go(pool);
}
