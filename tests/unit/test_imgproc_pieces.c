/* Partitions into pieces against floods pixel by pixel. */
#include "core_main.h"
#include "imgproc/pieces.h"
#include "imgproc/union_find.h"
#include "partition.h"

static seg_image label_image(const int32_t *from, int32_t width, int32_t height) {
    seg_image labels = {0};
    ck_assert_int_eq(seg_image_alloc(&labels, width, height, SEG_LABEL32, 1, NULL), SEG_OK);
    for (int32_t y = 0; y < height; y++)
        memcpy(seg_image_row(&labels, y), from + y * width, (size_t)width * sizeof *from);
    return labels;
}

START_TEST(by_hand) {
    /* the first 7s touch no other 7; -3 and 0 are in none */
    static const int32_t before[] = {7,       7, 2, 2, /**/ 0, 2, 7, 2,
                                     /**/ -3, 2, 2, 2, /**/ 9, 9, 0, 7};
    static const int32_t after[] = {1, 1, 2, 2, /**/ 0, 2, 3, 2, /**/ 0, 2, 2, 2, /**/ 4, 4, 0, 5};
    seg_image labels = label_image(before, 4, 4);
    seg_scratch scratch;
    int32_t regions;
    seg_scratch_init(&scratch, NULL);
    ck_assert_int_eq(seg_pieces(&labels, &regions, &scratch), SEG_OK);
    ck_assert_int_eq(regions, 5);
    for (int32_t y = 0; y < 4; y++)
        ck_assert_mem_eq(seg_image_row(&labels, y), after + 4 * y, 16);

    seg_region_graph graph;
    ck_assert_int_eq(seg_region_graph_make(&graph, &labels, &scratch), SEG_OK);
    /* sides that 2 shares: two with 1, four with 3, one with 4 and with 5 */
    static const seg_region_pair pairs[] = {{0, 1, 2}, {1, 2, 4}, {1, 3, 1}, {1, 4, 1}};
    ck_assert_uint_eq(graph.count, 4);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(graph.pairs[i].a, pairs[i].a);
        ck_assert_int_eq(graph.pairs[i].b, pairs[i].b);
        ck_assert_int_eq(graph.pairs[i].length, pairs[i].length);
    }
    seg_scratch_free(&scratch);
    seg_image_unref(&labels);
}
END_TEST

START_TEST(small_ones_by_hand) {
    /* lightness 10, 40, 50: the middle one is nearer to the right; alone, 3 has no neighbour */
    uint8_t samples[] = {10, 10, 40, 50, 50, 0, 90};
    static const int32_t before[] = {4, 4, 2, 1, 1, 0, 3}, after[] = {1, 1, 2, 2, 2, 0, 3};
    seg_image picture = {0}, labels = label_image(before, 7, 1);
    seg_scratch scratch;
    seg_planes lab;
    int32_t regions;
    seg_scratch_init(&scratch, NULL);
    ck_assert_int_eq(seg_image_wrap(&picture, samples, 7, 7, 1, SEG_U8, 1), SEG_OK);
    ck_assert_int_eq(seg_planes_lab(&lab, &picture, &scratch), SEG_OK);
    ck_assert_int_eq(seg_pieces_clean(&labels, &regions, &lab, 2, &scratch), SEG_OK);
    ck_assert_int_eq(regions, 3);
    ck_assert_mem_eq(labels.data, after, sizeof after);
    seg_scratch_free(&scratch);
    seg_image_unref(&labels);
}
END_TEST

START_TEST(as_floods) {
    static plain_labels plain;
    pixels_random random = pixels_random_start(21);
    for (int round = 0; round < 300; round++) {
        const int32_t width = 1 + (int32_t)pixels_below(&random, 40);
        const int32_t height = 1 + (int32_t)pixels_below(&random, 30);
        pixels_picture made =
            partition_scene(width, height, SEG_U8, 1 + round % 4, (uint32_t)round % 7, &random);
        const uint32_t kinds = 1 + pixels_below(&random, 5);
        plain.width = width;
        plain.height = height;
        for (int32_t i = 0; i < width * height; i++)
            plain.at[i] = (int32_t)pixels_below(&random, kinds + 1) * 100 - 50;
        seg_image labels = label_image(plain.at, width, height);
        seg_scratch scratch;
        seg_planes lab;
        int32_t regions;
        const int64_t min_size = pixels_below(&random, 20);
        seg_scratch_init(&scratch, NULL);
        ck_assert_int_eq(seg_planes_lab(&lab, &made.image, &scratch), SEG_OK);
        ck_assert_int_eq(seg_pieces_clean(&labels, &regions, &lab, min_size, &scratch), SEG_OK);
        ck_assert_int_eq(regions, plain_join_small(&plain, &lab, min_size));
        check_labels(&labels, &plain, "random");
        seg_scratch_free(&scratch);
        seg_image_unref(&labels);
        pixels_free(&made);
    }
}
END_TEST

START_TEST(sets) {
    int32_t parents[6];
    seg_sets_init(parents, 6);
    ck_assert_int_eq(seg_sets_join(parents, 5, 3), 3);
    ck_assert_int_eq(seg_sets_join(parents, 4, 5), 3);
    ck_assert_int_eq(seg_sets_join(parents, 1, 2), 1);
    ck_assert_int_eq(seg_sets_join(parents, 4, 2), 1);
    ck_assert_int_eq(seg_sets_find(parents, 5), 1);
    ck_assert_int_eq(seg_sets_find(parents, 0), 0);
    ck_assert_int_eq(seg_sets_join(parents, 3, 1), 1);
}
END_TEST

CORE_MAIN("pieces", by_hand, small_ones_by_hand, as_floods, sets)
