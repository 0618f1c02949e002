/* The readable twin of the consensus kernels. */
#include "kernels/consensus.h"

#include <stdbool.h>
#include <string.h>

#define BLOCK SEG_CONSENSUS_BLOCK

static int32_t absolute(int32_t value) {
    return value < 0 ? -value : value;
}

static int32_t lesser(int32_t a, int32_t b) {
    return a < b ? a : b;
}

/* Plane p of sample i of pixel x. */
static uint8_t sample_of(const seg_consensus_row *row, int32_t planes, int32_t i, int32_t p,
                         int32_t x) {
    const size_t block = (size_t)(x / BLOCK) * (size_t)(row->sample_count * planes);
    return row->samples[(block + (size_t)(i * planes + p)) * BLOCK + (size_t)(x % BLOCK)];
}

static void agree(const seg_consensus_row *row) {
    for (int32_t x = 0; x < row->blocks * BLOCK; x++) {
        int32_t agreeing = 0, nearest = 255;
        for (int32_t i = 0; i < row->sample_count && agreeing < row->needed; i++) {
            int32_t distance = 0;
            for (int32_t c = 0; c < row->colours; c++)
                distance += absolute(row->value[c][x] - sample_of(row, row->colours, i, c, x));
            distance = lesser(distance, 255);
            nearest = lesser(nearest, distance);
            agreeing += distance <= row->limit[x];
        }
        row->agreeing[x] = (uint8_t)agreeing;
        row->nearest[x] = (uint8_t)nearest;
    }
}

/* The texture around pixel x as seen from `value`. */
static uint32_t texture_at(const uint8_t *const around[5], int32_t x, uint8_t value,
                           uint8_t contrast) {
    uint32_t bits = 0;
    for (int i = 0; i < 16; i++) {
        const uint8_t *row = around[2 + seg_texture_places[i][1]];
        const bool set = absolute(row[x + seg_texture_places[i][0]] - value) > contrast;
        bits |= (uint32_t)set << i;
    }
    return bits;
}

static int32_t bits_of(uint32_t word) {
    int32_t count = 0;
    for (; word; word &= word - 1)
        count++;
    return count;
}

/* Distances of one sample; false if a colour rules it out. */
static bool compare(const seg_consensus_row *row, int32_t x, int32_t i, int32_t *distance,
                    int32_t *texture) {
    const int32_t planes = 3 * row->colours;
    *distance = *texture = 0;
    for (int32_t c = 0; c < row->colours; c++) {
        const uint8_t value = sample_of(row, planes, i, c, x);
        const int32_t d = absolute(row->value[c][x] - value);
        const int32_t low = row->colours + 2 * c;
        const uint32_t own = (uint32_t)row->value[low][x] | (uint32_t)row->value[low + 1][x] << 8;
        const uint32_t theirs = (uint32_t)sample_of(row, planes, i, low, x) |
                                (uint32_t)sample_of(row, planes, i, low + 1, x) << 8;
        const uint32_t seen =
            texture_at(row->around[c], x, value, seg_texture_contrast(value, row->contrast));
        const int32_t t = (bits_of(own ^ theirs) + bits_of(seen ^ theirs)) / 2;
        const int32_t s = lesser(255, d + t / 2 * 15);
        if (s > row->limit[x]) return false;
        *distance = lesser(255, *distance + s / 2);
        *texture += t;
    }
    return true;
}

static void agree_textured(const seg_consensus_row *row) {
    for (int32_t x = 0; x < row->blocks * BLOCK; x++) {
        int32_t agreeing = 0, nearest = 255, nearest_texture = 255;
        const int32_t samples = !row->wanted || row->wanted[x] ? row->sample_count : 0;
        for (int32_t i = 0; i < samples && agreeing < row->needed; i++) {
            int32_t distance, texture;
            if (!compare(row, x, i, &distance, &texture)) continue;
            if (distance > row->limit[x] || texture > row->texture_limit[x]) continue;
            nearest = lesser(nearest, distance);
            nearest_texture = lesser(nearest_texture, texture);
            agreeing++;
        }
        row->agreeing[x] = (uint8_t)agreeing;
        row->nearest[x] = (uint8_t)nearest;
        row->nearest_texture[x] = (uint8_t)nearest_texture;
    }
}

static void texture(uint8_t *low, uint8_t *high, const uint8_t *const around[5], int32_t contrast,
                    int32_t blocks) {
    for (int32_t x = 0; x < blocks * BLOCK; x++) {
        const uint8_t value = around[2][x];
        const uint32_t bits = texture_at(around, x, value, seg_texture_contrast(value, contrast));
        low[x] = (uint8_t)bits;
        high[x] = (uint8_t)(bits >> 8);
    }
}

static void replace(uint8_t *sample, const uint8_t *const *value, const uint8_t *taken,
                    int32_t planes) {
    for (int32_t p = 0; p < planes; p++)
        for (int32_t i = 0; i < BLOCK; i++)
            if (taken[i]) sample[p * BLOCK + i] = value[p][i];
}

static int32_t draw(uint8_t *taken, const uint8_t *chance, const uint8_t *from, const uint8_t *held,
                    const uint16_t *pattern, uint16_t factor, uint16_t addend) {
    int32_t any = 0;
    for (int32_t i = 0; i < BLOCK; i++) {
        const uint16_t random = (uint16_t)((uint32_t)pattern[i] * factor + addend);
        const bool take = random >> 8 < chance[i] && !from[i] && !(held && held[i]);
        taken[i] = take ? 255 : 0;
        any |= take;
    }
    return any;
}

const seg_consensus_kernels seg_consensus_kernels_ref = {
    .agree = agree,
    .agree_textured = agree_textured,
    .texture = texture,
    .replace = replace,
    .draw = draw,
};
