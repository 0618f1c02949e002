#include "equal.h"
#include "imgproc/warp.h"
#include "peer.h"
#include <segment/media.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct tally {
    int64_t pictures, cases, pixels, grey, otsu, canny, blur_canny, warp, contours, equalise;
} tally;

static void need(seg_status status) {
    if (status >= 0) return;
    fprintf(stderr, "bench: %s: %s\n", seg_status_text(status), seg_error_detail());
    exit(1);
}

static int64_t differing(const seg_image *ours, seg_image *peers) {
    int64_t count = 0;
    need(seg_image_ensure(peers, ours->width, ours->height, SEG_U8, ours->channels, NULL));
    peer_output(peers);
    for (int y = 0; y < ours->height; ++y) {
        const uint8_t *a = seg_image_row(ours, y), *b = seg_image_row(peers, y);
        for (int x = 0; x < ours->width * ours->channels; ++x)
            count += a[x] != b[x];
    }
    return count;
}

static void compare_canny(tally *t, const seg_image *grey, seg_image *ours, seg_image *peers) {
    static const double pairs[][2] = {{50, 150},  {10, 40}, {100, 200},
                                      {200, 100}, {0, 0},   {30.5, 90.7}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; ++i)
        for (int variant = 0; variant < 4; ++variant) {
            bool l2 = variant & 1, blur = variant & 2;
            seg_canny_options options;
            seg_canny_options_init(&options);
            options.sigma = blur ? 1.4 : 0;
            options.low = (seg_level){SEG_LEVEL_8BIT, 0, pairs[i][0]};
            options.high = (seg_level){SEG_LEVEL_8BIT, 0, pairs[i][1]};
            options.norm = l2 ? SEG_NORM_L2 : SEG_NORM_L1;
            need(seg_canny(ours, NULL, grey, NULL, &options, NULL));
            peer_canny(grey, pairs[i][0], pairs[i][1], l2, blur);
            *(blur ? &t->blur_canny : &t->canny) += differing(ours, peers);
            ++t->cases;
        }
}

static void compare_warp(tally *t, const seg_image *picture) {
    static const double linear[][4] = {
        {1.05, -0.2, 0.22, 1.07}, {-0.5, 0.3, 0.1, 0.6}, {1, 0, 0, 1}, {0.7, 0.7, -0.7, 0.7}};
    seg_image ours = {0}, peers = {0};
    need(seg_image_alloc(&ours, picture->width, picture->height, SEG_U8, picture->channels, NULL));
    for (size_t i = 0; i < sizeof linear / sizeof *linear; ++i) {
        const double *l = linear[i], x = picture->width / 2.0, y = picture->height / 2.0;
        const double m[9] = {l[0], l[1], x - l[0] * x - l[1] * y + 0.3,
                             l[2], l[3], y - l[2] * x - l[3] * y - 0.7,
                             0,    0,    1};
        seg_warp warp = seg_warp_identity();
        seg_warp_matrix_from_centres(warp.matrix, m);
        need(seg_warp_apply(&ours, picture, &warp, NULL));
        peer_warp(picture, m);
        t->warp += differing(&ours, &peers);
    }
    seg_image_unref(&ours);
    seg_image_unref(&peers);
}

static void compare_contours(tally *t, const seg_image *mask) {
    seg_border_tree tree;
    need(seg_border_tree_trace(&tree, mask, NULL));
    peer_contours(mask);
    t->contours += peer_contours_differ(&tree);
    seg_border_tree_free(&tree, NULL);
}

static void compare_picture(tally *t, const char *path) {
    seg_image picture = {0}, narrow = {0}, grey = {0}, ours = {0}, peers = {0};
    if (seg_picture_read(&picture, NULL, path, NULL, NULL) < 0) return; /* no picture */
    need(seg_convert(&narrow, &picture, SEG_U8, NULL));
    need(seg_to_grey(&grey, &narrow, NULL));
    if (narrow.channels >= 3) {
        peer_grey(&narrow);
        t->grey += differing(&grey, &peers);
    }
    need(seg_otsu(&ours, NULL, &grey, NULL, NULL, NULL));
    peer_otsu(&grey);
    t->otsu += differing(&ours, &peers);
    compare_contours(t, &ours);
    need(seg_equalise(&ours, &grey, NULL));
    peer_equalise(&grey);
    t->equalise += differing(&ours, &peers);
    compare_canny(t, &grey, &ours, &peers);
    compare_warp(t, &grey);
    compare_warp(t, &narrow);
    t->pixels += (int64_t)grey.width * grey.height;
    ++t->pictures;
    seg_image_unref(&picture);
    seg_image_unref(&narrow);
    seg_image_unref(&grey);
    seg_image_unref(&ours);
    seg_image_unref(&peers);
}

int bench_equal(char **directories, int count) {
    tally t = {0};
    if (!peer_name()) {
        fprintf(stderr, "bench: built without OpenCV, nothing to compare with\n");
        return 1;
    }
    for (int i = 0; i < count; ++i) {
        seg_names names = {0};
        need(seg_names_list(&names, directories[i], NULL));
        for (int32_t k = 0; k < names.count; ++k)
            compare_picture(&t, names.items[k]);
        seg_names_free(&names, NULL);
    }
    printf("%lld pictures, %lld pixels, %lld canny cases; pixels that differ from %s: "
           "grey %lld, otsu %lld, canny %lld, blur + canny %lld, warp %lld, equalisation %lld; "
           "contours: %lld\n",
           (long long)t.pictures, (long long)t.pixels, (long long)t.cases, peer_name(),
           (long long)t.grey, (long long)t.otsu, (long long)t.canny, (long long)t.blur_canny,
           (long long)t.warp, (long long)t.equalise, (long long)t.contours);
    return !t.pictures || t.grey || t.otsu || t.canny || t.blur_canny || t.warp || t.contours ||
           t.equalise;
}
