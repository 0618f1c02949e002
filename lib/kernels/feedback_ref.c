/* The readable twin of the feedback kernels. */
#include "kernels/feedback.h"

#include <stdbool.h>

static bool is_unstable(const seg_feedback_row *row, int32_t x) {
    return row->r[x] > 3.0f || row->raw_slow[x] - row->final_slow[x] > 0.1f ||
           row->raw_quick[x] - row->final_quick[x] > 0.1f;
}

static void limits(const seg_feedback_row *row) {
    const float factor = (row->colours == 3 ? 1.5f : 0.5f) * row->share;
    for (int32_t x = 0; x < row->width; x++) {
        const bool unstable = is_unstable(row, x);
        const float r = row->r[x], limit = factor * (r * row->threshold - (unstable ? 0.0f : 6.0f));
        const int32_t power = r < 1.5f ? 2 : r < 2.5f ? 4 : r < 3.5f ? 8 : 16;
        const int32_t bits = (power + row->texture + unstable) * row->colours;
        row->limit[x] = (uint8_t)(limit < 254 ? limit : 254);
        row->texture_limit[x] = (uint8_t)(bits < 254 ? bits : 254);
    }
}

static int32_t ones(int32_t byte) {
    int32_t count = 0;
    for (; byte; byte &= byte - 1)
        count++;
    return count;
}

static float motion_at(const seg_feedback_row *row, int32_t x, float most, float most_bits) {
    int32_t difference = 0, texture = 0;
    for (int32_t p = 0; p < 3 * row->colours; p++) {
        const int32_t now = row->value[p][x], before = row->last_value[p][x];
        if (p < row->colours)
            difference += now > before ? now - before : before - now;
        else
            texture += ones(now ^ before);
    }
    return ((float)difference / most + (float)texture / most_bits) / 2;
}

static void distances(const seg_feedback_row *row) {
    const float most = 256.0f * (float)row->colours, most_bits = 16.0f * (float)row->colours;
    for (int32_t x = 0; x < row->width; x++) {
        const bool any = row->agreeing[x] > 0;
        const float colour = any ? (float)row->nearest[x] * 2 / most : 1;
        const float bits = any ? (float)row->nearest_texture[x] / most_bits : 1;
        const float missing = (float)(row->needed - row->agreeing[x]) / (float)row->needed;
        const float distance = (colour + bits) / 2 + missing;
        row->distance[x] = distance < 1 ? distance : 1;
        row->motion[x] = motion_at(row, x, most, most_bits);
    }
}

static float mix(float mean, float value, float weight) {
    return mean + (value - mean) * weight;
}

static float at_least(float value, float least) {
    return value > least ? value : least;
}

static void update(const seg_feedback_row *row) {
    for (int32_t x = 0; x < row->width; x++) {
        const bool raw = row->raw[x], last = row->last_mask[x], blinks = row->blinks[x];
        const float slow = row->distance_slow[x] =
            mix(row->distance_slow[x], row->distance[x], row->slow);
        const float quick = row->distance_quick[x] =
            mix(row->distance_quick[x], row->distance[x], row->quick);
        row->motion_quick[x] = mix(row->motion_quick[x], row->motion[x], row->quick);
        row->raw_slow[x] = mix(row->raw_slow[x], raw ? 1.0f : 0.0f, row->slow);
        row->raw_quick[x] = mix(row->raw_quick[x], raw ? 1.0f : 0.0f, row->quick);
        const float least = slow < quick ? slow : quick;
        const float most = at_least(slow < quick ? quick : slow, 0.001f);
        float r = row->r[x], t = row->t[x], v = row->v[x];
        const bool unstable = is_unstable(row, x);
        if (last || (least < 0.1f && raw))
            t += 0.5f / (most * v);
        else
            t -= 0.25f * v / most;
        t = at_least(t, row->t_least);
        row->t[x] = t < row->t_most ? t : row->t_most;
        if (most > 0.1f && blinks)
            v += 1.0f;
        else
            v -= last ? 0.025f : unstable ? 0.05f : 0.1f;
        v = at_least(v, 0.1f);
        row->v[x] = v;
        const float wanted = (1.0f + 2.0f * least) * (1.0f + 2.0f * least);
        if (r < wanted)
            r += 0.01f * (v - 0.1f);
        else
            r -= 0.01f / v;
        row->r[x] = at_least(r, 1.0f);
    }
}

static uint8_t chance_of(float chance) {
    return (uint8_t)(chance < 1 ? 1 : chance > 255 ? 255 : chance);
}

static void chances(const seg_feedback_row *row) {
    for (int32_t x = 0; x < row->width; x++) {
        const float t = row->t[x];
        row->chance_own[x] = chance_of(256 / at_least(t, 1));
        row->chance_other[x] = chance_of(512 / (t + 2));
        const bool ghost = row->raw_quick[x] > 0.995f && row->motion_quick[x] < 0.01f;
        row->chance_ghost[x] = ghost ? row->quickest : 0;
    }
}

const seg_feedback_kernels seg_feedback_kernels_ref = {
    .limits = limits,
    .distances = distances,
    .update = update,
    .chances = chances,
};
