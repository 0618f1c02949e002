/* The library in a few lines: reads a picture, finds its edges, writes them.
 *   edges IN OUT.png
 * Build it anywhere with: cc edges.c $(pkg-config --cflags --libs segment-media) */
#include <segment/media.h>
#include <segment/segment.h>
#include <stdio.h>

int main(int argc, char **argv) {
    seg_image picture = {0}, edges = {0};
    seg_canny_options options;
    seg_canny_options_init(&options); /* every default; then every field is literal */
    options.sigma = 2.0;
    if (argc != 3) return fprintf(stderr, "usage: edges IN OUT.png\n"), 2;
    seg_status status = seg_picture_read(&picture, NULL, argv[1], NULL, NULL);
    if (status >= 0) status = seg_canny(&edges, NULL, &picture, NULL, &options, NULL);
    if (status >= 0) status = seg_picture_write(argv[2], &edges, NULL, NULL);
    if (status < 0) fprintf(stderr, "edges: %s\n", seg_error_detail());
    seg_image_unref(&picture);
    seg_image_unref(&edges);
    return status < 0;
}
