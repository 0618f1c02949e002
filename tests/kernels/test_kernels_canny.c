/* Canny kernels: every level gives what the readable twin gives, and stays within its rows. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include "kernels/canny.h"
#include "shapes.h"

#include <check.h>
#include <sys/mman.h>
#include <unistd.h>

static const seg_canny_kernels *levels[2];
static int level_count;

static void find_levels(void) {
    level_count = 0;
    levels[level_count++] = &seg_canny_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (seg_cpu_level_set(SEG_CPU_AVX2) == SEG_CPU_AVX2)
        levels[level_count++] = &seg_canny_kernels_avx2;
#endif
}

/* --- planes ------------------------------------------------------------------------------ */

typedef struct planes_memory {
    seg_canny_planes planes;
    uint64_t *weak, *strong, *blank, *queued;
    uint32_t *queue;
    size_t words;
    void *work;
} planes_memory;

#define LEAD 8

static uint64_t *zeros(size_t words) {
    uint64_t *memory = calloc(words, sizeof *memory);
    ck_assert_ptr_nonnull(memory);
    return memory;
}

static planes_memory planes_make(int32_t width, int32_t height) {
    planes_memory p = {0};
    const int32_t words = seg_canny_words(width);
    p.words = (size_t)words * (size_t)height;
    p.weak = zeros(p.words + LEAD);
    p.strong = zeros(p.words + LEAD);
    p.blank = zeros((size_t)words + LEAD);
    p.queued = zeros(p.words / 64 + 1);
    p.queue = malloc(p.words * sizeof *p.queue);
    ck_assert_ptr_nonnull(p.queue);
    ck_assert_int_eq(posix_memalign(&p.work, 64, seg_canny_work_size(width)), 0);
    memset(p.work, 0xa5, seg_canny_work_size(width));
    p.planes = (seg_canny_planes){p.weak + LEAD, p.strong + LEAD, words,  height,
                                  p.blank + 1,   p.queued,        p.queue};
    return p;
}

static void planes_free(planes_memory *p) {
    free(p->weak);
    free(p->strong);
    free(p->blank);
    free(p->queued);
    free(p->queue);
    free(p->work);
}

/* --- pictures ---------------------------------------------------------------------------- */

enum { NOISE, EXTREMES, BLOCKS, RINGS, DOTS, STEEP, FLAT, ISLANDS, GRAIN, PATTERNS };

static uint8_t pattern_value(int pattern, int32_t x, int32_t y, shapes_random *random) {
    const int32_t square = (x - 20) * (x - 20) + (y - 9) * (y - 9);
    switch (pattern) {
    case NOISE:
        return (uint8_t)shapes_below(random, 256);
    case EXTREMES:
        return shapes_below(random, 2) ? 255 : 0;
    case BLOCKS:
        return (uint8_t)((((x / 7 + y / 5) & 1) ? 200 : 0) + shapes_below(random, 8));
    case RINGS:
        return (uint8_t)(square / 3);
    case DOTS:
        return shapes_below(random, 16) ? 0 : 255;
    case STEEP:
        return (uint8_t)(3 * x + 40 * y);
    case ISLANDS: /* hardly any span, and now and then a step, at all places of strips and batches
                   */
        return (uint8_t)(100 + shapes_below(random, 3) +
                         (x % 97 / 9 == 4 && y % 23 / 3 == 2 ? 60 : 0));
    case GRAIN: /* spans and magnitudes around their limits */
        return (uint8_t)(100 + shapes_below(random, 8 + (uint32_t)(x / 64 % 4)));
    default:
        return 255;
    }
}

static void paint(uint8_t *rows, ptrdiff_t stride, int32_t width, int32_t height, int pattern,
                  shapes_random *random) {
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++)
            rows[y * stride + x] = pattern_value(pattern, x, y, random);
}

static seg_canny_plan plan_of(const uint8_t *rows, ptrdiff_t stride, int32_t width,
                              int32_t height) {
    return (seg_canny_plan){
        .data = rows, .stride = stride, .width = width, .height = height, .taps = {78, 61, 28}};
}

static void classify_all(const planes_memory *p, const seg_canny_kernels *kernels,
                         const seg_canny_plan *plan) {
    for (int32_t y = 0; y < plan->height; y += SEG_CANNY_BAND) {
        const int32_t end = plan->height - y < SEG_CANNY_BAND ? plan->height : y + SEG_CANNY_BAND;
        kernels->classify(&p->planes, plan, y, end, p->work);
    }
}

static void check_same(const planes_memory *wanted, const planes_memory *got,
                       const seg_canny_plan *plan, int level) {
    const size_t size = (wanted->words + LEAD) * sizeof(uint64_t);
    ck_assert_msg(!memcmp(wanted->weak, got->weak, size) &&
                      !memcmp(wanted->strong, got->strong, size),
                  "level %d, %dx%d, blur %d, squared %d, thresholds %d %d", level, plan->width,
                  plan->height, plan->blur, plan->squared, plan->low, plan->high);
}

static const int32_t thresholds[][2] = {{50, 150}, {0, 0}, {10, 2000}, {400, 401}, {32767, 32767}};

/* All levels, norms and thresholds for one picture, with blur and without. */
static void check_picture(const uint8_t *rows, ptrdiff_t stride, int32_t width, int32_t height,
                          int count) {
    planes_memory wanted = planes_make(width, height);
    seg_canny_plan plan = plan_of(rows, stride, width, height);
    for (int variant = 0; variant < 4 * count; variant++) {
        const int32_t *t = thresholds[variant / 4];
        plan.squared = variant & 1;
        plan.blur = variant & 2;
        plan.low = plan.squared ? t[0] * t[0] : t[0];
        plan.high = plan.squared ? t[1] * t[1] : t[1];
        classify_all(&wanted, &seg_canny_kernels_ref, &plan);
        for (int i = 0; i < level_count; i++) {
            planes_memory got = planes_make(width, height);
            classify_all(&got, levels[i], &plan);
            check_same(&wanted, &got, &plan, i);
            planes_free(&got);
        }
    }
    planes_free(&wanted);
}

/* --- classification ---------------------------------------------------------------------- */

/* A step from 0 to 100: dx = 400 on both sides of it, the left one wins. */
START_TEST(step_by_hand) {
    uint8_t rows[5][9];
    for (int y = 0; y < 5; y++)
        for (int x = 0; x < 9; x++)
            rows[y][x] = x < 4 ? 0 : 100;
    seg_canny_plan plan = plan_of(rows[0], 9, 9, 5);
    for (int i = -1; i < level_count; i++) {
        const seg_canny_kernels *kernels = i < 0 ? &seg_canny_kernels_ref : levels[i];
        planes_memory p = planes_make(9, 5);
        plan.low = 399;
        plan.high = 400;
        classify_all(&p, kernels, &plan);
        for (int32_t y = 0; y < 5; y++) {
            ck_assert_uint_eq(p.planes.weak[y * p.planes.words], 1u << 3);
            ck_assert_uint_eq(p.planes.strong[y * p.planes.words], 0);
        }
        plan.low = plan.high = 400;
        classify_all(&p, kernels, &plan);
        for (int32_t y = 0; y < 5; y++)
            ck_assert_uint_eq(p.planes.weak[y * p.planes.words], 0);
        planes_free(&p);
    }
}
END_TEST

START_TEST(small_sizes) {
    shapes_random random = shapes_random_start(1);
    uint8_t *rows = malloc(131 * 40);
    for (int32_t width = 1; width <= 130; width++) {
        for (int32_t height = 1; height <= 40; height += height < 8 ? 1 : 7) {
            paint(rows, width + 1, width, height, (width + height) % PATTERNS, &random);
            check_picture(rows, width + 1, width, height, 1 + (width + height) % 5);
        }
    }
    free(rows);
}
END_TEST

/* Across tiles of columns and bands of rows. */
START_TEST(large_sizes) {
    static const int32_t sizes[][2] = {{1023, 5},  {1024, 4},   {1025, 9},  {1057, 66},
                                       {2047, 19}, {2048, 66},  {2049, 70}, {2081, 3},
                                       {500, 64},  {4130, 131}, {300, 129}, {7, 200}};
    shapes_random random = shapes_random_start(2);
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        const int32_t width = sizes[s][0], height = sizes[s][1];
        uint8_t *rows = malloc((size_t)width * (size_t)height);
        for (int pattern = 0; pattern < PATTERNS; pattern++) {
            paint(rows, width, width, height, pattern, &random);
            check_picture(rows, width, width, height, 3);
        }
        free(rows);
    }
}
END_TEST

/* Every slope that two neighbours of 3x3 can make decides between level, upright and diagonal. */
START_TEST(all_slopes) {
    enum { SIDE = 5 };
    uint8_t rows[SIDE][64];
    shapes_random random = shapes_random_start(3);
    for (int round = 0; round < 2000; round++) {
        /* planes of all inclinations, with ties by quantisation */
        const int32_t a = (int32_t)shapes_below(&random, 81) - 40;
        const int32_t b = (int32_t)shapes_below(&random, 81) - 40;
        for (int32_t y = 0; y < SIDE; y++)
            for (int32_t x = 0; x < 64; x++) {
                const int32_t value = 128 + (a * (x % 8 - 4) + b * (y - 2)) / 2;
                rows[y][x] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
            }
        check_picture(rows[0], 64, 64, SIDE, 2);
    }
}
END_TEST

/* Other taps than those of sigma 1.4, up to the limits of 16 bits. */
START_TEST(all_taps) {
    enum { WIDTH = 70, HEIGHT = 13 };
    uint8_t rows[HEIGHT * WIDTH];
    shapes_random random = shapes_random_start(4);
    planes_memory wanted = planes_make(WIDTH, HEIGHT), got = planes_make(WIDTH, HEIGHT);
    int fitting = 0;
    for (int32_t outer = 0; outer <= 128; outer += 1) {
        for (int32_t inner = 0; inner <= 128 - outer; inner += 3) {
            const int32_t taps[3] = {256 - 2 * inner - 2 * outer, inner, outer};
            if (!seg_canny_taps_fit(taps)) continue;
            fitting++;
            paint(rows, WIDTH, WIDTH, HEIGHT, EXTREMES, &random);
            seg_canny_plan plan = plan_of(rows, WIDTH, WIDTH, HEIGHT);
            plan.blur = true;
            for (int i = 0; i < 3; i++)
                plan.taps[i] = (uint8_t)taps[i];
            plan.low = 20;
            plan.high = 60;
            classify_all(&wanted, &seg_canny_kernels_ref, &plan);
            for (int i = 0; i < level_count; i++) {
                classify_all(&got, levels[i], &plan);
                check_same(&wanted, &got, &plan, i);
            }
        }
    }
    ck_assert_int_gt(fitting, 300);
    planes_free(&wanted);
    planes_free(&got);
}
END_TEST

START_TEST(taps_that_do_not_fit) {
    const int32_t too_strong[3] = {200, 20, 8}, wrong_sum[3] = {78, 61, 27};
    const int32_t negative[3] = {100, 90, -12}, usual[3] = {78, 61, 28};
    ck_assert(seg_canny_taps_fit(usual));
    ck_assert(!seg_canny_taps_fit(too_strong));
    ck_assert(!seg_canny_taps_fit(wrong_sum));
    ck_assert(!seg_canny_taps_fit(negative));
}
END_TEST

/* --- memory ------------------------------------------------------------------------------ */

/* Rows that lie alone between pages which nobody may touch, at the end or the start of theirs. */
START_TEST(nothing_outside_of_rows) {
    enum { HEIGHT = 9 };
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t size = (2 * HEIGHT + 1) * page;
    unsigned char *memory = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(memory, MAP_FAILED);
    for (size_t y = 0; y < HEIGHT; y++)
        ck_assert_int_eq(mprotect(memory + (2 * y + 1) * page, page, PROT_READ | PROT_WRITE), 0);
    static const int32_t widths[] = {1,   2,   3,   15,  16,   17,   31,   32,   33,
                                     34,  63,  64,  65,  66,   95,   96,   97,   127,
                                     128, 129, 130, 500, 1023, 1024, 1025, 1100, 2049};
    shapes_random random = shapes_random_start(5);
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
        const int32_t width = widths[w];
        if ((size_t)width > page) continue;
        for (int at_end = 0; at_end < 2; at_end++) {
            unsigned char *row = memory + page + (at_end ? page - (size_t)width : 0);
            paint(row, (ptrdiff_t)(2 * page), width, HEIGHT, NOISE, &random);
            check_picture(row, (ptrdiff_t)(2 * page), width, HEIGHT, 1);
            planes_memory p = planes_make(width, HEIGHT);
            uint64_t bins[SEG_CANNY_BINS] = {0};
            const seg_canny_plan plan = plan_of(row, (ptrdiff_t)(2 * page), width, HEIGHT);
            for (int i = 0; i < level_count; i++) {
                levels[i]->count(bins, &plan, row, (ptrdiff_t)(2 * page), 0, HEIGHT, p.work);
                for (int past_cache = 0; past_cache < 2; past_cache++)
                    levels[i]->write(row, (ptrdiff_t)(2 * page), &p.planes, width, 0, HEIGHT,
                                     past_cache);
            }
            planes_free(&p);
        }
    }
    munmap(memory, size);
}
END_TEST

/* --- statistics -------------------------------------------------------------------------- */

START_TEST(counting) {
    static const int32_t sizes[][2] = {{1, 1}, {3, 70}, {64, 5}, {131, 9}, {1030, 4}};
    shapes_random random = shapes_random_start(6);
    for (int s = 0; s < 5; s++) {
        const int32_t width = sizes[s][0], height = sizes[s][1];
        const size_t size = (size_t)width * (size_t)height;
        uint8_t *rows = malloc(size), *ignore = malloc(size);
        planes_memory p = planes_make(width, height);
        for (int variant = 0; variant < 16 * PATTERNS; variant++) {
            seg_canny_plan plan = plan_of(rows, width, width, height);
            plan.squared = variant & 1;
            plan.blur = variant & 2;
            const bool some = variant & 4;
            paint(rows, width, width, height, variant / 16, &random);
            shapes_noise(ignore, width, height, width, 30, &random);
            uint64_t wanted[SEG_CANNY_BINS] = {0}, total = 0;
            seg_canny_kernels_ref.count(wanted, &plan, some ? ignore : NULL, width, 0, height,
                                        p.work);
            for (int i = 0; i < SEG_CANNY_BINS; i++)
                total += wanted[i];
            if (!some) ck_assert_uint_eq(total, size);
            for (int i = 0; i < level_count; i++) {
                uint64_t got[SEG_CANNY_BINS] = {0};
                for (int32_t y = 0; y < height; y += SEG_CANNY_BAND)
                    levels[i]->count(got, &plan, some ? ignore : NULL, width, y,
                                     height - y < SEG_CANNY_BAND ? height : y + SEG_CANNY_BAND,
                                     p.work);
                ck_assert_mem_eq(got, wanted, sizeof wanted);
            }
        }
        planes_free(&p);
        free(rows);
        free(ignore);
    }
}
END_TEST

/* --- hysteresis -------------------------------------------------------------------------- */

/* Fills both planes of `p` from masks. */
static void pack_planes(planes_memory *p, const uint8_t *weak, const uint8_t *strong,
                        int32_t width) {
    memset(p->weak, 0, (p->words + LEAD) * sizeof *p->weak);
    memset(p->strong, 0, (p->words + LEAD) * sizeof *p->strong);
    for (int32_t y = 0; y < p->planes.rows; y++)
        for (int32_t x = 0; x < width; x++) {
            const size_t at = (size_t)(y * p->planes.words + x / 64);
            const uint64_t bit = (uint64_t)1 << x % 64;
            if (weak[y * width + x]) p->planes.weak[at] |= bit;
            if (weak[y * width + x] && strong[y * width + x]) p->planes.strong[at] |= bit;
        }
}

/* What pixels of weak are 8-connected to strong ones, by repeating until nothing changes. */
static void reach(uint8_t *strong, const uint8_t *weak, int32_t width, int32_t height) {
    for (bool changed = true; changed;) {
        changed = false;
        for (int32_t y = 0; y < height; y++)
            for (int32_t x = 0; x < width; x++) {
                if (!weak[y * width + x] || strong[y * width + x]) continue;
                for (int32_t n = 0; n < 9; n++) {
                    const int32_t i = x + n % 3 - 1, j = y + n / 3 - 1;
                    if (i < 0 || j < 0 || i >= width || j >= height) continue;
                    if (!weak[j * width + i] || !strong[j * width + i]) continue;
                    strong[y * width + x] = 1;
                    changed = true;
                    break;
                }
            }
    }
}

static void grow_all(const planes_memory *p, const seg_canny_kernels *kernels) {
    const int32_t rows = p->planes.rows;
    for (int32_t y = 0; y < rows; y += SEG_CANNY_BAND)
        kernels->grow(&p->planes, y, rows - y < SEG_CANNY_BAND ? rows : y + SEG_CANNY_BAND);
    for (int32_t y = SEG_CANNY_BAND; y < rows; y += SEG_CANNY_BAND)
        kernels->join(&p->planes, y);
}

static void check_growth(const uint8_t *weak, const uint8_t *seeds, int32_t width, int32_t height) {
    const size_t size = (size_t)width * (size_t)height;
    uint8_t *reached = malloc(size);
    memcpy(reached, seeds, size);
    for (size_t i = 0; i < size; i++)
        reached[i] = reached[i] && weak[i];
    reach(reached, weak, width, height);
    planes_memory wanted = planes_make(width, height), got = planes_make(width, height);
    pack_planes(&wanted, weak, reached, width);
    for (int i = -1; i < level_count; i++) {
        pack_planes(&got, weak, seeds, width);
        grow_all(&got, i < 0 ? &seg_canny_kernels_ref : levels[i]);
        ck_assert_mem_eq(got.strong, wanted.strong, (got.words + LEAD) * sizeof *got.strong);
        ck_assert_mem_eq(got.weak, wanted.weak, (got.words + LEAD) * sizeof *got.weak);
        for (size_t w = 0; w < got.words / 64 + 1; w++)
            ck_assert_uint_eq(got.queued[w], 0);
    }
    planes_free(&wanted);
    planes_free(&got);
    free(reached);
}

START_TEST(growth_by_hand) {
    /* one chain around two corners and across a word, one that hangs on nothing */
    enum { WIDTH = 70, HEIGHT = 4 };
    uint8_t weak[HEIGHT * WIDTH] = {0}, seeds[HEIGHT * WIDTH] = {0};
    for (int32_t x = 10; x < 68; x++)
        weak[x] = 1;
    weak[WIDTH + 68] = weak[2 * WIDTH + 67] = 1;
    weak[3 * WIDTH + 1] = weak[3 * WIDTH + 2] = 1;
    seeds[2 * WIDTH + 67] = 1;
    planes_memory p = planes_make(WIDTH, HEIGHT);
    for (int i = -1; i < level_count; i++) {
        pack_planes(&p, weak, seeds, WIDTH);
        grow_all(&p, i < 0 ? &seg_canny_kernels_ref : levels[i]);
        const int32_t words = p.planes.words;
        ck_assert_uint_eq(p.planes.strong[0], ~(uint64_t)0 << 10);
        ck_assert_uint_eq(p.planes.strong[1], 0xf);
        ck_assert_uint_eq(p.planes.strong[words + 1], 1u << 4);
        ck_assert_uint_eq(p.planes.strong[2 * words + 1], 1u << 3);
        ck_assert_uint_eq(p.planes.strong[3 * words], 0);
    }
    planes_free(&p);
}
END_TEST

START_TEST(growth_on_noise) {
    static const uint32_t densities[] = {10, 30, 41, 50, 70, 95};
    shapes_random random = shapes_random_start(7);
    for (int round = 0; round < 120; round++) {
        const int32_t width = 1 + (int32_t)shapes_below(&random, round % 4 ? 140 : 600);
        const int32_t height = 1 + (int32_t)shapes_below(&random, 200);
        const size_t size = (size_t)width * (size_t)height;
        uint8_t *weak = malloc(size), *seeds = malloc(size);
        shapes_noise(weak, width, height, width, densities[round % 6], &random);
        shapes_noise(seeds, width, height, width, round % 3 ? 1 : 10, &random);
        check_growth(weak, seeds, width, height);
        free(weak);
        free(seeds);
    }
}
END_TEST

/* One seed at one end of shapes that make the longest ways. */
START_TEST(growth_on_mazes) {
    static const int32_t sizes[][2] = {{70, 66}, {200, 130}, {64, 64}, {131, 65}};
    for (int s = 0; s < 4; s++) {
        const int32_t width = sizes[s][0], height = sizes[s][1];
        const size_t size = (size_t)width * (size_t)height;
        uint8_t *weak = malloc(size), *seeds = malloc(size);
        for (int shape = 0; shape < SHAPES_COUNT; shape++) {
            shapes_draw(weak, width, height, width, shape);
            for (int corner = 0; corner < 4; corner++) {
                memset(seeds, 0, size);
                const size_t x = corner & 1 ? (size_t)width - 1 : 0;
                const size_t y = corner & 2 ? (size_t)height - 1 : 0;
                seeds[y * (size_t)width + x] = 1;
                check_growth(weak, seeds, width, height);
            }
        }
        free(weak);
        free(seeds);
    }
}
END_TEST

/* --- writing ----------------------------------------------------------------------------- */

/* Rows 1 and 2 of 4, from the bottom up, off alignment. */
START_TEST(writing) {
    enum { LONGEST = 300, STRIDE = LONGEST + 96, GUARD = 0xa5 };
    _Alignas(64) uint8_t rows[2 * STRIDE];
    shapes_random random = shapes_random_start(8);
    for (int32_t width = 1; width <= LONGEST; width++) {
        const int32_t shift = width % 7 == 0 ? 0 : (int32_t)shapes_below(&random, 33);
        planes_memory p = planes_make(width, 4);
        int64_t ones = 0;
        for (int32_t y = 0; y < 4; y++)
            for (int32_t x = 0; x < width; x++)
                if (shapes_below(&random, 3) == 0) {
                    p.planes.strong[y * p.planes.words + x / 64] |= (uint64_t)1 << x % 64;
                    ones += y == 1 || y == 2;
                }
        for (int i = -1; i < 2 * level_count; i++) {
            const seg_canny_kernels *kernels = i < 0 ? &seg_canny_kernels_ref : levels[i / 2];
            memset(rows, GUARD, sizeof rows);
            uint8_t *target = rows + STRIDE + 32 + shift;
            ck_assert_int_eq(kernels->write(target, -STRIDE, &p.planes, width, 1, 3, i & 1), ones);
            for (int32_t y = 1; y < 3; y++, target -= STRIDE) {
                const uint64_t *words = p.planes.strong + y * p.planes.words;
                for (int32_t x = 0; x < width; x++)
                    ck_assert_uint_eq(target[x], words[x / 64] >> x % 64 & 1 ? 255 : 0);
                ck_assert_uint_eq(target[-1], GUARD);
                ck_assert_uint_eq(target[width], GUARD);
            }
        }
        planes_free(&p);
    }
}
END_TEST

int main(void) {
    find_levels();
    TCase *tcase = tcase_create("canny");
    tcase_add_test(tcase, step_by_hand);
    tcase_add_test(tcase, small_sizes);
    tcase_add_test(tcase, large_sizes);
    tcase_add_test(tcase, all_slopes);
    tcase_add_test(tcase, all_taps);
    tcase_add_test(tcase, taps_that_do_not_fit);
    tcase_add_test(tcase, nothing_outside_of_rows);
    tcase_add_test(tcase, counting);
    tcase_add_test(tcase, growth_by_hand);
    tcase_add_test(tcase, growth_on_noise);
    tcase_add_test(tcase, growth_on_mazes);
    tcase_add_test(tcase, writing);
    Suite *suite = suite_create("kernels_canny");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
