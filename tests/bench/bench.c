/*
 * Ours against the peer in one process, in turn, medians of N, on two bases: A as both come, and B
 * with a malloc that keeps its memory, so that neither side pays for fresh pages. Each operation
 * has a process of its own. Ratios below their bars are marked.
 *
 *   bench [--runs N] [--threads N] [--peer-threads N] [--cpu ref|base|avx2] [--size 512|1080p|4k]
 *         [--only TEXT] [--tsv | --markdown] [PHOTO...]
 *   bench --equal DIR...      counts pixels that differ from the peer's on every picture there
 *
 * Without PHOTOs: three of SEGMENT_DATA, if set, else generated scenes.
 */
#include "equal.h"
#include "report.h"

#include <segment/segment.h>

#include <stdlib.h>
#include <string.h>

#define CHILD "--child"

typedef struct options {
    bench_report report;
    bool child, no_page_faults;
} options;

static int usage(void) {
    fprintf(stderr, "usage: bench [--runs N] [--threads N] [--peer-threads N] "
                    "[--cpu ref|base|avx2] [--size 512|1080p|4k]\n"
                    "             [--only TEXT] [--tsv | --markdown] [PHOTO...]\n"
                    "       bench --equal DIR...\n");
    return 2;
}

/* The photographs of the data folder: a very smooth one, a smooth one and a busy one. */
static int default_photos(char **photos, char storage[3][4096]) {
    static const char *const names[3] = {"large/kde_ColorfulCups_2560x1600.jpg",
                                         "opencv_samples/apple.jpg",
                                         "large/squoosh_redpanda_3872x2592.jpg"};
    const char *data = getenv("SEGMENT_DATA");
    for (int i = 0; i < 3; ++i) {
        if (data) snprintf(storage[i], sizeof storage[i], "%s/images/photos/%s", data, names[i]);
        photos[i] = data ? storage[i] : NULL;
    }
    return data ? 3 : 2;
}

static bool set_cpu(const char *name) {
    for (seg_cpu_level level = SEG_CPU_REF; level <= SEG_CPU_AVX2; ++level)
        if (!strcmp(name, seg_cpu_level_name(level))) return seg_cpu_level_set(level) == level;
    return false;
}

static bool parse_flag(options *o, const char *name) {
    bench_report *report = &o->report;
    if (!strcmp(name, "--tsv"))
        report->format = BENCH_TSV;
    else if (!strcmp(name, "--markdown"))
        report->format = BENCH_MARKDOWN;
    else if (!strcmp(name, CHILD))
        o->child = true;
    else if (!strcmp(name, "--no-page-faults"))
        o->no_page_faults = true;
    else if (!strcmp(name, "--noise"))
        report->arguments.noise = true;
    else if (!strcmp(name, "--busy"))
        report->arguments.busy = true;
    else
        return false;
    return true;
}

static bool parse_value(options *o, const char *name, const char *value) {
    bench_report *report = &o->report;
    bench_arguments *arguments = &report->arguments;
    int number = atoi(value);
    if (!strcmp(name, "--runs") && number > 0)
        arguments->runs = number;
    else if (!strcmp(name, "--threads") && number > 0)
        arguments->threads = number;
    else if (!strcmp(name, "--peer-threads") && number > 0)
        arguments->peer_threads = number;
    else if (!strcmp(name, "--size") && bench_size_find(value))
        report->size = bench_size_find(value);
    else if (!strcmp(name, "--only"))
        arguments->only = value;
    else
        return !strcmp(name, "--cpu") && set_cpu(value);
    return true;
}

/* The index of the first photo, or -1. */
static int parse(options *o, int argc, char **argv) {
    int i = 1;
    for (; i < argc && !strncmp(argv[i], "--", 2); ++i) {
        if (parse_flag(o, argv[i])) continue;
        if (i + 1 == argc || !parse_value(o, argv[i], argv[i + 1])) return -1;
        ++i;
    }
    return i;
}

int main(int argc, char **argv) {
    options o = {
        .report = {.arguments = {.runs = 21, .threads = 1, .peer_threads = 1}, .child = CHILD}};
    char storage[3][4096], *defaults[3];
    if (argc > 2 && !strcmp(argv[1], "--equal")) return bench_equal(argv + 2, argc - 2);
    int first = parse(&o, argc, argv);
    if (first < 0) return usage();
    if (o.child) {
        if (o.no_page_faults) bench_keep_memory();
        o.report.arguments.photo = first < argc ? argv[first] : NULL;
        o.report.arguments.size = o.report.size;
        return !bench_measure(stdout, &o.report.arguments);
    }
    o.report.level = seg_cpu_level_name(seg_cpu_level_get());
    o.report.photos = first < argc ? argv + first : defaults;
    o.report.photo_count = first < argc ? argc - first : default_photos(defaults, storage);
    int failures = bench_report_run(&o.report);
    if (failures > 0) fprintf(stderr, "bench: %d rows are below their bars\n", failures);
    return failures != 0;
}
