/* Bit kernels pixel by pixel: the readable twin that the fast ones are tested against. */
#include "kernels/bits.h"

#include <string.h>

static void put(uint64_t *words, int32_t x, bool on) {
    const uint64_t bit = (uint64_t)1 << (x & 63);
    if (on)
        words[x >> 6] |= bit;
    else
        words[x >> 6] &= ~bit;
}

static void clear(uint64_t *words, int32_t width) {
    memset(words, 0, (size_t)seg_bits_words(width) * sizeof *words);
}

/* Zeros outside. */
static bool get(const uint64_t *words, int32_t count, int64_t x) {
    return x >= 0 && x < (int64_t)count * 64 && seg_bits_test(words, (int32_t)x);
}

static bool in_strip(const uint64_t *top, const uint64_t *bottom, int32_t count, int64_t x) {
    return get(top, count, x) || get(bottom, count, x);
}

static void pack(uint64_t *words, const uint8_t *row, int32_t width) {
    clear(words, width);
    for (int32_t x = 0; x < width; x++)
        put(words, x, row[x] != 0);
}

static void unpack(uint8_t *row, const uint64_t *words, int32_t width) {
    for (int32_t x = 0; x < width; x++)
        row[x] = seg_bits_test(words, x) ? 255 : 0;
}

static void pack_equal(uint64_t *words, const int32_t *row, int32_t width, int32_t value) {
    clear(words, width);
    for (int32_t x = 0; x < width; x++)
        put(words, x, row[x] == value);
}

static void pack_changes(uint64_t *words, const int32_t *row, int32_t width) {
    clear(words, width);
    for (int32_t x = 0; x < width; x++)
        put(words, x, x == 0 || row[x] != row[x - 1]);
}

static int32_t positions(int32_t *list, const uint64_t *words, int32_t count) {
    int32_t found = 0;
    for (int64_t x = 0; x < (int64_t)count * 64; x++)
        if (get(words, count, x)) list[found++] = (int32_t)x;
    return found;
}

static int32_t count_runs(const uint64_t *top, const uint64_t *bottom, int32_t count) {
    int32_t found = 0;
    for (int64_t x = 0; x < (int64_t)count * 64; x++)
        found += in_strip(top, bottom, count, x) && !in_strip(top, bottom, count, x - 1);
    return found;
}

static int32_t runs(seg_bits_run *list, const uint64_t *top, const uint64_t *bottom,
                    int32_t count) {
    int32_t found = 0;
    bool inside = false;
    for (int64_t x = 0; x <= (int64_t)count * 64; x++) {
        const bool on = in_strip(top, bottom, count, x);
        if (on && !inside) list[found].start = (int32_t)x;
        if (!on && inside) list[found++].end = (int32_t)x;
        inside = on;
    }
    return found;
}

static int32_t contacts(seg_bits_contact *list, const uint64_t *above_top,
                        const uint64_t *above_bottom, const uint64_t *top, const uint64_t *bottom,
                        int32_t count, bool eight) {
    const int32_t reach = eight ? 1 : 0;
    int32_t found = 0, here = -1;
    int32_t above[3] = {-1, -1, -1}; /* number of the last run that starts at or before x + d - 1 */
    for (int64_t x = -1; x < (int64_t)count * 64; x++) {
        above[0] = above[1];
        above[1] = above[2];
        above[2] += in_strip(above_top, above_bottom, count, x + 1) &&
                    !in_strip(above_top, above_bottom, count, x);
        here += in_strip(top, bottom, count, x) && !in_strip(top, bottom, count, x - 1);
        if (!get(top, count, x)) continue;
        for (int32_t d = -reach; d <= reach; d++) {
            if (!get(above_bottom, count, x + d)) continue;
            const seg_bits_contact contact = {(uint32_t)above[d + 1], (uint32_t)here};
            const bool known = found > 0 && list[found - 1].above == contact.above &&
                               list[found - 1].here == contact.here;
            if (!known) list[found++] = contact;
        }
    }
    return found;
}

static int32_t lower(int32_t a, int32_t b) {
    return a < b ? a : b;
}

static void add_pixel(seg_bits_measure *measure, int32_t x, int32_t y) {
    measure->area++;
    measure->sum_x += x;
    measure->sum_y += y;
    measure->left = lower(measure->left, x);
    measure->top = lower(measure->top, y);
    measure->right = lower(measure->right, -(x + 1));
    measure->bottom = lower(measure->bottom, -(y + 1));
}

static void measure(seg_bits_measure *measures, const seg_bits_run *list, const uint32_t *labels,
                    int32_t run_count, const uint64_t *top, const uint64_t *bottom, int32_t y) {
    for (int32_t i = 0; i < run_count; i++) {
        for (int32_t x = list[i].start; x < list[i].end; x++) {
            seg_bits_measure *into = &measures[(labels[i] & INT32_MAX) - 1];
            if (seg_bits_test(top, x)) add_pixel(into, x, y);
            if (seg_bits_test(bottom, x)) add_pixel(into, x, y + 1);
        }
    }
}

static void spread(int32_t *line, const seg_bits_run *list, const uint32_t *labels,
                   int32_t run_count) {
    for (int32_t i = 0; i < run_count; i++)
        for (int32_t x = list[i].start; x < list[i].end; x++)
            line[x] = (int32_t)(labels[i] & INT32_MAX);
}

static void paint(int32_t *row, const int32_t *line, const uint64_t *words, int32_t width,
                  bool past_cache) {
    (void)past_cache;
    for (int32_t x = 0; x < width; x++)
        row[x] = seg_bits_test(words, x) ? line[x] : 0;
}

static void merge(uint64_t *out, const uint64_t *in, int32_t count) {
    for (int32_t i = 0; i < count; i++)
        out[i] |= in[i];
}

static void widen(uint64_t *out, const uint64_t *in, int32_t width, int32_t radius,
                  uint64_t *spare) {
    const int32_t count = seg_bits_words(width);
    memset(spare, 0, (size_t)count * sizeof *spare);
    int32_t inside = 0; /* ones in the window, which slides in from the left */
    for (int64_t x = -(int64_t)radius; x < width; x++) {
        inside += get(in, count, x + radius);
        inside -= get(in, count, x - radius - 1);
        if (x >= 0) put(spare, (int32_t)x, inside > 0);
    }
    memcpy(out, spare, (size_t)count * sizeof *out);
}

const seg_bits_kernels seg_bits_kernels_ref = {
    .pack = pack,
    .unpack = unpack,
    .pack_equal = pack_equal,
    .pack_changes = pack_changes,
    .positions = positions,
    .count_runs = count_runs,
    .runs = runs,
    .contacts = contacts,
    .measure = measure,
    .spread = spread,
    .paint = paint,
    .merge = merge,
    .widen = widen,
};
