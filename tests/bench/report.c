#define _POSIX_C_SOURCE 200809L /* fork, fdopen */
#include "report.h"

#include "operations.h"
#include "peer.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* An operation on a picture, on both bases. */
typedef struct result {
    bench_row row[BENCH_BASES];
} result;

typedef struct results {
    result *items;
    int count, capacity;
} results;

static double ratio(const bench_row *row) {
    return row->ours > 0 ? row->peer / row->ours : 0;
}

/* Whether any of its ratios, as printed, is below its bar. */
static bool below(const result *r) {
    const bench_operation *operation = bench_operation_find(r->row[0].operation);
    for (int i = 0; i < BENCH_BASES && operation; ++i)
        if (r->row[i].peer > 0 && ratio(&r->row[i]) + 0.005 < operation->bar[i]) return true;
    return false;
}

/* ---- children ---- */

static void exec_child(const bench_report *report, bench_basis basis, const bench_size *size,
                       int photo, int pipe_end) {
    const bench_arguments *a = &report->arguments;
    char runs[16], threads[16], peers[16];
    const char *arguments[32] = {"bench", report->child};
    int count = 2;
    snprintf(runs, sizeof runs, "%d", a->runs);
    snprintf(threads, sizeof threads, "%d", a->threads);
    snprintf(peers, sizeof peers, "%d", a->peer_threads);
    const char *options[] = {"--runs", runs,    "--threads",   threads,  "--peer-threads",
                             peers,    "--cpu", report->level, "--size", size->name};
    for (size_t i = 0; i < sizeof options / sizeof *options; ++i)
        arguments[count++] = options[i];
    if (basis == BENCH_NO_FAULTS) arguments[count++] = "--no-page-faults";
    if (photo == 0) arguments[count++] = "--noise";
    if (photo % 2) arguments[count++] = "--busy";
    if (a->only) arguments[count++] = "--only", arguments[count++] = a->only;
    if (report->photos[photo]) arguments[count++] = report->photos[photo];
    dup2(pipe_end, STDOUT_FILENO);
    execv("/proc/self/exe", (char **)(uintptr_t)arguments);
    perror("bench: /proc/self/exe");
    _exit(1);
}

/* Runs a child and takes its rows into `results`: new ones for the first basis, by their order for
 * the second one. */
static bool run_child(results *all, const bench_report *report, bench_basis basis,
                      const bench_size *size, int photo) {
    int ends[2], status = 1, first = all->count, taken = 0;
    bench_row row;
    fflush(stdout);
    if (pipe(ends)) return false;
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        exec_child(report, basis, size, photo, ends[1]);
    }
    close(ends[1]);
    FILE *from = fdopen(ends[0], "r");
    if (basis == BENCH_NO_FAULTS)
        while (first > 0 && all->items[first - 1].row[BENCH_NO_FAULTS].width == 0)
            --first;
    for (; from && bench_row_read(&row, from); ++taken) {
        if (basis == BENCH_AS_IT_COMES) {
            if (all->count == all->capacity) {
                all->capacity = all->capacity * 2 + 64;
                all->items = realloc(all->items, sizeof(result) * (size_t)all->capacity);
                if (!all->items) exit(1);
            }
            all->items[all->count++] = (result){{row}};
        } else if (first + taken < all->count) {
            all->items[first + taken].row[BENCH_NO_FAULTS] = row;
        }
    }
    if (from) fclose(from);
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

/* ---- printing ---- */

static void print_head(const bench_report *report) {
    if (report->format == BENCH_TSV)
        printf("level\toperation\tsize\tpicture\tedges\tours_ms\tpeer_ms\tratio\tbar\tour_faults\t"
               "peer_faults\tours_no_faults_ms\tpeer_no_faults_ms\tratio_no_faults\t"
               "bar_no_faults\n");
    if (report->format != BENCH_TABLE) return;
    printf("ours: level %s, %d thread(s); peer: %s, %d thread(s); medians of %d runs, in turn.\n"
           "A: as both come; B: malloc keeps its memory, no page faults on either side.\n\n",
           report->level, report->arguments.threads, peer_name() ? peer_name() : "none",
           report->arguments.peer_threads, report->arguments.runs);
    printf("%-25s %-5s %-24s %5s | %8s %8s %6s | %8s %8s %6s | %s\n", "operation", "size",
           "picture", "edges", "ours A", "peer A", "ratio", "ours B", "peer B", "ratio",
           "bars A / B");
}

static const char *size_name(const bench_row *row) {
    int i = 0;
    while (i < BENCH_SIZES - 1 && bench_sizes[i].width != row->width)
        i++;
    return bench_sizes[i].name;
}

static void print_row(const bench_report *report, const result *r) {
    const bench_row *a = &r->row[BENCH_AS_IT_COMES], *b = &r->row[BENCH_NO_FAULTS];
    const bench_operation *operation = bench_operation_find(a->operation);
    const double none[BENCH_BASES] = {0}, *bar = operation ? operation->bar : none;
    if (report->format == BENCH_TSV) {
        printf("%s\t%s\t%dx%d\t%s\t%.4f\t%.3f\t%.3f\t%.2f\t%g\t%.0f\t%.0f\t%.3f\t%.3f\t%.2f\t%g\n",
               report->level, a->operation, a->width, a->height, a->picture, a->edges, a->ours,
               a->peer, ratio(a), bar[0], a->our_faults, a->peer_faults, b->ours, b->peer, ratio(b),
               bar[1]);
        return;
    }
    printf("%-25s %-5s %-24.24s %4.1f%% | %8.3f %8.3f %6.2f | %8.3f %8.3f %6.2f | ", a->operation,
           size_name(a), a->picture, 100 * a->edges, a->ours, a->peer, ratio(a), b->ours, b->peer,
           ratio(b));
    if (bar[0] > 0)
        printf("%g / %g %s\n", bar[0], bar[1], below(r) ? "BELOW" : "");
    else
        printf("-\n");
}

/* A table of one size: a row for each operation, a column for each picture. */
static void print_markdown(const bench_report *report, const results *all, const bench_size *size) {
    const char *columns[64];
    double edges[64];
    int count = 0;
    for (int i = 0; i < all->count; ++i) {
        const bench_row *row = &all->items[i].row[0];
        if (row->width != size->width || strstr(row->operation, "noise")) continue;
        if (count && !strcmp(columns[count - 1], row->picture)) continue;
        if (count == 64) break;
        edges[count] = row->edges;
        columns[count++] = row->picture;
    }
    if (!count) return;
    printf("\n| %dx%d, level %s |", size->width, size->height, report->level);
    for (int c = 0; c < count; ++c)
        printf(" %s, %.1f %% edges |", columns[c], 100 * edges[c]);
    printf(" bar |\n| --- |");
    for (int c = 0; c <= count; ++c)
        printf(" --- |");
    for (int o = 0; o < bench_operation_count; ++o) {
        const bench_operation *operation = &bench_operations[o];
        bool begun = false;
        int column = 0;
        for (int i = 0; i < all->count; ++i) {
            const bench_row *a = &all->items[i].row[0], *b = &all->items[i].row[1];
            if (a->width != size->width || strcmp(a->operation, operation->name)) continue;
            if (!begun) printf("\n| %s |", operation->name);
            begun = true;
            ++column;
            printf(" %.2f ms, %.*f / %.*f%s |", a->ours, ratio(a) < 9.95 ? 1 : 0, ratio(a),
                   ratio(b) < 9.95 ? 1 : 0, ratio(b), below(&all->items[i]) ? " (below)" : "");
        }
        for (; begun && column < count; ++column)
            printf(" |");
        if (begun && operation->bar[0] > 0)
            printf(" %g / %g |", operation->bar[0], operation->bar[1]);
        else if (begun)
            printf(" |");
    }
    printf("\n");
}

int bench_report_run(const bench_report *report) {
    results all = {0};
    int failures = 0;
    bool good = true;
    print_head(report);
    for (const bench_size *size = bench_sizes; size < bench_sizes + BENCH_SIZES; ++size) {
        if (report->size && report->size != size) continue;
        for (int photo = 0; photo < report->photo_count && good; ++photo) {
            int first = all.count;
            for (int basis = 0; basis < BENCH_BASES && good; ++basis)
                good = run_child(&all, report, (bench_basis)basis, size, photo);
            for (int i = first; i < all.count; ++i) {
                failures += below(&all.items[i]);
                if (report->format != BENCH_MARKDOWN) print_row(report, &all.items[i]);
            }
        }
        if (report->format == BENCH_MARKDOWN) print_markdown(report, &all, size);
    }
    free(all.items);
    return good ? failures : -1;
}
