/*
 * Histogram equalisation: levels become equally often, as far as a curve can do that.
 *
 * R. Hummel, "Image enhancement by histogram transformation", Computer Graphics and Image
 * Processing 6(2), 1977; bit for bit OpenCV's equalizeHist on 8 bits: the first level that occurs
 * becomes 0, level i the share of the other pixels that are not above it; a picture of one level
 * stays. Each colour for itself, alpha as it is.
 *
 * Steps: 1. a histogram of each colour; 2. tables in float, rounded to nearest, halves to even; 3.
 * the table. Floats count and map as 16 bits. Cost: two passes. Memory: tables.
 */
#include "imgproc/equalise.h"

#include "core/bands.h"
#include "core/check.h"
#include "core/frame_picture.h"
#include "imgproc/histogram.h"
#include "imgproc/rows.h"
#include "imgproc/samples.h"
#include "imgproc/still_method.h"
#include "kernels/pixel.h"
#include "methods.h"
#include <segment/imgproc.h>

#include <string.h>

#define BAND 64
#define MOST_COLOURS 3
#define FULL_FLOAT 65535.0f
#define CHUNK 1024

/* ---- tables ---- */

typedef struct mapping {
    const seg_image *target, *source;
    const uint16_t *table;
    size_t entries;
    int32_t colours;
    uint8_t narrow[MOST_COLOURS][256]; /* the table of 8-bit samples */
    bool same;                         /* for all channels */
    bool adds;                         /* and it adds a step, and cuts */
    bool straight;                     /* or it follows a line, and cuts */
    int32_t step;
    const seg_line *line;
} mapping;

static void map_u8(uint8_t *to, const uint8_t *from, const uint8_t *table, size_t count,
                   size_t step) {
    for (size_t i = 0; i < count; i += step)
        to[i] = table[from[i]];
}

static void map_u16(uint16_t *to, const uint16_t *from, const uint16_t *table, size_t entries,
                    size_t count, size_t step) {
    for (size_t i = 0; i < count; i += step)
        to[i] = table[from[i] < entries ? from[i] : entries - 1];
}

/* A row, with alpha. */
static void map_f32(const mapping *m, float *to, const float *from, size_t count) {
    const seg_pixel_kernels *kernels = seg_pixel_kernels_get();
    const size_t channels = m->source->channels, colours = (size_t)m->colours;
    uint16_t levels[CHUNK];
    for (size_t first = 0; first < count; first += CHUNK) {
        const size_t part = count - first < CHUNK ? count - first : CHUNK;
        kernels->f32_to_u16(levels, from + first, part);
        for (size_t i = 0; i < part; i++) {
            const size_t c = (first + i) % channels;
            to[first + i] = c < colours ? (float)m->table[c * m->entries + levels[i]] / FULL_FLOAT
                                        : from[first + i];
        }
    }
}

static void map_same_u8(const mapping *m, uint8_t *to, const uint8_t *from, size_t count) {
    const seg_pixel_kernels *kernels = seg_pixel_kernels_get();
    if (m->adds)
        kernels->add_u8(to, from, m->step, count);
    else if (m->straight)
        kernels->line_u8(to, from, m->line->factor, m->line->add, count);
    else
        kernels->map_u8(to, from, m->narrow[0], count);
}

static seg_status map_band(void *argument, int32_t band, int32_t first, int32_t end,
                           int32_t worker) {
    const mapping *m = argument;
    const size_t channels = m->source->channels, size = seg_format_size(m->source->format);
    const size_t count = (size_t)m->source->width * channels;
    (void)band, (void)worker;
    for (int32_t y = first; y < end; y++) {
        const uint8_t *from = seg_image_row(m->source, y);
        uint8_t *to = seg_image_row(m->target, y);
        if (m->source->format == SEG_F32) {
            map_f32(m, (float *)(void *)to, (const float *)(const void *)from, count);
            continue;
        }
        if (m->same) {
            map_same_u8(m, to, from, count);
            continue;
        }
        if (m->colours < (int32_t)channels) memmove(to, from, count * size);
        for (int32_t c = 0; c < m->colours; c++) {
            const uint16_t *table = m->table + (size_t)c * m->entries;
            const size_t at = (size_t)c * size, left = count - (size_t)c;
            if (m->source->format == SEG_U8)
                map_u8(to + at, from + at, m->narrow[c], left, channels);
            else
                map_u16((uint16_t *)(void *)(to + at), (const uint16_t *)(const void *)(from + at),
                        table, m->entries, left, channels);
        }
    }
    return SEG_OK;
}

/* Brightness and contrast: the quickest tables, where all entries are what arithmetic gives. */
static void find_arithmetic(mapping *m) {
    const seg_pixel_kernels *kernels = seg_pixel_kernels_get();
    const uint8_t *table = m->narrow[0];
    uint8_t want[256], all[256];
    for (int i = 0; i < 256; i++)
        all[i] = (uint8_t)i;
    m->step = table[0] ? table[0] : table[255] - 255;
    kernels->add_u8(want, all, m->step, 256);
    m->adds = memcmp(want, table, sizeof want) == 0;
    if (m->adds || !m->line) return;
    kernels->line_u8(want, all, m->line->factor, m->line->add, 256);
    m->straight = memcmp(want, table, sizeof want) == 0;
}

seg_status seg_table_apply(const seg_image *target, const seg_image *source, const uint16_t *table,
                           size_t entries, const seg_line *line, const seg_env *env) {
    mapping m = {
        .target = target, .source = source, .table = table, .entries = entries, .line = line};
    m.colours = seg_colours(source);
    for (int32_t c = 0; c < m.colours && source->format == SEG_U8; c++)
        for (size_t i = 0; i < 256; i++)
            m.narrow[c][i] = (uint8_t)table[(size_t)c * entries + (i < entries ? i : entries - 1)];
    m.same = source->format == SEG_U8 && m.colours == source->channels;
    for (int32_t c = 1; c < m.colours; c++)
        m.same &= memcmp(m.narrow[c], m.narrow[0], sizeof m.narrow[0]) == 0;
    if (m.same) find_arithmetic(&m);
    return seg_run_bands(env, source->height, BAND, map_band, &m);
}

/* ---- equalisation ---- */

static uint16_t round_half_even(float value) {
    const uint16_t whole = (uint16_t)value;
    const float rest = value - (float)whole;
    return (uint16_t)(whole + (rest > 0.5f || (rest == 0.5f && (whole & 1))));
}

static void make_table(uint16_t *table, const uint64_t *bins, int32_t size) {
    int32_t first = 0;
    uint64_t total = 0, sum = 0;
    for (int32_t i = 0; i < size; i++)
        total += bins[i];
    while (first < size - 1 && !bins[first])
        first++;
    const float scale = (float)(size - 1) / (float)(total - bins[first]);
    for (int32_t i = 0; i < size; i++) {
        if (i > first) sum += bins[i];
        table[i] = total == bins[first] ? (uint16_t)i : round_half_even((float)sum * scale);
    }
}

/* A colour of a picture by itself; `room` is a picture for it. */
static void take_colour(const seg_image *room, const seg_image *source, int32_t c) {
    const size_t size = seg_format_size(source->format), step = size * source->channels;
    for (int32_t y = 0; y < source->height; y++) {
        const uint8_t *from = (const uint8_t *)seg_image_row(source, y) + (size_t)c * size;
        uint8_t *to = seg_image_row(room, y);
        for (int32_t x = 0; x < source->width; x++, from += step, to += size)
            memcpy(to, from, size);
    }
}

seg_status seg_equalise_with(const seg_image *target, const seg_image *source, seg_scratch *scratch,
                             const seg_env *env) {
    const int32_t size = seg_histogram_size(source), colours = seg_colours(source);
    uint64_t *bins = seg_scratch_take(scratch, (size_t)size, sizeof *bins, "a histogram");
    uint16_t *table =
        seg_scratch_take(scratch, (size_t)size * (size_t)colours, sizeof *table, "curves");
    seg_image plane = *source;
    if (!bins || !table) return SEG_ERROR_MEMORY;
    if (source->channels > 1)
        SEG_TRY(seg_scratch_image(&plane, source, (seg_format)source->format, 1, scratch));
    for (int32_t c = 0; c < colours; c++) {
        if (source->channels > 1) take_colour(&plane, source, c);
        SEG_TRY(seg_histogram_with(bins, size, &plane, NULL, scratch, env));
        make_table(table + (size_t)c * (size_t)size, bins, size);
    }
    return seg_table_apply(target, source, table, (size_t)size, NULL, env);
}

seg_status seg_equalise(seg_image *target, const seg_image *source, const seg_env *env) {
    SEG_TRY(seg_check_image(source, "source", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_image_ensure(target, source->width, source->height, (seg_format)source->format,
                             source->channels, env));
    if (target->data != source->data) SEG_TRY(seg_check_apart(target, "target", source, "source"));
    target->bits = source->bits;
    target->colour = source->colour;
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status = seg_equalise_with(target, source, &scratch, env);
    seg_scratch_free(&scratch);
    return status;
}

/* ---- the method ---- */

typedef struct equalise_options {
    size_t size;
} equalise_options;

static const seg_param_table params = {NULL, 0, sizeof(equalise_options)};

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_still_create(state, &params, options, env);
}

static seg_status apply(void *state, const seg_frame *frame, uint32_t wanted, seg_result *result) {
    (void)wanted;
    seg_still *still = seg_still_begin(state);
    const seg_image *source = seg_frame_picture(frame);
    SEG_TRY(seg_check_image(source, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_image_reuse(&result->picture, source->width, source->height,
                            (seg_format)source->format, source->channels, &still->env));
    result->picture.bits = source->bits;
    result->picture.colour = source->colour;
    result->outputs |= SEG_OUTPUT_PICTURE;
    return seg_equalise_with(&result->picture, source, &still->scratch, &still->env);
}

const seg_method seg_method_equalise = {
    .id = "equalise",
    .title = "levels equally often",
    .family = "filter",
    .reference = "R. Hummel, Image enhancement by histogram transformation, Computer Graphics and "
                 "Image Processing 6(2)",
    .year = 1977,
    .formats = SEG_ANY_PICTURE,
    .channels = SEG_CHANNELS_ANY,
    .input = SEG_INPUT_PICTURE,
    .outputs = SEG_OUTPUT_PICTURE,
    .needs = SEG_NEED_COLOUR,
    .params = &params,
    .create = create,
    .apply = apply,
    .free = seg_still_free,
};
