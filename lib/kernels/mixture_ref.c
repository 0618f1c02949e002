/* The readable twin of the mixture kernels, and what levels without a faster one use. */
#include "kernels/mixture.h"
#include "kernels/shadow.h"

#include <stdbool.h>

typedef struct pixel {
    const seg_mixture_row *row;
    int32_t x;
    uint16_t dither;
    uint16_t value[3];
} pixel;

static uint32_t absolute(int32_t value) {
    return (uint32_t)(value < 0 ? -value : value);
}

static uint32_t lesser(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static uint16_t *variance_of(const pixel *p, int32_t mode) {
    return p->row->mode[mode] + seg_mixture_at(p->row->colours, p->x, 0);
}

static uint16_t *mean_of(const pixel *p, int32_t mode, int32_t colour) {
    return p->row->mode[mode] + seg_mixture_at(p->row->colours, p->x, 1 + colour);
}

/* a * b in 1/65536, rounded by the dither. */
static uint32_t product(const pixel *p, uint32_t a, uint32_t b) {
    return (a * b + p->dither) >> 16;
}

static uint16_t towards(const pixel *p, uint16_t from, uint16_t to, uint32_t share) {
    const uint32_t step = product(p, absolute(to - from), share);
    return (uint16_t)(to > from ? from + step : from - step);
}

/* Squared distance to a mode, in units of the variances. */
static uint16_t distance(const pixel *p, int32_t mode) {
    uint32_t sum = 0;
    for (int32_t c = 0; c < p->row->colours; c++) {
        const uint32_t away = absolute(p->value[c] - *mean_of(p, mode, c));
        const uint32_t part = lesser(away >> 4, 255);
        sum = lesser(sum + part * part, 65535);
    }
    return (uint16_t)sum;
}

static bool is_near(const pixel *p, int32_t mode, uint32_t squared, uint32_t limit) {
    return (squared * limit >> 16) < *variance_of(p, mode);
}

/* The mode that the value belongs to, or -1; *background as found on the way. */
static int32_t find(const pixel *p, bool *background) {
    const seg_mixture_row *row = p->row;
    uint32_t before = 0;
    *background = false;
    for (int32_t m = 0; m < row->modes && row->weight[m][p->x]; m++) {
        const uint16_t squared = distance(p, m);
        if (before < row->background && is_near(p, m, squared, row->near_background))
            *background = true;
        if (is_near(p, m, squared, row->near_mode)) return m;
        before = lesser(before + row->weight[m][p->x], 65535);
    }
    return -1;
}

static void decay(const pixel *p) {
    const seg_mixture_row *row = p->row;
    for (int32_t m = 0; m < row->modes; m++) {
        uint32_t weight = row->weight[m][p->x];
        weight -= product(p, weight, row->rate);
        row->weight[m][p->x] = (uint16_t)(weight - lesser(weight, row->prune));
    }
}

/* What is missing to a sum of 65535 goes to a mode; rounding may leave one too much. */
static void complete(const pixel *p, int32_t mode) {
    const seg_mixture_row *row = p->row;
    uint32_t sum = 0;
    for (int32_t m = 0; m < row->modes; m++)
        sum += row->weight[m][p->x];
    row->weight[mode][p->x] = (uint16_t)(row->weight[mode][p->x] + 65535 - sum);
}

static void follow(const pixel *p, int32_t mode) {
    const seg_mixture_row *row = p->row;
    const float part = row->rate * 65536.0f / row->weight[mode][p->x];
    const uint32_t share = part < 65535 ? (uint32_t)part : 65535;
    const uint16_t squared = distance(p, mode);
    for (int32_t c = 0; c < row->colours; c++)
        *mean_of(p, mode, c) = towards(p, *mean_of(p, mode, c), p->value[c], share);
    uint16_t variance = towards(p, *variance_of(p, mode), squared, share);
    if (variance < row->least) variance = row->least;
    *variance_of(p, mode) = variance < row->most ? variance : row->most;
}

static void begin_mode(const pixel *p) {
    const seg_mixture_row *row = p->row;
    int32_t mode = 0;
    while (mode + 1 < row->modes && row->weight[mode][p->x])
        mode++;
    row->weight[mode][p->x] = row->rate > 1 ? row->rate : 1;
    *variance_of(p, mode) = row->first;
    for (int32_t c = 0; c < row->colours; c++)
        *mean_of(p, mode, c) = p->value[c];
    complete(p, 0);
}

static void exchange(uint16_t *a, uint16_t *b) {
    const uint16_t kept = *a;
    *a = *b;
    *b = kept;
}

/* Only one mode has become heavier, so that one pass is enough. */
static void put_in_order(const pixel *p) {
    const seg_mixture_row *row = p->row;
    const int32_t x = p->x;
    for (int32_t m = row->modes - 1; m > 0; m--) {
        if (row->weight[m][x] <= row->weight[m - 1][x]) continue;
        exchange(&row->weight[m][x], &row->weight[m - 1][x]);
        exchange(variance_of(p, m), variance_of(p, m - 1));
        for (int32_t c = 0; c < row->colours; c++)
            exchange(mean_of(p, m, c), mean_of(p, m - 1, c));
    }
}

static bool set(const uint8_t *row, int32_t x) {
    return row && row[x];
}

static void take_value(pixel *p) {
    const seg_mixture_row *row = p->row;
    for (int32_t c = 0; c < row->colours; c++)
        p->value[c] = row->value8[c] ? (uint16_t)(row->value8[c][p->x] << 7) : row->value[c][p->x];
}

static void step(const seg_mixture_row *row) {
    for (int32_t x = 0; x < row->width; x++) {
        pixel p = {row, x, (uint16_t)(row->pattern[x] + row->dither_offset), {0}};
        take_value(&p);
        const bool seen = row->weight[0][x] > 0;
        bool background;
        const int32_t mode = find(&p, &background);
        const bool foreground = seen && !background && !set(row->left_out, x);
        row->mask[x] = foreground ? 255 : 0;
        if (set(row->left_out, x) || set(row->held, x)) continue;
        if (seen && (row->rate == 0 || (foreground && set(row->patient, x)))) continue;
        decay(&p);
        if (mode < 0) {
            begin_mode(&p);
        } else {
            complete(&p, mode);
            follow(&p, mode);
        }
        put_in_order(&p);
    }
}

/* Values and means in 8-bit levels, variances in their squares. */
static bool is_shadow_of(const seg_mixture_shade *shade, const pixel *p, int32_t mode) {
    float value[3], lit[3];
    for (int32_t c = 0; c < 3; c++) {
        value[c] = p->value[c] / 128.0f;
        lit[c] = *mean_of(p, mode, c) / 128.0f;
    }
    return seg_is_shadow(value, lit, shade->darkest,
                         shade->near_squared * (*variance_of(p, mode) / 64.0f));
}

static void shade(const seg_mixture_shade *shade, const seg_mixture_row *row) {
    for (int32_t x = 0; x < row->width; x++) {
        if (!row->mask[x]) continue;
        pixel p = {row, x, 0, {0}};
        take_value(&p);
        uint32_t before = 0;
        bool found = false;
        for (int32_t m = 0; m < row->modes && row->weight[m][x] && before < row->background; m++) {
            found = found || is_shadow_of(shade, &p, m);
            before += row->weight[m][x];
        }
        if (found) row->mask[x] = shade->value;
    }
}

const seg_mixture_kernels seg_mixture_kernels_ref = {.step = step, .shade = shade};
