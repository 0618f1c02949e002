/* The record of --report. What may differ from run to run is in "time" alone. */
#include "common/work.h"
#include <math.h>
#include <segment/version.h>

static json_t *seconds(double value) {
    return json_real(floor(value * 1e6 + 0.5) / 1e6);
}

static json_t *describe_source(const seg_stream_info *info) {
    json_t *all = json_pack("{s:s, s:s, s:i, s:i}", "container", info->container, "codec",
                            info->codec, "width", info->width, "height", info->height);
    if (info->pixel_format[0])
        json_object_set_new(all, "pixel_format", json_string(info->pixel_format));
    if (info->matrix[0]) json_object_set_new(all, "matrix", json_string(info->matrix));
    if (info->rotation) json_object_set_new(all, "rotation", json_integer(info->rotation));
    if (info->frame_rate.num > 0 && info->frame_rate.den > 0) {
        json_object_set_new(all, "frame_rate",
                            json_pack("[i,i]", info->frame_rate.num, info->frame_rate.den));
        json_object_set_new(all, "frames_announced", json_integer(info->frames));
    }
    return all;
}

json_t *report_describe(const work *from, outcome how) {
    static const char *const names[] = {"done", "ended early", "failed", "stopped", "skipped"};
    json_t *record = json_object();
    const char *output = from->item->output;
    json_object_set_new(record, "input", json_string(from->item->input));
    json_object_set_new(record, "output", output ? json_string(output) : json_null());
    json_object_set_new(record, "status", json_string(names[how]));
    if (from->error[0]) json_object_set_new(record, "error", json_string(from->error));
    json_object_set_new(record, "version", json_string(seg_version()));
    if (from->how) {
        json_t *how_made = recipe_describe(from->how);
        json_object_update(record, how_made);
        json_decref(how_made);
    }
    if (from->feed.info.width)
        json_object_set_new(record, "source", describe_source(&from->feed.info));
    decisions_describe(record, &from->decisions);
    bool written = from->item->output_kind != OUTPUT_NONE && from->item->output_kind != OUTPUT_NULL;
    json_object_set_new(record, "frames",
                        json_pack("{s:I, s:I, s:I, s:I}", "read", (json_int_t)from->frames_in,
                                  "written", (json_int_t)(written ? from->frames_out : 0),
                                  "damaged", (json_int_t)from->damaged, "resized",
                                  (json_int_t)from->resized));
    if (from->how && from->how->config.objects)
        json_object_set_new(record, "objects", json_integer(from->objects));
    json_object_set_new(record, "warnings", warnings_describe(from->feed.warnings));
    double total = clock_seconds() - from->start;
    json_object_set_new(record, "time",
                        json_pack("{s:o, s:o, s:o, s:o}", "total", seconds(total), "decode",
                                  seconds(from->decode_seconds), "process",
                                  seconds(from->process_seconds), "encode",
                                  seconds(from->encode_seconds)));
    return record;
}
