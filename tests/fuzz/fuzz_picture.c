/* Any bytes as a picture: sniffed, decoded, turned; what was decoded survives being written. */
#include <segment/media.h>

#include <stdlib.h>
#include <string.h>

/* Small pictures keep a run short; the code paths are the same. */
enum { MAX_PIXELS = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static size_t row_bytes(const seg_image *image) {
    return (size_t)image->width * image->channels * seg_format_size((seg_format)image->format);
}

static void check_same(const seg_image *a, const seg_image *b) {
    if (a->width != b->width || a->height != b->height || a->channels != b->channels ||
        a->format != b->format)
        abort();
    for (int32_t y = 0; y < a->height; y++)
        if (memcmp(seg_image_row(a, y), seg_image_row(b, y), row_bytes(a)) != 0) abort();
}

/* Written without loss and read again it is the same. */
static void check_written(const seg_image *image, const char *format, const seg_env *env) {
    seg_picture_write_options options;
    seg_picture_write_options_init(&options);
    options.format = format;
    options.compression = 1;
    void *bytes = NULL;
    size_t size = 0;
    seg_image again = {0};
    if (seg_picture_encode(&bytes, &size, image, &options, env) < 0) return;
    if (seg_picture_decode(&again, NULL, bytes, size, NULL, env) < 0) abort();
    check_same(image, &again);
    seg_image_unref(&again);
    seg_bytes_free(bytes, env);
}

/* The first byte chooses the options, the rest is the file. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    if (size < 2) return 0;
    const seg_limits limits = {.max_pixels = MAX_PIXELS};
    const seg_env env = {.limits = &limits};
    seg_picture_read_options options;
    seg_picture_read_options_init(&options);
    options.autorotate = bytes[0] & 1;
    seg_image image = {0};
    seg_picture_info info;
    if (seg_picture_decode(&image, &info, bytes + 1, size - 1, &options, &env) < 0) return 0;
    if ((int64_t)image.width * image.height > MAX_PIXELS) abort();
    if (info.orientation < 1 || info.orientation > 8) abort();
    if (image.format == SEG_U8 || (image.format == SEG_U16 && image.bits == 16))
        check_written(&image, bytes[0] & 2 ? "pam" : "png", &env);
    else if (image.format == SEG_F32)
        check_written(&image, "npy", &env);
    seg_image_unref(&image);
    return 0;
}
