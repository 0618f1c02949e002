/*
 * Data sets as text: COCO's list of results, and MOTChallenge's rows of a tracker; what
 * lib/data/coco.c and lib/data/mot.c read. One instance at a time, numbers in as many digits as
 * they need to be read back exactly.
 */
#include "core/check.h"
#include "core/memory.h"
#include "core/text.h"
#include <segment/data.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define ROW_SIZE (8 * SEG_NUMBER_SIZE)

typedef struct writer {
    seg_dataset_sink sink;
    void *user;
    const seg_env *env;
    bool first; /* nothing is written yet */
} writer;

static seg_status put(writer *w, const char *text, size_t size) {
    return w->sink(w->user, text, size)
               ? SEG_OK
               : seg_fail(SEG_ERROR_IO, "the data set was not taken by whom it was written for");
}

/* ---- COCO's results ---- */

static int put_json(const char *text, size_t size, void *user) {
    return put(user, text, size) < 0 ? -1 : 0;
}

static seg_status add_mask(json_t *object, const seg_rle *mask, const seg_env *env) {
    const size_t length = seg_rle_to_string(NULL, 0, mask);
    char *text = seg_allocate(env, length + 1, 1, "run lengths");
    if (!text) return SEG_ERROR_MEMORY;
    seg_rle_to_string(text, length + 1, mask);
    const int failed = json_object_set_new(object, "segmentation",
                                           json_pack("{s:[i,i],s:s#}", "size", (int)mask->height,
                                                     (int)mask->width, "counts", text, length));
    seg_release(env, text);
    return failed ? seg_fail(SEG_ERROR_MEMORY, "no memory for JSON") : SEG_OK;
}

/* A box that is that of the mask is left out, since it is what is read without one; but where it is
 * given the area is that of the box. */
static bool has_own_box(const seg_instance *item) {
    if (!item->mask) return true;
    const seg_rect rect = seg_rle_box(item->mask);
    const seg_box box = {rect.x, rect.y, rect.width, rect.height};
    return memcmp(&box, &item->box, sizeof box) != 0 ||
           (item->area == box.width * box.height && item->area != (double)seg_rle_area(item->mask));
}

static json_t *box_json(const seg_box *box) {
    return json_pack("[f,f,f,f]", box->x, box->y, box->width, box->height);
}

static seg_status write_result(writer *w, const seg_dataset_picture *picture,
                               const seg_instance *item) {
    json_t *object = json_pack("{s:I,s:i}", "image_id", (json_int_t)picture->id, "category_id",
                               (int)item->category);
    seg_status status = object ? SEG_OK : seg_fail(SEG_ERROR_MEMORY, "no memory for JSON");
    if (status >= 0 && item->mask) status = add_mask(object, item->mask, w->env);
    if (status >= 0 &&
        ((has_own_box(item) && json_object_set_new(object, "bbox", box_json(&item->box)) != 0) ||
         json_object_set_new(object, "score", json_real(item->score)) != 0))
        status = seg_fail(SEG_ERROR_MEMORY, "no memory for JSON");
    if (status >= 0) status = put(w, w->first ? "[\n" : ",\n", 2);
    w->first = false;
    if (status >= 0 &&
        json_dump_callback(object, put_json, w, JSON_COMPACT | JSON_REAL_PRECISION(17)) != 0)
        status = seg_fail(SEG_ERROR_IO, "a result could not be written");
    json_decref(object);
    return status;
}

/* ---- MOTChallenge's rows ---- */

static seg_status check_row(const seg_dataset_picture *picture, const seg_instance *item) {
    if (picture->id < 1 || picture->id > INT32_MAX)
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "frame %lld in rows of MOTChallenge (allowed: 1 to 2^31 - 1)",
                        (long long)picture->id);
    if (item->category != 0 && item->category != 1)
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "class %ld in rows of MOTChallenge, which have none (allowed: 0 and 1)",
                        (long)item->category);
    return SEG_OK;
}

/* Its coordinates begin at 1. */
static seg_status write_row(writer *w, const seg_dataset_picture *picture,
                            const seg_instance *item) {
    SEG_TRY(check_row(picture, item));
    const double fields[] = {item->box.x + 1, item->box.y + 1, item->box.width, item->box.height,
                             item->score};
    char row[ROW_SIZE];
    int length = snprintf(row, sizeof row, "%lld,%ld", (long long)picture->id, (long)item->id);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        row[length++] = ',';
        length += seg_text_from_number(row + length, fields[i]);
    }
    length += snprintf(row + length, sizeof row - (size_t)length, ",-1,-1,-1\n");
    return put(w, row, (size_t)length);
}

/* ---- the whole ---- */

/* Neither format names them: their frames would become one. */
static seg_status check_sequences(const seg_dataset *data) {
    for (int32_t i = 1; i < data->picture_count; i++)
        if (strcmp(data->pictures[i].sequence, data->pictures[0].sequence) != 0)
            return seg_fail(SEG_ERROR_UNSUPPORTED,
                            "a file of one sequence is wanted (got \"%s\" and \"%s\")",
                            data->pictures[0].sequence, data->pictures[i].sequence);
    return SEG_OK;
}

seg_status seg_dataset_write(const seg_dataset *data, int32_t format, seg_dataset_sink sink,
                             void *user, const seg_env *env) {
    if (!data || !sink)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)", data ? "sink" : "data");
    if (format != SEG_DATASET_COCO_RESULTS && format != SEG_DATASET_MOT)
        return seg_fail(SEG_ERROR_UNSUPPORTED,
                        "format %ld is not written (allowed: COCO's results, MOTChallenge's rows)",
                        (long)format);
    SEG_TRY(check_sequences(data));
    writer w = {.sink = sink, .user = user, .env = env, .first = true};
    for (int32_t i = 0; i < data->picture_count; i++) {
        const seg_dataset_picture *picture = &data->pictures[i];
        for (int32_t k = 0; k < picture->count; k++) {
            const seg_instance *item = &data->instances[picture->first + k];
            SEG_TRY(format == SEG_DATASET_MOT ? write_row(&w, picture, item)
                                              : write_result(&w, picture, item));
        }
    }
    if (format == SEG_DATASET_MOT) return SEG_OK;
    return w.first ? put(&w, "[]\n", 3) : put(&w, "\n]\n", 3);
}
