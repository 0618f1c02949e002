#include "region/colour_mixture.h"

#include "core/math.h"

#include <math.h>

/* Spread that a colour has from being rounded to 8 bits, and a little more: keeps the models of
 * even areas from being singular. In levels squared. */
#define LEAST_VARIANCE 1.0
/* Sweeps of Jacobi's method; 3 x 3 matrices are diagonal after 4 or 5. */
#define JACOBI_SWEEPS 8

void seg_colour_sums_add(seg_colour_sums *to, const seg_colour_sums *from) {
    to->count += from->count;
    for (int i = 0; i < 3; i++)
        to->sum[i] += from->sum[i];
    for (int i = 0; i < 6; i++)
        to->product[i] += from->product[i];
}

static void covariance_of(double matrix[3][3], double mean[3], const seg_colour_sums *sums) {
    for (int i = 0; i < 3; i++)
        mean[i] = sums->sum[i] / sums->count;
    int next = 0;
    for (int i = 0; i < 3; i++)
        for (int j = i; j < 3; j++)
            matrix[i][j] = matrix[j][i] = sums->product[next++] / sums->count - mean[i] * mean[j];
}

/* One rotation of Jacobi's method: makes matrix[p][q] zero, columns of `vectors` follow. */
static void rotate(double matrix[3][3], double vectors[3][3], int p, int q) {
    if (matrix[p][q] == 0) return;
    const double theta = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q]);
    const double t = (theta < 0 ? -1 : 1) / (fabs(theta) + sqrt(theta * theta + 1));
    const double c = 1 / sqrt(t * t + 1), s = t * c;
    for (int k = 0; k < 3; k++) {
        const double a = matrix[k][p], b = matrix[k][q];
        matrix[k][p] = c * a - s * b;
        matrix[k][q] = s * a + c * b;
    }
    for (int k = 0; k < 3; k++) {
        const double a = matrix[p][k], b = matrix[q][k];
        matrix[p][k] = c * a - s * b;
        matrix[q][k] = s * a + c * b;
    }
    for (int k = 0; k < 3; k++) {
        const double a = vectors[k][p], b = vectors[k][q];
        vectors[k][p] = c * a - s * b;
        vectors[k][q] = s * a + c * b;
    }
}

seg_colour_axis seg_colour_axis_of(const seg_colour_sums *sums) {
    seg_colour_axis axis = {0};
    if (sums->count == 0) return axis;
    double matrix[3][3], vectors[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    covariance_of(matrix, axis.mean, sums);
    for (int sweep = 0; sweep < JACOBI_SWEEPS; sweep++) {
        rotate(matrix, vectors, 0, 1);
        rotate(matrix, vectors, 0, 2);
        rotate(matrix, vectors, 1, 2);
    }
    int largest = 0;
    for (int i = 1; i < 3; i++)
        if (matrix[i][i] > matrix[largest][largest]) largest = i;
    axis.variance = matrix[largest][largest];
    for (int i = 0; i < 3; i++)
        axis.direction[i] = vectors[i][largest];
    return axis;
}

/* The inverse of the lower Cholesky factor of `matrix`, row by row; returns log det of `matrix`. */
static double invert_factor(double inverse[6], double matrix[3][3]) {
    double factor[3][3] = {{0}}, logarithm = 0;
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j <= i; j++) {
            double rest = matrix[i][j];
            for (int k = 0; k < j; k++)
                rest -= factor[i][k] * factor[j][k];
            factor[i][j] = i == j ? sqrt(rest) : rest / factor[j][j];
        }
        logarithm += 2 * seg_log_e(factor[i][i]);
    }
    const double a = 1 / factor[0][0], b = 1 / factor[1][1], c = 1 / factor[2][2];
    inverse[0] = a;
    inverse[1] = -factor[1][0] * a * b;
    inverse[2] = b;
    inverse[3] = (factor[1][0] * factor[2][1] * b - factor[2][0]) * a * c;
    inverse[4] = -factor[2][1] * b * c;
    inverse[5] = c;
    return logarithm;
}

void seg_colour_mixture_learn(seg_colour_mixture *mixture, const seg_colour_sums *sums,
                              int32_t count) {
    double all = 0;
    for (int32_t k = 0; k < count; k++)
        all += sums[k].count;
    if (all == 0) return;
    mixture->count = 0;
    for (int32_t k = 0; k < count; k++) {
        if (sums[k].count == 0) continue;
        seg_colour_gaussian *gaussian = &mixture->components[mixture->count++];
        double matrix[3][3], mean[3], root[6];
        covariance_of(matrix, mean, &sums[k]);
        for (int i = 0; i < 3; i++) {
            matrix[i][i] += LEAST_VARIANCE;
            gaussian->mean[i] = (float)mean[i];
        }
        const double logarithm = invert_factor(root, matrix);
        for (int i = 0; i < 6; i++)
            gaussian->root[i] = (float)(root[i] * sqrt(0.5));
        gaussian->bias = (float)(0.5 * logarithm - seg_log_e(sums[k].count / all));
    }
}

void seg_colour_mixture_costs(float *restrict costs, int32_t *restrict which,
                              const seg_colour_mixture *mixture,
                              const float *const planes[SEG_MIXTURE_COLOURS], int32_t count) {
    const float *restrict red = planes[0], *restrict green = planes[1], *restrict blue = planes[2];
    for (int32_t k = 0; k < mixture->count; k++) {
        const seg_colour_gaussian g = mixture->components[k];
        for (int32_t i = 0; i < count; i++) {
            const float r = red[i] - g.mean[0], e = green[i] - g.mean[1], b = blue[i] - g.mean[2];
            const float u = g.root[0] * r, v = g.root[1] * r + g.root[2] * e;
            const float w = g.root[3] * r + g.root[4] * e + g.root[5] * b;
            const float cost = g.bias + (u * u + v * v + w * w);
            const bool better = k == 0 || cost < costs[i];
            costs[i] = better ? cost : costs[i];
            if (which) which[i] = better ? k : which[i];
        }
    }
}
