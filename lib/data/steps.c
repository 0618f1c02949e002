/* Coordinates in steps: formats that keep shares of sides, or the far corner of a box, would change
 * the last bits of numbers each time they are written and read. In steps of a power of two, far
 * below what a label can mean, the sums are exact and what was written comes back. */
#include "data/labels.h"

#include <math.h>

double seg_in_steps(double value, double step) {
    return floor(value / step + 0.5) * step;
}

void seg_share_text(char text[SEG_NUMBER_SIZE], double value, double side, double step) {
    enum { DIGITS = 15 };
    const double wanted = seg_in_steps(value, step), share = wanted / side;
    double scale = 1, rounded = share;
    for (int i = 0; i <= DIGITS && fabs(share) * scale < 1e15; i++, scale *= 10) {
        rounded = floor(share * scale + 0.5) / scale;
        if (seg_in_steps(rounded * side, step) == wanted) break;
        rounded = share;
    }
    seg_text_from_number(text, rounded);
}
