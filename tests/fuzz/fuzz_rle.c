/* Any text as COCO's run lengths: refused with words, or a mask that text, picture and list agree
 * on; any numbers as the corners of polygons. */
#include "fuzz_data.h"

static void check_mask(const seg_rle *rle) {
    char text[70000];
    seg_rle again;
    FUZZ_CHECK(seg_rle_check(rle, "rle") == SEG_OK);
    const size_t length = seg_rle_to_string(text, sizeof text, rle);
    FUZZ_CHECK(length < sizeof text);
    FUZZ_CHECK(seg_rle_from_string(&again, text, length, rle->width, rle->height, NULL) == SEG_OK);
    FUZZ_CHECK(again.count == rle->count);
    FUZZ_CHECK(memcmp(again.counts, rle->counts, (size_t)rle->count * sizeof(uint32_t)) == 0);
    FUZZ_CHECK(seg_rle_intersection(rle, &again) == seg_rle_area(rle));
    seg_image mask = {0};
    FUZZ_CHECK(seg_rle_decode(&mask, rle, NULL) == SEG_OK);
    int64_t area = 0;
    const seg_rect box = seg_rle_box(rle);
    for (int32_t y = 0; y < mask.height; y++)
        for (int32_t x = 0; x < mask.width; x++) {
            if (!((const uint8_t *)seg_image_row(&mask, y))[x]) continue;
            area++;
            FUZZ_CHECK(x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height);
        }
    FUZZ_CHECK(area == seg_rle_area(rle));
    seg_image_unref(&mask);
    seg_rle_free(&again, NULL);
}

static void try_text(fuzz_data *data, int32_t width, int32_t height) {
    seg_rle rle;
    char *text = fuzz_rest(data);
    if (seg_rle_from_string(&rle, text, strlen(text), width, height, NULL) == SEG_OK)
        check_mask(&rle);
    else
        FUZZ_CHECK(*seg_error_detail() && !rle.counts);
    seg_rle_free(&rle, NULL);
    free(text);
}

static void try_polygons(fuzz_data *data, int32_t width, int32_t height) {
    seg_rle rle;
    const int32_t lengths[2] = {(int32_t)fuzz_below(data, 20), (int32_t)fuzz_below(data, 9)};
    double xy[2 * 28];
    const uint32_t kind = fuzz_byte(data);
    for (int32_t i = 0; i < 2 * (lengths[0] + lengths[1]); i++) {
        if (kind & 1) { /* raw bits: huge, tiny, not numbers */
            uint64_t bits = 0;
            for (int k = 0; k < 8; k++)
                bits = bits << 8 | fuzz_byte(data);
            memcpy(&xy[i], &bits, sizeof bits);
        } else {
            xy[i] = (fuzz_below(data, 1000) - 200.0) / (kind & 2 ? 10 : 1);
        }
    }
    const seg_fill fill = kind & 4 ? SEG_FILL_UNION : SEG_FILL_EVEN_ODD;
    if (seg_rle_from_polygons(&rle, xy, lengths, 2, fill, width, height, NULL) == SEG_OK)
        check_mask(&rle);
    else
        FUZZ_CHECK(*seg_error_detail() && !rle.counts);
    seg_rle_free(&rle, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    fuzz_data data = {bytes, size};
    const bool polygons = fuzz_byte(&data) & 1;
    const int32_t width = 1 + (int32_t)fuzz_below(&data, 100);
    const int32_t height = 1 + (int32_t)fuzz_below(&data, 100);
    if (polygons)
        try_polygons(&data, width, height);
    else
        try_text(&data, width, height);
    return 0;
}
