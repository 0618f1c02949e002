/*
 * Superpixels by runs: each run of a row adds its length, its sides and its colours to its label;
 * runs of one label that touch in neighbouring rows are joined into pieces.
 */
#include "evaluate/superpixel_shapes.h"

#include "core/check.h"
#include "core/math.h"
#include "evaluate/label_row.h"
#include "imgproc/label_table.h"
#include "kernels/pixel.h"

#include <math.h>
#include <string.h>

#define MOST_CHANNELS 3

typedef struct superpixel {
    int64_t area, perimeter; /* pixels, pixel sides */
    int32_t pieces;
    uint64_t sum[MOST_CHANNELS], squares[MOST_CHANNELS]; /* of samples */
} superpixel;

/* A row of labels cut into runs; the runs of the whole picture are numbered from 0. */
typedef struct run_row {
    int32_t *labels;
    seg_label_rows runs; /* starts */
    int32_t *index;      /* of each run's superpixel */
    int32_t count, first;
} run_row;

typedef struct measuring {
    const seg_image *labels, *picture;
    seg_label_table table; /* of labels above 0; superpixel 0 is label 0 */
    superpixel *all;
    run_row rows[2]; /* this one and the one above, in turn */
    int32_t *parent; /* of each run, in the forest of pieces */
    uint64_t *sides; /* ones where this row differs from that above */
    int32_t *room;
    uint16_t *samples; /* of a row: as they lie in the picture, then each channel by itself */
    int32_t channels;  /* without alpha; 0 = no picture */
    double full;       /* of samples */
    seg_scratch *scratch;
} measuring;

/* ---- rows ---- */

static seg_status take_row(run_row *row, int32_t width, seg_scratch *scratch) {
    SEG_TRY(seg_label_rows_init(&row->runs, width, scratch));
    row->labels = seg_scratch_take(scratch, (size_t)width, sizeof *row->labels, "a row of labels");
    row->index = seg_scratch_take(scratch, (size_t)width, sizeof *row->index, "runs of labels");
    row->count = row->first = 0;
    return row->labels && row->index ? SEG_OK : SEG_ERROR_MEMORY;
}

static seg_status read_row(measuring *m, run_row *row, int32_t y) {
    const int32_t width = m->labels->width;
    seg_label_row_copy(row->labels, m->labels, 0, y, width);
    row->count = seg_label_rows_split(&row->runs, row->labels);
    for (int32_t i = 0; i < row->count; i++) {
        const int32_t label = row->labels[row->runs.starts[i]];
        int32_t found = -1;
        if (label > 0) SEG_TRY(seg_label_table_index(&m->table, label, &found));
        row->index[i] = found + 1;
    }
    return SEG_OK;
}

/* Ones at start .. end - 1. */
static int32_t ones_between(const uint64_t *words, int32_t start, int32_t end) {
    const int32_t first = start / 64, last = (end - 1) / 64;
    const uint64_t head = ~(uint64_t)0 << start % 64, tail = ~(uint64_t)0 >> (63 - (end - 1) % 64);
    if (first == last) return seg_bits_count(words[first] & head & tail);
    int32_t ones = seg_bits_count(words[first] & head) + seg_bits_count(words[last] & tail);
    for (int32_t i = first + 1; i < last; i++)
        ones += seg_bits_count(words[i]);
    return ones;
}

/* ---- shapes ---- */

/* The sides between two rows count for the runs of both. */
static void add_sides(measuring *m, const run_row *row) {
    for (int32_t i = 0; i < row->count; i++)
        m->all[row->index[i]].perimeter +=
            ones_between(m->sides, row->runs.starts[i], row->runs.starts[i + 1]);
}

static void add_runs(measuring *m, const run_row *row) {
    for (int32_t i = 0; i < row->count; i++) {
        superpixel *own = &m->all[row->index[i]];
        own->area += row->runs.starts[i + 1] - row->runs.starts[i];
        own->perimeter += 2; /* the sides at its ends */
        own->pieces++;
        m->parent[row->first + i] = row->first + i;
    }
}

static int32_t find_root(int32_t *parent, int32_t i) {
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

/* Runs of one label, one above the other, are one piece. */
static void join_rows(measuring *m, const run_row *above, const run_row *row) {
    for (int32_t a = 0, b = 0; a < above->count && b < row->count;) {
        const int32_t end_a = above->runs.starts[a + 1], end_b = row->runs.starts[b + 1];
        if (above->index[a] == row->index[b]) {
            const int32_t one = find_root(m->parent, above->first + a);
            const int32_t other = find_root(m->parent, row->first + b);
            m->parent[one > other ? one : other] = one > other ? other : one;
            if (one != other) m->all[row->index[b]].pieces--;
        }
        if (end_a <= end_b) a++;
        if (end_b <= end_a) b++;
    }
}

/* ---- colours ---- */

/* Reads a row into one plane for each channel; floats become 16 bits. Returns the planes. */
static const uint16_t *read_samples(const measuring *m, int32_t y) {
    const seg_image *picture = m->picture;
    const int32_t width = picture->width, channels = picture->channels;
    const size_t count = (size_t)width * (size_t)channels;
    const void *row = seg_image_row(picture, y);
    const uint16_t *from = m->samples;
    if (picture->format == SEG_U16)
        from = row;
    else if (picture->format == SEG_F32)
        seg_pixel_kernels_get()->f32_to_u16(m->samples, row, count);
    else
        for (size_t i = 0; i < count; i++)
            m->samples[i] = ((const uint8_t *)row)[i];
    uint16_t *planes = m->samples + count;
    for (int32_t c = 0; c < m->channels; c++)
        for (int32_t x = 0; x < width; x++)
            planes[(size_t)c * (size_t)width + (size_t)x] = from[(size_t)x * channels + (size_t)c];
    return planes;
}

static void add_colours(measuring *m, const run_row *row, const uint16_t *planes) {
    const size_t width = (size_t)m->labels->width;
    for (int32_t i = 0; i < row->count; i++) {
        superpixel *own = &m->all[row->index[i]];
        for (int32_t c = 0; c < m->channels; c++) {
            const uint16_t *plane = planes + (size_t)c * width;
            uint64_t sum = 0, squares = 0;
            for (int32_t x = row->runs.starts[i]; x < row->runs.starts[i + 1]; x++) {
                sum += plane[x];
                squares += (uint32_t)plane[x] * plane[x];
            }
            own->sum[c] += sum;
            own->squares[c] += squares;
        }
    }
}

/* Sum of squared deviations from the mean colour, samples squared. Around the whole part of the
 * mean it is a sum of whole numbers below 2^64, which steps that wrap around give exactly. */
static double deviation_of(const superpixel *part) {
    const uint64_t area = (uint64_t)part->area;
    double deviation = 0;
    for (int32_t c = 0; c < MOST_CHANNELS; c++) {
        const uint64_t sum = part->sum[c], whole = sum / area, rest = sum % area;
        const uint64_t around = part->squares[c] - 2 * whole * sum + whole * whole * area;
        const double own = (double)around - (double)rest * (double)rest / (double)area;
        deviation += own > 0 ? own : 0; /* not below, by rounding */
    }
    return deviation;
}

static void explain_colours(seg_superpixel_shapes *shapes, const measuring *m) {
    superpixel whole = {0};
    double inside = 0, deviations = 0;
    for (int32_t i = 0; i <= m->table.count; i++) {
        const superpixel *own = &m->all[i];
        if (!own->area) continue;
        const double deviation = deviation_of(own);
        inside += deviation;
        deviations += sqrt(deviation / (double)own->area);
        whole.area += own->area;
        for (int32_t c = 0; c < MOST_CHANNELS; c++) {
            whole.sum[c] += own->sum[c];
            whole.squares[c] += own->squares[c];
        }
    }
    const double all = deviation_of(&whole);
    shapes->explained = all > 0 ? 1 - inside / all : 1; /* nothing was to be explained */
    shapes->variation = deviations / shapes->count * 255 / m->full;
}

/* ---- the whole ---- */

/* Finds the labels, so that there is room for them, and how many runs there are. */
static seg_status find_labels(measuring *m) {
    int64_t runs = 0;
    for (int32_t y = 0; y < m->labels->height; y++) {
        SEG_TRY(read_row(m, &m->rows[0], y));
        runs += m->rows[0].count;
    }
    if (runs > INT32_MAX)
        return seg_fail(SEG_ERROR_LIMIT, "the superpixels have %lld runs (allowed: 2^31 - 1)",
                        (long long)runs);
    const size_t count = (size_t)m->table.count + 1;
    m->all = seg_scratch_take(m->scratch, count, sizeof *m->all, "superpixels");
    m->parent = seg_scratch_take(m->scratch, (size_t)runs, sizeof *m->parent, "pieces");
    if (!m->all || !m->parent) return SEG_ERROR_MEMORY;
    memset(m->all, 0, count * sizeof *m->all);
    return SEG_OK;
}

static void fill_sides(const measuring *m) {
    for (int32_t i = 0; i < seg_bits_words(m->labels->width); i++)
        m->sides[i] = ~(uint64_t)0; /* runs end before the bits behind the width */
}

static seg_status measure_rows(measuring *m) {
    const int32_t width = m->labels->width, height = m->labels->height;
    for (int32_t y = 0; y < height; y++) {
        run_row *row = &m->rows[y % 2], *above = &m->rows[(y + 1) % 2];
        SEG_TRY(read_row(m, row, y));
        row->first = y ? above->first + above->count : 0;
        add_runs(m, row);
        if (y) {
            seg_label_row_differences(m->sides, row->labels, above->labels, m->room, width);
            add_sides(m, above);
            join_rows(m, above, row);
        } else {
            fill_sides(m);
        }
        add_sides(m, row);
        if (m->channels) add_colours(m, row, read_samples(m, y));
    }
    fill_sides(m);
    add_sides(m, &m->rows[(height - 1) % 2]);
    return SEG_OK;
}

static void summarise(seg_superpixel_shapes *shapes, const measuring *m) {
    const double pixels = (double)m->labels->width * m->labels->height;
    *shapes = (seg_superpixel_shapes){.explained = NAN, .variation = NAN};
    for (int32_t i = 0; i <= m->table.count; i++) {
        const superpixel *own = &m->all[i];
        if (!own->area) continue;
        const double area = (double)own->area, perimeter = (double)own->perimeter;
        shapes->count++;
        shapes->split += own->pieces > 1;
        shapes->compactness += area / pixels * (4 * SEG_PI * area / (perimeter * perimeter));
    }
    if (m->channels) explain_colours(shapes, m);
}

seg_status seg_superpixel_shapes_measure(seg_superpixel_shapes *shapes, const seg_image *labels,
                                         const seg_image *picture, seg_scratch *scratch) {
    measuring m = {.labels = labels, .scratch = scratch};
    const int32_t width = labels->width;
    SEG_TRY(seg_label_table_init(&m.table, scratch));
    for (int i = 0; i < 2; i++)
        SEG_TRY(take_row(&m.rows[i], width, scratch));
    m.sides =
        seg_scratch_take(scratch, (size_t)seg_bits_words(width), sizeof *m.sides, "a row of bits");
    m.room = seg_scratch_take(scratch, (size_t)width, sizeof *m.room, "a row of labels");
    if (!m.sides || !m.room) return SEG_ERROR_MEMORY;
    if (!seg_image_empty(picture)) {
        m.picture = picture;
        m.channels = picture->channels - (picture->channels % 2 == 0);
        m.full = picture->format == SEG_F32 ? UINT16_MAX : seg_image_full_scale(picture);
        m.samples = seg_scratch_take(scratch, (size_t)width,
                                     (size_t)(picture->channels + m.channels) * sizeof *m.samples,
                                     "a row of samples");
        if (!m.samples) return SEG_ERROR_MEMORY;
    }
    SEG_TRY(find_labels(&m));
    SEG_TRY(measure_rows(&m));
    summarise(shapes, &m);
    return SEG_OK;
}
