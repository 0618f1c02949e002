/*
 * Labels and lists of objects with the ids of the tracks.
 *
 * An object that several tracks share is divided among them: each pixel goes to the track whose
 * predicted centre is nearest, measured in halves of the track's width and height. The parts are
 * then measured like any object.
 */
#include "core/bands.h"
#include "core/check.h"
#include "imgproc/rows.h"
#include "objects/measure.h"
#include "objects/track.h"

#define BAND_HEIGHT 64

/* The track that gets the pixel; of equally near ones the first. */
static int32_t nearest_track(const seg_tracking *frame, int32_t object, int32_t x, int32_t y) {
    int32_t best = frame->owner[object];
    double least = 0;
    for (int32_t t = best; t >= 0; t = frame->next[t]) {
        const seg_track_state *state = &frame->predicted[t];
        const double dx = (x + 0.5 - state->x.position) / state->width;
        const double dy = (y + 0.5 - state->y.position) / state->height;
        const double distance = dx * dx + dy * dy;
        if (t != frame->owner[object] && distance >= least) continue;
        least = distance;
        best = t;
    }
    return best;
}

/* Places of objects by their ids: dense ids, as components have, are looked up. */
static int32_t place_of(const seg_tracking *frame, int32_t id) {
    const seg_object *objects = frame->objects;
    int32_t low = 0, high = frame->object_count - 1;
    if (id <= high + 1 && objects[id - 1].id == id) return id - 1;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        if (objects[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void relabel_run(const seg_tracking *frame, int32_t *row, int32_t first, int32_t end,
                        int32_t y) {
    const int32_t object = place_of(frame, row[first]), owner = frame->owner[object];
    if (frame->next[owner] < 0 || frame->object_of[owner] != object) {
        for (int32_t x = first; x < end; x++)
            row[x] = frame->id_of[owner];
        return;
    }
    for (int32_t x = first; x < end; x++)
        row[x] = frame->id_of[nearest_track(frame, object, x, y)];
}

static seg_status relabel_band(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    (void)band, (void)worker;
    const seg_tracking *frame = argument;
    const seg_image *labels = &frame->result->labels;
    for (int32_t y = first; y < end; y++) {
        int32_t *row = seg_image_row(labels, y);
        const int32_t width = labels->width;
        const uint8_t *mask = seg_optional_row(frame->mask, y);
        for (int32_t x = seg_skip_unmasked(row, mask, 0, width); x < width;
             x = seg_skip_unmasked(row, mask, x, width)) {
            const int32_t start = x, id = row[x];
            while (x < width && row[x] == id)
                x++;
            if (id > 0) relabel_run(frame, row, start, x, y);
        }
    }
    return SEG_OK;
}

/* Tracks ascend by id, and each has one object. */
static void list_objects(seg_tracking *frame) {
    seg_result *result = frame->result;
    result->object_count = 0;
    for (int32_t t = 0; t < frame->track_count; t++) {
        if (!frame->id_of[t] || frame->object_of[t] < 0) continue;
        result->objects[result->object_count] = frame->objects[frame->object_of[t]];
        result->objects[result->object_count++].id = frame->id_of[t];
    }
}

seg_status seg_track_relabel(seg_tracking *frame) {
    seg_result *result = frame->result;
    const seg_image *labels = &result->labels;
    bool divided = false;
    if (frame->object_count == 0) return SEG_OK;
    for (int32_t o = 0; o < frame->object_count && !divided; o++)
        divided = frame->next[frame->owner[o]] >= 0;
    SEG_TRY(seg_run_light_bands(&frame->tracker->env, labels->width, labels->height, BAND_HEIGHT,
                                relabel_band, frame));
    if (divided || frame->joined)
        return seg_objects_measure_masked(result, labels, frame->mask, NULL, &frame->tracker->env);
    list_objects(frame);
    return SEG_OK;
}
