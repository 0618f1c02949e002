/* Chooses the distance kernels of this machine; what all levels share. */
#include "kernels/distance.h"
#include "kernels/distance_room.h"

SEG_KERNELS_SELECT(distance)

size_t seg_distance_room(int32_t width) {
    return seg_distance_room_layout(NULL, width).size;
}

void seg_distance_prepare(void *room, int32_t width) {
    const seg_distance_tables tables = seg_distance_room_layout(room, width);
    const int32_t most = width + SEG_DISTANCE_SLACK;
    for (int32_t i = -most; i <= most; i++) {
        tables.squares[i] = i * i;
        tables.small_squares[i] = (uint16_t)(i * i < 65535 ? i * i : 65535);
    }
}

/* Column c as a parabola over the row. */
typedef struct parabola {
    int64_t column, height;
} parabola;

static inline parabola parabola_of(const int32_t *gaps, int32_t column) {
    return (parabola){column, (int64_t)gaps[column] * gaps[column]};
}

static inline int64_t parabola_at(parabola p, int64_t x) {
    return (x - p.column) * (x - p.column) + p.height;
}

/* The first x where `right` is below `left`, which is left of it and not above it at x = 0. */
static inline int64_t parabola_takes_over(parabola left, parabola right) {
    const int64_t difference =
        right.column * right.column - left.column * left.column + right.height - left.height;
    return difference / (2 * (right.column - left.column)) + 1;
}

/* A. Meijster, J. Roerdink and W. Hesselink, A general algorithm for computing distance transforms
 * in linear time, 2000: columns[i] is below all others from starts[i] to starts[i + 1] - 1. */
static int32_t lower_envelope(int32_t *columns, int32_t *starts, const int32_t *gaps, int32_t width,
                              int32_t none) {
    int32_t count = 0;
    for (int32_t x = 0; x < width; x++) {
        if (gaps[x] == none) continue;
        const parabola right = parabola_of(gaps, x);
        while (count > 0 && parabola_at(parabola_of(gaps, columns[count - 1]), starts[count - 1]) >
                                parabola_at(right, starts[count - 1]))
            count--;
        int64_t start = 0;
        if (count > 0) start = parabola_takes_over(parabola_of(gaps, columns[count - 1]), right);
        if (start >= width) continue;
        columns[count] = x;
        starts[count++] = (int32_t)start;
    }
    return count;
}

void seg_distance_row_wide(int64_t *squared, int32_t *columns, const int32_t *gaps, int32_t width,
                           int32_t none, int32_t *room) {
    int32_t *lowest = room, *starts = room + width;
    const int32_t count = lower_envelope(lowest, starts, gaps, width, none);
    for (int32_t i = 0; i < count; i++) {
        const int32_t end = i + 1 < count ? starts[i + 1] : width;
        const parabola here = parabola_of(gaps, lowest[i]);
        for (int32_t x = starts[i]; x < end; x++) {
            squared[x] = parabola_at(here, x);
            if (columns) columns[x] = lowest[i];
        }
    }
}
