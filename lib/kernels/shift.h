/* The kernel of mean shift: the mean of what lies near a point in place and colour. */
#ifndef SEG_KERNELS_SHIFT_H
#define SEG_KERNELS_SHIFT_H

#include "kernels/level.h"

#define SEG_SHIFT_LANES 16

/* The radius of the ball in colours, and where differences are cut: three such squares fit 16 bits,
 * one alone is beyond the radius. */
#define SEG_SHIFT_RADIUS 100
#define SEG_SHIFT_CUT 104

/* Radii of disks; up to SMALL their sums fit 16 bits. */
#define SEG_SHIFT_SMALL 10
#define SEG_SHIFT_LARGE 64

/** A disk, and the same in columns of sixteen pixels: column k is at x = 16 k - radius and on. */
typedef struct seg_shift_disk {
    int32_t radius, columns;
    const int32_t *widths; /* half the width of rows -radius .. radius, from the first on */
    const int16_t *inside; /* of each column and row sixteen pixels: -1 in the disk, else 0 */
} seg_shift_disk;

/** Where a disk lies. All pixels of the columns can be read; they and the middle are within -16000
 *  .. 30000, and the middle is less than 32768 above any of them. */
typedef struct seg_shift_place {
    const int16_t *plane[3]; /* the middle pixel; 1 and 2 are NULL for grey */
    ptrdiff_t stride;        /* samples */
    int32_t top, bottom;     /* first and last row that counts, within -radius .. radius */
} seg_shift_place;

/** To the mean of place and colour, each to nearest, halves up; 0 where nothing is near. */
typedef struct seg_shift_move {
    int32_t x, y, colour[3];
} seg_shift_move;

/** Of sixteen pixels side by side. */
typedef struct seg_shift_moves {
    int16_t x[SEG_SHIFT_LANES], y[SEG_SHIFT_LANES], colour[3][SEG_SHIFT_LANES];
} seg_shift_moves;

/** From a place and `colour`: the mean of pixels whose colours lie within SEG_SHIFT_RADIUS of it
 *  (differences are cut at SEG_SHIFT_CUT before they are squared). */
typedef void seg_shift_mover(seg_shift_move *move, const seg_shift_disk *disk,
                             const seg_shift_place *place, const int16_t colour[3]);

typedef struct seg_shift_kernels {
    seg_shift_mover *move;
    /** The same for sixteen pixels from the place on, each from its own colour. */
    void (*move_many)(seg_shift_moves *moves, const seg_shift_disk *disk,
                      const seg_shift_place *place);
} seg_shift_kernels;

SEG_KERNELS_DECLARE(shift);

static inline void seg_shift_one_by_one(seg_shift_moves *moves, const seg_shift_disk *disk,
                                        const seg_shift_place *place, seg_shift_mover *mover) {
    for (int i = 0; i < SEG_SHIFT_LANES; i++) {
        seg_shift_place own = *place;
        seg_shift_move move;
        int16_t colour[3] = {0};
        for (int c = 0; c < 3 && place->plane[c]; c++) {
            own.plane[c] += i;
            colour[c] = *own.plane[c];
        }
        mover(&move, disk, &own, colour);
        moves->x[i] = (int16_t)move.x;
        moves->y[i] = (int16_t)move.y;
        for (int c = 0; c < 3; c++)
            moves->colour[c][i] = (int16_t)move.colour[c];
    }
}

#endif
