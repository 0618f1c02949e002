/* Structuring elements: from a shape to the runs of its rows. */
#include "imgproc/structure.h"

#include "core/check.h"
#include "core/math.h"
#include "imgproc/bitmap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int32_t height_of(const seg_structure *structure) {
    return structure->height ? structure->height : structure->width;
}

static seg_status check_mask(const seg_image *mask, seg_status status) {
    if (seg_image_empty(mask))
        return seg_fail(status, "the element's mask is missing; give a picture of its shape");
    SEG_TRY(seg_check_image(mask, "the element's mask", SEG_FORMAT_BIT(SEG_U8), SEG_CHANNELS_1));
    if (mask->width > SEG_ELEMENT_MAX_SIDE || mask->height > SEG_ELEMENT_MAX_SIDE)
        return seg_fail(status, "the element's mask is %ld x %ld (allowed up to %d x %d)",
                        (long)mask->width, (long)mask->height, SEG_ELEMENT_MAX_SIDE,
                        SEG_ELEMENT_MAX_SIDE);
    for (int32_t y = 0; y < mask->height; y++) {
        const uint8_t *row = seg_image_row(mask, y);
        for (int32_t x = 0; x < mask->width; x++)
            if (row[x]) return SEG_OK;
    }
    return seg_fail(status, "the element's mask is empty (needs a pixel that is not 0)");
}

seg_status seg_structure_check(const seg_structure *structure, seg_status status) {
    if (!structure) return seg_fail(status, "structure is missing (NULL)");
    const int32_t element = structure->element, height = height_of(structure);
    if (element < SEG_ELEMENT_SQUARE || element > SEG_ELEMENT_MASK)
        return seg_fail(status,
                        "element has no valid value (got %d, allowed square, disk, cross, ellipse, "
                        "line or mask)",
                        (int)element);
    if (element == SEG_ELEMENT_MASK) return check_mask(structure->mask, status);
    if (structure->width < 1 || structure->width > SEG_ELEMENT_MAX_SIDE || height < 1 ||
        height > SEG_ELEMENT_MAX_SIDE)
        return seg_fail(status, "the element is %ld x %ld (allowed 1 x 1 to %d x %d)",
                        (long)structure->width, (long)height, SEG_ELEMENT_MAX_SIDE,
                        SEG_ELEMENT_MAX_SIDE);
    if (element == SEG_ELEMENT_DISK || element == SEG_ELEMENT_CROSS) {
        if (height == structure->width && height % 2) return SEG_OK;
        return seg_fail(status, "a disk or cross is %ld x %ld (allowed: square and odd)",
                        (long)structure->width, (long)height);
    }
    if (element != SEG_ELEMENT_LINE) return SEG_OK;
    if (structure->width % 2 == 0)
        return seg_fail(status, "a line has %ld pixels (allowed: an odd number)",
                        (long)structure->width);
    if (!(fabs(structure->angle) <= 360))
        return seg_fail(status, "angle is %g degrees (allowed -360 to 360)", structure->angle);
    return SEG_OK;
}

/* ---- chords ---- */

static void add(seg_chords *chords, int32_t y, int32_t x, int32_t length) {
    if (length < 1) return;
    chords->items[chords->count++] = (seg_chord){length, y, x};
    if (-x > chords->left) chords->left = -x;
    if (x + length - 1 > chords->right) chords->right = x + length - 1;
    if (-y > chords->up) chords->up = -y;
    if (y > chords->down) chords->down = y;
}

static void add_odd(seg_chords *chords, seg_element element, int32_t side) {
    int32_t half[SEG_ELEMENT_MAX_SIDE];
    const int32_t radius = side / 2;
    seg_element_rows(half, element, side);
    for (int32_t y = -radius; y <= radius; y++)
        add(chords, y, -half[y + radius], 2 * half[y + radius] + 1);
}

/* As getStructuringElement(MORPH_ELLIPSE) has it, even sizes among them. */
static void add_ellipse(seg_chords *chords, int32_t width, int32_t height) {
    const int32_t r = height / 2, c = width / 2;
    const double inverse = r ? 1.0 / ((double)r * r) : 0;
    for (int32_t i = 0; i < height; i++) {
        const int32_t y = i - r;
        if (abs(y) > r) continue;
        const int32_t half = (int32_t)rint(c * sqrt((double)(r * r - y * y) * inverse));
        const int32_t first = c - half > 0 ? c - half : 0;
        const int32_t end = c + half + 1 < width ? c + half + 1 : width;
        add(chords, y, first - c, end - first);
    }
}

static int32_t rounded(double value) {
    return (int32_t)(value < 0 ? -floor(0.5 - value) : floor(value + 0.5));
}

/* From the middle to both ends, rounded away from it, so that the line is its own mirror image. */
static void add_line(seg_chords *chords, int32_t pixels, double degrees) {
    const double radius = pixels / 2, angle = degrees / 180 * SEG_PI;
    const double end_x = radius * seg_cos(angle), end_y = -radius * seg_sin(angle);
    const int32_t dx = rounded(end_x), dy = rounded(end_y);
    const int32_t steps = abs(dx) > abs(dy) ? abs(dx) : abs(dy);
    int32_t first = 0, last = 0, row = INT32_MIN;
    for (int32_t i = -steps; i <= steps; i++) {
        const int32_t x = steps ? rounded((double)i * dx / steps) : 0;
        const int32_t y = steps ? rounded((double)i * dy / steps) : 0;
        if (y != row && row != INT32_MIN) add(chords, row, first, last - first + 1);
        if (y != row || x < first) first = x;
        if (y != row || x > last) last = x;
        row = y;
    }
    add(chords, row, first, last - first + 1);
}

static void add_mask(seg_chords *chords, const seg_image *mask) {
    for (int32_t y = 0; y < mask->height; y++) {
        const uint8_t *row = seg_image_row(mask, y);
        for (int32_t x = 0, start; x < mask->width; x++) {
            if (!row[x]) continue;
            for (start = x; x < mask->width && row[x];)
                x++;
            add(chords, y - mask->height / 2, start - mask->width / 2, x - start);
        }
    }
}

static int compare(const void *a, const void *b) {
    const seg_chord *p = a, *q = b;
    if (p->length != q->length) return p->length < q->length ? -1 : 1;
    if (p->y != q->y) return p->y < q->y ? -1 : 1;
    return (p->x > q->x) - (p->x < q->x);
}

static size_t most_chords(const seg_structure *structure) {
    if (structure->element != SEG_ELEMENT_MASK)
        return (size_t)(structure->element == SEG_ELEMENT_LINE ? structure->width
                                                               : height_of(structure));
    return ((size_t)structure->mask->width + 1) / 2 * (size_t)structure->mask->height;
}

seg_status seg_structure_chords(seg_chords *chords, const seg_structure *structure,
                                seg_scratch *scratch) {
    const int32_t width = structure->width, height = height_of(structure);
    *chords = (seg_chords){.left = -SEG_ELEMENT_MAX_SIDE,
                           .right = -SEG_ELEMENT_MAX_SIDE,
                           .up = -SEG_ELEMENT_MAX_SIDE,
                           .down = -SEG_ELEMENT_MAX_SIDE};
    chords->items = seg_scratch_take(scratch, most_chords(structure), sizeof *chords->items,
                                     "a structuring element");
    if (!chords->items) return SEG_ERROR_MEMORY;
    switch (structure->element) {
    case SEG_ELEMENT_SQUARE:
        for (int32_t i = 0; i < height; i++)
            add(chords, i - height / 2, -(width / 2), width);
        break;
    case SEG_ELEMENT_ELLIPSE:
        add_ellipse(chords, width, height);
        break;
    case SEG_ELEMENT_LINE:
        add_line(chords, width, structure->angle);
        break;
    case SEG_ELEMENT_MASK:
        add_mask(chords, structure->mask);
        break;
    default:
        add_odd(chords, (seg_element)structure->element, width);
    }
    const int32_t box_width = chords->left + chords->right + 1;
    const int32_t box_height = chords->up + chords->down + 1;
    /* one for each row, as long as the box, with the pixel itself in it */
    chords->rectangle = chords->count == box_height && chords->left >= 0 && chords->right >= 0 &&
                        chords->up >= 0 && chords->down >= 0;
    for (int32_t i = 0; i < chords->count; i++)
        if (chords->items[i].length != box_width) chords->rectangle = false;
    qsort(chords->items, (size_t)chords->count, sizeof *chords->items, compare);
    return SEG_OK;
}

void seg_chords_mirror(seg_chords *chords) {
    const seg_chords before = *chords;
    for (int32_t i = 0; i < chords->count; i++) {
        seg_chord *chord = &chords->items[i];
        chord->x = -(chord->x + chord->length - 1);
        chord->y = -chord->y;
    }
    qsort(chords->items, (size_t)chords->count, sizeof *chords->items, compare);
    chords->left = before.right;
    chords->right = before.left;
    chords->up = before.down;
    chords->down = before.up;
}
