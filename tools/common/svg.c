#include "common/svg.h"
#include <segment/geometry.h>
#include <segment/render.h>
#include <segment/segment.h>
#include <stdlib.h>

/* Outlines of one label belong together: holes are cut out by the even-odd rule. */
static int compare_labels(const void *a, const void *b) {
    const seg_contour *p = a, *q = b;
    if (p->id != q->id) return p->id < q->id ? -1 : 1;
    return (p->first > q->first) - (p->first < q->first);
}

static void add_outline(text_buffer *target, const seg_contours *from, const seg_contour *contour) {
    const seg_point *points = from->points + contour->first;
    for (int32_t i = 0; i < contour->count; i++)
        text_add(target, "%c%d %d", i ? 'L' : 'M', (int)points[i].x, (int)points[i].y);
    text_add(target, "Z");
}

seg_status svg_describe(text_buffer *target, const seg_image *labels, double simplify) {
    seg_contours contours;
    seg_status status = seg_contours_trace(&contours, labels, NULL);
    if (status >= 0 && simplify > 0) status = seg_contours_simplify(&contours, simplify, NULL);
    if (status < 0) {
        seg_contours_free(&contours, NULL);
        return status;
    }
    if (contours.count)
        qsort(contours.items, (size_t)contours.count, sizeof *contours.items, compare_labels);
    text_add(target,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
             "viewBox=\"0 0 %d %d\">\n<g fill-opacity=\"0.45\" fill-rule=\"evenodd\">\n",
             (int)labels->width, (int)labels->height, (int)labels->width, (int)labels->height);
    for (int32_t i = 0; i < contours.count;) {
        int32_t id = contours.items[i].id;
        unsigned colour = (unsigned)seg_label_colour(id);
        text_add(target, "<path id=\"label-%d\" fill=\"#%06x\" stroke=\"#%06x\" d=\"", (int)id,
                 colour, colour);
        for (; i < contours.count && contours.items[i].id == id; i++)
            add_outline(target, &contours, &contours.items[i]);
        text_add(target, "\"/>\n");
    }
    text_add(target, "</g>\n</svg>\n");
    seg_contours_free(&contours, NULL);
    return SEG_OK;
}
