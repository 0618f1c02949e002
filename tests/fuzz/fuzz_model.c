/* Any bytes as a saved model: as they are, or inside of a whole blob, which is the way past the
 * checksum. What is loaded runs, is moved, and is saved as it was. */
#include "core/blob.h"
#include "fuzz_data.h"
#include "scenes.h"

enum { MAX_SIDE = 40 };

static const seg_method *choose_method(fuzz_data *data) {
    int32_t count;
    const seg_method *const *all = seg_methods(&count);
    const uint32_t first = fuzz_byte(data);
    for (int32_t i = 0; i < count; i++) {
        const seg_method *method = all[(first + (uint32_t)i) % (uint32_t)count];
        if (method->load) return method;
    }
    return NULL;
}

/* A blob around what is left of the input; free it. */
static uint8_t *wrap(fuzz_data *data, const seg_method *method, size_t *size) {
    seg_blob_geometry geometry = {.width = 1 + (int32_t)(fuzz_byte(data) % MAX_SIDE),
                                  .height = 1 + (int32_t)(fuzz_byte(data) % MAX_SIDE),
                                  .format = SEG_U8,
                                  .channels = 1,
                                  .bits = 8};
    uint8_t *blob = NULL;
    *size = 0;
    for (int pass = 0; pass < 2; pass++) {
        seg_blob_writer writer;
        seg_blob_write_begin(&writer, blob, *size, method->id, 1, &geometry);
        seg_blob_write_u8(&writer, data->next, data->left);
        FUZZ_CHECK(seg_blob_write_end(&writer, size) == SEG_OK);
        if (pass == 0 && !(blob = malloc(*size))) abort();
    }
    return blob;
}

/* Frames of the size that the model has. */
static void use(seg_context *context, const uint8_t *blob) {
    int32_t width, height; /* where blob.c puts them; little-endian machines only */
    memcpy(&width, blob + 44, 4);
    memcpy(&height, blob + 48, 4);
    seg_result result;
    seg_result_init(&result, NULL);
    seg_frame frame = {.pts = 7, .time_base = {1, 25}};
    if (width <= MAX_SIDE && height <= MAX_SIDE) {
        FUZZ_CHECK(seg_image_alloc(&frame.image, width, height, SEG_U8, 1, NULL) == SEG_OK);
        scene_paint(&frame.image, 3);
        const double from[9] = {1, 0.1, width / 3.0, -0.1, 1, -2, 0, 0, 1};
        for (int t = 0; t < 4; t++) {
            (void)!seg_context_apply(context, &frame, 0, &result);
            (void)!seg_context_move(context, from);
        }
    }
    seg_frame_unref(&frame);
    seg_result_free(&result);
}

static void try_blob(const seg_method *method, const uint8_t *blob, size_t size) {
    const seg_limits limits = {.max_pixels = 1 << 20};
    const seg_env env = {.limits = &limits};
    seg_context *context;
    FUZZ_CHECK(seg_context_create(&context, method, NULL, &env) == SEG_OK);
    if (seg_context_load(context, blob, size) == SEG_OK) {
        size_t again = 0;
        FUZZ_CHECK(seg_context_save(context, NULL, &again) == SEG_OK);
        use(context, blob);
    }
    seg_context_free(context);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    fuzz_data data = {bytes, size};
    const seg_method *method = choose_method(&data);
    if (!method || size < 4) return 0;
    if (fuzz_byte(&data) & 1) {
        uint8_t *blob = wrap(&data, method, &size);
        try_blob(method, blob, size);
        free(blob);
    } else {
        try_blob(method, data.next, data.left);
    }
    return 0;
}
