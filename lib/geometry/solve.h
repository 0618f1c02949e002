/* Small systems of linear equations. */
#ifndef SEG_GEOMETRY_SOLVE_H
#define SEG_GEOMETRY_SOLVE_H

#include <stdbool.h>
#include <stdint.h>

#define SEG_SOLVE_MOST 9

/**
 * Solves A x = b for a symmetric A of n x n (n at most SEG_SOLVE_MOST), row by row, of which the
 * lower triangle is read, by A = L D L'. `x` gets b first and the solution last. False if A is
 * not positive definite: a pivot is below 1e-12 of its own diagonal element.
 */
bool seg_solve_symmetric(double *x, const double *matrix, int32_t n);

#endif
