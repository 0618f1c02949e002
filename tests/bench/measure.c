#define _GNU_SOURCE /* rusage, clock_gettime, MAP_ANONYMOUS */
#include "measure.h"

#include "operations.h"
#include "peer.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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

const bench_size bench_sizes[BENCH_SIZES] = {
    {"512", 512, 512}, {"1080p", 1920, 1080}, {"4K", 3840, 2160}};

const bench_size *bench_size_find(const char *name) {
    for (int i = 0; i < BENCH_SIZES; ++i)
        if (!strcasecmp(bench_sizes[i].name, name)) return &bench_sizes[i];
    return NULL;
}

static bool wanted(const bench_operation *operation, const bench_arguments *arguments) {
    if (arguments->only && !strstr(operation->name, arguments->only)) return false;
    if (operation->kind & BENCH_NOISE && !arguments->noise) return false;
    const bool small = arguments->size->width<1920, large = arguments->size->width> 1920;
    if (small) return operation->kind & BENCH_SMALL;
    if (operation->kind & BENCH_SLOW && large) return false;
    return !(operation->kind & BENCH_TWO_THREADS) || large;
}

/* What is measured on, in memory that malloc knows nothing of. */
typedef struct shared_pictures {
    bench_picture picture; /* its images lie behind this */
    seg_image noise;
    double edges;
} shared_pictures;

static void place(seg_image *image, uint8_t **memory, int width, int height, int channels) {
    ptrdiff_t stride = (ptrdiff_t)width * channels;
    bench_need(seg_image_wrap(image, *memory, stride, width, height, SEG_U8, channels));
    *memory += stride * height;
}

static void load(shared_pictures *shared, const bench_arguments *arguments) {
    bench_picture *to = &shared->picture, from;
    int width = to->grey.width, height = to->grey.height;
    if (!bench_picture_load(&from, arguments->photo, width, height, arguments->busy)) {
        fprintf(stderr, "bench: %s: cannot be read as an 8-bit picture\n", arguments->photo);
        _exit(1);
    }
    seg_image noise = bench_noise_mask(width, height);
    memcpy(to->name, from.name, sizeof to->name);
    bench_need(seg_image_copy(&to->rgb, &from.rgb, NULL));
    bench_need(seg_image_copy(&to->grey, &from.grey, NULL));
    bench_need(seg_image_copy(&to->next, &from.next, NULL));
    bench_need(seg_image_copy(&to->mask, &from.mask, NULL));
    bench_need(seg_image_copy(&shared->noise, &noise, NULL));
    shared->edges = edge_share(&from.grey);
    _exit(0);
}

static bool ended_well(pid_t child) {
    int status = 1;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

/* Loads in a process of its own: malloc adapts to the largest block that was ever freed, and is to
 * know only those of the operation that is measured. */
static shared_pictures *load_shared(const bench_arguments *arguments) {
    int width = arguments->size->width, height = arguments->size->height;
    size_t head = (sizeof(shared_pictures) + 4095) / 4096 * 4096;
    size_t size = head + (size_t)width * (size_t)height * 7;
    shared_pictures *shared =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return NULL;
    uint8_t *memory = (uint8_t *)shared + head;
    place(&shared->picture.rgb, &memory, width, height, 3);
    place(&shared->picture.grey, &memory, width, height, 1);
    place(&shared->picture.next, &memory, width, height, 1);
    place(&shared->picture.mask, &memory, width, height, 1);
    place(&shared->noise, &memory, width, height, 1);
    pid_t child = fork();
    if (child == 0) load(shared, arguments);
    return ended_well(child) ? shared : NULL;
}

static void measure_operation(FILE *to, const bench_operation *operation,
                              const shared_pictures *shared, const bench_arguments *arguments) {
    bool in_noise = operation->kind & BENCH_NOISE, two = operation->kind & BENCH_TWO_THREADS;
    const bench_picture *picture = &shared->picture;
    seg_pool *pool = NULL, *single = NULL;
    peer_set_threads(arguments->peer_threads);
    bench_need(seg_pool_create(&pool, two ? 2 : arguments->threads));
    bench_need(seg_pool_create(&single, 1));
    const seg_env env = {.runner = seg_pool_runner(pool)};
    const seg_env one_thread = {.runner = seg_pool_runner(single)};
    bench_state state = {.picture = picture,
                         .mask = in_noise ? &shared->noise : &picture->mask,
                         .env = &env,
                         .one_thread = &one_thread};
    bench_row row = {
        .width = picture->grey.width, .height = picture->grey.height, .edges = shared->edges};
    snprintf(row.operation, sizeof row.operation, "%s", operation->name);
    snprintf(row.picture, sizeof row.picture, "%.40s", in_noise ? "50 % noise" : picture->name);
    bool alone = arguments->threads == 1 && arguments->peer_threads == 1 && !two;
    const int few = arguments->runs < 3 ? arguments->runs : 3;
    measure(&row, operation, &state, operation->kind & BENCH_SLOW ? few : arguments->runs,
            alone ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC);
    write_row(to, &row);
    bench_state_free(&state);
    seg_pool_free(single);
    seg_pool_free(pool);
}

bool bench_measure(FILE *to, const bench_arguments *arguments) {
    shared_pictures *shared = load_shared(arguments);
    bool good = shared;
    for (int i = 0; i < bench_operation_count && good; ++i) {
        if (!wanted(&bench_operations[i], arguments)) continue;
        pid_t child = fork();
        if (child == 0) {
            measure_operation(to, &bench_operations[i], shared, arguments);
            _exit(0);
        }
        good = ended_well(child);
    }
    return good;
}
