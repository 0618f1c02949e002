/* A blob that holds blobs: the sizes of the parts, and the parts. */
#include "pipeline/model.h"

#include "core/blob.h"
#include "core/check.h"
#include "core/memory.h"

#define ID "pipeline"
#define VERSION 1

enum { MODEL, TRACKS, REFERENCE, PARTS };

static bool is_there(const seg_model_parts *parts, int part) {
    return part == MODEL    ? parts->context != NULL
           : part == TRACKS ? parts->tracker != NULL
                            : parts->stabilizer != NULL;
}

static seg_status save_part(const seg_model_parts *parts, int part, void *buffer, size_t *size) {
    return part == MODEL    ? seg_context_save(parts->context, buffer, size)
           : part == TRACKS ? seg_tracker_save(parts->tracker, buffer, size)
                            : seg_stabilizer_save(parts->stabilizer, buffer, size);
}

static seg_status load_part(const seg_model_parts *parts, int part, const void *buffer,
                            size_t size) {
    return part == MODEL    ? seg_context_load(parts->context, buffer, size)
           : part == TRACKS ? seg_tracker_load(parts->tracker, buffer, size)
                            : seg_stabilizer_load(parts->stabilizer, buffer, size);
}

/* ---- writing ---- */

/* The part in memory of its own; size 0 if it is not there. */
static seg_status take_part(uint8_t **bytes, size_t *size, const seg_model_parts *parts, int part,
                            const seg_env *env) {
    if (!is_there(parts, part)) return SEG_OK;
    SEG_TRY(save_part(parts, part, NULL, size));
    *bytes = seg_allocate(env, *size, 1, "a part of a model");
    return *bytes ? save_part(parts, part, *bytes, size) : SEG_ERROR_MEMORY;
}

seg_status seg_model_save(const seg_model_parts *parts, void *buffer, size_t *size,
                          const seg_env *env) {
    /* the frames' size stands in the parts */
    static const seg_blob_geometry nothing = {1, 1, SEG_LABEL32, 1, 32, SEG_COLOUR_DATA};
    uint8_t *bytes[PARTS] = {NULL};
    size_t sizes[PARTS] = {0};
    seg_status status = SEG_OK;
    for (int i = 0; i < PARTS && status >= 0; i++)
        status = take_part(&bytes[i], &sizes[i], parts, i, env);
    if (status >= 0) {
        seg_blob_writer writer;
        seg_blob_write_begin(&writer, buffer, buffer ? *size : 0, ID, VERSION, &nothing);
        for (int i = 0; i < PARTS; i++)
            seg_blob_write_i64(&writer, &(int64_t){(int64_t)sizes[i]}, 1);
        for (int i = 0; i < PARTS; i++)
            seg_blob_write_u8(&writer, bytes[i], sizes[i]);
        status = seg_blob_write_end(&writer, size);
    }
    for (int i = 0; i < PARTS; i++)
        seg_release(env, bytes[i]);
    return status;
}

/* ---- reading ---- */

static seg_status find_parts(const uint8_t *at[PARTS], size_t sizes[PARTS],
                             seg_blob_reader *reader) {
    size_t left;
    for (int i = 0; i < PARTS; i++) {
        int64_t length;
        seg_blob_read_i64(reader, &length, 1);
        sizes[i] = length < 0 ? SIZE_MAX : (size_t)length;
    }
    left = seg_blob_left(reader);
    bool good = !reader->failed;
    for (int i = 0; i < PARTS && good; i++) {
        good = sizes[i] <= left;
        at[i] = reader->next + (seg_blob_left(reader) - left);
        left -= good ? sizes[i] : 0;
    }
    if (good && left == 0) return SEG_OK;
    return seg_fail(SEG_ERROR_DATA, "the model's content is impossible or ends early");
}

/* Tracks and reference are read before the model is, into others that are thrown away: what fails,
 * fails before anything has changed. */
static seg_status try_part(const seg_model_parts *parts, int part, const uint8_t *bytes,
                           size_t size, const seg_env *env) {
    seg_model_parts trial = {0};
    seg_status status = SEG_OK;
    if (part == TRACKS) status = seg_tracker_create(&trial.tracker, NULL, env);
    if (part == REFERENCE)
        trial.stabilizer = seg_stabilizer_create(parts->stabilizer->options.model, env);
    if (part == REFERENCE && !trial.stabilizer) status = SEG_ERROR_MEMORY;
    if (status >= 0) status = load_part(&trial, part, bytes, size);
    seg_tracker_free(trial.tracker);
    seg_stabilizer_free(trial.stabilizer);
    return status;
}

static void begin_anew(const seg_model_parts *parts) {
    seg_tracker_reset(parts->tracker);
    seg_stabilizer_reset(parts->stabilizer);
}

seg_status seg_model_load(const seg_model_parts *parts, const void *buffer, size_t size,
                          const seg_env *env) {
    const uint8_t *at[PARTS] = {NULL};
    size_t sizes[PARTS] = {0};
    seg_blob_reader reader;
    if (seg_blob_read_begin(&reader, buffer, size, ID, VERSION) < 0) {
        const seg_status status = seg_context_load(parts->context, buffer, size);
        /* of a method without a model it can only be a pipeline's, which it is not */
        if (status == SEG_ERROR_UNSUPPORTED && (parts->tracker || parts->stabilizer))
            return seg_blob_read_begin(&reader, buffer, size, ID, VERSION);
        if (status >= 0) begin_anew(parts);
        return status;
    }
    SEG_TRY(find_parts(at, sizes, &reader));
    for (int i = TRACKS; i < PARTS; i++)
        if (sizes[i] && is_there(parts, i)) SEG_TRY(try_part(parts, i, at[i], sizes[i], env));
    if (sizes[MODEL]) SEG_TRY(load_part(parts, MODEL, at[MODEL], sizes[MODEL]));
    begin_anew(parts);
    for (int i = TRACKS; i < PARTS; i++)
        if (sizes[i] && is_there(parts, i)) SEG_TRY(load_part(parts, i, at[i], sizes[i]));
    return SEG_OK;
}
