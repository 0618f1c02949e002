/*
 * Weighted Laplace equations on the pixels of a picture: every unknown pixel is the weighted mean
 * of its four neighbours, some of which are known,
 *
 *     sum over neighbours j of w_ij (x_i - x_j) + g_i x_i = b_i
 *
 * with g the weights towards known pixels and b these weights times what is known. Solved by
 * conjugate gradients (flexible, as Y. Notay, SIAM J. Sci. Comput. 22(4), 2000) whose
 * preconditioner is a W-cycle of multigrid: squares of 2 x 2 pixels become one, whose edges are the
 * sums of those between the squares, so that every level is a grid again; red-black Gauss-Seidel
 * before and after (L. Grady, "A lattice-preserving multigrid method for solving the inhomogeneous
 * Poisson equations used in image analysis", ECCV 2008, has grids of grids, too). Everything runs
 * in bands, sums are added in band order.
 *
 * Memory: about 75 bytes a pixel.
 */
#ifndef SEG_IMGPROC_GRID_LAPLACE_H
#define SEG_IMGPROC_GRID_LAPLACE_H

#include "core/memory.h"

#define SEG_LAPLACE_LEVELS 20

/** A grid. Vectors have a row and a pixel of zeros before and behind them, so that neighbours of
 *  pixels at the border can be read; edges across it have no weight. */
typedef struct seg_laplace_level {
    int32_t width, height, band; /* rows of a band */
    float *right, *down;         /* weights of the edges of each pixel; 0 where there is none */
    float *ground;               /* g; becomes the inverse of the diagonal, 0 for no unknown */
    float *x, *b;
} seg_laplace_level;

typedef struct seg_grid_laplace {
    seg_laplace_level levels[SEG_LAPLACE_LEVELS];
    int32_t count;
    double *x, *residual, *direction, *product; /* of conjugate gradients */
    double *sums;                               /* slots of the bands */
    seg_scratch *scratch;
    seg_env quiet; /* of the bands, which are many and short: steps tell the progress */
} seg_grid_laplace;

/** Takes the memory. The caller then fills right, down and ground of levels[0], all of which are 0:
 *  item y * width + x; weights >= 0; an edge towards what is known, or towards nothing, is none. */
SEG_NODISCARD seg_status seg_grid_laplace_take(seg_grid_laplace *laplace, int32_t width,
                                               int32_t height, seg_scratch *scratch);

/** Makes the coarser grids; the weights are then fixed. Cancelled: SEG_ERROR_CANCELLED. */
SEG_NODISCARD seg_status seg_grid_laplace_prepare(seg_grid_laplace *laplace);

/**
 * Solves for one right side: levels[0].b is b as given by the caller, and is used up; the solution
 * is laplace->x, 0 where a pixel is no unknown. Ends when no value is estimated to be off by more
 * than `accuracy`, or after `most` steps; *steps = how many there were. Every set of connected
 * unknowns needs some ground. SEG_ERROR_CANCELLED.
 */
SEG_NODISCARD seg_status seg_grid_laplace_solve(seg_grid_laplace *laplace, double accuracy,
                                                int32_t most, int32_t *steps);

#endif
