/* Any text as a chain of operations before or after the method: refused with its place named, or
 * run. */
#include "fuzz_data.h"
#include "scenes.h"

enum { WIDTH = 29, HEIGHT = 17, MAX_TEXT = 200 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    fuzz_data data = {bytes, size};
    if (size > MAX_TEXT) return 0; /* long chains only take long */
    const bool post = fuzz_byte(&data) & 1;
    char *text = fuzz_rest(&data);
    seg_pipeline_config config;
    seg_pipeline_config_init(&config);
    config.method = seg_method_find("otsu");
    if (post)
        config.post = text;
    else
        config.pre = text;
    seg_pipeline *pipeline;
    const seg_status status = seg_pipeline_create(&pipeline, &config, NULL);
    FUZZ_CHECK(status == SEG_OK || status == SEG_ERROR_OPTION);
    if (status == SEG_OK) {
        seg_result result;
        seg_frame frame = {0};
        seg_result_init(&result, NULL);
        FUZZ_CHECK(seg_image_alloc(&frame.image, WIDTH, HEIGHT, SEG_U8, 1, NULL) == SEG_OK);
        scene_paint(&frame.image, 0);
        FUZZ_CHECK(seg_pipeline_apply(pipeline, &frame, &result) == SEG_OK);
        FUZZ_CHECK(result.outputs & SEG_OUTPUT_MASK);
        seg_frame_unref(&frame);
        seg_result_free(&result);
    } else {
        FUZZ_CHECK(strstr(seg_error_detail(), "column"));
    }
    seg_pipeline_free(pipeline);
    free(text);
    return 0;
}
