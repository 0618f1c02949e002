/* What is measured, and what is asked of it. */
#ifndef BENCH_OPERATIONS_H
#define BENCH_OPERATIONS_H

#include "pictures.h"

/* What an operation works on; outputs are kept from run to run, as a careful user would. */
typedef struct bench_state {
    const bench_picture *picture;
    const seg_image *mask; /* for components and distances */
    seg_image output, dx, dy, labels, distance, markers;
    seg_context *flow;
    seg_result field;
    const seg_env *env, *one_thread;
} bench_state;

enum {
    BENCH_NOISE = 1,       /* on a mask of 50 % noise in place of the picture's */
    BENCH_TWO_THREADS = 2, /* ours with two threads; the peer is ours with one; 4K only */
    BENCH_SLOW = 4,        /* a peer takes a second: few runs, 1080p only */
    BENCH_SMALL = 8        /* at 512x512, too */
};

typedef struct bench_operation {
    const char *name;
    void (*ours)(bench_state *state);
    void (*peer)(bench_state *state);
    int kind;
    double bar[2]; /* the least ratio for each basis (bench_basis), 0 = none */
} bench_operation;

extern const bench_operation bench_operations[];
extern const int bench_operation_count;
const bench_operation *bench_operation_find(const char *name);

void bench_state_free(bench_state *state);

/* Ends the program unless the status is good. */
void bench_need(seg_status status);

/* Streams: streams.c. */
void bench_mog2_quiet(bench_state *state);
void peers_mog2_quiet(bench_state *state);
void bench_mog2_busy(bench_state *state);
void peers_mog2_busy(bench_state *state);
void bench_mog2_luma(bench_state *state);
void peers_mog2_luma(bench_state *state);
void bench_knn_quiet(bench_state *state);
void peers_knn_quiet(bench_state *state);
void bench_knn_busy(bench_state *state);
void peers_knn_busy(bench_state *state);
void bench_frame_diff(bench_state *state);
void peers_frame_diff(bench_state *state);
void bench_average(bench_state *state);
void peers_average(bench_state *state);

#endif
