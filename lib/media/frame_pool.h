/* Pictures of a stream, whose memory is used again when the last holder lets go. */
#ifndef SEG_MEDIA_FRAME_POOL_H
#define SEG_MEDIA_FRAME_POOL_H

#include <segment/image.h>

/** Outlives its owner as long as pictures of it are held, on any thread. */
typedef struct seg_frame_pool seg_frame_pool;

/** A picture for one frame; its pixels are undefined. Makes *pool if it is NULL. Memory of other
 *  sizes than the latest one is given back to the allocator. `image` is unref'd first.
 *  Errors: SEG_ERROR_LIMIT, SEG_ERROR_MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_frame_pool_take(seg_frame_pool **pool, seg_image *image,
                                                     int32_t width, int32_t height,
                                                     seg_format format, int channels,
                                                     const seg_env *env);

/** Gives up the owner's share. NULL is allowed. */
SEG_API void seg_frame_pool_free(seg_frame_pool *pool);

#endif
