/* Measuring on one picture, on one basis, in this process. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdbool.h>
#include <stdio.h>

/* Both sides as they come in a program that does nothing else; or with a malloc that keeps its
 * memory, so that neither side pays for fresh pages: the fair figure of computation alone. */
typedef enum bench_basis { BENCH_AS_IT_COMES, BENCH_NO_FAULTS, BENCH_BASES } bench_basis;

typedef struct bench_size {
    const char *name;
    int width, height;
} bench_size;

#define BENCH_SIZES 3
extern const bench_size bench_sizes[BENCH_SIZES]; /* 512, 1080p, 4K */

/* One of them, whatever the case; NULL = none of that name. */
const bench_size *bench_size_find(const char *name);

typedef struct bench_arguments {
    int runs, threads, peer_threads;
    const bench_size *size;
    bool noise;        /* the operations on noise too */
    bool busy;         /* which generated scene, without a photograph */
    const char *only;  /* operations whose names contain this, or NULL */
    const char *photo; /* or NULL: a generated scene */
} bench_arguments;

/* One line of results. */
typedef struct bench_row {
    char operation[32], picture[48];
    int width, height;
    double edges;                   /* share of edge pixels, Canny L1 with 50 and 150 */
    double ours, peer;              /* ms, medians; peer 0 if there is none */
    double our_faults, peer_faults; /* page faults a run */
} bench_row;

/* Must come before anything is allocated. */
void bench_keep_memory(void);

/* Measures all operations, each in a process of its own, and writes a row of each to `to` as soon
 * as it is known; false if something failed. */
bool bench_measure(FILE *to, const bench_arguments *arguments);

/* Rows as lines of text; read returns false at the end. */
bool bench_row_read(bench_row *row, FILE *from);

#endif
