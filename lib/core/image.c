/* Pictures: headers over own, adopted and borrowed memory. */
#include <segment/image.h>

#include "core/check.h"
#include "core/memory.h"

#include <stdatomic.h>
#include <string.h>

/* Lies in front of the pixels of own images, alone for adopted memory. */
struct seg_buffer {
    atomic_int_fast64_t references;
    bool has_allocator;
    seg_allocator allocator; /* a copy: the host's struct may be gone by the last unref */
    void (*release)(void *user);
    void *user;
};

/* Distance from the buffer header to the pixels: keeps them aligned. */
#define BUFFER_SIZE                                                                                \
    ((sizeof(struct seg_buffer) + SEG_ALIGNMENT - 1) / SEG_ALIGNMENT * SEG_ALIGNMENT)

size_t seg_format_size(seg_format format) {
    switch (format) {
    case SEG_U8:
        return 1;
    case SEG_U16:
        return 2;
    case SEG_F32:
    case SEG_LABEL32:
        return 4;
    }
    return 0;
}

double seg_image_full_scale(const seg_image *image) {
    switch (image->format) {
    case SEG_U8:
        return 255.0;
    case SEG_U16:
        return (double)((1u << (image->bits > 16 ? 16 : image->bits)) - 1);
    case SEG_LABEL32:
        return (double)INT32_MAX;
    default:
        return 1.0;
    }
}

static seg_image make_header(void *data, ptrdiff_t stride, int32_t width, int32_t height,
                             seg_format format, int channels) {
    seg_image image = {0};
    image.data = data;
    image.stride = stride;
    image.width = width;
    image.height = height;
    image.format = (uint8_t)format;
    image.channels = (uint8_t)channels;
    image.bits = (uint8_t)(8 * seg_format_size(format));
    image.colour = format == SEG_LABEL32 ? SEG_COLOUR_DATA
                   : channels <= 2       ? SEG_COLOUR_GREY
                                         : SEG_COLOUR_RGB;
    return image;
}

static void buffer_reference(struct seg_buffer *buffer) {
    if (buffer) atomic_fetch_add_explicit(&buffer->references, 1, memory_order_relaxed);
}

static void buffer_unreference(struct seg_buffer *buffer) {
    if (!buffer) return;
    /* acq_rel: all writes of other holders happen before the release of the memory. */
    if (atomic_fetch_sub_explicit(&buffer->references, 1, memory_order_acq_rel) != 1) return;
    if (buffer->release) buffer->release(buffer->user);
    seg_allocator allocator = buffer->allocator;
    seg_release_with(buffer->has_allocator ? &allocator : NULL, buffer);
}

static void buffer_init(struct seg_buffer *buffer, const seg_env *env) {
    atomic_init(&buffer->references, 1);
    buffer->has_allocator = env && env->allocator;
    if (buffer->has_allocator) buffer->allocator = *env->allocator;
    buffer->release = NULL;
    buffer->user = NULL;
}

seg_status seg_image_alloc(seg_image *image, int32_t width, int32_t height, seg_format format,
                           int channels, const seg_env *env) {
    size_t sample = seg_format_size(format);
    if (!image) return seg_fail(SEG_ERROR_ARGUMENT, "image is missing (NULL)");
    if (!sample)
        return seg_fail(SEG_ERROR_ARGUMENT,
                        "the format is %d (allowed: SEG_U8, SEG_U16, SEG_F32 or SEG_LABEL32)",
                        (int)format);
    if (channels < 1 || channels > 4)
        return seg_fail(SEG_ERROR_ARGUMENT, "channels is %d (allowed 1 to 4)", channels);
    SEG_TRY(seg_check_limits(width, height, env));
    seg_image_unref(image);

    /* At most 2^31 * 16 bytes a row. Rows whose distance is a multiple of 2048 bytes fall into the
     * same few cache sets: filters that read several rows then run up to three times slower. */
    uint64_t stride = (uint64_t)width * (uint64_t)channels * sample;
    stride = (stride + SEG_ALIGNMENT - 1) / SEG_ALIGNMENT * SEG_ALIGNMENT;
    if (stride % 2048 == 0) stride += SEG_ALIGNMENT;
    size_t size;
    if (stride > PTRDIFF_MAX || !seg_size_multiply(&size, (size_t)stride, (size_t)height) ||
        size > PTRDIFF_MAX - BUFFER_SIZE)
        return seg_fail(SEG_ERROR_MEMORY, "a picture of %ld x %ld does not fit into memory",
                        (long)width, (long)height);
    struct seg_buffer *buffer = seg_allocate_zeroed(env, BUFFER_SIZE + size, 1, "a picture");
    if (!buffer) return SEG_ERROR_MEMORY;
    buffer_init(buffer, env);
    *image = make_header((char *)buffer + BUFFER_SIZE, (ptrdiff_t)stride, width, height, format,
                         channels);
    image->owner = buffer;
    return SEG_OK;
}

seg_status seg_image_wrap(seg_image *image, void *data, ptrdiff_t stride, int32_t width,
                          int32_t height, seg_format format, int channels) {
    if (!image) return seg_fail(SEG_ERROR_ARGUMENT, "image is missing (NULL)");
    SEG_TRY(seg_check_geometry("image", data, stride, width, height, (int)format, channels));
    seg_image_unref(image);
    *image = make_header(data, stride, width, height, format, channels);
    return SEG_OK;
}

seg_status seg_image_adopt(seg_image *image, void *data, ptrdiff_t stride, int32_t width,
                           int32_t height, seg_format format, int channels,
                           void (*release)(void *user), void *user, const seg_env *env) {
    if (!image) return seg_fail(SEG_ERROR_ARGUMENT, "image is missing (NULL)");
    SEG_TRY(seg_check_geometry("image", data, stride, width, height, (int)format, channels));
    struct seg_buffer *buffer = seg_allocate(env, 1, sizeof *buffer, "a picture's owner");
    if (!buffer) return SEG_ERROR_MEMORY;
    buffer_init(buffer, env);
    buffer->release = release;
    buffer->user = user;
    seg_image_unref(image);
    *image = make_header(data, stride, width, height, format, channels);
    image->owner = buffer;
    return SEG_OK;
}

seg_status seg_image_view(seg_image *view, const seg_image *image, seg_rect window) {
    if (!view) return seg_fail(SEG_ERROR_ARGUMENT, "view is missing (NULL)");
    SEG_TRY(seg_check_image(image, "image", SEG_ANY_PICTURE | SEG_FORMAT_BIT(SEG_LABEL32),
                            SEG_CHANNELS_ANY));
    if (window.width < 1 || window.height < 1 || window.x < 0 || window.y < 0 ||
        window.width > image->width || window.x > image->width - window.width ||
        window.height > image->height || window.y > image->height - window.height)
        return seg_fail(SEG_ERROR_ARGUMENT,
                        "the window %ld,%ld,%ld,%ld is empty or not inside the picture "
                        "(%ld x %ld)",
                        (long)window.x, (long)window.y, (long)window.width, (long)window.height,
                        (long)image->width, (long)image->height);
    seg_image window_header = *image;
    size_t pixel = seg_format_size((seg_format)image->format) * image->channels;
    window_header.data = (char *)seg_image_row(image, window.y) + (size_t)window.x * pixel;
    window_header.width = window.width;
    window_header.height = window.height;
    buffer_reference(window_header.owner); /* before the unref: view may be image itself */
    seg_image_unref(view);
    *view = window_header;
    return SEG_OK;
}

seg_image seg_image_ref(const seg_image *image) {
    if (seg_image_empty(image)) return (seg_image){0};
    buffer_reference(image->owner);
    return *image;
}

void seg_image_unref(seg_image *image) {
    if (!image) return;
    struct seg_buffer *owner = image->owner;
    *image = (seg_image){0};
    buffer_unreference(owner);
}

seg_status seg_image_ensure(seg_image *image, int32_t width, int32_t height, seg_format format,
                            int channels, const seg_env *env) {
    if (!image) return seg_fail(SEG_ERROR_ARGUMENT, "image is missing (NULL)");
    if (seg_image_empty(image)) return seg_image_alloc(image, width, height, format, channels, env);
    if (image->width != width || image->height != height || image->format != format ||
        image->channels != channels)
        return seg_fail(SEG_ERROR_SHAPE,
                        "the output picture is %ld x %ld with format %d and %d channels (needed: "
                        "%ld x %ld, format %d, %d channels); release it first or give an empty one",
                        (long)image->width, (long)image->height, image->format, image->channels,
                        (long)width, (long)height, (int)format, channels);
    SEG_TRY(seg_check_geometry("the output picture", image->data, image->stride, width, height,
                               (int)format, channels));
    /* As if new, so that what is written never depends on what was there. */
    seg_image fresh = make_header(image->data, image->stride, width, height, format, channels);
    image->bits = fresh.bits;
    image->colour = fresh.colour;
    return SEG_OK;
}

seg_status seg_image_copy(seg_image *target, const seg_image *source, const seg_env *env) {
    SEG_TRY(seg_check_image(source, "source", SEG_ANY_PICTURE | SEG_FORMAT_BIT(SEG_LABEL32),
                            SEG_CHANNELS_ANY));
    if (target == source) return SEG_OK;
    SEG_TRY(seg_image_ensure(target, source->width, source->height, (seg_format)source->format,
                             source->channels, env));
    target->bits = source->bits;
    target->colour = source->colour;
    if (target->data == source->data && target->stride == source->stride) return SEG_OK;
    size_t row =
        (size_t)source->width * source->channels * seg_format_size((seg_format)source->format);
    for (int32_t y = 0; y < source->height; y++)
        memcpy(seg_image_row(target, y), seg_image_row(source, y), row);
    return SEG_OK;
}
