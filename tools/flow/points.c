/* Points of segment-flow: read, followed, written. */
#include "flow/points.h"
#include "common/messages.h"
#include "common/names.h"
#include "common/outfile.h"
#include "common/text.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* What `auto` looks for. */
#define AUTO_MOST 500
#define AUTO_QUALITY 0.01
#define AUTO_DISTANCE 10

struct point_tracks {
    const char *source; /* the file of places */
    bool by_itself, csv;
    outfile out;
    seg_tracked_point *points; /* those that are not lost */
    int64_t *ids;
    int *lines; /* of the file, by ids; until the size of frames is known */
    size_t count;
    int64_t frame;
};

bool points_check_output(const char *output) {
    if (text_equal(output, "-") || text_equal(output, "null:") ||
        name_has_extension(output, "csv|json|jsonl"))
        return true;
    message_error(output,
                  "is no name for points (allowed with --points: .csv, .jsonl, .json, - and "
                  "null:)");
    return false;
}

/* ---- places in a file ---- */

static const char *skip(const char *text, const char *what) {
    return text + strspn(text, what);
}

/* "x,y" and anything behind another separator; false: no place. */
static bool parse_place(seg_tracked_point *place, const char *line) {
    char *end;
    const char *at = skip(line, " \t");
    place->x = strtod(at, &end);
    if (end == at) return false;
    const char *next = skip(end, " \t,;");
    place->y = strtod(next, &end);
    return end != next && next != at && strchr(" \t,;", *end);
}

/* Names of columns, where the first line has no place: letters, and no bytes that no text has. */
static bool is_header(const char *line) {
    const char *at = skip(line, " \t\"");
    if (!((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z'))) return false;
    while (*at == '\t' || (unsigned char)*at >= ' ')
        at++;
    return !*at;
}

static void add_point(point_tracks *tracks, const seg_tracked_point *place, int line) {
    memory_grow((void **)&tracks->points, tracks->count, sizeof *tracks->points);
    memory_grow((void **)&tracks->ids, tracks->count, sizeof *tracks->ids);
    memory_grow((void **)&tracks->lines, tracks->count, sizeof *tracks->lines);
    tracks->lines[tracks->count] = line;
    tracks->points[tracks->count] = (seg_tracked_point){.x = place->x, .y = place->y};
    tracks->ids[tracks->count] = (int64_t)tracks->count + 1;
    tracks->count++;
}

static bool parse_places(point_tracks *tracks, char *text, const char *path) {
    int number = 0;
    for (char *line = text, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next) *next++ = 0;
        line[strcspn(line, "\r")] = 0;
        number++;
        const char *start = skip(line, " \t");
        if (!*start || *start == '#') continue;
        seg_tracked_point place = {0};
        if (parse_place(&place, line)) {
            add_point(tracks, &place, number);
        } else if (number > 1 || !is_header(line)) {
            message_error(path, "line %d is no place (got \"%.40s\", allowed: x,y in pixels)",
                          number, line);
            return false;
        }
    }
    if (tracks->count == 0) message_error(path, "has no places; a line each is wanted: x,y");
    return tracks->count > 0;
}

static bool read_places(point_tracks *tracks, const char *path) {
    void *bytes;
    size_t size;
    if (!file_read(&bytes, &size, path)) return false;
    char *text = text_copy_part(bytes, size);
    free(bytes);
    const bool whole = strlen(text) == size;
    if (!whole)
        message_error(path, "is no text (byte %zu is 0); places are lines of x,y", strlen(text));
    const bool good = whole && parse_places(tracks, text, path);
    free(text);
    return good;
}

/* Every place is in the first frame. */
static bool check_places(const point_tracks *tracks, const seg_image *picture) {
    for (size_t i = 0; i < tracks->count; i++) {
        const seg_tracked_point *p = &tracks->points[i];
        if (p->x >= 0 && p->y >= 0 && p->x <= picture->width - 1 && p->y <= picture->height - 1)
            continue;
        message_error(
            tracks->source, "line %d is outside of the frame (got %g,%g, allowed 0 to %d, 0 to %d)",
            tracks->lines[i], p->x, p->y, (int)picture->width - 1, (int)picture->height - 1);
        return false;
    }
    return true;
}

static bool find_places(point_tracks *tracks, const seg_image *picture, const seg_env *env) {
    seg_tracked_point *found = memory_get(AUTO_MOST, sizeof *found);
    int32_t count = 0;
    const seg_status status =
        seg_points_find(found, &count, AUTO_MOST, picture, AUTO_QUALITY, AUTO_DISTANCE, env);
    if (status < 0) message_error(NULL, "%s", message_reason(status));
    for (int32_t i = 0; i < count; i++)
        add_point(tracks, &found[i], 0);
    free(found);
    return status >= 0;
}

/* ---- life ---- */

static void free_tracks(point_tracks *tracks) {
    free(tracks->points);
    free(tracks->ids);
    free(tracks->lines);
    free(tracks);
}

point_tracks *points_open(const char *source, const char *output) {
    point_tracks *tracks = memory_get(1, sizeof *tracks);
    tracks->source = source;
    tracks->by_itself = text_equal(source, "auto");
    tracks->csv = name_has_extension(output, "csv");
    const bool wanted = !text_equal(output, "null:");
    if ((tracks->by_itself || read_places(tracks, source)) &&
        (!wanted || outfile_open(&tracks->out, output)))
        return tracks;
    free_tracks(tracks);
    return NULL;
}

bool points_close(point_tracks *tracks, bool whole) {
    bool good = true;
    if (!tracks) return true;
    if (tracks->out.path) {
        if (whole)
            good = outfile_finish(&tracks->out);
        else
            outfile_abandon(&tracks->out);
    }
    free_tracks(tracks);
    return good;
}

/* ---- frames ---- */

static void add_row(text_buffer *text, const point_tracks *tracks, size_t i, double seconds) {
    const seg_tracked_point *p = &tracks->points[i];
    if (tracks->csv) {
        text_add(text, "%lld,", (long long)tracks->frame);
        if (seconds >= 0) text_add(text, "%.6f", seconds);
        text_add(text, ",%lld,%.4f,%.4f,%.3f,%.4f\n", (long long)tracks->ids[i], p->x, p->y,
                 p->difference, p->back);
        return;
    }
    json_t *row = json_object();
    json_object_set_new(row, "frame", json_integer((json_int_t)tracks->frame));
    json_object_set_new(row, "time", seconds < 0 ? json_null() : json_real(seconds));
    json_object_set_new(row, "id", json_integer((json_int_t)tracks->ids[i]));
    json_object_set_new(row, "x", json_real(p->x));
    json_object_set_new(row, "y", json_real(p->y));
    json_object_set_new(row, "difference", json_real(p->difference));
    json_object_set_new(row, "back", json_real(p->back));
    char *line = json_dumps(row, JSON_COMPACT | JSON_REAL_PRECISION(8));
    json_decref(row);
    text_add(text, "%s\n", line ? line : "{}");
    free(line);
}

static bool write_points(point_tracks *tracks, const seg_frame *frame) {
    if (!tracks->out.path) return true;
    text_buffer text = {0};
    if (tracks->csv && tracks->frame == 0) text_add(&text, "frame,time,id,x,y,difference,back\n");
    for (size_t i = 0; i < tracks->count; i++)
        add_row(&text, tracks, i, seg_frame_seconds(frame));
    const bool good = text.length == 0 || outfile_write(&tracks->out, text.data, text.length);
    text_free(&text);
    return good;
}

/* Those that were found are where they are now; the others end. */
static void move_points(point_tracks *tracks) {
    size_t kept = 0;
    for (size_t i = 0; i < tracks->count; i++) {
        seg_tracked_point p = tracks->points[i];
        if (!p.found) continue;
        p.x = p.to_x;
        p.y = p.to_y;
        tracks->points[kept] = p;
        tracks->ids[kept++] = tracks->ids[i];
    }
    tracks->count = kept;
}

static const seg_image *picture_of(const seg_frame *frame) {
    return seg_image_empty(&frame->image) ? &frame->luma : &frame->image;
}

bool points_follow(point_tracks *tracks, const seg_frame *before, const seg_frame *frame,
                   const seg_env *env) {
    if (!before) {
        const seg_image *picture = picture_of(frame);
        if (tracks->by_itself && !find_places(tracks, picture, env)) return false;
        if (tracks->frame == 0 && !check_places(tracks, picture)) return false;
    } else {
        const seg_status status =
            seg_points_track(tracks->points, (int32_t)tracks->count, picture_of(before),
                             picture_of(frame), NULL, env);
        if (status < 0) {
            message_error(NULL, "%s", message_reason(status));
            return false;
        }
        move_points(tracks);
    }
    const bool good = write_points(tracks, frame);
    tracks->frame++;
    return good;
}
