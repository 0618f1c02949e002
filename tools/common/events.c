#include "common/events.h"
#include "common/cap.h"
#include "common/messages.h"
#include <jansson.h>
#include <math.h>
#include <segment/media.h>
#include <segment/render.h>
#include <stdlib.h>

enum { PICTURE_SIDE = 160, MARGIN = 8 /* a box's side over this is seen around it */ };

/* "dir/cars.jsonl" has dir/cars-7.png, or dir/cars-STEM-7.png for one of several inputs. */
void events_init(events *target, const job *item, const settings *from, bool several) {
    const char *file = item->lines[LINES_EVENTS];
    *target = (events){.settings = from};
    several = several && !file;
    if (!file) file = from->lines[LINES_EVENTS];
    if (!file || text_equal(file, "-")) return;
    char *parent = name_parent(file), *stem = name_stem(file), *input = name_stem(item->input);
    char *base = several ? text_format("%s-%s-", stem, input) : text_format("%s-", stem);
    target->prefix = name_join(parent, base);
    free(parent);
    free(stem);
    free(input);
    free(base);
}

void events_free(events *target) {
    for (int32_t i = 0; i < target->count; i++)
        seg_image_unref(&target->items[i].picture);
    free(target->items);
    free(target->prefix);
    *target = (events){0};
}

static event_picture *find(events *target, int32_t id) {
    for (int32_t i = 0; i < target->count; i++)
        if (target->items[i].id == id) return &target->items[i];
    return NULL;
}

/* The box with some of what is around it. */
static seg_rect widen(const seg_rect *box, const seg_image *picture) {
    const int32_t x = box->width / MARGIN + 2, y = box->height / MARGIN + 2;
    seg_rect wide = {box->x - x, box->y - y, 0, 0};
    if (wide.x < 0) wide.x = 0;
    if (wide.y < 0) wide.y = 0;
    const int32_t right = box->x + box->width + x, bottom = box->y + box->height + y;
    wide.width = (right < picture->width ? right : picture->width) - wide.x;
    wide.height = (bottom < picture->height ? bottom : picture->height) - wide.y;
    return wide;
}

static bool capture(events *target, const seg_track *track, const seg_frame *frame) {
    const seg_image *picture = frame->image.data ? &frame->image : &frame->luma;
    event_picture *own = find(target, track->id);
    seg_image window = {0};
    if (!own) {
        memory_grow((void **)&target->items, (size_t)target->count, sizeof *target->items);
        own = &target->items[target->count++];
        *own = (event_picture){.id = track->id};
    }
    seg_status status = seg_image_view(&window, picture, widen(&track->peak_box, picture));
    if (status >= 0)
        status = seg_render_thumbnail(&own->picture, &window, PICTURE_SIDE, PICTURE_SIDE, NULL);
    seg_image_unref(&window);
    if (status < 0) message_error(target->prefix, "%s", message_reason(status));
    return status >= 0;
}

/* *name gets the picture's name without directories, NULL if there is none. */
static bool write_picture(events *target, char **name, int32_t id) {
    event_picture *own = find(target, id);
    *name = NULL;
    if (!own) return true;
    char *path = text_format("%s%ld.png", target->prefix, (long)id);
    file_identity exists;
    bool good = target->settings->overwrite || !file_identify(&exists, path);
    if (!good) message_error(path, "exists already; -y replaces it");
    const seg_status status = good ? seg_picture_write(path, &own->picture, NULL, NULL) : SEG_OK;
    if (status < 0) message_error(path, "%s", message_reason(status));
    if (good && status >= 0) {
        cap_count_file(path);
        *name = name_base(path);
    }
    free(path);
    seg_image_unref(&own->picture);
    *own = target->items[--target->count];
    return good && status >= 0;
}

static json_t *seconds(double value) {
    return value < 0 ? json_null() : json_real(floor(value * 1e6 + 0.5) / 1e6);
}

static json_t *describe(const seg_track *track, const char *input, const char *picture) {
    json_t *record = json_object();
    const seg_rect *box = &track->peak_box;
    if (input) json_object_set_new(record, "input", json_string(input));
    json_object_set_new(record, "id", json_integer(track->id));
    json_object_set_new(record, "start", seconds(track->first_time));
    json_object_set_new(record, "end", seconds(track->last_time));
    json_object_set_new(record, "first_frame", json_integer(track->first));
    json_object_set_new(record, "last_frame", json_integer(track->last));
    json_object_set_new(record, "peak_area", json_integer(track->peak_area));
    json_object_set_new(record, "peak_time", seconds(track->peak_time));
    json_object_set_new(record, "peak_frame", json_integer(track->peak_frame));
    json_object_set_new(record, "peak_box",
                        json_pack("[i,i,i,i]", box->x, box->y, box->width, box->height));
    json_object_set_new(record, "picture", picture ? json_string(picture) : json_null());
    /* at the end of the input: may go on in the next one */
    if (!track->ended) json_object_set_new(record, "open", json_true());
    return record;
}

static bool add_line(events *target, text_buffer *lines, const seg_track *track,
                     const char *input) {
    char *picture;
    if (!write_picture(target, &picture, track->id)) return false;
    json_t *record = describe(track, input, picture);
    char *line = json_dumps(record, JSON_COMPACT | JSON_REAL_PRECISION(12));
    text_add(lines, "%s\n", line ? line : "{}");
    free(line);
    json_decref(record);
    free(picture);
    return true;
}

bool events_take(events *target, text_buffer *lines, const seg_tracker *tracker,
                 const seg_frame *frame, const char *input, bool end) {
    int32_t count;
    const seg_track *tracks = seg_tracker_tracks(tracker, &count);
    for (int32_t i = 0; i < count; i++) {
        const seg_track *track = &tracks[i];
        const bool peak = track->seen && track->peak_frame == track->last;
        if (peak && frame && target->prefix && !capture(target, track, frame)) return false;
        if ((end ? !track->ended : track->ended) && !add_line(target, lines, track, input))
            return false;
    }
    return true;
}
