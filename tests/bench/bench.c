/*
 * Ours against the peer in one process, interleaved, median of N.
 *
 *   bench [--runs N] [--threads N] [--peer-threads N] [--cpu ref|base|avx2] [--size 1080p|4k]
 *         [--only TEXT] [--tsv] [--no-page-faults] [PHOTO...]
 *   bench --equal DIR...      counts pixels that differ from the peer's on every picture there
 *
 * Without PHOTOs: those of SEGMENT_DATA, if set, else generated scenes.
 * --no-page-faults makes malloc keep its memory, so that neither side pays for fresh pages: the
 * fair figure of computation alone; without it both come as they are.
 */
#include "equal.h"
#include "peer.h"
#include "pictures.h"
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct bench_state {
    const bench_picture *picture;
    const seg_image *mask; /* for components */
    seg_image output, dx, dy, labels, distance;
    const seg_env *env;
    double share; /* of pixels set in the output */
} bench_state;

typedef struct bench_operation {
    const char *name;
    void (*ours)(bench_state *state);
    void (*peer)(bench_state *state);
    bool noise; /* on a mask of noise in place of the picture's */
} bench_operation;

static void need(seg_status status) {
    if (status >= 0) return;
    fprintf(stderr, "bench: %s: %s\n", seg_status_text(status), seg_error_detail());
    exit(1);
}

/* ---- the operations ---- */

static void ours_grey(bench_state *s) {
    need(seg_to_grey(&s->output, &s->picture->rgb, s->env));
}
static void peers_grey(bench_state *s) {
    peer_grey(&s->picture->rgb);
}
static void ours_blur(bench_state *s) {
    need(seg_gaussian(&s->output, &s->picture->grey, 1.4, 5, s->env));
}
static void peers_blur(bench_state *s) {
    peer_blur(&s->picture->grey);
}
static void ours_sobel(bench_state *s) {
    need(seg_sobel(&s->dx, &s->dy, &s->picture->grey, 3, s->env));
}
static void peers_sobel(bench_state *s) {
    peer_sobel(&s->picture->grey);
}
static void ours_median3(bench_state *s) {
    need(seg_median(&s->output, &s->picture->grey, 3, s->env));
}
static void peers_median3(bench_state *s) {
    peer_median(&s->picture->grey, 3);
}
static void ours_median5(bench_state *s) {
    need(seg_median(&s->output, &s->picture->grey, 5, s->env));
}
static void peers_median5(bench_state *s) {
    peer_median(&s->picture->grey, 5);
}
static void ours_difference(bench_state *s) {
    need(seg_difference_mask(&s->output, &s->picture->grey, &s->picture->next, 20, s->env));
}
static void peers_difference(bench_state *s) {
    peer_difference(&s->picture->grey, &s->picture->next, 20);
}
static void ours_otsu(bench_state *s) {
    need(seg_otsu(&s->output, NULL, &s->picture->grey, NULL, NULL, s->env));
}
static void peers_otsu(bench_state *s) {
    peer_otsu(&s->picture->grey);
}
static void ours_open(bench_state *s) {
    need(seg_morphology_mask(&s->output, s->mask, SEG_MORPH_OPEN, SEG_ELEMENT_SQUARE, 5, s->env));
}
static void peers_open(bench_state *s) {
    peer_open(s->mask, 5);
}

static void canny(bench_state *s, int norm, double sigma) {
    seg_canny_options options;
    seg_canny_options_init(&options);
    options.sigma = sigma;
    options.low = (seg_level){SEG_LEVEL_8BIT, 0, 50};
    options.high = (seg_level){SEG_LEVEL_8BIT, 0, 150};
    options.norm = norm;
    need(seg_canny(&s->output, NULL, &s->picture->grey, NULL, &options, s->env));
}
static void ours_canny_l1(bench_state *s) {
    canny(s, SEG_NORM_L1, 0);
}
static void peers_canny_l1(bench_state *s) {
    peer_canny(&s->picture->grey, 50, 150, false, false);
}
static void ours_canny_l2(bench_state *s) {
    canny(s, SEG_NORM_L2, 0);
}
static void peers_canny_l2(bench_state *s) {
    peer_canny(&s->picture->grey, 50, 150, true, false);
}
static void ours_blur_canny(bench_state *s) {
    canny(s, SEG_NORM_L1, 1.4);
}
static void peers_blur_canny(bench_state *s) {
    peer_canny(&s->picture->grey, 50, 150, false, true);
}

static void components(bench_state *s, bool statistics) {
    seg_component *items = NULL;
    int32_t count = 0;
    need(seg_components(&s->labels, statistics ? &items : NULL, &count, s->mask, 8, s->env));
    seg_components_free(items, s->env);
    s->share = (double)count;
}
static void ours_components(bench_state *s) {
    components(s, true);
}
static void peers_components(bench_state *s) {
    peer_components(s->mask, true);
}
static void ours_labels(bench_state *s) {
    components(s, false);
}
static void peers_labels(bench_state *s) {
    peer_components(s->mask, false);
}

static void ours_distance(bench_state *s) {
    need(seg_distance(&s->distance, NULL, NULL, s->mask, SEG_DISTANCE_TO_BACKGROUND, s->env));
}
static void peers_distance(bench_state *s) {
    peer_distance(s->mask);
}

static const bench_operation operations[] = {
    {"grey", ours_grey, peers_grey, false},
    {"blur 5x5", ours_blur, peers_blur, false},
    {"sobel 3x3", ours_sobel, peers_sobel, false},
    {"median 3x3", ours_median3, peers_median3, false},
    {"median 5x5", ours_median5, peers_median5, false},
    {"difference + threshold", ours_difference, peers_difference, false},
    {"otsu", ours_otsu, peers_otsu, false},
    {"canny L1", ours_canny_l1, peers_canny_l1, false},
    {"canny L2", ours_canny_l2, peers_canny_l2, false},
    {"blur + canny L1", ours_blur_canny, peers_blur_canny, false},
    {"open 5x5", ours_open, peers_open, false},
    {"exact distance", ours_distance, peers_distance, false},
    {"components + statistics", ours_components, peers_components, false},
    {"labels alone", ours_labels, peers_labels, false},
    {"noise: components + stat.", ours_components, peers_components, true},
    {"noise: exact distance", ours_distance, peers_distance, true},
    {"noise: labels alone", ours_labels, peers_labels, true},
};

/* ---- measuring ---- */

typedef struct bench_arguments {
    int runs, threads, peer_threads;
    bool tsv, no_page_faults;
    const char *size, *only;
} bench_arguments;

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count) {
    qsort(values, (size_t)count, sizeof *values, compare_doubles);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static double set_share(const seg_image *mask) {
    int64_t set = 0;
    if (seg_image_empty(mask)) return 0;
    for (int y = 0; y < mask->height; ++y) {
        const uint8_t *row = seg_image_row(mask, y);
        for (int x = 0; x < mask->width; ++x)
            set += row[x] == 255;
    }
    return (double)set / ((double)mask->width * mask->height);
}

static void measure(const bench_operation *operation, bench_state *state,
                    const bench_arguments *arguments) {
    double *ours = malloc(sizeof(double) * (size_t)arguments->runs * 2);
    if (!ours) exit(1);
    double *peers = ours + arguments->runs;
    for (int i = -2; i < arguments->runs; ++i) { /* two warm-up rounds */
        double start = now_ms();
        operation->ours(state);
        double middle = now_ms();
        if (peer_name()) operation->peer(state);
        double end = now_ms();
        if (i >= 0) ours[i] = middle - start, peers[i] = end - middle;
    }
    double mine = median(ours, arguments->runs), theirs = median(peers, arguments->runs);
    int w = state->picture->grey.width, h = state->picture->grey.height;
    double share = set_share(&state->output), speed = (double)w * h / mine / 1e3;
    const char *format = arguments->tsv ? "%s\t%dx%d\t%s\t%.3f\t%.3f\t%.2f\t%.1f\t%.4f\n"
                                        : "%-26s %4dx%-4d %-28.28s %8.3f %9.3f %7.2f %8.0f %7.3f\n";
    printf(format, operation->name, w, h, operation->noise ? "50 % noise" : state->picture->name,
           mine, theirs, peer_name() ? theirs / mine : 0.0, speed, share);
    fflush(stdout);
    free(ours);
}

static void measure_picture(const bench_picture *picture, const bench_arguments *arguments,
                            const seg_env *env, bool with_noise) {
    seg_image noise = bench_noise_mask(picture->grey.width, picture->grey.height);
    for (size_t i = 0; i < sizeof operations / sizeof *operations; ++i) {
        const bench_operation *operation = &operations[i];
        if (arguments->only && !strstr(operation->name, arguments->only)) continue;
        if (operation->noise && !with_noise) continue;
        bench_state state = {.picture = picture, .env = env};
        state.mask = operation->noise ? &noise : &picture->mask;
        measure(operation, &state, arguments);
        seg_image_unref(&state.output);
        seg_image_unref(&state.dx);
        seg_image_unref(&state.dy);
        seg_image_unref(&state.labels);
        seg_image_unref(&state.distance);
    }
    seg_image_unref(&noise);
}

static void measure_size(const char *size, char **photos, int photo_count,
                         const bench_arguments *arguments, const seg_env *env) {
    int width = strcmp(size, "4k") ? 1920 : 3840, height = strcmp(size, "4k") ? 1080 : 2160;
    for (int i = 0; i < photo_count; ++i) {
        bench_picture picture;
        if (!bench_picture_load(&picture, photos[i], width, height, i % 2)) {
            fprintf(stderr, "bench: %s: cannot be read as an 8-bit picture\n", photos[i]);
            exit(1);
        }
        measure_picture(&picture, arguments, env, i == 0);
        bench_picture_free(&picture);
    }
}

static int usage(void) {
    fprintf(stderr, "usage: bench [--runs N] [--threads N] [--peer-threads N] "
                    "[--cpu ref|base|avx2] [--size 1080p|4k]\n"
                    "             [--only TEXT] [--tsv] [--no-page-faults] [PHOTO...]\n"
                    "       bench --equal DIR...\n");
    return 2;
}

/* The photographs of the data folder: a smooth one and a busy one. */
static int default_photos(char **photos, char storage[2][4096]) {
    static const char *const names[2] = {"kde_ColorfulCups_2560x1600.jpg",
                                         "squoosh_redpanda_3872x2592.jpg"};
    const char *data = getenv("SEGMENT_DATA");
    for (int i = 0; i < 2; ++i) {
        if (data)
            snprintf(storage[i], sizeof storage[i], "%s/images/photos/large/%s", data, names[i]);
        photos[i] = data ? storage[i] : NULL;
    }
    return 2;
}

static bool set_cpu(const char *name) {
    for (seg_cpu_level level = SEG_CPU_REF; level <= SEG_CPU_AVX2; ++level)
        if (!strcmp(name, seg_cpu_level_name(level))) return seg_cpu_level_set(level) == level;
    return false;
}

static int parse(bench_arguments *arguments, int argc, char **argv) {
    int i = 1;
    for (; i < argc && !strncmp(argv[i], "--", 2); ++i) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (!strcmp(argv[i], "--tsv")) {
            arguments->tsv = true;
        } else if (!strcmp(argv[i], "--no-page-faults")) {
            arguments->no_page_faults = true;
        } else if (!value) {
            return -1;
        } else if (!strcmp(argv[i], "--runs") && atoi(value) > 0) {
            arguments->runs = atoi(argv[++i]);
        } else if (!strcmp(argv[i], "--threads") && atoi(value) > 0) {
            arguments->threads = atoi(argv[++i]);
        } else if (!strcmp(argv[i], "--peer-threads") && atoi(value) > 0) {
            arguments->peer_threads = atoi(argv[++i]);
        } else if (!strcmp(argv[i], "--cpu") && set_cpu(value)) {
            ++i;
        } else if (!strcmp(argv[i], "--size") &&
                   (!strcmp(value, "1080p") || !strcmp(value, "4k"))) {
            arguments->size = argv[++i];
        } else if (!strcmp(argv[i], "--only")) {
            arguments->only = argv[++i];
        } else {
            return -1;
        }
    }
    return i;
}

static void print_head(const bench_arguments *arguments) {
    if (arguments->tsv) {
        printf("operation\tsize\tpicture\tours_ms\tpeer_ms\tratio\tmpixel_per_s\tshare_set\n");
        return;
    }
    printf("ours: %d thread(s), level %s; peer: %s, %d thread(s); median of %d; %s\n\n",
           arguments->threads, seg_cpu_level_name(seg_cpu_level_get()),
           peer_name() ? peer_name() : "none", arguments->peer_threads, arguments->runs,
           arguments->no_page_faults ? "page faults off" : "page faults as they come");
    printf("%-26s %9s %-28s %8s %9s %7s %8s %7s\n", "operation", "size", "picture", "ours ms",
           "peer ms", "ratio", "Mpixel/s", "set");
}

int main(int argc, char **argv) {
    bench_arguments arguments = {.runs = 21, .threads = 1, .peer_threads = 1};
    if (argc > 2 && !strcmp(argv[1], "--equal")) return bench_equal(argv + 2, argc - 2);
    int first = parse(&arguments, argc, argv);
    if (first < 0) return usage();
    if (arguments.no_page_faults) {
        mallopt(M_MMAP_THRESHOLD, 1 << 30);
        mallopt(M_TRIM_THRESHOLD, 2000000000);
        mallopt(M_TOP_PAD, 512 << 20);
    }
    peer_set_threads(arguments.peer_threads);
    seg_pool *pool = NULL;
    need(seg_pool_create(&pool, arguments.threads));
    seg_env env = {.runner = seg_pool_runner(pool)};
    char storage[2][4096], *defaults[2], **photos = argv + first;
    int count = argc - first;
    if (!count) photos = defaults, count = default_photos(defaults, storage);
    print_head(&arguments);
    if (!arguments.size || !strcmp(arguments.size, "1080p"))
        measure_size("1080p", photos, count, &arguments, &env);
    if (!arguments.size || !strcmp(arguments.size, "4k"))
        measure_size("4k", photos, count, &arguments, &env);
    seg_pool_free(pool);
    return 0;
}
