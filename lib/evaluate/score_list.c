/* Lists of scores: by a histogram where there are at most 65536 of them, else by sorting. */
#include "evaluate/score_list.h"

#include "core/memory.h"
#include "imgproc/sort.h"
#include "kernels/pixel.h"

#include <float.h>
#include <math.h>
#include <string.h>

void seg_score_list_free(seg_score_list *list, const seg_env *env) {
    seg_release(env, list->entries);
    *list = (seg_score_list){0};
}

static seg_status room_for(seg_score_list *list, size_t count, const seg_env *env) {
    *list = (seg_score_list){0};
    if (count == 0) return SEG_OK;
    if (count >= INT32_MAX)
        return seg_fail(SEG_ERROR_LIMIT,
                        "there are %ld or more different scores; score without exact",
                        (long)INT32_MAX);
    list->entries = seg_allocate(env, count, sizeof *list->entries, "a list of scores");
    return list->entries ? SEG_OK : SEG_ERROR_MEMORY;
}

/* ---- histograms ---- */

/* Pixels of the ground, of the object, and those not scored, for each of `size` values. */
typedef struct score_bins {
    int64_t *ground, *object, *unscored;
    int32_t size;
} score_bins;

static void count_samples(const score_bins *bins, const void *row, int format,
                          const seg_object_chunk *chunk) {
    const uint8_t *narrow = row;
    const uint16_t *wide = row;
    int64_t *const tables[2] = {bins->ground, bins->object};
    for (int32_t i = 0; i < chunk->count; i++) {
        const int32_t value = format == SEG_U8 ? narrow[chunk->x + i] : wide[chunk->x + i];
        int64_t *table = tables[chunk->truth[i] != 0];
        if (chunk->ignore && chunk->ignore[i]) table = bins->unscored;
        table[value]++;
    }
}

static seg_status refuse(float score, int32_t x, int32_t y, bool exact) {
    return seg_fail(SEG_ERROR_DATA, "the score is %g at %ld,%ld (allowed %s)", (double)score,
                    (long)x, (long)y,
                    exact ? "finite numbers" : "0 to 1; exact takes any finite number");
}

static seg_status count_floats(const score_bins *bins, const float *row,
                               const seg_object_chunk *chunk) {
    uint16_t levels[SEG_OBJECT_CHUNK];
    const float *score = row + chunk->x;
    seg_pixel_kernels_get()->f32_to_u16(levels, score, (size_t)chunk->count);
    for (int32_t i = 0; i < chunk->count; i++) {
        if (chunk->ignore && chunk->ignore[i]) continue;
        if (!(score[i] >= 0 && score[i] <= 1))
            return refuse(score[i], chunk->x + i, chunk->y, false);
        (chunk->truth[i] ? bins->object : bins->ground)[levels[i]]++;
    }
    return SEG_OK;
}

static seg_status count_picture(const score_bins *bins, const seg_image *scores,
                                const seg_objects *objects) {
    seg_object_chunk chunk;
    for (seg_objects_start(&chunk); seg_objects_next(&chunk, objects);) {
        const void *row = seg_image_row(scores, chunk.y);
        if (scores->format == SEG_F32)
            SEG_TRY(count_floats(bins, row, &chunk));
        else
            count_samples(bins, row, scores->format, &chunk);
    }
    return SEG_OK;
}

static seg_status list_of_bins(seg_score_list *list, const score_bins *bins, double full,
                               const seg_env *env) {
    size_t count = 0;
    for (int32_t i = 0; i < bins->size; i++)
        count += bins->ground[i] || bins->object[i];
    SEG_TRY(room_for(list, count, env));
    for (int32_t i = 0; i < bins->size; i++)
        if (bins->ground[i] || bins->object[i])
            list->entries[list->count++] =
                (seg_score_entry){i / full, bins->ground[i], bins->object[i]};
    return SEG_OK;
}

static seg_status make_binned(seg_score_list *list, const seg_image *scores,
                              const seg_objects *objects, const seg_env *env) {
    const bool real = scores->format == SEG_F32;
    const size_t size = scores->format == SEG_U8 ? 256 : 65536;
    int64_t *counters =
        seg_allocate_zeroed(env, 3 * size, sizeof *counters, "a histogram of scores");
    if (!counters) return SEG_ERROR_MEMORY;
    const score_bins bins = {counters, counters + size, counters + 2 * size, (int32_t)size};
    seg_status status = count_picture(&bins, scores, objects);
    if (status >= 0)
        status = list_of_bins(list, &bins, real ? 65535.0 : seg_image_full_scale(scores), env);
    seg_release(env, counters);
    return status;
}

/* ---- sorted floats ---- */

/* Keys that sort as the floats do, the truth in the lowest bit. */
static uint64_t key_of(float score, bool object) {
    const float number = score + 0.0f; /* -0 is 0 */
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    bits = bits & 0x80000000u ? ~bits : bits | 0x80000000u;
    return (uint64_t)bits << 1 | object;
}

static double score_of(uint64_t key) {
    const uint32_t ordered = (uint32_t)(key >> 1);
    const uint32_t bits = ordered & 0x80000000u ? ordered & 0x7fffffffu : ~ordered;
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static seg_status gather(seg_keyed *items, size_t *count, const seg_image *scores,
                         const seg_objects *objects) {
    seg_object_chunk chunk;
    size_t found = 0;
    for (seg_objects_start(&chunk); seg_objects_next(&chunk, objects);) {
        const float *score = (const float *)seg_image_row(scores, chunk.y) + chunk.x;
        for (int32_t i = 0; i < chunk.count; i++) {
            if (chunk.ignore && chunk.ignore[i]) continue;
            if (!(fabsf(score[i]) <= FLT_MAX)) return refuse(score[i], chunk.x + i, chunk.y, true);
            items[found++].key = key_of(score[i], chunk.truth[i] != 0);
        }
    }
    *count = found;
    return SEG_OK;
}

static seg_status list_of_keys(seg_score_list *list, const seg_keyed *items, size_t count,
                               const seg_env *env) {
    size_t different = 0;
    for (size_t i = 0; i < count; i++)
        different += i == 0 || items[i].key >> 1 != items[i - 1].key >> 1;
    SEG_TRY(room_for(list, different, env));
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || items[i].key >> 1 != items[i - 1].key >> 1)
            list->entries[list->count++] = (seg_score_entry){score_of(items[i].key), 0, 0};
        seg_score_entry *entry = &list->entries[list->count - 1];
        entry->positive += items[i].key & 1;
        entry->negative += !(items[i].key & 1);
    }
    return SEG_OK;
}

static seg_status make_exact(seg_score_list *list, const seg_image *scores,
                             const seg_objects *objects, const seg_env *env) {
    const size_t most = (size_t)scores->width * (size_t)scores->height;
    seg_keyed *items = seg_allocate(env, 2 * most, sizeof *items, "scores to sort");
    if (!items) return SEG_ERROR_MEMORY;
    size_t count = 0;
    seg_status status = gather(items, &count, scores, objects);
    if (status >= 0) {
        seg_sort(items, items + most, count);
        status = list_of_keys(list, items, count, env);
    }
    seg_release(env, items);
    return status;
}

seg_status seg_score_list_make(seg_score_list *list, const seg_image *scores,
                               const seg_objects *objects, bool exact, const seg_env *env) {
    if (scores->format == SEG_F32 && exact) return make_exact(list, scores, objects, env);
    return make_binned(list, scores, objects, env);
}

/* ---- sums ---- */

seg_status seg_score_list_merge(seg_score_list *list, const seg_score_list *more,
                                const seg_env *env) {
    if (more->count == 0) return SEG_OK;
    seg_score_list sum;
    SEG_TRY(room_for(&sum, (size_t)list->count + (size_t)more->count, env));
    int32_t i = 0, k = 0;
    while (i < list->count || k < more->count) {
        const seg_score_entry *a = i < list->count ? &list->entries[i] : NULL;
        const seg_score_entry *b = k < more->count ? &more->entries[k] : NULL;
        seg_score_entry *next = &sum.entries[sum.count++];
        if (a && b && a->score == b->score) {
            *next =
                (seg_score_entry){a->score, a->negative + b->negative, a->positive + b->positive};
            i++, k++;
        } else if (!b || (a && a->score < b->score)) {
            *next = *a;
            i++;
        } else {
            *next = *b;
            k++;
        }
    }
    seg_release(env, list->entries);
    *list = sum;
    return SEG_OK;
}
