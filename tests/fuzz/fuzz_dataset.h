/* What the targets of data sets share: any bytes are refused with words, or make a data set that is
 * whole and can be scored against itself. */
#ifndef SEG_TESTS_FUZZ_DATASET_H
#define SEG_TESTS_FUZZ_DATASET_H

#include "fuzz_data.h"

#include <segment/data.h>
#include <stdlib.h>
#include <string.h>

static inline void fuzz_check_dataset(const seg_dataset *data) {
    int32_t next = 0;
    for (int32_t i = 0; i < data->picture_count; i++) {
        const seg_dataset_picture *picture = &data->pictures[i];
        FUZZ_CHECK(picture->first == next && picture->count >= 0);
        FUZZ_CHECK(picture->name && picture->labels && picture->sequence);
        FUZZ_CHECK(seg_dataset_find(data, picture->sequence, picture->id) == picture);
        next += picture->count;
    }
    FUZZ_CHECK(next == data->instance_count);
    for (int32_t i = 0; i < data->instance_count; i++) {
        const seg_instance *item = &data->instances[i];
        FUZZ_CHECK(item->box.width >= 0 && item->box.height >= 0 && item->area >= 0);
        if (item->mask) FUZZ_CHECK(seg_rle_check(item->mask, "mask") == SEG_OK);
    }
}

/* Against itself; a data set may hold what a metric refuses, as two sizes of masks in a picture. */
static inline void fuzz_score_dataset(const seg_dataset *data, const char *id) {
    seg_tally *tally;
    seg_pair pair;
    double values[64];
    FUZZ_CHECK(seg_tally_create(&tally, seg_metric_find(id), NULL, NULL) == SEG_OK);
    seg_dataset_walk walk = {.predicted = data, .expected = data};
    while (seg_dataset_next(&walk, &pair)) {
        if (pair.expected_count > 50) continue;
        const seg_status status = seg_tally_add(tally, &pair);
        FUZZ_CHECK(status == SEG_OK || *seg_error_detail());
    }
    FUZZ_CHECK(seg_tally_values(tally, values) == SEG_OK);
    seg_tally_free(tally);
}

typedef struct fuzz_written {
    char *bytes;
    size_t size, room;
} fuzz_written;

static inline bool fuzz_take(void *user, const char *bytes, size_t size) {
    fuzz_written *text = user;
    if (size > text->room - text->size) {
        text->room = 2 * text->room + size;
        text->bytes = realloc(text->bytes, text->room);
        FUZZ_CHECK(text->bytes != NULL);
    }
    memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
    return true;
}

/* What is written is read, and written again as it was. */
static inline void fuzz_write_dataset(const seg_dataset *data, int32_t format, const seg_env *env) {
    fuzz_written first = {0}, second = {0};
    seg_dataset again = {0};
    seg_dataset_options options;
    seg_dataset_options_init(&options);
    options.format = format;
    if (seg_dataset_write(data, format, fuzz_take, &first, env) == SEG_OK) {
        FUZZ_CHECK(seg_dataset_parse(&again, first.bytes ? first.bytes : "", first.size, "again",
                                     &options, env) == SEG_OK ||
                   format == SEG_DATASET_MOT); /* an id twice, a coordinate beyond its limit */
        if (again.store) {
            FUZZ_CHECK(again.instance_count == data->instance_count);
            FUZZ_CHECK(seg_dataset_write(&again, format, fuzz_take, &second, env) == SEG_OK);
            FUZZ_CHECK(first.size == second.size &&
                       (!first.size || memcmp(first.bytes, second.bytes, first.size) == 0));
        }
    }
    seg_dataset_free(&again);
    free(first.bytes);
    free(second.bytes);
}

/* The first byte is for options, the rest is the text. */
static inline void fuzz_dataset(const uint8_t *bytes, size_t size, int32_t format,
                                const char *metric) {
    static const seg_limits limits = {.max_pixels = 1 << 20, .max_side = 1 << 16};
    const seg_env env = {.limits = &limits};
    fuzz_data input = {bytes, size};
    const uint32_t choice = fuzz_byte(&input);
    seg_dataset data = {0};
    seg_dataset_options options;
    seg_dataset_options_init(&options);
    options.format = choice & 1 ? SEG_DATASET_AUTO : format;
    options.mot = (int32_t)(choice >> 1 & 3) + (choice & 64 ? 2 : 0);
    options.boxes_only = choice >> 3 & 1;
    if (choice >> 4 & 1) options.width = 40, options.height = 30;
    const seg_status status =
        seg_dataset_parse(&data, (const char *)input.next, input.left, "fuzz", &options, &env);
    if (status == SEG_OK) {
        fuzz_check_dataset(&data);
        fuzz_score_dataset(&data, metric);
        fuzz_write_dataset(&data, SEG_DATASET_COCO_RESULTS, &env);
        fuzz_write_dataset(&data, SEG_DATASET_MOT, &env);
    } else {
        FUZZ_CHECK(status == SEG_ERROR_DATA || status == SEG_ERROR_LIMIT ||
                   (status == SEG_ERROR_OPTION && options.mot)); /* rules of another format */
        FUZZ_CHECK(*seg_error_detail() && !data.store);
    }
    seg_dataset_free(&data);
}

#endif
