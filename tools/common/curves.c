#include "common/curves.h"

void curves_head(text_buffer *target) {
    text_add(target, "frame,curve,closed,x,y,nx,ny,strength\n");
}

void curves_lines(text_buffer *target, const seg_result *result) {
    const seg_edge_curves *curves = &result->curves;
    for (int i = 0; i < curves->count; i++) {
        const seg_edge_curve *curve = &curves->items[i];
        const seg_edge_point *points = curves->points + curve->first;
        for (int k = 0; k < curve->count; k++)
            text_add(target, "%lld,%d,%d,%.3f,%.3f,%.3f,%.3f,%.1f\n", (long long)result->index,
                     i + 1, curve->closed, points[k].x, points[k].y, (double)points[k].nx,
                     (double)points[k].ny, (double)points[k].strength);
    }
}

/* In a drawing the first pixel reaches from 0 to 1. */
void curves_drawing(text_buffer *target, const seg_edge_curves *curves, int width, int height) {
    text_add(target,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
             "viewBox=\"0 0 %d %d\">\n<g fill=\"none\" stroke=\"#000000\" stroke-width=\"0.5\">\n",
             width, height, width, height);
    for (int i = 0; i < curves->count; i++) {
        const seg_edge_curve *curve = &curves->items[i];
        text_add(target, "<path d=\"");
        for (int k = 0; k < curve->count; k++)
            text_add(target, "%c%.2f %.2f", k ? 'L' : 'M', curves->points[curve->first + k].x + 0.5,
                     curves->points[curve->first + k].y + 0.5);
        text_add(target, "%s\"/>\n", curve->closed ? "Z" : "");
    }
    text_add(target, "</g>\n</svg>\n");
}
