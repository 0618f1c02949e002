/* Measuring on both bases, in processes of their own, and saying how it went. */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "measure.h"

typedef enum bench_format { BENCH_TABLE, BENCH_TSV, BENCH_MARKDOWN } bench_format;

typedef struct bench_report {
    bench_format format;
    bench_arguments arguments; /* without photo, size and scene */
    const char *level;         /* of the CPU */
    const bench_size *size;    /* NULL = all */
    char **photos;             /* paths, or NULL for a generated scene */
    int photo_count;
    char child[32]; /* the name of the option that makes this program a child */
} bench_report;

/* Runs everything; the number of ratios below their bars, or -1 if a child failed. */
int bench_report_run(const bench_report *report);

#endif
