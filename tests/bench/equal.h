/* Are the results the peer's, pixel for pixel? */
#ifndef BENCH_EQUAL_H
#define BENCH_EQUAL_H

/* Compares grey, otsu and canny on every picture of the directories, prints the number of pixels
 * that differ; exit code 0 if there is none. */
int bench_equal(char **directories, int count);

#endif
