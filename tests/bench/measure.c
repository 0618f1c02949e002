#define _GNU_SOURCE /* rusage, clock_gettime */
#include "measure.h"

#include "operations.h"
#include "peer.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

void bench_keep_memory(void) {
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 2000000000);
    mallopt(M_TOP_PAD, 512 << 20);
}

static double now_ms(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static double page_faults(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_minflt;
}

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count) {
    qsort(values, (size_t)count, sizeof *values, compare_doubles);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* Edges per pixel: what the cost of Canny depends on. */
static double edge_share(const seg_image *grey) {
    seg_image edges = {0};
    seg_canny_options options;
    seg_canny_report report;
    seg_canny_options_init(&options);
    options.sigma = 0;
    options.low = (seg_level){SEG_LEVEL_8BIT, 0, 50};
    options.high = (seg_level){SEG_LEVEL_8BIT, 0, 150};
    bench_need(seg_canny(&edges, &report, grey, NULL, &options, NULL));
    seg_image_unref(&edges);
    return report.edge_share;
}

/* Both sides in turn, so that whatever slows the machine down for a while slows down both. One
 * thread is measured by its own clock, which stops while other programs have the processor. */
static void measure(bench_row *row, const bench_operation *operation, bench_state *state, int runs,
                    clockid_t clock) {
    double *ours = malloc(sizeof(double) * (size_t)runs * 2);
    if (!ours) exit(1);
    double *peers = ours + runs;
    bool with_peer = peer_name() || operation->kind & BENCH_TWO_THREADS;
    row->our_faults = row->peer_faults = 0;
    for (int i = -2; i < runs; ++i) { /* two warm-up rounds */
        double faults = page_faults(), start = now_ms(clock);
        operation->ours(state);
        double middle = now_ms(clock), faults_between = page_faults(), again = now_ms(clock);
        if (with_peer) operation->peer(state);
        double end = now_ms(clock);
        if (i < 0) continue;
        ours[i] = middle - start;
        peers[i] = with_peer ? end - again : 0;
        row->our_faults += (faults_between - faults) / runs;
        row->peer_faults += (page_faults() - faults_between) / runs;
    }
    row->ours = median(ours, runs);
    row->peer = median(peers, runs);
    free(ours);
}

static void write_row(FILE *to, const bench_row *row) {
    fprintf(to, "%s\t%s\t%d\t%d\t%.5f\t%.4f\t%.4f\t%.0f\t%.0f\n", row->operation, row->picture,
            row->width, row->height, row->edges, row->ours, row->peer, row->our_faults,
            row->peer_faults);
    fflush(to);
}

bool bench_row_read(bench_row *row, FILE *from) {
    char line[256];
    return fgets(line, sizeof line, from) &&
           sscanf(line, "%31[^\t]\t%47[^\t]\t%d\t%d\t%lf\t%lf\t%lf\t%lf\t%lf", row->operation,
                  row->picture, &row->width, &row->height, &row->edges, &row->ours, &row->peer,
                  &row->our_faults, &row->peer_faults) == 9;
}

static bool wanted(const bench_operation *operation, const bench_arguments *arguments) {
    if (arguments->only && !strstr(operation->name, arguments->only)) return false;
    if (operation->kind & BENCH_NOISE && !arguments->noise) return false;
    return !(operation->kind & BENCH_TWO_THREADS) || arguments->uhd;
}

void bench_measure(FILE *to, const bench_arguments *arguments) {
    int width = arguments->uhd ? 3840 : 1920, height = arguments->uhd ? 2160 : 1080;
    bench_picture picture;
    if (!bench_picture_load(&picture, arguments->photo, width, height, arguments->busy)) {
        fprintf(stderr, "bench: %s: cannot be read as an 8-bit picture\n", arguments->photo);
        exit(1);
    }
    seg_pool *pool = NULL, *two = NULL;
    peer_set_threads(arguments->peer_threads);
    bench_need(seg_pool_create(&pool, arguments->threads));
    bench_need(seg_pool_create(&two, 2));
    const seg_env env = {.runner = seg_pool_runner(pool)};
    const seg_env two_threads = {.runner = seg_pool_runner(two)};
    seg_image noise = bench_noise_mask(width, height);
    bench_row row = {.width = width, .height = height, .edges = edge_share(&picture.grey)};
    for (int i = 0; i < bench_operation_count; ++i) {
        const bench_operation *operation = &bench_operations[i];
        if (!wanted(operation, arguments)) continue;
        bool in_noise = operation->kind & BENCH_NOISE;
        bench_state state = {.picture = &picture,
                             .mask = in_noise ? &noise : &picture.mask,
                             .env = operation->kind & BENCH_TWO_THREADS ? &two_threads : &env,
                             .one_thread = &env};
        snprintf(row.operation, sizeof row.operation, "%s", operation->name);
        snprintf(row.picture, sizeof row.picture, "%.40s", in_noise ? "50 % noise" : picture.name);
        bool alone = arguments->threads == 1 && arguments->peer_threads == 1 &&
                     !(operation->kind & BENCH_TWO_THREADS);
        measure(&row, operation, &state, arguments->runs,
                alone ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC);
        write_row(to, &row);
        bench_state_free(&state);
    }
    seg_image_unref(&noise);
    bench_picture_free(&picture);
    seg_pool_free(two);
    seg_pool_free(pool);
}
