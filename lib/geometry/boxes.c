/* Boxes with real corners: what two have in common. */
#include <segment/geometry.h>

double seg_box_intersection(const seg_box *a, const seg_box *b) {
    const double left = a->x > b->x ? a->x : b->x, top = a->y > b->y ? a->y : b->y;
    const double right_a = a->x + a->width, right_b = b->x + b->width;
    const double bottom_a = a->y + a->height, bottom_b = b->y + b->height;
    const double width = (right_a < right_b ? right_a : right_b) - left;
    const double height = (bottom_a < bottom_b ? bottom_a : bottom_b) - top;
    return width > 0 && height > 0 ? width * height : 0;
}

double seg_box_iou(const seg_box *a, const seg_box *b, bool crowd) {
    const double common = seg_box_intersection(a, b), own = a->width * a->height;
    const double whole = crowd ? own : own + b->width * b->height - common;
    return common > 0 && whole > 0 ? common / whole : 0;
}
