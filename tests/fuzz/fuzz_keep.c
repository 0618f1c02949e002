/* Any text as a filter of objects: refused with a message, or the same answer twice. */
#include "fuzz_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    fuzz_data data = {bytes, size};
    char *text = fuzz_rest(&data);
    seg_keep *keep;
    const seg_status status = seg_keep_create(&keep, text, NULL);
    FUZZ_CHECK(status == SEG_OK || status == SEG_ERROR_OPTION);
    if (status == SEG_OK) {
        const seg_object objects[] = {
            {.id = 1, .box = {0, 0, 1, 1}, .area = 1},
            {.id = 7,
             .box = {3, 4, 50, 20},
             .area = 700,
             .centroid_x = 27.5,
             .centroid_y = 13,
             .perimeter = 130.5,
             .circularity = 0.5},
            {.id = INT32_MAX,
             .box = {0, 0, INT32_MAX, INT32_MAX},
             .area = INT64_MAX,
             .centroid_x = 1e300,
             .perimeter = 1e-300,
             .circularity = 1},
        };
        for (int i = 0; i < 3; i++)
            FUZZ_CHECK(seg_keep_test(keep, &objects[i], 100, 80) ==
                       seg_keep_test(keep, &objects[i], 100, 80));
    } else {
        FUZZ_CHECK(*seg_error_detail());
    }
    seg_keep_free(keep);
    free(text);
    return 0;
}
