/* A = L D L' with D diagonal; G. Golub, C. Van Loan, "Matrix Computations", section 4.1. */
#include "geometry/solve.h"

bool seg_solve_symmetric(double *x, const double *matrix, int32_t n) {
    double lower[SEG_SOLVE_MOST][SEG_SOLVE_MOST], pivots[SEG_SOLVE_MOST];
    for (int32_t j = 0; j < n; j++) {
        double pivot = matrix[j * n + j];
        for (int32_t k = 0; k < j; k++)
            pivot -= lower[j][k] * lower[j][k] * pivots[k];
        if (!(pivot > 1e-12 * matrix[j * n + j])) return false; /* NaN too */
        pivots[j] = pivot;
        for (int32_t i = j + 1; i < n; i++) {
            double sum = matrix[i * n + j];
            for (int32_t k = 0; k < j; k++)
                sum -= lower[i][k] * lower[j][k] * pivots[k];
            lower[i][j] = sum / pivot;
        }
    }
    for (int32_t i = 0; i < n; i++)
        for (int32_t k = 0; k < i; k++)
            x[i] -= lower[i][k] * x[k];
    for (int32_t i = n - 1; i >= 0; i--) {
        x[i] /= pivots[i];
        for (int32_t k = i + 1; k < n; k++)
            x[i] -= lower[k][i] * x[k];
    }
    return true;
}
