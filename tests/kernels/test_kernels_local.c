/* Kernels of local thresholds: every level gives what the readable twin gives, bit for bit. */
#include "kernels/local.h"
#include "pixels.h"
#include "unit/core_main.h"

#define LONGEST 130
#define MOST_SIDE 15
#define ROOM (LONGEST + MOST_SIDE)

static const seg_local_kernels *const ref = &seg_local_kernels_ref;
static const seg_local_kernels *levels[2];
static int level_count;

static void find_levels(void) {
    level_count = 0;
    levels[level_count++] = &seg_local_kernels_base;
#if defined(SEG_HAVE_AVX2)
    if (pixels_level(SEG_CPU_AVX2)) levels[level_count++] = &seg_local_kernels_avx2;
#endif
}

static uint64_t want[2][ROOM], got[2][ROOM];

static void start(void) {
    memset(want, PIXELS_GUARD, sizeof want);
    memset(got, PIXELS_GUARD, sizeof got);
}

#define COMPARE(call_ref, call_level)                                                              \
    for (int which = 0; which < level_count; which++) {                                            \
        const seg_local_kernels *kernels = levels[which];                                          \
        start();                                                                                   \
        call_ref;                                                                                  \
        call_level;                                                                                \
        ck_assert_mem_eq(got, want, sizeof got);                                                   \
    }

START_TEST(sliding) {
    pixels_random random = pixels_random_start(41);
    find_levels();
    for (size_t count = 1; count < LONGEST; count++) {
        uint8_t *enter = malloc(count), *leave = malloc(count);
        uint16_t *enter16 = malloc(2 * count), *leave16 = malloc(2 * count);
        for (size_t i = 0; i < count; i++) {
            enter[i] = (uint8_t)(i % 3 ? pixels_below(&random, 256) : 255 * (i & 1));
            leave[i] = (uint8_t)(i % 4 ? pixels_below(&random, 256) : 255 * (i & 2) / 2);
            enter16[i] = (uint16_t)(i % 3 ? pixels_below(&random, 65536) : 65535 * (i & 1));
            leave16[i] = (uint16_t)(i % 4 ? pixels_below(&random, 65536) : 65535 * (i & 2) / 2);
        }
        COMPARE(ref->slide_u8((uint16_t *)want[0], (uint32_t *)want[1], enter, leave, count),
                kernels->slide_u8((uint16_t *)got[0], (uint32_t *)got[1], enter, leave, count))
        COMPARE(ref->slide_u16((uint32_t *)want[0], want[1], enter16, leave16, count),
                kernels->slide_u16((uint32_t *)got[0], got[1], enter16, leave16, count))
        COMPARE(ref->slide_sums_u8((uint16_t *)want[0], enter, leave, count),
                kernels->slide_sums_u8((uint16_t *)got[0], enter, leave, count))
        COMPARE(ref->slide_sums_u16((uint32_t *)want[0], enter16, leave16, count),
                kernels->slide_sums_u16((uint32_t *)got[0], enter16, leave16, count))
        free(enter), free(leave), free(enter16), free(leave16);
    }
}
END_TEST

START_TEST(windows) {
    pixels_random random = pixels_random_start(42);
    find_levels();
    for (size_t count = 1; count < LONGEST; count++)
        for (size_t side = 1; side <= MOST_SIDE; side += 2) {
            const size_t columns = count + side - 1;
            uint16_t *least = malloc(2 * columns);
            uint32_t *narrow = malloc(4 * columns);
            uint64_t *wide = malloc(8 * columns);
            for (size_t i = 0; i < columns; i++) {
                narrow[i] = pixels_below(&random, 1u << 24);
                wide[i] = (uint64_t)narrow[i] << 15;
                least[i] = (uint16_t)narrow[i];
            }
            COMPARE(ref->window_u16((uint32_t *)want[0], least, count, side),
                    kernels->window_u16((uint32_t *)got[0], least, count, side))
            COMPARE(ref->window_u32((uint32_t *)want[0], narrow, count, side),
                    kernels->window_u32((uint32_t *)got[0], narrow, count, side))
            COMPARE(ref->window_u32_wide(want[0], narrow, count, side),
                    kernels->window_u32_wide(got[0], narrow, count, side))
            COMPARE(ref->window_u64(want[0], wide, count, side),
                    kernels->window_u64(got[0], wide, count, side))
            free(least), free(narrow), free(wide);
        }
}
END_TEST

/* Sums and squares of n samples that could be. */
static void draw_window(uint64_t *sum, uint64_t *square, int32_t n, uint32_t full,
                        pixels_random *random) {
    const uint32_t kind = pixels_below(random, 4), base = pixels_below(random, full + 1);
    *sum = *square = 0;
    for (int32_t k = 0; k < n; k++) {
        const uint32_t value = kind == 0   ? base
                               : kind == 1 ? full * (pixels_below(random, 2))
                               : kind == 2 ? full
                                           : pixels_below(random, full + 1);
        *sum += value;
        *square += (uint64_t)value * value;
    }
}

START_TEST(thresholds) {
    static const seg_local_formula formulas[] = {
        {81, 0, 0.8, 0.2 / (128 * 9.0), 0, 0},
        {81, 0, 1, 0, -0.2, 0},
        {81, 3, 0.5, 0.5 / (100 * 9.0), 0, 0},
        {81, 0, 1, 0, -0.1, 1 - 1 / 81.0},
        {81, 0, 0, 0, -1, 0},
    };
    pixels_random random = pixels_random_start(43);
    find_levels();
    for (size_t count = 1; count < LONGEST; count += 1 + count / 9) {
        uint8_t *grey = malloc(count);
        uint16_t *deep = malloc(2 * count);
        uint32_t *sums = malloc(4 * count), *squares = malloc(4 * count);
        uint64_t *deep_sums = malloc(8 * count), *deep_squares = malloc(8 * count);
        for (size_t i = 0; i < count; i++) {
            uint64_t sum, square;
            grey[i] = (uint8_t)(3 + pixels_below(&random, 253));
            deep[i] = (uint16_t)(3 + pixels_below(&random, 65533));
            draw_window(&sum, &square, 81, 255, &random);
            sums[i] = (uint32_t)sum;
            squares[i] = (uint32_t)square;
            draw_window(&deep_sums[i], &deep_squares[i], 81, 65535, &random);
        }
        for (size_t f = 0; f < sizeof formulas / sizeof *formulas; f++) {
            COMPARE(
                ref->contrast_narrow((float *)want[0], grey, sums, squares, count, &formulas[f]),
                kernels->contrast_narrow((float *)got[0], grey, sums, squares, count, &formulas[f]))
            COMPARE(ref->contrast_wide((float *)want[0], deep, deep_sums, deep_squares, count,
                                       &formulas[f]),
                    kernels->contrast_wide((float *)got[0], deep, deep_sums, deep_squares, count,
                                           &formulas[f]))
        }
        for (int inside = 0; inside <= 255; inside += 255) {
            const uint8_t in = (uint8_t)inside;
            for (size_t f = 0; f < 3; f += 2)
                COMPARE(ref->mask_share_narrow((uint8_t *)want[0], grey, sums, squares, count,
                                               &formulas[f], in),
                        kernels->mask_share_narrow((uint8_t *)got[0], grey, sums, squares, count,
                                                   &formulas[f], in))
            COMPARE(ref->mask_mean_narrow((uint8_t *)want[0], grey, sums, count, 81, -243, in),
                    kernels->mask_mean_narrow((uint8_t *)got[0], grey, sums, count, 81, -243, in))
        }
        COMPARE(ref->mean_narrow((float *)want[0], grey, sums, count, 81, -243),
                kernels->mean_narrow((float *)got[0], grey, sums, count, 81, -243))
        COMPARE(ref->mean_wide((float *)want[0], deep, deep_sums, count, 81, 77.25),
                kernels->mean_wide((float *)got[0], deep, deep_sums, count, 81, 77.25))
        free(grey), free(deep), free(sums), free(squares), free(deep_sums), free(deep_squares);
    }
}
END_TEST

/* Sums of columns of dark, light and any samples against samples of all kinds. */
START_TEST(small_windows) {
    static const int32_t halves[] = {-70000, -40000, -122, -1, 0, 1, 500, 57375, 70000};
    pixels_random random = pixels_random_start(45);
    find_levels();
    for (size_t count = 1; count < LONGEST; count++)
        for (size_t side = 1; side <= SEG_LOCAL_SMALL_SIDE; side += 2) {
            uint8_t *grey = malloc(count);
            uint16_t *columns = malloc(2 * (count + side - 1));
            const uint32_t kind = pixels_below(&random, 4);
            for (size_t i = 0; i < count + side - 1; i++)
                columns[i] =
                    (uint16_t)(kind == 0   ? 0
                               : kind == 1 ? 255 * side
                                           : pixels_below(&random, 255 * (uint32_t)side + 1));
            for (size_t i = 0; i < count; i++)
                grey[i] =
                    (uint8_t)(kind < 2 && i % 2 ? 255 * (i & 2) / 2 : pixels_below(&random, 256));
            const int32_t slack = 2 * halves[pixels_below(&random, 9)] + 1;
            const uint8_t in = (uint8_t)(255 * pixels_below(&random, 2));
            COMPARE(
                ref->mask_mean_small((uint8_t *)want[0], grey, columns, count, side, slack, in),
                kernels->mask_mean_small((uint8_t *)got[0], grey, columns, count, side, slack, in))
            free(grey), free(columns);
        }
}
END_TEST

START_TEST(filters_and_masks) {
    pixels_random random = pixels_random_start(44);
    find_levels();
    for (size_t count = 1; count < LONGEST; count++) {
        const int32_t radius = (int32_t)(count % 7);
        float *rows[15], taps[8];
        const size_t padded = count + 2 * (size_t)radius;
        for (int k = 0; k < 15; k++) {
            rows[k] = malloc(sizeof(float) * padded);
            for (size_t i = 0; i < padded; i++)
                rows[k][i] = (float)pixels_below(&random, 65536) / 257;
        }
        for (int k = 0; k < 8; k++)
            taps[k] = (float)pixels_below(&random, 1000) / 3000;
        COMPARE(
            ref->filter_down((float *)want[0], (const float *const *)rows, taps, radius, count),
            kernels->filter_down((float *)got[0], (const float *const *)rows, taps, radius, count))
        COMPARE(ref->filter_across((float *)want[0], rows[0], taps, radius, count),
                kernels->filter_across((float *)got[0], rows[0], taps, radius, count))
        for (size_t i = 0; i < count; i += 3)
            rows[1][i] = (float)pixels_below(&random, 512) / 2; /* halves */
        COMPARE(ref->above_rounded((float *)want[0], rows[0], rows[1], -7, count),
                kernels->above_rounded((float *)got[0], rows[0], rows[1], -7, count))
        for (size_t i = 0; i < count; i++)
            rows[0][i] = i % 3 ? rows[0][i] - 128 : i % 2 ? 0.0f : -0.0f;
        for (int inside = 0; inside <= 255; inside += 255)
            COMPARE(ref->mask_of((uint8_t *)want[0], rows[0], count, (uint8_t)inside),
                    kernels->mask_of((uint8_t *)got[0], rows[0], count, (uint8_t)inside))
        for (int k = 0; k < 15; k++)
            free(rows[k]);
    }
}
END_TEST

CORE_MAIN("local kernels", sliding, windows, thresholds, small_windows, filters_and_masks)
