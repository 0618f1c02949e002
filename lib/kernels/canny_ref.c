/* Canny in its readable form: one pixel at a time, plain int arithmetic, pixels followed by an
 * explicit queue. The oracle of the fast levels. */
#include "kernels/bits.h"
#include "kernels/canny.h"

#include <stdlib.h>
#include <string.h>

/* tan(22.5 degrees) in 15 fractional bits. */
#define TAN_22 13573

typedef struct gradient {
    int16_t dx, dy;
} gradient;

static int32_t clamp(int32_t value, int32_t low, int32_t high) {
    return value < low ? low : value > high ? high : value;
}

/* Mirrors an index at the first and last pixel, which are not repeated. */
static int32_t reflect(int32_t i, int32_t size) {
    if (size == 1) return 0;
    while (i < 0 || i >= size)
        i = i < 0 ? -i : 2 * (size - 1) - i;
    return i;
}

static int32_t sample(const seg_canny_plan *plan, int32_t x, int32_t y) {
    return plan->data[(ptrdiff_t)y * plan->stride + x];
}

/* One row of the picture that the gradient is taken of; y is inside. */
static void smooth_row(uint8_t *row, const seg_canny_plan *plan, int32_t y) {
    for (int32_t x = 0; x < plan->width; x++) {
        if (!plan->blur) {
            row[x] = (uint8_t)sample(plan, x, y);
            continue;
        }
        int32_t sum = 0;
        for (int32_t j = -2; j <= 2; j++) {
            const int32_t from = reflect(y + j, plan->height);
            int32_t along = 0;
            for (int32_t i = -2; i <= 2; i++)
                along += plan->taps[abs(i)] * sample(plan, reflect(x + i, plan->width), from);
            sum += plan->taps[abs(j)] * along;
        }
        row[x] = (uint8_t)((sum + 32768) >> 16);
    }
}

/* What the stages keep of three rows in a ring: row y is at y mod 3. */
typedef struct sweep {
    const seg_canny_plan *plan;
    uint8_t *smooth[3];
    int32_t *magnitude[3]; /* with a 0 left and right of the row */
    gradient *slope[3];
} sweep;

static int32_t slot(int32_t y) {
    return (y + 3) % 3;
}

static void start(sweep *s, const seg_canny_plan *plan, void *work) {
    const size_t width = (size_t)plan->width;
    s->plan = plan;
    int32_t *magnitudes = work;
    gradient *slopes = (gradient *)(magnitudes + 3 * (width + 2));
    uint8_t *rows = (uint8_t *)(slopes + 3 * width);
    for (size_t i = 0; i < 3; i++) {
        s->magnitude[i] = magnitudes + i * (width + 2) + 1;
        s->slope[i] = slopes + i * width;
        s->smooth[i] = rows + i * width;
    }
}

static int32_t magnitude_of(const seg_canny_plan *plan, int32_t dx, int32_t dy) {
    return plan->squared ? dx * dx + dy * dy : abs(dx) + abs(dy);
}

/* Gradient and magnitude of row y, whose neighbours are in the ring; zeros outside. */
static void gradient_row(sweep *s, int32_t y) {
    const int32_t width = s->plan->width, last = s->plan->height - 1;
    int32_t *magnitude = s->magnitude[slot(y)];
    memset(magnitude - 1, 0, ((size_t)width + 2) * sizeof *magnitude);
    if (y < 0 || y > last) return;
    const uint8_t *above = s->smooth[slot(clamp(y - 1, 0, last))];
    const uint8_t *here = s->smooth[slot(y)];
    const uint8_t *below = s->smooth[slot(clamp(y + 1, 0, last))];
    for (int32_t x = 0; x < width; x++) {
        const int32_t l = clamp(x - 1, 0, width - 1), r = clamp(x + 1, 0, width - 1);
        const int32_t dx = above[r] + 2 * here[r] + below[r] - above[l] - 2 * here[l] - below[l];
        const int32_t dy = below[l] + 2 * below[x] + below[r] - above[l] - 2 * above[x] - above[r];
        s->slope[slot(y)][x] = (gradient){(int16_t)dx, (int16_t)dy};
        magnitude[x] = magnitude_of(s->plan, dx, dy);
    }
}

/* True if the magnitude at x is a maximum across the edge. Ties go to the left or upper pixel on
 * level and upright slopes; on diagonals nobody wins them. */
static bool is_maximum(const sweep *s, int32_t x, int32_t y) {
    const int32_t *above = s->magnitude[slot(y - 1)], *here = s->magnitude[slot(y)];
    const int32_t *below = s->magnitude[slot(y + 1)];
    const gradient g = s->slope[slot(y)][x];
    const int32_t m = here[x], ax = abs(g.dx), ay = abs(g.dy) << 15;
    if (ay < ax * TAN_22) return m > here[x - 1] && m >= here[x + 1];
    if (ay > ax * TAN_22 + (ax << 16)) return m > above[x] && m >= below[x];
    const int32_t side = (g.dx < 0) != (g.dy < 0) ? -1 : 1;
    return m > above[x - side] && m > below[x + side];
}

static void classify_row(const seg_canny_planes *planes, const sweep *s, int32_t y) {
    const size_t offset = (size_t)y * (size_t)planes->words;
    uint64_t *weak = planes->weak + offset, *strong = planes->strong + offset;
    const int32_t *magnitude = s->magnitude[slot(y)];
    memset(weak, 0, ((size_t)planes->words - 1) * sizeof *weak);
    memset(strong, 0, ((size_t)planes->words - 1) * sizeof *strong);
    for (int32_t x = 0; x < s->plan->width; x++) {
        if (magnitude[x] <= s->plan->low || !is_maximum(s, x, y)) continue;
        weak[x / 64] |= (uint64_t)1 << x % 64;
        if (magnitude[x] > s->plan->high) strong[x / 64] |= (uint64_t)1 << x % 64;
    }
}

/* Brings the ring to the state where row y and its neighbours have magnitudes. */
static void sweep_to(sweep *s, int32_t y, bool first) {
    const int32_t last = s->plan->height - 1;
    for (int32_t row = first ? y - 1 : y + 1; row <= y + 1; row++) {
        for (int32_t i = first && row == y - 1 ? row - 1 : row + 1; i <= row + 1; i++)
            if (i >= 0 && i <= last) smooth_row(s->smooth[slot(i)], s->plan, i);
        gradient_row(s, row);
    }
}

static void classify(const seg_canny_planes *planes, const seg_canny_plan *plan, int32_t first,
                     int32_t end, void *work) {
    sweep s;
    start(&s, plan, work);
    for (int32_t y = first; y < end; y++) {
        sweep_to(&s, y, y == first);
        classify_row(planes, &s, y);
    }
}

/* Smallest integer whose square is at least n. */
static int32_t root(int32_t n) {
    int32_t r = 0;
    while (r * r < n)
        r++;
    return r;
}

static void count(uint64_t *bins, const seg_canny_plan *plan, const uint8_t *ignore,
                  ptrdiff_t ignore_stride, int32_t first, int32_t end, void *work) {
    sweep s;
    start(&s, plan, work);
    for (int32_t y = first; y < end; y++) {
        sweep_to(&s, y, y == first);
        for (int32_t x = 0; x < plan->width; x++) {
            if (ignore && ignore[(ptrdiff_t)y * ignore_stride + x]) continue;
            const int32_t m = s.magnitude[slot(y)][x];
            bins[plan->squared ? root(m) : m]++;
        }
    }
}

/* Words whose strong pixels have neighbours to look at. Each is there once at most, so that a list
 * with room for each word of the rows first .. end-1 never overflows. */
typedef struct follower {
    const seg_canny_planes *planes;
    int32_t first, end;
    uint32_t *list;
    size_t depth;
} follower;

static void push(follower *f, size_t word) {
    uint64_t *queued = &f->planes->queued[word / 64];
    const uint64_t bit = (uint64_t)1 << word % 64;
    if (*queued & bit) return;
    *queued |= bit;
    f->list[f->depth++] = (uint32_t)word;
}

/* Makes the weak neighbours of (x, y) strong. */
static void follow(follower *f, int32_t x, int32_t y) {
    const seg_canny_planes *planes = f->planes;
    for (int32_t ny = y - 1; ny <= y + 1; ny++) {
        for (int32_t nx = x - 1; nx <= x + 1; nx++) {
            if (ny < f->first || ny >= f->end || nx < 0 || nx / 64 >= planes->words) continue;
            const size_t word = (size_t)ny * (size_t)planes->words + (size_t)nx / 64;
            const uint64_t bit = (uint64_t)1 << nx % 64;
            if (!(planes->weak[word] & bit) || planes->strong[word] & bit) continue;
            planes->strong[word] |= bit;
            push(f, word);
        }
    }
}

static void push_rows(follower *f, int32_t first, int32_t end) {
    const size_t words = (size_t)f->planes->words;
    for (size_t i = (size_t)first * words; i < (size_t)end * words; i++)
        if (f->planes->strong[i]) push(f, i);
}

static void drain(follower *f) {
    const seg_canny_planes *planes = f->planes;
    while (f->depth > 0) {
        const size_t word = f->list[--f->depth];
        planes->queued[word / 64] &= ~((uint64_t)1 << word % 64);
        const int32_t y = (int32_t)(word / (size_t)planes->words);
        const int32_t x = (int32_t)(word % (size_t)planes->words) * 64;
        const uint64_t strong = planes->strong[word];
        for (int32_t i = 0; i < 64; i++)
            if (strong >> i & 1) follow(f, x + i, y);
    }
}

static void grow(const seg_canny_planes *planes, int32_t first, int32_t end) {
    follower f = {planes, first, end, planes->queue + (size_t)first * (size_t)planes->words, 0};
    push_rows(&f, first, end);
    drain(&f);
}

static void join(const seg_canny_planes *planes, int32_t y) {
    follower f = {planes, 0, planes->rows, planes->queue, 0};
    push_rows(&f, y - 1, y + 1);
    drain(&f);
}

static int64_t write_rows(uint8_t *target, ptrdiff_t stride, const seg_canny_planes *planes,
                          int32_t width, int32_t first, int32_t end, bool past_cache) {
    (void)past_cache;
    int64_t ones = 0;
    for (int32_t y = first; y < end; y++) {
        const uint64_t *words = planes->strong + (size_t)y * (size_t)planes->words;
        for (int32_t x = 0; x < width; x++) {
            const bool one = seg_bits_test(words, x);
            target[(y - first) * stride + x] = one ? 255 : 0;
            ones += one;
        }
    }
    return ones;
}

const seg_canny_kernels seg_canny_kernels_ref = {classify, count, grow, join, write_rows};
