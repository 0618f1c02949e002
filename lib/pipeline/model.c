/* A blob that holds two blobs: sizes, the model, the tracks. */
#include "pipeline/model.h"

#include "core/blob.h"
#include "core/check.h"
#include "core/memory.h"

#define ID "pipeline"
#define VERSION 1

typedef struct part {
    uint8_t *bytes;
    size_t size;
} part;

static seg_status take_part(part *p, seg_context *context, const seg_tracker *tracker,
                            const seg_env *env) {
    *p = (part){0};
    if (!context && !tracker) return SEG_OK;
    SEG_TRY(context ? seg_context_save(context, NULL, &p->size)
                    : seg_tracker_save(tracker, NULL, &p->size));
    p->bytes = seg_allocate(env, p->size, 1, "a part of a model");
    if (!p->bytes) return SEG_ERROR_MEMORY;
    return context ? seg_context_save(context, p->bytes, &p->size)
                   : seg_tracker_save(tracker, p->bytes, &p->size);
}

static seg_status write_parts(const part parts[2], void *buffer, size_t *size) {
    /* the frames' size stands in the parts */
    static const seg_blob_geometry nothing = {1, 1, SEG_LABEL32, 1, 32, SEG_COLOUR_DATA};
    seg_blob_writer writer;
    seg_blob_write_begin(&writer, buffer, buffer ? *size : 0, ID, VERSION, &nothing);
    for (int i = 0; i < 2; i++) {
        const int64_t length = (int64_t)parts[i].size;
        seg_blob_write_i64(&writer, &length, 1);
    }
    for (int i = 0; i < 2; i++)
        seg_blob_write_u8(&writer, parts[i].bytes, parts[i].size);
    return seg_blob_write_end(&writer, size);
}

seg_status seg_model_save(seg_context *context, const seg_tracker *tracker, void *buffer,
                          size_t *size, const seg_env *env) {
    part parts[2] = {{0}};
    seg_status status = context ? take_part(&parts[0], context, NULL, env) : SEG_OK;
    if (status >= 0) status = take_part(&parts[1], NULL, tracker, env);
    if (status >= 0) status = write_parts(parts, buffer, size);
    for (int i = 0; i < 2; i++)
        seg_release(env, parts[i].bytes);
    return status;
}

/* The bytes of both parts, which the blob holds. */
static seg_status find_parts(const uint8_t *at[2], size_t sizes[2], seg_blob_reader *reader) {
    for (int i = 0; i < 2; i++) {
        int64_t length;
        seg_blob_read_i64(reader, &length, 1);
        sizes[i] = length < 0 ? SIZE_MAX : (size_t)length;
    }
    const size_t left = seg_blob_left(reader);
    if (reader->failed || sizes[0] > left || sizes[1] != left - sizes[0])
        return seg_fail(SEG_ERROR_DATA, "the model's content is impossible or ends early");
    at[0] = reader->next;
    at[1] = at[0] + sizes[0];
    return SEG_OK;
}

/* The tracks are read before the model is, into a tracker that is thrown away: what fails, fails
 * before anything has changed. */
static seg_status try_tracks(const uint8_t *bytes, size_t size, const seg_env *env) {
    seg_tracker *trial;
    SEG_TRY(seg_tracker_create(&trial, NULL, env));
    const seg_status status = seg_tracker_load(trial, bytes, size);
    seg_tracker_free(trial);
    return status;
}

seg_status seg_model_load(seg_context *context, seg_tracker *tracker, const void *buffer,
                          size_t size, const seg_env *env) {
    const uint8_t *at[2] = {NULL, NULL};
    size_t sizes[2] = {0, 0};
    seg_blob_reader reader;
    if (seg_blob_read_begin(&reader, buffer, size, ID, VERSION) < 0) {
        const seg_status status = seg_context_load(context, buffer, size);
        /* of a method without a model it can only be a pipeline's, which it is not */
        if (status == SEG_ERROR_UNSUPPORTED && tracker)
            return seg_blob_read_begin(&reader, buffer, size, ID, VERSION);
        if (status >= 0) seg_tracker_reset(tracker);
        return status;
    }
    SEG_TRY(find_parts(at, sizes, &reader));
    const bool tracks = tracker && sizes[1] > 0;
    if (tracks) SEG_TRY(try_tracks(at[1], sizes[1], env));
    if (sizes[0]) SEG_TRY(seg_context_load(context, at[0], sizes[0]));
    if (tracks) return seg_tracker_load(tracker, at[1], sizes[1]);
    seg_tracker_reset(tracker);
    return SEG_OK;
}
